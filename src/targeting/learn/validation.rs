//! Predicts rows that were not learned from: k folds, and later rows from earlier ones.

use super::examples::Examples;
use super::penalty::{Fitting, MOST_PREDICTED, Plan, base_rate, outcomes, split};
use crate::calendar::Date;
use crate::stats::{
    Arrange, CalibrationBand, LiftGroup, RocAuc, average_precision, brier, calibration, calibration_error, lift,
    log_loss, log_loss_of, places_by,
};

/// Folds of a validation.
pub(crate) const FOLDS: usize = 5;
/// Share of rows, the earliest, that a time split learns from.
const EARLIER: f64 = 0.8;
/// Rows of either outcome that a time split needs before and after the day.
const FEWEST_SPLIT: usize = 20;

/// Predictions of rows that were not learned from.
#[derive(Debug, Clone)]
pub struct Validation {
    /// Probability of success, one per row.
    pub predicted: Vec<f64>,
    /// What the base rate of the rows learned from predicts, one per row.
    pub base: Vec<f64>,
    /// What came true, one per row.
    pub outcomes: Vec<bool>,
    /// The examples predicted, by position.
    pub(crate) tested: Vec<u32>,
    /// Rows predicted per row learned from, summed over folds: k/(k − 1) of k folds.
    pub(crate) overlap: f64,
}

/// How good predictions of unseen rows are.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Area under the ROC curve; `None` without two rows of either outcome.
    pub auc: Option<RocAuc>,
    /// Average precision.
    pub average_precision: f64,
    /// Mean log-loss.
    pub log_loss: f64,
    /// Mean log-loss of the base rate.
    pub base_log_loss: f64,
    /// Brier score.
    pub brier: f64,
    /// Expected calibration error over ten bands.
    pub calibration_error: f64,
    /// Ten bands of equal width.
    pub calibration: Vec<CalibrationBand>,
    /// Ten groups of equal size, best first.
    pub lift: Vec<LiftGroup>,
}

/// By how much predictions beat the base rate.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Gain {
    /// Mean log-loss of the base rate minus that of the predictions.
    pub value: f64,
    /// Its standard error over rows, corrected for folds that learn from the same rows.
    pub standard_error: f64,
}

/// Rows to learn from and rows to predict.
type Split = (Vec<u32>, Vec<u32>);

/// A validation, fit by fit.
#[derive(Debug, Clone)]
pub(crate) struct Validating {
    /// Splits still to do, the last one first.
    splits: Vec<Split>,
    plan: Plan,
    current: Option<(Fitting, Split)>,
    validation: Validation,
}

impl Validating {
    /// Every row predicted by what the rows of the other folds teach.
    pub(crate) fn of(rows: &[u32], folds: &[u8], plan: Plan) -> Self {
        let last = folds.iter().copied().max().unwrap_or(0);
        Self::splits((0..=usize::from(last)).map(|fold| split(rows, folds, fold)).collect(), plan)
    }

    fn splits(mut splits: Vec<Split>, plan: Plan) -> Self {
        splits.retain(|(_, held)| !held.is_empty());
        splits.reverse();
        Self { splits, plan, current: None, validation: Validation::empty() }
    }

    /// Five folds dealt by content.
    pub(crate) fn k_fold(examples: &Examples, plan: Plan) -> Self {
        let mut rows = examples.all();
        // A fair sample: rows are ordered by their hashes.
        rows.truncate(MOST_PREDICTED);
        let folds = examples.deal(&rows, FOLDS);
        Self::of(&rows, &folds, plan)
    }

    /// Steps that are left.
    pub(crate) fn steps(&self) -> usize {
        let current = self.current.as_ref().map_or(0, |(fitting, _)| fitting.steps());
        current + self.splits.len() * self.plan.steps()
    }

    /// Fits once more; the last step brings the predictions, in the order of the examples.
    pub(crate) fn step(&mut self, examples: &Examples) -> Option<Validation> {
        if self.current.is_none() {
            let Some((training, held)) = self.splits.pop() else { return Some(self.finish()) };
            if training.is_empty() {
                self.validation.add(examples, &training, held.clone(), vec![0.5; held.len()]);
                return self.splits.is_empty().then(|| self.finish());
            }
            self.current = Some((Fitting::new(training.clone(), self.plan), (training, held)));
        }
        let (fitting, (training, held)) = self.current.as_mut()?;
        let fitted = fitting.step(examples)?;
        let predicted = fitted.predict(examples, held);
        self.validation.add(examples, training, std::mem::take(held), predicted);
        self.current = None;
        self.splits.is_empty().then(|| self.finish())
    }

    fn finish(&mut self) -> Validation {
        std::mem::replace(&mut self.validation, Validation::empty()).in_order()
    }

    fn run(mut self, examples: &Examples) -> Validation {
        loop {
            if let Some(validation) = self.step(examples) {
                return validation;
            }
        }
    }
}

impl Validation {
    /// Each fold predicted by what the other folds teach, the penalty chosen anew inside them. `fold` gives the fold of
    /// a row of the table.
    #[must_use]
    pub fn with_folds(examples: &Examples, fold: impl Fn(u32) -> u8) -> Self {
        let folds: Vec<u8> = examples.rows.iter().map(|row| fold(*row)).collect();
        Validating::of(&examples.all(), &folds, Plan::of(examples, &examples.all())).run(examples)
    }

    /// The same with five folds dealt by content.
    #[must_use]
    pub fn k_fold(examples: &Examples) -> Self {
        Validating::k_fold(examples, Plan::of(examples, &examples.all())).run(examples)
    }

    fn empty() -> Self {
        Self { predicted: Vec::new(), base: Vec::new(), outcomes: Vec::new(), tested: Vec::new(), overlap: 0.0 }
    }

    fn add(&mut self, examples: &Examples, training: &[u32], held: Vec<u32>, predicted: Vec<f64>) {
        self.predicted.extend(predicted);
        self.overlap += held.len() as f64 / training.len().max(1) as f64;
        self.base.extend(vec![base_rate(examples, training); held.len()]);
        self.outcomes.extend(outcomes(examples, &held));
        self.tested.extend(held);
    }

    /// By example, so that sums do not depend on the numbering of folds.
    fn in_order(self) -> Self {
        let order = places_by(self.tested.len(), &mut |a, b| self.tested[a].cmp(&self.tested[b]));
        Self {
            predicted: order.iter().map(|at| self.predicted[*at]).collect(),
            base: order.iter().map(|at| self.base[*at]).collect(),
            outcomes: order.iter().map(|at| self.outcomes[*at]).collect(),
            tested: order.iter().map(|at| self.tested[*at]).collect(),
            overlap: self.overlap,
        }
    }

    /// How good the predictions are.
    #[must_use]
    pub fn quality(&self) -> Quality {
        let (p, y) = (&self.predicted, &self.outcomes);
        let table = calibration(p, y, 10);
        Quality {
            auc: RocAuc::new(p, y),
            average_precision: average_precision(p, y),
            log_loss: log_loss(p, y),
            base_log_loss: log_loss(&self.base, y),
            brier: brier(p, y),
            calibration_error: calibration_error(&table),
            calibration: table,
            lift: lift(p, y, 10),
        }
    }

    /// By how much they beat the base rate.
    #[must_use]
    pub fn gain(&self) -> Gain {
        Gain::of(&self.predicted, &self.base, &self.outcomes, self.overlap)
    }
}

impl Gain {
    /// Of predictions over a base.
    ///
    /// # Formula
    /// Mean of dᵢ = loss(baseᵢ) − loss(pᵢ); variance (1 + overlap)·Σ(dᵢ − d̄)²/(n − 1)/n.
    ///
    /// # Source
    /// C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003), section 4.
    pub(crate) fn of(predicted: &[f64], base: &[f64], outcomes: &[bool], overlap: f64) -> Self {
        let pairs = predicted.iter().zip(base).zip(outcomes);
        let gains: Vec<f64> = pairs.map(|((p, b), y)| log_loss_of(*b, *y) - log_loss_of(*p, *y)).collect();
        let n = gains.len() as f64;
        if gains.len() < 2 {
            return Self { value: 0.0, standard_error: 0.0 };
        }
        let value = gains.iter().sum::<f64>() / n;
        let square = gains.iter().fold(0.0, |sum, gain| sum + (gain - value) * (gain - value));
        Self { value, standard_error: ((1.0 + overlap) * square / (n - 1.0) / n).sqrt() }
    }
}

/// Later rows predicted by what earlier ones teach.
#[derive(Debug, Clone)]
pub struct TimeSplit {
    /// The last day learned from.
    pub until: Date,
    /// Rows learned from.
    pub learned_from: u64,
    /// The later rows.
    pub validation: Validation,
}

impl TimeSplit {
    /// Learns from the earliest four fifths of the rows with a date; `None` without dates, or where either side has
    /// fewer than 20 rows of either outcome.
    #[must_use]
    pub fn new(examples: &Examples) -> Option<Self> {
        Some(Splitting::new(examples, Plan::of(examples, &examples.all()))?.run(examples))
    }
}

/// A split by time, fit by fit.
#[derive(Debug, Clone)]
pub(crate) struct Splitting {
    until: Date,
    learned_from: u64,
    validating: Validating,
}

impl Splitting {
    pub(crate) fn new(examples: &Examples, plan: Plan) -> Option<Self> {
        let dates = examples.dates.as_ref()?;
        let dated: Vec<u32> = examples.all().into_iter().filter(|row| dates[*row as usize].is_some()).collect();
        let mut days: Vec<Date> = dated.iter().filter_map(|row| dates[*row as usize]).collect();
        days.arrange();
        let until = *days.get((days.len() as f64 * EARLIER) as usize)?;
        let earlier = |row: &u32| dates[*row as usize].is_some_and(|date| date < until);
        let (training, held): Split = dated.iter().partition(|row| earlier(row));
        let last = training.iter().filter_map(|row| dates[*row as usize]).max()?;
        let enough = |rows: &[u32]| {
            let wins = rows.iter().filter(|row| examples.outcomes[**row as usize]).count();
            wins.min(rows.len() - wins) >= FEWEST_SPLIT
        };
        if !enough(&training) || !enough(&held) {
            return None;
        }
        let learned_from = training.len() as u64;
        Some(Self { until: last, learned_from, validating: Validating::splits(vec![(training, held)], plan) })
    }

    /// Steps that are left.
    pub(crate) fn steps(&self) -> usize {
        self.validating.steps()
    }

    /// Fits once more; the last step brings the result.
    pub(crate) fn step(&mut self, examples: &Examples) -> Option<TimeSplit> {
        let validation = self.validating.step(examples)?;
        Some(TimeSplit { until: self.until, learned_from: self.learned_from, validation })
    }

    fn run(mut self, examples: &Examples) -> TimeSplit {
        loop {
            if let Some(split) = self.step(examples) {
                return split;
            }
        }
    }
}
