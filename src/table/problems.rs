//! Rows with something to say about, in the order of the file: what each of their cells is told of.
//!
//! Built when asked for, from the lines that diagnostics keep: 10,000 for one code in one column, beyond which cases
//! are only counted.

use super::receipt::{Action, Diagnostic, Diagnostics, shorten};
use super::{Misread, Table};
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A row, or a line that is no row, with what is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ProblemRow {
    /// The row in the table, from 0; nothing for a line that is no row, such as a title above the header.
    pub row: Option<u64>,
    /// The line in the file, from 1; for records the record's number.
    pub line: u64,
    /// What becomes of it: `excluded` if it takes no part, `repaired` if some cell was changed, else `kept`.
    pub fate: Action,
    /// What is told, in the order of the receipt.
    pub cells: Vec<ProblemCell>,
}

/// What is told of one cell, or of a row as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ProblemCell {
    /// The column; nothing if the row as a whole is meant.
    pub column: Option<String>,
    /// The cell as written, or the filled cells of the row; at most 80 characters.
    pub text: String,
    /// The diagnostic's code.
    pub code: &'static str,
    /// What was done about it.
    pub action: Action,
    /// What was found: lower case, no full stop.
    pub message: String,
}

/// Which rows to show. Every part that is given must hold for some cell of the row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ProblemFilter {
    /// The code of a diagnostic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A column by its header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What becomes of the row: `kept`, `repaired` or `excluded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fate: Option<Action>,
}

impl ProblemFilter {
    /// Reads a filter from JSON; what is absent lets every row pass.
    ///
    /// # Errors
    /// `bad-view` for an unknown key or a wrong value, with its path.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let mut reader = serde_json::Deserializer::from_str(json);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = Place::path(error.path().to_string());
            Error::new(ErrorKind::Run, "bad-view", error.inner().to_string()).at(path)
        })
    }
}

/// Some of the rows, as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ProblemWindow {
    /// Rows that pass the filter.
    pub count: u64,
    /// Cases that are counted in the receipt, but stand beyond the 10,000 that are kept of their kind.
    pub beyond: u64,
    /// The rows asked for, in the order of the file.
    pub rows: Vec<ProblemRow>,
}

/// Every row with something to say about.
///
/// ```
/// use leadcast::table::{ProblemFilter, ReadOptions, Table};
/// let csv = b"Name,Amount\nA,1\nB,2\nC,3\nD,4\nE,5\nF,6\nG,7\nH,8\nI,9\nJ,ten\n";
/// let problems = Table::from_csv(csv, &ReadOptions::default())?.problems();
/// let found = problems.window(&ProblemFilter::default(), 0, 10);
/// assert_eq!((found.count, found.rows[0].line), (1, 11));
/// assert_eq!(found.rows[0].cells[0].message, "expected a number, found `ten`; counts as missing");
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Problems {
    rows: Vec<ProblemRow>,
    beyond: u64,
}

impl Problems {
    /// Gathers what several passes over a table told, row by row.
    pub(crate) fn collect(table: &Table, told: &[&Diagnostics]) -> Self {
        let mut rows: BTreeMap<u64, Vec<ProblemCell>> = BTreeMap::new();
        let mut beyond = 0;
        for (note, lines) in
            told.iter().flat_map(|told| told.located()).filter(|(note, _)| note.action != Action::Noted)
        {
            if !lines.is_empty() {
                beyond += note.count.saturating_sub(lines.len() as u64);
            }
            let column = note.place.column.as_deref().and_then(|name| table.column_named(name));
            for line in lines {
                let row = table.row_on(*line);
                let text = match (row, column) {
                    (Some(row), Some(at)) => {
                        table.columns().get(at).map_or_else(String::new, |c| shorten(c.raw(row).trim()))
                    }
                    (Some(row), None) => whole(table, row),
                    (None, _) => table.skipped(*line).map_or_else(|| note.sample.clone(), str::to_owned),
                };
                let message = message(table, note, column, &text);
                let (code, action) = (note.code, note.action);
                let cell = ProblemCell { column: note.place.column.clone(), text, code, action, message };
                rows.entry(*line).or_default().push(cell);
            }
        }
        let fate = |cells: &[ProblemCell]| cells.iter().map(|cell| cell.action).max().unwrap_or(Action::Kept);
        let row = |(line, cells): (u64, Vec<ProblemCell>)| ProblemRow {
            row: table.row_on(line).map(|row| row as u64),
            line,
            fate: fate(&cells),
            cells,
        };
        Self { rows: rows.into_iter().map(row).collect(), beyond }
    }

    /// Number of rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The rows, in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[ProblemRow] {
        &self.rows
    }

    /// The rows that pass the filter, from the one at `from` on, `count` at most.
    #[must_use]
    pub fn window(&self, filter: &ProblemFilter, from: usize, count: usize) -> ProblemWindow {
        let passes = |row: &&ProblemRow| {
            let is = |cell: &ProblemCell| {
                filter.code.as_deref().is_none_or(|code| code == cell.code)
                    && filter.column.as_ref().is_none_or(|column| cell.column.as_ref() == Some(column))
            };
            filter.fate.is_none_or(|fate| fate == row.fate) && row.cells.iter().any(is)
        };
        let rows = self.rows.iter().filter(passes).skip(from).take(count).cloned().collect();
        ProblemWindow { count: self.rows.iter().filter(passes).count() as u64, beyond: self.beyond, rows }
    }
}

/// The filled cells of a row.
fn whole(table: &Table, row: usize) -> String {
    let cells = table.columns().iter().map(|column| column.raw(row).trim()).filter(|text| !text.is_empty());
    shorten(&cells.take(12).collect::<Vec<_>>().join(" · "))
}

/// What is told of this very cell; the diagnostic's own message speaks of the first.
fn message(table: &Table, note: &Diagnostic, column: Option<usize>, text: &str) -> String {
    let misread = column.and_then(|at| table.columns().get(at)).and_then(|c| Some((c, c.misread(text)?)));
    let expected = |column: &super::Column| if column.kind().name() == "date" { "date" } else { "number" };
    match (note.code, misread) {
        ("unreadable-value" | "bad-date" | "not-finite" | "mixed-dates", Some((column, why))) => match why {
            Misread::Unreadable => format!("expected a {}, found `{text}`; counts as missing", expected(column)),
            Misread::NotFinite => format!("expected a finite number, found `{text}`; counts as missing"),
            Misread::BadDate => format!("no calendar has the day `{text}`; counts as missing"),
            Misread::OtherOrder => {
                let format = column.kind().format();
                format!("`{text}` is no date as {format}, as which the column is read; counts as missing")
            }
        },
        _ if note.sample.is_empty() || note.sample == text => note.message.clone(),
        _ => note.message.replace(&format!("`{}`", note.sample), &format!("`{text}`")),
    }
}
