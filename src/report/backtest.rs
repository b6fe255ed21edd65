//! What a backtest says, as plain data.

use crate::ENGINE;
use crate::Error;
use crate::crm::{Pipeline, fingerprint_of};
use crate::forecast::{
    AppliedCorrection, Backtest, BacktestOptions, BacktestRow, CutSummary, FitStatement, RecordedFrom,
};
use crate::stats::{Interval, wilson};
use serde::Serialize;

/// How good the forecast would have been in the quarters of a file, seen from within each.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct BacktestReport {
    /// The engine's version.
    pub engine: String,
    /// SHA-256 over engine, options and rows, whatever the order of the rows.
    pub fingerprint: String,
    /// The currency of every amount.
    pub currency: String,
    /// First day on which closings count as recorded, as ISO text.
    pub recorded_from: String,
    /// Why from that day.
    pub recorded_from_source: RecordedFrom,
    /// One row per quarter and cut, in order.
    pub rows: Vec<BacktestRow>,
    /// One line per cut over all quarters.
    pub summary: Vec<CutSummary>,
    /// How the next quarter's forecast is joined and corrected at each cut.
    pub corrections: Vec<AppliedCorrection>,
    /// What the file as a whole says of its future: at most eight statements.
    pub fit: Vec<FitStatement>,
    /// What was found, one sentence each, with numbers.
    pub findings: Vec<String>,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
}

impl Pipeline {
    /// Forecasts every past quarter of the file from within, with what was known then, and grades it. `progress` is told
    /// steps done and steps in all; returning `false` stops, and the report then covers the steps done.
    ///
    /// # Errors
    /// Those of [`Backtest::new`].
    pub fn backtest(
        &self,
        options: &BacktestOptions,
        mut progress: impl FnMut(usize, usize) -> bool,
    ) -> Result<BacktestReport, Error> {
        let mut backtest = Backtest::new(self, options)?;
        while backtest.advance() {
            let (done, all) = backtest.progress();
            if !progress(done, all) {
                break;
            }
        }
        Ok(backtest.report())
    }
}

impl Backtest {
    /// The report over the steps done so far.
    #[must_use]
    pub fn report(&self) -> BacktestReport {
        let (recorded_from, late) = self.recorded_from();
        let source = match (self.options().recorded_from.is_some(), late) {
            (true, _) => RecordedFrom::Given,
            (false, true) => RecordedFrom::FirstClosing,
            (false, false) => RecordedFrom::FirstDeal,
        };
        let summary = self.summary();
        BacktestReport {
            engine: ENGINE.to_owned(),
            fingerprint: self.fingerprint(),
            currency: self.history().currency.code().to_owned(),
            recorded_from: recorded_from.to_string(),
            recorded_from_source: source,
            rows: self.rows().to_vec(),
            fit: self.fit(),
            findings: summary.iter().filter_map(finding).collect(),
            corrections: self.corrections(),
            assumptions: self.assumptions(source, &recorded_from.to_string()),
            summary,
        }
    }

    fn fingerprint(&self) -> String {
        let options = serde_json::to_string(self.options()).unwrap_or_default();
        fingerprint_of(&[ENGINE.as_bytes(), options.as_bytes(), &self.rows_hash()])
    }

    fn assumptions(&self, source: RecordedFrom, day: &str) -> Vec<String> {
        let mut said = vec![match source {
            RecordedFrom::Given => format!("closings count as recorded from {day} on, as the options say"),
            RecordedFrom::FirstClosing => format!(
                "closings were recorded only from {day} on: deals older than that ought to have closed before, and none did"
            ),
            RecordedFrom::FirstDeal => format!("the file holds every closing since {day}"),
        }];
        said.push(
            "a deal open at a cut is worth its amount as the file has it, or its estimate where both are given".into(),
        );
        let history = self.history();
        let mut left_out = |count: u64, what: &str| {
            if count > 0 {
                said.push(format!("{count} {what}"));
            }
        };
        left_out(history.foreign, "deals in another currency than most are left out");
        left_out(history.undated, "closed deals without a closing date are left out");
        let renewing = history.deals.iter().filter(|deal| deal.renews).count() as u64;
        left_out(
            renewing,
            "deals renew what contracts tell of: no new business, and left out of what came where created after the cut",
        );
        left_out(history.ageless, "closed deals without a created date count as revenue but teach no timing");
        said
    }
}

/// One cut in words: skill against the simplest method, and against chance.
fn finding(cut: &CutSummary) -> Option<String> {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let (ape, floor) = (cut.median_ape?, cut.median_floor?);
    let (crps, covered) = (cut.mean_crps?, cut.coverage80?);
    let n = cut.quarters as f64;
    let Interval { low, high } = wilson(covered * n, n, 0.95);
    let naive = cut.naive.zip(cut.crps_beside_naive).map_or_else(String::new, |(naive, beside)| {
        // On the same quarters: after one without revenue last quarter's total has no answer.
        let own = if beside.to_bits() == crps.to_bits() {
            String::new()
        } else {
            format!(", this one {} on the quarters where that has an answer", percent(beside))
        };
        format!(" (last quarter's total: {}{own})", percent(naive))
    });
    let mark = cut.mark.zip(cut.within_mark).map_or_else(String::new, |(mark, within)| {
        let who = if mark < 0.075 { "a quarter" } else { "half" };
        let reach = if floor > mark { ", closer than chance alone leaves half of them" } else { "" };
        format!(
            "; {:.0} of {} were within {:.0} %, the mark that {who} of companies keep from there{reach}",
            within * n,
            cut.quarters,
            100.0 * mark
        )
    });
    Some(format!(
        "after {} days, over {} quarters: half of the forecasts were within {} of what came, where chance alone leaves {}; \
         mean CRPS {}{naive}; {} of the quarters ended inside the 80 % interval (95 % interval {} to {}){mark}",
        cut.cut,
        cut.quarters,
        percent(ape),
        percent(floor),
        percent(crps),
        percent(covered),
        percent(low),
        percent(high)
    ))
}
