// `npm run screenshots`: every state of the page, in light and dark, on a phone and on a desk, into screenshots/.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { buildAll } from '../../xtask/build.js';
import { serve } from '../../xtask/serve.js';
import { browsers } from '../../xtask/setup.js';
import { main, root } from '../../xtask/tools.js';
import { giveFile, openPanel, openSampleLeads, openSamplePipeline, press, showTab, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

/** @type {[string, (page: Page) => Promise<unknown>][]} */
const states = [
  ['empty', async () => {}],
  ['error', async (page) => {
    await giveFile(page, '#file-leads', 'leads.xls', 'PK');
    await page.waitForSelector('.problem');
  }],
  ['leads', (page) => openSampleLeads(page)],
  ['reasons', async (page) => {
    await press(page, '#panel-leads regular-table tbody td');
    await page.waitForSelector('#reasons');
    await page.evaluate(() => document.querySelector('.table-area')?.scrollIntoView());
  }],
  ['mapping', async (page) => {
    await press(page, '#close-reasons');
    await openPanel(page, 'leads', 'columns');
    await page.evaluate(() => document.querySelector('#receipt-leads')?.scrollIntoView());
  }],
  ['forecast', async (page) => {
    await openSamplePipeline(page);
    await page.evaluate(() => scrollTo(0, 0));
  }],
  ['forecast-chance', async (page) => {
    await press(page, '#chart-exceedance');
    await page.waitForSelector('.plot-exceedance svg');
  }],
  ['forecast-periods', async (page) => {
    await press(page, '#chart-periods');
    await page.waitForSelector('.plot-periods svg');
  }],
  ['model', (page) => showTab(page, 'model')],
  ['model-json', async (page) => {
    await press(page, '#section-json');
    await page.waitForSelector('#model-json');
  }],
];

await main(async () => {
  await buildAll();
  const folder = join(root, 'screenshots');
  mkdirSync(folder, { recursive: true });
  const server = await serve();
  const { chromium } = await browsers();
  const browser = await puppeteer.launch({ browser: 'chrome', executablePath: chromium, headless: true, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const [width, height] of /** @type {const} */ ([[1280, 800], [360, 740]])) {
      for (const scheme of ['light', 'dark']) {
        const context = await browser.createBrowserContext();
        const page = await context.newPage();
        await page.setViewport({ width, height });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }, { name: 'prefers-reduced-motion', value: 'reduce' }]);
        await visit(page, server.url);
        for (const [name, reach] of states) {
          await reach(page);
          await page.screenshot({ path: /** @type {`${string}.png`} */ (join(folder, `${name}-${scheme}-${width}.png`)) });
        }
        await context.close();
      }
    }
    console.log(`${states.length * 4} screenshots are in screenshots/`);
  } finally {
    await browser.close();
    await server.close();
  }
});
