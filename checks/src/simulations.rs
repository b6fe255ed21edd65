//! Simulations over one to three periods with fixed amounts.

use leadcast::forecast::{Amount, Plan, SimulatedDeal, Simulation, SimulationInput, Step, Trials, Win};
use proptest::collection::vec;
use proptest::prelude::*;

/// Any deals, with or without a market that moves them together.
pub fn simulation() -> impl Strategy<Value = SimulationInput> {
    (1_usize..=3, any::<u32>(), prop::sample::select(vec![0.0, 0.05, 0.6])).prop_flat_map(|(periods, seed, market)| {
        (vec(deal(periods), 1..12), vec(0_i64..1_000_000, periods)).prop_map(move |(mut deals, won_to_date)| {
            for (key, deal) in deals.iter_mut().enumerate() {
                deal.key = key as u64 * 7919 + 1;
            }
            SimulationInput {
                deals,
                rates: Vec::new(),
                steps: (0..periods).map(|period| Step { period, block: period }).collect(),
                won_to_date,
                target: 0,
                categories: 3,
                market,
                minor_per_major: 100.0,
                pace: None,
                changes: Vec::new(),
                new_business: false,
                seed,
                trials: 1,
            }
        })
    })
}

fn deal(periods: usize) -> impl Strategy<Value = SimulatedDeal> {
    let share = 0_u32..=100;
    (vec(share, periods), prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0], 0_i64..10_000_000_000, 0_usize..3).prop_map(
        |(mut closed, p, amount, category)| {
            closed.sort_unstable();
            SimulatedDeal {
                key: 0,
                category,
                amount: Amount::Fixed(amount),
                win: Win::Fixed(p),
                closed_by: closed.into_iter().map(|percent| f64::from(percent) / 100.0).collect(),
            }
        },
    )
}

/// All trials of a simulation.
///
/// # Panics
/// If the input is refused: the generators above only make valid ones.
#[must_use]
pub fn run(input: &SimulationInput) -> Trials {
    let mut simulation = Simulation::new(input.clone()).unwrap_or_else(|error| panic!("{error}"));
    let batches = Plan::of(input.trials).batches;
    simulation.run_batches(0..batches);
    simulation.finish()
}

/// Percentiles of some totals, in percent.
#[must_use]
pub fn percentiles(totals: &[i64]) -> Vec<i64> {
    let mut totals = totals.to_vec();
    [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99].map(|p| leadcast::stats::quantile(&mut totals, p)).to_vec()
}
