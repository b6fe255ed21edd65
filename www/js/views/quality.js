// @ts-check
/** How good the data of a file is: the grade, the arithmetic that it comes from, and the rows behind it. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { FIELD_LABELS } from '../fields.js';
import { count, counted, words } from '../format.js';
import { listing } from './listing.js';

/**
 * @typedef {import('../state.js').Desk} Desk
 * @typedef {import('../engine.js').Receipt} Receipt
 * @typedef {Receipt['quality']} Quality
 */

/**
 * The grade beside a headline; leads to its arithmetic.
 * @param {Receipt} receipt
 * @param {Desk} desk
 */
export function qualityChip({ quality, rowsUsed }, desk) {
  if (rowsUsed === 0) return null;
  return h('button', {
    key: 'quality', type: 'button', class: `chip quality-chip quality-${quality.grade}`, id: `quality-${desk}`, title: 'What the grade of the data comes from', onclick: () => act.goToPanel(desk, 'quality'),
  }, 'Data quality ', h('strong', null, quality.grade), `, ${count(quality.score)} of 100`);
}

/** @param {Receipt} receipt */
export function qualityPart({ quality, kind }) {
  const { grade, score, valueTouched } = quality;
  return h('div', { key: 'quality', class: 'part' },
    h('p', { class: 'quality-sentence' },
      h('span', { class: `quality-letter quality-${grade}`, 'aria-hidden': 'true' }, grade),
      h('span', null, h('strong', null, `Grade ${grade}: ${count(score)} of 100 points. `),
        h('span', { class: 'soft' }, 'Each part brings its weight times what it reached. A from 90, B from 80, C from 70, D from 60, else F.'),
        valueTouched && valueTouched.rows > 0 ? ` ${counted(valueTouched.rows, 'deal has', 'deals have')} something to say about, with ${count(valueTouched.percent)} % of the amount.` : null)),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Parts of the grade' },
      h('table', { class: 'data quality-parts' },
        h('thead', null, h('tr', null, head('Part'), head('Weight', true), head('Reached', true), head('What was counted'))),
        h('tbody', null, quality.parts.map(({ part, weight, percent, says }) => h('tr', { key: part },
          h('th', { scope: 'row' }, words(part)), h('td', { class: 'number' }, count(weight)),
          h('td', { class: 'number' }, share(percent, 100, `${words(part)} reached`), `${count(percent)} %`), h('td', null, says)))))),
    completeness(quality, kind),
    duplicates(quality),
    oddValues(quality));
}

/** @param {string} text @param {boolean} [isNumber] */
function head(text, isNumber = false) {
  return h('th', { key: text, scope: 'col', class: isNumber ? 'number' : null }, text);
}

/**
 * @param {number} value
 * @param {number} max
 * @param {string} label
 */
function share(value, max, label) {
  return h('meter', { min: 0, max: Math.max(1, max), value, 'aria-label': label });
}

/**
 * @param {Quality} quality
 * @param {string} kind
 */
function completeness({ completeness: all }, kind) {
  if (all.length === 0) return null;
  const stages = all.find(({ byStage }) => byStage.length > 1)?.byStage.map(({ stage }) => stage) ?? [];
  return h('section', { class: 'quality-block', key: 'completeness' },
    h('h3', null, `How full the columns are that matter for ${words(kind).toLowerCase()}`),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Completeness by column' },
      h('table', { class: 'data', id: 'completeness' },
        h('thead', null, h('tr', null, head('Field'), head('Column'), head('Filled', true))),
        h('tbody', null, all.map(({ field, column, filled, rows }) => h('tr', { key: field },
          h('th', { scope: 'row' }, FIELD_LABELS[field] ?? words(field)),
          h('td', null, column ? h('bdi', null, column) : h('span', { class: 'soft' }, 'not in the file')),
          h('td', { class: 'number' }, share(filled, rows, `${FIELD_LABELS[field] ?? words(field)} filled`), `${count(filled)} of ${count(rows)}`)))))),
    stages.length === 0 ? null : h('details', { class: 'twin' },
      h('summary', null, `By ${kind === 'deals' ? 'stage' : 'status'}`),
      h('div', { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': 'Completeness by stage' },
        h('table', { class: 'data', id: 'completeness-stages' },
          h('thead', null, h('tr', null, head(kind === 'deals' ? 'Stage' : 'Status'), all.map(({ field }) => head(FIELD_LABELS[field] ?? words(field), true)))),
          h('tbody', null, stages.map((stage, i) => h('tr', { key: String(i) }, h('th', { scope: 'row' }, h('bdi', null, stage || 'none')),
            all.map(({ field, byStage }) => {
              const cell = byStage[i];
              return h('td', { key: field, class: `number ${cell && cell.filled === 0 ? 'lacking' : ''}` }, cell ? `${count(cell.filled)} of ${count(cell.rows)}` : '');
            }))))))));
}

/** @param {Quality} quality */
function duplicates({ duplicates: all }) {
  if (all.length === 0) return h('p', { class: 'small soft', key: 'duplicates' }, 'No row seems to be there twice.');
  const heads = ['Agree in', 'Surely the same', 'Rows too many', 'Such as', 'Lines'];
  const rows = all.flatMap(({ by, certain, rows: n, examples }) => examples.map(({ text, lines }) => [
    `${by.charAt(0).toUpperCase()}${by.slice(1)}`, certain ? 'yes' : 'perhaps', n, text, lines.join(', ')]));
  return listing('Rows that seem to be there more than once', 'duplicates', heads, rows, { numbers: [2] });
}

/** @param {Quality} quality */
function oddValues({ oddValues: all }) {
  if (all.length === 0) return h('p', { class: 'small soft', key: 'odd' }, 'No value is spelled unlike the others.');
  return listing('Values unlike the others', 'odd-values', ['Column', 'Value', 'Rows', 'First line', 'Probably'],
    all.map(({ column, value, count: n, line, suggestion }) => [column, value, n, line, suggestion]), { numbers: [2, 3] });
}
