// @ts-check
/**
 * The Forecast tab, what is asked about a forecast once it stands: one question at a time, what is seen first before the rest.
 * A newer forecast waits for the question under way alone; the others are dropped, and asked of the newer one, or of the one
 * that stands should there be no newer one after all.
 */

import { state } from '../state.js';
import { compare } from './compare.js';
import { askFan } from './fan.js';
import { askGates } from './gates.js';
import { askTotals } from './lines.js';
import { manage } from './manage.js';
import { askRecord, stopWeeks } from './record.js';
import { refreshWhatIf } from './scenario.js';

/** In the order in which the answers are seen, each with what is answered already. @returns {[() => Promise<void>, { of: unknown } | null][]} */
const questions = ({ totals, manager, gates, compared, fan, record } = state.deals) =>
  [[askTotals, totals], [manage, manager], [askGates, gates], [refreshWhatIf, null], [compare, compared], [askFan, fan], [askRecord, record]];

let newest = 0;

/** A newer forecast is wanted: nothing more is asked about the older ones, and what takes long is stopped. */
export function supersede() {
  newest += 1;
  stopWeeks();
}

/** Asks everything that is not known yet about the forecast that is wanted now, to be called once it stands. */
export function asker() {
  const wanted = newest;
  return async () => {
    for (const [ask, known] of questions()) {
      const { handle, by, report } = state.deals;
      // What stands may be of the file as it was read before.
      if (wanted !== newest || handle !== by) return;
      if (known?.of !== report) await ask();
    }
  };
}

/** Nothing newer came of it: what stands is asked about after all. */
export function askOn() {
  return asker()();
}
