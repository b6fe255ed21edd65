//! Contracts in the forecast: which come due, how often they are renewed, and that they stand in every total.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use leadcast::Forecast;
use leadcast::crm::join::AttachOptions;
use leadcast::crm::{Mapping, Pipeline};
use leadcast::forecast::{Goal, ManagerOptions, Scenario};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::report::RenewalsReport;
use leadcast::table::{ReadOptions, Table};

const DEALS: &str = "Deal Id,Account,Owner,Product,Stage,Amount,Created Date,Close Date,Type\n\
    1,Acme,Ada,Pro,Proposal,5000,2026-01-05,2026-05-20,New\n\
    2,Bolt,Kim,Basic,Proposal,8000,2026-01-20,2026-06-10,New\n\
    3,Cero,Kim,Basic,Closed Won,4000,2026-01-02,2026-04-02,New\n";
const HEAD: &str =
    "Contract ID,Account,Product,Start Date,End Date,Contract Value,Auto Renewal,Cancellation Date,Currency\n";

fn table(name: &str, text: &str) -> Table {
    Table::from_csv(text.as_bytes(), &ReadOptions { name: Some(name.to_owned()), ..ReadOptions::default() }).unwrap()
}

fn pipeline_of(deals: &str, contracts: &str) -> Pipeline {
    let pipeline = Pipeline::from_table(table("deals.csv", deals), &Mapping::default()).unwrap();
    let text = format!("{HEAD}{contracts}");
    pipeline.attach(table("contracts.csv", &text), &AttachOptions::default()).unwrap().0
}

fn forecast_of(deals: &str, contracts: &str, more: &str) -> Forecast {
    simulated(&pipeline_of(deals, contracts), more)
}

fn simulated(pipeline: &Pipeline, more: &str) -> Forecast {
    let run = format!(r#"{{ "asOf": "2026-04-10", "trials": 25600, "periods": 2, "quota": 20000{more} }}"#);
    let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
    pipeline.simulate(&model, &Run::from_json(&run).unwrap()).unwrap()
}

fn forecast(contracts: &str) -> Forecast {
    forecast_of(DEALS, contracts, "")
}

fn renewals(contracts: &str) -> RenewalsReport {
    forecast(contracts).report().renewals.unwrap()
}

/// Companies whose yearly contracts ended a year ago, `renewed` of them renewed at `change` times the price.
fn ended(count: usize, renewed: usize, change: f64) -> String {
    let one = |i: usize| {
        let next = format!("N{i},Old {i},Pro,2025-04-01,2027-03-31,{},,,\n", (2.0 * change * 1000.0) as i64);
        let old = format!("O{i},Old {i},Pro,2024-04-01,2025-03-31,1000,,,\n");
        if i < renewed { old + &next } else { old }
    };
    (0..count).map(one).collect()
}

#[test]
fn one_contract_due_is_renewed_at_the_prior_rate_where_none_has_ended() {
    let report = renewals("C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n");
    assert_eq!((report.running, report.ended, report.rate, report.change), (1, 0, 0.85, 1.0));
    let [now, next] = &report.periods[..] else { panic!() };
    assert_eq!((now.due, now.amount, now.expansion, next.due), (1, 12_000.0, 0.0, 0));
    assert!((now.churn - 0.15 * 12_000.0).abs() < 1e-6);
    // 4 standard errors from 20 groups: false alarm 0.08 %, and the streams are fixed.
    assert!((now.mean.value - 10_200.0).abs() < 4.0 * now.mean.error.max(1.0), "{:?}", now.mean);
    assert_eq!((now.p10, now.p90, next.p90), (0.0, 12_000.0, 0.0));
    assert!(
        report.sentence.ends_with("no term has come to its end yet, so that is an assumption"),
        "{}",
        report.sentence
    );
}

#[test]
fn the_rate_is_that_of_the_contracts_that_ended() {
    let due = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n";
    let of = |count, renewed| renewals(&format!("{}{due}", ended(count, renewed, 1.0)));
    let few = of(1, 0);
    assert_eq!((few.ended, few.renewed), (1, 0));
    assert!((few.rate - 6.8 / 9.0).abs() < 1e-12);
    let many = of(20, 5);
    assert_eq!((many.ended, many.renewed, many.running), (20, 5, 6));
    assert!((many.rate - 11.8 / 28.0).abs() < 1e-12);
    assert!(many.interval.low < 0.42 && many.interval.high > 0.42 && many.interval.high < few.interval.high);
    assert!(many.notes.iter().all(|note| !note.contains("former customers")));
    assert!(of(4, 4).notes.iter().any(|note| note.contains("former customers")));
}

#[test]
fn what_renewals_bring_more_is_learned_from_ten_of_them() {
    let due = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n";
    let of = |count| renewals(&format!("{}{due}", ended(count, count, 1.25)));
    let (few, many) = (of(9), of(10));
    assert_eq!((few.change, many.change), (1.0, 1.25));
    let line = &many.periods[0];
    let chance = (0.85 * 8.0 + 10.0) / 18.0;
    assert!((line.expansion - 0.25 * chance * 12_000.0).abs() < 1e-6);
    assert!((line.mean.value - 1.25 * chance * 12_000.0).abs() < 4.0 * line.mean.error);
    assert_eq!(line.p90, 15_000.0);
}

#[test]
fn the_mean_is_what_is_due_less_churn_and_with_expansion() {
    let mut contracts = ended(30, 24, 1.1);
    for i in 0..60 {
        let day = 1 + i % 28;
        contracts +=
            &format!("D{i},New {i},Pro,2025-05-{day:02},2026-{:02}-{day:02},{},,,\n", 5 + i % 4, 1000 + 37 * i);
    }
    let report = renewals(&contracts);
    for line in &report.periods {
        let expected = line.renewed_to_date + line.amount - line.churn + line.expansion;
        assert!(line.due > 20 && (line.mean.value - expected).abs() < 4.0 * line.mean.error, "{line:?}");
    }
}

#[test]
fn every_total_has_the_renewals_in_it() {
    let contracts = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\nC2,Bolt,Basic,2025-04-05,2026-04-04,3000,,,\nC3,Bolt,Basic,2026-04-05,2027-04-04,3300,,,\n";
    let (with, without) = (forecast(contracts), forecast_of(DEALS, contracts, r#", "renewals": "off""#));
    assert!(without.report().renewals.is_none() && without.trials().renewals(0).is_none());
    let report = with.report();
    // Renewed five days ago: its new price counts to date.
    assert_eq!(report.renewals.as_ref().unwrap().periods[0].renewed_to_date, 3_300.0);
    for period in 0..2 {
        let renewed = with.trials().renewals(period).unwrap().to_vec();
        let sum: Vec<i64> = without.trials().period(period).iter().zip(renewed).map(|(a, b)| a + b).collect();
        assert_eq!(with.trials().period(period), sum);
    }
    assert!(report.headline.sentence.contains("of it expected from renewals"), "{}", report.headline.sentence);
    assert_eq!(report.headline.won_to_date, 4_000.0);
    assert_ne!(report.fingerprint, without.report().fingerprint);
}

#[test]
fn what_ifs_goals_and_drivers_reckon_with_them() {
    let contracts = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n";
    let forecast = forecast(contracts);
    let list = Scenario::list_from_json(r#"[{"name": "none", "changes": []}, {"name": "lost", "changes": [{"drop": {"deal": "1"}}, {"drop": {"deal": "2"}}]}]"#).unwrap();
    let told = forecast.scenarios(&list).unwrap();
    let odds = |index: usize| told[index].periods[0].odds.unwrap();
    let report = forecast.report();
    assert_eq!((odds(1).delta.value, odds(0).value), (0.0, report.headline.odds.unwrap()));
    // Without any deal: what is won and what is renewed.
    let renewed = forecast.trials().renewals(0).unwrap();
    let alone = renewed.iter().filter(|part| **part + 400_000 >= 2_000_000).count() as f64 / renewed.len() as f64;
    assert_eq!(odds(2).value.value, alone);
    let drivers = forecast.drivers(0).unwrap();
    assert_eq!(drivers.odds.value, report.headline.odds.unwrap().value);
    let goal = Goal::from_json(r#"{ "odds": 0.99, "lever": "pipeline" }"#).unwrap();
    let answer = forecast.seek(&goal).unwrap();
    assert_eq!(answer.now.value, drivers.odds.value);
    // A certain renewal of the whole quota leaves nothing to sell.
    let signed = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\nC2,Acme,Pro,2026-06-01,2027-05-31,20000,,,\n";
    assert_eq!(crate::forecast(signed).report().headline.odds.unwrap().value, 1.0);
}

#[test]
fn the_exact_answer_has_them_too() {
    let contracts = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\nC2,Bolt,Basic,2025-08-01,2026-07-31,3000,,,\n";
    let forecast = forecast(contracts);
    for span in forecast.exact_report().unwrap().spans {
        let figures = span.figures.unwrap();
        let index = if span.label == "2026 Q3" { 1 } else { 0 };
        if span.label != "all periods" {
            let totals = forecast.trials().period(index);
            let mean = forecast.trials().sample(&totals).mean();
            assert!((figures.mean - mean.value / 100.0).abs() < 4.0 * mean.error / 100.0, "{}", span.label);
        }
        if let (Some(exact), Some(simulated)) = (figures.odds, span.simulated_odds) {
            assert!((exact - simulated.value).abs() < 4.0 * simulated.error.max(1e-4), "{exact} {simulated:?}");
        }
    }
}

#[test]
fn what_never_comes_due_is_counted_and_adds_nothing() {
    let contracts = "C1,Acme,Pro,2025-06-01,,12000,,,\n\
        C2,Bolt,Pro,2025-06-01,2026-05-31,9000,,,EUR\n\
        C3,Cero,Pro,2025-06-01,2026-05-31,,,,\n\
        C4,Dune,Pro,2025-03-01,2026-02-28,700,,,\n\
        C5,Elm,Pro,2025-06-01,2026-05-31,800,,2026-04-01,\n\
        C6,Fir,Pro,2025-06-01,2027-05-31,900,,,\n";
    let report = renewals(contracts);
    assert_eq!((report.running, report.without_end), (3, 1));
    assert_eq!((report.periods[0].due, report.periods[0].mean.value, report.periods[0].ended), (0, 0.0, 800.0));
    for what in ["have no end", "another currency", "nothing says what", "ended in the last 90 days"] {
        assert_eq!(
            report.notes.iter().filter(|note| note.contains(what) && note.starts_with("1 contract:")).count(),
            1,
            "{what}"
        );
    }
    // Cancelled before its end: the only one that ended.
    assert_eq!((report.ended, report.renewed), (1, 0));
    assert!(renewals("C1,Acme,Pro,2025-06-01,,12000,,,\n").periods.iter().all(|line| line.p90 == 0.0));
}

#[test]
fn a_renewal_that_is_a_deal_counts_once() {
    let deals = format!("{DEALS}4,Dune,Ada,Pro,Proposal,7000,2026-02-01,2026-06-01,Renewal\n");
    let contract = "C1,\"Dune\",Pro,2025-06-01,2026-05-31,7000,,,\n";
    let report = forecast_of(&deals, contract, "").report().renewals.unwrap();
    assert_eq!((report.periods[0].due, report.periods[0].mean.value), (0, 0.0));
    assert!(report.notes.iter().any(|note| note.contains("left to the deals")));
    // A new deal of the same company is no renewal.
    let other = deals.replace("2026-06-01,Renewal", "2026-06-01,New");
    assert_eq!(forecast_of(&other, contract, "").report().renewals.unwrap().periods[0].due, 1);
}

#[test]
fn contracts_that_go_on_by_themselves_come_due_at_the_end_of_each_term() {
    let report = renewals("C1,Acme,Pro,2025-01-31,2025-02-27,100,yes,,\n");
    // Monthly terms to the 27th, of February 2025 to March 2026.
    assert_eq!((report.ended, report.renewed, report.running), (14, 14, 1));
    assert_eq!((report.periods[0].due, report.periods[1].due), (3, 3));
    let chance = (6.8 + 14.0) / 22.0;
    assert!((report.periods[0].churn / 300.0) > 1.0 - chance, "later terms need the earlier ones");
    let yearly = renewals("C1,Acme,Pro,2024-06-01,2025-05-31,1200,yes,,\n");
    assert_eq!((yearly.ended, yearly.periods[0].due, yearly.periods[0].amount), (1, 1, 1_200.0));
}

#[test]
fn owner_and_product_rows_hold_their_renewals() {
    let contracts = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\nC2,Bolt,Basic,2025-04-05,2026-04-04,3000,,,\nC3,Bolt,Basic,2026-04-05,2027-04-04,3300,,,\n";
    let forecast = forecast(contracts);
    let pipeline = Pipeline::from_table(table("deals.csv", DEALS), &Mapping::default()).unwrap();
    let managed = pipeline.manage(&forecast, &ManagerOptions::default()).unwrap();
    let whole = forecast.report().renewals.unwrap().periods[0].mean.value;
    for view in ["owner", "product"] {
        let lines = &managed.views[view];
        let sum: f64 = lines.iter().map(|line| line.renewals).sum();
        assert!((sum / 100.0 - whole).abs() < 1e-6, "{view}: {sum} of {whole}");
        let kim = lines.iter().find(|line| matches!(line.name.as_deref(), Some("Kim" | "Basic"))).unwrap();
        assert_eq!(kim.renewals, 330_000.0);
        let mean: f64 = lines.iter().map(|line| line.mean).sum();
        let all = forecast.trials().period(0);
        assert!((mean - forecast.trials().sample(&all).mean().value).abs() < 1.0, "{view}");
    }
}

#[test]
fn neither_order_of_rows_nor_later_days_change_what_was_known() {
    let mut rows: Vec<String> = ended(12, 7, 1.2).lines().map(|line| format!("{line}\n")).collect();
    rows.push("C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n".to_owned());
    let one = renewals(&rows.concat());
    rows.reverse();
    assert_eq!(renewals(&rows.concat()), one);
    // Seen from a day before the newest deal, what the contracts say of later days is not known.
    let deals = format!("{DEALS}9,Zed,Ada,Pro,Proposal,1,2026-09-01,2026-12-01,New\n");
    let later = format!("{}C2,Acme,Pro,2026-06-01,2027-05-31,20000,,,\n", rows.concat());
    assert_eq!(forecast_of(&deals, &later, "").report().renewals.unwrap(), one);
    let cancelled = rows.concat().replace("2026-05-31,12000,,,", "2026-05-31,12000,,2026-05-01,");
    assert_eq!(forecast_of(&deals, &cancelled, "").report().renewals.unwrap(), one);
    assert_ne!(renewals(&cancelled), one);
}

#[test]
fn a_renewal_comes_into_the_period_on_its_day() {
    let contracts = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n".to_owned()
        + "C2,Bolt,Pro,2025-04-06,2026-04-05,700,,,\n\
        C3,Bolt,Pro,2026-04-06,2027-04-05,700,,,\n";
    let pipeline = pipeline_of(DEALS, &contracts);
    let (with, without) = (simulated(&pipeline, ""), simulated(&pipeline, r#", "renewals": "off""#));
    let (renewed, deals) = (pipeline.fan(&with).unwrap(), pipeline.fan(&without).unwrap());
    let to_date = with.report().renewals.unwrap().periods[0].renewed_to_date * 100.0;
    assert_eq!(to_date, 70_000.0);
    let sum = |fan: &leadcast::forecast::Fan| fan.won.last().map(|(_, sum)| *sum as f64);
    assert_eq!(sum(&renewed).unwrap(), sum(&deals).unwrap() + to_date);
    let due = leadcast::calendar::Date::parse_iso("2026-05-31").unwrap();
    for ((day, with), (_, without)) in renewed.ahead.iter().zip(&deals.ahead) {
        let more = with[2] - without[2] - to_date;
        assert!(if *day < due { more == 0.0 } else { more >= 600_000.0 }, "{day}: {more} more");
    }
    let p50 = with.report().headline.p50.value * 100.0;
    assert_eq!(renewed.ahead.last().map(|(_, edges)| edges[2]), Some(p50));
}
