//! Reads the name of a fiscal period.

use crate::calendar::{Date, FiscalYear, Period, PeriodKind};

/// The period called `text`: `2026 Q4`, `FY2027 Q1`, `2026-10`, `2026`, or the first day of a fiscal quarter.
///
/// # Errors
/// What was expected instead.
pub(super) fn parse_period(text: &str, fiscal_year: FiscalYear) -> Result<Period, String> {
    let unknown = || {
        let shown = super::json::shortened(text);
        let sample = fiscal_year.period_of(Date::from_days(20_454), PeriodKind::Quarter);
        format!("expected a period such as `{}`, `2026-03`, or a quarter's first day, found `{shown}`", sample.label())
    };
    if let Ok(day) = Date::parse_iso(text.trim()) {
        let quarter = fiscal_year.period_of(day, PeriodKind::Quarter);
        return if quarter.first_day() == day {
            Ok(quarter)
        } else {
            Err(format!("{day} is not the first day of a fiscal quarter (write {})", quarter.first_day()))
        };
    }
    let compact: String = text.to_ascii_uppercase().chars().filter(|c| !c.is_whitespace()).collect();
    let compact = compact.strip_prefix("FY").unwrap_or(&compact);
    let (year, part) = compact.split_at_checked(4).ok_or_else(unknown)?;
    if !year.bytes().all(|b| b.is_ascii_digit()) {
        return Err(unknown());
    }
    let year: i32 = year.parse().map_err(|_| unknown())?;
    let digits = |text: &str| text.parse::<u8>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let start = fiscal_year.start_month();
    // The fiscal year is named by the calendar year it ends in.
    let first_year = if start > 1 { year - 1 } else { year };
    let of = |year: i32, month: u8, kind| {
        Date::from_ymd(year, month, 1).map(|day| fiscal_year.period_of(day, kind)).ok_or_else(unknown)
    };
    match part.strip_prefix('-').unwrap_or(part) {
        "" => of(first_year, start, PeriodKind::Year),
        quarter if quarter.starts_with('Q') => match digits(&quarter[1..]) {
            Some(n @ 1..=4) => {
                let month = i32::from(start) - 1 + 3 * (i32::from(n) - 1);
                of(first_year + month / 12, (month % 12) as u8 + 1, PeriodKind::Quarter)
            }
            _ => Err(unknown()),
        },
        month if part.starts_with('-') => of(year, digits(month).ok_or_else(unknown)?, PeriodKind::Month),
        _ => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_reads_back_to_its_period() {
        for start in 1..=12 {
            let fiscal_year = FiscalYear::starting(start).unwrap();
            for kind in [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year] {
                let mut period = fiscal_year.period_of(Date::parse_iso("2025-01-15").unwrap(), kind);
                for _ in 0..13 {
                    assert_eq!(parse_period(&period.label(), fiscal_year), Ok(period));
                    period = period.next();
                }
            }
        }
    }

    #[test]
    fn a_quarter_may_be_given_by_its_first_day() {
        let calendar = FiscalYear::default();
        assert_eq!(parse_period("2026-10-01", calendar).unwrap().label(), "2026 Q4");
        assert_eq!(
            parse_period("2026-11-01", calendar).unwrap_err(),
            "2026-11-01 is not the first day of a fiscal quarter (write 2026-10-01)"
        );
        assert_eq!(parse_period("2026q4", calendar).unwrap().label(), "2026 Q4");
        assert_eq!(
            parse_period("Q5 soon", calendar).unwrap_err(),
            "expected a period such as `2026 Q1`, `2026-03`, or a quarter's first day, found `Q5 soon`"
        );
        for odd in ["", "é", "20é6 Q1", "2026 Q", "2026 Q0", "2026-13", "2026-1é", "99999", "2026Q+1"] {
            assert!(parse_period(odd, calendar).is_err(), "{odd}");
        }
    }
}
