// @ts-check
/** The Leads tab: one sentence, the grade matrix, who you sell to; below it the ranked leads with their reasons. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { count, counted, fixed, money, percent, words } from '../format.js';
import { grid } from '../grid.js';
import { accountsView } from './accounts.js';
import { checkView } from './check.js';
import { misplacedCard } from './files.js';
import { enrichList } from './lead-says.js';
import { learnPart } from './learn.js';
import { chooseButton, fileChip, landing, madeBy, paperTable, problemCard, waiting } from './parts.js';
import { qualityChip } from './quality.js';
import { questions } from './questions.js';
import { reasons } from './reasons.js';
import { routingView } from './routing.js';
import { tuneButton, tunePanel } from './tune.js';
import { understood } from './understood.js';
import { whoDoYouSellTo } from './who.js';
import { outcomesPart, worthOf } from './worth.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../engine.js').LeadReport} LeadReport
 * @typedef {import('../grid.js').GridColumn} GridColumn
 */

/** @param {State} state */
export function leadsView(state) {
  const { leads } = state;
  const { report, receipt } = leads;
  if (!leads.handle || !receipt) return landing(state, 'leads');
  if (!report) {
    return h('section', { key: 'waiting', class: 'landing' }, waiting(state, 'leads', leads.problem, 'Scoring…', 'Score', act.rescore),
      understood(leads, 'leads', []));
  }
  return [
    misplacedCard(state, 'leads'),
    leads.problem ? problemCard(leads.problem) : null,
    questions(leads, 'leads'),
    h('section', { key: 'head', class: 'head-grid' },
      h('div', { class: 'head-words' },
        h('h1', { id: 'leads-headline' }, headline(report)),
        h('p', { class: 'soft chips' }, fileChip(leads.file), qualityChip(report.receipt, 'leads'), h('span', null, subline(report))),
        whoDoYouSellTo(state)),
      matrix(state, report)),
    partSwitch(state),
    ...part(state, report),
    understood(leads, 'leads', report.assumptions),
    madeBy(`${counted(report.counts.leads, 'lead', 'leads')}, engine ${report.engine}`, report.fingerprint),
  ];
}

/** @type {[import('../state.js').LeadsPart, string][]} */
const PARTS = [['list', 'Ranked leads'], ['accounts', 'Accounts'], ['routing', 'Routing'], ['check', 'Check the card']];

/** @param {State} state */
function partSwitch({ leads }) {
  return h('nav', { class: 'sections', key: 'parts', 'aria-label': 'Parts of the list' }, PARTS.map(([part, label]) =>
    h('button', { key: part, type: 'button', id: `leads-${part}`, 'aria-current': leads.part === part ? 'true' : null, onclick: () => act.showLeadsPart(part) }, label)));
}

/**
 * @param {State} state
 * @param {LeadReport} report
 */
function part(state, report) {
  switch (state.leads.part) {
    case 'accounts': return [accountsView(state)];
    case 'routing': return [routingView(state, report)];
    case 'check': return [checkView(state, report)];
    default: return ranked(state, report);
  }
}

/**
 * @param {State} state
 * @param {LeadReport} report
 */
function ranked(state, report) {
  const { leads } = state;
  return [
    learnPart(state),
    h('section', { key: 'table', class: `table-area ${leads.explanation ? 'with-side' : ''} ${leads.tuning.isOpen ? 'with-tune' : ''}`, 'aria-label': 'Ranked leads' },
      tunePanel(state),
      h('div', { class: 'table-main' }, filters(state, report), table(state, report)),
      leads.explanation ? reasons(leads.explanation, worthOf(leads.explanation)) : null),
    paperLeads(state, report),
    outcomesPart(report),
    enrichList(report),
  ];
}

/** @param {LeadReport} report */
function headline(report) {
  const best = report.counts.byGrade.find(({ grade }) => grade !== undefined && grade.startsWith('A'));
  const scored = `${counted(report.counts.leads, 'lead', 'leads')} scored and ranked`;
  return best ? `${scored}; ${count(best.count)} are ${best.grade}` : scored;
}

/** @param {LeadReport} report */
function subline(report) {
  const { counts, receipt } = report;
  const parts = [];
  if (counts.disqualified > 0) parts.push(`${count(counts.disqualified)} disqualified`);
  if (counts.unassigned > 0) parts.push(`${count(counts.unassigned)} without an owner`);
  if (receipt.rowsExcluded > 0) parts.push(`${counted(receipt.rowsExcluded, 'row', 'rows')} left out`);
  for (const [axis, name] of /** @type {const} */ ([['fit', 'fit'], ['engagement', 'engagement']])) {
    if (!report.axes[axis].evaluable) parts.push(`no ${name}: none of its fields is in the file`);
  }
  return parts.join(' · ');
}

const FIT = ['A', 'B', 'C', 'D', '–'];
const ENGAGEMENT = ['1', '2', '3', '4', '–'];

/**
 * Fit by engagement; a cell filters the table.
 * @param {State} state
 * @param {LeadReport} report
 */
function matrix(state, report) {
  const counts = new Map(report.counts.byGrade.map(({ grade, count: n }) => [grade, n]));
  const rows = FIT.filter((fit) => fit !== '–' || ENGAGEMENT.some((engagement) => counts.has(fit + engagement)));
  const columns = ENGAGEMENT.filter((engagement) => engagement !== '–' || FIT.some((fit) => counts.has(fit + engagement)));
  const most = Math.max(1, ...counts.values());
  return h('figure', { class: 'card matrix' },
    h('table', null,
      h('caption', { class: 'small soft' }, 'Leads by fit (A to D) and engagement (1 to 4). Choose a cell to filter.'),
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, 'Fit')),
        columns.map((engagement) => h('th', { scope: 'col', key: engagement }, h('span', { class: 'visually-hidden' }, 'Engagement '), engagement)))),
      h('tbody', null, rows.map((fit) => h('tr', { key: fit }, h('th', { scope: 'row' }, fit),
        columns.map((engagement) => {
          const grade = fit + engagement;
          const n = counts.get(grade) ?? 0;
          const isOn = state.leads.view.grades.includes(grade);
          return h('td', { key: engagement }, h('button', {
            type: 'button', class: `cell heat-${heat(n, most)} ${isOn ? 'on' : ''}`, 'aria-pressed': String(isOn), 'data-grade': grade,
            disabled: n === 0 && !isOn, onclick: () => act.toggleGrade(grade),
          }, h('span', { class: 'cell-grade' }, grade), h('span', { class: 'cell-count' }, count(n), h('span', { class: 'visually-hidden' }, n === 1 ? ' lead' : ' leads'))));
        }))))));
}

/**
 * How dark a cell is: five steps on a square-root scale.
 * @param {number} n
 * @param {number} most
 */
function heat(n, most) {
  return n === 0 ? 0 : Math.min(4, 1 + Math.floor(4 * Math.sqrt(n / most) * 0.999));
}

/**
 * @param {State} state
 * @param {LeadReport} report
 */
function filters(state, report) {
  const { view, order } = state.leads;
  const { bySegment, byOwner, byChannel } = report.counts;
  const isFiltered = view.grades.length > 0 || view.segment !== '' || view.owner !== '' || view.channel !== '' || view.queue !== '' || view.find !== '';
  return h('div', { class: 'toolbar', key: 'filters' },
    h('div', { class: 'field find' }, h('label', { for: 'find-lead' }, 'Find'),
      h('input', { id: 'find-lead', type: 'search', value: view.find, placeholder: 'Any text', oninput: (/** @type {Event} */ event) => act.filterLeads({ find: valueOf(event) }) })),
    choice('filter-grade', 'Grade', view.grades.length === 1 ? /** @type {string} */ (view.grades[0]) : view.grades.length === 0 ? '' : '*',
      [['', 'All grades'], ...(view.grades.length > 1 ? [['*', view.grades.join(', ')]] : []), ...report.counts.byGrade.map(({ grade, count: n }) => [grade, `${grade} (${count(n)})`])],
      (value) => value !== '*' && act.filterLeads({ grades: value ? [value] : [] })),
    choice('filter-segment', 'Segment', view.segment,
      [['', 'All segments'], ...bySegment.filter(({ count: n }) => n > 0).map(({ segment, count: n }) => [segment, `${segment} (${count(n)})`])], (value) => act.filterLeads({ segment: value })),
    choice('filter-owner', 'Owner', view.owner,
      [['', 'All owners'], ...owners(byOwner), ['Unassigned', 'Unassigned']], (value) => act.filterLeads({ owner: value })),
    byChannel.length > 0 ? choice('filter-channel', 'Channel', view.channel, [['', 'All channels'], ...byChannel.map(({ channel, count: n }) => [channel, `${words(channel)} (${count(n)})`])], (value) => act.filterLeads({ channel: value })) : null,
    view.queue === '' ? null : choice('filter-queue', 'Queue', view.queue, [['', 'All leads'], ['exceptions', 'Exceptions'], ['breached', 'Breached'], ['stalled', 'Stalled']], (value) => act.filterLeads({ queue: /** @type {any} */ (value) })),
    choice('sort-leads', 'Sort by', view.sort.key, [['rank', 'Best first'], ...columnsOf(state, report).filter((column) => column.sortable !== false).map((column) => [column.key, column.label])], (value) => act.sortLeads(value)),
    choice('then-leads', 'Among equals', view.then, thenBy(state, report), (value) => act.filterLeads({ then: value })),
    h('div', { class: 'toolbar-end' },
      h('output', { class: 'small soft', id: 'shown-leads' }, order ? `${counted(order.length, 'lead', 'leads')} shown` : ''),
      isFiltered ? h('button', { type: 'button', class: 'button quiet small', onclick: act.clearLeadFilters }, 'Clear filters') : null,
      tuneButton(state),
      chooseButton('leads', 'Another file'),
      h('button', { type: 'button', class: 'button primary', id: 'download-leads', onclick: act.downloadLeads }, 'Download scored CSV')));
}

/**
 * What decides among leads of one grade, or of one value of the chosen column.
 * @param {State} state
 * @param {LeadReport} report
 */
function thenBy(state, report) {
  const worth = columnsOf(state, report).filter(({ key }) => ['probability', 'expectedValue', 'valuePerDay'].includes(key)).map(({ key, label }) => [key, label]);
  return [['fit', 'Better fit'], ...worth, ['due', 'Answer due first']];
}

/**
 * Owners with leads; someone who sits in two pools is one choice, without a count of its own.
 * @param {LeadReport['counts']['byOwner']} seats
 */
function owners(seats) {
  const taken = seats.filter(({ count: n }) => n > 0);
  return [...new Set(taken.map(({ owner }) => owner))].map((owner) => {
    const own = taken.filter((seat) => seat.owner === owner);
    return [owner, own.length === 1 && own[0] ? `${owner} (${count(own[0].count)})` : owner];
  });
}

/**
 * @param {string} id
 * @param {string} label
 * @param {string} value
 * @param {(string | undefined)[][]} options
 * @param {(value: string) => void} choose
 */
function choice(id, label, value, options, choose) {
  return h('div', { class: 'field' }, h('label', { for: id }, label),
    h('select', { id, value, onchange: (/** @type {Event} */ event) => choose(valueOf(event)) },
      options.map(([option, text]) => h('option', { key: option, value: option }, text))));
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
}

/** @type {GridColumn[]} */
const COLUMNS = [
  { key: 'name', label: 'Lead', text: (row) => row.name || row.id || `line ${row.line}` },
  { key: 'grade', label: 'Grade', text: (row) => (row.disqualified ? 'out' : row.grade), mark: (row) => `grade-${row.disqualified ? 'out' : row.grade.slice(0, 1)}` },
  { key: 'fit', label: 'Fit', number: true, text: (row) => fixed(row.fit) },
  { key: 'engagement', label: 'Engagement', number: true, text: (row) => fixed(row.engagement) },
  { key: 'company', label: 'Company', text: (row) => row.company ?? '' },
  { key: 'segment', label: 'Segment', text: (row) => row.segment ?? '' },
  { key: 'motion', label: 'Motion', sortable: false, text: (row) => row.motion ?? '' },
  { key: 'owner', label: 'Owner', text: (row) => row.owner ?? 'unassigned', mark: (row) => (row.owner ? '' : 'none') },
  { key: 'reasons', label: 'Main reasons', sortable: false, text: (row) => row.disqualified ?? row.reasons.join(' · ') },
];

/** Columns by what the report has, kept so that drawing again draws nothing anew. @type {Map<string, GridColumn[]>} */
const columnSets = new Map();

/**
 * The columns, with the probability where a card was learned.
 * @param {State} state
 * @param {LeadReport} report
 */
function columnsOf(state, report) {
  const currency = state.model.value?.meta?.currency;
  const valued = new Set((state.model.value?.segments ?? []).filter((/** @type {any} */ segment) => typeof segment.acv === 'number').map((/** @type {any} */ segment) => segment.name));
  const isWorth = report.counts.bySegment.some(({ segment, count: n }) => n > 0 && valued.has(segment));
  const key = `${Boolean(report.learned)} ${isWorth} ${currency}`;
  const known = columnSets.get(key);
  if (known) return known;
  /** @type {GridColumn[]} */
  const worth = [
    ...(report.learned ? [{ key: 'probability', label: 'Probability', number: true, text: (/** @type {any} */ row) => percent(row.probability) }] : []),
    { key: 'percentile', label: 'Rank in list', number: true, text: (row) => percent(row.rank) },
    ...(isWorth ? [
      { key: 'expectedValue', label: 'Expected value', number: true, text: (/** @type {any} */ row) => money(row.expectedValue, currency) },
      { key: 'valuePerDay', label: 'Value per day', number: true, text: (/** @type {any} */ row) => money(row.valuePerDay, currency) },
    ] : []),
  ];
  const at = COLUMNS.findIndex((column) => column.key === 'company');
  const columns = [...COLUMNS.slice(0, at), ...worth, ...COLUMNS.slice(at)];
  columnSets.set(key, columns);
  return columns;
}

const PAPER_COLUMNS = ['name', 'grade', 'fit', 'engagement', 'company', 'owner', 'reasons'];

/**
 * The first leads as a plain table, for paper.
 * @param {State} state
 * @param {LeadReport} report
 */
function paperLeads(state, report) {
  const { order, paper } = state.leads;
  if (!order || paper.of !== order || paper.rows.length === 0) return null;
  const { rows } = paper;
  return paperTable(rows.length < order.length ? `The first ${count(rows.length)} of ${counted(order.length, 'lead', 'leads')}` : 'Ranked leads', rows, columnsOf(state, report), PAPER_COLUMNS);
}

/**
 * @param {State} state
 * @param {LeadReport} report
 */
function table(state, report) {
  const { leads } = state;
  if (!leads.order) return null;
  if (leads.order.length === 0) return h('p', { class: 'notice' }, 'No lead passes these filters.');
  return h('div', { class: 'grid-host', key: 'grid' }, grid({
    label: `Ranked leads, ${counted(leads.order.length, 'row', 'rows')}. Arrow keys choose a lead, Enter shows its reasons.`,
    version: leads.order, total: leads.order.length, columns: columnsOf(state, report), holds: leads.tuning.holds, sort: leads.view.sort, selected: leads.selected,
    fetch: act.leadRows, onSort: act.sortLeads, onSelect: act.selectLead,
  }));
}
