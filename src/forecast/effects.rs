//! What the people on the buyer's side and the grade of the lead say of a deal's chance: measured on closed deals, shrunk.
//!
//! Both are known as the file has them now, not as they were; so they say *which* of the open deals are won more often, and
//! only where closed deals differ by more than chance. The backtest, which must not know what came later, does without.

use super::fit::{gain, strength};
use crate::crm::{Deal, DealStatus, Field, Pipeline};
use crate::model::fold;
use std::collections::BTreeMap;

/// Log-likelihood that a grouping must gain before it is used: a likelihood ratio of e³, as for the hazards' factors.
const NEEDED_GAIN: f64 = 3.0;
/// Most levels of a grade.
const MOST_LEVELS: usize = 12;
/// Shares are not taken as surer than this, in either direction.
const SUREST: f64 = 0.98;
/// Headers that hold a lead's grade, folded.
const GRADES: [&str; 4] = ["leadcast grade", "lead grade", "fit grade", "grade"];

/// What is added to the logit of each deal's chance.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Effects {
    by_key: BTreeMap<u64, f64>,
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
        effects.measure(deals, "people on the buyer's side", &people);
        effects.measure(deals, "the grade of the lead", &grade);
        effects
    }

    /// # Formula
    /// Levels ~ Gamma(κ, κ) times the share won of all, κ the most likely: s = S·(w + κ)/(n·S + κ) of n closed deals, w won; added
    /// is logit s − logit S. Deals without a level are as all are.
    fn measure(&mut self, deals: &[Deal], what: &str, level: &dyn Fn(usize) -> Option<String>) {
        let levels: Vec<Option<String>> = deals.iter().map(|deal| level(deal.row)).collect();
        let mut counts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for (deal, level) in deals.iter().zip(&levels) {
            let Some(level) = level.as_deref().filter(|_| !deal.is_open()) else { continue };
            let count = counts.entry(level).or_default();
            count.0 += f64::from(u8::from(deal.status == DealStatus::Won));
            count.1 += 1.0;
        }
        let (won, closed) = counts.values().fold((0.0, 0.0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        if counts.len() < 2 || counts.len() > MOST_LEVELS || won <= 0.0 || won >= closed {
            return;
        }
        let share = won / closed;
        let cells: Vec<(f64, f64)> = counts.values().map(|(won, closed)| (*won, closed * share)).collect();
        let k = strength(&cells, None);
        if gain(&cells, k) < NEEDED_GAIN {
            return;
        }
        let shrunk: BTreeMap<&str, f64> =
            counts.keys().zip(&cells).map(|(level, (n, e))| (*level, share * (n + k) / (e + k))).collect();
        for (deal, level) in deals.iter().zip(&levels) {
            if let Some(own) = level.as_deref().and_then(|level| shrunk.get(level)) {
                *self.by_key.entry(deal.key).or_default() += logit(*own) - logit(share);
            }
        }
        let parts: Vec<String> =
            shrunk.iter().map(|(level, share)| format!("{level} {:.0} %", 100.0 * share)).collect();
        self.told.push(format!(
            "{what} change how often deals are won ({closed:.0} closed deals, shrunk to all): {}",
            parts.join(", ")
        ));
    }

    /// A chance as it is for this deal; 0 and 1 stay.
    pub(super) fn of(&self, key: u64, p: f64) -> f64 {
        match self.by_key.get(&key) {
            Some(by) if p > 0.0 && p < 1.0 => 1.0 / (1.0 + libm::exp(-(libm::log(p / (1.0 - p)) + by))),
            _ => p,
        }
    }
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
            effects.told[0].starts_with("people on the buyer's side change how often deals are won (600 closed deals")
        );
    }
}
