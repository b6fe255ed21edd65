// @ts-check
/**
 * Drawings by Observable Plot that fill their place and are drawn again when it changes. Plot puts a style element into each
 * drawing, which this page's policy refuses; it is taken out and its rules stand in views.css.
 */

import { leaf } from './dom.js';

/**
 * @template D
 * @typedef {{ data: D, name: string, draw: (data: D, width: number) => Element }} Drawing
 */

/** @type {WeakMap<Element, { watcher: ResizeObserver, last?: Drawing<any>, width: number }>} */
const hosts = new WeakMap();

/**
 * A drawing with its accessible name.
 * @template D
 * @param {string} key
 * @param {Drawing<D>} drawing
 */
export function drawing(key, drawing) {
  return leaf(key, { create, update: (host, last) => update(host, last), remove, data: drawing });
}

function create() {
  const host = document.createElement('div');
  host.className = 'plot';
  const watcher = new ResizeObserver(() => {
    const kept = hosts.get(host);
    if (kept?.last && host.clientWidth > 0 && host.clientWidth !== kept.width) update(host, kept.last);
  });
  watcher.observe(host);
  hosts.set(host, { watcher, width: 0 });
  onPaper(host, (width) => {
    const last = hosts.get(host)?.last;
    if (last) update(host, last, width);
  });
  return host;
}

/**
 * @param {HTMLElement} host
 * @param {Drawing<any>} last
 * @param {number} [width] in pixels; by default that of its place
 */
function update(host, last, width = host.clientWidth || 640) {
  const svg = last.draw(last.data, width);
  for (const style of svg.querySelectorAll('style')) style.remove();
  // The drawing has one name; names on its parts are noise to a screen reader.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', last.name);
  host.replaceChildren(svg);
  const kept = hosts.get(host);
  if (kept) Object.assign(kept, { last, width });
}

/** Width of a page of paper, in pixels: what is drawn for the width of a screen is drawn anew for it. */
const PAGE = 690;
/** @type {WeakMap<Element, (width?: number) => void>} */
const again = new WeakMap();

/**
 * Has a drawing drawn again for paper, and for the screen afterwards.
 * @param {Element} host with the class `plot`
 * @param {(width?: number) => void} draw in pixels; by default the width of its place
 */
export function onPaper(host, draw) {
  again.set(host, draw);
}

/** @param {number} [width] */
const drawAll = (width) => document.querySelectorAll('.plot').forEach((host) => again.get(host)?.(width));
addEventListener('beforeprint', () => drawAll(PAGE));
addEventListener('afterprint', () => drawAll());

/** @param {Element} host */
function remove(host) {
  hosts.get(host)?.watcher.disconnect();
}
