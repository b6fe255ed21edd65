//! Simulates what open deals will bring, period by period.
//!
//! [`SimulationInput`] says everything a run depends on; [`Simulation`] runs it in batches that workers may share;
//! [`Trials`] holds the totals and their statistics. Streams are keyed by seed, deal and batch, and sums are integers, so
//! that neither the order of the deals nor the number of workers changes a bit.

mod backtest;
mod bridge;
mod changed;
mod convolution;
mod corrected;
mod delivered;
mod drivers;
mod effects;
mod exact;
#[cfg(test)]
mod examples;
mod exchange;
mod fan;
mod fit;
mod gates;
mod hazard_draws;
mod horizon;
mod input;
mod kernel;
mod manager;
mod must_win;
mod new_business;
mod odds;
mod outcome;
mod pace;
mod pairing;
mod past;
mod patched;
mod pinned;
mod plan;
mod record;
mod renewals;
mod replay;
mod scenario;
mod simulate;
mod slips;
mod snapshots;
mod stages;
mod sums;
mod tally;
mod timing;
mod trials;
mod waterfall;
mod whatif;

pub use backtest::{
    AppliedCorrection, Backtest, BacktestOptions, BacktestRow, CutSummary, Peers, RecordedFrom, crps, noise_floor,
    pinball,
};
pub use bridge::{Cause, OddsBridge, OddsStep, OtherCause};
pub use drivers::{Driver, Drivers};
pub use exact::{Exact, ExactMethod, GRID_POINTS};
pub use fan::Fan;
pub use fit::{FitStatement, FitSubject, Incidence, RestsOn, Watched, WatchedEnd, aalen_johansen};
pub use gates::{DealGate, Gates, Hygiene, StageGate, Triage};
pub use horizon::Horizon;

pub use input::{Amount, MAX_DEALS, MAX_PERIODS, MAX_TRIALS, SharedRate, SimulatedDeal, SimulationInput, Step, Win};
pub use manager::{Calls, ClosedDeals, Concentration, Coverage, GroupLine, Managed, ManagerOptions, Shares};
pub use must_win::MustWin;
pub(crate) use outcome::OPEN_CATEGORIES;
pub use outcome::{DealLine, Outcome};
pub use pace::Pace;
pub use past::Timing;
pub use plan::{GROUPS, Plan};
pub use record::Calibration;
pub(crate) use record::RecordKey;
use record::Wanted;
pub use renewals::{ContractCounts, RenewalPeriod, Renewals};
pub use scenario::{
    Cycle, DealName, MorePipeline, MoreReps, Move, Price, Scenario, ScenarioChange, Which, WinRate, Won,
};
pub use simulate::Simulation;
pub use snapshots::{Graded, PushLine, Snapshots, StageMoves};
pub(crate) use snapshots::{are_snapshots, stage_log};
pub use stages::{StageLine, StageSource};
pub use timing::Expectation;
pub use trials::Trials;
pub use waterfall::{
    AmbiguousDeals, Bucket, Change, CompareOptions, ForeignCurrency, Rates, Stand, ViewLine, Waterfall,
};
pub use whatif::{Answer, Figure, Goal, Lever, Outlook, PeriodOutlook};

use crate::Error;
use crate::crm::Pipeline;
use crate::model::{OperatingModel, Run};
use std::sync::OnceLock;

impl Pipeline {
    /// Simulates what the open deals will bring.
    ///
    /// # Errors
    /// Those of [`prepare`](Self::prepare).
    pub fn simulate(&self, model: &OperatingModel, run: &Run) -> Result<Forecast, Error> {
        Ok(self.prepare(model, run)?.finish())
    }

    /// Resolves the deals and prepares their simulation, to be run in parts.
    ///
    /// # Errors
    /// `no-as-of` if neither the run nor the file names a day; the limits of [`SimulationInput::validate`].
    pub fn prepare(&self, model: &OperatingModel, run: &Run) -> Result<PendingForecast, Error> {
        let outcome = Outcome::new(self, model, run)?;
        let simulation = Simulation::new(outcome.input(model, run)?)?;
        let source = Source { model: model.clone(), run: run.clone(), rows: self.fingerprint() };
        let wanted = Wanted::of(&outcome, model, run, source.rows);
        let renewals = Renewals::new(self, &outcome, model, run);
        let renewals = renewals.map(|renewals| Ok((renewals.simulation()?, renewals))).transpose()?;
        Ok(PendingForecast { outcome, source, simulation, trials: None, wanted, record: None, renewals })
    }
}

/// A forecast whose trials are still being simulated.
#[derive(Debug)]
pub struct PendingForecast {
    outcome: Outcome,
    source: Source,
    simulation: Simulation,
    /// The trials, where they are known from a forecast that differs in the quota alone.
    trials: Option<Trials>,
    /// The track record it needs, or why it needs none.
    wanted: Result<Wanted, String>,
    record: Option<Backtest>,
    renewals: Option<(Simulation, Renewals)>,
}

impl PendingForecast {
    /// The simulation: run its batches here, or absorb the parts that others ran.
    pub fn simulation(&mut self) -> &mut Simulation {
        &mut self.simulation
    }

    /// Takes over the trials of a forecast that differs in the quota alone, if it does: no other simulation is needed.
    pub(crate) fn follow(&mut self, last: &Forecast) {
        if self.source.asks_alike(&last.source) {
            self.trials = Some(last.trials.as_simulated());
        }
    }

    /// Takes over the batches of one under way that differs in the quota alone, if it does.
    pub(crate) fn go_on(&mut self, last: PendingForecast) {
        if self.source.asks_alike(&last.source) {
            self.trials = last.trials;
            self.simulation = last.simulation;
        }
    }

    /// Whether nothing is left to simulate.
    pub(crate) fn is_simulated(&self) -> bool {
        self.trials.is_some()
    }

    /// The track record that corrects the forecast, to be advanced to its end; `None` if nothing is to be corrected.
    pub fn record(&mut self) -> Option<&mut Backtest> {
        if let (None, Ok(wanted)) = (&self.record, &self.wanted) {
            match wanted.begin(&self.outcome) {
                Ok(record) => self.record = Some(record),
                Err(reason) => self.wanted = Err(reason),
            }
        }
        self.record.as_mut()
    }

    /// What its track record depends on, besides the rows of the file.
    pub(crate) fn record_key(&self) -> Option<&RecordKey> {
        self.wanted.as_ref().ok().map(|wanted| &wanted.key)
    }

    /// Takes a record of the same key that was made before.
    pub(crate) fn take_record(&mut self, record: Backtest) {
        self.record = Some(record);
    }

    /// Runs what is left and hands out the forecast.
    #[must_use]
    pub fn finish(mut self) -> Forecast {
        while self.record().is_some_and(Backtest::advance) {}
        let mut trials = self.trials.take().unwrap_or_else(|| self.simulation.finish());
        let calibration = match (&self.record, self.wanted) {
            (Some(record), _) => record::correct(&self.outcome, &mut trials, record),
            (None, Err(reason)) => Calibration::nothing(reason),
            (None, Ok(_)) => Calibration::default(),
        };
        let renewals = self.renewals.map(|(simulation, renewals)| {
            trials.renew(Renewals::brought(simulation));
            renewals
        });
        Forecast {
            outcome: self.outcome,
            source: self.source,
            trials,
            calibration,
            record: self.record,
            renewals,
            figures: OnceLock::new(),
            corrected: OnceLock::new(),
        }
    }
}

/// A simulated forecast: what was asked, and the totals of every trial.
#[derive(Debug, Clone)]
pub struct Forecast {
    outcome: Outcome,
    source: Source,
    trials: Trials,
    calibration: Calibration,
    record: Option<Backtest>,
    renewals: Option<Renewals>,
    /// What what-ifs are held against, once one was asked.
    figures: OnceLock<Vec<whatif::Figures>>,
    /// Likewise the corrected trials of the periods that are.
    corrected: OnceLock<Vec<Vec<i64>>>,
}

/// What a forecast's fingerprint is taken of.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) model: OperatingModel,
    pub(crate) run: Run,
    pub(crate) rows: [u8; 32],
}

impl Source {
    /// Whether the same trials answer both: the quota is what they are measured by, not what they are drawn from.
    fn asks_alike(&self, other: &Self) -> bool {
        let run = Run { quota: other.run.quota, ..self.run.clone() };
        self.rows == other.rows && run == other.run && self.model == other.model
    }
}

impl Forecast {
    /// The deals, periods, stages and assumptions behind the figures.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The totals of every trial.
    #[must_use]
    pub fn trials(&self) -> &Trials {
        &self.trials
    }

    /// Whether and how earlier quarters corrected it.
    #[must_use]
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The track record that corrected it.
    #[must_use]
    pub fn record(&self) -> Option<&Backtest> {
        self.record.as_ref()
    }

    /// The contracts that come due; `None` without contracts.
    #[must_use]
    pub fn renewals(&self) -> Option<&Renewals> {
        self.renewals.as_ref()
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }
}
