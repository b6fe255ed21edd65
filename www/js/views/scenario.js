// @ts-check
/** What if: sliders and changes to deals on one side, scenarios side by side on the other, and what must be true for the odds one wants. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, count, counted, money, percent, shortMoney, signed } from '../format.js';
import { problemCard } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').ForecastReport} ForecastReport
 * @typedef {import('../engine.js').ScenarioTable} ScenarioTable
 * @typedef {ScenarioTable['base']['periods'][number]} Period
 */

/** Deals offered for a change: the largest. */
const OFFERED = 100;

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
export function scenarioView(state, report) {
  const { whatIf } = state.deals;
  return h('details', {
    class: 'fold what-if', key: 'what-if', id: 'what-if', open: whatIf.isOpen,
    ontoggle: (/** @type {Event} */ event) => act.openWhatIf(/** @type {HTMLDetailsElement} */ (event.target).open),
  },
  h('summary', null, 'What if', h('span', { class: 'soft' }, ' move a deal, a rate or the pipeline, and see what it does to the odds')),
  h('div', { class: 'inside what-if-inside' },
    whatIf.problem ? problemCard(whatIf.problem) : null,
    h('div', { class: 'what-if-parts' },
      controls(state, report),
      h('div', { class: 'what-if-told' }, table(state, report), goal(state, report)))));
}

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
function controls(state, report) {
  const { whatIf } = state.deals;
  const { sliders } = whatIf;
  const most = ceiling(report.headline.quota ?? report.headline.p90.value);
  const named = report.stages.filter(({ name }) => name !== '');
  return h('div', { class: 'what-if-controls' },
    h('div', { class: 'field' }, h('label', { for: 'what-if-stage' }, 'Rates and days of'),
      h('select', { id: 'what-if-stage', value: sliders.stage, onchange: (/** @type {Event} */ event) => act.slide('stage', /** @type {HTMLSelectElement} */ (event.target).value) },
        h('option', { key: '', value: '' }, 'all stages'), named.map(({ name }) => h('option', { key: name, value: name }, name)))),
    slider('winRate', 'Win rate', sliders.winRate, -30, 30, 1, `${signed(sliders.winRate)} points`),
    slider('days', 'Time to close', sliders.days, -60, 60, 1, `${signed(sliders.days)} days`),
    slider('pipeline', 'More pipeline', sliders.pipeline, 0, most, most / 100, shortMoney(sliders.pipeline, report.currency)),
    slider('reps', 'More sales people', sliders.reps, 0, 10, 1, count(sliders.reps)),
    sliders.reps > 0 ? h('div', { class: 'field' }, h('label', { for: 'what-if-rep' }, 'Each brings per quarter, ramped over 3 months'),
      h('input', { id: 'what-if-rep', type: 'number', min: 0, step: 'any', value: act.eachRep(), onchange: (/** @type {Event} */ event) => act.slide('perRep', Number(/** @type {HTMLInputElement} */ (event.target).value) || 0) })) : null,
    dealForm(state, report),
    whatIf.changes.length > 0 ? h('ul', { class: 'what-if-changes small' }, whatIf.changes.map(({ label }, i) => h('li', { key: `${i} ${label}` },
      h('bdi', null, label), h('button', { type: 'button', class: 'button quiet small', 'aria-label': `Undo: ${label}`, onclick: () => act.undoChange(i) }, 'Undo')))) : null,
    h('form', { class: 'fields', onsubmit: keep },
      h('div', { class: 'field' }, h('label', { for: 'scenario-name' }, 'Name'), h('input', { id: 'scenario-name', name: 'name', autocomplete: 'off', maxlength: 60 })),
      h('button', { class: 'button', id: 'keep-scenario' }, 'Keep as scenario'),
      h('button', { type: 'button', class: 'button quiet', id: 'reset-what-if', onclick: act.resetWhatIf }, 'Reset')));
}

/** @param {SubmitEvent} event */
function keep(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  act.keepScenario(String(new FormData(form).get('name') ?? ''));
  form.reset();
}

/**
 * @param {'winRate' | 'days' | 'pipeline' | 'reps'} key
 * @param {string} label
 * @param {number} value
 * @param {number} min
 * @param {number} max
 * @param {number} step
 * @param {string} text
 */
function slider(key, label, value, min, max, step, text) {
  const id = `what-if-${key}`;
  return h('div', { class: 'field slider', key },
    h('div', { class: 'slider-head' }, h('label', { for: id }, label), h('output', { for: id, class: 'number' }, text)),
    h('input', { id, type: 'range', min, max, step, value, 'aria-valuetext': text, oninput: (/** @type {Event} */ event) => act.slide(key, Number(/** @type {HTMLInputElement} */ (event.target).value)) }));
}

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
function dealForm(state, report) {
  const { rows, whatIf: { sought } } = state.deals;
  if (rows.length === 0) return null;
  const text = sought.trim().toLowerCase();
  const found = text === '' ? rows : rows.filter((deal) => [deal.name, deal.account, deal.id].some((part) => part?.toLowerCase().includes(text)));
  const offered = found.toSorted((a, b) => b.amount - a.amount).slice(0, OFFERED);
  return h('form', { class: 'fields what-if-deal', onsubmit: (/** @type {SubmitEvent} */ event) => changeDeal(event, offered, report.currency) },
    rows.length > OFFERED ? h('div', { class: 'field', key: 'find' }, h('label', { for: 'what-if-find' }, 'Find a deal by name, account or id'),
      h('input', { id: 'what-if-find', type: 'search', autocomplete: 'off', value: sought, oninput: (/** @type {Event} */ event) => act.seekDeal(/** @type {HTMLInputElement} */ (event.target).value) }),
      h('p', { class: 'small soft', id: 'what-if-found' }, found.length > OFFERED ? `The ${OFFERED} largest of ${counted(found.length, 'deal', 'deals')} can be chosen.` : `${counted(found.length, 'deal', 'deals')} found.`)) : null,
    h('div', { class: 'field' }, h('label', { for: 'what-if-deal' }, 'Deal'),
      h('select', { id: 'what-if-deal', name: 'deal' }, offered.map((deal) => h('option', { key: String(deal.row), value: String(deal.row) }, `${title(deal)}, ${deal.amount === 0 ? 'no amount' : shortMoney(deal.amount, report.currency)}`)))),
    h('div', { class: 'field' }, h('label', { for: 'what-if-how' }, 'is'),
      h('select', { id: 'what-if-how', name: 'how' }, [['win', 'won'], ['drop', 'lost'], ['move', 'closing on'], ['price', 'worth']].map(([value, label]) => h('option', { key: value, value }, label)))),
    h('div', { class: 'field' }, h('label', { for: 'what-if-date' }, 'Date, if closing on'), h('input', { id: 'what-if-date', name: 'close', type: 'date' })),
    h('div', { class: 'field' }, h('label', { for: 'what-if-amount' }, 'Amount, if worth'), h('input', { id: 'what-if-amount', name: 'amount', type: 'number', min: 0, step: 'any' })),
    h('button', { class: 'button', id: 'change-deal' }, 'Change'));
}

/** @param {any} deal */
function title(deal) {
  return deal.name || deal.account || deal.id || `line ${deal.line}`;
}

/**
 * @param {SubmitEvent} event
 * @param {any[]} offered
 * @param {string} currency
 */
function changeDeal(event, offered, currency) {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  const row = Number(form.get('deal'));
  const chosen = offered.find((deal) => deal.row === row);
  if (!chosen) return document.getElementById('what-if-find')?.focus();
  const name = title(chosen);
  const how = String(form.get('how'));
  const close = String(form.get('close') ?? '');
  const amount = String(form.get('amount') ?? '');
  if (how === 'win') act.changeDeal({ win: { deal: row } }, `${name}: won`);
  else if (how === 'drop') act.changeDeal({ drop: { deal: row } }, `${name}: lost`);
  else if (how === 'move' && close) act.changeDeal({ move: { deal: row, close } }, `${name}: closing on ${close}`);
  else if (how === 'price' && amount !== '') act.changeDeal({ price: { deal: row, amount: Number(amount) } }, `${name}: worth ${money(Number(amount), currency)}`);
  else document.getElementById(how === 'move' ? 'what-if-date' : 'what-if-amount')?.focus();
}

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
function table(state, report) {
  const { whatIf } = state.deals;
  const told = whatIf.table;
  const { currency, headline } = report;
  const draft = act.draftChanges().length > 0;
  const now = told?.base.periods[0];
  const rows = (told?.scenarios ?? []).map((scenario, i) => ({ name: scenario.name || (draft ? 'As set here' : ''), words: act.wordsBeside(scenario.name, whatIf.kept[i]?.words ?? act.draftWords()), period: scenario.periods[0], index: i < whatIf.kept.length ? i : -1 }));
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Scenarios side by side' },
    h('table', { class: 'data', id: 'scenarios' },
      h('caption', { class: 'small soft' }, `${report.period}, every line on the same random numbers; ± is a 95 % interval of the simulation alone`),
      h('thead', null, h('tr', null, ['Scenario', 'Odds', 'Change', 'P50', 'Change', 'P10 to P90', ''].map((head, i) => h('th', { scope: 'col', class: i > 0 ? 'number' : null }, i === 6 ? h('span', { class: 'visually-hidden' }, 'Remove') : head)))),
      h('tbody', null,
        h('tr', { key: 'base' }, h('th', { scope: 'row' }, 'As it is'), now ? cells(now, currency, true) : [headline.odds ? percent(headline.odds.value, 1) : NONE, NONE, shortMoney(headline.p50.value, currency), NONE, `${shortMoney(headline.p10.value, currency)} to ${shortMoney(headline.p90.value, currency)}`].map((text, i) => h('td', { key: String(i), class: 'number' }, text)), h('td', { key: 'end' })),
        rows.map(({ name, words, period, index }, i) => h('tr', { key: `${i} ${name}`, class: index < 0 ? 'draft' : null },
          h('th', { scope: 'row' }, h('bdi', null, name), words.length > 0 ? h('ul', { class: 'what-if-words small soft' }, words.map((text, j) => h('li', { key: `${j} ${text}` }, h('bdi', null, text)))) : null), period ? cells(period, currency, false) : null,
          h('td', { key: 'end' }, index < 0 ? null : h('button', { type: 'button', class: 'button quiet small', 'aria-label': `Remove ${name}`, onclick: () => act.dropScenario(index) }, 'Remove')))))));
}

/**
 * @param {Period} period
 * @param {string} currency
 * @param {boolean} isBase
 */
function cells(period, currency, isBase) {
  const short = (/** @type {number} */ value) => shortMoney(value, currency);
  const points = (/** @type {number} */ value) => `${(100 * value).toFixed(1)} pt`;
  const texts = [
    period.odds ? percent(period.odds.value.value, 1) : NONE,
    isBase || !period.odds ? NONE : delta(period.odds, points),
    short(period.p50.value.value),
    isBase ? NONE : delta(period.p50, short),
    `${short(period.p10.value.value)} to ${short(period.p90.value.value)}`,
  ];
  return texts.map((text, i) => h('td', { key: String(i), class: 'number' }, text));
}

/**
 * @param {Period['p50']} figure
 * @param {(value: number) => string} format
 */
function delta(figure, format) {
  const { value } = figure.delta;
  if (value === 0 && figure.delta.error === 0) return format(0);
  const half = (figure.high - figure.low) / 2;
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${format(Math.abs(value))} ± ${format(half)}`;
}

/**
 * @param {State} state
 * @param {ForecastReport} report
 */
function goal(state, report) {
  const { whatIf } = state.deals;
  if (report.headline.odds === null) return h('p', { class: 'small soft' }, 'Set a quota to ask what must be true to reach it.');
  return h('div', { class: 'what-if-goal', key: 'goal' },
    h('form', { class: 'fields', onsubmit: (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      void act.seekGoal(Number(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('odds')));
    } },
    h('div', { class: 'field' }, h('label', { for: 'goal-odds' }, 'What must be true for odds of'),
      h('span', { class: 'affix' }, h('input', { id: 'goal-odds', name: 'odds', type: 'number', min: 1, max: 99, step: 1, required: true, value: whatIf.goal }), '%')),
    h('button', { class: 'button', id: 'seek-goal', disabled: whatIf.isSeeking }, whatIf.isSeeking ? 'Trying…' : 'Find out')),
    whatIf.answers ? h('ul', { class: 'bullets', id: 'goal-answers' }, [...new Set(whatIf.answers.map(({ sentence }) => sentence))].map((sentence) => h('li', { key: sentence }, `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`))) : null);
}

/** A round figure above this one. @param {number} value */
function ceiling(value) {
  if (!(value > 0)) return 100;
  const step = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / step) * step;
}
