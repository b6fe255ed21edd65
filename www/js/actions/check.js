// @ts-check
/** The Leads tab, check the card: what the scorecard gives to ask about, better cuts of segments, and drift. */

import { changed, state } from '../state.js';
import { ownName } from '../tuning.js';
import { showTab } from './page.js';
import { showLeadsPart } from './parts.js';
import { findKnob, openTuning } from './tune.js';
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
 * Goes to a rule: on the Model tab, or to the slider of another card's.
 * @param {{ code: string, scorecard: string | null, axis: string, group: string | null, rules: string[] }} finding
 */
export function goToRule({ code, scorecard, axis, group, rules }) {
  const { value } = state.model;
  const card = scorecard === null ? -1 : (value?.scorecards ?? []).findIndex((/** @type {any} */ one) => one.name === scorecard);
  const icp = card >= 0 ? value.scorecards[card].icp : value?.icp;
  const groups = icp?.[axis]?.groups ?? [];
  const g = groups.findIndex((/** @type {any} */ one) => one.name === group);
  const r = groups[g]?.rules.findIndex((/** @type {any} */ one) => one.name === rules[0]) ?? -1;
  const whole = code.startsWith('cap-') ? `${axis}.cap` : `grades.${axis}.${axis === 'fit' ? 'A' : '1'}`;
  const path = `${card >= 0 ? `scorecards.${card}.` : ''}icp.${r >= 0 ? `${axis}.groups.${g}.rules.${r}.points` : g >= 0 ? `${axis}.groups.${g}.cap` : whole}`;
  if (card >= 0) {
    // The Model tab has fields for the profile; the other cards have their sliders.
    showLeadsPart('list');
    openTuning();
    findKnob(r >= 0 ? ownName(rules[0] ?? '', group ?? '') : '');
  } else {
    state.model.section = 'icp';
    showTab('model');
  }
  queueMicrotask(() => {
    const field = /** @type {HTMLElement | null} */ (document.querySelector(`[data-path="${path}"]`) ?? document.getElementById('section-json'));
    field?.closest('details')?.setAttribute('open', '');
    field?.scrollIntoView({ block: 'center' });
    field?.focus({ preventScroll: true });
  });
}
