import { test } from 'node:test';
import * as lib from '../../pkg/node.js';
import { cases } from '../suite.js';

for (const workers of [0, 1, 2]) {
  for (const [name, body] of Object.entries(cases)) {
    test(`${name} (${workers} workers)`, () => body({ lib: /** @type {any} */ (lib), workers }));
  }
}
