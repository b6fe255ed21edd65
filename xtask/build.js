// `npm run build`: the WebAssembly module, the package's bundles, the page's libraries and samples.

import { setUp } from './setup.js';
import { main, run, step } from './tools.js';

/** Builds everything that is generated; what is unchanged is left alone. */
export async function buildAll() {
  await step('set-up', setUp);
  await buildParts();
}

/** The same after {@link setUp}. */
export async function buildParts() {
  await step('build pkg/wasm', async () => (await run('cargo', ['xtask', 'build'])).trim().split('\n').join('; '));
  const { bundlePackage, bundleVendor } = await import('./bundle.js'); // needs the npm packages
  await step('bundle pkg/wasm', bundlePackage);
  await step('bundle www/vendor', bundleVendor);
  await step('samples', () => run('cargo', ['xtask', 'samples']));
}

if (process.argv[1] === import.meta.filename) await main(buildAll);
