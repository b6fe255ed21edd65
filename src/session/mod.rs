//! What a page holds open: a data set, and what was last computed of it.
//!
//! A caller outside Rust asks step by step (open, score, view, window; open, start, advance, report), so something has
//! to remember what the steps before gave. [`Leads`] and [`Deals`] do, and say `not-scored` or `not-started` to a step
//! out of order. Documents come in as JSON text. The boundary to JavaScript passes calls on to here and converts.

mod deals;
mod leads;
mod reading;

pub use deals::Deals;
pub use leads::Leads;
pub use reading::{Reader, Reading};

use crate::{Error, ErrorKind};

/// A call in the wrong order or out of range.
fn misuse(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Run, code, message)
}

/// The part of a list that a window shows.
fn window<T>(rows: &[T], from: usize, count: usize) -> &[T] {
    let rows = rows.get(from..).unwrap_or_default();
    rows.get(..count).unwrap_or(rows)
}
