//! Names of streams.

use rand_xoshiro::rand_core::SeedableRng;
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};

/// The name of a random stream: a 64-bit mix of a seed and any number of further parts.
///
/// ```
/// use leadcast::random::StreamKey;
/// let one = StreamKey::new(1).with(42);
/// assert_eq!(one, StreamKey::new(1).with(42));
/// assert_ne!(one, StreamKey::new(1).with(43));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamKey(u64);

/// 2⁶⁴ divided by the golden ratio, the increment of SplitMix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl StreamKey {
    /// The root of all streams of one seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// The stream of `part` under this one. Order matters: `with(1).with(2)` is not `with(2).with(1)`.
    ///
    /// # Formula
    /// mix(rotl(key, 23) ⊕ mix(part)), mix being the output function of SplitMix64 after one increment.
    #[must_use]
    pub fn with(self, part: u64) -> Self {
        Self(mix(self.0.rotate_left(23) ^ mix(part)))
    }

    /// The 64 bits.
    #[must_use]
    pub fn bits(self) -> u64 {
        self.0
    }

    /// Output `i` of [`seeder`](Self::seeder), from 0.
    #[inline]
    pub(super) fn output(self, i: u64) -> u64 {
        mix(self.0.wrapping_add(i.wrapping_mul(GOLDEN)))
    }

    /// The SplitMix64 generator that starts at this key; it seeds the others.
    #[must_use]
    pub fn seeder(self) -> SplitMix64 {
        SplitMix64::from_seed(self.0.to_le_bytes())
    }

    /// The xoshiro256++ generator of this stream, seeded by SplitMix64.
    #[must_use]
    pub fn generator(self) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(self.0)
    }
}

/// SplitMix64's output for the state `x`: a bijection in which every input bit moves about half of the output bits.
///
/// # Source
/// G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#[inline]
fn mix(x: u64) -> u64 {
    let mut z = x.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::rand_core::Rng;

    #[test]
    fn mixing_is_splitmix64() {
        // First outputs of the published splitmix64.c for seed 1234567.
        let mut seeder = SplitMix64::from_seed(1_234_567u64.to_le_bytes());
        assert_eq!(seeder.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(seeder.next_u64(), 3_203_168_211_198_807_973);
        assert_eq!(mix(1_234_567), 6_457_827_717_110_365_317);
    }

    #[test]
    fn keys_are_pinned() {
        let key = StreamKey::new(1).with(42).with(7);
        assert_eq!(key.bits(), 2_063_910_628_426_764_787);
        assert_eq!(key.generator().next_u64(), 18_347_183_735_062_287_502);
    }

    #[test]
    fn parts_in_another_order_name_another_stream() {
        assert_ne!(StreamKey::new(1).with(2).with(3), StreamKey::new(1).with(3).with(2));
        assert_ne!(StreamKey::new(0).with(0), StreamKey::new(0));
        let mut keys: Vec<_> = (0..300u64).flat_map(|a| (0..300).map(move |b| StreamKey::new(a).with(b))).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 90_000);
    }
}
