// Accounts on the page: contacts rolled up, who is missing where, and one account with its people.

import assert from 'node:assert/strict';
import { inBrowsers } from './harness.js';
import { downloaded, fill, giveFile, idle, press, rows, says, showTab, text, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

const CONTACTS = `Email,Full Name,Title,Company,Buying Role
ada@acme.example,Ada Lovelace,CFO,Acme Inc.,
alan@acme.example,Alan Turing,Software Engineer,Acme,
grace@acme.example,Grace Hopper,Procurement Lead,Acme,
ada@acme.example,Ada Lovelace,CFO,ACME,
lin@bolt.example,Lin Wei,=Product Manager,Bolt,Champion
max@bolt.example,Max Bell,,Bolt,Bystander
kim@core.example,Kim Doe,CTO,Core,
joe@core-two.example,Joe Doe,,Core,
zoe@gmail.com,Zoe Ray,CEO,,
`;

/** @param {Page} page */
async function openAccounts(page) {
  await giveFile(page, '#file-leads', 'contacts.csv', CONTACTS);
  await rows(page, 'leads');
  await press(page, '#leads-accounts');
  await page.waitForSelector('#accounts regular-table tbody tr[data-position] td');
}

/** @param {Page} page @param {string} name */
async function openAccount(page, name) {
  await page.evaluate((wanted) => {
    const line = [...document.querySelectorAll('#accounts regular-table tbody tr')].find((one) => one.querySelector('th')?.textContent === wanted);
    /** @type {HTMLElement | null | undefined} */ (line?.querySelector('td'))?.click();
  }, name);
  await says(page, '#account-title', name);
}

inBrowsers('contacts roll up to accounts with coverage, what is missing, and what stands out', async ({ page, url }) => {
  await visit(page, url);
  await openAccounts(page);
  await says(page, '#accounts-sentence', /7 people in 4 accounts; 0 with every required role; 2 hang on one person/);
  await says(page, '#accounts-sentence', /8 by domain; 1 belong to no company/);
  await says(page, '#account-duplicates', /core.*name.*Core \| Core/);
  await says(page, '#unknown-roles', /Bystander1/);

  // What is lacking filters, and the filter can be taken back.
  await press(page, '#committee [data-missing="Economic buyer"]');
  await says(page, '#shown-accounts', '3 accounts shown');
  await press(page, '#committee [data-missing="Economic buyer"]');
  await says(page, '#shown-accounts', '4 accounts shown');
  await fill(page, '#filter-flag', 'blocker');
  await says(page, '#shown-accounts', '1 account shown');

  await openAccount(page, 'Acme');
  await says(page, '#account', /2 of 3 required seats filled; no End user/);
  await says(page, '#account', /Ada Lovelace.*CFO.*Economic buyer 90 %, by title.*also on line 2/);
  await says(page, '#account', /Grace Hopper.*Blocker 75 %, by title/);
  await says(page, '#account .chips', /May be blockedPerson twice/);
  await page.focus('#account-title');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('#account'));

  await fill(page, '#filter-flag', '');
  await says(page, '#shown-accounts', '4 accounts shown');
  await openAccount(page, 'Bolt');
  await says(page, '#account', /Champion 100 %, as stated/);
  const { name, content } = await downloaded(page, () => press(page, '#download-accounts'));
  assert.equal(name, 'contacts-accounts.csv');
  assert.match(content, /\r\nAcme,acme\.example,.*,Ada Lovelace,Alan Turing,Grace Hopper,,/);

  // From a person to the lead.
  await press(page, '#account [data-person]');
  await page.waitForSelector('#reasons');
  assert.match(await text(page, '#side-title'), /Lin Wei|Max Bell/);
});

inBrowsers('keys move through accounts, and a file without companies says so', async ({ page, url }) => {
  await visit(page, url);
  await openAccounts(page);
  await page.focus('#accounts regular-table');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#account');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'account-title');
  await press(page, '#leads-list');
  await giveFile(page, '#file-leads', 'people.csv', 'Email,Full Name\nzoe@gmail.com,Zoe Ray\n');
  await says(page, '#leads-headline', /1 lead scored/);
  await idle(page);
  await press(page, '#leads-accounts');
  await says(page, '#accounts', /No accounts in this file/);
});

inBrowsers('a role added to the model fills its seats at once', async ({ page, url }) => {
  await visit(page, url);
  await openAccounts(page);
  await says(page, '#unknown-roles', /Bystander1/);
  await showTab(page, 'model');
  await press(page, '#section-committee');
  await press(page, '#add-role');
  await page.waitForSelector('#role-5-name');
  await fill(page, '#role-5-name', 'Bystander');
  await page.waitForFunction(() => /** @type {HTMLInputElement | null} */ (document.querySelector('#role-5-name'))?.value === 'Bystander');
  await idle(page);
  await fill(page, '#role-5-required', '1');
  await idle(page);
  await showTab(page, 'leads');
  await says(page, '#committee', /Bystander1111/);
  await page.waitForFunction(() => !document.querySelector('#unknown-roles'));
  // Undone, it is unknown again.
  await showTab(page, 'model');
  for (const _ of [1, 2, 3]) {
    await press(page, '#undo-model');
    await idle(page);
  }
  await showTab(page, 'leads');
  await says(page, '#unknown-roles', /Bystander1/);
});
