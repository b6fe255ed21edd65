//! Which leads are of one account: by the account's id, else by domain, else by the company's name.
//!
//! A row that states less than another joins it where that leaves no doubt: a row with a domain only belongs to the one
//! account whose rows have that domain, a row with a name only to the one account of that name.

use crate::crm::join::{JoinKey, Normaliser};
use crate::crm::{Field, FieldRef, LeadList};
use crate::table::Column;
use std::collections::BTreeMap;

/// The account of each row.
#[derive(Debug, Clone)]
pub(crate) struct Accounts {
    of: Vec<u32>,
    count: u32,
}

const NONE: u32 = u32::MAX;

impl Accounts {
    pub(crate) fn of(leads: &LeadList) -> Self {
        let normaliser = Normaliser::new(leads.dialects());
        let keys =
            |field: Field, key: JoinKey| Keys::of(leads, field, |text| normaliser.form(key, text).unwrap_or_default());
        let ids = keys(Field::AccountId, JoinKey::Id);
        let domains = keys(Field::Domain, JoinKey::Domain);
        let emails = keys(Field::Email, JoinKey::Domain);
        let names = keys(Field::Company, JoinKey::Name);
        let mut accounts = Self { of: vec![NONE; leads.rows()], count: 0 };
        let (mut by_id, mut by_domain, mut by_name) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        // Those who state most come first, so that the others can join them.
        for stated in 0..3 {
            for row in 0..leads.rows() {
                let id = ids.key(row);
                let domain = domains.key(row).or_else(|| emails.key(row));
                let name = names.key(row);
                let rank = match (id, domain, name) {
                    (Some(_), ..) => 0,
                    (None, Some(_), _) => 1,
                    (None, None, Some(_)) => 2,
                    (None, None, None) => continue,
                };
                if rank != stated {
                    continue;
                }
                let known = match rank {
                    0 => id.and_then(|id| by_id.get(id).copied()),
                    1 => domain.and_then(|domain| by_domain.get(domain).copied()),
                    _ => name.and_then(|name| by_name.get(name).copied()),
                };
                let account = known.filter(|account| *account != NONE).unwrap_or_else(|| accounts.next());
                if let Some(slot) = accounts.of.get_mut(row) {
                    *slot = account;
                }
                if let Some(id) = id {
                    by_id.insert(id.to_owned(), account);
                }
                for (map, key) in [(&mut by_domain, domain), (&mut by_name, name)] {
                    let Some(key) = key else { continue };
                    match map.get_mut(key) {
                        // Two accounts share it: it decides nothing from here on, unless it is all that a row states.
                        Some(known) if *known != account => *known = if rank == 0 { NONE } else { *known },
                        Some(_) => {}
                        None => {
                            map.insert(key.to_owned(), account);
                        }
                    }
                }
            }
        }
        accounts
    }

    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }

    /// Number of accounts.
    pub(crate) fn count(&self) -> usize {
        self.count as usize
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
    fn a_name_that_two_accounts_share_joins_neither() {
        let found = accounts("Account ID,Company\n7,Delta\n8,Delta\n,Delta\n");
        assert_eq!(found, [Some(0), Some(1), Some(2)]);
    }
}
