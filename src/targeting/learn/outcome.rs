//! Finds the column that says how it ended, and reads it.

use super::options::LearnOptions;
use crate::crm::{DealStatus, Dialects, Field, LeadList, labels};
use crate::model::fold;
use crate::stats::Arrange;
use crate::table::{Column, ColumnKind, Table, boolean};
use crate::{Error, ErrorKind, Place};
use std::collections::BTreeMap;

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
    /// Its values and how each is read, the most frequent first; at most 20.
    pub values: Vec<OutcomeValue>,
}

/// A value of an outcome column.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct OutcomeValue {
    /// The value as the file writes it.
    pub value: String,
    /// Rows that have it.
    pub count: u64,
    /// Whether it is read as a good end; `null` if as none.
    pub success: Option<bool>,
}

/// Values of a column that are listed at most.
const MOST_VALUES: usize = 20;

/// Words of headers that name an outcome, the clearest first.
const HEADERS: [&str; 13] = [
    "converted",
    "is won",
    "iswon",
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

/// Headers of flags that say won, and do not tell lost from open.
const FLAGS: [&str; 4] = ["is won", "iswon", "won", "closed won"];

/// Headers of flags that say which deals have ended.
const CLOSED: [&str; 3] = ["is closed", "isclosed", "closed"];

/// Fields that say how it ended, whatever their column is called.
const OUTCOMES: [Field; 3] = [Field::Converted, Field::DealStatus, Field::IsWon];

/// Headers worth looking at in a lead or deal file, the best candidate first: named like an outcome, with values that
/// say won and lost, or taken for whether a lead was converted, as an attached file of deals tells. `labels` says for
/// each column how conditions name it.
pub(crate) fn candidates(table: &Table, labels: &[String], dialects: &Dialects) -> Vec<OutcomeColumn> {
    let mut found: Vec<(usize, OutcomeColumn)> = Vec::new();
    for (at, column) in table.columns().iter().enumerate() {
        let header = plain(column);
        let name = HEADERS.iter().position(|known| *known == header);
        let read = Reading::new(column, &LearnOptions::default(), dialects);
        // Yes-or-no columns abound; only a name makes one of them an outcome.
        let spoken = read.words && matches!(column.kind(), ColumnKind::Text);
        // The no of a mere flag also stands for what is still open: a column that says lost in words comes first.
        let is_won = is_flag(table, labels, at, &FLAGS, Field::IsWon);
        let name = name.filter(|_| read.words || !is_won);
        let bound = || is_won || labels.get(at).is_some_and(|label| OUTCOMES.iter().any(|field| field.name() == label));
        let last = || bound().then_some(HEADERS.len() + 1);
        let Some(rank) = name.or(spoken.then_some(HEADERS.len())).or_else(last) else { continue };
        let mut candidate = read.tally(column, table.rows());
        if let Some(closed) = closing(table, labels, column, &read) {
            let is_open = |row: &usize| {
                boolean(closed.text(*row)) == Some(false) && read.outcome(column.text(*row)) == Some(false)
            };
            let open = (0..table.rows()).filter(is_open).count() as u64;
            candidate.failures -= open;
            candidate.undecided += open;
        }
        if candidate.successes > 0 && candidate.failures > 0 {
            found.push((rank, candidate));
        }
    }
    found.arrange_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// How each row of a list ended, by the best candidate.
#[derive(Debug, Clone)]
pub struct Ends {
    /// Header of the column that says so.
    pub column: String,
    ends: Vec<Option<bool>>,
}

impl Ends {
    /// Whether a row ended well; `None` if it has not ended, or there is no such row.
    #[must_use]
    pub fn of(&self, row: usize) -> Option<bool> {
        self.ends.get(row).copied().flatten()
    }
}

/// How each row of a list ended; `None` if no column says so.
#[must_use]
pub fn ends(leads: &LeadList) -> Option<Ends> {
    let dialects = Dialects::built_in().ok()?;
    let table = leads.table();
    let best = candidates(table, &labels(table, leads.binding()), dialects).into_iter().next()?;
    let column = table.columns().get(table.column_named(&best.column)?)?;
    let read = Reading::new(column, &LearnOptions::default(), dialects);
    Some(Ends { column: best.column, ends: outcomes(table, &labels(table, leads.binding()), column, &read) })
}

/// How each row ended, by its value in the outcome column; where that is a flag which says won, rows that another flag
/// says are not closed have not ended.
pub(crate) fn outcomes(table: &Table, labels: &[String], column: &Column, read: &Reading<'_>) -> Vec<Option<bool>> {
    let mut ends: Vec<Option<bool>> = match column.words() {
        Some(_) => {
            let firsts = column.cells().tally();
            let words: Vec<Option<bool>> = firsts.iter().map(|(_, row)| read.outcome(column.text(*row))).collect();
            (0..table.rows()).map(|row| column.word(row).and_then(|word| words.get(word).copied().flatten())).collect()
        }
        None => (0..table.rows()).map(|row| read.outcome(column.text(row))).collect(),
    };
    if let Some(closed) = closing(table, labels, column, read) {
        for (row, end) in ends.iter_mut().enumerate() {
            if *end == Some(false) && boolean(closed.text(row)) == Some(false) {
                *end = None;
            }
        }
    }
    ends
}

/// The flag that says which rows have ended, for an outcome that is itself a mere flag of what is won.
fn closing<'a>(table: &'a Table, labels: &[String], outcome: &Column, read: &Reading<'_>) -> Option<&'a Column> {
    let at = table.column_named(outcome.name())?;
    if read.words || read.success.is_some() || !is_flag(table, labels, at, &FLAGS, Field::IsWon) {
        return None;
    }
    // What is taken for the field comes before what is called like it, and a day is no answer to whether.
    let answers = |column: &&Column| {
        let mut texts = (0..table.rows()).map(|row| column.text(row)).filter(|text| !text.is_empty()).peekable();
        texts.peek().is_some() && texts.all(|text| boolean(text).is_some())
    };
    let columns = || table.columns().iter().enumerate();
    let taken = columns().filter(|(at, _)| is_field(labels, *at, Field::IsClosed)).map(|(_, column)| column);
    let called = columns().map(|(_, column)| column).filter(|column| CLOSED.contains(&plain(column).as_str()));
    taken.chain(called).find(answers)
}

/// Whether a column is this field, or has one of these headers.
fn is_flag(table: &Table, labels: &[String], at: usize, headers: &[&str], field: Field) -> bool {
    let column = table.columns().get(at);
    is_field(labels, at, field) || column.is_some_and(|column| headers.contains(&plain(column).as_str()))
}

fn is_field(labels: &[String], at: usize, field: Field) -> bool {
    labels.get(at).is_some_and(|label| label == field.name())
}

/// A column's header as words in lower case.
fn plain(column: &Column) -> String {
    fold(column.name()).replace(['_', '-', '/', '?'], " ").trim().to_owned()
}

/// The outcome column of these options.
pub(crate) fn column<'a>(
    table: &'a Table,
    labels: &[String],
    options: &LearnOptions,
    dialects: &Dialects,
) -> Result<&'a Column, Error> {
    let best;
    let header = match &options.outcome {
        Some(header) => header,
        None => {
            best = candidates(table, labels, dialects).into_iter().next();
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
    failure: Option<Vec<String>>,
    dialects: &'a Dialects,
    /// Whether a value says won or lost in words.
    words: bool,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(column: &Column, options: &LearnOptions, dialects: &'a Dialects) -> Self {
        let folded = |words: &Option<Vec<String>>| words.as_ref().map(|words| words.iter().map(|w| fold(w)).collect());
        let (success, failure) = (folded(&options.success), folded(&options.failure));
        let decided = |word: &str| matches!(dialects.status_of(word), Some(DealStatus::Won | DealStatus::Lost));
        let words = column.words().is_some_and(|mut words| words.any(decided));
        Self { success, failure, dialects, words }
    }

    /// The values of the options that no row has, as written there.
    ///
    /// # Errors
    /// `no-outcome` if no row has any of the values that mean success, or failure.
    pub(crate) fn absent(&self, column: &Column, options: &LearnOptions, rows: usize) -> Result<Vec<String>, Error> {
        let texts = texts(column, rows);
        let held: Vec<String> = texts.keys().map(|text| fold(text)).collect();
        let mut absent = Vec::new();
        for (what, named) in [("success", &options.success), ("failure", &options.failure)] {
            let Some(named) = named else { continue };
            let missing = named.iter().filter(|value| !held.contains(&fold(value))).cloned();
            let before = absent.len();
            absent.extend(missing);
            if absent.len() - before == named.len() {
                let values = named.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ");
                let has: Vec<String> =
                    texts.keys().filter(|text| !text.is_empty()).take(5).map(|text| format!("`{text}`")).collect();
                let has = if has.is_empty() { "nothing".to_owned() } else { has.join(", ") };
                let message = format!(
                    "no row of `{}` has {values}, found {has} (write the values of `{what}` as in the file)",
                    column.name()
                );
                return Err(Error::new(ErrorKind::Run, "no-outcome", message).at(Place::path(what)));
            }
        }
        Ok(absent)
    }

    /// Whether the row ended well; `None` if it has not ended.
    pub(crate) fn outcome(&self, text: &str) -> Option<bool> {
        if text.is_empty() {
            return None;
        }
        if let Some(success) = &self.success {
            let word = fold(text);
            let good = success.contains(&word);
            let known = good || self.failure.as_ref().is_none_or(|failure| failure.contains(&word));
            return known.then_some(good);
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
        let mut tally = OutcomeColumn {
            column: column.name().to_owned(),
            successes: 0,
            failures: 0,
            undecided: 0,
            values: Vec::new(),
        };
        for (value, count) in texts(column, rows) {
            let success = self.outcome(&value);
            match success {
                Some(true) => tally.successes += count,
                Some(false) => tally.failures += count,
                None => tally.undecided += count,
            }
            if !value.is_empty() {
                tally.values.push(OutcomeValue { value, count, success });
            }
        }
        tally.values.arrange_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        tally.values.truncate(MOST_VALUES);
        tally
    }
}

/// The different texts of a column, the blank included, with the rows of each.
fn texts(column: &Column, rows: usize) -> BTreeMap<String, u64> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    if column.words().is_some() {
        for (count, first) in column.cells().tally().into_iter().filter(|(count, _)| *count > 0) {
            *counts.entry(column.text(first).to_owned()).or_default() += count;
        }
    } else {
        for row in 0..rows {
            *counts.entry(column.text(row).to_owned()).or_default() += 1;
        }
    }
    counts
}

/// How a lead ended, in words of lead lists that deals do not have.
pub(crate) fn lead_word(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "converted" | "customer" | "qualified - won" => Some(true),
        "not converted" | "unqualified" | "disqualified" | "dead" | "junk" => Some(false),
        _ => None,
    }
}
