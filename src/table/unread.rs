//! Values that do not read as their column does, or read two ways: how many there are, and where they stand.

use super::column::{Column, ColumnKind, Misread, Unreadable};
use super::dates;
use super::infer::{self, AMBIGUOUS_DATE, AMBIGUOUS_NUMBER, MISSING_WORD, MIXED_CURRENCY, MIXED_NUMBERS, same_value};
use super::missing::is_missing_value;
use super::number::{self, DecimalMark};
use super::receipt::{Action, Code, Diagnostics, MOST_PLACES, shorten};
use crate::Place;

const UNREADABLE: Code =
    Code::new("unreadable-value", Action::Repaired, "correct the values, or set the column's type");
const NOT_FINITE: Code = Code::new("not-finite", Action::Repaired, "correct the values in the source system");
const BAD_DATE: Code = Code::new("bad-date", Action::Repaired, "correct the dates in the source system");

/// Counts values that do not read in the column's kind; they count as missing. Says too where values stand of which
/// only the first was told.
pub(crate) fn note_unreadable(column: &Column, line: &dyn Fn(usize) -> u64, notes: &mut Diagnostics) {
    let expected = if matches!(column.kind(), ColumnKind::Date(_)) { "date" } else { "number" };
    for Unreadable { why, count, row, sample } in column.unreadable() {
        let place = Place::line(line(row)).in_column(column.name());
        let found = shorten(sample);
        let code = match why {
            Misread::Unreadable => UNREADABLE,
            Misread::NotFinite => NOT_FINITE,
            Misread::BadDate => BAD_DATE,
            Misread::OtherOrder => infer::MIXED_DATES,
        };
        // Dates in the other order were told when the column was read, unless that was long ago.
        if why != Misread::OtherOrder || !notes.has(code, column.name()) {
            notes.count_many(code, count, place, sample, || match why {
                Misread::BadDate => format!("no calendar has the day `{found}`; counts as missing"),
                Misread::OtherOrder => {
                    format!("dates of one column are in two orders, as `{found}`; counts as missing")
                }
                Misread::NotFinite => format!("expected a finite number, found `{found}`; counts as missing"),
                _ => format!("expected a {expected}, found `{found}`; counts as missing"),
            });
        }
        let rows = column.rows_where(MOST_PLACES, |text| !text.is_empty() && column.misread(text) == Some(why));
        notes.locate(code, column.name(), rows.into_iter().map(line));
    }
    locate(column, line, notes);
}

/// The codes of [`note_unreadable`], to be forgotten when the column is read otherwise.
pub(crate) const MISREADS: [Code; 5] = [UNREADABLE, NOT_FINITE, BAD_DATE, infer::MIXED_DATES, infer::MISSING_WORD];

/// Says where the values stand that leave a question open, of which only the first was told.
fn locate(column: &Column, line: &dyn Fn(usize) -> u64, notes: &mut Diagnostics) {
    let spread = |code: Code, test: &dyn Fn(&str) -> bool, notes: &mut Diagnostics| {
        let rows = column.rows_where_raw(MOST_PLACES, test);
        notes.locate(code, column.name(), rows.into_iter().map(line));
    };
    if matches!(column.kind(), ColumnKind::Number(_) | ColumnKind::Date(_)) {
        let is_word = |text: &str| {
            let text = text.trim();
            !text.is_empty() && is_missing_value(text) && column.present(text).is_empty()
        };
        let (count, first) = column.count_raw(&is_word);
        if count > 0 && !notes.has(MISSING_WORD, column.name()) {
            let (place, sample) = (Place::line(line(first)).in_column(column.name()), column.raw(first).trim());
            notes.count_many(MISSING_WORD, count, place, sample, || {
                format!("words such as `{}` count as missing", shorten(sample))
            });
            spread(MISSING_WORD, &is_word, notes);
        }
    }
    let mut on = |code: Code, test: &dyn Fn(&str) -> bool| {
        if notes.has(code, column.name()) {
            let rows = column.rows_where(MOST_PLACES, test);
            notes.locate(code, column.name(), rows.into_iter().map(line));
        }
    };
    match column.kind() {
        ColumnKind::Date(_) => on(AMBIGUOUS_DATE, &|text| {
            let cell = dates::scan(text).filter(|cell| cell.open);
            cell.is_some_and(|c| c.day_first.is_some() && c.month_first.is_some() && c.day_first != c.month_first)
        }),
        ColumnKind::Number(format) => {
            let read = |text: &str, mark| number::scan(text).and_then(|cell| cell.under(mark));
            on(AMBIGUOUS_NUMBER, &|text| {
                let both = read(text, DecimalMark::Point).zip(read(text, DecimalMark::Comma));
                both.is_some_and(|(point, comma)| point != comma && !same_value(point, comma))
            });
            on(MIXED_NUMBERS, &|text| number::scan(text).is_some() && read(text, format.decimal).is_none());
            let main = |text: &str| number::scan(text).and_then(|cell| cell.currency);
            let first = column.cells().words().iter().find_map(main);
            on(MIXED_CURRENCY, &|text| main(text).is_some_and(|own| Some(own) != first));
        }
        _ => {}
    }
}
