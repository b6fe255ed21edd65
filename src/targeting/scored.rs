//! A lead list scored, segmented and routed: the columns that result, and the lines behind any one lead.

use super::days::{Created, Used, as_of, dealing_order};
use super::definitions::{Definition, Meanings, Met, Words};
use super::enrich::Opens;
use super::explain::{AxisBreakdown, Lines};
use super::owners::Owners;
use super::predicate::{Binder, Cells, Known};
use super::reasons::{self, Reason};
use super::route::{self, Assignment, Candidate, Obstacle, Outcome, Router};
use super::score::{AxisName, Scorecard, Scorecards, axis_fields};
use super::segment::{self, Segmentation, UNASSIGNED};
use super::service::{Clock, Services};
use super::sums::{self, Grades, Results, Scores};
use super::worth::Places;
use crate::calendar::Date;
use crate::crm::{Field, FieldRef, LeadList};
use crate::model::{Grade, Icp, OperatingModel, Points, Routing, Run, Segment, Truth};
use crate::table::Column;

/// A lead list with everything that a model says about it.
#[derive(Debug, Clone)]
pub struct ScoredLeads {
    leads: LeadList,
    model: OperatingModel,
    run: Run,
    used: Used,
    as_of: AsOf,
    pub(super) cards: Scorecards,
    /// Index of the card that scored each row; empty with a single card.
    card_of: Vec<u8>,
    fit: Scores,
    engagement: Scores,
    grades: Grades,
    knock_outs: Vec<Option<u16>>,
    segments: Vec<Option<u16>>,
    /// Empty where nobody gets a lead.
    assignments: Vec<Assignment>,
    owners: Owners,
    /// Empty where the model defines nothing.
    met: Vec<Met>,
    words: Words,
    pub(super) segmentation: Segmentation,
    /// What the rules of each card leave open: fit, engagement.
    pub(super) opens: Vec<[Opens; 2]>,
    pub(super) clock: Clock,
    pub(super) service: Services,
    pub(super) places: Places,
    pub(super) created: Created,
}

/// The day the list was scored as of, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AsOf {
    /// The run said so.
    Run(Date),
    /// The newest date in the named columns.
    Newest(Date, Vec<String>),
    /// Nobody said, and the file has no dates that matter.
    Unknown,
}

impl AsOf {
    /// The day, if there is one.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Run(date) | Self::Newest(date, _) => Some(*date),
            Self::Unknown => None,
        }
    }
}

impl LeadList {
    /// Scores, segments and routes every lead of the list.
    ///
    /// Without an as-of day in the run, the newest created or last-activity date of the file (and of any other date
    /// that the model reads) stands for today.
    #[must_use]
    pub fn score(&self, model: &OperatingModel, run: &Run) -> ScoredLeads {
        self.score_again(model, run, &mut Known::default())
    }

    /// Likewise, with what the scoring before asked of this list; `known` is then what this one asked.
    pub(crate) fn score_again(&self, model: &OperatingModel, run: &Run, known: &mut Known) -> ScoredLeads {
        let as_of = as_of(self, model, run);
        let seen = known.seen.take().filter(|(day, _)| Some(*day) == as_of.date());
        // Equal leads are dealt in the order of what is known of them.
        let mut dealing = known.dealing.take().filter(|_| seen.is_some() || as_of.date().is_none());
        let seen = seen.or_else(|| as_of.date().map(|day| (day, self.seen_on(day))));
        let list = seen.as_ref().and_then(|(_, seen)| seen.as_ref()).unwrap_or(self);
        let scored = list.score_on(as_of, (model, run), &mut dealing, known);
        (known.seen, known.dealing) = (seen, dealing);
        scored
    }

    /// Scores a list that is as it was on the day it is scored as of.
    fn score_on(
        &self,
        as_of: AsOf,
        (model, run): (&OperatingModel, &Run),
        dealing: &mut Option<Vec<u32>>,
        known: &mut Known,
    ) -> ScoredLeads {
        let binder = Binder::new(self, as_of.date(), std::mem::take(known));
        let columns = self.table().columns();
        let rows = self.rows();
        let created = Created::of(self);
        let used = Used::of(self, &created, as_of.date());
        let cards = Scorecards::bind(model, &binder);
        let segmentation = Segmentation::bind(model, &binder);
        let meanings = Meanings::bind(model.definitions(), &binder);
        let asked = sums::Asked { model, columns, cards: &cards, segmentation: &segmentation, meanings: &meanings };
        let results = asked.results(rows, &used);
        let owners = Owners::of(self, model.routing(), |row| used.has(row));
        let router = Router::bind(model, &binder);
        let mut assignments = Vec::new();
        // Without pools and rules nobody gets a lead, for one reason.
        if !router.is_idle(model.routing()) {
            let is_out = |row: usize| results.knock_outs.get(row).copied().flatten().is_some();
            let none = |row: usize| {
                Assignment::none(if used.has(row) { Outcome::Disqualified } else { Outcome::NotYetCreated })
            };
            assignments.extend((0..rows).map(none));
            let rules = router.rules(model.routing(), columns, &results, rows);
            let candidate = |row: usize| {
                let rule = rules.get(row).copied().flatten();
                Candidate { row, rule, owner: owners.owner(row) }
            };
            let mut take = |row: usize, assignment: Assignment| {
                if let Some(slot) = assignments.get_mut(row) {
                    *slot = assignment;
                }
            };
            let is_dealt = |row: &usize| used.has(*row) && !is_out(*row);
            // Without pools nothing is dealt, and no lead's outcome depends on those before it.
            if model.routing().pools.is_empty() {
                let candidates = (0..rows).filter(is_dealt).map(candidate);
                router.deal(model.routing(), candidates, &owners, as_of.date(), &mut take);
            } else {
                let order = dealing.get_or_insert_with(|| dealing_order(self, &created));
                let candidates = order.iter().map(|row| *row as usize).filter(is_dealt).map(candidate);
                router.deal(model.routing(), candidates, &owners, as_of.date(), &mut take);
            }
        }
        let ranked = (0..rows).filter(|row| used.has(*row)).filter_map(|row| results.fit.get(row));
        let places = Places::of(ranked);
        let clock = Clock::of(self, model.meta(), run, as_of.date());
        let words = Words::of(self);
        let worked =
            |row: usize| results.met.get(row).is_some_and(|met: &Met| met.is_worked()) || words.is_worked(columns, row);
        // A rule's promise holds whether or not somebody was free to take the lead.
        let promise = |row: usize| model.routing().rules.get(usize::from(assignments.get(row)?.rule?))?.sla;
        let promised = !assignments.is_empty() || !results.met.is_empty() || words.any();
        let service = clock.services(self, promised, promise, worked);
        *known = binder.into_known();
        let (leads, model, run) = (self.clone(), model.clone(), Run { as_of: as_of.date(), ..run.clone() });
        let Results { card_of, fit, engagement, grades, knock_outs, segments, met, opens } = results;
        ScoredLeads {
            leads,
            model,
            run,
            used,
            as_of,
            cards,
            card_of,
            fit,
            engagement,
            grades,
            knock_outs,
            segments,
            assignments,
            owners,
            segmentation,
            opens,
            met,
            words,
            clock,
            service,
            places,
            created,
        }
    }
}

impl ScoredLeads {
    /// The list as it was read; what it gained from activities is as of the day.
    #[must_use]
    pub fn leads(&self) -> &LeadList {
        &self.leads
    }

    /// The model that scored it.
    #[must_use]
    pub fn model(&self) -> &OperatingModel {
        &self.model
    }

    /// The run's options, the as-of day resolved.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The day it was scored as of.
    #[must_use]
    pub fn as_of(&self) -> &AsOf {
        &self.as_of
    }

    /// Number of rows of the file, those created after the as-of day included.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.fit.len()
    }

    /// Whether the row takes part: false if it was created after the as-of day, or there is no such row.
    #[must_use]
    pub fn is_used(&self, row: usize) -> bool {
        row < self.rows() && self.used.has(row)
    }

    /// Whether every row takes part.
    pub(crate) fn all_used(&self) -> bool {
        self.used.has_all()
    }

    /// Whether routing gives every lead that is not disqualified the same answer.
    pub(crate) fn routes_nothing(&self) -> bool {
        self.assignments.is_empty()
    }

    /// Leads that take part and are knocked out.
    pub(crate) fn knocked_out(&self) -> u64 {
        self.knock_outs.iter().enumerate().filter(|(row, out)| out.is_some() && self.used.has(*row)).count() as u64
    }

    /// Leads of each segment, those of none at the end.
    pub(crate) fn by_segment(&self) -> Vec<u64> {
        let none = self.model.segments().len();
        let mut counts = vec![0; none + 1];
        if self.segments.is_empty() && self.all_used() {
            counts[none] = self.rows() as u64;
            return counts;
        }
        for row in (0..self.rows()).filter(|row| self.used.has(*row)) {
            let segment = self.segments.get(row).copied().flatten().map_or(none, usize::from);
            if let Some(count) = counts.get_mut(segment) {
                *count += 1;
            }
        }
        counts
    }

    /// Leads of each grade, in the order of [`Grade::all`], those not evaluable included.
    pub(crate) fn by_grade(&self) -> [u64; Grade::COUNT] {
        let mut counts = [0; Grade::COUNT];
        for (row, place) in self.grades.places().iter().enumerate() {
            if let Some(count) = counts.get_mut(usize::from(*place)).filter(|_| self.used.has(row)) {
                *count += 1;
            }
        }
        counts
    }

    /// Each word of a column with the rows that take part and hold it, and the first of them.
    pub(crate) fn words_used(&self, column: &Column) -> Vec<(u64, usize)> {
        if self.all_used() {
            return column.cells().tally();
        }
        let mut tally = vec![(0, usize::MAX); column.cells().words().len()];
        for row in (0..self.rows()).filter(|row| self.used.has(*row)) {
            if let Some((count, first)) = column.word(row).and_then(|word| tally.get_mut(word)) {
                (*count, *first) = (*count + 1, row.min(*first));
            }
        }
        tally
    }

    /// Fit points of a lead; `None` if fit cannot be evaluated.
    #[must_use]
    pub fn fit(&self, row: usize) -> Option<Points> {
        self.points(&self.fit, row)
    }

    /// Engagement points of a lead; `None` if engagement cannot be evaluated.
    #[must_use]
    pub fn engagement(&self, row: usize) -> Option<Points> {
        self.points(&self.engagement, row)
    }

    /// The grade of a lead.
    #[must_use]
    pub fn grade(&self, row: usize) -> Grade {
        let grade = self.grades.get(row).filter(|_| self.is_used(row));
        grade.unwrap_or_else(|| self.icp(row).grades.grade(None, None))
    }

    /// Name of the first knock-out that holds.
    #[must_use]
    pub fn disqualified(&self, row: usize) -> Option<&str> {
        let knock_out = self.knock_outs.get(row).filter(|_| self.is_used(row)).copied()??;
        self.icp(row).disqualify.get(usize::from(knock_out)).map(|knock_out| knock_out.name.as_str())
    }

    /// The segment of a lead; `None` if no segment covers it.
    #[must_use]
    pub fn segment(&self, row: usize) -> Option<&Segment> {
        self.model.segments().get(self.segment_index(row)?)
    }

    pub(crate) fn segment_index(&self, row: usize) -> Option<usize> {
        self.is_used(row).then(|| self.segments.get(row).copied().flatten().map(usize::from)).flatten()
    }

    /// The segment's name, or `Unassigned`.
    #[must_use]
    pub fn segment_name(&self, row: usize) -> &str {
        self.segment(row).map_or(UNASSIGNED, |segment| segment.name.as_str())
    }

    /// Where a lead went, or why nowhere.
    #[must_use]
    pub fn assignment(&self, row: usize) -> Assignment {
        let outcome = || match self.knock_outs.get(row) {
            _ if row < self.rows() && !self.used.has(row) => Outcome::NotYetCreated,
            Some(Some(_)) => Outcome::Disqualified,
            _ => Outcome::Unassigned(Obstacle::NoRule),
        };
        self.assignments.get(row).copied().unwrap_or_else(|| Assignment::none(outcome()))
    }

    /// Whether a definition of the model holds for a lead; unknown too where the model does not define the word.
    #[must_use]
    pub fn meets(&self, row: usize, definition: Definition) -> Truth {
        let defined = definition.condition(self.model.definitions()).is_some() && self.is_used(row);
        self.met.get(row).filter(|_| defined).map_or(Truth::Unknown, |met| met.truth(definition))
    }

    /// Whether a definition of the model holds, for each row that takes part.
    pub(crate) fn truths(&self, definition: Definition) -> impl Iterator<Item = (usize, Truth)> {
        let defined = definition.condition(self.model.definitions()).is_some();
        let truth = move |row: usize| {
            let met = self.met.get(row).filter(|_| defined);
            (row, met.map_or(Truth::Unknown, |met| met.truth(definition)))
        };
        (0..self.rows()).filter(|row| self.used.has(*row)).map(truth)
    }

    /// The definitions that hold for a lead.
    #[must_use]
    pub fn definitions(&self, row: usize) -> Vec<Definition> {
        Definition::ALL.into_iter().filter(|definition| self.meets(row, *definition).holds()).collect()
    }

    /// Whether a lead is an SQL or further: by the model's definitions, or by what the file's status, conversion or deal says;
    /// `None` where neither tells.
    #[must_use]
    pub fn is_sql(&self, row: usize) -> Option<bool> {
        let further = [Definition::Sql, Definition::Opportunity, Definition::ClosedWon];
        let truths = further.map(|definition| self.meets(row, definition));
        if truths.iter().any(|truth| truth.holds()) || (self.is_used(row) && self.words.is_sql(self.columns(), row)) {
            return Some(true);
        }
        truths.iter().any(|truth| *truth != Truth::Unknown).then_some(false)
    }

    /// Name of whoever has the lead.
    #[must_use]
    pub fn owner(&self, row: usize) -> Option<&str> {
        let assignment = self.assignment(row);
        if let Outcome::Owned(owner, None) = assignment.outcome {
            return self.owners.name(owner);
        }
        let seat = assignment.seat()?;
        let pool = self.routing().pools.get(usize::from(seat.pool))?;
        pool.members.get(usize::from(seat.member)).map(|member| member.name.as_str())
    }

    /// Name of the pool that the lead's owner took it from.
    #[must_use]
    pub fn pool(&self, row: usize) -> Option<&str> {
        let seat = self.assignment(row).seat()?;
        self.routing().pools.get(usize::from(seat.pool)).map(|pool| pool.name.as_str())
    }

    /// Name of the routing rule that applied.
    #[must_use]
    pub fn rule(&self, row: usize) -> Option<&str> {
        let rule = self.assignment(row).rule?;
        self.routing().rules.get(usize::from(rule)).map(|rule| rule.name.as_str())
    }

    /// How soon the lead must be answered, as a duration: `4 business hours`.
    #[must_use]
    pub fn sla(&self, row: usize) -> Option<String> {
        let rule = self.routing().rules.get(usize::from(self.assignment(row).rule?))?;
        rule.sla.map(route::sla_text)
    }

    /// Both axes line by line.
    #[must_use]
    pub fn breakdown(&self, row: usize) -> (AxisBreakdown, AxisBreakdown) {
        let Some(card) = self.card(row) else { return Default::default() };
        let (mut fit, mut engagement) = (Lines::of(&card.fit), Lines::of(&card.engagement));
        if !self.is_used(row) {
            return (fit.finish(None), engagement.finish(None));
        }
        let score = card.trace(&self.cells(row), &mut fit, &mut engagement);
        (fit.finish(score.fit), engagement.finish(score.engagement))
    }

    /// Every reason behind the scores, the most points first.
    #[must_use]
    pub fn all_reasons(&self, row: usize) -> Vec<Reason> {
        self.candidates(row).iter().filter_map(|candidate| self.say(row, candidate)).collect()
    }

    /// The few reasons that a row shows, a knock-out first.
    #[must_use]
    pub fn reasons(&self, row: usize) -> Vec<String> {
        self.reasons_of(row, &self.candidates(row))
    }

    /// The few reasons, where all have been gathered already.
    pub(super) fn reasons_of(&self, row: usize, candidates: &[reasons::Candidate]) -> Vec<String> {
        if !self.is_used(row) {
            return vec![self.route_reason(row)];
        }
        let knock_out = self.disqualified(row).map(|name| format!("disqualified: {name}"));
        let top = reasons::top(candidates).filter_map(|candidate| Some(self.say(row, candidate)?.text));
        let said: Vec<String> = knock_out.into_iter().chain(top).take(3).collect();
        if said.is_empty() { vec!["no rule of the scorecard holds".to_owned()] } else { said }
    }

    /// Everything that speaks for or against a lead, the most points first, before it is put into words.
    pub(super) fn candidates(&self, row: usize) -> Vec<reasons::Candidate> {
        let Some(card) = self.card(row).filter(|_| self.is_used(row)) else { return Vec::new() };
        let mut fit = reasons::Gather::of(AxisName::Fit, &card.fit);
        let mut engagement = reasons::Gather::of(AxisName::Engagement, &card.engagement);
        let score = card.trace(&self.cells(row), &mut fit, &mut engagement);
        let mut candidates = fit.finish(score.fit);
        candidates.extend(engagement.finish(score.engagement));
        reasons::sort(&mut candidates);
        candidates
    }

    fn say(&self, row: usize, candidate: &reasons::Candidate) -> Option<Reason> {
        Some(candidate.say(self.card(row)?.axis(candidate.axis())))
    }

    /// What a reason is about.
    pub(super) fn about(&self, row: usize, candidate: &reasons::Candidate) -> Option<String> {
        Some(candidate.say_about(self.card(row)?.axis(candidate.axis())))
    }

    /// The card that scores a row.
    pub(super) fn card(&self, row: usize) -> Option<&Scorecard> {
        self.cards.card(self.card_of.get(row).copied().map_or(usize::MAX, usize::from))
    }

    /// The profile behind the card that scores a row.
    pub(crate) fn icp(&self, row: usize) -> &Icp {
        let card = self.card_of.get(row).and_then(|at| self.model.scorecards().get(usize::from(*at)));
        card.map_or(self.model.icp(), |card| &card.icp)
    }

    /// Name of the scorecard that scores a lead; `None` for the model's profile.
    #[must_use]
    pub fn scorecard(&self, row: usize) -> Option<&str> {
        let card = self.card_of.get(row).and_then(|at| self.model.scorecards().get(usize::from(*at)));
        card.map(|card| card.name.as_str())
    }

    /// Why the grade is not the one that the points alone give: the file's earlier grade was kept.
    #[must_use]
    pub fn grade_kept(&self, row: usize) -> Option<String> {
        let (card, cuts) = (self.card(row).filter(|_| self.is_used(row))?, &self.icp(row).grades);
        let earlier = card.earlier(&self.cells(row))?;
        let alone = cuts.grade(self.fit(row), self.engagement(row));
        let grade = self.grade(row);
        (alone != grade).then(|| {
            let (earlier, alone, band) = (earlier.label(), alone.label(), cuts.band);
            format!(
                "{} after {earlier}: the points alone give {alone}, but not by more than {band} points",
                grade.label()
            )
        })
    }

    pub(super) fn cells(&self, row: usize) -> Cells<'_> {
        Cells::of(self.columns(), row)
    }

    /// Why the lead is in its segment.
    #[must_use]
    pub fn segment_reason(&self, row: usize) -> String {
        match self.segment(row) {
            Some(segment) => segment::reason(segment, &self.leads, row),
            None => segment::reason_for_none(self.model.segments(), &self.leads, row),
        }
    }

    /// Why the lead has its owner, or none.
    #[must_use]
    pub fn route_reason(&self, row: usize) -> String {
        route::reason(self.assignment(row), &self.model, self.owner(row), self.disqualified(row))
    }

    /// Whether an axis can be evaluated on this file at all, and the fields of it that the file does not have.
    #[must_use]
    pub fn axis_coverage(&self, axis: AxisName) -> (bool, Vec<FieldRef>) {
        let icps = self.model.scorecards().iter().map(|card| &card.icp).chain([self.model.icp()]);
        let mut missing: Vec<FieldRef> = Vec::new();
        for icp in icps {
            let axis = if axis == AxisName::Fit { &icp.fit } else { &icp.engagement };
            for field in axis_fields(axis) {
                if self.leads.column_of(&field).is_none() && !missing.contains(&field) {
                    missing.push(field);
                }
            }
        }
        let evaluable = self.cards.all().iter().any(|card| match axis {
            AxisName::Fit => card.fit.evaluable,
            AxisName::Engagement => card.engagement.evaluable,
        });
        (evaluable, missing)
    }

    pub(crate) fn columns(&self) -> &[Column] {
        self.leads.table().columns()
    }

    pub(crate) fn routing(&self) -> &Routing {
        self.model.routing()
    }

    /// A canonical field's text in a row; `""` if the file does not have it or the cell is blank.
    pub(crate) fn text(&self, field: Field, row: usize) -> &str {
        segment::filled(&self.leads, &FieldRef::Known(field), row).unwrap_or("")
    }

    /// What a person calls this lead: the full name, else first and last, else company, else email.
    pub(crate) fn name(&self, row: usize) -> String {
        let full = self.text(Field::FullName, row);
        if !full.is_empty() {
            return full.to_owned();
        }
        let both = [self.text(Field::FirstName, row), self.text(Field::LastName, row)];
        let both: Vec<&str> = both.into_iter().filter(|part| !part.is_empty()).collect();
        if !both.is_empty() {
            return both.join(" ");
        }
        [Field::Company, Field::Email]
            .map(|field| self.text(field, row))
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or("")
            .to_owned()
    }

    /// The lead's own id: of the person, else of the account.
    pub(crate) fn id(&self, row: usize) -> &str {
        [Field::PersonId, Field::AccountId]
            .map(|field| self.text(field, row))
            .into_iter()
            .find(|id| !id.is_empty())
            .unwrap_or("")
    }

    /// The column that says when leads were created.
    pub(crate) fn created_column(&self) -> Option<&Column> {
        self.columns().get(self.leads.column_of(&FieldRef::Known(Field::Created))?)
    }

    fn points(&self, axis: &Scores, row: usize) -> Option<Points> {
        axis.get(row).filter(|_| self.is_used(row)).map(Points::from_micro)
    }
}
