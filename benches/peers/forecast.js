// The same simulation as people write it: objects and `Math.random`, and as they tune it: typed arrays without branches.
// Frozen: what is measured against these must not change with them. Both return each trial's total by period.

/**
 * @typedef {{ amount: number, by: number[] }} Deal amount in cents; `by[k]`: probability of being won by the end of period k
 */

/**
 * @param {Deal[]} deals
 * @param {number} trials
 * @param {number} periods
 * @returns {number[][]} per period, per trial
 */
export function idiomatic(deals, trials, periods) {
  /** @type {number[][]} */
  const totals = Array.from({ length: periods }, () => new Array(trials).fill(0));
  for (let trial = 0; trial < trials; trial += 1) {
    for (const deal of deals) {
      const u = Math.random();
      const period = deal.by.findIndex((share) => u < share);
      const row = totals[period];
      if (row) row[trial] = (row[trial] ?? 0) + deal.amount;
    }
  }
  return totals;
}

/** Trials at a time: what they need stays in the fastest memory. */
const BLOCK = 1024;

/**
 * Deal by deal, block by block; sums by the end of each period, without branches; differences at the end.
 *
 * @param {Deal[]} deals
 * @param {number} trials
 * @param {number} periods
 * @returns {Float64Array[]} per period, per trial
 */
export function tuned(deals, trials, periods) {
  const totals = Array.from({ length: periods }, () => new Float64Array(trials));
  const state = new Int32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef]);
  const uniforms = new Int32Array(BLOCK);
  const sums = new Float64Array(BLOCK * periods);
  const thresholds = deals.map(({ by }) => Int32Array.from(by, (share) => Math.round(share * 2147483647)));
  for (let start = 0; start < trials; start += BLOCK) {
    const size = Math.min(BLOCK, trials - start);
    sums.fill(0);
    playAll(deals, thresholds, state, uniforms, sums, size);
    for (let period = 0; period < periods; period += 1) {
      const row = /** @type {Float64Array} */ (totals[period]);
      for (let trial = 0; trial < size; trial += 1) {
        const before = period > 0 ? /** @type {number} */ (sums[(period - 1) * BLOCK + trial]) : 0;
        row[start + trial] = /** @type {number} */ (sums[period * BLOCK + trial]) - before;
      }
    }
  }
  return totals;
}

/** @param {Deal[]} deals @param {Int32Array[]} thresholds @param {Int32Array} state @param {Int32Array} uniforms @param {Float64Array} sums @param {number} size */
function playAll(deals, thresholds, state, uniforms, sums, size) {
  for (let at = 0; at < deals.length; at += 1) {
    play(state, uniforms, sums, /** @type {Int32Array} */ (thresholds[at]), /** @type {Deal} */ (deals[at]).amount, size);
  }
}

/**
 * One deal in one block. A function of its own is optimised by itself: written into the loops above it takes seven times as long.
 *
 * @param {Int32Array} state
 * @param {Int32Array} uniforms
 * @param {Float64Array} sums
 * @param {Int32Array} cuts
 * @param {number} amount
 * @param {number} size
 */
function play(state, uniforms, sums, cuts, amount, size) {
  draw(state, uniforms, size);
  for (let period = 0; period < cuts.length; period += 1) {
    const cut = /** @type {number} */ (cuts[period]);
    const row = period * BLOCK;
    for (let trial = 0; trial < size; trial += 1) {
      sums[row + trial] = /** @type {number} */ (sums[row + trial]) + ((/** @type {number} */ (uniforms[trial]) - cut) >>> 31) * amount;
    }
  }
}

/** xoshiro128**, 31 bits of each output. @param {Int32Array} state @param {Int32Array} out @param {number} size */
function draw(state, out, size) {
  let a = (state[0] ?? 0) | 0;
  let b = (state[1] ?? 0) | 0;
  let c = (state[2] ?? 0) | 0;
  let d = (state[3] ?? 0) | 0;
  for (let i = 0; i < size; i += 1) {
    const x = Math.imul(b, 5);
    out[i] = Math.imul((x << 7) | (x >>> 25), 9) >>> 1;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}
