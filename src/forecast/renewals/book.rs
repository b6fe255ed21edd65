//! Contracts as they stood on a day: which were renewed or ended, which come due, and what that says of the next.

use super::who::{ByCompany, Companies, Who, numbers};
use crate::calendar::Date;
use crate::crm::{Contract, DealStatus, runs};
use crate::model::fold;
use crate::money::Currency;
use crate::random::StreamKey;
use crate::stats::Arrange;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Days around the end of a contract in which another of the same company counts as its renewal, and after which a
/// contract without one counts as ended.
pub(super) const NEAR: i32 = 90;
/// Contracts of a shorter term are a class of their own.
const SHORT_MONTHS: i32 = 6;
/// Mean days of a month.
const MONTH: f64 = 30.4375;
/// Most terms that one contract is followed over.
const MOST_TERMS: u32 = 600;

/// Contracts that may renew alike: whether they go on by themselves, and whether their term is below half a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class {
    pub(super) auto: bool,
    pub(super) short: bool,
}

/// A renewal that comes due.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Due {
    pub(super) key: u64,
    pub(super) who: Who,
    pub(super) product: String,
    /// Last day of the term that ends.
    pub(super) day: Date,
    /// What a term brings, in minor units.
    pub(super) amount: i64,
    pub(super) class: Class,
    /// How many renewals in a row it takes, from the day of the forecast on.
    pub(super) times: u32,
    /// The last days of the contract's terms that are renewed or not, of which the first `times` count.
    pub(super) row: Arc<[Date]>,
    /// What the contract that follows brings, where it is signed already.
    pub(super) signed: Option<i64>,
}

/// What was decided at the end of a term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Decided {
    pub(super) class: Class,
    pub(super) renewed: bool,
    /// What the new contract brings a day over what the old one brought.
    pub(super) ratio: Option<f64>,
}

/// What was renewed or ended up to the day of the forecast, or is known to end after it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    pub(super) day: Date,
    pub(super) amount: i64,
    pub(super) who: Who,
    pub(super) product: String,
}

/// The contracts of a file on a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Book {
    pub(super) decided: Vec<Decided>,
    pub(super) due: Vec<Due>,
    /// Renewed up to the day of the forecast.
    pub(super) renewed: Vec<Known>,
    /// Ended for good, or known to.
    pub(super) ended: Vec<Known>,
    /// Contracts that run on the day.
    pub(super) running: usize,
    /// Of them, those that have no end.
    pub(super) without_end: usize,
    /// Ended in the last 90 days without a renewal so far.
    pub(super) lapsed: usize,
    /// Due, and in the file of deals as a renewal.
    pub(super) in_deals: usize,
    /// Due or renewed in the periods looked at, and nothing says what they bring.
    pub(super) without_amount: usize,
    /// Contracts in another currency.
    pub(super) foreign: usize,
}

/// A renewal that the file of deals knows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RenewalDeal {
    /// The product, folded; empty where the file does not say.
    pub(super) product: String,
    pub(super) status: DealStatus,
    pub(super) close: Option<Date>,
}

/// What is known on the day of the forecast.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) as_of: Date,
    /// The first and the last day looked at.
    pub(super) first: Date,
    pub(super) last: Date,
    /// Whether the file says nothing later than the day: what it states for later days was known then.
    pub(super) current: bool,
    pub(super) currency: Currency,
    pub(super) deals: &'a ByCompany<RenewalDeal>,
}

/// A contract with what is worked out of it.
#[derive(Debug)]
struct One<'a> {
    contract: &'a Contract,
    who: Who,
    product: String,
    key: u64,
    months: i32,
    value: Option<i64>,
    cancelled: Option<Date>,
    /// Its status says that it ended, without a day.
    given_up: bool,
}

impl<'a> One<'a> {
    fn new(contract: &'a Contract, view: &View<'_>, companies: &mut Companies<'_>) -> Self {
        let days = contract.start.zip(contract.end).map_or(365, |(start, end)| end.days_since(start) + 1);
        let months = libm::round(f64::from(days) / MONTH).max(1.0) as i32;
        let yearly =
            contract.yearly.map(|money| (money.minor as f64 * f64::from(months) / 12.0).round_ties_even() as i64);
        let day = |date: Option<Date>| date.map_or(0, |date| 1 + i64::from(date.days()) as u64);
        let words = [&contract.id, &contract.account_id, &contract.account, &contract.product];
        let key = words.iter().fold(StreamKey::new(PURPOSE), |key, word| key.with(crate::table::hash(word.as_bytes())));
        let key = key.with(day(contract.start)).with(day(contract.end)).bits();
        Self {
            who: companies.of_contract(contract),
            product: fold(&contract.product),
            key,
            months,
            value: yearly.or(contract.amount.map(|money| money.minor)).filter(|minor| *minor > 0),
            cancelled: contract.cancelled.filter(|day| *day <= view.as_of || view.current),
            given_up: view.current && says_ended(&contract.status),
            contract,
        }
    }

    /// The end of the term after one that ends on a day.
    fn next_end(&self, end: Date) -> Date {
        months_after(end.plus_days(1), self.months).plus_days(-1)
    }

    fn class(&self) -> Class {
        Class { auto: self.contract.auto_renew == Some(true), short: self.months < SHORT_MONTHS }
    }

    /// Whether it runs on the day of the forecast, its term ending on a day, if it has an end.
    fn runs(&self, end: Option<Date>, view: &View<'_>) -> bool {
        runs([self.contract.start, end, self.cancelled], view.as_of) && (end.is_some() || !self.given_up)
    }

    /// Whether it does not go on after a term.
    fn stops(&self, end: Date) -> bool {
        self.given_up || self.cancelled.is_some_and(|day| day <= end)
    }

    /// Days around the end of a term in which a deal stands for its renewal: half a term at most, so that a deal stands for one.
    fn near(&self) -> i32 {
        NEAR.min((f64::from(self.months) * MONTH / 2.0) as i32)
    }

    fn known(&self, day: Date, amount: i64) -> Known {
        Known { day, amount, who: self.who.clone(), product: self.contract.product.clone() }
    }
}

/// Names the streams of contracts apart from those of deals.
const PURPOSE: u64 = 0x636f_6e74_7261_6374;

impl Book {
    /// Reads contracts as they stood on a day.
    pub(super) fn new(contracts: &[Contract], view: &View<'_>, companies: &mut Companies<'_>) -> Self {
        let mut book = Self::default();
        let mut all: Vec<One<'_>> = Vec::new();
        for contract in contracts {
            let money = contract.yearly.or(contract.amount);
            if money.is_some_and(|money| money.currency != view.currency) {
                book.foreign += 1;
            } else if contract.start.is_none_or(|start| start <= view.as_of || view.current) {
                all.push(One::new(contract, view, companies));
            }
        }
        // Neither the order of the file nor copies change a stream.
        all.arrange_by(|a, b| a.key.cmp(&b.key).then(a.value.cmp(&b.value)));
        let mut seen = BTreeSet::new();
        for one in &mut all {
            while !seen.insert(one.key) {
                one.key = StreamKey::new(one.key).with(1).bits();
            }
        }
        let next = successors(&all);
        for (one, next) in all.iter().zip(next) {
            book.add(one, next.and_then(|at| all.get(at)), view);
        }
        book
    }

    fn add(&mut self, one: &One<'_>, next: Option<&One<'_>>, view: &View<'_>) {
        let Some(end) = one.contract.end else {
            let runs = one.runs(None, view);
            self.running += usize::from(runs);
            self.without_end += usize::from(runs);
            return;
        };
        match next {
            Some(next) => self.add_signed(one, end, next, view),
            None => self.follow(one, end, view),
        }
    }

    /// A contract whose successor is signed.
    fn add_signed(&mut self, one: &One<'_>, end: Date, next: &One<'_>, view: &View<'_>) {
        self.running += usize::from(one.runs(Some(end), view));
        let ratio = one
            .value
            .zip(next.value)
            .map(|(before, after)| (after as f64 * f64::from(one.months)) / (before as f64 * f64::from(next.months)));
        self.decide(one, end, true, ratio, view);
        // What is signed was not lost, whatever a deal says.
        let deal = one.deal(end, true, view).filter(|deal| *deal != DealStatus::Lost);
        if deal.is_some() {
            self.in_deals += usize::from(end > view.as_of && end <= view.last);
        } else if end <= view.as_of {
            self.renewed(next, end, next.value.or(one.value), view);
        } else {
            self.push_due(one, end, (1, Arc::new([end])), next.value.or(one.value), true, view);
        }
    }

    /// A contract without a successor, term by term.
    fn follow(&mut self, one: &One<'_>, first: Date, view: &View<'_>) {
        let class = one.class();
        let mut end = first;
        for _ in 0..MOST_TERMS {
            if !class.auto || end > view.as_of || one.stops(end) {
                break;
            }
            let deal = one.deal(end, false, view);
            if deal == Some(DealStatus::Lost) {
                return self.end(one, end, view);
            }
            self.decide(one, end, true, None, view);
            if deal.is_none() {
                self.renewed(one, end, one.value, view);
            }
            end = one.next_end(end);
        }
        self.running += usize::from(one.runs(Some(end), view));
        let deal = one.deal(end, true, view);
        if one.stops(end) || deal == Some(DealStatus::Lost) {
            self.end(one, end, view);
        } else if end > view.as_of {
            self.follow_ahead(one, end, view);
        } else if deal == Some(DealStatus::Won) {
            self.decide(one, end, true, None, view);
        } else if view.as_of.days_since(end) > NEAR {
            self.end(one, end, view);
        } else {
            self.lapsed += 1;
        }
    }

    /// The terms of a contract that end after the day of the forecast, from the first of them on.
    fn follow_ahead(&mut self, one: &One<'_>, first: Date, view: &View<'_>) {
        let (mut end, mut row, mut due) = (first, Vec::new(), Vec::new());
        for _ in 0..MOST_TERMS {
            if end > view.last {
                break;
            }
            match one.deal(end, end == first, view) {
                // What is won already is no longer in doubt.
                Some(DealStatus::Won) => self.in_deals += 1,
                Some(DealStatus::Open) => {
                    self.in_deals += 1;
                    row.push(end);
                }
                Some(DealStatus::Lost) => {
                    self.end(one, end, view);
                    break;
                }
                None => {
                    row.push(end);
                    due.push((end, row.len() as u32));
                }
            }
            end = one.next_end(end);
        }
        let row: Arc<[Date]> = row.into();
        for (end, times) in due {
            self.push_due(one, end, (times, row.clone()), None, end == first, view);
        }
    }

    /// What became of a term, if it has come to its end.
    fn decide(&mut self, one: &One<'_>, end: Date, renewed: bool, ratio: Option<f64>, view: &View<'_>) {
        if end <= view.as_of {
            self.decided.push(Decided { class: one.class(), renewed, ratio });
        }
    }

    /// It ended for good, or will.
    fn end(&mut self, one: &One<'_>, end: Date, view: &View<'_>) {
        self.decide(one, end, false, None, view);
        self.ended.extend(one.value.map(|value| one.known(end, value)));
    }

    /// It was renewed on a day, for an amount where that is known.
    fn renewed(&mut self, one: &One<'_>, day: Date, amount: Option<i64>, view: &View<'_>) {
        match amount {
            Some(amount) => self.renewed.push(one.known(day, amount)),
            None => self.without_amount += usize::from(day >= view.first),
        }
    }

    fn push_due(
        &mut self,
        one: &One<'_>,
        day: Date,
        (times, row): (u32, Arc<[Date]>),
        signed: Option<i64>,
        is_first: bool,
        view: &View<'_>,
    ) {
        if day > view.last {
            return;
        }
        let Some(amount) = one.value.or(signed) else {
            self.without_amount += usize::from(is_first);
            return;
        };
        self.due.push(Due {
            key: one.key,
            row,
            who: one.who.clone(),
            product: one.contract.product.clone(),
            day,
            amount,
            class: one.class(),
            times,
            signed,
        });
    }
}

impl One<'_> {
    /// What the file of deals says of the renewal at the end of a term: won before open before lost, whatever the order of
    /// its rows. A deal without a date stands for the next term alone, and only while it is open; one that is lost speaks of
    /// its own product alone.
    fn deal(&self, end: Date, is_next: bool, view: &View<'_>) -> Option<DealStatus> {
        let stands_for = |deal: &&RenewalDeal| match deal.close {
            Some(close) => close.days_since(end).abs() <= self.near(),
            None => is_next && deal.status == DealStatus::Open,
        };
        let other =
            |deal: &RenewalDeal| !deal.product.is_empty() && !self.product.is_empty() && deal.product != self.product;
        let speaks = |deal: &&RenewalDeal| stands_for(deal) && !(deal.status == DealStatus::Lost && other(deal));
        let rank = |status: &DealStatus| match status {
            DealStatus::Won => 0,
            DealStatus::Open => 1,
            DealStatus::Lost => 2,
        };
        view.deals.of(&self.who).filter(speaks).map(|deal| deal.status).min_by_key(rank)
    }
}

/// The contract that renews each: of the same company, begun after it and within 90 days of its end; of the same product
/// first, the nearest first, each for one.
fn successors(all: &[One<'_>]) -> Vec<Option<usize>> {
    let mut accounts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, number) in numbers(all.iter().map(|one| &one.who)).into_iter().enumerate() {
        number.into_iter().for_each(|number| accounts.entry(number).or_default().push(at));
    }
    let mut next = vec![None; all.len()];
    let mut pairs: Vec<(bool, i32, usize, usize)> = Vec::new();
    for list in accounts.values() {
        pairs.clear();
        let mut starts: Vec<(Date, usize)> =
            list.iter().filter_map(|&at| Some((all.get(at)?.contract.start?, at))).collect();
        starts.arrange();
        for &old in list {
            let Some((one, end)) = all.get(old).and_then(|one| Some((one, one.contract.end?.plus_days(1)))) else {
                continue;
            };
            let first = starts.partition_point(|(start, _)| end.days_since(*start) > NEAR);
            for &(start, new) in starts.iter().skip(first).take_while(|(start, _)| start.days_since(end) <= NEAR) {
                let later = one.contract.start.is_none_or(|before| before < start);
                if let Some(other) = all.get(new).filter(|_| old != new && later) {
                    pairs.push((one.product != other.product, start.days_since(end).abs(), old, new));
                }
            }
        }
        pairs.arrange();
        let mut used = BTreeSet::new();
        for &(_, _, old, new) in &pairs {
            if let Some(slot) = next.get_mut(old)
                && slot.is_none()
                && used.insert(new)
            {
                *slot = Some(new);
            }
        }
    }
    next
}

/// The same day of the month so many months later, or the month's last.
fn months_after(day: Date, months: i32) -> Date {
    let (year, month, first) = day.ymd();
    let count = year * 12 + i32::from(month) - 1 + months;
    let at = |d: u8| Date::from_ymd(count.div_euclid(12), count.rem_euclid(12) as u8 + 1, d);
    (0..4).find_map(|less| at(first.saturating_sub(less))).unwrap_or(day)
}

fn says_ended(status: &str) -> bool {
    let status = fold(status);
    ["cancel", "churn", "terminat", "gekundigt", "resilie"].iter().any(|word| status.contains(word))
}

/// Whether a deal's type or name says that it renews something.
pub(super) fn says_renewal(text: &str) -> bool {
    let folded = fold(text);
    ["renew", "verlanger", "renouvel", "renovacion", "rinnov"].iter().any(|word| folded.contains(word))
}
