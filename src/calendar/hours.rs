//! Working time: when a promise of so many business hours or days falls due, and how long people have worked between
//! two moments.
//!
//! Working hours are wall-clock time of one place. The place's offsets from UTC come in as data, so that a day on which
//! clocks change is as long as it really was; nothing here knows the names of time zones.

use super::Date;
use crate::{Error, ErrorKind};
use std::fmt;

/// Minutes of a day.
const DAY: i64 = 1_440;

/// A moment: whole minutes since 1970-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The moment so many minutes after 1970-01-01 00:00 UTC.
    #[must_use]
    pub fn from_minutes(minutes: i64) -> Self {
        Self(minutes)
    }

    /// Minutes since 1970-01-01 00:00 UTC.
    #[must_use]
    pub fn minutes(self) -> i64 {
        self.0
    }

    /// The moment so many minutes later.
    #[must_use]
    pub fn plus(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes))
    }

    /// Reads `2026-03-29T01:00Z`, seconds and a numeric offset (`+02:00`) allowed. The zone must be stated.
    ///
    /// # Errors
    /// `bad-time` for anything else.
    pub fn parse_iso(text: &str) -> Result<Self, Error> {
        let bad = || {
            Error::new(
                ErrorKind::Input,
                "bad-time",
                format!("expected a moment such as 2026-03-29T01:00Z, found `{text}`"),
            )
        };
        let (day, rest) = text.split_at_checked(10).ok_or_else(bad)?;
        let day = Date::parse_iso(day).map_err(|_| bad())?;
        let rest = rest.strip_prefix(['T', 't']).ok_or_else(bad)?;
        let zone = rest.find(['Z', 'z', '+', '-']).ok_or_else(bad)?;
        let (clock, zone) = rest.split_at(zone);
        let offset = match zone {
            "Z" | "z" => 0,
            _ => {
                let minutes = clock_minutes(&zone[1..]).ok_or_else(bad)?;
                if zone.starts_with('-') { -minutes } else { minutes }
            }
        };
        let clock = clock_minutes(clock.get(..5).ok_or_else(bad)?).ok_or_else(bad)?;
        Ok(Self(i64::from(day.days()) * DAY + clock - offset))
    }
}

/// `09:30` as minutes.
fn clock_minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let part = |text: &str, most: i64| {
        let plain = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|value: &i64| plain && *value <= most)
    };
    Some(part(hours, 23)? * 60 + part(minutes, 59)?)
}

/// How far the clocks of one place are ahead of UTC, and since when. Without any change: UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offsets {
    changes: Vec<(Moment, i32)>,
}

impl Offsets {
    /// Offsets by the moment from which they hold, in minutes ahead of UTC. Before the first, the first holds.
    ///
    /// # Errors
    /// `out-of-range` for an offset of more than 14 hours, `bad-order` unless each moment is after the one before it.
    pub fn new(changes: Vec<(Moment, i32)>) -> Result<Self, Error> {
        const MOST: i32 = 14 * 60;
        if let Some((_, minutes)) = changes.iter().find(|(_, minutes)| minutes.abs() > MOST) {
            let message = format!("must be between -{MOST} and {MOST}, found {minutes}");
            return Err(Error::new(ErrorKind::Run, "out-of-range", message));
        }
        if changes.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(Error::new(ErrorKind::Run, "bad-order", "each change must be after the one before it"));
        }
        Ok(Self { changes })
    }

    /// The changes, in order.
    #[must_use]
    pub fn changes(&self) -> &[(Moment, i32)] {
        &self.changes
    }

    /// Minutes that clocks are ahead of UTC at a moment.
    #[must_use]
    pub fn at(&self, moment: Moment) -> i32 {
        let after = self.changes.partition_point(|(from, _)| *from <= moment);
        self.changes.get(after.saturating_sub(1)).map_or(0, |(_, minutes)| *minutes)
    }

    /// What clocks show: the date and the minute of the day.
    #[must_use]
    pub fn local(&self, moment: Moment) -> (Date, u16) {
        let local = moment.0 + i64::from(self.at(moment));
        let day = i32::try_from(local.div_euclid(DAY)).unwrap_or(i32::MAX);
        (Date::from_days(day), local.rem_euclid(DAY) as u16)
    }

    /// The moment at which clocks show this; minutes may be 1,440 for midnight at the end of the day. A time that
    /// comes twice means the first, a time that is skipped the moment it would have been.
    #[must_use]
    pub fn moment(&self, day: Date, minute: u16) -> Moment {
        let local = i64::from(day.days()) * DAY + i64::from(minute);
        let around = [local - DAY, local + DAY].map(|near| i64::from(self.at(Moment(near))));
        let shown = around.into_iter().find(|offset| i64::from(self.at(Moment(local - offset))) == *offset);
        Moment(local - shown.unwrap_or(around[0]))
    }
}

/// When people of one place work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCalendar {
    /// Start of work in minutes after midnight.
    start: u16,
    /// End of work in minutes after midnight, after the start.
    end: u16,
    /// Working days, Monday first.
    days: [bool; 7],
    /// Days without work, in order.
    holidays: Vec<Date>,
    offsets: Offsets,
}

impl WorkCalendar {
    /// The same hours on every working day (Monday first), none on `holidays`.
    #[must_use]
    pub fn new(start: u16, end: u16, days: [bool; 7], mut holidays: Vec<Date>, offsets: Offsets) -> Self {
        holidays.sort_unstable();
        Self { start, end: end.max(start), days, holidays, offsets }
    }

    /// The place's offsets from UTC.
    #[must_use]
    pub fn offsets(&self) -> &Offsets {
        &self.offsets
    }

    /// Whether anybody works on the day.
    #[must_use]
    pub fn works_on(&self, day: Date) -> bool {
        self.days.get(usize::from(day.weekday())) == Some(&true) && self.holidays.binary_search(&day).is_err()
    }

    /// When so many minutes of work have passed since a moment. A promise that ends with the working day is due at its
    /// end and not on the next morning. `None` if nobody ever works that long.
    ///
    /// ```
    /// use leadcast::calendar::{Moment, Offsets, WorkCalendar};
    /// let week = [true, true, true, true, true, false, false];
    /// let calendar = WorkCalendar::new(9 * 60, 17 * 60, week, Vec::new(), Offsets::default());
    /// // Friday 15:00 and four hours of work: two on Friday, two on Monday.
    /// let friday = Moment::parse_iso("2026-11-20T15:00Z")?;
    /// assert_eq!(calendar.after(friday, 240), Some(Moment::parse_iso("2026-11-23T11:00Z")?));
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    #[must_use]
    pub fn after(&self, from: Moment, minutes: u32) -> Option<Moment> {
        let mut left = i64::from(minutes);
        for day in self.days_from(from, minutes) {
            let Some((start, end)) = self.shift(day) else { continue };
            let begin = start.max(from);
            let worked = (end.0 - begin.0).max(0);
            if worked > 0 && worked >= left {
                return Some(begin.plus(left));
            }
            left -= worked;
        }
        None
    }

    /// The end of work on the so-many-th working day after the day of a moment.
    #[must_use]
    pub fn days_after(&self, from: Moment, days: u32) -> Option<Moment> {
        let (today, _) = self.offsets.local(from);
        let minutes = days.saturating_mul(u32::from(self.end - self.start).max(1));
        let mut working = self.days_from(from, minutes).filter(|day| *day > today && self.works_on(*day));
        let day = working.nth(usize::try_from(days.checked_sub(1)?).ok()?)?;
        Some(self.offsets.moment(day, self.end))
    }

    /// Minutes of work from one moment to a later one; 0 if it is not later.
    #[must_use]
    pub fn worked(&self, from: Moment, to: Moment) -> i64 {
        let (first, last) = (self.offsets.local(from).0, self.offsets.local(to).0);
        let days = (first.days()..=last.days()).map(Date::from_days);
        days.filter_map(|day| self.shift(day)).map(|(start, end)| (end.min(to).0 - start.max(from).0).max(0)).sum()
    }

    /// Start and end of work on a day.
    fn shift(&self, day: Date) -> Option<(Moment, Moment)> {
        self.works_on(day).then(|| (self.offsets.moment(day, self.start), self.offsets.moment(day, self.end)))
    }

    /// Days from the one of a moment on, enough of them for so many minutes of work if anybody works at all.
    fn days_from(&self, from: Moment, minutes: u32) -> impl Iterator<Item = Date> + use<> {
        let (today, _) = self.offsets.local(from);
        let shifts = i64::from(minutes) / i64::from(self.end - self.start).max(1) + 2;
        // One working day a week at least, and no holiday counts twice.
        let most = (shifts * 8 + 7 + self.holidays.len() as i64 * 7).min(200_000);
        (0..most as i32).map(move |ahead| today.plus_days(ahead))
    }
}

impl fmt::Display for Moment {
    /// As `2026-03-29T01:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, minute) = Offsets::default().local(*self);
        write!(f, "{day}T{:02}:{:02}Z", minute / 60, minute % 60)
    }
}

impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl serde::Serialize for Offsets {
    /// A list of `{ "from": "2026-03-29T01:00Z", "minutes": 120 }`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Change {
            from: Moment,
            minutes: i32,
        }
        serializer.collect_seq(self.changes.iter().map(|(from, minutes)| Change { from: *from, minutes: *minutes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: [bool; 7] = [true, true, true, true, true, false, false];

    fn at(text: &str) -> Moment {
        Moment::parse_iso(text).unwrap()
    }

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    /// Berlin around the spring and the autumn of 2026.
    fn berlin() -> Offsets {
        let changes = [("2025-10-26T01:00Z", 60), ("2026-03-29T01:00Z", 120), ("2026-10-25T01:00Z", 60)];
        Offsets::new(changes.map(|(from, minutes)| (at(from), minutes)).to_vec()).unwrap()
    }

    fn office(offsets: Offsets) -> WorkCalendar {
        WorkCalendar::new(540, 1_020, WEEK, vec![day("2026-12-25"), day("2026-05-01")], offsets)
    }

    #[test]
    fn minutes_count_from_1970() {
        assert_eq!((at("1970-01-02T00:01Z").minutes(), at("1969-12-31T23:00Z").minutes()), (1_441, -60));
    }

    #[test]
    fn four_business_hours_skip_the_night_the_weekend_and_holidays() {
        let office = office(Offsets::default());
        let due = |from: &str| office.after(at(from), 240).unwrap().to_string();
        // 2026-11-20 is a Friday.
        assert_eq!(due("2026-11-19T10:30Z"), "2026-11-19T14:30Z");
        assert_eq!(due("2026-11-19T06:00Z"), "2026-11-19T13:00Z");
        assert_eq!(due("2026-11-19T13:00Z"), "2026-11-19T17:00Z", "the end of the day is in time");
        assert_eq!(due("2026-11-19T13:01Z"), "2026-11-20T09:01Z");
        assert_eq!(due("2026-11-20T16:00Z"), "2026-11-23T12:00Z");
        assert_eq!(due("2026-11-21T12:00Z"), "2026-11-23T13:00Z");
        // Christmas is a Friday in 2026: Thursday evening to Monday.
        assert_eq!(due("2026-12-24T17:00Z"), "2026-12-28T13:00Z");
        assert_eq!(office.after(at("2026-11-20T16:00Z"), 20 * 480).unwrap().to_string(), "2026-12-18T16:00Z");
    }

    #[test]
    fn working_days_end_with_the_working_day() {
        let office = office(Offsets::default());
        let due = |from: &str, days| office.days_after(at(from), days).unwrap().to_string();
        assert_eq!(due("2026-11-19T10:30Z", 1), "2026-11-20T17:00Z");
        assert_eq!(due("2026-11-20T10:30Z", 1), "2026-11-23T17:00Z");
        assert_eq!(due("2026-11-21T10:30Z", 1), "2026-11-23T17:00Z");
        assert_eq!(due("2026-12-23T10:30Z", 2), "2026-12-28T17:00Z");
        assert_eq!(due("2026-11-20T10:30Z", 5), "2026-11-27T17:00Z");
    }

    #[test]
    fn working_hours_follow_the_clocks_of_the_place() {
        let berlin = office(berlin());
        // Nine o'clock is 08:00 UTC in winter and 07:00 UTC in summer.
        assert_eq!(berlin.after(at("2026-03-27T15:00Z"), 120), Some(at("2026-03-30T08:00Z")));
        assert_eq!(berlin.after(at("2026-10-23T14:00Z"), 120), Some(at("2026-10-26T09:00Z")));
        assert_eq!(berlin.worked(at("2026-03-27T15:00Z"), at("2026-03-30T08:00Z")), 120);
        assert_eq!(berlin.offsets().local(at("2026-07-01T22:30Z")), (day("2026-07-02"), 30));
    }

    #[test]
    fn a_shift_over_the_change_of_clocks_is_as_long_as_it_really_was() {
        let all = [true; 7];
        let night = |offsets| WorkCalendar::new(0, 360, all, Vec::new(), offsets);
        // Midnight to six: five hours on 2026-03-29, seven on 2026-10-25.
        let worked = |day_text: &str| {
            let calendar = night(berlin());
            let moment = |minute| calendar.offsets().moment(day(day_text), minute);
            calendar.worked(moment(0), moment(1_440))
        };
        assert_eq!((worked("2026-03-28"), worked("2026-03-29"), worked("2026-10-25")), (360, 300, 420));
    }

    #[test]
    fn what_clocks_show_leads_back_to_the_moment() {
        let berlin = berlin();
        for hour in 0..24 * 365 {
            let moment = at("2026-01-01T00:00Z").plus(hour * 60);
            let (date, minute) = berlin.local(moment);
            let back = berlin.moment(date, minute);
            // The hour from 2 to 3 comes twice on the last Sunday of October: the first is meant.
            let twice = moment >= at("2026-10-25T01:00Z") && moment < at("2026-10-25T02:00Z");
            assert_eq!(back, if twice { moment.plus(-60) } else { moment });
        }
        // 02:30 is skipped on the last Sunday of March.
        assert_eq!(berlin.moment(day("2026-03-29"), 150), at("2026-03-29T01:30Z"));
    }

    #[test]
    fn time_worked_is_the_inverse_of_time_to_work() {
        let office = office(berlin());
        let from = at("2026-03-26T13:17Z");
        for minutes in (1..5_000).step_by(37) {
            let due = office.after(from, minutes).unwrap();
            assert_eq!(office.worked(from, due), i64::from(minutes));
        }
    }

    #[test]
    fn a_calendar_without_work_is_never_due() {
        let idle = WorkCalendar::new(540, 540, WEEK, Vec::new(), Offsets::default());
        assert_eq!(idle.after(at("2026-01-01T00:00Z"), 60), None);
        let never = WorkCalendar::new(540, 1_020, [false; 7], Vec::new(), Offsets::default());
        assert_eq!(
            (never.after(at("2026-01-01T00:00Z"), 60), never.days_after(at("2026-01-01T00:00Z"), 1)),
            (None, None)
        );
    }

    #[test]
    fn moments_and_offsets_that_cannot_be_are_refused() {
        assert_eq!(at("2026-03-29T03:00:59+02:00"), at("2026-03-29T01:00Z"));
        assert_eq!(at("2026-03-28T20:00-05:00"), at("2026-03-29T01:00Z"));
        for text in ["2026-03-29", "2026-03-29T01:00", "2026-03-29 01:00Z", "2026-02-30T01:00Z", "2026-03-29T25:00Z"] {
            assert_eq!(Moment::parse_iso(text).unwrap_err().code(), "bad-time", "{text}");
        }
        assert_eq!(Offsets::new(vec![(at("2026-01-01T00:00Z"), 900)]).unwrap_err().code(), "out-of-range");
        let twice = vec![(at("2026-01-01T00:00Z"), 60), (at("2026-01-01T00:00Z"), 0)];
        assert_eq!(Offsets::new(twice).unwrap_err().code(), "bad-order");
    }
}
