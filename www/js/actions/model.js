// @ts-check
/** The operating model: edit, check, keep, load, save, reset. No change counts before the engine has checked it. */

import * as engine from '../engine.js';
import { withPicks } from '../picks.js';
import { changed, state } from '../state.js';
import { simulate } from './forecast.js';
import { rescore } from './leads.js';
import { save } from './page.js';
import { announce, download, problemOf } from './work.js';

/** @import { Problem } from '../state.js' */

/** Takes the kept model, or the kept preset where there is none or it no longer passes. */
export async function restoreModel() {
  const { kept, model } = state;
  if (!engine.knownPresets().includes(kept.preset)) kept.preset = engine.knownPresets()[0] ?? 'sales-led';
  if (kept.model) {
    try {
      model.base = await engine.checkedModel(kept.model);
    } catch (error) {
      model.problem = { ...problemOf(error), title: 'The kept model no longer passes; the preset stands in' };
      kept.model = null;
    }
  }
  if (!kept.model) model.base = await engine.shippedModel(kept.preset);
  model.draft = null;
  model.value = withPicks(model.base, kept.picks);
  changed();
}

/** The currency of the model in force, which amounts are converted into. @returns {string | null} */
export function modelCurrency() {
  return state.model.value?.meta?.currency ?? null;
}

/** @returns {string[]} */
export function presetNames() {
  return engine.knownPresets();
}

/** Puts the picks on top of the base and keeps them. */
export function applyPicks() {
  state.model.value = withPicks(state.model.base, state.kept.picks);
  save();
  changed();
}

/**
 * Puts another model in force after the engine has checked it; picks made so far become part of it.
 * @param {any} next a model, or its text
 * @param {{ refresh?: boolean }} [options]
 * @returns {Promise<boolean>} whether it passed
 */
export async function replaceModel(next, { refresh = true } = {}) {
  try {
    const checked = await engine.checkedModel(next);
    const { model, kept } = state;
    model.base = checked;
    model.value = checked;
    model.draft = null;
    model.problem = null;
    kept.model = checked;
    kept.picks = {};
    save();
    changed();
  } catch (error) {
    state.model.problem = problemOf(error);
    changed();
    return false;
  }
  if (refresh) await refreshAll();
  return true;
}

/** Scores and simulates with the model in force. */
async function refreshAll() {
  await Promise.all([rescore(), simulate()]);
}

/** Models kept to go back to. */
const MOST_PAST = 50;

/**
 * Puts another model in force in a way that can be undone.
 * @param {any} next
 * @param {string} what was changed, for the offer to undo it
 * @param {{ refresh?: boolean }} [options]
 */
export async function changeModel(next, what, { refresh = true } = {}) {
  const before = state.model.value;
  if (!(await replaceModel(next, { refresh: false }))) return false;
  // At once, not when all is computed anew: an undo in between would take back the change before.
  state.model.past = [...state.model.past, { value: before, what }].slice(-MOST_PAST);
  changed();
  if (refresh) await refreshAll();
  return true;
}

/**
 * Has the model in force checked after it was changed in place of a form, and keeps it. A change made meanwhile stands: it is
 * checked by itself.
 * @param {any} before for undo
 * @param {string} what was changed
 * @returns {Promise<Problem | null>} why it cannot stand
 */
export async function confirmModel(before, what) {
  const { model, kept } = state;
  const next = model.value;
  model.past = [...model.past, { value: before, what }].slice(-MOST_PAST);
  try {
    const checked = await engine.checkedModel(next);
    if (model.value !== next) return null;
    Object.assign(model, { base: checked, value: checked, draft: null, problem: null });
    Object.assign(kept, { model: checked, picks: {} });
    save();
    changed();
    return null;
  } catch (error) {
    model.past = model.past.filter(({ value }) => value !== before);
    return problemOf(error);
  }
}

/**
 * Goes back to the model before the last change that can be undone.
 * @param {{ refresh?: boolean }} [options]
 */
export async function undoModel(options) {
  const last = state.model.past.at(-1);
  if (!last) return;
  state.model.past = state.model.past.slice(0, -1);
  if (await replaceModel(last.value, options)) announce(`Taken back: ${last.what}.`);
}

/**
 * @param {(string | number)[]} path
 * @param {any} value
 */
export function editModel(path, value) {
  const next = structuredClone(state.model.value);
  const last = path.slice(0, -1).reduce((part, key) => part[key], next);
  const key = /** @type {string | number} */ (path.at(-1));
  last[key] = value;
  return changeModel(next, path.slice(-2).join(' '));
}

/**
 * @param {(string | number)[]} path of a list
 * @param {number} index
 */
export function removeAt(path, index) {
  const next = structuredClone(state.model.value);
  path.reduce((part, key) => part[key], next).splice(index, 1);
  return changeModel(next, 'a removal');
}

/**
 * Removes a rule, and its group with the last one.
 * @param {'fit' | 'engagement'} axis
 * @param {number} group
 * @param {number} rule
 */
export function removeRule(axis, group, rule) {
  const next = structuredClone(state.model.value);
  const { groups } = next.icp[axis];
  groups[group].rules.splice(rule, 1);
  if (groups[group].rules.length === 0) groups.splice(group, 1);
  return changeModel(next, 'a removal');
}

/** @param {string} section */
export function showSection(section) {
  state.model.section = section;
  changed();
}

/** The model in force, as text. */
export function modelText() {
  return JSON.stringify(state.model.value, null, 2);
}

/** @param {string} text */
export function draftModel(text) {
  state.model.draft = text === modelText() ? null : text;
  state.model.problem = null;
  changed();
}

export function dropDraft() {
  state.model.draft = null;
  state.model.problem = null;
  changed();
}

export async function applyDraft() {
  const { draft } = state.model;
  if (draft !== null && (await replaceModel(draft))) announce('The model is in force.');
}

/** @param {string} name */
export async function usePreset(name) {
  state.kept.preset = name;
  state.kept.model = null;
  state.kept.picks = {};
  state.kept.asked = false;
  state.model.problem = null;
  state.model.past = [];
  save();
  await restoreModel();
  await Promise.all([rescore(), simulate()]);
}

export function resetModel() {
  return usePreset(state.kept.preset);
}

/** @param {File} file */
export async function loadModel(file) {
  const text = await file.text();
  if (await replaceModel(text)) {
    announce(`${file.name} is in force.`);
    return;
  }
  state.model.draft = text;
  state.model.section = 'json';
  changed();
}

export function downloadModel() {
  download(modelText(), 'leadcast-model.json', 'application/json');
}
