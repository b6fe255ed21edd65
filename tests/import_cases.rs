//! Bad inputs and the right answers: each case is named by what is wrong with the file, with the codes that the
//! receipt must carry, each with its count, first line and column.
//!
//! The cases of single files are data, `import_cases/cases.json`; the same are run in Node and in both browsers. Those
//! of pipelines, models and runs stand below. `docs/testing.md` describes the form.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::Error;
use leadcast::calendar::Date;
use leadcast::crm::{LeadList, Mapping, Pipeline, StageHistory, understand};
use leadcast::model::{OperatingModel, Run};
use leadcast::money::Currency;
use leadcast::report::{ForecastReport, LeadCounts};
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
fn a_pipeline_without_deals_has_an_answer() {
    let none = forecast(DEALS, &run("100"));
    assert_eq!((none.headline.open_deals, percentiles(&none), odds(&none)), (0, [0.0; 3], Some(0.0)));
    assert_eq!(odds(&forecast(DEALS, &run("0"))), Some(1.0));
    let won = format!("{DEALS}1,a,Won,100,2026-05-01\n");
    let won = forecast(&won, &run("100"));
    assert_eq!((won.headline.won_to_date, percentiles(&won), odds(&won)), (100.0, [100.0; 3], Some(1.0)));
    assert!(!serde_json::to_string(&none).unwrap().contains("NaN"));
}

#[test]
fn a_single_deal_is_won_or_not() {
    let one = forecast(&format!("{DEALS}1,a,Demo,100000,2026-05-20\n"), &run("100000"));
    assert_eq!(percentiles(&one), [0.0, 0.0, 100_000.0]);
    let odds = one.headline.odds.unwrap();
    // The chance of a false alarm is 0.006 %, and the streams are fixed.
    assert!((odds.value - 0.3).abs() < 4.0 * (0.3_f64 * 0.7 / 102_400.0).sqrt(), "{odds:?}");
    assert_eq!(one.weighted_pipeline, 30_000.0);
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
fn a_quota_may_be_0_missing_or_huge_but_not_negative() {
    let with = |quota: &str| odds(&forecast(&deals("4,d,Demo,1,2026-05-19"), &run(quota)));
    assert_eq!((with("0"), with("null"), with("1000000000000")), (Some(1.0), None, Some(0.0)));
    for quota in ["-5", "1e300"] {
        let error = Run::from_json(&run(quota)).unwrap_err();
        assert_eq!((error.code(), error.place().path.as_deref()), ("out-of-range", Some("quota")));
    }
}

#[test]
fn an_unknown_stage_is_listed_with_the_chance_it_is_given() {
    use leadcast::forecast::StageSource;
    let csv = "Deal Name,Stage,Amount,Close Date,Probability\na,Verbal-ish,100000,2026-05-20,40\nb,Verbal-ish,50000,2026-05-20,20\n";
    let stated = forecast(csv, &run("100000"));
    let [stage] = &stated.stages[..] else { panic!("{:?}", stated.stages) };
    assert_eq!((stage.name.as_str(), stage.count, stage.amount), ("Verbal-ish", 2, 150_000.0));
    assert_eq!((stage.source, stage.model_stage.as_deref()), (StageSource::ProbabilityColumn, None));
    assert!((stage.win_probability - 0.3).abs() < 1e-12, "{}", stage.win_probability);
    let words = "stage `Verbal-ish`: won at the rate that its open deals state, 30 %".to_owned();
    assert!(stated.assumptions.contains(&words), "{:?}", stated.assumptions);
    // Without a chance of their own: the rate of all closed deals, and it is said so.
    let unstated = forecast(&csv.replace(",40\n", ",\n").replace(",20\n", ",\n"), &run("100000"));
    assert_eq!((unstated.stages[0].count, unstated.headline.open_deals), (2, 2));
    assert_eq!(unstated.stages[0].source, StageSource::OverallRate);
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
fn a_later_stage_that_wins_less_often_is_said() {
    let odd = EXACT.replace(r#""mean": 1, "strength": null"#, r#""mean": 0.1, "strength": null"#);
    let said = |json: &str| {
        let run = Run::from_json(&run("100")).unwrap();
        let model = OperatingModel::from_json(json).unwrap();
        let report =
            leadcast::forecast_deals(deals("4,d,Demo,1,2026-05-19").as_bytes(), &model, &run).unwrap().report();
        report.assumptions.into_iter().filter(|told| told.contains("less often")).collect::<Vec<_>>()
    };
    assert_eq!(
        said(&odd),
        ["deals in stage `Signing` are won less often (10 %) than those in `Demo` before it (30 %)"]
    );
    assert_eq!(said(EXACT), Vec::<String>::new());
}

#[test]
fn a_correlation_that_cannot_be_is_refused() {
    let model = |rho: &str| {
        OperatingModel::from_json(&EXACT.replace("\"marketCorrelation\": 0", &format!("\"marketCorrelation\": {rho}")))
    };
    for rho in ["1", "1.5", "-1", "-0.01"] {
        let error = model(rho).unwrap_err();
        let place = error.place().path.as_deref();
        assert_eq!((error.code(), place), ("out-of-range", Some("forecast.marketCorrelation")), "{rho}");
    }
    let model = model("0.99").unwrap();
    let run = Run::from_json(&run("100")).unwrap();
    let report = leadcast::forecast_deals(deals("4,d,Demo,1,2026-05-19").as_bytes(), &model, &run).unwrap().report();
    assert!(percentiles(&report).is_sorted());
}

#[test]
fn a_deal_that_outweighs_the_others_is_told() {
    let outweighed = forecast(&deals("4,d,Demo,100000,2026-05-19"), &run("100"));
    assert_eq!(told(&outweighed, "concentration"), Some((1, 5, String::new())));
    assert_eq!(told(&forecast(&deals("4,d,Demo,100,2026-05-19"), &run("100")), "concentration"), None);
}

#[test]
fn a_model_that_is_wrong_is_an_error_with_its_place() {
    let code = |json: &str| OperatingModel::from_json(json).unwrap_err().code();
    let unknown = OperatingModel::from_json(r#"{"format": 1, "stagse": []}"#).unwrap_err();
    assert_eq!(unknown.code(), "unknown-key");
    assert!(unknown.to_string().contains("stages"), "{unknown}");
    assert_eq!(code(r#"{"format": 1, "format": 1}"#), "duplicate-key");
    let deep = format!("{{\"format\": 1, \"meta\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(code(&deep), "too-deep");
    assert_eq!(code("{\"format\": 1, // no\n \"meta\": {}}"), "bad-json");
    assert_eq!(code(r#"{"format": "1"}"#), "bad-format");
    assert_eq!(code(r#"{"format": 2}"#), "newer-format");
    for json in [r#"{"format": "\u{feff}"}"#, "\u{feff}{}", r#"{"format": 1e400}"#] {
        assert!(OperatingModel::from_json(json).is_err(), "{json}");
    }
    // Weights are points here: a group without any is refused, and nothing is normalised.
    let weightless = r#"{"format": 1, "icp": {"fit": {"groups": [{"name": "a", "cap": 0, "rules": []}]}}}"#;
    let error = OperatingModel::from_json(weightless).unwrap_err();
    assert!(error.place().path.as_deref().is_some_and(|path| path.starts_with("icp.fit.groups[0]")), "{error}");
}

#[test]
fn a_run_that_is_wrong_is_an_error_with_its_place() {
    for (json, code, path) in [
        (r#"{"trials": 0}"#, "out-of-range", Some("trials")),
        (r#"{"trials": -1}"#, "out-of-range", Some("trials")),
        (r#"{"trials": 1e12}"#, "out-of-range", Some("trials")),
        (r#"{"trials": NaN}"#, "bad-json", None),
        (r#"{"seed": "abc"}"#, "wrong-type", Some("seed")),
        (r#"{"seed": ""}"#, "wrong-type", Some("seed")),
        (r#"{"seed": -1}"#, "out-of-range", Some("seed")),
        (r#"{"seed": 9007199254740993}"#, "out-of-range", Some("seed")),
    ] {
        let error = Run::from_json(json).map(|_| ()).unwrap_err();
        assert_eq!((error.code(), error.place().path.as_deref()), (code, path), "{json}");
    }
}

/// What becomes of three leads of 10, 500 and an unknown number of employees.
fn scored(segments: &str, routing: &str) -> Result<LeadCounts, Error> {
    let model = OperatingModel::from_json(&format!("{{\"format\": 1, \"segments\": {segments}{routing}}}"))?;
    let table = Table::from_csv(b"Company,Employees\nA,10\nB,500\nC,\n", &ReadOptions::default())?;
    let list = LeadList::from_table(table, &Mapping::default())?;
    Ok(list.score(&model, &Run::default()).report().counts)
}

#[test]
fn the_first_segment_that_fits_counts_and_what_fits_none_is_counted() {
    let counts = scored(
        r#"[{"name": "Small", "when": {"field": "employees", "atMost": 600}}, {"name": "Large", "when": {"field": "employees", "atLeast": 100}}]"#,
        "",
    )
    .unwrap();
    let segments: Vec<_> = counts.by_segment.iter().map(|s| (s.segment.as_str(), s.count)).collect();
    assert_eq!((counts.leads, segments), (3, vec![("Small", 2), ("Large", 0), ("Unassigned", 1)]));
}

#[test]
fn leads_that_nobody_can_take_are_counted() {
    let pool = |members: &str| {
        format!(r#", "routing": {{"pools": [{{"name": "P", "members": [{members}]}}], "rules": [], "fallback": "P"}}"#)
    };
    let error = scored("[]", &pool("")).unwrap_err();
    assert_eq!(error.place().path.as_deref(), Some("routing.pools[0].members"), "{error}");
    let full = scored("[]", &pool(r#"{"name": "Kim", "capacity": 0}"#)).map(|counts| {
        let owners: Vec<_> = counts.by_owner.iter().map(|owner| (owner.owner.clone(), owner.count)).collect();
        (counts.leads, counts.unassigned, owners)
    });
    assert_eq!(full.unwrap(), (3, 3, vec![("Kim".to_owned(), 0)]));
}

#[test]
fn no_condition_runs_a_pattern() {
    let pattern = r#"{"format": 1, "segments": [{"name": "S", "when": {"field": "company", "matches": "(a+)+$"}}]}"#;
    let error = OperatingModel::from_json(pattern).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), ("unknown-key", Some("segments[0].when.matches")));
}
