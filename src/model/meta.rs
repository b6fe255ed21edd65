//! The model's frame: currency, fiscal year, working time, and the six words everyone must agree on.

use super::Condition;
use crate::calendar::{Date, FiscalYear};
use crate::money::Currency;

/// Who looks after a part of the model, and when it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Review {
    /// The person or team answerable. None given: nobody is.
    pub owner: Option<String>,
    /// The day of the last review. None given: never.
    pub last_reviewed: Option<Date>,
}

/// The model's frame.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Meta {
    /// The model's name. Default: `Operating model`.
    pub name: String,
    /// What the model is for, in a sentence. Default: empty.
    pub description: String,
    /// The currency of every amount in the model. Default: USD.
    pub currency: Currency,
    /// The month the fiscal year starts. Default: January.
    pub fiscal_year: FiscalYear,
    /// IANA name of the time zone of the working hours. Default: `UTC`.
    pub time_zone: String,
    /// When people work. Default: Monday to Friday, 09:00 to 17:00.
    pub working_hours: WorkingHours,
    /// Days on which nobody works, in order. Default: none.
    pub holidays: Vec<Date>,
    /// Owner and last review.
    pub review: Review,
}

/// When people work: the same hours on every working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingHours {
    /// Start, in minutes after midnight. Default: 540 (09:00).
    pub start_minute: u16,
    /// End, in minutes after midnight, after the start. Default: 1020 (17:00).
    pub end_minute: u16,
    /// Working days, Monday first. Default: Monday to Friday.
    pub days: [bool; 7],
}

/// The words everyone must agree on, as conditions. None given: the word has no definition yet.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Definitions {
    /// A marketing-qualified lead.
    pub mql: Option<Condition>,
    /// A product-qualified lead: the threshold of use past which sales takes over.
    pub pql: Option<Condition>,
    /// A sales-qualified lead.
    pub sql: Option<Condition>,
    /// An opportunity.
    pub opportunity: Option<Condition>,
    /// A deal closed as won.
    pub closed_won: Option<Condition>,
    /// A customer lost.
    pub churned: Option<Condition>,
    /// Owner and last review.
    pub review: Review,
}
