// Breaks an engine for real, without the module having an export for it: text that runs before the engine starts puts
// another module's function in the place of a named export.

/** The next engine finds no room to start in. */
export const NO_ROOM = `{
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function () {
    WebAssembly.Instance = Instance;
    throw new RangeError('could not allocate memory');
  };
  WebAssembly.Instance.prototype = Instance.prototype;
}\n`;

/**
 * The module with room for so many more pages of memory than it starts with: what needs more runs out of memory.
 *
 * @param {Uint8Array} module
 * @param {number} pages
 */
export function cramped(module, pages) {
  let at = 8;
  /** An unsigned number in groups of seven bits. */
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = module[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const written = (/** @type {number} */ value) => {
    const bytes = [];
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    return [...bytes, value];
  };
  while (at < module.length) {
    const [from, id, length] = [at, module[at++], number()];
    const body = at;
    at = body + length;
    if (id !== 5) continue;
    at = body + 1; // one memory
    const flags = module[at++];
    const least = number();
    if (flags !== 0 && flags !== 1) throw new Error(`a memory of kind ${flags}`);
    const limits = [1, 1, ...written(least), ...written(least + pages)];
    return new Uint8Array([...module.subarray(0, from), 5, limits.length, ...limits, ...module.subarray(body + length)]);
  }
  throw new Error('the module has no memory of its own');
}

/** What the function does: runs an `unreachable` instruction, or never returns. */
const BODIES = { trap: [5, 1, 3, 0, 0, 11], hang: [9, 1, 7, 0, 3, 64, 12, 0, 11, 11] };

/**
 * Source text that breaks the named export of the next instance.
 *
 * @param {keyof typeof BODIES} how
 * @param {string} name
 */
export function sabotage(how, name) {
  // (module (func (export "f") …)), with the body's section last
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, ...BODIES[how]];
  return `{
    const { Instance } = WebAssembly;
    const broken = new Instance(new WebAssembly.Module(new Uint8Array([${bytes}]))).exports.f;
    WebAssembly.Instance = function (module, imports) {
      WebAssembly.Instance = Instance;
      const { exports } = new Instance(module, imports);
      return { exports: { ...exports, ${JSON.stringify(name)}: broken } };
    };
    WebAssembly.Instance.prototype = Instance.prototype;
  }\n`;
}
