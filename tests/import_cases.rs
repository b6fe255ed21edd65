//! Bad inputs and the right answers: each case is named by what is wrong with the file, with the codes that the
//! receipt must carry, each with its count, first line and column.
//!
//! The cases are data, `import_cases/cases.json`; the same are run in Node and in both browsers. What takes more than a
//! file, a model and a run stands below. `docs/testing.md` describes the form.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::Error;
use leadcast::calendar::Date;
use leadcast::crm::{Mapping, Pipeline, StageHistory, understand};
use leadcast::model::{OperatingModel, Run};
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

/// A model's text, or a recipe for one with many levels.
fn model(text: &Value) -> String {
    let Value::Object(recipe) = text else { return text.as_str().unwrap().to_owned() };
    let part = |name: &str| recipe[name].as_str().unwrap();
    let times = recipe["times"].as_u64().unwrap() as usize;
    format!("{}{}1{}{}", part("head"), part("open").repeat(times), part("close").repeat(times), part("tail"))
}

/// The report that a case asks for; `null` where only the model is read.
fn report(case: &Value) -> Result<Value, Error> {
    let model = OperatingModel::from_json(&model(&case["model"]))?;
    if case["ask"] == "model" {
        return Ok(Value::Null);
    }
    let run = Run::from_json(case["run"].as_str().unwrap())?;
    let file = bytes(&case["input"]);
    Ok(match case["ask"].as_str() {
        Some("forecast") => serde_json::to_value(leadcast::forecast_deals(&file, &model, &run)?.report()),
        _ => serde_json::to_value(leadcast::score_leads(&file, &model, &run)?.report()),
    }
    .unwrap())
}

/// What a report says at the places that a case names, in the form in which it expects it.
fn answer(case: &Value) -> Value {
    let report = match report(case) {
        Ok(report) => report,
        Err(error) => return serde_json::json!({ "error": error.code(), "path": error.place().path }),
    };
    let mut said = case["expect"].clone();
    for (place, wanted) in said.get_mut("at").and_then(Value::as_object_mut).into_iter().flatten() {
        *wanted = match place.strip_suffix("/*") {
            Some(list) => {
                let all = report.pointer(list).and_then(Value::as_array).unwrap();
                all.iter().filter(|one| wanted.as_array().unwrap().contains(one)).cloned().collect()
            }
            None => report.pointer(place).cloned().unwrap(),
        };
    }
    for (place, range) in said.get_mut("between").and_then(Value::as_object_mut).into_iter().flatten() {
        let [low, high] = [0, 1].map(|at| range[at].as_f64().unwrap());
        let found = report.pointer(place).and_then(Value::as_f64).unwrap();
        if !(low..=high).contains(&found) {
            *range = found.into();
        }
    }
    said
}

/// Numbers as floating-point ones: 3 and 3.0 are the same answer.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

/// What is said of a file, in the form in which cases expect it.
fn said(case: &Value) -> Value {
    if case.get("ask").is_some() {
        return answer(case);
    }
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
        if plain(&said) != plain(&case["expect"]) {
            wrong.push(format!("{} {}:\n  expected {}\n  got      {said}", case["row"], case["name"], case["expect"]));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// The table of `docs/testing.md` that says where the rows stand that are not about a single file: row, file, test.
fn elsewhere() -> Vec<(u32, &'static str, &'static str)> {
    let rows = include_str!("../docs/testing.md").lines().filter_map(|line| {
        let [row, file, test] =
            line.strip_prefix('|')?.strip_suffix('|')?.split('|').collect::<Vec<_>>().try_into().ok()?;
        Some((row.trim().parse().ok()?, file.trim().trim_matches('`'), test.trim().trim_matches('`')))
    });
    rows.collect()
}

#[test]
fn every_row_of_the_list_has_a_case() {
    let mut rows: BTreeSet<u32> = cases().iter().map(|case| case["row"].as_u64().unwrap() as u32).collect();
    for (row, file, test) in elsewhere() {
        let source = std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(source.contains(&format!("#[test]\nfn {test}() {{")), "row {row}: no test `{test}` in {file}");
        rows.insert(row);
    }
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

// ── pipeline, model and run, through the front doors: the rows that docs/testing.md lists ──

/// Stages whose chances are known exactly, without slip or market: figures that can be worked out by hand.
const EXACT: &str = r#"{ "format": 1, "meta": { "currency": "USD" },
  "stages": [
    { "name": "Demo", "order": 1, "winProbability": { "mean": 0.3, "strength": null }, "category": "pipeline",
      "slip": { "onTime": 1, "meanDelayDays": 0 } },
    { "name": "Signing", "order": 2, "winProbability": { "mean": 1, "strength": null }, "category": "commit",
      "slip": { "onTime": 1, "meanDelayDays": 0 } } ],
  "targets": { "defaultQuota": null },
  "forecast": { "marketCorrelation": 0 } }"#;

fn forecast(csv: &str, run: &str) -> ForecastReport {
    let model = OperatingModel::from_json(EXACT).unwrap();
    leadcast::forecast_deals(csv.as_bytes(), &model, &Run::from_json(run).unwrap()).unwrap().report()
}

fn run(quota: &str) -> String {
    format!(r#"{{"asOf": "2026-05-10", "trials": 102400, "quota": {quota}}}"#)
}

/// Count, first line and column of a diagnostic.
fn told(report: &ForecastReport, code: &str) -> Option<(u64, u64, String)> {
    let note = report.receipt.diagnostics.iter().find(|note| note.code == code)?;
    Some((note.count, note.place.line.unwrap_or(0), note.place.column.clone().unwrap_or_default()))
}

/// P10, P50 and P90.
fn percentiles(report: &ForecastReport) -> [f64; 3] {
    [report.headline.p10.value, report.headline.p50.value, report.headline.p90.value]
}

fn odds(report: &ForecastReport) -> Option<f64> {
    report.headline.odds.map(|odds| odds.value)
}

#[test]
fn certain_deals_are_certain_and_impossible_ones_impossible() {
    let csv = |chance: &str| {
        let rows: String = (0..3).map(|n| format!("d{n},Demo,1000,2026-05-20,{chance}\n")).collect();
        format!("Deal Name,Stage,Amount,Close Date,Probability\n{rows}")
    };
    let run = |quota: &str| {
        format!(r#"{{"asOf": "2026-05-10", "trials": 1024000, "quota": {quota}, "dealProbability": "own"}}"#)
    };
    let never = forecast(&csv("0"), &run("1"));
    assert_eq!((percentiles(&never), never.headline.mean.value, odds(&never)), ([0.0; 3], 0.0, Some(0.0)));
    let always = forecast(&csv("100"), &run("3000"));
    assert_eq!((percentiles(&always), always.headline.mean.value), ([3000.0; 3], 3000.0));
    assert_eq!((odds(&always), always.headline.mean.error), (Some(1.0), 0.0));
    let bars = always.periods[0].figures.histogram.counts.iter().filter(|count| **count > 0).count();
    assert_eq!(bars, 1);
}

#[test]
fn deals_that_stand_twice_are_one_or_told() {
    let twice = forecast(&deals("3,c,Demo,300,2026-05-20"), &run("100"));
    assert_eq!(told(&twice, "duplicate-row"), Some((1, 5, String::new())));
    assert_eq!((twice.receipt.rows_excluded, twice.headline.open_deals), (1, 9));
    let other = forecast(&deals("3,c,Demo,400,2026-05-20"), &run("100"));
    assert_eq!(told(&other, "duplicate-id"), Some((1, 5, "Deal ID".to_owned())));
    assert_eq!((other.receipt.rows_excluded, other.headline.open_deals), (0, 10));
}

#[test]
fn deals_may_go_round_in_circles_and_the_model_cannot() {
    let csv = "Deal ID,Stage,Entered\n1,Proposal,2026-01-05\n1,Negotiation,2026-02-01\n1,Proposal,2026-03-01\n1,Won,2026-04-01\n";
    let history = StageHistory::from_table(
        Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap(),
        &Mapping::default(),
    )
    .unwrap();
    let stages: Vec<&str> = history.of("1").iter().map(|event| event.stage.as_str()).collect();
    assert_eq!((stages, history.receipt.rows_excluded), (vec!["Proposal", "Negotiation", "Proposal", "Won"], 0));
    // Stages stand in an order and lead nowhere, so that a circle cannot be written.
    let graph = EXACT.replacen(r#""order": 1,"#, r#""order": 1, "next": ["Signing"],"#, 1);
    let error = OperatingModel::from_json(&graph).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), ("unknown-key", Some("stages[0].next")));
}

#[test]
fn a_deal_that_outweighs_the_others_is_told() {
    let outweighed = forecast(&deals("4,d,Demo,100000,2026-05-19"), &run("100"));
    assert_eq!(told(&outweighed, "concentration"), Some((1, 5, String::new())));
    assert_eq!(told(&forecast(&deals("4,d,Demo,100,2026-05-19"), &run("100")), "concentration"), None);
}
