// Sixty texts that run where they are let, in every place where a text of a file is shown or handed out: as text, none of them runs.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as lib from '../../pkg/node.js';
import { FORMULAS, MARKUP } from '../canaries.js';
import { inBrowsers, withoutRequests } from './harness.js';
import { downloaded, giveFile, idle, openPanel, press, rows, showTab, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

const CANARIES = [...MARKUP, ...FORMULAS];
const BAD = 'script:not([src="js/main.js"]), img, iframe, object, embed, video, audio, marquee, math, foreignObject, base, link:not([rel="stylesheet"][href^="css/"]):not([rel="icon"]), a[href], [style*="canary"]';

/** @param {string[]} cells */
const line = (cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');

/** Lines of a file with a canary in each of its texts. @param {string[]} heads @param {(canary: string, i: number) => string[]} cells */
const file = (heads, cells) => `${[heads, ...CANARIES.map(cells)].map(line).join('\n')}\n`;

/** What a canary left in the page: nothing. @param {Page} page */
async function traces(page) {
  return page.evaluate((bad) => {
    const handlers = [...document.querySelectorAll('*')].filter((element) => [...element.attributes].some(({ name }) => name.startsWith('on')));
    const { canary = 0, violations = [] } = /** @type {any} */ (globalThis);
    return { canary, violations, elements: [...document.querySelectorAll(bad), ...handlers].map(({ outerHTML }) => outerHTML.slice(0, 80)), title: document.title.startsWith('leadcast') };
  }, BAD);
}
const NOTHING = { canary: 0, violations: [], elements: [], title: true };

/** The first column of an export holds formulas behind an apostrophe, and comes back as it was. @param {string} csv @param {'openLeads' | 'openDeals'} open */
async function comesBack(csv, open) {
  const cells = csv.matchAll(/(?:^\ufeff?|,|\n)(?:"((?:[^"]|"")*)"|([^",\n]*))/g);
  for (const [, quoted, cell = quoted ?? ''] of cells) assert.doesNotMatch(cell, /^[=+@\uff1d\uff0b\uff0d\uff20]|^-(?![\d.]+$)./, 'no cell of an export begins like a formula');
  const client = lib.createClient();
  const handle = await client[open](csv, { asOf: '2026-02-01' });
  const again = await handle.correctedCsv();
  client.dispose();
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(/** @type {Uint8Array} */ (again));
  const firsts = (/** @type {string} */ all) => CANARIES.filter((canary) => all.includes(canary.replaceAll('"', '""')));
  assert.deepEqual(firsts(text), CANARIES, 'every text comes back to the character');
}

inBrowsers('sixty texts that would run are shown, drawn, exported and reported as text', async (whole) => {
  const { page, url } = whole;
  assert.equal(CANARIES.length, 60);
  await page.evaluateOnNewDocument(() => {
    const here = /** @type {any} */ (globalThis);
    here.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => here.violations.push(`${event.effectiveDirective} ${event.sample}`));
  });
  await visit(page, `${url}#${encodeURI(MARKUP[0] ?? '')}`);
  const name = `${(MARKUP[1] ?? '').replaceAll('/', '')}.csv`;
  await withoutRequests(whole, async () => {
    await giveFile(page, '#file-leads', name, file(['Name', 'Company', 'Title', 'Industry', 'Owner', 'Website', 'Email', MARKUP[2] ?? ''], (canary, i) => [canary, canary, canary, canary, canary, canary, `a${i}@b.example`, canary]));
    await rows(page, 'leads');
    await press(page, '#panel-leads regular-table tbody td');
    await page.waitForSelector('#reasons');
    for (const part of /** @type {const} */ (['columns', 'problems', 'quality'])) await openPanel(page, 'leads', part);
    await press(page, '#pick-industry');
    await page.waitForSelector('.picker .options');
    assert.deepEqual(await traces(page), NOTHING, 'the leads');
    for (const part of ['accounts', 'routing', 'check']) {
      await press(page, `#leads-${part}`);
      await idle(page);
      assert.deepEqual(await traces(page), NOTHING, part);
    }
    await press(page, '#leads-list');
    await comesBack((await downloaded(page, () => press(page, '#download-leads'))).content, 'openLeads');

    await showTab(page, 'forecast');
    await giveFile(page, '#file-forecast', name, file(['Deal Name', 'Account Name', 'Stage', 'Owner', 'Product', 'Next Step', 'Amount', 'Created Date', 'Close Date', MARKUP[2] ?? ''],
      (canary, i) => [canary, canary, i % 3 ? 'Proposal' : canary, canary, canary, canary, String(1000 * (i + 1)), '2026-01-05', '2026-03-20', canary]));
    await page.waitForSelector('#gates[aria-busy="false"]');
    await page.waitForSelector('#record[aria-busy="false"]');
    for (const kind of ['exceedance', 'fan', 'periods', 'distribution']) await press(page, `#chart-${kind}`);
    for (const part of /** @type {const} */ (['columns', 'problems', 'quality'])) await openPanel(page, 'forecast', part);
    await idle(page);
    assert.deepEqual(await traces(page), NOTHING, 'the forecast');
    await comesBack((await downloaded(page, () => press(page, '#download-deals'))).content, 'openDeals');
  });

  const { content } = await downloaded(page, () => press(page, '#save-report'));
  const folder = mkdtempSync(join(tmpdir(), 'leadcast-canaries-'));
  const path = join(folder, 'report.html');
  writeFileSync(path, content);
  const paper = await page.browserContext().newPage();
  try {
    await paper.goto(pathToFileURL(path).href);
    const found = await paper.evaluate((bad) => ({
      canary: /** @type {any} */ (globalThis).canary ?? 0, bad: document.querySelectorAll(bad).length, title: document.title.startsWith('Forecast, '), text: document.body.textContent ?? '',
    }), BAD);
    assert.deepEqual([found.canary, found.bad, found.title], [0, 0, true]);
    // An apostrophe before a formula is an export's guard, and taken off by reading.
    for (const canary of CANARIES.map((text) => text.replace(/^'(?='*=)/, ''))) assert.ok(found.text.includes(canary), `${canary} stands in the report as text`);
  } finally {
    await paper.close();
    rmSync(folder, { recursive: true });
  }
}, { timeout: 240_000 });
