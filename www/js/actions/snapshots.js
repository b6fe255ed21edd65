// @ts-check
/** The Forecast tab, weekly snapshots that the user keeps: today's is added to the file of the weeks before and handed back. */

import { changed, state } from '../state.js';
import { download, isCancelled, problemOf } from './work.js';

/**
 * Adds today's forecast to a kept file, or begins one, and shows what the weeks say.
 * @param {File} [file]
 */
export async function keepSnapshot(file) {
  const { handle, report } = state.deals;
  if (!handle || !report) return;
  try {
    const told = await handle.snapshot(file ? await file.text() : '');
    if (state.deals.handle !== handle) return;
    state.deals.snapshots = { report: told, problem: null };
    download(told.file, `forecast-snapshots-${report.asOf}.txt`, 'text/plain;charset=utf-8');
  } catch (error) {
    if (isCancelled(error) || state.deals.handle !== handle) return;
    state.deals.snapshots = { report: null, problem: problemOf(error) };
  }
  changed();
}
