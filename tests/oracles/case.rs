//! Distribution cases with exact answers, run through the public simulation. Shared by the evaluation tool and the
//! tests; the formats are those of the files next to this one.

#![allow(unreachable_pub, dead_code)]

use leadcast::Error;
use leadcast::forecast::{
    Amount, Exact, Plan, SharedRate, SimulatedDeal, Simulation, SimulationInput, Step, Trials, Win,
};
use leadcast::random::StreamKey;
use leadcast::stats::{Beta, Estimate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One case as its file has it.
#[derive(Debug, Deserialize)]
pub struct Case {
    kind: String,
    #[serde(default)]
    rho: f64,
    deals: Vec<CaseDeal>,
    #[serde(default)]
    stages: Vec<CaseStage>,
    expected: Expected,
    #[serde(default)]
    expected_by_period: BTreeMap<String, Expected>,
    #[serde(rename = "expected_Q0_plus_Q1")]
    first_two: Option<Expected>,
    #[serde(rename = "cov_Q0_Q1")]
    covariance: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct CaseDeal {
    id: String,
    p: Option<f64>,
    amount: Option<f64>,
    stage: Option<String>,
    mu: Option<f64>,
    sigma: Option<f64>,
    #[serde(default)]
    period_probs: Vec<f64>,
}

#[derive(Debug, Deserialize)]
struct CaseStage {
    stage: String,
    alpha: f64,
    beta: f64,
}

#[derive(Debug, Deserialize)]
struct Expected {
    quantiles: BTreeMap<String, f64>,
    #[serde(default)]
    cdf_at_quantile: BTreeMap<String, f64>,
    mean: f64,
    sd: f64,
    quota: f64,
    p_total_ge_quota: f64,
}

/// One compared quantity.
#[derive(Debug, Serialize)]
pub struct Line {
    pub case: String,
    pub quantity: String,
    pub expected: f64,
    pub got: f64,
    pub se: f64,
    pub z: f64,
    pub trials: usize,
}

const CENTS: f64 = 100.0;

impl Case {
    /// Reads a case; the message says what is wrong with the text.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let case: Self = serde_json::from_str(text).map_err(|error| format!("not a distribution case: {error}"))?;
        if case.expected.quantiles.is_empty() {
            return Err(format!("not a distribution case: `{}` lists no quantiles", case.kind));
        }
        Ok(case)
    }

    /// Runs the case with at least `trials` trials and compares every listed quantity.
    pub fn compare(&self, name: &str, seed: u32, trials: u32) -> Result<Vec<Line>, String> {
        let trials = self.simulate(seed, trials)?;
        let mut lines = Lines { case: name, trials: trials.count(), lines: Vec::new() };
        lines.distribution("", &self.expected, &trials, &trials.total());
        for (period, (label, expected)) in self.expected_by_period.iter().enumerate() {
            lines.distribution(&format!("{label}."), expected, &trials, &trials.period(period));
        }
        if let Some(expected) = &self.first_two {
            let sums: Vec<i64> = trials.period(0).iter().zip(trials.period(1)).map(|(a, b)| a + b).collect();
            lines.distribution("Q0+Q1.", expected, &trials, &sums);
        }
        if let Some(expected) = self.covariance {
            lines.push("cov(Q0,Q1)", expected, covariance(&trials));
        }
        Ok(lines.lines)
    }

    /// The largest difference of a listed probability, and the largest relative one of a mean or standard deviation,
    /// of distributions that `of` makes.
    pub fn largest_difference(
        &self,
        of: impl Fn(&SimulationInput, Option<usize>) -> Result<Exact, Error>,
    ) -> Result<(f64, f64), String> {
        let input = self.input(1, 1)?;
        let by_period = self.expected_by_period.values().enumerate().map(|(period, expected)| (Some(period), expected));
        let (mut share, mut moment) = (0.0_f64, 0.0_f64);
        for (period, expected) in by_period.chain([(None, &self.expected)]) {
            let exact = of(&input, period).map_err(|error| error.to_string())?;
            let at_most = expected
                .cdf_at_quantile
                .iter()
                .map(|(label, &p)| (exact.share_at_most(minor(expected.quantiles[label])), p));
            let quota = (exact.share_at_least(minor(expected.quota)), expected.p_total_ge_quota);
            share = at_most.chain([quota]).fold(share, |most, (got, want)| most.max((got - want).abs()));
            let moments = [(exact.mean() / CENTS, expected.mean), (exact.sd() / CENTS, expected.sd)];
            moment = moments.iter().fold(moment, |most, (got, want)| most.max((got / want - 1.0).abs()));
        }
        Ok((share, moment))
    }

    /// Runs the case through the public simulation.
    pub fn simulate(&self, seed: u32, trials: u32) -> Result<Trials, String> {
        let input = self.input(seed, trials)?;
        Ok(Simulation::new(input).map_err(|error| error.to_string())?.finish())
    }

    /// The case as the simulation's input.
    pub fn input(&self, seed: u32, trials: u32) -> Result<SimulationInput, String> {
        let periods = self.deals.iter().map(|deal| deal.period_probs.len()).max().unwrap_or(0).max(1);
        let rates = self.stages.iter().map(|stage| {
            let distribution = Beta::new(stage.alpha, stage.beta).map_err(|error| error.to_string())?;
            Ok(SharedRate { distribution, draw: hash(&stage.stage) })
        });
        Ok(SimulationInput {
            deals: self.deals.iter().map(|deal| self.deal(deal, periods)).collect::<Result<_, _>>()?,
            rates: rates.collect::<Result<_, String>>()?,
            steps: (0..periods).map(|period| Step { period, block: period }).collect(),
            won_to_date: vec![0; periods],
            target: 0,
            categories: 1,
            market: self.rho,
            minor_per_major: CENTS,
            pace: None,
            changes: Vec::new(),
            new_business: false,
            seed,
            trials,
        })
    }

    fn deal(&self, deal: &CaseDeal, periods: usize) -> Result<SimulatedDeal, String> {
        let missing = |field: &str| format!("deal {}: `{field}` is missing", deal.id);
        let amount = match (deal.amount, deal.mu, deal.sigma) {
            (Some(amount), _, _) => Amount::Fixed(minor(amount)),
            (None, Some(mu), Some(sigma)) => Amount::LogNormal { mu, sigma },
            _ => return Err(missing("amount")),
        };
        let win = match (deal.p, &deal.stage) {
            (Some(p), _) => Win::Fixed(p),
            (None, Some(stage)) => {
                Win::Shared(self.stages.iter().position(|known| known.stage == *stage).ok_or_else(|| missing("stage"))?)
            }
            _ => return Err(missing("p")),
        };
        let mut closed_by: Vec<f64> = deal
            .period_probs
            .iter()
            .scan(0.0, |sum, share| {
                *sum += share;
                Some(f64::min(*sum, 1.0))
            })
            .collect();
        closed_by.resize(periods, 1.0);
        // The shares sum to 1 up to rounding, and every deal closes.
        closed_by[periods - 1] = 1.0;
        Ok(SimulatedDeal { key: hash(&deal.id), category: 0, amount, win, closed_by })
    }
}

struct Lines<'a> {
    case: &'a str,
    trials: usize,
    lines: Vec<Line>,
}

impl Lines<'_> {
    fn distribution(&mut self, prefix: &str, expected: &Expected, trials: &Trials, totals: &[i64]) {
        let sample = trials.sample(totals);
        let mut quantiles: Vec<(f64, &String, f64)> = expected
            .quantiles
            .iter()
            .filter_map(|(label, &at)| Some((label.strip_prefix('P')?.parse::<f64>().ok()? / 100.0, label, at)))
            .collect();
        quantiles.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (p, label, at) in quantiles {
            let share = expected.cdf_at_quantile.get(label).copied().unwrap_or(p);
            self.push(&format!("{prefix}{label}"), share, sample.share_at_most(minor(at)));
        }
        let major = |Estimate { value, error }| Estimate { value: value / CENTS, error: error / CENTS };
        self.push(&format!("{prefix}mean"), expected.mean, major(sample.mean()));
        self.push(&format!("{prefix}sd"), expected.sd, major(sample.mean_and_sd().1));
        let quota = sample.share_at_least(minor(expected.quota));
        self.push(&format!("{prefix}pGeQuota"), expected.p_total_ge_quota, quota);
    }

    fn push(&mut self, quantity: &str, expected: f64, Estimate { value: got, error: se }: Estimate) {
        let z = if got == expected { 0.0 } else { (got - expected) / se };
        let (case, trials) = (self.case.to_owned(), self.trials);
        self.lines.push(Line { case, quantity: quantity.to_owned(), expected, got, se, z, trials });
    }
}

/// The covariance of the first two periods in major units, with the spread of its 20 group values as error.
fn covariance(trials: &Trials) -> Estimate {
    let (first, second) = (trials.period(0), trials.period(1));
    let of = |range: std::ops::Range<usize>| {
        let n = range.len() as f64;
        let mean = |values: &[i64]| values.iter().map(|&v| v as f64).sum::<f64>() / n;
        let (a, b) = (&first[range.clone()], &second[range]);
        let (mean_a, mean_b) = (mean(a), mean(b));
        let sum: f64 = a.iter().zip(b).map(|(&a, &b)| (a as f64 - mean_a) * (b as f64 - mean_b)).sum();
        sum / (n - 1.0) / (CENTS * CENTS)
    };
    let groups = leadcast::forecast::GROUPS;
    let size = trials.count() / groups;
    let spread = leadcast::stats::Moments::of((0..groups).map(|g| of(g * size..(g + 1) * size)));
    Estimate { value: of(0..trials.count()), error: spread.sd() / (groups as f64).sqrt() }
}

/// The fewest trials the evaluation runs with.
pub const TRIALS: u32 = 1_000_000;

/// Trials actually run when this many are asked for.
pub fn actual(trials: u32) -> usize {
    Plan::of(trials).trials()
}

fn minor(major: f64) -> i64 {
    (major * CENTS).round() as i64
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(StreamKey::new(text.len() as u64), |key, byte| key.with(u64::from(byte))).bits()
}
