// @ts-check
/**
 * The Forecast tab, what is asked about a forecast once it stands: one question at a time, what is seen first before the rest.
 * A newer forecast waits for the question under way alone; the others are dropped, and asked of the newer one.
 */

import { compare } from './compare.js';
import { askFan } from './fan.js';
import { askGates } from './gates.js';
import { askTotals } from './lines.js';
import { manage } from './manage.js';
import { askRecord } from './record.js';
import { refreshWhatIf } from './scenario.js';

/** In the order in which the answers are seen. */
const questions = () => [askTotals, manage, askGates, refreshWhatIf, compare, askFan, askRecord];

let newest = 0;

/** A newer forecast is wanted: nothing more is asked about the older ones. */
export function supersede() {
  newest += 1;
}

/** Asks everything about the forecast that is wanted now, to be called once it stands. */
export function asker() {
  const wanted = newest;
  return async () => {
    for (const ask of questions()) {
      if (wanted !== newest) return;
      await ask();
    }
  };
}
