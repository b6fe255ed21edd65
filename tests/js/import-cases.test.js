import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as glue from '../../pkg/wasm/leadcast.js';
import { root } from '../../xtask/tools.js';
import { said } from '../import-cases.js';

glue.initSync({ module: new WebAssembly.Module(readFileSync(join(root, 'pkg/wasm/leadcast_bg.wasm'))) });

for (const given of JSON.parse(readFileSync(join(root, 'tests/import_cases/cases.json'), 'utf8'))) {
  test(`${given.row} ${given.name}`, () => {
    assert.deepEqual(said(glue, given), given.expect);
  });
}
