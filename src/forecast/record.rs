//! The track record behind a forecast: how the same method did in the file's earlier quarters, and what that corrects.

use super::backtest::{AppliedCorrection, Backtest, BacktestOptions};
use super::corrected::Corrected;
use super::outcome::Outcome;
use super::trials::Trials;
use crate::calendar::{FiscalYear, PeriodKind};
use crate::model::{OperatingModel, Run, Switch, TimingSource};
use crate::money::Currency;
use crate::stats::Estimate;

/// Days of a quarter at whose end the record looks at it, beside the day of the forecast.
const CUTS: [u16; 3] = [14, 45, 70];

/// Whether and how earlier quarters corrected a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Why, or why not, in one sentence.
    pub reason: String,
    /// What was applied to the current quarter.
    pub applied: Option<AppliedCorrection>,
    /// P10, P50 and P90 of the current period as simulated, in minor units; with what was applied.
    pub simulated: Option<[Estimate; 3]>,
}

/// What a track record depends on, besides the rows of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordKey {
    cut: u16,
    before: i32,
    fiscal_year: FiscalYear,
    currency: Currency,
    seed: u32,
    /// Whether contracts tell what is renewed.
    contracts: bool,
}

/// The record that a forecast needs.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) key: RecordKey,
    options: BacktestOptions,
    until: i32,
    rows: [u8; 32],
}

impl Wanted {
    /// What corrects a forecast of this question, or why nothing does.
    pub(super) fn of(outcome: &Outcome, model: &OperatingModel, run: &Run, rows: [u8; 32]) -> Result<Self, String> {
        if run.calibration.unwrap_or(model.forecast().calibration) == Switch::Off {
            return Err("earlier quarters correct nothing, as asked".to_owned());
        }
        if outcome.timing.source != TimingSource::Hazards {
            return Err("earlier quarters correct nothing: what dates were stated then is not known".to_owned());
        }
        if !outcome.timing.new_business {
            return Err("earlier quarters correct nothing: they had new business, and here it is off".to_owned());
        }
        if run.period != PeriodKind::Quarter {
            return Err("earlier quarters correct quarters alone: of months and years there is no record".to_owned());
        }
        let as_of = outcome.horizon.as_of();
        let Some(quarter) = outcome.horizon.periods().first() else {
            return Err("there is no period to correct".to_owned());
        };
        let days = as_of.days_since(quarter.first_day()) + 1;
        let cut = u16::try_from(days).unwrap_or(1);
        if as_of >= quarter.last_day() {
            return Err("the quarter is over".to_owned());
        }
        let mut cuts = CUTS.to_vec();
        cuts.push(cut);
        cuts.sort_unstable();
        cuts.dedup();
        let (fiscal_year, currency) = (model.meta().fiscal_year, model.meta().currency);
        let (before, contracts) = (quarter.first_day().days(), outcome.past.history.contracts);
        let key = RecordKey { cut, before, fiscal_year, currency, seed: run.seed, contracts };
        let to = Some(quarter.previous().label());
        let options = BacktestOptions { to, cuts, seed: run.seed, fiscal_year, currency, ..BacktestOptions::default() };
        Ok(Self { key, options, until: quarter.last_day().days(), rows })
    }

    /// The record, not yet begun, or why there is none.
    pub(super) fn begin(&self, outcome: &Outcome) -> Result<Backtest, String> {
        Backtest::of(outcome.past.history.clone(), self.rows, &self.options, Some(self.until)).map_err(|_| {
            "earlier quarters correct nothing: none lies wholly in the file with 10 won deals before it".to_owned()
        })
    }
}

/// That some quarters were not taken at their word.
fn held_back(quarters: usize) -> String {
    match quarters {
        0 => String::new(),
        1 => "; one of them ended so far off, as if hardly recorded, that it counts as three usual errors".to_owned(),
        n => format!("; {n} of them ended so far off, as if hardly recorded, that each counts as three usual errors"),
    }
}

/// Corrects the current quarter's trials by the record so far.
pub(super) fn correct(outcome: &Outcome, trials: &mut Trials, record: &Backtest) -> Calibration {
    let nothing = |reason: &str| Calibration { reason: reason.to_owned(), applied: None, simulated: None };
    let Some(quarter) = outcome.horizon.periods().first().copied() else { return nothing("there is no period") };
    let won = trials.won_to_date(0);
    let totals = trials.simulated(0);
    let quantiles = trials.sample(&totals).quantiles(&[0.1, 0.5, 0.9]);
    let raw = Corrected::quantiles(totals, won);
    let Some((corrected, applied)) = record.correct(quarter, outcome.horizon.as_of().days(), &raw) else {
        return nothing("the track record does not know this day of a quarter");
    };
    trials.correct(0, Corrected::new(won, &raw, &corrected));
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    let reason = format!(
        "{} earlier quarters seen from day {} correct the current one: the deals count {}, the run of the total {}, and \
         what is still to come is multiplied by {:.2}",
        applied.quarters,
        applied.cut,
        percent(applied.weight),
        percent(1.0 - applied.weight),
        applied.factor
    ) + &held_back(applied.held_back);
    let reason = match outcome.horizon.periods() {
        [_, next, ..] => format!(
            "{reason}; {} and what follows is as simulated: the record is of quarters seen from within",
            next.label()
        ),
        _ => reason,
    };
    let simulated = <[Estimate; 3]>::try_from(quantiles).ok();
    Calibration { reason, applied: Some(applied), simulated }
}
