//! A civil date as days since 1970-01-01, on top of the `time` crate's calendar.

use crate::{Error, ErrorKind};
use std::fmt;
use time::Month;

/// Julian day number of 1970-01-01.
const EPOCH: i32 = 2_440_588;

/// A civil date: no time, no zone. Years 0 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(i32);

impl Date {
    /// The date, if there is one: `None` for 2026-02-30 or a year outside 0 to 9999.
    #[must_use]
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Option<Self> {
        if !(0..=9999).contains(&year) {
            return None;
        }
        let month = Month::try_from(month).ok()?;
        let date = time::Date::from_calendar_date(year, month, day).ok()?;
        Some(Self(date.to_julian_day() - EPOCH))
    }

    /// The date `days` after 1970-01-01, kept inside the years 0 to 9999.
    #[must_use]
    pub fn from_days(days: i32) -> Self {
        const FIRST: i32 = -719_528;
        const LAST: i32 = 2_932_896;
        Self(days.clamp(FIRST, LAST))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> i32 {
        self.0
    }

    /// The date `days` later (earlier if negative), kept inside the years 0 to 9999.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self::from_days(self.0.saturating_add(days))
    }

    /// Days from `earlier` to this date; negative if it is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// Year, month 1 to 12, day 1 to 31.
    #[must_use]
    pub fn ymd(self) -> (i32, u8, u8) {
        match time::Date::from_julian_day(self.0 + EPOCH) {
            Ok(date) => (date.year(), u8::from(date.month()), date.day()),
            Err(_) => (1970, 1, 1),
        }
    }

    /// Day of the week, Monday 0 to Sunday 6.
    #[must_use]
    pub fn weekday(self) -> u8 {
        (self.0 + 3).rem_euclid(7) as u8
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// `bad-date` for anything else.
    pub fn parse_iso(text: &str) -> Result<Self, Error> {
        let bad =
            || Error::new(ErrorKind::Input, "bad-date", format!("expected a date such as 2026-03-31, found `{text}`"));
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !shaped {
            return Err(bad());
        }
        let number = |s: &str| s.parse::<u16>().map_err(|_| bad());
        let (year, month, day) = (number(&text[0..4])?, number(&text[5..7])?, number(&text[8..10])?);
        Self::from_ymd(i32::from(year), month as u8, day as u8).ok_or_else(bad)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Date {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse_iso(&text)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_one_shape_alone_and_written_in_it() {
        let date = Date::parse_iso("2026-03-31").unwrap();
        assert_eq!((format!("{date:?}"), String::from(date)), ("2026-03-31".to_owned(), "2026-03-31".to_owned()));
        for text in ["+026-03-31", "2026/03/31", "2026-3-31", "2026-03-310", "2026-02-30", "é026-03-3", ""] {
            assert_eq!(Date::parse_iso(text).unwrap_err().code(), "bad-date", "{text}");
        }
    }

    #[test]
    fn days_since_count_from_one_date_to_another() {
        let day = |year, month, day| Date::from_ymd(year, month, day).unwrap();
        assert_eq!(day(2024, 3, 1).days_since(day(2024, 2, 28)), 2);
        assert_eq!(day(2023, 12, 31).days_since(day(2024, 12, 31)), -366);
        assert_eq!(day(2024, 3, 1).days_since(day(2024, 3, 1)), 0);
    }

    #[test]
    fn every_day_of_ten_thousand_years_round_trips() {
        let first = Date::from_ymd(0, 1, 1).unwrap();
        let last = Date::from_ymd(9999, 12, 31).unwrap();
        assert_eq!(first, Date::from_days(i32::MIN));
        assert_eq!(last, Date::from_days(i32::MAX));
        for days in (first.days()..=last.days()).step_by(17) {
            let date = Date::from_days(days);
            let (year, month, day) = date.ymd();
            assert_eq!(Date::from_ymd(year, month, day), Some(date));
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        assert_eq!(Date::from_ymd(2026, 2, 29), None);
        assert_eq!(Date::from_ymd(2024, 2, 29).unwrap().to_string(), "2024-02-29");
        assert_eq!(Date::from_ymd(1900, 2, 29), None);
        let error = Date::parse_iso("2026-2-3").unwrap_err();
        assert_eq!(error.to_string(), "expected a date such as 2026-03-31, found `2026-2-3`");
        assert!(Date::parse_iso("2026-02-3é").is_err());
    }

    #[test]
    fn the_epoch_was_a_thursday() {
        assert_eq!(Date::from_days(0).weekday(), 3);
        assert_eq!(Date::parse_iso("2026-11-22").unwrap().weekday(), 6);
    }
}
