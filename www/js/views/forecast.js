// @ts-check
/** The Forecast tab: the sentence, one chart, and the set-up line; below it categories, stages, deals and the receipt. */

import * as act from '../actions.js';
import { calledIn, categoryPlot, chart, legend, stillCharts } from '../chart.js';
import { h } from '../dom.js';
import { drawing } from '../drawing.js';
import { NONE, count, counted, date, listed, money, month, off, percent, shortMoney, words } from '../format.js';
import { grid } from '../grid.js';
import { oddsAt } from '../odds.js';
import { once } from '../once.js';
import { current } from '../state.js';
import { managerView, topDrivers } from './drivers.js';
import { exactView } from './exact.js';
import { misplacedCard } from './files.js';
import { flagText, gatesView } from './gates.js';
import { learnOffer } from './learn-deals.js';
import { chooseButton, fileChip, landing, madeBy, paperTable, problemCard, waiting } from './parts.js';
import { pastView } from './past.js';
import { qualityChip } from './quality.js';
import { questions } from './questions.js';
import { recordView } from './record.js';
import { snapshotsView } from './snapshots.js';
import { scenarioView } from './scenario.js';
import { understood } from './understood.js';
import { waterfallView } from './waterfall.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').ForecastReport} ForecastReport
 * @typedef {import('../engine.js').StageRow} StageRow
 * @typedef {import('../grid.js').GridColumn} GridColumn
 */

/** @param {State} state */
export function forecastView(state) {
  const { deals } = state;
  const { report, receipt } = deals;
  if (!deals.handle || !receipt) return landing(state, 'forecast');
  if (!report) {
    return h('section', { key: 'waiting', class: 'landing' },
      waiting(state, 'forecast', deals.problem, 'Simulating…', 'Simulate', act.simulate),
      setup(state), understood(deals, 'forecast', []));
  }
  return [
    misplacedCard(state, 'forecast'),
    deals.problem ? problemCard(deals.problem) : null,
    deals.by !== deals.handle && !state.busy ? outdated() : null,
    questions(deals, 'forecast'),
    h('section', { key: 'head', class: 'head-grid forecast-head' },
      h('div', { class: 'head-words' },
        h('p', { class: 'over' }, `Forecast of ${report.period}`),
        headline(report),
        h('p', { class: 'soft chips' }, fileChip(deals.file), qualityChip(report.receipt, 'forecast'), h('span', null, `as of ${date(report.asOf)}; ${deals.asOf.reason}`)),
        h('p', { class: 'soft', id: 'hygiene' }, 'Open pipeline: ', report.hygiene.sentence, '.'),
        setup(state),
        tiles(deals, report),
        topDrivers(state),
        handOn(state, report)),
      h('div', { class: 'card chart-card' }, chartSwitch(state), deals.chart === 'fan' ? null : legend(report, deals.chart, deals.call), chart(deals, report))),
    h('section', { key: 'tables', class: 'two' }, categories(report), stages(state, report)),
    managerView(state),
    waterfallView(state),
    scenarioView(state, report),
    gatesView(state),
    pastView(state, report),
    recordView(state),
    snapshotsView(state),
    exactView(state),
    learnOffer(state, report),
    h('section', { key: 'deals', class: 'table-area', 'aria-label': 'Deals' }, h('div', { class: 'table-main' }, dealsHead(state, report), dealsTable(state, report))),
    paperDeals(state, report),
    understood(deals, 'forecast', report.assumptions),
    madeBy(`${counted(report.trials, 'trial', 'trials')}, seed ${report.seed}, engine ${report.engine}`, report.fingerprint),
  ];
}

/** What is said first in large letters, what it was counted from after it in small ones. @param {ForecastReport} report */
function headline({ headline: { sentence } }) {
  const [, said = sentence, counted = ''] = /^(.*?P50 [^;]*(?:; P10 [^;]*)?; )(.*)$/.exec(sentence) ?? [];
  return h('h1', { id: 'forecast-headline' }, said, counted ? h('span', { class: 'counted' }, counted) : null);
}

/** A forecast of the file as it was read before: the one of what is read now was stopped. */
function outdated() {
  return h('div', { class: 'notice warn', key: 'outdated', id: 'outdated' },
    h('p', null, 'This forecast is of the file as it was read before.'),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button', onclick: () => void act.simulate() }, 'Simulate again')));
}

/**
 * Quota, period, fiscal start and as-of day, in one line.
 * @param {State} state
 */
function setup(state) {
  const { deals, kept, model } = state;
  const quota = kept.quota ?? deals.report?.headline.quota ?? null;
  const isGuess = !deals.confirmed && kept.quota === null;
  return h('form', { class: `card setup ${isGuess ? 'asking' : ''}`, key: 'setup', 'aria-label': 'Forecast set-up', onsubmit: submitSetup },
    h('div', { class: 'fields' },
      h('div', { class: 'field' }, h('label', { for: 'quota' }, `Quota${deals.report ? `, ${deals.report.currency}` : ''}`),
        h('input', { id: 'quota', name: 'quota', inputmode: 'decimal', autocomplete: 'off', value: quota ?? '', placeholder: 'none', 'aria-describedby': 'setup-hint' })),
      h('div', { class: 'field' }, h('label', { for: 'period' }, 'per'),
        h('select', { id: 'period', name: 'period', value: kept.period }, ['month', 'quarter', 'year'].map((kind) => h('option', { key: kind, value: kind }, kind)))),
      h('div', { class: 'field' }, h('label', { for: 'fiscal' }, 'Fiscal year starts'),
        h('select', { id: 'fiscal', name: 'fiscal', value: String(model.value?.meta?.fiscalYearStart ?? 1) },
          Array.from({ length: 12 }, (_, i) => h('option', { key: String(i), value: String(i + 1) }, month(i + 1))))),
      h('div', { class: 'field' }, h('label', { for: 'as-of' }, 'As of'), h('input', { id: 'as-of', name: 'asOf', type: 'date', value: deals.asOf.date }))),
    h('div', { class: 'setup-end' },
      h('p', { class: 'small soft', id: 'setup-hint' }, isGuess ? guessText(quota) : 'Kept in this browser for the next file.'),
      h('button', { class: `button ${isGuess ? 'primary' : ''}`, id: 'setup-go' }, isGuess ? 'Use these' : 'Update')));
}

/** @param {number | null} quota */
function guessText(quota) {
  return quota === null
    ? 'What do you have to reach? Without a quota the forecast shows amounts and no odds.'
    : 'Guessed from the model; put in what you have to reach.';
}

/** @param {SubmitEvent} event */
function submitSetup(event) {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  const text = (/** @type {string} */ name) => String(form.get(name) ?? '');
  act.setUpForecast({ quota: text('quota'), period: text('period'), fiscalYearStart: Number(text('fiscal')), asOf: text('asOf') });
}

/**
 * @param {State['deals']} deals
 * @param {ForecastReport} report
 */
function tiles(deals, report) {
  const { trying, call } = deals;
  const totals = current(deals, deals.totals);
  const { headline, currency } = report;
  const odds = headline.odds;
  const tried = trying?.line === 'quota' ? trying.value : null;
  const commit = calledIn(report, 'commit');
  const committed = trying?.line === 'call' ? trying.value : (call ?? commit);
  const isOwn = committed !== commit;
  /** @type {[string, string, string][]} */
  const all = [
    tried !== null
      ? ['Odds of quota', percent(oddsAt(totals, tried)), `at ${shortMoney(tried, currency)}`]
      : ['Odds of quota', odds ? percent(odds.value) : NONE, odds ? `± ${percent(odds.error, 1)} simulation error` : 'no quota set'],
    [isOwn ? 'Your call' : 'Commit called', shortMoney(committed, currency), committed === null ? '' : `${totals ? percent(oddsAt(totals, committed)) : '…'} to reach; simulated P50 ${shortMoney(headline.p50.value, currency)}`],
    ['P10', shortMoney(headline.p10.value, currency), `nine in ten end above, ±\u{A0}${shortMoney(headline.p10.error, currency)}`],
    ['P50', shortMoney(headline.p50.value, currency), `as likely above as below, ±\u{A0}${shortMoney(headline.p50.error, currency)}`],
    ['P90', shortMoney(headline.p90.value, currency), `one in ten ends above, ±\u{A0}${shortMoney(headline.p90.error, currency)}`],
    ['Won to date', shortMoney(headline.wonToDate, currency), report.period],
    ['Weighted pipeline', shortMoney(report.weightedPipeline, currency), 'ignores timing'],
  ];
  return h('dl', { class: 'tiles figures' }, all.map(([name, value, note]) =>
    h('div', { class: 'tile', key: name }, h('dt', null, name), h('dd', null, value), h('dd', { class: 'note' }, note))));
}

/** Width of the drawings of a document, in pixels. */
const PAPER = 760;

/**
 * The ways to hand a forecast on.
 * @param {State} state
 * @param {ForecastReport} report
 */
function handOn({ deals }, report) {
  return h('p', { class: 'buttons hand-on', key: 'hand-on' },
    h('button', { type: 'button', class: 'button', id: 'save-report', onclick: () => act.saveReport(stillCharts(report, current(deals, deals.fan), deals.call, PAPER)) }, 'Save as HTML report'),
    h('button', { type: 'button', class: 'button', id: 'print', onclick: act.printPage }, 'Print'));
}

/** @type {{ id: State['deals']['chart'], label: string }[]} */
const CHARTS = [
  { id: 'distribution', label: 'Distribution' },
  { id: 'exceedance', label: 'Chance' },
  { id: 'fan', label: 'Over time' },
  { id: 'periods', label: 'By period' },
];

/** @param {State} state */
function chartSwitch(state) {
  return h('div', { class: 'segmented', role: 'group', 'aria-label': 'Chart' }, CHARTS.map(({ id, label }) =>
    h('button', { key: id, type: 'button', id: `chart-${id}`, 'aria-pressed': String(state.deals.chart === id), onclick: () => act.showChart(id) }, label)));
}

const CATEGORY_LABELS = /** @type {Record<string, string>} */ ({ closed: 'Closed', commit: 'Commit', 'best-case': 'Best case', pipeline: 'Pipeline', omitted: 'Omitted' });

/** @param {ForecastReport} report */
function categories(report) {
  const { currency } = report;
  const isKnown = report.categories.some((row) => row.delivered !== null);
  const errors = /** @type {Record<string, (row: import('../engine.js').CategoryRow) => string | null>} */ ({
    'Simulated P50': ({ p50 }) => off(p50, currency),
    'P10 to P90': ({ p10, p90 }) => `P10 ${off(p10, currency)}, P90 ${off(p90, currency)}`,
    'P50, added up': ({ cumulative }) => (cumulative ? off(cumulative.p50, currency) : null),
  });
  const heads = ['Category', 'Deals', 'Called', ...(isKnown ? ['Delivered before'] : []), 'Simulated P50', 'P10 to P90', 'Called, added up', 'P50, added up'];
  return h('section', { class: 'card', key: 'categories' },
    h('div', { class: 'card-head' }, h('h2', null, 'Called and simulated'), h('span', { class: 'small soft' }, report.period)),
    categoryBars(report),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Forecast categories' },
      h('table', { class: 'data', id: 'categories' },
        h('thead', null, h('tr', null, heads.map((head, i) =>
          h('th', { key: head, scope: 'col', class: i > 0 ? 'number' : null }, head)))),
        h('tbody', null, report.categories.map((row) => h('tr', { key: row.category, class: `category-${row.category}` },
          h('th', { scope: 'row' }, CATEGORY_LABELS[row.category] ?? words(row.category)),
          categoryCells(row, currency, isKnown).map((text, i) => h('td', { key: String(i), class: 'number', title: errors[heads[i + 1] ?? '']?.(row) ?? null }, text))))))),
    h('p', { class: 'small soft' }, 'Each category alone, then added up from the top. Omitted deals are in no call; they are simulated on their own line.', alsoIn(report)),
    h('p', { class: 'small soft', id: 'delivered' }, delivered(report)));
}

/** How the calls of earlier periods ended, or what would tell. @param {ForecastReport} report */
function delivered({ categories: rows, currency }) {
  const said = rows.flatMap(({ category, delivered: before }) => {
    if (!before) return [];
    const { share, low, high, periods, deals, cumulative } = before;
    const range = low === null || high === null ? '' : `, 95 % interval ${percent(low)} to ${percent(high)}`;
    const added = cumulative === null ? '' : `; added up ${shortMoney(cumulative, currency)}`;
    return [`${CATEGORY_LABELS[category] ?? words(category)} ${percent(share)} (${counted(deals, 'deal', 'deals')} in ${counted(periods, 'period', 'periods')}${range}${added})`];
  });
  if (said.length === 0) return 'How much of such calls came in earlier periods is told once a log of changes, earlier exports or kept weeks are attached.';
  const isDated = rows.some(({ delivered: before }) => before?.byDate);
  return `Delivered before: of what was ${isDated ? 'called for the period' : 'open and called so, for whatever period,'} on the same day of earlier ones, the share that was won by their end. ${said.join('; ')}.`;
}

/** What the headline counts and no category does. @param {ForecastReport} report */
function alsoIn({ headline, currency, newBusiness, renewals, calibration }) {
  const coming = newBusiness[0]?.p50.value ?? 0;
  const parts = [
    coming > 0 ? `new business (P50 ${shortMoney(coming, currency)})` : null,
    renewals ? 'renewals' : null,
    calibration.applied ? 'the correction by the track record' : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return ` The headline’s P50 of ${shortMoney(headline.p50.value, currency)} has ${listed(parts)} in it as well.`;
}

/** @param {ForecastReport} report */
function categoryBars(report) {
  const { currency } = report;
  const known = once(report, 'category bars', () => ({ currency, bars: report.categories.map(({ category, called, p10, p50, p90 }) => ({ name: CATEGORY_LABELS[category] ?? words(category), called, p10: p10.value, p50: p50.value, p90: p90.value })) }));
  const name = `Called and simulated by category: ${known.bars.map((bar) => `${bar.name} called ${shortMoney(bar.called, currency)}, P50 ${shortMoney(bar.p50, currency)}`).join('; ')}`;
  return h('figure', { class: 'chart', key: 'category-bars', id: 'category-bars' },
    drawing('plot', { data: known, name, draw: categoryPlot }),
    h('figcaption', { class: 'small soft' }, 'The pale bar is what was called; the dark one runs from P10 to P90 with P50 marked.'));
}

/**
 * @param {import('../engine.js').CategoryRow} row
 * @param {string} currency
 * @param {boolean} isKnown Whether any category tells what it delivered before
 */
function categoryCells(row, currency, isKnown) {
  const [called, p50, p10, p90, calledSum, p50Sum] = [row.called, row.p50.value, row.p10.value, row.p90.value, row.calledCumulative, row.cumulative?.p50.value].map((value) => shortMoney(value, currency));
  const before = row.delivered ? `${percent(row.delivered.share)}, so ${shortMoney(row.delivered.amount, currency)}` : NONE;
  return [count(row.deals), called, ...(isKnown ? [before] : []), p50, row.p10.value === row.p90.value ? NONE : `${p10} to ${p90}`, calledSum, p50Sum];
}

const SOURCES = /** @type {Record<string, string>} */ ({
  model: 'your model', 'own-closed-deals': 'your closed deals', 'probability-column': 'probability column', synonym: 'similar stage name', 'overall-rate': 'overall win rate',
});
const CATEGORIES = ['commit', 'best-case', 'pipeline', 'omitted'];

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
function stages(state, report) {
  return h('section', { class: 'card', key: 'stages' },
    h('div', { class: 'card-head' }, h('h2', null, 'Stages in your file'), h('span', { class: 'small soft' }, 'Change a figure and the forecast follows')),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Stages' },
      h('table', { class: 'data', id: 'stages' },
        h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Stage'), h('th', { scope: 'col', class: 'number' }, 'Deals'), h('th', { scope: 'col', class: 'number' }, 'Amount'),
          h('th', { scope: 'col', class: 'number' }, 'Win probability'), h('th', { scope: 'col' }, 'From'), h('th', { scope: 'col' }, 'Category'))),
        h('tbody', null, report.stages.map((stage) => stageRow(stage, report))))),
    countWith(state, report));
}

/**
 * Asked only of a file that has a probability of each deal.
 * @param {State} state
 * @param {ForecastReport} report
 */
function countWith(state, report) {
  if (!report.receipt.columns.some(({ field }) => field === 'probability')) return null;
  return h('div', { class: 'field inline', key: 'count-with' }, h('label', { for: 'count-with' }, 'Deals count with'),
    h('select', { id: 'count-with', value: state.kept.dealProbability, onchange: (/** @type {Event} */ event) => act.countDealsWith(/** @type {'own' | 'stage'} */ (/** @type {HTMLSelectElement} */ (event.target).value)) },
      h('option', { key: 'own', value: 'own' }, 'their own probability'), h('option', { key: 'stage', value: 'stage' }, 'their stage’s probability')));
}

/**
 * @param {StageRow} stage
 * @param {ForecastReport} report
 */
function stageRow(stage, report) {
  const shown = Math.round(stage.winProbability * 1000) / 10;
  return h('tr', { key: stage.name },
    h('th', { scope: 'row' }, h('bdi', null, stage.name || 'No stage'), stage.modelStage && stage.modelStage !== stage.name ? h('span', { class: 'soft' }, ` as ${stage.modelStage}`) : null),
    h('td', { class: 'number' }, count(stage.count)),
    h('td', { class: 'number' }, shortMoney(stage.amount, report.currency)),
    h('td', { class: 'number' }, h('span', { class: 'affix end' }, h('input', {
      type: 'number', disabled: stage.name === '', min: 0, max: 100, step: 'any', value: shown, 'aria-label': `Win probability of ${stage.name}, percent`, 'data-stage': stage.name,
      onchange: (/** @type {Event} */ event) => act.editStage(stage, { winProbability: Number(/** @type {HTMLInputElement} */ (event.target).value) / 100 }),
    }), '%')),
    h('td', { class: 'soft nowrap' }, SOURCES[stage.source] ?? words(stage.source)),
    h('td', null, h('select', {
      value: stage.category, disabled: stage.name === '', 'aria-label': `Forecast category of ${stage.name}`,
      onchange: (/** @type {Event} */ event) => act.editStage(stage, { category: /** @type {HTMLSelectElement} */ (event.target).value }),
    }, CATEGORIES.map((category) => h('option', { key: category, value: category }, CATEGORY_LABELS[category] ?? category)))));
}

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
function dealsHead(state, report) {
  return h('div', { class: 'toolbar', key: 'deals-head' },
    h('h2', null, 'Open deals'),
    h('div', { class: 'field' }, h('label', { for: 'sort-deals' }, 'Sort by'),
      h('select', { id: 'sort-deals', value: state.deals.view.sort.key, onchange: (/** @type {Event} */ event) => act.sortDeals(/** @type {HTMLSelectElement} */ (event.target).value) },
        columnsIn(report.currency).filter((column) => column.sortable !== false).map((column) => h('option', { key: column.key, value: column.key }, column.label)))),
    h('div', { class: 'toolbar-end' },
      h('output', { class: 'small soft' }, counted(state.deals.rows.length, 'deal', 'deals')),
      chooseButton('forecast', 'Another file'),
      h('button', { type: 'button', class: 'button primary', id: 'download-deals', onclick: act.downloadDeals }, 'Download forecast CSV')));
}

/** The columns by currency, kept so that drawing again draws nothing anew. @type {Map<string, GridColumn[]>} */
const dealColumns = new Map();

/**
 * @param {string} currency
 * @returns {GridColumn[]}
 */
function columnsIn(currency) {
  const known = dealColumns.get(currency);
  if (known) return known;
  /** @type {GridColumn[]} */
  const columns = [
    { key: 'name', label: 'Deal', text: (row) => row.name || row.id || `line ${row.line}` },
    { key: 'account', label: 'Account', text: (row) => row.account ?? '' },
    { key: 'stage', label: 'Stage', text: (row) => row.stage ?? '' },
    { key: 'category', label: 'Category', text: (row) => (row.category ? (CATEGORY_LABELS[row.category] ?? row.category) : '') },
    { key: 'amount', label: 'Amount', number: true, text: (row) => money(row.amount, currency) },
    { key: 'probability', label: 'Win probability', number: true, text: (row) => percent(row.probability, 0) },
    { key: 'wonInPeriod', label: 'Won this period', number: true, text: (row) => percent(row.wonInPeriod) },
    { key: 'close', label: 'Close date', text: (row) => date(row.close), mark: (row) => (row.pastClose ? 'past' : '') },
    { key: 'flags', label: 'Flags', sortable: false, text: (row) => flagText(row.flags), mark: (row) => (row.flags?.length > 0 ? 'past' : '') },
    { key: 'calledIn', label: 'Called in', text: (row) => row.calledIn ?? NONE },
    { key: 'owner', label: 'Owner', text: (row) => row.owner ?? '' },
  ];
  dealColumns.set(currency, columns);
  return columns;
}

/** Deals that a print shows at most. */
const PRINTED = 40;

/**
 * The largest deals, for paper.
 * @param {State} state
 * @param {ForecastReport} report
 */
function paperDeals({ deals }, report) {
  const rows = once(deals.rows, 'largest', () => deals.rows.toSorted((a, b) => b.amount - a.amount).slice(0, PRINTED));
  const title = rows.length < deals.rows.length ? `The ${count(rows.length)} largest of ${counted(deals.rows.length, 'open deal', 'open deals')}` : 'Open deals';
  return paperTable(title, rows, columnsIn(report.currency), PAPER_COLUMNS);
}

const PAPER_COLUMNS = ['name', 'stage', 'category', 'amount', 'wonInPeriod', 'close', 'owner', 'flags'];

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
function dealsTable(state, report) {
  if (state.deals.rows.length === 0) return h('p', { class: 'notice' }, 'No deals to show.');
  return h('div', { class: 'grid-host', key: 'deals-grid' }, grid({
    label: `Deals, ${counted(state.deals.rows.length, 'row', 'rows')}`, version: state.deals.rows, total: state.deals.rows.length, columns: columnsIn(report.currency),
    sort: state.deals.view.sort, selected: null, fetch: act.dealRows, onSort: act.sortDeals, onSelect: null,
  }));
}
