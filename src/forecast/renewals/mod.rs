//! What contracts bring: those that come due are renewed or end, at the rate of those that came to their end before.
//!
//! [`book`] reads the contracts as they stood on the day, [`who`] says which deals are of the same company, [`rate`] tells how often they are renewed and what they bring
//! then, and the trials are those of any simulation: one "deal" per renewal, its chance shared by all of its class and
//! drawn once per batch, the terms of one contract on one stream, with the market of the deals. What is renewed stands beside what deals bring and is part of each
//! total; no earlier quarter corrects it, since the track record knows deals alone.

mod book;
mod rate;
mod who;

use super::horizon::Horizon;
use super::input::{Amount, SharedRate, SimulatedDeal, SimulationInput, Win};
use super::outcome::Outcome;
use super::simulate::Simulation;
use crate::Error;
use crate::calendar::Date;
use crate::crm::{Contract, Deal, Field, Pipeline};
use crate::model::{OperatingModel, Run, Switch, fold};
use crate::random::StreamKey;
use crate::stats::{Arrange, Interval};
use book::{Book, Class, Due, Known, RenewalDeal, View, says_renewal};
use rate::Rates;
use std::collections::BTreeMap;
use who::{ByCompany, Companies, Who};

/// Names the number that decides the rate of a batch: all classes move together.
const RATE: u64 = 0x7265_6e65_7761_6c73;
/// Most renewals simulated one by one; beyond, the smaller ones are lumped with others due in the same step.
const MOST: usize = 10_000;

/// The renewals of a forecast: what is known of them, and their simulation.
#[derive(Debug, Clone)]
pub struct Renewals {
    book: Book,
    rates: Rates,
    /// The chance to be renewed of each of `book.due`.
    chances: Vec<f64>,
    input: SimulationInput,
    /// Owner, segment and product of each simulated renewal, in the order of `input.deals`.
    labels: Vec<[String; 3]>,
    /// The same of what was renewed up to the day of the forecast, with the day and the amount.
    to_date: Vec<([String; 3], Date, i64)>,
    /// Owner and segment of each company: those of its newest deal.
    owners: ByCompany<[String; 2]>,
}

/// What is known of the contracts of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContractCounts {
    /// Contracts that run on the day of the forecast.
    pub running: usize,
    /// Of them, those without an end: they go on and are never due.
    pub without_end: usize,
    /// Ended in the last 90 days and not renewed so far: neither renewed nor lost yet, and not counted.
    pub lapsed: usize,
    /// Due, and left to the deals, as a deal of the same company says that it is the renewal.
    pub in_deals: usize,
    /// Due or renewed in the periods of the forecast, and left out because nothing says what they bring.
    pub without_amount: usize,
    /// In another currency, left out.
    pub foreign: usize,
    /// Terms that came to their end, and how many of them were renewed.
    pub ended: usize,
    /// How many of those were renewed.
    pub renewed: usize,
    /// Renewals whose change in what they bring is known.
    pub changes: usize,
}

/// What one renewal adds to a period, in minor units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum RenewalPart {
    /// If it is renewed, unchanged.
    Due(i64),
    /// It was, up to the day of the forecast.
    ToDate(i64),
}

/// What is due in a period, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RenewalPeriod {
    /// Renewals due after the day of the forecast.
    pub due: usize,
    /// What they bring now.
    pub amount: i64,
    /// Renewed in the period up to the day of the forecast.
    pub to_date: i64,
    /// Ended in the period for good, or known to end in it.
    pub ended: i64,
    /// What the due ones are expected to lose: Σ amount·(1 − chance).
    pub churn: f64,
    /// What those renewed are expected to bring more: Σ amount·chance·(mean change − 1).
    pub expansion: f64,
}

/// Whether the contracts of a pipeline count in a forecast: there are any, and neither run nor model switches them off.
pub(super) fn count(pipeline: &Pipeline, model: &OperatingModel, run: &Run) -> bool {
    !pipeline.contracts().is_empty() && run.renewals.unwrap_or(model.forecast().renewals) == Switch::Auto
}

/// Whether a deal's type or name says that it renews something.
pub(super) fn renews(pipeline: &Pipeline, deal: &Deal) -> bool {
    let kind = pipeline.column(Field::Type).map_or("", |column| column.text(deal.row));
    says_renewal(kind) || says_renewal(&deal.name)
}

impl Renewals {
    /// The renewals of the contracts attached to a pipeline; `None` without contracts, or where the run or model switches
    /// them off.
    pub(super) fn new(pipeline: &Pipeline, outcome: &Outcome, model: &OperatingModel, run: &Run) -> Option<Self> {
        let current = pipeline.proposed_as_of().is_none_or(|newest| newest <= outcome.horizon.as_of());
        count(pipeline, model, run).then(|| Self::of(pipeline.contracts(), current, pipeline, outcome, model, run))
    }

    /// The renewals of contracts beside the deals of a pipeline; `current` says that what the contracts state of later days
    /// was known on the day.
    pub(super) fn of(
        contracts: &[Contract],
        current: bool,
        pipeline: &Pipeline,
        outcome: &Outcome,
        model: &OperatingModel,
        run: &Run,
    ) -> Self {
        let (horizon, as_of) = (&outcome.horizon, outcome.horizon.as_of());
        let known = pipeline.as_of(Some(as_of), model.meta().currency);
        let ids = pipeline.column(Field::AccountId);
        let id = |row: usize| ids.map_or("", |column| column.text(row));
        let mut companies = Companies::new(&pipeline.dialects, contracts, known.deals.iter().map(|deal| id(deal.row)));
        let mut deals = ByCompany::default();
        let mut newest: BTreeMap<(String, String), (Option<Date>, u64, &Deal)> = BTreeMap::new();
        for deal in &known.deals {
            let who = companies.of_deal(id(deal.row), &deal.account);
            if renews(pipeline, deal) {
                let product = fold(&deal.product);
                deals.add(&who, RenewalDeal { product, status: deal.status, close: deal.close });
            }
            let entry = newest.entry((who.id, who.name)).or_insert((deal.created, deal.key, deal));
            if (deal.created, deal.key) > (entry.0, entry.1) {
                *entry = (deal.created, deal.key, deal);
            }
        }
        let view = View {
            as_of,
            first: horizon.periods().first().map_or(as_of, |period| period.first_day()),
            last: horizon.ends().last().copied().unwrap_or(as_of),
            current,
            currency: outcome.currency,
            deals: &deals,
        };
        let book = Book::new(contracts, &view, &mut companies);
        let mut owners = ByCompany::default();
        let mut sorted: Vec<_> = newest.into_iter().collect();
        // The newest comes first.
        sorted.arrange_by(|(_, a), (_, b)| (b.0, b.1).cmp(&(a.0, a.1)));
        for ((id, name), (_, _, deal)) in sorted {
            owners.add(&Who { id, name }, [deal.owner.clone(), deal.segment.clone()]);
        }
        let mut renewals = Self {
            chances: Vec::new(),
            labels: Vec::new(),
            to_date: Vec::new(),
            input: Self::input(&book, outcome, model, run),
            rates: Rates::new(&book.decided),
            book,
            owners,
        };
        renewals.fill(outcome.horizon.ends());
        renewals
    }

    /// The question without its renewals.
    fn input(book: &Book, outcome: &Outcome, model: &OperatingModel, run: &Run) -> SimulationInput {
        let horizon = &outcome.horizon;
        let mut to_date = vec![0_i64; horizon.periods().len()];
        for known in &book.renewed {
            if let Some(sum) = horizon.period_of(known.day).and_then(|period| to_date.get_mut(period)) {
                *sum = sum.saturating_add(known.amount);
            }
        }
        SimulationInput {
            deals: Vec::new(),
            rates: Vec::new(),
            steps: horizon.steps().to_vec(),
            won_to_date: to_date,
            target: 0,
            categories: 1,
            market: model.forecast().market_correlation,
            minor_per_major: outcome.currency.minor_per_major() as f64,
            pace: None,
            changes: Vec::new(),
            new_business: false,
            seed: run.seed,
            trials: run.trials,
        }
    }

    /// Adds the renewals that are due, one deal each.
    fn fill(&mut self, ends: &[Date]) {
        let owners = &self.owners;
        let mut rates: BTreeMap<Class, usize> = BTreeMap::new();
        let drawn = self.rates.ratios.len() > 1;
        self.input.changes.clone_from(&self.rates.ratios);
        let lumps = lumped(&self.book.due, |day| ends.partition_point(|end| *end < day));
        for list in lumps {
            let Some(first) = list.first().and_then(|at| self.book.due.get(*at)) else { continue };
            let sum = list.iter().filter_map(|at| self.book.due.get(*at));
            let amount = sum.fold(0_i64, |sum, due| sum.saturating_add(due.signed.unwrap_or(due.amount)));
            let rate = self.rates.of(first.class).filter(|_| first.signed.is_none()).map(|distribution| {
                *rates.entry(first.class).or_insert_with(|| {
                    self.input.rates.push(SharedRate { distribution, draw: RATE });
                    self.input.rates.len() - 1
                })
            });
            let times = first.times;
            let win = rate.map_or(Win::Fixed(1.0), |rate| Win::InARow { rate, times });
            let row = first.row.get(..times as usize).unwrap_or_default();
            let ended = |end: &Date| row.partition_point(|day| day <= end) as f64 / row.len().max(1) as f64;
            let is_drawn = drawn && first.signed.is_none();
            self.input.deals.push(SimulatedDeal {
                // Lumps hold terms of several contracts, not the same ones from term to term.
                key: if list.len() == 1 { first.key } else { StreamKey::new(first.key).with(u64::from(times)).bits() },
                category: 0,
                amount: if is_drawn { Amount::Changed(amount) } else { Amount::Fixed(amount) },
                win,
                closed_by: ends.iter().map(ended).collect(),
            });
            let [owner, segment] = owners.of(&first.who).next().cloned().unwrap_or_default();
            let labels = [owner, segment, first.product.clone()];
            self.labels.push(if list.len() == 1 { labels } else { Default::default() });
        }
        let labelled = |known: &Known| {
            let [owner, segment] = owners.of(&known.who).next().cloned().unwrap_or_default();
            ([owner, segment, known.product.clone()], known.day, known.amount)
        };
        self.to_date = self.book.renewed.iter().map(labelled).collect();
        let chance = |due: &Due| self.rates.in_a_row(due.class, due.times);
        self.chances = self.book.due.iter().map(|due| if due.signed.is_some() { 1.0 } else { chance(due) }).collect();
    }

    /// The simulation of what is renewed.
    ///
    /// # Errors
    /// The limits of the simulation.
    pub(super) fn simulation(&self) -> Result<Simulation, Error> {
        Simulation::new(self.input.clone())
    }

    /// What is renewed in each period, trial by trial, renewed to date included.
    pub(super) fn brought(simulation: Simulation) -> Vec<Vec<i64>> {
        let trials = simulation.finish();
        (0..trials.periods()).map(|period| trials.period(period)).collect()
    }

    /// What each renewal of a period would bring unchanged, and what was renewed to date, with owner, segment and product.
    pub(super) fn parts(&self, outcome: &Outcome, period: usize) -> Vec<(&[String; 3], RenewalPart)> {
        let before = period.checked_sub(1);
        let end = |of: usize| outcome.horizon.steps().iter().rposition(|step| step.period == of);
        let by = |deal: &SimulatedDeal, of: Option<usize>| {
            of.and_then(end).and_then(|step| deal.closed_by.get(step)).is_some_and(|share| *share >= 1.0)
        };
        let is_here = |deal: &&SimulatedDeal| by(deal, Some(period)) && !by(deal, before);
        let amount = |deal: &SimulatedDeal| match deal.amount {
            Amount::Fixed(minor) | Amount::Changed(minor) => minor,
            _ => 0,
        };
        let due = self.labels.iter().zip(&self.input.deals).filter(|(_, deal)| is_here(deal));
        let due = due.map(|(labels, deal)| (labels, RenewalPart::Due(amount(deal))));
        let known = self.to_date.iter().filter(|(_, day, _)| outcome.horizon.period_of(*day) == Some(period));
        due.chain(known.map(|(labels, _, amount)| (labels, RenewalPart::ToDate(*amount)))).collect()
    }

    /// Each renewal in turn, with owner, segment and product where known, and what it brings in the period in every trial.
    pub(super) fn each(&self, period: usize, mut see: impl FnMut(&[String; 3], &[i64])) -> Result<(), Error> {
        let all = (0..self.input.deals.len()).collect();
        self.simulation()?.each_deal(period, all, |index, brought| {
            if let Some(labels) = self.labels.get(index) {
                see(labels, brought);
            }
        });
        Ok(())
    }

    /// The same question over other steps, each of `count` periods by itself, and without what is renewed to date.
    pub(super) fn along(&self, spans: &Horizon, count: usize, trials: u32) -> SimulationInput {
        let mut part = self.clone();
        part.input.deals.clear();
        part.input.rates.clear();
        part.input.steps = spans.steps().to_vec();
        part.input.won_to_date = vec![0; count];
        part.input.trials = trials;
        part.fill(spans.ends());
        part.input
    }

    /// What was renewed up to the day of the forecast, with the day of each.
    pub(super) fn renewed(&self) -> impl Iterator<Item = (Date, i64)> {
        self.to_date.iter().map(|(_, day, amount)| (*day, *amount))
    }

    /// The question of the deals with the renewals in it.
    pub(crate) fn joined(&self, mut input: SimulationInput) -> SimulationInput {
        let offset = input.rates.len();
        input.rates.extend(self.input.rates.iter().copied());
        input.changes.clone_from(&self.input.changes);
        for (sum, part) in input.won_to_date.iter_mut().zip(&self.input.won_to_date) {
            *sum = sum.saturating_add(*part);
        }
        input.deals.extend(self.input.deals.iter().map(|deal| SimulatedDeal {
            win: match deal.win {
                Win::InARow { rate, times } => Win::InARow { rate: rate + offset, times },
                other => other,
            },
            ..deal.clone()
        }));
        input
    }

    /// Whether a contract has several terms in the periods of the forecast.
    pub(crate) fn has_later_terms(&self) -> bool {
        self.book.due.iter().any(|due| due.times > 1)
    }

    /// What is known of the contracts.
    #[must_use]
    pub fn counts(&self) -> ContractCounts {
        let (ended, renewed) = self.rates.counts(|_| true);
        let Book { running, without_end, lapsed, in_deals, without_amount, foreign, .. } = self.book;
        ContractCounts {
            running,
            without_end,
            lapsed,
            in_deals,
            without_amount,
            foreign,
            ended: ended as usize,
            renewed: renewed as usize,
            changes: self.book.decided.iter().filter(|one| one.ratio.is_some()).count(),
        }
    }

    /// The share of contracts renewed at the end of a term: its mean and 95 % interval.
    #[must_use]
    pub fn rate(&self) -> (f64, Interval) {
        (self.rates.overall().map_or(0.0, |beta| beta.mean()), self.rates.interval())
    }

    /// The mean of what a renewed contract brings over what it brought; 1 where fewer than ten are known.
    #[must_use]
    pub fn change(&self) -> f64 {
        self.rates.change()
    }

    /// What is due in a period of the forecast.
    #[must_use]
    pub fn period(&self, outcome: &Outcome, period: usize) -> RenewalPeriod {
        let is_here = |day: Date| outcome.horizon.period_of(day) == Some(period);
        let mut found = RenewalPeriod {
            to_date: self.input.won_to_date.get(period).copied().unwrap_or(0),
            ..RenewalPeriod::default()
        };
        for known in self.book.ended.iter().filter(|known| is_here(known.day)) {
            found.ended = found.ended.saturating_add(known.amount);
        }
        let change = self.change();
        for (due, chance) in self.book.due.iter().zip(&self.chances).filter(|(due, _)| is_here(due.day)) {
            found.due += 1;
            found.amount = found.amount.saturating_add(due.amount);
            let amount = due.amount as f64;
            found.churn += amount * (1.0 - chance);
            found.expansion += match due.signed {
                Some(signed) => signed as f64 - amount,
                None => amount * chance * (change - 1.0),
            };
        }
        found
    }
}

/// The places of renewals that are simulated as one: each by itself, or with others of the same step, class and number of
/// terms where there are too many.
fn lumped(due: &[Due], step: impl Fn(Date) -> usize) -> Vec<Vec<usize>> {
    let size = due.len().div_ceil(MOST).max(1);
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, one) in due.iter().enumerate() {
        groups.entry((step(one.day), one.class, one.times, one.signed.is_some())).or_default().push(at);
    }
    let mut lumps = Vec::new();
    for mut group in groups.into_values() {
        let part = |at: &usize| due.get(*at).map(|one| (std::cmp::Reverse(one.amount), one.key));
        group.arrange_by(|a, b| part(a).cmp(&part(b)));
        // The largest stay by themselves: it is they that spread the total.
        let (single, rest) = if size == 1 { (group.len(), 0) } else { (group.len() / size / 2, 2 * size) };
        lumps.extend(group.iter().take(single).map(|at| vec![*at]));
        lumps.extend(group.get(single..).unwrap_or_default().chunks(rest.max(1)).map(<[usize]>::to_vec));
    }
    lumps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_too_many_renewals_stay_by_themselves_and_nothing_is_lost() {
        let class = Class { auto: false, short: false };
        let due = |i: i64| Due {
            key: i as u64,
            who: Who::default(),
            product: String::new(),
            day: Date::from_days(20_000 + (i % 2) as i32),
            amount: 1 + i % 997,
            class,
            times: 1,
            row: [Date::from_days(20_000 + (i % 2) as i32)].into(),
            signed: (i % 10 == 0).then_some(5),
        };
        for count in [0, 1, 7, 10_000, 10_001, 34_567] {
            let all: Vec<Due> = (0..count).map(due).collect();
            let lumps = lumped(&all, |day| day.days() as usize);
            assert!(
                lumps.len() <= MOST && (count > MOST as i64 || lumps.iter().all(|lump| lump.len() == 1)),
                "{count}"
            );
            let mut places: Vec<usize> = lumps.iter().flatten().copied().collect();
            places.sort_unstable();
            assert!(places.into_iter().eq(0..all.len()), "{count}");
            let same = |lump: &Vec<usize>| {
                lump.iter().all(|&at| all[at].day == all[lump[0]].day && all[at].signed == all[lump[0]].signed)
            };
            assert!(lumps.iter().all(same), "{count}");
            let single =
                lumps.iter().filter(|lump| lump.len() == 1).flatten().filter(|at| all[**at].amount == 997).count();
            assert_eq!(single, all.iter().filter(|due| due.amount == 997).count(), "{count}");
        }
    }
}
