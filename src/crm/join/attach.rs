//! Takes another file's rows to those of the file that is open.

use super::lookup::{self, free_header};
use super::{JoinOn, JoinReport, JoinShape, Normaliser, Pairing, Side, given, pair};
use crate::crm::activity::{Activities, Activity};
use crate::crm::dialect::Dialects;
use crate::crm::rows::{Rows, receipt};
use crate::crm::{Field, Kind, LeadList, Mapping, key, labels, summary};
use crate::table::{Column, MappingSource, Receipt, Table};
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// How a file is attached. Every part that is absent is found out from the files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AttachOptions {
    /// What its rows are.
    pub kind: Option<Kind>,
    /// Overrides of what its columns mean.
    pub mapping: Mapping,
    /// The columns by which the files belong together, the surest first.
    pub on: Vec<JoinOn>,
}

/// What came of attaching a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Attached {
    /// What was understood of the file.
    pub receipt: Receipt,
    /// Which of its rows belong to which of the open file.
    pub join: JoinReport,
}

/// Activities by the row they belong to, each row's by date.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByRow {
    starts: Vec<u32>,
    all: Vec<Activity>,
}

impl ByRow {
    /// Deals the activities out to their rows, beside those that are there already.
    fn with(&self, rows: usize, new: impl Iterator<Item = (usize, Activity)>) -> Self {
        let old = (0..rows).flat_map(|row| self.of(row).iter().map(move |activity| (row, activity.clone())));
        let mut all: Vec<(usize, Activity)> = old.chain(new).collect();
        // In the order of what happened and not of the file, so that another order of its rows changes nothing.
        all.sort_by(|(a, x), (b, y)| {
            (a, x.date, &x.kind, x.direction, x.row).cmp(&(b, y.date, &y.kind, y.direction, y.row))
        });
        let mut starts = Vec::with_capacity(rows + 1);
        let mut next = all.iter().map(|(row, _)| *row).peekable();
        let mut count = 0;
        for row in 0..rows {
            starts.push(count);
            while next.next_if_eq(&row).is_some() {
                count += 1;
            }
        }
        starts.push(count);
        Self { starts, all: all.into_iter().map(|(_, activity)| activity).collect() }
    }

    pub(crate) fn of(&self, row: usize) -> &[Activity] {
        let bounds = (self.starts.get(row), self.starts.get(row + 1));
        let (Some(start), Some(end)) = bounds else { return &[] };
        self.all.get(*start as usize..*end as usize).unwrap_or(&[])
    }
}

impl LeadList {
    /// This list with another file attached.
    ///
    /// Activities are dealt out to their leads, which gain a last activity and a count. Of every other file a lead
    /// gains the columns of the row that belongs to it, and whether there is one (`In accounts`); what such a column
    /// means in its own file it means here, unless the list has a column for that already. A lead with a row in a
    /// file of deals is converted.
    ///
    /// ```
    /// use leadcast::crm::join::AttachOptions;
    /// use leadcast::crm::{LeadList, Mapping};
    /// use leadcast::table::{ReadOptions, Table};
    /// let read = |csv: &str| Table::from_csv(csv.as_bytes(), &ReadOptions::default());
    /// let leads = LeadList::from_table(read("Email,Company\nada@a.example,A\nbo@b.example,B\n")?, &Mapping::default())?;
    /// let log = read("Activity Type,Activity Date,Email\nVisit,2026-03-02,Ada@a.example\nCall,2026-03-01,ada@a.example\n")?;
    /// let (leads, attached) = leads.attach(log, &AttachOptions::default())?;
    /// let kinds: Vec<&str> = leads.activities(0).iter().map(|activity| &*activity.kind).collect();
    /// assert_eq!(kinds, ["Call", "Visit"]);
    /// assert_eq!((attached.join.matched, attached.join.unused), (2, 1));
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    ///
    /// # Errors
    /// `nothing-in-common` if no column of one file holds what one of the other does, `no-such-column` for a header in
    /// the options that is not there, and those of the file's kind.
    pub fn attach(&self, table: Table, options: &AttachOptions) -> Result<(Self, Attached), Error> {
        let dialects = Dialects::built_in()?;
        let kind = options.kind.or_else(|| Kind::of(&table, &dialects));
        match kind {
            Some(Kind::Activities) => self.attach_activities(table, options, &dialects),
            Some(Kind::StageHistory | Kind::Quotas | Kind::Contracts) => Err(unattachable(kind, &table)),
            _ => self.look_up(table, kind, options, &dialects),
        }
    }

    /// Gives every lead the columns of its row in the other file.
    fn look_up(
        &self,
        table: Table,
        kind: Option<Kind>,
        options: &AttachOptions,
        dialects: &Dialects,
    ) -> Result<(Self, Attached), Error> {
        let rows = Rows::open(table, &options.mapping, lookup::vocabulary(kind), dialects);
        let right = Side { table: &rows.table, binding: &rows.binding, kind };
        let (pairing, mut join) = self.pair(JoinShape::Lookup, right, options, dialects, |_| true)?;
        let mut list = self.clone();
        for gained in lookup::columns(right, &pairing, &list.table)? {
            join.added_columns.push(gained.column.name().to_owned());
            list.add_column(gained.column, gained.field)?;
        }
        list.note_attached(key::fingerprint(&rows.table, &labels(&rows.table, &rows.binding)));
        let receipt = receipt(&rows.table, &rows.binding, kind, rows.table.rows() as u64, [rows.notes]);
        Ok((list, Attached { receipt, join }))
    }

    fn attach_activities(
        &self,
        table: Table,
        options: &AttachOptions,
        dialects: &Dialects,
    ) -> Result<(Self, Attached), Error> {
        let activities = Activities::with_dialects(table, &options.mapping, dialects)?;
        let right = Side { table: activities.table(), binding: activities.binding(), kind: Some(Kind::Activities) };
        let mut takes_part = vec![false; activities.table().rows()];
        activities.rows().iter().filter_map(|a| takes_part.get_mut(a.row).map(|slot| *slot = true)).count();
        let seeks = |row| takes_part.get(row).copied().unwrap_or(false);
        let (pairing, mut join) = self.pair(JoinShape::Many, right, options, dialects, seeks)?;
        let found = |activity: &Activity| Some((pairing.partner(activity.row)?, activity.clone()));
        let by_row = self.activities.with(self.rows(), activities.rows().iter().filter_map(found));
        let mut list = self.clone();
        let file = activities.table().name().unwrap_or("activities");
        let newest = |row| by_row.of(row).last().map_or_else(String::new, |activity| activity.date.to_string());
        let dates = (0..self.rows()).map(|row| Cow::Owned(newest(row)));
        let counts = (0..self.rows()).map(|row| Cow::Owned(by_row.of(row).len().to_string()));
        let last = Column::of(free_header(&list.table, "Last activity", file), dates)?;
        let count = Column::of(free_header(&list.table, "Activities", file), counts)?;
        join.added_columns = vec![last.name().to_owned(), count.name().to_owned()];
        list.add_column(last, Some(Field::LastActivity))?;
        list.add_column(count, None)?;
        list.activities = Arc::new(by_row);
        list.note_attached(activities.fingerprint());
        Ok((list, Attached { receipt: activities.receipt().clone(), join }))
    }

    /// Adds a joined column, and takes it for the field if no other is.
    fn add_column(&mut self, column: Column, field: Option<Field>) -> Result<(), Error> {
        let table = Arc::make_mut(&mut self.table);
        let at = table.columns().len();
        table.push_column(column)?;
        let free = field.filter(|field| self.binding.column_of(*field).is_none());
        self.binding.push(free.map(|field| (field, MappingSource::Joined)));
        let summary = self.table.columns().get(at).map(|column| summary::column(column, at, &self.binding));
        self.receipt.columns.extend(summary);
        Ok(())
    }

    /// Another file is part of the list from now on: the fingerprint says so.
    fn note_attached(&mut self, fingerprint: [u8; 32]) {
        self.attached.push(fingerprint);
        self.attached.sort_unstable();
        self.rows_digest = Arc::default();
    }

    fn pair(
        &self,
        shape: JoinShape,
        right: Side<'_>,
        options: &AttachOptions,
        dialects: &Dialects,
        seeks: impl Fn(usize) -> bool,
    ) -> Result<(Pairing, JoinReport), Error> {
        let left = Side { table: self.table(), binding: self.binding(), kind: Some(self.kind) };
        let on = given(&options.on, shape, left.table, right.table)?;
        let (seeking, offering) = if shape == JoinShape::Lookup { (left, right) } else { (right, left) };
        let pairing = pair(seeking, offering, on, &Normaliser::new(dialects), seeks)?;
        let report = pairing.report(shape, left, right);
        Ok((pairing, report))
    }
}

fn unattachable(kind: Option<Kind>, table: &Table) -> Error {
    let what = kind.map_or_else(|| "a file of unknown kind".to_owned(), |kind| format!("a file of {kind}"));
    let message = format!("{what} cannot be attached here (say what its rows are as `kind`, or choose another file)");
    let place = table.name().map_or_else(Place::default, |name| Place::default().in_file(name));
    Error::new(ErrorKind::Input, "cannot-attach", message).at(place)
}
