// @ts-check
/** The Forecast tab, the track record behind the forecast in force. */

import { changed, state } from '../state.js';
import { isCancelled, newest, problemOf } from './work.js';

/** Asks for the record that the forecast was corrected by: it is made already. */
export const askRecord = newest(async () => {
  const { handle, report } = state.deals;
  if (!handle || !report) return;
  try {
    const told = await handle.trackRecord();
    if (state.deals.handle !== handle) return;
    const cut = report.calibration.applied?.cut ?? state.deals.record.cut;
    state.deals.record = { report: told, cut, of: report, problem: null };
  } catch (error) {
    if (isCancelled(error) || state.deals.handle !== handle) return;
    state.deals.record = { ...state.deals.record, report: null, of: report, problem: problemOf(error) };
  }
  changed();
});

/** @param {number} cut */
export function showRecord(cut) {
  state.deals.record.cut = cut;
  changed();
}
