// @ts-check
/** What a lead's card says in words: the sentence, what would raise the grade, what is worth finding out, what holds. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { counted, number } from '../format.js';
import { listing } from './listing.js';

/**
 * @typedef {import('../engine.js').LeadExplanation} LeadExplanation
 * @typedef {import('../engine.js').LeadReport} LeadReport
 * @typedef {LeadExplanation['fit']} Score
 */

const SHORT = /** @type {Record<string, string>} */ ({ mql: 'MQL', pql: 'PQL', sql: 'SQL', opportunity: 'Opportunity', closedWon: 'Closed-won', churned: 'Churned' });
const PROMISE = /** @type {Record<string, string>} */ ({
  answered: 'was answered', late: 'was answered too late', open: 'is not due yet', breached: 'was not answered in time', unknown: 'is over; the file does not say whether somebody answered',
});

/** The lead in one sentence, with the definitions that hold for it. @param {LeadExplanation} lead */
export function sentencePart(lead) {
  return h('div', { key: 'sentence', class: 'lead-sentence' },
    h('p', { id: 'lead-sentence' }, h('bdi', null, lead.sentence)),
    lead.definitions.length > 0 ? h('p', { class: 'chips', id: 'lead-definitions' }, lead.definitions.map((name) => h('span', { class: 'chip', key: name }, SHORT[name] ?? name))) : null,
    lead.scorecard ? h('p', { class: 'small soft' }, `Scored by the card “${lead.scorecard}”.`) : null,
    lead.gradeKept ? h('p', { class: 'small soft' }, lead.gradeKept) : null);
}

/** What could still be changed, or found out. @param {LeadExplanation} lead */
export function openPart({ flips, enrich }) {
  return [
    flips.length > 0 ? h('section', { key: 'flips', id: 'lead-flips' }, h('h3', null, 'What would raise the grade'),
      h('ul', { class: 'bullets' }, flips.map((flip) => h('li', { key: flip.sentence }, h('bdi', null, flip.sentence))))) : null,
    enrich.length > 0 ? h('section', { key: 'enrich', id: 'lead-enrich' }, h('h3', null, 'Worth finding out'),
      h('ul', { class: 'bullets' }, enrich.map(({ field, label, points }) => h('li', { key: field }, h('strong', null, h('bdi', null, label)), `, up to ${counted(Math.round(points * 100) / 100, 'point', 'points')}`)))) : null,
  ];
}

/** How far a score could move once everything is known. @param {Score} score */
export function intervalOf({ score, low, high, steps }) {
  if (score === null || low === null || high === null || low === high) return null;
  return h('p', { class: 'small soft score-interval' }, `${number(low)} to ${number(high)} once everything is known`, steps && steps.length > 1 ? `: ${steps}` : '');
}

/** When somebody was to answer, and whether they did. @param {LeadExplanation} lead */
export function promiseOf({ rule, sla, due, slaState }) {
  if (!sla) return rule ? h('span', { class: 'soft block' }, `Rule “${rule}”`) : null;
  return h('span', { class: 'soft block' }, rule ? `Rule “${rule}”: ` : '', `answer within ${sla}`, due ? `, by ${due.replace('T', ' ')}` : '', slaState ? `; this ${PROMISE[slaState] ?? slaState}` : '');
}

/** The card as a list: every line of the arithmetic. @param {LeadExplanation} lead */
export function exportButton(lead) {
  const axes = /** @type {[string, Score][]} */ ([['Fit', lead.fit], ['Engagement', lead.engagement]]);
  const rows = axes.flatMap(([axis, score]) => (score.score === null ? [[axis, '', 'Not evaluable', '', '']] : [
    ...score.groups.flatMap((group) => [
      ...group.rules.map((rule) => [axis, group.name, rule.name, rule.values.map(({ label, value }) => `${label}: ${value ?? 'blank'}`).join('; '), rule.missing ? 'unknown' : String(rule.points)]),
      ...(group.limited ? [[axis, group.name, group.limited < 0 ? 'Cap of the group' : 'Floor of the group', '', String(group.limited)]] : [])]),
    ...(score.rescaled ? [[axis, '', 'For the values that are missing', '', String(score.rescaled)]] : []),
    ...(score.limited ? [[axis, '', `Limit of ${number(score.cap)}`, '', String(score.limited)]] : []),
    [axis, '', 'Score', '', String(score.score)]]));
  return h('button', { type: 'button', class: 'button quiet small', id: 'lead-csv', key: 'csv', onclick: () => act.downloadList('lead', ['Axis', 'Group', 'Line', 'Values', 'Points'], rows) }, 'Download this card as CSV');
}

/** The fields that would tell most about the list, were they filled. @param {LeadReport} report */
export function enrichList({ enrich, counts }) {
  if (enrich.length === 0) return null;
  return h('div', { class: 'card', key: 'enrich' },
    listing('What is worth finding out', 'enrich', ['Field', 'Leads it could move', 'Share of leads, %', 'Points it could move'],
      enrich.map(({ label, leads, points }) => [label, leads, Math.round((100 * leads) / Math.max(1, counts.leads)), Math.round(points)]),
      { numbers: [1, 2, 3], note: 'Blank fields that could move scores, up to the caps of their groups, the one that could move this list most first.' }));
}
