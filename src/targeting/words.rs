//! Small words for sentences that a rep can say aloud.

use crate::stats::grouped;

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
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
