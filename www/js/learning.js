// @ts-check
/** What learning from a file is to be told, and the state of its walk-through. */

/**
 * @typedef {import('./engine.js').OutcomeColumn} OutcomeColumn
 * @typedef {import('./engine.js').LearnColumn} LearnColumn
 * @typedef {import('./engine.js').LearnReport} LearnReport
 * @typedef {'good' | 'bad' | 'none'} Mark
 * @typedef {{ value: string, count: number, mark: Mark }} MarkedValue
 */

/**
 * @typedef {object} Learning
 * @property {unknown} of the open list the candidates were found in
 * @property {OutcomeColumn[]} candidates columns that say how rows ended, the best first
 * @property {'' | 'outcome' | 'columns' | 'result'} step nothing while the walk-through is closed
 * @property {string} outcome header of the chosen column
 * @property {MarkedValue[]} values its values and what each means
 * @property {boolean} isMarked whether a meaning was changed by hand
 * @property {string} date header of the date that splits earlier from later rows
 * @property {LearnColumn[]} columns
 * @property {string[]} included headers to learn from
 * @property {LearnReport | null} report
 * @property {boolean} used whether the card is in the model
 * @property {import('./state.js').Problem | null} problem
 */

/** @returns {Learning} */
export function freshLearning() {
  return { of: null, candidates: [], step: '', outcome: '', values: [], isMarked: false, date: '', columns: [], included: [], report: null, used: false, problem: null };
}

/** How many values of an outcome are shown to be marked. */
export const MOST_VALUES = 20;

/**
 * The values of a candidate as the engine reads them.
 * @param {OutcomeColumn} candidate
 * @returns {MarkedValue[]}
 */
export function readValues(candidate) {
  return candidate.values.map(({ value, count, success }) => ({ value, count, mark: success === null || success === undefined ? 'none' : success ? 'good' : 'bad' }));
}

/**
 * Whether a column can be learned from at all.
 * @param {LearnColumn} column
 */
export function isLearnable({ usage }) {
  return usage === 'number' || usage === 'values';
}

/**
 * Which meaning of the values is told to the engine: nothing where it is the engine's own.
 * @param {Learning} learning
 */
export function outcomeOptions({ outcome, values, isMarked, date }) {
  const marked = (/** @type {Mark} */ mark) => values.filter((value) => value.mark === mark).map(({ value }) => value);
  return { outcome, ...(isMarked ? { success: marked('good'), failure: marked('bad') } : {}), ...(date ? { date } : {}) };
}

/**
 * Everything that learning is told; what a person includes stays included.
 * @param {Learning} learning
 * @param {string} asOf
 */
export function learnOptions(learning, asOf) {
  const exclude = learning.columns.filter((column) => isLearnable(column) && !learning.included.includes(column.column)).map(({ column }) => column);
  return { ...outcomeOptions(learning), exclude, leaks: /** @type {const} */ ('keep'), asOf };
}

/**
 * The model with a learned card in the place of its fit; engagement and knock-outs stay.
 * @param {any} model
 * @param {any} icp
 */
export function withCard(model, icp) {
  const next = structuredClone(model);
  next.icp = { ...next.icp, fit: icp.fit, evidence: icp.evidence, grades: { ...next.icp.grades, fit: icp.grades?.fit } };
  // Without cuts of its own the card's grades are cut by its cap.
  if (!icp.grades?.fit) delete next.icp.grades.fit;
  return next;
}

/** A model without what its fit was learned from, as a preset or a hand-made card has none. @param {any} model */
export function isLearned(model) {
  return Boolean(model?.icp?.evidence);
}
