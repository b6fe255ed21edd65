// @ts-check
/** What a manager asks: the deals that move the odds, those that must be won, coverage, concentration, and the number to commit. */

import * as act from '../actions.js';
import { dataTable } from '../chart.js';
import { h } from '../dom.js';
import { drawing } from '../drawing.js';
import { NONE, count, counted, number, off, percent, shortMoney } from '../format.js';
import { once } from '../once.js';
import * as Plot from '../../vendor/plot.js';
import { problemCard } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').ManagerReport} ManagerReport
 * @typedef {ManagerReport['drivers'][number]} Driver
 * @typedef {{ row: number, label: string, won: number, lost: number, effect: number }} Bar
 */

const BARS = 10;
const SETS = 8;

/** The three deals that move the odds most, for the head of the page. @param {State} state */
export function topDrivers(state) {
  const report = state.deals.manager.report;
  if (!report || report.drivers.length === 0) return null;
  const of = report.isQuota ? 'the odds of quota' : 'the odds of the median';
  const three = report.foremost.flatMap((place) => report.drivers[place] ?? []);
  return h('p', { class: 'top-drivers', id: 'top-drivers', key: 'top-drivers', 'aria-busy': String(state.deals.manager.of !== state.deals.report) }, `Moving ${of} most${three.some((driver, i) => driver !== report.drivers[i]) ? ', of deals won in a fair share of the trials' : ''}: `,
    three.map((driver, i) => [i > 0 ? ', ' : '', h('strong', { key: String(driver.row) }, h('bdi', null, title(driver))), ` ${points(driver.effect.value)}${rarely(driver)}`]));
}

/** What a deal would do matters little where it hardly comes to it. @param {ManagerReport['drivers'][number]} driver */
function rarely({ rare, shareWon: { value } }) {
  return rare ? ` if won, which it is in ${value < 0.0001 ? `less than ${percent(0.0001, 2)}` : percent(value, 2)} of the trials` : '';
}

/** @param {State} state */
export function managerView(state) {
  const { manager } = state.deals;
  const { report } = manager;
  if (!report) {
    return manager.problem ? problemCard(manager.problem) : h('section', { class: 'card', key: 'manager-pending', 'aria-busy': 'true' },
      h('h2', null, 'Before you commit'), h('p', { class: 'pending soft' }, 'Looking at each deal: which ones move the odds, and which number to commit…'));
  }
  return h('section', { class: 'card', key: 'manager', id: 'manager', 'aria-labelledby': 'manager-title', 'aria-busy': String(manager.of !== state.deals.report) },
    h('div', { class: 'card-head' }, h('h2', { id: 'manager-title' }, 'Before you commit'), h('span', { class: 'small soft' }, report.period)),
    manager.problem ? problemCard(manager.problem) : null,
    report.warnings.map((warning) => h('p', { class: 'notice warn', key: warning.code, 'data-code': warning.code }, `${warning.message}.`)),
    h('div', { class: 'manager-parts', id: 'manager-told' },
      h('div', { class: 'manager-part' }, tornado(report), mustWin(report)),
      h('div', { class: 'manager-part' }, call(state, report), coverage(report), concentration(report))),
    groups(state, report));
}

/** @param {ManagerReport} report */
function tornado(report) {
  const bars = once(report, 'tornado', () => /** @type {Bar[]} */ (report.drivers.slice(0, BARS).map((driver) => ({ row: driver.row, label: title(driver), won: driver.won.value, lost: driver.lost.value, effect: driver.effect.value }))));
  if (bars.length === 0) return h('p', { class: 'soft' }, 'No single deal moves the odds.');
  const name = `Odds with each deal lost and won: ${report.drivers.slice(0, 3).map((driver) => `${title(driver)} ${percent(driver.lost.value)} to ${percent(driver.won.value)}`).join(', ')}`;
  const rows = report.drivers.map((driver) => [title(driver), driver.amount === 0 ? 'no amount' : shortMoney(driver.amount, report.currency), percent(driver.shareWon.value), percent(driver.lost.value, 1), percent(driver.won.value, 1), `${points(driver.effect.value)} ± ${points(driver.effect.error).replace('+', '')}`]);
  return h('figure', { class: 'chart', key: 'tornado' },
    h('h3', null, 'Deals that move the odds'),
    drawing('plot', { data: once(report, 'tornado data', () => ({ bars, odds: report.odds.value })), name, draw: plot }),
    h('figcaption', { class: 'small soft' }, 'Each bar runs from the odds if the deal is lost to the odds if it is won in the period; the line is where they are.'),
    h('details', { class: 'twin' }, h('summary', null, 'Show as table'),
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Deals that move the odds, as table' }, dataTable(['Deal', 'Amount', 'Won in period', 'Odds if lost', 'Odds if won', 'Difference'], rows))));
}

/**
 * @param {{ bars: Bar[], odds: number }} data
 * @param {number} width
 */
function plot({ bars, odds }, width) {
  const label = Math.min(170, Math.round(width * 0.36));
  const ticks = Math.max(1, Math.floor((width - label) / 90));
  // As many decimals as tell the ticks apart.
  const range = Math.max(...bars.map(({ won }) => won)) - Math.min(...bars.map(({ lost }) => lost));
  const digits = Math.min(4, Math.max(0, Math.ceil(-Math.log10(Math.max(range, 1e-9) / (ticks + 1))) - 2));
  return Plot.plot({
    width, className: 'plot-drawing', height: 26 * bars.length + 30, marginLeft: label, marginRight: 60, marginTop: 4, marginBottom: 22, style: { fontSize: '12px' },
    x: { domain: [Math.min(...bars.map(({ lost }) => lost)), Math.max(...bars.map(({ won }) => won))], nice: true, label: null },
    y: { type: 'band', domain: bars.map(({ row }) => row), label: null, padding: 0.3 },
    marks: [
      Plot.gridX({ stroke: 'var(--chart-grid)', strokeOpacity: 1, ticks }),
      Plot.axisX({ tickFormat: (/** @type {number} */ p) => percent(p, digits), ticks, tickSize: 0, label: null, color: 'var(--ink-soft)' }),
      Plot.axisY({ tickFormat: (/** @type {number} */ row) => bars.find((bar) => bar.row === row)?.label ?? '', tickSize: 0, label: null, color: 'var(--ink)', lineWidth: label / 12 - 2, textOverflow: 'ellipsis' }),
      Plot.barX(bars, { y: 'row', x1: 'lost', x2: () => odds, fill: 'var(--bad)', rx: 2 }),
      Plot.barX(bars, { y: 'row', x1: () => odds, x2: 'won', fill: 'var(--good)', rx: 2 }),
      Plot.text(bars, { y: 'row', x: 'won', text: (/** @type {Bar} */ bar) => points(bar.effect), textAnchor: 'start', dx: 5, fill: 'var(--ink)', stroke: 'var(--surface)', strokeWidth: 3 }),
      Plot.ruleX([odds], { stroke: 'var(--ink)', strokeWidth: 1.5 }),
    ],
  });
}

/** @param {ManagerReport} report */
function mustWin(report) {
  const { mustWin: told } = report;
  const level = percent(told.level);
  return h('div', { class: 'must-win', key: 'must-win', id: 'must-win' },
    h('h3', null, 'Must win'),
    told.sets.length === 0
      ? h('p', { class: 'small soft' }, report.odds.value < told.level ? `The odds are below ${level} as they are.` : `No three deals lost together bring the odds below ${level}.`)
      : [
          h('p', { class: 'small soft' }, `Lose one of these sets and the odds are below ${level}${told.considered < told.possible ? `; looked for among the ${count(told.considered)} largest of ${counted(told.possible, 'deal', 'deals')}` : ''}${told.isExact ? ', exactly' : ', in the trials'}.`),
          h('ol', { class: 'small numbered' }, told.sets.slice(0, SETS).map((set, i) => h('li', { key: String(i) }, set.deals.map((deal, j) => [j > 0 ? ' and ' : '', h('bdi', null, title(deal))]), h('span', { class: 'soft' }, `: ${percent(set.odds.value)}${set.odds.error > 0 ? ` ± ${points(set.odds.error).replace('+', '')}` : ''} without`)))),
          told.count > SETS ? h('p', { class: 'small soft' }, `${counted(told.count, 'set', 'sets')} in all; the smallest come first.`) : null,
        ]);
}

/**
 * @param {State} state
 * @param {ManagerReport} report
 */
function call(state, report) {
  const { calls, currency } = report;
  const short = (/** @type {number} */ value) => shortMoney(value, currency);
  const field = (/** @type {string} */ id, /** @type {string} */ label, /** @type {number} */ value, /** @type {number} */ scale, /** @type {'confidence' | 'overCost' | 'underCost'} */ key, /** @type {number} */ most) =>
    h('div', { class: 'field' }, h('label', { for: id }, label),
      h('input', { id, type: 'number', min: scale === 1 ? 0.1 : 1, max: most, step: 'any', value: Math.round(value * scale * 10) / 10, onchange: (/** @type {Event} */ event) => void act.askManager({ [key]: Number(/** @type {HTMLInputElement} */ (event.target).value) / scale }) }));
  return h('div', { key: 'call', id: 'call' },
    h('h3', null, 'The number to commit'),
    h('p', { id: 'call-sentence' }, `${calls.sentence.charAt(0).toUpperCase()}${calls.sentence.slice(1)}.`),
    h('div', { class: 'fields' }, field('call-confidence', 'Sure to, %', calls.confidence, 100, 'confidence', 99),
      field('call-over', 'A unit over costs', calls.overCost, 1, 'overCost', 1000), field('call-under', 'A unit under costs', calls.underCost, 1, 'underCost', 1000)),
    h('dl', { class: 'tiles' },
      tile(`${percent(calls.confidence)} sure`, short(calls.confident.value), off(calls.confident, currency)),
      tile('Least cost', short(calls.cheapest.value), `P${number(100 * calls.quantile, 0)}, ${off(calls.cheapest, currency)}`),
      tile('P50', short(calls.p50.value), off(calls.p50, currency)),
      tile('Commit called', short(calls.commit), `${percent(calls.commitOdds.value)} to reach`)));
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} [note]
 */
function tile(name, value, note) {
  return h('div', { class: 'tile', key: name }, h('dt', null, name), h('dd', null, value), note ? h('dd', { class: 'note' }, note) : null);
}

const RULES = /** @type {Record<string, string>} */ ({ 'won-by-number': 'Your win rate', 'won-by-amount': 'Your win rate by amount', simulated: 'The simulation', 'during-period': 'Rule of thumb', 'at-start': 'Rule of thumb' });

/** @param {ManagerReport} report */
function coverage(report) {
  const { coverage: told, currency } = report;
  const times = (/** @type {number} */ value) => `${number(value, 1)}×`;
  const here = told.actual === null ? (told.remaining ? 'No open deal has an amount: coverage cannot be told.' : 'Nothing is left to win.') : `Open for the period: ${shortMoney(told.open, currency)}, ${times(told.actual)} of the ${shortMoney(told.remaining, currency)} still to be won${told.renewals ? `, beside ${shortMoney(told.renewals, currency)} expected from renewals` : ''}.`;
  return h('div', { key: 'coverage', id: 'coverage' },
    h('h3', null, 'Pipeline coverage'),
    h('p', { class: 'small' }, told.quota === null ? `Open for the period: ${shortMoney(told.open, currency)}. Set a quota to see what it has to cover.` : here),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Coverage needed' },
      dataTable(['Needed by', 'Coverage', 'Missing', 'Because'], told.required.map((rule) => [
        RULES[rule.rule] ?? rule.rule,
        rule.interval ? `${times(rule.coverage)} (${number(rule.interval.low, 1)} to ${number(rule.interval.high, 1)})` : `${times(rule.coverage)}${rule.error === null ? '' : ` ± ${number(rule.error, rule.error < 0.05 ? 3 : 1)}`}`,
        rule.missing === null ? NONE : rule.missing === 0 ? 'nothing' : shortMoney(rule.missing, currency),
        rule.source]), [3])));
}

/** @param {ManagerReport} report */
function concentration(report) {
  const { called } = report.concentration;
  if (called.deals === 0) return null;
  return h('div', { key: 'concentration', id: 'concentration' },
    h('h3', null, 'Concentration'),
    h('p', { class: 'small' }, `The largest deal is ${percent(called.top1)} of what is called, the three largest ${percent(called.top3)}, the ten largest ${percent(called.top10)}; the risk is that of ${number(called.effective, 1)} equal deals (there are ${count(called.deals)}).`));
}

/**
 * @param {State} state
 * @param {ManagerReport} report
 */
function groups(state, report) {
  const { currency } = report;
  const views = /** @type {['owners' | 'segments' | 'products', string][]} */ ([['owners', 'By owner'], ['segments', 'By segment'], ['products', 'By product']]).filter(([key]) => report[key].length > 0);
  if (views.length === 0) return null;
  const view = views.some(([key]) => key === state.deals.manager.view) ? state.deals.manager.view : (views[0]?.[0] ?? 'owners');
  const short = (/** @type {number} */ value) => shortMoney(value, currency);
  return h('div', { class: 'manager-groups', key: 'groups', id: 'groups' },
    h('div', { class: 'segmented', role: 'group', 'aria-label': 'Whose deals' }, views.map(([key, label]) =>
      h('button', { key, type: 'button', id: `groups-${key}`, 'aria-pressed': String(view === key), onclick: () => act.showGroups(key) }, label))),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Called and simulated, line by line' },
      dataTable([{ owners: 'Owner', segments: 'Segment', products: 'Product' }[view], 'Deals', 'Won', 'Called', 'Weighted', 'P50 in all', 'P10 to P90'], report[view].map((line) => [
        line.name === null ? 'All others' : line.name || 'None', count(line.deals), short(line.won), short(line.called), short(line.weighted), `${short(line.p50.value)} ${off(line.p50, currency)}`, `${short(line.p10.value)} to ${short(line.p90.value)}`]))),
    h('p', { class: 'small soft' }, 'Lines hold the deals as simulated and do not add up to the forecast: new business and the correction by earlier quarters are in none of them, and the P50 of a sum is not the sum of P50s.'));
}

/** @param {{ name: string, account: string, id: string, line: number }} deal */
function title(deal) {
  return deal.name || deal.account || deal.id || `line ${deal.line}`;
}

/** @param {number} share */
function points(share) {
  return `${share > 0 ? '+' : share < 0 ? '−' : ''}${(100 * Math.abs(share)).toFixed(1)} pt`;
}
