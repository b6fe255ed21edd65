//! What each column of a file is to learning, so that a person can decide which ones to learn from.

use super::examples::{Examples, Feature, Values};
use super::leaks::{Leak, LeakGrade, leaks};
use super::options::LearnOptions;
use crate::Error;
use crate::crm::LeadList;
use std::collections::BTreeSet;

/// How a column can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum ColumnUse {
    /// It says how rows ended.
    Outcome,
    /// Learned from as numbers, in ranges.
    Number,
    /// Learned from as values.
    Values,
    /// Only watched for leaks: a date, or a number that names its row.
    Watched,
    /// Not looked at: it names a person or a record and says nothing about others like it.
    Name,
}

/// One column of a file as learning sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnColumn {
    /// Its header.
    pub column: String,
    /// How it can be used.
    pub usage: ColumnUse,
    /// Decided rows in which it is filled; 0 of a name.
    pub filled: u64,
    /// Different values among the decided rows; 0 of a name.
    pub distinct: u64,
    /// Whether it is proposed to learn from it.
    pub proposed: bool,
    /// Why it may give the outcome away.
    pub leak: Option<Leak>,
}

pub(super) fn of(leads: &LeadList, options: &LearnOptions) -> Result<Vec<LearnColumn>, Error> {
    let options = LearnOptions { exclude: Vec::new(), ..options.clone() };
    let examples = Examples::from_leads(leads, &options)?;
    let mut found = leaks(&examples);
    let column = |column: &crate::table::Column| {
        let name = column.name();
        let feature = examples.features.iter().find(|feature| feature.name == name);
        let leak = found.iter().position(|leak| leak.column == name).map(|at| found.remove(at));
        let usage = match feature {
            None if name == examples.outcome => ColumnUse::Outcome,
            None => ColumnUse::Name,
            Some(feature) if !feature.learnable() => ColumnUse::Watched,
            Some(feature) => match feature.values {
                Values::Numbers(_) => ColumnUse::Number,
                Values::Levels { .. } => ColumnUse::Values,
            },
        };
        let learnable = matches!(usage, ColumnUse::Number | ColumnUse::Values);
        let sure = leak.as_ref().is_some_and(|leak| leak.grade == LeakGrade::Leak);
        let filled = feature.map_or(0, |feature| examples.all().into_iter().filter(|row| feature.filled(*row)).count());
        let distinct = feature.map_or(0, |_| distinct(column, &examples));
        let varies = feature.is_some_and(Feature::varies);
        LearnColumn {
            column: name.to_owned(),
            usage,
            filled: filled as u64,
            distinct,
            proposed: learnable && !sure && varies && filled > 0,
            leak,
        }
    };
    Ok(leads.table().columns().iter().map(column).collect())
}

/// Different texts of a column among the decided rows.
fn distinct(column: &crate::table::Column, examples: &Examples) -> u64 {
    let texts = examples.rows.iter().map(|row| column.text(*row as usize)).filter(|text| !text.is_empty());
    texts.collect::<BTreeSet<_>>().len() as u64
}
