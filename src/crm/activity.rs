//! Calls, meetings, e-mails, visits: who did what on which day.

use super::dialect::{Dialects, Vocabulary};
use super::rows::{NO_DATE, NO_REFERENCE, Rows};
use super::{Binding, Field, Kind, Mapping};
use crate::Error;
use crate::calendar::Date;
use crate::table::{Diagnostics, Receipt, Table};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// Who was active.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// They were: they wrote, called, visited.
    Inbound,
    /// We were.
    Outbound,
    /// The file does not say.
    #[default]
    Unknown,
}

/// Something that happened on a day. What it refers to is asked of its [`Activities`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The day.
    pub date: Date,
    /// What it was, as written, such as `Email Open`; empty if the file does not say.
    pub kind: Arc<str>,
    /// Who was active.
    pub direction: Direction,
    /// Row in the table of activities.
    pub row: usize,
    /// Line in its file, from 1.
    pub line: u64,
}

/// Fields by which an activity says whom or what it belongs to.
const REFERENCES: [Field; 9] = [
    Field::PersonId,
    Field::Email,
    Field::FullName,
    Field::AccountId,
    Field::Company,
    Field::Domain,
    Field::DealId,
    Field::DealName,
    Field::LastName,
];

/// A file of activities. `rows read = rows used + rows excluded`, in its receipt.
///
/// ```
/// use leadcast::crm::{Activities, Field, Mapping};
/// use leadcast::table::{ReadOptions, Table};
/// let csv = b"Activity Type,Activity Date,Email\nDemo request,2026-03-02,ada@acme.example\nCall,,bo@acme.example\n";
/// let activities = Activities::from_table(Table::from_csv(csv, &ReadOptions::default())?, &Mapping::default())?;
/// let [one] = activities.rows() else { panic!() };
/// assert_eq!((&*one.kind, one.date.to_string().as_str()), ("Demo request", "2026-03-02"));
/// assert_eq!(activities.text(one, Field::Email), "ada@acme.example");
/// assert_eq!(activities.receipt().diagnostics[0].code, "row-without-date");
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Activities {
    rows: Vec<Activity>,
    receipt: Receipt,
    pub(super) source: Rows,
}

impl Activities {
    /// Finds out what the columns mean; `mapping` overrides.
    ///
    /// # Errors
    /// `missing-column` if no column holds the day, or none says whom or what the activities belong to.
    pub fn from_table(table: Table, mapping: &Mapping) -> Result<Self, Error> {
        Self::with_dialects(table, mapping, Dialects::built_in()?)
    }

    /// As [`from_table`](Self::from_table), with dialects of one's own.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table).
    pub fn with_dialects(table: Table, mapping: &Mapping, dialects: &Dialects) -> Result<Self, Error> {
        let mut rows = Rows::open(table, mapping, Vocabulary::Activity, dialects);
        rows.with_full_names()?;
        if !rows.has(&[Field::ActivityDate]) {
            return Err(rows.missing("the day of the activity", "`Activity Date`"));
        }
        if !rows.has(&REFERENCES) {
            return Err(rows.missing("whom or what the activity belongs to", "`Email`, `Contact ID` or `Company`"));
        }
        let mut notes = Diagnostics::default();
        let mut kinds = Shared::default();
        let mut activities = Vec::new();
        for row in 0..rows.table.rows() {
            let Some(date) = rows.date(Field::ActivityDate, row) else {
                let place = rows.place(Some(Field::ActivityDate), row);
                let raw = rows.text(Field::ActivityDate, row);
                notes.count(NO_DATE, place, raw, || "rows have no date that can be read".to_owned());
                continue;
            };
            if REFERENCES.iter().all(|field| rows.text(*field, row).is_empty()) {
                notes.count(NO_REFERENCE, rows.place(None, row), rows.text(Field::ActivityType, row), || {
                    "activities belong to no person, company or deal".to_owned()
                });
                continue;
            }
            let kind = rows.text(Field::ActivityType, row);
            let direction = match dialects.direction_of(rows.text(Field::Direction, row)) {
                Direction::Unknown => dialects.direction_of(kind),
                said => said,
            };
            let line = rows.table.line(row);
            activities.push(Activity { date, kind: kinds.of(kind), direction, row, line });
        }
        let receipt = rows.receipt(Kind::Activities, activities.len() as u64, notes);
        Ok(Self { rows: activities, receipt, source: rows })
    }

    /// The activities in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[Activity] {
        &self.rows
    }

    /// The text of a field of an activity, such as whom it belongs to; `""` if missing or not in the file.
    #[must_use]
    pub fn text(&self, activity: &Activity, field: Field) -> &str {
        self.source.text(field, activity.row)
    }

    /// The columns.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.source.table
    }

    /// Which column is which field.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.source.binding
    }

    /// What was read, understood and left out.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

/// Words that repeat, each held once.
#[derive(Debug, Default)]
struct Shared(HashMap<String, Arc<str>>);

impl Shared {
    fn of(&mut self, word: &str) -> Arc<str> {
        if let Some(known) = self.0.get(word) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(word);
        self.0.insert(word.to_owned(), Arc::clone(&new));
        new
    }
}
