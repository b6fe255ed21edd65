//! The deals of a pipeline as they stood on a day.
//!
//! Whatever was written down after the day is not used: who looks back must not see what only the future knew.

mod together;

use super::deal::{Deal, Deals};
use super::pipeline::Pipeline;
use super::{DealStatus, Field, ForecastCategory, fold::fold, summary};
use crate::Place;
use crate::calendar::Date;
use crate::money::{Currency, Money};
use crate::stats::grouped;
use crate::table::{
    Action, Code, Column, ColumnKind, Diagnostics, OddProbability, Receipt, RowFate, RowOptions, Scale,
};
use std::collections::BTreeMap;

const CREATED_LATER: Code =
    Code::new("created-after-as-of", Action::Excluded, "choose a later day if these deals are to count");
const CLOSED_LATER: Code =
    Code::new("closed-after-as-of", Action::Repaired, "choose a later day if these deals are to count as closed");
const SHIFTED: Code =
    Code::new("shifted-row", Action::Excluded, "quote the cell that holds the delimiter in the source file");
const NOT_A_DEAL: Code = Code::new("not-a-deal", Action::Excluded, "nothing to do if these are notes of the report");
const TOTAL: Code = Code::new("total-row", Action::Excluded, "export without totals");
const DUPLICATE_ROW: Code = Code::new("duplicate-row", Action::Excluded, "nothing to do: the row before it counts");
const NO_AMOUNT: Code = Code::new("missing-amount", Action::Kept, "fill in the amounts: these deals count as 0");
const NO_CLOSE: Code = Code::new("closed-without-date", Action::Kept, "fill in the close dates of closed deals");
const PAST_CLOSE: Code =
    Code::new("past-close-date", Action::Kept, "update the close dates: these deals are expected from the day on");
const FAR_DATE: Code = Code::new("far-date", Action::Kept, "correct the year");
const BAD_PROBABILITY: Code =
    Code::new("probability-range", Action::Excluded, "correct the values in the source system");
const ODD_PROBABILITY: Code =
    Code::new("probability-range", Action::Repaired, "correct the values in the source system");
const NEGATIVE: Code = Code::new(
    "negative-amount",
    Action::Excluded,
    "let them take part if they are meant: set `negativeAmounts` to `keep`",
);
const UNKNOWN_CATEGORY: Code =
    Code::new("unknown-forecast-category", Action::Repaired, "these deals count as not called");
const UNKNOWN_CURRENCY: Code =
    Code::new("unknown-currency", Action::Repaired, "write the currency as a code such as EUR");

/// Whether a date is one that sales people write: 1990 to 2099.
pub(crate) fn is_near(date: Date) -> bool {
    (1990..2100).contains(&date.ymd().0)
}

pub(crate) fn deals(pipeline: &Pipeline, day: Option<Date>, currency: Currency) -> Deals {
    let (view, deals, excluded) = look(pipeline, day, currency);
    let receipt = view.receipt(&deals, excluded);
    Deals { deals, as_of: day, receipt }
}

/// What is told of the rows on a day.
pub(crate) fn told(pipeline: &Pipeline, day: Option<Date>, currency: Currency) -> Diagnostics {
    look(pipeline, day, currency).0.notes
}

/// Which rows are deals, whatever the day: no notes of a report, no totals, no copies.
pub(crate) fn are_deals(pipeline: &Pipeline) -> Vec<bool> {
    let mut view = View::new(pipeline, None, Currency::USD);
    (0..pipeline.table.rows()).map(|row| !view.is_no_deal(row, pipeline.table.line(row))).collect()
}

fn look(pipeline: &Pipeline, day: Option<Date>, currency: Currency) -> (View<'_>, Vec<Deal>, u64) {
    let mut view = View::new(pipeline, day, currency);
    let mut deals = Vec::new();
    let mut excluded = 0;
    for row in 0..pipeline.table.rows() {
        match view.deal(row) {
            Some(deal) => deals.push(deal),
            None => excluded += 1,
        }
    }
    view.note_currencies(&deals);
    view.note_zero_amounts(&deals);
    view.note_concentration(&deals);
    (view, deals, excluded)
}

/// The columns of a pipeline, looked up once.
struct View<'a> {
    pipeline: &'a Pipeline,
    day: Option<Date>,
    currency: Currency,
    notes: Diagnostics,
    assumptions: Vec<String>,
    id: Option<&'a Column>,
    name: Option<&'a Column>,
    account: Option<&'a Column>,
    owner: Option<&'a Column>,
    segment: Option<&'a Column>,
    product: Option<&'a Column>,
    stage: Option<&'a Column>,
    status: Option<&'a Column>,
    amount: Option<&'a Column>,
    actual: Option<&'a Column>,
    currencies: Option<&'a Column>,
    probability: Option<&'a Column>,
    category: Option<&'a Column>,
    created: Option<&'a Column>,
    close: Option<&'a Column>,
    long_rows: std::iter::Peekable<std::slice::Iter<'a, usize>>,
    rows: RowOptions,
    negative: RowFate,
    odd: OddProbability,
    /// The currency of amounts beside which none stands.
    unmarked: Currency,
    /// Amounts converted, by the currency they were in.
    converted: BTreeMap<Currency, u64>,
    /// Amounts of all deals, those left out for a value included, with their lines.
    amounts: Vec<(u64, Money)>,
}

impl<'a> View<'a> {
    fn new(pipeline: &'a Pipeline, day: Option<Date>, currency: Currency) -> Self {
        let column = |field| pipeline.column(field);
        let options = pipeline.table.options();
        let amount = column(Field::Amount).or_else(|| column(Field::ActualAmount)).map_or("", Column::name);
        let mut view = Self {
            pipeline,
            day,
            currency,
            notes: Diagnostics::default(),
            assumptions: Vec::new(),
            id: column(Field::DealId),
            name: column(Field::DealName),
            account: column(Field::Account),
            owner: column(Field::Owner),
            segment: column(Field::Segment),
            product: column(Field::Product),
            stage: column(Field::Stage),
            status: column(Field::DealStatus),
            amount: column(Field::Amount),
            actual: column(Field::ActualAmount),
            currencies: column(Field::Currency),
            probability: column(Field::Probability),
            category: column(Field::ForecastCategory),
            created: column(Field::CreatedDate),
            close: column(Field::CloseDate),
            long_rows: pipeline.table.long_rows().iter().peekable(),
            rows: options.rows,
            negative: options.negative_amounts.unwrap_or(RowFate::Exclude),
            odd: options.odd_probabilities.unwrap_or(OddProbability::Exclude),
            unmarked: options.column(amount).currency.unwrap_or(currency),
            converted: BTreeMap::new(),
            amounts: Vec::new(),
        };
        view.assume();
        view
    }

    fn assume(&mut self) {
        let mut assumptions = Vec::new();
        if let Some(column) = self.probability {
            let scale = match self.pipeline.scale {
                Scale::Share => "shares from 0 to 1",
                Scale::Percent => "percent from 0 to 100",
            };
            assumptions.push(format!("`{}` is read as {scale}", column.name()));
        }
        if let (Some(amount), true) = (self.amount, self.pipeline.amount_is_final) {
            assumptions.push(format!("`{}` is filled in only when a deal closes", amount.name()));
        }
        if let (Some(actual), Some(amount)) = (self.actual, self.amount) {
            let (actual, amount) = (actual.name(), amount.name());
            assumptions.push(format!("won deals count `{actual}` where it is filled in and not 0, else `{amount}`"));
        }
        if self.currencies.is_none() && self.amount.or(self.actual).is_some() {
            let written = self.amount.and_then(|c| match c.kind() {
                crate::table::ColumnKind::Number(format) => format.currency,
                _ => None,
            });
            let code = written.unwrap_or(self.unmarked);
            let source = match written {
                Some(_) => "as the amounts say",
                None if self.unmarked != self.currency => "as the read options say",
                None => "as the file names no currency",
            };
            assumptions.push(format!("amounts are in {code}, {source}"));
        }
        self.assumptions = assumptions;
    }

    /// The row as a deal, or `None` with the reason counted.
    fn deal(&mut self, row: usize) -> Option<Deal> {
        let line = self.pipeline.table.line(row);
        if self.is_no_deal(row, line) {
            return None;
        }
        let created = self.date(self.created, row, line);
        if let (Some(day), Some(created), Some(column)) = (self.day, created, self.created)
            && created > day
        {
            let place = Place::line(line).in_column(column.name());
            self.notes.count(CREATED_LATER, place, column.text(row), || format!("deals were created after {day}"));
            return None;
        }
        let last = self.pipeline.statuses.get(row).copied().unwrap_or(DealStatus::Open);
        let closed_on = self.pipeline.closed_on(row);
        let reopened = last != DealStatus::Open && closed_on.zip(self.day).is_some_and(|(closed, day)| closed > day);
        if let (true, Some(day)) = (reopened, self.day) {
            self.notes.count(
                CLOSED_LATER,
                Place::line(line),
                &closed_on.map_or_else(String::new, |d| d.to_string()),
                || format!("deals closed after {day}: open on that day, their stage then is not known"),
            );
        }
        let status = if reopened { DealStatus::Open } else { last };
        let close = self.close(row, line, status, reopened, closed_on);
        let worth = self.amount(row, line, status, reopened);
        let amount = worth.amount;
        self.amounts.push((line, amount));
        if amount.minor < 0 && status != DealStatus::Lost && self.negative == RowFate::Exclude {
            let column = self.amount.or(self.actual);
            let place = Place { column: column.map(|c| c.name().to_owned()), ..Place::line(line) };
            self.notes.count(NEGATIVE, place, column.map_or("", |c| c.text(row)), || {
                "amounts are below 0, as credits and reductions are".to_owned()
            });
            return None;
        }
        let open_as_written = status == DealStatus::Open && !reopened;
        let probability = if open_as_written { self.probability(row, line)? } else { None };
        let category = match status {
            DealStatus::Won => Some(ForecastCategory::Closed),
            DealStatus::Open if !reopened => self.category(row, line),
            _ => None,
        };
        let text = |column: Option<&Column>| column.map_or_else(String::new, |c| c.text(row).to_owned());
        Some(Deal {
            key: self.pipeline.keys.get(row).copied().unwrap_or_default(),
            id: text(self.id),
            name: text(self.name),
            account: text(self.account),
            owner: text(self.owner),
            segment: text(self.segment),
            product: text(self.product),
            stage: if reopened { String::new() } else { self.stage(row) },
            status,
            amount,
            written: worth.written,
            amount_known: worth.is_known,
            estimate: worth.thought,
            probability,
            category,
            created,
            close,
            row,
            line,
        })
    }

    /// The stage; where the file has none, the status as far as it says more than that the deal is open.
    fn stage(&self, row: usize) -> String {
        let column = self.stage.or(self.status);
        let text = column.map_or("", |c| c.text(row));
        if self.stage.is_none() && fold(text) == "open" { String::new() } else { text.to_owned() }
    }

    /// Counts rows that are no deals: shifted by a stray delimiter, notes of a report, totals.
    fn is_no_deal(&mut self, row: usize, line: u64) -> bool {
        let table = &self.pipeline.table;
        while self.long_rows.next_if(|long| **long < row).is_some() {}
        let place = Place::line(line);
        let is_kept = |fate: Option<RowFate>| fate == Some(RowFate::Keep);
        if self.long_rows.peek() == Some(&&row) && !is_kept(self.rows.shifted) {
            let sample = table.columns().first().map_or("", |c| c.text(row));
            self.notes.count(SHIFTED, place, sample, || {
                "rows have more cells than the header, so their values may stand in the wrong columns".to_owned()
            });
            return true;
        }
        if self.pipeline.copies.get(row).copied().unwrap_or(false) {
            let sample = self.id.map_or("", |c| c.text(row));
            self.notes.count(DUPLICATE_ROW, place, sample, || "rows repeat another one with the same id".to_owned());
            return true;
        }
        let mut filled = table.columns().iter().enumerate().filter(|(_, column)| !column.text(row).is_empty());
        let Some((at, column)) = filled.next() else { return false };
        let rest: Vec<&Column> = filled.take(9).map(|(_, column)| column).collect();
        let text = column.text(row);
        let width = table.columns().len();
        let is_amount = |c: &Column| [self.amount, self.actual].iter().flatten().any(|known| std::ptr::eq(*known, c));
        let is_number = |c: &&Column| matches!(c.kind(), ColumnKind::Number(_));
        if is_total(text) && width >= 3 && rest.iter().all(is_number) && !is_kept(self.rows.totals) {
            self.notes.count(TOTAL, place, text, || "rows hold totals of the rows above".to_owned());
            return true;
        }
        if rest.is_empty() && at == 0 && width >= 3 && !is_amount(column) && !is_kept(self.rows.notes) {
            self.notes.count(NOT_A_DEAL, place, text, || "rows hold nothing but their first cell".to_owned());
            return true;
        }
        false
    }

    fn close(
        &mut self,
        row: usize,
        line: u64,
        status: DealStatus,
        reopened: bool,
        closed_on: Option<Date>,
    ) -> Option<Date> {
        if status != DealStatus::Open {
            let Some(date) = closed_on else {
                self.notes.count(NO_CLOSE, Place::line(line), "", || {
                    "deals are closed without a date: they count in no period".to_owned()
                });
                return None;
            };
            return Some(date);
        }
        // A single close date column holds the actual date of a closed deal: not known on the day.
        if reopened && !self.pipeline.close_date_is_expected() {
            return None;
        }
        let date = self.date(self.close, row, line)?;
        if let (Some(day), Some(column)) = (self.day, self.close)
            && date < day
            && !reopened
        {
            let place = Place::line(line).in_column(column.name());
            self.notes.count(PAST_CLOSE, place, column.text(row), || {
                "open deals were expected to close in the past".to_owned()
            });
        }
        Some(date)
    }

    fn date(&mut self, column: Option<&Column>, row: usize, line: u64) -> Option<Date> {
        let column = column?;
        let date = column.date(row)?;
        if !is_near(date) {
            let place = Place::line(line).in_column(column.name());
            self.notes.count(FAR_DATE, place, column.text(row), || format!("{date} is not between 1990 and 2099"));
        }
        Some(date)
    }

    /// What the deal is worth, and what it was thought to be worth while open.
    fn amount(&mut self, row: usize, line: u64, status: DealStatus, reopened: bool) -> Worth {
        let written = self.currency_of(row, line);
        let rate = self.pipeline.table.options().rates.get(&written).filter(|_| written != self.currency).copied();
        let currency = if rate.is_some() { self.currency } else { written };
        let digits = currency.minor_digits();
        let as_written = |column: Option<&Column>| column.and_then(|c| c.minor_units(row, written.minor_digits()));
        let read = |column: Option<&Column>| match rate {
            Some(rate) => column.and_then(|c| c.converted(row, rate, digits)),
            None => as_written(column),
        };
        let estimate = if reopened && self.pipeline.amount_is_final { None } else { read(self.amount) };
        let thought = estimate.filter(|_| !self.pipeline.amount_is_final).map(|minor| Money::new(minor, currency));
        let brought = read(self.actual).filter(|actual| *actual != 0 && status == DealStatus::Won);
        let known = brought.or(estimate);
        let source = if brought.is_some() { self.actual } else { self.amount };
        let minor = if rate.is_some() { known.and_then(|_| as_written(source)) } else { known };
        // A file without such a column was said to be without once.
        if let (None, true, Some(column)) = (known, status != DealStatus::Lost, self.amount.or(self.actual)) {
            let place = Place::line(line).in_column(column.name());
            self.notes.count(NO_AMOUNT, place, "", || "open or won deals have no amount".to_owned());
        }
        if rate.is_some() && known.is_some() {
            *self.converted.entry(written).or_insert(0) += 1;
        }
        Worth {
            amount: Money::new(known.unwrap_or(0), currency),
            written: Money::new(minor.unwrap_or(0), written),
            is_known: known.is_some(),
            thought,
        }
    }

    fn currency_of(&mut self, row: usize, line: u64) -> Currency {
        if let Some(column) = self.currencies {
            let word = column.text(row);
            if let Some(currency) = self.pipeline.dialects.currency_of(word) {
                return currency;
            }
            if !word.is_empty() {
                let (place, default) = (Place::line(line).in_column(column.name()), self.unmarked);
                self.notes.count(UNKNOWN_CURRENCY, place, word, || {
                    format!("`{word}` is no known currency; read as {default}")
                });
                return default;
            }
        }
        let written = |column: &Column| match column.kind() {
            crate::table::ColumnKind::Number(format) => format.currency.or_else(|| column.currency(row)),
            _ => None,
        };
        self.amount.and_then(written).or_else(|| self.actual.and_then(written)).unwrap_or(self.unmarked)
    }

    /// The chance written beside the deal; `None` if the deal is left out for it.
    fn probability(&mut self, row: usize, line: u64) -> Option<Option<f64>> {
        let Some(column) = self.probability else { return Some(None) };
        let Some(written) = column.number(row) else { return Some(None) };
        let value = match self.pipeline.scale {
            Scale::Share => written,
            Scale::Percent => written / 100.0,
        };
        if (0.0..=1.0).contains(&value) {
            return Some(Some(value));
        }
        let place = Place::line(line).in_column(column.name());
        let (code, what, fate) = match self.odd {
            OddProbability::Exclude => (BAD_PROBABILITY, "the deal is left out", None),
            OddProbability::Clamp => {
                (ODD_PROBABILITY, "the nearest possible value counts", Some(Some(value.clamp(0.0, 1.0))))
            }
            OddProbability::Ignore => (ODD_PROBABILITY, "counts as unknown", Some(None)),
        };
        self.notes.count(code, place, column.text(row), || {
            format!("expected a probability from 0 to 1, found {value}; {what}")
        });
        fate
    }

    fn category(&mut self, row: usize, line: u64) -> Option<ForecastCategory> {
        let column = self.category?;
        let word = column.text(row);
        if word.is_empty() {
            return None;
        }
        let category = self.pipeline.dialects.category_of(word);
        if category.is_none() {
            let place = Place::line(line).in_column(column.name());
            self.notes.count(UNKNOWN_CATEGORY, place, word, || format!("`{word}` is no known forecast category"));
        }
        category
    }

    fn receipt(mut self, deals: &[Deal], excluded: u64) -> Receipt {
        let options = self.pipeline.table.options();
        for (currency, count) in &self.converted {
            let Some(rate) = options.rates.get(currency) else { continue };
            let source = options.rates_source.as_ref().map(|source| format!(", {source}"));
            let date = options.rates_date.map(|date| format!(", {date}"));
            self.assumptions.push(format!(
                "{} amounts in {currency} are converted at {} {}{}{}",
                grouped(count),
                rate.value(),
                self.currency,
                source.unwrap_or_default(),
                date.unwrap_or_default()
            ));
        }
        let Pipeline { table, binding, notes, .. } = self.pipeline;
        let found = summary::Found {
            kind: "deals",
            rows_used: deals.len() as u64,
            rows_excluded: excluded,
            notes: vec![notes, &self.notes],
            lasting: Some(self.pipeline.lasting()),
            amounts: self.amounts,
            copies: self.pipeline.copies.iter().filter(|copy| **copy).count() as u64,
            assumptions: self.assumptions,
            scale: self.probability.map(|_| self.pipeline.scale),
        };
        summary::receipt(table, binding, found)
    }
}

/// What a row says that its deal is worth.
struct Worth {
    /// 0 if not known.
    amount: Money,
    /// Before any conversion.
    written: Money,
    is_known: bool,
    /// While open, whatever it brought.
    thought: Option<Money>,
}

/// Words that head a line of totals.
fn is_total(text: &str) -> bool {
    const WORDS: [&str; 11] = [
        "total",
        "totals",
        "grandtotal",
        "subtotal",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "somme",
        "suma",
        "totalgeneral",
    ];
    // `Total (12 records)` is one too.
    let text = text.split(['(', ':']).next().unwrap_or(text);
    WORDS.contains(&fold(text).as_str())
}
