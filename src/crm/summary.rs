//! Sums up what was understood of a file.

use super::bind::Binding;
use super::quality::Lasting;
use super::{fixes, quality};
use crate::money::Money;
use crate::table::{Column, ColumnKind, ColumnReceipt, Diagnostic, Diagnostics, Receipt, Scale, Table, trimmed};

/// What a pass over a table found beyond the table itself.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    pub(crate) kind: &'static str,
    pub(crate) rows_used: u64,
    /// Rows left out, those aside that are blank.
    pub(crate) rows_excluded: u64,
    pub(crate) notes: Vec<&'a Diagnostics>,
    pub(crate) assumptions: Vec<String>,
    /// How probabilities are read.
    pub(crate) scale: Option<Scale>,
    /// What was judged of the file already.
    pub(crate) lasting: Option<&'a Lasting>,
    /// Amounts of deals with their lines.
    pub(crate) amounts: Vec<(u64, Money)>,
    /// Rows known to be copies.
    pub(crate) copies: u64,
}

/// The receipt of a table read under a binding.
pub(crate) fn receipt(table: &Table, binding: &Binding, found: Found<'_>) -> Receipt {
    let mut told = vec![table.diagnostics()];
    told.extend(found.notes);
    let evidence = quality::Evidence { table, binding, kind: found.kind, dialects: None };
    let lasting = found.lasting.cloned().unwrap_or_else(|| Lasting::of(&evidence));
    let own = lasting.notes.clone();
    told.push(&own);
    let quality = quality::grade(table, found.kind, lasting, &told, &found.amounts, found.copies);
    let mut diagnostics: Vec<Diagnostic> = told.iter().flat_map(|told| told.as_slice()).cloned().collect();
    fixes::offer(table, binding, &mut diagnostics);
    Receipt {
        file: table.name().map(str::to_owned),
        system: binding.system.clone(),
        system_confidence: binding.confidence,
        encoding: table.encoding(),
        delimiter: table.delimiter(),
        kind: found.kind,
        rows_read: table.rows() as u64 + table.blank_rows(),
        rows_used: found.rows_used,
        rows_excluded: found.rows_excluded + table.blank_rows(),
        columns: columns(table, binding),
        diagnostics,
        assumptions: found.assumptions,
        decisions: fixes::decisions(table, binding, found.scale),
        quality,
    }
}

/// One receipt line per column.
fn columns(table: &Table, binding: &Binding) -> Vec<ColumnReceipt> {
    table.columns().iter().enumerate().map(|(at, c)| self::column(c, at, binding)).collect()
}

/// One column's receipt line.
pub(crate) fn column(column: &Column, at: usize, binding: &Binding) -> ColumnReceipt {
    let (distinct, exact) = column.distinct();
    let (min, max) = range(column);
    ColumnReceipt {
        name: column.name().to_owned(),
        field: binding.field_of(at).map(|field| field.name().to_owned()),
        r#type: column.kind().name(),
        format: column.kind().format(),
        nulls: column.nulls(),
        distinct,
        distinct_is_exact: exact,
        min,
        max,
        examples: examples(column),
        mapping_source: binding.source_of(at),
    }
}

/// Up to three different values in order of appearance.
fn examples(column: &Column) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for cell in column.cells().words().iter() {
        let text = crate::table::shorten(column.present(cell));
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
            if found.len() == 3 {
                break;
            }
        }
    }
    found
}

/// The least and the greatest value, as text.
fn range(column: &Column) -> (String, String) {
    let words = || column.cells().words().iter().map(|cell| column.present(cell)).filter(|text| !text.is_empty());
    match column.kind() {
        ColumnKind::Number(format) => {
            let text = |value: f64| value.to_string();
            let range = ends(words().filter_map(|text| format.value(text)), |a, b| a.total_cmp(b).is_lt());
            range.map_or_else(Default::default, |(min, max)| (text(min), text(max)))
        }
        ColumnKind::Date(format) => {
            let range = ends(words().filter_map(|text| format.read(text)), |a, b| a < b);
            range.map_or_else(Default::default, |(min, max)| (min.to_string(), max.to_string()))
        }
        ColumnKind::Boolean | ColumnKind::Text | ColumnKind::Empty => {
            let (least, greatest) = text_range(column);
            (crate::table::shorten(least), crate::table::shorten(greatest))
        }
    }
}

/// The least and the greatest of some values.
fn ends<T: Copy>(mut values: impl Iterator<Item = T>, less: impl Fn(&T, &T) -> bool) -> Option<(T, T)> {
    let first = values.next()?;
    Some(values.fold((first, first), |(min, max), value| {
        (if less(&value, &min) { value } else { min }, if less(&max, &value) { value } else { max })
    }))
}

/// The first and the last text of a column in the order of their letters.
fn text_range(column: &Column) -> (&str, &str) {
    let mut range: Option<(&str, &str)> = None;
    for cell in column.cells().words().iter() {
        let text = trimmed(cell);
        // What lies between the two needs no look at whether it means missing.
        if range.is_some_and(|(least, greatest)| least <= text && text <= greatest) {
            continue;
        }
        let text = column.present(text);
        if !text.is_empty() {
            let (least, greatest) = range.unwrap_or((text, text));
            range = Some((least.min(text), greatest.max(text)));
        }
    }
    range.unwrap_or_default()
}
