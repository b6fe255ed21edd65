// The simulation by itself, without what is said of its trials: the module as the package's engine drives it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../xtask/tools.js';

const at = join(root, 'pkg/wasm');
/** Runs before the first one that counts. */
const WARMING = 6;

/**
 * Opens a pipeline in a module of its own and hands out what runs all trials of one seed.
 *
 * @param {string} csv
 * @param {object} model
 * @param {object} run
 * @param {{ asOf: string }} read
 * @returns {Promise<(seed: number) => void>}
 */
export async function simulation(csv, model, run, read) {
  const glue = await import(join(at, 'leadcast.js'));
  glue.initSync({ module: new WebAssembly.Module(readFileSync(join(at, 'leadcast_bg.wasm'))) });
  const reader = new glue.Reader(JSON.stringify(read));
  reader.push(new TextEncoder().encode(csv));
  const deals = reader.deals();
  const simulate = (/** @type {number} */ seed) => {
    deals.start(JSON.stringify(model), JSON.stringify({ ...run, seed }), 0, 1);
    while (deals.advance(1 << 20) < 1);
  };
  // The engine's own compiler takes its time: what is measured is the code that it ends with.
  for (let round = 0; round < WARMING; round += 1) simulate(1_000_000 + round);
  return simulate;
}
