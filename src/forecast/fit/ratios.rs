//! What won deals bring of their estimate, and what their product, owner and segment change of it.

use super::history::SeenDeal;
use crate::money::nearest;

/// Fewest wins from which the ratio to the estimate is learned.
pub(super) const FEWEST: usize = 10;
/// Log-likelihood that a grouping must gain before its factors are used, as for those of the hazards.
const NEEDED_GAIN: f64 = 3.0;
/// Spreads of the levels tried, as multiples of that within them, doubling: from 1/16 to 8.
const SPREADS: std::ops::RangeInclusive<i32> = -4..=3;
/// Least variance of the logarithm within a level: a percent.
const LEAST: f64 = 1e-4;

/// Open amounts on their way to won ones.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ratios {
    /// Won deals of which both are known.
    pub(crate) known: usize,
    /// What each won deal brought as a share of its estimate, in the order of the keys; \[1\] if too few are known.
    pub(crate) all: Vec<f64>,
    /// The same over what its product, owner and segment let expect; `all` where these tell nothing.
    pub(crate) left: Vec<f64>,
    /// Factors of product, owner and segment; empty where they tell nothing.
    pub(crate) groups: [Vec<f64>; 3],
}

impl Ratios {
    /// From the deals known on a day.
    ///
    /// # Formula
    /// y = ln(brought/estimate), s² its variance within the levels, ȳ_g the mean of the n_g of level g on what the groupings
    /// before leave: factor exp(τ²/(τ² + s²/n_g)·(ȳ_g − μ)), μ the mean weighted by 1/(τ² + s²/n_g). τ is the one of eight
    /// multiples of s, from 1/16 to 8, under which the ȳ_g are most likely; used where that gains a log-likelihood of 3 over none.
    ///
    /// # Source
    /// The normal hierarchical model with its spread by marginal likelihood: A. Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), 5.4.
    pub(super) fn new(deals: &[SeenDeal]) -> Self {
        let known = deals.iter().filter_map(|deal| {
            let (brought, estimate) = deal.brought.zip(deal.estimate).filter(|(won, open)| *won > 0 && *open > 0)?;
            Some((deal.groups, brought as f64 / estimate as f64))
        });
        let known: Vec<([u32; 3], f64)> = known.collect();
        if known.len() < FEWEST {
            return Self { known: known.len(), all: vec![1.0], left: vec![1.0], groups: Default::default() };
        }
        let all: Vec<f64> = known.iter().map(|(_, ratio)| *ratio).collect();
        let mut left = all.clone();
        let mut groups: [Vec<f64>; 3] = Default::default();
        for (grouping, told) in groups.iter_mut().enumerate() {
            let level = |at: usize| known.get(at).map_or(0, |(groups, _)| groups[grouping] as usize);
            let Some(factors) = factors(&left, level) else { continue };
            for (at, ratio) in left.iter_mut().enumerate() {
                *ratio /= factors[level(at)];
            }
            *told = factors;
        }
        Self { known: known.len(), all, left, groups }
    }

    /// What a deal's product, owner and segment change of what it brings.
    pub(crate) fn factor(&self, groups: &[u32; 3]) -> f64 {
        let of = |(factors, level): (&Vec<f64>, &u32)| factors.get(*level as usize).copied().unwrap_or(1.0);
        self.groups.iter().zip(groups).map(of).product()
    }

    /// An estimate in minor units, as its product, owner and segment let expect it to be won.
    pub(crate) fn expected(&self, estimate: i64, groups: &[u32; 3]) -> i64 {
        nearest(estimate as f64 * self.factor(groups))
    }
}

/// The factor of each level; `None` where they do not differ by more than chance.
fn factors(ratios: &[f64], level: impl Fn(usize) -> usize) -> Option<Vec<f64>> {
    let levels = (0..ratios.len()).map(&level).max()? + 1;
    let mut sums = vec![(0.0, 0.0, 0.0); levels];
    for (at, ratio) in ratios.iter().enumerate() {
        let (n, sum, squares) = &mut sums[level(at)];
        let y = libm::log(*ratio);
        (*n, *sum, *squares) = (*n + 1.0, *sum + y, *squares + y * y);
    }
    let used = || sums.iter().filter(|level| level.0 > 0.0);
    let free = ratios.len() as f64 - used().count() as f64;
    if used().count() < 2 || free < 1.0 {
        return None;
    }
    let within: f64 = used().map(|(n, sum, squares)| squares - sum * sum / n).sum();
    let own = (within / free).max(LEAST);
    let centre = |spread: f64| {
        let weighted = |(n, sum, _): &(f64, f64, f64)| (1.0 / (spread + own / n), sum / n);
        let (all, sum) = used().map(weighted).fold((0.0, 0.0), |total, (w, mean)| (total.0 + w, total.1 + w * mean));
        sum / all
    };
    let likelihood = |spread: f64| -> f64 {
        let centre = centre(spread);
        let of = |(n, sum, _): &(f64, f64, f64)| {
            let (variance, off) = (spread + own / n, sum / n - centre);
            -0.5 * (libm::log(variance) + off * off / variance)
        };
        used().map(of).sum()
    };
    let spreads = SPREADS.map(|power| own * libm::exp2(2.0 * f64::from(power)));
    let (best, found) =
        spreads.map(|spread| (likelihood(spread), spread)).reduce(|a, b| if b.0 > a.0 { b } else { a })?;
    if best - likelihood(0.0) < NEEDED_GAIN {
        return None;
    }
    let middle = centre(found);
    let factor = |(n, sum, _): &(f64, f64, f64)| {
        if *n > 0.0 { libm::exp(found / (found + own / n) * (sum / n - middle)) } else { 1.0 }
    };
    Some(sums.iter().map(factor).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Sampler, StreamKey};

    fn ratios(seed: u64, count: u32, means: &[f64]) -> (Vec<f64>, Vec<usize>) {
        let mut sampler = Sampler::new(StreamKey::new(seed));
        let levels: Vec<usize> = (0..count).map(|_| sampler.below(means.len() as u32) as usize).collect();
        let ratios = levels.iter().map(|level| means[*level] * libm::exp(0.2 * sampler.normal())).collect();
        (ratios, levels)
    }

    #[test]
    fn levels_that_differ_are_told_apart_and_rare_ones_are_shrunk() {
        let (mut all, mut levels) = ratios(1, 400, &[1.0, 0.7, 1.0]);
        // A fourth level with one deal, far off.
        all.push(0.3);
        levels.push(3);
        let found = factors(&all, |at| levels[at]).unwrap();
        // 130 deals each: known to 2 %.
        assert!((found[1] / found[0] - 0.7).abs() < 0.04 && (found[2] / found[0] - 1.0).abs() < 0.04, "{found:?}");
        assert!(found[3] > 0.32 && found[3] < found[1], "{found:?}");
    }

    #[test]
    fn levels_that_do_not_differ_change_nothing() {
        let told = (0..40).filter(|seed| {
            let (all, levels) = ratios(*seed, 200, &[0.9; 8]);
            factors(&all, |at| levels[at]).is_some()
        });
        // A gain of 3 is rare by chance.
        assert!(told.count() <= 1);
        assert_eq!(factors(&[1.0; 30], |at| at % 3), None);
        assert_eq!(factors(&[0.9, 1.1], |_| 0), None);
    }
}
