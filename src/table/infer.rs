//! Decides what a column is from all of its cells, each different cell scanned once.

use super::column::ColumnKind;
use super::dates::{self, DateFormat, DateOrder, DateSystem, Serial};
use super::decimal::Decimal;
use super::hash::hash;
use super::missing::{boolean, is_missing, is_missing_value, trimmed};
use super::number::{self, DecimalMark, NumberFormat};
use super::options::{ColumnOptions, MissingWords};
use super::receipt::{Action, Code, Diagnostics};
use super::store::Cells;
use crate::Place;
use crate::money::Currency;
use std::collections::HashSet;

/// Distinct values are counted up to here.
pub(crate) const MOST_DISTINCT: u64 = 65_536;

pub(super) const AMBIGUOUS_NUMBER: Code = Code::new(
    "ambiguous-number",
    Action::Kept,
    "say which mark separates the decimals in the read options (`decimal`), for the file or the column",
);
pub(super) const MIXED_NUMBERS: Code =
    Code::new("mixed-number-formats", Action::Repaired, "write all numbers of the column in one way");
pub(super) const AMBIGUOUS_DATE: Code = Code::new(
    "ambiguous-date",
    Action::Kept,
    "say which comes first in the read options (`dateOrder`), for the file or the column",
);
pub(crate) const MIXED_DATES: Code =
    Code::new("mixed-dates", Action::Repaired, "write all dates of the column in one order");
pub(super) const MIXED_CURRENCY: Code =
    Code::new("mixed-currency", Action::Kept, "amounts stay in their own currency and are never added together");

const SHORT_YEAR: Code = Code::new("two-digit-year", Action::Noted, "write the years in full");
const SUFFIX: Code = Code::new("suffix", Action::Noted, "export the numbers in full");
pub(crate) const MISSING_WORD: Code =
    Code::new("missing-word", Action::Kept, "nothing to do if they mean that there is no value");

/// What was counted in a column, and the best reading as number and as date whatever the kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    pub(crate) nulls: u64,
    pub(crate) distinct: u64,
    /// Rows with a value.
    pub(crate) values: u64,
    /// Rows that the best number format reads.
    pub(crate) numbers: u64,
    /// Rows that the best date format reads.
    pub(crate) dates: u64,
    pub(crate) number: Option<NumberFormat>,
    pub(crate) date: Option<DateFormat>,
    pub(crate) serial: Option<Serial>,
    /// Power of ten that values are to be multiplied with, as the options or the header say.
    pub(crate) power: u8,
    /// Whether the order of a date column was decided by its own cells, and which one it was.
    pub(crate) decided_order: Option<DateOrder>,
    /// The first cell whose date can be read both ways, with its row.
    pub(crate) open_date: Option<(u64, usize)>,
}

/// Defaults for columns that do not decide themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Defaults {
    pub(crate) decimal: DecimalMark,
    /// Day first unless the separator is a slash.
    pub(crate) slash_order: DateOrder,
}

impl Defaults {
    /// Where `;` separates cells, the comma is taken: such files come from places that write 1.234,50.
    pub(crate) fn of(source: super::Source) -> Self {
        match source {
            super::Source::Text { delimiter: b';', .. } => {
                Self { decimal: DecimalMark::Comma, slash_order: DateOrder::Dmy }
            }
            _ => Self { decimal: DecimalMark::Point, slash_order: DateOrder::Mdy },
        }
    }
}

#[derive(Default)]
struct Tally {
    values: u64,
    nulls: u64,
    booleans: u64,
    // numbers
    point_only: u64,
    comma_only: u64,
    both_same: u64,
    both_differ: u64,
    first_differ: usize,
    suffixed: u64,
    percent: u64,
    padded: u64,
    whole: u64,
    missing_word: u64,
    currencies: Vec<(Currency, u64, usize)>,
    serials: [u64; 4],
    // dates
    shaped: u64,
    fixed: u64,
    day_only: u64,
    first_day: usize,
    month_only: u64,
    first_month: usize,
    same_day: u64,
    open: u64,
    first_open: usize,
    impossible: u64,
    named: bool,
    time: bool,
    short_year: bool,
    separator: char,
}

/// The kind of a column with its evidence; problems are counted into `notes`.
pub(crate) fn infer(
    name: &str,
    cells: &Cells,
    placeholders: &[String],
    options: &ColumnOptions,
    defaults: Defaults,
    line: &dyn Fn(usize) -> u64,
    notes: &mut Diagnostics,
) -> (ColumnKind, Evidence) {
    let (tally, distinct) = count(cells, placeholders, options.missing_words == Some(MissingWords::Keep));
    let power = options.unit.map_or_else(|| number::header_power(name), |unit| unit.power());
    let mut evidence = Evidence { nulls: tally.nulls, distinct, values: tally.values, power, ..Evidence::default() };
    if tally.values == 0 {
        return (ColumnKind::Empty, evidence);
    }
    let sample = |row: usize| cells.get(row).trim().to_owned();
    let place = |row: usize| Place::line(line(row)).in_column(name);

    let readable = decide_number(&tally, options, defaults, &mut evidence);
    let dates = decide_date(&tally, options, defaults, &mut evidence);
    (evidence.numbers, evidence.dates) = (readable, dates);
    if let Some(format) = &mut evidence.number {
        format.power = power;
    }
    if options.date_system == Some(DateSystem::From1904) && evidence.serial == Some(Serial::Spreadsheet) {
        evidence.serial = Some(Serial::Spreadsheet1904);
    }
    let expected = tally.values - tally.missing_word;
    let enough = |n: u64| n > 0 && n * 10 >= expected * 9;

    // Dates in both orders are dates all the same: those in the rarer order do not read.
    if enough(tally.shaped)
        && dates > 0
        && let Some(format) = evidence.date
    {
        note_mixed_dates(&tally, format.order, options, &sample, &place, notes);
        if tally.short_year {
            let place = Place { line: None, ..place(0) };
            notes.count_many(SHORT_YEAR, tally.shaped, place, "", || {
                "years of two digits are read as 1970 to 2069".to_owned()
            });
        }
        return (ColumnKind::Date(format), evidence);
    }
    if enough(readable)
        && tally.padded == 0
        && let Some(format) = evidence.number
    {
        note_numbers(&tally, &format, options, &sample, &place, notes);
        return (ColumnKind::Number(format), evidence);
    }
    if tally.booleans == tally.values {
        return (ColumnKind::Boolean, evidence);
    }
    (ColumnKind::Text, evidence)
}

/// Scans every different cell once.
fn count(cells: &Cells, placeholders: &[String], keep_words: bool) -> (Tally, u64) {
    let repeats = !matches!(cells, Cells::Plain(_));
    let mut tally = Tally { first_differ: usize::MAX, first_day: usize::MAX, ..Tally::default() };
    (tally.first_month, tally.first_open, tally.separator) = (usize::MAX, usize::MAX, ' ');
    let mut distinct = 0;
    let mut hashes: HashSet<u64> = HashSet::new();
    let mut last = "";
    cells.each(|cell, rows, first| {
        let text = trimmed(cell);
        if rows == 0 {
            return;
        }
        let missing = text.is_empty() || !keep_words && (is_missing(text) || placeholders.iter().any(|p| p == text));
        if missing {
            tally.nulls += rows;
            return;
        }
        if repeats {
            distinct += 1;
        } else if text != last && (hashes.len() as u64) < MOST_DISTINCT {
            hashes.insert(hash(text.as_bytes()));
        }
        last = text;
        tally.add(text, rows, first, keep_words);
    });
    (tally, distinct.max(hashes.len() as u64))
}

impl Tally {
    fn add(&mut self, text: &str, rows: u64, first: usize, keep_words: bool) {
        self.values += rows;
        // Longer than every word that means yes, no or nothing, and no number or date begins so: most text ends here.
        if text.len() > 13 && !number::may_begin(text.as_bytes()) && !dates::may_begin(text) {
            return;
        }
        if !keep_words && is_missing_value(text) {
            self.missing_word += rows;
            return;
        }
        let digit = text.bytes().any(|b| b.is_ascii_digit());
        if !digit {
            self.booleans += if boolean(text).is_some() { rows } else { 0 };
            return;
        }
        if let Some(cell) = number::scan(text) {
            self.add_number(&cell, text, rows, first);
        } else if let Some(cell) = dates::scan(text) {
            self.add_date(&cell, rows, first);
        }
    }

    fn add_number(&mut self, cell: &number::NumberCell, text: &str, rows: u64, first: usize) {
        match (cell.point, cell.comma) {
            (Some(point), Some(comma)) if point == comma => self.both_same += rows,
            (Some(point), Some(comma)) if same_value(point, comma) => self.both_same += rows,
            (Some(_), Some(_)) => {
                self.both_differ += rows;
                self.first_differ = self.first_differ.min(first);
            }
            (Some(_), None) => self.point_only += rows,
            _ => self.comma_only += rows,
        }
        self.suffixed += if cell.suffix { rows } else { 0 };
        self.percent += if cell.percent { rows } else { 0 };
        self.whole += if text.bytes().all(|b| b.is_ascii_digit()) { rows } else { 0 };
        self.padded += if cell.padded { rows } else { 0 };
        if let Some(currency) = cell.currency {
            match self.currencies.iter_mut().find(|(known, ..)| *known == currency) {
                Some(entry) => *entry = (currency, entry.1 + rows, entry.2.min(first)),
                None => self.currencies.push((currency, rows, first)),
            }
        }
        if let Some(serial) = dates::serial_kind(text) {
            self.serials[serial as usize] += rows;
        }
    }

    fn add_date(&mut self, cell: &dates::DateCell, rows: u64, first: usize) {
        self.shaped += rows;
        self.named |= cell.named;
        self.time |= cell.time;
        self.short_year |= cell.short_year;
        if cell.is_impossible() {
            self.impossible += rows;
            return;
        }
        if !cell.open {
            self.fixed += rows;
            return;
        }
        self.separator = cell.separator;
        match (cell.day_first, cell.month_first) {
            (Some(day), Some(month)) if day == month => self.same_day += rows,
            (Some(_), Some(_)) => {
                self.open += rows;
                self.first_open = self.first_open.min(first);
            }
            (Some(_), None) => {
                self.day_only += rows;
                self.first_day = self.first_day.min(first);
            }
            _ => {
                self.month_only += rows;
                self.first_month = self.first_month.min(first);
            }
        }
    }
}

pub(super) fn same_value(a: Decimal, b: Decimal) -> bool {
    a.to_f64().to_bits() == b.to_f64().to_bits()
}

/// Fills in the number format; gives how many cells it reads.
fn decide_number(tally: &Tally, options: &ColumnOptions, defaults: Defaults, evidence: &mut Evidence) -> u64 {
    let total = tally.point_only + tally.comma_only + tally.both_same + tally.both_differ;
    if total == 0 {
        return 0;
    }
    let decided = tally.point_only != tally.comma_only;
    let decimal = match options.decimal {
        Some(mark) => mark,
        None if tally.point_only > tally.comma_only => DecimalMark::Point,
        None if tally.comma_only > tally.point_only => DecimalMark::Comma,
        None => defaults.decimal,
    };
    let own = match decimal {
        DecimalMark::Point => tally.point_only,
        DecimalMark::Comma => tally.comma_only,
    };
    let readable = own + tally.both_same + tally.both_differ;
    let suffixes = tally.suffixed > 0 && readable + tally.missing_word == tally.values;
    let known = tally.currencies.first().filter(|_| tally.currencies.len() == 1);
    evidence.number = Some(NumberFormat {
        decimal,
        percent: tally.percent > 0 && tally.percent == total,
        suffixes,
        currency: known.map(|(currency, ..)| *currency),
        ambiguous: tally.both_differ > 0 && !decided && options.decimal.is_none(),
        whole: tally.whole == total,
        power: 0,
        ranges: false,
    });
    let serials = [Serial::Spreadsheet, Serial::UnixSeconds, Serial::UnixMillis, Serial::Compact];
    evidence.serial = serials.into_iter().find(|s| tally.serials[*s as usize] * 10 >= total * 9);
    if suffixes { readable } else { readable.saturating_sub(tally.suffixed) }
}

/// Fills in the date format; gives how many cells it reads.
fn decide_date(tally: &Tally, options: &ColumnOptions, defaults: Defaults, evidence: &mut Evidence) -> u64 {
    let open = tally.day_only + tally.month_only + tally.same_day + tally.open;
    if tally.fixed + open == 0 {
        return 0;
    }
    let by_separator = if tally.separator == '/' { defaults.slash_order } else { DateOrder::Dmy };
    let own = match tally.day_only.cmp(&tally.month_only) {
        std::cmp::Ordering::Greater => Some(DateOrder::Dmy),
        std::cmp::Ordering::Less => Some(DateOrder::Mdy),
        std::cmp::Ordering::Equal => None,
    };
    let order = if open == 0 {
        DateOrder::Ymd
    } else {
        options.date_order.filter(|o| *o != DateOrder::Ymd).or(own).unwrap_or(by_separator)
    };
    evidence.decided_order = options.date_order.or(own).filter(|_| open > 0);
    if tally.open > 0 {
        evidence.open_date = Some((tally.open, tally.first_open));
    }
    evidence.date = Some(DateFormat {
        order,
        named: tally.named && open == 0,
        time: tally.time,
        short_year: tally.short_year,
        ambiguous: tally.open > 0 && evidence.decided_order.is_none(),
        serial: None,
    });
    let readable = match order {
        DateOrder::Mdy => tally.month_only,
        _ => tally.day_only,
    };
    // Impossible days (2026-02-30) speak for a date column all the same; each is counted as unreadable.
    tally.fixed + tally.same_day + tally.open + readable + tally.impossible
}

fn note_mixed_dates(
    tally: &Tally,
    order: DateOrder,
    options: &ColumnOptions,
    sample: &dyn Fn(usize) -> String,
    place: &dyn Fn(usize) -> Place,
    notes: &mut Diagnostics,
) {
    let (name, row, other) = match order {
        DateOrder::Mdy => ("month", tally.first_day, tally.day_only),
        _ => ("day", tally.first_month, tally.month_only),
    };
    let contradict = tally.day_only > 0 && tally.month_only > 0;
    if other == 0 || !contradict && options.date_order.is_none() {
        return;
    }
    notes.count_many(MIXED_DATES, other, place(row), &sample(row), || {
        format!(
            "{} dates can only be read day first and {} only month first; read {name} first, the others count as \
             missing",
            tally.day_only, tally.month_only
        )
    });
}

fn note_numbers(
    tally: &Tally,
    format: &NumberFormat,
    options: &ColumnOptions,
    sample: &dyn Fn(usize) -> String,
    place: &dyn Fn(usize) -> Place,
    notes: &mut Diagnostics,
) {
    if format.ambiguous {
        let row = tally.first_differ;
        let text = sample(row);
        notes.count_many(AMBIGUOUS_NUMBER, tally.both_differ, place(row), &text, || {
            let cell = number::scan(&text);
            let read = |mark| cell.and_then(|c| c.under(mark)).map_or(0.0, Decimal::to_f64);
            let (point, comma) = (read(DecimalMark::Point), read(DecimalMark::Comma));
            let (used, other) = match format.decimal {
                DecimalMark::Point => (point, comma),
                DecimalMark::Comma => (comma, point),
            };
            format!("`{text}` is {used} or {other} and no value of the column decides; read as {used}")
        });
    }
    if tally.point_only > 0 && tally.comma_only > 0 && options.decimal.is_none() {
        let (used, other) = match format.decimal {
            DecimalMark::Point => ("point", tally.comma_only),
            DecimalMark::Comma => ("comma", tally.point_only),
        };
        notes.count_many(MIXED_NUMBERS, other, Place { line: None, ..place(0) }, "", || {
            format!(
                "{other} values need the other decimal mark; read with a decimal {used}, the others count as missing"
            )
        });
    }
    if format.suffixes {
        notes.count_many(SUFFIX, tally.suffixed, Place { line: None, ..place(0) }, "", || {
            "suffixes such as `k` and `M` are read, as then every value is a number".to_owned()
        });
    }
    if let [first, second, ..] = tally.currencies.as_slice() {
        let row = first.2.max(second.2);
        let others = tally.currencies.iter().skip(1).map(|(_, count, _)| count).sum();
        notes.count_many(MIXED_CURRENCY, others, place(row), &sample(row), || {
            let names: Vec<&str> = tally.currencies.iter().map(|(c, ..)| c.code()).collect();
            format!("several currencies in one column: {}", names.join(", "))
        });
    }
}

/// Settles columns whose own dates leave the order open: by the other columns of the file if those agree, else by
/// the documented default. Either way it is said. `only`: one column is to be settled.
pub(crate) fn settle_dates(
    columns: &mut [super::Column],
    only: Option<usize>,
    line: &dyn Fn(usize) -> u64,
    notes: &mut Diagnostics,
) {
    let mut orders = columns.iter().filter_map(|c| match c.kind() {
        ColumnKind::Date(_) => c.evidence().decided_order.filter(|o| *o != DateOrder::Ymd),
        _ => None,
    });
    let shared = orders.next().filter(|first| orders.all(|order| order == *first));
    for (_, column) in columns.iter_mut().enumerate().filter(|(at, _)| only.is_none_or(|only| only == *at)) {
        let ColumnKind::Date(mut format) = *column.kind() else { continue };
        let Some((open, row)) = column.evidence().open_date.filter(|_| format.ambiguous) else { continue };
        if let Some(order) = shared {
            format.order = order;
            format.ambiguous = false;
        }
        column.set_kind(ColumnKind::Date(format));
        let text = column.text(row).to_owned();
        let place = Place::line(line(row)).in_column(column.name());
        notes.count_many(AMBIGUOUS_DATE, open, place, &text, || {
            let cell = dates::scan(&text);
            let (day, month) = cell.map_or((None, None), |c| (c.day_first, c.month_first));
            let name = |date: Option<crate::calendar::Date>| date.map_or_else(String::new, |d| d.to_string());
            let (day, month) = (name(day), name(month));
            let (used, other) = if format.order == DateOrder::Mdy { (month, day) } else { (day, month) };
            let why = if shared.is_some() { "the other date columns decide" } else { "no value of the file decides" };
            format!("`{text}` is {used} or {other} and no date of the column decides; {why}: read as {used}")
        });
    }
}
