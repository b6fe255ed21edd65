// @ts-check
/** The figures inside rules that can be moved: where bands begin and end, how far back is counted, and how points fade. */

import { FIELD_LABELS } from './fields.js';
import { number, words } from './format.js';

/** @typedef {(string | number)[]} Path */
/** @typedef {import('./tuning.js').Knob} Knob */
/** @typedef {{ name: string, when?: any, decay?: any, per?: any, evidence?: any }} Rule */

/**
 * A figure of a rule.
 * @typedef {object} Figure
 * @property {number} rule its place among the rules
 * @property {Path} path from the rule on
 * @property {number} value
 * @property {'lower' | 'upper' | 'days' | 'times' | 'each'} kind
 * @property {string} field
 * @property {string} label what it says of the rule
 */

const FADES = /** @type {const} */ ({ halfLifeDays: 'points halve every', lineDays: 'nothing left after', windowDays: 'counts for' });
const MOST_DAYS = 36_500;

/**
 * The sliders of the figures inside rules. Where one band begins as another ends, one slider moves both. Which figures move together, and where sliders
 * end, is told by `base`, so both stand still while one moves.
 * @param {Rule[]} rules
 * @param {Rule[]} base
 * @param {Path} path of the rules
 * @param {(rule: string) => string} short a rule's name as it is shown here
 * @returns {Knob[]}
 */
export function thresholdKnobs(rules, base, path, short) {
  const first = base.flatMap(figures);
  const figuresNow = first.map((figure) => ({ ...figure, value: at(rules[figure.rule], figure.path) }));
  return together(first).flatMap((members) => {
    const shown = members.find((i) => first[i]?.kind === 'lower') ?? /** @type {number} */ (members[0]);
    const [was, now] = [first[shown], figuresNow[shown]];
    if (!was || !now || members.some((i) => typeof figuresNow[i]?.value !== 'number')) return [];
    const [from, to, step] = ends(was.value, now, members, figuresNow);
    const { name } = /** @type {Rule} */ (rules[now.rule]);
    const fields = new Set(figuresNow.filter(({ rule, field }) => rule === now.rule && field !== '').map(({ field }) => field));
    const label = now.field !== '' && fields.size > 1 ? `${fieldName(now.field)} ${now.label}` : now.label;
    return [{
      path: [...path, now.rule, ...now.path], label: `${short(name)}: ${label}`, name: `${name}: ${label}`, value: now.value, from, to, step,
      unit: now.kind === 'days' ? 'days' : '',
      sets: (/** @type {number} */ value) => members.flatMap((i) => {
        const member = /** @type {Figure} */ (figuresNow[i]);
        return changes(/** @type {Rule} */ (rules[member.rule]), [...path, member.rule], member, clean(value + /** @type {Figure} */ (first[i]).value - was.value));
      }),
    }];
  });
}

/** The figures of a rule. @param {Rule} rule @param {number} place @returns {Figure[]} */
function figures(rule, place) {
  const days = (/** @type {Path} */ path, /** @type {string} */ label) => ({ rule: place, path, value: at(rule, path), kind: /** @type {const} */ ('days'), field: '', label });
  const fades = Object.entries(FADES).map(([key, label]) => days(['decay', key], label));
  const counted = [days(['per', 'days'], 'counts the last'), { ...days(['per', 'most'], 'counts at most'), kind: /** @type {const} */ ('times') }, { ...days(['per', 'each'], 'once for each'), kind: /** @type {const} */ ('each') }];
  return [...bounds(rule.when, ['when'], place, false), ...[...fades, ...counted].filter(({ value }) => typeof value === 'number')];
}

/**
 * The numbers that a condition compares with; inside a `not` an end is a beginning.
 * @param {any} when
 * @param {Path} path
 * @param {number} rule
 * @param {boolean} isTurned
 * @returns {Figure[]}
 */
function bounds(when, path, rule, isTurned) {
  if (!when) return [];
  const { field, between, atLeast, atMost, within, not } = when;
  const figure = (/** @type {any} */ value, /** @type {Path} */ own, /** @type {'lower' | 'upper'} */ side) => {
    const kind = isTurned === (side === 'lower') ? /** @type {const} */ ('upper') : /** @type {const} */ ('lower');
    const label = isTurned ? { lower: 'above', upper: 'below' }[kind] : { lower: 'from', upper: 'up to' }[kind];
    return typeof value === 'number' ? [{ rule, path: [...path, ...own], value, kind, field, label }] : [];
  };
  const joined = /** @type {const} */ (['all', 'any']).flatMap((join) => (when[join] ?? []).flatMap((/** @type {any} */ part, /** @type {number} */ i) => bounds(part, [...path, join, i], rule, isTurned)));
  return [
    ...figure(between?.[0], ['between', 0], 'lower'), ...figure(between?.[1], ['between', 1], 'upper'), ...figure(atLeast, ['atLeast'], 'lower'), ...figure(atMost, ['atMost'], 'upper'),
    ...(typeof within?.days === 'number' ? [{ rule, path: [...path, 'within', 'days'], value: within.days, kind: /** @type {const} */ ('days'), field, label: 'within the last' }] : []),
    ...joined, ...bounds(not, [...path, 'not'], rule, !isTurned),
  ];
}

/**
 * Which figures move as one: ends of a field's bands that touch, next whole numbers included, and those that are the same.
 * @param {Figure[]} all
 * @returns {number[][]} places, each list in order
 */
function together(all) {
  const of = all.map((_, i) => i);
  for (const [i, a] of all.entries()) {
    for (const [j, b] of all.entries()) {
      if (j <= i || of[i] === of[j] || !touch(a, b)) continue;
      const joint = all.flatMap((one, k) => (of[k] === of[i] || of[k] === of[j] ? [one.rule] : []));
      // Both ends of one rule never move as one: its band could not grow.
      if (new Set(joint).size < joint.length) continue;
      const [kept, gone] = [of[i], of[j]];
      for (const k of of.keys()) if (of[k] === gone) of[k] = /** @type {number} */ (kept);
    }
  }
  return [...new Set(of)].map((own) => of.flatMap((one, i) => (one === own ? [i] : [])));
}

/** @param {Figure} a @param {Figure} b */
function touch(a, b) {
  if (a.field !== b.field || a.rule === b.rule) return false;
  const isBand = (/** @type {Figure} */ { kind }) => kind === 'lower' || kind === 'upper';
  if (!isBand(a) || !isBand(b)) return false;
  if (a.kind === b.kind) return a.value === b.value;
  const [upper, lower] = a.kind === 'upper' ? [a, b] : [b, a];
  const gap = lower.value - upper.value;
  return gap === 0 || (gap === 1 && Number.isInteger(upper.value));
}

/**
 * The ends and the step of a slider.
 * @param {number} was the figure when the sliders were opened
 * @param {Figure} now
 * @param {number[]} members places of what moves with it
 * @param {Figure[]} all
 * @returns {[from: number, to: number, step: number]}
 */
function ends(was, now, members, all) {
  const step = now.kind === 'days' || now.kind === 'times' ? 1 : stepOf(was);
  const reach = Math.max(Math.abs(was), 10 * step);
  let [low, high] = was < 0 ? [was - reach, was + reach] : [0, was + reach];
  if (now.kind === 'times') [low, high] = [1, Math.min(Math.max(10, 2 * was), 10_000)];
  if (now.kind === 'each') low = step;
  if (now.kind === 'days') [low, high] = [now.path[0] === 'decay' ? 1 : 0, Math.min(Math.max(60, 2 * was), MOST_DAYS)];
  // A band's end stays above its beginning.
  for (const i of members) {
    const member = /** @type {Figure} */ (all[i]);
    const offset = member.value - now.value;
    for (const mate of all) {
      if (mate.rule !== member.rule || mate.field !== member.field || mate.kind === member.kind) continue;
      if (mate.kind === 'upper') high = Math.min(high, mate.value - offset);
      if (mate.kind === 'lower') low = Math.max(low, mate.value - offset);
    }
  }
  // A slider counts its steps from its lower end: the figure as it is must be one of them.
  const below = Math.floor((now.value - Math.min(low, now.value)) / step + 1e-9);
  return [clean(now.value - below * step), Math.max(high, now.value), step];
}

/** A step that is round and small beside the figure: about a hundredth, at most as fine as the figure is written. @param {number} value */
function stepOf(value) {
  let step = 1;
  while (!isMultiple(value, step) && step > 1e-6) step /= 10;
  while (value !== 0 && isMultiple(value, step * 10) && Math.abs(value) >= 500 * step) step *= 10;
  return clean(step);
}

/** @param {number} value @param {number} step */
function isMultiple(value, step) {
  const steps = value / step;
  return Math.abs(steps - Math.round(steps)) < 1e-9 * Math.max(1, Math.abs(steps));
}

/** Without the last bits of a sum. @param {number} value */
function clean(value) {
  return Number(value.toPrecision(12));
}

/**
 * What a move of a figure changes: itself, a name that states it, and evidence, which was of the rule as it was.
 * @param {Rule} rule
 * @param {Path} path of the rule
 * @param {Figure} figure
 * @param {number} value
 * @returns {[Path, any][]}
 */
function changes(rule, path, figure, value) {
  if (value === figure.value) return [];
  const name = renamed(rule.name, figure.value, value);
  return [
    [[...path, ...figure.path], value],
    ...(name === rule.name ? [] : [/** @type {[Path, any]} */ ([[...path, 'name'], name])]),
    ...(rule.evidence ? [/** @type {[Path, any]} */ ([[...path, 'evidence'], undefined])] : []),
  ];
}

/**
 * A name with the figure that it states; one that states it never, or more than once, stays.
 * @param {string} name
 * @param {number} was
 * @param {number} value
 */
function renamed(name, was, value) {
  const figure = /\d(?:[\d,.\u{A0}\u{202F}]*\d)?/gu;
  const stated = [...name.matchAll(figure)].filter(([text]) => Number(text.replaceAll(/[,\u{A0}\u{202F}]/gu, '')) === was);
  const [found] = stated;
  if (!found || stated.length > 1) return name;
  const isPlain = /^\d{4,}/.test(found[0]);
  return `${name.slice(0, found.index)}${isPlain ? String(value) : number(value, 6)}${name.slice(found.index + found[0].length)}`;
}

/** @param {any} whole @param {Path} path */
function at(whole, path) {
  return path.reduce((part, key) => part?.[key], whole);
}

/** @param {string} field */
function fieldName(field) {
  return field.startsWith('column:') ? field.slice(7) : (FIELD_LABELS[field] ?? words(field));
}
