//! Scenarios side by side and the answers of goal seek, as plain data.

use super::wording;
use crate::forecast::{Answer, Figure, Forecast, Goal, Lever, Outlook, PeriodOutlook};
use crate::money::Currency;
use crate::stats::Estimate;
use crate::{Error, forecast};
use serde::Serialize;

/// Student's t with 19 degrees of freedom: errors come from 20 groups, and 95 % of intervals this wide hold the truth.
const T95: f64 = 2.093;

/// The forecast as it is and under each scenario, on the same random numbers. Amounts are in major units.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ScenarioTable {
    /// Currency of every amount.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// The periods' labels, the current one first.
    pub periods: Vec<String>,
    /// The forecast as it is.
    pub base: ScenarioReport,
    /// Each scenario, in the order asked for.
    pub scenarios: Vec<ScenarioReport>,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ScenarioReport {
    /// Its name; empty for the forecast as it is.
    pub name: String,
    /// Deals that it touches.
    pub touched: usize,
    /// Each period.
    pub periods: Vec<ScenarioPeriod>,
}

/// A period under a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ScenarioPeriod {
    /// The odds of the quota, if there is one.
    pub odds: Option<ScenarioFigure>,
    /// P10.
    pub p10: ScenarioFigure,
    /// P50.
    pub p50: ScenarioFigure,
    /// P90.
    pub p90: ScenarioFigure,
    /// The mean.
    pub mean: ScenarioFigure,
}

/// A figure beside the forecast's own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ScenarioFigure {
    /// The figure.
    pub value: Estimate,
    /// What the scenario adds to it; exactly 0 where nothing changes.
    pub delta: Estimate,
    /// Lower end of the delta's 95 % interval of simulation error.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What must be true for the odds one wants.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GoalReport {
    /// The answer in one sentence.
    pub sentence: String,
    /// What is moved.
    pub lever: Lever,
    /// The odds wanted.
    pub odds: f64,
    /// The odds as they are.
    pub now: Estimate,
    /// Where the lever has to stand: points of probability added, an amount added, or a coverage; `null` if no place is
    /// enough.
    pub needed: Option<f64>,
    /// Where it stands now.
    pub from: f64,
    /// The odds there, or the best there are.
    pub reached: Estimate,
    /// Deals that added pipeline comes in.
    pub deals: u32,
}

impl Forecast {
    /// The forecast as it is and under each scenario, as data.
    ///
    /// # Errors
    /// Those of [`scenarios`](Self::scenarios).
    pub fn scenario_table(&self, scenarios: &[forecast::Scenario]) -> Result<ScenarioTable, Error> {
        let scale = self.outcome().currency.minor_per_major() as f64;
        let mut told = self.scenarios(scenarios)?.into_iter().map(|outlook| report(&outlook, scale));
        let base = told.next().unwrap_or(ScenarioReport { name: String::new(), touched: 0, periods: Vec::new() });
        Ok(ScenarioTable {
            currency: self.outcome().currency,
            periods: self.outcome().horizon.periods().iter().map(|period| period.label()).collect(),
            base,
            scenarios: told.collect(),
        })
    }

    /// What must be true for the odds one wants, as data.
    ///
    /// # Errors
    /// Those of [`seek`](Self::seek).
    pub fn goal_report(&self, goal: &Goal) -> Result<GoalReport, Error> {
        let Answer { now, needed, from, reached, deals } = self.seek(goal)?;
        let scale = self.outcome().currency.minor_per_major() as f64;
        let amount = |x: f64| if goal.lever == Lever::Pipeline { x / scale } else { x };
        let needed = needed.map(amount);
        Ok(GoalReport {
            sentence: sentence(goal, now, needed, from, (reached, deals), self.outcome().currency),
            lever: goal.lever,
            odds: goal.odds,
            now,
            needed,
            from,
            reached,
            deals,
        })
    }
}

fn sentence(
    goal: &Goal,
    now: Estimate,
    needed: Option<f64>,
    from: f64,
    (reached, deals): (Estimate, u32),
    currency: Currency,
) -> String {
    let wanted = wording::percent(goal.odds);
    if now.value >= goal.odds {
        return format!("the odds are {} already", wording::percent(now.value));
    }
    let whose = goal.stage.as_ref().map_or_else(|| "every deal".to_owned(), |stage| format!("every deal in {stage}"));
    let best = wording::percent(reached.value);
    match (goal.lever, needed) {
        (Lever::WinRate, Some(by)) => {
            format!("for {wanted}, {whose} would have to win {:.1} points more often", 100.0 * by)
        }
        (Lever::WinRate, None) => {
            format!("even if {whose} were won, the odds would be {best}: other deals or more time are needed")
        }
        (Lever::Pipeline, Some(amount)) => {
            format!(
                "for {wanted}, {} more pipeline would have to be open today, in {deals} deals",
                wording::money(amount, currency)
            )
        }
        (Lever::Coverage, Some(coverage)) => {
            format!(
                "for {wanted}, coverage of what is still to be won would have to be {coverage:.1}×; it is {from:.1}×"
            )
        }
        (Lever::Pipeline | Lever::Coverage, None) => {
            format!("no amount of new pipeline is enough for {wanted}: it would not close in time (at most {best})")
        }
    }
}

fn report(outlook: &Outlook, scale: f64) -> ScenarioReport {
    let periods = outlook.periods.iter().map(|period| period_report(period, scale));
    ScenarioReport { name: outlook.name.clone(), touched: outlook.touched, periods: periods.collect() }
}

pub(super) fn period_report(period: &PeriodOutlook, scale: f64) -> ScenarioPeriod {
    ScenarioPeriod {
        odds: period.odds.map(|odds| figure(odds, 1.0)),
        p10: figure(period.p10, scale),
        p50: figure(period.p50, scale),
        p90: figure(period.p90, scale),
        mean: figure(period.mean, scale),
    }
}

fn figure(figure: Figure, scale: f64) -> ScenarioFigure {
    let major = |estimate: Estimate| Estimate { value: estimate.value / scale, error: estimate.error / scale };
    let (value, delta) = (major(figure.value), major(figure.delta));
    ScenarioFigure { value, delta, low: delta.value - T95 * delta.error, high: delta.value + T95 * delta.error }
}
