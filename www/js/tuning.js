// @ts-check
/** The figures of a scorecard that can be moved while the table ranks again: points, caps and grade cuts. */

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
 */
/** @typedef {{ name: string, knobs: Knob[] }} KnobGroup */

const AXES = /** @type {const} */ ([['fit', 'Fit'], ['engagement', 'Engagement']]);

/**
 * Every slider: grades first, then the groups of both axes. The ends come from `base`, so they stand still while one moves.
 * @param {any} model
 * @param {any} base
 * @returns {KnobGroup[]}
 */
export function knobs(model, base) {
  return [grades(model), ...AXES.flatMap(([axis, label]) => groups(model, base, axis, label))].filter((group) => group.knobs.length > 0);
}

/** @param {any} model @returns {KnobGroup} */
function grades(model) {
  const found = AXES.flatMap(([axis, label]) => {
    const cuts = model.icp.grades?.[axis];
    if (!cuts || model.icp[axis].groups.length === 0) return [];
    const names = axis === 'fit' ? ['A', 'B', 'C'] : ['1', '2', '3'];
    return names.map((name, i) => {
      // Cuts keep their order: each lies between its neighbours.
      const above = i === 0 ? model.icp[axis].cap : cuts[/** @type {string} */ (names[i - 1])] - 1;
      const below = i === 2 ? 1 : cuts[/** @type {string} */ (names[i + 1])] + 1;
      return { path: ['icp', 'grades', axis, name], label: `${name} from`, name: `Fewest points for ${name}, ${label.toLowerCase()}`, value: cuts[name], from: Math.min(below, cuts[name]), to: Math.max(above, cuts[name]), step: 1 };
    });
  });
  return { name: 'Grade cuts', knobs: found };
}

/**
 * @param {any} model
 * @param {any} base
 * @param {'fit' | 'engagement'} axis
 * @param {string} label
 * @returns {KnobGroup[]}
 */
function groups(model, base, axis, label) {
  return model.icp[axis].groups.map((/** @type {any} */ group, /** @type {number} */ g) => {
    const first = base.icp[axis].groups[g] ?? group;
    const most = Math.max(10, first.cap, ...first.rules.map((/** @type {any} */ rule) => Math.abs(rule.points)));
    const path = ['icp', axis, 'groups', g];
    const rules = group.rules.map((/** @type {any} */ rule, /** @type {number} */ r) => ({
      path: [...path, 'rules', r, 'points'], label: ownName(rule.name, group.name), name: `Points for ${rule.name}, ${group.name}`, value: rule.points, from: -most, to: most, step: fineness(rule.points),
    }));
    const cap = { path: [...path, 'cap'], label: 'At most', name: `Most points from ${group.name}`, value: group.cap, from: 1, to: Math.max(2 * first.cap, group.cap), step: fineness(group.cap) };
    return { name: `${label}: ${group.name}`, knobs: [...rules, cap] };
  });
}

/** A rule's name without that of its group in front. @param {string} rule @param {string} group */
function ownName(rule, group) {
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
