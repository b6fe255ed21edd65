//! Which leads are of one account: by the account's id, else by domain, else by the company's name.
//!
//! A row that states less than another joins it where that leaves no doubt: a row with a domain only belongs to the one
//! account whose rows have that domain, a row with a name only to the one account of that name.

use crate::crm::join::{JoinKey, Normaliser};
use crate::crm::{Field, FieldRef, LeadList};
use crate::table::Column;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The account of each row. Which rows belong together does not depend on their order; the numbers do.
#[derive(Debug, Clone)]
pub(crate) struct Accounts {
    of: Vec<u32>,
    /// What each account goes by, such as its domain.
    keys: Vec<(JoinKey, String)>,
}

/// Accounts that share a domain or a name, and may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Twins {
    /// What they share: a domain, else a name.
    pub(crate) by: JoinKey,
    /// The form in which it is compared.
    pub(crate) text: String,
    /// The accounts, at least two.
    pub(crate) accounts: BTreeSet<usize>,
}

const NONE: u32 = u32::MAX;

/// What rows state of their account: id, domain and company's name in the form in which they are compared.
pub(crate) struct Stated<'a> {
    ids: Keys<'a>,
    domains: Keys<'a>,
    emails: Keys<'a>,
    names: Keys<'a>,
}

impl<'a> Stated<'a> {
    pub(crate) fn of(leads: &'a LeadList) -> Self {
        let normaliser = Normaliser::new(leads.dialects());
        let keys =
            |field: Field, key: JoinKey| Keys::of(leads, field, |text| normaliser.form(key, text).unwrap_or_default());
        Self {
            ids: keys(Field::AccountId, JoinKey::Id),
            domains: keys(Field::Domain, JoinKey::Domain),
            emails: keys(Field::Email, JoinKey::Domain),
            names: keys(Field::Company, JoinKey::Name),
        }
    }

    /// The domain of the web address, else of an e-mail address that is no private one.
    pub(crate) fn domain(&self, row: usize) -> Option<&str> {
        self.domains.key(row).or_else(|| self.emails.key(row))
    }
}

impl Accounts {
    pub(crate) fn of(leads: &LeadList) -> Self {
        Self::by(leads, &Stated::of(leads))
    }

    /// As [`of`](Self::of), where what rows state is known already.
    pub(crate) fn by(leads: &LeadList, stated: &Stated<'_>) -> Self {
        let mut accounts = Self { of: vec![NONE; leads.rows()], keys: Vec::new() };
        let (mut of_domain, mut of_name) = (HashMap::new(), HashMap::new());
        // Those who state most come first, so that the others can join them.
        accounts.place(leads.rows(), JoinKey::Id, |row| stated.ids.key(row), &HashMap::new());
        for row in 0..leads.rows() {
            accounts.learn(&mut of_domain, stated.domain(row), row);
            accounts.learn(&mut of_name, stated.names.key(row), row);
        }
        accounts.place(leads.rows(), JoinKey::Domain, |row| stated.domain(row), &of_domain);
        for row in 0..leads.rows() {
            accounts.learn(&mut of_name, stated.names.key(row), row);
        }
        accounts.place(leads.rows(), JoinKey::Name, |row| stated.names.key(row), &of_name);
        accounts
    }

    /// Gives rows that have none yet the one account known by their key, else an account of all rows with that key.
    fn place<'k>(
        &mut self,
        rows: usize,
        by: JoinKey,
        key: impl Fn(usize) -> Option<&'k str>,
        known: &HashMap<&'k str, u32>,
    ) {
        let mut own: HashMap<&str, u32> = HashMap::new();
        for row in (0..rows).filter(|row| self.of.get(*row) == Some(&NONE)).collect::<Vec<_>>() {
            let Some(key) = key(row) else { continue };
            let account = match known.get(key).copied().filter(|account| *account != NONE) {
                Some(account) => account,
                None => *own.entry(key).or_insert_with(|| {
                    self.keys.push((by, key.to_owned()));
                    self.keys.len() as u32 - 1
                }),
            };
            if let Some(slot) = self.of.get_mut(row) {
                *slot = account;
            }
        }
    }

    /// Notes that a placed row's account has this key; a key of two accounts decides nothing.
    fn learn<'k>(&self, known: &mut HashMap<&'k str, u32>, key: Option<&'k str>, row: usize) {
        let (Some(key), Some(&account)) = (key, self.of.get(row).filter(|account| **account != NONE)) else { return };
        known.entry(key).and_modify(|other| *other = if *other == account { account } else { NONE }).or_insert(account);
    }

    /// Accounts that share a domain, and those that share a name and no domain.
    pub(crate) fn twins(&self, leads: &LeadList, stated: &Stated<'_>) -> Vec<Twins> {
        let mut first: HashMap<(JoinKey, &str), usize> = HashMap::new();
        let mut shared: BTreeMap<(JoinKey, &str), BTreeSet<usize>> = BTreeMap::new();
        for row in 0..leads.rows() {
            let Some(account) = self.account(row) else { continue };
            for (by, key) in [(JoinKey::Domain, stated.domain(row)), (JoinKey::Name, stated.names.key(row))] {
                let Some(key) = key else { continue };
                let first = *first.entry((by, key)).or_insert(account);
                if first != account {
                    shared.entry((by, key)).or_insert_with(|| BTreeSet::from([first])).insert(account);
                }
            }
        }
        let mut twins: Vec<Twins> = Vec::new();
        let mut of_account: HashMap<usize, Vec<usize>> = HashMap::new();
        for ((by, text), accounts) in shared {
            // Whatever holds all of them holds the first of them.
            let near = accounts.first().and_then(|account| of_account.get(account)).into_iter().flatten();
            if near.filter_map(|at| twins.get(*at)).any(|known| accounts.is_subset(&known.accounts)) {
                continue;
            }
            for account in &accounts {
                of_account.entry(*account).or_default().push(twins.len());
            }
            twins.push(Twins { by, text: text.to_owned(), accounts });
        }
        twins
    }

    /// Number of accounts.
    pub(crate) fn count(&self) -> usize {
        self.keys.len()
    }

    /// What each account goes by.
    pub(crate) fn keys(&self) -> &[(JoinKey, String)] {
        &self.keys
    }

    /// The row's account, from 0.
    pub(crate) fn account(&self, row: usize) -> Option<usize> {
        self.of.get(row).filter(|account| **account != NONE).map(|account| *account as usize)
    }
}

/// A column's values as keys, worked out once per distinct word where words repeat.
struct Keys<'a> {
    column: Option<&'a Column>,
    by_word: bool,
    keys: Vec<String>,
}

impl<'a> Keys<'a> {
    fn of(leads: &'a LeadList, field: Field, read: impl Fn(&str) -> String) -> Self {
        let column = leads.column_of(&FieldRef::Known(field)).and_then(|at| leads.table().columns().get(at));
        let Some(cells) = column else { return Self { column: None, by_word: false, keys: Vec::new() } };
        let by_word = cells.words().is_some();
        let keys = if by_word {
            cells.cells().tally().into_iter().map(|(_, row)| read(cells.text(row))).collect()
        } else {
            (0..leads.rows()).map(|row| read(cells.text(row))).collect()
        };
        Self { column, by_word, keys }
    }

    fn key(&self, row: usize) -> Option<&str> {
        let at = if self.by_word { self.column?.word(row)? } else { row };
        self.keys.get(at).map(String::as_str).filter(|key| !key.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::Mapping;
    use crate::table::{ReadOptions, Table};

    fn accounts(csv: &str) -> Vec<Option<usize>> {
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
        let accounts = Accounts::of(&leads);
        (0..leads.rows()).map(|row| accounts.account(row)).collect()
    }

    #[test]
    fn id_then_domain_then_name() {
        let found = accounts(
            "Account ID,Website,Company,Email\n\
             7,acme.com,Acme,\n\
             ,https://www.acme.com/about,Acme Inc.,\n\
             ,,ACME,jo@gmail.com\n\
             ,,Bolt,ann@bolt.io\n\
             ,,Bolt GmbH,\n\
             ,,,zoe@yahoo.co.uk\n",
        );
        assert_eq!(found, [Some(0), Some(0), Some(0), Some(1), Some(1), None]);
    }

    #[test]
    fn rows_belong_together_in_whatever_order_they_stand() {
        let rows = [",bolt.io,Bolt", ",bolt.com,Bolt", ",,Bolt", ",,Bolt Inc.", "9,,Core", ",core.ai,Core", ",,CORE"];
        let together = |order: &[usize]| {
            let csv: String = order.iter().map(|at| format!("{}\n", rows[*at])).collect();
            let found = accounts(&format!("Account ID,Website,Company\n{csv}"));
            let mut groups: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            for (place, at) in order.iter().enumerate() {
                groups.entry(found[place].unwrap()).or_default().insert(*at);
            }
            groups.into_values().collect::<BTreeSet<_>>()
        };
        let sets = |sets: &[&[usize]]| sets.iter().map(|one| one.iter().copied().collect()).collect::<BTreeSet<_>>();
        let expected = sets(&[&[0], &[1], &[2, 3], &[4], &[5], &[6]]);
        for order in [[0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0], [2, 1, 6, 0, 4, 3, 5]] {
            assert_eq!(together(&order), expected);
        }
    }

    #[test]
    fn accounts_that_may_be_one_are_named() {
        let csv =
            "Account ID,Website,Company\n7,acme.com,Acme\n8,acme.com,Acme Ltd\n9,,Bolt\n,bolt.io,Bolt\n,core.ai,Core\n";
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
        let twins = Accounts::of(&leads).twins(&leads, &Stated::of(&leads));
        let told: Vec<_> = twins.iter().map(|twins| (twins.by, twins.text.as_str(), twins.accounts.len())).collect();
        assert_eq!(told, [(JoinKey::Domain, "acme.com", 2), (JoinKey::Name, "bolt", 2)]);
    }

    #[test]
    fn a_name_that_two_accounts_share_joins_neither() {
        let found = accounts("Account ID,Company\n7,Delta\n8,Delta\n,Delta\n");
        assert_eq!(found, [Some(0), Some(1), Some(2)]);
    }
}
