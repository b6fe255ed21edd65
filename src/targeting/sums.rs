//! Scores many leads at once, question by question.
//!
//! Where everything that an axis asks is known of a lead, its score is a sum of points that were looked up: a column of
//! codes is read after the other, a block of rows at a time. Leads that leave something open are asked one by one, by
//! [`Axis::evaluate`], which gives the others the same.

use super::axis::{Axis, Group, limited};
use super::definitions::{Meanings, Met};
use super::enrich::Opens;
use super::predicate::Cells;
use super::score::{Scorecard, Scorecards};
use super::segment::Segmentation;
use crate::model::{Grade, OperatingModel, Points};
use crate::table::{Codes, Column};
use std::ops::Range;

/// Rows taken together, few enough for their sums to stay near the processor.
const BLOCK: usize = 1024;

/// Stands for an answer that leaves something open.
pub(super) const OPEN: i64 = i64::MIN;

/// Questions of a group, and points of a question in millionths, up to which sums are certain to be exact.
const MOST_QUESTIONS: usize = 4096;
const MOST_POINTS: i64 = 1 << 50;

/// Stands for a score that there is none of.
pub(super) const NOT_EVALUABLE: i64 = -1;

/// What cards, segments and definitions say about the rows of a list. Lists of which every entry would say "none" are
/// empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Results {
    /// Index of the card that scored each row; empty with a single card.
    pub(super) card_of: Vec<u8>,
    /// Scores are at least 0 and kept as millionths; below 0 means not evaluable. A list may have 2,000,000 rows.
    pub(super) fit: Vec<i64>,
    pub(super) engagement: Vec<i64>,
    pub(super) grades: Vec<Grade>,
    pub(super) knock_outs: Vec<Option<u16>>,
    pub(super) segments: Vec<Option<u16>>,
    pub(super) met: Vec<Met>,
    /// What the rules of each card leave open: fit, engagement.
    pub(super) opens: Vec<[Opens; 2]>,
}

/// What a list is asked.
pub(super) struct Asked<'a> {
    pub(super) model: &'a OperatingModel,
    pub(super) columns: &'a [Column],
    pub(super) cards: &'a Scorecards,
    pub(super) segmentation: &'a Segmentation,
    pub(super) meanings: &'a Meanings,
}

impl Asked<'_> {
    /// Scores the rows. What those that are not `used` leave open is not counted.
    pub(super) fn results(&self, rows: usize, used: &dyn Fn(usize) -> bool) -> Results {
        let cards = self.cards.all();
        let knocks_out = cards.iter().any(|card| !card.knock_outs.is_empty());
        let room = |needed: bool| if needed { rows } else { 0 };
        let mut results = Results {
            card_of: Vec::with_capacity(room(cards.len() > 1)),
            fit: vec![NOT_EVALUABLE; rows],
            engagement: vec![NOT_EVALUABLE; rows],
            grades: vec![Grade::NONE; rows],
            knock_outs: vec![None; room(knocks_out)],
            segments: Vec::with_capacity(room(!self.model.segments().is_empty())),
            met: vec![Met::default(); room(self.meanings.any())],
            opens: vec![Default::default(); cards.len()],
        };
        let mut sums: [Sums; 2] = Default::default();
        for first in (0..rows).step_by(BLOCK) {
            let block = first..rows.min(first + BLOCK);
            for row in block.clone().filter(|_| !self.model.segments().is_empty()) {
                let segment = self.segmentation.segment(self.columns, row);
                results.segments.push(segment.and_then(|segment| u16::try_from(segment).ok()));
            }
            for row in block.clone().filter(|_| cards.len() > 1) {
                let segment = results.segments.get(row).copied().flatten().map(usize::from);
                let card = self.cards.card_for(self.model, segment, &Cells::of(self.columns, row));
                results.card_of.push(u8::try_from(card).unwrap_or(u8::MAX));
            }
            for (at, card) in cards.iter().enumerate() {
                let of_card: Option<Vec<bool>> = (cards.len() > 1).then(|| {
                    block.clone().map(|row| results.card_of.get(row) == u8::try_from(at).ok().as_ref()).collect()
                });
                if of_card.as_ref().is_some_and(|of_card| !of_card.contains(&true)) {
                    continue;
                }
                sums[0].add_up(&card.fit, self.columns, first, block.len());
                sums[1].add_up(&card.engagement, self.columns, first, block.len());
                if of_card.is_none() && card.is_plain() && results.met.is_empty() {
                    self.take_block(&mut results, (at, card), block.clone(), &sums, used);
                    continue;
                }
                let is_for =
                    |row: &usize| of_card.as_ref().is_none_or(|of_card| of_card.get(row - first) == Some(&true));
                for row in block.clone().filter(is_for) {
                    self.take(&mut results, (at, card), row, sums.each_ref().map(|sums| sums.score(row - first)), used);
                }
            }
        }
        results
    }

    /// Notes what the rows of a block came to by a card that grades by points alone.
    fn take_block(
        &self,
        results: &mut Results,
        (at, card): (usize, &Scorecard),
        block: Range<usize>,
        [fit, engagement]: &[Sums; 2],
        used: &dyn Fn(usize) -> bool,
    ) {
        let open = |place: usize| fit.open.get(place) == Some(&true) || engagement.open.get(place) == Some(&true);
        let lists = (results.fit.get_mut(block.clone()), results.engagement.get_mut(block.clone()));
        let (Some(fits), Some(engagements)) = lists else { return };
        fit.write(fits);
        engagement.write(engagements);
        let Some(grades) = results.grades.get_mut(block.clone()) else { return };
        for ((grade, fit), engagement) in grades.iter_mut().zip(fits).zip(engagements) {
            *grade = card.cuts().grade(Some(Points::from_micro(*fit)), Some(Points::from_micro(*engagement)));
        }
        for (place, row) in block.enumerate().filter(|(place, _)| open(*place)) {
            self.take(results, (at, card), row, [fit.score(place), engagement.score(place)], used);
        }
    }

    /// Notes what a row came to, and asks what its sums leave open.
    fn take(
        &self,
        results: &mut Results,
        (at, card): (usize, &Scorecard),
        row: usize,
        [fit, engagement]: [Option<Points>; 2],
        used: &dyn Fn(usize) -> bool,
    ) {
        let cells = Cells::of(self.columns, row);
        let mut ask = |axis: &Axis, which: usize| match results.opens.get_mut(at).and_then(|opens| opens.get_mut(which))
        {
            Some(mut opens) if used(row) => axis.evaluate(&cells, &mut opens),
            _ => axis.evaluate(&cells, &mut ()),
        };
        let fit = fit.or_else(|| ask(&card.fit, 0));
        let engagement = engagement.or_else(|| ask(&card.engagement, 1));
        let score = card.score(&cells, fit, engagement);
        put(&mut results.fit, row, fit.map_or(NOT_EVALUABLE, Points::micro));
        put(&mut results.engagement, row, engagement.map_or(NOT_EVALUABLE, Points::micro));
        put(&mut results.grades, row, score.grade);
        put(&mut results.knock_outs, row, score.knock_out.and_then(|at| u16::try_from(at).ok()));
        if !results.met.is_empty() {
            put(&mut results.met, row, self.meanings.met(self.columns, row, &score));
        }
    }
}

#[inline]
fn put<T>(list: &mut [T], row: usize, value: T) {
    if let Some(slot) = list.get_mut(row) {
        *slot = value;
    }
}

/// The sums of one axis over a block of rows.
#[derive(Debug, Clone, Default)]
struct Sums {
    total: Vec<i64>,
    group: Vec<i64>,
    /// Rows of which something that the axis asks is not known.
    open: Vec<bool>,
    cap: Points,
}

impl Sums {
    /// Adds up an axis for so many rows from the first on.
    fn add_up(&mut self, axis: &Axis, columns: &[Column], first: usize, rows: usize) {
        // What nobody can know, or what is worth nothing whatever the answers, is not a matter of sums.
        let sums = axis.evaluable && axis.reach > Points::ZERO;
        let exact = |group: &Group| group.questions.len() <= MOST_QUESTIONS;
        let possible = sums && axis.groups.iter().all(exact) && axis.groups.len() <= MOST_QUESTIONS;
        self.cap = axis.cap;
        self.total.clear();
        self.total.resize(rows, 0);
        self.open.clear();
        self.open.resize(rows, !possible);
        if !possible {
            return;
        }
        for (at, group) in axis.groups.iter().enumerate() {
            self.group.clear();
            self.group.resize(rows, 0);
            self.add_group(group, at, columns, first);
            for (total, sum) in self.total.iter_mut().zip(&self.group) {
                *total += limited(Points::from_micro(*sum), group.floor, group.cap).micro();
            }
        }
    }

    fn add_group(&mut self, group: &Group, at: usize, columns: &[Column], first: usize) {
        for question in &group.questions {
            let settled = question.settled.as_ref();
            let codes = settled.and_then(|settled| Some((settled, columns.get(settled.column)?.cells().codes())));
            match codes {
                Some((settled, Codes::Narrow(codes))) => self.add(codes.get(first..).unwrap_or(&[]), &settled.given),
                Some((settled, Codes::Wide(codes))) => self.add(codes.get(first..).unwrap_or(&[]), &settled.given),
                _ => {
                    for (place, (sum, open)) in self.group.iter_mut().zip(&mut self.open).enumerate() {
                        let cells = Cells::of(columns, first + place);
                        let given = group.ask(question, &cells, at, &mut ()).closed(question.reach);
                        *sum = sum.wrapping_add(given);
                        *open |= given == OPEN;
                    }
                }
            }
        }
    }

    fn add<C: Copy + Into<usize>>(&mut self, codes: &[C], given: &[i64]) {
        for ((code, sum), open) in codes.iter().zip(&mut self.group).zip(&mut self.open) {
            let given = given.get((*code).into()).copied().unwrap_or(OPEN);
            *sum = sum.wrapping_add(given);
            *open |= given == OPEN;
        }
    }

    /// Writes the scores of the block, of some use where nothing is open.
    fn write(&self, scores: &mut [i64]) {
        for (score, total) in scores.iter_mut().zip(&self.total) {
            *score = limited(Points::from_micro(*total), Points::ZERO, self.cap).micro();
        }
    }

    /// The score of the row at a place of the block; `None` if the axis has to be asked.
    #[inline]
    fn score(&self, place: usize) -> Option<Points> {
        let total = *self.total.get(place).filter(|_| self.open.get(place) == Some(&false))?;
        Some(limited(Points::from_micro(total), Points::ZERO, self.cap))
    }
}

/// The points of an answer if nothing is open in it, and they are few enough to be added up.
pub(super) fn closed(given: Points, known: bool) -> i64 {
    if known && given.micro().abs() <= MOST_POINTS { given.micro() } else { OPEN }
}
