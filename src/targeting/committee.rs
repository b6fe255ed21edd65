//! Accounts and their buying committees: people rolled up to accounts, the roles they play, who is missing, and how
//! engaged the account is as a whole.
//!
//! Rows of one e-mail address or name within an account are one person. An account's fit is that of its best row, its
//! engagement that of all its people, each weighted by role, with less and less added by each further one. Nothing
//! depends on the order of the rows.

use super::account::{Accounts, Stated, Twins};
use super::keys::Keys;
use super::roles::{ROLE_FIELDS, RoleClaim, Roles, blocks};
use super::scored::ScoredLeads;
use crate::crm::join::{JoinKey, Normaliser};
use crate::crm::{Field, FieldRef, LeadList};
use crate::model::{Grade, Points, fold};
use crate::stats::{Arrange, Ordered};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The accounts of a scored list.
#[derive(Debug, Clone)]
pub struct AccountList {
    /// By what they go by: ids first, then domains, then names, each in alphabetical order.
    accounts: Vec<Account>,
    placed: [u64; 3],
    unplaced: u64,
    role_fields: Vec<Field>,
    unknown_roles: BTreeMap<String, u64>,
    twins: Vec<Twins>,
}

/// One account.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Account {
    /// What its rows have in common: an id, else a domain, else a name.
    pub by: JoinKey,
    /// The same in the form in which it is compared.
    pub key: String,
    /// As most of its rows write it: the company, else the domain, else the id.
    pub name: String,
    /// The domain that most of its rows have; empty if none has one.
    pub domain: String,
    /// Its rows in the file, in the order of their content.
    pub rows: Vec<usize>,
    /// Its people, by role, then by engagement.
    pub people: Vec<Person>,
    /// The row that speaks for the account: of those that are not ruled out the one with the most fit.
    pub best: usize,
    /// The best row's fit.
    pub fit: Option<Points>,
    /// Of all people together, 0 to the axis' cap; `None` if engagement cannot be evaluated for any.
    pub engagement: Option<Points>,
    /// Both as a grade.
    pub grade: Grade,
    /// Why all its rows are ruled out.
    pub disqualified: Option<String>,
    /// Seats that the model's committee requires and that are filled; `None` if the file says nothing of roles, or the
    /// model requires none.
    pub seats: Option<Seats>,
    /// Required roles without enough people, in the model's order.
    pub missing: Vec<MissingRole>,
    /// What stands out.
    pub flags: Vec<AccountFlag>,
    /// Days since anyone was last active.
    pub last_touch_days: Option<u32>,
}

/// Seats of a buying committee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// Required seats with somebody on them who is not ruled out.
    pub filled: u32,
    /// Required seats, at least one.
    pub required: u32,
}

/// A required role that an account has not enough people for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingRole {
    /// Index of the role in the model's committee.
    pub role: usize,
    /// How many are missing.
    pub people: u32,
    /// People who may have the role, but not surely enough to count.
    pub perhaps: u32,
}

/// A person of an account.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Person {
    /// The row that speaks for the person: the most engaged one.
    pub row: usize,
    /// Further rows of the same person.
    pub repeats: Vec<usize>,
    /// The roles, in the model's order.
    pub roles: Vec<RoleClaim>,
    /// Weight in the account's engagement: the largest of the roles that count; without one 1, or the committee's
    /// largest if that is less.
    pub weight: f64,
    /// Engagement; `None` if it cannot be evaluated, or the person is ruled out.
    pub engagement: Option<Points>,
    /// Whether a knock-out rules every row of the person out: then nobody can be won over here.
    pub ruled_out: bool,
    /// Days since the person was last active.
    pub last_touch_days: Option<u32>,
}

impl Person {
    /// Whether the person has a seat of a role of the model's committee: surely enough, and not ruled out.
    #[must_use]
    pub fn fills(&self, role: usize) -> bool {
        !self.ruled_out && self.has(role, true)
    }

    /// Whether the person is taken for a role, surely enough to count or not.
    fn has(&self, role: usize, surely: bool) -> bool {
        self.roles.iter().any(|claim| claim.role == role && claim.counts() == surely)
    }

    /// Whether the person shows any interest.
    #[must_use]
    pub fn is_engaged(&self) -> bool {
        self.engagement.is_some_and(|points| points > Points::ZERO)
    }
}

/// What stands out about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum AccountFlag {
    /// Only one person is known, or all others are ruled out, or only one of several is engaged.
    SingleThreaded,
    /// Somebody's role is to stand in the way.
    Blocker,
    /// Rows of several owners.
    SeveralOwners,
    /// Somebody is there more than once.
    RepeatedPeople,
    /// Shares a domain or a name with another account.
    PossibleDuplicate,
    /// Every row is ruled out.
    Disqualified,
}

impl AccountFlag {
    /// Each of them.
    pub const ALL: [Self; 6] = [
        Self::SingleThreaded,
        Self::Blocker,
        Self::SeveralOwners,
        Self::RepeatedPeople,
        Self::PossibleDuplicate,
        Self::Disqualified,
    ];
}

impl AccountList {
    /// The accounts, by what they go by.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Rows that were placed by an id, by a domain, by a name.
    #[must_use]
    pub fn placed(&self) -> [u64; 3] {
        self.placed
    }

    /// Rows of no account: they state no id, no domain other than a private one, and no company.
    #[must_use]
    pub fn unplaced(&self) -> u64 {
        self.unplaced
    }

    /// The fields of the file that say something about roles.
    #[must_use]
    pub fn role_fields(&self) -> &[Field] {
        &self.role_fields
    }

    /// Fields that would say something about roles and are not in the file.
    #[must_use]
    pub fn absent_role_fields(&self) -> Vec<Field> {
        ROLE_FIELDS.into_iter().filter(|field| !self.role_fields.contains(field)).collect()
    }

    /// Stated roles that the model does not have, with their rows.
    #[must_use]
    pub fn unknown_roles(&self) -> &BTreeMap<String, u64> {
        &self.unknown_roles
    }

    /// Accounts that share a domain, or else a name, and may be one: what they share and their places in the list.
    pub fn duplicates(&self) -> impl Iterator<Item = (JoinKey, &str, Vec<usize>)> {
        self.twins.iter().map(|twins| (twins.by, twins.text.as_str(), twins.accounts.iter().copied().collect()))
    }
}

impl ScoredLeads {
    /// Rolls the list up to accounts with their buying committees.
    ///
    /// # Formula
    /// Engagement of an account: `cap · (1 − Π (1 − eᵢ / capᵢ)^(wᵢ / w))` over its people, with the role's weight `wᵢ`
    /// and the largest weight `w` of the committee: one person of the heaviest role gives what they are engaged, a
    /// further one closes part of what is left. `eᵢ` has faded by the model's decay already.
    #[must_use]
    pub fn accounts(&self) -> AccountList {
        let leads = self.leads();
        let stated = Stated::of(leads);
        let accounts = Accounts::by(leads, &stated);
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); accounts.count()];
        let mut unplaced = 0;
        for row in (0..self.rows()).filter(|row| self.is_used(*row)) {
            match accounts.account(row).and_then(|account| rows.get_mut(account)) {
                Some(rows) => rows.push(row),
                None => unplaced += 1,
            }
        }
        let mut order: Vec<usize> =
            (0..accounts.count()).filter(|at| rows.get(*at).is_some_and(|r| !r.is_empty())).collect();
        order.arrange_by(|a, b| accounts.keys().get(*a).cmp(&accounts.keys().get(*b)));
        let mut places = vec![None; accounts.count()];
        for (place, at) in order.iter().enumerate() {
            if let Some(slot) = places.get_mut(*at) {
                *slot = Some(place);
            }
        }
        let mut twins: Vec<Twins> = accounts.twins(&stated);
        for twins in &mut twins {
            twins.accounts = twins.accounts.iter().filter_map(|at| places.get(*at).copied().flatten()).collect();
        }
        twins.retain(|twins| twins.accounts.len() > 1);
        let twinned: BTreeSet<usize> = twins.iter().flat_map(|twins| twins.accounts.iter().copied()).collect();
        let mut roles = Roles::new(leads, self.model().committee());
        let mut builder = Builder {
            leads: self,
            addresses: addresses(leads),
            stated: &stated,
            says_roles: !roles.fields().is_empty(),
            last_touch: self.last_touches(),
        };
        let mut placed = [0; 3];
        let mut all = Vec::with_capacity(order.len());
        for (place, at) in order.into_iter().enumerate() {
            let (Some((by, key)), Some(rows)) = (accounts.keys().get(at), rows.get_mut(at).map(std::mem::take)) else {
                continue;
            };
            let slot = match by {
                JoinKey::Id => 0,
                JoinKey::Domain => 1,
                _ => 2,
            };
            placed[slot] += rows.len() as u64;
            let mut account = builder.account(*by, key, rows, &mut roles);
            if twinned.contains(&place) {
                account.flags.push(AccountFlag::PossibleDuplicate);
                account.flags.arrange();
            }
            all.push(account);
        }
        let role_fields = roles.fields();
        AccountList { accounts: all, placed, unplaced, role_fields, unknown_roles: roles.unknown, twins }
    }

    /// Whether the row names a person.
    fn is_person(&self, row: usize) -> bool {
        const FIELDS: [Field; 6] =
            [Field::PersonId, Field::FullName, Field::FirstName, Field::LastName, Field::Email, Field::Title];
        FIELDS.iter().any(|field| !self.text(*field, row).is_empty())
    }

    /// Days from the last activity of each row to the as-of day.
    fn last_touches(&self) -> Vec<Option<u32>> {
        let column =
            self.leads().column_of(&FieldRef::Known(Field::LastActivity)).and_then(|at| self.columns().get(at));
        let days = |row: usize| {
            let as_of = self.as_of().date()?;
            let stated = column.and_then(|column| column.date(row));
            let known = self.leads().activities(row).iter().map(|activity| activity.date);
            let last = stated.into_iter().chain(known).filter(|date| *date <= as_of).max()?;
            u32::try_from(as_of.days_since(last)).ok()
        };
        (0..self.rows()).map(days).collect()
    }
}

/// What tells one person of an account from another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who<'a> {
    Address(usize),
    Name(&'a str),
    Nobody(usize),
}

fn addresses(leads: &LeadList) -> Keys {
    let normaliser = Normaliser::new(leads.dialects());
    let mut addresses = Keys::default();
    addresses.read(leads, Field::Email, |text, out| {
        // What is no address may have been written in part.
        if !normaliser.write_form(JoinKey::Email, text, out) {
            out.clear();
        }
    });
    addresses
}

struct Builder<'a> {
    leads: &'a ScoredLeads,
    /// E-mail addresses in the form in which they are compared.
    addresses: Keys,
    stated: &'a Stated,
    says_roles: bool,
    /// Days since each row was last active.
    last_touch: Vec<Option<u32>>,
}

impl Builder<'_> {
    fn account(&mut self, by: JoinKey, key: &str, mut rows: Vec<usize>, roles: &mut Roles<'_>) -> Account {
        let leads = self.leads;
        if rows.len() > 1 {
            // The first cell mostly decides, and looking it up once each costs less than at every comparison.
            let first = |row: usize| leads.columns().first().map_or("", |column| column.text(row));
            let mut keyed: Vec<(&str, usize)> = rows.iter().map(|row| (first(*row), *row)).collect();
            keyed.arrange_by(|a, b| a.0.cmp(b.0).then_with(|| cells(leads, a.1).cmp(cells(leads, b.1))));
            rows = keyed.into_iter().map(|(_, row)| row).collect();
        }
        let people = self.people(&rows, roles);
        let is_out = |row: &usize| leads.disqualified(*row).is_some();
        let disqualified =
            rows.iter().all(is_out).then(|| most(rows.iter().filter_map(|row| leads.disqualified(*row))));
        // Rows stand by their content, so the first of equals is the same in any order of the file.
        let standing = rows.iter().filter(|row| disqualified.is_some() || !is_out(row));
        let best = standing
            .copied()
            .reduce(|best, row| if leads.fit(row) > leads.fit(best) { row } else { best })
            .unwrap_or(0);
        let (fit, engagement) = (leads.fit(best), self.engagement(best, &people));
        let domain = most(rows.iter().filter_map(|row| self.domain(*row)));
        let company = most(rows.iter().map(|row| leads.text(Field::Company, *row)).filter(|text| !text.is_empty()));
        let (seats, missing) = self.seats(&people);
        let mut account = Account {
            by,
            key: key.to_owned(),
            name: [company, domain.clone(), key.to_owned()]
                .into_iter()
                .find(|name| !name.is_empty())
                .unwrap_or_default(),
            domain,
            best,
            fit,
            engagement,
            grade: leads.icp(best).grades.grade(fit, engagement),
            disqualified,
            seats,
            missing,
            flags: Vec::new(),
            last_touch_days: self.newest_touch(&rows),
            rows,
            people,
        };
        account.flags = AccountFlag::ALL.into_iter().filter(|flag| self.stands_out(&account, *flag)).collect();
        account
    }

    fn newest_touch(&self, rows: &[usize]) -> Option<u32> {
        rows.iter().filter_map(|row| *self.last_touch.get(*row)?).min()
    }

    /// The distinct people of an account's rows.
    fn people(&self, rows: &[usize], roles: &mut Roles<'_>) -> Vec<Person> {
        let leads = self.leads;
        let has_address = |row: usize| self.addresses.key(row).is_some();
        let persons = rows.iter().copied().filter(|row| has_address(*row) || leads.is_person(*row));
        // Names count only beside rows without an address.
        let named = !rows.iter().all(|row| has_address(*row));
        let persons: Vec<(usize, Option<usize>, String)> = persons
            .map(|row| (row, self.addresses.key(row), if named { self.full_name(row) } else { String::new() }))
            .collect();
        let mut known: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (_, address, name) in persons.iter().filter(|(.., name)| !name.is_empty()) {
            known.entry(name).or_default().extend(address);
        }
        let mut same: BTreeMap<Who<'_>, Vec<usize>> = BTreeMap::new();
        for (place, (_, address, name)) in persons.iter().enumerate() {
            // A name that one address has alone is that person's; without name and address a row is its own.
            let alone = known.get(name.as_str()).filter(|addresses| addresses.len() == 1);
            let who = match address.or_else(|| alone?.first().copied()) {
                Some(address) => Who::Address(address),
                None if !name.is_empty() => Who::Name(name),
                None => Who::Nobody(place),
            };
            same.entry(who).or_default().push(place);
        }
        // Rows stand by their content, and so do people of one role and engagement.
        let ranked = |places: Vec<usize>| {
            let rows: Vec<usize> = places.iter().filter_map(|place| Some(persons.get(*place)?.0)).collect();
            let own = rows.clone();
            let person = self.person(rows, roles);
            let place = places.into_iter().zip(own).find(|(_, row)| *row == person.row).map(|(place, _)| place);
            ((person.roles.first().map_or(usize::MAX, |claim| claim.role), Reverse(person.engagement), place), person)
        };
        let mut people: Vec<_> = same.into_values().map(ranked).collect();
        people.arrange_by(|a, b| a.0.cmp(&b.0));
        people.into_iter().map(|(_, person)| person).collect()
    }

    fn person(&self, rows: Vec<usize>, roles: &mut Roles<'_>) -> Person {
        let leads = self.leads;
        let engagement = |row: &usize| leads.engagement(*row).filter(|_| leads.disqualified(*row).is_none());
        let first = rows.first().copied().unwrap_or(0);
        let row =
            rows.iter().copied().fold(first, |best, row| if engagement(&row) > engagement(&best) { row } else { best });
        let heaviest = self.heaviest();
        let mut claims: Vec<RoleClaim> = Vec::new();
        for row in &rows {
            for claim in roles.of(*row) {
                match claims.iter_mut().find(|known| known.role == claim.role) {
                    Some(known) if claim.confidence > known.confidence => *known = claim.clone(),
                    Some(_) => {}
                    None => claims.push(claim.clone()),
                }
            }
        }
        // What one row states, another row's title does not make doubtful again.
        if claims.iter().any(|claim| claim.confidence >= 1.0) {
            claims.retain(|claim| claim.confidence >= 1.0);
        }
        claims.arrange_by_key(|claim| claim.role);
        let committee = &self.leads.model().committee().roles;
        let weights = claims.iter().filter(|claim| claim.counts()).filter_map(|claim| committee.get(claim.role));
        let weight = weights.map(|role| role.weight).max_by(f64::total_cmp).unwrap_or(heaviest.min(1.0));
        Person {
            engagement: engagement(&row),
            ruled_out: rows.iter().all(|row| leads.disqualified(*row).is_some()),
            last_touch_days: self.newest_touch(&rows),
            repeats: rows.into_iter().filter(|other| *other != row).collect(),
            row,
            roles: claims,
            weight,
        }
    }

    /// The largest weight of the committee's roles; 1 without roles.
    fn heaviest(&self) -> f64 {
        let roles = &self.leads.model().committee().roles;
        roles.iter().map(|role| role.weight).max_by(f64::total_cmp).unwrap_or(1.0)
    }

    fn engagement(&self, best: usize, people: &[Person]) -> Option<Points> {
        let heaviest = self.heaviest();
        let mut left: Vec<f64> = people
            .iter()
            .filter_map(|person| {
                let cap = self.leads.icp(person.row).engagement.cap.as_f64();
                let share = (person.engagement?.as_f64() / cap).clamp(0.0, 1.0);
                Some(libm::pow(1.0 - share, person.weight / heaviest))
            })
            .collect();
        if left.is_empty() {
            // A file of companies: what it says of the company itself.
            return self.leads.engagement(best).filter(|_| people.is_empty());
        }
        // Multiplied in the order of size, so that the order of the rows does not show in the last digit.
        left.sort_by(f64::total_cmp);
        let cap = self.leads.icp(best).engagement.cap.as_f64();
        Some(Points::from_f64(cap * (1.0 - left.iter().product::<f64>())))
    }

    fn seats(&self, people: &[Person]) -> (Option<Seats>, Vec<MissingRole>) {
        let roles = &self.leads.model().committee().roles;
        let required: u32 = roles.iter().map(|role| role.required).sum();
        if !self.says_roles || required == 0 || people.is_empty() {
            return (None, Vec::new());
        }
        // Of an account that is ruled out as a whole the committee is as it is.
        let all_out = people.iter().all(|person| person.ruled_out);
        let standing = || people.iter().filter(move |person| all_out || !person.ruled_out);
        let (mut filled, mut missing) = (0, Vec::new());
        for (at, role) in roles.iter().enumerate() {
            let of = |surely: bool| standing().filter(|person| person.has(at, surely)).count();
            let have = u32::try_from(of(true)).unwrap_or(u32::MAX).min(role.required);
            filled += have;
            if have < role.required {
                let perhaps = u32::try_from(of(false)).unwrap_or(u32::MAX);
                missing.push(MissingRole { role: at, people: role.required - have, perhaps });
            }
        }
        (Some(Seats { filled, required }), missing)
    }

    fn stands_out(&self, account: &Account, flag: AccountFlag) -> bool {
        let people = &account.people;
        match flag {
            AccountFlag::SingleThreaded => {
                let standing = people.iter().filter(|person| !person.ruled_out).count();
                people.len() == 1 || standing == 1 || people.iter().filter(|person| person.is_engaged()).count() == 1
            }
            AccountFlag::Blocker => people.iter().any(|person| self.blocks(person)),
            AccountFlag::SeveralOwners => {
                let owners = account.rows.iter().map(|row| self.leads.text(Field::Owner, *row));
                let written: BTreeSet<&str> = owners.filter(|owner| !owner.is_empty()).ordered();
                let folded = || written.iter().map(|owner| fold(owner)).collect::<BTreeSet<_>>();
                written.len() > 1 && folded().iter().filter(|owner| !owner.is_empty()).count() > 1
            }
            AccountFlag::RepeatedPeople => people.iter().any(|person| !person.repeats.is_empty()),
            AccountFlag::Disqualified => account.disqualified.is_some(),
            // Told once all accounts are known.
            AccountFlag::PossibleDuplicate => false,
        }
    }

    fn blocks(&self, person: &Person) -> bool {
        let roles = &self.leads.model().committee().roles;
        let claims = person.roles.iter().filter(|claim| claim.counts());
        claims.filter_map(|claim| roles.get(claim.role)).any(blocks)
    }

    fn domain(&self, row: usize) -> Option<&str> {
        self.stated.domain(row)
    }

    fn full_name(&self, row: usize) -> String {
        let part = |field| self.leads.text(field, row);
        let full = part(Field::FullName);
        let both = format!("{} {}", part(Field::FirstName), part(Field::LastName));
        fold(if full.is_empty() { &both } else { full })
    }
}

/// The text that stands most often, the first in the alphabet of equally frequent ones.
fn most<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut texts = texts.peekable();
    let Some(first) = texts.next() else { return String::new() };
    // Mostly they are all the same.
    let same = std::iter::from_fn(|| texts.next_if_eq(&first)).count() as u64;
    let mut counts = BTreeMap::from([(first, 1 + same)]);
    for text in texts {
        *counts.entry(text).or_insert(0) += 1;
    }
    let most = counts.values().max().copied();
    counts.into_iter().find(|(_, count)| Some(*count) == most).map(|(text, _)| text.to_owned()).unwrap_or_default()
}

/// What a row holds, column by column.
fn cells(leads: &ScoredLeads, row: usize) -> impl Iterator<Item = &str> {
    leads.columns().iter().map(move |column| column.text(row))
}
