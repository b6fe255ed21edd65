// @ts-check
/**
 * Lines over a drawing that a person moves along its axis: by pointer, or as a slider by keyboard. A line that moves tells what
 * it stands at with every step, and once it rests, that it was set.
 */

/**
 * @typedef {object} Handle
 * @property {string} id
 * @property {string} label such as `Quota`
 * @property {string} tone of its colour: `quota` or `call`
 * @property {number} value
 * @property {number} lane of its label, from the top
 * @property {'start' | 'end'} side of the line its label stands on
 * @property {(value: number) => string} says what stands beside the label, and is read out
 * @property {(value: number) => void} moved
 * @property {(value: number) => void} set
 * @property {() => void} dropped it was let go where it had been
 *
 * @typedef {object} Axis
 * @property {(value: number) => number} apply from an amount to pixels
 * @property {(pixels: number) => number} invert
 * @property {number} from
 * @property {number} to
 */

/** How long a line rests before it counts as set by keyboard. */
const REST_MS = 450;
/** Steps of an arrow key over the whole axis, about. */
const STEPS = 100;
/** What a finger needs, and how far grips stand apart, in pixels. */
const SIZE = 24;
const GRIP = 34;

/** @type {WeakMap<HTMLElement, { handle: Handle, axis: Axis, value: number, grab: number | null, rest?: ReturnType<typeof setTimeout> }>} `grab`: how far from the line it is held, in pixels */
const known = new WeakMap();

/**
 * Puts handles over the drawing in `host`, keeping those that are there already: one that is held or focused stays so.
 * @param {HTMLElement} host
 * @param {Handle[]} handles
 * @param {Axis} axis
 * @param {{ top: number, axis: number, lane: number, labels: boolean }} place `top` of the first lane, `axis` from the top, in pixels
 */
export function placeHandles(host, handles, axis, place) {
  const left = new Set(/** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll('.handle')));
  for (const handle of handles) {
    const element = /** @type {HTMLElement | null} */ (host.querySelector(`.handle[data-id="${handle.id}"]`)) ?? create(host, handle);
    left.delete(element);
    const last = known.get(element);
    // Whoever holds a line keeps it where it is.
    const isHeld = last !== undefined && (last.grab !== null || last.rest !== undefined);
    known.set(element, { handle, axis, value: isHeld ? last.value : handle.value, grab: last?.grab ?? null, rest: last?.rest });
    element.dataset.side = handle.side;
    element.classList.toggle('bare', !place.labels);
    // The grips stand above each other, so that lines that are close can each be taken hold of; each line runs from its label to the axis.
    const grip = place.axis - handles.indexOf(handle) * GRIP;
    element.style.setProperty('inset-block-start', `${grip - SIZE / 2}px`);
    element.style.setProperty('--up', `${grip - SIZE / 2 - place.top - handle.lane * place.lane}px`);
    element.style.setProperty('--down', `${place.axis - grip - SIZE / 2}px`);
    element.setAttribute('aria-label', handle.label);
    element.setAttribute('aria-valuemin', String(axis.from));
    element.setAttribute('aria-valuemax', String(axis.to));
    show(element);
  }
  for (const element of left) element.remove();
}

/**
 * @param {HTMLElement} host
 * @param {Handle} handle
 */
function create(host, handle) {
  const element = document.createElement('div');
  element.className = `handle handle-${handle.tone}`;
  element.dataset.id = handle.id;
  element.id = `handle-${handle.id}`;
  element.tabIndex = 0;
  element.setAttribute('role', 'slider');
  element.setAttribute('aria-orientation', 'horizontal');
  const label = document.createElement('span');
  label.className = 'handle-label';
  label.setAttribute('aria-hidden', 'true');
  element.append(label);
  element.addEventListener('pointerdown', press);
  element.addEventListener('pointermove', drag);
  element.addEventListener('pointerup', release);
  element.addEventListener('pointercancel', restore);
  element.addEventListener('keydown', key);
  element.addEventListener('blur', () => settle(element));
  host.append(element);
  return element;
}

/** @param {HTMLElement} element */
function show(element) {
  const kept = known.get(element);
  if (!kept) return;
  const { handle, axis, value } = kept;
  const says = handle.says(value);
  element.style.setProperty('inset-inline-start', `${axis.apply(Math.min(axis.to, Math.max(axis.from, value)))}px`);
  element.setAttribute('aria-valuenow', String(value));
  element.setAttribute('aria-valuetext', says);
  const label = element.querySelector('.handle-label');
  if (label) label.textContent = `${handle.label} ${says}`;
}

/**
 * @param {HTMLElement} element
 * @param {number} value
 */
function move(element, value) {
  const kept = known.get(element);
  if (!kept) return;
  const { axis, handle } = kept;
  const to = Math.min(axis.to, Math.max(axis.from, value));
  if (to === kept.value) return;
  kept.value = to;
  show(element);
  handle.moved(to);
}

/** A round amount to move by: 1, 2 or 5 times a power of ten. @param {Axis} axis */
function stepOf({ from, to }) {
  const wanted = (to - from) / STEPS;
  const power = 10 ** Math.floor(Math.log10(wanted || 1));
  const times = [1, 2, 5, 10].find((one) => one * power >= wanted) ?? 10;
  return times * power;
}

/** @param {PointerEvent} event */
function press(event) {
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  const kept = known.get(element);
  if (!kept || event.button !== 0) return;
  event.preventDefault();
  element.focus();
  element.setPointerCapture(event.pointerId);
  kept.grab = event.clientX - place(element, kept.axis.apply(kept.value));
}

/** @param {PointerEvent} event */
function drag(event) {
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  const kept = known.get(element);
  if (!kept || kept.grab === null) return;
  const step = stepOf(kept.axis);
  const value = kept.axis.invert(event.clientX - kept.grab - place(element, 0));
  move(element, Math.round(value / step) * step);
}

/** @param {PointerEvent} event */
function release(event) {
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  const kept = known.get(element);
  if (!kept || kept.grab === null) return;
  kept.grab = null;
  finish(kept);
}

/** Puts a line back to where it was: the browser took the pointer away, or the person thought better of it. @param {Event} event */
function restore(event) {
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  const kept = known.get(element);
  if (!kept || (kept.grab === null && kept.rest === undefined)) return;
  clearTimeout(kept.rest);
  Object.assign(kept, { grab: null, rest: undefined, value: kept.handle.value });
  show(element);
  kept.handle.dropped();
}

/** @param {{ handle: Handle, value: number }} kept */
function finish({ handle, value }) {
  if (value === handle.value) handle.dropped();
  else handle.set(value);
}

/** Where pixels of the axis stand in the window. @param {HTMLElement} element @param {number} pixels */
function place(element, pixels) {
  return (element.parentElement?.getBoundingClientRect().left ?? 0) + pixels;
}

/** @param {KeyboardEvent} event */
function key(event) {
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  const kept = known.get(element);
  if (!kept) return;
  const { axis, value } = kept;
  const step = stepOf(axis);
  const down = () => (Math.ceil(value / step - 1e-9) - 1) * step;
  const up = () => (Math.floor(value / step + 1e-9) + 1) * step;
  /** @type {Record<string, () => number>} */
  const to = {
    ArrowRight: up, ArrowUp: up, ArrowLeft: down, ArrowDown: down, PageUp: () => up() + 9 * step, PageDown: () => down() - 9 * step,
    Home: () => axis.from, End: () => axis.to,
  };
  if (event.key === 'Enter') return settle(element);
  if (event.key === 'Escape') return restore(event);
  const next = to[event.key];
  if (!next) return;
  event.preventDefault();
  move(element, next());
  clearTimeout(kept.rest);
  kept.rest = setTimeout(() => settle(element), REST_MS);
}

/** What a key moved is set. @param {HTMLElement} element */
function settle(element) {
  const kept = known.get(element);
  if (!kept || kept.rest === undefined) return;
  clearTimeout(kept.rest);
  kept.rest = undefined;
  finish(kept);
}
