//! Says whether there is anything to learn, and refuses where there is not.

use super::examples::Examples;
use super::validation::{Gain, Validation};
pub use crate::model::Verdict;

/// Rows of either outcome below which nothing is learned.
pub const FEWEST: u64 = 20;

/// The verdict with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// The verdict.
    pub verdict: Verdict,
    /// Rows that ended well.
    pub successes: u64,
    /// Rows that ended badly.
    pub failures: u64,
    /// By how much predictions of unseen rows beat the base rate; `None` where nothing was tried.
    pub gain: Option<Gain>,
}

impl Gate {
    /// Judges a validation. Pass `None` to judge the counts alone.
    #[must_use]
    pub fn new(examples: &Examples, validation: Option<&Validation>) -> Self {
        let successes = examples.outcomes().iter().filter(|y| **y).count() as u64;
        let failures = examples.len() as u64 - successes;
        let gain = validation.map(Validation::gain);
        let verdict = match gain {
            _ if successes.min(failures) < FEWEST => Verdict::TooFew,
            Some(gain) if gain.value > 0.0 && gain.value >= gain.standard_error => Verdict::Signal,
            _ => Verdict::NoSignal,
        };
        Self { verdict, successes, failures, gain }
    }

    /// The verdict as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { successes, failures, .. } = self;
        let (value, error) = self.gain.map_or((0.0, 0.0), |gain| (gain.value, gain.standard_error));
        match self.verdict {
            Verdict::TooFew => format!(
                "Too few to learn from: {successes} ended well and {failures} badly, at least {FEWEST} of each are needed."
            ),
            Verdict::NoSignal => format!(
                "No signal: on rows not learned from, the columns predict the outcome no better than the overall rate \
                 (gain in log-loss {value:.4}, standard error {error:.4})."
            ),
            Verdict::Signal => format!(
                "Signal: on rows not learned from, the columns predict the outcome better than the overall rate \
                 (gain in log-loss {value:.4}, standard error {error:.4})."
            ),
        }
    }
}
