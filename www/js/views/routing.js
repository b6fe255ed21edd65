// @ts-check
/** Routing: what each rule did and whether its promise was kept, the queues, the definitions, and the line for an MQL. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, count, counted, money, number, words } from '../format.js';
import { definitionsPart, thresholdPart } from './definitions.js';
import { listing } from './listing.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').LeadReport} LeadReport
 * @typedef {LeadReport['exceptions']} QueueReport
 */

/** @type {[import('../state.js').QueueName, string, string][]} */
const QUEUES = [
  ['exceptions', 'Exceptions', 'Leads that could not be dealt as the rules say.'],
  ['breached', 'Breached', 'Their answer was due and did not come.'],
  ['stalled', 'Stalled', 'Nobody touched them: past their time, or without a promise and older than a day.'],
];

const REASONS = /** @type {Record<string, string>} */ ({
  'no-rule': 'no rule applies', 'missing-field': 'a field is missing', 'no-active-member': 'nobody takes leads', 'at-capacity': 'everyone is full',
  'owner-inactive': 'the owner is away', 'past-due': 'past due', 'no-promise': 'no promise',
});

/**
 * @param {State} state
 * @param {LeadReport} report
 */
export function routingView(state, report) {
  return h('section', { class: 'routing', key: 'routing', id: 'routing', 'aria-label': 'Routing' },
    h('div', { class: 'card' }, rules(report)),
    h('div', { class: 'card' }, owners(report)),
    h('div', { class: 'card' }, queues(state, report)),
    h('div', { class: 'card' }, definitionsPart(report)),
    h('div', { class: 'card' }, thresholdPart(state)));
}

/** @param {LeadReport} report */
function rules({ routing, accountOwner }) {
  const untold = routing.some((rule) => rule.sla && rule.count > 0 && rule.answered + rule.late + rule.open + rule.breached + rule.unansweredUnknown === 0);
  const note = [accountOwner > 0 ? `${counted(accountOwner, 'lead', 'leads')} went to whoever has the account, before any rule.` : '',
    untold ? 'Whether promises are kept cannot be told where the file does not say when a lead came in.' : ''].filter(Boolean).join(' ');
  return listing('What the rules did', 'routing-rules', ['Rule', 'In words', 'Pool', 'Leads', 'Answered', 'Late', 'Not yet due', 'Breached', 'Not told'],
    routing.map((rule) => [rule.rule, `${rule.sentence}.`, rule.pool, rule.count, ...(rule.sla ? [rule.answered, rule.late, rule.open, rule.breached, rule.unansweredUnknown] : [NONE, NONE, NONE, NONE, NONE])]),
    { numbers: [3, 4, 5, 6, 7, 8], note, empty: 'Your model has no routing rules. Add them under “routing” in the JSON of the Model tab.' });
}

/** @param {LeadReport} report */
function owners({ counts }) {
  const note = counts.unassigned > 0 ? `${counted(counts.unassigned, 'lead has', 'leads have')} no owner.` : null;
  return listing('Who got how many', 'routing-owners', ['Owner', 'Pool', 'Leads', 'Can take', 'Takes leads'],
    counts.byOwner.map(({ owner, pool, count: n, capacity, active }) => [owner, pool, n, capacity ?? 'no limit', active ? 'yes' : 'not at present']),
    { numbers: [2, 3], note, empty: 'Your model names nobody who takes leads.' });
}

/**
 * @param {State} state
 * @param {LeadReport} report
 */
function queues(state, report) {
  const chosen = state.leads.routing.queue;
  const all = { exceptions: report.exceptions, breached: report.breaches, stalled: report.stalled };
  const queue = all[chosen];
  const [, title = '', what = ''] = QUEUES.find(([name]) => name === chosen) ?? [];
  const currency = state.model.value?.meta?.currency;
  return h('section', { class: 'queues' },
    h('div', { class: 'card-head' }, h('h3', { id: 'queues-title' }, 'Leads to look at'), h('span', { class: 'small soft' }, what)),
    h('div', { class: 'segmented', role: 'group', 'aria-label': 'Queue' }, QUEUES.map(([name, label]) =>
      h('button', { key: name, type: 'button', id: `queue-${name}`, 'aria-pressed': String(name === chosen), onclick: () => act.showQueue(name) }, `${label} ${count(all[name].count)}`))),
    queue.count === 0 ? h('p', { class: 'notice good' }, none(chosen, report)) : [
      h('p', { class: 'chips', key: 'reasons' }, queue.reasons.map(({ code, count: n }) => h('span', { key: code, class: 'chip' }, `${count(n)} ${REASONS[code] ?? words(code).toLowerCase()}`)),
        queue.expectedValue > 0 ? h('span', { class: 'soft small' }, `${money(queue.expectedValue, currency)} expected value`) : null),
      queueList(queue, title, chosen, currency),
      h('div', { class: 'buttons', key: 'all' }, h('button', { type: 'button', class: 'button', id: 'list-queue', onclick: () => void act.listQueue(chosen) }, `Show ${queue.count === 1 ? 'it' : `all ${count(queue.count)}`} in the ranked list`)),
    ]);
}

/** @param {import('../state.js').QueueName} queue @param {LeadReport} report */
function none(queue, { routing, counts }) {
  if (queue !== 'exceptions') return `No lead is ${queue}.`;
  return routing.length === 0 && counts.byOwner.length === 0 ? 'Your model routes no leads, so none is an exception.' : 'No lead is an exception.';
}

/**
 * @param {QueueReport} queue
 * @param {string} title
 * @param {import('../state.js').QueueName} name
 * @param {string | undefined} currency
 */
function queueList({ rows, count: all }, title, name, currency) {
  const isDue = rows.some(({ due }) => due !== null);
  const isLate = rows.some(({ hoursLate }) => hoursLate !== null);
  const isOld = rows.some(({ ageDays }) => ageDays !== null);
  const isWorth = rows.some(({ expectedValue }) => expectedValue !== null);
  const heads = ['Lead', 'Company', 'Grade', 'Owner', 'Why', ...(isDue ? ['Due'] : []), ...(isLate ? ['Hours late'] : []), ...(isOld ? ['Age, days'] : []), ...(isWorth ? ['Expected value'] : [])];
  const body = rows.map((row) => [row.name || row.id || `line ${row.line}`, row.company, row.grade, row.owner ?? 'unassigned', row.reason,
    ...(isDue ? [row.due] : []), ...(isLate ? [row.hoursLate === null ? '' : number(row.hoursLate, 1)] : []), ...(isOld ? [row.ageDays === null ? '' : count(row.ageDays)] : []), ...(isWorth ? [money(row.expectedValue, currency)] : [])]);
  const numbers = heads.flatMap((head, i) => (['Hours late', 'Age, days', 'Expected value'].includes(head) ? [i] : []));
  return listing(title, `queue-list-${name}`, heads, body, {
    numbers, csv: () => void act.exportQueue(name), open: (at) => rows[at] && void act.showLead(rows[at].row), note: all > rows.length ? `The ${count(rows.length)} with the most expected value, then the oldest.` : null,
  });
}
