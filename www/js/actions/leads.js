// @ts-check
/** The Leads tab: open, score, pick, filter, explain, download. */

import { counted } from '../format.js';
import { PICKS, isPicked } from '../picks.js';
import { changed, freshLeads, state } from '../state.js';
import { isMisplaced } from './files.js';
import { findOutcomes } from './learn.js';
import { applyPicks } from './model.js';
import { save } from './page.js';
import { refreshPart } from './parts.js';
import { firstReading } from './reading.js';
import { announce, busy, download, isCancelled, newest, problemOf } from './work.js';

/** @param {import('../state.js').OpenedFile} file */
export async function openLeadList(file) {
  const last = state.leads;
  try {
    await busy(`Reading ${file.name}`, async (control) => {
      const opened = await firstReading('leads', file, control);
      last.handle?.dispose();
      state.leads = { ...freshLeads(), file, ...opened, problem: unusable(opened.receipt) };
      state.leads.values = await pickValues(opened.handle, opened.receipt);
    });
    await rescore();
  } catch (error) {
    if (isCancelled(error)) return announce('Stopped.');
    if (await isMisplaced('leads', file, error)) return;
    // The file that was open before stays open.
    state.leads = { ...last, problem: problemOf(error) };
    changed();
  }
}

/**
 * @param {import('../engine.js').Receipt} receipt
 * @returns {import('../state.js').Problem | null}
 */
function unusable(receipt) {
  if (receipt.columns.some(({ field }) => field)) return null;
  return {
    title: 'No column was recognised', message: 'None of the headers is one this page knows, so nothing can be scored yet.',
    remedy: 'Open “What was understood” below and say what each column holds.', code: 'no-usable-column',
  };
}

/**
 * @param {import('../engine.js').LeadsHandle} handle
 * @param {import('../engine.js').Receipt} receipt
 * @returns {Promise<Record<string, import('../engine.js').FieldValues>>}
 */
export async function pickValues(handle, receipt) {
  const present = PICKS.filter(({ field }) => receipt.columns.some((column) => column.field === field));
  const found = await Promise.all(present.map(async ({ field }) => ({ field, values: await handle.values(field) })));
  return Object.fromEntries(found.flatMap(({ field, values }) => (values ? [[field, values]] : [])));
}

/** Scores the open list with the model in force; a request made meanwhile is answered once more, with the newest model. */
export const rescore = newest(async () => {
  const { leads, model } = state;
  const { handle } = leads;
  if (!handle || !model.value) return;
  try {
    await busy('Scoring', async (control) => {
      const report = await handle.score(model.value, { asOf: today() }, control);
      const order = await handle.view(viewOf(leads.view), control);
      if (state.leads.handle !== handle) return;
      state.leads.report = report;
      state.leads.receipt = report.receipt;
      state.leads.order = order;
      state.leads.tuning.holds = false;
      if (state.leads.problem?.code !== 'no-usable-column') state.leads.problem = null;
      if (state.leads.selected !== null) state.leads.explanation = await handle.explain(state.leads.selected);
      announce(`${counted(report.counts.leads, 'lead', 'leads')} scored.`);
    });
    void fetchPaper();
    await Promise.all([findOutcomes(handle), refreshPart()]);
  } catch (error) {
    if (isCancelled(error)) return announce('Stopped.');
    if (state.leads.handle !== handle) return;
    state.leads.problem = problemOf(error);
    changed();
  }
});

/** The day as the person's clock has it, ISO. */
export function today() {
  const now = new Date();
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Best grade first, and within a grade what a person chose, the better fit and then the better engagement. @param {string} then */
const rankBy = (then) => [{ by: 'grade', descending: false }, { by: then, descending: then !== 'due' }, ...['fit', 'engagement'].filter((by) => by !== then).map((by) => ({ by, descending: true }))];

/**
 * The view as the engine reads it; ties keep the rank.
 * @param {import('../state.js').LeadsDesk['view']} view
 */
export function viewOf({ sort, then, grades, segment, owner, channel, queue, find }) {
  const by = sort.key === 'percentile' ? 'rank' : sort.key;
  const rank = rankBy(then);
  return {
    sort: sort.key === 'rank' ? rank : [{ by, descending: sort.descending }, ...(then === 'fit' ? rank : [...rank.slice(1, 2), ...rank.toSpliced(1, 1)]).filter((key) => key.by !== by)],
    filter: { grades, segments: segment ? [segment] : [], owners: owner ? [owner] : [], channels: channel ? [/** @type {any} */ (channel)] : [], queue: queue || null, text: find.trim() },
  };
}

/** Leads that a print shows at most. */
const PRINTED = 40;

/** Fetches the first leads for paper, where the table of the page would show the rows in sight alone. */
const fetchPaper = newest(async () => {
  const { handle, order } = state.leads;
  if (!handle || !order) return;
  // Without them a print lacks the list; whatever is wrong is said by what the page itself asks for.
  const rows = await handle.window(0, Math.min(PRINTED, order.length)).catch(() => []);
  if (state.leads.order !== order) return;
  state.leads.paper = { rows, of: order };
  changed();
});

/** Orders and filters again, without scoring. */
const review = newest(async () => {
  const { handle } = state.leads;
  if (!handle) return;
  try {
    const order = await handle.view(viewOf(state.leads.view));
    if (state.leads.handle !== handle) return;
    state.leads.order = order;
    state.leads.tuning.holds = false;
    announce(`${counted(order.length, 'lead', 'leads')} shown.`);
    void fetchPaper();
  } catch (error) {
    if (isCancelled(error) || state.leads.handle !== handle) return;
    state.leads.problem = problemOf(error);
    changed();
  }
});

/** @param {Partial<import('../state.js').LeadsDesk['view']>} change */
export function filterLeads(change) {
  state.leads.view = { ...state.leads.view, ...change };
  changed();
  return review();
}

export function clearLeadFilters() {
  return filterLeads({ grades: [], segment: '', owner: '', channel: '', queue: '', find: '' });
}

/** @param {string} grade */
export function toggleGrade(grade) {
  const { grades } = state.leads.view;
  return filterLeads({ grades: grades.includes(grade) ? grades.filter((one) => one !== grade) : [...grades, grade] });
}

/** Sorting by the same column again turns it round. @param {string} key */
export function sortLeads(key) {
  const { sort } = state.leads.view;
  const startsDescending = ['fit', 'engagement', 'probability', 'percentile', 'expectedValue', 'valuePerDay'].includes(key);
  return filterLeads({ sort: sort.key === key ? { key, descending: !sort.descending } : { key, descending: startsDescending } });
}

/** The rows that the table asked for last, and those of a new order that were asked for before it did. */
let asked = { from: 0, count: 0 };
/** @type {{ of: Uint32Array | null, from: number, count: number, rows: any[] }} */
let ahead = { of: null, from: 0, count: 0, rows: [] };

/**
 * @param {number} from
 * @param {number} count
 * @returns {Promise<any[]>}
 */
export async function leadRows(from, count) {
  const { handle, order } = state.leads;
  asked = { from, count };
  if (!handle || !order) return [];
  return ahead.of === order && ahead.from === from && ahead.count === count ? ahead.rows : handle.window(from, count);
}

/**
 * Scores and ranks, and asks for the rows in sight and a lead's explanation in the same breath.
 * @param {import('../engine.js').LeadsHandle} handle
 * @param {number | null} selected
 */
export async function rankedBy(handle, selected) {
  const { from, count } = asked;
  const [report, order, rows, explanation] = await Promise.all([
    handle.score(state.model.value, { asOf: today() }), handle.view(viewOf(state.leads.view)), handle.window(from, count), selected === null ? null : handle.explain(selected),
  ]);
  ahead = { of: order, from, count, rows };
  return { report, order, explanation };
}

/** The leads of one channel, in the ranked list. @param {string} channel */
export function listChannel(channel) {
  state.leads.part = 'list';
  return filterLeads({ grades: [], segment: '', owner: '', queue: '', find: '', channel });
}

/** Goes to one lead from wherever it is named. @param {number} row */
export function showLead(row) {
  state.leads.part = 'list';
  return selectLead({ row, name: '', id: '', line: row });
}

/** @param {any} row */
export async function selectLead(row) {
  const { handle } = state.leads;
  if (!handle) return;
  const explanation = await handle.explain(row.row);
  if (state.leads.handle !== handle) return;
  state.leads.selected = row.row;
  state.leads.explanation = explanation;
  announce(`Reasons for ${explanation.name || explanation.id || `line ${explanation.line}`} are shown.`);
  // The heading stands once the state is drawn.
  queueMicrotask(() => document.getElementById('side-title')?.focus({ preventScroll: matchMedia('(min-width: 62rem)').matches }));
}

export function closeReasons() {
  state.leads.selected = null;
  state.leads.explanation = null;
  changed();
  queueMicrotask(() => /** @type {HTMLElement | null} */ (document.querySelector('#panel-leads regular-table'))?.focus());
}

export async function downloadLeads() {
  const { handle, file } = state.leads;
  if (!handle || !file) return;
  const bytes = await busy('Writing the CSV', (control) => handle.csv(control));
  download(bytes, `${stem(file.name)}-scored.csv`, 'text/csv;charset=utf-8');
}

/** @param {string} name */
export function stem(name) {
  return name.replace(/\.[^.]*$/, '').replaceAll(/[^\p{L}\p{N}._-]+/gu, '-') || 'leads';
}

/** @param {string} field */
export function openPicker(field) {
  state.picker = field;
  state.pickerFind = '';
  changed();
}

/** @param {string} text */
export function findInPicker(text) {
  state.pickerFind = text;
  changed();
}

/**
 * @param {import('../picks.js').PickField} field
 * @param {string} value
 */
export function togglePick(field, value) {
  const last = state.kept.picks[field];
  const chosen = Array.isArray(last) ? last : [];
  return pick(field, chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
}

/** @param {import('../picks.js').PickField} field */
export function clearPick(field) {
  return pick(field, []);
}

/**
 * @param {'from' | 'to'} end
 * @param {string} text
 */
export function pickSpan(end, text) {
  const last = state.kept.picks.employees;
  const span = last && !Array.isArray(last) ? last : { from: null, to: null };
  const next = { ...span, [end]: text.trim() === '' ? null : Number(text) };
  // Ends put in the wrong way round are meant the right way round.
  if (next.from !== null && next.to !== null && next.from > next.to) [next.from, next.to] = [next.to, next.from];
  return pick('employees', next);
}

/** @param {{ from: number, to: number } | null} band */
export function pickBand(band) {
  return pick('employees', band ? { from: band.from, to: band.to } : { from: null, to: null });
}

/**
 * @param {import('../picks.js').PickField} field
 * @param {any} value
 */
function pick(field, value) {
  const picks = { ...state.kept.picks, [field]: value };
  if (!isPicked(value)) delete picks[field];
  state.kept.picks = picks;
  applyPicks();
  return rescore();
}

export function answerWho() {
  state.kept.asked = true;
  state.picker = '';
  save();
  changed();
}

/** Keeps the preset: picks made so far are taken back. */
export function skipWho() {
  state.kept.picks = {};
  applyPicks();
  answerWho();
  return rescore();
}

export function askWhoAgain() {
  state.kept.asked = false;
  save();
  changed();
}
