// @ts-check
/** Several files: which one a tab is about, which stand beside it, and where a file belongs that was dropped elsewhere. */

import * as engine from '../engine.js';
import { freshLearning } from '../learning.js';
import { homeOf, mainOf, replaces, rowsOf } from '../kinds.js';
import { changed, deskOf, state } from '../state.js';
import { askOn, supersede } from './asking.js';
import { simulate } from './forecast.js';
import { pickValues, rescore } from './leads.js';
import { openFile, showTab } from './page.js';
import { readAnew } from './reading.js';
import { announce, busy, isCancelled, problemOf } from './work.js';

/** @import { Desk, FurtherFile, OpenedFile } from '../state.js' */

/** Files dropped or chosen together, or one beside an open one: each goes where it belongs. @param {Desk} desk @param {File[]} files */
export async function openFiles(desk, files) {
  const [first] = files;
  if (!first || state.engine !== 'ready') return;
  const open = deskOf(desk).receipt;
  if (files.length === 1 && !open) return openFile(desk, first);
  const understood = await kindsOf(desk, files);
  if (!understood) return;
  const taken = understood.filter(({ kind }) => !open || !replaces(desk, kind, open.kind));
  const main = files.length === 1 && taken.length === 0 ? 0 : open && taken.length === files.length ? -1 : mainOf(desk, understood.map(({ kind }) => kind));
  if (main < 0 && !open) return misplace(desk, /** @type {Understood} */ (understood[0]));
  if (main >= 0) {
    await openFile(desk, /** @type {Understood} */ (understood[main]).file);
    if (!deskOf(desk).receipt || deskOf(desk).problem) return;
  }
  await addAll(desk, understood.filter((_, i) => i !== main));
}

/** Files chosen in a tab: one takes the place of what is open, several go where they belong. @param {Desk} desk @param {File[]} files */
export async function chooseFiles(desk, files) {
  const [first] = files;
  if (files.length === 1 && first) await openFile(desk, first);
  else await openFiles(desk, files);
}

/** @typedef {{ file: File, kind: string, columns: string[] }} Understood */

/**
 * @param {Desk} desk
 * @param {File[]} files
 * @returns {Promise<Understood[] | null>}
 */
async function kindsOf(desk, files) {
  try {
    return await busy('Looking at the files', async (control) => {
      /** @type {Understood[]} */
      const all = [];
      for (const file of files) {
        const { kind, columns } = await engine.understand(file, control);
        all.push({ file, kind, columns: columns.map(({ name }) => name) });
      }
      return all;
    });
  } catch (error) {
    if (isCancelled(error)) announce('Stopped.');
    else deskOf(desk).problem = problemOf(error);
    changed();
    return null;
  }
}

/** Files that are to stand beside the open one. @param {Desk} desk @param {File[]} files */
export async function addFiles(desk, files) {
  const understood = await kindsOf(desk, files);
  if (understood) await addAll(desk, understood);
}

/**
 * Adds files to the one that is open, and works it out again.
 * @param {Desk} desk
 * @param {Understood[]} files
 */
export async function addAll(desk, files) {
  let isAdded = false;
  for (const { file, kind, columns } of files) {
    isAdded = (await add(desk, { name: file.name, size: file.size, source: file, kind, columns, attached: null, problem: null })) || isAdded;
  }
  if (!isAdded) return;
  await (desk === 'leads' ? rescore() : simulate());
  const { files: all } = deskOf(desk);
  announce(all.map(({ name, attached }) => (attached ? `${name}: ${attached.join ? `${attached.join.matched} matched` : 'added'}` : `${name} could not be added`)).join('. '));
}

/**
 * @param {Desk} desk
 * @param {FurtherFile} further
 * @returns {Promise<boolean>} whether it stands beside the open file now
 */
async function add(desk, further) {
  const { handle } = deskOf(desk);
  if (!handle) return false;
  if (desk === 'forecast') supersede();
  const part = deskOf(desk);
  part.panel = { ...part.panel, isOpen: true, part: 'files' };
  // Until the list is scored again there are no rows to show.
  const { order } = state.leads;
  if (desk === 'leads') state.leads.order = null;
  try {
    const attached = await busy(`Adding ${further.name}`, (control) => handle.attach(further.source, { ...control, on: further.on, read: { name: further.name } }));
    if (deskOf(desk).handle !== handle) return false;
    // What was forecast of the file alone can no longer be asked about.
    if (desk === 'forecast') state.deals.by = null;
    deskOf(desk).files = [...deskOf(desk).files, { ...further, attached }];
    deskOf(desk).receipt = await handle.receipt();
    // A further file may tell how rows ended.
    if (state.leads.handle === handle) state.leads.learning = freshLearning();
    if (state.leads.handle === handle) state.leads.values = await pickValues(state.leads.handle, await handle.receipt());
    changed();
    return true;
  } catch (error) {
    if (isCancelled(error)) announce('Stopped.');
    else deskOf(desk).files = [...deskOf(desk).files, { ...further, problem: problemOf(error) }];
    if (desk === 'leads' && state.leads.handle === handle) state.leads.order = order;
    if (desk === 'forecast') void askOn();
    changed();
    return false;
  }
}

/**
 * Adds a file again, by the columns that a person says belong together.
 * @param {Desk} desk
 * @param {number} index
 * @param {{ left: string, right: string }} on
 */
export async function joinBy(desk, index, on) {
  const part = deskOf(desk);
  const further = part.files[index];
  if (!further || !on.left || !on.right) return;
  part.files = part.files.filter((_, i) => i !== index);
  if (await add(desk, { ...further, on: [on], attached: null, problem: null })) await (desk === 'leads' ? rescore() : simulate());
}

/** Takes a further file away again: the others are read anew. @param {Desk} desk @param {number} index */
export async function removeFile(desk, index) {
  const part = deskOf(desk);
  const removed = part.files[index];
  if (!removed) return;
  const files = part.files.filter((_, i) => i !== index);
  if (!removed.attached) {
    part.files = files;
    return changed();
  }
  if (!(await readAnew(desk, files))) return;
  await (desk === 'leads' ? rescore() : simulate());
  announce(`${removed.name} is removed.`);
}

/**
 * A file of another kind than the tab is about: it is offered where it belongs.
 * @param {Desk} desk
 * @param {Understood} found
 */
export function misplace(desk, found) {
  deskOf(desk).misplaced = found;
  deskOf(desk).problem = null;
  announce(`${found.file.name} holds ${rowsOf(found.kind)}.`);
}

/** @param {Desk} desk */
export function dropMisplaced(desk) {
  deskOf(desk).misplaced = null;
  changed();
}

/**
 * What to do about an error of opening: a file of another kind is offered where it belongs.
 * @param {Desk} desk
 * @param {OpenedFile} file
 * @param {unknown} error
 * @returns {Promise<boolean>} whether that was it
 */
export async function isMisplaced(desk, file, error) {
  if (/** @type {any} */ (error)?.code !== 'wrong-kind' || !(file.source instanceof File)) return false;
  const understood = await kindsOf(desk, [file.source]);
  const [found] = understood ?? [];
  if (found) misplace(desk, found);
  return Boolean(found);
}

/** Opens a misplaced file all the same, each column as what it is taken for. @param {Desk} desk */
export async function insist(desk) {
  const { misplaced } = deskOf(desk);
  if (!misplaced) return;
  const { columns } = await engine.understand(misplaced.file, {});
  dropMisplaced(desk);
  const known = columns.filter(({ field }) => field).map(({ name, field }) => [name, field]);
  await openFile(desk, misplaced.file, Object.fromEntries(known.length > 0 ? known : columns.slice(0, 1).map(({ name }) => [name, null])));
}

/** Opens a misplaced file in the tab that is about its kind. @param {Desk} desk */
export async function openAtHome(desk) {
  const { misplaced } = deskOf(desk);
  const home = misplaced && homeOf(misplaced.kind);
  if (!home) return;
  dropMisplaced(desk);
  await openFile(home, misplaced.file);
}

/** Adds a misplaced file to what is open in a tab. @param {Desk} desk @param {Desk} to */
export async function addMisplaced(desk, to) {
  const { misplaced } = deskOf(desk);
  if (!misplaced) return;
  dropMisplaced(desk);
  showTab(to);
  await addAll(to, [misplaced]);
}
