//! Decision rules: a metric with a threshold, an owner, an action and a deadline.

use super::Review;

/// A decision rule: when the metric passes the threshold, the owner does the action by the deadline.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Kpi {
    /// The name; unique.
    pub name: String,
    /// What is measured.
    pub metric: Metric,
    /// On which side of the threshold the rule fires.
    pub comparator: Comparator,
    /// The threshold, in the metric's unit.
    pub threshold: f64,
    /// For how many periods in a row before the rule fires, 1 to 52. Default: 1.
    pub for_periods: u32,
    /// The period the metric is taken over. Default: week.
    pub period: KpiPeriod,
    /// Whether the metric leads revenue or follows it. Default: leading.
    pub kind: KpiKind,
    /// What is to be done: an action, not "monitor".
    pub action: String,
    /// Days to do it in, 1 to 365. Default: 7.
    pub due_days: u32,
    /// Who is told if it is not done. Default: nobody.
    pub escalation: Option<String>,
    /// Owner (always given) and last review.
    pub review: Review,
}

/// On which side of the threshold a rule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Comparator {
    /// Below the threshold.
    Below,
    /// Above the threshold.
    Above,
    /// Anywhere but on the threshold.
    NotEqual,
}

impl Comparator {
    /// Whether the rule fires at this value; never for NaN.
    #[must_use]
    pub fn fires(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Below => value < threshold,
            Self::Above => value > threshold,
            Self::NotEqual => !value.is_nan() && value != threshold,
        }
    }
}

/// The period a metric is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum KpiPeriod {
    /// Seven days from Monday; the default.
    #[default]
    Week,
    /// A calendar month.
    Month,
    /// A fiscal quarter.
    Quarter,
}

/// Whether a metric leads revenue or follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum KpiKind {
    /// Moves before revenue does; the default.
    #[default]
    Leading,
    /// Moves with or after revenue.
    Lagging,
}

/// What a decision rule measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Metric {
    /// Share of marketing-qualified leads that become sales-qualified.
    MqlToSql,
    /// Marketing's share of new pipeline value.
    MarketingPipelineContribution,
    /// Share of deals entering the first stage that reach the third.
    FirstToThirdStage,
    /// Age of a deal in its stage over the stage's median.
    StageAgeRatio,
    /// Days from closed-won to the first success milestone.
    TimeToValueDays,
    /// Expansion signals per customer success manager and month.
    ExpansionSignalsPerCsm,
    /// Open pipeline over remaining quota, during the period.
    Coverage,
    /// Open pipeline over quota, on the first day of the quarter.
    CoverageAtStart,
    /// Business hours from qualification to the first answer.
    MqlResponseHours,
    /// Minutes from a demo request to its assignment.
    DemoAssignmentMinutes,
    /// Hours from closed-won to the joint hand-off call.
    WarmHandoffHours,
    /// Business days from closed-won to the scheduled first onboarding session.
    OnboardingBusinessDays,
    /// Absolute forecast error at the middle of the quarter, as a share of the actual.
    ForecastErrorMidQuarter,
    /// Absolute forecast error at the end of week two, as a share of the actual.
    ForecastErrorWeekTwo,
    /// Absolute change against the prior call, as a share of it.
    ForecastSurprise,
    /// Median days from created to closed.
    MedianCycleDays,
    /// Quarters since a section of this model was last reviewed.
    SectionAgeQuarters,
    /// People accountable for one thing.
    AccountableOwners,
    /// Share of hand-offs that have trigger, packet and time limit.
    HandoffCompleteness,
    /// Revenue kept and expanded from customers of a year ago, as a share.
    NetRevenueRetention,
    /// Revenue kept from customers of a year ago, without expansion, as a share.
    GrossRevenueRetention,
    /// Share of closed deals won.
    WinRate,
    /// Deals · value · win rate ÷ cycle, per day, in the model's currency.
    PipelineVelocity,
    /// Months until a customer's margin has paid for winning it.
    CacPaybackMonths,
}
