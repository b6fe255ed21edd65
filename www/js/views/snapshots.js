// @ts-check
/** Weekly snapshots: the file that the user keeps, what was said week by week beside what came, and how dates were put off. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { NONE, date, percent, shortMoney } from '../format.js';
import { problemCard } from './parts.js';

/** @typedef {import('../state.js').State} State */
/** @typedef {import('../engine.js').SnapshotReport} SnapshotReport */

/** @param {State} state */
export function snapshotsView(state) {
  if (!state.deals.report) return null;
  const { report, problem } = state.deals.snapshots;
  return h('section', { class: 'card', key: 'snapshots', id: 'snapshots', 'aria-labelledby': 'snapshots-title' },
    h('h2', { id: 'snapshots-title' }, 'Week by week'),
    h('p', { class: 'soft' }, 'Keep this forecast in a file of your own and add to it each week: it holds what was said against what came, and what deals did in between. Deals stand in it as numbers, without names.'),
    h('div', { class: 'buttons' }, add(), h('button', { type: 'button', class: 'button', id: 'keep-snapshot', onclick: () => void act.keepSnapshot() }, 'Begin a new file')),
    problem ? problemCard(problem) : null,
    report ? told(report) : null);
}

function add() {
  return h('label', { class: 'button' },
    h('input', {
      type: 'file', class: 'visually-hidden', id: 'file-snapshots', accept: '.txt,text/plain',
      onchange: (/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const file = input.files?.[0];
        input.value = '';
        if (file) void act.keepSnapshot(file);
      },
    }), 'Add to last week’s file');
}

/** @param {SnapshotReport} report */
function told(report) {
  const { currency } = report;
  return [
    h('p', { id: 'snapshots-say' }, report.sentence, '.'),
    report.graded.length > 0
      ? table('snapshots-graded', 'What was said of periods that are over', ['Said on', 'Period', 'P50', 'P10 to P90', 'Commit called', 'Came', 'Error of P50'], report.graded.map((line) => [
        date(line.asOf), line.period, shortMoney(line.p50, currency), `${shortMoney(line.p10, currency)} to ${shortMoney(line.p90, currency)}`,
        shortMoney(line.commit, currency), shortMoney(line.actual, currency), line.ape === null ? NONE : percent(line.ape, 0),
      ]))
      : null,
    report.stages.some(({ weeks }) => weeks > 0)
      ? table('snapshots-stages', 'What deals did from one snapshot to the next', ['Stage', 'Deals', 'Weeks watched', 'Moved', 'Won', 'Lost', 'Not in the file'], report.stages.map((line) => [
        line.stage || 'No stage', line.deals, Math.round(line.weeks), line.moved, line.won, line.lost, line.gone,
      ]))
      : null,
    report.pushes.length > 0
      ? table('snapshots-pushes', 'Close dates that were put off', ['Put off before', 'Weeks watched', 'Put off', 'By days', 'Chance a week', 'Won', 'Lost'], report.pushes.map((line) => [
        line.before === 3 ? '3 times or more' : `${line.before} times`, Math.round(line.weeks), line.pushed, line.meanDays === null ? NONE : Math.round(line.meanDays), line.aWeek === null ? NONE : percent(line.aWeek, 0), line.won, line.lost,
      ]))
      : null,
  ];
}

/**
 * @param {string} id
 * @param {string} caption
 * @param {string[]} heads
 * @param {(string | number)[][]} rows
 */
function table(id, caption, heads, rows) {
  return h('div', { class: 'scroll', key: id, tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', { class: 'data', id },
      h('caption', { class: 'small soft' }, caption),
      h('thead', null, h('tr', null, heads.map((head, i) => h('th', { key: head, scope: 'col', class: i > 0 ? 'number' : null }, head)))),
      h('tbody', null, rows.map((cells, at) => h('tr', { key: at }, cells.map((cell, i) => i === 0 ? h('th', { key: i, scope: 'row' }, String(cell)) : h('td', { key: i, class: 'number' }, String(cell))))))));
}
