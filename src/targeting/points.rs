//! Arithmetic on [`Points`], so that a score is exactly the sum of its parts.
//!
//! Decay is the one place where a real number enters; it is rounded once per rule. Everything after that (groups,
//! caps, totals, the shares of what is known) is integer arithmetic, the same on every platform.

use crate::model::Points;
use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

impl Points {
    /// No points.
    pub const ZERO: Self = Self::from_micro(0);

    /// These points times a factor, rounded once to the nearest millionth, half to even.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self::from_micro(libm::rint(self.micro() as f64 * factor) as i64)
    }

    /// These points so many times.
    #[must_use]
    pub fn repeated(self, times: u32) -> Self {
        Self::from_micro(self.micro().saturating_mul(i64::from(times)))
    }

    /// The middle between two scores, half a millionth to even.
    #[must_use]
    pub fn middle(self, other: Self) -> Self {
        let sum = i128::from(self.micro()) + i128::from(other.micro());
        let half = sum.div_euclid(2);
        let even = half + if sum.rem_euclid(2) == 1 { half.rem_euclid(2) } else { 0 };
        Self::from_micro(i64::try_from(even).unwrap_or(i64::MAX))
    }

    /// These points times `whole / part`, rounded half to even in integers. Unchanged if `part` is not positive.
    #[must_use]
    pub fn scaled(self, whole: Self, part: Self) -> Self {
        if part.micro() <= 0 {
            return self;
        }
        // Almost always the product is a plain number: division of wide ones takes its time.
        if let (Ok(own), Ok(whole)) = (i32::try_from(self.micro()), i32::try_from(whole.micro())) {
            let (product, divisor) = (i64::from(own) * i64::from(whole), part.micro());
            let (quotient, remainder) = (product.div_euclid(divisor), product.rem_euclid(divisor));
            let up = half_to_even(remainder.cmp(&(divisor - remainder)), quotient & 1 == 1);
            return Self::from_micro(quotient + i64::from(up));
        }
        let (product, divisor) = (i128::from(self.micro()) * i128::from(whole.micro()), i128::from(part.micro()));
        let (quotient, remainder) = (product.div_euclid(divisor), product.rem_euclid(divisor));
        let up = half_to_even(remainder.cmp(&(divisor - remainder)), quotient & 1 == 1);
        let overflow = if self.micro() < 0 { i64::MIN } else { i64::MAX };
        Self::from_micro(i64::try_from(quotient + i128::from(up)).unwrap_or(overflow))
    }

    /// Points with their sign always written, such as `+25` or `-2.5`.
    #[must_use]
    pub fn signed(self) -> String {
        if self.micro() < 0 { self.to_string() } else { format!("+{self}") }
    }
}

/// Whether to round up, by how the remainder compares with what lacks to the next whole.
fn half_to_even(remainder: Ordering, is_odd: bool) -> bool {
    match remainder {
        Ordering::Less => false,
        Ordering::Equal => is_odd,
        Ordering::Greater => true,
    }
}

impl fmt::Display for Points {
    /// At most one decimal, half away from zero, and none where it would be a zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.micro().unsigned_abs() + 50_000) / 100_000;
        let sign = if self.micro() < 0 && tenths > 0 { "-" } else { "" };
        match (tenths / 10, tenths % 10) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (whole, tenth) => write!(f, "{sign}{whole}.{tenth}"),
        }
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::from_micro(self.micro().saturating_add(other.micro()))
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::from_micro(self.micro().saturating_sub(other.micro()))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_round_half_to_even_once() {
        assert_eq!(Points::from_f64(25.0).micro(), 25_000_000);
        assert_eq!(Points::from_f64(0.1).micro(), 100_000);
        assert_eq!(Points::from_micro(5).times(0.5).micro(), 2);
        assert_eq!(Points::from_micro(7).times(0.5).micro(), 4);
        assert_eq!(Points::from_f64(f64::NAN), Points::ZERO);
        let middle = |low, high| Points::from_micro(low).middle(Points::from_micro(high)).micro();
        assert_eq!(
            [middle(0, 2), middle(1, 2), middle(2, 3), middle(-3, 0), middle(i64::MAX, i64::MAX)],
            [1, 2, 2, -2, i64::MAX]
        );
    }

    #[test]
    fn scaling_is_exact_in_integers() {
        // 40 of 60 known: 40 × 60 / 40 = 60 exactly.
        assert_eq!(
            Points::from_f64(40.0).scaled(Points::from_f64(60.0), Points::from_f64(40.0)),
            Points::from_f64(60.0)
        );
        // 10 × 100 / 30 = 33.333333 (333…).
        assert_eq!(Points::from_f64(10.0).scaled(Points::from_f64(100.0), Points::from_f64(30.0)).micro(), 33_333_333);
        // Halves go to the even neighbour, below zero too: 5 × 1 / 2 = 2.5 → 2, -5 × 1 / 2 = -2.5 → -2.
        let (one, two) = (Points::from_micro(1), Points::from_micro(2));
        assert_eq!(Points::from_micro(5).scaled(one, two).micro(), 2);
        assert_eq!(Points::from_micro(7).scaled(one, two).micro(), 4);
        assert_eq!(Points::from_micro(-5).scaled(one, two).micro(), -2);
        assert_eq!(Points::from_micro(9).scaled(one, Points::ZERO).micro(), 9);
        // Points of more than 32 bits round the same way.
        let wide = |sign: i64| Points::from_micro(sign * 5_000_000_001).scaled(one, two).micro();
        assert_eq!((wide(1), wide(-1)), (2_500_000_000, -2_500_000_000));
        assert_eq!(Points::from_micro(5_000_000_003).scaled(one, two).micro(), 2_500_000_002);
        assert_eq!(Points::from_micro(i64::MAX).scaled(two, one), Points::from_micro(i64::MAX));
    }

    #[test]
    fn points_read_as_a_person_would_write_them() {
        assert_eq!(Points::from_f64(25.0).to_string(), "25");
        assert_eq!(Points::from_f64(12.5).to_string(), "12.5");
        assert_eq!(Points::from_f64(12.34).to_string(), "12.3");
        assert_eq!(Points::from_f64(-0.04).to_string(), "0");
        assert_eq!(Points::from_f64(25.0).signed(), "+25");
        assert_eq!(Points::from_f64(-10.0).signed(), "-10");
        assert_eq!(Points::from_micro(i64::MIN).to_string(), "-9223372036854.8");
    }
}
