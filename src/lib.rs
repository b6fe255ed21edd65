//! Score leads and forecast revenue. Nothing leaves the machine it runs on.

pub mod calendar;
pub mod crm;
pub mod error;
pub mod forecast;
pub mod model;
pub mod money;
pub mod random;
pub mod report;
pub mod session;
pub mod stats;
pub mod table;
pub mod targeting;
#[cfg(feature = "wasm")]
pub mod wasm;

pub use error::{Error, ErrorKind, Place};
pub use forecast::Forecast;
pub use model::OperatingModel;
pub use report::{BacktestReport, ForecastReport, LeadExplanation, LeadReport, LearnReport};
pub use targeting::ScoredLeads;

use crm::{LeadList, Mapping, Pipeline};
use model::Run;
use table::{ReadOptions, Table};
use targeting::learn::{LearnOptions, Learned};

/// Runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The engine's version, as every report carries it.
pub const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// Reads a lead list and scores, segments and routes every lead in it.
///
/// ```
/// use leadcast::model::{OperatingModel, Run};
/// let model = OperatingModel::from_json(r#"{ "format": 1,
///     "icp": { "fit": { "groups": [ { "name": "Size", "rules": [
///         { "name": "200–1,000 employees", "when": { "field": "employees", "between": [200, 1000] }, "points": 60 },
///         { "name": "1,001 employees or more", "when": { "field": "employees", "atLeast": 1001 }, "points": 100 }
///     ] } ] } },
///     "segments": [ { "name": "Enterprise", "when": { "field": "employees", "atLeast": 1000 } }, { "name": "SMB" } ]
/// }"#)?;
/// let leads = leadcast::score_leads(b"Company,Employees\nAcme,450\nBolt,2800\nCore,\n", &model, &Run::default())?;
/// let rows = leads.window(&[0, 1, 2]);
/// assert_eq!((rows[0].fit, rows[0].grade.as_str(), rows[0].segment.as_str()), (Some(60.0), "B–", "SMB"));
/// assert_eq!(rows[1].reasons, ["1,001 employees or more: +100"]);
/// // Core's size is unknown: not a bad grade, none.
/// assert_eq!((rows[2].fit, rows[2].grade.as_str()), (None, "––"));
/// # Ok::<(), leadcast::Error>(())
/// ```
///
/// # Errors
/// As [`table::Table::from_csv`]: only a file that is unusable as a whole.
pub fn score_leads(csv: &[u8], model: &OperatingModel, run: &Run) -> Result<ScoredLeads, Error> {
    let table = Table::from_csv(csv, &ReadOptions::default())?;
    Ok(LeadList::from_table(table, &Mapping::default())?.score(model, run))
}

/// Scores a single record, such as a web form's, by the same path as a list.
///
/// ```
/// use leadcast::model::{OperatingModel, Run};
/// let model = OperatingModel::from_json(r#"{ "format": 1, "icp": { "fit": { "groups": [ { "name": "Role", "rules": [
///     { "name": "VP", "when": { "field": "title", "contains": ["vp"] }, "points": 80 } ] } ] } } }"#)?;
/// let lead = leadcast::score_lead(r#"{ "title": "VP Sales" }"#, &model, &Run::default())?;
/// assert_eq!((lead.grade.as_str(), lead.reasons.as_slice()), ("A–", ["VP: +80".to_owned()].as_slice()));
/// # Ok::<(), leadcast::Error>(())
/// ```
///
/// # Errors
/// `one-record` unless the text is one JSON object, else as [`table::Table::from_records`].
pub fn score_lead(record: &str, model: &OperatingModel, run: &Run) -> Result<LeadExplanation, Error> {
    let one_record = || {
        let message = "expected one JSON object, the lead's fields by name (such as {\"employees\": 250})";
        Error::new(ErrorKind::Input, "one-record", message)
    };
    if !record.trim_start().starts_with('{') {
        return Err(one_record());
    }
    let table = Table::from_records(&format!("[{record}]"), &ReadOptions::default())?;
    if table.rows() != 1 {
        return Err(one_record());
    }
    LeadList::from_table(table, &Mapping::default())?.score(model, run).explain(0).ok_or_else(one_record)
}

/// Simulates what the open deals of a CSV export will bring.
///
/// ```
/// use leadcast::model::{Preset, Run};
/// let csv = b"Deal Name,Stage,Amount,Close Date,Created Date\nAcme,Proposal,120000,2026-03-20,2026-01-10\n";
/// let model = leadcast::OperatingModel::preset(Preset::SalesLed)?;
/// let run = Run::from_json(r#"{ "asOf": "2026-02-15", "quota": 100000 }"#)?;
/// let report = leadcast::forecast_deals(csv, &model, &run)?.report();
/// assert_eq!(report.period, "2026 Q1");
/// assert_eq!(report.headline.open_deals, 1);
/// # Ok::<(), leadcast::Error>(())
/// ```
///
/// # Errors
/// Those of [`Table::from_csv`] and [`Pipeline::prepare`].
pub fn forecast_deals(csv: &[u8], model: &OperatingModel, run: &Run) -> Result<Forecast, Error> {
    let table = Table::from_csv(csv, &ReadOptions::default())?;
    Pipeline::from_table(table, &Mapping::default())?.simulate(model, run)
}

/// Learns a scorecard from a CSV whose rows have ended well or badly, or says why there is nothing to learn.
///
/// ```
/// use leadcast::targeting::learn::{LearnOptions, Verdict};
/// let mut csv = "Industry,Employees,Converted\n".to_owned();
/// for i in 0..200 {
///     let (industry, won) = if i % 2 == 0 { ("Software", i % 10 < 6) } else { ("Retail", i % 10 == 1) };
///     csv += &format!("{industry},{},{}\n", 10 + i % 37, u8::from(won));
/// }
/// let learned = leadcast::learn_scorecard(csv.as_bytes(), &LearnOptions::default())?;
/// assert_eq!(learned.gate.verdict, Verdict::Signal);
/// let card = learned.card.unwrap();
/// // An ordinary section of a model, in whole points.
/// let model = serde_json::json!({ "format": 1, "icp": card.section() }).to_string();
/// let lead = leadcast::score_lead(r#"{ "Industry": "Software", "Employees": 20 }"#,
///     &leadcast::OperatingModel::from_json(&model)?, &Default::default())?;
/// assert!(card.probability(lead.fit.score.unwrap()) > 0.4);
/// # Ok::<(), leadcast::Error>(())
/// ```
///
/// # Errors
/// Those of [`Table::from_csv`] and of [`LeadList::learn`].
pub fn learn_scorecard(csv: &[u8], options: &LearnOptions) -> Result<Learned, Error> {
    let table = Table::from_csv(csv, &ReadOptions::default())?;
    LeadList::from_table(table, &Mapping::default())?.learn(options)
}
