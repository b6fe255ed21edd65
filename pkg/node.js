// The entry for Node: the module is read from disk when it is first needed, and rows are handled in the calling thread
// unless workers are asked for.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { compileBytes, createApi, unavailable } from './api.js';

const api = createApi({ compile, spawn, workers: 0 });

export const { createClient, scoreLeads, forecastDeals, scoreLead, version, presets, preset, checkModel } = api;
export { LeadcastError } from './error.js';
export { forecastHtml } from './report.js';

/**
 * Reads everything that is ever needed. What comes back goes to `createClient`.
 *
 * @param {{ workerUrl?: string | URL, wasmUrl?: string | URL }} [urls]
 */
export async function prefetch({ workerUrl, wasmUrl } = {}) {
  return { module: await api.compile(wasmUrl), worker: () => spawn(workerUrl) };
}

/** @param {string | URL} [url] */
async function compile(url = new URL('./wasm/leadcast_bg.wasm', import.meta.url)) {
  // A bundler's own URL class is no URL to Node; its text is.
  const path = String(url).startsWith('file:') ? fileURLToPath(String(url)) : String(url);
  const bytes = await readFile(path).catch((cause) => {
    throw unavailable(`${path} could not be read (install the package again, or pass wasmUrl)`, cause);
  });
  return compileBytes(bytes, path);
}

/**
 * A worker thread with a browser worker's face.
 *
 * @param {string | URL} [url]
 * @returns {import('./runner.js').WorkerLike}
 */
function spawn(url = new URL('./node-worker.js', import.meta.url)) {
  const thread = new Worker(new URL(String(url)));
  /** @type {import('./runner.js').WorkerLike} */
  const face = {
    postMessage: (message, transfer) => thread.postMessage(message, transfer),
    terminate: () => thread.terminate(),
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    onended: null,
  };
  thread.on('message', (data) => face.onmessage?.({ data }));
  thread.on('error', (error) => face.onerror?.(error));
  thread.on('messageerror', (error) => face.onmessageerror?.(error));
  thread.on('exit', () => face.onended?.());
  return face;
}
