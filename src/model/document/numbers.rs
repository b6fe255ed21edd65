//! `kpis`, `targets`, `forecast` and `capacity` as JSON.

use super::frame::review;
use super::icp::positive;
use super::people::segment;
use super::{Deserialize, Serialize};
use crate::Error;
use crate::model::check::{At, Names};
use crate::model::text::words;
use crate::model::{
    Capacity, Comparator, ForecastSettings, Kpi, KpiKind, KpiPeriod, Meta, Metric, Quota, Rep, Segment, Switch,
    Targets, TimingSource, parse_period,
};
use crate::money::Currency;

/// A decision rule: when the metric passes the threshold, the owner does the action by the deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct KpiDocument {
    /// Name, unique.
    name: String,
    /// What is measured.
    metric: Metric,
    /// On which side of the threshold the rule fires.
    comparator: Comparator,
    /// Threshold, in the metric's unit; shares as 0 to 1.
    threshold: f64,
    /// For how many periods in a row before the rule fires, 1 to 52. Default: 1.
    #[serde(default = "one")]
    for_periods: u32,
    /// Period the metric is taken over. Default: week.
    #[serde(default)]
    period: KpiPeriod,
    /// Whether the metric leads revenue or follows it. Default: leading.
    #[serde(default)]
    kind: KpiKind,
    /// What is to be done: an action, not "monitor".
    action: String,
    /// Days to do it in, 1 to 365. Default: 7.
    #[serde(default = "seven")]
    due_days: u32,
    /// Who is told if it is not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalation: Option<String>,
    /// Who does it.
    owner: String,
    /// Day of the last review, such as 2026-03-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

fn one() -> u32 {
    1
}

fn seven() -> u32 {
    7
}

pub(super) fn kpis(at: &At, list: &[KpiDocument]) -> Result<Vec<Kpi>, Error> {
    let mut names = Names::of("rule");
    let resolve = |(i, item): (usize, &KpiDocument)| {
        let at = at.index(i);
        Ok(Kpi {
            name: names.take(&at.key("name"), &item.name)?,
            metric: item.metric,
            comparator: item.comparator,
            threshold: at.key("threshold").range(item.threshold, -1e12, 1e12)?,
            for_periods: at.key("forPeriods").whole(item.for_periods, 1, 52)?,
            period: item.period,
            kind: item.kind,
            action: action(&at.key("action"), &item.action)?,
            due_days: at.key("dueDays").whole(item.due_days, 1, 365)?,
            escalation: item.escalation.as_deref().map(|who| at.key("escalation").name(who)).transpose()?,
            review: review(&at, Some(&item.owner), item.last_reviewed.as_deref())?,
        })
    };
    list.iter().enumerate().map(resolve).collect()
}

/// An action is something one can have done; watching is not.
fn action(at: &At, text: &str) -> Result<String, Error> {
    let action = at.name(text)?;
    match words(&action).first().map(String::as_str) {
        Some(word @ ("monitor" | "watch" | "observe")) => {
            let message =
                format!("`{word}` is no action (say what the owner does, such as `review the last 10 lost deals`)");
            Err(at.error("vague-action", message))
        }
        _ => Ok(action),
    }
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct TargetsDocument {
    /// Quotas by period and segment.
    quota: Vec<QuotaDocument>,
    /// Quota, in major units, of a fiscal quarter that has none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_quota: Option<f64>,
    /// Open pipeline wanted over remaining quota during a period, above 0, at most 100. Default: 3.
    coverage: f64,
    /// Open pipeline wanted over quota on the first day of a quarter, above 0, at most 100. Default: 4.
    coverage_at_start: f64,
    /// Who looks after this section.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

impl Default for TargetsDocument {
    fn default() -> Self {
        Self {
            quota: Vec::new(),
            default_quota: None,
            coverage: 3.0,
            coverage_at_start: 4.0,
            owner: None,
            last_reviewed: None,
        }
    }
}

/// A quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct QuotaDocument {
    /// Fiscal period: `2026 Q4`, `2026-10`, `FY2027`, or the first day of a fiscal quarter.
    period: String,
    /// Amount to win in it, in major units, 0 to 10¹².
    amount: f64,
    /// Name of the segment it is for. Default: all of them together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    segment: Option<String>,
}

impl TargetsDocument {
    pub(super) fn resolve(&mut self, at: &At, meta: &Meta, segments: &[Segment]) -> Result<Targets, Error> {
        let mut quota: Vec<Quota> = Vec::with_capacity(self.quota.len());
        for (i, item) in self.quota.iter_mut().enumerate() {
            let at = at.key("quota").index(i);
            let period = parse_period(&item.period, meta.fiscal_year)
                .map_err(|message| at.key("period").error("bad-period", message))?;
            item.period = period.label();
            let entry = Quota {
                period,
                amount: at.key("amount").money(item.amount, meta.currency)?,
                segment: segment(&at.key("segment"), item.segment.as_deref(), segments)?,
            };
            if quota.iter().any(|other| other.period == entry.period && other.segment == entry.segment) {
                let message = format!("{} already has a quota for this segment (keep one)", item.period);
                return Err(at.key("period").error("duplicate-name", message));
            }
            quota.push(entry);
        }
        let default_at = at.key("defaultQuota");
        Ok(Targets {
            quota,
            default_quota: self.default_quota.map(|value| default_at.money(value, meta.currency)).transpose()?,
            coverage: positive(&at.key("coverage"), self.coverage, 100.0)?,
            coverage_at_start: positive(&at.key("coverageAtStart"), self.coverage_at_start, 100.0)?,
            review: review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?,
        })
    }
}

/// Settings of the forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ForecastDocument {
    /// How much deals of one quarter rise and fall together where dates decide, 0 to 0.99. Default: 0.05.
    market_correlation: f64,
    /// What decides when open deals close: the file's own past (`hazards`), stated dates (`dates`), or the first where
    /// the file's closed deals are enough for it (`auto`). Default: auto.
    timing: TimingSource,
    /// Whether deals that are not in the pipeline yet are simulated, where the past tells how many come. Default: auto.
    new_business: Switch,
    /// Whether earlier quarters of the file correct the forecast. Default: auto.
    calibration: Switch,
    /// Whether contracts of a file that was attached are renewed, as part of each total. Default: auto.
    #[serde(skip_serializing_if = "is_auto")]
    renewals: Switch,
    /// Who looks after this section.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

/// Absent where it says what holds anyway: models without contracts stay as they were.
fn is_auto(switch: &Switch) -> bool {
    *switch == Switch::Auto
}

impl Default for ForecastDocument {
    fn default() -> Self {
        Self {
            market_correlation: 0.05,
            timing: TimingSource::Auto,
            new_business: Switch::Auto,
            calibration: Switch::Auto,
            renewals: Switch::Auto,
            owner: None,
            last_reviewed: None,
        }
    }
}

impl ForecastDocument {
    pub(super) fn resolve(&self, at: &At) -> Result<ForecastSettings, Error> {
        Ok(ForecastSettings {
            market_correlation: at.key("marketCorrelation").range(self.market_correlation, 0.0, 0.99)?,
            timing: self.timing,
            new_business: self.new_business,
            calibration: self.calibration,
            renewals: self.renewals,
            review: review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?,
        })
    }
}

/// Who carries quota, and how they come up to speed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct CapacityDocument {
    /// People who carry quota.
    reps: Vec<RepDocument>,
    /// Share of full productivity in the first, second, … month, 0 to 1 each; full afterwards. Default: full at once.
    ramp: Vec<f64>,
    /// Share of quota that a ramped rep brings in, 0 to 5. Default: 1.
    productivity: f64,
    /// Share of reps who leave within a year, 0 to 1. Default: 0.
    attrition_per_year: f64,
    /// Who looks after this section.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

impl Default for CapacityDocument {
    fn default() -> Self {
        Self {
            reps: Vec::new(),
            ramp: Vec::new(),
            productivity: 1.0,
            attrition_per_year: 0.0,
            owner: None,
            last_reviewed: None,
        }
    }
}

/// Someone who carries quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RepDocument {
    /// Name, unique.
    name: String,
    /// Name of the segment worked. Default: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    segment: Option<String>,
    /// First day. Default: long enough ago to be ramped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    /// Last day. Default: no end in sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    /// Quota per fiscal quarter, in major units.
    quota: f64,
}

impl CapacityDocument {
    pub(super) fn resolve(&self, at: &At, currency: Currency, segments: &[Segment]) -> Result<Capacity, Error> {
        let mut names = Names::of("rep");
        let reps_at = at.key("reps");
        let reps = self.reps.iter().enumerate().map(|(i, rep)| {
            let at = reps_at.index(i);
            let date = |key: &str, day: Option<&str>| day.map(|day| at.key(key).date(day)).transpose();
            let (start, end) = (date("start", rep.start.as_deref())?, date("end", rep.end.as_deref())?);
            if let (Some(start), Some(end)) = (start, end)
                && end < start
            {
                return Err(at
                    .key("end")
                    .error("bad-order", format!("must not be before the start {start}, found {end}")));
            }
            Ok(Rep {
                name: names.take(&at.key("name"), &rep.name)?,
                segment: segment(&at.key("segment"), rep.segment.as_deref(), segments)?,
                start,
                end,
                quota: at.key("quota").money(rep.quota, currency)?,
            })
        });
        let ramp_at = at.key("ramp");
        if self.ramp.len() > 60 {
            let message = format!("must have at most 60 months, found {}", self.ramp.len());
            return Err(ramp_at.error("out-of-range", message));
        }
        Ok(Capacity {
            reps: reps.collect::<Result<_, Error>>()?,
            ramp: self
                .ramp
                .iter()
                .enumerate()
                .map(|(i, share)| ramp_at.index(i).probability(*share))
                .collect::<Result<_, _>>()?,
            productivity: at.key("productivity").range(self.productivity, 0.0, 5.0)?,
            attrition_per_year: at.key("attritionPerYear").probability(self.attrition_per_year)?,
            review: review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?,
        })
    }
}
