//! Civil dates, fiscal periods and working time. No clock: "today" is always an input.

mod date;
mod hours;
mod period;

pub use date::Date;
pub use hours::{Moment, Offsets, WorkCalendar};
pub use period::{FiscalYear, Period, PeriodKind};
