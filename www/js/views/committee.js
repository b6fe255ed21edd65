// @ts-check
/** The buying committee of the model as a form: who counts as which role, and whom an account needs. */

import * as act from '../actions.js';
import { h } from '../dom.js';

/** @typedef {import('../state.js').State} State */

/** @type {[string, string][]} */
const WORDS = [['titles', 'Job titles that hold'], ['departments', 'Departments'], ['seniorities', 'Seniorities']];

/** Whether people of a role may stand in the way; told by its name without an answer. */
const BLOCKS = new Map([['true', true], ['false', false]]);

/** @param {State} state */
export function committeeSection(state) {
  const roles = state.model.value.committee?.roles ?? [];
  return h('section', { class: 'card', key: 'committee' },
    h('div', { class: 'card-head' }, h('h2', null, 'Who takes part in buying'), h('button', { type: 'button', class: 'button small', id: 'add-role', onclick: () => addRole(roles) }, 'Add a role')),
    h('p', { class: 'soft' }, 'What a file states counts first, then job title, department and seniority; the likeliest role takes the person. Shown under Leads, Accounts.'),
    roles.length === 0 ? h('p', { class: 'notice' }, 'No role yet.') : h('ul', { class: 'roles' }, roles.map((/** @type {any} */ role, /** @type {number} */ at) => h('li', { key: String(at) },
      h('div', { class: 'fields' },
        field(`role-${at}-name`, 'Role', 'text', role.name, (text) => act.editModel(['committee', 'roles', at, 'name'], text)),
        field(`role-${at}-required`, 'People needed', 'number', role.required ?? 0, (text) => act.editModel(['committee', 'roles', at, 'required'], Number(text))),
        field(`role-${at}-weight`, 'Weight', 'number', role.weight ?? 1, (text) => act.editModel(['committee', 'roles', at, 'weight'], Number(text))),
        h('div', { class: 'field short', key: 'blocks' }, h('label', { for: `role-${at}-blocks` }, 'May block'),
          h('select', { id: `role-${at}-blocks`, value: String(role.blocks ?? ''), onchange: (/** @type {Event} */ event) => void act.editModel(['committee', 'roles', at, 'blocks'], BLOCKS.get(/** @type {HTMLSelectElement} */ (event.target).value) ?? null) },
            [['', 'as it is called'], ['true', 'yes'], ['false', 'no']].map(([value, label]) => h('option', { key: value, value }, label)))),
        h('button', { type: 'button', class: 'button quiet small', 'aria-label': `Remove ${role.name}`, onclick: () => void act.removeAt(['committee', 'roles'], at) }, 'Remove')),
      h('div', { class: 'fields words' }, WORDS.map(([key, label]) =>
        field(`role-${at}-${key}`, label, 'text', (role[key] ?? []).join(', '), (text) => act.editModel(['committee', 'roles', at, key], text.split(',').map((word) => word.trim()).filter(Boolean)))))))));
}

/**
 * @param {string} id
 * @param {string} label
 * @param {'text' | 'number'} type
 * @param {string | number} value
 * @param {(text: string) => unknown} change
 */
function field(id, label, type, value, change) {
  return h('div', { class: `field ${type === 'number' ? 'short' : ''}`, key: id }, h('label', { for: id }, label),
    h('input', { id, type, value, step: type === 'number' ? 'any' : null, min: type === 'number' ? 0 : null, onchange: (/** @type {Event} */ event) => void change(/** @type {HTMLInputElement} */ (event.target).value) }));
}

/** @param {any[]} roles */
function addRole(roles) {
  const names = new Set(roles.map(({ name }) => name));
  let name = 'New role';
  for (let n = 2; names.has(name); n += 1) name = `New role ${n}`;
  return act.editModel(['committee', 'roles'], [...roles, { name, titles: [], required: 0, weight: 1 }]);
}
