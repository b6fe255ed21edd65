//! The design matrix: each row's slots, one per column in use, nothing else stored.

use super::bins::{Binning, NO_SLOT};
use super::examples::Examples;

/// The step from the range of a slot to that of the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) from: u32,
    /// What it weighs: all steps of its number together, so that a number costs the same however finely it is cut.
    pub(crate) weight: f64,
}

/// Rows as lists of slots whose entry is 1; every other entry is 0.
#[derive(Debug, Clone)]
pub(crate) struct Design {
    /// Number of slots.
    pub(crate) width: usize,
    /// Steps from one range of a number to the next.
    pub(crate) steps: Vec<Step>,
    /// Slots of all rows, ascending within a row.
    slots: Vec<u32>,
    /// Where each row's slots start, and the end of the last.
    starts: Vec<u32>,
}

impl Design {
    /// The rows as the binning sees them. A value without a slot has no entry, as though its weight were 0.
    pub(crate) fn new(binning: &Binning, examples: &Examples, rows: &[u32]) -> Self {
        let used = binning.used();
        let mut slots = Vec::with_capacity(rows.len() * used.len());
        let mut starts = vec![0];
        for row in rows {
            let own = used.iter().map(|feature| binning.slot(examples, *feature, *row));
            slots.extend(own.filter(|slot| *slot != NO_SLOT));
            starts.push(slots.len() as u32);
        }
        Self { width: binning.slots.len(), steps: binning.steps(), slots, starts }
    }

    #[cfg(test)]
    pub(crate) fn from_rows(width: usize, rows: &[&[u32]]) -> Self {
        let mut design = Self { width, steps: Vec::new(), slots: Vec::new(), starts: vec![0] };
        for row in rows {
            design.slots.extend_from_slice(row);
            design.starts.push(design.slots.len() as u32);
        }
        design
    }

    /// The slots of each row.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|ends| &self.slots[ends[0] as usize..ends[1] as usize])
    }
}
