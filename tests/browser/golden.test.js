import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../xtask/tools.js';
import { inBrowsers } from './harness.js';

const folder = join(root, 'tests/golden');
const site = { mounts: { '/pkg/': 'pkg', '/tests/': 'tests', '/': 'tests/browser/pages' }, headers: {} };

inBrowsers('every golden case gives the same bytes, with 0, 1, 2 and 4 workers', async ({ page, url }) => {
  await page.goto(`${url}blank.html`);
  for (const name of readdirSync(folder).sort()) {
    const kind = existsSync(join(folder, name, 'deals.csv')) ? 'deals' : 'leads';
    const expected = readFileSync(join(folder, name, 'expected.json'), 'utf8');
    for (const workers of kind === 'deals' ? [0, 1, 2, 4] : [0, 1]) {
      const got = await page.evaluate(async (name, kind, workers) => {
        const [entry, golden] = ['/pkg/index.js', '/tests/golden.js'];
        const [lib, { answer }] = await Promise.all([import(entry), import(golden)]);
        /** @param {string} file */
        const read = async (file) => new Uint8Array(await (await fetch(`/tests/golden/${name}/${file}`)).arrayBuffer());
        /** @param {string} file */
        const text = async (file) => new TextDecoder().decode(await read(file));
        const rows = await read(`${kind}.csv`);
        return answer(lib, { [kind]: rows, model: await text('model.json'), run: await text('run.json') }, workers);
      }, name, kind, workers);
      assert.equal(got, expected, `${name} with ${workers} workers`);
    }
  }
}, { site });
