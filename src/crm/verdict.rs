//! Tells of every row whether its deal is open, won or lost, and where the file contradicts itself.

use super::bind::Binding;
use super::dialect::Dialects;
use super::{DealStatus, Field};
use crate::Place;
use crate::table::{Action, Code, Column, Diagnostics, Table, boolean};
use std::collections::HashMap;

const CONFLICT: Code = Code::new("status-conflict", Action::Kept, "correct the stage or the status");
const UNKNOWN_STATUS: Code =
    Code::new("unknown-status", Action::Kept, "these deals count as open unless stage or dates say otherwise");

/// Tells open, won and lost: explicit flag, then status word, then stage word, then dates, then probability.
pub(super) struct Statuses<'a> {
    rows: usize,
    table: &'a Table,
    dialects: &'a Dialects,
    columns: [Option<&'a Column>; 9],
    words: HashMap<String, Option<DealStatus>>,
}

/// The columns that speak about the status, in the order of `Statuses::columns`.
const SPEAKERS: [Field; 9] = [
    Field::IsWon,
    Field::IsLost,
    Field::IsClosed,
    Field::DealStatus,
    Field::Stage,
    Field::WonDate,
    Field::LostDate,
    Field::ActualCloseDate,
    Field::Probability,
];

impl<'a> Statuses<'a> {
    pub(super) fn new(table: &'a Table, binding: &Binding, dialects: &'a Dialects) -> Self {
        let columns = SPEAKERS.map(|field| table.columns().get(binding.column_of(field)?));
        Self { rows: table.rows(), table, dialects, columns, words: HashMap::new() }
    }

    pub(super) fn all(mut self, notes: &mut Diagnostics) -> Vec<DealStatus> {
        (0..self.rows).map(|row| self.of(row, notes)).collect()
    }

    fn of(&mut self, row: usize, notes: &mut Diagnostics) -> DealStatus {
        let [won, lost, closed, status, stage, won_on, lost_on, closed_on, probability] = self.columns;
        let flag = |column: Option<&Column>| column.and_then(|c| boolean(c.text(row)));
        let dated = |column: Option<&Column>| column.is_some_and(|c| c.date(row).is_some());
        let word = status.map_or("", |c| c.text(row));
        let by_word = self.meaning(word);
        let by_stage = self.meaning(stage.map_or("", |c| c.text(row)));
        let said = match (flag(won), flag(lost), flag(closed)) {
            (Some(true), ..) => Some(DealStatus::Won),
            (_, Some(true), _) => Some(DealStatus::Lost),
            (Some(false), _, Some(true)) => Some(DealStatus::Lost),
            (_, _, Some(false)) | (Some(false), Some(false), None) => Some(DealStatus::Open),
            // Closed, or not won: a word has to say the rest.
            _ => None,
        };
        if said.is_none()
            && by_word.is_none()
            && !word.is_empty()
            && let Some(column) = status
        {
            let place = Place::line(self.table.line(row)).in_column(column.name());
            notes.count(UNKNOWN_STATUS, place, word, || format!("`{word}` is no known word for open, won or lost"));
        }
        let told = said.or(by_word);
        if let (Some(told), Some(by_stage), Some(column)) = (told, by_stage, stage)
            && told != by_stage
            && by_stage != DealStatus::Open
        {
            let place = Place::line(self.table.line(row)).in_column(column.name());
            let text = column.text(row);
            notes.count(CONFLICT, place, text, || {
                format!("the stage `{text}` says {by_stage}, the status says {told}; the status counts")
            });
        }
        let by_date = || match (dated(won_on), dated(lost_on)) {
            (true, false) => Some(DealStatus::Won),
            (false, true) => Some(DealStatus::Lost),
            _ => None,
        };
        let by_chance = || {
            let chance = probability.and_then(|c| c.number(row)).filter(|_| dated(closed_on))?;
            match chance {
                0.0 => Some(DealStatus::Lost),
                1.0 | 100.0 => Some(DealStatus::Won),
                _ => None,
            }
        };
        told.or(by_stage).or_else(by_date).or_else(by_chance).unwrap_or(DealStatus::Open)
    }

    /// What a word says, looked up once per word.
    fn meaning(&mut self, word: &str) -> Option<DealStatus> {
        if word.is_empty() {
            return None;
        }
        if let Some(known) = self.words.get(word) {
            return *known;
        }
        let meaning = self.dialects.status_of(word);
        self.words.insert(word.to_owned(), meaning);
        meaning
    }
}
