// @ts-check
/** What decides when deals close: the file's own past or its stated dates, what the past says, and new business on its own line. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, off, percent, shortMoney } from '../format.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').ForecastReport} ForecastReport
 * @typedef {import('../storage.js').Kept['timing']} Timing
 */

/** @type {[Timing, string][]} */
const CHOICES = [['auto', 'your past where it is enough'], ['hazards', 'your own past'], ['dates', 'stated close dates']];

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
export function pastView(state, report) {
  const { timing } = report;
  const own = timing.source === 'hazards';
  return h('section', { class: 'card', key: 'past', id: 'past', 'aria-labelledby': 'past-title' },
    h('div', { class: 'card-head' },
      h('h2', { id: 'past-title' }, own ? 'Decided by your own past' : 'Decided by stated dates'),
      h('div', { class: 'field inline' }, h('label', { for: 'timing' }, 'When deals close'),
        h('select', { id: 'timing', value: state.kept.timing, onchange: (/** @type {Event} */ event) => act.timeDealsBy(/** @type {Timing} */ (/** @type {HTMLSelectElement} */ (event.target).value)) },
          CHOICES.map(([value, label]) => h('option', { key: value, value }, label))))),
    h('p', { id: 'timing-reason' }, sentence(timing.reason), '.'),
    newBusiness(report),
    renewals(report),
    timing.fit.length > 0
      ? h('details', { id: 'past-says', open: own }, h('summary', null, 'What your closed deals say'),
        h('ul', { class: 'bullets' }, timing.fit.map((line) => h('li', { key: line.about }, sentence(line.sentence), '.'))))
      : null);
}

/** @param {ForecastReport} report */
function newBusiness({ newBusiness: lines, currency }) {
  if (lines.length === 0) return h('p', { class: 'small soft' }, 'Deals that are not in the file yet are not counted.');
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'New business' },
    h('table', { class: 'data', id: 'new-business' },
      h('caption', { class: 'small soft' }, 'Of the forecast, from deals that are not in the file yet'),
      h('thead', null, h('tr', null, ['Period', 'P50', 'P10 to P90', 'Share of the mean'].map((head, i) => h('th', { key: head, scope: 'col', class: i > 0 ? 'number' : null }, head)))),
      h('tbody', null, lines.map((line) => h('tr', { key: line.period },
        h('th', { scope: 'row' }, line.period),
        h('td', { class: 'number', title: off(line.p50, currency) }, shortMoney(line.p50.value, currency)),
        h('td', { class: 'number', title: `P10 ${off(line.p10, currency)}, P90 ${off(line.p90, currency)}` }, `${shortMoney(line.p10.value, currency)} to ${shortMoney(line.p90.value, currency)}`),
        h('td', { class: 'number', title: line.share === null ? null : `± ${percent(line.share.error, 1)}` }, line.share === null ? NONE : percent(line.share.value, 0)))))));
}

/** @param {ForecastReport} report */
function renewals({ renewals: found, currency }) {
  if (!found) return null;
  const heads = ['Period', 'Due', 'They bring now', 'Renewed so far', 'Expected churn', 'Expected change', 'P50', 'P10 to P90'];
  return [
    h('p', { id: 'renewals-say' }, sentence(found.sentence), '.'),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Renewals' },
      h('table', { class: 'data', id: 'renewals' },
        h('caption', { class: 'small soft' }, 'Of the forecast, from contracts that come due; no earlier quarter corrects it'),
        h('thead', null, h('tr', null, heads.map((head, i) => h('th', { key: head, scope: 'col', class: i > 0 ? 'number' : null }, head)))),
        h('tbody', null, found.periods.map((line) => h('tr', { key: line.period },
          h('th', { scope: 'row' }, line.period),
          h('td', { class: 'number' }, String(line.due)),
          [line.amount, line.renewedToDate, -line.churn, line.expansion].map((amount, i) => h('td', { key: i, class: 'number' }, shortMoney(amount, currency))),
          h('td', { class: 'number', title: off(line.p50, currency) }, shortMoney(line.p50.value, currency)),
          h('td', { class: 'number', title: `P10 ${off(line.p10, currency)}, P90 ${off(line.p90, currency)}` }, `${shortMoney(line.p10.value, currency)} to ${shortMoney(line.p90.value, currency)}`)))))),
    found.notes.length > 0 ? h('ul', { class: 'small soft' }, found.notes.map((note) => h('li', { key: note }, sentence(note), '.'))) : null,
  ];
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
