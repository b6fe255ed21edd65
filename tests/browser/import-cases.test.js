import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../xtask/tools.js';
import { inBrowsers } from './harness.js';

const site = { mounts: { '/pkg/': 'pkg', '/tests/': 'tests', '/': 'tests/browser/pages' }, headers: {} };

inBrowsers('every bad input gets its answer', async ({ page, url }) => {
  await page.goto(`${url}blank.html`);
  // As text: on the way out of Firefox an object would lose a key called `__proto__`.
  const answers = JSON.parse(await page.evaluate(async () => {
    const [entry, helper] = ['/pkg/wasm/leadcast.js', '/tests/import-cases.js'];
    const [glue, { said }] = await Promise.all([import(entry), import(helper)]);
    await glue.default({ module_or_path: '/pkg/wasm/leadcast_bg.wasm' });
    const cases = await (await fetch('/tests/import_cases/cases.json')).json();
    return JSON.stringify(cases.map((/** @type {import('../import-cases.js').Case} */ given) => said(glue, given)));
  }));
  const cases = JSON.parse(readFileSync(join(root, 'tests/import_cases/cases.json'), 'utf8'));
  assert.equal(answers.length, cases.length);
  for (const [at, given] of cases.entries()) {
    assert.deepEqual(answers[at], given.expect, `${given.row} ${given.name}`);
  }
}, { site });
