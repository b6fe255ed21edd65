// @ts-check
/** A short list of a report as a table with its own download; long lists of rows are the grid's. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, counted, number } from '../format.js';

/** Rows drawn at most; the download has them all. */
const MOST = 200;

/** @typedef {string | number | null | undefined} Cell a number is written for people in the table, plainly in the download */

/**
 * @typedef {object} ListingOptions
 * @property {number[]} [numbers] columns of figures
 * @property {string} [file] name of the download, without its ending
 * @property {{ heads: string[], rows: Cell[][] } | (() => void)} [csv] the download, where it is another table than the one shown; or what fetches it
 * @property {string} [empty] said instead of an empty list
 * @property {import('../dom.js').Child} [note] beside the heading
 * @property {(row: number) => void} [open] what choosing a row does, by its place in the list
 */

/**
 * Hands a table to the browser as a file.
 * @param {string} id also the file's name, without its ending
 * @param {string} title what the table is of
 * @param {string[]} heads
 * @param {string[][]} rows
 * @param {string} [label]
 */
export function csvButton(id, title, heads, rows, label = 'Download CSV') {
  return h('button', { type: 'button', class: 'button quiet small', key: `${id}-csv`, id: `${id}-csv`, 'aria-label': `${label}: ${title}`, onclick: () => act.downloadList(id, heads, rows) }, label);
}

/**
 * @param {string} title
 * @param {string} id
 * @param {string[]} heads
 * @param {Cell[][]} rows the first cell names the row
 * @param {ListingOptions} [options]
 */
export function listing(title, id, heads, rows, { numbers = [], file = id, empty = 'None.', note, open, csv } = {}) {
  const isNumber = new Set(numbers);
  const texts = rows.map((row) => row.map((cell) => (cell === null || cell === undefined ? '' : typeof cell === 'number' ? number(cell) : cell)));
  const download = typeof csv === 'function' ? csv : () => act.downloadList(file, csv?.heads ?? heads, (csv?.rows ?? rows).map((row) => row.map(plain)));
  return h('section', { class: 'listing', key: id, id },
    h('div', { class: 'card-head' }, h('h3', { id: `${id}-title` }, title),
      texts.length === 0 ? null : h('button', { type: 'button', class: 'button quiet small', id: `${id}-csv`, 'aria-label': `Download CSV: ${title}`, onclick: download }, 'Download CSV')),
    note ? h('p', { class: 'small soft' }, note) : null,
    texts.length === 0 ? h('p', { class: 'small soft' }, empty) : h('div', { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-labelledby': `${id}-title` },
      h('table', { class: 'data' },
        h('thead', null, h('tr', null, heads.map((text, i) => h('th', { key: String(i), scope: 'col', class: isNumber.has(i) ? 'number' : null }, text)))),
        h('tbody', null, texts.slice(0, MOST).map(([name = '', ...cells], at) => h('tr', { key: String(at) },
          h('th', { scope: 'row' }, open ? h('button', { type: 'button', class: 'link', onclick: () => open(at) }, h('bdi', null, name)) : h('bdi', null, name)),
          cells.map((text, i) => h('td', { key: String(i), class: isNumber.has(i + 1) ? 'number' : null }, h('bdi', null, text)))))))),
    texts.length > MOST ? h('p', { class: 'small soft' }, `${counted(texts.length - MOST, 'more row', 'more rows')} in the download.`) : null);
}

/** A cell as a file has it: figures plain, nothing where there is none. @param {Cell} cell */
function plain(cell) {
  return cell === null || cell === undefined || cell === NONE ? '' : String(cell);
}
