// The package's functions, the same in the browser and in Node; the two entries bring what differs: how the module
// is found and how a worker is started. Nothing runs when this is imported.

import { Client } from './client.js';
import { LeadcastError } from './error.js';
import { ThreadRunner, WorkerRunner } from './runner.js';
import { text, word } from './source.js';
import { withOffsets } from './zone.js';

/** @import { OpenOptions } from './client.js' */
/** @import { Source } from './source.js' */
/** @import { WorkerLike } from './runner.js' */
/**
 * @typedef {object} Platform
 * @property {(url?: string | URL) => Promise<WebAssembly.Module>} compile
 * @property {(url?: string | URL) => WorkerLike} spawn
 * @property {number} workers  how many, when the caller does not say
 */
/**
 * @typedef {object} ClientOptions
 * @property {number} [workers]  0 runs in the calling thread
 * @property {() => WorkerLike} [worker]  starts a worker from wherever the host keeps wasm/worker.js
 * @property {string | URL} [workerUrl]
 * @property {WebAssembly.Module | BufferSource | Promise<WebAssembly.Module | BufferSource>} [module]
 * @property {string | URL} [wasmUrl]
 */

/** @param {Platform} platform */
export function createApi(platform) {
  /** The module, compiled once; a failure is not kept. @type {Promise<WebAssembly.Module> | undefined} */
  let compiled;
  /** @param {string | URL} [url] where to find it, if it is not there yet */
  const compile = (url) =>
    (compiled ??= platform.compile(url).catch((error) => {
      compiled = undefined;
      throw error;
    }));
  /** For what needs no rows and so no worker. @type {ThreadRunner | undefined} */
  let thread;
  /** @param {string} name @param {...unknown} args */
  const here = (name, ...args) => (thread ??= new ThreadRunner(() => compile())).call(name, args);

  /** @param {ClientOptions} [options] */
  function createClient({ workers = platform.workers, worker, workerUrl, module, wasmUrl } = {}) {
    if (!Number.isInteger(workers) || workers < 0 || workers > 64) {
      const message = `workers must be a whole number from 0 to 64, found ${workers}`;
      throw new LeadcastError({ kind: 'run', code: 'workers-out-of-range', message });
    }
    const load = moduleLoader({ module, wasmUrl }, platform, () => compile());
    if (workers === 0) return new Client([new ThreadRunner(load)]);
    const spawn = worker ?? (() => platform.spawn(workerUrl));
    return new Client(Array.from({ length: workers }, () => new WorkerRunner(load, spawn)));
  }

  /**
   * @param {Source} source
   * @param {object | string} model
   * @param {object} [run]
   * @param {OpenOptions & ClientOptions} [options]
   */
  async function scoreLeads(source, model, run, options = {}) {
    const client = createClient(options);
    try {
      const leads = await client.openLeads(source, options);
      const report = await leads.score(model, run, options);
      const rows = report.receipt.rowsUsed;
      return { ...report, leads: await leads.window(0, rows, options) };
    } finally {
      client.dispose();
    }
  }

  /**
   * @param {Source} source
   * @param {object | string} model
   * @param {{ asOf?: string | null }} [run]
   * @param {OpenOptions & ClientOptions} [options]
   */
  async function forecastDeals(source, model, run, options = {}) {
    const client = createClient(options);
    try {
      const deals = await client.openDeals(source, { asOf: run?.asOf, ...options });
      return await deals.forecast(model, run, options);
    } finally {
      client.dispose();
    }
  }

  return {
    compile,
    createClient,
    scoreLeads,
    forecastDeals,
    /** @param {object} record @param {object | string} model @param {object} [run] */
    scoreLead: async (record, model, run) => {
      const document = text(model, 'model', 'model');
      return here('scoreLead', text(record, 'record', 'input'), document, withOffsets(document, text(run ?? {}, 'run')));
    },
    /** @returns {Promise<string>} */
    version: () => here('version'),
    presets: () => here('presets'),
    /** @param {string} name */
    preset: async (name) => JSON.parse(await here('preset', word(name, 'name'))),
    /** @param {object | string} model */
    checkModel: async (model) => ({ model: JSON.parse(await here('checkModel', text(model, 'model', 'model'))) }),
  };
}

/**
 * @param {Pick<ClientOptions, 'module' | 'wasmUrl'>} options
 * @param {Platform} platform
 * @param {() => Promise<WebAssembly.Module>} byDefault
 * @returns {() => Promise<WebAssembly.Module>}
 */
function moduleLoader({ module, wasmUrl }, platform, byDefault) {
  if (!module && !wasmUrl) return byDefault;
  /** @type {Promise<WebAssembly.Module> | undefined} */
  let kept;
  const load = async () => {
    if (!module) return platform.compile(wasmUrl);
    const given = await module;
    return given instanceof WebAssembly.Module ? given : compileBytes(given);
  };
  return () =>
    (kept ??= load().catch((error) => {
      kept = undefined;
      throw error;
    }));
}

/**
 * @param {BufferSource} bytes
 * @param {string} [origin] where they came from, for the message
 */
export async function compileBytes(bytes, origin = 'the given bytes') {
  if (!globalThis.WebAssembly) throw unavailable('WebAssembly is switched off here (allow it for this site, leave lockdown mode, or use another browser)');
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw unavailable(`${origin} cannot be compiled: ${message(cause)}${cure(message(cause))}`, cause);
  }
}

/** @param {string} text @param {unknown} [cause] */
export function unavailable(text, cause) {
  return new LeadcastError({ kind: 'unavailable', code: 'engine-not-loaded', message: text }, { cause });
}

/** @param {unknown} cause */
function message(cause) {
  return cause instanceof Error ? cause.message : String(cause);
}

/** @param {string} text */
function cure(text) {
  if (/3c 21|3c 68|<!doctype/i.test(text)) return ' (the server answered with a page; pass wasmUrl)';
  if (/content security policy|unsafe-eval|CSP/i.test(text)) return " (allow 'wasm-unsafe-eval' in script-src)";
  return ' (serve wasm/leadcast_bg.wasm of the same release as it is)';
}
