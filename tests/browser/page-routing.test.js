// Routing and the questions to a scorecard, on the sample list.

import assert from 'node:assert/strict';
import { inBrowsers } from './harness.js';
import { downloaded, fill, giveFile, history, idle, openSampleLeads, press, rows, says, showTab, text, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

inBrowsers('each rule is a sentence with its promise, and queues lead to their leads', async ({ page, url }) => {
  await visit(page, url);
  await openSampleLeads(page);
  await press(page, '#leads-routing');
  await says(page, '#routing-rules', /Enterprise leads graded A\* or B\* go to Enterprise AEs, to be answered within 4 business hours\./);
  const leads = await page.evaluate(() => [...document.querySelectorAll('#routing-rules tbody tr')].map((row) => Number(row.children[3]?.textContent?.replaceAll(/\D/g, ''))));
  const owned = await page.evaluate(() => [...document.querySelectorAll('#routing-owners tbody tr')].map((row) => Number(row.children[2]?.textContent?.replaceAll(/\D/g, ''))));
  const sum = (/** @type {number[]} */ all) => all.reduce((one, other) => one + other, 0);
  assert.equal(sum(leads), sum(owned), 'who a rule took, somebody got');

  await says(page, '#queue-exceptions', 'Exceptions 0');
  await says(page, '.queues', /No lead is an exception/);
  await press(page, '#queue-stalled');
  await page.waitForSelector('#queue-list-stalled tbody tr');
  const { name, content } = await downloaded(page, () => press(page, '#queue-list-stalled-csv'));
  assert.equal(name, 'leads-stalled.csv');
  assert.match(content, /^\ufeff?Line,Lead ID,Lead,Company,Grade,Segment,Owner,Code,Why,Due,Hours late,"Age, days","Expected value, USD"\r\n/);
  const count = Number((await text(page, '#queue-stalled')).replaceAll(/\D/g, ''));
  assert.ok(count > 50 && content.trimEnd().split('\r\n').length === count + 1, 'the file has all of them');
  await press(page, '#list-queue');
  await says(page, '#shown-leads', `${count} leads shown`);
  await fill(page, '#filter-queue', '');
  await says(page, '#shown-leads', '1,000 leads shown');

  await press(page, '#leads-routing');
  await press(page, '#queue-list-stalled .link');
  await page.waitForSelector('#reasons');
});

inBrowsers('definitions stand beside the status, and the line for an MQL follows the capacity', async ({ page, url }) => {
  await visit(page, url);
  await openSampleLeads(page);
  await press(page, '#leads-routing');
  await says(page, '#definitions', /MQL.*SQL/);
  await says(page, '#definitions', /Only the status/);
  await page.waitForSelector('#threshold-cuts tbody tr');
  await fill(page, '#capacity', '200');
  await says(page, '#threshold-sentence', /200/);
  const within = await page.evaluate(() => Number(document.querySelector('#threshold-cuts .fits td:nth-child(3)')?.textContent?.replaceAll(/\D/g, '')));
  assert.ok(within > 0 && within <= 200, `${within} leads fit a capacity of 200`);
  await press(page, '#threshold-cuts .fits button');
  // The model calls exactly those leads MQLs.
  await page.waitForFunction((wanted) => Number([...document.querySelectorAll('#definitions tbody tr')].find((row) => row.querySelector('th')?.textContent === 'MQL')?.children[2]?.textContent?.replaceAll(/\D/g, '')) >= wanted, {}, within);
  await idle(page);
});

inBrowsers('the card is questioned, and a finding leads to its rule', async ({ page, url }) => {
  await visit(page, url);
  await openSampleLeads(page);
  await press(page, '#leads-check');
  await page.waitForSelector('#drift');
  await says(page, '#findings', /“Bought list or cold contact” holds for none/);
  await says(page, '#cut-points', /No better cut|Better cut/);
  await says(page, '#drift-list', /profile as written.*leads/);
  await page.evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector('.findings [data-code="rule-never-fires"] button'))?.click());
  await page.waitForSelector('#panel-model:not([hidden])');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Points for Bought list or cold contact');
  // So does what there is to ask about the most of a whole axis.
  await fill(page, 'input[data-path="icp.fit.cap"]', '120');
  await idle(page);
  await showTab(page, 'leads');
  await says(page, '#findings', /The cap of fit is 120, but its rules earn 100 at most/);
  await page.evaluate(() => [...document.querySelectorAll('.findings li')].find((item) => /cap of fit/.test(item.textContent ?? ''))?.querySelector('button')?.click());
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-path') === 'icp.fit.cap');
});

inBrowsers('a finding about another card of the model leads to its slider', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'model');
  await fill(page, '#preset', 'hybrid');
  await says(page, '.model-head', /Hybrid|hybrid/);
  await showTab(page, 'leads');
  const line = (/** @type {number} */ i) => `Firm ${i},${i % 2 ? 20 : 900},${i % 2 ? i % 26 : ''},${i % 2 ? 1 + (i % 12) : ''},2026-03-${String(1 + (i % 28)).padStart(2, '0')}`;
  await giveFile(page, '#file-leads', 'leads.csv', `Company,Employees,Active Days,Seats,Last Activity\n${Array.from({ length: 80 }, (_, i) => line(i)).join('\n')}\n`);
  await rows(page, 'leads');
  await press(page, '#leads-check');
  await page.waitForSelector('#drift');
  const found = await page.evaluate(() => {
    const one = [...document.querySelectorAll('.findings li')].find((item) => /Self-serve/.test(item.textContent ?? '') && item.getAttribute('data-code')?.startsWith('rule-'));
    const button = one?.querySelector('button');
    button?.click();
    return button?.getAttribute('aria-label')?.replace('Go to it: ', '') ?? '';
  });
  assert.notEqual(found, '', 'the list gives something to ask about the other card');
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-path')?.startsWith('scorecards.0.icp.'));
  assert.ok((await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')).includes(found));
});

inBrowsers('channels filter the list, and a file without outcomes says what is lacking', async ({ page, url }) => {
  await visit(page, url);
  await giveFile(page, '#file-leads', 'few.csv', 'Company,Lead Source,Employees\nAcme,Web,300\nBolt,Partner Referral,40\nCore,Web,20\n');
  await rows(page, 'leads');
  await press(page, '#leads-check');
  await page.waitForSelector('#drift');
  await says(page, '#findings', /No column says how leads ended/);
  await says(page, '#cut-points', /A column that says how leads ended is needed/);
  await press(page, '#channels .link');
  await page.waitForFunction(() => /** @type {HTMLSelectElement | null} */ (document.querySelector('#filter-channel'))?.value === 'inbound');
  await says(page, '#shown-leads', '2 leads shown');
  // A cut that does set leads apart is named with its groups.
  await giveFile(page, '#file-leads', 'history.csv', history());
  await says(page, '#leads-headline', /400 leads/);
  await idle(page);
  await press(page, '#leads-check');
  await says(page, '#cut-points', /by win rate and “Result”/);
});
