// @ts-check
/** The figures of the scorecards that can be moved while the table ranks again: points, caps, grade cuts, what is inside rules, and the lines of definitions. */

import { thresholdKnobs } from './thresholds.js';

/**
 * @typedef {object} Tuning
 * @property {boolean} isOpen
 * @property {any} base the model when the panel was opened, for going back to and for the ends of the sliders
 * @property {any} before the model before the move that is under way
 * @property {boolean} holds whether the shown order follows a move, so that the table stays where it is
 * @property {string} find part of a rule's or a group's name
 * @property {import('./state.js').Problem | null} problem
 */

/** @returns {Tuning} */
export function freshTuning() {
  return { isOpen: false, base: null, before: null, holds: false, find: '', problem: null };
}

/**
 * @typedef {object} Knob
 * @property {(string | number)[]} path
 * @property {string} label
 * @property {string} name the label with what it belongs to
 * @property {number} value
 * @property {number} from
 * @property {number} to
 * @property {number} step
 * @property {'points' | 'days' | ''} unit
 * @property {(value: number) => [path: (string | number)[], value: any][]} [sets] what a move changes, if not the figure at `path` alone
 */
/** @typedef {{ name: string, knobs: Knob[] }} KnobGroup */

const AXES = /** @type {const} */ ([['fit', 'Fit'], ['engagement', 'Engagement']]);
const WORDS = /** @type {const} */ ([['mql', 'MQL'], ['pql', 'PQL'], ['sql', 'SQL'], ['opportunity', 'Opportunity']]);

/**
 * Every slider: of each card the grades first, then the groups of both axes; and the lines of definitions. The ends come from `base`, so they stand still
 * while one moves.
 * @param {any} model
 * @param {any} base
 * @returns {KnobGroup[]}
 */
export function knobs(model, base) {
  const found = [...card(model.icp, base.icp, ['icp'], ''), lines(model)];
  for (const [i, { name, icp }] of (model.scorecards ?? []).entries()) found.push(...card(icp, base.scorecards?.[i]?.icp, ['scorecards', i, 'icp'], `${name}, `));
  return found.filter((group) => group.knobs.length > 0);
}

/**
 * @param {any} icp
 * @param {any} base
 * @param {(string | number)[]} path
 * @param {string} owner the card's name, to stand in front of the names of its groups
 * @returns {KnobGroup[]}
 */
function card(icp, base, path, owner) {
  return [
    grades(icp, base ?? icp, path, owner), ...AXES.flatMap(([axis, label]) => groups(icp, base ?? icp, [...path, axis], axis, `${owner}${label}`)),
    { name: `${owner}Ruled out`, knobs: thresholdKnobs(icp.disqualify ?? [], base?.disqualify ?? icp.disqualify ?? [], [...path, 'disqualify'], (name) => name) },
  ];
}

/** Where the grades cut, and the most points of each axis. @param {any} icp @param {any} base @param {(string | number)[]} path @param {string} owner @returns {KnobGroup} */
function grades(icp, base, path, owner) {
  const found = AXES.flatMap(([axis, label]) => {
    const cuts = icp.grades?.[axis];
    if (!cuts || icp[axis].groups.length === 0) return [];
    const { cap } = icp[axis];
    const most = {
      path: [...path, axis, 'cap'], label: `${label} at most`, name: `${owner}Most points of ${label.toLowerCase()}`, value: cap, from: Math.min(cap, cuts[axis === 'fit' ? 'A' : '1']), to: Math.max(2 * (base[axis]?.cap ?? cap), cap),
      step: fineness(cap), unit: /** @type {const} */ ('points'),
    };
    const names = axis === 'fit' ? ['A', 'B', 'C'] : ['1', '2', '3'];
    return [...names.map((name, i) => {
      // Cuts keep their order: each lies between its neighbours.
      const above = i === 0 ? icp[axis].cap : cuts[/** @type {string} */ (names[i - 1])] - 1;
      const below = i === 2 ? 1 : cuts[/** @type {string} */ (names[i + 1])] + 1;
      return { path: [...path, 'grades', axis, name], label: `${name} from`, name: `${owner}Fewest points for ${name}, ${label.toLowerCase()}`, value: cuts[name], from: Math.min(below, cuts[name]), to: Math.max(above, cuts[name]), step: 1, unit: /** @type {const} */ ('points') };
    }), most];
  });
  const band = icp.grades?.band ?? 0;
  if (found.length > 0) found.push({ path: [...path, 'grades', 'band'], label: 'Keep an earlier grade within', name: `${owner}Points past a cut before the grade that the file carries changes`, value: band, from: 0, to: Math.max(20, band), step: fineness(band), unit: 'points' });
  return { name: `${owner}Grade cuts`, knobs: found };
}

/**
 * @param {any} icp
 * @param {any} base
 * @param {(string | number)[]} path
 * @param {'fit' | 'engagement'} axis
 * @param {string} label
 * @returns {KnobGroup[]}
 */
function groups(icp, base, path, axis, label) {
  return icp[axis].groups.flatMap((/** @type {any} */ group, /** @type {number} */ g) => {
    const first = base[axis].groups[g] ?? group;
    // A group without a cap of its own has the axis'.
    const [now, then] = [group.cap ?? icp[axis].cap, first.cap ?? base[axis].cap];
    const most = Math.max(10, then, ...first.rules.map((/** @type {any} */ rule) => Math.abs(rule.points)));
    const own = [...path, 'groups', g];
    const rules = group.rules.map((/** @type {any} */ rule, /** @type {number} */ r) => ({
      path: [...own, 'rules', r, 'points'], label: ownName(rule.name, group.name), name: `Points for ${rule.name}, ${group.name}`, value: rule.points, from: -most, to: most, step: fineness(rule.points), unit: 'points',
    }));
    const cap = { path: [...own, 'cap'], label: 'At most', name: `Most points from ${group.name}`, value: now, from: 1, to: Math.max(2 * then, now), step: fineness(now), unit: 'points' };
    return [
      { name: `${label}: ${group.name}`, knobs: [...rules, cap] },
      { name: `${label}: ${group.name}, thresholds`, knobs: thresholdKnobs(group.rules, first.rules, [...own, 'rules'], (name) => ownName(name, group.name)) },
    ];
  });
}

/** The scores from which definitions hold. @param {any} model @returns {KnobGroup} */
function lines(model) {
  const found = WORDS.flatMap(([key, word]) => thresholds(model.definitions?.[key], ['definitions', key]).map(({ axis, path, value }) => ({
    path, label: `${word}: ${axis} from`, name: `Points of ${axis} from which a lead is ${word === 'Opportunity' ? 'an opportunity' : `a ${word}`}`, value, from: 0, to: Math.max(model.icp[axis].cap, value), step: fineness(value), unit: /** @type {const} */ ('points'),
  })));
  return { name: 'Lines of definitions', knobs: found };
}

/**
 * The tests of a condition that compare a score with a least one.
 * @param {any} condition
 * @param {(string | number)[]} path
 * @returns {{ axis: 'fit' | 'engagement', path: (string | number)[], value: number }[]}
 */
function thresholds(condition, path) {
  if (!condition) return [];
  const { field, atLeast, not } = condition;
  if ((field === 'fit' || field === 'engagement') && typeof atLeast === 'number') return [{ axis: field, path: [...path, 'atLeast'], value: atLeast }];
  const parts = /** @type {const} */ (['all', 'any']).flatMap((join) => (condition[join] ?? []).flatMap((/** @type {any} */ part, /** @type {number} */ i) => thresholds(part, [...path, join, i])));
  return [...parts, ...thresholds(not, [...path, 'not'])];
}

/** A rule's name without that of its group in front. @param {string} rule @param {string} group */
export function ownName(rule, group) {
  return rule.startsWith(`${group}: `) ? rule.slice(group.length + 2) : rule;
}

/** Whole points unless there are halves already. @param {number} points */
function fineness(points) {
  return Number.isInteger(points) ? 1 : 0.5;
}

/**
 * Another model with one figure moved; what was copied is only the way to it.
 * @param {any} model
 * @param {(string | number)[]} path
 * @param {number} value
 */
export function moved(model, path, value) {
  const [key, ...rest] = path;
  const copy = Array.isArray(model) ? [...model] : { ...model };
  copy[/** @type {any} */ (key)] = rest.length === 0 ? value : moved(model[/** @type {any} */ (key)], rest, value);
  return copy;
}
