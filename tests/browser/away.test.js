// A tab that is hidden, asleep, left or closed while it works, and texts that could hide or break what stands beside them.

import assert from 'node:assert/strict';
import { inBrowsers } from './harness.js';
import { fill, giveFile, idle, openSamplePipeline, press, rows, says, showTab, text, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

/** 150 open deals behind 6,000 closed ones, whose past takes its time. */
const DEALS = `Deal Name,Stage,Amount,Created Date,Close Date\n${Array.from({ length: 6150 }, (_, i) => {
  const created = Date.UTC(2022, 0, 1) + Math.floor((i * 1520) / 6150) * 86_400_000;
  const day = (/** @type {number} */ later) => new Date(created + later * 86_400_000).toISOString().slice(0, 10);
  return `Deal ${i},${i >= 6000 ? 'Proposal' : i % 5 < 2 ? 'Closed Won' : 'Closed Lost'},${1000 + (i * 7919) % 90_000},${day(0)},${day(20 + (i * 37) % 90)}`;
}).join('\n')}\n`;

/** What a forecast of `DEALS` shows. @param {Page} page */
async function forecastShown(page) {
  await page.waitForSelector('#forecast-headline');
  await idle(page);
  return text(page, '#forecast-headline');
}

inBrowsers('a tab that is hidden or asleep while it computes has the answer when it is seen again', async ({ page, url, name }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  await giveFile(page, '#file-forecast', 'deals.csv', DEALS);
  const expected = await forecastShown(page);

  await visit(page, url);
  await showTab(page, 'forecast');
  const other = await page.browserContext().newPage();
  await other.goto('about:blank');
  await other.bringToFront();
  await giveFile(page, '#file-forecast', 'deals.csv', DEALS);
  assert.equal(await page.$('#forecast-headline'), null, 'there is no answer yet');
  const session = name === 'chromium' ? await page.createCDPSession() : null;
  // Firefox cannot be told to put a tab to sleep; there the tab is only hidden.
  await session?.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await session?.send('Page.setWebLifecycleState', { state: 'active' });
  await page.bringToFront();
  assert.equal(await forecastShown(page), expected);
  await other.close();
});

inBrowsers('whoever comes back to the page goes on with the settings as they were', async ({ page, url }) => {
  await visit(page, url);
  await openSamplePipeline(page);
  await fill(page, '#quota', '2000000');
  await press(page, '#setup-go');
  await says(page, '#forecast-headline', '$2M');
  await page.goto('about:blank');
  await page.goBack();
  // A browser that kept the page shows the forecast; one that loads it anew asks for the file.
  await page.waitForSelector('#forecast-headline, #sample-leads:not([disabled])');
  if (!(await page.$('#forecast-headline'))) await openSamplePipeline(page);
  assert.equal(await page.$eval('#quota', (field) => Number(/** @type {HTMLInputElement} */ (field).value)), 2_000_000);
  await fill(page, '#quota', '3000000');
  await press(page, '#setup-go');
  await says(page, '#forecast-headline', '$3M');
});

inBrowsers('a tab closed while it computes asks nothing; one with a model half written does', async ({ page, url }) => {
  const context = page.browserContext();
  await visit(page, url);
  await showTab(page, 'forecast');
  await giveFile(page, '#file-forecast', 'deals.csv', DEALS);
  /** @type {string[]} */
  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  const closed = new Promise((resolve) => { page.once('close', resolve); });
  await page.close({ runBeforeUnload: true });
  await closed;
  assert.deepEqual(asked, []);

  const next = await context.newPage();
  await visit(next, url);
  await openSamplePipeline(next);
  await showTab(next, 'model');
  await press(next, '#section-json');
  await next.click('#model-json');
  await next.keyboard.type(' ');
  await says(next, '#model-problem', 'Not applied yet.');
  const question = new Promise((resolve) => { next.once('dialog', (dialog) => dialog.dismiss().then(() => resolve(dialog.type()))); });
  await next.close({ runBeforeUnload: true });
  assert.equal(await question, 'beforeunload');
  await says(next, '#model-problem', 'Not applied yet.');
});

const LONG = 'W'.repeat(10_000);
const ZALGO = `H${'\u0300\u0316\u0321\u034f\u0489'.repeat(40)}i`;
const FAMILY = '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
const HOSTILE = ['Up\u202Efdp.exe', '\u2066inside\u2069', LONG, ZALGO, FAMILY, 'bell\u0007', 'شركة الأمل', 'Plain'];

inBrowsers('long words, marks on marks and turned text break no line, and marks that turn text are seen', async ({ page, url }) => {
  await visit(page, url);
  const lines = HOSTILE.map((one, i) => `${one},Firm ${i},${100 + i},Software,p${i}@firm${i}.com`);
  await giveFile(page, '#file-leads', 'leads.csv', `Name,Company,Employees,Industry,Email\n${lines.join('\n')}\n`);
  await rows(page, 'leads');
  const row = '#panel-leads regular-table tbody tr';
  const names = await page.$$eval(`${row} th`, (cells) => cells.map((cell) => cell.textContent ?? ''));
  assert.equal(names.length, HOSTILE.length);
  for (const shown of [/^Up\u{FFFD}fdp\.exe$/u, /^\u{FFFD}inside\u{FFFD}$/u, /^bell\u2407$/]) assert.ok(names.some((name) => shown.test(name)), `${shown} in ${JSON.stringify(names.map((one) => one.slice(0, 20)))}`);
  assert.ok(names.includes(FAMILY), 'a family stays one sign');
  const heights = await page.$$eval(row, (all) => all.map((line) => line.getBoundingClientRect().height));
  assert.equal(new Set(heights).size, 1, `rows of one height: ${heights}`);
  for (const [i, name] of names.entries()) {
    await page.evaluate((where) => document.querySelector(where)?.dispatchEvent(new MouseEvent('click', { bubbles: true })), `${row}:nth-child(${i + 1}) th`);
    await says(page, '#side-title', name.slice(0, 40));
    const [wide, all] = await page.evaluate(() => [document.scrollingElement?.scrollWidth ?? 0, innerWidth]);
    assert.ok(Number(wide) <= Number(all), `the page is ${wide} wide in a window of ${all}`);
  }
}, { viewport: { width: 360, height: 740 } });
