// A data set that lives in an engine. It keeps what it was read from and what was last asked of it, so that a fresh
// engine can be brought to the same state without the caller noticing.

import { LeadcastError, cancelled } from './error.js';
import { contentOf, fileName, text } from './source.js';

/** @import { Content } from './engine.js' */
/** @import { AttachOptions } from './client.js' */
/** @import { CallOptions, Runner } from './runner.js' */
/** @import { Source } from './source.js' */

/** What a handle and its engine share. */
export class DataSet {
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
    const settings = text({ options: { name: fileName(source), ...read }, mapping, attach }, 'options');
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
      const isFresh = !runner.loaded.has(this.#key);
      await this.#ensure(runner, options, ['simulate']);
      try {
        await this.#share(this.#runners, model, run, options);
        const report = await runner.call('report', [this.#key], options);
        this.#state.set('simulate', [model, run]);
        return report;
      } catch (error) {
        // The last one stands; an engine that was not told of it has to be before it is asked.
        if (isFresh) runner.loaded.delete(this.#key);
        throw error;
      }
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
      for (const part of parts.slice(1)) await runners[0]?.call('absorb', [this.#key, part], { signal, handsOver: [part.buffer] });
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
        if (!(error instanceof LeadcastError) || error.code !== 'worker-replaced') throw error;
        if (signal?.aborted) throw cancelled(signal);
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
