// @ts-check
/** The Forecast tab, how the period fills up from today to its end. */

import { changed, state } from '../state.js';
import { isCancelled, newest, problemOf } from './work.js';

/** Asks about the forecast in force. */
export const askFan = newest(async () => {
  const { handle, report } = state.deals;
  if (!handle || !report) return;
  try {
    const told = await handle.fan();
    if (state.deals.handle !== handle) return;
    state.deals.fan = { report: told, of: report, problem: null };
  } catch (error) {
    if (isCancelled(error) || state.deals.handle !== handle) return;
    state.deals.fan = { report: null, of: report, problem: problemOf(error) };
  }
  changed();
});
