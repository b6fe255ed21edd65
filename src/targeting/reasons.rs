//! Why a lead scores as it does, in sentences a rep can say.

use super::axis::{Axis, RuleOutcome, Sink};
use super::say;
use super::score::AxisName;
use super::words;
use crate::crm::FieldRef;
use crate::model::{MissingPolicy, Points};

/// One reason, with the points it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The axis it is about.
    pub axis: AxisName,
    /// Which way it works.
    pub effect: Effect,
    /// Points given, taken (negative), or left open by blank fields (positive).
    pub points: Points,
    /// The sentence: `200–1,000 employees: +25`.
    pub text: String,
    /// What it is about: the rule's name, or what is not known (`title is`).
    pub about: String,
}

/// Which way a reason works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It gave points.
    Up,
    /// It took points.
    Down,
    /// Fields are blank that would have decided about points.
    Unknown,
}

/// The most reasons a row shows.
const TOP: usize = 3;

/// A reason that has not been put into words yet: most never are.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    axis: AxisName,
    effect: Effect,
    points: Points,
    about: About,
}

#[derive(Debug, Clone)]
enum About {
    Rule {
        group: usize,
        rule: usize,
        age: Option<i32>,
        times: Option<u32>,
    },
    Blank {
        group: usize,
        question: usize,
    },
    /// The axis cannot be evaluated: these questions are open.
    Nothing(Vec<(usize, usize)>),
}

/// Collects the reasons of one axis while it is evaluated.
#[derive(Debug)]
pub(crate) struct Gather<'a> {
    name: AxisName,
    axis: &'a Axis,
    found: Vec<Candidate>,
}

impl<'a> Gather<'a> {
    pub(crate) fn of(name: AxisName, axis: &'a Axis) -> Self {
        Self { name, axis, found: Vec::new() }
    }

    pub(crate) fn finish(mut self, score: Option<Points>) -> Vec<Candidate> {
        if score.is_none() {
            let mut open = Vec::new();
            self.found.retain(|candidate| match candidate.about {
                About::Blank { group, question } => {
                    open.push((group, question));
                    false
                }
                _ => true,
            });
            if !open.is_empty() {
                let (axis, points) = (self.name, self.axis.reach);
                self.found.push(Candidate { axis, effect: Effect::Unknown, points, about: About::Nothing(open) });
            }
        }
        self.found
    }
}

impl Sink for Gather<'_> {
    fn rule(&mut self, group: usize, rule: usize, outcome: RuleOutcome) {
        let effect = if outcome.points > Points::ZERO { Effect::Up } else { Effect::Down };
        if outcome.points != Points::ZERO {
            let about = About::Rule { group, rule, age: outcome.age, times: outcome.times };
            self.found.push(Candidate { axis: self.name, effect, points: outcome.points, about });
        }
    }

    fn open(&mut self, group: usize, question: usize, points: Points, _: (Points, Points)) {
        if points <= Points::ZERO {
            return;
        }
        // What is missing for every lead of the file is no reason for this one.
        let asked = self.axis.groups.get(group).and_then(|group| group.questions.get(question));
        if asked.is_some_and(|question| question.in_file) {
            let about = About::Blank { group, question };
            self.found.push(Candidate { axis: self.name, effect: Effect::Unknown, points, about });
        }
    }
}

impl Candidate {
    /// Puts the reason into words; `axis` is the one it was gathered from.
    pub(crate) fn say(&self, axis: &Axis) -> Reason {
        let text = match &self.about {
            About::Rule { group, rule, age, times } => {
                let rule = axis.groups.get(*group).and_then(|group| group.rules.get(*rule));
                let faded = rule.is_some_and(|rule| rule.points != self.points);
                let ago = match age {
                    Some(age) if faded => format!(" ({} ago)", words::count(age.unsigned_abs(), "day")),
                    _ => String::new(),
                };
                let counted = times.map_or(String::new(), |times| format!(" ({})", words::count(times, "time")));
                format!("{}: {}{counted}{ago}", rule.map_or("", |rule| rule.name.as_str()), self.points.signed())
            }
            About::Blank { group, question } => {
                let fields = words::list(&labels(axis, &[(*group, *question)]), "or");
                match axis.missing {
                    MissingPolicy::Zero => format!("{fields} unknown: 0 of {}", self.points),
                    MissingPolicy::Interval => format!("{fields} unknown: up to {} points open", self.points),
                    MissingPolicy::Neutral => format!("{fields} unknown: {} points left out", self.points),
                }
            }
            About::Nothing(open) => {
                format!("{} unknown: {} blank", self.axis.name(), words::list(&labels(axis, open), "and"))
            }
        };
        Reason { axis: self.axis, effect: self.effect, points: self.points, text, about: self.say_about(axis) }
    }

    /// What the reason is about, as [`Reason::about`].
    pub(crate) fn say_about(&self, axis: &Axis) -> String {
        match &self.about {
            About::Rule { group, rule, .. } => {
                let rule = axis.groups.get(*group).and_then(|group| group.rules.get(*rule));
                rule.map_or(String::new(), |rule| rule.name.clone())
            }
            About::Blank { group, question } => say::not_known(&labels(axis, &[(*group, *question)])),
            About::Nothing(open) => say::not_known(&labels(axis, open)),
        }
    }

    /// The fields of the question that it leaves open; none for other reasons.
    pub(crate) fn asks<'a>(&self, axis: &'a Axis) -> &'a [FieldRef] {
        let About::Blank { group, question } = self.about else { return &[] };
        let asked = axis.groups.get(group).and_then(|group| group.questions.get(question));
        asked.map_or(&[], |question| &question.fields)
    }

    /// Which way it works.
    pub(crate) fn effect(&self) -> Effect {
        self.effect
    }

    /// The axis it is about.
    pub(crate) fn axis(&self) -> AxisName {
        self.axis
    }

    fn weight(&self) -> u64 {
        self.points.micro().unsigned_abs()
    }
}

/// Puts the most points first, equal ones in the order they came in.
pub(crate) fn sort(candidates: &mut [Candidate]) {
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.weight()));
}

/// The few reasons that a row shows, of sorted ones: what gave the most, and last what cost or withheld the most.
pub(crate) fn top(sorted: &[Candidate]) -> impl Iterator<Item = &Candidate> {
    let against = sorted.iter().find(|candidate| candidate.effect != Effect::Up);
    let room = TOP - usize::from(against.is_some());
    sorted.iter().filter(|candidate| candidate.effect == Effect::Up).take(room).chain(against)
}

/// The fields of some questions as people say them, each once.
fn labels(axis: &Axis, questions: &[(usize, usize)]) -> Vec<String> {
    let mut labels = Vec::new();
    let asked = questions.iter().filter_map(|(group, question)| axis.groups.get(*group)?.questions.get(*question));
    for label in asked.flat_map(|question| &question.fields).map(FieldRef::label) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(effect: Effect, points: f64) -> Candidate {
        let about = About::Nothing(Vec::new());
        Candidate { axis: AxisName::Fit, effect, points: Points::from_f64(points), about }
    }

    #[test]
    fn a_row_shows_what_gave_most_and_the_one_thing_that_cost_most() {
        let mut all = vec![
            candidate(Effect::Up, 5.0),
            candidate(Effect::Down, -10.0),
            candidate(Effect::Up, 25.0),
            candidate(Effect::Unknown, 15.0),
            candidate(Effect::Up, 20.0),
        ];
        sort(&mut all);
        let shown = |all: &[Candidate]| top(all).map(|candidate| candidate.points.as_f64()).collect::<Vec<_>>();
        assert_eq!(shown(&all), [25.0, 20.0, 15.0]);
        all.retain(|candidate| candidate.effect == Effect::Up);
        assert_eq!(shown(&all), [25.0, 20.0, 5.0]);
        assert!(shown(&[]).is_empty());
    }
}
