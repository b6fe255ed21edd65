//! What a lead is worth with its arithmetic, and what the card behind a probability was learned from.

use super::wording::{money, percent};
use crate::stats::grouped;
use crate::targeting::{ScoredLeads, WinRateSource, Worth};
use serde::Serialize;

/// The arithmetic of an expected value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct WorthReport {
    /// Typical yearly value of a contract of its segment, in major units.
    pub acv: f64,
    /// Its currency.
    pub currency: String,
    /// Share won, in [0, 1].
    pub win_rate: f64,
    /// Where that share comes from.
    pub source: WinRateSource,
    /// Contract value × win rate, in major units.
    pub value: f64,
    /// Typical days of its segment from opportunity to close; `null` if the model does not say.
    pub cycle_days: Option<f64>,
    /// The value over the cycle, in major units per day.
    pub per_day: Option<f64>,
    /// All of it as a sentence.
    pub sentence: String,
}

impl WorthReport {
    pub(super) fn of(worth: &Worth) -> Self {
        let said = |major: f64| money(major, worth.acv.currency);
        let source = match worth.source {
            WinRateSource::Learned => "its probability by the learned card",
            WinRateSource::Benchmark => "the benchmark of its segment",
        };
        let per_day = worth.per_day();
        let over = worth
            .cycle_days
            .zip(per_day)
            .map_or(String::new(), |(days, per_day)| format!("; over a cycle of {days} days, {} a day", said(per_day)));
        Self {
            acv: worth.acv.major(),
            currency: worth.acv.currency.code().to_owned(),
            win_rate: worth.win_rate,
            source: worth.source,
            value: worth.value(),
            cycle_days: worth.cycle_days,
            per_day,
            sentence: format!(
                "{} contract value × {} win rate ({source}) = {} expected value{over}.",
                said(worth.acv.major()),
                percent(worth.win_rate),
                said(worth.value()),
            ),
        }
    }
}

/// What the card behind the probabilities was learned from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LearnedFrom {
    /// Header of the column that said how rows ended.
    pub outcome: String,
    /// Rows learned from.
    pub rows: u64,
    /// Whether points were changed by hand since; probabilities are then those of the changed points.
    pub edited: bool,
    /// All of it as a sentence.
    pub sentence: String,
}

impl LearnedFrom {
    pub(super) fn of(leads: &ScoredLeads) -> Option<Self> {
        let icp = leads.model().icp();
        let evidence = icp.evidence.as_ref()?;
        let (edited, rows) = (icp.is_edited(), evidence.rows);
        let change = if edited { "; points were changed by hand since, and it follows them unchecked" } else { "" };
        let sentence = format!(
            "Probability is the chance of `{}`, learned from {} rows that ended{change}. Rank is the place in this \
             list by fit and no probability.",
            evidence.outcome,
            grouped(rows)
        );
        Some(Self { outcome: evidence.outcome.clone(), rows, edited, sentence })
    }
}
