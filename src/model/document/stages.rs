//! `stages` as JSON.

use super::condition::{ConditionDocument, field_refs, optional};
use super::frame::review;
use super::icp::positive;
use super::{Deserialize, Serialize};
use crate::Error;
use crate::crm::ForecastCategory;
use crate::model::check::{At, Names};
use crate::model::{Probability, Slip, Stage, StageOutcome, WinProbability, stage_key};
use crate::stats::Arrange;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use std::fmt;

/// A stage of the pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct StageDocument {
    /// Name, unique among all names and synonyms.
    name: String,
    /// Other names of the stage in exports.
    #[serde(default)]
    synonyms: Vec<String>,
    /// Position in the sale, 1 to 1,000, unique. Default: position in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<u32>,
    /// Whether deals here are open, won or lost. Default: open.
    #[serde(default)]
    outcome: StageOutcome,
    /// Share of deals here that are won in the end. Required for open stages; 1 if won, 0 if lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    win_probability: Option<WinDocument>,
    /// Forecast category of deals that state none. Default: pipeline; closed if won, omitted if lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<CategorySchema>"))]
    category: Option<ForecastCategory>,
    /// Typical days from entering this stage to the next, above 0, at most 3,650. Default: 30.
    #[serde(default = "thirty")]
    expected_days: f64,
    /// How close dates slip from here.
    #[serde(default)]
    slip: SlipDocument,
    /// What must hold to enter. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<ConditionDocument>,
    /// What must hold to leave forward. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exit: Option<ConditionDocument>,
    /// Fields that must be filled here.
    #[serde(default)]
    required_fields: Vec<String>,
    /// Who is accountable for deals here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

fn thirty() -> f64 {
    30.0
}

/// The categories a stage can give its deals.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Category")]
#[serde(rename_all = "kebab-case")]
#[allow(dead_code)]
enum CategorySchema {
    Closed,
    Commit,
    BestCase,
    Pipeline,
    Omitted,
}

/// How the stated close date of a won deal slips.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SlipDocument {
    /// Share of won deals that close by their stated date, 0 to 1. Default: 0.5.
    on_time: f64,
    /// Mean days of delay of the others, 0 to 3,650. Default: 30.
    mean_delay_days: f64,
}

impl Default for SlipDocument {
    fn default() -> Self {
        Self { on_time: 0.5, mean_delay_days: 30.0 }
    }
}

/// A win probability: a plain number, or its mean and strength.
#[derive(Debug, Clone, PartialEq)]
struct WinDocument {
    parts: WinParts,
    /// Written as a plain number; decides the path of an error.
    plain: bool,
}

/// A win probability and how firmly it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct WinParts {
    /// The mean, 0 to 1.
    mean: f64,
    /// How many closed deals the figure is worth, above 0, at most 10,000; null: known exactly. Default: 20.
    #[serde(default = "default_strength")]
    strength: Option<f64>,
}

fn default_strength() -> Option<f64> {
    Some(WinProbability::DEFAULT_STRENGTH)
}

impl Serialize for WinDocument {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.parts.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WinDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WinVisitor;
        impl<'de> Visitor<'de> for WinVisitor {
            type Value = WinDocument;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or an object with `mean` and `strength`")
            }
            fn visit_f64<E>(self, mean: f64) -> Result<WinDocument, E> {
                Ok(WinDocument { parts: WinParts { mean, strength: default_strength() }, plain: true })
            }
            fn visit_u64<E: de::Error>(self, mean: u64) -> Result<WinDocument, E> {
                self.visit_f64(mean as f64)
            }
            fn visit_i64<E: de::Error>(self, mean: i64) -> Result<WinDocument, E> {
                self.visit_f64(mean as f64)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WinDocument, A::Error> {
                let parts = WinParts::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(WinDocument { parts, plain: false })
            }
        }
        deserializer.deserialize_any(WinVisitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for WinDocument {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WinProbability".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let parts = generator.subschema_for::<WinParts>();
        schemars::json_schema!({
            "description": "A win probability: a plain number, or its mean and strength.",
            "anyOf": [{ "type": "number", "minimum": 0, "maximum": 1 }, parts]
        })
    }
}

/// The stages in the order of the sale.
pub(super) fn stages(at: &At, list: &mut [StageDocument]) -> Result<Vec<Stage>, Error> {
    let mut names = Names::by_key("stage", stage_key);
    let mut stages = Vec::with_capacity(list.len());
    for (i, item) in list.iter_mut().enumerate() {
        let stage = item.resolve(&at.index(i), i as u32 + 1, &mut names)?;
        if let Some(first) = stages.iter().position(|other: &Stage| other.order == stage.order) {
            let message = format!("{} is already the order of `{}` (renumber one)", stage.order, stages[first].name);
            return Err(at.index(i).key("order").error("duplicate-order", message));
        }
        stages.push(stage);
    }
    stages.arrange_by_key(|stage| stage.order);
    Ok(stages)
}

impl StageDocument {
    fn resolve(&mut self, at: &At, position: u32, names: &mut Names) -> Result<Stage, Error> {
        let name = names.take(&at.key("name"), &self.name)?;
        let synonyms_at = at.key("synonyms");
        let synonyms = self.synonyms.iter().enumerate().map(|(i, text)| names.take(&synonyms_at.index(i), text));
        Ok(Stage {
            name,
            synonyms: synonyms.collect::<Result<_, _>>()?,
            order: at.key("order").whole(*self.order.get_or_insert(position), 1, 1_000)?,
            outcome: self.outcome,
            win_probability: self.win(&at.key("winProbability"))?,
            category: self.category(&at.key("category"))?,
            expected_days: positive(&at.key("expectedDays"), self.expected_days, 3_650.0)?,
            slip: self.slip.resolve(&at.key("slip"))?,
            entry: optional(&at.key("entry"), self.entry.as_ref())?,
            exit: optional(&at.key("exit"), self.exit.as_ref())?,
            required_fields: field_refs(&at.key("requiredFields"), &self.required_fields)?,
            review: review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?,
        })
    }

    fn win(&mut self, at: &At) -> Result<WinProbability, Error> {
        let decided = match self.outcome {
            StageOutcome::Open => None,
            StageOutcome::Won => Some((1.0, "won")),
            StageOutcome::Lost => Some((0.0, "lost")),
        };
        let parts = match (&self.win_probability, decided) {
            (Some(given), Some((certain, outcome))) if given.parts.mean != certain => {
                let message = format!("must be {certain} where deals are {outcome}, found {}", given.parts.mean);
                return Err(at.error("out-of-range", message));
            }
            (Some(given), None) => given.clone(),
            (_, Some((mean, _))) => WinDocument { parts: WinParts { mean, strength: None }, plain: false },
            (None, None) => {
                let message = "missing (add `winProbability`: a number from 0 to 1, or {\"mean\", \"strength\"})";
                return Err(at.error("missing-key", message));
            }
        };
        let mean_at = if parts.plain { at.clone() } else { at.key("mean") };
        let mean: Probability = mean_at.probability(parts.parts.mean)?;
        let strength = parts.parts.strength.map(|value| positive(&at.key("strength"), value, 10_000.0)).transpose()?;
        self.win_probability = Some(WinDocument { plain: false, ..parts });
        Ok(WinProbability { mean, strength })
    }

    fn category(&mut self, at: &At) -> Result<ForecastCategory, Error> {
        let (default, decided) = match self.outcome {
            StageOutcome::Open => (ForecastCategory::Pipeline, None),
            StageOutcome::Won => (ForecastCategory::Closed, Some("closed")),
            StageOutcome::Lost => (ForecastCategory::Omitted, Some("omitted")),
        };
        let category = *self.category.get_or_insert(default);
        match (decided, category) {
            (Some(name), given) if given != default => {
                Err(at.error("bad-category", format!("must be `{name}` where deals are decided (remove `category`)")))
            }
            (None, ForecastCategory::Closed) => {
                Err(at.error("bad-category", "`closed` is for won stages (choose commit, or set `outcome` to won)"))
            }
            _ => Ok(category),
        }
    }
}

impl SlipDocument {
    fn resolve(&self, at: &At) -> Result<Slip, Error> {
        Ok(Slip {
            on_time: at.key("onTime").probability(self.on_time)?,
            mean_delay_days: at.key("meanDelayDays").range(self.mean_delay_days, 0.0, 3_650.0)?,
        })
    }
}
