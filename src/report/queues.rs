//! The leads that somebody has to look at, as plain data.

use crate::crm::Field;
use crate::stats::Arrange;
use crate::table::write::{CsvWriter, WriteOptions};
use crate::table::{Column, Cursor};
use crate::targeting::{Asked, Queue, ScoredLeads};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Most rows of a queue that the report itself carries; a view with the queue as filter has them all.
const ROWS: usize = 50;

/// A list of leads that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct QueueReport {
    /// Leads in it.
    pub count: u64,
    /// Their expected value together, in major units; leads of segments without benchmarks count nothing.
    pub expected_value: f64,
    /// Why they are in it, the most frequent reason first.
    pub reasons: Vec<QueueReason>,
    /// The first 50: the most expected value first, then the oldest, then in the order of the file.
    pub rows: Vec<QueueRow>,
}

/// Why leads are in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct QueueReason {
    /// `no-rule`, `missing-field`, `no-active-member`, `at-capacity`, `owner-inactive`; `past-due`, `no-promise`.
    pub code: String,
    /// Leads.
    pub count: u64,
}

/// One lead of a queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct QueueRow {
    /// Position in the file, from 0.
    pub row: u32,
    /// Line of the file, from 1.
    pub line: u64,
    /// The lead's id; empty if the file has none.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// The company.
    pub company: String,
    /// The grade, such as `B2`.
    pub grade: String,
    /// The segment's name, or `Unassigned`.
    pub segment: String,
    /// Who has the lead.
    pub owner: Option<String>,
    /// Why it is in the queue: a code.
    pub code: String,
    /// Why it is in the queue: a sentence.
    pub reason: String,
    /// When it must be answered, as clocks of the model's time zone show it.
    pub due: Option<String>,
    /// Hours by which the answer is late; of work where the promise counts in working time.
    pub hours_late: Option<f64>,
    /// Days since it was created.
    pub age_days: Option<u32>,
    /// Contract value times win rate of its segment, in major units.
    pub expected_value: Option<f64>,
    /// The same over the segment's cycle, per day.
    pub value_per_day: Option<f64>,
}

pub(super) fn queue(leads: &ScoredLeads, queue: Queue) -> QueueReport {
    let asked = leads.asked_by_routing();
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    // Summed by segment and not by row: the order of the rows must not show in the last digit.
    let mut by_segment: BTreeMap<&str, (u64, f64)> = BTreeMap::new();
    let mut count = 0;
    let mut first = First::of(leads);
    let (worth_something, mut run) = (leads.some_have_worth(), ("", 0));
    let all = if leads.may_have(queue) { leads.rows() } else { 0 };
    for row in (0..all).filter(|row| leads.is_in(*row, queue)) {
        count += 1;
        let code = code(leads, row, queue, &asked);
        if code != run.0 {
            let (before, rows) = std::mem::replace(&mut run, (code, 0));
            *reasons.entry(before).or_insert(0) += rows;
        }
        run.1 += 1;
        let value = if worth_something { leads.expected_value(row) } else { None };
        if let Some(value) = value {
            by_segment.entry(leads.segment_name(row)).or_insert((0, value)).0 += 1;
        }
        first.offer(leads, Waiting { value: value.unwrap_or(0.0), age: leads.age_days(row), row });
    }
    *reasons.entry(run.0).or_insert(0) += run.1;
    reasons.retain(|_, count| *count > 0);
    let expected_value = by_segment.into_values().fold(0.0, |sum, (count, value)| sum + count as f64 * value);
    let mut reasons: Vec<QueueReason> =
        reasons.into_iter().map(|(code, count)| QueueReason { code: code.to_owned(), count }).collect();
    reasons.arrange_by_key(|reason| std::cmp::Reverse(reason.count));
    let rows = first.rows.iter().map(|waiting| queue_row(leads, waiting.row, queue, &asked)).collect();
    QueueReport { count, expected_value, reasons, rows }
}

impl ScoredLeads {
    /// All leads of a queue as CSV, in the order of [`QueueReport::rows`]: figures plain, moments as ISO.
    #[must_use]
    pub fn queue_csv(&self, queue: Queue, options: WriteOptions) -> Vec<u8> {
        let asked = self.asked_by_routing();
        let waiting =
            |row: usize| Waiting { value: self.expected_value(row).unwrap_or(0.0), age: self.age_days(row), row };
        let mut all: Vec<Waiting> = (0..self.rows()).filter(|row| self.is_in(*row, queue)).map(waiting).collect();
        all.arrange_by(|a, b| by_worth(a, b).then_with(|| by_cells(self, a, b)));
        let value = format!("Expected value, {}", self.model().meta().currency);
        let mut csv = CsvWriter::new(options);
        let heads =
            ["Line", "Lead ID", "Lead", "Company", "Grade", "Segment", "Owner", "Code", "Why", "Due", "Hours late"];
        csv.row(heads.into_iter().chain(["Age, days", value.as_str()]));
        for one in all {
            let row = queue_row(self, one.row, queue, &asked);
            csv.field(&row.line.to_string());
            let owner = row.owner.unwrap_or_default();
            for text in [row.id, row.name, row.company, row.grade, row.segment, owner, row.code, row.reason] {
                csv.field(&text);
            }
            csv.field(&row.due.unwrap_or_default());
            csv.figure(row.hours_late);
            csv.figure(row.age_days.map(f64::from));
            csv.figure(row.expected_value);
            csv.end_row();
        }
        csv.finish()
    }
}

/// A lead of a queue, and what its place in it depends on.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    value: f64,
    age: Option<u32>,
    row: usize,
}

/// The first rows of a queue in its order, gathered without sorting the others. Offered in the order of the file.
struct First<'a> {
    rows: Vec<Waiting>,
    /// The first column, in which most rows that are worth the same differ, and the cell of the last of the rows.
    column: Option<(&'a Column, Cursor<'a>)>,
    last: &'a str,
}

impl<'a> First<'a> {
    fn of(leads: &'a ScoredLeads) -> Self {
        let column = leads.leads().table().columns().first();
        Self { rows: Vec::new(), column: column.map(|column| (column, column.cells().cursor())), last: "" }
    }

    fn offer(&mut self, leads: &'a ScoredLeads, one: Waiting) {
        if let Some(last) = self.rows.last().filter(|_| self.rows.len() >= ROWS) {
            let mut order = by_worth(last, &one);
            if let (true, Some((column, cursor))) = (order.is_eq(), &mut self.column) {
                order = self.last.cmp(column.present(cursor.get(one.row)));
            }
            if order.then_with(|| by_cells(leads, last, &one)).is_lt() {
                return;
            }
        }
        let stands_before = |other: &Waiting| by_worth(other, &one).then_with(|| by_cells(leads, other, &one)).is_lt();
        let at = self.rows.partition_point(stands_before);
        self.rows.insert(at, one);
        self.rows.truncate(ROWS);
        if let (Some(last), Some((column, _))) = (self.rows.last(), &self.column) {
            self.last = column.text(last.row);
        }
    }
}

/// The most expected value first, then the oldest.
fn by_worth(a: &Waiting, b: &Waiting) -> Ordering {
    b.value.total_cmp(&a.value).then_with(|| b.age.cmp(&a.age))
}

/// Equals stand by what they hold, so that the order of the file does not decide who is cut off; copies stand as in the
/// file.
fn by_cells(leads: &ScoredLeads, a: &Waiting, b: &Waiting) -> Ordering {
    cells(leads, a.row).cmp(cells(leads, b.row)).then_with(|| a.row.cmp(&b.row))
}

/// What a row holds, column by column.
fn cells(leads: &ScoredLeads, row: usize) -> impl Iterator<Item = &str> {
    leads.leads().table().columns().iter().map(move |column| column.text(row))
}

fn code(leads: &ScoredLeads, row: usize, queue: Queue, asked: &Asked) -> &'static str {
    match queue {
        Queue::Exceptions => leads.code_of_exception(row, asked).unwrap_or("no-rule"),
        Queue::Breached => "past-due",
        Queue::Stalled => {
            if leads.due(row).is_some() {
                "past-due"
            } else {
                "no-promise"
            }
        }
    }
}

fn queue_row(leads: &ScoredLeads, row: usize, queue: Queue, asked: &Asked) -> QueueRow {
    let code = code(leads, row, queue, asked);
    let due = leads.due_text(row);
    let reason = match queue {
        Queue::Exceptions => leads.exception(row).map_or(String::new(), |(_, sentence)| sentence),
        _ => match (&due, leads.age_days(row)) {
            (Some(due), _) => format!("due {due}, nobody was in touch"),
            (None, Some(age)) => format!("{age} days old, nobody was in touch"),
            (None, None) => "nobody was in touch".to_owned(),
        },
    };
    QueueRow {
        row: row as u32,
        line: leads.leads().table().line(row),
        id: leads.id(row).to_owned(),
        name: leads.name(row),
        company: leads.text(Field::Company, row).to_owned(),
        grade: leads.grade(row).label(),
        segment: leads.segment_name(row).to_owned(),
        owner: leads.owner(row).map(str::to_owned),
        code: code.to_owned(),
        reason,
        due,
        hours_late: leads.hours_late(row),
        age_days: leads.age_days(row),
        expected_value: leads.expected_value(row),
        value_per_day: leads.value_per_day(row),
    }
}
