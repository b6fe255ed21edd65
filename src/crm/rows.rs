//! What files of single rows have in common: columns bound to fields, rows left out with a reason, a receipt.

use super::bind::{Binding, bind};
use super::dialect::{Dialects, Vocabulary};
use super::{Field, Kind, Mapping, key, labels, summary};
use crate::calendar::Date;
use crate::money::{Currency, Money};
use crate::table::{Action, Code, Column, Diagnostics, MappingSource, Receipt, Table};
use crate::{Error, ErrorKind, Place};
use std::borrow::Cow;

pub(crate) const NO_DATE: Code =
    Code::new("row-without-date", Action::Excluded, "fill in the date, or correct it where it cannot be read");
pub(crate) const NO_REFERENCE: Code =
    Code::new("row-without-reference", Action::Excluded, "export the id, the e-mail address or the name it belongs to");
pub(crate) const NO_AMOUNT: Code =
    Code::new("row-without-amount", Action::Excluded, "fill in the amount, or correct it where it cannot be read");
pub(crate) const UNKNOWN_CURRENCY: Code =
    Code::new("unknown-currency", Action::Repaired, "write ISO codes such as EUR, or map the column to none");

/// A file whose columns are bound, on the way to typed rows.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub(crate) table: Table,
    pub(crate) binding: Binding,
    pub(crate) notes: Diagnostics,
}

impl Rows {
    pub(crate) fn open(mut table: Table, mapping: &Mapping, vocabulary: Vocabulary, dialects: &Dialects) -> Self {
        let mut notes = Diagnostics::default();
        let binding = bind(&mut table, mapping, vocabulary, dialects, &mut notes);
        Self { table, binding, notes }
    }

    pub(crate) fn has(&self, fields: &[Field]) -> bool {
        fields.iter().any(|field| self.binding.column_of(*field).is_some())
    }

    pub(crate) fn column(&self, field: Field) -> Option<&Column> {
        self.table.columns().get(self.binding.column_of(field)?)
    }

    /// The text of a field in a row; `""` if missing or not in the file.
    pub(crate) fn text(&self, field: Field, row: usize) -> &str {
        self.column(field).map_or("", |column| column.text(row))
    }

    pub(crate) fn date(&self, field: Field, row: usize) -> Option<Date> {
        self.column(field)?.date(row)
    }

    /// The first line and column of a problem.
    pub(crate) fn place(&self, field: Option<Field>, row: usize) -> Place {
        let column = field.and_then(|field| self.column(field)).map(|column| column.name().to_owned());
        Place { column, ..Place::line(self.table.line(row)) }
    }

    /// An amount in its own currency: the column's, else the symbol's, else the one given.
    pub(crate) fn money(
        &self,
        field: Field,
        row: usize,
        currency: Currency,
        dialects: &Dialects,
        notes: &mut Diagnostics,
    ) -> Option<Money> {
        let column = self.column(field)?;
        let word = self.text(Field::Currency, row);
        let named = dialects.currency_of(word);
        if named.is_none() && !word.is_empty() {
            notes.count(UNKNOWN_CURRENCY, self.place(Some(Field::Currency), row), word, || {
                format!("`{word}` is no known currency; read as {currency}")
            });
        }
        let written = match column.kind() {
            crate::table::ColumnKind::Number(format) => format.currency.or_else(|| column.currency(row)),
            _ => None,
        };
        let currency = named.or(written).unwrap_or(currency);
        column.minor_units(row, currency.minor_digits()).map(|minor| Money::new(minor, currency))
    }

    /// `missing-column`: the file lacks what its rows cannot do without.
    pub(crate) fn missing(&self, what: &str, names: &str) -> Error {
        let message = format!("no column was found for {what} (name it {names}, or map one)");
        let place = self.table.name().map_or_else(Place::default, |name| Place::default().in_file(name));
        Error::new(ErrorKind::Input, "missing-column", message).at(place)
    }

    /// SHA-256 over the rows: the same for the same rows in any order, columns too.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        key::fingerprint(&self.table, &labels(&self.table, &self.binding))
    }

    /// Gives people whose first and last name stand apart a column with both, to be found by.
    ///
    /// # Errors
    /// `limit` if the table is full.
    pub(crate) fn with_full_names(&mut self) -> Result<(), Error> {
        full_names(&mut self.table, &mut self.binding)
    }

    /// What was read, used and left out; every row that is not used has been counted in `notes`.
    pub(crate) fn receipt(&self, kind: Kind, used: u64, notes: Diagnostics) -> Receipt {
        receipt(&self.table, &self.binding, Some(kind), used, [self.notes.clone(), notes])
    }
}

/// Adds a column of full names where there are first and last names only.
///
/// # Errors
/// `limit` if the table is full.
pub(crate) fn full_names(table: &mut Table, binding: &mut Binding) -> Result<(), Error> {
    let column = |field| binding.column_of(field).and_then(|at| table.columns().get(at));
    let (None, Some(first), Some(last)) = (column(Field::FullName), column(Field::FirstName), column(Field::LastName))
    else {
        return Ok(());
    };
    let whole = |row| Cow::Owned(format!("{} {}", first.text(row), last.text(row)).trim().to_owned());
    let names = Column::of("Full name".to_owned(), (0..table.rows()).map(whole))?;
    table.push_column(names)?;
    binding.push(Some((Field::FullName, MappingSource::Synonym)));
    Ok(())
}

/// The receipt of a table of which so many rows are used.
pub(crate) fn receipt<const N: usize>(
    table: &Table,
    binding: &Binding,
    kind: Option<Kind>,
    used: u64,
    notes: [Diagnostics; N],
) -> Receipt {
    let found = summary::Found {
        kind: kind.map_or("unknown", Kind::name),
        rows_used: used,
        rows_excluded: table.rows() as u64 - used,
        notes: notes.iter().collect(),
        ..summary::Found::default()
    };
    summary::receipt(table, binding, found)
}
