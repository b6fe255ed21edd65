// @ts-check
/** Parts that more than one tab shows: the drop zone, problems, and what a result came from. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { size } from '../format.js';
import { once } from '../once.js';
import { misplacedCard } from './files.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../state.js').Problem} Problem
 * @typedef {'leads' | 'forecast'} Desk
 */

export const ACCEPTED = '.csv,.tsv,.txt,.json,.xlsx,.xlsm,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv,text/tab-separated-values,text/plain,application/json';

/**
 * @param {Problem} problem
 * @param {...import('../dom.js').Child} actions
 */
export function problemCard(problem, ...actions) {
  return h('section', { class: 'notice bad problem', role: 'alert', key: 'problem', 'data-code': problem.code },
    h('h2', null, problem.title),
    h('p', null, ticked(problem.message)),
    problem.remedy ? h('p', null, h('strong', null, 'What helps: '), ticked(problem.remedy)) : null,
    actions.length > 0 ? h('div', { class: 'buttons' }, actions) : null);
}

/**
 * The way in: drop, choose, paste or try.
 * @param {State} state
 * @param {Desk} desk
 */
export function landing(state, desk) {
  const isLeads = desk === 'leads';
  const problem = (isLeads ? state.leads : state.deals).problem;
  return h('section', { class: 'landing', key: 'landing' },
    h('div', { class: 'landing-words' },
      h('h1', null, isLeads ? 'Score and rank your leads, each with its reasons' : 'Know your odds of making the quarter'),
      h('p', { class: 'lead' }, isLeads
        ? 'Drop an export of your leads: every row gets a fit and engagement grade, a segment, an owner and the reasons that add up to it.'
        : 'Drop an export of your pipeline: it is simulated deal by deal, and commit, best case and quota stand beside what the trials give.')),
    misplacedCard(state, desk),
    problem ? problemCard(problem) : null,
    h('div', { class: 'drop' },
      h('p', { class: 'drop-title' }, isLeads ? 'Drop a lead file here' : 'Drop a pipeline file here'),
      h('p', { class: 'small soft' }, 'CSV, Excel or text, from any CRM; several files at once if they belong together. Or paste rows from a spreadsheet.'),
      h('div', { class: 'buttons' },
        chooseButton(desk, 'Choose a file', true, state.engine !== 'ready'),
        h('button', { type: 'button', class: 'button', id: `sample-${desk}`, disabled: state.engine !== 'ready', onclick: () => act.openSample(desk) },
          isLeads ? 'Try with sample leads' : 'Try with a sample pipeline'))),
    h('ul', { class: 'promises small' },
      promise('Nothing leaves this page', 'The browser is told to refuse every connection before your file is opened.'),
      promise('Nothing is guessed in silence', 'What was read, repaired or left out is listed with its line.'),
      isLeads
        ? promise('Scores that add up', 'Every point has a rule, and the rules are yours to change.')
        : promise('A range, not a wish', 'P10, P50 and P90 with the odds of quota and the error of the simulation.')));
}

/**
 * @param {string} title
 * @param {string} text
 */
function promise(title, text) {
  return h('li', null, h('strong', null, title), h('span', { class: 'soft' }, text));
}

/**
 * @param {Desk} desk
 * @param {string} label
 * @param {boolean} [primary]
 * @param {boolean} [disabled]
 */
export function chooseButton(desk, label, primary = false, disabled = false) {
  return h('label', { class: `button ${primary ? 'primary' : ''}`, 'aria-disabled': disabled ? 'true' : null },
    h('input', {
      type: 'file', class: 'visually-hidden', id: `file-${desk}`, accept: ACCEPTED, disabled, multiple: true,
      onchange: (/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const files = [...(input.files ?? [])];
        input.value = '';
        act.chooseFiles(desk, files);
      },
    }), label);
}

/**
 * Sets what stands between backticks as code.
 * @param {string} text
 */
export function ticked(text) {
  return text.split('`').map((part, i) => (i % 2 === 1 ? h('code', null, h('bdi', null, part)) : part));
}

/** @param {{ name: string, size: number } | null} file */
export function fileChip(file) {
  if (!file) return null;
  return h('span', { class: 'chip file' }, h('bdi', null, file.name), file.size > 0 ? ` ${size(file.size)}` : '');
}

/**
 * What a result came from: equal fingerprints mean equal figures, here and in any other runtime.
 * @param {string} made
 * @param {string} fingerprint
 */
export function madeBy(made, fingerprint) {
  return h('p', { key: 'fingerprint', class: 'small soft' }, `${made}, fingerprint `, h('code', null, fingerprint));
}

/**
 * What stands where a result will: what is being done, what went wrong, or a way on after a stop.
 * @param {State} state
 * @param {Desk} desk
 * @param {Problem | null} problem
 * @param {string} doing
 * @param {string} again
 * @param {() => unknown} goOn
 */
export function waiting(state, desk, problem, doing, again, goOn) {
  if (problem) return problemCard(problem, chooseButton(desk, 'Choose another file'));
  if (state.busy) return h('p', { key: 'doing' }, doing);
  return h('div', { key: 'stopped', class: 'notice' },
    h('p', null, 'Stopped before there was a result.'),
    h('div', { class: 'fields' }, h('button', { type: 'button', class: 'button primary', onclick: () => void goOn() }, again), chooseButton(desk, 'Choose another file')));
}

/**
 * Rows as a plain table that only paper shows: the table of the page draws the rows in sight alone.
 * @param {string} title
 * @param {any[]} rows
 * @param {import('../grid.js').GridColumn[]} columns
 * @param {string[]} keys of the columns that fit on paper, in order
 */
export function paperTable(title, rows, columns, keys) {
  return once(rows, `${title} ${keys}`, () => {
    const shown = keys.flatMap((key) => columns.find((column) => column.key === key) ?? []);
    return h('section', { key: 'paper', class: 'card paper', 'aria-hidden': 'true' },
      h('h2', null, title),
      h('table', { class: 'data' },
        h('thead', null, h('tr', null, shown.map(({ key, label, number }) => h('th', { key, scope: 'col', class: number ? 'number' : null }, label)))),
        h('tbody', null, rows.map((row) => h('tr', { key: String(row.row) }, shown.map(({ key, text, number }) => h('td', { key, class: number ? 'number' : null, 'data-key': key }, text(row))))))));
  });
}
