//! A scored lead list as plain data: the summary, and the rows of a window.

use super::definitions::{self, DefinitionReport, StatusReport};
use super::explanation::{FieldWorthReport, worth};
use super::fingerprint;
use super::outcomes::{self, OutcomesReport};
use super::queues::{self, QueueReport};
use super::worth::LearnedFrom;
use crate::crm::{Channel, Field};
use crate::model::{Grade, Points};
use crate::stats::Arrange;
use crate::table::{Action, Diagnostic, Receipt};
use crate::targeting::{
    AsOf, AxisName, Definition, Outcome, Queue, ScoredLeads, SlaState, UNASSIGNED, rule_sentence, sla_text,
};
use crate::{ENGINE, Place};
use serde::Serialize;

/// What scoring a list came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LeadReport {
    /// The engine's version.
    pub engine: String,
    /// SHA-256 over engine, model, run and rows, whatever the order of the rows.
    pub fingerprint: String,
    /// The day that stood for today, such as `2026-03-31`; `null` if there was none.
    pub as_of: Option<String>,
    /// Whether each axis can be evaluated on this file.
    pub axes: Axes,
    /// Leads by result.
    pub counts: LeadCounts,
    /// The routing rules in order, each as a sentence, with the leads it took.
    pub routing: Vec<RouteCount>,
    /// Leads that whoever has their account already got, before any rule dealt them.
    pub account_owner: u64,
    /// Leads that could not be dealt as the rules say, each with its reason.
    pub exceptions: QueueReport,
    /// Leads whose answer was due and did not come.
    pub breaches: QueueReport,
    /// Leads that nobody touched: past their time, or without a promise and older than a day.
    pub stalled: QueueReport,
    /// What the model's card was learned from; `null` if it was not learned.
    pub learned: Option<LearnedFrom>,
    /// How leads ended by grade; `null` without a column that says so.
    pub outcomes: Option<OutcomesReport>,
    /// The six definitions, asked of every lead.
    pub definitions: Vec<DefinitionReport>,
    /// What the values of the status column claim; `null` without one.
    pub status: Option<StatusReport>,
    /// The fields that rules ask for and leads leave blank, the one worth most first, at most ten.
    pub enrich: Vec<FieldWorthReport>,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// What was read and what was not.
    pub receipt: Receipt,
}

/// Both axes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Axes {
    /// How well leads fit who is sold to.
    pub fit: AxisCoverage,
    /// How much interest they show.
    pub engagement: AxisCoverage,
}

/// Whether an axis can be evaluated on this file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct AxisCoverage {
    /// Whether the file has at least one of the axis' fields.
    pub evaluable: bool,
    /// Fields of the axis that the file does not have, as the model names them.
    pub missing_fields: Vec<String>,
}

/// Leads by result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LeadCounts {
    /// Leads scored.
    pub leads: u64,
    /// Leads for which a knock-out holds.
    pub disqualified: u64,
    /// Leads by grade, best first; grades without a lead are left out.
    pub by_grade: Vec<GradeCount>,
    /// Leads by segment in the model's order, `Unassigned` last.
    pub by_segment: Vec<SegmentCount>,
    /// Leads by owner in the model's order, owners without a lead included.
    pub by_owner: Vec<OwnerCount>,
    /// Leads by scorecard in the model's order, the profile last; empty for a model without scorecards.
    pub by_scorecard: Vec<CardCount>,
    /// Leads by the channel they came by, those of unknown source last; channels without a lead are left out. Empty
    /// for a list without sources.
    pub by_channel: Vec<ChannelCount>,
    /// Leads without an owner, the disqualified not counted.
    pub unassigned: u64,
}

/// Leads of one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ChannelCount {
    /// The channel.
    pub channel: Channel,
    /// Leads that came by it.
    pub count: u64,
}

/// Leads of one scorecard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CardCount {
    /// The scorecard's name; `null` for the model's profile.
    pub scorecard: Option<String>,
    /// Leads it scores.
    pub count: u64,
}

/// Leads of one grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GradeCount {
    /// The grade, such as `B2` or `A–`.
    pub grade: String,
    /// Leads with it.
    pub count: u64,
}

/// Leads of one segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct SegmentCount {
    /// The segment's name, or `Unassigned`.
    pub segment: String,
    /// How it is sold to, such as `sales-led`.
    pub motion: Option<String>,
    /// Its demand programme.
    pub programme: Option<String>,
    /// Leads in it.
    pub count: u64,
}

/// Leads of one owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct OwnerCount {
    /// The owner's name.
    pub owner: String,
    /// The pool that deals to them.
    pub pool: String,
    /// Leads they got.
    pub count: u64,
    /// Leads they can take; `null`: no limit.
    pub capacity: Option<u32>,
    /// Whether they take leads at present.
    pub active: bool,
}

/// Leads that a routing rule took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct RouteCount {
    /// The rule's name.
    pub rule: String,
    /// The rule as a sentence.
    pub sentence: String,
    /// The pool it sends leads to.
    pub pool: String,
    /// How soon they must be answered, as a duration.
    pub sla: Option<String>,
    /// Leads it applied to, those that their account's owner or the fallback pool then got included.
    pub count: u64,
    /// Of those with a promise: answered in time, as far as the file tells.
    pub answered: u64,
    /// Answered after the time was over.
    pub late: u64,
    /// Not answered and not yet due.
    pub open: u64,
    /// Not answered, and the time is over.
    pub breached: u64,
    /// The time is over, and the file does not say whether somebody was in touch.
    pub unanswered_unknown: u64,
}

/// One lead as a row of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LeadRow {
    /// Position in the file, from 0.
    pub row: u32,
    /// Line of the file, from 1.
    pub line: u64,
    /// The lead's id; empty if the file has none.
    pub id: String,
    /// What a person calls it: full name, else company, else email.
    pub name: String,
    /// The company.
    pub company: String,
    /// How it came: what its source comes down to.
    pub channel: Channel,
    /// Fit points; `null` if fit cannot be evaluated.
    pub fit: Option<f64>,
    /// Engagement points; `null` if engagement cannot be evaluated.
    pub engagement: Option<f64>,
    /// The grade, such as `B2`.
    pub grade: String,
    /// The segment's name, or `Unassigned`.
    pub segment: String,
    /// How the segment is sold to.
    pub motion: Option<String>,
    /// Who got the lead.
    pub owner: Option<String>,
    /// The pool the owner took it from.
    pub pool: Option<String>,
    /// The routing rule that applied.
    pub rule: Option<String>,
    /// How soon it must be answered, as a duration.
    pub sla: Option<String>,
    /// When it must be answered at the latest, as clocks of the model's time zone show it: `2026-03-31 17:00`.
    pub due: Option<String>,
    /// Whether that promise is kept.
    pub sla_state: Option<SlaState>,
    /// Why it could not be dealt as the rules say: a code such as `at-capacity`.
    pub exception: Option<String>,
    /// The definitions that hold for it.
    pub definitions: Vec<Definition>,
    /// Days since it was created.
    pub age_days: Option<u32>,
    /// Probability of a good end by the learned card, in [0, 1]; `null` if the model's card was not learned.
    pub probability: Option<f64>,
    /// Place in this list by fit: share of leads with fewer points, equals counting half, in [0, 1]. No probability.
    pub rank: Option<f64>,
    /// Contract value of its segment times win rate (its probability, else the segment's benchmark), in major units.
    pub expected_value: Option<f64>,
    /// The same over the segment's cycle, per day.
    pub value_per_day: Option<f64>,
    /// The knock-out that holds.
    pub disqualified: Option<String>,
    /// Up to three reasons.
    pub reasons: Vec<String>,
    /// The lead in one plain sentence.
    pub sentence: String,
}

impl ScoredLeads {
    /// The summary of the list.
    #[must_use]
    pub fn report(&self) -> LeadReport {
        LeadReport {
            engine: ENGINE.to_owned(),
            fingerprint: fingerprint::of(self.model(), self.run(), &self.leads().fingerprint()),
            as_of: self.as_of().date().map(|date| date.to_string()),
            axes: Axes { fit: coverage(self, AxisName::Fit), engagement: coverage(self, AxisName::Engagement) },
            counts: counts(self),
            routing: routes(self),
            account_owner: account_owner(self),
            exceptions: queues::queue(self, Queue::Exceptions),
            breaches: queues::queue(self, Queue::Breached),
            stalled: queues::queue(self, Queue::Stalled),
            learned: LearnedFrom::of(self),
            outcomes: outcomes::outcomes(self),
            definitions: definitions::definitions(self),
            status: definitions::status(self),
            enrich: self.worth_filling_in_list().iter().take(10).map(worth).collect(),
            assumptions: assumptions(self),
            receipt: receipt(self),
        }
    }

    /// Some rows as plain data, in the order given. Numbers past the last row are left out.
    #[must_use]
    pub fn window(&self, rows: &[u32]) -> Vec<LeadRow> {
        rows.iter().filter(|row| (**row as usize) < self.rows()).map(|row| lead_row(self, *row)).collect()
    }
}

pub(super) fn lead_row(leads: &ScoredLeads, row: u32) -> LeadRow {
    let at = row as usize;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    LeadRow {
        row,
        line: leads.leads().table().line(at),
        id: leads.id(at).to_owned(),
        name: leads.name(at),
        company: leads.text(Field::Company, at).to_owned(),
        channel: leads.leads().channel(at),
        fit: leads.fit(at).map(Points::as_f64),
        engagement: leads.engagement(at).map(Points::as_f64),
        grade: leads.grade(at).label(),
        segment: leads.segment_name(at).to_owned(),
        motion: leads.segment(at).map(|segment| segment.motion.name().to_owned()),
        owner: owned(leads.owner(at)),
        pool: owned(leads.pool(at)),
        rule: owned(leads.rule(at)),
        sla: leads.sla(at),
        due: leads.due_text(at),
        sla_state: leads.sla_state(at),
        exception: leads.exception(at).map(|(code, _)| code.to_owned()),
        definitions: leads.definitions(at),
        age_days: leads.age_days(at).filter(|_| leads.is_used(at)),
        probability: leads.probability(at),
        rank: leads.rank(at),
        expected_value: leads.expected_value(at),
        value_per_day: leads.value_per_day(at),
        disqualified: owned(leads.disqualified(at)),
        reasons: leads.reasons(at),
        sentence: leads.sentence(at),
    }
}

fn coverage(leads: &ScoredLeads, axis: AxisName) -> AxisCoverage {
    let (evaluable, missing) = leads.axis_coverage(axis);
    AxisCoverage { evaluable, missing_fields: missing.iter().map(ToString::to_string).collect() }
}

fn counts(leads: &ScoredLeads) -> LeadCounts {
    let mut seats: Counts<(usize, usize)> = Counts::default();
    let (grades, segments) = (leads.by_grade(), leads.by_segment());
    let used: u64 = grades.iter().sum();
    let (mut disqualified, mut unassigned) = (0, 0);
    if leads.routes_nothing() {
        disqualified = leads.knocked_out();
        unassigned = used - disqualified;
    } else {
        for row in (0..leads.rows()).filter(|row| leads.is_used(*row)) {
            match leads.assignment(row).seat() {
                Some(seat) => seats.add((usize::from(seat.pool), usize::from(seat.member))),
                None if leads.disqualified(row).is_some() => disqualified += 1,
                None if leads.assignment(row).has_owner() => {}
                None => unassigned += 1,
            }
        }
    }
    let grade_count = |(grade, count): (Grade, u64)| GradeCount { grade: grade.label(), count };
    LeadCounts {
        leads: used,
        disqualified,
        by_grade: Grade::all().into_iter().zip(grades).filter(|(_, count)| *count > 0).map(grade_count).collect(),
        by_segment: by_segment(leads, &segments),
        by_owner: by_owner(leads, &seats),
        by_scorecard: by_scorecard(leads),
        by_channel: by_channel(leads),
        unassigned,
    }
}

/// How often each of a few values occurs: a list, in which those seen before are found sooner than in a tree.
#[derive(Debug)]
struct Counts<K>(Vec<(K, u64)>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: PartialEq + Copy> Counts<K> {
    fn add(&mut self, key: K) {
        self.add_many(key, 1);
    }

    fn add_many(&mut self, key: K, many: u64) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => *count += many,
            None => self.0.push((key, many)),
        }
    }

    fn get(&self, key: &K) -> Option<u64> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, count)| *count)
    }
}

fn by_scorecard(leads: &ScoredLeads) -> Vec<CardCount> {
    let cards = leads.model().scorecards();
    if cards.is_empty() {
        return Vec::new();
    }
    let names = cards.iter().map(|card| Some(card.name.as_str())).chain([None]);
    let rows = || (0..leads.rows()).filter(|row| leads.is_used(*row));
    names
        .map(|name| CardCount {
            scorecard: name.map(str::to_owned),
            count: rows().filter(|row| leads.scorecard(*row) == name).count() as u64,
        })
        .collect()
}

fn by_channel(leads: &ScoredLeads) -> Vec<ChannelCount> {
    let list = leads.leads();
    let source = list.binding().column_of(Field::Source).and_then(|at| list.table().columns().get(at));
    let Some(source) = source else { return Vec::new() };
    let mut counts: Counts<Channel> = Counts::default();
    if source.words().is_some() {
        // Once per distinct word.
        for (count, first) in leads.words_used(source).into_iter().filter(|(count, _)| *count > 0) {
            counts.add_many(list.channel(first), count);
        }
    } else {
        (0..leads.rows()).filter(|row| leads.is_used(*row)).for_each(|row| counts.add(list.channel(row)));
    }
    let mut counts = counts.0;
    counts.arrange();
    counts.into_iter().map(|(channel, count)| ChannelCount { channel, count }).collect()
}

fn by_segment(leads: &ScoredLeads, counts: &[u64]) -> Vec<SegmentCount> {
    let none = leads.model().segments().len();
    let count = |at: Option<usize>| counts.get(at.unwrap_or(none)).copied().unwrap_or(0);
    let named = leads.model().segments().iter().enumerate().map(|(at, segment)| SegmentCount {
        segment: segment.name.clone(),
        motion: Some(segment.motion.name().to_owned()),
        programme: Some(segment.programme.clone()),
        count: count(Some(at)),
    });
    let uncovered = SegmentCount { segment: UNASSIGNED.to_owned(), motion: None, programme: None, count: count(None) };
    named.chain([uncovered]).collect()
}

fn by_owner(leads: &ScoredLeads, counts: &Counts<(usize, usize)>) -> Vec<OwnerCount> {
    let mut owners = Vec::new();
    for (pool_at, pool) in leads.model().routing().pools.iter().enumerate() {
        owners.extend(pool.members.iter().enumerate().map(|(at, member)| OwnerCount {
            owner: member.name.clone(),
            pool: pool.name.clone(),
            count: counts.get(&(pool_at, at)).unwrap_or(0),
            capacity: member.capacity,
            active: member.active,
        }));
    }
    owners
}

fn routes(leads: &ScoredLeads) -> Vec<RouteCount> {
    let model = leads.model();
    let mut taken = vec![Promises::default(); model.routing().rules.len()];
    for row in (0..leads.rows()).filter(|_| !leads.routes_nothing()) {
        let rule = leads.assignment(row).rule;
        if let Some(promises) = rule.and_then(|rule| taken.get_mut(usize::from(rule))) {
            promises.add(leads.sla_state(row));
        }
    }
    let rules = model.routing().rules.iter().zip(taken);
    rules
        .map(|(rule, promises)| RouteCount {
            rule: rule.name.clone(),
            sentence: rule_sentence(rule, model),
            pool: model.routing().pools.get(rule.pool).map_or(String::new(), |pool| pool.name.clone()),
            sla: rule.sla.map(sla_text),
            count: promises.count,
            answered: promises.answered,
            late: promises.late,
            open: promises.open,
            breached: promises.breached,
            unanswered_unknown: promises.unknown,
        })
        .collect()
}

/// Leads of one rule by what became of its promise.
#[derive(Debug, Clone, Default)]
struct Promises {
    count: u64,
    answered: u64,
    late: u64,
    open: u64,
    breached: u64,
    unknown: u64,
}

impl Promises {
    fn add(&mut self, state: Option<SlaState>) {
        self.count += 1;
        match state {
            Some(SlaState::Answered) => self.answered += 1,
            Some(SlaState::Late) => self.late += 1,
            Some(SlaState::Open) => self.open += 1,
            Some(SlaState::Breached) => self.breached += 1,
            Some(SlaState::Unknown) => self.unknown += 1,
            None => {}
        }
    }
}

fn account_owner(leads: &ScoredLeads) -> u64 {
    let rows = if leads.routes_nothing() { 0 } else { leads.rows() };
    (0..rows).filter(|row| matches!(leads.assignment(*row).outcome, Outcome::Owned(..))).count() as u64
}

fn assumptions(leads: &ScoredLeads) -> Vec<String> {
    let mut assumptions = leads.leads().receipt().assumptions.clone();
    match leads.as_of() {
        AsOf::Run(_) => {}
        AsOf::Newest(date, columns) => {
            let columns: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
            assumptions.push(format!("Scored as of {date}, the newest date in {}.", columns.join(", ")));
        }
        AsOf::Unknown => {
            assumptions.push("Scored without an as-of day: the model reads no dates of this file.".to_owned())
        }
    }
    for (axis, name) in [(AxisName::Fit, "Fit"), (AxisName::Engagement, "Engagement")] {
        let (evaluable, missing) = leads.axis_coverage(axis);
        if missing.is_empty() {
            continue;
        }
        let labels: Vec<String> = missing.iter().map(crate::crm::FieldRef::label).collect();
        let labels = labels.join(", ");
        assumptions.push(if evaluable {
            format!("{name} is scored without these fields, which the file does not have: {labels}.")
        } else {
            format!("{name} cannot be evaluated: the file has none of its fields ({labels}).")
        });
    }
    assumptions
}

/// The import's receipt, with leads created after the as-of day moved from used to excluded.
fn receipt(leads: &ScoredLeads) -> Receipt {
    let mut receipt = leads.leads().receipt().clone();
    let mut after = (0..if leads.all_used() { 0 } else { leads.rows() }).filter(|row| !leads.is_used(*row));
    if let (Some(first), Some(as_of)) = (after.next(), leads.as_of().date()) {
        let count = 1 + after.count() as u64;
        receipt.rows_used -= count;
        receipt.rows_excluded += count;
        let created = leads.created_column();
        let mut place = Place::line(leads.leads().table().line(first));
        place.column = created.map(|column| column.name().to_owned());
        receipt.diagnostics.push(Diagnostic {
            located: 0,
            fixes: Vec::new(),
            code: "created-after-as-of",
            count,
            place,
            sample: created.map_or(String::new(), |column| column.text(first).to_owned()),
            action: Action::Excluded,
            message: format!("created after {as_of}, the day that stands for today"),
            remedy: "choose a later as-of day".to_owned(),
        });
    }
    receipt
}
