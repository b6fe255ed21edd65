// @ts-check
/** The Forecast tab: open, simulate, set up, edit stages, download. */

import { date } from '../format.js';
import { changed, freshDeals, freshExact, state } from '../state.js';
import { asker, supersede } from './asking.js';
import { isMisplaced } from './files.js';
import { rescore, stem, today } from './leads.js';
import { replaceModel } from './model.js';
import { save } from './page.js';
import { firstReading } from './reading.js';
import { announce, busy, download, isCancelled, newest, problemOf } from './work.js';

/** @import { State } from '../state.js' */

const STALE_DAYS = 7;
/** How many periods ahead are worth showing. */
const PERIODS = { month: 6, quarter: 4, year: 3 };

/** @param {import('../state.js').OpenedFile} file */
export async function openPipeline(file) {
  const last = state.deals;
  state.deals.problem = null;
  try {
    await busy(`Reading ${file.name}`, async (control) => {
      const opened = await firstReading('forecast', file, control);
      last.handle?.dispose();
      last.compared.handle?.dispose();
      state.deals = { ...freshDeals(), file, ...opened, problem: withoutAmounts(opened.receipt), asOf: proposeAsOf(await opened.handle.proposedAsOf()), chart: last.chart, confirmed: last.confirmed };
    });
    await simulate();
  } catch (error) {
    if (isCancelled(error)) return announce('Stopped.');
    if (await isMisplaced('forecast', file, error)) return;
    state.deals = { ...last, problem: problemOf(error) };
    changed();
  }
}

/**
 * Without amounts every figure of a forecast is nothing.
 * @param {import('../engine.js').Receipt} receipt
 * @returns {import('../state.js').Problem | null}
 */
function withoutAmounts({ columns }) {
  if (columns.some(({ field }) => field === 'amount' || field === 'actualAmount')) return null;
  return {
    title: 'No column of amounts was recognised', message: 'None of the headers is known to hold what a deal is worth, so every figure below is 0.',
    remedy: 'Open “What was understood” below and say which column holds the amount, or drop an export that has one.', code: 'no-amount-column',
  };
}

/**
 * Today, or the newest day on which a deal was created or closed when that is over a week ago; the day after it where a period
 * ended with it, which leaves nothing to forecast.
 * @param {string | null} newestDay
 */
export function proposeAsOf(newestDay) {
  const now = today();
  if (!newestDay || daysBetween(newestDay, now) <= STALE_DAYS) return { date: now, reason: 'today', isSet: false };
  const next = new Date(Date.parse(newestDay) + 86_400_000).toISOString().slice(0, 10);
  if (beginsPeriod(next)) return { date: next, reason: `the day after the newest date in the file, with which a ${state.kept.period} ended (today would be ${date(now)})`, isSet: false };
  return { date: newestDay, reason: `the newest date in the file, because it is over ${STALE_DAYS} days old (today would be ${date(now)})`, isSet: false };
}

const MONTHS = { month: 1, quarter: 3, year: 12 };

/** Whether a period of the kind in force begins on a day. @param {string} day */
function beginsPeriod(day) {
  const [, month = 1, of] = day.split('-').map(Number);
  const first = state.model.value?.meta?.fiscalYearStart ?? 1;
  return of === 1 && (month - first + 12) % MONTHS[state.kept.period] === 0;
}

/**
 * @param {string} from
 * @param {string} to
 */
function daysBetween(from, to) {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** Simulates the open pipeline with the model in force; what was still to be asked of the last forecast is not. */
export function simulate() {
  supersede();
  return forecast();
}

const forecast = newest(async () => {
  const { deals, model, kept } = state;
  const { handle } = deals;
  if (!handle || !model.value) return;
  const askAll = asker();
  try {
    await busy('Simulating', async (control) => {
      const run = { asOf: deals.asOf.date, period: kept.period, periods: PERIODS[kept.period], dealProbability: kept.dealProbability, timing: kept.timing, ...(kept.quota === null ? {} : { quota: kept.quota }) };
      const report = await handle.forecast(model.value, run, control);
      const rows = await handle.window(0, report.receipt.rowsUsed);
      if (state.deals.handle !== handle) return;
      state.deals.report = report;
      state.deals.by = handle;
      state.deals.receipt = report.receipt;
      state.deals.rows = sorted(rows, state.deals.view.sort);
      state.deals.problem = withoutAmounts(report.receipt);
      state.deals.exact = freshExact();
      state.deals.trying = null;
      state.deals.snapshots = { report: null, problem: null };
      announce(report.headline.sentence);
    });
  } catch (error) {
    if (state.deals.handle !== handle) return;
    // No line was set, and what stands is still to be asked about.
    state.deals.trying = null;
    if (isCancelled(error)) announce('Stopped.');
    else state.deals.problem = problemOf(error);
    changed();
  }
  void askAll();
});

/** @param {State['deals']['chart']} chart */
export function showChart(chart) {
  state.deals.chart = chart;
  changed();
}

/** @param {{ quota: string, period: string, fiscalYearStart: number, asOf: string }} answers */
export async function setUpForecast({ quota, period, fiscalYearStart, asOf }) {
  const amount = parseAmount(quota);
  if (amount === undefined) {
    state.deals.problem = { title: 'The quota is not an amount', message: `“${quota}” cannot be read as an amount.`, remedy: 'Write it in full, such as 1200000, or as 1.2M.', code: 'quota-not-an-amount' };
    changed();
    return;
  }
  state.kept.quota = amount;
  state.kept.period = /** @type {import('../storage.js').Kept['period']} */ (period);
  state.deals.confirmed = true;
  save();
  if (asOf && asOf !== state.deals.asOf.date) state.deals.asOf = { date: asOf, reason: 'as you set it', isSet: true };
  const meta = state.model.value?.meta;
  if (meta && (meta.fiscalYearStart ?? 1) !== fiscalYearStart) {
    const next = structuredClone(state.model.value);
    next.meta.fiscalYearStart = fiscalYearStart;
    if (!(await replaceModel(next, { refresh: false }))) return;
    rescore();
  }
  await simulate();
}

/**
 * An amount as people write it: `1,200,000`, `1.2M`, `950k`.
 * @param {string} text
 * @returns {number | null | undefined} nothing for an empty field, `undefined` for no amount
 */
export function parseAmount(text) {
  const plain = text.replaceAll(/[\s,'’_\p{Sc}]/gu, '');
  if (plain === '') return null;
  const [, figure, suffix] = /^(\d+(?:\.\d+)?)([kmb]?)$/i.exec(plain) ?? [];
  if (!figure) return undefined;
  return Number(figure) * ({ k: 1e3, m: 1e6, b: 1e9 }[(suffix ?? '').toLowerCase()] ?? 1);
}

/**
 * Sets what a stage of the file is worth; the model takes it over under the stage's own name. A chance set by hand is meant
 * to count, so deals then count with their stage's instead of their own.
 * @param {import('../engine.js').StageRow} stage
 * @param {{ winProbability?: number, category?: string }} change
 */
export async function editStage(stage, change) {
  const next = structuredClone(state.model.value);
  const target = stageToEdit(next, stage);
  if (change.winProbability !== undefined) {
    const last = target.winProbability;
    target.winProbability = last && typeof last === 'object' ? { ...last, mean: change.winProbability } : change.winProbability;
  }
  if (change.category !== undefined) target.category = change.category;
  if (!(await replaceModel(next, { refresh: false }))) {
    state.deals.problem = state.model.problem;
    changed();
    return;
  }
  if (change.winProbability !== undefined) state.kept.dealProbability = 'stage';
  save();
  await Promise.all([rescore(), simulate()]);
}

/**
 * The model's stage of that name. One that the model knows only by a synonym, or not at all, gets an entry of its own: what
 * the user sets has to win over what the file says.
 * @param {any} model changed in place
 * @param {import('../engine.js').StageRow} stage
 */
function stageToEdit(model, stage) {
  const like = model.stages.find((/** @type {any} */ one) => one.name === stage.modelStage);
  if (like && stage.source === 'model') return like;
  const same = (/** @type {string} */ name) => plain(name) === plain(stage.name);
  for (const one of model.stages) if (one.synonyms) one.synonyms = one.synonyms.filter((/** @type {string} */ name) => !same(name));
  const known = model.stages.find((/** @type {any} */ one) => same(one.name));
  const target = known ?? { ...structuredClone(like ?? {}), name: stage.name, synonyms: [] };
  target.winProbability = stage.strength === null ? stage.winProbability : { mean: stage.winProbability, strength: stage.strength };
  target.category = stage.category;
  if (known) return known;
  model.stages.splice(like ? model.stages.indexOf(like) + 1 : model.stages.length, 0, target);
  model.stages.forEach((/** @type {any} */ one, /** @type {number} */ i) => {
    one.order = i + 1;
  });
  return target;
}

/** A name as the engine compares it: letters and digits alone. @param {string} name */
function plain(name) {
  return name.normalize('NFKD').replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

/** @param {'own' | 'stage'} choice */
export function countDealsWith(choice) {
  state.kept.dealProbability = choice;
  save();
  return simulate();
}

/** @param {import('../storage.js').Kept['timing']} choice */
export function timeDealsBy(choice) {
  state.kept.timing = choice;
  save();
  return simulate();
}

/** @param {string} key */
export function sortDeals(key) {
  const { deals } = state;
  const { sort } = deals.view;
  const startsDescending = key === 'amount' || key === 'probability';
  deals.view = { sort: sort.key === key ? { key, descending: !sort.descending } : { key, descending: startsDescending } };
  deals.rows = sorted(deals.rows, deals.view.sort);
  changed();
}

/**
 * Deals in another order, blanks last either way.
 * @param {any[]} rows
 * @param {import('../state.js').Sort} sort
 */
function sorted(rows, { key, descending }) {
  const sign = descending ? -1 : 1;
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  return rows.toSorted((a, b) => {
    const [left, right] = [a[key], b[key]];
    const [noLeft, noRight] = [left ?? '', right ?? ''].map((value) => value === '');
    if (noLeft || noRight) return Number(noLeft) - Number(noRight);
    return sign * (typeof left === 'number' && typeof right === 'number' ? left - right : collator.compare(String(left), String(right)));
  });
}

/**
 * @param {number} from
 * @param {number} count
 */
export async function dealRows(from, count) {
  return state.deals.rows.slice(from, from + count);
}

export async function downloadDeals() {
  const { handle, file } = state.deals;
  if (!handle || !file) return;
  const bytes = await busy('Writing the CSV', (control) => handle.csv(control));
  download(bytes, `${stem(file.name)}-forecast.csv`, 'text/csv;charset=utf-8');
}
