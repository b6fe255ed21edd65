//! Whether those who come, qualify, buy and stay are still those whom the profile describes.

use super::definitions::Definition;
use super::learn::ends;
use super::score::axis_fields;
use super::scored::ScoredLeads;
use crate::crm::FieldRef;
use crate::model::fold;
use crate::random::{Sampler, StreamKey};
use crate::stats::Arrange;
use crate::table::{Column, ColumnKind};
use std::collections::HashMap;

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
/// From where an index counts as drift, by custom, and how rare it must be.
const LARGE: f64 = 0.1;
const RARE: f64 = 0.01;

/// Each comparison: what is measured against what.
const PAIRS: [(DriftGroupName, DriftGroupName); 7] = [
    (DriftGroupName::Written, DriftGroupName::Leads),
    (DriftGroupName::Written, DriftGroupName::Won),
    (DriftGroupName::Leads, DriftGroupName::Mql),
    (DriftGroupName::Leads, DriftGroupName::Won),
    (DriftGroupName::Won, DriftGroupName::Retained),
    (DriftGroupName::Written, DriftGroupName::Mql),
    (DriftGroupName::Written, DriftGroupName::Retained),
];

impl ScoredLeads {
    /// How far leads, MQLs, won and retained ones are from the profile as written, field by field.
    ///
    /// # Formula
    /// PSI = Σ (b − a) · ln(b / a) over the values, a and b their shares of the two groups, half a lead added to
    /// every value. The p-value is the share of permutations of the groups over the leads with an index at least as
    /// large, the observed one counted in. A permutation is drawn as what it does to the counts: how often each value
    /// falls to leads of one group alone, of both and of the other is multivariate hypergeometric, however many they are.
    ///
    /// # Source
    /// N. Siddiqi, Credit Risk Scorecards (2006), chapter 9; B. Phipson and G. Smyth, "Permutation p-values should never be
    /// zero", Stat. Appl. Genet. Mol. Biol. 9 (2010).
    #[must_use]
    pub fn drift(&self) -> DriftReport {
        let mut notes = Vec::new();
        let members = self.members(&mut notes);
        let mut fields: Vec<FieldRef> = Vec::new();
        for icp in self.model().scorecards().iter().map(|card| &card.icp).chain([self.model().icp()]) {
            let new: Vec<FieldRef> =
                axis_fields(&icp.fit).into_iter().filter(|field| !fields.contains(field)).collect();
            fields.extend(new);
        }
        let key = StreamKey::new(u64::from(self.run().seed)).with(0x64_7269_6674);
        let drifts = fields.iter().enumerate().filter_map(|(at, field)| {
            let column = self.columns().get(self.leads().column_of(field)?)?;
            let spread = Spread::of(column, &members);
            let comparisons = PAIRS.iter().enumerate().filter_map(|(pair, (base, group))| {
                spread.compare(*base, *group, key.with(at as u64).with(pair as u64))
            });
            let comparisons: Vec<DriftComparison> = comparisons.collect();
            let label = field.label();
            (!comparisons.is_empty()).then(|| FieldDrift { field: field.to_string(), label, comparisons })
        });
        DriftReport { fields: drifts.collect(), groups: members.groups(), notes }
    }

    /// Which groups each row is in.
    fn members(&self, notes: &mut Vec<String>) -> Members {
        use DriftGroupName::{Leads, Mql, Retained, Won, Written};
        let mut of = Members { of: vec![0; self.rows()] };
        let meets = |row: usize, definition| self.meets(row, definition).holds();
        let has_won = (0..self.rows()).any(|row| self.is_used(row) && meets(row, Definition::ClosedWon));
        let ended = if has_won { None } else { ends(self.leads()) };
        for row in (0..self.rows()).filter(|row| self.is_used(*row)) {
            let good = matches!(self.grade(row).fit_letter(), 'A' | 'B') && self.disqualified(row).is_none();
            let ended_well = ended.as_ref().and_then(|ends| ends.of(row)) == Some(true);
            let won = if has_won { meets(row, Definition::ClosedWon) } else { ended_well };
            let groups = [
                (Written, good),
                (Leads, true),
                (Mql, meets(row, Definition::Mql)),
                (Won, won),
                (Retained, won && !meets(row, Definition::Churned)),
            ];
            if let Some(slot) = of.of.get_mut(row) {
                *slot = groups.iter().filter(|(_, is_in)| *is_in).map(|(group, _)| bit(*group)).sum();
            }
        }
        let says = [
            (Written, "no lead has a fit of A or B, so the profile as written has nobody to measure by"),
            (Mql, "no lead meets the definition of an MQL"),
            (Won, "no lead is known to be won, by definition or by outcome"),
        ];
        notes.extend(says.into_iter().filter(|(group, _)| of.count(*group) == 0).map(|(_, note)| note.to_owned()));
        if of.count(Retained) == of.count(Won) {
            if of.count(Won) > 0 {
                notes.push("no lead that was won is known to have churned".to_owned());
            }
            of.of.iter_mut().for_each(|groups| *groups &= !bit(Retained));
        }
        of
    }
}

/// Which groups each row is in, one bit each; none for rows that take no part.
struct Members {
    of: Vec<u8>,
}

/// Different sets of the five groups.
const SETS: usize = 1 << 5;

fn bit(group: DriftGroupName) -> u8 {
    1 << group as u8
}

impl Members {
    /// The rows that take part, each with its groups.
    fn rows(&self) -> impl Iterator<Item = (usize, u8)> {
        self.of.iter().copied().enumerate().filter(|(_, groups)| *groups > 0)
    }

    fn count(&self, group: DriftGroupName) -> u64 {
        self.of.iter().filter(|groups| **groups & bit(group) > 0).count() as u64
    }

    fn groups(&self) -> Vec<DriftGroup> {
        use DriftGroupName::{Leads, Mql, Retained, Won, Written};
        let all = [Written, Leads, Mql, Won, Retained].map(|group| DriftGroup { group, leads: self.count(group) });
        all.into_iter().filter(|group| group.leads > 0).collect()
    }
}

/// A field's values, few enough to compare, and how often leads of each set of groups have them.
struct Spread {
    names: Vec<String>,
    /// By set of groups and value.
    counts: Vec<Vec<u64>>,
}

impl Spread {
    fn of(column: &Column, members: &Members) -> Self {
        match column.kind() {
            ColumnKind::Number(_) => Self::bands(column, members),
            _ => Self::values(column, members),
        }
    }

    fn counted(names: Vec<String>, members: &Members, mut value: impl FnMut(usize) -> usize) -> Self {
        let mut counts = vec![vec![0; names.len()]; SETS];
        for (row, groups) in members.rows() {
            if let Some(count) = counts.get_mut(usize::from(groups)).and_then(|set| set.get_mut(value(row))) {
                *count += 1;
            }
        }
        Self { names, counts }
    }

    /// Bands with about as many leads each; blank is one of its own.
    fn bands(column: &Column, members: &Members) -> Self {
        let mut numbers: Vec<f64> = members.rows().filter_map(|(row, _)| column.number(row)).collect();
        numbers.sort_unstable_by(f64::total_cmp);
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
        let band = |row| column.number(row).map_or(blank, |number| cuts.partition_point(|cut| *cut <= number));
        Self::counted(names, members, band)
    }

    /// The most frequent values, the rest as `other`; blank is one of its own.
    fn values(column: &Column, members: &Members) -> Self {
        // Texts are numbered as they come, each word of the column folded once where words repeat.
        let mut number_of: HashMap<String, usize> = HashMap::new();
        let mut of_word: Vec<Option<usize>> = Vec::new();
        let mut frequency: Vec<u64> = Vec::new();
        let mut texts: Vec<Option<usize>> = vec![None; members.of.len()];
        for (row, _) in members.rows() {
            let word = column.word(row);
            let known = word.and_then(|word| of_word.get(word).copied().flatten());
            let number = known.or_else(|| {
                let text = column.text(row);
                let next = number_of.len();
                (!text.is_empty()).then(|| *number_of.entry(fold(text)).or_insert(next))
            });
            let (Some(number), Some(slot)) = (number, texts.get_mut(row)) else { continue };
            *slot = Some(number);
            if let (None, Some(word)) = (known, word) {
                of_word.resize(of_word.len().max(word + 1), None);
                if let Some(slot) = of_word.get_mut(word) {
                    *slot = Some(number);
                }
            }
            frequency.resize(number_of.len(), 0);
            if let Some(count) = frequency.get_mut(number) {
                *count += 1;
            }
        }
        let count = |number: usize| frequency.get(number).copied().unwrap_or(0);
        let mut frequent: Vec<(String, usize)> = number_of.into_iter().collect();
        let before = |(a, at_a): &(String, usize), (b, at_b): &(String, usize)| {
            count(*at_b).cmp(&count(*at_a)).then_with(|| a.cmp(b))
        };
        if frequent.len() > VALUES {
            frequent.select_nth_unstable_by(VALUES, before);
            frequent.truncate(VALUES);
        }
        frequent.arrange_by(before);
        let (other, blank) = (frequent.len(), frequent.len() + 1);
        let mut place = vec![other; frequency.len()];
        for (at, (_, number)) in frequent.iter().enumerate() {
            if let Some(slot) = place.get_mut(*number) {
                *slot = at;
            }
        }
        let mut names: Vec<String> = frequent.into_iter().map(|(name, _)| name).collect();
        names.extend(["other".to_owned(), "blank".to_owned()]);
        let value = |row: usize| {
            let number = texts.get(row).copied().flatten();
            number.map_or(blank, |number| place.get(number).copied().unwrap_or(other))
        };
        Self::counted(names, members, value)
    }

    fn compare(&self, base: DriftGroupName, group: DriftGroupName, key: StreamKey) -> Option<DriftComparison> {
        let classes = Classes::of(&self.counts, bit(base), bit(group), self.names.len());
        let (a, b) = classes.groups();
        let (all_a, all_b): (u64, u64) = (a.iter().sum(), b.iter().sum());
        if all_a == 0 || all_b == 0 {
            return None;
        }
        let psi = index(&a, &b);
        let p_value = classes.p_value(psi, key);
        let share = |count: u64, all: u64| count as f64 / all as f64;
        let mut moved: Vec<MovedValue> = self
            .names
            .iter()
            .zip(a.iter().zip(&b))
            .map(|(name, (a, b))| MovedValue {
                value: name.clone(),
                base_share: share(*a, all_a),
                share: share(*b, all_b),
            })
            .filter(|value| value.base_share != value.share)
            .collect();
        moved.arrange_by(|a, b| (b.share - b.base_share).abs().total_cmp(&(a.share - a.base_share).abs()));
        moved.truncate(5);
        Some(DriftComparison { base, group, psi, p_value, drifted: psi >= LARGE && p_value <= RARE, moved })
    }
}

/// How often each value stands among the leads of two groups: of the one alone, of both, of the other alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Classes([Vec<u64>; 3]);

impl Classes {
    fn of(counts: &[Vec<u64>], base: u8, group: u8, values: usize) -> Self {
        let wanted = [(true, false), (true, true), (false, true)];
        Self(wanted.map(|wanted| {
            let mut sum = vec![0; values];
            for (set, counts) in counts.iter().enumerate() {
                if (set as u8 & base > 0, set as u8 & group > 0) == wanted {
                    sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                }
            }
            sum
        }))
    }

    /// The counts of the two groups.
    fn groups(&self) -> (Vec<u64>, Vec<u64>) {
        let [one, both, other] = &self.0;
        let add = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        (add(one, both), add(both, other))
    }

    /// Deals the memberships out anew over the leads of both groups: a lead keeps its value, not its groups.
    fn p_value(&self, observed: f64, key: StreamKey) -> f64 {
        let [one, both, other] = &self.0;
        let all: Vec<u64> = one.iter().zip(both).zip(other).map(|((a, b), c)| a + b + c).collect();
        let sizes = [one, both].map(|class| class.iter().sum::<u64>());
        let mut sampler = Sampler::new(key);
        let mut as_large = 1_u32;
        for _ in 0..PERMUTATIONS {
            let mut left = all.clone();
            let one = sampler.take(&mut left, sizes[0]);
            let both = sampler.take(&mut left, sizes[1]);
            let (a, b) = Self([one, both, left]).groups();
            as_large += u32::from(index(&a, &b) >= observed);
        }
        f64::from(as_large) / f64::from(PERMUTATIONS + 1)
    }
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

    /// Every deal of 2, 1 and 3 leads out of 6 with two values, counted by hand below, against the drawn share.
    #[test]
    fn the_p_value_is_the_share_of_all_deals() {
        // Values A × 3, B × 3. The classes are base alone (2), both (1), group alone (3): 60 deals of the As' places.
        let classes = Classes([vec![2, 0], vec![1, 0], vec![0, 3]]);
        let (a, b) = classes.groups();
        let observed = index(&a, &b);
        let mut as_large = 0;
        let mut deals = 0;
        for places in (0..64_u32).filter(|places| places.count_ones() == 3) {
            let of = |from: u32, to: u32| (from..to).filter(|at| places >> at & 1 == 1).count() as u64;
            let (one, both, other) = (of(0, 2), of(2, 3), of(3, 6));
            let (a, b) = Classes([vec![one, 2 - one], vec![both, 1 - both], vec![other, 3 - other]]).groups();
            deals += 1;
            as_large += u32::from(index(&a, &b) >= observed);
        }
        // Only the deal seen and its mirror are as far apart: 2 of 20.
        assert_eq!((as_large, deals), (2, 20));
        // 199 draws with p = 0.1 have sd 4.2 around 19.9: five of them.
        for seed in 0..20 {
            let p = classes.p_value(observed, StreamKey::new(seed));
            assert!((p * 200.0 - 20.9).abs() < 21.2 && p > 0.005, "{p}");
        }
        let mean = (0..200).map(|seed| classes.p_value(observed, StreamKey::new(seed))).sum::<f64>() / 200.0;
        // (1 + 19.9) / 200, the mean of 200 has sd 0.0015: five of them.
        assert!((mean - 0.1045).abs() < 0.0075, "{mean}");
    }

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
