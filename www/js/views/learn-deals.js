// @ts-check
/** Closed deals teach who is worth selling to: the offer beside a forecast. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { count, counted } from '../format.js';

/** Fields of a column that may say how a deal ended. */
const ENDS = new Set(['stage', 'dealStatus', 'isWon']);

/**
 * @param {import('../state.js').State} state
 * @param {import('../engine.js').ForecastReport} report
 */
export function learnOffer(state, { timing: { won, lost } }) {
  const columns = state.deals.receipt?.columns ?? [];
  if (!columns.some(({ field }) => field && ENDS.has(field))) return null;
  const ended = won + lost > 0 ? `${counted(won + lost, 'deal of this file has', 'deals of this file have')} ended, ${count(won)} of them won.` : 'Some deals of this file may have ended.';
  const hasLeads = state.leads.handle !== null;
  return h('section', { class: 'notice learn-offer', key: 'learn', 'aria-label': 'Learn from closed deals' },
    h('p', null, `${ended} A card can be learned from that: who is worth selling to.`),
    h('div', { class: 'buttons' },
      hasLeads ? h('button', { type: 'button', class: 'button', id: 'learn-with-deals', onclick: act.learnWithDeals }, 'Learn with the open leads') : null,
      h('button', { type: 'button', class: 'button', id: 'learn-from-deals', onclick: act.learnFromDeals }, hasLeads ? 'Learn from the deals alone' : 'Learn from it')));
}
