//! The options of one run: as of when, with which seed, how many trials, over which periods.

use crate::calendar::{Date, PeriodKind};

/// The options of one run.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The day "today" stands for. `None`: the file decides, and the report says so.
    pub as_of: Option<Date>,
    /// Seed of the random streams. Default: 1.
    pub seed: u32,
    /// Simulated futures, 1 to 4,096,000. Default: 102,400.
    pub trials: u32,
    /// Kind of period reported. Default: quarter.
    pub period: PeriodKind,
    /// Periods reported, the current one included, 1 to 24. Default: 4.
    pub periods: u8,
    /// Quota of the current period in major units, instead of the model's. Default: the model's.
    pub quota: Option<f64>,
}

impl Run {
    /// Most trials of a run.
    pub const MAX_TRIALS: u32 = 4_096_000;
    /// Most periods of a run.
    pub const MAX_PERIODS: u8 = 24;
}

impl Default for Run {
    fn default() -> Self {
        Self { as_of: None, seed: 1, trials: 102_400, period: PeriodKind::Quarter, periods: 4, quota: None }
    }
}
