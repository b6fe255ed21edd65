//! Contracts as they stood on a day: which were renewed or ended, which come due, and what that says of the next.

use crate::calendar::Date;
use crate::crm::Contract;
use crate::crm::DealStatus;
use crate::model::fold;
use crate::money::Currency;
use crate::random::StreamKey;
use crate::stats::Arrange;
use std::collections::{BTreeMap, BTreeSet};

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
    pub(super) account: String,
    pub(super) product: String,
    /// Last day of the term that ends.
    pub(super) day: Date,
    /// What a term brings, in minor units.
    pub(super) amount: i64,
    pub(super) class: Class,
    /// How many renewals in a row it takes, from the day of the forecast on.
    pub(super) times: u32,
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
    pub(super) account: String,
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
    /// Due, and nothing says what they bring.
    pub(super) without_amount: usize,
    /// Contracts in another currency.
    pub(super) foreign: usize,
}

/// A renewal that the file of deals knows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RenewalDeal {
    /// The company, folded.
    pub(super) account: String,
    pub(super) status: DealStatus,
    pub(super) close: Option<Date>,
}

/// What is known on the day of the forecast.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) as_of: Date,
    /// The last day looked at.
    pub(super) last: Date,
    /// Whether the file says nothing later than the day: what it states for later days was known then.
    pub(super) current: bool,
    pub(super) currency: Currency,
    pub(super) deals: &'a [RenewalDeal],
}

/// A contract with what is worked out of it.
#[derive(Debug)]
struct One<'a> {
    contract: &'a Contract,
    account: String,
    product: String,
    key: u64,
    months: i32,
    value: Option<i64>,
    cancelled: Option<Date>,
    /// Its status says that it ended, without a day.
    given_up: bool,
}

impl<'a> One<'a> {
    fn new(contract: &'a Contract, view: &View<'_>) -> Self {
        let days = contract.start.zip(contract.end).map_or(365, |(start, end)| end.days_since(start) + 1);
        let months = libm::round(f64::from(days) / MONTH).max(1.0) as i32;
        let yearly =
            contract.yearly.map(|money| (money.minor as f64 * f64::from(months) / 12.0).round_ties_even() as i64);
        let account = company(&contract.account);
        let day = |date: Option<Date>| date.map_or(0, |date| 1 + i64::from(date.days()) as u64);
        let words = [&contract.id, &contract.account_id, &contract.account, &contract.product];
        let key = words.iter().fold(StreamKey::new(PURPOSE), |key, word| key.with(crate::table::hash(word.as_bytes())));
        let key = key.with(day(contract.start)).with(day(contract.end)).bits();
        Self {
            account: if account.is_empty() { contract.account_id.clone() } else { account },
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

    fn known(&self, day: Date, amount: i64) -> Known {
        let Contract { account, product, .. } = self.contract;
        Known { day, amount, account: account.clone(), product: product.clone() }
    }
}

/// Names the streams of contracts apart from those of deals.
const PURPOSE: u64 = 0x636f_6e74_7261_6374;

impl Book {
    /// Reads contracts as they stood on a day.
    pub(super) fn new(contracts: &[Contract], view: &View<'_>) -> Self {
        let mut book = Self::default();
        let mut all: Vec<One<'_>> = Vec::new();
        for contract in contracts {
            let money = contract.yearly.or(contract.amount);
            if money.is_some_and(|money| money.currency != view.currency) {
                book.foreign += 1;
            } else if contract.start.is_none_or(|start| start <= view.as_of || view.current) {
                all.push(One::new(contract, view));
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
        let begun = one.contract.start.is_none_or(|start| start <= view.as_of);
        let class = one.class();
        let Some(mut end) = one.contract.end else {
            let runs = begun && one.cancelled.is_none_or(|day| day > view.as_of) && !one.given_up;
            self.running += usize::from(runs);
            self.without_end += usize::from(runs);
            return;
        };
        if let Some(next) = next {
            let ratio = one.value.zip(next.value).map(|(before, after)| {
                (after as f64 * f64::from(one.months)) / (before as f64 * f64::from(next.months))
            });
            self.decided.push(Decided { class, renewed: true, ratio });
            self.running += usize::from(begun && end > view.as_of);
            let amount = next.value.or(one.value).unwrap_or(0);
            if self.is_in_deals(one, end, view).is_some() {
                self.in_deals += usize::from(end > view.as_of);
            } else if end <= view.as_of {
                self.renewed.push(next.known(end, amount));
            } else {
                self.push_due(one, end, 1, Some(amount), view);
            }
            return;
        }
        let stops = |end: Date| one.given_up || one.cancelled.is_some_and(|day| day <= end);
        for _ in 0..MOST_TERMS {
            if !class.auto || end > view.as_of || stops(end) {
                break;
            }
            self.decided.push(Decided { class, renewed: true, ratio: None });
            if self.is_in_deals(one, end, view).is_none() {
                self.renewed.push(one.known(end, one.value.unwrap_or(0)));
            }
            end = one.next_end(end);
        }
        self.running += usize::from(begun && end > view.as_of && one.cancelled.is_none_or(|day| day > view.as_of));
        let deal = self.is_in_deals(one, end, view);
        if stops(end) {
            self.decided.push(Decided { class, renewed: false, ratio: None });
            self.ended.push(one.known(end, one.value.unwrap_or(0)));
        } else if end > view.as_of {
            if deal.is_some() {
                self.in_deals += usize::from(end <= view.last);
                return;
            }
            for times in 1..=MOST_TERMS {
                if end > view.last {
                    break;
                }
                self.push_due(one, end, times, None, view);
                end = one.next_end(end);
            }
        } else if let Some(won) = deal.and_then(|deal| (deal != DealStatus::Open).then_some(deal == DealStatus::Won)) {
            self.decided.push(Decided { class, renewed: won, ratio: None });
        } else if view.as_of.days_since(end) > NEAR {
            self.decided.push(Decided { class, renewed: false, ratio: None });
            self.ended.push(one.known(end, one.value.unwrap_or(0)));
        } else {
            self.lapsed += 1;
        }
    }

    fn push_due(&mut self, one: &One<'_>, day: Date, times: u32, signed: Option<i64>, view: &View<'_>) {
        if day > view.last {
            return;
        }
        let Some(amount) = one.value else {
            self.without_amount += 1;
            return;
        };
        self.due.push(Due {
            key: StreamKey::new(one.key).with(u64::from(times)).bits(),
            account: one.contract.account.clone(),
            product: one.contract.product.clone(),
            day,
            amount,
            class: one.class(),
            times,
            signed,
        });
    }

    /// The renewal in the file of deals that stands for the end of a contract, if there is one.
    fn is_in_deals(&self, one: &One<'_>, end: Date, view: &View<'_>) -> Option<DealStatus> {
        let near = |deal: &&RenewalDeal| {
            !one.account.is_empty()
                && deal.account == one.account
                && deal.close.is_none_or(|close| close.days_since(end).abs() <= NEAR)
        };
        view.deals.iter().find(near).map(|deal| deal.status)
    }
}

/// The contract that renews each: of the same company, begun after it and within 90 days of its end; of the same product
/// first, the nearest first, each for one.
fn successors(all: &[One<'_>]) -> Vec<Option<usize>> {
    let mut accounts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, one) in all.iter().enumerate().filter(|(_, one)| !one.account.is_empty()) {
        accounts.entry(&one.account).or_default().push(at);
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

/// A company's name as it is compared: letters and digits alone.
pub(super) fn company(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
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
