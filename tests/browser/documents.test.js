// Opens every HTML block of README.md and docs/, and the embedding example, as a static host would serve them.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../xtask/tools.js';
import { blocks } from '../blocks.js';
import { consumer } from '../consumer.js';
import { inBrowsers } from './harness.js';

/** @type {Awaited<ReturnType<typeof consumer>>} */
let project;
before(async () => {
  project = await consumer();
  cpSync(join(root, 'www/samples'), project.folder, { recursive: true });
});
after(() => project.remove());

const site = () => ({ mounts: { '/leadcast/': join(project.folder, 'node_modules/leadcast'), '/': project.folder }, headers: {} });

for (const { file, line, text } of blocks('html')) {
  inBrowsers(`the page at ${file}:${line} opens without a complaint`, async ({ page, url }) => {
    writeFileSync(join(project.folder, 'block.html'), text.replace('<head>', '<head><link rel="icon" href="data:,">'));
    await page.goto(`${url}block.html`, { waitUntil: 'networkidle0' });
  }, { site });
}

test('the embedding example has at most 30 lines', () => {
  assert.ok(readFileSync(join(root, 'examples/embed.html'), 'utf8').trimEnd().split('\n').length <= 30);
});

inBrowsers('the embedding example forecasts the sample pipeline', async ({ page, url }) => {
  await page.goto(`${url}examples/embed.html`);
  const input = await page.$('input[type=file]');
  await /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (input).uploadFile(
    join(root, 'www/samples/pipeline.csv'),
  );
  await page.waitForFunction(() => /reach/.test(document.querySelector('[role=status]')?.textContent ?? ''));
  assert.match(await page.$eval('[role=status]', ({ textContent }) => String(textContent)), /^\d+ % to reach .*P50 /);
}, { site: { mounts: { '/pkg/': 'pkg', '/examples/': 'examples' }, headers: {} } });
