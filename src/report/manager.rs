//! What a sales manager asks of a forecast, as plain data.

use super::wording;
use crate::crm::Pipeline;
use crate::forecast::{Concentration, Coverage, Driver, Forecast, GroupLine, Managed, ManagerOptions, Shares};
use crate::money::Currency;
use crate::stats::Arrange;
use crate::stats::{Estimate, Interval, grouped};
use crate::{Error, Place};
use serde::Serialize;

/// Deals told by their effect on the odds.
const DRIVERS: usize = 25;
/// Deals that are named first, and the share of the trials in which one is won below which others come before it.
const FOREMOST: usize = 3;
const RARE: f64 = 0.05;
/// Above this share of the called amount the three largest deals are warned of.
const CONCENTRATED: f64 = 0.5;

/// What a sales manager asks of one period. Amounts are in major units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ManagerReport {
    /// The period, such as `2026 Q4`.
    pub period: String,
    /// Currency of every amount.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// What the odds are of: the quota, else the median.
    pub target: f64,
    /// Whether that is the quota.
    pub is_quota: bool,
    /// The odds to reach it.
    pub odds: Estimate,
    /// The deals that move the odds most, the strongest first; at most 25.
    pub drivers: Vec<DriverReport>,
    /// Places in `drivers` of the three to name first: the strongest of those that are not `rare`, then of those that are.
    pub foremost: Vec<usize>,
    /// Sets of deals that must be won.
    pub must_win: MustWinReport,
    /// Whether there is enough pipeline.
    pub coverage: CoverageReport,
    /// How much hangs on few deals.
    pub concentration: ConcentrationReport,
    /// Which number to commit.
    pub calls: CallReport,
    /// By owner, largest first; the smaller ones together at the end. Empty without the column.
    pub owners: Vec<GroupReport>,
    /// By segment.
    pub segments: Vec<GroupReport>,
    /// By product.
    pub products: Vec<GroupReport>,
    /// What to look at, with its code.
    pub warnings: Vec<Warning>,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// Stable code.
    pub code: &'static str,
    /// What it is, in one sentence.
    pub message: String,
}

/// A deal by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DealLabel {
    /// Row in the table.
    pub row: usize,
    /// Line in the file, from 1.
    pub line: u64,
    /// The id, or empty.
    pub id: String,
    /// Name of the deal, or empty.
    pub name: String,
    /// Company the deal is with, or empty.
    pub account: String,
}

/// What one deal does to the odds, everything else as simulated.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DriverReport {
    /// The deal.
    #[serde(flatten)]
    pub deal: DealLabel,
    /// Its amount.
    pub amount: f64,
    /// How often it is won in the period.
    pub share_won: Estimate,
    /// Whether it is won in fewer than 5 % of the trials: what it would do hardly comes to pass.
    pub rare: bool,
    /// The odds if it is won in the period.
    pub won: Estimate,
    /// The odds if it is not.
    pub lost: Estimate,
    /// Their difference, trial by trial.
    pub effect: Estimate,
}

/// Sets of deals that must be won.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct MustWinReport {
    /// Without any of these sets the odds are below this.
    pub level: f64,
    /// The sets, the smallest first; none holds another. At most 50.
    pub sets: Vec<MustWinSet>,
    /// How many there are.
    pub count: usize,
    /// Deals looked at, by what they bring in the mean.
    pub considered: usize,
    /// Deals that can be won in the period.
    pub possible: usize,
    /// Whether the sets come from every outcome of the deals, not from the trials.
    pub is_exact: bool,
}

/// One set.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct MustWinSet {
    /// One to three deals.
    pub deals: Vec<DealLabel>,
    /// The odds if all of them are lost; error 0 where they are exact.
    pub odds: Estimate,
}

/// Open amount against what is still to be won.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CoverageReport {
    /// The quota, if there is one.
    pub quota: Option<f64>,
    /// Won in the period so far.
    pub won: f64,
    /// What contracts are expected to bring that are renewed, to date included: deals need not bring it.
    pub renewals: f64,
    /// What deals have still to bring: quota − won − renewals; `null` without a quota.
    pub remaining: Option<f64>,
    /// Open amount called in the period, omitted deals aside.
    pub open: f64,
    /// Open over remaining; `null` where nothing remains, or where no open deal has an amount.
    pub actual: Option<f64>,
    /// What is needed, by each rule.
    pub required: Vec<CoverageRule>,
}

/// One rule of coverage.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CoverageRule {
    /// `won-by-number`, `won-by-amount`, `simulated`, `during-period` or `at-start`.
    pub rule: &'static str,
    /// Where it comes from, in words.
    pub source: String,
    /// The win rate or yield behind it; `null` for a rule of thumb.
    pub rate: Option<f64>,
    /// Coverage needed.
    pub coverage: f64,
    /// Its simulation error; for the rule that the simulation tells.
    pub error: Option<f64>,
    /// Its 80 % interval, where it rests on counts.
    pub interval: Option<Interval>,
    /// Open amount needed; `null` without a quota, or where no open deal has an amount.
    pub amount: Option<f64>,
    /// What is missing to it, 0 if nothing is; `null` without a quota, or where no open deal has an amount.
    pub missing: Option<f64>,
}

/// How much hangs on few deals.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ConcentrationReport {
    /// Of the open amount called in the period.
    pub called: ShareReport,
    /// Of Σ probability × amount of the same deals.
    pub weighted: ShareReport,
}

/// Shares of the largest deals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ShareReport {
    /// Deals with an amount.
    pub deals: usize,
    /// Share of the largest.
    pub top1: f64,
    /// Share of the three largest.
    pub top3: f64,
    /// Share of the five largest.
    pub top5: f64,
    /// Share of the ten largest.
    pub top10: f64,
    /// As many equal deals would spread the risk the same.
    pub effective: f64,
}

/// Which number to commit. All of it is of the deals alone, as a call is: what contracts bring that are renewed is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CallReport {
    /// Called commit against the median, in one sentence.
    pub sentence: String,
    /// What was called as commit, won deals included.
    pub commit: f64,
    /// The odds that the deals reach it.
    pub commit_odds: Estimate,
    /// The median of what the deals bring.
    pub p50: Estimate,
    /// How sure one wants to be.
    pub confidence: f64,
    /// The most that is reached with this confidence.
    pub confident: Estimate,
    /// What a unit called and not delivered costs.
    pub over_cost: f64,
    /// What a unit delivered and not called costs.
    pub under_cost: f64,
    /// The quantile with the lowest expected cost.
    pub quantile: f64,
    /// The number there.
    pub cheapest: Estimate,
}

/// One owner's, segment's or product's part of the period.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GroupReport {
    /// The name; empty for deals without one, `null` for the smaller ones together.
    pub name: Option<String>,
    /// Open deals.
    pub deals: usize,
    /// Won in the period so far.
    pub won: f64,
    /// Open amount called in the period, omitted deals aside.
    pub called: f64,
    /// Σ probability × amount of the deals called.
    pub weighted: f64,
    /// Of the mean, what its contracts bring that are renewed.
    pub renewals: Estimate,
    /// Simulated, won and renewed included: the mean.
    pub mean: Estimate,
    /// P10.
    pub p10: Estimate,
    /// P50.
    pub p50: Estimate,
    /// P90.
    pub p90: Estimate,
}

impl Pipeline {
    /// What a sales manager asks of this pipeline's forecast, as data.
    ///
    /// # Errors
    /// Those of [`manage`](Self::manage).
    pub fn manager_report(&self, forecast: &Forecast, options: &ManagerOptions) -> Result<ManagerReport, Error> {
        let managed = self.manage(forecast, options)?;
        let outcome = forecast.outcome();
        let period = outcome.horizon.periods().get(options.period).copied();
        let period = period.ok_or_else(|| {
            let message = format!("the forecast has {} periods, counted from 0", outcome.horizon.periods().len());
            Error::new(crate::ErrorKind::Run, "period-outside", message).at(Place::path("period"))
        })?;
        let teller = Teller { forecast, scale: outcome.currency.minor_per_major() as f64 };
        Ok(teller.tell(period.label(), &managed, options))
    }
}

struct Teller<'a> {
    forecast: &'a Forecast,
    scale: f64,
}

impl Teller<'_> {
    fn tell(&self, period: String, managed: &Managed, options: &ManagerOptions) -> ManagerReport {
        let Managed { drivers, must_win, coverage, concentration, calls, views } = managed;
        let groups = |view: &str| {
            views.get(view).map_or_else(Vec::new, |lines| lines.iter().map(|line| self.group(line)).collect())
        };
        let currency = self.forecast.outcome().currency;
        let (commit, p50) = (self.major(calls.commit as f64), self.estimate(calls.p50));
        let money = |amount: f64| wording::money(amount, currency);
        let gap = p50.value - commit;
        let beside = if gap.abs() < 0.005 * commit.abs().max(1.0) {
            "the same".to_owned()
        } else {
            format!("{} {}", money(gap.abs()), if gap > 0.0 { "more" } else { "less" })
        };
        let drivers_told = self.drivers(&drivers.deals);
        let of = |rare: bool| drivers_told.iter().enumerate().filter(move |(_, driver)| driver.rare == rare);
        let foremost = of(false).chain(of(true)).map(|(place, _)| place).take(FOREMOST).collect();
        ManagerReport {
            period,
            currency,
            target: self.major(drivers.target as f64),
            is_quota: drivers.is_quota,
            odds: drivers.odds,
            foremost,
            drivers: drivers_told,
            must_win: MustWinReport {
                level: must_win.level,
                sets: must_win
                    .sets
                    .iter()
                    .map(|(set, odds)| MustWinSet {
                        deals: set.iter().filter_map(|&deal| self.label(deal)).collect(),
                        odds: *odds,
                    })
                    .collect(),
                count: must_win.count,
                considered: must_win.considered,
                possible: must_win.possible,
                is_exact: managed.must_win.is_exact,
            },
            coverage: self.coverage(coverage),
            calls: CallReport {
                sentence: format!(
                    "{}called commit {}, simulated P50 {}: {beside}; the commit is reached with {}",
                    if self.forecast.renewals().is_some() { "of the deals alone, renewals left out: " } else { "" },
                    money(commit),
                    money(p50.value),
                    wording::percent(calls.commit_odds.value)
                ),
                commit,
                commit_odds: calls.commit_odds,
                p50,
                confidence: options.confidence,
                confident: self.estimate(calls.confident),
                over_cost: options.over_cost,
                under_cost: options.under_cost,
                quantile: calls.quantile,
                cheapest: self.estimate(calls.cheapest),
            },
            concentration: ConcentrationReport {
                called: shares(concentration.called),
                weighted: shares(concentration.weighted),
            },
            owners: groups("owner"),
            segments: groups("segment"),
            products: groups("product"),
            warnings: self.warnings(coverage, concentration),
        }
    }

    fn major(&self, minor: f64) -> f64 {
        minor / self.scale
    }

    fn estimate(&self, minor: Estimate) -> Estimate {
        Estimate { value: minor.value / self.scale, error: minor.error / self.scale }
    }

    fn label(&self, deal: usize) -> Option<DealLabel> {
        let line = self.forecast.outcome().deals.get(deal)?;
        Some(DealLabel {
            row: line.row,
            line: line.line,
            id: line.id.clone(),
            name: line.name.clone(),
            account: line.account.clone(),
        })
    }

    fn drivers(&self, deals: &[Driver]) -> Vec<DriverReport> {
        let key = |driver: &Driver| self.forecast.outcome().deals.get(driver.deal).map_or(0, |deal| deal.key);
        let mut sorted: Vec<&Driver> = deals.iter().filter(|driver| driver.effect.value != 0.0).collect();
        sorted
            .arrange_by(|a, b| b.effect.value.abs().total_cmp(&a.effect.value.abs()).then_with(|| key(a).cmp(&key(b))));
        let told = sorted.into_iter().take(DRIVERS).filter_map(|driver| {
            let amount = self.forecast.outcome().deals.get(driver.deal)?.amount;
            Some(DriverReport {
                deal: self.label(driver.deal)?,
                amount: self.major(amount as f64),
                share_won: driver.share_won,
                rare: driver.share_won.value < RARE,
                won: driver.won,
                lost: driver.lost,
                effect: driver.effect,
            })
        });
        told.collect()
    }

    fn warnings(&self, coverage: &Coverage, concentration: &Concentration) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let deals = &self.forecast.outcome().deals;
        if coverage.is_unknown {
            let brings = if self.forecast.outcome().pace.is_some() { "what other wins brought" } else { "nothing" };
            let message = format!(
                "none of {} open deals has an amount: coverage and concentration cannot tell, and each brings {brings} where it is won",
                deals.len()
            );
            warnings.push(Warning { code: "no-amounts", message });
        }
        let Shares { deals, top, .. } = concentration.called;
        if deals > 3 && top[1] > CONCENTRATED {
            let share = wording::percent(top[1]);
            let message = format!("{share} of the amount called hangs on three of {} deals", grouped(deals));
            warnings.push(Warning { code: "concentration", message });
        }
        warnings
    }

    fn coverage(&self, coverage: &Coverage) -> CoverageReport {
        let bring = |quota: i64| quota.saturating_sub(coverage.won).saturating_sub(coverage.renewals).max(0);
        let remaining = coverage.quota.map(bring);
        let open = coverage.open;
        let rule = |rule: &'static str, source: String, rate: Option<f64>, times: f64, interval: Option<Interval>| {
            let amount = remaining.filter(|_| !coverage.is_unknown).map(|remaining| times * remaining as f64);
            CoverageRule {
                rule,
                source,
                rate,
                coverage: times,
                error: None,
                interval,
                amount: amount.map(|minor| self.major(minor)),
                missing: amount.map(|minor| self.major((minor - open as f64).max(0.0))),
            }
        };
        let closed = coverage.closed;
        let counted = grouped(closed.won + closed.lost);
        let mut required = Vec::new();
        if let Some(rate) = closed.by_number {
            let interval = Interval { low: 1.0 / closed.interval.high, high: 1.0 / closed.interval.low.max(1e-9) };
            let source = format!("{} of {counted} closed deals of this file were won", grouped(closed.won));
            required.push(rule("won-by-number", source, Some(rate), 1.0 / rate, Some(interval)));
        }
        if let Some(rate) = closed.by_amount {
            let source = format!("{} of the amount of {counted} closed deals was won", wording::percent(rate));
            required.push(rule("won-by-amount", source, Some(rate), 1.0 / rate, None));
        }
        if let Some(Estimate { value: rate, error }) = coverage.simulated_yield.filter(|rate| rate.value > 0.0) {
            let left_out = match coverage.beside_yield {
                [false, false] => "",
                [true, false] => "; new business comes beside it and is in the odds alone",
                [false, true] => "; the correction by earlier quarters is in the odds alone",
                [true, true] => "; new business and the correction by earlier quarters are in the odds alone",
            };
            let share = wording::percent(rate);
            let source = format!("the simulation brings {share} of the open amount in the period{left_out}");
            let simulated = rule("simulated", source, Some(rate), 1.0 / rate, None);
            required.push(CoverageRule { error: Some(error / (rate * rate)), ..simulated });
        }
        let [during, at_start] = coverage.rules;
        required.push(rule("during-period", "the rule during a period".to_owned(), None, during, None));
        required.push(rule("at-start", "the rule on its first day".to_owned(), None, at_start, None));
        CoverageReport {
            quota: coverage.quota.map(|minor| self.major(minor as f64)),
            won: self.major(coverage.won as f64),
            renewals: self.major(coverage.renewals as f64),
            remaining: remaining.map(|minor| self.major(minor as f64)),
            open: self.major(open as f64),
            actual: remaining
                .filter(|minor| *minor > 0 && !coverage.is_unknown)
                .map(|minor| open as f64 / minor as f64),
            required,
        }
    }

    fn group(&self, line: &GroupLine) -> GroupReport {
        GroupReport {
            name: line.name.clone(),
            deals: line.deals,
            won: self.major(line.won as f64),
            called: self.major(line.called as f64),
            weighted: self.major(line.weighted),
            renewals: self.estimate(line.renewals),
            mean: self.estimate(line.mean),
            p10: self.estimate(line.p10),
            p50: self.estimate(line.p50),
            p90: self.estimate(line.p90),
        }
    }
}

fn shares(shares: Shares) -> ShareReport {
    let Shares { deals, top: [top1, top3, top5, top10], effective } = shares;
    ShareReport { deals, top1, top3, top5, top10, effective }
}
