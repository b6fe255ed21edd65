//! Targets, the forecast's settings, and the capacity behind them.

use super::{Probability, Review};
use crate::calendar::{Date, Period};
use crate::money::Money;

/// What is to be reached.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Targets {
    /// Quotas by period and segment.
    pub quota: Vec<Quota>,
    /// Quota of a fiscal quarter that has none of its own. `None`: no target.
    pub default_quota: Option<Money>,
    /// Open pipeline wanted over remaining quota during a period, above 0. Default: 3.
    pub coverage: f64,
    /// Open pipeline wanted over quota on the first day of a quarter, above 0. Default: 4.
    pub coverage_at_start: f64,
    /// Owner and last review.
    pub review: Review,
}

/// A quota.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Quota {
    /// The fiscal month, quarter or year.
    pub period: Period,
    /// The amount to win in it.
    pub amount: Money,
    /// Index of the segment it is for. `None`: all of them together.
    pub segment: Option<usize>,
}

/// Settings of the forecast.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ForecastSettings {
    /// ρ: how much deals of one quarter rise and fall together, in [0, 0.99]. Default: 0.05.
    pub market_correlation: f64,
    /// Owner and last review.
    pub review: Review,
}

/// Who carries quota, and how they come up to speed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Capacity {
    /// The people.
    pub reps: Vec<Rep>,
    /// Share of full productivity in the first, second, … month after the start; full afterwards. Default: empty (full at once).
    pub ramp: Vec<Probability>,
    /// Share of quota that a ramped rep brings in, in [0, 5]. Default: 1.
    pub productivity: f64,
    /// Share of reps who leave within a year. Default: 0.
    pub attrition_per_year: Probability,
    /// Owner and last review.
    pub review: Review,
}

/// Someone who carries quota.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rep {
    /// The name; unique.
    pub name: String,
    /// Index of the segment worked. `None`: all of them.
    pub segment: Option<usize>,
    /// First day. `None`: long enough ago to be ramped.
    pub start: Option<Date>,
    /// Last day. `None`: no end in sight.
    pub end: Option<Date>,
    /// Quota per fiscal quarter.
    pub quota: Money,
}
