//! Finds rows that agree in what names them.
//!
//! One pass: what a row is known by comes down to 64 bits, and a table of those tells whether an earlier row has them.

use super::Field;
use super::join::{JoinKey, Normaliser};
use super::quality::Evidence;
use crate::Place;
use crate::table::{
    Action, Code, Column, Cursor, Diagnostics, DuplicateExample, Duplicates, Table, quick_hash, shorten,
};
use std::collections::BTreeMap;

const DUPLICATE_LEAD: Code = Code::new("duplicate-lead", Action::Kept, "merge the records in the source system");
const LIKELY_DUPLICATE: Code =
    Code::new("likely-duplicate", Action::Kept, "look whether they are the same, and merge them in the source system");

/// Examples, and lines of each, shown at most.
const MOST_EXAMPLES: usize = 5;
const MOST_LINES: usize = 10;

/// Rows with the same likely name, on average, from which on it names no row.
const MOST_ALIKE: usize = 5;

/// Rows that agree in what names them, by the surest way the file offers.
pub(super) fn duplicates(evidence: &Evidence<'_>, notes: &mut Diagnostics) -> Vec<Duplicates> {
    let (Evidence { table, binding, kind, .. }, Some(dialects)) = (evidence, evidence.dialects) else {
        return Vec::new();
    };
    let column = |field: Field| table.columns().get(binding.column_of(field)?);
    let normal = Normaliser::new(dialects);
    let forms = |key, column| Forms::of(&normal, key, column);
    let mut found = Vec::new();
    let mut search = |by, certain, key: &mut RowKey<'_>, shown: Option<&Column>| {
        if let Some(duplicates) = agree(table, by, certain, key, shown, notes) {
            found.push(duplicates);
        }
    };
    match *kind {
        "leads" | "contacts" => {
            let (email, company, domain) = (column(Field::Email), column(Field::Company), column(Field::Domain));
            let (first, last, full) = (column(Field::FirstName), column(Field::LastName), column(Field::FullName));
            let mut addresses = forms(JoinKey::Email, email);
            search("e-mail", true, &mut |row, out| write(&mut addresses, row, out), email);
            let mut names = [first, last, full].map(|column| forms(JoinKey::Name, column));
            let mut companies = forms(JoinKey::Name, company);
            let mut key = |row, out: &mut String| {
                let [first, last, full] = &mut names;
                let start = out.len();
                if !(write(first, row, out) && write(last, row, out)) {
                    out.truncate(start);
                    if !write(full, row, out) {
                        return false;
                    }
                }
                between(out);
                write(&mut companies, row, out)
            };
            search("name and company", false, &mut key, full.or(last));
            if email.is_none() && first.or(last).or(full).is_none() {
                let mut domains = forms(JoinKey::Domain, domain);
                let mut key = |row, out: &mut String| {
                    write(&mut companies, row, out) && {
                        between(out);
                        write(&mut domains, row, out)
                    }
                };
                search("company and domain", false, &mut key, company);
            }
        }
        "accounts" => {
            let (company, domain) = (column(Field::Company), column(Field::Domain));
            let (mut companies, mut domains) = (forms(JoinKey::Name, company), forms(JoinKey::Domain, domain));
            search("company", false, &mut |row, out| write(&mut companies, row, out), company);
            let mut key = |row, out: &mut String| {
                write(&mut companies, row, out) && {
                    between(out);
                    write(&mut domains, row, out)
                }
            };
            search("company and domain", true, &mut key, company);
        }
        "deals" => {
            let (name, account, amount) = (column(Field::DealName), column(Field::Account), column(Field::Amount));
            let close = column(Field::CloseDate);
            let (mut names, mut accounts) = (forms(JoinKey::Name, name), forms(JoinKey::Name, account));
            // The same is bought again: only deals of one close date may be one.
            let worth = |row| {
                let close = close.and_then(|c| c.date(row)).map_or_else(String::new, |day| day.to_string());
                amount.and_then(|c| c.minor_units(row, 2)).map(|minor| format!("{minor} {close}"))
            };
            let mut key = |row, out: &mut String| {
                if !write(&mut names, row, out) {
                    return false;
                }
                between(out);
                if !write(&mut accounts, row, out) {
                    return false;
                }
                between(out);
                let worth = worth(row);
                out.push_str(worth.as_deref().unwrap_or_default());
                worth.is_some()
            };
            let by = if close.is_some() { "name, account, amount and close date" } else { "name, account and amount" };
            search(by, false, &mut key, name);
        }
        _ => {}
    }
    found
}

/// Forms hold no character that separates.
fn between(out: &mut String) {
    out.push('\u{1f}');
}

/// The cells of a column in the form in which they are compared.
struct Forms<'a> {
    normal: &'a Normaliser<'a>,
    key: JoinKey,
    column: &'a Column,
    cursor: Cursor<'a>,
    /// Where words repeat: their forms end to end, and where each ends.
    by_word: Option<(String, Vec<usize>)>,
}

impl<'a> Forms<'a> {
    /// `None` for a column that the file does not have.
    fn of(normal: &'a Normaliser<'a>, key: JoinKey, column: Option<&'a Column>) -> Option<Self> {
        let column = column?;
        let by_word = column.words().map(|words| {
            let (mut text, mut ends) = (String::new(), Vec::new());
            for word in words {
                let begun = text.len();
                let word = column.present(word);
                if word.is_empty() || !normal.write_form(key, word, &mut text) {
                    text.truncate(begun);
                }
                ends.push(text.len());
            }
            (text, ends)
        });
        Some(Self { normal, key, column, cursor: column.cells().cursor(), by_word })
    }

    /// Writes the form of a row's cell; `false` if it has none, and then what was written is of no use.
    fn write(&mut self, row: usize, out: &mut String) -> bool {
        let Some((text, ends)) = &self.by_word else {
            let cell = self.column.present(self.cursor.get(row));
            return !cell.is_empty() && self.normal.write_form(self.key, cell, out);
        };
        let Some(word) = self.column.word(row) else { return false };
        let from = word.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        let form = ends.get(word).and_then(|to| text.get(from..*to)).unwrap_or("");
        out.push_str(form);
        !form.is_empty()
    }
}

/// As [`Forms::write`]; a column that the file does not have has no forms.
fn write(forms: &mut Option<Forms<'_>>, row: usize, out: &mut String) -> bool {
    forms.as_mut().is_some_and(|forms| forms.write(row, out))
}

/// Writes what a row is known by; `false` if it is known by nothing. Asked for one row after the other.
type RowKey<'k> = dyn FnMut(usize, &mut String) -> bool + 'k;

/// Groups rows by a key, and tells of those beyond the first of each.
fn agree(
    table: &Table,
    by: &'static str,
    certain: bool,
    key: &mut RowKey<'_>,
    shown: Option<&Column>,
    notes: &mut Diagnostics,
) -> Option<Duplicates> {
    let mut text = String::new();
    let mut key_of = |row: usize| {
        text.clear();
        // 0 stands for rows that are known by nothing.
        if key(row, &mut text) { quick_hash(text.as_bytes()).max(1) } else { 0 }
    };
    let keys: Vec<u64> = (0..table.rows()).map(&mut key_of).collect();
    let (named, later) = repeats(&keys);
    drop(keys);
    // What five rows in a row share on average is what they are about and not what names them.
    if !certain && named >= (named - later.len()) * MOST_ALIKE {
        return None;
    }
    let text = |row: usize| shown.map(|column| shorten(column.text(row))).unwrap_or_default();
    let examples = first_groups(&later).into_iter().map(|(first, others)| DuplicateExample {
        text: text(first as usize),
        lines: [first].into_iter().chain(others).take(MOST_LINES).map(|row| table.line(row as usize)).collect(),
    });
    let examples = examples.collect();
    let code = if certain { DUPLICATE_LEAD } else { LIKELY_DUPLICATE };
    for (_, row) in &later {
        let row = *row as usize;
        let place = Place { column: shown.map(|c| c.name().to_owned()), ..Place::line(table.line(row)) };
        notes.count(code, place, shown.map_or("", |c| c.text(row)), || {
            format!("rows agree with an earlier one in {by}")
        });
    }
    (!later.is_empty()).then_some(Duplicates { by, certain, rows: later.len() as u64, examples })
}

/// The first groups by their first rows, each with the first rows that agree with that.
fn first_groups(later: &[(u32, u32)]) -> BTreeMap<u32, Vec<u32>> {
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (first, row) in later {
        match groups.get_mut(first) {
            Some(others) if others.len() < MOST_LINES => others.push(*row),
            Some(_) => {}
            None => {
                groups.insert(*first, vec![*row]);
                if groups.len() > MOST_EXAMPLES {
                    groups.pop_last();
                }
            }
        }
    }
    groups
}

/// Rows whose key is not 0: how many there are, and those whose key an earlier one has, in order, each behind the first
/// with it.
fn repeats(keys: &[u64]) -> (usize, Vec<(u32, u32)>) {
    /// Keys that are looked up together: the table of so many stays near the processor.
    const PART: usize = 8192;
    let bits = (keys.len() / PART).next_power_of_two().trailing_zeros().min(8);
    let part_of = |key: u64| (key >> 32 >> (32 - bits)) as usize;
    // Where each part ends once the keys are laid out part by part.
    let mut ends = vec![0; 1 << bits];
    let named = || keys.iter().enumerate().filter(|(_, key)| **key != 0);
    named().for_each(|(_, key)| ends[part_of(*key)] += 1);
    let mut all: usize = 0;
    for end in &mut ends {
        (*end, all) = (all, all + *end);
    }
    let mut rows = vec![0; all];
    for (row, key) in named() {
        let place = &mut ends[part_of(*key)];
        rows[*place] = row as u32;
        *place += 1;
    }
    let (mut later, mut from, mut slots, mut part) = (Vec::new(), 0, Vec::new(), Vec::new());
    for to in ends {
        let rows = rows.get(from..to).unwrap_or(&[]);
        part.clear();
        part.extend(rows.iter().map(|row| (keys[*row as usize], *row)));
        find_repeats(&part, &mut slots, &mut later);
        from = to;
    }
    later.sort_unstable_by_key(|(_, row)| *row);
    (all, later)
}

/// Adds the rows of a part whose key an earlier one has. `slots` is room for a table.
fn find_repeats(part: &[(u64, u32)], slots: &mut Vec<u32>, later: &mut Vec<(u32, u32)>) {
    // Open addressing: places in the part plus one; 0 is free.
    slots.clear();
    slots.resize((part.len() * 2).next_power_of_two().max(2), 0);
    let mask = slots.len() - 1;
    for (place, (key, row)) in part.iter().enumerate() {
        let mut slot = *key as usize & mask;
        while let Some(entry) = slots.get_mut(slot) {
            let Some(first) = entry.checked_sub(1) else {
                *entry = place as u32 + 1;
                break;
            };
            if let Some((known, first)) = part.get(first as usize)
                && known == key
            {
                later.push((*first, *row));
                break;
            }
            slot = (slot + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_with_the_first_that_has_their_key() {
        let (named, later) = repeats(&[7, 0, 9, 7, 1 << 63, 9, 0, 7]);
        assert_eq!((named, later), (6, vec![(0, 3), (2, 5), (0, 7)]));
        let many = (0..50_000_u64).map(|row| quick_hash(&(row % 10_000).to_le_bytes()));
        let (named, later) = repeats(&many.collect::<Vec<u64>>());
        assert_eq!((named, later.len()), (50_000, 40_000));
        assert!(later.iter().zip(10_000..).all(|((first, row), expected)| *row == expected && *first == row % 10_000));
        assert_eq!(repeats(&[]), (0, Vec::new()));
    }

    #[test]
    fn the_first_groups_are_shown_whatever_comes_first() {
        let later: Vec<(u32, u32)> = (0..40).map(|row| (39 - row % 20, 100 + row)).collect();
        let groups = first_groups(&later);
        assert_eq!(groups.keys().copied().collect::<Vec<_>>(), [20, 21, 22, 23, 24]);
        assert_eq!(groups[&20], [119, 139]);
    }
}
