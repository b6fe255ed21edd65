//! Quotas and goals: how much is to be sold in a period, by whom.

use super::dialect::{Dialects, Vocabulary};
use super::rows::{NO_AMOUNT, NO_DATE, Rows};
use super::{Field, Kind, Mapping};
use crate::Error;
use crate::calendar::{Date, FiscalYear, PeriodKind};
use crate::money::{Currency, Money};
use crate::stats::Ordered;
use crate::table::{Action, Code, Diagnostics, Receipt, Table};
use std::collections::{BTreeMap, BTreeSet};

const NOT_MONEY: Code =
    Code::new("quota-not-money", Action::Excluded, "nothing to do: the goal counts things, not money");

/// The period a quota is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaPeriod {
    /// From one day to another, both included.
    Days(Date, Date),
    /// A part of a fiscal year, named by the calendar year it ends in; 1 of 4 is its first quarter.
    Fiscal {
        /// The fiscal year.
        year: i32,
        /// Which of the equal parts, from 1.
        part: u8,
        /// How many equal parts the year has: 1, 2, 4 or 12.
        of: u8,
    },
}

impl QuotaPeriod {
    /// The first and the last day.
    #[must_use]
    pub fn days(self, fiscal_year: FiscalYear) -> (Date, Date) {
        let (year, part, of) = match self {
            Self::Days(first, last) => return (first, last),
            Self::Fiscal { year, part, of } => (year, i32::from(part), i32::from(of.max(1))),
        };
        let start = i32::from(fiscal_year.start_month()) - 1;
        let months = 12 / of;
        let first = (year - i32::from(start > 0)) * 12 + start + (part - 1) * months;
        let day = |month: i32| Date::from_ymd(month.div_euclid(12), month.rem_euclid(12) as u8 + 1, 1);
        let first_day = day(first).unwrap_or(Date::from_days(0));
        (first_day, day(first + months).map_or(first_day, |next| next.plus_days(-1)))
    }
}

/// A quota.
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// Whose it is: a sales person, or empty for everybody's.
    pub owner: String,
    /// The segment, team or territory it is for, or empty for all.
    pub segment: String,
    /// What it counts, as written, or empty.
    pub metric: String,
    /// Whether it is part of another quota of the file, so that a sum must not count both.
    pub is_part: bool,
    /// The period it is for.
    pub period: QuotaPeriod,
    /// Amount to be sold.
    pub amount: Money,
    /// Line in the file, from 1.
    pub line: u64,
}

/// What is to be sold in a period, all quotas together.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PeriodQuota {
    /// First day.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub first_day: Date,
    /// Last day, itself part of the period.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub last_day: Date,
    /// `2026 Q1`, `2026-03` or `2026` for a period of the fiscal year, else its days.
    pub label: String,
    /// The sum in major units of its currency.
    pub amount: f64,
    /// The currency.
    #[cfg_attr(feature = "wasm", tsify(type = "string"))]
    pub currency: Currency,
    /// Quotas in the sum.
    pub quotas: u64,
}

/// A file of quotas or goals. `rows read = rows used + rows excluded`, in its receipt.
///
/// ```
/// use leadcast::calendar::FiscalYear;
/// use leadcast::crm::{Mapping, Quotas};
/// use leadcast::money::Currency;
/// use leadcast::table::{ReadOptions, Table};
/// let csv = b"Rep,Quarter,Quota\nKim,2026 Q1,500000\nLee,Q1 2026,400000\nKim,2026 Q2,600000\n";
/// let table = Table::from_csv(csv, &ReadOptions::default())?;
/// let quotas = Quotas::from_table(table, &Mapping::default(), Currency::USD)?;
/// let sums = quotas.by_period(FiscalYear::default());
/// assert_eq!((sums[0].label.as_str(), sums[0].amount, sums[0].quotas), ("2026 Q1", 900_000.0, 2));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Quotas {
    rows: Vec<Quota>,
    receipt: Receipt,
    pub(super) source: Rows,
}

impl Quotas {
    /// Finds out what the columns mean; `mapping` overrides. `currency` is that of amounts beside which the file names
    /// none.
    ///
    /// # Errors
    /// `missing-column` if no column holds the amounts, or none their periods.
    pub fn from_table(table: Table, mapping: &Mapping, currency: Currency) -> Result<Self, Error> {
        Self::with_dialects(table, mapping, currency, Dialects::built_in()?)
    }

    /// As [`from_table`](Self::from_table), with dialects of one's own.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table).
    pub fn with_dialects(
        table: Table,
        mapping: &Mapping,
        currency: Currency,
        dialects: &Dialects,
    ) -> Result<Self, Error> {
        let source = Rows::open(table, mapping, Vocabulary::Quota, dialects);
        if !source.has(&[Field::Quota]) {
            return Err(source.missing("the amount of the quota", "`Quota`"));
        }
        if !source.has(&[Field::StartDate, Field::Period, Field::FiscalYear]) {
            return Err(source.missing("the period of the quota", "`Period`, or `From` and `To`"));
        }
        let months = months_apart(&source);
        let mut notes = Diagnostics::default();
        let mut quotas = Vec::new();
        for row in 0..source.table.rows() {
            let text = |field| source.text(field, row);
            let Some(amount) = source.money(Field::Quota, row, currency, dialects, &mut notes) else {
                let place = source.place(Some(Field::Quota), row);
                notes.count(NO_AMOUNT, place, text(Field::Quota), || "rows have no amount that can be read".to_owned());
                continue;
            };
            let metric = text(Field::Metric);
            if counts_things(metric) {
                let place = source.place(Some(Field::Metric), row);
                notes.count(NOT_MONEY, place, metric, || "goals that count things and not money".to_owned());
                continue;
            }
            let Some(period) = period(&source, row, months) else {
                let place = source.place(Some(Field::Period), row);
                notes.count(NO_DATE, place, text(Field::Period), || "rows have no period that can be read".to_owned());
                continue;
            };
            quotas.push(Quota {
                owner: text(Field::Owner).to_owned(),
                segment: text(Field::Segment).to_owned(),
                metric: metric.to_owned(),
                is_part: !text(Field::Parent).is_empty(),
                period,
                amount,
                line: source.table.line(row),
            });
        }
        let receipt = source.receipt(Kind::Quotas, quotas.len() as u64, notes);
        Ok(Self { rows: quotas, receipt, source })
    }

    /// The quotas in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[Quota] {
        &self.rows
    }

    /// What was read, understood and left out.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// The sum of each period and currency, the earliest first. A quota that is part of another of the file is in
    /// the other's amount and not added again.
    #[must_use]
    pub fn by_period(&self, fiscal_year: FiscalYear) -> Vec<PeriodQuota> {
        let mut sums: BTreeMap<(Date, Date, Currency), (i64, u64)> = BTreeMap::new();
        let whole = self.rows.iter().any(|quota| !quota.is_part);
        for quota in self.rows.iter().filter(|quota| !whole || !quota.is_part) {
            let (first, last) = quota.period.days(fiscal_year);
            let sum = sums.entry((first, last, quota.amount.currency)).or_default();
            *sum = (sum.0.saturating_add(quota.amount.minor), sum.1 + 1);
        }
        let sum = |((first_day, last_day, currency), (minor, quotas))| PeriodQuota {
            first_day,
            last_day,
            label: label(first_day, last_day, fiscal_year),
            amount: Money::new(minor, currency).major(),
            currency,
            quotas,
        };
        sums.into_iter().map(sum).collect()
    }
}

/// The name of a fiscal period with these days, else the days.
fn label(first: Date, last: Date, fiscal_year: FiscalYear) -> String {
    let kinds = [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year];
    let periods = kinds.map(|kind| fiscal_year.period_of(first, kind));
    let same = periods.into_iter().find(|period| (period.first_day(), period.last_day()) == (first, last));
    same.map_or_else(|| format!("{first} to {last}"), |period| period.label())
}

/// Whether a goal is about a number of calls, deals or the like.
fn counts_things(metric: &str) -> bool {
    let folded = super::fold::fold(metric);
    ["count", "numberof", "calls", "meetings", "anzahl", "nombre"].iter().any(|word| folded.contains(word))
}

/// Months from one period to the next, where only first days are given: 1, 3 or 12.
fn months_apart(source: &Rows) -> u8 {
    let starts = source.column(Field::StartDate).or_else(|| source.column(Field::Period));
    let month = |date: Date| date.ymd().0 * 12 + i32::from(date.ymd().1);
    let months: BTreeSet<i32> = starts
        .into_iter()
        .flat_map(|column| (0..source.table.rows()).filter_map(|row| column.date(row)))
        .map(month)
        .ordered();
    let months: Vec<i32> = months.into_iter().collect();
    match months.windows(2).map(|pair| pair[1] - pair[0]).min() {
        Some(1 | 2) => 1,
        Some(12..) => 12,
        _ => 3,
    }
}

/// The period of a row: its days, else what its words say.
fn period(source: &Rows, row: usize, months: u8) -> Option<QuotaPeriod> {
    let from = source.date(Field::StartDate, row).or_else(|| source.date(Field::Period, row));
    if let (Some(first), Some(last)) = (from, source.date(Field::EndDate, row)) {
        return (first <= last).then_some(QuotaPeriod::Days(first, last));
    }
    if let Some(first) = from {
        let (year, month, _) = first.ymd();
        let next = year * 12 + i32::from(month) - 1 + i32::from(months);
        let end = Date::from_ymd(next.div_euclid(12), next.rem_euclid(12) as u8 + 1, 1)?;
        return Some(QuotaPeriod::Days(Date::from_ymd(year, month, 1)?, end.plus_days(-1)));
    }
    words(&format!("{} {}", source.text(Field::Period, row), source.text(Field::FiscalYear, row)))
}

/// Reads `2026 Q1`, `Q1 FY26`, `Quarter 1 FY2026`, `T1 2026`, `H2 2026`, `2026-03`, `March 2026`, `FY2026`.
fn words(text: &str) -> Option<QuotaPeriod> {
    let lower = text.to_lowercase().replace("quarter", "q").replace("quartal", "q").replace("trimestre", "q");
    let spaced: String = lower.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let parts: Vec<&str> = spaced.split_whitespace().collect();
    let (mut year, mut part): (Option<i32>, Option<(i32, i32)>) = (None, None);
    let mut at = 0;
    while let Some(word) = parts.get(at) {
        at += 1;
        let digits = word.trim_start_matches(char::is_alphabetic);
        let letters = word.strip_suffix(digits).unwrap_or("");
        let mut number: Option<i32> = digits.parse().ok();
        if number.is_none() && matches!(letters, "q" | "h" | "fy") {
            // `Quarter 1`, `FY 2026`
            number = parts.get(at).and_then(|next| next.parse().ok());
            at += usize::from(number.is_some());
        }
        let found = match (letters, number) {
            ("q" | "t", Some(n @ 1..=4)) => Some((n, 4)),
            ("h" | "s", Some(n @ 1..=2)) => Some((n, 2)),
            ("" | "fy", Some(n @ 1900..=2199)) if year.is_none_or(|year| year == n) => {
                year = Some(n);
                None
            }
            ("fy", Some(n @ 0..=99)) => {
                year = Some(2000 + n);
                None
            }
            ("", Some(n @ 1..=4)) if parts.get(at) == Some(&"q") => {
                at += 1;
                Some((n, 4))
            }
            ("", Some(n @ 1..=12)) if year.is_some() => Some((n, -12)),
            (name, None) => month(name).map(|n| (n, -12)),
            _ => return None,
        };
        if let (Some(before), Some(found)) = (part, found)
            && before != found
        {
            return None;
        }
        part = part.or(found);
    }
    let year = year?;
    let (part, of) = part.unwrap_or((1, 1));
    if of < 0 {
        // A month is a month of the calendar, whatever the fiscal year.
        let first = Date::from_ymd(year, part as u8, 1)?;
        let month = FiscalYear::default().period_of(first, PeriodKind::Month);
        return Some(QuotaPeriod::Days(month.first_day(), month.last_day()));
    }
    Some(QuotaPeriod::Fiscal { year, part: part as u8, of: of as u8 })
}

/// The number of a month by its name in English, German, French or Spanish.
fn month(name: &str) -> Option<i32> {
    const STARTS: [&[&str]; 12] = [
        &["jan", "ene"],
        &["feb", "fév", "fev"],
        &["mar", "mär", "mae"],
        &["apr", "avr", "abr"],
        &["may", "mai"],
        &["jun", "juin"],
        &["jul", "juil"],
        &["aug", "aoû", "aou", "ago"],
        &["sep", "set"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez", "déc", "dic"],
    ];
    let found = STARTS.iter().position(|starts| starts.iter().any(|start| name.starts_with(start)));
    found.filter(|_| name.chars().all(char::is_alphabetic)).map(|at| at as i32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str, start_month: u8) -> Option<String> {
        let (first, last) = words(text)?.days(FiscalYear::starting(start_month).unwrap());
        Some(format!("{first} {last}"))
    }

    #[test]
    fn periods_are_read_in_many_spellings() {
        for text in
            ["2026 Q1", "Q1 2026", "Q1-2026", "Quarter 1 FY2026", "Q1 FY26", "1. Quartal 2026", "T1 2026", "q1/2026"]
        {
            assert_eq!(days(text, 1).as_deref(), Some("2026-01-01 2026-03-31"), "{text}");
        }
        for text in ["2026-03", "March 2026", "Mar 2026", "März 2026", "mars 2026", "marzo 2026"] {
            assert_eq!(days(text, 2).as_deref(), Some("2026-03-01 2026-03-31"), "{text}");
        }
        assert_eq!(days("H2 2026", 1).as_deref(), Some("2026-07-01 2026-12-31"));
        assert_eq!(days("FY2027", 2).as_deref(), Some("2026-02-01 2027-01-31"));
        assert_eq!(days("FY 2027 Q4", 2).as_deref(), Some("2026-11-01 2027-01-31"));
        for text in ["", "Q1", "Q5 2026", "next quarter", "2026 Q1 Q2", "2025 2026"] {
            assert_eq!(days(text, 1), None, "{text}");
        }
    }
}
