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
/// As many days as the longest quarter has.
const LAST_DAY: u16 = 92;

/// Whether and how earlier quarters corrected a forecast.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration {
    /// Why, or why not, in one sentence.
    pub reason: String,
    /// What was applied to the current quarter.
    pub applied: Option<AppliedCorrection>,
    /// P10, P50 and P90 of the current period as simulated, in minor units; with what was applied.
    pub simulated: Option<[Estimate; 3]>,
    /// What was applied to the next quarter, where earlier quarters show that it is forecast better so.
    pub next: Option<AppliedCorrection>,
    /// P10, P50 and P90 of the next quarter as simulated, in minor units; with what was applied to it.
    pub next_simulated: Option<[Estimate; 3]>,
}

impl Calibration {
    /// Nothing is corrected, for a reason.
    pub(super) fn nothing(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }
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
    /// Whether the next quarter is looked at too.
    ahead: bool,
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
        let is_over = as_of >= quarter.last_day();
        if is_over && outcome.horizon.periods().len() < 2 {
            return Err("the quarter is over".to_owned());
        }
        // Quarters are 90 to 92 days long: the end of one is the end of each.
        let cut = if is_over { LAST_DAY } else { cut };
        let mut cuts = CUTS.to_vec();
        cuts.extend((!is_over).then_some(cut));
        cuts.sort_unstable();
        cuts.dedup();
        let (fiscal_year, currency) = (model.meta().fiscal_year, model.meta().currency);
        let (before, contracts) = (quarter.first_day().days(), outcome.past.history.contracts);
        let ahead = outcome.horizon.periods().len() > 1;
        let key = RecordKey { cut, before, fiscal_year, currency, seed: run.seed, contracts, ahead };
        let to = Some(quarter.previous().label());
        let options = BacktestOptions { to, cuts, seed: run.seed, fiscal_year, currency, ..BacktestOptions::default() };
        Ok(Self { key, options, until: quarter.next().last_day().days(), rows })
    }

    /// The record, not yet begun, or why there is none.
    pub(super) fn begin(&self, outcome: &Outcome) -> Result<Backtest, String> {
        let history = outcome.past.history.clone();
        let mut record = Backtest::of(history, self.rows, &self.options, Some(self.until)).map_err(|_| {
            "earlier quarters correct nothing: none lies wholly in the file with 10 won deals before it".to_owned()
        })?;
        if self.key.ahead {
            record.look_ahead(self.key.cut);
        }
        Ok(record)
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

/// Corrects the trials of the current quarter, and of the next one where that was worth it before, by the record so far.
pub(super) fn correct(outcome: &Outcome, trials: &mut Trials, record: &Backtest) -> Calibration {
    let Some(quarter) = outcome.horizon.periods().first().copied() else {
        return Calibration::nothing("there is no period".to_owned());
    };
    let day = outcome.horizon.as_of().days();
    let mut calibration = if day >= quarter.last_day().days() {
        Calibration::nothing("the quarter is over".to_owned())
    } else {
        match with_raw(trials, 0, |raw| record.correct(quarter, day, raw)) {
            None => Calibration::nothing("the track record does not know this day of a quarter".to_owned()),
            Some(Corrections { applied, simulated }) => {
                Calibration { reason: told(&applied), applied: Some(applied), simulated, ..Calibration::default() }
            }
        }
    };
    if let [_, next, rest @ ..] = outcome.horizon.periods() {
        let found = with_raw(trials, 1, |raw| record.correct_next(quarter, day, raw));
        calibration.reason += &match &found {
            Some(Corrections { applied, .. }) => format!(
                "; {} is joined with the run of the total too, as earlier quarters would have been forecast better so from the \
                 quarter before: its deals count {}, and it is multiplied by {:.2}{}",
                next.label(),
                percent(applied.weight),
                applied.factor,
                if rest.is_empty() { "" } else { "; what follows is as simulated" }
            ),
            None => format!(
                "; {} and what follows is as simulated: earlier quarters do not show that it is forecast better otherwise",
                next.label()
            ),
        };
        if let Some(Corrections { applied, simulated }) = found {
            (calibration.next, calibration.next_simulated) = (Some(applied), simulated);
        }
    }
    calibration
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn told(applied: &AppliedCorrection) -> String {
    format!(
        "{} earlier quarters seen from day {} correct the current one: the deals count {}, the run of the total {}, and \
         what is still to come is multiplied by {:.2}",
        applied.quarters,
        applied.cut,
        percent(applied.weight),
        percent(1.0 - applied.weight),
        applied.factor
    ) + &held_back(applied.held_back)
}

/// What corrected a period, and its P10, P50 and P90 before.
struct Corrections {
    applied: AppliedCorrection,
    simulated: Option<[Estimate; 3]>,
}

/// Corrects the trials of a period by what is made of the quantiles of what is still to come in it.
fn with_raw(
    trials: &mut Trials,
    period: usize,
    correct: impl FnOnce(&[f64]) -> Option<(Vec<f64>, AppliedCorrection)>,
) -> Option<Corrections> {
    let won = trials.won_to_date(period);
    let totals = trials.simulated(period);
    let quantiles = trials.sample(&totals).quantiles(&[0.1, 0.5, 0.9]);
    let raw = Corrected::quantiles(totals, won);
    let (corrected, applied) = correct(&raw)?;
    trials.correct(period, Corrected::new(won, &raw, &corrected));
    Some(Corrections { applied, simulated: quantiles.try_into().ok() })
}
