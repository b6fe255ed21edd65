// @ts-check
/**
 * The page's one door to the package: fetches everything the page will ever need, closes the network, and opens files.
 * Nothing else in the page imports the package.
 */

import { checkModel, createClient, prefetch, preset, presets } from '../../pkg/index.js';

export { forecastHtml } from '../../pkg/index.js';

/**
 * @typedef {import('../../pkg/index.js').LeadsHandle} LeadsHandle
 * @typedef {import('../../pkg/index.js').DealsHandle} DealsHandle
 * @typedef {Awaited<ReturnType<LeadsHandle['receipt']>>} Receipt
 * @typedef {Receipt['columns'][number]} ColumnReceipt
 * @typedef {Receipt['diagnostics'][number]} Diagnostic
 * @typedef {Awaited<ReturnType<LeadsHandle['attach']>>} Attached
 * @typedef {Awaited<ReturnType<LeadsHandle['score']>>} LeadReport
 * @typedef {Awaited<ReturnType<LeadsHandle['window']>>[number]} LeadRow
 * @typedef {Awaited<ReturnType<LeadsHandle['explain']>>} LeadExplanation
 * @typedef {NonNullable<Awaited<ReturnType<LeadsHandle['values']>>>} FieldValues
 * @typedef {Awaited<ReturnType<LeadsHandle['outcomeColumns']>>[number]} OutcomeColumn
 * @typedef {Awaited<ReturnType<LeadsHandle['learnColumns']>>[number]} LearnColumn
 * @typedef {Awaited<ReturnType<LeadsHandle['learn']>>} LearnReport
 * @typedef {Awaited<ReturnType<LeadsHandle['lint']>>} LintReport
 * @typedef {Awaited<ReturnType<LeadsHandle['mqlCuts']>>} MqlReport
 * @typedef {Awaited<ReturnType<LeadsHandle['cutPoints']>>} CutReport
 * @typedef {Awaited<ReturnType<LeadsHandle['drift']>>} DriftReport
 * @typedef {Awaited<ReturnType<LeadsHandle['accounts']>>} AccountsReport
 * @typedef {Awaited<ReturnType<LeadsHandle['account']>>} AccountCard
 * @typedef {Awaited<ReturnType<DealsHandle['forecast']>>} ForecastReport
 * @typedef {ForecastReport['periods'][number]} PeriodFigures
 * @typedef {ForecastReport['categories'][number]} CategoryRow
 * @typedef {ForecastReport['stages'][number]} StageRow
 * @typedef {Awaited<ReturnType<DealsHandle['window']>>[number]} DealRow
 * @typedef {Awaited<ReturnType<DealsHandle['compare']>>} WaterfallReport
 * @typedef {Awaited<ReturnType<DealsHandle['scenarios']>>} ScenarioTable
 * @typedef {Awaited<ReturnType<DealsHandle['seek']>>} GoalReport
 * @typedef {Awaited<ReturnType<DealsHandle['manage']>>} ManagerReport
 * @typedef {Awaited<ReturnType<DealsHandle['exact']>>} ExactReport
 * @typedef {Awaited<ReturnType<DealsHandle['fan']>>} FanReport
 * @typedef {Awaited<ReturnType<DealsHandle['gates']>>} GatesReport
 * @typedef {Awaited<ReturnType<DealsHandle['snapshot']>>} SnapshotReport
 * @typedef {NonNullable<Awaited<ReturnType<DealsHandle['trackRecord']>>>} TrackRecord
 */

const SAMPLES = { leads: 'samples/leads.csv', forecast: 'samples/pipeline.csv', previous: 'samples/pipeline-last-week.csv' };

/** After this the browser refuses every connection and every worker that does not come from this page's own memory. */
const SEAL = "connect-src 'none'; worker-src blob:; img-src data: blob:; form-action 'none'";

/** Simulating workers; the reading stays in one. */
const WORKERS = Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1));

/** @type {import('../../pkg/index.js').Client | undefined} */
let client;
/** @type {string[]} */
let presetNames = [];
/** @typedef {keyof typeof SAMPLES} Sample */
/** @type {Partial<Record<Sample, File>>} */
const samples = {};

/** Fetches the engine and the samples and starts the client. */
export async function prepare() {
  const [{ module, worker }, names] = await Promise.all([prefetch(), presets(), fetchSamples()]);
  presetNames = names;
  client = createClient({ module, worker, workers: WORKERS });
}

/** A page without its samples works; the sample buttons then say so. */
async function fetchSamples() {
  await Promise.all(Object.entries(SAMPLES).map(async ([desk, path]) => {
    const response = await fetch(path).catch(() => null);
    if (!response?.ok) return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    samples[/** @type {Sample} */ (desk)] = new File([await response.blob()], name, { type: 'text/csv' });
  }));
}

/** Appends the second policy; a policy can only be tightened, so there is no way back before a reload. */
export function seal() {
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = SEAL;
  document.head.append(policy);
}

/** Names of the presets that ship. */
export function knownPresets() {
  return presetNames;
}

/**
 * @param {Sample} desk
 * @returns {File | undefined}
 */
export function sample(desk) {
  return samples[desk];
}

/**
 * @param {import('../../pkg/index.js').Source} source
 * @param {import('../../pkg/index.js').OpenOptions} options
 */
export function openLeads(source, options) {
  return running().openLeads(source, options);
}

/**
 * @param {import('../../pkg/index.js').Source} source
 * @param {import('../../pkg/index.js').OpenOptions} options
 */
export function openDeals(source, options) {
  return running().openDeals(source, options);
}

/**
 * What a file looks like, whatever it holds.
 * @param {File} file
 * @param {import('../../pkg/index.js').OpenOptions} options
 */
export function understand(file, options) {
  return running().understand(file, { ...options, read: { name: file.name } });
}

/**
 * What the engine makes of some cells when it is told how they are written.
 * @param {string[]} samples
 * @param {'date' | 'number'} type
 * @param {string} way an order of day and month, or a decimal mark
 * @returns {Promise<string[]>} as the receipt writes them; empty where a cell has no meaning
 */
export async function meanings(samples, type, way) {
  const names = samples.map((_, i) => `value ${i + 1}`);
  const how = type === 'date' ? { type, dateOrder: way } : { type, decimal: way };
  const read = { columns: Object.fromEntries(names.map((name) => [name, how])) };
  const record = Object.fromEntries(names.map((name, i) => [name, samples[i]]));
  const handle = await openLeads([record], { read: /** @type {any} */ (read) });
  const { columns } = await handle.receipt();
  handle.dispose();
  return names.map((name) => columns.find((column) => column.name === name)?.min ?? '');
}

function running() {
  if (!client) throw new Error('the engine is not started');
  return client;
}

/**
 * The model with every default filled in.
 * @param {object | string} model
 * @returns {Promise<Record<string, unknown>>}
 */
export async function checkedModel(model) {
  return (await checkModel(model)).model;
}

/**
 * A model that ships, every default filled in.
 * @param {string} name
 */
export async function shippedModel(name) {
  return checkedModel(await preset(name));
}
