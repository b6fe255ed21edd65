//! The scorecard of a model, bound to a list: fit, engagement, grade and knock-outs of each lead.
//!
//! Binding resolves every name once; after that a lead costs a look-up per rule. Adding up happens in one place,
//! [`super::axis`], whether the lines are kept for an explanation or not.

use super::axis::{Ages, Axis, BoundDecay, Group, Question, Rule, Sink};
use super::frequency::BoundFrequency;
use super::predicate::{Binder, Cells, Predicate};
use super::reach::reach;
use super::truths::first_of;
use crate::crm::FieldRef;
use crate::model::{
    self, Condition, FrequencySource, Grade, GradeCuts, Icp, MissingPolicy, Motion, OperatingModel, Points,
};
use crate::stats::Arrange;
use crate::table::Column;

/// Every scorecard of a model, bound to the columns of one list.
#[derive(Debug, Clone)]
pub(crate) struct Scorecards {
    /// Whom each card but the last is for, in the model's order.
    takes: Vec<Takes>,
    /// The cards, the profile that scores all others last.
    cards: Vec<Scorecard>,
}

/// The leads that a card is for.
#[derive(Debug, Clone)]
struct Takes {
    segments: Vec<usize>,
    motions: Vec<Motion>,
    when: Predicate,
}

/// One scorecard, bound to the columns of one list.
#[derive(Debug, Clone)]
pub(crate) struct Scorecard {
    pub(crate) fit: Axis,
    pub(crate) engagement: Axis,
    pub(crate) knock_outs: Vec<(String, Predicate)>,
    cuts: GradeCuts,
    earlier: Option<Earlier>,
}

/// The column with the grades that leads had before.
#[derive(Debug, Clone)]
struct Earlier {
    column: usize,
    /// Once per distinct word; `None` where words do not repeat.
    by_word: Option<Vec<Option<Grade>>>,
}

impl Takes {
    /// Whether the card is for leads of the segment and its motion.
    fn may_take(&self, model: &OperatingModel, segment: Option<usize>) -> bool {
        let motion = || segment.and_then(|at| model.segments().get(at)).map(|segment| segment.motion);
        (self.segments.is_empty() || segment.is_some_and(|segment| self.segments.contains(&segment)))
            && (self.motions.is_empty() || motion().is_some_and(|motion| self.motions.contains(&motion)))
    }
}

impl Earlier {
    fn bind(cuts: &GradeCuts, binder: &Binder<'_>) -> Option<Self> {
        let (column, cells, rows) = binder.column(&cuts.previous).filter(|_| cuts.band > Points::ZERO)?;
        let read = |row: &usize| Grade::parse(cells.text(*row));
        Some(Self { column, by_word: rows.map(|rows| rows.iter().map(read).collect()) })
    }

    fn grade(&self, cells: &Cells<'_>) -> Option<Grade> {
        let column = cells.columns.get(self.column)?;
        match &self.by_word {
            Some(grades) => *grades.get(column.word(cells.row)?)?,
            None => Grade::parse(column.text(cells.row)),
        }
    }
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

impl Score {
    /// Nothing is known.
    pub(super) const NONE: Self = Self { fit: None, engagement: None, grade: Grade::NONE, knock_out: None };
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

impl Scorecards {
    /// Looks up the fields of the model's cards in the list.
    pub(crate) fn bind(model: &OperatingModel, binder: &Binder<'_>) -> Self {
        let takes = model.scorecards().iter().map(|card| Takes {
            segments: card.segments.clone(),
            motions: card.motions.clone(),
            when: Predicate::bind(&card.when, binder),
        });
        let icps = model.scorecards().iter().map(|card| &card.icp).chain([model.icp()]);
        Self { takes: takes.collect(), cards: icps.map(|icp| Scorecard::bind(icp, binder)).collect() }
    }

    /// Index of the card that scores a row: the first that is for it, else the last.
    pub(crate) fn card_for(&self, model: &OperatingModel, segment: Option<usize>, cells: &Cells<'_>) -> usize {
        let fits = |takes: &Takes| takes.may_take(model, segment) && takes.when.truth_of(cells).holds();
        self.takes.iter().position(fits).unwrap_or(self.takes.len())
    }

    /// The same for so many rows from the first on, whose segments are given.
    pub(super) fn cards_for(
        &self,
        model: &OperatingModel,
        segments: &[Option<u16>],
        (columns, first): (&[Column], usize),
        rows: usize,
    ) -> Vec<u8> {
        let may_take = |at: usize, place: usize| {
            let segment = segments.get(place).copied().flatten().map(usize::from);
            self.takes.get(at).is_some_and(|takes| takes.may_take(model, segment))
        };
        let mut found = Vec::with_capacity(rows);
        first_of(self.takes.iter().map(|takes| &takes.when), (columns, first), rows, may_take, &mut found);
        let card = |found: Option<u16>| found.map_or(self.takes.len(), usize::from);
        found.into_iter().map(|found| u8::try_from(card(found)).unwrap_or(u8::MAX)).collect()
    }

    /// A card by index, the last one for an index past the end.
    pub(crate) fn card(&self, at: usize) -> Option<&Scorecard> {
        self.cards.get(at).or(self.cards.last())
    }

    pub(crate) fn all(&self) -> &[Scorecard] {
        &self.cards
    }
}

impl Scorecard {
    pub(crate) fn axis(&self, name: AxisName) -> &Axis {
        match name {
            AxisName::Fit => &self.fit,
            AxisName::Engagement => &self.engagement,
        }
    }

    fn bind(icp: &Icp, binder: &Binder<'_>) -> Self {
        Self {
            fit: bind_axis(AxisName::Fit, &icp.fit, icp.missing, binder),
            engagement: bind_axis(AxisName::Engagement, &icp.engagement, icp.missing, binder),
            knock_outs: icp
                .disqualify
                .iter()
                .map(|knock_out| (knock_out.name.clone(), Predicate::bind(&knock_out.when, binder)))
                .collect(),
            cuts: icp.grades.clone(),
            earlier: Earlier::bind(&icp.grades, binder),
        }
    }

    /// Scores one row and hands the lines of both axes to the sinks.
    pub(crate) fn trace(&self, cells: &Cells<'_>, fit: &mut impl Sink, engagement: &mut impl Sink) -> Score {
        let fit = self.fit.evaluate(cells, fit);
        let engagement = self.engagement.evaluate(cells, engagement);
        let knock_out = self.knock_outs.iter().position(|(_, when)| when.truth_of(cells).holds());
        Score { fit, engagement, grade: self.grade(cells, fit, engagement), knock_out }
    }

    /// The grade of these scores, after the grade that the file carries if the model has a band.
    pub(crate) fn grade(&self, cells: &Cells<'_>, fit: Option<Points>, engagement: Option<Points>) -> Grade {
        match self.earlier(cells) {
            Some(earlier) => self.cuts.grade_after(earlier, fit, engagement),
            None => self.cuts.grade(fit, engagement),
        }
    }

    /// The grade that the file carries, where it counts.
    pub(crate) fn earlier(&self, cells: &Cells<'_>) -> Option<Grade> {
        self.earlier.as_ref()?.grade(cells)
    }

    /// Whether points alone decide grades, and nothing knocks out.
    pub(super) fn is_plain(&self) -> bool {
        self.knock_outs.is_empty() && self.earlier.is_none()
    }

    pub(crate) fn cuts(&self) -> &GradeCuts {
        &self.cuts
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

/// The fields that a rule reads: its condition's, its decay's date and what it counts.
pub(super) fn rule_fields(rule: &model::Rule) -> Vec<FieldRef> {
    let mut fields = rule.when.fields();
    let of_activities = matches!(rule.per.as_ref().map(|per| &per.source), Some(FrequencySource::Activities { .. }));
    if let Some(decay) = rule.decay.as_ref().filter(|_| !of_activities)
        && !fields.contains(&decay.field)
    {
        fields.push(decay.field.clone());
    }
    if let Some(FrequencySource::Field { field, .. }) = rule.per.as_ref().map(|per| &per.source)
        && !fields.contains(field)
    {
        fields.push(field.clone());
    }
    fields
}

fn bind_axis(name: AxisName, axis: &model::Axis, missing: MissingPolicy, binder: &Binder<'_>) -> Axis {
    let fields = axis_fields(axis);
    let groups: Vec<Group> = axis.groups.iter().map(|group| bind_group((name, &fields), group, binder)).collect();
    let mut rules = groups.iter().flat_map(|group| &group.rules);
    let evaluable = rules.any(|rule| match &rule.per {
        Some(per) if per.in_list() => true,
        Some(_) if rule.fields.is_empty() => false,
        _ => rule.fields.is_empty() || rule.fields.iter().any(|field| binder.has(field)),
    });
    let reach = groups.iter().map(|group| group.reach).sum();
    Axis { groups, fields, cap: axis.cap, missing, reach, evaluable }
}

fn bind_group(axis: (AxisName, &[FieldRef]), group: &model::RuleGroup, binder: &Binder<'_>) -> Group {
    let rules: Vec<Rule> = group.rules.iter().map(|rule| bind_rule(rule, binder)).collect();
    let questions = questions(axis, group, &rules, binder);
    let whole: Points = questions.iter().map(|question| question.reach).sum();
    let reach = whole.min(group.cap).max(Points::ZERO);
    let mut bound = Group {
        name: group.name.clone(),
        floor: group.floor,
        cap: group.cap,
        has_own_cap: group.has_own_cap,
        rules,
        questions,
        reach,
    };
    bound.settle(binder);
    bound
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
        per: BoundFrequency::bind(rule, binder),
        fields: rule_fields(rule),
    }
}

/// Rules that read the same fields, together, in the order of their first; a rule that counts stands alone.
fn questions(
    (axis, all): (AxisName, &[FieldRef]),
    group: &model::RuleGroup,
    bound: &[Rule],
    binder: &Binder<'_>,
) -> Vec<Question> {
    let mut asked: Vec<(Vec<FieldRef>, Vec<usize>, bool)> = Vec::new();
    for (position, rule) in bound.iter().enumerate() {
        let mut fields = rule.fields.clone();
        fields.arrange();
        let counts = rule.per.is_some();
        match asked.iter_mut().find(|(known, _, alone)| *known == fields && !alone && !counts) {
            Some((_, positions, _)) => positions.push(position),
            None => asked.push((fields, vec![position], counts)),
        }
    }
    asked
        .into_iter()
        .map(|(_, positions, counts)| {
            let rules: Vec<&model::Rule> = positions.iter().filter_map(|at| group.rules.get(*at)).collect();
            let (least, reach) = match rules.first() {
                Some(rule) if counts => counted_reach(rule, group),
                _ => {
                    let parts: Vec<(&Condition, Points)> = rules.iter().map(|rule| (&rule.when, rule.points)).collect();
                    reach(&parts, binder.as_of())
                }
            };
            let first = positions.first().and_then(|at| bound.get(*at));
            let fields = first.map(|rule| rule.fields.clone()).unwrap_or_default();
            let place = |field: &FieldRef| {
                Some((all.iter().position(|known| known == field)?, binder.column(field).map(|(column, ..)| column)))
            };
            let places = fields.iter().filter_map(place).collect();
            let in_file = fields.iter().any(|field| binder.has(field));
            let asks = |at: &usize| bound.get(*at).is_some_and(|rule| rule.predicate.asks_for_blanks());
            let asks_for_blanks = positions.iter().any(asks);
            let is_of_facts = axis == AxisName::Fit;
            Question {
                least,
                reach,
                rules: positions,
                fields,
                places,
                in_file,
                asks_for_blanks,
                is_of_facts,
                settled: None,
                tests: Vec::new(),
            }
        })
        .collect()
}

/// What a rule that counts comes to at worst and at best; without a limit of its own, its group's.
fn counted_reach(rule: &model::Rule, group: &model::RuleGroup) -> (Points, Points) {
    let most = rule.per.as_ref().and_then(|per| per.most);
    let extreme = match most {
        Some(most) => rule.points.repeated(most),
        None if rule.points < Points::ZERO => group.floor,
        None => group.cap,
    };
    (extreme.min(Points::ZERO), extreme.max(Points::ZERO))
}
