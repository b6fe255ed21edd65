//! Conditions asked of a block of rows at once.
//!
//! A truth is a byte here, false below unknown below true: "and" is the least of two, "or" the most, so that a whole
//! block of them takes a few steps. Each gives what [`Predicate::truth_of`] gives row by row.

use super::predicate::{Answers, Predicate};
use crate::model::Truth;
use crate::table::{Codes, Column};

/// Rows taken together, few enough for what is known of them to stay near the processor.
pub(super) const BLOCK: usize = 1024;

pub(super) const FALSE: u8 = 0;
pub(super) const UNKNOWN: u8 = 1;
pub(super) const TRUE: u8 = 2;

/// Whether conditions hold for the rows of a block.
pub(super) type Truths = [u8];

pub(super) fn byte(truth: Truth) -> u8 {
    match truth {
        Truth::False => FALSE,
        Truth::Unknown => UNKNOWN,
        Truth::True => TRUE,
    }
}

/// What all parts come to together; `ask` writes the truths of one.
pub(super) fn all<P>(parts: &[P], truths: &mut Truths, mut ask: impl FnMut(&P, &mut Truths)) {
    joined(parts, truths, TRUE, FALSE, |own, part| own.min(part), &mut ask);
}

/// What at least one of the parts comes to; `ask` writes the truths of one.
pub(super) fn any<P>(parts: &[P], truths: &mut Truths, mut ask: impl FnMut(&P, &mut Truths)) {
    joined(parts, truths, FALSE, TRUE, |own, part| own.max(part), &mut ask);
}

fn joined<P>(
    parts: &[P],
    truths: &mut Truths,
    none: u8,
    decided: u8,
    join: impl Fn(u8, u8) -> u8,
    ask: &mut impl FnMut(&P, &mut Truths),
) {
    truths.fill(none);
    let mut room = [UNKNOWN; BLOCK];
    for part in parts {
        if truths.iter().all(|truth| *truth == decided) {
            break;
        }
        let Some(own) = room.get_mut(..truths.len()) else { return };
        ask(part, own);
        for (truth, own) in truths.iter_mut().zip(own) {
            *truth = join(*truth, *own);
        }
    }
}

/// The opposite of each.
pub(super) fn negate(truths: &mut Truths) {
    truths.iter_mut().for_each(|truth| *truth = TRUE - *truth);
}

/// For each row of a block the first of the conditions that certainly holds, and is `open` to the row.
pub(super) fn first_of<'a>(
    conditions: impl Iterator<Item = &'a Predicate>,
    (columns, first): (&[Column], usize),
    rows: usize,
    open: impl Fn(usize, usize) -> bool,
    found: &mut Vec<Option<u16>>,
) {
    let start = found.len();
    found.resize(start + rows, None);
    let Some(found) = found.get_mut(start..) else { return };
    let mut room = [UNKNOWN; BLOCK];
    let Some(truths) = room.get_mut(..rows) else { return };
    let mut left = rows;
    for (at, condition) in conditions.enumerate() {
        if left == 0 {
            break;
        }
        condition.truths(columns, first, truths);
        for (place, (found, truth)) in found.iter_mut().zip(&*truths).enumerate() {
            if *truth == TRUE && found.is_none() && open(at, place) {
                *found = u16::try_from(at).ok();
                left -= 1;
            }
        }
    }
}

impl Predicate {
    /// Whether the condition holds for the rows from the first on, at most [`BLOCK`] of them.
    pub(super) fn truths(&self, columns: &[Column], first: usize, truths: &mut Truths) {
        match self {
            Self::All(parts) => all(parts, truths, |part, own| part.truths(columns, first, own)),
            Self::Any(parts) => any(parts, truths, |part, own| part.truths(columns, first, own)),
            Self::Not(part) => {
                part.truths(columns, first, truths);
                negate(truths);
            }
            Self::Absent => truths.fill(UNKNOWN),
            Self::Settled(answers) => answers.truths(columns, first, truths),
        }
    }
}

/// Tests whose answers fit a number of a byte together.
pub(super) const MOST_TESTS: usize = 5;

/// For the rows from the first on: one number for the answers of all tests, at most [`MOST_TESTS`].
pub(super) fn signatures(tests: &[Answers], (columns, first): (&[Column], usize), found: &mut [u8]) {
    found.fill(0);
    let mut room = [UNKNOWN; BLOCK];
    let Some(truths) = room.get_mut(..found.len()) else { return };
    for test in tests {
        test.truths(columns, first, truths);
        found.iter_mut().zip(&*truths).for_each(|(number, truth)| *number = *number * 3 + truth);
    }
}

impl Answers {
    fn truths(&self, columns: &[Column], first: usize, truths: &mut Truths) {
        let known = self.known();
        let codes = columns.get(self.column()).filter(|_| self.is_by_word()).map(|column| column.cells().codes());
        match codes {
            Some(Codes::Narrow(codes)) => look_up(codes.get(first..), known, truths),
            Some(Codes::Wide(codes)) => look_up(codes.get(first..), known, truths),
            Some(Codes::None) => truths.fill(UNKNOWN),
            None => {
                let known = known.get(first..).unwrap_or(&[]);
                truths.iter_mut().zip(known).for_each(|(truth, known)| *truth = byte(*known));
            }
        }
    }
}

fn look_up<C: Copy + Into<usize>>(codes: Option<&[C]>, known: &[Truth], truths: &mut Truths) {
    for (truth, code) in truths.iter_mut().zip(codes.unwrap_or(&[])) {
        *truth = known.get((*code).into()).copied().map_or(UNKNOWN, byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{LeadList, Mapping};
    use crate::model::{OperatingModel, Run};
    use crate::table::{ReadOptions, Table};
    use crate::targeting::predicate::{Binder, Cells, Known};

    #[test]
    fn a_block_holds_what_asking_row_by_row_gives() {
        let cell = |n: usize, of: &[&str]| of[n * 7_919 % 1_009 % of.len()].to_owned();
        let row = |n: usize| {
            let size = cell(n, &["", "12", "250", "3000", "n/a"]);
            format!("{n},{size},{},Title {n} {}\n", cell(n / 3, &["Software", "", "Retail"]), cell(n / 5, &["VP", ""]))
        };
        let head = "Lead ID,Employees,Industry,Title\n".to_owned();
        let csv: String = [head].into_iter().chain((0..2_500).map(row)).collect();
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let list = LeadList::from_table(table, &Mapping::default()).unwrap();
        let columns = list.table().columns();
        assert!(columns.iter().any(|column| column.words().is_none()), "titles are all different");
        let big = r#"{ "field": "employees", "atLeast": 100 }"#;
        let software = r#"{ "field": "industry", "is": "Software" }"#;
        let vp = r#"{ "field": "title", "contains": "vp" }"#;
        let absent = r#"{ "field": "country", "is": "Spain" }"#;
        let conditions = [
            format!(r#"{{ "all": [{big}, {software}, {vp}] }}"#),
            format!(
                r#"{{ "any": [{{ "all": [{big}, {{ "not": {software} }}] }}, {{ "not": {{ "any": [{vp}, {big}] }} }}] }}"#
            ),
            format!(r#"{{ "all": [{{ "not": {absent} }}, {software}] }}"#),
            format!(r#"{{ "all": [{vp}, {{ "field": "industry", "exists": false }}] }}"#),
            absent.to_owned(),
            r#"{ "field": "industry", "exists": true }"#.to_owned(),
        ];
        let segments: Vec<String> = conditions
            .iter()
            .enumerate()
            .map(|(at, when)| format!(r#"{{ "name": "S{at}", "motion": "hybrid", "when": {when} }}"#))
            .collect();
        let model = format!(r#"{{ "format": 1, "segments": [{}] }}"#, segments.join(","));
        let model = OperatingModel::from_json(&model).unwrap();
        let binder = Binder::new(&list, None, Known::default());
        let bound: Vec<Predicate> =
            model.segments().iter().map(|segment| Predicate::bind(&segment.when, &binder)).collect();
        let mut seen = [[0; 3]; 6];
        for first in (0..list.rows()).step_by(BLOCK) {
            let mut truths = vec![9; BLOCK.min(list.rows() - first)];
            for (at, predicate) in bound.iter().enumerate() {
                predicate.truths(columns, first, &mut truths);
                for (place, truth) in truths.iter().enumerate() {
                    let alone = byte(predicate.truth_of(&Cells::of(columns, first + place)));
                    assert_eq!(*truth, alone, "condition {at}, row {}", first + place);
                    seen[at][usize::from(alone)] += 1;
                }
            }
        }
        assert!(seen[..4].iter().all(|of| of.iter().filter(|n| **n > 0).count() >= 2), "{seen:?}");
        assert!(seen[0].iter().all(|n| *n > 0) && seen[1].iter().all(|n| *n > 0), "all three truths: {seen:?}");
        let scored = list.score(&model, &Run::default());
        for row in 0..list.rows() {
            let alone = bound.iter().position(|predicate| predicate.truth_of(&Cells::of(columns, row)).holds());
            assert_eq!(scored.segment(row).map(|own| own.name.clone()), alone.map(|at| format!("S{at}")), "row {row}");
        }
    }
}
