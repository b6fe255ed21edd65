//! Finds columns that give the outcome away, because they were filled after it or by whoever already knew it.
//!
//! No single thing known about a lead beforehand nearly decides whether it buys; a column that does is a record of what
//! happened. Each column is therefore tried alone, on rows it did not learn from, in two ways: by its values and by
//! whether it is filled. The bounds are on scales that do not depend on how rare success is.

use super::bins::{Binning, NO_SLOT};
use super::examples::Examples;
use super::gate::FEWEST;
use super::penalty::{MOST_PREDICTED, base_rate, outcomes, split};
use super::validation::{FOLDS, Gain};
use crate::stats::Arrange;
use crate::stats::{RocAuc, grouped, log_loss, wilson};

/// How sure it is that a column gives the outcome away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum LeakGrade {
    /// It nearly decides the outcome, or is filled only after it.
    Leak,
    /// It says more than a single column usually can: look at when it is filled.
    Suspect,
}

/// What gives a column away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum LeakSign {
    /// Its values alone tell success from failure.
    Values,
    /// Whether it is filled nearly decides the outcome.
    Presence,
    /// It is filled for decided rows and hardly ever for undecided ones.
    FilledAfter,
}

/// A column that gives the outcome away, or may.
#[derive(Debug, Clone, PartialEq)]
pub struct Leak {
    /// Its header.
    pub column: String,
    /// How sure it is.
    pub grade: LeakGrade,
    /// What gives it away.
    pub sign: LeakSign,
    /// ROC AUC of the column alone on rows not learned from.
    pub auc: f64,
    /// Share of the base rate's log-loss that the column alone takes away on those rows.
    pub explained: f64,
    /// Why, as a sentence, with what is proposed.
    pub sentence: String,
}

/// A column alone ranks so well that it nearly decides.
const LEAK_AUC: f64 = 0.8;
/// A column alone takes away so much of the log-loss that it nearly decides.
const LEAK_EXPLAINED: f64 = 0.25;
/// The same for a suspicion.
const SUSPECT_AUC: f64 = 0.775;
const SUSPECT_EXPLAINED: f64 = 0.2;
/// Fewest rows, filled or blank, on which "filled" is judged.
const FEWEST_SIDE: u64 = 20;
/// Ratio of the odds of success, filled to blank or the reverse, at the lower end of its 95 % interval.
const PRESENCE_ODDS: f64 = 10.0;
/// The rarer outcome's share on the decided side, at the upper end of its 95 % interval.
const PRESENCE_MIXED: f64 = 0.05;
/// Pseudo-rows at the base rate added to each bin, so that an empty or tiny bin says little.
const PSEUDO: f64 = 5.0;

/// The columns that give the outcome away, the surest first, then in the order of the file.
#[must_use]
pub fn leaks(examples: &Examples) -> Vec<Leak> {
    let mut search = LeakSearch::new(examples);
    loop {
        if let Some(leaks) = search.step(examples) {
            return leaks;
        }
    }
}

/// The search for leaks, column by column.
#[derive(Debug, Clone)]
pub(crate) struct LeakSearch {
    rows: Vec<u32>,
    folds: Vec<u8>,
    next: usize,
    found: Vec<Leak>,
}

impl LeakSearch {
    pub(crate) fn new(examples: &Examples) -> Self {
        let mut rows = examples.all();
        rows.truncate(MOST_PREDICTED);
        let wins = outcomes(examples, &rows).iter().filter(|y| **y).count();
        // With too few rows of an outcome no column can be judged.
        let next = if wins.min(rows.len() - wins) < FEWEST as usize { examples.features.len() } else { 0 };
        Self { folds: examples.deal(&rows, FOLDS), rows, next, found: Vec::new() }
    }

    /// Steps that are left.
    pub(crate) fn steps(&self, examples: &Examples) -> usize {
        examples.features.len() - self.next + 1
    }

    /// Tries one more column; the last step brings the leaks.
    pub(crate) fn step(&mut self, examples: &Examples) -> Option<Vec<Leak>> {
        if self.next < examples.features.len() {
            self.found.extend(Alone::new(examples, &self.rows, &self.folds, self.next).judge());
            self.next += 1;
            return None;
        }
        let mut found = std::mem::take(&mut self.found);
        found.arrange_by_key(|leak| leak.grade);
        Some(found)
    }
}

/// What one column alone can do.
struct Alone<'a> {
    examples: &'a Examples,
    feature: usize,
    rows: &'a [u32],
    auc: RocAuc,
    explained: f64,
    explained_error: f64,
}

impl<'a> Alone<'a> {
    fn new(examples: &'a Examples, rows: &'a [u32], folds: &[u8], feature: usize) -> Self {
        let (mut predicted, mut base, mut truth) = (Vec::new(), Vec::new(), Vec::new());
        for fold in 0..FOLDS {
            let (training, held) = split(rows, folds, fold);
            let rate = base_rate(examples, &training);
            let binning = Binning::of(examples, &training, &[feature]);
            let tally = binning.tally(examples, &training);
            predicted.extend(held.iter().map(|row| match binning.slot(examples, feature, *row) {
                NO_SLOT => rate,
                slot => {
                    let (wins, count) = tally[slot as usize];
                    (wins as f64 + PSEUDO * rate) / (count as f64 + PSEUDO)
                }
            }));
            base.extend(vec![rate; held.len()]);
            truth.extend(outcomes(examples, &held));
        }
        let gain = Gain::of(&predicted, &base, &truth, 0.0);
        let scale = log_loss(&base, &truth).max(f64::MIN_POSITIVE);
        let auc = RocAuc::new(&predicted, &truth).unwrap_or(RocAuc { value: 0.5, standard_error: 0.0 });
        Self {
            examples,
            feature,
            rows,
            auc,
            explained: gain.value / scale,
            explained_error: gain.standard_error / scale,
        }
    }

    fn judge(&self) -> Option<Leak> {
        let column = &self.examples.features[self.feature].name;
        // One standard error below: a small file does not condemn a column by luck.
        let (auc, explained) = (self.auc.value - self.auc.standard_error, self.explained - self.explained_error);
        let by_values = format!(
            "`{column}` alone tells success from failure (ROC AUC {:.2}, {:.0} % of the log-loss explained)",
            self.auc.value,
            100.0 * self.explained
        );
        let (grade, sign, why) = if auc >= LEAK_AUC || explained >= LEAK_EXPLAINED {
            (LeakGrade::Leak, LeakSign::Values, by_values)
        } else if let Some(why) = self.filled_after() {
            (LeakGrade::Leak, LeakSign::FilledAfter, why)
        } else if let Some(why) = self.presence() {
            (LeakGrade::Leak, LeakSign::Presence, why)
        } else if auc >= SUSPECT_AUC || explained >= SUSPECT_EXPLAINED {
            (LeakGrade::Suspect, LeakSign::Values, by_values)
        } else {
            return None;
        };
        let advice = match grade {
            LeakGrade::Leak => "it looks filled in after the outcome (exclude it)",
            LeakGrade::Suspect => "check when it is filled in (exclude it if that is after the outcome)",
        };
        let sentence = format!("{why}; {advice}");
        let (auc, explained) = (self.auc.value, self.explained);
        Some(Leak { column: column.clone(), grade, sign, auc, explained, sentence })
    }

    /// Filled and blank rows with their wins.
    fn sides(&self) -> [(u64, u64); 2] {
        let mut sides = [(0, 0); 2];
        for row in self.rows {
            let side = &mut sides[usize::from(!self.examples.features[self.feature].filled(*row))];
            side.0 += 1;
            side.1 += u64::from(self.examples.outcomes[*row as usize]);
        }
        sides
    }

    /// Whether "is filled" nearly decides: one side all, or almost all, of one outcome, the odds far apart.
    fn presence(&self) -> Option<String> {
        let column = &self.examples.features[self.feature].name;
        let sides = self.sides();
        if sides.iter().any(|(count, _)| *count < FEWEST_SIDE) {
            return None;
        }
        // Half a row added to each cell (Haldane), the error of a log-odds ratio after Woolf.
        let [(a, b), (c, d)] = sides.map(|(count, wins)| (wins as f64 + 0.5, (count - wins) as f64 + 0.5));
        let ratio = libm::log(a * d / (b * c)).abs();
        let error = (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
        if ratio - 1.96 * error < libm::log(PRESENCE_ODDS) {
            return None;
        }
        let decided = sides.iter().position(|(count, wins)| {
            let rarer = (*wins).min(count - wins);
            // Where success is rare, a few dozen rows that all succeeded are enough: the odds above have said so.
            rarer == 0 || wilson(rarer as f64, *count as f64, 0.95).high <= PRESENCE_MIXED
        })?;
        let (count, wins) = sides[decided];
        let state = if decided == 0 { "filled" } else { "blank" };
        let share = 100.0 * wins as f64 / count as f64;
        Some(format!("of the {} rows where `{column}` is {state}, {share:.0} % ended well", grouped(count)))
    }

    /// Whether it is filled once a row is decided and hardly ever before.
    fn filled_after(&self) -> Option<String> {
        let feature = &self.examples.features[self.feature];
        let open = self.examples.undecided;
        let [(filled, _), (blank, _)] = self.sides();
        if open < FEWEST_SIDE || filled < FEWEST_SIDE {
            return None;
        }
        let before = wilson(feature.filled_undecided as f64, open as f64, 0.95).high;
        let after = wilson(filled as f64, (filled + blank) as f64, 0.95).low;
        if before > PRESENCE_MIXED || after < 2.0 * before.max(0.1) {
            return None;
        }
        let (name, share) = (&feature.name, 100.0 * filled as f64 / (filled + blank) as f64);
        Some(format!(
            "`{name}` is filled in {share:.0} % of the decided rows and in {} of {open} others",
            feature.filled_undecided
        ))
    }
}
