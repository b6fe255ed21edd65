//! The forecast categories of the current period: as called, as delivered before, and as simulated.

use crate::crm::ForecastCategory;
use crate::forecast::{DealLine, OPEN_CATEGORIES, Outcome, Trials};
use crate::stats::Estimate;
use serde::Serialize;

/// One category of the current period. Called: deals whose stated date falls into it, past-due ones included.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CategoryReport {
    /// `closed`, `commit`, `best-case`, `pipeline` or `omitted`.
    pub category: ForecastCategory,
    /// Deals called; for `closed` those won.
    pub deals: usize,
    /// Their amount.
    pub called: f64,
    /// The call: this category and the surer ones. None for omitted deals, which are in no call.
    pub called_cumulative: Option<f64>,
    /// Σ probability × amount of the deals called.
    pub weighted: f64,
    /// Mean of what the category's deals bring in the period.
    pub mean: Estimate,
    /// 10 % of trials stay at or below this.
    pub p10: Estimate,
    /// Half of the trials stay at or below this.
    pub p50: Estimate,
    /// 90 % of trials stay at or below this.
    pub p90: Estimate,
    /// What this category and the surer ones bring, won to date included. None for omitted deals.
    pub cumulative: Option<CategoryFigures>,
    /// What such calls delivered in earlier periods; none for `closed`, and where no history tells what was called then.
    pub delivered: Option<CategoryDelivered>,
}

/// What a category delivered in earlier periods, each seen from the day of the period that it is today.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CategoryDelivered {
    /// Of the amount called then, the share that was won by the end of the period.
    pub share: f64,
    /// Lower end of its 95 % interval; none of a single period.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Periods in which such deals were called.
    pub periods: usize,
    /// Deals called in them.
    pub deals: usize,
    /// Whether dates stated then say what was called for the period, as today. Else all open deals of the category count, then and now.
    pub by_date: bool,
    /// That share of what stands in the category today.
    pub amount: f64,
    /// Won to date, and that of this category and the surer ones; none for omitted deals, and where one of them is not known.
    pub cumulative: Option<f64>,
}

/// Mean and percentiles of a category with the surer ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CategoryFigures {
    /// The mean.
    pub mean: Estimate,
    /// 10 % of trials stay at or below this.
    pub p10: Estimate,
    /// Half of the trials stay at or below this.
    pub p50: Estimate,
    /// 90 % of trials stay at or below this.
    pub p90: Estimate,
}

/// Closed first, then the open categories from the surest down.
pub(super) fn category_reports(outcome: &Outcome, trials: &Trials) -> Vec<CategoryReport> {
    let scale = outcome.currency.minor_per_major() as f64;
    let won = trials.won_to_date(0);
    let closed = won as f64 / scale;
    let known = Estimate { value: closed, error: 0.0 };
    let certain = CategoryFigures { mean: known, p10: known, p50: known, p90: known };
    let mut reports = vec![CategoryReport {
        category: ForecastCategory::Closed,
        deals: outcome.won_deals,
        called: closed,
        called_cumulative: Some(closed),
        weighted: closed,
        mean: known,
        p10: known,
        p50: known,
        p90: known,
        cumulative: Some(certain),
        delivered: None,
    }];
    let mut delivered_so_far = Some(closed);
    let mut called_so_far = won;
    let mut surer = vec![0; trials.count()];
    for (index, &category) in OPEN_CATEGORIES.iter().enumerate() {
        let called = |deal: &DealLine| deal.category == category && deal.called_in == Some(0);
        let deals: Vec<&DealLine> = outcome.deals.iter().filter(|deal| called(deal)).collect();
        let amount: i64 = deals.iter().map(|deal| deal.amount).sum();
        called_so_far += amount;
        let in_call = category != ForecastCategory::Omitted;
        let totals = trials.category(index);
        surer.iter_mut().zip(&totals).for_each(|(sum, total)| *sum += total);
        let single = category_figures(trials, &totals, 0, scale);
        let mut before = delivered(outcome, category, amount);
        // What nothing is called in adds nothing, whatever it delivered.
        let added = before.map(|before| before.amount).or((deals.is_empty() && in_call).then_some(0.0));
        delivered_so_far = delivered_so_far.zip(added).map(|(sum, more)| sum + more);
        if let Some(before) = &mut before {
            before.cumulative = delivered_so_far.filter(|_| in_call);
        }
        reports.push(CategoryReport {
            category,
            deals: deals.len(),
            called: amount as f64 / scale,
            called_cumulative: in_call.then_some(called_so_far as f64 / scale),
            weighted: outcome.weighted(called) / scale,
            mean: single.mean,
            p10: single.p10,
            p50: single.p50,
            p90: single.p90,
            cumulative: in_call.then(|| category_figures(trials, &surer, won, scale)),
            delivered: before,
        });
    }
    reports
}

/// What a category delivered before, held against the amount called in it today.
fn delivered(outcome: &Outcome, category: ForecastCategory, called: i64) -> Option<CategoryDelivered> {
    let before = outcome.delivered();
    let line = before.of(category)?;
    let open = || outcome.deals.iter().filter(|deal| deal.category == category).map(|deal| deal.amount).sum::<i64>();
    let stands = if before.is_dated { called } else { open() };
    Some(CategoryDelivered {
        share: line.share,
        low: line.interval.map(|(low, _)| low),
        high: line.interval.map(|(_, high)| high),
        periods: line.periods,
        deals: line.deals,
        by_date: before.is_dated,
        amount: line.share * stands as f64 / outcome.currency.minor_per_major() as f64,
        cumulative: None,
    })
}

fn category_figures(trials: &Trials, totals: &[i64], won: i64, scale: f64) -> CategoryFigures {
    let sample = trials.sample(totals);
    let major = |minor: Estimate| Estimate { value: minor.value + won as f64, ..minor }.over(scale);
    let quantiles = sample.quantiles(&[0.1, 0.5, 0.9]);
    let [p10, p50, p90] = [0, 1, 2].map(|at| major(quantiles.get(at).copied().unwrap_or_default()));
    CategoryFigures { mean: major(sample.mean()), p10, p50, p90 }
}
