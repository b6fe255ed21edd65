import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as lib from '../../pkg/node.js';
import { root } from '../../xtask/tools.js';
import { answer, orderFree, shuffled } from '../golden.js';

const folder = join(root, 'tests/golden');

for (const name of readdirSync(folder).sort()) {
  /** @param {string} file */
  const read = (file) => (existsSync(join(folder, name, file)) ? readFileSync(join(folder, name, file)) : undefined);
  const given = {
    leads: read('leads.csv'),
    deals: read('deals.csv'),
    model: String(read('model.json')),
    run: String(read('run.json')),
  };
  const expected = String(read('expected.json'));

  for (const workers of given.deals ? [0, 1, 2, 4] : [0, 1]) {
    test(`${name} gives the same bytes with ${workers} workers`, async () => {
      assert.equal(await answer(lib, given, workers), expected);
    });
  }

  test(`${name} does not depend on the order of the rows`, async () => {
    const { leads, deals } = given;
    const turned = { ...given, leads: leads && shuffled(leads), deals: deals && shuffled(deals) };
    assert.equal(orderFree(await answer(lib, turned, 0)), orderFree(expected));
  });
}
