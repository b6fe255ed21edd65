//! The periods of a forecast and the points in time at which closings are accumulated.

use super::input::Step;
use crate::calendar::{Date, FiscalYear, Period, PeriodKind};
use crate::stats::Arrange;

/// Up to this many days are looked at one by one.
const DAILY: u32 = 21;

/// Consecutive periods, the first of which holds the day of the forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Horizon {
    as_of: Date,
    periods: Vec<Period>,
    steps: Vec<Step>,
    ends: Vec<Date>,
}

impl Horizon {
    /// `count` periods from the one that holds `as_of`.
    ///
    /// Each fiscal quarter is one market block, whatever the periods are: months of one quarter share its market, a
    /// year has four.
    #[must_use]
    pub fn new(as_of: Date, fiscal_year: FiscalYear, kind: PeriodKind, count: usize) -> Self {
        let following =
            |kind| std::iter::successors(Some(fiscal_year.period_of(as_of, kind)), |p: &Period| Some(p.next()));
        let periods: Vec<Period> = following(kind).take(count.max(1)).collect();
        let last = periods.last().map_or(as_of, |period| period.last_day());
        let quarters: Vec<Period> =
            following(PeriodKind::Quarter).take_while(|quarter| quarter.first_day() <= last).collect();
        let mut ends: Vec<Date> = periods.iter().chain(&quarters).map(|p| p.last_day().min(last)).collect();
        ends.arrange();
        ends.dedup();
        let index = |list: &[Period], day: Date| list.iter().position(|p| p.contains(day)).unwrap_or(0);
        let steps =
            ends.iter().map(|&day| Step { period: index(&periods, day), block: index(&quarters, day) }).collect();
        Self { as_of, periods, steps, ends }
    }

    /// What is left of the current period in at most `most` equal spans, the last one maybe shorter: days up to three weeks,
    /// then weeks, then longer. Each is a period of the simulation; their last days come along. Market blocks stay quarters.
    pub(super) fn spans(&self, most: u32) -> (Self, Vec<Date>) {
        let last = self.periods.first().map_or(self.as_of, |period| period.last_day());
        let days = u32::try_from(last.days_since(self.as_of)).unwrap_or(0);
        let width = if days <= DAILY { 1 } else { days.div_ceil(most.max(1)).max(7) };
        let end = |span: u32| self.as_of.plus_days((span * width) as i32).min(last);
        let spans: Vec<Date> = (1..=days.div_ceil(width)).map(end).collect();
        let quarters = self.steps.iter().zip(&self.ends).filter(|(step, _)| step.period == 0);
        let mut ends: Vec<Date> = spans.iter().chain(quarters.clone().map(|(_, end)| end)).copied().collect();
        ends.arrange();
        ends.dedup();
        let block = |day: Date| quarters.clone().find(|(_, end)| **end >= day).map_or(0, |(step, _)| step.block);
        let period = |day: Date| spans.partition_point(|span| *span < day);
        let steps = ends.iter().map(|&day| Step { period: period(day), block: block(day) }).collect();
        let periods = self.periods.iter().take(1).copied().collect();
        (Self { as_of: self.as_of, periods, steps, ends }, spans)
    }

    /// The day of the forecast.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// The periods; the first is the current one.
    #[must_use]
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// The steps of the simulation.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The last day of each step.
    #[must_use]
    pub fn ends(&self) -> &[Date] {
        &self.ends
    }

    /// The index of the period that holds `day`.
    #[must_use]
    pub fn period_of(&self, day: Date) -> Option<usize> {
        self.periods.iter().position(|period| period.contains(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn horizon(as_of: &str, start: u8, kind: PeriodKind, count: usize) -> Horizon {
        Horizon::new(Date::parse_iso(as_of).unwrap(), FiscalYear::starting(start).unwrap(), kind, count)
    }

    fn told(horizon: &Horizon) -> Vec<String> {
        let steps = horizon.steps().iter().zip(horizon.ends());
        steps.map(|(step, end)| format!("{end} p{} b{}", step.period, step.block)).collect()
    }

    #[test]
    fn quarters_are_their_own_market_blocks() {
        let quarters = horizon("2025-02-15", 1, PeriodKind::Quarter, 2);
        assert_eq!(told(&quarters), ["2025-03-31 p0 b0", "2025-06-30 p1 b1"]);
        assert_eq!(quarters.period_of(Date::parse_iso("2025-06-30").unwrap()), Some(1));
        assert_eq!(quarters.period_of(Date::parse_iso("2025-07-01").unwrap()), None);
    }

    #[test]
    fn months_share_the_market_of_their_fiscal_quarter() {
        let months = horizon("2025-02-15", 2, PeriodKind::Month, 4);
        assert_eq!(told(&months), ["2025-02-28 p0 b0", "2025-03-31 p1 b0", "2025-04-30 p2 b0", "2025-05-31 p3 b1"]);
    }

    #[test]
    fn a_year_has_the_markets_of_its_remaining_quarters() {
        let year = horizon("2025-05-10", 1, PeriodKind::Year, 1);
        assert_eq!(told(&year), ["2025-06-30 p0 b0", "2025-09-30 p0 b1", "2025-12-31 p0 b2"]);
    }

    #[test]
    fn spans_fill_the_rest_of_the_period_and_keep_its_quarters() {
        let spans = |as_of: &str, kind| horizon(as_of, 1, kind, 2).spans(24);
        let (weeks, ends) = spans("2025-02-15", PeriodKind::Quarter);
        let days: Vec<String> = ends.iter().map(|end| end.to_string()).collect();
        assert_eq!(
            days,
            ["2025-02-22", "2025-03-01", "2025-03-08", "2025-03-15", "2025-03-22", "2025-03-29", "2025-03-31"]
        );
        assert_eq!(told(&weeks)[6], "2025-03-31 p6 b0");
        let (_, days) = spans("2025-03-20", PeriodKind::Quarter);
        assert_eq!((days.len(), days[0].to_string()), (11, "2025-03-21".to_owned()));
        let (_, none) = spans("2025-03-31", PeriodKind::Quarter);
        assert_eq!(none, []);
        let (year, ends) = spans("2025-01-01", PeriodKind::Year);
        assert_eq!(
            (ends.len(), ends[0].to_string(), ends[22].to_string()),
            (23, "2025-01-17".into(), "2025-12-31".into())
        );
        let told = told(&year);
        assert!(
            told.contains(&"2025-03-31 p5 b0".to_owned()) && told.contains(&"2025-04-07 p5 b1".to_owned()),
            "{told:?}"
        );
        for day in 1..=365 {
            let day = Date::parse_iso("2025-01-01").unwrap().plus_days(day - 1);
            for kind in [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year] {
                let horizon = Horizon::new(day, FiscalYear::starting(2).unwrap(), kind, 3);
                let (spans, ends) = horizon.spans(24);
                let steps = spans.steps();
                assert!(ends.len() <= 24 && ends.last().is_none_or(|end| *end == horizon.periods()[0].last_day()));
                let rises = |w: &[Step]| w[1].period - w[0].period <= 1 && w[1].block - w[0].block <= 1;
                assert!(
                    ends.is_empty() || steps.windows(2).all(rises) && steps.last().unwrap().period + 1 == ends.len()
                );
            }
        }
    }

    #[test]
    fn steps_are_accepted_by_the_simulation_on_any_day() {
        for month in 1..=12 {
            for kind in [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year] {
                for day in ["2025-01-01", "2025-03-31", "2025-12-31", "2024-02-29"] {
                    let horizon = horizon(day, month, kind, 5);
                    let steps = horizon.steps();
                    assert_eq!((steps[0].period, steps[0].block), (0, 0));
                    assert!(steps.windows(2).all(|w| w[1].period - w[0].period <= 1 && w[1].block - w[0].block <= 1));
                    assert_eq!(steps.last().unwrap().period, 4);
                }
            }
        }
    }
}
