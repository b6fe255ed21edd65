//! What a learned scorecard rests on, kept beside the card in the model.

use crate::calendar::Date;

/// Whether the outcomes could be predicted from the columns at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Predictions of unseen rows beat the base rate by at least one standard error.
    Signal,
    /// They do not: the base rate is all that is known.
    NoSignal,
    /// Fewer than 20 rows of one outcome.
    TooFew,
}

impl Verdict {
    /// `signal`, `no-signal` or `too-few`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::NoSignal => "no-signal",
            Self::TooFew => "too-few",
        }
    }
}

/// What the fit axis was learned from, and how good it was on rows it was not learned from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    /// Header of the column that said how rows ended.
    pub outcome: String,
    /// Rows learned from.
    pub rows: u64,
    /// Rows of them that ended well.
    pub successes: u64,
    /// Whether there was anything to learn.
    pub gate: Verdict,
    /// How good five-fold predictions of unseen rows were.
    pub quality: EvidenceQuality,
    /// The newest day among the rows, or the day of learning.
    pub as_of: Option<Date>,
    /// Later rows predicted by what earlier ones taught.
    pub later: Option<LaterEvidence>,
    /// Fingerprint of engine, options and rows of the learning.
    pub fingerprint: String,
    /// How points become a probability of success.
    pub calibration: Calibration,
}

/// How good predictions of unseen rows were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EvidenceQuality {
    /// Area under the ROC curve, in [0, 1].
    pub auc: Option<f64>,
    /// Its 95 % interval.
    pub auc_interval: Option<(f64, f64)>,
    /// Mean log-loss, natural logarithm.
    pub log_loss: f64,
    /// Mean log-loss of the base rate.
    pub base_log_loss: f64,
}

/// Later rows predicted by what earlier ones taught.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LaterEvidence {
    /// The last day learned from.
    pub until: Date,
    /// Rows predicted.
    pub rows: u64,
    /// How good the predictions were.
    pub quality: EvidenceQuality,
}

/// How points become a probability: 1/(1 + exp(−intercept − slope · points)).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// Log-odds of success without any points, −100 to 100.
    pub intercept: f64,
    /// Log-odds per point, above 0, at most 100.
    pub slope: f64,
}

impl Calibration {
    /// The probability of success of these points, in [0, 1].
    #[must_use]
    pub fn probability(self, points: f64) -> f64 {
        let odds = self.intercept + self.slope * points;
        if odds >= 0.0 {
            1.0 / (1.0 + libm::exp(-odds))
        } else {
            let e = libm::exp(odds);
            e / (1.0 + e)
        }
    }
}

/// What a learned rule rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleEvidence {
    /// The points it was learned with; a rule whose points differ was changed by hand.
    pub points: f64,
    /// Rows learned from that it holds for.
    pub rows: u64,
    /// Successes among them.
    pub successes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calibration_turns_points_into_a_probability() {
        // ln 3 = 1.0986…: odds of 1 to 3 without points, of 3 to 1 with 20.
        let card = Calibration { intercept: -1.098_612_288_668_109_8, slope: 0.109_861_228_866_810_98 };
        assert!((card.probability(0.0) - 0.25).abs() < 1e-15 && (card.probability(20.0) - 0.75).abs() < 1e-15);
        assert!(card.probability(1e9) == 1.0 && card.probability(-1e9) == 0.0);
    }
}
