//! What is told of the deals of a day taken together: worth nothing, one outweighing the others, several currencies.

use super::View;
use crate::Place;
use crate::crm::{Deal, DealStatus};
use crate::money::Currency;
use crate::stats::grouped;
use crate::table::{Action, Code};
use std::collections::BTreeMap;

const ZERO_AMOUNT: Code = Code::new("zero-amount", Action::Noted, "fill in the amounts if they are known");
const CONCENTRATION: Code =
    Code::new("concentration", Action::Kept, "look at this deal by itself: with it stands or falls the period");
const MIXED_CURRENCY: Code =
    Code::new("several-currencies", Action::Kept, "amounts stay in their own currency and are never added together");

impl View<'_> {
    /// Says how many deals are worth nothing, as the file says and not for want of an amount.
    pub(super) fn note_zero_amounts(&mut self, deals: &[Deal]) {
        let column = self.amount.or(self.actual).map(|c| c.name().to_owned());
        for deal in deals.iter().filter(|d| d.amount_known && d.amount.minor == 0 && d.status != DealStatus::Lost) {
            let place = Place { column: column.clone(), ..Place::line(deal.line) };
            self.notes.count(ZERO_AMOUNT, place, &deal.name, || "amounts are 0: such deals add nothing".to_owned());
        }
    }

    /// Says so if one deal outweighs all other open ones together.
    pub(super) fn note_concentration(&mut self, deals: &[Deal]) {
        let mut sums: BTreeMap<Currency, (i128, u64)> = BTreeMap::new();
        let open = || deals.iter().filter(|deal| deal.is_open() && deal.amount.minor > 0);
        for deal in open() {
            let sum = sums.entry(deal.amount.currency).or_insert((0, 0));
            *sum = (sum.0 + i128::from(deal.amount.minor), sum.1 + 1);
        }
        for deal in open() {
            let Some((sum, count)) = sums.get(&deal.amount.currency).copied().filter(|(_, count)| *count >= 5) else {
                continue;
            };
            let own = i128::from(deal.amount.minor);
            if own * 2 <= sum {
                continue;
            }
            let (place, share) = (Place::line(deal.line), own * 100 / sum);
            let name = [&deal.name, &deal.account, &deal.id].into_iter().find(|name| !name.is_empty());
            self.notes.count(CONCENTRATION, place, name.map_or("", String::as_str), || {
                format!(
                    "one deal is {share} % of the {} open deals' amount in {}",
                    grouped(count),
                    deal.amount.currency
                )
            });
        }
    }

    pub(super) fn note_currencies(&mut self, deals: &[Deal]) {
        let mut counts: BTreeMap<Currency, (u64, u64)> = BTreeMap::new();
        for deal in deals {
            counts.entry(deal.amount.currency).or_insert((0, deal.line)).0 += 1;
        }
        if counts.len() < 2 {
            return;
        }
        let most = counts.iter().max_by_key(|(_, (count, _))| *count).map(|(code, _)| *code);
        let others: u64 = counts.iter().filter(|(code, _)| Some(**code) != most).map(|(_, (count, _))| count).sum();
        let line = counts.iter().filter(|(code, _)| Some(**code) != most).map(|(_, (_, line))| *line).min();
        let place = Place { line, ..Place::default() };
        let names: Vec<String> =
            counts.iter().map(|(code, (count, _))| format!("{} in {code}", grouped(count))).collect();
        self.notes.count_many(MIXED_CURRENCY, others, place, "", || {
            format!("deals are in several currencies: {}", names.join(", "))
        });
    }
}
