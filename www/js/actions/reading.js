// @ts-check
/**
 * Corrects how a file is read. The file is read again from memory; what changed is said in one sentence, and each step can be
 * undone. Corrections are kept by header set, so the next export of the same report is read the same way.
 */

import { difference } from '../changes.js';
import { NO_CORRECTIONS, decisions, withChange, withColumns, withField, withFile } from '../corrections.js';
import * as engine from '../engine.js';
import { changed, deskOf, freshReading, state } from '../state.js';
import { headerSet } from '../storage.js';
import { askOn, supersede } from './asking.js';
import { proposeAsOf, simulate } from './forecast.js';
import { pickValues, rescore } from './leads.js';
import { save } from './page.js';
import { announce, busy, isCancelled, problemOf } from './work.js';

/** @import { Corrections, Desk, FurtherFile, OpenedFile, Reading } from '../state.js' */

/**
 * Reads a file for the first time: as it is found, and then with the corrections kept for its headers.
 * @param {Desk} desk
 * @param {OpenedFile} file
 * @param {import('./work.js').Control} control
 * @returns {Promise<{ handle: any, files: FurtherFile[], receipt: import('../state.js').Receipt, reading: Reading }>}
 */
export async function firstReading(desk, file, control) {
  const first = await read(desk, file, NO_CORRECTIONS, control);
  const headers = headerSet(first.receipt.columns.map(({ name }) => name));
  const reading = { ...freshReading(), found: first.receipt, headers };
  const corrections = state.kept.corrections[headers];
  if (!corrections) return { ...first, reading };
  const again = await read(desk, file, corrections, control).catch((error) => {
    first.handle.dispose();
    throw error;
  });
  first.handle.dispose();
  const said = `Read with your ${decisions(corrections) === 1 ? 'correction' : 'corrections'} from last time: ${difference(first.receipt, again.receipt)}.`;
  return { ...again, reading: { ...reading, corrections, past: [NO_CORRECTIONS], said } };
}

/**
 * @param {Desk} desk
 * @param {OpenedFile} file
 * @param {Corrections} corrections
 * @param {import('./work.js').Control} control
 * @param {FurtherFile[]} [beside] further files to take in
 */
async function read(desk, file, { read, mapping }, control, beside = []) {
  const open = desk === 'leads' ? engine.openLeads : engine.openDeals;
  /** @type {any} */
  const handle = await open(file.source, { ...control, mapping: { ...file.insisted, ...mapping }, read: { ...read, name: file.name } });
  const files = [];
  for (const further of beside) files.push(further.attached ? await attach(handle, further, control) : further);
  return { handle, files, receipt: /** @type {import('../state.js').Receipt} */ (await handle.receipt()) };
}

/**
 * @param {any} handle
 * @param {FurtherFile} further
 * @param {import('./work.js').Control} control
 * @returns {Promise<FurtherFile>}
 */
async function attach(handle, further, control) {
  try {
    return { ...further, attached: await handle.attach(further.source, { ...control, on: further.on, read: { name: further.name } }) };
  } catch (error) {
    if (isCancelled(error)) throw error;
    return { ...further, attached: null, problem: problemOf(error) };
  }
}

/** Changes wait for one another: each starts from what the one before made. */
let last = Promise.resolve();

/**
 * @param {Desk} desk
 * @param {(reading: Reading) => { to: Corrections, past: Corrections[], future: Corrections[], how: string } | null} step
 */
function take(desk, step) {
  last = last.then(async () => {
    const { handle, receipt, reading } = deskOf(desk);
    const next = handle && receipt ? step(reading) : null;
    if (!next || !(await readAgain(desk, next.to))) return;
    const part = deskOf(desk);
    part.reading = { ...part.reading, corrections: next.to, past: next.past, future: next.future, refused: null };
    part.panel = { ...part.panel, picking: '', problem: null };
    keepCorrections(part.reading);
    await (desk === 'leads' ? rescore() : simulate());
    if (!receipt || !part.receipt) return;
    part.reading.said = `${next.how}${sentence(difference(receipt, part.receipt), next.how === '')}`;
    announce(part.reading.said);
  }).catch((error) => {
    deskOf(desk).problem = problemOf(error);
    changed();
  });
  return last;
}

/**
 * @param {string} text
 * @param {boolean} isFirst
 */
function sentence(text, isFirst) {
  return `${isFirst ? text.charAt(0).toUpperCase() + text.slice(1) : text}.`;
}

/** Reads the open file as it is read now, with other files beside it. @param {Desk} desk @param {FurtherFile[]} files */
export function readAnew(desk, files) {
  return readAgain(desk, deskOf(desk).reading.corrections, files);
}

/**
 * Reads the open file with other corrections; what stands, stays if that cannot be.
 * @param {Desk} desk
 * @param {Corrections} corrections
 * @param {FurtherFile[]} [files]
 * @returns {Promise<boolean>}
 */
async function readAgain(desk, corrections, files = deskOf(desk).files) {
  const before = deskOf(desk);
  const { file, handle } = before;
  if (!file) return false;
  if (desk === 'forecast') supersede();
  try {
    return await busy(`Reading ${file.name} again`, async (control) => {
      const opened = await read(desk, file, corrections, control, files);
      if (deskOf(desk).handle !== handle) {
        opened.handle.dispose();
        return false;
      }
      handle?.dispose();
      if (desk === 'leads') {
        const values = await pickValues(opened.handle, opened.receipt);
        state.leads = { ...state.leads, ...opened, values, selected: null, explanation: null, problem: null };
      } else {
        const { asOf } = state.deals;
        const proposed = asOf.isSet ? asOf : proposeAsOf(await opened.handle.proposedAsOf());
        state.deals = { ...state.deals, ...opened, asOf: proposed, problem: null };
      }
      return true;
    });
  } catch (error) {
    if (isCancelled(error)) announce('Stopped; the file is read as before.');
    else before.reading.refused = { ...problemOf(error), title: 'The file cannot be read that way, so it is read as before' };
    if (desk === 'forecast') void askOn();
    changed();
    return false;
  }
}

/** @param {Reading} reading */
function keepCorrections({ headers, corrections }) {
  const { [headers]: _, ...others } = state.kept.corrections;
  state.kept.corrections = decisions(corrections) > 0 ? { ...others, [headers]: corrections } : others;
  save();
}

/**
 * @param {Desk} desk
 * @param {(corrections: Corrections, reading: Reading) => Corrections} change
 */
function correct(desk, change) {
  return take(desk, (reading) => {
    const to = change(reading.corrections, reading);
    if (JSON.stringify(to) === JSON.stringify(reading.corrections)) return null;
    return { to, past: [...reading.past, reading.corrections], future: [], how: '' };
  });
}

/**
 * @param {Desk} desk
 * @param {string} key
 * @param {any} value nothing for what was found
 */
export function correctFile(desk, key, value) {
  return correct(desk, (corrections) => withFile(corrections, key, value));
}

/**
 * @param {Desk} desk
 * @param {string[]} names of columns
 * @param {Record<string, any>} change an empty value for what was found
 */
export function correctColumns(desk, names, change) {
  return correct(desk, (corrections) => withColumns(corrections, names, change));
}

/**
 * @param {Desk} desk
 * @param {string} column
 * @param {string | null | undefined} field `null` for not used, `undefined` for what was found
 */
export function correctField(desk, column, field) {
  return correct(desk, (corrections, { found }) => {
    const { receipt } = deskOf(desk);
    return receipt ? withField(corrections, column, field, receipt, found) : corrections;
  });
}

/**
 * Takes a change that the engine offers, such as the fix of a problem.
 * @param {Desk} desk
 * @param {{ options?: object, mapping?: Record<string, string | null> }} fix
 */
export function applyFix(desk, fix) {
  return correct(desk, (corrections) => withChange(corrections, fix));
}

/** @param {Desk} desk */
export function undo(desk) {
  return take(desk, ({ corrections, past, future }) => {
    const to = past.at(-1);
    return to ? { to, past: past.slice(0, -1), future: [...future, corrections], how: 'Undone: ' } : null;
  });
}

/** @param {Desk} desk */
export function redo(desk) {
  return take(desk, ({ corrections, past, future }) => {
    const to = future.at(-1);
    return to ? { to, past: [...past, corrections], future: future.slice(0, -1), how: 'Done again: ' } : null;
  });
}

/** @param {Desk} desk */
export function resetReading(desk) {
  return take(desk, ({ corrections, past }) => {
    if (decisions(corrections) === 0) return null;
    return { to: NO_CORRECTIONS, past: [...past, corrections], future: [], how: 'Read as it was found: ' };
  });
}

/**
 * Ctrl+Z and its kin, for the open tab.
 * @param {KeyboardEvent} event
 */
export function undoKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || state.tab === 'model') return;
  const target = /** @type {Element | null} */ (event.target);
  if (target?.closest('input, textarea, select, [contenteditable]')) return;
  const key = event.key.toLowerCase();
  const forward = key === 'y' || (key === 'z' && event.shiftKey);
  if (key !== 'z' && key !== 'y') return;
  event.preventDefault();
  return forward ? redo(state.tab) : undo(state.tab);
}

/**
 * Has the engine say what some cells mean under each way of reading.
 * @param {Desk} desk
 * @param {'date' | 'number'} type
 * @param {string[]} samples
 */
export async function readBothWays(desk, type, samples) {
  const { reading } = deskOf(desk);
  const asked = samples.filter((text) => !(`${type} ${text}` in reading.readings));
  if (asked.length === 0) return;
  // Asked once, whatever comes of it.
  for (const text of asked) reading.readings[`${type} ${text}`] = {};
  for (const way of type === 'date' ? ['dmy', 'mdy'] : ['point', 'comma']) {
    const meant = await engine.meanings(asked, type, way).catch(() => []);
    asked.forEach((text, i) => Object.assign(reading.readings[`${type} ${text}`] ?? {}, { [way]: meant[i] ?? '' }));
  }
  changed();
}
