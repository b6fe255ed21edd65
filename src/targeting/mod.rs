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
mod definitions;
mod enrich;
mod explain;
mod export;
mod frequency;
pub mod learn;
mod owners;
mod points;
mod predicate;
mod queues;
mod reach;
mod reasons;
mod rotation;
mod route;
mod say;
mod score;
mod scored;
mod segment;
mod service;
mod values;
mod view;
mod what_if;
mod words;

pub use definitions::Definition;
pub use enrich::FieldWorth;
pub use explain::{AxisBreakdown, GroupBreakdown, RuleBreakdown, Withheld};
pub use export::ADDED_COLUMNS;
pub use queues::Queue;
pub use reasons::{Effect, Reason};
pub use rotation::Rotation;
pub use route::{Assignment, Obstacle, Outcome, Seat, rule_sentence, sla_text};
pub use score::AxisName;
pub use scored::{AsOf, ScoredLeads};
pub use segment::UNASSIGNED;
pub use service::SlaState;
pub use values::{FieldValues, ValueBand, ValueCount};
pub use view::{Filter, SortKey, View};
pub use what_if::{FieldChange, Flip};
pub use words::field_label;
