// @ts-check
/** The Forecast tab, weekly snapshots that the user keeps: today's is added to the file of the weeks before and handed back. */

import { addFiles } from './files.js';
import { changed, state } from '../state.js';
import { download, isCancelled, problemOf } from './work.js';

/**
 * Adds today's forecast to a kept file, or begins one, and shows what the weeks say. The weeks before teach the forecast.
 * @param {File} [file]
 */
export async function keepSnapshot(file) {
  const { handle, report } = state.deals;
  if (!handle || !report) return;
  try {
    const kept = file ? await file.text() : '';
    let told = await handle.snapshot(kept);
    if (state.deals.handle !== handle) return;
    if (file && !state.deals.files.some(({ name, size }) => name === file.name && size === file.size)) {
      // What deals did in the weeks before says how fast stages close and how dates hold: today's forecast is to know it.
      await addFiles('forecast', [file]);
      if (state.deals.handle !== handle || !state.deals.report) return;
      told = await handle.snapshot(kept);
    }
    state.deals.snapshots = { report: told, problem: null };
    download(told.file, `forecast-snapshots-${report.asOf}.txt`, 'text/plain;charset=utf-8');
  } catch (error) {
    if (isCancelled(error) || state.deals.handle !== handle) return;
    state.deals.snapshots = { report: null, problem: problemOf(error) };
  }
  changed();
}
