//! How many new deals come, of which kind.

use super::hazards::Hazards;
use super::history::Seen;
use super::pooling::{Rate, strength};
use super::ratios::Ratios;
use std::collections::BTreeMap;

/// Days from which the rate of arrivals is taken: one quarter, so that each part of it counts once.
const WINDOW: i32 = 91;
/// Fewest days taken, should records start later.
const SHORTEST: i32 = 28;
/// Blocks from which it is learned how much arrivals vary beyond chance, in days.
const BLOCK: i32 = 28;
/// How much they vary before anything is known: 32 %.
const PRIOR: f64 = 10.0;
/// Estimates kept per kind of deal.
const KEPT: usize = 500;

/// New business: arrivals per day by kind of deal.
#[derive(Debug, Clone)]
pub(crate) struct Arrivals {
    pub(crate) kinds: Vec<Kind>,
    /// The κ of the common factor ~ Gamma(κ, κ) of all arrivals.
    pub(crate) dispersion: f64,
    /// Days they are counted over.
    pub(crate) days: i32,
}

/// Deals of one size band, length of cycle and set of group factors.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) band: usize,
    pub(crate) step: i32,
    /// Factors on the hazards of being won and lost.
    pub(crate) factors: [f64; 2],
    /// Arrivals per day.
    pub(crate) rate: Rate,
    /// Estimates of such deals as their groups let expect them to be won, in the order of the keys; `None` where the file does
    /// not say.
    pub(crate) estimates: Vec<Option<i64>>,
}

impl Arrivals {
    pub(crate) fn new(seen: &Seen, hazards: &Hazards, ratios: &Ratios) -> Self {
        // Of the deals created before records start, those that closed are missing.
        let earliest = seen.start.min(seen.day - SHORTEST + 1);
        let from = (seen.day - WINDOW + 1).max(earliest);
        let days = seen.day - from + 1;
        let mut kinds: BTreeMap<(usize, i32, [u64; 2]), Kind> = BTreeMap::new();
        // What renews a contract comes due with it: counted here too, it would be counted twice.
        let new = || seen.deals.iter().filter(|deal| !deal.renews);
        for deal in new().filter(|deal| deal.created.is_some_and(|born| born >= from)) {
            let (band, step) = (hazards.sizes.band(deal.estimate), hazards.sizes.step(deal.estimate));
            let factors = [hazards.won.factor(&deal.groups), hazards.lost.factor(&deal.groups)];
            let kind = kinds.entry((band, step, factors.map(f64::to_bits))).or_insert_with(|| Kind {
                band,
                step,
                factors,
                rate: Rate { shape: 0.0, exposure: f64::from(days) },
                estimates: Vec::new(),
            });
            kind.rate.shape += 1.0;
            if kind.estimates.len() < KEPT {
                kind.estimates.push(deal.estimate.map(|estimate| ratios.expected(estimate, &deal.groups)));
            }
        }
        let blocks = (days_seen(seen) / BLOCK).clamp(0, 13);
        let mut counts = vec![0.0; blocks as usize];
        for deal in new() {
            let age = deal.created.map_or(-1, |born| seen.day - born);
            if let Some(count) = usize::try_from(age / BLOCK).ok().and_then(|block| counts.get_mut(block)) {
                *count += f64::from(u8::from(age >= 0));
            }
        }
        let mean = counts.iter().sum::<f64>() / f64::from(blocks.max(1));
        let cells: Vec<(f64, f64)> = counts.into_iter().map(|count| (count, mean)).collect();
        Self { kinds: kinds.into_values().collect(), dispersion: strength(&cells, Some(PRIOR)), days }
    }
}

fn days_seen(seen: &Seen) -> i32 {
    seen.day - seen.start + 1
}
