//! The simulation by named shapes: deals × trials × periods, plain and whole.
//!
//! `cargo bench` measures; `cargo test` runs each shape once with the fewest trials. Items are deal-trials, so the
//! throughput column reads in deal-trials per second.

use divan::Bencher;
use divan::counter::ItemsCount;
use leadcast::forecast::{Amount, SharedRate, SimulatedDeal, Simulation, SimulationInput, Step, Win};
use leadcast::random::{Sampler, StreamKey};
use leadcast::stats::Beta;

fn main() {
    divan::main();
}

const PERIODS: usize = 6;

/// Deals and trials when measuring; otherwise a tenth of the deals and the fewest batches.
fn size(deals: u64) -> (u64, u32) {
    if std::env::args().any(|argument| argument == "--bench") { (deals, 102_400) } else { (deals / 10, 1) }
}

/// Every period possible for every deal: the worst case of the kernel.
fn plain(deals: u64) -> SimulationInput {
    let mut s = Sampler::new(StreamKey::new(deals));
    let (deals, trials) = size(deals);
    SimulationInput {
        deals: (0..deals)
            .map(|key| SimulatedDeal {
                key,
                category: (key % 4) as usize,
                amount: Amount::Fixed(100_000 + i64::from(s.below(10_000_000))),
                win: Win::Fixed(s.uniform()),
                closed_by: (1..=PERIODS).map(|k| k as f64 / PERIODS as f64).collect(),
            })
            .collect(),
        rates: Vec::new(),
        steps: (0..PERIODS).map(|period| Step { period, block: period }).collect(),
        won_to_date: vec![0; PERIODS],
        target: 0,
        categories: 4,
        market: 0.0,
        minor_per_major: 100.0,
        pace: None,
        changes: Vec::new(),
        new_business: false,
        seed: 1,
        trials,
    }
}

/// Rates shared by stage, and a market.
fn whole(deals: u64) -> SimulationInput {
    let mut input = plain(deals);
    input.market = 0.1;
    input.rates = (1..=6u32)
        .filter_map(|stage| {
            let distribution = Beta::with_mean(f64::from(stage) / 7.0, 20.0).ok()?;
            Some(SharedRate { distribution, draw: stage.into() })
        })
        .collect();
    for (i, deal) in input.deals.iter_mut().enumerate() {
        deal.win = Win::Shared(i % 6);
    }
    input
}

fn simulate(bencher: Bencher, input: SimulationInput) {
    let Ok(simulation) = Simulation::new(input.clone()) else { return };
    let work = input.deals.len() * simulation.plan().trials();
    bencher
        .counter(ItemsCount::new(work))
        .with_inputs(|| Simulation::new(input.clone()))
        .bench_values(|simulation| simulation.map(Simulation::finish));
}

#[divan::bench(args = [100, 1000], sample_count = 5, sample_size = 1)]
fn plain_6_periods(bencher: Bencher, deals: u64) {
    simulate(bencher, plain(deals));
}

#[divan::bench(args = [100, 1000], sample_count = 5, sample_size = 1)]
fn shared_rates_and_market_6_periods(bencher: Bencher, deals: u64) {
    simulate(bencher, whole(deals));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn percentiles_of_one_output(bencher: Bencher) {
    let Ok(simulation) = Simulation::new(plain(50)) else { return };
    let trials = simulation.finish();
    let totals = trials.total();
    bencher
        .counter(ItemsCount::new(totals.len()))
        .bench(|| trials.sample(&totals).quantiles(&[0.01, 0.05, 0.1, 0.5, 0.9, 0.95, 0.99]));
}

#[divan::bench(args = [(3.0, 17.0), (0.4, 12.0), (400.0, 600.0)])]
fn beta_quantile(bencher: Bencher, (a, b): (f64, f64)) {
    let Ok(distribution) = Beta::new(a, b) else { return };
    let mut u = 0.0;
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        u = if u > 0.98 { 0.01 } else { u + 0.013 };
        distribution.quantile(u)
    });
}
