//! What changed since an earlier export, as plain data.

use super::wording;
use crate::calendar::Date;
use crate::crm::{DealStatus, ForecastCategory};
use crate::forecast::{
    AmbiguousDeals, Bucket, Cause, Change, ForeignCurrency, OddsBridge, OtherCause, Stand, ViewLine, Waterfall,
};
use crate::money::Currency;
use crate::stats::Arrange;
use crate::stats::Estimate;
use serde::Serialize;
use std::collections::BTreeMap;

/// What changed between two exports of a pipeline, in one period. Amounts are in major units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct WaterfallReport {
    /// The whole change in one sentence.
    pub sentence: String,
    /// The period, such as `2026 Q4`.
    pub period: String,
    /// Currency of every amount.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// The day of the earlier export.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub before: Date,
    /// The day of the later export.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub after: Date,
    /// Open amount called in the period by the earlier export.
    pub start: f64,
    /// Open amount called in the period by the later export: `start` and all buckets, to the cent.
    pub end: f64,
    /// The buckets, in the order they are applied in.
    pub buckets: Vec<BucketReport>,
    /// The deals behind them, by bucket, then the largest first.
    pub changes: Vec<DealChange>,
    /// Closed and the open categories; each closes by itself.
    pub categories: Vec<ViewReport>,
    /// The stages of open deals; each closes by itself.
    pub stages: Vec<ViewReport>,
    /// Deals that cannot be told apart: compared only all together.
    pub ambiguous: Vec<AmbiguousReport>,
    /// Deals in other currencies that are left out for want of a rate.
    pub without_rate: usize,
    /// The other currencies that deals of the two exports are in, with the rates that count.
    pub currencies: Vec<ForeignCurrencyReport>,
    /// How the odds moved; `null` if one of the two days cannot see the period.
    pub odds: Option<OddsBridgeReport>,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
}

/// A currency of deals that is not the reporting one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ForeignCurrencyReport {
    /// The currency.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// Major units of the reporting currency for one of it on the day of the earlier export; `null` without a rate.
    pub before: Option<f64>,
    /// The same on the day of the later export.
    pub after: Option<f64>,
}

/// One bucket.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct BucketReport {
    /// The bucket.
    pub bucket: Bucket,
    /// Deals that change the open amount by it.
    pub deals: usize,
    /// What it adds to the open amount.
    pub amount: f64,
}

/// One deal's part of a bucket.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DealChange {
    /// The bucket.
    pub bucket: Bucket,
    /// What it adds to the open amount of the period.
    pub amount: f64,
    /// What it adds to the amount won in the period.
    pub won: f64,
    /// The id, or empty.
    pub id: String,
    /// Name of the deal, or empty.
    pub name: String,
    /// Company the deal is with, or empty.
    pub account: String,
    /// Sales person in charge, or empty.
    pub owner: String,
    /// How it stood in the earlier export.
    pub before: Option<StandReport>,
    /// How it stands in the later.
    pub after: Option<StandReport>,
}

/// How a deal stood in an export.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct StandReport {
    /// Line in the file, from 1.
    pub line: u64,
    /// Open, won or lost.
    pub status: DealStatus,
    /// Stage as written, or empty.
    pub stage: String,
    /// What it is called; `null` for a lost deal.
    pub category: Option<ForecastCategory>,
    /// Its amount in the reporting currency, at the rate of the export's day.
    pub amount: f64,
    /// Close date.
    #[cfg_attr(feature = "wasm", tsify(type = "string | null"))]
    pub close: Option<Date>,
}

/// One category or stage with its parts: `end` is `start`, `moved` and all `changes`, to the cent.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ViewReport {
    /// The category or stage; empty for deals without a stage.
    pub name: String,
    /// Amount in the earlier export.
    pub start: f64,
    /// Amount in the later export.
    pub end: f64,
    /// What came from other lines less what went to them.
    pub moved: f64,
    /// The buckets that changed it.
    pub changes: Vec<PartReport>,
}

/// A bucket's part of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct PartReport {
    /// The bucket.
    pub bucket: Bucket,
    /// What it adds to the line.
    pub amount: f64,
}

/// Deals that cannot be told apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct AmbiguousReport {
    /// What they have in common.
    pub shared: String,
    /// Lines of the earlier file.
    pub before: Vec<u64>,
    /// Lines of the later file.
    pub after: Vec<u64>,
    /// What they change together.
    pub amount: f64,
}

/// How odds and median moved between the two forecasts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct OddsBridgeReport {
    /// The quota, if there is one.
    pub quota: Option<f64>,
    /// The odds as forecast from the earlier export on its day.
    pub start: Option<Estimate>,
    /// The odds as forecast now.
    pub end: Option<Estimate>,
    /// The median then.
    pub start_p50: Estimate,
    /// The median now.
    pub end_p50: Estimate,
    /// The steps, each applied after those before it; their parts sum to the whole change.
    pub steps: Vec<OddsStepReport>,
}

/// One step's part of the change.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct OddsStepReport {
    /// What changed: a bucket, `time` or `progress`.
    pub cause: Cause,
    /// Its part of the change of the odds, with the error of the paired difference.
    pub odds: Option<Estimate>,
    /// Its part of the change of the median.
    pub p50: f64,
}

impl Waterfall {
    /// The comparison as data.
    #[must_use]
    pub fn report(&self) -> WaterfallReport {
        let scale = self.currency.minor_per_major() as f64;
        let major = |minor: i64| minor as f64 / scale;
        let count = |bucket: Bucket| {
            let mut deals: Vec<_> = self.changes.iter().filter(|c| c.bucket == bucket && c.amount != 0).collect();
            deals.dedup();
            deals.len()
        };
        let ambiguous = self.ambiguous.iter().filter(|group| group.amount != 0).count();
        let buckets = Bucket::ALL.iter().map(|&bucket| BucketReport {
            bucket,
            deals: if bucket == Bucket::Ambiguous { ambiguous } else { count(bucket) },
            amount: major(self.buckets.get(&bucket).copied().unwrap_or(0)),
        });
        WaterfallReport {
            sentence: self.sentence(scale),
            period: self.period.label(),
            currency: self.currency,
            before: self.before,
            after: self.after,
            start: major(self.start),
            end: major(self.end),
            buckets: buckets.collect(),
            changes: self.changes.iter().map(|change| change_report(change, scale)).collect(),
            categories: self.categories.iter().map(|line| view_report(line, line.key.to_string(), scale)).collect(),
            stages: self.stages.iter().map(|line| view_report(line, line.key.clone(), scale)).collect(),
            ambiguous: self
                .ambiguous
                .iter()
                .map(|AmbiguousDeals { shared, before, after, amount }| AmbiguousReport {
                    shared: shared.clone(),
                    before: before.clone(),
                    after: after.clone(),
                    amount: major(*amount),
                })
                .collect(),
            without_rate: self.without_rate,
            currencies: self
                .currencies
                .iter()
                .map(|&ForeignCurrency { currency, before, after }| ForeignCurrencyReport { currency, before, after })
                .collect(),
            odds: self.odds.as_ref().map(|bridge| bridge_report(bridge, scale)),
            assumptions: self.assumptions.clone(),
        }
    }

    fn sentence(&self, scale: f64) -> String {
        let money = |minor: i64| wording::money(minor as f64 / scale, self.currency);
        let change = self.end - self.start;
        let way = match change {
            0 => "is unchanged at".to_owned(),
            up if up > 0 => format!("is up {} to", money(up)),
            down => format!("is down {} to", money(-down)),
        };
        let mut parts: Vec<(&Bucket, &i64)> = self.buckets.iter().filter(|(_, amount)| **amount != 0).collect();
        parts.arrange_by_key(|(bucket, amount)| (std::cmp::Reverse(amount.unsigned_abs()), **bucket));
        let told: Vec<String> =
            parts.iter().take(3).map(|(bucket, amount)| format!("{} {}", word(**bucket), money(**amount))).collect();
        let why = if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) };
        let odds = self.odds.as_ref().and_then(|bridge| bridge.start.zip(bridge.end));
        let odds = odds.map_or_else(String::new, |(start, end)| {
            format!("; odds from {} to {}", wording::percent(start.value), wording::percent(end.value))
        });
        format!("{}: open amount {way} {} since {}{why}{odds}", self.period.label(), money(self.end), self.before)
    }
}

fn word(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Won => "won",
        Bucket::Lost => "lost",
        Bucket::Created => "created",
        Bucket::Reopened => "reopened",
        Bucket::PulledIn => "pulled in",
        Bucket::PushedOut => "pushed out",
        Bucket::Disappeared => "disappeared",
        Bucket::AmountUp => "amounts up",
        Bucket::AmountDown => "amounts down",
        Bucket::Fx => "exchange rates",
        Bucket::Ambiguous => "not told apart",
    }
}

fn change_report(change: &Change, scale: f64) -> DealChange {
    let stand = change.after.as_ref().or(change.before.as_ref());
    let text = |of: fn(&Stand) -> &String| stand.map_or_else(String::new, |stand| of(stand).clone());
    let told = |stand: &Stand| StandReport {
        line: stand.line,
        status: stand.status,
        stage: stand.stage.clone(),
        category: stand.category,
        amount: stand.value as f64 / scale,
        close: stand.close,
    };
    DealChange {
        bucket: change.bucket,
        amount: change.amount as f64 / scale,
        won: change.won as f64 / scale,
        id: text(|stand| &stand.id),
        name: text(|stand| &stand.name),
        account: text(|stand| &stand.account),
        owner: text(|stand| &stand.owner),
        before: change.before.as_ref().map(told),
        after: change.after.as_ref().map(told),
    }
}

fn view_report<K>(line: &ViewLine<K>, name: String, scale: f64) -> ViewReport {
    let part = |(&bucket, &amount): (&Bucket, &i64)| PartReport { bucket, amount: amount as f64 / scale };
    ViewReport {
        name,
        start: line.start as f64 / scale,
        end: line.end as f64 / scale,
        moved: line.moved as f64 / scale,
        changes: BTreeMap::iter(&line.buckets).map(part).collect(),
    }
}

fn bridge_report(bridge: &OddsBridge, scale: f64) -> OddsBridgeReport {
    let major = |estimate: Estimate| Estimate { value: estimate.value / scale, error: estimate.error / scale };
    OddsBridgeReport {
        quota: bridge.quota.map(|minor| minor as f64 / scale),
        start: bridge.start,
        end: bridge.end,
        start_p50: major(bridge.start_p50),
        end_p50: major(bridge.end_p50),
        steps: bridge
            .steps
            .iter()
            .filter(|step| {
                matches!(step.cause, Cause::Other(OtherCause::Time | OtherCause::Progress))
                    || step.p50 != 0.0
                    || step.odds.is_some_and(|odds| odds.value != 0.0)
            })
            .map(|step| OddsStepReport { cause: step.cause, odds: step.odds, p50: step.p50 / scale })
            .collect(),
    }
}
