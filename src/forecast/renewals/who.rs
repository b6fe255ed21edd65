//! Which company a contract or a deal is of: by its id where both sides state one, else by its name.

use super::Contract;
use crate::crm::Dialects;
use crate::crm::join::{JoinKey, Normaliser};
use std::collections::{BTreeMap, BTreeSet};

/// What a row states of its company, in the forms in which they are compared; empty where it states nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) id: String,
    pub(super) name: String,
}

/// Brings companies into the forms in which they are compared.
pub(super) struct Companies<'a> {
    normaliser: Normaliser<'a>,
    /// Names met before, with their forms.
    known: BTreeMap<String, String>,
    /// Ids of the contracts' companies.
    ids: BTreeSet<String>,
    /// Whether the deals name companies by the same ids: another system's say nothing.
    shared: bool,
}

impl<'a> Companies<'a> {
    pub(super) fn new<'t>(
        dialects: &'a Dialects,
        contracts: &[Contract],
        mut deal_ids: impl Iterator<Item = &'t str>,
    ) -> Self {
        let normaliser = Normaliser::new(dialects);
        let id = |text: &str| normaliser.form(JoinKey::Id, text);
        let ids: BTreeSet<String> = contracts.iter().filter_map(|contract| id(&contract.account_id)).collect();
        let shared = !ids.is_empty() && deal_ids.any(|text| id(text).is_some_and(|id| ids.contains(&id)));
        Self { normaliser, known: BTreeMap::new(), ids, shared }
    }

    /// Whose contract it is.
    pub(super) fn of_contract(&mut self, contract: &Contract) -> Who {
        let id = self.normaliser.form(JoinKey::Id, &contract.account_id).unwrap_or_default();
        Who { id, name: self.name(&contract.account) }
    }

    /// Whose deal it is.
    pub(super) fn of_deal(&mut self, id: &str, name: &str) -> Who {
        let id = if self.shared { self.normaliser.form(JoinKey::Id, id).unwrap_or_default() } else { String::new() };
        // A deal may name its company by the id alone, in the column of the name.
        let written = if id.is_empty() { self.normaliser.form(JoinKey::Id, name) } else { None };
        Who { id: written.filter(|id| self.ids.contains(id)).unwrap_or(id), name: self.name(name) }
    }

    fn name(&mut self, text: &str) -> String {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let form = self.normaliser.form(JoinKey::Name, text).unwrap_or_default();
        self.known.insert(text.to_owned(), form.clone());
        form
    }
}

/// Things found by the company they are of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ByCompany<T> {
    by_id: BTreeMap<String, Vec<T>>,
    /// Those that state no id, and all of them.
    by_name: BTreeMap<String, (Vec<T>, Vec<T>)>,
}

impl<T> Default for ByCompany<T> {
    fn default() -> Self {
        Self { by_id: BTreeMap::new(), by_name: BTreeMap::new() }
    }
}

impl<T: Clone> ByCompany<T> {
    pub(super) fn add(&mut self, who: &Who, thing: T) {
        if !who.name.is_empty() {
            let (without, all) = self.by_name.entry(who.name.clone()).or_default();
            if who.id.is_empty() {
                without.push(thing.clone());
            }
            all.push(thing.clone());
        }
        if !who.id.is_empty() {
            self.by_id.entry(who.id.clone()).or_default().push(thing);
        }
    }

    /// Those of a company: of its id, and those of its name that state no id; where it has none itself, all of its name.
    pub(super) fn of(&self, who: &Who) -> impl Iterator<Item = &T> {
        let same_id = self.by_id.get(&who.id).filter(|_| !who.id.is_empty());
        let named = self.by_name.get(&who.name).filter(|_| !who.name.is_empty());
        let same_name = named.map(|(without, all)| if who.id.is_empty() { all } else { without });
        same_id.into_iter().chain(same_name).flatten()
    }
}

/// The number of each company: rows that state a name alone are of the one company of that name that has an id, if it is one.
pub(super) fn numbers<'w>(all: impl Iterator<Item = &'w Who> + Clone) -> Vec<Option<usize>> {
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for who in all.clone().filter(|who| !who.id.is_empty() && !who.name.is_empty()) {
        ids.entry(&who.name).or_default().insert(&who.id);
    }
    let mut known: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    let number = |who: &'w Who| {
        let of_name = ids.get(who.name.as_str()).filter(|ids| ids.len() == 1).and_then(|ids| ids.first().copied());
        let id = if who.id.is_empty() { of_name } else { Some(who.id.as_str()) };
        let key = (id.is_some(), id.unwrap_or(&who.name));
        if key.1.is_empty() {
            return None;
        }
        let next = known.len();
        Some(*known.entry(key).or_insert(next))
    };
    all.map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(id: &str, name: &str) -> Who {
        Who { id: id.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn ids_win_over_names_and_a_name_alone_joins_the_one_company_of_it() {
        let all = [who("1", "acme"), who("2", "acme"), who("1", "acmenew"), who("3", "bolt"), who("", "bolt")];
        assert_eq!(numbers(all.iter()), [Some(0), Some(1), Some(0), Some(2), Some(2)]);
        let all = [who("", "acme"), who("1", "acme"), who("2", "acme"), who("", ""), who("", "acme")];
        assert_eq!(numbers(all.iter()), [Some(0), Some(1), Some(2), None, Some(0)]);
    }

    #[test]
    fn things_are_found_by_id_else_by_name() {
        let mut found = ByCompany::default();
        for (thing, who) in [who("1", "acme"), who("2", "acme"), who("", "acme"), who("", "")].iter().enumerate() {
            found.add(who, thing);
        }
        let of = |id: &str, name: &str| found.of(&who(id, name)).copied().collect::<Vec<usize>>();
        assert_eq!(of("1", "acme"), [0, 2]);
        assert_eq!(of("2", "other"), [1]);
        assert_eq!(of("", "acme"), [0, 1, 2]);
        assert_eq!(of("9", "acme"), [2]);
        assert_eq!(of("", ""), [0_usize; 0]);
    }
}
