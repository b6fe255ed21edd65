//! Kept snapshots as a log of what deals were in: the same that a system's own log of changes tells.

use super::CATEGORIES;
use super::file::{Kept, State, TITLE};
use crate::Error;
use crate::calendar::Date;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Whether a file that begins so is one of kept snapshots.
pub(crate) fn are_snapshots(head: &[u8]) -> bool {
    head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).starts_with(TITLE.as_bytes())
}

/// The changes of stage, of stated close date and of what deals are called, deal by deal named by `id`, as text with commas; a deal that has no id is left out.
///
/// # Errors
/// `no-snapshots`, `newer-snapshots` and `damaged-snapshots`.
pub(crate) fn stage_log(kept: &str, id: impl Fn(u64) -> Option<String>) -> Result<String, Error> {
    let kept = Kept::read(kept)?;
    let names = kept.stages();
    let mut log = "Deal ID,Snapshot Date,Stage,Close Date,Forecast Category\n".to_owned();
    let mut before: BTreeMap<u64, State> = BTreeMap::new();
    // A file that was read has states throughout.
    let _ = kept.states(|number, open| {
        let day = kept.snapshots.get(number).map_or("", |snapshot| &snapshot.as_of);
        for (key, state) in open {
            let told = before.insert(*key, *state);
            let said = |state: &State| (state.stage, state.close, state.category);
            if told.is_some_and(|told| said(&told) == said(state)) {
                continue;
            }
            let Some(id) = id(*key) else { continue };
            let stage = names.get(state.stage as usize).copied().unwrap_or_default();
            let close = state.close.map_or_else(String::new, |day| Date::from_days(day).to_string());
            let category = CATEGORIES.get(usize::from(state.category)).map_or("", |category| category.name());
            // Writing to a string does not fail.
            let _ = writeln!(log, "{},{day},{},{close},{category}", quoted(&id), quoted(stage));
        }
    });
    Ok(log)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
