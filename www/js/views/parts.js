// @ts-check
/** Parts that more than one tab shows: the drop zone, problems, and the receipt of what was understood. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { FIELD_LABELS, fieldsFor } from '../fields.js';
import { NONE, count, counted, number, size, words } from '../format.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../state.js').Problem} Problem
 * @typedef {import('../engine.js').Receipt} Receipt
 * @typedef {import('../engine.js').ColumnReceipt} ColumnReceipt
 * @typedef {import('../engine.js').Diagnostic} Diagnostic
 * @typedef {'leads' | 'forecast'} Desk
 */

const ACCEPTED = '.csv,.tsv,.txt,.json,.xlsx,.xlsm,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv,text/tab-separated-values,text/plain,application/json';

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
    problem ? problemCard(problem) : null,
    h('div', { class: 'drop' },
      h('p', { class: 'drop-title' }, isLeads ? 'Drop a lead file here' : 'Drop a pipeline file here'),
      h('p', { class: 'small soft' }, 'CSV or text, from any CRM. Or paste rows from a spreadsheet.'),
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
      type: 'file', class: 'visually-hidden', id: `file-${desk}`, accept: ACCEPTED, disabled,
      onchange: (/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const file = input.files?.[0];
        input.value = '';
        if (file) act.openFile(desk, file);
      },
    }), label);
}

/**
 * What was understood, and the means to correct it.
 * @param {Receipt} receipt
 * @param {Desk} desk
 * @param {Record<string, string | null>} mapping
 * @param {string[]} assumptions further ones, of the report
 */
export function receiptView(receipt, desk, mapping, assumptions) {
  const known = receipt.columns.filter((column) => column.field).length;
  const notes = receipt.diagnostics.length;
  return h('details', { class: 'fold receipt', key: 'receipt', id: `receipt-${desk}` },
    h('summary', null, 'What was understood ',
      h('span', { class: 'soft' },
        `${count(receipt.rowsUsed)} of ${counted(receipt.rowsRead, 'row', 'rows')} used, ${known} of ${counted(receipt.columns.length, 'column', 'columns')} recognised`,
        notes > 0 ? `, ${counted(notes, 'note', 'notes')}` : '')),
    h('div', { class: 'inside' },
      facts(receipt),
      notesTable(receipt.diagnostics),
      assumptionsList([...new Set([...receipt.assumptions, ...assumptions])]),
      columnsTable(receipt, desk, mapping)));
}

/** @param {Receipt} receipt */
function facts(receipt) {
  const delimiter = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }[receipt.delimiter ?? ''] ?? receipt.delimiter;
  const all = [
    ['File', receipt.file], ['System', receipt.system], ['Encoding', receipt.encoding], ['Delimiter', delimiter],
    ['Rows read', count(receipt.rowsRead)], ['Used', count(receipt.rowsUsed)], ['Left out', count(receipt.rowsExcluded)],
  ];
  return h('dl', { class: 'tiles' }, all.filter(([, value]) => value).map(([name, value]) =>
    h('div', { class: 'tile', key: name ?? '' }, h('dt', null, name), h('dd', null, h('bdi', null, value)))));
}

const ACTIONS = { excluded: 'Left out', repaired: 'Repaired', kept: 'Kept' };

/** @param {Diagnostic[]} diagnostics */
function notesTable(diagnostics) {
  if (diagnostics.length === 0) return h('p', { class: 'notice good' }, 'Nothing was left out or repaired.');
  return h('section', null,
    h('h3', null, 'Notes'),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Notes on the file' },
      h('table', { class: 'data notes' },
        h('thead', null, h('tr', null, ['What happened', 'Where', 'Found', 'Times'].map((head, i) => h('th', { scope: 'col', class: i === 3 ? 'number' : null }, head)))),
        h('tbody', null, diagnostics.map((note, i) => h('tr', { key: String(i), 'data-code': note.code },
          h('th', { scope: 'row' },
            h('span', { class: `chip action-${note.action}` }, ACTIONS[note.action] ?? note.action), ' ',
            h('span', { class: 'note-text' }, ticked(note.message), note.remedy ? h('span', { class: 'soft' }, ' (', ticked(note.remedy), ')') : null)),
          h('td', { class: 'nowrap' }, placeText(note.place)),
          h('td', null, note.sample ? h('code', null, h('bdi', null, note.sample)) : NONE),
          h('td', { class: 'number' }, count(note.count))))))));
}

/** @param {any} place */
function placeText(place) {
  if (!place) return NONE;
  const parts = [place.line ? `line ${place.line}` : '', place.column ? String(place.column) : '', place.path ?? ''].filter(Boolean);
  return parts.length > 0 ? h('bdi', null, parts.join(', ')) : NONE;
}

/** @param {string[]} assumptions */
function assumptionsList(assumptions) {
  if (assumptions.length === 0) return null;
  return h('section', null, h('h3', null, 'Assumed'), h('ul', { class: 'bullets small' }, assumptions.map((text) => h('li', null, ticked(text)))));
}

/**
 * @param {Receipt} receipt
 * @param {Desk} desk
 * @param {Record<string, string | null>} mapping
 */
function columnsTable(receipt, desk, mapping) {
  const heads = ['Column', 'Read as', 'Type', 'Filled', 'Distinct', 'Range', 'Examples'];
  return h('section', null,
    h('div', { class: 'card-head' },
      h('h3', null, 'Columns'),
      Object.keys(mapping).length > 0 ? h('button', { type: 'button', class: 'button quiet small', onclick: () => act.resetMapping(desk) }, 'Undo my corrections') : null),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Columns and what they are read as' },
      h('table', { class: 'data columns' },
        h('thead', null, h('tr', null, heads.map((head, i) => h('th', { scope: 'col', class: i === 3 || i === 4 ? 'number' : null }, head)))),
        h('tbody', null, receipt.columns.map((column) => columnRow(column, receipt, desk))))));
}

/**
 * @param {ColumnReceipt} column
 * @param {Receipt} receipt
 * @param {Desk} desk
 */
function columnRow(column, receipt, desk) {
  const filled = receipt.rowsRead - column.nulls;
  // The first and last text of an alphabet say nothing.
  const hasRange = (column.type === 'number' || column.type === 'date') && Boolean(column.min);
  const range = hasRange ? `${column.min} to ${column.max}` : NONE;
  return h('tr', { key: column.name, class: column.field ? null : 'unused' },
    h('th', { scope: 'row' }, h('bdi', null, column.name)),
    h('td', null, fieldSelect(column, desk)),
    h('td', { class: 'nowrap' }, words(column.type), column.format ? h('span', { class: 'soft' }, ` ${column.format}`) : null),
    h('td', { class: 'number' }, count(filled)),
    h('td', { class: 'number' }, column.distinct === null || column.distinct === undefined ? NONE : number(column.distinct, 0)),
    h('td', { class: 'nowrap' }, h('bdi', null, range)),
    h('td', { class: 'examples soft' }, h('bdi', null, column.examples.slice(0, 3).join(' · '))));
}

/**
 * @param {ColumnReceipt} column
 * @param {Desk} desk
 */
function fieldSelect(column, desk) {
  const known = fieldsFor(desk);
  const fields = column.field && !known.includes(column.field) ? [...known, column.field] : known;
  return h('select', {
    'aria-label': `Read ${column.name} as`, value: column.field ?? '', 'data-column': column.name,
    onchange: (/** @type {Event} */ event) => act.mapColumn(desk, column.name, /** @type {HTMLSelectElement} */ (event.target).value || null),
  },
  h('option', { value: '' }, 'not used'),
  fields.map((field) => h('option', { key: field, value: field }, FIELD_LABELS[field] ?? words(field))));
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
