//! Finds out which column is which field.

use super::dialect::{Dialects, Rank, Recognised, Tier, Vocabulary};
use super::field::Expect;
use super::{Field, Mapping};
use crate::Place;
use crate::stats::Arrange;
use crate::table::{
    Action, Code, Column, ColumnKind, ColumnType, Diagnostics, MOST_PLACES, MappingSource, Table, boolean,
    note_unreadable,
};

const NO_SUCH_COLUMN: Code =
    Code::new("mapping-without-column", Action::Kept, "remove the entry, or write the header as in the file");
const MAPPED_TWICE: Code =
    Code::new("mapped-twice", Action::Kept, "map one column to the field and the others to none");
const COMPETING: Code = Code::new("competing-columns", Action::Kept, "map the column that counts to the field");
pub(super) const MISFIT: Code =
    Code::new("type-mismatch", Action::Kept, "map the column to the field if it is meant, or correct it");
const PLACEHOLDER: Code =
    Code::new("placeholder", Action::Repaired, "nothing to do: the value means that nothing was chosen");
const SERIAL: Code = Code::new("date-as-number", Action::Repaired, "format the column as a date before exporting");

const PRECISION: Code = Code::new("precision", Action::Kept, "check whether these are amounts, and not ids");

const RANGE: Code =
    Code::new("range-value", Action::Repaired, "nothing to do, unless the exact numbers are known: then export those");

/// Which column is which field.
#[derive(Debug, Clone)]
pub struct Binding {
    columns: Vec<Option<(Field, MappingSource)>>,
    /// Fields that a column could be too by its name, and is not.
    claims: Vec<(usize, Field)>,
    pub(crate) system: Option<String>,
    pub(crate) confidence: u8,
}

impl Binding {
    /// The column taken for a field.
    #[must_use]
    #[inline]
    pub fn column_of(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|bound| bound.is_some_and(|(f, _)| f == field))
    }

    /// The field a column was taken for.
    #[must_use]
    pub fn field_of(&self, column: usize) -> Option<Field> {
        self.columns.get(column).copied().flatten().map(|(field, _)| field)
    }

    /// Fields that a column is not, and could be by its name.
    pub(crate) fn claims_of(&self, column: usize) -> Vec<Field> {
        self.claims.iter().filter(|(at, _)| *at == column).map(|(_, field)| *field).collect()
    }

    /// How a column came to its field.
    #[must_use]
    pub fn source_of(&self, column: usize) -> MappingSource {
        self.columns.get(column).copied().flatten().map_or(MappingSource::None, |(_, source)| source)
    }

    /// The fields found, with their columns, in the order of the columns.
    pub fn fields(&self) -> impl Iterator<Item = (Field, usize)> + '_ {
        self.columns.iter().enumerate().filter_map(|(at, bound)| bound.map(|(field, _)| (field, at)))
    }

    /// No column is taken for the field from now on.
    pub(crate) fn release(&mut self, field: Field) {
        let of_field = |bound: &&mut Option<(Field, MappingSource)>| bound.is_some_and(|(known, _)| known == field);
        self.columns.iter_mut().filter(of_field).for_each(|bound| *bound = None);
    }

    /// Takes a column for a field, in place of the one that was taken for it.
    pub(crate) fn assign(&mut self, column: usize, field: Field) {
        if self.field_of(column) != Some(field) {
            self.release(field);
        }
        if let Some(bound) = self.columns.get_mut(column) {
            *bound = Some((field, bound.map_or(MappingSource::Synonym, |(_, source)| source)));
        }
    }

    /// In a list of companies and not of people, a bare name is the company's.
    pub(crate) fn name_companies(&mut self, table: &Table) {
        let has = |fields: &[Field]| fields.iter().any(|field| self.column_of(*field).is_some());
        let bare = |at: &usize| table.columns().get(*at).is_some_and(|c| super::fold::fold(c.name()) == "name");
        let people = has(&[Field::FirstName, Field::LastName, Field::Email, Field::Title, Field::Company]);
        let companies = has(&[Field::Domain, Field::Industry, Field::Employees]);
        if let (Some(name), false, true) = (self.column_of(Field::FullName).filter(bare), people, companies) {
            self.assign(name, Field::Company);
        }
    }

    /// Takes in one more column.
    pub(crate) fn push(&mut self, bound: Option<(Field, MappingSource)>) {
        self.columns.push(bound);
    }

    /// The mapping as found, to be shown, changed and given back.
    #[must_use]
    pub fn mapping(&self, table: &Table) -> Mapping {
        let name = |(at, column): (usize, &Column)| (column.name().to_owned(), self.field_of(at));
        Mapping::new(table.columns().iter().enumerate().map(name).collect())
    }
}

/// A column's claim to a field.
struct Claim {
    rank: Rank,
    field: Field,
    column: usize,
    filled: u64,
}

/// Binds the columns and reads each as its field demands.
pub(crate) fn bind(
    table: &mut Table,
    mapping: &Mapping,
    vocabulary: Vocabulary,
    dialects: &Dialects,
    notes: &mut Diagnostics,
) -> Binding {
    let headers: Vec<&str> = table.columns().iter().map(Column::name).collect();
    let system = dialects.recognise(&headers);
    let mut columns = vec![None; headers.len()];
    let mut settled = vec![false; headers.len()];
    mark_placeholders(table, dialects, notes);
    override_columns(table, mapping, &mut columns, &mut settled, notes);
    let claims = claim_columns(table, vocabulary, dialects, system, &mut columns, &settled, notes);
    read_as_fields(table, &columns, notes);
    Binding {
        columns,
        claims,
        system: system.and_then(|s| dialects.system(s)).map(str::to_owned),
        confidence: system.map_or(0, |s| s.confidence),
    }
}

fn mark_placeholders(table: &mut Table, dialects: &Dialects, notes: &mut Diagnostics) {
    let words: Vec<&str> = dialects.missing_words().collect();
    for at in 0..table.columns().len() {
        if !matches!(table.columns().get(at).map(Column::kind), Some(ColumnKind::Text)) {
            continue;
        }
        let seen = table.treat_as_missing(at, &words);
        for (word, count, row) in &seen {
            let place = Place::line(table.line(*row)).in_column(table.columns()[at].name());
            let word = words.get(*word).copied().unwrap_or("");
            notes.count_many(PLACEHOLDER, *count, place, word, || format!("`{word}` counts as a missing value"));
        }
        if !seen.is_empty() {
            let column = &table.columns()[at];
            let rows = column.cells().rows_where(MOST_PLACES, |cell| words.contains(&cell.trim()));
            notes.locate(PLACEHOLDER, column.name(), rows.into_iter().map(|row| table.line(row)));
        }
    }
}

fn override_columns(
    table: &Table,
    mapping: &Mapping,
    columns: &mut [Option<(Field, MappingSource)>],
    settled: &mut [bool],
    notes: &mut Diagnostics,
) {
    for (header, _) in mapping.overrides() {
        let place = Place::default().in_column(header);
        let Some(at) = table.column_named(header) else {
            notes.count(NO_SUCH_COLUMN, place, header, || {
                format!("the mapping names a column `{header}` that is not there")
            });
            continue;
        };
        let Some(field) = mapping.of(header) else { continue };
        if settled[at] {
            continue;
        }
        settled[at] = true;
        let taken = field.filter(|f| columns.iter().flatten().any(|(known, _)| known == f));
        match (field, taken) {
            (Some(_), Some(taken)) => notes.count(MAPPED_TWICE, place, header, || {
                format!("two columns are mapped to `{taken}`; the first in the mapping is used")
            }),
            (Some(field), None) => columns[at] = Some((field, MappingSource::Override)),
            (None, _) => {}
        }
    }
}

fn claim_columns(
    table: &Table,
    vocabulary: Vocabulary,
    dialects: &Dialects,
    system: Option<Recognised>,
    columns: &mut [Option<(Field, MappingSource)>],
    settled: &[bool],
    notes: &mut Diagnostics,
) -> Vec<(usize, Field)> {
    let mut claims = Vec::new();
    let mut misfits = Vec::new();
    for (at, column) in table.columns().iter().enumerate().filter(|(at, _)| !settled[*at]) {
        for (field, rank) in dialects.fields_of(column.name(), vocabulary, system) {
            let claim = Claim { rank, field, column: at, filled: table.rows() as u64 - column.nulls() };
            let given = table.options().column(column.name()).r#type;
            if fits(column, given, field, dialects) { claims.push(claim) } else { misfits.push(claim) }
        }
    }
    // Columns without a single value come last: a worse name with values serves better.
    claims.arrange_by_key(|claim| (claim.filled == 0, claim.rank, claim.field, claim.column));
    for at in 0..claims.len() {
        let claim = &claims[at];
        let has_field = |columns: &[Option<(Field, MappingSource)>]| {
            columns.iter().flatten().any(|(field, _)| *field == claim.field)
        };
        if columns[claim.column].is_some() || has_field(columns) {
            continue;
        }
        let fuller = claims.iter().find(|other| {
            other.field == claim.field
                && columns[other.column].is_none()
                && other.rank.tier <= Tier::Other
                && !is_weighted(table.columns()[other.column].name())
                && other.filled > claim.filled.saturating_mul(2)
        });
        let winner = fuller.unwrap_or(claim);
        let source = if winner.rank.tier == Tier::System { MappingSource::System } else { MappingSource::Synonym };
        columns[winner.column] = Some((winner.field, source));
    }
    split_estimates(table, &claims, columns);
    pair_currency(table, columns, settled);
    let bound = |field: Field| columns.iter().position(|c| c.is_some_and(|(f, _)| f == field));
    let name = |at: usize| table.columns()[at].name();
    // What many objects have: it would be a surprise if it were meant.
    let is_vague = |header: &str| {
        let key = super::fold::fold(header);
        key.ends_with("id") || key == "name"
    };
    let mut told = vec![false; columns.len()];
    let mut open = Vec::new();
    for claim in &claims {
        let loser = columns[claim.column].is_none() && claim.rank.tier < Tier::Stripped && claim.filled > 0;
        if let (true, false, Some(winner)) = (
            loser && !is_vague(name(claim.column)) && claim.field != Field::Period,
            told[claim.column],
            bound(claim.field),
        ) {
            told[claim.column] = true;
            open.push((claim.column, claim.field));
            notes.count(COMPETING, Place::default().in_column(name(claim.column)), "", || {
                format!("`{}` could be `{}` too; `{}` is used", name(claim.column), claim.field, name(winner))
            });
        }
    }
    for claim in &misfits {
        let quiet = told[claim.column] || columns[claim.column].is_some() || bound(claim.field).is_some();
        if !quiet && claim.rank.tier < Tier::Stripped {
            told[claim.column] = true;
            open.push((claim.column, claim.field));
            let column = &table.columns()[claim.column];
            notes.count(MISFIT, Place::default().in_column(column.name()), "", || {
                format!(
                    "`{}` is named as `{}` is, but holds {}; not used for it",
                    column.name(),
                    claim.field,
                    column.kind().name()
                )
            });
        }
    }
    open
}

/// Expected revenue is filled in wherever a chance is, often with 0: it never displaces an amount.
fn is_weighted(header: &str) -> bool {
    super::fold::fold(header).contains("expected")
}

/// Where an amount and an estimated amount stand side by side, the one is what the deal brought, the other what it
/// was thought to bring; also where the amount is filled in for won deals alone, and gave way to the fuller estimate.
fn split_estimates(table: &Table, claims: &[Claim], columns: &mut [Option<(Field, MappingSource)>]) {
    let is = |bound: &Option<(Field, MappingSource)>, field| bound.is_some_and(|(f, _)| f == field);
    let estimated = |at: usize| super::fold::fold(table.columns()[at].name()).starts_with("est");
    let free = !columns.iter().any(|bound| is(bound, Field::ActualAmount));
    let amount = columns.iter().position(|bound| is(bound, Field::Amount));
    if let (Some(estimate), true) = (amount.filter(|at| estimated(*at)), free) {
        let better = claims.iter().take_while(|claim| claim.column != estimate);
        let brought = better.filter(|claim| claim.field == Field::Amount && claim.filled > 0).find(|claim| {
            let header = table.columns()[claim.column].name();
            columns[claim.column].is_none() && !estimated(claim.column) && !is_weighted(header)
        });
        if let Some(brought) = brought {
            columns[brought.column] = Some((Field::ActualAmount, MappingSource::Synonym));
        }
        return;
    }
    let estimate = claims.iter().find(|claim| {
        claim.field == Field::Amount && claim.filled > 0 && columns[claim.column].is_none() && estimated(claim.column)
    });
    if let (Some(amount), true, Some(estimate)) = (amount.filter(|at| !estimated(*at)), free, estimate) {
        let source = columns[amount].map_or(MappingSource::Synonym, |(_, source)| source);
        if source != MappingSource::Override {
            columns[amount] = Some((Field::ActualAmount, source));
            columns[estimate.column] = Some((Field::Amount, MappingSource::Synonym));
        }
    }
}

/// `Amount Currency` beside `Amount` is the currency of that amount, whatever other currencies the file has.
fn pair_currency(table: &Table, columns: &mut [Option<(Field, MappingSource)>], settled: &[bool]) {
    let bound = |field: Field| columns.iter().position(|c| c.is_some_and(|(known, _)| known == field));
    let Some(amount) = bound(Field::Amount).or_else(|| bound(Field::ActualAmount)) else { return };
    let wanted = table.columns().get(amount).map(|column| format!("{}currency", super::fold::fold(column.name())));
    let at = table.columns().iter().position(|column| Some(super::fold::fold(column.name())) == wanted);
    let before = bound(Field::Currency);
    if let Some(at) = at.filter(|at| before != Some(*at) && !before.is_some_and(|at| settled[at]) && !settled[*at]) {
        if let Some(before) = before {
            columns[before] = None;
        }
        columns[at] = Some((Field::Currency, MappingSource::Synonym));
    }
}

/// Whether what the column holds can be what the field needs.
fn fits(column: &Column, given: Option<ColumnType>, field: Field, dialects: &Dialects) -> bool {
    let wanted = match field.expects() {
        Expect::Number => Some(ColumnType::Number),
        Expect::Date => Some(ColumnType::Date),
        _ => None,
    };
    if let (Some(given), Some(wanted)) = (given, wanted)
        && given != wanted
    {
        return false;
    }
    if matches!(column.kind(), ColumnKind::Empty) {
        return true;
    }
    match field.expects() {
        Expect::Any | Expect::Text => true,
        Expect::Number if is_size(field) => column.reads_mostly_as_ranges(),
        Expect::Number => column.reads_mostly_as_numbers(),
        Expect::Date => column.reads_mostly_as_dates(),
        Expect::Flag => share(column, |text| boolean(text).is_some()) == 100,
        Expect::Status => share(column, |text| dialects.status_of(text).is_some()) >= 50,
    }
}

/// Fields that data vendors give as ranges.
fn is_size(field: Field) -> bool {
    matches!(field, Field::Employees | Field::Revenue)
}

/// Percent of the values for which a test holds.
fn share(column: &Column, test: impl Fn(&str) -> bool) -> u64 {
    let (mut all, mut held) = (0, 0);
    column.cells().each(|cell, count, _| {
        let text = column.present(cell);
        if !text.is_empty() {
            all += count;
            held += if test(text) { count } else { 0 };
        }
    });
    (held * 100_u64).checked_div(all).unwrap_or(0)
}

/// Reads ranges and rough values where the size of a company is meant.
fn read_sizes(table: &mut Table, at: usize, notes: &mut Diagnostics) {
    let Some((count, row)) = table.read_ranges(at) else { return };
    let column = &table.columns()[at];
    let text = column.text(row);
    let place = Place::line(table.line(row)).in_column(column.name());
    notes.count_many(RANGE, count, place, text, || {
        let value = column.number(row).unwrap_or(0.0);
        format!("ranges and rough values are read as numbers: `{text}` as {value}")
    });
    let ranged = |text: &str| !text.is_empty() && column.reads_as_range(text);
    let rows = column.rows_where(MOST_PLACES, ranged);
    notes.locate(RANGE, column.name(), rows.into_iter().map(|row| table.line(row)));
}

/// Says so if amounts are beyond what is exact in a number with 53 bits, as other programs have them.
fn note_precision(table: &Table, at: usize, field: Field, notes: &mut Diagnostics) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Some(column) = table.columns().get(at).filter(|_| field.expects() == Expect::Number) else { return };
    let ColumnKind::Number(format) = *column.kind() else { return };
    let beyond = |text: &str| format.value(text).is_some_and(|value| value.abs() >= EXACT);
    for row in column.rows_where(MOST_PLACES, beyond) {
        let place = Place::line(table.line(row)).in_column(column.name());
        notes.count(PRECISION, place, column.text(row), || "numbers have more digits than programs keep".to_owned());
    }
}

fn read_as_fields(table: &mut Table, columns: &[Option<(Field, MappingSource)>], notes: &mut Diagnostics) {
    for (at, bound) in columns.iter().enumerate() {
        let Some((field, _)) = bound else { continue };
        let given = table.columns().get(at).and_then(|column| table.options().column(column.name()).r#type);
        if is_size(*field) && given.is_none() {
            read_sizes(table, at, notes);
            continue;
        }
        if field.expects() == Expect::Text {
            table.read_as_text(at);
            continue;
        }
        let Some(column) = table.columns_mut().get_mut(at) else { continue };
        let before = *column.kind();
        let read = match field.expects() {
            // What the user says of a column counts more than what its field would need.
            Expect::Number if given.is_some() => matches!(before, ColumnKind::Number(_)),
            Expect::Date if given.is_some() => matches!(before, ColumnKind::Date(_)),
            Expect::Number => column.read_as_numbers(),
            Expect::Date => column.read_as_dates(),
            _ => true,
        };
        note_precision(table, at, *field, notes);
        let column = &table.columns()[at];
        let place = || Place::default().in_column(column.name());
        if !read && before != ColumnKind::Empty {
            notes.count(MISFIT, place(), "", || {
                format!("`{}` is mapped to `{field}`, but holds {}", column.name(), column.kind().name())
            });
        }
        if *column.kind() != before {
            if let ColumnKind::Date(format) = column.kind()
                && format.serial.is_some()
            {
                notes.count_many(SERIAL, table.rows() as u64 - column.nulls(), place(), "", || {
                    format!("the dates are written as numbers: {}", column.kind().format())
                });
                let rows = column.rows_where(MOST_PLACES, |text| !text.is_empty());
                notes.locate(SERIAL, column.name(), rows.into_iter().map(|row| table.line(row)));
            }
            note_unreadable(column, &|row| table.line(row), notes);
        }
    }
}
