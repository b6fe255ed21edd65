//! The columns that leads gain from their activities: the day of the last one, and how many there are.

use super::extras::ByRow;
use super::lookup::{Gained, free_header};
use crate::Error;
use crate::calendar::Date;
use crate::crm::{Activity, Field, LeadList};
use crate::table::{Column, Table};
use std::borrow::Cow;
use std::sync::Arc;

/// Where a list has the columns that tell of its activities.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogColumns {
    last: usize,
    count: usize,
}

impl LogColumns {
    /// The two places behind a table's columns.
    pub(super) fn behind(table: &Table) -> Self {
        let last = table.columns().len();
        Self { last, count: last + 1 }
    }

    /// The places in the order of the columns.
    pub(super) fn places(self) -> [usize; 2] {
        [self.last, self.count]
    }

    /// The names the columns have, or are to have where they are new.
    pub(super) fn names(self, table: &Table, file: &str) -> [String; 2] {
        let name = |(at, base): (usize, &str)| {
            table.columns().get(at).map_or_else(|| free_header(table, base, file), |column| column.name().to_owned())
        };
        [(self.last, "Last activity"), (self.count, "Activities")].map(name)
    }
}

/// The two columns of so many rows.
pub(super) fn columns(by_row: &ByRow, rows: usize, [last, count]: [String; 2]) -> Result<[Gained; 2], Error> {
    let last = Gained::new(column(last, rows, |row| day_of(by_row.of(row)))?, Some(Field::LastActivity));
    Ok([last, Gained::new(column(count, rows, |row| by_row.of(row).len().to_string())?, None)])
}

fn column(name: String, rows: usize, text: impl Fn(usize) -> String) -> Result<Column, Error> {
    Column::of(name, (0..rows).map(|row| Cow::Owned(text(row))))
}

/// The day of the last of activities in the order of their days; blank if there are none.
fn day_of(activities: &[Activity]) -> String {
    activities.last().map_or_else(String::new, |activity| activity.date.to_string())
}

impl LeadList {
    /// What happened with a lead up to the end of a day, by date, the oldest first.
    pub(crate) fn activities_until(&self, row: usize, day: Option<Date>) -> &[Activity] {
        let all = self.activities(row);
        let known = day.map_or(all.len(), |day| all.partition_point(|activity| activity.date <= day));
        all.get(..known).unwrap_or(all)
    }

    /// The list as it was at the end of a day: the columns gained from activities tell of those until then. `None` if
    /// that is this list. What it was read from, and so its receipt and fingerprint, stays the same.
    pub(crate) fn seen_on(&self, day: Date) -> Option<Self> {
        let log = self.extras.log?;
        let later = |row: usize| self.activities(row).last().is_some_and(|activity| activity.date > day);
        (0..self.rows()).any(later).then_some(())?;
        // Of the whole file: the copy shares it.
        let _ = self.fingerprint();
        let until = |row: usize| self.activities_until(row, Some(day));
        let mut seen = self.clone();
        let texts: [&dyn Fn(usize) -> String; 2] = [&|row| day_of(until(row)), &|row| until(row).len().to_string()];
        for (at, text) in log.places().into_iter().zip(texts) {
            let stated = self.table.columns().get(at)?;
            // A column of a million dates is far below the most that a column holds.
            let mut known = column(stated.name().to_owned(), self.rows(), text).ok()?;
            known.read_like(stated);
            *Arc::make_mut(&mut seen.table).columns_mut().get_mut(at)? = known;
        }
        Some(seen)
    }
}
