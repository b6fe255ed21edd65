// @ts-check
/** Writes figures for people: one formatter per kind, kept, with the page's language. Changes no figure. */

const locale = document.documentElement.lang || 'en';

const plurals = new Intl.PluralRules(locale);
const lists = new Intl.ListFormat(locale);
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
const months = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });

/** @type {Map<string, Intl.NumberFormat>} */
const kept = new Map();

/**
 * @param {Intl.NumberFormatOptions} options
 * @returns {Intl.NumberFormat}
 */
function formatter(options) {
  const key = JSON.stringify(options);
  const found = kept.get(key);
  if (found) return found;
  const made = new Intl.NumberFormat(locale, options);
  kept.set(key, made);
  return made;
}

/** What stands where there is no figure. */
export const NONE = '–';

/** @param {number | null | undefined} value */
export function count(value) {
  return value === null || value === undefined ? NONE : formatter({ maximumFractionDigits: 0 }).format(value);
}

/**
 * @param {number | null | undefined} value
 * @param {number} [digits] most decimals shown
 */
export function number(value, digits = 2) {
  return value === null || value === undefined ? NONE : formatter({ maximumFractionDigits: digits }).format(value);
}

/**
 * A figure of a column, every row with the same decimals.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function fixed(value, digits = 1) {
  if (value === null || value === undefined) return NONE;
  return formatter({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/**
 * A share; one that is not quite none or all is never told as such.
 * @param {number | null | undefined} value a share in [0, 1]
 * @param {number} [digits]
 */
export function percent(value, digits = 0) {
  if (value === null || value === undefined) return NONE;
  const { format } = formatter({ style: 'percent', maximumFractionDigits: digits });
  // Written as in all sentences, and never parted from its sign.
  const spaced = (/** @type {number} */ share) => format(share).replace(/\s?%/, '\u{A0}%');
  const step = 10 ** -(digits + 2);
  if (value > 0 && value < step / 2) return `<${spaced(step)}`;
  if (value < 1 && value > 1 - step / 2) return `>${spaced(1 - step)}`;
  return spaced(value);
}

/**
 * @param {number | null | undefined} value in major units
 * @param {string | null | undefined} currency ISO 4217, or nothing for a bare figure
 */
export function money(value, currency) {
  if (value === null || value === undefined) return NONE;
  const whole = { maximumFractionDigits: 0 };
  return formatter(currency ? { style: 'currency', currency, ...whole } : whole).format(value);
}

/**
 * @param {number | null | undefined} value in major units
 * @param {string | null | undefined} currency
 */
export function shortMoney(value, currency) {
  if (value === null || value === undefined) return NONE;
  /** @type {Intl.NumberFormatOptions} */
  const compact = { notation: 'compact', maximumSignificantDigits: 3 };
  return formatter(currency ? { style: 'currency', currency, ...compact } : compact).format(value);
}

/** The simulation error beside an estimate: `± $3K`. @param {{ error: number }} estimate @param {string} currency */
export function off({ error }, currency) {
  return `± ${shortMoney(error, currency)}`;
}

/** @param {string | null | undefined} iso `2025-02-15` */
export function date(iso) {
  if (!iso) return NONE;
  const at = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return iso;
  return days.format(at);
}

/** @param {number} month 1 to 12 */
export function month(month) {
  return months.format(new Date(Date.UTC(2024, month - 1, 1)));
}

/** @param {number} bytes */
export function size(bytes) {
  const [unit, scale] = bytes < 1e6 ? ['kilobyte', 1e3] : ['megabyte', 1e6];
  return formatter({ style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / scale);
}

/**
 * @param {number} n
 * @param {string} one
 * @param {string} many
 */
export function counted(n, one, many) {
  return `${count(n)} ${plurals.select(n) === 'one' ? one : many}`;
}

/** Parts of a sentence: a, b, and c. @param {string[]} parts */
export function listed(parts) {
  return lists.format(parts);
}

/** @param {string} kebab `best-case` */
export function words(kebab) {
  const text = kebab.replaceAll('-', ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A change, with its sign. @param {number} value */
export function signed(value) {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}
