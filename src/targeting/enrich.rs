//! What filling a blank field is worth: how far it could move the score, for one lead and for the list.

use super::axis::{Axis, Sink, limited, share};
use super::explain::AxisBreakdown;
use super::predicate::Cells;
use super::score::{AxisName, Scorecard};
use super::scored::ScoredLeads;
use crate::crm::FieldRef;
use crate::model::Points;
use crate::stats::Arrange;
use std::collections::BTreeMap;

/// What filling a field is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldWorth {
    /// The field.
    pub field: FieldRef,
    /// Leads where it is blank and filling it could move a score.
    pub leads: u64,
    /// How far filling it could move the scores of those leads, together.
    pub points: Points,
}

/// How far filling each blank field of one lead could move the score of an axis: the questions that ask for it come to the
/// least and to the most, all others to what they give now, through the caps and floors of their groups and of the axis.
pub(crate) struct Moves<'a> {
    axis: &'a Axis,
    cells: &'a Cells<'a>,
    /// Millionths of points of the groups so far.
    total: i64,
    /// By field of the axis: how much less and more the groups so far could give, and the group at hand.
    fields: Vec<([i64; 2], [i64; 2])>,
}

impl<'a> Moves<'a> {
    pub(super) fn of(axis: &'a Axis, cells: &'a Cells<'a>) -> Self {
        Self { axis, cells, total: 0, fields: vec![([0; 2], [0; 2]); axis.fields.len()] }
    }

    /// The fields that could move the score, by place, and by how many millionths of a point.
    pub(super) fn widths(self) -> impl Iterator<Item = (usize, i64)> {
        let score =
            move |move_by: i64| limited(Points::from_micro(self.total + move_by), Points::ZERO, self.axis.cap).micro();
        let widths = self.fields.into_iter().map(move |([less, more], _)| score(more) - score(less));
        widths.enumerate().filter(|(_, width)| *width > 0)
    }
}

impl Sink for Moves<'_> {
    const RULES: bool = false;

    fn open(&mut self, group: usize, question: usize, _: Points, room: (Points, Points)) {
        let Some(asked) = self.axis.groups.get(group).and_then(|group| group.questions.get(question)) else { return };
        let blanks: Vec<usize> = asked.blanks(self.cells.columns, self.cells.row).collect();
        let share = share(room, blanks.len());
        for place in blanks {
            if let Some((_, own)) = self.fields.get_mut(place) {
                own.iter_mut().zip(share).for_each(|(own, share)| *own += share);
            }
        }
    }

    fn group(&mut self, group: usize, points: Points, change: Points) {
        let Some(group) = self.axis.groups.get(group) else { return };
        let sum = (points - change).micro();
        for (all, own) in &mut self.fields {
            for (all, own) in all.iter_mut().zip(own) {
                *all += limited(Points::from_micro(sum + *own), group.floor, group.cap).micro() - points.micro();
                *own = 0;
            }
        }
        self.total += points.micro();
    }
}

/// What filling fields is worth to the leads of a list, by place among the fields of an axis: leads, and millionths of a
/// point.
#[derive(Debug, Clone, Default)]
pub(crate) struct Opens(Vec<(u64, i64)>);

impl Opens {
    /// Notes so many leads more whose scores filling a field could move by so many millionths of a point.
    pub(super) fn add(&mut self, place: usize, (leads, micro): (u64, i64)) {
        if self.0.len() <= place {
            self.0.resize(place + 1, (0, 0));
        }
        if let Some(slot) = self.0.get_mut(place) {
            slot.0 += leads;
            slot.1 = slot.1.saturating_add(micro);
        }
    }
}

/// What filling the blank fields of a list is worth, the most first.
fn worth<'a>(cards: impl Iterator<Item = (&'a Scorecard, &'a [Opens; 2])>) -> Vec<FieldWorth> {
    let mut by_field: BTreeMap<&FieldRef, (u64, i64)> = BTreeMap::new();
    for (card, opens) in cards {
        let mut of_card: BTreeMap<&FieldRef, (u64, i64)> = BTreeMap::new();
        for (axis, opens) in [&card.fit, &card.engagement].into_iter().zip(opens) {
            for (field, (leads, micro)) in axis.fields.iter().zip(&opens.0).filter(|(_, (leads, _))| *leads > 0) {
                let slot = of_card.entry(field).or_default();
                // A field that both axes ask for is blank once.
                slot.0 = slot.0.max(*leads);
                slot.1 = slot.1.saturating_add(*micro);
            }
        }
        for (field, (leads, micro)) in of_card {
            let slot = by_field.entry(field).or_default();
            slot.0 += leads;
            slot.1 = slot.1.saturating_add(micro);
        }
    }
    let worth = |(field, (leads, micro)): (&FieldRef, _)| FieldWorth {
        field: field.clone(),
        leads,
        points: Points::from_micro(micro),
    };
    let mut found: Vec<FieldWorth> = by_field.into_iter().map(worth).collect();
    found.arrange_by_key(|worth| std::cmp::Reverse(worth.points));
    found
}

impl ScoredLeads {
    /// The blank fields of a lead whose filling could move its scores, the one that could move them most first.
    #[must_use]
    pub fn worth_filling(&self, row: usize) -> Vec<FieldWorth> {
        let Some(card) = self.card(row) else { return Vec::new() };
        let cells = Cells::of(self.columns(), row);
        let mut opens: [Opens; 2] = Default::default();
        for (axis, opens) in [&card.fit, &card.engagement].into_iter().zip(&mut opens) {
            let mut moves = Moves::of(axis, &cells);
            axis.evaluate(&cells, &mut moves);
            moves.widths().for_each(|(place, width)| opens.add(place, (1, width)));
        }
        worth([(card, &opens)].into_iter())
    }

    /// The blank fields of the list whose filling could move scores, the one that could move them most first: of every field
    /// the sum of what it is worth to each lead. Fields that the file does not have count as blank everywhere.
    #[must_use]
    pub fn worth_filling_in_list(&self) -> Vec<FieldWorth> {
        worth(self.cards.all().iter().zip(&self.opens))
    }

    /// The steps of an axis that a lead could have once everything is known, such as `A…C`; one step if nothing that
    /// is unknown could change it.
    #[must_use]
    pub fn possible_steps(&self, row: usize, axis: AxisName, lines: &AxisBreakdown) -> Option<String> {
        let cuts = self.card(row)?.cuts();
        let (low, high) = lines.span;
        let step = |points: Points| match axis {
            AxisName::Fit => cuts.grade(Some(points), None).fit_letter(),
            AxisName::Engagement => cuts.grade(None, Some(points)).engagement_digit(),
        };
        let (best, worst) = (step(high), step(low));
        Some(if best == worst { best.to_string() } else { format!("{best}…{worst}") })
    }
}
