// @ts-check
/** The columns of a file: what each is read as, how it is written, what is in it; every decision can be changed in its place. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { FIELD_LABELS } from '../fields.js';
import { NONE, count, counted, number, words } from '../format.js';
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
    cell(3, 'soft', formatCell(part, desk, column)),
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

/** What can be decided about how a column's values are written: the values of each read option, and what they are called. @type {Record<string, [any, string][]>} */
const WAYS = {
  dateOrder: [['dmy', 'day/month/year'], ['mdy', 'month/day/year'], ['ymd', 'year-month-day']],
  decimal: [['point', '1,234.5'], ['comma', '1.234,5']],
  unit: [[1, 'as written'], [1000, 'in thousands'], [1000000, 'in millions']],
  scale: [['0-1', 'from 0 to 1'], ['0-100', 'from 0 to 100']],
  dateSystem: [['1900', 'days from 1900'], ['1904', 'days from 1904']],
};

/** Said to screen readers. @type {Record<string, string>} */
const ABOUT = { dateOrder: 'Order of day and month', decimal: 'Decimal mark', unit: 'Unit', scale: 'Scale', dateSystem: 'First day' };

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {ColumnReceipt} column
 */
function formatCell({ reading, receipt }, desk, column) {
  const own = reading.corrections.read.columns?.[column.name] ?? {};
  const decided = (receipt?.decisions ?? []).filter((one) => one.column === column.name);
  const open = Object.keys(WAYS).filter((option) => option in own || decided.some((one) => one.option === option));
  if (open.length === 0) return column.format ? (column.format === '1234' ? 'digits' : column.format) : null;
  return open.map((option) => {
    const ways = WAYS[option] ?? [];
    const now = decided.find((one) => one.option === option)?.value;
    const found = reading.found?.decisions.find((one) => one.column === column.name && one.option === option)?.value;
    const said = (/** @type {string | undefined} */ value) => ways.find(([way]) => String(way) === value)?.[1] ?? column.format;
    const isDecided = option in own;
    return h('select', {
      key: option, class: isDecided ? 'decided' : null, value: isDecided ? String(own[option]) : '', 'aria-label': `${ABOUT[option]} of ${column.name}`, 'data-format': column.name, 'data-option': option,
      onchange: (/** @type {Event} */ event) => act.correctColumns(desk, [column.name], { [option]: ways.find(([way]) => String(way) === valueOf(event))?.[0] ?? '' }),
    },
    h('option', { key: '', value: '' }, isDecided ? `as found: ${said(found)}` : said(now)),
    ways.map(([way, text]) => h('option', { key: String(way), value: String(way) }, text)));
  });
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
}
