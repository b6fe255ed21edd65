// @ts-check
/** Which part of the Leads tab is shown; what a part shows is asked for when it is. */

import { changed, state } from '../state.js';
import { askAccounts } from './accounts.js';
import { askCheck } from './check.js';
import { askCuts } from './routing.js';

/** @param {import('../state.js').LeadsPart} part */
export function showLeadsPart(part) {
  state.leads.part = part;
  changed();
  return refreshPart();
}

/** Asks again for what the shown part is about, if the list was scored since. */
export async function refreshPart() {
  const { part, report, accounts, routing, check } = state.leads;
  if (part === 'accounts' && accounts.of !== report) await askAccounts();
  if (part === 'routing' && routing.of !== report) await askCuts();
  if (part === 'check' && check.of !== report) await askCheck();
}
