// @ts-check
/** The Leads tab, check the card: what the scorecard gives to ask about, better cuts of segments, and drift. */

import { changed, state } from '../state.js';
import { showTab } from './page.js';
import { busy, isCancelled, newest, problemOf } from './work.js';

/** Asks all three; the answers are drawn as they come. */
export const askCheck = newest(async () => {
  const { handle, report } = state.leads;
  if (!handle || !report) return;
  const put = (/** @type {Partial<import('../state.js').CheckDesk>} */ change) => {
    if (state.leads.handle !== handle) return;
    state.leads.check = { ...state.leads.check, ...change };
    changed();
  };
  try {
    await busy('Checking the card', async (control) => {
      put({ lint: await handle.lint(control), problem: null });
      put({ cuts: await handle.cutPoints(control) });
      put({ drift: await handle.drift(control), of: report });
    });
  } catch (error) {
    put(isCancelled(error) ? { of: null } : { problem: problemOf(error) });
  }
});

/**
 * Goes to a rule on the Model tab.
 * @param {{ scorecard: string | null, axis: string, group: string | null, rules: string[] }} finding
 */
export function goToRule({ scorecard, axis, group, rules }) {
  const groups = state.model.value?.icp?.[axis]?.groups ?? [];
  const g = groups.findIndex((/** @type {any} */ one) => one.name === group);
  const r = groups[g]?.rules.findIndex((/** @type {any} */ one) => one.name === rules[0]) ?? -1;
  state.model.section = scorecard === null ? 'icp' : 'json';
  showTab('model');
  const path = r >= 0 ? `icp.${axis}.groups.${g}.rules.${r}.points` : g >= 0 ? `icp.${axis}.groups.${g}.cap` : `icp.grades.${axis}.A`;
  queueMicrotask(() => {
    const field = /** @type {HTMLElement | null} */ (document.querySelector(`[data-path="${path}"]`) ?? document.getElementById('section-json'));
    field?.scrollIntoView({ block: 'center' });
    field?.focus({ preventScroll: true });
  });
}
