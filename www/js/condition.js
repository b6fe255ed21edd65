// @ts-check
/** Says a condition of the model in words. */

import { FIELD_LABELS } from './fields.js';
import { number, words } from './format.js';

/**
 * @param {any} when
 * @returns {string}
 */
export function sentence(when) {
  if (!when) return 'always';
  if (when.all) return when.all.length === 0 ? 'always' : when.all.map(sentence).join(' and ');
  if (when.any) return when.any.map(sentence).join(' or ');
  if (when.not) return `not (${sentence(when.not)})`;
  return `${name(when.field)} ${test(when)}`;
}

/** @param {string} field */
function name(field) {
  if (field?.startsWith('column:')) return `column “${field.slice(7)}”`;
  return (FIELD_LABELS[field] ?? words(field ?? '')).toLowerCase();
}

/** @param {any} when */
function test(when) {
  if (when.between) return `from ${value(when.between[0])} to ${value(when.between[1])}`;
  if (when.atLeast !== undefined) return `at least ${value(when.atLeast)}`;
  if (when.atMost !== undefined) return `at most ${value(when.atMost)}`;
  if (when.within) return `within ${value(when.within.days ?? when.within)} days`;
  if (when.exists !== undefined) return when.exists ? 'is known' : 'is missing';
  if (when.is !== undefined) return `is ${value(when.is)}`;
  if (when.in) return `is ${list(when.in)}`;
  if (when.contains !== undefined) return `contains ${list(when.contains)}`;
  return '';
}

/** @param {any} values */
function list(values) {
  const all = [values].flat().map(value);
  const shown = all.slice(0, 6).join(', ');
  return all.length > 6 ? `${shown} or ${all.length - 6} more` : all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all.at(-1)}` : shown;
}

/** @param {any} value */
function value(value) {
  return typeof value === 'number' ? number(value) : String(value);
}
