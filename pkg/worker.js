// The browser's worker; bundled into wasm/worker.js without imports, so that it also starts from a blob.

import { start } from './engine.js';
import { serve } from './serve.js';

serve(/** @type {any} */ (globalThis), start);
