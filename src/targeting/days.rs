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

pub(super) fn is_after(leads: &LeadList, row: usize, as_of: Option<Date>) -> bool {
    created(leads, row).zip(as_of).is_some_and(|(created, as_of)| created > as_of)
}

pub(super) fn created(leads: &LeadList, row: usize) -> Option<Date> {
    leads.table().columns().get(leads.column_of(&FieldRef::Known(Field::Created))?)?.date(row)
}

/// Sorts rows by created date (blank last), then id, then content: whatever the order of the file, the same.
pub(super) fn dealing_order(leads: &LeadList, rows: &mut Vec<usize>) {
    let columns = leads.table().columns();
    let id = [Field::PersonId, Field::AccountId, Field::Email]
        .into_iter()
        .find_map(|field| columns.get(leads.column_of(&FieldRef::Known(field))?));
    let mut keyed: Vec<(i32, &str, usize)> = rows
        .iter()
        .map(|row| {
            let day = created(leads, *row).map_or(i32::MAX, Date::days);
            (day, id.map_or("", |column| column.text(*row)), *row)
        })
        .collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1)));
    let mut content = leads.row_hashes();
    for ties in keyed.chunk_by_mut(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|ties| ties.len() > 1) {
        ties.sort_by_cached_key(|(_, _, row)| content(*row));
    }
    *rows = keyed.into_iter().map(|(_, _, row)| row).collect();
}
