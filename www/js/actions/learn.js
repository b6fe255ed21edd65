// @ts-check
/** Learning from a file with outcomes: choose the outcome, the columns, learn, and put the card into the model. */

import { counted } from '../format.js';
import { MOST_VALUES, freshLearning, isLearnable, learnOptions, outcomeOptions, readValues, withCard } from '../learning.js';
import { changed, state } from '../state.js';
import { addAll } from './files.js';
import { openLeadList, today } from './leads.js';
import { changeModel, undoModel } from './model.js';
import { showTab } from './page.js';
import { announce, busy, isCancelled, problemOf } from './work.js';

/** @typedef {import('../learning.js').Learning} Learning */

/** @param {Partial<Learning>} change */
function put(change) {
  state.leads.learning = { ...state.leads.learning, ...change };
  changed();
}

/** Goes to the heading of what is shown now, for a keyboard and a screen reader. */
function goToHeading() {
  queueMicrotask(() => document.getElementById('learn-title')?.focus());
}

/** Looks for columns that say how rows ended, once for each list that is opened. @param {any} handle */
export async function findOutcomes(handle) {
  if (state.leads.learning.of === handle) return;
  state.leads.learning = { ...freshLearning(), of: handle };
  const candidates = await handle.outcomeColumns().catch(() => []);
  if (state.leads.learning.of === handle) put({ candidates });
}

/** Opens the walk-through at its first step. */
export function openLearning() {
  const { candidates, outcome } = state.leads.learning;
  put({ step: 'outcome', problem: null });
  const [best] = candidates;
  if (outcome === '' && best) void chooseOutcome(best.column);
  goToHeading();
}

export function closeLearning() {
  put({ step: '', problem: null });
  queueMicrotask(() => document.getElementById('learn-open')?.focus());
}

/** @param {Learning['step']} step */
export function showLearnStep(step) {
  put({ step, problem: null });
  goToHeading();
}

/** @param {string} outcome */
export async function chooseOutcome(outcome) {
  const { handle, learning } = state.leads;
  const candidate = learning.candidates.find(({ column }) => column === outcome);
  if (candidate) return put({ outcome, values: readValues(candidate), isMarked: false, columns: [], report: null });
  put({ outcome, values: [], isMarked: true, columns: [], report: null });
  try {
    const found = await handle?.values(`column:${outcome}`);
    if (state.leads.learning.outcome !== outcome) return;
    put({ values: (found?.values ?? []).slice(0, MOST_VALUES).map(({ value, count }) => ({ value, count, mark: 'none' })) });
  } catch (error) {
    put({ problem: problemOf(error) });
  }
}

/**
 * Says what a value of the outcome means.
 * @param {string} value
 * @param {import('../learning.js').Mark} mark
 */
export function markValue(value, mark) {
  const values = state.leads.learning.values.map((one) => (one.value === value ? { ...one, mark } : one));
  put({ values, isMarked: true, columns: [], report: null });
}

/** Shows what each column is to learning. */
export async function lookAtColumns() {
  const { handle, learning } = state.leads;
  if (!handle) return;
  if (learning.columns.length > 0) return showLearnStep('columns');
  try {
    /** @type {import('../learning.js').LearnColumn[]} */
    const columns = await busy('Looking at the columns', (control) => handle.learnColumns(outcomeOptions(learning), control));
    if (state.leads.handle !== handle) return;
    const included = columns.filter(({ proposed }) => proposed).map(({ column }) => column);
    put({ columns, included, date: learning.date || firstDate(columns), step: 'columns', problem: null });
    goToHeading();
  } catch (error) {
    if (isCancelled(error)) return announce('Stopped.');
    put({ problem: problemOf(error) });
  }
}

/**
 * The date by which rows are split where the file has no created date: the one filled most, and before the outcome.
 * @param {import('../learning.js').LearnColumn[]} columns
 */
function firstDate(columns) {
  const known = state.leads.receipt?.columns ?? [];
  if (known.some(({ field }) => field === 'created')) return '';
  const dates = columns.filter(({ column, leak }) => !leak && known.some(({ name, type }) => name === column && type === 'date'));
  return dates.toSorted((a, b) => b.filled - a.filled)[0]?.column ?? '';
}

/** @param {string} date */
export function chooseLearnDate(date) {
  put({ date, report: null });
}

/** @param {string} column @param {boolean} isIncluded */
export function includeColumn(column, isIncluded) {
  const { included } = state.leads.learning;
  put({ included: isIncluded ? [...included, column] : included.filter((one) => one !== column), report: null });
}

/** Back to what is proposed: everything but the leaks. */
export function includeProposed() {
  put({ included: state.leads.learning.columns.filter(({ proposed }) => proposed).map(({ column }) => column), report: null });
}

export function includeAll() {
  put({ included: state.leads.learning.columns.filter((column) => isLearnable(column) && column.filled > 0 && (column.proposed || column.leak)).map(({ column }) => column), report: null });
}

/** Learns; the walk-through goes on to the result. */
export async function learnNow() {
  const { handle, learning } = state.leads;
  if (!handle) return;
  try {
    const report = await busy('Learning', (control) => handle.learn(learnOptions(learning, today()), control));
    if (state.leads.handle !== handle) return;
    put({ report, used: false, step: 'result', problem: null });
    announce(report.gate.sentence);
    goToHeading();
  } catch (error) {
    if (isCancelled(error)) return announce('Stopped.');
    put({ problem: problemOf(error) });
  }
}

/** Puts the card into the model; the leads are scored with it, and one step takes it back. */
export async function useCard() {
  const { report } = state.leads.learning;
  if (!report?.card) return;
  const next = withCard(state.model.value, report.card.icp);
  if (!(await changeModel(next, `The card learned from “${report.outcome}”`))) {
    put({ problem: state.model.problem });
    return;
  }
  put({ used: true });
  announce(`The card is in the model; ${counted(state.leads.report?.counts.leads ?? 0, 'lead is', 'leads are')} scored with it.`);
}

export async function undoCard() {
  await undoModel();
  put({ used: false });
}

/** Opens the deals of the Forecast tab as a list to learn from, in the place of the leads that are open. */
export async function learnFromDeals() {
  const { file } = state.deals;
  if (!file) return;
  showTab('leads');
  await openLeadList(file);
  if (state.leads.file === file) showWalk();
}

/** Adds the deals of the Forecast tab to the leads that are open, whose ends they tell. */
export async function learnWithDeals() {
  const { file, receipt } = state.deals;
  if (!file || !receipt) return;
  showTab('leads');
  const { source, name } = file;
  await addAll('leads', [{ file: source instanceof File ? source : new File([String(source)], name), kind: 'deals', columns: receipt.columns.map((column) => column.name) }]);
  showWalk();
}

/** Shows the walk-through where there is something to learn from. */
function showWalk() {
  state.leads.part = 'list';
  if (state.leads.learning.candidates.length > 0) openLearning();
  else changed();
}
