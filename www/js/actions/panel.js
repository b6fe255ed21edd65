// @ts-check
/** What the panel "What was understood" shows: its parts, the columns listed, the field being picked, the problem looked into. */

import { changed, deskOf } from '../state.js';
import { readBothWays } from './reading.js';

/** @import { Desk } from '../state.js' */

/**
 * @param {Desk} desk
 * @param {Partial<import('../state.js').Panel>} change
 */
function show(desk, change) {
  const part = deskOf(desk);
  part.panel = { ...part.panel, ...change };
  changed();
}

/** @param {Desk} desk @param {boolean} isOpen */
export function togglePanel(desk, isOpen) {
  if (deskOf(desk).panel.isOpen !== isOpen) show(desk, { isOpen });
}

/**
 * Opens the panel at one of its parts and goes there.
 * @param {Desk} desk
 * @param {import('../state.js').Panel['part']} part
 */
export function goToPanel(desk, part) {
  show(desk, { isOpen: true, part });
  // The panel stands once the state is drawn.
  queueMicrotask(() => {
    const panel = document.getElementById(`receipt-${desk}`);
    panel?.scrollIntoView({ behavior: 'smooth', block: 'start' });
    panel?.querySelector('summary')?.focus({ preventScroll: true });
  });
}

/** @param {Desk} desk @param {import('../state.js').Panel['part']} part */
export function showPart(desk, part) {
  show(desk, { part, picking: '' });
}

/** @param {Desk} desk @param {string} find */
export function findColumn(desk, find) {
  show(desk, { find });
}

/** @param {Desk} desk */
export function listAllColumns(desk) {
  show(desk, { all: true });
}

/** @param {Desk} desk @param {string} column none to close */
export function pickField(desk, column) {
  show(desk, { picking: column, pickFind: '', pickAt: -1 });
}

export function closeFieldPickers() {
  for (const desk of /** @type {Desk[]} */ (['leads', 'forecast'])) if (deskOf(desk).panel.picking !== '') pickField(desk, '');
}

/** @param {Desk} desk @param {string} find */
export function findField(desk, find) {
  show(desk, { pickFind: find, pickAt: -1 });
}

/** @param {Desk} desk @param {number} pickAt the choice the keyboard is on */
export function moveInFields(desk, pickAt) {
  show(desk, { pickAt });
}

/** @param {Desk} desk @param {number | null} problem */
export function showProblemRows(desk, problem) {
  show(desk, { problem });
}

/**
 * Asks what the cells of a question mean under each reading; the answer is drawn when it comes.
 * @param {Desk} desk
 * @param {import('../questions.js').Question[]} questions
 */
export function weigh(desk, questions) {
  return Promise.all(questions.map(({ type, samples }) => readBothWays(desk, type, samples)));
}
