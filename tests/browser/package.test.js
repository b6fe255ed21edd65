import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { build } from 'vite';
import { consumer } from '../consumer.js';
import { inBrowsers } from './harness.js';

const PAGE = `<!doctype html>
<html lang="en"><title>consumer</title><link rel="icon" href="data:,">
<p id="answer"></p>
<script type="module" src="./main.js"></script></html>`;

/** @param {string} specifier */
const script = (specifier) => `
import { createClient, version } from '${specifier}';
const client = createClient({ workers: 1 });
client.dispose();
document.querySelector('#answer').textContent = await version();`;

/** @type {Awaited<ReturnType<typeof consumer>>} */
let project;
before(async () => {
  project = await consumer();
  for (const [folder, specifier] of [['plain', '../node_modules/leadcast/index.js'], ['vite', 'leadcast']]) {
    const home = join(project.folder, String(folder));
    mkdirSync(home);
    writeFileSync(join(home, 'index.html'), PAGE);
    writeFileSync(join(home, 'main.js'), script(String(specifier)));
  }
  await build({ root: join(project.folder, 'vite'), base: './', logLevel: 'error', configFile: false });
});
after(() => project.remove());

for (const [kind, path] of [['a plain module script', 'plain/'], ['a Vite build', 'vite/dist/']]) {
  inBrowsers(`the package works from ${kind}`, async ({ page, url }) => {
    await page.goto(`${url}${path}`);
    await page.waitForFunction(() => document.querySelector('#answer')?.textContent);
    assert.match(await page.$eval('#answer', ({ textContent }) => String(textContent)), /^\d+\.\d+\.\d+$/);
  }, { site: () => ({ mounts: { '/': project.folder }, headers: {} }) });
}
