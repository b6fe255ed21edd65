//! What an import understood, repaired and left out: diagnostics counted by code and column, and the receipt.

use crate::Place;
use serde::Serialize;

/// What was done about a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The value or row is used as it stands.
    Kept,
    /// The value or row is used after a change that the message states.
    Repaired,
    /// The value or row is not used.
    Excluded,
}

/// One sort of problem in one column, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// Stable kebab-case name, listed in `docs/errors.md`.
    pub code: &'static str,
    /// How often it was seen.
    pub count: u64,
    /// Where it was seen first.
    pub place: Place,
    /// The first value it was seen on, at most 80 characters; empty if there is none.
    pub sample: String,
    /// What was done about it.
    pub action: Action,
    /// What was found: lower case, no full stop.
    pub message: String,
    /// What the user can do about it.
    pub remedy: String,
}

/// A sort of problem: its name, what is done about it, and the remedy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code {
    pub(crate) name: &'static str,
    pub(crate) action: Action,
    pub(crate) remedy: &'static str,
}

impl Code {
    pub(crate) const fn new(name: &'static str, action: Action, remedy: &'static str) -> Self {
        Self { name, action, remedy }
    }
}

/// Diagnostics in the order of their first appearance, one per code and column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Counts one more case; `message` is asked for only on the first.
    pub(crate) fn count(&mut self, code: Code, place: Place, sample: &str, message: impl FnOnce() -> String) {
        self.count_many(code, 1, place, sample, message);
    }

    /// Counts `count` cases at once.
    pub(crate) fn count_many(
        &mut self,
        code: Code,
        count: u64,
        place: Place,
        sample: &str,
        message: impl FnOnce() -> String,
    ) {
        if count == 0 {
            return;
        }
        if let Some(seen) = self.0.iter_mut().find(|d| d.code == code.name && d.place.column == place.column) {
            seen.count += count;
            return;
        }
        self.0.push(Diagnostic {
            code: code.name,
            count,
            place,
            sample: shorten(sample),
            action: code.action,
            message: message(),
            remedy: code.remedy.to_owned(),
        });
    }

    /// Forgets what was said about a column under a code, as it is read otherwise now.
    pub(crate) fn forget(&mut self, code: &str, column: &str) {
        self.0.retain(|note| note.code != code || note.place.column.as_deref() != Some(column));
    }

    pub(crate) fn as_slice(&self) -> &[Diagnostic] {
        &self.0
    }

    pub(crate) fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

/// At most 80 characters, an ellipsis included.
pub(crate) fn shorten(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

/// Where a column's field came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum MappingSource {
    /// The caller said so.
    Override,
    /// The recognised system's own name for the field.
    System,
    /// A known name for the field.
    Synonym,
    /// It came with a file that was attached.
    Joined,
    /// The column is kept under its own name only.
    None,
}

/// What was understood of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ColumnReceipt {
    /// The header, made unique.
    pub name: String,
    /// The canonical field it was taken for, such as `employees`.
    pub field: Option<String>,
    /// `number`, `date`, `boolean`, `text` or `empty`.
    pub r#type: &'static str,
    /// How its values are written, such as `d/m/y` or `1,234.5 USD`; empty for text.
    pub format: String,
    /// Rows without a value.
    pub nulls: u64,
    /// Number of distinct values; counted up to 65,536, see `distinctIsExact`.
    pub distinct: u64,
    /// Whether `distinct` is the exact number and not a lower bound.
    pub distinct_is_exact: bool,
    /// The smallest number or earliest date; for text the first in order, as written. Empty if there are none.
    pub min: String,
    /// The largest number, latest date or last text.
    pub max: String,
    /// Up to three different values, as written, in order of appearance.
    pub examples: Vec<String>,
    /// Where `field` came from.
    pub mapping_source: MappingSource,
}

/// What was read, used and left out. `rows_read = rows_used + rows_excluded`, always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The file's name, if it had one.
    pub file: Option<String>,
    /// The system that wrote the file, if its column names gave it away.
    pub system: Option<String>,
    /// How sure that is: 20 for each header that is typical of the system, at most 100.
    pub system_confidence: u8,
    /// `utf-8`, `utf-16le`, `utf-16be`, `windows-1252` or `json`.
    pub encoding: &'static str,
    /// The separator: `,`, `;`, `tab`, `|`; empty for records.
    pub delimiter: String,
    /// `leads`, `contacts`, `accounts`, `deals`, `activities`, `contracts`, `quotas`, `reps`, `stage-history`,
    /// `products`, `stages` or `unknown`.
    pub kind: &'static str,
    /// Rows below the header, blank lines not counted.
    pub rows_read: u64,
    /// Rows that take part.
    pub rows_used: u64,
    /// Rows left out, each counted in `diagnostics` with action `excluded`.
    pub rows_excluded: u64,
    /// Every column of the file in its order.
    pub columns: Vec<ColumnReceipt>,
    /// Everything repaired, excluded or worth knowing.
    pub diagnostics: Vec<Diagnostic>,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
}
