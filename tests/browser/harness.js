// Runs a test body in Chromium and in Firefox, each time in a fresh profile on a page served from this machine.
//
//   inBrowsers('a dropped file is scored', async ({ page, url, requests }) => { … });
//
// A test fails on any uncaught error, console error or policy violation of the page, unless the body takes them out
// of `problems`.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { browsers as locate } from '../../xtask/setup.js';
import { serve } from '../../xtask/serve.js';

/** @typedef {'chromium' | 'firefox'} BrowserName */
/** @typedef {Parameters<typeof serve>[0]} Site */

/**
 * @typedef {object} Visit
 * @property {import('puppeteer-core').Page} page  a blank page; the body decides where it goes
 * @property {string} url  the address of the served site, with a final slash
 * @property {string[]} requests  every path the server was asked for, in order; grows while the test runs
 * @property {string[]} asked  every URL the page asked for, served by us or not
 * @property {string[]} problems  errors seen so far
 * @property {BrowserName} name
 */

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** @type {Map<BrowserName, Promise<import('puppeteer-core').Browser>>} */
const running = new Map();

after(async () => {
  for (const browser of running.values()) await (await browser).close();
});

/**
 * Registers one test per browser.
 *
 * @param {string} title
 * @param {(visit: Visit) => Promise<void>} body
 * @param {{ only?: BrowserName[], site?: Site | (() => Site), timeout?: number,
 *   viewport?: { width: number, height: number } }} [options] `site` goes to `serve`, when the test begins
 */
export function inBrowsers(title, body, { only = ['chromium', 'firefox'], site, timeout = 120_000, viewport } = {}) {
  for (const name of only) {
    test(`${title} (${name})`, { timeout }, async () => {
      const browser = await launch(name);
      const server = await serve(typeof site === 'function' ? site() : site);
      const context = await browser.createBrowserContext();
      try {
        const page = await context.newPage();
        await page.setViewport(viewport ?? { width: 1280, height: 800 });
        const { problems, asked } = watch(page);
        await body({ page, url: server.url, requests: server.requests, asked, problems, name });
        assert.deepEqual(problems, [], 'the page reported problems');
      } finally {
        await context.close();
        await server.close();
      }
    });
  }
}

/**
 * Fails if anything is asked of a network, by the page or by its workers through our server, while `work` runs.
 *
 * @param {Visit} visit
 * @param {() => Promise<void>} work
 */
export async function withoutRequests({ requests, asked }, work) {
  const [served, wished] = [requests.length, asked.length];
  await work();
  const outside = asked.slice(wished).filter((url) => !/^(blob|data):/.test(url));
  assert.deepEqual([...requests.slice(served), ...outside], [], 'something was asked of the network');
}

/** @param {BrowserName} name */
async function launch(name) {
  const known = running.get(name);
  if (known) return known;
  const { [name]: executablePath } = await locate();
  const browser =
    name === 'chromium'
      ? puppeteer.launch({ browser: 'chrome', executablePath, headless: true, args: CHROMIUM_FLAGS })
      : puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  running.set(name, browser);
  return browser;
}

/** @param {import('puppeteer-core').Page} page */
function watch(page) {
  /** @type {string[]} */
  const problems = [];
  /** @type {string[]} */
  const asked = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // A browser asks for an icon by itself; a page without one is no problem of the page.
    if (message.type() === 'error' && !/favicon/.test(message.location().url ?? '')) problems.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  return { problems, asked };
}
