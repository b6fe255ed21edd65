//! Which quarters are tested.

use super::BacktestOptions;
use crate::calendar::{Date, FiscalYear, Period, PeriodKind};
use crate::forecast::fit::History;
use crate::{Error, ErrorKind, Place};

/// Wins and days of records that must lie before a quarter's first cut.
const WINS: usize = 10;
const DAYS: i32 = 30;
/// Days that may be missing at the end of the last quarter: few files end on its last day.
const SLACK: i32 = 6;
/// Earlier quarters that teach before the first tested one, where the file has them.
const WARM_UP: usize = 4;
/// Most quarters tested.
const MOST: usize = 80;

/// The quarters to run, and how many of them only teach.
pub(super) fn choose(history: &History, options: &BacktestOptions) -> Result<(Vec<Period>, usize), Error> {
    options.check()?;
    let none = || {
        let message = "no quarter can be tested: none lies wholly in the file with 10 won deals and 30 days of records \
            before it (give from and to, or a longer export)";
        Error::new(ErrorKind::Input, "no-history", message)
    };
    let quarter_of = |day: i32| options.fiscal_year.period_of(Date::from_days(day), PeriodKind::Quarter);
    let read = |key: &str, text: &Option<String>| {
        text.as_deref().map(|text| parse(text, options.fiscal_year).map_err(|e| e.at(Place::path(key)))).transpose()
    };
    let (from, to) = (read("from", &options.from)?, read("to", &options.to)?);
    let newest = history.newest.ok_or_else(none)?;
    let current = quarter_of(newest);
    let whole = if newest >= current.last_day().days() - SLACK { current } else { current.previous() };
    let last = to.unwrap_or(whole);
    let oldest = history.deals.iter().filter_map(|deal| deal.closed).min().unwrap_or(newest);
    let earliest = last.first_day().days() - MOST as i32 * 91;
    let teachable: Vec<Period> = std::iter::successors(Some(quarter_of(oldest.max(earliest))), |q| Some(q.next()))
        .take_while(|quarter| quarter.first_day() <= last.first_day())
        .skip_while(|quarter| !is_known(history, options, *quarter))
        .collect();
    let first = match from {
        Some(from) if from.first_day() > last.first_day() => {
            let message =
                format!("`{}` lies after the last quarter, `{}` (give an earlier one)", from.label(), last.label());
            return Err(Error::new(ErrorKind::Run, "bad-period", message).at(Place::path("from")));
        }
        Some(from) => from,
        None => *teachable.first().ok_or_else(none)?,
    };
    let before: Vec<Period> = teachable.into_iter().filter(|quarter| quarter.first_day() < first.first_day()).collect();
    let mut quarters = before[before.len().saturating_sub(WARM_UP)..].to_vec();
    let warm_up = quarters.len();
    let tested = std::iter::successors(Some(first), |quarter| Some(quarter.next()));
    quarters.extend(tested.take_while(|quarter| quarter.first_day() <= last.first_day()).take(MOST));
    Ok((quarters, warm_up))
}

fn is_known(history: &History, options: &BacktestOptions, quarter: Period) -> bool {
    let cut = i32::from(options.cuts.first().copied().unwrap_or(1));
    let day = quarter.first_day().days() + cut - 1;
    let seen = history.at(day, options.recorded_from.map(Date::days));
    seen.wins().count() >= WINS && day - seen.start + 1 >= DAYS
}

/// Reads `2022Q1`, `2022 Q1` or `FY2023 Q1`.
fn parse(text: &str, fiscal_year: FiscalYear) -> Result<Period, Error> {
    let wanted: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let bare = |label: &str| label.replace(' ', "").trim_start_matches("FY").to_owned();
    let year = wanted.trim_start_matches("FY").split('Q').next().and_then(|year| year.parse::<i32>().ok());
    let start = year.and_then(|year| Date::from_ymd(year - 1, fiscal_year.start_month(), 1));
    let candidates = start.into_iter().flat_map(|start| {
        std::iter::successors(Some(fiscal_year.period_of(start, PeriodKind::Quarter)), |q| Some(q.next())).take(9)
    });
    let found = candidates.into_iter().find(|quarter| bare(&quarter.label()) == wanted.trim_start_matches("FY"));
    found.ok_or_else(|| {
        let message = format!("expected a quarter such as 2022Q1, found `{text}`");
        Error::new(ErrorKind::Run, "bad-period", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_read_as_they_are_named() {
        let calendar = FiscalYear::default();
        let first = |text: &str, year| parse(text, year).unwrap().first_day().to_string();
        assert_eq!(first("2022Q1", calendar), "2022-01-01");
        assert_eq!(first("2022 q4", calendar), "2022-10-01");
        assert_eq!(first("FY2027 Q1", FiscalYear::starting(2).unwrap()), "2026-02-01");
        for wrong in ["2022Q5", "Q1", "", "22", "2022-01"] {
            let message = parse(wrong, calendar).unwrap_err().to_string();
            assert_eq!(message, format!("run: expected a quarter such as 2022Q1, found `{wrong}`"));
        }
    }
}
