//! The operating model: one JSON document that says who is sold to, who gets which lead, what a stage is worth,
//! and what must be reached.
//!
//! A model is complete and valid once it exists: parsing resolves every default, every name and every amount, so
//! that nothing later meets a string to look up. This module knows what things mean and has no data; scoring,
//! routing and simulating with a model is left to the floors above.

mod check;
mod condition;
mod document;
mod evidence;
mod icp;
mod json;
mod kpis;
mod meta;
mod nearest;
mod period;
mod presets;
mod routing;
mod run;
mod segments;
mod sentence;
mod source;
mod stages;
mod targets;
mod text;
mod values;

pub use condition::{Bound, Condition, Phrase, Record, Test, Truth, Value};
#[cfg(feature = "schema")]
pub use document::schema;
pub use evidence::{Calibration, Evidence, EvidenceQuality, LaterEvidence, RuleEvidence, Verdict};
pub use icp::{
    Axis, Decay, DecayCurve, Disqualifier, Frequency, FrequencySource, Grade, GradeCuts, GradePattern, Icp,
    MissingPolicy, Rule, RuleGroup, Scorecard,
};
pub use kpis::{Comparator, Kpi, KpiKind, KpiPeriod, Metric};
pub use meta::{Definitions, Meta, Review, WorkingHours};
pub use presets::Preset;
pub use routing::{Absence, AccountOwner, Handoff, Member, Pool, Routing, RoutingRule, Sla};
pub use run::{DealProbability, Run};
pub use segments::{Committee, Motion, Programme, Role, Segment};
pub use stages::{Slip, Stage, StageOutcome, WinProbability};
pub use targets::{Capacity, ForecastSettings, Quota, Rep, Switch, Targets, TimingSource};
pub use text::fold;
pub use values::{Points, Probability};

pub(crate) use json::asked;

use crate::Error;
use crate::calendar::Period;
use crate::money::Money;
use period::parse_period;
use source::Source;
use stages::stage_key;

/// The whole model, valid and resolved.
///
/// Sections are read through methods, so that a model stays as valid as it was when parsed; to change one, change
/// its JSON and parse again.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatingModel {
    meta: Meta,
    definitions: Definitions,
    icp: Icp,
    scorecards: Vec<Scorecard>,
    segments: Vec<Segment>,
    committee: Committee,
    routing: Routing,
    stages: Vec<Stage>,
    handoffs: Vec<Handoff>,
    kpis: Vec<Kpi>,
    targets: Targets,
    forecast: ForecastSettings,
    capacity: Capacity,
    source: Source,
}

impl OperatingModel {
    /// Reads a model: JSON of format 1, checked and resolved.
    ///
    /// # Errors
    /// Kind `model`, with the path of the value at fault; `docs/errors.md` lists the codes.
    ///
    /// ```
    /// use leadcast::OperatingModel;
    /// let error = OperatingModel::from_json(r#"{ "format": 1, "stages": [
    ///     { "name": "Proposal", "winProbability": 1.2 } ] }"#).unwrap_err();
    /// assert_eq!(error.to_string(), "model at stages[0].winProbability: must be between 0 and 1, found 1.2");
    /// ```
    pub fn from_json(text: &str) -> Result<Self, Error> {
        document::read(text)
    }

    /// The model as canonical JSON: every default filled in, keys sorted, no spaces. Equal models give equal bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.source.canonical()
    }

    /// The model as JSON to read and edit: every default filled in, keys in the order of the documentation.
    #[must_use]
    pub fn to_json_pretty(&self) -> String {
        self.source.pretty()
    }

    /// Currency, fiscal year, working time.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// What MQL, SQL, opportunity, closed-won and churned mean.
    #[must_use]
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// What earns points, what rules out, where grades cut.
    #[must_use]
    pub fn icp(&self) -> &Icp {
        &self.icp
    }

    /// Scorecards for some of the leads; the first that takes a lead scores it, else the profile does.
    #[must_use]
    pub fn scorecards(&self) -> &[Scorecard] {
        &self.scorecards
    }

    /// The segments; the first whose condition holds takes the record.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The roles of a buying committee.
    #[must_use]
    pub fn committee(&self) -> &Committee {
        &self.committee
    }

    /// Pools, rules, fallback.
    #[must_use]
    pub fn routing(&self) -> &Routing {
        &self.routing
    }

    /// The stages in the order of the sale.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The hand-offs between functions.
    #[must_use]
    pub fn handoffs(&self) -> &[Handoff] {
        &self.handoffs
    }

    /// The decision rules.
    #[must_use]
    pub fn kpis(&self) -> &[Kpi] {
        &self.kpis
    }

    /// What is to be reached.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Settings of the forecast.
    #[must_use]
    pub fn forecast(&self) -> &ForecastSettings {
        &self.forecast
    }

    /// Who carries quota.
    #[must_use]
    pub fn capacity(&self) -> &Capacity {
        &self.capacity
    }

    /// What is to be won in a fiscal period, for one segment or (`None`) for all of them together; `None` without a
    /// target. [`Targets::quota_for`] says where it comes from.
    #[must_use]
    pub fn quota_for(&self, period: Period, segment: Option<usize>) -> Option<Money> {
        self.targets.quota_for(period, self.meta.fiscal_year, segment)
    }

    /// The index of the stage with this name or synonym; letter case, accents, spacing and punctuation do not count.
    #[must_use]
    pub fn stage_named(&self, name: &str) -> Option<usize> {
        let wanted = stage_key(name);
        self.stages.iter().position(|stage| {
            std::iter::once(&stage.name).chain(&stage.synonyms).any(|known| stage_key(known) == wanted)
        })
    }
}
