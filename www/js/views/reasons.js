// @ts-check
/** One lead's reasons: every rule with its points, so that the reader can add them up. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, counted, number } from '../format.js';
import { exportButton, intervalOf, openPart, promiseOf, sentencePart } from './lead-says.js';

/**
 * @typedef {import('../engine.js').LeadExplanation} LeadExplanation
 * @typedef {LeadExplanation['fit']} Score
 * @typedef {Score['groups'][number]['rules'][number]} Rule
 */

/**
 * @param {LeadExplanation} lead
 * @param {import('../dom.js').Child} worth what it is worth, in words
 */
export function reasons(lead, worth = null) {
  return h('aside', {
    class: 'side card', key: 'side', 'aria-labelledby': 'side-title', id: 'reasons',
    // A handler that returns false would keep every other key from the panel.
    onkeydown: (/** @type {KeyboardEvent} */ event) => void (event.key === 'Escape' && act.closeReasons()),
  },
  h('div', { class: 'side-head' },
    h('div', null,
      h('h2', { id: 'side-title', tabindex: -1 }, h('bdi', null, lead.name || lead.id || `Line ${lead.line}`)),
      h('p', { class: 'soft small' }, h('bdi', null, lead.company ?? ''), lead.company ? ' · ' : '', `line ${lead.line}`)),
    h('span', { class: `grade grade-${lead.disqualified ? 'out' : lead.grade.slice(0, 1)}` }, lead.disqualified ? 'out' : lead.grade),
    h('button', { type: 'button', class: 'button quiet', 'aria-label': 'Close reasons', id: 'close-reasons', onclick: act.closeReasons }, '✕')),
  lead.disqualified ? h('p', { class: 'notice bad' }, `Disqualified: ${lead.disqualified}`) : null,
  sentencePart(lead),
  worth,
  axis('Fit', lead.fit),
  axis('Engagement', lead.engagement),
  openPart(lead),
  h('section', null, h('h3', null, 'Segment'), h('p', null, h('strong', null, lead.segment ?? NONE), lead.motion ? `, ${lead.motion}` : '', h('br'), h('span', { class: 'soft' }, lead.segmentReason ?? ''),
    lead.segmentMargin ? h('span', { class: 'soft block' }, lead.segmentMargin.sentence) : null,
    lead.programme ? h('span', { class: 'block' }, lead.programme) : null)),
  h('section', null, h('h3', null, 'Owner'), h('p', null, h('strong', null, h('bdi', null, lead.owner ?? 'Unassigned')), lead.pool ? `, ${lead.pool}` : '', h('br'), h('span', { class: 'soft' }, lead.routeReason ?? ''), promiseOf(lead))),
  exportButton(lead));
}

/**
 * @param {string} name
 * @param {Score} score
 */
function axis(name, score) {
  if (score.score === null) {
    return h('section', { class: 'axis' }, h('h3', null, `${name} ${NONE}`), h('p', { class: 'soft' }, 'Not evaluable: none of its fields is in the file.'));
  }
  return h('section', { class: 'axis' },
    h('div', { class: 'card-head' }, h('h3', null, name), h('strong', { class: 'axis-score' }, `${number(score.score)} of ${number(score.cap)}`)),
    intervalOf(score),
    h('meter', { min: 0, max: score.cap, value: score.score, 'aria-label': `${name} ${number(score.score)} of ${number(score.cap)}` }),
    h('table', { class: 'data sums' },
      h('thead', { class: 'visually-hidden' }, h('tr', null, h('th', { scope: 'col' }, 'Rule'), h('th', { scope: 'col' }, 'Points'))),
      score.groups.map((group) => h('tbody', { key: group.name },
        group.rules.filter(counts).map((rule, i) => h('tr', { key: String(i), class: rule.matched ? 'hit' : 'miss' },
          h('td', null, rule.name, h('span', { class: 'rule-value' }, rule.missing ? 'value missing' : said(rule))),
          h('td', { class: 'number' }, rule.missing ? NONE : signed(rule.points)))),
        adjustment(group.limited < 0 ? 'Cap of the group' : 'Floor of the group', group.limited),
        h('tr', { class: 'subtotal' },
          h('th', { scope: 'row' }, group.name, h('span', { class: 'soft' }, `, at most ${number(group.cap)}`)),
          h('td', { class: 'number' }, number(group.points))))),
      h('tbody', { key: 'axis' }, adjustment('For the values that are missing', score.rescaled), adjustment(`Limit of ${number(score.cap)}`, score.limited)),
      h('tfoot', null, h('tr', null, h('th', { scope: 'row' }, name), h('td', { class: 'number' }, h('strong', null, number(score.score)))))),
    others(score));
}

/** Whether a rule is worth a line: it gave or took points, or might have. @param {Rule} rule */
function counts(rule) {
  return rule.matched || rule.missing || rule.points !== 0;
}

/** What the lead's own values were. @param {Rule} rule */
function said(rule) {
  const values = rule.values.flatMap(({ value }) => (value === null ? [] : [value]));
  const age = rule.ageDays === null || rule.ageDays === undefined ? [] : [`${counted(rule.ageDays, 'day', 'days')} ago`];
  const times = rule.times === null || rule.times === undefined ? [] : [counted(rule.times, 'time', 'times')];
  return h('bdi', null, [...values, ...times, ...age].join(', '));
}

/** @param {Score} score */
function others(score) {
  const rest = score.groups.flatMap((group) => group.rules.filter((rule) => !counts(rule)));
  if (rest.length === 0) return null;
  return h('details', { class: 'others' }, h('summary', null, `${counted(rest.length, 'rule does', 'rules do')} not apply`), h('ul', null, rest.map((rule) => h('li', null, rule.name))));
}

/**
 * A line that keeps the sum right where a cap, a floor or missing values changed it.
 * @param {string} name
 * @param {number | undefined} points
 */
function adjustment(name, points) {
  if (!points) return null;
  return h('tr', { class: 'adjustment', key: name }, h('td', null, name), h('td', { class: 'number' }, signed(points)));
}

/** @param {number} points */
function signed(points) {
  return points > 0 ? `+${number(points)}` : number(points);
}
