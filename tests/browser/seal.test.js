// A page that fetched everything beforehand can take the network away from itself and its workers, and still work.

import assert from 'node:assert/strict';
import { inBrowsers, withoutRequests } from './harness.js';

const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; img-src data:";
const site = {
  mounts: { '/pkg/': 'pkg', '/tests/': 'tests', '/': 'tests/browser/pages' },
  headers: { 'content-security-policy': policy },
};

inBrowsers('a sealed page forecasts, and neither it nor its worker can fetch', async (visit) => {
  const { page, url, problems } = visit;
  await page.goto(`${url}blank.html`);
  await page.evaluate(async () => {
    const entry = '/pkg/index.js';
    const lib = await import(entry);
    const { module, worker } = await lib.prefetch();
    const seal = document.createElement('meta');
    seal.httpEquiv = 'Content-Security-Policy';
    seal.content = "connect-src 'none'; worker-src blob:";
    document.head.append(seal);
    Object.assign(globalThis, { lib, client: lib.createClient({ module, worker, workers: 2 }), worker });
  });
  await withoutRequests(visit, async () => {
    const sentence = await page.evaluate(async () => {
      const { lib, client } = /** @type {any} */ (globalThis);
      const csv = 'Deal Name,Stage,Amount,Close Date,Created Date\nAcme,Proposal,120000,2026-03-20,2026-01-10\n';
      const deals = await client.openDeals(new File([csv], 'deals.csv'));
      const stop = AbortSignal.timeout(30);
      const long = { asOf: '2026-02-15', trials: 4_000_000 };
      await deals.forecast(await lib.preset('sales-led'), long, { signal: stop }).catch(() => {});
      return (await deals.forecast(await lib.preset('sales-led'), { asOf: '2026-02-15' })).headline.sentence;
    });
    assert.match(sentence, /P50 /);
  });
  assert.deepEqual(problems, []);
  const reached = await page.evaluate(async () => {
    const attempt = `fetch('${location.origin}/blank.html').then(() => 'reached', () => 'refused')`;
    const inPage = await fetch('/blank.html').then(() => 'reached', () => 'refused');
    const script = new Blob([`${attempt}.then((answer) => postMessage(answer))`], { type: 'text/javascript' });
    const probe = new Worker(URL.createObjectURL(script));
    const inWorker = await new Promise((resolve) => (probe.onmessage = ({ data }) => resolve(data)));
    return [inPage, inWorker];
  });
  assert.deepEqual(reached, ['refused', 'refused']);
  problems.length = 0; // Both refusals were reported, as they should be.
}, { site });
