//! What a group's questions come to for a block of rows: those that one column settles are looked up together.

use super::axis::{Axis, Group, Open, Question, Settled, share};
use super::predicate::Cells;
use super::sums::{BlockSums, MOST_POINTS};
use super::truths::{BLOCK, signatures};
use crate::table::{Codes, Column};

/// The questions of a group, by how they are answered.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    group: &'a Group,
    /// The group's place in its axis.
    at: usize,
    /// What is known of the reach of every row, in millionths.
    known: i64,
    by_word: Vec<ByWord>,
    /// Those that are not settled.
    asked: Vec<&'a Question>,
}

/// What questions that read one column give together: an entry for each of its words, or one for all rows.
#[derive(Debug, Default)]
struct ByWord {
    column: Option<usize>,
    /// Points, in millionths.
    given: Vec<i64>,
    /// What is known of the reach; empty if nothing more than of every row.
    decided: Vec<i64>,
    /// Whether something is open; empty if nothing is.
    is_open: Vec<bool>,
    /// For fields that are blank: how much less and more filling each could make of it.
    moves: Vec<(usize, Vec<[i64; 2]>)>,
}

impl ByWord {
    /// Takes a settled question of this column.
    fn take(&mut self, question: &Question, settled: &Settled) {
        let words = settled.given.len();
        self.given.resize(words, 0);
        self.given.iter_mut().zip(&settled.given).for_each(|(sum, given)| *sum += given);
        let Some(open) = &settled.open else { return };
        self.decided.resize(words, 0);
        self.is_open.resize(words, false);
        for ((decided, is_open), answer) in self.decided.iter_mut().zip(&mut self.is_open).zip(open) {
            *decided += answer.decided;
            *is_open |= answer.is_open;
        }
        for (field, column) in &question.places {
            let share = |answer: &Open| if column.is_none() || answer.is_blank { answer.share } else { [0; 2] };
            if open.iter().all(|answer| share(answer) == [0; 2]) {
                continue;
            }
            let at = self.moves.iter().position(|(known, _)| known == field).unwrap_or_else(|| {
                self.moves.push((*field, vec![[0; 2]; words]));
                self.moves.len() - 1
            });
            let own = self.moves.get_mut(at).into_iter().flat_map(|(_, own)| own);
            own.zip(open.iter().map(share)).for_each(|([less, more], share)| {
                *less += share[0];
                *more += share[1];
            });
        }
    }

    /// Adds what the rows with these words come to.
    #[inline(never)]
    fn add(&self, words: impl Iterator<Item = usize> + Clone, sums: &mut BlockSums<'_>) {
        let numbers = |of: &[i64], sums: &mut [i64]| {
            sums.iter_mut().zip(words.clone()).for_each(|(sum, word)| *sum += of.get(word).copied().unwrap_or(0));
        };
        numbers(&self.given, sums.given);
        if self.is_open.is_empty() {
            return;
        }
        numbers(&self.decided, sums.known);
        if sums.is_middle {
            let is_open = |word: usize| self.is_open.get(word).copied().unwrap_or(false);
            sums.open.iter_mut().zip(words).for_each(|(open, word)| *open |= is_open(word));
            return;
        }
        for (field, shares) in &self.moves {
            if let Some(moves) = sums.moves.get_mut(*field) {
                moves.add_all(words.clone().map(|word| shares.get(word).copied().unwrap_or_default()));
            }
        }
    }
}

impl<'a> Parts<'a> {
    /// Those of each group.
    pub(super) fn of_axis(axis: &'a Axis) -> Vec<Self> {
        axis.groups.iter().enumerate().map(Self::of).collect()
    }

    /// Of the group at a place of its axis.
    fn of((at, group): (usize, &'a Group)) -> Self {
        let mut parts = Self { group, at, known: 0, by_word: Vec::new(), asked: Vec::new() };
        for question in &group.questions {
            let Some(settled) = &question.settled else {
                parts.asked.push(question);
                continue;
            };
            if settled.open.is_none() {
                parts.known += question.reach.micro();
            }
            let known = parts.by_word.iter().position(|known| known.column == settled.column);
            let place = known.unwrap_or_else(|| {
                parts.by_word.push(ByWord { column: settled.column, ..ByWord::default() });
                parts.by_word.len() - 1
            });
            parts.by_word[place].take(question, settled);
        }
        parts
    }

    /// The group.
    pub(super) fn group(&self) -> &'a Group {
        self.group
    }

    /// What is known of the reach of every row, in millionths.
    pub(super) fn known(&self) -> i64 {
        self.known
    }

    /// Adds up the group for the rows from the first on; `None` if a row has more points than add up exactly.
    pub(super) fn add(&self, columns: &[Column], first: usize, sums: &mut BlockSums<'_>) -> Option<()> {
        for by_word in &self.by_word {
            let Some(column) = by_word.column else {
                by_word.add(std::iter::repeat_n(0, sums.given.len()), sums);
                continue;
            };
            match columns.get(column)?.cells().codes() {
                Codes::Narrow(codes) => by_word.add(codes.get(first..)?.iter().map(|code| usize::from(*code)), sums),
                Codes::Wide(codes) => by_word.add(codes.get(first..)?.iter().map(|code| usize::from(*code)), sums),
                Codes::None => return None,
            }
        }
        self.asked.iter().try_for_each(|question| self.ask(question, (columns, first), sums))
    }

    /// Asks a question row by row; where its tests decide it, only the first of rows that answer them alike.
    #[inline(never)]
    fn ask(&self, question: &Question, (columns, first): (&[Column], usize), sums: &mut BlockSums<'_>) -> Option<()> {
        let rows = sums.given.len();
        let mut room = [0; BLOCK];
        let numbers = room.get_mut(..rows)?;
        let are_alike = !question.tests.is_empty();
        signatures(&question.tests, (columns, first), numbers);
        let mut known = [None; 1 << u8::BITS];
        for (place, number) in numbers.iter().enumerate() {
            let ask = || self.group.ask(question, &Cells::of(columns, first + place), self.at, &mut ());
            let own;
            let came = if are_alike {
                known.get_mut(usize::from(*number))?.get_or_insert_with(ask)
            } else {
                own = ask();
                &own
            };
            if came.given.micro().abs() > MOST_POINTS {
                return None;
            }
            *sums.given.get_mut(place)? += came.given.micro();
            *sums.known.get_mut(place)? += came.decided.micro();
            if !came.is_open() {
                continue;
            }
            if sums.is_middle {
                *sums.open.get_mut(place)? = true;
                continue;
            }
            let blanks = || question.blanks(columns, first + place);
            let share = share(came.room, blanks().count());
            for field in blanks() {
                if let Some(moves) = sums.moves.get_mut(field) {
                    moves.add(place, share);
                }
            }
        }
        Some(())
    }
}
