//! Every way in which few deals can end, each with its probability.

use super::{MAX_LISTED, Playing, Question, SimulationInput, Subsets, too_large};
use crate::Error;
use crate::forecast::exact::ExactMethod;

/// The outcomes of few deals in a period: the probability of each, the total that it makes, and what each deal brings to it.
#[derive(Debug)]
pub(in crate::forecast) struct Listed {
    /// Probabilities, which sum to 1; outcomes that cannot be are left out.
    pub(in crate::forecast) masses: Vec<f64>,
    /// Won to date included, in minor units.
    pub(in crate::forecast) totals: Vec<i64>,
    /// Index of each deal in the input, and what it brings outcome by outcome.
    pub(in crate::forecast) deals: Vec<(usize, Vec<i64>)>,
}

impl SimulationInput {
    /// Every outcome of a period.
    ///
    /// # Errors
    /// `exact-too-large` for more than 16 deals that can be won in it or too much to integrate; `drawn-amounts` if an amount is drawn.
    pub(in crate::forecast) fn listed(&self, period: usize) -> Result<Listed, Error> {
        self.validate(0)?;
        let question = Question::new(self, Some(period))?;
        if question.deals.len() > MAX_LISTED {
            return Err(too_large());
        }
        let (masses, _) = question.integrate(ExactMethod::Subsets, &Subsets { follows: question.follows() })?;
        let order: Vec<&Playing> =
            question.groups.iter().flat_map(|(_, group)| group).map(|&at| &question.deals[at]).collect();
        let possible: Vec<usize> = (0..masses.len()).filter(|&outcome| masses[outcome] > 0.0).collect();
        // A bit says that the deal adds its size to the lowest total: a negative amount does where it is not won.
        let deals: Vec<(usize, Vec<i64>)> = order
            .iter()
            .enumerate()
            .map(|(bit, deal)| {
                let brings = |&outcome: &usize| match (outcome >> bit & 1 == 1, deal.is_negative) {
                    (true, false) => deal.size,
                    (false, true) => -deal.size,
                    _ => 0,
                };
                (deal.index, possible.iter().map(brings).collect())
            })
            .collect();
        let won: i64 = self.won_to_date.get(period).copied().unwrap_or(0);
        let total = |at: usize| won + deals.iter().map(|(_, brought)| brought[at]).sum::<i64>();
        Ok(Listed {
            totals: (0..possible.len()).map(total).collect(),
            masses: possible.iter().map(|&outcome| masses[outcome]).collect(),
            deals,
        })
    }
}
