//! The track record of kept snapshots: what was forecast week by week, and what came.

use super::wording;
use crate::calendar::Date;
use crate::forecast::{Graded, PushLine, Snapshots, StageMoves};
use crate::money::Currency;
use crate::stats::rank;
use serde::Serialize;

/// Kept snapshots with today's in them. Amounts are in major units of `currency`, of deals alone: contracts left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct SnapshotReport {
    /// The file to keep and to give back next time: text, the same for the same snapshots.
    pub file: String,
    /// What the snapshots show, in one sentence.
    pub sentence: String,
    /// Currency of every amount.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// The days of the snapshots, oldest first.
    #[cfg_attr(feature = "wasm", tsify(type = "string[]"))]
    pub days: Vec<Date>,
    /// Forecasts of periods that are over, with what came.
    pub graded: Vec<GradedReport>,
    /// Median error of P50 of those forecasts, of what came; none without one.
    pub median_ape: Option<f64>,
    /// Median error of what was called as commit.
    pub call_median_ape: Option<f64>,
    /// Share of them that ended between P10 and P90.
    pub coverage80: Option<f64>,
    /// Mean pinball loss over seven quantiles, of what came.
    pub mean_pinball: Option<f64>,
    /// Mean squared error of the odds that deals alone reach the quota (Brier); 0.25 is what always saying one half gets.
    pub brier: Option<f64>,
    /// What deals did in each stage, from one snapshot to the next.
    pub stages: Vec<StageMoves>,
    /// How often close dates were put off, by how often they had been before.
    pub pushes: Vec<PushLine>,
}

/// A forecast of a period that is over.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GradedReport {
    /// The day of the forecast.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub as_of: Date,
    /// Label of the period.
    pub period: String,
    /// Days of the period that were still to come.
    pub days_left: i32,
    /// 10 % of trials stayed at or below this.
    pub p10: f64,
    /// Half of the trials stayed at or below this.
    pub p50: f64,
    /// 90 % of trials stayed at or below this.
    pub p90: f64,
    /// What was called as commit, won to date included.
    pub commit: f64,
    /// The quota then.
    pub quota: Option<f64>,
    /// The odds told that deals alone reach it.
    pub odds: Option<f64>,
    /// What came, as the file says now.
    pub actual: f64,
    /// |P50 − actual| / actual; none where nothing came.
    pub ape: Option<f64>,
}

impl Snapshots {
    /// The snapshots as data, amounts in a currency's major units.
    #[must_use]
    pub fn report(&self, currency: Currency) -> SnapshotReport {
        let scale = currency.minor_per_major() as f64;
        let came: Vec<&Graded> = self.graded.iter().filter(|graded| graded.actual > 0).collect();
        let mean =
            |figures: Vec<f64>| (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / figures.len() as f64);
        let middle = |error: &dyn Fn(&Graded) -> i64| {
            let share = |graded: &&Graded| error(graded).abs_diff(graded.actual) as f64 / graded.actual as f64;
            let mut errors: Vec<f64> = came.iter().map(share).collect();
            errors.sort_by(f64::total_cmp);
            errors.get(rank(0.5, errors.len())).copied()
        };
        let inside = |graded: &Graded| (graded.quantiles[1]..=graded.quantiles[5]).contains(&graded.actual);
        let missed = |graded: &Graded| {
            let hit = f64::from(u8::from(graded.actual >= graded.quota?));
            graded.odds.map(|odds| (odds - hit) * (odds - hit))
        };
        let [median_ape, call_median_ape] = [middle(&|graded| graded.quantiles[3]), middle(&|graded| graded.commit)];
        let inside: Vec<f64> = self.graded.iter().map(|graded| f64::from(u8::from(inside(graded)))).collect();
        SnapshotReport {
            sentence: sentence(self, inside.iter().sum::<f64>() as usize, median_ape, call_median_ape),
            file: self.file.clone(),
            currency,
            days: self.days.clone(),
            graded: self.graded.iter().map(|graded| graded_report(graded, scale)).collect(),
            median_ape,
            call_median_ape,
            coverage80: mean(inside),
            mean_pinball: mean(came.iter().map(|graded| graded.pinball() / graded.actual as f64).collect()),
            brier: mean(self.graded.iter().filter_map(missed).collect()),
            stages: self.stages.clone(),
            pushes: self.pushes.clone(),
        }
    }
}

fn graded_report(graded: &Graded, scale: f64) -> GradedReport {
    let major = |minor: i64| minor as f64 / scale;
    let [_, p10, _, p50, _, p90, _] = graded.quantiles.map(major);
    let actual = major(graded.actual);
    GradedReport {
        as_of: graded.as_of,
        period: graded.period.clone(),
        days_left: graded.days[1].days_since(graded.as_of),
        p10,
        p50,
        p90,
        commit: major(graded.commit),
        quota: graded.quota.map(major),
        odds: graded.odds,
        actual,
        ape: (actual > 0.0).then(|| (p50 - actual).abs() / actual),
    }
}

fn sentence(found: &Snapshots, inside: usize, ape: Option<f64>, call: Option<f64>) -> String {
    let count = wording::count(found.days.len(), "snapshot", "snapshots");
    let count = if found.deals_alone { format!("of the deals alone, renewals left out: {count}") } else { count };
    let since = found.days.first().map_or_else(String::new, |day| format!(" since {day}"));
    let graded = found.graded.len();
    if graded == 0 {
        return format!("{count}{since}: no period that they forecast is over yet");
    }
    let mut parts = vec![format!(
        "{count}{since}: {inside} of {} of periods that are over ended between P10 and P90",
        wording::count(graded, "forecast", "forecasts")
    )];
    if let (Some(ape), Some(call)) = (ape, call) {
        parts.push(format!(
            "half of them were off by at most {}, half of the commit calls by at most {}",
            wording::percent(ape),
            wording::percent(call)
        ));
    }
    parts.join("; ")
}
