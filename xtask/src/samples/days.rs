//! Days since 1970-01-01 and the ways exports write them.

/// The day all samples are taken on: Monday 2026-11-16, week 7 of the fourth quarter.
pub(super) const ANCHOR: i64 = day(2026, 11, 16);

/// Days since 1970-01-01 of a date. Source: H. Hinnant, chrono-compatible low-level date algorithms.
pub(super) const fn day(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// Year, month and day of the month.
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z - era * 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// The last day of the calendar quarter.
pub(super) fn quarter_end(days: i64) -> i64 {
    let (year, month, _) = civil(days);
    let after = (month - 1) / 3 * 3 + 4;
    if after > 12 { day(year + 1, 1, 1) - 1 } else { day(year, after, 1) - 1 }
}

/// The same day, or the Monday after a weekend. 1970-01-01 was a Thursday.
pub(super) fn weekday(days: i64) -> i64 {
    match (days + 3).rem_euclid(7) {
        5 => days + 2,
        6 => days + 1,
        _ => days,
    }
}

/// `2026-11-16`
pub(super) fn iso(days: i64) -> String {
    let (y, m, d) = civil(days);
    format!("{y:04}-{m:02}-{d:02}")
}

/// `2026-11-16 09:30`
pub(super) fn iso_minute(days: i64, minute: i64) -> String {
    format!("{} {:02}:{:02}", iso(days), minute / 60, minute % 60)
}

/// `11/16/2026`
pub(super) fn american(days: i64) -> String {
    let (y, m, d) = civil(days);
    format!("{m}/{d}/{y}")
}
