//! What a forecast says: odds, percentiles with their error, calls beside simulation, stages and assumptions.

use super::categories::{CategoryReport, category_reports};
use super::figures::{Figures, figures};
use super::renewals::{self, RenewalsReport};
use super::{fingerprint, wording};
use crate::calendar::Date;
use crate::crm::ForecastCategory;
use crate::forecast::{AppliedCorrection, DealLine, FitStatement, Forecast, Outcome, StageSource, Trials};
use crate::model::{DealProbability, TimingSource};
use crate::money::Currency;
use crate::stats::Estimate;
use crate::table::Receipt;
use serde::Serialize;

/// Excluded deals above this share of the open ones are said in the headline.
const WORTH_SAYING: f64 = 0.05;

/// A forecast as data. Amounts are in major units of `currency`; P10 is the amount that 10 % of trials stay at or below.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ForecastReport {
    /// Version of the engine.
    pub engine: &'static str,
    /// SHA-256 over engine, model, run and rows, in hexadecimal: equal for equal input in any order of the rows.
    pub fingerprint: String,
    /// The day of the forecast.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub as_of: Date,
    /// Seed of the streams.
    pub seed: u32,
    /// Trials run: those asked for, rounded up to whole batches.
    pub trials: usize,
    /// Batches they ran in; rates and market are drawn once per batch.
    pub batches: usize,
    /// Currency of every amount.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// The current period, such as `2025 Q1`.
    pub period: String,
    /// The current period in one sentence and its figures.
    pub headline: Headline,
    /// Each period, the current one first.
    pub periods: Vec<PeriodReport>,
    /// All periods together.
    pub total: TotalReport,
    /// The current period by category: called, and simulated.
    pub categories: Vec<CategoryReport>,
    /// The stages that open deals are in, in the order of the sale.
    pub stages: Vec<StageReport>,
    /// Σ probability × amount of all open deals, whenever they close.
    pub weighted_pipeline: f64,
    /// How well the open deals are kept; the grade of the receipt is of how the file could be read.
    pub hygiene: PipelineHygiene,
    /// What decides when deals close, why, and what the file's past says.
    pub timing: TimingReport,
    /// Per period: what deals that are not in the pipeline yet bring; empty if they are not simulated.
    pub new_business: Vec<NewBusinessReport>,
    /// What contracts bring that come due; none if no file of contracts was attached. Part of each period's figures.
    pub renewals: Option<RenewalsReport>,
    /// Whether and how earlier quarters of the file corrected the current one.
    pub calibration: CalibrationReport,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// What was read, used and left out.
    pub receipt: Receipt,
}

/// How well open deals are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct PipelineHygiene {
    /// The counts in one sentence.
    pub sentence: String,
    /// Open deals.
    pub open: usize,
    /// Of them: their stated close date has passed.
    pub past_close: usize,
    /// Without a close date.
    pub without_close: usize,
    /// Without an amount.
    pub without_amount: usize,
    /// Without an owner.
    pub without_owner: usize,
}

impl PipelineHygiene {
    fn of(deals: &[DealLine]) -> Self {
        let count = |test: fn(&DealLine) -> bool| deals.iter().filter(|deal| test(deal)).count();
        let past_close = count(|deal| deal.is_past_close);
        let without_close = count(|deal| deal.close.is_none());
        let without_amount = count(|deal| !deal.amount_known);
        let without_owner = count(|deal| deal.owner.is_empty());
        // A file without owners is not one of deals that nobody owns.
        let unowned = if without_owner < deals.len() { without_owner } else { 0 };
        let named = [
            (past_close, "past their close date"),
            (without_close, "without a close date"),
            (without_amount, "without an amount"),
            (unowned, "without an owner"),
        ];
        let mut open = wording::count(deals.len(), "open deal", "open deals");
        let mut found = Vec::new();
        for (count, what) in named.into_iter().filter(|(count, _)| *count > 0) {
            let of = if found.is_empty() { format!(" of {open}") } else { String::new() };
            found.push(format!("{count}{of} {what}"));
        }
        if found.is_empty() && !deals.is_empty() {
            open.push_str(", all with an amount and a close date to come");
        }
        let sentence = if found.is_empty() { open } else { found.join(", ") };
        Self { sentence, open: deals.len(), past_close, without_close, without_amount, without_owner }
    }
}

/// What earlier quarters of the file corrected.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CalibrationReport {
    /// How, or why not, in one sentence.
    pub reason: String,
    /// What was applied; none if nothing was corrected. Categories, new business and single deals are as simulated.
    pub applied: Option<AppliedCorrection>,
    /// The current period as simulated, before the correction.
    pub simulated: Option<SimulatedFigures>,
    /// What was applied to the next quarter; none where earlier quarters do not show that it is forecast better so.
    pub next: Option<AppliedCorrection>,
    /// The next quarter as simulated, before the correction.
    pub next_simulated: Option<SimulatedFigures>,
}

/// Percentiles as simulated, before any correction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedFigures {
    /// 10 % of trials stay at or below this.
    pub p10: Estimate,
    /// Half of the trials stay at or below this.
    pub p50: Estimate,
    /// 90 % of trials stay at or below this.
    pub p90: Estimate,
}

/// What decides when deals close and how many are won.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct TimingReport {
    /// `hazards`: how fast the file's own closed deals were won and lost; `dates`: stated dates and stages.
    pub source: TimingSource,
    /// Why, in one sentence with the counts.
    pub reason: String,
    /// Deals won with a created and a closed date.
    pub won: u64,
    /// Deals lost likewise.
    pub lost: u64,
    /// Days of records.
    pub days: i32,
    /// What the past says, at most eight statements; shown, and used where hazards decide.
    pub fit: Vec<FitStatement>,
}

/// What deals that are not in the pipeline yet bring in one period. Part of the period's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct NewBusinessReport {
    /// Label of the period.
    pub period: String,
    /// The mean.
    pub mean: Estimate,
    /// 10 % of trials stay at or below this.
    pub p10: Estimate,
    /// Half of the trials stay at or below this.
    pub p50: Estimate,
    /// 90 % of trials stay at or below this.
    pub p90: Estimate,
    /// Its mean over the mean of the whole period; none where that is 0.
    pub share: Option<Estimate>,
}

/// The current period at a glance.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Headline {
    /// Such as `62 % to reach $1.2M; P50 $1.26M; 38 deals; 4 excluded`.
    pub sentence: String,
    /// The quota, if there is one.
    pub quota: Option<f64>,
    /// The probability to reach it, won to date included.
    pub odds: Option<Estimate>,
    /// 10 % of trials stay at or below this.
    pub p10: Estimate,
    /// Half of the trials stay at or below this.
    pub p50: Estimate,
    /// 90 % of trials stay at or below this.
    pub p90: Estimate,
    /// The mean.
    pub mean: Estimate,
    /// Amount won up to the day of the forecast; part of every trial.
    pub won_to_date: f64,
    /// Open deals simulated.
    pub open_deals: usize,
    /// Open deals that could not be used.
    pub excluded_deals: usize,
    /// Their share of all open deals, by number: amounts without a rate cannot be compared.
    pub excluded_share: f64,
}

/// One period.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct PeriodReport {
    /// Such as `2025 Q1`.
    pub label: String,
    /// First day.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub start: Date,
    /// Last day, itself part of the period.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub end: Date,
    /// The quota, if there is one.
    pub quota: Option<f64>,
    /// The probability to reach it.
    pub odds: Option<Estimate>,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// All periods together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct TotalReport {
    /// From the first period to the last, such as `2025 Q1 – 2025 Q4`.
    pub label: String,
    /// First day.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub start: Date,
    /// Last day.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub end: Date,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// A stage that open deals are in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct StageReport {
    /// The name in the file; empty for deals without a known stage.
    pub name: String,
    /// Open deals in it.
    pub count: usize,
    /// Their amount.
    pub amount: f64,
    /// Place in the order of the sale.
    pub order: u32,
    /// Share of deals here that are won in the end.
    pub win_probability: f64,
    /// How many closed deals that figure is worth; none if known exactly.
    pub strength: Option<f64>,
    /// Where it comes from.
    pub source: StageSource,
    /// Category of deals that state none.
    pub category: ForecastCategory,
    /// The model's stage that this one is, if any.
    pub model_stage: Option<String>,
}

/// An open deal as the forecast counted it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DealRow {
    /// Row in the table.
    pub row: usize,
    /// Line in the file, from 1.
    pub line: u64,
    /// The id in the source system, or empty.
    pub id: String,
    /// Name of the deal, or empty.
    pub name: String,
    /// Company the deal is with, or empty.
    pub account: String,
    /// Sales person in charge, or empty.
    pub owner: String,
    /// The stage as the file writes it; empty if not known.
    pub stage: String,
    /// What it is called.
    pub category: ForecastCategory,
    /// The amount.
    pub amount: f64,
    /// The stated close date.
    #[cfg_attr(feature = "wasm", tsify(type = "string | null"))]
    pub close: Option<Date>,
    /// Whether that date has passed.
    pub past_close: bool,
    /// The probability that it is won in the end.
    pub probability: f64,
    /// Whether that is the deal's own or its stage's.
    pub probability_source: DealProbability,
    /// The probability that it is won in the current period, the market aside.
    pub won_in_period: f64,
    /// Label of the period it is called in, if any.
    pub called_in: Option<String>,
}

impl Forecast {
    /// The forecast as data.
    #[must_use]
    pub fn report(&self) -> ForecastReport {
        let (outcome, trials) = (self.outcome(), self.trials());
        let source = self.source();
        let mut whole = vec![0; trials.count()];
        let (mut periods, mut new) = (Vec::with_capacity(trials.periods()), Vec::new());
        for index in 0..trials.periods() {
            let totals = trials.period(index);
            whole.iter_mut().zip(&totals).for_each(|(sum, total)| *sum += total);
            periods.push(period_report(outcome, trials, index, &totals));
            new.extend(new_business(outcome, trials, index, &totals));
        }
        let renewed = trials.renewals(0).map(|totals| trials.sample(totals).mean().value);
        let horizon = outcome.horizon.periods();
        let major = |minor: f64| minor / outcome.currency.minor_per_major() as f64;
        ForecastReport {
            engine: crate::ENGINE,
            fingerprint: fingerprint::of(&source.model, &source.run, &source.rows),
            as_of: outcome.horizon.as_of(),
            seed: source.run.seed,
            trials: trials.count(),
            batches: trials.plan().batches,
            currency: outcome.currency,
            period: horizon.first().map_or_else(String::new, |period| period.label()),
            headline: headline(outcome, &periods, renewed),
            new_business: new,
            total: total_report(outcome, trials, &whole),
            periods,
            categories: category_reports(outcome, trials),
            stages: outcome
                .stages
                .iter()
                .map(|line| StageReport {
                    name: line.name.clone(),
                    count: line.count,
                    amount: major(line.amount as f64),
                    order: line.order,
                    win_probability: line.win_probability,
                    strength: line.strength,
                    source: line.source,
                    category: line.category,
                    model_stage: line.model_stage.clone(),
                })
                .collect(),
            weighted_pipeline: major(outcome.weighted(|_| true)),
            hygiene: PipelineHygiene::of(&outcome.deals),
            timing: TimingReport {
                source: outcome.timing.source,
                reason: outcome.timing.reason.clone(),
                won: outcome.timing.won,
                lost: outcome.timing.lost,
                days: outcome.timing.days,
                fit: outcome.timing.fit.clone(),
            },
            renewals: renewals::report(self),
            calibration: CalibrationReport {
                reason: self.calibration().reason.clone(),
                applied: self.calibration().applied,
                simulated: self
                    .calibration()
                    .simulated
                    .map(|quantiles| simulated_figures(quantiles, outcome.currency.minor_per_major() as f64)),
                next: self.calibration().next,
                next_simulated: self
                    .calibration()
                    .next_simulated
                    .map(|quantiles| simulated_figures(quantiles, outcome.currency.minor_per_major() as f64)),
            },
            assumptions: outcome.assumptions.iter().cloned().chain(self.renewals().map(renewals::assumption)).collect(),
            receipt: outcome.receipt.clone(),
        }
    }

    /// The open deals, in the order of the file.
    #[must_use]
    pub fn deals(&self) -> Vec<DealRow> {
        self.outcome().deals.iter().map(|deal| deal_row(self.outcome(), deal)).collect()
    }
}

fn simulated_figures(quantiles: [Estimate; 3], scale: f64) -> SimulatedFigures {
    let [p10, p50, p90] = quantiles.map(|quantile| quantile.over(scale));
    SimulatedFigures { p10, p50, p90 }
}

fn new_business(outcome: &Outcome, trials: &Trials, index: usize, whole: &[i64]) -> Option<NewBusinessReport> {
    let totals = trials.new_business(index)?;
    let scale = outcome.currency.minor_per_major() as f64;
    let sample = trials.sample(totals);
    let mean = sample.mean().over(scale);
    let quantiles = sample.quantiles(&[0.1, 0.5, 0.9]);
    let [p10, p50, p90] = [0, 1, 2].map(|at| quantiles.get(at).copied().unwrap_or_default().over(scale));
    Some(NewBusinessReport {
        period: outcome.horizon.periods().get(index)?.label(),
        mean,
        p10,
        p50,
        p90,
        share: sample.mean_over(&trials.sample(whole)),
    })
}

fn headline(outcome: &Outcome, periods: &[PeriodReport], renewed: Option<f64>) -> Headline {
    let open_deals = outcome.deals.len();
    let excluded_share = outcome.excluded as f64 / (outcome.excluded + open_deals).max(1) as f64;
    let current = periods.first();
    let estimate = |of: fn(&Figures) -> Estimate| current.map_or(Estimate::default(), |period| of(&period.figures));
    let (quota, odds) = current.map_or((None, None), |period| (period.quota, period.odds));
    let p50 = estimate(|figures| figures.p50);
    let money = |amount| wording::money(amount, outcome.currency);
    let mut parts = Vec::new();
    if let (Some(quota), Some(odds)) = (quota, odds) {
        parts.push(format!("{} to reach {}", wording::percent(odds.value), money(quota)));
    }
    parts.push(format!("P50 {}", money(p50.value)));
    if quota.is_none() {
        let (p10, p90) = (estimate(|figures| figures.p10), estimate(|figures| figures.p90));
        parts.push(format!("P10 {}, P90 {}", money(p10.value), money(p90.value)));
    }
    if let Some(renewed) = renewed {
        let major = renewed / outcome.currency.minor_per_major() as f64;
        parts.push(format!("{} of it expected from renewals", money(major)));
    }
    parts.push(wording::count(open_deals, "deal", "deals"));
    parts.push(if excluded_share > WORTH_SAYING {
        format!("{} excluded, {} of the open pipeline", outcome.excluded, wording::percent(excluded_share))
    } else {
        format!("{} excluded", outcome.excluded)
    });
    Headline {
        sentence: parts.join("; "),
        quota,
        odds,
        p10: estimate(|figures| figures.p10),
        p50,
        p90: estimate(|figures| figures.p90),
        mean: estimate(|figures| figures.mean),
        won_to_date: current.map_or(0.0, |period| period.figures.won_to_date),
        open_deals,
        excluded_deals: outcome.excluded,
        excluded_share,
    }
}

fn period_report(outcome: &Outcome, trials: &Trials, index: usize, totals: &[i64]) -> PeriodReport {
    let period = outcome.horizon.periods()[index];
    let quota = outcome.quotas[index];
    let weighted = outcome.weighted(|deal| deal.called_in == Some(index));
    PeriodReport {
        label: period.label(),
        start: period.first_day(),
        end: period.last_day(),
        quota: quota.map(|minor| minor as f64 / outcome.currency.minor_per_major() as f64),
        odds: quota.map(|minor| trials.sample(totals).share_at_least(minor)),
        figures: figures(outcome, trials, totals, trials.won_to_date(index), weighted),
    }
}

fn total_report(outcome: &Outcome, trials: &Trials, totals: &[i64]) -> TotalReport {
    let periods = outcome.horizon.periods();
    let (first, last) = (periods.first(), periods.last());
    let label = |period: Option<&crate::calendar::Period>| period.map_or_else(String::new, |p| p.label());
    let as_of = outcome.horizon.as_of();
    let won = (0..trials.periods()).map(|index| trials.won_to_date(index)).sum();
    let weighted = outcome.weighted(|deal| deal.called_in.is_some());
    TotalReport {
        label: if periods.len() == 1 { label(first) } else { format!("{} – {}", label(first), label(last)) },
        start: first.map_or(as_of, |period| period.first_day()),
        end: last.map_or(as_of, |period| period.last_day()),
        figures: figures(outcome, trials, totals, won, weighted),
    }
}

fn deal_row(outcome: &Outcome, deal: &DealLine) -> DealRow {
    let steps = outcome.horizon.steps();
    let current_end = steps.iter().rposition(|step| step.period == 0).unwrap_or(0);
    DealRow {
        row: deal.row,
        line: deal.line,
        id: deal.id.clone(),
        name: deal.name.clone(),
        account: deal.account.clone(),
        owner: deal.owner.clone(),
        stage: outcome.stages[deal.stage].name.clone(),
        category: deal.category,
        amount: deal.amount as f64 / outcome.currency.minor_per_major() as f64,
        close: deal.close,
        past_close: deal.is_past_close,
        probability: deal.probability,
        probability_source: deal.probability_source,
        won_in_period: deal.probability * deal.closed_by.get(current_end).copied().unwrap_or(0.0),
        called_in: deal.called_in.map(|period| outcome.horizon.periods()[period].label()),
    }
}
