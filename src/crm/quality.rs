//! Judges how good a file is: what is missing, what is spelled oddly, what is there twice, and a grade of it all.

use super::Field;
use super::bind::Binding;
use super::dialect::Dialects;
use super::duplicates::duplicates;
use super::field::distance;
use super::fold::fold;
use crate::Place;
use crate::money::{Currency, Money};
use crate::stats::{Arrange, Ordered, grouped};
use crate::table::{
    Action, Code, Column, ColumnKind, Completeness, Diagnostics, Duplicates, OddValue, Quality, QualityPart,
    StageCompleteness, Table, ValueTouched,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const ODD_VALUE: Code = Code::new("odd-value", Action::Kept, "correct the spelling in the source system");

/// Stages and odd values shown, at most.
const MOST_STAGES: usize = 50;
const MOST_ODD: usize = 50;

/// Different values up to which a column is looked through for odd spellings.
const MOST_WORDS: usize = 200;

/// What a judgement is based on.
pub(crate) struct Evidence<'a> {
    pub(crate) table: &'a Table,
    pub(crate) binding: &'a Binding,
    pub(crate) kind: &'a str,
    pub(crate) dialects: Option<&'a Dialects>,
}

/// What holds of a file on every day.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lasting {
    completeness: Vec<Completeness>,
    duplicates: Vec<Duplicates>,
    odd_values: Vec<OddValue>,
    odd_rows: u64,
    /// Duplicates and odd values with their lines.
    pub(crate) notes: Diagnostics,
}

impl Lasting {
    pub(crate) fn of(evidence: &Evidence<'_>) -> Self {
        let mut notes = Diagnostics::default();
        let completeness = completeness(evidence);
        let duplicates = duplicates(evidence, &mut notes);
        let (odd_values, odd_rows) = odd_values(evidence, &mut notes);
        Self { completeness, duplicates, odd_values, odd_rows, notes }
    }
}

/// Grades a file by what holds on every day and by what was told of its rows on one. `amounts` are those of deals with
/// their lines; `copies` is the number of rows known to be copies by their id.
pub(crate) fn grade(
    table: &Table,
    kind: &str,
    lasting: Lasting,
    told: &[&Diagnostics],
    amounts: &[(u64, Money)],
    copies: u64,
) -> Quality {
    let Lasting { completeness, duplicates, odd_values, odd_rows, .. } = lasting;
    let rows = table.rows() as u64;
    let lines = |of: &dyn Fn(Action) -> bool| -> BTreeSet<u64> {
        let notes = told.iter().flat_map(|told| told.located()).filter(|(note, _)| of(note.action));
        notes.flat_map(|(_, lines)| lines.iter().copied()).collect()
    };
    let touched = lines(&|action| action != Action::Noted);
    let repaired = lines(&|action| matches!(action, Action::Repaired | Action::Excluded));
    let bad = repaired.iter().filter(|line| table.row_on(**line).is_some()).count() as u64;
    let (filled, all) = completeness.iter().fold((0, 0), |(f, a), c| (f + c.filled, a + c.rows));
    let copies = duplicates.iter().map(|d| d.rows).max().unwrap_or(0).max(copies).min(rows);
    let part = |part, weight, good: u64, of: u64, says: String| {
        let percent = (good * 100).checked_div(of).unwrap_or(100).min(100) as u8;
        QualityPart { part, weight, percent, says }
    };
    let (fields, of_rows) = (completeness.len(), grouped(rows));
    let parts = vec![
        part(
            "completeness",
            40,
            filled,
            all,
            format!(
                "{} of {} cells filled, over {fields} fields that matter for {kind}",
                grouped(filled),
                grouped(all)
            ),
        ),
        part(
            "validity",
            30,
            rows.saturating_sub(bad),
            rows,
            format!("{} of {of_rows} rows with a value repaired or left out", grouped(bad)),
        ),
        part(
            "uniqueness",
            20,
            rows - copies,
            rows,
            format!("{} of {of_rows} rows seem to repeat another", grouped(copies)),
        ),
        part(
            "consistency",
            10,
            rows.saturating_sub(odd_rows),
            rows,
            format!("{} of {of_rows} rows with a value spelled unlike the others", grouped(odd_rows)),
        ),
    ];
    let points: u32 = parts.iter().map(|p| u32::from(p.weight) * u32::from(p.percent)).sum();
    let score = ((points + 50) / 100) as u8;
    let grade = match score {
        90.. => "A",
        80.. => "B",
        70.. => "C",
        60.. => "D",
        _ => "F",
    };
    let value_touched = value_touched(amounts, &touched);
    Quality { grade, score, parts, completeness, odd_values, duplicates, value_touched }
}

/// The fields without which a file of the kind is of little use; each entry may be met by any of its fields.
fn wanted(kind: &str) -> &'static [&'static [Field]] {
    match kind {
        "deals" => &[
            &[Field::DealName, Field::DealId],
            &[Field::Stage, Field::DealStatus],
            &[Field::Amount, Field::ActualAmount],
            &[Field::CloseDate, Field::ActualCloseDate, Field::WonDate],
            &[Field::CreatedDate],
            &[Field::Owner],
        ],
        "contacts" => &[&[Field::Email], &[Field::Company, Field::AccountId], &[Field::Title, Field::Seniority]],
        "accounts" => {
            &[&[Field::Company], &[Field::Domain], &[Field::Industry], &[Field::Employees], &[Field::Country]]
        }
        "leads" => &[
            &[Field::Company, Field::Domain],
            &[Field::Email],
            &[Field::Title, Field::Seniority],
            &[Field::Industry],
            &[Field::Employees, Field::Revenue],
            &[Field::Country],
            &[Field::Source],
            &[Field::Created],
        ],
        _ => &[],
    }
}

fn completeness(evidence: &Evidence<'_>) -> Vec<Completeness> {
    let Evidence { table, binding, .. } = evidence;
    let rows = table.rows() as u64;
    let by = [Field::Stage, Field::DealStatus, Field::Status].into_iter().find_map(|field| binding.column_of(field));
    let stages = by.and_then(|at| table.columns().get(at)).and_then(|column| Stages::new(column, table.rows()));
    let of = |field: Field, at: Option<usize>| {
        let column = at.and_then(|at| table.columns().get(at));
        let by_stage = match (column, &stages) {
            (Some(column), Some(stages)) if Some(at) != Some(by) => stages.filled(column),
            _ => Vec::new(),
        };
        Completeness {
            field: field.name().to_owned(),
            column: column.map(|c| c.name().to_owned()),
            filled: column.map_or(0, |c| rows.saturating_sub(c.nulls())),
            rows,
            by_stage,
        }
    };
    let wanted = wanted(evidence.kind);
    if wanted.is_empty() {
        return binding.fields().map(|(field, at)| of(field, Some(at))).collect();
    }
    // Of several fields that serve, the fullest counts.
    let fullest = |fields: &&[Field]| {
        let found = fields.iter().filter_map(|field| Some((*field, binding.column_of(*field)?)));
        found.min_by_key(|(_, at)| table.columns().get(*at).map_or(rows, Column::nulls))
    };
    wanted.iter().map(|fields| fullest(fields).map_or_else(|| of(fields[0], None), |(f, at)| of(f, Some(at)))).collect()
}

/// The rows of each stage.
struct Stages {
    names: Vec<String>,
    /// The stage of each row.
    of: Vec<u8>,
}

impl Stages {
    /// `None` where there are too many for a table.
    fn new(column: &Column, rows: usize) -> Option<Self> {
        let mut names: Vec<String> = Vec::new();
        let mut known: HashMap<usize, u8> = HashMap::new();
        let mut of = Vec::with_capacity(rows);
        for row in 0..rows {
            let stage = match column.word(row).and_then(|word| known.get(&word)) {
                Some(stage) => *stage,
                None => {
                    let text = column.text(row);
                    let at = names.iter().position(|name| name == text).unwrap_or(names.len());
                    if at == names.len() {
                        if at >= MOST_STAGES {
                            return None;
                        }
                        names.push(text.to_owned());
                    }
                    if let Some(word) = column.word(row) {
                        known.insert(word, at as u8);
                    }
                    at as u8
                }
            };
            of.push(stage);
        }
        Some(Self { names, of })
    }

    fn filled(&self, column: &Column) -> Vec<StageCompleteness> {
        let mut counts = vec![(0, 0); self.names.len()];
        for (row, stage) in self.of.iter().enumerate() {
            if let Some((filled, rows)) = counts.get_mut(usize::from(*stage)) {
                *filled += u64::from(!column.text(row).is_empty());
                *rows += 1;
            }
        }
        let line =
            |(stage, (filled, rows)): (&String, (u64, u64))| StageCompleteness { stage: stage.clone(), filled, rows };
        self.names.iter().zip(counts).map(line).collect()
    }
}

/// Fields whose values come from a short list.
const LISTED: [Field; 18] = [
    Field::Industry,
    Field::Country,
    Field::State,
    Field::Source,
    Field::Status,
    Field::Owner,
    Field::Seniority,
    Field::Department,
    Field::BuyingRole,
    Field::Stage,
    Field::DealStatus,
    Field::Pipeline,
    Field::ForecastCategory,
    Field::Product,
    Field::Segment,
    Field::Type,
    Field::LostReason,
    Field::Account,
];

/// Values spelled unlike one that is far more frequent in the column, or unlike a word of the world; and the rows.
fn odd_values(evidence: &Evidence<'_>, notes: &mut Diagnostics) -> (Vec<OddValue>, u64) {
    let Evidence { table, binding, dialects, .. } = evidence;
    let mut odd = Vec::new();
    let mut rows = 0;
    for (at, column) in table.columns().iter().enumerate() {
        let field = binding.field_of(at);
        let listed = field.is_none_or(|field| LISTED.contains(&field));
        let id = ["Id", "ID", "_id", " id"].iter().any(|end| column.name().ends_with(end));
        if !listed || id || !matches!(column.kind(), ColumnKind::Text) {
            continue;
        }
        let world = dialects.and_then(|d| d.known_words(field?));
        let Some(found) = odd_in(column, world) else { continue };
        for (value, count, row, suggestion) in found {
            let line = table.line(row);
            let place = Place::line(line).in_column(column.name());
            rows += count;
            notes.count_many(ODD_VALUE, count, place, &value, || format!("`{value}` may mean `{suggestion}`"));
            odd.push(OddValue { column: column.name().to_owned(), value, count, line, suggestion });
        }
        let values: BTreeSet<&str> =
            odd.iter().filter(|o| o.column == column.name()).map(|o| o.value.as_str()).ordered();
        let lines = column.rows_where(crate::table::MOST_PLACES, |text| values.contains(text));
        notes.locate(ODD_VALUE, column.name(), lines.into_iter().map(|row| table.line(row)));
    }
    odd.arrange_by(|a, b| {
        b.count.cmp(&a.count).then_with(|| a.line.cmp(&b.line)).then_with(|| a.column.cmp(&b.column))
    });
    odd.truncate(MOST_ODD);
    (odd, rows.min(table.rows() as u64))
}

/// Value, rows that hold it, the first of them, and what it may mean.
type Odd = (String, u64, usize, String);

fn odd_in(column: &Column, world: Option<&BTreeMap<String, String>>) -> Option<Vec<Odd>> {
    let _ = column.words()?;
    let mut words: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    column.cells().each(|cell, count, first| {
        let text = column.present(cell);
        if count > 0 && !text.is_empty() {
            let entry = words.entry(text).or_insert((0, first));
            *entry = (entry.0 + count, entry.1.min(first));
        }
    });
    if words.len() > MOST_WORDS {
        return None;
    }
    let folded: Vec<(&str, String, u64, usize)> =
        words.iter().map(|(text, (count, first))| (*text, fold(text), *count, *first)).collect();
    let mut odd = Vec::new();
    for (text, form, count, first) in folded.iter().filter(|(_, form, ..)| form.chars().count() >= 3) {
        let near = |other: &&(&str, String, u64, usize)| {
            other.0 != *text && other.2 >= 3 && other.2 >= count * 5 && is_near(form, &other.1)
        };
        let own = folded.iter().filter(near).max_by_key(|(_, other, n, _)| (other == form, *n)).map(|(t, ..)| *t);
        let known = world.filter(|world| !world.contains_key(form)).and_then(|world| {
            let (_, word) = world.iter().find(|(known, _)| is_near(form, known))?;
            Some(word.as_str())
        });
        if let Some(suggestion) = own.or(known) {
            odd.push(((*text).to_owned(), *count, *first, suggestion.to_owned()));
        }
    }
    odd.arrange_by_key(|(_, _, first, _)| *first);
    Some(odd)
}

/// Whether two folded words are one with a slip: the same letters, or one edit in five, two in nine; the same digits.
fn is_near(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let length = a.chars().count().min(b.chars().count());
    let most = match length {
        0..=4 => return false,
        5..=8 => 1,
        _ => 2,
    };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    a.chars().count().abs_diff(b.chars().count()) <= most && digits(a) == digits(b) && distance(a, b) <= most
}

fn value_touched(amounts: &[(u64, Money)], touched: &BTreeSet<u64>) -> Option<ValueTouched> {
    let mut counts: BTreeMap<Currency, usize> = BTreeMap::new();
    for (_, amount) in amounts {
        *counts.entry(amount.currency).or_insert(0) += 1;
    }
    let (currency, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let (mut all, mut part, mut rows) = (0_u128, 0_u128, 0);
    for (line, amount) in amounts.iter().filter(|(_, amount)| amount.currency == currency) {
        let value = u128::from(amount.minor.unsigned_abs());
        all += value;
        if touched.contains(line) {
            part += value;
            rows += 1;
        }
    }
    let percent = (part * 100 + all / 2).checked_div(all).unwrap_or(0) as u8;
    Some(ValueTouched { rows, percent })
}
