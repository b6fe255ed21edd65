// @ts-check
/** Rows with problems, and the file put right. */

import { deskOf } from '../state.js';
import { stem } from './leads.js';
import { busy, download } from './work.js';

/** @import { Desk } from '../state.js' */

/**
 * Rows of one problem, each with the cell that is meant.
 * @param {Desk} desk
 * @param {import('../engine.js').Diagnostic} note
 * @param {number} from
 * @param {number} count
 */
export async function problemRows(desk, { code, place: { column } }, from, count) {
  const { handle } = deskOf(desk);
  if (!handle) return [];
  const { rows } = await handle.problems({ code, ...(column ? { column } : {}) }, from, count);
  return rows.map(({ row, line, cells }) => {
    const cell = cells.find((one) => one.code === code && (!column || one.column === column)) ?? cells[0];
    return { row, line, cell };
  });
}

/** @param {Desk} desk */
export async function downloadCorrected(desk) {
  const { handle, file } = deskOf(desk);
  if (!handle || !file) return;
  const bytes = await busy('Writing the corrected file', (control) => handle.correctedCsv(control));
  download(bytes, `${stem(file.name)}-corrected.csv`, 'text/csv;charset=utf-8');
}
