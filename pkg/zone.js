// The offsets of a time zone from UTC, which the engine has no way to know, by the platform's own calendar data.

/** The years that are looked up; before the first and after the last their offsets hold on. */
const [FIRST, LAST] = [Date.UTC(1990, 0), Date.UTC(2050, 0)];
/** Shorter than any time between two changes of an offset. */
const STEP = 28 * 86_400_000;
const MINUTE = 60_000;

/** @type {Map<string, { from: string, minutes: number }[]>} */
const known = new Map();

/**
 * Every change of a zone's offset, as a run takes them; none for UTC, and for a zone that the platform does not know.
 *
 * @param {string} timeZone such as `Europe/Berlin`
 */
export function utcOffsets(timeZone) {
  const found = known.get(timeZone) ?? lookUp(timeZone);
  known.set(timeZone, found);
  return found;
}

/**
 * The run with the offsets of the model's time zone, unless it brings its own. What cannot be read is left to the
 * engine, which says what is wrong with it.
 *
 * @param {string} model
 * @param {string} run
 */
export function withOffsets(model, run) {
  const timeZone = parsed(model)?.meta?.timeZone;
  const options = parsed(run);
  if (typeof timeZone !== 'string' || timeZone === 'UTC' || !options || Array.isArray(options) || 'utcOffsets' in options) return run;
  const offsets = utcOffsets(timeZone);
  return offsets.length === 0 ? run : JSON.stringify({ ...options, utcOffsets: offsets });
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} timeZone */
function lookUp(timeZone) {
  const at = clock(timeZone);
  if (!at) return [];
  let last = at(FIRST);
  const changes = [{ from: iso(FIRST), minutes: last }];
  for (let time = FIRST + STEP; time <= LAST; time += STEP) {
    const now = at(time);
    if (now === last) continue;
    let [before, after] = [time - STEP, time];
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
      if (at(middle) === last) before = middle;
      else after = middle;
    }
    changes.push({ from: iso(after), minutes: now });
    last = now;
  }
  return changes.length === 1 && last === 0 ? [] : changes;
}

/**
 * Minutes ahead of UTC at a time; nothing for a zone that is not known.
 *
 * @param {string} timeZone
 */
function clock(timeZone) {
  /** @type {Intl.DateTimeFormat} */
  let format;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  } catch {
    return undefined;
  }
  return (/** @type {number} */ time) => {
    const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - time) / MINUTE);
  };
}

/** @param {number} time */
function iso(time) {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
