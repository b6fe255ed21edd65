//! Where in its quarter a day lies.

use crate::calendar::{Date, FiscalYear, PeriodKind};

/// Parts of a quarter, each about fifteen days long.
pub(crate) const PARTS: usize = 6;

/// The part of its fiscal quarter of every day of a span.
#[derive(Debug, Clone)]
pub(crate) struct Season {
    first: i32,
    parts: Vec<u8>,
}

impl Season {
    /// The days `first` to `last`, both included.
    pub(crate) fn new(fiscal_year: FiscalYear, first: i32, last: i32) -> Self {
        let mut parts = Vec::with_capacity((last - first).max(0) as usize + 1);
        let mut quarter = fiscal_year.period_of(Date::from_days(first), PeriodKind::Quarter);
        while parts.len() <= (last - first).max(0) as usize {
            let (start, end) = (quarter.first_day().days(), quarter.last_day().days());
            let length = (end - start + 1).max(1);
            let from = (first + parts.len() as i32).max(start);
            parts.extend((from..=end.max(from)).map(|day| ((day - start) * PARTS as i32 / length).clamp(0, 5) as u8));
            quarter = quarter.next();
        }
        Self { first, parts }
    }

    /// The part of the quarter in which `day` lies, 0 to 5.
    pub(crate) fn part(&self, day: i32) -> usize {
        let at = (day - self.first).clamp(0, self.parts.len() as i32 - 1);
        self.parts.get(at as usize).map_or(0, |part| usize::from(*part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_has_six_parts_of_fifteen_days() {
        let day = |text| Date::parse_iso(text).unwrap().days();
        let season = Season::new(FiscalYear::default(), day("2025-02-10"), day("2026-01-31"));
        let part = |text| season.part(day(text));
        assert_eq!(part("2025-03-31"), 5);
        assert_eq!((part("2025-04-01"), part("2025-04-15"), part("2025-04-17")), (0, 0, 1));
        assert_eq!((part("2025-06-30"), part("2025-07-01"), part("2026-01-01")), (5, 0, 0));
        let fiscal = Season::new(FiscalYear::starting(2).unwrap(), day("2025-04-30"), day("2025-05-01"));
        assert_eq!((fiscal.part(day("2025-04-30")), fiscal.part(day("2025-05-01"))), (5, 0));
    }
}
