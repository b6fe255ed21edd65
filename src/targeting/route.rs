//! Who gets a lead: ordered rules into pools, each pool dealt by weighted round robin within capacity.
//!
//! Leads are dealt in the order of their created date, then id, then content, never in the order of the file: the
//! same leads get the same owners however the rows are sorted.

use super::owners::Owners;
use super::predicate::{Binder, Predicate};
use super::rotation::Rotation;
use super::sums::Results;
use super::truths::{BLOCK, first_of};
use super::words;
use crate::calendar::Date;
use crate::model::{AccountOwner, Grade, OperatingModel, Pool, Routing, RoutingRule, Sla, fold};
use crate::stats::Ordered;
use crate::table::Column;
use std::collections::BTreeMap;

/// The model's routing rules, bound to the columns of one list.
#[derive(Debug, Clone)]
pub(crate) struct Router {
    conditions: Vec<Predicate>,
}

/// What a router needs to know of a lead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) row: usize,
    /// Index of the rule that applies.
    pub(crate) rule: Option<u16>,
    /// Who has the lead's account already, by position in the owners of the file.
    pub(crate) owner: Option<u32>,
}

/// Where a lead went, or why nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// Index of the rule that applied, if one did.
    pub rule: Option<u16>,
    /// What came of it.
    pub outcome: Outcome,
    /// What stood in the way of the account's owner, if something did.
    pub note: Option<Obstacle>,
}

/// What came of routing a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Whoever has its account has it: by position in the owners of the file, and as a member of a pool if they are.
    Owned(u32, Option<Seat>),
    /// A member of the rule's pool has it.
    Assigned(Seat),
    /// A member of the fallback pool has it, for the reason given.
    FellBack(Seat, Obstacle),
    /// Nobody has it, for the reason given.
    Unassigned(Obstacle),
    /// It is out: a knock-out holds.
    Disqualified,
    /// It was created after the as-of day.
    NotYetCreated,
}

/// A member of a pool, both by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    /// Index of the pool in the model.
    pub pool: u16,
    /// Index of the member in the pool.
    pub member: u16,
}

/// Why a lead could not be dealt as a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// No rule applies.
    NoRule,
    /// The pool has no active member.
    NoActiveMember,
    /// Every active member of the pool has all the leads they can take.
    AtCapacity,
    /// The account's owner is a member who takes no leads at present.
    OwnerInactive,
}

impl Obstacle {
    /// The code, such as `at-capacity`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoRule => "no-rule",
            Self::NoActiveMember => "no-active-member",
            Self::AtCapacity => "at-capacity",
            Self::OwnerInactive => "owner-inactive",
        }
    }
}

impl Assignment {
    /// Nobody gets the lead, and no rule was asked.
    pub(crate) fn none(outcome: Outcome) -> Self {
        Self { rule: None, outcome, note: None }
    }

    /// The member who has the lead.
    #[must_use]
    pub fn seat(self) -> Option<Seat> {
        match self.outcome {
            Outcome::Assigned(seat) | Outcome::FellBack(seat, _) => Some(seat),
            Outcome::Owned(_, seat) => seat,
            Outcome::Unassigned(_) | Outcome::Disqualified | Outcome::NotYetCreated => None,
        }
    }

    /// Whether somebody has the lead.
    #[must_use]
    pub fn has_owner(self) -> bool {
        matches!(self.outcome, Outcome::Owned(..) | Outcome::Assigned(_) | Outcome::FellBack(..))
    }

    /// Why the lead could not be dealt as the first step or its rule says.
    #[must_use]
    pub fn exception(self) -> Option<Obstacle> {
        match self.outcome {
            Outcome::FellBack(_, obstacle) | Outcome::Unassigned(obstacle) => Some(self.note.unwrap_or(obstacle)),
            _ => self.note,
        }
    }
}

impl Router {
    /// Looks up the fields of the model's rules in the list.
    #[must_use]
    pub(crate) fn bind(model: &OperatingModel, binder: &Binder<'_>) -> Self {
        let conditions = model.routing().rules.iter().map(|rule| Predicate::bind(&rule.when, binder)).collect();
        Self { conditions }
    }

    /// Whether every lead stays without an owner because no rule applies.
    pub(crate) fn is_idle(&self, routing: &Routing) -> bool {
        self.conditions.is_empty() && routing.pools.is_empty() && routing.fallback.is_none()
    }

    /// Index of the first rule that applies to each row, whatever its day. Compiled by itself, as dealing is: engines take
    /// long to make large bodies fast.
    #[inline(never)]
    pub(super) fn rules(
        &self,
        routing: &Routing,
        columns: &[Column],
        results: &Results,
        rows: usize,
    ) -> Vec<Option<u16>> {
        let is_for = |rule: &RoutingRule| {
            let fits = |grade| rule.grades.iter().any(|pattern| pattern.matches(grade));
            let grades = || Grade::all().into_iter().map(fits).collect();
            (rule.segment, (!rule.grades.is_empty()).then(grades))
        };
        let wanted: Vec<(Option<usize>, Option<Vec<bool>>)> = routing.rules.iter().map(is_for).collect();
        let mut found = Vec::with_capacity(rows);
        for first in (0..rows).step_by(BLOCK) {
            let applies = |at: usize, place: usize| {
                let Some((segment, grades)) = wanted.get(at) else { return false };
                let own = || results.segments.get(first + place).copied().flatten().map(usize::from);
                let grade = || usize::from(results.grades.places().get(first + place).copied().unwrap_or(0));
                segment.is_none_or(|segment| Some(segment) == own())
                    && grades.as_ref().is_none_or(|grades| grades.get(grade()) == Some(&true))
            };
            let rows = BLOCK.min(rows - first);
            first_of(self.conditions.iter(), (columns, first), rows, applies, &mut found);
        }
        found
    }

    /// Deals the candidates, in the order given, and hands each assignment to `take`.
    #[inline(never)]
    pub(crate) fn deal(
        &self,
        routing: &Routing,
        candidates: impl Iterator<Item = Candidate>,
        owners: &Owners,
        day: Option<Date>,
        mut take: impl FnMut(usize, Assignment),
    ) {
        let mut rotations: Vec<Rotation> = routing.pools.iter().map(|pool| rotation(pool, day)).collect();
        let elsewhere = Elsewhere::of(routing);
        for candidate in candidates {
            let rule = candidate.rule;
            let pool = rule.and_then(|at| routing.rules.get(usize::from(at))).map(|rule| rule.pool);
            let (kept, note) = owned(owners, candidate.owner, routing, pool, day);
            if let Some(Outcome::Owned(_, Some(seat))) = kept
                && let Some(rotation) = rotations.get_mut(usize::from(seat.pool))
            {
                rotation.take(usize::from(seat.member));
            }
            let outcome = kept.unwrap_or_else(|| match pool.map(|pool| try_pool(&mut rotations, pool)) {
                Some(Ok(seat)) => Outcome::Assigned(seat),
                Some(Err(obstacle)) => fall_back(&mut rotations, routing.fallback, pool, obstacle),
                None => fall_back(&mut rotations, routing.fallback, None, Obstacle::NoRule),
            });
            let assignment = Assignment { rule, outcome, note };
            for seat in assignment.seat().into_iter().flat_map(|seat| elsewhere.seats(seat)) {
                if let Some(rotation) = rotations.get_mut(usize::from(seat.pool)) {
                    rotation.take(usize::from(seat.member));
                }
            }
            take(candidate.row, assignment);
        }
    }
}

/// The further seats of people who are in several pools: a lead from one pool takes room in the others.
struct Elsewhere(BTreeMap<Seat, Vec<Seat>>);

impl Elsewhere {
    fn of(routing: &Routing) -> Self {
        let mut by_name: BTreeMap<String, Vec<Seat>> = BTreeMap::new();
        for (pool, members) in routing.pools.iter().enumerate().map(|(at, pool)| (at, &pool.members)) {
            for (member, named) in members.iter().enumerate() {
                if let (Ok(pool), Ok(member)) = (u16::try_from(pool), u16::try_from(member)) {
                    by_name.entry(fold(&named.name)).or_default().push(Seat { pool, member });
                }
            }
        }
        let several = by_name.into_values().filter(|seats| seats.len() > 1);
        let others = |seats: &[Seat], own: Seat| seats.iter().copied().filter(|seat| *seat != own).collect();
        Self(several.flat_map(|seats| seats.clone().into_iter().map(move |own| (own, others(&seats, own)))).ordered())
    }

    fn seats(&self, own: Seat) -> impl Iterator<Item = Seat> {
        self.0.get(&own).into_iter().flatten().copied()
    }
}

/// The first step: whoever has the account, if they may; else what is in the way.
fn owned(
    owners: &Owners,
    owner: Option<u32>,
    routing: &Routing,
    pool: Option<usize>,
    day: Option<Date>,
) -> (Option<Outcome>, Option<Obstacle>) {
    let Some(owner) = owner else { return (None, None) };
    let seats = owners.seats(owner);
    let free = |seat: &&Seat| {
        let member =
            routing.pools.get(usize::from(seat.pool)).and_then(|pool| pool.members.get(usize::from(seat.member)));
        member.is_some_and(|member| member.available(day))
    };
    let in_pool = |seat: &&Seat| Some(usize::from(seat.pool)) == pool;
    let seat = seats.iter().filter(free).find(in_pool).or_else(|| seats.iter().find(free));
    match (seat, seats.is_empty(), routing.account_owner) {
        (Some(seat), ..) => (Some(Outcome::Owned(owner, Some(*seat))), None),
        (None, false, _) => (None, Some(Obstacle::OwnerInactive)),
        (None, true, AccountOwner::Anyone) => (Some(Outcome::Owned(owner, None)), None),
        (None, true, _) => (None, None),
    }
}

fn rotation(pool: &Pool, day: Option<Date>) -> Rotation {
    let mut rotation = Rotation::new();
    for member in &pool.members {
        let weight = if member.available(day) { member.weight } else { 0 };
        rotation.add_seat(weight, member.capacity.map(u64::from));
    }
    rotation
}

fn try_pool(rotations: &mut [Rotation], pool: usize) -> Result<Seat, Obstacle> {
    let rotation = rotations.get_mut(pool).ok_or(Obstacle::NoActiveMember)?;
    let member =
        rotation.deal().ok_or(if rotation.has_seats() { Obstacle::AtCapacity } else { Obstacle::NoActiveMember })?;
    match (u16::try_from(pool), u16::try_from(member)) {
        (Ok(pool), Ok(member)) => Ok(Seat { pool, member }),
        _ => Err(Obstacle::NoActiveMember),
    }
}

fn fall_back(rotations: &mut [Rotation], fallback: Option<usize>, tried: Option<usize>, why: Obstacle) -> Outcome {
    match fallback.filter(|fallback| Some(*fallback) != tried) {
        None => Outcome::Unassigned(why),
        Some(fallback) => match try_pool(rotations, fallback) {
            Ok(seat) => Outcome::FellBack(seat, why),
            Err(obstacle) => Outcome::Unassigned(if why == Obstacle::NoRule { obstacle } else { why }),
        },
    }
}

/// A rule as one English sentence.
#[must_use]
pub fn rule_sentence(rule: &RoutingRule, model: &OperatingModel) -> String {
    let segment = rule.segment.and_then(|at| model.segments().get(at)).map(|segment| segment.name.as_str());
    let mut sentence = match segment {
        Some(segment) => format!("{segment} leads"),
        None if rule.grades.is_empty() && rule.when.is_always() => "All leads".to_owned(),
        None => "Leads".to_owned(),
    };
    if !rule.grades.is_empty() {
        let grades: Vec<String> = rule.grades.iter().map(|pattern| pattern.label()).collect();
        sentence.push_str(&format!(" graded {}", words::list(&grades, "or")));
    }
    if !rule.when.is_always() {
        sentence.push_str(&format!(" where {}", rule.when.sentence()));
    }
    let pool = model.routing().pools.get(rule.pool).map_or("", |pool| pool.name.as_str());
    sentence.push_str(&format!(" go to {pool}"));
    if let Some(sla) = rule.sla {
        sentence.push_str(&format!(", to be answered within {}", sla_text(sla)));
    }
    sentence
}

/// A service level as a duration: `4 business hours`.
#[must_use]
pub fn sla_text(sla: Sla) -> String {
    match sla {
        Sla::Minutes(minutes) => words::count(minutes, "minute"),
        Sla::Hours(hours) => words::count(hours, "hour"),
        Sla::BusinessHours(hours) => words::count(hours, "business hour"),
        Sla::BusinessDays(days) => words::count(days, "business day"),
    }
}

/// Why a lead has its owner, or none, as one sentence.
pub(crate) fn reason(
    assignment: Assignment,
    model: &OperatingModel,
    owner: Option<&str>,
    knock_out: Option<&str>,
) -> String {
    let routing = model.routing();
    let rule = assignment.rule.and_then(|at| routing.rules.get(usize::from(at)));
    let pool = |at: usize| routing.pools.get(at).map_or("", |pool| pool.name.as_str());
    let why = |obstacle: Obstacle, pool: &str| match obstacle {
        Obstacle::NoRule => "no rule applies".to_owned(),
        Obstacle::NoActiveMember => format!("{pool} has no active member"),
        Obstacle::AtCapacity => format!("every active member of {pool} is at capacity"),
        Obstacle::OwnerInactive => "the account's owner takes no leads at present".to_owned(),
    };
    let wanted = rule.map(|rule| rule.pool).or(routing.fallback).map_or("", pool);
    let said = match assignment.outcome {
        Outcome::Owned(..) => format!("{} has the account already", owner.unwrap_or("somebody")),
        Outcome::Assigned(_) => rule.map_or(String::new(), |rule| rule_sentence(rule, model)),
        Outcome::FellBack(seat, obstacle) => {
            format!("{}, so the fallback pool {} has it", why(obstacle, wanted), pool(usize::from(seat.pool)))
        }
        Outcome::Unassigned(obstacle) => why(obstacle, wanted),
        Outcome::Disqualified => format!("disqualified: {}", knock_out.unwrap_or("a knock-out holds")),
        Outcome::NotYetCreated => "created after the as-of day".to_owned(),
    };
    match assignment.note {
        Some(note) => format!("{}; {said}", why(note, wanted)),
        None => said,
    }
}
