//! Why a lead scores as it does, in sentences a rep can say.

use super::explain::AxisBreakdown;
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
}

/// Which way a reason works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
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

/// Every reason of one axis, the most points first, equal ones in the model's order.
///
/// `in_file` says whether the file has a field: what is missing for every lead is no reason for this one.
pub(crate) fn of_axis(
    axis: AxisName,
    lines: &AxisBreakdown,
    missing: MissingPolicy,
    in_file: &dyn Fn(&FieldRef) -> bool,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for group in &lines.groups {
        for rule in group.rules.iter().filter(|rule| rule.points != Points::ZERO) {
            let effect = if rule.points > Points::ZERO { Effect::Up } else { Effect::Down };
            let ago = match rule.age {
                Some(age) if rule.points != rule.possible => {
                    format!(" ({} ago)", words::count(age.unsigned_abs(), "day"))
                }
                _ => String::new(),
            };
            let text = format!("{}: {}{ago}", rule.name, rule.points.signed());
            reasons.push(Reason { axis, effect, points: rule.points, text });
        }
        if lines.score.is_none() {
            continue;
        }
        for open in group.withheld.iter().filter(|open| open.fields.iter().any(in_file)) {
            let fields: Vec<String> = open.fields.iter().map(words::field_label).collect();
            let fields = words::list(&fields, "or");
            let text = match missing {
                MissingPolicy::Zero => format!("{fields} unknown: 0 of {}", open.points),
                MissingPolicy::Neutral => format!("{fields} unknown: {} points left out", open.points),
            };
            reasons.push(Reason { axis, effect: Effect::Unknown, points: open.points, text });
        }
    }
    sort(&mut reasons);
    reasons
}

/// The few reasons that a row shows: what gave the most, and last the one thing that cost or withheld the most.
pub(crate) fn top(reasons: &[Reason]) -> Vec<String> {
    let up = reasons.iter().filter(|reason| reason.effect == Effect::Up);
    let against = reasons
        .iter()
        .filter(|reason| reason.effect != Effect::Up)
        .reduce(|most, next| if weight(next) > weight(most) { next } else { most });
    let room = TOP - usize::from(against.is_some());
    up.take(room).chain(against).map(|reason| reason.text.clone()).collect()
}

/// Puts the most points first, equal ones in the order they came in.
pub(crate) fn sort(reasons: &mut [Reason]) {
    reasons.sort_by_key(|reason| std::cmp::Reverse(weight(reason)));
}

fn weight(reason: &Reason) -> u64 {
    reason.points.micro().unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(effect: Effect, points: f64, text: &str) -> Reason {
        Reason { axis: AxisName::Fit, effect, points: Points::from_f64(points), text: text.to_owned() }
    }

    #[test]
    fn a_row_shows_what_gave_most_and_the_one_thing_that_cost_most() {
        let mut reasons = vec![
            reason(Effect::Up, 5.0, "e"),
            reason(Effect::Down, -10.0, "d"),
            reason(Effect::Up, 25.0, "a"),
            reason(Effect::Unknown, 15.0, "u"),
            reason(Effect::Up, 20.0, "b"),
        ];
        sort(&mut reasons);
        assert_eq!(top(&reasons), ["a", "b", "u"]);
        reasons.retain(|reason| reason.effect == Effect::Up);
        assert_eq!(top(&reasons), ["a", "b", "e"]);
        assert!(top(&[]).is_empty());
    }
}
