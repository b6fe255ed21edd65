// @ts-check
/** The Forecast tab, stage gates: what deals lack, and the flags of the deal table. */

import { changed, state } from '../state.js';
import { isCancelled, newest, problemOf } from './work.js';

/** Asks about the forecast in force, and gives each row of the deal table its flags. */
export const askGates = newest(async () => {
  const { handle, report } = state.deals;
  if (!handle || !report) return;
  try {
    const told = await handle.gates();
    if (state.deals.handle !== handle) return;
    const flags = new Map(told.rows.map((gate) => [gate.row, gate.flags]));
    state.deals.rows = state.deals.rows.map((row) => ({ ...row, flags: flags.get(row.row) ?? [] }));
    state.deals.gates = { ...state.deals.gates, report: told, of: report, problem: null };
  } catch (error) {
    if (isCancelled(error) || state.deals.handle !== handle) return;
    state.deals.gates.problem = problemOf(error);
  }
  changed();
});

/** @param {'escalate' | 'advance' | 'remove'} triage */
export function showTriage(triage) {
  state.deals.gates.triage = triage;
  changed();
}
