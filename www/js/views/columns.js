// @ts-check
/** The columns of a file: what each is read as, how it is written, what is in it; every decision can be changed in its place. */

import * as act from '../actions.js';
import { dateWay } from '../changes.js';
import { h } from '../dom.js';
import { FIELD_LABELS } from '../fields.js';
import { NONE, count, counted, number, words } from '../format.js';
import { wayOf } from '../questions.js';
import { fieldPicker } from './picker.js';

/**
 * @typedef {import('./understood.js').Part} Part
 * @typedef {import('../state.js').Desk} Desk
 * @typedef {import('../engine.js').Receipt} Receipt
 * @typedef {import('../engine.js').ColumnReceipt} ColumnReceipt
 */

/** Columns listed before the rest is asked for. */
const LISTED = 60;
const HEADS = ['Column', 'Read as', 'Type', 'Written as', 'Blank', 'Distinct', 'Range', 'Examples'];

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Receipt} receipt
 */
export function columnsPart(part, desk, receipt) {
  const { panel } = part;
  const find = panel.find.trim().toLowerCase();
  const found = receipt.columns.filter(({ name, field }) => `${name} ${field ?? ''} ${FIELD_LABELS[field ?? ''] ?? ''}`.toLowerCase().includes(find));
  const shown = panel.all ? found : found.slice(0, LISTED);
  return h('div', { key: 'columns', class: 'part' },
    receipt.columns.length > 8 ? h('div', { class: 'field find-column' }, h('label', { for: `find-column-${desk}` }, 'Find a column'),
      h('input', { id: `find-column-${desk}`, type: 'search', value: panel.find, placeholder: 'Header or field', oninput: (/** @type {Event} */ event) => act.findColumn(desk, valueOf(event)) })) : null,
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Columns and what they are read as' },
      h('table', { class: 'data columns' },
        h('thead', null, h('tr', null, HEADS.map((head, i) => h('th', { key: head, scope: 'col', class: i === 4 || i === 5 ? 'number' : null }, head)))),
        h('tbody', null, shown.map((column) => columnRow(part, desk, receipt, column))))),
    shown.length === 0 ? h('p', { class: 'soft small' }, 'No column is called that.') : null,
    shown.length < found.length ? h('button', { type: 'button', class: 'button small', onclick: () => act.listAllColumns(desk) }, `Show ${counted(found.length - shown.length, 'more column', 'more columns')}`) : null,
    fieldPicker(part, desk, receipt));
}

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Receipt} receipt
 * @param {ColumnReceipt} column
 */
function columnRow(part, desk, receipt, column) {
  // The first and last text of an alphabet say nothing.
  const hasRange = (column.type === 'number' || column.type === 'date') && Boolean(column.min);
  const range = column.min === column.max ? column.min : `${column.min} to ${column.max}`;
  const share = receipt.rowsRead > 0 && column.nulls > 0 ? ` (${count(Math.round((100 * column.nulls) / receipt.rowsRead))} %)` : '';
  const distinct = column.distinct === null || column.distinct === undefined ? NONE : `${column.distinctIsExact ? '' : 'over '}${number(column.distinct, 0)}`;
  const cell = (/** @type {number} */ at, /** @type {string} */ style, /** @type {import('../dom.js').Child} */ content) =>
    h('td', { key: String(at), 'data-head': HEADS[at], class: `${style} ${content === null ? 'none' : ''}`.trim() || null }, h('span', { class: 'held' }, content ?? NONE));
  return h('tr', { key: column.name, class: column.field ? null : 'unused', 'data-column': column.name },
    h('th', { scope: 'row' }, h('bdi', null, column.name)),
    cell(1, '', fieldButton(part, desk, column)),
    cell(2, '', typeSelect(part, desk, column)),
    cell(3, 'soft', formatSelect(part, desk, column)),
    cell(4, 'number', column.nulls === 0 ? null : [count(column.nulls), h('span', { class: 'soft' }, share)]),
    cell(5, 'number', distinct),
    cell(6, 'nowrap', hasRange ? h('bdi', null, range) : null),
    cell(7, 'examples soft', column.examples.length === 0 ? null : column.examples.slice(0, 3).map((text, i) => [i > 0 ? ' · ' : null, h('bdi', null, text)])));
}

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {ColumnReceipt} column
 */
function fieldButton({ reading, panel }, desk, column) {
  const isDecided = column.name in reading.corrections.mapping;
  const label = column.field ? (FIELD_LABELS[column.field] ?? words(column.field)) : 'not used';
  return h('button', {
    type: 'button', class: `select-like ${isDecided ? 'decided' : ''}`, 'data-pick': column.name, 'aria-haspopup': 'dialog',
    'aria-expanded': String(panel.picking === column.name), 'aria-label': `${column.name} is read as ${label}. Change`,
    onclick: () => act.pickField(desk, panel.picking === column.name ? '' : column.name),
  }, h('span', null, label), h('span', { 'aria-hidden': 'true' }, '▾'));
}

const TYPES = [['number', 'Number'], ['date', 'Date'], ['text', 'Text']];

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {ColumnReceipt} column
 */
function typeSelect({ reading }, desk, column) {
  const value = reading.corrections.read.columns?.[column.name]?.type;
  const found = reading.found?.columns.find(({ name }) => name === column.name)?.type ?? column.type;
  return h('select', {
    class: value ? 'decided' : null, value: value ?? '', 'aria-label': `Type of ${column.name}`, 'data-type': column.name,
    onchange: (/** @type {Event} */ event) => act.correctColumns(desk, [column.name], { type: valueOf(event) }),
  },
  h('option', { key: '', value: '' }, value ? `as found: ${typeName(found).toLowerCase()}` : typeName(found)),
  TYPES.map(([option, text]) => h('option', { key: option, value: option }, text)));
}

/** @param {string} type */
function typeName(type) {
  return { boolean: 'Yes or no' }[type] ?? words(type);
}

const WAYS = {
  date: /** @type {const} */ ({ key: 'dateOrder', options: [['dmy', 'day/month/year'], ['mdy', 'month/day/year'], ['ymd', 'year-month-day']] }),
  number: /** @type {const} */ ({ key: 'decimal', options: [['point', '1,234.5'], ['comma', '1.234,5']] }),
};

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {ColumnReceipt} column
 */
function formatSelect({ reading }, desk, column) {
  const isOpen = (column.type === 'date' && /\//.test(column.format)) || (column.type === 'number' && /\d[.,]\d/.test(column.format));
  const own = reading.corrections.read.columns?.[column.name];
  const ways = column.type === 'date' ? WAYS.date : WAYS.number;
  const value = own?.[ways.key];
  if (!isOpen && !value) return column.format ? (column.format === '1234' ? 'digits' : column.format) : null;
  const found = reading.found?.columns.find(({ name }) => name === column.name);
  const was = found && found.type === column.type ? found.format : column.format;
  return h('select', {
    class: value ? 'decided' : null, value: value ?? '', 'aria-label': `How ${column.name} is written`, 'data-format': column.name, 'data-way': wayOf(/** @type {'date' | 'number'} */ (column.type), column.format),
    onchange: (/** @type {Event} */ event) => act.correctColumns(desk, [column.name], { [ways.key]: valueOf(event) }),
  },
  h('option', { key: '', value: '' }, value ? `as found: ${dateWay(was)}` : dateWay(was)),
  ways.options.map(([option, text]) => h('option', { key: option, value: option }, text)));
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
}
