// @ts-check
/** The track record: what the same method said in earlier quarters of the file, from within each, beside what came. */

import * as Plot from '../../vendor/plot.js';
import { drawn } from '../chart.js';
import { h } from '../dom.js';
import { NONE, counted, money, percent, shortMoney } from '../format.js';
import * as act from '../actions.js';
import { problemCard } from './parts.js';
import { weeksView } from './weeks.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').TrackRecord} TrackRecord
 * @typedef {TrackRecord['rows'][number]} Row
 */

/** @param {State} state */
export function recordView(state) {
  const { report, record } = state.deals;
  if (!report) return null;
  const told = record.report;
  const cut = told ? (told.summary.find((one) => one.cut === record.cut) ?? told.summary[0]) : null;
  return h('section', { class: 'card', key: 'record', id: 'record', 'aria-labelledby': 'record-title', 'aria-busy': String(record.of !== report) },
    h('div', { class: 'card-head' },
      h('h2', { id: 'record-title' }, 'Track record'),
      told && cut
        ? h('div', { class: 'segmented', role: 'group', 'aria-label': 'Seen from' }, told.summary.map((one) =>
          h('button', { key: String(one.cut), type: 'button', id: `record-${one.cut}`, 'aria-pressed': String(one.cut === cut.cut), onclick: () => act.showRecord(one.cut) }, `day ${one.cut}`)))
        : null),
    record.problem ? problemCard(record.problem) : null,
    told && cut ? verdict(cut, told.rows) : null,
    h('p', { class: 'small soft', id: 'calibration-reason' }, sentence(report.calibration.reason), '.', simulated(report)),
    told && cut ? drawing(told, cut.cut) : null,
    told ? weeksView(state, told) : null);
}

/**
 * How far off, what chance alone leaves, how often inside the interval; beside the last quarter's total where both were told of every quarter.
 * @param {TrackRecord['summary'][number]} cut
 * @param {Row[]} rows
 */
function verdict(cut, rows) {
  const { medianApe, medianFloor, coverage80, naive, crpsBesideNaive, meanCrps, mark, withinMark } = cut;
  if (medianApe === null || medianFloor === null || coverage80 === null || meanCrps === null) return null;
  const simple = naive === null || crpsBesideNaive === null ? '' : ` Taking last quarter’s total instead was off by ${percent(naive, 0)} on average; the same measure of this forecast (CRPS) is ${percent(crpsBesideNaive, 0)}${crpsBesideNaive === meanCrps ? '' : ', on the same quarters'}.`;
  const all = rows.filter((row) => row.cut === cut.cut).length;
  const which = `${counted(cut.quarters, 'quarter', 'quarters')}${all > cut.quarters ? ` with revenue, of ${all}` : ''}`;
  const kept = mark === null || withinMark === null ? '' : ` ${percent(withinMark, 0)} of them were off by at most ${percent(mark, 0)}, the mark that ${mark < 0.075 ? 'a quarter' : 'half'} of companies keep from there${medianFloor > mark ? '; noise alone leaves half of them further off' : ''}.`;
  return h('p', { id: 'verdict' },
    `On your own last ${which}, seen from day ${cut.cut}: half of the forecasts were off by less than ${percent(medianApe, 0)}; noise alone would be ${percent(medianFloor, 0)}. `,
    `${percent(coverage80, 0)} of the quarters ended between P10 and P90, where 80 % should.${kept}${simple}`);
}

/** @param {import('../engine.js').ForecastReport} report */
function simulated({ calibration, headline, periods, currency }) {
  const [, next] = periods;
  const short = (/** @type {{ value: number }} */ figure) => shortMoney(figure.value, currency);
  return [
    calibration.simulated ? ` As simulated, before that: P50 ${short(calibration.simulated.p50)}; now ${short(headline.p50)}.` : null,
    calibration.nextSimulated && next ? ` ${next.label} as simulated: P50 ${short(calibration.nextSimulated.p50)}; now ${short(next.p50)}.` : null,
  ];
}

/**
 * @param {TrackRecord} told
 * @param {number} cut
 */
function drawing(told, cut) {
  const rows = told.rows.filter((row) => row.cut === cut);
  const label = `Forecast and outcome of ${counted(rows.length, 'quarter', 'quarters')}, seen from day ${cut}`;
  return drawn('record-plot', {
    draw, input: { rows, currency: told.currency }, label,
    caption: 'Each bar runs from P10 to P90 with P50 marked, as it would have been said on that day; the dot is what came.',
  }, twin(rows, told.currency));
}

/**
 * @param {{ rows: Row[], currency: string }} input
 * @param {number} width
 */
function draw({ rows, currency }, width) {
  const domain = rows.map((row) => row.quarter);
  return Plot.plot({
    width, height: Math.max(120, 26 * rows.length + 44), className: 'plot-drawing', marginLeft: 72, marginRight: 24, style: { fontSize: '12px' },
    x: { label: null, tickFormat: (/** @type {number} */ value) => shortMoney(value, currency), ticks: Math.max(2, Math.floor(width / 130)), grid: true, zero: true },
    y: { domain, label: null },
    marks: [
      Plot.ruleY(rows, { y: 'quarter', x1: 'p10', x2: 'p90', stroke: 'var(--chart-line)', strokeWidth: 10, strokeOpacity: 0.35 }),
      Plot.tickX(rows, { y: 'quarter', x: 'p50', stroke: 'var(--chart-line)', strokeWidth: 2 }),
      Plot.dot(rows, { y: 'quarter', x: 'actual', fill: 'var(--chart-quota)', r: 4.5 }),
    ],
  });
}

/**
 * @param {Row[]} rows
 * @param {string} currency
 */
function twin(rows, currency) {
  const heads = ['Quarter', 'P10', 'P50', 'P90', 'Came', 'Off by', 'Noise alone', 'CRPS', 'Last quarter', 'Run rate', 'Linearity', 'Weighted'];
  const share = (/** @type {number | null} */ value) => (value === null ? NONE : percent(value, 0));
  return h('table', { class: 'data', id: 'record-table' },
    h('caption', { class: 'small soft' }, 'Off by, noise, CRPS and the errors of the simpler methods as shares of what came'),
    h('thead', null, h('tr', null, heads.map((head, i) => h('th', { key: head, scope: 'col', class: i > 0 ? 'number' : null }, head)))),
    h('tbody', null, rows.map((row) => h('tr', { key: row.quarter },
      h('th', { scope: 'row' }, row.quarter),
      [money(row.p10, currency), money(row.p50, currency), money(row.p90, currency), money(row.actual, currency), share(row.ape), share(row.floor), share(row.crps),
        share(row.peers.naive), share(row.peers.runRate), share(row.peers.linearity), share(row.peers.weighted)].map((text, i) => h('td', { key: String(i), class: 'number' }, text))))));
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
