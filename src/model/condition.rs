//! The condition language: one way to say "which records" everywhere in the model.
//!
//! A condition is a test of one field, or `all`, `any`, `not` of conditions. It holds, does not hold, or is unknown
//! because a field is missing, after Kleene's three-valued logic, so that "not known" never turns into "no".

use crate::calendar::Date;
use crate::crm::FieldRef;

use super::text::{fold, words};
use std::borrow::Cow;

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// A field it needs is missing, or cannot be read as the number or date that the test needs.
    Unknown,
}

impl Truth {
    /// Whether the condition certainly holds.
    #[must_use]
    pub fn holds(self) -> bool {
        self == Self::True
    }

    /// Both hold: false if either is, else unknown if either is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// At least one holds: true if either is, else unknown if either is.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// What a condition is asked of: one lead, one deal, one row of columns.
pub trait Record {
    /// The field's text; `None` where the field is absent or blank.
    fn text(&self, field: &FieldRef) -> Option<Cow<'_, str>>;
    /// The field read as a number.
    fn number(&self, field: &FieldRef) -> Option<f64>;
    /// The field read as a date.
    fn date(&self, field: &FieldRef) -> Option<Date>;
    /// The day "today" stands for; `within` is unknown without one.
    fn as_of(&self) -> Option<Date>;
}

/// Which records are meant.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Every one holds; without any, always.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A test of one field.
    Field {
        /// The field tested.
        field: FieldRef,
        /// The test.
        test: Test,
    },
}

/// A test of one field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Equals one of the values.
    In(Vec<Value>),
    /// Holds one of the phrases.
    Contains(Vec<Phrase>),
    /// Lies between the bounds, both included.
    Between(Bound, Bound),
    /// Is the bound or above.
    AtLeast(Bound),
    /// Is the bound or below.
    AtMost(Bound),
    /// Is filled (true) or missing (false); never unknown.
    Exists(bool),
    /// Is a date from `days` days before the as-of day up to the as-of day, both included.
    Within {
        /// Whole days, 0 to 36,500.
        days: u32,
    },
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text; letter case, accents and spacing do not count.
    Text {
        /// As the model writes it.
        written: String,
        /// As it is compared.
        folded: String,
    },
    /// A number.
    Number(f64),
    /// Yes or no: true matches `true`, `yes`, `y`, `1`; false matches `false`, `no`, `n`, `0`.
    Flag(bool),
}

impl Value {
    /// A text value.
    #[must_use]
    pub fn text(written: &str) -> Self {
        Self::Text { written: written.trim().to_owned(), folded: fold(written) }
    }
}

/// A phrase looked for inside a text: whole words in this order; a `*` at the end lets the last word go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    written: String,
    words: Vec<String>,
    open: bool,
}

impl Phrase {
    /// The phrase, or `None` if it holds no letter or digit.
    #[must_use]
    pub fn new(written: &str) -> Option<Self> {
        let written = written.trim();
        let words = words(written);
        let phrase = Self { written: written.to_owned(), words, open: written.ends_with('*') };
        (!phrase.words.is_empty()).then_some(phrase)
    }

    /// As the model writes it.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Whether the text holds the phrase.
    ///
    /// ```
    /// use leadcast::model::Phrase;
    /// assert!(Phrase::new("vp sales").unwrap().is_in("Senior VP, Sales EMEA"));
    /// assert!(Phrase::new("engineer*").unwrap().is_in("Head of Engineering"));
    /// assert!(!Phrase::new("cto").unwrap().is_in("Director"));
    /// ```
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.is_in_words(&words(text))
    }

    /// The share of the text's words that the phrase is, in (0, 1]; `None` if the text does not hold it.
    ///
    /// ```
    /// use leadcast::model::Phrase;
    /// assert_eq!(Phrase::new("manager").unwrap().share_of("Senior Marketing Manager, EMEA"), Some(0.25));
    /// assert_eq!(Phrase::new("cto").unwrap().share_of("Director"), None);
    /// ```
    #[must_use]
    pub fn share_of(&self, text: &str) -> Option<f64> {
        let text = words(text);
        self.is_in_words(&text).then(|| self.words.len() as f64 / text.len() as f64)
    }

    #[inline]
    fn is_in_words(&self, text: &[String]) -> bool {
        let Some((last, first)) = self.words.split_last() else { return false };
        text.windows(self.words.len()).any(|window| {
            let end = &window[first.len()];
            window[..first.len()] == *first && if self.open { end.starts_with(last.as_str()) } else { end == last }
        })
    }
}

/// A bound of a number or of a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A number.
    Number(f64),
    /// A date.
    Date(Date),
}

impl Condition {
    /// The condition that every record meets.
    #[must_use]
    pub fn always() -> Self {
        Self::All(Vec::new())
    }

    /// Whether this is the condition that every record meets.
    #[must_use]
    pub fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Whether the record meets the condition.
    #[must_use]
    pub fn evaluate(&self, record: &impl Record) -> Truth {
        match self {
            Self::All(parts) => fold_until(parts, Truth::True, Truth::False, |t, part| t.and(part.evaluate(record))),
            Self::Any(parts) => fold_until(parts, Truth::False, Truth::True, |t, part| t.or(part.evaluate(record))),
            Self::Not(part) => part.evaluate(record).negate(),
            Self::Field { field, test } => test.evaluate(field, record),
        }
    }

    /// Calls `visit` with every field the condition reads, repeats included, in the order written.
    pub fn each_field<'a>(&'a self, visit: &mut impl FnMut(&'a FieldRef)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_field(visit)),
            Self::Not(part) => part.each_field(visit),
            Self::Field { field, .. } => visit(field),
        }
    }

    /// The fields the condition reads, each once, in the order written.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldRef> {
        let mut fields: Vec<FieldRef> = Vec::new();
        self.each_field(&mut |field| {
            if !fields.contains(field) {
                fields.push(field.clone());
            }
        });
        fields
    }
}

/// Folds until the result can no longer change.
fn fold_until(parts: &[Condition], start: Truth, end: Truth, step: impl Fn(Truth, &Condition) -> Truth) -> Truth {
    let mut truth = start;
    for part in parts {
        truth = step(truth, part);
        if truth == end {
            break;
        }
    }
    truth
}

impl Test {
    /// Whether the record's field passes the test.
    #[must_use]
    pub fn evaluate(&self, field: &FieldRef, record: &impl Record) -> Truth {
        let known = |value: Option<bool>| value.map_or(Truth::Unknown, Truth::from);
        match self {
            Self::Exists(wanted) => Truth::from(record.text(field).is_some() == *wanted),
            Self::Within { days } => {
                known(record.date(field).zip(record.as_of()).map(|(date, as_of)| within(date, as_of, *days)))
            }
            Self::In(values) => match record.text(field) {
                Some(text) => {
                    let folded = fold(&text);
                    Truth::from(values.iter().any(|value| equals(value, &folded, || record.number(field))))
                }
                None => Truth::Unknown,
            },
            Self::Contains(phrases) => known(record.text(field).map(|text| {
                let words = words(&text);
                phrases.iter().any(|phrase| phrase.is_in_words(&words))
            })),
            Self::Between(low, high) => {
                reach(low, field, record, |o| o.is_ge()).and(reach(high, field, record, |o| o.is_le()))
            }
            Self::AtLeast(bound) => reach(bound, field, record, |o| o.is_ge()),
            Self::AtMost(bound) => reach(bound, field, record, |o| o.is_le()),
        }
    }
}

fn within(date: Date, as_of: Date, days: u32) -> bool {
    let age = i64::from(as_of.days_since(date));
    (0..=i64::from(days)).contains(&age)
}

fn equals(value: &Value, folded: &str, number: impl Fn() -> Option<f64>) -> bool {
    match value {
        Value::Text { folded: wanted, .. } => wanted == folded,
        Value::Number(wanted) => number() == Some(*wanted),
        Value::Flag(true) => matches!(folded, "true" | "yes" | "y" | "1"),
        Value::Flag(false) => matches!(folded, "false" | "no" | "n" | "0"),
    }
}

fn reach(bound: &Bound, field: &FieldRef, record: &impl Record, test: impl Fn(std::cmp::Ordering) -> bool) -> Truth {
    let ordering = match bound {
        Bound::Number(bound) => record.number(field).and_then(|value| value.partial_cmp(bound)),
        Bound::Date(bound) => record.date(field).map(|value| value.cmp(bound)),
    };
    ordering.map_or(Truth::Unknown, |ordering| Truth::from(test(ordering)))
}
