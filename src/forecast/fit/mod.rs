//! What a file's own past says of its future: how fast deals of which size are won and lost, how many new ones come, what they
//! bring.
//!
//! Everything is an estimate with a prior, so that a file with 0, 20 or 2,000 closed deals gives an answer; how far the
//! prior counts is learned from the file (`docs/statistics.md`, "Fit"). Sums run in the order of the deals' keys.

mod arrivals;
mod hazards;
mod history;
mod incidence;
mod level;
mod paths;
mod pooling;
mod ratios;
mod season;
mod sizes;
mod stages;
mod told;

pub(super) use arrivals::{Arrivals, Kind};
pub(super) use hazards::{Cause, Hazards};
pub(super) use history::{GROUPINGS, History, PastDeal, Seen};
pub use incidence::{Incidence, Watched, WatchedEnd, aalen_johansen};
pub(super) use paths::UNTOLD;
pub(super) use pooling::{Rate, gain, strength};
pub(super) use ratios::Ratios;
pub(super) use season::{PARTS, Season};
pub(super) use sizes::Sizes;
pub use told::{FitStatement, FitSubject, RestsOn};
pub(super) use told::{Z, and, slippage, statements};

use crate::money::nearest;
use crate::random::Sampler;

/// Days in a quarter, about.
const QUARTER: i32 = 91;
/// Most quarters from which it is learned how much wins vary from one to the next.
const QUARTERS: usize = 12;
/// What is assumed of the market before any quarter has been seen: won deals vary by 20 % from quarter to quarter beyond
/// chance.
const MARKET_PRIOR: f64 = 25.0;

/// What is known at the end of a day, fitted.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub(super) hazards: Hazards,
    pub(super) arrivals: Arrivals,
    /// What won deals brought as a share of their estimate.
    pub(super) ratios: Ratios,
    /// What won deals brought, in the order of the keys.
    pub(super) brought: Vec<i64>,
    /// The κ of a quarter's common factor ~ Gamma(κ, κ).
    pub(super) market: f64,
    /// Won, and expected as was known before each, by blocks of a quarter, the newest first.
    blocks: Vec<(f64, f64)>,
}

impl Fit {
    /// Fits what was known on a day. `season` spans the days known.
    pub(super) fn new(seen: &Seen, season: &Season) -> Self {
        let mut hazards = Hazards::new(seen, season);
        let [mut blocks, _] = hazards.by_block(seen, season, QUARTER, QUARTERS);
        let won = hazards.follow(seen, season);
        for (at, block) in blocks.iter_mut().enumerate() {
            block.1 *= won.before(QUARTER * (at as i32 + 1));
        }
        let ratios = Ratios::new(&seen.deals);
        Self {
            arrivals: Arrivals::new(seen, &hazards, &ratios),
            market: strength(&blocks, Some(MARKET_PRIOR)),
            blocks,
            ratios,
            brought: seen.wins().map(|(_, brought)| brought).collect(),
            hazards,
        }
    }

    /// What a won deal brings: its estimate, as its groups let expect it, times a ratio seen before; without an estimate,
    /// what another one brought.
    pub(super) fn worth(&self, estimate: Option<i64>, sampler: &mut Sampler) -> i64 {
        match estimate {
            Some(estimate) => {
                let place = sampler.below(self.ratios.left.len() as u32) as usize;
                let ratio = self.ratios.left.get(place).copied().unwrap_or(1.0);
                nearest(estimate as f64 * ratio)
            }
            None => {
                let place = sampler.below(self.brought.len() as u32) as usize;
                self.brought.get(place).copied().unwrap_or(0)
            }
        }
    }
}
