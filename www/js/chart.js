// @ts-check
/**
 * The forecast's charts, drawn by Observable Plot from the figures of the report. Plot puts a style element into each drawing,
 * which this page's policy refuses; it is taken out before the drawing enters the document and its rules stand in views.css.
 */

import * as Plot from '../vendor/plot.js';
import { h, leaf } from './dom.js';
import { NONE, money, percent, shortMoney } from './format.js';

/**
 * @typedef {import('./engine.js').ForecastReport} ForecastReport
 * @typedef {import('./engine.js').PeriodFigures} PeriodFigures
 * @typedef {{ label: string, short: string, value: number, colour: string, dash: string }} Line
 * @typedef {{ report: ForecastReport, kind: string }} ChartData
 * @typedef {{ draw: (input: any, width: number) => Element, input: unknown, label: string, caption: string }} Drawing
 */

const LANE = 15;
/** Below this width labels stand in the legend only. */
const NARROW = 480;

/**
 * A chart with its accessible name and its twin as a table.
 * @param {ForecastReport} report
 * @param {'distribution' | 'exceedance' | 'periods'} kind
 */
export function chart(report, kind) {
  return h('figure', { class: 'chart', key: `chart-${kind}` },
    leaf('plot', { create: createHost, update: drawChart, remove: stopWatching, data: { report, kind } }),
    h('figcaption', { class: 'small soft' }, caption(kind)),
    h('details', { class: 'twin' },
      h('summary', null, 'Show as table'),
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${title(report, kind)}, as table` }, twin(report, kind))));
}

/**
 * Any other drawing with its accessible name, its caption and its twin as a table.
 * @param {string} key
 * @param {Drawing} drawing `draw` has to be the same function every time
 * @param {import('./dom.js').Described} table
 */
export function drawn(key, { draw, input, label, caption }, table) {
  return h('figure', { class: 'chart', key },
    leaf('plot', { create: createHost, update: drawChart, remove: stopWatching, data: { kind: key, draw, input, label } }),
    h('figcaption', { class: 'small soft' }, caption),
    h('details', { class: 'twin' },
      h('summary', null, 'Show as table'),
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${label}, as table` }, table)));
}

/**
 * The reference lines of the headline period: quota, and what was called.
 * @param {ForecastReport} report
 * @returns {Line[]}
 */
export function lines(report) {
  const called = (/** @type {string} */ name) => report.categories.find((row) => row.category === name)?.calledCumulative ?? null;
  const all = [
    { label: 'Quota', value: report.headline.quota ?? null, colour: 'var(--chart-quota)', dash: 'none' },
    { label: 'Commit', value: called('commit'), colour: 'var(--chart-commit)', dash: '5 3' },
    { label: 'Best case', value: called('best-case'), colour: 'var(--chart-best)', dash: '2 3' },
  ];
  return all.flatMap((line) => (line.value === null ? [] : [{ ...line, value: line.value, short: shortMoney(line.value, report.currency) }]));
}

/** @param {ForecastReport} report @returns {PeriodFigures} */
function firstPeriod(report) {
  return /** @type {PeriodFigures} */ (report.periods[0]);
}

/** @param {string} kind */
function caption(kind) {
  if (kind === 'distribution') return 'How often the simulated trials end at each amount. The shaded middle runs from P10 to P90.';
  if (kind === 'exceedance') return 'The chance of reaching at least each amount.';
  return 'Each bar runs from P10 to P90 with P50 marked; the dark part is already won.';
}

/**
 * @param {ForecastReport} report
 * @param {string} kind
 */
function title(report, kind) {
  const { headline, currency } = report;
  if (kind === 'periods') return `Revenue by period, ${report.periods.length} periods`;
  const name = kind === 'distribution' ? 'Distribution of revenue' : 'Chance of reaching each amount of revenue';
  const middle = `P10 ${shortMoney(headline.p10.value, currency)}, P50 ${shortMoney(headline.p50.value, currency)}, P90 ${shortMoney(headline.p90.value, currency)}`;
  return `${name} in ${report.period}: ${[middle, ...lines(report).map((line) => `${line.label.toLowerCase()} ${line.short}`)].join(', ')}`;
}

/** @type {WeakMap<Element, ResizeObserver>} */
const watchers = new WeakMap();
/** @type {WeakMap<Element, { data: any, width: number }>} */
const shown = new WeakMap();

/** @param {{ kind: string }} data */
function createHost(data) {
  const host = document.createElement('div');
  host.className = `plot plot-${data.kind}`;
  const watcher = new ResizeObserver(() => {
    const last = shown.get(host);
    if (last && host.clientWidth > 0 && host.clientWidth !== last.width) drawChart(host, last.data);
  });
  watcher.observe(host);
  watchers.set(host, watcher);
  return host;
}

/** @param {Element} host */
function stopWatching(host) {
  watchers.get(host)?.disconnect();
}

/**
 * @param {HTMLElement} host
 * @param {any} data a `ChartData`, or what `drawn` was given
 */
function drawChart(host, data) {
  const width = host.clientWidth || 640;
  const { report, kind } = data;
  const drawing = data.draw ? data.draw(data.input, width) : kind === 'periods' ? periodsPlot(report, width) : amountPlot(report, kind, width);
  for (const style of drawing.querySelectorAll('style')) style.remove();
  // The drawing has one name; names on its parts are noise to a screen reader.
  for (const part of drawing.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', data.label ?? title(report, kind));
  host.replaceChildren(drawing);
  shown.set(host, { data, width });
}

/** @param {number} width */
function frame(width) {
  const narrow = width < NARROW;
  return { width, className: 'plot-drawing', marginLeft: narrow ? 12 : 16, marginRight: 24, style: { fontSize: '12px' } };
}

/**
 * The distribution or the exceedance curve over one axis of amounts.
 * @param {ForecastReport} report
 * @param {string} kind
 * @param {number} width
 */
function amountPlot(report, kind, width) {
  const { currency, headline } = report;
  const period = firstPeriod(report);
  const rules = lines(report);
  const top = width < NARROW ? 12 : LANE * (rules.length + 1) + 10;
  const { edges, counts } = period.histogram;
  const curve = period.exceedance.amounts.map((amount, i) => ({ amount, probability: period.exceedance.probabilities[i] }));
  const from = Math.min(edges[0] ?? 0, ...rules.map((rule) => rule.value));
  const to = Math.max(edges.at(-1) ?? 1, ...rules.map((rule) => rule.value));
  // A forecast without any spread is one bar; it has to be wide enough to be seen.
  const thinnest = (to - from) / 160;
  const bins = counts.map((trials, i) => ({ from: edges[i], to: Math.max(edges[i + 1] ?? 0, (edges[i] ?? 0) + thinnest), trials }));
  const p50 = { label: 'P50', short: shortMoney(headline.p50.value, currency), value: headline.p50.value, colour: 'var(--ink)', dash: '1 2' };
  const all = placed([...rules, p50], from, to, width);
  const isDistribution = kind === 'distribution';
  const body = isDistribution
    ? [
        Plot.rectX([headline], { x1: (/** @type {any} */ d) => d.p10.value, x2: (/** @type {any} */ d) => d.p90.value, fill: 'var(--accent-wash)' }),
        Plot.rectY(bins, { x1: 'from', x2: 'to', y: 'trials', fill: 'var(--chart-bar)', inset: 0.5 }),
        Plot.ruleY([0], { stroke: 'var(--line-strong)' }),
      ]
    : [
        Plot.gridY({ stroke: 'var(--chart-grid)', strokeOpacity: 1 }),
        Plot.areaY(curve, { x: 'amount', y: 'probability', fill: 'var(--accent-wash)' }),
        Plot.lineY(curve, { x: 'amount', y: 'probability', stroke: 'var(--chart-line)', strokeWidth: 2 }),
        Plot.axisY({ tickFormat: (/** @type {number} */ p) => percent(p), label: null, ticks: 4, anchor: 'left', tickSize: 0 }),
        Plot.ruleY([0], { stroke: 'var(--line-strong)' }),
      ];
  return Plot.plot({
    ...frame(width),
    ...(isDistribution ? {} : { marginLeft: 44 }),
    height: width < NARROW ? 240 : 280,
    marginTop: top,
    marginBottom: 34,
    x: { domain: [from, to], nice: true, label: null },
    y: isDistribution ? { axis: null } : { domain: [0, 1] },
    marks: [
      ...body,
      Plot.axisX({ tickFormat: (/** @type {number} */ amount) => shortMoney(amount, currency), ticks: Math.max(2, Math.floor(width / 110)), label: null, color: 'var(--ink-soft)' }),
      ...all.map((rule) => Plot.ruleX([rule.value], { stroke: rule.colour, strokeWidth: 1.75, strokeDasharray: rule.dash, insetTop: (width < NARROW ? 0 : rule.lane * LANE) - top + 6 })),
      ...(width < NARROW ? [] : all.map((rule) => Plot.text([rule], {
        x: 'value', text: () => `${rule.label} ${rule.short}`, fill: rule.colour, stroke: 'var(--surface)', strokeWidth: 5, frameAnchor: 'top', fontWeight: 600,
        textAnchor: rule.side, dx: rule.side === 'end' ? -5 : 5, dy: rule.lane * LANE - top + 6, lineAnchor: 'top',
      }))),
    ],
  });
}

/**
 * Gives every line a side for its label, away from the middle where there is room, and a lane of its own. A line starts at its own lane,
 * so a label that points at others stands above them and is crossed by none.
 * @param {Line[]} rules
 * @param {number} from
 * @param {number} to
 * @param {number} width
 * @returns {(Line & { side: 'start' | 'end', lane: number })[]}
 */
function placed(rules, from, to, width) {
  const LABEL = 130;
  const at = (/** @type {Line} */ rule) => ((rule.value - from) / (to - from || 1)) * width;
  const sorted = rules.toSorted((a, b) => a.value - b.value);
  const half = Math.floor(sorted.length / 2);
  const isLeftward = sorted.map((rule, i) => (i < half ? at(rule) > LABEL : at(rule) > width - LABEL));
  const ends = sorted.filter((_, i) => isLeftward[i]).toReversed();
  const starts = sorted.filter((_, i) => !isLeftward[i]);
  return [...ends.map((rule) => ({ ...rule, side: /** @type {const} */ ('end') })), ...starts.map((rule) => ({ ...rule, side: /** @type {const} */ ('start') }))]
    .map((rule, lane) => ({ ...rule, lane }));
}

/**
 * @param {ForecastReport} report
 * @param {number} width
 */
function periodsPlot(report, width) {
  const { currency, periods } = report;
  const quotas = periods.filter((period) => period.quota !== null && period.quota !== undefined);
  const called = lines(report).filter((line) => line.label !== 'Quota').map((line) => ({ ...line, period: firstPeriod(report).label }));
  const narrow = width < NARROW;
  return Plot.plot({
    ...frame(width),
    height: narrow ? 250 : 290,
    marginTop: 22,
    marginBottom: 30,
    marginLeft: 52,
    x: { type: 'band', domain: periods.map((period) => period.label), label: null, padding: 0.35 },
    y: { label: null, nice: true, zero: true },
    marks: [
      Plot.gridY({ stroke: 'var(--chart-grid)', strokeOpacity: 1 }),
      Plot.axisY({ tickFormat: (/** @type {number} */ amount) => shortMoney(amount, currency), ticks: 5, tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      Plot.axisX({ tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      Plot.barY(periods, { x: 'label', y1: (/** @type {PeriodFigures} */ d) => d.p10.value, y2: (/** @type {PeriodFigures} */ d) => d.p90.value, fill: 'var(--chart-bar)', rx: 3 }),
      Plot.barY(periods.filter((period) => period.wonToDate > 0), { x: 'label', y: 'wonToDate', fill: 'var(--chart-line)', rx: 2, insetLeft: 6, insetRight: 6 }),
      Plot.tickY(periods, { x: 'label', y: (/** @type {PeriodFigures} */ d) => d.p50.value, stroke: 'var(--ink)', strokeWidth: 2 }),
      ...called.map((line) => Plot.tickY([line], { x: 'period', y: 'value', stroke: line.colour, strokeWidth: 2, strokeDasharray: line.dash, insetLeft: -8, insetRight: -8 })),
      Plot.tickY(quotas, { x: 'label', y: 'quota', stroke: 'var(--chart-quota)', strokeWidth: 2, insetLeft: -8, insetRight: -8 }),
      Plot.ruleY([0], { stroke: 'var(--line-strong)' }),
      Plot.text(periods, { x: 'label', y: (/** @type {PeriodFigures} */ d) => d.p90.value, text: (/** @type {PeriodFigures} */ d) => shortMoney(d.p50.value, currency), dy: -9, fill: 'var(--ink)', stroke: 'var(--surface)', strokeWidth: 4, fontWeight: 600 }),
    ],
  });
}

/**
 * The key to the lines, in words and marks, so that colour is never the only sign.
 * @param {ForecastReport} report
 * @param {string} kind
 */
export function legend(report, kind) {
  const entries = [...lines(report).map((line) => ({ name: line.label, text: line.short })), { name: 'P50', text: shortMoney(report.headline.p50.value, report.currency) }];
  return h('ul', { class: `legend legend-${kind} small` }, entries.map(({ name, text }) =>
    h('li', { key: name }, h('span', { class: `swatch ${name.toLowerCase().replace(' ', '-')}`, 'aria-hidden': 'true' }), `${name} `, h('strong', null, text))));
}

/**
 * @param {ForecastReport} report
 * @param {string} kind
 */
function twin(report, kind) {
  const { currency } = report;
  if (kind === 'periods') {
    return dataTable(['Period', 'Quota', 'Odds', 'Won to date', 'Weighted', 'P10', 'P50', 'P90'], report.periods.map((period) => [
      period.label, money(period.quota, currency), period.odds ? percent(period.odds.value, 1) : NONE, money(period.wonToDate, currency),
      money(period.weighted, currency), money(period.p10.value, currency), money(period.p50.value, currency), money(period.p90.value, currency)]));
  }
  const period = firstPeriod(report);
  if (kind === 'exceedance') {
    return dataTable(['At least', 'Chance'], period.exceedance.amounts.map((amount, i) => [money(amount, currency), percent(period.exceedance.probabilities[i], 1)]));
  }
  return dataTable(['From', 'To', 'Trials'], period.histogram.counts.map((trials, i) => [
    money(period.histogram.edges[i], currency), money(period.histogram.edges[i + 1], currency), String(trials)]));
}

/**
 * @param {string[]} heads
 * @param {string[][]} rows
 */
export function dataTable(heads, rows) {
  return h('table', { class: 'data' },
    h('thead', null, h('tr', null, heads.map((head, i) => h('th', { scope: 'col', class: i > 0 ? 'number' : null }, head)))),
    h('tbody', null, rows.map((row) => h('tr', null, row.map((cell, i) => (i === 0 ? h('th', { scope: 'row' }, cell) : h('td', { class: 'number' }, cell)))))));
}
