// @ts-check
/** The Forecast tab: the forecast without trials, asked for by a button. */

import { changed, state } from '../state.js';
import { isCancelled, newest, problemOf } from './work.js';

/** Computes the forecast in force without trials. */
export const askExact = newest(async () => {
  const { handle, report } = state.deals;
  if (!handle || !report) return;
  state.deals.exact = { report: null, isAsked: true, problem: null };
  changed();
  try {
    const told = await handle.exact();
    if (state.deals.report !== report) return;
    state.deals.exact.report = told;
  } catch (error) {
    if (isCancelled(error) || state.deals.report !== report) return;
    state.deals.exact.problem = problemOf(error);
  }
  changed();
});
