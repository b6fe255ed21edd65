import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { initSync, version } from '../../pkg/wasm/leadcast.js';

test('the module tells its version', async () => {
  initSync({ module: await readFile(new URL('../../pkg/wasm/leadcast_bg.wasm', import.meta.url)) });
  assert.match(version(), /^\d+\.\d+\.\d+$/);
});
