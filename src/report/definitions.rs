//! What the model's definitions say of a list, beside what its status column says.

use crate::crm::{Field, FieldRef};
use crate::model::Truth;
use crate::stats::Arrange;
use crate::targeting::{Definition, ScoredLeads};
use serde::Serialize;
use std::collections::BTreeMap;

/// Most rows named per disagreement, and most different statuses listed.
const ROWS: usize = 10;
const STATUSES: usize = 50;

/// One of the definitions, asked of every lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DefinitionReport {
    /// `mql`, `pql` (only where the model defines it), `sql`, `opportunity`, `closedWon` or `churned`.
    pub definition: Definition,
    /// As people write it.
    pub label: String,
    /// The condition as a phrase; `null` if the model does not define the word.
    pub condition: Option<String>,
    /// Leads for which it holds.
    pub holds: u64,
    /// Leads for which it does not.
    pub fails: u64,
    /// Leads for which it cannot be told.
    pub unknown: u64,
    /// The same beside what the status column claims; `null` without one, or without a condition.
    pub status: Option<Confusion>,
}

/// What a status claims against what a definition says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Confusion {
    /// The status claims it and the definition holds.
    pub both: u64,
    /// The status claims it and the definition does not hold.
    pub claimed_only: u64,
    /// The definition holds and the status does not claim it.
    pub met_only: u64,
    /// Neither.
    pub neither: u64,
    /// The status claims it and the definition cannot be told.
    pub claimed_unknown: u64,
    /// The status does not claim it and the definition cannot be told.
    pub unclaimed_unknown: u64,
    /// The first rows of the file that only the status calls so, at most ten.
    pub claimed_only_rows: Vec<u32>,
    /// The first rows of the file that only the definition calls so, at most ten.
    pub met_only_rows: Vec<u32>,
}

/// What the values of the status column were taken to claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct StatusReport {
    /// The column's header.
    pub column: String,
    /// Its values, the most frequent first, at most 50.
    pub values: Vec<StatusValue>,
}

/// One value of the status column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct StatusValue {
    /// As the file writes it first.
    pub value: String,
    /// The furthest definition it claims; `null`: none.
    pub claims: Option<Definition>,
    /// Leads with it.
    pub count: u64,
}

pub(super) fn definitions(leads: &ScoredLeads) -> Vec<DefinitionReport> {
    let claims = Claims::of(leads);
    // Only some sell by use: who does not define a PQL is not asked to.
    let asked = |definition: &Definition| {
        *definition != Definition::Pql || definition.condition(leads.model().definitions()).is_some()
    };
    Definition::ALL.into_iter().filter(asked).map(|definition| report(leads, definition, claims.as_ref())).collect()
}

pub(super) fn status(leads: &ScoredLeads) -> Option<StatusReport> {
    let claims = Claims::of(leads)?;
    let mut values: Vec<StatusValue> = claims
        .values
        .into_iter()
        .map(|(value, (claims, count))| StatusValue { value: value.to_owned(), claims, count })
        .collect();
    values.arrange_by_key(|value| std::cmp::Reverse(value.count));
    values.truncate(STATUSES);
    Some(StatusReport { column: claims.column.to_owned(), values })
}

/// What each status claims, worked out once per spelling.
struct Claims<'a> {
    column: &'a str,
    values: BTreeMap<&'a str, (Option<Definition>, u64)>,
}

impl<'a> Claims<'a> {
    fn of(leads: &'a ScoredLeads) -> Option<Self> {
        let table = leads.leads().table();
        let column = table.columns().get(leads.leads().column_of(&FieldRef::Known(Field::Status))?)?;
        let mut values: BTreeMap<&str, (Option<Definition>, u64)> = BTreeMap::new();
        for row in (0..leads.rows()).filter(|row| leads.is_used(*row)) {
            let text = column.text(row);
            if !text.is_empty() {
                values.entry(text).or_insert_with(|| (Definition::claimed(text), 0)).1 += 1;
            }
        }
        (!values.is_empty()).then_some(Self { column: column.name(), values })
    }
}

fn report(leads: &ScoredLeads, definition: Definition, claims: Option<&Claims<'_>>) -> DefinitionReport {
    let condition = definition.condition(leads.model().definitions());
    // Counted by place, so that no branch has to be guessed.
    let mut counts = [0; 3];
    let mut table = Confusion {
        both: 0,
        claimed_only: 0,
        met_only: 0,
        neither: 0,
        claimed_unknown: 0,
        unclaimed_unknown: 0,
        claimed_only_rows: Vec::new(),
        met_only_rows: Vec::new(),
    };
    let rows = if condition.is_some() { leads.rows() } else { 0 };
    for (row, truth) in leads.truths(definition).take(rows) {
        counts[match truth {
            Truth::True => 0,
            Truth::False => 1,
            Truth::Unknown => 2,
        }] += 1;
        let Some(claims) = claims else { continue };
        let text = leads.text(Field::Status, row);
        let claimed = definition.is_claimed_by(claims.values.get(text).and_then(|(claims, _)| *claims));
        *match (claimed, truth) {
            (true, Truth::True) => &mut table.both,
            (true, Truth::False) => &mut table.claimed_only,
            (true, Truth::Unknown) => &mut table.claimed_unknown,
            (false, Truth::True) => &mut table.met_only,
            (false, Truth::False) => &mut table.neither,
            (false, Truth::Unknown) => &mut table.unclaimed_unknown,
        } += 1;
        let named = match (claimed, truth) {
            (true, Truth::False) => &mut table.claimed_only_rows,
            (false, Truth::True) => &mut table.met_only_rows,
            _ => continue,
        };
        if named.len() < ROWS {
            named.push(row as u32);
        }
    }
    let [holds, fails, unknown] = counts;
    DefinitionReport {
        definition,
        label: definition.label().to_owned(),
        condition: condition.map(crate::model::Condition::sentence),
        holds,
        fails,
        unknown,
        status: (condition.is_some() && claims.is_some()).then_some(table),
    }
}
