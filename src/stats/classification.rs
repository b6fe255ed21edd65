//! How good predicted probabilities of a yes-or-no outcome are.
//!
//! Every function takes predictions and outcomes of equal length, in one order; what is longer is not read. Sums follow
//! that order, so callers who need the same bits for shuffled rows bring their rows into a fixed order first.

use super::{Interval, Normal, places_by, wilson};

/// The area under the receiver operating characteristic, with its error.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct RocAuc {
    /// The chance that a random positive is ranked above a random negative, ties counting half. In [0, 1].
    pub value: f64,
    /// Standard error of the value.
    pub standard_error: f64,
}

impl RocAuc {
    /// The area for these predictions; `None` without at least two positives and two negatives.
    ///
    /// # Formula
    /// AUC = mean over positives of V₁₀, the share of negatives below; variance = S₁₀/m + S₀₁/n, S₁₀ and S₀₁ being
    /// the sample variances of V₁₀ over the m positives and of V₀₁ over the n negatives; both come from midranks.
    ///
    /// # Source
    /// E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988); X. Sun and W. Xu, IEEE Signal
    /// Processing Letters 21 (2014), for the midranks.
    #[must_use]
    pub fn new(predicted: &[f64], outcomes: &[bool]) -> Option<Self> {
        let pick = |wanted: bool| -> Vec<f64> {
            predicted.iter().zip(outcomes).filter(|(_, y)| **y == wanted).map(|(p, _)| *p).collect()
        };
        let (positives, negatives) = (pick(true), pick(false));
        let (m, n) = (positives.len() as f64, negatives.len() as f64);
        if positives.len() < 2 || negatives.len() < 2 {
            return None;
        }
        let all: Vec<f64> = positives.iter().chain(&negatives).copied().collect();
        let joint = midranks(&all);
        let (own_positive, own_negative) = (midranks(&positives), midranks(&negatives));
        let v10: Vec<f64> = joint.iter().zip(&own_positive).map(|(all, own)| (all - own) / n).collect();
        let v01: Vec<f64> =
            joint.iter().skip(positives.len()).zip(&own_negative).map(|(all, own)| 1.0 - (all - own) / m).collect();
        let value = v10.iter().sum::<f64>() / m;
        let variance = sample_variance(&v10) / m + sample_variance(&v01) / n;
        Some(Self { value, standard_error: variance.sqrt() })
    }

    /// The interval value ± z·standard error at the two-sided `level`, kept inside [0, 1].
    #[must_use]
    pub fn interval(self, level: f64) -> Interval {
        let half = Normal::quantile(0.5 + level / 2.0) * self.standard_error;
        Interval { low: (self.value - half).max(0.0), high: (self.value + half).min(1.0) }
    }
}

/// Ranks from 1, equal values sharing the mean of theirs.
fn midranks(values: &[f64]) -> Vec<f64> {
    let order = sorted(values);
    let mut ranks = vec![0.0; values.len()];
    for block in ties(values, &order) {
        let rank = (block.start + block.end + 1) as f64 / 2.0;
        for at in &order[block] {
            ranks[*at] = rank;
        }
    }
    ranks
}

/// Denominator n − 1.
fn sample_variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)
}

/// Positions in ascending order of their values.
fn sorted(values: &[f64]) -> Vec<usize> {
    places_by(values.len(), &mut |a, b| values[a].total_cmp(&values[b]))
}

/// Runs of equal values in `order`.
fn ties(values: &[f64], order: &[usize]) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, index) in order.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if values[order[run.start]] == values[*index] => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// Average precision: the area under the precision-recall steps, equal predictions being one step. 0 without positives.
///
/// # Formula
/// Σ (Rₙ − Rₙ₋₁)·Pₙ over distinct thresholds from the highest down.
///
/// # Source
/// C. D. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval" (2008), section 8.4.
#[must_use]
pub fn average_precision(predicted: &[f64], outcomes: &[bool]) -> f64 {
    let order = sorted(predicted);
    let total = outcomes.iter().filter(|y| **y).count() as f64;
    let (mut seen, mut hits, mut area) = (0.0, 0.0, 0.0);
    for block in ties(predicted, &order).into_iter().rev() {
        let here = order[block.clone()].iter().filter(|at| outcomes.get(**at) == Some(&true)).count() as f64;
        seen += block.len() as f64;
        hits += here;
        area += here * (hits / seen);
    }
    if total > 0.0 { area / total } else { 0.0 }
}

/// Probabilities are kept this far from 0 and 1 before their logarithm is taken.
pub const CLIP: f64 = 1e-6;

/// The log-loss of one prediction, natural logarithm, `probability` clipped by [`CLIP`].
#[must_use]
pub fn log_loss_of(probability: f64, outcome: bool) -> f64 {
    let p = probability.clamp(CLIP, 1.0 - CLIP);
    -libm::log(if outcome { p } else { 1.0 - p })
}

/// The mean log-loss; 0 of nothing.
#[must_use]
pub fn log_loss(predicted: &[f64], outcomes: &[bool]) -> f64 {
    mean(predicted.iter().zip(outcomes).map(|(p, y)| log_loss_of(*p, *y)))
}

/// The Brier score: mean of (p − y)²; 0 of nothing.
#[must_use]
pub fn brier(predicted: &[f64], outcomes: &[bool]) -> f64 {
    mean(predicted.iter().zip(outcomes).map(|(p, y)| {
        let miss = p - f64::from(u8::from(*y));
        miss * miss
    }))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0u32), |(sum, n), x| (sum + x, n + 1));
    if n == 0 { 0.0 } else { sum / f64::from(n) }
}

/// Predictions of one band of a calibration table.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
pub struct CalibrationBand {
    /// Predictions in the band.
    pub count: u64,
    /// Positives among them.
    pub positives: u64,
    /// Their mean prediction; 0 of an empty band.
    pub predicted: f64,
    /// The share of positives; 0 of an empty band.
    pub observed: f64,
    /// The 95 % Wilson interval of that share.
    pub interval: Interval,
}

/// Predictions in `bands` bands of equal width, the first from 0, each with what came true.
///
/// # Formula
/// Band of p = ⌊bands·p⌋, at most bands − 1.
#[must_use]
pub fn calibration(predicted: &[f64], outcomes: &[bool], bands: usize) -> Vec<CalibrationBand> {
    let mut tallies = vec![(0u64, 0u64, 0.0); bands];
    for (p, y) in predicted.iter().zip(outcomes) {
        let at = ((p * bands as f64) as usize).min(bands.saturating_sub(1));
        if let Some(tally) = tallies.get_mut(at) {
            *tally = (tally.0 + 1, tally.1 + u64::from(*y), tally.2 + p);
        }
    }
    let band = |(count, positives, sum): (u64, u64, f64)| {
        let n = count.max(1) as f64;
        CalibrationBand {
            count,
            positives,
            predicted: sum / n,
            observed: positives as f64 / n,
            interval: wilson(positives as f64, count as f64, 0.95),
        }
    };
    tallies.into_iter().map(band).collect()
}

/// The expected calibration error over a calibration table; 0 of nothing.
///
/// # Formula
/// Σ (n_b/n)·|observed_b − predicted_b|.
///
/// # Source
/// M. P. Naeini, G. F. Cooper, M. Hauskrecht, AAAI 2015.
#[must_use]
pub fn calibration_error(table: &[CalibrationBand]) -> f64 {
    let n = table.iter().map(|band| band.count).sum::<u64>().max(1) as f64;
    table.iter().map(|band| band.count as f64 / n * (band.observed - band.predicted).abs()).sum()
}

/// One of several groups of equal size, best predictions first.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
pub struct LiftGroup {
    /// Predictions in the group.
    pub count: u64,
    /// Positives among them; a fraction where equal predictions lie on the border of two groups.
    pub positives: f64,
    /// Share of positives.
    pub rate: f64,
    /// That share divided by the share among all; 0 without positives.
    pub lift: f64,
    /// Share of all positives in this group and those before it.
    pub captured: f64,
}

/// The predictions from the highest down in `groups` groups, the first of them one larger where they do not come out
/// even. Equal predictions are equally likely to stand in each place they take together.
#[must_use]
pub fn lift(predicted: &[f64], outcomes: &[bool], groups: usize) -> Vec<LiftGroup> {
    let (n, total) = (predicted.len(), outcomes.iter().filter(|y| **y).count() as f64);
    let order = sorted(predicted);
    // Expected positives by place, from the highest prediction down.
    let mut expected = Vec::with_capacity(n);
    for block in ties(predicted, &order).into_iter().rev() {
        let hits = order[block.clone()].iter().filter(|at| outcomes.get(**at) == Some(&true)).count() as f64;
        expected.resize(expected.len() + block.len(), hits / block.len() as f64);
    }
    let (mut start, mut captured) = (0, 0.0);
    let group = |at: usize| {
        let count = n / groups + usize::from(at < n % groups);
        let positives: f64 = expected[start..start + count].iter().sum();
        start += count;
        captured += positives;
        let rate = positives / count.max(1) as f64;
        let (lift, share) = if total > 0.0 { (rate * n as f64 / total, captured / total) } else { (0.0, 0.0) };
        LiftGroup { count: count as u64, positives, rate, lift, captured: share }
    };
    (0..groups).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: [f64; 8] = [0.1, 0.4, 0.35, 0.8, 0.35, 0.9, 0.2, 0.35];
    const Y: [bool; 8] = [false, false, true, true, false, true, false, true];

    #[test]
    fn the_area_counts_pairs_and_ties_half() {
        // 4 positives {.35, .8, .9, .35}, 4 negatives {.1, .4, .35, .2}: .35 beats .1, .2 and ties .35 (2.5 each),
        // .8 and .9 beat all four: (2.5 + 4 + 4 + 2.5) / 16.
        let auc = RocAuc::new(&P, &Y).unwrap();
        assert_eq!(auc.value, 13.0 / 16.0);
        // V10 = {.625, 1, 1, .625}, sample variance .046875; V01 = {1, .5, .75, 1}, sample variance .171875/3.
        let expected = (0.046875 / 4.0 + 0.171875 / 3.0 / 4.0f64).sqrt();
        assert!((auc.standard_error - expected).abs() < 1e-15, "{auc:?} {expected}");
        assert_eq!(auc.interval(0.95).high, 1.0);
        assert_eq!(RocAuc::new(&[0.5; 8], &Y).unwrap().value, 0.5);
        assert_eq!(RocAuc::new(&P[..2], &Y[..2]), None);
    }

    #[test]
    fn average_precision_takes_equal_predictions_in_one_step() {
        // .9 → 1/1, .8 → 2/2, .4 → none, three at .35 with two hits → 4/6.
        let expected = (1.0 + 1.0 + 2.0 * (4.0 / 6.0)) / 4.0;
        assert!((average_precision(&P, &Y) - expected).abs() < 1e-15);
        assert_eq!(average_precision(&P, &[false; 8]), 0.0);
    }

    #[test]
    fn losses_are_those_of_the_definitions() {
        assert_eq!(brier(&[0.0, 0.5, 1.0], &[false, true, false]), 1.25 / 3.0);
        assert!((log_loss(&[0.25, 0.5], &[true, false]) - 1.5 * std::f64::consts::LN_2).abs() < 1e-15);
        // A certain miss costs −ln(1e-6), not infinity.
        assert!((log_loss(&[1.0], &[false]) - 6.0 * std::f64::consts::LN_10).abs() < 1e-9);
        assert_eq!(log_loss(&[], &[]), 0.0);
    }

    #[test]
    fn calibration_sorts_by_tenths_and_weighs_by_count() {
        let table = calibration(&[0.05, 0.15, 0.15, 1.0], &[false, true, false, true], 10);
        assert_eq!((table[0].count, table[1].count, table[9].count), (1, 2, 1));
        assert_eq!((table[1].predicted, table[1].observed), (0.15, 0.5));
        let expected = 0.25 * 0.05 + 0.5 * 0.35;
        assert!((calibration_error(&table) - expected).abs() < 1e-15);
        assert_eq!(calibration_error(&calibration(&[], &[], 10)), 0.0);
    }

    #[test]
    fn lift_starts_with_the_best_and_shares_ties() {
        let groups = lift(&P, &Y, 4);
        assert_eq!(groups.iter().map(|g| g.count).collect::<Vec<_>>(), [2, 2, 2, 2]);
        assert_eq!((groups[0].rate, groups[0].lift, groups[0].captured), (1.0, 2.0, 0.5));
        // .4 misses, then one of three places at .35, of which two hit.
        assert!((groups[1].positives - 2.0 / 3.0).abs() < 1e-15);
        assert!((groups[3].captured - 1.0).abs() < 1e-15);
        let uneven = lift(&P[..5], &Y[..5], 2);
        assert_eq!(uneven.iter().map(|g| g.count).collect::<Vec<_>>(), [3, 2]);
    }
}
