//! What the people on the buyer's side, the grade of the lead, and where dates decide product, owner and segment say of a deal's
//! chance: measured on closed deals, shrunk.
//!
//! All are known as the file has them now, not as they were; so they say *which* of the open deals are won more often, and
//! only where closed deals differ by more than chance. The backtest, which must not know what came later, does without.

use super::fit::{GROUPINGS, Z, gain, strength};
use crate::crm::{Deal, DealStatus, Field, Pipeline};
use crate::model::fold;
use crate::stats::gamma_quantile;
use std::collections::BTreeMap;

/// Log-likelihood that a grouping must gain before it is used: a likelihood ratio of e³, as for the hazards' factors.
const NEEDED_GAIN: f64 = 3.0;
/// Most levels of a grade, and most products, owners or segments.
const MOST_LEVELS: usize = 12;
const MOST_GROUPS: usize = 1_000;
/// Levels that are named; of more the lowest and the highest.
const NAMED: usize = 4;
/// Shares are not taken as surer than this, in either direction.
const SUREST: f64 = 0.98;
/// Headers that hold a lead's grade, folded.
const GRADES: [&str; 4] = ["leadcast grade", "lead grade", "fit grade", "grade"];

/// What is added to the logit of each deal's chance.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Effects {
    by_key: BTreeMap<u64, f64>,
    /// Of product, owner and segment, beside.
    by_group: BTreeMap<u64, f64>,
    /// What was measured, one sentence each.
    pub(super) told: Vec<String>,
}

impl Effects {
    /// Measures on the deals that had closed by the day at which they stand.
    pub(super) fn new(pipeline: &Pipeline, deals: &[Deal]) -> Self {
        let mut effects = Self::default();
        let people = |row: usize| {
            let count = pipeline.column(Field::ContactsCount)?.number(row)?;
            Some(
                if count < 2.0 {
                    "at most one person"
                } else if count < 4.0 {
                    "2 or 3 people"
                } else {
                    "4 people or more"
                }
                .to_owned(),
            )
        };
        let table = pipeline.table();
        let grades = GRADES.iter().find_map(|name| table.columns().iter().find(|column| fold(column.name()) == *name));
        let grade = |row: usize| {
            let letter = grades?.text(row).trim().chars().next().filter(char::is_ascii_alphanumeric)?;
            Some(format!("grade {}", letter.to_ascii_uppercase()))
        };
        for (what, of) in [
            ("people on the buyer's side change", &people as &dyn Fn(usize) -> Option<String>),
            ("the grade of the lead changes", &grade),
        ] {
            let found = effects.measure(deals, what, MOST_LEVELS, &|deal| of(deal.row));
            found.into_iter().for_each(|(key, by)| *effects.by_key.entry(key).or_default() += by);
        }
        effects
    }

    /// The same of product, owner and segment, each on what is told before it: for where dates decide. Hazards have factors of
    /// their own.
    pub(super) fn by_group(mut self, deals: &[Deal]) -> Self {
        for (at, name) in GROUPINGS.into_iter().enumerate() {
            let level = |deal: &Deal| {
                let level = [&deal.product, &deal.owner, &deal.segment][at].trim();
                (!level.is_empty()).then(|| level.to_owned())
            };
            let found = self.measure(deals, &format!("{name} changes"), MOST_GROUPS, &level);
            found.into_iter().for_each(|(key, by)| *self.by_group.entry(key).or_default() += by);
        }
        self
    }

    /// # Formula
    /// Levels ~ Gamma(κ, κ) times the share won of all, κ the most likely: s = S·(w + κ)/(n·S + κ) of n closed deals, w won; added
    /// is logit s − logit S. What was added before counts: S is then the share that a level's deals let expect. Deals without a level are
    /// as all are.
    fn measure(
        &mut self,
        deals: &[Deal],
        what: &str,
        most: usize,
        level: &dyn Fn(&Deal) -> Option<String>,
    ) -> Vec<(u64, f64)> {
        let levels: Vec<Option<String>> = deals.iter().map(level).collect();
        let mut counts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for (deal, level) in deals.iter().zip(&levels) {
            let Some(level) = level.as_deref().filter(|_| !deal.is_open()) else { continue };
            let count = counts.entry(level).or_default();
            count.0 += f64::from(u8::from(deal.status == DealStatus::Won));
            count.1 += 1.0;
        }
        let (won, closed) = counts.values().fold((0.0, 0.0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        if counts.len() < 2 || counts.len() > most || won <= 0.0 || won >= closed {
            return Vec::new();
        }
        let share = won / closed;
        let mut expected: BTreeMap<&str, f64> = BTreeMap::new();
        let mut known: Vec<(u64, &str)> = deals
            .iter()
            .zip(&levels)
            .filter_map(|(deal, level)| Some((deal.key, level.as_deref().filter(|_| !deal.is_open())?)))
            .collect();
        // Summed in the order of the keys: no row order may change a bit.
        known.sort_unstable();
        for (key, level) in known {
            *expected.entry(level).or_default() += self.of_all(key, share);
        }
        // What was told before tells which deals are won, not how many.
        let scale = won / expected.values().sum::<f64>();
        let cells: Vec<(f64, f64)> =
            counts.values().zip(expected.values()).map(|((won, _), expected)| (*won, expected * scale)).collect();
        let k = strength(&cells, None);
        if gain(&cells, k) < NEEDED_GAIN {
            return Vec::new();
        }
        let closed_of = counts.values().map(|(_, closed)| *closed);
        let shares = cells.iter().zip(closed_of).map(|((n, e), closed)| (e / closed, e / closed * (n + k) / (e + k)));
        let shrunk: BTreeMap<&str, (f64, f64)> = counts.keys().copied().zip(shares).collect();
        let added = deals.iter().zip(&levels).filter_map(|(deal, level)| {
            let (expected, own) = shrunk.get(level.as_deref()?)?;
            Some((deal.key, logit(*own) - logit(*expected)))
        });
        let added = added.collect();
        // What a level multiplies the share by is Gamma(w + κ, expected + κ).
        let ends = cells.iter().zip(&shrunk).map(|((n, e), (level, (expected, _)))| {
            let at = |z: f64| (expected * gamma_quantile(n + k, z) / (e + k)).clamp(0.0, 1.0);
            (*level, [at(-Z), at(Z)])
        });
        let ends: BTreeMap<&str, [f64; 2]> = ends.collect();
        let say = |level: &str, share: f64| {
            let [low, high] = ends.get(level).copied().unwrap_or_default().map(|share| 100.0 * share);
            format!("{level} {:.0} % ({low:.0} to {high:.0})", 100.0 * share)
        };
        let mut named: Vec<(&str, f64)> = shrunk.iter().map(|(level, (_, own))| (*level, *own)).collect();
        let parts = if named.len() <= NAMED {
            named.iter().map(|(level, share)| say(level, *share)).collect::<Vec<_>>().join(", ")
        } else {
            named.sort_by(|a, b| a.1.total_cmp(&b.1));
            let [low, .., high] = named.as_slice() else { return Vec::new() };
            format!("from {} to {}", say(low.0, low.1), say(high.0, high.1))
        };
        // Of a level of usual size: what was seen of it, against what all deals together add.
        let decides = if closed * share / counts.len() as f64 > k { "the file decides" } else { "mostly as all deals" };
        self.told.push(format!(
            "{what} how often deals are won (n = {closed:.0} closed deals, shrunk to all; {decides}): {parts}; 95 % intervals in brackets"
        ));
        added
    }

    /// A chance as people and grade have it for this deal; 0 and 1 stay.
    pub(super) fn of(&self, key: u64, p: f64) -> f64 {
        moved(p, self.by_key.get(&key).copied().unwrap_or(0.0))
    }

    /// The same as product, owner and segment have it too.
    pub(super) fn of_all(&self, key: u64, p: f64) -> f64 {
        let own = |by: &BTreeMap<u64, f64>| by.get(&key).copied().unwrap_or(0.0);
        moved(p, own(&self.by_key) + own(&self.by_group))
    }
}

/// A chance with something added to its logit; 0 and 1 stay.
fn moved(p: f64, by: f64) -> f64 {
    if by != 0.0 && p > 0.0 && p < 1.0 { 1.0 / (1.0 + libm::exp(-(libm::log(p / (1.0 - p)) + by))) } else { p }
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(1.0 - SUREST, SUREST);
    libm::log(p / (1.0 - p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::Mapping;
    use crate::money::Currency;
    use crate::table::{ReadOptions, Table};

    /// Closed deals: (people, won, lost); and an open one of each number of people.
    fn effects(closed: &[(u32, usize, usize)]) -> (Effects, Vec<(u32, u64)>) {
        let mut csv = "Deal Id,Stage,Amount,Created Date,Close Date,Number of Contacts,Lead Grade\n".to_owned();
        let mut id = 0;
        let mut open = Vec::new();
        for &(people, won, lost) in closed {
            let stages = std::iter::repeat_n("Closed Won", won).chain(std::iter::repeat_n("Closed Lost", lost));
            for stage in stages.chain(["Proposal"]) {
                csv += &format!("{id},{stage},100,2026-01-05,2026-02-01,{people},B2\n");
                id += 1;
            }
            open.push((people, id - 1));
        }
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let pipeline = crate::crm::Pipeline::from_table(table, &Mapping::default()).unwrap();
        assert!(pipeline.column(Field::ContactsCount).is_some());
        let deals = pipeline.as_of(crate::calendar::Date::from_ymd(2026, 3, 1), Currency::USD).deals;
        let open = open.into_iter().map(|(people, id)| (people, deals[id].key)).collect();
        (Effects::new(&pipeline, &deals), open)
    }

    #[test]
    fn none_one_and_twenty_closed_deals_change_nothing_without_evidence() {
        for closed in [vec![(1, 0, 0), (4, 0, 0)], vec![(1, 0, 0), (4, 1, 0)], vec![(1, 3, 7), (4, 4, 6)]] {
            let (effects, open) = effects(&closed);
            assert!(effects.told.is_empty(), "{closed:?}");
            assert!(open.iter().all(|(_, key)| effects.of(*key, 0.3) == 0.3));
        }
    }

    /// Closed deals of owners in segments: (owner, segment, won, lost); and an open one of each.
    fn by_group(closed: &[(&str, &str, usize, usize)]) -> (Effects, Vec<u64>) {
        let mut csv = "Deal Id,Stage,Amount,Created Date,Close Date,Owner,Segment\n".to_owned();
        let (mut id, mut open) = (0, Vec::new());
        for (owner, segment, won, lost) in closed {
            let stages = std::iter::repeat_n("Closed Won", *won).chain(std::iter::repeat_n("Closed Lost", *lost));
            for stage in stages.chain(["Proposal"]) {
                csv += &format!("{id},{stage},100,2026-01-05,2026-02-01,{owner},{segment}\n");
                id += 1;
            }
            open.push(id - 1);
        }
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let pipeline = crate::crm::Pipeline::from_table(table, &Mapping::default()).unwrap();
        let deals = pipeline.as_of(crate::calendar::Date::from_ymd(2026, 3, 1), Currency::USD).deals;
        let effects = Effects::new(&pipeline, &deals).by_group(&deals);
        (effects, open.into_iter().map(|id| deals[id].key).collect())
    }

    #[test]
    fn owners_who_differ_are_told_apart_and_their_segment_is_not_counted_twice() {
        // Each owner has a segment of their own: what the one tells the other does not tell again.
        let (effects, open) = by_group(&[("Ann", "East", 120, 80), ("Ben", "West", 30, 170), ("Cy", "West", 1, 1)]);
        let [ann, ben, new] = [0, 1, 2].map(|at| effects.of_all(open[at], 152.0 / 402.0));
        assert!(
            (0.55..0.6).contains(&ann) && (0.15..0.19).contains(&ben) && (0.25..0.5).contains(&new),
            "{ann} {ben} {new}"
        );
        assert_eq!(effects.told.len(), 1, "{:?}", effects.told);
        assert!(effects.told[0].starts_with(
            "owner changes how often deals are won (n = 402 closed deals, shrunk to all; the file decides): Ann 5"
        ));
        let (effects, open) = by_group(&[("Ann", "East", 80, 120), ("Ben", "West", 76, 124)]);
        assert_eq!((effects.told.len(), effects.of_all(open[0], 0.3)), (0, 0.3));
    }

    #[test]
    fn a_measured_effect_is_shrunk_moves_the_odds_and_leaves_certainty() {
        let (effects, open) = effects(&[(1, 20, 180), (2, 60, 140), (5, 120, 80)]);
        let at = |people: u32| open.iter().find(|(count, _)| *count == people).unwrap().1;
        let [few, some, many] = [1, 2, 5].map(|people| effects.of(at(people), 1.0 / 3.0));
        // The shares are 10, 30 and 60 % of 33 %: shrunk, they lie between.
        assert!(
            few > 0.10 && few < 0.15 && some > 0.295 && some < 0.33 && many > 0.5 && many < 0.6,
            "{few} {some} {many}"
        );
        assert_eq!((effects.of(at(5), 0.0), effects.of(at(5), 1.0)), (0.0, 1.0));
        assert_eq!(effects.of(12_345, 0.4), 0.4);
        // All leads have one grade: it tells nothing.
        assert_eq!(effects.told.len(), 1);
        assert!(
            effects.told[0]
                .starts_with("people on the buyer's side change how often deals are won (n = 600 closed deals")
        );
    }
}
