// @ts-check
/** How leads of each grade ended, what a lead is worth, and what a card was learned from. */

import { h } from '../dom.js';
import { NONE, count, counted, date, fixed, money, number, percent } from '../format.js';
import { csvButton } from './listing.js';

/**
 * @typedef {import('../engine.js').LeadReport} LeadReport
 * @typedef {NonNullable<LeadReport['outcomes']>} Outcomes
 * @typedef {Outcomes['all']} GradeOutcome
 * @typedef {import('../engine.js').LeadExplanation} LeadExplanation
 */

/** @param {LeadReport} report */
export function outcomesPart({ outcomes }) {
  if (!outcomes) return null;
  const heads = ['Grade', 'Leads', ...(outcomes.outcome ? ['Won', 'Win rate', '95 % interval'] : []), ...(outcomes.status ? ['SQL', 'SQL rate', '95 % interval'] : [])];
  return h('details', { class: 'fold', key: 'outcomes', id: 'outcomes' },
    h('summary', null, 'How leads of each grade ended ', h('span', { class: 'soft' }, summary(outcomes))),
    h('div', { class: 'inside' },
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Outcomes by grade' },
        h('table', { class: 'data', id: 'outcomes-table' },
          h('thead', null, h('tr', null, heads.map((head, i) => h('th', { key: String(i), scope: 'col', class: i > 0 ? 'number' : null }, head)))),
          [outcomes.byFit, outcomes.byGrade.length > outcomes.byFit.length ? outcomes.byGrade : [], [{ ...outcomes.all, grade: 'All' }]].map((rows, i) =>
            h('tbody', { key: String(i) }, rows.map((row) => outcomeRow(row, outcomes)))))),
      csvButton('outcomes-by-grade', 'how leads of each grade ended', ['Grade', 'Leads', 'Won of', 'Won', 'Win rate', 'Low', 'High', 'SQL of', 'SQL', 'SQL rate', 'Low', 'High'],
        [...outcomes.byFit, ...outcomes.byGrade, outcomes.all].map((row) => [row.grade, String(row.leads), ...shareTexts(row.won), ...shareTexts(row.sql)])),
      outcomes.status && outcomes.sqlUnknown > 0 ? h('p', { class: 'small soft' }, `${counted(outcomes.sqlUnknown, 'lost lead is', 'lost leads are')} in no SQL rate: nothing says whether ${outcomes.sqlUnknown === 1 ? 'it was' : 'they were'} an SQL before.`) : null,
      outcomes.learnedFrom ? h('p', { class: 'small soft' }, 'The card was learned from these very rows, so these rates flatter it. What to expect of new leads stands with the card’s evidence on the Model tab.') : null));
}

/** @param {Outcomes} outcomes */
function summary({ outcome, status, byFit }) {
  const best = byFit[0];
  const by = [...new Set([outcome, status])].filter(Boolean).map((name) => `“${name}”`).join(' and ');
  return best?.won?.rate === null || best?.won?.rate === undefined ? `by ${by}` : `by ${by}: ${percent(best.won.rate)} of ${best.grade} were won`;
}

/**
 * @param {GradeOutcome} row
 * @param {Outcomes} outcomes
 */
function outcomeRow(row, { outcome, status }) {
  const cells = [count(row.leads), ...(outcome ? shareCells(row.won) : []), ...(status ? shareCells(row.sql) : [])];
  return h('tr', { key: row.grade }, h('th', { scope: 'row' }, row.grade), cells.map((text, i) => h('td', { key: String(i), class: 'number' }, text)));
}

/** @param {GradeOutcome['won']} share */
function shareCells(share) {
  if (!share || share.rate === null || share.rate === undefined) return [NONE, NONE, NONE];
  return [`${count(share.count)} of ${count(share.of)}`, percent(share.rate, 1), `${percent(share.interval.low)} to ${percent(share.interval.high)}`];
}

/** A share as figures of a file. @param {GradeOutcome['won']} share */
function shareTexts(share) {
  return share ? [share.of, share.count, share.rate ?? '', share.interval.low, share.interval.high].map(String) : ['', '', '', '', ''];
}

/** A lead's probability, rank and worth, each named for what it is. @param {LeadExplanation} lead */
export function worthOf(lead) {
  if (lead.rank === null && !lead.worth) return null;
  return h('section', { key: 'worth', id: 'lead-worth' }, h('h3', null, 'Worth'),
    h('dl', { class: 'tiles' },
      lead.probability === null || lead.probability === undefined ? null : tile('Probability', percent(lead.probability, 1), 'of a good end, by the learned card'),
      lead.rank === null || lead.rank === undefined ? null : tile('Rank', percent(lead.rank), 'of this list has less fit; no probability'),
      lead.worth ? tile('Expected value', money(lead.worth.value, lead.worth.currency), lead.worth.perDay ? `${money(lead.worth.perDay, lead.worth.currency)} a day of the cycle` : '') : null),
    lead.worth ? h('p', { class: 'small soft' }, lead.worth.sentence) : null);
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} note
 */
function tile(name, value, note) {
  return h('div', { class: 'tile', key: name }, h('dt', null, name), h('dd', null, value), h('dd', { class: 'note' }, note));
}

/** What the fit of a model was learned from. @param {any} evidence */
export function evidencePart(evidence) {
  if (!evidence) return null;
  const { quality, later } = evidence;
  const [low, high] = quality.aucInterval ?? [];
  return h('section', { class: 'card', key: 'evidence', id: 'evidence' },
    h('h2', null, 'What the fit was learned from'),
    h('dl', { class: 'tiles figures' },
      tile('Outcome', evidence.outcome, `${counted(evidence.rows, 'row', 'rows')}, ${count(evidence.successes)} ended well`),
      tile('Verdict', { signal: 'Signal', 'no-signal': 'No signal', 'too-few': 'Too few' }[/** @type {string} */ (evidence.gate)] ?? evidence.gate, 'on rows not learned from'),
      tile('ROC AUC', fixed(quality.auc, 3), low === undefined ? '' : `${fixed(low, 3)} to ${fixed(high, 3)}`),
      tile('Log-loss', fixed(quality.logLoss, 4), `overall rate alone: ${fixed(quality.baseLogLoss, 4)}`),
      later ? tile('On later rows', fixed(later.quality.auc, 3), `ROC AUC on ${counted(later.rows, 'row', 'rows')} after ${date(later.until)}`) : null,
      tile('As of', date(evidence.asOf), '')),
    h('p', { class: 'small soft' }, 'Points may be changed like any others; each rule keeps what it was learned with. Fingerprint ', h('code', null, evidence.fingerprint)));
}

/** What one rule was learned from. @param {any} rule */
export function ruleEvidence({ points, evidence }) {
  if (!evidence) return null;
  const rate = evidence.rows > 0 ? `, ${percent(evidence.successes / evidence.rows, 1)} ended well` : '';
  return h('span', { class: 'soft small block' }, `${counted(evidence.rows, 'row', 'rows')}${rate}`, evidence.points === points ? null : `; learned with ${number(evidence.points)} points`);
}
