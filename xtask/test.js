// `npm test`: sets up and runs everything; the first failure stops with its output.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildParts } from './build.js';
import { fuzzAll } from './fuzz.js';
import { browsers, setUp } from './setup.js';
import { main, root, run, step } from './tools.js';

const checks = ['--manifest-path', 'checks/Cargo.toml'];
/** Links that lead nowhere are errors. */
const docs = ['--config', 'build.rustdocflags=["-Dwarnings"]'];
const wasm = ['--features', 'wasm', '--target', 'wasm32-unknown-unknown', '--lib'];

await main(async () => {
  await step('set-up', setUp);
  await step('browsers', async () => {
    const { chromium, firefox } = await browsers();
    process.env.LEADCAST_CHROMIUM = chromium;
    process.env.LEADCAST_FIREFOX = firefox;
  });
  await step('rustfmt', async () => {
    await run('cargo', ['fmt', '--all', '--check']);
    await run('cargo', ['fmt', '--check', ...checks]);
    await run('cargo', ['fmt', '--check', '--manifest-path', 'fuzz/Cargo.toml']);
  });
  // The module is compiled on one core; the native half needs nothing of it and uses the others.
  await Promise.all([buildParts(), native()]);
  await step('clippy for WebAssembly', () => cargo('clippy', ...wasm, '--', '-Dwarnings'));
  await fuzzAll(10);
  await step('samples', async () => tally(await cargo('test', '--package', 'xtask', '--profile', 'xtask')));
  await step('types', () => run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.']));
  console.log('package, Node and browser tests');
  // Two files at a time: each waits for its browser most of its time.
  await run('node', ['--test', '--test-concurrency=2', '--test-reporter=spec', ...tests()], { show: true });
});

/** Everything that needs no module. */
async function native() {
  await step('clippy', () => cargo('clippy', '--workspace', '--all-targets', '--', '-Dwarnings'));
  await step('native tests', async () => tally(await cargo('test', '--features', 'schema')));
  await step('Rust documentation', () => cargo('doc', '--no-deps', '--lib', ...docs));
  await step('clippy of the properties', () =>
    cargo('clippy', ...checks, '--target-dir', 'target/checks', '--all-targets', '--', '-Dwarnings'));
  await step('properties', async () => tally(await cargo('test', ...checks, '--target-dir', 'target/checks')));
}

/** @param {...string} args */
function cargo(...args) {
  return run('cargo', [args[0] ?? '', '--quiet', '--locked', ...args.slice(1)]);
}

/** Adds up cargo's result lines. @param {string} output */
function tally(output) {
  let passed = 0;
  for (const [, count] of output.matchAll(/test result: ok\. (\d+) passed/g)) passed += Number(count);
  return `${passed} passed`;
}

/** The JavaScript test files, package first. */
function tests() {
  const folders = ['tests/js', 'tests/browser'].filter((folder) => existsSync(join(root, folder)));
  return folders.flatMap((folder) => {
    const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.js'));
    return files.sort().map((name) => join(folder, name));
  });
}
