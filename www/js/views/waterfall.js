// @ts-check
/** What changed since an earlier export: the way from its amount to today's, the odds along it, and the deals behind each step. */

import * as act from '../actions.js';
import { dataTable } from '../chart.js';
import { h } from '../dom.js';
import { drawing } from '../drawing.js';
import { NONE, count, counted, date, money, percent, shortMoney, words } from '../format.js';
import * as Plot from '../../vendor/plot.js';
import { problemCard } from './parts.js';
import { rateOf } from './questions.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').WaterfallReport} WaterfallReport
 * @typedef {WaterfallReport['changes'][number]} Change
 * @typedef {{ label: string, from: number, to: number, part: number, kind: 'total' | 'up' | 'down' }} Bar
 */

const NAMES = /** @type {Record<string, string>} */ ({
  won: 'Won', lost: 'Lost', created: 'Created', reopened: 'Reopened', 'pulled-in': 'Pulled in', 'pushed-out': 'Pushed out', disappeared: 'Disappeared',
  'amount-up': 'Amount up', 'amount-down': 'Amount down', fx: 'Exchange rates', ambiguous: 'Not told apart', time: 'Time passing', progress: 'Stages and dates', calibration: 'Correction by earlier quarters', renewals: 'Renewed contracts',
  closed: 'Closed', commit: 'Commit', 'best-case': 'Best case', pipeline: 'Pipeline', omitted: 'Omitted',
});
/** Rows of evidence shown at most; the count says how many there are. */
const MOST = 200;
const FILES = '.csv,.tsv,.txt,.json,text/csv,text/tab-separated-values,text/plain,application/json';

/** @param {State} state */
export function waterfallView(state) {
  const { compared } = state.deals;
  return h('section', { class: 'card changes', key: 'changes', id: 'changes', 'aria-labelledby': 'changes-title', 'aria-busy': String(compared.report !== null && compared.of !== state.deals.report), ondragover: allow, ondrop: dropped },
    h('div', { class: 'card-head' },
      h('h2', { id: 'changes-title' }, compared.report && !isOneDay(compared.report) ? `What changed since ${date(compared.report.before)}` : 'What changed since an earlier export'),
      compared.handle ? h('button', { type: 'button', class: 'button quiet small', id: 'close-previous', onclick: act.closePrevious }, 'Remove') : null),
    compared.problem ? problemCard(compared.problem) : null,
    compared.handle ? null : invitation(state),
    compared.report ? told(state, compared.report) : null);
}

/** @param {WaterfallReport} report */
function isOneDay({ before, after }) {
  return before === after;
}

/** @param {State} state */
function invitation(state) {
  return h('div', { class: 'changes-in', key: 'invitation' },
    h('p', { class: 'soft' }, 'Drop last week’s export here: what was won, lost, pushed or cut stands in buckets that close to the cent, each with its deals.'),
    h('div', { class: 'buttons' }, choose('Compare with last week’s file'),
      state.deals.file?.name === 'pipeline.csv' ? h('button', { type: 'button', class: 'button', id: 'sample-previous', onclick: () => void act.openSamplePrevious() }, 'Use the sample of last week') : null));
}

/** @param {string} label */
function choose(label) {
  return h('label', { class: 'button' },
    h('input', {
      type: 'file', class: 'visually-hidden', id: 'file-previous', accept: FILES,
      onchange: (/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const file = input.files?.[0];
        input.value = '';
        if (file) void act.openPrevious(file);
      },
    }), label);
}

/** @param {DragEvent} event */
function allow(event) {
  event.preventDefault();
}

/** A file dropped here is the earlier one; anywhere else it is a new pipeline. @param {DragEvent} event */
function dropped(event) {
  event.preventDefault();
  void act.openPrevious(event.dataTransfer?.files[0]);
}

/**
 * @param {State} state
 * @param {WaterfallReport} report
 */
function told(state, report) {
  const { compared } = state.deals;
  const views = [['amount', 'Amount'], ...(report.odds?.quota === null || !report.odds ? [] : [['odds', 'Odds']]), ['categories', 'By category'], ['stages', 'By stage']];
  const view = views.some(([id]) => id === compared.view) ? compared.view : 'amount';
  return h('div', { class: 'changes-told', key: 'told' },
    h('p', { id: 'changes-sentence', class: 'changes-sentence' }, report.sentence),
    isOneDay(report) ? h('p', { class: 'notice warn', id: 'same-day' }, 'Both files count as of the same day. Say below on which day the earlier one was exported.') : null,
    h('div', { class: 'fields' },
      h('div', { class: 'field' }, h('label', { for: 'previous-as-of' }, 'Earlier file as of'),
        h('input', { id: 'previous-as-of', type: 'date', value: compared.asOf, onchange: (/** @type {Event} */ event) => void act.comparePast(/** @type {HTMLInputElement} */ (event.target).value) })),
      h('p', { class: 'small soft' }, h('bdi', null, compared.file), ` against ${date(report.after)}`),
      choose('Another file')),
    rates(report),
    h('div', { class: 'segmented', role: 'group', 'aria-label': 'Changes' }, views.map(([id, label]) =>
      h('button', { key: id, type: 'button', id: `change-${id}`, 'aria-pressed': String(view === id), onclick: () => act.showChange(/** @type {'amount'} */ (id)) }, label))),
    view === 'amount' ? amountChart(report) : view === 'odds' ? oddsChart(report) : lines(report, view === 'categories' ? report.categories : report.stages),
    evidence(report),
    report.ambiguous.length > 0 ? ambiguous(report) : null,
    report.assumptions.length > 0 ? h('ul', { class: 'bullets small soft' }, report.assumptions.map((text) => h('li', { key: text }, text))) : null);
}

/**
 * What currencies were worth on the earlier day: the change since is a bucket of its own.
 * @param {WaterfallReport} report
 */
function rates(report) {
  const known = report.currencies.filter(({ after }) => after !== null);
  if (known.length === 0) return null;
  const give = (/** @type {string} */ currency, /** @type {HTMLInputElement} */ field) => {
    const rate = rateOf(field.value);
    field.setCustomValidity(rate > 0 ? '' : `Write what 1 ${currency} was worth in ${report.currency} as a number above 0, such as 1.08.`);
    if (field.reportValidity()) void act.comparePastRate(currency, rate);
  };
  return h('fieldset', { class: 'fields', key: 'rates', id: 'previous-rates' },
    h('legend', { class: 'small' }, `Rates on ${date(report.before)}`),
    known.map(({ currency, before, after }) => h('div', { class: 'field', key: currency },
      h('label', { for: `rate-before-${currency}` }, `1 ${currency} in ${report.currency}`),
      h('input', {
        id: `rate-before-${currency}`, inputmode: 'decimal', autocomplete: 'off', value: String(before ?? after), 'aria-describedby': `rate-after-${currency}`,
        onchange: (/** @type {Event} */ event) => give(currency, /** @type {HTMLInputElement} */ (event.target)),
      }),
      h('p', { class: 'small soft', id: `rate-after-${currency}` }, `${after} on ${date(report.after)}`))));
}

/** @param {WaterfallReport} report */
function amountChart(report) {
  const { currency } = report;
  const parts = report.buckets.filter(({ amount }) => amount !== 0);
  const bars = steps(`${date(report.before)}`, report.start, parts.map(({ bucket, amount }) => [name(bucket), amount]), `${date(report.after)}`, report.end);
  const rows = [[date(report.before), '', cents(report.start, currency)], ...report.buckets.filter(({ amount, deals }) => amount !== 0 || deals > 0).map(({ bucket, deals, amount }) => [name(bucket), count(deals), signed(amount, (value) => cents(value, currency))]), [date(report.after), '', cents(report.end, currency)]];
  return figure('changes-amount', report.sentence, bars, (value) => shortMoney(value, currency), `Open amount called in ${report.period}, from one export to the other.`, dataTable(['Change', 'Deals', 'Amount'], rows));
}

/** @param {WaterfallReport} report */
function oddsChart(report) {
  const { odds } = report;
  if (!odds?.start || !odds.end) return null;
  const parts = odds.steps.flatMap((step) => (step.odds ? [{ name: name(String(step.cause)), ...step.odds }] : []));
  const bars = steps(date(report.before), odds.start.value, parts.filter(({ value }) => value !== 0).map(({ name, value }) => [name, value]), date(report.after), odds.end.value);
  const title = `Odds of quota from ${percent(odds.start.value, 1)} to ${percent(odds.end.value, 1)}`;
  const rows = [[date(report.before), percent(odds.start.value, 1), ''], ...parts.map((part) => [part.name, signed(part.value, points), `± ${points(part.error)}`]), [date(report.after), percent(odds.end.value, 1), '']];
  return figure('changes-odds', title, bars, (value) => percent(value), 'What each change does to the odds of quota, applied one after the other on the same random numbers.', dataTable(['Change', 'Odds', 'Simulation error'], rows));
}

/**
 * @param {string} key
 * @param {string} title
 * @param {Bar[]} bars
 * @param {(value: number) => string} format
 * @param {string} caption
 * @param {import('../dom.js').Child} twin
 */
function figure(key, title, bars, format, caption, twin) {
  return h('figure', { class: 'chart', key },
    drawing('plot', { data: bars, name: title, draw: (data, width) => plot(data, width, format) }),
    h('figcaption', { class: 'small soft' }, caption),
    h('details', { class: 'twin' },
      h('summary', null, 'Show as table'),
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${title}, as table` }, twin)));
}

/**
 * @param {string} first
 * @param {number} start
 * @param {(readonly [string, number])[] | any[]} parts
 * @param {string} last
 * @param {number} end
 * @returns {Bar[]}
 */
function steps(first, start, parts, last, end) {
  let at = start;
  const bars = parts.map(([label, part]) => {
    const from = at;
    at += part;
    return { label, from, to: at, part, kind: /** @type {'up' | 'down'} */ (part > 0 ? 'up' : 'down') };
  });
  const total = (/** @type {string} */ label, /** @type {number} */ to) => ({ label, from: 0, to, part: to, kind: /** @type {const} */ ('total') });
  // Two days of one name would be one bar.
  return [total(first, start), ...bars, total(last === first ? `${last} now` : last, end)];
}

/**
 * Bars lie, so that their names fit on a phone.
 * @param {Bar[]} bars
 * @param {number} width
 * @param {(value: number) => string} format
 */
function plot(bars, width, format) {
  const colour = { total: 'var(--chart-line)', up: 'var(--good)', down: 'var(--bad)' };
  const text = (/** @type {Bar} */ bar) => (bar.kind === 'total' ? format(bar.to) : signed(bar.part, format));
  // Names that are too long for a narrow place stand in two lines.
  const label = Math.min(190, Math.max(116, Math.round(width * 0.3)));
  const most = Math.max(...bars.flatMap(({ from, to }) => [from, to]));
  const low = Math.min(...bars.flatMap(({ from, to }) => [from, to]), 0);
  const inside = (/** @type {Bar} */ bar) => bar.from !== bar.to && Math.max(bar.from, bar.to) > low + (most - low) * 0.72;
  return Plot.plot({
    width, className: 'plot-drawing', height: 34 * bars.length + 24, marginLeft: label, marginRight: 16, marginTop: 4, marginBottom: 20, style: { fontSize: '12px' },
    x: { label: null, domain: [low, most > low ? most * 1.02 : low + 1], nice: false },
    y: { type: 'band', domain: bars.map(({ label }) => label), label: null, padding: 0.3 },
    marks: [
      Plot.gridX({ stroke: 'var(--chart-grid)', strokeOpacity: 1, ticks: Math.max(2, Math.floor(width / 140)) }),
      Plot.axisX({ tickFormat: format, ...(most > low ? { ticks: Math.max(2, Math.floor(width / 140)) } : { ticks: [low] }), tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      Plot.axisY({ tickSize: 0, label: null, color: 'var(--ink)', lineWidth: label / 12 - 1 }),
      Plot.barX(bars.filter(({ from, to }) => from !== to), { y: 'label', x1: 'from', x2: 'to', fill: (/** @type {Bar} */ bar) => colour[bar.kind], rx: 2 }),
      ...bars.map((bar) => Plot.text([bar], {
        y: 'label', x: inside(bar) ? Math.min(bar.from, bar.to) : Math.max(bar.from, bar.to), text: () => text(bar), textAnchor: inside(bar) ? 'end' : 'start', dx: inside(bar) ? -5 : 5,
        ...(inside(bar) && bar.kind === 'total' ? { x: bar.to, fill: 'var(--on-accent)' } : { fill: 'var(--ink)', stroke: 'var(--surface)', strokeWidth: 4 }), fontWeight: 600,
      })),
      Plot.ruleX([0], { stroke: 'var(--line-strong)' }),
    ],
  });
}

/**
 * Categories or stages, each closing by itself.
 * @param {WaterfallReport} report
 * @param {WaterfallReport['stages']} all
 */
function lines(report, all) {
  const { currency } = report;
  const buckets = report.buckets.map(({ bucket }) => bucket).filter((bucket) => all.some((line) => line.changes.some((part) => part.bucket === bucket)));
  const moves = all.some(({ moved }) => moved !== 0);
  const heads = ['', date(report.before), ...(moves ? ['Moved'] : []), ...buckets.map((bucket) => name(bucket)), date(report.after)];
  const rows = all.map((line) => [
    NAMES[line.name] ?? (line.name || 'No stage'), shortMoney(line.start, currency), ...(moves ? [part(line.moved, currency)] : []),
    ...buckets.map((bucket) => part(line.changes.find((one) => one.bucket === bucket)?.amount ?? 0, currency)), shortMoney(line.end, currency)]);
  return h('div', { class: 'scroll', key: 'lines', id: 'change-lines', tabindex: 0, role: 'region', 'aria-label': 'Changes line by line' }, dataTable(heads, rows));
}

/** @param {number} amount @param {string} currency */
function part(amount, currency) {
  return amount === 0 ? NONE : signed(amount, (value) => shortMoney(value, currency));
}

/** @param {WaterfallReport} report */
function evidence(report) {
  const { currency, changes } = report;
  if (changes.length === 0) return null;
  return h('details', { class: 'twin', key: 'evidence', id: 'change-deals' },
    h('summary', null, `The deals behind it (${count(changes.length)})`),
    changes.length > MOST ? h('p', { class: 'small soft' }, `The ${MOST} first of ${counted(changes.length, 'change', 'changes')}.`) : null,
    h('div', { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': 'Deals behind the changes' },
      h('table', { class: 'data' },
        h('thead', null, h('tr', null, ['Deal', 'Change', 'Amount', 'Was', 'Is', 'Owner'].map((head, i) => h('th', { scope: 'col', class: i === 2 ? 'number' : null }, head)))),
        h('tbody', null, changes.slice(0, MOST).map((change, i) => h('tr', { key: String(i), 'data-bucket': change.bucket },
          h('th', { scope: 'row' }, h('bdi', null, title(change)), change.account && change.account !== change.name ? h('span', { class: 'soft' }, h('bdi', null, `, ${change.account}`)) : null),
          h('td', { class: 'nowrap' }, name(change.bucket)),
          h('td', { class: 'number' }, signed(change.amount, (value) => money(value, currency)), change.won !== 0 ? h('span', { class: 'soft' }, ` (won ${signed(change.won, (value) => money(value, currency))})`) : null),
          h('td', null, stand(change.before, currency)),
          h('td', null, stand(change.after, currency)),
          h('td', null, h('bdi', null, change.owner))))))));
}

/** @param {Change} change */
function title(change) {
  return change.name || change.id || `line ${change.after?.line ?? change.before?.line}`;
}

/**
 * @param {Change['before']} one
 * @param {string} currency
 */
function stand(one, currency) {
  if (!one) return NONE;
  const stage = one.status === 'open' ? one.stage || 'Open' : words(one.status);
  return h('bdi', null, `${stage}, ${money(one.amount, currency)}, ${date(one.close)}`);
}

/** @param {WaterfallReport} report */
function ambiguous(report) {
  return h('div', { class: 'notice warn', key: 'ambiguous' },
    h('p', null, 'These deals look alike and have no id of their own, so nobody can say which is which. They are compared only together.'),
    h('ul', { class: 'bullets small' }, report.ambiguous.map((group) =>
      h('li', { key: group.shared }, h('bdi', null, group.shared), `: lines ${group.before.join(', ') || NONE} then, ${group.after.join(', ') || NONE} now, ${signed(group.amount, (value) => money(value, report.currency))}`))));
}

/** @param {string} key */
function name(key) {
  return NAMES[key] ?? words(key);
}

/**
 * @param {number} value
 * @param {(value: number) => string} format
 */
function signed(value, format) {
  return value > 0 ? `+${format(value)}` : value < 0 ? `−${format(-value)}` : format(0);
}

/** @param {number} share */
function points(share) {
  return `${(100 * share).toFixed(1)} pt`;
}

/** @param {number} value @param {string} currency */
function cents(value, currency) {
  return new Intl.NumberFormat(document.documentElement.lang || 'en', { style: 'currency', currency }).format(value);
}
