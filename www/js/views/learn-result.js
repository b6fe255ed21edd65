// @ts-check
/** What was learned: the verdict, how good predictions of unseen rows are, and the card with its evidence. */

import * as act from '../actions.js';
import { dataTable, drawn } from '../chart.js';
import { h } from '../dom.js';
import { NONE, count, counted, date, fixed, number, percent } from '../format.js';
import { calibrationPlot, liftPlot } from './learn-plots.js';
import { csvButton } from './listing.js';
import { ticked } from './parts.js';

/**
 * @typedef {import('../state.js').State} State
 * @typedef {import('../learning.js').LearnReport} LearnReport
 * @typedef {NonNullable<LearnReport['folds']>} Quality
 * @typedef {NonNullable<LearnReport['card']>} Card
 */

/** @param {State} state */
export function result(state) {
  const { learning } = state.leads;
  const { report } = learning;
  if (!report) return h('p', { key: 'none' }, 'Nothing learned yet.');
  const { gate, card, folds, later } = report;
  return h('div', { class: 'learn-body', key: 'result' },
    h('p', { class: `notice ${gate.verdict === 'signal' ? 'good' : 'warn'}`, id: 'learn-gate', 'data-verdict': gate.verdict },
      ticked(gate.sentence), card ? null : ` No card is made of that; your present one stands. ${gate.verdict === 'no-signal' ? `What is known is the overall rate: ${percent(report.baseRate, 1)} ended well.` : ''}`),
    card ? useButtons(state, card) : null,
    folds ? quality(report, folds) : null,
    folds && card ? h('div', { class: 'two', key: 'plots' },
      drawn('learn-calibration', { draw: calibrationPlot, input: folds.calibration, label: calibrationLabel(folds), caption: 'Predicted against what came true, in ten bands of equal width; the bars are 95 % intervals. On the line is right.' }, bandTable(folds)),
      drawn('learn-lift', { draw: liftPlot, input: folds.lift, label: liftLabel(folds), caption: 'Rows in ten groups of equal size, the best predictions first: how much more often each ends well than all rows do.' }, liftTable(folds))) : null,
    later ? laterPart(later, card !== null) : h('p', { class: 'small soft', key: 'later' }, 'There is no date with enough rows on both sides to check the card on later rows.'),
    card ? grades(card) : null,
    card ? cardTable(card) : null,
    h('ul', { class: 'bullets small', key: 'assumed' }, report.assumptions.map((text) => h('li', { key: text }, ticked(text)))),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button', onclick: () => act.showLearnStep('columns') }, 'Back to the columns'),
      card ? cardCsv(card) : null,
      ...(folds ? figuresCsv(folds) : [])),
    h('p', { class: 'small soft' }, `Engine ${report.engine}, fingerprint `, h('code', null, report.fingerprint)));
}

/**
 * @param {State} state
 * @param {Card} card
 */
function useButtons(state, card) {
  const rules = card.groups.reduce((sum, group) => sum + group.rules.length, 0);
  if (state.leads.learning.used) {
    return h('div', { class: 'notice good learn-used', key: 'use' },
      h('p', { id: 'learn-used' }, `This card is the fit of your model now, and ${taken(state)} Its points are on the Model tab and under “Adjust the card”.`),
      h('button', { type: 'button', class: 'button', id: 'learn-undo', onclick: act.undoCard }, 'Take it back'));
  }
  return h('div', { class: 'buttons', key: 'use' },
    h('button', { type: 'button', class: 'button primary', id: 'learn-use', onclick: act.useCard }, 'Use this card'),
    h('span', { class: 'small soft' }, `${counted(rules, 'rule', 'rules')} in ${counted(card.groups.length, 'group', 'groups')}, at most ${number(card.cap)} points. It takes the place of the fit in your model; engagement and knock-outs stay.`));
}

/** Which leads a learned card scores, where the model has others beside it. @param {State} state */
function taken(state) {
  const others = (state.leads.report?.counts.byScorecard ?? []).filter(({ scorecard, count }) => scorecard !== null && count > 0);
  if (others.length === 0) return 'the leads are scored with it.';
  const kept = others.reduce((sum, { count }) => sum + count, 0);
  return `the leads of no other scorecard are scored with it. ${counted(kept, 'lead', 'leads')} of ${others.map(({ scorecard }) => `“${scorecard}”`).join(' and ')} ${kept === 1 ? 'keeps its' : 'keep their'} own points and no probability.`;
}

/**
 * @param {LearnReport} report
 * @param {Quality} folds
 */
function quality(report, folds) {
  /** @type {[string, string, string][]} */
  const all = [
    ['ROC AUC', fixed(folds.auc, 3), folds.aucInterval ? `${fixed(folds.aucInterval.low, 3)} to ${fixed(folds.aucInterval.high, 3)}; 0.5 is chance` : 'not to be told'],
    ['Log-loss', fixed(folds.logLoss, 4), `overall rate alone: ${fixed(folds.baseLogLoss, 4)}`],
    ['Calibration error', percent(folds.ece, 1), 'mean gap between predicted and seen'],
    ['Rows', count(report.decided), `${count(report.successes)} ended well (${percent(report.baseRate, 1)})`],
  ];
  return h('section', { key: 'quality' }, h('h3', null, 'On rows not learned from'),
    h('dl', { class: 'tiles figures' }, all.map(([name, value, note]) => h('div', { class: 'tile', key: name }, h('dt', null, name), h('dd', null, value), h('dd', { class: 'note' }, note)))));
}

/** @param {Quality} folds */
function calibrationLabel({ ece }) {
  return `Calibration: predicted and observed share of good ends in ten bands, mean gap ${percent(ece, 1)}`;
}

/** @param {Quality} folds */
function liftLabel({ lift }) {
  return `Lift by tenth of the rows, best first: the first tenth ends well ${fixed(lift[0]?.lift, 1)} times as often as all rows, the last ${fixed(lift.at(-1)?.lift, 1)} times`;
}

/** @param {Quality} folds */
function bandTable({ calibration }) {
  return dataTable(['Predicted band', 'Rows', 'Predicted', 'Observed', '95 % interval'], calibration.map((band, i) => [
    `${i * 10} to ${i * 10 + 10} %`, count(band.count), ...(band.count > 0 ? [percent(band.predicted, 1), percent(band.observed, 1), range(band.interval)] : [NONE, NONE, NONE])]));
}

/** @param {Quality} folds */
function liftTable({ lift }) {
  return dataTable(['Tenth', 'Rows', 'Ended well', 'Lift', 'Share of all good ends so far'], lift.map((group, i) => [
    String(i + 1), count(group.count), percent(group.rate, 1), fixed(group.lift, 2), percent(group.captured, 1)]));
}

/** @param {{ low: number, high: number }} interval */
function range({ low, high }) {
  return `${percent(low, 1)} to ${percent(high, 1)}`;
}

/**
 * @param {NonNullable<LearnReport['later']>} later
 * @param {boolean} isCard whether there is a card to judge
 */
function laterPart({ until, learnedFrom, predicted, gain, quality: own }, isCard) {
  const isBetter = gain.value > 0;
  return h('section', { key: 'later', id: 'learn-later' }, h('h3', null, 'On later rows'),
    h('p', null, `Learned from ${counted(learnedFrom, 'row', 'rows')} up to ${date(until)}, then tried on the ${counted(predicted, 'row', 'rows')} after it: ROC AUC ${fixed(own.auc, 3)}`,
      own.aucInterval ? ` (${fixed(own.aucInterval.low, 3)} to ${fixed(own.aucInterval.high, 3)})` : '',
      `, log-loss ${fixed(own.logLoss, 4)} against ${fixed(own.baseLogLoss, 4)} of the earlier rate alone. `,
      isCard && h('strong', null, isBetter ? 'It holds for later rows.' : 'It does not hold for later rows: what predicted then does not predict now.')));
}

/** @param {Card} card */
function grades(card) {
  return h('section', { key: 'grades' }, h('h3', null, 'What each grade is worth'),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Good ends by grade' },
      h('table', { class: 'data', id: 'learn-grades' },
        h('thead', null, h('tr', null, ['Grade', 'Rows', 'Ended well', '95 % interval'].map((head, i) => h('th', { scope: 'col', class: i > 0 ? 'number' : null }, head)))),
        h('tbody', null, card.grades.map((grade) => h('tr', { key: grade.grade }, h('th', { scope: 'row' }, grade.grade), h('td', { class: 'number' }, count(grade.rows)),
          h('td', { class: 'number' }, percent(grade.rate, 1)), h('td', { class: 'number' }, range(grade.interval))))))),
    h('p', { class: 'small soft' }, 'By predictions of rows not learned from: A is the best fifth, B and C three tenths each, D the rest.'));
}

/** @param {Card} card */
function cardCsv(card) {
  return csvButton('learned-card', 'the learned card', ['Column', 'Rule', 'Points', 'Rows', 'Ended well', 'Rate', 'Low', 'High'],
    card.groups.flatMap((group) => group.rules.map((rule) => [group.column, rule.name, ...[rule.points, rule.rows, rule.successes, rule.rate, rule.interval.low, rule.interval.high].map(String)])), 'Card as CSV');
}

/** @param {Quality} folds */
function figuresCsv({ calibration, lift }) {
  return [
    csvButton('learned-calibration', 'calibration', ['From', 'To', 'Rows', 'Predicted', 'Observed', 'Low', 'High'],
      calibration.map((band, i) => [i / 10, (i + 1) / 10, band.count, band.predicted, band.observed, band.interval.low, band.interval.high].map(String)), 'Calibration as CSV'),
    csvButton('learned-lift', 'lift', ['Tenth', 'Rows', 'Ended well', 'Lift', 'Share of all good ends so far'],
      lift.map((group, i) => [i + 1, group.count, group.rate, group.lift, group.captured].map(String)), 'Lift as CSV'),
  ];
}

/** @param {Card} card */
function cardTable(card) {
  return h('section', { key: 'card' }, h('h3', null, 'The card'),
    h('div', { class: 'scroll learn-card', tabindex: 0, role: 'region', 'aria-label': 'The learned card, rule by rule' },
      h('table', { class: 'data', id: 'learn-card' },
        h('thead', null, h('tr', null, ['Rule', 'Points', 'Rows', 'Ended well', 'Rate', '95 % interval'].map((head, i) => h('th', { scope: 'col', class: i > 0 ? 'number' : null }, head)))),
        card.groups.toSorted((a, b) => b.cap - a.cap).map((group) => h('tbody', { key: group.column },
          h('tr', { class: 'subtotal' }, h('th', { scope: 'rowgroup' }, h('bdi', null, group.column)), h('td', { class: 'number' }, `at most ${number(group.cap)}`), h('td', { colspan: 4 })),
          group.rules.toSorted((a, b) => b.points - a.points).map((rule) => h('tr', { key: rule.name },
            h('th', { scope: 'row', class: 'rule' }, h('bdi', null, rule.name)), h('td', { class: 'number' }, `+${number(rule.points)}`), h('td', { class: 'number' }, count(rule.rows)), h('td', { class: 'number' }, count(rule.successes)),
            h('td', { class: 'number' }, rule.rows > 0 ? percent(rule.rate, 1) : NONE), h('td', { class: 'number' }, rule.rows > 0 ? range(rule.interval) : NONE))))))),
    h('p', { class: 'small soft' }, 'Points are counted from each column’s worst value, which has none. Rows and rates are those learned from, other columns not held equal.'));
}
