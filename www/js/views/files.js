// @ts-check
/** The files beside the open one: what each is, which of its rows belong to which, by which columns; and files in the wrong place. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { count, counted, money, percent, words } from '../format.js';
import { brings, homeOf, rowsOf } from '../kinds.js';
import { ACCEPTED, fileChip, problemCard } from './parts.js';

/**
 * @typedef {import('./understood.js').Part} Part
 * @typedef {import('../state.js').State} State
 * @typedef {import('../state.js').Desk} Desk
 * @typedef {import('../state.js').FurtherFile} FurtherFile
 * @typedef {NonNullable<NonNullable<FurtherFile['attached']>['join']>} Join
 */

const ASKED = {
  leads: 'Accounts, contacts, activities or deals: their columns join your leads by id, domain, e-mail address or name.',
  forecast: 'Accounts, activities, contracts, quotas, sales people or a stage history: they join your deals by id, domain, e-mail address or name.',
};

/**
 * @param {Part} part
 * @param {Desk} desk
 */
export function filesPart({ files, receipt }, desk) {
  return h('div', { key: 'files', class: 'part' },
    h('div', { class: 'buttons' }, addButton(desk), h('span', { class: 'small soft' }, ASKED[desk])),
    h('ul', { class: 'further' }, files.map((file, index) => furtherItem(desk, file, index, receipt?.columns.map(({ name }) => name) ?? []))));
}

/** @param {Desk} desk */
function addButton(desk) {
  return h('label', { class: 'button small' },
    h('input', {
      type: 'file', class: 'visually-hidden', id: `add-${desk}`, accept: ACCEPTED, multiple: true,
      onchange: (/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const files = [...(input.files ?? [])];
        input.value = '';
        if (files.length > 0) act.addFiles(desk, files);
      },
    }), 'Add a file');
}

/**
 * @param {Desk} desk
 * @param {FurtherFile} file
 * @param {number} index
 * @param {string[]} open columns of the open file
 */
function furtherItem(desk, file, index, open) {
  const { attached, problem } = file;
  return h('li', { key: `${index} ${file.name}`, class: 'card further-item' },
    h('div', { class: 'card-head' },
      h('h3', null, fileChip(file), ` ${words(rowsOf(file.kind))}`),
      h('button', { type: 'button', class: 'button quiet small', 'aria-label': `Remove ${file.name}`, onclick: () => act.removeFile(desk, index) }, 'Remove')),
    problem ? problemCard(problem.code === 'nothing-in-common' ? { ...problem, remedy: 'Say which columns hold the same things.' } : problem) : null,
    problem?.code === 'nothing-in-common' || problem?.code === 'no-such-column' ? onForm(desk, file, index, open) : null,
    attached?.join ? joined(attached.join) : null,
    attached && !attached.join ? h('p', { class: 'small' }, 'Kept beside the open file: nothing in it names a row of that file.') : null,
    attached?.join && attached.join.addedColumns.length > 0 ? h('p', { class: 'small' }, h('span', { class: 'soft' }, 'Brings: '), list(attached.join.addedColumns)) : null,
    attached && attached.quotas.length > 0 ? quotas(attached.quotas) : null,
    attached ? h('p', { class: 'small soft' }, understoodOf(attached.receipt)) : null);
}

/**
 * What has to be reached, by period.
 * @param {NonNullable<FurtherFile['attached']>['quotas']} all
 */
function quotas(all) {
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Quotas by period' },
    h('table', { class: 'data' },
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Period'), h('th', { scope: 'col', class: 'number' }, 'Quota'))),
      h('tbody', null, all.map(({ label, amount, currency }) => h('tr', { key: `${label} ${currency}` }, h('th', { scope: 'row' }, label), h('td', { class: 'number' }, money(amount, currency)))))));
}

/**
 * Asks which columns of two files hold the same things.
 * @param {Desk} desk
 * @param {FurtherFile} file
 * @param {number} index
 * @param {string[]} open
 */
function onForm(desk, file, index, open) {
  const choice = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string[]} */ columns) => h('div', { class: 'field' },
    h('label', { for: `${name}-${desk}-${index}` }, label),
    h('select', { id: `${name}-${desk}-${index}`, name }, columns.map((column) => h('option', { key: column, value: column }, column))));
  return h('form', {
    class: 'fields', 'aria-label': `Columns of ${file.name} that belong together`,
    onsubmit: (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
      act.joinBy(desk, index, { left: String(form.get('left')), right: String(form.get('right')) });
    },
  }, choice('left', 'In the open file', open), choice('right', `In ${file.name}`, file.columns), h('button', { class: 'button' }, 'Join by these'));
}

/** @param {import('../engine.js').Receipt} receipt */
function understoodOf({ rowsUsed, rowsRead, columns, diagnostics, system }) {
  const known = columns.filter(({ field }) => field).length;
  const problems = diagnostics.filter(({ action }) => action !== 'noted').length;
  return [
    `${count(rowsUsed)} of ${counted(rowsRead, 'row', 'rows')} used, ${known} of ${counted(columns.length, 'column', 'columns')} recognised`,
    system ? `written by ${system}` : '', problems > 0 ? counted(problems, 'problem', 'problems') : '',
  ].filter(Boolean).join(', ');
}

/**
 * How the rows found one another. @param {Join} join
 */
function joined(join) {
  const { matched, unmatched, ambiguous } = join;
  const all = matched + unmatched + ambiguous;
  const seeking = join.shape === 'lookup' ? join.left : join.right;
  const rows = counted(all, 'row', 'rows');
  const share = (/** @type {number} */ n) => (all > 0 ? (100 * n) / all : 0);
  return h('div', { class: 'join' },
    h('figure', { class: 'fates' },
      h('svg:svg', { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        h('svg:rect', { x: 0, y: 0, width: 100, height: 4, class: 'fate-none' }),
        h('svg:rect', { x: 0, y: 0, width: share(matched + ambiguous), height: 4, class: 'fate-ambiguous' }),
        h('svg:rect', { x: 0, y: 0, width: share(matched), height: 4, class: 'fate-used' })),
      h('figcaption', { class: 'small' },
        h('span', null, dot('used'), `${count(matched)} of ${rows} of ${seeking.file ?? 'the open file'} matched`, all > 0 ? ` (${percent(matched / all)})` : ''),
        h('span', null, dot('none'), `${count(unmatched)} unmatched`, join.blank > 0 ? `, of them ${count(join.blank)} blank` : ''),
        h('span', null, dot('ambiguous'), `${count(ambiguous)} ambiguous, never paired`),
        join.unused > 0 ? h('span', { class: 'soft' }, `${counted(join.unused, 'row', 'rows')} of ${(seeking === join.left ? join.right : join.left).file ?? 'the other file'} not needed`) : null)),
    join.byKey.length > 0 ? h('ul', { class: 'small bullets' }, join.byKey.map((by) => h('li', { key: `${by.leftColumn} ${by.rightColumn}` },
      `${count(by.matched)} by ${by.key}: `, h('code', null, h('bdi', null, by.leftColumn)), ' = ', h('code', null, h('bdi', null, by.rightColumn)),
      by.ambiguous > 0 ? `, ${count(by.ambiguous)} fit several` : ''))) : null,
    samples('Unmatched', join.unmatchedSamples), samples('Ambiguous', join.ambiguousSamples));
}

/** @param {string} fate */
function dot(fate) {
  return h('span', { class: `dot ${fate}`, 'aria-hidden': 'true' });
}

/**
 * @param {string} name
 * @param {Join['unmatchedSamples']} found
 */
function samples(name, found) {
  if (found.length === 0) return null;
  return h('details', { key: name, class: 'twin' }, h('summary', null, `${name} values`),
    h('ul', { class: 'small bullets' }, found.map(({ value, rows, line, fits }) => h('li', { key: `${line} ${value}` },
      h('code', null, h('bdi', null, value || '(blank)')), h('span', { class: 'soft' }, ` ${counted(rows, 'row', 'rows')}, first on line ${count(line)}`, fits.length > 0 ? `; fits lines ${fits.map(count).join(', ')} of the other file` : '')))));
}

/** @param {string[]} names */
function list(names) {
  return names.map((name, i) => [i > 0 ? ', ' : null, h('code', null, h('bdi', null, name))]);
}

/**
 * A file whose kind the tab is not about, with the places where it can go.
 * @param {State} state
 * @param {Desk} desk
 */
export function misplacedCard(state, desk) {
  const { misplaced } = desk === 'leads' ? state.leads : state.deals;
  if (!misplaced) return null;
  const { file, kind } = misplaced;
  const home = homeOf(kind);
  const tab = { leads: 'Leads', forecast: 'Forecast' };
  const open = /** @type {const} */ (['leads', 'forecast']).filter((one) => (one === 'leads' ? state.leads : state.deals).handle);
  return h('section', { class: 'notice warn misplaced', key: 'misplaced', 'aria-labelledby': `misplaced-${desk}` },
    h('h2', { id: `misplaced-${desk}` }, h('bdi', null, file.name), ` holds ${rowsOf(kind)}`),
    h('p', null, home ? `That belongs in ${tab[home]}.` : open.length > 0 ? `It goes beside the file that is open and brings ${brings(kind)}.` : `It goes beside a list of leads or a pipeline and brings ${brings(kind)}. Open that first, or drop both together.`),
    h('div', { class: 'buttons' },
      home ? h('button', { type: 'button', class: 'button primary', 'data-home': home, onclick: () => act.openAtHome(desk) }, `Open it in ${tab[home]}`) : null,
      open.map((one) => h('button', { key: one, type: 'button', class: 'button', 'data-add-to': one, onclick: () => act.addMisplaced(desk, one) }, `Add it to your ${one === 'leads' ? 'leads' : 'pipeline'}`)),
      h('button', { type: 'button', class: 'button quiet', 'data-insist': desk, onclick: () => act.insist(desk) }, `Read it as ${desk === 'leads' ? 'leads' : 'deals'} all the same`),
      h('button', { type: 'button', class: 'button quiet', onclick: () => act.dropMisplaced(desk) }, 'Leave it')));
}
