// @ts-check
/** Picks the field of a column: a search over labels and the engine's own names, by mouse or keyboard. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { FIELD_LABELS, fieldsFor } from '../fields.js';
import { words } from '../format.js';

/**
 * @typedef {import('./understood.js').Part} Part
 * @typedef {import('../state.js').Desk} Desk
 * @typedef {import('../engine.js').Receipt} Receipt
 * @typedef {{ id: string, field: string | null | undefined, label: string, note: string }} Choice
 */

/**
 * @param {Part} part
 * @param {Desk} desk
 * @param {Receipt} receipt
 */
export function fieldPicker({ panel, reading }, desk, receipt) {
  const column = receipt.columns.find(({ name }) => name === panel.picking);
  const choices = column ? choicesFor(desk, receipt, reading, column, panel.pickFind) : [];
  const at = Math.min(panel.pickAt, choices.length - 1);
  return h('div', { class: 'field-picker', id: `field-picker-${desk}`, key: 'picker', popover: 'manual', role: 'dialog', 'aria-label': column ? `What ${column.name} holds` : 'What the column holds' },
    column ? [
      h('h3', { key: 'title' }, 'What does ', h('bdi', null, column.name), ' hold?'),
      h('input', {
        key: 'find', type: 'search', id: `field-find-${desk}`, role: 'combobox', autocomplete: 'off', placeholder: 'Search, such as amount or close date', value: panel.pickFind,
        'aria-label': 'Search the fields', 'aria-expanded': 'true', 'aria-controls': `field-list-${desk}`, 'aria-activedescendant': at >= 0 ? choices[at]?.id : null,
        oninput: (/** @type {Event} */ event) => act.findField(desk, /** @type {HTMLInputElement} */ (event.target).value),
        onkeydown: (/** @type {KeyboardEvent} */ event) => keydown(event, desk, column.name, choices, at),
      }),
      h('ul', { key: 'list', id: `field-list-${desk}`, role: 'listbox', 'aria-label': 'Fields', tabindex: -1 }, choices.map((choice, i) => h('li', {
        key: choice.id, id: choice.id, role: 'option', 'aria-selected': String(choice.field === (column.field ?? null)), class: i === at ? 'at' : null, 'data-field': choice.field ?? (choice.field === null ? 'none' : 'found'),
        onclick: () => choose(desk, column.name, choice),
      }, h('span', { class: 'choice-label' }, choice.label), choice.note ? h('span', { class: 'choice-note soft' }, choice.note) : null))),
      choices.length === 0 ? h('p', { key: 'none', class: 'small soft' }, 'No field is called that.') : null,
    ] : null);
}

/**
 * @param {Desk} desk
 * @param {Receipt} receipt
 * @param {import('../state.js').Reading} reading
 * @param {import('../engine.js').ColumnReceipt} column
 * @param {string} find
 * @returns {Choice[]}
 */
function choicesFor(desk, receipt, { found, corrections }, column, find) {
  const id = (/** @type {string} */ name) => `field-${desk}-${name}`;
  const fields = fieldsFor(desk, find).map(({ field, label, also }) => {
    const holder = receipt.columns.find((other) => other.field === field);
    const note = !holder ? also : holder === column ? 'as now' : `now “${holder.name}”, which would let go`;
    return { id: id(field), field, label, note };
  });
  if (find.trim() !== '') return fields;
  const was = found?.columns.find(({ name }) => name === column.name)?.field;
  /** @type {Choice[]} */
  const first = [{ id: id('none'), field: null, label: 'Not used', note: 'kept under its own name only' }];
  if (column.name in corrections.mapping) {
    first.push({ id: id('found'), field: undefined, label: 'As found', note: was ? (FIELD_LABELS[was] ?? words(was)) : 'not recognised' });
  }
  return [...first, ...fields];
}

/**
 * @param {KeyboardEvent} event
 * @param {Desk} desk
 * @param {string} column
 * @param {Choice[]} choices
 * @param {number} at
 */
function keydown(event, desk, column, choices, at) {
  /** @type {Record<string, number>} */
  const to = { ArrowDown: Math.min(choices.length - 1, at + 1), ArrowUp: Math.max(0, at - 1), PageDown: Math.min(choices.length - 1, at + 8), PageUp: Math.max(0, at - 8) };
  const next = to[event.key];
  if (next !== undefined) {
    event.preventDefault();
    act.moveInFields(desk, next);
    queueMicrotask(() => document.getElementById(choices[next]?.id ?? '')?.scrollIntoView({ block: 'nearest' }));
  } else if (event.key === 'Enter') {
    event.preventDefault();
    const choice = choices[at] ?? (choices.length > 0 ? choices[0] : undefined);
    if (choice) choose(desk, column, choice);
  } else if (event.key === 'Escape') {
    event.preventDefault();
    close(desk, column);
  }
}

/**
 * @param {Desk} desk
 * @param {string} column
 * @param {Choice} choice
 */
function choose(desk, column, choice) {
  close(desk, column);
  act.correctField(desk, column, choice.field);
}

/**
 * @param {Desk} desk
 * @param {string} column
 */
function close(desk, column) {
  act.pickField(desk, '');
  /** @type {HTMLElement | null} */ (document.querySelector(`#receipt-${desk} [data-pick="${CSS.escape(column)}"]`))?.focus();
}

/**
 * Puts the picker of the open tab on top and beside its button, or away.
 * @param {import('../state.js').State} state
 */
export function syncPicker(state) {
  for (const [desk, part] of /** @type {const} */ ([['leads', state.leads], ['forecast', state.deals]])) {
    const picker = document.getElementById(`field-picker-${desk}`);
    if (!picker) continue;
    const isShown = picker.matches(':popover-open');
    const column = part.panel.picking;
    if (column === '') {
      if (isShown) picker.hidePopover();
      continue;
    }
    if (isShown) continue;
    picker.showPopover();
    place(picker, document.querySelector(`#receipt-${desk} [data-pick="${CSS.escape(column)}"]`));
    document.getElementById(`field-find-${desk}`)?.focus();
  }
}

/**
 * @param {HTMLElement} picker
 * @param {Element | null} button
 */
function place(picker, button) {
  if (!button) return;
  const at = button.getBoundingClientRect();
  const { offsetHeight: height, offsetWidth: width } = picker;
  const { clientWidth: room } = document.documentElement;
  const below = at.bottom + 4 + height <= innerHeight;
  const top = below ? at.bottom + 4 : Math.max(8, Math.min(at.top - 4 - height, innerHeight - height - 8));
  // It scrolls with the page, as its button does.
  picker.style.setProperty('top', `${Math.round(top + scrollY)}px`);
  picker.style.setProperty('left', `${Math.round(Math.max(8, Math.min(at.left, room - width - 8)))}px`);
}
