//! Chooses the penalty by inner cross-validation and fits with it.

use super::bins::Binning;
use super::design::Design;
use super::examples::Examples;
use super::logistic::{EXACT, Fit, ROUGH};
use crate::stats::log_loss_of;

/// The penalties tried, from the firmest down: each fit starts where the firmer one ended.
pub(crate) const PENALTIES: [f64; 4] = [1000.0, 100.0, 10.0, 1.0];
/// Inner folds.
const INNER: usize = 5;
/// Rows used to choose a penalty at most. Rows are ordered by a hash of their content, so the first are a fair sample.
pub(crate) const MOST_CHOOSING: usize = 20_000;

/// Bins and weights learned from training rows.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    pub(crate) binning: Binning,
    pub(crate) fit: Fit,
    pub(crate) penalty: f64,
}

impl Fitted {
    /// Chooses the penalty on the training rows and fits all of them with it.
    pub(crate) fn learn(examples: &Examples, training: &[u32]) -> Self {
        let penalty = choose(examples, &training[..training.len().min(MOST_CHOOSING)]);
        Self::with_penalty(examples, training, penalty)
    }

    /// Fits the training rows with a given penalty.
    pub(crate) fn with_penalty(examples: &Examples, training: &[u32], penalty: f64) -> Self {
        let base = base_rate(examples, training);
        let binning = Binning::learn(examples, training);
        let design = Design::new(&binning, examples, training);
        let fit = Fit::new(&design, &outcomes(examples, training), penalty, &Fit::base(design.width, base), EXACT);
        Self { binning, fit, penalty }
    }

    /// The probabilities of some rows.
    pub(crate) fn predict(&self, examples: &Examples, rows: &[u32]) -> Vec<f64> {
        self.fit.predict(&Design::new(&self.binning, examples, rows))
    }
}

/// The penalty for all examples.
pub(crate) fn choose_for(examples: &Examples) -> f64 {
    let mut rows = examples.all();
    rows.truncate(MOST_CHOOSING);
    choose(examples, &rows)
}

/// The penalty with the lowest log-loss over the inner folds, the firmer of equals.
fn choose(examples: &Examples, training: &[u32]) -> f64 {
    let folds = examples.deal(training, INNER);
    let mut losses = [0.0; PENALTIES.len()];
    for fold in 0..INNER {
        let (inner, held) = split(training, &folds, fold);
        let binning = Binning::learn(examples, &inner);
        let (design, held_design) = (Design::new(&binning, examples, &inner), Design::new(&binning, examples, &held));
        let (known, truth) = (outcomes(examples, &inner), outcomes(examples, &held));
        let mut fit = Fit::base(design.width, base_rate(examples, &inner));
        for (penalty, loss) in PENALTIES.iter().zip(&mut losses) {
            fit = Fit::new(&design, &known, *penalty, &fit, ROUGH);
            *loss += fit.predict(&held_design).iter().zip(&truth).fold(0.0, |sum, (p, y)| sum + log_loss_of(*p, *y));
        }
    }
    let best = (1..PENALTIES.len()).fold(0, |best, at| if losses[at] < losses[best] { at } else { best });
    PENALTIES[best]
}

/// Rows of the other folds, rows of this fold.
pub(crate) fn split(rows: &[u32], folds: &[u8], fold: usize) -> (Vec<u32>, Vec<u32>) {
    let own = |wanted: bool| -> Vec<u32> {
        let picked = rows.iter().zip(folds).filter(|(_, f)| (usize::from(**f) == fold) == wanted);
        picked.map(|(row, _)| *row).collect()
    };
    (own(false), own(true))
}

/// The outcomes of some rows.
pub(crate) fn outcomes(examples: &Examples, rows: &[u32]) -> Vec<bool> {
    rows.iter().map(|row| examples.outcomes[*row as usize]).collect()
}

/// The share of wins, half a win and half a loss added where one of them is missing: never 0 or 1.
pub(crate) fn base_rate(examples: &Examples, rows: &[u32]) -> f64 {
    let wins = rows.iter().filter(|row| examples.outcomes[**row as usize]).count() as f64;
    let n = rows.len() as f64;
    if wins > 0.0 && wins < n { wins / n } else { (wins + 0.5) / (n + 1.0) }
}
