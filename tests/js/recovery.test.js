import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as lib from '../../pkg/node.js';
import { cases } from '../recovery.js';

/** @param {string} source */
const module = (source) => `data:text/javascript,${encodeURIComponent(source)}`;
const pkg = new URL('../../pkg/', import.meta.url);
const worker = new URL('node-worker.js', pkg);

const folder = mkdtempSync(join(tmpdir(), 'leadcast-second-'));
after(() => rmSync(folder, { recursive: true }));

/** @type {import('../recovery.js').Setting} */
const setting = {
  lib: /** @type {any} */ (lib),
  async broken(source) {
    const workerUrl = module(`${source}await import(${JSON.stringify(String(worker))});`);
    const [bad, good] = await Promise.all([lib.prefetch({ workerUrl }), lib.prefetch()]);
    let started = 0;
    return () => (started++ === 0 ? bad : good).worker();
  },
  async runHere(source) {
    await import(module(source));
  },
  fresh: async () => (await lib.prefetch()).worker,
  bytes: async () => new Uint8Array(readFileSync(new URL('wasm/leadcast_bg.wasm', pkg))),
  async second() {
    cpSync(pkg, folder, { recursive: true });
    return import(String(pathToFileURL(join(folder, 'node.js'))));
  },
  nowhere: 'file:///nowhere/worker.js',
};

for (const [name, body] of Object.entries(cases)) test(name, () => body(setting));
