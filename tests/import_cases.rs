//! Bad inputs and the right answers: each case is named by what is wrong with the file, with the codes that the
//! receipt must carry, each with its count, first line and column.
//!
//! The cases of single files are data, `import_cases/cases.json`; the same are run in Node and in both browsers. Those
//! of pipelines, models and runs stand below. `docs/testing.md` describes the form.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::Error;
use leadcast::calendar::Date;
use leadcast::crm::{LeadList, Mapping, Pipeline, understand};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::money::Currency;
use leadcast::report::ForecastReport;
use leadcast::table::{ReadOptions, Receipt, Table};
use serde_json::Value;
use std::collections::BTreeSet;

/// The bytes that a recipe makes.
fn bytes(input: &Value) -> Vec<u8> {
    if let Some(hex) = input["hex"].as_str() {
        return (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    }
    if let Value::Object(repeat) = &input["repeat"] {
        let part = |name: &str| repeat[name].as_str().unwrap();
        let line = |n: u64| part("line").replace("{n}", &n.to_string());
        let lines: String = (1..=repeat["times"].as_u64().unwrap()).map(line).collect();
        return format!("{}{lines}{}", part("head"), part("tail")).into_bytes();
    }
    let text = input["text"].as_str().unwrap();
    let Some(order) = input["utf16"].as_str() else { return text.as_bytes().to_vec() };
    let mark = input["mark"].as_bool().unwrap().then_some(0xFEFF);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if order == "le" { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

fn receipt(case: &Value) -> Result<Receipt, Error> {
    let options =
        case.get("options").map_or_else(ReadOptions::default, |o| ReadOptions::from_json(&o.to_string()).unwrap());
    let table = Table::from_csv(&bytes(&case["input"]), &options)?;
    match case["asOf"].as_str() {
        Some(day) => {
            let day = Date::parse_iso(day)?;
            Ok(Pipeline::from_table(table, &Mapping::default())?.as_of(Some(day), Currency::USD).receipt)
        }
        None => understand(table, &Mapping::default()),
    }
}

/// What is said of a file, in the form in which cases expect it.
fn said(case: &Value) -> Value {
    let receipt = match receipt(case) {
        Ok(receipt) => serde_json::to_value(receipt).unwrap(),
        Err(error) => return serde_json::json!({ "error": error.code() }),
    };
    let mut said = serde_json::json!({ "rows": [receipt["rowsRead"], receipt["rowsUsed"], receipt["rowsExcluded"]] });
    let code = |d: &Value| {
        let place = &d["place"];
        serde_json::json!([
            d["code"],
            d["count"],
            place["line"].as_u64().unwrap_or(0),
            place["column"].as_str().unwrap_or("")
        ])
    };
    said["codes"] = receipt["diagnostics"].as_array().unwrap().iter().map(code).collect();
    let expected = case["expect"].as_object().unwrap();
    for key in ["encoding", "delimiter", "kind"].iter().filter(|key| expected.contains_key(**key)) {
        said[*key] = receipt[*key].clone();
    }
    if let Some(columns) = case["expect"]["columns"].as_object() {
        for (name, wanted) in columns {
            let column = receipt["columns"].as_array().unwrap().iter().find(|c| c["name"] == name.as_str()).unwrap();
            for key in wanted.as_object().unwrap().keys() {
                said["columns"][name][key] = column[key].clone();
            }
        }
    }
    said
}

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("import_cases/cases.json")).unwrap()
}

#[test]
fn every_case_gets_its_answer() {
    let mut wrong = Vec::new();
    for case in cases() {
        let said = said(&case);
        if let Some(rows) = said["rows"].as_array() {
            let [read, used, excluded] = [0, 1, 2].map(|at| rows[at].as_u64().unwrap());
            assert_eq!(read, used + excluded, "{}", case["name"]);
        }
        if said != case["expect"] {
            wrong.push(format!("{} {}:\n  expected {}\n  got      {said}", case["row"], case["name"], case["expect"]));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// Rows of the list of bad inputs whose cases are not about a single file: they stand below.
const BELOW: [u32; 17] = [44, 47, 57, 58, 60, 62, 63, 64, 65, 66, 68, 69, 70, 71, 72, 73, 74];

#[test]
fn every_row_of_the_list_has_a_case() {
    let mut rows: BTreeSet<u32> = cases().iter().map(|case| case["row"].as_u64().unwrap() as u32).collect();
    rows.extend(BELOW);
    rows.insert(75);
    let missing: Vec<u32> = (1..=76).filter(|row| !rows.contains(row)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

const DEALS: &str = "Deal ID,Deal Name,Stage,Amount,Close Date\n";

/// A pipeline of three good rows with `row` as the fourth, on line 5.
fn deals(row: &str) -> String {
    format!(
        "{DEALS}1,a,Demo,100,2026-05-01\n2,b,Demo,200,2026-05-13\n3,c,Demo,300,2026-05-20\n{row}\n5,e,Demo,1,2026-05-02\n\
         6,f,Demo,1,2026-05-02\n7,g,Demo,1,2026-05-02\n8,h,Demo,1,2026-05-02\n9,i,Demo,1,2026-05-02\n10,j,Demo,1,2026-05-02\n"
    )
}

// ── pipeline, model and run, through the front doors (rows 55 and 57–75) ──

fn forecast(csv: &str, run: &str) -> ForecastReport {
    let model = OperatingModel::preset(Preset::SalesLed).unwrap();
    leadcast::forecast_deals(csv.as_bytes(), &model, &Run::from_json(run).unwrap()).unwrap().report()
}

fn has(report: &ForecastReport, code: &str) -> bool {
    report.receipt.diagnostics.iter().any(|d| d.code == code)
}

#[test]
fn pipelines() {
    let small = r#"{"asOf": "2026-05-10", "trials": 25600, "quota": 100}"#;
    let past = forecast(&deals("4,d,Demo,1,2026-05-09"), small);
    assert!(has(&past, "past-close-date"), "55");
    let none = forecast(DEALS, small);
    assert_eq!((none.headline.open_deals, none.headline.p50.value), (0, 0.0), "57");
    assert_eq!(none.headline.odds.map(|odds| odds.value), Some(0.0), "57");
    let one = forecast(
        "Deal Name,Stage,Amount,Close Date,Probability\na,Verbal-ish,100000,2026-05-20,30\n",
        r#"{"asOf": "2026-05-10", "trials": 102400, "quota": 100000}"#,
    );
    assert!(one.stages.iter().any(|stage| stage.name == "Verbal-ish" && stage.count == 1), "63");
    assert_eq!(one.headline.p10.value, 0.0, "58");
    let twice = forecast(&deals("3,c,Demo,300,2026-05-20"), small);
    assert!(has(&twice, "duplicate-row") && twice.receipt.rows_excluded == 1, "61");
    let other = forecast(&deals("3,c,Demo,400,2026-05-20"), small);
    assert!(has(&other, "duplicate-id") && other.receipt.rows_excluded == 0, "61");
    let zero = forecast(&deals("4,d,Demo,1,2026-05-19"), r#"{"asOf": "2026-05-10", "trials": 25600, "quota": 0}"#);
    assert_eq!(zero.headline.odds.map(|odds| odds.value), Some(1.0), "62");
    let outweighed = forecast(&deals("4,d,Demo,100000,2026-05-19"), small);
    assert!(has(&outweighed, "concentration"), "67");
    let grade = outweighed.receipt.quality.grade;
    assert!(["A", "B", "C", "D", "F"].contains(&grade), "{grade}");
}

#[test]
fn models_and_runs() {
    let model = |json: &str| OperatingModel::from_json(json).unwrap_err();
    assert_eq!(model(r#"{"format": 1, "stagse": []}"#).code(), "unknown-key", "68");
    assert_eq!(model(r#"{"format": 1, "format": 1}"#).code(), "duplicate-key", "69");
    assert_eq!(
        model(&format!("{{\"format\": 1, \"meta\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000))).code(),
        "too-deep",
        "69"
    );
    assert_eq!(
        model(
            r#"{"format": 1, // no
        "meta": {}}"#
        )
        .code(),
        "bad-json",
        "69"
    );
    assert_eq!(model(r#"{"format": "1"}"#).code(), "bad-format", "69");
    assert_eq!(model(r#"{"format": 2}"#).code(), "newer-format", "70");
    let run = |json: &str| Run::from_json(json).map(|_| "accepted").unwrap_or_else(|error| error.code());
    for (json, code) in [
        (r#"{"trials": 0}"#, "out-of-range"),
        (r#"{"trials": -1}"#, "out-of-range"),
        (r#"{"trials": 1e12}"#, "out-of-range"),
        (r#"{"trials": NaN}"#, "bad-json"),
        (r#"{"seed": "abc"}"#, "wrong-type"),
        (r#"{"seed": -1}"#, "out-of-range"),
        (r#"{"seed": 9007199254740993}"#, "out-of-range"),
        (r#"{"quota": -5}"#, "out-of-range"),
    ] {
        assert_eq!(run(json), code, "62, 74, 75: {json}");
    }
    for json in [r#"{"format": "\u{feff}"}"#, "\u{feff}{}", r#"{"format": 1e400}"#] {
        assert!(OperatingModel::from_json(json).is_err(), "69: {json}");
    }
    // Weights are points here: a rule without any is refused, and nothing is normalised.
    let weightless = r#"{"format": 1, "icp": {"fit": {"groups": [{"name": "a", "cap": 0, "rules": []}]}}}"#;
    assert!(OperatingModel::from_json(weightless).is_err(), "47");
    for value in ["1.5", "-1.5", "\"NaN\""] {
        let json = format!("{{\"format\": 1, \"forecast\": {{\"marketCorrelation\": {value}}}}}");
        assert!(OperatingModel::from_json(&json).is_err(), "66: {value}");
    }
}

#[test]
fn certain_deals_are_certain_and_impossible_ones_impossible() {
    let csv = |chance: &str| {
        let rows: String = (0..10).map(|n| format!("d{n},Demo,1000,2026-05-20,{chance}\n")).collect();
        format!("Deal Name,Stage,Amount,Close Date,Probability\n{rows}")
    };
    let run = r#"{"asOf": "2026-05-10", "trials": 1024000, "quota": 1, "dealProbability": "own"}"#;
    let never = forecast(&csv("0"), run);
    assert_eq!((never.headline.p10.value, never.headline.p90.value), (0.0, 0.0), "44");
    assert_eq!(never.headline.odds.map(|odds| odds.value), Some(0.0), "44");
    let always = forecast(&csv("100"), run);
    assert!(always.headline.p10.value <= always.headline.p90.value && always.headline.p90.value <= 10_000.0, "60");
    assert_eq!(always.headline.p50.value.fract(), 0.0, "60");
}

#[test]
fn leads_that_nothing_takes_are_counted() {
    let json = |segments: &str, routing: &str| format!("{{\"format\": 1, \"segments\": {segments}{routing}}}");
    let score = |model: &OperatingModel| {
        let table = Table::from_csv(b"Company,Employees\nA,10\nB,500\nC,\n", &ReadOptions::default()).unwrap();
        let list = LeadList::from_table(table, &Mapping::default()).unwrap();
        list.score(model, &Run::default()).report()
    };
    let overlapping = json(
        r#"[{"name": "Small", "when": {"field": "employees", "atMost": 600}}, {"name": "Large", "when": {"field": "employees", "atLeast": 100}}]"#,
        "",
    );
    let report = score(&OperatingModel::from_json(&overlapping).unwrap());
    assert_eq!(report.counts.leads, 3, "71");
    let pool = r#", "routing": {"pools": [{"name": "P", "members": []}], "rules": [], "fallback": "P"}"#;
    let empty = OperatingModel::from_json(&json("[]", pool));
    assert!(empty.is_err() || score(&empty.unwrap()).counts.leads == 3, "72");
    // No condition takes a pattern that is run: text is compared as text.
    let pattern = json(r#"[{"name": "S", "when": {"field": "company", "matches": "(a+)+$"}}]"#, "");
    assert_eq!(OperatingModel::from_json(&pattern).unwrap_err().code(), "unknown-key", "73");
}
