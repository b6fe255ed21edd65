//! Scores many leads at once, question by question.
//!
//! Where everything that an axis asks is known of a lead, its score is a sum of points that were looked up: a column of
//! codes is read after the other, a block of rows at a time. Leads that leave something open are asked one by one, by
//! [`Axis::evaluate`], which gives the others the same.

use super::axis::{Axis, Group, limited};
use super::definitions::{Meanings, Met};
use super::enrich::Opens;
use super::predicate::Cells;
use super::score::{Score, Scorecard, Scorecards};
use super::segment::Segmentation;
use super::truths::{BLOCK, first_of};
use crate::model::{Grade, OperatingModel, Points};
use crate::table::{Codes, Column};
use std::ops::Range;

/// Stands for an answer that leaves something open.
pub(super) const OPEN: i64 = i64::MIN;

/// Questions of a group, and points of a question in millionths, up to which sums are certain to be exact.
const MOST_QUESTIONS: usize = 4096;
const MOST_POINTS: i64 = 1 << 50;

/// Scores of all rows, at least 0 and in millionths; below 0 means not evaluable. A list may have 2,000,000 rows.
#[derive(Debug, Clone)]
pub(super) enum Scores {
    /// Of axes that give at most 2,147 points, as all but unusual ones do.
    Small(Vec<i32>),
    Large(Vec<i64>),
}

const NOT_EVALUABLE: i32 = -1;

impl Default for Scores {
    fn default() -> Self {
        Self::Small(Vec::new())
    }
}

impl Scores {
    /// No score is evaluable yet; none will be above the cap.
    fn up_to(cap: Points, rows: usize) -> Self {
        if cap.micro() <= i64::from(i32::MAX) {
            return Self::Small(vec![NOT_EVALUABLE; rows]);
        }
        Self::Large(vec![NOT_EVALUABLE.into(); rows])
    }

    fn put(&mut self, row: usize, score: Option<Points>) {
        let micro = score.map_or(NOT_EVALUABLE.into(), Points::micro);
        match self {
            Self::Small(scores) => put(scores, row, micro as i32),
            Self::Large(scores) => put(scores, row, micro),
        }
    }

    fn write(&mut self, block: Range<usize>, sums: &Sums) {
        match self {
            Self::Small(scores) => {
                let scores = scores.get_mut(block).unwrap_or(&mut []);
                scores.iter_mut().zip(sums.limited()).for_each(|(slot, score)| *slot = score.micro() as i32);
            }
            Self::Large(scores) => {
                let scores = scores.get_mut(block).unwrap_or(&mut []);
                scores.iter_mut().zip(sums.limited()).for_each(|(slot, score)| *slot = score.micro());
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Small(scores) => scores.len(),
            Self::Large(scores) => scores.len(),
        }
    }

    /// The score of a row, in millionths; `None` if there is none.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<i64> {
        let micro = match self {
            Self::Small(scores) => i64::from(*scores.get(row)?),
            Self::Large(scores) => *scores.get(row)?,
        };
        (micro >= 0).then_some(micro)
    }
}

/// The grade of every row, by its place among all grades.
#[derive(Debug, Clone, Default)]
pub(super) struct Grades(Vec<u8>);

impl Grades {
    pub(super) fn get(&self, row: usize) -> Option<Grade> {
        self.0.get(row).and_then(|place| Grade::of_place(usize::from(*place)))
    }

    /// The rows' grades by their places.
    pub(super) fn places(&self) -> &[u8] {
        &self.0
    }
}

/// What cards, segments and definitions say about the rows of a list. Lists of which every entry would say "none" are
/// empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Results {
    /// Index of the card that scored each row; empty with a single card.
    pub(super) card_of: Vec<u8>,
    pub(super) fit: Scores,
    pub(super) engagement: Scores,
    pub(super) grades: Grades,
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
        let most = |cap: &dyn Fn(&Scorecard) -> Points| cards.iter().map(cap).max().unwrap_or(Points::ZERO);
        let room = |needed: bool| if needed { rows } else { 0 };
        let mut results = Results {
            card_of: Vec::with_capacity(room(cards.len() > 1)),
            fit: Scores::up_to(most(&|card| card.fit.cap), rows),
            engagement: Scores::up_to(most(&|card| card.engagement.cap), rows),
            grades: Grades(vec![Grade::NONE.place() as u8; rows]),
            knock_outs: vec![None; room(knocks_out)],
            segments: Vec::with_capacity(room(!self.model.segments().is_empty())),
            met: vec![Met::default(); room(self.meanings.any())],
            opens: vec![Default::default(); cards.len()],
        };
        let mut sums: [Sums; 2] = Default::default();
        let mut scores: Vec<Score> = Vec::with_capacity(BLOCK);
        let mut knock_outs: Vec<Option<u16>> = Vec::with_capacity(BLOCK);
        for first in (0..rows).step_by(BLOCK) {
            let block = first..rows.min(first + BLOCK);
            if !self.model.segments().is_empty() {
                self.segmentation.find(self.columns, first, block.len(), &mut results.segments);
            }
            if cards.len() > 1 {
                let segments = results.segments.get(block.clone()).unwrap_or(&[]);
                let found = self.cards.cards_for(self.model, segments, (self.columns, first), block.len());
                results.card_of.extend(found);
            }
            scores.clear();
            scores.resize(block.len(), Score::NONE);
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
                knock_outs.clear();
                let conditions = card.knock_outs.iter().map(|(_, when)| when);
                first_of(conditions, (self.columns, first), block.len(), |_, _| true, &mut knock_outs);
                for row in block.clone().filter(is_for) {
                    let place = row - first;
                    let known = sums.each_ref().map(|sums| sums.score(place));
                    let score = self.take(&mut results, (at, card), row, known, used);
                    put(&mut results.knock_outs, row, knock_outs.get(place).copied().flatten());
                    put(&mut scores, place, score);
                }
            }
            if let Some(met) = results.met.get_mut(block) {
                self.meanings.meet(self.columns, first, &scores, met);
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
        results.fit.write(block.clone(), fit);
        results.engagement.write(block.clone(), engagement);
        let Some(grades) = results.grades.0.get_mut(block.clone()) else { return };
        for ((grade, fit), engagement) in grades.iter_mut().zip(fit.limited()).zip(engagement.limited()) {
            *grade = card.cuts().grade(Some(fit), Some(engagement)).place() as u8;
        }
        for (place, row) in block.enumerate().filter(|(place, _)| open(*place)) {
            self.take(results, (at, card), row, [fit.score(place), engagement.score(place)], used);
        }
    }

    /// Notes the points of a row and their grade, and asks what its sums leave open.
    fn take(
        &self,
        results: &mut Results,
        (at, card): (usize, &Scorecard),
        row: usize,
        [fit, engagement]: [Option<Points>; 2],
        used: &dyn Fn(usize) -> bool,
    ) -> Score {
        let cells = Cells::of(self.columns, row);
        let mut ask = |axis: &Axis, which: usize| match results.opens.get_mut(at).and_then(|opens| opens.get_mut(which))
        {
            Some(mut opens) if used(row) => axis.evaluate(&cells, &mut opens),
            _ => axis.evaluate(&cells, &mut ()),
        };
        let fit = fit.or_else(|| ask(&card.fit, 0));
        let engagement = engagement.or_else(|| ask(&card.engagement, 1));
        let grade = card.grade(&cells, fit, engagement);
        results.fit.put(row, fit);
        results.engagement.put(row, engagement);
        put(&mut results.grades.0, row, grade.place() as u8);
        Score { fit, engagement, grade, knock_out: None }
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

    /// The scores of the block, of some use where nothing is open.
    fn limited(&self) -> impl Iterator<Item = Points> {
        self.total.iter().map(|total| limited(Points::from_micro(*total), Points::ZERO, self.cap))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{LeadList, Mapping};
    use crate::model::Run;
    use crate::table::{ReadOptions, Table};

    #[test]
    fn every_grade_has_a_place() {
        for (place, grade) in Grade::all().into_iter().enumerate() {
            assert_eq!((grade.place(), Grade::of_place(place)), (place, Some(grade)));
        }
        assert_eq!(Grade::of_place(Grade::COUNT), None);
    }

    #[test]
    fn sums_are_what_asking_one_by_one_gives() {
        let cell = |n: usize, of: &[&str]| of[n * 7_919 % 1_009 % of.len()].to_owned();
        let row = |n: usize| {
            let size = cell(n, &["", "12", "250", "3000", "n/a", "7"]);
            let industry = cell(n / 3, &["Software", "Retail", "", "Finance"]);
            let day = cell(n / 7, &["2025-12-30", "", "2025-06-01", "2026-02-01"]);
            format!("{n},{size},{industry},Title {n} {},{day},{}\n", cell(n / 5, &["VP", "Engineer", ""]), n % 40)
        };
        let csv: String = ["Lead ID,Employees,Industry,Title,Last Activity,Visits\n".to_owned()]
            .into_iter()
            .chain((0..3_000).map(row))
            .collect();
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let list = LeadList::from_table(table, &Mapping::default()).unwrap();
        assert!(list.table().columns().iter().any(|column| column.words().is_none()), "titles are all different");
        let run = Run::from_json(r#"{"asOf": "2026-01-01"}"#).unwrap();
        for (missing, cap, most) in [("neutral", 100, 40), ("zero", 60, 40), ("interval", 3_000, 900)] {
            let model = serde_json::json!({ "format": 1, "icp": {
                "missing": missing,
                "fit": { "cap": cap, "groups": [{ "name": "Who", "cap": most, "floor": -20, "rules": [
                    { "name": "Size", "when": { "field": "employees", "atLeast": 100 }, "points": 30 },
                    { "name": "Small", "when": { "field": "employees", "atMost": 20 }, "points": -35 },
                    { "name": "Industry", "when": { "field": "industry", "in": ["Software", "Finance"] }, "points": 25.5 },
                ] }, { "name": "Title", "rules": [
                    { "name": "VP", "when": { "field": "title", "contains": ["vp"] }, "points": 20 } ] }] },
                "engagement": { "cap": 100, "groups": [{ "name": "What", "rules": [
                    { "name": "Recent", "when": { "field": "lastActivity", "exists": true }, "points": 40,
                      "decay": { "halfLifeDays": 14 } },
                    { "name": "Visits", "when": { "field": "column:Visits", "atLeast": 1 }, "points": 3,
                      "per": { "field": "column:Visits" } } ] }] } } });
            let scored = list.score(&OperatingModel::from_json(&model.to_string()).unwrap(), &run);
            let (mut open, mut known) = (0, 0);
            for row in 0..list.rows() {
                let card = scored.card(row).unwrap();
                let alone = card.trace(&Cells::of(list.table().columns(), row), &mut (), &mut ());
                assert_eq!((scored.fit(row), scored.engagement(row)), (alone.fit, alone.engagement), "{missing} {row}");
                assert_eq!(scored.grade(row), alone.grade, "{missing} {row}");
                *(if csv.lines().nth(row + 1).unwrap().contains(",,") { &mut open } else { &mut known }) += 1;
            }
            assert!(open > 500 && known > 500, "{open} {known}");
        }
    }
}
