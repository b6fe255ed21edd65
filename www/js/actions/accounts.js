// @ts-check
/** The Leads tab, accounts: who is known where, which roles are missing, and one account with its people. */

import { counted } from '../format.js';
import { changed, state } from '../state.js';
import { stem } from './leads.js';
import { announce, busy, download, isCancelled, newest, problemOf } from './work.js';

/** @param {Partial<import('../state.js').Accounts>} change */
function put(change) {
  state.leads.accounts = { ...state.leads.accounts, ...change };
  changed();
}

/** Asks for the accounts of the list as it is scored now, in the order and with the filters that are chosen. */
export const askAccounts = newest(async () => {
  const { handle, report, accounts } = state.leads;
  if (!handle || !report) return;
  try {
    const answer = await handle.accounts({ ...viewOf(accounts.view), count: 0 });
    if (state.leads.handle !== handle) return;
    const isOther = accounts.of !== report;
    put({ report: answer, of: report, problem: null, ...(isOther ? { selected: null, card: null } : {}) });
  } catch (error) {
    if (isCancelled(error) || state.leads.handle !== handle) return;
    put({ problem: problemOf(error) });
  }
});

/** @param {import('../state.js').Accounts['view']} view */
function viewOf({ sort, flag, missing, text }) {
  return { sort: /** @type {any} */ (sort.key), descending: sort.descending, flag: /** @type {any} */ (flag || null), missing: missing || null, text: text.trim() };
}

/** @param {Partial<import('../state.js').Accounts['view']>} change */
export async function filterAccounts(change) {
  put({ view: { ...state.leads.accounts.view, ...change } });
  await askAccounts();
  announce(`${counted(state.leads.accounts.report?.shown ?? 0, 'account', 'accounts')} shown.`);
}

export function clearAccountFilters() {
  return filterAccounts({ flag: '', missing: '', text: '' });
}

/** Sorting by the same column again turns it round. @param {string} key */
export function sortAccounts(key) {
  const { sort } = state.leads.accounts.view;
  const startsDescending = ['people', 'fit', 'engagement', 'coverage', 'expectedValue'].includes(key);
  return filterAccounts({ sort: sort.key === key ? { key, descending: !sort.descending } : { key, descending: startsDescending } });
}

/**
 * @param {number} from
 * @param {number} count
 */
export async function accountRows(from, count) {
  const { handle, accounts } = state.leads;
  if (!handle) return [];
  const { rows } = await handle.accounts({ ...viewOf(accounts.view), from, count });
  return rows.map((row) => ({ ...row, row: row.account }));
}

/** @param {any} row */
export async function selectAccount(row) {
  const { handle } = state.leads;
  if (!handle) return;
  const card = await handle.account(row.account);
  if (state.leads.handle !== handle) return;
  put({ selected: row.account, card });
  announce(`${card.account.name} is shown.`);
  queueMicrotask(() => document.getElementById('account-title')?.focus({ preventScroll: matchMedia('(min-width: 62rem)').matches }));
}

export function closeAccount() {
  put({ selected: null, card: null });
  queueMicrotask(() => /** @type {HTMLElement | null} */ (document.querySelector('#accounts regular-table'))?.focus());
}

export async function downloadAccounts() {
  const { handle, file } = state.leads;
  if (!handle || !file) return;
  const bytes = await busy('Writing the CSV', (control) => handle.accountsCsv(control));
  download(bytes, `${stem(file.name)}-accounts.csv`, 'text/csv;charset=utf-8');
}
