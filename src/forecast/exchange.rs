//! What amounts of two exports are worth in the reporting currency, at the rates of each one's day.

use super::waterfall::Rates;
use crate::crm::Pipeline;
use crate::money::{Currency, Money};
use crate::stats::Ordered;
use crate::table::Rate;
use std::collections::BTreeMap;

/// The rates of the earlier day and of the later one.
pub(super) struct Exchange {
    to: Currency,
    rates: [BTreeMap<Currency, Rate>; 2],
    /// What each export was read with.
    read: [BTreeMap<Currency, Rate>; 2],
    /// Currencies of which only the other day has a rate.
    borrowed: [Vec<Currency>; 2],
}

impl Exchange {
    /// The rates that are given, else those that the exports were read with; where one day has none, that of the other.
    pub(super) fn new(to: Currency, exports: [&Pipeline; 2], given: &Rates) -> Self {
        let read = exports.map(|export| export.table().options().rates.clone());
        let [mut before, mut after] = read.clone();
        before.extend(table_of(&given.before));
        after.extend(table_of(&given.after));
        let lacks = |own: &BTreeMap<Currency, Rate>, other: &BTreeMap<Currency, Rate>| -> Vec<Currency> {
            other.keys().filter(|currency| !own.contains_key(currency)).copied().collect()
        };
        let borrowed = [lacks(&before, &after), lacks(&after, &before)];
        for (currency, rate) in after.clone() {
            before.entry(currency).or_insert(rate);
        }
        for (currency, rate) in &before {
            after.entry(*currency).or_insert(*rate);
        }
        Self { to, rates: [before, after], read, borrowed }
    }

    /// Whether an amount can be valued.
    pub(super) fn can(&self, money: Money) -> bool {
        money.currency == self.to || self.rates[0].contains_key(&money.currency)
    }

    /// Major units of the reporting currency for one of another, on one of the two days.
    pub(super) fn rate(&self, currency: Currency, side: usize) -> Option<f64> {
        self.rates[side].get(&currency).map(|rate| rate.value())
    }

    /// The amount in the reporting currency, to the nearest minor unit, ties to even; exact in the currency itself.
    pub(super) fn value(&self, money: Money, side: usize) -> i64 {
        if money.currency == self.to {
            return money.minor;
        }
        let rate = self.rates[side].get(&money.currency);
        rate.and_then(|rate| rate.converted(money, self.to)).unwrap_or(0)
    }

    /// An amount that was read in the reporting currency, or in one that had no rate, at the rate of the day.
    pub(super) fn at(&self, read: Money, written: Currency, side: usize) -> Money {
        let minor = match (self.read[side].get(&written), self.rates[side].get(&written)) {
            _ if read.currency == written => self.value(read, side),
            (Some(then), Some(now)) if then != now => {
                (read.minor as f64 * (now.value() / then.value())).round_ties_even() as i64
            }
            _ => read.minor,
        };
        Money::new(minor, self.to)
    }

    /// Of the currencies that the exports have, those valued on one day at the rate of the other, one sentence each.
    pub(super) fn assumed(&self, currencies: &[Currency]) -> Vec<String> {
        let told = |(side, day, other): (usize, &'static str, &'static str)| {
            let lacks = currencies.iter().filter(move |currency| self.borrowed[side].contains(currency));
            lacks.map(move |currency| {
                format!("{currency} has no rate for the day of the {day} export: that of the {other} one counts")
            })
        };
        [(0, "earlier", "later"), (1, "later", "earlier")].into_iter().flat_map(told).collect()
    }
}

fn table_of(rates: &BTreeMap<String, f64>) -> BTreeMap<Currency, Rate> {
    let read = |(code, rate): (&String, &f64)| Some((Currency::new(code).ok()?, Rate::new(*rate).ok()?));
    rates.iter().filter_map(read).ordered()
}
