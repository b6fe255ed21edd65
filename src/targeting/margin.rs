//! How far a lead is from another segment: the nearest bound that would change it.

use super::predicate::{Cells, Change};
use super::reach::Trial;
use super::scored::ScoredLeads;
use super::segment::UNASSIGNED;
use crate::calendar::Date;
use crate::crm::FieldRef;
use crate::model::{Bound, Condition, Test};

/// The nearest change of one number that would put a lead into another segment.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct SegmentMargin {
    /// The field as the model names it.
    pub field: String,
    /// The lead's value.
    pub value: f64,
    /// The nearest value with which the lead is in another segment.
    pub boundary: f64,
    /// How far that is, as a share of the lead's value; of 1 for a value of 0.
    pub share: f64,
    /// The segment beyond, or `Unassigned`.
    pub beyond: String,
    /// All of it as a sentence.
    pub sentence: String,
}

impl ScoredLeads {
    /// How far the lead is from another segment, by the number that segments ask for and that is nearest to a bound.
    /// `None` if no number of the lead could change its segment.
    #[must_use]
    pub fn segment_margin(&self, row: usize) -> Option<SegmentMargin> {
        if !self.is_used(row) {
            return None;
        }
        let now = self.segment_index(row);
        let mut nearest: Option<SegmentMargin> = None;
        for (field, boundary) in self.segment_bounds() {
            let column = self.leads().column_of(&field)?;
            let Some(value) = self.columns().get(column).and_then(|cells| cells.number(row)) else { continue };
            let day = self.as_of().date().unwrap_or(Date::from_days(0));
            let changes = [Change { column, value: Trial::of_number(boundary, day) }];
            let cells = Cells { columns: self.columns(), row, changes: &changes, more: &[] };
            let then = self.segmentation.segment_of(&cells);
            let share = (boundary - value).abs() / if value == 0.0 { 1.0 } else { value.abs() };
            if then == now || nearest.as_ref().is_some_and(|known| known.share <= share) {
                continue;
            }
            let segment = then.and_then(|at| self.model().segments().get(at));
            let beyond = segment.map_or(UNASSIGNED, |segment| segment.name.as_str()).to_owned();
            let way = if boundary > value { "more" } else { "fewer" };
            let apart = (boundary - value).abs();
            let sentence =
                format!("{} {value}: {apart} {way} ({:.0} %) would be {beyond}", field.label(), 100.0 * share);
            nearest = Some(SegmentMargin { field: field.to_string(), value, boundary, share, beyond, sentence });
        }
        nearest
    }

    /// Every number that segments compare with, and its neighbours on both sides.
    fn segment_bounds(&self) -> Vec<(FieldRef, f64)> {
        let mut found = Vec::new();
        self.model().segments().iter().for_each(|segment| collect(&segment.when, &mut found));
        found.retain(|(field, _): &(FieldRef, f64)| self.leads().column_of(field).is_some());
        found
    }
}

fn collect(condition: &Condition, found: &mut Vec<(FieldRef, f64)>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| collect(part, found)),
        Condition::Not(part) => collect(part, found),
        Condition::Field { field, test } => {
            let bounds: Vec<&Bound> = match test {
                Test::Between(low, high) => vec![low, high],
                Test::AtLeast(bound) | Test::AtMost(bound) => vec![bound],
                _ => Vec::new(),
            };
            for bound in bounds {
                if let Bound::Number(bound) = bound {
                    // On the bound, and one step past it on either side.
                    let step = if bound.trunc() == *bound { 1.0 } else { bound.abs() * 1e-9 };
                    found.extend([*bound, bound - step, bound + step].map(|value| (field.clone(), value)));
                }
            }
        }
    }
}
