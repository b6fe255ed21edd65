//! Turns file bytes into typed columns. Knows quoting, encodings and places; knows nothing of leads.
//!
//! A file is read once, in pieces of any size. Cells stay as written; what a column is (numbers with which decimal
//! mark, dates in which order, yes or no, text) is decided from all of its cells and said in the receipt. One bad row
//! never costs the file: everything repaired or left out is counted as a [`Diagnostic`].
//!
//! Left to others: what a column means (`crm`), and what is to be concluded from it.

mod builder;
mod bytes;
mod clock;
mod column;
mod correct;
mod dates;
mod decimal;
mod delimiter;
mod gather;
mod hash;
mod header;
mod infer;
mod interner;
mod lines;
mod missing;
mod number;
mod options;
mod problems;
mod quality;
mod quotes;
mod reader;
mod receipt;
mod records;
mod scan;
mod store;
mod unread;
pub mod write;

pub use bytes::Encoding;
pub use clock::TimeOfDay;
pub use column::{Column, ColumnKind};
pub use dates::{DateFormat, DateOrder, DateSystem, Serial};
pub use decimal::Rate;
pub use number::{DecimalMark, NumberFormat};
pub use options::{
    ColumnOptions, ColumnType, Header, MissingWords, OddProbability, ReadOptions, RowFate, RowOptions, SameId, Scale,
    Unit,
};
pub use problems::{ProblemCell, ProblemFilter, ProblemRow, ProblemWindow, Problems};
pub use quality::{
    Completeness, DuplicateExample, Duplicates, OddValue, Quality, QualityPart, StageCompleteness, ValueTouched,
};
pub use reader::TableReader;
pub use receipt::{Action, ColumnReceipt, Decision, Diagnostic, Fix, MappingSource, Receipt};

pub(crate) use column::Misread;
pub(crate) use correct::write_corrected;
pub(crate) use hash::{Effect, Hash, hash, quick_hash};
pub(crate) use interner::Interner;
pub(crate) use missing::{boolean, trimmed};
pub(crate) use number::currency_mark;
pub(crate) use receipt::{Code, Diagnostics, MOST_PLACES, shorten};
pub(crate) use store::{Codes, Cursor};
pub(crate) use unread::note_unreadable;

use crate::Error;

/// Rows of a table at most.
pub const MOST_ROWS: usize = 2_000_000;

/// Columns of a table at most.
pub const MOST_COLUMNS: usize = 2_048;

/// Bytes of one cell at most: 1 MiB.
pub const MOST_FIELD_BYTES: usize = 1 << 20;

/// Where a table came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Text { encoding: Encoding, delimiter: u8 },
    Records,
}

/// A file as typed columns. Cloning shares the cells.
///
/// ```
/// use leadcast::table::{ReadOptions, Table};
/// let table = Table::from_csv("Name;Umsatz;Datum\nAcme;1.234,50;31.12.2025\n".as_bytes(), &ReadOptions::default())?;
/// assert_eq!(table.columns()[1].minor_units(0, 2), Some(123_450));
/// assert_eq!(table.columns()[2].date(0).map(|d| d.to_string()).as_deref(), Some("2025-12-31"));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    name: Option<String>,
    options: ReadOptions,
    source: Source,
    /// Where the names of the columns stand.
    header: Header,
    columns: Vec<Column>,
    rows: usize,
    blank_rows: u64,
    lines: lines::Lines,
    long_rows: Vec<usize>,
    /// Lines that are no rows, with their text.
    skipped: Vec<(u64, String)>,
    notes: Diagnostics,
}

impl Table {
    /// Reads delimited text.
    ///
    /// # Errors
    /// `empty` without a row, `not-csv` for other kinds of file, `limit` for a passed limit, `bad-option` for an
    /// impossible delimiter. Anything less costs at most the row it is in.
    pub fn from_csv(bytes: &[u8], options: &ReadOptions) -> Result<Self, Error> {
        let mut reader = TableReader::new(options);
        reader.push(bytes)?;
        reader.finish()
    }

    /// Reads a JSON array of flat objects; each key is a column, in order of first appearance.
    ///
    /// Numbers and booleans become their usual text, `null` a missing value, a list its values joined with `;`.
    ///
    /// # Errors
    /// `bad-records` if it is no array of flat objects, `empty` for an empty one, `limit` for a passed limit.
    pub fn from_records(json: &str, options: &ReadOptions) -> Result<Self, Error> {
        records::read(json, options)
    }

    /// Number of rows with at least one value.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Rows left out because every cell is blank.
    #[must_use]
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows
    }

    /// The columns in the order of the file.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The position of the column with this header.
    #[must_use]
    pub fn column_named(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }

    /// The line a row starts on, counted from 1, the header included; for records the record's number.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        self.lines.get(row)
    }

    /// Rows that had more cells than the header, in order; what was too much is not kept.
    #[must_use]
    pub fn long_rows(&self) -> &[usize] {
        &self.long_rows
    }

    /// What was repaired, left out or doubtful while reading.
    #[must_use]
    pub fn notes(&self) -> &[Diagnostic] {
        self.notes.as_slice()
    }

    /// The file's name, if it had one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The encoding's name, `json` for records.
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        match self.source {
            Source::Text { encoding, .. } => encoding.name(),
            Source::Records => "json",
        }
    }

    /// The character between cells, `tab` for a tab; empty for records.
    #[must_use]
    pub fn delimiter(&self) -> String {
        match self.source {
            Source::Text { delimiter: b'\t', .. } => "tab".to_owned(),
            Source::Text { delimiter, .. } => char::from(delimiter).to_string(),
            Source::Records => String::new(),
        }
    }

    /// Bytes of memory held by the cells.
    #[must_use]
    pub fn retained(&self) -> usize {
        self.columns.iter().map(Column::retained).sum()
    }

    /// Reads ranges and rough values in a column of numbers too. Gives how many there are and the first's row.
    pub(crate) fn read_ranges(&mut self, at: usize) -> Option<(u64, usize)> {
        let column = self.columns.get_mut(at)?;
        if !column.read_as_sizes(false) {
            return None;
        }
        let unread = |column: &Column| column.unreadable().into_iter().map(|u| u.count).sum::<u64>();
        let (before, first) = (unread(column), column.unreadable().iter().map(|u| u.row).min().unwrap_or(0));
        column.read_as_sizes(true);
        let after = unread(column);
        self.renote(at);
        Some((before.saturating_sub(after), first))
    }

    /// Counts anew what does not read in a column.
    pub(crate) fn renote(&mut self, at: usize) {
        let Some(column) = self.columns.get(at) else { return };
        for code in unread::MISREADS {
            self.notes.forget(code.name, column.name());
        }
        let lines = &self.lines;
        note_unreadable(column, &|row| lines.get(row), &mut self.notes);
    }

    /// Takes words such as `Select` as missing in a column of text, which may turn out to be one of numbers or dates.
    /// Gives for each word that occurs its place in the list, how often it does and the first row.
    pub(crate) fn treat_as_missing(&mut self, at: usize, words: &[&str]) -> Vec<(usize, u64, usize)> {
        let Some(column) = self.columns.get_mut(at) else { return Vec::new() };
        let seen = column.treat_as_missing(words);
        if !seen.is_empty() && self.options.column(column.name()).r#type.is_none() {
            let (lines, defaults) = (&self.lines, infer::Defaults::of(self.source));
            let line = |row| lines.get(row);
            let options = self.options.column(column.name());
            column.infer_again(&options, defaults, &line, &mut self.notes);
            infer::settle_dates(&mut self.columns, Some(at), &line, &mut self.notes);
            self.renote(at);
        }
        seen
    }

    /// Reads a column as text, exactly as written; what did not read otherwise is no problem then.
    pub(crate) fn read_as_text(&mut self, at: usize) {
        if let Some(column) = self.columns.get_mut(at) {
            column.read_as_text();
            for code in unread::MISREADS {
                self.notes.forget(code.name, column.name());
            }
        }
    }

    /// Adds a column behind the others.
    ///
    /// # Errors
    /// `limit` past the most columns of a table.
    pub(crate) fn push_column(&mut self, column: Column) -> Result<(), Error> {
        if self.columns.len() >= MOST_COLUMNS {
            return Err(builder::too_many_columns(self.columns.len() + 1));
        }
        self.columns.push(column);
        Ok(())
    }

    /// Where the names of the columns stand, as it was decided.
    #[must_use]
    pub fn header(&self) -> Header {
        self.header
    }

    /// How the file was asked to be read.
    #[must_use]
    pub fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// The row that starts on a line; `None` for a line that is no row.
    #[must_use]
    pub fn row_on(&self, line: u64) -> Option<usize> {
        self.lines.row_on(line)
    }

    /// Rows and lines with something to say about, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> Problems {
        Problems::collect(self, &[&self.notes])
    }

    /// The file with its own columns, put right: see `docs/import.md`.
    #[must_use]
    pub fn corrected_csv(&self, options: write::WriteOptions) -> Vec<u8> {
        write_corrected(self, &|_| true, &|_, _| None, None, options)
    }

    pub(crate) fn diagnostics(&self) -> &Diagnostics {
        &self.notes
    }

    /// The text of a line that is no row.
    pub(crate) fn skipped(&self, line: u64) -> Option<&str> {
        self.skipped.iter().find(|(at, _)| *at == line).map(|(_, text)| text.as_str())
    }

    pub(crate) fn columns_mut(&mut self) -> &mut [Column] {
        &mut self.columns
    }
}
