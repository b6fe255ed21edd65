// @ts-check
/** The two plots of a learned card. */

import * as Plot from '../../vendor/plot.js';
import { percent } from '../format.js';

/**
 * @typedef {{ count: number, predicted: number, observed: number, interval: { low: number, high: number } }} Band
 * @typedef {{ rate: number, lift: number }} Group
 */

/** @param {number} share */
const whole = (share) => percent(share);

/**
 * @param {Band[]} bands
 * @param {number} width
 */
export function calibrationPlot(bands, width) {
  const filled = bands.filter(({ count }) => count > 0);
  return Plot.plot({
    width, className: 'plot-drawing', height: 280, marginLeft: 44, marginBottom: 40, style: { fontSize: '12px' },
    x: { domain: [0, 1] }, y: { domain: [0, 1] },
    marks: [
      Plot.gridY({ stroke: 'var(--chart-grid)', strokeOpacity: 1 }),
      Plot.line([[0, 0], [1, 1]], { stroke: 'var(--line-strong)', strokeDasharray: '4 4' }),
      Plot.ruleX(filled, { x: 'predicted', y1: (/** @type {Band} */ band) => band.interval.low, y2: (/** @type {Band} */ band) => band.interval.high, stroke: 'var(--chart-line)', strokeWidth: 2 }),
      Plot.dot(filled, { x: 'predicted', y: 'observed', r: 4.5, fill: 'var(--chart-line)' }),
      Plot.axisX({ tickFormat: whole, ticks: 5, label: 'Predicted', color: 'var(--ink-soft)' }),
      Plot.axisY({ tickFormat: whole, ticks: 5, tickSize: 0, label: 'Ended well', color: 'var(--ink-soft)' }),
    ],
  });
}

/**
 * @param {Group[]} groups
 * @param {number} width
 */
export function liftPlot(groups, width) {
  const bars = groups.map((group, i) => ({ ...group, tenth: String(i + 1) }));
  return Plot.plot({
    width, className: 'plot-drawing', height: 280, marginLeft: 36, marginBottom: 40, style: { fontSize: '12px' },
    x: { type: 'band', domain: bars.map(({ tenth }) => tenth), padding: 0.2 }, y: { zero: true, nice: true },
    marks: [
      Plot.gridY({ stroke: 'var(--chart-grid)', strokeOpacity: 1 }),
      Plot.barY(bars, { x: 'tenth', y: 'lift', fill: 'var(--chart-bar)', rx: 2 }),
      Plot.ruleY([1], { stroke: 'var(--ink)', strokeDasharray: '4 4' }),
      Plot.ruleY([0], { stroke: 'var(--line-strong)' }),
      Plot.text(bars, { x: 'tenth', y: 'lift', text: (/** @type {Group} */ bar) => whole(bar.rate), dy: -8, fill: 'var(--ink)', stroke: 'var(--surface)', strokeWidth: 4, fontSize: width < 420 ? 9 : 11 }),
      Plot.axisX({ tickSize: 0, label: 'Tenth of the rows, best first', color: 'var(--ink-soft)' }),
      Plot.axisY({ ticks: 5, tickSize: 0, label: 'Lift', color: 'var(--ink-soft)' }),
    ],
  });
}
