//! Which columns of two files hold the same things, found from what they hold.

use super::key::{JoinKey, Normaliser};
use crate::crm::fold::fold;
use crate::crm::{Binding, Field, Kind};
use crate::table::{Column, ColumnKind, Table, hash};
use std::collections::{HashMap, HashSet};

/// A file that takes part in a join.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) table: &'a Table,
    pub(crate) binding: &'a Binding,
    /// What the rows are, if the headers say so.
    pub(crate) kind: Option<Kind>,
}

/// What the rows that are looked for stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offers {
    /// Each for itself: a row that two of them fit belongs to none.
    Rows,
    /// For what they name, such as an owner of many deals.
    Groups,
}

/// Two columns to compare, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) key: JoinKey,
    /// Column of the file whose rows look for a partner.
    pub(crate) seeking: usize,
    /// Column of the file that has the partners.
    pub(crate) offering: usize,
}

/// What a column names, so that a person's number is never taken for a company's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    Person,
    Company,
    Deal,
    Rep,
    Product,
    Stage,
}

/// Words of one column at most that are looked up to see whether two columns hold the same.
const MOST_TRIED: usize = 4_096;

/// The comparisons worth making, in the order they are made: of each key the two columns that pair most rows.
pub(crate) fn find(
    seeking: Side<'_>,
    offering: Side<'_>,
    offers: Offers,
    normaliser: &Normaliser<'_>,
) -> Vec<Comparison> {
    let mut found: Vec<(u64, Comparison)> = Vec::new();
    for key in JoinKey::ALL {
        if key == JoinKey::Domain && !identities(seeking, offering, offers).contains(&Thing::Company) {
            // Two people of one company are not the same person.
            continue;
        }
        let mut candidates =
            Candidates { seeking, offering, offers, key, normaliser, sought: HashMap::new(), offered: HashMap::new() };
        // Columns that only happen to hold the same words are looked at where no others do.
        let best = candidates.best(&[Affinity::Header, Affinity::Meaning]);
        let best = best.or_else(|| candidates.best(&[Affinity::Content]));
        let Some((once, best)) = best else { continue };
        // Names may serve as ids: the same columns are compared once, the way that pairs more.
        match found.iter_mut().find(|(_, c)| (c.seeking, c.offering) == (best.seeking, best.offering)) {
            Some(same) if same.0 < once => *same = (once, best),
            Some(_) => {}
            None => found.push((once, best)),
        }
    }
    if found.is_empty() {
        // What was meant to belong together and does not is better told row by row.
        found.extend(
            JoinKey::ALL.into_iter().find_map(|key| meant(seeking, offering, offers, key)).map(|pair| (0, pair)),
        );
    }
    found.into_iter().map(|(_, comparison)| comparison).collect()
}

/// Two columns that name the same sort of thing, whatever they hold.
fn meant(seeking: Side<'_>, offering: Side<'_>, offers: Offers, key: JoinKey) -> Option<Comparison> {
    let same = |at: usize, offer: usize| {
        let (a, b) = (thing(seeking, at, key)?, thing(offering, offer, key)?);
        (a == b && identities(seeking, offering, offers).contains(&b)).then_some(Comparison {
            key,
            seeking: at,
            offering: offer,
        })
    };
    columns(seeking, key).find_map(|at| columns(offering, key).find_map(|offer| same(at, offer)))
}

/// The columns of two files under one key.
struct Candidates<'a> {
    seeking: Side<'a>,
    offering: Side<'a>,
    offers: Offers,
    key: JoinKey,
    normaliser: &'a Normaliser<'a>,
    sought: HashMap<usize, Option<Sought>>,
    offered: HashMap<usize, Option<Offered>>,
}

impl Candidates<'_> {
    /// The two columns that pair most rows, and how many of those tried; of columns
    /// that may hold the same things for one of these reasons.
    fn best(&mut self, reasons: &[Affinity]) -> Option<(u64, Comparison)> {
        let (seeking, offering, key, normaliser) = (self.seeking, self.offering, self.key, self.normaliser);
        let reasons = if self.offers == Offers::Groups { &[Affinity::Meaning][..] } else { reasons };
        let mut best: Option<(Found, Affinity, Comparison)> = None;
        for at in columns(seeking, key) {
            for offer in columns(offering, key) {
                let affinity = affinity(seeking, at, offering, offer, self.offers, key);
                let Some(affinity) = affinity.filter(|affinity| reasons.contains(affinity)) else { continue };
                let sought = self.sought.entry(at).or_insert_with(|| Sought::new(seeking, at, key, normaliser));
                let offered =
                    self.offered.entry(offer).or_insert_with(|| Offered::new(offering, offer, key, normaliser));
                let (Some(sought), Some(offered)) = (sought, offered) else { continue };
                let found = sought.found_in(offered);
                let most = sought.words.len().min(offered.rows_of.len());
                let ids = key != JoinKey::Id
                    || offered.looks_like_ids
                    || names_an_id(seeking, at) && names_an_id(offering, offer);
                let enough = match affinity {
                    Affinity::Meaning => found.words > 0,
                    Affinity::Header => found.words > 0 && offered.unique * 2 > offered.read,
                    Affinity::Content => {
                        ids && found.words >= 3 && found.words * 2 >= most && offered.unique * 10 >= offered.read * 9
                    }
                };
                let rank = |found: &Found, affinity| (found.once, affinity, found.rows);
                let better = best.as_ref().is_none_or(|(most, how, _)| rank(&found, affinity) > rank(most, *how));
                if enough && better {
                    best = Some((found, affinity, Comparison { key, seeking: at, offering: offer }));
                }
            }
        }
        best.map(|(found, _, comparison)| (found.once, comparison))
    }
}

/// Why two columns may hold the same things, the better reason last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Affinity {
    /// Only because their values are the same.
    Content,
    /// They have the same header.
    Header,
    /// They name the same sort of thing.
    Meaning,
}

/// Whether two columns may hold the same things at all.
fn affinity(
    seeking: Side<'_>,
    at: usize,
    offering: Side<'_>,
    offer: usize,
    offers: Offers,
    key: JoinKey,
) -> Option<Affinity> {
    let (a, b) = (thing(seeking, at, key), thing(offering, offer, key));
    if b.is_some_and(|b| !identities(seeking, offering, offers).contains(&b)) {
        return None;
    }
    if let (Some(a), Some(b)) = (a, b) {
        return (a == b).then_some(Affinity::Meaning);
    }
    if matches!(key, JoinKey::Domain | JoinKey::Email) {
        return Some(Affinity::Meaning);
    }
    let ids = names_an_id(seeking, at) || names_an_id(offering, offer);
    if key == JoinKey::Name && ids {
        return None;
    }
    let same = fold(header(seeking, at)) == fold(header(offering, offer));
    if same && (key != JoinKey::Id || ids) { Some(Affinity::Header) } else { Some(Affinity::Content) }
}

/// What a row of the file is: a match by anything else pairs rows that only have something in common.
fn identities(seeking: Side<'_>, side: Side<'_>, offers: Offers) -> &'static [Thing] {
    const ALL: &[Thing] = &[Thing::Company, Thing::Person, Thing::Deal, Thing::Rep, Thing::Product, Thing::Stage];
    if offers == Offers::Groups {
        return ALL;
    }
    let people = [Field::PersonId, Field::Email, Field::FullName, Field::LastName];
    let people = people.iter().any(|field| side.binding.column_of(*field).is_some());
    match side.kind {
        Some(Kind::Accounts) => &[Thing::Company],
        Some(Kind::Leads | Kind::Contacts) if people => &[Thing::Person],
        Some(Kind::Leads | Kind::Contacts) => &[Thing::Company],
        // What came of a lead is any deal with it; an activity, a change of stage belong to one deal.
        Some(Kind::Deals) if matches!(seeking.kind, Some(Kind::Leads | Kind::Contacts | Kind::Accounts)) => {
            &[Thing::Deal, Thing::Person, Thing::Company]
        }
        Some(Kind::Deals) => &[Thing::Deal],
        Some(Kind::Reps) => &[Thing::Rep],
        Some(Kind::Products) => &[Thing::Product],
        Some(Kind::Stages) => &[Thing::Stage],
        _ => ALL,
    }
}

/// What a column names by its field, in a file of that kind.
fn thing(side: Side<'_>, at: usize, key: JoinKey) -> Option<Thing> {
    let field = side.binding.field_of(at)?;
    let is = |kind| side.kind == Some(kind);
    let accounts = is(Kind::Accounts);
    match (key, field) {
        (JoinKey::Id, Field::PersonId) if accounts => Some(Thing::Company),
        (JoinKey::Id, Field::PersonId) if is(Kind::Stages) => Some(Thing::Stage),
        (JoinKey::Id, Field::PersonId) if is(Kind::Products) => Some(Thing::Product),
        (JoinKey::Id, Field::PersonId) => Some(Thing::Person),
        (JoinKey::Id, Field::AccountId) => Some(Thing::Company),
        (JoinKey::Id, Field::DealId) => Some(Thing::Deal),
        (JoinKey::Id, Field::RepId) => Some(Thing::Rep),
        (JoinKey::Name, Field::FullName) if accounts => Some(Thing::Company),
        (JoinKey::Name, Field::FullName) if is(Kind::Reps) => Some(Thing::Rep),
        (JoinKey::Name, Field::FullName | Field::Contact) => Some(Thing::Person),
        (JoinKey::Name, Field::Company | Field::Account) => Some(Thing::Company),
        (JoinKey::Name, Field::DealName) => Some(Thing::Deal),
        (JoinKey::Email, Field::Email) if is(Kind::Reps) => Some(Thing::Rep),
        (JoinKey::Email, Field::Email) => Some(Thing::Person),
        // Owners, stages and products are written as ids or as names, whichever the export has.
        (JoinKey::Id | JoinKey::Name | JoinKey::Email, Field::Owner) => Some(Thing::Rep),
        (JoinKey::Id | JoinKey::Name, Field::Product) => Some(Thing::Product),
        (JoinKey::Id | JoinKey::Name, Field::Stage) => Some(Thing::Stage),
        (JoinKey::Id | JoinKey::Name, Field::Status) if is(Kind::Stages) => Some(Thing::Stage),
        _ => None,
    }
}

fn header(side: Side<'_>, at: usize) -> &str {
    side.table.columns().get(at).map_or("", Column::name)
}

/// Whether a column is one of ids by its field or its header.
fn names_an_id(side: Side<'_>, at: usize) -> bool {
    const IDS: [Field; 6] =
        [Field::PersonId, Field::AccountId, Field::DealId, Field::RepId, Field::ActivityId, Field::ContractId];
    let folded = fold(header(side, at));
    let ends = ["id", "ids", "number", "key", "code", "guid", "uuid"];
    side.binding.field_of(at).is_some_and(|field| IDS.contains(&field)) || ends.iter().any(|end| folded.ends_with(end))
}

/// Columns that can be compared this way at all.
fn columns(side: Side<'_>, key: JoinKey) -> impl Iterator<Item = usize> + '_ {
    side.table
        .columns()
        .iter()
        .enumerate()
        .filter(move |(at, column)| {
            let bound = thing(side, *at, key).is_some();
            let fits = match (column.kind(), key) {
                (ColumnKind::Text, _) => true,
                (ColumnKind::Number(_), JoinKey::Id) => bound || names_an_id(side, *at),
                _ => false,
            };
            fits && (bound || column.distinct().0 > 1)
        })
        .map(|(at, _)| at)
}

/// A column whose rows are to be found, by the form of its words.
struct Offered {
    /// Rows by form: how many hold it.
    rows_of: HashMap<u64, u64>,
    /// Rows with a form.
    read: u64,
    /// Forms that stand in one row only.
    unique: u64,
    looks_like_ids: bool,
}

impl Offered {
    fn new(side: Side<'_>, at: usize, key: JoinKey, normaliser: &Normaliser<'_>) -> Option<Self> {
        let column = side.table.columns().get(at).filter(|column| is_plausible(column, key, normaliser))?;
        let mut rows_of: HashMap<u64, u64> = HashMap::new();
        let (mut filled, mut read, mut ids) = (0_u64, 0_u64, 0_u64);
        for (word, count) in tally(column) {
            filled += count;
            let Some(form) = normaliser.form(key, word) else { continue };
            read += count;
            let digit = form.bytes().any(|b| b.is_ascii_digit());
            ids += if digit && form.chars().count() >= 6 && !form.contains(' ') { count } else { 0 };
            *rows_of.entry(hash(form.as_bytes())).or_default() += count;
        }
        let unique = rows_of.values().filter(|rows| **rows == 1).count() as u64;
        (read * 2 > filled).then_some(Self { rows_of, read, unique, looks_like_ids: ids * 10 >= read * 9 })
    }
}

/// A column whose rows look for a partner, by the form of some of its words.
struct Sought {
    /// Form and rows of each different word, at most [`MOST_TRIED`] words.
    words: Vec<(u64, u64)>,
}

impl Sought {
    fn new(side: Side<'_>, at: usize, key: JoinKey, normaliser: &Normaliser<'_>) -> Option<Self> {
        let column = side.table.columns().get(at).filter(|column| is_plausible(column, key, normaliser))?;
        let mut seen = HashSet::new();
        let (mut filled, mut read, mut words) = (0_u64, 0_u64, Vec::new());
        // A file may be sorted: words are taken from all over it.
        let all: Vec<(&str, u64)> = tally(column).collect();
        let step = all.len().div_ceil(MOST_TRIED).max(1);
        for (word, count) in all.into_iter().step_by(step) {
            filled += count;
            let Some(form) = normaliser.form(key, word) else { continue };
            read += count;
            let form = hash(form.as_bytes());
            if seen.insert(form) {
                words.push((form, count));
            }
        }
        (read * 2 > filled).then_some(Self { words })
    }

    fn found_in(&self, offer: &Offered) -> Found {
        let mut found = Found::default();
        for (form, count) in &self.words {
            let Some(partners) = offer.rows_of.get(form) else { continue };
            found.words += 1;
            found.rows += count;
            found.once += if *partners == 1 { *count } else { 0 };
        }
        found
    }
}

/// What one column finds in another.
#[derive(Default)]
struct Found {
    /// Rows with one partner.
    once: u64,
    /// Rows with one or more.
    rows: u64,
    /// Different words with one or more.
    words: usize,
}

/// Whether at least a quarter of a hundred words or so have a form of this sort: most columns hold no addresses.
fn is_plausible(column: &Column, key: JoinKey, normaliser: &Normaliser<'_>) -> bool {
    const TRIED: usize = 100;
    if matches!(key, JoinKey::Id | JoinKey::Name) {
        return true;
    }
    let words = column.cells().words();
    let step = words.len().div_ceil(TRIED).max(1);
    let tried = (0..words.len()).step_by(step).map(|at| column.present(words.get(at))).filter(|word| !word.is_empty());
    let (all, read) =
        tried.fold((0, 0), |(all, read), word| (all + 1, read + usize::from(normaliser.form(key, word).is_some())));
    read * 4 >= all
}

/// The different words of a column that are not missing, each with the number of rows; all rows where words do not
/// repeat.
fn tally(column: &Column) -> impl Iterator<Item = (&str, u64)> {
    let counts = column.cells().tally();
    let words = column.cells().words().iter().zip(counts);
    words.map(|(word, (count, _))| (column.present(word), count)).filter(|(word, count)| !word.is_empty() && *count > 0)
}
