//! One axis of a scorecard, bound to a table: rules, groups with floors and caps, what is known, the total.
//!
//! [`Axis::evaluate`] is the only place where points are added up. Scoring a list passes a [`Sink`] that forgets the
//! lines, explaining a lead passes one that keeps them, so the two cannot disagree.

use super::frequency::BoundFrequency;
use super::predicate::{Answers, Binder, Cells, Predicate};
use super::truths::MOST_TESTS;
use crate::calendar::Date;
use crate::crm::FieldRef;
use crate::model::{DecayCurve, MissingPolicy, Points, Truth};
use crate::table::Column;

/// Points, bounds and rules of one axis.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub(crate) groups: Vec<Group>,
    /// The fields that its rules read, each once.
    pub(crate) fields: Vec<FieldRef>,
    pub(crate) cap: Points,
    pub(crate) missing: MissingPolicy,
    /// The most the axis can earn before its own cap.
    pub(crate) reach: Points,
    /// Whether the file has at least one of the axis' fields.
    pub(crate) evaluable: bool,
}

/// Rules with a floor and a cap of their own.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) floor: Points,
    pub(crate) cap: Points,
    /// Whether the model states the cap; if not, it is the axis'.
    pub(crate) has_own_cap: bool,
    pub(crate) rules: Vec<Rule>,
    pub(crate) questions: Vec<Question>,
    pub(crate) reach: Points,
}

/// A condition and what it gives.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) predicate: Predicate,
    pub(crate) points: Points,
    pub(crate) decay: Option<BoundDecay>,
    pub(crate) per: Option<BoundFrequency>,
    /// The fields it reads, decay's date and what is counted included.
    pub(crate) fields: Vec<FieldRef>,
}

/// Rules of a group that read the same fields, by position.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) rules: Vec<usize>,
    /// The fewest points its rules earn together, 0 or below.
    pub(crate) least: Points,
    pub(crate) reach: Points,
    /// The fields that each of them reads.
    pub(crate) fields: Vec<FieldRef>,
    /// The same by their places among the axis' fields, each with its column if the file has it.
    pub(crate) places: Vec<(usize, Option<usize>)>,
    /// Whether the file has at least one of those.
    pub(crate) in_file: bool,
    /// Whether a rule asks that a field is filled, or blank: then a blank is an answer that filling it would change.
    pub(crate) asks_for_blanks: bool,
    /// Whether what is blank can be found out: who they are can, what never happened cannot.
    pub(crate) is_of_facts: bool,
    /// Its answers, where they are one, or one per word of a column.
    pub(crate) settled: Option<Settled>,
    /// Else the tests that alone decide it: rows that answer them alike come to the same. Empty where more decides, or too many.
    pub(super) tests: Vec<Answers>,
}

/// What a question came to for one lead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came {
    pub(super) given: Points,
    /// The part of the reach that is known.
    pub(super) decided: Points,
    least: Points,
    most: Points,
    /// The least and the most once its blanks are filled: also of answers that a blank itself gives.
    filled: (Points, Points),
    /// How much less and how much more than given finding out what is blank could still make of it.
    pub(super) room: (Points, Points),
    any_known: bool,
}

impl Came {
    /// Whether finding out what is blank could still change it.
    pub(super) fn is_open(&self) -> bool {
        self.room != (Points::ZERO, Points::ZERO)
    }
}

/// What a settled answer knows and leaves open, in millionths.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Open {
    pub(super) decided: i64,
    pub(super) is_open: bool,
    /// Whether the cell of the column is blank.
    pub(super) is_blank: bool,
    /// How much less and more filling one of the blank fields could make of it.
    pub(super) share: [i64; 2],
}

/// What a question comes to without being asked row by row.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    /// The only column that it reads, whose words repeat; `None` if the file has none that it reads.
    pub(super) column: Option<usize>,
    /// Once per distinct word of the column, or once.
    pub(super) by_word: Vec<Came>,
    /// The points given, in millionths.
    pub(super) given: Vec<i64>,
    /// What is known and open of it; `None` if all is known.
    pub(super) open: Option<Vec<Open>>,
}

impl Settled {
    /// `blanks` says of each word whether its cell is blank.
    fn new(question: &Question, column: Option<usize>, by_word: Vec<Came>, blanks: &[bool]) -> Self {
        let given = by_word.iter().map(|came| came.given.micro()).collect();
        let is_known = |came: &Came| came.decided == question.reach && !came.is_open();
        let absent = question.places.iter().filter(|(_, column)| column.is_none()).count();
        let open = |(came, is_blank): (&Came, &bool)| Open {
            decided: came.decided.micro(),
            is_open: came.is_open(),
            is_blank: *is_blank,
            share: share(came.room, if *is_blank { question.places.len() } else { absent }),
        };
        let open = (!by_word.iter().all(is_known)).then(|| by_word.iter().zip(blanks).map(open).collect());
        Self { column, by_word, given, open }
    }
}

/// What each of so many blank fields could change, in millionths: the room shared evenly.
pub(super) fn share((less, more): (Points, Points), blanks: usize) -> [i64; 2] {
    [less, more].map(|room| if blanks == 0 { 0 } else { room.micro() / blanks as i64 })
}

/// A decay whose date has been looked up.
#[derive(Debug, Clone)]
pub(crate) struct BoundDecay {
    pub(crate) curve: DecayCurve,
    pub(crate) ages: Ages,
}

/// Days from a column's date to the as-of day; `None` if it is blank, or after the as-of day and so not yet known.
#[derive(Debug, Clone)]
pub(crate) enum Ages {
    /// The file has no such column, or there is no as-of day.
    Absent,
    /// Settled once per distinct value.
    Settled { column: usize, ages: Vec<Option<i32>> },
    /// Read row by row.
    Open { column: usize, as_of: Date },
}

/// What one rule came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RuleOutcome {
    pub(crate) truth: Truth,
    pub(crate) points: Points,
    /// Age in days of the date that decay reads, if the rule is true and decays.
    pub(crate) age: Option<i32>,
    /// How many times it counts, if it is true and counts.
    pub(crate) times: Option<u32>,
}

impl RuleOutcome {
    fn none(truth: Truth) -> Self {
        Self { truth, points: Points::ZERO, age: None, times: None }
    }
}

/// Receives the lines of a score in order.
pub(crate) trait Sink {
    /// Whether it wants to hear of rules; if not, questions that are settled are not asked again.
    const RULES: bool = true;

    fn rule(&mut self, _group: usize, _rule: usize, _outcome: RuleOutcome) {}
    /// The points that a question's unknown rules withhold at most, and how much less and more than given it could still
    /// come to.
    fn open(&mut self, _group: usize, _question: usize, _points: Points, _room: (Points, Points)) {}
    /// A group's total and how much its floor or cap changed it.
    fn group(&mut self, _group: usize, _total: Points, _limited: Points) {}
    /// The known part of the reach, what counting it for the whole added, and what the axis' floor or cap changed.
    fn axis(&mut self, _known: Points, _rescaled: Points, _limited: Points) {}
    /// The least and the most that the score could be, whatever the unknown fields are.
    fn span(&mut self, _low: Points, _high: Points) {}
}

/// Forgets the lines.
impl Sink for () {
    const RULES: bool = false;
}

impl Axis {
    /// The lead's score, or `None` if the axis is not evaluable for it.
    pub(crate) fn evaluate(&self, cells: &Cells<'_>, sink: &mut impl Sink) -> Option<Points> {
        if !self.evaluable {
            return None;
        }
        let (mut sum, mut known, mut any_known) = (Points::ZERO, Points::ZERO, false);
        let (mut least, mut most) = (Points::ZERO, Points::ZERO);
        let mut filled = (Points::ZERO, Points::ZERO);
        for (at, group) in self.groups.iter().enumerate() {
            let tally = group.evaluate(cells, at, sink);
            sum = sum + tally.points;
            known = known + tally.known;
            any_known |= tally.any_known;
            least = least + tally.least;
            most = most + tally.most;
            filled = (filled.0 + tally.filled.0, filled.1 + tally.filled.1);
        }
        let of_axis = |points| limited(points, Points::ZERO, self.cap);
        let (low, high) = (of_axis(least), of_axis(most));
        sink.span(of_axis(filled.0), of_axis(filled.1));
        let answered = if self.reach > Points::ZERO { known > Points::ZERO } else { any_known };
        let scaled = match self.missing {
            MissingPolicy::Neutral if sum > Points::ZERO => sum.scaled(self.reach, known),
            MissingPolicy::Interval if low != high => low.middle(high),
            _ => sum,
        };
        let score = limited(scaled, Points::ZERO, self.cap);
        sink.axis(known, scaled - sum, score - scaled);
        (answered || self.missing == MissingPolicy::Zero).then_some(score)
    }
}

struct Tally {
    points: Points,
    known: Points,
    any_known: bool,
    least: Points,
    most: Points,
    filled: (Points, Points),
}

impl Group {
    fn evaluate<S: Sink>(&self, cells: &Cells<'_>, at: usize, sink: &mut S) -> Tally {
        let (mut sum, mut known, mut any_known) = (Points::ZERO, Points::ZERO, false);
        let (mut least, mut most) = (Points::ZERO, Points::ZERO);
        let mut filled = (Points::ZERO, Points::ZERO);
        for (asked, question) in self.questions.iter().enumerate() {
            let settled = if S::RULES { None } else { question.settled_for(cells) };
            let came = match settled {
                Some(came) => came,
                None => self.ask(question, cells, at, sink),
            };
            sum = sum + came.given;
            known = known + came.decided;
            any_known |= came.any_known;
            least = least + came.least;
            most = most + came.most;
            filled = (filled.0 + came.filled.0, filled.1 + came.filled.1);
            if came.is_open() {
                sink.open(at, asked, question.reach - came.decided, came.room);
            }
        }
        let points = limited(sum, self.floor, self.cap);
        sink.group(at, points, points - sum);
        Tally {
            points,
            known: known.min(self.reach),
            any_known,
            least: limited(least, self.floor, self.cap),
            most: limited(most, self.floor, self.cap),
            filled: (limited(filled.0, self.floor, self.cap), limited(filled.1, self.floor, self.cap)),
        }
    }

    /// Asks a question's rules.
    pub(super) fn ask(&self, question: &Question, cells: &Cells<'_>, at: usize, sink: &mut impl Sink) -> Came {
        let (mut asked_in_full, mut earned, mut given) = (true, Points::ZERO, Points::ZERO);
        let (mut any_known, mut told_by_blank) = (false, false);
        for position in &question.rules {
            let Some(rule) = self.rules.get(*position) else { continue };
            let outcome = rule.evaluate(cells);
            given = given + outcome.points;
            match outcome.truth {
                Truth::Unknown => asked_in_full = false,
                Truth::True => earned = earned + rule.points.repeated(outcome.times.unwrap_or(1)),
                Truth::False => {}
            }
            any_known |= outcome.truth != Truth::Unknown;
            told_by_blank |= question.asks_for_blanks && rule.is_told_by_blank(cells);
            sink.rule(at, *position, outcome);
        }
        // A question half answered counts for what it has earned, so that no answer is worth more than all.
        let decided = if asked_in_full { question.reach } else { earned.max(Points::ZERO).min(question.reach) };
        let all = (question.least.min(given), question.reach.max(given));
        let (least, most) = if asked_in_full { (given, given) } else { all };
        let filled = if told_by_blank { all } else { (least, most) };
        let (low, high) = if question.is_of_facts { filled } else { (least, most) };
        Came { given, decided, least, most, filled, room: (low - given, high - given), any_known }
    }

    /// Settles the questions that read one column whose words repeat, or none: a lead then costs them a look-up.
    pub(crate) fn settle(&mut self, binder: &Binder<'_>) {
        let settled: Vec<Option<Settled>> = self.questions.iter().map(|asked| self.settled(asked, binder)).collect();
        for (question, settled) in self.questions.iter_mut().zip(settled) {
            question.tests = if settled.is_none() { deciding(&self.rules, question) } else { Vec::new() };
            question.settled = settled;
        }
    }

    fn settled(&self, question: &Question, binder: &Binder<'_>) -> Option<Settled> {
        let rules = || question.rules.iter().filter_map(|at| self.rules.get(*at));
        if rules().any(|rule| rule.per.as_ref().is_some_and(BoundFrequency::is_of_rows)) {
            return None;
        }
        let all = binder.leads().table().columns();
        let came = |row: &usize| self.ask(question, &Cells::of(all, *row), 0, &mut ());
        let mut columns = question.fields.iter().filter_map(|field| binder.column(field));
        let Some((column, _, first_rows)) = columns.next() else {
            // The answer is one for all leads, unless something is counted, which has its own source.
            let counts = rules().any(|rule| rule.per.is_some());
            return (!counts).then(|| Settled::new(question, None, vec![came(&0)], &[false]));
        };
        if columns.any(|(other, ..)| other != column) {
            return None;
        }
        let first_rows = first_rows?;
        let is_blank = |row: &usize| all.get(column).is_some_and(|cells| cells.text(*row).is_empty());
        let blanks: Vec<bool> = first_rows.iter().map(is_blank).collect();
        Some(Settled::new(question, Some(column), first_rows.iter().map(came).collect(), &blanks))
    }
}

/// The tests that decide a question by themselves, if they are few.
fn deciding(rules: &[Rule], question: &Question) -> Vec<Answers> {
    let mut tests = Vec::new();
    for rule in question.rules.iter().filter_map(|at| rules.get(*at)) {
        if rule.per.is_some() || rule.decay.is_some() {
            return Vec::new();
        }
        rule.predicate.collect_answers(&mut tests);
    }
    if tests.len() > MOST_TESTS { Vec::new() } else { tests }
}

impl Question {
    /// The places of its fields that the row leaves blank; fields that the file does not have are.
    pub(super) fn blanks<'a>(&'a self, columns: &'a [Column], row: usize) -> impl Iterator<Item = usize> + 'a {
        let is_blank = move |column: usize| columns.get(column).is_none_or(|cells| cells.text(row).is_empty());
        let blank = self.places.iter().filter(move |(_, column)| column.is_none_or(is_blank));
        blank.map(|(place, _)| *place)
    }

    #[inline]
    fn settled_for(&self, cells: &Cells<'_>) -> Option<Came> {
        let settled = self.settled.as_ref().filter(|_| cells.are_as_filed())?;
        let Some(column) = settled.column else { return settled.by_word.first().copied() };
        settled.by_word.get(cells.columns.get(column)?.word(cells.row)?).copied()
    }
}

impl Rule {
    #[inline]
    fn evaluate(&self, cells: &Cells<'_>) -> RuleOutcome {
        let truth = self.predicate.truth_of(cells);
        if truth != Truth::True {
            let nothing = truth == Truth::Unknown && self.brings_nothing(cells);
            return RuleOutcome::none(if nothing { Truth::False } else { truth });
        }
        let counted = match &self.per {
            None => None,
            Some(per) => match per.count(cells) {
                None => return RuleOutcome::none(Truth::Unknown),
                Some(count) if count.times == 0 => return RuleOutcome::none(Truth::False),
                Some(count) => Some(count),
            },
        };
        let times = counted.map(|count| count.times);
        // Activities have dates of their own, so they have faded one by one.
        if let Some(points) = counted.and_then(|count| count.points) {
            return RuleOutcome { truth, points, age: None, times };
        }
        let points = self.points.repeated(times.unwrap_or(1));
        match &self.decay {
            None => RuleOutcome { truth, points, age: None, times },
            Some(decay) => match decay.ages.of(cells) {
                Some(age) => {
                    RuleOutcome { truth, points: points.times(decay.curve.share_left(age)), age: Some(age), times }
                }
                None => RuleOutcome::none(Truth::Unknown),
            },
        }
    }
}

impl Rule {
    /// Whether its answer comes of a blank and may be another once that is filled.
    fn is_told_by_blank(&self, cells: &Cells<'_>) -> bool {
        self.predicate.truth_if_filled(cells) == Truth::Unknown && !self.brings_nothing(cells)
    }

    /// Whether it gives no points whatever its condition comes to: nothing to count, or all of it faded.
    fn brings_nothing(&self, cells: &Cells<'_>) -> bool {
        let no_time = self.per.as_ref().and_then(|per| per.count(cells)).is_some_and(|count| count.times == 0);
        let age = self.decay.as_ref().and_then(|decay| Some((decay.curve, decay.ages.of(cells)?)));
        no_time || age.is_some_and(|(curve, age)| curve.share_left(age) == 0.0)
    }
}

impl Ages {
    /// Looks the date up in the list.
    pub(crate) fn bind(field: &FieldRef, binder: &Binder<'_>) -> Self {
        let (Some((column, cells, rows)), Some(as_of)) = (binder.column(field), binder.as_of()) else {
            return Self::Absent;
        };
        match rows {
            Some(rows) => Self::Settled { column, ages: rows.iter().map(|row| age(cells, *row, as_of)).collect() },
            None => Self::Open { column, as_of },
        }
    }

    fn of(&self, cells: &Cells<'_>) -> Option<i32> {
        match self {
            Self::Absent => None,
            Self::Settled { column, .. } | Self::Open { column, .. }
                if !cells.changes.is_empty() && cells.changed(*column).is_some() =>
            {
                let value = cells.changed(*column)?;
                Some(value.as_of.days_since(value.date?)).filter(|age| *age >= 0)
            }
            Self::Settled { column, ages } => *ages.get(cells.columns.get(*column)?.word(cells.row)?)?,
            Self::Open { column, as_of } => age(cells.columns.get(*column)?, cells.row, *as_of),
        }
    }
}

fn age(cells: &Column, row: usize, as_of: Date) -> Option<i32> {
    let age = as_of.days_since(cells.date(row)?);
    (age >= 0).then_some(age)
}

pub(super) fn limited(points: Points, floor: Points, cap: Points) -> Points {
    points.min(cap).max(floor)
}
