// @ts-check
/** The Forecast tab, the lines over the distribution that a person moves: the quota, and the number one would commit. */

import { changed, state } from '../state.js';
import { simulate } from './forecast.js';
import { save } from './page.js';
import { isCancelled, newest, problemOf } from './work.js';

/** Fetches the totals of the trials, by which the odds of any amount are told while a line moves. */
export const askTotals = newest(async () => {
  const { handle, report } = state.deals;
  if (!handle || !report) return;
  try {
    const totals = await handle.totals(0);
    if (state.deals.handle !== handle) return;
    state.deals.totals = { report: totals.sort(), of: report };
  } catch (error) {
    if (isCancelled(error) || state.deals.handle !== handle) return;
    state.deals.problem = problemOf(error);
  }
  changed();
});

/**
 * A line that moves: its odds are shown, nothing is decided yet.
 * @param {'quota' | 'call'} line
 * @param {number} value
 */
export function moveLine(line, value) {
  state.deals.trying = { line, value };
  changed();
}

/**
 * A line that was set: another quota is forecast anew, a call has its odds already.
 * @param {'quota' | 'call'} line
 * @param {number} value
 */
export async function setLine(line, value) {
  if (line === 'call') {
    state.deals.call = value;
    state.deals.trying = null;
    changed();
    return;
  }
  state.kept.quota = value;
  state.deals.confirmed = true;
  save();
  await simulate();
}

/** A line that was let go without being set. */
export function dropLine() {
  state.deals.trying = null;
  changed();
}

/** Back to what was called. */
export function forgetCall() {
  state.deals.call = null;
  changed();
}
