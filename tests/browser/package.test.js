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
import { forecastDeals, preset } from '${specifier}';
const csv = 'Deal Name,Stage,Amount,Close Date,Created Date\\nAcme,Proposal,120000,2026-03-20,2026-01-10\\n';
const run = { asOf: '2026-02-15', quota: 100000 };
const report = await forecastDeals(csv, await preset('sales-led'), run, { workers: 2 });
document.querySelector('#answer').textContent = report.headline.sentence;`;

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
    assert.match(await page.$eval('#answer', ({ textContent }) => String(textContent)), /^\d+ % to reach \$100K; P50 /);
  }, { site: () => ({ mounts: { '/': project.folder }, headers: {} }) });
}
