//! Small words for sentences that a rep can say aloud.

use crate::crm::FieldRef;

/// A field as people say it: `lastActivity` is `last activity`, `column:Total Visits` is `Total Visits`.
#[must_use]
pub fn field_label(field: &FieldRef) -> String {
    match field {
        FieldRef::Column(name) => name.clone(),
        FieldRef::Score(field) => field.name().to_owned(),
        FieldRef::Known(field) => {
            let mut label = String::new();
            for letter in field.name().chars() {
                if letter.is_ascii_uppercase() {
                    label.push(' ');
                }
                label.push(letter.to_ascii_lowercase());
            }
            // `personId` is said with capitals.
            label.strip_suffix(" id").map(|stem| format!("{stem} ID")).unwrap_or(label)
        }
    }
}

/// `A`, `A or B`, `A, B or C`; with `and` likewise.
#[must_use]
pub(crate) fn list(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// `1 day`, `2 days`.
#[must_use]
pub(crate) fn count(number: impl Into<u64>, noun: &str) -> String {
    let number = number.into();
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::Field;

    #[test]
    fn fields_are_said_as_people_say_them() {
        assert_eq!(field_label(&FieldRef::Known(Field::LastActivity)), "last activity");
        assert_eq!(field_label(&FieldRef::Known(Field::PersonId)), "person ID");
        assert_eq!(field_label(&FieldRef::Column("Total Visits".to_owned())), "Total Visits");
    }

    #[test]
    fn lists_read_as_prose() {
        let items = |n: usize| ["a", "b", "c"][..n].iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(list(&items(0), "or"), "");
        assert_eq!(list(&items(1), "or"), "a");
        assert_eq!(list(&items(2), "or"), "a or b");
        assert_eq!(list(&items(3), "and"), "a, b and c");
        assert_eq!((count(1u32, "day"), count(2u32, "day")), ("1 day".to_owned(), "2 days".to_owned()));
    }
}
