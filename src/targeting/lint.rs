//! Questions to a scorecard: rules that never fire, caps that never or always bite, grades nobody can have, the same thing
//! counted twice, points against what closed deals say.

use super::axis::{Axis, RuleOutcome, Sink};
use super::learn::{Examples, LearnOptions};
use super::predicate::Cells;
use super::score::AxisName;
use super::scored::ScoredLeads;
use super::words;
use crate::crm::{FieldRef, LeadList};
use crate::model::{Icp, OperatingModel, Points, Run, Truth};

/// What a scorecard gives to ask about, on one list.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LintReport {
    /// Leads that were looked at.
    pub leads: u64,
    /// Header of the outcome that points were compared with; `null` if the list has none.
    pub outcome: Option<String>,
    /// Leads whose outcome is known.
    pub decided: u64,
    /// Why points were not compared with learned ones; `null` if they were.
    pub not_learned: Option<String>,
    /// What was found, in the model's order.
    pub findings: Vec<Finding>,
}

/// One thing to ask about.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// `rule-never-fires`, `rule-always-fires`, `field-not-in-file`, `cap-never-hit`, `cap-always-hit`,
    /// `grade-unreachable`, `double-counting`, `sign-opposed` or `disagrees-with-learned`.
    pub code: LintCode,
    /// The scorecard; `null` for the model's profile.
    pub scorecard: Option<String>,
    /// The axis.
    pub axis: AxisName,
    /// The group; `null` for the axis as a whole.
    pub group: Option<String>,
    /// The rules concerned, none for groups and grades.
    pub rules: Vec<String>,
    /// Leads concerned.
    pub leads: u64,
    /// What was found and what could be done, in a sentence.
    pub sentence: String,
}

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum LintCode {
    /// No lead of the list meets the rule.
    RuleNeverFires,
    /// Every lead meets the rule, so it tells none from another.
    RuleAlwaysFires,
    /// The file has none of the rule's fields.
    FieldNotInFile,
    /// The cap is above everything that the group's rules can earn.
    CapNeverHit,
    /// The cap takes points from nearly every lead that the group gives any.
    CapAlwaysHit,
    /// The rules cannot earn enough for the grade.
    GradeUnreachable,
    /// Two rules hold for nearly the same leads.
    DoubleCounting,
    /// Leads that meet the rule end worse than its points say, or better than its deduction says.
    SignOpposed,
    /// The learned card weighs the rule's field the other way.
    DisagreesWithLearned,
}

/// Fewest leads from which shares say something.
const FEW: u64 = 20;
/// Share of leads from which on something happens always.
const ALWAYS: f64 = 0.95;
/// Standard errors by which rates must differ: one false alarm in about 700 rules.
const CERTAIN: f64 = 3.0;
/// Log-odds that the learned card must hold against a rule.
const AGAINST: f64 = 0.2;
/// Most leads that rules are compared with the learned card on.
const COMPARED: usize = 20_000;

impl LeadList {
    /// What the model's scorecards give to ask about on this list.
    #[must_use]
    pub fn lint(&self, model: &OperatingModel, run: &Run) -> LintReport {
        self.score(model, run).lint()
    }
}

impl ScoredLeads {
    /// What the model's scorecards give to ask about on this list.
    #[must_use]
    pub fn lint(&self) -> LintReport {
        let outcomes = Outcomes::of(self);
        let mut findings = Vec::new();
        let cards = self.model().scorecards();
        let icps = cards.iter().map(|card| (Some(card.name.as_str()), &card.icp)).chain([(None, self.model().icp())]);
        let mut leads = 0;
        for ((name, icp), card) in icps.zip(self.cards.all()) {
            let rows: Vec<usize> =
                (0..self.rows()).filter(|row| self.is_used(*row) && self.scorecard(*row) == name).collect();
            leads += rows.len() as u64;
            for (axis_name, axis) in [(AxisName::Fit, &card.fit), (AxisName::Engagement, &card.engagement)] {
                let fired = Fired::of(self, axis, &rows);
                let mut linter =
                    Linter { scored: self, name, axis_name, axis, icp, rows: &rows, fired, found: Vec::new() };
                linter.rules();
                linter.caps();
                linter.grades();
                linter.doubles();
                linter.outcomes(&outcomes);
                findings.extend(linter.found);
            }
        }
        LintReport {
            leads,
            outcome: outcomes.column,
            decided: outcomes.decided,
            not_learned: outcomes.not_learned,
            findings,
        }
    }
}

/// How rows ended, and what a learned card makes of them.
struct Outcomes {
    column: Option<String>,
    decided: u64,
    /// By row of the file.
    ended: Vec<Option<bool>>,
    not_learned: Option<String>,
    learned: Option<LearnedCard>,
}

/// A learned card, applied to the list.
struct LearnedCard {
    scored: ScoredLeads,
    /// The field of each of its groups.
    fields: Vec<FieldRef>,
    /// Log-odds a point.
    slope: f64,
}

impl Outcomes {
    fn of(scored: &ScoredLeads) -> Self {
        let options = LearnOptions::default();
        let mut ended = vec![None; scored.rows()];
        let Ok(examples) = Examples::from_leads(scored.leads(), &options) else {
            let not_learned = Some("no column says how the leads ended".to_owned());
            return Self { column: None, decided: 0, ended, not_learned, learned: None };
        };
        for (row, outcome) in examples.rows().iter().zip(examples.outcomes()) {
            if let Some(slot) = ended.get_mut(*row as usize) {
                *slot = Some(*outcome);
            }
        }
        let learned = scored.leads().learn(&options).ok();
        let verdict = learned.as_ref().map(|learned| learned.gate.verdict);
        let card = learned.and_then(|learned| learned.card).and_then(|card| {
            let model = serde_json::json!({ "format": 1, "icp": card.section() }).to_string();
            let model = OperatingModel::from_json(&model).ok()?;
            let fields = card.groups.iter().filter_map(|group| group.field.parse().ok()).collect();
            Some(LearnedCard { scored: scored.leads().score(&model, scored.run()), fields, slope: card.slope })
        });
        let not_learned = match (&card, verdict) {
            (Some(_), _) => None,
            (None, Some(super::learn::Verdict::TooFew)) => Some("too few leads have ended to learn from".to_owned()),
            (None, _) => Some("the outcomes show no signal that could be learned".to_owned()),
        };
        Self {
            column: Some(examples.outcome().to_owned()),
            decided: examples.len() as u64,
            ended,
            not_learned,
            learned: card,
        }
    }
}

/// For which leads each rule held, and what its group's cap did.
struct Fired {
    /// By group and rule: a bit per lead.
    bits: Vec<Vec<Vec<u64>>>,
    counts: Vec<Vec<u64>>,
    unknown: Vec<Vec<u64>>,
    /// By group: leads that it gives points, and leads that its cap takes some from.
    given: Vec<u64>,
    capped: Vec<u64>,
    /// The same of the axis as a whole.
    scored: u64,
    limited: u64,
    at: usize,
}

impl Fired {
    fn of(scored: &ScoredLeads, axis: &Axis, rows: &[usize]) -> Self {
        let words = rows.len().div_ceil(64);
        let per_rule = |group: &super::axis::Group| vec![vec![0; words]; group.rules.len()];
        let mut fired = Self {
            bits: axis.groups.iter().map(per_rule).collect(),
            counts: axis.groups.iter().map(|group| vec![0; group.rules.len()]).collect(),
            unknown: axis.groups.iter().map(|group| vec![0; group.rules.len()]).collect(),
            given: vec![0; axis.groups.len()],
            capped: vec![0; axis.groups.len()],
            scored: 0,
            limited: 0,
            at: 0,
        };
        for (at, row) in rows.iter().enumerate() {
            fired.at = at;
            let points = axis.evaluate(&Cells::of(scored.columns(), *row), &mut fired);
            fired.scored += u64::from(points.is_some_and(|points| points > Points::ZERO));
        }
        fired
    }

    fn holds(&self, group: usize, rule: usize, at: usize) -> bool {
        let bits = self.bits.get(group).and_then(|rules| rules.get(rule)).and_then(|bits| bits.get(at / 64));
        bits.is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    fn count(&self, group: usize, rule: usize) -> u64 {
        self.counts.get(group).and_then(|rules| rules.get(rule)).copied().unwrap_or(0)
    }
}

impl Sink for Fired {
    fn rule(&mut self, group: usize, rule: usize, outcome: RuleOutcome) {
        let place = self.at;
        let tally = match outcome.truth {
            Truth::True => &mut self.counts,
            Truth::Unknown => &mut self.unknown,
            Truth::False => return,
        };
        if let Some(count) = tally.get_mut(group).and_then(|rules| rules.get_mut(rule)) {
            *count += 1;
        }
        if outcome.truth == Truth::True
            && let Some(bits) = self.bits.get_mut(group).and_then(|rules| rules.get_mut(rule))
            && let Some(word) = bits.get_mut(place / 64)
        {
            *word |= 1 << (place % 64);
        }
    }

    fn group(&mut self, group: usize, total: Points, limited: Points) {
        if let Some(given) = self.given.get_mut(group).filter(|_| total > Points::ZERO) {
            *given += 1;
        }
        if let Some(capped) = self.capped.get_mut(group).filter(|_| limited < Points::ZERO) {
            *capped += 1;
        }
    }

    fn axis(&mut self, _: Points, _: Points, limited: Points) {
        self.limited += u64::from(limited < Points::ZERO);
    }
}

struct Linter<'a> {
    scored: &'a ScoredLeads,
    name: Option<&'a str>,
    axis_name: AxisName,
    axis: &'a Axis,
    icp: &'a Icp,
    rows: &'a [usize],
    fired: Fired,
    found: Vec<Finding>,
}

impl Linter<'_> {
    fn find(&mut self, code: LintCode, group: Option<&str>, rules: &[&str], leads: u64, sentence: String) {
        self.found.push(Finding {
            code,
            scorecard: self.name.map(str::to_owned),
            axis: self.axis_name,
            group: group.map(str::to_owned),
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            leads,
            sentence,
        });
    }

    /// Every rule with its group, by position.
    fn each_rule(&self) -> Vec<(usize, usize)> {
        let groups = self.axis.groups.iter().enumerate();
        groups.flat_map(|(at, group)| (0..group.rules.len()).map(move |rule| (at, rule))).collect()
    }

    fn names(&self, group: usize, rule: usize) -> (String, String) {
        let group = self.axis.groups.get(group);
        let rule = group.and_then(|group| group.rules.get(rule)).map_or(String::new(), |rule| rule.name.clone());
        (group.map_or(String::new(), |group| group.name.clone()), rule)
    }

    fn rules(&mut self) {
        let all = self.rows.len() as u64;
        for (at, rule_at) in self.each_rule() {
            let (group, rule) = self.names(at, rule_at);
            let bound = self.axis.groups.get(at).and_then(|group| group.rules.get(rule_at));
            let missing: Vec<String> = bound.map_or(Vec::new(), |bound| {
                let absent = |field: &&FieldRef| self.scored.leads().column_of(field).is_none();
                let labels: Vec<String> = bound.fields.iter().filter(absent).map(crate::crm::FieldRef::label).collect();
                if labels.len() == bound.fields.len() { labels } else { Vec::new() }
            });
            let fired = self.fired.count(at, rule_at);
            if fired == 0 && !missing.is_empty() {
                let sentence =
                    format!("“{rule}” needs {}, which the file does not have.", words::list(&missing, "and"));
                self.find(LintCode::FieldNotInFile, Some(&group), &[&rule], all, sentence);
            } else if fired == 0 && all >= FEW {
                let sentence = format!("“{rule}” holds for none of {all} leads: remove it, or correct its values.");
                self.find(LintCode::RuleNeverFires, Some(&group), &[&rule], 0, sentence);
            } else if fired == all && all >= FEW {
                let sentence = format!("“{rule}” holds for all {all} leads, so it tells none from another.");
                self.find(LintCode::RuleAlwaysFires, Some(&group), &[&rule], all, sentence);
            }
        }
    }

    fn caps(&mut self) {
        for at in 0..self.axis.groups.len() {
            let Some(group) = self.axis.groups.get(at) else { continue };
            let (name, cap) = (group.name.clone(), group.cap);
            let most: Points = group.questions.iter().map(|question| question.reach).sum();
            let (given, capped) = (self.fired.given.get(at).copied(), self.fired.capped.get(at).copied());
            let bites = (given.unwrap_or(0), capped.unwrap_or(0));
            // A group without a cap of its own has the axis', which is no claim about the group.
            let claims = cap < self.axis.cap;
            self.cap(Some(&name), &format!("“{name}”"), cap, most, claims, bites);
        }
        if !self.axis.groups.is_empty() {
            let (cap, most) = (self.axis.cap, self.axis.reach);
            let label = match self.axis_name {
                AxisName::Fit => "fit",
                AxisName::Engagement => "engagement",
            };
            self.cap(None, label, cap, most, true, (self.fired.scored, self.fired.limited));
        }
    }

    /// A cap that nothing can reach, that takes points from nearly all, or from none; `bites` counts leads with points, and
    /// those of them that the cap takes some from.
    fn cap(&mut self, group: Option<&str>, label: &str, cap: Points, most: Points, claims: bool, bites: (u64, u64)) {
        let (given, capped) = bites;
        if claims && most < cap {
            let sentence = format!("The cap of {label} is {cap}, but its rules earn {most} at most.");
            self.find(LintCode::CapNeverHit, group, &[], 0, sentence);
        } else if given >= FEW && capped as f64 >= ALWAYS * given as f64 {
            let sentence = format!(
                "The cap of {label} takes points from {capped} of {given} leads that have any: its rules hardly tell them apart \
                 (raise it, or lower the points)."
            );
            self.find(LintCode::CapAlwaysHit, group, &[], capped, sentence);
        } else if most > cap && capped == 0 && given >= FEW {
            let sentence = format!("The cap of {cap} of {label} limits none of the {given} leads with points there.");
            self.find(LintCode::CapNeverHit, group, &[], 0, sentence);
        }
    }

    fn grades(&mut self) {
        if self.axis.groups.is_empty() {
            return;
        }
        let most = self.axis.reach.min(self.axis.cap);
        let (cuts, names) = match self.axis_name {
            AxisName::Fit => (self.icp.grades.fit, ["A", "B", "C"]),
            AxisName::Engagement => (self.icp.grades.engagement, ["1", "2", "3"]),
        };
        for (cut, name) in cuts.into_iter().zip(names) {
            if most < cut {
                let sentence = format!("Grade {name} needs {cut} points, but the rules earn {most} at most.");
                self.find(LintCode::GradeUnreachable, None, &[], 0, sentence);
            }
        }
    }

    fn doubles(&mut self) {
        let rules = self.each_rule();
        for (at, first) in rules.iter().enumerate() {
            for second in rules.iter().skip(at + 1) {
                let points = |(group, rule): (usize, usize)| {
                    self.axis
                        .groups
                        .get(group)
                        .and_then(|group| group.rules.get(rule))
                        .map_or(0, |rule| rule.points.micro())
                };
                if points(*first).signum() * points(*second).signum() <= 0 {
                    continue;
                }
                let bits = |(group, rule): (usize, usize)| self.fired.bits.get(group).and_then(|rules| rules.get(rule));
                let (Some(a), Some(b)) = (bits(*first), bits(*second)) else { continue };
                let both: u64 = a.iter().zip(b).map(|(a, b)| u64::from((a & b).count_ones())).sum();
                let either: u64 = a.iter().zip(b).map(|(a, b)| u64::from((a | b).count_ones())).sum();
                // Two rules that always hold are told of as such.
                if both < FEW || (both as f64) < ALWAYS * either as f64 || either == self.rows.len() as u64 {
                    continue;
                }
                let ((group, one), (_, two)) = (self.names(first.0, first.1), self.names(second.0, second.1));
                let sentence = format!(
                    "“{one}” and “{two}” hold for nearly the same leads ({both} of {either}): one thing is counted twice."
                );
                self.find(LintCode::DoubleCounting, Some(&group), &[&one, &two], both, sentence);
            }
        }
    }

    fn outcomes(&mut self, outcomes: &Outcomes) {
        if outcomes.decided == 0 {
            return;
        }
        for (group_at, rule_at) in self.each_rule() {
            let Some(rule) = self.axis.groups.get(group_at).and_then(|group| group.rules.get(rule_at)) else {
                continue;
            };
            let sign = rule.points.micro().signum();
            let mut tally = [[0_u64; 2]; 2];
            for (at, row) in self.rows.iter().enumerate() {
                if let Some(Some(won)) = outcomes.ended.get(*row) {
                    let side = tally.get_mut(usize::from(self.fired.holds(group_at, rule_at, at)));
                    if let Some(count) = side.and_then(|side| side.get_mut(usize::from(*won))) {
                        *count += 1;
                    }
                }
            }
            let [[lost_without, won_without], [lost_with, won_with]] = tally;
            let (with, without) = (lost_with + won_with, lost_without + won_without);
            let (group, name) = self.names(group_at, rule_at);
            if with < FEW || without < FEW || sign == 0 {
                continue;
            }
            let (rate_with, rate_without) = (won_with as f64 / with as f64, won_without as f64 / without as f64);
            let z = two_proportions(won_with, with, won_without, without);
            if z * sign as f64 <= -CERTAIN {
                let sentence = format!(
                    "“{name}” gives {} points, but {:.0} % of the {with} leads that meet it end well, and {:.0} % of the {without} others.",
                    rule.points.signed(),
                    100.0 * rate_with,
                    100.0 * rate_without
                );
                self.find(LintCode::SignOpposed, Some(&group), &[&name], with, sentence);
            } else if let Some(gap) =
                outcomes.learned.as_ref().and_then(|card| self.learned_gap(card, group_at, rule_at))
                && gap * sign as f64 <= -AGAINST
            {
                let (points, way) = (rule.points.signed(), if gap < 0.0 { "worse" } else { "better" });
                let sentence = format!(
                    "“{name}” gives {points} points; learned from how leads ended, its field makes such leads {way} (odds × {:.2}).",
                    libm::exp(gap)
                );
                self.find(LintCode::DisagreesWithLearned, Some(&group), &[&name], with, sentence);
            }
        }
    }

    /// How much more log-odds the learned card gives, for the rule's fields alone, to leads that meet the rule than to
    /// the others; `None` if it does not know the fields.
    fn learned_gap(&self, card: &LearnedCard, group_at: usize, rule_at: usize) -> Option<f64> {
        let rule = self.axis.groups.get(group_at)?.rules.get(rule_at)?;
        let list = self.scored.leads();
        let columns: Vec<usize> = rule.fields.iter().filter_map(|field| list.column_of(field)).collect();
        let known: Vec<usize> = card
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| list.column_of(field).is_some_and(|column| columns.contains(&column)))
            .map(|(at, _)| at)
            .collect();
        if known.is_empty() {
            return None;
        }
        let (mut sums, mut counts) = ([0_i64; 2], [0_i64; 2]);
        let stride = self.rows.len().div_ceil(COMPARED).max(1);
        for (at, row) in self.rows.iter().enumerate().step_by(stride) {
            let mut groups = GroupPoints(Vec::new());
            card.scored.card(*row)?.fit.evaluate(&Cells::of(card.scored.columns(), *row), &mut groups);
            let points: i64 = known.iter().filter_map(|at| groups.0.get(*at)).map(|points| points.micro()).sum();
            let side = usize::from(self.fired.holds(group_at, rule_at, at));
            if let (Some(sum), Some(count)) = (sums.get_mut(side), counts.get_mut(side)) {
                *sum += points;
                *count += 1;
            }
        }
        let mean = |side: usize| Some(*sums.get(side)? as f64 / *counts.get(side).filter(|count| **count > 0)? as f64);
        Some((mean(1)? - mean(0)?) / Points::MICRO as f64 * card.slope)
    }
}

/// The points of each group of one lead.
struct GroupPoints(Vec<Points>);

impl Sink for GroupPoints {
    fn group(&mut self, _: usize, total: Points, _: Points) {
        self.0.push(total);
    }
}

/// By how many standard errors the first share is above the second, under one common rate.
///
/// # Formula
/// (p₁ − p₂) / √(p(1−p)(1/n₁ + 1/n₂)), p the share of both together.
fn two_proportions(won_1: u64, n_1: u64, won_2: u64, n_2: u64) -> f64 {
    let (w1, n1, w2, n2) = (won_1 as f64, n_1 as f64, won_2 as f64, n_2 as f64);
    let p = (w1 + w2) / (n1 + n2);
    let error = (p * (1.0 - p) * (1.0 / n1 + 1.0 / n2)).sqrt();
    if error > 0.0 { (w1 / n1 - w2 / n2) / error } else { 0.0 }
}
