//! A pipeline, and once simulated, what its open deals will bring.

use super::{Reader, Reading, misuse, window};
use crate::Error;
use crate::calendar::Date;
use crate::crm::Pipeline;
use crate::crm::join::Attached;
use crate::forecast::{
    Backtest, BacktestOptions, CompareOptions, Forecast, Goal, ManagerOptions, PendingForecast, RecordKey, Scenario,
};
use crate::model::{OperatingModel, Run};
use crate::money::Currency;
use crate::report::{
    BacktestReport, DealRow, ExactReport, FanReport, ForecastReport, GatesReport, GoalReport, ManagerReport,
    ScenarioTable, SnapshotReport, WaterfallReport,
};
use crate::table::write::WriteOptions;
use crate::table::{ProblemFilter, ProblemWindow, Problems, Receipt, Table};
use std::cell::OnceCell;
use std::ops::Range;

/// A pipeline, and once simulated, what its open deals will bring.
///
/// ```
/// use leadcast::model::Preset;
/// use leadcast::session::Deals;
/// let deal = r#"[{"dealId": "1", "stage": "Proposal", "amount": 500, "closeDate": "2026-03-20"}]"#;
/// let mut deals = Deals::from_records(deal, "{}")?;
/// deals.start(Preset::SalesLed.json(), r#"{ "asOf": "2026-02-15" }"#, 0, 1)?;
/// while deals.advance(100)? < 1.0 {}
/// assert_eq!(deals.report()?.headline.open_deals, 1);
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug)]
pub struct Deals {
    pipeline: Pipeline,
    /// The day on which the pipeline is looked at: when it was opened, then that of the last run.
    as_of: Option<Date>,
    /// The currency of amounts beside which the file names none: that of the last run's model.
    currency: Currency,
    /// Gathered when first asked for.
    problems: OnceCell<Problems>,
    receipt: Receipt,
    pending: Option<PendingForecast>,
    /// What this instance has to run: batches done and the end of its share.
    share: Range<usize>,
    begin: usize,
    forecast: Option<Forecast>,
    /// The last track record made, with what it depends on: another simulation of the same day needs no other.
    record: Option<(RecordKey, Backtest)>,
    /// A backtest under way that was asked for by itself.
    backtest: Option<Backtest>,
    rows: Vec<DealRow>,
}

impl Deals {
    pub(super) fn new(table: Table, reading: &Reading) -> Result<Self, Error> {
        Ok(Self::of(Pipeline::from_table(table, &reading.mapping)?, reading.as_of, Currency::USD))
    }

    fn of(pipeline: Pipeline, as_of: Option<Date>, currency: Currency) -> Self {
        Self {
            receipt: pipeline.as_of(as_of, currency).receipt,
            pipeline,
            as_of,
            currency,
            problems: OnceCell::new(),
            pending: None,
            share: 0..0,
            begin: 0,
            forecast: None,
            record: None,
            backtest: None,
            rows: Vec::new(),
        }
    }

    /// Attaches another file; what was simulated is to be simulated again. A file of kept snapshots tells what stages deals were in
    /// and what close dates they stated, as a history does.
    ///
    /// # Errors
    /// Those of the file and of [`Pipeline::attach`].
    pub fn attach(&mut self, file: Reader) -> Result<Attached, Error> {
        let ids = self.pipeline.ids();
        let (table, reading) = file.finish_with(|key| ids.get(&key).map(|id| (*id).to_owned()))?;
        let (pipeline, attached) = self.pipeline.attach(table, &reading.attaching())?;
        *self = Self::of(pipeline, self.as_of, self.currency);
        Ok(attached)
    }

    /// A pipeline from a JSON array of records.
    ///
    /// # Errors
    /// `bad-option`, and those of [`Table::from_records`].
    pub fn from_records(records: &str, reading: &str) -> Result<Self, Error> {
        let (table, reading) = Reading::records(records, reading)?;
        Self::new(table, &reading)
    }

    /// What was understood of the file.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// The newest day on which a deal was created or closed, as `2026-03-31`.
    #[must_use]
    pub fn proposed_as_of(&self) -> Option<String> {
        self.pipeline.proposed_as_of().map(|date| date.to_string())
    }

    /// Rows with something to say about that pass a filter: `count` of them from the one at `from` on, as they stood
    /// on the day of the last run.
    ///
    /// # Errors
    /// `bad-view` for a filter that cannot be read.
    pub fn problems(&self, filter: &str, from: usize, count: usize) -> Result<ProblemWindow, Error> {
        let filter = ProblemFilter::from_json(filter)?;
        Ok(self.problems.get_or_init(|| self.pipeline.problems(self.as_of, self.currency)).window(&filter, from, count))
    }

    /// The file with its own columns, put right.
    #[must_use]
    pub fn corrected_csv(&self) -> Vec<u8> {
        self.pipeline.corrected_csv(WriteOptions::default())
    }

    /// Prepares a simulation, of which this instance is to run one of so many parts.
    ///
    /// # Errors
    /// Those of the model, the run and [`Pipeline::prepare`].
    pub fn start(&mut self, model: &str, run: &str, part: usize, parts: usize) -> Result<(), Error> {
        let (model, run) = (OperatingModel::from_json(model)?, Run::from_json(run)?);
        let mut pending = self.pipeline.prepare(&model, &run)?;
        self.look(run.as_of.or_else(|| self.pipeline.proposed_as_of()), model.meta().currency);
        // Another quota asks the same trials: what is simulated already is taken over.
        match (&self.forecast, self.pending.take()) {
            (Some(last), _) => pending.follow(last),
            (None, Some(last)) => pending.go_on(last),
            (None, None) => {}
        }
        self.share = pending.simulation().plan().share(part, parts);
        self.begin = self.share.start;
        if let Some((key, record)) = &self.record
            && pending.record_key() == Some(key)
        {
            pending.take_record(record.clone());
        }
        self.pending = Some(pending);
        Ok(())
    }

    /// Looks at the rows as they stood on a day, amounts without a currency being in one.
    fn look(&mut self, as_of: Option<Date>, currency: Currency) {
        if (as_of, currency) != (self.as_of, self.currency) {
            (self.as_of, self.currency) = (as_of, currency);
            self.problems = OnceCell::new();
        }
    }

    /// Does one step of the track record that corrects the forecast; returns the done fraction, in [0, 1]. 1 at once where
    /// there is nothing to correct by, or where it is known already.
    ///
    /// # Errors
    /// `not-started`.
    pub fn advance_record(&mut self) -> Result<f64, Error> {
        let Some(record) = self.pending()?.record() else { return Ok(1.0) };
        let more = record.advance();
        let (done, all) = record.progress();
        Ok(if more && done < all { done as f64 / all as f64 } else { 1.0 })
    }

    /// The track record that corrected the forecast; none where nothing did.
    ///
    /// # Errors
    /// `not-started`.
    pub fn track_record(&self) -> Result<Option<BacktestReport>, Error> {
        Ok(self.forecast()?.record().map(Backtest::report))
    }

    /// Makes ready to forecast the earlier quarters of the file from days of one's choice, in steps; `options` as for
    /// [`BacktestOptions::from_json`]. Needs no forecast, and changes none.
    ///
    /// # Errors
    /// Those of the options and of [`Backtest::new`].
    pub fn start_backtest(&mut self, options: &str) -> Result<(), Error> {
        self.backtest = None;
        self.backtest = Some(Backtest::new(&self.pipeline, &BacktestOptions::from_json(options)?)?);
        Ok(())
    }

    /// Forecasts one quarter from one day; returns the done fraction, in [0, 1].
    ///
    /// # Errors
    /// `not-started`.
    pub fn advance_backtest(&mut self) -> Result<f64, Error> {
        let backtest = self.backtest.as_mut().ok_or_else(no_backtest)?;
        let more = backtest.advance();
        let (done, all) = backtest.progress();
        Ok(if more && done < all { done as f64 / all as f64 } else { 1.0 })
    }

    /// What the backtest showed; does whatever is not done yet, and ends it.
    ///
    /// # Errors
    /// `not-started`.
    pub fn backtested(&mut self) -> Result<BacktestReport, Error> {
        let mut backtest = self.backtest.take().ok_or_else(no_backtest)?;
        while backtest.advance() {}
        Ok(backtest.report())
    }

    /// Runs so many more batches; returns the done fraction of the part, in [0, 1].
    ///
    /// # Errors
    /// `not-started`.
    pub fn advance(&mut self, batches: usize) -> Result<f64, Error> {
        if self.pending()?.is_simulated() {
            return Ok(1.0);
        }
        let end = self.share.end.min(self.share.start.saturating_add(batches));
        let next = self.share.start..end;
        self.pending()?.simulation().run_batches(next);
        self.share.start = end;
        let (done, all) = (end - self.begin, self.share.end - self.begin);
        Ok(if done == all { 1.0 } else { done as f64 / all as f64 })
    }

    /// The batches run here, for [`absorb`](Self::absorb) elsewhere.
    ///
    /// # Errors
    /// `not-started`.
    pub fn part(&mut self) -> Result<Vec<u8>, Error> {
        Ok(self.pending()?.simulation().part())
    }

    /// Takes over batches that were run elsewhere.
    ///
    /// # Errors
    /// `not-started`, and those of the simulation's `absorb`.
    pub fn absorb(&mut self, part: &[u8]) -> Result<(), Error> {
        self.pending()?.simulation().absorb(part)
    }

    /// The forecast; runs whatever is not done yet.
    ///
    /// # Errors
    /// `not-started`.
    pub fn report(&mut self) -> Result<ForecastReport, Error> {
        if let Some(pending) = self.pending.take() {
            let key = pending.record_key().cloned();
            let forecast = pending.finish();
            self.record = key.zip(forecast.record().cloned());
            self.rows = forecast.deals();
            self.forecast = Some(forecast);
        }
        Ok(self.forecast()?.report())
    }

    /// The totals of every trial in major units: of one period, or of all.
    ///
    /// # Errors
    /// `not-started`, `period-outside`.
    pub fn totals(&self, period: Option<usize>) -> Result<Vec<f64>, Error> {
        let forecast = self.forecast()?;
        forecast.see(period.unwrap_or(0))?;
        Ok(forecast.totals(period))
    }

    /// Kept snapshots with this forecast added, and what they show; `kept` is the text of the file, empty for the first.
    ///
    /// # Errors
    /// `not-started`, and those of [`Pipeline::snapshot`].
    pub fn snapshot(&self, kept: &str) -> Result<SnapshotReport, Error> {
        let forecast = self.forecast()?;
        Ok(self.pipeline.snapshot(forecast, kept)?.report(forecast.outcome().currency))
    }

    /// Open deals, in the order of the file.
    ///
    /// # Errors
    /// `not-started`.
    pub fn window(&self, from: usize, count: usize) -> Result<&[DealRow], Error> {
        self.forecast()?;
        Ok(window(&self.rows, from, count))
    }

    /// The file with its own columns and the forecast's behind them.
    ///
    /// # Errors
    /// `not-started`.
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        Ok(self.forecast()?.to_csv(self.pipeline.table(), WriteOptions::default()))
    }

    /// What changed since an earlier export, in a period of the forecast; `options` as for
    /// [`CompareOptions::from_json`].
    ///
    /// # Errors
    /// `not-started`, and those of [`Pipeline::compare`].
    pub fn compare(&self, previous: &Self, options: &str) -> Result<WaterfallReport, Error> {
        let options = CompareOptions::from_json(options)?;
        Ok(self.pipeline.compare(self.forecast()?, &previous.pipeline, &options)?.report())
    }

    /// The forecast as it is and under each of a list of scenarios; `scenarios` as for [`Scenario::list_from_json`].
    ///
    /// # Errors
    /// `not-started`, and those of [`Forecast::scenarios`].
    pub fn scenarios(&self, scenarios: &str) -> Result<ScenarioTable, Error> {
        self.forecast()?.scenario_table(&Scenario::list_from_json(scenarios)?)
    }

    /// The forecast computed without trials, beside the simulated one.
    ///
    /// # Errors
    /// `not-started`.
    pub fn exact(&self) -> Result<ExactReport, Error> {
        self.forecast()?.exact_report()
    }

    /// How the current period fills up, day by day or week by week.
    ///
    /// # Errors
    /// `not-started`, and those of [`Pipeline::fan`].
    pub fn fan(&self) -> Result<FanReport, Error> {
        self.pipeline.fan_report(self.forecast()?)
    }

    /// What each open deal lacks for its stage, and the forecast of those that lack nothing.
    ///
    /// # Errors
    /// `not-started`, and those of [`Pipeline::gates`].
    pub fn gates(&self) -> Result<GatesReport, Error> {
        self.pipeline.gate_report(self.forecast()?)
    }

    /// What a sales manager asks of a period; `options` as for [`ManagerOptions::from_json`].
    ///
    /// # Errors
    /// `not-started`, and those of [`Pipeline::manage`].
    pub fn manage(&self, options: &str) -> Result<ManagerReport, Error> {
        self.pipeline.manager_report(self.forecast()?, &ManagerOptions::from_json(options)?)
    }

    /// What must be true for the odds one wants; `goal` as for [`Goal::from_json`].
    ///
    /// # Errors
    /// `not-started`, and those of [`Forecast::seek`].
    pub fn seek(&self, goal: &str) -> Result<GoalReport, Error> {
        self.forecast()?.goal_report(&Goal::from_json(goal)?)
    }

    fn pending(&mut self) -> Result<&mut PendingForecast, Error> {
        let first = || misuse("not-started", "no simulation is under way (call start first)");
        self.pending.as_mut().ok_or_else(first)
    }

    fn forecast(&self) -> Result<&Forecast, Error> {
        let first = || misuse("not-started", "nothing is simulated yet (call start first)");
        self.forecast.as_ref().ok_or_else(first)
    }
}

fn no_backtest() -> Error {
    misuse("not-started", "no backtest is under way (call start_backtest first)")
}
