//! What is said of any distribution of amounts: mean, percentiles with their error, how often which amount.

use crate::forecast::{Outcome, Trials};
use crate::stats::{Estimate, Histogram};
use serde::Serialize;

/// Bins of a histogram, about.
const BINS: usize = 40;

/// The distribution of an amount.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Won up to the day of the forecast; part of every trial.
    pub won_to_date: f64,
    /// Σ probability × amount of the open deals expected here by their stated date, past-due ones in the current
    /// period.
    pub weighted: f64,
    /// The mean.
    pub mean: Estimate,
    /// The standard deviation.
    pub sd: Estimate,
    /// 10 % of trials stay at or below this.
    pub p10: Estimate,
    /// Half of the trials stay at or below this.
    pub p50: Estimate,
    /// 90 % of trials stay at or below this.
    pub p90: Estimate,
    /// How many trials fall between which amounts.
    pub histogram: HistogramReport,
    /// The probability to reach each amount.
    pub exceedance: Exceedance,
}

/// Counts between amounts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct HistogramReport {
    /// One more than there are counts, ascending and evenly spaced.
    pub edges: Vec<f64>,
    /// Trials from each edge up to but not including the next.
    pub counts: Vec<u64>,
}

/// The probability to reach an amount.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Exceedance {
    /// Amounts, ascending.
    pub amounts: Vec<f64>,
    /// The share of trials at or above each.
    pub probabilities: Vec<f64>,
}

/// The figures of one total per trial; `won` and `weighted` in minor units.
pub(super) fn figures(outcome: &Outcome, trials: &Trials, totals: &[i64], won: i64, weighted: f64) -> Figures {
    let scale = outcome.currency.minor_per_major();
    let major = |minor: f64| minor / scale as f64;
    let estimate = |e: Estimate| Estimate { value: major(e.value), error: major(e.error) };
    let sample = trials.sample(totals);
    let quantiles = sample.quantiles(&[0.05, 0.1, 0.5, 0.9, 0.95]);
    let (mean, sd) = sample.mean_and_sd();
    let histogram = Histogram::nice(totals, BINS, scale, (quantiles[4].value - quantiles[0].value) as i64);
    let edges: Vec<f64> = histogram.edges().iter().map(|&edge| major(edge as f64)).collect();
    Figures {
        won_to_date: major(won as f64),
        weighted: major(weighted),
        mean: estimate(mean),
        sd: estimate(sd),
        p10: estimate(quantiles[1]),
        p50: estimate(quantiles[2]),
        p90: estimate(quantiles[3]),
        exceedance: Exceedance { amounts: edges.clone(), probabilities: histogram.exceedance() },
        histogram: HistogramReport { edges, counts: histogram.counts().to_vec() },
    }
}
