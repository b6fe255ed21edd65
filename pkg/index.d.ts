/**
 * Score leads and forecast revenue. Nothing leaves the machine it runs on.
 *
 * The same names come from the browser's entry and from Node's. The data that is handed out is declared by the engine
 * itself (wasm/data.d.ts); this file declares the functions around it.
 */

import type {
  AccountCard,
  AccountView,
  AccountsReport,
  Attached,
  BacktestReport,
  Channel,
  CutReport,
  DealRow,
  DriftReport,
  ExactReport,
  FanReport,
  FieldValues,
  ForecastReport,
  GatesReport,
  GoalReport,
  JoinKey,
  LeadExplanation,
  LeadReport,
  LeadRow,
  LearnColumnReport,
  LearnReport,
  LintReport,
  MqlReport,
  ManagerReport,
  OutcomeColumn,
  Place,
  ProblemFilter,
  ProblemWindow,
  Queue,
  ReadOptions,
  Receipt,
  ScenarioTable,
  SnapshotReport,
  WaterfallReport,
} from './wasm/data.js';

export type * from './wasm/data.js';

/** What rows are read from: a file, its bytes or text, or plain records. Bytes are copied when passed. */
export type Source = File | Blob | Uint8Array | ArrayBuffer | string | readonly Record<string, unknown>[];

/** How long work is watched and stopped. A stopped call rejects with kind `cancelled`, at the latest after 250 ms. */
export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** At most about ten a second. `done` and `total` are bytes while reading, a fraction of 1 while simulating, learning, calibrating or testing. */
export interface Progress {
  phase: 'read' | 'simulate' | 'learn' | 'calibrate' | 'backtest';
  done: number;
  total: number | null;
}

/** Columns named by the caller: header to canonical field, or to `null` to leave the column out. */
export type Mapping = Record<string, string | null>;

export interface OpenOptions extends CallOptions {
  /** How the file is read; `sheet` names the sheet of a workbook, by default the one with most rows. */
  read?: ReadOptions & { sheet?: string };
  mapping?: Mapping;
  /** The day "today" stands for, as `2026-03-31`; decides which deals count as open. */
  asOf?: string | null;
}

/** How another file is attached. What is left out is found from the files. */
export interface AttachOptions extends CallOptions {
  read?: ReadOptions;
  /** What the columns of the attached file mean. */
  mapping?: Mapping;
  /** What its rows are. */
  kind?:
    | 'leads' | 'contacts' | 'accounts' | 'deals' | 'activities' | 'contracts' | 'quotas' | 'reps' | 'stage-history'
    | 'products' | 'stages' | 'line-items';
  /** Headers of the columns by which the files belong together, the surest first: `left` in the open file. */
  on?: { left: string; right: string; key?: JoinKey }[];
  /** The day an earlier export of the same pipeline was taken, as `2026-03-31`. */
  day?: string;
  /** Currency of amounts beside which the file names none. Default `USD`. */
  currency?: string;
  /** First month of the fiscal year, 1 to 12, for quotas of `Q1`. Default 1. */
  fiscalYear?: number;
}

/** The options of one run; each has a default that the report states. */
export interface Run {
  asOf?: string | null;
  seed?: number;
  trials?: number;
  period?: 'month' | 'quarter' | 'year';
  periods?: number;
  quota?: number | null;
  /** What decides when open deals close; default: as the model says, `auto`. */
  timing?: 'auto' | 'hazards' | 'dates' | null;
  /** Whether deals that are not in the pipeline yet are simulated; default: as the model says, `auto`. */
  newBusiness?: 'auto' | 'off' | null;
  /** Whether earlier quarters of the file correct the forecast; default: as the model says, `auto`. */
  calibration?: 'auto' | 'off' | null;
  /** Whether contracts of a file that was attached are renewed, as part of each total; default: as the model says, `auto`. */
  renewals?: 'auto' | 'off' | null;
  /** Offsets from UTC of the model's time zone, each from a moment such as `2026-03-29T01:00Z` on. Default: looked up from the platform. */
  utcOffsets?: { from: string; minutes: number }[];
}

/** What to learn from. */
export interface LearnOptions {
  /** Header of the column with the outcome; default: the best of `outcomeColumns`. */
  outcome?: string;
  /** Values of that column that mean success; every other value then means failure. */
  success?: string[];
  /** Values that mean failure, beside `success`; rows with neither are then not decided. */
  failure?: string[];
  /** Header of the date that splits earlier from later rows. */
  date?: string;
  /** Headers of columns not to learn from. */
  exclude?: string[];
  /** What happens to columns that give the outcome away; default `exclude`. */
  leaks?: 'exclude' | 'keep';
  /** The day of learning, kept with the card; default: the newest date of the rows. */
  asOf?: string | null;
}

/** An operating model: a plain object or its JSON text. */
export type Model = object | string;

export interface ClientOptions {
  /** Workers that share the work, 0 to 64; the numbers never depend on it. 0 runs in the calling thread. */
  workers?: number;
  /** Starts a worker on `wasm/worker.js` from wherever the host keeps it. */
  worker?: () => WorkerLike;
  workerUrl?: string | URL;
  /** The compiled `WebAssembly.Module` or its bytes, or a promise of them, where it must not be fetched. */
  module?: object;
  wasmUrl?: string | URL;
}

/** What a client needs of a worker. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
  onmessage: unknown;
  onerror: unknown;
  onmessageerror: unknown;
}

/** Keeps parsed files in memory, so that they can be scored or simulated again and again. */
export interface Client {
  openLeads(source: Source, options?: OpenOptions): Promise<LeadsHandle>;
  openDeals(source: Source, options?: OpenOptions): Promise<DealsHandle>;
  /** What a file looks like, whatever it holds; nothing stays open. */
  understand(source: Exclude<Source, readonly Record<string, unknown>[]>, options?: OpenOptions): Promise<Receipt>;
  /** Ends the workers; calls in flight are rejected. */
  dispose(): void;
}

/** What to show of scored leads, and in what order. */
export interface LeadView {
  /** The first key decides: `fit`, `engagement`, `grade`, `segment`, `owner`, `name`, …, any field, or `column:Header`. */
  sort?: { by: string; descending?: boolean }[];
  /** Every part that is not empty must hold. */
  filter?: {
    /** Grades, or patterns such as `A*`. */
    grades?: string[];
    segments?: string[];
    owners?: string[];
    /** Channels the leads came by. */
    channels?: Channel[];
    /** Text that some cell of the row must hold. */
    text?: string;
    /** Only the leads of a queue. */
    queue?: Queue | null;
    disqualified?: boolean | null;
  };
}

export interface LeadsHandle {
  receipt(): Promise<Receipt>;
  /**
   * Joins another file to the list: activities, accounts, contacts, closed deals, … What was scored is to be scored
   * again. The file's own receipt and the join report come back; `receipt` then tells of the columns gained too.
   */
  attach(source: Source, options?: AttachOptions): Promise<Attached>;
  /** Rows and lines with something to say about, in the order of the file: those that pass the filter, 100 by default. */
  problems(filter?: ProblemFilter, from?: number, count?: number, options?: CallOptions): Promise<ProblemWindow>;
  /** The file with its own columns, put right: dates as ISO, numbers plain, missing words emptied. */
  correctedCsv(options?: CallOptions): Promise<Uint8Array>;
  score(model: Model, run?: Run, options?: CallOptions): Promise<LeadReport>;
  /** The rows that pass the filter, in order; `window` then counts in them. */
  view(view?: LeadView, options?: CallOptions): Promise<Uint32Array>;
  window(from: number, count: number, options?: CallOptions): Promise<LeadRow[]>;
  explain(row: number, options?: CallOptions): Promise<LeadExplanation>;
  /** The distinct values of a field or column, most frequent first; `null` if the file does not have it. */
  values(field: string, options?: CallOptions): Promise<FieldValues | null>;
  /** The file with its original columns and the scores behind them. */
  csv(options?: CallOptions): Promise<Uint8Array>;
  /** The columns that say how rows ended, the best candidate first; empty if there is none. */
  outcomeColumns(options?: CallOptions): Promise<OutcomeColumn[]>;
  /** What each column is to learning: how it is used, whether it may give the outcome away, what is proposed. */
  learnColumns(learning?: LearnOptions, options?: CallOptions): Promise<LearnColumnReport[]>;
  /** Learns a scorecard from the rows whose outcome is known, or says why there is nothing to learn. */
  learn(learning?: LearnOptions, options?: CallOptions): Promise<LearnReport>;
  /** What the model's scorecards give to ask about on this list; after `score`, as the next six. */
  lint(options?: CallOptions): Promise<LintReport>;
  /** The MQL thresholds that fit a number of leads that can be worked; by default the capacities of the pools. */
  mqlCuts(capacity?: number | null, options?: CallOptions): Promise<MqlReport>;
  /** Cut points of segments that separate win rate × amount better, if there are any. */
  cutPoints(options?: CallOptions): Promise<CutReport>;
  /** How far leads, MQLs, won and retained ones are from the profile as written. */
  drift(options?: CallOptions): Promise<DriftReport>;
  /** The list rolled up to accounts with their buying committees: the summary, and the accounts of a view. */
  accounts(view?: Partial<AccountView>, options?: CallOptions): Promise<AccountsReport>;
  /** One account with its people and their roles, by its number in `accounts`. */
  account(account: number, options?: CallOptions): Promise<AccountCard>;
  /** All leads of a queue as CSV, the most expected value first: plain figures, moments as ISO. */
  queueCsv(queue: 'exceptions' | 'breached' | 'stalled', options?: CallOptions): Promise<Uint8Array>;
  /** The accounts as CSV, best first, each with its people's names by role. */
  accountsCsv(options?: CallOptions): Promise<Uint8Array>;
  dispose(): void;
}

/** What an earlier export is compared by. */
export interface Comparison {
  /** The day of the earlier export; by default the newest day on which one of its deals was created or closed. */
  asOf?: string | null;
  /** The period, counted from the current one; default 0. */
  period?: number;
  /**
   * Major units of the reporting currency for one of another currency, on each of the two days: `{ EUR: 1.08 }`. By default those that
   * each export was read with; where one has none, that of the other, and the assumptions say so.
   */
  rates?: { before?: Record<string, number>; after?: Record<string, number> };
}

/** A deal in a scenario: its id, its name if only one has it, or its row in the table. */
export type DealName = string | number;

/** One change of a scenario; each key stands alone. Amounts in major units, dates as `2026-03-31`. */
export type ScenarioChange =
  | { move: { deal: DealName; close: string } }
  | { drop: { deal: DealName } }
  | { win: { deal: DealName; close?: string } }
  | { price: { deal: DealName; amount: number } }
  | { winRate: { stage?: string | null; by: number } }
  | { cycle: { stage?: string | null; days: number } }
  | { pipeline: { amount: number; deals?: number; stage?: string | null; close?: string } }
  | { reps: { count: number; start?: string; perQuarter?: number; rampMonths?: number } };

/** A what-if: changes made in their order. */
export interface Scenario {
  name?: string;
  changes: ScenarioChange[];
}

/** What a sales manager asks. */
export interface ManagerQuestion {
  /** The period, counted from the current one; default 0. */
  period?: number;
  /** The odds that must not be lost; default 0.5, or half of the odds where they are below. */
  level?: number;
  /** How sure one wants to be of the number one commits; default 0.8. */
  confidence?: number;
  /** What a unit called and not delivered costs; default 2. */
  overCost?: number;
  /** What a unit delivered and not called costs; default 1. */
  underCost?: number;
}

/** Which earlier quarters are forecast, from which of their days. */
export interface BacktestQuestion {
  /** Days of the quarter at whose end it is forecast: 1 to 13 of them, ascending, from 1 to 92. Default 14, 45 and 70. */
  cuts?: number[];
  /** First quarter, such as `2022Q1`; default: the first with 10 won deals and 30 days of records before it. */
  from?: string;
  /** Last quarter; default: the last one that the file holds to its end. */
  to?: string;
  /** Day from which closings were recorded, as `2022-03-01`; default: found in the file. */
  recordedFrom?: string;
  /** Seed of the random streams; default 1. */
  seed?: number;
  /** First month of the fiscal year, 1 to 12; default 1. */
  fiscalYear?: number;
  /** Currency of amounts beside which the file names none; default `USD`. */
  currency?: string;
}

/** The odds one wants, and what may move for them. */
export interface Goal {
  odds: number;
  lever: 'win-rate' | 'pipeline' | 'coverage';
  stage?: string | null;
  /** The period, counted from the current one; default 0. */
  period?: number;
}

export interface DealsHandle {
  receipt(): Promise<Receipt>;
  /**
   * Joins another file to the pipeline: accounts, contacts, products, stages, sales people, stage history, kept snapshots, another day's
   * export, quotas, contracts, activities. What was simulated is to be simulated again. Of a file of quotas the sums by
   * period come back too.
   */
  attach(source: Source, options?: AttachOptions): Promise<Attached>;
  /** Rows and lines with something to say about, in the order of the file: those that pass the filter, 100 by default. */
  problems(filter?: ProblemFilter, from?: number, count?: number, options?: CallOptions): Promise<ProblemWindow>;
  /** The file with its own columns, put right: dates as ISO, numbers plain, missing words emptied. */
  correctedCsv(options?: CallOptions): Promise<Uint8Array>;
  /** The newest day on which a deal was created or closed: up to then the file is complete. */
  proposedAsOf(options?: CallOptions): Promise<string | null>;
  forecast(model: Model, run?: Run, options?: CallOptions): Promise<ForecastReport>;
  /**
   * How the method of the forecast did in earlier quarters of the file, seen from days 14, 45 and 70 and from the day of the
   * forecast; null where nothing was corrected by them (see `calibration` of the report).
   */
  trackRecord(options?: CallOptions): Promise<BacktestReport | null>;
  /**
   * Forecasts earlier quarters of the file from within, from days of one's choice, with what was known then, and grades it: APE,
   * CRPS, pinball loss, coverage of the 50, 80 and 90 % intervals, the noise floor and four simpler methods. Needs no forecast. Every day
   * of every quarter is one step of a few dozen milliseconds; it reports progress and can be stopped.
   */
  backtest(question?: BacktestQuestion, options?: CallOptions): Promise<BacktestReport>;
  /**
   * Adds the forecast to snapshots that the user keeps and grades those whose periods are over. `kept` is the text of the
   * file from last time, empty for the first; `file` of the answer is the one to keep. The forecast comes first.
   */
  snapshot(kept?: string, options?: CallOptions): Promise<SnapshotReport>;
  /** The simulated totals, one per trial: of one period, counted from 0, or of all of them. */
  totals(period?: number, options?: CallOptions): Promise<Float64Array>;
  window(from: number, count: number, options?: CallOptions): Promise<DealRow[]>;
  /** What changed since an earlier export, in buckets that close to the cent; the forecast comes first. */
  compare(previous: DealsHandle, comparison?: Comparison, options?: CallOptions): Promise<WaterfallReport>;
  /** The forecast as it is and under each scenario, on the same random numbers; the forecast comes first. */
  scenarios(scenarios: Scenario[] | string, options?: CallOptions): Promise<ScenarioTable>;
  /**
   * The forecast computed without trials beside the simulated one: exact where the amounts have a common unit, on a grid
   * with rates fixed where not; the forecast comes first.
   */
  exact(options?: CallOptions): Promise<ExactReport>;
  /**
   * The current period from its first day to its last: what is won so far, and the spread of what will be by each day or week
   * ahead; the forecast comes first.
   */
  fan(options?: CallOptions): Promise<FanReport>;
  /** What each open deal lacks for its stage, and the forecast of those that lack nothing; the forecast comes first. */
  gates(options?: CallOptions): Promise<GatesReport>;
  /** Drivers, deals that must be won, coverage, concentration and the number to commit; the forecast comes first. */
  manage(question?: ManagerQuestion, options?: CallOptions): Promise<ManagerReport>;
  /** What must be true for the odds one wants; the forecast comes first. */
  seek(goal: Goal | string, options?: CallOptions): Promise<GoalReport>;
  csv(options?: CallOptions): Promise<Uint8Array>;
  dispose(): void;
}

export function createClient(options?: ClientOptions): Client;

/** Scores, segments and routes a list of leads. */
export function scoreLeads(
  source: Source,
  model: Model,
  run?: Run,
  options?: OpenOptions & ClientOptions,
): Promise<LeadReport & { leads: LeadRow[] }>;

/** Scores one record, such as a web form's. */
export function scoreLead(record: Record<string, unknown>, model: Model, run?: Run): Promise<LeadExplanation>;

/** Simulates a pipeline. */
export function forecastDeals(
  source: Source,
  model: Model,
  run?: Run,
  options?: OpenOptions & ClientOptions,
): Promise<ForecastReport>;

/** A forecast and what was asked of it, to be written down; everything but the report may be left out. */
export interface ForecastDocument {
  report: ForecastReport;
  /** What stands over the headline; default `Forecast`. */
  title?: string;
  /** Name of the file; default: the one it was read under. */
  file?: string;
  /** Name of the operating model. */
  model?: string;
  /** BCP 47 tag by which figures and days are written; default `en`. */
  language?: string;
  /** The number one commits, and its odds. */
  call?: { amount: number; odds: number | null } | null;
  /** Open deals; the 100 largest are written. */
  deals?: DealRow[];
  manager?: ManagerReport | null;
  gates?: GatesReport | null;
  changes?: WaterfallReport | null;
  record?: BacktestReport | null;
  /** The track record from the end of each week: `backtest({ cuts: [7, 14, …] })`. */
  weeks?: BacktestReport | null;
  /** Scenarios beside the forecast. */
  scenarios?: ScenarioTable | null;
  /** What each of them changes, in words of your own, in their order. */
  scenarioChanges?: string[][];
  /** What must be true for the odds one wants, lever by lever. */
  goals?: GoalReport[] | null;
  /** What kept snapshots say: forecasts of periods that are over, stages and dates. */
  snapshots?: SnapshotReport | null;
  /**
   * Drawings as SVG markup, written as it is: only drawings of your own making belong here. They may use the document's
   * colours, such as `var(--chart-line)`.
   */
  charts?: { title: string; caption?: string; svg: string }[];
}

/**
 * The forecast as one HTML document that stands by itself: no script, nothing fetched, printable. Every text is escaped, whatever
 * the cells of the file held.
 */
export function forecastHtml(document: ForecastDocument): string;

/** The names of the operating models that ship. */
export function presets(): Promise<string[]>;

/** One of them, as a plain object to change. */
export function preset(name: string): Promise<Record<string, unknown>>;

/** The model with its defaults filled in; rejects with kind `model` and the place of the mistake. */
export function checkModel(model: Model): Promise<{ model: Record<string, unknown> }>;

/** The engine's version. */
export function version(): Promise<string>;

/**
 * Fetches everything that is ever needed, so that a page can forbid itself the network before it sees a file:
 * `createClient({ ...(await prefetch()), workers: 2 })`.
 */
export function prefetch(urls?: {
  workerUrl?: string | URL;
  wasmUrl?: string | URL;
}): Promise<Required<Pick<ClientOptions, 'module' | 'worker'>>>;

export type ErrorKind = 'input' | 'model' | 'run' | 'limit' | 'cancelled' | 'unavailable' | 'internal';

/** Why there is no answer: match on `kind` or `code`; the message ends with the remedy. */
export class LeadcastError extends Error {
  constructor(
    fields: { kind: ErrorKind; code: string; message: string; place?: Place; retryable?: boolean },
    options?: ErrorOptions,
  );
  readonly kind: ErrorKind;
  /** Stable kebab-case code. */
  readonly code: string;
  readonly place: Place;
  /** Whether the same call may succeed when made again unchanged. */
  readonly retryable: boolean;
}
