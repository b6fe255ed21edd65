// @ts-check
/** Learning from a file with outcomes, step by step: how it ended, from which columns, and what came of it. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { count, counted, percent } from '../format.js';
import { isLearnable } from '../learning.js';
import { result } from './learn-result.js';
import { problemCard, ticked } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../learning.js').Learning} Learning
 * @typedef {import('../learning.js').LearnColumn} LearnColumn
 */

const STEPS = /** @type {const} */ ([['outcome', 'How it ended'], ['columns', 'Learn from'], ['result', 'Result']]);

/** The offer, or the walk-through. @param {State} state */
export function learnPart(state) {
  const { learning } = state.leads;
  if (learning.step === '') return learning.candidates.length > 0 ? offer(learning) : null;
  return h('section', { class: 'card learn', key: 'learn', 'aria-labelledby': 'learn-title' },
    h('div', { class: 'card-head' },
      h('h2', { id: 'learn-title', tabindex: -1 }, `Learn a card: ${STEPS.find(([id]) => id === learning.step)?.[1].toLowerCase()}`),
      h('button', { type: 'button', class: 'button quiet', id: 'learn-close', 'aria-label': 'Close learning', onclick: act.closeLearning }, '✕')),
    h('ol', { class: 'steps', 'aria-label': 'Steps' }, STEPS.map(([id, label], i) => h('li', { key: id, 'aria-current': id === learning.step ? 'step' : null }, h('span', { 'aria-hidden': 'true' }, `${i + 1} `), label))),
    learning.problem ? problemCard(learning.problem) : null,
    learning.step === 'outcome' ? outcomeStep(state) : learning.step === 'columns' ? columnsStep(state) : result(state));
}

/** @param {Learning} learning */
function offer({ candidates }) {
  const [best] = candidates;
  if (!best) return null;
  const ended = best.successes + best.failures;
  return h('section', { class: 'notice learn-offer', key: 'learn', 'aria-label': 'Learn from this file' },
    h('p', null, h('strong', null, h('bdi', null, best.column)), ` says how ${counted(ended, 'row', 'rows')} ended, ${count(best.successes)} of them well. A card can be learned from that.`),
    h('button', { type: 'button', class: 'button', id: 'learn-open', onclick: act.openLearning }, 'Learn from it'));
}

/** @param {State} state */
function outcomeStep(state) {
  const { learning, receipt } = state.leads;
  const candidate = learning.candidates.find(({ column }) => column === learning.outcome);
  const others = (receipt?.columns ?? []).map(({ name }) => name).filter((name) => !learning.candidates.some(({ column }) => column === name));
  const good = learning.values.filter(({ mark }) => mark === 'good').reduce((sum, { count: n }) => sum + n, 0);
  const bad = learning.values.filter(({ mark }) => mark === 'bad').reduce((sum, { count: n }) => sum + n, 0);
  const [well, badly] = candidate && !learning.isMarked ? [candidate.successes, candidate.failures] : [good, bad];
  return h('div', { class: 'learn-body', key: 'outcome' },
    h('div', { class: 'field' }, h('label', { for: 'learn-outcome' }, 'Column that says how a row ended'),
      h('select', { id: 'learn-outcome', value: learning.outcome, onchange: (/** @type {Event} */ event) => act.chooseOutcome(valueOf(event)) },
        learning.candidates.map(({ column, successes, failures }) => h('option', { key: column, value: column }, `${column} (${count(successes)} well, ${count(failures)} badly)`)),
        others.map((name) => h('option', { key: `other ${name}`, value: name }, name)))),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Values of the outcome and what they mean' },
      h('table', { class: 'data marks' },
        h('thead', null, h('tr', null, ['Value', 'Rows', 'Ended well', 'Ended badly', 'Not ended'].map((head, i) => h('th', { scope: 'col', class: i === 1 ? 'number' : null }, head)))),
        h('tbody', null, learning.values.map(({ value, count: n, mark }, i) => h('tr', { key: value },
          h('th', { scope: 'row' }, h('bdi', null, value)), h('td', { class: 'number' }, count(n)),
          /** @type {const} */ (['good', 'bad', 'none']).map((meaning) => h('td', { key: meaning }, h('input', {
            type: 'radio', name: `mark-${i}`, checked: mark === meaning, 'aria-label': `${value}: ${{ good: 'ended well', bad: 'ended badly', none: 'not ended' }[meaning]}`, 'data-mark': meaning,
            onchange: () => act.markValue(value, meaning),
          })))))))),
    learning.isMarked && candidate && candidate.values.length < learning.values.length ? null
      : h('p', { class: 'small soft', id: 'learn-counts' }, `${counted(well, 'row', 'rows')} ended well and ${count(badly)} badly; at least 20 of each are needed.`),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button primary', id: 'learn-to-columns', disabled: well === 0 || badly === 0, onclick: act.lookAtColumns }, 'Choose columns')));
}

/** @param {State} state */
function columnsStep(state) {
  const { learning, receipt } = state.leads;
  const rows = learning.columns.reduce((most, column) => Math.max(most, column.filled), 0);
  const usable = learning.columns.filter((column) => isLearnable(column) && column.filled > 0 && column.distinct + (column.filled < rows ? 1 : 0) > 1);
  const rest = learning.columns.filter((column) => !usable.includes(column) && column.usage !== 'outcome');
  const flagged = usable.filter(({ leak }) => leak).toSorted((a, b) => rank(a) - rank(b));
  const plain = usable.filter(({ leak }) => !leak);
  const dates = (receipt?.columns ?? []).filter(({ type }) => type === 'date').map(({ name }) => name);
  const chosen = usable.filter(({ column }) => learning.included.includes(column)).length;
  return h('div', { class: 'learn-body', key: 'columns' },
    flagged.length > 0 ? h('section', { key: 'flagged' },
      h('h3', null, 'Columns that give the outcome away, or may'),
      h('p', { class: 'small soft' }, 'A card that learns from what was written down afterwards is right about the past and useless for new leads.'),
      h('ul', { class: 'learn-columns' }, flagged.map((column) => columnLine(column, learning)))) : h('p', { class: 'notice good', key: 'flagged' }, 'No column gives the outcome away.'),
    h('section', { key: 'plain' }, h('h3', null, 'Columns to learn from'), h('ul', { class: 'learn-columns plain' }, plain.map((column) => columnLine(column, learning)))),
    rest.length > 0 ? h('details', { key: 'rest' }, h('summary', null, `${counted(rest.length, 'column is', 'columns are')} not learned from`),
      h('ul', { class: 'bullets small' }, rest.map((column) => h('li', { key: column.column }, h('bdi', null, column.column), `: ${why(column)}`, column.leak ? h('span', { class: 'soft' }, '; ', ticked(column.leak.sentence)) : null)))) : null,
    dates.length > 0 ? h('div', { class: 'field inline', key: 'date' }, h('label', { for: 'learn-date' }, 'Check on later rows by'),
      h('select', { id: 'learn-date', value: learning.date, onchange: (/** @type {Event} */ event) => act.chooseLearnDate(valueOf(event)) },
        h('option', { value: '' }, 'the created date, if there is one'), dates.map((name) => h('option', { key: name, value: name }, name)))) : null,
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button primary', id: 'learn-now', disabled: chosen === 0 || state.busy !== null, onclick: act.learnNow }, `Learn from ${counted(chosen, 'column', 'columns')}`),
      h('button', { type: 'button', class: 'button', onclick: () => act.showLearnStep('outcome') }, 'Back'),
      h('button', { type: 'button', class: 'button quiet', id: 'learn-proposed', onclick: act.includeProposed }, 'As proposed'),
      h('button', { type: 'button', class: 'button quiet', onclick: act.includeAll }, 'All columns')));
}

/** The surest leaks first. @param {LearnColumn} column */
function rank({ leak }) {
  return leak?.grade === 'leak' ? 0 : 1;
}

/**
 * @param {LearnColumn} column
 * @param {Learning} learning
 */
function columnLine(column, learning) {
  const { leak } = column;
  const id = `learn-why-${column.column.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}`;
  return h('li', { key: column.column, class: leak ? `flag-${leak.grade}` : null },
    h('label', null,
      h('input', {
        type: 'checkbox', checked: learning.included.includes(column.column), 'data-column': column.column, 'aria-describedby': leak ? id : null,
        onchange: (/** @type {Event} */ event) => act.includeColumn(column.column, /** @type {HTMLInputElement} */ (event.target).checked),
      }),
      h('span', { class: 'said' }, h('span', { class: 'name' }, h('bdi', null, column.column)),
      leak ? h('span', { class: `chip ${leak.grade === 'leak' ? 'action-excluded' : 'action-repaired'}` }, leak.grade === 'leak' ? 'gives it away' : 'suspect') : null,
      h('span', { class: 'soft small' }, `${column.usage === 'number' ? 'numbers' : counted(column.distinct, 'value', 'values')}, ${percent(share(column, learning))} filled`))),
    leak ? h('p', { class: 'small', id }, ticked(leak.sentence)) : null);
}

/**
 * @param {LearnColumn} column
 * @param {Learning} learning
 */
function share({ filled }, { columns }) {
  const rows = columns.reduce((most, column) => Math.max(most, column.filled), 0);
  return rows > 0 ? filled / rows : 0;
}

/** @param {LearnColumn} column */
function why({ usage, filled }) {
  if (usage === 'watched') return 'a date or a number that names its row; looked at for giving the outcome away';
  if (usage === 'name') return 'it names a person or a record, or is empty, and says nothing about others like it';
  return filled === 0 ? 'empty where rows have ended' : 'the same in every row';
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
}
