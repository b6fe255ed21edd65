//! The scorecard of a model, bound to a list: fit, engagement, grade and knock-outs of each lead.
//!
//! Binding resolves every name once; after that a lead costs a look-up per rule. Adding up happens in one place,
//! [`super::axis`], whether the lines are kept for an explanation or not.

use super::axis::{Ages, Axis, BoundDecay, Group, Question, Rule, Sink};
use super::predicate::{Binder, Predicate};
use super::reach::reach;
use crate::crm::FieldRef;
use crate::model::{self, Condition, Grade, GradeCuts, MissingPolicy, OperatingModel, Points};
use crate::table::Column;

/// A model's scorecard, bound to the columns of one list.
#[derive(Debug, Clone)]
pub(crate) struct Scorecard {
    pub(crate) fit: Axis,
    pub(crate) engagement: Axis,
    pub(crate) knock_outs: Vec<(String, Predicate)>,
    cuts: GradeCuts,
}

/// What the scorecard says about one lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Score {
    /// Fit points; `None` if fit cannot be evaluated.
    pub fit: Option<Points>,
    /// Engagement points; `None` if engagement cannot be evaluated.
    pub engagement: Option<Points>,
    /// Both as a grade.
    pub grade: Grade,
    /// Index of the first knock-out that holds, in the model's order.
    pub knock_out: Option<usize>,
}

/// Which of the two axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum AxisName {
    /// How well the lead fits who is sold to.
    Fit,
    /// How much interest the lead shows.
    Engagement,
}

impl AxisName {
    /// `fit` or `engagement`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Engagement => "engagement",
        }
    }
}

impl Scorecard {
    /// Looks up the fields of the model's profile in the list.
    #[must_use]
    pub(crate) fn bind(model: &OperatingModel, binder: &Binder<'_>) -> Self {
        let icp = model.icp();
        Self {
            fit: bind_axis(&icp.fit, icp.missing, binder),
            engagement: bind_axis(&icp.engagement, icp.missing, binder),
            knock_outs: icp
                .disqualify
                .iter()
                .map(|knock_out| (knock_out.name.clone(), Predicate::bind(&knock_out.when, binder)))
                .collect(),
            cuts: icp.grades,
        }
    }

    /// Scores one row of the list that the card was bound to.
    pub(crate) fn score(&self, columns: &[Column], row: usize) -> Score {
        self.trace(columns, row, &mut (), &mut ())
    }

    /// Scores one row and hands the lines of both axes to the sinks.
    pub(crate) fn trace(
        &self,
        columns: &[Column],
        row: usize,
        fit_lines: &mut impl Sink,
        engagement_lines: &mut impl Sink,
    ) -> Score {
        let fit = self.fit.evaluate(columns, row, fit_lines);
        let engagement = self.engagement.evaluate(columns, row, engagement_lines);
        let knock_out = self.knock_outs.iter().position(|(_, when)| when.truth(columns, row).holds());
        Score { fit, engagement, grade: self.cuts.grade(fit, engagement), knock_out }
    }
}

/// The fields that an axis of the model reads, each once, in the model's order.
pub(crate) fn axis_fields(axis: &model::Axis) -> Vec<FieldRef> {
    let mut fields: Vec<FieldRef> = Vec::new();
    for rule in axis.groups.iter().flat_map(|group| &group.rules) {
        for field in rule_fields(rule) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
    fields
}

fn rule_fields(rule: &model::Rule) -> Vec<FieldRef> {
    let mut fields = rule.when.fields();
    if let Some(decay) = &rule.decay
        && !fields.contains(&decay.field)
    {
        fields.push(decay.field.clone());
    }
    fields
}

fn bind_axis(axis: &model::Axis, missing: MissingPolicy, binder: &Binder<'_>) -> Axis {
    let groups: Vec<Group> = axis.groups.iter().map(|group| bind_group(group, binder)).collect();
    let mut rules = groups.iter().flat_map(|group| &group.rules);
    let evaluable = rules.any(|rule| rule.fields.is_empty() || rule.fields.iter().any(|field| binder.has(field)));
    let reach = groups.iter().map(|group| group.reach).sum();
    Axis { groups, cap: axis.cap, missing, reach, evaluable }
}

fn bind_group(group: &model::RuleGroup, binder: &Binder<'_>) -> Group {
    let rules: Vec<Rule> = group.rules.iter().map(|rule| bind_rule(rule, binder)).collect();
    let questions = questions(&group.rules, &rules, binder);
    let whole: Points = questions.iter().map(|question| question.reach).sum();
    let reach = whole.min(group.cap).max(Points::ZERO);
    Group { name: group.name.clone(), floor: group.floor, cap: group.cap, rules, questions, reach }
}

fn bind_rule(rule: &model::Rule, binder: &Binder<'_>) -> Rule {
    Rule {
        name: rule.name.clone(),
        predicate: Predicate::bind(&rule.when, binder),
        points: rule.points,
        decay: rule
            .decay
            .as_ref()
            .map(|decay| BoundDecay { curve: decay.curve, ages: Ages::bind(&decay.field, binder) }),
        fields: rule_fields(rule),
    }
}

/// Rules that read the same fields, together, in the order of their first.
fn questions(rules: &[model::Rule], bound: &[Rule], binder: &Binder<'_>) -> Vec<Question> {
    let mut asked: Vec<(Vec<FieldRef>, Vec<usize>)> = Vec::new();
    for (position, rule) in bound.iter().enumerate() {
        let mut fields = rule.fields.clone();
        fields.sort();
        match asked.iter_mut().find(|(known, _)| *known == fields) {
            Some((_, positions)) => positions.push(position),
            None => asked.push((fields, vec![position])),
        }
    }
    asked
        .into_iter()
        .map(|(_, positions)| {
            let parts: Vec<(&Condition, Points)> =
                positions.iter().filter_map(|at| rules.get(*at)).map(|rule| (&rule.when, rule.points)).collect();
            let first = positions.first().and_then(|at| bound.get(*at));
            let fields = first.map(|rule| rule.fields.clone()).unwrap_or_default();
            let in_file = fields.iter().any(|field| binder.has(field));
            Question { reach: reach(&parts, binder.as_of()), rules: positions, fields, in_file }
        })
        .collect()
}
