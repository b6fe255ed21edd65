// @ts-check
/** "Who do you sell to?": pickers filled from the file's own values. Every change ranks again; skipping keeps the preset and says so. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { count, counted } from '../format.js';
import { PICKS, describe, isPicked } from '../picks.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../picks.js').PickField} PickField
 */

/** @param {State} state */
export function whoDoYouSellTo(state) {
  const { kept, leads } = state;
  const offered = PICKS.filter(({ field }) => (leads.values[field]?.distinct ?? 0) > 0);
  const picked = PICKS.filter(({ field }) => isPicked(kept.picks[field]));
  if (kept.asked) return answered(state, picked.map(({ field, label }) => `${label.toLowerCase()} ${describe(/** @type {any} */ (kept.picks[field]))}`));
  return h('section', { class: 'card who', key: 'who', 'aria-labelledby': 'who-title' },
    h('div', { class: 'card-head' },
      h('h2', { id: 'who-title' }, 'Who do you sell to?'),
      h('span', { class: 'small soft' }, 'Grades change as you pick')),
    offered.length === 0
      ? h('p', { class: 'soft' }, 'This file has no size, industry, country or title to pick from; map those columns below, or go on with the preset.')
      : h('div', { class: 'who-fields' }, offered.map(({ field, label }) => picker(state, field, label))),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button primary', id: 'who-done', disabled: picked.length === 0, onclick: act.answerWho }, 'Use these'),
      h('button', { type: 'button', class: 'button quiet', id: 'who-skip', onclick: act.skipWho }, `Skip, keep the ${presetName(state)} preset`)));
}

/**
 * @param {State} state
 * @param {string[]} picked
 */
function answered(state, picked) {
  const text = picked.length > 0
    ? `You sell to: ${picked.join('; ')}.`
    : state.kept.model ? 'Scored with your own model.' : `Scored with the ${presetName(state)} preset, which does not know your customers.`;
  return h('p', { class: 'notice who-answer', key: 'answered' },
    h('span', { id: 'who-answer' }, text), ' ',
    h('button', { type: 'button', class: 'button quiet small', id: 'who-again', onclick: act.askWhoAgain }, 'Change who you sell to'));
}

/** @param {State} state */
function presetName(state) {
  return state.kept.preset;
}

/**
 * @param {State} state
 * @param {PickField} field
 * @param {string} label
 */
function picker(state, field, label) {
  const pick = state.kept.picks[field];
  if (state.leads.values[field]?.kind === 'number') return span(state, label, /** @type {any} */ (pick));
  const isOpen = state.picker === field;
  const chosen = Array.isArray(pick) ? pick : [];
  const text = chosen.length > 0 ? describe(chosen) : 'Any';
  return h('div', {
    class: 'picker field', key: field,
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape' || !isOpen) return;
      act.openPicker('');
      document.getElementById(`pick-${field}`)?.focus();
    },
  },
  h('span', { class: 'label', id: `pick-label-${field}` }, label),
  h('button', {
    type: 'button', class: 'button', id: `pick-${field}`, 'aria-expanded': String(isOpen), 'aria-labelledby': `pick-label-${field} pick-value-${field}`,
    onclick: () => act.openPicker(isOpen ? '' : field),
  }, h('span', { class: 'value', id: `pick-value-${field}` }, text), h('span', { 'aria-hidden': 'true' }, '▾')),
  isOpen ? options(state, field, label, chosen) : null);
}

const SHOWN = 200;

/**
 * @param {State} state
 * @param {PickField} field
 * @param {string} label
 * @param {string[]} chosen
 */
function options(state, field, label, chosen) {
  const find = state.pickerFind.trim().toLowerCase();
  const values = state.leads.values[field]?.values ?? [];
  const found = values.filter(({ value }) => value.toLowerCase().includes(find));
  return h('div', { class: 'panel', role: 'group', 'aria-label': label },
    values.length > 8 ? h('input', {
      type: 'search', 'aria-label': `Find in ${label.toLowerCase()}`, placeholder: 'Find', value: state.pickerFind, id: `pick-find-${field}`,
      oninput: (/** @type {Event} */ event) => act.findInPicker(/** @type {HTMLInputElement} */ (event.target).value),
    }) : null,
    h('div', { class: 'options', tabindex: -1 }, found.slice(0, SHOWN).map(({ value, count: n }) => h('label', { key: value },
      h('input', { type: 'checkbox', checked: chosen.includes(value), 'data-value': value, onchange: () => act.togglePick(field, value) }),
      h('span', { class: 'name' }, h('bdi', null, value)), h('span', { class: 'soft small' }, count(n))))),
    found.length > SHOWN ? h('p', { class: 'small soft' }, `${counted(found.length - SHOWN, 'more value', 'more values')}; type to find`) : null,
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button small', onclick: () => act.openPicker('') }, 'Done'),
      chosen.length > 0 ? h('button', { type: 'button', class: 'button quiet small', onclick: () => act.clearPick(field) }, 'Any') : null));
}

/**
 * @param {State} state
 * @param {string} label
 * @param {import('../picks.js').Span | undefined} pick
 */
function span(state, label, pick) {
  const bands = state.leads.values.employees?.bands ?? [];
  const change = (/** @type {'from' | 'to'} */ end) => (/** @type {Event} */ event) => act.pickSpan(end, /** @type {HTMLInputElement} */ (event.target).value);
  return h('fieldset', { class: 'field span', key: 'employees' },
    h('legend', null, `${label}, employees`),
    h('div', { class: 'span-line' },
      h('div', { class: 'affix' },
        h('input', { type: 'number', min: 0, step: 1, id: 'pick-employees-from', 'aria-label': 'Fewest employees', placeholder: 'any', value: pick?.from ?? '', onchange: change('from') }),
        h('span', { 'aria-hidden': 'true' }, 'to'),
        h('input', { type: 'number', min: 0, step: 1, id: 'pick-employees-to', 'aria-label': 'Most employees', placeholder: 'any', value: pick?.to ?? '', onchange: change('to') })),
      h('div', { class: 'bands', role: 'group', 'aria-label': 'Sizes in this file' }, bands.map((band) => bandChip(band, pick)))));
}

/**
 * @param {{ from: number, to: number, count: number }} band
 * @param {import('../picks.js').Span | undefined} pick
 */
function bandChip(band, pick) {
  const isOn = pick?.from === band.from && pick.to === band.to;
  const text = band.from === band.to ? count(band.from) : `${count(band.from)} to ${count(band.to)}`;
  return h('button', {
    key: text, type: 'button', class: `chip ${isOn ? 'on' : ''}`, 'aria-pressed': String(isOn), title: counted(band.count, 'lead', 'leads'),
    onclick: () => act.pickBand(isOn ? null : band),
  }, text);
}
