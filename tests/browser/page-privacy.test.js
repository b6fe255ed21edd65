// Nothing leaves the page: not asked, not possible, and not counted wrongly.

import assert from 'node:assert/strict';
import { inBrowsers, withoutRequests } from './harness.js';
import { openSampleLeads, openSamplePipeline, press, rows, says, showTab, visit } from './page.js';

inBrowsers('from the first file on nothing is asked of the network', async (whole) => {
  const { page, url } = whole;
  await visit(page, url);
  await withoutRequests(whole, async () => {
    await openSampleLeads(page);
    await press(page, '#panel-leads regular-table tbody td');
    await page.waitForSelector('#reasons');
    await openSamplePipeline(page);
    await showTab(page, 'model');
    await showTab(page, 'leads');
    await rows(page, 'leads');
  });
  await says(page, '#network', 'Network: 0 requests since your file was opened');
});

inBrowsers('the browser refuses every way out of the page and of its workers', async ({ page, url, requests, problems }) => {
  await visit(page, url);
  await openSampleLeads(page);
  const before = requests.length;
  const tried = await page.evaluate(async () => {
    const refused = (/** @type {Promise<unknown>} */ promise) => promise.then(() => 'went out', () => 'refused');
    const inWorker = new Promise((resolve, reject) => {
      const source = `fetch('${location.origin}/leak-from-worker').then(() => postMessage('went out'), () => postMessage('refused'))`;
      const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = reject;
    });
    const byUrl = new Promise((resolve) => {
      try {
        const worker = new Worker('/pkg/wasm/worker.js', { type: 'module' });
        worker.onerror = () => resolve('refused');
        worker.onmessage = () => resolve('went out');
      } catch {
        resolve('refused');
      }
    });
    const picture = new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve('went out');
      image.onerror = () => resolve('refused');
      image.src = '/leak.png';
    });
    const socket = refused(new Promise((resolve, reject) => {
      const one = new WebSocket(`ws://${location.host}/leak`);
      one.onopen = resolve;
      one.onerror = reject;
    }));
    return {
      fetch: await refused(fetch('/leak')),
      worker: await inWorker,
      workerByUrl: await byUrl,
      picture: await picture,
      socket: await socket,
      beacon: navigator.sendBeacon('/leak', 'x') ? 'queued' : 'refused',
    };
  });
  const { beacon, ...others } = tried;
  assert.deepEqual(others, { fetch: 'refused', worker: 'refused', workerByUrl: 'refused', picture: 'refused', socket: 'refused' });
  assert.ok(['queued', 'refused'].includes(beacon)); // A browser may take a beacon and refuse it later; the server has the last word.
  assert.deepEqual(requests.slice(before), [], 'nothing reached the server');
  assert.ok(problems.length > 0, 'the browser reported the refusals');
  problems.length = 0;
});

inBrowsers('the page works under its policy without one violation', async ({ page, url, problems }) => {
  await page.evaluateOnNewDocument(() => {
    /** @type {any} */ (globalThis).violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      /** @type {any} */ (globalThis).violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  await visit(page, url);
  await openSampleLeads(page);
  await openSamplePipeline(page);
  for (const kind of ['exceedance', 'periods']) await press(page, `#chart-${kind}`);
  await page.waitForSelector('.plot-periods svg');
  await showTab(page, 'model');
  await press(page, '#section-json');
  await page.waitForSelector('#model-json');
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).violations), []);
  assert.deepEqual(problems, []);
});
