// Two ways to run the engine behind one interface: in a worker, or in this thread. Every call settles; a runner whose
// engine stopped takes a new one from the kept module at its next call, and forgets which data sets it had.

import { LeadcastError, cancelled } from './error.js';
import load from './wasm/engine.js';

/** @import { Progress, Settled } from './engine.js' */
/** `handsOver`: buffers that are moved to the engine rather than copied. */
/** @typedef {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void, handsOver?: ArrayBuffer[] }} CallOptions */
/**
 * @typedef {object} Runner
 * @property {Set<number>} loaded  the data sets its present engine holds
 * @property {(name: string, args: unknown[], options?: CallOptions) => Promise<any>} call
 * @property {() => void} dispose
 */
/**
 * The part of a worker that is used; a browser's `Worker` has it.
 *
 * @typedef {object} WorkerLike
 * @property {(message: any, transfer?: any[]) => void} postMessage
 * @property {() => unknown} terminate
 * @property {any} onmessage
 * @property {any} onerror
 * @property {any} onmessageerror
 * @property {any} [onended]  the worker is gone and says no more; a browser tells it by a lock instead
 */
/** @typedef {{ resolve: (value: any) => void, reject: (error: unknown) => void, onProgress?: CallOptions['onProgress'] }} Pending */

/** How long a worker has to stop by itself before it is replaced. */
const PATIENCE_MS = 250;

/** @implements {Runner} */
export class WorkerRunner {
  /** @type {Set<number>} */
  loaded = new Set();
  #module;
  #spawn;
  /** @type {WorkerLike | null} */
  #worker = null;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #lastId = 0;
  #disposed = false;

  /**
   * @param {() => Promise<WebAssembly.Module>} module
   * @param {() => WorkerLike} spawn
   */
  constructor(module, spawn) {
    this.#module = module;
    this.#spawn = spawn;
  }

  /**
   * @param {string} name
   * @param {unknown[]} args
   * @param {CallOptions} [options]
   * @returns {Promise<any>}
   */
  async call(name, args, { signal, onProgress, handsOver = [] } = {}) {
    if (signal?.aborted) throw cancelled(signal);
    const module = await this.#module();
    if (this.#disposed) throw disposed();
    if (signal?.aborted) throw cancelled(signal);
    const worker = (this.#worker ??= this.#start(module));
    const id = ++this.#lastId;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const stop = () => {
      worker.postMessage({ cancel: id });
      timer = setTimeout(() => {
        this.#settle(id, { error: cancelled(signal) });
        this.#replace(
          gone('worker-replaced', 'the worker was replaced because another call had to be stopped (call again)'),
        );
      }, PATIENCE_MS);
    };
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, onProgress });
        signal?.addEventListener('abort', stop);
        try {
          worker.postMessage({ id, name, args }, handsOver);
        } catch (error) {
          this.#settle(id, { error: unsendable(error) });
        }
      });
    } catch (error) {
      if (error instanceof LeadcastError && error.kind === 'cancelled' && !error.cause) throw cancelled(signal);
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends the worker; whatever was in flight is rejected. */
  dispose() {
    this.#disposed = true;
    this.#replace(disposed());
  }

  /** @param {WebAssembly.Module} module */
  #start(module) {
    /** @type {WorkerLike} */
    let worker;
    try {
      worker = this.#spawn();
    } catch (error) {
      throw failed(error);
    }
    worker.onmessage = (/** @type {{ data: any }} */ { data }) => this.#hear(worker, data);
    worker.onerror = (/** @type {any} */ event) => {
      event?.preventDefault?.();
      this.#lose(worker, failed(event?.message ?? event));
    };
    worker.onended = () => this.#lose(worker, ended());
    worker.onmessageerror = () => this.#lose(worker, failed('a message could not be read'));
    worker.postMessage({ module });
    return worker;
  }

  /** @param {WorkerLike} worker @param {any} data */
  #hear(worker, data) {
    if (worker !== this.#worker) return;
    if ('held' in data) return this.#watch(worker, data.held);
    if ('failed' in data) return this.#lose(worker, unstarted(data.failed));
    if ('progress' in data) return this.#pending.get(data.id)?.onProgress?.(data.progress);
    if ('trap' in data) {
      this.#settle(data.id, { error: new LeadcastError(data.trap) });
      return this.#replace(gone('worker-replaced', 'the worker was replaced because another call stopped it (call again)'));
    }
    if ('error' in data) return this.#settle(data.id, { error: new LeadcastError(data.error) });
    if ('value' in data) this.#settle(data.id, data);
  }

  /** Waits for a lock that a worker holds as long as it lives. @param {WorkerLike} worker @param {string} lock */
  #watch(worker, lock) {
    globalThis.navigator?.locks?.request(lock, () => this.#lose(worker, ended())).catch(() => {});
  }

  /** @param {number} id @param {{ value: unknown } | { error: unknown }} outcome */
  #settle(id, outcome) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if ('error' in outcome) pending?.reject(outcome.error);
    else pending?.resolve(outcome.value);
  }

  /** @param {WorkerLike} worker @param {LeadcastError} error */
  #lose(worker, error) {
    if (worker === this.#worker) this.#replace(error);
  }

  /** Discards the worker; the next call starts another. @param {LeadcastError} error for what was in flight */
  #replace(error) {
    this.#worker?.terminate();
    this.#worker = null;
    this.loaded.clear();
    for (const id of [...this.#pending.keys()]) this.#settle(id, { error });
  }
}

/** @implements {Runner} */
export class ThreadRunner {
  /** @type {Set<number>} */
  loaded = new Set();
  #module;
  /** @type {ReturnType<ReturnType<typeof load>['start']> | null} */
  #engine = null;
  #disposed = false;

  /** @param {() => Promise<WebAssembly.Module>} module */
  constructor(module) {
    this.#module = module;
  }

  /**
   * @param {string} name
   * @param {unknown[]} args
   * @param {CallOptions} [options]
   * @returns {Promise<any>}
   */
  async call(name, args, { signal, onProgress } = {}) {
    if (signal?.aborted) throw cancelled(signal);
    const module = await this.#module();
    const stopped = () => this.#disposed || signal?.aborted === true;
    if (stopped()) throw this.#disposed ? disposed() : cancelled(signal);
    const engine = (this.#engine ??= started(module));
    const settled = await engine.perform(name, args, { progress: (progress) => onProgress?.(progress), stopped });
    if (this.#disposed) throw disposed();
    if ('value' in settled) return settled.value;
    if ('trap' in settled) {
      if (this.#engine === engine) {
        this.#engine = null;
        this.loaded.clear();
      }
      throw new LeadcastError(settled.trap);
    }
    throw settled.error.kind === 'cancelled' ? cancelled(signal) : new LeadcastError(settled.error);
  }

  /** Lets go of the engine; whatever was in flight is rejected at its next pause. */
  dispose() {
    this.#disposed = true;
    this.#engine = null;
    this.loaded.clear();
  }
}

function disposed() {
  return new LeadcastError({
    kind: 'unavailable',
    code: 'disposed',
    message: 'the client was disposed (create another)',
    retryable: false,
  });
}

/** @param {string} code @param {string} message */
function gone(code, message) {
  return new LeadcastError({ kind: 'unavailable', code, message });
}

function ended() {
  return gone('worker-replaced', 'the worker was ended from outside and replaced (call again)');
}

/** @param {unknown} reason */
function failed(reason) {
  const text = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : 'no reason given';
  const message =
    `the worker failed: ${text} ` +
    "(serve wasm/worker.js with the package, allow it in the page's worker-src, or pass workers: 0)";
  return new LeadcastError({ kind: 'unavailable', code: 'worker-failed', message }, { cause: reason });
}

/** An engine in this thread. @param {WebAssembly.Module} module */
function started(module) {
  try {
    return load().start(module);
  } catch (error) {
    throw unstarted(error);
  }
}

/**
 * For a module that compiles and does not start: one that misses what it is given or lacks what is asked of it is another program, or
 * of another release; for anything else the module is not to blame.
 *
 * @param {any} reason
 */
function unstarted(reason) {
  const { name = '', message = String(reason) } = reason ?? {};
  const text = `${name ? `${name}: ` : ''}${message}`;
  const isMisfit = name === 'LinkError' || name === 'TypeError';
  return new LeadcastError(isMisfit
    ? { kind: 'unavailable', code: 'engine-not-loaded', message: `the module is not that of this package: ${text} (serve wasm/leadcast_bg.wasm of the same release as it is)` }
    : { kind: 'unavailable', code: 'engine-not-started', message: `the engine could not start: ${text} (close what else needs memory, and call again)` }, { cause: reason });
}

/** @param {unknown} error */
function unsendable(error) {
  const message = 'the input cannot be sent to a worker (pass bytes, a file, text or plain records)';
  return new LeadcastError({ kind: 'input', code: 'input-unsendable', message }, { cause: error });
}
