// The cases of tests/import_cases/cases.json as the module sees them; runs in Node and in a page. The form is
// described in docs/testing.md; tests/import_cases.rs runs the same natively.

/** @typedef {{ text?: string, hex?: string, utf16?: 'le' | 'be', mark?: boolean, repeat?: { head: string, line: string, times: number, tail: string } }} Input */
/** @typedef {{ row: number, name: string, input: Input, options?: object, asOf?: string, expect: Record<string, any> }} Case */

/** @param {Input} input */
function bytes({ text = '', hex, utf16, mark, repeat }) {
  if (hex !== undefined) return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  if (repeat) {
    const lines = Array.from({ length: repeat.times }, (_, n) => repeat.line.replaceAll('{n}', String(n + 1)));
    return new TextEncoder().encode(repeat.head + lines.join('') + repeat.tail);
  }
  if (!utf16) return new TextEncoder().encode(text);
  const whole = (mark ? '\ufeff' : '') + text;
  const view = new DataView(new ArrayBuffer(whole.length * 2));
  for (let at = 0; at < whole.length; at++) view.setUint16(at * 2, whole.charCodeAt(at), utf16 === 'le');
  return new Uint8Array(view.buffer);
}

/**
 * What the module says of a file, in the form in which cases expect it.
 *
 * @param {typeof import('../pkg/wasm/leadcast.js')} glue
 * @param {Case} given
 */
export function said(glue, { input, options = {}, asOf = undefined, expect }) {
  let receipt;
  try {
    const reader = new glue.Reader(JSON.stringify({ options, asOf }));
    reader.push(bytes(input));
    receipt = asOf ? reader.deals().receipt() : reader.understand();
  } catch (error) {
    return { error: /** @type {{ code?: string }} */ (error).code ?? String(error) };
  }
  const { rowsRead, rowsUsed, rowsExcluded, diagnostics, columns } = receipt;
  /** @type {Record<string, any>} */
  const told = {
    rows: [rowsRead, rowsUsed, rowsExcluded],
    codes: diagnostics.map(({ code, count, place }) => [code, count, place.line ?? 0, place.column ?? '']),
  };
  for (const key of /** @type {const} */ (['encoding', 'delimiter', 'kind'])) {
    if (key in expect) told[key] = receipt[key];
  }
  if (expect.columns) {
    const of = /** @param {string} name */ (name) => columns.find((column) => column.name === name) ?? {};
    told.columns = Object.fromEntries(
      Object.entries(expect.columns).map(([name, wanted]) => [
        name,
        Object.fromEntries(Object.keys(wanted).map((key) => [key, /** @type {any} */ (of(name))[key]])),
      ]),
    );
  }
  return told;
}
