//! What changed between two exports of a pipeline, in exclusive buckets that close to the cent.
//!
//! The quantity is the open amount called in one period: deals whose stated date falls into it, past-due ones in the
//! current period. It starts with last week's export and ends with this week's; every deal's part of the difference
//! stands in one bucket, with what the deal was and is as evidence. Amounts are integers, so the sum is exact.

use super::Forecast;
use super::bridge::{self, OddsBridge};
use super::exchange::Exchange;
use super::outcome::{DealLine, Outcome};
use super::pairing::Pairs;
use super::renewals::Renewals;
use super::tally::{Tally, category_lines, stage_lines};
use crate::calendar::{Date, Period};
use crate::crm::{Deal, DealStatus, Deals, ForecastCategory, Pipeline};
use crate::model::asked;
use crate::money::{Currency, Money};
use crate::stats::Ordered;
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why an amount came into the period, left it, or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum Bucket {
    /// Won since.
    Won,
    /// Lost since.
    Lost,
    /// Not in the earlier export.
    Created,
    /// Closed in the earlier export, open in the later.
    Reopened,
    /// Open in both; its date moved into the period.
    PulledIn,
    /// Open in both; its date moved out of the period.
    PushedOut,
    /// Not in the later export.
    Disappeared,
    /// Open in the period in both; the amount grew.
    AmountUp,
    /// Open in the period in both; the amount shrank.
    AmountDown,
    /// Open in the period in both; the rate of its currency changed.
    Fx,
    /// Deals that cannot be told apart, all together.
    Ambiguous,
}

impl Bucket {
    /// All buckets, in the order they are shown and applied in.
    pub const ALL: [Self; 11] = [
        Self::Won,
        Self::Lost,
        Self::Created,
        Self::Reopened,
        Self::PulledIn,
        Self::PushedOut,
        Self::Disappeared,
        Self::AmountUp,
        Self::AmountDown,
        Self::Fx,
        Self::Ambiguous,
    ];
}

/// What is compared, and how.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CompareOptions {
    /// The day of the earlier export. `None`: the newest day on which one of its deals was created or closed.
    pub as_of: Option<Date>,
    /// The period, counted from the current one, 0. Default: 0.
    pub period: usize,
    /// Major units of the reporting currency for one of another currency, at each of the two days. Default: the rates that each
    /// export was read with; where one has none, that of the other, and the assumptions say so.
    pub rates: Rates,
}

/// Exchange rates of the two days.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rates {
    /// On the day of the earlier export.
    pub before: BTreeMap<String, f64>,
    /// On the day of the later export.
    pub after: BTreeMap<String, f64>,
}

impl CompareOptions {
    /// Reads the options from JSON; empty text means all defaults.
    ///
    /// # Errors
    /// `bad-option` for an unknown key or a wrong value, with its path.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let options: Self = asked(json, "bad-option")?;
        for (side, rates) in [("before", &options.rates.before), ("after", &options.rates.after)] {
            for (code, rate) in rates {
                let at = Place::path(format!("rates.{side}.{code}"));
                Currency::new(code)
                    .map_err(|error| Error::new(ErrorKind::Run, "bad-option", error.message()).at(at.clone()))?;
                if !(*rate > 0.0 && *rate <= 1e9) {
                    let message = format!("must be above 0 and at most 10⁹, found {rate}");
                    return Err(Error::new(ErrorKind::Run, "bad-option", message).at(at));
                }
            }
        }
        Ok(options)
    }
}

/// What changed between two exports, in one period. Amounts are in minor units of `currency`.
#[derive(Debug, Clone)]
pub struct Waterfall {
    /// The period.
    pub period: Period,
    /// The currency of every amount.
    pub currency: Currency,
    /// The day of the earlier export.
    pub before: Date,
    /// The day of the later export.
    pub after: Date,
    /// Open amount called in the period by the earlier export.
    pub start: i64,
    /// Open amount called in the period by the later export.
    pub end: i64,
    /// Each bucket's part of `end − start`.
    pub buckets: BTreeMap<Bucket, i64>,
    /// The deals behind the buckets, by bucket, then the largest first.
    pub changes: Vec<Change>,
    /// Closed and the open categories, each with its own parts.
    pub categories: Vec<ViewLine<ForecastCategory>>,
    /// The stages that open deals were or are in.
    pub stages: Vec<ViewLine<String>>,
    /// Deals that cannot be told apart.
    pub ambiguous: Vec<AmbiguousDeals>,
    /// Deals left out for want of a rate.
    pub without_rate: usize,
    /// The other currencies that deals are in.
    pub currencies: Vec<ForeignCurrency>,
    /// How the odds and the median moved; `None` if one of the two days cannot see the period.
    pub odds: Option<OddsBridge>,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
}

/// A currency of deals that is not the reporting one: major units of that for one of it, on each day; `None` without a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForeignCurrency {
    /// The currency.
    pub currency: Currency,
    /// Its rate on the day of the earlier export.
    pub before: Option<f64>,
    /// Its rate on the day of the later export.
    pub after: Option<f64>,
}

/// One deal's part of a bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The bucket.
    pub bucket: Bucket,
    /// What it adds to the open amount of the period.
    pub amount: i64,
    /// What it adds to the amount won in the period.
    pub won: i64,
    /// How the deal stood in the earlier export.
    pub before: Option<Stand>,
    /// How it stands in the later.
    pub after: Option<Stand>,
}

/// How a deal stood in an export.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// Row in the export's table.
    pub row: usize,
    /// Line in the file, from 1.
    pub line: u64,
    /// The id, or empty.
    pub id: String,
    /// Name of the deal, or empty.
    pub name: String,
    /// Company the deal is with, or empty.
    pub account: String,
    /// Sales person in charge, or empty.
    pub owner: String,
    /// Open, won or lost.
    pub status: DealStatus,
    /// Stage as written, or empty.
    pub stage: String,
    /// What it is called: closed for a won deal, none for a lost one.
    pub category: Option<ForecastCategory>,
    /// The amount as the file has it.
    pub amount: Money,
    /// The amount in the reporting currency, at the rate of the export's day.
    pub value: i64,
    /// Close date.
    pub close: Option<Date>,
    /// Whether it is open and called in the period.
    pub is_called: bool,
    /// Whether it is won in the period.
    pub is_won_here: bool,
}

/// One category or stage with its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewLine<K> {
    /// The category or stage.
    pub key: K,
    /// Amount in the earlier export.
    pub start: i64,
    /// Amount in the later export.
    pub end: i64,
    /// Each bucket's part of the difference.
    pub buckets: BTreeMap<Bucket, i64>,
    /// Amount of deals that came from another category or stage, less those that went to another.
    pub moved: i64,
}

/// Deals of which nobody can say which is which.
#[derive(Debug, Clone, PartialEq)]
pub struct AmbiguousDeals {
    /// What they have in common.
    pub shared: String,
    /// Lines of the earlier export.
    pub before: Vec<u64>,
    /// Lines of the later export.
    pub after: Vec<u64>,
    /// What they change together.
    pub amount: i64,
}

impl Pipeline {
    /// Compares this pipeline, of which `forecast` is, with an earlier export.
    ///
    /// # Errors
    /// `no-as-of` if nothing names the day of the earlier export, `period-outside` for a period that the forecast does
    /// not have, the limits of the simulation.
    pub fn compare(&self, forecast: &Forecast, previous: &Self, options: &CompareOptions) -> Result<Waterfall, Error> {
        let source = forecast.source();
        let now = forecast.outcome();
        let after = now.horizon.as_of();
        let mut assumptions = Vec::new();
        let before = day_of(previous, options.as_of, after, &mut assumptions)?;
        let period = *now.horizon.periods().get(options.period).ok_or_else(|| {
            let message = format!("the forecast has {} periods, counted from 0", now.horizon.periods().len());
            Error::new(ErrorKind::Run, "period-outside", message).at(Place::path("period"))
        })?;
        let currency = now.currency;
        let own = source.model.meta().currency;
        let known_before = previous.as_of(Some(before), own);
        let known_after = self.as_of(Some(after), own);
        let exchange = Exchange::new(currency, [previous, self], &options.rates);
        let currencies = foreign(&[&known_before, &known_after], currency);
        assumptions.extend(exchange.assumed(&currencies));
        let (known_before, lost_before) = only(known_before, |money| exchange.can(money));
        let (known_after, lost_after) = only(known_after, |money| exchange.can(money));
        let pairs = Pairs::of(&known_before.deals, &known_after.deals);
        let value = |money: Money, side: usize| exchange.value(money, side);
        // The forecast's own trials hold the amounts as they were read.
        let converted = known_after.deals.iter().any(|deal| deal.amount.currency != currency)
            || known_after.deals.iter().any(|deal| deal.amount_known && value(deal.written, 1) != deal.amount.minor);
        let outcome = |known: &Deals, side: usize, as_of: Date, periods: u8| {
            let deals = known.deals.iter().map(|deal| Deal {
                amount: Money::new(value(deal.written, side), currency),
                estimate: deal.estimate.map(|estimate| exchange.at(estimate, deal.written.currency, side)),
                ..deal.clone()
            });
            let known = Deals { deals: deals.collect(), ..known.clone() };
            let run = crate::model::Run { periods, ..source.run.clone() };
            Outcome::of(known, as_of, &source.model, &run, Vec::new(), now.past.clone())
        };
        let earlier_periods = bridge::periods_to(before, period, source.run.periods, source.model.meta().fiscal_year);
        let earlier = outcome(&known_before, 0, before, earlier_periods.unwrap_or(1));
        let later = outcome(&known_after, 1, after, source.run.periods);
        let stands = [
            Stands::new(&known_before, &earlier, before, period, |money| value(money, 0)),
            Stands::new(&known_after, &later, after, period, |money| value(money, 1)),
        ];
        let mut waterfall = Tally::new(&stands, &value).run(&pairs);
        let odds = match earlier_periods {
            None => None,
            Some(_) => Some(
                bridge::Question {
                    forecast,
                    earlier: &earlier,
                    carried: &outcome(&known_before, 0, after, source.run.periods),
                    later: &later,
                    renewals: self.renewals_before(forecast, previous, &earlier),
                    resimulate: converted,
                    period,
                    target: options.period,
                    stands: &stands,
                    pairs: &pairs,
                    revalued: &|money| value(money, 0),
                }
                .answer()?,
            ),
        };
        if lost_before.max(lost_after) > 0 {
            assumptions.push(format!(
                "{} deals in other currencies than {currency} are left out (give rates to count them)",
                lost_before.max(lost_after)
            ));
        }
        assumptions.append(&mut waterfall.assumptions);
        Ok(Waterfall {
            period,
            currency,
            before,
            after,
            start: waterfall.start,
            end: waterfall.end,
            buckets: waterfall.buckets,
            changes: waterfall.changes,
            categories: category_lines(waterfall.categories),
            stages: stage_lines(waterfall.stages, &earlier.stages, &later.stages),
            ambiguous: waterfall.ambiguous,
            without_rate: lost_before.max(lost_after),
            currencies: currencies
                .into_iter()
                .map(|currency| ForeignCurrency {
                    currency,
                    before: exchange.rate(currency, 0),
                    after: exchange.rate(currency, 1),
                })
                .collect(),
            odds,
            assumptions,
        })
    }
}

impl Pipeline {
    /// What the contracts were to bring, seen from the day of an earlier export: its own contracts, else those of this one,
    /// of which nothing counts then that begins or is cancelled later.
    fn renewals_before(&self, forecast: &Forecast, previous: &Self, earlier: &Outcome) -> Option<Renewals> {
        forecast.renewals()?;
        let source = forecast.source();
        let own = !previous.contracts().is_empty();
        let contracts = if own { previous.contracts() } else { self.contracts() };
        let current = own && previous.proposed_as_of().is_none_or(|newest| newest <= earlier.horizon.as_of());
        Some(Renewals::of(contracts, current, previous, earlier, &source.model, &source.run))
    }
}

fn day_of(previous: &Pipeline, given: Option<Date>, after: Date, told: &mut Vec<String>) -> Result<Date, Error> {
    if let Some(day) = given {
        return Ok(day);
    }
    let newest = previous.proposed_as_of().ok_or_else(|| {
        let message = "the earlier file names no day on which a deal was created or closed (give asOf)";
        Error::new(ErrorKind::Run, "no-as-of", message).at(Place::path("asOf"))
    })?;
    let day = newest.min(after);
    told.push(format!(
        "the earlier file is taken as of {day}, the newest day on which one of its deals was created or closed"
    ));
    Ok(day)
}

/// The currencies that deals are written in, besides the reporting one, in order.
fn foreign(exports: &[&Deals], reporting: Currency) -> Vec<Currency> {
    let written = exports.iter().flat_map(|known| known.deals.iter().map(|deal| deal.written.currency));
    let all: std::collections::BTreeSet<Currency> = written.filter(|currency| *currency != reporting).ordered();
    all.into_iter().collect()
}

/// The deals that can be valued, and how many others there are.
fn only(mut known: Deals, usable: impl Fn(Money) -> bool) -> (Deals, usize) {
    let all = known.deals.len();
    known.deals.retain(|deal| usable(deal.written));
    let lost = all - known.deals.len();
    (known, lost)
}

/// One export's deals as they stand towards the period.
#[derive(Debug)]
pub(super) struct Stands {
    pub(super) list: Vec<Stand>,
    /// Index of each open deal in the outcome, by its index in the list.
    pub(super) lines: Vec<Option<usize>>,
}

impl Stands {
    fn new(known: &Deals, outcome: &Outcome, as_of: Date, period: Period, value: impl Fn(Money) -> i64) -> Self {
        let by_row: BTreeMap<usize, usize> =
            outcome.deals.iter().enumerate().map(|(index, line)| (line.row, index)).ordered();
        let lines: Vec<Option<usize>> = known.deals.iter().map(|deal| by_row.get(&deal.row).copied()).collect();
        let list = known.deals.iter().zip(&lines).map(|(deal, line)| {
            let line: Option<&DealLine> = line.and_then(|index| outcome.deals.get(index));
            let stage = line.map_or(&deal.stage, |line| &outcome.stages[line.stage].name);
            Stand {
                row: deal.row,
                line: deal.line,
                id: deal.id.clone(),
                name: deal.name.clone(),
                account: deal.account.clone(),
                owner: deal.owner.clone(),
                status: deal.status,
                stage: stage.clone(),
                category: match deal.status {
                    DealStatus::Open => line.map(|line| line.category),
                    DealStatus::Won => Some(ForecastCategory::Closed),
                    DealStatus::Lost => None,
                },
                amount: deal.written,
                value: value(deal.written),
                close: deal.close,
                is_called: deal.is_open() && deal.close.is_some_and(|close| period.contains(close.max(as_of))),
                is_won_here: deal.status == DealStatus::Won
                    && deal.close.is_some_and(|close| close <= as_of && period.contains(close)),
            }
        });
        Self { list: list.collect(), lines }
    }
}

/// What happened to a deal between the exports.
pub(super) fn bucket_of(before: Option<&Stand>, after: Option<&Stand>) -> Option<Bucket> {
    use DealStatus::{Lost, Open, Won};
    match (before.map(|stand| stand.status), after.map(|stand| stand.status)) {
        (None | Some(Open | Lost), Some(Won)) => Some(Bucket::Won),
        (None | Some(Open | Won), Some(Lost)) => Some(Bucket::Lost),
        (None, Some(Open)) => Some(Bucket::Created),
        (Some(Won | Lost), Some(Open)) => Some(Bucket::Reopened),
        (Some(_), None) => Some(Bucket::Disappeared),
        (Some(Lost), Some(Lost)) | (None, None) => None,
        (Some(Open), Some(Open)) | (Some(Won), Some(Won)) => {
            let inside = |stand: Option<&Stand>| stand.is_some_and(|stand| stand.is_called || stand.is_won_here);
            match (inside(before), inside(after)) {
                (false, true) => Some(Bucket::PulledIn),
                (true, false) => Some(Bucket::PushedOut),
                _ => None,
            }
        }
    }
}
