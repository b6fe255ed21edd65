// @ts-check
/** Everything a person can do on the page. Each action changes the state and has it drawn again. */

export * from './actions/page.js';
export * from './actions/leads.js';
export * from './actions/parts.js';
export * from './actions/accounts.js';
export * from './actions/routing.js';
export * from './actions/check.js';
export * from './actions/learn.js';
export * from './actions/tune.js';
export * from './actions/forecast.js';
export * from './actions/compare.js';
export * from './actions/scenario.js';
export * from './actions/manage.js';
export * from './actions/lines.js';
export * from './actions/report.js';
export * from './actions/exact.js';
export * from './actions/gates.js';
export * from './actions/record.js';
export * from './actions/snapshots.js';
export * from './actions/model.js';
export * from './actions/reading.js';
export * from './actions/panel.js';
export * from './actions/problems.js';
export * from './actions/files.js';
export { downloadList } from './actions/work.js';
