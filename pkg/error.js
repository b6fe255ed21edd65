/**
 * @typedef {'input' | 'model' | 'run' | 'limit' | 'cancelled' | 'unavailable' | 'internal'} ErrorKind
 * @typedef {{ file?: string, line?: number, column?: string, path?: string }} Place
 * @typedef {{ kind: ErrorKind, code: string, message: string, place?: Place, retryable?: boolean }} ErrorFields
 */

/** Why there is no answer: match on `kind` or `code`; the message ends with the remedy. */
export class LeadcastError extends Error {
  /**
   * @param {ErrorFields} fields
   * @param {ErrorOptions} [options]
   */
  constructor({ kind, code, message, place = {}, retryable = RETRYABLE.has(kind) }, options) {
    super(message, options);
    this.name = 'LeadcastError';
    /** What sort of error this is; decides what a caller can do about it. @readonly */
    this.kind = kind;
    /** Stable kebab-case code. @readonly */
    this.code = code;
    /** Where it points: file, line, column, path inside a JSON document. @readonly @type {Place} */
    this.place = place;
    /** Whether the same call may succeed when made again unchanged. @readonly */
    this.retryable = retryable;
  }
}

const RETRYABLE = new Set(['cancelled', 'unavailable', 'internal']);

/** @param {AbortSignal | undefined} signal */
export function cancelled(signal) {
  return new LeadcastError(
    { kind: 'cancelled', code: 'cancelled', message: 'stopped by the caller' },
    { cause: signal?.reason },
  );
}
