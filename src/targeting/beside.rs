//! The learned card laid beside the rules of a scorecard: what it says of the leads that meet a rule, and how sure that is.

use super::axis::Sink;
use super::learn::sigmoid;
use super::predicate::Cells;
use super::scored::ScoredLeads;
use crate::crm::FieldRef;
use crate::model::Points;

/// Most leads that rules are compared with the learned card on.
const COMPARED: usize = 20_000;

/// A learned card, applied to the list.
pub(super) struct LearnedCard {
    pub(super) scored: ScoredLeads,
    /// The field of each of its groups.
    pub(super) fields: Vec<FieldRef>,
    /// Log-odds without points, and of a point.
    pub(super) line: (f64, f64),
}

/// How much more log-odds the learned card gives, for a rule's fields alone, to leads that meet the rule than to the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) log_odds: f64,
    /// Standard error.
    pub(super) error: f64,
}

/// What the learned card makes of leads that ended, to lay rules beside it.
pub(super) struct Beside<'a> {
    card: &'a LearnedCard,
    scored: &'a ScoredLeads,
    leads: Vec<Judged>,
    /// Leads that each of them stands for.
    each: f64,
}

/// One lead as the learned card judges it.
struct Judged {
    /// Its place among the rows that are looked at.
    at: usize,
    /// Log-odds by group of the card.
    groups: Vec<f64>,
    /// p(1 − p), p the card's probability.
    weight: f64,
}

impl<'a> Beside<'a> {
    pub(super) fn of(
        card: &'a LearnedCard,
        scored: &'a ScoredLeads,
        rows: &[usize],
        ended: &[Option<bool>],
    ) -> Option<Self> {
        let has_ended = |row: &usize| ended.get(*row).copied().flatten().is_some();
        let ended: Vec<(usize, usize)> = rows.iter().copied().enumerate().filter(|(_, row)| has_ended(row)).collect();
        let (intercept, slope) = card.line;
        let mut leads = Vec::new();
        for (at, row) in ended.iter().step_by(ended.len().div_ceil(COMPARED).max(1)) {
            let mut points = GroupPoints(Vec::new());
            card.scored.card(*row)?.fit.evaluate(&Cells::of(card.scored.columns(), *row), &mut points);
            let groups: Vec<f64> = points.0.iter().map(|points| points.as_f64() * slope).collect();
            let p = sigmoid(groups.iter().fold(intercept, |sum, group| sum + group));
            leads.push(Judged { at: *at, groups, weight: p * (1.0 - p) });
        }
        let each = ended.len() as f64 / leads.len().max(1) as f64;
        Some(Self { card, scored, leads, each })
    }

    /// The gap between leads for which a rule of these fields holds and the others; `None` if the card does not know the fields
    /// or all leads are on one side.
    ///
    /// # Formula
    /// Its error is 1/√Σ w r², w = p(1 − p), r what is left of the rule's 0 or 1 after weighted least squares on the card's groups
    /// of other fields: the standard error of one more weight in a logistic regression, shrinkage left aside.
    pub(super) fn gap(&self, fields: &[&FieldRef], holds: impl Fn(usize) -> bool) -> Option<Gap> {
        let list = self.scored.leads();
        let columns: Vec<usize> = fields.iter().filter_map(|field| list.column_of(field)).collect();
        let is_own = |field: &FieldRef| list.column_of(field).is_some_and(|column| columns.contains(&column));
        let (own, others): (Vec<usize>, Vec<usize>) =
            (0..self.card.fields.len()).partition(|at| self.card.fields.get(*at).is_some_and(is_own));
        if own.is_empty() {
            return None;
        }
        let (mut sums, mut counts) = ([0.0; 2], [0_u64; 2]);
        let mut rest = LeastSquares::new(others.len() + 1);
        let mut beside = vec![1.0; others.len() + 1];
        for lead in &self.leads {
            let of = |at: &usize| lead.groups.get(*at).copied().unwrap_or(0.0);
            let side = usize::from(holds(lead.at));
            sums[side] += own.iter().map(of).sum::<f64>();
            counts[side] += 1;
            beside.iter_mut().skip(1).zip(&others).for_each(|(value, at)| *value = of(at));
            rest.add(&beside, side as f64, lead.weight);
        }
        if counts.contains(&0) {
            return None;
        }
        let mean = |side: usize| sums[side] / counts[side] as f64;
        let information = rest.left() * self.each;
        (information > 0.0).then(|| Gap { log_odds: mean(1) - mean(0), error: 1.0 / information.sqrt() })
    }
}

/// Weighted least squares, as far as what is left of the squares.
struct LeastSquares {
    /// Of the predictors and, last, what they predict: sums of weighted products, lower triangle by rows.
    products: Vec<Vec<f64>>,
}

impl LeastSquares {
    fn new(predictors: usize) -> Self {
        Self { products: (0..=predictors).map(|at| vec![0.0; at + 1]).collect() }
    }

    fn add(&mut self, predictors: &[f64], value: f64, weight: f64) {
        let of = |at: usize| predictors.get(at).copied().unwrap_or(value);
        for (at, row) in self.products.iter_mut().enumerate() {
            let scaled = weight * of(at);
            row.iter_mut().enumerate().for_each(|(other, sum)| *sum += scaled * of(other));
        }
    }

    /// The sum of weighted squares that the predictors leave: the square of the last of Cholesky's factors.
    fn left(mut self) -> f64 {
        let mut left = 0.0;
        for at in 0..self.products.len() {
            let (above, rest) = self.products.split_at_mut(at);
            let row = &mut rest[0];
            let whole = row[at];
            for (j, other) in above.iter().enumerate() {
                let dot = row[..j].iter().zip(other).fold(0.0, |sum, (a, b)| sum + a * b);
                // A predictor that the earlier ones say already adds nothing.
                row[j] = if other[j] > 0.0 { (row[j] - dot) / other[j] } else { 0.0 };
            }
            left = (whole - row[..at].iter().fold(0.0, |sum, a| sum + a * a)).max(0.0);
            row[at] = if left > 1e-9 * whole { left.sqrt() } else { 0.0 };
        }
        left
    }
}

/// The points of each group of one lead.
struct GroupPoints(Vec<Points>);

impl Sink for GroupPoints {
    fn group(&mut self, _: usize, total: Points, _: Points) {
        self.0.push(total);
    }
}
