//! What the rows of a list hold in some field, as numbers: equal texts have equal numbers, so that comparing and grouping
//! rows takes no text.

use crate::crm::{Field, FieldRef, LeadList};
use crate::table::Interner;

/// Stands for a row without a key.
pub(super) const NONE: u32 = u32::MAX;

/// A number for each row, by what it holds.
#[derive(Debug, Default)]
pub(super) struct Keys {
    of: Vec<u32>,
    texts: Interner,
}

impl Keys {
    /// The cells of one field as they are.
    pub(super) fn of(leads: &LeadList, field: Field) -> Self {
        let mut keys = Self::default();
        keys.read(leads, field, |text, out| out.push_str(text));
        keys
    }

    /// Gives rows that have no key yet that of a field; `form` writes the text under which a cell is known, if any.
    pub(super) fn read(&mut self, leads: &LeadList, field: Field, form: impl Fn(&str, &mut String)) {
        self.of.resize(leads.rows(), NONE);
        let column = leads.column_of(&FieldRef::Known(field)).and_then(|at| leads.table().columns().get(at));
        let Some(column) = column else { return };
        let (texts, mut out) = (&mut self.texts, String::new());
        let mut written = Interner::default();
        let mut keys = Vec::new();
        let mut key = |row: usize| {
            let text = column.text(row);
            // Addresses hardly repeat; of companies and sites each spelling is read once.
            let number = if field == Field::Email { None } else { written.number(text).map(|at| at as usize) };
            if let Some(known) = number.and_then(|number| keys.get(number)) {
                return *known;
            }
            out.clear();
            form(text, &mut out);
            let key = if out.is_empty() { NONE } else { texts.number(&out).unwrap_or(NONE) };
            if number.is_some() {
                keys.push(key);
            }
            key
        };
        // Where words repeat, each is read once.
        let words: Option<Vec<u32>> =
            column.words().is_some().then(|| column.cells().tally().into_iter().map(|(_, row)| key(row)).collect());
        for (row, slot) in self.of.iter_mut().enumerate().filter(|(_, slot)| **slot == NONE) {
            *slot = match &words {
                Some(words) => column.word(row).and_then(|word| words.get(word)).copied().unwrap_or(NONE),
                None => key(row),
            };
        }
    }

    /// The number of what a row holds.
    pub(super) fn key(&self, row: usize) -> Option<usize> {
        self.of.get(row).filter(|key| **key != NONE).map(|key| *key as usize)
    }

    /// What a row holds.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        self.key(row).map(|key| self.name(key))
    }

    /// The text of a number.
    pub(super) fn name(&self, key: usize) -> &str {
        self.texts.text(key)
    }

    /// How many different keys there are.
    pub(super) fn distinct(&self) -> usize {
        self.texts.len()
    }
}
