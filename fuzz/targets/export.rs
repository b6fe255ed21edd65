//! What is written is read back to the character, guarded or not, and no guarded cell runs in a spreadsheet.
#![no_main]

use fuzz::{explained, text};
use leadcast::ErrorKind;
use leadcast::crm::{Mapping, Pipeline};
use leadcast::table::write::{CsvWriter, WriteOptions, unguarded};
use leadcast::table::{ReadOptions, Table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&width, rest)) = input.split_first() else { return };
    let width = usize::from(width % 4) + 2;
    let cells: Vec<&str> = text(rest).split('\u{1f}').collect();
    cells_return(&cells, width);
    corrected_is_read(rest);
});

/// Cells as a file of so many columns, each row led by a number of its own.
fn cells_return(cells: &[&str], width: usize) {
    for guard_formulas in [true, false] {
        let mut csv = CsvWriter::new(WriteOptions { guard_formulas, ..WriteOptions::default() });
        csv.row((0..=width).map(|column| ["row", "a1", "b2", "c3", "d4", "e5", "f6"][column]));
        for (number, row) in cells.chunks(width).enumerate() {
            let id = format!("r{number}");
            let filled = row.iter().copied().chain(std::iter::repeat_n("", width - row.len()));
            csv.row(std::iter::once(id.as_str()).chain(filled));
        }
        let csv = csv.finish();
        if guard_formulas {
            nothing_runs(&csv);
        }
        let options = r#"{"delimiter":",","encoding":"utf-8","header":"first-row","rows":{"totals":"keep","notes":"keep","duplicates":"keep"}}"#;
        let options = ReadOptions::from_json(options).expect("options");
        let table = Table::from_csv(&csv, &options).expect("what was written is read");
        assert_eq!(table.rows(), cells.len().div_ceil(width));
        for (row, written) in cells.chunks(width).enumerate() {
            for (column, &cell) in written.iter().enumerate() {
                // Without the guard, an apostrophe of the cell's own before a formula passes for one.
                let expected = if guard_formulas { cell } else { unguarded(cell) };
                assert_eq!(table.columns()[column + 1].raw(row), expected, "{cell:?}");
            }
        }
    }
}

/// Read by another reader, no cell begins as a spreadsheet's formula does, a plain number apart.
fn nothing_runs(csv: &[u8]) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    for record in reader.records() {
        for cell in &record.expect("text") {
            let start = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\u{200b}']);
            let runs = start.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
            assert!(!runs || cell.trim().parse::<f64>().is_ok(), "{cell:?}");
        }
    }
}

/// A file put right is read, or refused with a reason: where little of a file is left, its kind may not be told any more.
fn corrected_is_read(bytes: &[u8]) {
    let read = |bytes: &[u8]| {
        let table = Table::from_csv(bytes, &ReadOptions::default())?;
        Pipeline::from_table(table, &Mapping::default())
    };
    let Ok(first) = read(bytes) else { return };
    if let Err(error) = read(&first.corrected_csv(WriteOptions::default())) {
        explained(&error, &[ErrorKind::Input]);
    }
}
