//! The ideal customer profile: what earns points on which axis, what rules a lead out, where the grades cut.

use super::{Condition, Evidence, Motion, Phrase, Points, Review, RuleEvidence};
use crate::crm::FieldRef;

/// The ideal customer profile.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Icp {
    /// What a rule does whose field is missing. Default: neutral.
    pub missing: MissingPolicy,
    /// How well the lead fits who we sell to.
    pub fit: Axis,
    /// How much interest the lead shows.
    pub engagement: Axis,
    /// What rules a lead out, whatever its points.
    pub disqualify: Vec<Disqualifier>,
    /// Where the grades cut.
    pub grades: GradeCuts,
    /// Fields that somebody can still do something about, as an explanation may propose. `None`: those that engagement
    /// reads, and blank ones other than size and place.
    pub changeable: Option<Vec<FieldRef>>,
    /// What the fit axis was learned from, if it was.
    pub evidence: Option<Evidence>,
    /// Owner and last review.
    pub review: Review,
}

/// What a rule does whose condition is unknown because a field is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MissingPolicy {
    /// The axis is scored on what is known: the score is scaled as though the unknown rules did not exist.
    #[default]
    Neutral,
    /// An unknown rule earns nothing.
    Zero,
    /// The score is the middle between the least and the most that the unknown rules leave possible.
    Interval,
}

/// One axis of the score: the sum of its groups, kept between 0 and the cap.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Axis {
    /// The highest score. Default: 100.
    pub cap: Points,
    /// The groups of rules.
    pub groups: Vec<RuleGroup>,
}

/// Rules about one subject: the sum of their points, kept between the floor and the cap.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RuleGroup {
    /// The name; unique on its axis.
    pub name: String,
    /// The most points the group gives. Default: the axis's cap.
    pub cap: Points,
    /// Whether the model states that cap; if not, it is the axis's.
    pub has_own_cap: bool,
    /// The fewest points the group gives, 0 or below. Default: minus the cap.
    pub floor: Points,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// Points for a condition.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// The name; unique in its group.
    pub name: String,
    /// When the points are earned.
    pub when: Condition,
    /// The points, negative to deduct; for each time where the rule counts.
    pub points: Points,
    /// What is counted. None given: nothing, the points are earned once.
    pub per: Option<Frequency>,
    /// How the points fade with time. None given: they do not.
    pub decay: Option<Decay>,
    /// What the rule was learned from, if it was.
    pub evidence: Option<RuleEvidence>,
}

/// What a rule counts: it earns its points for each time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Frequency {
    /// What is counted.
    pub source: FrequencySource,
    /// Most times that count, at least 1. `None`: no limit but the group's cap.
    pub most: Option<u32>,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq)]
pub enum FrequencySource {
    /// A number in the file: one time for every `each` of it, in full.
    Field {
        /// The field that holds the number.
        field: FieldRef,
        /// How much of it makes one time, above 0. Default: 1.
        each: f64,
    },
    /// Activities of the lead, from the files of activities that were attached.
    Activities {
        /// Phrases that the kind of activity holds, one of them. Empty: any activity.
        kinds: Vec<Phrase>,
        /// Only of so many days before the as-of day. `None`: all of them.
        days: Option<u32>,
    },
}

/// A scorecard for some of the leads, instead of the profile that all others are scored with.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Scorecard {
    /// The name; unique.
    pub name: String,
    /// Indices of the segments it is for. Empty: any.
    pub segments: Vec<usize>,
    /// The motions it is for. Empty: any.
    pub motions: Vec<Motion>,
    /// The leads it is for. Default: all of those segments and motions.
    pub when: Condition,
    /// How they are scored.
    pub icp: Icp,
}

/// How points fade with the days since a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Decay {
    /// The date field that time runs from. Default: `lastActivity`.
    pub field: FieldRef,
    /// The shape.
    pub curve: DecayCurve,
}

/// The shape of a decay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DecayCurve {
    /// Halves every so many days: 2^(−age / days).
    HalfLife {
        /// Days, above 0.
        days: f64,
    },
    /// Falls in a straight line to nothing after so many days: max(0, 1 − age / days).
    Line {
        /// Days, above 0.
        days: f64,
    },
    /// Full for so many days, then nothing.
    Window {
        /// Days, above 0.
        days: f64,
    },
}

impl Icp {
    /// Whether a learned fit axis was changed since: a rule's points, or a rule that was not learned. A rule taken away does not show.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        let mut rules = self.fit.groups.iter().flat_map(|group| &group.rules);
        let changed = |rule: &Rule| rule.evidence.is_none_or(|known| Points::from_f64(known.points) != rule.points);
        self.evidence.is_some() && rules.any(changed)
    }
}

impl DecayCurve {
    /// The share of the points left after `age` days, in [0, 1]; all of them for a negative age. A date after the
    /// as-of day has no age: it is not yet known, and scoring leaves the rule unknown.
    #[must_use]
    pub fn share_left(self, age: i32) -> f64 {
        let age = f64::from(age.max(0));
        match self {
            Self::HalfLife { days } => libm::exp2(-age / days),
            Self::Line { days } => (1.0 - age / days).max(0.0),
            Self::Window { days } => f64::from(u8::from(age <= days)),
        }
    }
}

/// What rules a lead out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Disqualifier {
    /// The reason, as shown; unique.
    pub name: String,
    /// When the lead is out; an unknown condition rules nobody out.
    pub when: Condition,
}

/// Where the grades cut: the fewest points for each grade but the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeCuts {
    /// Fewest points for A, B, C, each above the next. Default: 75, 50, 25 % of the cap.
    pub fit: [Points; 3],
    /// Fewest points for 1, 2, 3, each above the next. Default: 75, 50, 25 % of the cap.
    pub engagement: [Points; 3],
    /// How far past a cut a score must be before an earlier grade changes. Default: 0, earlier grades do not count.
    pub band: Points,
    /// The column with the earlier grade. Default: the one that our own export adds.
    pub previous: FieldRef,
}

impl GradeCuts {
    /// The grade of these scores after an earlier one: each axis leaves its earlier step only where the score is past a
    /// cut by more than the band. An axis without an earlier step, or that could not be evaluated, does not remember.
    #[must_use]
    pub fn grade_after(&self, earlier: Grade, fit: Option<Points>, engagement: Option<Points>) -> Grade {
        let band = self.band.micro();
        let step = |cuts: &[Points; 3], earlier: Option<u8>, score: Points| {
            // Past by more than the band: a score that lies on the shifted cut stays where it was.
            let above = cuts.iter().position(|cut| score.micro() - cut.micro() > band).unwrap_or(3) as u8;
            let below = cuts.iter().position(|cut| cut.micro() - score.micro() <= band).unwrap_or(3) as u8;
            earlier.map_or_else(|| place(cuts, score), |earlier| earlier.clamp(below, above))
        };
        Grade {
            fit: fit.map(|score| step(&self.fit, earlier.fit, score)),
            engagement: engagement.map(|score| step(&self.engagement, earlier.engagement, score)),
        }
    }

    /// The grade of these scores; an axis that could not be evaluated has none.
    #[must_use]
    pub fn grade(&self, fit: Option<Points>, engagement: Option<Points>) -> Grade {
        Grade {
            fit: fit.map(|score| place(&self.fit, score)),
            engagement: engagement.map(|score| place(&self.engagement, score)),
        }
    }
}

fn place(cuts: &[Points; 3], score: Points) -> u8 {
    cuts.iter().position(|cut| score >= *cut).unwrap_or(3) as u8
}

/// A grade of both axes, such as `B2`; `A–` where engagement could not be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade {
    fit: Option<u8>,
    engagement: Option<u8>,
}

impl Grade {
    /// Of a lead neither of whose axes could be evaluated.
    pub(crate) const NONE: Self = Self { fit: None, engagement: None };

    /// Number of grades.
    pub(crate) const COUNT: usize = 25;

    /// The grade's place in [`all`](Self::all).
    pub(crate) fn place(self) -> usize {
        let step = |step: Option<u8>| step.map_or(4, |step| usize::from(step.min(3)));
        5 * step(self.fit) + step(self.engagement)
    }

    /// Every grade, best first: by fit, then by engagement, not evaluable last.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let steps = || (0..4).map(Some).chain([None]);
        steps().flat_map(|fit| steps().map(move |engagement| Self { fit, engagement })).collect()
    }

    /// The grade at a place in [`all`](Self::all).
    pub(crate) fn of_place(place: usize) -> Option<Self> {
        let step = |step: usize| (step < 4).then_some(step as u8);
        (place < Self::COUNT).then(|| Self { fit: step(place / 5), engagement: step(place % 5) })
    }

    /// Reads a label such as `B2` or `A–`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut pattern = GradePattern::parse(text)?;
        // A letter alone says nothing of engagement.
        pattern.engagement = pattern.engagement.or(Some(None));
        Some(Self { fit: pattern.fit?, engagement: pattern.engagement? })
    }

    /// Whether no axis is worse than the other grade's and one is better.
    #[must_use]
    pub fn is_better_than(self, other: Self) -> bool {
        // Not evaluable is neither better nor worse than anything: it has to stay as it is.
        let step = |a: Option<u8>, b: Option<u8>| match (a, b) {
            (Some(a), Some(b)) => Some(b.cmp(&a)),
            (Some(_), None) => Some(std::cmp::Ordering::Greater),
            (None, None) => Some(std::cmp::Ordering::Equal),
            (None, Some(_)) => None,
        };
        let (Some(fit), Some(engagement)) = (step(self.fit, other.fit), step(self.engagement, other.engagement)) else {
            return false;
        };
        fit.is_ge() && engagement.is_ge() && (fit.is_gt() || engagement.is_gt())
    }

    /// `A` to `D`, or `–` if not evaluable.
    #[must_use]
    pub fn fit_letter(self) -> char {
        self.fit.map_or('–', |step| char::from(b'A' + step))
    }

    /// `1` to `4`, or `–` if not evaluable.
    #[must_use]
    pub fn engagement_digit(self) -> char {
        self.engagement.map_or('–', |step| char::from(b'1' + step))
    }

    /// Both, such as `B2`.
    #[must_use]
    pub fn label(self) -> String {
        format!("{}{}", self.fit_letter(), self.engagement_digit())
    }
}

/// Grades by pattern: `B2`, `A*` (A with any engagement), `*1`, `A–` (engagement not evaluable).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradePattern {
    fit: Option<Option<u8>>,
    engagement: Option<Option<u8>>,
}

impl GradePattern {
    /// Reads two characters: a letter A to D, `–` or `*`, then a digit 1 to 4, `–` or `*`. `A` alone means `A*`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut chars = text.trim().chars();
        let part = |c: char, first: char| match c {
            '*' => Some(None),
            '–' | '-' => Some(Some(None)),
            c if (first..).take(4).any(|known| known == c.to_ascii_uppercase()) => {
                Some(Some(Some((u32::from(c.to_ascii_uppercase()) - u32::from(first)) as u8)))
            }
            _ => None,
        };
        let fit = part(chars.next()?, 'A')?;
        let engagement = match chars.next() {
            Some(c) => part(c, '1')?,
            None => None,
        };
        chars.next().is_none().then_some(Self { fit, engagement })
    }

    /// Whether the grade is meant.
    #[must_use]
    pub fn matches(self, grade: Grade) -> bool {
        self.fit.is_none_or(|fit| fit == grade.fit) && self.engagement.is_none_or(|step| step == grade.engagement)
    }

    /// The pattern as text.
    #[must_use]
    pub fn label(self) -> String {
        let part = |step: Option<Option<u8>>, first: u8| match step {
            None => '*',
            Some(None) => '–',
            Some(Some(step)) => char::from(first + step),
        };
        format!("{}{}", part(self.fit, b'A'), part(self.engagement, b'1'))
    }
}
