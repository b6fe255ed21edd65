//! The stages that deals went through, from whichever of four shapes a system writes.
//!
//! An event log has a row per change; HubSpot has a column per stage; two exports of one pipeline show what moved in
//! between; a plain pipeline knows the last change only. All become [`StageEvent`]s: on this day, this deal entered
//! this stage.

use super::bind::bind;
use super::dialect::{Dialects, Vocabulary};
use super::fold::fold;
use super::{Field, Mapping, Pipeline};
use crate::calendar::Date;
use crate::table::{Column, ColumnKind, Diagnostics, Table};
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
    /// Line in the file, from 1.
    pub line: u64,
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
    /// Those of `stage` that hold whatever changed, in logs of changes of every field.
    pub value: Vec<String>,
    /// The field that changed, in such a log.
    pub field: Vec<String>,
    /// What stands before the stage's name in the header of a wide column.
    pub wide: Vec<String>,
}

/// The stages that deals went through. `rows_read = rows_used + rows_excluded`.
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
    /// Rows below the header.
    pub rows_read: u64,
    /// Rows that gave an event.
    pub rows_used: u64,
    /// Rows without a deal, a stage or a day, and changes of other fields.
    pub rows_excluded: u64,
}

impl StageHistory {
    /// Reads an event log, wide columns, or the last change of each deal, whichever the columns show.
    ///
    /// # Errors
    /// `no-stage-history` if there is no column for the deal, or none for stages and their days.
    pub fn from_table(mut table: Table, mapping: &Mapping) -> Result<Self, Error> {
        let dialects = Dialects::built_in()?;
        let binding = bind(&mut table, mapping, Vocabulary::Deal, &dialects, &mut Diagnostics::default());
        let names = dialects.history();
        let find = |table: &Table, names: &[String]| {
            let at = |name: &String| table.columns().iter().position(|c| fold(c.name()) == fold(name));
            names.iter().find_map(at)
        };
        let id = binding.column_of(Field::DealId).or_else(|| find(&table, &names.deal));
        let Some(id) = id else { return Err(missing(&table, "the deal's id")) };
        let wide = wide_columns(&table, &names.wide);
        let of_stage = find(&table, &names.stage).or_else(|| binding.column_of(Field::Stage));
        let day = find(&table, &names.entered);
        let last = binding.column_of(Field::StageChanged);
        let (shape, pairs) = match (wide.is_empty(), of_stage, day, last) {
            (false, ..) => (HistoryShape::WideColumns, Vec::new()),
            (_, Some(stage), Some(day), _) => (HistoryShape::EventLog, vec![(stage, day)]),
            (_, Some(stage), None, Some(day)) => (HistoryShape::LastChange, vec![(stage, day)]),
            _ => return Err(missing(&table, "a stage and the day it was entered")),
        };
        for at in wide.iter().map(|(at, _)| *at).chain(pairs.iter().map(|(_, day)| *day)) {
            if let Some(column) = table.columns_mut().get_mut(at)
                && !matches!(column.kind(), ColumnKind::Date(_))
            {
                column.read_as_dates();
            }
        }
        // Only a log of every field has a column that says which; elsewhere a column of that name is the deal's own.
        let is_any_value = pairs.iter().any(|(stage, _)| Some(*stage) == find(&table, &names.value));
        let field = if is_any_value { find(&table, &names.field) } else { None };
        let cell = |at: usize, row: usize| table.columns().get(at).map_or("", |column| column.text(row));
        let date = |at: usize, row: usize| table.columns().get(at).and_then(|column| column.date(row));
        let (mut events, mut used) = (Vec::new(), 0);
        for row in 0..table.rows() {
            let (deal, before) = (cell(id, row), events.len());
            let other_field = field.is_some_and(|at| !names.stage.iter().any(|n| fold(n) == fold(cell(at, row))));
            if deal.is_empty() || other_field {
                continue;
            }
            let mut add = |stage: &str, day: Option<Date>| {
                if let (Some(entered), false) = (day, stage.is_empty()) {
                    let (deal, stage) = (deal.to_owned(), stage.to_owned());
                    events.push(StageEvent { deal, entered, stage, line: table.line(row) });
                }
            };
            wide.iter().for_each(|(at, stage)| add(stage, date(*at, row)));
            pairs.iter().for_each(|(stage, day)| add(cell(*stage, row), date(*day, row)));
            used += u64::from(events.len() > before);
        }
        events.sort();
        let read = table.rows() as u64 + table.blank_rows();
        Ok(Self { shape, events, rows_read: read, rows_used: used, rows_excluded: read - used })
    }

    /// Compares exports of the same pipeline: a deal entered a stage on the first day that shows it there.
    #[must_use]
    pub fn from_snapshots(snapshots: &[(Date, &Pipeline)]) -> Self {
        let mut ordered: Vec<&(Date, &Pipeline)> = snapshots.iter().collect();
        ordered.sort_by_key(|(day, _)| *day);
        let mut last: BTreeMap<&str, &str> = BTreeMap::new();
        let (mut events, mut read, mut used) = (Vec::new(), 0, 0);
        for (day, pipeline) in ordered {
            let table = pipeline.table();
            read += table.rows() as u64 + table.blank_rows();
            let text = |field, row| pipeline.column(field).map_or("", |column: &Column| column.text(row));
            for row in 0..table.rows() {
                let (deal, stage) = (text(Field::DealId, row), text(Field::Stage, row));
                if deal.is_empty() || stage.is_empty() {
                    continue;
                }
                used += 1;
                if last.insert(deal, stage) != Some(stage) {
                    let (deal, stage) = (deal.to_owned(), stage.to_owned());
                    events.push(StageEvent { deal, entered: *day, stage, line: table.line(row) });
                }
            }
        }
        events.sort();
        let shape = HistoryShape::Snapshots;
        Self { shape, events, rows_read: read, rows_used: used, rows_excluded: read - used }
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
