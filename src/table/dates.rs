//! Reads dates as people write them; the order of day and month is decided for the whole column.
//!
//! Dates stay as written: a time of day and its zone are read over, never used to move the date.

use super::missing::trimmed;
use crate::calendar::Date;
use serde::{Deserialize, Serialize};

/// The order of day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// `2026-03-31`
    Ymd,
    /// `31/03/2026`
    Dmy,
    /// `03/31/2026`
    Mdy,
}

/// Where a spreadsheet's day numbers start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
pub enum DateSystem {
    /// Day 1 is 1900-01-01; 1900 counts as a leap year, so dates are exact from 1900-03-01.
    #[default]
    #[serde(rename = "1900")]
    From1900,
    /// Day 0 is 1904-01-01, as in workbooks that once came from a Mac.
    #[serde(rename = "1904")]
    From1904,
}

/// Numbers that stand for dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serial {
    /// Days since 1899-12-30, as spreadsheets count (exact from 1900-03-01).
    Spreadsheet,
    /// Seconds since 1970-01-01 UTC.
    UnixSeconds,
    /// Milliseconds since 1970-01-01 UTC.
    UnixMillis,
    /// Eight digits, `20260331`.
    Compact,
    /// Days since 1904-01-01, as some spreadsheets count.
    Spreadsheet1904,
}

/// How the dates of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    /// The order where only digits are written.
    pub order: DateOrder,
    /// Whether months are written as names.
    pub named: bool,
    /// Whether a time of day stands beside some dates; it is not used.
    pub time: bool,
    /// Whether some years have two digits, read as 1970 to 2069.
    pub short_year: bool,
    /// Whether no value decides between day first and month first.
    pub ambiguous: bool,
    /// Set where the dates are written as plain numbers.
    pub serial: Option<Serial>,
}

impl DateFormat {
    /// ISO dates.
    pub const ISO: Self =
        Self { order: DateOrder::Ymd, named: false, time: false, short_year: false, ambiguous: false, serial: None };

    /// The date of a cell, or `None` if it is no date in this format.
    pub(crate) fn read(&self, text: &str) -> Option<Date> {
        if let Some(serial) = self.serial {
            return read_serial(text, serial);
        }
        let cell = scan(text)?;
        match self.order {
            DateOrder::Mdy => cell.month_first,
            DateOrder::Dmy | DateOrder::Ymd => cell.day_first,
        }
    }

    /// Such as `d/m/y` or `y-m-d with time`.
    pub(crate) fn describe(&self) -> String {
        let base = match (self.serial, self.named, self.order) {
            (Some(Serial::Spreadsheet), ..) => "spreadsheet day number",
            (Some(Serial::Spreadsheet1904), ..) => "spreadsheet day number from 1904",
            (Some(Serial::UnixSeconds), ..) => "seconds since 1970",
            (Some(Serial::UnixMillis), ..) => "milliseconds since 1970",
            (Some(Serial::Compact), ..) => "yyyymmdd",
            (None, true, _) => "month name",
            (None, false, DateOrder::Ymd) => "y-m-d",
            (None, false, DateOrder::Dmy) => "d/m/y",
            (None, false, DateOrder::Mdy) => "m/d/y",
        };
        if self.time { format!("{base} with time") } else { base.to_owned() }
    }
}

/// What one cell can be read as. Both readings are the same unless only digits leave the order open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateCell {
    /// Read day first (or in the only order possible).
    pub(crate) day_first: Option<Date>,
    /// Read month first (or in the only order possible).
    pub(crate) month_first: Option<Date>,
    /// Whether the order of day and month is open by its shape (`3/8/2026`).
    pub(crate) open: bool,
    /// The separator of the date part, `' '` for names.
    pub(crate) separator: char,
    pub(crate) named: bool,
    pub(crate) time: bool,
    pub(crate) short_year: bool,
    /// Bytes at the end that are the time of day with what separates it.
    pub(crate) tail: usize,
}

impl DateCell {
    /// A date-like shape that is no day of any calendar, such as 2026-02-30.
    pub(crate) fn is_impossible(&self) -> bool {
        self.day_first.is_none() && self.month_first.is_none()
    }
}

/// Reads a cell; `None` if it does not have the shape of a date.
pub(crate) fn scan(text: &str) -> Option<DateCell> {
    let text = trimmed(text);
    if text.len() < 6 || text.len() > 48 {
        return None;
    }
    match text.as_bytes()[0] {
        b'0'..=b'9' => scan_digits(text).or_else(|| scan_named(text)),
        _ if may_begin_with_word(text.as_bytes()) => scan_named(text),
        _ => None,
    }
}

/// Whether a date could begin this way.
pub(super) fn may_begin(text: &str) -> bool {
    text.bytes().next().is_some_and(|first| first.is_ascii_digit()) || may_begin_with_word(text.as_bytes())
}

/// Whether a date with a word in it could begin this way: with a month, a day of the week, `de`, or what is read over
/// before these. Most cells that are no dates are ruled out by their first letters.
fn may_begin_with_word(text: &[u8]) -> bool {
    match text {
        [b' ' | b',' | b'.' | b'-' | b'/', ..] => true,
        // Letters with accents that months are spelled with, and a blank that does not break.
        [0xC2 | 0xC3, ..] => true,
        [a, b, c, ..] if a.is_ascii_alphabetic() => {
            begins_word([*a, *b, *c].map(|byte| byte.to_ascii_lowercase())) || !b.is_ascii() || !c.is_ascii()
        }
        _ => false,
    }
}

/// Whether a month, a day of the week, `de` or `del` begins with these letters, of which accents were taken.
fn begins_word(letters: [u8; 3]) -> bool {
    let second: &[u8] = match letters[0] {
        b'a' => b"pvbugo",
        b'd' => b"ei",
        b'e' | b'n' => b"no",
        b'f' => b"er",
        b'j' | b's' => b"aue",
        b'm' => b"aro",
        b'o' => b"ck",
        b't' => b"uh",
        b'w' => b"e",
        _ => return false,
    };
    if !second.contains(&letters[1]) {
        return false;
    }
    match &letters {
        b"jan" | b"ene" | b"feb" | b"fev" | b"mar" | b"mae" | b"mrz" | b"apr" | b"avr" | b"abr" | b"may" | b"mai" => {
            true
        }
        b"jun" | b"jui" | b"jul" | b"aug" | b"aou" | b"ago" | b"sep" | b"oct" | b"okt" | b"nov" => true,
        b"dec" | b"dez" | b"dic" | b"mon" | b"tue" | b"wed" | b"thu" | b"fri" | b"sat" | b"sun" | b"del" => true,
        [b'd', b'e', other] => !other.is_ascii_alphabetic(),
        _ => false,
    }
}

/// The time of day that stands behind a date, with a blank or `T` before it; nothing if there is none.
pub(crate) fn time_behind(text: &str) -> &str {
    let text = text.trim();
    let tail = scan(text).filter(|cell| cell.time).map_or(0, |cell| cell.tail);
    text.get(text.len() - tail..).unwrap_or("").trim_start_matches([',', '.'])
}

fn scan_digits(text: &str) -> Option<DateCell> {
    let (first, first_len, rest) = number(text)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (second, second_len, rest) = number(&rest[1..])?;
    let rest = rest.strip_prefix(separator)?;
    // `5. 3. 2024` is usual in some countries; no other blanks are.
    let (third, third_len, rest) = number(rest)?;
    let time = time_of_day(rest)?;
    let cell = |day_first, month_first, open, short_year| DateCell {
        day_first,
        month_first,
        open,
        separator,
        named: false,
        time,
        short_year,
        tail: rest.len(),
    };
    match (first_len, second_len, third_len) {
        (4, 1..=2, 1..=2) => {
            let date = date(first, second, third);
            Some(cell(date, date, false, false))
        }
        (1..=2, 1..=2, 2 | 4) => {
            let year = if third_len == 2 { century(third) } else { third };
            Some(cell(date(year, second, first), date(year, first, second), true, third_len == 2))
        }
        _ => None,
    }
}

/// `5 Mar 2024`, `05-Mar-24`, `March 5, 2024`, `Tue, 5 March 2024`, `5. März 2024`, `5 de marzo de 2024`.
fn scan_named(text: &str) -> Option<DateCell> {
    let (mut day, mut month, mut year) = (None, None, None);
    let mut rest = text;
    let mut parts = 0;
    while year.is_none() || day.is_none() || month.is_none() {
        rest = rest.trim_start_matches([' ', ',', '.', '-', '/', '\u{a0}']);
        parts += 1;
        if rest.is_empty() || parts > 8 {
            return None;
        }
        if let Some((value, length, after)) = number(rest) {
            match length {
                4 if year.is_none() => year = Some(value),
                1 | 2 if day.is_none() => day = Some(value),
                2 if year.is_none() && month.is_some() => year = Some(century(value)),
                _ => return None,
            }
            rest = strip_ordinal(after);
            continue;
        }
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        let word = &rest[..end];
        match month_named(word) {
            Some(number) if month.is_none() => month = Some(number),
            Some(_) => return None,
            None if word.eq_ignore_ascii_case("de") || word.eq_ignore_ascii_case("del") => {}
            None if parts == 1 && is_weekday(word) => {}
            None => return None,
        }
        rest = &rest[end..];
    }
    let time = time_of_day(rest.trim_start_matches([',', '.']))?;
    let date = date(year?, month?, day?);
    Some(DateCell {
        day_first: date,
        month_first: date,
        open: false,
        separator: ' ',
        named: true,
        time,
        short_year: false,
        tail: if time { rest.len() } else { 0 },
    })
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::from_ymd(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// Two-digit years are 1970 to 2069.
fn century(year: u32) -> u32 {
    if year < 70 { 2000 + year } else { 1900 + year }
}

/// The digits at the start (at most four), how many, and what follows.
fn number(text: &str) -> Option<(u32, usize, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 || length > 4 {
        return None;
    }
    Some((text[..length].parse().ok()?, length, &text[length..]))
}

fn strip_ordinal(text: &str) -> &str {
    ["st", "nd", "rd", "th", "er"]
        .iter()
        .find_map(|ending| text.strip_prefix(ending).filter(|rest| !rest.starts_with(char::is_alphabetic)))
        .unwrap_or(text)
}

/// Whether what follows a date is a time of day (`Some(true)`), nothing (`Some(false)`) or something else.
fn time_of_day(rest: &str) -> Option<bool> {
    if rest.is_empty() {
        return Some(false);
    }
    let start = rest.strip_prefix(['T', 't', ' ', ',', '\u{202f}'])?.trim_start();
    let digits = start.bytes().take_while(u8::is_ascii_digit).count();
    let colon = start.as_bytes().get(digits).copied();
    if !(1..=2).contains(&digits) || !matches!(colon, Some(b':' | b'.' | b'h' | b' ')) {
        return None;
    }
    let fits = start.chars().all(|c| {
        c.is_ascii_digit()
            || matches!(c, ':' | '.' | ',' | ' ' | '+' | '-' | '−' | '\u{202f}')
            || c.is_ascii_alphabetic()
    });
    let words = start.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty());
    const WORDS: [&str; 14] = ["am", "pm", "a", "m", "p", "z", "utc", "gmt", "h", "uhr", "cet", "cest", "est", "pst"];
    let known = words.into_iter().all(|w| WORDS.iter().any(|known| w.eq_ignore_ascii_case(known)));
    (fits && known).then_some(true)
}

/// Months in English, German, French and Spanish, without accents: names or their usual beginnings.
fn month_named(word: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["january", "januar", "janner", "janvier", "enero", "ene"],
        &["february", "februar", "fevrier", "febrero"],
        &["march", "marz", "maerz", "mars", "marzo", "mrz"],
        &["april", "avril", "abril"],
        &["may", "mai", "mayo"],
        &["june", "juni", "juin", "junio"],
        &["july", "juli", "juillet", "julio"],
        &["august", "aout", "agosto"],
        &["september", "septembre", "septiembre", "sept"],
        &["october", "oktober", "octobre", "octubre"],
        &["november", "novembre", "noviembre"],
        &["december", "dezember", "decembre", "diciembre"],
    ];
    let mut folded = [0_u8; 10];
    let mut length = 0;
    for c in word.chars() {
        let plain = match c {
            'A'..='Z' | 'a'..='z' => c.to_ascii_lowercase() as u8,
            'ä' | 'Ä' | 'á' | 'â' => b'a',
            'é' | 'É' | 'è' => b'e',
            'û' | 'Û' | 'ü' => b'u',
            _ => return None,
        };
        *folded.get_mut(length)? = plain;
        length += 1;
    }
    let folded = folded.get(..length).filter(|f| f.first_chunk().is_some_and(|first| begins_word(*first)))?;
    let index = MONTHS.iter().position(|names| names.iter().any(|name| name.as_bytes().starts_with(folded)))?;
    // `jui` could be June or July, `mar` is March in all four languages.
    if folded == b"jui" { None } else { Some(index as u32 + 1) }
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let fits = |day: &&str| day.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    word.len() >= 3 && DAYS.iter().any(fits)
}

/// The sort of serial number a cell could be.
pub(crate) fn serial_kind(text: &str) -> Option<Serial> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) || fraction.is_empty() {
        return None;
    }
    let value: u64 = whole.parse().ok()?;
    match whole.len() {
        5 if (20_000..80_000).contains(&value) => Some(Serial::Spreadsheet),
        8 if (19_000_101..=21_001_231).contains(&value) => Some(Serial::Compact),
        9 | 10 if (500_000_000..4_200_000_000).contains(&value) => Some(Serial::UnixSeconds),
        12 | 13 if (500_000_000_000..4_200_000_000_000).contains(&value) => Some(Serial::UnixMillis),
        _ => None,
    }
}

fn read_serial(text: &str, serial: Serial) -> Option<Date> {
    let text = text.trim();
    let whole: i64 = text.split_once('.').map_or(text, |(whole, _)| whole).parse().ok()?;
    match serial {
        Serial::Spreadsheet if (1..3_000_000).contains(&whole) => {
            Some(Date::from_days(i32::try_from(whole).ok()? - 25_569))
        }
        Serial::Spreadsheet1904 if (0..3_000_000).contains(&whole) => {
            Some(Date::from_days(i32::try_from(whole).ok()? - 24_107))
        }
        Serial::UnixSeconds => Some(Date::from_days(i32::try_from(whole.div_euclid(86_400)).ok()?)),
        Serial::UnixMillis => Some(Date::from_days(i32::try_from(whole.div_euclid(86_400_000)).ok()?)),
        Serial::Compact => {
            let value = u32::try_from(whole).ok()?;
            date(value / 10_000, value / 100 % 100, value % 100)
        }
        Serial::Spreadsheet | Serial::Spreadsheet1904 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> (Option<String>, Option<String>) {
        let cell = scan(text).unwrap_or_else(|| panic!("`{text}` has no shape"));
        (cell.day_first.map(|d| d.to_string()), cell.month_first.map(|d| d.to_string()))
    }

    #[test]
    fn dates_begin_with_every_month_in_four_languages() {
        let months = "January Januar Janner Jänner Janvier Enero ene February Februar Février Febrero March März Marz \
                      Maerz Mars Marzo Mrz April avril abril May mai mayo June juni juin junio jun July juli juillet \
                      julio August août agosto September septembre septiembre sept October Oktober octobre octubre \
                      November novembre noviembre December Dezember décembre diciembre dic ágo";
        for month in months.split_whitespace() {
            assert!(scan(&format!("{month} 5, 2024")).is_some(), "{month}");
            for before in ["Tue, ", "sunday ", "de ", "del ", "\u{a0}", ". "] {
                assert!(scan(&format!("{before}{month} 5, 2024")).is_some(), "{before}{month}");
            }
        }
        for none in ["jui 5, 2024", "Jaguar 5, 2024", "Deli 5, 2024", "ja 5, 2024", "株式会社 5, 2024", "Name 5, 2024"]
        {
            assert_eq!(scan(none), None, "{none}");
        }
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, date) in [
            ("2026-03-31", "2026-03-31"),
            ("2026/3/1", "2026-03-01"),
            ("2026-03-31T23:30:00-05:00", "2026-03-31"),
            ("2026-03-31 23:30", "2026-03-31"),
            ("2019-10-22 19:17:37.819", "2019-10-22"),
            ("2023-07-06 05:18:21.205000 UTC", "2023-07-06"),
            ("2020-12-30 3:15:52", "2020-12-30"),
            ("5 Mar 2024", "2024-03-05"),
            ("05-Mar-24", "2024-03-05"),
            ("March 5, 2024", "2024-03-05"),
            ("Mar 5th, 2024 at", ""),
            ("Mar 5th, 2024", "2024-03-05"),
            ("Tue, 5 March 2024 10:00", "2024-03-05"),
            ("5. März 2024", "2024-03-05"),
            ("5 de marzo de 2024", "2024-03-05"),
            ("1er août 2024", "2024-08-01"),
            ("5 déc. 2024", "2024-12-05"),
        ] {
            if date.is_empty() {
                assert_eq!(scan(text), None, "{text}");
            } else {
                assert_eq!(both(text), (Some(date.into()), Some(date.into())), "{text}");
            }
        }
        assert_eq!(both("3/8/2026"), (Some("2026-08-03".into()), Some("2026-03-08".into())));
        assert_eq!(both("26/06/2026 9:05"), (Some("2026-06-26".into()), None));
        assert_eq!(both("5/20/2024 7:42"), (None, Some("2024-05-20".into())));
        assert_eq!(both("26-02-2018 19:58"), (Some("2018-02-26".into()), None));
        assert_eq!(both("1.2.69"), (Some("2069-02-01".into()), Some("2069-01-02".into())));
        assert_eq!(both("1.2.70"), (Some("1970-02-01".into()), Some("1970-01-02".into())));
        assert_eq!(both("2026-02-30"), (None, None));
    }

    #[test]
    fn what_is_no_date_has_no_shape() {
        for text in [
            "",
            "12",
            "2026",
            "1.234,50",
            "10.5.3.2",
            "2026-3",
            "abc",
            "5 Foo 2024",
            "1/2/3/4",
            "12-34-5678-9",
            "Marketing 5 2024",
            "192.168.1.10",
        ] {
            assert_eq!(scan(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_of_no_calendar_is_impossible_and_one_of_the_other_order_is_not() {
        let is_impossible = |text| scan(text).map(|cell| cell.is_impossible());
        for (text, expected) in [
            ("2026-02-30", Some(true)),
            ("31/31/2026", Some(true)),
            ("13/8/2026", Some(false)),
            ("8/13/2026", Some(false)),
            ("3/8/2026", Some(false)),
            ("no date", None),
        ] {
            assert_eq!(is_impossible(text), expected, "{text}");
        }
    }

    #[test]
    fn serials_are_days_and_seconds() {
        let read = |text, serial| read_serial(text, serial).map(|d| d.to_string());
        assert_eq!(serial_kind("46348"), Some(Serial::Spreadsheet));
        assert_eq!(read("46348", Serial::Spreadsheet).as_deref(), Some("2026-11-22"));
        assert_eq!(read("61", Serial::Spreadsheet).as_deref(), Some("1900-03-01"));
        assert_eq!(read("46348.75", Serial::Spreadsheet).as_deref(), Some("2026-11-22"));
        assert_eq!(serial_kind("1767225600"), Some(Serial::UnixSeconds));
        assert_eq!(read("1767225600", Serial::UnixSeconds).as_deref(), Some("2026-01-01"));
        assert_eq!(read("1767225600000", Serial::UnixMillis).as_deref(), Some("2026-01-01"));
        assert_eq!(read("20260230", Serial::Compact), None);
        assert_eq!(serial_kind("1,234"), None);
    }
}
