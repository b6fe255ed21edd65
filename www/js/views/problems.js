// @ts-check
/** What was left out, repaired or doubtful in a file, the gravest first, each with what helps and with its rows. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { count, counted } from '../format.js';
import { grid } from '../grid.js';
import { ticked } from './parts.js';

/**
 * @typedef {import('./understood.js').Part} Part
 * @typedef {import('../state.js').Desk} Desk
 * @typedef {import('../engine.js').Receipt} Receipt
 * @typedef {import('../engine.js').Diagnostic} Diagnostic
 * @typedef {import('../grid.js').GridColumn} GridColumn
 */

const ACTIONS = { excluded: 'Left out', repaired: 'Repaired', kept: 'Kept', noted: 'Noted' };
const GRAVITY = ['excluded', 'repaired', 'kept', 'noted'];

/** Problems that ask for attention; what is merely noted is none. @param {Receipt} receipt */
export function problemCount({ diagnostics }) {
  return diagnostics.filter(({ action }) => action !== 'noted').length;
}

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Receipt} receipt
 */
export function problemsPart(part, desk, receipt) {
  const sorted = receipt.diagnostics.map((note, index) => ({ note, index })).sort((a, b) => GRAVITY.indexOf(a.note.action) - GRAVITY.indexOf(b.note.action) || b.note.count - a.note.count);
  return h('div', { key: 'problems', class: 'part' },
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button small', id: `corrected-${desk}`, onclick: () => act.downloadCorrected(desk) }, 'Download corrected file'),
      h('span', { class: 'small soft' }, 'Your columns with dates and numbers written one way; what could not be read is emptied and named in a last column.')),
    sorted.length === 0 ? h('p', { class: 'notice good' }, 'Nothing was left out, repaired or doubtful.') : null,
    h('ul', { class: 'problems' }, sorted.map(({ note, index }) => problemItem(part, desk, note, index))));
}

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Diagnostic} note
 * @param {number} index
 */
function problemItem({ panel, receipt }, desk, note, index) {
  const isShown = panel.problem === index;
  const rows = `problem-rows-${desk}-${index}`;
  return h('li', { key: String(index), 'data-code': note.code, class: `problem-item is-${note.action}` },
    h('div', { class: 'problem-words' },
      h('p', null, h('span', { class: `chip action-${note.action}` }, `${ACTIONS[note.action] ?? note.action}, ${count(note.count)}×`), ' ', h('span', { class: 'note-text' }, ticked(sentence(note.message)))),
      h('p', { class: 'small soft' }, placeText(note), note.remedy ? ticked(sentence(note.remedy)) : null)),
    h('div', { class: 'buttons' },
      note.fixes.map((fix) => h('button', { key: fix.label, type: 'button', class: 'button small', 'data-fix': fix.label, onclick: () => act.applyFix(desk, fix) }, ticked(fix.label))),
      note.located > 0 ? h('button', {
        key: 'rows', type: 'button', class: 'button quiet small', 'data-rows': note.code, 'aria-expanded': String(isShown), 'aria-controls': rows,
        onclick: () => act.showProblemRows(desk, isShown ? null : index),
      }, isShown ? 'Hide rows' : `Show ${counted(note.located, 'row', 'rows')}`) : null),
    h('div', { id: rows, class: 'problem-rows', hidden: !isShown }, isShown && receipt ? problemRows(desk, receipt, note) : null));
}

/** Begins with a capital; a name in ticks stays as it is written. @param {string} text */
function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** @param {Diagnostic} note */
function placeText({ place, sample }) {
  const parts = [place.line ? `line ${count(place.line)}` : '', place.column ?? ''].filter(Boolean).join(', ');
  if (!parts && !sample) return null;
  return [parts ? [parts.startsWith('line') ? 'First on ' : 'In ', h('bdi', null, parts)] : null, sample ? [parts ? ': ' : '', h('code', null, h('bdi', null, sample))] : null, '. '];
}

/** @type {GridColumn[]} */
const COLUMNS = [
  { key: 'line', label: 'Line', sortable: false, text: ({ line }) => count(line) },
  { key: 'column', label: 'Column', sortable: false, text: ({ cell }) => cell.column ?? 'whole row' },
  { key: 'text', label: 'In the file', sortable: false, text: ({ cell }) => cell.text || '(blank)', mark: ({ cell }) => `cell-${cell.action}` },
  { key: 'fate', label: 'Done', sortable: false, text: ({ cell }) => ACTIONS[/** @type {keyof typeof ACTIONS} */ (cell.action)] ?? cell.action, mark: ({ cell }) => `done-${cell.action}` },
  { key: 'message', label: 'What was found', sortable: false, text: ({ cell }) => cell.message.replaceAll('`', '') },
];

/** Rows up to here need no scrolling of their own. */
const FEW = 6;

/**
 * @param {Desk} desk
 * @param {Receipt} receipt another one means other rows
 * @param {Diagnostic} note
 */
function problemRows(desk, receipt, note) {
  return [
    note.located < note.count ? h('p', { key: 'beyond', class: 'small soft' }, `The first ${count(note.located)} of ${count(note.count)} can be shown.`) : null,
    h('div', { key: 'rows', class: `grid-host ${note.located <= FEW ? 'few' : 'some'}` }, grid({
      label: `Rows with this problem: ${counted(note.located, 'row', 'rows')}`, version: receipt, total: note.located, columns: COLUMNS,
      sort: NO_SORT, selected: null, fetch: fetcher(desk, note), onSort: () => {}, onSelect: null,
    })),
  ];
}

const NO_SORT = { key: '', descending: false };

/** Kept, so that drawing again draws nothing anew. @type {WeakMap<Diagnostic, (from: number, count: number) => Promise<any[]>>} */
const fetchers = new WeakMap();

/**
 * @param {Desk} desk
 * @param {Diagnostic} note
 */
function fetcher(desk, note) {
  const known = fetchers.get(note);
  if (known) return known;
  const fetch = (/** @type {number} */ from, /** @type {number} */ count) => act.problemRows(desk, note, from, count);
  fetchers.set(note, fetch);
  return fetch;
}
