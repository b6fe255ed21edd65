//! What a blank field withholds: how far the score could move, for one lead and for the list.

use super::axis::Sink;
use super::explain::AxisBreakdown;
use super::score::{AxisName, Scorecards};
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
    /// Leads where it is blank and a rule asks for it.
    pub leads: u64,
    /// How far apart the least and the most are that the rules on it could still come to, of those leads together.
    pub points: Points,
}

/// Collects what questions leave open while a list is scored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Opens {
    /// By group and question: leads, and millionths of a point.
    by_question: BTreeMap<(usize, usize), (u64, i64)>,
}

impl Sink for &mut Opens {
    const RULES: bool = false;

    fn open(&mut self, group: usize, question: usize, _: Points, apart: Points) {
        self.add(group, question, (1, apart.micro()));
    }
}

impl Opens {
    /// Notes so many leads more, of which a question leaves so many millionths of a point open.
    pub(super) fn add(&mut self, group: usize, question: usize, (leads, micro): (u64, i64)) {
        let slot = self.by_question.entry((group, question)).or_default();
        slot.0 += leads;
        slot.1 = slot.1.saturating_add(micro);
    }
}

/// What the fields that a list leaves blank are worth, the most first.
pub(crate) fn worth(cards: &Scorecards, opens: &[[Opens; 2]]) -> Vec<FieldWorth> {
    let mut by_field: BTreeMap<FieldRef, (u64, i64)> = BTreeMap::new();
    for (card, opens) in cards.all().iter().zip(opens) {
        for (axis, opens) in [&card.fit, &card.engagement].into_iter().zip(opens) {
            for ((group, question), (leads, micro)) in &opens.by_question {
                let asked = axis.groups.get(*group).and_then(|group| group.questions.get(*question));
                let fields = asked.map_or(&[][..], |asked| &asked.fields);
                for field in fields {
                    let slot = by_field.entry(field.clone()).or_default();
                    // A field that several questions ask for is blank once.
                    slot.0 = slot.0.max(*leads);
                    slot.1 = slot.1.saturating_add(micro / fields.len() as i64);
                }
            }
        }
    }
    sorted(by_field)
}

fn sorted(by_field: BTreeMap<FieldRef, (u64, i64)>) -> Vec<FieldWorth> {
    let worth = |(field, (leads, micro))| FieldWorth { field, leads, points: Points::from_micro(micro) };
    let mut found: Vec<FieldWorth> = by_field.into_iter().map(worth).collect();
    found.arrange_by_key(|worth| std::cmp::Reverse(worth.points));
    found
}

impl ScoredLeads {
    /// The blank fields of a lead that rules ask for, the one that could move its scores most first.
    #[must_use]
    pub fn worth_filling(&self, row: usize) -> Vec<FieldWorth> {
        let (fit, engagement) = self.breakdown(row);
        let mut by_field: BTreeMap<FieldRef, (u64, i64)> = BTreeMap::new();
        for withheld in [&fit, &engagement].into_iter().flat_map(|axis| &axis.groups).flat_map(|group| &group.withheld)
        {
            let blank = |field: &&FieldRef| super::segment::filled(self.leads(), field, row).is_none();
            let blank: Vec<&FieldRef> = withheld.fields.iter().filter(blank).collect();
            for field in &blank {
                let slot = by_field.entry((*field).clone()).or_insert((1, 0));
                slot.1 = slot.1.saturating_add(withheld.apart.micro() / blank.len() as i64);
            }
        }
        sorted(by_field)
    }

    /// The fields of the list that rules ask for and leads leave blank, the one worth most first. Fields that the file
    /// does not have count as blank everywhere.
    #[must_use]
    pub fn worth_filling_in_list(&self) -> Vec<FieldWorth> {
        worth(&self.cards, &self.opens)
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
