// @ts-check
/**
 * "Who do you sell to?": turns picked values into fit rules. The picks for a field replace the model's own fit rules on that
 * field and take over the most points any of them gave; rules on other fields stay.
 */

/**
 * @typedef {{ from: number | null, to: number | null }} Span
 * @typedef {{ employees?: Span | string[], industry?: string[], country?: string[], title?: string[] }} Picks
 * @typedef {'employees' | 'industry' | 'country' | 'title'} PickField
 */

/** @type {{ field: PickField, label: string, points: number }[]} */
export const PICKS = [
  { field: 'employees', label: 'Company size', points: 30 },
  { field: 'industry', label: 'Industry', points: 30 },
  { field: 'country', label: 'Country', points: 15 },
  { field: 'title', label: 'Job title', points: 25 },
];

const GROUP = 'Who you sell to';

/** Fields that say the same thing as a picked one: a rule on the level of a job is a rule on its title. @type {Record<PickField, string[]>} */
const KIN = { employees: ['employees'], industry: ['industry'], country: ['country'], title: ['title', 'seniority', 'department', 'buyingRole'] };

/**
 * @param {any} model
 * @param {Picks} picks
 * @returns {any} another model; the given one stays as it is
 */
export function withPicks(model, picks) {
  const chosen = PICKS.filter(({ field }) => isPicked(picks[field]));
  if (chosen.length === 0 || !model) return model;
  const next = structuredClone(model);
  const groups = next.icp.fit.groups;
  const rules = [];
  for (const { field, label, points } of chosen) {
    let most = 0;
    for (const group of groups) {
      const replaced = group.rules.filter((/** @type {any} */ rule) => isAbout(rule.when, field));
      most = Math.max(most, ...replaced.map((/** @type {any} */ rule) => rule.points));
      group.rules = group.rules.filter((/** @type {any} */ rule) => !replaced.includes(rule));
    }
    const pick = /** @type {Span | string[]} */ (picks[field]);
    rules.push({ name: `${label}: ${describe(pick)}`, when: condition(field, pick), points: most || points });
  }
  const cap = rules.reduce((sum, rule) => sum + rule.points, 0);
  next.icp.fit.groups = [{ name: GROUP, cap, rules }, ...groups.filter((/** @type {any} */ group) => group.rules.length > 0)];
  return next;
}

/** @param {Span | string[] | undefined} pick */
export function isPicked(pick) {
  if (!pick) return false;
  return Array.isArray(pick) ? pick.length > 0 : pick.from !== null || pick.to !== null;
}

/** @param {Span | string[]} pick */
export function describe(pick) {
  if (!Array.isArray(pick)) {
    if (pick.from === null) return `up to ${pick.to}`;
    return pick.to === null ? `${pick.from} or more` : `${pick.from} to ${pick.to}`;
  }
  const shown = pick.slice(0, 3).join(', ');
  return pick.length > 3 ? `${shown} and ${pick.length - 3} more` : shown;
}

/**
 * @param {PickField} field
 * @param {Span | string[]} pick
 */
function condition(field, pick) {
  if (Array.isArray(pick)) return { field, in: pick };
  if (pick.from === null) return { field, atMost: pick.to };
  return pick.to === null ? { field, atLeast: pick.from } : { field, between: [pick.from, pick.to] };
}

/**
 * Whether a condition tests this field or its kin, and nothing else.
 * @param {any} when
 * @param {PickField} field
 */
function isAbout(when, field) {
  const fields = fieldsOf(when);
  return fields.length > 0 && fields.every((one) => KIN[field].includes(one));
}

/**
 * @param {any} when
 * @returns {string[]}
 */
function fieldsOf(when) {
  if (!when) return [];
  if (when.field) return [when.field];
  return [...(when.all ?? []), ...(when.any ?? []), ...(when.not ? [when.not] : [])].flatMap(fieldsOf);
}
