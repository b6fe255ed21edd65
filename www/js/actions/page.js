// @ts-check
/** Tabs, files, the network count and forgetting. */

import * as engine from '../engine.js';
import { changed, freshDeals, freshLeads, state } from '../state.js';
import { forget, keep, nothingKept } from '../storage.js';
import { openFiles } from './files.js';
import { openPipeline } from './forecast.js';
import { openLeadList } from './leads.js';
import { restoreModel } from './model.js';
import { announce, problemOf } from './work.js';

/** @import { Desk, OpenedFile } from '../state.js' */

/** @param {import('../state.js').Tab} tab */
export function showTab(tab) {
  state.tab = tab;
  state.picker = '';
  changed();
}

/** Keeps the settings; the page says so when the browser does not take them. */
export function save() {
  state.keeping = keep(state.kept);
}

/** What spreadsheets and documents are called, with the way out. @type {[RegExp, string, string][]} */
const WRONG = [
  [/\.(xlsb|xls|ods|numbers)$/i, 'a spreadsheet in a format that is not read here', 'In the spreadsheet choose Save as, then Excel workbook (.xlsx) or CSV UTF-8, and drop that file. Or copy the rows and paste them here.'],
  [/\.(pdf|docx?|pptx?|rtf|html?)$/i, 'a document', 'Export the list from your CRM as CSV and drop that file.'],
  [/\.(zip|gz|7z|rar)$/i, 'an archive', 'Unpack it and drop the CSV inside.'],
  [/\.(png|jpe?g|gif|webp|svg|heic)$/i, 'a picture', 'Export the list from your CRM as CSV and drop that file.'],
];

/**
 * @param {Desk} desk
 * @param {File} file
 * @param {Record<string, string | null>} [insisted] what its columns are, whatever the file looks like
 */
export async function openFile(desk, file, insisted) {
  const wrong = WRONG.find(([pattern]) => pattern.test(file.name));
  if (wrong) {
    const [, what, remedy] = wrong;
    showProblem(desk, { title: 'This is not a CSV file', message: `${file.name} is ${what}.`, remedy, code: 'wrong-file-type' });
    return;
  }
  if (file.size === 0) {
    showProblem(desk, { title: 'This file is empty', message: `${file.name} holds no rows.`, remedy: 'Export it again and check that it has a header row and at least one row below.', code: 'empty-file' });
    return;
  }
  await open(desk, { source: file, name: file.name, size: file.size, insisted });
}

/**
 * @param {Desk} desk
 * @param {OpenedFile} file
 */
async function open(desk, file) {
  if (state.engine !== 'ready') return;
  showTab(desk);
  state.network.since ??= performance.now();
  await (desk === 'leads' ? openLeadList : openPipeline)(file);
}

/** @param {Desk} desk */
export async function openSample(desk) {
  const sample = engine.sample(desk);
  if (!sample) {
    showProblem(desk, { title: 'The sample is not here', message: 'This copy of the page came without its samples.', remedy: 'Drop a file of your own.', code: 'sample-missing' });
    return;
  }
  await openFile(desk, sample);
}

/**
 * Rows pasted from a spreadsheet.
 * @param {string} text
 */
export async function openPasted(text) {
  const desk = state.tab === 'forecast' ? 'forecast' : 'leads';
  await open(desk, { source: text, name: 'pasted rows', size: text.length });
}

/**
 * @param {Desk} desk
 * @param {import('../state.js').Problem} problem
 */
function showProblem(desk, problem) {
  state.tab = desk;
  (desk === 'leads' ? state.leads : state.deals).problem = problem;
  changed();
}

/** @param {boolean} isDragging */
export function drag(isDragging) {
  if (state.dragging === isDragging) return;
  state.dragging = isDragging;
  changed();
}

/** @param {DataTransfer | null} data */
export async function drop(data) {
  drag(false);
  await openFiles(state.tab === 'forecast' ? 'forecast' : 'leads', [...(data?.files ?? [])]);
}

/** Counts what the page asks of the network after the first file was opened. @param {PerformanceEntryList} entries */
export function countRequests(entries) {
  const { since } = state.network;
  if (since === null) return;
  // Objects of the page itself (blob:, data:) are no requests.
  const asked = entries.filter((entry) => entry.startTime >= since && /^https?:/.test(entry.name)).length;
  if (asked === 0) return;
  state.network.requests += asked;
  changed();
}

export function countRefused() {
  state.network.refused += 1;
  changed();
}

/** Brings the engine and the kept model up, then closes the page to the network. */
export async function start() {
  try {
    await engine.prepare();
    await restoreModel();
    engine.seal();
    state.engine = 'ready';
    announce('Ready for a file.');
  } catch (error) {
    state.engine = 'failed';
    const problem = problemOf(error);
    state.problem = { ...problem, title: 'The engine could not be loaded', remedy: problem.remedy || 'Reload the page. If it persists, check that every file of the page is served.' };
    changed();
  }
}

export function askForget() {
  state.confirmForget = true;
  changed();
}

export function keepEverything() {
  state.confirmForget = false;
  changed();
}

/** Closes the files, forgets the settings and stands where a first visit stands. */
export async function forgetEverything() {
  state.confirmForget = false;
  state.leads.handle?.dispose();
  state.deals.handle?.dispose();
  forget();
  state.kept = nothingKept();
  state.leads = freshLeads();
  state.deals = freshDeals();
  state.keeping = true;
  await restoreModel();
  state.tab = 'leads';
  announce('Everything is forgotten.');
}
