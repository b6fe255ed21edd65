//! How the current period fills up, as plain data.

use crate::Error;
use crate::calendar::Date;
use crate::crm::Pipeline;
use crate::forecast::Forecast;
use crate::money::Currency;
use crate::stats::Estimate;
use serde::Serialize;

/// The current period from its first day to its last: what is won so far, and the spread of what will be. Amounts are in major
/// units of `currency` and add up from the first day on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FanReport {
    /// The period, such as `2026 Q4`.
    pub period: String,
    /// Its first day.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub start: Date,
    /// Its last day.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub end: Date,
    /// The day of the forecast.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub as_of: Date,
    /// Currency of every amount.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// The quota, if there is one.
    pub quota: Option<f64>,
    /// Won and renewed up to the day of the forecast.
    pub won_to_date: f64,
    /// Each day on which something was won or renewed.
    pub won: Vec<FanWon>,
    /// Days ahead, at most 24, the last of the period at the end with the figures of the forecast; empty on that day itself.
    pub ahead: Vec<FanDay>,
}

/// A day on which something was won or renewed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FanWon {
    /// The day.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub day: Date,
    /// All that was won and renewed in the period by its end.
    pub total: f64,
}

/// A day ahead.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FanDay {
    /// The day.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub day: Date,
    /// 10 % of trials have won at most this by its end.
    pub p10: Estimate,
    /// 25 %.
    pub p25: Estimate,
    /// Half of the trials.
    pub p50: Estimate,
    /// 75 %.
    pub p75: Estimate,
    /// 90 %.
    pub p90: Estimate,
}

impl Pipeline {
    /// How the current period of this pipeline's forecast fills up, as data.
    ///
    /// # Errors
    /// Those of [`fan`](Self::fan).
    pub fn fan_report(&self, forecast: &Forecast) -> Result<FanReport, Error> {
        let fan = self.fan(forecast)?;
        let outcome = forecast.outcome();
        let scale = outcome.currency.minor_per_major() as f64;
        let as_of = outcome.horizon.as_of();
        let (period, start, end) = outcome.horizon.periods().first().map_or_else(
            || (String::new(), as_of, as_of),
            |period| (period.label(), period.first_day(), period.last_day()),
        );
        let day = |&(day, edges): &(Date, [Estimate; 5])| {
            let [p10, p25, p50, p75, p90] = edges.map(|edge| edge.over(scale));
            FanDay { day, p10, p25, p50, p75, p90 }
        };
        Ok(FanReport {
            period,
            start,
            end,
            as_of,
            currency: outcome.currency,
            quota: outcome.quotas.first().copied().flatten().map(|minor| minor as f64 / scale),
            won_to_date: fan.won.last().map_or(0, |(_, sum)| *sum) as f64 / scale,
            won: fan.won.iter().map(|&(day, total)| FanWon { day, total: total as f64 / scale }).collect(),
            ahead: fan.ahead.iter().map(day).collect(),
        })
    }
}
