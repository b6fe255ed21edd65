// WCAG 2.2 AA by axe-core, in every state, in light and dark, on a phone and on a desk.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inBrowsers } from './harness.js';
import { root } from '../../xtask/tools.js';
import { fill, giveFile, history, idle, openPanel, openSampleLeads, openSamplePipeline, press, showTab, says, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** The states a person can stand in, each reached from the one before. @type {[string, (page: Page) => Promise<void>][]} */
const states = [
  ['empty', async () => {}],
  ['error', async (page) => {
    await giveFile(page, '#file-leads', 'leads.xls', 'PK');
    await page.waitForSelector('.problem');
  }],
  ['leads', (page) => openSampleLeads(page)],
  ['picker', async (page) => {
    await press(page, '#pick-industry');
    await page.waitForSelector('.picker .options');
  }],
  ['columns', async (page) => {
    await press(page, '#pick-industry');
    await openPanel(page, 'leads', 'columns');
  }],
  ['field', async (page) => {
    await press(page, '[data-pick="Industry"]');
    await page.waitForSelector('.field-picker:popover-open');
  }],
  ['problems', async (page) => {
    await page.keyboard.press('Escape');
    await openPanel(page, 'leads', 'problems');
  }],
  ['data quality', (page) => openPanel(page, 'leads', 'quality')],
  ['assumed', (page) => openPanel(page, 'leads', 'assumed')],
  ['reasons', async (page) => {
    await press(page, '#panel-leads regular-table tbody td');
    await page.waitForSelector('#reasons');
  }],
  ['accounts', async (page) => {
    await press(page, '#close-reasons');
    await press(page, '#leads-accounts');
    await page.waitForSelector('#accounts regular-table tbody tr[data-position] td');
    await press(page, '#accounts regular-table tbody td');
    await page.waitForSelector('#account');
  }],
  ['routing', async (page) => {
    await press(page, '#leads-routing');
    await page.waitForSelector('#threshold-cuts');
    await press(page, '#queue-stalled');
  }],
  ['the card in question', async (page) => {
    await press(page, '#leads-check');
    await page.waitForSelector('#drift');
  }],
  ['sliders', async (page) => {
    await press(page, '#leads-list');
    await press(page, '#tune-open');
    await page.waitForSelector('#tune input[type="range"]');
  }],
  ['outcome', async (page) => {
    await giveFile(page, '#file-leads', 'history.csv', history());
    await page.waitForFunction(() => document.querySelector('#panel-leads')?.textContent?.includes('history.csv'));
    await idle(page);
    await page.waitForSelector('#learn-open');
    await press(page, '#learn-open');
    await page.waitForSelector('#learn-to-columns:not([disabled])');
  }],
  ['columns to learn from', async (page) => {
    await press(page, '#learn-to-columns');
    await page.waitForSelector('#learn-now:not([disabled])');
  }],
  ['what was learned', async (page) => {
    await press(page, '#learn-now');
    await page.waitForSelector('#learn-gate');
  }],
  ['a learned card', async (page) => {
    await press(page, '#learn-use');
    await page.waitForSelector('#learn-used');
    await press(page, '#panel-leads regular-table tbody td');
    await page.waitForSelector('#lead-worth');
    await press(page, '#outcomes summary');
  }],
  ['its evidence', async (page) => {
    await showTab(page, 'model');
    await page.waitForSelector('#evidence');
  }],
  ['forecast', (page) => openSamplePipeline(page)],
  ['questions', async (page) => {
    await giveFile(page, '#file-forecast', 'open.csv', 'Deal ID;Phase;Umsatz;Abschlussdatum\nD1;Proposal;1.234;03/04/2026\nD2;Proposal;2.500;05/06/2026\n');
    await page.waitForSelector('.question [data-answer="mdy"]');
    await press(page, '.question [data-answer="mdy"]');
    await page.waitForSelector('.said-line');
    await page.waitForSelector('.question [data-answer="comma"]');
  }],
  ['model', (page) => showTab(page, 'model')],
  ['committee', async (page) => {
    await press(page, '#section-committee');
    await page.waitForSelector('.roles');
  }],
  ['model as JSON with a mistake', async (page) => {
    await press(page, '#section-json');
    await fill(page, '#model-json', '{');
    await press(page, '#apply-model');
    await says(page, '#model-problem', /\S/);
    await page.waitForSelector('#model-json[aria-invalid]');
  }],
  ['question', async (page) => {
    await press(page, '#forget-button');
    await page.waitForSelector('#forget[open]');
  }],
];

for (const width of [360, 1280]) {
  inBrowsers(`no accessibility violation at ${width} px, in light and dark`, async ({ page, url }) => {
    await visit(page, url);
    await page.evaluate(axe);
    /** @type {string[]} */
    const found = [];
    for (const [name, reach] of states) {
      await reach(page);
      for (const scheme of ['light', 'dark']) found.push(...(await violations(page, scheme)).map((one) => `${name}, ${scheme}: ${one}`));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) found.push(`${name} is ${overflow} px too wide`);
    }
    assert.deepEqual(found, []);
  }, { viewport: { width, height: 800 }, timeout: 480_000 });
}

/**
 * @param {Page} page
 * @param {string} scheme
 * @returns {Promise<string[]>}
 */
function violations(page, scheme) {
  return page.evaluate(async (wanted) => {
    document.documentElement.style.colorScheme = wanted;
    // A colour on its way is not yet the colour. In a closed part Firefox starts a change of colour and never ends it.
    const seen = document.getAnimations().filter(({ effect }) => effect instanceof KeyframeEffect && effect.target?.checkVisibility());
    await Promise.allSettled(seen.map((animation) => animation.finished));
    const { axe } = /** @type {any} */ (globalThis);
    const run = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] });
    return run.violations.map((/** @type {any} */ one) => `${one.id}: ${one.nodes.map((/** @type {any} */ node) => `${node.target.join(' ')} ${node.failureSummary}`).slice(0, 3).join(' | ')}`);
  }, scheme);
}
