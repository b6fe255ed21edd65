//! Front door: from a list with outcomes to a card with its evidence, or an honest refusal.

use super::card::Card;
use super::examples::Examples;
use super::gate::{Gate, Verdict};
use super::leaks::{Leak, LeakGrade, leaks};
use super::options::{LeakPolicy, LearnOptions};
use super::outcome::{self, OutcomeColumn};
use super::penalty::{Fitted, base_rate};
use super::validation::{Quality, TimeSplit, Validation};
use crate::Error;
use crate::crm::{Dialects, LeadList};
use crate::model::{OperatingModel, Points, Run};

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
        Ok(outcome::candidates(self.table(), &Dialects::built_in()?))
    }

    /// Learns a scorecard from the rows whose outcome is known.
    ///
    /// # Errors
    /// `no-outcome` if no column says how the rows ended, `unknown-column` for a header that is not there. Too few rows
    /// or no signal are answers, not errors.
    pub fn learn(&self, options: &LearnOptions) -> Result<Learned, Error> {
        let all = Examples::from_leads(self, options)?;
        let leaks = leaks(&all);
        let dropped: Vec<&str> = match options.leaks {
            LeakPolicy::Keep => Vec::new(),
            LeakPolicy::Exclude => {
                leaks.iter().filter(|leak| leak.grade == LeakGrade::Leak).map(|leak| leak.column.as_str()).collect()
            }
        };
        let examples = all.without(&dropped);
        let counts = Gate::new(&examples, None);
        let validation = (counts.verdict != Verdict::TooFew).then(|| Validation::k_fold(&examples));
        let gate = Gate::new(&examples, validation.as_ref());
        let training = examples.all();
        let fitted = (gate.verdict == Verdict::Signal).then(|| Fitted::learn(&examples, &training));
        Ok(Learned {
            options: options.clone(),
            outcome: examples.outcome().to_owned(),
            decided: examples.len() as u64,
            undecided: examples.undecided,
            base_rate: base_rate(&examples, &training),
            columns: examples.features.iter().filter(|f| f.learnable()).map(|f| f.name.clone()).collect(),
            gate,
            quality: validation.as_ref().map(Validation::quality),
            time_split: validation.and_then(|_| TimeSplit::new(&examples)),
            penalty: fitted.as_ref().map(|fitted| fitted.penalty),
            card: fitted.map(|fitted| Card::new(&examples, &fitted, &training)),
            leaks,
            rows: self.fingerprint(),
        })
    }
}

impl Learned {
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
