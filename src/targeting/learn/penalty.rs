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
        let mut fitting = Fitting::new(examples, training.to_vec());
        loop {
            if let Some(fitted) = fitting.step(examples) {
                return fitted;
            }
        }
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
    let mut choosing = Choosing::new(examples, training.to_vec());
    loop {
        if let Some(penalty) = choosing.step(examples) {
            return penalty;
        }
    }
}

/// The choice of a penalty, fit by fit.
#[derive(Debug, Clone)]
struct Choosing {
    training: Vec<u32>,
    folds: Vec<u8>,
    /// Fits done.
    done: usize,
    /// What the penalties of the present fold share.
    inner: Option<InnerFold>,
    losses: [f64; PENALTIES.len()],
}

/// One inner fold as the fits of all penalties see it, and the last of them.
#[derive(Debug, Clone)]
struct InnerFold {
    design: Design,
    held: Design,
    known: Vec<bool>,
    truth: Vec<bool>,
    fit: Fit,
}

impl InnerFold {
    fn new(examples: &Examples, training: &[u32], held: &[u32]) -> Self {
        let binning = Binning::learn(examples, training);
        let design = Design::new(&binning, examples, training);
        let fit = Fit::base(design.width, base_rate(examples, training));
        Self {
            held: Design::new(&binning, examples, held),
            known: outcomes(examples, training),
            truth: outcomes(examples, held),
            design,
            fit,
        }
    }
}

impl Choosing {
    /// Fits that a choice takes.
    const STEPS: usize = INNER * PENALTIES.len();

    fn new(examples: &Examples, training: Vec<u32>) -> Self {
        let folds = examples.deal(&training, INNER);
        Self { training, folds, done: 0, inner: None, losses: [0.0; PENALTIES.len()] }
    }

    /// Fits once more; the last fit brings the choice.
    fn step(&mut self, examples: &Examples) -> Option<f64> {
        let (fold, at) = (self.done / PENALTIES.len(), self.done % PENALTIES.len());
        if at == 0 {
            let (training, held) = split(&self.training, &self.folds, fold);
            self.inner = Some(InnerFold::new(examples, &training, &held));
        }
        if let Some(inner) = &mut self.inner {
            inner.fit = Fit::new(&inner.design, &inner.known, PENALTIES[at], &inner.fit, ROUGH);
            let predicted = inner.fit.predict(&inner.held);
            let add = |sum, (p, y): (&f64, &bool)| sum + log_loss_of(*p, *y);
            self.losses[at] = predicted.iter().zip(&inner.truth).fold(self.losses[at], add);
        }
        self.done += 1;
        (self.done == Self::STEPS).then(|| self.best())
    }

    fn best(&self) -> f64 {
        let better = |best, at| if self.losses[at] < self.losses[best] { at } else { best };
        PENALTIES[(1..PENALTIES.len()).fold(0, better)]
    }
}

/// Learning from some rows, fit by fit: the penalty is chosen, then all rows are fitted with it.
#[derive(Debug, Clone)]
pub(crate) struct Fitting {
    training: Vec<u32>,
    choosing: Choosing,
    penalty: Option<f64>,
}

impl Fitting {
    /// Steps that a fit takes, the choice of its penalty included.
    pub(crate) const STEPS: usize = Choosing::STEPS + 1;

    pub(crate) fn new(examples: &Examples, training: Vec<u32>) -> Self {
        let sample = training[..training.len().min(MOST_CHOOSING)].to_vec();
        Self { choosing: Choosing::new(examples, sample), training, penalty: None }
    }

    /// Steps that are left.
    pub(crate) fn steps(&self) -> usize {
        match self.penalty {
            None => Self::STEPS - self.choosing.done,
            Some(_) => 1,
        }
    }

    /// Fits once more; the last step brings the result.
    pub(crate) fn step(&mut self, examples: &Examples) -> Option<Fitted> {
        match self.penalty {
            None => {
                self.penalty = self.choosing.step(examples);
                None
            }
            Some(penalty) => Some(Fitted::with_penalty(examples, &self.training, penalty)),
        }
    }
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
