//! Finds the known name a wrong one most likely stands for.

use crate::crm::distance;
use crate::stats::Arrange;

/// How many names a message lists before it counts the rest.
const LISTED: usize = 8;

/// ``did you mean `weight`? known: `weight`, `name` `` without the question when nothing is near.
pub(super) fn known<S: AsRef<str>>(found: &str, known: &[S]) -> String {
    if known.is_empty() {
        return "none are known here".to_owned();
    }
    let folded = super::text::fold(found);
    let mut ranked: Vec<(usize, &str)> =
        known.iter().map(|name| (distance(&folded, &super::text::fold(name.as_ref())), name.as_ref())).collect();
    ranked.arrange_by_key(|(distance, _)| *distance);
    let (first_distance, first) = ranked[0];
    let near = first_distance <= (first.chars().count() / 3).max(1);
    let listed: Vec<String> = ranked.iter().take(LISTED).map(|(_, name)| format!("`{name}`")).collect();
    let rest = match ranked.len().saturating_sub(LISTED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let question = if near { format!("did you mean `{first}`? ") } else { String::new() };
    format!("{question}known: {}{rest}", listed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_comes_first_and_is_proposed() {
        assert_eq!(known("weigth", &["name", "weight"]), "did you mean `weight`? known: `weight`, `name`");
        assert_eq!(known("zzz", &["name", "weight"]), "known: `name`, `weight`");
    }

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let names: Vec<String> = (0..20).map(|i| format!("field{i}")).collect();
        assert!(known("x", &names).ends_with(" and 12 more"));
    }
}
