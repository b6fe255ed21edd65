// @ts-check
/** Draws the page, wires the window, and starts the engine. */

import * as act from './actions.js';
import { draw } from './dom.js';
import { changed, drawWith, state } from './state.js';
import { syncPicker } from './views/picker.js';
import { page, syncDialogs } from './views/shell.js';

const host = /** @type {HTMLElement} */ (document.getElementById('app'));

drawWith((now) => {
  draw(host, ...page(now));
  syncDialogs(now);
  syncPicker(now);
});

let depth = 0;
window.addEventListener('dragenter', (event) => {
  if (!event.dataTransfer?.types.includes('Files')) return;
  depth += 1;
  act.drag(true);
});
window.addEventListener('dragleave', () => {
  depth = Math.max(0, depth - 1);
  if (depth === 0) act.drag(false);
});
// Without this the browser would leave the page for a file dropped beside the zone.
window.addEventListener('dragover', (event) => event.preventDefault());
window.addEventListener('drop', (event) => {
  // A part of the page that has its own use for a file has taken it already.
  const isTaken = event.defaultPrevented;
  event.preventDefault();
  depth = 0;
  if (isTaken) act.drag(false);
  else act.drop(event.dataTransfer);
});
window.addEventListener('paste', (event) => {
  const target = /** @type {Element | null} */ (event.target);
  if (target?.closest('input, textarea, select')) return;
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const file = event.clipboardData?.files[0];
  if (file) act.openFile(state.tab === 'forecast' ? 'forecast' : 'leads', file);
  else if (/\n/.test(text.trim())) act.openPasted(text);
});
window.addEventListener('keydown', act.undoKey);
window.addEventListener('pointerdown', (event) => {
  const target = /** @type {Element} */ (event.target);
  if (state.picker && !target.closest('.picker')) act.openPicker('');
  if (!target.closest('.field-picker, [data-pick]')) act.closeFieldPickers();
});
// What is written into the model's JSON and not yet in force is the one thing that leaving would lose: files stay where they are, the rest is kept.
window.addEventListener('beforeunload', (event) => {
  if (state.model.draft !== null) event.preventDefault();
});
document.addEventListener('securitypolicyviolation', act.countRefused);
new PerformanceObserver((list) => act.countRequests(list.getEntries())).observe({ type: 'resource', buffered: true });

changed();
act.start();
