import assert from 'node:assert/strict';
import { inBrowsers } from './harness.js';

inBrowsers('the module loads in the browser', async ({ page, url }) => {
  await page.goto(`${url}blank.html`);
  const version = await page.evaluate(async () => {
    const path = '/pkg/wasm/leadcast.js';
    const glue = await import(path);
    await glue.default({ module_or_path: '/pkg/wasm/leadcast_bg.wasm' });
    return glue.version();
  });
  assert.match(version, /^\d+\.\d+\.\d+$/);
}, { site: { mounts: { '/pkg/': 'pkg', '/': 'tests/browser/pages' }, headers: {} } });
