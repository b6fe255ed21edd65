//! The inner loop: one deal, one batch of trials, integers only.
//!
//! One 16-bit uniform number u per trial is compared with the thresholds c₁ ≤ … ≤ c_K of winning by the end of each
//! period; the deal is won in the first period whose threshold is above u. A threshold is ⌊c·2¹⁶ + d⌋ with one d
//! uniform on [0, 1) per deal and batch, so every probability is exact in expectation and 0 and 1 are exact always.
//! Sums are exact, so any other order of the same additions gives the same bits. Eight trials are compared at a time, in
//! vectors written out: how fast it is does not hang on what a level of optimisation makes of loops.

use super::input::MAX_PERIODS;
use std::ops::Range;
use wide::u16x8;

/// Rows a deal can pay into: 24 periods and "not won", to a power of two for cheap indexing.
const ROUTES: usize = 32;

/// The thresholds of one deal in one batch: those of being won by the end of each period.
#[derive(Debug)]
pub(super) struct Cuts {
    cuts: [u16; MAX_PERIODS],
    /// The periods from the first that can be won to the last that adds to it, before any certain one.
    live: Range<usize>,
    /// The period from which on the deal is won in every trial.
    certain_from: Option<usize>,
}

impl Cuts {
    /// `won_by` holds ascending probabilities, which rise in the `live` periods alone. The dither is 32 random bits.
    pub(super) fn new(won_by: &[f64], live: Range<usize>, dither: u32) -> Self {
        let d = f64::from(dither) * (1.0 / 4_294_967_296.0);
        let mut cuts = Self { cuts: [0; MAX_PERIODS], live: live.start..live.start, certain_from: None };
        for (period, c) in won_by.iter().enumerate().take(live.end).skip(live.start) {
            let cut = (c * 65_536.0 + d) as u32;
            if cut >= 65_536 {
                cuts.certain_from = Some(period);
                break;
            }
            if cut == 0 && cuts.live.start == period {
                cuts.live.start += 1;
            }
            cuts.cuts[period] = cut as u16;
            cuts.live.end = period + 1;
        }
        if cuts.certain_from.is_none() && !cuts.live.is_empty() {
            let (settled, last) = (cuts.live.end, cuts.cuts[cuts.live.end - 1]);
            cuts.cuts[settled..won_by.len()].fill(last);
        }
        cuts
    }

    /// The periods whose thresholds tell trials apart.
    pub(super) fn live(&self) -> Range<usize> {
        self.live.clone()
    }

    /// The first period by whose end the deal is won in every trial.
    pub(super) fn certain_from(&self) -> Option<usize> {
        self.certain_from
    }

    /// Whether no trial can be won.
    pub(super) fn is_dead(&self) -> bool {
        self.live.is_empty() && self.certain_from.is_none()
    }

    /// The threshold of being won by the end of a period, and not for certain.
    #[inline]
    pub(super) fn by_end(&self, period: usize) -> u16 {
        self.cuts[period]
    }
}

/// The thresholds of one deal in one batch, and the row of totals that each outcome pays into.
#[derive(Debug)]
pub(super) struct Thresholds {
    cuts: [u16; ROUTES],
    count: usize,
    /// Start of the row for an outcome at or above `i` of the cuts.
    starts: [u32; ROUTES],
}

impl Thresholds {
    /// `rows` holds the start of the row of each period, `lost` that of no win.
    pub(super) fn new(cuts: &Cuts, rows: &[u32], lost: u32) -> Self {
        let mut thresholds = Self { cuts: [0; ROUTES], count: 0, starts: [lost; ROUTES] };
        for period in cuts.live() {
            thresholds.starts[thresholds.count] = rows[period];
            thresholds.cuts[thresholds.count] = cuts.cuts[period];
            thresholds.count += 1;
        }
        // Once every trial is won nothing reaches the outcomes behind.
        thresholds.starts[thresholds.count] = cuts.certain_from.map_or(lost, |period| rows[period]);
        thresholds
    }

    /// For each uniform number, how many cuts lie at or below it.
    pub(super) fn classify(&self, uniforms: &[u16], outcomes: &mut [u16]) {
        let cuts = &self.cuts[..self.count];
        let mut lanes = [u16x8::ZERO; ROUTES];
        for (lane, cut) in lanes.iter_mut().zip(cuts) {
            *lane = u16x8::splat(*cut);
        }
        let (eights, rest) = uniforms.as_chunks::<8>();
        let (outcome_eights, outcome_rest) = outcomes.as_chunks_mut::<8>();
        for (outcome, u) in outcome_eights.iter_mut().zip(eights) {
            let u = u16x8::new(*u);
            let mut at_or_below = u16x8::ZERO;
            for cut in &lanes[..self.count] {
                // Nothing is left of a cut at or below; a comparison that holds is all ones, which is minus one.
                at_or_below -= cut.saturating_sub(u).simd_eq(u16x8::ZERO);
            }
            *outcome = at_or_below.to_array();
        }
        for (outcome, u) in outcome_rest.iter_mut().zip(rest) {
            *outcome = cuts.iter().filter(|cut| u >= *cut).count() as u16;
        }
    }

    /// Where the amount of a trial with this outcome is added, before the trial's own place.
    #[inline]
    pub(super) fn start(&self, outcome: u16) -> usize {
        self.starts[usize::from(outcome) % ROUTES] as usize
    }

    /// Adds `amount` to every trial's outcome.
    pub(super) fn pay(&self, outcomes: &[u16], amount: i64, totals: &mut [i64]) {
        for (trial, &outcome) in outcomes.iter().enumerate() {
            if let Some(total) = totals.get_mut(self.start(outcome) + trial) {
                *total += amount;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(won_by: &[f64], dither: u32, uniforms: &[u16]) -> Vec<usize> {
        let rows: Vec<u32> = (0..won_by.len() as u32).collect();
        let thresholds = Thresholds::new(&Cuts::new(won_by, 0..won_by.len(), dither), &rows, 99);
        let mut outcomes = vec![0; uniforms.len()];
        thresholds.classify(uniforms, &mut outcomes);
        outcomes.iter().map(|&o| thresholds.start(o)).collect()
    }

    #[test]
    fn a_trial_is_won_in_the_first_period_whose_threshold_is_above_it() {
        let won_by = [0.25, 0.25, 0.5, 1.0];
        assert_eq!(outcomes(&won_by[..3], 0, &[0, 16_383, 16_384, 32_767, 32_768, 65_535]), [0, 0, 2, 2, 99, 99]);
        assert_eq!(outcomes(&won_by, 0, &[0, 16_384, 32_768, 65_535]), [0, 2, 3, 3]);
    }

    #[test]
    fn zero_and_one_are_exact_under_any_dither() {
        for dither in [0, 1, u32::MAX / 2, u32::MAX] {
            assert_eq!(outcomes(&[0.0, 0.0], dither, &[0, 1, 65_535]), [99, 99, 99]);
            assert_eq!(outcomes(&[0.0, 1.0, 1.0], dither, &[0, 1, 65_535]), [1, 1, 1]);
            assert!(Cuts::new(&[0.0, 0.0], 0..2, dither).is_dead());
            assert!(!Cuts::new(&[0.0, 1.0], 0..2, dither).is_dead());
        }
    }

    #[test]
    fn the_dither_makes_a_threshold_exact_in_expectation() {
        // 0.3·2¹⁶ = 19660.8: four dithers in five push it over 19661.
        let below = |dither: u32| Cuts::new(&[0.3], 0..1, dither).by_end(0);
        assert_eq!(below((0.19 * 4_294_967_296.0) as u32), 19_660);
        assert_eq!(below((0.21 * 4_294_967_296.0) as u32), 19_661);
    }

    #[test]
    fn many_periods_use_the_same_rule() {
        let won_by: Vec<f64> = (1..=24).map(|k| f64::from(k) / 32.0).collect();
        // Four eights and a rest.
        let uniforms: Vec<u16> = (0..35u16).map(|i| (i % 32) * 2048).collect();
        let found = outcomes(&won_by, 0, &uniforms);
        for (i, row) in found.iter().enumerate() {
            assert_eq!(*row, if i % 32 < 24 { i % 32 } else { 99 });
        }
    }
}
