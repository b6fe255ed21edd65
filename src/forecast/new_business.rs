//! Wins of deals that are not in the pipeline yet: how many come, when they are won, what they bring.

use super::fit::{Fit, Kind};
use super::pace::{Draw, Odds, Pace, Profile};
use crate::random::{Poisson, Sampler};

/// Creation days by which it is told what drawn hazards change, about.
const BIRTHS: usize = 24;
/// Where a batch expects more wins than twice this, what a win brings is drawn from so many drawn once per batch.
const POOL: usize = 1024;
/// Most that new business may bring in one period and trial, in minor units: sums stay exact.
const MOST: i64 = 1_000_000_000_000_000;

/// Per size band and step: what each of some draws changes of the odds to be won in time.
pub(super) type Changes<const N: usize> = Vec<Vec<[f64; N]>>;

/// The rates of one batch: the draw, and its place among those that the changes are of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Under<'a, const N: usize> {
    pub(super) draw: &'a Draw,
    pub(super) changes: &'a Changes<N>,
    pub(super) at: usize,
}

/// New business of the steps of a pace.
#[derive(Debug)]
pub(super) struct NewBusiness {
    stride: usize,
    kinds: Vec<KindOdds>,
    /// Per size band that has kinds: the kind that stands for it, and its odds at the mean rates.
    bands: Vec<(usize, Profile, Vec<u8>, Vec<f64>)>,
}

#[derive(Debug)]
struct KindOdds {
    /// Index into `bands`.
    band: usize,
    /// Per step: the sum over creation days of the odds to be won in it, at the mean rates.
    in_time: Vec<f64>,
}

impl NewBusiness {
    pub(super) fn new(pace: &Pace) -> Self {
        let means = pace.means();
        let stride = pace.days().div_ceil(BIRTHS).max(1);
        let mut bands: Vec<(usize, Profile, Vec<u8>, Vec<f64>)> = Vec::new();
        let kinds = pace.fit().arrivals.kinds.iter();
        let mut found = Vec::new();
        for kind in kinds.clone() {
            if bands.iter().all(|band| band.0 != kind.band) {
                // The kind with most arrivals stands for its band; the first of equals.
                let of_band = kinds.clone().filter(|other| other.band == kind.band);
                let most =
                    of_band.fold(kind, |most, other| if other.rate.shape > most.rate.shape { other } else { most });
                let (profile, ages) = pace.newborn(most);
                let odds = pace.in_time([&means], &profile, &ages, stride).concat();
                bands.push((kind.band, profile, ages, odds));
            }
            let (profile, ages) = pace.newborn(kind);
            found.push(KindOdds {
                band: bands.iter().position(|band| band.0 == kind.band).unwrap_or(0),
                in_time: pace.in_time([&means], &profile, &ages, 1).concat(),
            });
        }
        Self { stride, kinds: found, bands }
    }

    /// Per kind and step: the wins expected under these rates, arrivals at their means.
    pub(super) fn at_means(&self, pace: &Pace, draw: &Draw) -> Vec<Vec<f64>> {
        let changes = self.changes(pace, [draw]);
        self.expected(Under { draw, changes: &changes, at: 0 }, pace, |kind| kind.rate.mean())
    }

    /// Per size band and step: what each of the draws changes of the odds to be won in time. It is that of the band's
    /// largest kind.
    pub(super) fn changes<const N: usize>(&self, pace: &Pace, draws: [&Draw; N]) -> Changes<N> {
        let of_band = |(_, profile, ages, means): &(usize, Profile, Vec<u8>, Vec<f64>)| {
            let drawn = pace.in_time(draws, profile, ages, self.stride);
            let change =
                |(drawn, mean): (&[f64; N], &f64)| drawn.map(|drawn| if *mean > 0.0 { drawn / mean } else { 1.0 });
            drawn.iter().zip(means).map(change).collect()
        };
        self.bands.iter().map(of_band).collect()
    }

    /// Per kind and step: the wins expected under the rates of a batch, `arriving` deals of a kind a day.
    fn expected<const N: usize>(
        &self,
        Under { draw, changes, at }: Under<'_, N>,
        pace: &Pace,
        mut arriving: impl FnMut(&Kind) -> f64,
    ) -> Vec<Vec<f64>> {
        let of_kind = |(kind, odds): (&Kind, &KindOdds)| {
            let rate = arriving(kind) * draw.arrivals;
            odds.in_time.iter().zip(&changes[odds.band]).map(|(in_time, change)| rate * in_time * change[at]).collect()
        };
        pace.fit().arrivals.kinds.iter().zip(&self.kinds).map(of_kind).collect()
    }

    /// At the mean rates: what is expected to be won in each step, in minor units.
    #[cfg(test)]
    pub(super) fn mean(&self, pace: &Pace) -> Vec<f64> {
        let fit = pace.fit();
        let ratio = fit.ratios.left.iter().sum::<f64>() / fit.ratios.left.len() as f64;
        let brought = fit.brought.iter().map(|b| *b as f64).sum::<f64>() / fit.brought.len().max(1) as f64;
        let mut sums = vec![0.0; pace.steps()];
        for (kind, odds) in fit.arrivals.kinds.iter().zip(&self.kinds) {
            let worth = |estimate: &Option<i64>| estimate.map_or(brought, |minor| minor as f64 * ratio);
            let mean = kind.estimates.iter().map(worth).sum::<f64>() / kind.estimates.len().max(1) as f64;
            for (sum, in_time) in sums.iter_mut().zip(&odds.in_time) {
                *sum += kind.rate.mean() * in_time * mean;
            }
        }
        sums
    }

    /// Plays one batch: adds each trial's wins of each step to the row of totals that `row` names.
    pub(super) fn play<const N: usize>(
        &self,
        pace: &Pace,
        under: Under<'_, N>,
        sampler: &mut Sampler,
        rows: &[usize],
        size: usize,
        totals: &mut [i64],
    ) {
        let fit = pace.fit();
        let expected = self.expected(under, pace, |kind| {
            if pace.is_drawn { kind.rate.draw(|shape| sampler.gamma(shape)) } else { kind.rate.mean() }
        });
        let mut cumulative = Vec::with_capacity(expected.len());
        let mut pool = Vec::new();
        for (step, &row) in rows.iter().enumerate() {
            let mut sum = 0.0;
            cumulative.clear();
            cumulative.extend(expected.iter().map(|kind| {
                sum += kind[step];
                sum
            }));
            if sum <= 0.0 {
                continue;
            }
            pool.clear();
            if sum * size as f64 > 2.0 * POOL as f64 {
                pool.extend((0..POOL).map(|_| one(fit, &cumulative, sum, sampler)));
            }
            let mut wins = Poisson::new(sum);
            for total in &mut totals[row..row + size] {
                let mut brought = 0_i64;
                for _ in 0..wins.draw(sampler) {
                    brought = brought.saturating_add(if pool.is_empty() {
                        one(fit, &cumulative, sum, sampler)
                    } else {
                        pool[sampler.below(POOL as u32) as usize]
                    });
                }
                *total += brought.clamp(-MOST, MOST);
            }
        }
    }
}

/// What one win brings, of a kind drawn by its share of the wins expected.
fn one(fit: &Fit, cumulative: &[f64], sum: f64, sampler: &mut Sampler) -> i64 {
    let u = sampler.uniform() * sum;
    let at = cumulative.partition_point(|value| *value < u).min(cumulative.len().saturating_sub(1));
    let estimates = fit.arrivals.kinds.get(at).map_or(&[][..], |kind| &kind.estimates);
    let place = sampler.below(estimates.len() as u32) as usize;
    fit.worth(estimates.get(place).copied().flatten(), sampler)
}

impl Pace {
    /// The profile and age bands of a deal of this kind created on the first day ahead, which is day 0 of its age.
    pub(super) fn newborn(&self, kind: &Kind) -> (Profile, Vec<u8>) {
        let cycle = super::fit::Sizes::cycle(kind.step);
        let profile = Profile { band: kind.band, cycle, slower: 1.0, factors: kind.factors, age: -1, stage: None };
        (profile, self.fit().hazards.bands_after(-1.0, [cycle, 1.0], self.days()))
    }

    /// Per step: the sum over creation days ahead of the odds that a deal created then is won in the step; one day in
    /// `stride` is looked at.
    pub(super) fn in_time<const N: usize>(
        &self,
        draws: [&Draw; N],
        profile: &Profile,
        ages: &[u8],
        stride: usize,
    ) -> Vec<[f64; N]> {
        let days = self.days();
        let mut sums = vec![[0.0; N]; self.steps()];
        let mut odds = vec![[Odds::default(); N]; self.steps()];
        for first in (0..days).step_by(stride) {
            let width = stride.min(days - first);
            let born = first + width / 2;
            self.walk(draws, profile, &ages[..days - born], born, &mut odds);
            for (sums, odds) in sums.iter_mut().zip(&odds) {
                sums.iter_mut().zip(odds).for_each(|(sum, odds)| *sum += width as f64 * odds.won);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use crate::forecast::examples::even;
    use crate::forecast::new_business::NewBusiness;
    use crate::forecast::simulate::Simulation;
    use crate::forecast::{Horizon, Outcome};
    use crate::model::{OperatingModel, Preset, Run};
    use std::sync::Arc;

    /// Open deals in two stages.
    fn outcome() -> (Outcome, OperatingModel, Run) {
        let pipeline = even(|at| if at % 2 == 0 { "Discovery" } else { "Negotiation" });
        let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
        let run = Run::from_json(r#"{ "asOf": "2022-02-04", "periods": 3, "timing": "hazards" }"#).unwrap();
        (Outcome::new(&pipeline, &model, &run).unwrap(), model, run)
    }

    #[test]
    fn with_hazards_known_exactly_the_mean_is_what_is_won_and_each_chance_times_its_amount() {
        let (mut outcome, model, run) = outcome();
        let mut pace = outcome.pace.as_deref().cloned().unwrap().without_market();
        pace.is_drawn = false;
        let new = NewBusiness::new(&pace).mean(&pace);
        outcome.pace = Some(Arc::new(pace));
        let ends = |horizon: &Horizon| horizon.steps().len();
        assert_eq!((ends(&outcome.horizon), new.len()), (3, 3));
        let trials = Simulation::new(outcome.input(&model, &run).unwrap()).unwrap().finish();
        for (period, new) in new.iter().enumerate() {
            let open: f64 = outcome
                .deals
                .iter()
                .map(|deal| {
                    let before = if period == 0 { 0.0 } else { deal.closed_by[period - 1] };
                    deal.probability * (deal.closed_by[period] - before) * deal.amount as f64
                })
                .sum();
            let expected = outcome.won_to_date[period] as f64 + open + new;
            // 4 standard errors from 20 groups: false
            // alarm 0.08 %, and the streams are fixed.
            let found = trials.sample(&trials.period(period)).mean();
            assert!((found.value - expected).abs() < 4.0 * found.error, "{period}: {found:?} of {expected}");
        }
    }
}
