//! Scenarios beside the forecast, and what must be true for the odds one wants.

use super::Forecast;
use super::changed::Changed;
use super::outcome::DealLine;
use super::patched::Patched;
use super::plan::GROUPS;
use super::replay::replay;
use super::scenario::{MAX_ADDED, MorePipeline, Scenario, ScenarioChange, WinRate, bad};
use crate::Error;
use crate::crm::ForecastCategory;
use crate::model::asked;
use crate::stats::{Estimate, GroupedSample, Spread};
use serde::{Deserialize, Serialize};

/// Fewest deals that sought pipeline comes in: one deal, however large, is no pipeline.
const FEWEST_ADDED: u32 = 40;
/// Most steps of a bisection.
const STEPS: usize = 24;
/// Most times that the number of deals follows the amount found, as a scenario would split it.
const ROUNDS: usize = 4;
/// Most times the first try that are tried.
const MOST_TIMES: f64 = 1024.0;

/// What a forecast says of each period, under a scenario or as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Name of the scenario; empty for the forecast as it is.
    pub name: String,
    /// Deals that the scenario touches.
    pub touched: usize,
    /// Each period.
    pub periods: Vec<PeriodOutlook>,
}

/// A period's figures beside those of the forecast as it is. Amounts are in minor units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodOutlook {
    /// The odds of the quota, if there is one.
    pub odds: Option<Figure>,
    /// P10.
    pub p10: Figure,
    /// P50.
    pub p50: Figure,
    /// P90.
    pub p90: Figure,
    /// The mean.
    pub mean: Figure,
}

/// A figure and how far it is from the forecast's own, both with their simulation error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// The figure.
    pub value: Estimate,
    /// What the scenario adds to it. On the same random numbers: exactly 0, error 0, where nothing changes.
    pub delta: Estimate,
}

/// What is to be found: how far one thing has to move for the odds one wants.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Goal {
    /// The odds wanted, above 0 and below 1.
    pub odds: f64,
    /// What is moved.
    pub lever: Lever,
    /// The stage whose deals win more often, or that pipeline is added to. Default: all, or the first.
    #[serde(default)]
    pub stage: Option<String>,
    /// The period, counted from the current one. Default: 0.
    #[serde(default)]
    pub period: usize,
}

/// What is moved to reach a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum Lever {
    /// Added to the win probability of each deal.
    WinRate,
    /// More pipeline, in as many deals of equal amount as the scenario `pipeline` makes of it, at least 40.
    Pipeline,
    /// The same, told as open amount called in the period, omitted deals aside, over what deals have still to bring: the quota
    /// less what is won, and less what contracts are expected to renew.
    Coverage,
}

/// What must be true for the odds one wants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The odds as they are.
    pub now: Estimate,
    /// How far the lever has to move: a probability, minor units, or a ratio. `None`: no distance is enough.
    pub needed: Option<f64>,
    /// Where the lever stands now: 0, or the coverage there is.
    pub from: f64,
    /// The odds there, or the best there are.
    pub reached: Estimate,
    /// Deals that the pipeline comes in; 0 for the win rate.
    pub deals: u32,
}

impl Goal {
    /// Reads a goal.
    ///
    /// # Errors
    /// `bad-scenario` with the path of what cannot be read.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let goal: Self = asked(json, "bad-scenario")?;
        if goal.odds > 0.0 && goal.odds < 1.0 {
            return Ok(goal);
        }
        Err(bad("odds", format!("must be above 0 and below 1, found {}", goal.odds)))
    }
}

impl Forecast {
    /// The forecast as it is, then under each scenario, on the same random numbers.
    ///
    /// # Errors
    /// `unknown-deal`, `ambiguous-deal`, `unknown-stage` and `bad-scenario` with the path of the change; the limits of
    /// the simulation.
    pub fn scenarios(&self, scenarios: &[Scenario]) -> Result<Vec<Outlook>, Error> {
        let patched = Patched::new(self)?;
        let mut told = vec![self.as_it_is()];
        for (index, scenario) in scenarios.iter().enumerate() {
            let mut changed = Changed::of(self.outcome());
            changed.make(scenario, &self.source().model, &format!("[{index}]."))?;
            let (totals, touched) = patched.totals(&changed)?;
            told.push(self.outlook(&scenario.name, touched, &totals));
        }
        Ok(told)
    }

    /// What is told of the forecast as it is.
    pub(super) fn as_it_is(&self) -> Outlook {
        let periods = self.figures().iter().map(|own| own.beside(own)).collect();
        Outlook { name: String::new(), touched: 0, periods }
    }

    /// What is told of other totals, period by period, on the same random numbers.
    pub(super) fn outlook(&self, name: &str, touched: usize, totals: &[Vec<i64>]) -> Outlook {
        let told = |(period, (base, totals)): (usize, (&Figures, &Vec<i64>))| {
            Figures::of(self.quota(period), totals).beside(base)
        };
        let periods = self.figures().iter().zip(totals).enumerate().map(told).collect();
        Outlook { name: name.to_owned(), touched, periods }
    }

    /// Computed once: every scenario is held against it.
    fn figures(&self) -> &[Figures] {
        let of = |period| Figures::of(self.quota(period), &self.trials().period(period));
        self.figures.get_or_init(|| (0..self.trials().periods()).map(of).collect())
    }

    /// What each trial's deals bring in a period, corrected; computed once. Nothing where nothing is corrected.
    pub(super) fn corrected(&self, period: usize) -> &[i64] {
        let trials = self.trials();
        let of = |period| match trials.is_corrected(period) {
            true => trials.as_corrected(period, trials.simulated(period)),
            false => Vec::new(),
        };
        let all = self.corrected.get_or_init(|| (0..trials.periods()).map(of).collect());
        all.get(period).map_or(&[], Vec::as_slice)
    }

    fn quota(&self, period: usize) -> Option<i64> {
        self.outcome().quotas.get(period).copied().flatten()
    }

    /// How far a lever has to move for the odds one wants: by bisection, each try on the same random numbers.
    ///
    /// # Errors
    /// `no-quota` where the period has none, `unknown-stage`, `bad-scenario`, the limits of the simulation.
    pub fn seek(&self, goal: &Goal) -> Result<Answer, Error> {
        let quota = self.quota(goal.period).ok_or_else(|| {
            let message = "odds need something to reach (give quota in the run, or a quota in the model)";
            Error::new(crate::ErrorKind::Run, "no-quota", message).at(crate::Place::path("period"))
        })?;
        let margins = self.trials().towards(goal.period, quota);
        let now = odds(&margins, 0);
        // A name that is wrong is told of, also where nothing has to move.
        let stage = Changed::of(self.outcome()).stage_or_first(goal.stage.as_deref())?;
        match goal.lever {
            Lever::WinRate => self.seek_rate(goal, quota, now),
            Lever::Pipeline | Lever::Coverage => Ok(self.seek_pipeline(goal, (stage, quota), now, &margins)?.0),
        }
    }

    fn seek_rate(&self, goal: &Goal, quota: i64, now: Estimate) -> Result<Answer, Error> {
        if now.value >= goal.odds {
            return Ok(Answer { now, needed: Some(0.0), from: 0.0, reached: now, deals: 0 });
        }
        let patched = Patched::new(self)?;
        let try_with = |by: f64| -> Result<Estimate, Error> {
            let change = ScenarioChange::WinRate(WinRate { stage: goal.stage.clone(), by });
            let mut changed = Changed::of(self.outcome());
            let scenario = Scenario { name: String::new(), changes: vec![change] };
            changed.make(&scenario, &self.source().model, "")?;
            let (totals, _) = patched.totals(&changed)?;
            Ok(totals.get(goal.period).map_or(now, |totals| odds(totals, quota)))
        };
        let most = try_with(1.0)?;
        if most.value < goal.odds {
            return Ok(Answer { now, needed: None, from: 0.0, reached: most, deals: 0 });
        }
        // Ten halvings: a thousandth of a probability.
        let (mut low, mut high, mut reached) = (0.0, 1.0, most);
        for _ in 0..10 {
            let middle = 0.5 * (low + high);
            let found = try_with(middle)?;
            if found.value >= goal.odds {
                (high, reached) = (middle, found);
            } else {
                low = middle;
            }
        }
        Ok(Answer { now, needed: Some(high), from: 0.0, reached, deals: 0 })
    }

    /// Added pipeline, and the error of what is needed: how far it moves with the odds by their error.
    fn seek_pipeline(
        &self,
        goal: &Goal,
        (stage, quota): (Option<usize>, i64),
        now: Estimate,
        margins: &[i64],
    ) -> Result<(Answer, f64), Error> {
        let outcome = self.outcome();
        let known = self.trials().won_to_date(goal.period).saturating_add(self.trials().renewals_mean(goal.period));
        let is_called =
            |deal: &&DealLine| deal.called_in == Some(goal.period) && deal.category != ForecastCategory::Omitted;
        let open: i64 = outcome.deals.iter().filter(is_called).map(|deal| deal.amount).sum();
        let still = quota.saturating_sub(known).max(1) as f64;
        let coverage = goal.lever == Lever::Coverage;
        let unit_of_told = if coverage { still } else { 1.0 };
        let from = if coverage { open as f64 / still } else { 0.0 };
        let told = |amount: f64| from + amount / unit_of_told;
        if now.value >= goal.odds {
            return Ok((Answer { now, needed: Some(from), from, reached: now, deals: 0 }, 0.0));
        }
        let Some(stage) = stage else {
            return Ok((Answer { now, needed: None, from, reached: now, deals: 0 }, 0.0));
        };
        // About as much as brings the shortfall of the median.
        let median = GroupedSample::new(margins, GROUPS).quantiles(&[0.5]).first().map_or(0.0, |p50| p50.value);
        let line = &outcome.stages[stage];
        let end = outcome.horizon.steps().iter().rposition(|step| step.period == goal.period).unwrap_or(0);
        let in_time =
            super::outcome::closed_by(&outcome.horizon, line, line.slip(), None, 0.0).get(end).copied().unwrap_or(0.0);
        let mut amount = (-median).max(1.0) / (line.win_probability * in_time).max(1e-3);
        let patched = Patched::new(self)?;
        let mut deals = self.deals_of(goal, amount)?;
        let mut rounds = 0;
        loop {
            rounds += 1;
            let each = (amount / f64::from(deals)).round().max(1.0);
            let unit = each * f64::from(deals);
            let changed = self.added(deals, each as i64, stage, true);
            let input = patched.input(&changed)?;
            let extra = replay(&input, input.deals.clone())?.period(goal.period);
            let try_with = |times: f64| {
                let with = |(margin, extra): (&i64, &i64)| margin + (times * *extra as f64).round_ties_even() as i64;
                odds(&margins.iter().zip(&extra).map(with).collect::<Vec<i64>>(), 0)
            };
            let Some(times) = least(goal.odds, &try_with) else {
                return Ok((Answer { now, needed: None, from, reached: try_with(MOST_TIMES), deals }, 0.0));
            };
            amount = (times * each).ceil() * f64::from(deals);
            let split = self.deals_of(goal, amount)?;
            if split != deals && rounds < ROUNDS {
                deals = split;
                continue;
            }
            // As the scenario that adds it says.
            let played = self.added(deals, (times * each).ceil() as i64, stage, false);
            let (totals, _) = patched.totals(&played)?;
            let reached = totals.get(goal.period).map_or(now, |totals| odds(totals, quota));
            let near = |by: f64| least((goal.odds + by).clamp(0.0, 1.0), &try_with).unwrap_or(times);
            let error = 0.5 * (near(reached.error) - near(-reached.error)) * unit / unit_of_told;
            return Ok((Answer { now, needed: Some(told(amount)), from, reached, deals }, error));
        }
    }

    /// The deals that an amount in minor units comes in: those that the scenario makes of it, at least 40.
    fn deals_of(&self, goal: &Goal, amount: f64) -> Result<u32, Error> {
        let major = amount / self.outcome().currency.minor_per_major() as f64;
        let more = MorePipeline { amount: major, deals: None, stage: goal.stage.clone(), close: None };
        let scenario = Scenario { name: String::new(), changes: vec![ScenarioChange::Pipeline(more)] };
        let mut changed = Changed::of(self.outcome());
        changed.make(&scenario, &self.source().model, "")?;
        let deals = changed.outcome.deals.len() - self.outcome().deals.len();
        Ok((deals as u32).clamp(FEWEST_ADDED, MAX_ADDED))
    }

    /// The question with deals of an amount each added to a stage, or with these alone.
    fn added(&self, deals: u32, each: i64, stage: usize, alone: bool) -> Changed {
        let mut changed = Changed::of(self.outcome());
        if alone {
            changed.outcome.deals.clear();
        }
        changed.add(deals, each.saturating_mul(i64::from(deals)), stage, None);
        changed
    }
}

/// The least multiple of the first try whose odds are those wanted; `None`: 1,024 times is not enough.
fn least(wanted: f64, odds_of: &dyn Fn(f64) -> Estimate) -> Option<f64> {
    let (mut low, mut high) = (0.0, 1.0);
    while odds_of(high).value < wanted {
        if high >= MOST_TIMES {
            return None;
        }
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..STEPS {
        let middle = 0.5 * (low + high);
        if odds_of(middle).value >= wanted {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

fn odds(totals: &[i64], quota: i64) -> Estimate {
    GroupedSample::new(totals, GROUPS).share_at_least(quota)
}

/// What is told of the totals of a period, with what their distance from those of another question is judged by.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    odds: Option<Spread>,
    /// P10, P50, P90.
    quantiles: Vec<Spread>,
    mean: Spread,
}

impl Figures {
    fn of(quota: Option<i64>, totals: &[i64]) -> Self {
        let sample = GroupedSample::new(totals, GROUPS);
        Self {
            odds: quota.map(|quota| sample.spread_of_share_at_least(quota)),
            quantiles: sample.spreads_of_quantiles(&[0.1, 0.5, 0.9]),
            mean: sample.spread_of_mean(),
        }
    }

    fn beside(&self, base: &Self) -> PeriodOutlook {
        let figure = |own: &Spread, base: &Spread| Figure { value: own.estimate(), delta: own.above(base) };
        let quantile = |at: usize| figure(&self.quantiles[at], &base.quantiles[at]);
        PeriodOutlook {
            odds: self.odds.as_ref().zip(base.odds.as_ref()).map(|(own, base)| figure(own, base)),
            p10: quantile(0),
            p50: quantile(1),
            p90: quantile(2),
            mean: figure(&self.mean, &base.mean),
        }
    }
}
