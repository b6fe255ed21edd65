//! Learns from some rows as a user would, refusal included, and predicts others.

use super::examples::Examples;
use super::gate::{Gate, Verdict};
use super::penalty::{Fitted, base_rate};
use super::validation::Validation;

/// Rows predicted by what other rows of the same file teach.
#[derive(Debug, Clone)]
pub struct Holdout {
    /// What the rows learned from allow; without signal the base rate is predicted.
    pub gate: Gate,
    /// The rows predicted.
    pub validation: Validation,
}

impl Holdout {
    /// Learns from the rows of the table that `learned` picks and predicts those that `predicted` picks.
    #[must_use]
    pub fn new(examples: &Examples, learned: impl Fn(u32) -> bool, predicted: impl Fn(u32) -> bool) -> Self {
        let pick = |wanted: &dyn Fn(u32) -> bool| -> Vec<u32> {
            examples.all().into_iter().filter(|at| wanted(examples.rows[*at as usize])).collect()
        };
        let (training, held) = (pick(&learned), pick(&predicted));
        let own = examples.subset(&learned);
        let counts = Gate::new(&own, None);
        let gate = match counts.verdict {
            Verdict::TooFew => counts,
            _ => Gate::new(&own, Some(&Validation::k_fold(&own))),
        };
        let base = vec![base_rate(examples, &training); held.len()];
        let probabilities = match gate.verdict {
            Verdict::Signal => Fitted::learn(examples, &training).predict(examples, &held),
            _ => base.clone(),
        };
        let outcomes = super::penalty::outcomes(examples, &held);
        let overlap = held.len() as f64 / training.len().max(1) as f64;
        Self { gate, validation: Validation { predicted: probabilities, base, outcomes, tested: held, overlap } }
    }
}
