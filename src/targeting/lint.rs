//! Questions to a scorecard: rules that never fire, caps that never or always bite, grades nobody can have, the same thing
//! counted twice, points against what closed deals say.

use super::axis::{Axis, RuleOutcome, Sink};
use super::beside::{Beside, Gap, LearnedCard};
use super::learn::{Examples, LearnOptions};
use super::predicate::Cells;
use super::score::AxisName;
use super::scored::ScoredLeads;
use super::words;
use crate::crm::{FieldRef, LeadList};
use crate::model::{Icp, OperatingModel, Points, Run, Truth};
use crate::stats::{Normal, grouped};

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
    /// Leads that meet the rule get more points from its question than the others and end well less often, or fewer points
    /// and end well more often.
    SignOpposed,
    /// The learned card weighs the rule's fields the other way.
    DisagreesWithLearned,
}

/// Fewest leads from which shares say something.
const FEW: u64 = 20;
/// Share of leads from which on something happens always.
const ALWAYS: f64 = 0.95;
/// Standard errors by which rates, or log-odds, must at least be the other way.
const CERTAIN: f64 = 3.0;
/// Chance of a false alarm among all rules together.
const ALARM: f64 = 0.05;
/// Share of what a question can earn that its points must differ by to say that one answer is better than others.
const SLIGHT: f64 = 0.05;
/// Log-odds that the learned card must hold against a rule.
const AGAINST: f64 = 0.2;

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
        let rules = |axis: &Axis| axis.groups.iter().map(|group| group.rules.len()).sum::<usize>();
        let asked: usize = self.cards.all().iter().map(|card| rules(&card.fit) + rules(&card.engagement)).sum();
        // Bonferroni's allowance for many rules.
        let certain = Normal::quantile(1.0 - ALARM / asked.max(1) as f64).max(CERTAIN);
        let cards = self.model().scorecards();
        let icps = cards.iter().map(|card| (Some(card.name.as_str()), &card.icp)).chain([(None, self.model().icp())]);
        let mut leads = 0;
        for ((name, icp), card) in icps.zip(self.cards.all()) {
            let rows: Vec<usize> =
                (0..self.rows()).filter(|row| self.is_used(*row) && self.scorecard(*row) == name).collect();
            leads += rows.len() as u64;
            for (axis_name, axis) in [(AxisName::Fit, &card.fit), (AxisName::Engagement, &card.engagement)] {
                let fired = Fired::of(self, axis, &rows, &outcomes.ended);
                let mut linter =
                    Linter { scored: self, name, axis_name, axis, icp, rows: &rows, fired, found: Vec::new() };
                linter.rules();
                linter.caps();
                linter.grades();
                linter.doubles();
                linter.outcomes(&outcomes, certain);
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
            Some(LearnedCard {
                scored: scored.leads().score(&model, scored.run()),
                fields,
                line: (card.intercept, card.slope),
            })
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

/// Leads that ended, and what a question gave them.
#[derive(Debug, Clone, Copy, Default)]
struct Ended {
    leads: u64,
    won: u64,
    /// Millionths of points of all of them.
    points: i128,
}

impl Ended {
    fn add(&mut self, won: bool, points: i64) {
        self.leads += 1;
        self.won += u64::from(won);
        self.points += i128::from(points);
    }

    fn without(self, part: Self) -> Self {
        Self { leads: self.leads - part.leads, won: self.won - part.won, points: self.points - part.points }
    }

    fn rate(self) -> f64 {
        self.won as f64 / self.leads as f64
    }

    /// Points of a lead on average.
    fn mean(self) -> f64 {
        self.points as f64 / self.leads as f64 / Points::MICRO as f64
    }
}

/// For which leads each rule held, how they ended, and what its group's cap did.
struct Fired {
    /// By group and rule: a bit per lead.
    bits: Vec<Vec<Vec<u64>>>,
    counts: Vec<Vec<u64>>,
    unknown: Vec<Vec<u64>>,
    /// Of the lead at hand, by group and rule: the points given; `None` where the rule does not hold.
    points: Vec<Vec<Option<i64>>>,
    /// By group and rule: how those ended for whom it holds.
    ended: Vec<Vec<Ended>>,
    /// By group and question: how all ended.
    all_ended: Vec<Vec<Ended>>,
    /// By group: leads that it gives points, and leads that its cap takes some from.
    given: Vec<u64>,
    capped: Vec<u64>,
    /// The same of the axis as a whole.
    scored: u64,
    limited: u64,
    at: usize,
}

impl Fired {
    /// Asks the rules about the rows; `ended` says by row of the file how leads ended.
    fn of(scored: &ScoredLeads, axis: &Axis, rows: &[usize], ended: &[Option<bool>]) -> Self {
        let words = rows.len().div_ceil(64);
        let per_rule = |group: &super::axis::Group| vec![vec![0; words]; group.rules.len()];
        let mut fired = Self {
            bits: axis.groups.iter().map(per_rule).collect(),
            counts: axis.groups.iter().map(|group| vec![0; group.rules.len()]).collect(),
            unknown: axis.groups.iter().map(|group| vec![0; group.rules.len()]).collect(),
            points: axis.groups.iter().map(|group| vec![None; group.rules.len()]).collect(),
            ended: axis.groups.iter().map(|group| vec![Ended::default(); group.rules.len()]).collect(),
            all_ended: axis.groups.iter().map(|group| vec![Ended::default(); group.questions.len()]).collect(),
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
            fired.note_end(axis, ended.get(*row).copied().flatten());
        }
        fired
    }

    /// Notes how the lead at hand ended beside what each question gave it, and forgets the points.
    fn note_end(&mut self, axis: &Axis, won: Option<bool>) {
        let groups = axis.groups.iter().zip(&mut self.points).zip(self.ended.iter_mut().zip(&mut self.all_ended));
        for ((group, points), (ended, all_ended)) in groups {
            for (question, all) in group.questions.iter().zip(all_ended).filter(|_| won.is_some()) {
                let (won, at) = (won == Some(true), || question.rules.iter().copied());
                let given: i64 = at().filter_map(|rule| *points.get(rule)?).sum();
                all.add(won, given);
                let held = at().filter(|rule| points.get(*rule).is_some_and(Option::is_some));
                held.for_each(|rule| ended[rule].add(won, given));
            }
            points.fill(None);
        }
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
            && let Some(points) = self.points.get_mut(group).and_then(|rules| rules.get_mut(rule))
        {
            *points = Some(outcome.points.micro());
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
            // A group without a cap of its own has the axis', which is no claim about the group.
            if !group.has_own_cap {
                continue;
            }
            let (name, cap) = (group.name.clone(), group.cap);
            let most: Points = group.questions.iter().map(|question| question.reach).sum();
            let (given, capped) = (self.fired.given.get(at).copied(), self.fired.capped.get(at).copied());
            let bites = (given.unwrap_or(0), capped.unwrap_or(0));
            self.cap(Some(&name), &format!("“{name}”"), cap, most, bites);
        }
        if !self.axis.groups.is_empty() {
            let (cap, most) = (self.axis.cap, self.axis.reach);
            let label = match self.axis_name {
                AxisName::Fit => "fit",
                AxisName::Engagement => "engagement",
            };
            self.cap(None, label, cap, most, (self.fired.scored, self.fired.limited));
        }
    }

    /// A cap that nothing can reach, that takes points from nearly all, or from none; `bites` counts leads with points, and
    /// those of them that the cap takes some from.
    fn cap(&mut self, group: Option<&str>, label: &str, cap: Points, most: Points, bites: (u64, u64)) {
        let (given, capped) = bites;
        if most < cap {
            let sentence = format!("The cap of {label} is {cap}, but its rules earn {most} at most.");
            self.find(LintCode::CapNeverHit, group, &[], 0, sentence);
        } else if given >= FEW && capped as f64 >= ALWAYS * given as f64 {
            let sentence = format!(
                "The cap of {label} takes points from {} of {} leads that have any: its rules hardly tell them apart \
                 (raise it, or lower the points).",
                grouped(capped),
                grouped(given)
            );
            self.find(LintCode::CapAlwaysHit, group, &[], capped, sentence);
        } else if most > cap && capped == 0 && given >= FEW {
            let sentence =
                format!("The cap of {cap} of {label} limits none of the {} leads with points there.", grouped(given));
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

    /// Compares what each rule makes of a question with how the leads ended, by `certain` standard errors.
    fn outcomes(&mut self, outcomes: &Outcomes, certain: f64) {
        if outcomes.decided == 0 {
            return;
        }
        let axis = self.axis;
        let learned =
            outcomes.learned.as_ref().and_then(|card| Beside::of(card, self.scored, self.rows, &outcomes.ended));
        for (group_at, group) in axis.groups.iter().enumerate() {
            for (asked, question) in group.questions.iter().enumerate() {
                for rule_at in &question.rules {
                    let ended = |of: &[Vec<Ended>], at: usize| of.get(group_at).and_then(|of| of.get(at)).copied();
                    let with = ended(&self.fired.ended, *rule_at).unwrap_or_default();
                    let others = ended(&self.fired.all_ended, asked).unwrap_or_default().without(with);
                    if with.leads < FEW || others.leads < FEW {
                        continue;
                    }
                    let more = with.mean() - others.mean();
                    if more.abs() <= SLIGHT * (question.reach - question.least).as_f64() {
                        continue;
                    }
                    let rules: Vec<&FieldRef> =
                        group.rules.get(*rule_at).map_or(Vec::new(), |rule| rule.fields.iter().collect());
                    let gap = learned
                        .as_ref()
                        .and_then(|beside| beside.gap(&rules, |at| self.fired.holds(group_at, *rule_at, at)));
                    self.against_outcomes((group_at, *rule_at), more, [with, others], gap, certain);
                }
            }
        }
    }

    /// Asks about a rule whose leads get so many points more from their question than the others.
    fn against_outcomes(
        &mut self,
        (group_at, rule_at): (usize, usize),
        more: f64,
        [with, others]: [Ended; 2],
        gap: Option<Gap>,
        certain: f64,
    ) {
        let (group, name) = self.names(group_at, rule_at);
        let (sign, shown) = (more.signum(), |points: f64| (points * 10.0).round() / 10.0);
        let points = format!(
            "Leads that meet “{name}” get {} points from its question, the others {} on average",
            shown(with.mean()),
            shown(others.mean())
        );
        let z = two_proportions(with.won, with.leads, others.won, others.leads);
        // What other fields explain is no fault of the points.
        let is_explained = gap.is_some_and(|gap| gap.log_odds * sign > 0.0);
        if z * sign <= -certain && !is_explained {
            let sentence = format!(
                "{points}, but {:.0} % of the {} that meet it end well, and {:.0} % of the {} others.",
                100.0 * with.rate(),
                with.leads,
                100.0 * others.rate(),
                others.leads
            );
            self.find(LintCode::SignOpposed, Some(&group), &[&name], with.leads, sentence);
        } else if let Some(gap) = gap
            && gap.log_odds * sign <= -AGAINST
            && gap.log_odds * sign <= -certain * gap.error
        {
            let sentence = format!(
                "{points}; learned from how leads ended, its field makes such leads {} (odds × {:.2}).",
                if gap.log_odds < 0.0 { "worse" } else { "better" },
                libm::exp(gap.log_odds)
            );
            self.find(LintCode::DisagreesWithLearned, Some(&group), &[&name], with.leads, sentence);
        }
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
