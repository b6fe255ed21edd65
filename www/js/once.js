// @ts-check
/** What is made of an object is made once: drawing the page again draws nothing anew that came of the same report or rows. */

/** @type {WeakMap<object, Map<string, any>>} */
const made = new WeakMap();

/**
 * @template T
 * @param {object} of is replaced, never changed
 * @param {string} name of what is made; holds whatever else it depends on
 * @param {() => T} make
 * @returns {T}
 */
export function once(of, name, make) {
  const kept = made.get(of) ?? new Map();
  made.set(of, kept);
  if (!kept.has(name)) kept.set(name, make());
  return kept.get(name);
}
