// @ts-check
/** What the file itself cannot decide: columns whose dates or numbers can be read two ways. */

/**
 * @typedef {import('./engine.js').Receipt} Receipt
 * @typedef {{ type: 'date' | 'number', columns: string[], used: string, count: number, samples: string[] }} Question
 */

/** Cells that the engine is asked about; of those that differ, a few are shown. */
const ASKED = 8;

const CODES = /** @type {const} */ ([['ambiguous-date', 'date'], ['ambiguous-number', 'number']]);

/**
 * One question per sort of value; its answer is meant for all the columns it is asked about.
 * @param {Receipt} receipt
 * @returns {Question[]}
 */
export function questionsOf(receipt) {
  return CODES.flatMap(([code, type]) => {
    const notes = receipt.diagnostics.filter((note) => note.code === code && note.place.column);
    const open = receipt.columns.filter(({ name }) => notes.some(({ place }) => place.column === name));
    const [first] = open;
    // Dates in an order that another column settles are read like that one.
    if (!first || (type === 'date' && isSettled(receipt, open))) return [];
    const samples = new Set(notes.flatMap(({ sample }) => sample || []));
    for (const { examples } of open) for (const text of examples) if (samples.size < ASKED) samples.add(text);
    return [{
      type, columns: open.map(({ name }) => name), used: wayOf(type, first.format), samples: [...samples].slice(0, ASKED),
      count: notes.reduce((sum, note) => sum + note.count, 0),
    }];
  });
}

/**
 * @param {Receipt} receipt
 * @param {Receipt['columns']} open
 */
function isSettled(receipt, open) {
  return receipt.columns.some((column) => column.type === 'date' && !open.includes(column) && /^[dm]\/[dm]\/y/.test(column.format));
}

/**
 * The reading in force, in the words of the read options.
 * @param {'date' | 'number'} type
 * @param {string} format
 */
export function wayOf(type, format) {
  if (type === 'date') return format.startsWith('m/d/y') ? 'mdy' : format.startsWith('y-m-d') ? 'ymd' : 'dmy';
  return format.includes('1.234,5') ? 'comma' : 'point';
}
