//! What a set of rules can earn at best and at worst: the measure of how much a blank cell withholds.
//!
//! Rules of a group that read the same fields are one question asked in several ways (bands of size, lists of
//! countries). Each field is tried at every value that its rules name, between them and beyond them, at texts that hold
//! several of the phrases, and blank; what the values answer alike counts once. The best total of all the answers that
//! the fields can give together is the reach.

use crate::calendar::Date;
use crate::crm::FieldRef;
use crate::model::{Bound, Condition, Points, Record, Test, Truth, Value};
use std::borrow::Cow;

/// Most answers of several fields together that are tried; above, the best and the worst single rule count.
const MOST_TOGETHER: usize = 1 << 12;
/// Most tests of a field whose phrases are put together in every way; above, in pairs and all at once.
const MOST_PHRASES: usize = 6;

/// The fewest and the most points that `rules` (condition and points) can earn together: 0 or below, 0 or above.
pub(crate) fn reach(rules: &[(&Condition, Points)], as_of: Option<Date>) -> (Points, Points) {
    // `within` reads the as-of day; which day it is does not matter.
    let as_of = as_of.unwrap_or(Date::from_days(0));
    let mut asked: Vec<Asked> = Vec::new();
    let rules: Vec<(Tree, Points)> =
        rules.iter().map(|(condition, points)| (Tree::of(condition, &mut asked), *points)).collect();
    let answers: Vec<Vec<Vec<Truth>>> = asked.iter().map(|field| field.answers(as_of)).collect();
    let together = answers.iter().try_fold(1_usize, |all, own| all.checked_mul(own.len()));
    let points = || rules.iter().map(|(_, points)| *points);
    let (mut least, mut most) = (Points::ZERO, Points::ZERO);
    let Some(together) = together.filter(|all| answers.len() < 2 || *all <= MOST_TOGETHER) else {
        return (points().fold(least, Points::min), points().fold(most, Points::max));
    };
    for at in 0..together {
        let mut left = at;
        let one = |own: &'_ Vec<Vec<Truth>>| {
            let place = left % own.len();
            left /= own.len();
            place
        };
        let places: Vec<usize> = answers.iter().map(one).collect();
        let truth = |field: usize, test: usize| {
            let own = answers.get(field).zip(places.get(field)).and_then(|(own, place)| own.get(*place)?.get(test));
            own.copied().unwrap_or(Truth::Unknown)
        };
        let earned = rules.iter().filter(|(tree, _)| tree.truth(&truth).holds()).map(|(_, points)| *points).sum();
        (least, most) = (least.min(earned), most.max(earned));
    }
    (least, most)
}

/// A condition whose tests are named by their fields and their places among the field's.
enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    Test(usize, usize),
}

impl Tree {
    fn of(condition: &Condition, asked: &mut Vec<Asked>) -> Self {
        match condition {
            Condition::All(parts) => Self::All(parts.iter().map(|part| Self::of(part, asked)).collect()),
            Condition::Any(parts) => Self::Any(parts.iter().map(|part| Self::of(part, asked)).collect()),
            Condition::Not(part) => Self::Not(Box::new(Self::of(part, asked))),
            Condition::Field { field, .. } => {
                let at = asked.iter().position(|known| known.field == *field).unwrap_or_else(|| {
                    asked.push(Asked { field: field.clone(), tests: Vec::new() });
                    asked.len() - 1
                });
                let Some(own) = asked.get_mut(at) else { return Self::Any(Vec::new()) };
                let test = own.tests.iter().position(|known| known == condition).unwrap_or_else(|| {
                    own.tests.push(condition.clone());
                    own.tests.len() - 1
                });
                Self::Test(at, test)
            }
        }
    }

    fn truth(&self, of: &impl Fn(usize, usize) -> Truth) -> Truth {
        match self {
            Self::All(parts) => parts.iter().fold(Truth::True, |truth, part| truth.and(part.truth(of))),
            Self::Any(parts) => parts.iter().fold(Truth::False, |truth, part| truth.or(part.truth(of))),
            Self::Not(part) => part.truth(of).negate(),
            Self::Test(field, test) => of(*field, *test),
        }
    }
}

/// A field with the tests that are made of it.
struct Asked {
    field: FieldRef,
    tests: Vec<Condition>,
}

impl Asked {
    /// Every way in which a value can answer the tests together.
    fn answers(&self, as_of: Date) -> Vec<Vec<Truth>> {
        let mut values = Trial::named(self.tests.iter(), as_of);
        values.push(Trial::blank(as_of));
        let mut phrases: Vec<&str> = Vec::new();
        for condition in &self.tests {
            let Condition::Field { test, .. } = condition else { continue };
            match test {
                // The last day that counts, and the one before it.
                Test::Within { days } => {
                    let last = as_of.plus_days(-i32::try_from(*days).unwrap_or(i32::MAX));
                    values.extend([last, last.plus_days(-1)].map(|day| Trial::of_date(day, as_of)));
                }
                Test::Contains(own) => phrases.extend(own.first().map(|phrase| phrase.written())),
                _ => {}
            }
        }
        values.extend(texts_with(&phrases).into_iter().map(|text| Trial::of_text(&text, as_of)));
        let mut answers: Vec<Vec<Truth>> = Vec::new();
        for value in values {
            let own: Vec<Truth> = self.tests.iter().map(|test| test.evaluate(&value)).collect();
            if !answers.contains(&own) {
                answers.push(own);
            }
        }
        answers
    }
}

/// Texts that hold several of the phrases.
fn texts_with(phrases: &[&str]) -> Vec<String> {
    let joined = |chosen: &mut dyn Iterator<Item = &&str>| {
        chosen.map(|phrase| phrase.trim_end_matches('*')).collect::<Vec<_>>().join(" ")
    };
    let some =
        |of: u32| joined(&mut phrases.iter().enumerate().filter(|(at, _)| of >> at & 1 == 1).map(|(_, one)| one));
    if phrases.len() <= MOST_PHRASES {
        return (0..1_u32 << phrases.len()).filter(|of| of.count_ones() > 1).map(some).collect();
    }
    let pairs = phrases
        .iter()
        .enumerate()
        .flat_map(|(at, one)| phrases.iter().skip(at + 1).map(move |other| joined(&mut [one, other].into_iter())));
    pairs.chain([joined(&mut phrases.iter())]).collect()
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

    /// As a cell would hold it; `None` if any text does.
    pub(crate) fn cell(&self) -> Option<String> {
        self.text.clone().filter(|text| text != Self::UNNAMED)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OperatingModel;

    /// The reach of rules, each a condition with points.
    fn reach_of(rules: &[(&str, i32)]) -> (f64, f64) {
        let rule = |(at, (when, points)): (usize, &(&str, i32))| {
            format!(r#"{{ "name": "r{at}", "when": {when}, "points": {points} }}"#)
        };
        let rules: Vec<String> = rules.iter().enumerate().map(rule).collect();
        let model = format!(
            r#"{{ "format": 1, "icp": {{ "fit": {{ "groups": [{{ "name": "g", "rules": [{}] }}] }} }} }}"#,
            rules.join(",")
        );
        let model = OperatingModel::from_json(&model).unwrap();
        let rules: Vec<(&Condition, Points)> =
            model.icp().fit.groups[0].rules.iter().map(|rule| (&rule.when, rule.points)).collect();
        let (least, most) = reach(&rules, Some(Date::from_days(20_000)));
        (least.micro() as f64 / 1e6, most.micro() as f64 / 1e6)
    }

    #[test]
    fn bands_exclude_each_other_and_lists_add_up() {
        let size = [
            (r#"{ "field": "employees", "between": [10, 50] }"#, 20),
            (r#"{ "field": "employees", "atLeast": 51 }"#, 30),
            (r#"{ "field": "employees", "atLeast": 1000 }"#, -5),
        ];
        assert_eq!(reach_of(&size), (0.0, 30.0));
        let title = [
            (r#"{ "field": "title", "contains": "chief" }"#, 40),
            (r#"{ "field": "title", "contains": "engineer*" }"#, 25),
        ];
        assert_eq!(reach_of(&title), (0.0, 65.0), "one title holds both");
    }

    #[test]
    fn what_lies_outside_a_window_is_tried() {
        let dormant = [(r#"{ "not": { "field": "lastActivity", "within": { "days": 30 } } }"#, 60)];
        assert_eq!(reach_of(&dormant), (0.0, 60.0));
        let steps = [
            (r#"{ "field": "lastActivity", "within": { "days": 7 } }"#, 10),
            (
                r#"{ "all": [{ "field": "lastActivity", "within": { "days": 30 } }, { "not": { "field": "lastActivity", "within": { "days": 7 } } }] }"#,
                25,
            ),
        ];
        assert_eq!(reach_of(&steps), (0.0, 25.0));
    }

    #[test]
    fn fields_are_tried_together() {
        let both = r#"{ "all": [{ "field": "title", "contains": ["chief", "head of"] }, { "field": "title", "contains": "engineer*" }] }"#;
        assert_eq!(reach_of(&[(both, 60)]), (0.0, 60.0));
        // Over the same two fields: both rules hold of a chief at a large company, the third of neither.
        let two = [
            (r#"{ "all": [{ "field": "title", "contains": "chief" }, { "field": "employees", "atLeast": 100 }] }"#, 30),
            (r#"{ "any": [{ "field": "title", "contains": "chief" }, { "field": "employees", "atMost": 5 }] }"#, 12),
            (r#"{ "all": [{ "field": "title", "exists": false }, { "field": "employees", "atMost": 5 }] }"#, -40),
        ];
        assert_eq!(reach_of(&two), (-28.0, 42.0));
        // One list has three answers, blank among them: of six fields all are tried together, of eight no more.
        let lists = |fields: usize, join: &str| {
            let list = |field| format!(r#"{{ "field": "column:C{field}", "in": ["a", "b"] }}"#);
            format!(r#"{{ "{join}": [{}] }}"#, (0..fields).map(list).collect::<Vec<_>>().join(","))
        };
        assert_eq!(reach_of(&[(&lists(6, "all"), 10), (&lists(6, "any"), 3)]), (0.0, 13.0));
        assert_eq!(reach_of(&[(&lists(8, "all"), 10), (&lists(8, "any"), 3)]), (0.0, 10.0));
    }
}
