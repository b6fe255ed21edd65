// What a data set is read from, in the form that the engine takes.

import { LeadcastError } from './error.js';

/** @import { Content } from './engine.js' */
/** @typedef {Uint8Array | ArrayBuffer | Blob | string | readonly object[]} Source */

/**
 * JSON text of a document; text is passed on as it is.
 *
 * @param {object | string} document
 * @param {string} name what it is, for the message
 * @param {'model' | 'run' | 'input'} [kind]
 */
export function text(document, name, kind = 'run') {
  if (typeof document === 'string') return document;
  let cause;
  try {
    const json = JSON.stringify(document);
    if (json !== undefined) return json;
  } catch (error) {
    cause = error;
  }
  const found = cause instanceof Error ? cause.message.split('\n', 1)[0] : `found ${typeof document}`;
  throw new LeadcastError({ kind, code: 'wrong-type', message: `${name}: expected a plain object or its JSON text, ${found}` }, { cause });
}

/** A word that the engine knows, or text of a file. @param {string} value @param {string} name */
export function word(value, name) {
  if (typeof value === 'string') return value;
  throw new LeadcastError({ kind: 'run', code: 'wrong-type', message: `${name}: expected text, found ${value === null ? 'null' : typeof value}` });
}

/** A position or a count; whatever is past the largest that the engine takes means all there is. @param {number} value @param {string} name */
export function whole(value, name) {
  if (typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Infinity)) return Math.min(value, 0xffff_ffff);
  const message = `${name}: expected a whole number from 0, found ${typeof value === 'number' ? value : typeof value}`;
  throw new LeadcastError({ kind: 'run', code: 'wrong-type', message });
}

/** @param {Source} source @returns {Content} */
export function contentOf(source) {
  if (typeof source === 'string') return { bytes: new TextEncoder().encode(source) };
  // A copy, made now: the file is read again when a fresh engine needs it, whatever has become of the caller's bytes. A buffer that
  // was given away has no bytes, and cannot be copied. `slice` of a Node `Buffer` would be a view.
  if (source instanceof Uint8Array) return { bytes: source.byteLength > 0 ? new Uint8Array(source) : new Uint8Array(0) };
  if (source instanceof ArrayBuffer) return { bytes: source.byteLength > 0 ? new Uint8Array(source.slice(0)) : new Uint8Array(0) };
  // A slice is a view, not a copy, and unlike a `File` it can be sent to every kind of worker.
  if (source instanceof Blob) return { blob: source.slice() };
  if (Array.isArray(source)) return { records: JSON.stringify(source) };
  const message = 'this is no source of rows (pass bytes, a File, text, or an array of records)';
  throw new LeadcastError({ kind: 'input', code: 'source-unknown', message });
}

/** @param {Source} source */
export function fileName(source) {
  return source instanceof Blob && 'name' in source && typeof source.name === 'string' ? source.name : undefined;
}
