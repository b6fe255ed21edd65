// @ts-check
/** The sliders of the card: every move ranks the table again. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { number } from '../format.js';
import { knobs } from '../tuning.js';
import { problemCard } from './parts.js';

/** @typedef {import('../state.js').State} State */
/** @typedef {import('../tuning.js').Knob} Knob */

/** The button that opens the panel. @param {State} state */
export function tuneButton(state) {
  if (state.leads.tuning.isOpen) return null;
  return h('button', { type: 'button', class: 'button', id: 'tune-open', key: 'tune-open', onclick: act.openTuning }, 'Adjust the card');
}

/** @param {State} state */
export function tunePanel(state) {
  const { tuning } = state.leads;
  const model = state.model.value;
  if (!tuning.isOpen || !model) return null;
  const find = tuning.find.trim().toLowerCase();
  const all = knobs(model, tuning.base ?? model);
  const found = find === '' ? all : all.map((group) => (group.name.toLowerCase().includes(find) ? group : { ...group, knobs: group.knobs.filter(({ label }) => label.toLowerCase().includes(find)) })).filter((group) => group.knobs.length > 0);
  return h('aside', { class: 'tune card', key: 'tune', id: 'tune', 'aria-labelledby': 'tune-title', 
    // A handler that returns false would keep every other key from the sliders.
    onkeydown: (/** @type {KeyboardEvent} */ event) => void (event.key === 'Escape' && act.closeTuning()) },
    h('div', { class: 'card-head' },
      h('h2', { id: 'tune-title', tabindex: -1 }, 'Adjust the card'),
      h('button', { type: 'button', class: 'button quiet', id: 'tune-close', 'aria-label': 'Close the sliders', onclick: act.closeTuning }, '✕')),
    h('p', { class: 'small soft' }, 'The table ranks again as you move. Your model keeps what you leave here.'),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button small', id: 'tune-undo', disabled: state.model.past.length === 0, onclick: act.undoTuning }, 'Undo'),
      h('button', { type: 'button', class: 'button small', id: 'tune-reset', disabled: tuning.base === model, onclick: act.resetTuning }, 'Reset')),
    tuning.problem ? problemCard(tuning.problem) : null,
    all.length > 6 ? h('div', { class: 'field' }, h('label', { for: 'tune-find' }, 'Find a rule'),
      h('input', { id: 'tune-find', type: 'search', value: tuning.find, oninput: (/** @type {Event} */ event) => act.findKnob(valueOf(event)) })) : null,
    h('div', { class: 'knobs', key: 'knobs' }, found.map((group, i) =>
      h('details', { key: group.name, open: i < 2 || find !== '' },
        h('summary', null, h('bdi', null, group.name)),
        group.knobs.map(knob)))),
    found.length === 0 ? h('p', { class: 'soft small' }, 'No rule is called that.') : null);
}

/** @param {Knob} one */
function knob(one) {
  const { path, label, name, value, from, to, step, unit } = one;
  const id = `knob-${path.slice(1).join('-')}`;
  return h('div', { class: 'knob', key: id },
    h('label', { for: id }, h('bdi', null, label)),
    h('output', { for: id, class: 'knob-value' }, number(value, 6), unit === 'days' ? (value === 1 ? ' day' : ' days') : null),
    h('input', {
      id, type: 'range', min: from, max: to, step, value, 'aria-label': name, 'aria-valuetext': `${number(value, 6)} ${unit}`.trim(), 'data-path': path.join('.'),
      oninput: (/** @type {Event} */ event) => void act.moveKnob(one, Number(valueOf(event))),
      onchange: (/** @type {Event} */ event) => {
        void act.moveKnob(one, Number(valueOf(event)));
        void act.settleKnob(name);
      },
    }));
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}
