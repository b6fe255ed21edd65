//! A forecast without trials beside the simulated one, as plain data.

use super::wording;
use crate::forecast::{Exact, ExactMethod, Forecast, Trials};
use crate::money::Currency;
use crate::stats::Estimate;
use crate::{Error, ErrorKind};
use serde::Serialize;

/// What a grid leaves out where hazards decide.
const FIXED: &str = "hazards, arrivals and shared rates are fixed at their means, so it is narrower than the trials, which draw \
    them as well as the past knows them";

/// The forecast computed without trials. Amounts are in major units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ExactReport {
    /// How far the trials lie from it in the current period, in one sentence.
    pub sentence: String,
    /// Currency of every amount.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// Each period, the current one first, then all together.
    pub spans: Vec<ExactSpan>,
}

/// One period, or all of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ExactSpan {
    /// Such as `2026 Q4`; `all periods` for the last.
    pub label: String,
    /// The quota of the period.
    pub quota: Option<f64>,
    /// The simulated odds of the quota, before any correction by earlier quarters.
    pub simulated_odds: Option<Estimate>,
    /// The simulated median, before any correction.
    pub simulated_p50: Estimate,
    /// The figures without trials; `null` where there is no way to them.
    pub figures: Option<ExactFigures>,
    /// Why it is not exact, or not there at all; empty where it is exact.
    pub why_not: String,
}

/// What the distribution of a span says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ExactFigures {
    /// How it was found.
    pub method: ExactMethod,
    /// The most by which any probability moved in the last refinement; 0 where nothing was integrated.
    pub error: f64,
    /// The probability to reach the quota, won to date included.
    pub odds: Option<f64>,
    /// The smallest total that is not exceeded with 10 % probability.
    pub p10: f64,
    /// The same with 50 %.
    pub p50: f64,
    /// The same with 90 %.
    pub p90: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
}

impl Forecast {
    /// The forecast computed without trials, beside what was simulated.
    ///
    /// # Errors
    /// None of its own; those of preparing the forecast.
    pub fn exact_report(&self) -> Result<ExactReport, Error> {
        let (outcome, source) = (self.outcome(), self.source());
        let mut input = outcome.input(&source.model, &source.run)?;
        if let Some(renewals) = self.renewals() {
            input = renewals.joined(input);
        }
        let scale = outcome.currency.minor_per_major() as f64;
        let trials = self.trials();
        let mut spans = Vec::new();
        let periods = outcome.horizon.periods().iter().map(|period| period.label()).enumerate();
        for (period, label) in periods.map(|(i, label)| (Some(i), label)).chain([(None, "all periods".to_owned())]) {
            let totals = as_simulated(trials, period);
            let sample = trials.sample(&totals);
            let quota = period.and_then(|period| outcome.quotas[period]);
            let (found, why_not) = match input.exact(period) {
                Ok(exact) => (Some(exact), String::new()),
                Err(error) => match input.on_grid(period) {
                    Ok(grid) if error.code() == "drawn-amounts" => (Some(grid), FIXED.to_owned()),
                    Ok(grid) => (Some(grid), error.to_string()),
                    Err(error) if error.kind() == ErrorKind::Limit || error.code() == "drawn-amounts" => {
                        (None, error.to_string())
                    }
                    Err(error) => return Err(error),
                },
            };
            let p50 = sample.quantiles(&[0.5]).first().copied().unwrap_or(Estimate { value: 0.0, error: 0.0 });
            spans.push(ExactSpan {
                label,
                quota: quota.map(|minor| minor as f64 / scale),
                simulated_odds: quota.map(|minor| sample.share_at_least(minor)),
                simulated_p50: Estimate { value: p50.value / scale, error: p50.error / scale },
                figures: found.map(|exact| figures(&exact, quota, scale)),
                why_not,
            });
        }
        let before = if trials.is_corrected(0) { ", before earlier quarters correct them" } else { "" };
        let sentence = spans.first().map_or_else(String::new, |span| sentence(span, before));
        Ok(ExactReport { sentence, currency: outcome.currency, spans })
    }
}

/// Each trial's total before earlier quarters correct it, as the distribution knows nothing of them; renewals are in it.
fn as_simulated(trials: &Trials, period: Option<usize>) -> Vec<i64> {
    let mut sums = vec![0; trials.count()];
    for period in period.map_or(0..trials.periods(), |period| period..period + 1) {
        let renewed = trials.renewals(period).unwrap_or_default().iter().copied().chain(std::iter::repeat(0));
        for (sum, (total, renewed)) in sums.iter_mut().zip(trials.simulated(period).into_iter().zip(renewed)) {
            *sum += total + renewed;
        }
    }
    sums
}

fn figures(exact: &Exact, quota: Option<i64>, scale: f64) -> ExactFigures {
    let at = |p: f64| exact.quantile(p) as f64 / scale;
    ExactFigures {
        method: exact.method(),
        error: exact.error(),
        odds: quota.map(|minor| exact.share_at_least(minor)),
        p10: at(0.1),
        p50: at(0.5),
        p90: at(0.9),
        mean: exact.mean() / scale,
        sd: exact.sd() / scale,
    }
}

fn sentence(span: &ExactSpan, before: &str) -> String {
    let Some(figures) = &span.figures else {
        return format!("{}: no answer without trials", span.label);
    };
    let how = match figures.method {
        ExactMethod::Lattice | ExactMethod::Subsets => "exactly",
        ExactMethod::Grid => "on a fine grid, with rates fixed at their means",
    };
    match (figures.odds, span.simulated_odds) {
        (Some(odds), Some(simulated)) => format!(
            "{}: {} to reach the quota {how}, {} in the trials{before}",
            span.label,
            wording::percent(odds),
            wording::percent(simulated.value)
        ),
        _ => format!("{}: computed {how}", span.label),
    }
}
