//! `segments`, `committee`, `routing` and `handoffs` as JSON.

use super::condition::{ConditionDocument, SlaDocument, field_refs, optional, phrases};
use super::frame::review;
use super::icp::positive;
use super::{Deserialize, Serialize};
use crate::Error;
use crate::model::check::{At, Names};
use crate::model::text::fold;
use crate::model::{
    Absence, AccountOwner, Committee, Condition, GradePattern, Handoff, Member, Motion, Pool, Programme, Role, Routing,
    RoutingRule, Segment,
};
use crate::money::Currency;

/// A segment: the first whose condition holds takes the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct SegmentDocument {
    /// Name, unique.
    name: String,
    /// Which records belong here. Only the last segment may leave it out: it takes the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<ConditionDocument>,
    /// How this segment is sold to. Default: sales-led.
    #[serde(default)]
    motion: Motion,
    /// Demand programme, in a phrase. Default: empty.
    #[serde(default)]
    programme: String,
    /// Programmes for some grades instead; the first that names the lead's grade counts. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    programmes: Vec<ProgrammeDocument>,
    /// Typical yearly value of a contract, in major units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acv: Option<f64>,
    /// Share of opportunities won, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    win_rate: Option<f64>,
    /// Typical days from opportunity to close, above 0, at most 3,650.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cycle_days: Option<f64>,
    /// Share of revenue kept after a year without expansion, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gross_retention: Option<f64>,
    /// Yearly cost to serve one customer, in major units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost_to_serve: Option<f64>,
    /// Who looks after this segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

/// A demand programme for some grades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgrammeDocument {
    /// Grades it is for, such as `A1`, `A*`, `*1`, at least one.
    grades: Vec<String>,
    /// The programme, in a phrase.
    programme: String,
}

impl ProgrammeDocument {
    fn resolve(&self, at: &At) -> Result<Programme, Error> {
        let grades_at = at.key("grades");
        if self.grades.is_empty() {
            return Err(grades_at.error("empty", "must hold at least one grade"));
        }
        Ok(Programme {
            grades: grades(&grades_at, &self.grades)?,
            programme: at.key("programme").name(&self.programme)?,
        })
    }
}

pub(super) fn segments(at: &At, list: &[SegmentDocument], currency: Currency) -> Result<Vec<Segment>, Error> {
    let mut names = Names::of("segment");
    let resolve = |(i, item): (usize, &SegmentDocument)| {
        let at = at.index(i);
        if item.when.is_none() && i + 1 < list.len() {
            let message = "missing: only the last segment may take everyone (add `when`, or move it to the end)";
            return Err(at.key("when").error("missing-key", message));
        }
        let money = |key: &str, value: Option<f64>| value.map(|v| at.key(key).money(v, currency)).transpose();
        let share = |key: &str, value: Option<f64>| value.map(|v| at.key(key).probability(v)).transpose();
        Ok(Segment {
            name: names.take(&at.key("name"), &item.name)?,
            when: optional(&at.key("when"), item.when.as_ref())?.unwrap_or_else(Condition::always),
            motion: item.motion,
            programme: item.programme.trim().to_owned(),
            programmes: {
                let at = at.key("programmes");
                let programmes = item.programmes.iter().enumerate();
                programmes.map(|(i, one)| one.resolve(&at.index(i))).collect::<Result<_, Error>>()?
            },
            acv: money("acv", item.acv)?,
            win_rate: share("winRate", item.win_rate)?,
            cycle_days: item.cycle_days.map(|days| positive(&at.key("cycleDays"), days, 3_650.0)).transpose()?,
            gross_retention: share("grossRetention", item.gross_retention)?,
            cost_to_serve: money("costToServe", item.cost_to_serve)?,
            review: review(&at, item.owner.as_deref(), item.last_reviewed.as_deref())?,
        })
    };
    list.iter().enumerate().map(resolve).collect()
}

/// Who takes part in buying.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct CommitteeDocument {
    /// Roles; the likeliest takes the person, the first of equally likely ones.
    roles: Vec<RoleDocument>,
    /// Who looks after this section.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

/// A role on the buying committee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RoleDocument {
    /// Name, unique.
    name: String,
    /// Phrases of a job title that mean this role, as whole words; `engineer*` lets the last word go on.
    #[serde(default)]
    titles: Vec<String>,
    /// Departments that mean this role.
    #[serde(default)]
    departments: Vec<String>,
    /// Seniorities that mean this role.
    #[serde(default)]
    seniorities: Vec<String>,
    /// People of this role a covered account has at least, 0 to 100. Default: 0.
    #[serde(default)]
    required: u32,
    /// Weight of this role's engagement in the account's, above 0, at most 100. Default: 1.
    #[serde(default = "one")]
    weight: f64,
    /// Whether people of this role may stand in the way of a deal. Default: whether the role is called blocker,
    /// gatekeeper, detractor or the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocks: Option<bool>,
}

fn one() -> f64 {
    1.0
}

impl CommitteeDocument {
    pub(super) fn resolve(&self, at: &At) -> Result<Committee, Error> {
        let mut names = Names::of("role");
        let roles_at = at.key("roles");
        let roles = self.roles.iter().enumerate().map(|(i, role)| {
            let at = roles_at.index(i);
            let folded = |key: &str, list: &[String]| {
                let at = at.key(key);
                list.iter()
                    .enumerate()
                    .map(|(i, text)| Ok(fold(&at.index(i).name(text)?)))
                    .collect::<Result<_, Error>>()
            };
            Ok(Role {
                name: names.take(&at.key("name"), &role.name)?,
                titles: phrases(&at.key("titles"), &role.titles)?,
                departments: folded("departments", &role.departments)?,
                seniorities: folded("seniorities", &role.seniorities)?,
                required: at.key("required").whole(role.required, 0, 100)?,
                weight: positive(&at.key("weight"), role.weight, 100.0)?,
                blocks: role.blocks,
            })
        });
        Ok(Committee {
            roles: roles.collect::<Result<_, Error>>()?,
            review: review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?,
        })
    }
}

/// Ordered rules into pools of people.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct RoutingDocument {
    /// Pools.
    pools: Vec<PoolDocument>,
    /// Rules; the first that matches decides.
    rules: Vec<RoutingRuleDocument>,
    /// Name of the pool that takes what no rule matches; required as soon as there are pools.
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<String>,
    /// Whether a lead goes to whoever has its account already. Default: to members of the pools.
    #[serde(skip_serializing_if = "AccountOwner::is_default")]
    account_owner: AccountOwner,
    /// Who looks after this section.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

/// People who share leads by weighted round robin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PoolDocument {
    /// Name, unique.
    name: String,
    /// Members, at least one.
    members: Vec<MemberDocument>,
    /// Who looks after this pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

/// A person who takes leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MemberDocument {
    /// Name, unique in the pool.
    name: String,
    /// Most leads taken in one run, 0 to 1,000,000. Default: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    capacity: Option<u32>,
    /// Share of the pool's leads relative to the others', 1 to 1,000. Default: 1.
    #[serde(default = "one_share")]
    weight: u32,
    /// Whether the person takes leads at present. Default: true.
    #[serde(default = "yes")]
    active: bool,
    /// Days on which the person takes no leads. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    away: Vec<AbsenceDocument>,
}

/// Days without leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AbsenceDocument {
    /// First day, such as 2026-12-21.
    from: String,
    /// Last day, not before the first.
    to: String,
}

impl AbsenceDocument {
    fn resolve(&self, at: &At) -> Result<Absence, Error> {
        let (from, to) = (at.key("from").date(&self.from)?, at.key("to").date(&self.to)?);
        if to < from {
            return Err(at.key("to").error("bad-order", format!("must not be before {from}, found {to}")));
        }
        Ok(Absence { from, to })
    }
}

fn one_share() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// A routing rule: condition, segment and grade must all agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RoutingRuleDocument {
    /// Name, unique.
    name: String,
    /// Which leads. Default: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<ConditionDocument>,
    /// Name of the segment they are in. Default: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    segment: Option<String>,
    /// Grades they have, such as `A1`, `A*`, `*1`, `A–`. Default: any.
    #[serde(default)]
    grades: Vec<String>,
    /// Name of the pool they go to.
    pool: String,
    /// How soon somebody must answer. Default: no promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sla: Option<SlaDocument>,
}

impl RoutingDocument {
    pub(super) fn resolve(&self, at: &At, segments: &[Segment]) -> Result<Routing, Error> {
        let pools = pools(&at.key("pools"), &self.pools)?;
        let pool_at = |at: &At, name: &str| at.find("pool", name, pools.iter().map(|pool| pool.name.as_str()));
        let mut names = Names::of("routing rule");
        let rules_at = at.key("rules");
        let rules = self.rules.iter().enumerate().map(|(i, rule)| {
            let at = rules_at.index(i);
            Ok(RoutingRule {
                name: names.take(&at.key("name"), &rule.name)?,
                when: optional(&at.key("when"), rule.when.as_ref())?.unwrap_or_else(Condition::always),
                segment: segment(&at.key("segment"), rule.segment.as_deref(), segments)?,
                grades: grades(&at.key("grades"), &rule.grades)?,
                pool: pool_at(&at.key("pool"), &rule.pool)?,
                sla: rule.sla.as_ref().map(|sla| sla.resolve(&at.key("sla"))).transpose()?,
            })
        });
        let rules = rules.collect::<Result<_, Error>>()?;
        let fallback_at = at.key("fallback");
        let fallback = match &self.fallback {
            Some(name) => Some(pool_at(&fallback_at, name)?),
            None if pools.is_empty() => None,
            None => {
                return Err(fallback_at.error("missing-key", "missing (name the pool that takes what no rule matches)"));
            }
        };
        let review = review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?;
        Ok(Routing { rules, fallback, account_owner: self.account_owner, review, pools })
    }
}

fn pools(at: &At, list: &[PoolDocument]) -> Result<Vec<Pool>, Error> {
    let mut names = Names::of("pool");
    let resolve = |(i, pool): (usize, &PoolDocument)| {
        let at = at.index(i);
        let members_at = at.key("members");
        if pool.members.is_empty() {
            return Err(members_at.error("empty", "must hold at least one member"));
        }
        let mut member_names = Names::of("member");
        let members = pool.members.iter().enumerate().map(|(i, member)| {
            let at = members_at.index(i);
            Ok(Member {
                name: member_names.take(&at.key("name"), &member.name)?,
                capacity: member.capacity.map(|most| at.key("capacity").whole(most, 0, 1_000_000)).transpose()?,
                weight: at.key("weight").whole(member.weight, 1, 1_000)?,
                active: member.active,
                away: {
                    let at = at.key("away");
                    let days = member.away.iter().enumerate().map(|(i, days)| days.resolve(&at.index(i)));
                    days.collect::<Result<_, Error>>()?
                },
            })
        });
        Ok(Pool {
            name: names.take(&at.key("name"), &pool.name)?,
            members: members.collect::<Result<_, Error>>()?,
            review: review(&at, pool.owner.as_deref(), pool.last_reviewed.as_deref())?,
        })
    };
    list.iter().enumerate().map(resolve).collect()
}

fn grades(at: &At, list: &[String]) -> Result<Vec<GradePattern>, Error> {
    let resolve = |(i, text): (usize, &String)| {
        GradePattern::parse(text).ok_or_else(|| {
            let shown = crate::model::json::shortened(text);
            at.index(i).error("bad-grade", format!("expected a grade such as `A1`, `A*` or `*1`, found `{shown}`"))
        })
    };
    list.iter().enumerate().map(resolve).collect()
}

/// The index of a segment given by name.
pub(super) fn segment(at: &At, name: Option<&str>, segments: &[Segment]) -> Result<Option<usize>, Error> {
    name.map(|name| at.find("segment", name, segments.iter().map(|segment| segment.name.as_str()))).transpose()
}

/// A hand-off between functions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct HandoffDocument {
    /// Name, unique.
    name: String,
    /// Function that gives.
    from: String,
    /// Function that takes.
    to: String,
    /// When the hand-off is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trigger: Option<ConditionDocument>,
    /// Fields that must be filled when it happens.
    #[serde(default)]
    packet: Vec<String>,
    /// How soon the taker must act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sla: Option<SlaDocument>,
    /// Who is told when it goes wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalation: Option<String>,
    /// Who is accountable for the outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

pub(super) fn handoffs(at: &At, list: &[HandoffDocument]) -> Result<Vec<Handoff>, Error> {
    let mut names = Names::of("hand-off");
    let resolve = |(i, item): (usize, &HandoffDocument)| {
        let at = at.index(i);
        Ok(Handoff {
            name: names.take(&at.key("name"), &item.name)?,
            from: at.key("from").name(&item.from)?,
            to: at.key("to").name(&item.to)?,
            trigger: optional(&at.key("trigger"), item.trigger.as_ref())?,
            packet: field_refs(&at.key("packet"), &item.packet)?,
            sla: item.sla.as_ref().map(|sla| sla.resolve(&at.key("sla"))).transpose()?,
            escalation: item.escalation.as_deref().map(|who| at.key("escalation").name(who)).transpose()?,
            review: review(&at, item.owner.as_deref(), item.last_reviewed.as_deref())?,
        })
    };
    list.iter().enumerate().map(resolve).collect()
}
