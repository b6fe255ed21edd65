// `npm run bench [-- --json] [-- --quick]`: this package beside frozen peers in one run, each pair checked to give the same answer before
// it is timed. A ratio says how many times longer the peer takes; a peer that is not there prints "not measured".

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { createClient, version } from '../pkg/node.js';
import { buildAll } from '../xtask/build.js';
import { main, root } from '../xtask/tools.js';
import { importInChromium } from './chromium.js';
import { waits } from './page.js';
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
  const lines = [...await forecasts(), ...await workers(), ...await leads(), ...await onPage()];
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

async function forecasts() {
  const { deals, csv } = pipeline(DEALS);
  const run = { asOf: AS_OF, period: 'month', periods: 6, trials: TRIALS };
  const shape = `${DEALS} deals × ${TRIALS} trials × 6 periods`;
  const client = createClient({ workers: 0 });
  const handle = await client.openDeals(csv, { asOf: AS_OF });
  const plain = pipelineModel(null, 0);
  const report = await handle.forecast(plain, run);
  const ours = await least((seed) => handle.forecast(plain, { ...run, seed }));
  const whole = await least((seed) => handle.forecast(pipelineModel(20, 0.05), { ...run, seed }));
  await handle.forecast(plain, run);
  const told = await least(() => handle.forecast(plain, run));
  const sizes = await scaling();
  client.dispose();
  const case_ = deals.map(({ amount, p }) => ({ amount: amount * 100, by: chances(Math.round(p * 100) / 100) }));
  const expected = report.periods.map((/** @type {{ mean: { value: number, error: number } }} */ { mean }) => mean);
  /** @type {Line[]} */
  const lines = [];
  for (const [name, peer] of /** @type {const} */ ([['JavaScript, idiomatic', idiomatic], ['JavaScript, hand-tuned', tuned]])) {
    agree(name, [...peer(case_, TRIALS, 6)].map((row) => mean([...row]) / 100), expected);
    lines.push(line(name, shape, ours, await least(() => peer(case_, TRIALS, 6)), 'plain kernel, report included'));
  }
  const numpy = python('forecast.py', { deals: case_, trials: TRIALS, rounds: ROUNDS });
  if (numpy) agree('NumPy', numpy.means.map((/** @type {number} */ mean) => mean / 100), expected);
  lines.push(line('NumPy (u < c) @ amounts', shape, ours, numpy?.seconds ?? null, numpy ? `NumPy ${numpy.numpy}` : 'no NumPy here'));
  lines.push(line('whole model ÷ plain', shape, ours, whole, 'shared rates and market; the ratio is ours to ours'));
  lines.push(line('the report alone ÷ plain', shape, ours, told, 'percentiles and all else that is said of trials that were kept; ours to ours'));
  return [...lines, ...sizes];
}

/** Time = a + b·N·T by least squares over sizes. */
async function scaling() {
  const client = createClient({ workers: 0 });
  const points = [];
  for (const [count, trials] of options.quick ? [[50, 25_600], [100, 102_400]] : [[250, 102_400], [1000, 102_400], [1000, 409_600], [2500, 409_600]]) {
    const handle = await client.openDeals(pipeline(count ?? 0).csv, { asOf: AS_OF });
    const seconds = await least((seed) => handle.forecast(pipelineModel(null, 0), { asOf: AS_OF, period: 'month', periods: 6, trials, seed }));
    points.push({ work: (count ?? 0) * (trials ?? 0), seconds });
    handle.dispose();
  }
  client.dispose();
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
  const browser = await importInChromium({ leadFile, rows: ROWS, model, run, rounds: options.quick ? 1 : 2 });
  if (browser && (browser.scored !== read || browser.parsed !== read)) throw new Error(`in Chromium PapaParse reads ${browser.parsed} rows, this ${browser.scored}`);
  return [
    line('PapaParse 5 in Chromium', shape, browser?.ours ?? null, browser?.peer ?? null, browser ? `${browser.version}: from a File to scores in a worker; the peer in the page, in pieces, its rows dropped` : 'no Chromium here'),
    line('PapaParse 5 with header', shape, importing, papa, 'ours reads, types, finds the mapping and scores; PapaParse only parses'),
    line('ten rules over objects', `${SCORED.toLocaleString('en')} leads`, scoring, peer, 'ours also grades, segments, routes and reports'),
  ];
}

/** What a person waits for on the page; seconds, beside no peer. */
async function onPage() {
  const [leadCount, deals] = options.quick ? [2_000, 500] : [100_000, 5_000];
  const told = await waits({ leads: leadFile(leadCount), leadCount, deals });
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

/** Runs a Python peer in an environment of its own, made on first use; `null` without Python. @param {string} script @param {object} input */
function python(script, input) {
  const folder = join(root, 'target/bench-python');
  const program = join(folder, 'bin/python');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const made = spawnSync('python3', ['-m', 'venv', folder]);
    if (made.status !== 0) return null;
  }
  if (spawnSync(program, ['-c', 'import numpy']).status !== 0 && spawnSync(program, ['-m', 'pip', 'install', '--quiet', 'numpy==2.4.6']).status !== 0) return null;
  const result = spawnSync(program, [join(root, 'benches/peers', script)], { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout);
}
