//! Statistics of simulated values with the error that batched draws leave in them.

use super::{Moments, quantile};

/// An estimate and its standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error: how far a run with another seed would typically lie from this one.
    pub error: f64,
}

/// Simulated values in equal, independent groups that follow one another.
///
/// Values inside a group may depend on each other (shared draws, stratified draws), groups do not. So a statistic is
/// computed from all values, and its error from its spread between the groups.
///
/// # Formula
/// error = sd of the statistic's group values (denominator groups − 1) / √groups
///
/// # Source
/// S. Asmussen and P. W. Glynn, Stochastic Simulation (2007), IV.5, sectioning. The error sd/√n of independent values
/// is not valid here.
#[derive(Debug, Clone, Copy)]
pub struct GroupedSample<'a> {
    values: &'a [i64],
    groups: usize,
}

impl<'a> GroupedSample<'a> {
    /// `values` in `groups` groups of equal size, one after the other. A remainder counts to the last group.
    #[must_use]
    pub fn new(values: &'a [i64], groups: usize) -> Self {
        Self { values, groups: groups.max(1) }
    }

    /// All values.
    #[must_use]
    pub fn values(&self) -> &'a [i64] {
        self.values
    }

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> Estimate {
        self.estimate(mean)
    }

    /// The standard deviation, denominator n − 1.
    #[must_use]
    pub fn sd(&self) -> Estimate {
        self.estimate(sd)
    }

    /// The share of values ≤ `bound`.
    #[must_use]
    pub fn share_at_most(&self, bound: i64) -> Estimate {
        self.estimate(|values| share(values, |v| v <= bound))
    }

    /// The share of values ≥ `bound`.
    #[must_use]
    pub fn share_at_least(&self, bound: i64) -> Estimate {
        self.estimate(|values| share(values, |v| v >= bound))
    }

    /// The quantiles at each of `ps`, which must ascend; the definition is that of [`quantile`](fn@super::quantile).
    #[must_use]
    pub fn quantiles(&self, ps: &[f64]) -> Vec<Estimate> {
        let bounds: Vec<_> = self.bounds().collect();
        let (whole, groups) = quantile::of_groups(self.values, &bounds, ps);
        let spread = (0..ps.len()).map(|at| Moments::of(groups.iter().map(|found| found[at] as f64)));
        whole.iter().zip(spread).map(|(&value, moments)| self.with_spread(value as f64, &moments)).collect()
    }

    fn estimate(&self, statistic: impl Fn(&[i64]) -> f64) -> Estimate {
        let spread = Moments::of(self.bounds().map(|group| statistic(&self.values[group])));
        self.with_spread(statistic(self.values), &spread)
    }

    fn with_spread(&self, value: f64, spread: &Moments) -> Estimate {
        Estimate { value, error: spread.sd() / (self.groups as f64).sqrt() }
    }

    fn bounds(&self) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let (count, groups) = (self.values.len(), self.groups);
        let size = count / groups;
        (0..groups).map(move |g| g * size..if g + 1 == groups { count } else { (g + 1) * size })
    }
}

/// The mean from an exact integer sum; 0 of no values.
fn mean(values: &[i64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let sum: i128 = values.iter().map(|&v| i128::from(v)).sum();
    let count = values.len() as i128;
    // Whole part and rest apart: the sum may pass 2^53.
    (sum.div_euclid(count)) as f64 + sum.rem_euclid(count) as f64 / count as f64
}

/// The standard deviation, denominator n − 1; 0 of fewer than two values.
///
/// # Formula
/// (Σ d² − (Σ d)²/n)/(n − 1), d the deviations from the mean: their sum, 0 but for rounding, takes out what rounding the
/// mean brought in.
///
/// # Source
/// T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", The American Statistician
/// 37 (1983), the corrected two-pass algorithm.
fn sd(values: &[i64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let (mean, count) = (mean(values), values.len() as f64);
    let (mut sum, mut squares) = (0.0, 0.0);
    for &value in values {
        let deviation = value as f64 - mean;
        sum += deviation;
        squares += deviation * deviation;
    }
    ((squares - sum * sum / count).max(0.0) / (count - 1.0)).sqrt()
}

fn share(values: &[i64], holds: impl Fn(i64) -> bool) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.iter().filter(|&&v| holds(v)).count() as f64 / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_the_spread_of_the_groups() {
        let sample = GroupedSample::new(&[1, 3, 5, 7], 2);
        // Group means 2 and 6: sd √8, over √2.
        assert_eq!(sample.mean(), Estimate { value: 4.0, error: 2.0 });
        assert_eq!(sample.share_at_most(3), Estimate { value: 0.5, error: 0.5 });
        assert_eq!(sample.share_at_least(7).value, 0.25);
        assert_eq!(sample.quantiles(&[0.5, 1.0])[0].value, 3.0);
        assert_eq!(sample.quantiles(&[0.5, 1.0])[1], Estimate { value: 7.0, error: 2.0 });
    }

    #[test]
    fn equal_groups_leave_no_error() {
        let sample = GroupedSample::new(&[4, 4, 4, 4], 2);
        assert_eq!(sample.mean(), Estimate { value: 4.0, error: 0.0 });
        assert_eq!(sample.sd(), Estimate { value: 0.0, error: 0.0 });
    }

    #[test]
    fn the_deviation_of_values_far_from_zero_is_not_lost() {
        // Exact: the deviations are −1, 0 and 1.
        let values = [1, 2, 3].map(|v| v + (1i64 << 52));
        assert_eq!(GroupedSample::new(&values, 1).sd().value, 1.0);
        assert_eq!(GroupedSample::new(&[i64::from(u32::MAX)], 1).sd().value, 0.0);
    }

    #[test]
    fn the_mean_is_exact_where_an_f64_sum_is_not() {
        let big = (1i64 << 53) + 1;
        let values = [big, big, big, -3 * (1i64 << 53)];
        assert_eq!(GroupedSample::new(&values, 1).mean().value, 0.75);
    }

    #[test]
    fn no_values_give_zeros() {
        let empty = GroupedSample::new(&[], 20);
        assert_eq!(empty.mean(), Estimate::default());
        assert_eq!(empty.quantiles(&[0.5])[0], Estimate::default());
    }
}
