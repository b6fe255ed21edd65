//! Who gets a lead: ordered rules into pools, each pool dealt by weighted round robin within capacity.
//!
//! Leads are dealt in the order of their created date, then id, then content, never in the order of the file: the
//! same leads get the same owners however the rows are sorted.

use super::predicate::{Binder, Predicate};
use super::rotation::Rotation;
use super::words;
use crate::model::{Grade, OperatingModel, Pool, Routing, RoutingRule, Sla};
use crate::table::Column;

/// The model's routing rules, bound to the columns of one list.
#[derive(Debug, Clone)]
pub(crate) struct Router {
    conditions: Vec<Predicate>,
}

/// What a router needs to know of a lead besides its columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) row: usize,
    pub(crate) grade: Grade,
    pub(crate) segment: Option<usize>,
}

/// Where a lead went, or why nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// Index of the rule that applied, if one did.
    pub rule: Option<u16>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of routing a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl Assignment {
    /// Nobody gets the lead, and no rule was asked.
    pub(crate) fn none(outcome: Outcome) -> Self {
        Self { rule: None, outcome }
    }

    /// The member who has the lead.
    #[must_use]
    pub fn seat(self) -> Option<Seat> {
        match self.outcome {
            Outcome::Assigned(seat) | Outcome::FellBack(seat, _) => Some(seat),
            Outcome::Unassigned(_) | Outcome::Disqualified | Outcome::NotYetCreated => None,
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

    /// Deals the candidates, in the order given, and hands each assignment to `take`.
    pub(crate) fn deal(
        &self,
        routing: &Routing,
        columns: &[Column],
        candidates: impl Iterator<Item = Candidate>,
        mut take: impl FnMut(usize, Assignment),
    ) {
        let mut rotations: Vec<Rotation> = routing.pools.iter().map(rotation).collect();
        for candidate in candidates {
            let rule = self.rule(routing, columns, candidate);
            let pool = rule.and_then(|at| routing.rules.get(at)).map(|rule| rule.pool);
            let outcome = match pool.map(|pool| try_pool(&mut rotations, pool)) {
                Some(Ok(seat)) => Outcome::Assigned(seat),
                Some(Err(obstacle)) => fall_back(&mut rotations, routing.fallback, pool, obstacle),
                None => fall_back(&mut rotations, routing.fallback, None, Obstacle::NoRule),
            };
            take(candidate.row, Assignment { rule: rule.and_then(|rule| u16::try_from(rule).ok()), outcome });
        }
    }

    fn rule(&self, routing: &Routing, columns: &[Column], lead: Candidate) -> Option<usize> {
        routing.rules.iter().zip(&self.conditions).position(|(rule, condition)| {
            rule.segment.is_none_or(|segment| Some(segment) == lead.segment)
                && (rule.grades.is_empty() || rule.grades.iter().any(|pattern| pattern.matches(lead.grade)))
                && condition.truth(columns, lead.row).holds()
        })
    }
}

fn rotation(pool: &Pool) -> Rotation {
    let mut rotation = Rotation::new();
    for member in &pool.members {
        let weight = if member.active { member.weight } else { 0 };
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
pub(crate) fn reason(assignment: Assignment, model: &OperatingModel, knock_out: Option<&str>) -> String {
    let routing = model.routing();
    let rule = assignment.rule.and_then(|at| routing.rules.get(usize::from(at)));
    let pool = |at: usize| routing.pools.get(at).map_or("", |pool| pool.name.as_str());
    let why = |obstacle: Obstacle, pool: &str| match obstacle {
        Obstacle::NoRule => "no rule applies".to_owned(),
        Obstacle::NoActiveMember => format!("{pool} has no active member"),
        Obstacle::AtCapacity => format!("every active member of {pool} is at capacity"),
    };
    let wanted = rule.map(|rule| rule.pool).or(routing.fallback).map_or("", pool);
    match assignment.outcome {
        Outcome::Assigned(_) => rule.map_or(String::new(), |rule| rule_sentence(rule, model)),
        Outcome::FellBack(seat, obstacle) => {
            format!("{}, so the fallback pool {} has it", why(obstacle, wanted), pool(usize::from(seat.pool)))
        }
        Outcome::Unassigned(obstacle) => why(obstacle, wanted),
        Outcome::Disqualified => format!("disqualified: {}", knock_out.unwrap_or("a knock-out holds")),
        Outcome::NotYetCreated => "created after the as-of day".to_owned(),
    }
}
