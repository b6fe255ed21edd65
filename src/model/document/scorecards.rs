//! `scorecards` as JSON.

use super::condition::{ConditionDocument, optional};
use super::icp::IcpDocument;
use super::people::segment;
use super::{Deserialize, Serialize};
use crate::Error;
use crate::model::check::{At, Names};
use crate::model::{Condition, Motion, Scorecard, Segment};

/// A scorecard for some of the leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ScorecardDocument {
    /// Name, unique.
    name: String,
    /// Names of the segments it is for. Default: any.
    #[serde(default)]
    segments: Vec<String>,
    /// Motions it is for. Default: any.
    #[serde(default)]
    motions: Vec<Motion>,
    /// Leads it is for. Default: all of those segments and motions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<ConditionDocument>,
    /// How they are scored.
    icp: IcpDocument,
}

/// Most scorecards of a model.
const MOST: usize = 50;

pub(super) fn scorecards(
    at: &At,
    list: &mut [ScorecardDocument],
    segments: &[Segment],
) -> Result<Vec<Scorecard>, Error> {
    if list.len() > MOST {
        return Err(at.error("out-of-range", format!("must hold at most {MOST} scorecards, found {}", list.len())));
    }
    let mut names = Names::of("scorecard");
    let resolve = |(i, card): (usize, &mut ScorecardDocument)| {
        let at = at.index(i);
        let segments_at = at.key("segments");
        let named = card
            .segments
            .iter()
            .enumerate()
            .filter_map(|(i, name)| segment(&segments_at.index(i), Some(name), segments).transpose());
        Ok(Scorecard {
            name: names.take(&at.key("name"), &card.name)?,
            segments: named.collect::<Result<_, Error>>()?,
            motions: card.motions.clone(),
            when: optional(&at.key("when"), card.when.as_ref())?.unwrap_or_else(Condition::always),
            icp: card.icp.resolve(&at.key("icp"))?,
        })
    };
    list.iter_mut().enumerate().map(resolve).collect()
}
