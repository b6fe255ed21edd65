// @ts-check
/** How work is done: one at a time with progress and cancel, the newest wins, and every failure becomes a message. */

import { csvOf } from '../csv.js';
import { changed, state } from '../state.js';

/** @typedef {import('../state.js').Problem} Problem */
/** @typedef {{ signal: AbortSignal, onProgress: (progress: { done: number, total: number | null }) => void }} Control */

/**
 * Shows progress with a cancel button while `work` runs.
 * @template T
 * @param {string} label
 * @param {(control: Control) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function busy(label, work) {
  const stop = new AbortController();
  const shown = { label, fraction: /** @type {number | null} */ (null), cancel: () => stop.abort() };
  state.busy = shown;
  changed();
  try {
    return await work({
      signal: stop.signal,
      onProgress: ({ done, total }) => {
        if (!total || state.busy?.cancel !== shown.cancel) return;
        state.busy = { ...shown, fraction: Math.min(1, done / total) };
        changed();
      },
    });
  } finally {
    if (state.busy?.cancel === shown.cancel) state.busy = null;
    changed();
  }
}

/**
 * Runs `work`, and once more if it was asked for meanwhile; requests in between are overtaken and dropped.
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>} settles when nothing is left to do
 */
export function newest(work) {
  let isAsked = false;
  /** @type {Promise<void> | null} */
  let running = null;
  const run = async () => {
    while (isAsked) {
      isAsked = false;
      await work();
    }
  };
  return () => {
    isAsked = true;
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}

/** @param {unknown} error */
export function isCancelled(error) {
  return /** @type {any} */ (error)?.kind === 'cancelled';
}

/** @type {Record<string, string>} */
const TITLES = {
  input: 'This file could not be used',
  model: 'The model needs a correction',
  run: 'The forecast set-up needs a correction',
  limit: 'This is more than the page takes',
  unavailable: 'The engine is not available',
  internal: 'The engine stopped',
  page: 'Something went wrong on this page',
};

/**
 * What a failure says to a person: what happened, and what helps.
 * @param {unknown} error
 * @returns {Problem}
 */
export function problemOf(error) {
  const { kind = 'page', code = 'unknown', message = String(error) } = /** @type {any} */ (error ?? {});
  // Not one of the engine's own: a defect of this page, which belongs in the console as well.
  if (kind === 'page') reportError(error);
  const [, text, remedy] = /^(.*\S)\s+\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/s.exec(message) ?? [null, message, ''];
  return {
    title: TITLES[kind] ?? 'Something went wrong',
    message: sentenceCase(text ?? message),
    remedy: remedy ? sentenceCase(remedy) : kind === 'internal' || kind === 'page' ? 'Open the file again; nothing of it was stored.' : '',
    code,
  };
}

/** @param {string} text */
function sentenceCase(text) {
  const first = text.charAt(0);
  // A name at the start stays as it is written.
  const head = /^[a-z]+[\s,]/.test(text) ? first.toUpperCase() : first;
  return `${head}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** @param {string} text */
export function announce(text) {
  state.announcement = text;
  changed();
}

/**
 * Hands bytes to the browser as a download.
 * @param {Uint8Array | string} content
 * @param {string} name
 * @param {string} type
 */
export function download(content, name, type) {
  const url = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (content)], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken the address by the next task; a revoked one would make an empty file in Firefox if revoked at once.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  announce(`${name} is ready.`);
}

/**
 * Hands a list of the page to the browser as a download.
 * @param {string} name without its ending
 * @param {string[]} heads
 * @param {string[][]} rows
 */
export function downloadList(name, heads, rows) {
  download(csvOf(heads, rows), `${name}.csv`, 'text/csv;charset=utf-8');
}
