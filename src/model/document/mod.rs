//! The JSON document behind a model: what may be written, and how it becomes the resolved sections.
//!
//! Documents hold plain text and numbers as written, and every default once resolved. They never leave this module.

mod condition;
mod evidence;
mod frame;
mod icp;
mod numbers;
mod people;
mod scorecards;
mod stages;

use super::check::At;
use super::json::{Node, path_of};
use super::{OperatingModel, Source};
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// The format this version reads and writes.
const FORMAT: u32 = 1;

/// The operating model: who is sold to, who gets which lead, what a stage is worth, what must be reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "leadcast operating model"))]
pub(super) struct Document {
    /// Where editors find the JSON Schema; means nothing else.
    #[serde(rename = "$schema", default, skip_serializing)]
    schema: Option<String>,
    /// Format of this document: 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1)))]
    format: u32,
    /// Currency, fiscal year, working time.
    #[serde(default)]
    meta: frame::MetaDocument,
    /// What MQL, SQL, opportunity, closed-won and churned mean.
    #[serde(default)]
    definitions: frame::DefinitionsDocument,
    /// The ideal customer profile.
    #[serde(default)]
    icp: icp::IcpDocument,
    /// Scorecards for some of the leads, in order; all others are scored by `icp`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scorecards: Vec<scorecards::ScorecardDocument>,
    /// Segments, in order; the first whose condition holds takes the record.
    #[serde(default)]
    segments: Vec<people::SegmentDocument>,
    /// Who takes part in buying.
    #[serde(default)]
    committee: people::CommitteeDocument,
    /// Who gets which lead.
    #[serde(default)]
    routing: people::RoutingDocument,
    /// Stages of a deal.
    #[serde(default)]
    stages: Vec<stages::StageDocument>,
    /// Hand-offs between functions.
    #[serde(default)]
    handoffs: Vec<people::HandoffDocument>,
    /// Decision rules.
    #[serde(default)]
    kpis: Vec<numbers::KpiDocument>,
    /// What is to be reached.
    #[serde(default)]
    targets: numbers::TargetsDocument,
    /// Settings of the forecast.
    #[serde(default)]
    forecast: numbers::ForecastDocument,
    /// Who carries quota.
    #[serde(default)]
    capacity: numbers::CapacityDocument,
}

/// Reads, checks and resolves a model.
pub(super) fn read(text: &str) -> Result<OperatingModel, Error> {
    let node = Node::parse(text, ErrorKind::Model)?;
    check_format(&node)?;
    node.read::<Document>(ErrorKind::Model)?.resolve()
}

/// Only format 1 exists: an older one has no meaning yet, a newer one is refused with what is not known of it.
fn check_format(node: &Node) -> Result<(), Error> {
    let at = At::root(ErrorKind::Model).key("format");
    match node {
        Node::Object(_) => {}
        other => {
            let message = format!("expected an object, found {}", other.describe());
            return Err(At::root(ErrorKind::Model).error("wrong-type", message));
        }
    }
    match node.get("format") {
        None => Err(at.error("missing-key", "missing (add `\"format\": 1`)")),
        Some(Node::Number(format)) if *format == f64::from(FORMAT) => Ok(()),
        Some(Node::Number(format)) if *format > f64::from(FORMAT) && format.trunc() == *format => {
            let unknown = unknown_keys(node.clone());
            let unknown =
                if unknown.is_empty() { String::new() } else { format!("; not known here: {}", unknown.join(", ")) };
            Err(at.error(
                "newer-format",
                format!("written for format {format}, this version reads up to {FORMAT} (update leadcast{unknown})"),
            ))
        }
        Some(other) => Err(at.error("bad-format", format!("expected 1, found {}", other.describe()))),
    }
}

/// The keys of a document that this version does not know, at most ten.
fn unknown_keys(mut node: Node) -> Vec<String> {
    let mut unknown = Vec::new();
    while unknown.len() < 10 {
        let Err((steps, error)) = node.read_or_fault::<Document>(ErrorKind::Model) else { break };
        if error.code() != "unknown-key" || !node.remove(&steps) {
            break;
        }
        unknown.push(format!("`{}`", path_of(&steps)));
    }
    unknown
}

impl Document {
    fn resolve(mut self) -> Result<OperatingModel, Error> {
        let root = At::root(ErrorKind::Model);
        let meta = self.meta.resolve(&root.key("meta"))?;
        let currency = meta.currency;
        let segments = people::segments(&root.key("segments"), &self.segments, currency)?;
        Ok(OperatingModel {
            definitions: self.definitions.resolve(&root.key("definitions"))?,
            icp: self.icp.resolve(&root.key("icp"))?,
            scorecards: scorecards::scorecards(&root.key("scorecards"), &mut self.scorecards, &segments)?,
            committee: self.committee.resolve(&root.key("committee"))?,
            routing: self.routing.resolve(&root.key("routing"), &segments)?,
            stages: stages::stages(&root.key("stages"), &mut self.stages)?,
            handoffs: people::handoffs(&root.key("handoffs"), &self.handoffs)?,
            kpis: numbers::kpis(&root.key("kpis"), &self.kpis)?,
            targets: self.targets.resolve(&root.key("targets"), &meta, &segments)?,
            forecast: self.forecast.resolve(&root.key("forecast"))?,
            capacity: self.capacity.resolve(&root.key("capacity"), currency, &segments)?,
            meta,
            segments,
            source: Source::of(&self)?,
        })
    }
}

/// The JSON Schema of the operating model, for editors.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    // The structs behind the definitions are named for what they are here, not for what a reader writes.
    serde_json::to_string_pretty(&schema)
        .map_or_else(|_| "{}".to_owned(), |text| text.replace("Document\"", "\"") + "\n")
}
