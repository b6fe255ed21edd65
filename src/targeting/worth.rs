//! What a lead is likely to bring: the chance of a good end, the place in the list, and what that is worth.
//!
//! Probability and rank are two things. A probability says how often such leads end well, and exists only where the
//! model's card was learned from rows that ended; a rank is a place in this list, and exists for every card.

use super::scored::ScoredLeads;
use crate::model::Points;
use crate::money::Money;
use crate::table::quick_hash;

/// Where the win rate of an expected value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum WinRateSource {
    /// The lead's own probability, by the learned card.
    Learned,
    /// The benchmark of its segment.
    Benchmark,
}

/// What a lead is worth before it is worked: contract value × win rate, and that over the cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// Typical yearly value of a contract of its segment.
    pub acv: Money,
    /// Share won, in [0, 1].
    pub win_rate: f64,
    /// Where that share comes from.
    pub source: WinRateSource,
    /// Typical days of its segment from opportunity to close; `None` if the model does not say.
    pub cycle_days: Option<f64>,
}

impl Worth {
    /// Contract value × win rate, in major units.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.acv.major() * self.win_rate
    }

    /// The value over the cycle, in major units per day.
    #[must_use]
    pub fn per_day(&self) -> Option<f64> {
        Some(self.value() / self.cycle_days?)
    }
}

/// The different fit points of a list in rising order, to find places in, each with the leads up to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Vec<(i64, u32)>);

impl Places {
    pub(super) fn of(points: impl Iterator<Item = i64>) -> Self {
        let mut counts = Counts::default();
        points.for_each(|points| counts.add(points));
        let mut places: Vec<(i64, u32)> = counts.entries;
        places.sort_unstable();
        let mut up_to = 0;
        for (_, count) in &mut places {
            up_to += *count;
            *count = up_to;
        }
        Self(places)
    }

    /// Share with fewer points, those with as many counting half; `None` of an empty list.
    fn rank(&self, points: i64) -> Option<f64> {
        let up_to = |at: usize| at.checked_sub(1).and_then(|at| self.0.get(at)).map_or(0, |(_, up_to)| *up_to);
        let below = up_to(self.0.partition_point(|(other, _)| *other < points));
        let equal = up_to(self.0.partition_point(|(other, _)| *other <= points));
        self.0.last().map(|(_, all)| (u64::from(below) + u64::from(equal)) as f64 / 2.0 / f64::from(*all))
    }
}

/// Counts numbers that mostly repeat.
#[derive(Debug, Default)]
struct Counts {
    /// Each number with how often it came.
    entries: Vec<(i64, u32)>,
    /// Open addressing: places in the entries plus one; 0 is free.
    slots: Vec<u32>,
}

impl Counts {
    fn add(&mut self, number: i64) {
        if self.entries.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mut slot = self.first_slot(number);
        while let Some(entry) = self.slots.get_mut(slot) {
            match entry.checked_sub(1).and_then(|at| self.entries.get_mut(at as usize)) {
                Some((known, count)) if *known == number => {
                    *count += 1;
                    return;
                }
                Some(_) => slot = (slot + 1) & (self.slots.len() - 1),
                None => {
                    self.entries.push((number, 1));
                    *entry = self.entries.len() as u32;
                    return;
                }
            }
        }
    }

    fn first_slot(&self, number: i64) -> usize {
        quick_hash(&number.to_le_bytes()) as usize & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(64)];
        for (at, (number, _)) in self.entries.iter().enumerate() {
            let mut slot = self.first_slot(*number);
            while self.slots.get(slot).is_some_and(|entry| *entry != 0) {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            if let Some(entry) = self.slots.get_mut(slot) {
                *entry = at as u32 + 1;
            }
        }
    }
}

impl ScoredLeads {
    /// The probability that the lead ends well, by the calibration of its card, in [0, 1]; `None` where that card was
    /// not learned, or fit cannot be evaluated.
    #[must_use]
    pub fn probability(&self, row: usize) -> Option<f64> {
        let evidence = self.icp(row).evidence.as_ref()?;
        Some(evidence.calibration.probability(self.fit(row)?.as_f64()))
    }

    /// The lead's place in this list by fit: the share of leads with fewer points, those with as many counting half,
    /// in [0, 1]. No probability. `None` where fit cannot be evaluated.
    #[must_use]
    pub fn rank(&self, row: usize) -> Option<f64> {
        self.places.rank(self.fit(row).map(Points::micro)?)
    }

    /// Whether some segment has a contract value; without one no lead is worth anything that can be said.
    pub(crate) fn some_have_worth(&self) -> bool {
        self.model().segments().iter().any(|segment| segment.acv.is_some())
    }

    /// What the lead is worth; `None` where its segment has no contract value, or neither a learned card nor its
    /// segment says how often such leads are won. Leads that are out are worth nothing to a queue and have none.
    #[must_use]
    pub fn worth(&self, row: usize) -> Option<Worth> {
        let segment = self.segment(row).filter(|_| self.disqualified(row).is_none())?;
        let benchmark = || Some((segment.win_rate?.get(), WinRateSource::Benchmark));
        let learned = self.probability(row).map(|probability| (probability, WinRateSource::Learned));
        let (win_rate, source) = learned.or_else(benchmark)?;
        Some(Worth { acv: segment.acv?, win_rate, source, cycle_days: segment.cycle_days })
    }

    /// Contract value × win rate, in major units; see [`worth`](Self::worth).
    #[must_use]
    pub fn expected_value(&self, row: usize) -> Option<f64> {
        self.worth(row).map(|worth| worth.value())
    }

    /// The expected value over the segment's cycle, in major units per day: what an hour spent on it brings first.
    #[must_use]
    pub fn value_per_day(&self, row: usize) -> Option<f64> {
        self.worth(row)?.per_day()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_is_the_share_below_ties_counting_half() {
        let places = Places::of([30, 10, 20, 20].into_iter());
        let ranks: Vec<Option<f64>> = [5, 10, 20, 30, 40].map(|points| places.rank(points)).to_vec();
        assert_eq!(ranks, [Some(0.0), Some(0.125), Some(0.5), Some(0.875), Some(1.0)]);
        assert_eq!(Places::default().rank(1), None);
        let many = Places::of((0..1_000).map(|n| n * 7_919 % 101).chain(0..0));
        assert_eq!((many.0.len(), many.0.last().map(|(_, all)| *all)), (101, Some(1_000)));
    }
}
