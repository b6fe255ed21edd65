//! Snapshots of a forecast, kept by the user week after week: what was open and what was said, to be held against what came.
//!
//! [`file`] is the file; [`moves`] tells what deals did from one snapshot to the next, which no single export says.

mod file;
mod log;
mod moves;

use super::Forecast;
use super::outcome::won;
use crate::calendar::Date;
use crate::crm::{Deal, DealStatus, ForecastCategory, Pipeline};
use crate::money::Currency;
use crate::{Error, ErrorKind};
use file::{ClosedDeal, End, Kept, LEVELS, MOST, OpenDeal, Snapshot, Told, key_text};
pub(crate) use log::{are_snapshots, stage_log};
pub use moves::{PushLine, StageMoves};
use std::collections::BTreeMap;

/// Open deals of the last snapshot from which it is told that a file is of other deals.
const FOREIGN: usize = 10;
/// Categories in the order of their numbers in the file.
const CATEGORIES: [ForecastCategory; 5] = [
    ForecastCategory::Commit,
    ForecastCategory::BestCase,
    ForecastCategory::Pipeline,
    ForecastCategory::Omitted,
    ForecastCategory::Closed,
];

/// Kept snapshots with today's in them, and what they show.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshots {
    /// The file to keep, as text: the same bytes for the same snapshots.
    pub file: String,
    /// The days of the snapshots, oldest first.
    pub days: Vec<Date>,
    /// Forecasts of periods that are over, oldest first, with what came.
    pub graded: Vec<Graded>,
    /// What deals did in each stage, in the order in which stages were first seen.
    pub stages: Vec<StageMoves>,
    /// How often stated close dates were put off, by how often they had been before.
    pub pushes: Vec<PushLine>,
    /// Whether there are contracts, whose renewals are left out of what is kept and graded: odds of the quota are those that
    /// deals reach it by themselves.
    pub deals_alone: bool,
}

/// What was forecast of a period that is over. Amounts in minor units, of deals alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// The day of the forecast.
    pub as_of: Date,
    /// Label of the period.
    pub period: String,
    /// Its first and last day.
    pub days: [Date; 2],
    /// Won in it by the day of the forecast, as was known then.
    pub won: i64,
    /// Quantiles 5, 10, 25, 50, 75, 90 and 95 %.
    pub quantiles: [i64; 7],
    /// What was called as commit.
    pub commit: i64,
    /// The quota.
    pub quota: Option<i64>,
    /// The odds that deals alone reach it, as seen on the day, in [0, 1].
    pub odds: Option<f64>,
    /// What came, as the file says now.
    pub actual: i64,
}

impl Graded {
    /// Σ of the pinball loss over the levels, in minor units.
    #[must_use]
    pub fn pinball(&self) -> f64 {
        let at: Vec<(f64, f64)> = LEVELS.into_iter().zip(self.quantiles.map(|minor| minor as f64)).collect();
        super::pinball(&at, self.actual as f64)
    }
}

impl Pipeline {
    /// Adds a forecast of this pipeline to kept snapshots and grades those whose periods are over; `kept` is the text of the
    /// file, empty for the first. A snapshot of the same day is replaced.
    ///
    /// # Errors
    /// `no-snapshots`, `newer-snapshots` and `damaged-snapshots` for a file that cannot be used, `foreign-snapshots` for one of
    /// other deals, `later-snapshots` if the last snapshot is of a later day, `too-many-snapshots`.
    pub fn snapshot(&self, forecast: &Forecast, kept: &str) -> Result<Snapshots, Error> {
        let mut kept = Kept::read(kept)?;
        let outcome = forecast.outcome();
        let as_of = outcome.horizon.as_of();
        let known = self.as_of(Some(as_of), forecast.source().model.meta().currency);
        let deals: BTreeMap<u64, &Deal> = known.deals.iter().map(|deal| (deal.key, deal)).collect();
        fits(&kept, as_of, outcome.currency, &deals)?;
        if kept.snapshots.last().and_then(Snapshot::day) == Some(as_of) {
            kept.snapshots.pop();
        }
        if kept.snapshots.len() >= MOST {
            let message = format!("expected at most {MOST} snapshots (begin a new file)");
            return Err(Error::new(ErrorKind::Limit, "too-many-snapshots", message));
        }
        let snapshot = taken(forecast, &kept, &deals);
        kept.snapshots.push(snapshot);
        let won: Vec<(Date, i64)> = won(&known.deals, outcome.currency).collect();
        let (stages, pushes) = moves::told(&kept);
        Ok(Snapshots {
            file: kept.write(),
            days: kept.snapshots.iter().filter_map(Snapshot::day).collect(),
            graded: kept.snapshots.iter().flat_map(|snapshot| graded(snapshot, as_of, &won)).collect(),
            stages,
            pushes,
            deals_alone: forecast.renewals().is_some(),
        })
    }
}

/// Whether a forecast of these deals can follow the kept ones.
fn fits(kept: &Kept, as_of: Date, currency: Currency, deals: &BTreeMap<u64, &Deal>) -> Result<(), Error> {
    let Some(last) = kept.snapshots.last() else { return Ok(()) };
    if last.day().is_some_and(|day| day > as_of) {
        let message = format!(
            "the last snapshot is of {}, after {as_of} (forecast a later day, or take an earlier file)",
            last.as_of
        );
        return Err(Error::new(ErrorKind::Run, "later-snapshots", message));
    }
    let foreign = |why: &str| {
        let message =
            format!("the snapshots are of another pipeline: {why} (choose the file that belongs to these deals)");
        Error::new(ErrorKind::Input, "foreign-snapshots", message)
    };
    if last.currency != currency.code() {
        return Err(foreign(&format!("they are in {}, not in {currency}", last.currency)));
    }
    let open = kept.states(|_, _| {}).unwrap_or_default();
    if open.len() >= FOREIGN && open.keys().all(|key| !deals.contains_key(key)) {
        return Err(foreign(&format!("none of their {} open deals is in the file", open.len())));
    }
    Ok(())
}

/// Today's snapshot: what differs from the last one, and what is forecast.
fn taken(forecast: &Forecast, kept: &Kept, deals: &BTreeMap<u64, &Deal>) -> Snapshot {
    let outcome = forecast.outcome();
    let before = kept.states(|_, _| {}).unwrap_or_default();
    let mut names: Vec<String> = kept.stages().into_iter().map(str::to_owned).collect();
    let old = names.len();
    let numbers: Vec<u32> = outcome
        .stages
        .iter()
        .map(|line| {
            let known = names.iter().position(|name| *name == line.name);
            known.unwrap_or_else(|| {
                names.push(line.name.clone());
                names.len() - 1
            }) as u32
        })
        .collect();
    let mut now: BTreeMap<u64, OpenDeal> = BTreeMap::new();
    for deal in &outcome.deals {
        let category = CATEGORIES.iter().position(|known| *known == deal.category).unwrap_or(0) as u8;
        let stage = numbers.get(deal.stage).copied().unwrap_or(0);
        now.insert(deal.key, OpenDeal(key_text(deal.key), stage, deal.amount, deal.close.map(Date::days), category));
    }
    let end = |key: &u64| match deals.get(key).map(|deal| deal.status) {
        Some(DealStatus::Won) => End::Won,
        Some(DealStatus::Lost) => End::Lost,
        _ => End::Gone,
    };
    let gone = before.keys().filter(|key| !now.contains_key(key));
    let closed = gone.map(|key| ClosedDeal(key_text(*key), end(key))).collect();
    now.retain(|key, deal| {
        before.get(key).is_none_or(|state| {
            (state.stage, state.amount, state.close, state.category) != (deal.1, deal.2, deal.3, deal.4)
        })
    });
    Snapshot {
        as_of: outcome.horizon.as_of().to_string(),
        currency: outcome.currency.code().to_owned(),
        stages: names.split_off(old),
        open: now.into_values().collect(),
        closed,
        periods: (0..forecast.trials().periods()).filter_map(|period| told(forecast, period)).collect(),
    }
}

/// What is forecast of a period: of the deals, corrected.
fn told(forecast: &Forecast, period: usize) -> Option<Told> {
    let (outcome, trials) = (forecast.outcome(), forecast.trials());
    let span = outcome.horizon.periods().get(period)?;
    let totals = trials.as_corrected(period, trials.simulated(period));
    let sample = trials.sample(&totals);
    let quota = outcome.quotas.get(period).copied().flatten();
    let called = |deal: &&super::DealLine| deal.called_in == Some(period) && deal.category == ForecastCategory::Commit;
    let commit = outcome.deals.iter().filter(called).fold(0_i64, |sum, deal| sum.saturating_add(deal.amount));
    Some(Told {
        start: span.first_day().to_string(),
        end: span.last_day().to_string(),
        label: span.label(),
        won: trials.won_to_date(period),
        quantiles: sample.quantiles(&LEVELS).iter().map(|quantile| quantile.value as i64).collect(),
        commit: commit.saturating_add(trials.won_to_date(period)),
        quota,
        odds: quota.map(|quota| (1e6 * sample.share_at_least(quota).value).round_ties_even() as u32),
    })
}

fn graded(snapshot: &Snapshot, today: Date, won: &[(Date, i64)]) -> Vec<Graded> {
    let Some(as_of) = snapshot.day() else { return Vec::new() };
    let grade = |told: &Told| {
        let days = [Date::parse_iso(&told.start).ok()?, Date::parse_iso(&told.end).ok()?];
        // The last day of a period is forecast by nobody, and one that lasts on has not come yet.
        let is_over = days[1] < today && as_of < days[1];
        let inside = won.iter().filter(|(day, _)| (days[0]..=days[1]).contains(day));
        let actual = inside.fold(0_i64, |sum, (_, amount)| sum.saturating_add(*amount));
        is_over.then_some(Graded {
            as_of,
            period: told.label.clone(),
            days,
            won: told.won,
            quantiles: <[i64; 7]>::try_from(told.quantiles.as_slice()).ok()?,
            commit: told.commit,
            quota: told.quota,
            odds: told.odds.map(|millionths| f64::from(millionths) / 1e6),
            actual,
        })
    };
    snapshot.periods.iter().filter_map(grade).collect()
}
