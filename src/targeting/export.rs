//! The scored list as CSV: every column as it came, then what was found out.

use super::definitions::Definition;
use super::queues::Queue;
use super::scored::ScoredLeads;
use super::service::SlaState;
use crate::model::Points;
use crate::table::write::{CsvWriter, WriteOptions};

/// The columns added at the end, in order.
pub const ADDED_COLUMNS: [&str; 18] = [
    "Leadcast fit",
    "Leadcast engagement",
    "Leadcast grade",
    "Leadcast segment",
    "Leadcast motion",
    "Leadcast owner",
    "Leadcast pool",
    "Leadcast due",
    "Leadcast promise",
    "Leadcast hours late",
    "Leadcast exception",
    "Leadcast definitions",
    "Leadcast probability",
    "Leadcast rank",
    "Leadcast expected value",
    "Leadcast value per day",
    "Leadcast reasons",
    "Leadcast sentence",
];

impl ScoredLeads {
    /// All rows in the order of the file as CSV, the original columns first.
    ///
    /// Columns that an earlier export added are replaced. Scores have up to six decimals and nothing is rounded.
    #[must_use]
    pub fn to_csv(&self, options: WriteOptions) -> Vec<u8> {
        let original: Vec<_> = self.columns().iter().filter(|column| !ADDED_COLUMNS.contains(&column.name())).collect();
        let mut csv = CsvWriter::new(options);
        let asked = self.asked_by_routing();
        csv.row(original.iter().map(|column| column.name()).chain(ADDED_COLUMNS));
        for row in 0..self.rows() {
            for column in &original {
                csv.field(column.raw(row));
            }
            csv.figure(self.fit(row).map(Points::as_f64));
            csv.figure(self.engagement(row).map(Points::as_f64));
            csv.field(&if self.is_used(row) { self.grade(row).label() } else { String::new() });
            csv.field(if self.is_used(row) { self.segment_name(row) } else { "" });
            csv.field(self.segment(row).map_or("", |segment| segment.motion.name()));
            csv.field(self.owner(row).unwrap_or(""));
            csv.field(self.pool(row).unwrap_or(""));
            csv.field(&self.due_text(row).unwrap_or_default());
            csv.field(self.sla_state(row).map_or("", SlaState::name));
            csv.figure(self.hours_late(row));
            csv.field(self.code_of_exception(row, &asked).filter(|_| self.is_in(row, Queue::Exceptions)).unwrap_or(""));
            let definitions: Vec<&str> = self.definitions(row).into_iter().map(Definition::label).collect();
            csv.field(&definitions.join("; "));
            for figure in [self.probability(row), self.rank(row), self.expected_value(row), self.value_per_day(row)] {
                csv.figure(figure);
            }
            let candidates = self.candidates(row);
            csv.field(&self.reasons_of(row, &candidates).join("; "));
            csv.field(&self.sentence_of(row, &candidates));
            csv.end_row();
        }
        csv.finish()
    }
}
