// An Excel workbook as the delimited text of one of its sheets, so that everything behind reads one kind of file.

import readWorkbook from 'read-excel-file/universal';
import { WorkbookLimit } from './unzip.js';

/** @typedef {{ text: Uint8Array, sheet: string, others: string[] }} Sheet */

const ZIP = [0x50, 0x4b, 0x03, 0x04];

/** Whether bytes begin as a zip archive does, which every workbook is. @param {Uint8Array} start */
export function isArchive(start) {
  return ZIP.every((byte, at) => start[at] === byte);
}

/**
 * Reads one sheet: the one asked for, else the one with most rows.
 *
 * @param {ArrayBuffer} workbook
 * @param {string} [wanted] the sheet's name
 * @returns {Promise<Sheet | undefined>} nothing for an archive that is no workbook
 * @throws {WorkbookLimit} if it is too large
 * @throws {RangeError} if there is no such sheet
 */
export async function readSheet(workbook, wanted) {
  /** @type {{ sheet: string, data: unknown[][] }[]} */
  let sheets;
  try {
    // Numbers come as the workbook holds them, not as whatever they were rounded to on the way.
    sheets = /** @type {any} */ (await readWorkbook(workbook, { trim: false, parseNumber: number }));
  } catch (error) {
    if (error instanceof WorkbookLimit) throw error;
    return undefined;
  }
  const named = sheets.find(({ sheet }) => sheet === wanted);
  if (wanted !== undefined && !named) {
    const names = sheets.map(({ sheet }) => `\`${sheet}\``).join(', ');
    throw new RangeError(`the workbook has no sheet \`${wanted}\` (it has ${names})`);
  }
  const found = named ?? sheets.reduce((most, one) => (one.data.length > most.data.length ? one : most), sheets[0] ?? EMPTY);
  const others = sheets.map(({ sheet }) => sheet).filter((sheet) => sheet !== found.sheet);
  return { text: delimited(found.data), sheet: found.sheet, others };
}

const EMPTY = { sheet: '', data: [] };

/** Excel computes with 15 digits; what stands behind them is noise of the binary form. @param {string} text */
function number(text) {
  return /^-?\d{1,15}$/.test(text) ? text : String(Number(Number(text).toPrecision(15)));
}

/** @param {unknown[][]} rows */
function delimited(rows) {
  const encoder = new TextEncoder();
  /** @type {Uint8Array[]} */
  const pieces = [];
  // In pieces: one string of a whole sheet may be longer than a string can be.
  for (let from = 0; from < rows.length; from += 4096) {
    const lines = rows.slice(from, from + 4096).map((row) => `${row.map(cell).join(',')}\n`);
    pieces.push(encoder.encode(lines.join('')));
  }
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** @param {unknown} value */
function cell(value) {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return day(value);
  const text = String(value);
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A day, with its time unless that is midnight. @param {Date} date */
function day(date) {
  if (Number.isNaN(date.getTime())) return '';
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19);
}
