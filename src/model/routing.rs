//! Routing: who gets a lead, by which rule, and how soon they must answer.

use super::{Condition, GradePattern, Review};
use crate::calendar::Date;
use crate::crm::FieldRef;

/// Ordered rules into pools of people.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Routing {
    /// The pools.
    pub pools: Vec<Pool>,
    /// The rules; the first that matches decides.
    pub rules: Vec<RoutingRule>,
    /// Index of the pool that takes leads no rule matches, and leads whose pool has nobody free. `None` only without pools.
    pub fallback: Option<usize>,
    /// Whether a lead goes to whoever has its account already. Default: to members of the pools.
    pub account_owner: AccountOwner,
    /// Owner and last review.
    pub review: Review,
}

/// People who share leads by weighted round robin.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Pool {
    /// The name; unique.
    pub name: String,
    /// The members, at least one.
    pub members: Vec<Member>,
    /// Owner and last review.
    pub review: Review,
}

/// A person who takes leads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// The name; unique in the pool.
    pub name: String,
    /// Most leads taken in one run. `None`: no limit, the default.
    pub capacity: Option<u32>,
    /// Share of the pool's leads relative to the others', 1 to 1,000. Default: 1.
    pub weight: u32,
    /// Whether the person takes leads at present. Default: yes.
    pub active: bool,
    /// Days on which the person takes no leads. Default: none.
    pub away: Vec<Absence>,
}

impl Member {
    /// Whether the person takes leads on the day; without a day absences do not count.
    #[must_use]
    pub fn available(&self, day: Option<Date>) -> bool {
        let away = |day: Date| self.away.iter().any(|absence| absence.from <= day && day <= absence.to);
        self.active && !day.is_some_and(away)
    }
}

/// Days without leads, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// First day.
    pub from: Date,
    /// Last day, not before the first.
    pub to: Date,
}

/// Whether a lead goes to whoever has its account already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AccountOwner {
    /// To the account's owner, if that is a member of a pool who takes leads at present; the default.
    #[default]
    Members,
    /// To the account's owner, whoever that is.
    Anyone,
    /// Owners in the file do not count.
    Off,
}

impl AccountOwner {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A routing rule: condition, segment and grade must all agree.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RoutingRule {
    /// The name; unique.
    pub name: String,
    /// Which leads. Default: all.
    pub when: Condition,
    /// Index of the segment they are in. `None`: any segment.
    pub segment: Option<usize>,
    /// The grades they have. Empty: any grade.
    pub grades: Vec<GradePattern>,
    /// Index of the pool they go to.
    pub pool: usize,
    /// How soon somebody must answer. `None`: no promise.
    pub sla: Option<Sla>,
}

/// How soon somebody must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sla {
    /// Minutes on the wall clock.
    Minutes(u32),
    /// Hours on the wall clock.
    Hours(u32),
    /// Hours inside the working hours of `meta`.
    BusinessHours(u32),
    /// Working days of `meta`.
    BusinessDays(u32),
}

/// A hand-off between functions. Without trigger, packet or time limit it is a wish, not a process.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Handoff {
    /// The name; unique.
    pub name: String,
    /// The function that gives.
    pub from: String,
    /// The function that takes.
    pub to: String,
    /// When the hand-off is due. `None`: not defined yet.
    pub trigger: Option<Condition>,
    /// Fields that must be filled when it happens. Empty: not defined yet.
    pub packet: Vec<FieldRef>,
    /// How soon the taker must act. `None`: not defined yet.
    pub sla: Option<Sla>,
    /// Who is told when it goes wrong. Default: nobody.
    pub escalation: Option<String>,
    /// Owner and last review.
    pub review: Review,
}
