// @ts-check
/** The Forecast tab, what if: sliders and changes to deals, scenarios side by side, and what must be true for the odds one wants. */

import { count, counted, shortMoney, signed } from '../format.js';
import { changed, freshWhatIf, state } from '../state.js';
import { announce, isCancelled, newest, problemOf } from './work.js';

/** @typedef {import('../../../pkg/index.js').Scenario} Scenario */
/** @typedef {import('../../../pkg/index.js').ScenarioChange} ScenarioChange */

/** The changes that the controls stand for. @returns {ScenarioChange[]} */
export function draftChanges() {
  const { sliders, changes } = state.deals.whatIf;
  const stage = sliders.stage || null;
  /** @type {ScenarioChange[]} */
  const all = changes.map(({ change }) => change);
  if (sliders.winRate !== 0) all.push({ winRate: { stage, by: sliders.winRate / 100 } });
  if (sliders.days !== 0) all.push({ cycle: { stage, days: sliders.days } });
  if (sliders.pipeline > 0) all.push({ pipeline: { stage, amount: sliders.pipeline } });
  if (sliders.reps > 0) all.push({ reps: { count: sliders.reps, perQuarter: eachRep(), rampMonths: 3 } });
  return all;
}

/** What a further sales person is taken to bring in a quarter where the model has none to go by. */
const ANY_REP = 250_000;

/** What a further sales person brings in a quarter: as set, else as the model's do on average. */
export function eachRep() {
  const { perRep } = state.deals.whatIf.sliders;
  if (perRep !== null) return perRep;
  const { reps = [], productivity = 1 } = state.model.value?.capacity ?? {};
  const quotas = reps.reduce((/** @type {number} */ sum, /** @type {{ quota?: number }} */ rep) => sum + (rep.quota ?? 0), 0);
  return quotas > 0 ? Math.round((quotas / reps.length) * productivity) : ANY_REP;
}

/** The same changes in words, one each. @returns {string[]} */
export function draftWords() {
  const { sliders, changes } = state.deals.whatIf;
  const of = sliders.stage ? ` of ${sliders.stage}` : '';
  const short = (/** @type {number} */ value) => shortMoney(value, state.deals.report?.currency);
  const all = changes.map(({ label }) => label);
  if (sliders.winRate !== 0) all.push(`win rate${of} ${signed(sliders.winRate)} points`);
  if (sliders.days !== 0) all.push(`time to close${of} ${signed(sliders.days)} days`);
  if (sliders.pipeline > 0) all.push(`${short(sliders.pipeline)} more pipeline${sliders.stage ? ` in ${sliders.stage}` : ''}`);
  if (sliders.reps > 0) all.push(`${counted(sliders.reps, 'more sales person', 'more sales people, each')} ${short(eachRep())} a quarter`);
  return all;
}

/** Changes that a scenario without a name of its own is called by. */
const NAMED = 2;

/** @param {string[]} words */
function nameOf(words) {
  const more = words.length - NAMED;
  const text = words.slice(0, NAMED).join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${more > 0 ? ` and ${count(more)} more` : ''}`;
}

/**
 * The changes that the name of a scenario does not tell.
 * @param {string} name
 * @param {string[]} words
 */
export function wordsBeside(name, words) {
  return name === nameOf(words) && words.length <= NAMED ? [] : words;
}

/** Asks for every scenario under the forecast in force; slower answers are overtaken by newer questions. */
const ask = newest(async () => {
  const { handle, whatIf, report } = state.deals;
  if (!handle || !report) return;
  const draft = draftChanges();
  /** @type {Scenario[]} */
  const scenarios = [...whatIf.kept.map(({ name, changes }) => ({ name, changes })), ...(draft.length > 0 ? [{ name: '', changes: draft }] : [])];
  if (scenarios.length === 0) {
    state.deals.whatIf.table = null;
    state.deals.whatIf.problem = null;
    return changed();
  }
  try {
    const table = await handle.scenarios(scenarios);
    if (state.deals.handle !== handle) return;
    state.deals.whatIf.table = table;
    state.deals.whatIf.of = report;
    state.deals.whatIf.problem = null;
    const odds = table.scenarios.at(-1)?.periods[0]?.odds;
    if (odds) announce(`Odds ${Math.round(100 * odds.value.value)} %`);
  } catch (error) {
    if (isCancelled(error) || state.deals.handle !== handle) return;
    state.deals.whatIf.problem = problemOf(error);
  }
  changed();
});

/** The forecast changed: the scenarios follow, an answer to an old question is taken back. */
export async function refreshWhatIf() {
  const { whatIf } = state.deals;
  whatIf.answers = null;
  if (whatIf.kept.length > 0 || draftChanges().length > 0) await ask();
}

/**
 * @template {keyof import('../state.js').Sliders} K
 * @param {K} key
 * @param {import('../state.js').Sliders[K]} value
 */
export function slide(key, value) {
  state.deals.whatIf.sliders[key] = value;
  void ask();
  // The figure beside the slider is drawn while the worker computes.
  setTimeout(changed);
}

/**
 * @param {ScenarioChange} change
 * @param {string} label
 */
export function changeDeal(change, label) {
  const { whatIf } = state.deals;
  whatIf.changes = [...whatIf.changes, { change, label }];
  changed();
  void ask();
}

/** Offers the deals whose name, account or id holds this text. @param {string} text */
export function seekDeal(text) {
  state.deals.whatIf.sought = text;
  changed();
}

/** @param {number} index */
export function undoChange(index) {
  const { whatIf } = state.deals;
  whatIf.changes = whatIf.changes.filter((_, i) => i !== index);
  changed();
  void ask();
}

/** Puts the controls aside as a scenario of its own, called by its changes unless it has a name. @param {string} name */
export function keepScenario(name) {
  const { whatIf } = state.deals;
  const changes = draftChanges();
  if (changes.length === 0) return;
  const words = draftWords();
  state.deals.whatIf = { ...freshWhatIf(), kept: [...whatIf.kept, { name: name.trim() || nameOf(words), changes, words }], goal: whatIf.goal, isOpen: true, table: whatIf.table };
  state.deals.whatIf.sliders.perRep = whatIf.sliders.perRep;
  changed();
  void ask();
}

/** @param {number} index */
export function dropScenario(index) {
  const { whatIf } = state.deals;
  whatIf.kept = whatIf.kept.filter((_, i) => i !== index);
  changed();
  void ask();
}

export function resetWhatIf() {
  const { whatIf } = state.deals;
  state.deals.whatIf = { ...freshWhatIf(), kept: whatIf.kept, goal: whatIf.goal, isOpen: true };
  changed();
  void ask();
}

/** @param {boolean} isOpen */
export function openWhatIf(isOpen) {
  state.deals.whatIf.isOpen = isOpen;
}

/** What must be true for these odds, by each lever. @param {number} percent */
export async function seekGoal(percent) {
  const { handle, whatIf, report } = state.deals;
  if (!handle) return;
  whatIf.goal = percent;
  whatIf.isSeeking = true;
  changed();
  try {
    const answers = [];
    for (const lever of /** @type {const} */ (['win-rate', 'pipeline', 'coverage'])) {
      answers.push(await handle.seek({ odds: percent / 100, lever, stage: lever === 'win-rate' ? whatIf.sliders.stage || null : null }));
    }
    if (state.deals.handle !== handle) return;
    state.deals.whatIf.answers = answers;
    state.deals.whatIf.answersOf = report;
    state.deals.whatIf.problem = null;
    announce(answers[0]?.sentence ?? '');
  } catch (error) {
    if (state.deals.handle !== handle) return;
    state.deals.whatIf.problem = problemOf(error);
  } finally {
    state.deals.whatIf.isSeeking = false;
    changed();
  }
}
