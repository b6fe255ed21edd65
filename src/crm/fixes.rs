//! What the user can decide otherwise: changes offered beside diagnostics, and the decisions themselves.
//!
//! One place knows which option answers which code, so that every decision has its way back.

use super::Field;
use super::bind::Binding;
use crate::table::{
    ColumnKind, ColumnOptions, ColumnType, DateOrder, DateSystem, DecimalMark, Decision, Diagnostic, Encoding, Fix,
    Header, MissingWords, OddProbability, ReadOptions, RowFate, RowOptions, SameId, Scale, Serial, Table, Unit,
};
use std::collections::BTreeMap;

/// Lays beside each diagnostic the changes that decide it otherwise.
pub(crate) fn offer(table: &Table, binding: &Binding, diagnostics: &mut [Diagnostic]) {
    for note in diagnostics {
        note.fixes = fixes(table, binding, note);
    }
}

fn fixes(table: &Table, binding: &Binding, note: &Diagnostic) -> Vec<Fix> {
    let column = note.place.column.as_deref().unwrap_or("");
    let rows =
        |label: &str, rows: RowOptions| vec![Fix::options(label, ReadOptions { rows, ..ReadOptions::default() })];
    let keep = Some(RowFate::Keep);
    match note.code {
        "encoding-assumed" | "bad-bytes" => encodings(table),
        // Text that was encoded twice before it came here is not put right by another encoding.
        "mojibake" if table.encoding() == Encoding::Windows1252.name() => encodings(table),
        "header-looks-like-data" | "skipped-line" => headers(table, note),
        "ambiguous-number" | "mixed-number-formats" => decimals(table, column),
        "ambiguous-date" | "mixed-dates" => orders(table, column),
        "unreadable-value" | "bad-date" | "not-finite" => vec![as_text(column)],
        "range-value" => vec![as_text(column)],
        "missing-word" | "placeholder" => vec![of_column(
            format!("Keep these words in `{column}` as values"),
            column,
            ColumnOptions { missing_words: Some(MissingWords::Keep), ..ColumnOptions::default() },
        )],
        "date-as-number" => systems(table, column),
        "revenue-unit" => units(table, column),
        "mixed-percent" => vec![scale(column, Scale::Share), scale(column, Scale::Percent)],
        "probability-range" => odd_probabilities(table),
        "negative-amount" => {
            let options = ReadOptions { negative_amounts: keep, ..ReadOptions::default() };
            vec![Fix::options("Let deals of negative amount take part", options)]
        }
        "total-row" => rows("Take these rows as deals", RowOptions { totals: keep, ..RowOptions::default() }),
        "not-a-deal" => rows("Take these rows as deals", RowOptions { notes: keep, ..RowOptions::default() }),
        "duplicate-row" => rows("Keep repeated rows", RowOptions { duplicates: keep, ..RowOptions::default() }),
        "duplicate-id" => rows(
            "Of rows with the same id, take the latest",
            RowOptions { same_id: Some(SameId::Latest), ..RowOptions::default() },
        ),
        "shifted-row" => rows("Take these rows all the same", RowOptions { shifted: keep, ..RowOptions::default() }),
        "competing-columns" | "type-mismatch" => remap(table, binding, column),
        _ => Vec::new(),
    }
}

/// The decisions made about a file, in doubt or not.
pub(crate) fn decisions(table: &Table, binding: &Binding, probabilities: Option<Scale>) -> Vec<Decision> {
    let given = table.options();
    let mut made = Vec::new();
    let mut file =
        |option, value: String, given, fixes| made.push(Decision { option, column: None, value, given, fixes });
    if table.encoding() != "json" {
        file("encoding", table.encoding().to_owned(), given.encoding.is_some(), encodings(table));
        file("delimiter", table.delimiter(), given.delimiter.is_some(), delimiters(table));
        let header = match table.header() {
            Header::FirstRow => "first-row".to_owned(),
            Header::None => "none".to_owned(),
            Header::Line(line) => line.to_string(),
        };
        file("header", header, given.header.is_some(), header_fixes(table));
    }
    for (at, column) in table.columns().iter().enumerate() {
        let (name, own) = (column.name(), given.column(column.name()));
        let mut about = |option, value: &str, given, fixes| {
            made.push(Decision { option, column: Some(name.to_owned()), value: value.to_owned(), given, fixes });
        };
        match column.kind() {
            ColumnKind::Number(format) => {
                if !format.whole {
                    let mark = match format.decimal {
                        DecimalMark::Point => "point",
                        DecimalMark::Comma => "comma",
                    };
                    about("decimal", mark, own.decimal.is_some(), decimals(table, name));
                }
                let field = binding.field_of(at);
                if format.power > 0 || field == Some(Field::Revenue) {
                    let unit = 10_u32.pow(u32::from(format.power)).to_string();
                    about("unit", &unit, own.unit.is_some(), units(table, name));
                }
                if let (Some(Field::Probability), Some(read)) = (field, probabilities) {
                    let (value, other) = match read {
                        Scale::Share => ("0-1", Scale::Percent),
                        Scale::Percent => ("0-100", Scale::Share),
                    };
                    about("scale", value, own.scale.is_some(), vec![scale(name, other)]);
                }
            }
            ColumnKind::Date(format) if format.serial.is_some() => match format.serial {
                Some(Serial::Spreadsheet) => {
                    about("dateSystem", "1900", own.date_system.is_some(), systems(table, name))
                }
                Some(Serial::Spreadsheet1904) => {
                    about("dateSystem", "1904", own.date_system.is_some(), systems(table, name));
                }
                _ => {}
            },
            ColumnKind::Date(format) if !format.named && format.order != DateOrder::Ymd => {
                let order = if format.order == DateOrder::Mdy { "mdy" } else { "dmy" };
                about("dateOrder", order, own.date_order.is_some(), orders(table, name));
            }
            _ => {}
        }
    }
    made
}

fn of_column(label: String, column: &str, own: ColumnOptions) -> Fix {
    let columns = BTreeMap::from([(column.to_owned(), own)]);
    Fix::options(label, ReadOptions { columns, ..ReadOptions::default() })
}

fn as_text(column: &str) -> Fix {
    let own = ColumnOptions { r#type: Some(ColumnType::Text), ..ColumnOptions::default() };
    of_column(format!("Read `{column}` as text"), column, own)
}

fn scale(column: &str, scale: Scale) -> Fix {
    let range = match scale {
        Scale::Share => "0 to 1",
        Scale::Percent => "0 to 100",
    };
    let own = ColumnOptions { scale: Some(scale), ..ColumnOptions::default() };
    of_column(format!("Read `{column}` as running from {range}"), column, own)
}

fn encodings(table: &Table) -> Vec<Fix> {
    let all = [(Encoding::Utf8, "UTF-8"), (Encoding::Windows1252, "Windows-1252")];
    let others = all.into_iter().filter(|(encoding, _)| encoding.name() != table.encoding());
    let fix = |(encoding, name)| {
        Fix::options(format!("Read as {name}"), ReadOptions { encoding: Some(encoding), ..ReadOptions::default() })
    };
    others.map(fix).collect()
}

fn delimiters(table: &Table) -> Vec<Fix> {
    let all = [(',', ",", "commas"), (';', ";", "semicolons"), ('\t', "tab", "tabs"), ('|', "|", "vertical bars")];
    let others = all.into_iter().filter(|(_, name, _)| *name != table.delimiter());
    let fix = |(delimiter, _, name)| {
        let options = ReadOptions { delimiter: Some(delimiter), ..ReadOptions::default() };
        Fix::options(format!("Separate cells at {name}"), options)
    };
    others.map(fix).collect()
}

fn header(label: impl Into<String>, header: Header) -> Fix {
    Fix::options(label, ReadOptions { header: Some(header), ..ReadOptions::default() })
}

fn header_fixes(table: &Table) -> Vec<Fix> {
    match table.header() {
        Header::None => vec![header("The first row names the columns", Header::FirstRow)],
        _ => vec![header("The first row is data", Header::None)],
    }
}

fn headers(table: &Table, note: &Diagnostic) -> Vec<Fix> {
    match (note.code, note.place.line) {
        ("skipped-line", Some(line)) => vec![header(format!("Line {line} names the columns"), Header::Line(line))],
        _ => header_fixes(table),
    }
}

/// The other decimal mark first, then the one in use, so that a doubt can be settled either way.
fn decimals(table: &Table, column: &str) -> Vec<Fix> {
    let read = table.columns().iter().find(|c| c.name() == column).map(|c| *c.kind());
    let comma = matches!(read, Some(ColumnKind::Number(format)) if format.decimal == DecimalMark::Comma);
    let fix = |mark, name| {
        let own = ColumnOptions { decimal: Some(mark), ..ColumnOptions::default() };
        of_column(format!("Read `{column}` with a decimal {name}"), column, own)
    };
    let mut both = vec![fix(DecimalMark::Comma, "comma"), fix(DecimalMark::Point, "point")];
    if comma {
        both.reverse();
    }
    both
}

/// The other order first, then the one in use.
fn orders(table: &Table, column: &str) -> Vec<Fix> {
    let read = table.columns().iter().find(|c| c.name() == column).map(|c| *c.kind());
    let day_first = matches!(read, Some(ColumnKind::Date(format)) if format.order != DateOrder::Mdy);
    let fix = |order, name| {
        let own = ColumnOptions { date_order: Some(order), ..ColumnOptions::default() };
        of_column(format!("Read `{column}` as {name}"), column, own)
    };
    let mut both = vec![fix(DateOrder::Dmy, "day/month/year"), fix(DateOrder::Mdy, "month/day/year")];
    if day_first {
        both.reverse();
    }
    both
}

fn systems(table: &Table, column: &str) -> Vec<Fix> {
    let read = table.columns().iter().find(|c| c.name() == column).map(|c| *c.kind());
    let Some(ColumnKind::Date(format)) = read else { return Vec::new() };
    let fix = |system, year| {
        let own = ColumnOptions { date_system: Some(system), ..ColumnOptions::default() };
        of_column(format!("Count the days of `{column}` from {year}"), column, own)
    };
    let number = ColumnOptions { r#type: Some(ColumnType::Number), ..ColumnOptions::default() };
    let number = of_column(format!("Read `{column}` as numbers"), column, number);
    match format.serial {
        Some(Serial::Spreadsheet) => vec![fix(DateSystem::From1904, 1904), number],
        Some(Serial::Spreadsheet1904) => vec![fix(DateSystem::From1900, 1900), number],
        _ => vec![number],
    }
}

fn units(table: &Table, column: &str) -> Vec<Fix> {
    let read = table.columns().iter().find(|c| c.name() == column).map(|c| *c.kind());
    let Some(ColumnKind::Number(format)) = read else { return Vec::new() };
    let all = [(Unit::Thousand, "in thousands"), (Unit::Million, "in millions"), (Unit::One, "as written")];
    let others = all.into_iter().filter(|(unit, _)| 10_u32.pow(u32::from(format.power)) != u32::from(*unit));
    let fix = |(unit, name)| {
        let own = ColumnOptions { unit: Some(unit), ..ColumnOptions::default() };
        of_column(format!("Read `{column}` {name}"), column, own)
    };
    others.map(fix).collect()
}

fn odd_probabilities(table: &Table) -> Vec<Fix> {
    let now = table.options().odd_probabilities.unwrap_or(OddProbability::Exclude);
    let all = [
        (OddProbability::Clamp, "Take the nearest possible probability"),
        (OddProbability::Ignore, "Take the chance of the stage instead"),
        (OddProbability::Exclude, "Leave these deals out"),
    ];
    let fix =
        |(odd, label)| Fix::options(label, ReadOptions { odd_probabilities: Some(odd), ..ReadOptions::default() });
    all.into_iter().filter(|(odd, _)| *odd != now).map(fix).collect()
}

/// Gives the column the field that its name suggests, and takes it from the column that has it.
fn remap(table: &Table, binding: &Binding, column: &str) -> Vec<Fix> {
    let Some(at) = table.column_named(column) else { return Vec::new() };
    let fix = |field: &Field| {
        let mut mapping = BTreeMap::from([(column.to_owned(), Some(field.name().to_owned()))]);
        let holder = binding.column_of(*field).and_then(|at| table.columns().get(at));
        mapping.extend(holder.map(|holder| (holder.name().to_owned(), None)));
        Fix { label: format!("Take `{column}` as {field}"), options: ReadOptions::default(), mapping }
    };
    binding.claims_of(at).iter().map(fix).collect()
}
