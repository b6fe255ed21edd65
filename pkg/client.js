// Data sets that live in an engine, seen as asynchronous objects. A data set keeps what it was read from and what was
// last asked of it, so that a fresh engine can be brought to the same state without the caller noticing.

import { LeadcastError, cancelled } from './error.js';
import { withOffsets } from './zone.js';

/** @import { Content } from './engine.js' */
/** @import { CallOptions, Runner } from './runner.js' */
/** @typedef {Uint8Array | ArrayBuffer | Blob | string | readonly object[]} Source */
/** @typedef {CallOptions & { mapping?: object, read?: object, asOf?: string | null }} OpenOptions */
/** @typedef {CallOptions & { mapping?: object, read?: object, kind?: string, on?: object[], day?: string, currency?: string, fiscalYear?: number }} AttachOptions */

/** One or several runners and the data sets opened on them. */
export class Client {
  /** @type {Runner[]} */
  #runners;
  #lastKey = 0;

  /** @param {Runner[]} runners */
  constructor(runners) {
    this.#runners = runners;
  }

  /**
   * Reads a list of leads.
   *
   * @param {Source} source
   * @param {OpenOptions} [options]
   */
  async openLeads(source, options = {}) {
    const data = await this.#open('openLeads', source, options);
    return new LeadsHandle(data);
  }

  /**
   * Reads a pipeline of deals.
   *
   * @param {Source} source
   * @param {OpenOptions} [options]
   */
  async openDeals(source, options = {}) {
    const data = await this.#open('openDeals', source, options);
    return new DealsHandle(data);
  }

  /**
   * What a file looks like, whatever it holds; nothing stays open.
   *
   * @param {Exclude<Source, readonly object[]>} source
   * @param {OpenOptions} [options]
   */
  async understand(source, { mapping, read, signal, onProgress } = {}) {
    const settings = JSON.stringify({ options: { name: fileName(source), ...read }, mapping });
    return this.#runners[0]?.call('understand', [contentOf(source), settings], { signal, onProgress });
  }

  /** Ends the workers; calls in flight are rejected. */
  dispose() {
    for (const runner of this.#runners) runner.dispose();
  }

  /** @param {'openLeads' | 'openDeals'} name @param {Source} source @param {OpenOptions} options */
  async #open(name, source, { mapping, read, asOf, signal, onProgress }) {
    const key = ++this.#lastKey;
    const settings = JSON.stringify({ options: { name: fileName(source), ...read }, mapping, asOf });
    // The first runner of a data set changes from one to the next, so that several can work at the same time.
    const turn = (key - 1) % this.#runners.length;
    const runners = [...this.#runners.slice(turn), ...this.#runners.slice(0, turn)];
    const data = new DataSet(runners, key, name, contentOf(source), settings);
    await data.load({ signal, onProgress });
    return data;
  }
}

/** What a handle and its engine share. */
class DataSet {
  /** @type {any} */
  receipt = undefined;
  #runners;
  #key;
  #opening;
  /** Files that were attached, in order: every engine that opens this data set needs them. @type {unknown[][]} */
  #attached = [];
  /** What a fresh engine has to be told to stand where the last one stood. @type {Map<string, unknown[]>} */
  #state = new Map();
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #closed = false;

  /**
   * @param {Runner[]} runners
   * @param {number} key
   * @param {'openLeads' | 'openDeals'} name
   * @param {Content} content
   * @param {string} settings
   */
  constructor(runners, key, name, content, settings) {
    this.#runners = runners;
    this.#key = key;
    this.#opening = { name, args: [key, content, settings] };
  }

  /** @param {CallOptions} options */
  load(options) {
    return this.#enqueue(options, (runner) => this.#ensure(runner, options));
  }

  /**
   * Asks the first runner; calls on one data set run in the order they were made.
   *
   * @param {string} name
   * @param {unknown[]} args
   * @param {CallOptions} [options]
   */
  ask(name, args = [], options = {}) {
    return this.#enqueue(options, async (runner) => {
      await this.#ensure(runner, options);
      return runner.call(name, [this.#key, ...args], options);
    });
  }

  /**
   * Asks the first runner about this data set and another, which it reads too if it has not yet.
   *
   * @param {string} name
   * @param {DataSet} other
   * @param {unknown[]} args
   * @param {CallOptions} [options]
   */
  askWith(name, other, args, options = {}) {
    return this.#enqueue(options, async (runner) => {
      await this.#ensure(runner, options);
      if (other.#closed) throw closed();
      await other.#ensure(runner, options);
      return runner.call(name, [this.#key, other.#key, ...args], options);
    });
  }

  /**
   * Asks for something that changes what later answers mean, such as a score or a view.
   *
   * @param {string} name
   * @param {unknown[]} args
   * @param {{ forget?: string[], options?: CallOptions }} [more] `forget`: states that this one makes void
   */
  change(name, args, { forget = [], options = {} } = {}) {
    return this.#enqueue(options, async (runner) => {
      await this.#ensure(runner, options, [name, ...forget]);
      for (const void_ of forget) this.#state.delete(void_);
      const answer = await runner.call(name, [this.#key, ...args], options);
      this.#state.delete(name);
      this.#state.set(name, args);
      return answer;
    });
  }

  /**
   * Attaches another file; what was scored or simulated is void.
   *
   * @param {Source} source
   * @param {AttachOptions} options
   */
  attach(source, { mapping, read, signal, onProgress, ...attach }) {
    const settings = JSON.stringify({ options: { name: fileName(source), ...read }, mapping, attach });
    const args = [contentOf(source), settings];
    return this.#enqueue({ signal }, async (runner) => {
      await this.#ensure(runner, { signal, onProgress }, [...this.#state.keys()]);
      const { attached, receipt } = await runner.call('attach', [this.#key, ...args], { signal, onProgress });
      this.#attached.push(args);
      this.#state.clear();
      this.receipt = receipt;
      // The others open the data set anew when they are next needed, with this file too.
      for (const other of this.#runners.slice(1).filter(({ loaded }) => loaded.delete(this.#key))) {
        other.call('close', [this.#key]).catch(() => {}); // A runner that is gone holds nothing.
      }
      return attached;
    });
  }

  /**
   * Simulates, each runner its share of the batches, and has the first one put them together.
   *
   * @param {string} model
   * @param {string} run
   * @param {CallOptions} options
   */
  simulate(model, run, options) {
    return this.#enqueue(options, async (runner) => {
      await this.#ensure(runner, options, ['simulate']);
      this.#state.delete('simulate');
      await this.#share(this.#runners, model, run, options);
      const report = await runner.call('report', [this.#key], options);
      this.#state.set('simulate', [model, run]);
      return report;
    });
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const runner of this.#runners.filter(({ loaded }) => loaded.delete(this.#key))) {
      runner.call('close', [this.#key]).catch(() => {}); // A runner that is gone holds nothing.
    }
  }

  /** @param {Runner[]} runners @param {string} model @param {string} run @param {CallOptions} options */
  async #share(runners, model, run, { signal, onProgress }) {
    // One part failing stops the others.
    const stop = new AbortController();
    const relay = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', relay);
    if (signal?.aborted) relay();
    const fractions = runners.map(() => 0);
    try {
      const parts = await all(
        runners.map(async (runner, part) => {
          /** @type {CallOptions['onProgress']} */
          const heard = ({ phase, done }) => {
            if (phase !== 'simulate') return;
            fractions[part] = done;
            onProgress?.({ phase, done: fractions.reduce((sum, one) => sum + one, 0) / runners.length, total: 1 });
          };
          const options = { signal: stop.signal, onProgress: heard };
          if (part > 0) await this.#ensure(runner, options);
          await runner.call('simulate', [this.#key, model, run, part, runners.length], options);
          return part > 0 ? runner.call('part', [this.#key], options) : undefined;
        }),
        () => stop.abort(),
      );
      for (const part of parts.slice(1)) await runners[0]?.call('absorb', [this.#key, part], { signal });
    } finally {
      signal?.removeEventListener('abort', relay);
    }
  }

  /**
   * Makes sure the runner's engine holds this data set in its present state.
   *
   * @param {Runner} runner
   * @param {CallOptions} options
   * @param {string[]} [except] states about to be replaced
   */
  async #ensure(runner, { signal, onProgress }, except = []) {
    if (runner.loaded.has(this.#key)) return;
    this.receipt = await runner.call(this.#opening.name, this.#opening.args, { signal, onProgress });
    runner.loaded.add(this.#key);
    try {
      for (const file of this.#attached) {
        this.receipt = (await runner.call('attach', [this.#key, ...file], { signal })).receipt;
      }
      if (runner !== this.#runners[0]) return;
      for (const [name, args] of this.#state) {
        if (except.includes(name)) continue;
        const simulated = name === 'simulate';
        await runner.call(name, [this.#key, ...args, ...(simulated ? [0, 1] : [])], { signal });
        // Only a simulation that was reported is a forecast one can ask about.
        if (simulated) await runner.call('report', [this.#key], { signal });
      }
    } catch (error) {
      runner.loaded.delete(this.#key); // half way there is not there
      throw error;
    }
  }

  /**
   * @template T
   * @param {CallOptions} options
   * @param {(runner: Runner) => Promise<T>} work
   * @returns {Promise<T>}
   */
  #enqueue({ signal }, work) {
    let started = false;
    const turn = this.#queue.then(async () => {
      started = true;
      const runner = this.#runners[0];
      if (this.#closed || !runner) throw closed();
      if (signal?.aborted) throw cancelled(signal);
      try {
        return await work(runner);
      } catch (error) {
        // Someone else's call took the worker down: this one is innocent and is made again.
        if (!(error instanceof LeadcastError) || error.code !== 'worker-replaced' || signal?.aborted) throw error;
        return work(runner);
      }
    });
    this.#queue = turn.catch(() => {});
    if (!signal) return turn;
    return new Promise((resolve, reject) => {
      // A call that still waits for its turn need not wait to be stopped.
      const stop = () => started || reject(cancelled(signal));
      signal.addEventListener('abort', stop);
      turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }
}

/** A list of leads in an engine. */
export class LeadsHandle {
  #data;

  /** @param {DataSet} data */
  constructor(data) {
    this.#data = data;
  }

  /** What was understood of the file. */
  async receipt() {
    return this.#data.receipt;
  }

  /** @param {Source} source @param {AttachOptions} [options] */
  attach(source, options = {}) {
    return this.#data.attach(source, options);
  }

  /**
   * Rows with something to say about, in the order of the file.
   *
   * @param {object} [filter] @param {number} [from] @param {number} [count] @param {CallOptions} [options]
   */
  problems(filter = {}, from = 0, count = 100, options) {
    return this.#data.ask('problems', [text(filter), from, count], options);
  }

  /** The file with its own columns, put right. @param {CallOptions} [options] */
  correctedCsv(options) {
    return this.#data.ask('correctedCsv', [], options);
  }

  /** @param {object | string} model @param {object} [run] @param {CallOptions} [options] */
  score(model, run, options) {
    const document = text(model);
    return this.#data.change('score', [document, withOffsets(document, text(run ?? {}))], { options });
  }

  /** @param {object} [view] @param {CallOptions} [options] */
  view(view = {}, options) {
    return this.#data.change('view', [text(view)], { options });
  }

  /** @param {number} from @param {number} count @param {CallOptions} [options] */
  window(from, count, options) {
    return this.#data.ask('leadWindow', [from, count], options);
  }

  /** @param {number} row @param {CallOptions} [options] */
  explain(row, options) {
    return this.#data.ask('explain', [row], options);
  }

  /** @param {string} field @param {CallOptions} [options] */
  values(field, options) {
    return this.#data.ask('values', [field], options);
  }

  /** @param {CallOptions} [options] */
  csv(options) {
    return this.#data.ask('leadsCsv', [], options);
  }

  /** @param {CallOptions} [options] */
  outcomeColumns(options) {
    return this.#data.ask('outcomeColumns', [], options);
  }

  /** @param {CallOptions} [options] */
  lint(options) {
    return this.#data.ask('lint', [], options);
  }

  /** @param {number | null} [capacity] @param {CallOptions} [options] */
  mqlCuts(capacity = null, options) {
    return this.#data.ask('mqlCuts', [capacity], options);
  }

  /** @param {CallOptions} [options] */
  cutPoints(options) {
    return this.#data.ask('cutPoints', [], options);
  }

  /** @param {CallOptions} [options] */
  drift(options) {
    return this.#data.ask('drift', [], options);
  }

  /** @param {object} [view] @param {CallOptions} [options] */
  accounts(view = {}, options) {
    return this.#data.ask('accounts', [text(view)], options);
  }

  /** @param {number} account @param {CallOptions} [options] */
  account(account, options) {
    return this.#data.ask('account', [account], options);
  }

  /** @param {CallOptions} [options] */
  accountsCsv(options) {
    return this.#data.ask('accountsCsv', [], options);
  }

  /** @param {object} [learning] @param {CallOptions} [options] */
  learnColumns(learning = {}, options) {
    return this.#data.ask('learnColumns', [text(learning)], options);
  }

  /** @param {object} [learning] @param {CallOptions} [options] */
  learn(learning = {}, options) {
    return this.#data.ask('learn', [text(learning)], options);
  }

  /** Frees the engine's memory; later calls are rejected. */
  dispose() {
    this.#data.close();
  }
}

/** A pipeline in an engine. */
export class DealsHandle {
  #data;

  /** @param {DataSet} data */
  constructor(data) {
    this.#data = data;
  }

  /** What was understood of the file. */
  async receipt() {
    return this.#data.receipt;
  }

  /** @param {Source} source @param {AttachOptions} [options] */
  attach(source, options = {}) {
    return this.#data.attach(source, options);
  }

  /**
   * Rows with something to say about, in the order of the file.
   *
   * @param {object} [filter] @param {number} [from] @param {number} [count] @param {CallOptions} [options]
   */
  problems(filter = {}, from = 0, count = 100, options) {
    return this.#data.ask('problems', [text(filter), from, count], options);
  }

  /** The file with its own columns, put right. @param {CallOptions} [options] */
  correctedCsv(options) {
    return this.#data.ask('correctedCsv', [], options);
  }

  /** @param {CallOptions} [options] */
  proposedAsOf(options) {
    return this.#data.ask('proposedAsOf', [], options);
  }

  /** @param {object | string} model @param {object} [run] @param {CallOptions} [options] */
  forecast(model, run, options = {}) {
    const document = text(model);
    return this.#data.simulate(document, withOffsets(document, text(run ?? {})), options);
  }

  /**
   * How the method of the forecast did in earlier quarters of the file; nothing where it was not looked at.
   *
   * @param {CallOptions} [options]
   */
  trackRecord(options) {
    return this.#data.ask('trackRecord', [], options);
  }

  /**
   * Kept snapshots with this forecast added, and what they show.
   *
   * @param {string} [kept] @param {CallOptions} [options]
   */
  snapshot(kept = '', options) {
    return this.#data.ask('snapshot', [kept], options);
  }

  /** @param {number} [period] @param {CallOptions} [options] */
  totals(period, options) {
    return this.#data.ask('totals', [period], options);
  }

  /** @param {number} from @param {number} count @param {CallOptions} [options] */
  window(from, count, options) {
    return this.#data.ask('dealWindow', [from, count], options);
  }

  /**
   * What changed since an earlier export.
   *
   * @param {DealsHandle} previous
   * @param {object} [comparison]
   * @param {CallOptions} [options]
   */
  compare(previous, comparison = {}, options) {
    return this.#data.askWith('compare', previous.#data, [text(comparison)], options);
  }

  /**
   * The forecast as it is and under each scenario.
   *
   * @param {object[] | string} scenarios
   * @param {CallOptions} [options]
   */
  scenarios(scenarios, options) {
    return this.#data.ask('scenarios', [text(scenarios)], options);
  }

  /** The forecast without trials, where that is possible. @param {CallOptions} [options] */
  exact(options) {
    return this.#data.ask('exact', [], options);
  }

  /** How the current period fills up. @param {CallOptions} [options] */
  fan(options) {
    return this.#data.ask('fan', [], options);
  }

  /** What each open deal lacks for its stage. @param {CallOptions} [options] */
  gates(options) {
    return this.#data.ask('gates', [], options);
  }

  /**
   * Drivers, deals that must be won, coverage, concentration and the number to commit.
   *
   * @param {object} [question]
   * @param {CallOptions} [options]
   */
  manage(question = {}, options) {
    return this.#data.ask('manage', [text(question)], options);
  }

  /**
   * What must be true for the odds one wants.
   *
   * @param {object | string} goal
   * @param {CallOptions} [options]
   */
  seek(goal, options) {
    return this.#data.ask('seek', [text(goal)], options);
  }

  /** @param {CallOptions} [options] */
  csv(options) {
    return this.#data.ask('dealsCsv', [], options);
  }

  /** Frees the engine's memory; later calls are rejected. */
  dispose() {
    this.#data.close();
  }
}

/** JSON text of a document; text is passed on as it is. @param {object | string} document */
export function text(document) {
  return typeof document === 'string' ? document : JSON.stringify(document);
}

/** @param {Source} source @returns {Content} */
function contentOf(source) {
  if (typeof source === 'string') return { bytes: new TextEncoder().encode(source) };
  // A copy, made now: the file is read again when a fresh engine needs it, whatever has become of the caller's bytes. A buffer that
  // was given away has no bytes, and cannot be copied.
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) return { bytes: source.byteLength > 0 ? source instanceof ArrayBuffer ? new Uint8Array(source.slice(0)) : source.slice() : new Uint8Array() };
  // A slice is a view, not a copy, and unlike a `File` it can be sent to every kind of worker.
  if (source instanceof Blob) return { blob: source.slice() };
  if (Array.isArray(source)) return { records: JSON.stringify(source) };
  const message = 'this is no source of rows (pass bytes, a File, text, or an array of records)';
  throw new LeadcastError({ kind: 'input', code: 'source-unknown', message });
}

/** @param {Source} source */
function fileName(source) {
  return source instanceof Blob && 'name' in source && typeof source.name === 'string' ? source.name : undefined;
}

/**
 * Waits until every promise has settled, then fails with the first failure.
 *
 * @template T
 * @param {Promise<T>[]} promises
 * @param {() => void} failed called once, at the first failure
 * @returns {Promise<T[]>}
 */
async function all(promises, failed) {
  /** @type {{ reason: unknown } | undefined} */
  let first;
  const settled = await Promise.allSettled(
    promises.map((promise) =>
      promise.catch((reason) => {
        if (!first) failed();
        first ??= { reason };
        throw reason;
      }),
    ),
  );
  if (first) throw first.reason;
  return settled.map((one) => /** @type {PromiseFulfilledResult<Awaited<T>>} */ (one).value);
}

function closed() {
  const message = 'this data set was disposed (open the file again)';
  return new LeadcastError({ kind: 'unavailable', code: 'disposed', message, retryable: false });
}
