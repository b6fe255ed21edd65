// @ts-check
/**
 * Keeps what the user set up, never what the user dropped: one versioned key, at most 64 KB. A browser that refuses to store
 * costs the next visit its settings and nothing else.
 */

const KEY = 'leadcast';
const VERSION = 1;
const LIMIT = 64 * 1024;
const FILES = 20;

/**
 * @typedef {object} Kept
 * @property {object | null} model the whole operating model; nothing when a preset is used as it is
 * @property {string} preset
 * @property {import('./picks.js').Picks} picks
 * @property {boolean} asked whether "Who do you sell to?" was answered or skipped
 * @property {number | null} quota
 * @property {'month' | 'quarter' | 'year'} period
 * @property {'own' | 'stage'} dealProbability whether a deal counts with its own probability, where the file has one, or its stage's
 * @property {'auto' | 'hazards' | 'dates'} timing what decides when deals close
 * @property {Record<string, import('./corrections.js').Corrections>} corrections how files are read, by header set
 */

/** @returns {Kept} */
export function nothingKept() {
  return { model: null, preset: 'sales-led', picks: {}, asked: false, quota: null, period: 'quarter', dealProbability: 'own', timing: 'auto', corrections: {} };
}

/** @returns {Kept} */
export function recall() {
  try {
    const text = localStorage.getItem(KEY);
    if (!text || text.length > LIMIT) return nothingKept();
    const { version, mappings = {}, ...kept } = JSON.parse(text);
    if (version !== VERSION) return nothingKept();
    // An earlier page kept the mapping alone.
    const mapped = Object.entries(mappings).map(([headers, mapping]) => [headers, { read: {}, mapping }]);
    return { ...nothingKept(), corrections: Object.fromEntries(mapped), ...kept };
  } catch {
    return nothingKept();
  }
}

/**
 * @param {Kept} kept
 * @returns {boolean} whether everything fitted and the browser took it
 */
export function keep(kept) {
  const corrections = Object.entries(kept.corrections).slice(-FILES);
  try {
    for (;;) {
      const text = JSON.stringify({ version: VERSION, ...kept, corrections: Object.fromEntries(corrections) });
      if (text.length <= LIMIT) {
        localStorage.setItem(KEY, text);
        return true;
      }
      if (corrections.length === 0) return false;
      corrections.shift();
    }
  } catch {
    return false;
  }
}

/** Removes every trace this page keeps in the browser. */
export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing could be stored, so nothing is left.
  }
}

/**
 * Names a set of headers, whatever their order. FNV-1a, 32 bits: a collision would only offer corrections that then do not fit.
 * @param {string[]} headers
 */
export function headerSet(headers) {
  let hash = 0x811c9dc5;
  for (const character of [...headers].sort().join('\u0000')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return `${headers.length}-${(hash >>> 0).toString(36)}`;
}
