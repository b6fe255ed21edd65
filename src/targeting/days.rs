//! Which day stands for today, which leads were there by then, and in which order they are dealt out.

use super::scored::AsOf;
use crate::calendar::Date;
use crate::crm::{Field, FieldRef, LeadList};
use crate::model::{Condition, OperatingModel, Run, Test};
use crate::table::{Column, ColumnKind};

pub(super) fn as_of(leads: &LeadList, model: &OperatingModel, run: &Run) -> AsOf {
    if let Some(date) = run.as_of {
        return AsOf::Run(date);
    }
    let mut fields = vec![FieldRef::Known(Field::Created), FieldRef::Known(Field::LastActivity)];
    let icps = || model.scorecards().iter().map(|card| &card.icp).chain([model.icp()]);
    for rule in
        icps().flat_map(|icp| icp.fit.groups.iter().chain(&icp.engagement.groups)).flat_map(|group| &group.rules)
    {
        recency_fields(&rule.when, &mut fields);
        fields.extend(rule.decay.as_ref().map(|decay| decay.field.clone()));
    }
    let conditions = icps().flat_map(|icp| &icp.disqualify).map(|knock_out| &knock_out.when);
    let conditions = conditions.chain(model.segments().iter().map(|segment| &segment.when));
    conditions
        .chain(model.routing().rules.iter().map(|rule| &rule.when))
        .for_each(|when| recency_fields(when, &mut fields));
    let mut columns: Vec<usize> = fields.iter().filter_map(|field| leads.column_of(field)).collect();
    columns.sort_unstable();
    columns.dedup();
    let dated: Vec<(Date, String)> = columns
        .into_iter()
        .filter_map(|column| leads.table().columns().get(column))
        .filter_map(|column| Some((newest(column, leads.rows())?, column.name().to_owned())))
        .collect();
    match dated.iter().map(|(date, _)| *date).max() {
        Some(date) => AsOf::Newest(date, dated.into_iter().map(|(_, name)| name).collect()),
        None => AsOf::Unknown,
    }
}

/// The fields that `within` reads.
fn recency_fields(condition: &Condition, fields: &mut Vec<FieldRef>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| recency_fields(part, fields)),
        Condition::Not(part) => recency_fields(part, fields),
        Condition::Field { field, test: Test::Within { .. } } => fields.push(field.clone()),
        Condition::Field { .. } => {}
    }
}

fn newest(column: &Column, rows: usize) -> Option<Date> {
    if !matches!(column.kind(), ColumnKind::Date(_)) {
        return None;
    }
    if column.words().is_some() {
        return column.cells().tally().into_iter().filter_map(|(_, row)| column.date(row)).max();
    }
    (0..rows).filter_map(|row| column.date(row)).max()
}

/// When leads were created, read once per distinct word where words repeat.
#[derive(Debug, Clone, Default)]
pub(super) struct Created {
    column: Option<usize>,
    by_word: Option<Vec<Option<Date>>>,
}

impl Created {
    pub(super) fn of(leads: &LeadList) -> Self {
        let Some(at) = leads.column_of(&FieldRef::Known(Field::Created)) else { return Self::default() };
        let dates = |column: &Column| column.cells().tally().into_iter().map(|(_, row)| column.date(row)).collect();
        let column = leads.table().columns().get(at).filter(|column| column.words().is_some());
        Self { column: Some(at), by_word: column.map(dates) }
    }

    /// The day a lead was created.
    pub(super) fn day(&self, columns: &[Column], row: usize) -> Option<Date> {
        let column = columns.get(self.column?)?;
        match &self.by_word {
            Some(days) => *days.get(column.word(row)?)?,
            None => column.date(row),
        }
    }

    /// Whether a lead was created after the as-of day.
    pub(super) fn is_after(&self, columns: &[Column], row: usize, as_of: Option<Date>) -> bool {
        self.day(columns, row).zip(as_of).is_some_and(|(created, as_of)| created > as_of)
    }
}

/// The rows that count: those that were there on the as-of day.
#[derive(Debug, Clone, Default)]
pub(super) struct Used {
    /// Empty if all are.
    rows: Vec<bool>,
}

impl Used {
    pub(super) fn of(leads: &LeadList, created: &Created, as_of: Option<Date>) -> Self {
        let columns = leads.table().columns();
        if created.column.is_none() || as_of.is_none() {
            return Self::default();
        }
        let rows: Vec<bool> = (0..leads.rows()).map(|row| !created.is_after(columns, row, as_of)).collect();
        if rows.contains(&false) { Self { rows } } else { Self::default() }
    }

    #[inline]
    pub(super) fn has(&self, row: usize) -> bool {
        self.rows.get(row).copied().unwrap_or(true)
    }

    /// Whether every row counts.
    pub(super) fn has_all(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Sorts rows by created date (blank last), then id, then content: whatever the order of the file, the same.
pub(super) fn dealing_order(leads: &LeadList, created: &Created) -> Vec<u32> {
    let columns = leads.table().columns();
    let id = [Field::PersonId, Field::AccountId, Field::Email]
        .into_iter()
        .find_map(|field| columns.get(leads.column_of(&FieldRef::Known(field))?));
    let id = |row: u32| id.map_or("", |column| column.text(row as usize));
    let day = |row: u32| created.day(columns, row as usize).map_or(i32::MAX, Date::days);
    // Day and the first letters of the id decide almost always, without a look at the text.
    let mut keyed: Vec<(i32, u64, u32)> =
        (0..leads.rows() as u32).map(|row| (day(row), first_letters(id(row)), row)).collect();
    keyed.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| id(a.2).cmp(id(b.2))));
    let mut content = leads.row_hashes();
    for ties in keyed.chunk_by_mut(|a, b| (a.0, a.1) == (b.0, b.1) && id(a.2) == id(b.2)).filter(|ties| ties.len() > 1)
    {
        ties.sort_by_cached_key(|(.., row)| content(*row as usize));
    }
    keyed.into_iter().map(|(.., row)| row).collect()
}

/// The first eight bytes of a text as a number of the same order; shorter texts are filled up with zeros.
fn first_letters(text: &str) -> u64 {
    let mut letters = [0; 8];
    for (slot, byte) in letters.iter_mut().zip(text.bytes()) {
        *slot = byte;
    }
    u64::from_be_bytes(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_letters_stand_in_the_order_of_the_texts() {
        let texts = ["", "\0", "a", "a\0", "ab", "abcdefgh", "abcdefghi", "b", "é", "株式"];
        for pair in texts.windows(2) {
            assert!(pair[0] < pair[1] && first_letters(pair[0]) <= first_letters(pair[1]), "{pair:?}");
        }
        assert!(first_letters("L99") > first_letters("L100"));
    }
}
