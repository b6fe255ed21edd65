//! What the targets share: how an input is cut, and what of a table must not change.

use leadcast::model::{OperatingModel, Preset};
use leadcast::table::{ReadOptions, Table};
use leadcast::{Error, ErrorKind};

/// The parts of an input that stands for several files, cut at the record separator.
#[must_use]
pub fn parts<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut parts = input.splitn(N, |&byte| byte == 0x1e);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// A part as text; what is no UTF-8 ends it.
#[must_use]
pub fn text(part: &[u8]) -> &str {
    match std::str::from_utf8(part) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&part[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// The model of a part, or one of those that ship.
///
/// # Panics
/// If a model that ships is refused.
#[must_use]
pub fn model(part: &[u8]) -> OperatingModel {
    let preset = Preset::ALL[part.len() % Preset::ALL.len()];
    OperatingModel::from_json(text(part)).unwrap_or_else(|_| OperatingModel::preset(preset).expect("a preset"))
}

/// Everything a table says: columns with their kind, cells, lines, notes.
#[must_use]
pub fn content(table: &Table) -> Vec<Vec<String>> {
    let columns = table.columns().iter().map(|column| {
        let head = [column.name().to_owned(), column.kind().format()];
        head.into_iter().chain((0..table.rows()).map(|row| column.raw(row).to_owned())).collect()
    });
    let lines = (0..table.rows()).map(|row| table.line(row).to_string()).collect();
    let notes = table.notes().iter().map(|note| format!("{note:?}")).collect();
    columns.chain([lines, notes]).collect()
}

/// A refused input: the error is of the kind that belongs there, and says something.
pub fn explained(error: &Error, kinds: &[ErrorKind]) {
    assert!(kinds.contains(&error.kind()), "{error}");
    assert!(!error.message().is_empty() && !error.code().is_empty());
}

/// A column of one file, under a header that says nothing, read with options as JSON.
///
/// # Panics
/// If a file that is sure to be in order is refused.
#[must_use]
pub fn column(cells: &[String], options: &str) -> Table {
    let mut csv = "id;value\n".to_owned();
    for (id, cell) in cells.iter().enumerate() {
        csv += &format!("r{id};\"{cell}\"\n");
    }
    let options = ReadOptions::from_json(options).expect("options");
    Table::from_csv(csv.as_bytes(), &options).expect("a table")
}
