//! What came of a join.

use super::key::JoinKey;
use serde::Serialize;

/// Which file's rows look for a partner in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum JoinShape {
    /// Each row of the left file looks for one row of the right: a deal for its account.
    Lookup,
    /// Each row of the right file looks for one row of the left: an activity for its lead.
    Many,
}

/// What came of joining a file to another. `matched + unmatched + ambiguous` is the number of rows that looked for a
/// partner: those of the left file in a look-up, those of the right file otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct JoinReport {
    /// The file that was open already.
    pub left: JoinSide,
    /// The file that was attached to it.
    pub right: JoinSide,
    /// Which file's rows look for a partner.
    pub shape: JoinShape,
    /// Rows with one partner.
    pub matched: u64,
    /// Rows without a partner.
    pub unmatched: u64,
    /// Those of the unmatched rows that have no value to look by.
    pub blank: u64,
    /// Rows that several rows of the other file fit; none of them is taken.
    pub ambiguous: u64,
    /// Rows of the other file that no row has for a partner.
    pub unused: u64,
    /// What the rows were matched by, in the order tried.
    pub by_key: Vec<JoinKeyCount>,
    /// Up to ten different values without a partner, the most frequent first.
    pub unmatched_samples: Vec<JoinSample>,
    /// Up to ten different values that several rows of the other file fit, the most frequent first.
    pub ambiguous_samples: Vec<JoinSample>,
    /// Headers of the columns that the left file gained, or that say more than before: those of a second log of activities.
    pub added_columns: Vec<String>,
}

/// One of the two files of a join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct JoinSide {
    /// The file's name, if it had one.
    pub file: Option<String>,
    /// What its rows are: `deals`, `accounts`, …, `unknown`.
    pub kind: &'static str,
    /// Rows that take part.
    pub rows: u64,
}

/// What one pair of columns matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct JoinKeyCount {
    /// How their values are compared.
    pub key: JoinKey,
    /// Header in the left file.
    pub left_column: String,
    /// Header in the right file.
    pub right_column: String,
    /// Rows that found their partner by it.
    pub matched: u64,
    /// Rows that it found several partners for, and no later key told apart.
    pub ambiguous: u64,
}

/// A value that found no partner, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct JoinSample {
    /// The value as written.
    pub value: String,
    /// Rows that hold it.
    pub rows: u64,
    /// Line of the first of them.
    pub line: u64,
    /// Lines of the other file that fit, at most five.
    pub fits: Vec<u64>,
}
