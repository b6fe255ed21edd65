// @ts-check
/** The list rolled up to accounts: coverage of the buying committee, what stands out, and what may be there twice. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { FIELD_LABELS } from '../fields.js';
import { NONE, count, counted, fixed, money, number, words } from '../format.js';
import { grid } from '../grid.js';
import { accountCard } from './account-card.js';
import { listing } from './listing.js';
import { problemCard } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').AccountsReport} AccountsReport
 * @typedef {import('../grid.js').GridColumn} GridColumn
 */

const FLAGS = /** @type {Record<string, string>} */ ({
  'single-threaded': 'One person', blocker: 'May be blocked', 'several-owners': 'Several owners', 'repeated-people': 'Person twice',
  'possible-duplicate': 'May be there twice', disqualified: 'Disqualified',
});

/** @param {string} flag */
export function flagChip(flag) {
  return h('span', { key: flag, class: `chip flag-${flag}` }, FLAGS[flag] ?? words(flag));
}

/** @param {State} state */
export function accountsView(state) {
  const { report, problem, card } = state.leads.accounts;
  if (problem) return problemCard(problem);
  if (!report) return h('p', { key: 'accounts-waiting' }, 'Rolling up to accounts…');
  if (report.accounts === 0) {
    return h('section', { class: 'card', key: 'accounts', id: 'accounts' }, h('h2', null, 'No accounts in this file'),
      h('p', null, 'No row says which company it belongs to: there is no account id, no company, and no web or e-mail address other than private ones. Say under “What was understood” which column holds the company, or add a file that has it.'));
  }
  return h('section', { class: 'accounts', key: 'accounts', id: 'accounts', 'aria-label': 'Accounts' },
    h('div', { class: 'card accounts-head' },
      h('p', { id: 'accounts-sentence' }, h('strong', null, `${headline(report)}.`), ' ', h('span', { class: 'soft' }, placed(report))),
      report.saysRoles ? committee(state, report) : h('p', { class: 'notice' }, `Roles cannot be told: this file has no ${report.absentRoleFields.map((field) => (FIELD_LABELS[field] ?? words(field)).toLowerCase()).join(', ')}.`)),
    h('div', { class: `table-area ${card ? 'with-side' : ''}` },
      h('div', { class: 'table-main' }, filters(state, report), table(state, report)),
      card ? accountCard(card) : null),
    duplicates(report),
    report.unknownRoles.length > 0 ? h('div', { class: 'card' }, listing('Roles that your model does not have', 'unknown-roles', ['As written', 'Rows'],
      report.unknownRoles.map(({ value, count: n }) => [value, n]), { numbers: [1], note: 'They fill no seat. Add them under Committee on the Model tab if they should.' })) : null);
}

/** @param {AccountsReport} report */
function headline({ people, accounts, saysRoles, roles, covered, flags }) {
  const alone = flags.find(({ flag }) => flag === 'single-threaded')?.count ?? 0;
  const asksForRoles = saysRoles && roles.some(({ required }) => required > 0);
  return [`${counted(people, 'person', 'people')} in ${counted(accounts, 'account', 'accounts')}`,
    people > 0 && asksForRoles ? `${count(covered)} with every required role` : '', people > 0 ? `${count(alone)} ${alone === 1 ? 'hangs' : 'hang'} on one person` : ''].filter(Boolean).join('; ');
}

/** @param {AccountsReport} report */
function placed({ placed: by }) {
  const parts = [by.id > 0 ? `${count(by.id)} by account id` : '', by.domain > 0 ? `${count(by.domain)} by domain` : '', by.name > 0 ? `${count(by.name)} by name` : ''].filter(Boolean);
  return `Rows placed: ${parts.join(', ')}${by.none > 0 ? `; ${count(by.none)} belong to no company` : ''}.`;
}

/**
 * The roles of the model's committee over all accounts; choosing what is lacking filters.
 * @param {State} state
 * @param {AccountsReport} report
 */
function committee(state, report) {
  if (report.roles.length === 0) return h('p', { class: 'notice' }, 'Your model names no roles. Add them under Committee on the Model tab to see who is missing where.');
  const { missing } = state.leads.accounts.view;
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Roles of the buying committee' },
    h('table', { class: 'data', id: 'committee' },
      h('thead', null, h('tr', null, ['Role', 'Needed', 'Weight', 'People', 'Accounts with one', 'Accounts lacking'].map((text, i) => h('th', { key: text, scope: 'col', class: i > 0 ? 'number' : null }, text)))),
      h('tbody', null, report.roles.map((role) => h('tr', { key: role.role },
        h('th', { scope: 'row' }, role.role), h('td', { class: 'number' }, role.required === 0 ? 'not required' : count(role.required)), h('td', { class: 'number' }, number(role.weight)),
        h('td', { class: 'number' }, count(role.people)), h('td', { class: 'number' }, count(role.accounts)),
        h('td', { class: 'number' }, role.lacking === 0 ? (role.required === 0 ? NONE : count(0)) : h('button', {
          type: 'button', class: `chip ${missing === role.role ? 'on' : ''}`, 'aria-pressed': String(missing === role.role), 'data-missing': role.role,
          'aria-label': `Show the ${count(role.lacking)} accounts without ${role.role}`, onclick: () => act.filterAccounts({ missing: missing === role.role ? '' : role.role }),
        }, count(role.lacking))))))));
}

/**
 * @param {State} state
 * @param {AccountsReport} report
 */
function filters(state, report) {
  const { view } = state.leads.accounts;
  const isFiltered = view.flag !== '' || view.missing !== '' || view.text !== '';
  return h('div', { class: 'toolbar', key: 'filters' },
    h('div', { class: 'field find' }, h('label', { for: 'find-account' }, 'Find'),
      h('input', { id: 'find-account', type: 'search', value: view.text, placeholder: 'Name or domain', oninput: (/** @type {Event} */ event) => act.filterAccounts({ text: valueOf(event) }) })),
    choice('filter-flag', 'Stands out', view.flag, [['', 'All accounts'], ...report.flags.filter(({ count: n }) => n > 0).map(({ flag, count: n }) => [flag, `${FLAGS[flag] ?? words(flag)} (${count(n)})`])], (flag) => act.filterAccounts({ flag })),
    report.saysRoles ? choice('filter-missing', 'Lacks', view.missing, [['', 'Anything'], ...report.roles.filter(({ lacking }) => lacking > 0).map(({ role, lacking }) => [role, `${role} (${count(lacking)})`])], (missing) => act.filterAccounts({ missing })) : null,
    choice('sort-accounts', 'Sort by', view.sort.key, [['rank', 'Best first'], ...COLUMNS.filter((column) => column.sortable !== false).map((column) => [column.key, column.label])], (key) => act.sortAccounts(key)),
    h('div', { class: 'toolbar-end' },
      h('output', { class: 'small soft', id: 'shown-accounts' }, `${counted(report.shown, 'account', 'accounts')} shown`),
      isFiltered ? h('button', { type: 'button', class: 'button quiet small', onclick: act.clearAccountFilters }, 'Clear filters') : null,
      h('button', { type: 'button', class: 'button primary', id: 'download-accounts', onclick: act.downloadAccounts }, 'Download accounts CSV')));
}

/**
 * @param {string} id
 * @param {string} label
 * @param {string} value
 * @param {(string | undefined)[][]} options
 * @param {(value: string) => unknown} choose
 */
function choice(id, label, value, options, choose) {
  return h('div', { class: 'field' }, h('label', { for: id }, label),
    h('select', { id, value, onchange: (/** @type {Event} */ event) => void choose(valueOf(event)) },
      options.map(([option, text]) => h('option', { key: option, value: option }, text))));
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
}

/** @type {GridColumn[]} */
const COLUMNS = [
  { key: 'name', label: 'Account', text: (row) => row.name },
  { key: 'grade', label: 'Grade', sortable: false, text: (row) => (row.disqualified ? 'out' : row.grade), mark: (row) => `grade-${row.disqualified ? 'out' : row.grade.slice(0, 1)}` },
  { key: 'fit', label: 'Fit', number: true, text: (row) => fixed(row.fit) },
  { key: 'engagement', label: 'Engagement', number: true, text: (row) => fixed(row.engagement) },
  { key: 'people', label: 'People', number: true, text: (row) => count(row.people) },
  { key: 'coverage', label: 'Seats filled', number: true, text: (row) => (row.seats === null ? NONE : `${count(row.seatsFilled)} of ${count(row.seats)}`) },
  { key: 'missing', label: 'Missing roles', sortable: false, text: (row) => row.missing.join(', ') },
  { key: 'flags', label: 'Stands out', sortable: false, text: (row) => row.flags.map((/** @type {string} */ flag) => FLAGS[flag] ?? flag).join(', ') },
  { key: 'lastTouch', label: 'Last activity', number: true, text: (row) => (row.lastTouchDays === null ? NONE : row.lastTouchDays === 0 ? 'today' : `${counted(row.lastTouchDays, 'day', 'days')} ago`) },
  { key: 'segment', label: 'Segment', sortable: false, text: (row) => row.segment },
  { key: 'owner', label: 'Owner', sortable: false, text: (row) => row.owner ?? 'unassigned', mark: (row) => (row.owner ? '' : 'none') },
  { key: 'domain', label: 'Domain', sortable: false, text: (row) => row.domain },
];

/** Columns by currency, kept so that drawing again draws nothing anew. @type {Map<string, GridColumn[]>} */
const columnSets = new Map();

/** With the expected value where segments have one. @param {State} state */
function columnsOf(state) {
  const currency = state.model.value?.meta?.currency;
  const isWorth = (state.model.value?.segments ?? []).some((/** @type {any} */ segment) => typeof segment.acv === 'number');
  const key = `${currency} ${isWorth}`;
  const known = columnSets.get(key);
  if (known) return known;
  /** @type {GridColumn[]} */
  const worth = isWorth ? [{ key: 'expectedValue', label: 'Expected value', number: true, text: (row) => money(row.expectedValue, currency) }] : [];
  const columns = [...COLUMNS.slice(0, 9), ...worth, ...COLUMNS.slice(9)];
  columnSets.set(key, columns);
  return columns;
}

/**
 * @param {State} state
 * @param {AccountsReport} report
 */
function table(state, report) {
  const { view, selected } = state.leads.accounts;
  if (report.shown === 0) return h('p', { class: 'notice' }, 'No account passes these filters.');
  return h('div', { class: 'grid-host', key: 'grid' }, grid({
    label: `Accounts, ${counted(report.shown, 'row', 'rows')}. Arrow keys choose an account, Enter shows its people.`,
    version: report, total: report.shown, columns: columnsOf(state), sort: view.sort, selected,
    fetch: act.accountRows, onSort: (key) => void act.sortAccounts(key), onSelect: act.selectAccount,
  }));
}

/** @param {AccountsReport} report */
function duplicates({ duplicates: all, duplicateCount }) {
  if (all.length === 0) return null;
  const more = duplicateCount > all.length ? ` The first ${count(all.length)} of ${count(duplicateCount)}.` : '';
  return h('div', { class: 'card' }, listing('Accounts that may be there twice', 'account-duplicates', ['Shared', 'By', 'Accounts'],
    all.map(({ by, text, names }) => [text, by === 'domain' ? 'domain' : 'name', names.join(' | ')]), { note: `They stay apart until they are merged in the source system.${more}` }));
}
