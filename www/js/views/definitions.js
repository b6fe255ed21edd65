// @ts-check
/** What the model calls an MQL, SQL and so on, beside what the status column claims; and the line that fits capacity. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, count, counted, fixed, number, words } from '../format.js';
import { csvButton, listing } from './listing.js';
import { problemCard } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').LeadReport} LeadReport
 */

/** @param {LeadReport} report */
export function definitionsPart({ definitions, status }) {
  const isCompared = definitions.some((one) => one.status !== null);
  const heads = ['Definition', 'Condition of your model', 'Holds', 'Does not', 'Cannot be told', ...(isCompared ? ['Both say so', 'Only the status', 'Only the definition', 'Neither', 'Status, cannot be told'] : [])];
  const rows = definitions.map(({ label, condition, holds, fails, unknown, status: versus }) => [
    sentence(label), condition ?? 'not defined', ...(condition === null ? [NONE, NONE, NONE] : [holds, fails, unknown]),
    ...(isCompared ? (versus ? [versus.both, versus.claimedOnly, versus.metOnly, versus.neither, versus.claimedUnknown] : [NONE, NONE, NONE, NONE, NONE]) : [])]);
  return h('div', { class: 'definitions' },
    listing('What your words mean, and what the file says', 'definitions', heads, rows, {
      numbers: heads.map((_, i) => i).slice(2), note: status ? `The status column is “${status.column}”. Rows that only one of the two calls so are the ones to talk about.` : 'This file has no status column to compare with.',
    }),
    disagreements(definitions),
    status ? h('details', { class: 'twin', key: 'statuses' }, h('summary', null, 'What each status was taken to claim'),
      listing('Statuses', 'statuses', ['Status', 'Claims', 'Leads'], status.values.map(({ value, claims, count: n }) => [value || 'blank', claims ? labelOf(definitions, claims) : 'none of these', n]), { numbers: [2] })) : null);
}

/**
 * @param {LeadReport['definitions']} definitions
 * @param {string} name
 */
function labelOf(definitions, name) {
  return definitions.find(({ definition }) => definition === name)?.label ?? words(name);
}

/** The first leads that only one of the two calls so. @param {LeadReport['definitions']} definitions */
function disagreements(definitions) {
  const all = definitions.flatMap(({ label, status }) => (status ? [
    { text: `only the status says ${label}`, rows: status.claimedOnlyRows, count: status.claimedOnly },
    { text: `only the definition says ${label}`, rows: status.metOnlyRows, count: status.metOnly },
  ] : [])).filter(({ rows }) => rows.length > 0);
  if (all.length === 0) return null;
  return h('ul', { class: 'bullets small', key: 'disagreements' }, all.map(({ text, rows, count: n }) => h('li', { key: text },
    `${counted(n, 'lead', 'leads')}: ${text}. Rows `, rows.map((row, i) => [i > 0 ? ', ' : '', h('button', { type: 'button', class: 'link', 'aria-label': `Show row ${count(row + 1)}`, onclick: () => void act.showLead(row) }, count(row + 1))]), n > rows.length ? ' …' : '')));
}

/** @param {State} state */
export function thresholdPart(state) {
  const { cuts, capacity, problem } = state.leads.routing;
  return h('section', { class: 'listing', id: 'threshold' },
    h('div', { class: 'card-head' }, h('h3', { id: 'threshold-title' }, 'The line for an MQL that fits what can be worked')),
    problem ? problemCard(problem) : null,
    h('div', { class: 'fields' }, h('div', { class: 'field' }, h('label', { for: 'capacity' }, 'Leads that can be worked'),
      h('input', { id: 'capacity', type: 'number', min: 0, step: 1, value: capacity ?? '', placeholder: cuts?.capacity ? count(cuts.capacity) : 'as the pools say', onchange: (/** @type {Event} */ event) => void act.setCapacity(/** @type {HTMLInputElement} */ (event.target).value) })),
      h('p', { class: 'small soft' }, cuts ? `${sentence(cuts.capacityFrom)}.` : '')),
    cuts ? thresholds(cuts) : h('p', { class: 'small soft' }, 'Counting…'));
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {import('../engine.js').MqlReport} report */
function thresholds({ cuts, fits, rated, leads, sqls, sentence: said }) {
  const isFit = (/** @type {number} */ at) => at === fits;
  return [
    h('p', { key: 'said', id: 'threshold-sentence', class: 'threshold-sentence' }, said),
    h('p', { key: 'of', class: 'small soft' }, `${counted(leads, 'lead', 'leads')} that could be MQLs, ${count(sqls)} of them SQLs or further already. ${rated ? 'Listed are the lines that no other beats.' : 'Without an SQL in the file nothing can be expected.'}`),
    cuts.length === 0 ? null : csvButton('mql-lines', 'lines for an MQL', ['Fit from', 'Engagement from', 'Leads', 'SQLs to expect', 'Low', 'High', 'Fits'], cuts.map((cut, at) => [cut.fit, cut.engagement, cut.leads, cut.expectedSqls ?? '', cut.interval?.low ?? '', cut.interval?.high ?? '', isFit(at) ? 'yes' : ''].map(String))),
    h('div', { key: 'cuts', class: 'scroll tall', tabindex: 0, role: 'region', 'aria-labelledby': 'threshold-title' },
      h('table', { class: 'data', id: 'threshold-cuts' },
        h('thead', null, h('tr', null, ['Fit from', 'Engagement from', 'Leads', 'SQLs to expect', '95 % interval', ''].map((text, i) => h('th', { key: String(i), scope: 'col', class: 'number' }, text || h('span', { class: 'visually-hidden' }, 'Use'))))),
        h('tbody', null, cuts.map((cut, at) => h('tr', { key: String(at), class: isFit(at) ? 'fits' : null },
          h('th', { scope: 'row', class: 'number' }, number(cut.fit)), h('td', { class: 'number' }, number(cut.engagement)), h('td', { class: 'number' }, count(cut.leads)),
          h('td', { class: 'number' }, fixed(cut.expectedSqls)), h('td', { class: 'number' }, cut.interval ? `${number(cut.interval.low, 0)} to ${number(cut.interval.high, 0)}` : NONE),
          h('td', { class: 'number' }, h('button', { type: 'button', class: `button small ${isFit(at) ? 'primary' : ''}`, 'data-cut': `${cut.fit}/${cut.engagement}`, 'aria-label': `${isFit(at) ? 'Use this line' : 'Use'}: fit from ${number(cut.fit)}, engagement from ${number(cut.engagement)}`, onclick: () => void act.useCut(cut) }, isFit(at) ? 'Use this line' : 'Use'))))))),
  ];
}
