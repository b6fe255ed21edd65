//! The stages of a deal: what it takes to be there, how often deals are won from there, and how dates slip.

use super::text::{fold, words};
use super::{Condition, Probability, Review};
use crate::crm::{FieldRef, ForecastCategory};

/// A stage of the pipeline.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stage {
    /// The name; unique among all names and synonyms.
    pub name: String,
    /// Other names of the stage in exports.
    pub synonyms: Vec<String>,
    /// Position in the sale, from 1; unique. Default: position in the list.
    pub order: u32,
    /// Whether deals here are open, won or lost. Default: open.
    pub outcome: StageOutcome,
    /// Share of deals here that are won in the end. 1 for won stages, 0 for lost ones.
    pub win_probability: WinProbability,
    /// Forecast category of deals that state none. Default: pipeline; closed if won, omitted if lost.
    pub category: ForecastCategory,
    /// Typical days from entering this stage to the next, above 0. Default: 30.
    pub expected_days: f64,
    /// How close dates slip from here.
    pub slip: Slip,
    /// What must hold to enter. `None`: nothing.
    pub entry: Option<Condition>,
    /// What must hold to leave forward. `None`: nothing.
    pub exit: Option<Condition>,
    /// Fields that must be filled here.
    pub required_fields: Vec<FieldRef>,
    /// Owner and last review.
    pub review: Review,
}

/// Whether deals in a stage are open, won or lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum StageOutcome {
    /// Still to be decided; the default.
    #[default]
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// A win probability and how firmly it is known: a Beta distribution by mean and strength.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WinProbability {
    /// The mean.
    pub mean: Probability,
    /// How many closed deals the figure is worth, above 0, at most 10,000. `None`: known exactly. Default: 20.
    pub strength: Option<f64>,
}

impl WinProbability {
    /// The strength of a probability given as a plain number: as firm as 20 closed deals.
    pub const DEFAULT_STRENGTH: f64 = 20.0;

    /// The Beta distribution's α and β; `None` if known exactly, as 0 and 1 always are.
    ///
    /// # Formula
    /// α = mean · strength, β = (1 − mean) · strength.
    #[must_use]
    pub fn beta(self) -> Option<(f64, f64)> {
        let mean = self.mean.get();
        let strength = self.strength.filter(|_| mean > 0.0 && mean < 1.0)?;
        Some((mean * strength, (1.0 - mean) * strength))
    }
}

/// How the stated close date of a won deal slips.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slip {
    /// Share of won deals that close by their stated date. Default: 0.5.
    pub on_time: Probability,
    /// Mean days of delay of the others, 0 or above. Default: 30.
    pub mean_delay_days: f64,
}

/// What two names of a stage must share to be the same: their words, so that `Closed - Won` is `closed won`.
pub(super) fn stage_key(name: &str) -> String {
    let words = words(name).join(" ");
    if words.is_empty() { fold(name) } else { words }
}
