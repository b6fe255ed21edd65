// What the page's tests share: ways to open files, and to wait for what a person would wait for.

import assert from 'node:assert/strict';

/** @typedef {import('puppeteer-core').Page} Page */

/**
 * Opens the page and waits until it takes files.
 *
 * @param {Page} page
 * @param {string} url
 */
export async function visit(page, url) {
  await page.goto(url);
  await page.waitForSelector('#sample-leads:not([disabled])');
}

/** @param {Page} page */
export async function openSampleLeads(page) {
  await showTab(page, 'leads');
  await page.click('#sample-leads');
  await rows(page, 'leads');
}

/** @param {Page} page */
export async function openSamplePipeline(page) {
  await showTab(page, 'forecast');
  await page.click('#sample-forecast');
  await page.waitForSelector('#forecast-headline');
  await page.waitForSelector('.plot svg');
  await idle(page);
}

/** @param {Page} page @param {'leads' | 'forecast' | 'model'} tab */
export async function showTab(page, tab) {
  await page.click(`#tab-${tab}`);
  await page.waitForSelector(`#panel-${tab}:not([hidden])`);
}

/** Waits for rows to stand in a desk's table. @param {Page} page @param {'leads' | 'forecast'} desk */
export async function rows(page, desk) {
  await page.waitForSelector(`#panel-${desk} regular-table tbody tr[data-position] td`);
  await idle(page);
}

/** Waits until the page works on nothing. @param {Page} page */
export async function idle(page) {
  await page.waitForFunction(() => document.querySelector('.busy') === null);
}

/**
 * Opens the panel "What was understood" at one of its parts.
 *
 * @param {Page} page @param {'leads' | 'forecast'} desk @param {'columns' | 'problems' | 'quality' | 'files' | 'assumed'} part
 */
export async function openPanel(page, desk, part) {
  if (!(await page.$(`#receipt-${desk}[open] .inside`))) await press(page, `#receipt-${desk} > summary`);
  await page.waitForSelector(`#part-${part}-${desk}`);
  await press(page, `#part-${part}-${desk}`);
  await page.waitForSelector(`#part-${part}-${desk}[aria-pressed="true"]`);
}

/** Has a column read as a field, as a person would: by search. @param {Page} page @param {string} column @param {string} find @param {string} field or `none` */
export async function pickField(page, column, find, field) {
  await press(page, `[data-pick="${column}"]`);
  await page.waitForSelector('.field-picker:popover-open input');
  if (find) await fill(page, '.field-picker:popover-open input', find);
  await page.waitForSelector(`.field-picker:popover-open [data-field="${field}"]`);
  await press(page, `.field-picker:popover-open [data-field="${field}"]`);
}

/** Clicks without needing the element in sight. @param {Page} page @param {string} selector */
export async function press(page, selector) {
  const found = await page.evaluate((wanted) => {
    const element = /** @type {HTMLElement | null} */ (document.querySelector(wanted));
    element?.click();
    return element !== null;
  }, selector);
  assert.ok(found, `${selector} is on the page`);
}

/** @param {Page} page @param {string} selector */
export async function text(page, selector) {
  await page.waitForSelector(selector);
  const content = await page.evaluate((wanted) => document.querySelector(wanted)?.textContent ?? '', selector);
  return content.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ');
}

/** Waits until an element says something. @param {Page} page @param {string} selector @param {string | RegExp} wanted */
export async function says(page, selector, wanted) {
  const pattern = wanted instanceof RegExp ? wanted : new RegExp(wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  await page.waitForFunction(
    (where, source, flags) => new RegExp(source, flags).test((document.querySelector(where)?.textContent ?? '').replaceAll(/[\u00a0\u202f]/g, ' ')),
    {},
    selector,
    pattern.source,
    pattern.flags,
  );
}

/** Sets a field as typing and leaving it would. @param {Page} page @param {string} selector @param {string} value */
export async function fill(page, selector, value) {
  await page.waitForSelector(selector);
  await page.evaluate((where, content) => {
    const field = /** @type {HTMLInputElement} */ (document.querySelector(where));
    field.value = content;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }, selector, value);
}

/**
 * Gives the page a file as its file field would.
 *
 * @param {Page} page
 * @param {string} selector of the file field
 * @param {string} name
 * @param {string | Uint8Array} content
 */
export function giveFile(page, selector, name, content) {
  return giveFiles(page, selector, { [name]: content });
}

/**
 * Gives the page several files at once.
 *
 * @param {Page} page
 * @param {string} selector of the file field
 * @param {Record<string, string | Uint8Array>} files content by name
 */
export async function giveFiles(page, selector, files) {
  await page.waitForSelector(selector);
  const plain = Object.entries(files).map(([name, content]) => [name, typeof content === 'string' ? content : [...content]]);
  await page.evaluate((where, all) => {
    const input = /** @type {HTMLInputElement} */ (document.querySelector(where));
    const data = new DataTransfer();
    for (const [name, body] of all) data.items.add(new File([typeof body === 'string' ? body : new Uint8Array(/** @type {number[]} */ (body))], String(name)));
    input.files = data.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, selector, plain);
}

/**
 * Does `work` and returns what the page handed out as a download meanwhile.
 *
 * @param {Page} page
 * @param {() => Promise<void>} work
 */
export async function downloaded(page, work) {
  await page.evaluate(() => {
    const here = /** @type {any} */ (globalThis);
    here.handed = new Promise((resolve) => {
      const make = URL.createObjectURL;
      /** @type {Blob | undefined} */
      let last;
      URL.createObjectURL = (blob) => {
        last = /** @type {Blob} */ (blob);
        return make.call(URL, blob);
      };
      const listen = (/** @type {MouseEvent} */ event) => {
        const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest('a[download]'));
        if (!link || !last) return;
        event.preventDefault();
        URL.createObjectURL = make;
        removeEventListener('click', listen, true);
        last.text().then((content) => resolve({ name: link.download, content }));
      };
      addEventListener('click', listen, true);
    });
  });
  await work();
  return /** @type {Promise<{ name: string, content: string }>} */ (page.evaluate(() => /** @type {any} */ (globalThis).handed));
}

/** Names and grades of the first rows shown. @param {Page} page @param {number} [count] */
export async function ranking(page, count = 12) {
  return page.evaluate((most) => [...document.querySelectorAll('#panel-leads regular-table tbody tr')].slice(0, most).map((line) => line.textContent ?? ''), count);
}

/** Rows of which software is won three times in four and the rest once in four; an invoice is written once it is won. */
export function history(count = 400) {
  const lines = Array.from({ length: count }, (_, i) => {
    const software = i % 2 === 0;
    const won = software ? i % 8 !== 0 : i % 8 === 1;
    const month = String(1 + Math.floor((i * 12) / count)).padStart(2, '0');
    return `L${i},${software ? 'Software' : 'Retail'},${10 + ((i * 37) % 500)},2025-${month}-${String(1 + (i % 28)).padStart(2, '0')},${won ? `I-${i}` : ''},${won ? 'Won' : 'Lost'}`;
  });
  return `Lead ID,Industry,Employees,Created,Invoice,Result\n${lines.join('\n')}\n`;
}
