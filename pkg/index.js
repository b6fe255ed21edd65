// The entry for browsers and bundlers.

import { compileBytes, createApi, unavailable } from './api.js';

const api = createApi({
  compile: async (url = new URL('./wasm/leadcast_bg.wasm', import.meta.url)) => compileBytes(await fetchBytes(url), String(url)),
  // Written out in full, because bundlers look for exactly this.
  spawn: (url) =>
    url
      ? new Worker(url, { type: 'module' })
      : new Worker(new URL('./wasm/worker.js', import.meta.url), { type: 'module' }),
  workers: 1,
});

export const { createClient, scoreLeads, forecastDeals, scoreLead, version, presets, preset, checkModel } = api;
export { LeadcastError } from './error.js';
export { forecastHtml } from './report.js';

/**
 * Fetches everything that is ever needed, so that a page can forbid itself the network before it sees a file. What
 * comes back goes to `createClient`; functions that need no client find the module in place.
 *
 * @param {{ workerUrl?: string | URL, wasmUrl?: string | URL }} [urls]
 */
export async function prefetch({ workerUrl = new URL('./wasm/worker.js', import.meta.url), wasmUrl } = {}) {
  const [module, source] = await Promise.all([api.compile(wasmUrl), fetchBytes(workerUrl)]);
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  return { module, worker: () => new Worker(address) };
}

/** @param {string | URL} url */
async function fetchBytes(url) {
  const response = await fetch(url).catch((cause) => {
    throw unavailable(`${url} could not be fetched (check the network and the page's connect-src)`, cause);
  });
  if (!response.ok) throw unavailable(`${url} could not be fetched: status ${response.status} (pass wasmUrl)`);
  return response.arrayBuffer();
}
