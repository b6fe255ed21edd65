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

/**
 * @param {Deal[]} deals
 * @param {number} trials
 * @param {number} periods
 * @returns {Float64Array[]} per period, per trial
 */
export function tuned(deals, trials, periods) {
  const totals = Array.from({ length: periods }, () => new Float64Array(trials));
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef];
  const block = new Int32Array(trials);
  for (const { amount, by } of deals) {
    const thresholds = Int32Array.from(by, (share) => Math.round(share * 2147483647));
    // xoshiro128**, in line.
    for (let trial = 0; trial < trials; trial += 1) {
      const x = Math.imul(b, 5);
      block[trial] = Math.imul((x << 7) | (x >>> 25), 9) >>> 1;
      const t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = (d << 11) | (d >>> 21);
    }
    let before = 0;
    for (let period = 0; period < periods; period += 1) {
      const threshold = thresholds[period] ?? 0;
      const row = /** @type {Float64Array} */ (totals[period]);
      for (let trial = 0; trial < trials; trial += 1) {
        const u = /** @type {number} */ (block[trial]);
        row[trial] = /** @type {number} */ (row[trial]) + ((before - u - 1) >>> 31 & (u - threshold) >>> 31) * amount;
      }
      before = threshold;
    }
  }
  return totals;
}
