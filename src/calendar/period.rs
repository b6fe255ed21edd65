//! Fiscal quarters, months and years: whole calendar months counted from the month the fiscal year starts.

use super::Date;
use crate::{Error, ErrorKind};

/// The month in which the fiscal year starts, 1 (January) to 12. Default: 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct FiscalYear(u8);

impl FiscalYear {
    /// A fiscal year that starts on the first day of `month`.
    ///
    /// # Errors
    /// `out-of-range` unless 1 to 12.
    pub fn starting(month: u8) -> Result<Self, Error> {
        if (1..=12).contains(&month) {
            Ok(Self(month))
        } else {
            Err(Error::new(ErrorKind::Model, "out-of-range", format!("must be a month from 1 to 12, found {month}")))
        }
    }

    /// The first month, 1 to 12.
    #[must_use]
    pub fn start_month(self) -> u8 {
        self.0
    }

    /// The period of this kind that holds `date`.
    #[must_use]
    pub fn period_of(self, date: Date, kind: PeriodKind) -> Period {
        let (year, month, _) = date.ymd();
        let months = year * 12 + i32::from(month) - 1;
        let offset = (months - (i32::from(self.0) - 1)).rem_euclid(kind.months());
        Period { fiscal_year: self, kind, first_month: months - offset }
    }
}

impl Default for FiscalYear {
    fn default() -> Self {
        Self(1)
    }
}

impl TryFrom<u8> for FiscalYear {
    type Error = Error;
    fn try_from(month: u8) -> Result<Self, Error> {
        Self::starting(month)
    }
}

impl From<FiscalYear> for u8 {
    fn from(year: FiscalYear) -> Self {
        year.0
    }
}

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodKind {
    /// One calendar month.
    Month,
    /// Three months of the fiscal year. The default.
    #[default]
    Quarter,
    /// A whole fiscal year.
    Year,
}

impl PeriodKind {
    fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}

/// One fiscal period: whole months, first and last day included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    fiscal_year: FiscalYear,
    kind: PeriodKind,
    /// Months since the year 0.
    first_month: i32,
}

impl Period {
    /// The first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        first_of(self.first_month)
    }

    /// The last day, itself part of the period.
    #[must_use]
    pub fn last_day(self) -> Date {
        first_of(self.first_month + self.kind.months()).plus_days(-1)
    }

    /// The period after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self { first_month: self.first_month + self.kind.months(), ..self }
    }

    /// The period before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { first_month: self.first_month - self.kind.months(), ..self }
    }

    /// Whether the day falls into this period.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        self.first_day() <= date && date <= self.last_day()
    }

    /// The kind of period.
    #[must_use]
    pub fn kind(self) -> PeriodKind {
        self.kind
    }

    /// `2026 Q1`, `2026-03` or `2026`; with a fiscal year that does not start in January the year it ends in,
    /// as `FY2027 Q1`. Months always carry their calendar name.
    #[must_use]
    pub fn label(self) -> String {
        let start = i32::from(self.fiscal_year.0) - 1;
        let year = (self.first_month - start).div_euclid(12) + i32::from(start > 0);
        let prefix = if start > 0 { "FY" } else { "" };
        match self.kind {
            PeriodKind::Year => format!("{prefix}{year}"),
            PeriodKind::Quarter => {
                format!("{prefix}{year} Q{}", (self.first_month - start).rem_euclid(12) / 3 + 1)
            }
            PeriodKind::Month => {
                format!("{:04}-{:02}", self.first_month.div_euclid(12), self.first_month.rem_euclid(12) + 1)
            }
        }
    }
}

fn first_of(months: i32) -> Date {
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) as u8 + 1);
    let limit = if year < 0 { i32::MIN } else { i32::MAX };
    Date::from_ymd(year, month, 1).unwrap_or(Date::from_days(limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn a_calendar_quarter_has_its_usual_name_and_days() {
        let quarter = FiscalYear::default().period_of(date("2025-02-15"), PeriodKind::Quarter);
        assert_eq!(quarter.label(), "2025 Q1");
        assert_eq!((quarter.first_day(), quarter.last_day()), (date("2025-01-01"), date("2025-03-31")));
        assert_eq!(quarter.next().label(), "2025 Q2");
        assert_eq!(quarter.previous().label(), "2024 Q4");
    }

    #[test]
    fn a_fiscal_year_is_named_by_the_year_it_ends_in() {
        let fiscal = FiscalYear::starting(2).unwrap();
        let quarter = fiscal.period_of(date("2026-01-31"), PeriodKind::Quarter);
        assert_eq!(quarter.label(), "FY2026 Q4");
        assert_eq!((quarter.first_day(), quarter.last_day()), (date("2025-11-01"), date("2026-01-31")));
        assert_eq!(quarter.next().label(), "FY2027 Q1");
        assert_eq!(fiscal.period_of(date("2026-02-01"), PeriodKind::Year).label(), "FY2027");
        assert_eq!(fiscal.period_of(date("2026-02-01"), PeriodKind::Month).label(), "2026-02");
    }

    #[test]
    fn every_day_lies_in_exactly_its_own_period() {
        for month in 1..=12 {
            let fiscal = FiscalYear::starting(month).unwrap();
            for kind in [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year] {
                let mut period = fiscal.period_of(date("2023-05-17"), kind);
                assert!(period.contains(date("2023-05-17")));
                for _ in 0..30 {
                    assert_eq!(period.next().first_day(), period.last_day().plus_days(1));
                    assert_eq!(fiscal.period_of(period.last_day(), kind), period);
                    period = period.next();
                }
            }
        }
    }
}
