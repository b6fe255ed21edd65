// What a browser does not have, or a page's policy forbids, is said with what helps; the rest works.

import assert from 'node:assert/strict';
import { inBrowsers } from './harness.js';
import { fill, openSampleLeads, openSamplePipeline, press, says, text, visit } from './page.js';

const mounts = { '/pkg/': 'pkg', '/': 'tests/browser/pages' };
/** @param {string} policy */
const under = (policy) => ({ mounts, headers: { 'content-security-policy': `default-src 'none'; connect-src 'self'; ${policy}` } });

/** What comes of a forecast with so many workers. @param {import('puppeteer-core').Page} page @param {number} workers */
function outcome(page, workers) {
  return page.evaluate(async (workers) => {
    const entry = '/pkg/index.js';
    const lib = await import(entry);
    const client = lib.createClient({ workers });
    const csv = 'Deal Name,Stage,Amount,Close Date,Created Date\nAcme,Proposal,120000,2026-03-20,2026-01-10\n';
    const once = async () => {
      const deals = await client.openDeals(csv);
      return (await deals.forecast('{ "format": 1 }', { asOf: '2026-02-15' })).headline.openDeals;
    };
    const told = [];
    for (let i = 0; i < 2; i++) told.push(await once().catch(({ kind, code, message }) => ({ kind, code, message })));
    client.dispose();
    return told;
  }, workers);
}

inBrowsers('a page that may not compile WebAssembly is told which directive allows it', async ({ page, url, problems }) => {
  await page.goto(`${url}blank.html`);
  for (const told of await outcome(page, 0)) {
    assert.deepEqual([told.kind, told.code], ['unavailable', 'engine-not-loaded']);
    assert.match(told.message, /\(allow 'wasm-unsafe-eval' in script-src\)$/);
  }
  problems.length = 0; // The browser reported what it refused.
}, { site: under("script-src 'self'; worker-src 'self'") });

inBrowsers('a page that may not start workers is told which directive allows them, and works without', async ({ page, url, problems }) => {
  await page.goto(`${url}blank.html`);
  for (const told of await outcome(page, 1)) {
    assert.deepEqual([told.kind, told.code], ['unavailable', 'worker-failed']);
    assert.match(told.message, /worker-src, or pass workers: 0\)$/);
  }
  assert.deepEqual(await outcome(page, 0), [1, 1]);
  // The browser reports what it refused when it comes to it.
  problems.splice(0, problems.length, ...problems.filter((problem) => !/Content.Security.Policy/.test(problem)));
}, { site: under("script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'") });

inBrowsers('a page without WebAssembly is told so, and what helps', async ({ page, url, problems }) => {
  await page.evaluateOnNewDocument(() => { Reflect.deleteProperty(globalThis, 'WebAssembly'); });
  await page.goto(`${url}blank.html`);
  for (const told of await outcome(page, 0)) {
    assert.deepEqual([told.kind, told.code], ['unavailable', 'engine-not-loaded']);
    assert.match(told.message, /^WebAssembly is switched off here \(allow it/);
  }
  assert.deepEqual(problems, []);
}, { site: { mounts, headers: {} } });

inBrowsers('a browser that stores nothing costs the settings of the next visit, says so once, and nothing else', async ({ page, url }) => {
  await page.evaluateOnNewDocument(() => {
    Object.defineProperty(globalThis, 'localStorage', { get: () => { throw new DOMException('denied', 'SecurityError'); } });
  });
  await visit(page, url);
  await openSampleLeads(page);
  await openSamplePipeline(page);
  await fill(page, '#quota', '2000000');
  await press(page, '#setup-go');
  await says(page, '#forecast-headline', '$2M');
  await says(page, '.notice.warn', 'This browser did not store your settings');
  const notices = await page.evaluate(() => [...document.querySelectorAll('.notice.warn')].filter((one) => one.textContent?.includes('did not store')).length);
  assert.equal(notices, 1);
});

inBrowsers('another zone changes no number', async ({ page, url }) => {
  const told = [];
  for (const zone of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
    await page.emulateTimezone(zone);
    await visit(page, url);
    await openSamplePipeline(page);
    told.push([await text(page, '#verdict'), await text(page, '#panel-forecast p.small code')]);
  }
  assert.deepEqual(told[0], told[1]);
}, { only: ['chromium'] });
