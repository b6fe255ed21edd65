//! What many deals bring in one batch of trials, four deals at a time.
//!
//! The same rule as in [`kernel`](super::kernel), and the same bits: a deal is won by the end of a period if its 16-bit
//! uniform number lies below the period's threshold. Here the comparisons of two deals stand side by side, so that one
//! product of sixteen-bit numbers adds up the amounts of both, and sums are kept *by the end of* each period: what a
//! period brings is the difference of two. An amount is cut into limbs of 15 bits, and each limb has sums of its own,
//! which stay below 2³¹ up to [`MOST`] deals.

use super::input::MAX_PERIODS;
use super::kernel::Cuts;
use crate::random::Lanes;
use bytemuck::cast;
use wide::{i16x8, i32x4, u32x4};

/// Deals that are played together.
const FOUR: usize = 4;
/// Trials that one step of the generators gives.
const STEP: usize = 8;
/// Bits of a limb; limbs of an amount below 2⁶⁰.
const LIMB: u32 = 15;
const LIMBS: usize = 4;
/// Deals that a sum takes: 65,535·(2¹⁵ − 1) < 2³¹.
const MOST: usize = 65_535;

/// The sums of one batch.
#[derive(Debug)]
pub(super) struct Sums {
    periods: usize,
    limbs: usize,
    /// For each limb, step and period: the sums of the even and of the odd trials, of what is won by the period's end.
    by_end: Vec<[i32x4; 2]>,
    /// Likewise: what deals that are settled before the last period bring to every period from this one on.
    carried: Vec<[i32x4; 2]>,
    /// Per period: what is won by its end in every trial.
    certain: Vec<i64>,
    waiting: Vec<Stake>,
    /// For each step: the words of the first two deals and of the second two.
    words: Vec<[[u32x4; 2]; 2]>,
    deals: usize,
}

/// A deal whose turn is to come.
#[derive(Debug)]
struct Stake {
    lanes: Lanes,
    cuts: Cuts,
    minor: i64,
}

impl Sums {
    /// For amounts of at most `largest` minor units, below 2⁶⁰.
    pub(super) fn new(periods: usize, batch_size: usize, largest: u64) -> Self {
        let steps = batch_size.div_ceil(STEP);
        let limbs = limbs_of(largest);
        Self {
            periods,
            limbs,
            by_end: vec![[i32x4::ZERO; 2]; steps * periods * limbs],
            carried: vec![[i32x4::ZERO; 2]; steps * periods * limbs],
            certain: vec![0; periods],
            waiting: Vec::with_capacity(FOUR),
            words: vec![[[u32x4::ZERO; 2]; 2]; steps],
            deals: 0,
        }
    }

    /// Whether the sums have to be [poured](Self::pour) before they take another deal.
    pub(super) fn is_full(&self) -> bool {
        self.deals > MOST - FOUR
    }

    /// Adds a deal that brings `minor` where it is won.
    pub(super) fn add(&mut self, lanes: Lanes, cuts: Cuts, minor: i64) {
        if let Some(from) = cuts.certain_from() {
            self.certain[from..].iter_mut().for_each(|sum| *sum += minor);
        }
        self.deals += 1;
        self.waiting.push(Stake { lanes, cuts, minor });
        if self.waiting.len() == FOUR {
            self.play();
        }
    }

    /// Adds what the deals so far bring to the rows of the periods, which start at `starts`, and begins anew.
    pub(super) fn pour(&mut self, starts: &[u32], totals: &mut [i64]) {
        self.play();
        let steps = self.words.len();
        for step in 0..steps {
            let (mut before, mut carry) = ([0i64; STEP], [0i64; STEP]);
            for (period, (start, certain)) in starts.iter().zip(&self.certain).enumerate() {
                let mut now = [*certain; STEP];
                for limb in 0..self.limbs {
                    let cell = (limb * steps + step) * self.periods + period;
                    drain(&mut self.by_end[cell], limb, &mut now);
                    drain(&mut self.carried[cell], limb, &mut carry);
                }
                let row = totals.get_mut(*start as usize + step * STEP..).unwrap_or_default();
                for (((total, now), before), carry) in row.iter_mut().zip(&now).zip(&mut before).zip(&carry) {
                    *total += now + carry - *before;
                    *before = now + carry;
                }
            }
        }
        self.certain.fill(0);
        self.deals = 0;
    }

    /// Plays those that wait.
    fn play(&mut self) {
        // What becomes certain takes part for one period more: there its threshold is 0, and nothing is carried on.
        let range = |cuts: &Cuts| cuts.live().start..cuts.certain_from().map_or(cuts.live().end, |period| period + 1);
        let told_apart = self.waiting.iter().filter(|stake| !stake.cuts.live().is_empty());
        let live = told_apart.map(|stake| range(&stake.cuts));
        let Some(range) = live.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)) else {
            self.waiting.clear();
            return;
        };
        // Two generators at a time: the steps of one wait for each other.
        for (pair, stakes) in self.waiting.chunks_mut(2).enumerate() {
            let (mut one, mut other) = (stakes[0].lanes.clone(), stakes[stakes.len() - 1].lanes.clone());
            for words in &mut self.words {
                words[pair] = [one.words(), other.words()];
            }
        }
        // Numbers of two deals side by side: the thresholds of each period, then the limbs of the amounts.
        let (mut cuts, mut minors) = ([[SIGN; 2]; MAX_PERIODS], [[0; 2]; LIMBS]);
        let mut largest = 0;
        for (place, stake) in self.waiting.iter().enumerate() {
            let (pair, half) = (place / 2, u16::BITS * (place as u32 % 2));
            for (period, cut) in cuts.iter_mut().enumerate().take(range.end).skip(range.start) {
                cut[pair] ^= u32::from(stake.cuts.by_end(period)) << half;
            }
            let minor = stake.minor.unsigned_abs();
            for (limb, bits) in minors.iter_mut().enumerate() {
                let bits_of = (minor >> (LIMB * limb as u32)) as u16 & i16::MAX as u16;
                // The other way round: a comparison that holds is all ones, which is minus one.
                bits[pair] |= u32::from(if stake.minor < 0 { bits_of } else { bits_of.wrapping_neg() }) << half;
            }
            largest |= minor;
        }
        let mut lanes = [[i16x8::ZERO; 2]; MAX_PERIODS];
        let lanes = &mut lanes[..range.len()];
        for (lanes, cut) in lanes.iter_mut().zip(&cuts[range.start..]) {
            *lanes = [four(cut[0]), four(cut[1])];
        }
        for (limb, minor) in minors.iter().enumerate().take(limbs_of(largest)) {
            self.compare(lanes, range.start, [four(minor[0]), four(minor[1])], limb);
        }
        self.waiting.clear();
    }

    /// Adds one limb of the waiting deals to the sums of the periods from `first` on, and carries it on.
    fn compare(&mut self, cuts: &[[i16x8; 2]], first: usize, [minor, minor_too]: [i16x8; 2], limb: usize) {
        let plane = limb * self.words.len() * self.periods;
        for (step, [two, two_more]) in self.words.iter().enumerate() {
            let ([even, odd], [even_too, odd_too]) = (interleaved(*two), interleaved(*two_more));
            let row = plane + step * self.periods;
            let mut last = [i32x4::ZERO; 2];
            for ([cut, cut_too], [sum, sum_odd]) in cuts.iter().zip(&mut self.by_end[row + first..]) {
                last = [
                    cut.simd_gt(even).dot(minor) + cut_too.simd_gt(even_too).dot(minor_too),
                    cut.simd_gt(odd).dot(minor) + cut_too.simd_gt(odd_too).dot(minor_too),
                ];
                *sum += last[0];
                *sum_odd += last[1];
            }
            if first + cuts.len() < self.periods {
                let [sum, sum_odd] = &mut self.carried[row + first + cuts.len()];
                *sum += last[0];
                *sum_odd += last[1];
            }
        }
    }
}

/// Turns the order of unsigned 16-bit numbers into that of signed ones, two at a time.
const SIGN: u32 = 0x8000_8000;
const SIGNS: u32x4 = u32x4::new([SIGN; 4]);
const LOW: u32x4 = u32x4::new([0x0000_ffff; 4]);
const HIGH: u32x4 = u32x4::new([0xffff_0000; 4]);

/// Two numbers, four times.
fn four(two: u32) -> i16x8 {
    cast(u32x4::new([two; 4]))
}

/// The limbs of an amount below 2⁶⁰.
pub(super) fn limbs_of(minor: u64) -> usize {
    (u64::BITS - minor.leading_zeros()).div_ceil(LIMB).clamp(1, LIMBS as u32) as usize
}

/// The even trials of two deals side by side, then the odd ones, for a comparison of signed numbers. Of the sixteen-bit
/// halves of a word the low one is the even trial.
#[inline]
fn interleaved([a, b]: [u32x4; 2]) -> [i16x8; 2] {
    let even = (a & LOW) | (b << 16_u32);
    let odd = (a >> 16_u32) | (b & HIGH);
    [cast(even ^ SIGNS), cast(odd ^ SIGNS)]
}

/// Adds one limb's sums to their eight trials, and empties them.
fn drain(sums: &mut [i32x4; 2], limb: usize, trials: &mut [i64; STEP]) {
    for (parity, half) in std::mem::take(sums).into_iter().enumerate() {
        for (lane, sum) in half.to_array().into_iter().enumerate() {
            trials[2 * lane + parity] += i64::from(sum) << (LIMB * limb as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::kernel::Thresholds;
    use crate::random::{Sampler, StreamKey};

    /// Deals of every length of life, some certain, some dead, with amounts of one to four limbs of either sign.
    fn stakes(count: u64, periods: usize, largest_bits: u32) -> Vec<Stake> {
        let mut s = Sampler::new(StreamKey::new(count));
        let stake = |key: u64| {
            let start = s.below(periods as u32) as usize;
            let end = start + 1 + s.below((periods - start) as u32) as usize;
            let top = [0.0, 1e-6, s.uniform(), s.uniform(), s.uniform(), 1.0][key as usize % 6];
            let mut won_by: Vec<f64> = (0..periods)
                .map(|k| top * ((k + 1).saturating_sub(start) as f64 / (end - start) as f64).min(1.0))
                .collect();
            won_by[..start].fill(0.0);
            let (lanes, extra) = Lanes::seeded(StreamKey::new(9).with(key));
            let minor = (s.uniform() * (1u64 << (1 + s.below(largest_bits))) as f64) as i64;
            let cuts = Cuts::new(&won_by, start..end, (extra >> 32) as u32);
            Stake { lanes, cuts, minor: if key.is_multiple_of(7) { -minor } else { minor } }
        };
        (0..count).map(stake).collect()
    }

    fn one_by_one(stakes: Vec<Stake>, starts: &[u32], batch_size: usize) -> Vec<i64> {
        let mut totals = vec![0; (starts.len() + 1) * batch_size];
        let (mut uniforms, mut outcomes) = (vec![0; batch_size], vec![0; batch_size]);
        for Stake { mut lanes, cuts, minor } in stakes {
            let thresholds = Thresholds::new(&cuts, starts, (starts.len() * batch_size) as u32);
            lanes.fill_u16(&mut uniforms);
            thresholds.classify(&uniforms, &mut outcomes);
            thresholds.pay(&outcomes, minor, &mut totals);
        }
        totals.truncate(starts.len() * batch_size);
        totals
    }

    #[test]
    fn four_at_a_time_bring_what_they_bring_one_by_one() {
        for (count, periods, batch_size, bits) in
            [(1, 1, 64, 10), (3, 4, 64, 30), (8, 6, 128, 15), (121, 6, 256, 52), (50, 24, 64, 40)]
        {
            let starts: Vec<u32> = (0..periods).rev().map(|row| (row * batch_size) as u32).collect();
            let mut sums = Sums::new(periods, batch_size, 1 << bits);
            let mut totals = vec![0; periods * batch_size];
            // Poured twice: nothing is left over.
            for half in [0, 1] {
                for Stake { lanes, cuts, minor } in stakes(count, periods, bits).into_iter().skip(half).step_by(2) {
                    sums.add(lanes, cuts, minor);
                }
                sums.pour(&starts, &mut totals);
            }
            assert!(
                totals == one_by_one(stakes(count, periods, bits), &starts, batch_size),
                "{count} deals, {periods} periods"
            );
        }
    }

    #[test]
    fn as_many_deals_fit_as_is_said() {
        let mut sums = Sums::new(1, 64, u64::from(u32::MAX));
        let minor = (1 << (2 * LIMB)) - 1;
        let mut added = 0;
        while !sums.is_full() {
            // Won by all but one in 2¹⁶ trials: every limb is as full as can be.
            let (lanes, _) = Lanes::seeded(StreamKey::new(0));
            sums.add(lanes, Cuts::new(&[65_535.0 / 65_536.0], 0..1, 0), minor);
            added += 1;
        }
        let mut totals = vec![0; 64];
        sums.pour(&[0], &mut totals);
        assert!(added > 65_500 && totals.contains(&(added * minor)), "{added}");
    }
}
