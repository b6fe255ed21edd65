//! What a changed question gives, from the trials of the forecast it changes.

use super::Forecast;
use super::changed::Changed;
use super::input::{SimulatedDeal, SimulationInput, Win};
use super::replay::replay;
use super::trials::Trials;
use crate::Error;
use crate::stats::Ordered;
use std::collections::{BTreeMap, BTreeSet};

/// A forecast whose single deals can be changed at little cost: the totals of its trials are patched by what the changed
/// deals bring, each on its own stream.
#[derive(Debug)]
pub(super) struct Patched<'a> {
    forecast: &'a Forecast,
    base: SimulationInput,
}

impl<'a> Patched<'a> {
    pub(super) fn new(forecast: &'a Forecast) -> Result<Self, Error> {
        let source = forecast.source();
        Ok(Self { forecast, base: forecast.outcome().input(&source.model, &source.run)? })
    }

    /// The changed question, with the rates of the base in front of its own.
    pub(super) fn input(&self, changed: &Changed) -> Result<SimulationInput, Error> {
        let source = self.forecast.source();
        let mut input = changed.outcome.input_of(&source.model, &source.run)?;
        let names: BTreeSet<u64> = self.base.rates.iter().map(|rate| rate.draw).ordered();
        let own = std::mem::take(&mut input.rates);
        input.rates.clone_from(&self.base.rates);
        let mut places: BTreeMap<usize, Result<usize, f64>> = BTreeMap::new();
        for (index, rate) in own.iter().enumerate() {
            // A rate of a new name would shift how the draws of the others are stratified.
            let place = if names.contains(&rate.draw) {
                input.rates.push(*rate);
                Ok(input.rates.len() - 1)
            } else {
                Err(rate.distribution.mean())
            };
            places.insert(index, place);
        }
        let place = |index: usize| places.get(&index).copied().unwrap_or(Err(0.0));
        for deal in &mut input.deals {
            deal.win = match deal.win {
                Win::Fixed(p) => Win::Fixed(p),
                Win::Hazard { class, factor } => Win::Hazard { class, factor },
                Win::Shared(rate) => place(rate).map_or_else(Win::Fixed, Win::Shared),
                Win::InARow { rate, times } => place(rate)
                    .map_or_else(|p| Win::Fixed(libm::pow(p, f64::from(times))), |rate| Win::InARow { rate, times }),
                Win::Blend { low, high, weight } => match (place(low), place(high)) {
                    (Ok(low), Ok(high)) => Win::Blend { low, high, weight },
                    (low, high) => {
                        let mean =
                            |rate: Result<usize, f64>| rate.map_or_else(|p| p, |i| input.rates[i].distribution.mean());
                        Win::Fixed(mean(low) + weight * (mean(high) - mean(low)))
                    }
                },
            };
        }
        Ok(input)
    }

    /// Each trial's total of each period, and how many deals differ.
    pub(super) fn totals(&self, input: &SimulationInput) -> Result<(Vec<Vec<i64>>, usize), Error> {
        let trials = self.forecast.trials();
        let periods = trials.periods();
        let all = |trials: &Trials| (0..periods).map(|period| trials.simulated(period)).collect::<Vec<_>>();
        let corrected = |totals: Vec<Vec<i64>>| {
            let totals = totals.into_iter().enumerate();
            totals.map(|(period, totals)| trials.whole(period, totals)).collect()
        };
        let old: BTreeMap<u64, &SimulatedDeal> = self.base.deals.iter().map(|deal| (deal.key, deal)).ordered();
        let new: BTreeMap<u64, &SimulatedDeal> = input.deals.iter().map(|deal| (deal.key, deal)).ordered();
        let same = |deal: &SimulatedDeal, other: &SimulatedDeal| {
            deal.category == other.category
                && deal.amount == other.amount
                && deal.closed_by == other.closed_by
                && self.same_win(deal.win, input, other.win)
        };
        let goes: Vec<SimulatedDeal> = old
            .values()
            .filter(|deal| new.get(&deal.key).is_none_or(|other| !same(deal, other)))
            .map(|deal| (*deal).clone())
            .collect();
        let comes: Vec<SimulatedDeal> = new
            .values()
            .filter(|deal| old.get(&deal.key).is_none_or(|other| !same(other, deal)))
            .map(|deal| (*deal).clone())
            .collect();
        let touched = goes.iter().chain(&comes).map(|deal| deal.key).collect::<BTreeSet<u64>>().len();
        if goes.len() + comes.len() > input.deals.len() {
            let mut whole = all(&replay(input, input.deals.clone())?);
            for (period, total) in whole.iter_mut().enumerate() {
                total.iter_mut().for_each(|total| *total += trials.won_to_date(period));
                if let Some(new) = trials.new_business(period) {
                    total.iter_mut().zip(new).for_each(|(total, new)| *total += new);
                }
            }
            return Ok((corrected(whole), touched));
        }
        let mut totals = all(trials);
        for (deals, sign) in [(goes, -1), (comes, 1)] {
            if deals.is_empty() {
                continue;
            }
            let source = if sign < 0 { &self.base } else { input };
            let part = replay(source, deals)?;
            for (period, total) in totals.iter_mut().enumerate() {
                total.iter_mut().zip(part.period(period)).for_each(|(total, part)| *total += sign * part);
            }
        }
        Ok((corrected(totals), touched))
    }

    /// Whether two ways to win are the same number in every batch.
    fn same_win(&self, one: Win, input: &SimulationInput, other: Win) -> bool {
        let rate = |index: usize, next: usize| self.base.rates.get(index) == input.rates.get(next);
        match (one, other) {
            (Win::Fixed(a), Win::Fixed(b)) => a.to_bits() == b.to_bits(),
            (Win::Hazard { class, factor }, Win::Hazard { class: other, factor: f }) => {
                class == other && factor.to_bits() == f.to_bits()
            }
            (Win::Shared(a), Win::Shared(b)) => rate(a, b),
            (Win::InARow { rate: a, times }, Win::InARow { rate: b, times: other }) => rate(a, b) && times == other,
            (Win::Blend { low, high, weight }, Win::Blend { low: l, high: h, weight: w }) => {
                rate(low, l) && rate(high, h) && weight.to_bits() == w.to_bits()
            }
            _ => false,
        }
    }
}
