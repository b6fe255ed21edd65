// @ts-check
/** Says in one sentence what another reading of a file changed, from the receipts before and after. */

import { FIELD_LABELS } from './fields.js';
import { count, counted } from './format.js';

/**
 * @typedef {import('./engine.js').Receipt} Receipt
 * @typedef {import('./engine.js').ColumnReceipt} ColumnReceipt
 */

/** Parts named at most; the rest is counted. */
const MOST = 4;

/**
 * @param {Receipt} before
 * @param {Receipt} after
 * @returns {string} parts divided by semicolons, without a full stop
 */
export function difference(before, after) {
  const parts = [...bytes(before, after), ...columns(before, after), ...rows(before, after), ...problems(before, after)];
  if (parts.length === 0) return 'nothing reads differently';
  const more = parts.length - MOST;
  return more > 0 ? `${parts.slice(0, MOST).join('; ')}; and ${counted(more, 'more change', 'more changes')}` : parts.join('; ');
}

/**
 * @param {Receipt} before
 * @param {Receipt} after
 */
function bytes(before, after) {
  const parts = [];
  if (before.encoding !== after.encoding) parts.push(`read as ${after.encoding} instead of ${before.encoding}`);
  if (before.columns.length !== after.columns.length) parts.push(`${counted(after.columns.length, 'column', 'columns')} instead of ${count(before.columns.length)}`);
  return parts;
}

/**
 * @param {Receipt} before
 * @param {Receipt} after
 */
function columns(before, after) {
  const known = new Map(before.columns.map((column) => [column.name, column]));
  const pairs = after.columns.flatMap((now) => {
    const then = known.get(now.name);
    return then ? [{ then, now }] : [];
  });
  return [...written(pairs, after), ...held(pairs), ...readable(pairs, before, after)];
}

/**
 * Values that are written otherwise than was thought, counted together by their new way.
 * @param {{ then: ColumnReceipt, now: ColumnReceipt }[]} pairs
 * @param {Receipt} after
 */
function written(pairs, after) {
  /** @type {Map<string, number>} */
  const ways = new Map();
  for (const { then, now } of pairs) {
    if (then.type === now.type && then.format === now.format) continue;
    const way = `${{ date: 'date', number: 'number' }[now.type] ?? 'value'}|${wayOf(now)}`;
    ways.set(way, (ways.get(way) ?? 0) + after.rowsRead - now.nulls);
  }
  return [...ways].filter(([, n]) => n > 0).map(([way, n]) => {
    const [noun = '', as] = way.split('|');
    return `${counted(n, noun, `${noun}s`)} now read ${as}`;
  });
}

/** @param {ColumnReceipt} column */
function wayOf({ type, format }) {
  if (type === 'date') return `as ${dateWay(format)}`;
  if (type === 'number' && format.includes('1.234,5')) return 'with a decimal comma';
  if (type === 'number' && format.includes('1,234.5')) return 'with a decimal point';
  return `as ${{ number: 'numbers', boolean: 'yes or no', text: 'text' }[type] ?? type}`;
}

/**
 * How a date format is said to a person.
 * @param {string} format
 */
export function dateWay(format) {
  return format.replace('d/m/y', 'day/month/year').replace('m/d/y', 'month/day/year').replace('y-m-d', 'year-month-day');
}

/** @param {{ then: ColumnReceipt, now: ColumnReceipt }[]} pairs */
function held(pairs) {
  return pairs.filter(({ then, now }) => then.field !== now.field).map(({ now }) =>
    now.field ? `“${now.name}” is now ${(FIELD_LABELS[now.field] ?? now.field).toLowerCase()}` : `“${now.name}” is no longer used`);
}

/**
 * Cells that have a meaning now and had none, or the other way round.
 * @param {{ then: ColumnReceipt, now: ColumnReceipt }[]} pairs
 * @param {Receipt} before
 * @param {Receipt} after
 */
function readable(pairs, before, after) {
  if (before.rowsRead !== after.rowsRead) return [];
  let [more, fewer] = [0, 0];
  for (const { then, now } of pairs) {
    more += Math.max(0, then.nulls - now.nulls);
    fewer += Math.max(0, now.nulls - then.nulls);
  }
  return [
    ...(more > 0 ? [`${counted(more, 'value that was', 'values that were')} unreadable now ${more === 1 ? 'counts' : 'count'}`] : []),
    ...(fewer > 0 ? [`${counted(fewer, 'value is', 'values are')} no longer readable`] : []),
  ];
}

/**
 * @param {Receipt} before
 * @param {Receipt} after
 */
function rows(before, after) {
  const parts = [];
  if (before.rowsRead !== after.rowsRead) parts.push(`${counted(after.rowsRead, 'row', 'rows')} read instead of ${count(before.rowsRead)}`);
  const back = before.rowsExcluded - after.rowsExcluded;
  if (back > 0) parts.push(`${counted(back, 'row', 'rows')} back in`);
  if (back < 0) parts.push(`${counted(-back, 'row', 'rows')} more left out`);
  return parts;
}

/**
 * @param {Receipt} before
 * @param {Receipt} after
 */
function problems(before, after) {
  const named = (/** @type {Receipt} */ { diagnostics }) => new Set(diagnostics.map(({ code, place }) => `${code} ${place.column ?? ''}`));
  const [then, now] = [named(before), named(after)];
  const settled = [...then].filter((name) => !now.has(name)).length;
  const fresh = [...now].filter((name) => !then.has(name)).length;
  return [
    ...(settled > 0 ? [`${counted(settled, 'problem', 'problems')} settled`] : []),
    ...(fresh > 0 ? [`${counted(fresh, 'more problem', 'more problems')}`] : []),
  ];
}
