// @ts-check
/** The odds of an amount, counted among the trials' totals: as the engine counts them, so that a line says what it will say. */

/**
 * The share of trials at or above an amount.
 * @param {Float64Array | null} sorted totals, ascending
 * @param {number} amount
 * @returns {number | null} nothing without totals
 */
export function oddsAt(sorted, amount) {
  if (!sorted || sorted.length === 0) return null;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (sorted[middle]) < amount) low = middle + 1;
    else high = middle;
  }
  return (sorted.length - low) / sorted.length;
}
