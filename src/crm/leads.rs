//! Leads, contacts or accounts: a table whose columns have a meaning.

use super::bind::{Binding, bind};
use super::dialect::{Dialects, Vocabulary};
use super::join::Extras;
use super::quality::{Evidence, Lasting};
use super::{Activity, Channel, Contract, Field, FieldRef, Kind, Mapping, Rep, key, kind, summary};
use crate::stats::{Ordered, places_by};
use crate::table::write::WriteOptions;
use crate::table::{Action, Code, Column, Diagnostics, Problems, Receipt, Table};
use crate::{Error, Place};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

const NO_FIELDS: Code =
    Code::new("no-known-column", Action::Kept, "map at least one column to a field such as industry or employees");

const REVENUE_UNIT: Code =
    Code::new("revenue-unit", Action::Kept, "say the unit in the header, as in `Revenue (in thousands)`");

/// A list of leads, contacts or accounts. Cloning shares the table.
///
/// ```
/// use leadcast::crm::{Field, LeadList, Mapping};
/// use leadcast::table::{ReadOptions, Table};
/// let table = Table::from_csv(b"Company,No. of Employees\nAcme,250\n", &ReadOptions::default())?;
/// let leads = LeadList::from_table(table, &Mapping::default())?;
/// let column = leads.column_of(&Field::Employees.into()).map(|at| &leads.table().columns()[at]);
/// assert_eq!(column.and_then(|c| c.number(0)), Some(250.0));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LeadList {
    pub(super) table: Arc<Table>,
    pub(super) binding: Binding,
    /// What binding told, and what the judgement of the data did.
    notes: [Diagnostics; 2],
    pub(super) receipt: Receipt,
    pub(super) kind: Kind,
    /// What there is from files that were attached.
    pub(super) extras: Arc<Extras>,
    /// The channel of each word in the source column.
    channels: BTreeMap<String, Channel>,
    dialects: Arc<Dialects>,
    /// Worked out when first asked for; clones share it.
    pub(super) rows_digest: Arc<OnceLock<[u8; 32]>>,
}

impl LeadList {
    /// Finds out what the columns mean; `mapping` overrides.
    ///
    /// # Errors
    /// `wrong-kind` for a file of quotas, activities, sales people or stage history, unless `mapping` says what its
    /// columns mean. What is missing is said in the receipt.
    pub fn from_table(table: Table, mapping: &Mapping) -> Result<Self, Error> {
        Self::with_dialects(table, mapping, Dialects::built_in()?)
    }

    /// As [`from_table`](Self::from_table), with dialects of one's own.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table).
    pub fn with_dialects(mut table: Table, mapping: &Mapping, dialects: &Dialects) -> Result<Self, Error> {
        let mut notes = Diagnostics::default();
        let mut binding = bind(&mut table, mapping, Vocabulary::Lead, dialects, &mut notes);
        let kind = kind::of_leads(&table, mapping, dialects, &mut notes)?;
        binding.name_companies(&table);
        if let (Kind::Accounts, Some(id), None) =
            (kind, binding.column_of(Field::PersonId), binding.column_of(Field::AccountId))
        {
            binding.assign(id, Field::AccountId);
        }
        if binding.fields().next().is_none() {
            notes.count(NO_FIELDS, Place::default(), "", || "no column is known by its name".to_owned());
        }
        note_revenue_unit(&table, &binding, &mut notes);
        let evidence = Evidence { table: &table, binding: &binding, kind: kind.name(), dialects: Some(dialects) };
        let lasting = Lasting::of(&evidence);
        let found = summary::Found {
            kind: kind.name(),
            rows_used: table.rows() as u64,
            notes: vec![&notes],
            lasting: Some(&lasting),
            ..summary::Found::default()
        };
        let receipt = summary::receipt(&table, &binding, found);
        let channels = channels(&table, &binding, dialects);
        let dialects = Arc::new(dialects.clone());
        let (extras, rows_digest) = Default::default();
        let notes = [notes, lasting.notes];
        Ok(Self { table: Arc::new(table), binding, notes, receipt, kind, extras, channels, dialects, rows_digest })
    }

    /// Number of leads.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.table.rows()
    }

    /// The columns.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// What was read, understood and left out.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// Rows and lines with something to say about, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> Problems {
        Problems::collect(&self.table, &[self.table.diagnostics(), &self.notes[0], &self.notes[1]])
    }

    /// The file with its own columns, put right: dates as ISO, numbers plain, missing words emptied.
    #[must_use]
    pub fn corrected_csv(&self, options: WriteOptions) -> Vec<u8> {
        self.table.corrected_csv(options)
    }

    /// The words by which the columns were understood.
    pub(crate) fn dialects(&self) -> &Dialects {
        &self.dialects
    }

    /// Which column is which field.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The column a condition points at, if the file has it.
    #[must_use]
    #[inline]
    pub fn column_of(&self, field: &FieldRef) -> Option<usize> {
        match field {
            FieldRef::Known(field) => self.binding.column_of(*field),
            FieldRef::Column(header) => self.table.column_named(header),
            FieldRef::Score(_) => None,
        }
    }

    /// The text of a field in a row; `""` if missing or not in the file.
    #[must_use]
    pub fn text(&self, row: usize, field: Field) -> &str {
        let column = self.binding.column_of(field).and_then(|at| self.table.columns().get(at));
        column.map_or("", |column| column.text(row))
    }

    /// The channel a lead came by; unknown if the file has no source.
    ///
    /// ```
    /// use leadcast::crm::{Channel, LeadList, Mapping};
    /// use leadcast::table::{ReadOptions, Table};
    /// let csv = b"Company,Lead Source\nAcme,Free Trial\nBolt,Trade Show\nCore,\n";
    /// let leads = LeadList::from_table(Table::from_csv(csv, &ReadOptions::default())?, &Mapping::default())?;
    /// let channels: Vec<Channel> = (0..leads.rows()).map(|row| leads.channel(row)).collect();
    /// assert_eq!(channels, [Channel::ProductLed, Channel::Inbound, Channel::Unknown]);
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    #[must_use]
    pub fn channel(&self, row: usize) -> Channel {
        self.channels.get(self.text(row, Field::Source)).copied().unwrap_or_default()
    }

    /// What happened with a lead, by date, the oldest first: from the files of activities that were attached. Those
    /// of one day stand in the order of their kinds. Nothing is left out: activities after the day one looks from are
    /// for the caller to pass over.
    #[must_use]
    pub fn activities(&self, row: usize) -> &[Activity] {
        self.extras.activities.of(row)
    }

    /// Whether any lead has activities.
    pub(crate) fn has_activities(&self) -> bool {
        self.extras.activities.any()
    }

    /// The column that says who has a lead's account, from a file of accounts that was attached.
    pub(crate) fn account_owner_column(&self) -> Option<&Column> {
        self.table.columns().get(self.extras.account_owner?)
    }

    /// The contracts of the files that were attached.
    #[must_use]
    pub fn contracts(&self) -> &[Contract] {
        &self.extras.contracts
    }

    /// The sales people of the files that were attached.
    #[must_use]
    pub fn reps(&self) -> &[Rep] {
        &self.extras.reps
    }

    /// SHA-256 over the rows: the same for the same leads in any order of the rows and columns and any spelling of
    /// their numbers and dates. Every file attached changes it.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.rows_digest.get_or_init(|| {
            let rows = key::fingerprint(&self.table, &labels(&self.table, &self.binding));
            key::with_attached(rows, &self.extras.fingerprints)
        })
    }

    /// Hashes of whole rows, of what the cells mean and not how they are written, whatever the order of the columns.
    pub(crate) fn row_hashes(&self) -> impl FnMut(usize) -> u64 + '_ {
        let labels = labels(&self.table, &self.binding);
        let columns = places_by(self.table.columns().len(), &mut |a, b| labels.get(a).cmp(&labels.get(b)));
        let mut buffer = Vec::new();
        move |row| key::hash_cells(&self.table, row, columns.iter().copied(), &mut buffer)
    }
}

/// What each different source comes down to; sources that say nothing are left out.
fn channels(table: &Table, binding: &Binding, dialects: &Dialects) -> BTreeMap<String, Channel> {
    let column = binding.column_of(Field::Source).and_then(|at| table.columns().get(at));
    let words = column.into_iter().flat_map(|c| c.cells().words().iter().map(|cell| c.present(cell)));
    let known = words.map(|word| (word, dialects.channel_of(word))).filter(|(_, channel)| *channel != Channel::Unknown);
    known.map(|(word, channel)| (word.to_owned(), channel)).ordered()
}

/// Says so if revenue per employee is too small for whole units of any currency: the file may count in thousands.
fn note_revenue_unit(table: &Table, binding: &Binding, notes: &mut Diagnostics) {
    /// Units of currency per employee and year below which no company lives.
    const LEAST: f64 = 1000.0;
    /// What companies take in per employee and year, in whole units of most currencies.
    const USUAL: std::ops::Range<f64> = 10_000.0..3_000_000.0;
    let column = |field| table.columns().get(binding.column_of(field)?);
    let (Some(revenue), Some(employees)) = (column(Field::Revenue), column(Field::Employees)) else { return };
    let ratio = |row| Some(revenue.number(row)? / employees.number(row).filter(|n| *n > 0.0)?);
    let mut ratios: Vec<f64> = (0..table.rows()).filter_map(ratio).collect();
    ratios.sort_by(f64::total_cmp);
    let Some(median) = ratios.get(ratios.len() / 2).filter(|_| ratios.len() >= 5) else { return };
    if *median < LEAST {
        notes.count(REVENUE_UNIT, Place::default().in_column(revenue.name()), "", || {
            let units = [("thousands", 1e3), ("millions", 1e6)]
                .into_iter()
                .filter(|(_, unit)| USUAL.contains(&(median * unit)));
            let (unit, likely) = match (units.clone().count(), units.clone().next()) {
                (1, Some((name, _))) => (name, "are probably"),
                _ => ("thousands or millions", "may be"),
            };
            format!("the median revenue per employee is {median:.1}: the amounts {likely} in {unit}")
        });
    }
}

/// Field names where known, headers elsewhere.
pub(crate) fn labels(table: &Table, binding: &Binding) -> Vec<String> {
    let label = |(at, column): (usize, &crate::table::Column)| match binding.field_of(at) {
        Some(field) => field.name().to_owned(),
        None => format!("column:{}", column.name()),
    };
    table.columns().iter().enumerate().map(label).collect()
}
