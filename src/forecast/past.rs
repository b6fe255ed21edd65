//! What the file's own past says on the day of the forecast, and whether that is enough to decide when deals close.

use super::Horizon;
use super::delivered::Delivered;
use super::effects::Effects;
use super::fit::{Fit, FitStatement, History, Season, Seen, UNTOLD, and, statements};
use super::pace::{Draw, Odds, Pace};
use super::renewals;
use super::slips::Slips;
use crate::crm::{Deal, Pipeline};
use crate::model::{OperatingModel, Run, Switch, TimingSource, fold};
use crate::money::Currency;
use crate::stats::grouped;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fewest wins, and fewest losses, with a created and a closed date for the past to decide: a rate is then known to about
/// 1/√25 = 20 %, the error that any method is thought to have before a quarter of it has been seen.
const FEWEST: u64 = 25;
/// Fewest days of records: one quarter, so that each part of it has been seen once.
const DAYS: i32 = 91;
/// What a stage's chance counts beside the past: its strength over its strength plus this.
const STAGE: f64 = 20.0;
/// Stated chances are not taken as surer than this, in either direction.
const SUREST: f64 = 0.98;
/// Halvings by which the chances of the stages are brought to what the past expects in all.
const HALVINGS: usize = 60;

/// What decides when deals close, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Timing {
    /// `hazards` or `dates`, never automatic.
    pub source: TimingSource,
    /// Why, in one sentence.
    pub reason: String,
    /// Deals won with a created and a closed date, up to the day of the forecast.
    pub won: u64,
    /// Deals lost likewise.
    pub lost: u64,
    /// Days of records up to the day of the forecast.
    pub days: i32,
    /// Whether deals that are not in the pipeline yet are simulated.
    pub new_business: bool,
    /// What the past says: at most eight statements.
    pub fit: Vec<FitStatement>,
}

/// The file's past, fitted to what was known on the day of the forecast.
#[derive(Debug, Clone)]
pub(super) struct Past {
    pub(super) history: Arc<History>,
    pub(super) timing: Timing,
    /// What people and grades say of single deals.
    pub(super) effects: Arc<Effects>,
    /// How stated dates held.
    pub(super) slips: Arc<Slips>,
    /// What the forecast categories delivered in earlier periods.
    pub(super) delivered: Arc<Delivered>,
    fit: Arc<Fit>,
    start: i32,
}

impl Past {
    /// Fits the past of a file on the day of a forecast.
    pub(super) fn new(pipeline: &Pipeline, model: &OperatingModel, run: &Run, day: i32, currency: Currency) -> Self {
        let history = History::of(pipeline, model.meta().currency, renewals::count(pipeline, model, run));
        let seen = history.at(day, None);
        let season = Season::new(model.meta().fiscal_year, seen.start.min(day), day);
        let fit = Fit::new(&seen, &season);
        let mut timing = choose(&history, &seen, model, run, currency);
        timing.fit = statements(&fit, &seen);
        Self {
            timing,
            effects: Arc::default(),
            slips: Arc::default(),
            delivered: Arc::default(),
            fit: Arc::new(fit),
            start: seen.start,
            history: Arc::new(history),
        }
    }

    /// Takes in how stated dates held, and tells of it where they decide.
    pub(super) fn learn_slips(&mut self, slips: Slips) {
        if let Some(one) = slips.told().filter(|_| !self.decides()) {
            self.timing.fit = and(std::mem::take(&mut self.timing.fit), one);
        }
        self.slips = Arc::new(slips);
    }

    /// Whether the past decides when deals close.
    pub(super) fn decides(&self) -> bool {
        self.timing.source == TimingSource::Hazards
    }

    /// The pace of deals over the steps of a horizon.
    pub(super) fn pace(&self, horizon: &Horizon, model: &OperatingModel) -> Pace {
        let day = horizon.as_of().days();
        let ends: Vec<i32> = horizon.ends().iter().map(|end| end.days()).collect();
        let blocks: Vec<usize> = horizon.steps().iter().map(|step| step.block).collect();
        let last = ends.last().copied().unwrap_or(day);
        let season = Season::new(model.meta().fiscal_year, self.start.min(day), last.max(day));
        let pace = Pace::new(self.fit.clone(), &season, day, &ends, &blocks);
        if model.forecast().market_correlation > 0.0 { pace } else { pace.without_market() }
    }

    /// The numbers of a deal's product, owner and segment.
    pub(super) fn groups(&self, deal: &Deal) -> [u32; 3] {
        let labels = [&deal.product, &deal.owner, &deal.segment];
        let mut groups = [u32::MAX; 3];
        for ((group, known), label) in groups.iter_mut().zip(&self.history.labels).zip(labels) {
            *group = known.get(label.as_str()).copied().unwrap_or(u32::MAX);
        }
        groups
    }
}

impl Past {
    /// The stage of an open deal by its number in the history: the one that the file states where it is looked at from its end, else
    /// the one that it was in by `day`.
    pub(super) fn stage(&self, deal: &Deal, day: i32) -> Option<u16> {
        let deals = &self.history.deals;
        let told = deals.binary_search_by_key(&deal.key, |past| past.key).ok().and_then(|at| deals.get(at));
        let told = told.and_then(|past| past.path.iter().rev().find(|(entered, _)| *entered <= day));
        let told = told.map(|(_, stage)| *stage).filter(|stage| *stage != UNTOLD);
        let name = fold(&deal.stage);
        let stated = self.history.stages.binary_search_by(|[known, _]| known.cmp(&name)).ok().map(|at| at as u16);
        if self.history.newest.is_none_or(|newest| newest <= day) { stated.or(told) } else { told.or(stated) }
    }
}

fn choose(history: &History, seen: &Seen, model: &OperatingModel, run: &Run, currency: Currency) -> Timing {
    let (mut won, mut lost) = (0, 0);
    for closing in seen.deals.iter().filter(|deal| deal.created.is_some()).filter_map(|deal| deal.closing) {
        *(if closing.won { &mut won } else { &mut lost }) += 1;
    }
    let days = seen.day - seen.start + 1;
    let wanted = run.timing.unwrap_or(model.forecast().timing);
    let enough = won >= FEWEST && lost >= FEWEST && days >= DAYS;
    let counts = {
        let [won, lost, days] = [won, lost, days as u64].map(grouped);
        format!("{won} deals were won and {lost} lost with a created and a closed date in {days} days of records")
    };
    let (source, reason) = match wanted {
        TimingSource::Auto | TimingSource::Hazards if history.currency != currency => (
            TimingSource::Dates,
            format!("stated dates decide: most deals of the file are in {}, not in {currency}", history.currency),
        ),
        TimingSource::Hazards => (TimingSource::Hazards, format!("the file's own past decides, as asked: {counts}")),
        TimingSource::Dates => (TimingSource::Dates, format!("stated dates decide, as asked: {counts}")),
        TimingSource::Auto if enough => (TimingSource::Hazards, format!("the file's own past decides: {counts}")),
        TimingSource::Auto => (
            TimingSource::Dates,
            format!("stated dates decide: {counts}, where {FEWEST} of each and {DAYS} days are needed"),
        ),
    };
    let new_business = run.new_business.unwrap_or(model.forecast().new_business) == Switch::Auto
        && source == TimingSource::Hazards
        && seen.deals.iter().any(|deal| deal.created.is_some() && !deal.renews);
    Timing { source, reason, won, lost, days, new_business, fit: Vec::new() }
}

/// How the deals of a class are won under what their stages say.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) key: u64,
    pub(super) class: usize,
    /// Its stage by its number in the history, where that tells how deals of the stage close.
    pub(super) stage: Option<u16>,
    /// What the stage or the deal itself states.
    pub(super) probability: f64,
    /// How many closed deals that is worth; `None`: known exactly.
    pub(super) strength: Option<f64>,
    /// What a deal weighs: its amount.
    pub(super) weight: f64,
}

/// By what the odds won : lost of each deal are multiplied, so that stages decide which deals are won and the past how much is
/// won in all.
///
/// # Formula
/// ln f_i = β_i·(logit p_i − c), β = n/(n + 20) for a stage known by n closed deals, c such that Σ amount·P(won in the end) is what
/// it is with all f = 1. Deals of a stage whose pace a history tells are a group with a c of its own: what the stage itself
/// says has been measured.
pub(super) fn factors(pace: &Pace, said: &[Said]) -> Vec<f64> {
    let mut own: BTreeMap<Option<u16>, Vec<usize>> = BTreeMap::new();
    for (at, deal) in said.iter().enumerate() {
        own.entry(deal.stage).or_default().push(at);
    }
    let mut found = vec![1.0; said.len()];
    for places in own.values() {
        let group: Vec<&Said> = places.iter().filter_map(|at| said.get(*at)).collect();
        for (at, factor) in places.iter().zip(balanced(pace, &group)) {
            found[*at] = factor;
        }
    }
    found
}

/// The same of deals in one stage of the history, or in none.
fn balanced(pace: &Pace, said: &[&Said]) -> Vec<f64> {
    let means = pace.means();
    let mut order: Vec<&Said> = said.to_vec();
    order.sort_by_key(|deal| deal.key);
    let odds: BTreeMap<usize, (Vec<Odds>, Odds)> =
        order.iter().map(|deal| (deal.class, pace.expected(&means, deal.class))).collect();
    let logit = |p: f64| {
        let p = p.clamp(1.0 - SUREST, SUREST);
        libm::log(p / (1.0 - p))
    };
    let factor = |deal: &Said, c: f64| {
        let weight = deal.strength.map_or(1.0, |n| n / (n + STAGE));
        libm::exp(weight * (logit(deal.probability) - c))
    };
    let total = |factor: &dyn Fn(&Said) -> f64| -> f64 {
        order
            .iter()
            .map(|deal| deal.weight * odds.get(&deal.class).map_or(0.0, |odds| won_in_the_end(odds, factor(deal))))
            .sum()
    };
    let wanted = total(&|_| 1.0);
    let same = |pair: &[&Said]| {
        pair[0].probability.to_bits() == pair[1].probability.to_bits() && pair[0].strength == pair[1].strength
    };
    if wanted <= 0.0 || order.windows(2).all(same) {
        return vec![1.0; said.len()];
    }
    let (mut low, mut high) = (-20.0, 20.0);
    for _ in 0..HALVINGS {
        let c = 0.5 * (low + high);
        // More is won the lower c is.
        if total(&|deal| factor(deal, c)) > wanted {
            low = c;
        } else {
            high = c;
        }
    }
    said.iter().map(|deal| factor(deal, 0.5 * (low + high))).collect()
}

/// The chance that a deal is won in the end.
pub(super) fn won_in_the_end((steps, later): &(Vec<Odds>, Odds), factor: f64) -> f64 {
    let won: f64 = steps.iter().chain([later]).map(|odds| odds.tilted(factor)).sum();
    won.clamp(0.0, 1.0)
}

/// The chance that a deal is won in the end, and of that, per step, the share won by its end.
pub(super) fn reported(pace: &Pace, means: &Draw, class: usize, factor: f64) -> (f64, Vec<f64>) {
    let odds = pace.expected(means, class);
    let p = won_in_the_end(&odds, factor);
    let mut won = 0.0;
    let by = odds.0.iter().map(|odds| {
        won += odds.tilted(factor);
        if p > 0.0 { (won / p).min(1.0) } else { 0.0 }
    });
    (p, by.collect())
}
