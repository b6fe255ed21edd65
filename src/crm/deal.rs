//! A deal as it stood on a day.

use super::{DealStatus, ForecastCategory};
use crate::calendar::Date;
use crate::money::Money;
use crate::table::Receipt;

/// A deal as it stood on the day of the forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// Names the deal's random stream: a hash of the id, else of the cells that do not change; unique in the file.
    pub key: u64,
    /// The id in the source system, or empty.
    pub id: String,
    /// Name of the deal, or empty.
    pub name: String,
    /// Company the deal is with, or empty.
    pub account: String,
    /// Sales person in charge, or empty.
    pub owner: String,
    /// Market segment, or empty.
    pub segment: String,
    /// Product, or empty.
    pub product: String,
    /// Sales stage as written; empty if unknown, as for a deal that closed after the day of the forecast.
    pub stage: String,
    /// Open, won or lost on the day of the forecast.
    pub status: DealStatus,
    /// What it is worth: once won what it brought, until then the estimate. 0 if not known, see `amount_known`.
    pub amount: Money,
    /// The same in the currency in which the file writes it, before any conversion.
    pub written: Money,
    /// Whether the file says what the deal is worth.
    pub amount_known: bool,
    /// What it was thought to be worth while open, whatever it brought; `None` where the file does not say.
    pub estimate: Option<Money>,
    /// The sales person's chance of winning, in [0, 1]. Open deals only.
    pub probability: Option<f64>,
    /// The sales person's call. Open deals only, except [`ForecastCategory::Closed`] for won ones.
    pub category: Option<ForecastCategory>,
    /// Day it was created.
    pub created: Option<Date>,
    /// Day it closed if it has, else the day it is expected to.
    pub close: Option<Date>,
    /// Row in the table.
    pub row: usize,
    /// Line in the file, from 1.
    pub line: u64,
}

impl Deal {
    /// Whether the deal is still open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status == DealStatus::Open
    }
}

/// The deals of a file as they stood on a day.
#[derive(Debug, Clone)]
pub struct Deals {
    /// The deals that take part, in the order of the file.
    pub deals: Vec<Deal>,
    /// The day, if one was given.
    pub as_of: Option<Date>,
    /// What was read, used and left out.
    pub receipt: Receipt,
}
