//! Which leads are of one account: by the account's id, else by domain, else by the company's name.
//!
//! A row that states less than another joins it where that leaves no doubt: a row with a domain only belongs to the one
//! account whose rows have that domain, a row with a name only to the one account of that name.

use super::keys::{Keys, NONE};
use crate::crm::join::{JoinKey, Normaliser};
use crate::crm::{Field, LeadList};
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

/// Stands for an account where rows of several have the same key.
const SEVERAL: u32 = NONE - 1;

/// What rows state of their account: id, domain and company's name in the form in which they are compared.
#[derive(Debug)]
pub(crate) struct Stated {
    ids: Keys,
    domains: Keys,
    names: Keys,
}

impl Stated {
    pub(crate) fn of(leads: &LeadList) -> Self {
        let normaliser = Normaliser::new(leads.dialects());
        let read = |keys: &mut Keys, field, key: JoinKey| {
            keys.read(leads, field, |text, out| {
                // What has no form may have been written in part.
                if !normaliser.write_form(key, text, out) {
                    out.clear();
                }
            });
        };
        let (mut ids, mut domains, mut names) = (Keys::default(), Keys::default(), Keys::default());
        read(&mut ids, Field::AccountId, JoinKey::Id);
        // The web address first: an e-mail address speaks where there is none.
        read(&mut domains, Field::Domain, JoinKey::Domain);
        read(&mut domains, Field::Email, JoinKey::Domain);
        read(&mut names, Field::Company, JoinKey::Name);
        Self { ids, domains, names }
    }

    /// The domain of the web address, else of an e-mail address that is no private one.
    pub(crate) fn domain(&self, row: usize) -> Option<&str> {
        self.domains.text(row)
    }
}

impl Accounts {
    pub(crate) fn of(leads: &LeadList) -> Self {
        Self::by(leads, &Stated::of(leads))
    }

    /// As [`of`](Self::of), where what rows state is known already.
    pub(crate) fn by(leads: &LeadList, stated: &Stated) -> Self {
        let mut accounts = Self { of: vec![NONE; leads.rows()], keys: Vec::new() };
        // Those who state most come first, so that the others can join them.
        accounts.place(JoinKey::Id, &stated.ids, &[]);
        let of_domain = accounts.known_by(&stated.domains);
        accounts.place(JoinKey::Domain, &stated.domains, &of_domain);
        let of_name = accounts.known_by(&stated.names);
        accounts.place(JoinKey::Name, &stated.names, &of_name);
        accounts
    }

    /// Gives rows that have none yet the one account known by their key, else an account of all rows with that key.
    fn place(&mut self, by: JoinKey, keys: &Keys, known: &[u32]) {
        let mut own = vec![NONE; keys.distinct()];
        for (row, slot) in self.of.iter_mut().enumerate().filter(|(_, account)| **account == NONE) {
            let Some(key) = keys.key(row) else { continue };
            *slot = match (known.get(key).filter(|account| **account < SEVERAL), own.get_mut(key)) {
                (Some(account), _) => *account,
                (None, Some(own)) => {
                    if *own == NONE {
                        self.keys.push((by, keys.name(key).to_owned()));
                        *own = self.keys.len() as u32 - 1;
                    }
                    *own
                }
                (None, None) => NONE,
            };
        }
    }

    /// The account of the placed rows with each key; [`SEVERAL`] where they are of more than one.
    fn known_by(&self, keys: &Keys) -> Vec<u32> {
        let mut known = vec![NONE; keys.distinct()];
        for (row, account) in self.of.iter().enumerate().filter(|(_, account)| **account != NONE) {
            if let Some(slot) = keys.key(row).and_then(|key| known.get_mut(key)) {
                *slot = if *slot == NONE || slot == account { *account } else { SEVERAL };
            }
        }
        known
    }

    /// Accounts that share a domain, and those that share a name and no domain.
    pub(crate) fn twins(&self, stated: &Stated) -> Vec<Twins> {
        let mut shared: BTreeMap<(JoinKey, &str), BTreeSet<usize>> = BTreeMap::new();
        for (by, keys) in [(JoinKey::Domain, &stated.domains), (JoinKey::Name, &stated.names)] {
            let known = self.known_by(keys);
            let of_several = |key: &usize| known.get(*key) == Some(&SEVERAL);
            for row in 0..self.of.len() {
                if let (Some(account), Some(key)) = (self.account(row), keys.key(row).filter(of_several)) {
                    shared.entry((by, keys.name(key))).or_default().insert(account);
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
        let twins = Accounts::of(&leads).twins(&Stated::of(&leads));
        let told: Vec<_> = twins.iter().map(|twins| (twins.by, twins.text.as_str(), twins.accounts.len())).collect();
        assert_eq!(told, [(JoinKey::Domain, "acme.com", 2), (JoinKey::Name, "bolt", 2)]);
    }

    #[test]
    fn a_name_that_two_accounts_share_joins_neither() {
        let found = accounts("Account ID,Company\n7,Delta\n8,Delta\n,Delta\n");
        assert_eq!(found, [Some(0), Some(1), Some(2)]);
    }
}
