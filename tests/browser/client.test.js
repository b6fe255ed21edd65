import { cases } from '../suite.js';
import { inBrowsers } from './harness.js';

const site = { mounts: { '/pkg/': 'pkg', '/tests/': 'tests', '/': 'tests/browser/pages' }, headers: {} };

for (const workers of [0, 1, 2]) {
  inBrowsers(`a client keeps its promises with ${workers} workers`, async ({ page, url }) => {
    await page.goto(`${url}blank.html`);
    for (const name of Object.keys(cases)) {
      await page.evaluate(async (name, workers) => {
        const [entry, suite] = ['/pkg/index.js', '/tests/suite.js'];
        const [lib, { cases }] = await Promise.all([import(entry), import(suite)]);
        await cases[name]({ lib, workers });
      }, name, workers);
    }
  }, { site });
}
