//! Turns the deals of a file, a model and the options of a run into what the simulation needs.

use super::delivered::Delivered;
use super::effects::Effects;
use super::horizon::Horizon;
use super::input::{Amount, SharedRate, SimulatedDeal, SimulationInput, Win};
use super::pace::Pace;
use super::past::{Past, Said, Timing, factors, reported};
use super::slips::{Slip, Slips};
use super::stages::{StageLine, StageSource, StageTable};
use super::timing::Expectation;
use crate::calendar::Date;
use crate::crm::{Deal, DealStatus, Deals, ForecastCategory, Pipeline};
use crate::model::{DealProbability, OperatingModel, Run, WinProbability, fold};
use crate::money::{Currency, Money, nearest};
use crate::random::StreamKey;
use crate::stats::Arrange;
use crate::stats::Beta;
use crate::table::{Action, Diagnostic, Receipt};
use crate::{Error, ErrorKind, Place};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The categories an open deal can be in, from the surest down; the simulation counts them in this order.
pub(crate) const OPEN_CATEGORIES: [ForecastCategory; 4] =
    [ForecastCategory::Commit, ForecastCategory::BestCase, ForecastCategory::Pipeline, ForecastCategory::Omitted];

/// Shared rates are kept at every percent of stated probability; between two, a deal's rate is their blend.
const PERCENTS: f64 = 100.0;

/// A forecast's question, resolved: which deals, which periods, which rates, and what was assumed.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The periods.
    pub horizon: Horizon,
    /// The currency of every amount.
    pub currency: Currency,
    /// The open deals, in the order of the file.
    pub deals: Vec<DealLine>,
    /// The stages that they are in, in the order of the sale.
    pub stages: Vec<StageLine>,
    /// Per period: the amount won up to the day of the forecast, in minor units.
    pub won_to_date: Vec<i64>,
    /// Deals won in the current period up to the day of the forecast.
    pub won_deals: usize,
    /// Per period: the quota in minor units, if there is one.
    pub quotas: Vec<Option<i64>>,
    /// Open deals that could not be used.
    pub excluded: usize,
    /// What was read, used and left out.
    pub receipt: Receipt,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// What decides when deals close, and why.
    pub timing: Timing,
    /// What `timing` rests on.
    pub(super) past: Past,
    /// The hazards, where they decide.
    pub pace: Option<Arc<Pace>>,
}

/// An open deal as the forecast sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct DealLine {
    /// Row in the table.
    pub row: usize,
    /// Line in the file, from 1.
    pub line: u64,
    /// Names the deal's random stream.
    pub key: u64,
    /// The id in the source system, or empty.
    pub id: String,
    /// Name of the deal, or empty.
    pub name: String,
    /// Company the deal is with, or empty.
    pub account: String,
    /// Sales person in charge, or empty.
    pub owner: String,
    /// Amount in minor units.
    pub amount: i64,
    /// Index of its stage in [`Outcome::stages`].
    pub stage: usize,
    /// What it is called: its own category, else that of its stage.
    pub category: ForecastCategory,
    /// The probability that it is won in the end.
    pub probability: f64,
    /// Whether that probability is the deal's own or its stage's.
    pub probability_source: DealProbability,
    /// The stated close date.
    pub close: Option<Date>,
    /// Whether that date has passed.
    pub is_past_close: bool,
    /// The period it is called in: that of its stated date, the current one if the date has passed.
    pub called_in: Option<usize>,
    /// Per step of the horizon: the probability that it has closed by then; where hazards decide, that it is won by then
    /// if it is won at all.
    pub closed_by: Vec<f64>,
    /// Where hazards decide: its class, and what its odds won : lost are multiplied by.
    pub hazard: Option<(usize, f64)>,
    /// Whether the file says what it is worth.
    pub amount_known: bool,
    /// How its stated date holds where dates decide.
    pub(super) slip: Slip,
    /// Where hazards decide: what its product, owner and segment change of what it brings.
    pub(super) brings: f64,
    /// How many days longer scenarios make its sale, and by how much they raise its chance to be won.
    pub(super) longer: f64,
    pub(super) raised: f64,
}

impl Outcome {
    /// Resolves `pipeline` under `model` for `run`.
    ///
    /// # Errors
    /// `no-as-of` if neither the run nor the file names a day.
    pub fn new(pipeline: &Pipeline, model: &OperatingModel, run: &Run) -> Result<Self, Error> {
        let mut assumptions = Vec::new();
        let as_of = match (run.as_of, pipeline.proposed_as_of()) {
            (Some(day), _) => day,
            (None, Some(day)) => {
                assumptions.push(format!("as of {day}, the newest day on which a deal was created or closed"));
                day
            }
            (None, None) => {
                let message = "the file names no day on which a deal was created or closed (give asOf)";
                return Err(Error::new(ErrorKind::Run, "no-as-of", message).at(Place::path("asOf")));
            }
        };
        let known = pipeline.as_of(Some(as_of), model.meta().currency);
        let currency = reporting_currency(&known.deals, model.meta().currency, &mut Vec::new());
        let mut past = Past::new(pipeline, model, run, as_of.days(), currency);
        let effects = Effects::new(pipeline, &known.deals);
        past.effects = Arc::new(if past.decides() { effects } else { effects.by_group(&known.deals) });
        past.learn_slips(Slips::new(pipeline, &known.deals, model, as_of));
        past.delivered = Arc::new(Delivered::new(pipeline, &known.deals, model, (as_of, run.period, currency)));
        Ok(Self::of(known, as_of, model, run, assumptions, past))
    }

    /// Resolves deals as they stood on a day, looked at from `as_of`, which may be later.
    pub(super) fn of(
        known: Deals,
        as_of: Date,
        model: &OperatingModel,
        run: &Run,
        mut assumptions: Vec<String>,
        past: Past,
    ) -> Self {
        let Deals { deals, mut receipt, .. } = known;
        let currency = reporting_currency(&deals, model.meta().currency, &mut assumptions);
        let excluded = exclude_foreign(&deals, currency, &mut receipt);
        let used: Vec<&Deal> = deals.iter().filter(|deal| deal.amount.currency == currency).collect();
        let horizon = Horizon::new(as_of, model.meta().fiscal_year, run.period, usize::from(run.periods));
        let stages = StageTable::new(&used, model);
        let open = || used.iter().filter(|deal| deal.is_open());
        // Few stages and counts, many deals: each is worked out once.
        let mut slips: BTreeMap<(usize, usize), Slip> = BTreeMap::new();
        let mut lines: Vec<DealLine> = open()
            .map(|deal| {
                let (stage, pushes) = (stages.of(deal), past.slips.pushes(deal));
                let line = &stages.lines[stage];
                let slip =
                    slips.entry((stage, pushes)).or_insert_with(|| past.slips.of(&line.name, pushes, line.slip()));
                deal_line(deal, &stages, *slip, &horizon, run.deal_probability)
            })
            .collect();
        let mut stages = stages;
        for line in &mut stages.lines {
            let slip = past.slips.of(&line.name, 0, line.slip());
            (line.on_time, line.mean_delay) = (slip.on_time, slip.mean_delay);
        }
        // What is stated for a deal by itself is said in knowledge of both.
        for line in lines.iter_mut().filter(|line| line.probability_source == DealProbability::Stage) {
            // What the model knows exactly of a stage, it knows of every owner's deals.
            let is_exact = stages.lines[line.stage].strength.is_none();
            let of = if is_exact { Effects::of } else { Effects::of_all };
            line.probability = of(&past.effects, line.key, line.probability);
        }
        let pace = past.decides().then(|| {
            let mut pace = past.pace(&horizon, model);
            hasten(&mut lines, open(), &stages.lines, &past, &mut pace);
            Arc::new(pace)
        });
        let mut won_to_date = vec![0; horizon.periods().len()];
        let mut won_deals = 0;
        for (day, minor) in won(&deals, currency).filter(|(day, _)| *day <= as_of) {
            if let Some(period) = horizon.period_of(day) {
                won_to_date[period] = i64::saturating_add(won_to_date[period], minor);
                won_deals += usize::from(period == 0);
            }
        }
        let quotas = quotas(&horizon, model, run, currency);
        let mut outcome = Self {
            horizon,
            currency,
            deals: lines,
            stages: stages.lines,
            won_to_date,
            won_deals,
            quotas,
            excluded,
            receipt,
            assumptions,
            timing: past.timing.clone(),
            past,
            pace,
        };
        outcome.assume(model);
        outcome
    }

    /// The simulation of this question.
    ///
    /// # Errors
    /// `out-of-range` for a stage whose probability has no distribution; a valid model has none.
    pub fn input(&self, model: &OperatingModel, run: &Run) -> Result<SimulationInput, Error> {
        let mut rates = Rates::new(&self.stages);
        let deals = self.deals.iter().map(|deal| {
            Ok(SimulatedDeal {
                key: deal.key,
                category: OPEN_CATEGORIES.iter().position(|&c| c == deal.category).unwrap_or(0),
                amount: self.amount_of(deal),
                win: match deal.hazard {
                    Some((class, factor)) => Win::Hazard { class, factor },
                    None => rates.win(deal.stage, deal.probability)?,
                },
                closed_by: deal.closed_by.clone(),
            })
        });
        let deals = deals.collect::<Result<Vec<_>, Error>>()?;
        Ok(SimulationInput {
            deals,
            rates: rates.rates,
            steps: self.horizon.steps().to_vec(),
            won_to_date: self.won_to_date.clone(),
            target: 0,
            categories: OPEN_CATEGORIES.len(),
            market: model.forecast().market_correlation,
            minor_per_major: self.currency.minor_per_major() as f64,
            pace: self.pace.clone(),
            changes: Vec::new(),
            new_business: self.timing.new_business,
            seed: run.seed,
            trials: run.trials,
        })
    }

    /// What a deal pays: where hazards decide, its amount times the ratio that other wins had to their estimates; without
    /// an amount, what another win brought.
    pub(super) fn amount_of(&self, deal: &DealLine) -> Amount {
        let Some(pace) = self.pace.as_ref() else { return Amount::Fixed(deal.amount) };
        if !deal.amount_known && !pace.fit().brought.is_empty() {
            Amount::Unknown
        } else if deal.hazard.is_some() && pace.fit().ratios.left.len() > 1 {
            Amount::Estimate(nearest(deal.amount as f64 * deal.brings))
        } else {
            Amount::Fixed(deal.amount)
        }
    }

    /// What the forecast categories delivered in earlier periods.
    pub(crate) fn delivered(&self) -> &Delivered {
        &self.past.delivered
    }

    /// Σ probability × amount of the open deals that `of` accepts, in minor units.
    pub fn weighted(&self, of: impl Fn(&DealLine) -> bool) -> f64 {
        // Summed in the order of the keys: no row order may change a bit.
        let mut parts: Vec<(u64, f64)> =
            self.deals.iter().filter(|deal| of(deal)).map(|d| (d.key, d.probability * d.amount as f64)).collect();
        parts.arrange_by_key(|&(key, _)| key);
        parts.into_iter().fold(0.0, |sum, (_, part)| sum + part)
    }

    fn assume(&mut self, model: &OperatingModel) {
        let mut told = vec![self.timing.reason.clone()];
        if self.pace.is_some() {
            self.assume_hazards(&mut told)
        } else {
            self.assume_dates(model, &mut told)
        }
        told.extend(self.past.effects.told.iter().cloned());
        told.push(if self.timing.new_business {
            "deals that are not in the file yet come as they came in the last 91 days, and have a line of their own"
                .to_owned()
        } else {
            "deals that are not in the file yet are not counted".to_owned()
        });
        if self.timing.new_business && self.past.history.deals.iter().any(|deal| deal.renews) {
            told.push("deals that renew something are no new business: the contracts tell what comes due".to_owned());
        }
        self.assumptions.extend(told);
    }

    /// The stage of the history that decides how fast a deal closes.
    fn stage_of(&self, deal: &DealLine) -> Option<u16> {
        self.pace.as_ref()?.profile(deal.hazard?.0)?.stage
    }

    fn assume_hazards(&self, told: &mut Vec<String>) {
        let by_date = self.deals.iter().filter(|deal| deal.hazard.is_none()).count();
        let staged = self.deals.iter().filter(|deal| self.stage_of(deal).is_some()).count();
        told.push(if staged > 0 {
            format!(
                "{staged} of {} open deals close as fast as the history of stages says that deals of theirs do and move on; within a stage stated \
                 chances say which are won more often; stated dates are not used",
                self.deals.len()
            )
        } else {
            "stages and stated chances say which of the open deals are won more often; how much is won in all, and when, the \
             past says; stated dates are not used"
                .to_owned()
        });
        if by_date > 0 {
            told.push(format!("{by_date} open deals have no created date: they close by stated date and stage"));
        }
        let unknown = self.deals.iter().filter(|deal| !deal.amount_known && deal.hazard.is_some()).count();
        if unknown > 0 {
            told.push(format!("{unknown} open deals have no amount: they bring what another won deal brought"));
        }
    }

    fn assume_dates(&self, model: &OperatingModel, told: &mut Vec<String>) {
        let count = |holds: &dyn Fn(&DealLine) -> bool| self.deals.iter().filter(|deal| holds(deal)).count();
        let own = count(&|deal| deal.probability_source == DealProbability::Own);
        if own > 0 {
            told.push(format!(
                "{own} of {} open deals count with their own probability, the others with that of their stage",
                self.deals.len()
            ));
        }
        let undated = count(&|deal| deal.close.is_none());
        if undated > 0 {
            told.push(format!(
                "{undated} open deals state no close date: they close at the pace of the stages ahead of them"
            ));
        }
        if let Some(said) = self.past.slips.said() {
            told.push(said);
        }
        let past = count(&|deal| deal.is_past_close);
        if past > 0 {
            told.push(format!("{past} open deals are past their close date: they close from the day after {} on, with the delay of their stage", self.horizon.as_of()));
        }
        for line in self.stages.iter().filter(|line| line.model_stage.is_none()) {
            let name = if line.name.is_empty() {
                "deals without a known stage".to_owned()
            } else {
                format!("stage `{}`", line.name)
            };
            let source = match line.source {
                StageSource::OwnClosedDeals => "of this file's closed deals",
                StageSource::ProbabilityColumn => "that its open deals state",
                _ => "of all closed deals",
            };
            told.push(format!("{name}: won at the rate {source}, {:.0} %", 100.0 * line.win_probability));
        }
        for pair in model.stages().windows(2) {
            let [before, after] = pair else { continue };
            let chance = |stage: &crate::model::Stage| 100.0 * stage.win_probability.mean.get();
            // Those that are sure to be won or lost are ends and no steps.
            if 0.0 < chance(after) && chance(after) < chance(before) && chance(before) < 100.0 {
                told.push(format!(
                    "deals in stage `{}` are won less often ({:.0} %) than those in `{}` before it ({:.0} %)",
                    after.name,
                    chance(after),
                    before.name,
                    chance(before)
                ));
            }
        }
        let rho = model.forecast().market_correlation;
        if rho > 0.0 {
            told.push(format!("deals of one quarter rise and fall together with a correlation of {rho}"));
        }
    }
}

/// The deals won in a currency: the day of each, and what it brought.
pub(super) fn won(deals: &[Deal], currency: Currency) -> impl Iterator<Item = (Date, i64)> + '_ {
    let won = deals.iter().filter(move |deal| deal.status == DealStatus::Won && deal.amount.currency == currency);
    won.filter_map(|deal| Some((deal.close?, deal.amount.minor)))
}

fn deal_line(deal: &Deal, stages: &StageTable, slip: Slip, horizon: &Horizon, prefer: DealProbability) -> DealLine {
    let stage = stages.of(deal);
    let line = &stages.lines[stage];
    let as_of = horizon.as_of();
    let own = deal.probability.filter(|_| prefer == DealProbability::Own);
    DealLine {
        row: deal.row,
        line: deal.line,
        key: deal.key,
        id: deal.id.clone(),
        name: deal.name.clone(),
        account: deal.account.clone(),
        owner: deal.owner.clone(),
        amount: deal.amount.minor,
        stage,
        category: match deal.category.unwrap_or(line.category) {
            // An open deal is not closed, whatever it is called.
            ForecastCategory::Closed => ForecastCategory::Commit,
            category => category,
        },
        probability: own.unwrap_or(line.win_probability),
        probability_source: if own.is_some() { DealProbability::Own } else { DealProbability::Stage },
        close: deal.close,
        is_past_close: deal.close.is_some_and(|close| close < as_of),
        called_in: deal.close.and_then(|close| horizon.period_of(close.max(as_of))),
        closed_by: closed_by(horizon, line, slip, deal.close, 0.0),
        slip,
        brings: 1.0,
        longer: 0.0,
        raised: 0.0,
        hazard: None,
        amount_known: deal.amount_known,
    }
}

/// Gives the open deals that have a created date the class of their age and size, and the odds that their stage says.
fn hasten<'a>(
    lines: &mut [DealLine],
    deals: impl Iterator<Item = &'a &'a Deal>,
    stages: &[StageLine],
    past: &Past,
    pace: &mut Pace,
) {
    let mut places = Vec::new();
    let mut said = Vec::new();
    for (at, (line, deal)) in lines.iter().zip(deals).enumerate() {
        let Some(created) = deal.created else { continue };
        let estimate = deal.estimate.map(|worth| worth.minor);
        let (stage, groups) = (past.stage(deal, pace.day()), past.groups(deal));
        let profile = pace.profile_of(estimate, &groups, pace.day() - created.days(), stage);
        places.push((at, pace.fit().ratios.factor(&groups)));
        said.push(Said {
            key: line.key,
            class: pace.class(profile),
            stage: profile.stage,
            probability: line.probability,
            strength: stages[line.stage].strength.or(Some(WinProbability::DEFAULT_STRENGTH)),
            weight: line.amount.max(0) as f64,
        });
    }
    let factors = factors(pace, &said);
    let means = pace.means();
    for (((at, brings), said), factor) in places.into_iter().zip(&said).zip(factors) {
        let line = &mut lines[at];
        line.brings = brings;
        line.hazard = Some((said.class, factor));
        (line.probability, line.closed_by) = reported(pace, &means, said.class, factor);
    }
}

/// Per step of the horizon: the probability that a deal of this stage and date has closed by then, if its date holds so and deals of
/// the stage take so many days longer than they used to.
pub(super) fn closed_by(
    horizon: &Horizon,
    stage: &StageLine,
    slip: Slip,
    close: Option<Date>,
    longer: f64,
) -> Vec<f64> {
    let as_of = horizon.as_of();
    let expectation = match close {
        // Past its date a deal closes with its stage's delay alone, so that is what gets longer.
        Some(close) if close <= as_of => {
            Expectation::Stated { close, on_time: slip.on_time, mean_delay: later(slip.mean_delay, longer) }
        }
        Some(close) => Expectation::Stated {
            close: close.plus_days(longer.round() as i32).max(as_of.plus_days(1)),
            on_time: slip.on_time,
            mean_delay: slip.mean_delay,
        },
        None => Expectation::Open { mean_days: later(stage.days_to_close, longer) },
    };
    horizon.ends().iter().map(|&end| expectation.closed_by(as_of, end)).collect()
}

/// A mean number of days that grew; unchanged by 0, else at least a day.
fn later(days: f64, longer: f64) -> f64 {
    if longer == 0.0 { days } else { (days + longer).max(1.0) }
}

/// The rates that deals share: one distribution per stage and percent of probability, all of a stage moving together.
struct Rates<'a> {
    stages: &'a [StageLine],
    rates: Vec<SharedRate>,
    known: BTreeMap<(usize, u64), usize>,
}

impl<'a> Rates<'a> {
    fn new(stages: &'a [StageLine]) -> Self {
        Self { stages, rates: Vec::new(), known: BTreeMap::new() }
    }

    fn win(&mut self, stage: usize, p: f64) -> Result<Win, Error> {
        let Some(strength) = self.stages[stage].strength.filter(|_| p > 0.0 && p < 1.0) else {
            return Ok(Win::Fixed(p));
        };
        let at = p * PERCENTS;
        let (floor, nearest) = (at.floor(), at.round());
        if (at - nearest).abs() < 1e-9 || p.to_bits() == self.stages[stage].win_probability.to_bits() {
            return Ok(Win::Shared(self.rate(stage, p, strength)?));
        }
        let low = self.rate(stage, floor / PERCENTS, strength)?;
        let high = self.rate(stage, (floor + 1.0) / PERCENTS, strength)?;
        Ok(Win::Blend { low, high, weight: at - floor })
    }

    fn rate(&mut self, stage: usize, mean: f64, strength: f64) -> Result<usize, Error> {
        let key = (stage, mean.to_bits());
        if let Some(&known) = self.known.get(&key) {
            return Ok(known);
        }
        let name = fold(&self.stages[stage].name);
        let draw = name.bytes().fold(StreamKey::new(name.len() as u64), |key, byte| key.with(byte.into())).bits();
        self.rates.push(SharedRate { distribution: Beta::with_mean(mean, strength)?, draw });
        self.known.insert(key, self.rates.len() - 1);
        Ok(self.rates.len() - 1)
    }
}

/// The model's currency if the file has deals in it, else the one most of the file's deals are in.
fn reporting_currency(deals: &[Deal], wanted: Currency, assumptions: &mut Vec<String>) -> Currency {
    let mut counts: BTreeMap<Currency, usize> = BTreeMap::new();
    for deal in deals.iter().filter(|deal| deal.amount_known) {
        *counts.entry(deal.amount.currency).or_default() += 1;
    }
    if counts.is_empty() || counts.contains_key(&wanted) {
        return wanted;
    }
    let most = counts.iter().max_by_key(|&(currency, count)| (*count, std::cmp::Reverse(*currency)));
    let found = most.map_or(wanted, |(&currency, _)| currency);
    assumptions.push(format!("no deal is in {wanted}: amounts and quotas are taken as {found}"));
    found
}

/// Moves the deals in other currencies from used to excluded, counted currency by currency; returns how many open ones
/// there are.
fn exclude_foreign(deals: &[Deal], currency: Currency, receipt: &mut Receipt) -> usize {
    let mut foreign: BTreeMap<Currency, Vec<&Deal>> = BTreeMap::new();
    for deal in deals.iter().filter(|deal| deal.amount.currency != currency) {
        foreign.entry(deal.amount.currency).or_default().push(deal);
    }
    let mut all_open = 0;
    for (other, deals) in foreign {
        let count = deals.len() as u64;
        receipt.rows_used -= count.min(receipt.rows_used);
        receipt.rows_excluded += count;
        let open = deals.iter().filter(|deal| deal.is_open()).count();
        all_open += open;
        receipt.diagnostics.push(Diagnostic {
            located: 0,
            fixes: Vec::new(),
            code: "foreign-currency",
            count,
            place: Place::line(deals.iter().map(|deal| deal.line).min().unwrap_or(0)),
            sample: other.to_string(),
            action: Action::Excluded,
            message: format!(
                "deals are in {other}, not in {currency}, and there is no rate for it, {open} of them open"
            ),
            remedy: "give their rate in the read option `rates`, or set the model's currency".to_owned(),
        });
    }
    all_open
}

fn quotas(horizon: &Horizon, model: &OperatingModel, run: &Run, currency: Currency) -> Vec<Option<i64>> {
    let mut quotas: Vec<Option<i64>> =
        horizon.periods().iter().map(|&period| model.quota_for(period, None).map(|quota| quota.minor)).collect();
    let own = run.quota.and_then(|major| Money::from_major(major, currency).ok());
    if let (Some(quota), Some(first)) = (own, quotas.first_mut()) {
        *first = Some(quota.minor);
    }
    quotas
}
