//! `evaluate import [--join|--same] FILE…`: one line per file, what was understood of it; with `--join` then one line for
//! every file but the first, what came of attaching it to the first; with `--same` whether it holds the same as the first.

use leadcast::crm::join::{AttachOptions, Attached};
use leadcast::crm::{Dialects, Kind, LeadList, Mapping, Pipeline, understand};
use leadcast::money::Currency;
use leadcast::table::{ReadOptions, Receipt, Table};
use leadcast::{Error, ErrorKind};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::Path;

pub(crate) fn run(mut arguments: lexopt::Parser, print: &mut dyn FnMut(&str)) -> Result<(), String> {
    let (mut files, mut join, mut same) = (Vec::new(), false, false);
    while let Some(argument) = arguments.next().map_err(super::text)? {
        match argument {
            lexopt::Arg::Value(file) => files.push(file),
            lexopt::Arg::Long("join") => join = true,
            lexopt::Arg::Long("same") => same = true,
            other => return Err(format!("{} ({})", other.unexpected(), super::USAGE)),
        }
    }
    if files.is_empty() {
        return Err(format!("no file ({})", super::USAGE));
    }
    let read = |file: &OsString| std::fs::read(file).map_err(|error| format!("{}: {error}", file.to_string_lossy()));
    let files = files.iter().map(|file| Ok((Path::new(file), read(file)?))).collect::<Result<Vec<_>, String>>()?;
    for (file, bytes) in &files {
        print(&line(file, bytes).to_string());
    }
    if let (true, Some((first, rest))) = (same, files.split_first()) {
        for other in rest {
            print(&comparison(first, other).to_string());
        }
    }
    let others = if join { files.get(1..).unwrap_or_default() } else { &[] };
    let mut open = None;
    for (file, bytes) in others {
        let Some((first, first_bytes)) = files.first() else { continue };
        let joined = match open.take() {
            Some(open) => Ok(open),
            None => Open::new(first, first_bytes),
        };
        let answer = joined.and_then(|list| {
            let attached = table(file, bytes).and_then(|table| list.attach(table));
            open = Some(list);
            let (list, attached) = attached?;
            open = Some(list);
            Ok(attached)
        });
        let (name, to) = (file.to_string_lossy(), first.to_string_lossy());
        print(&attachment(&name, &to, answer).to_string());
    }
    Ok(())
}

/// The file that the others are attached to.
enum Open {
    Leads(Box<LeadList>),
    Deals(Box<Pipeline>),
}

impl Open {
    fn new(file: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let table = table(file, bytes)?;
        let deals = Kind::of(&table, Dialects::built_in()?) == Some(Kind::Deals);
        if deals {
            return Pipeline::from_table(table, &Mapping::default()).map(|deals| Self::Deals(Box::new(deals)));
        }
        LeadList::from_table(table, &Mapping::default()).map(|list| Self::Leads(Box::new(list)))
    }

    fn attach(&self, table: Table) -> Result<(Self, Attached), Error> {
        let options = AttachOptions::default();
        match self {
            Self::Leads(list) => {
                list.attach(table, &options).map(|(list, attached)| (Self::Leads(Box::new(list)), attached))
            }
            Self::Deals(deals) => {
                deals.attach(table, &options).map(|(deals, attached)| (Self::Deals(Box::new(deals)), attached))
            }
        }
    }
}

/// Whether two files hold the same: deals field by field, other rows by their fingerprint.
fn comparison((first, first_bytes): &(&Path, Vec<u8>), (other, other_bytes): &(&Path, Vec<u8>)) -> Value {
    let names = (first.to_string_lossy(), other.to_string_lossy());
    let (a, b) = match (Open::new(first, first_bytes), Open::new(other, other_bytes)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(error), _) | (_, Err(error)) => {
            return json!({ "compared": names.1, "to": names.0, "error": { "code": error.code(), "message": error.to_string() } });
        }
    };
    let (what, rows, differing, fingerprints) = match (&a, &b) {
        (Open::Deals(a), Open::Deals(b)) => {
            let [mine, theirs] = [a, b].map(|pipeline| pipeline.as_of(None, Currency::USD).deals);
            let differing = mine.iter().zip(&theirs).filter(|(mine, theirs)| mine != theirs);
            let lines: Vec<u64> = differing.map(|(deal, _)| deal.line).collect();
            ("deals", [mine.len(), theirs.len()], lines, [a.fingerprint(), b.fingerprint()])
        }
        (Open::Leads(a), Open::Leads(b)) => {
            let differing = (0..a.rows().min(b.rows())).filter(|row| {
                let texts = |list: &LeadList| {
                    list.table().columns().iter().map(|c| c.text(*row).to_owned()).collect::<Vec<_>>()
                };
                texts(a) != texts(b)
            });
            let lines = differing.map(|row| a.table().line(row)).collect();
            ("leads", [a.rows(), b.rows()], lines, [a.fingerprint(), b.fingerprint()])
        }
        _ => return json!({ "compared": names.1, "to": names.0, "same": false, "what": "files of different kinds" }),
    };
    let same = differing.is_empty() && rows[0] == rows[1] && fingerprints[0] == fingerprints[1];
    json!({ "compared": names.1, "to": names.0, "same": same, "what": what, "rows": rows, "differing": differing.len(),
        "lines": differing.iter().take(10).collect::<Vec<_>>(), "sameFingerprint": fingerprints[0] == fingerprints[1] })
}

fn attachment(file: &str, to: &str, answer: Result<Attached, Error>) -> Value {
    match answer {
        Ok(attached) => {
            json!({ "attached": file, "to": to, "kind": attached.receipt.kind, "rowsRead": attached.receipt.rows_read,
            "rowsUsed": attached.receipt.rows_used, "join": attached.join, "quotas": attached.quotas })
        }
        Err(error) => {
            json!({ "attached": file, "to": to, "error": { "code": error.code(), "message": error.to_string() } })
        }
    }
}

fn line(file: &Path, bytes: &[u8]) -> Value {
    let name = file.to_string_lossy();
    match receipt(file, bytes) {
        Ok(receipt) => answer(&name, &receipt),
        Err(error) => json!({ "file": name, "error": { "code": error.code(), "message": error.to_string() } }),
    }
}

fn receipt(file: &Path, bytes: &[u8]) -> Result<Receipt, Error> {
    understand(table(file, bytes)?, &Mapping::default())
}

fn table(file: &Path, bytes: &[u8]) -> Result<Table, Error> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let options = ReadOptions { name, ..ReadOptions::default() };
    match (Table::from_csv(bytes, &options), std::str::from_utf8(bytes)) {
        (Err(error), Ok(json)) if error.kind() == ErrorKind::Input && json.trim_start().starts_with('[') => {
            Table::from_records(json, &options)
        }
        (table, _) => table,
    }
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
    fn a_file_attached_is_one_line_with_the_join() {
        let deals =
            Open::new(Path::new("d.csv"), b"Deal ID,Deal Name,Account,Amount,Stage\n1,A,Acme Ltd,5,Demo\n").unwrap();
        let accounts = table(Path::new("a.csv"), b"Account Name,Industry\nACME,Retail\n").unwrap();
        let answer = attachment("a.csv", "d.csv", deals.attach(accounts).map(|(_, attached)| attached));
        assert_eq!((&answer["join"]["matched"], &answer["join"]["byKey"][0]["key"]), (&json!(1), &json!("name")));
        assert_eq!(answer["join"]["addedColumns"], json!(["Account Name", "Industry", "In a"]));
    }

    #[test]
    fn files_that_differ_in_the_order_of_their_dates_hold_the_same() {
        let file = |text: &str| (Path::new("d.csv"), text.as_bytes().to_vec());
        let iso = file("Deal ID,Amount,Stage,Close Date\n1,5,Demo,2026-03-31\n2,7,Won,2026-04-05\n");
        let us = file("Deal ID,Amount,Stage,Close Date\n1,5,Demo,3/31/2026\n2,7,Won,4/5/2026\n");
        let other = file("Deal ID,Amount,Stage,Close Date\n1,5,Demo,3/31/2026\n2,7,Won,4/6/2026\n");
        let same = comparison(&iso, &us);
        assert_eq!((&same["same"], &same["rows"]), (&json!(true), &json!([2, 2])), "{same}");
        let different = comparison(&iso, &other);
        assert_eq!((&different["same"], &different["lines"]), (&json!(false), &json!([3])), "{different}");
    }

    #[test]
    fn a_file_of_no_use_is_one_line_with_the_error() {
        let got = line(Path::new("a.csv"), b"%PDF-1.7");
        assert_eq!(got["error"]["code"], "not-csv");
    }
}
