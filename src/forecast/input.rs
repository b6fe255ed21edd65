//! What a simulation needs to know, resolved: numbers and indices, no names to look up.

use super::pace::Pace;
use crate::random::StreamKey;
use crate::stats::Beta;
use crate::{Error, ErrorKind, Place};
use std::sync::Arc;

/// Most deals in one simulation.
pub const MAX_DEALS: usize = 131_072;
/// Most trials in one simulation.
pub const MAX_TRIALS: u32 = 4_096_000;
/// Most periods in one simulation.
pub const MAX_PERIODS: usize = 24;
/// Most totals kept in memory: trials times rows, 8 bytes each.
const MAX_TOTALS: usize = 100_000_000;
/// Sums of amounts stay below this many minor units, so that every total is exact as an f64 too.
const MAX_AMOUNT: i64 = 9_000_000_000_000_000;

/// Everything one simulation depends on. The same input gives the same trials to the bit, in any order of `deals`.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationInput {
    /// The open deals.
    pub deals: Vec<SimulatedDeal>,
    /// Uncertain win rates that several deals share.
    pub rates: Vec<SharedRate>,
    /// The points in time, ascending, at which the cumulative share of closings is given: at least the end of every
    /// period and of every market block.
    pub steps: Vec<Step>,
    /// Amount already won in each period, in minor units; as many as there are periods.
    pub won_to_date: Vec<i64>,
    /// The period whose totals are also kept by category.
    pub target: usize,
    /// Number of categories; `SimulatedDeal::category` is below it.
    pub categories: usize,
    /// Correlation ρ of the deals through the market, in [0, 0.99]. 0: deals are independent given their rates.
    pub market: f64,
    /// Minor units in one major unit, for amounts that are drawn.
    pub minor_per_major: f64,
    /// How fast the deals of [`Win::Hazard`] are won and lost. `None`: there are no such deals.
    pub pace: Option<Arc<Pace>>,
    /// What renewed contracts bring over what they brought: [`Amount::Changed`] draws one of these.
    pub changes: Vec<f64>,
    /// Whether deals that are not there yet are simulated at that pace.
    pub new_business: bool,
    /// The seed of all streams.
    pub seed: u32,
    /// Trials wanted; rounded up to whole batches and groups.
    pub trials: u32,
}

/// One point in time up to which closings are accumulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The period it belongs to, from 0, never descending and never skipping; the last step of a period is its end.
    pub period: usize,
    /// The market block it belongs to, from 0, likewise: steps of one block share one market draw.
    pub block: usize,
}

/// An open deal as the simulation sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedDeal {
    /// Names the deal's random stream; unique, save that the terms of one contract ([`Win::InARow`]) share theirs.
    pub key: u64,
    /// Which category's total it counts to in the target period.
    pub category: usize,
    /// What it pays when won.
    pub amount: Amount,
    /// The probability that it is ever won.
    pub win: Win,
    /// The probability that it has closed, won or lost, by the end of each step: ascending, in [0, 1].
    pub closed_by: Vec<f64>,
}

/// What a won deal pays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// A fixed amount in minor units; may be negative.
    Fixed(i64),
    /// exp(μ + σZ) major units with Z standard normal: one draw per trial for up to 200 such deals, else per batch.
    LogNormal {
        /// Mean of the logarithm of the amount in major units.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// This estimate in minor units times what another won deal brought as a share of its own: one draw per
    /// batch. Needs a pace.
    Estimate(i64),
    /// What another won deal brought, drawn likewise. Needs a pace.
    Unknown,
    /// This amount in minor units times one of [`SimulationInput::changes`]: one draw per batch.
    Changed(i64),
}

/// The probability that a deal is ever won.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Win {
    /// A known probability.
    Fixed(f64),
    /// The shared rate of this index.
    Shared(usize),
    /// Between two shared rates: (1 − weight)·low + weight·high.
    Blend {
        /// Index of the rate at weight 0.
        low: usize,
        /// Index of the rate at weight 1.
        high: usize,
        /// In [0, 1].
        weight: f64,
    },
    /// Renewed so many times in a row, each time at a shared rate: a term of a contract. The terms of one contract have one key and
    /// one number of luck, so that a later term is renewed only where those before it are. `closed_by` is the share of the terms up to
    /// this one that have ended by each step; it pays in the step in which that is 1.
    InARow {
        /// Index of the rate of one renewal.
        rate: usize,
        /// Renewals in a row, at least 1.
        times: u32,
    },
    /// By the hazards of a class of the pace, drawn per batch; `closed_by` is not used.
    Hazard {
        /// Index of the class.
        class: usize,
        /// What the odds won : lost of those that close are multiplied by, above 0.
        factor: f64,
    },
}

/// A win rate known only up to a distribution, drawn once per batch for all deals that share it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharedRate {
    /// What is known about the rate.
    pub distribution: Beta,
    /// Names the uniform number that the rate is drawn with; rates with the same name move together.
    pub draw: u64,
}

impl SimulationInput {
    /// 64 bits that change with anything the trials depend on; the order of the deals does not matter.
    pub(super) fn digest(&self) -> u64 {
        let version =
            crate::ENGINE.bytes().fold(StreamKey::new(u64::from(self.seed)), |key, byte| key.with(byte.into()));
        let mut key = version.with(u64::from(self.trials)).with(self.market.to_bits()).with(self.target as u64);
        key = key.with(self.categories as u64).with(self.minor_per_major.to_bits());
        key = self.won_to_date.iter().fold(key, |key, &minor| key.with(minor as u64));
        key = self.steps.iter().fold(key, |key, step| key.with(step.period as u64).with(step.block as u64));
        if let Some(pace) = &self.pace {
            key = key.with(pace.digest()).with(u64::from(self.new_business));
        }
        key = self.changes.iter().fold(key, |key, change| key.with(change.to_bits()));
        for rate in &self.rates {
            key = key.with(rate.draw).with(rate.distribution.a().to_bits()).with(rate.distribution.b().to_bits());
        }
        let deals = self.deals.iter().map(|deal| {
            let key = StreamKey::new(deal.key).with(deal.category as u64);
            let key = match deal.amount {
                Amount::Fixed(minor) => key.with(0).with(minor as u64),
                Amount::LogNormal { mu, sigma } => key.with(1).with(mu.to_bits()).with(sigma.to_bits()),
                Amount::Estimate(minor) => key.with(2).with(minor as u64),
                Amount::Unknown => key.with(3),
                Amount::Changed(minor) => key.with(4).with(minor as u64),
            };
            let key = match deal.win {
                Win::Fixed(p) => key.with(0).with(p.to_bits()),
                Win::Shared(rate) => key.with(1).with(rate as u64),
                Win::Blend { low, high, weight } => {
                    key.with(2).with(low as u64).with(high as u64).with(weight.to_bits())
                }
                Win::InARow { rate, times } => key.with(4).with(rate as u64).with(u64::from(times)),
                Win::Hazard { class, factor } => {
                    let digest = self.pace.as_ref().map_or(0, |pace| pace.class_digest(class));
                    key.with(3).with(digest).with(factor.to_bits())
                }
            };
            deal.closed_by.iter().fold(key, |key, f| key.with(f.to_bits())).bits()
        });
        key.with(deals.fold(0, u64::wrapping_add)).bits()
    }

    /// The number of periods.
    #[must_use]
    pub fn periods(&self) -> usize {
        self.won_to_date.len()
    }

    /// Checks every bound stated on the fields.
    ///
    /// # Errors
    /// `too-many-deals`, `too-many-trials`, `too-many-periods`, `too-many-totals` and `amount-out-of-range` for limits;
    /// `bad-simulation` for a field outside its stated range, which names it.
    pub fn validate(&self, stored: usize) -> Result<(), Error> {
        limit(self.deals.len(), MAX_DEALS, "too-many-deals", "open deals")?;
        limit(self.trials as usize, MAX_TRIALS as usize, "too-many-trials", "trials")?;
        limit(self.periods(), MAX_PERIODS, "too-many-periods", "periods")?;
        limit(stored, MAX_TOTALS, "too-many-totals", "totals (trials times periods and categories)")?;
        require(self.trials > 0, "trials", "at least 1")?;
        require((0.0..=0.99).contains(&self.market), "market", "a correlation from 0 to 0.99")?;
        require(self.minor_per_major >= 1.0, "minorPerMajor", "at least 1")?;
        require(self.target < self.periods(), "target", "one of the periods")?;
        self.validate_steps()?;
        let term = |win: Win| if let Win::InARow { times, .. } = win { times } else { 0 };
        let mut keys: Vec<(u64, u32)> = self.deals.iter().map(|deal| (deal.key, term(deal.win))).collect();
        keys.sort_unstable();
        require(keys.windows(2).all(|pair| pair[0] != pair[1]), "deals.key", "unique keys")?;
        for deal in &self.deals {
            self.validate_deal(deal)?;
        }
        let fixed = self.deals.iter().map(|deal| match deal.amount {
            Amount::Fixed(minor) => i128::from(minor.unsigned_abs()),
            _ => 0,
        });
        let won = self.won_to_date.iter().map(|minor| i128::from(minor.unsigned_abs()));
        if fixed.chain(won).sum::<i128>() > i128::from(MAX_AMOUNT) {
            return Err(Error::new(
                ErrorKind::Limit,
                "amount-out-of-range",
                "the amounts sum to more than 9·10¹⁵ minor units, where an f64 no longer holds every cent",
            ));
        }
        Ok(())
    }

    fn validate_steps(&self) -> Result<(), Error> {
        let grows = |field: fn(&Step) -> usize| {
            self.steps.first().is_some_and(|step| field(step) == 0)
                && self.steps.windows(2).all(|pair| field(&pair[1]).wrapping_sub(field(&pair[0])) <= 1)
        };
        require(grows(|step| step.period) && grows(|step| step.block), "steps", "periods and blocks in order from 0")?;
        let last = self.steps.last().map_or(0, |step| step.period + 1);
        require(last == self.periods(), "steps", "steps up to the end of the last period")
    }

    fn validate_deal(&self, deal: &SimulatedDeal) -> Result<(), Error> {
        require(deal.category < self.categories, "deals.category", "one of the categories")?;
        let share = 0.0..=1.0;
        let in_order = deal.closed_by.windows(2).all(|pair| pair[0] <= pair[1]);
        let in_range = deal.closed_by.iter().all(|f| share.contains(f)) && deal.closed_by.len() == self.steps.len();
        require(in_order && in_range, "deals.closedBy", "one ascending share per step")?;
        let known = |rate: usize| rate < self.rates.len();
        let classes = self.pace.as_ref().map_or(0, |pace| pace.classes());
        require(
            match deal.win {
                Win::Fixed(p) => share.contains(&p),
                Win::Shared(rate) => known(rate),
                Win::Blend { low, high, weight } => known(low) && known(high) && share.contains(&weight),
                Win::InARow { rate, times } => known(rate) && times > 0,
                Win::Hazard { class, factor } => class < classes && factor > 0.0 && factor.is_finite(),
            },
            "deals.win",
            "a probability from 0 to 1 or a known rate",
        )?;
        require(
            match deal.amount {
                Amount::Fixed(_) => true,
                Amount::Changed(_) => self.changes.iter().all(|change| (0.0..=100.0).contains(change)),
                Amount::Estimate(_) | Amount::Unknown => self.pace.is_some(),
                Amount::LogNormal { mu, sigma } => mu.is_finite() && (0.0..=10.0).contains(&sigma),
            },
            "deals.amount",
            "a finite μ and a σ from 0 to 10",
        )
    }
}

impl Amount {
    /// Whether it is drawn.
    pub(super) fn is_drawn(self) -> bool {
        !matches!(self, Self::Fixed(_))
    }

    /// The most that it can bring, in minor units, its sign aside.
    pub(super) fn largest(self) -> u64 {
        match self {
            Self::Fixed(minor) => minor.unsigned_abs(),
            _ => MAX_AMOUNT.unsigned_abs(),
        }
    }
}

/// The largest amount that one of `count` drawn amounts may reach.
pub(super) fn largest_draw(count: usize) -> f64 {
    (MAX_AMOUNT / count.max(1) as i64) as f64
}

fn limit(found: usize, most: usize, code: &'static str, what: &str) -> Result<(), Error> {
    if found <= most {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Limit, code, format!("expected at most {most} {what}, found {found}")))
}

fn require(holds: bool, field: &'static str, expected: &str) -> Result<(), Error> {
    if holds {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Internal, "bad-simulation", format!("expected {expected}")).at(Place::path(field)))
}
