import { test } from 'node:test';
import * as lib from '../../pkg/node.js';
import { cases } from '../recovery.js';
import { sabotage } from '../sabotage.js';

/** @param {string} source */
const module = (source) => `data:text/javascript,${encodeURIComponent(source)}`;
const worker = new URL('../../pkg/node-worker.js', import.meta.url);

/** @type {import('../recovery.js').Setting} */
const setting = {
  lib: /** @type {any} */ (lib),
  async broken(how, name) {
    const workerUrl = module(`${sabotage(how, name)}await import(${JSON.stringify(String(worker))});`);
    const [bad, good] = await Promise.all([lib.prefetch({ workerUrl }), lib.prefetch()]);
    let started = 0;
    return () => (started++ === 0 ? bad : good).worker();
  },
  async breakHere(how, name) {
    await import(module(sabotage(how, name)));
  },
  nowhere: 'file:///nowhere/worker.js',
  runs: 1000,
};

for (const [name, body] of Object.entries(cases)) test(name, () => body(setting));
