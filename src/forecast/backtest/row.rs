//! One quarter seen from one day, beside what came and what simpler methods said.

use super::combine::Correction;
use super::options::BacktestOptions;
use super::verify::{crps, noise_floor, pinball};
use crate::calendar::Period;
use crate::forecast::fit::{History, PastDeal, Seen};
use crate::stats::rank;
use serde::Serialize;

/// The levels reported.
const LEVELS: [f64; 7] = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];

/// One quarter forecast from the end of one of its days. Money in major units.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct BacktestRow {
    /// The quarter, such as `2022 Q1`.
    pub quarter: String,
    /// Days of the quarter that had passed.
    pub cut: u16,
    /// Won revenue of the whole quarter.
    pub actual: f64,
    /// Of it, won by the cut.
    pub won_to_date: f64,
    /// 5 % of the trials fall below.
    pub p5: f64,
    /// 10 % of the trials fall below.
    pub p10: f64,
    /// 25 % of the trials fall below.
    pub p25: f64,
    /// Half of the trials fall below: the forecast.
    pub p50: f64,
    /// 75 % of the trials fall below.
    pub p75: f64,
    /// 90 % of the trials fall below.
    pub p90: f64,
    /// 95 % of the trials fall below.
    pub p95: f64,
    /// Absolute error of the forecast as a share of what came; `null` if nothing came.
    pub ape: Option<f64>,
    /// CRPS as a share of what came; `null` if nothing came.
    pub crps: Option<f64>,
    /// Mean pinball loss over the seven quantiles as a share of what came; `null` if nothing came.
    pub pinball: Option<f64>,
    /// The error that chance alone leaves to half of all forecasts, as a share of what came; `null` if nothing came.
    pub floor: Option<f64>,
    /// The median before correction by earlier quarters.
    pub raw_p50: f64,
    /// What joined and corrected the forecast.
    pub correction: AppliedCorrection,
    /// Errors of simpler methods.
    pub peers: Peers,
}

/// Absolute errors of simpler methods as shares of what came; `null` where a method has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Peers {
    /// Last quarter's total.
    pub naive: Option<f64>,
    /// Won to date divided by the share of days elapsed.
    pub run_rate: Option<f64>,
    /// Won to date times last quarter's total divided by last quarter at the same day.
    pub linearity: Option<f64>,
    /// Won to date plus open amount times the share of closed deals that were won.
    pub weighted: Option<f64>,
}

/// How the forecasts of a cut were joined and corrected, from earlier quarters only.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AppliedCorrection {
    /// Days of the quarter that had passed.
    pub cut: u16,
    /// Earlier quarters it was learned from.
    pub quarters: usize,
    /// Weight of the deals' forecast; the rest is that of the run of the total. In [0, 1].
    pub weight: f64,
    /// What the forecast of what is still to come is multiplied by.
    pub factor: f64,
    /// Variance of the logarithm that is added to the forecast's own below its median; less than 0 where earlier quarters came closer than
    /// it expected.
    pub extra_variance: f64,
    /// The same above its median: another one where quarters that were held back ended far off on one side.
    pub extra_variance_above: f64,
    /// How many of the earlier quarters ended further off than three usual errors, and count as that far off.
    pub held_back: usize,
}

impl AppliedCorrection {
    pub(super) fn new(cut: u16, quarters: usize, correction: Correction) -> Self {
        let Correction { weight, shift, extra, held_back } = correction;
        Self {
            cut,
            quarters,
            weight,
            factor: libm::exp(shift),
            extra_variance: extra.below,
            extra_variance_above: extra.above,
            held_back,
        }
    }
}

/// The figures of one cut over all quarters. Shares of what came.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CutSummary {
    /// Days of the quarter that had passed.
    pub cut: u16,
    /// Quarters with revenue.
    pub quarters: usize,
    /// Median absolute error; `null` without quarters.
    pub median_ape: Option<f64>,
    /// Mean CRPS.
    pub mean_crps: Option<f64>,
    /// Mean pinball loss.
    pub mean_pinball: Option<f64>,
    /// Share of quarters that ended between P25 and P75.
    pub coverage50: Option<f64>,
    /// Share of quarters that ended between P10 and P90.
    pub coverage80: Option<f64>,
    /// Share of quarters that ended between P5 and P95.
    pub coverage90: Option<f64>,
    /// Median of the noise floors.
    pub median_floor: Option<f64>,
    /// Median of error divided by noise floor.
    pub median_ape_to_floor: Option<f64>,
    /// The error that is asked of forecasts from there: 5 % at the end of week two, which a quarter of companies keep, 10 % at the middle of
    /// the quarter, which half of them keep; none from other days.
    pub mark: Option<f64>,
    /// Share of quarters whose forecast was within the mark.
    pub within_mark: Option<f64>,
    /// Mean error of last quarter's total, which is its CRPS.
    pub naive: Option<f64>,
    /// Mean CRPS of the quarters in which last quarter's total has an answer: what `naive` is held against.
    pub crps_beside_naive: Option<f64>,
    /// Mean error of the run rate.
    pub run_rate: Option<f64>,
    /// Mean error of linearity.
    pub linearity: Option<f64>,
    /// Mean error of the weighted pipeline.
    pub weighted: Option<f64>,
}

impl CutSummary {
    pub(super) fn of(cut: u16, rows: &[BacktestRow]) -> Self {
        let rows: Vec<&BacktestRow> = rows.iter().filter(|row| row.cut == cut && row.actual > 0.0).collect();
        let all = |figure: fn(&BacktestRow) -> Option<f64>| rows.iter().filter_map(|row| figure(row)).collect();
        let inside = |low: fn(&BacktestRow) -> f64, high: fn(&BacktestRow) -> f64| {
            mean(
                rows.iter().map(|row| f64::from(u8::from(low(row) <= row.actual && row.actual <= high(row)))).collect(),
            )
        };
        let mark = mark(cut);
        let kept =
            |mark: f64| mean(rows.iter().filter_map(|row| Some(f64::from(u8::from(row.ape? <= mark)))).collect());
        Self {
            mark,
            within_mark: mark.and_then(kept),
            cut,
            quarters: rows.len(),
            median_ape: median(all(|row| row.ape)),
            mean_crps: mean(all(|row| row.crps)),
            mean_pinball: mean(all(|row| row.pinball)),
            coverage50: inside(|row| row.p25, |row| row.p75),
            coverage80: inside(|row| row.p10, |row| row.p90),
            coverage90: inside(|row| row.p5, |row| row.p95),
            median_floor: median(all(|row| row.floor)),
            median_ape_to_floor: median(all(|row| {
                row.ape.zip(row.floor).filter(|pair| pair.1 > 0.0).map(|(ape, floor)| ape / floor)
            })),
            naive: mean(all(|row| row.peers.naive)),
            crps_beside_naive: mean(all(|row| row.crps.filter(|_| row.peers.naive.is_some()))),
            run_rate: mean(all(|row| row.peers.run_rate)),
            linearity: mean(all(|row| row.peers.linearity)),
            weighted: mean(all(|row| row.peers.weighted)),
        }
    }
}

/// What is asked of forecasts from a day of the quarter.
fn mark(cut: u16) -> Option<f64> {
    match cut {
        11..=17 => Some(0.05),
        42..=49 => Some(0.10),
        _ => None,
    }
}

fn mean(values: Vec<f64>) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The middle value, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    let upper = values.get(n / 2)?;
    Some(if n % 2 == 1 { *upper } else { (values[n / 2 - 1] + upper) / 2.0 })
}

/// What came, and what the simpler methods need.
pub(super) struct Outcome {
    label: String,
    actual: i64,
    won_to_date: i64,
    late: Vec<i64>,
    elapsed: f64,
    previous: i64,
    previous_to_date: i64,
    weighted: Option<f64>,
    per_major: f64,
}

impl Outcome {
    pub(super) fn new(history: &History, seen: &Seen, quarter: Period) -> Self {
        let (first, last) = (quarter.first_day().days(), quarter.last_day().days());
        let before = quarter.previous();
        let (previous_first, previous_last) = (before.first_day().days(), before.last_day().days());
        let same_day = (previous_first + seen.day - first).min(previous_last);
        // What renews a contract and was not there by the cut is told of by the contract.
        let counts = |renews: bool, born: Option<i32>, cut: i32| !(renews && born.is_none_or(|born| born > cut));
        let known = |from: i32, to: i32, cut: i32| -> i64 {
            let wins = seen.deals.iter().filter(|deal| counts(deal.renews, deal.created.or(Some(from)), cut));
            let wins = wins.filter_map(|deal| Some((deal.closing?.day, deal.brought?)));
            wins.filter(|(day, _)| (from..=to).contains(day)).map(|(_, brought)| brought).sum()
        };
        let won_to_date = known(first, seen.day, seen.day);
        let came = |from: i32| {
            let won = history.deals.iter().filter(move |deal| deal.won && in_days(deal.closed, from, last));
            won.filter(|deal| counts(deal.renews, deal.created, seen.day))
        };
        let late: Vec<i64> = came(seen.day + 1).map(|deal| deal.amount).collect();
        let closed = seen.deals.iter().filter(|deal| deal.closing.is_some()).count() as f64;
        let won = seen.wins().count() as f64;
        let open = seen.deals.iter().filter(|deal| deal.closing.is_none());
        let amount: f64 = open.filter_map(|deal| deal.estimate).map(|estimate| estimate as f64).sum();
        Self {
            label: quarter.label(),
            actual: won_to_date + late.iter().sum::<i64>(),
            late,
            won_to_date,
            elapsed: f64::from(seen.day - first + 1) / f64::from(last - first + 1),
            previous: known(previous_first, previous_last, same_day),
            previous_to_date: known(previous_first, same_day, same_day),
            weighted: (closed > 0.0).then(|| won_to_date as f64 + amount * won / closed),
            per_major: history.currency.minor_per_major() as f64,
        }
    }

    /// Won after the cut, in minor units.
    pub(super) fn to_come(&self) -> f64 {
        self.late.iter().map(|amount| *amount as f64).sum::<f64>().max(0.0)
    }

    fn share(&self, value: f64) -> Option<f64> {
        (self.actual > 0).then(|| value / self.actual as f64)
    }

    fn error(&self, forecast: Option<f64>) -> Option<f64> {
        self.share((forecast? - self.actual as f64).abs())
    }

    fn peers(&self) -> Peers {
        let (to_date, previous) = (self.won_to_date as f64, self.previous as f64);
        let before = self.previous_to_date as f64;
        Peers {
            naive: self.error((self.previous != 0).then_some(previous)),
            run_rate: self.error(Some(to_date / self.elapsed)),
            linearity: self.error((before > 0.0).then(|| to_date * previous / before)),
            weighted: self.error(self.weighted),
        }
    }
}

/// What deals bring in a period after a day: without those that renew a contract and were not there by then, as the contract tells of
/// them.
pub(super) fn won_from(history: &History, day: i32, period: Period) -> i64 {
    let (first, last) = (period.first_day().days().max(day + 1), period.last_day().days());
    let won = history.deals.iter().filter(|deal| deal.won && in_days(deal.closed, first, last));
    let new = |deal: &&PastDeal| !deal.renews || deal.created.is_some_and(|born| born <= day);
    won.filter(new).map(|deal| deal.amount).sum()
}

fn in_days(day: Option<i32>, first: i32, last: i32) -> bool {
    day.is_some_and(|day| (first..=last).contains(&day))
}

impl BacktestRow {
    pub(super) fn new(
        outcome: &Outcome,
        options: &BacktestOptions,
        cut: usize,
        corrected: &[f64],
        raw: &[f64],
        correction: Correction,
        quarters: usize,
    ) -> Self {
        let to_date = outcome.won_to_date as f64;
        let totals: Vec<f64> = corrected.iter().map(|to_come| to_date + to_come).collect();
        let at = |p: f64| totals.get(rank(p, totals.len())).copied().unwrap_or(to_date);
        let quantiles = LEVELS.map(|p| (p, at(p)));
        let [p5, p10, p25, p50, p75, p90, p95] = quantiles.map(|(_, value)| value / outcome.per_major);
        let actual = outcome.actual as f64;
        let cut = options.cuts[cut];
        Self {
            quarter: outcome.label.clone(),
            cut,
            actual: actual / outcome.per_major,
            won_to_date: to_date / outcome.per_major,
            p5,
            p10,
            p25,
            p50,
            p75,
            p90,
            p95,
            ape: outcome.error(Some(at(0.5))),
            crps: outcome.share(crps(&totals, actual)),
            pinball: outcome.share(pinball(&quantiles, actual)),
            floor: outcome.share(noise_floor(&outcome.late, actual) * actual),
            raw_p50: (to_date + raw.get(rank(0.5, raw.len())).copied().unwrap_or(0.0)) / outcome.per_major,
            correction: AppliedCorrection::new(cut, quarters, correction),
            peers: outcome.peers(),
        }
    }
}
