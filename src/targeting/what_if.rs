//! What would give a lead a better grade: at most two changes of fields that somebody can do something about.
//!
//! Candidates are the values that the rules of the lead's card name. Every proposal has been applied: the lead is
//! scored again with the changed cells, segment and card included, by the same code that scores the list.

use super::predicate::{Cells, Change};
use super::reach::Trial;
use super::score::{Score, axis_fields};
use super::scored::ScoredLeads;
use super::words;
use crate::calendar::Date;
use crate::crm::{Field, FieldRef};
use crate::model::{self, Condition, FrequencySource, Grade, Points};
use crate::stats::Arrange;
use crate::table::{Column, ColumnKind};

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

/// One changed field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: FieldRef,
    /// What the file says; `None` if blank.
    pub from: Option<String>,
    /// What it would have to be.
    pub to: String,
}

impl FieldChange {
    /// As a phrase: `title “vp” (instead of “Student”)`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let label = words::field_label(&self.field);
        match &self.from {
            Some(from) => format!("{label} {} (instead of {from})", self.to),
            None => format!("{label} {} (blank now)", self.to),
        }
    }
}

/// Most proposals, and most candidates that are tried in pairs.
const MOST: usize = 3;
const MOST_CANDIDATES: usize = 60;
/// What nobody changes, blank or not: how large a company is, and where.
const GIVEN: [Field; 6] = [Field::Employees, Field::Revenue, Field::Country, Field::State, Field::City, Field::Created];

/// One value tried, and what it came to.
struct Candidate {
    field: FieldRef,
    change: Change,
    score: Score,
}

impl ScoredLeads {
    /// What would give the lead a better grade: up to three proposals, those with one change first, the best grade
    /// first. Empty for the disqualified, and where nothing changeable helps.
    #[must_use]
    pub fn flips(&self, row: usize) -> Vec<Flip> {
        if !self.is_used(row) || self.disqualified(row).is_some() {
            return Vec::new();
        }
        let Some(now) = self.score_with(row, &[]) else { return Vec::new() };
        let tried = self.candidates_to_change(row, &now);
        let mut flips = best_per_grade(
            tried
                .iter()
                .filter(|tried| tried.score.grade.is_better_than(now.grade))
                .map(|tried| (&tried.score, vec![tried])),
            &now,
        );
        let mut pool: Vec<&Candidate> = tried.iter().collect();
        if pool.len() > MOST_CANDIDATES {
            pool.arrange_by_key(|tried| std::cmp::Reverse(gain(&tried.score, &now)));
            pool.truncate(MOST_CANDIDATES);
        }
        let mut pairs = Vec::new();
        for (at, first) in pool.iter().copied().enumerate() {
            for second in pool.iter().copied().skip(at + 1).filter(|second| second.field != first.field) {
                let changes = [first.change.clone(), second.change.clone()];
                let Some(score) = self.score_with(row, &changes).filter(|score| score.knock_out.is_none()) else {
                    continue;
                };
                // Not if one change does as much.
                let beaten = |grade: Grade| grade == score.grade || grade.is_better_than(score.grade);
                let one_is_enough = flips.iter().any(|(_, score, _): &(Grade, Score, _)| beaten(score.grade));
                if score.grade.is_better_than(now.grade) && !one_is_enough {
                    pairs.push((score, [first, second]));
                }
            }
        }
        let two = best_per_grade(pairs.iter().map(|(score, changes)| (score, changes.to_vec())), &now);
        flips.extend(two);
        flips.into_iter().take(MOST).map(|(grade, score, changes)| self.flip(row, grade, &score, &changes)).collect()
    }

    fn flip(&self, row: usize, grade: Grade, score: &Score, changes: &[&Candidate]) -> Flip {
        let said = |candidate: &&Candidate| FieldChange {
            field: candidate.field.clone(),
            from: super::segment::filled(self.leads(), &candidate.field, row).map(str::to_owned),
            to: shown(&candidate.change.value),
        };
        Flip { changes: changes.iter().map(said).collect(), grade, fit: score.fit, engagement: score.engagement }
    }

    /// The lead's score with changed cells, by the card that it would then have.
    fn score_with(&self, row: usize, changes: &[Change]) -> Option<Score> {
        let cells = Cells { columns: self.columns(), row, changes };
        let segment = self.segmentation.segment_of(&cells);
        let card = self.cards.card(self.cards.card_for(self.model(), segment, &cells))?;
        Some(card.trace(&cells, &mut (), &mut ()))
    }

    /// Every value worth trying that helps on one axis and hurts on none, one per field and effect.
    fn candidates_to_change(&self, row: usize, now: &Score) -> Vec<Candidate> {
        let icp = self.icp(row);
        let rules = || icp.fit.groups.iter().chain(&icp.engagement.groups).flat_map(|group| &group.rules);
        let mut found: Vec<Candidate> = Vec::new();
        for field in self.changeable(row) {
            let Some(at) = self.leads().column_of(&field) else { continue };
            let Some(column) = self.columns().get(at) else { continue };
            let first = found.len();
            for value in values(&field, column, row, rules(), self.as_of().date()) {
                let change = Change { column: at, value };
                let Some(score) = self.score_with(row, std::slice::from_ref(&change)) else { continue };
                let effect = (score.fit, score.engagement);
                let known = found.iter().skip(first).any(|known| (known.score.fit, known.score.engagement) == effect);
                let hurts = score.fit < now.fit || score.engagement < now.engagement || score.knock_out.is_some();
                if !known && !hurts && effect != (now.fit, now.engagement) {
                    found.push(Candidate { field: field.clone(), change, score });
                }
            }
        }
        found
    }

    /// The fields that somebody can do something about: those that the model names, else those that engagement reads
    /// and blank ones, but never size and place.
    fn changeable(&self, row: usize) -> Vec<FieldRef> {
        let icp = self.icp(row);
        let engagement = axis_fields(&icp.engagement);
        let mut fields = axis_fields(&icp.fit);
        fields.extend(engagement.iter().filter(|field| !fields.contains(field)).cloned().collect::<Vec<_>>());
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

/// For each grade the proposal that takes the least points to get there; the best grade first.
fn best_per_grade<'a>(
    found: impl Iterator<Item = (&'a Score, Vec<&'a Candidate>)>,
    now: &Score,
) -> Vec<(Grade, Score, Vec<&'a Candidate>)> {
    let mut best: Vec<(Grade, Score, Vec<&Candidate>)> = Vec::new();
    for (score, changes) in found {
        match best.iter_mut().find(|(grade, ..)| *grade == score.grade) {
            Some(known) if gain(score, now) < gain(&known.1, now) => *known = (score.grade, *score, changes),
            Some(_) => {}
            None => best.push((score.grade, *score, changes)),
        }
    }
    best.arrange_by_key(|(grade, ..)| *grade);
    best
}

fn gain(score: &Score, now: &Score) -> i64 {
    let micro = |points: Option<Points>| points.map_or(0, Points::micro);
    micro(score.fit) - micro(now.fit) + micro(score.engagement) - micro(now.engagement)
}

/// The values to try in a field: those that rules name, as far as the column can hold them.
fn values<'a>(
    field: &FieldRef,
    column: &Column,
    row: usize,
    rules: impl Iterator<Item = &'a model::Rule>,
    as_of: Option<Date>,
) -> Vec<Trial> {
    let day = as_of.unwrap_or(Date::from_days(0));
    let mut conditions: Vec<Condition> = Vec::new();
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
    values.extend(named);
    values.retain(fits);
    values
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
