// @ts-check
/** Moving points, caps, cuts and thresholds while the table ranks again. */

import { changed, state } from '../state.js';
import { freshTuning, moved } from '../tuning.js';
import { rankedBy } from './leads.js';
import { changeModel, confirmModel, undoModel } from './model.js';
import { announce, isCancelled, newest, problemOf } from './work.js';

/** @param {Partial<import('../tuning.js').Tuning>} change */
function put(change) {
  state.leads.tuning = { ...state.leads.tuning, ...change };
  changed();
}

export function openTuning() {
  put({ ...freshTuning(), isOpen: true, base: state.model.value });
  queueMicrotask(() => document.getElementById('tune-title')?.focus());
}

export function closeTuning() {
  put({ isOpen: false, before: null });
  queueMicrotask(() => document.getElementById('tune-open')?.focus());
}

/** @param {string} find */
export function findKnob(find) {
  put({ find });
}

/**
 * Moves one figure, and what moves with it; the table follows as fast as the engine scores.
 * @param {Pick<import('../tuning.js').Knob, 'path' | 'sets'>} knob
 * @param {number} value
 */
export function moveKnob({ path, sets }, value) {
  if (Number.isNaN(value)) return;
  const changes = sets ? sets(value) : [/** @type {[(string | number)[], any]} */ ([path, value])];
  const { model, leads } = state;
  leads.tuning = { ...leads.tuning, before: leads.tuning.before ?? model.value, problem: null };
  for (const [where, what] of changes) model.value = moved(model.value, where, what);
  const ranked = rankAgain();
  // The figure beside the slider is drawn while the worker scores.
  setTimeout(changed);
  return ranked;
}

/**
 * The move is done: the engine checks the model, and the move can be undone.
 * @param {string} what
 */
export async function settleKnob(what) {
  const { model, leads } = state;
  const { before } = leads.tuning;
  if (!before) return;
  leads.tuning = { ...leads.tuning, before: null };
  const problem = await confirmModel(before, what);
  if (!problem) return;
  // Refused: the figure goes back to where it was.
  model.value = before;
  put({ problem });
  await rankAgain();
}

/** All figures back to where they were when the panel was opened. */
export async function resetTuning() {
  const { base } = state.leads.tuning;
  if (!base || base === state.model.value) return;
  if (!(await changeModel(base, 'all moves of the sliders', { refresh: false }))) return;
  await rankAgain();
  announce('All figures are back where they were.');
}

export async function undoTuning() {
  await undoModel({ refresh: false });
  await rankAgain();
}

/** Scores and ranks with the model as it is this moment; the table stays where it is and the open lead stays open. */
const rankAgain = newest(async () => {
  const { handle } = state.leads;
  if (!handle || !state.model.value) return;
  try {
    const { selected } = state.leads;
    const { report, order, explanation } = await rankedBy(handle, selected);
    if (state.leads.handle !== handle) return;
    Object.assign(state.leads, { report, receipt: report.receipt, order, tuning: { ...state.leads.tuning, holds: true } });
    if (state.leads.selected === selected) state.leads.explanation = explanation;
    changed();
  } catch (error) {
    if (isCancelled(error) || state.leads.handle !== handle) return;
    put({ problem: problemOf(error) });
  }
});
