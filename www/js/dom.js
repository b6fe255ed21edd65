// @ts-check
/**
 * Draws a tree of plain descriptions into the document and patches it in place on the next call, so that focus, scroll and
 * half-typed text survive. Text only ever becomes a text node; there is no way in for markup.
 */

/**
 * @typedef {Element & {value?: any, checked?: any, indeterminate?: any}} Patchable
 * @typedef {{ tag: string, key: string | undefined, props: Record<string, any>, children: Described[], leaf?: Leaf<any, any> }} Described
 * @typedef {Described | string | number | null | undefined | false | readonly any[]} Child
 */

/**
 * A part of the page that something else draws (a chart, a grid). `update` runs after insertion and whenever a part of `data`
 * is another object than before.
 * @template {Element} E, D
 * @typedef {{ create: (data: D) => E, update: (node: E, data: D) => void, remove?: (node: E) => void, data: D }} Leaf
 */

const TEXT = '#text';
const SVG = 'http://www.w3.org/2000/svg';

/** Controls, and marks that turn the direction of what follows: unseen, they let a text pass for another. */
const UNSEEN = /[\u{0}-\u{8}\u{B}\u{C}\u{E}-\u{1F}\u{7F}\u{202A}-\u{202E}\u{2066}-\u{2069}]/gu;

/** @type {WeakMap<Node, Described>} */
const drawn = new WeakMap();

/** Leaves to update once the whole tree is in the document. @type {[Element, Leaf<any, any>][]} */
const waiting = [];

/** Written as properties, because the attribute only gives their first value. */
const PROPERTIES = new Set(['value', 'checked', 'indeterminate', 'disabled', 'selected', 'open', 'hidden', 'inert', 'readOnly']);

/**
 * Describes one element. Props beginning with `on` are listeners; `key` keeps an element's identity among its siblings.
 * @param {string} tag `div`, or `svg:path` for SVG
 * @param {Record<string, any> | null} [props]
 * @param {...Child} children
 * @returns {Described}
 */
export function h(tag, props, ...children) {
  const { key, ...rest } = props ?? {};
  return { tag, key, props: rest, children: flatten(children) };
}

/**
 * Describes an element that draws itself.
 * @template {Element} E, D
 * @param {string} key
 * @param {Leaf<E, D>} leaf
 * @returns {Described}
 */
export function leaf(key, leaf) {
  return { tag: '#leaf', key, props: {}, children: [], leaf };
}

/**
 * Makes the children of `host` match `children`.
 * @param {Element} host
 * @param {...Child} children
 */
export function draw(host, ...children) {
  patchChildren(host, flatten(children));
  for (const [node, leaf] of waiting.splice(0)) updateLeaf(node, leaf);
}

/**
 * A text with signs for what could not be seen in it.
 * @param {string} text
 */
export function seen(text) {
  return text.replaceAll(UNSEEN, (mark) => (mark < ' ' ? String.fromCodePoint(0x24_00 + /** @type {number} */ (mark.codePointAt(0))) : mark === '\u{7F}' ? '\u{2421}' : '\u{FFFD}'));
}

/**
 * @param {Child[]} children
 * @returns {Described[]}
 */
function flatten(children) {
  /** @type {Described[]} */
  const out = [];
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === '') continue;
    if (Array.isArray(child)) out.push(...flatten(child));
    else if (typeof child === 'object') out.push(/** @type {Described} */ (child));
    else out.push({ tag: TEXT, key: undefined, props: { text: seen(String(child)) }, children: [] });
  }
  return out;
}

/**
 * @param {Element} host
 * @param {Described[]} next
 */
function patchChildren(host, next) {
  /** @type {Map<string, ChildNode>} */
  const keyed = new Map();
  /** @type {ChildNode[]} */
  const loose = [];
  for (const node of host.childNodes) {
    const key = drawn.get(node)?.key;
    if (key === undefined) loose.push(node);
    else keyed.set(key, node);
  }
  let cursor = host.firstChild;
  for (const child of next) {
    let node = take(child, keyed, loose);
    if (node) patch(node, child);
    else node = create(child);
    if (node === cursor) {
      cursor = cursor.nextSibling;
    } else {
      host.insertBefore(node, cursor);
    }
    if (child.leaf) waiting.push([/** @type {Element} */ (node), child.leaf]);
  }
  for (const node of [...keyed.values(), ...loose]) dispose(node);
}

/**
 * Finds the node of the last drawing that can become `child`, and takes it out of the stock.
 * @param {Described} child
 * @param {Map<string, ChildNode>} keyed
 * @param {ChildNode[]} loose
 * @returns {ChildNode | undefined}
 */
function take(child, keyed, loose) {
  if (child.key !== undefined) {
    const node = keyed.get(child.key);
    if (!node || drawn.get(node)?.tag !== child.tag) return undefined;
    keyed.delete(child.key);
    return node;
  }
  const index = loose.findIndex((node) => drawn.get(node)?.tag === child.tag);
  if (index < 0) return undefined;
  return loose.splice(index, 1)[0];
}

/**
 * @param {Described} child
 * @returns {ChildNode}
 */
function create(child) {
  if (child.tag === TEXT) {
    const node = document.createTextNode(child.props.text);
    drawn.set(node, child);
    return node;
  }
  const node = child.leaf ? child.leaf.create(child.leaf.data) : element(child.tag);
  // A select takes its value only once its options stand.
  if (!child.leaf) patchChildren(node, child.children);
  patchProps(node, {}, child.props);
  drawn.set(node, child.leaf ? { ...child, leaf: undefined } : child);
  return node;
}

/** @param {string} tag */
function element(tag) {
  if (tag.startsWith('svg:')) return document.createElementNS(SVG, tag.slice(4));
  return document.createElement(tag);
}

/**
 * @param {ChildNode} node
 * @param {Described} child
 */
function patch(node, child) {
  const last = drawn.get(node);
  if (!last) return;
  if (child.tag === TEXT) {
    if (last.props.text !== child.props.text) node.textContent = child.props.text;
    drawn.set(node, child);
    return;
  }
  if (child.leaf) return;
  const target = /** @type {Element} */ (node);
  patchChildren(target, child.children);
  patchProps(target, last.props, child.props);
  drawn.set(node, child);
}

/**
 * @param {Element} node
 * @param {Leaf<any, any>} next
 */
function updateLeaf(node, next) {
  const last = drawn.get(node);
  if (last?.leaf && same(last.leaf.data, next.data)) return;
  if (last) drawn.set(node, { ...last, leaf: next });
  next.update(node, next.data);
}

/**
 * Whether two pieces of leaf data hold the same parts. Parts of reports are compared by identity, since reports are replaced and never
 * changed; what a view puts together of them anew each time is looked into. A typed array is a part: an order with the same places is
 * another one once the rows were scored again.
 * @param {any} a
 * @param {any} b
 * @param {number} [depth]
 * @returns {boolean}
 */
function same(a, b, depth = 3) {
  if (a === b) return true;
  if (depth === 0 || typeof a !== 'object' || typeof b !== 'object' || !a || !b || ArrayBuffer.isView(a)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key], depth - 1));
}

/**
 * A prop is written only when its description changed, so a field being typed in is left alone.
 * @param {Patchable} node
 * @param {Record<string, any>} last
 * @param {Record<string, any>} next
 */
function patchProps(node, last, next) {
  for (const name of Object.keys(last)) {
    if (!(name in next)) writeProp(node, name, undefined);
  }
  for (const [name, value] of Object.entries(next)) {
    if (last[name] !== value) writeProp(node, name, value);
  }
}

/**
 * @param {Patchable} node
 * @param {string} name
 * @param {any} value
 */
function writeProp(node, name, value) {
  if (name.startsWith('on')) {
    /** @type {any} */ (node)[name] = value ?? null;
  } else if (PROPERTIES.has(name)) {
    if (value === undefined && node.localName === 'progress') node.removeAttribute(name);
    else /** @type {any} */ (node)[name] = value ?? (name === 'value' ? '' : false);
  } else if (value === undefined || value === null || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? '' : String(value));
  }
}

/** @param {ChildNode} node */
function dispose(node) {
  drawn.get(node)?.leaf?.remove?.(/** @type {any} */ (node));
  for (const child of node.childNodes) disposeInner(child);
  node.remove();
}

/** @param {ChildNode} node */
function disposeInner(node) {
  drawn.get(node)?.leaf?.remove?.(/** @type {any} */ (node));
  for (const child of node.childNodes) disposeInner(child);
}
