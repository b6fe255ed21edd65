//! Columns made of the cells of others: the joined file's, row for row, and what is worked out of it.

use super::column::Column;
use super::dates::DateOrder;
use super::infer::{self, Defaults};
use super::number::DecimalMark;
use super::options::ColumnOptions;
use super::receipt::Diagnostics;
use super::store::CellsBuilder;
use crate::{Error, ErrorKind};
use std::borrow::Cow;

impl Column {
    /// The cells of other rows, in their order, read as they are read here; `None` is a missing cell.
    ///
    /// # Errors
    /// `limit` past 4 GiB.
    pub(crate) fn gathered(&self, name: String, rows: impl Iterator<Item = Option<usize>>) -> Result<Self, Error> {
        // A placeholder means missing here, and where the cell goes it would be a word like others.
        let cell = |row: Option<usize>| match row {
            Some(row) if !self.text(row).is_empty() => Cow::Borrowed(self.raw(row)),
            _ => Cow::Borrowed(""),
        };
        let mut column = Self::of(name, rows.map(cell))?;
        column.read_like(self);
        Ok(column)
    }

    /// A column of the texts given, what it holds found from them.
    ///
    /// # Errors
    /// `limit` past 4 GiB.
    pub(crate) fn of<'a>(name: String, texts: impl Iterator<Item = Cow<'a, str>>) -> Result<Self, Error> {
        let mut cells = CellsBuilder::default();
        for text in texts {
            if !cells.push(&text) {
                return Err(Error::new(ErrorKind::Limit, "limit", "a column holds more than 4 GiB, the limit"));
            }
        }
        let cells = cells.finish();
        let defaults = Defaults { decimal: DecimalMark::Point, slash_order: DateOrder::Mdy };
        let (options, mut notes) = (ColumnOptions::default(), Diagnostics::default());
        let (kind, evidence) = infer::infer(&name, &cells, &[], &options, defaults, &|_| 0, &mut notes);
        Ok(Self::new(name, cells, kind, evidence))
    }
}

#[cfg(test)]
mod tests {
    use crate::table::{ReadOptions, Table};

    #[test]
    fn gathered_cells_are_read_as_in_their_own_file() {
        let csv = b"Day;Betrag\n03.04.2026;1.234,50\n13.04.2026;7,00\n";
        let table = Table::from_csv(csv, &ReadOptions::default()).unwrap();
        // The first row alone would not tell day from month, nor the decimal mark.
        let rows = || [Some(0), None, Some(0)].into_iter();
        let day = table.columns()[0].gathered("Day (a.csv)".to_owned(), rows()).unwrap();
        let amount = table.columns()[1].gathered("Betrag".to_owned(), rows()).unwrap();
        assert_eq!(day.date(2).map(|d| d.to_string()).as_deref(), Some("2026-04-03"));
        assert_eq!((amount.minor_units(0, 2), amount.minor_units(1, 2)), (Some(123_450), None));
        assert_eq!((day.nulls(), day.distinct().0, day.name()), (1, 1, "Day (a.csv)"));
    }
}
