// Learning from a file with outcomes, and moving the card while the table ranks again, as a person does both.

import assert from 'node:assert/strict';
import { inBrowsers } from './harness.js';
import { downloaded, fill, giveFile, history, idle, openSampleLeads, press, rows, says, showTab, text, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

/** The name of the lead that is ranked first. */
const FIRST = '#panel-leads regular-table tbody tr th';

/** @param {Page} page @param {string} content */
async function openHistory(page, content) {
  await giveFile(page, '#file-leads', 'history.csv', content);
  await rows(page, 'leads');
  await page.waitForSelector('#learn-open');
}

/** @param {Page} page */
async function toColumns(page) {
  await press(page, '#learn-open');
  await page.waitForSelector('#learn-to-columns:not([disabled])');
  await press(page, '#learn-to-columns');
  await page.waitForSelector('#learn-now:not([disabled])');
}

inBrowsers('a card is learned from a file with outcomes, put into the model and taken back', async ({ page, url }) => {
  await visit(page, url);
  await openHistory(page, history());
  await says(page, '.learn-offer', /Result says how 400 rows ended, 200 of them well/);
  const before = await text(page, '.matrix');
  await press(page, '#learn-open');
  await page.waitForSelector('#learn-to-columns:not([disabled])');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'learn-title', 'the keyboard is at the walk-through');
  await press(page, '#learn-to-columns');
  await page.waitForSelector('#learn-now');
  // The invoice gives the outcome away: it is not proposed, and says why.
  assert.equal(await page.$eval('[data-column="Invoice"]', (box) => /** @type {HTMLInputElement} */ (box).checked), false);
  await says(page, '.flag-leak', /Invoice/);
  assert.equal(await page.$eval('[data-column="Industry"]', (box) => /** @type {HTMLInputElement} */ (box).checked), true);
  await press(page, '#learn-now');
  await says(page, '#learn-gate', /^Signal: /);
  assert.equal(await page.$eval('#learn-gate', (notice) => notice.getAttribute('data-verdict')), 'signal');
  await says(page, '#learn-card', /Software/);
  const card = await downloaded(page, () => press(page, '#learned-card-csv'));
  assert.match(card.content, /Industry,.*Software/);
  assert.equal((await downloaded(page, () => press(page, '#learned-lift-csv'))).content.trim().split('\n').length, 11);
  await says(page, '#learn-later', /It holds for later rows/);
  for (const plot of ['learn-calibration', 'learn-lift']) assert.ok(await page.waitForSelector(`.plot-${plot} svg[role="img"][aria-label]`), `${plot} has an accessible name`);
  assert.equal(await page.evaluate(() => document.querySelectorAll('.learn .twin tbody tr').length), 20, 'each plot has its table');

  await press(page, '#learn-use');
  await page.waitForSelector('#learn-used');
  await idle(page);
  assert.notEqual(await text(page, '.matrix'), before, 'the leads are scored with the card');
  await page.waitForFunction(() => [...document.querySelectorAll('#panel-leads regular-table thead th')].some((cell) => cell.textContent?.startsWith('Probability')));
  await press(page, '#panel-leads regular-table tbody td');
  await says(page, '#lead-worth', /Probability/);
  await showTab(page, 'model');
  await says(page, '#evidence', /Result/);
  await says(page, '#evidence', /400 rows, 200 ended well/);
  await says(page, '.rules-table', /200 rows, 75 % ended well/);
  await fill(page, 'input[data-path="icp.fit.groups.0.rules.0.points"]', '3');
  await says(page, '.rules-table', /learned with/);
  await press(page, '#undo-model');
  await page.waitForFunction(() => !document.querySelector('.rules-table')?.textContent?.includes('learned with'));
  await idle(page);
  await showTab(page, 'leads');
  await press(page, '#learn-undo');
  await page.waitForFunction((first) => document.querySelector('.matrix')?.textContent === first, {}, before);
});

inBrowsers('where there is nothing to learn the page says so and makes no card', async ({ page, url }) => {
  await visit(page, url);
  // The outcome alternates in blocks of two, the columns in other periods: neither tells of the other.
  const noise = Array.from({ length: 300 }, (_, i) => `L${i},${['North', 'South', 'West'][i % 3]},${(i * 7919) % 101},${i % 4 < 2 ? 1 : 0}`);
  await openHistory(page, `Lead ID,Region,Visits,Converted\n${noise.join('\n')}\n`);
  await toColumns(page);
  await press(page, '#learn-now');
  await says(page, '#learn-gate', /^No signal: .* No card is made of that; your present one stands\. .* 50 % ended well/);
  assert.equal(await page.$('#learn-use'), null);
  await openHistory(page, history(30));
  await toColumns(page);
  await press(page, '#learn-now');
  await says(page, '#learn-gate', /^Too few to learn from: 15 ended well and 15 badly, at least 20 of each are needed/);
  assert.equal(await page.$('#learn-use'), null);
});

inBrowsers('values of an outcome can be given another meaning', async ({ page, url }) => {
  await visit(page, url);
  await openHistory(page, history().replaceAll('Lost', 'Gone quiet').replaceAll('Won', 'Signed up').replace('Result', 'Where it stands').replaceAll('\n', ',1\n').replace(',1\n', ',Converted\n').replace(',1\n', ',0\n').replace(',1\n', ',no\n'));
  await press(page, '#learn-open');
  await fill(page, '#learn-outcome', 'Where it stands');
  await page.waitForSelector('[data-mark="good"]');
  assert.ok(await page.$('#learn-to-columns[disabled]'), 'nothing is known to have ended yet');
  await press(page, '[aria-label="Signed up: ended well"]');
  await press(page, '[aria-label="Gone quiet: ended badly"]');
  await says(page, '#learn-counts', /200 rows ended well and 200 badly/);
  await press(page, '#learn-to-columns');
  await page.waitForSelector('#learn-now:not([disabled])');
  await press(page, '#learn-now');
  await says(page, '#learn-gate', /^Signal: /);
});

inBrowsers('a long learning shows how far it is and stops when told', async ({ page, url }) => {
  await visit(page, url);
  const wide = Array.from({ length: 6000 }, (_, i) => `L${i},${Array.from({ length: 30 }, (_, c) => `v${(i * (c + 3) * 31) % 23}`).join(',')},${(i * 7) % 5 < 2 ? 1 : 0}`);
  await openHistory(page, `Lead ID,${Array.from({ length: 30 }, (_, c) => `Column ${c}`).join(',')},Converted\n${wide.join('\n')}\n`);
  await toColumns(page);
  await press(page, '#learn-now');
  await says(page, '#busy-label', /Learning… \d/);
  await press(page, '.busy button');
  await idle(page);
  assert.equal(await page.$('#learn-gate'), null, 'no figure of a learning that was stopped');
  await press(page, '#panel-leads regular-table tbody td');
  await page.waitForSelector('#reasons');
});

inBrowsers('moving a slider ranks again, keeps the open lead and the place, and can be undone', async ({ page, url }) => {
  await visit(page, url);
  await openSampleLeads(page);
  await press(page, '#tune-open');
  await page.waitForSelector('#tune input[type="range"]');
  const first = await text(page, FIRST);
  await press(page, '#panel-leads regular-table tbody tr:nth-child(3) td');
  await page.waitForSelector('#reasons');
  const [lead, card] = [await text(page, '#side-title'), await text(page, '#reasons')];
  const matrix = await text(page, '.matrix');
  // Every rule of the first group becomes worth nothing.
  const knobs = await page.$$eval('#tune input[data-path^="icp.fit.groups.0.rules."][data-path$=".points"]', (all) => all.map((one) => one.id));
  assert.ok(knobs.length > 1);
  for (const id of knobs) await fill(page, `#${id}`, '0');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent !== before, {}, matrix);
  await page.waitForFunction((before) => document.querySelector('#reasons')?.textContent !== before, {}, card);
  assert.equal(await text(page, '#side-title'), lead, 'the same lead stays open');
  assert.ok(await page.$('#tune'), 'so does the panel');
  await showTab(page, 'model');
  await says(page, '.model-head', 'Changed by you');
  await showTab(page, 'leads');
  await press(page, '#tune-undo');
  await page.waitForFunction((id) => Number(/** @type {HTMLInputElement} */ (document.getElementById(id)).value) !== 0, {}, /** @type {string} */ (knobs.at(-1)));
  await press(page, '#tune-reset');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent === before, {}, matrix);
  await page.waitForFunction((before) => document.querySelector('#panel-leads regular-table tbody tr th')?.textContent === before, {}, first);

  // The keyboard moves a slider as well, and the cuts keep their order.
  const cut = '[data-path="icp.grades.fit.A"]';
  const at = await page.$eval(cut, (field) => Number(/** @type {HTMLInputElement} */ (field).value));
  await page.focus(cut);
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((where, value) => Number(/** @type {HTMLInputElement} */ (document.querySelector(where)).value) === value, {}, cut, at + 1);
  const below = await page.$eval('[data-path="icp.grades.fit.B"]', (field) => Number(/** @type {HTMLInputElement} */ (field).max));
  assert.equal(below, at, 'B stays below A');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('#tune') === null);
});

/** What the model holds at a path, from its JSON. @param {Page} page @param {(string | number)[]} path @returns {Promise<any>} */
async function inModel(page, path) {
  await showTab(page, 'model');
  await press(page, '#section-json');
  await page.waitForSelector('#model-json');
  const model = JSON.parse(await page.$eval('#model-json', (field) => /** @type {HTMLTextAreaElement} */ (field).value));
  await showTab(page, 'leads');
  return path.reduce((part, key) => part?.[key], model);
}

inBrowsers('thresholds inside rules move: both bands at an edge, their names, and how points fade', async ({ page, url }) => {
  await visit(page, url);
  await openSampleLeads(page);
  await press(page, '#tune-open');
  await page.waitForSelector('#tune input[type="range"]');
  const matrix = await text(page, '.matrix');
  const rules = await inModel(page, ['icp', 'fit', 'groups', 0, 'rules']);
  const place = (/** @type {string} */ name) => rules.findIndex((/** @type {any} */ rule) => rule.name === name);
  const [above, below] = [place('1,000–4,999 employees'), place('200–999 employees')];
  const knob = (/** @type {(string | number)[]} */ ...path) => `#tune [data-path="icp.fit.groups.0.rules.${path.join('.')}"]`;
  const edge = knob(above, 'when', 'between', 0);
  assert.equal(await page.$(knob(below, 'when', 'between', 1)), null, 'one slider for the end of one band and the beginning of the next');
  assert.deepEqual(await page.$eval(edge, (field) => { const { min, max, step, value } = /** @type {HTMLInputElement} */ (field); return [min, max, step, value]; }), ['210', '2000', '10', '1000']);
  await fill(page, edge, '600');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent !== before, {}, matrix);
  const moved = await inModel(page, ['icp', 'fit', 'groups', 0, 'rules']);
  assert.deepEqual([moved[above].name, moved[above].when.between], ['600–4,999 employees', [600, 4999]]);
  assert.deepEqual([moved[below].name, moved[below].when.between], ['200–599 employees', [200, 599]]);
  assert.equal(moved.filter((/** @type {any} */ rule, /** @type {number} */ i) => JSON.stringify(rule) !== JSON.stringify(rules[i])).length, 2, 'no other rule changes');
  await press(page, '#tune-undo');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent === before, {}, matrix);

  const fade = '#tune [data-path="icp.engagement.groups.0.rules.0.decay.halfLifeDays"]';
  assert.equal(await page.$eval(fade, (field) => field.getAttribute('aria-valuetext')), '30 days');
  await fill(page, fade, '3');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent !== before, {}, matrix);
  assert.deepEqual(await inModel(page, ['icp', 'engagement', 'groups', 0, 'rules', 0, 'decay']), { field: 'lastActivity', halfLifeDays: 3 });
  await press(page, '#tune-reset');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent === before, {}, matrix);

  // The most of an axis reaches down to the best grade and no further.
  const most = '#tune [data-path="icp.fit.cap"]';
  assert.equal(await page.$eval(most, (field) => /** @type {HTMLInputElement} */ (field).min), await page.$eval('[data-path="icp.grades.fit.A"]', (field) => /** @type {HTMLInputElement} */ (field).value));
  await page.focus(most);
  await page.keyboard.press('ArrowLeft');
  await says(page, '#tune', /Fit at most\s*99/);
  assert.equal(await inModel(page, ['icp', 'fit', 'cap']), 99);
});

inBrowsers('a learned rule whose threshold moves stands no longer on what it was learned from', async ({ page, url }) => {
  await visit(page, url);
  const lines = Array.from({ length: 400 }, (_, i) => `L${i},${i % 100},${(i % 100) + 2 * ((i * 7919) % 101) > 150 ? 'Won' : 'Lost'}`);
  await openHistory(page, `Lead ID,Visits,Result\n${lines.join('\n')}\n`);
  await toColumns(page);
  await press(page, '#learn-now');
  await page.waitForSelector('#learn-use');
  await press(page, '#learn-use');
  await page.waitForSelector('#learn-used');
  await idle(page);
  await press(page, '#tune-open');
  const edge = '#tune [data-path^="icp.fit.groups.0.rules."][data-path$=".atMost"]';
  await page.waitForSelector(edge);
  const rules = await inModel(page, ['icp', 'fit', 'groups', 0, 'rules']);
  assert.ok(rules.every((/** @type {any} */ rule) => rule.evidence), 'each rule is learned');
  const { value, step } = await page.$eval(edge, (field) => { const { value, step } = /** @type {HTMLInputElement} */ (field); return { value: Number(value), step: Number(step) }; });
  await fill(page, edge, String(value + step));
  await idle(page);
  const moved = await inModel(page, ['icp', 'fit', 'groups', 0, 'rules']);
  const changed = moved.filter((/** @type {any} */ rule, /** @type {number} */ i) => JSON.stringify(rule) !== JSON.stringify(rules[i]));
  assert.ok(changed.length > 0 && changed.length < moved.length, 'some rules end there, others do not');
  for (const rule of changed) {
    assert.equal(rule.evidence, undefined);
    assert.ok(rule.name.includes(String(value + step)), rule.name);
  }
  await press(page, '#tune-undo');
  await idle(page);
  assert.deepEqual(await inModel(page, ['icp', 'fit', 'groups', 0, 'rules']), rules);
});

inBrowsers('the table stays where it is scrolled to while a slider moves', async ({ page, url }) => {
  await visit(page, url);
  await openSampleLeads(page);
  await press(page, '#tune-open');
  await page.waitForSelector('#tune input[type="range"]');
  await page.evaluate(() => {
    const table = /** @type {HTMLElement} */ (document.querySelector('#panel-leads regular-table'));
    table.scrollTop = 2000;
  });
  await page.waitForFunction(() => Number(/** @type {HTMLElement} */ (document.querySelector('#panel-leads regular-table tbody tr')).dataset.position) > 10);
  const [place, matrix] = [await page.$eval('#panel-leads regular-table', (table) => table.scrollTop), await text(page, '.matrix')];
  await fill(page, '#tune input[data-path^="icp.fit.groups.0.rules."][data-path$=".points"]', '0');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent !== before, {}, matrix);
  await idle(page);
  assert.equal(await page.$eval('#panel-leads regular-table', (table) => table.scrollTop), place);
}, { viewport: { width: 360, height: 740 } });

/** Closed deals of two products, one of which is bought far more often. */
const DEALS = `Deal ID,Deal Name,Stage,Amount,Created Date,Close Date,Product\n${Array.from({ length: 240 }, (_, i) => {
  const won = i % 2 === 0 ? i % 8 !== 0 : i % 8 === 1;
  return `D${i},Deal ${i},${i >= 220 ? 'Proposal' : won ? 'Closed Won' : 'Closed Lost'},${1000 + (i % 7) * 50},2026-0${1 + (i % 2)}-${10 + (i % 18)},2026-04-${10 + (i % 18)},${i % 2 === 0 ? 'Suite' : 'Basic'}`;
}).join('\n')}\n`;

inBrowsers('closed deals of a forecast are learned from, alone or with the open leads', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  await giveFile(page, '#file-forecast', 'deals.csv', DEALS);
  await page.waitForSelector('#learn-from-deals');
  await idle(page);
  await says(page, '#panel-forecast .learn-offer', /220 deals of this file have ended, 110 of them won/);
  await press(page, '#learn-from-deals');
  await page.waitForSelector('#learn-to-columns:not([disabled])');
  await says(page, '#learn-counts', /110 rows ended well and 110 badly/);
  await press(page, '#learn-to-columns');
  await page.waitForSelector('#learn-now:not([disabled])');
  await press(page, '#learn-now');
  await says(page, '#learn-gate', /^Signal: /);
  await says(page, '#learn-card', /Suite/);

  // Leads of the same ids, of which the file of deals tells how they ended.
  await giveFile(page, '#file-leads', 'leads.csv', `Deal ID,Company,Region\n${Array.from({ length: 240 }, (_, i) => `D${i},Company ${i},${i % 2 === 0 ? 'North' : 'South'}`).join('\n')}\n`);
  await rows(page, 'leads');
  assert.equal(await page.$('#learn-open'), null, 'the leads alone do not say how they ended');
  await showTab(page, 'forecast');
  await press(page, '#learn-with-deals');
  await page.waitForSelector('#learn-to-columns:not([disabled])');
  assert.equal(await page.$eval('#learn-outcome', (field) => /** @type {HTMLSelectElement} */ (field).value), 'Stage');
  await press(page, '#learn-to-columns');
  await page.waitForSelector('#learn-now:not([disabled])');
  await press(page, '#learn-now');
  await says(page, '#learn-card', /North/);
});

inBrowsers('a lead card says what would raise the grade and what is worth finding out', async ({ page, url }) => {
  await visit(page, url);
  // The title is blank and the last touch long ago: both can be put right, the size cannot.
  await giveFile(page, '#file-leads', 'leads.csv', `Company,Employees,Industry,Country,Title,Email,Last Activity,Status\nAcme,450,Software,Germany,,ada@acme.example.de,2020-01-05,New\nBolt,20,Retail,France,CTO,bo@bolt.example.fr,2026-03-30,MQL\n`);
  await rows(page, 'leads');
  await press(page, '#panel-leads regular-table tbody tr:nth-child(1) td');
  await page.waitForSelector('#reasons');
  if (!(await text(page, '#side-title')).includes('Acme')) await press(page, '#panel-leads regular-table tbody tr:nth-child(2) td');
  await says(page, '#side-title', /Acme/);
  await says(page, '#lead-enrich', /title, up to \d/);
  await says(page, '.score-interval', /\d+ to \d+ once everything is known/);
  await says(page, '#lead-flips', /^What would raise the grade.*with/);
  assert.doesNotMatch(await text(page, '#lead-flips'), /employees/, 'nobody can change the size of a company');
  await says(page, '#enrich', /title1/);
});

inBrowsers('among leads of one grade the expected value can decide', async ({ page, url }) => {
  await visit(page, url);
  await openSampleLeads(page);
  const shown = () => page.$$eval('#panel-leads regular-table tbody tr', (lines) => lines.map((line) => ['grade', 'expectedValue'].map((key) => line.querySelector(`td[data-key="${key}"]`)?.textContent ?? '')));
  const amounts = (/** @type {string[][]} */ all) => all.filter(([grade]) => grade === 'A1').map(([, value = '']) => Number(value.replaceAll(/[^\d.]/g, '')));
  const before = amounts(await shown());
  assert.ok(before.length > 2, 'several leads of the best grade');
  await fill(page, '#then-leads', 'expectedValue');
  await page.waitForFunction((was) => {
    const now = [...document.querySelectorAll('#panel-leads regular-table tbody tr td[data-key="expectedValue"]')].map((cell) => Number((cell.textContent ?? '').replaceAll(/[^\d.]/g, '')));
    return now.slice(0, was.length).join() !== was.join();
  }, {}, before);
  const after = amounts(await shown());
  assert.deepEqual(after, after.toSorted((a, b) => b - a), 'the most valuable first');
});

inBrowsers('every card of the model has sliders, and so has the line of a product-qualified lead', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'model');
  await fill(page, '#preset', 'hybrid');
  await says(page, '.model-head', /Hybrid/);
  await showTab(page, 'leads');
  const line = (/** @type {number} */ i) => `Firm ${i},${i % 2 ? 20 : 900},${i % 2 ? i % 26 : ''},${i % 2 ? 1 + (i % 12) : ''},2026-03-${String(1 + (i % 28)).padStart(2, '0')}`;
  await giveFile(page, '#file-leads', 'leads.csv', `Company,Employees,Active Days,Seats,Last Activity\n${Array.from({ length: 40 }, (_, i) => line(i)).join('\n')}\n`);
  await rows(page, 'leads');
  await press(page, '#tune-open');
  await page.waitForSelector('[data-path^="scorecards.0.icp.engagement.groups."]');
  const matrix = await text(page, '.matrix');
  for (const id of await page.$$eval('[data-path^="scorecards.0.icp.engagement.groups."][data-path$=".points"]', (all) => all.map((one) => one.id))) await fill(page, `#${id}`, '0');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent !== before, {}, matrix);
  await page.waitForSelector('[data-path="scorecards.0.icp.grades.band"]');
  await press(page, '#tune-reset');
  await page.waitForFunction((before) => document.querySelector('.matrix')?.textContent === before, {}, matrix);

  const pql = '[data-path^="definitions.pql."]';
  assert.equal(await page.$eval(pql, (field) => /** @type {HTMLInputElement} */ (field).value), '65');
  await fill(page, pql, '20');
  await showTab(page, 'model');
  await says(page, '.model-head', 'Changed by you');
  await press(page, '#section-json');
  const model = await page.waitForSelector('#model-json').then(() => page.$eval('#model-json', (field) => /** @type {HTMLTextAreaElement} */ (field).value));
  assert.equal(JSON.parse(model).definitions.pql.all[0].atLeast, 20);
});
