// @ts-check
/** The track record by week of the quarter: how the error falls as a quarter goes on, beside the usual marks and what chance alone leaves. */

import * as Plot from '../../vendor/plot.js';
import * as act from '../actions.js';
import { dataTable, drawn } from '../chart.js';
import { h } from '../dom.js';
import { NONE, counted, listed, percent } from '../format.js';
import { problemCard } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').TrackRecord} TrackRecord
 * @typedef {TrackRecord['summary'][number]} Cut
 */

/**
 * @param {State} state
 * @param {TrackRecord} told the record that corrects the forecast
 */
export function weeksView(state, told) {
  const { weeks } = state.deals;
  const { report, problem } = weeks.of === told.fingerprint ? weeks : { report: null, problem: null };
  return h('div', { class: 'weeks', key: 'weeks', id: 'weeks' },
    h('div', { class: 'card-head' },
      h('h3', { id: 'weeks-title' }, 'By week of the quarter'),
      report ? null : h('button', { type: 'button', class: 'button', id: 'ask-weeks', disabled: state.busy !== null, onclick: () => void act.askWeeks() }, 'Look at each week')),
    problem ? problemCard(problem) : null,
    report
      ? [h('p', { key: 'say', id: 'weeks-say' }, sentence(report.summary)), drawing(report)]
      : h('p', { key: 'offer', class: 'small soft' }, 'The same quarters, forecast from the end of each of their weeks: how far off, beside 5 % at week two, 10 % at mid-period and what noise alone leaves.'));
}

/** @param {Cut} cut */
function week({ cut }) {
  return Math.round(cut / 7);
}

/** How the weeks with a mark did. @param {Cut[]} summary */
function sentence(summary) {
  const marked = summary.filter(({ mark, medianApe }) => mark !== null && medianApe !== null);
  const said = marked.map((one) => `${percent(one.medianApe, 0)} at the end of week ${week(one)} (mark ${percent(one.mark, 0)}, which ${percent(one.withinMark, 0)} kept; noise alone ${percent(one.medianFloor, 0)})`);
  return said.length > 0 ? `Half of the forecasts were off by less than ${listed(said)}.` : 'None of the quarters brought anything.';
}

/** @param {TrackRecord} told */
function drawing(told) {
  const quarters = Math.max(...told.summary.map((cut) => cut.quarters));
  return drawn('weeks-plot', {
    draw, input: told.summary, label: `Error by week of the quarter, over ${counted(quarters, 'quarter', 'quarters')}`,
    caption: 'The line is the error that half of the forecasts stayed below, the dashed one what noise alone would leave; the dots are the marks: 5 % at week two, 10 % at mid-period.',
  }, twin(told.summary));
}

/**
 * @param {Cut[]} summary
 * @param {number} width
 */
function draw(summary, width) {
  const points = summary.flatMap((one) => (one.medianApe === null || one.medianFloor === null ? [] : [{ week: week(one), off: one.medianApe, floor: one.medianFloor, mark: one.mark }]));
  const marks = points.filter(({ mark }) => mark !== null);
  const labelled = marks.filter(({ mark }, i) => mark !== marks[i - 1]?.mark);
  const last = points.at(-1);
  const isAbove = last !== undefined && last.off >= last.floor;
  return Plot.plot({
    width, height: width < 480 ? 220 : 260, className: 'plot-drawing', marginLeft: 44, marginRight: 30, marginTop: 16, marginBottom: 36, style: { fontSize: '12px' },
    x: { domain: [1, Math.max(2, last?.week ?? 12)], label: null },
    y: { domain: [0, Math.max(0.12, ...points.flatMap(({ off, floor }) => [off, floor]))], label: null, nice: true },
    marks: [
      Plot.gridY({ stroke: 'var(--chart-grid)', strokeOpacity: 1, ticks: 5 }),
      Plot.axisY({ tickFormat: (/** @type {number} */ share) => percent(share, 0), ticks: 5, tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      Plot.axisX(points.map((point) => point.week), { tickFormat: (/** @type {number} */ at) => (width < 480 ? String(at) : `week ${at}`), tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      Plot.ruleY([0], { stroke: 'var(--line-strong)' }),
      Plot.lineY(points, { x: 'week', y: 'floor', stroke: 'var(--ink-soft)', strokeWidth: 1.75, strokeDasharray: '5 4' }),
      Plot.lineY(points, { x: 'week', y: 'off', stroke: 'var(--chart-line)', strokeWidth: 2.25, marker: 'dot' }),
      Plot.dot(marks, { x: 'week', y: 'mark', fill: 'var(--chart-quota)', r: 4.5 }),
      Plot.text(labelled, { x: 'week', y: 'mark', text: (/** @type {{ mark: number }} */ { mark }) => percent(mark, 0), dy: 13, fill: 'var(--chart-quota)', stroke: 'var(--surface)', strokeWidth: 4, fontWeight: 600 }),
      ...(last ? [Plot.text([last], { x: 'week', y: 'floor', text: () => 'Noise alone', textAnchor: 'end', dx: 8, dy: isAbove ? 12 : -10, fill: 'var(--ink-soft)', stroke: 'var(--surface)', strokeWidth: 4 }),
        Plot.text([last], { x: 'week', y: 'off', text: () => 'Off by', textAnchor: 'end', dx: 20, dy: isAbove ? -11 : 13, fill: 'var(--chart-line)', stroke: 'var(--surface)', strokeWidth: 4, fontWeight: 600 })] : []),
    ],
  });
}

/** @param {Cut[]} summary */
function twin(summary) {
  const heads = ['End of', 'Quarters', 'Off by, median', 'Noise alone', 'Mark', 'Within it', 'CRPS', 'Pinball', 'Inside 50\u00a0%', 'Inside 80\u00a0%', 'Inside 90\u00a0%', 'Last quarter', 'Run rate', 'Linearity', 'Weighted'];
  const share = (/** @type {number | null} */ value) => (value === null ? NONE : percent(value, 1));
  return dataTable(heads, summary.map((cut) => [`week ${week(cut)}`, String(cut.quarters),
    ...[cut.medianApe, cut.medianFloor, cut.mark, cut.withinMark, cut.meanCrps, cut.meanPinball, cut.coverage50, cut.coverage80, cut.coverage90, cut.naive, cut.runRate, cut.linearity, cut.weighted].map(share)]));
}
