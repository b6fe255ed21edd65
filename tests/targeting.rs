//! What a user sees of scoring, segments and routing; every number is computed by hand beside it.

#![allow(clippy::unwrap_used)]

use leadcast::crm::{Channel, LeadList, Mapping};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::table::write::WriteOptions;
use leadcast::table::{ReadOptions, Table};
use leadcast::targeting::{Filter, ScoredLeads, SortKey, View};

const MODEL: &str = r#"{
  "format": 1,
  "icp": {
    "missing": "POLICY",
    "fit": { "cap": 100, "groups": [
      { "name": "Firmographics", "cap": 50, "rules": [
        { "name": "200–1,000 employees", "when": { "field": "employees", "between": [200, 1000] }, "points": 30 },
        { "name": "Over 1,000 employees", "when": { "field": "employees", "atLeast": 1001 }, "points": 20 },
        { "name": "Software or fintech", "when": { "field": "industry", "in": ["Software", "Fintech"] }, "points": 25 }
      ] },
      { "name": "Person", "cap": 50, "rules": [
        { "name": "VP or chief", "when": { "field": "title", "contains": ["vp", "chief"] }, "points": 35 },
        { "name": "Student", "when": { "field": "title", "contains": ["student"] }, "points": -20 },
        { "name": "US or Canada", "when": { "field": "country", "in": ["US", "CA"] }, "points": 15 }
      ] }
    ] },
    "engagement": { "cap": 100, "groups": [
      { "name": "Web", "cap": 60, "rules": [
        { "name": "Active", "when": { "field": "lastActivity", "exists": true }, "points": 40,
          "decay": { "halfLifeDays": 30 } },
        { "name": "5 visits or more", "when": { "field": "column:Visits", "atLeast": 5 }, "points": 30 }
      ] },
      { "name": "Intent", "cap": 40, "rules": [
        { "name": "Asked for a demo", "when": { "field": "column:Demo", "is": true }, "points": 40 }
      ] }
    ] },
    "disqualify": [ { "name": "Competitor", "when": { "field": "company", "in": ["Rival Inc"] } } ]
  },
  "segments": [
    { "name": "Enterprise", "when": { "field": "employees", "atLeast": 1000 }, "motion": "sales-led",
      "programme": "Account-based" },
    { "name": "SMB", "when": { "field": "employees", "between": [1, 999] }, "motion": "product-led",
      "programme": "Self-serve" }
  ],
  "routing": {
    "pools": [
      { "name": "Field", "members": [ { "name": "Ann", "capacity": 1 }, { "name": "Bob", "active": false } ] },
      { "name": "Inside", "members": [ { "name": "Cid", "weight": 2 }, { "name": "Dee" } ] },
      { "name": "Desk", "members": [ { "name": "Eve", "capacity": 1 } ] }
    ],
    "rules": [
      { "name": "Big", "segment": "Enterprise", "pool": "Field", "sla": { "businessHours": 4 } },
      { "name": "Hot", "grades": ["A*", "B1"], "when": { "field": "country", "is": "US" }, "pool": "Inside",
        "sla": { "minutes": 2 } }
    ],
    "fallback": "Desk"
  }
}"#;

const HEADER: &str = "Id,Company,Title,Employees,Industry,Country,Last Activity,Visits,Demo,Created";

fn model(policy: &str) -> OperatingModel {
    OperatingModel::from_json(&MODEL.replace("POLICY", policy)).unwrap()
}

fn run() -> Run {
    Run::from_json(r#"{ "asOf": "2026-03-31" }"#).unwrap()
}

fn leads(rows: &[&str]) -> LeadList {
    let csv = format!("{HEADER}\n{}\n", rows.join("\n"));
    let mapping: Mapping = serde_json::from_str(
        r#"{ "Id": "personId", "Company": "company", "Title": "title", "Employees": "employees", "Industry": "industry",
             "Country": "country", "Last Activity": "lastActivity", "Visits": null, "Demo": null,
             "Created": "created" }"#,
    )
    .unwrap();
    LeadList::from_table(Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap(), &mapping).unwrap()
}

fn scored(policy: &str, rows: &[&str]) -> ScoredLeads {
    leads(rows).score(&model(policy), &run())
}

const FULL: &str = "1,Acme,VP Sales,500,Software,US,2026-03-01,6,yes,2026-01-05";
const NO_TITLE: &str = "2,Bolt,,500,Retail,US,2026-01-30,2,no,2026-01-06";
const STUDENT: &str = "3,Core,Student,5000,Fintech,FR,2025-03-31,9,no,2026-01-07";
const RIVAL: &str = "4,Rival Inc,Chief Clown,300,Software,CA,2026-03-31,5,yes,2026-01-08";
const BARE: &str = "5,Dust,,,,,,,,2026-01-09";
const ALL: [&str; 5] = [FULL, NO_TITLE, STUDENT, RIVAL, BARE];

#[test]
fn points_groups_caps_and_decay_add_up_as_by_hand() {
    let leads = scored("neutral", &ALL);
    // FULL, fit: 30 + 25 = 55, capped at 50; 35 + 15 = 50; together 100.
    // Engagement: 30 days old, so 40 / 2 = 20, + 30 = 50; demo 40; together 90.
    assert_eq!(leads.fit(0).unwrap().micro(), 100_000_000);
    assert_eq!(leads.engagement(0).unwrap().micro(), 90_000_000);
    assert_eq!(leads.grade(0).label(), "A1");
    // STUDENT, fit: 20 + 25 = 45; −20; together 25. Engagement: a year old, 40 × 2^(−365/30) = 0.008692… + 30.
    assert_eq!(leads.fit(2).unwrap().micro(), 25_000_000);
    let year = 40.0 * libm::exp2(-365.0 / 30.0);
    assert_eq!(leads.engagement(2).unwrap().micro(), 30_000_000 + libm::rint(year * 1e6) as i64);
    assert_eq!(leads.grade(2).label(), "C3");
}

#[test]
fn what_is_unknown_is_left_out_and_the_rest_counts_for_the_whole() {
    let leads = scored("neutral", &ALL);
    // NO_TITLE, fit: 30 + 0 + 15 = 45. The reach is 100 (50 + 50); without the title's 35, 65 are known.
    // 45 × 100 / 65 = 69.230769 (23…).
    assert_eq!(leads.fit(1).unwrap().micro(), 69_230_769);
    let (fit, _) = leads.breakdown(1);
    assert_eq!((fit.reach.micro(), fit.known.micro()), (100_000_000, 65_000_000));
    assert_eq!(fit.rescaled.micro(), 24_230_769);
    assert_eq!(leads.grade(1).fit_letter(), 'B');
    // Engagement: 60 days, 40 / 4 = 10; no visits to speak of, no demo.
    assert_eq!(leads.engagement(1).unwrap().micro(), 10_000_000);
    assert_eq!(leads.grade(1).label(), "B4");
}

#[test]
fn under_the_zero_policy_the_unknown_earns_nothing() {
    let leads = scored("zero", &ALL);
    assert_eq!(leads.fit(1).unwrap().micro(), 45_000_000);
    assert_eq!(leads.grade(1).label(), "C4");
    // BARE: nothing is known, and nothing is what it scores.
    assert_eq!((leads.fit(4).unwrap().micro(), leads.grade(4).label()), (0, "D4".to_owned()));
    assert_eq!(leads.reasons(1), ["200–1,000 employees: +30", "US or Canada: +15", "title unknown: 0 of 35"]);
}

#[test]
fn a_lead_of_whom_nothing_is_known_has_no_grade_and_not_a_bad_one() {
    let leads = scored("neutral", &ALL);
    assert_eq!(leads.fit(4), None);
    assert_eq!(leads.grade(4).fit_letter(), '–');
    // `exists` is answered by a blank cell (there was no activity), yet the other questions are open.
    assert_eq!(leads.engagement(4).map(|p| p.micro()), Some(0));
}

#[test]
fn an_axis_without_a_single_field_in_the_file_is_not_evaluable() {
    let table = Table::from_csv(b"Company,Employees\nAcme,500\nBolt,50\n", &ReadOptions::default()).unwrap();
    let report = LeadList::from_table(table, &Mapping::default()).unwrap().score(&model("zero"), &run());
    assert_eq!(report.grade(0).label(), "C–");
    let report = report.report();
    assert!(report.axes.fit.evaluable && !report.axes.engagement.evaluable);
    assert_eq!(report.axes.fit.missing_fields, ["industry", "title", "country"]);
    assert_eq!(report.axes.engagement.missing_fields, ["lastActivity", "column:Visits", "column:Demo"]);
    assert!(report.assumptions.contains(
        &"Engagement cannot be evaluated: the file has none of its fields (last activity, Visits, Demo).".to_owned()
    ));
}

#[test]
fn reasons_are_sentences_with_the_points_that_count() {
    let leads = scored("neutral", &ALL);
    assert_eq!(leads.reasons(0), ["Asked for a demo: +40", "VP or chief: +35", "200–1,000 employees: +30"]);
    assert_eq!(
        leads.reasons(1),
        ["200–1,000 employees: +30", "US or Canada: +15", "title unknown: 35 points left out"]
    );
    assert_eq!(leads.reasons(2), ["5 visits or more: +30", "Software or fintech: +25", "Student: -20"]);
    assert_eq!(leads.reasons(3), ["disqualified: Competitor", "Active: +40", "Asked for a demo: +40"]);
    let all: Vec<String> = leads.all_reasons(1).into_iter().map(|reason| reason.text).collect();
    assert_eq!(
        all,
        [
            "title unknown: 35 points left out",
            "200–1,000 employees: +30",
            "US or Canada: +15",
            "Active: +10 (60 days ago)",
        ]
    );
}

#[test]
fn segments_say_why() {
    let leads = scored("neutral", &ALL);
    assert_eq!(leads.segment_name(0), "SMB");
    assert_eq!(leads.segment_reason(0), "SMB: employees between 1 and 999 (employees 500)");
    assert_eq!(leads.segment_reason(2), "Enterprise: employees at least 1,000 (employees 5000)");
    assert_eq!(leads.segment_name(4), "Unassigned");
    assert_eq!(leads.segment_reason(4), "no segment's condition holds (employees unknown)");
}

#[test]
fn routing_follows_rules_capacity_and_fallback_and_says_so() {
    let second = "6,Echo,CEO,2000,Software,US,2026-03-30,1,no,2026-01-10";
    let third = "7,Fort,CEO,3000,Software,US,2026-03-30,1,no,2026-01-11";
    let leads = scored("neutral", &[FULL, NO_TITLE, STUDENT, RIVAL, BARE, second, third]);
    let owners: Vec<_> = (0..7).map(|row| leads.owner(row)).collect();
    // Hot takes lead 1 (A1, US); Big takes 3 and then Ann is full: 6 falls back behind 2, which took Eve's only place.
    assert_eq!(owners, [Some("Cid"), Some("Eve"), Some("Ann"), None, None, None, None]);
    assert_eq!(
        leads.route_reason(0),
        "Leads graded A* or B1 where country is US go to Inside, to be answered within 2 minutes"
    );
    assert_eq!(leads.route_reason(1), "no rule applies, so the fallback pool Desk has it");
    assert_eq!(leads.route_reason(2), "Enterprise leads go to Field, to be answered within 4 business hours");
    assert_eq!(leads.sla(2).as_deref(), Some("4 business hours"));
    assert_eq!(leads.route_reason(3), "disqualified: Competitor");
    assert_eq!(leads.route_reason(4), "every active member of Desk is at capacity");
    assert_eq!(leads.route_reason(5), "every active member of Field is at capacity");
    assert_eq!((leads.rule(5), leads.pool(5), leads.sla(5).as_deref()), (Some("Big"), None, Some("4 business hours")));
    let counts = leads.report().counts;
    assert_eq!((counts.leads, counts.disqualified, counts.unassigned), (7, 1, 3));
    let owners: Vec<_> = counts.by_owner.iter().map(|owner| (owner.owner.as_str(), owner.count)).collect();
    assert_eq!(owners, [("Ann", 1), ("Bob", 0), ("Cid", 1), ("Dee", 0), ("Eve", 1)]);
    let segments: Vec<_> = counts.by_segment.iter().map(|s| (s.segment.as_str(), s.count)).collect();
    assert_eq!(segments, [("Enterprise", 3), ("SMB", 3), ("Unassigned", 1)]);
}

#[test]
fn a_pool_deals_by_weight_in_the_order_of_the_created_date() {
    // Cid has weight 2, Dee 1: C D C, C D C. The rows stand in the reverse order of their created dates.
    let rows: Vec<String> =
        (1..=6).rev().map(|n| format!("{n},C{n},VP,500,Software,US,2026-03-31,6,yes,2026-01-{n:02}")).collect();
    let leads = scored("neutral", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let by_day: Vec<&str> = (0..6).rev().map(|row| leads.owner(row).unwrap()).collect();
    assert_eq!(by_day, ["Cid", "Dee", "Cid", "Cid", "Dee", "Cid"]);
}

#[test]
fn a_lead_created_after_the_as_of_day_is_excluded_and_counted() {
    let leads = scored("neutral", &[FULL, "9,Late,VP,500,Software,US,2026-04-01,6,yes,2026-04-01"]);
    assert!(!leads.is_used(1));
    assert_eq!((leads.fit(1), leads.grade(1).label(), leads.owner(1)), (None, "––".to_owned(), None));
    let report = leads.report();
    assert_eq!((report.receipt.rows_read, report.receipt.rows_used, report.receipt.rows_excluded), (2, 1, 1));
    let note = report.receipt.diagnostics.iter().find(|note| note.code == "created-after-as-of").unwrap();
    assert_eq!((note.count, note.place.line, note.sample.as_str()), (1, Some(3), "2026-04-01"));
    assert_eq!(leads.view(&View::default()).unwrap(), [0]);
}

#[test]
fn without_an_as_of_day_the_newest_date_of_the_file_stands_for_it() {
    let leads = leads(&ALL).score(&model("neutral"), &Run::default());
    assert_eq!(leads.as_of().date().unwrap().to_string(), "2026-03-31");
    let report = leads.report();
    assert_eq!(report.as_of.as_deref(), Some("2026-03-31"));
    assert!(
        report
            .assumptions
            .contains(&"Scored as of 2026-03-31, the newest date in `Last Activity`, `Created`.".to_owned())
    );
}

#[test]
fn an_activity_after_the_as_of_day_was_not_known_then() {
    let run = Run::from_json(r#"{ "asOf": "2026-02-01" }"#).unwrap();
    let leads = leads(&[FULL]).score(&model("zero"), &run);
    // Active on 2026-03-01: unknown on 2026-02-01, so 30 for the visits and 40 for the demo are left.
    assert_eq!(leads.engagement(0).unwrap().micro(), 70_000_000);
}

#[test]
fn a_view_sorts_filters_and_keeps_ties_in_the_order_of_the_file() {
    let leads = scored("neutral", &ALL);
    let sorted = |by: &str, descending| {
        leads.view(&View { sort: vec![SortKey { by: by.to_owned(), descending }], ..View::default() }).unwrap()
    };
    assert_eq!(sorted("fit", true), [0, 3, 1, 2, 4]);
    assert_eq!(sorted("fit", false), [2, 1, 0, 3, 4]);
    assert_eq!(sorted("grade", false), [0, 3, 1, 2, 4]);
    assert_eq!(sorted("segment", false), [2, 0, 1, 3, 4]);
    assert_eq!(sorted("owner", false), [2, 0, 1, 3, 4]);
    assert_eq!(sorted("employees", false), [3, 0, 1, 2, 4]);
    assert_eq!(sorted("column:Title", false), [3, 2, 0, 1, 4]);
    assert_eq!(sorted("lastActivity", true), [3, 0, 1, 2, 4]);
    assert_eq!(sorted("name", true), [3, 4, 2, 1, 0]);
    let filtered = |filter| leads.view(&View { filter, ..View::default() }).unwrap();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    assert_eq!(filtered(Filter { grades: words(&["A*", "C3"]), ..Filter::default() }), [0, 2, 3]);
    assert_eq!(filtered(Filter { segments: words(&["Unassigned"]), ..Filter::default() }), [4]);
    assert_eq!(filtered(Filter { owners: words(&["Ann", "Unassigned"]), ..Filter::default() }), [2, 3, 4]);
    assert_eq!(filtered(Filter { text: "SOFT".to_owned(), ..Filter::default() }), [0, 3]);
    assert_eq!(filtered(Filter { disqualified: Some(true), ..Filter::default() }), [3]);
}

#[test]
fn leads_are_counted_sorted_and_filtered_by_the_channel_they_came_by() {
    let model = OperatingModel::from_json(r#"{ "format": 1 }"#).unwrap();
    let csv = "Company,Lead Source\nA,Cold Call\nB,Free Trial\nC,\nD,Web Form\nE,Booth 7\nF,SEO\n";
    let leads = leadcast::score_leads(csv.as_bytes(), &model, &Run::default()).unwrap();
    let counts: Vec<(&str, u64)> =
        leads.report().counts.by_channel.iter().map(|count| (count.channel.name(), count.count)).collect();
    assert_eq!(counts, [("inbound", 2), ("outbound", 1), ("product-led", 1), ("unknown", 2)]);
    assert_eq!(leads.window(&[1])[0].channel, Channel::ProductLed);
    let view = |json: &str| leads.view(&View::from_json(json).unwrap()).unwrap();
    assert_eq!(view(r#"{ "filter": { "channels": ["inbound", "outbound"] } }"#), [0, 3, 5]);
    // Channels in the order of reports, unknown ones last either way.
    assert_eq!(view(r#"{ "sort": [{ "by": "channel" }] }"#), [3, 5, 0, 1, 2, 4]);
    assert_eq!(view(r#"{ "sort": [{ "by": "channel", "descending": true }] }"#), [1, 0, 3, 5, 2, 4]);
    let without = leadcast::score_leads(b"Company\nA\n", &model, &Run::default()).unwrap();
    assert_eq!((without.report().counts.by_channel.len(), without.window(&[0])[0].channel), (0, Channel::Unknown));
}

#[test]
fn a_view_that_cannot_be_read_says_where() {
    let leads = scored("neutral", &[FULL]);
    let view = |json: &str| View::from_json(json).and_then(|view| leads.view(&view)).unwrap_err().to_string();
    assert_eq!(
        view(r#"{ "sort": [ { "by": "fits" } ] }"#),
        "run at sort[0].by: nothing is called `fits` in this list (use fit, engagement, grade, segment, owner, pool, \
         due, age, probability, rank, expectedValue, valuePerDay, name, row, a field of the file, or `column:` and a header)"
    );
    assert_eq!(
        view(r#"{ "filter": { "grades": ["A1", "E9"] } }"#),
        "run at filter.grades[1]: expected a grade such as `B2`, `A*` or `A–`, found `E9`"
    );
    assert!(view(r#"{ "sorts": [] }"#).starts_with("run at sorts: unknown key `sorts` (did you mean `sort`?"));
}

#[test]
fn the_values_of_a_field_are_counted_and_numbers_are_banded() {
    let leads = leads(&[
        "1,A,,10,Software,US,,,,",
        "2,B,,10,software ,FR,,,,",
        "3,C,,20,Retail,US,,,,",
        "4,D,,30,software,,,,,",
        "5,E,,,Retail,,,,,",
        "6,F,,40,,,,,,",
        "7,G,,50,,,,,,",
    ]);
    let industry = leads.values(&"industry".parse().unwrap()).unwrap();
    assert_eq!((industry.filled, industry.missing, industry.distinct), (5, 2, 2));
    let values: Vec<_> = industry.values.iter().map(|value| (value.value.as_str(), value.count)).collect();
    assert_eq!(values, [("software", 3), ("Retail", 2)]);
    let employees = leads.values(&"employees".parse().unwrap()).unwrap();
    // Six values 10 10 20 30 40 50; fifths are full after 2 (10), 3 (20), 4 (30), 5 (40) and 6 (50) of them.
    let bands: Vec<_> = employees.bands.iter().map(|band| (band.from, band.to, band.count)).collect();
    assert_eq!(bands, [(10.0, 10.0, 2), (20.0, 20.0, 1), (30.0, 30.0, 1), (40.0, 40.0, 1), (50.0, 50.0, 1)]);
    assert!(leads.values(&"revenue".parse().unwrap()).is_none());
}

#[test]
fn the_export_keeps_every_column_and_guards_formulas() {
    let leads = scored("neutral", &[FULL, "=2+2,\"Bolt, Ltd\",,500,Retail,US,2026-01-30,2,no,2026-01-06"]);
    let csv =
        String::from_utf8(leads.to_csv(WriteOptions { byte_order_mark: false, ..WriteOptions::default() })).unwrap();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(
        lines,
        [
            "Id,Company,Title,Employees,Industry,Country,Last Activity,Visits,Demo,Created,Leadcast fit,\
             Leadcast engagement,Leadcast grade,Leadcast segment,Leadcast motion,Leadcast owner,Leadcast pool,\
             Leadcast due,Leadcast promise,Leadcast hours late,Leadcast exception,Leadcast definitions,\
             Leadcast probability,Leadcast rank,Leadcast expected value,Leadcast value per day,Leadcast reasons,Leadcast sentence",
            "1,Acme,VP Sales,500,Software,US,2026-03-01,6,yes,2026-01-05,100,90,A1,SMB,product-led,Cid,Inside,\
             2026-01-06 00:02,answered,,,,,0.75,,,\"Asked for a demo: +40; VP or chief: +35; 200–1,000 employees: +30\",\
             \"Acme is an A1: strong fit (VP or chief, 200–1,000 employees) and very active (Asked for a demo, 5 visits or more).\"",
            "'=2+2,\"Bolt, Ltd\",,500,Retail,US,2026-01-30,2,no,2026-01-06,69.230769,10,B4,SMB,product-led,Eve,Desk,\
             ,,,no-rule,,,0.25,,,\"200–1,000 employees: +30; US or Canada: +15; title unknown: 35 points left out\",\
             \"Bolt, Ltd is a B4: good fit (200–1,000 employees, US or Canada) and not active, but title is not known.\"",
            "",
        ]
    );
}

#[test]
fn an_export_scored_again_replaces_its_own_columns() {
    let first = scored("neutral", &ALL).to_csv(WriteOptions::default());
    let table = Table::from_csv(&first, &ReadOptions::default()).unwrap();
    let again = LeadList::from_table(table, &Mapping::default()).unwrap().score(&model("neutral"), &run());
    let header = |csv: &[u8]| String::from_utf8(csv.split(|b| *b == b'\n').next().unwrap().to_vec()).unwrap();
    assert_eq!(header(&again.to_csv(WriteOptions::default())), header(&first));
}

#[test]
fn one_record_scores_as_the_same_row_of_a_file() {
    let record = r#"{ "id": "1", "company": "Acme", "title": "VP Sales", "employees": 500, "industry": "Software",
        "country": "US", "lastActivity": "2026-03-01", "Visits": 6, "Demo": true }"#;
    let lead = leadcast::score_lead(record, &model("neutral"), &run()).unwrap();
    assert_eq!((lead.grade.as_str(), lead.fit.score, lead.engagement.score), ("A1", Some(100.0), Some(90.0)));
    assert_eq!(lead.fit.groups[0].limited, -5.0);
    assert_eq!(lead.owner.as_deref(), Some("Cid"));
    let error = leadcast::score_lead("[]", &model("neutral"), &run()).unwrap_err();
    assert_eq!(error.to_string(), "expected one JSON object, the lead's fields by name (such as {\"employees\": 250})");
}

/// One axis of one group with the given rules, everything else by default.
fn fit_rules(policy: &str, rules: &str) -> OperatingModel {
    let json = format!(
        r#"{{ "format": 1, "icp": {{ "missing": "{policy}", "fit": {{ "groups": [ {{ "name": "G", "rules": [{rules}] }} ] }} }} }}"#
    );
    OperatingModel::from_json(&json).unwrap()
}

#[test]
fn points_fade_by_line_and_by_window() {
    let active = |decay: &str| {
        let when = r#"{ "field": "lastActivity", "exists": true }"#;
        let rule = format!(r#"{{ "name": "R", "when": {when}, "points": 60, "decay": {decay} }}"#);
        // 2026-03-01 is 30 days before 2026-03-31.
        leads(&[FULL]).score(&fit_rules("zero", &rule), &run()).fit(0).unwrap().micro()
    };
    assert_eq!(active(r#"{ "lineDays": 90 }"#), 40_000_000);
    assert_eq!(active(r#"{ "lineDays": 30 }"#), 0);
    assert_eq!(active(r#"{ "windowDays": 30 }"#), 60_000_000);
    assert_eq!(active(r#"{ "windowDays": 29 }"#), 0);
    assert_eq!(active(r#"{ "halfLifeDays": 15 }"#), 15_000_000);
}

#[test]
fn an_alternative_that_the_file_cannot_answer_is_left_to_the_others() {
    let rules = r#"
        { "name": "Leader", "points": 40, "when": { "any": [ { "field": "seniority", "is": "VP" },
          { "field": "title", "contains": ["vp"] } ] } },
        { "name": "Software", "points": 60, "when": { "field": "industry", "is": "Software" } }"#;
    let leads = leads(&[FULL, STUDENT, NO_TITLE]).score(&fit_rules("neutral", rules), &run());
    // The file has no seniority, so the title decides: yes, no, unknown.
    let (fit, _) = leads.breakdown(0);
    assert_eq!((fit.score.unwrap().micro(), fit.known.micro()), (100_000_000, 100_000_000));
    let (fit, _) = leads.breakdown(1);
    assert_eq!((fit.score.unwrap().micro(), fit.known.micro()), (0, 100_000_000));
    let (fit, _) = leads.breakdown(2);
    assert_eq!((fit.score.unwrap().micro(), fit.known.micro()), (0, 60_000_000));
}

#[test]
fn a_knock_out_needs_to_be_certain() {
    let json = r#"{ "format": 1, "icp": { "disqualify": [
        { "name": "No phone", "when": { "field": "phone", "exists": false } },
        { "name": "Not in Europe", "when": { "not": { "field": "country", "in": ["FR", "DE"] } } } ] } }"#;
    let leads = leads(&[FULL, STUDENT, BARE]).score(&OperatingModel::from_json(json).unwrap(), &run());
    // The file has no phone column: nobody is out for it. US is not in Europe; FR is; a blank country may be.
    let out: Vec<_> = (0..3).map(|row| leads.disqualified(row)).collect();
    assert_eq!(out, [Some("Not in Europe"), None, None]);
}

#[test]
fn reach_is_what_one_value_can_earn_at_best() {
    let reach = |rules: &[(i32, &str)]| {
        let rule = |(at, (points, when)): (usize, &(i32, &str))| {
            format!(r#"{{ "name": "r{at}", "points": {points}, "when": {{ {when} }} }}"#)
        };
        let rules: Vec<String> = rules.iter().enumerate().map(rule).collect();
        leads(&[FULL]).score(&fit_rules("neutral", &rules.join(",")), &run()).breakdown(0).0.reach.as_f64()
    };
    let (from_200, from_1001) = (r#""field": "employees", "atLeast": 200"#, r#""field": "employees", "atLeast": 1001"#);
    // Bands exclude each other: 30, not 50.
    assert_eq!(reach(&[(30, r#""field": "employees", "between": [200, 1000]"#), (20, from_1001)]), 30.0);
    // Thresholds add up: 2,000 employees earn both.
    assert_eq!(reach(&[(30, from_200), (20, from_1001)]), 50.0);
    // A deduction costs: 200 employees earn 30, from 1,001 on it is 10.
    assert_eq!(reach(&[(30, from_200), (-20, from_1001)]), 30.0);
    // Different fields are different questions.
    assert_eq!(reach(&[(30, from_200), (20, r#""field": "country", "is": "US""#)]), 50.0);
}

#[test]
fn a_long_file_scores_as_its_records_one_by_one() {
    // 3,000 different sizes and titles: too many to be stored as repeating words.
    let rows: Vec<String> = (0..3000)
        .map(|n| format!("{n},C{n},VP of team {n},{},Software,US,2026-03-01,{},no,2026-01-01", n * 7 % 3001, n % 9))
        .collect();
    let scored = scored("neutral", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    for row in (0..3000).step_by(271) {
        let record = format!(
            r#"{{ "id": "{row}", "company": "C{row}", "title": "VP of team {row}", "employees": {},
                "industry": "Software", "country": "US", "lastActivity": "2026-03-01", "Visits": {}, "Demo": false }}"#,
            row * 7 % 3001,
            row % 9
        );
        let one = leadcast::score_lead(&record, &model("neutral"), &run()).unwrap();
        let micro = |points: Option<leadcast::model::Points>| points.map(|points| points.micro());
        assert_eq!(
            (one.fit.score_micro, one.engagement.score_micro),
            (micro(scored.fit(row)), micro(scored.engagement(row)))
        );
        assert_eq!(one.segment, scored.segment_name(row));
    }
}

#[test]
fn a_list_scored_again_says_what_one_scored_for_the_first_time_says() {
    let csv = "Name,Title,Employees,Industry,Last Activity\nAnn Lee,VP Sales,420,Software,2026-11-09\nBo,Student,,Retail,2026-09-01\n";
    let open = || {
        let mut reader = leadcast::session::Reader::new("{}").unwrap();
        reader.push(csv.as_bytes()).unwrap();
        reader.leads().unwrap()
    };
    let preset: serde_json::Value = serde_json::from_str(Preset::SalesLed.json()).unwrap();
    let mut points = preset.clone();
    points["icp"]["fit"]["groups"][0]["rules"][0]["points"] = 1.into();
    let mut asked = preset.clone();
    asked["icp"]["fit"]["groups"][0]["rules"][0]["when"] =
        serde_json::json!({ "field": "title", "contains": "student" });
    let mut kept = open();
    for (model, day) in [
        (&preset, "2026-11-16"),
        (&points, "2026-11-16"),
        (&asked, "2026-11-16"),
        (&asked, "2027-11-16"),
        (&preset, "2026-11-16"),
    ] {
        let run = serde_json::json!({ "asOf": day }).to_string();
        let told = |leads: &mut leadcast::session::Leads| {
            let report = serde_json::to_value(leads.score(&model.to_string(), &run).unwrap()).unwrap();
            (report, leads.csv().unwrap())
        };
        assert_eq!(told(&mut kept), told(&mut open()), "{day}");
    }
}
