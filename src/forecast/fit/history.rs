//! Deals with the days on which they were created and closed, and what of them was known on a day.

use super::paths::Paths;
use crate::calendar::Date;
use crate::crm::{Deal, DealStatus, Pipeline};
use crate::forecast::renewals::renews;
use crate::money::Currency;
use crate::stats::{Arrange, Ordered};
use std::collections::BTreeMap;

/// What a deal can be grouped by: product, owner, segment.
pub(crate) const GROUPINGS: [&str; 3] = ["product", "owner", "segment"];

/// A deal of the file, with all that the file says in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PastDeal {
    pub(crate) key: u64,
    /// Day of creation, if the file says.
    pub(crate) created: Option<i32>,
    /// Day of the closing, if it closed.
    pub(crate) closed: Option<i32>,
    pub(crate) won: bool,
    /// What it brought, in minor units; 0 unless won.
    pub(crate) amount: i64,
    /// What it was thought to be worth while open, in minor units.
    pub(crate) estimate: Option<i64>,
    /// Its product, owner and segment, numbered in alphabetical order.
    pub(crate) groups: [u32; 3],
    /// Whether it renews a contract that a file of contracts tells of: then it is no new business.
    pub(crate) renews: bool,
    /// The stages it went through, by the day it entered them; [`UNTOLD`] for those too rare to be told apart.
    pub(crate) path: Vec<(i32, u16)>,
}

/// All deals of a file, in the order of their keys.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) deals: Vec<PastDeal>,
    pub(crate) currency: Currency,
    /// The newest day of the file.
    pub(crate) newest: Option<i32>,
    /// Deals in another currency, left out.
    pub(crate) foreign: u64,
    /// Closed deals without a closing date, left out.
    pub(crate) undated: u64,
    /// Closed deals without a creation date: their revenue counts, their age does not.
    pub(crate) ageless: u64,
    /// The number of each product, owner and segment.
    pub(crate) labels: [BTreeMap<String, u32>; 3],
    /// Whether a file of contracts tells what is renewed.
    pub(crate) contracts: bool,
    /// The stages of `path`, folded and as written, in alphabetical order; none where no history tells.
    pub(crate) stages: Vec<[String; 2]>,
}

impl History {
    /// The deals of a pipeline. Amounts beside which the file names no currency are in `currency`; deals in another
    /// currency than most are left out. `contracts` says that contracts tell what is renewed: deals that renew are no new
    /// business then.
    pub(crate) fn of(pipeline: &Pipeline, currency: Currency, contracts: bool) -> Self {
        let deals = pipeline.as_of(None, currency).deals;
        let mut counts: BTreeMap<Currency, u64> = BTreeMap::new();
        for deal in &deals {
            *counts.entry(deal.amount.currency).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(_, count)| **count).map_or(currency, |(code, _)| *code);
        let numbers = numbers(&deals);
        let (mut foreign, mut undated, mut ageless) = (0, 0, 0);
        let mut past = Vec::with_capacity(deals.len());
        let paths = Paths::of(pipeline);
        for deal in &deals {
            if deal.amount.currency != most {
                foreign += 1;
                continue;
            }
            let closed = if deal.is_open() { None } else { deal.close.map(Date::days) };
            if closed.is_none() && !deal.is_open() {
                undated += 1;
                continue;
            }
            ageless += u64::from(deal.created.is_none() && closed.is_some());
            let won = deal.status == DealStatus::Won;
            let [product, owner, segment] = &numbers;
            let number = |known: &BTreeMap<String, u32>, label: &str| known.get(label).copied().unwrap_or(0);
            let groups = [number(product, &deal.product), number(owner, &deal.owner), number(segment, &deal.segment)];
            past.push(PastDeal {
                key: deal.key,
                // A deal entered after it closed was open for less than a day.
                created: deal.created.map(|day| day.days().min(closed.unwrap_or(i32::MAX))),
                closed,
                won,
                amount: if won { deal.amount.minor } else { 0 },
                estimate: deal.estimate.map(|worth| worth.minor),
                groups,
                renews: contracts && renews(pipeline, deal),
                path: paths.of_deal(deal, closed),
            });
        }
        past.arrange_by_key(|deal| deal.key);
        let newest = past.iter().flat_map(|deal| [deal.created, deal.closed]).flatten().max();
        Self {
            deals: past,
            currency: most,
            newest,
            foreign,
            undated,
            ageless,
            labels: numbers,
            contracts,
            stages: paths.stages,
        }
    }

    /// What was known at the end of `day`: deals created later are not there, deals closed later are open and worth
    /// their estimate. Deals closed before `recorded_from` are not there either.
    pub(crate) fn at(&self, day: i32, recorded_from: Option<i32>) -> Seen {
        let limit = recorded_from.unwrap_or(i32::MIN);
        let mut deals = Vec::new();
        for deal in &self.deals {
            let known_on = deal.created.or(deal.closed).unwrap_or(i32::MAX);
            if known_on > day || deal.closed.is_some_and(|closed| closed < limit) {
                continue;
            }
            let closed = deal.closed.filter(|closed| *closed <= day);
            // Without a day of creation it is known only once it has closed.
            if closed.is_none() && deal.created.is_none() {
                continue;
            }
            let closing = closed.map(|day| Closing { day, won: deal.won });
            let brought = closing.filter(|closing| closing.won).map(|_| deal.amount);
            deals.push(SeenDeal {
                key: deal.key,
                created: deal.created,
                closing,
                brought,
                estimate: deal.estimate,
                groups: deal.groups,
                renews: deal.renews,
                path: deal.path.iter().copied().take_while(|(entered, _)| *entered <= day).collect(),
            });
        }
        let mut seen = Seen { day, start: i32::MIN, starts_late: false, stages: Vec::new(), deals };
        seen.stages = self.stages.iter().map(|[_, name]| name.clone()).collect();
        (seen.start, seen.starts_late) = match recorded_from {
            Some(from) => (from, true),
            None => seen.first_record(),
        };
        seen
    }
}

/// The products, owners and segments of deals, each numbered in alphabetical order. Compiled by itself: inlined, the compiler did not
/// always put the same instructions first.
#[inline(never)]
fn numbers(deals: &[Deal]) -> [BTreeMap<String, u32>; 3] {
    let of: [fn(&Deal) -> &String; 3] = [|deal| &deal.product, |deal| &deal.owner, |deal| &deal.segment];
    of.map(|label| {
        let mut known: BTreeMap<String, u32> = deals.iter().map(|deal| (label(deal).clone(), 0)).ordered();
        known.values_mut().enumerate().for_each(|(at, number)| *number = at as u32);
        known
    })
}

/// How a deal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closing {
    pub(crate) day: i32,
    pub(crate) won: bool,
}

/// A deal as it was known on a day.
#[derive(Debug, Clone)]
pub(crate) struct SeenDeal {
    pub(crate) key: u64,
    pub(crate) created: Option<i32>,
    pub(crate) closing: Option<Closing>,
    /// What it brought, once won.
    pub(crate) brought: Option<i64>,
    pub(crate) estimate: Option<i64>,
    pub(crate) groups: [u32; 3],
    /// Whether it renews a contract that a file of contracts tells of.
    pub(crate) renews: bool,
    /// The stages it went through so far, by the day it entered them.
    pub(crate) path: Vec<(i32, u16)>,
}

/// What was known at the end of a day, in the order of the keys.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) day: i32,
    /// First day on which a closing would have been recorded.
    pub(crate) start: i32,
    /// Whether deals were created before `start` (left truncation).
    pub(crate) starts_late: bool,
    /// The stages that a history tells apart, as written.
    pub(crate) stages: Vec<String>,
    pub(crate) deals: Vec<SeenDeal>,
}

/// Closings expected before the first recorded one from which on their absence is no chance: e⁻¹⁰ = 0.005 %.
const MISSING: f64 = 10.0;

impl Seen {
    /// The deals won, each with its day and what it brought.
    pub(crate) fn wins(&self) -> impl Iterator<Item = (i32, i64)> + '_ {
        self.deals.iter().filter_map(|deal| Some((deal.closing?.day, deal.brought?)))
    }

    /// The deals won that renew nothing that contracts tell of: the run of new business.
    pub(crate) fn sold(&self) -> impl Iterator<Item = (i32, i64)> + '_ {
        let sold = self.deals.iter().filter(|deal| !deal.renews);
        sold.filter_map(|deal| Some((deal.closing?.day, deal.brought?)))
    }

    /// From which day closings were recorded: the first creation, or, if deals older than the first closing ought to
    /// have closed before it, the day of the first closing.
    ///
    /// # Formula
    /// Λ(a), the Nelson-Aalen cumulative hazard of closing from deals watched since the first closing; recorded late if
    /// Σ Λ(age the day before the first closing) > 10.
    fn first_record(&self) -> (i32, bool) {
        let first_created = self.deals.iter().filter_map(|deal| deal.created).min();
        let first_closed = self.deals.iter().filter_map(|deal| deal.closing.map(|closing| closing.day)).min();
        let (Some(created), Some(closed)) = (first_created, first_closed) else {
            return (first_created.or(first_closed).unwrap_or(self.day), false);
        };
        let longest = (self.day - created).clamp(0, 40_000) as usize;
        let (mut change, mut ended) = (vec![0_i64; longest + 2], vec![0_u32; longest + 1]);
        for deal in &self.deals {
            let Some(born) = deal.created else { continue };
            let exit = deal.closing.map_or(self.day, |closing| closing.day) - born;
            let entry = (closed - born).max(0);
            if entry > exit || exit as usize > longest {
                continue;
            }
            change[entry as usize] += 1;
            change[exit as usize + 1] -= 1;
            ended[exit as usize] += u32::from(deal.closing.is_some());
        }
        let (mut at_risk, mut sum) = (0, 0.0);
        let cumulative: Vec<f64> = (0..=longest)
            .map(|age| {
                at_risk += change[age];
                if at_risk > 0 {
                    sum += f64::from(ended[age]) / at_risk as f64;
                }
                sum
            })
            .collect();
        let missing: f64 = self
            .deals
            .iter()
            .filter_map(|deal| deal.created.filter(|born| *born < closed))
            .map(|born| cumulative.get((closed - 1 - born) as usize).copied().unwrap_or(0.0))
            .sum();
        if missing > MISSING { (closed, true) } else { (created.min(closed), false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deal(key: u64, created: i32, closed: Option<i32>) -> PastDeal {
        PastDeal {
            key,
            created: Some(created),
            closed,
            won: closed.is_some(),
            amount: if closed.is_some() { 900 } else { 0 },
            estimate: Some(1000),
            groups: [0; 3],
            renews: false,
            path: Vec::new(),
        }
    }

    fn history(deals: Vec<PastDeal>) -> History {
        History {
            deals,
            currency: Currency::USD,
            newest: None,
            foreign: 0,
            undated: 0,
            ageless: 0,
            labels: Default::default(),
            contracts: false,
            stages: Vec::new(),
        }
    }

    #[test]
    fn nothing_after_the_day_is_known() {
        let seen = history(vec![deal(1, 0, Some(20)), deal(2, 5, Some(10)), deal(3, 11, None)]).at(10, None);
        assert_eq!(seen.deals.len(), 2);
        let open = &seen.deals[0];
        assert_eq!((open.closing, open.brought, open.estimate), (None, None, Some(1000)));
        assert_eq!(seen.wins().collect::<Vec<_>>(), [(10, 900)]);
    }

    #[test]
    fn records_that_start_late_are_found() {
        // A deal a day since day 0, each open for 30 days. Recorded from day 100: the older ones are not in the file.
        let all = |from: i32| -> Vec<PastDeal> {
            (0..300)
                .map(|day| deal(day as u64, day, (day + 30 <= 320).then_some(day + 30)))
                .filter(|deal| deal.closed.is_none_or(|closed| closed >= from))
                .collect()
        };
        let found = |from| {
            let seen = history(all(from)).at(320, None);
            (seen.start, seen.starts_late)
        };
        assert_eq!(found(0), (0, false));
        // Deals of exactly 30 days do not show it: none could have closed earlier.
        assert_eq!(found(100), (70, false));
        let mut mixed = all(0);
        for (at, deal) in mixed.iter_mut().enumerate() {
            deal.closed = deal.closed.map(|closed| closed + (at as i32 * 7) % 60);
        }
        mixed.retain(|deal| deal.closed.is_none_or(|closed| closed >= 100));
        let first = mixed.iter().filter_map(|deal| deal.closed).min().unwrap();
        assert!((100..105).contains(&first));
        let seen = history(mixed.clone()).at(400, None);
        assert_eq!((seen.start, seen.starts_late), (first, true));
        assert_eq!(history(mixed).at(400, Some(120)).start, 120);
    }
}
