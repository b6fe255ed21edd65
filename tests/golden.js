// The golden cases as JavaScript sees them; runs in Node and in a page. A case is a folder of tests/golden with
// leads.csv or deals.csv, model.json, run.json and expected.json, named after its one point.

/** @typedef {typeof import('../pkg/index.js')} Package */
/** @typedef {{ leads?: Uint8Array, deals?: Uint8Array, model: string, run: string }} Case */

/**
 * Everything the package says about a case, as text: `JSON.stringify` writes each number in its shortest form that
 * reads back to the same bits.
 *
 * @param {Package} lib
 * @param {Case} given
 * @param {number} workers
 */
export async function answer(lib, { leads, deals, model, run }, workers) {
  const client = lib.createClient({ workers });
  const options = JSON.parse(run);
  try {
    if (leads) {
      const list = await client.openLeads(leads);
      const report = await list.score(model, options);
      const rows = await list.window(0, report.counts.leads);
      return text({ report, rows, explanation: rows[0] ? await list.explain(rows[0].row) : null });
    }
    const pipeline = await client.openDeals(deals ?? new Uint8Array(), { asOf: options.asOf });
    return text({ report: await pipeline.forecast(model, options) });
  } finally {
    client.dispose();
  }
}

/**
 * The parts of an answer that must not depend on the order of the rows.
 *
 * @param {string} answer
 */
export function orderFree(answer) {
  // Where a lead stands in the file is not what is said of it.
  const { receipt, ...report } = JSON.parse(answer, (key, value) => (key === 'row' || key === 'line' ? undefined : value)).report;
  const { rowsRead, rowsUsed, rowsExcluded } = receipt;
  return text({ ...report, receipt: { rowsRead, rowsUsed, rowsExcluded } });
}

/**
 * The same rows in another order; the header stays.
 *
 * @param {Uint8Array} csv without line breaks inside quotes
 */
export function shuffled(csv) {
  const [header, ...rows] = new TextDecoder().decode(csv).trimEnd().split('\n');
  // Every row moves: the last comes first, and every second one goes to the back.
  const turned = rows.reverse();
  return new TextEncoder().encode(
    [header, ...turned.filter((_, i) => i % 2 === 0), ...turned.filter((_, i) => i % 2 === 1)].join('\n'),
  );
}

/** @param {unknown} value */
function text(value) {
  return `${JSON.stringify(value, null, 1)}\n`;
}
