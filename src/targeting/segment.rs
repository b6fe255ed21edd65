//! Which segment a lead belongs to: the first whose condition holds.

use super::predicate::{Binder, Cells, Predicate};
use super::truths::first_of;
use super::words;
use crate::crm::{FieldRef, LeadList};
use crate::model::{Condition, OperatingModel, Segment};
use crate::table::Column;

/// What a lead is called that no segment covers.
pub const UNASSIGNED: &str = "Unassigned";

/// The model's segments, bound to the columns of one list.
#[derive(Debug, Clone)]
pub(crate) struct Segmentation {
    conditions: Vec<Predicate>,
}

impl Segmentation {
    /// Looks up the fields of the model's segments in the list.
    #[must_use]
    pub(crate) fn bind(model: &OperatingModel, binder: &Binder<'_>) -> Self {
        let conditions = model.segments().iter().map(|segment| Predicate::bind(&segment.when, binder)).collect();
        Self { conditions }
    }

    /// Index of the first segment whose condition certainly holds, for so many rows from the first on.
    pub(super) fn find(&self, columns: &[Column], first: usize, rows: usize, found: &mut Vec<Option<u16>>) {
        first_of(self.conditions.iter(), (columns, first), rows, |_, _| true, found);
    }

    /// The same for one row's cells, changes included.
    pub(crate) fn segment_of(&self, cells: &Cells<'_>) -> Option<usize> {
        self.conditions.iter().position(|condition| condition.truth_of(cells).holds())
    }
}

/// Why a lead is in its segment, with the values that decided.
pub(crate) fn reason(segment: &Segment, leads: &LeadList, row: usize) -> String {
    if segment.when.is_always() {
        return format!("{}: takes every lead that no segment before it takes", segment.name);
    }
    let values: Vec<String> = segment
        .when
        .fields()
        .iter()
        .filter_map(|field| Some(format!("{} {}", field.label(), filled(leads, field, row)?)))
        .collect();
    let clause = segment.when.sentence();
    if values.is_empty() {
        format!("{}: {clause}", segment.name)
    } else {
        format!("{}: {clause} ({})", segment.name, values.join(", "))
    }
}

/// Why no segment took a lead: the fields that were blank, if that may be why.
pub(crate) fn reason_for_none(segments: &[Segment], leads: &LeadList, row: usize) -> String {
    let mut blank: Vec<String> = Vec::new();
    for field in segments.iter().map(|segment| &segment.when).flat_map(Condition::fields) {
        let label = field.label();
        if filled(leads, &field, row).is_none() && !blank.contains(&label) {
            blank.push(label);
        }
    }
    match (segments.is_empty(), blank.is_empty()) {
        (true, _) => "the model has no segments".to_owned(),
        (false, true) => "no segment's condition holds".to_owned(),
        (false, false) => format!("no segment's condition holds ({} unknown)", words::list(&blank, "and")),
    }
}

/// The lead's value of a field, if the file has the field and the cell is filled.
pub(crate) fn filled<'a>(leads: &'a LeadList, field: &FieldRef, row: usize) -> Option<&'a str> {
    let text = leads.table().columns().get(leads.column_of(field)?)?.text(row);
    (!text.is_empty()).then_some(text)
}
