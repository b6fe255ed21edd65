//! The hazards of each batch: drawn, stepped day by day for each class of deals, and kept for what is asked again.

use super::pace::{Draw, Odds, Pace, Profile};
use super::plan::{Plan, purpose, stratified};
use crate::random::{Sampler, StreamKey};
use crate::stats::{Normal, gamma_quantile};
use std::sync::OnceLock;

/// Batches whose days are stepped side by side: a step waits for the one before, those of other batches do not.
pub(super) const ABREAST: usize = 4;

/// Shape from which a gamma quantile is accurate.
const SMALL: f64 = 4.0;

/// Bytes of draws that are kept at most, and of odds.
const MOST_KEPT: usize = 32 << 20;

/// The numbers that decide the hazards of each batch, stratified likewise.
#[derive(Debug, Clone)]
pub(super) struct PaceDraws {
    rows: Vec<Vec<f64>>,
    stream: StreamKey,
}

impl PaceDraws {
    pub(super) fn new(pace: &Pace, seed: u32, plan: Plan) -> Self {
        let stream = StreamKey::new(u64::from(seed)).with(purpose::PACE);
        let row = |dimension: usize| stratified(stream.with(dimension as u64), dimension, plan);
        Self { rows: (0..pace.drawn()).map(row).collect(), stream: stream.with(u64::MAX) }
    }

    /// All rates of a batch.
    ///
    /// # Formula
    /// A gamma quantile at the stratified number; a shape a below 4 as Gamma(a) = Gamma(a + 4)·Π U_i^(1/(a + i)), i = 0 … 3
    /// (G. Marsaglia and W. W. Tsang, ACM TOMS 26 (2000), their note on shapes below 1).
    pub(super) fn draw(&self, pace: &Pace, batch: usize) -> Draw {
        let mut sampler = Sampler::new(self.stream.with(batch as u64));
        let mut rows = self.rows.iter();
        pace.draw(|shape| {
            let z = Normal::quantile(rows.next().map_or(0.5, |row| row[batch]));
            if shape >= SMALL {
                return gamma_quantile(shape, z);
            }
            if shape <= 0.0 {
                return 0.0;
            }
            let power: f64 = (0..4).map(|i| libm::log(sampler.uniform()) / (shape + f64::from(i))).sum();
            gamma_quantile(shape + SMALL, z) * libm::exp(power)
        })
    }
}

/// Where a run has the draws of its hazards from.
#[derive(Debug)]
pub(super) enum Hazards {
    /// Drawn batch by batch.
    Drawn(PaceDraws),
    /// Kept from when they were asked for before: the seed, and the division into batches.
    Kept(u32, Plan),
}

impl Hazards {
    /// For a run; `keeps`: of deals among those that were simulated, so that what their run drew is kept.
    pub(super) fn new(pace: &Pace, seed: u32, plan: Plan, keeps: bool) -> Self {
        if keeps && pace.walked(seed, plan).is_some() {
            Self::Kept(seed, plan)
        } else {
            Self::Drawn(PaceDraws::new(pace, seed, plan))
        }
    }

    /// All rates of a batch.
    pub(super) fn draw(&self, pace: &Pace, batch: usize) -> Option<Draw> {
        match self {
            Self::Drawn(draws) => Some(draws.draw(pace, batch)),
            Self::Kept(seed, plan) => pace.walked(*seed, *plan)?.draws(batch).first().cloned(),
        }
    }

    /// Whether these batches are kept side by side.
    pub(super) fn is_kept(&self, batches: &[usize]) -> bool {
        let in_a_row =
            |first: &usize| first.is_multiple_of(ABREAST) && batches.iter().copied().eq(*first..*first + batches.len());
        matches!(self, Self::Kept(..)) && batches.first().is_some_and(in_a_row)
    }

    /// The odds of a class under batches that [are kept](Self::is_kept), stepped again where those of the class are not.
    pub(super) fn odds_again(&self, pace: &Pace, class: usize, batches: &[usize], out: &mut [[Odds; ABREAST]]) {
        let (Self::Kept(seed, plan), Some(first)) = (self, batches.first()) else { return };
        let Some(walked) = pace.walked(*seed, *plan) else { return };
        if let Some(kept) = walked.odds(pace, class, *first) {
            out.copy_from_slice(kept);
        } else if let Some(draws) = abreast(walked.draws(*first)) {
            pace.odds(draws, class, out);
        }
    }
}

/// Draws to be stepped side by side; where there are fewer, the last one again. `None` for none.
pub(super) fn abreast(draws: &[Draw]) -> Option<[&Draw; ABREAST]> {
    let last = draws.len().checked_sub(1)?;
    Some(std::array::from_fn(|at| &draws[at.min(last)]))
}

/// What all batches of a run drew, and the odds of each class under that as far as they were asked for: what a scenario leaves alone
/// need not be stepped again.
#[derive(Debug)]
pub(super) struct Walked {
    seed: u32,
    plan: Plan,
    is_drawn: bool,
    draws: Vec<Draw>,
    /// By class; none where that would be too much.
    classes: Vec<OnceLock<Class>>,
}

#[derive(Debug)]
struct Class {
    profile: Profile,
    /// Batch by batch, [`ABREAST`] side by side, and step by step.
    odds: Box<[[Odds; ABREAST]]>,
}

impl Walked {
    /// Draws every batch, unless that would be too much to keep.
    pub(super) fn new(pace: &Pace, seed: u32, plan: Plan) -> Self {
        let batches = if pace.means().bytes() * plan.batches <= MOST_KEPT { plan.batches } else { 0 };
        let of_class = size_of::<[Odds; ABREAST]>() * pace.steps() * plan.batches.div_ceil(ABREAST);
        let classes = if of_class * pace.classes() <= MOST_KEPT { pace.classes() } else { 0 };
        let draws = PaceDraws::new(pace, seed, plan);
        Self {
            seed,
            plan,
            is_drawn: pace.is_drawn,
            draws: (0..batches).map(|batch| draws.draw(pace, batch)).collect(),
            classes: (0..classes).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Whether it is of this run, and keeps what that drew.
    pub(super) fn is_of(&self, pace: &Pace, seed: u32, plan: Plan) -> bool {
        (self.seed, self.plan, self.is_drawn) == (seed, plan, pace.is_drawn) && self.draws.len() == plan.batches
    }

    /// The rates of a batch and of those that are stepped with it.
    pub(super) fn draws(&self, first: usize) -> &[Draw] {
        let end = self.draws.len().min(first + ABREAST);
        self.draws.get(first..end).unwrap_or_default()
    }

    /// The odds of a class in each step, under the draws of the batches from `first`, a multiple of [`ABREAST`]; `None` where they are
    /// not kept.
    pub(super) fn odds(&self, pace: &Pace, class: usize, first: usize) -> Option<&[[Odds; ABREAST]]> {
        let (profile, steps) = (pace.profile(class)?, pace.steps());
        let kept = self.classes.get(class)?.get_or_init(|| {
            let mut odds = vec![[Odds::default(); ABREAST]; steps * self.draws.len().div_ceil(ABREAST)];
            for (draws, odds) in self.draws.chunks(ABREAST).zip(odds.chunks_exact_mut(steps.max(1))) {
                abreast(draws).into_iter().for_each(|draws| pace.odds(draws, class, odds));
            }
            Class { profile, odds: odds.into() }
        });
        // Scenarios number the classes that they add alike.
        (kept.profile == profile).then(|| kept.odds.get(first / ABREAST * steps..)?.get(..steps)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::examples::even;
    use crate::forecast::replay::replay;
    use crate::forecast::simulate::Simulation;
    use crate::forecast::{Outcome, SimulationInput, Win};
    use crate::model::{OperatingModel, Preset, Run};
    use std::sync::Arc;

    #[test]
    fn what_is_kept_is_what_would_be_drawn_and_stepped_again() {
        let pipeline = even(|at| if at % 2 == 0 { "Discovery" } else { "Negotiation" });
        let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
        let run = Run::from_json(r#"{ "asOf": "2022-02-04", "periods": 3, "timing": "hazards" }"#).unwrap();
        let outcome = Outcome::new(&pipeline, &model, &run).unwrap();
        let mut alone = outcome.input(&model, &run).unwrap();
        (alone.new_business, alone.won_to_date) = (false, vec![0; alone.periods()]);
        let anew = |input: &SimulationInput| {
            let pace = Arc::new(input.pace.as_deref().unwrap().clone().forgetful());
            let trials = Simulation::new(SimulationInput { pace: Some(pace), ..input.clone() }).unwrap().finish();
            (0..trials.periods()).map(|period| trials.period(period)).collect::<Vec<_>>()
        };
        let again = |input: &SimulationInput| {
            let trials = replay(input, input.deals.clone()).unwrap();
            (0..trials.periods()).map(|period| trials.period(period)).collect::<Vec<_>>()
        };
        for _ in 0..2 {
            assert!(again(&alone) == anew(&alone));
        }
        let plan = Plan::of(alone.trials);
        assert!(
            alone.pace.as_ref().unwrap().walked(alone.seed, plan).unwrap().classes.iter().any(|c| c.get().is_some())
        );
        // Two scenarios that number their own classes alike, the first of them the first that is asked for; then another seed.
        let base = alone.pace.as_deref().unwrap().clone().forgetful();
        for days in [30.0, -10.0] {
            let mut pace = base.clone();
            let slower: Vec<usize> = (0..pace.classes()).map(|class| pace.slower(class, days)).collect();
            let mut changed = SimulationInput { pace: Some(Arc::new(pace)), ..alone.clone() };
            for deal in &mut changed.deals {
                if let Win::Hazard { class, .. } = &mut deal.win {
                    *class = slower[*class];
                }
            }
            assert!(again(&changed) == anew(&changed) && anew(&changed) != anew(&alone), "{days}");
        }
        let other = SimulationInput { seed: alone.seed + 1, ..alone };
        assert!(again(&other) == anew(&other));
    }
}
