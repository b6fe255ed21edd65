//! The JavaScript boundary: converts and nothing else.
//!
//! Files cross as bytes, models and options as JSON text (a plain object would lose unknown keys on the way), results
//! as plain objects and typed arrays, errors as `{kind, code, message, place, retryable}`. What is computed here is a
//! defect: it belongs into the crate. What is remembered between calls is in [`crate::session`].

use crate::crm::join::Attached;
use crate::model::{OperatingModel, Preset, Run};
use crate::report::{
    AccountCard, AccountsReport, BacktestReport, DealRow, ExactReport, FanReport, ForecastReport, GatesReport,
    GoalReport, LeadExplanation, LeadReport, LeadRow, LearnColumnReport, LearnReport, ManagerReport, ScenarioTable,
    SnapshotReport, WaterfallReport,
};
use crate::table::{ProblemWindow, Receipt};
use crate::targeting::learn::OutcomeColumn;
use crate::targeting::{CutReport, DriftReport, FieldValues, LintReport, MqlReport};
use crate::{Error, ErrorKind, session};
use serde::Serialize;
use std::cell::RefCell;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A plain object of a declared type, or a thrown error.
type Object<T> = Result<Ts<T>, Error>;

/// Keeps a panic's text for [`last_panic`]; after the trap nothing else can tell it.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| PANIC.with(|text| *text.borrow_mut() = info.to_string())));
}

/// The text of the panic that stopped this instance, or an empty string.
#[wasm_bindgen(js_name = lastPanic)]
#[must_use]
pub fn last_panic() -> String {
    PANIC.with(|text| text.borrow().clone())
}

/// The engine's version.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    crate::ENGINE.to_owned()
}

/// The names of the models that ship.
#[wasm_bindgen]
#[must_use]
pub fn presets() -> Vec<String> {
    Preset::ALL.iter().map(|preset| preset.name().to_owned()).collect()
}

/// The JSON of a model that ships.
///
/// # Errors
/// `unknown-preset`, with the names there are.
#[wasm_bindgen]
pub fn preset(name: &str) -> Result<String, Error> {
    Preset::named(name).map(|preset| preset.json().to_owned())
}

/// The model's JSON with every default filled in.
///
/// # Errors
/// Those of [`OperatingModel::from_json`].
#[wasm_bindgen(js_name = checkModel)]
pub fn check_model(model: &str) -> Result<String, Error> {
    OperatingModel::from_json(model).map(|model| model.to_json_pretty())
}

/// Scores one record, such as a web form's.
///
/// # Errors
/// Those of the record, the model and the run.
#[wasm_bindgen(js_name = scoreLead)]
pub fn score_lead(record: &str, model: &str, run: &str) -> Object<LeadExplanation> {
    typed(&crate::score_lead(record, &OperatingModel::from_json(model)?, &Run::from_json(run)?)?)
}

/// A file that arrives in pieces.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Reader(session::Reader);

#[wasm_bindgen]
impl Reader {
    /// As [`session::Reader::new`].
    #[wasm_bindgen(constructor)]
    pub fn new(reading: &str) -> Result<Self, Error> {
        session::Reader::new(reading).map(Self)
    }

    /// As [`session::Reader::of_records`].
    #[wasm_bindgen(js_name = ofRecords)]
    pub fn of_records(records: &str, reading: &str) -> Result<Self, Error> {
        session::Reader::of_records(records, reading).map(Self)
    }

    /// As [`session::Reader::push`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.0.push(bytes)
    }

    /// As [`session::Reader::leads`].
    pub fn leads(self) -> Result<Leads, Error> {
        self.0.leads().map(Leads)
    }

    /// As [`session::Reader::understand`].
    pub fn understand(self) -> Object<Receipt> {
        typed(&self.0.understand()?)
    }

    /// As [`session::Reader::deals`].
    pub fn deals(self) -> Result<Deals, Error> {
        self.0.deals().map(Deals)
    }
}

/// A list of leads, and once scored, what a model says about it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Leads(session::Leads);

#[wasm_bindgen]
impl Leads {
    /// As [`session::Leads::receipt`].
    pub fn receipt(&self) -> Object<Receipt> {
        typed(self.0.receipt())
    }

    /// As [`session::Leads::attach`].
    pub fn attach(&mut self, file: Reader) -> Object<Attached> {
        typed(&self.0.attach(file.0)?)
    }

    /// As [`session::Leads::problems`].
    pub fn problems(&self, filter: &str, from: usize, count: usize) -> Object<ProblemWindow> {
        typed(&self.0.problems(filter, from, count)?)
    }

    /// As [`session::Leads::corrected_csv`].
    #[wasm_bindgen(js_name = correctedCsv)]
    #[must_use]
    pub fn corrected_csv(&self) -> Vec<u8> {
        self.0.corrected_csv()
    }

    /// As [`session::Leads::score`].
    pub fn score(&mut self, model: &str, run: &str) -> Object<LeadReport> {
        typed(&self.0.score(model, run)?)
    }

    /// As [`session::Leads::view`].
    pub fn view(&mut self, view: &str) -> Result<Vec<u32>, Error> {
        self.0.view(view).map(<[u32]>::to_vec)
    }

    /// As [`session::Leads::window`].
    pub fn window(&self, from: usize, count: usize) -> Result<Vec<Ts<LeadRow>>, Error> {
        self.0.window(from, count)?.iter().map(typed).collect()
    }

    /// As [`session::Leads::explain`].
    pub fn explain(&self, row: u32) -> Object<LeadExplanation> {
        typed(&self.0.explain(row)?)
    }

    /// As [`session::Leads::values`].
    pub fn values(&self, field: &str) -> Result<Option<Ts<FieldValues>>, Error> {
        self.0.values(field)?.as_ref().map(typed).transpose()
    }

    /// As [`session::Leads::csv`].
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        self.0.csv()
    }

    /// As [`session::Leads::outcome_columns`].
    #[wasm_bindgen(js_name = outcomeColumns)]
    pub fn outcome_columns(&self) -> Result<Vec<Ts<OutcomeColumn>>, Error> {
        self.0.outcome_columns()?.iter().map(typed).collect()
    }

    /// As [`session::Leads::learn_columns`].
    #[wasm_bindgen(js_name = learnColumns)]
    pub fn learn_columns(&self, options: &str) -> Result<Vec<Ts<LearnColumnReport>>, Error> {
        self.0.learn_columns(options)?.iter().map(typed).collect()
    }

    /// As [`session::Leads::start_learning`].
    #[wasm_bindgen(js_name = startLearning)]
    pub fn start_learning(&mut self, options: &str) -> Result<(), Error> {
        self.0.start_learning(options)
    }

    /// As [`session::Leads::advance_learning`].
    #[wasm_bindgen(js_name = advanceLearning)]
    pub fn advance_learning(&mut self) -> Result<f64, Error> {
        self.0.advance_learning()
    }

    /// As [`session::Leads::learned`].
    pub fn learned(&mut self) -> Object<LearnReport> {
        typed(&self.0.learned()?)
    }

    /// As [`session::Leads::lint`].
    pub fn lint(&self) -> Object<LintReport> {
        typed(&self.0.lint()?)
    }

    /// As [`session::Leads::mql_cuts`].
    #[wasm_bindgen(js_name = mqlCuts)]
    pub fn mql_cuts(&self, capacity: Option<u32>) -> Object<MqlReport> {
        typed(&self.0.mql_cuts(capacity)?)
    }

    /// As [`session::Leads::cut_points`].
    #[wasm_bindgen(js_name = cutPoints)]
    pub fn cut_points(&self) -> Object<CutReport> {
        typed(&self.0.cut_points()?)
    }

    /// As [`session::Leads::drift`].
    pub fn drift(&self) -> Object<DriftReport> {
        typed(&self.0.drift()?)
    }

    /// As [`session::Leads::accounts`].
    pub fn accounts(&self, view: &str) -> Object<AccountsReport> {
        typed(&self.0.accounts(view)?)
    }

    /// As [`session::Leads::account`].
    pub fn account(&self, account: u32) -> Object<AccountCard> {
        typed(&self.0.account(account)?)
    }

    /// As [`session::Leads::queue_csv`].
    #[wasm_bindgen(js_name = queueCsv)]
    pub fn queue_csv(&self, queue: &str) -> Result<Vec<u8>, Error> {
        self.0.queue_csv(queue)
    }

    /// As [`session::Leads::accounts_csv`].
    #[wasm_bindgen(js_name = accountsCsv)]
    pub fn accounts_csv(&self) -> Result<Vec<u8>, Error> {
        self.0.accounts_csv()
    }
}

/// A pipeline, and once simulated, what its open deals will bring.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Deals(session::Deals);

#[wasm_bindgen]
impl Deals {
    /// As [`session::Deals::receipt`].
    pub fn receipt(&self) -> Object<Receipt> {
        typed(self.0.receipt())
    }

    /// As [`session::Deals::proposed_as_of`].
    #[wasm_bindgen(js_name = proposedAsOf)]
    #[must_use]
    pub fn proposed_as_of(&self) -> Option<String> {
        self.0.proposed_as_of()
    }

    /// As [`session::Deals::attach`].
    pub fn attach(&mut self, file: Reader) -> Object<Attached> {
        typed(&self.0.attach(file.0)?)
    }

    /// As [`session::Deals::problems`].
    pub fn problems(&self, filter: &str, from: usize, count: usize) -> Object<ProblemWindow> {
        typed(&self.0.problems(filter, from, count)?)
    }

    /// As [`session::Deals::corrected_csv`].
    #[wasm_bindgen(js_name = correctedCsv)]
    #[must_use]
    pub fn corrected_csv(&self) -> Vec<u8> {
        self.0.corrected_csv()
    }

    /// As [`session::Deals::start`].
    pub fn start(&mut self, model: &str, run: &str, part: usize, parts: usize) -> Result<(), Error> {
        self.0.start(model, run, part, parts)
    }

    /// As [`session::Deals::advance`].
    pub fn advance(&mut self, batches: usize) -> Result<f64, Error> {
        self.0.advance(batches)
    }

    /// As [`session::Deals::part`].
    pub fn part(&mut self) -> Result<Vec<u8>, Error> {
        self.0.part()
    }

    /// As [`session::Deals::absorb`].
    pub fn absorb(&mut self, part: &[u8]) -> Result<(), Error> {
        self.0.absorb(part)
    }

    /// As [`session::Deals::advance_record`].
    #[wasm_bindgen(js_name = advanceRecord)]
    pub fn advance_record(&mut self) -> Result<f64, Error> {
        self.0.advance_record()
    }

    /// As [`session::Deals::track_record`].
    #[wasm_bindgen(js_name = trackRecord)]
    pub fn track_record(&self) -> Result<Option<Ts<BacktestReport>>, Error> {
        self.0.track_record()?.as_ref().map(typed).transpose()
    }

    /// As [`session::Deals::start_backtest`].
    #[wasm_bindgen(js_name = startBacktest)]
    pub fn start_backtest(&mut self, options: &str) -> Result<(), Error> {
        self.0.start_backtest(options)
    }

    /// As [`session::Deals::advance_backtest`].
    #[wasm_bindgen(js_name = advanceBacktest)]
    pub fn advance_backtest(&mut self) -> Result<f64, Error> {
        self.0.advance_backtest()
    }

    /// As [`session::Deals::backtested`].
    pub fn backtested(&mut self) -> Object<BacktestReport> {
        typed(&self.0.backtested()?)
    }

    /// As [`session::Deals::report`].
    pub fn report(&mut self) -> Object<ForecastReport> {
        typed(&self.0.report()?)
    }

    /// As [`session::Deals::totals`].
    pub fn totals(&self, period: Option<usize>) -> Result<Vec<f64>, Error> {
        self.0.totals(period)
    }

    /// As [`session::Deals::window`].
    pub fn window(&self, from: usize, count: usize) -> Result<Vec<Ts<DealRow>>, Error> {
        self.0.window(from, count)?.iter().map(typed).collect()
    }

    /// As [`session::Deals::snapshot`].
    pub fn snapshot(&self, kept: &str) -> Object<SnapshotReport> {
        typed(&self.0.snapshot(kept)?)
    }

    /// As [`session::Deals::compare`].
    pub fn compare(&self, previous: &Deals, options: &str) -> Object<WaterfallReport> {
        typed(&self.0.compare(&previous.0, options)?)
    }

    /// As [`session::Deals::scenarios`].
    pub fn scenarios(&self, scenarios: &str) -> Object<ScenarioTable> {
        typed(&self.0.scenarios(scenarios)?)
    }

    /// As [`session::Deals::exact`].
    pub fn exact(&self) -> Object<ExactReport> {
        typed(&self.0.exact()?)
    }

    /// As [`session::Deals::fan`].
    pub fn fan(&self) -> Object<FanReport> {
        typed(&self.0.fan()?)
    }

    /// As [`session::Deals::gates`].
    pub fn gates(&self) -> Object<GatesReport> {
        typed(&self.0.gates()?)
    }

    /// As [`session::Deals::manage`].
    pub fn manage(&self, options: &str) -> Object<ManagerReport> {
        typed(&self.0.manage(options)?)
    }

    /// As [`session::Deals::seek`].
    pub fn seek(&self, goal: &str) -> Object<GoalReport> {
        typed(&self.0.seek(goal)?)
    }

    /// As [`session::Deals::csv`].
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        self.0.csv()
    }
}

/// Errors are thrown as plain objects: they cross to the page from a worker, where classes do not.
impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        object(&error).unwrap_or_else(|failure| failure)
    }
}

/// A plain object with its declared type.
fn typed<T: Tsify + Serialize>(value: &T) -> Object<T> {
    let lost = |_| Error::new(ErrorKind::Internal, "no-object", "a result did not become an object (report this)");
    object(value).map(Ts::new_unchecked).map_err(lost)
}

/// A plain object: maps as objects, missing as `null`, whole numbers as numbers.
fn object<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}
