// @ts-check
/** What frames every tab: the name, the tabs, the privacy count, progress, and the question before everything is forgotten. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { counted, percent } from '../format.js';
import { forecastView } from './forecast.js';
import { leadsView } from './leads.js';
import { modelView } from './model.js';
import { problemCard } from './parts.js';

/** @typedef {import('../state.js').State} State */

/** @type {{ id: import('../state.js').Tab, label: string }[]} */
const TABS = [
  { id: 'leads', label: 'Leads' },
  { id: 'forecast', label: 'Forecast' },
  { id: 'model', label: 'Model' },
];

/** @param {State} state */
export function page(state) {
  return [
    h('header', { class: 'top', key: 'top' },
      h('div', { class: 'top-inside' },
        h('span', { class: 'brand' }, mark(), 'leadcast'),
        tabs(state),
        network(state))),
    h('div', { class: 'busy-line', key: 'busy' }, progress(state)),
    h('main', { class: 'page', key: 'main' }, TABS.map(({ id }) => panel(state, id))),
    h('footer', { class: 'foot small soft', key: 'foot' }, foot(state)),
    h('div', { key: 'announcement', class: 'visually-hidden', role: 'status', 'aria-live': 'polite' }, state.announcement),
    h('dialog', { key: 'forget', id: 'forget', 'aria-labelledby': 'forget-title', onclose: act.keepEverything }, forgetQuestion()),
    h('div', { key: 'veil', class: 'veil', hidden: !state.dragging, 'aria-hidden': 'true' },
      h('p', null, state.tab === 'forecast' ? 'Drop your pipeline anywhere' : 'Drop your leads anywhere')),
  ];
}

/** Opens or closes what the browser itself shows on top. @param {State} state */
export function syncDialogs(state) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById('forget'));
  if (!dialog) return;
  if (state.confirmForget && !dialog.open) dialog.showModal();
  if (!state.confirmForget && dialog.open) dialog.close();
}

function mark() {
  return h('svg:svg', { viewBox: '0 0 32 32', width: 26, height: 26, 'aria-hidden': 'true', class: 'mark' },
    h('svg:rect', { width: 32, height: 32, rx: 8, class: 'mark-ground' }),
    h('svg:path', { d: 'M7 23c4-1 6-4 8-8s4-7 10-7', class: 'mark-line' }),
    h('svg:circle', { cx: 25, cy: 8, r: 2.6, class: 'mark-dot' }));
}

/** @param {State} state */
function tabs(state) {
  return h('div', { role: 'tablist', 'aria-label': 'Sections', class: 'tabs', onkeydown: moveTab },
    TABS.map(({ id, label }) => h('button', {
      key: id, type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, 'aria-selected': String(state.tab === id),
      tabindex: state.tab === id ? 0 : -1, onclick: () => act.showTab(id),
    }, label)));
}

/** @param {KeyboardEvent} event */
function moveTab(event) {
  const at = TABS.findIndex(({ id }) => document.activeElement?.id === `tab-${id}`);
  if (at < 0) return;
  /** @type {Record<string, number>} */
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 };
  const next = to[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const tab = TABS[(next + TABS.length) % TABS.length];
  if (!tab) return;
  act.showTab(tab.id);
  document.getElementById(`tab-${tab.id}`)?.focus();
}

/** @param {State} state */
function network(state) {
  const { since, requests, refused } = state.network;
  if (state.engine === 'starting') return h('p', { class: 'network small', key: 'network' }, 'Loading the engine…');
  const text = since === null ? 'Sealed: no connections allowed' : `Network: ${counted(requests, 'request', 'requests')} since your file was opened`;
  return h('p', {
    class: `network small ${requests === 0 ? 'good' : 'bad'}`, id: 'network', key: 'network',
    title: refused > 0 ? `${counted(refused, 'attempt', 'attempts')} refused by the browser` : 'The browser itself refuses every connection from this page',
  }, text);
}

/** @param {State} state */
function progress({ busy }) {
  if (!busy) return null;
  const label = busy.fraction === null ? `${busy.label}…` : `${busy.label}… ${percent(busy.fraction)}`;
  return h('div', { class: 'busy' },
    h('div', { class: 'busy-text', id: 'busy-label' }, label),
    h('progress', { max: 1, value: busy.fraction ?? undefined, 'aria-labelledby': 'busy-label' }),
    h('button', { type: 'button', class: 'button small', onclick: busy.cancel }, 'Cancel'));
}

/**
 * @param {State} state
 * @param {import('../state.js').Tab} id
 */
function panel(state, id) {
  const view = { leads: leadsView, forecast: forecastView, model: modelView }[id];
  const isShown = state.tab === id;
  return h('div', { key: id, role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, hidden: !isShown, class: `view view-${id}` },
    isShown && state.problem ? problemCard(state.problem) : null,
    isShown ? view(state) : null);
}

/** @param {State} state */
function foot(state) {
  return [
    h('p', null, 'Files are read by this page and by nothing else: no upload, no account, no cookie. Settings stay in this browser; rows are never stored.'),
    state.keeping ? null : h('p', { class: 'notice warn' }, 'This browser did not store your settings; download the model to keep it.'),
    h('p', { class: 'buttons' },
      h('button', { type: 'button', class: 'button quiet small', onclick: act.askForget, id: 'forget-button' }, 'Forget everything')),
  ];
}

function forgetQuestion() {
  return [
    h('h2', { id: 'forget-title' }, 'Forget everything?'),
    h('p', null, 'Closes the open files and removes your model, quota and corrections to the reading of files from this browser. Nothing is kept anywhere else.'),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button danger', id: 'forget-now', onclick: act.forgetEverything }, 'Forget everything'),
      h('button', { type: 'button', class: 'button', autofocus: true, onclick: act.keepEverything }, 'Keep')),
  ];
}
