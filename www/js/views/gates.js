// @ts-check
/** Stage gates: who complies, what the forecast is of those that do, and what to do with each deal. */

import * as act from '../actions.js';
import { dataTable } from '../chart.js';
import { h } from '../dom.js';
import { FIELD_LABELS } from '../fields.js';
import { NONE, count, percent, shortMoney, words } from '../format.js';
import { problemCard } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').GatesReport} GatesReport
 */

/** Deals of a triage shown at most. */
const MOST = 100;

const FLAGS = /** @type {Record<string, string>} */ ({
  'past-close': 'past close', 'stage-age': 'stuck in stage', 'missing-fields': 'missing fields', 'single-threaded': 'one contact', 'no-owner': 'no owner',
});

/** The flags of a deal in words. @param {string[] | undefined} flags */
export function flagText(flags) {
  return (flags ?? []).map((flag) => FLAGS[flag] ?? words(flag)).join(', ');
}

/** A condition, its field as a person calls it. @param {string} condition */
function inWords(condition) {
  return condition.replace(/^\w+/, (field) => FIELD_LABELS[field]?.toLowerCase() ?? words(field).toLowerCase());
}

/** @param {State} state */
export function gatesView(state) {
  const { gates } = state.deals;
  const { report } = gates;
  if (!report) return gates.problem ? problemCard(gates.problem) : null;
  const { all, gated } = report;
  const figures = (/** @type {GatesReport['all']} */ one) => (one ? [one.odds ? percent(one.odds.value.value, 1) : NONE, shortMoney(one.p10.value.value, report.currency), shortMoney(one.p50.value.value, report.currency), shortMoney(one.p90.value.value, report.currency)] : []);
  return h('section', { class: 'card', key: 'gates', id: 'gates', 'aria-labelledby': 'gates-title', 'aria-busy': String(gates.of !== state.deals.report) },
    h('div', { class: 'card-head' }, h('h2', { id: 'gates-title' }, 'Stage gates'), h('span', { class: 'small soft' }, 'Conditions and required fields of your model')),
    gates.problem ? problemCard(gates.problem) : null,
    h('p', { id: 'gates-sentence' }, `${report.sentence}.`),
    h('div', { class: 'manager-parts' },
      h('div', { class: 'manager-part' },
        h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Forecast of all deals and of those that pass' },
          dataTable(['Forecast of', 'Odds', 'P10', 'P50', 'P90'], [['All deals', ...figures(all)], [report.newBusiness ? 'Passing deals alone, with new business' : 'Passing deals alone', ...figures(gated)]])),
        h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Compliance by stage' },
          dataTable(['Stage', 'Deals', 'Pass', 'Share', 'Most often lacking'], report.stages.map((stage) => [
            stage.stage || 'No stage', count(stage.deals), count(stage.passing), percent(stage.compliance),
            stage.lacks.slice(0, 2).map((lack) => `${inWords(lack.condition)} (${lack.deals})`).join(', ') || NONE]), [4])),
        report.absent.length > 0 ? h('p', { class: 'small soft' }, `Not in this file, so not asked: ${report.absent.map(inWords).join(', ')}.`) : null),
      triage(state, report)));
}

/**
 * @param {State} state
 * @param {GatesReport} report
 */
function triage(state, report) {
  const kinds = /** @type {['escalate' | 'advance' | 'remove', string][]} */ ([['escalate', 'Escalate'], ['advance', 'Advance'], ['remove', 'Remove']]);
  const of = (/** @type {string} */ kind) => report.rows.filter((row) => row.triage === kind);
  const chosen = state.deals.gates.triage;
  const rows = of(chosen).toSorted((a, b) => b.amount - a.amount);
  return h('div', { class: 'manager-part', id: 'triage' },
    h('div', { class: 'segmented', role: 'group', 'aria-label': 'What to do with deals' }, kinds.map(([kind, label]) =>
      h('button', { key: kind, type: 'button', id: `triage-${kind}`, 'aria-pressed': String(chosen === kind), onclick: () => act.showTriage(kind) }, `${label} ${count(of(kind).length)}`))),
    rows.length === 0 ? h('p', { class: 'small soft' }, 'None.') : h('div', { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': 'Deals and why' },
      h('table', { class: 'data' },
        h('thead', null, h('tr', null, ['Deal', 'Amount', 'Why'].map((head, i) => h('th', { scope: 'col', class: i === 1 ? 'number' : null }, head)))),
        h('tbody', null, rows.slice(0, MOST).map((row) => h('tr', { key: String(row.row) },
          h('th', { scope: 'row' }, h('bdi', null, row.name || row.account || row.id || `line ${row.line}`)),
          h('td', { class: 'number' }, shortMoney(row.amount, report.currency)),
          h('td', null, h('bdi', null, row.reason))))))));
}
