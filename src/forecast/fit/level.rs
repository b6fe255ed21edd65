//! Whether deals have been won, or lost, more or less often lately than over the whole file.
//!
//! Hazards stand on all that is recorded. A sale that has slowed down, or is won less often than it was, shows as closings
//! that stay behind what they let expect, month after month. How fast the past fades is learned from how well it would have
//! told each month the one after it; where fading tells no more than chance does, nothing changes.

use super::pooling::{likelihood, strength, top};

/// Days of a block.
pub(crate) const BLOCK: i32 = 28;
/// Most blocks looked at: three years.
pub(crate) const BLOCKS: usize = 39;
/// What is left of a block's evidence one block later, of those tried.
const FADES: [f64; 6] = [0.95, 0.9, 0.85, 0.8, 0.7, 0.6];
/// Closings that "as often as over the whole file" is worth.
const WORTH: f64 = 4.0;
/// Log-likelihood that fading must gain over blocks that differ and say nothing of each other. Of 360 made-up files of such
/// blocks none gained it; of those won half as often for nine months, with 20 wins a block, four in five did.
const NEEDED_GAIN: f64 = 2.0;

/// How often deals are won, or lost, lately, as a multiple of what the hazards of the whole file let expect.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Level {
    /// Now.
    pub(crate) now: f64,
    /// As it would have been told before each block, the newest first; empty where it stands still.
    before: Vec<f64>,
}

impl Level {
    /// From `(closings, expected)` by block, the newest first.
    ///
    /// # Formula
    /// θ ~ Gamma(4 + Σ δ^i·n_i, 4 + Σ δ^i·e_i), i the blocks gone by since. δ is the one of six under which each block's number is
    /// most likely given those before it (negative binomial, the blocks varying beside by a κ of their own or not), if that
    /// gains a log-likelihood of 2 over blocks that vary by that κ and say nothing of each other; else δ = 1 and θ = 1.
    ///
    /// # Source
    /// J. Q. Smith, "A generalization of the Bayesian steady forecasting model", JRSS B 41 (1979); A. C. Harvey and C. Fernandes,
    /// "Time series models for count or qualitative observations", Journal of Business & Economic Statistics 7 (1989), 2.1.
    pub(crate) fn new(cells: &[(f64, f64)]) -> Self {
        let own = strength(cells, None);
        let mut best = (likelihood(cells, own) + NEEDED_GAIN, Self { now: 1.0, before: Vec::new() });
        for fade in FADES {
            for own in [top(), own] {
                let found = follow(cells, fade, own);
                if found.0 > best.0 {
                    best = found;
                }
            }
        }
        best.1
    }

    /// As it would have been told so many days ago.
    pub(crate) fn before(&self, days: i32) -> f64 {
        let at = (days / BLOCK).max(1) as usize - 1;
        self.before.get(at).or(self.before.last()).copied().unwrap_or(1.0)
    }
}

/// How likely the blocks are if the past fades so fast and each varies by a κ of its own beside, and the level then.
fn follow(cells: &[(f64, f64)], fade: f64, own: f64) -> (f64, Level) {
    let (mut n, mut e, mut sum) = (0.0, 0.0, 0.0);
    let mut before = Vec::with_capacity(cells.len());
    for &(events, expected) in cells.iter().rev() {
        let (shape, rate) = (WORTH + n, WORTH + e);
        before.push(shape / rate);
        // The variances of the level and of the block add up, to first order.
        sum += likelihood(&[(events, expected * shape / rate)], 1.0 / (1.0 / shape + 1.0 / own));
        (n, e) = (fade * (n + events), fade * (e + expected));
    }
    before.reverse();
    (sum, Level { now: (WORTH + n) / (WORTH + e), before })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Sampler, StreamKey};

    /// Closings of 39 blocks, the newest first, 20 expected in each times a level and a chance of the block's own.
    fn blocks(seed: u64, own: f64, level: impl Fn(usize) -> f64) -> Vec<(f64, f64)> {
        let mut sampler = Sampler::new(StreamKey::new(seed));
        let mut blocks = Vec::new();
        for at in 0..39 {
            let chance = sampler.gamma(own) / own;
            blocks.push((sampler.poisson(20.0 * level(at) * chance) as f64, 20.0));
        }
        blocks
    }

    #[test]
    fn blocks_that_say_nothing_of_each_other_have_no_level() {
        // At most four of eighty.
        let found = |own: f64| (0..40).filter(|seed| Level::new(&blocks(*seed, own, |_| 1.0)).now != 1.0).count();
        assert!(found(1e6) + found(25.0) <= 4, "{} {}", found(1e6), found(25.0));
        assert_eq!(Level::new(&[]), Level { now: 1.0, before: Vec::new() });
        assert_eq!(Level::new(&[(3.0, 9.0)]).now, 1.0);
    }

    #[test]
    fn what_has_halved_is_told_so_and_from_when() {
        // In sum the hazards fit; for nine blocks only half of what was won before is won.
        let levels = (0..20).map(|seed| Level::new(&blocks(seed, 1e6, |at| if at < 9 { 0.57 } else { 1.13 })));
        let noticed: Vec<Level> = levels.filter(|level| level.now != 1.0).collect();
        assert!(noticed.len() >= 18, "{}", noticed.len());
        for level in noticed {
            assert!((0.45..0.85).contains(&level.now), "{level:?}");
            assert!(level.before(28 * 10) > 0.85, "{level:?}");
            assert_eq!(level.before(10_000), *level.before.last().unwrap());
        }
    }
}
