//! Revenue still to come, as the total has run: wins a day by part of the quarter, the newer days counting more.

use crate::forecast::fit::{PARTS, Season, Seen, strength};
use crate::random::{Sampler, StreamKey};

/// Days after which a day counts half: two quarters.
const HALF_LIFE: f64 = 180.0;
/// How much quarters vary beyond chance: wins ~ Gamma(12, 12) times what is expected, 29 %.
const DISPERSION: f64 = 12.0;
const ROUNDS: usize = 5;

/// Won revenue of the days after `seen.day` up to `last`, one total per trial, in minor units.
///
/// # Formula
/// λ·Σ s_p over the days to come, λ wins a day weighted 2^(−age/180), s_p ~ Gamma(κ, κ) per part of the quarter; N ~
/// Poisson(λΣs·Gamma(12, 12)) wins, each worth one seen before, drawn by the same weights; times a log-normal factor of
/// variance (1 + cv²)/n_eff for the mean amount.
pub(super) fn simulate(seen: &Seen, season: &Season, last: i32, trials: usize, key: StreamKey) -> Vec<i64> {
    let mut wins: Vec<(i32, i64)> = seen.wins().filter(|(day, _)| *day >= seen.start).collect();
    wins.sort_unstable();
    if wins.is_empty() {
        return vec![0; trials];
    }
    let weight = |day: i32| libm::exp2(-f64::from(seen.day - day) / HALF_LIFE);
    let (mut days, mut counts) = ([0.0; PARTS], [0.0; PARTS]);
    let (mut plain_days, mut plain_counts) = ([0.0; PARTS], [0.0; PARTS]);
    for day in seen.start..=seen.day {
        days[season.part(day)] += weight(day);
        plain_days[season.part(day)] += 1.0;
    }
    for (day, _) in &wins {
        counts[season.part(*day)] += weight(*day);
        plain_counts[season.part(*day)] += 1.0;
    }
    let mut factors = [1.0; PARTS];
    let sum = |values: &[f64; PARTS], factors: &[f64; PARTS]| -> f64 {
        values.iter().zip(factors).map(|(value, factor)| value * factor).sum()
    };
    for _ in 0..ROUNDS {
        let rate = sum(&plain_counts, &[1.0; PARTS]) / sum(&plain_days, &factors).max(1e-9);
        let cells: Vec<(f64, f64)> = plain_counts.iter().zip(plain_days).map(|(n, days)| (*n, rate * days)).collect();
        let k = strength(&cells, None);
        for (factor, (n, e)) in factors.iter_mut().zip(cells) {
            *factor = if e > 0.0 { (n + k) / (e + k) } else { 1.0 };
        }
    }
    let rate = sum(&counts, &[1.0; PARTS]) / sum(&days, &factors).max(1e-9);
    let expected: f64 = rate * (seen.day + 1..=last).map(|day| factors[season.part(day)]).sum::<f64>();
    let (mut sum, mut squares, mut amounts, mut amount_squares) = (0.0, 0.0, 0.0, 0.0);
    let cumulative: Vec<f64> = wins
        .iter()
        .map(|(day, amount)| {
            let (w, a) = (weight(*day), *amount as f64);
            squares += w * w;
            amounts += w * a;
            amount_squares += w * a * a;
            sum += w;
            sum
        })
        .collect();
    let mean = amounts / sum;
    let spread = if mean > 0.0 { amount_squares / sum / (mean * mean) } else { 1.0 };
    let error = (spread * squares / (sum * sum)).sqrt().min(1.0);
    let mut sampler = Sampler::new(key);
    (0..trials)
        .map(|_| {
            let level = sampler.gamma(DISPERSION) / DISPERSION;
            let number = sampler.poisson(expected * level);
            let mut total = 0.0;
            for _ in 0..number {
                let u = sampler.uniform() * sum;
                let place = cumulative.partition_point(|value| *value < u).min(wins.len() - 1);
                total += wins[place].1 as f64;
            }
            libm::round(total * libm::exp(error * sampler.normal())) as i64
        })
        .collect()
}
