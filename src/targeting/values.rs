//! What values a field has in a file, to pick from when saying whom one sells to.

use crate::calendar::Date;
use crate::crm::{FieldRef, LeadList};
use crate::model::fold;
use crate::stats::Arrange;
use crate::table::{Column, ColumnKind};
use std::collections::BTreeMap;

/// The values of one field, counted.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FieldValues {
    /// The column's header.
    pub column: String,
    /// `number`, `date`, `boolean`, `text` or `empty`.
    pub kind: &'static str,
    /// Rows with a value.
    pub filled: u64,
    /// Rows without one.
    pub missing: u64,
    /// Number of different values; for text, spellings that differ in letter case, accents or spacing count once.
    pub distinct: u64,
    /// The most frequent values, at most 1,000, ties in order of the value; text as it is spelled most often.
    pub values: Vec<ValueCount>,
    /// For numbers: up to five bands with about as many leads each, their ends being values of the file.
    pub bands: Vec<ValueBand>,
}

/// A value and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ValueCount {
    /// The value as the file writes it; dates as `2026-03-31`.
    pub value: String,
    /// Rows with it.
    pub count: u64,
}

/// A range of numbers, both ends included, and how many rows lie in it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ValueBand {
    /// Smallest value.
    pub from: f64,
    /// Largest value.
    pub to: f64,
    /// Rows in the band.
    pub count: u64,
}

/// Most values listed.
const MOST: usize = 1_000;
/// Most bands of a number.
const BANDS: u64 = 5;

impl LeadList {
    /// The values of a field with their counts; `None` if the file does not have the field.
    #[must_use]
    pub fn values(&self, field: &FieldRef) -> Option<FieldValues> {
        let column = self.table().columns().get(self.column_of(field)?)?;
        let tally = Tally::of(column, self.rows());
        let filled = tally.filled();
        let mut values = tally.counts();
        let distinct = values.len() as u64;
        values.arrange_by_key(|value| std::cmp::Reverse(value.count));
        values.truncate(MOST);
        Some(FieldValues {
            column: column.name().to_owned(),
            kind: column.kind().name(),
            filled,
            missing: self.rows() as u64 - filled,
            distinct,
            values,
            bands: tally.bands(),
        })
    }
}

/// Rows counted by value, in the order of the values.
enum Tally {
    /// By the bits of a number in `total_cmp` order, with its text.
    Numbers(BTreeMap<OrderedNumber, (String, u64)>),
    Dates(BTreeMap<Date, u64>),
    /// By folded text; each spelling with its own count.
    Texts(BTreeMap<String, BTreeMap<String, u64>>),
}

#[derive(Clone, Copy, PartialEq)]
struct OrderedNumber(f64);

impl Eq for OrderedNumber {}

impl Ord for OrderedNumber {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for OrderedNumber {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Tally {
    fn of(column: &Column, rows: usize) -> Self {
        let mut tally = match column.kind() {
            ColumnKind::Number(_) => Self::Numbers(BTreeMap::new()),
            ColumnKind::Date(_) => Self::Dates(BTreeMap::new()),
            _ => Self::Texts(BTreeMap::new()),
        };
        if column.words().is_some() {
            column.cells().tally().into_iter().for_each(|(count, row)| tally.add(column, row, count));
        } else {
            (0..rows).for_each(|row| tally.add(column, row, 1));
        }
        tally
    }

    fn add(&mut self, column: &Column, row: usize, count: u64) {
        match self {
            Self::Numbers(numbers) => {
                if let Some(number) = column.number(row) {
                    let text = || (column.text(row).to_owned(), 0);
                    numbers.entry(OrderedNumber(number)).or_insert_with(text).1 += count;
                }
            }
            Self::Dates(dates) => {
                if let Some(date) = column.date(row) {
                    *dates.entry(date).or_default() += count;
                }
            }
            Self::Texts(texts) => {
                let text = column.text(row);
                if !text.is_empty() {
                    *texts.entry(fold(text)).or_default().entry(text.to_owned()).or_default() += count;
                }
            }
        }
    }

    fn filled(&self) -> u64 {
        match self {
            Self::Numbers(numbers) => numbers.values().map(|(_, count)| count).sum(),
            Self::Dates(dates) => dates.values().sum(),
            Self::Texts(texts) => texts.values().flat_map(BTreeMap::values).sum(),
        }
    }

    fn counts(&self) -> Vec<ValueCount> {
        match self {
            Self::Numbers(numbers) => {
                numbers.values().map(|(text, count)| ValueCount { value: text.clone(), count: *count }).collect()
            }
            Self::Dates(dates) => {
                dates.iter().map(|(date, count)| ValueCount { value: date.to_string(), count: *count }).collect()
            }
            Self::Texts(texts) => texts
                .values()
                .map(|spellings| {
                    // Equally frequent spellings: the first in order, whatever the order of the rows.
                    let best = spellings.iter().rev().max_by_key(|(_, count)| **count);
                    let value = best.map_or(String::new(), |(spelling, _)| spelling.clone());
                    ValueCount { value, count: spellings.values().sum() }
                })
                .collect(),
        }
    }

    /// Cuts after the values at which the share of rows first reaches 1/5, 2/5, ….
    fn bands(&self) -> Vec<ValueBand> {
        let Self::Numbers(numbers) = self else { return Vec::new() };
        let (all, mut before, mut bands) = (self.filled(), 0, Vec::<ValueBand>::new());
        let mut open: Option<ValueBand> = None;
        for (OrderedNumber(number), (_, count)) in numbers {
            let band = match open {
                Some(band) => ValueBand { to: *number, count: band.count + count, ..band },
                None => ValueBand { from: *number, to: *number, count: *count },
            };
            let after = before + count;
            let full = after * BANDS / all.max(1) > before * BANDS / all.max(1);
            before = after;
            if full {
                bands.push(band);
                open = None;
            } else {
                open = Some(band);
            }
        }
        bands.extend(open);
        bands
    }
}
