//! Whom to talk to and who does it: scores, grades, segments and owners for a list of leads.
//!
//! A model is bound to a list once; after that every lead passes the same three stations, and each can say why:
//!
//! ```text
//!            ┌─► score ──► grade ─┐
//!  LeadList ─┤                    ├─► route ──► ScoredLeads ──► view · values · export
//!            └─► segment ─────────┘
//! ```
//!
//! Points are whole millionths, so explanations add up exactly. Knows nothing of deals and forecasts.

mod account;
mod axis;
mod beside;
mod committee;
mod cut_points;
mod days;
mod definitions;
mod drift;
mod enrich;
mod explain;
mod export;
mod frequency;
mod keys;
pub mod learn;
mod lint;
mod margin;
mod owners;
mod parts;
mod points;
mod predicate;
mod queues;
mod reach;
mod reasons;
mod roles;
mod rotation;
mod route;
mod say;
mod score;
mod scored;
mod segment;
mod service;
mod sums;
mod threshold;
mod truths;
mod values;
mod view;
mod what_if;
mod words;
mod worth;

pub use committee::{Account, AccountFlag, AccountList, MissingRole, Person, Seats};
pub use cut_points::{CutGroup, CutReport, CutVerdict, FieldCuts};
pub use definitions::Definition;
pub use drift::{DriftComparison, DriftGroup, DriftGroupName, DriftReport, FieldDrift, MovedValue};
pub use enrich::FieldWorth;
pub use explain::{AxisBreakdown, GroupBreakdown, RuleBreakdown, Withheld};
pub use export::ADDED_COLUMNS;
pub use learn::{Ends, ends};
pub use lint::{Finding, LintCode, LintReport};
pub use margin::SegmentMargin;
pub(crate) use predicate::Known;
pub(crate) use queues::Asked;
pub use queues::Queue;
pub use reasons::{Effect, Reason};
pub use roles::{RoleClaim, RoleSource};
pub use rotation::Rotation;
pub use route::{Assignment, Obstacle, Outcome, Seat, rule_sentence, sla_text};
pub use score::AxisName;
pub use scored::{AsOf, ScoredLeads};
pub use segment::UNASSIGNED;
pub use service::SlaState;
pub use threshold::{MqlCut, MqlReport};
pub use values::{FieldValues, ValueBand, ValueCount};
pub use view::{Filter, SortKey, View};
pub use what_if::{Changed, FieldChange, Flip};
pub use worth::{WinRateSource, Worth};
