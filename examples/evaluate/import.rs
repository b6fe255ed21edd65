//! `evaluate import FILE…`: one line per file, what was understood of it.

use leadcast::crm::{Mapping, understand};
use leadcast::table::{ReadOptions, Receipt, Table};
use leadcast::{Error, ErrorKind};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(mut arguments: lexopt::Parser, print: &mut dyn FnMut(&str)) -> Result<(), String> {
    let mut files = Vec::new();
    while let Some(argument) = arguments.next().map_err(super::text)? {
        match argument {
            lexopt::Arg::Value(file) => files.push(file),
            other => return Err(format!("{} ({})", other.unexpected(), super::USAGE)),
        }
    }
    if files.is_empty() {
        return Err(format!("no file ({})", super::USAGE));
    }
    for file in files {
        let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.to_string_lossy()))?;
        print(&line(Path::new(&file), &bytes).to_string());
    }
    Ok(())
}

fn line(file: &Path, bytes: &[u8]) -> Value {
    let name = file.to_string_lossy();
    match receipt(file, bytes) {
        Ok(receipt) => answer(&name, &receipt),
        Err(error) => json!({ "file": name, "error": { "code": error.code(), "message": error.to_string() } }),
    }
}

fn receipt(file: &Path, bytes: &[u8]) -> Result<Receipt, Error> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let options = ReadOptions { name, ..ReadOptions::default() };
    let table = match (Table::from_csv(bytes, &options), std::str::from_utf8(bytes)) {
        (Err(error), Ok(json)) if error.kind() == ErrorKind::Input && json.trim_start().starts_with('[') => {
            Table::from_records(json, &options)?
        }
        (table, _) => table?,
    };
    understand(table, &Mapping::default())
}

fn answer(file: &str, receipt: &Receipt) -> Value {
    let column = |column: &leadcast::table::ColumnReceipt| {
        json!({ "name": column.name, "field": column.field, "type": column.r#type, "format": column.format,
            "nulls": column.nulls })
    };
    let diagnostic = |note: &leadcast::table::Diagnostic| json!({ "code": note.code, "count": note.count, "line": note.place.line, "column": note.place.column });
    json!({
        "file": file,
        "kind": receipt.kind,
        "system": receipt.system,
        "confidence": receipt.system_confidence,
        "encoding": receipt.encoding,
        "delimiter": receipt.delimiter,
        "rowsRead": receipt.rows_read,
        "rowsUsed": receipt.rows_used,
        "rowsExcluded": receipt.rows_excluded,
        "columns": receipt.columns.iter().map(column).collect::<Vec<_>>(),
        "diagnostics": receipt.diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_line_with_what_was_understood() {
        let got = line(Path::new("a/quotas.csv"), b"Rep;Quarter;Quota\nKim;2026 Q1;1.234,50\n");
        let column = |name, field: Option<&str>, kind, format| json!({ "name": name, "field": field, "type": kind, "format": format, "nulls": 0 });
        let expected = json!({
            "file": "a/quotas.csv", "kind": "quotas", "system": null, "confidence": 0, "encoding": "utf-8",
            "delimiter": ";", "rowsRead": 1, "rowsUsed": 1, "rowsExcluded": 0,
            "columns": [column("Rep", Some("owner"), "text", ""), column("Quarter", Some("period"), "text", ""),
                column("Quota", Some("quota"), "number", "1.234,5")],
            "diagnostics": [],
        });
        assert_eq!(got, expected);
    }

    #[test]
    fn a_file_of_no_use_is_one_line_with_the_error() {
        let got = line(Path::new("a.csv"), b"%PDF-1.7");
        assert_eq!(got["error"]["code"], "not-csv");
    }
}
