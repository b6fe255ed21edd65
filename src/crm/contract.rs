//! Contracts and subscriptions: who pays what, from when to when.

use super::dialect::{Dialects, Vocabulary};
use super::fold::fold;
use super::rows::{NO_DATE, NO_REFERENCE, Rows};
use super::{Field, Kind, Mapping};
use crate::Error;
use crate::calendar::Date;
use crate::money::{Currency, Money};
use crate::table::{Action, Code, Column, Diagnostics, Receipt, Table, boolean};

const REVERSED: Code = Code::new("end-before-start", Action::Excluded, "correct the dates of the contract");

/// A contract or subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Identifier in the source system, or empty.
    pub id: String,
    /// Name of the company, or empty.
    pub account: String,
    /// Identifier of the company, or empty.
    pub account_id: String,
    /// Product or plan, or empty.
    pub product: String,
    /// Status as written, or empty.
    pub status: String,
    /// First day.
    pub start: Option<Date>,
    /// Last day, if it has one.
    pub end: Option<Date>,
    /// Day on which it was cancelled.
    pub cancelled: Option<Date>,
    /// Value of the whole contract.
    pub amount: Option<Money>,
    /// What it brings per year, where the file says so: a column of yearly amounts, or another with its period.
    pub yearly: Option<Money>,
    /// Whether it goes on unless it is ended.
    pub auto_renew: Option<bool>,
    /// Line in the file, from 1.
    pub line: u64,
}

impl Contract {
    /// Whether it runs on a day: begun, not cancelled, and not past its end unless it renews by itself.
    #[must_use]
    pub fn runs_on(&self, day: Date) -> bool {
        runs([self.start, self.end.filter(|_| self.auto_renew != Some(true)), self.cancelled], day)
    }
}

/// Whether what starts, ends and is cancelled on these days runs on a day: begun, not cancelled, and not past its end.
pub(crate) fn runs([start, end, cancelled]: [Option<Date>; 3], day: Date) -> bool {
    start.is_none_or(|start| start <= day)
        && cancelled.is_none_or(|cancelled| cancelled > day)
        && end.is_none_or(|end| end >= day)
}

/// A file of contracts. `rows read = rows used + rows excluded`, in its receipt.
///
/// ```
/// use leadcast::crm::{Contracts, Mapping};
/// use leadcast::money::Currency;
/// use leadcast::table::{ReadOptions, Table};
/// let csv = b"Contract Number,Account,Start Date,End Date,MRR,Auto Renewal\n1,Acme,2026-01-01,2026-12-31,$100,yes\n";
/// let table = Table::from_csv(csv, &ReadOptions::default())?;
/// let contracts = Contracts::from_table(table, &Mapping::default(), Currency::USD)?;
/// let one = &contracts.rows()[0];
/// assert_eq!((one.account.as_str(), one.yearly.map(|money| money.minor)), ("Acme", Some(120_000)));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Contracts {
    rows: Vec<Contract>,
    receipt: Receipt,
    pub(super) source: Rows,
}

impl Contracts {
    /// Finds out what the columns mean; `mapping` overrides. `currency` is that of amounts beside which the file names
    /// none.
    ///
    /// # Errors
    /// `missing-column` if no column says whose contracts they are, or none holds their days.
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
        const WHOSE: [Field; 5] = [Field::Account, Field::AccountId, Field::ContractId, Field::Domain, Field::DealId];
        const DAYS: [Field; 3] = [Field::StartDate, Field::EndDate, Field::ActualCloseDate];
        let source = Rows::open(table, mapping, Vocabulary::Contract, dialects);
        if !source.has(&WHOSE) {
            return Err(source.missing("whose contracts they are", "`Account`"));
        }
        if !source.has(&DAYS) {
            return Err(source.missing("the days of the contracts", "`Start Date` and `End Date`"));
        }
        let mut notes = Diagnostics::default();
        let mut contracts = Vec::new();
        for row in 0..source.table.rows() {
            let text = |field| source.text(field, row).to_owned();
            let [start, end, cancelled] = DAYS.map(|field| source.date(field, row));
            if WHOSE.iter().all(|field| source.text(*field, row).is_empty()) {
                notes.count(NO_REFERENCE, source.place(None, row), "", || "contracts belong to no one".to_owned());
                continue;
            }
            if start.or(end).or(cancelled).is_none() {
                let place = source.place(Some(Field::StartDate), row);
                let raw = source.text(Field::StartDate, row);
                notes.count(NO_DATE, place, raw, || "rows have no date that can be read".to_owned());
                continue;
            }
            if let (Some(start), Some(end)) = (start, end)
                && end < start
            {
                let place = source.place(Some(Field::EndDate), row);
                let raw = source.text(Field::EndDate, row);
                notes.count(REVERSED, place, raw, || "contracts end before they start".to_owned());
                continue;
            }
            let amount = source.money(Field::Amount, row, currency, dialects, &mut notes);
            let recurring = source.money(Field::RecurringAmount, row, currency, dialects, &mut notes);
            contracts.push(Contract {
                id: text(Field::ContractId),
                account: text(Field::Account),
                account_id: text(Field::AccountId),
                product: text(Field::Product),
                status: text(Field::Status),
                start,
                end,
                cancelled,
                amount,
                yearly: yearly(&source, row, recurring, amount),
                auto_renew: boolean(source.text(Field::AutoRenew, row)),
                line: source.table.line(row),
            });
        }
        let receipt = source.receipt(Kind::Contracts, contracts.len() as u64, notes);
        Ok(Self { rows: contracts, receipt, source })
    }

    /// The contracts in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[Contract] {
        &self.rows
    }

    /// What was read, understood and left out.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

/// What a contract brings per year, as far as the file says.
fn yearly(source: &Rows, row: usize, recurring: Option<Money>, amount: Option<Money>) -> Option<Money> {
    let header = |field| fold(source.column(field).map_or("", Column::name));
    let by_word = times_a_year(source.text(Field::BillingPeriod, row));
    let times =
        |money: Money, times: i64| money.minor.checked_mul(times).map(|minor| Money::new(minor, money.currency));
    if let Some(recurring) = recurring {
        let header = header(Field::RecurringAmount);
        let per_month = header.contains("mrr") || header.contains("month");
        let per_year = ["arr", "acv", "annual", "year"].iter().any(|word| header.contains(word));
        let factor = if per_month {
            Some(12)
        } else if per_year {
            Some(1)
        } else {
            by_word
        };
        return times(recurring, factor?);
    }
    // A total is not paid again every month; a price is.
    let is_price = ["price", "amount", "betrag", "montant", "importe"].contains(&header(Field::Amount).as_str());
    times(amount.filter(|_| is_price)?, by_word?)
}

/// How many of a period make a year.
fn times_a_year(word: &str) -> Option<i64> {
    let folded = fold(word);
    let is = |words: &[&str]| words.contains(&folded.as_str());
    match () {
        () if is(&["month", "monthly", "permonth", "1month", "monatlich", "mensuel", "mensual"]) => Some(12),
        () if is(&["quarter", "quarterly", "3months", "vierteljahrlich", "trimestriel", "trimestral"]) => Some(4),
        () if is(&["halfyear", "semiannual", "semiannually", "halfyearly", "6months", "halbjahrlich"]) => Some(2),
        () if is(&["year", "yearly", "annual", "annually", "12months", "jahrlich", "annuel", "anual"]) => Some(1),
        () if is(&["week", "weekly", "wochentlich", "hebdomadaire", "semanal"]) => Some(52),
        () => None,
    }
}
