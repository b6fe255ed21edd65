// A forecast as one HTML document that stands by itself: no script, nothing fetched, every text of a file as text. What it says
// was computed by the engine; here it is written down.

/** @import { ForecastDocument } from './index.js' */

/** Markup made here; every other text is escaped. */
class Markup {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** @typedef {Markup | string | number | null | undefined | false | readonly any[]} Part */

/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Halves of characters, characters that no document may hold, and those that turn the direction of the text behind them. */
const UNSEEN = /\p{Cs}|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** @param {string | number} value */
function escaped(value) {
  return String(value).replace(UNSEEN, '\ufffd').replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '');
}

/** @param {Part} part @returns {string} */
function rendered(part) {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(rendered).join('');
  return escaped(/** @type {string | number} */ (part));
}

/** @param {string} name @param {Record<string, string> | null} attributes @param {...Part} parts */
function tag(name, attributes, ...parts) {
  const written = Object.entries(attributes ?? {}).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return new Markup(`<${name}${written.join('')}>${rendered(parts)}</${name}>`);
}

/** Text that came from a file: its direction stays its own. @param {string | null | undefined} value */
function said(value) {
  return value ? tag('bdi', null, value) : '';
}

const DEALS = 100;
const CHANGES = 50;
const DRIVERS = 10;
const TRIAGED = 20;
const NONE = '–';

/** @type {Record<string, string>} */
const NAMES = {
  'best-case': 'Best case', 'past-close': 'past close', 'stage-age': 'stuck in stage', 'missing-fields': 'missing fields',
  'single-threaded': 'one contact', 'no-owner': 'no owner', fx: 'Exchange rates', ambiguous: 'Not told apart',
};

/** @param {string} kebab */
function words(kebab) {
  const text = kebab.replaceAll('-', ' ');
  return NAMES[kebab] ?? text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {string} text */
function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** @param {string} language @param {string} currency */
function formats(language, currency) {
  const money = new Intl.NumberFormat(language, { style: 'currency', currency, maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  // As in the sentences of the report, and never parted from its sign.
  const share = (/** @type {number} */ value) => percent.format(value).replace(/\s?%/, '\u{A0}%');
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  /** @template T @param {(value: T) => string} write @returns {(value: T | null | undefined) => string} */
  const or = (write) => (value) => (value === null || value === undefined ? NONE : write(value));
  return {
    money: or((/** @type {number} */ value) => money.format(value)),
    // What is not quite none or all is never told as such.
    share: or((/** @type {number} */ value) => (value > 0 && value < 0.005 ? `<${share(0.01)}` : value < 1 && value > 0.995 ? `>${share(0.99)}` : share(value))),
    count: or((/** @type {number} */ value) => plain.format(value)),
    points: or((/** @type {number} */ value) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${plain.format(100 * Math.abs(value))} pt`),
    date: or((/** @type {string} */ iso) => {
      const at = new Date(`${iso}T00:00:00Z`);
      return Number.isNaN(at.getTime()) ? iso : day.format(at);
    }),
  };
}

/** @typedef {ReturnType<typeof formats>} Formats */

/**
 * A table whose first column names the row; others are figures unless `words` names them.
 *
 * @param {string[]} heads
 * @param {Part[][]} rows
 * @param {number[]} [words]
 */
function table(heads, rows, words = []) {
  const kind = (/** @type {number} */ i) => (i === 0 || words.includes(i) ? null : { class: 'number' });
  return tag('table', null,
    tag('thead', null, tag('tr', null, heads.map((head, i) => tag('th', { scope: 'col', ...kind(i) }, head)))),
    tag('tbody', null, rows.map((row) => tag('tr', null, row.map((cell, i) => (i === 0 ? tag('th', { scope: 'row' }, cell) : tag('td', kind(i), cell)))))));
}

/** @param {string} title @param {...Part} parts */
function section(title, ...parts) {
  return tag('section', null, tag('h2', null, title), parts);
}

/** @param {{ name?: string, account?: string, id?: string, line?: number }} deal */
function named({ name, account, id, line }) {
  return said(name || account || id || `line ${line}`);
}

/**
 * The forecast as one HTML document.
 *
 * @param {ForecastDocument} parts
 * @returns {string}
 */
export function forecastHtml(parts) {
  const { report, language = 'en', title = 'Forecast' } = parts;
  const to = formats(language, report.currency);
  const body = [
    header(parts, to), figures(parts, to), drawings(parts), called(parts, to), drivers(parts, to), changed(parts, to),
    whatIf(parts, to), fit(parts), renewals(parts, to), record(parts, to), kept(parts, to), gates(parts, to), deals(parts, to), assumed(parts),
    tag('footer', null, `${to.count(report.trials)} trials, seed ${report.seed}, engine ${report.engine}, fingerprint `, tag('code', null, report.fingerprint)),
  ];
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'";
  return `<!doctype html>\n<html lang="${escaped(language)}">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="${policy}">\n`
    + '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
    + `<title>${escaped(`${title}, ${report.period}, as of ${report.asOf}`)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<main>\n${rendered(body.filter(Boolean))}\n</main>\n</body>\n</html>\n`;
}

/** @param {ForecastDocument} parts @param {Formats} to */
function header({ report, file, model, title = 'Forecast' }, to) {
  const { quality } = report.receipt;
  /** @type {[string, Part][]} */
  const facts = [
    ['As of', to.date(report.asOf)], ['Period', report.period], ['File', said(file ?? report.receipt.file) || NONE], ['Model', said(model) || NONE],
    ['Data quality of the import', tag('strong', { class: 'grade' }, `${quality.grade}, ${to.count(quality.score)} of 100`)],
    ['Open pipeline', report.hygiene.sentence],
    ['Rows', `${to.count(report.receipt.rowsUsed)} used, ${to.count(report.receipt.rowsExcluded)} left out`],
  ];
  return tag('header', null, tag('p', { class: 'over' }, title), tag('h1', null, sentence(report.headline.sentence)),
    tag('dl', { class: 'facts' }, facts.map(([name, value]) => tag('div', null, tag('dt', null, name), tag('dd', null, value)))));
}

/** @param {ForecastDocument} parts @param {Formats} to */
function figures({ report, manager, call }, to) {
  const { headline } = report;
  const { odds } = headline;
  const amount = (/** @type {{ value: number, error: number }} */ { value, error }) => `${to.money(value)} ± ${to.money(error)}`;
  /** @type {[string, string][]} */
  const all = [
    ['Odds of quota', odds ? `${to.share(odds.value)} ± ${to.count(100 * odds.error)}\u{A0}%` : to.share(null)], ['Quota', to.money(headline.quota)], ['P10', amount(headline.p10)], ['P50', amount(headline.p50)],
    ['P90', amount(headline.p90)], ['Won to date', to.money(headline.wonToDate)],
  ];
  if (call) all.push(['Our call', `${to.money(call.amount)}${call.odds === null ? '' : `, ${to.share(call.odds)} to reach`}`]);
  const top = manager?.foremost.flatMap((place) => manager.drivers[place] ?? []) ?? [];
  return tag('section', null,
    tag('dl', { class: 'tiles' }, all.map(([name, value]) => tag('div', null, tag('dt', null, name), tag('dd', null, value)))),
    manager ? tag('p', { class: 'call' }, sentence(manager.calls.sentence)) : null,
    top.length > 0 ? tag('p', null, `Moving ${manager?.isQuota ? 'the odds of quota' : 'the odds of the median'} most${top.some((driver, i) => driver !== manager?.drivers[i]) ? ', of deals won in a fair share of the trials' : ''}: `, top.map((driver, i) => [i > 0 ? ', ' : '', tag('strong', null, named(driver)), ` ${to.points(driver.effect.value)}${driver.rare ? ` if won, which it is in ${to.share(driver.shareWon.value)} of the trials` : ''}`]), '.') : null);
}

/** @param {ForecastDocument} parts */
function drawings({ charts = [] }) {
  return charts.map(({ title, caption, svg }) => tag('figure', null, new Markup(svg), tag('figcaption', null, caption ?? title)));
}

/** @param {ForecastDocument} parts @param {Formats} to */
function called({ report }, to) {
  const isKnown = report.categories.some((row) => row.delivered !== null);
  const before = (/** @type {typeof report.categories[number]['delivered']} */ told) => (told ? `${to.share(told.share)}, so ${to.money(told.amount)}` : to.money(null));
  return section('Called and simulated', table(['Category', 'Deals', 'Called', ...(isKnown ? ['Delivered before'] : []), 'Simulated P50', 'P10', 'P90', 'Called, added up', 'P50, added up'],
    report.categories.map((row) => [words(row.category), to.count(row.deals), to.money(row.called), ...(isKnown ? [before(row.delivered)] : []), to.money(row.p50.value), to.money(row.p10.value), to.money(row.p90.value), to.money(row.calledCumulative), to.money(row.cumulative?.p50.value)])),
  report.periods.length > 1 ? table(['Period', 'Quota', 'Odds', 'Won to date', 'P10', 'P50', 'P90'], report.periods.map((period) => [
    period.label, to.money(period.quota), to.share(period.odds?.value), to.money(period.wonToDate), to.money(period.p10.value), to.money(period.p50.value), to.money(period.p90.value)])) : null);
}

/** @param {ForecastDocument} parts @param {Formats} to */
function drivers({ manager }, to) {
  if (!manager) return null;
  const { mustWin, coverage, warnings, calls, concentration: { called } } = manager;
  const times = (/** @type {number} */ value) => `${to.count(value)}×`;
  const needed = (/** @type {typeof coverage.required[number]} */ { coverage: value, interval, error }) =>
    `${times(value)}${interval ? ` (${to.count(interval.low)} to ${to.count(interval.high)})` : error === null || error < 0.05 ? '' : ` ± ${to.count(error)}`}`;
  const open = `Open for the period: ${to.money(coverage.open)}`;
  const covers = coverage.actual === null ? '' : `, ${times(coverage.actual)} of the ${to.money(coverage.remaining)} still to be won${coverage.renewals ? `, beside ${to.money(coverage.renewals)} expected from renewals` : ''}`;
  return section('Before you commit',
    warnings.map((warning) => tag('p', { class: 'warn' }, sentence(warning.message))),
    manager.drivers.length > 0 ? table(['Deal that moves the odds', 'Amount', 'Won in period', 'Odds if lost', 'Odds if won', 'Difference'], manager.drivers.slice(0, DRIVERS).map((driver) => [
      named(driver), driver.amount === 0 ? 'no amount' : to.money(driver.amount), to.share(driver.shareWon.value), to.share(driver.lost.value), to.share(driver.won.value), to.points(driver.effect.value)])) : null,
    mustWin.sets.length > 0 ? [tag('p', null, `Lose one of these sets and the odds are below ${to.share(mustWin.level)}${mustWin.isExact ? ', exactly' : ', in the trials'}:`),
      tag('ol', null, mustWin.sets.slice(0, 8).map((set) => tag('li', null, set.deals.map((deal, i) => [i > 0 ? ' and ' : '', named(deal)]), `: ${to.share(set.odds.value)} without`)))]
      : tag('p', null, manager.odds.value < mustWin.level ? `The odds are below ${to.share(mustWin.level)} as they are, so no set of deals must be won.` : `No must-win set: no three deals lost together bring the odds below ${to.share(mustWin.level)}.`),
    tag('p', null, `${to.share(calls.confidence)} sure to reach ${to.money(calls.confident.value)}. ${sentence(calls.sentence)} Where a unit called too much costs ${to.count(calls.overCost)} and one called too little ${to.count(calls.underCost)}, ${to.money(calls.cheapest.value)} ± ${to.money(calls.cheapest.error)} costs least (P${to.count(Math.round(100 * calls.quantile))}).`),
    tag('p', null, `${open}${covers}.`),
    table(['Coverage needed by', 'Coverage', 'Missing', 'Because'], coverage.required.map((rule) => [words(rule.rule), needed(rule), to.money(rule.missing), rule.source]), [3]),
    called.deals > 0 ? tag('p', null, `The largest deal is ${to.share(called.top1)} of what is called, the three largest ${to.share(called.top3)}, the ten largest ${to.share(called.top10)}; the risk is that of ${to.count(called.effective)} equal deals (there are ${to.count(called.deals)}).`) : null,
    grouped(manager, to));
}

/** Owners, segments and products, a table each. @param {NonNullable<ForecastDocument['manager']>} manager @param {Formats} to */
function grouped(manager, to) {
  /** @type {['owners' | 'segments' | 'products', string][]} */
  const all = [['owners', 'Owner'], ['segments', 'Segment'], ['products', 'Product']];
  const known = all.filter(([key]) => manager[key].length > 0);
  return [
    known.map(([key, head]) => table([head, 'Deals', 'Won', 'Called', 'Weighted', 'P50 in all', 'P10', 'P90'], manager[key].map((line) => [
      line.name === null ? 'All others' : said(line.name) || 'None', to.count(line.deals), to.money(line.won), to.money(line.called), to.money(line.weighted), to.money(line.p50.value), to.money(line.p10.value), to.money(line.p90.value)]))),
    known.length > 0 ? tag('p', { class: 'soft' }, 'Lines hold the deals as simulated and do not add up to the forecast: new business and the correction by earlier quarters are in none of them, and the P50 of a sum is not the sum of P50s.') : null,
  ];
}

/** What decides when deals close, and what closed deals say. @param {ForecastDocument} parts */
function fit({ report: { timing } }) {
  return section(timing.source === 'hazards' ? 'Decided by the file’s own past' : 'Decided by stated dates', tag('p', null, sentence(timing.reason)),
    timing.fit.length > 0 ? tag('ul', null, timing.fit.map((line) => tag('li', null, said(sentence(line.sentence))))) : null);
}

/** @param {ForecastDocument} parts @param {Formats} to */
function changed({ changes }, to) {
  if (!changes) return null;
  const signed = (/** @type {number} */ value) => (value > 0 ? `+${to.money(value)}` : to.money(value));
  return section(`What changed since ${to.date(changes.before)}`, tag('p', null, sentence(changes.sentence)),
    table(['Change', 'Deals', 'Amount'], [
      [to.date(changes.before), '', to.money(changes.start)],
      ...changes.buckets.filter(({ deals }) => deals > 0).map(({ bucket, deals, amount }) => [words(bucket), to.count(deals), signed(amount)]),
      [to.date(changes.after), '', to.money(changes.end)]]),
    changes.changes.length > 0 ? table(['Deal', 'Change', 'Amount', 'Owner'], changes.changes.slice(0, CHANGES).map((change) => [named(change), words(change.bucket), signed(change.amount), said(change.owner)]), [1, 3]) : null,
    changes.changes.length > CHANGES ? tag('p', { class: 'soft' }, `The first ${CHANGES} of ${to.count(changes.changes.length)} changes.`) : null);
}

/** Scenarios side by side, and what must be true. @param {ForecastDocument} parts @param {Formats} to */
function whatIf({ scenarios, scenarioChanges = [], goals }, to) {
  const rows = scenarios?.scenarios ?? [];
  if (rows.length === 0 && !goals?.length) return null;
  const delta = (/** @type {import('./index.js').ScenarioTable['base']['periods'][number]['p50']} */ figure, /** @type {(value: number) => string} */ write) => `${write(figure.delta.value)} ± ${write(Math.abs(figure.high - figure.low) / 2).replace('+', '')}`;
  const line = (/** @type {string} */ name, /** @type {import('./index.js').ScenarioTable['base']} */ one, /** @type {boolean} */ isBase, /** @type {string[]} */ list = []) => {
    const [period] = one.periods;
    if (!period) return [];
    const { odds, p10, p50, p90 } = period;
    const signed = (/** @type {number} */ value) => `${value > 0 ? '+' : ''}${to.money(value)}`;
    return [[[said(name), list.length > 0 ? tag('ul', { class: 'list soft' }, list.map((text) => tag('li', null, said(text)))) : null], to.share(odds?.value.value), isBase || !odds ? NONE : delta(odds, to.points), to.money(p50.value.value), isBase ? NONE : delta(p50, signed), to.money(p10.value.value), to.money(p90.value.value)]];
  };
  return section('What if',
    scenarios && rows.length > 0 ? [table(['Scenario', 'Odds', 'Change', 'P50', 'Change', 'P10', 'P90'], [...line('As it is', scenarios.base, true), ...rows.flatMap((one, i) => line(one.name || `Scenario ${i + 1}`, one, false, scenarioChanges[i]))]),
      tag('p', { class: 'soft' }, `${scenarios.periods[0] ?? ''}, every line on the same random numbers; ± is a 95 % interval of the simulation alone.`)] : null,
    goals?.length ? tag('ul', null, [...new Set(goals.map((goal) => goal.sentence))].map((text) => tag('li', null, sentence(text)))) : null);
}

/** @param {ForecastDocument} parts @param {Formats} to */
function renewals({ report: { renewals: found } }, to) {
  if (!found) return null;
  return section('Renewals', tag('p', null, sentence(found.sentence)),
    table(['Period', 'Due', 'They bring now', 'Renewed so far', 'Expected churn', 'Expected change', 'P10', 'P50', 'P90'], found.periods.map((line) => [
      line.period, to.count(line.due), to.money(line.amount), to.money(line.renewedToDate), to.money(-line.churn), to.money(line.expansion), to.money(line.p10.value), to.money(line.p50.value), to.money(line.p90.value)])),
    found.notes.length > 0 ? tag('ul', null, found.notes.map((note) => tag('li', null, sentence(note)))) : null);
}

/** What kept snapshots say. @param {ForecastDocument} parts @param {Formats} to */
function kept({ snapshots }, to) {
  if (!snapshots) return null;
  const stages = snapshots.stages.filter(({ weeks }) => weeks > 0);
  return section('Week by week', tag('p', null, sentence(snapshots.sentence)),
    snapshots.graded.length > 0 ? table(['Said on', 'Period', 'P10', 'P50', 'P90', 'Commit called', 'Came', 'Error of P50'], snapshots.graded.map((line) => [
      to.date(line.asOf), line.period, to.money(line.p10), to.money(line.p50), to.money(line.p90), to.money(line.commit), to.money(line.actual), to.share(line.ape)])) : null,
    stages.length > 0 ? table(['Stage', 'Deals', 'Weeks watched', 'Moved', 'Won', 'Lost', 'Not in the file'], stages.map((line) => [
      said(line.stage) || 'No stage', to.count(line.deals), to.count(Math.round(line.weeks)), to.count(line.moved), to.count(line.won), to.count(line.lost), to.count(line.gone)])) : null,
    snapshots.pushes.length > 0 ? table(['Put off before', 'Weeks watched', 'Put off', 'Chance a week', 'Won', 'Lost'], snapshots.pushes.map((line) => [
      line.before === 3 ? '3 times or more' : `${line.before} times`, to.count(Math.round(line.weeks)), to.count(line.pushed), to.share(line.aWeek), to.count(line.won), to.count(line.lost)])) : null);
}

/** @param {ForecastDocument} parts @param {Formats} to */
function record({ report, record: told, weeks }, to) {
  return section('Track record', tag('p', null, sentence(report.calibration.reason)),
    weeks ? table(['End of', 'Quarters', 'Half were off by less than', 'Noise alone', 'Ended between P10 and P90'], weeks.summary.map((cut) => [
      `week ${Math.round(cut.cut / 7)}`, to.count(cut.quarters), to.share(cut.medianApe), to.share(cut.medianFloor), to.share(cut.coverage80)])) : null,
    told ? table(['Seen from day', 'Quarters', 'Half were off by less than', 'Noise alone', 'Within the usual mark', 'Ended between P10 and P90'], told.summary.map((cut) => [
      to.count(cut.cut), to.count(cut.quarters), to.share(cut.medianApe), to.share(cut.medianFloor),
      cut.mark === null ? '' : `${to.share(cut.withinMark)} within ${to.share(cut.mark)}`, to.share(cut.coverage80)])) : null);
}

/** @param {ForecastDocument} parts @param {Formats} to */
function gates({ gates: told }, to) {
  if (!told) return null;
  const of = (/** @type {typeof told.all} */ one) => (one ? [to.share(one.odds?.value.value), to.money(one.p10.value.value), to.money(one.p50.value.value), to.money(one.p90.value.value)] : [NONE, NONE, NONE, NONE]);
  const lists = /** @type {const} */ (['advance', 'escalate', 'remove'])
    .map((kind) => ({ title: words(kind), rows: told.rows.filter((row) => row.triage === kind).toSorted((a, b) => b.amount - a.amount) })).filter(({ rows }) => rows.length > 0);
  return section('Stage gates', tag('p', null, sentence(told.sentence)),
    table(['Stage', 'Deals', 'Pass', 'Share'], told.stages.map((stage) => [said(stage.stage) || 'No stage', to.count(stage.deals), to.count(stage.passing), to.share(stage.compliance)])),
    table(['Forecast of', 'Odds', 'P10', 'P50', 'P90'], [['All deals', ...of(told.all)], [told.newBusiness ? 'Passing deals alone, with new business' : 'Passing deals alone', ...of(told.gated)]]),
    lists.map(({ title, rows }) => [tag('h3', null, `${title}: ${to.count(rows.length)}`),
      table(['Deal', 'Amount', 'Why'], rows.slice(0, TRIAGED).map((row) => [named(row), row.amount === 0 ? 'no amount' : to.money(row.amount), said(row.reason)]), [2]),
      rows.length > TRIAGED ? tag('p', { class: 'soft' }, `The ${TRIAGED} largest; ${to.count(rows.length - TRIAGED)} more.`) : null]));
}

/** @param {ForecastDocument} parts @param {Formats} to */
function deals({ deals: rows = [], gates: told }, to) {
  if (rows.length === 0) return null;
  const flags = new Map(told?.rows.map((gate) => [gate.row, gate.flags]));
  const shown = rows.toSorted((a, b) => b.amount - a.amount).slice(0, DEALS);
  return section('Open deals', rows.length > DEALS ? tag('p', { class: 'soft' }, `The ${DEALS} largest of ${to.count(rows.length)}.`) : null,
    table(['Deal', 'Account', 'Stage', 'Category', 'Amount', 'Won this period', 'Close date', 'Owner', 'Flags'], shown.map((row) => [
      named(row), said(row.account), said(row.stage), words(row.category), to.money(row.amount), to.share(row.wonInPeriod), tag('span', { class: 'day' }, to.date(row.close)), said(row.owner),
      (flags.get(row.row) ?? []).map(words).join(', ')]), [1, 2, 3, 6, 7, 8]));
}

/** @param {ForecastDocument} parts */
function assumed({ report }) {
  const { diagnostics } = report.receipt;
  return section('What it rests on', tag('ul', null, report.assumptions.map((text) => tag('li', null, sentence(text)))),
    diagnostics.length > 0 ? table(['Found in the file', 'Cells', 'What was done'], diagnostics.map((found) => [said(sentence(found.message)), String(found.count), words(found.action)]), [2]) : null);
}

/** Colours by name, so that drawings can use the document's: light on every screen, as on paper. */
const STYLE = `
:root{color-scheme:light;--ground:#fff;--surface:#fff;--raised:#fff;--line:#dbe0e6;--line-strong:#828e9c;--ink:#16202b;--ink-soft:#4c5968;--accent:#0f6a6e;--accent-wash:#e3f1f0;--good:#1a6b3c;--warn:#8a5300;--bad:#a32626;
--chart-bar:#7fb5b4;--chart-line:#0f6a6e;--chart-quota:#a32626;--chart-commit:#3f4fa3;--chart-best:#8a5300;--chart-grid:#e3e7ec}
*{box-sizing:border-box}
body{margin:0;background:#fff;color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem}h2{font-size:1.1rem;margin:0 0 .5rem}h3{font-size:.95rem;margin:.75rem 0 0}
.over{margin:0;color:var(--accent);font-weight:600}
section,figure,footer{margin:1.5rem 0 0}
dl{margin:0;display:flex;flex-wrap:wrap;gap:.4rem 1.75rem}dt{color:var(--ink-soft);font-size:.8125rem}dd{margin:0}
.tiles dd{font-size:1.15rem;font-weight:600;font-variant-numeric:tabular-nums}
.list{margin:.15rem 0 0;font-weight:400}
.call{font-weight:600}.warn{border-left:3px solid var(--warn);padding-left:.6rem}.soft,figcaption,footer{color:var(--ink-soft);font-size:.8125rem}
p{margin:.5rem 0}ul,ol{margin:.5rem 0;padding-left:1.25rem}
table{border-collapse:collapse;width:100%;font-size:.8125rem;margin:.5rem 0;font-variant-numeric:tabular-nums}
th,td{text-align:start;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:break-word;max-width:18rem}
thead th{color:var(--ink-soft);border-bottom-color:var(--line-strong)}tbody th{font-weight:550}.number{text-align:end}td.number,.day{white-space:nowrap}
svg{display:block;max-width:100%;height:auto;overflow:visible}svg text{white-space:pre}
code{overflow-wrap:anywhere}
@media (max-width:40rem){main{padding:1rem}section{overflow-x:auto}}
@media print{@page{margin:12mm}html{font-size:12px}main{max-width:none;padding:0}body{font-size:11px}th,td{padding:.2rem .35rem}figure,tr,.tiles{break-inside:avoid}h2,.soft{break-after:avoid}thead{display:table-header-group}}
`;
