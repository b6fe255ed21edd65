//! Civil dates and fiscal periods. No clock: "today" is always an input.

mod date;
mod period;

pub use date::Date;
pub use period::{FiscalYear, Period, PeriodKind};
