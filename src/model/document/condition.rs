//! Conditions and time limits as JSON.

use super::{Deserialize, Serialize};
use crate::Error;
use crate::crm::{Field, FieldRef, ScoreField};
use crate::model::check::At;
use crate::model::json::shortened;
use crate::model::nearest;
use crate::model::{Bound, Condition, GradePattern, Phrase, Sla, Test, Value};

/// A condition: `field` with exactly one test, or exactly one of `all`, `any`, `not`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::model) struct ConditionDocument {
    /// The field tested: a canonical name such as `employees`, or `column:` and a header of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Equals this value. Letter case, accents and spacing of texts do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is: Option<ScalarDocument>,
    /// Equals one of these values.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    among: Option<Vec<ScalarDocument>>,
    /// Holds this phrase, or one of these, as whole words; `engineer*` lets the last word go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contains: Option<PhrasesDocument>,
    /// Lies between these two numbers or dates, both included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    between: Option<Vec<BoundDocument>>,
    /// Is this number or date, or above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<BoundDocument>,
    /// Is this number or date, or below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_most: Option<BoundDocument>,
    /// Is filled (true) or missing (false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exists: Option<bool>,
    /// Is a date of the last so many days before the as-of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    within: Option<WithinDocument>,
    /// Every one of these conditions holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<ConditionDocument>>,
    /// At least one of these conditions holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<ConditionDocument>>,
    /// This condition does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not: Option<Box<ConditionDocument>>,
}

/// A text, a number, true or false.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected text, a number, true or false")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum ScalarDocument {
    Flag(bool),
    Number(f64),
    Text(String),
}

/// One phrase or a list of phrases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected text or a list of texts")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) enum PhrasesDocument {
    One(String),
    Many(Vec<String>),
}

/// A number, or a date such as 2026-03-31.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number or a date such as 2026-03-31")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum BoundDocument {
    Number(f64),
    Date(String),
}

/// How far back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct WithinDocument {
    /// Whole days, 0 to 36,500.
    days: u32,
}

/// The names of the tests a field can have.
const TESTS: &str = "`is`, `in`, `contains`, `between`, `atLeast`, `atMost`, `exists` or `within`";

impl ConditionDocument {
    /// The condition; depth is bounded by the document's.
    pub(in crate::model) fn resolve(&self, at: &At) -> Result<Condition, Error> {
        self.resolve_with(at, &field_ref)
    }

    /// The same where scores are known: `fit`, `engagement` and `grade` are fields too.
    pub(in crate::model) fn resolve_scored(&self, at: &At) -> Result<Condition, Error> {
        self.resolve_with(at, &|at, name| {
            let score = ScoreField::ALL.into_iter().find(|field| field.name() == name.trim());
            score.map_or_else(|| field_ref(at, name), |field| Ok(FieldRef::Score(field)))
        })
    }

    fn resolve_with(
        &self,
        at: &At,
        field_named: &dyn Fn(&At, &str) -> Result<FieldRef, Error>,
    ) -> Result<Condition, Error> {
        let forms = [self.field.is_some(), self.all.is_some(), self.any.is_some(), self.not.is_some()];
        if forms.iter().filter(|given| **given).count() != 1 {
            let message =
                "a condition needs exactly one of `field`, `all`, `any`, `not` (nest the others inside `all`)";
            return Err(at.error("bad-condition", message));
        }
        let tests = self.tests(at)?;
        if let Some(field) = &self.field {
            let mut tests = tests.into_iter();
            return match (tests.next(), tests.next()) {
                (Some(test), None) => named(at, field_named(&at.key("field"), field)?, test),
                (None, _) => Err(at.error("bad-condition", format!("a field needs a test (add {TESTS})"))),
                _ => Err(at.error("bad-condition", "a field has more than one test (nest one each inside `all`)")),
            };
        }
        if !tests.is_empty() {
            return Err(at.error("bad-condition", "a test without its `field` (add `field`)"));
        }
        let parts = |key: &str, list: &[Self]| {
            let at = at.key(key);
            if list.is_empty() {
                return Err(at.error("empty", "must hold at least one condition"));
            }
            list.iter()
                .enumerate()
                .map(|(i, part)| part.resolve_with(&at.index(i), field_named))
                .collect::<Result<Vec<_>, _>>()
        };
        match (&self.all, &self.any, &self.not) {
            (Some(list), _, _) => Ok(Condition::All(parts("all", list)?)),
            (_, Some(list), _) => Ok(Condition::Any(parts("any", list)?)),
            (_, _, Some(part)) => Ok(Condition::Not(Box::new(part.resolve_with(&at.key("not"), field_named)?))),
            _ => Ok(Condition::always()),
        }
    }

    fn tests(&self, at: &At) -> Result<Vec<Test>, Error> {
        let mut tests = Vec::new();
        if let Some(value) = &self.is {
            tests.push(Test::In(vec![value.resolve(&at.key("is"))?]));
        }
        if let Some(values) = &self.among {
            let at = at.key("in");
            if values.is_empty() {
                return Err(at.error("empty", "must hold at least one value"));
            }
            let values = values.iter().enumerate().map(|(i, value)| value.resolve(&at.index(i)));
            tests.push(Test::In(values.collect::<Result<_, _>>()?));
        }
        if let Some(phrases) = &self.contains {
            tests.push(Test::Contains(phrases.resolve(&at.key("contains"))?));
        }
        if let Some(bounds) = &self.between {
            tests.push(between(&at.key("between"), bounds)?);
        }
        if let Some(bound) = &self.at_least {
            tests.push(Test::AtLeast(bound.resolve(&at.key("atLeast"))?));
        }
        if let Some(bound) = &self.at_most {
            tests.push(Test::AtMost(bound.resolve(&at.key("atMost"))?));
        }
        if let Some(wanted) = self.exists {
            tests.push(Test::Exists(wanted));
        }
        if let Some(WithinDocument { days }) = self.within {
            tests.push(Test::Within { days: at.key("within").key("days").whole(days, 0, 36_500)? });
        }
        Ok(tests)
    }
}

impl ScalarDocument {
    fn resolve(&self, at: &At) -> Result<Value, Error> {
        Ok(match self {
            Self::Flag(value) => Value::Flag(*value),
            Self::Number(value) => Value::Number(*value),
            Self::Text(text) => Value::text(&at.name(text)?),
        })
    }
}

impl PhrasesDocument {
    pub(super) fn resolve(&self, at: &At) -> Result<Vec<Phrase>, Error> {
        match self {
            Self::One(text) => Ok(vec![phrase(at, text)?]),
            Self::Many(list) if list.is_empty() => Err(at.error("empty", "must hold at least one phrase")),
            Self::Many(list) => phrases(at, list),
        }
    }
}

impl BoundDocument {
    fn resolve(&self, at: &At) -> Result<Bound, Error> {
        Ok(match self {
            Self::Number(value) => Bound::Number(*value),
            Self::Date(text) => Bound::Date(at.date(text)?),
        })
    }
}

fn between(at: &At, bounds: &[BoundDocument]) -> Result<Test, Error> {
    let [low, high] = bounds else {
        let message = format!("expected two bounds, found {} (write [low, high])", bounds.len());
        return Err(at.error("bad-condition", message));
    };
    let (low, high) = (low.resolve(&at.index(0))?, high.resolve(&at.index(1))?);
    let order = match (low, high) {
        (Bound::Number(low), Bound::Number(high)) => low.partial_cmp(&high),
        (Bound::Date(low), Bound::Date(high)) => Some(low.cmp(&high)),
        _ => return Err(at.error("bad-condition", "expected two numbers or two dates, found one of each")),
    };
    if order.is_none_or(std::cmp::Ordering::is_gt) {
        return Err(at.error("bad-order", "the first bound is above the second (swap them)"));
    }
    Ok(Test::Between(low, high))
}

fn phrase(at: &At, text: &str) -> Result<Phrase, Error> {
    Phrase::new(&at.name(text)?).ok_or_else(|| at.error("empty", "must hold a letter or a digit"))
}

/// A test of a field; grades are compared with patterns, scores with numbers.
fn named(at: &At, field: FieldRef, test: Test) -> Result<Condition, Error> {
    let fits = match (&field, &test) {
        (FieldRef::Score(ScoreField::Grade), Test::In(values)) => values
            .iter()
            .all(|value| matches!(value, Value::Text { written, .. } if GradePattern::parse(written).is_some())),
        (FieldRef::Score(ScoreField::Grade), _) => false,
        (FieldRef::Score(_), Test::Between(Bound::Number(_), _)) => true,
        (FieldRef::Score(_), Test::AtLeast(bound) | Test::AtMost(bound)) => matches!(bound, Bound::Number(_)),
        (FieldRef::Score(_), test) => matches!(test, Test::Exists(_)),
        _ => true,
    };
    if fits {
        return Ok(Condition::Field { field, test });
    }
    let message = match field {
        FieldRef::Score(ScoreField::Grade) => {
            "a grade is tested with `is` or `in` (write patterns such as `A*` or `B1`)"
        }
        _ => "points are tested with `atLeast`, `atMost`, `between` or `exists` (use numbers)",
    };
    Err(at.error("bad-condition", message))
}

/// Every phrase of a list, which may be empty.
pub(super) fn phrases(at: &At, list: &[String]) -> Result<Vec<Phrase>, Error> {
    list.iter().enumerate().map(|(i, text)| phrase(&at.index(i), text)).collect()
}

/// A field by its name.
pub(super) fn field_ref(at: &At, name: &str) -> Result<FieldRef, Error> {
    name.trim().parse().map_err(|_| {
        let known: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        let shown = shortened(name);
        let known = nearest::known(name, &known);
        at.error("unknown-field", format!("unknown field `{shown}` ({known}; or name a column: `column:{shown}`)"))
    })
}

/// Every field of a list, which may be empty.
pub(super) fn field_refs(at: &At, list: &[String]) -> Result<Vec<FieldRef>, Error> {
    let mut fields = Vec::with_capacity(list.len());
    for (i, name) in list.iter().enumerate() {
        let field = field_ref(&at.index(i), name)?;
        if fields.contains(&field) {
            return Err(at.index(i).error("duplicate-name", format!("field `{field}` stands twice (remove one)")));
        }
        fields.push(field);
    }
    Ok(fields)
}

/// The condition of an optional key, where scores are known.
pub(super) fn optional_scored(at: &At, condition: Option<&ConditionDocument>) -> Result<Option<Condition>, Error> {
    condition.map(|condition| condition.resolve_scored(at)).transpose()
}

/// The condition of an optional key.
pub(super) fn optional(at: &At, condition: Option<&ConditionDocument>) -> Result<Option<Condition>, Error> {
    condition.map(|condition| condition.resolve(at)).transpose()
}

/// How soon somebody must act: exactly one of the four.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct SlaDocument {
    /// Minutes on the wall clock, 1 to 525,600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minutes: Option<u32>,
    /// Hours on the wall clock, 1 to 8,760.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours: Option<u32>,
    /// Hours inside the working hours of `meta`, 1 to 2,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    business_hours: Option<u32>,
    /// Working days of `meta`, 1 to 260.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    business_days: Option<u32>,
}

impl SlaDocument {
    pub(super) fn resolve(&self, at: &At) -> Result<Sla, Error> {
        let whole = |key: &str, value: u32, most: u32| at.key(key).whole(value, 1, most);
        match (self.minutes, self.hours, self.business_hours, self.business_days) {
            (Some(n), None, None, None) => Ok(Sla::Minutes(whole("minutes", n, 525_600)?)),
            (None, Some(n), None, None) => Ok(Sla::Hours(whole("hours", n, 8_760)?)),
            (None, None, Some(n), None) => Ok(Sla::BusinessHours(whole("businessHours", n, 2_000)?)),
            (None, None, None, Some(n)) => Ok(Sla::BusinessDays(whole("businessDays", n, 260)?)),
            _ => {
                let message =
                    "a time limit needs exactly one of `minutes`, `hours`, `businessHours`, `businessDays` (keep one)";
                Err(at.error("bad-sla", message))
            }
        }
    }
}
