// @ts-check
/** The Forecast tab, the track record behind the forecast in force. */

import { changed, state } from '../state.js';
import { announce, busy, isCancelled, newest, problemOf } from './work.js';

/** Days at whose end a quarter's weeks end. With the thirteenth nothing is left to forecast. */
const WEEKS = Array.from({ length: 12 }, (_, i) => 7 * (i + 1));

let stopAsking = () => {};

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

/** Forecasts the quarters of the record from the end of each of their weeks; takes a while, so it is asked for by a button. */
export async function askWeeks() {
  const { handle, report, record } = state.deals;
  const told = record.report;
  if (!handle || !report || !told) return;
  const quarters = { from: told.rows[0]?.quarter, to: told.rows.at(-1)?.quarter };
  const question = { cuts: WEEKS, ...quarters, seed: report.seed, fiscalYear: state.model.value?.meta?.fiscalYearStart ?? 1, currency: report.currency };
  try {
    await busy('Looking at each week of earlier quarters', async (control) => {
      stopAsking = state.busy?.cancel ?? stopAsking;
      const weeks = await handle.backtest(question, control);
      if (state.deals.handle === handle) state.deals.weeks = { report: weeks, of: told.fingerprint, problem: null };
    });
  } catch (error) {
    if (isCancelled(error)) return announce('Stopped.');
    if (state.deals.handle === handle) state.deals.weeks = { report: null, of: told.fingerprint, problem: problemOf(error) };
    changed();
  }
}

/** Nothing waits for the weeks of earlier quarters. */
export function stopWeeks() {
  stopAsking();
  stopAsking = () => {};
}
