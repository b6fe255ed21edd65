// @ts-check
/**
 * A list of the page as CSV that a spreadsheet opens as text: RFC 4180 with a byte order mark, a cell that would run as a
 * formula behind an apostrophe, as in the files that the engine writes.
 */

/**
 * @param {string[]} heads
 * @param {string[][]} rows
 */
export function csvOf(heads, rows) {
  return `\ufeff${[heads, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/** @param {string} text */
function cell(text) {
  const safe = /(^'*|[\t\r])\s*[=+\-@]/.test(text) && !isNumber(text) ? `'${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {string} text */
function isNumber(text) {
  return /^[+-]?[\d.]+%?$/.test(text);
}
