//! The columns that a row gains from the row of another file.

use super::key::JoinKey;
use super::{Pairing, Side};
use crate::Error;
use crate::crm::dialect::Vocabulary;
use crate::crm::fold::fold;
use crate::crm::{Field, Kind};
use crate::table::{Column, Table};
use std::borrow::Cow;

/// A column gained, and what it means.
pub(crate) struct Gained {
    pub(crate) column: Column,
    pub(crate) field: Option<Field>,
    /// Whether it takes the place of the column that was taken for the field.
    pub(crate) replaces: bool,
    /// Whether it says who has the account.
    pub(crate) is_account_owner: bool,
}

impl Gained {
    pub(crate) fn new(column: Column, field: Option<Field>) -> Self {
        Self { column, field, replaces: false, is_account_owner: false }
    }
}

/// The names by which the columns of such a file are known.
pub(crate) fn vocabulary(kind: Option<Kind>) -> Vocabulary {
    match kind {
        Some(Kind::Leads | Kind::Contacts | Kind::Accounts) => Vocabulary::Lead,
        Some(Kind::Reps) => Vocabulary::Rep,
        Some(Kind::Activities) => Vocabulary::Activity,
        Some(Kind::Contracts) => Vocabulary::Contract,
        Some(Kind::Quotas) => Vocabulary::Quota,
        _ => Vocabulary::Deal,
    }
}

/// What a column of such a file still means beside the row it was looked up for.
fn carries(kind: Option<Kind>, field: Field) -> bool {
    const COMPANY: [Field; 10] = [
        Field::Company,
        Field::AccountId,
        Field::Domain,
        Field::Employees,
        Field::Revenue,
        Field::Industry,
        Field::Technologies,
        Field::Country,
        Field::State,
        Field::City,
    ];
    const PERSON: [Field; 8] = [
        Field::Email,
        Field::EmailStatus,
        Field::Phone,
        Field::Title,
        Field::Seniority,
        Field::Department,
        Field::BuyingRole,
        Field::Unsubscribed,
    ];
    match kind {
        Some(Kind::Accounts) => COMPANY.contains(&field),
        Some(Kind::Contacts | Kind::Leads) => COMPANY.contains(&field) || PERSON.contains(&field),
        Some(Kind::Stages) => {
            [Field::IsWon, Field::IsLost, Field::IsClosed, Field::Probability, Field::ForecastCategory].contains(&field)
        }
        // How its deal ended, whether it has, and what it brought is what a lead came to.
        Some(Kind::Deals) => {
            [Field::DealStatus, Field::IsWon, Field::IsClosed, Field::Amount, Field::ActualAmount, Field::Currency]
                .contains(&field)
        }
        Some(Kind::Reps) => [Field::Manager, Field::Team, Field::Active].contains(&field),
        _ => false,
    }
}

/// The right file's columns, row by row of the left file, and one that says whether there was a row.
///
/// # Errors
/// `limit` if a column gets too large.
pub(crate) fn columns(right: Side<'_>, pairing: &Pairing, left: &Table) -> Result<Vec<Gained>, Error> {
    let file = right.table.name().or(right.kind.map(Kind::name)).unwrap_or("file");
    let partners = || (0..left.rows()).map(|row| pairing.partner(row));
    let mut gained = Vec::new();
    let mut taken: Vec<String> = left.columns().iter().map(|column| column.name().to_owned()).collect();
    for (at, column) in right.table.columns().iter().enumerate() {
        if repeats(column, at, pairing, left) {
            continue;
        }
        let field = right.binding.field_of(at).filter(|field| carries(right.kind, *field));
        let name = header(&taken, column.name(), file);
        taken.push(name.clone());
        let replaces = names_stage(right, at, pairing);
        let field = if replaces { Some(Field::Stage) } else { field };
        let is_account_owner = right.kind == Some(Kind::Accounts) && right.binding.field_of(at) == Some(Field::Owner);
        gained.push(Gained { column: column.gathered(name, partners())?, field, replaces, is_account_owner });
    }
    let name = header(&taken, &format!("In {}", stem(file)), file);
    let answers = partners().map(|partner| Cow::Borrowed(if partner.is_some() { "Yes" } else { "No" }));
    let field = (right.kind == Some(Kind::Deals)).then_some(Field::Converted);
    gained.push(Gained::new(Column::of(name, answers)?, field));
    Ok(gained)
}

/// Whether the column names the stages of deals that have their ids: in a file of stages, paired by id.
fn names_stage(right: Side<'_>, at: usize, pairing: &Pairing) -> bool {
    const NAMES: [&str; 5] = ["label", "stagelabel", "stagename", "masterlabel", "name"];
    let is = |at: usize| NAMES.contains(&fold(right.table.columns().get(at).map_or("", Column::name)).as_str());
    let by_id = pairing.comparisons.iter().all(|c| c.key == JoinKey::Id);
    right.kind == Some(Kind::Stages) && by_id && is(at) && !(0..at).any(is)
}

/// Whether the column says what the left file's own column says: the rows were paired by it, to the letter or under
/// the same header.
fn repeats(column: &Column, at: usize, pairing: &Pairing, left: &Table) -> bool {
    pairing.comparisons.iter().filter(|comparison| comparison.offering == at).any(|comparison| {
        let header = left.columns().get(comparison.seeking).map_or("", Column::name);
        comparison.key == JoinKey::Id || fold(header) == fold(column.name())
    })
}

/// The header itself, or with the file's name behind it if the table has it already.
pub(crate) fn free_header(table: &Table, base: &str, file: &str) -> String {
    let taken: Vec<String> = table.columns().iter().map(|column| column.name().to_owned()).collect();
    header(&taken, base, file)
}

fn header(taken: &[String], base: &str, file: &str) -> String {
    let free = |header: &String| !taken.contains(header);
    let numbered = (2..).map(|number| format!("{base} ({} {number})", stem(file)));
    let mut candidates = [base.to_owned(), format!("{base} ({})", stem(file))].into_iter().chain(numbered);
    candidates.find(free).unwrap_or_default()
}

/// A file's name without its ending.
fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
