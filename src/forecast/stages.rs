//! What each stage of the file is worth: resolved against the model, or told from the file itself.

use super::slips::Slip;
use crate::crm::{Deal, DealStatus, ForecastCategory};
use crate::model::{OperatingModel, Stage, StageOutcome, WinProbability, fold};
use crate::stats::Arrange;
use std::collections::BTreeMap;

/// Fewest closed deals from which a stage's own rate is told.
const FEWEST_CLOSED: f64 = 10.0;
/// How many closed deals the overall rate counts for beside a stage's own.
const SHRINKAGE: f64 = 10.0;

/// Where a stage's win probability comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum StageSource {
    /// The model has a stage of this name.
    Model,
    /// The file's own closed deals: those won, and those lost at this stage or later.
    OwnClosedDeals,
    /// The mean of the probabilities that the file states for open deals in this stage.
    ProbabilityColumn,
    /// The model has a stage with this synonym.
    Synonym,
    /// The share of all closed deals that were won, shrunk towards the model's stages.
    OverallRate,
}

/// A stage that open deals of the file are in.
#[derive(Debug, Clone, PartialEq)]
pub struct StageLine {
    /// The name as the file writes it first; empty for deals whose stage is not known.
    pub name: String,
    /// Open deals in it.
    pub count: usize,
    /// Their amounts in minor units.
    pub amount: i64,
    /// Place in the order of the sale: that of the model's stage, else of its stage with the nearest win probability.
    pub order: u32,
    /// Share of deals here that are won in the end.
    pub win_probability: f64,
    /// How many closed deals that figure is worth. `None`: known exactly.
    pub strength: Option<f64>,
    /// Where it comes from.
    pub source: StageSource,
    /// Category of deals that state none.
    pub category: ForecastCategory,
    /// Name of the model's stage that this one is or resembles.
    pub model_stage: Option<String>,
    /// Share of deals that close on their stated date, if it was never put off.
    pub on_time: f64,
    /// Mean delay of the others, in days.
    pub mean_delay: f64,
    /// Mean days from here to the close, for deals without a date.
    pub days_to_close: f64,
}

impl StageLine {
    /// How dates stated in it hold.
    pub(super) fn slip(&self) -> Slip {
        Slip { on_time: self.on_time, mean_delay: self.mean_delay }
    }
}

/// The stages of all open deals, in the order of the sale, and the stage of each deal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StageTable {
    pub(super) lines: Vec<StageLine>,
    by_name: BTreeMap<String, usize>,
}

impl StageTable {
    /// The stages of `deals`, which all are in one currency.
    pub(super) fn new(deals: &[&Deal], model: &OperatingModel) -> Self {
        let tallies = Tallies::of(deals);
        let mut lines: Vec<(String, StageLine)> = tallies
            .stages
            .iter()
            .filter(|(_, tally)| tally.open > 0)
            .map(|(key, tally)| (key.clone(), tallies.resolve(key, tally, model)))
            .collect();
        lines.arrange_by(|(a_key, a), (b_key, b)| {
            let order = a.order.cmp(&b.order).then(a.win_probability.total_cmp(&b.win_probability));
            order.then_with(|| a_key.cmp(b_key))
        });
        let by_name = lines.iter().enumerate().map(|(index, (key, _))| (key.clone(), index)).collect();
        Self { lines: lines.into_iter().map(|(_, line)| line).collect(), by_name }
    }

    /// The index of the line of an open deal's stage.
    pub(super) fn of(&self, deal: &Deal) -> usize {
        self.by_name.get(&fold(&deal.stage)).copied().unwrap_or(0)
    }
}

/// What the file says of one stage name.
#[derive(Debug, Default)]
struct Tally {
    /// Spelling of the first line of the file, so that the order of rows does not matter where lines move along.
    name: String,
    open: usize,
    amount: i64,
    lost: u32,
    /// Sum and number of stated probabilities of open deals, the sum in millionths: no order of addition matters.
    stated: (u64, u32),
}

#[derive(Debug)]
struct Tallies {
    stages: BTreeMap<String, Tally>,
    won: f64,
    lost: f64,
}

impl Tallies {
    fn of(deals: &[&Deal]) -> Self {
        let mut tallies = Self { stages: BTreeMap::new(), won: 0.0, lost: 0.0 };
        for deal in deals {
            let tally = tallies.stages.entry(fold(&deal.stage)).or_default();
            match deal.status {
                DealStatus::Won => tallies.won += 1.0,
                DealStatus::Lost => {
                    tallies.lost += 1.0;
                    tally.lost += 1;
                }
                DealStatus::Open => {
                    // The smallest spelling, not the first: no row order may change a report.
                    if tally.open == 0 || deal.stage < tally.name {
                        tally.name.clone_from(&deal.stage);
                    }
                    tally.open += 1;
                    tally.amount = tally.amount.saturating_add(deal.amount.minor);
                    if let Some(p) = deal.probability {
                        tally.stated.0 += (p * 1e6).round() as u64;
                        tally.stated.1 += 1;
                    }
                }
            }
        }
        tallies
    }

    fn resolve(&self, key: &str, tally: &Tally, model: &OperatingModel) -> StageLine {
        let found = open_stage(key, model);
        let place = found.map_or_else(|| self.nearest(tally, model), |(stage, _)| Some(stage));
        let (win_probability, strength, source) = match found {
            Some((stage, Matched::Name)) => {
                (stage.win_probability.mean.get(), stage.win_probability.strength, StageSource::Model)
            }
            _ => self.told(place, tally, model).unwrap_or_else(|| match found {
                Some((stage, _)) => {
                    (stage.win_probability.mean.get(), stage.win_probability.strength, StageSource::Synonym)
                }
                None => self.overall(model),
            }),
        };
        let like = place.or_else(|| middle(model));
        StageLine {
            name: tally.name.clone(),
            count: tally.open,
            amount: tally.amount,
            order: like.map_or(1, |stage| stage.order),
            win_probability,
            strength: strength.filter(|_| win_probability > 0.0 && win_probability < 1.0),
            source,
            category: found.map_or(ForecastCategory::Pipeline, |(stage, _)| stage.category),
            model_stage: found.map(|(stage, _)| stage.name.clone()),
            on_time: like.map_or(0.5, |stage| stage.slip.on_time.get()),
            mean_delay: like.map_or(30.0, |stage| stage.slip.mean_delay_days),
            days_to_close: like.map_or(30.0, |from| {
                open_stages(model).filter(|stage| stage.order >= from.order).map(|stage| stage.expected_days).sum()
            }),
        }
    }

    /// What the file itself tells of a stage that the model does not name.
    ///
    /// Every won deal has passed every stage, a lost one the stages up to the one it was lost at; so of the deals
    /// that were ever here, won : lost = all won : lost here or later. Told only where deals were lost here: where the
    /// export moves every lost deal to one last stage, it says nothing of the stages before.
    fn told(
        &self,
        place: Option<&Stage>,
        tally: &Tally,
        model: &OperatingModel,
    ) -> Option<(f64, Option<f64>, StageSource)> {
        if let (Some(place), true) = (place, tally.lost > 0 && self.won > 0.0) {
            let lost: f64 = self
                .stages
                .iter()
                .filter(|(key, other)| {
                    let order = open_stage(key, model).map(|(stage, _)| stage).or_else(|| self.nearest(other, model));
                    std::ptr::eq(*other, tally) || order.is_some_and(|stage| stage.order > place.order)
                })
                .map(|(_, other)| f64::from(other.lost))
                .sum();
            let n = self.won + lost;
            if n >= FEWEST_CLOSED {
                let overall = self.won / (self.won + self.lost);
                let mean = (self.won + SHRINKAGE * overall) / (n + SHRINKAGE);
                return Some((mean, Some(n + SHRINKAGE), StageSource::OwnClosedDeals));
            }
        }
        let mean = tally.stated_mean()?;
        Some((mean, Some(WinProbability::DEFAULT_STRENGTH), StageSource::ProbabilityColumn))
    }

    /// The overall win rate, with the model's open stages counting as ten closed deals.
    fn overall(&self, model: &OperatingModel) -> (f64, Option<f64>, StageSource) {
        let (sum, count) =
            open_stages(model).fold((0.0, 0.0), |(sum, count), s| (sum + s.win_probability.mean.get(), count + 1.0));
        let prior = if count > 0.0 { sum / count } else { 0.5 };
        let n = self.won + self.lost + SHRINKAGE;
        ((self.won + SHRINKAGE * prior) / n, Some(n), StageSource::OverallRate)
    }

    /// The model's open stage whose win probability is nearest to what the file states for this one.
    fn nearest<'a>(&self, tally: &Tally, model: &'a OperatingModel) -> Option<&'a Stage> {
        let mean = tally.stated_mean()?;
        let distance = |stage: &Stage| (stage.win_probability.mean.get() - mean).abs();
        open_stages(model).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

impl Tally {
    fn stated_mean(&self) -> Option<f64> {
        let (sum, count) = self.stated;
        (count > 0).then(|| sum as f64 / 1e6 / f64::from(count))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matched {
    Name,
    Synonym,
}

/// The model's open stage that goes by this folded name.
fn open_stage<'a>(key: &str, model: &'a OperatingModel) -> Option<(&'a Stage, Matched)> {
    if key.is_empty() {
        return None;
    }
    let named = |stage: &&Stage| fold(&stage.name) == key;
    let also_named = |stage: &&Stage| stage.synonyms.iter().any(|synonym| fold(synonym) == key);
    let by_name = open_stages(model).find(named).map(|stage| (stage, Matched::Name));
    by_name.or_else(|| open_stages(model).find(also_named).map(|stage| (stage, Matched::Synonym)))
}

fn open_stages(model: &OperatingModel) -> impl Iterator<Item = &Stage> {
    model.stages().iter().filter(|stage| stage.outcome == StageOutcome::Open)
}

/// What the model calls deals of a stage, by its folded name; pipeline where it has no such stage.
pub(super) fn category_of(key: &str, model: &OperatingModel) -> ForecastCategory {
    open_stage(key, model).map_or(ForecastCategory::Pipeline, |(stage, _)| stage.category)
}

/// What the model assumes of close dates stated in a stage, by its folded name.
pub(super) fn slip_of(key: &str, model: &OperatingModel) -> Slip {
    let stage = open_stage(key, model).map(|(stage, _)| stage).or_else(|| middle(model));
    Slip {
        on_time: stage.map_or(0.5, |stage| stage.slip.on_time.get()),
        mean_delay: stage.map_or(30.0, |stage| stage.slip.mean_delay_days),
    }
}

/// The open stage in the middle of the sale, for deals of which nothing is known.
fn middle(model: &OperatingModel) -> Option<&Stage> {
    let mut stages: Vec<&Stage> = open_stages(model).collect();
    stages.arrange_by_key(|stage| stage.order);
    stages.get(stages.len() / 2).copied()
}
