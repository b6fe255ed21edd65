// Breaks an engine for real, without the module having an export for it: text that runs before the engine starts puts
// another module's function in the place of a named export.

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
