//! How good a file is: plain data that receipts carry.

use serde::Serialize;

/// How good the data of a file is, with the arithmetic of its grade.
///
/// # Formula
/// `score` = Σ `weight` · `percent` / 100 over `parts`, to the nearest whole number; A from 90, B from 80, C from 70, D
/// from 60, else F.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Quality {
    /// `A`, `B`, `C`, `D` or `F`.
    pub grade: &'static str,
    /// Points of 100.
    pub score: u8,
    /// What the score is made of.
    pub parts: Vec<QualityPart>,
    /// How full the columns are that matter for this kind of file.
    pub completeness: Vec<Completeness>,
    /// Values that are spelled unlike all others, the most frequent first, 50 at most.
    pub odd_values: Vec<OddValue>,
    /// Rows that seem to be there more than once.
    pub duplicates: Vec<Duplicates>,
    /// How much of the amount stands in rows with something to say about; nothing for files without amounts.
    pub value_touched: Option<ValueTouched>,
}

/// One part of a quality score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct QualityPart {
    /// `completeness`, `validity`, `uniqueness` or `consistency`.
    pub part: &'static str,
    /// Points of 100 that it can bring.
    pub weight: u8,
    /// How much of them it brings, in percent, rounded down.
    pub percent: u8,
    /// What was counted, in words.
    pub says: String,
}

/// How full a column is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Completeness {
    /// The field, such as `closeDate`.
    pub field: String,
    /// Its column; nothing if the file has none.
    pub column: Option<String>,
    /// Rows with a value.
    pub filled: u64,
    /// All rows.
    pub rows: u64,
    /// The same by stage, or by status for leads, in the order of the file; 50 at most.
    pub by_stage: Vec<StageCompleteness>,
}

/// How full a column is in the rows of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct StageCompleteness {
    /// The stage or status as written; empty for rows without one.
    pub stage: String,
    /// Rows with a value.
    pub filled: u64,
    /// All rows of the stage.
    pub rows: u64,
}

/// A value outside what the column, or the world, usually says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct OddValue {
    /// The column.
    pub column: String,
    /// The value as written.
    pub value: String,
    /// Rows that hold it.
    pub count: u64,
    /// The line it stands on first.
    pub line: u64,
    /// What it probably means.
    pub suggestion: String,
}

/// Rows that agree in what names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Duplicates {
    /// What they agree in: `whole row`, `id`, `e-mail`, `name and company`, `company and domain`, `company`, `name, account and amount`.
    pub by: &'static str,
    /// Whether that leaves no doubt that they are the same.
    pub certain: bool,
    /// Rows beyond the first of each.
    pub rows: u64,
    /// The first of them, 5 at most.
    pub examples: Vec<DuplicateExample>,
}

/// One row that is there more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DuplicateExample {
    /// What the rows agree in, as written in the first.
    pub text: String,
    /// Their lines, 10 at most.
    pub lines: Vec<u64>,
}

/// The part of the amount in rows with something to say about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ValueTouched {
    /// Deals with something to say about, of those in the commonest currency.
    pub rows: u64,
    /// Their part of the amount, in percent, to the nearest.
    pub percent: u8,
}
