//! `evaluate csv DIR|FILE.json`: reads the cells of published CSV test files and compares them with what is expected.

use leadcast::table::{Header, ReadOptions, Table};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(mut arguments: lexopt::Parser, print: &mut dyn FnMut(&str)) -> Result<(), String> {
    let Some(lexopt::Arg::Value(place)) = arguments.next().map_err(super::text)? else {
        return Err(format!("no folder ({})", super::USAGE));
    };
    let place = Path::new(&place);
    let cases = if place.is_dir() { folder(place)? } else { list(place)? };
    let (mut same, mut explained, all) = (0, 0, cases.len());
    for case in cases {
        let line = compare(&case);
        same += usize::from(line["same"] == true);
        explained += usize::from(line["same"] == false && line["why"].is_string());
        print(&line.to_string());
    }
    print(&json!({ "summary": { "same": same, "explained": explained, "cases": all } }).to_string());
    Ok(())
}

/// A published case: bytes, how they are to be read, and the rows expected, the header among them if there is one.
struct Case {
    name: String,
    bytes: Vec<u8>,
    delimiter: Option<char>,
    expected: Vec<Vec<String>>,
}

/// `csvs/NAME.csv` beside `json/NAME.json`: rows as objects below a header, or as lists.
fn folder(place: &Path) -> Result<Vec<Case>, String> {
    let csvs = ["csvs", "csv"].map(|name| place.join(name)).into_iter().find(|path| path.is_dir());
    let csvs = csvs.ok_or_else(|| format!("{}: no folder `csvs`", place.display()))?;
    let mut paths: Vec<_> =
        std::fs::read_dir(csvs).map_err(super::text)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Ok(json) = std::fs::read(place.join("json").join(format!("{name}.json"))) else { continue };
        let json: Value = serde_json::from_str(&String::from_utf8_lossy(&json)).map_err(super::text)?;
        let bytes = std::fs::read(&path).map_err(super::text)?;
        cases.push(Case { name, bytes, delimiter: None, expected: rows(&json) });
    }
    Ok(cases)
}

/// `[{"name", "input", "delimiter", "rows"}]`, as `node tests/papaparse.js` writes it.
fn list(place: &Path) -> Result<Vec<Case>, String> {
    let text = std::fs::read_to_string(place).map_err(|error| format!("{}: {error}", place.display()))?;
    let cases: Vec<Value> = serde_json::from_str(&text).map_err(super::text)?;
    let case = |case: &Value| Case {
        name: case["name"].as_str().unwrap_or_default().to_owned(),
        bytes: case["input"].as_str().unwrap_or_default().as_bytes().to_vec(),
        delimiter: case["delimiter"].as_str().and_then(|text| text.chars().next()),
        expected: rows(&case["rows"]),
    };
    Ok(cases.iter().map(case).collect())
}

fn rows(json: &Value) -> Vec<Vec<String>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let one = [json.clone()];
    let list = json.as_array().map_or(one.as_slice(), Vec::as_slice);
    let mut rows = Vec::new();
    for row in list {
        match row {
            Value::Object(cells) => {
                if rows.is_empty() {
                    rows.push(cells.keys().cloned().collect());
                }
                rows.push(cells.values().map(text).collect());
            }
            Value::Array(cells) => rows.push(cells.iter().map(text).collect()),
            other => rows.push(vec![text(other)]),
        }
    }
    rows
}

fn compare(case: &Case) -> Value {
    let options = ReadOptions { header: Some(Header::None), delimiter: case.delimiter, ..ReadOptions::default() };
    let got: Vec<Vec<String>> = match Table::from_csv(&case.bytes, &options) {
        Ok(table) => {
            let row = |row| table.columns().iter().map(|column| column.raw(row).to_owned()).collect();
            (0..table.rows()).map(row).collect()
        }
        Err(error) if error.code() == "empty" => Vec::new(),
        Err(error) => {
            return json!({ "case": case.name, "same": false, "why": "an option that we refuse", "error": error.code() });
        }
    };
    // The order of an object's keys is no order of columns.
    let sorted = |rows: &[Vec<String>]| {
        let mut at: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).collect();
        at.sort_by_key(|at| rows.first().and_then(|row| row.get(*at)));
        let cells = |row: &Vec<String>| at.iter().map(|at| row.get(*at).cloned().unwrap_or_default()).collect();
        rows.iter().map(cells).collect::<Vec<Vec<String>>>()
    };
    if got == case.expected || sorted(&got) == sorted(&case.expected) {
        return json!({ "case": case.name, "same": true });
    }
    json!({ "case": case.name, "same": false, "why": why(case, &got), "expected": case.expected, "got": got })
}

/// The rule of ours that makes the difference, as far as it can be told from the rows; or the fault of the reference.
fn why(case: &Case, got: &[Vec<String>]) -> Option<String> {
    if let Some(cell) = beyond_the_file(case, got) {
        return Some(format!("the file does not hold `{cell}`, which is expected"));
    }
    let filled = |row: &Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
    let cut = |row: &Vec<String>, width: usize| {
        let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
        (0..width).map(cell).collect::<Vec<String>>()
    };
    let width = got.first().map_or(0, Vec::len);
    let full: Vec<&Vec<String>> = case.expected.iter().filter(|row| filled(row)).collect();
    let even: Vec<Vec<String>> = full.iter().map(|row| cut(row, width)).collect();
    let stray = |row: &Vec<String>| row.iter().any(|cell| cell.contains('"'));
    let returns = |rows: &[Vec<String>]| rows.iter().flatten().any(|cell| cell.contains('\r'));
    let rule = match () {
        () if full.iter().map(|row| (*row).clone()).collect::<Vec<_>>() == got => "rows without a value are no rows",
        () if even == got => "all rows are as wide as the first, rows without a value are no rows",
        () if case.expected.is_empty() && got.len() == 1 => "a header alone has no rows",
        () if returns(&case.expected) => "CR, LF and CRLF all end rows",
        () if got.iter().any(stray) || case.expected.iter().any(stray) => {
            "quotes against the rules are kept to the letter"
        }
        () => return None,
    };
    Some(rule.to_owned())
}

/// If all that differs are cells whose text stands nowhere in the file, the first of them.
fn beyond_the_file(case: &Case, got: &[Vec<String>]) -> Option<String> {
    let shape = |rows: &[Vec<String>]| rows.iter().map(Vec::len).collect::<Vec<_>>();
    let file = String::from_utf8_lossy(&case.bytes).replace("\"\"", "\"");
    let cells = |rows: &[Vec<String>]| {
        let mut cells: Vec<String> = rows.iter().flatten().cloned().collect();
        cells.sort();
        cells
    };
    let (expected, got_cells) = (cells(&case.expected), cells(got));
    let mut missing = expected.into_iter().filter(|cell| !got_cells.contains(cell)).peekable();
    let first = missing.peek().cloned()?;
    (shape(&case.expected) == shape(got) && missing.all(|cell| !file.contains(&cell))).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_compared_with_what_is_expected() {
        let case = |text: &str, expected: Value| {
            let case = Case { name: "a".into(), bytes: text.into(), delimiter: None, expected: rows(&expected) };
            compare(&case)
        };
        assert_eq!(case("a,b\n1,\"2\"\n", json!([{ "b": "2", "a": "1" }]))["same"], true);
        assert_eq!(
            case("a,b\n\n1,2\n", json!([["a", "b"], [""], ["1", "2"]]))["why"],
            "rows without a value are no rows"
        );
        assert_eq!(
            case("a,b\n1,2\n", json!([["a", "b"], ["1", "3"]]))["why"],
            "the file does not hold `3`, which is expected"
        );
        // A value that the file holds and that we do not read is no fault of the reference.
        assert!(case("a,b\n1,2\n", json!([["a", "b"], ["1", "b"]]))["why"].is_null());
    }
}
