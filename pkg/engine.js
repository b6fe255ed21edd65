// The operations a runner offers, over one instance of the WebAssembly module. Long ones run in slices with a
// macrotask between, so that a request to stop is heard. Bundled with the module's glue into wasm/engine.js, where
// each call of the factory gives an instance of its own: after a trap the old one is thrown away.

import * as glue from './wasm/leadcast.js';
import { WorkbookLimit } from './unzip.js';
import { isArchive, readSheet } from './workbook.js';

/** @import { ErrorFields } from './error.js' */
/** @typedef {{ bytes: Uint8Array } | { blob: Blob } | { records: string }} Content what a data set is read from */
/** @typedef {{ phase: 'read' | 'simulate' | 'learn' | 'calibrate' | 'backtest', done: number, total: number | null }} Progress */
/** @typedef {{ progress: (progress: Progress) => void, stopped: () => boolean }} Control */
/** @typedef {{ value: unknown } | { error: ErrorFields } | { trap: ErrorFields }} Settled */

const SLICE_BYTES = 1 << 20;
const SLICE_MS = 25;
const FRAME_MS = 80;

/**
 * Starts an instance of the module.
 *
 * @param {WebAssembly.Module} module
 * @returns {{ perform: (name: string, args: unknown[], control: Control) => Promise<Settled> }}
 */
export function start(module) {
  glue.initSync({ module });
  /** @type {Map<number, glue.Leads | glue.Deals>} */
  const open = new Map();

  /** @param {number} key */
  const find = (key) => {
    const handle = open.get(key);
    if (!handle) throw fields('internal', 'unknown-data-set', `no data set ${key} in this engine`);
    return handle;
  };

  /** @type {Record<string, (control: Control, ...args: any[]) => unknown>} */
  const operations = {
    version: () => glue.version(),
    presets: () => glue.presets(),
    preset: (_, name) => glue.preset(name),
    checkModel: (_, model) => glue.checkModel(model),
    scoreLead: (_, record, model, run) => glue.scoreLead(record, model, run),

    openLeads: async (control, key, content, read) => keep(key, (await fileOf(content, read, control)).leads()),
    openDeals: async (control, key, content, read) => keep(key, (await fileOf(content, read, control)).deals()),
    close: (_, key) => {
      open.get(key)?.free();
      open.delete(key);
    },

    understand: async (control, content, read) => (await push(content, read, control)).understand(),
    attach: async (control, key, content, read) => {
      const attached = either(key).attach(await fileOf(content, read, control));
      return { attached, receipt: either(key).receipt() };
    },

    problems: (_, key, filter, from, count) => either(key).problems(filter, from, count),
    correctedCsv: (_, key) => either(key).correctedCsv(),

    score: (_, key, model, run) => leads(key).score(model, run),
    view: (_, key, view) => leads(key).view(view),
    leadWindow: (_, key, from, count) => leads(key).window(from, count),
    explain: (_, key, row) => leads(key).explain(row),
    values: (_, key, field) => leads(key).values(field) ?? null,
    leadsCsv: (_, key) => leads(key).csv(),
    outcomeColumns: (_, key) => leads(key).outcomeColumns(),
    lint: (_, key) => leads(key).lint(),
    mqlCuts: (_, key, capacity) => leads(key).mqlCuts(capacity ?? undefined),
    cutPoints: (_, key) => leads(key).cutPoints(),
    drift: (_, key) => leads(key).drift(),
    accounts: (_, key, view) => leads(key).accounts(view),
    account: (_, key, account) => leads(key).account(account),
    queueCsv: (_, key, queue) => leads(key).queueCsv(queue),
    accountsCsv: (_, key) => leads(key).accountsCsv(),
    learnColumns: (_, key, options) => leads(key).learnColumns(options),
    learn: (control, key, options) => learn(leads(key), options, control),

    simulate: (control, key, model, run, part, parts) => simulate(deals(key), model, run, part, parts, control),
    part: (_, key) => deals(key).part(),
    absorb: (_, key, part) => deals(key).absorb(part),
    proposedAsOf: (_, key) => deals(key).proposedAsOf() ?? null,
    report: (control, key) => report(deals(key), control),
    trackRecord: (_, key) => deals(key).trackRecord() ?? null,
    backtest: (control, key, options) => backtest(deals(key), options, control),
    snapshot: (_, key, kept) => deals(key).snapshot(kept),
    totals: (_, key, period) => deals(key).totals(period ?? undefined),
    dealWindow: (_, key, from, count) => deals(key).window(from, count),
    compare: (_, key, previous, options) => deals(key).compare(deals(previous), options),
    scenarios: (_, key, scenarios) => deals(key).scenarios(scenarios),
    exact: (_, key) => deals(key).exact(),
    fan: (_, key) => deals(key).fan(),
    gates: (_, key) => deals(key).gates(),
    manage: (_, key, options) => deals(key).manage(options),
    seek: (_, key, goal) => deals(key).seek(goal),
    dealsCsv: (_, key) => deals(key).csv(),
  };

  /** @param {number} key @param {glue.Leads | glue.Deals} handle */
  function keep(key, handle) {
    open.get(key)?.free();
    open.set(key, handle);
    return handle.receipt();
  }

  /** @param {number} key */
  const either = (key) => /** @type {glue.Leads | glue.Deals} */ (find(key));
  /** @param {number} key */
  const leads = (key) => /** @type {glue.Leads} */ (find(key));
  /** @param {number} key */
  const deals = (key) => /** @type {glue.Deals} */ (find(key));

  return {
    async perform(name, args, control) {
      const operation = operations[name];
      try {
        if (!operation) throw new Error(`no operation ${name}`);
        return { value: await operation(control, ...args) };
      } catch (thrown) {
        return isFields(thrown) ? { error: thrown } : { trap: trapped(thrown) };
      }
    },
  };
}

/** A reader that has the whole file. @param {Content} content @param {string} read @param {Control} control */
async function fileOf(content, read, control) {
  return 'records' in content ? glue.Reader.ofRecords(content.records, read) : push(content, read, control);
}

/**
 * Reads a file in pieces; the reader is consumed by its `leads()` or `deals()`.
 *
 * @param {{ bytes: Uint8Array } | { blob: Blob }} content
 * @param {string} read
 * @param {Control} control
 */
async function push(content, read, control) {
  const sheet = await sheetOf(content, read);
  if (sheet) [content, read] = sheet;
  const reader = new glue.Reader(read);
  const total = 'bytes' in content ? content.bytes.length : content.blob.size;
  const pause = pacer(control);
  let done = 0;
  try {
    for await (const piece of 'bytes' in content ? slices(content.bytes) : pieces(content.blob)) {
      reader.push(piece);
      done += piece.length;
      await pause({ phase: 'read', done, total });
    }
  } catch (thrown) {
    if (!(thrown instanceof WebAssembly.RuntimeError)) reader.free();
    throw thrown;
  }
  return reader;
}

/**
 * A workbook's sheet in place of the workbook; nothing for every other file.
 *
 * @param {{ bytes: Uint8Array } | { blob: Blob }} content
 * @param {string} read
 * @returns {Promise<[{ bytes: Uint8Array }, string] | undefined>}
 */
async function sheetOf(content, read) {
  const start = 'bytes' in content ? content.bytes.subarray(0, 4) : new Uint8Array(await whole(content.blob.slice(0, 4)));
  if (!isArchive(start)) return undefined;
  const workbook = 'bytes' in content ? content.bytes.slice().buffer : await whole(content.blob);
  const { options, ...settings } = JSON.parse(read);
  try {
    const found = await readSheet(/** @type {ArrayBuffer} */ (workbook), options?.sheet);
    if (!found) return undefined; // The reader says what it is instead.
    const { text, sheet, others } = found;
    const known = { ...options, sheet, otherSheets: others, delimiter: ',', encoding: 'utf-8' };
    return [{ bytes: text }, JSON.stringify({ ...settings, options: known })];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof WorkbookLimit) throw fields('limit', 'limit', `${message} (save the sheet as CSV UTF-8)`);
    if (error instanceof RangeError) throw fields('input', 'no-such-sheet', message);
    throw error;
  }
}

/** @param {Blob} blob */
function whole(blob) {
  return blob.arrayBuffer().catch((cause) => {
    throw fields('input', 'file-unreadable', `the file could not be read: ${cause.message} (choose the file again)`);
  });
}

/** @param {Uint8Array} bytes */
function* slices(bytes) {
  for (let from = 0; from < bytes.length; from += SLICE_BYTES) yield bytes.subarray(from, from + SLICE_BYTES);
}

/** @param {Blob} blob */
async function* pieces(blob) {
  for (let from = 0; from < blob.size; from += SLICE_BYTES) {
    yield new Uint8Array(await whole(blob.slice(from, from + SLICE_BYTES)));
  }
}

/**
 * Runs one part of the batches; every part of every split gives the same bits.
 *
 * @param {glue.Deals} deals
 * @param {string} model
 * @param {string} run
 * @param {number} part
 * @param {number} parts
 * @param {Control} control
 */
async function simulate(deals, model, run, part, parts, control) {
  deals.start(model, run, part, parts);
  const pause = pacer(control);
  let batches = 1;
  for (let fraction = 0; fraction < 1; ) {
    const begin = performance.now();
    fraction = deals.advance(batches);
    const took = performance.now() - begin;
    if (took < SLICE_MS / 2) batches *= 2;
    else if (took > SLICE_MS && batches > 1) batches = Math.ceil(batches / 2);
    await pause({ phase: 'simulate', done: fraction, total: 1 });
  }
}

/**
 * The forecast, corrected by how the same method did in earlier quarters; each step forecasts one of them.
 *
 * @param {glue.Deals} deals
 * @param {Control} control
 */
async function report(deals, control) {
  const pause = pacer(control);
  for (let fraction = 0; fraction < 1; ) {
    fraction = deals.advanceRecord();
    await pause({ phase: 'calibrate', done: fraction, total: 1 });
  }
  return deals.report();
}

/**
 * Forecasts earlier quarters from days of the caller's choice, each step one of them from one day.
 *
 * @param {glue.Deals} deals
 * @param {string} options
 * @param {Control} control
 */
async function backtest(deals, options, control) {
  deals.startBacktest(options);
  const pause = pacer(control);
  for (let fraction = 0; fraction < 1; ) {
    fraction = deals.advanceBacktest();
    await pause({ phase: 'backtest', done: fraction, total: 1 });
  }
  return deals.backtested();
}

/**
 * Learns step by step; the steps are fits, and the same however they are spread over time.
 *
 * @param {glue.Leads} leads
 * @param {string} options
 * @param {Control} control
 */
async function learn(leads, options, control) {
  leads.startLearning(options);
  const pause = pacer(control);
  for (let fraction = 0; fraction < 1; ) {
    fraction = leads.advanceLearning();
    await pause({ phase: 'learn', done: fraction, total: 1 });
  }
  return leads.learned();
}

/**
 * Lets other messages in once a slice of time is used up, reports progress, and stops when asked to.
 *
 * @param {Control} control
 */
function pacer({ progress, stopped }) {
  let slice = performance.now();
  let frame = slice;
  /** @param {Progress} state */
  return async (state) => {
    const now = performance.now();
    if (now - frame >= FRAME_MS) {
      frame = now;
      progress(state);
    }
    if (now - slice < SLICE_MS) return;
    await macrotask();
    slice = performance.now();
    if (stopped()) throw fields('cancelled', 'cancelled', 'stopped by the caller');
  };
}

/** A timer would wait 4 ms in a browser; a message does not. */
function macrotask() {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') return setImmediate(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(0);
  });
}

/** @param {unknown} thrown @returns {thrown is ErrorFields} */
function isFields(thrown) {
  return typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) && 'kind' in thrown;
}

/** @param {unknown} thrown @returns {ErrorFields} */
function trapped(thrown) {
  let panic = '';
  try {
    panic = glue.lastPanic();
  } catch {
    // The instance is past answering.
  }
  const text = panic || (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown));
  return fields('internal', 'engine-stopped', `the engine stopped: ${text} (it is replaced; please report this)`);
}

/**
 * @param {ErrorFields['kind']} kind
 * @param {string} code
 * @param {string} message
 * @returns {ErrorFields}
 */
function fields(kind, code, message) {
  return { kind, code, message, place: {}, retryable: kind === 'internal' || kind === 'cancelled' };
}
