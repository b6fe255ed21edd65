// What the commands share: where the project is, running a program quietly, timing a step. Built-in modules only,
// because this runs before `npm ci`.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** What runs now: stopped when a step beside it fails. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let hasFailed = false;

/**
 * Runs a program to its end; its output is kept and shown only if it fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show` passes the output through.
 * @returns {Promise<string>} what it wrote, both streams together
 */
export function run(program, args, { cwd = root, env, show = false } = {}) {
  if (hasFailed) return Promise.reject(new Failure('stopped, because another step failed'));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    running.add(child);
    child.on('exit', () => running.delete(child));
    child.on('error', (error) => reject(new Failure(`${program}: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Failure(`${output}\n${program} ${args.join(' ')}: exit code ${code}`.trim()));
    });
  });
}

/** A failed step: the message is for the terminal, the stack is not. */
export class Failure extends Error {}

/**
 * Runs one named step and prints its name and time.
 *
 * @param {string} name
 * @param {() => Promise<unknown>} work may return a line to print behind the time
 */
export async function step(name, work) {
  const start = performance.now();
  const note = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${name.padEnd(34)} ${seconds.padStart(6)} s${typeof note === 'string' && note ? `  ${note}` : ''}`);
}

/**
 * Runs a command's body; a failure prints its message and ends with exit code 1.
 *
 * @param {() => Promise<unknown>} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    hasFailed = true;
    running.forEach((child) => child.kill());
    console.error(error instanceof Failure ? error.message : error);
    process.exitCode = 1;
  }
}
