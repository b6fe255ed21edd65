//! A column: its cells as written, and how they are read as numbers, dates, yes or no.

use super::clock::TimeOfDay;
use super::dates::{DateFormat, Serial};
use super::decimal::Rate;
use super::infer::{Defaults, Evidence};
use super::missing::{boolean, is_missing, is_missing_value, trimmed};
use super::number::NumberFormat;
use super::options::ColumnOptions;
use super::receipt::Diagnostics;
use super::store::Cells;
use crate::calendar::Date;
use crate::money::Currency;
use crate::stats::Arrange;
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
    /// Whether words such as `n/a` are values here, and only blank cells are missing.
    keeps_words: bool,
}

/// Why a value does not read in its column's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Misread {
    /// It is none.
    Unreadable,
    /// It is infinite, not a number, or beyond all bounds.
    NotFinite,
    /// It has the shape of a date, but no calendar has the day.
    BadDate,
    /// It is a date in the other order of day and month.
    OtherOrder,
}

/// Values of a column that do not read, for one reason.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unreadable<'a> {
    pub(crate) why: Misread,
    pub(crate) count: u64,
    pub(crate) row: usize,
    pub(crate) sample: &'a str,
}

impl Column {
    pub(crate) fn new(name: String, cells: Cells, kind: ColumnKind, evidence: Evidence) -> Self {
        Self { name, cells: Arc::new(cells), kind, evidence, placeholders: Vec::new(), keeps_words: false }
    }

    /// Takes words such as `n/a` as values: only blank cells are missing.
    pub(crate) fn keep_words(&mut self) {
        self.keeps_words = true;
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
    #[inline]
    pub fn text(&self, row: usize) -> &str {
        self.present(self.cells.get(row))
    }

    /// The cell as a number; `None` if missing or not a number. Values in percent are not divided by 100.
    #[must_use]
    #[inline]
    pub fn number(&self, row: usize) -> Option<f64> {
        match &self.kind {
            ColumnKind::Number(format) => format.read(self.text(row)).map(super::decimal::Decimal::to_f64),
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

    /// The cell at a rate, in units of 10^−`digits`, exactly, ties to even.
    pub(crate) fn converted(&self, row: usize, rate: Rate, digits: u32) -> Option<i64> {
        match &self.kind {
            ColumnKind::Number(format) => format.read(self.text(row))?.converted(rate, digits),
            _ => None,
        }
    }

    /// The cell as a date, as written; `None` if missing or no date.
    #[must_use]
    #[inline]
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
    #[inline]
    pub(crate) fn present<'a>(&self, cell: &'a str) -> &'a str {
        let text = trimmed(cell);
        if self.keeps_words {
            return text;
        }
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
        self.write_canonical_text(self.text(row), out);
    }

    /// The same of a value that is not missing, or of nothing.
    pub(crate) fn write_canonical_text(&self, text: &str, out: &mut Vec<u8>) {
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

    /// Decides once more what the column is, now that more words count as missing.
    pub(crate) fn infer_again(
        &mut self,
        options: &ColumnOptions,
        defaults: Defaults,
        line: &dyn Fn(usize) -> u64,
        notes: &mut Diagnostics,
    ) {
        (self.kind, self.evidence) =
            super::infer::infer(&self.name, &self.cells, &self.placeholders, options, defaults, line, notes);
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
        let mut read = 0;
        self.cells.each(|cell, count, _| read += if format.read(cell).is_some() { count } else { 0 });
        read * 2 >= self.evidence.values.max(1)
    }

    /// Whether a value reads as a range or rough value only, where those are read.
    pub(crate) fn reads_as_range(&self, text: &str) -> bool {
        match &self.kind {
            ColumnKind::Number(format) => {
                NumberFormat { ranges: false, ..*format }.read(text).is_none() && format.read(text).is_some()
            }
            _ => false,
        }
    }

    /// Reads the column as numbers, with or without ranges; `false` if it is empty.
    pub(crate) fn read_as_sizes(&mut self, ranges: bool) -> bool {
        if matches!(self.kind, ColumnKind::Empty) {
            return false;
        }
        let plain = NumberFormat { power: self.evidence.power, ..NumberFormat::PLAIN };
        let format = self.evidence.number.unwrap_or(plain);
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
        if self.keeps_words {
            return Vec::new();
        }
        let longest = words.iter().map(|word| word.len()).max().unwrap_or(0);
        let mut begins = [false; 256];
        words.iter().filter_map(|word| word.bytes().next()).for_each(|first| begins[usize::from(first)] = true);
        let which = |cell: &str| {
            // Blanks around a placeholder are few; most cells are ruled out by their length or first letter.
            if cell.len() > longest + 8 {
                return None;
            }
            let text = trimmed(cell);
            let possible = text.bytes().next().is_none_or(|first| begins[usize::from(first)]);
            if possible { words.iter().position(|word| *word == text) } else { None }
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

    /// Why the value, not missing, does not read in the column's kind; `None` if it does.
    pub(crate) fn misread(&self, text: &str) -> Option<Misread> {
        match &self.kind {
            ColumnKind::Number(format) if format.read(text).is_none() => {
                Some(if is_not_finite(text) { Misread::NotFinite } else { Misread::Unreadable })
            }
            ColumnKind::Date(format) if format.read(text).is_none() => Some(match super::dates::scan(text) {
                Some(cell) if cell.is_impossible() => Misread::BadDate,
                Some(cell) if cell.open && format.serial.is_none() => Misread::OtherOrder,
                _ => Misread::Unreadable,
            }),
            _ => None,
        }
    }

    /// Values that are not missing and cannot be read in the column's kind, by the reason.
    pub(crate) fn unreadable(&self) -> Vec<Unreadable<'_>> {
        let mut found: Vec<Unreadable<'_>> = Vec::new();
        if !matches!(self.kind, ColumnKind::Number(_) | ColumnKind::Date(_)) {
            return found;
        }
        self.cells.each(|cell, count, first| {
            let text = self.present(cell);
            if count == 0 || text.is_empty() {
                return;
            }
            let Some(why) = self.misread(text) else { return };
            match found.iter_mut().find(|known| known.why == why) {
                Some(known) => {
                    known.count += count;
                    if first < known.row {
                        (known.row, known.sample) = (first, text);
                    }
                }
                None => found.push(Unreadable { why, count, row: first, sample: text }),
            }
        });
        found.arrange_by_key(|known| known.why);
        found
    }

    /// The first rows, so many at most, whose cell as written passes a test.
    pub(crate) fn rows_where_raw(&self, most: usize, test: impl Fn(&str) -> bool) -> Vec<usize> {
        self.cells.rows_where(most, test)
    }

    /// How many rows hold a cell that passes a test as written, and the first of them.
    pub(crate) fn count_raw(&self, test: &dyn Fn(&str) -> bool) -> (u64, usize) {
        let (mut all, mut first) = (0, usize::MAX);
        self.cells.each(|cell, count, row| {
            if count > 0 && test(cell) {
                (all, first) = (all + count, first.min(row));
            }
        });
        (all, first)
    }

    /// The first rows, so many at most, whose value passes a test; each different cell is tested once.
    pub(crate) fn rows_where(&self, most: usize, test: impl Fn(&str) -> bool) -> Vec<usize> {
        self.cells.rows_where(most, |cell| test(self.present(cell)))
    }
}

/// Words and shapes of numbers beyond all bounds.
fn is_not_finite(text: &str) -> bool {
    let text = text.trim_start_matches(['+', '-', '−']);
    if ["nan", "inf", "infinity", "∞", "1.#inf", "1.#nan"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return true;
    }
    let digits =
        |part: &str| part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.split_once(['e', 'E']).is_some_and(|(body, power)| digits(body) && digits(power.trim_start_matches('+')))
}
