//! Revenue still to come, deal by deal: open ones by their hazards, and those not yet there.

use crate::forecast::fit::{Fit, Kind, PARTS, Season, Seen, Sizes};
use crate::random::{Sampler, StreamKey};
use std::collections::BTreeMap;

/// Draws of the parameters, and trials under each.
pub(super) const BATCHES: usize = 64;
pub(super) const TRIALS: usize = 24;

/// What a stream is for.
const RATES: u64 = 1;
const DEALS: u64 = 2;
const NEW: u64 = 3;

/// Open deals that share their odds.
struct Group {
    band: usize,
    cycle: f64,
    factors: [f64; 2],
    ages: Vec<u8>,
    members: Vec<Member>,
}

struct Member {
    key: u64,
    worth: Option<i64>,
}

/// Won revenue of the days after `seen.day` up to `last`, one total per trial, in minor units.
///
/// Each batch draws all rates from their posteriors, a market factor and an arrival factor. Won: odds of each open deal by
/// stepping the days once; new deals: Poisson numbers per kind, thinned by the odds to be won in time.
pub(super) fn simulate(seen: &Seen, fit: &Fit, season: &Season, last: i32, key: StreamKey) -> Vec<i64> {
    let days = (last - seen.day).max(0) as usize;
    let parts: Vec<usize> = (1..=days as i32).map(|ahead| season.part(seen.day + ahead)).collect();
    let groups = groups(seen, fit, days);
    let kinds: Vec<(Vec<u8>, &Kind)> = fit
        .arrivals
        .kinds
        .iter()
        .map(|kind| (fit.hazards.bands_after(-1, Sizes::cycle(kind.step), days), kind))
        .collect();
    let ages = fit.hazards.age_bands();
    let mut totals = vec![0_i64; BATCHES * TRIALS];
    for (batch, totals) in totals.chunks_mut(TRIALS).enumerate() {
        let mut sampler = Sampler::new(key.with(RATES).with(batch as u64));
        let rates = [fit.hazards.won.draw(&mut sampler), fit.hazards.lost.draw(&mut sampler)];
        let market = sampler.gamma(fit.market) / fit.market;
        let arrivals = sampler.gamma(fit.arrivals.dispersion) / fit.arrivals.dispersion;
        for group in &groups {
            let table = |outcome: usize| &rates[outcome][group.band * ages * PARTS..];
            let scale = [group.factors[0] * market / group.cycle, group.factors[1] / group.cycle];
            let odds = step(table(0), table(1), scale, &group.ages, &parts);
            for member in &group.members {
                let mut sampler = Sampler::new(key.with(DEALS).with(member.key).with(batch as u64));
                for total in totals.iter_mut() {
                    if sampler.uniform() < odds {
                        *total += worth(member.worth, fit, &mut sampler);
                    }
                }
            }
        }
        let mut sampler = Sampler::new(key.with(NEW).with(batch as u64));
        for (bands, kind) in &kinds {
            let cycle = Sizes::cycle(kind.step);
            let table = |outcome: usize| &rates[outcome][kind.band * ages * PARTS..];
            let scale = [kind.factors[0] * market / cycle, kind.factors[1] / cycle];
            let in_time: f64 =
                (0..days).map(|born| step(table(0), table(1), scale, &bands[..days - born], &parts[born..])).sum();
            let wins = kind.rate.draw(&mut sampler) * arrivals * in_time;
            for total in totals.iter_mut() {
                for _ in 0..sampler.poisson(wins) {
                    let place = sampler.below(kind.estimates.len() as u32) as usize;
                    *total += worth(kind.estimates.get(place).copied().flatten(), fit, &mut sampler);
                }
            }
        }
    }
    totals
}

/// The odds to be won within these days: S ← S(1 − w − l), F ← F + S·w.
fn step(won: &[f64], lost: &[f64], scale: [f64; 2], ages: &[u8], parts: &[usize]) -> f64 {
    let (mut open, mut sum) = (1.0, 0.0);
    for (age, part) in ages.iter().zip(parts) {
        let cell = usize::from(*age) * PARTS + part;
        let (w, l) = (won[cell] * scale[0], lost[cell] * scale[1]);
        let total = w + l;
        // Drawn from little data, the hazards of a day can come to more than a certainty.
        let shrink = if total > 1.0 { 1.0 / total } else { 1.0 };
        sum += open * w * shrink;
        open *= 1.0 - total * shrink;
    }
    sum
}

/// What a won deal brings: its estimate times a ratio seen before; without an estimate, what another one brought.
fn worth(estimate: Option<i64>, fit: &Fit, sampler: &mut Sampler) -> i64 {
    match estimate {
        Some(estimate) => {
            let place = sampler.below(fit.ratios.len() as u32) as usize;
            let ratio = fit.ratios.get(place).copied().unwrap_or(1.0);
            libm::round(estimate as f64 * ratio) as i64
        }
        None => {
            let place = sampler.below(fit.brought.len() as u32) as usize;
            fit.brought.get(place).copied().unwrap_or(0)
        }
    }
}

fn groups(seen: &Seen, fit: &Fit, days: usize) -> Vec<Group> {
    let mut groups: BTreeMap<(usize, i32, [u64; 2], i32), Group> = BTreeMap::new();
    for deal in seen.deals.iter().filter(|deal| deal.closing.is_none()) {
        let age = deal.created.map_or(0, |born| seen.day - born);
        let (band, step) = (fit.hazards.sizes.band(deal.estimate), fit.hazards.sizes.step(deal.estimate));
        let factors = [fit.hazards.won.factor(&deal.groups), fit.hazards.lost.factor(&deal.groups)];
        let group = groups.entry((band, step, factors.map(f64::to_bits), age)).or_insert_with(|| {
            let cycle = Sizes::cycle(step);
            let ages = fit.hazards.bands_after(age, cycle, days);
            Group { band, cycle, factors, ages, members: Vec::new() }
        });
        group.members.push(Member { key: deal.key, worth: deal.estimate });
    }
    groups.into_values().collect()
}
