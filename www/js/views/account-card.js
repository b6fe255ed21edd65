// @ts-check
/** One account: its seats, and its people with the roles they play and what says so. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, count, counted, fixed, number, percent } from '../format.js';
import { flagChip } from './accounts.js';

/**
 * @typedef {import('../engine.js').AccountCard} AccountCard
 * @typedef {AccountCard['people'][number]} AccountPerson
 */

/** @param {AccountCard} card */
export function accountCard({ account, people, missing, cap, by, key }) {
  return h('aside', {
    class: 'side card', key: 'side', 'aria-labelledby': 'account-title', id: 'account',
    // A handler that returns false would keep every other key from the panel.
    onkeydown: (/** @type {KeyboardEvent} */ event) => void (event.key === 'Escape' && act.closeAccount()),
  },
  h('div', { class: 'side-head' },
    h('div', null,
      h('h2', { id: 'account-title', tabindex: -1 }, h('bdi', null, account.name)),
      h('p', { class: 'soft small' }, h('bdi', null, account.domain), account.domain ? ' · ' : '', account.segment)),
    h('span', { class: `grade grade-${account.disqualified ? 'out' : account.grade.slice(0, 1)}` }, account.disqualified ? 'out' : account.grade),
    h('button', { type: 'button', class: 'button quiet', 'aria-label': 'Close account', id: 'close-account', onclick: act.closeAccount }, '✕')),
  account.disqualified ? h('p', { class: 'notice bad' }, `Disqualified: ${account.disqualified}`) : h('p', null, `${sentence(account.sentence)}.`),
  account.flags.length > 0 ? h('p', { class: 'chips' }, account.flags.map((flag) => flagChip(flag))) : null,
  h('dl', { class: 'tiles' },
    tile('Fit', fixed(account.fit), 'of its best row'),
    tile('Engagement', fixed(account.engagement), `of all people, at most ${number(cap)}`),
    tile('Coverage', account.coverage === null ? NONE : percent(account.coverage), account.seats === null ? 'no roles in this file' : `${count(account.seatsFilled)} of ${count(account.seats)} seats`),
    tile('Last activity', account.lastTouchDays === null ? NONE : account.lastTouchDays === 0 ? 'today' : counted(account.lastTouchDays, 'day', 'days'), account.lastTouchDays ? 'ago' : '')),
  missing.length > 0 ? h('section', null, h('h3', null, 'Missing'),
    h('ul', { class: 'bullets' }, missing.map(({ role, people: lacking, perhaps }) => h('li', { key: role },
      lacking > 1 ? `${count(lacking)} × ` : '', h('strong', null, role), perhaps > 0 ? h('span', { class: 'soft' }, `, perhaps ${counted(perhaps, 'person', 'people')} below`) : null)))) : null,
  h('section', { class: 'account-people' }, h('h3', null, counted(people.length, 'person', 'people')),
    h('ul', null, people.map((person, i) => personItem(person, i, cap)))),
  h('p', { class: 'small soft' }, `${counted(account.rows, 'row', 'rows')} held together by ${{ id: 'the account id', domain: 'the domain', email: 'the address', name: 'the name' }[by]} `, h('code', null, h('bdi', null, key))));
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * @param {AccountPerson} person
 * @param {number} i
 * @param {number} cap
 */
function personItem(person, i, cap) {
  return h('li', { key: String(i), class: 'account-person' },
    h('div', { class: 'card-head' },
      h('button', { type: 'button', class: 'link', 'data-person': person.row, onclick: () => act.showLead(person.row) }, h('bdi', null, person.name || `Line ${person.line}`)),
      h('span', { class: 'small number' }, person.engagement === null ? NONE : fixed(person.engagement))),
    person.title ? h('p', { class: 'soft' }, h('bdi', null, person.title)) : null,
    person.engagement === null ? null : h('meter', { min: 0, max: cap, value: person.engagement, 'aria-label': `Engagement of ${person.name}` }),
    person.roles.length === 0 ? h('p', { class: 'soft' }, 'No role known.') : h('p', { class: 'chips' }, person.roles.map(({ role, confidence, counts, sources }) =>
      h('span', { key: role, class: `chip role ${counts ? 'counts' : ''}`, title: `${sources.map(from).join(' and ')}${counts ? '' : '; not sure enough to fill a seat'}` },
        counts ? role : `perhaps ${role}`, h('span', { class: 'soft' }, ` ${percent(confidence)}, ${sources.map(from).join(' and ')}`)))),
    h('p', { class: 'soft' }, [
      person.lastTouchDays === null ? '' : person.lastTouchDays === 0 ? 'active today' : `active ${counted(person.lastTouchDays, 'day', 'days')} ago`,
      person.repeats.length > 0 ? `also on ${person.repeats.length === 1 ? 'line' : 'lines'} ${person.repeats.map((line) => count(line)).join(', ')}` : '',
      person.disqualified ? `ruled out: ${person.disqualified}` : '',
    ].filter(Boolean).join(' · ')));
}

/** @param {string} source */
function from(source) {
  return { stated: 'as stated', title: 'by title', department: 'by department', seniority: 'by seniority' }[source] ?? source;
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} note
 */
function tile(name, value, note) {
  return h('div', { class: 'tile', key: name }, h('dt', null, name), h('dd', null, value), note ? h('dd', { class: 'note' }, note) : null);
}
