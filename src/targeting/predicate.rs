//! Conditions bound to a table's columns, ready to be asked row by row.
//!
//! Binding looks every field up once. Where a column's text repeats, each test is settled once per distinct value and
//! a row costs one look-up; where it does not, the model's own test reads the cell. Both give the same answer.

use crate::calendar::Date;
use crate::crm::{FieldRef, LeadList};
use crate::model::{Condition, Record, Test, Truth};
use crate::table::Column;
use std::borrow::Cow;
use std::cell::OnceCell;

/// A list and a day to bind to, with what binding works out once per column.
#[derive(Debug)]
pub(crate) struct Binder<'a> {
    leads: &'a LeadList,
    as_of: Option<Date>,
    /// The first row of each distinct word, where words repeat.
    first_rows: Vec<OnceCell<Option<Vec<usize>>>>,
}

impl<'a> Binder<'a> {
    pub(crate) fn new(leads: &'a LeadList, as_of: Option<Date>) -> Self {
        let columns = leads.table().columns().len();
        Self { leads, as_of, first_rows: (0..columns).map(|_| OnceCell::new()).collect() }
    }

    pub(crate) fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    pub(crate) fn has(&self, field: &FieldRef) -> bool {
        self.leads.column_of(field).is_some()
    }

    /// The field's column: its position, its cells, and a row for each distinct word if words repeat.
    pub(crate) fn column(&self, field: &FieldRef) -> Option<(usize, &'a Column, Option<&[usize]>)> {
        let position = self.leads.column_of(field)?;
        let cells = self.leads.table().columns().get(position)?;
        let rows = self.first_rows.get(position)?.get_or_init(|| {
            let repeats = cells.words().is_some();
            repeats.then(|| cells.cells().tally().into_iter().map(|(_, first)| first).collect())
        });
        Some((position, cells, rows.as_deref()))
    }
}

/// A condition whose fields have been looked up.
#[derive(Debug, Clone)]
pub(crate) enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    /// The file has no such column: nothing can be known.
    Absent,
    /// A test settled once per distinct value of the column.
    Settled {
        column: usize,
        answers: Vec<Truth>,
    },
    /// A test of a column whose values hardly repeat.
    Open {
        column: usize,
        field: FieldRef,
        test: Test,
        as_of: Option<Date>,
    },
}

impl Predicate {
    /// Looks up the condition's fields in the list.
    pub(crate) fn bind(condition: &Condition, binder: &Binder<'_>) -> Self {
        let bind_all = |parts: &[Condition]| parts.iter().map(|part| Self::bind(part, binder)).collect();
        match condition {
            Condition::All(parts) => Self::All(bind_all(parts)),
            Condition::Any(parts) => Self::any(bind_all(parts)),
            Condition::Not(part) => Self::Not(Box::new(Self::bind(part, binder))),
            Condition::Field { field, test } => Self::bind_test(field, test, binder),
        }
    }

    /// Alternatives that need a column which the file does not have are left out, as long as another one remains:
    /// "seniority is VP or title contains VP" is decided by the title where there is no seniority.
    fn any(parts: Vec<Self>) -> Self {
        let (hopeless, mut kept): (Vec<Self>, Vec<Self>) = parts.into_iter().partition(Self::never_holds);
        if kept.is_empty() {
            kept = hopeless;
        }
        Self::Any(kept)
    }

    /// Whether missing columns keep it from ever holding.
    fn never_holds(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::All(parts) => parts.iter().any(Self::never_holds),
            Self::Any(parts) => parts.iter().all(Self::never_holds),
            Self::Not(part) => part.never_fails(),
            Self::Settled { .. } | Self::Open { .. } => false,
        }
    }

    /// Whether missing columns keep it from ever failing.
    fn never_fails(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::All(parts) => parts.iter().all(Self::never_fails),
            Self::Any(parts) => parts.iter().any(Self::never_fails),
            Self::Not(part) => part.never_holds(),
            Self::Settled { .. } | Self::Open { .. } => false,
        }
    }

    fn bind_test(field: &FieldRef, test: &Test, binder: &Binder<'_>) -> Self {
        let Some((column, cells, rows)) = binder.column(field) else { return Self::Absent };
        let as_of = binder.as_of();
        match rows {
            Some(rows) => {
                let answers = rows.iter().map(|row| test.evaluate(field, &Cell { cells, row: *row, as_of })).collect();
                Self::Settled { column, answers }
            }
            None => Self::Open { column, field: field.clone(), test: test.clone(), as_of },
        }
    }

    /// Whether the condition holds for the row.
    pub(crate) fn truth(&self, columns: &[Column], row: usize) -> Truth {
        match self {
            Self::All(parts) => {
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(part.truth(columns, row));
                    if truth == Truth::False {
                        break;
                    }
                }
                truth
            }
            Self::Any(parts) => {
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(part.truth(columns, row));
                    if truth == Truth::True {
                        break;
                    }
                }
                truth
            }
            Self::Not(part) => part.truth(columns, row).negate(),
            Self::Absent => Truth::Unknown,
            Self::Settled { column, answers } => columns
                .get(*column)
                .and_then(|cells| cells.word(row))
                .and_then(|code| answers.get(code).copied())
                .unwrap_or(Truth::Unknown),
            Self::Open { column, field, test, as_of } => columns
                .get(*column)
                .map_or(Truth::Unknown, |cells| test.evaluate(field, &Cell { cells, row, as_of: *as_of })),
        }
    }
}

/// One cell as the condition language sees it: whatever field is asked for, it is this one.
struct Cell<'a> {
    cells: &'a Column,
    row: usize,
    as_of: Option<Date>,
}

impl Record for Cell<'_> {
    fn text(&self, _: &FieldRef) -> Option<Cow<'_, str>> {
        let text = self.cells.text(self.row);
        (!text.is_empty()).then_some(Cow::Borrowed(text))
    }

    fn number(&self, _: &FieldRef) -> Option<f64> {
        self.cells.number(self.row)
    }

    fn date(&self, _: &FieldRef) -> Option<Date> {
        self.cells.date(self.row)
    }

    fn as_of(&self) -> Option<Date> {
        self.as_of
    }
}
