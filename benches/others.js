// Peers in other runtimes, each installed on first use into a folder of its own under `target/`; one that cannot be had is `null`.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../xtask/tools.js';

const PYTHON = ['numpy==2.4.6', 'scipy==1.17.1', 'scikit-learn==1.9.1'];
const DUCKDB = '@duckdb/duckdb-wasm@1.32.0';

/** A folder under `target/`. @param {string} name */
export function folder(name) {
  const path = join(root, 'target', name);
  mkdirSync(path, { recursive: true });
  return path;
}

/**
 * What a program prints as JSON.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ input?: string, env?: NodeJS.ProcessEnv }} [options]
 */
function json(program, args, { input, env } = {}) {
  const result = spawnSync(program, args, { cwd: root, ...(input === undefined ? {} : { input }), encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...env } });
  if (result.status !== 0) throw new Error(result.stderr || String(result.error));
  return JSON.parse(result.stdout);
}

/** Runs a Python peer on one thread. @param {string} script @param {object} input */
export function python(script, input) {
  const home = folder('bench-python');
  const program = join(home, 'bin/python');
  if (!existsSync(program) && spawnSync('python3', ['-m', 'venv', home]).status !== 0) return null;
  if (spawnSync(program, ['-c', 'import numpy, sklearn']).status !== 0 && spawnSync(program, ['-m', 'pip', 'install', '--quiet', ...PYTHON]).status !== 0) return null;
  return json(program, [join(root, 'benches/peers', script)], { input: JSON.stringify(input), env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } });
}

/** Seconds that DuckDB-wasm takes to load a CSV. @param {Uint8Array} bytes @param {number} rounds */
export function duckdb(bytes, rounds) {
  const home = folder('bench-duckdb');
  if (!existsSync(join(home, 'node_modules'))) {
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
    if (spawnSync('npm', ['install', '--silent', '--no-audit', '--no-fund', DUCKDB], { cwd: home }).status !== 0) return null;
  }
  const file = join(home, 'leads.csv');
  writeFileSync(file, bytes);
  return json(process.execPath, [join(root, 'benches/peers/duckdb.cjs'), home, file, String(rounds)]);
}

/** The trials of a pipeline in native code from the same source. @param {string} csv @param {object} model @param {object} run @param {number} rounds */
export function native(csv, model, run, rounds) {
  const home = folder('bench-native');
  const files = Object.entries({ 'deals.csv': csv, 'model.json': JSON.stringify(model), 'run.json': JSON.stringify(run) }).map(([name, text]) => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  });
  return json('cargo', ['run', '--quiet', '--locked', '--release', '--example', 'evaluate', '--', 'simulate', ...files, '--rounds', String(rounds)]);
}
