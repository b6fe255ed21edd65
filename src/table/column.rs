//! A column: its cells as written, and how they are read as numbers, dates, yes or no.

use super::clock::TimeOfDay;
use super::dates::{DateFormat, Serial};
use super::infer::Evidence;
use super::missing::{boolean, is_missing, is_missing_value};
use super::number::NumberFormat;
use super::store::Cells;
use crate::calendar::Date;
use crate::money::Currency;
use std::sync::Arc;

/// What the values of a column are, decided from all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// No row has a value.
    Empty,
    /// At least nine in ten values are numbers.
    Number(NumberFormat),
    /// At least nine in ten values are dates.
    Date(DateFormat),
    /// Every value is yes or no, in one of its spellings; `0` and `1` alone are numbers.
    Boolean,
    /// Anything else.
    Text,
}

impl ColumnKind {
    /// `number`, `date`, `boolean`, `text` or `empty`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Number(_) => "number",
            Self::Date(_) => "date",
            Self::Boolean => "boolean",
            Self::Text => "text",
        }
    }

    /// How the values are written, such as `d/m/y`; empty where there is nothing to say.
    #[must_use]
    pub fn format(&self) -> String {
        match self {
            Self::Number(format) => format.describe(),
            Self::Date(format) => format.describe(),
            _ => String::new(),
        }
    }
}

/// One column of a [`Table`](super::Table).
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    /// Shared between copies of the table.
    cells: Arc<Cells>,
    kind: ColumnKind,
    evidence: Evidence,
    /// Values that mean "missing" in this column only, such as `Select`.
    placeholders: Vec<String>,
}

impl Column {
    pub(crate) fn new(name: String, cells: Cells, kind: ColumnKind, evidence: Evidence) -> Self {
        Self { name, cells: Arc::new(cells), kind, evidence, placeholders: Vec::new() }
    }

    /// The header, made unique within the table.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the values are, decided from all rows.
    #[must_use]
    pub fn kind(&self) -> &ColumnKind {
        &self.kind
    }

    /// The cell exactly as written; empty past the last row.
    #[must_use]
    pub fn raw(&self, row: usize) -> &str {
        self.cells.get(row)
    }

    /// The cell without surrounding blanks; `""` if it is missing (blank, `n/a`, `NULL`, …).
    #[must_use]
    pub fn text(&self, row: usize) -> &str {
        self.present(self.cells.get(row))
    }

    /// The cell as a number; `None` if missing or not a number. Values in percent are not divided by 100.
    #[must_use]
    pub fn number(&self, row: usize) -> Option<f64> {
        match &self.kind {
            ColumnKind::Number(format) => format.read(self.text(row)).map(super::number::Decimal::to_f64),
            _ => None,
        }
    }

    /// The cell in units of 10^−`digits`, exactly, ties to even; `None` if missing, no number or out of range.
    #[must_use]
    pub fn minor_units(&self, row: usize, digits: u32) -> Option<i64> {
        match &self.kind {
            ColumnKind::Number(format) => format.read(self.text(row))?.in_units(digits),
            _ => None,
        }
    }

    /// The cell as a date, as written; `None` if missing or no date.
    #[must_use]
    pub fn date(&self, row: usize) -> Option<Date> {
        match &self.kind {
            ColumnKind::Date(format) => format.read(self.text(row)),
            _ => None,
        }
    }

    /// The time of day written beside the date in this cell.
    #[must_use]
    pub fn time(&self, row: usize) -> Option<TimeOfDay> {
        match &self.kind {
            ColumnKind::Date(format) => TimeOfDay::read(self.text(row), format.serial),
            _ => None,
        }
    }

    /// The cell as yes or no, where the column is boolean or holds `0` and `1`.
    #[must_use]
    pub fn boolean(&self, row: usize) -> Option<bool> {
        match self.kind {
            ColumnKind::Boolean | ColumnKind::Number(_) => boolean(self.text(row)),
            _ => None,
        }
    }

    /// The currency written beside the number in this cell.
    #[must_use]
    pub fn currency(&self, row: usize) -> Option<Currency> {
        super::number::scan(self.text(row)).and_then(|cell| cell.currency)
    }

    /// Rows without a value.
    #[must_use]
    pub fn nulls(&self) -> u64 {
        self.evidence.nulls
    }

    /// Number of distinct values, and whether it is exact; counting stops at 65,536.
    #[must_use]
    pub fn distinct(&self) -> (u64, bool) {
        (self.evidence.distinct, self.evidence.distinct < super::infer::MOST_DISTINCT)
    }

    /// Where text repeats: the number of the row's word, the same for equal cells. For tables built once per word.
    #[must_use]
    pub fn word(&self, row: usize) -> Option<usize> {
        self.cells.code(row)
    }

    /// The distinct words as written, in order of appearance; `None` where text does not repeat.
    #[must_use]
    pub fn words(&self) -> Option<impl Iterator<Item = &str>> {
        match *self.cells {
            Cells::Plain(_) => None,
            _ => Some(self.cells.words().iter()),
        }
    }

    /// Bytes of memory held by the cells.
    #[must_use]
    pub fn retained(&self) -> usize {
        self.cells.retained()
    }

    /// The trimmed value, or `""` if it means missing.
    pub(crate) fn present<'a>(&self, cell: &'a str) -> &'a str {
        let text = cell.trim();
        let missing = match self.kind {
            ColumnKind::Number(_) | ColumnKind::Date(_) => is_missing_value(text),
            _ => is_missing(text),
        };
        if missing || (!self.placeholders.is_empty() && self.placeholders.iter().any(|p| p == text)) {
            return "";
        }
        text
    }

    /// Whether at least half of the values are numbers.
    pub(crate) fn reads_mostly_as_numbers(&self) -> bool {
        matches!(self.kind, ColumnKind::Number(_)) || self.evidence.numbers * 2 >= self.evidence.values.max(1)
    }

    /// Whether at least half of the values are dates, or all of them could be dates written as numbers.
    pub(crate) fn reads_mostly_as_dates(&self) -> bool {
        let serial = self.evidence.serial.is_some();
        matches!(self.kind, ColumnKind::Date(_)) || serial || self.evidence.dates * 2 >= self.evidence.values.max(1)
    }

    /// What the cell means, in one spelling: numbers and dates as such, text trimmed, missing as nothing.
    pub(crate) fn write_canonical(&self, row: usize, out: &mut Vec<u8>) {
        let text = self.text(row);
        let read = match &self.kind {
            ColumnKind::Number(format) => format.read(text).map(|value| value.to_f64().to_bits()),
            ColumnKind::Date(format) => format.read(text).map(|date| date.days() as u64),
            _ => None,
        };
        match read {
            Some(value) => out.extend_from_slice(&value.to_le_bytes()),
            None => out.extend_from_slice(text.as_bytes()),
        }
    }

    pub(crate) fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Takes over how another column is read.
    pub(crate) fn read_like(&mut self, other: &Self) {
        self.kind = other.kind;
        self.evidence.number = other.evidence.number;
        self.evidence.date = other.evidence.date;
        self.evidence.serial = other.evidence.serial;
    }

    pub(crate) fn set_kind(&mut self, kind: ColumnKind) {
        self.kind = kind;
    }

    /// Reads the column as numbers whatever share of it parses; `false` if no cell does.
    pub(crate) fn read_as_numbers(&mut self) -> bool {
        if let (false, Some(format)) = (matches!(self.kind, ColumnKind::Number(_)), self.evidence.number) {
            self.kind = ColumnKind::Number(format);
        }
        matches!(self.kind, ColumnKind::Number(_))
    }

    /// Whether at least half of the values are numbers or ranges.
    pub(crate) fn reads_mostly_as_ranges(&self) -> bool {
        if self.reads_mostly_as_numbers() {
            return true;
        }
        let format = NumberFormat { ranges: true, ..self.evidence.number.unwrap_or(NumberFormat::PLAIN) };
        let tally = self.cells.tally();
        let read = |(cell, (count, _)): (&str, (u64, usize))| if format.read(cell).is_some() { count } else { 0 };
        self.cells.words().iter().zip(tally).map(read).sum::<u64>() * 2 >= self.evidence.values.max(1)
    }

    /// Reads the column as numbers, with or without ranges; `false` if it is empty.
    pub(crate) fn read_as_sizes(&mut self, ranges: bool) -> bool {
        if matches!(self.kind, ColumnKind::Empty) {
            return false;
        }
        let format = self.evidence.number.unwrap_or(NumberFormat::PLAIN);
        self.kind = ColumnKind::Number(NumberFormat { ranges, ..format });
        true
    }

    /// Reads the column as dates whatever share of it parses, serial numbers included; `false` if no cell does.
    pub(crate) fn read_as_dates(&mut self) -> bool {
        if !matches!(self.kind, ColumnKind::Date(_)) {
            let serial = |serial: Serial| DateFormat { serial: Some(serial), ..DateFormat::ISO };
            if let Some(format) = self.evidence.date.or(self.evidence.serial.map(serial)) {
                self.kind = ColumnKind::Date(format);
            }
        }
        matches!(self.kind, ColumnKind::Date(_))
    }

    /// Reads the column as text, exactly as written: for ids and postal codes.
    pub(crate) fn read_as_text(&mut self) {
        if !matches!(self.kind, ColumnKind::Empty) {
            self.kind = ColumnKind::Text;
        }
    }

    /// From now on these words mean missing in this column. Gives for each that occurs its place in the list, the
    /// number of rows that hold it and the first of them.
    pub(crate) fn treat_as_missing(&mut self, words: &[&str]) -> Vec<(usize, u64, usize)> {
        let longest = words.iter().map(|word| word.len()).max().unwrap_or(0);
        let which = |cell: &str| {
            // Blanks around a placeholder are few; most cells are ruled out by their length.
            if cell.len() > longest + 8 { None } else { words.iter().position(|word| *word == cell.trim()) }
        };
        let found: Vec<(usize, usize)> =
            self.cells.words().iter().enumerate().filter_map(|(at, cell)| Some((at, which(cell)?))).collect();
        let Some(_) = found.first() else { return Vec::new() };
        let tally = self.cells.tally();
        let mut seen: Vec<(usize, u64, usize)> = Vec::new();
        for (at, word) in found {
            let Some((count, first)) = tally.get(at).copied().filter(|(count, _)| *count > 0) else { continue };
            match seen.iter_mut().find(|(known, ..)| *known == word) {
                Some(entry) => *entry = (word, entry.1 + count, entry.2.min(first)),
                None => seen.push((word, count, first)),
            }
        }
        for (word, count, _) in &seen {
            self.placeholders.extend(words.get(*word).map(|word| (*word).to_owned()));
            self.evidence.nulls += count;
            self.evidence.distinct = self.evidence.distinct.saturating_sub(1);
        }
        seen
    }

    /// Values that are not missing and cannot be read in the column's kind: how many, the first row, its text.
    pub(crate) fn unreadable(&self) -> Option<(u64, usize, &str)> {
        let reads = |text: &str| match &self.kind {
            ColumnKind::Number(format) => format.read(text).is_some(),
            ColumnKind::Date(format) => format.read(text).is_some(),
            _ => true,
        };
        if !matches!(self.kind, ColumnKind::Number(_) | ColumnKind::Date(_)) {
            return None;
        }
        let mut found: Option<(u64, usize, &str)> = None;
        for (cell, (count, first)) in self.cells.words().iter().zip(self.cells.tally()) {
            let text = self.present(cell);
            if count == 0 || text.is_empty() || reads(text) {
                continue;
            }
            found = Some(match found {
                Some((n, row, sample)) if row < first => (n + count, row, sample),
                Some((n, ..)) => (n + count, first, text),
                None => (count, first, text),
            });
        }
        found
    }
}
