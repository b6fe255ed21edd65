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

impl Estimate {
    /// The same in a unit that is so many times larger.
    #[must_use]
    pub(crate) fn over(self, scale: f64) -> Self {
        Self { value: self.value / scale, error: self.error / scale }
    }
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
        let (whole, groups) = self.sums();
        self.with_spread(whole.mean(), &Moments::of(groups.iter().map(Sum::mean)))
    }

    /// The mean, and the standard deviation with denominator n − 1.
    #[must_use]
    pub fn mean_and_sd(&self) -> (Estimate, Estimate) {
        let (whole, groups) = self.sums();
        let mean = self.with_spread(whole.mean(), &Moments::of(groups.iter().map(Sum::mean)));
        let mut squares = 0.0;
        let sds = self.bounds().zip(&groups).map(|(group, sum)| {
            let own = squares_about(&self.values[group], sum.mean());
            let apart = sum.mean() - whole.mean();
            squares += own + sum.count as f64 * apart * apart;
            sd(own, sum.count)
        });
        let spread = Moments::of(sds);
        (mean, self.with_spread(sd(squares, whole.count), &spread))
    }

    /// The mean over that of other values of the same trials; `None` where that is not above 0.
    #[must_use]
    pub fn mean_over(&self, other: &Self) -> Option<Estimate> {
        let ((part, parts), (whole, wholes)) = (self.sums(), other.sums());
        let ratios = parts.iter().zip(&wholes).filter(|(_, whole)| whole.mean() > 0.0);
        let spread = Moments::of(ratios.map(|(part, whole)| part.mean() / whole.mean()));
        (whole.mean() > 0.0).then(|| self.with_spread(part.mean() / whole.mean(), &spread))
    }

    /// The share of values ≤ `bound`.
    #[must_use]
    pub fn share_at_most(&self, bound: i64) -> Estimate {
        self.share(|value| value <= bound)
    }

    /// The share of values ≥ `bound`.
    #[must_use]
    pub fn share_at_least(&self, bound: i64) -> Estimate {
        self.share(|value| value >= bound)
    }

    /// The quantiles at each of `ps`, which must ascend; the definition is that of [`quantile`](fn@super::quantile).
    #[must_use]
    pub fn quantiles(&self, ps: &[f64]) -> Vec<Estimate> {
        let (whole, groups) = self.quantiles_of_groups(ps);
        let spread = (0..ps.len()).map(|at| Moments::of(groups.iter().map(|found| found[at] as f64)));
        whole.iter().zip(spread).map(|(&value, moments)| self.with_spread(value as f64, &moments)).collect()
    }

    /// The mean of all values, and of each group.
    #[must_use]
    pub(crate) fn spread_of_mean(&self) -> Spread {
        let (whole, groups) = self.sums();
        Spread { value: whole.mean(), groups: groups.iter().map(Sum::mean).collect() }
    }

    /// The share of values ≥ `bound`, and that of each group.
    #[must_use]
    pub(crate) fn spread_of_share_at_least(&self, bound: i64) -> Spread {
        self.spread_of_share(|value| value >= bound)
    }

    /// The quantiles at each of `ps`, which must ascend, and those of each group.
    #[must_use]
    pub(crate) fn spreads_of_quantiles(&self, ps: &[f64]) -> Vec<Spread> {
        let (whole, groups) = self.quantiles_of_groups(ps);
        let of = |(at, value): (usize, &i64)| Spread {
            value: *value as f64,
            groups: groups.iter().map(|found| found[at] as f64).collect(),
        };
        whole.iter().enumerate().map(of).collect()
    }

    /// The quantiles at each of `ps` of all values, and of each group.
    fn quantiles_of_groups(&self, ps: &[f64]) -> (Vec<i64>, Vec<Vec<i64>>) {
        quantile::of_groups(self.values, &self.bounds().collect::<Vec<_>>(), ps)
    }

    /// The sum of all values, and that of each group.
    fn sums(&self) -> (Sum, Vec<Sum>) {
        let groups: Vec<Sum> = self.bounds().map(|group| Sum::of(&self.values[group])).collect();
        (groups.iter().copied().fold(Sum::default(), Sum::and), groups)
    }

    fn share(&self, holds: impl Fn(i64) -> bool) -> Estimate {
        self.spread_of_share(holds).estimate()
    }

    fn spread_of_share(&self, holds: impl Fn(i64) -> bool) -> Spread {
        let mut held = 0;
        let share = |held: usize, count: usize| if count == 0 { 0.0 } else { held as f64 / count as f64 };
        let groups = self.bounds().map(|group| {
            let own = self.values[group.clone()].iter().filter(|&&value| holds(value)).count();
            held += own;
            share(own, group.len())
        });
        let groups = groups.collect();
        Spread { value: share(held, self.values.len()), groups }
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

/// A statistic of all values, and of each of their groups.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spread {
    value: f64,
    groups: Vec<f64>,
}

impl Spread {
    /// The statistic with its error.
    pub(crate) fn estimate(&self) -> Estimate {
        Self::told(self.value, self.groups.iter().copied())
    }

    /// How far it is above that of other values, drawn group by group on the same numbers: the error is the spread of the
    /// groups' own differences.
    pub(crate) fn above(&self, other: &Self) -> Estimate {
        Self::told(self.value - other.value, self.groups.iter().zip(&other.groups).map(|(own, other)| own - other))
    }

    fn told(value: f64, groups: impl ExactSizeIterator<Item = f64>) -> Estimate {
        let count = groups.len().max(1) as f64;
        Estimate { value, error: Moments::of(groups).sd() / count.sqrt() }
    }
}

/// The mean of `values`, from their exact sum; 0 of no values.
#[must_use]
pub fn mean(values: &[i64]) -> f64 {
    Sum::of(values).mean()
}

/// The exact sum of integers.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    count: usize,
    sum: i128,
}

impl Sum {
    fn of(values: &[i64]) -> Self {
        let sum = values.chunks(1 << 30).map(|part| {
            // Upper and lower halves apart: so few of either stay within 64 bits.
            let (upper, lower) = part
                .iter()
                .fold((0i64, 0i64), |(upper, lower), &value| (upper + (value >> 32), lower + (value & 0xffff_ffff)));
            (i128::from(upper) << 32) + i128::from(lower)
        });
        Self { count: values.len(), sum: sum.sum() }
    }

    fn and(self, other: Self) -> Self {
        Self { count: self.count + other.count, sum: self.sum + other.sum }
    }

    /// Whole part and rest apart: the sum may pass 2^53.
    fn mean(&self) -> f64 {
        let count = self.count.max(1) as i128;
        self.sum.div_euclid(count) as f64 + self.sum.rem_euclid(count) as f64 / count as f64
    }
}

/// The sum of squared deviations of `values` from their `mean`.
///
/// # Formula
/// Σ d² − (Σ d)²/n, d the deviations: their sum, 0 but for rounding, takes out what rounding the mean brought in. Of
/// groups: Σ over groups of their own, and their size times the square of their mean's distance from the mean of all.
///
/// # Source
/// T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", The American Statistician
/// 37 (1983), the corrected two-pass algorithm, and the pairwise one for groups.
fn squares_about(values: &[i64], mean: f64) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for &value in values {
        let deviation = value as f64 - mean;
        sum += deviation;
        squares += deviation * deviation;
    }
    (squares - sum * sum / (values.len().max(1) as f64)).max(0.0)
}

/// The standard deviation, denominator n − 1; 0 of fewer than two values.
fn sd(squares: f64, count: usize) -> f64 {
    if count < 2 { 0.0 } else { (squares / (count as f64 - 1.0)).sqrt() }
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
        assert_eq!(sample.mean_and_sd().1, Estimate { value: 0.0, error: 0.0 });
    }

    #[test]
    fn the_deviation_of_values_far_from_zero_is_not_lost() {
        // Exact: the deviations are −1, 0 and 1.
        let values = [1, 2, 3].map(|v| v + (1i64 << 52));
        assert_eq!(GroupedSample::new(&values, 1).mean_and_sd().1.value, 1.0);
        assert_eq!(GroupedSample::new(&[i64::from(u32::MAX)], 1).mean_and_sd().1.value, 0.0);
    }

    #[test]
    fn the_mean_is_exact_where_an_f64_sum_is_not() {
        let big = (1i64 << 53) + 1;
        let values = [big, big, big, -3 * (1i64 << 53)];
        assert_eq!(GroupedSample::new(&values, 1).mean().value, 0.75);
    }

    #[test]
    fn the_deviation_of_all_is_made_of_that_of_groups() {
        // Groups far apart, the last one longer; Σ(v − 7)² = 36 + 25 + 4 + 9 + 36 = 110 with mean 7 of five values.
        let (mean, sd) = GroupedSample::new(&[1, 2, 9, 10, 13], 2).mean_and_sd();
        assert_eq!((mean.value, sd.value), (7.0, 27.5_f64.sqrt()));
        // Group deviations √½ and √(13/3) with mean 32/3: their own deviation over √2.
        let apart = (13.0_f64 / 3.0).sqrt() - 0.5_f64.sqrt();
        assert!((sd.error - apart / 2.0).abs() < 1e-12, "{}", sd.error);
    }

    #[test]
    fn sums_beyond_64_bits_are_exact() {
        let sample = [i64::MAX, i64::MAX, i64::MIN, -1];
        assert_eq!(Sum::of(&sample).sum, i128::from(i64::MAX) - 2);
    }

    #[test]
    fn a_ratio_of_means_has_the_spread_of_its_groups() {
        let (part, whole) = ([1, 1, 2, 2], [4, 4, 4, 4]);
        let ratio = GroupedSample::new(&part, 2).mean_over(&GroupedSample::new(&whole, 2)).unwrap();
        // Groups of 0.25 and 0.5: sd 0.25/√2, over √2.
        assert!((ratio.value - 0.375).abs() < 1e-15 && (ratio.error - 0.125).abs() < 1e-15, "{ratio:?}");
        assert_eq!(GroupedSample::new(&part, 2).mean_over(&GroupedSample::new(&[0; 4], 2)), None);
    }

    #[test]
    fn no_values_give_zeros() {
        let empty = GroupedSample::new(&[], 20);
        assert_eq!(empty.mean(), Estimate::default());
        assert_eq!(empty.quantiles(&[0.5])[0], Estimate::default());
    }
}
