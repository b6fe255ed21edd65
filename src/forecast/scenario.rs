//! What-ifs: changes to deals, stages and capacity, and what they do to the forecast on the same random numbers.

use crate::calendar::Date;
use crate::model::asked;
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};

/// Most changes in one scenario, and most scenarios in one question.
const MAX_CHANGES: usize = 1_000;
const MAX_SCENARIOS: usize = 50;
/// Most deals that one change may add.
pub(super) const MAX_ADDED: u32 = 1_000;

/// A what-if: changes that are made in their order.
///
/// ```
/// use leadcast::forecast::Scenario;
/// let json = r#"{ "name": "Acme slips", "changes": [
///     { "move": { "deal": "D-7", "close": "2026-04-20" } },
///     { "winRate": { "stage": "Proposal", "by": 0.05 } } ] }"#;
/// assert_eq!(Scenario::from_json(json)?.changes.len(), 2);
/// let error = Scenario::from_json(r#"{ "changes": [ { "move": { "deal": "D-7", "clsoe": "2026-04-20" } } ] }"#);
/// assert!(error.unwrap_err().to_string().starts_with("run at changes[0].move.clsoe: unknown key `clsoe`"));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// What it is called in tables. Default: empty.
    #[serde(default)]
    pub name: String,
    /// The changes.
    #[serde(default)]
    pub changes: Vec<ScenarioChange>,
}

/// One change of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ScenarioChange {
    /// Another close date for a deal.
    Move(Move),
    /// A deal that is lost.
    Drop(Which),
    /// A deal that is won.
    Win(Won),
    /// Another amount for a deal.
    Price(Price),
    /// Another win rate of a stage, or of all deals.
    WinRate(WinRate),
    /// Deals of a stage, or all deals, close later or sooner.
    Cycle(Cycle),
    /// More pipeline.
    Pipeline(MorePipeline),
    /// More sales people.
    Reps(MoreReps),
}

/// A deal: its id, its name if only one has it, or its row in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DealName {
    /// Row in the table, from 0.
    Row(usize),
    /// Id, or name.
    Text(String),
}

/// A deal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Which {
    /// The deal.
    pub deal: DealName,
}

/// Another close date for a deal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Move {
    /// The deal.
    pub deal: DealName,
    /// The date, after the day of the forecast. Where stated dates decide it slips like any other of its stage; where the file's own
    /// past decides, the deal is decided on that day, at its chance to be won in the end.
    pub close: Date,
}

/// A deal that is won.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Won {
    /// The deal.
    pub deal: DealName,
    /// The day, after the day of the forecast. Default: the day after it.
    #[serde(default)]
    pub close: Option<Date>,
}

/// Another amount for a deal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Price {
    /// The deal.
    pub deal: DealName,
    /// The amount in major units.
    pub amount: f64,
}

/// Another win rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WinRate {
    /// The stage as the file writes it. Default: all.
    #[serde(default)]
    pub stage: Option<String>,
    /// Added to the probability of each deal: 0.05 makes 30 % into 35 %. From −1 to 1; 0 and 1 stay what they are, and
    /// no other passes them.
    pub by: f64,
}

/// Another time to close.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cycle {
    /// The stage as the file writes it. Default: all.
    #[serde(default)]
    pub stage: Option<String>,
    /// Days later, or sooner if negative; from −3650 to 3650. No deal closes before the day after the forecast's.
    pub days: f64,
}

/// More pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MorePipeline {
    /// Its amount in major units.
    pub amount: f64,
    /// The number of deals it comes in, 1 to 1,000. Default: as many as make deals of the median open amount; where no open
    /// deal has an amount, of the median that won deals brought.
    #[serde(default)]
    pub deals: Option<u32>,
    /// The stage as the file writes it. Default: the first.
    #[serde(default)]
    pub stage: Option<String>,
    /// The stated close date. Default: none; they close at the pace of the stages ahead of them.
    #[serde(default)]
    pub close: Option<Date>,
}

/// More sales people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoreReps {
    /// How many, 1 to 1,000.
    pub count: u32,
    /// First day. Default: the day after the forecast's.
    #[serde(default)]
    pub start: Option<Date>,
    /// What one brings in per quarter once ramped, in major units. Default: the model's mean quota times productivity.
    #[serde(default)]
    pub per_quarter: Option<f64>,
    /// Months until one is ramped, evenly. Default: the model's ramp.
    #[serde(default)]
    pub ramp_months: Option<u32>,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// `bad-scenario` with the path of what cannot be read.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let scenario: Self = asked(json, "bad-scenario")?;
        scenario.check("")?;
        Ok(scenario)
    }

    /// Reads a list of scenarios.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn list_from_json(json: &str) -> Result<Vec<Self>, Error> {
        let list: Vec<Self> = asked(json, "bad-scenario")?;
        if list.len() > MAX_SCENARIOS {
            let message = format!("expected at most {MAX_SCENARIOS} scenarios, found {}", list.len());
            return Err(bad("", message));
        }
        for (index, scenario) in list.iter().enumerate() {
            scenario.check(&format!("[{index}]."))?;
        }
        Ok(list)
    }

    fn check(&self, before: &str) -> Result<(), Error> {
        if self.changes.len() > MAX_CHANGES {
            let message = format!("expected at most {MAX_CHANGES} changes, found {}", self.changes.len());
            return Err(bad(&format!("{before}changes"), message));
        }
        let range = |at: String, value: f64, low: f64, high: f64| {
            let holds = value >= low && value <= high;
            holds.then_some(()).ok_or_else(|| bad(&at, format!("must be between {low} and {high}, found {value}")))
        };
        for (index, change) in self.changes.iter().enumerate() {
            let at = |key: &str| format!("{before}changes[{index}].{key}");
            match change {
                ScenarioChange::Price(price) => range(at("price.amount"), price.amount, -1e12, 1e12)?,
                ScenarioChange::WinRate(rate) => range(at("winRate.by"), rate.by, -1.0, 1.0)?,
                ScenarioChange::Cycle(cycle) => range(at("cycle.days"), cycle.days, -3650.0, 3650.0)?,
                ScenarioChange::Pipeline(more) => {
                    range(at("pipeline.amount"), more.amount, 0.0, 1e12)?;
                    range(at("pipeline.deals"), f64::from(more.deals.unwrap_or(1)), 1.0, f64::from(MAX_ADDED))?;
                }
                ScenarioChange::Reps(reps) => {
                    range(at("reps.count"), f64::from(reps.count), 1.0, f64::from(MAX_ADDED))?;
                    range(at("reps.perQuarter"), reps.per_quarter.unwrap_or(0.0), 0.0, 1e12)?;
                    range(at("reps.rampMonths"), f64::from(reps.ramp_months.unwrap_or(0)), 0.0, 60.0)?;
                }
                ScenarioChange::Move(_) | ScenarioChange::Drop(_) | ScenarioChange::Win(_) => {}
            }
        }
        Ok(())
    }
}

pub(super) fn bad(path: &str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Run, "bad-scenario", message).at(Place::path(path))
}
