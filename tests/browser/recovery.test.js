import { cases } from '../recovery.js';
import { inBrowsers } from './harness.js';

const site = { mounts: { '/pkg/': 'pkg', '/second/': 'pkg', '/tests/': 'tests', '/': 'tests/browser/pages' }, headers: {} };

for (const name of Object.keys(cases)) {
  inBrowsers(name, async ({ page, url, problems }) => {
    await page.goto(`${url}blank.html`);
    await page.evaluate(async (name) => {
      const urls = ['/pkg/index.js', '/second/index.js', '/tests/recovery.js'];
      const [lib, other, { cases }] = await Promise.all(urls.map((url) => import(url)));
      const source = await (await fetch('/pkg/wasm/worker.js')).text();
      /** @param {string} text */
      const script = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
      await cases[name]({
        lib,
        /** @param {string} sabotage */
        async broken(sabotage) {
          const [bad, good] = [script(sabotage + source), script(source)];
          let started = 0;
          return () => new Worker(started++ === 0 ? bad : good);
        },
        /** @param {string} sabotage */
        async runHere(sabotage) {
          await import(script(sabotage));
        },
        fresh: async () => () => new Worker(script(source)),
        bytes: async () => new Uint8Array(await (await fetch('/pkg/wasm/leadcast_bg.wasm')).arrayBuffer()),
        second: async () => other,
        nowhere: '/nowhere/worker.js',
      });
    }, name);
    // What is missing on purpose is reported by the browser as missing.
    const expected = problems.filter((text) => /404|nowhere/.test(text));
    for (const text of expected) problems.splice(problems.indexOf(text), 1);
  }, { site, timeout: 240_000 });
}
