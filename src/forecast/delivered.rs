//! What the forecast categories delivered in earlier periods: of the amount called then, seen from the same day, how much was
//! won by their end.
//!
//! An export says what deals are called now. What they were called then is told by a log of changes, by exports of several
//! days or by kept snapshots; where those tell stages alone, by the category that the model gives a stage.

use super::outcome::OPEN_CATEGORIES;
use super::stages::category_of;
use crate::calendar::{Date, FiscalYear, Period, PeriodKind};
use crate::crm::{
    Deal, DealStatus, ForecastCategory, HistoryShape, Pipeline, StageEvent, StageHistory, StatedCategory, StatedDate,
};
use crate::model::{OperatingModel, fold};
use crate::money::Currency;
use crate::stats::Arrange;
use std::collections::BTreeMap;

/// Most periods looked at.
const PERIODS: usize = 12;
/// The 97.5 % points of Student's t with 1, 2, … degrees of freedom, up to one less than the periods looked at.
const T: [f64; PERIODS - 1] = [
    12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004, 2.262_157, 2.228_139,
    2.200_985,
];

/// What the open categories delivered, from the surest down; `None` for one that was not called in any period.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Delivered {
    lines: [Option<DeliveredLine>; 4],
    /// Whether dates stated then say which deals were called in a period; else all open deals of a category count as called.
    pub(crate) is_dated: bool,
}

/// What one category delivered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DeliveredLine {
    /// Of the amount called, the share that was won by the end of its period.
    pub(crate) share: f64,
    /// The 95 % interval of that share; `None` of a single period.
    pub(crate) interval: Option<(f64, f64)>,
    /// Periods, and deals in them, that were called so.
    pub(crate) periods: usize,
    pub(crate) deals: usize,
}

/// What was called in a category in one period, and what of it came, in minor units.
#[derive(Debug, Clone, Copy, Default)]
struct Came {
    called: f64,
    won: f64,
    deals: usize,
}

impl Delivered {
    /// Of the periods before the one that `as_of` lies in, each seen from the same day, as far back as a history tells.
    ///
    /// # Formula
    /// Σ won / Σ called over n periods; its error √(n/(n − 1)·Σ(won − share·called)²)/Σ called; the interval by Student's t with n − 1
    /// degrees of freedom, not below 0.
    ///
    /// # Source
    /// The ratio estimator: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), 6.4.
    pub(crate) fn new(
        pipeline: &Pipeline,
        deals: &[Deal],
        model: &OperatingModel,
        (as_of, kind, currency): (Date, PeriodKind, Currency),
    ) -> Self {
        // The last change alone tells of no deal that has closed.
        let Some(history) = pipeline.history().filter(|history| history.shape != HistoryShape::LastChange) else {
            return Self::default();
        };
        let is_dated = !history.dates.is_empty();
        let told = |deal: &&Deal| !deal.id.is_empty() && deal.amount.currency == currency;
        let mut deals: Vec<&Deal> = deals.iter().filter(told).collect();
        deals.arrange_by_key(|deal| deal.key);
        let looks: Vec<(Period, Date)> = looks(history, model.meta().fiscal_year, as_of, kind).collect();
        let mut came = vec![[Came::default(); 4]; looks.len()];
        let mut by_stage: BTreeMap<String, ForecastCategory> = BTreeMap::new();
        let mut of_stage = |stage: &str| *by_stage.entry(fold(stage)).or_insert_with_key(|key| category_of(key, model));
        for deal in deals {
            let told = Told::new(deal, history);
            for (sums, look) in came.iter_mut().zip(&looks) {
                told.add(*look, &mut of_stage, sums);
            }
        }
        let lines = [0, 1, 2, 3].map(|at| {
            let periods: Vec<Came> = came.iter().map(|look| look[at]).filter(|came| came.called > 0.0).collect();
            line(&periods)
        });
        Self { lines, is_dated }
    }

    /// What an open category delivered.
    pub(crate) fn of(&self, category: ForecastCategory) -> Option<DeliveredLine> {
        OPEN_CATEGORIES.iter().position(|open| *open == category).and_then(|at| self.lines[at])
    }
}

/// The earlier periods, the newest first, each with the same day of it.
fn looks(
    history: &StageHistory,
    fiscal_year: FiscalYear,
    as_of: Date,
    kind: PeriodKind,
) -> impl Iterator<Item = (Period, Date)> {
    let events = history.events.iter().map(|event| event.entered);
    let stated = history.dates.iter().map(|date| date.on).chain(history.categories.iter().map(|called| called.on));
    let first = events.chain(stated).min().unwrap_or(as_of);
    let current = fiscal_year.period_of(as_of, kind);
    let days = as_of.days_since(current.first_day());
    let look = move |period: Period| (period, period.first_day().plus_days(days).min(period.last_day()));
    std::iter::successors(Some(current.previous()), |period| Some(period.previous()))
        .map(look)
        .take_while(move |(_, day)| *day >= first)
        .take(PERIODS)
}

/// What a history tells of one deal.
struct Told<'a> {
    deal: &'a Deal,
    dates: &'a [StatedDate],
    categories: &'a [StatedCategory],
    stages: &'a [StageEvent],
    is_dated: bool,
}

impl<'a> Told<'a> {
    fn new(deal: &'a Deal, history: &'a StageHistory) -> Self {
        Self {
            deal,
            dates: history.dates_of(&deal.id),
            categories: history.categories_of(&deal.id),
            stages: history.of(&deal.id),
            is_dated: !history.dates.is_empty(),
        }
    }

    /// Adds it to what was called at the end of a day of a period, and to what of it was won by the period's end.
    fn add(
        &self,
        (period, day): (Period, Date),
        of_stage: &mut impl FnMut(&str) -> ForecastCategory,
        sums: &mut [Came; 4],
    ) {
        let deal = self.deal;
        let closed = deal.close.filter(|_| !deal.is_open());
        let was_there = deal.created.is_none_or(|created| created <= day) && closed.is_none_or(|end| end > day);
        let amount = deal.estimate.unwrap_or(deal.amount).minor;
        let is_undated = closed.is_none() && !deal.is_open();
        if !was_there || is_undated || amount <= 0 || !self.is_called(period, day) {
            return;
        }
        let Some(category) = self.category(day, of_stage) else { return };
        let Some(at) = OPEN_CATEGORIES.iter().position(|open| *open == category) else { return };
        let won = deal.status == DealStatus::Won && closed.is_some_and(|end| end <= period.last_day());
        sums[at].called += amount as f64;
        sums[at].won += if won { deal.amount.minor as f64 } else { 0.0 };
        sums[at].deals += 1;
    }

    /// Whether its date as stated then falls into the period; past-due ones count to it, as they do today.
    fn is_called(&self, period: Period, day: Date) -> bool {
        let stated = self.dates.iter().rfind(|date| date.on <= day);
        !self.is_dated || stated.is_some_and(|date| date.close <= period.last_day())
    }

    /// What it was called then: its own category, else that of its stage.
    fn category(&self, day: Date, of_stage: &mut impl FnMut(&str) -> ForecastCategory) -> Option<ForecastCategory> {
        let own = self.categories.iter().rfind(|called| called.on <= day).map(|called| called.category);
        own.or_else(|| self.stages.iter().rfind(|event| event.entered <= day).map(|event| of_stage(&event.stage)))
    }
}

fn line(periods: &[Came]) -> Option<DeliveredLine> {
    let sum = |of: fn(&Came) -> f64| periods.iter().map(of).sum::<f64>();
    let called = sum(|came| came.called);
    if called <= 0.0 {
        return None;
    }
    let share = sum(|came| came.won) / called;
    let n = periods.len() as f64;
    let off = |came: &Came| came.won - share * came.called;
    let squares: f64 = periods.iter().map(|came| off(came) * off(came)).sum();
    let error = (n / (n - 1.0) * squares).sqrt() / called;
    let t = periods.len().checked_sub(2).and_then(|at| T.get(at));
    Some(DeliveredLine {
        share,
        interval: t.map(|t| ((share - t * error).max(0.0), share + t * error)),
        periods: periods.len(),
        deals: periods.iter().map(|came| came.deals).sum(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_and_its_interval_by_hand() {
        let came = |called: f64, won: f64| Came { called, won, deals: 3 };
        // 150 of 300; off by 20 each: √(2/1·800)/300.
        let found = line(&[came(100.0, 70.0), came(200.0, 80.0)]).unwrap();
        let error = 1600.0_f64.sqrt() / 300.0;
        assert_eq!((found.share, found.periods, found.deals), (0.5, 2, 6));
        let (low, high) = found.interval.unwrap();
        // Of two periods, t has one degree of freedom: tan(0.475·π).
        let t = libm::tan(0.475 * std::f64::consts::PI);
        assert!(low == 0.0 && (high - 0.5 - t * error).abs() < 1e-6, "{low} {high}");
        let steady = [came(100.0, 51.0), came(100.0, 50.0), came(100.0, 49.0)];
        let (low, high) = line(&steady).unwrap().interval.unwrap();
        // √(3/2·2)/300, and 4.302653 of two degrees.
        let off = 4.302_653 * 3.0_f64.sqrt() / 300.0;
        assert!((low - 0.5 + off).abs() < 1e-9 && (high - 0.5 - off).abs() < 1e-9, "{low} {high}");
        assert_eq!(line(&[came(100.0, 70.0)]).unwrap().interval, None);
        assert_eq!(line(&[]), None);
    }
}
