// @ts-check
/** What was left out, repaired or doubtful in a file, the gravest first, each with its rows and what helps. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, count, counted } from '../format.js';
import { ticked } from './parts.js';

/**
 * @typedef {import('./understood.js').Part} Part
 * @typedef {import('../state.js').Desk} Desk
 * @typedef {import('../engine.js').Receipt} Receipt
 * @typedef {import('../engine.js').Diagnostic} Diagnostic
 */

const ACTIONS = { excluded: 'Left out', repaired: 'Repaired', kept: 'Kept' };
const GRAVITY = ['excluded', 'repaired', 'kept'];
const HEADS = ['Times', 'What happened', 'First place', 'Found', ''];

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Receipt} receipt
 */
export function problemsPart(part, desk, receipt) {
  if (receipt.diagnostics.length === 0) return h('p', { key: 'problems', class: 'notice good' }, 'Nothing was left out, repaired or doubtful.');
  const sorted = receipt.diagnostics.map((note, index) => ({ note, index })).sort((a, b) => GRAVITY.indexOf(a.note.action) - GRAVITY.indexOf(b.note.action) || b.note.count - a.note.count);
  return h('div', { key: 'problems', class: 'part' },
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Problems of the file' },
      h('table', { class: 'data notes' },
        h('thead', null, h('tr', null, HEADS.map((head, i) => (head === '' ? null : h('th', { key: head, scope: 'col', class: i === 0 ? 'number' : null }, head))))),
        h('tbody', null, sorted.map(({ note, index }) => problemRow(note, index))))));
}

/**
 * @param {Diagnostic} note
 * @param {number} index
 */
function problemRow(note, index) {
  return h('tr', { key: String(index), 'data-code': note.code },
    h('td', { class: 'number' }, count(note.count)),
    h('th', { scope: 'row' },
      h('span', { class: `chip action-${note.action}` }, ACTIONS[note.action] ?? note.action), ' ',
      h('span', { class: 'note-text' }, ticked(note.message)),
      note.remedy ? h('span', { class: 'remedy soft' }, ticked(note.remedy)) : null),
    h('td', { class: 'nowrap' }, placeText(note.place)),
    h('td', null, note.sample ? h('code', null, h('bdi', null, note.sample)) : NONE));
}

/** @param {any} place */
function placeText(place) {
  if (!place) return NONE;
  const parts = [place.line ? `line ${count(place.line)}` : '', place.column ? String(place.column) : '', place.path ?? ''].filter(Boolean);
  return parts.length > 0 ? h('bdi', null, parts.join(', ')) : NONE;
}
