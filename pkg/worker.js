// The browser's worker; bundled into wasm/worker.js without imports, so that it also starts from a blob.

import { start } from './engine.js';
import { serve } from './serve.js';

serve(/** @type {any} */ (globalThis), start);

// A browser says nothing of a worker that it ends. A lock that is held for as long as the worker lives says it.
const lock = `leadcast ${Math.random()} ${performance.timeOrigin}`;
navigator.locks?.request(lock, () => {
  postMessage({ held: lock });
  return new Promise(() => {});
}).catch(() => {}); // Some places have no locks; there a worker that was ended is noticed at the next stop.
