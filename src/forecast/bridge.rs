//! How the odds of a period moved between two exports, split by what changed.
//!
//! The way from last week's forecast to this week's is walked in one order, each step on the same random numbers: time
//! passes first (last week's deals seen from this week's day), then the buckets in the order of [`Bucket::ALL`], last
//! what is left (stages, chances, dates within the period, rates told from other closed deals), and what contracts bring now
//! in place of what they were to bring seen from the earlier day. A step's part is what
//! it changes at its place in that order, so the parts sum exactly to the whole change.

use super::input::{Amount, SimulatedDeal, SimulationInput, Win};
use super::outcome::Outcome;
use super::pairing::Pairs;
use super::plan::GROUPS;
use super::renewals::Renewals;
use super::replay::replay;
use super::simulate::Simulation;
use super::waterfall::{Bucket, Stands, bucket_of};
use super::{Forecast, Horizon};
use crate::Error;
use crate::calendar::{Date, FiscalYear, Period};
use crate::crm::DealStatus;
use crate::money::Money;
use crate::random::StreamKey;
use crate::stats::{Estimate, GroupedSample};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A step of the way from one forecast to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", untagged)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum Cause {
    /// The deals of one bucket.
    Bucket(Bucket),
    /// Anything else.
    Other(OtherCause),
}

/// What moves the odds and is in no bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum OtherCause {
    /// Less time is left.
    Time,
    /// Stages, chances, dates within the period or outside it, and rates told from other closed deals.
    Progress,
    /// What earlier quarters of the file correct; there only where the forecast is corrected.
    Calibration,
    /// What contracts bring that are renewed, beside what they were to bring seen from the earlier day; there only with
    /// contracts.
    Renewals,
}

/// How odds and median moved.
#[derive(Debug, Clone, PartialEq)]
pub struct OddsBridge {
    /// The quota in minor units, if there is one.
    pub quota: Option<i64>,
    /// The odds as forecast from the earlier export, on its day.
    pub start: Option<Estimate>,
    /// The odds as forecast now.
    pub end: Option<Estimate>,
    /// The median of the period's total then, in minor units.
    pub start_p50: Estimate,
    /// The median now.
    pub end_p50: Estimate,
    /// The steps in their order.
    pub steps: Vec<OddsStep>,
}

/// One step's part of the change.
#[derive(Debug, Clone, PartialEq)]
pub struct OddsStep {
    /// What changed.
    pub cause: Cause,
    /// Its part of the change of the odds, with the error of the paired difference; `None` without a quota.
    pub odds: Option<Estimate>,
    /// Its part of the change of the median, in minor units.
    pub p50: f64,
}

/// How many periods a forecast of this day needs to see the period; `None` if it cannot.
pub(super) fn periods_to(as_of: Date, period: Period, at_least: u8, fiscal_year: FiscalYear) -> Option<u8> {
    let count = crate::model::Run::MAX_PERIODS;
    let horizon = Horizon::new(as_of, fiscal_year, period.kind(), usize::from(count));
    let index = horizon.periods().iter().position(|one| *one == period)?;
    Some(at_least.max(index as u8 + 1))
}

/// What the bridge is computed from.
pub(super) struct Question<'a> {
    pub(super) forecast: &'a Forecast,
    /// The earlier export on its own day.
    pub(super) earlier: &'a Outcome,
    /// The earlier export seen from the later day.
    pub(super) carried: &'a Outcome,
    /// The later export.
    pub(super) later: &'a Outcome,
    /// What the contracts were to bring, seen from the earlier day.
    pub(super) renewals: Option<Renewals>,
    /// Whether the forecast's own trials lack deals that are compared.
    pub(super) resimulate: bool,
    pub(super) period: Period,
    /// The period's index in the later forecast.
    pub(super) target: usize,
    pub(super) stands: &'a [Stands; 2],
    pub(super) pairs: &'a Pairs,
    /// An amount at the earlier day's rates.
    pub(super) revalued: &'a dyn Fn(Money) -> i64,
}

/// Deals that go and come in one step, and what is added to every trial.
#[derive(Debug, Default)]
struct Exchange {
    goes: Vec<SimulatedDeal>,
    comes: Vec<SimulatedDeal>,
    shift: i64,
}

impl Question<'_> {
    pub(super) fn answer(&self) -> Result<OddsBridge, Error> {
        let source = self.forecast.source();
        let input = |outcome: &Outcome| outcome.input(&source.model, &source.run);
        let index = self.earlier.horizon.periods().iter().position(|one| *one == self.period);
        let start = Simulation::new(input(self.earlier)?)?.finish().period(index.unwrap_or(usize::MAX));
        let renewed = self.renewals.as_ref().map(Renewals::simulation).transpose()?.map(Renewals::brought);
        let beside = renewed.zip(index).and_then(|(renewed, index)| renewed.get(index).cloned()).unwrap_or_default();
        let later = input(self.later)?;
        let end = if self.resimulate {
            Simulation::new(later.clone())?.finish().period(self.target)
        } else {
            self.forecast.trials().simulated(self.target)
        };
        let mut base = input(self.carried)?;
        let offset = base.rates.len();
        base.rates.extend(later.rates.iter().copied());
        let mut classes = 0;
        if let (Some(earlier), Some(next)) = (&base.pace, &later.pace) {
            let (joined, above) = earlier.joined(next);
            (base.pace, classes) = (Some(Arc::new(joined)), above);
        }
        let later_deals: Vec<SimulatedDeal> = later.deals.iter().map(|deal| shifted(deal, offset, classes)).collect();
        self.share_keys(&mut base.deals, &later_deals);
        let exchanges = self.exchanges(&base.deals, &later_deals);

        let quota = self.forecast.outcome().quotas.get(self.target).copied().flatten();
        let mut walk = Walk { quota, steps: Vec::new(), last: Vec::new(), beside };
        walk.last = walk.with(start);
        let (start_odds, start_p50) = walk.now();
        let mut state = Simulation::new(base.clone())?.finish().period(self.target);
        walk.step(Cause::Other(OtherCause::Time), state.clone());
        for bucket in Bucket::ALL {
            let exchange = exchanges.get(&bucket);
            if let Some(exchange) = exchange {
                exchange.apply(&base, self.target, &mut state)?;
            }
            walk.step(Cause::Bucket(bucket), state.clone());
        }
        walk.step(Cause::Other(OtherCause::Progress), end.clone());
        if self.forecast.trials().is_corrected(self.target) {
            let corrected = self.forecast.trials().as_corrected(self.target, end.clone());
            walk.step(Cause::Other(OtherCause::Calibration), corrected);
        }
        if self.forecast.trials().renewals(self.target).is_some() {
            walk.beside = Vec::new();
            walk.step(Cause::Other(OtherCause::Renewals), self.forecast.trials().whole(self.target, end));
        }
        let (end_odds, end_p50) = walk.now();
        Ok(OddsBridge { quota, start: start_odds, end: end_odds, start_p50, end_p50, steps: walk.steps })
    }

    /// Gives deals that are in both exports the stream of the later one; keys stay unique.
    fn share_keys(&self, base: &mut [SimulatedDeal], later: &[SimulatedDeal]) {
        let [before, after] = self.stands;
        for &(one, other) in &self.pairs.both {
            if let (Some(line), Some(next)) = (before.lines[one], after.lines[other])
                && let (Some(deal), Some(next)) = (base.get_mut(line), later.get(next))
            {
                deal.key = next.key;
            }
        }
        let mut seen = BTreeSet::new();
        for deal in base {
            while !seen.insert(deal.key) {
                deal.key = StreamKey::new(deal.key).with(1).bits();
            }
        }
    }

    fn exchanges(&self, base: &[SimulatedDeal], later: &[SimulatedDeal]) -> BTreeMap<Bucket, Exchange> {
        let [before, after] = self.stands;
        let mut all: BTreeMap<Bucket, Exchange> = BTreeMap::new();
        let old = |at: usize| before.lines[at].and_then(|line| base.get(line)).cloned();
        let new = |at: usize| after.lines[at].and_then(|line| later.get(line)).cloned();
        let won = |stands: &Stands, at: usize| if stands.list[at].is_won_here { stands.list[at].value } else { 0 };
        let both = self.pairs.both.iter().map(|&(one, other)| (Some(one), Some(other)));
        let gone = self.pairs.before.iter().map(|&one| (Some(one), None));
        let come = self.pairs.after.iter().map(|&other| (None, Some(other)));
        for (one, other) in both.chain(gone).chain(come) {
            let (stand, next) = (one.map(|at| &before.list[at]), other.map(|at| &after.list[at]));
            if let Some(bucket) = bucket_of(stand, next) {
                let exchange = all.entry(bucket).or_default();
                exchange.goes.extend(one.and_then(old));
                exchange.comes.extend(other.and_then(new));
                exchange.shift += other.map_or(0, |at| won(after, at)) - one.map_or(0, |at| won(before, at));
                continue;
            }
            let (Some(one), Some(other), Some(stand), Some(next)) = (one, other, stand, next) else { continue };
            let revalued = (self.revalued)(next.amount);
            let up = if revalued > stand.value { Bucket::AmountUp } else { Bucket::AmountDown };
            if next.is_won_here && next.status == DealStatus::Won {
                all.entry(up).or_default().shift += revalued - stand.value;
                all.entry(Bucket::Fx).or_default().shift += next.value - revalued;
            } else if stand.is_called
                && let Some(deal) = old(one)
                && after.lines[other].is_some()
            {
                let kind = |minor: i64| match deal.amount {
                    Amount::Estimate(_) => Amount::Estimate(minor),
                    _ => Amount::Fixed(minor),
                };
                let paying = |minor: i64| SimulatedDeal { amount: kind(minor), ..deal.clone() };
                for (bucket, from, to) in [(up, stand.value, revalued), (Bucket::Fx, revalued, next.value)] {
                    if from != to {
                        let exchange = all.entry(bucket).or_default();
                        exchange.goes.push(paying(from));
                        exchange.comes.push(paying(to));
                    }
                }
            }
        }
        for group in &self.pairs.ambiguous {
            let exchange = all.entry(Bucket::Ambiguous).or_default();
            exchange.goes.extend(group.before.iter().filter_map(|&at| old(at)));
            exchange.comes.extend(group.after.iter().filter_map(|&at| new(at)));
            exchange.shift += group.after.iter().map(|&at| won(after, at)).sum::<i64>();
            exchange.shift -= group.before.iter().map(|&at| won(before, at)).sum::<i64>();
        }
        all
    }
}

/// A deal of the later simulation in one whose lists of rates and classes have others in front.
fn shifted(deal: &SimulatedDeal, offset: usize, classes: usize) -> SimulatedDeal {
    let win = match deal.win {
        Win::Fixed(p) => Win::Fixed(p),
        Win::Hazard { class, factor } => Win::Hazard { class: class + classes, factor },
        Win::Shared(rate) => Win::Shared(rate + offset),
        Win::InARow { rate, times } => Win::InARow { rate: rate + offset, times },
        Win::Blend { low, high, weight } => Win::Blend { low: low + offset, high: high + offset, weight },
    };
    SimulatedDeal { win, ..deal.clone() }
}

impl Exchange {
    fn apply(&self, base: &SimulationInput, target: usize, state: &mut [i64]) -> Result<(), Error> {
        for (deals, sign) in [(&self.goes, -1), (&self.comes, 1)] {
            if deals.is_empty() {
                continue;
            }
            let totals = replay(base, deals.clone())?.period(target);
            state.iter_mut().zip(totals).for_each(|(total, part)| *total += sign * part);
        }
        state.iter_mut().for_each(|total| *total += self.shift);
        Ok(())
    }
}

/// The totals at one place of the way, and the steps so far.
struct Walk {
    quota: Option<i64>,
    steps: Vec<OddsStep>,
    last: Vec<i64>,
    /// What contracts bring, beside the deals.
    beside: Vec<i64>,
}

impl Walk {
    fn now(&self) -> (Option<Estimate>, Estimate) {
        let sample = GroupedSample::new(&self.last, GROUPS);
        let median = sample.quantiles(&[0.5]).first().copied().unwrap_or_default();
        (self.quota.map(|quota| sample.share_at_least(quota)), median)
    }

    fn with(&self, mut deals: Vec<i64>) -> Vec<i64> {
        deals.iter_mut().zip(&self.beside).for_each(|(total, renewed)| *total += renewed);
        deals
    }

    fn step(&mut self, cause: Cause, deals: Vec<i64>) {
        let next = self.with(deals);
        if next == self.last {
            let odds = self.quota.map(|_| Estimate::default());
            self.steps.push(OddsStep { cause, odds, p50: 0.0 });
            return;
        }
        let (_, before) = self.now();
        let odds = self.quota.map(|quota| {
            let flips: Vec<i64> = next
                .iter()
                .zip(&self.last)
                .map(|(now, then)| i64::from(*now >= quota) - i64::from(*then >= quota))
                .collect();
            GroupedSample::new(&flips, GROUPS).mean()
        });
        self.last = next;
        let (_, after) = self.now();
        self.steps.push(OddsStep { cause, odds, p50: after.value - before.value });
    }
}
