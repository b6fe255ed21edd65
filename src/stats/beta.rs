//! The beta distribution.

use super::Normal;
use crate::{Error, ErrorKind};
use statrs::function::beta::checked_beta_reg;

/// A beta distribution on [0, 1]; with one shape 0 all its mass lies at that end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
    /// ln Γ(a+b) − ln Γ(a) − ln Γ(b).
    log_scale: f64,
    /// P(X ≤ mean).
    at_mean: f64,
}

/// Largest a + b: beyond it the continued fraction below would need more terms than it takes.
const LARGEST: f64 = 10_000.0;

impl Beta {
    /// Beta(a, b).
    ///
    /// # Errors
    /// `out-of-range` unless a and b are finite, not negative, and a + b is above 0 and at most 10,000.
    pub fn new(a: f64, b: f64) -> Result<Self, Error> {
        let total = a + b;
        if !(a >= 0.0 && b >= 0.0 && total > 0.0 && total <= LARGEST * (1.0 + 1e-12)) {
            return Err(Error::new(
                ErrorKind::Model,
                "out-of-range",
                format!("expected beta shapes of at least 0 that sum to at most 10000, found {a} and {b}"),
            ));
        }
        let log_scale = if a > 0.0 && b > 0.0 { libm::lgamma(total) - libm::lgamma(a) - libm::lgamma(b) } else { 0.0 };
        let unfinished = Self { a, b, log_scale, at_mean: 0.0 };
        Ok(Self { at_mean: unfinished.cdf(unfinished.mean()), ..unfinished })
    }

    /// The distribution with this mean and `strength` = a + b, kept at most 10,000: the number of observations that
    /// the knowledge of the mean is worth.
    ///
    /// # Errors
    /// `out-of-range` unless the mean is in [0, 1] and the strength above 0.
    pub fn with_mean(mean: f64, strength: f64) -> Result<Self, Error> {
        let strength = strength.min(LARGEST);
        Self::new(mean * strength, (1.0 - mean) * strength)
    }

    /// The first shape, weight of the end at 1.
    #[must_use]
    pub fn a(&self) -> f64 {
        self.a
    }

    /// The second shape, weight of the end at 0.
    #[must_use]
    pub fn b(&self) -> f64 {
        self.b
    }

    /// a / (a + b).
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// P(X ≤ x), the regularised incomplete beta function.
    ///
    /// # Source
    /// Continued fraction of `statrs`, checked below against closed forms and published values.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        if x >= 1.0 || (self.a == 0.0 && x >= 0.0) {
            1.0
        } else if x <= 0.0 || self.b == 0.0 {
            0.0
        } else {
            checked_beta_reg(self.a, self.b, x).unwrap_or(if x < self.mean() { 0.0 } else { 1.0 })
        }
    }

    /// The x with P(X ≤ x) = u, for u in [0, 1].
    ///
    /// # Formula
    /// Newton's method for ln P(X ≤ eʸ) = ln u in y from the nearer end, where P behaves as a power of x, inside a
    /// bracket that is halved whenever a step would leave it. At most 100 steps; relative error about 1e-12.
    ///
    /// # Source
    /// First guess: M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 26.5.22, for shapes above 1.
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        if self.a == 0.0 || u <= 0.0 {
            return 0.0;
        }
        if self.b == 0.0 || u >= 1.0 {
            return 1.0;
        }
        if u <= self.at_mean { self.lower(u) } else { 1.0 - self.mirrored().lower(1.0 - u) }
    }

    /// The distribution of 1 − X.
    fn mirrored(&self) -> Self {
        Self { a: self.b, b: self.a, log_scale: self.log_scale, at_mean: 1.0 - self.at_mean }
    }

    /// About the logarithm of the `u` quantile.
    fn near(&self, u: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        if a <= 1.0 || b <= 1.0 {
            // P(x) is close to scale · xᵃ / a near 0.
            return (libm::log(u) + libm::log(a) - self.log_scale) / a;
        }
        let z = -Normal::quantile(u);
        let (one, other) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
        let h = 2.0 / (one + other);
        let lambda = (z * z - 3.0) / 6.0;
        let w = z * (h + lambda).max(0.0).sqrt() / h - (other - one) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
        libm::log(a / (a + b * libm::exp(2.0 * w)))
    }

    /// The quantile of a u not above the probability of the mean.
    fn lower(&self, u: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        let goal = libm::log(u);
        // Below this the quantile is 0 to every purpose; above the mean it cannot lie.
        let (mut low, mut high) = (-700.0, libm::log(self.mean()));
        let mut y = self.near(u).clamp(low, high);
        for _ in 0..100 {
            let x = libm::exp(y);
            let p = self.cdf(x);
            let difference = libm::log(p) - goal;
            if difference > 0.0 {
                high = y;
            } else {
                low = y;
            }
            let slope = libm::exp(self.log_scale + a * y + (b - 1.0) * libm::log1p(-x)) / p;
            let mut next = y - difference / slope;
            // Also false for a step that is not a number.
            if !(next > low && next < high) {
                next = 0.5 * (low + high);
            }
            let step = (next - y).abs();
            y = next;
            if step <= 1e-13 * y.abs().max(0.01) || high - low <= 1e-14 {
                break;
            }
        }
        libm::exp(y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beta(a: f64, b: f64) -> Beta {
        Beta::new(a, b).unwrap()
    }

    #[test]
    fn the_distribution_function_agrees_with_closed_forms() {
        for i in 1..100 {
            let x = f64::from(i) / 100.0;
            assert!((beta(1.0, 1.0).cdf(x) - x).abs() < 1e-14);
            assert!((beta(2.0, 3.0).cdf(x) - x * x * (6.0 - 8.0 * x + 3.0 * x * x)).abs() < 1e-14);
            let arcsine = 2.0 / std::f64::consts::PI * libm::asin(x.sqrt());
            assert!((beta(0.5, 0.5).cdf(x) - arcsine).abs() < 1e-14, "{x}");
            let many = beta(9_000.0, 1.0);
            assert!((many.cdf(x) - libm::pow(x, 9_000.0)).abs() < 1e-12);
        }
    }

    #[test]
    fn quantiles_agree_with_published_percentage_points() {
        // Pearson and Hartley, Biometrika Tables for Statisticians I, table 16, through F: x = a·F/(b + a·F) with the
        // upper 5 % points F(10, 20) = 2.348 and F(2, 10) = 4.103 (four digits).
        for (a, b, f, digits) in [(5.0, 10.0, 2.348, 5e-5), (1.0, 5.0, 4.103, 5e-5)] {
            let expected = a * f / (b + a * f);
            assert!((beta(a, b).quantile(0.95) - expected).abs() < digits * 3.0);
        }
        // Clopper-Pearson 95 % for 0 of 10: upper end 1 − 0.025^(1/10).
        assert!((beta(1.0, 10.0).quantile(0.975) - (1.0 - libm::pow(0.025, 0.1))).abs() < 1e-14);
    }

    #[test]
    fn the_quantile_inverts_the_distribution_function() {
        for (a, b) in [
            (0.05, 2.0),
            (0.5, 0.5),
            (1.0, 1.0),
            (3.0, 17.0),
            (30.0, 2.0),
            (0.2, 40.0),
            (9.0, 11.0),
            (450.0, 550.0),
            (4_000.0, 6_000.0),
            (1.0, 9_999.0),
        ] {
            let mut last = 0.0;
            for u in [1e-6, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0 - 1e-6] {
                let x = beta(a, b).quantile(u);
                assert!(x >= last && x <= 1.0, "Beta({a}, {b}) at {u}: {x} after {last}");
                if x > 1e-300 && x < 1.0 - 1e-12 {
                    assert!((beta(a, b).cdf(x) - u).abs() < 2e-11, "Beta({a}, {b}) at {u}: {x}");
                }
                last = x;
            }
        }
    }

    #[test]
    fn a_mean_of_zero_or_one_is_a_certainty() {
        let never = Beta::with_mean(0.0, 20.0).unwrap();
        let always = Beta::with_mean(1.0, 20.0).unwrap();
        assert_eq!((never.quantile(0.7), always.quantile(0.3)), (0.0, 1.0));
        assert_eq!((never.cdf(0.0), always.cdf(0.999)), (1.0, 0.0));
        assert_eq!((never.mean(), always.mean()), (0.0, 1.0));
    }

    #[test]
    fn shapes_out_of_range_are_refused() {
        for (a, b) in [(0.0, 0.0), (-1.0, 2.0), (f64::NAN, 1.0), (1.0, f64::INFINITY), (20_000.0, 1.0)] {
            assert_eq!(Beta::new(a, b).unwrap_err().code(), "out-of-range");
        }
        assert_eq!(Beta::with_mean(0.25, 1e9).unwrap().a(), 2_500.0);
    }
}
