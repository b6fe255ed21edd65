// @ts-check
/** "What was understood": how the file was read, what became of its rows, and the means to decide otherwise and to undo that. */

import * as act from '../actions.js';
import { dateWay } from '../changes.js';
import { decisions } from '../corrections.js';
import { h } from '../dom.js';
import { count, counted, words } from '../format.js';
import { columnsPart } from './columns.js';
import { filesPart } from './files.js';
import { problemCard, ticked } from './parts.js';
import { problemCount, problemsPart } from './problems.js';
import { qualityPart } from './quality.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../state.js').Desk} Desk
 * @typedef {import('../state.js').LeadsDesk | import('../state.js').DealsDesk} Part
 * @typedef {import('../engine.js').Receipt} Receipt
 */

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {string[]} assumptions further ones, of the report
 */
export function understood(part, desk, assumptions) {
  const { receipt, panel } = part;
  if (!receipt) return null;
  const known = receipt.columns.filter((column) => column.field).length;
  return h('details', {
    class: 'fold receipt', key: 'receipt', id: `receipt-${desk}`, open: panel.isOpen,
    ontoggle: (/** @type {Event} */ event) => act.togglePanel(desk, /** @type {HTMLDetailsElement} */ (event.target).open),
  },
  h('summary', null, 'What was understood ',
    h('span', { class: 'soft' }, `${count(receipt.rowsUsed)} of ${counted(receipt.rowsRead, 'row', 'rows')} used, ${known} of ${counted(receipt.columns.length, 'column', 'columns')} recognised`,
      problemCount(receipt) > 0 ? `, ${counted(problemCount(receipt), 'problem', 'problems')}` : '', part.files.length > 0 ? `, ${counted(part.files.length, 'further file', 'further files')}` : '')),
  panel.isOpen ? h('div', { class: 'inside' },
    history(part, desk),
    facts(receipt),
    fates(receipt),
    fileReading(part, desk, receipt),
    parts(part, desk, receipt, [...new Set([...receipt.assumptions, ...assumptions])])) : null);
}

/**
 * @param {Part} part
 * @param {Desk} desk
 */
function history({ reading }, desk) {
  const { past, future, corrections, said, refused } = reading;
  const made = decisions(corrections);
  return h('div', { class: 'history', key: 'history' },
    h('div', { class: 'buttons', role: 'group', 'aria-label': 'Corrections to the reading' },
      h('button', { type: 'button', class: 'button small', id: `undo-${desk}`, disabled: past.length === 0, title: 'Ctrl+Z', onclick: () => act.undo(desk) }, 'Undo'),
      h('button', { type: 'button', class: 'button small', id: `redo-${desk}`, disabled: future.length === 0, title: 'Ctrl+Shift+Z', onclick: () => act.redo(desk) }, 'Redo'),
      h('button', { type: 'button', class: 'button quiet small', id: `reset-${desk}`, disabled: made === 0, onclick: () => act.resetReading(desk) }, 'Reset to what was found'),
      h('span', { class: 'small soft' }, made === 0 ? 'Read as it was found' : `${counted(made, 'correction', 'corrections')} of yours, kept for files with these headers`)),
    refused ? problemCard(refused) : null,
    said ? h('p', { class: 'notice good said', id: `said-${desk}` }, said) : null);
}

/** @param {Receipt} receipt */
function facts(receipt) {
  const sure = receipt.systemConfidence > 0 ? `${receipt.systemConfidence} % sure` : '';
  /** @type {[string, string | null, string][]} */
  const all = [
    ['File', receipt.file, ''], ['System', receipt.system ?? 'not recognised', sure], ['Rows are', words(receipt.kind), ''],
    ...(receipt.encoding === 'json' ? [] : /** @type {[string, string, string][]} */ ([['Written in', receipt.encoding, `divided by ${delimiterName(receipt.delimiter)}`]])),
  ];
  return h('dl', { class: 'tiles', key: 'facts' }, all.filter(([, value]) => value).map(([name, value, note]) =>
    h('div', { class: 'tile', key: name }, h('dt', null, name), h('dd', null, h('bdi', null, value)), note ? h('dd', { class: 'note' }, note) : null)));
}

/** @param {string} delimiter */
function delimiterName(delimiter) {
  return { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }[delimiter] ?? delimiter;
}

/** What became of the rows, as one bar and in words. @param {Receipt} receipt */
function fates(receipt) {
  const { rowsRead, rowsUsed, rowsExcluded } = receipt;
  if (rowsRead === 0) return null;
  const out = receipt.diagnostics.filter(({ action }) => action === 'excluded');
  const reasons = out.map((note) => `${count(note.count)} ${words(note.code).toLowerCase()}`);
  const used = (100 * rowsUsed) / rowsRead;
  return h('figure', { class: 'fates', key: 'fates' },
    h('svg:svg', { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      h('svg:rect', { x: 0, y: 0, width: 100, height: 4, class: 'fate-out' }),
      h('svg:rect', { x: 0, y: 0, width: used, height: 4, class: 'fate-used' })),
    h('figcaption', { class: 'small' },
      h('span', null, h('span', { class: 'dot used', 'aria-hidden': 'true' }), `${count(rowsUsed)} of ${counted(rowsRead, 'row', 'rows')} used`),
      h('span', null, h('span', { class: 'dot out', 'aria-hidden': 'true' }), rowsExcluded === 0 ? 'none left out' : `${count(rowsExcluded)} left out${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}`)));
}

const ENCODINGS = [['utf-8', 'UTF-8'], ['windows-1252', 'Windows-1252 (Western)'], ['utf-16le', 'UTF-16, little end first'], ['utf-16be', 'UTF-16, big end first']];
const DELIMITERS = [[',', 'comma ,'], [';', 'semicolon ;'], ['\t', 'tab'], ['|', 'bar |'], ['^', 'caret ^'], ['~', 'tilde ~'], [':', 'colon :']];
const HEADERS = [['first-row', 'the first row names the columns'], ['none', 'no names, the first row is data']];
const ORDERS = [['dmy', 'day/month/year'], ['mdy', 'month/day/year'], ['ymd', 'year-month-day']];
const DECIMALS = [['point', 'point: 1,234.5'], ['comma', 'comma: 1.234,5']];

/**
 * What holds for the file as a whole.
 * @param {Part} part
 * @param {Desk} desk
 * @param {Receipt} receipt
 */
function fileReading({ reading, file }, desk, receipt) {
  if (receipt.encoding === 'json') return null;
  const { read } = reading.corrections;
  const { found } = reading;
  const isText = typeof file?.source === 'string';
  return h('div', { class: 'fields', key: 'file-reading', role: 'group', 'aria-label': 'How the file is read' },
    isText ? null : decision(desk, 'encoding', 'Encoding', found?.encoding ?? '', read.encoding, ENCODINGS),
    decision(desk, 'delimiter', 'Delimiter', delimiterName(found?.delimiter ?? ''), read.delimiter, DELIMITERS),
    decision(desk, 'header', 'Header row', 'first row', read.header, HEADERS),
    decision(desk, 'dateOrder', 'Dates of the file', 'by column', read.dateOrder, ORDERS),
    decision(desk, 'decimal', 'Decimals of the file', 'by column', read.decimal, DECIMALS));
}

/**
 * @param {Desk} desk
 * @param {'encoding' | 'delimiter' | 'header' | 'dateOrder' | 'decimal'} key
 * @param {string} label
 * @param {string} found
 * @param {string | undefined} value
 * @param {string[][]} options
 */
function decision(desk, key, label, found, value, options) {
  const id = `${key}-${desk}`;
  return h('div', { class: `field ${value === undefined ? '' : 'decided'}`, key }, h('label', { for: id }, label),
    h('select', { id, value: value ?? '', onchange: (/** @type {Event} */ event) => act.correctFile(desk, key, /** @type {HTMLSelectElement} */ (event.target).value) },
      h('option', { key: '', value: '' }, `as found: ${dateWay(found)}`),
      options.map(([option, text]) => h('option', { key: option, value: option }, text))));
}

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Receipt} receipt
 * @param {string[]} assumed
 */
function parts(part, desk, receipt, assumed) {
  /** @type {[import('../state.js').Panel['part'], string][]} */
  const all = [
    ['columns', counted(receipt.columns.length, 'column', 'columns')],
    ['problems', problemCount(receipt) === 0 ? 'No problems' : counted(problemCount(receipt), 'problem', 'problems')],
    ['quality', `Data quality ${receipt.quality.grade}`],
    ['files', part.files.length === 0 ? 'Add files' : counted(part.files.length, 'further file', 'further files')],
    ['assumed', `${count(assumed.length)} assumed`],
  ];
  const { panel } = part;
  return h('section', { class: 'understood-parts', key: 'parts' },
    h('div', { class: 'segmented', role: 'group', 'aria-label': 'Look at' }, all.map(([id, label]) =>
      h('button', { key: id, type: 'button', id: `part-${id}-${desk}`, 'aria-pressed': String(panel.part === id), onclick: () => act.showPart(desk, id) }, label))),
    panel.part === 'columns' ? columnsPart(part, desk, receipt) : null,
    panel.part === 'problems' ? problemsPart(part, desk, receipt) : null,
    panel.part === 'quality' ? qualityPart(receipt) : null,
    panel.part === 'files' ? filesPart(part, desk) : null,
    panel.part === 'assumed' ? assumedPart(assumed) : null);
}

/** @param {string[]} assumed */
function assumedPart(assumed) {
  if (assumed.length === 0) return h('p', { class: 'notice good', key: 'assumed' }, 'Nothing had to be assumed.');
  return h('ul', { class: 'bullets small', key: 'assumed' }, assumed.map((text) => h('li', null, ticked(text))));
}
