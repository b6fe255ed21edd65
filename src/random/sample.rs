//! Draws from distributions, by inversion, so that one uniform number decides one draw.

use crate::stats::{Beta, Normal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng;

/// Draws over a xoshiro256++ stream.
#[derive(Debug, Clone)]
pub struct Sampler(Xoshiro256PlusPlus);

impl Sampler {
    /// Draws from this stream.
    #[must_use]
    pub fn new(key: super::StreamKey) -> Self {
        Self(key.generator())
    }

    /// Uniform on the open interval (0, 1).
    ///
    /// # Formula
    /// (k + ½)·2⁻⁵², k the top 52 bits of one output.
    pub fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64)
    }

    /// Uniform among 0 … `bound` − 1; 0 for a bound of 0.
    ///
    /// # Source
    /// D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019).
    pub fn below(&mut self, bound: u32) -> u32 {
        let bound = u64::from(bound);
        loop {
            let product = (self.0.next_u64() >> 32) * bound;
            let low = product & 0xffff_ffff;
            // 2³² mod bound values of the low half would favour some results.
            if low >= bound || low >= (1u64 << 32).checked_rem(bound).unwrap_or(0) {
                return (product >> 32) as u32;
            }
        }
    }

    /// Standard normal, by the inverse distribution function.
    pub fn normal(&mut self) -> f64 {
        Normal::quantile(self.uniform())
    }

    /// A draw from `distribution`, by the inverse distribution function.
    pub fn beta(&mut self, distribution: &Beta) -> f64 {
        distribution.quantile(self.uniform())
    }

    /// A draw from the gamma distribution with this shape and scale 1; 0 for a shape of 0.
    ///
    /// # Source
    /// G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000); a shape below
    /// 1 by their note: Gamma(a) = Gamma(a + 1)·U^(1/a).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape <= 0.0 {
            return 0.0;
        }
        if shape < 1.0 {
            let power = libm::log(self.uniform()) / shape;
            return self.gamma(shape + 1.0) * libm::exp(power);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            if libm::log(self.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// A draw from the Poisson distribution with this mean; 0 for a mean of 0. Of many draws with one mean see [`Poisson`].
    pub fn poisson(&mut self, mean: f64) -> u32 {
        Poisson::new(mean).draw(self)
    }

    /// How many of `drawn` items taken without putting back, out of `all` of which `marked` are marked, are marked.
    ///
    /// # Formula
    /// By inversion from the mode outwards, in about as many steps as the standard deviation:
    /// P(k) = C(marked, k) · C(all − marked, drawn − k) / C(all, drawn).
    pub fn hypergeometric(&mut self, all: u64, marked: u64, drawn: u64) -> u64 {
        let (marked, drawn) = (marked.min(all), drawn.min(all));
        let (least, most) = ((marked + drawn).saturating_sub(all), marked.min(drawn));
        if least == most {
            return least;
        }
        let choose = |n: u64, k: u64| {
            let of = |n: u64| libm::lgamma(n as f64 + 1.0);
            of(n) - of(k) - of(n - k)
        };
        let (n, m, d) = (all as f64, marked as f64, drawn as f64);
        let mode = ((((m + 1.0) * (d + 1.0)) / (n + 2.0)) as u64).clamp(least, most);
        let at_mode = choose(marked, mode) + choose(all - marked, drawn - mode) - choose(all, drawn);
        let mut u = self.uniform();
        let (mut low, mut high) = (mode, mode);
        let (mut p_low, mut p_high) = (libm::exp(at_mode), libm::exp(at_mode));
        u -= p_low;
        // What is left in the last digits falls to the mode.
        while u > 0.0 && (low > least || high < most) && p_low.max(p_high) > 1e-300 {
            if high < most {
                let k = high as f64;
                p_high *= (m - k) / (k + 1.0) * ((d - k) / (n - m - d + k + 1.0));
                high += 1;
                u -= p_high;
                if u <= 0.0 {
                    return high;
                }
            }
            if low > least {
                let k = low as f64;
                p_low *= k / (m - k + 1.0) * ((n - m - d + k) / (d - k + 1.0));
                low -= 1;
                u -= p_low;
                if u <= 0.0 {
                    return low;
                }
            }
        }
        mode
    }

    /// Takes `drawn` items at random out of `counts` of several sorts: how many of each sort were taken.
    ///
    /// # Formula
    /// Multivariate hypergeometric, sort by sort.
    pub fn take(&mut self, counts: &mut [u64], drawn: u64) -> Vec<u64> {
        let mut all: u64 = counts.iter().sum();
        let mut open = drawn.min(all);
        let mut one = |count: &mut u64| {
            let taken = self.hypergeometric(all, *count, open);
            all -= *count;
            open -= taken;
            *count -= taken;
            taken
        };
        counts.iter_mut().map(&mut one).collect()
    }

    /// Puts `items` into a uniformly random order.
    ///
    /// # Source
    /// Fisher-Yates, as algorithm P in D. E. Knuth, The Art of Computer Programming 2, 3.4.2.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u32 + 1) as usize;
            items.swap(last, other);
        }
    }
}

/// The Poisson distribution of one mean, whose probabilities are worked out as draws need them.
///
/// # Formula
/// By inversion in steps of a mean of at most 16, as sums of Poisson numbers are Poisson.
#[derive(Debug, Clone)]
pub struct Poisson {
    whole: Terms,
    wholes: u32,
    rest: Terms,
}

impl Poisson {
    /// Of a mean of at least 0; above a million it counts as that.
    #[must_use]
    pub fn new(mean: f64) -> Self {
        const STEP: f64 = 16.0;
        let (mut left, mut wholes) = (mean.min(1e6), 0);
        while left > STEP {
            left -= STEP;
            wholes += 1;
        }
        Self { whole: Terms::of(STEP), wholes, rest: Terms::of(left) }
    }

    /// A draw; 0 for a mean of 0.
    pub fn draw(&mut self, sampler: &mut Sampler) -> u32 {
        let wholes: u32 = (0..self.wholes).map(|_| self.whole.invert(sampler)).sum();
        wholes + if self.rest.mean > 0.0 { self.rest.invert(sampler) } else { 0 }
    }
}

/// The distribution function of a Poisson distribution at 0, 1, 2, …, as far as it was asked for.
#[derive(Debug, Clone)]
struct Terms {
    mean: f64,
    /// The probability of the last number so far.
    term: f64,
    sums: Vec<f64>,
    /// For uniform numbers from s/[`STARTS`] on: the first number that may stand for one; [`UNKNOWN`] until asked for.
    starts: [u8; STARTS],
}

/// Parts of (0, 1) from each of which the search begins anew.
const STARTS: usize = 64;
const UNKNOWN: u8 = u8::MAX;

impl Terms {
    /// Beyond it no probability is left that a double would show.
    const MOST: usize = 200;

    fn of(mean: f64) -> Self {
        Self { mean, term: 0.0, sums: Vec::new(), starts: [UNKNOWN; STARTS] }
    }

    fn invert(&mut self, sampler: &mut Sampler) -> u32 {
        let u = sampler.uniform();
        let part = (u * STARTS as f64) as usize % STARTS;
        let start = match self.starts[part] {
            UNKNOWN => {
                let start = self.first_at_least(part as f64 / STARTS as f64, 0);
                self.starts[part] = start as u8;
                start
            }
            start => usize::from(start),
        };
        self.first_at_least(u, start) as u32
    }

    /// The first number from `start` on at which the distribution function is as high.
    #[inline]
    fn first_at_least(&mut self, u: f64, start: usize) -> usize {
        let mut k = start;
        while k < Self::MOST && u > self.sums.get(k).copied().unwrap_or_else(|| self.next()) {
            k += 1;
        }
        k
    }

    #[cold]
    fn next(&mut self) -> f64 {
        let next = match self.sums.last() {
            None => libm::exp(-self.mean),
            Some(_) => self.term * (self.mean / self.sums.len() as f64),
        };
        let sum = self.sums.last().map_or(next, |sum| sum + next);
        self.term = next;
        self.sums.push(sum);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::StreamKey;
    use crate::stats::Moments;

    const DRAWS: usize = 200_000;

    fn sampler() -> Sampler {
        Sampler::new(StreamKey::new(1).with(2))
    }

    /// Mean and variance within five standard errors; false alarm below 1e-6 each, and the stream is fixed.
    fn agrees(moments: &Moments, mean: f64, variance: f64, kurtosis: f64) {
        let n = DRAWS as f64;
        let mean_error = (variance / n).sqrt();
        let variance_error = variance * ((kurtosis - 1.0) / n).sqrt();
        assert!((moments.mean() - mean).abs() < 5.0 * mean_error, "mean {} of {mean}", moments.mean());
        assert!((moments.variance() - variance).abs() < 5.0 * variance_error, "variance {}", moments.variance());
    }

    #[test]
    fn draws_are_pinned() {
        let mut s = sampler();
        assert_eq!(s.uniform().to_bits(), 4_603_391_557_352_341_705);
        assert_eq!(s.normal().to_bits(), 13_824_442_987_010_087_304);
        assert_eq!(s.beta(&Beta::new(3.0, 17.0).unwrap()).to_bits(), 4_594_618_558_493_731_236);
        assert_eq!(s.below(1000), 835);
    }

    #[test]
    fn uniform_has_its_moments() {
        let mut s = sampler();
        agrees(&Moments::of((0..DRAWS).map(|_| s.uniform())), 0.5, 1.0 / 12.0, 1.8);
    }

    #[test]
    fn normal_has_its_moments() {
        let mut s = sampler();
        agrees(&Moments::of((0..DRAWS).map(|_| s.normal())), 0.0, 1.0, 3.0);
    }

    #[test]
    fn beta_has_its_moments() {
        let (a, b) = (3.0, 17.0);
        let distribution = Beta::new(a, b).unwrap();
        let mut s = sampler();
        let moments = Moments::of((0..20_000).map(|_| s.beta(&distribution)));
        let variance = a * b / ((a + b) * (a + b) * (a + b + 1.0));
        // Fewer draws than `agrees` expects, so its bound is wider than needed by √10: written out here.
        assert!((moments.mean() - a / (a + b)).abs() < 5.0 * (variance / 20_000.0).sqrt());
        assert!((moments.variance() / variance - 1.0).abs() < 0.06);
    }

    #[test]
    fn gamma_has_its_moments() {
        // Kurtosis 3 + 6/a.
        for shape in [0.4, 1.0, 7.5] {
            let mut s = sampler();
            let moments = Moments::of((0..DRAWS).map(|_| s.gamma(shape)));
            agrees(&moments, shape, shape, 3.0 + 6.0 / shape);
        }
        assert_eq!(sampler().gamma(0.0), 0.0);
    }

    #[test]
    fn poisson_has_its_moments() {
        // Kurtosis 3 + 1/m.
        for mean in [0.3, 5.0, 16.0, 71.3] {
            let mut s = sampler();
            let moments = Moments::of((0..DRAWS).map(|_| f64::from(s.poisson(mean))));
            agrees(&moments, mean, mean, 3.0 + 1.0 / mean);
        }
        assert_eq!(sampler().poisson(0.0), 0);
    }

    #[test]
    fn hypergeometric_has_its_probabilities_and_moments() {
        // 4 of 10 marked, 3 taken: C(4, k)·C(6, 3 − k) / 120.
        let mut s = sampler();
        let mut counts = [0_u32; 4];
        for _ in 0..120_000 {
            counts[s.hypergeometric(10, 4, 3) as usize] += 1;
        }
        for (count, expected) in counts.into_iter().zip([20_000_u32, 60_000, 36_000, 4_000]) {
            let p = f64::from(expected) / 120_000.0;
            let sd = (120_000.0 * p * (1.0 - p)).sqrt();
            assert!((f64::from(count) - f64::from(expected)).abs() < 5.0 * sd, "{count} of {expected}");
        }
        // Mean n·K/N, variance n·K/N·(1 − K/N)·(N − n)/(N − 1); the kurtosis of such a large one is 3 within 0.01.
        for (all, marked, drawn) in [(1_000_000, 300_000, 200_000), (2_000_000, 70, 1_500_000), (500, 499, 250)] {
            let (n, k, d) = (all as f64, marked as f64, drawn as f64);
            let (mean, share) = (d * k / n, k / n);
            let variance = mean * (1.0 - share) * (n - d) / (n - 1.0);
            let moments = Moments::of((0..20_000).map(|_| s.hypergeometric(all, marked, drawn) as f64));
            assert!((moments.mean() - mean).abs() < 5.0 * (variance / 20_000.0).sqrt(), "{} of {mean}", moments.mean());
            assert!((moments.variance() / variance - 1.0).abs() < 0.06, "{} of {variance}", moments.variance());
        }
        assert_eq!((s.hypergeometric(10, 10, 3), s.hypergeometric(10, 0, 3), s.hypergeometric(0, 0, 0)), (3, 0, 0));
        assert_eq!((s.hypergeometric(10, 4, 10), s.hypergeometric(10, 4, 99)), (4, 4));
    }

    #[test]
    fn what_is_taken_and_what_is_left_are_what_there_was() {
        let mut s = sampler();
        for drawn in [0, 1, 7, 59, 60, 99] {
            let mut left = [10, 0, 20, 30];
            let taken = s.take(&mut left, drawn);
            assert_eq!(taken.iter().sum::<u64>(), drawn.min(60));
            let sums: Vec<u64> = taken.iter().zip(left).map(|(taken, left)| taken + left).collect();
            assert_eq!(sums, [10, 0, 20, 30]);
        }
    }

    #[test]
    fn below_covers_its_range_evenly() {
        let mut s = sampler();
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[s.below(7) as usize] += 1;
        }
        // Each count has sd √(70000·6/49) = 92.6: five of them.
        assert!(counts.iter().all(|&c| c.abs_diff(10_000) < 463), "{counts:?}");
        assert_eq!((s.below(1), s.below(0)), (0, 0));
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        sampler().shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
