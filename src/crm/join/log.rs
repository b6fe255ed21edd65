//! The columns that leads gain from their activities: the day of the last one, and how many there are.
//!
//! A list that states last activities itself knows of more than a log does, and less: the newer of the two counts.

use super::extras::ByRow;
use super::lookup::{Gained, free_header};
use crate::Error;
use crate::calendar::Date;
use crate::crm::{Activity, Binding, Field, LeadList};
use crate::table::{Column, Table, TimeOfDay};
use std::borrow::Cow;
use std::sync::Arc;

/// Where a list has the columns that tell of its activities.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogColumns {
    last: usize,
    count: usize,
    /// The column in which the list states last activities itself.
    stated: Option<usize>,
}

impl LogColumns {
    /// The two places behind a list's columns.
    pub(super) fn behind(table: &Table, binding: &Binding) -> Self {
        let last = table.columns().len();
        Self { last, count: last + 1, stated: binding.column_of(Field::LastActivity) }
    }

    /// The names the columns have, or are to have where they are new.
    pub(super) fn names(self, table: &Table, file: &str) -> [String; 2] {
        let name = |(at, base): (usize, &str)| {
            table.columns().get(at).map_or_else(|| free_header(table, base, file), |column| column.name().to_owned())
        };
        [(self.last, "Last activity"), (self.count, "Activities")].map(name)
    }
}

/// The two columns of a list with these activities; the first one takes the place of what the list states.
pub(super) fn columns(log: LogColumns, table: &Table, by_row: &ByRow, file: &str) -> Result<[Gained; 2], Error> {
    let [last, count] = log.names(table, file);
    let until = |row: usize| by_row.of(row);
    let last = log.last_column(table, last, None, until)?;
    let count = column(count, table.rows(), |row| by_row.of(row).len().to_string())?;
    let last = Gained { replaces: true, ..Gained::new(last, Some(Field::LastActivity)) };
    Ok([last, Gained::new(count, None)])
}

impl LogColumns {
    /// The day of the last activity up to the end of a day: as the list states it if that is not older, else as the log tells.
    fn last_column<'a>(
        self,
        table: &Table,
        name: String,
        day: Option<Date>,
        until: impl Fn(usize) -> &'a [Activity],
    ) -> Result<Column, Error> {
        let stated = self.stated.and_then(|at| table.columns().get(at));
        column(name, table.rows(), |row| {
            let logged = until(row).last().map(|activity| activity.date);
            let Some((own, date)) = stated.and_then(|column| Some((column, column.date(row)?))) else {
                return logged.map_or_else(String::new, |date| date.to_string());
            };
            let is_known = day.is_none_or(|day| date <= day);
            match logged {
                Some(logged) if !is_known || logged > date => logged.to_string(),
                _ => own.time(row).map_or_else(|| date.to_string(), |time| moment(date, time)),
            }
        })
    }
}

/// A day with a time of day, as ISO 8601 has it.
fn moment(date: Date, time: TimeOfDay) -> String {
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let zone = time.offset.map_or_else(String::new, |minutes| {
        format!("{}{}", if minutes < 0 { '-' } else { '+' }, clock(minutes.unsigned_abs()))
    });
    format!("{date}T{}{zone}", clock(time.minute))
}

fn column(name: String, rows: usize, text: impl Fn(usize) -> String) -> Result<Column, Error> {
    Column::of(name, (0..rows).map(|row| Cow::Owned(text(row))))
}

impl LeadList {
    /// What happened with a lead up to the end of a day, by date, the oldest first.
    pub(crate) fn activities_until(&self, row: usize, day: Option<Date>) -> &[Activity] {
        let all = self.activities(row);
        let known = day.map_or(all.len(), |day| all.partition_point(|activity| activity.date <= day));
        all.get(..known).unwrap_or(all)
    }

    /// The column in which the list itself states last activities, beside any log.
    pub(crate) fn stated_last_activity(&self) -> Option<usize> {
        self.extras.log.map_or_else(|| self.binding.column_of(Field::LastActivity), |log| log.stated)
    }

    /// Whether the last activity follows a log, so that another activity moves it.
    pub(crate) fn last_activity_follows_log(&self) -> bool {
        self.extras.log.is_some_and(|log| self.binding.column_of(Field::LastActivity) == Some(log.last))
    }

    /// The list as it was at the end of a day: the columns gained from activities tell of those until then. `None` if
    /// that is this list. What it was read from, and so its receipt and fingerprint, stays the same.
    pub(crate) fn seen_on(&self, day: Date) -> Option<Self> {
        let log = self.extras.log?;
        let later = |row: usize| self.activities(row).last().is_some_and(|activity| activity.date > day);
        let stated = log.stated.and_then(|at| self.table.columns().get(at));
        let stated_later = |row: usize| {
            stated
                .and_then(|column| column.date(row))
                .is_some_and(|date| date > day && !self.activities(row).is_empty())
        };
        (0..self.rows()).any(|row| later(row) || stated_later(row)).then_some(())?;
        // Of the whole file: the copy shares it.
        let _ = self.fingerprint();
        let until = |row: usize| self.activities_until(row, Some(day));
        let name = |at: usize| self.table.columns().get(at).map_or_else(String::new, |column| column.name().to_owned());
        // Columns of a million dates are far below the most that a column holds.
        let last = log.last_column(&self.table, name(log.last), Some(day), until).ok()?;
        let count = column(name(log.count), self.rows(), |row| until(row).len().to_string()).ok()?;
        let mut seen = self.clone();
        for (at, mut known) in [(log.last, last), (log.count, count)] {
            known.read_like(self.table.columns().get(at)?);
            *Arc::make_mut(&mut seen.table).columns_mut().get_mut(at)? = known;
        }
        Some(seen)
    }
}
