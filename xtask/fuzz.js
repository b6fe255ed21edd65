// `npm run fuzz [-- --seconds N] [--minimize] [TARGET…]`: looks for inputs that break a target, guided by the code they reach. What it
// finds new is kept in target/fuzz; `--minimize` puts the smallest set that reaches the same code into fuzz/corpus.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Failure, main, root, run, step } from './tools.js';

/** Counts the edges of the crate's code; the pass is part of stable Rust's compiler. */
const INSTRUMENTED = [
  '-Cpasses=sancov-module', '-Cllvm-args=-sanitizer-coverage-level=3', '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters',
  '-Cllvm-args=-sanitizer-coverage-pc-table',
];
const found = join(root, 'target/fuzz/found');
const corpus = join(root, 'fuzz/corpus');

/** The targets' names. */
const targets = readdirSync(join(root, 'fuzz/targets')).map((file) => file.replace('.rs', '')).sort();

/** Builds every target; returns the folder they are in. */
async function build() {
  const { host } = /** @type {{ host: string }} */ (/^host: (?<host>\S+)$/m.exec(await run('rustc', ['-vV']))?.groups);
  const args = ['build', '--quiet', '--locked', '--release', '--bins', '--manifest-path', 'fuzz/Cargo.toml', '--target-dir', 'target/fuzz'];
  // A target of its own, even if it is this machine: so build scripts and macros are not instrumented.
  await run('cargo', [...args, '--target', host], { env: { CARGO_ENCODED_RUSTFLAGS: INSTRUMENTED.join('\x1f') } });
  return join(root, 'target/fuzz', host, 'release');
}

/**
 * Runs one target from the tracked corpus and what was found before.
 *
 * @param {string} folder where the targets are
 * @param {string} target
 * @param {number} seconds
 * @param {boolean} show whether the fuzzer's own lines are shown
 * @returns {Promise<string>} how many inputs it ran
 */
async function fuzz(folder, target, seconds, show) {
  const [kept, own] = [join(corpus, target), join(found, target)];
  mkdirSync(own, { recursive: true });
  const options = [`-max_total_time=${seconds}`, '-timeout=20', '-rss_limit_mb=2048', '-max_len=4096', '-print_final_stats=1', `-dict=${join(root, 'fuzz/words.dict')}`,
    `-artifact_prefix=${join(root, 'target/fuzz', `${target}-`)}`];
  const output = await run(join(folder, target), [own, ...existsSync(kept) ? [kept] : [], ...options], { show });
  return `${Number(/number_of_executed_units: (\d+)/.exec(output)?.[1] ?? 0).toLocaleString('en')} inputs`;
}

/** The smallest set of inputs that reaches what all of them reach. @param {string} folder @param {string} target */
async function minimize(folder, target) {
  const smaller = join(root, 'target/fuzz/smaller', target);
  rmSync(smaller, { recursive: true, force: true });
  mkdirSync(smaller, { recursive: true });
  const [kept, own] = [join(corpus, target), join(found, target)];
  await run(join(folder, target), ['-merge=1', '-use_counters=0', '-max_len=4096', smaller, ...[kept, own].filter((path) => existsSync(path))]);
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(corpus, { recursive: true });
  renameSync(smaller, kept);
  return `${readdirSync(kept).length} inputs`;
}

/**
 * Every target for so many seconds, two at a time, for the full test run.
 *
 * @param {number} seconds
 */
export async function fuzzAll(seconds) {
  if (!await run('c++', ['--version']).catch(() => null)) return console.log('fuzzing: left out, because the fuzzer needs a C++ compiler (c++)');
  /** @type {string} */
  let folder = '';
  await step('fuzz targets', async () => { folder = await build(); });
  const lanes = [0, 1].map((lane) => targets.filter((_, i) => i % 2 === lane));
  await Promise.all(lanes.map(async (lane) => {
    for (const target of lane) await step(`fuzz ${target}`, () => fuzz(folder, target, seconds, false));
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '3600' }, minimize: { type: 'boolean', default: false } },
  });
  await main(async () => {
    const unknown = positionals.find((name) => !targets.includes(name));
    if (unknown) throw new Failure(`there is no target \`${unknown}\` (one of ${targets.join(', ')})`);
    const folder = await build();
    for (const target of positionals.length > 0 ? positionals : targets) {
      await step(target, () => (values.minimize ? minimize(folder, target) : fuzz(folder, target, Number(values.seconds), false)));
    }
  });
}
