// The Forecast tab as a sales leader uses it, in both browsers. A page that is open serves several claims: opening costs most.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inBrowsers } from './harness.js';
import { downloaded, fill, giveFile, giveFiles, idle, openSamplePipeline, press, says, showTab, text, visit } from './page.js';

/** @typedef {import('puppeteer-core').Page} Page */

/** Has the page note what it asks of its workers. @param {Page} page */
async function listening(page) {
  await page.evaluateOnNewDocument(() => {
    const here = /** @type {any} */ (globalThis);
    here.asked = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
      if (message?.name) here.asked.push(message.name);
      return post.call(this, message, ...rest);
    };
  });
}

/** @param {Page} page @param {string} line */
function slider(page, line) {
  return page.$eval(`#handle-${line}`, (handle) => ({
    now: Number(handle.getAttribute('aria-valuenow')), says: (handle.getAttribute('aria-valuetext') ?? '').replaceAll('\u00a0', ' '), name: handle.getAttribute('aria-label'), role: handle.getAttribute('role'),
  }));
}

inBrowsers('another quota waits for no question about the last one, and what is asked comes after the answer', async ({ page, url }) => {
  await listening(page);
  await visit(page, url);
  await showTab(page, 'forecast');
  await page.click('#sample-forecast');
  await page.waitForSelector('#forecast-headline');
  await page.evaluate(() => {
    const field = /** @type {HTMLInputElement} */ (document.querySelector('#quota'));
    field.value = '1.5M';
    /** @type {any} */ (globalThis).asked.push('another quota');
    /** @type {HTMLElement} */ (document.querySelector('#setup-go')).click();
  });
  await says(page, '#forecast-headline', /\$1\.5M/);
  // The last question of all, asked of the forecast of this quota.
  await page.waitForFunction(() => {
    const { asked } = /** @type {any} */ (globalThis);
    return asked.indexOf('trackRecord', asked.indexOf('another quota')) >= 0;
  });
  const asked = await page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (globalThis).asked));
  const after = asked.slice(asked.indexOf('another quota') + 1);
  assert.ok(['simulate', 'part', 'absorb'].includes(after[0] ?? ''), `first the forecast, not ${after.slice(0, 4)}`);
  const questions = ['totals', 'manage', 'gates', 'fan', 'trackRecord'];
  const rest = after.slice(after.lastIndexOf('dealWindow') + 1).filter((name) => questions.includes(name));
  assert.deepEqual(rest, questions, 'each question once, behind the forecast');
  assert.deepEqual(after.slice(0, after.lastIndexOf('dealWindow')).filter((name) => questions.includes(name)), [], 'no question in front of it');
});

inBrowsers('quota and call move by pointer and by keys with their odds, and the period is seen filling up', async ({ page, url }) => {
  await visit(page, url);
  await openSamplePipeline(page);
  await page.waitForFunction(() => /to reach/.test(document.querySelector('#handle-quota')?.getAttribute('aria-valuetext') ?? ''));
  const quota = await slider(page, 'quota');
  assert.deepEqual([quota.role, quota.name, quota.now], ['slider', 'Quota', 1_000_000]);
  const odds = await text(page, '.tile dd');
  assert.ok(quota.says.includes(`${odds} to reach`), `${quota.says} is what the tile says, ${odds}`);

  // By pointer: the odds follow while it is held, the forecast once it is let go.
  const grip = /** @type {{ x: number, y: number }} */ (await page.evaluate(() => {
    const handle = /** @type {HTMLElement} */ (document.querySelector('#handle-quota'));
    handle.scrollIntoView({ block: 'center' });
    const { left, width, bottom } = handle.getBoundingClientRect();
    return { x: left + width / 2, y: bottom - 12 };
  }));
  const headline = await text(page, '#forecast-headline');
  await page.mouse.move(grip.x, grip.y);
  await page.mouse.down();
  await page.mouse.move(grip.x + 40, grip.y, { steps: 4 });
  await page.mouse.move(grip.x + 80, grip.y, { steps: 4 });
  const held = await slider(page, 'quota');
  assert.ok(held.now > quota.now, `${held.now} is more than ${quota.now}`);
  await says(page, '.tile .note', /^at \$/);
  assert.ok(held.says.includes(`${await text(page, '.tile dd')} to reach`), held.says);
  assert.equal(await text(page, '#forecast-headline'), headline, 'nothing is forecast while it is held');
  await page.mouse.up();
  await page.waitForFunction((last) => (document.querySelector('#forecast-headline')?.textContent ?? '').replaceAll(/[\u00a0\u202f]/g, ' ') !== last, {}, headline);
  await says(page, '.tile .note', /simulation error/);
  assert.equal(await page.$eval('#quota', (field) => /** @type {HTMLInputElement} */ (field).value), String(held.now));
  assert.ok(held.says.includes(`${await text(page, '.tile dd')} to reach`), 'the forecast says what the line said');

  // By keys: up, far down, to the end; set once they rest.
  await page.focus('#handle-quota');
  await page.keyboard.press('ArrowRight');
  const right = await slider(page, 'quota');
  await page.keyboard.press('PageDown');
  const down = await slider(page, 'quota');
  assert.ok(right.now > held.now && down.now < held.now, `${right.now} > ${held.now} > ${down.now}`);
  await page.waitForFunction((value) => /** @type {HTMLInputElement} */ (document.querySelector('#quota')).value === value, {}, String(down.now));
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'handle-quota', 'the line keeps the focus');

  await page.focus('#handle-call');
  assert.equal((await slider(page, 'call')).name, 'Commit');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await says(page, '.tiles', /Your call/);
  await page.waitForFunction(() => document.querySelector('#handle-call')?.getAttribute('aria-label') === 'Your call');

  await press(page, '#chart-fan');
  const fan = await page.waitForSelector('.plot-fan svg[role="img"]');
  const name = (await fan?.evaluate((svg) => svg.getAttribute('aria-label') ?? '')) ?? '';
  const tiles = (await text(page, '.tiles')).replaceAll(/\s+/g, ' ');
  const p50 = /P50, (\S+) likely|by .* P50 ([^,]+),/.exec(name);
  assert.match(name, /^How \d{4} Q\d fills up: won so far \$[\d.]+[KM]?, by .+ P10 \$.+, P50 \$.+, P90 \$.+, quota \$/);
  assert.ok(tiles.includes(`P50${p50?.[2]}`), `the fan ends at the forecast: ${name} beside ${tiles}`);
  const rows = await page.evaluate(() => [...document.querySelectorAll('.chart .twin table')].at(0)?.querySelectorAll('tbody tr').length ?? 0);
  assert.ok(rows > 5, `${rows} days behind the drawing`);
  const bars = await page.$eval('#category-bars svg[role="img"]', (svg) => svg.getAttribute('aria-label') ?? '');
  const lines = await page.evaluate(() => [...document.querySelectorAll('#categories tbody tr')].map((row) => [row.querySelector('th')?.textContent, ...[...row.querySelectorAll('td')].map((cell) => cell.textContent)]));
  for (const [category, , called, median] of lines) assert.ok(bars.includes(`${category} called ${called}, P50 ${median}`), `${category} is drawn as the table tells: ${bars}`);
});

inBrowsers('a forecast of hostile text is saved as one document that shows it as text, runs nothing and asks for nothing', async ({ page, url, name: browser }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  const bait = '<img src=http://127.0.0.1:9/x onerror=document.title=`caught`><script>document.title=1</script>';
  const names = [`${bait} & co`, '</title></style></main><svg onload=alert(1)>', '"><iframe srcdoc=<b>x</b>>', "javascript:alert('1')", '\u202egnp.exe', '=1+1'];
  const quoted = (/** @type {string} */ text) => `"${text.replaceAll('"', '""')}"`;
  const rows = names.map((name, i) => [`D${i}`, name, `${name} Ltd`, i % 2 ? 'Proposal' : name, name, String(1000 * (i + 3)), '2026-01-05', '2026-03-20'].map(quoted).join(','));
  await giveFile(page, '#file-forecast', `${'<b>x'}.csv`, `Deal ID,Deal Name,Account Name,Stage,Owner,Amount,Created Date,Close Date\n${rows.join('\n')}\n`);
  await page.waitForSelector('#gates[aria-busy="false"]');
  await idle(page);
  const grade = await text(page, '#quality-forecast strong');
  if (browser === 'chromium') {
    // Firefox's protocol shows no page as it is printed.
    await page.emulateMediaType('print');
    const shown = await page.evaluate(() => ['.paper', '.tiles', '.setup', '.top', '.hand-on', '.grid-host'].map((part) => document.querySelector(`#app ${part}`)?.checkVisibility() ?? false));
    assert.deepEqual(shown, [true, true, false, false, false, false], 'paper holds figures and deals, and nothing to press');
    await page.emulateMediaType();
  }
  const { name, content } = await downloaded(page, () => press(page, '#save-report'));
  assert.match(name, /-forecast-\d{4}-\d{2}-\d{2}\.html$/);

  const folder = mkdtempSync(join(tmpdir(), 'leadcast-report-'));
  const path = join(folder, 'report.html');
  writeFileSync(path, content);
  const paper = await page.browserContext().newPage();
  try {
    /** @type {string[]} */
    const asked = [];
    paper.on('request', (request) => asked.push(request.url()));
    await paper.goto(pathToFileURL(path).href);
    const found = await paper.evaluate(() => ({
      title: document.title, text: document.body.textContent ?? '', styled: document.styleSheets.length, drawings: document.querySelectorAll('figure svg').length,
      bad: document.querySelectorAll('script, img, iframe, object, link, [onload], [onerror], [srcdoc], a[href]').length,
      names: [...document.querySelectorAll('section:last-of-type bdi, section bdi')].map((cell) => cell.textContent),
    }));
    assert.deepEqual(asked.filter((address) => !/^(file|data):/.test(address)), [], 'nothing is asked of a network');
    assert.deepEqual([found.bad, found.styled > 0, found.drawings >= 2], [0, true, true]);
    assert.ok(found.title.startsWith('Forecast, '), found.title);
    for (const wanted of [...names.filter((one) => !one.startsWith('\u202e')), '\ufffdgnp.exe']) assert.ok(found.names.includes(wanted), `${wanted} stands as text`);
    assert.ok(found.text.includes(`${grade}, `) && /As of/.test(found.text) && /ModelOperating model|ModelSales/i.test(found.text), found.text.slice(0, 400));
    if (browser === 'chromium') {
      const pdf = await paper.pdf({ format: 'A4', printBackground: true });
      assert.ok(pdf.length > 10_000, `${pdf.length} bytes on paper`);
    }
  } finally {
    await paper.close();
    rmSync(folder, { recursive: true });
  }
  assert.equal(await page.evaluate(() => document.querySelectorAll('#app img, #app script, #app iframe').length), 0);
});

inBrowsers('a forecast that is stopped leaves the one that stands, with everything that was still to be asked of it', async ({ page, url }) => {
  await listening(page);
  await visit(page, url);
  await showTab(page, 'forecast');
  await page.click('#sample-forecast');
  await page.waitForSelector('#forecast-headline');
  const headline = await text(page, '#forecast-headline');
  await page.evaluate(() => {
    const here = /** @type {any} */ (globalThis);
    here.wasAsked = here.asked.includes('trackRecord');
    const watcher = new MutationObserver(() => {
      if (!/^Simulating/.test(document.querySelector('#busy-label')?.textContent ?? '')) return;
      watcher.disconnect();
      /** @type {HTMLElement} */ (document.querySelector('.busy button')).click();
    });
    watcher.observe(document.body, { childList: true, subtree: true });
    const field = /** @type {HTMLSelectElement} */ (document.querySelector('#period'));
    field.value = 'month';
    /** @type {HTMLElement} */ (document.querySelector('#setup-go')).click();
  });
  await says(page, '[role="status"].visually-hidden', 'Stopped.');
  for (const part of ['#manager', '#gates', '#record']) await page.waitForSelector(`${part}[aria-busy="false"]`);
  await page.waitForSelector('#record svg');
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).wasAsked), false, 'it was stopped while questions were open');
  assert.equal(await text(page, '#forecast-headline'), headline);
  await page.waitForFunction(() => /to reach/.test(document.querySelector('#handle-quota')?.getAttribute('aria-valuetext') ?? ''));
});

inBrowsers('a line that is let go of by the browser goes back, and one that is held beside itself does not jump', async ({ page, url }) => {
  await visit(page, url);
  await openSamplePipeline(page);
  const quota = await slider(page, 'quota');
  const grip = /** @type {{ x: number, y: number }} */ (await page.evaluate(() => {
    const handle = /** @type {HTMLElement} */ (document.querySelector('#handle-quota'));
    handle.scrollIntoView({ block: 'center' });
    const { left, width, bottom } = handle.getBoundingClientRect();
    return { x: left + width / 2, y: bottom - 12 };
  }));
  await page.mouse.move(grip.x + 10, grip.y);
  await page.mouse.down();
  await page.mouse.move(grip.x + 11, grip.y);
  const held = await slider(page, 'quota');
  assert.equal(held.now, quota.now, 'a pixel is less than a step');
  await page.mouse.move(grip.x + 60, grip.y, { steps: 4 });
  await says(page, '.tile .note', /^at \$/);
  await page.evaluate(() => document.querySelector('#handle-quota')?.dispatchEvent(new PointerEvent('pointercancel')));
  await says(page, '.tile .note', /simulation error/);
  assert.deepEqual(await slider(page, 'quota'), quota);
  await page.mouse.up();
  assert.deepEqual(await slider(page, 'quota'), quota);
  await page.focus('#handle-quota');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await says(page, '.tile .note', /simulation error/);
  assert.deepEqual(await slider(page, 'quota'), quota);
});

inBrowsers('a report holds one forecast: what was asked of the last one stays out of it', async ({ page, url }) => {
  await page.evaluateOnNewDocument(() => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
      const here = /** @type {any} */ (globalThis);
      if (here.held && here.held.includes(message?.name)) return;
      return post.call(this, message, ...rest);
    };
  });
  await visit(page, url);
  await openSamplePipeline(page);
  await press(page, '#sample-previous');
  await page.waitForSelector('#changes[aria-busy="false"] #changes-sentence');
  await page.waitForSelector('#record[aria-busy="false"] svg');
  await page.focus('#handle-call');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await says(page, '.tiles', /Your call/);
  await press(page, '#what-if > summary');
  await fill(page, '#what-if-how', 'win');
  await press(page, '#change-deal');
  await says(page, '#scenarios tr.draft', /As set here.*\+/);
  await says(page, '#scenarios tr.draft', /: won/);
  await press(page, '#keep-scenario');
  await says(page, '#scenarios tbody tr:nth-child(2) th', /: won$/);
  await fill(page, '#what-if-days', '20');
  await fill(page, '#what-if-how', 'drop');
  await press(page, '#change-deal');
  await fill(page, '#scenario-name', 'A bad month');
  await press(page, '#keep-scenario');
  await says(page, '#scenarios tbody tr:nth-child(3) th', /A bad month.*: lost.*time to close \+20 days/s);
  await fill(page, '#what-if-pipeline', '100000');
  await fill(page, '#what-if-reps', '1');
  // The model's people carry 228,000 on average and bring 85 % of it.
  assert.equal(await page.$eval('#what-if-rep', (field) => /** @type {HTMLInputElement} */ (field).value), '193800');
  await says(page, '#scenarios tr.draft', /As set here.*more pipeline.*1 more sales person \$194K a quarter.*\+/s);
  await fill(page, '#what-if-reps', '0');
  await says(page, '#scenarios tr.draft', /As set here.*more pipeline.*\+/s);
  await press(page, '#seek-goal');
  await page.waitForSelector('#goal-answers li');
  const goal = await text(page, '#goal-answers li');
  const full = await downloaded(page, () => press(page, '#save-report'));
  const parts = ['How 20', 'What changed since', 'Seen from day', 'to reach</dd>', 'Stage gates', 'As set on the page', 'A bad month', 'time to close +20 days', 'more pipeline</bdi>', goal.slice(1, 30)];
  for (const part of parts) assert.ok(full.content.includes(part), `${part} stands in the report`);

  await page.evaluate(() => { /** @type {any} */ (globalThis).held = ['totals']; });
  await page.$eval('#quota', (field) => { /** @type {HTMLInputElement} */ (field).value = '1.5M'; });
  await press(page, '#setup-go');
  await says(page, '#forecast-headline', /\$1\.5M/);
  const bare = await downloaded(page, () => press(page, '#save-report'));
  for (const part of parts) assert.ok(!bare.content.includes(part), `${part} is of the last forecast`);
  assert.ok(bare.content.includes('1,500,000'), 'the forecast itself is the new one');
  assert.ok(await page.$('#record[aria-busy="true"]') && await page.$('#changes[aria-busy="true"]'), 'what stands on the page is marked as of before');
  await says(page, '.tiles', /… to reach/);
});

inBrowsers('any open deal is found for a what-if, however small', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  const deals = Array.from({ length: 130 }, (_, i) => `D${i},Deal ${i} of ${i === 129 ? 'Zebra' : 'Horse'} Ltd,Proposal,${100_000 - 700 * i},2027-02-01,2026-09-01`);
  await giveFile(page, '#file-forecast', 'many.csv', `Deal ID,Deal Name,Stage,Amount,Close Date,Created Date\n${deals.join('\n')}\n`);
  await page.waitForSelector('#what-if');
  await press(page, '#what-if > summary');
  await says(page, '#what-if-found', /^The 100 largest of 130 deals can be chosen\.$/);
  await fill(page, '#what-if-find', 'zebra');
  await says(page, '#what-if-found', /^1 deal found\.$/);
  await fill(page, '#what-if-how', 'win');
  await press(page, '#change-deal');
  await says(page, '.what-if-changes', /Deal 129 of Zebra Ltd: won/);
  await says(page, '#scenarios tr.draft', /As set here/);
  await fill(page, '#what-if-find', 'no such deal');
  await says(page, '#what-if-found', /^0 deals found\.$/);
  await press(page, '#change-deal');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'what-if-find');
});

inBrowsers('the track record is told by week of the quarter once it is asked for, can be stopped, and gives way to another forecast', async ({ page, url }) => {
  await listening(page);
  await visit(page, url);
  await openSamplePipeline(page);
  await page.waitForSelector('#record[aria-busy="false"] svg');
  const asked = () => page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (globalThis).asked).filter((name) => name === 'backtest').length);
  assert.deepEqual([await asked(), await page.$('#weeks svg')], [0, null], 'it takes a while: not unasked');

  // Stopped at its first sign of life.
  await page.evaluate(() => {
    const watcher = new MutationObserver(() => {
      if (!/^Looking at each week/.test(document.querySelector('#busy-label')?.textContent ?? '')) return;
      watcher.disconnect();
      /** @type {HTMLElement} */ (document.querySelector('.busy button')).click();
    });
    watcher.observe(document.body, { childList: true, subtree: true });
  });
  await press(page, '#ask-weeks');
  await says(page, '[role="status"].visually-hidden', 'Stopped.');
  await idle(page);
  assert.equal(await page.$('#weeks svg, #weeks .problem'), null);

  // Another forecast does not wait for it.
  await press(page, '#ask-weeks');
  await page.$eval('#quota', (field) => { /** @type {HTMLInputElement} */ (field).value = '1.5M'; });
  await press(page, '#setup-go');
  await says(page, '#forecast-headline', /\$1\.5M/);
  await page.waitForSelector('#record[aria-busy="false"] svg');
  await idle(page);
  assert.equal(await page.$('#weeks svg'), null);

  await press(page, '#ask-weeks');
  const drawing = await page.waitForSelector('#weeks .plot-weeks-plot svg[role="img"]');
  const quarters = await page.$$eval('#record-table tbody tr', (rows) => rows.length);
  assert.match(await drawing?.evaluate((svg) => svg.getAttribute('aria-label') ?? '') ?? '', new RegExp(`^Error by week of the quarter, over ${quarters} quarters$`));
  const said = await text(page, '#weeks-say');
  assert.match(said, /^Half of the forecasts were off by less than \d+ % at the end of week 2 \(mark 5 %, which \d+ % kept; noise alone \d+ %\), \d+ % at the end of week 6 \(mark 10 %, .*week 7 \(mark 10 %/);
  const heads = await page.$$eval('#weeks th[scope="col"]', (cells) => cells.map((cell) => cell.textContent?.replaceAll('\u00a0', ' ')));
  const saved = await downloaded(page, () => press(page, '#save-report'));
  assert.ok(saved.content.includes('>week 12<'), 'the weeks stand in the report');
  assert.deepEqual(heads.slice(1), ['Quarters', 'Off by, median', 'Noise alone', 'Mark', 'Within it', 'CRPS', 'Pinball', 'Inside 50 %', 'Inside 80 %', 'Inside 90 %', 'Last quarter', 'Run rate', 'Linearity', 'Weighted']);
  const rows = await page.$$eval('#weeks tbody tr', (lines) => lines.map((line) => [...line.children].map((cell) => cell.textContent ?? '')));
  assert.deepEqual(rows.map(([week]) => week), Array.from({ length: 12 }, (_, i) => `week ${i + 1}`));
  for (const row of rows) assert.ok(Number(row[1]) === quarters && /%$/.test(row[2] ?? '') && /%$/.test(row[6] ?? ''), row.join(' '));
  assert.equal(await page.$('#ask-weeks'), null);

  // Of another quota the past is the same; of another day it is asked anew.
  await page.$eval('#quota', (field) => { /** @type {HTMLInputElement} */ (field).value = '1.2M'; });
  await press(page, '#setup-go');
  await says(page, '#forecast-headline', /\$1\.2M/);
  await page.waitForSelector('#record[aria-busy="false"] svg');
  assert.ok(await page.$('#weeks svg'));
  await page.$eval('#as-of', (field) => { /** @type {HTMLInputElement} */ (field).value = '2026-11-02'; });
  await press(page, '#setup-go');
  await page.waitForSelector('#ask-weeks');
  assert.equal(await page.$('#weeks svg'), null);
});

inBrowsers('a question that fails says so in its place', async ({ page, url }) => {
  await page.evaluateOnNewDocument(() => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
      const isBroken = ['fan', 'trackRecord'].includes(message?.name);
      return post.call(this, isBroken ? { ...message, name: 'nothing' } : message, ...rest);
    };
  });
  await visit(page, url);
  await showTab(page, 'forecast');
  await page.click('#sample-forecast');
  await page.waitForSelector('#record .problem[data-code="engine-stopped"]');
  await press(page, '#chart-fan');
  await page.waitForSelector('.chart-card .problem[data-code="engine-stopped"]');
});

inBrowsers('an old export is forecast from the day after a quarter that ended with it, and one without amounts is not taken for one', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  const rows = [['Won', '2017-12-31'], ['Won', '2017-11-30'], ['Proposal', ''], ['Proposal', '']].map(([stage, closed], i) => `D${i},${stage},${1000 * (i + 1)},2017-10-0${i + 1},${closed}`);
  await giveFile(page, '#file-forecast', 'old.csv', `Deal ID,Stage,Amount,Created Date,Close Date\n${rows.join('\n')}\n`);
  await says(page, '.forecast-head .over', 'Forecast of 2018 Q1');
  await says(page, '.forecast-head .chips', /as of Jan 1, 2018; the day after the newest date in the file, with which a quarter ended/);
  assert.equal(await page.$('.problem'), null);
  await giveFile(page, '#file-forecast', 'words.csv', 'Deal ID,Deal Name,Stage,Close Date,Created Date\nD1,x,Proposal,2026-03-20,2026-01-01\nD2,y,Proposal,2026-03-21,2026-01-02\n');
  await page.waitForSelector('.problem[data-code="no-amount-column"]');
  await says(page, '.problem', /every figure below is 0/);
});

inBrowsers('each category stands beside what it delivered as seen from the same day of the quarter before, where a log tells', async ({ page, url }) => {
  await visit(page, url);
  await showTab(page, 'forecast');
  const deals = [
    'Deal ID,Stage,Status,Amount,Created Date,Close Date,Forecast Category',
    'c,Closed Won,Won,2000,2025-10-02,2026-03-30,Closed', 'b,Closed Lost,Lost,6000,2025-10-02,2026-03-10,Omitted',
    'd,Negotiation,Open,500,2026-01-02,2026-06-10,Commit', 'h,Closed Won,Won,900,2026-01-02,2026-04-10,Closed',
  ].join('\n');
  // From 2026-04-10, the newest day of the file: on 2026-01-10 both were called, 2,000 of 8,000 came.
  const log = 'deal_id,stage,entered,close date,forecast category\nc,Negotiation,2026-01-05,2026-03-15,Commit\nb,Negotiation,2026-01-06,2026-03-20,Commit\n';
  await giveFile(page, '#file-forecast', 'deals.csv', `${deals}\n`);
  await says(page, '#delivered', /^How much of such calls came in earlier periods is told once a log of changes, earlier exports or kept weeks are attached\.$/);
  await giveFiles(page, '#file-forecast', { 'deals.csv': `${deals}\n`, 'history.csv': log });
  await says(page, '#delivered', /^Delivered before: of what was called for the period .+ Commit 25 % \(2 deals in 1 period; added up \$1\.0\dK\)\.$/);
  await says(page, '#categories', /Delivered before/);
  await says(page, '#categories .category-commit', /25 %, so \$125/);
});
