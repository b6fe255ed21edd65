//! Sales people: who they are, whom they report to, whether they still work.

use super::dialect::{Dialects, Vocabulary};
use super::fold::fold;
use super::rows::Rows;
use super::{Field, Kind, Mapping};
use crate::Error;
use crate::calendar::Date;
use crate::table::{Action, Code, Diagnostics, Receipt, Table, boolean};

const NO_NAME: Code = Code::new("row-without-name", Action::Excluded, "export the name, the id or the e-mail address");

/// A sales person.
#[derive(Debug, Clone, PartialEq)]
pub struct Rep {
    /// Identifier in the source system, or empty.
    pub id: String,
    /// Whole name, or empty.
    pub name: String,
    /// E-mail address, or empty.
    pub email: String,
    /// Whom they report to, or empty.
    pub manager: String,
    /// Team, office or territory, or empty.
    pub team: String,
    /// Market segment they work in, or empty.
    pub segment: String,
    /// How many leads or deals they can work at a time.
    pub capacity: Option<f64>,
    /// Whether they still work, if the file says so.
    pub active: Option<bool>,
    /// First day of work.
    pub start: Option<Date>,
    /// Last day of work.
    pub end: Option<Date>,
    /// Line in the file, from 1.
    pub line: u64,
}

impl Rep {
    /// Whether they work on a day: not before the first nor after the last, and not if the file says they have left.
    #[must_use]
    pub fn works_on(&self, day: Date) -> bool {
        self.active != Some(false)
            && self.start.is_none_or(|start| start <= day)
            && self.end.is_none_or(|end| end >= day)
    }
}

/// A file of sales people. `rows read = rows used + rows excluded`, in its receipt.
///
/// ```
/// use leadcast::crm::{Mapping, Reps};
/// use leadcast::table::{ReadOptions, Table};
/// let csv = b"Sales Agent,Manager,Regional Office,Active\nKim Lee,Ada Alder,West,no\n";
/// let reps = Reps::from_table(Table::from_csv(csv, &ReadOptions::default())?, &Mapping::default())?;
/// let kim = &reps.rows()[0];
/// assert_eq!((kim.name.as_str(), kim.team.as_str(), kim.active), ("Kim Lee", "West", Some(false)));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reps {
    rows: Vec<Rep>,
    receipt: Receipt,
    pub(super) source: Rows,
}

impl Reps {
    /// Finds out what the columns mean; `mapping` overrides.
    ///
    /// # Errors
    /// `missing-column` if no column holds a name, an id or an e-mail address.
    pub fn from_table(table: Table, mapping: &Mapping) -> Result<Self, Error> {
        Self::with_dialects(table, mapping, Dialects::built_in()?)
    }

    /// As [`from_table`](Self::from_table), with dialects of one's own.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table).
    pub fn with_dialects(table: Table, mapping: &Mapping, dialects: &Dialects) -> Result<Self, Error> {
        const NAMES: [Field; 3] = [Field::FullName, Field::RepId, Field::Email];
        let mut source = Rows::open(table, mapping, Vocabulary::Rep, dialects);
        source.with_full_names()?;
        if !source.has(&NAMES) {
            return Err(source.missing("the sales person", "`Name`, `Owner ID` or `Email`"));
        }
        let mut notes = Diagnostics::default();
        let mut reps = Vec::new();
        for row in 0..source.table.rows() {
            let text = |field| source.text(field, row).to_owned();
            if NAMES.iter().all(|field| source.text(*field, row).is_empty()) {
                let nameless = || "rows name no sales person".to_owned();
                notes.count(NO_NAME, source.place(None, row), source.text(Field::Team, row), nameless);
                continue;
            }
            reps.push(Rep {
                id: text(Field::RepId),
                name: text(Field::FullName),
                email: text(Field::Email),
                manager: text(Field::Manager),
                team: text(Field::Team),
                segment: text(Field::Segment),
                capacity: source.column(Field::Capacity).and_then(|column| column.number(row)),
                active: is_active(source.text(Field::Active, row)),
                start: source.date(Field::StartDate, row),
                end: source.date(Field::EndDate, row),
                line: source.table.line(row),
            });
        }
        let receipt = source.receipt(Kind::Reps, reps.len() as u64, notes);
        Ok(Self { rows: reps, receipt, source })
    }

    /// The sales people in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[Rep] {
        &self.rows
    }

    /// What was read, understood and left out.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

/// Yes, no, or a word for either.
fn is_active(word: &str) -> Option<bool> {
    const HERE: [&str; 6] = ["active", "enabled", "current", "aktiv", "actif", "activo"];
    const GONE: [&str; 10] = [
        "inactive",
        "disabled",
        "deactivated",
        "left",
        "former",
        "terminated",
        "suspended",
        "inaktiv",
        "inactif",
        "inactivo",
    ];
    let folded = fold(word);
    let said = |words: &[&str]| words.contains(&folded.as_str());
    boolean(word).or_else(|| said(&HERE).then_some(true)).or_else(|| said(&GONE).then_some(false))
}
