//! Stage gates as plain data: who passes, what is lacking, what to do with each deal.

use super::manager::DealLabel;
use super::scenarios::{ScenarioPeriod, period_report};
use crate::Error;
use crate::crm::{ForecastCategory, Pipeline};
use crate::forecast::{Forecast, Hygiene, Triage};
use crate::money::Currency;
use crate::stats::Estimate;
use serde::Serialize;

/// The stage gates of a forecast. Amounts are in major units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GatesReport {
    /// Passing deals and what the forecast would be of them alone, in one sentence.
    pub sentence: String,
    /// The current period, such as `2026 Q4`.
    pub period: String,
    /// Currency of every amount.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// Open deals.
    pub deals: usize,
    /// Those that pass the gate of their stage.
    pub passing: usize,
    /// The current period of all deals.
    pub all: Option<ScenarioPeriod>,
    /// Of those that pass alone, on the same random numbers: with what is won to date and what is not in the file yet.
    pub gated: Option<ScenarioPeriod>,
    /// Of both forecasts: won to date.
    pub won_to_date: f64,
    /// Of both: what new business brings in the mean, before earlier quarters correct it; `null` where none is simulated.
    pub new_business: Option<Estimate>,
    /// The stages, in the order of the sale.
    pub stages: Vec<StageGateReport>,
    /// Open deals, in the order of the file.
    pub rows: Vec<DealGateReport>,
    /// Fields that the gates ask for and the file has no column for: they fail nobody.
    pub absent: Vec<String>,
}

/// How many deals of a stage pass its gate.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct StageGateReport {
    /// The name in the file; empty for deals without a known stage.
    pub stage: String,
    /// Who answers for the stage, as the model says.
    pub owner: Option<String>,
    /// Open deals.
    pub deals: usize,
    /// Those that pass.
    pub passing: usize,
    /// Their share, in [0, 1].
    pub compliance: f64,
    /// Amount of all.
    pub amount: f64,
    /// Amount of those that pass.
    pub passing_amount: f64,
    /// What deals here lack, most frequent first.
    pub lacks: Vec<LackReport>,
}

/// Something that deals lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LackReport {
    /// The condition that does not hold.
    pub condition: String,
    /// Deals that lack it.
    pub deals: usize,
}

/// What one deal lacks, and what to do with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DealGateReport {
    /// The deal.
    #[serde(flatten)]
    pub deal: DealLabel,
    /// Its stage as the file writes it.
    pub stage: String,
    /// What it is called.
    pub category: ForecastCategory,
    /// Its amount.
    pub amount: f64,
    /// Whether it passes the gate of its stage.
    pub passes: bool,
    /// Parts of the entry condition that do not hold.
    pub entry: Vec<String>,
    /// Parts of the exit condition that do not hold.
    pub exit: Vec<String>,
    /// Required fields that are blank.
    pub missing: Vec<String>,
    /// What its owner should put right.
    pub flags: Vec<Hygiene>,
    /// Days in its stage; `null` if the file does not say.
    pub stage_days: Option<i32>,
    /// The median there; `null` with fewer than five deals.
    pub median_days: Option<i32>,
    /// What to do with it.
    pub triage: Triage,
    /// Why; empty for deals to keep.
    pub reason: String,
}

impl Pipeline {
    /// The stage gates of this pipeline's forecast, as data.
    ///
    /// # Errors
    /// Those of [`gates`](Self::gates).
    pub fn gate_report(&self, forecast: &Forecast) -> Result<GatesReport, Error> {
        let gates = self.gates(forecast)?;
        let outcome = forecast.outcome();
        let scale = outcome.currency.minor_per_major() as f64;
        let passing = gates.deals.iter().filter(|deal| deal.passes).count();
        let first = |outlook: &crate::forecast::Outlook| outlook.periods.first().map(|p| period_report(p, scale));
        let (all, gated) = (first(&gates.all), first(&gates.gated));
        let period = outcome.horizon.periods().first().map_or_else(String::new, |period| period.label());
        let money = |period: &Option<ScenarioPeriod>| {
            super::wording::money(period.as_ref().map_or(0.0, |p| p.p50.value.value), outcome.currency)
        };
        let trials = forecast.trials();
        let won_to_date = trials.won_to_date(0) as f64 / scale;
        let new_business = trials.new_business(0).map(|new| trials.sample(new).mean().over(scale));
        let besides = new_business.map_or_else(String::new, |new| {
            let corrected = if trials.is_corrected(0) { ", before earlier quarters correct it" } else { "" };
            let told = |amount: f64| super::wording::money(amount, outcome.currency);
            format!(
                "; both hold {} won to date and new business that is not in the file yet, {} in the mean{corrected}",
                told(won_to_date),
                told(new.value)
            )
        });
        let model = forecast.source().model.stages();
        let owner = |name: &Option<String>| {
            let stage = name.as_ref().and_then(|name| model.iter().find(|stage| stage.name == *name));
            stage.and_then(|stage| stage.review.owner.clone())
        };
        let stages = gates.stages.iter().filter_map(|gate| {
            let line = outcome.stages.get(gate.stage)?;
            Some(StageGateReport {
                stage: line.name.clone(),
                owner: owner(&line.model_stage),
                deals: gate.deals,
                passing: gate.passing,
                compliance: gate.passing as f64 / gate.deals.max(1) as f64,
                amount: gate.amount as f64 / scale,
                passing_amount: gate.passing_amount as f64 / scale,
                lacks: gate
                    .lacks
                    .iter()
                    .map(|(condition, deals)| LackReport { condition: condition.clone(), deals: *deals })
                    .collect(),
            })
        });
        let rows = gates.deals.iter().filter_map(|gate| {
            let line = outcome.deals.get(gate.deal)?;
            Some(DealGateReport {
                deal: DealLabel {
                    row: line.row,
                    line: line.line,
                    id: line.id.clone(),
                    name: line.name.clone(),
                    account: line.account.clone(),
                },
                stage: outcome.stages.get(line.stage).map_or_else(String::new, |stage| stage.name.clone()),
                category: line.category,
                amount: line.amount as f64 / scale,
                passes: gate.passes,
                entry: gate.entry.clone(),
                exit: gate.exit.clone(),
                missing: gate.missing.clone(),
                flags: gate.flags.iter().copied().collect(),
                stage_days: gate.stage_days,
                median_days: gate.median_days,
                triage: gate.triage,
                reason: gate.reason.clone(),
            })
        });
        Ok(GatesReport {
            sentence: format!(
                "{passing} of {} open deals pass the gate of their stage; P50 of {period} is {} with all deals and {} with those alone{besides}",
                gates.deals.len(),
                money(&all),
                money(&gated)
            ),
            period,
            currency: outcome.currency,
            deals: gates.deals.len(),
            passing,
            stages: stages.collect(),
            rows: rows.collect(),
            absent: gates.absent.clone(),
            all,
            gated,
            won_to_date,
            new_business,
        })
    }
}
