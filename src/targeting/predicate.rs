//! Conditions bound to a table's columns, ready to be asked row by row.
//!
//! Binding looks every field up once and settles every test: once per distinct word where a column's words repeat, else
//! once per row. After that a row costs a look-up per test, and live changes of points read no cell at all.

use super::reach::Trial;
use crate::calendar::Date;
use crate::crm::{Activity, FieldRef, LeadList};
use crate::model::{Condition, Record, Test, Truth};
use crate::table::Column;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

/// A list and a day to bind to, with what binding works out once per column.
#[derive(Debug)]
pub(crate) struct Binder<'a> {
    leads: &'a LeadList,
    as_of: Option<Date>,
    /// The first row of each distinct word, where words repeat.
    first_rows: Vec<OnceCell<Option<Vec<usize>>>>,
    /// Tests already settled, by column: models ask the same of the same column more than once.
    settled: RefCell<Vec<Settled>>,
    /// Those of the scoring before.
    before: Vec<Settled>,
}

/// A column, what was asked of it, and the answers.
type Settled = (usize, Test, Answers);

/// What one scoring of a list asked of its columns, for the next one of the same list: moving points asks nothing new.
#[derive(Debug, Default)]
pub(crate) struct Known {
    as_of: Option<Date>,
    settled: Vec<Settled>,
    /// The rows in the order in which leads are dealt, once that was asked.
    pub(super) dealing: Option<Vec<u32>>,
    /// The list as it was on a day; `None` if it was then as it is.
    pub(super) seen: Option<(Date, Option<LeadList>)>,
}

impl<'a> Binder<'a> {
    /// `known` is of the same list, or empty.
    pub(crate) fn new(leads: &'a LeadList, as_of: Option<Date>, known: Known) -> Self {
        let columns = leads.table().columns().len();
        // Recency is asked of the day.
        let before = if known.as_of == as_of { known.settled } else { Vec::new() };
        let first_rows = (0..columns).map(|_| OnceCell::new()).collect();
        Self { leads, as_of, first_rows, settled: RefCell::default(), before }
    }

    /// What was asked here, for the next scoring.
    pub(crate) fn into_known(self) -> Known {
        Known { as_of: self.as_of, settled: self.settled.into_inner(), ..Known::default() }
    }

    pub(crate) fn leads(&self) -> &'a LeadList {
        self.leads
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

    /// The test's answers; `None` if the file has no such column.
    fn settle(&self, field: &FieldRef, test: &Test) -> Option<Answers> {
        let (column, cells, rows) = self.column(field)?;
        let mut settled = self.settled.borrow_mut();
        let is_asked = |(at, known, _): &&Settled| *at == column && known == test;
        if let Some((.., answers)) = settled.iter().find(is_asked) {
            return Some(answers.clone());
        }
        if let Some((.., answers)) = self.before.iter().find(is_asked) {
            settled.push((column, test.clone(), answers.clone()));
            return Some(answers.clone());
        }
        let answer = |row: usize| test.evaluate(field, &Cell { cells, row, as_of: self.as_of });
        let truths = match rows {
            Some(rows) => rows.iter().map(|row| answer(*row)).collect(),
            None => (0..self.leads.rows()).map(answer).collect(),
        };
        let asked = Arc::new((field.clone(), test.clone()));
        let answers = Answers { column, by_word: rows.is_some(), truths, asked };
        settled.push((column, test.clone(), answers.clone()));
        Some(answers)
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
    /// A test of a column, settled when bound.
    Settled(Answers),
}

/// One row's cells, some of them changed to see what would follow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells<'a> {
    pub(crate) columns: &'a [Column],
    pub(crate) row: usize,
    pub(crate) changes: &'a [Change],
    /// Activities of the as-of day that the log does not have.
    pub(crate) more: &'a [More<'a>],
}

/// Activities that could still come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct More<'a> {
    pub(crate) kind: &'a str,
    pub(crate) times: u32,
    /// Those that the row has, in the order of their days.
    pub(crate) known: &'a [Activity],
}

/// A cell with another value than the file has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) column: usize,
    pub(crate) value: Trial,
}

impl<'a> Cells<'a> {
    /// The row as it is.
    pub(crate) fn of(columns: &'a [Column], row: usize) -> Self {
        Self { columns, row, changes: &[], more: &[] }
    }

    /// Whether nothing is changed.
    pub(crate) fn are_as_filed(&self) -> bool {
        self.changes.is_empty() && self.more.is_empty()
    }

    /// The value that stands for the column's cell, if it is changed.
    pub(crate) fn changed(&self, column: usize) -> Option<&'a Trial> {
        self.changes.iter().find(|change| change.column == column).map(|change| &change.value)
    }
}

/// A test's answers for a column: one per distinct word where words repeat, else one per row.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    column: usize,
    by_word: bool,
    truths: Arc<[Truth]>,
    asked: Arc<(FieldRef, Test)>,
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
            Self::Settled(_) => false,
        }
    }

    /// Whether missing columns keep it from ever failing.
    fn never_fails(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::All(parts) => parts.iter().all(Self::never_fails),
            Self::Any(parts) => parts.iter().any(Self::never_fails),
            Self::Not(part) => part.never_holds(),
            Self::Settled(_) => false,
        }
    }

    fn bind_test(field: &FieldRef, test: &Test, binder: &Binder<'_>) -> Self {
        binder.settle(field, test).map_or(Self::Absent, Self::Settled)
    }

    /// Whether the condition holds for the row's cells, changes included.
    pub(crate) fn truth_of(&self, cells: &Cells<'_>) -> Truth {
        match self {
            Self::All(parts) => {
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(part.truth_of(cells));
                    if truth == Truth::False {
                        break;
                    }
                }
                truth
            }
            Self::Any(parts) => {
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(part.truth_of(cells));
                    if truth == Truth::True {
                        break;
                    }
                }
                truth
            }
            Self::Not(part) => part.truth_of(cells).negate(),
            Self::Absent => Truth::Unknown,
            Self::Settled(answers) => answers.of(cells).unwrap_or(Truth::Unknown),
        }
    }

    /// Whether it asks that a field is filled, or blank.
    pub(crate) fn asks_for_blanks(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_blanks),
            Self::Not(part) => part.asks_for_blanks(),
            Self::Absent => false,
            Self::Settled(answers) => matches!(answers.asked.1, Test::Exists(_)),
        }
    }

    /// Adds the answers that it is made of, each once.
    pub(super) fn collect_answers(&self, found: &mut Vec<Answers>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.collect_answers(found)),
            Self::Not(part) => part.collect_answers(found),
            Self::Settled(answers) if !found.iter().any(|known| known.are_those_of(answers)) => {
                found.push(answers.clone());
            }
            Self::Absent | Self::Settled(_) => {}
        }
    }

    /// Whether the condition holds once what is blank may be filled: that a field is blank decides nothing.
    pub(crate) fn truth_if_filled(&self, cells: &Cells<'_>) -> Truth {
        match self {
            Self::All(parts) => parts.iter().fold(Truth::True, |truth, part| truth.and(part.truth_if_filled(cells))),
            Self::Any(parts) => parts.iter().fold(Truth::False, |truth, part| truth.or(part.truth_if_filled(cells))),
            Self::Not(part) => part.truth_if_filled(cells).negate(),
            Self::Absent => Truth::Unknown,
            Self::Settled(answers) => match (&answers.asked.1, answers.of(cells)) {
                (Test::Exists(wanted), Some(truth)) if truth.holds() != *wanted => Truth::Unknown,
                (_, truth) => truth.unwrap_or(Truth::Unknown),
            },
        }
    }
}

impl Answers {
    /// Whether these are the answers of one test of one column.
    fn are_those_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.truths, &other.truths)
    }

    /// Position of the column that was asked.
    pub(super) fn column(&self) -> usize {
        self.column
    }

    /// Whether there is an answer per distinct word, not per row.
    pub(super) fn is_by_word(&self) -> bool {
        self.by_word
    }

    pub(super) fn known(&self) -> &[Truth] {
        &self.truths
    }

    #[inline]
    fn of(&self, cells: &Cells<'_>) -> Option<Truth> {
        if !cells.changes.is_empty()
            && let Some(value) = cells.changed(self.column)
        {
            return Some(self.asked.1.evaluate(&self.asked.0, value));
        }
        let at = if self.by_word { cells.columns.get(self.column)?.word(cells.row)? } else { cells.row };
        self.truths.get(at).copied()
    }
}

/// One cell as the condition language sees it: whatever field is asked for, it is this one.
struct Cell<'a> {
    cells: &'a Column,
    row: usize,
    as_of: Option<Date>,
}

impl Record for Cell<'_> {
    #[inline]
    fn text(&self, _: &FieldRef) -> Option<Cow<'_, str>> {
        let text = self.cells.text(self.row);
        (!text.is_empty()).then_some(Cow::Borrowed(text))
    }

    #[inline]
    fn number(&self, _: &FieldRef) -> Option<f64> {
        self.cells.number(self.row)
    }

    #[inline]
    fn date(&self, _: &FieldRef) -> Option<Date> {
        self.cells.date(self.row)
    }

    fn as_of(&self) -> Option<Date> {
        self.as_of
    }
}
