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
 * @typedef {import('../engine.js').Receipt['diagnostics'][number]} Note
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
  const cards = currencyCards(part, desk, receipt.diagnostics.filter(({ code }) => code === 'foreign-currency'));
  if (asked.length === 0 && !isSaid && cards.length === 0) return null;
  return h('section', { class: 'questions', key: 'questions', 'aria-label': 'About your file' },
    isSaid ? h('p', { key: 'said', class: 'notice good said-line' }, h('span', null, reading.said), ' ',
      reading.past.length > 0 ? h('button', { type: 'button', class: 'button quiet small', onclick: () => act.undo(desk) }, 'Undo') : null) : null,
    asked.map((question) => questionCard(part, desk, question)),
    cards);
}

/**
 * Deals in other currencies than the forecast's take part once their rates are given; where nothing is in the model's currency,
 * the model is what is to be put right.
 * @param {Part} part
 * @param {Desk} desk
 * @param {Note[]} foreign
 */
function currencyCards(part, desk, foreign) {
  const { report } = part;
  const own = act.modelCurrency();
  if (!report || !('currency' in report) || !own) return [];
  return report.currency === own ? foreign.map((note) => rateCard(part, desk, note, own)) : [currencyCard(report.currency, own, foreign)];
}

/**
 * @param {string} found the currency that the forecast is in for want of the model's
 * @param {string} own that of the model
 * @param {Note[]} foreign
 */
function currencyCard(found, own, foreign) {
  const others = foreign.length > 0 ? ` Deals in ${foreign.map(({ sample }) => sample).join(' and ')} are left out until then; their rates are asked for next.` : '';
  return h('section', { class: 'card question', key: 'currency', id: 'currency-card', 'aria-labelledby': 'currency-title' },
    h('h2', { id: 'currency-title' }, `Your file is in ${found}, your model in ${own}`),
    h('p', null, `Amounts and the quota are taken as ${found}; nothing is converted.${others}`),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button', id: 'use-currency', onclick: () => void act.editModel(['meta', 'currency'], found) }, `Set the model to ${found}`)));
}

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Note} foreign
 * @param {string} own the model's currency, which amounts are converted into
 */
function rateCard({ reading }, desk, { sample: currency, count: n }, own) {
  const known = reading.corrections.read['rates'] ?? {};
  const give = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = rateField(event);
    const rate = rateOf(field.value);
    field.setCustomValidity(rate > 0 ? '' : `Write what 1 ${currency} is worth in ${own} as a number above 0, such as 1.08.`);
    if (field.reportValidity()) void act.correctFile(desk, 'rates', { ...known, [currency]: rate });
  };
  return h('form', { class: 'card question', key: `rate-${currency}`, id: `rate-form-${currency}`, 'aria-label': `Rate of ${currency}`, novalidate: true, onsubmit: give },
    h('h2', null, `What is one ${currency} worth?`),
    h('p', null, `${counted(n, 'deal is', 'deals are')} in ${currency} and left out: without a rate two currencies are never added.`),
    h('div', { class: 'fields rate' },
      h('div', { class: 'field' }, h('label', { for: `rate-${currency}` }, `1 ${currency} in ${own}`),
        h('input', { id: `rate-${currency}`, name: 'rate', inputmode: 'decimal', autocomplete: 'off', oninput: (/** @type {InputEvent} */ event) => rateField(event).setCustomValidity('') })),
      h('button', { class: 'button', id: `use-rate-${currency}` }, 'Use this rate')));
}

/** @param {Event} event of the form, or of the field itself */
function rateField(event) {
  const target = /** @type {HTMLFormElement | HTMLInputElement} */ (event.target);
  return /** @type {HTMLInputElement} */ (target instanceof HTMLFormElement ? target.elements.namedItem('rate') : target);
}

/** What was written as a rate, with a point or a comma; no number where it is none. @param {string} text */
export function rateOf(text) {
  const plain = text.trim().replace(',', '.');
  return /^\d*\.?\d+$/.test(plain) ? Number(plain) : NaN;
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
