//! Finds the known name a wrong one most likely stands for.

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
    ranked.sort_by_key(|(distance, _)| *distance);
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

/// Edits (insert, delete, replace, swap neighbours) from one text to the other, over at most 64 characters each.
///
/// # Source
/// Optimal string alignment distance, as in Navarro, "A guided tour to approximate string matching" (2001), section 2.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_and_a_missing_letter_each_cost_one() {
        assert_eq!(distance("weigth", "weight"), 1);
        assert_eq!(distance("employes", "employees"), 1);
        assert_eq!(distance("", "abc"), 3);
    }

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
