// The worker's side of the conversation, over any message port.
//
//   in:  { module } once · { id, name, args } · { cancel: id }
//   out: { ready } or { failed } after the module · { held } the name of a lock that goes when the worker does ·
//        { id, value } | { id, error } | { id, trap } once per id · { id, progress } before that

/** @import { start } from './engine.js' */
/** @typedef {{ postMessage: (message: unknown, transfer?: ArrayBuffer[]) => void, onmessage: any }} Port */

/**
 * @param {Port} port
 * @param {typeof start} startEngine
 */
export function serve(port, startEngine) {
  /** @type {ReturnType<typeof start> | undefined} */
  let engine;
  /** Calls that were asked to stop. @type {Set<number>} */
  const stopping = new Set();

  /** @param {{ data: any }} event */
  port.onmessage = async ({ data }) => {
    if ('cancel' in data) return void stopping.add(data.cancel);
    if ('module' in data) {
      try {
        engine = startEngine(data.module);
        port.postMessage({ ready: true });
      } catch (error) {
        const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
        port.postMessage({ failed: { name, message } });
      }
      return;
    }
    const { id, name, args } = data;
    if (!engine) return;
    const settled = await engine.perform(name, args, {
      progress: (progress) => port.postMessage({ id, progress }),
      stopped: () => stopping.has(id),
    });
    stopping.delete(id);
    port.postMessage({ id, ...settled }, 'value' in settled ? buffers(settled.value) : []);
  };
}

/** A typed array is handed over, not copied. @param {unknown} value @returns {ArrayBuffer[]} */
function buffers(value) {
  return ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
}
