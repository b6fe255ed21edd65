//! The stages that deals went through, from whichever of four shapes a system writes.
//!
//! An event log has a row per change; HubSpot has a column per stage; two exports of one pipeline show what moved in
//! between; a plain pipeline knows the last change only. All become [`StageEvent`]s: on this day, this deal entered
//! this stage.

use super::bind::MISFIT;
use super::dialect::{Dialects, Vocabulary};
use super::fold::fold;
use super::rows::{NO_DATE, NO_REFERENCE, Rows, receipt};
use super::{DealStatus, Field, ForecastCategory, Kind, Mapping, Pipeline};
use crate::calendar::Date;
use crate::stats::Arrange;
use crate::table::{Action, Code, Column, ColumnKind, Diagnostics, Receipt, Table};
use crate::{Error, ErrorKind, Place};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A deal entered a stage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StageEvent {
    /// The deal's id.
    pub deal: String,
    /// The day it entered the stage; of snapshots, the day of the first that shows it there.
    pub entered: Date,
    /// The stage as written.
    pub stage: String,
    /// The stage it left, where a log says; else empty.
    pub left: String,
    /// Line in the file, from 1.
    pub line: u64,
}

/// A deal was expected to close on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatedDate {
    /// The deal's id.
    pub deal: String,
    /// The day on which that was stated; of snapshots, the day of the first that shows it.
    pub on: Date,
    /// The stated close date.
    pub close: Date,
}

/// A deal was called commit, best case, pipeline or omitted on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatedCategory {
    /// The deal's id.
    pub deal: String,
    /// The day on which it was called so; of snapshots, the day of the first that shows it.
    pub on: Date,
    /// What it was called.
    pub category: ForecastCategory,
}

/// How a file tells of stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryShape {
    /// A row per change.
    EventLog,
    /// A row per deal and a column per stage, which holds the day it was last entered.
    WideColumns,
    /// The same pipeline on several days.
    Snapshots,
    /// A row per deal with the day of its last change.
    LastChange,
}

/// What systems call the columns of a history, best first.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct HistoryNames {
    /// The deal's id.
    pub deal: Vec<String>,
    /// The stage that was entered.
    pub stage: Vec<String>,
    /// The day it was entered.
    pub entered: Vec<String>,
    /// The stage that was left.
    pub left: Vec<String>,
    /// Those of `stage` that hold whatever changed, in logs of changes of every field.
    pub value: Vec<String>,
    /// The field that changed, in such a log.
    pub field: Vec<String>,
    /// What stands before the stage's name in the header of a wide column.
    pub wide: Vec<String>,
}

/// The stages that deals went through. `rows read = rows used + rows excluded`, in its receipt.
///
/// ```
/// use leadcast::crm::{HistoryShape, Mapping, StageHistory};
/// use leadcast::table::{ReadOptions, Table};
/// let csv = b"deal_id,stage,entered\n1,Demo,2026-01-05\n1,Proposal,2026-02-01\n";
/// let history = StageHistory::from_table(Table::from_csv(csv, &ReadOptions::default())?, &Mapping::default())?;
/// assert_eq!((history.shape, history.events[1].stage.as_str()), (HistoryShape::EventLog, "Proposal"));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct StageHistory {
    /// How the file told of stages.
    pub shape: HistoryShape,
    /// By deal, then day, then stage.
    pub events: Vec<StageEvent>,
    /// Close dates that were stated while the deal was open, by deal, then day. From logs whose rows also hold the close date, and from snapshots.
    pub dates: Vec<StatedDate>,
    /// What deals were called while open, by deal, then day; from the same.
    pub categories: Vec<StatedCategory>,
    /// What was read, used and left out; of snapshots, of the last.
    pub receipt: Receipt,
}

const NO_STAGE: Code = Code::new("row-without-stage", Action::Excluded, "nothing to do if the deal has no stage");
const OTHER_FIELD: Code = Code::new("other-field", Action::Excluded, "nothing to do: it is no change of the stage");

impl StageHistory {
    /// Reads an event log, wide columns, or the last change of each deal, whichever the columns show.
    ///
    /// # Errors
    /// `no-stage-history` if there is no column for the deal, or none for stages and their days.
    pub fn from_table(table: Table, mapping: &Mapping) -> Result<Self, Error> {
        Self::with_dialects(table, mapping, Dialects::built_in()?)
    }

    /// As [`from_table`](Self::from_table), with dialects of one's own.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table).
    pub fn with_dialects(table: Table, mapping: &Mapping, dialects: &Dialects) -> Result<Self, Error> {
        Self::read(Rows::open(table, mapping, Vocabulary::Deal, dialects), dialects).map(|(history, _)| history)
    }

    /// The history of a bound table, and the column of the deals' ids.
    pub(super) fn read(mut rows: Rows, dialects: &Dialects) -> Result<(Self, (Rows, usize)), Error> {
        let names = dialects.history();
        let Columns { deal, wide, stage, left, day, field, shape } = Columns::find(&rows, &names)?;
        for (at, meaning) in [(stage, Field::Stage), (day, Field::StageChanged)] {
            let Some(at) = at else { continue };
            rows.notes.forget(MISFIT.name, rows.table.columns().get(at).map_or("", Column::name));
            rows.binding.assign(at, meaning);
        }
        // What is named in a log of changes of every field is a field.
        if let Some(of) = field.and_then(|at| rows.binding.field_of(at)) {
            rows.binding.release(of);
        }
        for at in wide.iter().map(|(at, _)| *at).chain(day) {
            if let Some(column) = rows.table.columns_mut().get_mut(at)
                && !matches!(column.kind(), ColumnKind::Date(_))
            {
                column.read_as_dates();
            }
        }
        let table = &rows.table;
        let cell = |at: usize, row: usize| table.columns().get(at).map_or("", |column| column.text(row));
        let date = |at: usize, row: usize| table.columns().get(at).and_then(|column| column.date(row));
        let place = |at: Option<usize>, row: usize| {
            let column = at.and_then(|at| table.columns().get(at)).map(|column| column.name().to_owned());
            Place { column, ..Place::line(table.line(row)) }
        };
        let mut notes = Diagnostics::default();
        let (mut events, mut dates, mut categories, mut used) = (Vec::new(), Vec::new(), Vec::new(), 0);
        let beside = |field| rows.binding.column_of(field).filter(|_| shape == HistoryShape::EventLog);
        let close = beside(Field::CloseDate).filter(|at| Some(*at) != day);
        let called = beside(Field::ForecastCategory);
        for row in 0..table.rows() {
            let id = cell(deal, row);
            let mut add = |stage: &str, entered: Date| {
                let (deal, stage) = (id.to_owned(), stage.to_owned());
                let left = left.map_or_else(String::new, |at| cell(at, row).to_owned());
                events.push(StageEvent { deal, entered, stage, left, line: table.line(row) });
            };
            let other = field.filter(|at| !names.stage.iter().any(|name| fold(name) == fold(cell(*at, row))));
            let entered = day.and_then(|at| date(at, row));
            let to = stage.map_or("", |at| cell(at, row));
            if id.is_empty() {
                notes.count(NO_REFERENCE, place(Some(deal), row), to, || "rows name no deal".to_owned());
            } else if let Some(at) = other {
                let of = cell(at, row);
                notes.count(OTHER_FIELD, place(Some(at), row), of, || {
                    "changes of another field than the stage".to_owned()
                });
            } else if shape == HistoryShape::WideColumns {
                let before = used;
                for (at, stage) in &wide {
                    if let Some(entered) = date(*at, row) {
                        add(stage, entered);
                        used = before + 1;
                    }
                }
                if used == before {
                    notes.count(NO_DATE, place(None, row), id, || "rows have no date that can be read".to_owned());
                }
            } else if to.is_empty() {
                notes.count(NO_STAGE, place(stage, row), id, || "rows name no stage".to_owned());
            } else if let Some(on) = entered {
                add(to, on);
                let ends = matches!(dialects.status_of(to), Some(DealStatus::Won | DealStatus::Lost));
                let stated = close.and_then(|at| date(at, row)).filter(|_| !ends);
                dates.extend(stated.map(|close| StatedDate { deal: id.to_owned(), on, close }));
                let word = called.filter(|_| !ends).map_or("", |at| cell(at, row));
                categories.extend(stated_category(dialects, id, on, word));
                used += 1;
            } else {
                let raw = day.map_or("", |at| cell(at, row));
                notes.count(NO_DATE, place(day, row), raw, || "rows have no date that can be read".to_owned());
            }
        }
        events.arrange();
        dates.arrange();
        categories.arrange();
        let receipt = rows.receipt(Kind::StageHistory, used, notes);
        Ok((Self { shape, events, dates, categories, receipt }, (rows, deal)))
    }

    /// Compares exports of the same pipeline: a deal entered a stage on the first day that shows it there. `None`
    /// without an export.
    #[must_use]
    pub fn from_snapshots(snapshots: &[(Date, &Pipeline)]) -> Option<Self> {
        let mut ordered: Vec<&(Date, &Pipeline)> = snapshots.iter().collect();
        ordered.arrange_by_key(|(day, _)| *day);
        let (_, newest) = ordered.last()?;
        let mut last: BTreeMap<&str, &str> = BTreeMap::new();
        let (mut events, mut dates, mut categories) = (Vec::new(), Vec::new(), Vec::new());
        let (mut used, mut notes) = (0, Diagnostics::default());
        for (day, pipeline) in &ordered {
            let table = pipeline.table();
            (used, notes) = (0, Diagnostics::default());
            let text = |field, row| pipeline.column(field).map_or("", |column: &Column| column.text(row));
            for row in 0..table.rows() {
                let (deal, stage) = (text(Field::DealId, row), text(Field::Stage, row));
                let place = || Place::line(table.line(row));
                let is_open = pipeline.statuses.get(row) == Some(&DealStatus::Open);
                if let Some(close) = pipeline.column(Field::CloseDate).and_then(|column| column.date(row))
                    && is_open
                    && !deal.is_empty()
                {
                    dates.push(StatedDate { deal: deal.to_owned(), on: *day, close });
                }
                if is_open && !deal.is_empty() {
                    let word = text(Field::ForecastCategory, row);
                    categories.extend(stated_category(&pipeline.dialects, deal, *day, word));
                }
                if deal.is_empty() {
                    notes.count(NO_REFERENCE, place(), stage, || "rows name no deal".to_owned());
                } else if stage.is_empty() {
                    notes.count(NO_STAGE, place(), deal, || "rows name no stage".to_owned());
                } else {
                    used += 1;
                    if last.insert(deal, stage) != Some(stage) {
                        let (deal, stage) = (deal.to_owned(), stage.to_owned());
                        events.push(StageEvent {
                            deal,
                            entered: *day,
                            stage,
                            left: String::new(),
                            line: table.line(row),
                        });
                    }
                }
            }
        }
        events.arrange();
        dates.arrange();
        categories.arrange();
        let receipt = receipt(newest.table(), newest.binding(), Some(Kind::StageHistory), used, [notes]);
        Some(Self { shape: HistoryShape::Snapshots, events, dates, categories, receipt })
    }

    /// The events of one deal, the first first.
    #[must_use]
    pub fn of(&self, deal: &str) -> &[StageEvent] {
        let start = self.events.partition_point(|event| event.deal.as_str() < deal);
        let end = self.events.partition_point(|event| event.deal.as_str() <= deal);
        self.events.get(start..end).unwrap_or(&[])
    }

    /// The close dates stated of one deal, the first first.
    #[must_use]
    pub fn dates_of(&self, deal: &str) -> &[StatedDate] {
        let start = self.dates.partition_point(|stated| stated.deal.as_str() < deal);
        let end = self.dates.partition_point(|stated| stated.deal.as_str() <= deal);
        self.dates.get(start..end).unwrap_or(&[])
    }

    /// What one deal was called, the first first.
    #[must_use]
    pub fn categories_of(&self, deal: &str) -> &[StatedCategory] {
        let start = self.categories.partition_point(|stated| stated.deal.as_str() < deal);
        let end = self.categories.partition_point(|stated| stated.deal.as_str() <= deal);
        self.categories.get(start..end).unwrap_or(&[])
    }

    /// Both histories as one; what both tell stands once. The shape and the receipt are those of this one.
    #[must_use]
    pub fn merged(mut self, other: &Self) -> Self {
        self.events.extend_from_slice(&other.events);
        self.events.arrange();
        self.events.dedup_by(|a, b| (&a.deal, a.entered, &a.stage) == (&b.deal, b.entered, &b.stage));
        self.dates.extend_from_slice(&other.dates);
        self.dates.arrange();
        self.dates.dedup();
        self.categories.extend_from_slice(&other.categories);
        self.categories.arrange();
        self.categories.dedup();
        self
    }
}

/// What a word calls an open deal; `None` where it is no category of one.
fn stated_category(dialects: &Dialects, deal: &str, on: Date, word: &str) -> Option<StatedCategory> {
    let category = dialects.category_of(word).filter(|category| *category != ForecastCategory::Closed)?;
    Some(StatedCategory { deal: deal.to_owned(), on, category })
}

/// The day an export was taken, as its file name says: `deals-2026-05-28.csv`, `Deals_2026_05_28.csv`,
/// `deals 20260528 (1).csv`.
///
/// ```
/// use leadcast::crm::export_day;
/// assert_eq!(export_day("hubspot-crm-exports-all-deals-2026-05-28.csv").unwrap().to_string(), "2026-05-28");
/// assert_eq!(export_day("report1716900000000.csv"), None);
/// ```
#[must_use]
pub fn export_day(file: &str) -> Option<Date> {
    let parts: Vec<&str> = file.split(|c: char| !c.is_ascii_digit()).collect();
    let number = |text: &str| text.parse::<i32>().ok();
    let day = |year: &str, month: &str, day: &str| {
        let (year, month, day) = (number(year)?, u8::try_from(number(month)?).ok()?, u8::try_from(number(day)?).ok()?);
        Date::from_ymd(year, month, day).filter(|_| (1990..2100).contains(&year))
    };
    let spaced = parts.windows(3).find_map(|three| match three {
        [y, m, d] if (y.len(), m.len(), d.len()) == (4, 2, 2) => day(y, m, d),
        _ => None,
    });
    let solid = |part: &&str| if part.len() == 8 { day(part.get(..4)?, part.get(4..6)?, part.get(6..)?) } else { None };
    spaced.or_else(|| parts.iter().find_map(solid))
}

/// The columns of a history.
struct Columns {
    deal: usize,
    wide: Vec<(usize, String)>,
    stage: Option<usize>,
    /// The stage that was left.
    left: Option<usize>,
    day: Option<usize>,
    /// In a log of changes of every field: which one changed.
    field: Option<usize>,
    shape: HistoryShape,
}

impl Columns {
    fn find(rows: &Rows, names: &HistoryNames) -> Result<Self, Error> {
        let table = &rows.table;
        let find = |names: &[String]| {
            let at = |name: &String| table.columns().iter().position(|c| fold(c.name()) == fold(name));
            names.iter().find_map(at)
        };
        let deal = rows.binding.column_of(Field::DealId).or_else(|| find(&names.deal));
        let Some(deal) = deal else { return Err(missing(table, "the deal's id")) };
        let wide = wide_columns(table, &names.wide);
        let stage = find(&names.stage).or_else(|| rows.binding.column_of(Field::Stage));
        let last = rows.binding.column_of(Field::StageChanged);
        let left = find(&names.left).filter(|at| Some(*at) != stage);
        let (shape, stage, day) = match (wide.is_empty(), stage, find(&names.entered), last) {
            (false, ..) => (HistoryShape::WideColumns, None, None),
            (_, Some(stage), Some(day), _) => (HistoryShape::EventLog, Some(stage), Some(day)),
            (_, Some(stage), None, Some(day)) => (HistoryShape::LastChange, Some(stage), Some(day)),
            _ => return Err(missing(table, "a stage and the day it was entered")),
        };
        // Only a log of every field has a column that says which; elsewhere a column of that name is the deal's own.
        let is_any_value = stage.is_some() && stage == find(&names.value);
        let field = if is_any_value { find(&names.field) } else { None };
        let left = left.filter(|_| shape == HistoryShape::EventLog);
        Ok(Self { deal, wide, stage, left, day, field, shape })
    }
}

fn missing(table: &Table, what: &str) -> Error {
    let message = format!("no column was found for {what} (name it `Deal ID`, `Stage`, `Date entered`)");
    let place = table.name().map_or_else(Place::default, |name| Place::default().in_file(name));
    Error::new(ErrorKind::Input, "no-stage-history", message).at(place)
}

/// Columns such as `Date entered "Proposal (Sales Pipeline)"`, each with its stage.
fn wide_columns(table: &Table, prefixes: &[String]) -> Vec<(usize, String)> {
    let stage = |name: &str| {
        let prefix = prefixes.iter().find(|p| name.get(..p.len()).is_some_and(|head| head.eq_ignore_ascii_case(p)))?;
        let rest = name.get(prefix.len()..)?.trim();
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let stage = quoted.map_or(rest, |text| text.rsplit_once(" (").map_or(text, |(stage, _)| stage));
        (!stage.is_empty() && fold(stage) != "currentstage").then(|| stage.to_owned())
    };
    table.columns().iter().enumerate().filter_map(|(at, column)| Some((at, stage(column.name())?))).collect()
}
