//! What a user sees of a lead's worth: probability and rank apart, expected value with its arithmetic, outcomes by grade.

#![allow(clippy::unwrap_used)]

use leadcast::OperatingModel;
use leadcast::crm::{LeadList, Mapping};
use leadcast::model::Run;
use leadcast::stats::wilson;
use leadcast::table::write::WriteOptions;
use leadcast::table::{ReadOptions, Table};
use leadcast::targeting::{ScoredLeads, View, WinRateSource};
use serde_json::{Value, json};

/// A card of one rule: 20 points for software, so that ln 3 per 20 points takes odds of 1 to 3 to 3 to 3.
fn model(learned: bool) -> Value {
    let mut icp = json!({
        "fit": { "groups": [{ "name": "Industry", "rules": [
            { "name": "Software", "when": { "field": "industry", "is": "Software" }, "points": 20,
              "evidence": { "points": 20, "rows": 50, "successes": 25 } } ] }] },
        "grades": { "fit": { "A": 20, "B": 10, "C": 5 } },
        "disqualify": [{ "name": "Student", "when": { "field": "title", "is": "Student" } }],
    });
    if learned {
        icp["evidence"] = json!({
            "outcome": "Converted", "rows": 100, "successes": 40, "gate": "signal", "fingerprint": "abc",
            "quality": { "auc": 0.7, "aucInterval": [0.6, 0.8], "logLoss": 0.6, "baseLogLoss": 0.67 },
            "calibration": { "intercept": -1.0986122886681098, "slope": 0.05493061443340549 },
        });
    }
    json!({ "format": 1, "icp": icp, "segments": [
        { "name": "Large", "when": { "field": "employees", "atLeast": 1000 }, "acv": 90000, "winRate": 0.2, "cycleDays": 150 },
        { "name": "Small", "acv": 10000 } ] })
}

const CSV: &str = "Company,Industry,Employees,Title,Converted,Lead Status\n\
                   Acme,Software,2000,CEO,1,Sales Qualified Lead\n\
                   Bolt,Retail,1500,CEO,0,New\n\
                   Core,Software,10,CEO,0,Opportunity\n\
                   Dune,Software,3000,Student,,New\n\
                   Echo,Retail,5,CEO,1,\n";

fn scored(learned: bool) -> ScoredLeads {
    let table = Table::from_csv(CSV.as_bytes(), &ReadOptions::default()).unwrap();
    let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
    leads.score(&OperatingModel::from_json(&model(learned).to_string()).unwrap(), &Run::default())
}

#[test]
fn a_learned_card_gives_a_probability_and_any_card_a_rank() {
    let leads = scored(true);
    let chance = |row| leads.probability(row).unwrap();
    assert!((chance(0) - 0.5).abs() < 1e-12 && (chance(1) - 0.25).abs() < 1e-12);
    // Two leads have none of the points and three have all: the two share the places 0 to 0.4, the three 0.4 to 1.
    let ranks: Vec<Option<f64>> = (0..5).map(|row| leads.rank(row)).collect();
    assert_eq!(ranks, [Some(0.7), Some(0.2), Some(0.7), Some(0.7), Some(0.2)]);
    let plain = scored(false);
    assert_eq!((plain.probability(0), plain.rank(0)), (None, Some(0.7)));
    assert!(plain.report().learned.is_none());
    let learned = leads.report().learned.unwrap();
    assert_eq!((learned.outcome.as_str(), learned.rows, learned.edited), ("Converted", 100, false));
}

#[test]
fn expected_value_takes_the_learned_probability_else_the_benchmark_and_says_which() {
    let (learned, plain) = (scored(true), scored(false));
    let sources = [&learned, &plain].map(|leads| leads.worth(0).unwrap().source);
    assert_eq!(sources, [WinRateSource::Learned, WinRateSource::Benchmark]);
    assert!((learned.expected_value(0).unwrap() - 45_000.0).abs() < 1e-6);
    assert!((learned.value_per_day(0).unwrap() - 300.0).abs() < 1e-6);
    assert_eq!((plain.expected_value(0), plain.value_per_day(0)), (Some(18_000.0), Some(120.0)));
    // A small segment has no benchmark and no cycle, a student is out.
    assert_eq!((plain.worth(2), learned.value_per_day(2), learned.worth(3)), (None, None, None));
    assert!((learned.expected_value(4).unwrap() - 2_500.0).abs() < 1e-6);
    let said = learned.explain(0).unwrap().worth.unwrap().sentence;
    let wanted = "$90K contract value × 50 % win rate (its probability by the learned card) = $45K expected value; \
                  over a cycle of 150 days, $300 a day.";
    assert_eq!(said, wanted);
    let said = plain.explain(0).unwrap().worth.unwrap().sentence;
    let wanted = "$90K contract value × 20 % win rate (the benchmark of its segment) = $18K expected value; over a \
                  cycle of 150 days, $120 a day.";
    assert_eq!(said, wanted);
}

#[test]
fn rows_views_and_the_export_have_them_apart() {
    let leads = scored(true);
    let order = |by: &str| {
        let view = format!(r#"{{ "sort": [{{ "by": "{by}", "descending": true }}, {{ "by": "row" }}] }}"#);
        leads.view(&View::from_json(&view).unwrap()).unwrap()
    };
    assert_eq!(order("probability"), [0, 2, 3, 1, 4]);
    assert_eq!(order("rank"), [0, 2, 3, 1, 4]);
    assert_eq!(order("expectedValue"), [0, 1, 2, 4, 3]);
    assert_eq!(order("valuePerDay"), [0, 1, 2, 3, 4]);
    let row = &leads.window(&[1])[0];
    assert_eq!((row.probability, row.rank), (leads.probability(1), Some(0.2)));
    let csv = String::from_utf8(leads.to_csv(WriteOptions::default())).unwrap();
    let header = csv.lines().next().unwrap();
    let added = "Leadcast probability,Leadcast rank,Leadcast expected value,Leadcast value per day";
    assert!(header.contains(added), "{header}");
}

#[test]
fn outcomes_stand_by_grade_with_their_intervals() {
    let report = scored(true).report().outcomes.unwrap();
    assert_eq!((report.outcome.as_deref(), report.status.as_deref()), (Some("Converted"), Some("Lead Status")));
    assert!(report.learned_from);
    let a = &report.by_fit[0];
    assert_eq!((a.grade.as_str(), a.leads), ("A", 3));
    let (won, sql) = (a.won.unwrap(), a.sql.unwrap());
    // Of the three A one is open; their statuses are an SQL, an opportunity (which was one) and a new one.
    assert_eq!((won.count, won.of, won.rate), (1, 2, Some(0.5)));
    assert_eq!((sql.count, sql.of, sql.interval), (2, 3, wilson(2.0, 3.0, 0.95)));
    let d = &report.by_fit[1];
    assert_eq!((d.grade.as_str(), d.won.unwrap().count, d.sql.unwrap().of), ("D", 1, 1));
    assert_eq!((report.all.leads, report.all.won.unwrap().of), (5, 4));
    assert!(!scored(false).report().outcomes.unwrap().learned_from);
}

#[test]
fn a_lost_lead_is_an_sql_only_if_something_says_so() {
    let outcomes = |statuses: &str| {
        let csv: String =
            statuses.split(';').enumerate().map(|(id, status)| format!("{id},A{id},50,{status}\n")).collect();
        let table =
            Table::from_csv(format!("Id,Company,Employees,Lead Status\n{csv}").as_bytes(), &ReadOptions::default())
                .unwrap();
        let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
        leads
            .score(&OperatingModel::from_json(r#"{ "format": 1 }"#).unwrap(), &Run::default())
            .report()
            .outcomes
            .unwrap()
    };
    let found = outcomes("Closed Won;Closed Lost;Lost opportunity;New;SQL;Unqualified;Closed Lost");
    let sql = found.all.sql.unwrap();
    assert_eq!((sql.count, sql.of, found.sql_unknown), (3, 5, 2));
    // Final statuses alone tell no SQL from another lead.
    let found = outcomes("Closed Won;Closed Lost;Closed Lost;Closed Won");
    assert_eq!((found.all.sql, found.status, found.sql_unknown), (None, None, 0));
    assert_eq!(found.all.won.unwrap().rate, Some(0.5));
}
