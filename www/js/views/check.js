// @ts-check
/** Check the card: what there is to ask about its rules, cut points of segments, drift of the profile, and channels. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { count, counted, fixed, number, percent, words } from '../format.js';
import { listing } from './listing.js';
import { problemCard } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').LeadReport} LeadReport
 * @typedef {import('../engine.js').DriftReport} DriftReport
 * @typedef {import('../engine.js').CutReport} CutReport
 */

const CODES = /** @type {Record<string, string>} */ ({
  'rule-never-fires': 'Never fires', 'rule-always-fires': 'Always fires', 'field-not-in-file': 'Not in this file', 'cap-never-hit': 'Cap never hit', 'cap-always-hit': 'Cap always hit',
  'grade-unreachable': 'Out of reach', 'double-counting': 'Counts twice', 'sign-opposed': 'Against outcomes', 'disagrees-with-learned': 'Against what is learned',
});

/** Findings that say the points may be wrong. */
const GRAVE = new Set(['sign-opposed', 'disagrees-with-learned', 'grade-unreachable', 'double-counting']);

/**
 * @param {State} state
 * @param {LeadReport} report
 */
export function checkView(state, report) {
  const { lint, cuts, drift, problem } = state.leads.check;
  return h('section', { class: 'check', key: 'check', id: 'check', 'aria-label': 'Check the card' },
    problem ? problemCard(problem) : null,
    lint ? h('div', { class: 'card', key: 'lint' }, findings(lint)) : waiting(state),
    cuts ? h('div', { class: 'card', key: 'cuts' }, cutPoints(cuts)) : null,
    drift ? h('div', { class: 'card', key: 'drift' }, driftPart(drift)) : null,
    h('div', { class: 'card', key: 'channels' }, channels(report)));
}

/** @param {State} state */
function waiting({ busy, leads }) {
  if (leads.check.problem) return null;
  return busy ? h('p', { key: 'lint' }, 'Checking…') : h('div', { key: 'lint', class: 'notice' }, h('p', null, 'Stopped before there was a result.'), h('button', { type: 'button', class: 'button', onclick: () => void act.askCheck() }, 'Check the card'));
}

/** @param {import('../engine.js').LintReport} lint */
function findings({ findings: all, leads, outcome, decided, notLearned }) {
  const basis = outcome ? `${counted(decided, 'lead', 'leads')} of ${count(leads)} ended, by “${outcome}”.` : 'No column says how leads ended, so points are not compared with outcomes.';
  const sorted = [...all].sort((a, b) => Number(GRAVE.has(b.code)) - Number(GRAVE.has(a.code)));
  const absent = sorted.filter(({ code }) => code === 'field-not-in-file');
  const list = sorted.filter(({ code }) => code !== 'field-not-in-file');
  return h('section', { class: 'listing', id: 'findings' },
    h('div', { class: 'card-head' }, h('h3', { id: 'findings-title' }, list.length === 0 ? 'Nothing to ask about this card' : `${counted(list.length, 'thing', 'things')} to ask about this card`),
      all.length === 0 ? null : h('button', { type: 'button', class: 'button quiet small', id: 'findings-csv', 'aria-label': 'Download CSV: things to ask about this card', onclick: () => act.downloadList('card-findings', ['Finding', 'Axis', 'Group', 'Rules', 'Leads', 'In words'], sorted.map((one) => [CODES[one.code] ?? one.code, words(one.axis), one.group ?? '', one.rules.join('; '), String(one.leads), one.sentence])) }, 'Download CSV')),
    h('p', { class: 'small soft' }, basis, notLearned ? ` Not compared with a learned card: ${notLearned}.` : ''),
    all.length === 0 ? h('p', { class: 'notice good' }, 'Every rule fires, no cap is idle, every grade can be reached.') : null,
    list.length > 0 ? h('ul', { class: 'findings' }, list.map(item)) : null,
    absent.length > 0 ? h('details', { class: 'twin', key: 'absent', open: list.length === 0 },
      h('summary', null, `${counted(absent.length, 'rule asks', 'rules ask')} for fields that this file does not have`),
      h('ul', { class: 'findings' }, absent.map(item))) : null);
}

/**
 * @param {import('../engine.js').LintReport['findings'][number]} finding
 * @param {number} i
 */
function item(finding, i) {
  return h('li', { key: String(i), 'data-code': finding.code },
    h('span', { class: `chip ${GRAVE.has(finding.code) ? 'grave' : ''}` }, CODES[finding.code] ?? words(finding.code)),
    h('span', { class: 'finding-words' }, finding.sentence, h('span', { class: 'soft small block' }, [finding.scorecard ?? '', words(finding.axis), finding.group ?? ''].filter(Boolean).join(' · '))),
    h('button', { type: 'button', class: 'button small', 'aria-label': `Go to it: ${finding.rules[0] ?? finding.group ?? finding.axis}`, onclick: () => act.goToRule(finding) }, 'Go to it'));
}

/** @param {CutReport} report */
function cutPoints({ fields, outcome, amount, currency, note }) {
  const value = amount ? `win rate × ${amount}` : 'win rate';
  return h('section', { class: 'listing', id: 'cut-points' },
    h('h3', { id: 'cut-points-title' }, 'Where segments should cut'),
    h('p', { class: 'small soft' }, outcome ? `What sets leads apart on rows held out, by ${value} and “${outcome}”.` : 'A column that says how leads ended is needed.', note ? ` ${sentence(note)}.` : ''),
    fields.map((field) => h('details', { key: field.field, class: `fold cut-field ${field.verdict}`, 'data-field': field.field, open: field.verdict === 'better-cut' },
      h('summary', null, h('span', { class: `chip ${field.verdict === 'better-cut' ? 'better' : ''}` }, { 'better-cut': 'Better cut', 'no-better-cut': 'No better cut', 'too-few': 'Too few' }[field.verdict]), ' ', h('span', { class: 'soft' }, field.sentence)),
      h('div', { class: 'inside' },
        h('p', { class: 'small' }, `Your cuts: ${cutList(field.current)}. Best found: ${cutList(field.proposed)}. Variance explained on held-out leads: ${percent(field.currentSeparation, 1)} by yours, ${percent(field.separation, 1)} by the best; the gain is ${percent(field.gain, 1)} ± ${percent(field.gainError, 1)}.`),
        field.groups.length === 0 ? null : listing(field.verdict === 'better-cut' ? 'Between the proposed cuts' : 'Between your cuts', `cut-${field.field.replaceAll(/[^\w]/g, '-')}`, [sentence(field.label), 'Leads', 'Won', 'Win rate, 95 %', amount ? `Worth of a lead, ${currency ?? ''}` : 'Win rate'],
          field.groups.map((group) => [range(group), group.leads, group.won, `${percent(group.winRate.low)} to ${percent(group.winRate.high)}`, amount ? number(group.value, 0) : percent(group.value, 1)]), {
            numbers: [1, 2, 3, 4],
            csv: {
              heads: [`${sentence(field.label)} from`, 'Below', 'Leads', 'Won', 'Win rate', 'Win rate, low', 'Win rate, high', ...(amount ? [`Worth of a lead, ${currency ?? ''}`, 'Worth, low', 'Worth, high'] : [])],
              rows: field.groups.map((group) => [group.from, group.below, group.leads, group.won, group.leads > 0 ? group.won / group.leads : null, group.winRate.low, group.winRate.high, ...(amount ? [group.value, group.valueInterval.low, group.valueInterval.high] : [])]),
            },
          })))));
}

/** @param {number[]} cuts */
function cutList(cuts) {
  return cuts.length === 0 ? 'none' : cuts.map((cut) => number(cut)).join(', ');
}

/** @param {{ from: number | null, below: number | null }} group */
function range({ from, below }) {
  if (from === null) return below === null ? 'all' : `below ${number(below)}`;
  return below === null ? `${number(from)} or more` : `${number(from)} to below ${number(below)}`;
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const GROUPS = /** @type {Record<string, string>} */ ({ written: 'profile as written', leads: 'leads', mql: 'MQLs', won: 'won', retained: 'retained' });

/** @param {DriftReport} report */
function driftPart({ groups, fields, notes }) {
  const pairs = fields.flatMap(({ label, comparisons }) => comparisons.map((one) => ({ label, ...one }))).sort((a, b) => Number(b.drifted) - Number(a.drifted) || b.psi - a.psi);
  const drifted = pairs.filter((one) => one.drifted);
  return h('section', { class: 'listing', id: 'drift' },
    listing('Has the market moved away from your profile?', 'drift-list', ['Field', 'Measured by', 'Compared', 'Index (PSI)', 'p-value', 'Moved', 'Values that moved most'],
      pairs.map(({ label, base, group, psi, pValue, drifted: isDrifted, moved }) => [sentence(label), GROUPS[base], GROUPS[group], fixed(psi, 3), fixed(pValue, 3), isDrifted ? 'moved' : '–',
        moved.slice(0, 3).map(({ value, baseShare, share }) => `${value}: ${percent(baseShare)} → ${percent(share)}`).join('; ')]), {
        numbers: [3, 4], empty: 'None of the profile’s fields is in this file.',
        csv: {
          heads: ['Field', 'Measured by', 'Compared', 'Index (PSI)', 'p-value', 'Moved', 'Value', 'Share, measured by', 'Share, compared'],
          rows: pairs.flatMap(({ label, base, group, psi, pValue, drifted: isDrifted, moved }) => {
            const own = [sentence(label), GROUPS[base], GROUPS[group], psi, pValue, isDrifted ? 'yes' : 'no'];
            return moved.length === 0 ? [[...own, null, null, null]] : moved.map(({ value, baseShare, share }) => [...own, value, baseShare, share]);
          }),
        },
        note: `${drifted.length === 0 ? 'No field has moved' : `${counted(drifted.length, 'comparison shows', 'comparisons show')} a move`}: an index of 0.1 or more that is no accident (p at most 0.01). ${groups.map(({ group, leads }) => `${count(leads)} ${GROUPS[group]}`).join(', ')}.`,
      }),
    notes.length > 0 ? h('ul', { class: 'bullets small soft' }, notes.map((note) => h('li', { key: note }, sentence(note)))) : null);
}

/** @param {LeadReport} report */
function channels({ counts }) {
  return listing('Where leads come from', 'channels', ['Channel', 'Leads'], counts.byChannel.map(({ channel, count: n }) => [words(channel), n]), {
    numbers: [1], empty: 'This file has no column for the source of leads.', open: (at) => counts.byChannel[at] && void act.listChannel(counts.byChannel[at].channel), note: counts.byChannel.length > 0 ? 'Choose a channel to see its leads.' : null,
  });
}
