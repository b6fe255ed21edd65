// @ts-check
/** The forecast without trials beside the simulated one. */

import * as act from '../actions.js';
import { dataTable } from '../chart.js';
import { h } from '../dom.js';
import { NONE, percent, shortMoney } from '../format.js';
import { problemCard } from './parts.js';

const METHODS = /** @type {Record<string, string>} */ ({ lattice: 'exact', subsets: 'exact', grid: 'grid, rates fixed' });

/** @param {import('../state.js').State} state */
export function exactView(state) {
  const { exact } = state.deals;
  const { report } = exact;
  return h('section', { class: 'card', key: 'exact', id: 'exact', 'aria-labelledby': 'exact-title' },
    h('div', { class: 'card-head' },
      h('h2', { id: 'exact-title' }, 'Without trials'),
      h('button', { type: 'button', class: 'button', id: 'ask-exact', disabled: exact.isAsked && !report && !exact.problem, onclick: act.askExact }, exact.isAsked && !report && !exact.problem ? 'Computing…' : 'Compute')),
    h('p', { class: 'small soft' }, 'The distribution itself, by convolution: a check of the trials. Exact where amounts share a unit; else on a fine grid with rates fixed at their means, which leaves out how well they are known.'),
    exact.problem ? problemCard(exact.problem) : null,
    report ? h('p', { id: 'exact-sentence' }, `${report.sentence}.`) : null,
    report ? h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Forecast without trials' },
      dataTable(['Period', 'How', 'Odds', 'Odds in the trials', 'P10', 'P50', 'P90', 'P50 in the trials'], report.spans.map((span) => [
        span.label, span.figures ? (METHODS[span.figures.method] ?? span.figures.method) : NONE,
        span.figures?.odds == null ? NONE : percent(span.figures.odds, 2),
        span.simulatedOdds ? `${percent(span.simulatedOdds.value, 2)} ± ${percent(span.simulatedOdds.error, 2)}` : NONE,
        ...(span.figures ? [span.figures.p10, span.figures.p50, span.figures.p90].map((value) => shortMoney(value, report.currency)) : [NONE, NONE, NONE]),
        shortMoney(span.simulatedP50.value, report.currency)]))) : null,
    report ? h('ul', { class: 'small soft' }, [...new Set(report.spans.filter((span) => span.whyNot).map((span) => `${span.label}: ${span.whyNot}`))].map((text) => h('li', { key: text }, text))) : null);
}
