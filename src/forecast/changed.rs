//! A forecast's question with the changes of a scenario made to it.

use super::Horizon;
use super::input::{SimulatedDeal, SimulationInput, Win};
use super::outcome::{DealLine, OPEN_CATEGORIES, Outcome, closed_by};
use super::past::reported;
use super::scenario::{
    Cycle, DealName, MAX_ADDED, MorePipeline, MoreReps, Move, Price, Scenario, ScenarioChange, Which, WinRate, Won, bad,
};
use super::slips::Slip;
use crate::calendar::Date;
use crate::crm::ForecastCategory;
use crate::model::{DealProbability, OperatingModel, fold};
use crate::money::Money;
use crate::random::StreamKey;
use crate::{Error, ErrorKind, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A forecast's question with changes made to it.
pub(super) struct Changed {
    pub(super) outcome: Outcome,
    /// Deals that are added, for their own sums.
    added: u64,
    /// Deals as they were before their date, length or chance was changed, by their streams.
    before: BTreeMap<u64, DealLine>,
    /// The streams of deals that the scenario wins.
    won: BTreeSet<u64>,
}

impl Changed {
    pub(super) fn of(outcome: &Outcome) -> Self {
        Self { outcome: outcome.clone(), added: 0, before: BTreeMap::new(), won: BTreeSet::new() }
    }

    /// Makes the changes of a scenario; `path` names its place in the document.
    ///
    /// # Errors
    /// `unknown-deal`, `ambiguous-deal`, `unknown-stage`, `bad-scenario` with the path of the change.
    pub(super) fn make(&mut self, scenario: &Scenario, model: &OperatingModel, path: &str) -> Result<(), Error> {
        for (index, change) in scenario.changes.iter().enumerate() {
            let at = |key: &str| format!("{path}changes[{index}].{key}");
            match change {
                ScenarioChange::Move(Move { deal, close }) => {
                    self.after(*close, &at("move.close"))?;
                    let found = self.find(deal, &at("move.deal"))?;
                    self.restate(&[found], |line| line.close = Some(*close));
                }
                ScenarioChange::Drop(Which { deal }) => {
                    let found = self.find(deal, &at("drop.deal"))?;
                    self.outcome.deals.remove(found);
                }
                ScenarioChange::Win(Won { deal, close }) => {
                    if let Some(close) = close {
                        self.after(*close, &at("win.close"))?;
                    }
                    let found = self.find(deal, &at("win.deal"))?;
                    self.change(found, |outcome, line| {
                        let day = close.unwrap_or_else(|| outcome.horizon.as_of().plus_days(1));
                        line.probability = 1.0;
                        line.hazard = None;
                        line.closed_by = surely_by(&outcome.horizon, day);
                    });
                    // What is certain is neither likelier nor slower any more.
                    if let Some(line) = self.outcome.deals.get(found) {
                        self.before.insert(line.key, line.clone());
                        self.won.insert(line.key);
                    }
                }
                ScenarioChange::Price(Price { deal, amount }) => {
                    let found = self.find(deal, &at("price.deal"))?;
                    let minor = self.minor(*amount, &at("price.amount"))?;
                    self.change(found, |_, line| (line.amount, line.amount_known) = (minor, true));
                }
                ScenarioChange::WinRate(WinRate { stage, by }) => {
                    let deals = self.deals_in(self.stage(stage.as_deref(), &at("winRate.stage"))?);
                    self.restate(&deals, |line| line.raised += by);
                }
                ScenarioChange::Cycle(Cycle { stage, days }) => {
                    let deals = self.deals_in(self.stage(stage.as_deref(), &at("cycle.stage"))?);
                    self.restate(&deals, |line| line.longer += days);
                }
                ScenarioChange::Pipeline(more) => self.add_pipeline(more, &|key| at(&format!("pipeline.{key}")))?,
                ScenarioChange::Reps(reps) => self.add_reps(reps, model, &|key| at(&format!("reps.{key}")))?,
            }
        }
        Ok(())
    }

    /// The deals of a stage, or all.
    fn deals_in(&self, stage: Option<usize>) -> Vec<usize> {
        let all = self.outcome.deals.iter().enumerate();
        all.filter(|(_, line)| stage.is_none_or(|at| line.stage == at)).map(|(at, _)| at).collect()
    }

    /// Changes the date, length or chance of deals, and what follows from all such changes together: they add up, whatever
    /// their order, and those that undo each other leave nothing.
    ///
    /// A deal whose date a scenario states is decided on that day, at the chance that it is won in the end.
    fn restate(&mut self, deals: &[usize], change: impl Fn(&mut DealLine)) {
        let Outcome { horizon, stages, deals: lines, pace, .. } = &mut self.outcome;
        let mut pace = pace.as_mut().map(Arc::make_mut);
        let means = pace.as_ref().map(|pace| pace.means());
        for &at in deals {
            let Some(line) = lines.get_mut(at) else { continue };
            let first = self.before.entry(line.key).or_insert_with(|| line.clone());
            change(line);
            let may_change = first.probability > 0.0 && first.probability < 1.0;
            let chance = (first.probability + line.raised).clamp(0.0, 1.0);
            let is_raised = may_change && line.raised != 0.0;
            line.probability = if is_raised { chance } else { first.probability };
            let is_moved = line.close != first.close;
            line.is_past_close = first.is_past_close && !is_moved;
            line.called_in = if is_moved { line.close.and_then(|day| horizon.period_of(day)) } else { first.called_in };
            line.hazard = None;
            line.closed_by = match (first.hazard, line.close, &mut pace, &means) {
                (Some(_), Some(close), ..) if is_moved => surely_by(horizon, close),
                (Some((class, factor)), _, Some(pace), Some(means)) => {
                    let factor = if is_raised { factor * odds(chance) / odds(first.probability) } else { factor };
                    let slower = pace.slower(class, line.longer);
                    line.hazard = Some((slower, factor));
                    if is_raised || slower != class {
                        let (won, by) = reported(pace, means, slower, factor);
                        line.probability = won;
                        by
                    } else {
                        first.closed_by.clone()
                    }
                }
                (_, Some(close), ..) if is_moved && self.won.contains(&line.key) => surely_by(horizon, close),
                _ if self.won.contains(&line.key) => first.closed_by.clone(),
                _ if is_moved || line.longer != 0.0 => match stages.get(line.stage) {
                    Some(stage) => closed_by(horizon, stage, line.slip, line.close, line.longer),
                    None => first.closed_by.clone(),
                },
                _ => first.closed_by.clone(),
            };
        }
    }

    fn change(&mut self, index: usize, change: impl FnOnce(&Outcome, &mut DealLine)) {
        let mut line = self.outcome.deals[index].clone();
        change(&self.outcome, &mut line);
        self.outcome.deals[index] = line;
    }

    fn find(&self, deal: &DealName, path: &str) -> Result<usize, Error> {
        let all = || self.outcome.deals.iter().enumerate();
        let of = |found: Vec<usize>, told: String| match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let message = format!("no open deal is {told} (use its id, its name or its row)");
                Err(Error::new(ErrorKind::Run, "unknown-deal", message).at(Place::path(path)))
            }
            many => {
                let message = format!("{} open deals are {told} (use the id or the row)", many.len());
                Err(Error::new(ErrorKind::Run, "ambiguous-deal", message).at(Place::path(path)))
            }
        };
        match deal {
            DealName::Row(row) => {
                of(all().filter(|(_, d)| d.row == *row).map(|(i, _)| i).collect(), format!("in row {row}"))
            }
            DealName::Text(text) => {
                let told = format!("`{text}`");
                let by_id: Vec<usize> =
                    all().filter(|(_, d)| !d.id.is_empty() && d.id == *text).map(|(i, _)| i).collect();
                if !by_id.is_empty() {
                    return of(by_id, told);
                }
                let wanted = fold(text);
                let named = all().filter(|(_, d)| !wanted.is_empty() && fold(&d.name) == wanted);
                of(named.map(|(i, _)| i).collect(), told)
            }
        }
    }

    fn stage(&self, name: Option<&str>, path: &str) -> Result<Option<usize>, Error> {
        let Some(name) = name else { return Ok(None) };
        let wanted = fold(name);
        let known = self.outcome.stages.iter().position(|line| fold(&line.name) == wanted);
        known.map(Some).ok_or_else(|| {
            let names: Vec<String> = self.outcome.stages.iter().map(|line| format!("`{}`", line.name)).collect();
            let message = format!("no open deal is in stage `{name}` (there are {})", names.join(", "));
            Error::new(ErrorKind::Run, "unknown-stage", message).at(Place::path(path))
        })
    }

    /// The index of a stage, of the first one without a name; `None` without any.
    pub(super) fn stage_or_first(&self, name: Option<&str>) -> Result<Option<usize>, Error> {
        Ok(self.stage(name, "stage")?.or((!self.outcome.stages.is_empty()).then_some(0)))
    }

    fn after(&self, day: Date, path: &str) -> Result<(), Error> {
        let as_of = self.outcome.horizon.as_of();
        if day > as_of {
            return Ok(());
        }
        Err(bad(path, format!("must be after {as_of}, the day of the forecast, found {day}")))
    }

    fn minor(&self, major: f64, path: &str) -> Result<i64, Error> {
        Money::from_major(major, self.outcome.currency).map(|m| m.minor).map_err(|error| bad(path, error.message()))
    }

    fn add_pipeline(&mut self, more: &MorePipeline, at: &dyn Fn(&str) -> String) -> Result<(), Error> {
        if let Some(close) = more.close {
            self.after(close, &at("close"))?;
        }
        let stage = self.stage(more.stage.as_deref(), &at("stage"))?;
        let total = self.minor(more.amount, &at("amount"))?;
        let count = more.deals.unwrap_or_else(|| {
            let usual = usual_amount(&self.outcome).unwrap_or(total);
            (total as f64 / usual.max(1) as f64).round().clamp(1.0, f64::from(MAX_ADDED)) as u32
        });
        if self.outcome.stages.is_empty() {
            return Err(bad(&at("stage"), "there is no stage to add to: the file has no open deal"));
        }
        self.add(count, total, stage.unwrap_or(0), more.close);
        Ok(())
    }

    /// Adds deals that share an amount to the cent, in a stage, with a stated date or none.
    pub(super) fn add(&mut self, count: u32, total: i64, stage: usize, close: Option<Date>) {
        let (each, rest) = (total.div_euclid(i64::from(count)), total.rem_euclid(i64::from(count)));
        let Some(line) = self.outcome.stages.get(stage) else { return };
        let template = DealLine {
            row: usize::MAX,
            line: 0,
            key: 0,
            id: String::new(),
            name: String::new(),
            account: String::new(),
            owner: String::new(),
            amount: 0,
            stage,
            category: line.category,
            probability: line.win_probability,
            probability_source: DealProbability::Stage,
            close,
            is_past_close: false,
            called_in: close.and_then(|day| self.outcome.horizon.period_of(day)),
            closed_by: closed_by(&self.outcome.horizon, line, line.slip(), close, 0.0),
            slip: line.slip(),
            brings: 1.0,
            longer: 0.0,
            raised: 0.0,
            hazard: None,
            amount_known: true,
        };
        for index in 0..i64::from(count) {
            self.push(DealLine { amount: each + i64::from(index < rest), ..template.clone() });
        }
    }

    fn push(&mut self, mut line: DealLine) {
        line.key = StreamKey::new(ADDED).with(self.added).bits();
        self.added += 1;
        self.outcome.deals.push(line);
    }

    fn add_reps(&mut self, reps: &MoreReps, model: &OperatingModel, at: &dyn Fn(&str) -> String) -> Result<(), Error> {
        let horizon = self.outcome.horizon.clone();
        let first = reps.start.unwrap_or_else(|| horizon.as_of().plus_days(1)).max(horizon.as_of().plus_days(1));
        let capacity = model.capacity();
        let of_model = || {
            let quotas: i64 = capacity.reps.iter().map(|rep| rep.quota.minor).sum();
            let mean = quotas as f64 / capacity.reps.len().max(1) as f64;
            (quotas > 0).then_some(mean * capacity.productivity)
        };
        let per_quarter = match reps.per_quarter {
            Some(major) => self.minor(major, &at("perQuarter"))? as f64,
            None => of_model().ok_or_else(|| {
                bad(
                    &at("perQuarter"),
                    "the model has no sales people to take it from (say what one brings in per quarter)",
                )
            })?,
        };
        let ramp = |month: usize| match reps.ramp_months {
            Some(months) => (month as f64 + 0.5) / f64::from(months.max(1)),
            None => capacity.ramp.get(month).map_or(1.0, |share| share.get()),
        };
        let (p, category) = rates_of_new_business(&self.outcome);
        let usual = usual_amount(&self.outcome).map_or(f64::INFINITY, |amount| amount as f64);
        let Some(last) = horizon.ends().last().copied() else { return Ok(()) };
        let months = months_between(first, last);
        for _ in 0..reps.count {
            for (month, &(from, end)) in months.iter().enumerate() {
                let share = f64::from(end.days_since(from) + 1) / 30.4375;
                let expected = per_quarter / 3.0 * ramp(month).min(1.0) * share.min(1.0);
                let count = (expected / (p * usual)).round().clamp(1.0, 50.0);
                let amount = (expected / (p * count)).round_ties_even() as i64;
                for _ in 0..count as u32 {
                    self.push(DealLine {
                        row: usize::MAX,
                        line: 0,
                        key: 0,
                        id: String::new(),
                        name: String::new(),
                        account: String::new(),
                        owner: String::new(),
                        amount,
                        stage: usize::MAX,
                        category,
                        probability: p,
                        probability_source: DealProbability::Stage,
                        close: Some(end),
                        is_past_close: false,
                        called_in: horizon.period_of(end),
                        closed_by: surely_by(&horizon, end),
                        slip: Slip { on_time: 1.0, mean_delay: 0.0 },
                        brings: 1.0,
                        longer: 0.0,
                        raised: 0.0,
                        hazard: None,
                        amount_known: true,
                    });
                }
            }
        }
        Ok(())
    }
}

/// Names the streams of deals that are not in the file.
const ADDED: u64 = 0x6164_6465_6420_6465;

/// The odds of a chance, kept finite.
fn odds(p: f64) -> f64 {
    let p = p.clamp(1e-9, 1.0 - 1e-9);
    p / (1.0 - p)
}

/// Closed for certain on this day.
fn surely_by(horizon: &Horizon, day: Date) -> Vec<f64> {
    horizon.ends().iter().map(|&end| if end >= day { 1.0 } else { 0.0 }).collect()
}

/// The median amount of open deals worth something; without any, of what won deals brought.
fn usual_amount(outcome: &Outcome) -> Option<i64> {
    let median = |amounts: &mut dyn Iterator<Item = i64>| {
        let mut amounts: Vec<i64> = amounts.filter(|&amount| amount > 0).collect();
        amounts.sort_unstable();
        amounts.get(amounts.len() / 2).copied()
    };
    let brought = outcome.pace.iter().flat_map(|pace| &pace.fit().brought).copied();
    median(&mut outcome.deals.iter().map(|deal| deal.amount)).or_else(|| median(&mut brought.into_iter()))
}

/// How often deals of the first stage are won, and the category they are in.
fn rates_of_new_business(outcome: &Outcome) -> (f64, ForecastCategory) {
    let first = outcome.stages.first();
    let p = first.map_or(0.25, |line| line.win_probability).clamp(0.05, 1.0);
    (p, first.map_or(ForecastCategory::Pipeline, |line| line.category))
}

/// The calendar months from one day to another, each with its first day in the span and its last.
fn months_between(first: Date, last: Date) -> Vec<(Date, Date)> {
    let month = crate::calendar::FiscalYear::default().period_of(first, crate::calendar::PeriodKind::Month);
    std::iter::successors(Some(month), |month| Some(month.next()))
        .take_while(|month| month.first_day() <= last)
        .map(|month| (month.first_day().max(first), month.last_day().min(last)))
        .collect()
}

impl Outcome {
    /// As [`input`](Self::input), for deals that may be in no stage of the file: their probability is known exactly.
    pub(super) fn input_of(&self, model: &OperatingModel, run: &crate::model::Run) -> Result<SimulationInput, Error> {
        let (staged, other): (Vec<DealLine>, Vec<DealLine>) =
            self.deals.iter().cloned().partition(|deal| deal.stage < self.stages.len());
        let mut input = Self { deals: staged, ..self.clone() }.input(model, run)?;
        input.deals.extend(other.into_iter().map(|deal| SimulatedDeal {
            key: deal.key,
            category: OPEN_CATEGORIES.iter().position(|&c| c == deal.category).unwrap_or(0),
            amount: super::input::Amount::Fixed(deal.amount),
            win: Win::Fixed(deal.probability),
            closed_by: deal.closed_by,
        }));
        Ok(input)
    }
}
