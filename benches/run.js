// `npm run bench [-- --json] [-- --quick]`: this package beside frozen peers in one run, each pair checked to give the same answer before
// it is timed. A ratio says how many times longer the peer takes; a peer that is not there prints "not measured".

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { createClient, version } from '../pkg/node.js';
import { buildAll } from '../xtask/build.js';
import { main } from '../xtask/tools.js';
import { importInChromium } from './chromium.js';
import { simulation } from './kernel.js';
import { outcomes } from './learning.js';
import { duckdb, folder, native, python } from './others.js';
import { scrolling, waits } from './page.js';
import { idiomatic, tuned } from './peers/forecast.js';
import { scoreRows } from './peers/scoring.js';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } } });

/** @typedef {{ name: string, shape: string, ours: number | null, peer: number | null, ratio: number | null, note: string }} Line */

const AS_OF = '2026-01-01';
const MONTHS = [31, 28, 31, 30, 31, 30];
/** Mean delay of a deal in days. */
const DELAY = 90;
const DEALS = options.quick ? 100 : 1000;
const TRIALS = 102_400;
const ROWS = options.quick ? 20_000 : 1_000_000;
const SCORED = options.quick ? 20_000 : 1_000_000;
const ROUNDS = options.quick ? 1 : 3;

/** The last seed that was handed out; runs that name none use 1. */
let lastSeed = 1;

await main(async () => {
  if (!options.json) await buildAll(); // Its lines would be in the JSON.
  /** @type {Line[]} */
  const lines = [...await forecasts(), ...await workers(), ...await leads(), ...await learning(), ...await onPage()];
  if (options.json) return console.log(JSON.stringify({ engine: await version(), node: process.version, lines }, null, 2));
  console.log(`\nengine ${await version()}, Node ${process.version}; seconds are the least of ${ROUNDS}`);
  console.table(lines.map(({ name, shape, ours, peer, ratio, note }) => ({
    name, shape, 'ours s': ours?.toFixed(3) ?? '–', 'peer s': peer?.toFixed(3) ?? '–', 'peer ÷ ours': ratio?.toFixed(2) ?? 'not measured', note,
  })));
});

/** Deals that may close in any of six months, their rates known or shared. @param {number} count */
function pipeline(count) {
  const deals = Array.from({ length: count }, (_, i) => ({ id: `D${i}`, amount: 1_000 + ((i * 7919) % 90_000), p: 0.05 + ((i * 37) % 90) / 100 }));
  const head = 'Deal ID,Stage,Amount,Probability,Created Date,Close Date\n';
  return { deals, csv: head + deals.map(({ id, amount, p }) => `${id},Open,${amount},${Math.round(p * 100)}%,2025-10-01,2026-01-02`).join('\n') };
}

/** @param {number | null} strength @param {number} marketCorrelation */
function pipelineModel(strength, marketCorrelation) {
  const stages = [{ name: 'Open', winProbability: { mean: 0.4, strength }, slip: { onTime: 0, meanDelayDays: DELAY } }, { name: 'Won', outcome: 'won' }, { name: 'Lost', outcome: 'lost' }];
  return { format: 1, stages, forecast: { marketCorrelation } };
}

/** The cumulative chances that the model above stands for. @param {number} p */
function chances(p) {
  let day = -2; // As of the first day, due on the second: the first delay counts from there.
  return MONTHS.map((days) => {
    day += days;
    return p * (1 - (1 - 1 / DELAY) ** day);
  });
}

/** Six stages whose rates are shared, and three years of closed deals from which the pace, what deals bring and new business are fitted. @param {number} count */
function wholePipeline(count) {
  const names = ['Discovery', 'Demo', 'Proposal', 'Negotiation', 'Verbal', 'Legal'];
  const today = Date.parse(AS_OF) / 86_400_000;
  const day = (/** @type {number} */ at) => new Date(at * 86_400_000).toISOString().slice(0, 10);
  const rows = ['Deal ID,Stage,Amount,Created Date,Close Date'];
  for (let i = 0; i < count; i += 1) rows.push(`D${i},${names[i % 6]},${1_000 + ((i * 7919) % 90_000)},${day(today - 5 - ((i * 31) % 170))},${day(today + 1 + ((i * 17) % 180))}`);
  for (let i = 0; i < 3 * count; i += 1) {
    const created = today - 100 - ((i * 977) % 1000);
    rows.push(`C${i},${(i * 37) % 100 < 35 ? 'Won' : 'Lost'},${1_000 + ((i * 104_729) % 90_000)},${day(created)},${day(Math.min(today - 1, created + 20 + ((i * 7919) % 120)))}`);
  }
  const stages = names.map((name, i) => ({ name, winProbability: { mean: 0.15 + i * 0.13, strength: 20 }, slip: { onTime: 0.3, meanDelayDays: 60 } }));
  const model = { format: 1, stages: [...stages, { name: 'Won', outcome: 'won' }, { name: 'Lost', outcome: 'lost' }], forecast: { marketCorrelation: 0.05 } };
  return { csv: rows.join('\n'), model };
}

async function forecasts() {
  const { deals, csv } = pipeline(DEALS);
  const run = { asOf: AS_OF, period: 'month', periods: 6, trials: TRIALS };
  const shape = `${DEALS} deals × ${TRIALS} trials × 6 periods`;
  const client = createClient({ workers: 0 });
  const handle = await client.openDeals(csv, { asOf: AS_OF });
  const plain = pipelineModel(null, 0);
  const report = await handle.forecast(plain, run);
  const answered = await least((seed) => handle.forecast(plain, { ...run, seed }));
  await handle.forecast(plain, run);
  const told = await least(() => handle.forecast(plain, run));
  const exact = await least(() => handle.exact());
  client.dispose();
  const kernel = await least(await simulation(csv, plain, run, { asOf: AS_OF }));
  const dated = await least(await simulation(csv, pipelineModel(20, 0.05), run, { asOf: AS_OF }));
  const everything = wholePipeline(DEALS);
  const whole = await least(await simulation(everything.csv, everything.model, run, { asOf: AS_OF }));
  const compiled = native(csv, plain, run, ROUNDS);
  const case_ = deals.map(({ amount, p }) => ({ amount: amount * 100, by: chances(Math.round(p * 100) / 100) }));
  const expected = report.periods.map((/** @type {{ mean: { value: number, error: number } }} */ { mean }) => mean);
  /** @type {Line[]} */
  const lines = [];
  for (const [name, peer] of /** @type {const} */ ([['JavaScript, idiomatic', idiomatic], ['JavaScript, hand-tuned', tuned]])) {
    agree(name, [...peer(case_, TRIALS, 6)].map((row) => mean([...row]) / 100), expected);
    lines.push(line(name, shape, kernel, await least(() => peer(case_, TRIALS, 6)), 'the trials alone'));
  }
  const numpy = python('forecast.py', { deals: case_, trials: TRIALS, rounds: ROUNDS });
  if (numpy) agree('NumPy', numpy.means.map((/** @type {number} */ mean) => mean / 100), expected);
  lines.push(line('NumPy (u < c) @ amounts', shape, kernel, numpy?.seconds ?? null, numpy ? `NumPy ${numpy.numpy}; the trials alone` : 'no NumPy here'));
  lines.push(line('the same with our report', shape, answered, numpy?.seconds ?? null, 'from the call to the report'));
  const toOurs = (/** @type {string} */ name, /** @type {number} */ seconds, /** @type {string} */ note) => line(name, shape, kernel, seconds, `${note}; both ours`);
  lines.push(line('WebAssembly ÷ native', shape, compiled.seconds, kernel, 'the same source; native stands under ours'));
  lines.push(line('percentiles ÷ plain, native', shape, compiled.seconds, compiled.percentiles, 'seven of each of seven outputs, with their errors; the trials stand under ours'));
  lines.push(toOurs('rates and market ÷ plain', dated, '90 shared rates'));
  lines.push(toOurs('whole model ÷ plain', whole, 'six shared rates, market, hazards, amounts and new business, fitted to 3,000 closed deals'));
  lines.push(toOurs('report ÷ plain', told, 'percentiles and all else that is said of trials that were kept'));
  lines.push(toOurs('without trials ÷ plain', exact, '16,384-point grid, each period and the total'));
  return [...lines, ...await scaling()];
}

/** Time = a + b·N·T by least squares over sizes. */
async function scaling() {
  const points = [];
  for (const [count, trials] of options.quick ? [[50, 25_600], [100, 102_400]] : [[250, 102_400], [1000, 102_400], [1000, 409_600], [2500, 409_600]]) {
    const run = { asOf: AS_OF, period: 'month', periods: 6, trials };
    const seconds = await least(await simulation(pipeline(count ?? 0).csv, pipelineModel(null, 0), run, { asOf: AS_OF }));
    points.push({ work: (count ?? 0) * (trials ?? 0), seconds });
  }
  const [x, y] = [mean(points.map(({ work }) => work)), mean(points.map(({ seconds }) => seconds))];
  const b = points.reduce((sum, { work, seconds }) => sum + (work - x) * (seconds - y), 0) / points.reduce((sum, { work }) => sum + (work - x) ** 2, 0);
  const note = `a = ${(1000 * (y - b * x)).toFixed(0)} ms, b = ${(1e9 * b).toFixed(2)} ns; ${points.map(({ work, seconds }) => `${work.toExponential(1)}: ${((1e9 * seconds) / work).toFixed(2)} ns`).join(', ')}`;
  return [{ name: 'time = a + b·N·T', shape: '6 periods', ours: null, peer: null, ratio: null, note }];
}

/** One worker beside two, the same bits. */
async function workers() {
  const { csv } = pipeline(DEALS);
  const run = { asOf: AS_OF, period: 'month', periods: 6, trials: 4 * TRIALS };
  const times = [];
  const answers = new Set();
  for (const count of [1, 2]) {
    const client = createClient({ workers: count });
    const handle = await client.openDeals(csv, { asOf: AS_OF });
    answers.add(JSON.stringify((await handle.forecast(pipelineModel(null, 0), run)).periods));
    times.push(await least((seed) => handle.forecast(pipelineModel(null, 0), { ...run, seed })));
    client.dispose();
  }
  if (answers.size !== 1) throw new Error('one worker and two do not agree');
  return [line('one worker ÷ two', `${DEALS} deals × ${4 * TRIALS} trials × 6 periods`, times[1] ?? null, times[0] ?? null, 'the same bits')];
}

/** Twelve columns with quotes, accents and CJK. @param {number} count */
function leadFile(count) {
  const [industries, countries, titles] = [['Software', 'Finance', 'Retail', 'Health'], ['US', 'DE', 'FR', 'JP'], ['VP Sales', 'Chief Officer', 'Director', 'Engineer', 'Analyst']];
  const head = 'Lead ID,Name,Company,Email,Title,Industry,Country,Employees,Source,Visits,Demo,Last Activity\n';
  const parts = [head];
  for (let i = 0; i < count; i += 1) {
    const company = i % 10 === 0 ? `"Müller, ${i} GmbH ""Süd"""` : i % 10 === 1 ? `株式会社${i}` : `Company ${i}`;
    const day = new Date(Date.UTC(2025, 0, 1 + (i % 365))).toISOString().slice(0, 10);
    parts.push(`L${i},Name ${i} Surname ${i % 977},${company},person.${i}@company-${i % 50_000}.example,${titles[i % 5]},${industries[(i >> 2) % 4]},${countries[(i >> 4) % 4]},${(i * 13) % 3000},${i % 7 === 0 ? 'Referral' : 'Website form of the spring campaign'},${i % 23},${i % 9 === 0 ? 'Yes' : 'No'},${day}\n`);
  }
  return parts.join('');
}

/** The rules of peers/scoring.js as a model. */
function leadModel() {
  const rule = (/** @type {string} */ name, /** @type {object} */ when, /** @type {number} */ points, more = {}) => ({ name, when, points, ...more });
  const field = (/** @type {string} */ name, /** @type {object} */ test) => ({ field: name, ...test });
  return {
    format: 1,
    icp: {
      fit: { cap: 100, groups: [{ name: 'Fit', rules: [
        rule('200 to 1,000', field('column:Employees', { between: [200, 1000] }), 30),
        rule('50 to 199', field('column:Employees', { between: [50, 199] }), 15),
        rule('Industry', field('column:Industry', { in: ['Software', 'Finance'] }), 25),
        rule('Country', field('column:Country', { in: ['US', 'DE', 'FR'] }), 15),
        rule('Leads', field('column:Title', { contains: ['vp', 'chief'] }), 20),
        rule('Directs', field('column:Title', { contains: 'director' }), 10),
        rule('Referral', field('column:Source', { is: 'Referral' }), 10),
      ] }] },
      engagement: { cap: 100, groups: [
        { name: 'Visits', cap: 30, rules: [rule('Visits', field('column:Visits', { atLeast: 1 }), 3, { per: { field: 'column:Visits' } })] },
        { name: 'Demo', rules: [rule('Demo', field('column:Demo', { is: 'Yes' }), 40)] },
        { name: 'Recency', rules: [rule('Recent', field('column:Last Activity', { exists: true }), 40, { decay: { halfLifeDays: 14 } })] },
      ] },
    },
  };
}

async function leads() {
  const text = leadFile(Math.max(ROWS, SCORED));
  const bytes = new TextEncoder().encode(text);
  const shape = `${ROWS.toLocaleString('en')} rows × 12 columns, ${(bytes.length / 1e6).toFixed(0)} MB`;
  const model = leadModel();
  const run = { asOf: AS_OF };
  const client = createClient({ workers: 0 });
  let report = null;
  const importing = await least(async () => {
    const handle = await client.openLeads(bytes, { asOf: AS_OF });
    report = await handle.score(model, run);
    handle.dispose();
  }, options.quick ? 1 : 2);
  const read = /** @type {{ receipt: { rowsUsed: number } }} */ (/** @type {unknown} */ (report)).receipt.rowsUsed;
  /** @type {Record<string, string>[]} */
  let rows = [];
  const papa = await least(() => { rows = Papa.parse(text, { header: true, skipEmptyLines: true }).data; }, options.quick ? 1 : 2);
  if (rows.length !== read) throw new Error(`PapaParse reads ${rows.length} rows, this ${read}`);
  const handle = await client.openLeads(bytes, { asOf: AS_OF });
  await handle.score(model, run);
  const today = Date.parse(AS_OF) / 86_400_000;
  const points = scoreRows(rows, today);
  const window = await handle.window(0, 1000);
  window.forEach((/** @type {{ fit: number | null, engagement: number | null }} */ row, /** @type {number} */ i) => {
    const ours = (row.fit ?? 0) + (row.engagement ?? 0);
    if (Math.abs(ours - (points[i] ?? NaN)) > 1e-3) throw new Error(`row ${i}: ${ours} points, the peer gives ${points[i]}`);
  });
  const again = structuredClone(model);
  const first = again.icp.fit.groups[0]?.rules[0];
  if (first) first.points = 29;
  const scoring = await least(() => handle.score(again, run));
  const peer = await least(() => scoreRows(rows, today));
  client.dispose();
  const duck = duckdb(bytes, options.quick ? 1 : 2);
  if (duck && duck.rows !== read) throw new Error(`DuckDB reads ${duck.rows} rows, this ${read}`);
  const browser = await importInChromium({ leadFile, rows: ROWS, model, run, rounds: options.quick ? 1 : 2 });
  if (browser && (browser.scored !== read || browser.parsed !== read)) throw new Error(`in Chromium PapaParse reads ${browser.parsed} rows, this ${browser.scored}`);
  return [
    line('PapaParse 5 in Chromium', shape, browser?.ours ?? null, browser?.peer ?? null, browser ? `${browser.version}: from a File to scores in a worker; the peer in the page, in pieces, its rows dropped` : 'no Chromium here'),
    line('PapaParse 5 with header', shape, importing, papa, 'ours reads, types, finds the mapping and scores; PapaParse only parses'),
    line('DuckDB-wasm', shape, importing, duck?.seconds ?? null, duck ? `${duck.version} in Node: loads a table with the types it finds` : 'no DuckDB here'),
    line('ten rules over objects', `${SCORED.toLocaleString('en')} leads`, scoring, peer, 'ours also grades, segments, routes and reports'),
  ];
}

async function learning() {
  const csv = outcomes(options.quick ? 2_000 : 40_000);
  const client = createClient({ workers: 0 });
  const handle = await client.openLeads(csv);
  const report = await handle.learn({ outcome: 'won' });
  const ours = await least(() => handle.learn({ outcome: 'won' }), options.quick ? 1 : 2);
  client.dispose();
  const file = join(folder('bench-python'), 'outcomes.csv');
  writeFileSync(file, csv);
  const peer = python('learn.py', { file });
  // Other bins and other folds: the same information to a hundredth.
  if (peer && Math.abs(peer.logLoss - (report.folds?.logLoss ?? NaN)) > 0.01) throw new Error(`scikit-learn's log-loss is ${peer.logLoss}, ours ${report.folds?.logLoss}`);
  const shape = `${(csv.split('\n').length - 1).toLocaleString('en')} rows × 20 columns`;
  return [line('scikit-learn, one thread', shape, ours, peer?.seconds ?? null, peer ? 'the same fits; ours looks for leaks and splits by time besides' : 'no scikit-learn here')];
}

/** What a person waits for on the page; seconds, beside no peer. */
async function onPage() {
  const [leadCount, deals] = options.quick ? [2_000, 500] : [100_000, 5_000];
  const told = [...await waits({ leads: leadFile(leadCount), leadCount, deals }), ...await scrolling(options.quick ? 20_000 : 1_000_000)];
  return told.map(({ name, shape, seconds, note }) => ({ name, shape, ours: seconds, peer: null, ratio: null, note }));
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/**
 * Seconds of the fastest of some rounds. Each gets a seed that nobody had before: trials that were run are kept, and asking for them again
 * measures only the report.
 *
 * @param {(seed: number) => unknown} work
 * @param {number} [rounds]
 */
async function least(work, rounds = ROUNDS) {
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    lastSeed += 1;
    const start = performance.now();
    await work(lastSeed);
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

/**
 * Means of trials, equal up to seven standard errors of the two: about one in 10¹¹ by chance.
 *
 * @param {string} name
 * @param {number[]} peer
 * @param {{ value: number, error: number }[]} ours
 */
function agree(name, peer, ours) {
  ours.forEach(({ value, error }, period) => {
    if (!(Math.abs((peer[period] ?? NaN) - value) <= 7 * Math.SQRT2 * error)) throw new Error(`${name}: period ${period} has mean ${peer[period]}, ours ${value} ± ${error}`);
  });
}

/** @param {string} name @param {string} shape @param {number | null} ours @param {number | null} peer @param {string} note @returns {Line} */
function line(name, shape, ours, peer, note) {
  return { name, shape, ours, peer, ratio: ours !== null && peer !== null ? peer / ours : null, note };
}
