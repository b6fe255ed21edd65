// Brings a machine with Rust and Node to where everything can be built; a second call only looks.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure, root, run } from './tools.js';

const TARGET = 'wasm32-unknown-unknown';

/** Installs what is missing: the npm packages of the lock file, the Rust target, rustfmt and clippy. */
export async function setUp() {
  await installPackages();
  await installRustParts();
}

/**
 * Where the two test browsers are: an environment variable, else the PATH, else freshly installed.
 *
 * @returns {Promise<{ chromium: string, firefox: string }>}
 */
export async function browsers() {
  const missing = wanted.filter(({ variable, names }) => !locate(variable, names));
  if (missing.length > 0) await installBrowsers(missing.map(({ debian }) => debian));
  const [chromium, firefox] = wanted.map(({ variable, names }) => locate(variable, names));
  if (!chromium || !firefox) throw new Failure(advice(wanted.map(({ debian }) => debian)));
  return { chromium, firefox };
}

const wanted = [
  {
    variable: 'LEADCAST_CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    debian: 'chromium',
  },
  { variable: 'LEADCAST_FIREFOX', names: ['firefox', 'firefox-esr'], debian: 'firefox-esr' },
];

async function installPackages() {
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  const stamp = join(root, 'node_modules/.leadcast-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('installing the npm packages of package-lock.json …');
  await run('npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, lock);
}

async function installRustParts() {
  try {
    await run('cargo', ['--version']);
  } catch {
    throw new Failure('cargo was not found (install Rust with rustup: https://rustup.rs)');
  }
  const installed = await run('rustup', ['component', 'list', '--installed']).catch(() => null);
  if (installed === null) return; // Rust without rustup: whoever set it up has to bring the target.
  if (!installed.includes(`rust-std-${TARGET}`)) {
    console.log(`adding the Rust target ${TARGET} …`);
    await run('rustup', ['target', 'add', TARGET]);
  }
  const tools = ['rustfmt', 'clippy'].filter((tool) => !installed.includes(`${tool}-`));
  if (tools.length > 0) await run('rustup', ['component', 'add', ...tools]);
}

/** @param {string} variable @param {string[]} names */
function locate(variable, names) {
  const chosen = process.env[variable];
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new Failure(`${variable} names ${chosen}, which does not exist`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** @param {string[]} packages */
async function installBrowsers(packages) {
  const apt = locate('LEADCAST_APT', ['apt-get']);
  if (process.getuid?.() !== 0 || !apt) throw new Failure(advice(packages));
  console.log(`installing ${packages.join(' and ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run(apt, ['update', '-q'], { env });
  await run(apt, ['install', '-q', '-y', '--no-install-recommends', ...packages], { env });
}

/** @param {string[]} packages */
function advice(packages) {
  return (
    `the browser tests need Chromium and Firefox (apt-get install ${packages.join(' ')}, ` +
    'or set LEADCAST_CHROMIUM and LEADCAST_FIREFOX)'
  );
}
