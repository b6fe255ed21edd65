// `npm run pack`: builds and makes the npm package's tarball in the current folder.

import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.js';
import { main, root, run } from './tools.js';

/** What a package must carry and the repository keeps at its root. */
const COMPANIONS = ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'THIRD-PARTY-NOTICES', 'CHANGELOG.md'];

/**
 * Packs what is built.
 *
 * @param {string} destination folder of the tarball
 * @returns {Promise<{ path: string, files: string[], size: number }>}
 */
export async function pack(destination) {
  for (const name of COMPANIONS.filter((name) => existsSync(join(root, name)))) {
    copyFileSync(join(root, name), join(root, 'pkg', name));
  }
  const args = ['pack', './pkg', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', destination];
  const output = await run('npm', args);
  const [{ filename, files, size }] = JSON.parse(output.slice(output.indexOf('[')));
  const names = files.map((/** @type {{ path: string }} */ file) => file.path).sort();
  return { path: join(destination, filename), files: names, size };
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    await buildAll();
    const { path, size } = await pack(process.cwd());
    console.log(`\n${path}: ${size} bytes`);
  });
}
