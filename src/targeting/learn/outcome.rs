//! Finds the column that says how it ended, and reads it.

use super::options::LearnOptions;
use crate::crm::{DealStatus, Dialects};
use crate::model::fold;
use crate::table::{Column, ColumnKind, Table, boolean};
use crate::{Error, ErrorKind, Place};

/// A column that can serve as outcome.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct OutcomeColumn {
    /// Its header.
    pub column: String,
    /// Rows that ended well.
    pub successes: u64,
    /// Rows that ended badly.
    pub failures: u64,
    /// Rows that have not ended.
    pub undecided: u64,
}

/// Words of headers that name an outcome, the clearest first.
const HEADERS: [&str; 12] = [
    "converted",
    "is won",
    "won",
    "closed won",
    "outcome",
    "result",
    "deal status",
    "status",
    "won status",
    "state",
    "stage",
    "y",
];

/// Headers worth looking at in a lead or deal file, the best candidate first: named like an outcome, or with values
/// that say won and lost.
pub(crate) fn candidates(table: &Table, dialects: &Dialects) -> Vec<OutcomeColumn> {
    let mut found: Vec<(usize, OutcomeColumn)> = Vec::new();
    for column in table.columns() {
        let header = fold(column.name()).replace(['_', '-', '/', '?'], " ");
        let name = HEADERS.iter().position(|known| *known == header.trim());
        let read = Reading::new(column, None, dialects);
        // Yes-or-no columns abound; only a name makes one of them an outcome.
        let spoken = read.words && matches!(column.kind(), ColumnKind::Text);
        let Some(rank) = name.or_else(|| spoken.then_some(HEADERS.len())) else { continue };
        let candidate = read.tally(column, table.rows());
        if candidate.successes > 0 && candidate.failures > 0 {
            found.push((rank, candidate));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The outcome column of these options.
pub(crate) fn column<'a>(table: &'a Table, options: &LearnOptions, dialects: &Dialects) -> Result<&'a Column, Error> {
    let best;
    let header = match &options.outcome {
        Some(header) => header,
        None => {
            best = candidates(table, dialects).into_iter().next();
            match &best {
                Some(candidate) => &candidate.column,
                None => {
                    let message = "no column says how the rows ended (name the one that does as `outcome`)";
                    return Err(Error::new(ErrorKind::Input, "no-outcome", message));
                }
            }
        }
    };
    let missing = || {
        let known: Vec<&str> = table.columns().iter().map(Column::name).take(8).collect();
        let more = if table.columns().len() > known.len() { ", …" } else { "" };
        let message = format!("no column `{header}` (the file has {}{more})", known.join(", "));
        Error::new(ErrorKind::Run, "no-outcome", message).at(Place::path("outcome"))
    };
    table.column_named(header).and_then(|at| table.columns().get(at)).ok_or_else(missing)
}

/// How one column's values are read.
pub(crate) struct Reading<'a> {
    success: Option<Vec<String>>,
    dialects: &'a Dialects,
    /// Whether a value says won or lost in words.
    words: bool,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(column: &Column, success: Option<&[String]>, dialects: &'a Dialects) -> Self {
        let success = success.map(|words| words.iter().map(|word| fold(word)).collect());
        let decided = |word: &str| matches!(dialects.status_of(word), Some(DealStatus::Won | DealStatus::Lost));
        let words = column.words().is_some_and(|mut words| words.any(decided));
        Self { success, dialects, words }
    }

    /// Whether the row ended well; `None` if it has not ended.
    pub(crate) fn outcome(&self, text: &str) -> Option<bool> {
        if text.is_empty() {
            return None;
        }
        if let Some(success) = &self.success {
            return Some(success.contains(&fold(text)));
        }
        if let Some(answer) = boolean(text) {
            return Some(answer);
        }
        match text.parse::<f64>() {
            Ok(1.0) => return Some(true),
            Ok(0.0) => return Some(false),
            _ => {}
        }
        match self.dialects.status_of(text) {
            Some(DealStatus::Won) => Some(true),
            Some(DealStatus::Lost) => Some(false),
            Some(DealStatus::Open) => None,
            None => lead_word(text),
        }
    }

    fn tally(&self, column: &Column, rows: usize) -> OutcomeColumn {
        let mut tally = OutcomeColumn { column: column.name().to_owned(), successes: 0, failures: 0, undecided: 0 };
        for row in 0..rows {
            match self.outcome(column.text(row)) {
                Some(true) => tally.successes += 1,
                Some(false) => tally.failures += 1,
                None => tally.undecided += 1,
            }
        }
        tally
    }
}

/// Words of lead lists that deals do not have.
fn lead_word(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "converted" | "customer" | "qualified - won" => Some(true),
        "not converted" | "unqualified" | "disqualified" | "dead" | "junk" => Some(false),
        _ => None,
    }
}
