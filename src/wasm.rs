//! The JavaScript boundary: converts and nothing else.
//!
//! Files cross as bytes, models and options as JSON text (a plain object would lose unknown keys on the way), results
//! as plain objects and typed arrays, errors as `{kind, code, message, place, retryable}`. What is computed here is a
//! defect: it belongs into the crate.

use crate::calendar::Date;
use crate::crm::{FieldRef, LeadList, Mapping, Pipeline};
use crate::forecast::{Forecast, PendingForecast};
use crate::model::{OperatingModel, Preset, Run};
use crate::money::Currency;
use crate::report::{DealRow, ForecastReport, LeadExplanation, LeadReport, LeadRow};
use crate::table::write::WriteOptions;
use crate::table::{ReadOptions, Receipt, Table, TableReader};
use crate::targeting::{FieldValues, ScoredLeads, View};
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::ops::Range;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

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
pub fn preset(name: &str) -> Result<String, JsValue> {
    let known = || Preset::ALL.map(Preset::name).join(", ");
    let unknown = || Error::new(ErrorKind::Model, "unknown-preset", format!("no preset `{name}` (known: {})", known()));
    Preset::from_name(name).map(|preset| preset.json().to_owned()).ok_or_else(unknown).map_err(thrown)
}

/// The model's JSON with every default filled in.
///
/// # Errors
/// Those of [`OperatingModel::from_json`].
#[wasm_bindgen(js_name = checkModel)]
pub fn check_model(model: &str) -> Result<String, JsValue> {
    OperatingModel::from_json(model).map(|model| model.to_json_pretty()).map_err(thrown)
}

/// Scores one record, such as a web form's.
///
/// # Errors
/// Those of the record, the model and the run.
#[wasm_bindgen(js_name = scoreLead)]
pub fn score_lead(record: &str, model: &str, run: &str) -> Result<Ts<LeadExplanation>, JsValue> {
    let model = OperatingModel::from_json(model).map_err(thrown)?;
    let run = Run::from_json(run).map_err(thrown)?;
    typed(&crate::score_lead(record, &model, &run).map_err(thrown)?)
}

/// How a file is read: see `ReadOptions`; which column is what; for deals, the day of the first receipt.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Reading {
    options: ReadOptions,
    mapping: Mapping,
    as_of: Option<Date>,
}

impl Reading {
    fn from_json(json: &str) -> Result<Self, JsValue> {
        let mut reader = serde_json::Deserializer::from_str(json);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = Place::path(error.path().to_string());
            thrown(Error::new(ErrorKind::Run, "bad-option", error.inner().to_string()).at(path))
        })
    }
}

/// A file that arrives in pieces.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Reader {
    reader: TableReader,
    reading: Reading,
}

#[wasm_bindgen]
impl Reader {
    /// A reader at the start of a file.
    ///
    /// # Errors
    /// `bad-option`.
    #[wasm_bindgen(constructor)]
    pub fn new(reading: &str) -> Result<Self, JsValue> {
        let reading = Reading::from_json(reading)?;
        Ok(Self { reader: TableReader::new(&reading.options), reading })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// Those of [`TableReader::push`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        self.reader.push(bytes).map_err(thrown)
    }

    /// Ends the file: a list of leads.
    ///
    /// # Errors
    /// Those of [`TableReader::finish`].
    pub fn leads(self) -> Result<Leads, JsValue> {
        Leads::of(self.reader.finish().map_err(thrown)?, &self.reading.mapping)
    }

    /// Ends the file: a pipeline.
    ///
    /// # Errors
    /// Those of [`TableReader::finish`].
    pub fn deals(self) -> Result<Deals, JsValue> {
        Deals::of(self.reader.finish().map_err(thrown)?, &self.reading)
    }
}

/// A list of leads, and once scored, what a model says about it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Leads {
    list: LeadList,
    scored: Option<ScoredLeads>,
    order: Vec<u32>,
}

#[wasm_bindgen]
impl Leads {
    /// A list from a JSON array of records.
    ///
    /// # Errors
    /// Those of [`Table::from_records`].
    #[wasm_bindgen(js_name = fromRecords)]
    pub fn from_records(records: &str, reading: &str) -> Result<Self, JsValue> {
        let reading = Reading::from_json(reading)?;
        Self::of(Table::from_records(records, &reading.options).map_err(thrown)?, &reading.mapping)
    }

    /// What was understood of the file.
    ///
    /// # Errors
    /// None.
    pub fn receipt(&self) -> Result<Ts<Receipt>, JsValue> {
        typed(self.list.receipt())
    }

    /// Scores, segments and routes every lead.
    ///
    /// # Errors
    /// Those of the model and the run.
    pub fn score(&mut self, model: &str, run: &str) -> Result<Ts<LeadReport>, JsValue> {
        let model = OperatingModel::from_json(model).map_err(thrown)?;
        let scored = self.list.score(&model, &Run::from_json(run).map_err(thrown)?);
        self.order = scored.view(&View::default()).map_err(thrown)?;
        let report = typed(&scored.report());
        self.scored = Some(scored);
        report
    }

    /// Sorts and filters; `window` then counts in what is left.
    ///
    /// # Errors
    /// Those of [`View::from_json`] and [`ScoredLeads::view`]; `not-scored`.
    pub fn view(&mut self, view: &str) -> Result<Vec<u32>, JsValue> {
        let view = View::from_json(view).map_err(thrown)?;
        self.order = self.scored()?.view(&view).map_err(thrown)?;
        Ok(self.order.clone())
    }

    /// Rows of the view.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn window(&self, from: usize, count: usize) -> Result<Vec<Ts<LeadRow>>, JsValue> {
        let rows = self.order.get(from..).unwrap_or_default();
        let rows = rows.get(..count).unwrap_or(rows);
        self.scored()?.window(rows).iter().map(typed).collect()
    }

    /// Everything about one lead, by its row in the file.
    ///
    /// # Errors
    /// `not-scored`, `no-such-row`.
    pub fn explain(&self, row: u32) -> Result<Ts<LeadExplanation>, JsValue> {
        let explanation = self.scored()?.explain(row);
        typed(&explanation.ok_or_else(|| thrown(misuse("no-such-row", format!("the list has no row {row}"))))?)
    }

    /// The values of a field, counted.
    ///
    /// # Errors
    /// `unknown-field`.
    pub fn values(&self, field: &str) -> Result<Option<Ts<FieldValues>>, JsValue> {
        let field: FieldRef = field.parse().map_err(thrown)?;
        self.list.values(&field).as_ref().map(typed).transpose()
    }

    /// The file with its own columns and the scores behind them.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn csv(&self) -> Result<Vec<u8>, JsValue> {
        Ok(self.scored()?.to_csv(WriteOptions::default()))
    }
}

impl Leads {
    fn of(table: Table, mapping: &Mapping) -> Result<Self, JsValue> {
        let list = LeadList::from_table(table, mapping).map_err(thrown)?;
        Ok(Self { list, scored: None, order: Vec::new() })
    }

    fn scored(&self) -> Result<&ScoredLeads, JsValue> {
        self.scored
            .as_ref()
            .ok_or_else(|| thrown(misuse("not-scored", "the list is not scored yet (call score first)")))
    }
}

/// A pipeline, and once simulated, what its open deals will bring.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Deals {
    pipeline: Pipeline,
    receipt: Receipt,
    pending: Option<PendingForecast>,
    /// What this instance has to run: batches done and the end of its share.
    share: Range<usize>,
    begin: usize,
    forecast: Option<Forecast>,
    rows: Vec<DealRow>,
}

#[wasm_bindgen]
impl Deals {
    /// A pipeline from a JSON array of records.
    ///
    /// # Errors
    /// Those of [`Table::from_records`].
    #[wasm_bindgen(js_name = fromRecords)]
    pub fn from_records(records: &str, reading: &str) -> Result<Self, JsValue> {
        let reading = Reading::from_json(reading)?;
        Self::of(Table::from_records(records, &reading.options).map_err(thrown)?, &reading)
    }

    /// What was understood of the file.
    ///
    /// # Errors
    /// None.
    pub fn receipt(&self) -> Result<Ts<Receipt>, JsValue> {
        typed(&self.receipt)
    }

    /// The newest day on which a deal was created or closed, as `2026-03-31`.
    #[wasm_bindgen(js_name = proposedAsOf)]
    #[must_use]
    pub fn proposed_as_of(&self) -> Option<String> {
        self.pipeline.proposed_as_of().map(|date| date.to_string())
    }

    /// Prepares a simulation, of which this instance is to run one of so many parts.
    ///
    /// # Errors
    /// Those of the model, the run and [`Pipeline::prepare`].
    pub fn start(&mut self, model: &str, run: &str, part: usize, parts: usize) -> Result<(), JsValue> {
        let model = OperatingModel::from_json(model).map_err(thrown)?;
        let run = Run::from_json(run).map_err(thrown)?;
        let mut pending = self.pipeline.prepare(&model, &run).map_err(thrown)?;
        self.share = pending.simulation().plan().share(part, parts);
        self.begin = self.share.start;
        self.pending = Some(pending);
        Ok(())
    }

    /// Runs so many more batches; returns the done fraction of the part.
    ///
    /// # Errors
    /// `not-started`.
    pub fn advance(&mut self, batches: usize) -> Result<f64, JsValue> {
        let end = self.share.end.min(self.share.start.saturating_add(batches));
        let next = self.share.start..end;
        self.pending()?.simulation().run_batches(next);
        self.share.start = end;
        let (done, all) = (end - self.begin, self.share.end - self.begin);
        Ok(if done == all { 1.0 } else { done as f64 / all as f64 })
    }

    /// The batches run here, for `absorb` elsewhere.
    ///
    /// # Errors
    /// `not-started`.
    pub fn part(&mut self) -> Result<Vec<u8>, JsValue> {
        Ok(self.pending()?.simulation().part())
    }

    /// Takes over batches that were run elsewhere.
    ///
    /// # Errors
    /// `not-started`, and those of the simulation's `absorb`.
    pub fn absorb(&mut self, part: &[u8]) -> Result<(), JsValue> {
        self.pending()?.simulation().absorb(part).map_err(thrown)
    }

    /// The forecast; runs whatever is not done yet.
    ///
    /// # Errors
    /// `not-started`.
    pub fn report(&mut self) -> Result<Ts<ForecastReport>, JsValue> {
        if let Some(pending) = self.pending.take() {
            let forecast = pending.finish();
            self.rows = forecast.deals();
            self.forecast = Some(forecast);
        }
        typed(&self.forecast()?.report())
    }

    /// The totals of every trial in major units: of one period, or of all.
    ///
    /// # Errors
    /// `not-started`.
    pub fn totals(&self, period: Option<usize>) -> Result<Vec<f64>, JsValue> {
        Ok(self.forecast()?.totals(period))
    }

    /// Open deals, in the order of the file.
    ///
    /// # Errors
    /// `not-started`.
    pub fn window(&self, from: usize, count: usize) -> Result<Vec<Ts<DealRow>>, JsValue> {
        self.forecast()?;
        let rows = self.rows.get(from..).unwrap_or_default();
        rows.get(..count).unwrap_or(rows).iter().map(typed).collect()
    }

    /// The file with its own columns and the forecast's behind them.
    ///
    /// # Errors
    /// `not-started`.
    pub fn csv(&self) -> Result<Vec<u8>, JsValue> {
        Ok(self.forecast()?.to_csv(self.pipeline.table(), WriteOptions::default()))
    }
}

impl Deals {
    fn of(table: Table, reading: &Reading) -> Result<Self, JsValue> {
        let pipeline = Pipeline::from_table(table, &reading.mapping).map_err(thrown)?;
        let receipt = pipeline.as_of(reading.as_of, Currency::USD).receipt;
        Ok(Self { pipeline, receipt, pending: None, share: 0..0, begin: 0, forecast: None, rows: Vec::new() })
    }

    fn pending(&mut self) -> Result<&mut PendingForecast, JsValue> {
        self.pending
            .as_mut()
            .ok_or_else(|| thrown(misuse("not-started", "no simulation is under way (call start first)")))
    }

    fn forecast(&self) -> Result<&Forecast, JsValue> {
        self.forecast
            .as_ref()
            .ok_or_else(|| thrown(misuse("not-started", "nothing is simulated yet (call start first)")))
    }
}

/// A call in the wrong order or out of range.
fn misuse(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Run, code, message)
}

/// Errors are thrown as plain objects: they cross to the page from a worker, where classes do not.
fn thrown(error: Error) -> JsValue {
    object(&error).unwrap_or_else(|failure| failure)
}

/// A plain object with its declared type.
fn typed<T: Tsify + Serialize>(value: &T) -> Result<Ts<T>, JsValue> {
    object(value).map(Ts::new_unchecked)
}

/// A plain object: maps as objects, missing as `null`, whole numbers as numbers.
fn object<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}
