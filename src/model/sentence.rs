//! Conditions in plain English, as shown beside a rule.

use super::{Bound, Condition, Test, Value};
use crate::crm::FieldRef;
use crate::stats::grouped;
use std::fmt;

impl Condition {
    /// The condition as a phrase: `employees between 200 and 1,000`.
    ///
    /// ```
    /// let model = leadcast::OperatingModel::from_json(r#"{ "format": 1, "segments": [
    ///     { "name": "Core", "when": { "all": [
    ///         { "field": "employees", "between": [200, 1000] },
    ///         { "field": "country", "in": ["France", "Spain"] } ] } } ] }"#)?;
    /// let sentence = model.segments()[0].when.sentence();
    /// assert_eq!(sentence, "employees between 200 and 1,000 and country is France or Spain");
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    #[must_use]
    pub fn sentence(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) if parts.is_empty() => f.write_str("always"),
            Self::All(parts) => join(f, parts, " and "),
            Self::Any(parts) => join(f, parts, " or "),
            Self::Not(part) => match &**part {
                Self::Field { field, test: Test::Exists(filled) } => write_test(f, field, &Test::Exists(!filled)),
                Self::Field { field, test: Test::In(values) } if values.len() == 1 => {
                    write!(f, "{} is not {}", label(field), list(values.iter().map(value)))
                }
                Self::Field { field, test: Test::In(values) } => {
                    write!(f, "{} is none of {}", label(field), list(values.iter().map(value)))
                }
                part => write!(f, "not ({part})"),
            },
            Self::Field { field, test } => write_test(f, field, test),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        f.write_str(if i > 0 { word } else { "" })?;
        match part {
            Condition::All(inner) | Condition::Any(inner) if inner.len() > 1 && parts.len() > 1 => {
                write!(f, "({part})")?;
            }
            part => write!(f, "{part}")?,
        }
    }
    Ok(())
}

fn write_test(f: &mut fmt::Formatter<'_>, field: &FieldRef, test: &Test) -> fmt::Result {
    let field = label(field);
    match test {
        Test::In(values) => write!(f, "{field} is {}", list(values.iter().map(value))),
        Test::Contains(phrases) => {
            write!(f, "{field} contains {}", list(phrases.iter().map(|phrase| format!("“{}”", phrase.written()))))
        }
        Test::Between(low, high) => write!(f, "{field} between {} and {}", bound(*low), bound(*high)),
        Test::AtLeast(Bound::Date(date)) => write!(f, "{field} on or after {date}"),
        Test::AtMost(Bound::Date(date)) => write!(f, "{field} on or before {date}"),
        Test::AtLeast(low) => write!(f, "{field} at least {}", bound(*low)),
        Test::AtMost(high) => write!(f, "{field} at most {}", bound(*high)),
        Test::Exists(true) => write!(f, "{field} is filled"),
        Test::Exists(false) => write!(f, "{field} is missing"),
        Test::Within { days: 0 } => write!(f, "{field} is today"),
        Test::Within { days: 1 } => write!(f, "{field} within the last day"),
        Test::Within { days } => write!(f, "{field} within the last {days} days"),
    }
}

/// `lastActivity` as `last activity`; a header of the file as it stands.
fn label(field: &FieldRef) -> String {
    let name = match field {
        FieldRef::Column(header) => return header.trim().to_owned(),
        FieldRef::Known(field) => field.name(),
        FieldRef::Score(field) => return field.name().to_owned(),
    };
    let mut label = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            label.push(' ');
        }
        label.push(c.to_ascii_lowercase());
    }
    label
}

fn value(value: &Value) -> String {
    match value {
        Value::Text { written, .. } => written.clone(),
        Value::Number(number) => grouped(*number),
        Value::Flag(true) => "yes".to_owned(),
        Value::Flag(false) => "no".to_owned(),
    }
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::Number(number) => grouped(number),
        Bound::Date(date) => date.to_string(),
    }
}

/// `a, b or c`.
fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Phrase;
    use super::*;

    fn field(name: &str, test: Test) -> Condition {
        Condition::Field { field: name.parse().unwrap(), test }
    }

    #[test]
    fn a_condition_reads_as_a_phrase() {
        let number = Bound::Number;
        let text = |condition: Condition| condition.sentence();
        assert_eq!(text(field("revenue", Test::AtLeast(number(1_500_000.5)))), "revenue at least 1,500,000.5");
        assert_eq!(text(field("lastActivity", Test::Within { days: 30 })), "last activity within the last 30 days");
        assert_eq!(text(field("column:Total Visits", Test::AtMost(number(-2.0)))), "Total Visits at most −2");
        let titles = vec![Phrase::new("VP").unwrap(), Phrase::new("chief*").unwrap()];
        assert_eq!(text(field("title", Test::Contains(titles))), "title contains “VP” or “chief*”");
        assert_eq!(text(Condition::always()), "always");
    }

    #[test]
    fn groups_inside_groups_stand_in_brackets() {
        let is = |name: &str, value: &str| field(name, Test::In(vec![Value::text(value)]));
        let either = Condition::Any(vec![is("country", "France"), is("country", "Spain")]);
        let both = Condition::All(vec![field("email", Test::Exists(true)), either]);
        assert_eq!(both.sentence(), "email is filled and (country is France or country is Spain)");
        assert_eq!(Condition::Not(Box::new(both)).sentence().split_at(5).0, "not (");
        assert_eq!(Condition::Not(Box::new(is("country", "France"))).sentence(), "country is not France");
        assert_eq!(Condition::Not(Box::new(field("email", Test::Exists(true)))).sentence(), "email is missing");
    }
}
