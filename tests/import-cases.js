// The cases of tests/import_cases/cases.json as the module sees them; runs in Node and in a page. The form is
// described in docs/testing.md; tests/import_cases.rs runs the same natively.

/** @typedef {{ text?: string, hex?: string, utf16?: 'le' | 'be', mark?: boolean, repeat?: { head: string, line: string, times: number, tail: string } }} Input */
/** @typedef {string | { head: string, open: string, close: string, times: number, tail: string }} Model */
/** @typedef {{ row: number, name: string, input: Input, options?: object, asOf?: string, ask?: 'forecast' | 'score' | 'model', model?: Model, run?: string, expect: Record<string, any> }} Case */

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

/** @param {Model} model */
function modelText(model) {
  if (typeof model === 'string') return model;
  return `${model.head}${model.open.repeat(model.times)}1${model.close.repeat(model.times)}${model.tail}`;
}

/** @param {any} report @param {string} place a JSON pointer */
function at(report, place) {
  return place.split('/').slice(1).reduce((node, key) => node[key], report);
}

/**
 * The report that a case asks for; `null` where only the model is read.
 *
 * @param {typeof import('../pkg/wasm/leadcast.js')} glue
 * @param {Case} given
 */
function reportOf(glue, { ask, model = '', run = '{}', input }) {
  const text = modelText(model);
  if (ask === 'model') return void glue.checkModel(text);
  const reader = new glue.Reader('{}');
  reader.push(bytes(input));
  if (ask === 'score') return reader.leads().score(text, run);
  const deals = reader.deals();
  deals.start(text, run, 0, 1);
  return deals.report();
}

/**
 * What a report says at the places that a case names, in the form in which it expects it.
 *
 * @param {typeof import('../pkg/wasm/leadcast.js')} glue
 * @param {Case} given
 */
function answer(glue, given) {
  let report;
  try {
    report = reportOf(glue, given);
  } catch (error) {
    const { code, place } = /** @type {{ code?: string, place?: { path?: string } }} */ (error);
    return { error: code ?? String(error), path: place?.path ?? null };
  }
  const told = structuredClone(given.expect);
  for (const [place, wanted] of Object.entries(told.at ?? {})) {
    told.at[place] = place.endsWith('/*') ? at(report, place.slice(0, -2)).filter((/** @type {unknown} */ one) => wanted.includes(one)) : at(report, place);
  }
  for (const [place, [low, high]] of Object.entries(told.between ?? {})) {
    const found = at(report, place);
    if (!(found >= low && found <= high)) told.between[place] = found;
  }
  return told;
}

/**
 * What the module says of a file, in the form in which cases expect it.
 *
 * @param {typeof import('../pkg/wasm/leadcast.js')} glue
 * @param {Case} given
 */
export function said(glue, given) {
  const { input, options = {}, asOf = undefined, ask, expect } = given;
  if (ask) return answer(glue, given);
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
