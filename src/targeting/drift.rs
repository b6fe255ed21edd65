//! Whether those who come, qualify, buy and stay are still those whom the profile describes.

use super::definitions::Definition;
use super::learn::{Examples, LearnOptions};
use super::score::axis_fields;
use super::scored::ScoredLeads;
use super::words;
use crate::crm::FieldRef;
use crate::model::fold;
use crate::random::{Sampler, StreamKey};
use crate::stats::{Arrange, Ordered};
use crate::table::{Column, ColumnKind};
use std::collections::BTreeMap;

/// How far groups of leads are from the profile as it is written, field by field.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DriftReport {
    /// The groups that are compared, with their sizes; groups without a lead are left out.
    pub groups: Vec<DriftGroup>,
    /// Fields of the fit axis that the file has, in the model's order.
    pub fields: Vec<FieldDrift>,
    /// Groups that could not be told, each with the reason.
    pub notes: Vec<String>,
}

/// A group of leads.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DriftGroup {
    /// Which one.
    pub group: DriftGroupName,
    /// Leads in it.
    pub leads: u64,
}

/// The groups of leads that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum DriftGroupName {
    /// Leads that the profile as written calls a good fit: grade A or B.
    Written,
    /// All leads.
    Leads,
    /// Leads that meet the definition of an MQL.
    Mql,
    /// Leads that were won: by the definition of closed-won, else by the file's outcome.
    Won,
    /// Leads that were won and have not churned.
    Retained,
}

/// How one field is spread over the groups.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FieldDrift {
    /// The field as the model names it.
    pub field: String,
    /// The field as people say it.
    pub label: String,
    /// Each comparison of two groups.
    pub comparisons: Vec<DriftComparison>,
}

/// One group against another.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DriftComparison {
    /// The group that is the measure.
    pub base: DriftGroupName,
    /// The group that is compared with it.
    pub group: DriftGroupName,
    /// Population stability index, 0 for the same spread.
    pub psi: f64,
    /// Share of permutations with an index at least as large, in (0, 1].
    pub p_value: f64,
    /// Whether it is both large (from 0.1) and no accident (p at most 0.01).
    pub drifted: bool,
    /// The values whose share moved most, at most five.
    pub moved: Vec<MovedValue>,
}

/// A value whose share moved.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct MovedValue {
    /// The value, a band of numbers, `other`, or `blank`.
    pub value: String,
    /// Its share of the base group, in [0, 1].
    pub base_share: f64,
    /// Its share of the group, in [0, 1].
    pub share: f64,
}

/// Values kept apart before the rest is `other`, and bands of a number.
const VALUES: usize = 12;
const BANDS: usize = 8;
/// Permutations behind a p-value: the smallest that can come out is 1 / 200.
const PERMUTATIONS: u32 = 199;
/// Most leads that are permuted; more are thinned evenly.
const PERMUTED: usize = 5_000;
/// From where an index counts as drift, by custom, and how rare it must be.
const LARGE: f64 = 0.1;
const RARE: f64 = 0.01;

/// Each comparison: what is measured against what.
const PAIRS: [(DriftGroupName, DriftGroupName); 5] = [
    (DriftGroupName::Written, DriftGroupName::Leads),
    (DriftGroupName::Written, DriftGroupName::Won),
    (DriftGroupName::Leads, DriftGroupName::Mql),
    (DriftGroupName::Leads, DriftGroupName::Won),
    (DriftGroupName::Won, DriftGroupName::Retained),
];

impl ScoredLeads {
    /// How far leads, MQLs, won and retained ones are from the profile as written, field by field.
    ///
    /// # Formula
    /// PSI = Σ (b − a) · ln(b / a) over the values, a and b their shares of the two groups, half a lead added to
    /// every value. The p-value is the share of permutations of the groups over the leads with an index at least as
    /// large, the observed one counted in.
    ///
    /// # Source
    /// N. Siddiqi, Credit Risk Scorecards (2006), chapter 9; B. Phipson and G. Smyth, "Permutation p-values should never be
    /// zero", Stat. Appl. Genet. Mol. Biol. 9 (2010).
    #[must_use]
    pub fn drift(&self) -> DriftReport {
        let mut notes = Vec::new();
        let members = self.members(&mut notes);
        let groups: Vec<DriftGroup> = members
            .iter()
            .map(|(group, rows)| DriftGroup { group: *group, leads: rows.len() as u64 })
            .filter(|group| group.leads > 0)
            .collect();
        let mut fields: Vec<FieldRef> = Vec::new();
        for icp in self.model().scorecards().iter().map(|card| &card.icp).chain([self.model().icp()]) {
            let new: Vec<FieldRef> =
                axis_fields(&icp.fit).into_iter().filter(|field| !fields.contains(field)).collect();
            fields.extend(new);
        }
        let key = StreamKey::new(u64::from(self.run().seed)).with(0x64_7269_6674);
        let order = self.content_order();
        let drifts = fields.iter().enumerate().filter_map(|(at, field)| {
            let column = self.columns().get(self.leads().column_of(field)?)?;
            let spread = Spread::of(column, &order);
            let comparisons = PAIRS.iter().enumerate().filter_map(|(pair, (base, group))| {
                let (base_rows, rows) = (members.get(base)?, members.get(group)?);
                let key = key.with(at as u64).with(pair as u64);
                spread.compare((*base, base_rows), (*group, rows), &order, key)
            });
            let comparisons: Vec<DriftComparison> = comparisons.collect();
            let label = words::field_label(field);
            (!comparisons.is_empty()).then(|| FieldDrift { field: field.to_string(), label, comparisons })
        });
        DriftReport { groups, fields: drifts.collect(), notes }
    }

    /// Rows in an order that only their content decides.
    fn content_order(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.rows()).filter(|row| self.is_used(*row)).collect();
        let mut hash = self.leads().row_hashes();
        rows.sort_by_cached_key(|row| hash(*row));
        rows
    }

    /// Whether each row is in each group.
    fn members(&self, notes: &mut Vec<String>) -> BTreeMap<DriftGroupName, Vec<usize>> {
        use DriftGroupName::{Leads, Mql, Retained, Won, Written};
        let used: Vec<usize> = (0..self.rows()).filter(|row| self.is_used(*row)).collect();
        let those =
            |keep: &dyn Fn(usize) -> bool| -> Vec<usize> { used.iter().copied().filter(|row| keep(*row)).collect() };
        let meets = |definition| move |row: usize| self.meets(row, definition).holds();
        let written =
            those(&|row| matches!(self.grade(row).fit_letter(), 'A' | 'B') && self.disqualified(row).is_none());
        let mql = those(&meets(Definition::Mql));
        let mut won = those(&meets(Definition::ClosedWon));
        if won.is_empty() {
            won = self.won_by_outcome();
        }
        let churned = meets(Definition::Churned);
        let retained: Vec<usize> = won.iter().copied().filter(|row| !churned(*row)).collect();
        let says = [
            (written.is_empty(), "no lead has a fit of A or B, so the profile as written has nobody to measure by"),
            (mql.is_empty(), "no lead meets the definition of an MQL"),
            (won.is_empty(), "no lead is known to be won, by definition or by outcome"),
        ];
        notes.extend(says.into_iter().filter(|(empty, _)| *empty).map(|(_, note)| note.to_owned()));
        let retained = if retained.len() == won.len() {
            if !won.is_empty() {
                notes.push("no lead that was won is known to have churned".to_owned());
            }
            Vec::new()
        } else {
            retained
        };
        [(Written, written), (Leads, used.clone()), (Mql, mql), (Won, won), (Retained, retained)].into_iter().ordered()
    }

    fn won_by_outcome(&self) -> Vec<usize> {
        let Ok(examples) = Examples::from_leads(self.leads(), &LearnOptions::default()) else { return Vec::new() };
        let ended = examples.rows().iter().zip(examples.outcomes());
        let mut won: Vec<usize> = ended.filter(|(_, won)| **won).map(|(row, _)| *row as usize).collect();
        won.retain(|row| self.is_used(*row));
        won.sort_unstable();
        won
    }
}

/// A field's values, few enough to compare: the value of each row by number.
struct Spread {
    names: Vec<String>,
    /// By row; rows that take no part have none.
    of: Vec<Option<usize>>,
}

impl Spread {
    fn of(column: &Column, order: &[usize]) -> Self {
        match column.kind() {
            ColumnKind::Number(_) => Self::bands(column, order),
            _ => Self::values(column, order),
        }
    }

    /// Bands with about as many leads each; blank is one of its own.
    fn bands(column: &Column, order: &[usize]) -> Self {
        let mut numbers: Vec<f64> = order.iter().filter_map(|row| column.number(*row)).collect();
        numbers.sort_by(f64::total_cmp);
        let mut cuts: Vec<f64> =
            (1..BANDS).filter_map(|part| numbers.get(part * numbers.len() / BANDS).copied()).collect();
        cuts.dedup();
        if numbers.first().is_some_and(|least| cuts.first() == Some(least)) {
            cuts.remove(0);
        }
        let name = |at: usize| match (at.checked_sub(1).and_then(|at| cuts.get(at)), cuts.get(at)) {
            (None, Some(high)) => format!("below {high}"),
            (Some(low), Some(high)) => format!("{low} to below {high}"),
            (Some(low), None) => format!("{low} or more"),
            (None, None) => "any".to_owned(),
        };
        let mut names: Vec<String> = (0..=cuts.len()).map(name).collect();
        let blank = names.len();
        names.push("blank".to_owned());
        let band = |row: &usize| column.number(*row).map_or(blank, |number| cuts.partition_point(|cut| *cut <= number));
        Self { names, of: by_row(order, band) }
    }

    /// The most frequent values, the rest as `other`; blank is one of its own.
    fn values(column: &Column, order: &[usize]) -> Self {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for row in order {
            let text = column.text(*row);
            if !text.is_empty() {
                *counts.entry(fold(text)).or_insert(0) += 1;
            }
        }
        let mut frequent: Vec<(String, u64)> = counts.into_iter().collect();
        frequent.arrange_by_key(|(_, count)| std::cmp::Reverse(*count));
        frequent.truncate(VALUES);
        let mut names: Vec<String> = frequent.into_iter().map(|(name, _)| name).collect();
        let known: BTreeMap<String, usize> = names.iter().cloned().enumerate().map(|(at, name)| (name, at)).ordered();
        let (other, blank) = (names.len(), names.len() + 1);
        names.extend(["other".to_owned(), "blank".to_owned()]);
        let value = |row: &usize| match column.text(*row) {
            "" => blank,
            text => known.get(&fold(text)).copied().unwrap_or(other),
        };
        Self { names, of: by_row(order, value) }
    }

    fn compare(
        &self,
        (base, base_rows): (DriftGroupName, &Vec<usize>),
        (group, rows): (DriftGroupName, &Vec<usize>),
        order: &[usize],
        key: StreamKey,
    ) -> Option<DriftComparison> {
        if base_rows.is_empty() || rows.is_empty() {
            return None;
        }
        let counts = |rows: &[usize]| {
            let mut counts = vec![0_u64; self.names.len()];
            for value in rows.iter().filter_map(|row| *self.of.get(*row)?) {
                if let Some(count) = counts.get_mut(value) {
                    *count += 1;
                }
            }
            counts
        };
        let (a, b) = (counts(base_rows), counts(rows));
        let psi = index(&a, &b);
        let p_value = self.p_value(base_rows, rows, order, key);
        let share = |counts: &[u64], at: usize, all: usize| counts.get(at).copied().unwrap_or(0) as f64 / all as f64;
        let mut moved: Vec<MovedValue> = self
            .names
            .iter()
            .enumerate()
            .map(|(at, name)| MovedValue {
                value: name.clone(),
                base_share: share(&a, at, base_rows.len()),
                share: share(&b, at, rows.len()),
            })
            .filter(|value| value.base_share != value.share)
            .collect();
        moved.arrange_by(|a, b| (b.share - b.base_share).abs().total_cmp(&(a.share - a.base_share).abs()));
        moved.truncate(5);
        Some(DriftComparison { base, group, psi, p_value, drifted: psi >= LARGE && p_value <= RARE, moved })
    }

    /// Deals the memberships out anew over the leads of both groups: a lead keeps its value, not its groups.
    fn p_value(&self, base_rows: &[usize], rows: &[usize], order: &[usize], key: StreamKey) -> f64 {
        let (in_base, in_group) = (marks(base_rows, order), marks(rows, order));
        let mut both: Vec<(bool, bool, usize)> = order
            .iter()
            .zip(in_base.iter().zip(&in_group))
            .filter(|(_, (a, b))| **a || **b)
            .filter_map(|(row, (a, b))| Some((*a, *b, (*self.of.get(*row)?)?)))
            .collect();
        let stride = both.len().div_ceil(PERMUTED).max(1);
        both = both.into_iter().step_by(stride).collect();
        let mut values: Vec<usize> = both.iter().map(|(.., value)| *value).collect();
        let observed = self.index_of(&both, &values);
        let mut sampler = Sampler::new(key);
        let mut as_large = 1_u32;
        for _ in 0..PERMUTATIONS {
            sampler.shuffle(&mut values);
            as_large += u32::from(self.index_of(&both, &values) >= observed);
        }
        f64::from(as_large) / f64::from(PERMUTATIONS + 1)
    }

    fn index_of(&self, members: &[(bool, bool, usize)], values: &[usize]) -> f64 {
        let (mut a, mut b) = (vec![0; self.names.len()], vec![0; self.names.len()]);
        for ((in_base, in_group, _), value) in members.iter().zip(values) {
            if let (true, Some(count)) = (*in_base, a.get_mut(*value)) {
                *count += 1;
            }
            if let (true, Some(count)) = (*in_group, b.get_mut(*value)) {
                *count += 1;
            }
        }
        index(&a, &b)
    }
}

fn by_row(order: &[usize], value: impl Fn(&usize) -> usize) -> Vec<Option<usize>> {
    let mut of = vec![None; order.iter().max().map_or(0, |last| last + 1)];
    for row in order {
        if let Some(slot) = of.get_mut(*row) {
            *slot = Some(value(row));
        }
    }
    of
}

/// For each row of an order, whether it is among some rows, which are in ascending order.
fn marks(rows: &[usize], order: &[usize]) -> Vec<bool> {
    order.iter().map(|row| rows.binary_search(row).is_ok()).collect()
}

/// The population stability index of two counts; values that neither has do not count.
fn index(a: &[u64], b: &[u64]) -> f64 {
    let used = a.iter().zip(b).filter(|(a, b)| **a + **b > 0).count() as f64;
    let (all_a, all_b): (u64, u64) = (a.iter().sum(), b.iter().sum());
    let share = |count: u64, all: u64| (count as f64 + 0.5) / (all as f64 + 0.5 * used);
    let term = |(a, b): (&u64, &u64)| {
        let (a, b) = (share(*a, all_a), share(*b, all_b));
        (b - a) * libm::log(b / a)
    };
    a.iter().zip(b).filter(|(a, b)| **a + **b > 0).map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_nothing_for_equal_spreads_and_as_by_hand_for_others() {
        assert_eq!(index(&[10, 30, 60], &[10, 30, 60]), 0.0);
        // Shares of 0.5 and 0.5 against 0.2 and 0.8, half a lead added to each of 1,000 and 1,000:
        // (0.2003 − 0.5) ln(0.2003 / 0.5) + (0.7997 − 0.5) ln(0.7997 / 0.5).
        let (a, b): (f64, f64) = (0.5, 200.5 / 1_001.0);
        let by_hand = (b - a) * libm::log(b / a) + ((1.0 - b) - a) * libm::log((1.0 - b) / a);
        assert!((index(&[500, 500], &[200, 800]) - by_hand).abs() < 1e-12);
        assert!((by_hand - 0.415).abs() < 1e-3);
    }
}
