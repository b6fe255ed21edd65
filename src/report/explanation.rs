//! One lead as plain data, with every line of its score.

use super::leads::lead_row;
use super::worth::WorthReport;
use crate::crm::{FieldRef, LeadList};
use crate::model::{Points, Truth};
use crate::targeting::{
    AxisBreakdown, AxisName, Definition, Effect, FieldChange, FieldWorth, Flip, GroupBreakdown, Reason, RuleBreakdown,
    ScoredLeads, SegmentMargin, SlaState,
};
use serde::Serialize;

/// One lead with every line of its score. The lines add up exactly, in millionths.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LeadExplanation {
    /// Position in the file, from 0.
    pub row: u32,
    /// Line of the file, from 1.
    pub line: u64,
    /// The lead's id; empty if the file has none.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// The company.
    pub company: String,
    /// The lead in one plain sentence.
    pub sentence: String,
    /// The scorecard that scores it; `null` for the model's profile.
    pub scorecard: Option<String>,
    /// The grade, such as `B2`.
    pub grade: String,
    /// Why it is not the grade that its points alone give: the file's earlier grade was kept on an axis.
    pub grade_kept: Option<String>,
    /// What would give it a better grade: up to three proposals, each of them applied and found to be enough.
    pub flips: Vec<FlipReport>,
    /// The blank fields that rules ask for, the one that could move its scores most first.
    pub enrich: Vec<FieldWorthReport>,
    /// Fit, line by line.
    pub fit: AxisExplanation,
    /// Engagement, line by line.
    pub engagement: AxisExplanation,
    /// The knock-out that holds.
    pub disqualified: Option<String>,
    /// The segment's name, or `Unassigned`.
    pub segment: String,
    /// Why it is in its segment.
    pub segment_reason: String,
    /// How the segment is sold to.
    pub motion: Option<String>,
    /// How far it is from another segment; `null` if none of its numbers could change that.
    pub segment_margin: Option<SegmentMargin>,
    /// The demand programme for its segment and grade.
    pub programme: Option<String>,
    /// Who got the lead.
    pub owner: Option<String>,
    /// The pool the owner took it from.
    pub pool: Option<String>,
    /// The routing rule that applied.
    pub rule: Option<String>,
    /// How soon it must be answered, as a duration.
    pub sla: Option<String>,
    /// When it must be answered at the latest, as clocks of the model's time zone show it.
    pub due: Option<String>,
    /// Whether that promise is kept.
    pub sla_state: Option<SlaState>,
    /// The definitions that hold for it.
    pub definitions: Vec<Definition>,
    /// Probability of a good end by the learned card, in [0, 1]; `null` if the model's card was not learned.
    pub probability: Option<f64>,
    /// Place in this list by fit: share of leads with fewer points, equals counting half, in [0, 1]. No probability.
    pub rank: Option<f64>,
    /// Contract value of its segment times win rate, in major units.
    pub expected_value: Option<f64>,
    /// The arithmetic of the expected value.
    pub worth: Option<WorthReport>,
    /// Why it has its owner, or none.
    pub route_reason: String,
    /// Up to three reasons, as the row shows them.
    pub reasons: Vec<String>,
    /// Every reason, the most points first.
    pub all_reasons: Vec<ReasonLine>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ReasonLine {
    /// `fit` or `engagement`.
    pub axis: AxisName,
    /// `up`, `down` or `unknown`.
    pub effect: Effect,
    /// Points given, taken (negative) or left open.
    pub points: f64,
    /// The sentence.
    pub text: String,
}

/// Changes that give a lead a better grade.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FlipReport {
    /// The grade that follows.
    pub grade: String,
    /// The fit points that follow.
    pub fit: Option<f64>,
    /// The engagement points that follow.
    pub engagement: Option<f64>,
    /// One or two changes; none of them alone is enough.
    pub changes: Vec<ChangeReport>,
    /// All of it as a sentence.
    pub sentence: String,
}

/// One changed field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ChangeReport {
    /// The field as the model names it, or `activity:` and the kind of activities.
    pub field: String,
    /// The same as people say it.
    pub label: String,
    /// What the file says; `null` if blank. Of activities, how often they have been.
    pub from: Option<String>,
    /// What it would have to be, as people say it. Of activities, how often they would have to have been.
    pub to: String,
    /// The same as the cell would hold it: a day as ISO, a number in plain digits; `null` where any text does.
    pub value: Option<String>,
}

/// What filling a field is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FieldWorthReport {
    /// The field as the model names it.
    pub field: String,
    /// The field as people say it.
    pub label: String,
    /// Leads where it is blank and filling it could move a score.
    pub leads: u64,
    /// How far filling it could move the scores of those leads, together, in points: through the caps and floors of groups and axes,
    /// all else held at what it gives now.
    pub points: f64,
}

/// One axis, line by line: the groups' points, `rescaled` and `limited` are the score.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct AxisExplanation {
    /// The score; `null` if the axis cannot be evaluated for this lead.
    pub score: Option<f64>,
    /// The score in millionths.
    pub score_micro: Option<i64>,
    /// The highest score.
    pub cap: f64,
    /// The least that the score could be once everything is known.
    pub low: f64,
    /// The most that it could be.
    pub high: f64,
    /// The steps of the grade between the two, such as `A…C`, or one if it is certain.
    pub steps: Option<String>,
    /// The most that all rules can earn together.
    pub reach: f64,
    /// The part of the reach that the lead's known fields decide.
    pub known: f64,
    /// The groups.
    pub groups: Vec<GroupExplanation>,
    /// What counting the known part for the whole added.
    pub rescaled: f64,
    /// The same in millionths.
    pub rescaled_micro: i64,
    /// What the cap took or the floor of zero gave.
    pub limited: f64,
    /// The same in millionths.
    pub limited_micro: i64,
}

/// One group: the rules' points and `limited` are its points.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GroupExplanation {
    /// The group's name.
    pub name: String,
    /// Its points.
    pub points: f64,
    /// The same in millionths.
    pub points_micro: i64,
    /// The fewest points it gives.
    pub floor: f64,
    /// The most points it gives.
    pub cap: f64,
    /// What its cap took or its floor gave.
    pub limited: f64,
    /// The same in millionths.
    pub limited_micro: i64,
    /// The rules.
    pub rules: Vec<RuleExplanation>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct RuleExplanation {
    /// The rule's name.
    pub name: String,
    /// The points it gave.
    pub points: f64,
    /// The same in millionths.
    pub points_micro: i64,
    /// The points it gives (or takes) before decay.
    pub possible: f64,
    /// Whether its condition holds.
    pub matched: bool,
    /// Whether it could not be decided because a field is blank or not in the file.
    pub missing: bool,
    /// How many times it counts, where it counts.
    pub times: Option<u32>,
    /// Age in days of the date that its decay reads.
    pub age_days: Option<i32>,
    /// The fields it reads, with the lead's values.
    pub values: Vec<FieldValue>,
}

/// A field and the lead's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FieldValue {
    /// The field as the model names it.
    pub field: String,
    /// The field as people say it.
    pub label: String,
    /// The value as the file writes it; `null` if blank or not in the file.
    pub value: Option<String>,
}

impl ScoredLeads {
    /// One lead with every line of its score; `None` if there is no such row.
    #[must_use]
    pub fn explain(&self, row: u32) -> Option<LeadExplanation> {
        let at = row as usize;
        if at >= self.rows() {
            return None;
        }
        let lead = lead_row(self, row);
        let (fit, engagement) = self.breakdown(at);
        Some(LeadExplanation {
            row,
            line: lead.line,
            id: lead.id,
            name: lead.name,
            company: lead.company,
            sentence: self.sentence(at),
            scorecard: self.scorecard(at).map(str::to_owned),
            grade: lead.grade,
            grade_kept: self.grade_kept(at),
            flips: self.flips(at).iter().map(flip).collect(),
            enrich: self.worth_filling(at).iter().map(worth).collect(),
            fit: axis(&fit, AxisName::Fit, self, at),
            engagement: axis(&engagement, AxisName::Engagement, self, at),
            disqualified: lead.disqualified,
            segment: lead.segment,
            segment_reason: self.segment_reason(at),
            motion: lead.motion,
            segment_margin: self.segment_margin(at),
            programme: self.segment(at).map(|segment| segment.programme_for(self.grade(at)).to_owned()),
            owner: lead.owner,
            pool: lead.pool,
            rule: lead.rule,
            sla: lead.sla,
            due: lead.due,
            sla_state: lead.sla_state,
            definitions: lead.definitions,
            probability: lead.probability,
            rank: lead.rank,
            expected_value: lead.expected_value,
            worth: self.worth(at).map(|worth| WorthReport::of(&worth)),
            route_reason: self.route_reason(at),
            reasons: lead.reasons,
            all_reasons: self.all_reasons(at).into_iter().map(reason).collect(),
        })
    }
}

fn flip(flip: &Flip) -> FlipReport {
    let changes: Vec<String> = flip.changes.iter().map(FieldChange::sentence).collect();
    FlipReport {
        grade: flip.grade.label(),
        fit: flip.fit.map(Points::as_f64),
        engagement: flip.engagement.map(Points::as_f64),
        changes: flip
            .changes
            .iter()
            .map(|change| ChangeReport {
                field: change.field.to_string(),
                label: change.field.label(),
                from: change.from.clone(),
                to: change.to.clone(),
                value: change.value.clone(),
            })
            .collect(),
        sentence: format!("{} with {}", flip.grade.label(), changes.join(" and ")),
    }
}

pub(super) fn worth(worth: &FieldWorth) -> FieldWorthReport {
    FieldWorthReport {
        field: worth.field.to_string(),
        label: worth.field.label(),
        leads: worth.leads,
        points: worth.points.as_f64(),
    }
}

fn reason(reason: Reason) -> ReasonLine {
    ReasonLine { axis: reason.axis, effect: reason.effect, points: reason.points.as_f64(), text: reason.text }
}

fn axis(lines: &AxisBreakdown, name: AxisName, scored: &ScoredLeads, row: usize) -> AxisExplanation {
    let steps = scored.possible_steps(row, name, lines);
    let leads = scored.leads();
    AxisExplanation {
        score: lines.score.map(Points::as_f64),
        score_micro: lines.score.map(Points::micro),
        cap: lines.cap.as_f64(),
        low: lines.span.0.as_f64(),
        high: lines.span.1.as_f64(),
        steps,
        reach: lines.reach.as_f64(),
        known: lines.known.as_f64(),
        groups: lines.groups.iter().map(|lines| group(lines, leads, row)).collect(),
        rescaled: lines.rescaled.as_f64(),
        rescaled_micro: lines.rescaled.micro(),
        limited: lines.limited.as_f64(),
        limited_micro: lines.limited.micro(),
    }
}

fn group(lines: &GroupBreakdown, leads: &LeadList, row: usize) -> GroupExplanation {
    GroupExplanation {
        name: lines.name.clone(),
        points: lines.points.as_f64(),
        points_micro: lines.points.micro(),
        floor: lines.floor.as_f64(),
        cap: lines.cap.as_f64(),
        limited: lines.limited.as_f64(),
        limited_micro: lines.limited.micro(),
        rules: lines.rules.iter().map(|line| rule(line, leads, row)).collect(),
    }
}

fn rule(line: &RuleBreakdown, leads: &LeadList, row: usize) -> RuleExplanation {
    RuleExplanation {
        name: line.name.clone(),
        points: line.points.as_f64(),
        points_micro: line.points.micro(),
        possible: line.possible.as_f64(),
        matched: line.truth == Truth::True,
        missing: line.truth == Truth::Unknown,
        times: line.times,
        age_days: line.age,
        values: line.fields.iter().map(|field| value(field, leads, row)).collect(),
    }
}

fn value(field: &FieldRef, leads: &LeadList, row: usize) -> FieldValue {
    let column = leads.column_of(field).and_then(|column| leads.table().columns().get(column));
    let text = column.map(|column| column.text(row)).filter(|text| !text.is_empty());
    FieldValue { field: field.to_string(), label: field.label(), value: text.map(str::to_owned) }
}
