//! The lines of a score, kept: every rule, every floor and cap, what a blank withheld.

use super::axis::{Axis, RuleOutcome, Sink};
use crate::crm::FieldRef;
use crate::model::{Points, Truth};

/// One axis of one lead, line by line. The lines add up to the score exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AxisBreakdown {
    /// The score; `None` if the axis cannot be evaluated for this lead.
    pub score: Option<Points>,
    /// The highest score of the axis.
    pub cap: Points,
    /// The most that all rules can earn together.
    pub reach: Points,
    /// The part of the reach that the lead's known fields decide.
    pub known: Points,
    /// The groups in the model's order.
    pub groups: Vec<GroupBreakdown>,
    /// What counting the known part for the whole added. Zero under the zero policy.
    pub rescaled: Points,
    /// What the axis' cap took or its floor of zero gave.
    pub limited: Points,
    /// The least and the most that the score could be, whatever the unknown fields are.
    pub span: (Points, Points),
}

/// One group of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupBreakdown {
    /// The group's name.
    pub name: String,
    /// The group's points: its rules and `limited` together.
    pub points: Points,
    /// The fewest points it gives.
    pub floor: Points,
    /// The most points it gives.
    pub cap: Points,
    /// What its cap took (negative) or its floor gave (positive).
    pub limited: Points,
    /// The rules in the model's order.
    pub rules: Vec<RuleBreakdown>,
    /// What the lead's blanks withhold, one entry per set of fields.
    pub withheld: Vec<Withheld>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleBreakdown {
    /// The rule's name.
    pub name: String,
    /// The points it gave.
    pub points: Points,
    /// The points it gives at most (or takes), before decay.
    pub possible: Points,
    /// Whether its condition holds.
    pub truth: Truth,
    /// Age in days of the date its decay reads, where that mattered.
    pub age: Option<i32>,
    /// How many times it counts, where it counts.
    pub times: Option<u32>,
    /// The fields it reads.
    pub fields: Vec<FieldRef>,
}

/// Points that could not be decided because fields are blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// The fields that the undecided rules read.
    pub fields: Vec<FieldRef>,
    /// The points left open.
    pub points: Points,
}

impl AxisBreakdown {
    /// The lines again added up; equal to the score wherever there is one.
    #[must_use]
    pub fn sum(&self) -> Points {
        let groups: Points = self
            .groups
            .iter()
            .map(|group| group.rules.iter().map(|rule| rule.points).sum::<Points>() + group.limited)
            .sum();
        groups + self.rescaled + self.limited
    }
}

/// Keeps the lines of one axis.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    axis: &'a Axis,
    groups: Vec<GroupBreakdown>,
    known: Points,
    rescaled: Points,
    limited: Points,
    span: (Points, Points),
}

impl<'a> Lines<'a> {
    pub(crate) fn of(axis: &'a Axis) -> Self {
        let groups = axis
            .groups
            .iter()
            .map(|group| GroupBreakdown {
                name: group.name.clone(),
                points: Points::ZERO,
                floor: group.floor,
                cap: group.cap,
                limited: Points::ZERO,
                // An axis that is not evaluable is never walked: its rules stay unknown.
                rules: group
                    .rules
                    .iter()
                    .map(|rule| RuleBreakdown {
                        name: rule.name.clone(),
                        points: Points::ZERO,
                        possible: rule.points,
                        truth: Truth::Unknown,
                        age: None,
                        times: None,
                        fields: rule.fields.clone(),
                    })
                    .collect(),
                withheld: Vec::new(),
            })
            .collect();
        let span = (Points::ZERO, axis.cap);
        Self { axis, groups, known: Points::ZERO, rescaled: Points::ZERO, limited: Points::ZERO, span }
    }

    pub(crate) fn finish(self, score: Option<Points>) -> AxisBreakdown {
        AxisBreakdown {
            score,
            cap: self.axis.cap,
            reach: self.axis.reach,
            known: self.known,
            groups: self.groups,
            rescaled: self.rescaled,
            limited: self.limited,
            span: self.span,
        }
    }
}

impl Sink for Lines<'_> {
    fn rule(&mut self, group: usize, rule: usize, outcome: RuleOutcome) {
        if let Some(line) = self.groups.get_mut(group).and_then(|group| group.rules.get_mut(rule)) {
            line.points = outcome.points;
            line.truth = outcome.truth;
            line.age = outcome.age;
            line.times = outcome.times;
        }
    }

    fn open(&mut self, group: usize, question: usize, points: Points, _: (Points, Points)) {
        let asked = self.axis.groups.get(group).and_then(|group| group.questions.get(question));
        if let (Some(asked), Some(lines)) = (asked, self.groups.get_mut(group)) {
            lines.withheld.push(Withheld { fields: asked.fields.clone(), points });
        }
    }

    fn group(&mut self, group: usize, total: Points, limited: Points) {
        if let Some(lines) = self.groups.get_mut(group) {
            lines.points = total;
            lines.limited = limited;
        }
    }

    fn span(&mut self, low: Points, high: Points) {
        self.span = (low, high);
    }

    fn axis(&mut self, known: Points, rescaled: Points, limited: Points) {
        self.known = known;
        self.rescaled = rescaled;
        self.limited = limited;
    }
}
