//! Revenue still to come, deal by deal: open ones by their hazards, and those not yet there.

use crate::forecast::fit::{Fit, Season, Seen};
use crate::forecast::pace::{Odds, Pace, Profile};
use crate::random::{Poisson, Sampler, StreamKey};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Draws of the parameters, and trials under each.
pub(super) const BATCHES: usize = 64;
pub(super) const TRIALS: usize = 24;

/// What a stream is for.
const RATES: u64 = 1;
const DEALS: u64 = 2;
const NEW: u64 = 3;

struct Member {
    key: u64,
    worth: Option<i64>,
}

/// Won revenue of the last of several spans, one total per trial, in minor units: the first begins the day after `seen.day`, each ends with
/// one of the days `ends` and in a quarter of its own.
///
/// Each batch draws all rates from their posteriors, a market factor and an arrival factor. Won: odds of each open deal by
/// stepping the days once; new deals: Poisson numbers per kind, thinned by the odds to be won in time.
pub(super) fn simulate(seen: &Seen, fit: &Arc<Fit>, season: &Season, ends: &[i32], key: StreamKey) -> Vec<i64> {
    let last = ends.len().saturating_sub(1);
    let mut pace = Pace::new(fit.clone(), season, seen.day, ends, &(0..ends.len()).collect::<Vec<usize>>());
    let mut groups: BTreeMap<usize, Vec<Member>> = BTreeMap::new();
    for deal in seen.deals.iter().filter(|deal| deal.closing.is_none()) {
        let age = deal.created.map_or(0, |born| seen.day - born);
        let class = pace.class(pace.profile_of(deal.estimate, &deal.groups, age, deal.stage()));
        groups
            .entry(class)
            .or_default()
            .push(Member { key: deal.key, worth: deal.estimate.map(|open| fit.ratios.expected(open, &deal.groups)) });
    }
    let kinds: Vec<(Profile, Vec<u8>)> = fit.arrivals.kinds.iter().map(|kind| pace.newborn(kind)).collect();
    let mut totals = vec![0_i64; BATCHES * TRIALS];
    for (batch, totals) in totals.chunks_mut(TRIALS).enumerate() {
        let mut sampler = Sampler::new(key.with(RATES).with(batch as u64));
        let draw = pace.draw(|shape| sampler.gamma(shape));
        for (class, members) in &groups {
            let mut odds = vec![[Odds::default()]; ends.len()];
            pace.odds([&draw], *class, &mut odds);
            let before: f64 = odds.iter().take(last).map(|odds| odds[0].won).sum();
            let by_then = before + odds.last().map_or(0.0, |odds| odds[0].won);
            for member in members {
                let mut sampler = Sampler::new(key.with(DEALS).with(member.key).with(batch as u64));
                for total in totals.iter_mut() {
                    if (before..by_then).contains(&sampler.uniform()) {
                        *total += fit.worth(member.worth, &mut sampler);
                    }
                }
            }
        }
        let mut sampler = Sampler::new(key.with(NEW).with(batch as u64));
        for (kind, (profile, ages)) in fit.arrivals.kinds.iter().zip(&kinds) {
            let in_time: f64 = pace.in_time([&draw], profile, ages, ends.len()).last().map_or(0.0, |odds| odds[0]);
            let wins = kind.rate.draw(|shape| sampler.gamma(shape)) * draw.arrivals * in_time;
            let mut number = Poisson::new(wins);
            for total in totals.iter_mut() {
                for _ in 0..number.draw(&mut sampler) {
                    let place = sampler.below(kind.estimates.len() as u32) as usize;
                    *total += fit.worth(kind.estimates.get(place).copied().flatten(), &mut sampler);
                }
            }
        }
    }
    totals
}
