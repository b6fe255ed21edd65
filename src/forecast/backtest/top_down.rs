//! Revenue still to come, as the total has run: wins a day by part of the quarter, the newer days counting more.

use crate::forecast::fit::{PARTS, Season, Seen, strength};
use crate::money::nearest;
use crate::random::{Sampler, StreamKey};
use crate::stats::Arrange;

/// Days after which a day counts half: two quarters.
const HALF_LIFE: f64 = 180.0;
/// How much wins vary beyond chance before anything is known: Gamma(12, 12) times what is expected, 29 %.
const DISPERSION: f64 = 12.0;
/// Days of the blocks from which it is learned, and most blocks.
const BLOCK: i32 = 28;
const BLOCKS: i32 = 26;
const ROUNDS: usize = 5;

/// Won revenue of some days after `seen.day`, the first to the last, one total per trial, in minor units.
///
/// # Formula
/// λ·Σ s_p over the days to come, λ wins a day weighted 2^(−age/180), s_p ~ Gamma(κ, κ) per part of the quarter; N ~
/// Poisson(λΣs·Gamma(κ, κ)) wins, κ from 28-day counts with a log-normal prior about 12, each worth one seen before, drawn by the same weights; times a log-normal factor of
/// variance (1 + cv²)/n_eff for the mean amount.
pub(super) fn simulate(
    seen: &Seen,
    season: &Season,
    (first, last): (i32, i32),
    trials: usize,
    key: StreamKey,
) -> Vec<i64> {
    let mut wins: Vec<(i32, i64)> = seen.sold().filter(|(day, _)| *day >= seen.start).collect();
    wins.arrange();
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
    let expected: f64 = rate * (first..=last).map(|day| factors[season.part(day)]).sum::<f64>();
    let common = dispersion(seen, &wins, season, &factors);
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
            let level = sampler.gamma(common) / common;
            let number = sampler.poisson(expected * level);
            let mut total = 0.0;
            for _ in 0..number {
                let u = sampler.uniform() * sum;
                let place = cumulative.partition_point(|value| *value < u).min(wins.len() - 1);
                total += wins[place].1 as f64;
            }
            nearest(total * libm::exp(error * sampler.normal()))
        })
        .collect()
}

/// The κ of the factor common to the wins of some weeks.
fn dispersion(seen: &Seen, wins: &[(i32, i64)], season: &Season, factors: &[f64; PARTS]) -> f64 {
    let blocks = ((seen.day - seen.start + 1) / BLOCK).clamp(0, BLOCKS);
    let from = seen.day - blocks * BLOCK + 1;
    let mut cells = vec![(0.0, 0.0); blocks as usize];
    for (day, _) in wins.iter().filter(|(day, _)| *day >= from) {
        cells[((day - from) / BLOCK) as usize].0 += 1.0;
    }
    for day in from..=seen.day {
        if let Some(cell) = cells.get_mut(((day - from) / BLOCK) as usize) {
            cell.1 += factors[season.part(day)];
        }
    }
    let (n, e) = cells.iter().fold((0.0, 0.0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    let cells: Vec<(f64, f64)> = cells.into_iter().map(|cell| (cell.0, cell.1 * n / e.max(1e-9))).collect();
    strength(&cells, Some(DISPERSION))
}
