// @ts-check
/** The one state object. Actions change it and call `changed`; `render` reads it and changes nothing. */

import { NO_CORRECTIONS } from './corrections.js';
import { freshLearning } from './learning.js';
import { recall } from './storage.js';
import { freshTuning } from './tuning.js';

/**
 * @typedef {import('./engine.js').Receipt} Receipt
 * @typedef {import('./engine.js').LeadReport} LeadReport
 * @typedef {import('./engine.js').ForecastReport} ForecastReport
 * @typedef {import('./engine.js').LeadsHandle} LeadsHandle
 * @typedef {import('./engine.js').DealsHandle} DealsHandle
 * @typedef {'leads' | 'forecast' | 'model'} Tab
 * @typedef {{ title: string, message: string, remedy: string, code: string }} Problem
 * @typedef {{ label: string, fraction: number | null, cancel: () => void }} Busy
 * @typedef {{ name: string, size: number, source: import('../../pkg/index.js').Source, insisted?: Record<string, string | null> }} OpenedFile `insisted`: what its columns are, whatever it looks like
 * @typedef {{ key: string, descending: boolean }} Sort
 * @typedef {'leads' | 'forecast'} Desk
 * @typedef {OpenedFile & { kind: string, columns: string[], on?: { left: string, right: string }[], attached: import('./engine.js').Attached | null, problem: Problem | null }} FurtherFile beside the open one
 * @typedef {import('./corrections.js').Corrections} Corrections
 */

/**
 * How the open file is read, and what of it is shown.
 * @typedef {object} Reading
 * @property {Receipt | null} found what was understood before any correction
 * @property {string} headers names the file's header set
 * @property {Corrections} corrections in force
 * @property {Corrections[]} past corrections that undo goes back to, the newest last
 * @property {Corrections[]} future corrections that redo goes on to, the nearest last
 * @property {string} said what the last change did
 * @property {Problem | null} refused a change that could not be made
 * @property {Record<string, Record<string, string>>} readings what a cell means under each way of reading, by type and text
 */

/**
 * What the panel "What was understood" shows.
 * @typedef {object} Panel
 * @property {boolean} isOpen
 * @property {'problems' | 'columns' | 'quality' | 'files' | 'assumed'} part
 * @property {string} find part of a column's name
 * @property {boolean} all whether every column is listed
 * @property {string} picking the column a field is picked for
 * @property {string} pickFind
 * @property {number} pickAt the choice the keyboard is on
 * @property {number | null} problem the diagnostic whose rows are shown
 */

/** @typedef {'list' | 'accounts' | 'routing' | 'check'} LeadsPart */
/** @typedef {'exceptions' | 'breached' | 'stalled'} QueueName */

/**
 * Routing: the queue that is shown, and the lines worth choosing for an MQL.
 * @typedef {object} RoutingDesk
 * @property {QueueName} queue
 * @property {number | null} capacity leads that can be worked, as a person says; nothing for what the pools can take
 * @property {import('./engine.js').MqlReport | null} cuts
 * @property {LeadReport | null} of the scored list that the cuts are of
 * @property {Problem | null} problem
 */

/**
 * What there is to ask about the card.
 * @typedef {object} CheckDesk
 * @property {import('./engine.js').LintReport | null} lint
 * @property {import('./engine.js').CutReport | null} cuts
 * @property {import('./engine.js').DriftReport | null} drift
 * @property {LeadReport | null} of the scored list that they are of
 * @property {Problem | null} problem
 */

/**
 * The list rolled up to accounts.
 * @typedef {object} Accounts
 * @property {import('./engine.js').AccountsReport | null} report
 * @property {LeadReport | null} of the scored list that the report is of
 * @property {{ sort: Sort, flag: string, missing: string, text: string }} view
 * @property {number | null} selected
 * @property {import('./engine.js').AccountCard | null} card of the selected account
 * @property {Problem | null} problem
 */

/**
 * What the Leads tab shows.
 * @typedef {object} LeadsDesk
 * @property {OpenedFile | null} file
 * @property {LeadsHandle | null} handle
 * @property {Receipt | null} receipt
 * @property {LeadReport | null} report
 * @property {Reading} reading
 * @property {Panel} panel
 * @property {FurtherFile[]} files
 * @property {{ file: File, kind: string, columns: string[] } | null} misplaced a file that does not belong here
 * @property {Record<string, import('./engine.js').FieldValues>} values distinct values of the fields one can pick from
 * @property {{ sort: Sort, then: string, grades: string[], segment: string, owner: string, channel: string, queue: QueueName | '', find: string }} view
 * @property {Uint32Array | null} order rows in the shown order
 * @property {{ rows: any[], of: Uint32Array | null }} paper the first rows of an order, for a print
 * @property {number | null} selected row
 * @property {any | null} explanation of the selected row
 * @property {import('./learning.js').Learning} learning
 * @property {import('./tuning.js').Tuning} tuning
 * @property {LeadsPart} part
 * @property {Accounts} accounts
 * @property {RoutingDesk} routing
 * @property {CheckDesk} check
 * @property {Problem | null} problem
 */

/**
 * What the Forecast tab shows.
 * @typedef {object} DealsDesk
 * @property {OpenedFile | null} file
 * @property {DealsHandle | null} handle
 * @property {Receipt | null} receipt
 * @property {ForecastReport | null} report
 * @property {Reading} reading
 * @property {Panel} panel
 * @property {FurtherFile[]} files
 * @property {{ file: File, kind: string, columns: string[] } | null} misplaced a file that does not belong here
 * @property {'distribution' | 'exceedance' | 'fan' | 'periods'} chart
 * @property {DealsHandle | null} by the reading of the file that the forecast is of
 * @property {{ report: Float64Array | null, of: ForecastReport | null }} totals of the trials of the current period, ascending
 * @property {number | null} call the number one would commit, where it is not what was called
 * @property {{ line: 'quota' | 'call', value: number } | null} trying a line that moves
 * @property {{ report: import('./engine.js').FanReport | null, of: ForecastReport | null, problem: Problem | null }} fan
 * @property {{ date: string, reason: string, isSet: boolean }} asOf `isSet`: by the person, so that no other is proposed
 * @property {{ sort: Sort }} view
 * @property {any[]} rows the deals, in the shown order
 * @property {boolean} confirmed whether quota, period and fiscal start were confirmed
 * @property {Compared} compared what stands beside an earlier export
 * @property {WhatIf} whatIf
 * @property {Manager} manager
 * @property {{ report: import('./engine.js').TrackRecord | null, of: ForecastReport | null, cut: number, problem: Problem | null }} record
 * @property {{ report: import('./engine.js').TrackRecord | null, of: string, problem: Problem | null }} weeks the record from the end of each week; `of`: fingerprint of the record beside it
 * @property {{ report: import('./engine.js').SnapshotReport | null, problem: Problem | null }} snapshots
 * @property {{ report: import('./engine.js').GatesReport | null, of: ForecastReport | null, triage: 'escalate' | 'advance' | 'remove', problem: Problem | null }} gates
 * @property {{ report: import('./engine.js').ExactReport | null, isAsked: boolean, problem: Problem | null }} exact
 * @property {Problem | null} problem
 */

/**
 * What a manager asks.
 * @typedef {object} Manager
 * @property {import('../../pkg/index.js').ManagerQuestion} question
 * @property {import('./engine.js').ManagerReport | null} report
 * @property {ForecastReport | null} of the forecast that it is about
 * @property {'owners' | 'segments' | 'products'} view
 * @property {Problem | null} problem
 */

/**
 * What the sliders say; 0 changes nothing.
 * @typedef {{ stage: string, winRate: number, days: number, pipeline: number, reps: number, perRep: number | null }} Sliders `perRep`: null for what the model's people bring
 */

/**
 * Scenarios beside the forecast.
 * @typedef {object} WhatIf
 * @property {boolean} isOpen
 * @property {Sliders} sliders
 * @property {{ change: import('../../pkg/index.js').ScenarioChange, label: string }[]} changes to single deals
 * @property {string} sought what the name or id of deals offered for a change holds
 * @property {{ name: string, changes: import('../../pkg/index.js').ScenarioChange[], words: string[] }[]} kept `words`: the changes, as a person says them
 * @property {import('./engine.js').ScenarioTable | null} table the kept ones, then what the controls say
 * @property {ForecastReport | null} of the forecast that the table is beside
 * @property {number} goal odds wanted, in percent
 * @property {import('./engine.js').GoalReport[] | null} answers
 * @property {ForecastReport | null} answersOf the forecast that was asked
 * @property {boolean} isSeeking
 * @property {Problem | null} problem
 */

/**
 * An earlier export and what changed since.
 * @typedef {object} Compared
 * @property {DealsHandle | null} handle
 * @property {string} file
 * @property {string} asOf the day of the earlier export
 * @property {Record<string, number>} rates of the earlier day, where they are not those of today
 * @property {'amount' | 'odds' | 'categories' | 'stages'} view
 * @property {import('./engine.js').WaterfallReport | null} report
 * @property {ForecastReport | null} of the forecast that it ends at
 * @property {Problem | null} problem
 */

const kept = recall();

export const state = {
  /** @type {Tab} */
  tab: 'leads',
  /** @type {'starting' | 'ready' | 'failed'} */
  engine: 'starting',
  /** @type {Problem | null} */
  problem: null,
  /** @type {Busy | null} */
  busy: null,
  /** Said once by screen readers. */
  announcement: '',
  dragging: false,
  confirmForget: false,
  pasting: false,
  /** Requests seen since the first file was opened; nothing before. */
  network: { since: /** @type {number | null} */ (null), requests: 0, refused: 0 },
  kept,
  /** Whether the browser took the last thing to keep. */
  keeping: true,
  /** @type {LeadsDesk} */
  leads: freshLeads(),
  /** @type {DealsDesk} */
  deals: freshDeals(),
  model: {
    /** The model before picks. @type {any} */
    base: null,
    /** The model in force: base with picks. @type {any} */
    value: null,
    /** What stands in the JSON field, while it differs from the model in force. @type {string | null} */
    draft: null,
    /** @type {Problem | null} */
    problem: null,
    section: 'icp',
    /** Models that undo goes back to, the newest last, each with what was then changed. @type {{ value: any, what: string }[]} */
    past: [],
  },
  /** Name of the open picker. */
  picker: '',
  pickerFind: '',
};

/** @returns {Reading} */
export function freshReading() {
  return { found: null, headers: '', corrections: NO_CORRECTIONS, past: [], future: [], said: '', refused: null, readings: {} };
}

/** @returns {Panel} */
export function freshPanel() {
  return { isOpen: false, part: 'columns', find: '', all: false, picking: '', pickFind: '', pickAt: -1, problem: null };
}

/** @returns {LeadsDesk} */
export function freshLeads() {
  return {
    file: null, handle: null, receipt: null, report: null, reading: freshReading(), panel: freshPanel(), files: [], misplaced: null, values: {}, order: null, paper: { rows: [], of: null }, selected: null, explanation: null,
    learning: freshLearning(), tuning: freshTuning(), part: 'list',
    accounts: { report: null, of: null, view: { sort: { key: 'rank', descending: false }, flag: '', missing: '', text: '' }, selected: null, card: null, problem: null },
    routing: { queue: 'exceptions', capacity: null, cuts: null, of: null, problem: null }, check: { lint: null, cuts: null, drift: null, of: null, problem: null },
    problem: null, view: { sort: { key: 'rank', descending: false }, then: 'fit', grades: [], segment: '', owner: '', channel: '', queue: '', find: '' },
  };
}

/** @returns {WhatIf} */
export function freshWhatIf() {
  return {
    isOpen: false, sliders: { stage: '', winRate: 0, days: 0, pipeline: 0, reps: 0, perRep: null }, changes: [], sought: '', kept: [], table: null, of: null,
    goal: 80, answers: null, answersOf: null, isSeeking: false, problem: null,
  };
}

/** @returns {DealsDesk['exact']} */
export function freshExact() {
  return { report: null, isAsked: false, problem: null };
}

/** @returns {DealsDesk} */
export function freshDeals() {
  return {
    file: null, handle: null, receipt: null, report: null, reading: freshReading(), panel: freshPanel(), files: [], misplaced: null, chart: 'distribution', asOf: { date: '', reason: '', isSet: false },
    view: { sort: { key: 'amount', descending: true } }, rows: [], confirmed: false, problem: null,
    by: null, record: { report: null, of: null, cut: 45, problem: null }, weeks: { report: null, of: '', problem: null }, totals: { report: null, of: null }, call: null, trying: null, fan: { report: null, of: null, problem: null },
    gates: { report: null, of: null, triage: 'escalate', problem: null },
    snapshots: { report: null, problem: null },
    exact: freshExact(),
    whatIf: freshWhatIf(), manager: { question: {}, report: null, of: null, view: 'owners', problem: null },
    compared: { handle: null, file: '', asOf: '', rates: {}, view: 'amount', report: null, of: null, problem: null },
  };
}

/** @typedef {typeof state} State */

/**
 * An answer about the forecast in force; nothing where it is about another one.
 * @template T
 * @param {DealsDesk} deals
 * @param {{ report: T | null, of: ForecastReport | null }} answer
 * @returns {T | null}
 */
export function current({ report }, answer) {
  return answer.of === report ? answer.report : null;
}

/**
 * What both tabs have in common.
 * @param {Desk} desk
 * @returns {LeadsDesk | DealsDesk}
 */
export function deskOf(desk) {
  return desk === 'leads' ? state.leads : state.deals;
}

/** @type {((state: State) => void) | undefined} */
let render;
let scheduled = false;

/**
 * Names the function that draws the state.
 * @param {(state: State) => void} draw
 */
export function drawWith(draw) {
  render = draw;
}

/** Draws the state once, however often it is called in one turn. */
export function changed() {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    render?.(state);
  });
}
