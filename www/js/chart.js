// @ts-check
/**
 * The forecast's charts, drawn by Observable Plot from the figures of the report. Plot puts a style element into each drawing,
 * which this page's policy refuses; it is taken out before the drawing enters the document and its rules stand in views.css.
 */

import * as Plot from '../vendor/plot.js';
import { dropLine, moveLine, setLine } from './actions.js';
import { h, leaf } from './dom.js';
import { onPaper } from './drawing.js';
import { NONE, date, money, off, percent, shortMoney } from './format.js';
import { placeHandles } from './handles.js';
import { oddsAt } from './odds.js';
import { current } from './state.js';
import { problemCard } from './views/parts.js';

/**
 * @typedef {import('./engine.js').ForecastReport} ForecastReport
 * @typedef {import('./engine.js').PeriodFigures} PeriodFigures
 * @typedef {import('./engine.js').FanReport} FanReport
 * @typedef {import('./state.js').DealsDesk} DealsDesk
 * @typedef {{ label: string, short: string, value: number, colour: string, dash: string, moves?: 'quota' | 'call' }} Line
 * @typedef {{ report: ForecastReport, kind: string, totals: Float64Array | null, call: number | null, moves: boolean }} ChartData `moves`: a line is being moved, and goes back if it is not set
 * @typedef {{ draw: (input: any, width: number) => Element, input: unknown, label: string, caption: string }} Drawing
 */

const LANE = 15;
/** Where the first lane begins, and the height below the axis. */
const FIRST = 6;
const FOOT = 34;
/** Below this width labels stand in the legend only. */
const NARROW = 480;

/**
 * The chart of the desk with its accessible name and its twin as a table.
 * @param {DealsDesk} deals
 * @param {ForecastReport} report
 */
export function chart(deals, report) {
  const { chart: kind, call, fan, trying } = deals;
  if (kind === 'fan') {
    if (fan.problem) return problemCard(fan.problem);
    if (!fan.report) return h('p', { class: 'soft pending', key: 'fan-pending', role: 'status' }, 'Looking at each week to the end of the period…');
    return h('div', { key: 'fan', 'aria-busy': String(fan.of !== report) }, fanChart(fan.report));
  }
  const totals = current(deals, deals.totals);
  return h('figure', { class: 'chart', key: `chart-${kind}` },
    leaf('plot', { create: createHost, update: drawChart, remove: stopWatching, data: { report, kind, totals, call, moves: trying !== null } }),
    h('figcaption', { class: 'small soft' }, caption(report, kind)),
    h('details', { class: 'twin' },
      h('summary', null, 'Show as table'),
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${title(report, kind)}, as table` }, twin(report, kind))));
}

/** What is won so far, and how far what will be spreads, to the end of the period. @param {FanReport} report */
function fanChart(report) {
  return drawn('fan', {
    draw: drawFan, input: report, label: fanName(report),
    caption: 'The line is what is won so far. Ahead, half of the trials stay in the dark band and eight in ten in the light one; the dashed line is P50.',
  }, fanTwin(report));
}

/** The name of the fan. @param {FanReport} report */
export function fanName({ period, currency, wonToDate, ahead, quota }) {
  const end = ahead.at(-1);
  const spread = end ? `, by ${date(end.day)} P10 ${shortMoney(end.p10.value, currency)}, P50 ${shortMoney(end.p50.value, currency)}, P90 ${shortMoney(end.p90.value, currency)}` : '';
  return `How ${period} fills up: won so far ${shortMoney(wonToDate, currency)}${spread}${quota === null ? '' : `, quota ${shortMoney(quota, currency)}`}`;
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
 * The amount called in a category and the surer ones.
 * @param {ForecastReport} report
 * @param {string} category
 */
export function calledIn(report, category) {
  return report.categories.find((row) => row.category === category)?.calledCumulative ?? null;
}

/**
 * The reference lines of the headline period: quota, what was called, and one's own call where it is another.
 * @param {ForecastReport} report
 * @param {number | null} [call]
 * @returns {Line[]}
 */
export function lines(report, call = null) {
  const commit = calledIn(report, 'commit');
  const own = call !== null && call !== commit;
  /** @type {(Omit<Line, 'short' | 'value'> & { value: number | null })[]} */
  const all = [
    { label: 'Quota', value: report.headline.quota ?? null, colour: 'var(--chart-quota)', dash: 'none', moves: 'quota' },
    ...(own ? [{ label: 'Your call', value: call, colour: 'var(--chart-commit)', dash: 'none', moves: /** @type {const} */ ('call') }] : []),
    { label: 'Commit', value: commit, colour: 'var(--chart-commit)', dash: '5 3', ...(own ? {} : { moves: /** @type {const} */ ('call') }) },
    { label: 'Best case', value: calledIn(report, 'best-case'), colour: 'var(--chart-best)', dash: '2 3' },
  ];
  return all.flatMap((line) => (line.value === null ? [] : [{ ...line, value: line.value, short: shortMoney(line.value, report.currency) }]));
}

/** @param {ForecastReport} report @returns {PeriodFigures} */
function firstPeriod(report) {
  return /** @type {PeriodFigures} */ (report.periods[0]);
}

/**
 * @param {ForecastReport} report
 * @param {string} kind
 */
function caption(report, kind) {
  if (kind === 'periods') return 'Each bar runs from P10 to P90 with P50 marked; the dark part is already won.';
  const { amounts, probabilities } = firstPeriod(report).exceedance;
  const [, to] = drawnRange(report);
  const beyond = probabilities[amounts.indexOf(to)] ?? 0;
  const rare = beyond > 0 ? ` ${percent(beyond, 1)} of the trials end above ${shortMoney(to, report.currency)}, up to ${shortMoney(amounts.at(-1) ?? to, report.currency)}.` : '';
  if (kind === 'exceedance') return `The chance of reaching at least each amount.${rare}`;
  return `How often the simulated trials end at each amount. The shaded middle runs from P10 to P90.${rare}`;
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
  onPaper(host, (width) => {
    const last = shown.get(host);
    if (last) drawChart(host, last.data, width);
  });
  return host;
}

/** @param {Element} host */
function stopWatching(host) {
  watchers.get(host)?.disconnect();
}

/**
 * @param {HTMLElement} host
 * @param {any} data a `ChartData`, or what `drawn` was given
 * @param {number} [width] in pixels; by default that of its place
 */
function drawChart(host, data, width = host.clientWidth || 640) {
  const { report, kind } = data;
  const isAmounts = !data.draw && kind !== 'periods';
  const drawing = data.draw ? data.draw(data.input, width) : isAmounts ? amountPlot(report, kind, width, data.call, true) : periodsPlot(report, width);
  named(drawing, data.label ?? title(report, kind));
  // What lies over the drawing may be held: it stays.
  const last = host.querySelector(':scope > svg, :scope > figure');
  if (last) last.replaceWith(drawing);
  else host.prepend(drawing);
  if (isAmounts) moveable(host, drawing, data, width);
  shown.set(host, { data, width });
}

/**
 * Gives a drawing one name; names on its parts are noise to a screen reader.
 * @param {Element} drawing
 * @param {string} name
 */
function named(drawing, name) {
  for (const style of drawing.querySelectorAll('style')) style.remove();
  for (const part of drawing.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', name);
}

/**
 * The drawings of a forecast for a document, every line still.
 * @param {ForecastReport} report
 * @param {FanReport | null} fan
 * @param {number | null} call
 * @param {number} width
 */
export function stillCharts(report, fan, call, width) {
  const all = [
    { name: title(report, 'distribution'), caption: caption(report, 'distribution'), drawing: amountPlot(report, 'distribution', width, call, false) },
    ...(fan ? [{ name: fanName(fan), caption: 'Won so far, then the bands that hold half and eight in ten of the trials, with P50 dashed.', drawing: drawFan(fan, width) }] : []),
    { name: title(report, 'periods'), caption: caption(report, 'periods'), drawing: periodsPlot(report, width) },
  ];
  for (const { drawing, name } of all) named(drawing, name);
  return all;
}

/**
 * The lines that a person moves, over the drawing.
 * @param {HTMLElement} host
 * @param {any} drawing
 * @param {ChartData} data
 * @param {number} width
 */
function moveable(host, drawing, { report, totals, call }, width) {
  const scale = drawing.scale('x');
  const [from, to] = scale.domain;
  const says = (/** @type {number} */ value) => {
    const odds = oddsAt(totals, value);
    return `${shortMoney(value, report.currency)}${odds === null ? '' : `, ${percent(odds)} to reach`}`;
  };
  const handles = amountFrame(report, width, call).all.flatMap((line) => {
    const { moves, label, value, lane, side } = line;
    if (!moves) return [];
    return [{ id: moves, tone: moves, label, value, lane, side, says, moved: (/** @type {number} */ to) => moveLine(moves, to), set: (/** @type {number} */ to) => void setLine(moves, to), dropped: dropLine }];
  });
  const isNarrow = width < NARROW;
  placeHandles(host, handles, { apply: scale.apply, invert: scale.invert, from, to },
    { top: FIRST, axis: Number(drawing.getAttribute('height')) - FOOT, lane: isNarrow ? 0 : LANE, labels: !isNarrow });
}

/**
 * The axis of amounts, and where the lines over it stand.
 * @param {ForecastReport} report
 * @param {number} width
 * @param {number | null} call
 */
function amountFrame(report, width, call) {
  const rules = lines(report, call);
  const [first, last] = drawnRange(report);
  const from = Math.min(first, ...rules.map((rule) => rule.value));
  const to = Math.max(last, ...rules.map((rule) => rule.value));
  const p50 = { label: 'P50', short: shortMoney(report.headline.p50.value, report.currency), value: report.headline.p50.value, colour: 'var(--ink)', dash: '1 2' };
  return { from, to, top: width < NARROW ? 12 : LANE * (rules.length + 1) + 10, all: placed([...rules, p50], from, to, width) };
}

/**
 * The amounts that are drawn: all of them, unless the last hundredth of the trials would take more than half of the room, or the
 * last twentieth more than three quarters.
 * @param {ForecastReport} report
 * @returns {[number, number]}
 */
function drawnRange(report) {
  const { amounts, probabilities } = firstPeriod(report).exceedance;
  const [from, to] = [amounts[0] ?? 0, amounts.at(-1) ?? 1];
  const reached = (/** @type {number} */ share) => amounts[probabilities.findIndex((probability) => probability <= share)] ?? to;
  const [rare, seldom] = [reached(0.01), reached(0.05)];
  if (to - from > 4 * (seldom - from)) return [from, seldom];
  return [from, to - from > 2 * (rare - from) ? rare : to];
}

/** @param {number} width */
function frame(width) {
  const narrow = width < NARROW;
  return { width, className: 'plot-drawing', marginLeft: narrow ? 12 : 24, marginRight: 24, style: { fontSize: '12px' } };
}

/**
 * The distribution or the exceedance curve over one axis of amounts.
 * @param {ForecastReport} report
 * @param {string} kind
 * @param {number} width
 * @param {number | null} call
 * @param {boolean} moves whether lines that a person moves are drawn by someone else
 */
function amountPlot(report, kind, width, call, moves) {
  const { currency, headline } = report;
  const period = firstPeriod(report);
  const { from, to, top, all: every } = amountFrame(report, width, call);
  const all = every.filter((line) => !moves || !line.moves);
  const { edges, counts } = period.histogram;
  const curve = period.exceedance.amounts.map((amount, i) => ({ amount, probability: period.exceedance.probabilities[i] })).filter(({ amount }) => amount <= to);
  // A forecast without any spread is one bar; it has to be wide enough to be seen.
  const thinnest = (to - from) / 160;
  const bins = counts.map((trials, i) => ({ from: edges[i] ?? 0, to: Math.max(edges[i + 1] ?? 0, (edges[i] ?? 0) + thinnest), trials })).filter((bin) => bin.from < to);
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
    marginBottom: FOOT,
    x: { domain: [from, to], nice: true, label: null },
    y: isDistribution ? { axis: null } : { domain: [0, 1] },
    marks: [
      ...body,
      Plot.axisX({ tickFormat: (/** @type {number} */ amount) => shortMoney(amount, currency), ticks: Math.max(2, Math.floor(width / 110)), label: null, color: 'var(--ink-soft)' }),
      ...all.map((rule) => Plot.ruleX([rule.value], { stroke: rule.colour, strokeWidth: 1.75, strokeDasharray: rule.dash, insetTop: (width < NARROW ? 0 : rule.lane * LANE) - top + FIRST })),
      ...(width < NARROW ? [] : all.map((rule) => Plot.text([rule], {
        x: 'value', text: () => `${rule.label} ${rule.short}`, fill: rule.colour, stroke: 'var(--surface)', strokeWidth: 5, frameAnchor: 'top', fontWeight: 600,
        textAnchor: rule.side, dx: rule.side === 'end' ? -5 : 5, dy: rule.lane * LANE - top + FIRST, lineAnchor: 'top',
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
  // `Commit $1.07M, 58% to reach`, in bold.
  const LABEL = 200;
  const { marginLeft, marginRight } = frame(width);
  const at = (/** @type {Line} */ rule) => marginLeft + ((rule.value - from) / (to - from || 1)) * (width - marginLeft - marginRight);
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
    marginBottom: narrow ? 44 : 30,
    marginLeft: 52,
    x: { type: 'band', domain: periods.map((period) => period.label), label: null, padding: 0.35 },
    y: { label: null, nice: true, zero: true },
    marks: [
      Plot.gridY({ stroke: 'var(--chart-grid)', strokeOpacity: 1 }),
      Plot.axisY({ tickFormat: (/** @type {number} */ amount) => shortMoney(amount, currency), ticks: 5, tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      // `2026 Q4` in two lines where there is no room for one.
      Plot.axisX({ tickSize: 0, label: null, color: 'var(--ink-soft)', tickFormat: (/** @type {string} */ label) => (narrow ? label.replace(' ', '\n') : label) }),
      Plot.barY(periods, { x: 'label', y1: (/** @type {PeriodFigures} */ d) => d.p10.value, y2: (/** @type {PeriodFigures} */ d) => d.p90.value, fill: 'var(--chart-bar)', rx: 3 }),
      Plot.barY(periods.filter((period) => period.wonToDate > 0), { x: 'label', y: 'wonToDate', fill: 'var(--chart-line)', rx: 2, insetLeft: 6, insetRight: 6 }),
      Plot.tickY(periods, { x: 'label', y: (/** @type {PeriodFigures} */ d) => d.p50.value, stroke: 'var(--ink)', strokeWidth: 2 }),
      ...called.map((line) => Plot.tickY([line], { x: 'period', y: 'value', stroke: line.colour, strokeWidth: 2, strokeDasharray: line.dash, insetLeft: -8, insetRight: -8 })),
      Plot.tickY(quotas, { x: 'label', y: 'quota', stroke: 'var(--chart-quota)', strokeWidth: 2, insetLeft: -8, insetRight: -8 }),
      Plot.ruleY([0], { stroke: 'var(--line-strong)' }),
      Plot.text(periods, { x: 'label', y: (/** @type {PeriodFigures} */ d) => d.p90.value, text: (/** @type {PeriodFigures} */ d) => shortMoney(d.p50.value, currency), dy: -9, ...(narrow ? { fontSize: 10 } : {}), fill: 'var(--ink)', stroke: 'var(--surface)', strokeWidth: 4, fontWeight: 600 }),
    ],
  });
}

/**
 * What is won by each day so far as a line, what will be as bands around the median.
 * @param {FanReport} report
 * @param {number} width
 */
function drawFan({ currency, start, end, asOf, quota, wonToDate, won, ahead }, width) {
  const at = (/** @type {string} */ day) => new Date(`${day}T00:00:00Z`);
  const now = { day: at(asOf), p10: wonToDate, p25: wonToDate, p50: wonToDate, p75: wonToDate, p90: wonToDate };
  const bands = [now, ...ahead.map(({ day, p10, p25, p50, p75, p90 }) => ({ day: at(day), p10: p10.value, p25: p25.value, p50: p50.value, p75: p75.value, p90: p90.value }))];
  const line = [{ day: at(start), total: 0 }, ...won.map(({ day, total }) => ({ day: at(day), total })), { day: at(asOf), total: wonToDate }];
  const narrow = width < NARROW;
  const most = Math.max(quota ?? 0, wonToDate, ...ahead.map(({ p90 }) => p90.value));
  const last = bands.at(-1);
  const ends = last && ahead.length > 0 ? [{ ...last, label: `P90 ${shortMoney(last.p90, currency)}`, y: last.p90 }, { ...last, label: `P50 ${shortMoney(last.p50, currency)}`, y: last.p50 }, { ...last, label: `P10 ${shortMoney(last.p10, currency)}`, y: last.p10 }] : [];
  return Plot.plot({
    ...frame(width),
    height: narrow ? 250 : 290,
    marginTop: 18,
    marginBottom: 30,
    marginLeft: 52,
    marginRight: narrow ? 16 : 94,
    x: { type: 'utc', domain: [at(start), at(end)], label: null },
    y: { domain: [Math.min(0, ...line.map(({ total }) => total)), most], label: null, nice: true },
    marks: [
      Plot.gridY({ stroke: 'var(--chart-grid)', strokeOpacity: 1, ticks: 5 }),
      Plot.axisY({ tickFormat: (/** @type {number} */ amount) => shortMoney(amount, currency), ticks: 5, tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      Plot.axisX({ ticks: Math.max(2, Math.floor(width / 120)), tickSize: 4, label: null, color: 'var(--ink-soft)' }),
      Plot.areaY(bands, { x: 'day', y1: 'p10', y2: 'p90', fill: 'var(--chart-bar)', fillOpacity: 0.35 }),
      Plot.areaY(bands, { x: 'day', y1: 'p25', y2: 'p75', fill: 'var(--chart-bar)', fillOpacity: 0.6 }),
      Plot.lineY(bands, { x: 'day', y: 'p50', stroke: 'var(--chart-line)', strokeWidth: 2, strokeDasharray: '5 4' }),
      Plot.lineY(line, { x: 'day', y: 'total', stroke: 'var(--chart-line)', strokeWidth: 2.5, curve: 'step-after' }),
      Plot.ruleX([at(asOf)], { stroke: 'var(--line-strong)', strokeDasharray: '2 3' }),
      Plot.ruleY([0], { stroke: 'var(--line-strong)' }),
      ...(quota === null ? [] : [
        Plot.ruleY([quota], { stroke: 'var(--chart-quota)', strokeWidth: 1.75 }),
        Plot.text([{ day: at(start), quota }], { x: 'day', y: 'quota', text: () => `Quota ${shortMoney(quota, currency)}`, textAnchor: 'start', dx: 4, dy: -8, fill: 'var(--chart-quota)', stroke: 'var(--surface)', strokeWidth: 4, fontWeight: 600 }),
      ]),
      ...(narrow ? [] : [Plot.text(ends, { x: 'day', y: 'y', text: 'label', textAnchor: 'start', dx: 6, fill: 'var(--ink)', fontWeight: 600 })]),
    ],
  });
}

/** @param {FanReport} report */
function fanTwin({ currency, won, ahead, asOf, wonToDate }) {
  const full = (/** @type {number} */ value) => money(value, currency);
  return dataTable(['By the end of', 'Won', 'P10', 'P25', 'P50', 'P75', 'P90'], [
    ...won.map(({ day, total }) => [date(day), full(total), NONE, NONE, NONE, NONE, NONE]),
    ...(won.at(-1)?.day === asOf ? [] : [[date(asOf), full(wonToDate), NONE, NONE, NONE, NONE, NONE]]),
    ...ahead.map(({ day, p10, p25, p50, p75, p90 }) => [date(day), NONE, ...[p10, p25, p50, p75, p90].map((edge) => `${full(edge.value)} ${off(edge, currency)}`)]),
  ]);
}

/**
 * The key to the lines, in words and marks, so that colour is never the only sign.
 * @param {ForecastReport} report
 * @param {string} kind
 * @param {number | null} call
 */
export function legend(report, kind, call) {
  const entries = [...lines(report, call).map((line) => ({ name: line.label, text: line.short })), { name: 'P50', text: shortMoney(report.headline.p50.value, report.currency) }];
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
 * @param {number[]} [words] columns that hold words; the first one names the row, all others hold figures
 */
export function dataTable(heads, rows, words = []) {
  const kind = (/** @type {number} */ i) => (i === 0 || words.includes(i) ? null : 'number');
  return h('table', { class: 'data' },
    h('thead', null, h('tr', null, heads.map((head, i) => h('th', { scope: 'col', class: kind(i) }, head)))),
    h('tbody', null, rows.map((row) => h('tr', null, row.map((cell, i) => (i === 0 ? h('th', { scope: 'row' }, cell) : h('td', { class: kind(i) }, cell)))))));
}

/** @typedef {{ name: string, called: number, p10: number, p50: number, p90: number }} CategoryBar */

/**
 * What was called in each category beside what the simulation gives.
 * @param {{ bars: CategoryBar[], currency: string }} input
 * @param {number} width
 */
export function categoryPlot({ bars, currency }, width) {
  const most = Math.max(...bars.flatMap(({ called, p90 }) => [called, p90]));
  return Plot.plot({
    width, className: 'plot-drawing', height: 34 * bars.length + 30, marginLeft: 76, marginRight: 16, marginTop: 4, marginBottom: 22, style: { fontSize: '12px' },
    x: { domain: [Math.min(0, ...bars.flatMap(({ called, p10 }) => [called, p10])), most * 1.04 || 1], label: null },
    y: { type: 'band', domain: bars.map(({ name }) => name), label: null, padding: 0.25 },
    marks: [
      Plot.gridX({ stroke: 'var(--chart-grid)', strokeOpacity: 1, ticks: Math.max(2, Math.floor(width / 110)) }),
      Plot.axisX({ tickFormat: (/** @type {number} */ amount) => shortMoney(amount, currency), ticks: Math.max(2, Math.floor(width / 110)), tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      Plot.axisY({ tickSize: 0, label: null, color: 'var(--ink)' }),
      Plot.barX(bars, { y: 'name', x1: 0, x2: 'called', fill: 'var(--chart-bar)', fillOpacity: 0.55, rx: 2 }),
      Plot.ruleY(bars, { y: 'name', x1: 'p10', x2: 'p90', stroke: 'var(--chart-line)', strokeWidth: 7 }),
      Plot.tickX(bars, { y: 'name', x: 'p50', stroke: 'var(--ink)', strokeWidth: 2.5 }),
      Plot.ruleX([0], { stroke: 'var(--line-strong)' }),
    ],
  });
}
