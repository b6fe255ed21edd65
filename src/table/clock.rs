//! The time of day beside a date, where promises are counted in hours and a date alone is too coarse.

use super::dates::Serial;

/// A time of day as written: minutes after midnight, and minutes ahead of UTC where the cell names its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    /// Minutes after midnight, 0 to 1,439.
    pub minute: u16,
    /// Minutes ahead of UTC; `None` where the cell names no zone.
    pub offset: Option<i16>,
}

impl TimeOfDay {
    /// The time in a cell that holds a date. Midnight without a zone is how many exports write "no time": `None`.
    pub(crate) fn read(text: &str, serial: Option<Serial>) -> Option<Self> {
        let time = match serial {
            Some(serial) => serial_time(text, serial)?,
            None => written_time(text)?,
        };
        (time.minute > 0 || time.offset.is_some()).then_some(time)
    }
}

fn serial_time(text: &str, serial: Serial) -> Option<TimeOfDay> {
    let value: f64 = text.trim().parse().ok()?;
    let of_day = |seconds: f64| (seconds.rem_euclid(86_400.0) / 60.0).floor() as u16;
    let utc = |seconds| Some(TimeOfDay { minute: of_day(seconds), offset: Some(0) });
    match serial {
        Serial::Spreadsheet | Serial::Spreadsheet1904 => {
            Some(TimeOfDay { minute: of_day((value.fract() * 86_400.0).round()), offset: None })
        }
        Serial::UnixSeconds => utc(value),
        Serial::UnixMillis => utc(value / 1_000.0),
        Serial::Compact => None,
    }
}

fn written_time(text: &str) -> Option<TimeOfDay> {
    let colon = text.find(':')?;
    let (before, after) = (text.get(..colon)?, text.get(colon + 1..)?);
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let hour: u16 = before.get(before.len() - digits..)?.parse().ok()?;
    let minute: u16 = after.get(..2)?.parse().ok()?;
    let rest = after.get(2..)?.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ','));
    let mut words = rest.trim().to_ascii_lowercase();
    words.retain(|c| c != '.' && !c.is_whitespace());
    let (hour, zone) = match (words.strip_prefix("am"), words.strip_prefix("pm")) {
        (Some(zone), _) => (hour % 12, zone),
        (_, Some(zone)) => (hour % 12 + 12, zone),
        _ => (hour, words.as_str()),
    };
    (hour < 24 && minute < 60).then(|| TimeOfDay { minute: hour * 60 + minute, offset: offset(zone) })
}

/// `z`, `utc`, `+02:00`, `gmt-5`, `cest`.
fn offset(zone: &str) -> Option<i16> {
    let named = [("cest", 120), ("cet", 60), ("est", -300), ("pst", -480)];
    if let Some((_, minutes)) = named.iter().find(|(name, _)| zone == *name) {
        return Some(*minutes);
    }
    let numeric = zone.trim_start_matches("utc").trim_start_matches("gmt");
    if matches!(numeric, "" | "z") {
        return (!zone.is_empty()).then_some(0);
    }
    let sign = match numeric.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = numeric.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes): (i16, i16) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    Some(sign * (hours * 60 + minutes)).filter(|offset| offset.abs() <= 840)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(u16, Option<i16>)> {
        TimeOfDay::read(text, None).map(|time| (time.minute, time.offset))
    }

    #[test]
    fn times_are_read_as_systems_write_them() {
        assert_eq!(read("2026-03-01 09:05"), Some((545, None)));
        assert_eq!(read("2026-03-01T09:05:59Z"), Some((545, Some(0))));
        assert_eq!(read("2026-03-01T09:05:59.123+02:00"), Some((545, Some(120))));
        assert_eq!(read("2026-03-01T09:05:59-0530"), Some((545, Some(-330))));
        assert_eq!(read("3/1/2026, 9:05 PM"), Some((1_265, None)));
        assert_eq!(read("3/1/2026 12:05 a.m."), Some((5, None)));
        assert_eq!(read("01.03.2026 09:05 CEST"), Some((545, Some(120))));
        assert_eq!(read("2026-03-01 23:59 UTC"), Some((1_439, Some(0))));
    }

    #[test]
    fn a_date_alone_and_a_bare_midnight_have_no_time() {
        assert_eq!(read("2026-03-01"), None);
        assert_eq!(read("2026-03-01 00:00:00"), None);
        assert_eq!(read("2026-03-01T00:00:00Z"), Some((0, Some(0))));
        assert_eq!(read("2026-03-01 25:00"), None);
    }

    #[test]
    fn serial_numbers_carry_their_time_in_the_fraction() {
        let read = |text, serial| TimeOfDay::read(text, Some(serial)).map(|time| (time.minute, time.offset));
        assert_eq!(read("46082.5", Serial::Spreadsheet), Some((720, None)));
        assert_eq!(read("46082", Serial::Spreadsheet), None);
        assert_eq!(read("1772355900", Serial::UnixSeconds), Some((545, Some(0))));
        assert_eq!(read("1772355900000", Serial::UnixMillis), Some((545, Some(0))));
    }
}
