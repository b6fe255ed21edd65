//! Targets, the forecast's settings, and the capacity behind them.

use super::{Probability, Review};
use crate::calendar::{Date, FiscalYear, Period, PeriodKind};
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

impl Targets {
    /// What is to be won in a fiscal period, for one segment or (`None`) for all of them together.
    ///
    /// The period's own quota, or the sum of what its segments have. Without one: a month has a third of its quarter,
    /// a quarter the sum of its months if each has its own, else a quarter of its year's own, else (all segments
    /// together) the default quota; a year has the sum of its quarters. `None`: there is no target.
    #[must_use]
    pub fn quota_for(&self, period: Period, fiscal_year: FiscalYear, segment: Option<usize>) -> Option<Money> {
        let around = |kind| fiscal_year.period_of(period.first_day(), kind);
        let parts =
            |kind, count| std::iter::successors(Some(around(kind)), |part: &Period| Some(part.next())).take(count);
        self.own(period, segment).or_else(|| match period.kind() {
            PeriodKind::Month => Some(split(self.quota_for(around(PeriodKind::Quarter), fiscal_year, segment)?, 3)),
            PeriodKind::Quarter => sum(parts(PeriodKind::Month, 3).map(|month| self.own(month, segment)))
                .or_else(|| Some(split(self.own(around(PeriodKind::Year), segment)?, 4)))
                .or(self.default_quota.filter(|_| segment.is_none())),
            PeriodKind::Year => {
                sum(parts(PeriodKind::Quarter, 4).map(|quarter| self.quota_for(quarter, fiscal_year, segment)))
            }
        })
    }

    fn own(&self, period: Period, segment: Option<usize>) -> Option<Money> {
        let given = self.quota.iter().find(|quota| quota.period == period && quota.segment == segment);
        given.map(|quota| quota.amount).or_else(|| {
            let of_segments = self.quota.iter().filter(|quota| quota.period == period && segment.is_none());
            sum(of_segments.map(|quota| Some(quota.amount)))
        })
    }
}

/// The sum if every part is known and there is one; all are of the model's currency.
fn sum(mut parts: impl Iterator<Item = Option<Money>>) -> Option<Money> {
    let first = parts.next()??;
    parts.try_fold(first, |total, part| Some(Money::new(total.minor.saturating_add(part?.minor), total.currency)))
}

/// The nearest minor unit to an even share, ties to even.
fn split(amount: Money, parts: i64) -> Money {
    Money::new((amount.minor as f64 / parts as f64).round_ties_even() as i64, amount.currency)
}

/// Settings of the forecast.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ForecastSettings {
    /// ρ: how much deals of one quarter rise and fall together, in [0, 0.99]. Default: 0.05.
    pub market_correlation: f64,
    /// What decides when open deals close. Default: automatic.
    pub timing: TimingSource,
    /// Whether deals that are not in the pipeline yet are simulated. Default: automatic.
    pub new_business: Switch,
    /// Whether earlier quarters of the file correct the forecast. Default: automatic.
    pub calibration: Switch,
    /// Whether contracts of a file that was attached are renewed. Default: automatic.
    pub renewals: Switch,
    /// Owner and last review.
    pub review: Review,
}

/// What decides when open deals close, and how many are won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TimingSource {
    /// `hazards` where the file's own closed deals are enough, else `dates`. The default.
    #[default]
    Auto,
    /// How fast the file's own closed deals of like size and age were won and lost.
    Hazards,
    /// The stated close dates with the slip of their stage, and the stages' win probabilities.
    Dates,
}

/// Whether something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Switch {
    /// Where the file's own past is enough for it. The default.
    #[default]
    Auto,
    /// Never.
    Off,
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
