//! Words of the trade: open, won and lost; the categories a sales person calls.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether a deal is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum DealStatus {
    /// Not decided yet.
    Open,
    /// Won.
    Won,
    /// Lost, cancelled or abandoned.
    Lost,
}

impl DealStatus {
    /// `open`, `won` or `lost`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

impl fmt::Display for DealStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a sales person calls a deal, from the surest down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum ForecastCategory {
    /// Won already.
    Closed,
    /// Promised for the period.
    Commit,
    /// Possible if all goes well.
    BestCase,
    /// Being worked on.
    Pipeline,
    /// In no call.
    Omitted,
}

impl ForecastCategory {
    /// Every category, from the surest down.
    pub const ALL: [Self; 5] = [Self::Closed, Self::Commit, Self::BestCase, Self::Pipeline, Self::Omitted];

    /// `closed`, `commit`, `best-case`, `pipeline` or `omitted`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Commit => "commit",
            Self::BestCase => "best-case",
            Self::Pipeline => "pipeline",
            Self::Omitted => "omitted",
        }
    }
}

impl fmt::Display for ForecastCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
