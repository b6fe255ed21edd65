// @ts-check
/** What the rows of a file can be, where such a file belongs on the page, and what it brings beside the one that is open. */

/** @import { Desk } from './state.js' */

/** @type {Record<string, { rows: string, brings: string }>} */
const KINDS = {
  leads: { rows: 'leads', brings: 'their columns' },
  contacts: { rows: 'contacts', brings: 'titles, roles and departments' },
  accounts: { rows: 'accounts', brings: 'size, industry and country of the companies' },
  deals: { rows: 'deals', brings: 'which leads became deals' },
  activities: { rows: 'activities', brings: 'the last touch and how many there were' },
  contracts: { rows: 'contracts', brings: 'what customers have already' },
  quotas: { rows: 'quotas', brings: 'what has to be reached' },
  reps: { rows: 'sales people', brings: 'teams and managers' },
  'stage-history': { rows: 'a history of stages', brings: 'how fast deals of each stage close and move on' },
  products: { rows: 'products', brings: 'prices and families of what is sold' },
  stages: { rows: 'stages of a sales process', brings: 'the names and chances of stages' },
  'line-items': { rows: 'line items of deals', brings: 'their columns' },
  unknown: { rows: 'rows of a kind that is not recognised', brings: 'their columns' },
};

/** Kinds that a tab is about, the best first. @type {Record<Desk, string[]>} */
const MAIN = { leads: ['leads', 'contacts', 'accounts'], forecast: ['deals'] };

/** @param {string} kind */
export function rowsOf(kind) {
  return KINDS[kind]?.rows ?? kind;
}

/** What such a file gives to the one that is open. @param {string} kind */
export function brings(kind) {
  return KINDS[kind]?.brings ?? 'its columns';
}

/**
 * Which of several files a tab is about; none if they all go beside one.
 * @param {Desk} desk
 * @param {string[]} kinds
 */
export function mainOf(desk, kinds) {
  for (const kind of [...MAIN[desk], 'unknown']) {
    const at = kinds.indexOf(kind);
    if (at >= 0) return at;
  }
  return -1;
}

/**
 * The tab that a file can be opened in on its own.
 * @param {string} kind
 * @returns {Desk | null}
 */
export function homeOf(kind) {
  if (MAIN.forecast.includes(kind)) return 'forecast';
  return MAIN.leads.includes(kind) ? 'leads' : null;
}

/**
 * Whether a dropped file takes the place of the one that is open, and does not stand beside it.
 * @param {Desk} desk
 * @param {string} kind
 * @param {string} open kind of the open file
 */
export function replaces(desk, kind, open) {
  return kind === open || kind === MAIN[desk][0] || kind === 'unknown';
}
