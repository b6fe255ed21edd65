// @ts-check
/**
 * What a person decided about the reading of a file, over what was found in it: how the bytes become rows, and which column is
 * what. Plain values that are replaced and never changed, so that each stands for one step that can be undone.
 */

/**
 * @typedef {Record<string, any> & { columns?: Record<string, Record<string, any>> }} FileReading as the read options of the package
 * @typedef {{ read: FileReading, mapping: Record<string, string | null> }} Corrections
 * @typedef {import('./engine.js').Receipt} Receipt
 */

/** @type {Corrections} */
export const NO_CORRECTIONS = Object.freeze({ read: Object.freeze({}), mapping: Object.freeze({}) });

/** How many decisions were made. @param {Corrections} corrections */
export function decisions({ read, mapping }) {
  const { columns = {}, ...file } = read;
  const leaves = (/** @type {object} */ part) => Object.values(part).reduce((sum, value) => sum + (typeof value === 'object' && value !== null ? Object.keys(value).length : 1), 0);
  return leaves(file) + leaves(columns) + Object.keys(mapping).length;
}

/**
 * A decision about the whole file; an empty one takes the decision back.
 * @param {Corrections} corrections
 * @param {string} key
 * @param {any} value
 * @returns {Corrections}
 */
export function withFile(corrections, key, value) {
  const { [key]: _, ...rest } = corrections.read;
  return { ...corrections, read: isBlank(value) ? rest : { ...rest, [key]: value } };
}

/**
 * A decision about how the values of some columns are written; empty ones take a decision back.
 * @param {Corrections} corrections
 * @param {string[]} names
 * @param {Record<string, any>} change
 * @returns {Corrections}
 */
export function withColumns(corrections, names, change) {
  const columns = { ...corrections.read.columns };
  for (const name of names) {
    const entries = Object.entries({ ...columns[name], ...change }).filter(([, value]) => !isBlank(value));
    if (entries.length > 0) columns[name] = Object.fromEntries(entries);
    else delete columns[name];
  }
  const { columns: _, ...rest } = corrections.read;
  return { ...corrections, read: Object.keys(columns).length > 0 ? { ...rest, columns } : rest };
}

/**
 * A decision about what a column holds. A field belongs to one column, so another column that was taken for it lets go.
 * @param {Corrections} corrections
 * @param {string} column
 * @param {string | null | undefined} field `null` leaves the column out, `undefined` takes the decision back
 * @param {Receipt} receipt of the reading in force
 * @param {Receipt | null} found the reading without corrections
 * @returns {Corrections}
 */
export function withField(corrections, column, field, receipt, found) {
  const { [column]: released, ...mapping } = corrections.mapping;
  if (field === undefined) {
    // Whoever had to let go of the field has it again.
    for (const other of found?.columns ?? []) if (released && other.field === released && mapping[other.name] === null) delete mapping[other.name];
    return { ...corrections, mapping };
  }
  if (field !== null) {
    for (const other of receipt.columns) if (other.field === field && other.name !== column) mapping[other.name] = null;
  }
  return { ...corrections, mapping: { ...mapping, [column]: field } };
}

/**
 * Puts a ready-made change on top, such as the fix of a problem: what it names counts, the rest stays.
 * @param {Corrections} corrections
 * @param {{ options?: object, mapping?: Record<string, string | null> }} change
 * @returns {Corrections}
 */
export function withChange(corrections, { options = {}, mapping = {} }) {
  return { read: laidOver(corrections.read, options), mapping: { ...corrections.mapping, ...mapping } };
}

/**
 * @param {any} under
 * @param {any} over
 * @returns {any}
 */
function laidOver(under, over) {
  const isObject = (/** @type {any} */ value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(under) || !isObject(over)) return over;
  const out = { ...under };
  for (const [key, value] of Object.entries(over)) out[key] = laidOver(out[key], value);
  return out;
}

/** @param {unknown} value */
function isBlank(value) {
  return value === undefined || value === null || value === '';
}
