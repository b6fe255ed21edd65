// @ts-check
/** What stands about the file beside a result: questions that the file leaves open, with one click for each answer. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { count, counted, date } from '../format.js';
import { questionsOf } from '../questions.js';

/**
 * @typedef {import('./understood.js').Part} Part
 * @typedef {import('../state.js').Desk} Desk
 * @typedef {import('../questions.js').Question} Question
 */

const ANSWERS = {
  date: [['dmy', 'Day first'], ['mdy', 'Month first']],
  number: [['point', 'A decimal point'], ['comma', 'A decimal comma']],
};

/**
 * @param {Part} part
 * @param {Desk} desk
 */
export function questions(part, desk) {
  const { receipt, reading, panel } = part;
  if (!receipt) return null;
  const asked = questionsOf(receipt);
  act.weigh(desk, asked);
  const isSaid = reading.said !== '' && !panel.isOpen;
  const foreign = receipt.diagnostics.find(({ code }) => code === 'foreign-currency');
  if (asked.length === 0 && !isSaid && !foreign) return null;
  return h('section', { class: 'questions', key: 'questions', 'aria-label': 'About your file' },
    isSaid ? h('p', { key: 'said', class: 'notice good said-line' }, h('span', null, reading.said), ' ',
      reading.past.length > 0 ? h('button', { type: 'button', class: 'button quiet small', onclick: () => act.undo(desk) }, 'Undo') : null) : null,
    asked.map((question) => questionCard(part, desk, question)),
    foreign ? rateCard(part, desk, foreign) : null);
}

/**
 * Deals in another currency than the forecast's take part once their rate is given.
 * @param {Part} part
 * @param {Desk} desk
 * @param {import('../engine.js').Receipt['diagnostics'][number]} foreign
 */
function rateCard({ reading, report }, desk, { sample: currency, count: n }) {
  const known = reading.corrections.read['rates'] ?? {};
  const give = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const rate = Number(String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('rate')).replace(',', '.'));
    if (rate > 0) void act.correctFile(desk, 'rates', { ...known, [currency]: rate });
  };
  return h('form', { class: 'card question', key: `rate-${currency}`, id: `rate-form-${currency}`, 'aria-label': `Rate of ${currency}`, onsubmit: give },
    h('h2', null, `What is one ${currency} worth?`),
    h('p', null, `${counted(n, 'deal is', 'deals are')} in ${currency} and left out: without a rate two currencies are never added.`),
    h('div', { class: 'fields' },
      h('div', { class: 'field' }, h('label', { for: `rate-${currency}` }, `1 ${currency} in ${report && 'currency' in report ? report.currency : 'the currency of the forecast'}`),
        h('input', { id: `rate-${currency}`, name: 'rate', inputmode: 'decimal', autocomplete: 'off', required: true, pattern: '[0-9]*[.,]?[0-9]+' })),
      h('div', { class: 'field' }, h('button', { class: 'button', id: `use-rate-${currency}` }, 'Use this rate'))));
}

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Question} question
 */
function questionCard({ reading }, desk, { type, columns, used, count: n, samples }) {
  const isDate = type === 'date';
  const meant = (/** @type {string} */ text, /** @type {string} */ way) => {
    const value = reading.readings[`${type} ${text}`]?.[way];
    return !value ? '…' : isDate ? date(value) : value;
  };
  const telling = samples.filter((text) => new Set(ANSWERS[type].map(([way = '']) => meant(text, way))).size > 1);
  return h('div', { class: 'card question', key: `question-${type}`, role: 'group', 'aria-labelledby': `question-${type}-${desk}` },
    h('h2', { id: `question-${type}-${desk}` }, isDate ? 'Day or month first?' : 'Decimal point or comma?'),
    h('p', null, `${counted(n, isDate ? 'date' : 'number', isDate ? 'dates' : 'numbers')} in `, names(columns), ' can be read two ways, and nothing in the file decides.'),
    h('table', { class: 'data' },
      h('caption', { class: 'visually-hidden' }, 'Samples under each reading'),
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'In the file'),
        ANSWERS[type].map(([way = '', label]) => h('th', { key: way, scope: 'col' }, label, way === used ? h('span', { class: 'soft' }, ', as read now') : null)))),
      h('tbody', null, (telling.length > 0 ? telling : samples).slice(0, SHOWN).map((text) => h('tr', { key: text },
        h('th', { scope: 'row' }, h('code', null, h('bdi', null, text))),
        ANSWERS[type].map(([way = '']) => h('td', { key: way }, meant(text, way))))))),
    h('div', { class: 'buttons' }, ANSWERS[type].map(([way = '', label]) => h('button', {
      key: way, type: 'button', class: 'button', 'data-answer': way,
      onclick: () => act.correctColumns(desk, columns, isDate ? { dateOrder: way } : { decimal: way }),
    }, way === used ? `${label}, keep it` : label))));
}

/** Cells shown with both readings. */
const SHOWN = 3;
/** Columns named. */
const NAMED = 3;

/** @param {string[]} columns */
function names(columns) {
  const shown = columns.slice(0, NAMED).map((name, i) => [i > 0 ? ', ' : null, h('code', null, h('bdi', null, name))]);
  return columns.length > NAMED ? [shown, ` and ${count(columns.length - NAMED)} more`] : shown;
}
