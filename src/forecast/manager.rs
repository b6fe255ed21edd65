//! What a sales manager asks of a forecast: enough pipeline, what hangs on few deals, which number to commit, and whose
//! deals bring it.

use super::Forecast;
use super::drivers::{Drivers, Played};
use super::must_win::MustWin;
use super::outcome::DealLine;
use super::plan::GROUPS;
use super::renewals::RenewalPart;
use super::scenario::bad;
use crate::Error;
use crate::crm::{Deal, DealStatus, ForecastCategory, Pipeline};
use crate::model::asked;
use crate::stats::{Arrange, Ordered};
use crate::stats::{Estimate, GroupedSample, Interval, wilson};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Fewest closed deals from which a win rate is told.
const FEWEST_CLOSED: usize = 10;
/// Lines of each view; the rest stands together.
const LINES: usize = 12;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ManagerOptions {
    /// The period, counted from the current one. Default: 0.
    pub period: usize,
    /// The odds that must not be lost, above 0 and at most 1. Default: 0.5, or half of the odds where they are below.
    pub level: Option<f64>,
    /// How sure one wants to be of the number one commits, above 0 and below 1. Default: 0.8.
    pub confidence: f64,
    /// What a unit called and not delivered costs, above 0. Default: 2.
    pub over_cost: f64,
    /// What a unit delivered and not called costs, above 0. Default: 1.
    pub under_cost: f64,
}

impl Default for ManagerOptions {
    fn default() -> Self {
        Self { period: 0, level: None, confidence: 0.8, over_cost: 2.0, under_cost: 1.0 }
    }
}

impl ManagerOptions {
    /// Reads the options from JSON; empty text means all defaults.
    ///
    /// # Errors
    /// `bad-scenario` with the path of what cannot be read or is out of range.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let options: Self = asked(json, "bad-scenario")?;
        let share = |path: &str, value: f64, most: f64| {
            let holds = value > 0.0 && value <= most;
            holds.then_some(()).ok_or_else(|| bad(path, format!("must be above 0 and at most {most}, found {value}")))
        };
        share("level", options.level.unwrap_or(0.5), 1.0)?;
        share("confidence", options.confidence, 0.999)?;
        share("overCost", options.over_cost, 1e9)?;
        share("underCost", options.under_cost, 1e9)?;
        Ok(options)
    }
}

/// The answers. Amounts are in minor units.
#[derive(Debug, Clone, PartialEq)]
pub struct Managed {
    /// What each deal does to the odds.
    pub drivers: Drivers,
    /// Sets of deals that must be won.
    pub must_win: MustWin,
    /// Whether there is enough pipeline.
    pub coverage: Coverage,
    /// How much hangs on few deals.
    pub concentration: Concentration,
    /// Which number to commit.
    pub calls: Calls,
    /// By owner, segment and product, each largest first.
    pub views: BTreeMap<&'static str, Vec<GroupLine>>,
}

/// Open amount against what is still to be won.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The quota, if there is one.
    pub quota: Option<i64>,
    /// Won in the period so far.
    pub won: i64,
    /// What contracts are expected to bring that are renewed, to date included: deals need not bring it.
    pub renewals: i64,
    /// Open amount called in the period, omitted deals aside.
    pub open: i64,
    /// What the file's own closed deals say.
    pub closed: ClosedDeals,
    /// What the simulation lets the open amount of the period bring in it, in the mean, over that amount; `None` where
    /// nothing is open.
    pub simulated_yield: Option<Estimate>,
    /// Whether the odds of the period count new business, and a correction by earlier quarters: that yield has neither.
    pub beside_yield: [bool; 2],
    /// Whether open deals are there and none has an amount: what is open cannot be told.
    pub is_unknown: bool,
    /// The model's rule during a period, and on the first day of one.
    pub rules: [f64; 2],
}

/// The file's own closed deals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClosedDeals {
    /// Won.
    pub won: usize,
    /// Lost.
    pub lost: usize,
    /// Won amount over won and lost, where lost deals have amounts.
    pub by_amount: Option<f64>,
    /// Share won by number; `None` with fewer than 10.
    pub by_number: Option<f64>,
    /// Its 80 % interval.
    pub interval: Interval,
}

/// How much of the open amount hangs on few deals.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Of the open amount called in the period.
    pub called: Shares,
    /// Of Σ probability × amount of the same deals.
    pub weighted: Shares,
}

/// Shares of the largest deals.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Shares {
    /// Deals with an amount above 0.
    pub deals: usize,
    /// Share of the largest one, three, five and ten.
    pub top: [f64; 4],
    /// 1 / Σ share²: as many equal deals would spread the risk the same.
    pub effective: f64,
}

/// Which number to commit. All of it is of the deals alone, as a call is: what contracts bring that are renewed is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Calls {
    /// What was called as commit: won and commit deals of the period.
    pub commit: i64,
    /// The odds that the deals reach it.
    pub commit_odds: Estimate,
    /// The median of what the deals bring.
    pub p50: Estimate,
    /// The most that is reached with the confidence asked for.
    pub confident: Estimate,
    /// The number with the lowest expected cost: the quantile under / (over + under).
    pub cheapest: Estimate,
    /// That quantile.
    pub quantile: f64,
}

/// One owner's, segment's or product's part of the period.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupLine {
    /// The name; empty for deals without one, `None` for all the smaller ones together.
    pub name: Option<String>,
    /// Open deals.
    pub deals: usize,
    /// Won in the period so far.
    pub won: i64,
    /// Open amount called in the period, omitted deals aside.
    pub called: i64,
    /// Σ probability × amount of the deals called.
    pub weighted: f64,
    /// Mean of what its contracts bring that are renewed, to date included; part of the total.
    pub renewals: Estimate,
    /// The simulated total with what is won and renewed: mean, P10, P50, P90.
    pub mean: Estimate,
    /// P10.
    pub p10: Estimate,
    /// P50.
    pub p50: Estimate,
    /// P90.
    pub p90: Estimate,
}

impl Pipeline {
    /// What a sales manager asks of this pipeline's forecast.
    ///
    /// # Errors
    /// `period-outside`, the limits of the simulation.
    pub fn manage(&self, forecast: &Forecast, options: &ManagerOptions) -> Result<Managed, Error> {
        let period = options.period;
        forecast.see(period)?;
        let outcome = forecast.outcome();
        let known = self.as_of(Some(outcome.horizon.as_of()), forecast.source().model.meta().currency);
        let deals: Vec<&Deal> = known.deals.iter().filter(|deal| deal.amount.currency == outcome.currency).collect();
        let played = Played::new(forecast, period)?;
        let mut groups = Groups::new(forecast, period, &deals);
        let drivers = played.drivers(|index, brought| groups.see(index, brought));
        groups.renew()?;
        let level = options.level.unwrap_or(if drivers.odds.value > 0.5 { 0.5 } else { 0.5 * drivers.odds.value });
        let must_win = played.must_win(&drivers, level);
        let mut open = forecast.trials().simulated(period);
        let deals_bring = forecast.trials().as_corrected(period, open.clone());
        if let Some(new) = forecast.trials().new_business(period) {
            open.iter_mut().zip(new).for_each(|(all, new)| *all -= new);
        }
        let mean = GroupedSample::new(&open, GROUPS).mean();
        Ok(Managed {
            must_win,
            drivers,
            coverage: coverage(forecast, period, &deals, mean),
            concentration: concentration(forecast, period),
            calls: calls(forecast, period, options, &deals_bring),
            views: groups.lines(),
        })
    }
}

/// Called in the period, omitted deals aside, in the order of the keys.
fn called(forecast: &Forecast, period: usize) -> Vec<&DealLine> {
    let of_period = |deal: &&DealLine| deal.called_in == Some(period) && deal.category != ForecastCategory::Omitted;
    let mut called: Vec<&DealLine> = forecast.outcome().deals.iter().filter(of_period).collect();
    called.arrange_by_key(|deal| deal.key);
    called
}

fn coverage(forecast: &Forecast, period: usize, deals: &[&Deal], mean: Estimate) -> Coverage {
    let outcome = forecast.outcome();
    let won = forecast.trials().won_to_date(period);
    let open: i64 = called(forecast, period).iter().map(|deal| deal.amount).sum();
    let of = |status: DealStatus| deals.iter().filter(move |deal| deal.status == status);
    let (won_deals, lost_deals) = (of(DealStatus::Won).count(), of(DealStatus::Lost).count());
    let amount = |status| of(status).map(|deal| i128::from(deal.amount.minor)).sum::<i128>() as f64;
    let lost_known = of(DealStatus::Lost).filter(|deal| deal.amount.minor > 0).count();
    let enough = won_deals + lost_deals >= FEWEST_CLOSED;
    let by_amount = (enough && 2 * lost_known > lost_deals && amount(DealStatus::Won) > 0.0)
        .then(|| amount(DealStatus::Won) / (amount(DealStatus::Won) + amount(DealStatus::Lost)));
    let n = (won_deals + lost_deals) as f64;
    let targets = forecast.source().model.targets();
    Coverage {
        quota: outcome.quotas.get(period).copied().flatten(),
        won,
        renewals: forecast.trials().renewals_mean(period),
        open,
        closed: ClosedDeals {
            won: won_deals,
            lost: lost_deals,
            by_amount,
            by_number: (enough && won_deals > 0).then(|| won_deals as f64 / n),
            interval: wilson(won_deals as f64, n, 0.8),
        },
        simulated_yield: (open > 0).then(|| Estimate { value: mean.value - won as f64, ..mean }.over(open as f64)),
        beside_yield: [forecast.trials().new_business(period).is_some(), forecast.trials().is_corrected(period)],
        is_unknown: open == 0 && !outcome.deals.is_empty() && outcome.deals.iter().all(|deal| !deal.amount_known),
        rules: [targets.coverage, targets.coverage_at_start],
    }
}

fn concentration(forecast: &Forecast, period: usize) -> Concentration {
    let called = called(forecast, period);
    let of = |weight: &dyn Fn(&DealLine) -> f64| {
        let mut parts: Vec<f64> = called.iter().map(|deal| weight(deal)).filter(|part| *part > 0.0).collect();
        parts.sort_by(|a, b| b.total_cmp(a));
        let sum = parts.iter().fold(0.0, |sum, part| sum + part);
        if sum <= 0.0 {
            return Shares::default();
        }
        let top = [1, 3, 5, 10].map(|count| parts.iter().take(count).fold(0.0, |sum, part| sum + part) / sum);
        let squares = parts.iter().fold(0.0, |squares, part| squares + (part / sum) * (part / sum));
        Shares { deals: parts.len(), top, effective: 1.0 / squares }
    };
    Concentration {
        called: of(&|deal| deal.amount as f64),
        weighted: of(&|deal| deal.probability * deal.amount as f64),
    }
}

fn calls(forecast: &Forecast, period: usize, options: &ManagerOptions, totals: &[i64]) -> Calls {
    let sample = GroupedSample::new(totals, GROUPS);
    let commit: i64 = called(forecast, period)
        .iter()
        .filter(|deal| deal.category == ForecastCategory::Commit)
        .map(|deal| deal.amount)
        .sum::<i64>()
        + forecast.trials().won_to_date(period);
    let at = |p: f64| sample.quantiles(&[p]).first().copied().unwrap_or_default();
    let quantile = options.under_cost / (options.under_cost + options.over_cost);
    Calls {
        commit,
        commit_odds: sample.share_at_least(commit),
        p50: at(0.5),
        confident: at(1.0 - options.confidence),
        cheapest: at(quantile),
        quantile,
    }
}

/// The totals of owners, segments and products, trial by trial.
struct Groups<'a> {
    forecast: &'a Forecast,
    period: usize,
    /// Per view: its name, the group of each deal, and the groups.
    views: Vec<(&'static str, Vec<usize>, Vec<Group>)>,
    /// Per view: which of owner, segment and product it is, and the group of each name.
    places: Vec<(usize, BTreeMap<String, usize>)>,
}

struct Group {
    name: Option<String>,
    won: i64,
    /// Renewed to date, and in the trials in all.
    renewed: i64,
    /// What contracts still to come due bring in every trial; empty for nothing.
    renewals: Vec<i64>,
    totals: Vec<i64>,
}

impl<'a> Groups<'a> {
    fn new(forecast: &'a Forecast, period: usize, deals: &[&Deal]) -> Self {
        let by_row: BTreeMap<usize, &&Deal> = deals.iter().map(|deal| (deal.row, deal)).ordered();
        let horizon = &forecast.outcome().horizon;
        let trials = forecast.trials().count();
        type Part = fn(&Deal) -> &str;
        let parts: [(&'static str, Part); 3] =
            [("owner", |deal| &deal.owner), ("segment", |deal| &deal.segment), ("product", |deal| &deal.product)];
        let (mut views, mut all_places) = (Vec::new(), Vec::new());
        let renewals =
            forecast.renewals().map(|renewals| renewals.parts(forecast.outcome(), period)).unwrap_or_default();
        for (index, (view, part)) in parts.into_iter().enumerate() {
            if deals.iter().all(|deal| part(deal).is_empty()) {
                continue;
            }
            // Largest first by what is open or won in the period; equal ones by name.
            let mut sizes: BTreeMap<&str, i128> = BTreeMap::new();
            let mut won: BTreeMap<&str, i64> = BTreeMap::new();
            for deal in deals {
                let is_won = deal.status == DealStatus::Won
                    && deal.close.is_some_and(|day| day <= horizon.as_of() && horizon.period_of(day) == Some(period));
                if is_won {
                    *won.entry(part(deal)).or_default() += deal.amount.minor;
                }
                if is_won || deal.is_open() {
                    *sizes.entry(part(deal)).or_default() += i128::from(deal.amount.minor.unsigned_abs());
                }
            }
            for (labels, renewal) in &renewals {
                let (RenewalPart::Due(amount) | RenewalPart::ToDate(amount)) = renewal;
                *sizes.entry(&labels[index]).or_default() += i128::from(amount.unsigned_abs());
            }
            let mut names: Vec<(&str, i128)> = sizes.into_iter().collect();
            names.arrange_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            let places: BTreeMap<&str, usize> =
                names.iter().enumerate().map(|(place, (name, _))| (*name, place.min(LINES))).ordered();
            let mut groups: Vec<Group> = (0..names.len().min(LINES + 1))
                .map(|place| Group {
                    name: (place < LINES).then(|| names[place].0.to_owned()),
                    won: 0,
                    renewed: 0,
                    renewals: Vec::new(),
                    totals: vec![0; trials],
                })
                .collect();
            for (name, amount) in won {
                if let Some(group) = places.get(name).and_then(|&place| groups.get_mut(place)) {
                    group.won += amount;
                }
            }
            for (labels, renewal) in &renewals {
                if let RenewalPart::ToDate(amount) = renewal
                    && let Some(group) = places.get(&*labels[index]).and_then(|&place| groups.get_mut(place))
                {
                    group.renewed += amount;
                }
            }
            let of_deal =
                forecast.outcome().deals.iter().map(|line| {
                    by_row.get(&line.row).and_then(|deal| places.get(part(deal))).copied().unwrap_or(LINES)
                });
            views.push((view, of_deal.collect(), groups));
            all_places.push((index, places.into_iter().map(|(name, place)| (name.to_owned(), place)).collect()));
        }
        Self { forecast, period, views, places: all_places }
    }

    /// Adds what a deal brings, by trial.
    fn see(&mut self, index: usize, brings: &[(usize, i64)]) {
        for (_, of_deal, groups) in &mut self.views {
            if let Some(group) = of_deal.get(index).and_then(|&place| groups.get_mut(place)) {
                brings.iter().for_each(|&(trial, part)| group.totals[trial] += part);
            }
        }
    }

    /// Adds what contracts bring that are renewed.
    fn renew(&mut self) -> Result<(), Error> {
        let (views, places) = (&mut self.views, &self.places);
        let Some(renewals) = self.forecast.renewals() else { return Ok(()) };
        renewals.each(self.period, |labels, brought| {
            let is_any = brought.iter().any(|part| *part != 0);
            for ((_, _, groups), (index, places)) in views.iter_mut().zip(places).filter(|_| is_any) {
                let place = labels.get(*index).and_then(|name| places.get(name));
                if let Some(group) = place.and_then(|&place| groups.get_mut(place)) {
                    group.totals.iter_mut().zip(brought).for_each(|(total, part)| *total += part);
                    group.renewals.resize(brought.len(), 0);
                    group.renewals.iter_mut().zip(brought).for_each(|(total, part)| *total += part);
                }
            }
        })
    }

    fn lines(self) -> BTreeMap<&'static str, Vec<GroupLine>> {
        let (forecast, period) = (self.forecast, self.period);
        let all = &forecast.outcome().deals;
        let of_view = self.views.into_iter().map(|(view, of_deal, groups)| {
            let lines = groups.into_iter().enumerate().map(|(place, group)| {
                let own = || all.iter().zip(&of_deal).filter(move |(_, at)| **at == place).map(|(deal, _)| deal);
                let is_called =
                    |deal: &&DealLine| deal.called_in == Some(period) && deal.category != ForecastCategory::Omitted;
                let mut parts: Vec<(u64, f64)> =
                    own().filter(is_called).map(|deal| (deal.key, deal.probability * deal.amount as f64)).collect();
                parts.arrange_by_key(|&(key, _)| key);
                let sample = GroupedSample::new(&group.totals, GROUPS);
                let won = (group.won + group.renewed) as f64;
                let with = |part: Estimate| Estimate { value: part.value + won, ..part };
                let at = |p: f64| with(sample.quantiles(&[p]).first().copied().unwrap_or_default());
                GroupLine {
                    name: group.name,
                    deals: own().count(),
                    won: group.won,
                    called: own().filter(is_called).map(|deal| deal.amount).sum(),
                    weighted: parts.iter().fold(0.0, |sum, (_, part)| sum + part),
                    renewals: {
                        let to_come = GroupedSample::new(&group.renewals, GROUPS).mean();
                        Estimate { value: group.renewed as f64 + to_come.value, ..to_come }
                    },
                    mean: with(sample.mean()),
                    p10: at(0.1),
                    p50: at(0.5),
                    p90: at(0.9),
                }
            });
            (view, lines.collect())
        });
        of_view.collect()
    }
}
