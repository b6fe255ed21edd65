// What a client promises, whatever runs its engine. Runs in Node and in a page, in the calling thread and in workers:
// no assertion library, no test runner.

import { archive, workbook } from './workbook.js';

/** @typedef {typeof import('../pkg/index.js')} Package */
/** @typedef {{ lib: Package, workers: number }} Setting */

const LEADS = `Name,Company,Title,Employees,Country,Email,Created
Ann Lee,Acme,VP Sales,450,United States,ann@acme.example,2026-01-05
Bob Ray,Bolt,Intern,12,Germany,bob@bolt.example,2026-02-11
Cy Diaz,Core,CEO,2400,Canada,cy@core.example,2026-03-01
`;

/** Two years of deals: one every second day, closed 20 to 79 days later, two in five of them won; open since. */
/** @param {number} [every] days between two deals */
function past(every = 2) {
  const day = (/** @type {number} */ at) => new Date(Date.UTC(2024, 0, 1) + at * 86_400_000).toISOString().slice(0, 10);
  const lines = ['Deal ID,Create Date,Close Date,Status,Stage,Amount'];
  for (let at = 0; at < 684; at += every) {
    const close = at + 20 + ((at * 37) % 60);
    const status = close > 684 ? 'Open' : (at * 13) % 5 < 2 ? 'Won' : 'Lost';
    lines.push([`P${at}`, day(at), day(close), status, status === 'Open' ? 'Proposal' : `Closed ${status}`, 500 + ((at * 71) % 900)].join(','));
  }
  return lines.join('\n');
}

/** A pipeline of so many open deals. @param {number} count */
function pipeline(count) {
  const rows = Array.from({ length: count }, (_, i) => {
    const month = String((i % 3) + 4).padStart(2, '0');
    return `D${i},Deal ${i},Proposal,${1000 + 7 * i},2026-01-${String((i % 28) + 1).padStart(2, '0')},2026-${month}-15`;
  });
  return `Deal ID,Deal Name,Stage,Amount,Create Date,Close Date\n${rows.join('\n')}\n`;
}

const AS_OF = '2026-03-31';
/** Long enough to be stopped half way. */
const LONG = { asOf: AS_OF, trials: 4_000_000 };

/** @type {Record<string, (setting: Setting) => Promise<void>>} */
export const cases = {
  async 'a list is read, scored, viewed, explained and exported'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const leads = await client.openLeads(LEADS, { read: { name: 'leads.csv' } });
      const receipt = await leads.receipt();
      equal([receipt.file, receipt.rowsRead, receipt.rowsUsed], ['leads.csv', 3, 3]);
      const report = await leads.score(await lib.preset('sales-led'), { asOf: AS_OF });
      equal(report.counts.leads, 3);
      const order = await leads.view({ sort: [{ by: 'fit', descending: true }] });
      equal(order.length, 3);
      const rows = await leads.window(0, 3);
      equal(rows.map(({ row }) => row), [...order]);
      equal((await leads.explain(1)).name, 'Bob Ray');
      equal((await leads.values('employees'))?.distinct, 3);
      const csv = new TextDecoder().decode(await leads.csv());
      if (!csv.includes('Name,Company,Title')) throw new Error(`the original columns are missing from ${csv}`);
    });
  },

  async 'what a file holds is told without opening it'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const { kind, rowsRead, file } = await client.understand('Account Name,Industry\nACME,Software\nBolt Ltd,Finance\n', { read: { name: 'a.csv' } });
      equal([kind, rowsRead, file], ['accounts', 2, 'a.csv']);
    });
  },

  async 'files attached to a list give its leads columns and an outcome'({ lib, workers }) {
    const accounts = 'Account Name,Industry\nACME Inc.,Software\nBolt GmbH,Retail\nZed,Mining\n';
    await using_(lib, workers, async (client) => {
      const leads = await client.openLeads(LEADS, { read: { name: 'leads.csv' } });
      const { receipt, join } = await leads.attach(accounts, { read: { name: 'accounts.csv' } });
      equal([receipt.kind, join?.shape, join?.matched, join?.unmatched, join?.unused], ['accounts', 'lookup', 2, 1, 1]);
      equal(join?.byKey, [{ key: 'name', leftColumn: 'Company', rightColumn: 'Account Name', matched: 2, ambiguous: 0 }]);
      equal(join?.unmatchedSamples, [{ value: 'Core', rows: 1, line: 4, fits: [] }]);
      equal((await leads.values('industry'))?.values.map(({ value }) => value), ['Retail', 'Software']);
      const log = [{ Email: 'ann@acme.example', 'Activity Type': 'Visit', 'Activity Date': '2026-03-05' }];
      equal((await leads.attach(log)).join?.addedColumns, ['Last activity', 'Activities']);
      equal((await leads.values('lastActivity'))?.filled, 1);
      const closed = 'Deal Name,Account Name,Stage,Amount\nOne,ACME Inc.,Closed Won,100\nTwo,Bolt GmbH,Closed Lost,50\n';
      await leads.attach(closed, { read: { name: 'deals.csv' } });
      equal((await leads.outcomeColumns()).map(({ column, successes, failures }) => [column, successes, failures]), [['Stage', 1, 1], ['In deals', 2, 1]]);
      equal((await leads.receipt()).columns.at(-1)?.name, 'In deals');
      const wrong = await failure(lib, () => leads.attach(accounts, { on: [{ left: 'Firm', right: 'Account Name' }] }));
      equal([wrong.code, wrong.place.path], ['no-such-column', 'on[0].left']);
    });
  },

  async 'files attached to a pipeline count for every worker, and again after a worker is replaced'({ lib, workers }) {
    const stages = 'stage_id,label,is_closed,closed_won,display_order\nproposal,Offer,FALSE,FALSE,1\nst_9,Signed,TRUE,TRUE,2\n';
    const ids = pipeline(40).replaceAll('Proposal', 'proposal').replace(/^D0,.*$/m, 'D0,Deal 0,st_9,1000,2026-01-01,2026-02-15');
    const named = ids.replaceAll(',proposal,', ',Offer,').replace(',st_9,', ',Closed Won,');
    const goals = 'Rep,Quarter,Quota\nKim,2026 Q2,50000\nLou,2026 Q2,25000\n';
    const [model, run] = [await lib.preset('sales-led'), { asOf: AS_OF, trials: 25_600 }];
    await using_(lib, workers, async (client) => {
      const deals = await client.openDeals(ids.replace('Stage', 'Deal Stage ID'));
      equal((await deals.forecast(model, run)).headline.openDeals, 40);
      const { join } = await deals.attach(stages);
      equal([join?.matched, join?.byKey[0]?.key], [40, 'id']);
      const report = await deals.forecast(model, run);
      equal(report.headline.openDeals, 39);
      const plain = await (await client.openDeals(named)).forecast(model, run);
      equal([report.headline.p50, report.headline.wonToDate], [plain.headline.p50, plain.headline.wonToDate]);
      const { quotas } = await deals.attach(goals, { read: { name: 'goals.csv' } });
      equal(quotas.map(({ label, amount }) => [label, amount]), [['2026 Q2', 75000]]);
      const stop = new AbortController();
      const long = deals.forecast(model, LONG, { signal: stop.signal });
      setTimeout(() => stop.abort(), 50);
      equal((await failure(lib, () => long)).code, 'cancelled');
      equal((await deals.forecast(model, run)).headline.p50, report.headline.p50);
    });
  },

  async 'a workbook opens like the text of its sheet'({ lib, workers }) {
    const text = [
      ['Deal ID', 'Deal Name', 'Stage', 'Amount', 'Create Date', 'Close Date'],
      ['D1', 'Acme, "North" & South', 'Proposal', '1234.5', '2026-01-05', '2026-04-15'],
      ['D2', 'Zwölf 数', 'Negotiation', '0.3', '2026-02-01', '2026-05-31T12:00:00'],
    ];
    const day = (/** @type {string} */ iso) => ({ day: Date.parse(iso.length > 10 ? `${iso}Z` : iso) / 86_400_000 + 25569 });
    const sheet = text.map((row, at) => row.map((cell, column) => (at && column > 3 ? day(cell) : at && column === 3 ? Number(cell) : cell)));
    if (sheet[2]) sheet[2][3] = 0.1 + 0.2;
    const quoted = text.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
    const [model, run] = [await lib.preset('sales-led'), { asOf: AS_OF, trials: 25_600 }];
    await using_(lib, workers, async (client) => {
      const plain = await (await client.openDeals(quoted, { asOf: AS_OF })).forecast(model, run);
      for (const source of [workbook({ Deals: sheet }), new Blob([workbook({ Deals: sheet })])]) {
        const deals = await client.openDeals(source, { asOf: AS_OF });
        equal((await deals.receipt()).diagnostics.some(({ code }) => code === 'other-sheets'), false);
        equal((await deals.forecast(model, run)).fingerprint, plain.fingerprint);
      }
    });
  },

  async 'of several sheets the longest is read, which is said, or the one asked for'({ lib, workers }) {
    const book = workbook({ Notes: [['Read me']], Leads: [['Company', 'Employees'], ['Acme', 250], ['Bolt', 12]] });
    await using_(lib, workers, async (client) => {
      const leads = await client.openLeads(book);
      const note = (await leads.receipt()).diagnostics.find(({ code }) => code === 'other-sheets');
      equal(note?.message, 'the sheet `Leads` of the workbook was read, and not `Notes`');
      const notes = await client.openLeads(workbook({ One: [['Company'], ['Acme']], Two: [['Company'], ['Bolt'], ['Core']] }), {
        read: { sheet: 'One' },
      });
      equal((await notes.receipt()).rowsRead, 1);
      const missing = await failure(lib, () => client.openLeads(book, { read: { sheet: 'Three' } }));
      equal([missing.code, missing.message.includes('`Notes`, `Leads`')], ['no-such-sheet', true]);
    });
  },

  async 'what is no workbook, or a bomb, is refused in words'({ lib, workers }) {
    const far = [[{ xml: '<c r="A1"><v>1</v></c><c r="XFD1048576"><v>2</v></c>' }]];
    /** @type {[Uint8Array, string, string][]} */
    const refused = [
      [archive({ 'letter.txt': 'Dear Sir' }), 'not-csv', 'a zip archive or a workbook'],
      [workbook({ Leads: [['Company']] }, { claimed: 200 * 1024 * 1024 }), 'limit', 'more than 256 MiB'],
      [workbook({ Leads: far }), 'limit', 'more than 20000000 cells'],
      [workbook({ Leads: [] }), 'empty', ''],
      [workbook({ Leads: [['Company']] }).subarray(0, 300), 'not-csv', 'a zip archive or a workbook'],
      [new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 'not-csv', 'password-protected'],
    ];
    await using_(lib, workers, async (client) => {
      for (const [bytes, code, words] of refused) {
        const error = await failure(lib, () => client.openLeads(bytes));
        equal([error.code, error.message.includes(words)], [code, true]);
      }
      equal((await (await client.openLeads(LEADS)).receipt()).rowsRead, 3);
    });
  },

  async 'a pipeline is read and simulated, with progress from 0 to 1'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const deals = await client.openDeals(pipeline(40), { asOf: AS_OF });
      equal((await deals.receipt()).rowsRead, 40);
      /** @type {number[]} */
      const seen = [];
      const options = { onProgress: (/** @type {{ done: number }} */ { done }) => seen.push(done) };
      const report = await deals.forecast(await lib.preset('sales-led'), { asOf: AS_OF, trials: 1_000_000 }, options);
      equal(seen, [...seen].sort((a, b) => a - b));
      if (seen.some((done) => done < 0 || done > 1)) throw new Error(`progress left 0 to 1: ${seen}`);
      const totals = await deals.totals();
      equal(totals.length, report.trials);
      equal((await deals.window(0, 5)).length, 5);
    });
  },

  async 'a file with a past is forecast by it, and its track record told, by any number of workers'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const model = await lib.preset('sales-led');
      const run = { asOf: '2025-11-15', trials: 1_000, periods: 2 };
      const deals = await client.openDeals(past(), { asOf: run.asOf });
      const phases = new Set();
      const report = await deals.forecast(model, run, { onProgress: ({ phase }) => phases.add(phase) });
      equal([report.timing.source, report.newBusiness.length, report.calibration.applied?.cut], ['hazards', 2, 46]);
      const record = await deals.trackRecord();
      equal(record?.summary.map(({ cut }) => cut), [14, 45, 46, 70]);
      equal(record?.corrections.find(({ cut }) => cut === 46), report.calibration.applied);
      equal((await lib.forecastDeals(past(), model, run, { workers: 0 })).headline, report.headline);
      // Asked again, the record is there already; switched off, nothing is corrected.
      equal((await deals.forecast(model, run)).headline, report.headline);
      const plain = await deals.forecast(model, { ...run, calibration: 'off' });
      equal([plain.calibration.applied, plain.headline.p50], [null, report.calibration.simulated?.p50]);
      equal(await deals.trackRecord(), null);
      const dates = await deals.forecast(model, { ...run, timing: 'dates' });
      equal([dates.timing.source, dates.newBusiness], ['dates', []]);
    });
  },

  async 'earlier quarters are forecast from the end of each week, as they are from three days, and the work can be stopped'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const deals = await client.openDeals(past());
      const weeks = Array.from({ length: 13 }, (_, i) => 7 * (i + 1));
      const quarters = { from: '2025Q1', to: '2025Q2' };
      const phases = new Set();
      const told = await deals.backtest({ cuts: weeks, ...quarters }, { onProgress: ({ phase }) => phases.add(phase) });
      equal(told.summary.map(({ cut }) => cut), weeks);
      equal(told.rows.map(({ quarter, cut }) => `${quarter} ${cut}`), ['2025 Q1', '2025 Q2'].flatMap((quarter) => weeks.map((cut) => `${quarter} ${cut}`)));
      equal([...phases].filter((phase) => !['read', 'backtest'].includes(phase)), []);
      equal(told.summary.filter(({ mark }) => mark !== null).map(({ cut, mark }) => [cut, mark]), [[14, 0.05], [42, 0.1], [49, 0.1]]);
      for (const row of told.rows) if (!(row.p5 <= row.p50 && row.p50 <= row.p95)) throw new Error(`percentiles cross in ${row.quarter} on day ${row.cut}`);
      // What is known of a quarter only grows, and with its last day all is known.
      const [first] = told.rows.filter(({ quarter, cut }) => quarter === '2025 Q2' && cut === 91);
      equal([first?.p50, first?.floor, first?.ape], [first?.actual, 0, 0]);
      // By default three days; what came does not depend on where it is seen from.
      const plain = await deals.backtest(quarters);
      equal(plain.summary.map(({ cut }) => cut), [14, 45, 70]);
      equal(new Set(plain.rows.map(({ quarter, actual }) => `${quarter} ${actual}`)).size, 2);
      for (const { quarter, actual } of plain.rows) equal(told.rows.find((row) => row.quarter === quarter)?.actual, actual);
      equal(await deals.backtest({ cuts: weeks, ...quarters }), told);
      // A forecast that stands is none the wiser.
      const model = await lib.preset('sales-led');
      const run = { asOf: '2025-11-15', trials: 1_000, periods: 1 };
      const { headline } = await deals.forecast(model, run);
      await deals.backtest({ cuts: [45], ...quarters });
      equal((await deals.trackRecord())?.summary.map(({ cut }) => cut), [14, 45, 46, 70]);
      equal((await deals.forecast(model, run)).headline, headline);

      const many = await client.openDeals(past(0.25));
      const stop = new AbortController();
      const stopped = await failure(lib, () => many.backtest({ cuts: weeks }, { signal: stop.signal, onProgress: ({ phase }) => phase === 'backtest' && stop.abort('enough') }));
      equal([stopped.kind, stopped.cause], ['cancelled', 'enough']);
      equal((await many.backtest({ cuts: [91], ...quarters })).rows.length, 2);

      const bounds = 'must be 1 to 13 ascending days from 1 to 92, found';
      for (const [cuts, found] of [[[45, 14], '[45, 14]'], [[], '[]'], [[0], '[0]'], [[93], '[93]'], [Array.from({ length: 14 }, (_, i) => i + 1), '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]']]) {
        const error = await failure(lib, () => deals.backtest({ cuts: /** @type {number[]} */ (cuts) }));
        equal([error.kind, error.code, error.place.path, error.message], ['run', 'out-of-range', 'cuts', `run at cuts: ${bounds} ${found} (such as [14, 45, 70])`]);
      }
      for (const [question, code] of [[{ cuts: [14.5] }, 'bad-options'], [{ weeks: 12 }, 'bad-options'], [{ from: '2025-01' }, 'bad-period'], [{ from: '2025Q2', to: '2025Q1' }, 'bad-period']]) {
        equal((await failure(lib, () => deals.backtest(/** @type {object} */ (question)))).code, code);
      }
    });
  },

  async 'contracts that come due are in every total, with their own line'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const model = await lib.preset('sales-led');
      const run = { asOf: '2026-04-01', periods: 2 };
      const deals = await client.openDeals(pipeline(40), { asOf: '2026-04-01' });
      const before = await deals.forecast(model, run);
      equal(before.renewals, null);
      const contracts = 'Contract ID,Account,Start Date,End Date,Contract Value\n1,Acme,2025-06-01,2026-05-31,12000\n2,Bolt,2025-06-01,,500\n';
      await deals.attach(contracts, { read: { name: 'contracts.csv' } });
      const { renewals, headline } = await deals.forecast(model, run);
      equal([renewals?.running, renewals?.withoutEnd, renewals?.rate, renewals?.periods.map(({ due, amount }) => [due, amount])], [2, 1, 0.85, [[1, 12000], [0, 0]]]);
      const gain = headline.mean.value - before.headline.mean.value;
      if (Math.abs(gain - (renewals?.periods[0]?.mean.value ?? 0)) > 0.01) throw new Error(`the mean grew by ${gain}`);
      equal((await deals.forecast(model, { ...run, renewals: 'off' })).headline, before.headline);
    });
  },

  async 'snapshots add up week by week, and one that was changed is refused'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const model = await lib.preset('sales-led');
      const deals = await client.openDeals(pipeline(40));
      await deals.forecast(model, { asOf: '2026-04-01' });
      const first = await deals.snapshot();
      equal([first.days, first.graded, first.pushes], [['2026-04-01'], [], []]);
      equal((await deals.snapshot(first.file)).file, first.file);
      await deals.forecast(model, { asOf: '2026-07-03' });
      const second = await deals.snapshot(first.file);
      equal([second.days, second.graded.map(({ asOf, period }) => [asOf, period])], [['2026-04-01', '2026-07-03'], [['2026-04-01', '2026 Q2']]]);
      if (!second.file.startsWith('leadcast-snapshots 1\n')) throw new Error(second.file.slice(0, 40));
      equal((await failure(lib, () => deals.snapshot(first.file.slice(0, -1).replace('2026-04-01', '2026-04-02')))).code, 'damaged-snapshots');
      equal((await failure(lib, () => deals.snapshot(first.file.split('\n').slice(0, 2).join('\n')))).code, 'damaged-snapshots');
      equal((await failure(lib, () => deals.snapshot('a,b'))).code, 'no-snapshots');
      // The kept file beside the export is a history of its stages and dates.
      const { receipt, join } = await deals.attach(new TextEncoder().encode(second.file), { read: { name: 'kept.txt' } });
      equal([receipt.kind, join?.matched === receipt.rowsUsed], ['stage-history', true]);
      equal((await failure(lib, () => deals.attach(new TextEncoder().encode(first.file.slice(0, -2))))).code, 'damaged-snapshots');
    });
  },

  async 'two exports are compared to the cent, whichever worker has which'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const before = pipeline(40);
      // One deal gone, one pushed out, one amount up by a cent.
      const lines = before.trim().split('\n').filter((line) => !line.startsWith('D3,'));
      const after = lines.map((line) => (line.startsWith('D6,') ? line.replace('2026-04-15', '2026-09-15') : line.startsWith('D9,') ? line.replace(',1063,', ',1063.01,') : line)).join('\n');
      const [then, now] = [await client.openDeals(before), await client.openDeals(after, { asOf: '2026-04-03' })];
      await now.forecast(await lib.preset('sales-led'), { asOf: '2026-04-03', quota: 20_000 });
      const report = await now.compare(then, { asOf: '2026-04-02' });
      equal(report.buckets.filter(({ amount }) => amount !== 0).map(({ bucket, amount, deals }) => [bucket, amount, deals]), [
        ['pushed-out', -1042, 1],
        ['disappeared', -1021, 1],
        ['amount-up', 0.01, 1],
      ]);
      equal(Math.round(100 * (report.start - 1042 - 1021 + 0.01)), Math.round(100 * report.end));
      equal(report.odds?.steps.map(({ cause }) => cause), ['time', 'pushed-out', 'disappeared', 'amount-up', 'progress']);
      const whole = (report.odds?.end?.value ?? 0) - (report.odds?.start?.value ?? 0);
      const parts = report.odds?.steps.reduce((sum, { odds }) => sum + (odds?.value ?? 0), 0) ?? 1;
      if (Math.abs(whole - parts) > 1e-12) throw new Error(`the parts make ${parts} of ${whole}`);
      equal((await now.compare(now, { asOf: '2026-04-03' })).changes, []);
      // Each export read at the rates of its own day: what the rates did stands apart.
      const euros = ['Deal ID,Stage,Amount,Currency,Close Date,Created Date', 'E1,Proposal,1000,EUR,2026-05-01,2026-01-05', 'E2,Proposal,10,USD,2026-05-01,2026-01-05'].join('\n');
      const [dear, cheap] = [await client.openDeals(euros, { read: { rates: { EUR: 1.1 } } }), await client.openDeals(euros, { read: { rates: { EUR: 1.0499 } } })];
      await cheap.forecast(await lib.preset('sales-led'), { asOf: '2026-04-03', quota: 20_000 });
      const moved = await cheap.compare(dear, { asOf: '2026-04-02' });
      equal([moved.start, moved.end, moved.buckets.filter(({ amount }) => amount !== 0).map(({ bucket, amount }) => [bucket, amount])], [1110, 1059.9, [['fx', -50.1]]]);
      equal(moved.currencies, [{ currency: 'EUR', before: 1.1, after: 1.0499 }]);
      equal((await cheap.compare(cheap, { asOf: '2026-04-02', rates: { before: { EUR: 1.1 } } })).buckets.find(({ bucket }) => bucket === 'fx')?.amount, -50.1);
      equal((await failure(lib, () => now.compare(then, { period: 7 }))).code, 'period-outside');
      then.dispose();
      equal((await failure(lib, () => now.compare(then))).code, 'disposed');
    });
  },

  async 'a deal that is won is certain under a forecast that earlier quarters correct'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const day = (/** @type {number} */ at) => new Date(Date.UTC(2024, 0, 1) + at * 86_400_000).toISOString().slice(0, 10);
      const lines = ['Deal ID,Create Date,Close Date,Status,Stage,Amount', 'BIG,2025-10-01,2025-12-20,Open,Proposal,50000'];
      for (let at = 0; at < 684; at += 2) {
        const close = at + 20 + ((at * 37) % 60);
        const status = close > 684 ? 'Open' : (at * 13) % 5 < 2 ? 'Won' : 'Lost';
        lines.push([`P${at}`, day(at), day(close), status, status === 'Open' ? 'Proposal' : `Closed ${status}`, 500 + ((at * 71) % 900)].join(','));
      }
      const deals = await client.openDeals(lines.join('\n'), { asOf: '2025-11-15' });
      const model = await lib.preset('sales-led');
      const { calibration, headline } = await deals.forecast(model, { asOf: '2025-11-15' });
      equal([calibration.applied === null, headline.wonToDate > 0], [false, true]);
      await deals.forecast(model, { asOf: '2025-11-15', quota: headline.wonToDate + 50_000 });
      const { base, scenarios } = await deals.scenarios([{ name: 'won', changes: [{ win: { deal: 'BIG' } }] }, { name: 'lost', changes: [{ drop: { deal: 'BIG' } }] }]);
      const [won, lost] = scenarios.map(({ periods }) => periods[0]);
      equal([won?.odds?.value.value, (base.periods[0]?.odds?.value.value ?? 1) < 1], [1, true]);
      for (const figure of [won?.p10, won?.p50, won?.p90, won?.mean]) {
        if (!figure || figure.delta.value < 0 || figure.delta.value > 50_000) throw new Error(JSON.stringify(figure));
      }
      if (!lost || lost.mean.delta.value >= 0 || lost.p50.delta.value < -50_000) throw new Error(JSON.stringify(lost));
      const driver = (await deals.manage()).drivers.find(({ id }) => id === 'BIG');
      equal([driver?.won.value, driver?.lost.value], [1, lost.odds?.value.value]);
    });
  },

  async 'a scenario patches the forecast, no change changes nothing, and a goal is found'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const model = await lib.preset('sales-led');
      const run = { asOf: '2026-04-01', quota: 20_000 };
      const deals = await client.openDeals(pipeline(40), { asOf: run.asOf });
      const base = await deals.forecast(model, run);
      const { scenarios } = await deals.scenarios([
        { name: 'none', changes: [] },
        { name: 'fewer', changes: [{ drop: { deal: 'D39' } }] },
        { name: 'more', changes: [{ win: { deal: 39 } }, { winRate: { stage: 'Proposal', by: 0.05 } }] },
      ]);
      const odds = scenarios.map(({ periods }) => periods[0]?.odds);
      equal([odds[0]?.value, odds[0]?.delta], [base.headline.odds, { value: 0, error: 0 }]);
      if (!((odds[1]?.high ?? 1) < 0 && (odds[2]?.low ?? -1) > 0)) throw new Error(`less is not less, or more not more: ${JSON.stringify(odds)}`);
      const text = pipeline(40).split('\n').filter((line) => !line.startsWith('D39,')).join('\n');
      const without = await lib.forecastDeals(text, model, run, { workers });
      equal([odds[1]?.value, scenarios[1]?.periods[0]?.p50.value], [without.headline.odds, without.headline.p50]);
      const goal = await deals.seek({ odds: 0.9, lever: 'win-rate' });
      if (!(goal.needed !== null && goal.needed > 0 && goal.reached.value >= 0.9)) throw new Error(JSON.stringify(goal));
      // @ts-expect-error no such change
      const wrong = await failure(lib, () => deals.scenarios([{ changes: [{ slip: { deal: 'D1' } }] }]));
      equal([wrong.kind, wrong.code, wrong.place.path], ['run', 'bad-scenario', '[0].changes[0]']);
    });
  },

  async 'a call that is made wrongly is told so, and costs no engine'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      /** @type {any} */
      const deals = await client.openDeals(pipeline(40), { asOf: '2026-04-01' });
      /** @type {any} */
      const leads = await client.openLeads('Email,Title\na@b.example,CEO\n');
      const model = await lib.preset('sales-led');
      const before = await deals.forecast(model, { asOf: '2026-04-01' });
      /** @type {any} */
      const circle = {};
      circle.self = circle;
      /** @type {[() => Promise<unknown>, string, string][]} */
      const wrong = [
        [() => deals.forecast(), 'model', 'model: expected a plain object or its JSON text, found undefined'],
        [() => deals.forecast(null), 'model', 'model: expected an object, found null'],
        [() => deals.forecast(circle), 'model', 'model: expected a plain object or its JSON text'],
        [() => leads.score(model, { seed: 1n }), 'run', 'run: expected a plain object or its JSON text'],
        [() => deals.scenarios(() => []), 'run', 'scenarios: expected a plain object or its JSON text, found function'],
        [() => deals.manage({ levle: 0.5 }), 'run', 'run at levle: unknown key `levle` (did you mean `level`?'],
        [() => deals.compare(leads), 'run', 'previous: expected the earlier export'],
        [() => deals.snapshot(5), 'run', 'kept: expected text, found number'],
        [() => deals.totals(99), 'run', 'run at period: the forecast has'],
        [() => deals.window(-1, 5), 'run', 'from: expected a whole number from 0, found -1'],
        [() => leads.values(), 'run', 'field: expected text, found undefined'],
        [() => leads.explain('first'), 'run', 'row: expected a whole number from 0, found string'],
        [() => leads.attach(), 'input', 'this is no source of rows'],
        [() => lib.preset(/** @type {any} */ (undefined)), 'run', 'name: expected text, found undefined'],
      ];
      for (const [call, kind, message] of wrong) {
        const error = await failure(lib, call);
        equal([error.kind, error.message.slice(0, message.length)], [kind, message]);
      }
      equal((await deals.window(0, Infinity)).length, before.headline.openDeals);
      equal((await deals.manage(null)).period, (await deals.manage()).period);
    });
  },

  async 'the odds without trials are those of the trials'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const run = { asOf: '2026-04-01', quota: 20_000, trials: 204_800 };
      const deals = await client.openDeals(pipeline(40), { asOf: run.asOf });
      equal((await failure(lib, () => deals.exact())).code, 'not-started');
      const { headline } = await deals.forecast(await lib.preset('sales-led'), run);
      const { currency, spans } = await deals.exact();
      const [span] = spans;
      equal([currency, span?.quota, span?.simulatedOdds, span?.simulatedP50], ['USD', 20_000, headline.odds, headline.p50]);
      const { figures } = span ?? {};
      if (!figures || !headline.odds) throw new Error(JSON.stringify(span));
      // Six standard errors: once in a hundred million runs, and the streams are fixed.
      const bound = 6 * headline.odds.error + (figures.method === 'grid' ? 0.05 : 0);
      if (Math.abs((figures.odds ?? 0) - headline.odds.value) > bound) throw new Error(JSON.stringify([figures, headline.odds]));
      equal(spans.at(-1)?.label, 'all periods');
    });
  },

  async 'the current period fills up from what is won to what is forecast'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const run = { asOf: '2026-04-20', quota: 20_000 };
      const deals = await client.openDeals(pipeline(40), { asOf: run.asOf });
      equal((await failure(lib, () => deals.fan())).code, 'not-started');
      const { headline, period } = await deals.forecast(await lib.preset('sales-led'), run);
      const fan = await deals.fan();
      equal([fan.period, fan.start, fan.end, fan.asOf, fan.quota, fan.wonToDate], [period, '2026-04-01', '2026-06-30', run.asOf, 20_000, headline.wonToDate]);
      const last = fan.ahead.at(-1);
      equal([last?.day, last?.p10, last?.p50, last?.p90], ['2026-06-30', headline.p10, headline.p50, headline.p90]);
      equal(fan.ahead.length, 11);
    });
  },

  async 'a forecast is written down as one document, with every text of the file as text'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const bait = '</bdi><script>alert("1")</script>&amp;';
      const run = { asOf: '2026-04-01', quota: 20_000 };
      const text = pipeline(12).replaceAll('Deal 3', bait.replaceAll('"', "'")).replaceAll('Proposal', `<i onclick='x'>Proposal`);
      const deals = await client.openDeals(text, { asOf: run.asOf, read: { name: '<b>deals.csv' } });
      const report = await deals.forecast(await lib.preset('sales-led'), run);
      const [manager, gates, record, rows] = [await deals.manage(), await deals.gates(), await deals.trackRecord(), await deals.window(0, 100)];
      const alone = lib.forecastHtml({ report });
      const late = { ...gates, rows: [...gates.rows, ...gates.rows].map((row) => ({ ...row, triage: /** @type {const} */ ('escalate'), reason: 'late <b>again' })) };
      const scenarios = await deals.scenarios([{ name: 'All <i>later</i>', changes: [{ cycle: { days: 20 } }] }]);
      const goals = [await deals.seek({ odds: 0.8, lever: 'win-rate' })];
      const snapshots = await deals.snapshot();
      const whole = lib.forecastHtml({ report, manager, gates: late, record, scenarios, scenarioChanges: [['time to <b>close</b> +20 days']], goals, snapshots, deals: rows, model: 'Ours & "theirs"', charts: [{ title: 'A line', svg: '<svg viewBox="0 0 1 1"></svg>' }] });
      for (const html of [alone, whole]) {
        const tags = [...html.matchAll(/<([a-z0-9]+)/g)].map(([, name]) => name);
        const known = ['html', 'head', 'meta', 'title', 'style', 'body', 'main', 'header', 'footer', 'section', 'figure', 'figcaption', 'svg', 'p', 'h1', 'h2', 'h3', 'dl', 'div', 'dt', 'dd', 'ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'strong', 'span', 'bdi', 'code'];
        equal(tags.filter((name) => !known.includes(name ?? '')), []);
        equal([/ on[a-z]+="/.test(html), / (src|href|srcset)=|url\(/i.test(html)], [false, false]);
        if (!html.startsWith('<!doctype html>') || !html.includes("default-src 'none'") || !html.includes(report.fingerprint)) throw new Error(html.slice(0, 600));
      }
      for (const part of ['&lt;b&gt;deals.csv', 'Ours &amp; &quot;theirs&quot;', '&lt;i onclick=', '<svg viewBox', `${report.receipt.quality.grade}, `, 'Apr 1, 2026', '<h2>What if</h2>', 'All &lt;i&gt;later', 'time to &lt;b&gt;close', 'costs least (P33)', 'The largest deal is ', '<th scope="col">Owner</th>', 'Passing deals alone', `<h3>Escalate: ${late.rows.length}`, 'late &lt;b&gt;again', `The 20 largest; ${late.rows.length - 20} more.`, '<h2>Decided by ', 'of deals that close are won', 'Open for the period: ', '<h2>Week by week</h2>', goals[0]?.sentence.slice(1, 20) ?? 'a goal']) {
        if (!whole.includes(part)) throw new Error(`${part} is not in ${whole.slice(0, 3000)}`);
      }
    });
  },

  async 'bytes, text, a buffer, a file and records give the same answer'({ lib, workers }) {
    const text = pipeline(9);
    const bytes = new TextEncoder().encode(text);
    const [header = '', ...lines] = text.trim().split('\n');
    const names = header.split(',');
    const records = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])));
    const model = await lib.preset('sales-led');
    const prints = [];
    for (const source of [text, bytes, bytes.slice().buffer, new Blob([bytes]), records]) {
      const report = await lib.forecastDeals(source, model, { asOf: AS_OF }, { workers });
      prints.push(JSON.stringify([report.fingerprint, report.total.p50, report.total.mean]));
    }
    equal(new Set(prints).size, 1);
  },

  async 'one call does it all, for leads too'({ lib, workers }) {
    const report = await lib.scoreLeads(LEADS, await lib.preset('sales-led'), { asOf: AS_OF }, { workers });
    equal(report.leads.map(({ name }) => name), ['Ann Lee', 'Bob Ray', 'Cy Diaz']);
  },

  async 'calls on one data set keep their order'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const model = await lib.preset('sales-led');
      const leads = await client.openLeads(LEADS);
      const answers = await Promise.all([
        leads.score(model, { asOf: AS_OF }),
        leads.view({ sort: [{ by: 'name', descending: true }] }),
        leads.window(0, 1),
      ]);
      equal(answers[2].map(({ name }) => name), ['Cy Diaz']);
    });
  },

  async 'an unusable file, model and run say what and where'({ lib, workers }) {
    const model = await lib.preset('sales-led');
    const wrong = { ...model, stagez: [] };
    equal((await failure(lib, () => lib.forecastDeals('', model, {}, { workers }))).kind, 'input');
    const error = await failure(lib, () => lib.forecastDeals(pipeline(3), wrong, { asOf: AS_OF }, { workers }));
    equal([error.kind, error.retryable], ['model', false]);
    if (!/stages/.test(error.message)) throw new Error(`no near name in: ${error.message}`);
    equal((await failure(lib, () => lib.forecastDeals(pipeline(3), model, { trials: -1 }, { workers }))).kind, 'run');
    equal((await failure(lib, () => lib.checkModel('{'))).kind, 'model');
    // @ts-expect-error a number is no source
    equal((await failure(lib, () => lib.scoreLeads(7, model))).code, 'source-unknown');
  },

  async 'an aborted run rejects within half a second and leaves everything usable'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const model = await lib.preset('sales-led');
      const deals = await client.openDeals(pipeline(300), { asOf: AS_OF });
      const first = await deals.forecast(model, { asOf: AS_OF });
      for (const wait of [0, 60]) {
        const stop = new AbortController();
        const running = failure(lib, () => deals.forecast(model, LONG, { signal: stop.signal }));
        await later(wait);
        const begin = performance.now();
        stop.abort('enough');
        const error = await running;
        const took = performance.now() - begin;
        equal([error.kind, error.code, error.cause], ['cancelled', 'cancelled', 'enough']);
        if (took > 500) throw new Error(`took ${took} ms to stop`);
      }
      equal((await deals.forecast(model, { asOf: AS_OF })).total.mean, first.total.mean);
    });
  },

  async 'a call that was aborted before it began is never made'({ lib, workers }) {
    await using_(lib, workers, async (client) => {
      const error = await failure(lib, () => client.openDeals(pipeline(3), { signal: AbortSignal.abort() }));
      equal(error.kind, 'cancelled');
    });
  },

  async 'what was disposed answers with an error'({ lib, workers }) {
    const client = lib.createClient({ workers });
    const leads = await client.openLeads(LEADS);
    leads.dispose();
    leads.dispose();
    equal((await failure(lib, () => leads.window(0, 1))).code, 'disposed');
    const deals = await client.openDeals(pipeline(3), { asOf: AS_OF });
    client.dispose();
    client.dispose();
    equal((await failure(lib, () => deals.window(0, 1))).code, 'disposed');
    equal((await failure(lib, () => client.openLeads(LEADS))).code, 'disposed');
  },

  async 'a list with outcomes teaches a card that scores like any other'({ lib, workers }) {
    const rows = Array.from({ length: 200 }, (_, i) => {
      const software = i % 2 === 0;
      const won = software ? i % 10 < 6 : i % 10 === 1;
      return { Industry: software ? 'Software' : 'Retail', Employees: 10 + (i % 37), Converted: won ? 1 : 0 };
    });
    await using_(lib, workers, async (client) => {
      const leads = await client.openLeads(rows);
      const [outcome, ...others] = await leads.outcomeColumns();
      equal([outcome?.column, outcome?.successes, outcome?.failures, others.length], ['Converted', 80, 120, 0]);
      equal(outcome?.values, [{ value: '0', count: 120, success: false }, { value: '1', count: 80, success: true }]);
      const columns = await leads.learnColumns();
      equal(columns.map(({ column, usage, proposed }) => [column, usage, proposed]),
        [['Industry', 'values', true], ['Employees', 'number', true], ['Converted', 'outcome', false]]);
      /** @type {number[]} */
      const seen = [];
      const learned = await leads.learn({ outcome: 'Converted' }, { onProgress: ({ done }) => seen.push(done) });
      equal(seen, [...seen].sort((a, b) => a - b));
      equal([learned.gate.verdict, learned.decided], ['signal', 200]);
      const report = await leads.score({ format: 1, icp: learned.card?.icp });
      equal(report.axes.fit.evaluable, true);
      const kept = /** @type {any} */ ((await lib.checkModel({ format: 1, icp: learned.card?.icp })).model);
      equal([kept.icp.evidence.outcome, kept.icp.evidence.rows, kept.icp.evidence.fingerprint], ['Converted', 200, learned.fingerprint]);
      const refused = await leads.learn({ exclude: ['Industry', 'Employees'] });
      equal([refused.gate.verdict, refused.card], ['no-signal', null]);
      equal((await failure(lib, () => leads.learn({ outcome: 'Nothing' }))).code, 'no-outcome');
    });
  },

  async 'contacts roll up to accounts with their roles, and what is missing is told'({ lib, workers }) {
    const contacts = [
      { email: 'ada@acme.example', company: 'Acme Inc.', title: 'CFO' },
      { email: 'alan@acme.example', company: 'Acme', title: 'Software Engineer' },
      { email: 'lin@bolt.example', company: 'Bolt', title: '=Manager' },
    ];
    await using_(lib, workers, async (client) => {
      const leads = await client.openLeads(contacts);
      equal((await failure(lib, () => leads.accounts())).code, 'not-scored');
      await leads.score(await lib.preset('sales-led'), { asOf: AS_OF });
      const { accounts, people, rows } = await leads.accounts({ sort: 'name' });
      equal([accounts, people, rows.map(({ name, seatsFilled, seats }) => [name, seatsFilled, seats])], [2, 3, [['Acme', 2, 3], ['Bolt', 1, 3]]]);
      equal((await leads.accounts({ missing: 'Economic buyer' })).rows.map(({ name }) => name), ['Bolt']);
      const card = await leads.account(rows[0]?.account ?? 9);
      equal(card.people.map(({ name, roles }) => [name, roles.map(({ role, counts }) => [role, counts])]), [['Acme Inc.', [['Economic buyer', true]]], ['Acme', [['Technical buyer', true]]]]);
      equal((await failure(lib, () => leads.account(2))).code, 'no-such-account');
      equal((await failure(lib, () => leads.accounts({ sort: /** @type {any} */ ('size') }))).code, 'bad-view');
      const csv = new TextDecoder().decode(await leads.accountsCsv());
      equal([csv.split('\r\n').length, csv.includes('Acme,acme.example,')], [4, true]);
    });
  },

  async 'the offsets of the model’s time zone are looked up, unless the run brings its own'({ lib, workers }) {
    const sla = { pools: [{ name: 'All', members: [{ name: 'Kim' }] }], rules: [{ name: 'All', pool: 'All', sla: { hours: 1 } }], fallback: 'All' };
    const model = (/** @type {string} */ timeZone) => ({ format: 1, meta: { timeZone }, routing: sla });
    const record = (/** @type {string} */ created) => [{ company: 'Acme', created }];
    await using_(lib, workers, async (client) => {
      const due = async (/** @type {string} */ zone, /** @type {string} */ created, /** @type {object} */ run) => {
        const leads = await client.openLeads(record(created));
        await leads.score(model(zone), { asOf: '2026-12-31', ...run });
        return (await leads.window(0, 1))[0]?.due;
      };
      // An hour later by the clocks of Berlin, which change in the night to 29 March 2026; in New York in that of 8 March.
      equal(await due('Europe/Berlin', '2026-03-28T22:30:00Z', {}), '2026-03-29 00:30');
      equal(await due('Europe/Berlin', '2026-03-29T00:30:00Z', {}), '2026-03-29 03:30');
      equal(await due('America/New_York', '2026-03-08T06:30:00Z', {}), '2026-03-08 03:30');
      equal(await due('Asia/Kolkata', '2026-03-08T06:30:00Z', {}), '2026-03-08 13:00');
      equal(await due('Europe/Berlin', '2026-03-29T00:30:00Z', { utcOffsets: [] }), '2026-03-29 01:30');
      equal(await due('Europe/Nowhere', '2026-03-29T00:30:00Z', {}), '2026-03-29 01:30');
    });
  },

  async 'work in flight is rejected when the client is disposed'({ lib, workers }) {
    const client = lib.createClient({ workers });
    const deals = await client.openDeals(pipeline(100), { asOf: AS_OF });
    const running = failure(lib, async () => deals.forecast(await lib.preset('sales-led'), LONG));
    await later(50);
    client.dispose();
    equal((await running).code, 'disposed');
  },
};

/**
 * @param {Package} lib
 * @param {number} workers
 * @param {(client: import('../pkg/index.js').Client) => Promise<void>} body
 */
async function using_(lib, workers, body) {
  const client = lib.createClient({ workers });
  try {
    await body(client);
  } finally {
    client.dispose();
  }
}

/**
 * The error that the work must end in.
 *
 * @param {Package} lib
 * @param {() => Promise<unknown>} work
 */
async function failure(lib, work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof lib.LeadcastError) return error;
    throw error;
  }
  throw new Error('it answered instead of failing');
}

/** @param {unknown} got @param {unknown} expected */
function equal(got, expected) {
  const [left, right] = [JSON.stringify(got), JSON.stringify(expected)];
  if (left !== right) throw new Error(`expected ${right}, got ${left}`);
}

/** @param {number} ms */
function later(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
