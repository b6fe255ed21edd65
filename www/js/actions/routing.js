// @ts-check
/** The Leads tab, routing: the queues that somebody has to look at, and the line for an MQL that fits what can be worked. */

import { changed, state } from '../state.js';
import { changeModel } from './model.js';
import { filterLeads } from './leads.js';
import { announce, busy, download, isCancelled, newest, problemOf } from './work.js';

/** @param {Partial<import('../state.js').RoutingDesk>} change */
function put(change) {
  state.leads.routing = { ...state.leads.routing, ...change };
  changed();
}

/** @param {import('../state.js').QueueName} queue */
export function showQueue(queue) {
  put({ queue });
}

/** Every lead of a queue, in the ranked list. @param {import('../state.js').QueueName} queue */
export function listQueue(queue) {
  state.leads.part = 'list';
  return filterLeads({ grades: [], segment: '', owner: '', channel: '', find: '', queue });
}

/** Downloads every lead of a queue. @param {import('../state.js').QueueName} queue */
export async function exportQueue(queue) {
  const { handle } = state.leads;
  if (!handle) return;
  const bytes = await busy('Writing the CSV', (control) => handle.queueCsv(queue, control));
  download(bytes, `leads-${queue}.csv`, 'text/csv;charset=utf-8');
}

/** Asks which thresholds are worth choosing from. */
export const askCuts = newest(async () => {
  const { handle, report, routing } = state.leads;
  if (!handle || !report) return;
  try {
    const cuts = await handle.mqlCuts(routing.capacity);
    if (state.leads.handle !== handle) return;
    put({ cuts, of: report, problem: null });
  } catch (error) {
    if (isCancelled(error) || state.leads.handle !== handle) return;
    put({ problem: problemOf(error) });
  }
});

/** @param {string} text how many leads can be worked; empty: what the pools can take */
export function setCapacity(text) {
  const capacity = text.trim() === '' ? null : Math.max(0, Math.round(Number(text)));
  put({ capacity: Number.isFinite(capacity) ? capacity : null });
  return askCuts();
}

/**
 * Makes a pair of thresholds the model's definition of an MQL.
 * @param {{ fit: number, engagement: number }} cut
 */
export async function useCut({ fit, engagement }) {
  const both = [{ field: 'fit', atLeast: fit }, { field: 'engagement', atLeast: engagement }].filter(({ atLeast }) => atLeast > 0);
  const mql = both.length === 1 ? both[0] : { all: both };
  const model = structuredClone(state.model.value);
  model.definitions = { ...model.definitions, mql: both.length === 0 ? { field: 'fit', atLeast: 0 } : mql };
  if (await changeModel(model, 'the definition of an MQL')) announce('Your model now calls these leads MQLs.');
}
