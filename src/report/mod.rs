//! What is handed out: plain data, every number documented, ready to become JSON.

mod explanation;
mod fingerprint;
mod leads;

pub use explanation::{AxisExplanation, FieldValue, GroupExplanation, LeadExplanation, ReasonLine, RuleExplanation};
pub use leads::{
    Axes, AxisCoverage, GradeCount, LeadCounts, LeadReport, LeadRow, OwnerCount, RouteCount, SegmentCount,
};
