//! `icp` as JSON.

use super::condition::{ConditionDocument, PhrasesDocument, field_ref, field_refs, optional};
use super::evidence::{EvidenceDocument, RuleEvidenceDocument};
use super::frame::review;
use super::{Deserialize, Serialize};
use crate::Error;
use crate::crm::FieldRef;
use crate::model::check::{At, Names};
use crate::model::{
    Axis, Condition, Decay, DecayCurve, Disqualifier, Frequency, FrequencySource, GradeCuts, Icp, MissingPolicy,
    Points, Rule, RuleGroup,
};

/// Most points of a rule, a group or an axis.
const MAX_POINTS: f64 = 10_000.0;

/// The ideal customer profile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct IcpDocument {
    /// What a rule does whose field is missing. Default: neutral.
    missing: MissingPolicy,
    /// How well the lead fits who we sell to.
    fit: AxisDocument,
    /// How much interest the lead shows.
    engagement: AxisDocument,
    /// What rules a lead out, whatever its points.
    disqualify: Vec<DisqualifierDocument>,
    /// Where the grades cut.
    grades: GradesDocument,
    /// Fields that somebody can still do something about. Default: those that engagement reads, and blank ones other
    /// than size and place.
    #[serde(skip_serializing_if = "Option::is_none")]
    changeable: Option<Vec<String>>,
    /// What the fit axis was learned from, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceDocument>,
    /// Who looks after this section.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

/// One axis of the score: the sum of its groups, kept between 0 and the cap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AxisDocument {
    /// Highest score, above 0, at most 10,000. Default: 100.
    cap: f64,
    /// Groups of rules.
    groups: Vec<GroupDocument>,
}

impl Default for AxisDocument {
    fn default() -> Self {
        Self { cap: 100.0, groups: Vec::new() }
    }
}

/// Rules about one subject: the sum of their points, kept between the floor and the cap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GroupDocument {
    /// Name, unique on the axis.
    name: String,
    /// Most points the group gives, above 0, at most 10,000. Default: the axis's cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cap: Option<f64>,
    /// Fewest points the group gives, −10,000 to 0. Default: minus the cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<f64>,
    /// Rules.
    rules: Vec<RuleDocument>,
}

/// Points for a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RuleDocument {
    /// Name, unique in the group.
    name: String,
    /// When the points are earned. May be left out with `per`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<ConditionDocument>,
    /// Points, −10,000 to 10,000, counted in millionths; for each time with `per`.
    points: f64,
    /// What is counted. Default: nothing, the points are earned once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per: Option<FrequencyDocument>,
    /// How the points fade with time. Default: they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decay: Option<DecayDocument>,
    /// What the rule was learned from, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<RuleEvidenceDocument>,
}

/// What a rule counts: a number of the file (`field`) or activities (`activity`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FrequencyDocument {
    /// Field that holds the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// How much of it makes one time, above 0, at most 10¹². Default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    each: Option<f64>,
    /// Phrase, or phrases, that the kind of activity holds; an empty list for any activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activity: Option<PhrasesDocument>,
    /// Only activities of so many days before the as-of day, 0 to 36,500. Default: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    /// Most times that count, 1 to 10,000. Default: no limit but the group's cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<u32>,
}

impl FrequencyDocument {
    fn resolve(&self, at: &At) -> Result<Frequency, Error> {
        let source = match (&self.field, &self.activity) {
            (Some(field), None) if self.days.is_none() => FrequencySource::Field {
                field: field_ref(&at.key("field"), field)?,
                each: positive(&at.key("each"), self.each.unwrap_or(1.0), 1e12)?,
            },
            (None, Some(kinds)) if self.each.is_none() => FrequencySource::Activities {
                kinds: match kinds {
                    PhrasesDocument::Many(list) if list.is_empty() => Vec::new(),
                    kinds => kinds.resolve(&at.key("activity"))?,
                },
                days: self.days.map(|days| at.key("days").whole(days, 0, 36_500)).transpose()?,
            },
            _ => {
                let message = "what is counted is a `field` (with `each`) or an `activity` (with `days`) (keep one)";
                return Err(at.error("bad-frequency", message));
            }
        };
        let most = self.most.map(|most| at.key("most").whole(most, 1, 10_000)).transpose()?;
        Ok(Frequency { source, most })
    }
}

/// How points fade with the days since a date: exactly one of the three shapes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DecayDocument {
    /// Date field that time runs from. Default: lastActivity.
    #[serde(default = "last_activity")]
    field: String,
    /// Days in which the points halve, above 0, at most 36,500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    half_life_days: Option<f64>,
    /// Days in which the points fall in a line to nothing, above 0, at most 36,500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line_days: Option<f64>,
    /// Days for which the points stay before they vanish, above 0, at most 36,500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window_days: Option<f64>,
}

fn last_activity() -> String {
    "lastActivity".into()
}

/// What rules a lead out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DisqualifierDocument {
    /// The reason, as shown; unique.
    name: String,
    /// When the lead is out.
    when: ConditionDocument,
}

/// Where the grades cut, in points.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GradesDocument {
    /// Fewest points for A, B, C; below C is D. Default: 75, 50, 25 % of the cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    fit: Option<FitCutsDocument>,
    /// Fewest points for 1, 2, 3; below 3 is 4. Default: 75, 50, 25 % of the cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    engagement: Option<EngagementCutsDocument>,
    /// How many points past a cut a score must be before the grade that the file carries changes, 0 to 10,000.
    /// Default: 0, the file's grade does not count.
    #[serde(skip_serializing_if = "is_zero")]
    band: f64,
    /// Field with the earlier grade. Default: the column that our own export adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

/// Fewest points for each letter, falling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FitCutsDocument {
    /// Fewest points for A.
    #[serde(rename = "A")]
    a: f64,
    /// Fewest points for B.
    #[serde(rename = "B")]
    b: f64,
    /// Fewest points for C.
    #[serde(rename = "C")]
    c: f64,
}

/// Fewest points for each digit, falling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EngagementCutsDocument {
    /// Fewest points for 1.
    #[serde(rename = "1")]
    one: f64,
    /// Fewest points for 2.
    #[serde(rename = "2")]
    two: f64,
    /// Fewest points for 3.
    #[serde(rename = "3")]
    three: f64,
}

impl IcpDocument {
    pub(super) fn resolve(&mut self, at: &At) -> Result<Icp, Error> {
        let fit = self.fit.resolve(&at.key("fit"))?;
        let engagement = self.engagement.resolve(&at.key("engagement"))?;
        let grades = self.grades.resolve(&at.key("grades"), self.fit.cap, self.engagement.cap)?;
        let mut names = Names::of("disqualifier");
        let list_at = at.key("disqualify");
        let disqualify = self.disqualify.iter().enumerate().map(|(i, item)| {
            let at = list_at.index(i);
            let name = names.take(&at.key("name"), &item.name)?;
            Ok(Disqualifier { name, when: item.when.resolve(&at.key("when"))? })
        });
        Ok(Icp {
            missing: self.missing,
            fit,
            engagement,
            disqualify: disqualify.collect::<Result<_, Error>>()?,
            grades,
            changeable: {
                let at = at.key("changeable");
                self.changeable.as_ref().map(|fields| field_refs(&at, fields)).transpose()?
            },
            evidence: self.evidence.as_ref().map(|evidence| evidence.resolve(&at.key("evidence"))).transpose()?,
            review: review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?,
        })
    }
}

impl AxisDocument {
    fn resolve(&mut self, at: &At) -> Result<Axis, Error> {
        let cap = positive(&at.key("cap"), self.cap, MAX_POINTS)?;
        let mut names = Names::of("group");
        let groups_at = at.key("groups");
        let groups = self.groups.iter().enumerate().map(|(i, group)| {
            let at = groups_at.index(i);
            let name = names.take(&at.key("name"), &group.name)?;
            let cap = group.cap.unwrap_or(cap);
            let floor = group.floor.unwrap_or(-cap);
            Ok(RuleGroup {
                name,
                cap: Points::from_f64(positive(&at.key("cap"), cap, MAX_POINTS)?),
                has_own_cap: group.cap.is_some(),
                floor: Points::from_f64(at.key("floor").range(floor, -MAX_POINTS, 0.0)?),
                rules: rules(&at.key("rules"), &group.rules)?,
            })
        });
        Ok(Axis { cap: Points::from_f64(cap), groups: groups.collect::<Result<_, Error>>()? })
    }
}

fn rules(at: &At, rules: &[RuleDocument]) -> Result<Vec<Rule>, Error> {
    let mut names = Names::of("rule");
    let resolve = |(i, rule): (usize, &RuleDocument)| {
        let at = at.index(i);
        Ok(Rule {
            name: names.take(&at.key("name"), &rule.name)?,
            when: match (optional(&at.key("when"), rule.when.as_ref())?, &rule.per) {
                (Some(when), _) => when,
                (None, Some(_)) => Condition::always(),
                (None, None) => return Err(at.key("when").error("missing-key", "missing (add `when`)")),
            },
            per: rule.per.as_ref().map(|per| per.resolve(&at.key("per"))).transpose()?,
            points: Points::from_f64(at.key("points").range(rule.points, -MAX_POINTS, MAX_POINTS)?),
            decay: rule.decay.as_ref().map(|decay| decay.resolve(&at.key("decay"))).transpose()?,
            evidence: rule.evidence.as_ref().map(|it| it.resolve(&at.key("evidence"))).transpose()?,
        })
    };
    rules.iter().enumerate().map(resolve).collect()
}

impl DecayDocument {
    fn resolve(&self, at: &At) -> Result<Decay, Error> {
        let days = |key: &str, value: f64| positive(&at.key(key), value, 36_500.0);
        let curve = match (self.half_life_days, self.line_days, self.window_days) {
            (Some(value), None, None) => DecayCurve::HalfLife { days: days("halfLifeDays", value)? },
            (None, Some(value), None) => DecayCurve::Line { days: days("lineDays", value)? },
            (None, None, Some(value)) => DecayCurve::Window { days: days("windowDays", value)? },
            _ => {
                let message = "a decay needs exactly one of `halfLifeDays`, `lineDays`, `windowDays` (keep one)";
                return Err(at.error("bad-decay", message));
            }
        };
        Ok(Decay { field: field_ref(&at.key("field"), &self.field)?, curve })
    }
}

impl GradesDocument {
    fn resolve(&mut self, at: &At, fit_cap: f64, engagement_cap: f64) -> Result<GradeCuts, Error> {
        let (fit_at, engagement_at) = (at.key("fit"), at.key("engagement"));
        let FitCutsDocument { a, b, c } = *self.fit.get_or_insert_with(|| {
            let [a, b, c] = default_cuts(fit_cap);
            FitCutsDocument { a, b, c }
        });
        let EngagementCutsDocument { one, two, three } = *self.engagement.get_or_insert_with(|| {
            let [one, two, three] = default_cuts(engagement_cap);
            EngagementCutsDocument { one, two, three }
        });
        Ok(GradeCuts {
            fit: cuts(&fit_at, ["A", "B", "C"], [a, b, c], fit_cap)?,
            engagement: cuts(&engagement_at, ["1", "2", "3"], [one, two, three], engagement_cap)?,
            band: Points::from_f64(at.key("band").range(self.band, 0.0, MAX_POINTS)?),
            previous: match &self.previous {
                Some(field) => field_ref(&at.key("previous"), field)?,
                None => FieldRef::Column("Leadcast grade".to_owned()),
            },
        })
    }
}

fn default_cuts(cap: f64) -> [f64; 3] {
    [0.75 * cap, 0.5 * cap, 0.25 * cap]
}

fn cuts(at: &At, names: [&str; 3], values: [f64; 3], cap: f64) -> Result<[Points; 3], Error> {
    for (name, value) in names.iter().zip(values) {
        positive(&at.key(name), value, cap)?;
    }
    for i in 1..3 {
        if values[i] >= values[i - 1] {
            let message = format!("must be below the cut of {}, {}, found {}", names[i - 1], values[i - 1], values[i]);
            return Err(at.key(names[i]).error("bad-order", message));
        }
    }
    Ok(values.map(Points::from_f64))
}

/// A number above 0 and at most `most`.
pub(super) fn positive(at: &At, value: f64, most: f64) -> Result<f64, Error> {
    if value > 0.0 && value <= most {
        Ok(value)
    } else {
        Err(at.error("out-of-range", format!("must be above 0 and at most {most}, found {value}")))
    }
}
