import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../../pkg/node.js';
import { cases } from '../suite.js';

for (const workers of [0, 1, 2]) {
  for (const [name, body] of Object.entries(cases)) {
    test(`${name} (${workers} workers)`, () => body({ lib: /** @type {any} */ (lib), workers }));
  }
}

test('a buffer is copied when it is passed: a second worker reads what was there', async (t) => {
  const client = lib.createClient({ workers: 2 });
  t.after(() => client.dispose());
  const csv = 'Deal ID,Stage,Amount,Probability,Close Date\nA,Open,100,50%,2026-02-01\nB,Won,10,100%,2026-01-02\n';
  const model = { format: 1, stages: [{ name: 'Open', winProbability: 0.5 }, { name: 'Won', outcome: 'won' }, { name: 'Lost', outcome: 'lost' }] };
  const forecast = async (/** @type {any} */ source, /** @type {() => void} */ change = () => {}) => {
    const deals = await client.openDeals(source, { asOf: '2026-01-10' });
    change();
    return (await deals.forecast(model, { asOf: '2026-01-10' })).headline;
  };
  const buffer = Buffer.from(csv);
  assert.deepEqual(await forecast(buffer, () => buffer.fill(0)), await forecast(csv));
});
