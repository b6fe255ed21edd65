//! The standard normal distribution: exact functions over `libm`, and tables for hot loops.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The standard normal distribution, mean 0 and variance 1.
#[derive(Debug, Clone, Copy)]
pub struct Normal;

impl Normal {
    /// P(Z ≤ x).
    ///
    /// # Formula
    /// erfc(−x/√2)/2
    #[must_use]
    pub fn cdf(x: f64) -> f64 {
        0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
    }

    /// The density at x.
    #[must_use]
    pub fn density(x: f64) -> f64 {
        libm::exp(-0.5 * x * x) / (2.0 * PI).sqrt()
    }

    /// The x with P(Z ≤ x) = p; −∞ for p ≤ 0, +∞ for p ≥ 1. Relative error about 1e-16.
    ///
    /// # Source
    /// M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37
    /// (1988), routine PPND16.
    #[must_use]
    pub fn quantile(p: f64) -> f64 {
        if p <= 0.0 {
            return f64::NEG_INFINITY;
        }
        if p >= 1.0 {
            return f64::INFINITY;
        }
        let q = p - 0.5;
        if q.abs() <= 0.425 {
            let r = 0.180625 - q * q;
            return q * ratio(r, &CENTRE);
        }
        let tail = if q < 0.0 { p } else { 1.0 - p };
        let r = (-libm::log(tail)).sqrt();
        let x = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
        if q < 0.0 { -x } else { x }
    }
}

/// Numerator and denominator coefficients, lowest power first.
type Rational = ([f64; 8], [f64; 8]);

const CENTRE: Rational = (
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_545,
    ],
);

const MIDDLE: Rational = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);

const FAR: Rational = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_887_9,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

fn ratio(r: f64, (a, b): &Rational) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, &coefficient| sum * r + coefficient);
    horner(a) / horner(b)
}

/// Distribution function and quantile of the standard normal from tables, for hot loops: no transcendental function,
/// same bits everywhere.
///
/// # Formula
/// Cubic Hermite interpolation on exact values and slopes. The distribution function has nodes every 1/64 on [−8, 8],
/// absolute error below 1e-9; the quantile has 64 nodes per octave of the nearer tail's probability down to 2⁻⁴⁰,
/// absolute error below 1e-9, and is exact below.
#[derive(Debug, Clone)]
pub struct NormalTable {
    /// Value and slope times step at each node.
    cdf: Vec<[f64; 2]>,
    /// Lower-tail quantile and slope times step at each node, from 2⁻⁴⁰ up to 1/2.
    quantile: Vec<[f64; 2]>,
}

const CDF_REACH: f64 = 8.0;
const CDF_PER_UNIT: f64 = 64.0;
const OCTAVES: u32 = 39;
const PER_OCTAVE: usize = 64;
/// Smallest tabulated tail, 2⁻⁴⁰.
const SMALLEST_TAIL: f64 = 1.0 / (1u64 << 40) as f64;

impl NormalTable {
    /// Fills the tables: about 3,500 nodes.
    #[must_use]
    pub fn new() -> Self {
        let steps = (2.0 * CDF_REACH * CDF_PER_UNIT) as usize;
        let cdf = (0..=steps)
            .map(|i| {
                let x = i as f64 / CDF_PER_UNIT - CDF_REACH;
                [Normal::cdf(x), Normal::density(x) / CDF_PER_UNIT]
            })
            .collect();
        let mut quantile = Vec::with_capacity((OCTAVES as usize) * PER_OCTAVE * 2);
        let mut floor = SMALLEST_TAIL;
        for _ in 0..OCTAVES {
            // Each cell of an octave has its own step, so both ends are stored per cell.
            let step = floor / PER_OCTAVE as f64;
            for i in 0..PER_OCTAVE {
                for p in [floor + i as f64 * step, floor + (i + 1) as f64 * step] {
                    let x = Normal::quantile(p);
                    quantile.push([x, step / Normal::density(x)]);
                }
            }
            floor *= 2.0;
        }
        Self { cdf, quantile }
    }

    /// P(Z ≤ x) with absolute error below 1e-9; exactly 0 below −8 and exactly 1 above 8.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        let position = (x + CDF_REACH) * CDF_PER_UNIT;
        if position <= 0.0 {
            return 0.0;
        }
        let cell = position as usize;
        if cell >= self.cdf.len() - 1 {
            return 1.0;
        }
        hermite(self.cdf[cell], self.cdf[cell + 1], position - cell as f64)
    }

    /// The x with P(Z ≤ x) = p, absolute error below 1e-9; −∞ for p ≤ 0, +∞ for p ≥ 1.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        if p <= 0.5 { self.lower(p) } else { -self.lower(1.0 - p) }
    }

    /// The quantile of a p of at most 1/2.
    fn lower(&self, p: f64) -> f64 {
        if p < SMALLEST_TAIL {
            return Normal::quantile(p);
        }
        if p >= 0.5 {
            return 0.0;
        }
        // The exponent names the octave, the mantissa's first six bits the cell, the rest the place inside it.
        let bits = p.to_bits();
        let octave = (bits >> 52) - (SMALLEST_TAIL.to_bits() >> 52);
        let cell = (bits >> 46) & 63;
        let place = (bits & ((1 << 46) - 1)) as f64 * (1.0 / (1u64 << 46) as f64);
        let at = 2 * (octave as usize * PER_OCTAVE + cell as usize);
        hermite(self.quantile[at], self.quantile[at + 1], place)
    }
}

impl Default for NormalTable {
    fn default() -> Self {
        Self::new()
    }
}

/// The cubic through two nodes `[value, slope × step]`, at `t` in [0, 1] between them.
fn hermite([y0, d0]: [f64; 2], [y1, d1]: [f64; 2], t: f64) -> f64 {
    let rise = y1 - y0;
    let quadratic = 3.0 * rise - 2.0 * d0 - d1;
    let cubic = d0 + d1 - 2.0 * rise;
    y0 + t * (d0 + t * (quadratic + t * cubic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_function_agrees_with_published_values() {
        // Abramowitz and Stegun, table 26.1, fifteen decimals.
        for (x, p) in [
            (0.0, 0.5),
            (0.5, 0.691_462_461_274_013),
            (1.0, 0.841_344_746_068_543),
            (1.96, 0.975_002_104_851_780),
            (3.0, 0.998_650_101_968_370),
        ] {
            assert!((Normal::cdf(x) - p).abs() < 1e-15, "{x}");
            assert!((Normal::cdf(-x) - (1.0 - p)).abs() < 1e-15, "{x}");
        }
    }

    #[test]
    fn the_quantile_agrees_with_wichuras_own_check_values() {
        // Wichura (1988), section "Test data": PPND16 at 0.25, 0.001 and 1e-20.
        for (p, x) in
            [(0.25, -0.674_489_750_196_081_7), (0.001, -3.090_232_306_167_813_6), (1e-20, -9.262_340_089_798_408)]
        {
            assert!((Normal::quantile(p) - x).abs() < 2e-15 * x.abs(), "{p}: {}", Normal::quantile(p));
        }
        assert_eq!(Normal::quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(Normal::quantile(1.0), f64::INFINITY);
        assert_eq!(Normal::quantile(0.5), 0.0);
    }

    #[test]
    fn the_quantile_inverts_the_distribution_function() {
        for i in 1..2000 {
            let p = f64::from(i) / 2000.0;
            assert!((Normal::cdf(Normal::quantile(p)) - p).abs() < 4e-16, "{p}");
        }
    }

    #[test]
    fn the_tables_stay_within_a_billionth() {
        let table = NormalTable::new();
        let mut worst: (f64, f64) = (0.0, 0.0);
        for i in -9_000..=9_000 {
            let x = f64::from(i) * 0.001 + 0.000_37;
            worst.0 = worst.0.max((table.cdf(x) - Normal::cdf(x)).abs());
        }
        for i in 1..40_000 {
            let p = libm::exp2(-f64::from(i) * 0.001) * 0.999_7;
            worst.1 = worst.1.max((table.quantile(p) - Normal::quantile(p)).abs());
            worst.1 = worst.1.max((table.quantile(1.0 - p) - Normal::quantile(1.0 - p)).abs());
        }
        assert!(worst.0 < 1e-9 && worst.1 < 1e-9, "{worst:?}");
        assert_eq!((table.quantile(0.0), table.quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert_eq!((table.cdf(f64::NEG_INFINITY), table.cdf(f64::INFINITY)), (0.0, 1.0));
        assert_eq!(table.cdf(-8.5), 0.0);
    }

    #[test]
    fn the_tables_never_step_back() {
        let table = NormalTable::new();
        let (mut last_p, mut last_x) = (0.0, f64::NEG_INFINITY);
        for i in 0..40_000 {
            let p = table.cdf(f64::from(i) * 0.000_4 - 8.0);
            let x = table.quantile(f64::from(i) / 40_000.0);
            assert!(p >= last_p && x >= last_x, "{i}");
            (last_p, last_x) = (p, x);
        }
    }
}
