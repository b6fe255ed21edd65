//! From a deal's win probability and timing to the chances of each period, given the market.

use super::input::SimulationInput;
use crate::stats::{Normal, NormalTable};
use std::ops::Range;

/// Timing of all deals, resolved to what a batch needs.
///
/// # Formula
/// Competing risks: of a deal still open at a block's start, the share h = (F₁ − F₀)/(1 − F₀) closes in the block, won
/// with w = p·h and lost with l = (1 − p)·h. The market moves w to w′ = Φ((Φ⁻¹(w) + √ρ·Z)/√(1 − ρ)), Z standard
/// normal per block, and lost takes its share of the rest, l′ = l·(1 − w′)/(1 − w). E\[w′\] = w and E\[l′\] = l, and the
/// blocks' Z are independent, so no marginal probability moves. A period inside a block takes its share of the block.
/// With one block and F = 1 this is the one-factor Gaussian copula.
///
/// # Source
/// O. Vasicek, "The distribution of loan portfolio value", Risk 15 (2002), for w′.
#[derive(Debug)]
pub(super) struct Timing {
    periods: usize,
    blocks: usize,
    /// Per deal and period: the probability of having closed by its end.
    closed_by: Vec<f64>,
    /// Per deal and block: h. Empty without a market.
    hazard: Vec<f64>,
    /// Per deal and period: the share of its block's closings that lie before the period's end. Empty without a market.
    share: Vec<f64>,
    /// The block that each period's end lies in.
    block_of: Vec<usize>,
    /// Per deal: the periods from the first to the last in which it can close; empty if it closes after all of them.
    live: Vec<Range<usize>>,
}

impl Timing {
    pub(super) fn new(input: &SimulationInput) -> Self {
        let (steps, periods) = (&input.steps, input.periods());
        let blocks = steps.last().map_or(0, |step| step.block + 1);
        let end_of =
            |is_last: &dyn Fn(usize) -> bool| steps.iter().enumerate().rfind(|(i, _)| is_last(*i)).map(|(i, _)| i);
        let period_ends: Vec<usize> =
            (0..periods).filter_map(|period| end_of(&|i| steps[i].period == period)).collect();
        let block_ends: Vec<usize> = (0..blocks).filter_map(|block| end_of(&|i| steps[i].block == block)).collect();
        let block_of: Vec<usize> = period_ends.iter().map(|&i| steps[i].block).collect();
        let with_market = input.market > 0.0;
        let mut timing = Self {
            periods,
            blocks,
            closed_by: Vec::new(),
            hazard: Vec::new(),
            share: Vec::new(),
            block_of,
            live: Vec::new(),
        };
        for deal in &input.deals {
            let at = |end: usize| deal.closed_by[end];
            timing.closed_by.extend(period_ends.iter().map(|&end| at(end)));
            let closed_by = || period_ends.iter().map(|&end| at(end));
            let first = closed_by().position(|f| f > 0.0).unwrap_or(periods);
            let last = closed_by().next_back().unwrap_or(0.0);
            let end = closed_by().position(|f| f >= last).map_or(0, |i| i + 1);
            timing.live.push(first..end.max(first));
            if !with_market {
                continue;
            }
            let span = |block: usize| {
                let start = if block == 0 { 0.0 } else { at(block_ends[block - 1]) };
                (start, at(block_ends[block]))
            };
            timing.hazard.extend((0..blocks).map(|block| {
                let (start, end) = span(block);
                if end > start { (end - start) / (1.0 - start) } else { 0.0 }
            }));
            for (period, &end) in period_ends.iter().enumerate() {
                let (start, stop) = span(timing.block_of[period]);
                timing.share.push(if stop > start { (at(end) - start) / (stop - start) } else { 0.0 });
            }
        }
        timing
    }

    /// The market block that a period ends in.
    pub(super) fn block_of(&self, period: usize) -> usize {
        self.block_of[period]
    }

    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    /// The periods from the first to the last in which this deal can close; empty if it closes after all of them.
    pub(super) fn live(&self, deal: usize) -> Range<usize> {
        self.live[deal].clone()
    }

    /// Writes the probability that the deal is won by the end of each period, given its win probability `p`, without a
    /// market.
    pub(super) fn won_by(&self, deal: usize, p: f64, out: &mut [f64]) {
        for (slot, closed) in out.iter_mut().zip(&self.closed_by[deal * self.periods..][..self.periods]) {
            *slot = p * closed;
        }
    }

    /// Likewise that a term of a contract is renewed, after so many renewals in a row at the rate `p`.
    ///
    /// # Formula
    /// pᵏ; under a market Π over blocks of Φ((Φ⁻¹(pᵐ) + √ρ·Z)/√(1 − ρ)), m of the k terms ending in the block: given p its mean is pᵏ, and
    /// it falls with k under any Z.
    pub(super) fn renewed_by(&self, deal: usize, p: f64, times: u32, market: Option<&Market>, out: &mut [f64]) {
        let chance = match market {
            None => libm::pow(p, f64::from(times)),
            Some(market) => {
                let hazards = &self.hazard[deal * self.blocks..][..self.blocks];
                let (mut chance, mut left) = (1.0, f64::from(times));
                for (block, &h) in hazards.iter().enumerate().filter(|(_, h)| **h > 0.0) {
                    // h is the share of the terms left that end in the block.
                    let ends = (h * left).round();
                    chance *= market.moved(libm::pow(p, ends), block);
                    left -= ends;
                }
                chance
            }
        };
        for (slot, closed) in out.iter_mut().zip(&self.closed_by[deal * self.periods..][..self.periods]) {
            *slot = if *closed >= 1.0 { chance } else { 0.0 };
        }
    }

    /// The same of a deal given the market.
    pub(super) fn won_by_in(&self, deal: usize, p: f64, market: &Market, out: &mut [f64]) {
        let hazards = &self.hazard[deal * self.blocks..][..self.blocks];
        let shares = &self.share[deal * self.periods..][..self.periods];
        let (mut won, mut open, mut period) = (0.0, 1.0, 0);
        for (block, &h) in hazards.iter().enumerate() {
            let w = p * h;
            let moved = if h > 0.0 { market.moved(w, block) } else { 0.0 };
            let gain = open * moved;
            while period < self.periods && self.block_of[period] == block {
                out[period] = won + gain * shares[period];
                period += 1;
            }
            won += gain;
            // A certain win leaves nothing to losses: 1 − won is exact where the product below would round.
            open = if p >= 1.0 { 1.0 - won } else { open * (1.0 - moved) * ((1.0 - h) / (1.0 - w)) };
        }
    }
}

/// The market of one batch, or at one node of a quadrature.
#[derive(Debug)]
pub(super) struct Market<'a> {
    /// Φ and its inverse from a table, where speed counts; else to the last digit.
    table: Option<&'a NormalTable>,
    /// √ρ·Z per block.
    push: Vec<f64>,
    /// 1/√(1 − ρ).
    stretch: f64,
}

impl<'a> Market<'a> {
    /// The market of correlation ρ, with one Z per block.
    pub(super) fn new(rho: f64, z: impl Iterator<Item = f64>, table: Option<&'a NormalTable>) -> Self {
        let root = rho.sqrt();
        Self { table, push: z.map(|z| root * z).collect(), stretch: 1.0 / (1.0 - rho).sqrt() }
    }

    fn moved(&self, w: f64, block: usize) -> f64 {
        match self.table {
            Some(table) => table.cdf((table.quantile(w) + self.push[block]) * self.stretch),
            None => Normal::cdf((Normal::quantile(w) + self.push[block]) * self.stretch),
        }
    }
}
