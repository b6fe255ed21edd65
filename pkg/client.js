// Data sets that live in an engine, seen as asynchronous objects.

import { DataSet } from './data-set.js';
import { LeadcastError } from './error.js';
import { contentOf, fileName, text, whole, word } from './source.js';
import { withOffsets } from './zone.js';

/** @import { CallOptions, Runner } from './runner.js' */
/** @import { Source } from './source.js' */
/** @typedef {CallOptions & { mapping?: object, read?: object, asOf?: string | null }} OpenOptions */
/** @typedef {CallOptions & { mapping?: object, read?: object, kind?: string, on?: object[], day?: string, currency?: string, fiscalYear?: number }} AttachOptions */

/** One or several runners and the data sets opened on them. */
export class Client {
  /** @type {Runner[]} */
  #runners;
  #lastKey = 0;

  /** @param {Runner[]} runners */
  constructor(runners) {
    this.#runners = runners;
  }

  /**
   * Reads a list of leads.
   *
   * @param {Source} source
   * @param {OpenOptions} [options]
   */
  async openLeads(source, options = {}) {
    const data = await this.#open('openLeads', source, options);
    return new LeadsHandle(data);
  }

  /**
   * Reads a pipeline of deals.
   *
   * @param {Source} source
   * @param {OpenOptions} [options]
   */
  async openDeals(source, options = {}) {
    const data = await this.#open('openDeals', source, options);
    return new DealsHandle(data);
  }

  /**
   * What a file looks like, whatever it holds; nothing stays open.
   *
   * @param {Exclude<Source, readonly object[]>} source
   * @param {OpenOptions} [options]
   */
  async understand(source, { mapping, read, signal, onProgress } = {}) {
    const settings = text({ options: { name: fileName(source), ...read }, mapping }, 'options');
    return this.#runners[0]?.call('understand', [contentOf(source), settings], { signal, onProgress });
  }

  /** Ends the workers; calls in flight are rejected. */
  dispose() {
    for (const runner of this.#runners) runner.dispose();
  }

  /** @param {'openLeads' | 'openDeals'} name @param {Source} source @param {OpenOptions} options */
  async #open(name, source, { mapping, read, asOf, signal, onProgress }) {
    const key = ++this.#lastKey;
    const settings = text({ options: { name: fileName(source), ...read }, mapping, asOf }, 'options');
    // The first runner of a data set changes from one to the next, so that several can work at the same time.
    const turn = (key - 1) % this.#runners.length;
    const runners = [...this.#runners.slice(turn), ...this.#runners.slice(0, turn)];
    const data = new DataSet(runners, key, name, contentOf(source), settings);
    await data.load({ signal, onProgress });
    return data;
  }
}

/** A list of leads in an engine. */
export class LeadsHandle {
  #data;

  /** @param {DataSet} data */
  constructor(data) {
    this.#data = data;
  }

  /** What was understood of the file. */
  async receipt() {
    return this.#data.receipt;
  }

  /** @param {Source} source @param {AttachOptions} [options] */
  async attach(source, options = {}) {
    return this.#data.attach(source, options);
  }

  /**
   * Rows with something to say about, in the order of the file.
   *
   * @param {object} [filter] @param {number} [from] @param {number} [count] @param {CallOptions} [options]
   */
  async problems(filter = {}, from = 0, count = 100, options) {
    return this.#data.ask('problems', [text(filter ?? {}, 'filter'), whole(from, 'from'), whole(count, 'count')], options);
  }

  /** The file with its own columns, put right. @param {CallOptions} [options] */
  correctedCsv(options) {
    return this.#data.ask('correctedCsv', [], options);
  }

  /** @param {object | string} model @param {object} [run] @param {CallOptions} [options] */
  async score(model, run, options) {
    const document = text(model, 'model', 'model');
    return this.#data.change('score', [document, withOffsets(document, text(run ?? {}, 'run'))], { options });
  }

  /** @param {object} [view] @param {CallOptions} [options] */
  async view(view = {}, options) {
    return this.#data.change('view', [text(view ?? {}, 'view')], { options });
  }

  /** @param {number} from @param {number} count @param {CallOptions} [options] */
  async window(from, count, options) {
    return this.#data.ask('leadWindow', [whole(from, 'from'), whole(count, 'count')], options);
  }

  /** @param {number} row @param {CallOptions} [options] */
  async explain(row, options) {
    return this.#data.ask('explain', [whole(row, 'row')], options);
  }

  /** @param {string} field @param {CallOptions} [options] */
  async values(field, options) {
    return this.#data.ask('values', [word(field, 'field')], options);
  }

  /** @param {CallOptions} [options] */
  csv(options) {
    return this.#data.ask('leadsCsv', [], options);
  }

  /** @param {CallOptions} [options] */
  outcomeColumns(options) {
    return this.#data.ask('outcomeColumns', [], options);
  }

  /** @param {CallOptions} [options] */
  lint(options) {
    return this.#data.ask('lint', [], options);
  }

  /** @param {number | null} [capacity] @param {CallOptions} [options] */
  mqlCuts(capacity = null, options) {
    return this.#data.ask('mqlCuts', [capacity], options);
  }

  /** @param {CallOptions} [options] */
  cutPoints(options) {
    return this.#data.ask('cutPoints', [], options);
  }

  /** @param {CallOptions} [options] */
  drift(options) {
    return this.#data.ask('drift', [], options);
  }

  /** @param {object} [view] @param {CallOptions} [options] */
  async accounts(view = {}, options) {
    return this.#data.ask('accounts', [text(view ?? {}, 'view')], options);
  }

  /** @param {number} account @param {CallOptions} [options] */
  async account(account, options) {
    return this.#data.ask('account', [whole(account, 'account')], options);
  }

  /** @param {'exceptions' | 'breached' | 'stalled'} queue @param {CallOptions} [options] */
  async queueCsv(queue, options) {
    return this.#data.ask('queueCsv', [word(queue, 'queue')], options);
  }

  /** @param {CallOptions} [options] */
  accountsCsv(options) {
    return this.#data.ask('accountsCsv', [], options);
  }

  /** @param {object} [learning] @param {CallOptions} [options] */
  async learnColumns(learning = {}, options) {
    return this.#data.ask('learnColumns', [text(learning ?? {}, 'learning')], options);
  }

  /** @param {object} [learning] @param {CallOptions} [options] */
  async learn(learning = {}, options) {
    return this.#data.ask('learn', [text(learning ?? {}, 'learning')], options);
  }

  /** Frees the engine's memory; later calls are rejected. */
  dispose() {
    this.#data.close();
  }
}

/** A pipeline in an engine. */
export class DealsHandle {
  #data;

  /** @param {DataSet} data */
  constructor(data) {
    this.#data = data;
  }

  /** What was understood of the file. */
  async receipt() {
    return this.#data.receipt;
  }

  /** @param {Source} source @param {AttachOptions} [options] */
  async attach(source, options = {}) {
    return this.#data.attach(source, options);
  }

  /**
   * Rows with something to say about, in the order of the file.
   *
   * @param {object} [filter] @param {number} [from] @param {number} [count] @param {CallOptions} [options]
   */
  async problems(filter = {}, from = 0, count = 100, options) {
    return this.#data.ask('problems', [text(filter ?? {}, 'filter'), whole(from, 'from'), whole(count, 'count')], options);
  }

  /** The file with its own columns, put right. @param {CallOptions} [options] */
  correctedCsv(options) {
    return this.#data.ask('correctedCsv', [], options);
  }

  /** @param {CallOptions} [options] */
  proposedAsOf(options) {
    return this.#data.ask('proposedAsOf', [], options);
  }

  /** @param {object | string} model @param {object} [run] @param {CallOptions} [options] */
  async forecast(model, run, options = {}) {
    const document = text(model, 'model', 'model');
    return this.#data.simulate(document, withOffsets(document, text(run ?? {}, 'run')), options);
  }

  /**
   * How the method of the forecast did in earlier quarters of the file; nothing where it was not looked at.
   *
   * @param {CallOptions} [options]
   */
  trackRecord(options) {
    return this.#data.ask('trackRecord', [], options);
  }

  /**
   * How the method does in earlier quarters of the file, seen from days of one's choice.
   *
   * @param {object} [question] @param {CallOptions} [options]
   */
  async backtest(question = {}, options) {
    return this.#data.ask('backtest', [text(question ?? {}, 'question')], options);
  }

  /**
   * Kept snapshots with this forecast added, and what they show.
   *
   * @param {string} [kept] @param {CallOptions} [options]
   */
  async snapshot(kept = '', options) {
    return this.#data.ask('snapshot', [word(kept, 'kept')], options);
  }

  /** @param {number} [period] @param {CallOptions} [options] */
  async totals(period, options) {
    return this.#data.ask('totals', [period === undefined ? period : whole(period, 'period')], options);
  }

  /** @param {number} from @param {number} count @param {CallOptions} [options] */
  async window(from, count, options) {
    return this.#data.ask('dealWindow', [whole(from, 'from'), whole(count, 'count')], options);
  }

  /**
   * What changed since an earlier export.
   *
   * @param {DealsHandle} previous
   * @param {object} [comparison]
   * @param {CallOptions} [options]
   */
  async compare(previous, comparison = {}, options) {
    if (!(previous instanceof DealsHandle)) {
      throw new LeadcastError({ kind: 'run', code: 'wrong-type', message: 'previous: expected the earlier export, opened with `openDeals`' });
    }
    return this.#data.askWith('compare', previous.#data, [text(comparison ?? {}, 'comparison')], options);
  }

  /**
   * The forecast as it is and under each scenario.
   *
   * @param {object[] | string} scenarios
   * @param {CallOptions} [options]
   */
  async scenarios(scenarios, options) {
    return this.#data.ask('scenarios', [text(scenarios, 'scenarios')], options);
  }

  /** The forecast without trials, where that is possible. @param {CallOptions} [options] */
  exact(options) {
    return this.#data.ask('exact', [], options);
  }

  /** How the current period fills up. @param {CallOptions} [options] */
  fan(options) {
    return this.#data.ask('fan', [], options);
  }

  /** What each open deal lacks for its stage. @param {CallOptions} [options] */
  gates(options) {
    return this.#data.ask('gates', [], options);
  }

  /**
   * Drivers, deals that must be won, coverage, concentration and the number to commit.
   *
   * @param {object} [question]
   * @param {CallOptions} [options]
   */
  async manage(question = {}, options) {
    return this.#data.ask('manage', [text(question ?? {}, 'question')], options);
  }

  /**
   * What must be true for the odds one wants.
   *
   * @param {object | string} goal
   * @param {CallOptions} [options]
   */
  async seek(goal, options) {
    return this.#data.ask('seek', [text(goal, 'goal')], options);
  }

  /** @param {CallOptions} [options] */
  csv(options) {
    return this.#data.ask('dealsCsv', [], options);
  }

  /** Frees the engine's memory; later calls are rejected. */
  dispose() {
    this.#data.close();
  }
}
