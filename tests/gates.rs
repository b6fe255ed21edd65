//! Stage gates: what deals lack, who passes, what the forecast is of those alone, and what to do with each.

#![allow(clippy::unwrap_used)]

use leadcast::crm::join::AttachOptions;
use leadcast::crm::{Mapping, Pipeline};
use leadcast::forecast::{Hygiene, Triage};
use leadcast::model::{OperatingModel, Run};
use leadcast::report::{DealGateReport, GatesReport};
use leadcast::table::{ReadOptions, Table};

const MODEL: &str = r#"{ "format": 1, "meta": { "currency": "USD" },
  "stages": [
    { "name": "Talk", "order": 1, "winProbability": 0.2, "category": "pipeline", "requiredFields": ["account"],
      "exit": { "all": [ { "field": "nextStep", "exists": true }, { "field": "contactsCount", "atLeast": 2 } ] } },
    { "name": "Offer", "order": 2, "winProbability": 0.5, "category": "best-case", "owner": "Ada",
      "entry": { "all": [ { "field": "amount", "atLeast": 1 }, { "field": "nextStep", "exists": true }, { "field": "industry", "exists": true } ] },
      "requiredFields": ["closeDate", "contact"] } ],
  "targets": { "defaultQuota": 3000 } }"#;
const HEADER: &str = "Deal ID,Account,Deal Name,Owner,Stage,Status,Amount,Close Date,Created Date,Stage Changed,Next Step,Number of Contacts\n";

fn gates(rows: &str) -> (GatesReport, Pipeline) {
    let table = Table::from_csv(format!("{HEADER}{rows}").as_bytes(), &ReadOptions::default()).unwrap();
    let mapping: Mapping =
        serde_json::from_str(r#"{ "Stage Changed": "stageChanged", "Number of Contacts": "contactsCount" }"#).unwrap();
    let pipeline = Pipeline::from_table(table, &mapping).unwrap();
    let run = Run::from_json(r#"{ "asOf": "2026-02-15", "trials": 25600 }"#).unwrap();
    let forecast = pipeline.simulate(&OperatingModel::from_json(MODEL).unwrap(), &run).unwrap();
    (pipeline.gate_report(&forecast).unwrap(), pipeline)
}

const ROWS: &str = "ready,Acme,Ready,Ada,Talk,Open,1000,2026-03-20,2026-01-05,2026-02-01,Call,3\n\
                    blank,,Blank,Ada,Talk,Open,900,2026-03-20,2026-01-05,2026-02-02,,2\n\
                    alone,Bolt,Alone,Bo,Offer,Open,800,2026-03-20,2026-01-05,2026-02-03,Visit,1\n\
                    early,Core,Early,Bo,Offer,Open,700,2026-03-20,2026-01-05,2026-02-04,,4\n\
                    nobody,Dune,Nobody,,Talk,Open,600,2026-03-20,2026-01-05,2026-02-05,,2\n\
                    stale,Echo,Stale,Bo,Talk,Open,500,2025-11-20,2025-05-05,2025-06-01,,2\n\
                    late,Fern,Late,Bo,Talk,Open,400,2026-02-10,2026-01-05,2026-02-06,,2\n\
                    fine,Gale,Fine,Bo,Offer,Open,300,2026-03-10,2026-01-05,2026-02-06,Sign,2\n\
                    talk,Hill,Talk,Bo,Talk,Open,200,2026-03-10,2026-01-05,2026-02-01,,2\n";

fn row<'a>(report: &'a GatesReport, id: &str) -> &'a DealGateReport {
    report.rows.iter().find(|row| row.deal.id == id).unwrap()
}

#[test]
fn a_forecast_says_how_well_its_open_deals_are_kept() {
    let report = |rows: &str| {
        let table = Table::from_csv(format!("{HEADER}{rows}").as_bytes(), &ReadOptions::default()).unwrap();
        let run = Run::from_json(r#"{ "asOf": "2026-02-15", "trials": 25600 }"#).unwrap();
        let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
        pipeline.simulate(&OperatingModel::from_json(MODEL).unwrap(), &run).unwrap().report()
    };
    let kept = "a,Acme,A,Ada,Talk,Open,1000,2026-03-20,2026-01-05,2026-02-01,Call,3\n";
    let untidy = "b,Bolt,B,Bo,Talk,Open,,2026-02-14,2026-01-05,2026-02-01,,1\n\
                  c,Core,C,,Talk,Open,500,2026-02-01,2026-01-05,2026-02-01,,1\n\
                  d,Dune,D,Bo,Talk,Open,,,2026-01-05,2026-02-01,,1\n";
    let hygiene = report(&format!("{kept}{untidy}")).hygiene;
    assert_eq!((hygiene.open, hygiene.past_close, hygiene.without_close), (4, 2, 1));
    assert_eq!((hygiene.without_amount, hygiene.without_owner), (2, 1));
    let said =
        "2 of 4 open deals past their close date, 1 without a close date, 2 without an amount, 1 without an owner";
    assert_eq!(hygiene.sentence, said);
    assert_eq!(report(kept).hygiene.sentence, "1 open deal, all with an amount and a close date to come");
}

#[test]
fn a_deal_passes_with_entry_fields_and_owner() {
    let (report, _) = gates(ROWS);
    let failing: Vec<&str> = report.rows.iter().filter(|row| !row.passes).map(|row| row.deal.id.as_str()).collect();
    assert_eq!(failing, ["blank", "early", "nobody"]);
    assert_eq!(row(&report, "blank").missing, ["account"]);
    assert_eq!(row(&report, "early").entry, ["next step is filled"]);
    assert_eq!(row(&report, "nobody").flags, [Hygiene::NoOwner]);
    assert_eq!(row(&report, "talk").exit, ["next step is filled"]);
    // The file has neither industry nor contact: nobody fails for them.
    assert_eq!(report.absent, ["contact", "industry"]);
}

#[test]
fn each_stage_says_who_complies_and_what_is_lacking() {
    let (report, _) = gates(ROWS);
    let told: Vec<(&str, usize, usize, f64, f64)> = report
        .stages
        .iter()
        .map(|stage| (stage.stage.as_str(), stage.deals, stage.passing, stage.amount, stage.passing_amount))
        .collect();
    assert_eq!(told, [("Talk", 6, 4, 3600.0, 2100.0), ("Offer", 3, 2, 1800.0, 1100.0)]);
    assert_eq!(report.stages[1].owner.as_deref(), Some("Ada"));
    let lacks: Vec<(&str, usize)> =
        report.stages[0].lacks.iter().map(|lack| (lack.condition.as_str(), lack.deals)).collect();
    assert_eq!(lacks, [("account is filled", 1), ("owner is filled", 1)]);
}

#[test]
fn flags_name_what_to_put_right() {
    let (report, _) = gates(ROWS);
    assert_eq!(row(&report, "stale").flags, [Hygiene::PastClose, Hygiene::StageAge]);
    assert_eq!((row(&report, "stale").stage_days, row(&report, "stale").median_days), (Some(259), Some(13)));
    assert_eq!(row(&report, "alone").flags, [Hygiene::SingleThreaded]);
    // Three deals are no measure of how long a stage takes.
    assert_eq!(row(&report, "fine").median_days, None);
    assert!(row(&report, "fine").flags.is_empty());
}

#[test]
fn a_history_says_since_when_a_deal_is_in_its_stage_where_no_column_does() {
    // Six deals in one stage since 10 days, and one since 60: over twice the median. Its log says the same stage once more later.
    let deals: String = (0..7).map(|i| format!("d{i},Acme {i},Talk,100,2026-03-20,2025-12-01\n")).collect();
    let csv = format!("Deal ID,Account,Stage,Amount,Close Date,Created Date\n{deals}");
    let pipeline =
        Pipeline::from_table(Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap(), &Mapping::default())
            .unwrap();
    let forecast = |pipeline: &Pipeline| {
        let run = Run::from_json(r#"{ "asOf": "2026-02-15", "trials": 25600 }"#).unwrap();
        let forecast = pipeline.simulate(&OperatingModel::from_json(MODEL).unwrap(), &run).unwrap();
        pipeline.gate_report(&forecast).unwrap()
    };
    assert!(forecast(&pipeline).rows.iter().all(|row| row.stage_days.is_none()));
    let mut log = "deal_id,stage,entered\nd6,Talk,2025-12-17\nd6,Talk,2026-01-20\nd6,Offer,2026-03-01\n".to_owned();
    (0..6).for_each(|i| log += &format!("d{i},Lead,2025-12-01\nd{i},Talk,2026-02-05\n"));
    let log = Table::from_csv(log.as_bytes(), &ReadOptions::default()).unwrap();
    let (with, _) = pipeline.attach(log, &AttachOptions::default()).unwrap();
    let report = forecast(&with);
    let told: Vec<_> = report.rows.iter().map(|row| (row.stage_days, row.flags.contains(&Hygiene::StageAge))).collect();
    assert_eq!(told[..6], [(Some(10), false); 6]);
    assert_eq!(told[6], (Some(60), true));
}

#[test]
fn triage_says_what_to_do_and_why() {
    let (report, _) = gates(ROWS);
    let told = |id: &str| (row(&report, id).triage, row(&report, id).reason.as_str());
    assert_eq!(told("ready"), (Triage::Advance, "ready for Offer: next step is filled and contacts count at least 2"));
    assert_eq!(
        told("stale"),
        (Triage::Remove, "87 days past its close date, in its stage for 259 days, the median is 13")
    );
    assert_eq!(told("late"), (Triage::Escalate, "5 days past its close date"));
    let (yesterday, _) = gates(&ROWS.replace("Talk,Open,400,2026-02-10", "Talk,Open,400,2026-02-14"));
    assert_eq!(row(&yesterday, "late").reason, "1 day past its close date");
    assert_eq!(told("alone"), (Triage::Escalate, "called best case on one contact"));
    assert_eq!(told("early"), (Triage::Escalate, "called best case without: next step is filled"));
    assert_eq!(told("nobody"), (Triage::Escalate, "nobody is in charge"));
    assert_eq!(told("talk"), (Triage::Keep, ""));
    // Its exit condition asks for nothing, so nothing says that it is ready.
    assert_eq!(told("fine"), (Triage::Keep, ""));
}

#[test]
fn the_forecast_of_passing_deals_is_that_of_a_file_without_the_others() {
    let (report, _) = gates(ROWS);
    let without: String = ROWS
        .lines()
        .filter(|line| !["blank,", "early,", "nobody,"].iter().any(|id| line.trim_start().starts_with(id)))
        .map(|line| format!("{}\n", line.trim_start()))
        .collect();
    let (alone, pipeline) = gates(&without);
    let (all, gated) = (report.all.unwrap(), report.gated.unwrap());
    let run = Run::from_json(r#"{ "asOf": "2026-02-15", "trials": 25600 }"#).unwrap();
    let other = pipeline.simulate(&OperatingModel::from_json(MODEL).unwrap(), &run).unwrap().report();
    assert_eq!((gated.p50.value, gated.mean.value), (other.headline.p50, other.headline.mean));
    assert_eq!(gated.odds.unwrap().value, other.headline.odds.unwrap());
    assert!(gated.mean.high < 0.0 && all.mean.delta.value == 0.0);
    assert_eq!((alone.passing, alone.deals), (6, 6));
    assert!(
        report.sentence.starts_with("6 of 9 open deals pass the gate of their stage; P50 of 2026 Q1 is $"),
        "{}",
        report.sentence
    );
}

#[test]
fn what_the_file_has_no_column_for_is_unknown_not_met() {
    let rows = "Deal ID,Account,Deal Name,Owner,Stage,Status,Amount,Close Date,Created Date,Next Step\n\
                ready,Acme,Ready,Ada,Talk,Open,1000,2026-03-20,2026-01-05,Call\n";
    let table = Table::from_csv(rows.as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let run = Run::from_json(r#"{ "asOf": "2026-02-15", "trials": 25600 }"#).unwrap();
    let forecast = pipeline.simulate(&OperatingModel::from_json(MODEL).unwrap(), &run).unwrap();
    let report = pipeline.gate_report(&forecast).unwrap();
    assert_eq!(
        row(&report, "ready").reason,
        "ready for Offer: next step is filled; unknown, as the file has no column for it: contacts count at least 2"
    );
}

#[test]
fn a_forecast_without_a_passing_deal_says_what_it_still_holds() {
    let mut rows = "Deal ID,Created Date,Close Date,Status,Stage,Amount,Next Step\n".to_owned();
    for at in 0..400_i32 {
        let created = leadcast::calendar::Date::from_days(19_723 + at);
        let close = created.plus_days(20 + (at * 37) % 60);
        let status = if close.days() > 19_723 + 399 { "Open" } else { ["Won", "Lost", "Lost"][at as usize % 3] };
        rows += &format!("{at},{created},{close},{status},Offer,{},\n", 500 + at * 71 % 900);
    }
    let table = Table::from_csv(rows.as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let run = Run::from_json(r#"{ "trials": 25600, "timing": "hazards" }"#).unwrap();
    let forecast = pipeline.simulate(&OperatingModel::from_json(MODEL).unwrap(), &run).unwrap();
    let report = pipeline.gate_report(&forecast).unwrap();
    let new = report.new_business.unwrap();
    assert!(report.passing == 0 && report.deals > 10 && new.value > 0.0 && new.error > 0.0);
    assert_eq!(report.won_to_date, forecast.trials().won_to_date(0) as f64 / 100.0);
    assert!(report.sentence.contains("; both hold $"), "{}", report.sentence);
    assert!(
        report.sentence.contains(" won to date and new business that is not in the file yet, $"),
        "{}",
        report.sentence
    );
    let (all, gated) = (report.all.unwrap(), report.gated.unwrap());
    assert!(gated.p50.value.value < all.p50.value.value && gated.p50.value.value >= report.won_to_date);
}
