//! Gives columns their meaning: leads, accounts, deals, activities and more, whatever the system calls them.
//!
//! Headers are folded and looked up among the names that systems use ([`Dialects`], data and not code); what a column
//! holds has to fit what it is taken for; the user's [`Mapping`] overrides both. A [`LeadList`] answers "which column
//! is the industry", a [`Pipeline`] gives the deals as they stood on a day.
//!
//! Left to others: what the values are worth (`model`), and what is to be concluded from them.

mod activity;
mod as_of;
mod bind;
mod channel;
mod contract;
mod deal;
mod dialect;
mod duplicates;
mod field;
mod fixes;
mod fold;
mod history;
pub mod join;
mod key;
mod kind;
mod leads;
mod mapping;
mod pipeline;
mod quality;
mod quota;
mod rep;
mod rows;
mod status;
mod summary;
mod understand;
mod verdict;

pub use activity::{Activities, Activity, Direction};
pub use bind::Binding;
pub use channel::Channel;
pub(crate) use contract::runs;
pub use contract::{Contract, Contracts};
pub use deal::{Deal, Deals};
pub(crate) use dialect::Vocabulary;
pub use dialect::{Dialect, Dialects};
pub(crate) use field::distance;
pub use field::{Field, FieldRef, ScoreField};
pub use history::{HistoryNames, HistoryShape, StageEvent, StageHistory, StatedCategory, StatedDate, export_day};
pub(crate) use key::{fingerprint_of, hexadecimal};
pub use kind::{Kind, Typical};
pub use leads::LeadList;
pub(crate) use leads::labels;
pub use mapping::Mapping;
pub use pipeline::Pipeline;
pub use quota::{PeriodQuota, Quota, QuotaPeriod, Quotas};
pub use rep::{Rep, Reps};
pub use status::{DealStatus, ForecastCategory};
pub use understand::understand;
