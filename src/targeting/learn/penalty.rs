//! Chooses the penalty by inner cross-validation and fits with it.

use super::bins::{Binning, RARE};
use super::design::Design;
use super::examples::Examples;
use super::logistic::{EXACT, Fit, Penalty, ROUGH};
use crate::stats::log_loss_of;

/// The penalties tried, from the firmest down: each fit starts where the firmer one ended.
const PENALTIES: [f64; 9] = [1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1];
/// What steps from one bin of a number to the next cost, for each unit of the penalty of a weight. With 0.4 the log-loss of
/// unseen rows was lower than with 0 on 14 of 19 files of 120 to 3,000 rows, by 0.0055 on average over all, and at most
/// 0.0005 higher; with 1 it was higher where numbers do not rise evenly.
const STEP: f64 = 0.4;
/// Part of a standard error by which a softer penalty has to be better than a firmer one.
const TIE: f64 = 0.3;
/// How much worse than the best of a fold a penalty may do before softer ones are not tried, where the fold holds out so
/// many rows.
const HOPE: f64 = 1.1;
const HOPE_ROWS: usize = 200;
/// Inner folds.
const INNER: usize = 5;
/// Rows of the rarer outcome that the folds of all rounds test together at least, as far as the rounds go.
const ROUNDS_TEST: usize = 500;
/// Times that the inner folds are dealt at most.
const MOST_ROUNDS: usize = 5;
/// Rows used to choose a penalty at most. Rows are ordered by a hash of their content, so the first are a fair sample.
const MOST_CHOOSING: usize = 10_000;
/// Rows that are predicted by others at most.
pub(crate) const MOST_PREDICTED: usize = 20_000;

/// How a penalty is chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Times that the inner folds are dealt: the fewer rows, the more of the choice is luck of the deal.
    rounds: usize,
}

impl Plan {
    pub(crate) fn of(examples: &Examples, rows: &[u32]) -> Self {
        let wins = rows.iter().filter(|row| examples.outcomes[**row as usize]).count();
        let rarer = wins.min(rows.len() - wins);
        Self { rounds: (ROUNDS_TEST / rarer.max(1)).clamp(1, MOST_ROUNDS) }
    }

    /// Fits that a choice takes.
    fn fits(self) -> usize {
        self.rounds * INNER * PENALTIES.len()
    }

    /// Steps that learning takes, the choice of the penalty included.
    pub(crate) fn steps(self) -> usize {
        self.fits() + 1
    }
}

fn penalty_of(size: f64) -> Penalty {
    Penalty { size, step: STEP * size }
}

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
        let mut fitting = Fitting::new(training.to_vec(), Plan::of(examples, training));
        loop {
            if let Some(fitted) = fitting.step(examples) {
                return fitted;
            }
        }
    }

    /// Fits the training rows with a given penalty.
    pub(crate) fn with_penalty(examples: &Examples, training: &[u32], penalty: f64) -> Self {
        let base = base_rate(examples, training);
        let binning = Binning::learn(examples, training, RARE);
        let design = Design::new(&binning, examples, training);
        let fit = Fit::new(
            &design,
            &outcomes(examples, training),
            penalty_of(penalty),
            &Fit::base(design.width, base),
            EXACT,
        );
        Self { binning, fit, penalty }
    }

    /// The probabilities of some rows.
    pub(crate) fn predict(&self, examples: &Examples, rows: &[u32]) -> Vec<f64> {
        self.fit.predict(&Design::new(&self.binning, examples, rows))
    }
}

/// The penalty for all examples.
pub(crate) fn choose_for(examples: &Examples) -> f64 {
    let rows = examples.all();
    let mut choosing = Choosing::new(&rows, Plan::of(examples, &rows));
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
    /// Rows to be fitted once the penalty is chosen.
    all: usize,
    plan: Plan,
    /// The folds of the present round.
    folds: Vec<u8>,
    /// Fits done.
    done: usize,
    /// What the penalties of the present fold share.
    inner: Option<InnerFold>,
    /// Log-loss of each penalty, by fold.
    losses: Vec<[f64; PENALTIES.len()]>,
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
    fn new(examples: &Examples, training: &[u32], held: &[u32], all: usize) -> Self {
        // Fewer in the same measure as these rows are, so that the same levels are pooled as where all rows are fitted.
        let binning = Binning::learn(examples, training, (RARE * training.len() / all).max(2));
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

    /// Fits with a penalty; gives the log-loss of the rows held out.
    fn loss_with(&mut self, penalty: f64) -> f64 {
        self.fit = Fit::new(&self.design, &self.known, penalty_of(penalty), &self.fit, ROUGH);
        let predicted = self.fit.predict(&self.held);
        predicted.iter().zip(&self.truth).fold(0.0, |sum, (p, y)| sum + log_loss_of(*p, *y))
    }

    /// Whether softer penalties than those that gave these losses need no try: the last did far worse than the best, on
    /// rows enough to tell. They are the ones that take longest to fit.
    fn is_past_hope(&self, losses: &[f64]) -> bool {
        let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
        self.truth.len() >= HOPE_ROWS && losses.last().is_some_and(|last| *last > HOPE * least)
    }
}

impl Choosing {
    fn new(training: &[u32], plan: Plan) -> Self {
        let sample = training[..training.len().min(MOST_CHOOSING)].to_vec();
        Self {
            training: sample,
            all: training.len().max(1),
            plan,
            folds: Vec::new(),
            done: 0,
            inner: None,
            losses: Vec::new(),
        }
    }

    /// Fits once more; the last fit brings the choice.
    fn step(&mut self, examples: &Examples) -> Option<f64> {
        let (deal, at) = (self.done / PENALTIES.len(), self.done % PENALTIES.len());
        if at == 0 {
            let (round, fold) = (deal / INNER, deal % INNER);
            if fold == 0 {
                self.folds = examples.deal_again(&self.training, INNER, round);
            }
            let (training, held) = split(&self.training, &self.folds, fold);
            self.inner = Some(InnerFold::new(examples, &training, &held, self.all));
            self.losses.push([0.0; PENALTIES.len()]);
        }
        if let Some(inner) = &mut self.inner {
            let before = self.losses.last().map_or(&[][..], |fold| &fold[..at]);
            let loss = if inner.is_past_hope(before) { f64::INFINITY } else { inner.loss_with(PENALTIES[at]) };
            if let Some(fold) = self.losses.last_mut() {
                fold[at] = loss;
            }
        }
        self.done += 1;
        (self.done == self.plan.fits()).then(|| self.best())
    }

    /// The firmest penalty whose log-loss is as low as the lowest, but for a part of the standard error of the
    /// difference over the folds.
    fn best(&self) -> f64 {
        let loss = |at: usize| self.losses.iter().map(|fold| fold[at]).sum::<f64>();
        let better = |best, at| if loss(at) < loss(best) { at } else { best };
        let best = (1..PENALTIES.len()).fold(0, better);
        let as_good = |at: &usize| {
            let apart: Vec<f64> = self.losses.iter().map(|fold| fold[*at] - fold[best]).collect();
            let (n, sum) = (apart.len() as f64, apart.iter().sum::<f64>());
            let squares = apart.iter().fold(0.0, |squares, d| squares + (d - sum / n) * (d - sum / n));
            sum <= TIE * (n / (n - 1.0) * squares).sqrt()
        };
        PENALTIES[(0..best).find(as_good).unwrap_or(best)]
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
    pub(crate) fn new(training: Vec<u32>, plan: Plan) -> Self {
        Self { choosing: Choosing::new(&training, plan), training, penalty: None }
    }

    /// Steps that are left.
    pub(crate) fn steps(&self) -> usize {
        match self.penalty {
            None => self.choosing.plan.steps() - self.choosing.done,
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
