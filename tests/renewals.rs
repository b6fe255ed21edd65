//! Contracts in the forecast: which come due, how often they are renewed, and that they stand in every total.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use leadcast::Forecast;
use leadcast::crm::join::AttachOptions;
use leadcast::crm::{Mapping, Pipeline};
use leadcast::forecast::{
    Backtest, BacktestOptions, Cause, CompareOptions, Goal, ManagerOptions, OtherCause, Scenario,
};
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
    assert_eq!((now.p10.value, now.p90.value, next.p90.value), (0.0, 12_000.0, 0.0));
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
    assert_eq!(line.p90.value, 15_000.0);
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
    // Cancelled, but not at its end yet: nothing has ended so far.
    assert_eq!((report.ended, report.renewed), (0, 0));
    assert!(renewals("C1,Acme,Pro,2025-06-01,,12000,,,\n").periods.iter().all(|line| line.p90.value == 0.0));
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
    let told = |contracts: &str| {
        forecast(contracts).report().assumptions.iter().any(|one| one.contains("only where those before it were"))
    };
    assert!(told("C1,Acme,Pro,2025-01-31,2025-02-27,100,yes,,\n"));
    assert!(!told("C1,Acme,Pro,2024-06-01,2025-05-31,1200,yes,,\n"));
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
        let sum: f64 = lines.iter().map(|line| line.renewals.value).sum();
        assert!((sum / 100.0 - whole).abs() < 1e-6, "{view}: {sum} of {whole}");
        let kim = lines.iter().find(|line| matches!(line.name.as_deref(), Some("Kim" | "Basic"))).unwrap();
        // Renewed already, it is known; what is still to come has the error of the trials.
        assert_eq!((kim.renewals.value, kim.renewals.error), (330_000.0, 0.0));
        assert!(lines.iter().any(|line| line.renewals.error > 0.0), "{view}");
        let mean: f64 = lines.iter().map(|line| line.mean.value).sum();
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
        let more = with[2].value - without[2].value - to_date;
        assert!(if *day < due { more == 0.0 } else { more >= 600_000.0 }, "{day}: {more} more");
    }
    let p50 = with.report().headline.p50.value * 100.0;
    assert_eq!(renewed.ahead.last().map(|(_, edges)| edges[2].value), Some(p50));
}

/// As [`pipeline_of`], of contracts under another head.
fn pipeline_under(head: &str, deals: &str, contracts: &str) -> Pipeline {
    let pipeline = Pipeline::from_table(table("deals.csv", deals), &Mapping::default()).unwrap();
    let text = format!("{head}{contracts}");
    pipeline.attach(table("contracts.csv", &text), &AttachOptions::default()).unwrap().0
}

/// A company that closes deals evenly over 20 to 79 days, a third of them won; every second one says that it renews.
fn two_years_of_deals() -> String {
    let mut csv = "Deal Id,Account,Type,Created Date,Close Date,Status,Amount\n".to_owned();
    let mut state = 7_u32;
    let mut below = |n: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % n
    };
    for at in 0..1460 {
        let created = at / 2;
        let close = created + 20 + below(60) as i32;
        let date = |day: i32| leadcast::calendar::Date::from_days(19_823 + day);
        let status = if close > 729 { "Open" } else { ["Won", "Lost", "Lost"][below(3) as usize] };
        let kind = if at % 2 == 0 { "Renewal" } else { "New" };
        csv += &format!("{at},Co {},{kind},{},{},{status},1000\n", at % 90, date(created), date(close));
    }
    csv
}

#[test]
fn renewals_that_come_due_are_not_new_business_too() {
    let pipeline = pipeline_of(&two_years_of_deals(), "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n");
    let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
    let new = |renewals: &str| {
        let run = format!(
            r#"{{ "asOf": "2026-04-10", "trials": 25600, "timing": "hazards", "calibration": "off", "renewals": "{renewals}" }}"#
        );
        let report = pipeline.simulate(&model, &Run::from_json(&run).unwrap()).unwrap().report();
        let told = report.assumptions.iter().any(|one| one.contains("renew something are no new business"));
        (report.new_business[0].mean.value, told)
    };
    let ((with, told), (without, silent)) = (new("auto"), new("off"));
    // Half of the deals of the last 91 days.
    assert!((0.4..0.6).contains(&(with / without)), "{with} of {without}");
    assert!(told && !silent);
}

#[test]
fn the_track_record_leaves_out_what_contracts_tell_of() {
    let text = two_years_of_deals();
    let alone = Pipeline::from_table(table("deals.csv", &text), &Mapping::default()).unwrap();
    let attached = pipeline_of(&text, "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n");
    let last_quarter = |pipeline: &Pipeline| {
        let options = BacktestOptions {
            from: Some("2025 Q4".to_owned()),
            to: Some("2025 Q4".to_owned()),
            cuts: vec![14, 70],
            ..BacktestOptions::default()
        };
        let mut backtest = Backtest::new(pipeline, &options).unwrap();
        while backtest.advance() {}
        backtest.rows().iter().map(|row| (row.won_to_date, row.actual)).collect::<Vec<_>>()
    };
    let (all, counted) = (last_quarter(&alone), last_quarter(&attached));
    let quarter = r#"{ "from": "2025 Q4", "to": "2025 Q4", "cuts": [70] }"#;
    let told = |pipeline: &Pipeline| {
        let report = pipeline.backtest(&BacktestOptions::from_json(quarter).unwrap(), |_, _| true).unwrap();
        report.assumptions.iter().any(|one| one.starts_with("730 deals renew what contracts tell of"))
    };
    assert!(told(&attached) && !told(&alone));
    let [early, late] = [0, 1].map(|cut| {
        assert_eq!(all[cut].0, counted[cut].0, "what is won by the cut is known");
        all[cut].1 - counted[cut].1
    });
    // Deals take 20 days and more: seen from day 70 all that is won in the quarter is there, seen from day 14 it is not.
    assert!(early > 0.0 && late == 0.0, "{early} {late}");
}

#[test]
fn what_is_signed_for_later_has_not_come_to_its_end() {
    let report = renewals(
        "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\nC2,Acme,Pro,2026-06-01,2027-05-31,20000,,,\n\
        C3,Elm,Pro,2025-06-01,2026-05-31,800,,2026-04-01,\n",
    );
    assert_eq!((report.ended, report.renewed, report.rate), (0, 0, 0.85));
    assert_eq!((report.periods[0].due, report.periods[0].ended, report.periods[0].p90.value), (1, 800.0, 20_000.0));
}

#[test]
fn companies_are_compared_by_id_else_by_name_without_its_legal_form() {
    let deals = format!("{DEALS}4,\"Dune & Co. KG\",Ada,Pro,Proposal,7000,2026-02-01,2026-06-01,Renewal\n");
    let due = |contract: &str| forecast_of(&deals, contract, "").report().renewals.unwrap().periods[0].due;
    assert_eq!(due("C1,Dune GmbH,Pro,2025-06-01,2026-05-31,7000,,,\n"), 0);
    assert_eq!(due("C1,Dunes,Pro,2025-06-01,2026-05-31,7000,,,\n"), 1);

    let deals = "Deal Id,Account,Account Id,Stage,Amount,Created Date,Close Date,Type\n\
        1,Acme,A-1,Proposal,5000,2026-01-05,2026-05-20,Renewal\n2,Other,B-2,Closed Won,4000,2026-01-02,2026-04-02,New\n";
    let head = "Contract ID,Account,Account ID,Start Date,End Date,Contract Value\n";
    let of = |contracts: &str| {
        let report = simulated(&pipeline_under(head, deals, contracts), "").report().renewals.unwrap();
        (report.periods[0].due, report.ended, report.renewed)
    };
    // The same id under another name, and another id under the same name.
    assert_eq!(of("C1,Acme old,A-1,2025-06-01,2026-05-31,7000\n"), (0, 0, 0));
    assert_eq!(of("C1,Acme,B-2,2025-06-01,2026-05-31,7000\n"), (1, 0, 0));
    // Ids of another system say nothing of the deals.
    assert_eq!(of("C1,Acme,9001,2025-06-01,2026-05-31,7000\n"), (0, 0, 0));
    // Two companies of one name do not renew each other's contracts.
    let ended = |id: &str| format!("C1,Twin,9001,2024-04-01,2025-03-31,700\nC2,Twin,{id},2025-04-01,2027-03-31,700\n");
    assert_eq!(of(&ended("9001")), (0, 1, 1));
    assert_eq!(of(&ended("9002")), (0, 1, 0));
}

#[test]
fn a_deal_stands_for_the_one_term_that_it_renews() {
    let monthly = "C1,Dune,Pro,2026-03-01,2026-03-31,100,yes,,\n";
    let with = |rows: &str| forecast_of(&format!("{DEALS}{rows}"), monthly, "").report().renewals.unwrap();
    let due = |rows: &str| with(rows).periods.iter().map(|line| line.due).collect::<Vec<usize>>();
    // Terms end in April, May and June, then in the next quarter.
    assert_eq!(due(""), [3, 3]);
    let open = "4,Dune,Ada,Pro,Proposal,100,2026-02-01,2026-05-31,Renewal\n";
    assert_eq!(due(open), [2, 3]);
    assert!(
        with(open).notes.iter().any(|note| note == "1 contract: are renewed by a deal of the file: left to the deals")
    );
    // Without a date it stands for the next term.
    assert_eq!(due(&open.replace("2026-05-31", "")), [2, 3]);
}

#[test]
fn a_renewal_that_was_lost_ends_a_contract_that_goes_on_by_itself() {
    let with =
        |rows: &str, contract: &str| forecast_of(&format!("{DEALS}{rows}"), contract, "").report().renewals.unwrap();
    let monthly = "C1,Dune,Pro,2025-09-01,2025-09-30,100,yes,,\n";
    let lost = "4,Dune,Ada,Pro,Closed Lost,100,2025-11-01,2026-01-30,Renewal\n";
    let report = with("", monthly);
    assert_eq!((report.ended, report.renewed, report.running, report.periods[0].due), (7, 7, 1, 3));
    let report = with(lost, monthly);
    assert_eq!((report.ended, report.renewed, report.running, report.periods[0].due), (5, 4, 0, 0));
    // Lost before the term is over: it is known to end.
    let yearly = "C1,Dune,Pro,2025-06-01,2026-05-31,700,yes,,\n";
    let report = with(&lost.replace("2026-01-30", "2026-04-01"), yearly);
    assert_eq!((report.ended, report.running, report.periods[0].due, report.periods[0].ended), (0, 1, 0, 700.0));
    // That another product's renewal was lost says nothing.
    assert_eq!(with(&lost.replace(",Pro,", ",Basic,"), monthly).periods[0].due, 3);
}

#[test]
fn won_counts_before_open_before_lost_in_any_order_of_the_rows() {
    let row =
        |id: u32, stage: &str, close: &str| format!("{id},Dune,Ada,Pro,{stage},7000,2026-01-01,{close},Renewal\n");
    let (won, open) = (row(4, "Closed Won", "2026-04-05"), row(5, "Proposal", "2026-05-20"));
    let lost = row(6, "Closed Lost", "2026-04-01");
    let contract = "C1,Dune,Pro,2025-06-01,2026-05-31,7000,,,\n";
    let of = |rows: &[&String]| {
        let rows: String = rows.iter().map(|row| row.as_str()).collect();
        let line = forecast_of(&format!("{DEALS}{rows}"), contract, "").report().renewals.unwrap().periods[0].clone();
        (line.due, line.ended)
    };
    for rows in [vec![&won, &open, &lost], vec![&lost, &open, &won], vec![&lost, &won], vec![&open, &lost]] {
        assert_eq!(of(&rows), (0, 0.0));
    }
    assert_eq!(of(&[&lost]), (0, 7_000.0));
    // A closed deal without a date stands for no term.
    assert_eq!(of(&[&row(7, "Closed Lost", "")]), (1, 0.0));
}

#[test]
fn what_is_signed_pays_even_where_the_contract_before_it_says_no_amount() {
    let of = |old: &str, new: &str| {
        renewals(&format!("C1,Acme,Pro,2025-06-01,2026-05-31,{old},,,\nC2,Acme,Pro,2026-06-01,2027-05-31,{new},,,\n"))
    };
    assert_eq!((of("", "500").periods[0].due, of("", "500").periods[0].p10.value), (1, 500.0));
    let unknown = of("", "");
    assert_eq!(unknown.periods[0].due, 0);
    assert!(unknown.notes.iter().any(|note| note.starts_with("1 contract: ") && note.contains("nothing says what")));
    // Renewed ten days ago for an amount that nothing tells.
    let past = renewals("C1,Acme,Pro,2025-04-01,2026-04-05,,,,\nC2,Acme,Pro,2026-04-06,2027-04-05,,,,\n");
    assert_eq!(past.periods[0].renewed_to_date, 0.0);
    assert!(past.notes.iter().any(|note| note.contains("nothing says what")), "{:?}", past.notes);
    // Twelve terms of one contract are one contract.
    let monthly = renewals("C1,Acme,Pro,2026-03-01,2026-03-31,,yes,,\n");
    assert!(monthly.notes.iter().any(|note| note.starts_with("1 contract: ") && note.contains("nothing says what")));
}

const DUE: &str = "C1,Acme,Pro,2025-06-01,2026-05-31,12000,,,\n";

#[test]
fn the_number_to_commit_is_of_the_deals_as_the_call_is() {
    let asked = |contracts: &str, more: &str| {
        let pipeline = pipeline_of(DEALS, contracts);
        pipeline.manager_report(&simulated(&pipeline, more), &ManagerOptions::default()).unwrap()
    };
    let (with, without) = (asked(DUE, ""), asked(DUE, r#", "renewals": "off""#));
    assert!(with.calls.sentence.starts_with("of the deals alone, renewals left out: called commit"));
    assert!(without.calls.sentence.starts_with("called commit"));
    let figures = |report: &leadcast::report::ManagerReport| {
        let calls = report.calls.clone();
        (calls.commit, calls.commit_odds, calls.p50, calls.confident, calls.cheapest)
    };
    assert_eq!(figures(&with), figures(&without));
    assert!(with.odds.value > without.odds.value, "the odds of the quota have the renewals in them");
}

#[test]
fn coverage_asks_of_deals_what_renewals_do_not_bring() {
    let pipeline = pipeline_of(DEALS, DUE);
    let forecast = simulated(&pipeline, "");
    let coverage = pipeline.manager_report(&forecast, &ManagerOptions::default()).unwrap().coverage;
    let mean = forecast.report().renewals.unwrap().periods[0].mean.value;
    assert_eq!((coverage.quota, coverage.won), (Some(20_000.0), 4_000.0));
    assert!((coverage.renewals - mean).abs() < 0.01 && mean > 10_000.0);
    let remaining = coverage.remaining.unwrap();
    assert!((remaining - (16_000.0 - mean)).abs() < 0.01);
    assert!((coverage.actual.unwrap() - coverage.open / remaining).abs() < 1e-9);
    let goal = Goal::from_json(r#"{ "odds": 0.99, "lever": "coverage" }"#).unwrap();
    assert!((forecast.seek(&goal).unwrap().from - coverage.actual.unwrap()).abs() < 1e-4);
}

#[test]
fn the_way_from_the_earlier_forecast_starts_with_its_own_renewals() {
    let contracts = format!("{DUE}C2,Bolt,Basic,2025-05-01,2026-04-30,3000,,,\n");
    let (earlier, later) = (pipeline_of(DEALS, &contracts), pipeline_of(DEALS, &contracts));
    let plain = Pipeline::from_table(table("deals.csv", DEALS), &Mapping::default()).unwrap();
    let on = |day: &str| {
        let run = format!(r#"{{ "asOf": "{day}", "trials": 25600, "periods": 2, "quota": 20000 }}"#);
        earlier.simulate(&OperatingModel::from_json(Preset::SalesLed.json()).unwrap(), &Run::from_json(&run).unwrap())
    };
    let before = on("2026-04-03").unwrap().report();
    let forecast = on("2026-04-10").unwrap();
    let options = CompareOptions::from_json(r#"{ "asOf": "2026-04-03" }"#).unwrap();
    for previous in [&earlier, &plain] {
        let odds = later.compare(&forecast, previous, &options).unwrap().odds.unwrap();
        assert_eq!(odds.start_p50.value, before.headline.p50.value * 100.0);
        assert_eq!(odds.start.map(|odds| odds.value), before.headline.odds.map(|odds| odds.value));
        let step = odds.steps.iter().find(|step| step.cause == Cause::Other(OtherCause::Renewals)).unwrap();
        // The same contracts come due on both days.
        assert_eq!(step.odds.map(|odds| odds.value), Some(0.0));
        let sum: f64 = odds.steps.iter().filter_map(|step| step.odds).map(|odds| odds.value).sum();
        assert!((odds.start.unwrap().value + sum - odds.end.unwrap().value).abs() < 1e-9);
    }
}

#[test]
fn a_renewal_that_is_lost_ends_the_later_terms_of_the_same_trial() {
    // One contract by the month: what it brings in a later month, it brings in each before.
    let contract = "C1,Acme,Pro,2025-01-31,2025-02-27,100,yes,,\n";
    for market in ["0", "0.3"] {
        let model =
            Preset::SalesLed.json().replace("\"marketCorrelation\": 0.05", &format!("\"marketCorrelation\": {market}"));
        let model = OperatingModel::from_json(&model).unwrap();
        assert_eq!(model.forecast().market_correlation.to_string(), market);
        let run = r#"{ "asOf": "2026-04-01", "trials": 102400, "period": "month", "periods": 6 }"#;
        let deals =
            DEALS.lines().take(1).collect::<String>() + "\n9,Acme,Ada,Pro,Closed Lost,1,2026-01-05,2026-02-01,New\n";
        let pipeline = pipeline_of(&deals, contract);
        let forecast = pipeline.simulate(&model, &Run::from_json(run).unwrap()).unwrap();
        let months: Vec<Vec<i64>> = (0..6).map(|month| forecast.trials().period(month)).collect();
        assert!(months[0].iter().any(|minor| *minor > 0) && months[5].contains(&0));
        for pair in months.windows(2) {
            assert!(pair[0].iter().zip(&pair[1]).all(|(before, after)| before >= after));
        }
        // The mean of k renewals in a row at a rate known as Beta(6.8 + 14, 1.2), within four errors, market or not.
        let mut chance = 1.0;
        for (month, line) in forecast.report().renewals.unwrap().periods.iter().enumerate() {
            chance *= (20.8 + month as f64) / (22.0 + month as f64);
            let off = (line.mean.value - 100.0 * chance).abs();
            assert!(off <= 4.0 * line.mean.error + 1e-9, "{market}, {month}: {} of {chance}", line.mean.value);
        }
        // All together is as spread without trials as with them: the terms are not independent.
        let exact = forecast.exact_report().unwrap();
        let all = exact.spans.last().unwrap();
        let found = all.figures.as_ref().unwrap();
        let totals = forecast.trials().total();
        let n = totals.len() as f64;
        let mean = totals.iter().map(|minor| *minor as f64).sum::<f64>() / n;
        let sd = (totals.iter().map(|minor| (*minor as f64 - mean).powi(2)).sum::<f64>() / n).sqrt();
        assert!((found.sd - sd / 100.0).abs() < 0.01 * found.sd, "{} without trials, {}", found.sd, sd / 100.0);
        let share =
            |months: f64| totals.iter().filter(|minor| **minor as f64 <= 10_000.0 * months + 0.5).count() as f64 / n;
        assert!(share(0.0) > 0.02 && found.p90 == 600.0, "{} {found:?}", share(0.0));
    }
}
