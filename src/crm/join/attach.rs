//! Takes another file's rows to those of the file that is open.

use super::columns::Offers;
use super::extras::Extras;
use super::log::{self, LogColumns};
use super::lookup::{self, Gained, vocabulary};
use super::{JoinOn, JoinReport, JoinShape, Normaliser, Pairing, Side, given, pair};
use crate::calendar::{Date, FiscalYear};
use crate::crm::activity::Activities;
use crate::crm::dialect::{Dialects, Vocabulary};
use crate::crm::rows::{Rows, full_names, receipt};
use crate::crm::{
    Binding, Contracts, Field, Kind, LeadList, Mapping, PeriodQuota, Pipeline, Quotas, Reps, StageHistory, export_day,
    summary,
};
use crate::money::Currency;
use crate::stats::Arrange;
use crate::table::{MappingSource, Receipt, Table};
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// The day an earlier export of the same pipeline was taken. Default: the day in the file's name, else the newest
    /// day on which a deal of it was created or closed.
    pub day: Option<Date>,
    /// The currency of amounts beside which the file names none. Default: USD.
    pub currency: Option<Currency>,
    /// The first month of the fiscal year, 1 to 12, for quotas of `Q1`. Default: 1.
    pub fiscal_year: FiscalYear,
}

/// What came of attaching a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Attached {
    /// What was understood of the file.
    pub receipt: Receipt,
    /// Which of its rows belong to which of the open file. `null` for quotas and contracts of people and companies
    /// that the open file does not name.
    pub join: Option<JoinReport>,
    /// Of a file of quotas: what is to be sold in each period.
    pub quotas: Vec<PeriodQuota>,
}

/// What the open file gains.
struct Gain {
    columns: Vec<Gained>,
    extras: Extras,
    attached: Attached,
}

/// A file on its way to another.
struct Attaching<'a> {
    left: Side<'a>,
    extras: &'a Extras,
    options: &'a AttachOptions,
    dialects: &'a Dialects,
}

impl Attaching<'_> {
    fn attach(&self, table: Table, kind: Option<Kind>) -> Result<Gain, Error> {
        match kind {
            Some(Kind::Activities) => self.activities(table),
            Some(Kind::Contracts) => self.contracts(table),
            Some(Kind::Quotas) => self.quotas(table),
            Some(Kind::Reps) => self.reps(table),
            Some(Kind::StageHistory) if self.left.kind != Some(Kind::Deals) => Err(unattachable(kind, &table)),
            Some(Kind::StageHistory) => self.history(table),
            _ => self.look_up(table, kind),
        }
    }

    fn activities(&self, table: Table) -> Result<Gain, Error> {
        let activities = Activities::with_dialects(table, &self.options.mapping, self.dialects)?;
        let mut takes_part = vec![false; activities.table().rows()];
        for activity in activities.rows() {
            if let Some(slot) = takes_part.get_mut(activity.row) {
                *slot = true;
            }
        }
        let right = side(&activities.source, Kind::Activities);
        let seeks = |row| takes_part.get(row).copied().unwrap_or(false);
        let (pairing, mut join) = self.pair(JoinShape::Many, right, Offers::Rows, seeks)?;
        let rows = self.left.table.rows();
        let found = activities.rows().iter().filter_map(|one| Some((pairing.partner(one.row)?, one.clone())));
        let by_row = self.extras.activities.with(rows, found);
        let file = activities.table().name().unwrap_or("activities");
        // A further log adds to the columns that the first one brought.
        let log = self.extras.log.unwrap_or_else(|| LogColumns::behind(self.left.table, self.left.binding));
        let gained = log::columns(log, self.left.table, &by_row, file)?;
        join.added_columns = gained.iter().map(|gained| gained.column.name().to_owned()).collect();
        let extras = Extras { activities: by_row, log: Some(log), ..self.extras(&activities.source) };
        Ok(Gain { columns: gained.into(), extras, attached: attached(activities.receipt(), Some(join)) })
    }

    fn contracts(&self, table: Table) -> Result<Gain, Error> {
        let currency = self.options.currency.unwrap_or(Currency::USD);
        let contracts = Contracts::with_dialects(table, &self.options.mapping, currency, self.dialects)?;
        let join = self.group(side(&contracts.source, Kind::Contracts))?;
        let mut extras = self.extras(&contracts.source);
        extras.contracts.extend_from_slice(contracts.rows());
        Ok(Gain { columns: Vec::new(), extras, attached: attached(contracts.receipt(), join) })
    }

    fn quotas(&self, table: Table) -> Result<Gain, Error> {
        let currency = self.options.currency.unwrap_or(Currency::USD);
        let quotas = Quotas::with_dialects(table, &self.options.mapping, currency, self.dialects)?;
        let join = self.group(side(&quotas.source, Kind::Quotas))?;
        let sums = quotas.by_period(self.options.fiscal_year);
        let attached = Attached { quotas: sums, ..attached(quotas.receipt(), join) };
        let extras = Extras { quotas: Some(quotas.clone()), ..self.extras(&quotas.source) };
        Ok(Gain { columns: Vec::new(), extras, attached })
    }

    fn reps(&self, table: Table) -> Result<Gain, Error> {
        let reps = Reps::with_dialects(table, &self.options.mapping, self.dialects)?;
        let (columns, join) = self.gain(side(&reps.source, Kind::Reps))?;
        let mut extras = self.extras(&reps.source);
        extras.reps.extend_from_slice(reps.rows());
        Ok(Gain { columns, extras, attached: attached(reps.receipt(), Some(join)) })
    }

    fn history(&self, table: Table) -> Result<Gain, Error> {
        let rows = Rows::open(table, &self.options.mapping, Vocabulary::Deal, self.dialects);
        let (mut history, (rows, deal)) = StageHistory::read(rows, self.dialects)?;
        let right = side(&rows, Kind::StageHistory);
        let (pairing, join) = self.pair(JoinShape::Many, right, Offers::Rows, |_| true)?;
        // The deal's id as the pipeline writes it.
        let own = self.left.binding.column_of(Field::DealId).and_then(|at| self.left.table.columns().get(at));
        let other = rows.table.columns().get(deal);
        let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
        for row in 0..rows.table.rows() {
            if let (Some(own), Some(other), Some(partner)) = (own, other, pairing.partner(row)) {
                ids.insert(other.text(row), own.text(partner));
            }
        }
        for event in &mut history.events {
            if let Some(id) = ids.get(event.deal.as_str()).filter(|id| **id != event.deal) {
                event.deal = (*id).to_owned();
            }
        }
        for stated in &mut history.dates {
            if let Some(id) = ids.get(stated.deal.as_str()).filter(|id| **id != stated.deal) {
                stated.deal = (*id).to_owned();
            }
        }
        history.events.arrange();
        history.dates.arrange();
        let attached = attached(&history.receipt, Some(join));
        let history = self.extras.history.as_ref().map_or(history.clone(), |earlier| history.merged(earlier));
        let extras = Extras { history: Some(history), ..self.extras(&rows) };
        Ok(Gain { columns: Vec::new(), extras, attached })
    }

    /// Gives every row the columns of its row in the other file.
    fn look_up(&self, table: Table, kind: Option<Kind>) -> Result<Gain, Error> {
        let mut rows = Rows::open(table, &self.options.mapping, vocabulary(kind), self.dialects);
        let receipt = receipt(&rows.table, &rows.binding, kind, rows.table.rows() as u64, [rows.notes.clone()]);
        rows.with_full_names()?;
        let (columns, join) = self.gain(Side { table: &rows.table, binding: &rows.binding, kind })?;
        let mut extras = self.extras(&rows);
        if let Some(at) = columns.iter().position(|gained| gained.is_account_owner) {
            extras.account_owner = Some(self.left.table.columns().len() + at);
        }
        Ok(Gain { columns, extras, attached: attached(&receipt, Some(join)) })
    }

    fn gain(&self, right: Side<'_>) -> Result<(Vec<Gained>, JoinReport), Error> {
        let (pairing, mut join) = self.pair(JoinShape::Lookup, right, Offers::Rows, |_| true)?;
        let columns = lookup::columns(right, &pairing, self.left.table)?;
        join.added_columns = columns.iter().map(|gained| gained.column.name().to_owned()).collect();
        Ok((columns, join))
    }

    /// Which rows of the other file name something that the open file names, if any do.
    fn group(&self, right: Side<'_>) -> Result<Option<JoinReport>, Error> {
        match self.pair(JoinShape::Many, right, Offers::Groups, |_| true) {
            Ok((_, join)) => Ok(Some(join)),
            Err(error) if error.code() == "nothing-in-common" => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn pair(
        &self,
        shape: JoinShape,
        right: Side<'_>,
        offers: Offers,
        seeks: impl Fn(usize) -> bool,
    ) -> Result<(Pairing, JoinReport), Error> {
        let (mut table, mut binding) = (self.left.table.clone(), self.left.binding.clone());
        full_names(&mut table, &mut binding)?;
        let left = Side { table: &table, binding: &binding, kind: self.left.kind };
        let on = given(&self.options.on, shape, left.table, right.table)?;
        let (seeking, offering) = if shape == JoinShape::Lookup { (left, right) } else { (right, left) };
        let pairing = pair(seeking, offering, offers, on, &Normaliser::new(self.dialects), seeks)?;
        let report = pairing.report(shape, left, right);
        Ok((pairing, report))
    }

    /// What there is already, and the fingerprint of one more file.
    fn extras(&self, rows: &Rows) -> Extras {
        let mut extras = self.extras.clone();
        extras.fingerprints.push(rows.fingerprint());
        extras.fingerprints.arrange();
        extras
    }
}

fn side(rows: &Rows, kind: Kind) -> Side<'_> {
    Side { table: &rows.table, binding: &rows.binding, kind: Some(kind) }
}

fn attached(receipt: &Receipt, join: Option<JoinReport>) -> Attached {
    Attached { receipt: receipt.clone(), join, quotas: Vec::new() }
}

/// Adds the columns gained, each taken for its field if no other is. One of a header that is there already takes its place.
/// Gives where they are now.
fn add_columns(table: &mut Table, binding: &mut Binding, columns: Vec<Gained>) -> Result<Vec<usize>, Error> {
    let mut places = Vec::new();
    for Gained { column, field, replaces, .. } in columns {
        if let Some((at, known)) =
            table.columns_mut().iter_mut().enumerate().find(|(_, known)| known.name() == column.name())
        {
            *known = column;
            places.push(at);
            continue;
        }
        places.push(table.columns().len());
        table.push_column(column)?;
        if let (true, Some(field)) = (replaces, field) {
            binding.release(field);
        }
        let free = field.filter(|field| binding.column_of(*field).is_none());
        binding.push(free.map(|field| (field, MappingSource::Joined)));
    }
    Ok(places)
}

impl LeadList {
    /// This list with another file attached.
    ///
    /// Activities are dealt out to their leads, which gain a last activity and a count. Of every other file a lead
    /// gains the columns of the row that belongs to it, and whether there is one (`In accounts`); what such a column
    /// means in its own file it means here, unless the list has a column for that already. A lead with a row in a
    /// file of deals is converted. Contracts, quotas and sales people are kept beside the list.
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
    /// let join = attached.join.unwrap();
    /// assert_eq!((join.matched, join.unused), (2, 1));
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    ///
    /// # Errors
    /// `nothing-in-common` if no column of one file holds what one of the other does, `no-such-column` for a header in
    /// the options that is not there, `cannot-attach` for a history of stages, and those of the file's kind.
    pub fn attach(&self, table: Table, options: &AttachOptions) -> Result<(Self, Attached), Error> {
        let dialects = Dialects::built_in()?;
        let kind = options.kind.or_else(|| Kind::of(&table, dialects));
        let left = Side { table: self.table(), binding: self.binding(), kind: Some(self.kind) };
        let gain = Attaching { left, extras: &self.extras, options, dialects }.attach(table, kind)?;
        let mut list = self.clone();
        for at in add_columns(Arc::make_mut(&mut list.table), &mut list.binding, gain.columns)? {
            let Some(column) = list.table.columns().get(at) else { continue };
            let told = summary::column(column, at, &list.binding);
            match list.receipt.columns.get_mut(at) {
                Some(known) => *known = told,
                None => list.receipt.columns.push(told),
            }
        }
        list.extras = Arc::new(gain.extras);
        list.rows_digest = Arc::default();
        Ok((list, gain.attached))
    }
}

impl Pipeline {
    /// This pipeline with another file attached.
    ///
    /// Of accounts, contacts, products, sales people and stages a deal gains the columns of the row that belongs to
    /// it; the names of stages take the place of their ids, and what a file of stages says of won and lost counts. A
    /// history of stages, or the same pipeline on another day, tells when deals entered their stages. Contracts,
    /// quotas and activities are kept beside the deals.
    ///
    /// ```
    /// use leadcast::crm::join::AttachOptions;
    /// use leadcast::crm::{Mapping, Pipeline};
    /// use leadcast::table::{ReadOptions, Table};
    /// let read = |csv: &str| Table::from_csv(csv.as_bytes(), &ReadOptions::default());
    /// let deals = read("Deal ID,Deal Name,Stage,Amount,Close Date\n7,A,Demo,100,2026-03-20\n")?;
    /// let log = read("Deal ID,From Stage,To Stage,Edit Date\n7,Lead,Demo,2026-01-15\n")?;
    /// let (deals, _) = Pipeline::from_table(deals, &Mapping::default())?.attach(log, &AttachOptions::default())?;
    /// let entered = deals.history().and_then(|history| history.of("7").first()).map(|event| event.entered.to_string());
    /// assert_eq!(entered.as_deref(), Some("2026-01-15"));
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    ///
    /// # Errors
    /// `nothing-in-common` if no column of one file holds what one of the other does, `no-such-column` for a header in
    /// the options that is not there, `same-day` for two exports of one day, and those of the file's kind.
    pub fn attach(&self, table: Table, options: &AttachOptions) -> Result<(Self, Attached), Error> {
        let kind = options.kind.or_else(|| Kind::of(&table, &self.dialects));
        let left = Side { table: &self.table, binding: &self.binding, kind: Some(Kind::Deals) };
        let attaching = Attaching { left, extras: &self.extras, options, dialects: &self.dialects };
        let gain = match kind {
            Some(Kind::Deals) => attaching.snapshot(self, table)?,
            _ => attaching.attach(table, kind)?,
        };
        let mut pipeline = self.clone();
        add_columns(&mut pipeline.table, &mut pipeline.binding, gain.columns)?;
        pipeline.extras = Arc::new(gain.extras);
        pipeline.assemble();
        Ok((pipeline, gain.attached))
    }
}

impl Attaching<'_> {
    /// The same pipeline on another day: the stages that changed in between.
    fn snapshot(&self, own: &Pipeline, table: Table) -> Result<Gain, Error> {
        let other = Pipeline::with_dialects(table, &self.options.mapping, self.dialects)?;
        let named = |pipeline: &Pipeline| pipeline.table.name().and_then(export_day);
        let day = |pipeline: &Pipeline| named(pipeline).or_else(|| pipeline.proposed_as_of());
        let (there, here) = (self.options.day.or_else(|| day(&other)), day(own));
        let (Some(there), Some(here)) = (there, here) else { return Err(same_day(&other.table, None)) };
        if there == here {
            return Err(same_day(&other.table, Some(here)));
        }
        let right = Side { table: &other.table, binding: &other.binding, kind: Some(Kind::Deals) };
        let (_, join) = self.pair(JoinShape::Many, right, Offers::Rows, |_| true)?;
        let mut extras = self.extras.clone();
        extras.fingerprints.push(other.fingerprint());
        extras.fingerprints.arrange();
        let receipt = other.as_of(None, Currency::USD).receipt;
        let history = StageHistory::from_snapshots(&[(there, &other), (here, own)]);
        let earlier = extras.history.take();
        extras.history = match (history, earlier) {
            (Some(history), Some(earlier)) => Some(history.merged(&earlier)),
            (history, earlier) => history.or(earlier),
        };
        Ok(Gain { columns: Vec::new(), extras, attached: attached(&receipt, Some(join)) })
    }
}

fn same_day(table: &Table, day: Option<Date>) -> Error {
    let found = day.map_or_else(|| "no day".to_owned(), |day| format!("{day} for both"));
    let message = format!(
        "expected another export of the pipeline, of another day, found {found} (say the day it was taken as `day`)"
    );
    let place = table.name().map_or_else(Place::default, |name| Place::default().in_file(name));
    Error::new(ErrorKind::Input, "same-day", message).at(place)
}

fn unattachable(kind: Option<Kind>, table: &Table) -> Error {
    let what = kind.map_or_else(|| "a file of unknown kind".to_owned(), |kind| format!("a file of {kind}"));
    let message = format!("{what} cannot be attached here (say what its rows are as `kind`, or choose another file)");
    let place = table.name().map_or_else(Place::default, |name| Place::default().in_file(name));
    Error::new(ErrorKind::Input, "cannot-attach", message).at(place)
}
