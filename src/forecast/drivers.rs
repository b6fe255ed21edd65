//! Which deals carry the odds: what each does to them, which must not be lost, and how much hangs on few.

use super::Forecast;
use super::plan::GROUPS;
use super::simulate::Simulation;
use crate::Error;
use crate::stats::Arrange;
use crate::stats::{Estimate, GroupedSample};

/// Deals looked at for sets that must be won, and most sets told.
const CANDIDATES: usize = 40;
const MOST_SETS: usize = 50;

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

/// The smallest sets of deals whose loss brings the odds below a level.
#[derive(Debug, Clone, PartialEq)]
pub struct MustWin {
    /// The level.
    pub level: f64,
    /// Each set of indices into the forecast's deals, with the odds without them; no set holds another.
    pub sets: Vec<(Vec<usize>, f64)>,
    /// How many sets there are.
    pub count: usize,
    /// Deals looked at: all that can be won in the period, or the most effective of them.
    pub considered: usize,
    /// Deals that can be won in the period.
    pub possible: usize,
}

/// What deals bring in a period, trial by trial, and what is asked of it.
pub(super) struct Played<'a> {
    forecast: &'a Forecast,
    period: usize,
    simulation: Simulation,
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

    /// What each deal does to the odds; `see` is shown what each brings, deal by deal.
    pub(super) fn drivers(&self, mut see: impl FnMut(usize, &[i64])) -> Drivers {
        let trials = self.forecast.trials();
        let totals = trials.period(self.period);
        let (target, is_quota) = self.target(&totals);
        let simulated = trials.simulated(self.period);
        let margins = trials.towards(self.period, target);
        let odds = GroupedSample::new(&totals, GROUPS).share_at_least(target);
        let mut deals = Vec::with_capacity(self.forecast.outcome().deals.len());
        let size = (totals.len() / GROUPS).max(1);
        let all = (0..self.forecast.outcome().deals.len()).collect();
        self.simulation.each_deal(self.period, all, |index, brought| {
            see(index, brought);
            let pays = self.pays(index);
            let mut groups = [Tally::default(); GROUPS];
            for (at, (group, brought)) in groups.iter_mut().zip(brought.chunks_exact(size)).enumerate() {
                for (trial, part) in (at * size..).zip(brought) {
                    let won = totals[trial] + pays(trial, *part);
                    // Won for certain it stands outside the correction; what is left moves by what it brings at most.
                    let (low, high) = (won - part.max(&0), won - part.min(&0));
                    group.won += u32::from(
                        low >= target
                            || (high >= target && won + trials.moved(self.period, simulated[trial], -part) >= target),
                    );
                    group.lost += u32::from(margins[trial] >= *part);
                    group.pays += u32::from(*part != 0);
                    group.brought += *part as f64;
                }
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

    /// What a deal brings in a trial once it is won for certain, given what it brought there: as in a scenario that wins it.
    fn pays(&self, index: usize) -> impl Fn(usize, i64) -> i64 {
        let line = self.forecast.outcome().deals.get(index);
        let drawn = line.is_none_or(|line| !line.amount_known).then(|| self.simulation.pays(index));
        let amount = line.map_or(0, |line| line.amount);
        move |trial, brought| match &drawn {
            Some(drawn) => drawn(trial),
            None if amount > 0 => amount.max(brought),
            None => amount,
        }
    }

    /// The smallest sets of at most three deals without which the odds are below `level`.
    pub(super) fn must_win(&self, drivers: &Drivers, level: f64) -> MustWin {
        let margins = self.forecast.trials().towards(self.period, drivers.target);
        let mut possible: Vec<&Driver> = drivers.deals.iter().filter(|driver| driver.mean.value > 0.0).collect();
        let key = |deal: usize| self.forecast.outcome().deals.get(deal).map_or(0, |line| line.key);
        possible.arrange_by(|a, b| b.mean.value.total_cmp(&a.mean.value).then_with(|| key(a.deal).cmp(&key(b.deal))));
        let chosen: Vec<usize> = possible.iter().take(CANDIDATES).map(|driver| driver.deal).collect();
        // Only trials that reach the target can be brought below it: how much each can lose and still reach it.
        let hits: Vec<usize> = (0..margins.len()).filter(|&trial| margins[trial] >= 0).collect();
        let slack: Vec<i64> = hits.iter().map(|&trial| margins[trial]).collect();
        let mut brought: Vec<Vec<i64>> = vec![Vec::new(); chosen.len()];
        self.simulation.each_deal(self.period, chosen.clone(), |index, parts| {
            if let Some(at) = chosen.iter().position(|&deal| deal == index) {
                brought[at] = hits.iter().map(|&trial| parts[trial]).collect();
            }
        });
        let search = Search { slack: &slack, brought: &brought, trials: margins.len(), level };
        let mut found = search.sets();
        for (set, _) in &mut found {
            *set = set.iter().map(|&at| chosen[at]).collect();
        }
        let count = found.len();
        found.arrange_by(|(a, odds), (b, other)| {
            let keys = |set: &[usize]| set.iter().map(|&deal| key(deal)).collect::<Vec<u64>>();
            a.len().cmp(&b.len()).then(odds.total_cmp(other)).then_with(|| keys(a).cmp(&keys(b)))
        });
        found.truncate(MOST_SETS);
        MustWin { level, sets: found, count, considered: chosen.len(), possible: possible.len() }
    }
}

/// The search among candidates, over the trials that reach the target.
struct Search<'a> {
    slack: &'a [i64],
    brought: &'a [Vec<i64>],
    trials: usize,
    level: f64,
}

impl Search<'_> {
    /// Trials that fall short once a set is lost, of those in which `sum` is lost already.
    fn short(&self, sum: &[i64], more: &[i64]) -> usize {
        self.slack.iter().zip(sum).zip(more).filter(|((slack, sum), more)| **sum + **more > **slack).count()
    }

    fn odds_without(&self, short: usize) -> f64 {
        self.slack.len().saturating_sub(short) as f64 / self.trials.max(1) as f64
    }

    fn is_enough(&self, short: usize) -> bool {
        self.odds_without(short) < self.level
    }

    /// Sets of one, two, three, none of which holds another. Nothing is enough where the odds are below the level
    /// anyway.
    fn sets(&self) -> Vec<(Vec<usize>, f64)> {
        let mut found = Vec::new();
        let count = self.brought.len();
        if self.is_enough(0) {
            return found;
        }
        let none = vec![0; self.slack.len()];
        let mut open = Vec::new();
        for one in 0..count {
            let short = self.short(&none, &self.brought[one]);
            if self.is_enough(short) {
                found.push((vec![one], self.odds_without(short)));
            } else {
                open.push(one);
            }
        }
        let won: Vec<usize> = self.brought.iter().map(|parts| parts.iter().filter(|part| **part > 0).count()).collect();
        let mut pairs = vec![vec![0; count]; count];
        for (i, &one) in open.iter().enumerate() {
            for &two in &open[i + 1..] {
                let short = self.short(&self.brought[one], &self.brought[two]);
                pairs[one][two] = short;
                if self.is_enough(short) {
                    found.push((vec![one, two], self.odds_without(short)));
                }
            }
        }
        let mut sum: Vec<i64> = Vec::new();
        for (i, &one) in open.iter().enumerate() {
            for (j, &two) in open.iter().enumerate().skip(i + 1) {
                sum.clear();
                for &three in &open[j + 1..] {
                    let of = [(pairs[one][two], three), (pairs[one][three], two), (pairs[two][three], one)];
                    // What falls short with three deals lost falls short with two of them, or has the third one won.
                    let most = of.iter().map(|(short, other)| short + won[*other]).min().unwrap_or(0);
                    if of.iter().any(|(short, _)| self.is_enough(*short)) || !self.is_enough(most) {
                        continue;
                    }
                    if sum.is_empty() {
                        sum.extend(self.brought[one].iter().zip(&self.brought[two]).map(|(a, b)| a + b));
                    }
                    let short = self.short(&sum, &self.brought[three]);
                    if self.is_enough(short) {
                        found.push((vec![one, two, three], self.odds_without(short)));
                    }
                }
            }
        }
        found
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

    /// The smallest sets of at most three deals without which the odds of a period are below `level`.
    ///
    /// # Errors
    /// As [`drivers`](Self::drivers).
    pub fn must_win(&self, period: usize, level: f64) -> Result<MustWin, Error> {
        self.see(period)?;
        let played = Played::new(self, period)?;
        let drivers = played.drivers(|_, _| {});
        Ok(played.must_win(&drivers, level))
    }

    pub(super) fn see(&self, period: usize) -> Result<(), Error> {
        let count = self.trials().periods();
        if period < count {
            return Ok(());
        }
        let message = format!("the forecast has {count} periods, counted from 0");
        Err(Error::new(crate::ErrorKind::Run, "period-outside", message).at(crate::Place::path("period")))
    }
}
