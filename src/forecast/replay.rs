//! Single deals played again on their own streams, so that stored totals can be patched instead of simulated anew.

use super::input::{SharedRate, SimulatedDeal, SimulationInput};
use super::simulate::Simulation;
use super::trials::Trials;
use crate::Error;
use std::collections::BTreeMap;

/// The totals of each period that some deals of a simulation bring by themselves, with nothing won to date.
///
/// A deal's stream, the rates and the market are those of the whole simulation: taking the totals of a deal away from
/// the whole and adding those of its changed self gives, to the bit, what simulating the changed whole would.
///
/// # Errors
/// Those of [`SimulationInput::validate`].
pub(super) fn replay(input: &SimulationInput, mut deals: Vec<SimulatedDeal>) -> Result<Trials, Error> {
    // Whole periods are asked for, so that all deals may be added up together.
    deals.iter_mut().for_each(|deal| deal.category = 0);
    let mut part = SimulationInput {
        deals,
        rates: Vec::new(),
        steps: input.steps.clone(),
        won_to_date: vec![0; input.periods()],
        pace: input.pace.clone(),
        changes: input.changes.clone(),
        new_business: false,
        categories: 1,
        ..*input
    };
    restrict_rates(&mut part, &input.rates);
    Ok(Simulation::again(part)?.finish())
}

/// Keeps the rates that the deals use, and one of each other name: the names decide how the draws are stratified.
fn restrict_rates(part: &mut SimulationInput, rates: &[SharedRate]) {
    use super::input::Win;
    let mut kept: BTreeMap<usize, usize> = BTreeMap::new();
    let mut names = std::collections::BTreeSet::new();
    let mut list = Vec::new();
    let mut keep = |index: usize, names: &mut std::collections::BTreeSet<u64>| {
        *kept.entry(index).or_insert_with(|| {
            if let Some(rate) = rates.get(index) {
                names.insert(rate.draw);
                list.push(*rate);
            }
            list.len() - 1
        })
    };
    for deal in &mut part.deals {
        deal.win = match deal.win {
            Win::Fixed(p) => Win::Fixed(p),
            Win::Hazard { class, factor } => Win::Hazard { class, factor },
            Win::Shared(rate) => Win::Shared(keep(rate, &mut names)),
            Win::InARow { rate, times } => Win::InARow { rate: keep(rate, &mut names), times },
            Win::Blend { low, high, weight } => {
                Win::Blend { low: keep(low, &mut names), high: keep(high, &mut names), weight }
            }
        };
    }
    for rate in rates {
        if names.insert(rate.draw) {
            list.push(*rate);
        }
    }
    part.rates = list;
}
