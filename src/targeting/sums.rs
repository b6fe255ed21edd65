//! Scores many leads at once, question by question.
//!
//! Where an axis' answers were settled, a score is a sum of points that were looked up, and so is what is known of it: a
//! column of codes is read after the other, a block of rows at a time. What sums cannot say is asked row by row, by
//! [`Axis::evaluate`], which gives the others the same.

use super::axis::{Axis, Group, Question, limited};
use super::days::Used;
use super::definitions::{Meanings, Met};
use super::enrich::{Moves, Opens};
use super::parts::Parts;
use super::predicate::Cells;
use super::score::{Score, Scorecard, Scorecards};
use super::segment::Segmentation;
use super::truths::{BLOCK, first_of};
use crate::model::{Grade, MissingPolicy, OperatingModel, Points};
use crate::table::Column;
use std::ops::Range;

/// Questions of a group, and points of a question in millionths, up to which sums are certain to be exact.
const MOST_QUESTIONS: usize = 4096;
pub(super) const MOST_POINTS: i64 = 1 << 50;

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
                scores.iter_mut().zip(&sums.scores).for_each(|(slot, score)| *slot = *score as i32);
            }
            Self::Large(scores) => {
                let scores = scores.get_mut(block).unwrap_or(&mut []);
                scores.iter_mut().zip(&sums.scores).for_each(|(slot, score)| *slot = *score);
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
    /// Scores the rows. What those that are not `used` leave open is not counted. Compiled by itself, as are the parts that work on
    /// all rows of a block: engines take long to make large bodies fast, and make them less so.
    #[inline(never)]
    pub(super) fn results(&self, rows: usize, used: &Used) -> Results {
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
        let sums_of = |card: &Scorecard| [&card.fit, &card.engagement].map(can_be_summed);
        let possible: Vec<[bool; 2]> = cards.iter().map(sums_of).collect();
        let parts: Vec<[Vec<Parts<'_>>; 2]> =
            cards.iter().map(|card| [&card.fit, &card.engagement].map(Parts::of_axis)).collect();
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
                let counts = |row: usize| {
                    used.has(row) && of_card.as_ref().is_none_or(|of_card| of_card.get(row - first) == Some(&true))
                };
                let counted: Option<Vec<bool>> =
                    (of_card.is_some() || !used.has_all()).then(|| block.clone().map(counts).collect());
                let axes = [&card.fit, &card.engagement].into_iter().zip(parts.get(at).into_iter().flatten());
                let axes = axes.zip(possible.get(at).into_iter().flatten());
                let opens = results.opens.get_mut(at).into_iter().flatten();
                for ((sums, ((axis, parts), possible)), opens) in sums.iter_mut().zip(axes).zip(opens) {
                    sums.add_up((axis, parts), *possible, (self.columns, first), block.len(), counted.as_deref());
                    sums.worth.iter().for_each(|(field, counted)| opens.add(*field, *counted));
                }
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
        used: &Used,
    ) {
        let open = |place: usize| fit.open.get(place) == Some(&true) || engagement.open.get(place) == Some(&true);
        results.fit.write(block.clone(), fit);
        results.engagement.write(block.clone(), engagement);
        let Some(grades) = results.grades.0.get_mut(block.clone()) else { return };
        for ((grade, fit), engagement) in grades.iter_mut().zip(fit.points()).zip(engagement.points()) {
            *grade = card.cuts().grade(fit, engagement).place() as u8;
        }
        for (place, row) in block.enumerate().filter(|(place, _)| open(*place)) {
            self.take(results, (at, card), row, [fit.score(place), engagement.score(place)], used);
        }
    }

    /// Notes the points of a row and their grade, and asks what its sums leave open.
    #[inline(never)]
    fn take(
        &self,
        results: &mut Results,
        (at, card): (usize, &Scorecard),
        row: usize,
        [fit, engagement]: [Option<Option<Points>>; 2],
        used: &Used,
    ) -> Score {
        let cells = Cells::of(self.columns, row);
        let mut ask = |axis: &Axis, which: usize| match results.opens.get_mut(at).and_then(|opens| opens.get_mut(which))
        {
            Some(opens) if used.has(row) => {
                let mut moves = Moves::of(axis, &cells);
                let score = axis.evaluate(&cells, &mut moves);
                moves.widths().for_each(|(field, width)| opens.add(field, (1, width)));
                score
            }
            _ => axis.evaluate(&cells, &mut ()),
        };
        let fit = fit.unwrap_or_else(|| ask(&card.fit, 0));
        let engagement = engagement.unwrap_or_else(|| ask(&card.engagement, 1));
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

/// Whether scores of an axis are sums that are certain to be exact. What nobody can know, or what is worth nothing
/// whatever the answers, is no matter of sums.
fn can_be_summed(axis: &Axis) -> bool {
    let is_few = |question: &Question| {
        let given = question.settled.as_ref().map_or(&[][..], |settled| &settled.given);
        given.iter().all(|given| given.abs() <= MOST_POINTS) && question.reach.micro() <= MOST_POINTS
    };
    let fits = |group: &Group| group.questions.len() <= MOST_QUESTIONS && group.questions.iter().all(is_few);
    axis.evaluable && axis.reach > Points::ZERO && axis.groups.len() <= MOST_QUESTIONS && axis.groups.iter().all(fits)
}

/// The sums of one axis over a block of rows.
#[derive(Debug, Clone, Default)]
struct Sums {
    /// Millionths of points by row: of the groups so far, and of the one that is added up.
    total: Vec<i64>,
    group: Vec<i64>,
    /// The known part of the reach, of the groups so far and of the one that is added up.
    known: Vec<i64>,
    group_known: Vec<i64>,
    /// The scores, in millionths, below 0 where none can be told.
    scores: Vec<i64>,
    /// Rows that have to be asked one by one.
    open: Vec<bool>,
    /// How far filling each field of the axis could move the totals.
    moves: Vec<Move>,
    /// What that is worth to the rows that count, by field: leads, and millionths of a point.
    worth: Vec<(usize, (u64, i64))>,
}

/// How much less and more the rows of a block could have once a field is filled, in millionths of points.
#[derive(Debug, Clone, Default)]
pub(super) struct Move {
    /// Whether a row leaves it open; of the groups so far, and of the one that is added up.
    is_open: bool,
    is_in_group: bool,
    /// Of the groups so far, and of the one that is added up.
    total: Vec<[i64; 2]>,
    group: Vec<[i64; 2]>,
}

/// What a group is added up into: of each row of a block.
pub(super) struct BlockSums<'a> {
    /// Points, in millionths.
    pub(super) given: &'a mut [i64],
    /// What is known of the reach, likewise.
    pub(super) known: &'a mut [i64],
    /// Rows that have to be asked one by one.
    pub(super) open: &'a mut [bool],
    /// Whether those are all of which something is open, as the middle of all that could be needs more than sums.
    pub(super) is_middle: bool,
    /// By field, what is open.
    pub(super) moves: &'a mut [Move],
}

impl Move {
    /// Of so many rows nothing is open yet.
    fn clear(&mut self, rows: usize) {
        if self.is_open || self.total.len() != rows {
            self.total.clear();
            self.total.resize(rows, [0; 2]);
        }
        if self.is_in_group || self.group.len() != rows {
            self.group.clear();
            self.group.resize(rows, [0; 2]);
        }
        (self.is_open, self.is_in_group) = (false, false);
    }

    /// Adds what a row could have less and more.
    #[inline]
    pub(super) fn add(&mut self, place: usize, share: [i64; 2]) {
        self.is_in_group = true;
        if let Some([less, more]) = self.group.get_mut(place) {
            *less += share[0];
            *more += share[1];
        }
    }

    /// The same of all rows.
    pub(super) fn add_all(&mut self, shares: impl Iterator<Item = [i64; 2]>) {
        let mut any = 0;
        for ([less, more], share) in self.group.iter_mut().zip(shares) {
            any |= share[0] | share[1];
            *less += share[0];
            *more += share[1];
        }
        self.is_in_group |= any != 0;
    }

    /// Takes what is open of a group, whose rows have these sums.
    #[inline(never)]
    fn close_group(&mut self, group: &Group, sums: &[i64]) {
        if !std::mem::take(&mut self.is_in_group) {
            return;
        }
        self.is_open = true;
        let limited = |micro: i64| limited(Points::from_micro(micro), group.floor, group.cap).micro();
        for ((total, own), sum) in self.total.iter_mut().zip(&mut self.group).zip(sums) {
            let [less, more] = std::mem::take(own);
            let now = limited(*sum);
            total[0] += limited(sum + less) - now;
            total[1] += limited(sum + more) - now;
        }
    }

    /// How many rows that count filling the field could move, and how far together, given their totals.
    #[inline(never)]
    fn worth(&self, cap: Points, totals: &[i64], counted: Option<&[bool]>) -> (u64, i64) {
        let limited = |micro: i64| limited(Points::from_micro(micro), Points::ZERO, cap).micro();
        let mut worth = (0, 0_i64);
        for (place, ([less, more], total)) in self.total.iter().zip(totals).enumerate() {
            let width = limited(total + more) - limited(total + less);
            if width > 0 && counted.is_none_or(|counted| counted.get(place) == Some(&true)) {
                worth = (worth.0 + 1, worth.1.saturating_add(width));
            }
        }
        worth
    }
}

impl Sums {
    /// Adds up an axis for so many rows from the first on; `counted` says of which of them it is noted what they leave
    /// open, none given: of all.
    #[inline(never)]
    fn add_up(
        &mut self,
        (axis, parts): (&Axis, &[Parts<'_>]),
        possible: bool,
        place: (&[Column], usize),
        rows: usize,
        counted: Option<&[bool]>,
    ) {
        for sums in [&mut self.total, &mut self.known, &mut self.scores] {
            sums.clear();
            sums.resize(rows, 0);
        }
        self.open.clear();
        self.open.resize(rows, !possible);
        self.worth.clear();
        if !possible {
            return;
        }
        self.moves.resize_with(axis.fields.len(), Move::default);
        self.moves.iter_mut().for_each(|field| field.clear(rows));
        // The middle of all that could be needs more than sums.
        let is_middle = axis.missing == MissingPolicy::Interval;
        for parts in parts {
            let group = parts.group();
            if self.add_group(parts, place, rows, is_middle).is_none() {
                // More points than add up exactly.
                self.open.fill(true);
                return;
            }
            self.moves.iter_mut().for_each(|field| field.close_group(group, &self.group));
            let sums = self.group.iter().zip(&self.group_known);
            for ((total, known), (sum, part)) in self.total.iter_mut().zip(&mut self.known).zip(sums) {
                *total += limited(Points::from_micro(*sum), group.floor, group.cap).micro();
                *known += (*part).min(group.reach.micro());
            }
        }
        for (field, moves) in self.moves.iter().enumerate().filter(|(_, moves)| moves.is_open) {
            let worth = moves.worth(axis.cap, &self.total, counted);
            self.worth.extend((worth.0 > 0).then_some((field, worth)));
        }
        let sums = self.total.iter().zip(&self.known);
        for (score, (total, known)) in self.scores.iter_mut().zip(sums) {
            let (sum, known) = (Points::from_micro(*total), Points::from_micro(*known));
            let is_part = axis.missing == MissingPolicy::Neutral && sum > Points::ZERO && known != axis.reach;
            let whole = if is_part { sum.scaled(axis.reach, known) } else { sum };
            let is_known = known > Points::ZERO || axis.missing == MissingPolicy::Zero;
            *score = if is_known { limited(whole, Points::ZERO, axis.cap).micro() } else { NOT_EVALUABLE.into() };
        }
    }

    /// Adds up a group; `None` if a row has more points than add up exactly.
    fn add_group(
        &mut self,
        parts: &Parts<'_>,
        (columns, first): (&[Column], usize),
        rows: usize,
        is_middle: bool,
    ) -> Option<()> {
        self.group.clear();
        self.group.resize(rows, 0);
        self.group_known.clear();
        self.group_known.resize(rows, parts.known());
        let (given, known) = (&mut self.group[..], &mut self.group_known[..]);
        let mut sums = BlockSums { given, known, open: &mut self.open, is_middle, moves: &mut self.moves };
        parts.add(columns, first, &mut sums)
    }

    /// The scores of the block; of no use where a row has to be asked.
    fn points(&self) -> impl Iterator<Item = Option<Points>> {
        self.scores.iter().map(|micro| (*micro >= 0).then_some(Points::from_micro(*micro)))
    }

    /// The score of the row at a place of the block, if one can be told; `None` if the axis has to be asked.
    #[inline]
    fn score(&self, place: usize) -> Option<Option<Points>> {
        let micro = *self.scores.get(place).filter(|_| self.open.get(place) == Some(&false))?;
        Some((micro >= 0).then_some(Points::from_micro(micro)))
    }
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
            let made = cell(n / 11, &["2025-11-02", "2025-12-01", "2026-03-01"]);
            format!(
                "{n},{size},{industry},Title {n} {},{day},{},{made}\n",
                cell(n / 5, &["VP", "Engineer", ""]),
                n % 40
            )
        };
        let csv: String = ["Lead ID,Employees,Industry,Title,Last Activity,Visits,Created\n".to_owned()]
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
                    { "name": "Country", "when": { "field": "country", "is": "Spain" }, "points": 12 },
                    { "name": "Says what it does", "when": { "field": "industry", "exists": true }, "points": 4 },
                    { "name": "Big software", "when": { "all": [{ "field": "employees", "atLeast": 100 },
                      { "field": "industry", "is": "Software" }] }, "points": 7 },
                ] }, { "name": "Title", "rules": [
                    { "name": "VP", "when": { "field": "title", "contains": ["vp"] }, "points": 20 } ] }] },
                "engagement": { "cap": 100, "groups": [{ "name": "What", "rules": [
                    { "name": "Recent", "when": { "field": "lastActivity", "exists": true }, "points": 40,
                      "decay": { "halfLifeDays": 14 } },
                    { "name": "Visits", "when": { "field": "column:Visits", "atLeast": 1 }, "points": 3,
                      "per": { "field": "column:Visits" } } ] }] } } });
            let scored = list.score(&OperatingModel::from_json(&model.to_string()).unwrap(), &run);
            let (mut open, mut known) = (0, 0);
            let mut worth: std::collections::BTreeMap<String, (u64, Points)> = Default::default();
            for row in 0..list.rows() {
                let card = scored.card(row).unwrap();
                let cells = Cells::of(list.table().columns(), row);
                let alone = card.trace(&cells, &mut (), &mut ());
                if !scored.is_used(row) {
                    continue;
                }
                for own in scored.worth_filling(row) {
                    let slot = worth.entry(own.field.to_string()).or_default();
                    *slot = (slot.0 + own.leads, slot.1 + own.points);
                }
                assert_eq!((scored.fit(row), scored.engagement(row)), (alone.fit, alone.engagement), "{missing} {row}");
                assert_eq!(scored.grade(row), alone.grade, "{missing} {row}");
                *(if csv.lines().nth(row + 1).unwrap().contains(",,") { &mut open } else { &mut known }) += 1;
            }
            assert!(open > 500 && known > 500 && open + known < 2_900, "{open} {known}");
            let of_list = scored.worth_filling_in_list();
            let list = of_list.iter().map(|own| (own.field.to_string(), (own.leads, own.points))).collect();
            assert!(worth.len() >= 3, "{worth:?}");
            assert_eq!(worth, list, "{missing}");
            assert!(of_list.is_sorted_by(|a, b| a.points >= b.points), "{of_list:?}");
        }
    }
}
