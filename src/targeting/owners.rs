//! Who has an account already: the file's owner column, a file of accounts, and the owners of the account's other leads.

use super::account::Accounts;
use super::route::Seat;
use crate::crm::{Field, FieldRef, LeadList};
use crate::model::{AccountOwner, Routing, fold};
use crate::stats::Ordered;
use std::collections::BTreeMap;

/// The owners that a file names, and who has which lead's account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Owners {
    /// As the file spells them first.
    names: Vec<String>,
    /// The seats that the owner has in the model's pools.
    seats: Vec<Vec<Seat>>,
    /// By row; `NONE` where nobody has the account.
    of: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Owners {
    /// The owners of a list, as far as routing asks for them. Rows for which `used` is false do not count.
    pub(crate) fn of(leads: &LeadList, routing: &Routing, used: impl Fn(usize) -> bool) -> Self {
        if routing.account_owner == AccountOwner::Off || routing.pools.is_empty() {
            return Self::default();
        }
        let own = leads.column_of(&FieldRef::Known(Field::Owner)).and_then(|at| leads.table().columns().get(at));
        let mut owners = Self::default();
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let mut stated = [own, leads.account_owner_column()].map(|column| {
            let mut stated = vec![NONE; leads.rows()];
            let Some(column) = column else { return stated };
            for (row, slot) in stated.iter_mut().enumerate().filter(|(row, _)| used(*row)) {
                *slot = owners.named(column.text(row), routing, &mut known);
            }
            stated
        });
        if !owners.names.is_empty() {
            let [own, of_account] = &mut stated;
            let rolled_up = roll_up(leads, own);
            let firsts = own.iter().zip(of_account).map(|(own, account)| if *own == NONE { *account } else { *own });
            owners.of = firsts.zip(rolled_up).map(|(first, other)| if first == NONE { other } else { first }).collect();
        }
        owners
    }

    /// The owner of that name; [`NONE`] for a blank and for who does not count.
    fn named(&mut self, text: &str, routing: &Routing, known: &mut BTreeMap<String, u32>) -> u32 {
        if text.is_empty() {
            return NONE;
        }
        let name = fold(text);
        if let Some(at) = known.get(&name) {
            return *at;
        }
        let seats = seats(routing, &name);
        let anyone = routing.account_owner == AccountOwner::Anyone && !stands_for_nobody(&name);
        let at = if seats.is_empty() && !anyone { NONE } else { self.add(text, seats) };
        known.insert(name, at);
        at
    }

    fn add(&mut self, name: &str, seats: Vec<Seat>) -> u32 {
        self.names.push(name.to_owned());
        self.seats.push(seats);
        self.names.len() as u32 - 1
    }

    /// Who has the row's account.
    pub(crate) fn owner(&self, row: usize) -> Option<u32> {
        self.of.get(row).copied().filter(|owner| *owner != NONE)
    }

    /// The owner's name as the file spells it.
    pub(crate) fn name(&self, owner: u32) -> Option<&str> {
        self.names.get(owner as usize).map(String::as_str)
    }

    /// The owner's seats in the model's pools.
    pub(crate) fn seats(&self, owner: u32) -> &[Seat] {
        self.seats.get(owner as usize).map_or(&[], Vec::as_slice)
    }
}

/// The owner that most rows of the row's account name, equal ones by name of the owner.
fn roll_up(leads: &LeadList, stated: &[u32]) -> Vec<u32> {
    let accounts = Accounts::of(leads);
    let mut counts: Vec<BTreeMap<u32, u64>> = vec![BTreeMap::new(); accounts.count()];
    for (row, owner) in stated.iter().enumerate().filter(|(_, owner)| **owner != NONE) {
        if let Some(tally) = accounts.account(row).and_then(|account| counts.get_mut(account)) {
            *tally.entry(*owner).or_insert(0) += 1;
        }
    }
    let owner_column = leads.column_of(&FieldRef::Known(Field::Owner)).and_then(|at| leads.table().columns().get(at));
    let first_rows: BTreeMap<u32, usize> = stated.iter().enumerate().rev().map(|(row, owner)| (*owner, row)).ordered();
    // The order of the file must not decide, so equal counts go by the folded name.
    let name = |owner: &u32| {
        let row = first_rows.get(owner).copied().unwrap_or(0);
        owner_column.map_or(String::new(), |column| fold(column.text(row)))
    };
    let of_account: Vec<u32> = counts
        .iter()
        .map(|tally| {
            let most = tally.values().max().copied().unwrap_or(0);
            tally.iter().filter(|(_, count)| **count == most).map(|(owner, _)| *owner).min_by_key(name).unwrap_or(NONE)
        })
        .collect();
    (0..leads.rows())
        .map(|row| accounts.account(row).and_then(|at| of_account.get(at).copied()).unwrap_or(NONE))
        .collect()
}

fn seats(routing: &Routing, name: &str) -> Vec<Seat> {
    let pools = routing.pools.iter().enumerate();
    let members = pools.flat_map(|(at, pool)| pool.members.iter().enumerate().map(move |(m, member)| (at, m, member)));
    members
        .filter(|(.., member)| fold(&member.name) == name)
        .filter_map(|(pool, member, _)| {
            Some(Seat { pool: u16::try_from(pool).ok()?, member: u16::try_from(member).ok()? })
        })
        .collect()
}

/// Queues and machines that own records until a person does.
fn stands_for_nobody(name: &str) -> bool {
    const WORDS: [&str; 9] =
        ["queue", "unassigned", "none", "nobody", "no owner", "integration", "system", "api", "admin"];
    WORDS.iter().any(|word| name.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word) || name == *word)
}
