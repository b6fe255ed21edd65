// A messy export put right on the page: what was found, what is decided otherwise, what that changed, and the way back.

import assert from 'node:assert/strict';
import { inBrowsers } from './harness.js';
import { downloaded, fill, giveFile, giveFiles, idle, openPanel, openSamplePipeline, pickField, press, rows, says, showTab, text, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

/** 40 deals of a German export: `;` between cells, dates and amounts that can be read two ways, and a total at the end. */
function messy() {
  const stages = ['Proposal', 'Discovery', 'Negotiation'];
  const amounts = ['1.234', '2.500', '12.000'];
  const two = (/** @type {number} */ n) => String(1 + (n % 9)).padStart(2, '0');
  const rows = Array.from({ length: 40 }, (_, i) => `D${i};Kunde ${i};${stages[i % 3]};${amounts[i % 3]};${two(i)}/${two(i * 7)}/2026;${two(i * 3)}/${two(i * 5)}/2026;${i % 2 ? 'Nord' : 'Süd'};0${1000 + i}`);
  return ['Deal ID;Kunde;Phase;Umsatz;Erstellt am;Abschlussdatum;Gebiet;PLZ', ...rows, 'Summe;;;99.000;;;;'].join('\r\n');
}

/** @param {Page} page */
async function openMessy(page) {
  await showTab(page, 'forecast');
  await giveFile(page, '#file-forecast', 'export.csv', messy());
  await page.waitForSelector('#forecast-headline');
  await idle(page);
}

/** What the columns table says of one column. @param {Page} page @param {string} column */
async function rowOf(page, column) {
  return text(page, `#receipt-forecast tr[data-column="${column}"]`);
}

inBrowsers('deals in another currency take part once their rate is given, and leave again', async ({ page, url }) => {
  await visit(page, url);
  await openSamplePipeline(page);
  await says(page, '#forecast-headline', /199 deals; 1 excluded/);
  await fill(page, '#rate-EUR', '1,08');
  await press(page, '#use-rate-EUR');
  await says(page, '#forecast-headline', /200 deals; 0 excluded/);
  await page.waitForFunction(() => !document.querySelector('#rate-form-EUR'));
  await page.keyboard.down('Control');
  await page.keyboard.press('z');
  await page.keyboard.up('Control');
  await says(page, '#forecast-headline', /199 deals; 1 excluded/);
});

inBrowsers('each currency asks for its own rate into the model\'s, and takes no rate that is none', async ({ page, url }) => {
  const deals = ['USD,1000', 'USD,2000', 'EUR,3000', 'GBP,4000', 'GBP,5000'].map((deal, i) => `D${i},Proposal,${deal},2026-01-05,2026-03-20`);
  const header = 'Deal ID,Stage,Currency,Amount,Created Date,Close Date';
  await visit(page, url);
  await showTab(page, 'forecast');
  await giveFile(page, '#file-forecast', 'deals.csv', `${header}\n${deals.join('\n')}\n`);
  await says(page, '#forecast-headline', /2 deals; 3 excluded/);
  assert.match(await text(page, '#rate-form-EUR'), /1 deal is in EUR.*1 EUR in USD/);
  assert.match(await text(page, '#rate-form-GBP'), /2 deals are in GBP.*1 GBP in USD/);
  for (const wrong of ['0', '0,00', '-1', '1,2,3', 'abc', '']) {
    await fill(page, '#rate-EUR', wrong);
    await press(page, '#use-rate-EUR');
    const said = await page.$eval('#rate-EUR', (field) => /** @type {HTMLInputElement} */ (field).validationMessage);
    assert.match(said, /1 EUR is worth in USD as a number above 0/, `“${wrong}” is no rate`);
  }
  await fill(page, '#rate-EUR', '1.1');
  await press(page, '#use-rate-EUR');
  await says(page, '#forecast-headline', /3 deals; 2 excluded/);
  assert.equal(await page.$('#rate-form-EUR'), null);
  await fill(page, '#rate-GBP', '.9');
  await press(page, '#use-rate-GBP');
  await says(page, '#forecast-headline', /5 deals; 0 excluded/);

  // Nothing is in the model's currency: no rate helps, the model is to be put right.
  const abroad = deals.map((deal) => deal.replace('USD', 'CHF').replace('EUR', 'CHF'));
  await giveFile(page, '#file-forecast', 'abroad.csv', `${header}, Note\n${abroad.join('\n')}\n`);
  await says(page, '#currency-card', /Your file is in CHF, your model in USD.*Deals in GBP are left out/);
  assert.equal(await page.$('[id^="rate-form"]'), null);
  await press(page, '#use-currency');
  await says(page, '#rate-form-GBP', /1 GBP in CHF/);
  assert.equal(await page.$('#currency-card'), null);
  await says(page, '#forecast-headline', /3 deals; 2 excluded/);
});

inBrowsers('what the file cannot decide is asked, answered by one click, and undone', async ({ page, url }) => {
  await visit(page, url);
  await openMessy(page);
  // Both readings of a few cells, as the engine reads them.
  await says(page, '.question table', /02\/08\/2026.*Aug 2, 2026.*Feb 8, 2026/);
  await openPanel(page, 'forecast', 'columns');
  assert.match(await rowOf(page, 'Abschlussdatum'), /2026-01-01 to 2026-09-/);

  await press(page, '.question [data-answer="mdy"]');
  await says(page, '#said-forecast', /^80 dates now read as month\/day\/year/);
  await page.waitForFunction(() => !document.querySelector('.question [data-answer="mdy"]'));
  assert.equal(await page.$eval('[data-format="Erstellt am"]', (field) => /** @type {HTMLSelectElement} */ (field).value), 'mdy');

  await press(page, '#undo-forecast');
  await says(page, '#said-forecast', /^Undone: 80 dates now read as day\/month\/year/);
  await page.waitForSelector('.question [data-answer="mdy"]');

  // Ctrl+Z and its kin work wherever nothing is being typed.
  await page.focus('#receipt-forecast > summary');
  await page.keyboard.down('Control');
  await page.keyboard.press('y');
  await page.keyboard.up('Control');
  await says(page, '#said-forecast', /^Done again: 80 dates now read as month\/day\/year/);
  await press(page, '#reset-forecast');
  await says(page, '#said-forecast', /^Read as it was found: 80 dates now read as day\/month\/year/);
});

inBrowsers('every decision about a column or the file can be changed in its place', async ({ page, url }) => {
  await visit(page, url);
  await openMessy(page);
  await openPanel(page, 'forecast', 'columns');

  // Found by its label, by the engine's name and by a word that means the same.
  await press(page, '[data-pick="Gebiet"]');
  await page.waitForSelector('.field-picker:popover-open input');
  for (const [find, field] of [['Segm', 'segment'], ['createdDate', 'createdDate'], ['opportunity id', 'dealId']]) {
    await fill(page, '.field-picker input', String(find));
    await page.waitForFunction((wanted) => document.querySelector('.field-picker [role="option"]')?.getAttribute('data-field') === wanted, {}, field);
  }
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-pick') === 'Gebiet');
  await pickField(page, 'Gebiet', 'segment', 'segment');
  await says(page, '#said-forecast', '“Gebiet” is now segment');

  // Two columns cannot be one field: the other lets go, and has it again afterwards.
  await pickField(page, 'Gebiet', 'account', 'account');
  await says(page, '#said-forecast', '“Kunde” is no longer used');
  await pickField(page, 'Gebiet', '', 'found');
  await says(page, '#said-forecast', '“Kunde” is now account');

  await fill(page, '[data-type="PLZ"]', 'number');
  await says(page, '#said-forecast', /40 numbers now read as numbers/);
  await fill(page, '[data-type="PLZ"]', '');
  await says(page, '#said-forecast', /40 values now read as text/);
  await fill(page, '[data-format="Umsatz"]', 'point');
  await says(page, '#said-forecast', /numbers now read with a decimal point/);

  await fill(page, '#delimiter-forecast', ',');
  await says(page, '#said-forecast', /1 column instead of 8/);
  await press(page, '#undo-forecast');
  await says(page, '#said-forecast', /8 columns instead of 1/);
  await fill(page, '#header-forecast', 'none');
  await says(page, '#said-forecast', /42 rows read instead of 41/);
  await press(page, '#undo-forecast');
  await fill(page, '#encoding-forecast', 'windows-1252');
  await says(page, '#said-forecast', /Read as windows-1252 instead of utf-8/);
});

inBrowsers('corrections are kept for files with these headers, and nothing of the file is', async ({ page, url }) => {
  await visit(page, url);
  await openMessy(page);
  await openPanel(page, 'forecast', 'columns');
  await fill(page, '[data-format="Abschlussdatum"]', 'mdy');
  // The other column of dates follows: now there is one that decides.
  await says(page, '#said-forecast', /80 dates now read as month/);
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  for (const cell of ['Kunde 7', '12.000', '/2026', 'Negotiation', 'Summe']) assert.ok(!kept.includes(cell), `${cell} is not stored`);
  await page.reload();
  await page.waitForSelector('#sample-leads:not([disabled])');
  await openMessy(page);
  await says(page, '.said-line', /^Read with your correction from last time: 80 dates now read as month/);
  await press(page, '.said-line button');
  await says(page, '.said-line', /^Undone: 80 dates now read as day/);
});

inBrowsers('a reading that cannot be leaves the file as it was', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  // UTF-16 taken for granted makes one cell of everything.
  await giveFile(page, '#file-forecast', 'one.csv', 'Deal ID,Stage,Amount,Created Date,Close Date\nD1,Proposal,1000,2026-01-05,2099-12-31\n');
  await says(page, '#forecast-headline', /1 deal/);
  await idle(page);
  await openPanel(page, 'forecast', 'columns');
  const before = await text(page, '#receipt-forecast .columns');
  await fill(page, '#encoding-forecast', 'utf-16le');
  await page.waitForFunction(() => document.querySelector('#receipt-forecast .problem') || /read as utf-16le/i.test(document.querySelector('#said-forecast')?.textContent ?? ''));
  await press(page, '#undo-forecast');
  await page.waitForFunction((wanted) => document.querySelector('#receipt-forecast .columns')?.textContent === wanted, {}, before);
});

/** The messy export with a row twice and a close date that is none. */
function broken() {
  const lines = messy().split('\r\n');
  lines.splice(11, 1, lines[11]?.replace(/[^;]*;([^;]*;[^;]*)$/, 'bald;$1') ?? '');
  lines.splice(20, 0, lines[19] ?? '');
  return lines.join('\r\n');
}

inBrowsers('rows with problems are shown, fixed by one click, and a corrected file reads clean', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  await giveFile(page, '#file-forecast', 'export.csv', broken());
  await page.waitForSelector('#forecast-headline');
  await idle(page);
  await openPanel(page, 'forecast', 'problems');
  const order = await page.evaluate(() => [...document.querySelectorAll('.problem-item')].map((item) => ['excluded', 'repaired', 'kept', 'noted'].findIndex((action) => item.classList.contains(`is-${action}`))));
  assert.deepEqual(order, [...order].sort(), 'what cost rows stands first');

  await press(page, '[data-code="unreadable-value"] [data-rows]');
  await says(page, '.problem-rows regular-table tbody tr', /12.*Abschlussdatum.*bald.*Repaired.*expected a date, found bald/);
  assert.ok(await page.$('.problem-rows regular-table [data-mark="cell-repaired"]'), 'the cell is marked');

  await says(page, '#receipt-forecast .fates', '2 left out');
  await press(page, '[data-code="duplicate-row"] [data-fix]');
  await says(page, '#said-forecast', /1 row back in/);
  await says(page, '#receipt-forecast .fates', '1 left out');
  await press(page, '#undo-forecast');
  await says(page, '#said-forecast', /1 row more left out/);

  // What is downloaded holds the same deals, each value written one way.
  await press(page, '.question [data-answer="mdy"]');
  await press(page, '.question [data-answer="comma"]');
  await says(page, '#receipt-forecast .history', '3 corrections of yours');
  await page.waitForFunction(() => !document.querySelector('.question'));
  await idle(page);
  const headline = await text(page, '#forecast-headline');
  const { name, content } = await downloaded(page, () => press(page, '#corrected-forecast'));
  assert.equal(name, 'export-corrected.csv');
  assert.match(content, /leadcast problems/);
  await giveFile(page, '#file-forecast', name, content);
  await says(page, '#receipt-forecast > summary', '40 of 40 rows used');
  await idle(page);
  await openPanel(page, 'forecast', 'problems');
  assert.equal(await page.$('.problem-item.is-excluded, .problem-item.is-repaired'), null, 'nothing is left out or repaired');
  assert.equal(await page.$('.question'), null, 'nothing is asked');
  assert.equal(await text(page, '#forecast-headline'), headline);
});

const LEADS = 'Email,First Name,Last Name,Company,Lead Source\nada@acme.example,Ada,Lovelace,Acme GmbH,Web\ngrace@bolt.example,Grace,Hopper,Bolt,Referral\nlin@other.example,Lin,Wei,Nowhere,Web\n';
const ACCOUNTS = 'Account Name,Industry,Employees,Billing Country\nACME,Software,420,Germany\nBolt Inc.,Finance,90,France\nUnused,Retail,5,Spain\n';

inBrowsers('two files dropped together are joined, and the join is told', async ({ page, url }) => {
  await visit(page, url);
  await giveFiles(page, '#file-leads', { 'accounts.csv': ACCOUNTS, 'leads.csv': LEADS });
  await rows(page, 'leads');
  await says(page, '#leads-headline', /3 leads scored and ranked/);
  await says(page, '.further-item h3', /accounts\.csv.*Accounts/);
  await says(page, '.join', /2 of 3 rows of leads\.csv matched/);
  await says(page, '.join', /1 unmatched/);
  await says(page, '.join', /2 by name: Company = Account Name/);
  await says(page, '.join details', /Nowhere/);

  // What the accounts say counts for the leads, and goes when they go.
  await openPanel(page, 'leads', 'columns');
  await says(page, '#receipt-leads tr[data-column="Industry"]', /Industry/);
  await page.waitForSelector('#pick-industry');
  await openPanel(page, 'leads', 'files');
  await press(page, '.further-item .card-head button');
  await page.waitForFunction(() => !document.querySelector('.further-item'));
  await idle(page);
  assert.equal(await page.$('#pick-industry'), null);

  // Later, beside the open file.
  await giveFile(page, '#add-leads', 'accounts.csv', ACCOUNTS);
  await says(page, '.join', /2 of 3 rows of leads\.csv matched/);
  await page.waitForSelector('#pick-industry');
});

inBrowsers('a file of another kind is offered where it belongs', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  await giveFile(page, '#file-forecast', 'leads.csv', LEADS);
  await says(page, '.misplaced', /leads\.csv holds leads.*That belongs in Leads/);
  await press(page, '.misplaced [data-home="leads"]');
  await rows(page, 'leads');
  await says(page, '#leads-headline', /3 leads scored/);
  await showTab(page, 'forecast');
  await giveFile(page, '#file-forecast', 'quota.csv', 'Rep,Quarter,Quota\nKim,2026 Q1,500000\n');
  await says(page, '.misplaced', /quota\.csv holds quotas/);
});
