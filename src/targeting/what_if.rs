//! What would give a lead a better grade: at most two changes of fields that somebody can do something about, or
//! activities that could still come.
//!
//! Candidates are the values and the kinds of activities that the rules of the lead's card name, one per effect and per
//! answer of the tests that read the field. Two changes are tried together whatever each does alone: one may do nothing, or
//! harm, without the other. Every proposal has been applied: the lead is scored again with the changed cells, segment and
//! card included, by the same code that scores the list.

use super::predicate::{Cells, Change, More};
use super::reach::Trial;
use super::score::{Score, axis_fields};
use super::scored::ScoredLeads;
use crate::calendar::Date;
use crate::crm::{Activity, Field, FieldRef};
use crate::model::{self, Condition, FrequencySource, Grade, Icp, Phrase, Points, Truth};
use crate::stats::Arrange;
use crate::table::{Column, ColumnKind};
use std::fmt;

/// Changes that give a lead a better grade.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// One or two changes; none of them alone is enough.
    pub changes: Vec<FieldChange>,
    /// The grade that follows.
    pub grade: Grade,
    /// The fit points that follow.
    pub fit: Option<Points>,
    /// The engagement points that follow.
    pub engagement: Option<Points>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// What is changed.
    pub field: Changed,
    /// What the file says; `None` if blank. Of activities, how often they have been.
    pub from: Option<String>,
    /// What it would have to be, as people say it. Of activities, how often they would have to have been.
    pub to: String,
    /// The same as the cell would hold it; `None` where any text does.
    pub value: Option<String>,
}

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A field.
    Field(FieldRef),
    /// Activities of a kind on the as-of day, so many more than there are; any kind if it is empty.
    Activity(String, u32),
}

impl Changed {
    /// As people say it: `title`, `demo request`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Field(field) => field.label(),
            Self::Activity(kind, _) if kind.is_empty() => "activities".to_owned(),
            Self::Activity(kind, _) => kind.clone(),
        }
    }
}

impl fmt::Display for Changed {
    /// As the model names it: `title`, `column:Visits`, `activity:demo request`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => field.fmt(f),
            Self::Activity(kind, _) => write!(f, "activity:{kind}"),
        }
    }
}

impl FieldChange {
    /// As a phrase: `title “vp” (instead of “Student”)`, `one more “demo request” today`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let what = match &self.field {
            Changed::Field(_) => format!("{} {}", self.field.label(), self.to),
            Changed::Activity(kind, times) => {
                let number = if *times == 1 { "one".to_owned() } else { times.to_string() };
                return match (kind.as_str(), times) {
                    ("", 1) => "one more activity today".to_owned(),
                    ("", _) => format!("{number} more activities today"),
                    _ => format!("{number} more “{kind}” today"),
                };
            }
        };
        match &self.from {
            Some(from) => format!("{what} (instead of {from})"),
            None => format!("{what} (blank now)"),
        }
    }
}

/// Most proposals, and most candidates that are tried in pairs.
const MOST: usize = 3;
const MOST_CANDIDATES: usize = 80;
/// Most words of a column that are tried.
const MOST_WORDS: usize = 50;
/// Most further activities of a kind that are proposed.
const MOST_TIMES: u32 = 10;
/// What nobody changes, blank or not: how large a company is, and where.
const GIVEN: [Field; 6] = [Field::Employees, Field::Revenue, Field::Country, Field::State, Field::City, Field::Created];

/// One value tried, and what it came to.
struct Candidate {
    what: Changed,
    /// The cells that it changes: the field's, or the day of the last activity.
    cells: Vec<Change>,
    score: Score,
    /// What every test of the field says of the value.
    answers: Vec<Truth>,
}

/// Every two candidates about different things, in their order: of those that help alone, the most points first, and then the
/// others, so many.
fn pairs<'a>(tried: &'a [Candidate], now: &Score) -> Vec<[&'a Candidate; 2]> {
    let mut places: Vec<usize> = (0..tried.len()).collect();
    places.arrange_by_key(|at| std::cmp::Reverse(tried.get(*at).map(|one| (one.helps(now), gain(&one.score, now)))));
    places.truncate(MOST_CANDIDATES);
    places.arrange();
    let first: Vec<&Candidate> = places.into_iter().filter_map(|at| tried.get(at)).collect();
    let mut pairs = Vec::new();
    for (at, one) in first.iter().enumerate() {
        let others = first.iter().skip(at + 1).filter(|other| !other.is_like(one));
        pairs.extend(others.map(|other| [*one, *other]));
    }
    pairs
}

impl Candidate {
    fn more<'a>(&'a self, known: &'a [Activity]) -> Option<More<'a>> {
        match &self.what {
            Changed::Activity(kind, times) => Some(More { kind, times: *times, known }),
            Changed::Field(_) => None,
        }
    }

    /// Whether it gives more points on an axis.
    fn helps(&self, now: &Score) -> bool {
        let score = &self.score;
        score.knock_out.is_none() && (score.fit > now.fit || score.engagement > now.engagement)
    }

    /// Whether both are about one thing.
    fn is_like(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (Changed::Activity(kind, _), Changed::Activity(another, _)) => kind == another,
            (one, another) => {
                one == another || other.cells.iter().any(|b| self.cells.iter().any(|a| a.column == b.column))
            }
        }
    }
}

impl ScoredLeads {
    /// What would give the lead a better grade: up to three proposals, those with one change first, the best grade
    /// first. Empty for the disqualified, and where nothing changeable helps.
    #[must_use]
    pub fn flips(&self, row: usize) -> Vec<Flip> {
        if !self.is_used(row) || self.disqualified(row).is_some() {
            return Vec::new();
        }
        let Some(now) = self.score_with(row, &[], &[]) else { return Vec::new() };
        let tried = self.candidates_to_change(row, &now);
        let enough = |one: &&Candidate| one.helps(&now) && one.score.grade.is_better_than(now.grade);
        let mut flips = best_per_grade(tried.iter().filter(enough).map(|tried| (&tried.score, vec![tried])), &now);
        let mut pairs = Vec::new();
        for pair in self::pairs(&tried, &now) {
            let score = self.score_of(row, &pair);
            let Some(score) = score.filter(|score| score.knock_out.is_none()) else { continue };
            // Not if one change does as much.
            let beaten = |grade: Grade| grade == score.grade || grade.is_better_than(score.grade);
            let one_is_enough = flips.iter().any(|(_, score, _): &(Grade, Score, _)| beaten(score.grade));
            if score.grade.is_better_than(now.grade) && !one_is_enough {
                pairs.push((score, pair));
            }
        }
        let two = best_per_grade(pairs.iter().map(|(score, changes)| (score, changes.to_vec())), &now);
        flips.extend(two);
        flips.into_iter().take(MOST).map(|(grade, score, changes)| self.flip(row, grade, &score, &changes)).collect()
    }

    fn flip(&self, row: usize, grade: Grade, score: &Score, changes: &[&Candidate]) -> Flip {
        let said = |candidate: &&Candidate| {
            let (from, to, value) = match &candidate.what {
                Changed::Field(field) => {
                    let from = super::segment::filled(self.leads(), field, row).map(str::to_owned);
                    let value = candidate.cells.first().map(|change| &change.value);
                    (from, value.map_or(String::new(), shown), value.and_then(Trial::cell))
                }
                Changed::Activity(kind, times) => {
                    let counted = u32::try_from(self.known_of(row, kind)).unwrap_or(u32::MAX);
                    let after = counted.saturating_add(*times).to_string();
                    (Some(counted.to_string()), after.clone(), Some(after))
                }
            };
            FieldChange { field: candidate.what.clone(), from, to, value }
        };
        Flip { changes: changes.iter().map(said).collect(), grade, fit: score.fit, engagement: score.engagement }
    }

    /// How many activities of a kind the lead has, up to the as-of day.
    fn known_of(&self, row: usize, kind: &str) -> usize {
        let phrase = Phrase::new(kind);
        let fits = |one: &&Activity| phrase.as_ref().is_none_or(|phrase| phrase.is_in(&one.kind));
        let past = |one: &&Activity| self.as_of().date().is_some_and(|day| one.date <= day);
        self.leads().activities(row).iter().filter(fits).filter(past).count()
    }

    /// The lead's score with changed cells and more activities, by the card that it would then have.
    fn score_with(&self, row: usize, changes: &[Change], more: &[More<'_>]) -> Option<Score> {
        let cells = Cells { columns: self.columns(), row, changes, more };
        let segment = self.segmentation.segment_of(&cells);
        let card = self.cards.card(self.cards.card_for(self.model(), segment, &cells))?;
        Some(card.trace(&cells, &mut (), &mut ()))
    }

    /// The lead's score with some candidates together.
    fn score_of(&self, row: usize, candidates: &[&Candidate]) -> Option<Score> {
        let changes: Vec<Change> = candidates.iter().flat_map(|candidate| candidate.cells.clone()).collect();
        let known = self.leads().activities(row);
        let more: Vec<More<'_>> = candidates.iter().filter_map(|candidate| candidate.more(known)).collect();
        self.score_with(row, &changes, &more)
    }

    /// Every value and every activity worth trying: one per effect and answer of the tests.
    fn candidates_to_change(&self, row: usize, now: &Score) -> Vec<Candidate> {
        let icp = self.icp(row);
        // A change may choose another card.
        let rules = || self.icps().flat_map(rules_of);
        let mut found = Vec::new();
        for field in self.changeable(row) {
            let Some(at) = self.leads().column_of(&field) else { continue };
            let Some(column) = self.columns().get(at) else { continue };
            let tests = self.tests_of(&field);
            let mut own: Vec<Candidate> = Vec::new();
            let mut conditions: Vec<Condition> = Vec::new();
            self.other_conditions().for_each(|condition| parts_on(condition, &field, &mut conditions));
            for value in values(&field, column, row, (rules(), conditions), self.as_of().date()) {
                let answers = tests.iter().map(|test| test.evaluate(&value)).collect();
                let (what, cells) = (Changed::Field(field.clone()), vec![Change { column: at, value }]);
                self.offer(row, Candidate { what, cells, score: *now, answers }, &mut own);
            }
            found.extend(own);
        }
        // Fields that the model names are all that it lets change.
        let may_come = icp.changeable.is_none() && self.leads().has_activities();
        for kind in kinds(rules()).into_iter().filter(|_| may_come) {
            let mut own = Vec::new();
            for times in 1..=MOST_TIMES {
                let (what, cells) = (Changed::Activity(kind.clone(), times), self.touched_today(row));
                self.offer(row, Candidate { what, cells, score: *now, answers: Vec::new() }, &mut own);
            }
            found.extend(own);
        }
        found
    }

    /// Tries a candidate, unless one like it was tried before.
    fn offer(&self, row: usize, mut candidate: Candidate, own: &mut Vec<Candidate>) {
        let Some(score) = self.score_of(row, &[&candidate]) else { return };
        candidate.score = score;
        let effect = |one: &Candidate| (one.score.fit, one.score.engagement, one.score.knock_out.is_some());
        if own.iter().all(|known| effect(known) != effect(&candidate) || known.answers != candidate.answers) {
            own.push(candidate);
        }
    }

    /// Every test of a field that can decide a score.
    fn tests_of(&self, field: &FieldRef) -> Vec<Condition> {
        let mut tests = Vec::new();
        let rules = self.icps().flat_map(rules_of).map(|rule| &rule.when);
        let knock_outs = self.icps().flat_map(|icp| &icp.disqualify).map(|knock_out| &knock_out.when);
        let conditions = rules.chain(knock_outs).chain(self.other_conditions());
        conditions.for_each(|condition| parts_on(condition, field, &mut tests));
        tests
    }

    /// The profiles of all cards.
    fn icps(&self) -> impl Iterator<Item = &Icp> {
        self.model().scorecards().iter().map(|card| &card.icp).chain([self.model().icp()])
    }

    /// The conditions that choose a segment and a card.
    fn other_conditions(&self) -> impl Iterator<Item = &Condition> {
        let segments = self.model().segments().iter().map(|segment| &segment.when);
        segments.chain(self.model().scorecards().iter().map(|card| &card.when))
    }

    /// The day of the last activity as it is once there is one today, where it follows a log.
    fn touched_today(&self, row: usize) -> Vec<Change> {
        let column = self.leads().column_of(&FieldRef::Known(Field::LastActivity));
        let (Some(today), Some(column), true) = (self.as_of().date(), column, self.leads().last_activity_follows_log())
        else {
            return Vec::new();
        };
        let is_later = self.columns().get(column).and_then(|cells| cells.date(row)).is_some_and(|day| day > today);
        let change = Change { column, value: Trial::of_date(today, today) };
        (!is_later).then_some(change).into_iter().collect()
    }

    /// The fields that somebody can do something about: those that the model names, else those that engagement reads
    /// and blank ones, but never size and place.
    fn changeable(&self, row: usize) -> Vec<FieldRef> {
        let icp = self.icp(row);
        let engagement = axis_fields(&icp.engagement);
        let mut fields = axis_fields(&icp.fit);
        // What chooses the segment and the card, and what other cards read, counts where the model says that it may change.
        let others: Vec<FieldRef> = match icp.changeable {
            Some(_) => {
                let axes = self.icps().flat_map(|icp| [&icp.fit, &icp.engagement]);
                self.other_conditions().flat_map(Condition::fields).chain(axes.flat_map(axis_fields)).collect()
            }
            None => Vec::new(),
        };
        for field in engagement.iter().cloned().chain(others) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields.retain(|field| match &icp.changeable {
            Some(named) => named.contains(field),
            None => {
                let given = matches!(field, FieldRef::Known(known) if GIVEN.contains(known));
                let blank = super::segment::filled(self.leads(), field, row).is_none();
                !given && (blank || engagement.contains(field))
            }
        });
        fields
    }
}

/// For each grade the proposal that costs no points on the other axis, or the fewest, and takes the least to get there; the
/// best grade first.
fn best_per_grade<'a>(
    found: impl Iterator<Item = (&'a Score, Vec<&'a Candidate>)>,
    now: &Score,
) -> Vec<(Grade, Score, Vec<&'a Candidate>)> {
    let mut best: Vec<(Grade, Score, Vec<&Candidate>)> = Vec::new();
    for (score, changes) in found {
        match best.iter_mut().find(|(grade, ..)| *grade == score.grade) {
            Some(known) if cost(score, now) < cost(&known.1, now) => *known = (score.grade, *score, changes),
            Some(_) => {}
            None => best.push((score.grade, *score, changes)),
        }
    }
    best.arrange_by_key(|(grade, ..)| *grade);
    best
}

fn rules_of(icp: &Icp) -> impl Iterator<Item = &model::Rule> {
    icp.fit.groups.iter().chain(&icp.engagement.groups).flat_map(|group| &group.rules)
}

fn gain(score: &Score, now: &Score) -> i64 {
    gains(score, now).iter().sum()
}

/// What is lost on an axis, and what is gained in all.
fn cost(score: &Score, now: &Score) -> (i64, i64) {
    (gains(score, now).iter().map(|gain| (-gain).max(0)).sum(), gain(score, now))
}

/// Millionths of points gained on each axis.
fn gains(score: &Score, now: &Score) -> [i64; 2] {
    let micro = |points: Option<Points>| points.map_or(0, Points::micro);
    [micro(score.fit) - micro(now.fit), micro(score.engagement) - micro(now.engagement)]
}

/// The kinds of activities that rules count; an empty one where any counts.
fn kinds<'a>(rules: impl Iterator<Item = &'a model::Rule>) -> Vec<String> {
    let mut found = Vec::new();
    for rule in rules {
        let Some(FrequencySource::Activities { kinds, .. }) = rule.per.as_ref().map(|per| &per.source) else {
            continue;
        };
        let kind = kinds.first().map_or(String::new(), |kind| kind.written().trim_end_matches('*').to_owned());
        if !found.contains(&kind) {
            found.push(kind);
        }
    }
    found
}

/// The values to try in a field: those that the file itself has for others, then those that rules, or further conditions,
/// name, as far as the column can hold them.
fn values<'a>(
    field: &FieldRef,
    column: &Column,
    row: usize,
    (rules, mut conditions): (impl Iterator<Item = &'a model::Rule>, Vec<Condition>),
    as_of: Option<Date>,
) -> Vec<Trial> {
    let day = as_of.unwrap_or(Date::from_days(0));
    let mut numbers: Vec<f64> = Vec::new();
    for rule in rules {
        parts_on(&rule.when, field, &mut conditions);
        if let Some(FrequencySource::Field { field: counted, each }) = rule.per.as_ref().map(|per| &per.source)
            && counted == field
        {
            let most = rule.per.as_ref().and_then(|per| per.most).unwrap_or(10).min(10);
            let full = (column.number(row).unwrap_or(0.0) / each).floor().max(0.0);
            numbers.extend((1..=most).map(|more| (full + f64::from(more)) * each));
        }
    }
    let named = Trial::named(conditions.iter(), day);
    let fits = |trial: &Trial| match column.kind() {
        ColumnKind::Number(_) => trial.number.is_some(),
        ColumnKind::Date(_) => trial.date.is_some() && as_of.is_some(),
        _ => trial.number.is_none() && trial.date.is_none(),
    };
    let mut values: Vec<Trial> = numbers.into_iter().map(|number| Trial::of_number(number, day)).collect();
    // What happens from now on happens today, so today comes before any other day.
    values.extend(as_of.map(|day| Trial::of_date(day, day)));
    values.extend(words_of(column).map(|word| Trial::of_text(word, day)));
    values.extend(named);
    values.retain(fits);
    values
}

/// What a column holds, where that repeats: the most frequent first, so that a proposal speaks as the file does.
fn words_of(column: &Column) -> impl Iterator<Item = &str> {
    let tally = if column.words().is_some() { column.cells().tally() } else { Vec::new() };
    let mut words: Vec<(u64, &str)> = tally.into_iter().map(|(count, row)| (count, column.text(row))).collect();
    words.retain(|(_, word)| !word.is_empty());
    words.arrange_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    words.truncate(MOST_WORDS);
    words.into_iter().map(|(_, word)| word)
}

/// The tests of one field in a condition.
fn parts_on(condition: &Condition, field: &FieldRef, found: &mut Vec<Condition>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| parts_on(part, field, found)),
        Condition::Not(part) => parts_on(part, field, found),
        Condition::Field { field: tested, .. } if tested == field => found.push(condition.clone()),
        Condition::Field { .. } => {}
    }
}

/// A value as a person would say it.
fn shown(trial: &Trial) -> String {
    match trial {
        Trial { date: Some(date), as_of, .. } if date == as_of => format!("today ({date})"),
        Trial { number: None, date: None, text: Some(text), .. } if text == Trial::UNNAMED => "filled".to_owned(),
        Trial { number: None, date: None, text: Some(text), .. } => format!("“{text}”"),
        Trial { text, .. } => text.clone().unwrap_or_default(),
    }
}
