//! What a set of rules can earn at best and at worst: the measure of how much a blank cell withholds.
//!
//! Rules of a group that read the same fields are one question asked in several ways (bands of size, lists of
//! countries). If that is a single field, the question is tried at every value its rules name, between them and
//! beyond them; the best total is its reach. Over several fields, the best single rule counts.

use crate::calendar::Date;
use crate::crm::FieldRef;
use crate::model::{Bound, Condition, Points, Record, Test, Value};
use crate::stats::Arrange;
use std::borrow::Cow;

/// The fewest and the most points that `rules` (condition and points) can earn together: 0 or below, 0 or above.
pub(crate) fn reach(rules: &[(&Condition, Points)], as_of: Option<Date>) -> (Points, Points) {
    let mut fields: Vec<FieldRef> = Vec::new();
    for (condition, _) in rules {
        fields.extend(condition.fields());
    }
    fields.arrange();
    fields.dedup();
    if fields.len() > 1 {
        let points = || rules.iter().map(|(_, points)| *points);
        return (
            points().min().unwrap_or_default().min(Points::ZERO),
            points().max().unwrap_or_default().max(Points::ZERO),
        );
    }
    // `within` reads the as-of day; which day it is does not matter, a value of that very day passes.
    let as_of = as_of.unwrap_or(Date::from_days(0));
    let mut values = Trial::named(rules.iter().map(|(condition, _)| *condition), as_of);
    values.push(Trial::blank(as_of));
    let earned = |trial: &Trial| -> Points {
        rules.iter().filter(|(condition, _)| condition.evaluate(trial).holds()).map(|(_, points)| *points).sum()
    };
    let earned: Vec<Points> = values.iter().map(earned).collect();
    let worst = earned.iter().min().copied().unwrap_or_default().min(Points::ZERO);
    (worst, earned.into_iter().max().unwrap_or_default().max(Points::ZERO))
}

/// A record whose every field has the one value tried.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trial {
    pub(crate) text: Option<String>,
    pub(crate) number: Option<f64>,
    pub(crate) date: Option<Date>,
    pub(crate) as_of: Date,
}

impl Trial {
    /// Stands for a text that no rule names.
    pub(crate) const UNNAMED: &str = "\u{2047}";

    pub(crate) fn blank(as_of: Date) -> Self {
        Self { text: None, number: None, date: None, as_of }
    }

    pub(crate) fn of_text(text: &str, as_of: Date) -> Self {
        Self { text: Some(text.to_owned()), ..Self::blank(as_of) }
    }

    pub(crate) fn of_number(number: f64, as_of: Date) -> Self {
        Self { text: Some(number.to_string()), number: Some(number), ..Self::blank(as_of) }
    }

    pub(crate) fn of_date(date: Date, as_of: Date) -> Self {
        Self { text: Some(date.to_string()), date: Some(date), ..Self::blank(as_of) }
    }

    /// Every value the conditions name, one beside each bound, and one they do not name.
    pub(crate) fn named<'a>(conditions: impl Iterator<Item = &'a Condition>, as_of: Date) -> Vec<Self> {
        let mut named = Named::default();
        conditions.for_each(|condition| named.collect(condition));
        named.numbers.sort_by(f64::total_cmp);
        let between: Vec<f64> = named.numbers.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect();
        let beyond = named.numbers.first().map(|n| n - 1.0).into_iter().chain(named.numbers.last().map(|n| n + 1.0));
        let numbers = named.numbers.iter().copied().chain(between).chain(beyond);
        let days = named.dates.iter().flat_map(|date| [date.plus_days(-1), *date, date.plus_days(1)]);
        let mut values: Vec<Self> = numbers.map(|number| Self::of_number(number, as_of)).collect();
        values.extend(days.map(|day| Self::of_date(day, as_of)));
        values.extend(named.texts.iter().map(|text| Self::of_text(text, as_of)));
        // Something that no rule names: it exists, and that is all.
        values.push(Self::of_text(Self::UNNAMED, as_of));
        values.push(Self::of_date(as_of, as_of));
        values
    }
}

impl Record for Trial {
    fn text(&self, _: &FieldRef) -> Option<Cow<'_, str>> {
        self.text.as_deref().map(Cow::Borrowed)
    }

    fn number(&self, _: &FieldRef) -> Option<f64> {
        self.number
    }

    fn date(&self, _: &FieldRef) -> Option<Date> {
        self.date
    }

    fn as_of(&self) -> Option<Date> {
        Some(self.as_of)
    }
}

/// The values that conditions name.
#[derive(Default)]
struct Named {
    numbers: Vec<f64>,
    dates: Vec<Date>,
    texts: Vec<String>,
}

impl Named {
    fn collect(&mut self, condition: &Condition) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| self.collect(part)),
            Condition::Not(part) => self.collect(part),
            Condition::Field { test, .. } => self.collect_test(test),
        }
    }

    fn collect_test(&mut self, test: &Test) {
        match test {
            Test::In(values) => values.iter().for_each(|value| match value {
                Value::Text { written, .. } => self.texts.push(written.clone()),
                Value::Number(number) => self.numbers.push(*number),
                Value::Flag(flag) => self.texts.push(flag.to_string()),
            }),
            Test::Contains(phrases) => {
                self.texts.extend(phrases.iter().map(|phrase| phrase.written().trim_end_matches('*').to_owned()));
            }
            Test::Between(low, high) => [low, high].into_iter().for_each(|bound| self.collect_bound(bound)),
            Test::AtLeast(bound) | Test::AtMost(bound) => self.collect_bound(bound),
            Test::Exists(_) | Test::Within { .. } => {}
        }
    }

    fn collect_bound(&mut self, bound: &Bound) {
        match bound {
            Bound::Number(number) => self.numbers.push(*number),
            Bound::Date(date) => self.dates.push(*date),
        }
    }
}
