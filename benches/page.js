// What a person waits for on the page, in Chromium: from moving a slider to the answer painted, and for the track record.

import puppeteer from 'puppeteer-core';
import { serve } from '../xtask/serve.js';
import { browsers } from '../xtask/setup.js';

/** Moves of a slider of which the middle one counts, in each of some rounds of which the least does. */
const MOVES = 20;
const ROUNDS = 3;

/** @typedef {{ name: string, shape: string, seconds: number, note: string }} Wait */

/**
 * @param {{ leads: string, leadCount: number, deals: number }} sizes `leads`: the file to rank
 * @returns {Promise<Wait[]>}
 */
export async function waits({ leads, leadCount, deals }) {
  const { chromium } = await browsers();
  const server = await serve();
  const browser = await puppeteer.launch({ browser: 'chrome', executablePath: chromium, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage'], protocolTimeout: 600_000 });
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(server.url);
    await page.waitForSelector('#sample-leads:not([disabled])');
    await page.click('#tab-forecast');
    await page.click('#sample-forecast');
    await page.waitForSelector('#verdict', { timeout: 120_000 });
    await page.click('#what-if summary');
    await page.waitForSelector('#what-if-winRate');
    const slider = await least(page, '#what-if-winRate', '#scenarios');
    await page.click('#tab-leads');
    await page.waitForSelector('#file-leads');
    await page.evaluate((text) => {
      const input = /** @type {HTMLInputElement} */ (document.querySelector('#file-leads'));
      const data = new DataTransfer();
      data.items.add(new File([text], 'leads.csv'));
      input.files = data.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, leads);
    await page.waitForSelector('#tune-open', { timeout: 120_000 });
    await page.click('#tune-open');
    await page.waitForSelector('.knob input[data-path$="points"]');
    const weight = await least(page, '.knob input[data-path$="points"]', '.table-main');
    // Beside the page, which has closed itself to new workers.
    await page.goto(`${server.url}pkg/package.json`);
    const record = await page.evaluate(recordSeconds, deals);
    return [
      { name: 'slider of a what-if, input to paint', shape: 'sample pipeline', seconds: slider, note: `median of ${MOVES} moves, the least of ${ROUNDS} rounds, Chromium` },
      { name: 'points of a rule, input to ranked table painted', shape: `${leadCount.toLocaleString('en')} leads`, seconds: weight, note: `median of ${MOVES} moves, the least of ${ROUNDS} rounds, Chromium` },
      { name: 'forecast with its track record', shape: `${deals.toLocaleString('en')} deals`, seconds: record.seconds, note: `${record.rows} quarters and cuts, Chromium, one worker` },
    ];
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * The least of some rounds.
 * @param {import('puppeteer-core').Page} page
 * @param {string} slider
 * @param {string} answer what changes with it
 */
async function least(page, slider, answer) {
  let found = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) found = Math.min(found, await median(page, slider, answer));
  return found;
}

/**
 * The middle time from a move of a slider to the paint that shows the last of its answer. Moves fall on all moments of a frame alike.
 * @param {import('puppeteer-core').Page} page
 * @param {string} slider
 * @param {string} answer what changes with it
 */
async function median(page, slider, answer) {
  const times = await page.evaluate(async (slider, answer, moves) => {
    const times = [];
    for (let move = 0; move < moves; move += 1) {
      const input = /** @type {HTMLInputElement} */ (document.querySelector(slider));
      const shown = /** @type {HTMLElement} */ (document.querySelector(answer));
      const [from, to, step] = [input.min, input.max, input.step].map(Number);
      const changed = new Promise((resolve, reject) => {
        const before = shown.textContent;
        let painted = 0;
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        let rest;
        const late = setTimeout(() => reject(new Error('nothing changed')), 20_000);
        const watcher = new MutationObserver(() => {
          if (painted === 0 && shown.textContent === before) return;
          clearTimeout(late);
          clearTimeout(rest);
          // After the frame that paints the last of the changes.
          requestAnimationFrame(() => setTimeout(() => { painted = performance.now(); }));
          rest = setTimeout(() => {
            watcher.disconnect();
            resolve(painted);
          }, 150);
        });
        watcher.observe(shown, { childList: true, subtree: true, characterData: true, attributes: true });
      });
      const start = performance.now();
      // Far enough each time that the answer shows other figures.
      const target = move % 2 === 0 ? (from ?? 0) + (1 + (move % 5)) * (step || 1) : (to ?? 0) - (1 + (move % 5)) * (step || 1);
      input.value = String(target);
      input.dispatchEvent(new Event('input', { bubbles: true }));
      times.push(Number(await changed) - start);
      await new Promise((resolve) => setTimeout(resolve, 300 + ((move * 7) % moves) * (1000 / 60 / moves)));
    }
    return times;
  }, slider, answer, MOVES);
  return /** @type {number} */ (times.sort((a, b) => a - b)[MOVES >> 1]) / 1000;
}

/**
 * How long frames take while a list is scrolled by a hundred and twentieth of itself in each, in both browsers.
 * @param {number} count leads
 * @returns {Promise<Wait[]>}
 */
export async function scrolling(count) {
  const { chromium, firefox } = await browsers();
  const server = await serve();
  const found = [];
  for (const [name, kind, executablePath, args] of /** @type {const} */ ([['Chromium', 'chrome', chromium, ['--no-sandbox', '--disable-dev-shm-usage']], ['Firefox', 'firefox', firefox, []]])) {
    const browser = await puppeteer.launch({ browser: kind, executablePath, headless: true, args: [...args], protocolTimeout: 600_000 });
    try {
      const page = await browser.newPage();
      await page.setViewport({ width: 1280, height: 900 });
      await page.goto(server.url);
      await page.waitForSelector('#sample-leads:not([disabled])');
      await page.evaluate(listOf, count);
      await page.waitForSelector('#panel-leads regular-table tbody td', { timeout: 300_000 });
      const frames = (await page.evaluate(framesOf)).sort((a, b) => a - b);
      const at = (/** @type {number} */ share) => frames[Math.floor(share * (frames.length - 1))] ?? 0;
      const late = frames.filter((frame) => frame > 50).length;
      found.push({ name: `a frame of scrolling, ${name}`, shape: `${count.toLocaleString('en')} leads`, seconds: at(0.5) / 1000, note: `median of ${frames.length}; 95 % within ${at(0.95).toFixed(0)} ms, ${late} above 50 ms` });
    } finally {
      await browser.close();
    }
  }
  await server.close();
  return found;
}

/** Runs on the page: chooses a file of so many leads. @param {number} count */
function listOf(count) {
  const lines = Array.from({ length: count }, (_, i) => `P${i},Company ${i},${(i * 37) % 5000},${['Software', 'Retail', 'Energy'][i % 3]}`);
  const data = new DataTransfer();
  data.items.add(new File([`Full Name,Company,Employees,Industry\n${lines.join('\n')}\n`], 'leads.csv'));
  const input = /** @type {HTMLInputElement} */ (document.querySelector('#file-leads'));
  input.files = data.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Runs on the page: milliseconds from frame to frame while the table scrolls from end to end. */
async function framesOf() {
  const table = /** @type {HTMLElement} */ (document.querySelector('#panel-leads regular-table'));
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())));
  const times = [];
  let last = Number(await frame());
  for (let step = 1; step <= 120; step += 1) {
    table.scrollTop = ((table.scrollHeight - table.clientHeight) * step) / 120;
    const now = Number(await frame());
    times.push(now - last);
    last = now;
  }
  return times;
}

/**
 * Runs on the page: seconds that the forecast of a pipeline of `count` deals takes with the record of all its quarters, and the lines of the record.
 * @param {number} count
 */
async function recordSeconds(count) {
  const at = '/pkg/index.js';
  const { createClient, preset } = await import(at);
  let csv = 'Deal ID,Stage,Status,Amount,Created Date,Close Date\n';
  const first = Date.UTC(2022, 0, 1) / 86_400_000;
  const days = 15 * 91;
  const written = (/** @type {number} */ day) => new Date(day * 86_400_000).toISOString().slice(0, 10);
  for (let i = 0; i < count; i += 1) {
    const created = first + Math.floor((i * days) / count);
    const closed = created + 20 + ((i * 7919) % 120);
    const isOpen = closed >= first + days;
    const won = (i * 37) % 100 < 40;
    csv += `D${i},${isOpen ? 'Proposal' : won ? 'Won' : 'Lost'},${isOpen ? 'Open' : won ? 'Won' : 'Lost'},${1_000 + ((i * 104_729) % 90_000)},${written(created)},${written(closed)}\n`;
  }
  const asOf = written(first + days - 1);
  const client = createClient({ workers: 1 });
  const handle = await client.openDeals(csv, { asOf });
  const model = await preset('sales-led');
  const start = performance.now();
  await handle.forecast(model, { asOf });
  const record = await handle.trackRecord();
  const seconds = (performance.now() - start) / 1000;
  client.dispose();
  return { seconds, rows: record?.rows.length ?? 0 };
}
