//! Which deals carry the odds: what each does to them, which must not be lost, and how much hangs on few.

use super::Forecast;
use super::plan::GROUPS;
use super::simulate::Simulation;
use crate::Error;
use crate::stats::Arrange;
use crate::stats::{Estimate, GroupedSample};

/// What single deals do to a period. Amounts are in minor units.
#[derive(Debug, Clone, PartialEq)]
pub struct Drivers {
    /// What is to be reached: the quota, else the median of the period.
    pub target: i64,
    /// Whether that is the quota.
    pub is_quota: bool,
    /// The odds to reach it.
    pub odds: Estimate,
    /// Each deal of the forecast, in the order of its deals.
    pub deals: Vec<Driver>,
}

/// What one deal does to the odds, everything else as simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Driver {
    /// Index of the deal in the forecast's deals.
    pub deal: usize,
    /// The odds if it is won in the period for certain, at its amount; where it is not known, at what other wins brought.
    pub won: Estimate,
    /// The odds if it is not.
    pub lost: Estimate,
    /// Their difference, trial by trial.
    pub effect: Estimate,
    /// How often it is won in the period.
    pub share_won: Estimate,
    /// What it brings in the period, in the mean of all trials.
    pub mean: Estimate,
}

/// Sums over the trials of a group.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    won: u32,
    lost: u32,
    pays: u32,
    brought: f64,
}

/// What a deal brings once it is won for certain.
enum Pays {
    /// Its amount.
    Known(i64),
    /// What is drawn, batch by batch.
    Drawn(Vec<i64>),
}

impl Pays {
    /// In a trial of a batch in which it brings `part` as it is.
    fn where_won(&self, batch: usize, part: i64) -> i64 {
        match self {
            Self::Known(amount) if *amount > 0 => part.max(*amount),
            Self::Known(amount) => *amount,
            Self::Drawn(batches) => batches.get(batch).copied().unwrap_or(0),
        }
    }
}

fn count<T>(all: &[T], holds: impl Fn(&T) -> bool) -> u32 {
    all.iter().map(|one| u32::from(holds(one))).sum()
}

/// What deals bring in a period, trial by trial, and what is asked of it.
pub(super) struct Played<'a> {
    pub(super) forecast: &'a Forecast,
    pub(super) period: usize,
    pub(super) simulation: Simulation,
}

impl<'a> Played<'a> {
    pub(super) fn new(forecast: &'a Forecast, period: usize) -> Result<Self, Error> {
        let source = forecast.source();
        let input = forecast.outcome().input(&source.model, &source.run)?;
        Ok(Self { forecast, period, simulation: Simulation::new(input)? })
    }

    fn target(&self, totals: &[i64]) -> (i64, bool) {
        let quota = self.forecast.outcome().quotas.get(self.period).copied().flatten();
        let median =
            || GroupedSample::new(totals, GROUPS).quantiles(&[0.5]).first().map_or(0.0, |p50| p50.value) as i64;
        quota.map_or_else(|| (median(), false), |quota| (quota, true))
    }

    /// What each deal does to the odds; `see` is shown in which trials each deal brings something, and what.
    pub(super) fn drivers(&self, mut see: impl FnMut(usize, &[(usize, i64)])) -> Drivers {
        let trials = self.forecast.trials();
        let totals = trials.period(self.period);
        let (target, is_quota) = self.target(&totals);
        let simulated = trials.simulated(self.period);
        let margins = trials.towards(self.period, target);
        let odds = GroupedSample::new(&totals, GROUPS).share_at_least(target);
        let mut deals = Vec::with_capacity(self.forecast.outcome().deals.len());
        let (size, batch) = ((totals.len() / GROUPS).max(1), self.simulation.plan().batch_size);
        // Most deals bring nothing in most trials: those are counted batch by batch, by what is known of the trials without the deal.
        let mut ascending = totals.clone();
        ascending.chunks_exact_mut(batch).for_each(<[i64]>::sort_unstable);
        let reached: Vec<u32> = margins.chunks_exact(batch).map(|part| count(part, |margin| *margin >= 0)).collect();
        let mut brings: Vec<(usize, i64)> = Vec::new();
        let all = (0..self.forecast.outcome().deals.len()).collect();
        self.simulation.each_deal(self.period, all, |index, brought| {
            brings.clear();
            brings.extend(brought.iter().copied().enumerate().filter(|(_, part)| *part != 0));
            see(index, &brings);
            let pays = self.pays(index);
            let mut groups = [Tally::default(); GROUPS];
            for (at, (totals, reached)) in ascending.chunks_exact(batch).zip(&reached).enumerate() {
                let group = &mut groups[at * batch / size];
                let without = target.saturating_sub(pays.where_won(at, 0));
                group.won += (totals.len() - totals.partition_point(|total| *total < without)) as u32;
                group.lost += reached;
            }
            for &(trial, part) in &brings {
                let (at, group) = (trial / batch, &mut groups[trial / size]);
                let (total, margin) = (totals[trial], margins[trial]);
                let won = total + pays.where_won(at, part);
                // Won for certain it stands outside the correction; what is left moves by what it brings at most.
                let (low, high) = (won - part.max(0), won - part.min(0));
                let is_reached = low >= target
                    || (high >= target && won + trials.moved(self.period, simulated[trial], -part) >= target);
                group.won += u32::from(is_reached);
                group.won -= u32::from(total >= target.saturating_sub(pays.where_won(at, 0)));
                group.lost += u32::from(margin >= part);
                group.lost -= u32::from(margin >= 0);
                group.pays += 1;
                group.brought += part as f64;
            }
            let of = |figure: &dyn Fn(&Tally) -> f64| {
                let moments = crate::stats::Moments::of(groups.iter().map(|group| figure(group) / size as f64));
                Estimate { value: moments.mean(), error: moments.sd() / (GROUPS as f64).sqrt() }
            };
            deals.push(Driver {
                deal: index,
                won: of(&|group| f64::from(group.won)),
                lost: of(&|group| f64::from(group.lost)),
                effect: of(&|group| f64::from(group.won) - f64::from(group.lost)),
                share_won: of(&|group| f64::from(group.pays)),
                mean: of(&|group| group.brought),
            });
        });
        deals.arrange_by_key(|driver: &Driver| driver.deal);
        Drivers { target, is_quota, odds, deals }
    }

    /// What a deal brings once it is won for certain: as in a scenario that wins it.
    fn pays(&self, index: usize) -> Pays {
        match self.forecast.outcome().deals.get(index) {
            Some(line) if line.amount_known => Pays::Known(line.amount),
            _ => Pays::Drawn(self.simulation.pays(index)),
        }
    }
}

impl Forecast {
    /// What each deal does to the odds of a period, counted from the current one.
    ///
    /// # Errors
    /// The limits of the simulation; `period-outside`.
    pub fn drivers(&self, period: usize) -> Result<Drivers, Error> {
        self.see(period)?;
        Ok(Played::new(self, period)?.drivers(|_, _| {}))
    }

    pub(crate) fn see(&self, period: usize) -> Result<(), Error> {
        let count = self.trials().periods();
        if period < count {
            return Ok(());
        }
        let message = format!("the forecast has {count} periods, counted from 0");
        Err(Error::new(crate::ErrorKind::Run, "period-outside", message).at(crate::Place::path("period")))
    }
}
