// @ts-check
/** The Forecast tab, handing it on: as one HTML document, or on paper. */

import * as engine from '../engine.js';
import { oddsAt } from '../odds.js';
import { current, state } from '../state.js';
import { stem } from './leads.js';
import { draftWords, wordsBeside } from './scenario.js';
import { download } from './work.js';

/**
 * Hands out the forecast as one document that opens anywhere and asks the network for nothing.
 * @param {{ name: string, caption: string, drawing: Element }[]} charts
 */
export function saveReport(charts) {
  const { deals } = state;
  const { report, file, rows, call } = deals;
  if (!report || !file) return;
  const writer = new XMLSerializer();
  // What was asked of another forecast than the one that is written stays out of it.
  const { whatIf } = deals;
  const [record, table] = [current(deals, deals.record), current(deals, { report: whatIf.table, of: whatIf.of })];
  const html = engine.forecastHtml({
    report,
    file: file.name,
    model: state.model.value?.meta?.name,
    language: document.documentElement.lang || 'en',
    call: call === null ? null : { amount: call, odds: oddsAt(current(deals, deals.totals), call) },
    deals: rows,
    manager: current(deals, deals.manager),
    gates: current(deals, deals.gates),
    changes: current(deals, deals.compared),
    record,
    weeks: record && deals.weeks.of === record.fingerprint ? deals.weeks.report : null,
    scenarios: table && { ...table, scenarios: table.scenarios.map((one) => ({ ...one, name: one.name || 'As set on the page' })) },
    scenarioChanges: table?.scenarios.map(({ name }, i) => wordsBeside(name, whatIf.kept[i]?.words ?? draftWords())),
    goals: whatIf.answersOf === report ? whatIf.answers : null,
    snapshots: deals.snapshots.report,
    charts: charts.map(({ name, caption, drawing }) => ({ title: name, caption, svg: writer.serializeToString(drawing) })),
  });
  download(html, `${stem(file.name)}-forecast-${report.asOf}.html`, 'text/html;charset=utf-8');
}

export function printPage() {
  print();
}
