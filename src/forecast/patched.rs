//! What a changed question gives, from the trials of the forecast it changes.

use super::Forecast;
use super::changed::Changed;
use super::input::{Amount, SimulatedDeal, SimulationInput, Win};
use super::outcome::Outcome;
use super::replay::replay;
use super::trials::{ScenarioTotals, Trials};
use crate::Error;
use crate::stats::Ordered;
use std::collections::{BTreeMap, BTreeSet};

/// A forecast whose single deals can be changed at little cost: the totals of its trials are patched by what the changed
/// deals bring, each on its own stream.
#[derive(Debug)]
pub(super) struct Patched<'a> {
    forecast: &'a Forecast,
    base: SimulationInput,
}

impl<'a> Patched<'a> {
    pub(super) fn new(forecast: &'a Forecast) -> Result<Self, Error> {
        let source = forecast.source();
        Ok(Self { forecast, base: forecast.outcome().input(&source.model, &source.run)? })
    }

    /// The changed question, with the rates of the base in front of its own.
    pub(super) fn input(&self, changed: &Changed) -> Result<SimulationInput, Error> {
        let source = self.forecast.source();
        let mut input = changed.outcome.input_of(&source.model, &source.run)?;
        let names: BTreeSet<u64> = self.base.rates.iter().map(|rate| rate.draw).ordered();
        let own = std::mem::take(&mut input.rates);
        input.rates.clone_from(&self.base.rates);
        let mut places: BTreeMap<usize, Result<usize, f64>> = BTreeMap::new();
        for (index, rate) in own.iter().enumerate() {
            // A rate of a new name would shift how the draws of the others are stratified.
            let place = if names.contains(&rate.draw) {
                input.rates.push(*rate);
                Ok(input.rates.len() - 1)
            } else {
                Err(rate.distribution.mean())
            };
            places.insert(index, place);
        }
        let place = |index: usize| places.get(&index).copied().unwrap_or(Err(0.0));
        for deal in &mut input.deals {
            deal.win = match deal.win {
                Win::Fixed(p) => Win::Fixed(p),
                Win::Hazard { class, factor } => Win::Hazard { class, factor },
                Win::Shared(rate) => place(rate).map_or_else(Win::Fixed, Win::Shared),
                Win::InARow { rate, times } => place(rate)
                    .map_or_else(|p| Win::Fixed(libm::pow(p, f64::from(times))), |rate| Win::InARow { rate, times }),
                Win::Blend { low, high, weight } => match (place(low), place(high)) {
                    (Ok(low), Ok(high)) => Win::Blend { low, high, weight },
                    (low, high) => {
                        let mean =
                            |rate: Result<usize, f64>| rate.map_or_else(|p| p, |i| input.rates[i].distribution.mean());
                        Win::Fixed(mean(low) + weight * (mean(high) - mean(low)))
                    }
                },
            };
        }
        Ok(input)
    }

    /// Each trial's total of each period, and how many deals differ.
    pub(super) fn totals(&self, changed: &Changed) -> Result<(Vec<Vec<i64>>, usize), Error> {
        let input = &self.input(changed)?;
        let trials = self.forecast.trials();
        let all = |trials: &Trials| (0..trials.periods()).map(|period| trials.simulated(period)).collect::<Vec<_>>();
        let old: BTreeMap<u64, &SimulatedDeal> = self.base.deals.iter().map(|deal| (deal.key, deal)).ordered();
        let new: BTreeMap<u64, &SimulatedDeal> = input.deals.iter().map(|deal| (deal.key, deal)).ordered();
        let same = |deal: &SimulatedDeal, other: &SimulatedDeal| {
            deal.category == other.category
                && deal.amount == other.amount
                && deal.closed_by == other.closed_by
                && self.same_win(deal.win, input, other.win)
        };
        let goes: Vec<SimulatedDeal> = old
            .values()
            .filter(|deal| new.get(&deal.key).is_none_or(|other| !same(deal, other)))
            .map(|deal| (*deal).clone())
            .collect();
        let comes: Vec<SimulatedDeal> = new
            .values()
            .filter(|deal| old.get(&deal.key).is_none_or(|other| !same(other, deal)))
            .map(|deal| (*deal).clone())
            .collect();
        let touched = goes.iter().chain(&comes).map(|deal| deal.key).collect::<BTreeSet<u64>>().len();
        let (sure, comes): (Vec<SimulatedDeal>, Vec<SimulatedDeal>) =
            comes.into_iter().partition(|deal| self.sure_in(deal).is_some());
        let mut totals = if goes.len() + comes.len() > input.deals.len() {
            let certain: BTreeSet<u64> = sure.iter().map(|deal| deal.key).ordered();
            let rest = input.deals.iter().filter(|deal| !certain.contains(&deal.key)).cloned().collect();
            let mut whole = all(&replay(input, rest)?);
            for (period, total) in whole.iter_mut().enumerate() {
                total.iter_mut().for_each(|total| *total += trials.won_to_date(period));
                if let Some(new) = trials.new_business(period) {
                    total.iter_mut().zip(new).for_each(|(total, new)| *total += new);
                }
            }
            whole
        } else {
            let mut totals = all(trials);
            for (source, deals, sign) in [(&self.base, goes, -1), (input, comes, 1)] {
                add(&mut totals, source, deals, sign)?;
            }
            totals
        };
        let mut certain = self.certain(changed, input, sure, &old)?;
        let under = totals.iter_mut().zip(&mut certain).enumerate().map(|(period, (simulated, certain))| {
            let (simulated, certain) = (std::mem::take(simulated), std::mem::take(certain));
            trials.under(period, ScenarioTotals { simulated, certain }, self.forecast.corrected(period))
        });
        Ok((under.collect(), touched))
    }

    /// What deals bring that are won for certain, trial by trial; nothing for a period without any.
    ///
    /// Won, a deal brings its amount. A trial that had won it in the same period for more keeps that: to win what may be won anyway takes
    /// nothing away.
    fn certain(
        &self,
        changed: &Changed,
        input: &SimulationInput,
        sure: Vec<SimulatedDeal>,
        old: &BTreeMap<u64, &SimulatedDeal>,
    ) -> Result<Vec<Vec<i64>>, Error> {
        let trials = self.forecast.trials();
        let mut certain = vec![Vec::new(); trials.periods()];
        if sure.is_empty() {
            return Ok(certain);
        }
        certain.iter_mut().for_each(|period| *period = vec![0; trials.count()]);
        let amounts = |outcome: &Outcome| -> BTreeMap<u64, i64> {
            outcome.deals.iter().map(|line| (line.key, line.amount)).ordered()
        };
        let (before, now) = (amounts(self.forecast.outcome()), amounts(&changed.outcome));
        for deal in &sure {
            let (Amount::Fixed(minor), Some(period), Some(old)) = (
                deal.amount,
                self.sure_in(deal),
                old.get(&deal.key).filter(|old| matches!(old.amount, Amount::Estimate(_))),
            ) else {
                continue;
            };
            if minor > 0 && before.get(&deal.key) == now.get(&deal.key) {
                let brought = replay(&self.base, vec![(*old).clone()])?.period(period);
                let more = brought.into_iter().map(|brought| (brought - minor).max(0));
                certain[period].iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
        }
        add(&mut certain, input, sure, 1)?;
        Ok(certain)
    }

    /// The period in which a deal is won for certain, if it is.
    fn sure_in(&self, deal: &SimulatedDeal) -> Option<usize> {
        if deal.win != Win::Fixed(1.0) {
            return None;
        }
        let first = deal.closed_by.iter().position(|closed| *closed > 0.0)?;
        let period = self.base.steps.get(first)?.period;
        let last = self.base.steps.iter().rposition(|step| step.period == period)?;
        (deal.closed_by.get(last) == Some(&1.0)).then_some(period)
    }

    /// Whether two ways to win are the same number in every batch.
    fn same_win(&self, one: Win, input: &SimulationInput, other: Win) -> bool {
        let rate = |index: usize, next: usize| self.base.rates.get(index) == input.rates.get(next);
        match (one, other) {
            (Win::Fixed(a), Win::Fixed(b)) => a.to_bits() == b.to_bits(),
            (Win::Hazard { class, factor }, Win::Hazard { class: other, factor: f }) => {
                class == other && factor.to_bits() == f.to_bits()
            }
            (Win::Shared(a), Win::Shared(b)) => rate(a, b),
            (Win::InARow { rate: a, times }, Win::InARow { rate: b, times: other }) => rate(a, b) && times == other,
            (Win::Blend { low, high, weight }, Win::Blend { low: l, high: h, weight: w }) => {
                rate(low, l) && rate(high, h) && weight.to_bits() == w.to_bits()
            }
            _ => false,
        }
    }
}

/// Adds to totals, or takes away, what some deals bring by themselves.
fn add(totals: &mut [Vec<i64>], source: &SimulationInput, deals: Vec<SimulatedDeal>, sign: i64) -> Result<(), Error> {
    if deals.is_empty() {
        return Ok(());
    }
    let part = replay(source, deals)?;
    for (period, total) in totals.iter_mut().enumerate() {
        total.iter_mut().zip(part.period(period)).for_each(|(total, part)| *total += sign * part);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{Mapping, Pipeline};
    use crate::forecast::examples::corrected;
    use crate::forecast::scenario::Scenario;
    use crate::stats::GroupedSample;
    use crate::table::{ReadOptions, Table};

    fn under(forecast: &Forecast, changes: &str) -> (Vec<i64>, Vec<i64>) {
        let mut changed = Changed::of(forecast.outcome());
        let scenario = Scenario::from_json(&format!(r#"{{ "changes": [{changes}] }}"#)).unwrap();
        changed.make(&scenario, &forecast.source().model, "").unwrap();
        let (mut totals, _) = Patched::new(forecast).unwrap().totals(&changed).unwrap();
        (forecast.trials().period(0), totals.swap_remove(0))
    }

    /// P10, P50, P90 and the mean of both, and what lies between each.
    fn between(base: &[i64], totals: &[i64]) -> Vec<f64> {
        let figures = |totals: &[i64]| {
            let sample = GroupedSample::new(totals, 20);
            let quantiles = sample.quantiles(&[0.1, 0.5, 0.9]).into_iter().map(|quantile| quantile.value);
            quantiles.chain([sample.mean().value]).collect::<Vec<f64>>()
        };
        figures(totals).into_iter().zip(figures(base)).map(|(now, then)| now - then).collect()
    }

    #[test]
    fn a_deal_that_is_won_stands_outside_the_correction() {
        for estimates in [false, true] {
            let forecast = corrected(estimates);
            assert!(forecast.trials().is_corrected(0), "{}", forecast.calibration().reason);
            let amount = 5_000_000;
            let (base, won) = under(&forecast, r#"{ "win": { "deal": "BIG" } }"#);
            let delta = || won.iter().zip(&base).map(|(now, then)| now - then);
            assert!(delta().all(|by| (0..=amount).contains(&by)), "{:?} {:?}", delta().min(), delta().max());
            assert!(between(&base, &won).iter().all(|by| (0.0..=amount as f64).contains(by)));
            // What is won, to date and by the scenario, is certain; and it counts in the trials that had lost it.
            let certain = forecast.trials().won_to_date(0) + amount;
            assert!(won.iter().all(|total| *total >= certain) && delta().max() == Some(amount));
            // At another amount, the deal brings that one.
            let (base, cheap) =
                under(&forecast, r#"{ "price": { "deal": "BIG", "amount": 100 } }, { "win": { "deal": "BIG" } }"#);
            assert!(cheap.iter().zip(&base).all(|(now, then)| *now <= then + 10_000));
            assert!(cheap.iter().all(|total| *total >= forecast.trials().won_to_date(0) + 10_000));
        }
    }

    #[test]
    fn what_is_dropped_or_priced_moves_no_trial_by_more_than_its_amount() {
        let forecast = corrected(false);
        let amount = 5_000_000;
        let (base, dropped) = under(&forecast, r#"{ "drop": { "deal": "BIG" } }"#);
        let range = -amount..=0;
        assert!(dropped.iter().zip(&base).all(|(now, then)| range.contains(&(now - then))));
        assert!(dropped.iter().zip(&base).any(|(now, then)| now < then));
        assert!(dropped.iter().all(|total| *total >= forecast.trials().won_to_date(0)));
        for price in [0, 20_000, 500_000] {
            let (base, priced) = under(&forecast, &format!(r#"{{ "price": {{ "deal": "BIG", "amount": {price} }} }}"#));
            let by = price * 100 - amount;
            let range = by.min(0)..=by.max(0);
            assert!(priced.iter().zip(&base).all(|(now, then)| range.contains(&(now - then))), "{price}");
            assert!(between(&base, &priced).iter().all(|delta| range.contains(&(*delta as i64))));
        }
        // Both at once move the trials by no more than both amounts.
        let both = r#"{ "drop": { "deal": "BIG" } }, { "winRate": { "by": 0.2 } }, { "win": { "deal": "NEXT" } }"#;
        let (base, both) = under(&forecast, both);
        assert!(both.iter().zip(&base).all(|(now, then)| now - then >= -amount));
        let (base, same) = under(&forecast, r#"{ "winRate": { "by": 0 } }, { "cycle": { "days": 0 } }"#);
        assert_eq!(base, same);
    }

    #[test]
    fn a_deals_effect_is_that_of_the_scenarios_that_win_and_lose_it() {
        for (estimates, amount) in [(false, "50000"), (true, "50000"), (false, "")] {
            let csv = crate::forecast::examples::corrected_csv(estimates, amount);
            let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
            let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
            let towards = |quota: &str| crate::forecast::examples::corrected_of(&pipeline, quota);
            // Without an amount the deal is one like any other, and counts where the odds are even.
            let totals = towards("null").trials().period(0);
            let even = GroupedSample::new(&totals, 20).quantiles(&[0.5])[0].value / 100.0;
            let forecast = towards(&if amount.is_empty() { even.to_string() } else { "60000".to_owned() });
            let drivers = forecast.drivers(0).unwrap();
            let share = |totals: &[i64]| GroupedSample::new(totals, 20).share_at_least(drivers.target).value;
            for id in ["BIG", "NEXT"] {
                let at = forecast.outcome().deals.iter().position(|deal| deal.id == id).unwrap();
                let (base, won) = under(&forecast, &format!(r#"{{ "win": {{ "deal": "{id}" }} }}"#));
                let (_, lost) = under(&forecast, &format!(r#"{{ "drop": {{ "deal": "{id}" }} }}"#));
                let driver = drivers.deals[at];
                let found = [drivers.odds.value, driver.won.value, driver.lost.value];
                for (found, expected) in found.into_iter().zip([share(&base), share(&won), share(&lost)]) {
                    assert!((found - expected).abs() < 1e-12, "{id} {amount}: {found} of {expected}");
                }
                assert!(driver.effect.value > 0.0 && driver.share_won.value > 0.0, "{id} {amount}: {driver:?}");
            }
            // To lose a set is to drop its deals.
            let big = forecast.outcome().deals.iter().position(|deal| deal.id == "BIG").unwrap();
            let level = drivers.deals[big].lost.value + 1e-9;
            let sets = forecast.must_win(0, level).unwrap().sets;
            assert!(sets.iter().any(|(set, odds)| *set == [big] && odds.value < level), "{sets:?}");
        }
    }
}
