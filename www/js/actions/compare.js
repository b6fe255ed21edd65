// @ts-check
/** The Forecast tab, against an earlier export: open it, compare, compare again when the forecast changed. */

import * as engine from '../engine.js';
import { changed, state } from '../state.js';
import { announce, busy, isCancelled, newest, problemOf } from './work.js';

/** @param {File | undefined} file */
export async function openPrevious(file) {
  const last = state.deals.compared;
  if (!file || !state.deals.handle) return;
  try {
    // Last week's export has the same columns, read with the same corrections.
    const { read, mapping } = state.deals.reading.corrections;
    const handle = await busy(`Reading ${file.name}`, (control) => engine.openDeals(file, { ...control, mapping, read: { ...read, name: file.name } }));
    last.handle?.dispose();
    state.deals.compared = { ...last, handle, file: file.name, asOf: '', rates: {}, report: null, of: null, problem: null };
    await compare();
  } catch (error) {
    if (isCancelled(error)) return announce('Stopped.');
    state.deals.compared = { ...last, problem: problemOf(error) };
    changed();
  }
}

/** The sample pipeline as it stood a week earlier. */
export function openSamplePrevious() {
  return openPrevious(engine.sample('previous'));
}

/** Compares with the earlier file under the forecast in force. */
export const compare = newest(async () => {
  const { handle: current, compared, report: forecast } = state.deals;
  const { handle } = compared;
  if (!current || !handle || !forecast) return;
  try {
    const options = { ...(compared.asOf ? { asOf: compared.asOf } : {}), rates: { before: compared.rates } };
    const report = await busy('Comparing', (control) => current.compare(handle, options, control));
    if (state.deals.compared.handle !== handle || state.deals.handle !== current) return;
    state.deals.compared = { ...state.deals.compared, report, of: forecast, asOf: report.before, problem: null };
    announce(report.sentence);
  } catch (error) {
    if (isCancelled(error)) return announce('Stopped.');
    if (state.deals.compared.handle !== handle) return;
    state.deals.compared = { ...state.deals.compared, report: null, of: forecast, problem: problemOf(error) };
    changed();
  }
});

/** @param {string} date the day of the earlier file */
export function comparePast(date) {
  state.deals.compared.asOf = date;
  return compare();
}

/** @param {string} currency @param {number} rate what one unit was worth on the earlier day */
export function comparePastRate(currency, rate) {
  const { compared } = state.deals;
  compared.rates = { ...compared.rates, [currency]: rate };
  return compare();
}

/** @param {'amount' | 'odds' | 'categories' | 'stages'} view */
export function showChange(view) {
  state.deals.compared.view = view;
  changed();
}

export function closePrevious() {
  const { compared } = state.deals;
  compared.handle?.dispose();
  state.deals.compared = { ...compared, handle: null, file: '', asOf: '', rates: {}, report: null, of: null, problem: null };
  changed();
}
