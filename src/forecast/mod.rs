//! Simulates what open deals will bring, period by period.
//!
//! [`SimulationInput`] says everything a run depends on; [`Simulation`] runs it in batches that workers may share;
//! [`Trials`] holds the totals and their statistics. Streams are keyed by seed, deal and batch, and sums are integers, so
//! that neither the order of the deals nor the number of workers changes a bit.

mod input;
mod kernel;
mod odds;
mod plan;
mod simulate;
mod trials;

pub use input::{Amount, MAX_DEALS, MAX_PERIODS, MAX_TRIALS, SharedRate, SimulatedDeal, SimulationInput, Step, Win};
pub use plan::{GROUPS, Plan};
pub use simulate::Simulation;
pub use trials::Trials;
