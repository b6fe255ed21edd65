// @ts-check
/**
 * What a person decided about the reading of a file, over what was found in it: how the bytes become rows, and which column is
 * what. Plain values that are replaced and never changed, so that each stands for one step that can be undone.
 */

/**
 * @typedef {{ decimal?: string, dateOrder?: 'ymd' | 'dmy' | 'mdy', type?: 'number' | 'date' | 'text' }} ColumnReading
 * @typedef {object} FileReading
 * @property {string} [delimiter]
 * @property {string} [encoding]
 * @property {any} [header]
 * @property {string} [decimal]
 * @property {'ymd' | 'dmy' | 'mdy'} [dateOrder]
 * @property {Record<string, ColumnReading>} [columns] by header
 * @typedef {{ read: FileReading, mapping: Record<string, string | null> }} Corrections
 * @typedef {import('./engine.js').Receipt} Receipt
 */

/** @type {Corrections} */
export const NO_CORRECTIONS = Object.freeze({ read: Object.freeze({}), mapping: Object.freeze({}) });

/** How many decisions were made. @param {Corrections} corrections */
export function decisions({ read, mapping }) {
  const { columns = {}, ...file } = read;
  const inColumns = Object.values(columns).reduce((sum, column) => sum + Object.keys(column).length, 0);
  return Object.keys(file).length + inColumns + Object.keys(mapping).length;
}

/**
 * A decision about the whole file; an empty one takes the decision back.
 * @param {Corrections} corrections
 * @param {Exclude<keyof FileReading, 'columns'>} key
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
 * @param {{ [K in keyof ColumnReading]: ColumnReading[K] | '' }} change
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
 * Puts a ready-made change on top, such as the fix of a problem.
 * @param {Corrections} corrections
 * @param {{ read?: FileReading, mapping?: Record<string, string | null> }} patch
 * @returns {Corrections}
 */
export function merged(corrections, { read = {}, mapping = {} }) {
  const { columns = {}, ...file } = read;
  let next = /** @type {Corrections} */ ({ read: { ...corrections.read, ...file }, mapping: { ...corrections.mapping, ...mapping } });
  for (const [name, change] of Object.entries(columns)) next = withColumns(next, [name], /** @type {any} */ (change));
  return next;
}

/** @param {unknown} value */
function isBlank(value) {
  return value === undefined || value === null || value === '';
}
