//! Ridge logistic regression by Newton's method, the intercept free.
//!
//! Sums run in the order of the rows, which the examples fix by content; so the same rows give the same bits in any
//! order of the file.

use super::design::Design;

/// A fitted model: log-odds = intercept + the weights of a row's slots.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    pub(crate) intercept: f64,
    pub(crate) weights: Vec<f64>,
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

    /// Minimises Σ log(1 + exp(−s·η)) + λ/2·Σ w², s = ±1, from `start` on, until the
    /// decrement is below `end`.
    ///
    /// # Formula
    /// w ← w − t·(XᵀVX + λI)⁻¹(Xᵀ(p − y) + λw), V = diag p(1 − p), t halved until the objective falls.
    ///
    /// # Source
    /// S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41 (1992).
    pub(crate) fn new(design: &Design, outcomes: &[bool], penalty: f64, start: &Self, end: f64) -> Self {
        let mut fit = start.clone();
        let mut system = System::new(design.width + 1);
        let mut odds = Vec::new();
        let mut objective = fit.objective(design, outcomes, penalty, &mut odds);
        for _ in 0..MOST_STEPS {
            system.fill(&fit, &odds, design, outcomes, penalty);
            let decrement = system.solve();
            let mut length = 1.0;
            // Halving ends by itself at the rounding of the objective.
            for _ in 0..40 {
                let tried = fit.moved(&system.step, length);
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
    fn objective(&self, design: &Design, outcomes: &[bool], penalty: f64, odds: &mut Vec<Odds>) -> f64 {
        odds.clear();
        odds.extend(design.rows().map(|slots| Odds::new(self.log_odds(slots))));
        // log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)); factors within [1, 2] are multiplied before the logarithm.
        let factors: f64 = odds.chunks(512).map(|part| libm::log(part.iter().fold(1.0, |f, o| f * (1.0 + o.e)))).sum();
        let signed = |(odds, y): (&Odds, &bool)| if *y { -odds.eta } else { odds.eta };
        let misses: f64 = odds.iter().zip(outcomes).map(|row| signed(row).max(0.0)).sum();
        misses + factors + penalty / 2.0 * self.weights.iter().fold(0.0, |sum, w| sum + w * w)
    }
}

/// The odds of a row: the log-odds η and exp(−|η|), from which all else follows.
#[derive(Debug, Clone, Copy)]
struct Odds {
    eta: f64,
    e: f64,
}

impl Odds {
    fn new(eta: f64) -> Self {
        Self { eta, e: libm::exp(-eta.abs()) }
    }

    /// 1/(1 + exp(−η)).
    fn probability(self) -> f64 {
        if self.eta >= 0.0 { 1.0 / (1.0 + self.e) } else { self.e / (1.0 + self.e) }
    }
}

/// 1/(1 + exp(−x)).
pub(crate) fn sigmoid(x: f64) -> f64 {
    Odds::new(x).probability()
}

/// The equations of one Newton step; the intercept is the last unknown.
struct System {
    size: usize,
    /// Lower triangle, row by row, each row `size` wide.
    matrix: Vec<f64>,
    gradient: Vec<f64>,
    step: Vec<f64>,
}

impl System {
    fn new(size: usize) -> Self {
        Self { size, matrix: vec![0.0; size * size], gradient: vec![0.0; size], step: vec![0.0; size] }
    }

    fn fill(&mut self, fit: &Fit, odds: &[Odds], design: &Design, outcomes: &[bool], penalty: f64) {
        self.matrix.fill(0.0);
        self.gradient.fill(0.0);
        let (n, last) = (self.size, self.size - 1);
        for ((slots, y), odds) in design.rows().zip(outcomes).zip(odds) {
            let p = odds.probability();
            let (residual, v) = (p - f64::from(u8::from(*y)), p * (1.0 - p));
            for (i, a) in slots.iter().enumerate() {
                let a = *a as usize;
                self.gradient[a] += residual;
                let row = &mut self.matrix[a * n..a * n + a + 1];
                for b in &slots[..=i] {
                    row[*b as usize] += v;
                }
            }
            let row = &mut self.matrix[last * n..];
            for slot in slots {
                row[*slot as usize] += v;
            }
            row[last] += v;
            self.gradient[last] += residual;
        }
        for (i, w) in fit.weights.iter().enumerate() {
            self.matrix[i * n + i] += penalty;
            self.gradient[i] += penalty * w;
        }
    }

    /// Solves matrix·step = gradient by Cholesky's factors; gives Newton's decrement gradient·step.
    fn solve(&mut self) -> f64 {
        let n = self.size;
        for i in 0..n {
            let (above, rest) = self.matrix.split_at_mut(i * n);
            let row = &mut rest[..=i];
            for j in 0..i {
                let other = &above[j * n..j * n + j + 1];
                let dot = row[..j].iter().zip(other).fold(0.0, |sum, (a, b)| sum + a * b);
                row[j] = (row[j] - dot) / other[j];
            }
            let square = row[..i].iter().fold(0.0, |sum, a| sum + a * a);
            // Only the intercept can come out flat, where every prediction is certain.
            row[i] = (row[i] - square).max(1e-12).sqrt();
        }
        for i in 0..n {
            let row = &self.matrix[i * n..i * n + i + 1];
            let dot = row[..i].iter().zip(&self.step).fold(0.0, |sum, (a, x)| sum + a * x);
            self.step[i] = (self.gradient[i] - dot) / row[i];
        }
        for i in (0..n).rev() {
            let x = self.step[i] / self.matrix[i * n + i];
            self.step[i] = x;
            for j in 0..i {
                self.step[j] -= self.matrix[i * n + j] * x;
            }
        }
        self.gradient.iter().zip(&self.step).fold(0.0, |sum, (g, s)| sum + g * s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_columns_the_intercept_is_the_base_rate() {
        let design = Design::from_rows(0, &[&[], &[], &[], &[]]);
        let fit = Fit::new(&design, &[true, false, false, false], 1.0, &Fit::base(0, 0.5), EXACT);
        assert!((sigmoid(fit.intercept) - 0.25).abs() < 1e-14, "{fit:?}");
    }

    #[test]
    fn a_balanced_column_solves_one_equation() {
        // Two levels, each with n rows, won share q in the first and 1 − q in the second. By symmetry the intercept is 0
        // and the weights are ±w, where n·(σ(w) − q) + λw = 0. With n = 4, q = 3/4, λ = 1: 4σ(w) + w = 3.
        let rows: Vec<&[u32]> = vec![&[0], &[0], &[0], &[0], &[1], &[1], &[1], &[1]];
        let outcomes = [true, true, true, false, true, false, false, false];
        let fit = Fit::new(&Design::from_rows(2, &rows), &outcomes, 1.0, &Fit::base(2, 0.5), EXACT);
        let w = fit.weights[0];
        assert!((4.0 * sigmoid(w) + w - 3.0).abs() < 1e-13, "{fit:?}");
        assert!(fit.intercept.abs() < 1e-14 && (fit.weights[1] + w).abs() < 1e-14, "{fit:?}");
    }

    #[test]
    fn a_far_start_ends_at_the_same_place() {
        let rows: Vec<&[u32]> = vec![&[0, 2], &[0, 3], &[1, 2], &[1, 3], &[0, 2], &[1, 3], &[1, 2]];
        let outcomes = [true, false, false, false, true, true, false];
        let design = Design::from_rows(4, &rows);
        let near = Fit::new(&design, &outcomes, 0.1, &Fit::base(4, 3.0 / 7.0), EXACT);
        let far = Fit { intercept: 30.0, weights: vec![-20.0, 15.0, 9.0, -40.0] };
        let far = Fit::new(&design, &outcomes, 0.1, &far, EXACT);
        for (a, b) in near.weights.iter().zip(&far.weights) {
            assert!((a - b).abs() < 1e-10, "{near:?} {far:?}");
        }
    }

    #[test]
    fn certain_outcomes_stay_finite() {
        let rows: Vec<&[u32]> = vec![&[0], &[0], &[1], &[1]];
        let fit = Fit::new(&Design::from_rows(2, &rows), &[true, true, false, false], 1.0, &Fit::base(2, 0.5), EXACT);
        assert!(fit.weights.iter().all(|w| w.is_finite() && w.abs() < 5.0), "{fit:?}");
        assert!(sigmoid(-800.0) >= 0.0 && sigmoid(800.0) == 1.0);
    }
}
