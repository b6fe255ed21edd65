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
use std::ops::Range;
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
    /// For each two limbs, step and period: what is won by the period's end.
    by_end: Vec<Cell>,
    /// Likewise: what deals that are settled before the last period bring to every period from this one on.
    carried: Vec<Cell>,
    /// Whether anything is carried.
    carries: bool,
    /// Per period: what is won by its end in every trial.
    certain: Vec<i64>,
    four: Four,
    deals: usize,
}

/// Sums of one step: the lower limb's first and second four trials, then the higher limb's.
type Cell = [i32x4; 4];

/// Deals whose turn is to come, side by side.
#[derive(Debug)]
struct Four {
    count: usize,
    /// The periods whose thresholds tell trials of any of them apart.
    live: Range<usize>,
    /// The generator of a deal that waits for the other of its pair.
    alone: Option<Lanes>,
    /// For each step: the words of the first two deals and of the second two.
    words: Vec<[[u32x4; 2]; 2]>,
    /// Per period: the thresholds of the first two deals, for a comparison of signed numbers, and of the second two.
    cuts: [[u32; 2]; MAX_PERIODS],
    /// Per limb: those of the amounts, negated.
    minors: [[u32; 2]; LIMBS],
    largest: u64,
}

impl Sums {
    /// For amounts of at most `largest` minor units, below 2⁶⁰.
    pub(super) fn new(periods: usize, batch_size: usize, largest: u64) -> Self {
        let steps = batch_size.div_ceil(STEP);
        let limbs = limbs_of(largest);
        let cells = vec![[i32x4::ZERO; 4]; steps * periods * limbs.div_ceil(2)];
        Self {
            periods,
            limbs,
            by_end: cells.clone(),
            carried: cells,
            carries: false,
            certain: vec![0; periods],
            four: Four::new(steps),
            deals: 0,
        }
    }

    /// Whether the sums have to be [poured](Self::pour) before they take another deal.
    pub(super) fn is_full(&self) -> bool {
        self.deals == MOST
    }

    /// Adds a deal that brings `minor` where it is won.
    pub(super) fn add(&mut self, lanes: Lanes, cuts: &Cuts, minor: i64) {
        if let Some(from) = cuts.certain_from() {
            self.certain[from..].iter_mut().for_each(|sum| *sum += minor);
        }
        if cuts.live().is_empty() {
            return;
        }
        self.deals += 1;
        self.four.add(lanes, cuts, minor, self.periods);
        if self.four.count == FOUR {
            self.play();
        }
    }

    /// Adds what the deals so far bring to the rows of the periods, which start at `starts`, and begins anew.
    pub(super) fn pour(&mut self, starts: &[u32], totals: &mut [i64]) {
        self.play();
        let steps = self.four.words.len();
        for step in 0..steps {
            let (mut before, mut carry) = ([0i64; STEP], [0i64; STEP]);
            for (period, (start, certain)) in starts.iter().zip(&self.certain).enumerate() {
                let mut now = [*certain; STEP];
                for pair in 0..self.limbs.div_ceil(2) {
                    let cell = (pair * steps + step) * self.periods + period;
                    drain(&mut self.by_end[cell], pair, &mut now);
                    if self.carries {
                        drain(&mut self.carried[cell], pair, &mut carry);
                    }
                }
                let row = totals.get_mut(*start as usize + step * STEP..).unwrap_or_default();
                for (((total, now), before), carry) in row.iter_mut().zip(&now).zip(&mut before).zip(&carry) {
                    *total += now + carry - *before;
                    *before = now + carry;
                }
            }
        }
        self.certain.fill(0);
        (self.deals, self.carries) = (0, false);
    }

    /// Plays those that wait.
    fn play(&mut self) {
        let four = &mut self.four;
        if four.count == 0 {
            return;
        }
        if let Some(lanes) = four.alone.take() {
            four.draw([lanes.clone(), lanes], four.count / 2);
        }
        let live = four.live.clone();
        self.carries |= live.end < self.periods;
        let mut cuts = [[i16x8::ZERO; 2]; MAX_PERIODS];
        let cuts = &mut cuts[..live.len()];
        for (cut, [two, two_more]) in cuts.iter_mut().zip(&four.cuts[live.start..]) {
            *cut = [eight(*two), eight(*two_more)];
        }
        for (pair, minors) in four.minors.as_chunks::<2>().0.iter().enumerate().take(limbs_of(four.largest).div_ceil(2))
        {
            let cells = pair * four.words.len() * self.periods..;
            let (by_end, carried) = (&mut self.by_end[cells.clone()], &mut self.carried[cells]);
            add_up(&four.words, cuts, minors.map(|minor| minor.map(eight)), &live, self.periods, by_end, carried);
        }
        four.clear();
    }
}

impl Four {
    fn new(steps: usize) -> Self {
        Self {
            count: 0,
            live: 0..0,
            alone: None,
            words: vec![[[u32x4::ZERO; 2]; 2]; steps],
            cuts: [[SIGN; 2]; MAX_PERIODS],
            minors: [[0; 2]; LIMBS],
            largest: 0,
        }
    }

    fn add(&mut self, lanes: Lanes, cuts: &Cuts, minor: i64, periods: usize) {
        // What becomes certain takes part for one period more: there its threshold is 0, and nothing is carried on.
        let live = cuts.live().start..cuts.certain_from().map_or(cuts.live().end, |period| period + 1);
        self.live = match self.count {
            0 => live,
            _ => self.live.start.min(live.start)..self.live.end.max(live.end),
        };
        // Numbers of two deals side by side: the thresholds of each period, then the limbs of the amounts.
        let (pair, half) = (self.count / 2, u16::BITS * (self.count as u32 % 2));
        for (period, cut) in self.cuts[..periods].iter_mut().enumerate() {
            cut[pair] ^= u32::from(cuts.by_end(period)) << half;
        }
        let amount = minor.unsigned_abs();
        for (limb, bits) in self.minors.iter_mut().enumerate() {
            let bits_of = (amount >> (LIMB * limb as u32)) as u16 & i16::MAX as u16;
            // The other way round: a comparison that holds is all ones, which is minus one.
            bits[pair] |= u32::from(if minor < 0 { bits_of } else { bits_of.wrapping_neg() }) << half;
        }
        self.largest |= amount;
        match self.alone.take() {
            None => self.alone = Some(lanes),
            Some(alone) => self.draw([alone, lanes], pair),
        }
        self.count += 1;
    }

    /// Draws the numbers of a pair, two generators at a time: the steps of one wait for each other.
    fn draw(&mut self, [mut one, mut other]: [Lanes; 2], pair: usize) {
        for words in &mut self.words {
            words[pair] = [one.words(), other.words()];
        }
    }

    fn clear(&mut self) {
        self.count = 0;
        self.largest = 0;
        self.cuts = [[SIGN; 2]; MAX_PERIODS];
        self.minors = [[0; 2]; LIMBS];
    }
}

/// Adds two limbs of four deals to the sums of the `live` periods, and carries them on.
fn add_up(
    words: &[[[u32x4; 2]; 2]],
    cuts: &[[i16x8; 2]],
    [[low, low_too], [high, high_too]]: [[i16x8; 2]; 2],
    live: &Range<usize>,
    periods: usize,
    by_end: &mut [Cell],
    carried: &mut [Cell],
) {
    for (step, [two, two_more]) in words.iter().enumerate() {
        let ([first, last], [first_too, last_too]) = (interleaved(*two), interleaved(*two_more));
        let row = step * periods;
        let mut won = [i32x4::ZERO; 4];
        for ([cut, cut_too], sums) in cuts.iter().zip(&mut by_end[row + live.start..]) {
            let (f, l) = (cut.simd_gt(first), cut.simd_gt(last));
            let (f_too, l_too) = (cut_too.simd_gt(first_too), cut_too.simd_gt(last_too));
            won = [
                f.dot(low) + f_too.dot(low_too),
                l.dot(low) + l_too.dot(low_too),
                f.dot(high) + f_too.dot(high_too),
                l.dot(high) + l_too.dot(high_too),
            ];
            // Written out: a loop over the four is kept as a loop.
            let [a, b, c, d] = sums;
            *a += won[0];
            *b += won[1];
            *c += won[2];
            *d += won[3];
        }
        if live.end < periods {
            carried[row + live.end].iter_mut().zip(won).for_each(|(sum, won)| *sum += won);
        }
    }
}

/// Turns the order of unsigned 16-bit numbers into that of signed ones, two at a time.
const SIGN: u32 = 0x8000_8000;
const SIGNS: u32x4 = u32x4::new([SIGN; 4]);

/// Two numbers, four times.
fn eight(two: u32) -> i16x8 {
    cast(u32x4::new([two; 4]))
}

/// The limbs of an amount below 2⁶⁰.
pub(super) fn limbs_of(minor: u64) -> usize {
    (u64::BITS - minor.leading_zeros()).div_ceil(LIMB).clamp(1, LIMBS as u32) as usize
}

/// The first four trials of two deals side by side, then the last four, for a comparison of signed numbers.
#[inline]
fn interleaved([a, b]: [u32x4; 2]) -> [i16x8; 2] {
    let (a, b): ([i16; STEP], [i16; STEP]) = (cast(a ^ SIGNS), cast(b ^ SIGNS));
    [
        i16x8::new([a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]]),
        i16x8::new([a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7]]),
    ]
}

/// Adds the sums of two limbs to their eight trials, and empties them.
fn drain(sums: &mut Cell, pair: usize, trials: &mut [i64; STEP]) {
    let [low, low_last, high, high_last] = std::mem::take(sums).map(i32x4::to_array);
    let shift = 2 * LIMB * pair as u32;
    for (trials, (low, high)) in trials.as_chunks_mut::<4>().0.iter_mut().zip([(low, high), (low_last, high_last)]) {
        for ((trial, low), high) in trials.iter_mut().zip(low).zip(high) {
            *trial += (i64::from(low) + (i64::from(high) << LIMB)) << shift;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::kernel::Thresholds;
    use crate::random::{Sampler, StreamKey};

    struct Stake {
        lanes: Lanes,
        cuts: Cuts,
        minor: i64,
    }

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
                    sums.add(lanes, &cuts, minor);
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
            sums.add(lanes, &Cuts::new(&[65_535.0 / 65_536.0], 0..1, 0), minor);
            added += 1;
        }
        let mut totals = vec![0; 64];
        sums.pour(&[0], &mut totals);
        assert!(added > 65_500 && totals.contains(&(added * minor)), "{added}");
    }
}
