// The import in Chromium, from a file as a person chooses it to scores, in the worker that the page uses, beside PapaParse on the
// same file.

import puppeteer from 'puppeteer-core';
import { serve } from '../xtask/serve.js';
import { browsers } from '../xtask/setup.js';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-dev-shm-usage'];
const SITE = { mounts: { '/pkg/': 'pkg', '/papaparse/': 'node_modules/papaparse', '/': 'tests/browser/pages' }, headers: {} };

/**
 * Seconds for both, the least of so many rounds; `null` without a Chromium.
 *
 * @param {{ leadFile: (count: number) => string, rows: number, model: object, run: { asOf: string }, rounds: number }} job
 * @returns {Promise<{ version: string, ours: number, peer: number, rows: number, bytes: number, scored: number, parsed: number } | null>}
 */
export async function importInChromium({ leadFile, rows, model, run, rounds }) {
  const { chromium } = await browsers().catch(() => ({ chromium: undefined }));
  if (!chromium) return null;
  const server = await serve(SITE);
  const browser = await puppeteer.launch({ browser: 'chrome', executablePath: chromium, headless: true, args: FLAGS, protocolTimeout: 600_000 });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}blank.html`);
    await page.addScriptTag({ url: '/papaparse/papaparse.min.js' });
    const result = await page.evaluate(inPage, leadFile.toString(), rows, model, run, rounds);
    return { version: await browser.version(), rows, ...result };
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * Runs in the page, and so uses nothing from outside.
 *
 * @param {string} source @param {number} rows @param {any} model @param {any} run @param {number} rounds
 */
async function inPage(source, rows, model, run, rounds) {
  const file = new File([new Function(`return (${source})`)()(rows)], 'leads.csv');
  const entry = '/pkg/index.js';
  const { createClient } = await import(entry);
  const client = createClient({ workers: 1 });
  let [ours, peer, scored, parsed] = [Infinity, Infinity, 0, 0];
  for (let round = 0; round < rounds; round += 1) {
    let start = performance.now();
    const leads = await client.openLeads(file, run);
    scored = (await leads.score(model, run)).counts.leads;
    ours = Math.min(ours, (performance.now() - start) / 1000);
    await leads.dispose();
    parsed = 0;
    start = performance.now();
    await new Promise((resolve, reject) => {
      const chunk = (/** @type {{ data: unknown[] }} */ { data }) => { parsed += data.length; };
      /** @type {any} */ (globalThis).Papa.parse(file, { header: true, skipEmptyLines: true, chunk, complete: resolve, error: reject });
    });
    peer = Math.min(peer, (performance.now() - start) / 1000);
  }
  client.dispose();
  return { ours, peer, scored, parsed, bytes: file.size };
}
