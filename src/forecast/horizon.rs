//! The periods of a forecast and the points in time at which closings are accumulated.

use super::input::Step;
use crate::calendar::{Date, FiscalYear, Period, PeriodKind};
use crate::stats::Arrange;

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
