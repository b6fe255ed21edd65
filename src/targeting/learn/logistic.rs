//! Ridge logistic regression by Newton's method, the intercept free; neighbouring bins may be held together as well.
//!
//! Sums run in the order of the rows, which the examples fix by content; so the same rows give the same bits in any
//! order of the file.

use super::design::{Design, Step};
use super::newton::System;

/// A fitted model: log-odds = intercept + the weights of a row's slots.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    pub(crate) intercept: f64,
    pub(crate) weights: Vec<f64>,
}

/// What weights cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Penalty {
    /// λ: of every weight.
    pub(crate) size: f64,
    /// δ: of every step from one bin of a number to the next.
    pub(crate) step: f64,
}

impl Penalty {
    /// Of the weights alone.
    #[cfg(test)]
    pub(crate) fn ridge(size: f64) -> Self {
        Self { size, step: 0.0 }
    }

    /// λ/2·Σ w² + δ/2·Σ m (wᵢ₊₁ − wᵢ)² over neighbouring bins, m the steps of their number.
    fn of(self, weights: &[f64], design: &Design) -> f64 {
        let squares = weights.iter().fold(0.0, |sum, w| sum + w * w);
        let square = |step: &Step| {
            let rise = weights[step.from as usize + 1] - weights[step.from as usize];
            step.weight * rise * rise
        };
        let steps = design.steps.iter().map(square).fold(0.0, |sum, square| sum + square);
        self.size / 2.0 * squares + self.step / 2.0 * steps
    }
}

/// Newton steps at most; from a cold start about eight are taken.
const MOST_STEPS: usize = 60;
/// The step before which Newton's decrement was below this is the last: convergence being quadratic, what is left is
/// about its square, far below any rounding of the result.
pub(crate) const EXACT: f64 = 1e-12;
/// The same where only the log-loss of the result matters.
pub(crate) const ROUGH: f64 = 1e-5;

impl Fit {
    /// No weights: the log-odds of the base rate.
    pub(crate) fn base(width: usize, rate: f64) -> Self {
        Self { intercept: libm::log(rate / (1.0 - rate)), weights: vec![0.0; width] }
    }

    /// The log-odds of a row.
    pub(crate) fn log_odds(&self, slots: &[u32]) -> f64 {
        slots.iter().fold(self.intercept, |sum, slot| sum + self.weights[*slot as usize])
    }

    /// The probabilities of all rows.
    pub(crate) fn predict(&self, design: &Design) -> Vec<f64> {
        design.rows().map(|slots| sigmoid(self.log_odds(slots))).collect()
    }

    /// Minimises Σ log(1 + exp(−s·η)) + λ/2·Σ w² + δ/2·Σ m (wᵢ₊₁ − wᵢ)², s = ±1, the last sum over neighbouring bins, m
    /// the steps of their number, from `start` on, until the decrement is below `end`.
    ///
    /// # Formula
    /// w ← w − t·(XᵀVX + λI + δD)⁻¹(Xᵀ(p − y) + (λI + δD)w), V = diag p(1 − p), D of the weighted squares of steps, t halved until
    /// the objective falls.
    ///
    /// # Source
    /// S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41 (1992);
    /// the steps after P. H. C. Eilers and B. D. Marx, "Flexible smoothing with B-splines and penalties", Statistical
    /// Science 11 (1996).
    pub(crate) fn new(design: &Design, outcomes: &[bool], penalty: Penalty, start: &Self, end: f64) -> Self {
        let mut fit = start.clone();
        let mut system = System::new(design.width + 1);
        let mut odds = Vec::new();
        let mut objective = fit.objective(design, outcomes, penalty, &mut odds);
        for _ in 0..MOST_STEPS {
            system.fill(&fit, &odds, design, outcomes, penalty);
            let decrement = system.solve(design, penalty);
            let mut length = 1.0;
            // Halving ends by itself at the rounding of the objective.
            for _ in 0..40 {
                let tried = fit.moved(system.step(), length);
                let reached = tried.objective(design, outcomes, penalty, &mut odds);
                if reached <= objective || decrement <= end {
                    (fit, objective) = (tried, reached);
                    break;
                }
                length /= 2.0;
            }
            if decrement <= end {
                break;
            }
        }
        fit
    }

    fn moved(&self, step: &[f64], length: f64) -> Self {
        let weights = self.weights.iter().zip(step).map(|(w, s)| w - length * s).collect();
        Self { intercept: self.intercept - length * step[self.weights.len()], weights }
    }

    /// What is minimised; leaves each row's odds in `odds`.
    fn objective(&self, design: &Design, outcomes: &[bool], penalty: Penalty, odds: &mut Vec<Odds>) -> f64 {
        odds.clear();
        odds.extend(design.rows().map(|slots| Odds::new(self.log_odds(slots))));
        // log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)); factors within [1, 2] are multiplied before the logarithm.
        let factors: f64 = odds.chunks(512).map(|part| libm::log(part.iter().fold(1.0, |f, o| f * (1.0 + o.e)))).sum();
        let signed = |(odds, y): (&Odds, &bool)| if *y { -odds.eta } else { odds.eta };
        let misses: f64 = odds.iter().zip(outcomes).map(|row| signed(row).max(0.0)).sum();
        misses + factors + penalty.of(&self.weights, design)
    }
}

/// The odds of a row: the log-odds η and exp(−|η|), from which all else follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Odds {
    eta: f64,
    e: f64,
}

impl Odds {
    fn new(eta: f64) -> Self {
        Self { eta, e: libm::exp(-eta.abs()) }
    }

    /// 1/(1 + exp(−η)).
    pub(super) fn probability(self) -> f64 {
        if self.eta >= 0.0 { 1.0 / (1.0 + self.e) } else { self.e / (1.0 + self.e) }
    }
}

/// 1/(1 + exp(−x)).
pub(crate) fn sigmoid(x: f64) -> f64 {
    Odds::new(x).probability()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_columns_the_intercept_is_the_base_rate() {
        let design = Design::from_rows(0, &[&[], &[], &[], &[]]);
        let fit = Fit::new(&design, &[true, false, false, false], Penalty::ridge(1.0), &Fit::base(0, 0.5), EXACT);
        assert!((sigmoid(fit.intercept) - 0.25).abs() < 1e-14, "{fit:?}");
    }

    #[test]
    fn a_balanced_column_solves_one_equation() {
        // Two levels, each with n rows, won share q in the first and 1 − q in the second. By symmetry the intercept is 0
        // and the weights are ±w, where n·(σ(w) − q) + λw = 0. With n = 4, q = 3/4, λ = 1: 4σ(w) + w = 3.
        let rows: Vec<&[u32]> = vec![&[0], &[0], &[0], &[0], &[1], &[1], &[1], &[1]];
        let outcomes = [true, true, true, false, true, false, false, false];
        let fit = Fit::new(&Design::from_rows(2, &rows), &outcomes, Penalty::ridge(1.0), &Fit::base(2, 0.5), EXACT);
        let w = fit.weights[0];
        assert!((4.0 * sigmoid(w) + w - 3.0).abs() < 1e-13, "{fit:?}");
        assert!(fit.intercept.abs() < 1e-14 && (fit.weights[1] + w).abs() < 1e-14, "{fit:?}");
    }

    #[test]
    fn a_step_between_neighbours_costs_as_stated() {
        // As above, but the weights ±w are 2w apart: n·(σ(w) − q) + λw + 2δmw = 0, and λ + 2δm = 1 again.
        let rows: Vec<&[u32]> = vec![&[0], &[0], &[0], &[0], &[1], &[1], &[1], &[1]];
        let outcomes = [true, true, true, false, true, false, false, false];
        let mut design = Design::from_rows(2, &rows);
        design.steps = vec![Step { from: 0, weight: 2.0 }];
        let fit = Fit::new(&design, &outcomes, Penalty { size: 0.5, step: 0.125 }, &Fit::base(2, 0.5), EXACT);
        let w = fit.weights[0];
        assert!((4.0 * sigmoid(w) + w - 3.0).abs() < 1e-13, "{fit:?}");
        assert!(fit.intercept.abs() < 1e-14 && (fit.weights[1] + w).abs() < 1e-14, "{fit:?}");
    }

    #[test]
    fn a_far_start_ends_at_the_same_place() {
        let rows: Vec<&[u32]> = vec![&[0, 2], &[0, 3], &[1, 2], &[1, 3], &[0, 2], &[1, 3], &[1, 2]];
        let outcomes = [true, false, false, false, true, true, false];
        let design = Design::from_rows(4, &rows);
        let near = Fit::new(&design, &outcomes, Penalty::ridge(0.1), &Fit::base(4, 3.0 / 7.0), EXACT);
        let far = Fit { intercept: 30.0, weights: vec![-20.0, 15.0, 9.0, -40.0] };
        let far = Fit::new(&design, &outcomes, Penalty::ridge(0.1), &far, EXACT);
        for (a, b) in near.weights.iter().zip(&far.weights) {
            assert!((a - b).abs() < 1e-10, "{near:?} {far:?}");
        }
    }

    #[test]
    fn certain_outcomes_stay_finite() {
        let rows: Vec<&[u32]> = vec![&[0], &[0], &[1], &[1]];
        let fit = Fit::new(
            &Design::from_rows(2, &rows),
            &[true, true, false, false],
            Penalty::ridge(1.0),
            &Fit::base(2, 0.5),
            EXACT,
        );
        assert!(fit.weights.iter().all(|w| w.is_finite() && w.abs() < 5.0), "{fit:?}");
        assert!(sigmoid(-800.0) >= 0.0 && sigmoid(800.0) == 1.0);
    }
}
