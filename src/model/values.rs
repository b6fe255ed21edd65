//! Small values with their bounds: probabilities and points.

use crate::{Error, ErrorKind};

/// A probability, in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, serde::Serialize)]
pub struct Probability(f64);

impl Probability {
    /// Never.
    pub const ZERO: Self = Self(0.0);
    /// Always.
    pub const ONE: Self = Self(1.0);

    /// The probability `value`.
    ///
    /// # Errors
    /// `out-of-range` unless 0 ≤ `value` ≤ 1; NaN is refused.
    pub fn new(value: f64) -> Result<Self, Error> {
        if (0.0..=1.0).contains(&value) {
            // `+ 0.0` turns −0 into 0, so that equal probabilities have equal bits.
            Ok(Self(value + 0.0))
        } else {
            Err(Error::new(ErrorKind::Model, "out-of-range", format!("must be between 0 and 1, found {value}")))
        }
    }

    /// The value, in [0, 1].
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Points of a score, exact in millionths so that parts always add up to their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(i64);

impl Points {
    /// Millionths in one point.
    pub const MICRO: i64 = 1_000_000;

    /// So many millionths of a point.
    #[must_use]
    pub const fn from_micro(micro: i64) -> Self {
        Self(micro)
    }

    /// The nearest millionth to `points`, ties to even; NaN counts as 0.
    #[must_use]
    pub fn from_f64(points: f64) -> Self {
        Self((points * Self::MICRO as f64).round_ties_even() as i64)
    }

    /// Millionths of a point.
    #[must_use]
    pub fn micro(self) -> i64 {
        self.0
    }

    /// The points as a number, for display and reports.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::MICRO as f64
    }
}
