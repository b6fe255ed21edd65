import { cases } from '../recovery.js';
import { inBrowsers } from './harness.js';

const site = { mounts: { '/pkg/': 'pkg', '/tests/': 'tests', '/': 'tests/browser/pages' }, headers: {} };

for (const name of Object.keys(cases)) {
  inBrowsers(name, async ({ page, url, problems }) => {
    await page.goto(`${url}blank.html`);
    await page.evaluate(async (name) => {
      const urls = ['/pkg/index.js', '/tests/recovery.js', '/tests/sabotage.js'];
      const [lib, { cases }, { sabotage }] = await Promise.all(urls.map((url) => import(url)));
      const source = await (await fetch('/pkg/wasm/worker.js')).text();
      /** @param {string} text */
      const script = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
      await cases[name]({
        lib,
        /** @param {string} how @param {string} name */
        async broken(how, name) {
          const [bad, good] = [script(sabotage(how, name) + source), script(source)];
          let started = 0;
          return () => new Worker(started++ === 0 ? bad : good);
        },
        /** @param {string} how @param {string} name */
        async breakHere(how, name) {
          await import(script(sabotage(how, name)));
        },
        nowhere: '/nowhere/worker.js',
        runs: 100,
      });
    }, name);
    // What is missing on purpose is reported by the browser as missing.
    const expected = problems.filter((text) => /404|nowhere/.test(text));
    for (const text of expected) problems.splice(problems.indexOf(text), 1);
  }, { site });
}
