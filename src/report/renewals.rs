//! What contracts bring in each period, and how often they are renewed.

use super::wording;
use crate::forecast::{Forecast, Renewals};
use crate::stats::{Estimate, Interval};
use serde::Serialize;

/// What contracts bring that come due. Amounts are in major units of the forecast's currency.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct RenewalsReport {
    /// How often contracts are renewed and from what that is known, in one sentence.
    pub sentence: String,
    /// What was left out or is not known, one sentence each.
    pub notes: Vec<String>,
    /// Share of contracts renewed at the end of a term: posterior mean.
    pub rate: f64,
    /// Its 95 % interval.
    pub interval: Interval,
    /// Terms that came to their end up to the day of the forecast.
    pub ended: usize,
    /// How many of them were renewed.
    pub renewed: usize,
    /// Mean of what a renewed contract brings over what it brought; 1 where fewer than ten are known.
    pub change: f64,
    /// Contracts that run on the day of the forecast.
    pub running: usize,
    /// Of them, those without an end: never due.
    pub without_end: usize,
    /// Each period of the forecast.
    pub periods: Vec<RenewalLine>,
}

/// What contracts bring in one period; part of the period's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct RenewalLine {
    /// Label of the period.
    pub period: String,
    /// Renewals that come due after the day of the forecast.
    pub due: usize,
    /// What they bring now.
    pub amount: f64,
    /// Renewed in the period up to the day of the forecast; part of the figures below.
    pub renewed_to_date: f64,
    /// What ended in the period for good, or is known to.
    pub ended: f64,
    /// What the due ones are expected to lose.
    pub churn: f64,
    /// What the renewed ones are expected to bring more, or less, than they do now.
    pub expansion: f64,
    /// The mean: renewed to date + amount − churn + expansion, but for chance.
    pub mean: Estimate,
    /// 10 % of trials stay at or below this.
    pub p10: Estimate,
    /// Half of the trials stay at or below this.
    pub p50: Estimate,
    /// 90 % of trials stay at or below this.
    pub p90: Estimate,
    /// Its mean over the mean of the whole period; none where that is 0.
    pub share: Option<f64>,
}

pub(super) fn report(forecast: &Forecast) -> Option<RenewalsReport> {
    let renewals = forecast.renewals()?;
    let (counts, (rate, interval)) = (renewals.counts(), renewals.rate());
    let periods = (0..forecast.trials().periods()).filter_map(|period| line(forecast, renewals, period));
    Some(RenewalsReport {
        sentence: sentence(renewals),
        notes: notes(renewals),
        rate,
        interval,
        ended: counts.ended,
        renewed: counts.renewed,
        change: renewals.change(),
        running: counts.running,
        without_end: counts.without_end,
        periods: periods.collect(),
    })
}

/// What is assumed of them, in one sentence.
pub(super) fn assumption(renewals: &Renewals) -> String {
    let each =
        if renewals.has_later_terms() { ", a later term of a contract only where those before it were" } else { "" };
    format!(
        "contracts that come due are renewed or end, as those before them{each}; what is renewed is part of each total"
    )
}

fn line(forecast: &Forecast, renewals: &Renewals, period: usize) -> Option<RenewalLine> {
    let (outcome, trials) = (forecast.outcome(), forecast.trials());
    let scale = outcome.currency.minor_per_major() as f64;
    let known = renewals.period(outcome, period);
    let totals = trials.renewals(period)?;
    let sample = trials.sample(totals);
    let mean = sample.mean();
    let quantiles = sample.quantiles(&[0.1, 0.5, 0.9]);
    let at = |index: usize| quantiles.get(index).copied().unwrap_or_default().over(scale);
    let whole = trials.period(period);
    let all = trials.sample(&whole).mean().value;
    Some(RenewalLine {
        period: outcome.horizon.periods().get(period)?.label(),
        due: known.due,
        amount: known.amount as f64 / scale,
        renewed_to_date: known.to_date as f64 / scale,
        ended: known.ended as f64 / scale,
        churn: known.churn / scale,
        expansion: known.expansion / scale,
        mean: mean.over(scale),
        p10: at(0),
        p50: at(1),
        p90: at(2),
        share: (all > 0.0).then(|| mean.value / all),
    })
}

fn sentence(renewals: &Renewals) -> String {
    let (counts, (rate, interval)) = (renewals.counts(), renewals.rate());
    let [rate, low, high] = [rate, interval.low, interval.high].map(wording::percent);
    let from = match counts.ended {
        0 => "no term has come to its end yet, so that is an assumption".to_owned(),
        ended => format!(
            "{} of {} that came to their end were renewed, beside an assumption worth 8",
            counts.renewed,
            wording::count(ended, "term", "terms")
        ),
    };
    format!("contracts are renewed at {rate} ({low} to {high}): {from}")
}

fn notes(renewals: &Renewals) -> Vec<String> {
    let counts = renewals.counts();
    let contracts = |count: usize| wording::count(count, "contract", "contracts");
    let mut notes = Vec::new();
    if counts.ended > 0 && counts.renewed == counts.ended {
        notes.push(
            "no contract of the file ended for good: if it leaves out former customers, the rate is too high"
                .to_owned(),
        );
    }
    if counts.changes < 10 {
        notes.push(format!(
            "renewals bring what they brought: how that changes is known of {}, and 10 are needed",
            counts.changes
        ));
    }
    let left_out = [
        (counts.without_end, "have no end: they go on and never come due"),
        (counts.lapsed, "ended in the last 90 days and may still be renewed: not counted"),
        (counts.in_deals, "are renewed by a deal of the file: left to the deals"),
        (counts.without_amount, "come due or were renewed, and nothing says what they bring: not counted"),
        (counts.foreign, "are in another currency: not counted"),
    ];
    notes.extend(
        left_out.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{}: {what}", contracts(*count))),
    );
    notes
}
