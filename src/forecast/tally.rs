//! The parts of what changed between two exports, added up deal by deal.

use super::StageLine;
use super::outcome::OPEN_CATEGORIES;
use super::pairing::Pairs;
use super::waterfall::{AmbiguousDeals, Bucket, Change, Stand, Stands, ViewLine, bucket_of};
use crate::crm::ForecastCategory;
use crate::model::fold;
use crate::money::Money;
use crate::stats::{Arrange, grouped};
use std::collections::BTreeMap;

/// The parts of the difference, added up deal by deal.
pub(super) struct Tally<'a> {
    stands: &'a [Stands; 2],
    value: &'a dyn Fn(Money, usize) -> i64,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) buckets: BTreeMap<Bucket, i64>,
    pub(super) changes: Vec<Change>,
    pub(super) categories: BTreeMap<ForecastCategory, Parts>,
    pub(super) stages: BTreeMap<String, Parts>,
    pub(super) ambiguous: Vec<AmbiguousDeals>,
    pub(super) assumptions: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Parts {
    name: String,
    start: i64,
    end: i64,
    buckets: BTreeMap<Bucket, i64>,
    moved: i64,
}

impl<'a> Tally<'a> {
    pub(super) fn new(stands: &'a [Stands; 2], value: &'a dyn Fn(Money, usize) -> i64) -> Self {
        Self {
            stands,
            value,
            start: 0,
            end: 0,
            buckets: Bucket::ALL.iter().map(|&bucket| (bucket, 0)).collect(),
            changes: Vec::new(),
            categories: BTreeMap::new(),
            stages: BTreeMap::new(),
            ambiguous: Vec::new(),
            assumptions: Vec::new(),
        }
    }

    pub(super) fn run(mut self, pairs: &Pairs) -> Self {
        let [before, after] = self.stands;
        for &(one, other) in &pairs.both {
            self.deal(Some(&before.list[one]), Some(&after.list[other]));
        }
        pairs.before.iter().for_each(|&one| self.deal(Some(&before.list[one]), None));
        pairs.after.iter().for_each(|&other| self.deal(None, Some(&after.list[other])));
        for group in &pairs.ambiguous {
            let mut amount = 0;
            for &one in &group.before {
                amount -= self.part(Some(&before.list[one]), None, Bucket::Ambiguous).0;
            }
            for &other in &group.after {
                amount += self.part(None, Some(&after.list[other]), Bucket::Ambiguous).1;
            }
            let lines = |list: &[usize], stands: &Stands| list.iter().map(|&at| stands.list[at].line).collect();
            self.ambiguous.push(AmbiguousDeals {
                shared: group.shared.clone(),
                before: lines(&group.before, before),
                after: lines(&group.after, after),
                amount,
            });
        }
        if !pairs.ambiguous.is_empty() {
            let count: usize = pairs.ambiguous.iter().map(|group| group.before.len() + group.after.len()).sum();
            self.assumptions.push(format!(
                "{} deals cannot be told apart and are compared only all together (export the deal id)",
                grouped(count)
            ));
        }
        self.changes.arrange_by(|a, b| {
            let names = |change: &Change| {
                let stand = change.after.as_ref().or(change.before.as_ref());
                stand.map(|stand| (stand.id.clone(), stand.account.clone(), stand.name.clone(), stand.line))
            };
            let size = |change: &Change| change.amount.unsigned_abs().max(change.won.unsigned_abs());
            a.bucket.cmp(&b.bucket).then(size(b).cmp(&size(a))).then_with(|| names(a).cmp(&names(b)))
        });
        self
    }

    fn deal(&mut self, before: Option<&Stand>, after: Option<&Stand>) {
        if let Some(bucket) = bucket_of(before, after) {
            self.part(before, after, bucket);
            let open = |stand: Option<&Stand>| stand.filter(|s| s.is_called).map_or(0, |s| s.value);
            let won = |stand: Option<&Stand>| stand.filter(|s| s.is_won_here).map_or(0, |s| s.value);
            self.change(bucket, open(after) - open(before), won(after) - won(before), before, after);
            return;
        }
        let (Some(one), Some(other)) = (before, after) else { return };
        let here = |stand: &Stand| stand.is_called || stand.is_won_here;
        if !(here(one) && here(other)) {
            return;
        }
        // In the period both times: what the amount did at the earlier rate, then what the rate did.
        let revalued = (self.value)(other.amount, 0);
        let amount = revalued - one.value;
        let rate = other.value - revalued;
        self.stay(one, other, amount, rate);
        let is_won = other.is_won_here;
        let bucket = if amount > 0 { Bucket::AmountUp } else { Bucket::AmountDown };
        let split = |part: i64| if is_won { (0, part) } else { (part, 0) };
        if amount != 0 {
            let (open, won) = split(amount);
            self.change(bucket, open, won, before, after);
        }
        if rate != 0 {
            let (open, won) = split(rate);
            self.change(Bucket::Fx, open, won, before, after);
        }
    }

    /// Books what leaves with `before` and comes with `after`; returns the open amounts of both.
    fn part(&mut self, before: Option<&Stand>, after: Option<&Stand>, bucket: Bucket) -> (i64, i64) {
        let mut open = (0, 0);
        if let Some(stand) = before {
            self.book(stand, bucket, -1, |parts| &mut parts.start);
            open.0 = if stand.is_called { stand.value } else { 0 };
        }
        if let Some(stand) = after {
            self.book(stand, bucket, 1, |parts| &mut parts.end);
            open.1 = if stand.is_called { stand.value } else { 0 };
        }
        self.start += open.0;
        self.end += open.1;
        *self.buckets.entry(bucket).or_default() += open.1 - open.0;
        open
    }

    fn book(&mut self, stand: &Stand, bucket: Bucket, sign: i64, total: fn(&mut Parts) -> &mut i64) {
        for parts in self.lines(stand) {
            *total(parts) += stand.value;
            *parts.buckets.entry(bucket).or_default() += sign * stand.value;
        }
    }

    /// The category's and the stage's line of a deal in the period.
    fn lines(&mut self, stand: &Stand) -> Vec<&mut Parts> {
        let mut lines = Vec::new();
        if (stand.is_called || stand.is_won_here)
            && let Some(category) = stand.category
        {
            lines.push(self.categories.entry(category).or_default());
        }
        if stand.is_called {
            let parts = self.stages.entry(fold(&stand.stage)).or_default();
            parts.name.clone_from(&stand.stage);
            lines.push(parts);
        }
        lines
    }

    /// Books a deal that is in the period both times.
    fn stay(&mut self, one: &Stand, other: &Stand, amount: i64, rate: i64) {
        for parts in self.lines(one) {
            parts.start += one.value;
            parts.moved -= one.value;
        }
        for parts in self.lines(other) {
            parts.end += other.value;
            parts.moved += one.value;
            let bucket = if amount > 0 { Bucket::AmountUp } else { Bucket::AmountDown };
            *parts.buckets.entry(bucket).or_default() += amount;
            *parts.buckets.entry(Bucket::Fx).or_default() += rate;
        }
        if other.is_called {
            self.start += one.value;
            self.end += other.value;
            let bucket = if amount > 0 { Bucket::AmountUp } else { Bucket::AmountDown };
            *self.buckets.entry(bucket).or_default() += amount;
            *self.buckets.entry(Bucket::Fx).or_default() += rate;
        }
    }

    fn change(&mut self, bucket: Bucket, amount: i64, won: i64, before: Option<&Stand>, after: Option<&Stand>) {
        if amount != 0 || won != 0 {
            self.changes.push(Change { bucket, amount, won, before: before.cloned(), after: after.cloned() });
        }
    }
}

/// Closed, then the open categories from the surest down.
pub(super) fn category_lines(mut parts: BTreeMap<ForecastCategory, Parts>) -> Vec<ViewLine<ForecastCategory>> {
    let order = std::iter::once(ForecastCategory::Closed).chain(OPEN_CATEGORIES);
    order.map(|category| view_line(category, parts.remove(&category).unwrap_or_default())).collect()
}

/// The stages in the order of the sale, as the later export has them; those of the earlier alone behind.
pub(super) fn stage_lines(
    mut parts: BTreeMap<String, Parts>,
    earlier: &[StageLine],
    later: &[StageLine],
) -> Vec<ViewLine<String>> {
    let names = later.iter().chain(earlier).map(|line| fold(&line.name));
    names.filter_map(|key| parts.remove(&key)).map(|parts| view_line(parts.name.clone(), parts)).collect()
}

fn view_line<K>(key: K, parts: Parts) -> ViewLine<K> {
    let buckets = parts.buckets.into_iter().filter(|&(_, amount)| amount != 0).collect();
    ViewLine { key, start: parts.start, end: parts.end, buckets, moved: parts.moved }
}
