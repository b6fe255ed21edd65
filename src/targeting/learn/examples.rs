//! Decided rows of a table as learning examples: typed columns, outcomes, dates, in an order fixed by content.

use super::options::LearnOptions;
use super::outcome::{self, Reading};
use crate::calendar::Date;
use crate::crm::{Dialects, Field, LeadList, Vocabulary, labels};
use crate::model::fold;
use crate::random::StreamKey;
use crate::stats::{Arrange, Ordered};
use crate::table::{Column, ColumnKind, Table, hash};
use crate::{Error, ErrorKind};
use std::collections::BTreeSet;

/// The code of a blank among levels.
pub(crate) const MISSING: u32 = u32::MAX;

/// What can be learned from a file: its decided rows.
///
/// Rows stand in the order of a hash of their content, not of the file, so everything computed from them is the same
/// for the same rows in any order.
#[derive(Debug, Clone)]
pub struct Examples {
    pub(crate) outcome: String,
    pub(crate) features: Vec<Feature>,
    pub(crate) outcomes: Vec<bool>,
    pub(crate) rows: Vec<u32>,
    /// Days since 1970 of the splitting date, where the file has one.
    pub(crate) dates: Option<Vec<Option<Date>>>,
    pub(crate) undecided: u64,
    /// Values of the outcome that the options name and no row has.
    pub(crate) absent: Vec<String>,
}

/// One column.
#[derive(Debug, Clone)]
pub(crate) struct Feature {
    /// The header.
    pub(crate) name: String,
    /// How a condition names it: a field, or `column:` and the header.
    pub(crate) field: String,
    pub(crate) values: Values,
    /// Whether it is only looked at, not learned from.
    pub(crate) watched_only: bool,
    /// Undecided rows in which it is filled.
    pub(crate) filled_undecided: u64,
}

/// The values of a column, one per example.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// NaN is a blank.
    Numbers(Vec<f64>),
    /// Codes into the names, which are sorted; [`MISSING`] is a blank.
    Levels { names: Vec<String>, codes: Vec<u32> },
}

impl Feature {
    pub(crate) fn learnable(&self) -> bool {
        !self.watched_only
    }

    /// Whether rows differ in it, a blank counting as a value: one value throughout says nothing.
    pub(crate) fn varies(&self) -> bool {
        match &self.values {
            Values::Numbers(values) => {
                values.windows(2).any(|pair| pair[0] != pair[1] && !(pair[0].is_nan() && pair[1].is_nan()))
            }
            Values::Levels { codes, .. } => codes.windows(2).any(|pair| pair[0] != pair[1]),
        }
    }

    pub(crate) fn filled(&self, row: u32) -> bool {
        match &self.values {
            Values::Numbers(values) => !values[row as usize].is_nan(),
            Values::Levels { codes, .. } => codes[row as usize] != MISSING,
        }
    }
}

/// Fields that name a row, or are free notes, and say nothing about others like it.
const NAMES: [Field; 10] = [
    Field::PersonId,
    Field::FirstName,
    Field::LastName,
    Field::FullName,
    Field::Email,
    Field::DealId,
    Field::DealName,
    Field::AccountId,
    Field::Contact,
    Field::NextStep,
];

impl Examples {
    /// The decided rows of a list.
    ///
    /// # Errors
    /// `no-outcome` if no column says how the rows ended, or none of the values that mean success or failure occurs;
    /// `unknown-column` for a header that is not there, `bad-options` for values that mean both.
    pub fn from_leads(leads: &LeadList, options: &LearnOptions) -> Result<Self, Error> {
        Self::new(leads.table(), &labels(leads.table(), leads.binding()), options)
    }

    /// The decided rows of a table whose columns have no meaning but their headers.
    ///
    /// # Errors
    /// As [`Examples::from_leads`].
    pub fn from_table(table: &Table, options: &LearnOptions) -> Result<Self, Error> {
        let labels: Vec<String> = table.columns().iter().map(|column| format!("column:{}", column.name())).collect();
        Self::new(table, &labels, options)
    }

    /// The decided rows of a table. `labels` says for each column how conditions name it.
    ///
    /// # Errors
    /// `no-outcome` if there is no such column or none can be told.
    fn new(table: &Table, labels: &[String], options: &LearnOptions) -> Result<Self, Error> {
        options.check()?;
        let dialects = Dialects::built_in()?;
        let outcome = outcome::column(table, labels, options, dialects)?;
        let reading = Reading::new(outcome, options, dialects);
        let absent = reading.absent(outcome, options, table.rows())?;
        let read = outcome::outcomes(table, labels, outcome, &reading);
        let columns = Self::columns(table, labels, options, outcome)?;
        let order = order(table, &columns, &read);
        let undecided: Vec<usize> = (0..read.len()).filter(|row| read[*row].is_none()).collect();
        let features =
            columns.iter().map(|at| feature(&table.columns()[*at], &labels[*at], &order, &undecided)).collect();
        let date = Self::date_column(table, labels, options)?;
        Ok(Self {
            outcome: outcome.name().to_owned(),
            features,
            outcomes: order.iter().map(|row| read[*row as usize] == Some(true)).collect(),
            dates: date.map(|date| order.iter().map(|row| date.date(*row as usize)).collect()),
            undecided: undecided.len() as u64,
            absent,
            rows: order,
        })
    }

    /// Positions of the columns that are looked at.
    fn columns(
        table: &Table,
        labels: &[String],
        options: &LearnOptions,
        outcome: &Column,
    ) -> Result<Vec<usize>, Error> {
        let mut left_out: BTreeSet<usize> = table.column_named(outcome.name()).into_iter().ordered();
        for header in &options.exclude {
            let Some(at) = table.column_named(header) else {
                let message = format!("no column `{header}` to leave out (write the header as in the file)");
                return Err(Error::new(ErrorKind::Run, "unknown-column", message));
            };
            left_out.insert(at);
        }
        let dialects = Dialects::built_in()?;
        // Deals that were attached bring identifiers and notes of their own, which no field of leads is.
        let names_deal = |header: &str| {
            let means = |vocabulary| dialects.fields_of(header, vocabulary, None).first().map(|(field, _)| *field);
            let of_person = means(Vocabulary::Lead);
            matches!(means(Vocabulary::Deal), Some(Field::DealId | Field::DealName | Field::NextStep))
                // A deal's title is its name, a person's is what they do.
                && of_person.is_none_or(|field| NAMES.contains(&field))
        };
        let naming = |label: &str| match label.strip_prefix("column:") {
            Some(header) => names_deal(header),
            None => NAMES.iter().any(|field| field.name() == label),
        };
        let kept = |at: &usize| {
            let column = &table.columns()[*at];
            // What an earlier export of ours added follows from the other columns.
            let own = column.name().starts_with("Leadcast ");
            !own && !left_out.contains(at) && !matches!(column.kind(), ColumnKind::Empty) && !naming(&labels[*at])
        };
        Ok((0..table.columns().len()).filter(kept).collect())
    }

    fn date_column<'a>(
        table: &'a Table,
        labels: &[String],
        options: &LearnOptions,
    ) -> Result<Option<&'a Column>, Error> {
        let Some(header) = &options.date else {
            let created = [Field::Created, Field::CreatedDate];
            let at = labels.iter().position(|label| created.iter().any(|field| field.name() == label));
            return Ok(at.map(|at| &table.columns()[at]).filter(|c| matches!(c.kind(), ColumnKind::Date(_))));
        };
        let column = table.column_named(header).map(|at| &table.columns()[at]);
        let message = || format!("no column `{header}` with dates (name one, or leave the option out)");
        let error = || Error::new(ErrorKind::Run, "unknown-column", message());
        column.filter(|c| matches!(c.kind(), ColumnKind::Date(_) | ColumnKind::Empty)).map(Some).ok_or_else(error)
    }

    /// Number of examples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether no row is decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// The header of the outcome column.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// The table's row of each example.
    #[must_use]
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The outcome of each example.
    #[must_use]
    pub fn outcomes(&self) -> &[bool] {
        &self.outcomes
    }

    /// The newest day of the splitting date.
    pub(crate) fn newest(&self) -> Option<Date> {
        self.dates.as_ref()?.iter().flatten().max().copied()
    }

    /// Every example.
    pub(crate) fn all(&self) -> Vec<u32> {
        (0..self.len() as u32).collect()
    }

    /// Folds for these examples: each outcome dealt out in turn. As rows stand in the order of their hashes, the deal
    /// is as good as random and the same for the same rows.
    pub(crate) fn deal(&self, rows: &[u32], folds: usize) -> Vec<u8> {
        let mut next = [0, 0];
        let deal = |row: &u32| {
            let next = &mut next[usize::from(self.outcomes[*row as usize])];
            let fold = *next;
            *next = (fold + 1) % folds;
            fold as u8
        };
        rows.iter().map(deal).collect()
    }

    /// The same once more, dealt otherwise in each further round.
    pub(crate) fn deal_again(&self, rows: &[u32], folds: usize, round: usize) -> Vec<u8> {
        if round == 0 {
            return self.deal(rows, folds);
        }
        let stream = StreamKey::new(round as u64);
        let mut order: Vec<(u64, usize)> = (0..rows.len()).map(|at| (stream.with(at as u64).bits(), at)).collect();
        order.sort_unstable();
        let shuffled: Vec<u32> = order.iter().map(|(_, at)| rows[*at]).collect();
        let mut dealt = vec![0; rows.len()];
        for ((_, at), fold) in order.iter().zip(self.deal(&shuffled, folds)) {
            dealt[*at] = fold;
        }
        dealt
    }

    /// The same examples without some columns.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let mut rest = self.clone();
        rest.features.retain(|feature| !names.contains(&feature.name.as_str()));
        rest
    }

    /// Some of the examples, in their order.
    #[must_use]
    pub fn subset(&self, keep: impl Fn(u32) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.len()).filter(|at| keep(self.rows[*at])).collect();
        let pick = |feature: &Feature| {
            let values = match &feature.values {
                Values::Numbers(values) => Values::Numbers(kept.iter().map(|at| values[*at]).collect()),
                Values::Levels { names, codes } => {
                    Values::Levels { names: names.clone(), codes: kept.iter().map(|at| codes[*at]).collect() }
                }
            };
            Feature { values, ..feature.clone() }
        };
        Self {
            outcome: self.outcome.clone(),
            features: self.features.iter().map(pick).collect(),
            outcomes: kept.iter().map(|at| self.outcomes[*at]).collect(),
            rows: kept.iter().map(|at| self.rows[*at]).collect(),
            dates: self.dates.as_ref().map(|dates| kept.iter().map(|at| dates[*at]).collect()),
            undecided: self.undecided,
            absent: self.absent.clone(),
        }
    }
}

/// The decided rows by the hash of what their cells mean; rows of equal hash by their cells.
fn order(table: &Table, columns: &[usize], read: &[Option<bool>]) -> Vec<u32> {
    let mut buffer = Vec::new();
    let mut content = |row: usize| {
        buffer.clear();
        buffer.push(u8::from(read[row] == Some(true)));
        for at in columns {
            table.columns()[*at].write_canonical(row, &mut buffer);
            buffer.push(0xFF);
        }
        hash(&buffer)
    };
    let decided = (0..read.len()).filter(|row| read[*row].is_some());
    let mut keyed: Vec<(u64, u32)> = decided.map(|row| (content(row), row as u32)).collect();
    let cells = |row: u32| columns.iter().map(move |at| table.columns()[*at].text(row as usize));
    keyed.arrange_by(|a, b| a.0.cmp(&b.0).then_with(|| cells(a.1).cmp(cells(b.1))));
    keyed.into_iter().map(|(_, row)| row).collect()
}

fn feature(column: &Column, label: &str, order: &[u32], undecided: &[usize]) -> Feature {
    let (values, watched_only) = match column.kind() {
        ColumnKind::Number(_) => {
            let number = |row: &u32| column.number(*row as usize).unwrap_or(f64::NAN);
            let numbers: Vec<f64> = order.iter().map(number).collect();
            let names_rows = is_running_number(column.name(), &numbers);
            (Values::Numbers(numbers), names_rows)
        }
        // When something happened is not who the lead is; that it happened may give the outcome away.
        ColumnKind::Date(_) => {
            (Values::Levels { names: vec!["filled".to_owned()], codes: filled(column, order) }, true)
        }
        _ => (levels(column, order), false),
    };
    let filled_undecided = undecided.iter().filter(|row| !column.text(**row).is_empty()).count() as u64;
    Feature { name: column.name().to_owned(), field: label.to_owned(), values, watched_only, filled_undecided }
}

/// Whether a number names its row: whole, never twice, under a header that says so. Amounts may be whole and distinct too.
fn is_running_number(header: &str, numbers: &[f64]) -> bool {
    const WORDS: [&str; 8] = ["id", "number", "no", "nr", "key", "code", "row", "index"];
    let header = fold(header);
    let named = header.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word));
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    named && numbers.iter().all(|x| x.fract() == 0.0) && sorted.windows(2).all(|pair| pair[0] < pair[1])
}

fn filled(column: &Column, order: &[u32]) -> Vec<u32> {
    order.iter().map(|row| if column.text(*row as usize).is_empty() { MISSING } else { 0 }).collect()
}

fn levels(column: &Column, order: &[u32]) -> Values {
    let texts: Vec<&str> = order.iter().map(|row| column.text(*row as usize)).collect();
    let names: Vec<&str> =
        texts.iter().copied().filter(|text| !text.is_empty()).collect::<BTreeSet<_>>().into_iter().collect();
    let code = |text: &&str| names.binary_search(text).map_or(MISSING, |at| at as u32);
    let codes = texts.iter().map(code).collect();
    Values::Levels { names: names.into_iter().map(str::to_owned).collect(), codes }
}
