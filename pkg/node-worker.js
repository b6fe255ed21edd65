// The worker thread of Node.

import { parentPort } from 'node:worker_threads';
import { serve } from './serve.js';
import load from './wasm/engine.js';

if (parentPort) serve(/** @type {any} */ (parentPort), (module) => load().start(module));
