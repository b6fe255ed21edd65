// @ts-check
/** The Forecast tab, what a manager asks: drivers, deals that must be won, coverage, the number to commit. */

import { changed, state } from '../state.js';
import { isCancelled, newest, problemOf } from './work.js';

/** Asks about the forecast in force. */
export const manage = newest(async () => {
  const { handle, report, manager } = state.deals;
  if (!handle || !report) return;
  try {
    const told = await handle.manage(manager.question);
    if (state.deals.handle !== handle) return;
    state.deals.manager = { ...state.deals.manager, report: told, of: report, problem: null };
  } catch (error) {
    if (isCancelled(error) || state.deals.handle !== handle) return;
    state.deals.manager.problem = problemOf(error);
  }
  changed();
});

/** @param {import('../../../pkg/index.js').ManagerQuestion} question */
export function askManager(question) {
  const { manager } = state.deals;
  state.deals.manager = { ...manager, question: { ...manager.question, ...question } };
  changed();
  return manage();
}

/** @param {'owners' | 'segments' | 'products'} view */
export function showGroups(view) {
  state.deals.manager.view = view;
  changed();
}
