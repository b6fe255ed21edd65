//! Front door: from a list with outcomes to a card with its evidence, or an honest refusal.

use super::card::Card;
use super::columns::{self, LearnColumn};
use super::gate::Gate;
use super::leaks::Leak;
use super::learning::Learning;
use super::options::LearnOptions;
use super::outcome::{self, OutcomeColumn};
use super::validation::{Quality, TimeSplit};
use crate::calendar::Date;
use crate::crm::{Dialects, LeadList, labels};
use crate::model::{OperatingModel, Points, Run};
use crate::{ENGINE, Error};
use serde_json::{Value, json};

/// What a list with outcomes teaches.
#[derive(Debug, Clone)]
pub struct Learned {
    /// The options as given.
    pub options: LearnOptions,
    /// The header of the outcome column.
    pub outcome: String,
    /// Rows that are decided, and rows that are not.
    pub decided: u64,
    /// Rows that are not decided.
    pub undecided: u64,
    /// Values of the outcome that the options name and no row has.
    pub absent: Vec<String>,
    /// The newest day of the splitting date among the decided rows, where the file has one.
    pub newest: Option<Date>,
    /// Share of successes among the decided rows.
    pub base_rate: f64,
    /// Columns that give the outcome away, or may.
    pub leaks: Vec<Leak>,
    /// Columns that were learned from, in the order of the file.
    pub columns: Vec<String>,
    /// Whether there is anything to learn.
    pub gate: Gate,
    /// How good five-fold predictions of unseen rows are; `None` with too few rows.
    pub quality: Option<Quality>,
    /// Later rows predicted by earlier ones, where the file has dates and rows enough.
    pub time_split: Option<TimeSplit>,
    /// The penalty that inner cross-validation chose; `None` without a card.
    pub penalty: Option<f64>,
    /// The scorecard; `None` where the gate refuses.
    pub card: Option<Card>,
    pub(crate) rows: [u8; 32],
}

/// What a learned card says about one row.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Prediction {
    /// Position in the file, from 0.
    pub row: u32,
    /// Points of the card; `null` where it cannot be evaluated, or where the gate refused.
    pub points: Option<f64>,
    /// Probability of success, in [0, 1]; the overall rate where there are no points.
    pub probability: f64,
    /// Share of the rows learned from with fewer points, in [0, 1]; a place in a list, no probability.
    pub rank: Option<f64>,
}

impl LeadList {
    /// The columns that say how rows ended, the best candidate first. Empty if there is none.
    ///
    /// # Errors
    /// None in practice: the built-in words are part of this crate.
    pub fn outcome_columns(&self) -> Result<Vec<OutcomeColumn>, Error> {
        Ok(outcome::candidates(self.table(), &labels(self.table(), self.binding()), Dialects::built_in()?))
    }

    /// What each column is to learning, in the order of the file, with the leaks found; no column is left out yet.
    ///
    /// # Errors
    /// As [`LeadList::learn`].
    pub fn learn_columns(&self, options: &LearnOptions) -> Result<Vec<LearnColumn>, Error> {
        columns::of(self, options)
    }

    /// Learns a scorecard from the rows whose outcome is known.
    ///
    /// # Errors
    /// `no-outcome` if no column says how the rows ended, `unknown-column` for a header that is not there. Too few rows
    /// or no signal are answers, not errors.
    pub fn learn(&self, options: &LearnOptions) -> Result<Learned, Error> {
        Ok(Learning::new(self, options)?.finish())
    }
}

impl Learned {
    /// The `icp` section for an operating model, its evidence attached; `None` where the gate refused.
    #[must_use]
    pub fn section(&self) -> Option<Value> {
        let (card, measured) = (self.card.as_ref()?, self.quality.as_ref()?);
        let mut evidence = json!({
            "outcome": self.outcome.trim(),
            "rows": self.decided,
            "successes": self.gate.successes,
            "gate": self.gate.verdict,
            "quality": quality(measured),
            "fingerprint": self.fingerprint(),
            "calibration": { "intercept": card.intercept, "slope": card.slope },
        });
        if let Some(day) = self.options.as_of.or(self.newest) {
            evidence["asOf"] = json!(day.to_string());
        }
        if let Some(later) = &self.time_split {
            let rows = later.validation.outcomes.len();
            let own = quality(&later.validation.quality());
            evidence["later"] = json!({ "until": later.until.to_string(), "rows": rows, "quality": own });
        }
        let mut section = card.section();
        section["evidence"] = evidence;
        Some(section)
    }

    /// SHA-256 over engine, options and rows, whatever the order of the rows.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let options = serde_json::to_string(&self.options).unwrap_or_default();
        crate::crm::fingerprint_of(&[ENGINE.as_bytes(), options.as_bytes(), &self.rows])
    }

    /// What the card says about every row of a list: this one or another with the same columns.
    ///
    /// # Errors
    /// None in practice: the card is a valid section of a model.
    pub fn predict(&self, leads: &LeadList) -> Result<Vec<Prediction>, Error> {
        let rows = 0..leads.rows() as u32;
        let Some(card) = &self.card else {
            let same = |row| Prediction { row, points: None, probability: self.base_rate, rank: None };
            return Ok(rows.map(same).collect());
        };
        let model = serde_json::json!({ "format": 1, "icp": card.section() }).to_string();
        let scored = leads.score(&OperatingModel::from_json(&model)?, &Run::default());
        let predict = |row: u32| {
            let points = scored.fit(row as usize).map(Points::as_f64);
            let probability = points.map_or(self.base_rate, |points| card.probability(points));
            Prediction { row, points, probability, rank: points.map(|points| card.rank(points)) }
        };
        Ok(rows.map(predict).collect())
    }
}

fn quality(quality: &Quality) -> Value {
    let mut value = json!({ "logLoss": quality.log_loss, "baseLogLoss": quality.base_log_loss });
    if let Some(auc) = &quality.auc {
        let interval = auc.interval(0.95);
        value["auc"] = json!(auc.value);
        value["aucInterval"] = json!([interval.low, interval.high]);
    }
    value
}
