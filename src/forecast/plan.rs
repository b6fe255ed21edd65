//! How many batches a run has, and the numbers drawn once per batch.

use super::input::SimulationInput;
use crate::random::{StreamKey, latin_hypercube};
use std::ops::Range;

/// Groups of batches; every error of a statistic is the spread over them.
pub const GROUPS: usize = 20;

/// Largest and smallest number of trials in one batch, and the fewest batches of a run.
const LARGEST_BATCH: usize = 256;
const SMALLEST_BATCH: usize = 64;
const FEWEST_BATCHES: usize = 400;

/// What a stream is for; part of its key.
pub(super) mod purpose {
    pub(in super::super) const OUTCOME: u64 = 1;
    pub(in super::super) const AMOUNT: u64 = 2;
    pub(super) const RATE: u64 = 3;
    pub(super) const MARKET: u64 = 4;
    pub(in super::super) const PACE: u64 = 5;
    pub(in super::super) const NEW: u64 = 6;
}

/// The division of a run into batches of trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Number of batches, a multiple of [`GROUPS`] and at least 400.
    pub batches: usize,
    /// Trials in each batch: 64, 128, 192 or 256.
    pub batch_size: usize,
}

impl Plan {
    /// The fewest trials, at least `trials`, that make whole groups of batches.
    #[must_use]
    pub fn of(trials: u32) -> Self {
        let trials = trials as usize;
        let batch_size = trials.div_ceil(FEWEST_BATCHES).next_multiple_of(SMALLEST_BATCH);
        let batch_size = batch_size.clamp(SMALLEST_BATCH, LARGEST_BATCH);
        let batches = trials.div_ceil(batch_size).next_multiple_of(GROUPS).max(FEWEST_BATCHES);
        Self { batches, batch_size }
    }

    /// The batches of one of `parts` shares of about the same size; together the shares are all batches.
    #[must_use]
    pub fn share(self, part: usize, parts: usize) -> Range<usize> {
        let cut = |part: usize| self.batches * part.min(parts) / parts.max(1);
        cut(part)..cut(part + 1)
    }

    /// Trials actually run.
    #[must_use]
    pub fn trials(self) -> usize {
        self.batches * self.batch_size
    }
}

/// Uniform numbers on (0, 1) drawn once per batch, stratified within each group of batches.
#[derive(Debug, Clone)]
pub(super) struct SharedDraws {
    /// One row of `batches` numbers per market block, then one per distinct name of a rate.
    rows: Vec<Vec<f64>>,
    /// The row of each rate, counted after the market's.
    rate_rows: Vec<usize>,
    market_blocks: usize,
}

impl SharedDraws {
    pub(super) fn new(input: &SimulationInput, plan: Plan, blocks: usize) -> Self {
        let root = StreamKey::new(u64::from(input.seed));
        let mut names: Vec<u64> = input.rates.iter().map(|rate| rate.draw).collect();
        names.sort_unstable();
        names.dedup();
        let rate_rows: Vec<usize> =
            input.rates.iter().map(|rate| names.partition_point(|&name| name < rate.draw)).collect();
        let rate_streams = names.iter().map(|&name| root.with(purpose::RATE).with(name));
        let market_streams = (0..blocks).map(|block| root.with(purpose::MARKET).with(block as u64));
        // The market comes first, even where it is off: the first dimensions are the most even ones, and turning it on
        // must not change what the rates draw.
        let streams = market_streams.chain(rate_streams).enumerate();
        let rows = streams.map(|(dimension, stream)| stratified(stream, dimension, plan)).collect();
        Self { rows, rate_rows, market_blocks: blocks }
    }

    /// The number that decides this rate in this batch.
    pub(super) fn rate(&self, rate: usize, batch: usize) -> f64 {
        self.rows[self.market_blocks + self.rate_rows[rate]][batch]
    }

    /// The number that decides this block's market in this batch.
    pub(super) fn market(&self, block: usize, batch: usize) -> f64 {
        self.rows[block][batch]
    }
}

/// Numbers on (0, 1), one per batch, even within each group of batches.
pub(super) fn stratified(stream: StreamKey, dimension: usize, plan: Plan) -> Vec<f64> {
    let size = plan.batches / GROUPS;
    (0..GROUPS as u64).flat_map(|group| latin_hypercube(stream.with(group), dimension, size)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_all_batches_once() {
        for parts in [1, 2, 3, 4, 7, 64] {
            let shares = (0..parts).map(|part| Plan::of(1).share(part, parts));
            assert!(shares.flatten().eq(0..400), "{parts}");
        }
    }

    #[test]
    fn a_run_has_at_least_400_batches_in_20_groups() {
        for (trials, batches, batch_size) in [
            (1, 400, 64),
            (25_600, 400, 64),
            (25_601, 400, 128),
            (102_400, 400, 256),
            (102_401, 420, 256),
            (1_000_000, 3_920, 256),
            (4_096_000, 16_000, 256),
        ] {
            let plan = Plan::of(trials);
            assert_eq!(plan, Plan { batches, batch_size }, "{trials}");
            assert!(plan.trials() >= trials as usize && plan.batches.is_multiple_of(GROUPS));
        }
    }
}
