//! Learns a scorecard from rows whose outcome is known, and says how far it can be trusted.
//!
//! ```text
//! outcome ─► examples ─► bins ─► design ─► ridge logistic fit (penalty by inner folds)
//!                │                               │
//!                ├─► leak detector               ├─► validation ─► gate
//!                │                               └─► card: whole points per bin, ready for the model
//! ```
//!
//! Rows are put in an order fixed by their content before anything is added up, so the same rows give the same bits in
//! any order of the file.

mod bins;
mod card;
mod columns;
mod design;
mod examples;
mod gate;
mod holdout;
mod leaks;
mod learned;
mod learning;
mod logistic;
mod newton;
mod options;
#[cfg(test)]
mod oracle;
mod outcome;
mod penalty;
mod validation;

pub use card::{Card, CardGroup, CardRule};
pub use columns::{ColumnUse, LearnColumn};
pub use examples::Examples;
pub use gate::{FEWEST, Gate, Verdict};
pub use holdout::Holdout;
pub use leaks::{Leak, LeakGrade, LeakSign, leaks};
pub use learned::{Learned, Prediction};
pub use learning::Learning;
pub(crate) use logistic::sigmoid;
pub use options::{LeakPolicy, LearnOptions};
pub(crate) use outcome::lead_word;
pub use outcome::{Ends, OutcomeColumn, OutcomeValue, ends};
pub use validation::{Gain, Quality, TimeSplit, Validation};

/// The penalty that inner cross-validation chooses on all examples.
#[must_use]
pub fn penalty(examples: &Examples) -> f64 {
    penalty::choose_for(examples)
}
