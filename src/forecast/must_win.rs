//! The smallest sets of deals without which a target is out of reach.
//!
//! Few deals are listed with all their outcomes, and the sets are exact. Else they are those of the trials, with their error.

use super::Forecast;
use super::drivers::{Driver, Drivers, Played};
use super::plan::GROUPS;
use crate::Error;
use crate::stats::{Arrange, Estimate, GroupedSample};

/// Deals looked at in the trials, and most sets told.
const CANDIDATES: usize = 40;
const MOST_SETS: usize = 50;
/// More than the rounding of a sum of 65,536 probabilities.
const ROUNDING: f64 = 1e-12;

/// The smallest sets of deals whose loss brings the odds below a level.
#[derive(Debug, Clone, PartialEq)]
pub struct MustWin {
    /// The level.
    pub level: f64,
    /// Each set of indices into the forecast's deals, with the odds without them; no set holds another. The error is 0 where they are
    /// exact.
    pub sets: Vec<(Vec<usize>, Estimate)>,
    /// How many sets there are.
    pub count: usize,
    /// Deals looked at: all that can be won in the period, or of more than 16 the 40 that bring most in the mean.
    pub considered: usize,
    /// Deals that can be won in the period.
    pub possible: usize,
    /// Whether the odds are computed from every outcome of the deals, not from the trials.
    pub is_exact: bool,
}

/// Outcomes that reach the target, and what each candidate brings to them.
struct Reached {
    /// Indices into the forecast's deals.
    candidates: Vec<usize>,
    /// How much each outcome can lose and still reach the target.
    slack: Vec<i64>,
    /// Per candidate, outcome by outcome.
    brought: Vec<Vec<i64>>,
    weights: Weights,
}

/// What an outcome counts.
enum Weights {
    /// Each trial the same: which trial each outcome is, and how many there are.
    Trials(Vec<usize>, usize),
    /// Its probability.
    Known(Vec<f64>),
}

impl Forecast {
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
}

impl Played<'_> {
    /// The smallest sets of at most three deals without which the odds are below `level`.
    pub(super) fn must_win(&self, drivers: &Drivers, level: f64) -> MustWin {
        let possible = drivers.deals.iter().filter(|driver| driver.mean.value > 0.0).count();
        let listed = self.listed(drivers.target);
        let is_exact = listed.is_some();
        let reached = listed.unwrap_or_else(|| self.simulated(drivers));
        let key = |deal: usize| self.forecast.outcome().deals.get(deal).map_or(0, |line| line.key);
        let mut found = Search::new(&reached, level).sets();
        // The search adds up probabilities deal by deal, so that equal sets may differ in their last digit.
        if is_exact {
            found.iter_mut().for_each(|(set, left)| *left = reached.left(set));
        }
        let count = found.len();
        found.arrange_by(|(a, left), (b, other)| {
            let keys = |set: &[usize]| set.iter().map(|&at| key(reached.candidates[at])).collect::<Vec<u64>>();
            a.len().cmp(&b.len()).then(left.total_cmp(other)).then_with(|| keys(a).cmp(&keys(b)))
        });
        found.truncate(MOST_SETS);
        let told = found.into_iter().map(|(set, left)| {
            let estimate = reached.estimate(&set, left);
            (set.iter().map(|&at| reached.candidates[at]).collect(), estimate)
        });
        let sets = told.collect();
        let considered = reached.candidates.len();
        MustWin { level, sets, count, considered, possible: possible.max(considered), is_exact }
    }

    /// Every outcome of the deals and renewals, where they are few and nothing corrects them.
    fn listed(&self, target: i64) -> Option<Reached> {
        if self.forecast.trials().is_corrected(self.period) {
            return None;
        }
        let source = self.forecast.source();
        let mut input = self.forecast.outcome().input(&source.model, &source.run).ok()?;
        let deals = input.deals.len();
        if let Some(renewals) = self.forecast.renewals() {
            input = renewals.joined(input);
        }
        let listed = input.listed(self.period).ok()?;
        let hits: Vec<usize> = (0..listed.totals.len()).filter(|&at| listed.totals[at] >= target).collect();
        let of_deals = |(index, brought): &&(usize, Vec<i64>)| *index < deals && brought.iter().any(|part| *part > 0);
        let chosen: Vec<&(usize, Vec<i64>)> = listed.deals.iter().filter(of_deals).collect();
        Some(Reached {
            candidates: chosen.iter().map(|(index, _)| *index).collect(),
            slack: hits.iter().map(|&at| listed.totals[at] - target).collect(),
            brought: chosen.iter().map(|(_, brought)| hits.iter().map(|&at| brought[at]).collect()).collect(),
            weights: Weights::Known(hits.iter().map(|&at| listed.masses[at]).collect()),
        })
    }

    /// The trials that reach the target, and the deals that bring most in the mean.
    fn simulated(&self, drivers: &Drivers) -> Reached {
        let margins = self.forecast.trials().towards(self.period, drivers.target);
        let key = |deal: usize| self.forecast.outcome().deals.get(deal).map_or(0, |line| line.key);
        let mut possible: Vec<&Driver> = drivers.deals.iter().filter(|driver| driver.mean.value > 0.0).collect();
        possible.arrange_by(|a, b| b.mean.value.total_cmp(&a.mean.value).then_with(|| key(a.deal).cmp(&key(b.deal))));
        let candidates: Vec<usize> = possible.iter().take(CANDIDATES).map(|driver| driver.deal).collect();
        // Only trials that reach the target can be brought below it.
        let hits: Vec<usize> = (0..margins.len()).filter(|&trial| margins[trial] >= 0).collect();
        let mut brought: Vec<Vec<i64>> = vec![Vec::new(); candidates.len()];
        self.simulation.each_deal(self.period, candidates.clone(), |index, parts| {
            if let Some(at) = candidates.iter().position(|&deal| deal == index) {
                brought[at] = hits.iter().map(|&trial| parts[trial]).collect();
            }
        });
        let slack = hits.iter().map(|&trial| margins[trial]).collect();
        Reached { candidates, slack, brought, weights: Weights::Trials(hits, margins.len()) }
    }
}

impl Reached {
    /// The outcomes that still reach the target without a set.
    fn reaching(&self, set: &[usize]) -> impl Iterator<Item = usize> {
        (0..self.slack.len())
            .filter(|&at| set.iter().map(|&deal| self.brought[deal][at]).sum::<i64>() <= self.slack[at])
    }

    /// The weight of those outcomes.
    fn left(&self, set: &[usize]) -> f64 {
        match &self.weights {
            Weights::Trials(..) => self.reaching(set).count() as f64,
            Weights::Known(masses) => self.reaching(set).map(|at| masses[at]).sum(),
        }
    }

    /// The odds that are left without a set, whose weight is `left`.
    fn estimate(&self, set: &[usize], left: f64) -> Estimate {
        let Weights::Trials(trials, count) = &self.weights else { return Estimate { value: left, error: 0.0 } };
        let mut reaches = vec![0; *count];
        self.reaching(set).for_each(|at| reaches[trials[at]] = 1);
        GroupedSample::new(&reaches, GROUPS).mean()
    }
}

/// The search among candidates, over the outcomes that reach the target.
struct Search<'a> {
    reached: &'a Reached,
    level: f64,
    /// Per candidate: the outcomes to which it brings something, and what. Most deals are lost in most outcomes.
    parts: Vec<Vec<(usize, i64)>>,
    /// What all outcomes count together, with those that miss the target.
    total: f64,
}

impl<'a> Search<'a> {
    fn new(reached: &'a Reached, level: f64) -> Self {
        let brings = |brought: &Vec<i64>| brought.iter().copied().enumerate().filter(|(_, part)| *part != 0).collect();
        let total = match &reached.weights {
            Weights::Trials(_, count) => (*count).max(1) as f64,
            Weights::Known(_) => 1.0,
        };
        Self { reached, level, parts: reached.brought.iter().map(brings).collect(), total }
    }

    /// The weight that is left once one more is lost, where each outcome can lose `rest` and the weight so far is `left`.
    fn without(&self, left: f64, rest: &[i64], more: usize) -> f64 {
        // What the loss of this one changes: it puts outcomes out of reach, or, where it costs, back into it.
        let change = |&(at, part): &(usize, i64)| i32::from(rest[at] >= part) - i32::from(rest[at] >= 0);
        match &self.reached.weights {
            Weights::Trials(..) => left + f64::from(self.parts[more].iter().map(change).sum::<i32>()),
            Weights::Known(masses) => {
                self.parts[more].iter().fold(left, |left, part| left + f64::from(change(part)) * masses[part.0])
            }
        }
    }

    /// The weight of the outcomes to which a candidate brings more than nothing.
    fn won(&self, candidate: usize) -> f64 {
        let wins = self.parts[candidate].iter().filter(|(_, part)| *part > 0);
        match &self.reached.weights {
            Weights::Trials(..) => wins.count() as f64,
            Weights::Known(masses) => wins.map(|(at, _)| masses[*at]).sum(),
        }
    }

    /// Whether so little weight is left that the odds are below the level; odds that are the level but for rounding are not.
    fn is_enough(&self, left: f64) -> bool {
        left / self.total < self.level - ROUNDING
    }

    /// What each outcome can lose once a candidate is lost.
    fn rest(&self, rest: &[i64], lost: usize) -> Vec<i64> {
        rest.iter().zip(&self.reached.brought[lost]).map(|(rest, part)| rest - part).collect()
    }

    /// Sets of one, two, three, none of which holds another, each with the weight that is left. Nothing is enough where the
    /// odds are below the level anyway.
    fn sets(&self) -> Vec<(Vec<usize>, f64)> {
        let mut found = Vec::new();
        let slack = &self.reached.slack;
        let count = self.parts.len();
        let all = match &self.reached.weights {
            Weights::Trials(..) => slack.len() as f64,
            Weights::Known(masses) => masses.iter().sum(),
        };
        if self.is_enough(all) {
            return found;
        }
        let mut open = Vec::new();
        for one in 0..count {
            let left = self.without(all, slack, one);
            if self.is_enough(left) {
                found.push((vec![one], left));
            } else {
                open.push((one, left));
            }
        }
        let won: Vec<f64> = (0..count).map(|one| self.won(one)).collect();
        let mut pairs = vec![vec![0.0; count]; count];
        for (i, &(one, left)) in open.iter().enumerate() {
            let rest = self.rest(slack, one);
            for &(two, _) in &open[i + 1..] {
                let left = self.without(left, &rest, two);
                pairs[one][two] = left;
                if self.is_enough(left) {
                    found.push((vec![one, two], left));
                }
            }
        }
        for (i, &(one, _)) in open.iter().enumerate() {
            let of_one = self.rest(slack, one);
            for (j, &(two, _)) in open.iter().enumerate().skip(i + 1) {
                let mut rest: Vec<i64> = Vec::new();
                for &(three, _) in &open[j + 1..] {
                    let of = [(pairs[one][two], three), (pairs[one][three], two), (pairs[two][three], one)];
                    // What is out of reach with three deals lost is so with two of them, or has the third one won. Rounding aside.
                    let least =
                        of.iter().map(|(left, other)| left - won[*other]).fold(0.0, f64::max) - 1e-9 * self.total;
                    if of.iter().any(|(left, _)| self.is_enough(*left)) || !self.is_enough(least) {
                        continue;
                    }
                    if rest.is_empty() {
                        rest = self.rest(&of_one, two);
                    }
                    let left = self.without(pairs[one][two], &rest, three);
                    if self.is_enough(left) {
                        found.push((vec![one, two, three], left));
                    }
                }
            }
        }
        found
    }
}
