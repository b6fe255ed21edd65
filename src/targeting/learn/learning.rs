//! Learning step by step, so that it can be shown how far it is and stopped: each step is one fit at most.

use super::card::Card;
use super::examples::Examples;
use super::gate::{Gate, Verdict};
use super::leaks::{Leak, LeakGrade, LeakSearch};
use super::learned::Learned;
use super::options::{LeakPolicy, LearnOptions};
use super::penalty::{Fitted, Fitting, Plan, base_rate};
use super::validation::{FOLDS, Quality, Splitting, TimeSplit, Validating, Validation};
use crate::Error;
use crate::crm::LeadList;

/// A scorecard being learned. However it is cut into steps, the result is the same.
///
/// ```
/// use leadcast::crm::{LeadList, Mapping};
/// use leadcast::table::{ReadOptions, Table};
/// use leadcast::targeting::learn::{Learning, LearnOptions, Verdict};
/// let table = Table::from_csv(b"Industry,Converted\nRetail,1\nSoftware,0\n", &ReadOptions::default())?;
/// let leads = LeadList::from_table(table, &Mapping::default())?;
/// let mut learning = Learning::new(&leads, &LearnOptions::default())?;
/// while learning.advance() < 1.0 {}
/// assert_eq!(learning.finish().gate.verdict, Verdict::TooFew);
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Learning {
    options: LearnOptions,
    rows: [u8; 32],
    examples: Examples,
    plan: Plan,
    leaks: Vec<Leak>,
    gate: Gate,
    quality: Option<Quality>,
    time_split: Option<TimeSplit>,
    fitted: Option<Fitted>,
    phase: Phase,
    done: usize,
}

/// What is being done; the phases follow each other in this order.
#[derive(Debug, Clone)]
enum Phase {
    Leaks(LeakSearch),
    Folds(Validating),
    Later(Splitting),
    Final(Fitting),
    Done,
}

impl Learning {
    /// Makes ready to learn from the rows whose outcome is known.
    ///
    /// # Errors
    /// As [`LeadList::learn`].
    pub fn new(leads: &LeadList, options: &LearnOptions) -> Result<Self, Error> {
        let examples = Examples::from_leads(leads, options)?;
        Ok(Self {
            options: options.clone(),
            rows: leads.fingerprint(),
            gate: Gate::new(&examples, None),
            plan: Plan::of(&examples, &examples.all()),
            phase: Phase::Leaks(LeakSearch::new(&examples)),
            examples,
            leaks: Vec::new(),
            quality: None,
            time_split: None,
            fitted: None,
            done: 0,
        })
    }

    /// Does one more step; returns the done fraction, in [0, 1], and 1 only at the end.
    pub fn advance(&mut self) -> f64 {
        self.done += 1;
        self.phase = match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Leaks(mut search) => match search.step(&self.examples) {
                Some(leaks) => self.after_leaks(leaks),
                None => Phase::Leaks(search),
            },
            Phase::Folds(mut folds) => match folds.step(&self.examples) {
                Some(validation) => self.after_folds(&validation),
                None => Phase::Folds(folds),
            },
            Phase::Later(mut later) => match later.step(&self.examples) {
                Some(split) => self.after_later(Some(split)),
                None => Phase::Later(later),
            },
            Phase::Final(mut fitting) => match fitting.step(&self.examples) {
                Some(fitted) => {
                    self.fitted = Some(fitted);
                    Phase::Done
                }
                None => Phase::Final(fitting),
            },
            Phase::Done => Phase::Done,
        };
        match self.left() {
            0 => 1.0,
            left => self.done as f64 / (self.done + left) as f64,
        }
    }

    /// Steps that are left, those included that the gate or missing dates may yet spare.
    fn left(&self) -> usize {
        let one = self.plan.steps();
        match &self.phase {
            Phase::Leaks(search) if self.gate.verdict == Verdict::TooFew => search.steps(&self.examples),
            Phase::Leaks(search) => search.steps(&self.examples) + (FOLDS + 2) * one,
            Phase::Folds(folds) => folds.steps() + 2 * one,
            Phase::Later(later) => later.steps() + one,
            Phase::Final(fitting) => fitting.steps(),
            Phase::Done => 0,
        }
    }

    /// Does what is left and gives the result.
    #[must_use]
    pub fn finish(mut self) -> Learned {
        while self.advance() < 1.0 {}
        let training = self.examples.all();
        Learned {
            outcome: self.examples.outcome().to_owned(),
            decided: self.examples.len() as u64,
            undecided: self.examples.undecided,
            absent: self.examples.absent.clone(),
            base_rate: base_rate(&self.examples, &training),
            columns: {
                let used = self.examples.features.iter().filter(|f| f.learnable() && f.varies());
                used.map(|f| f.name.clone()).collect()
            },
            newest: self.examples.newest(),
            gate: self.gate,
            quality: self.quality,
            time_split: self.time_split,
            penalty: self.fitted.as_ref().map(|fitted| fitted.penalty),
            card: self.fitted.map(|fitted| Card::new(&self.examples, &fitted, &training)),
            leaks: self.leaks,
            options: self.options,
            rows: self.rows,
        }
    }

    fn after_leaks(&mut self, leaks: Vec<Leak>) -> Phase {
        if self.options.leaks == LeakPolicy::Exclude {
            let sure = leaks.iter().filter(|leak| leak.grade == LeakGrade::Leak);
            let dropped: Vec<&str> = sure.map(|leak| leak.column.as_str()).collect();
            self.examples = self.examples.without(&dropped);
        }
        self.leaks = leaks;
        match self.gate.verdict {
            Verdict::TooFew => Phase::Done,
            _ => Phase::Folds(Validating::k_fold(&self.examples, self.plan)),
        }
    }

    fn after_folds(&mut self, validation: &Validation) -> Phase {
        self.gate = Gate::new(&self.examples, Some(validation));
        self.quality = Some(validation.quality());
        match Splitting::new(&self.examples, self.plan) {
            Some(later) => Phase::Later(later),
            None => self.after_later(None),
        }
    }

    fn after_later(&mut self, split: Option<TimeSplit>) -> Phase {
        self.time_split = split;
        match self.gate.verdict {
            Verdict::Signal => Phase::Final(Fitting::new(self.examples.all(), self.plan)),
            _ => Phase::Done,
        }
    }
}
