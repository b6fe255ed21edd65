//! What an import understood, repaired and left out: diagnostics counted by code and column, and the receipt.

use super::options::ReadOptions;
use super::quality::Quality;
use crate::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lines kept for one code in one column, at most; beyond that cases are only counted.
pub(crate) const MOST_PLACES: usize = 10_000;

/// What was done about a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// No problem: said so that nothing goes without saying.
    Noted,
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
    /// How many of its rows can be shown: at most 10,000, and 0 where it concerns no row in particular.
    pub located: u64,
    /// Changes of the read options or the mapping that decide otherwise, the likeliest first.
    pub fixes: Vec<Fix>,
}

/// A change that can be offered with one click: read the file again with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// What it does, as an order: `Read as day/month/year`.
    pub label: String,
    /// The part of the read options that changes, to be laid over those in use, object by object; empty if none does.
    pub options: ReadOptions,
    /// Entries of the mapping that change, header to field or to nothing; empty if none does.
    #[cfg_attr(feature = "wasm", tsify(type = "Record<string, string | null>"))]
    pub mapping: BTreeMap<String, Option<String>>,
}

impl Fix {
    /// A change of the read options.
    pub(crate) fn options(label: impl Into<String>, options: ReadOptions) -> Self {
        Self { label: label.into(), options, mapping: BTreeMap::new() }
    }
}

/// A decision that was made on the way, whether in doubt or not, with the option that makes it otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The read option, such as `delimiter` or `dateOrder`.
    pub option: &'static str,
    /// The column it is about, if it is not about the whole file.
    pub column: Option<String>,
    /// What holds, as the option would say it.
    pub value: String,
    /// Whether the caller said so.
    pub given: bool,
    /// Other values, each as the change that brings it.
    pub fixes: Vec<Fix>,
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

/// Diagnostics in the order of their first appearance, one per code and column, with the lines they were seen on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Diagnostics {
    notes: Vec<Diagnostic>,
    /// Lines of each, in the order they were seen.
    places: Vec<Vec<u64>>,
}

impl Diagnostics {
    /// Counts one more case; `message` is asked for only on the first.
    pub(crate) fn count(&mut self, code: Code, place: Place, sample: &str, message: impl FnOnce() -> String) {
        self.count_many(code, 1, place, sample, message);
    }

    /// Counts `count` cases at once, of which only the first is located; [`locate`](Self::locate) adds the others.
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
        let known = self.notes.iter().position(|d| d.code == code.name && d.place.column == place.column);
        let at = known.unwrap_or(self.notes.len());
        let line = place.line;
        match self.notes.get_mut(at) {
            Some(seen) => seen.count += count,
            None => {
                self.places.push(Vec::new());
                self.notes.push(Diagnostic {
                    code: code.name,
                    count,
                    place,
                    sample: shorten(sample),
                    action: code.action,
                    message: message(),
                    remedy: code.remedy.to_owned(),
                    located: 0,
                    fixes: Vec::new(),
                });
            }
        }
        if let (Some(note), Some(lines), Some(line)) = (self.notes.get_mut(at), self.places.get_mut(at), line)
            && lines.len() < MOST_PLACES
            && lines.last() != Some(&line)
        {
            lines.push(line);
            note.located = lines.len() as u64;
        }
    }

    /// Whether a problem of a column was told.
    pub(crate) fn has(&self, code: Code, column: &str) -> bool {
        self.notes.iter().any(|note| note.code == code.name && note.place.column.as_deref() == Some(column))
    }

    /// Says on which lines a problem of a column stands, as far as they are kept.
    pub(crate) fn locate(&mut self, code: Code, column: &str, lines: impl Iterator<Item = u64>) {
        let is = |note: &Diagnostic| note.code == code.name && note.place.column.as_deref() == Some(column);
        let Some(at) = self.notes.iter().position(is) else { return };
        if let (Some(note), Some(known)) = (self.notes.get_mut(at), self.places.get_mut(at)) {
            *known = lines.take(MOST_PLACES).collect();
            note.located = known.len() as u64;
            note.place.line = note.place.line.or(known.first().copied());
        }
    }

    /// Forgets what was said about a column under a code, as it is read otherwise now.
    pub(crate) fn forget(&mut self, code: &str, column: &str) {
        let is = |note: &Diagnostic| note.code == code && note.place.column.as_deref() == Some(column);
        while let Some(at) = self.notes.iter().position(is) {
            self.notes.remove(at);
            self.places.remove(at);
        }
    }

    pub(crate) fn as_slice(&self) -> &[Diagnostic] {
        &self.notes
    }

    /// Each with the lines it stands on.
    pub(crate) fn located(&self) -> impl Iterator<Item = (&Diagnostic, &[u64])> {
        self.notes.iter().zip(self.places.iter().map(Vec::as_slice))
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
    /// What was decided, each with the option that decides otherwise.
    pub decisions: Vec<Decision>,
    /// How good the data is: a grade with its arithmetic, what is missing, odd or there twice.
    pub quality: Quality,
}
