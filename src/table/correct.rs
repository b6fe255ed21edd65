//! Writes a file again as it was understood: dates as ISO, numbers plain, missing words emptied.
//!
//! Columns keep their names and places. A value that could not be read is emptied, and what it was is said in a last
//! column, which is there only if it is needed. Read again, the file gives the same values and needs no repair.

use super::column::ColumnKind;
use super::write::{CsvWriter, WriteOptions};
use super::{Column, Table, number};

/// The column that says which values were emptied.
const PROBLEMS: &str = "leadcast problems";

/// Why a cell is to be written empty, if it is.
pub(crate) type Blanked<'a> = dyn Fn(usize, usize) -> Option<String> + 'a;

/// The rows that `keep` accepts. `blanked` empties cells beyond those that cannot be read; the numbers of the column `percent`
/// are so written, as which they were taken together.
pub(crate) fn write_corrected(
    table: &Table,
    keep: &dyn Fn(usize) -> bool,
    blanked: &Blanked<'_>,
    percent: Option<usize>,
    options: WriteOptions,
) -> Vec<u8> {
    let lost = |row: usize| {
        let told = table.columns().iter().enumerate().filter_map(|(at, column)| {
            let why = blanked(row, at).or_else(|| {
                let text = column.text(row);
                column.misread(text).filter(|_| !text.is_empty()).map(|_| format!("`{text}`"))
            })?;
            Some(format!("{}: {why}", column.name()))
        });
        told.collect::<Vec<_>>().join("; ")
    };
    let cell = |row: usize, at: usize, column: &Column| {
        if blanked(row, at).is_some() { String::new() } else { corrected(column, row, percent == Some(at)) }
    };
    // A row of which nothing is left would be a blank line.
    let has_value = |row: &usize| table.columns().iter().enumerate().any(|(at, c)| !cell(*row, at, c).is_empty());
    let rows: Vec<usize> = (0..table.rows()).filter(|row| keep(*row)).filter(has_value).collect();
    let says = rows.iter().any(|row| !lost(*row).is_empty());
    let mut csv = CsvWriter::new(options);
    for column in table.columns() {
        csv.field(column.name());
    }
    if says {
        csv.field(PROBLEMS);
    }
    csv.end_row();
    for row in rows {
        for (at, column) in table.columns().iter().enumerate() {
            csv.field(&cell(row, at, column));
        }
        if says {
            csv.field(&lost(row));
        }
        csv.end_row();
    }
    csv.finish()
}

/// The cell in the one spelling that no reader takes otherwise; empty if it is missing or does not read.
fn corrected(column: &Column, row: usize, percent: bool) -> String {
    let text = column.text(row);
    if text.is_empty() {
        return String::new();
    }
    match column.kind() {
        ColumnKind::Number(format) => {
            let Some(mut value) = format.read(text) else { return String::new() };
            // What the header announces is not multiplied in: the header stays.
            value.scale += i32::from(number::header_power(column.name()));
            let mut plain = value.to_plain();
            if let Some(currency) = number::scan(text).and_then(|cell| cell.currency) {
                plain.push(' ');
                plain.push_str(currency.code());
            }
            if format.percent || percent {
                plain.push('%');
            }
            plain
        }
        ColumnKind::Date(format) => {
            let Some(date) = format.read(text) else { return String::new() };
            let tail = if format.serial.is_some() { "" } else { super::dates::time_behind(text) };
            format!("{date}{tail}")
        }
        _ => text.to_owned(),
    }
}
