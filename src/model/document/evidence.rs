//! `icp.evidence` and the evidence of a rule as JSON.

use super::{Deserialize, Serialize};
use crate::Error;
use crate::model::check::At;
use crate::model::{Calibration, Evidence, EvidenceQuality, LaterEvidence, RuleEvidence, Verdict};

/// Most rows that a learning can speak of.
const MAX_ROWS: f64 = 1e9;

/// What a learned fit axis rests on. Written by learning; edit it only to remove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct EvidenceDocument {
    /// Header of the column that said how rows ended.
    outcome: String,
    /// Rows learned from.
    rows: f64,
    /// Rows of them that ended well.
    successes: f64,
    /// Whether there was anything to learn.
    gate: Verdict,
    /// How good five-fold predictions of rows not learned from were.
    quality: QualityDocument,
    /// Newest day among the rows, or the day of learning, such as 2026-03-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    /// Later rows predicted by what earlier ones taught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    later: Option<LaterDocument>,
    /// Fingerprint of engine, options and rows of the learning.
    fingerprint: String,
    /// How points become a probability of success: 1/(1 + exp(−intercept − slope · points)).
    calibration: CalibrationDocument,
}

/// How good predictions of rows not learned from were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct QualityDocument {
    /// Area under the ROC curve, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auc: Option<f64>,
    /// Its 95 % interval, low and high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auc_interval: Option<[f64; 2]>,
    /// Mean log-loss, natural logarithm.
    log_loss: f64,
    /// Mean log-loss of the base rate.
    base_log_loss: f64,
}

/// Later rows predicted by what earlier ones taught.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LaterDocument {
    /// Last day learned from.
    until: String,
    /// Rows predicted.
    rows: f64,
    /// How good the predictions were.
    quality: QualityDocument,
}

/// How points become a probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CalibrationDocument {
    /// Log-odds of success without any points, −100 to 100.
    intercept: f64,
    /// Log-odds per point, above 0, at most 100.
    slope: f64,
}

/// What a learned rule rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct RuleEvidenceDocument {
    /// Points it was learned with.
    points: f64,
    /// Rows learned from that it holds for.
    rows: f64,
    /// Successes among them.
    successes: f64,
}

impl EvidenceDocument {
    pub(super) fn resolve(&self, at: &At) -> Result<Evidence, Error> {
        let (rows, successes) = counts(at, self.rows, self.successes)?;
        let calibration_at = at.key("calibration");
        Ok(Evidence {
            outcome: at.key("outcome").name(&self.outcome)?,
            rows,
            successes,
            gate: self.gate,
            quality: self.quality.resolve(&at.key("quality"))?,
            as_of: self.as_of.as_deref().map(|day| at.key("asOf").date(day)).transpose()?,
            later: self.later.as_ref().map(|later| later.resolve(&at.key("later"))).transpose()?,
            fingerprint: at.key("fingerprint").name(&self.fingerprint)?,
            calibration: Calibration {
                intercept: calibration_at.key("intercept").range(self.calibration.intercept, -100.0, 100.0)?,
                slope: super::icp::positive(&calibration_at.key("slope"), self.calibration.slope, 100.0)?,
            },
        })
    }
}

impl QualityDocument {
    fn resolve(&self, at: &At) -> Result<EvidenceQuality, Error> {
        let share = |key: &str, value: f64| at.key(key).range(value, 0.0, 1.0);
        let interval = |[low, high]: [f64; 2]| Ok((share("aucInterval", low)?, share("aucInterval", high)?));
        Ok(EvidenceQuality {
            auc: self.auc.map(|auc| share("auc", auc)).transpose()?,
            auc_interval: self.auc_interval.map(interval).transpose()?,
            log_loss: at.key("logLoss").range(self.log_loss, 0.0, 100.0)?,
            base_log_loss: at.key("baseLogLoss").range(self.base_log_loss, 0.0, 100.0)?,
        })
    }
}

impl LaterDocument {
    fn resolve(&self, at: &At) -> Result<LaterEvidence, Error> {
        Ok(LaterEvidence {
            until: at.key("until").date(&self.until)?,
            rows: count(&at.key("rows"), self.rows, MAX_ROWS)?,
            quality: self.quality.resolve(&at.key("quality"))?,
        })
    }
}

impl RuleEvidenceDocument {
    pub(super) fn resolve(&self, at: &At) -> Result<RuleEvidence, Error> {
        let (rows, successes) = counts(at, self.rows, self.successes)?;
        let points = at.key("points").range(self.points, -10_000.0, 10_000.0)?;
        Ok(RuleEvidence { points, rows, successes })
    }
}

fn counts(at: &At, rows: f64, successes: f64) -> Result<(u64, u64), Error> {
    let rows = count(&at.key("rows"), rows, MAX_ROWS)?;
    Ok((rows, count(&at.key("successes"), successes, rows as f64)?))
}

/// A whole number from 0 to `most`.
fn count(at: &At, value: f64, most: f64) -> Result<u64, Error> {
    if at.range(value, 0.0, most)?.fract() == 0.0 {
        Ok(value as u64)
    } else {
        Err(at.error("out-of-range", format!("must be a whole number, found {value}")))
    }
}
