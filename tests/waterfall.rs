//! What changed between two exports: each bucket by hand, sums to the cent for any pair, nothing for the same file.

#![allow(clippy::unwrap_used)]

use leadcast::crm::{Mapping, Pipeline};
use leadcast::forecast::{Bucket, Cause, CompareOptions, Waterfall};
use leadcast::model::{OperatingModel, Run};
use leadcast::random::{Sampler, StreamKey};
use leadcast::report::WaterfallReport;
use leadcast::table::{ReadOptions, Table};
use std::collections::BTreeMap;

const MODEL: &str = r#"{ "format": 1, "meta": { "currency": "USD" },
  "stages": [
    { "name": "Talk", "order": 1, "winProbability": 0.2, "category": "pipeline" },
    { "name": "Offer", "order": 2, "winProbability": 0.5, "category": "best-case" },
    { "name": "Signing", "order": 3, "winProbability": 0.9, "category": "commit" } ],
  "targets": { "defaultQuota": 9000 } }"#;
const HEADER: &str = "Deal ID,Account,Deal Name,Stage,Status,Amount,Currency,Close Date,Created Date\n";
const BEFORE: &str = "2026-02-08";
const AFTER: &str = "2026-02-15";
const TRIALS: u32 = 25_600;

fn pipeline(rows: &str) -> Pipeline {
    let table = Table::from_csv(format!("{HEADER}{rows}").as_bytes(), &ReadOptions::default()).unwrap();
    Pipeline::from_table(table, &Mapping::default()).unwrap()
}

fn compare_with(before: &Pipeline, after: &Pipeline, options: &str) -> Waterfall {
    let model = OperatingModel::from_json(MODEL).unwrap();
    let run = Run::from_json(&format!(r#"{{ "asOf": "{AFTER}", "trials": {TRIALS} }}"#)).unwrap();
    let forecast = after.simulate(&model, &run).unwrap();
    after.compare(&forecast, before, &CompareOptions::from_json(options).unwrap()).unwrap()
}

fn compare(before: &str, after: &str) -> WaterfallReport {
    let rest = "keep,Keep,Keep,Offer,Open,100,USD,2026-03-01,2026-01-01\n";
    let options = format!(r#"{{ "asOf": "{BEFORE}" }}"#);
    compare_with(&pipeline(&format!("{rest}{before}")), &pipeline(&format!("{rest}{after}")), &options).report()
}

/// The buckets that are not zero.
fn buckets(report: &WaterfallReport) -> Vec<(Bucket, f64, usize)> {
    report.buckets.iter().filter(|b| b.amount != 0.0 || b.deals > 0).map(|b| (b.bucket, b.amount, b.deals)).collect()
}

const OPEN: &str = "a,Acme,Big,Offer,Open,1000.25,USD,2026-03-20,2026-01-05\n";

#[test]
fn each_bucket_takes_what_is_its_own() {
    let with = |after: &str| buckets(&compare(OPEN, after));
    assert_eq!(with("a,Acme,Big,Won,Won,900,USD,2026-02-10,2026-01-05\n"), [(Bucket::Won, -1000.25, 1)]);
    assert_eq!(with("a,Acme,Big,Lost,Lost,0,USD,2026-02-10,2026-01-05\n"), [(Bucket::Lost, -1000.25, 1)]);
    assert_eq!(with(""), [(Bucket::Disappeared, -1000.25, 1)]);
    assert_eq!(with("a,Acme,Big,Offer,Open,1000.25,USD,2026-04-20,2026-01-05\n"), [(Bucket::PushedOut, -1000.25, 1)]);
    assert_eq!(with("a,Acme,Big,Offer,Open,1200,USD,2026-03-25,2026-01-05\n"), [(Bucket::AmountUp, 199.75, 1)]);
    assert_eq!(with("a,Acme,Big,Offer,Open,1000,USD,2026-03-20,2026-01-05\n"), [(Bucket::AmountDown, -0.25, 1)]);
    assert_eq!(with("a,Acme,Big,Signing,Open,1000.25,USD,2026-03-21,2026-01-05\n"), []);
    let from = |before: &str| buckets(&compare(before, OPEN));
    assert_eq!(from(""), [(Bucket::Created, 1000.25, 1)]);
    assert_eq!(from("a,Acme,Big,Lost,Lost,7,USD,2026-02-01,2026-01-05\n"), [(Bucket::Reopened, 1000.25, 1)]);
    assert_eq!(from("a,Acme,Big,Won,Won,7,USD,2026-02-01,2026-01-05\n"), [(Bucket::Reopened, 1000.25, 1)]);
    assert_eq!(from("a,Acme,Big,Offer,Open,50,USD,2026-05-01,2026-01-05\n"), [(Bucket::PulledIn, 1000.25, 1)]);
}

#[test]
fn a_deal_that_runs_past_its_date_rolls_into_the_current_period() {
    let past = "a,Acme,Big,Offer,Open,10,USD,2025-12-20,2025-11-05\n";
    let report = compare(past, past);
    assert_eq!((report.start, report.end, buckets(&report)), (110.0, 110.0, vec![]));
}

#[test]
fn a_changed_rate_is_no_changed_amount() {
    let before = pipeline(
        "a,Acme,Big,Offer,Open,1000,EUR,2026-03-20,2026-01-05\nb,B,B,Offer,Open,1,USD,2026-03-20,2026-01-05\n",
    );
    let after = pipeline(
        "a,Acme,Big,Offer,Open,1500,EUR,2026-03-20,2026-01-05\nb,B,B,Offer,Open,1,USD,2026-03-20,2026-01-05\n",
    );
    let rated =
        format!(r#"{{ "asOf": "{BEFORE}", "rates": {{ "before": {{ "EUR": 1.1 }}, "after": {{ "EUR": 1.0499 }} }} }}"#);
    let report = compare_with(&before, &after, &rated).report();
    assert_eq!((report.start, report.end), (1101.0, 1575.85));
    assert_eq!(buckets(&report), [(Bucket::AmountUp, 550.0, 1), (Bucket::Fx, -75.15, 1)]);
    let bare = compare_with(&before, &after, &format!(r#"{{ "asOf": "{BEFORE}" }}"#)).report();
    assert_eq!((bare.start, bare.end, bare.without_rate), (1.0, 1.0, 1));
}

fn read_at(rows: &str, rates: &str) -> Pipeline {
    let options: ReadOptions = serde_json::from_str(&format!(r#"{{ "rates": {rates} }}"#)).unwrap();
    let table = Table::from_csv(format!("{HEADER}{rows}").as_bytes(), &options).unwrap();
    Pipeline::from_table(table, &Mapping::default()).unwrap()
}

#[test]
fn exports_read_at_rates_of_their_own_day_book_the_change_of_rates_apart() {
    let rows = |amount: &str| {
        format!(
            "a,Acme,Big,Offer,Open,{amount},EUR,2026-03-20,2026-01-05\nb,B,B,Offer,Open,1,USD,2026-03-20,2026-01-05\n\
             c,C,C,Offer,Open,200.10,GBP,2026-03-20,2026-01-05\nd,D,D,Won,Won,10,EUR,2026-01-20,2026-01-05\n"
        )
    };
    let before = read_at(&rows("1000"), r#"{ "EUR": 1.1, "GBP": 1.3 }"#);
    let after = read_at(&rows("1500"), r#"{ "EUR": 1.0499, "GBP": 1.25 }"#);
    let as_of = format!(r#"{{ "asOf": "{BEFORE}" }}"#);
    let report = compare_with(&before, &after, &as_of).report();
    // 200.10 pounds at 1.3 and at 1.25: 260.13 and 250.125, which is 250.12 to the cent, half to even.
    assert_eq!((report.start, report.end), (1361.13, 1825.97));
    assert_eq!(buckets(&report), [(Bucket::AmountUp, 550.0, 1), (Bucket::Fx, -85.16, 2)]);
    let rates: Vec<_> = report.currencies.iter().map(|c| (c.currency.to_string(), c.before, c.after)).collect();
    assert_eq!(rates, [("EUR".to_owned(), Some(1.1), Some(1.0499)), ("GBP".to_owned(), Some(1.3), Some(1.25))]);
    assert!(report.odds.is_some() && report.without_rate == 0);
    // Read at the same rates nothing is moved by them, and rates of the comparison count first.
    let same = read_at(&rows("1000"), r#"{ "EUR": 1.0499, "GBP": 1.25 }"#);
    assert_eq!(buckets(&compare_with(&same, &after, &as_of).report()), [(Bucket::AmountUp, 524.95, 1)]);
    let given = format!(r#"{{ "asOf": "{BEFORE}", "rates": {{ "before": {{ "EUR": 1.1, "GBP": 1.3 }} }} }}"#);
    let given = compare_with(&same, &after, &given).report();
    assert_eq!((given.start, given.end, buckets(&given)), (report.start, report.end, buckets(&report)));
    assert_eq!(given.odds.unwrap().end, report.odds.unwrap().end);
    // A day without a rate takes that of the other, and it is said.
    let bare = compare_with(&pipeline(&rows("1000")), &after, &as_of).report();
    assert_eq!(buckets(&bare), [(Bucket::AmountUp, 524.95, 1)]);
    assert!(
        bare.assumptions
            .iter()
            .any(|told| told == "EUR has no rate for the day of the earlier export: that of the later one counts")
    );
}

#[test]
fn ids_in_another_of_their_known_forms_are_the_same() {
    for (one, other) in [
        ("0061x00000AbCdE", "0061x00000AbCdEAAV"),
        ("{A1B2C3D4-0000-1111-2222-333344445555}", "a1b2c3d4-0000-1111-2222-333344445555"),
        ("12345", "12345.0"),
    ] {
        let rest = "2026-03-20,2026-01-05\n";
        // Renamed in between: the id alone tells that it is the same deal.
        let report = compare(
            &format!("{one},Acme,Big,Offer,Open,1000,USD,{rest}"),
            &format!("{other},Acme Corp,Bigger,Offer,Open,1200,USD,{rest}"),
        );
        assert_eq!(buckets(&report), [(Bucket::AmountUp, 200.0, 1)], "{one} {other}");
    }
    let two = compare(
        "0061x00000AbCdE,Acme,Big,Offer,Open,1000,USD,2026-03-20,2026-01-05\n",
        "0061x00000Abcde,Acme,Other,Offer,Open,1000,USD,2026-03-20,2026-01-05\n",
    );
    assert_eq!(buckets(&two), [(Bucket::Created, 1000.0, 1), (Bucket::Disappeared, -1000.0, 1)]);
}

#[test]
fn without_ids_deals_match_on_account_name_and_created_date() {
    let before =
        ",Acme,Big,Offer,Open,1000,USD,2026-03-20,2026-01-05\n,Bolt,Big,Offer,Open,70,USD,2026-03-20,2026-01-05\n";
    let after =
        ",BOLT,big,Offer,Open,80,USD,2026-03-20,2026-01-05\n,Acme,Big,Offer,Open,1000,USD,2026-04-20,2026-01-05\n";
    let report = compare(before, after);
    assert_eq!(buckets(&report), [(Bucket::PushedOut, -1000.0, 1), (Bucket::AmountUp, 10.0, 1)]);
    assert!(report.ambiguous.is_empty());
    // The same words on another day are another deal.
    let other = ",Acme,Big,Offer,Open,1000,USD,2026-03-20,2026-01-06\n";
    let report = compare(",Acme,Big,Offer,Open,1000,USD,2026-03-20,2026-01-05\n", other);
    assert_eq!(buckets(&report), [(Bucket::Created, 1000.0, 1), (Bucket::Disappeared, -1000.0, 1)]);
}

#[test]
fn what_cannot_be_told_apart_is_listed_and_never_paired_by_order() {
    let two = ",Acme,Renewal,Offer,Open,100,USD,2026-03-20,2026-01-05\n,Acme,Renewal,Talk,Open,200,USD,2026-03-21,2026-01-05\n";
    let one = ",Acme,Renewal,Talk,Open,250,USD,2026-03-20,2026-01-05\n";
    let report = compare(two, one);
    assert_eq!(buckets(&report), [(Bucket::Ambiguous, -50.0, 1)]);
    let [group] = report.ambiguous.as_slice() else { unreachable!("one group") };
    assert_eq!(
        (group.shared.as_str(), group.before.as_slice(), group.after.as_slice(), group.amount),
        ("Acme, Renewal, created 2026-01-05", &[3, 4][..], &[3][..], -50.0)
    );
    assert_eq!(
        report.assumptions,
        ["3 deals cannot be told apart and are compared only all together (export the deal id)"]
    );
    let swapped: Vec<&str> = two.lines().rev().collect();
    let again = compare(&format!("{}\n", swapped.join("\n")), one);
    assert_eq!(buckets(&again), buckets(&report));
}

#[test]
fn an_id_wins_over_a_name_and_different_ids_are_different_deals() {
    let report = compare(OPEN, "b,Acme,Big,Offer,Open,1000.25,USD,2026-03-20,2026-01-05\n");
    assert_eq!(buckets(&report), [(Bucket::Created, 1000.25, 1), (Bucket::Disappeared, -1000.25, 1)]);
    let renamed = compare(OPEN, "a,Acme Inc,Bigger,Offer,Open,1000.25,USD,2026-03-20,2026-01-05\n");
    assert_eq!(buckets(&renamed), []);
    // One export has lost its ids: the name still tells.
    assert_eq!(buckets(&compare(OPEN, &OPEN.replacen('a', "", 1))), []);
}

#[test]
fn categories_and_stages_close_by_themselves() {
    let before =
        "a,Acme,Big,Offer,Open,1000,USD,2026-03-20,2026-01-05\nc,C,C,Signing,Open,500,USD,2026-03-20,2026-01-05\n";
    let after = "a,Acme,Big,Signing,Open,1100,USD,2026-03-20,2026-01-05\nc,C,C,Won,Won,450,USD,2026-02-12,2026-01-05\n";
    let report = compare(before, after);
    let line = |name: &str| {
        let line = report.categories.iter().find(|line| line.name == name).unwrap();
        let parts: Vec<(Bucket, f64)> = line.changes.iter().map(|part| (part.bucket, part.amount)).collect();
        (line.start, line.end, line.moved, parts)
    };
    assert_eq!(line("closed"), (0.0, 450.0, 0.0, vec![(Bucket::Won, 450.0)]));
    assert_eq!(line("commit"), (500.0, 1100.0, 1000.0, vec![(Bucket::Won, -500.0), (Bucket::AmountUp, 100.0)]));
    assert_eq!(line("best-case"), (1100.0, 100.0, -1000.0, vec![]));
    let stages: Vec<(&str, f64, f64)> =
        report.stages.iter().map(|line| (line.name.as_str(), line.start, line.end)).collect();
    assert_eq!(stages, [("Offer", 1100.0, 100.0), ("Signing", 500.0, 1100.0)]);
    assert_eq!(report.changes[0].won, 450.0);
    assert_eq!(
        report.sentence.split(';').next().unwrap(),
        "2026 Q1: open amount is down $400 to $1.2K since 2026-02-08: won -$500, amounts up $100"
    );
}

#[test]
fn odds_move_from_one_forecast_to_the_other_by_parts_that_sum_to_the_whole() {
    let model = OperatingModel::from_json(MODEL).unwrap();
    let before = pipeline(&random_rows(5, 60));
    let after = pipeline(&random_rows(6, 60));
    let waterfall = compare_with(&before, &after, &format!(r#"{{ "asOf": "{BEFORE}" }}"#));
    let bridge = waterfall.odds.unwrap();
    let at = |pipeline: &Pipeline, day: &str| {
        let run = Run::from_json(&format!(r#"{{ "asOf": "{day}", "trials": {TRIALS} }}"#)).unwrap();
        pipeline.simulate(&model, &run).unwrap().report().headline
    };
    let (then, now) = (at(&before, BEFORE), at(&after, AFTER));
    assert_eq!((bridge.start, bridge.end), (then.odds, now.odds));
    assert_eq!((bridge.start_p50.value / 100.0, bridge.end_p50.value / 100.0), (then.p50.value, now.p50.value));
    let parts: f64 = bridge.steps.iter().map(|step| step.odds.unwrap().value).sum();
    assert!((parts - (now.odds.unwrap().value - then.odds.unwrap().value)).abs() < 1e-12);
    let median: f64 = bridge.steps.iter().map(|step| step.p50).sum();
    assert!((median - (bridge.end_p50.value - bridge.start_p50.value)).abs() < 1e-6);
    assert!(bridge.steps.iter().filter(|step| step.odds.unwrap().value != 0.0).count() >= 5);
}

#[test]
fn winning_the_one_deal_that_matters_is_what_moves_the_odds() {
    let before = "big,Acme,Big,Signing,Open,10000,USD,2026-03-20,2026-01-05\n";
    let report = compare(before, "big,Acme,Big,Won,Won,10000,USD,2026-02-12,2026-01-05\n");
    let bridge = report.odds.unwrap();
    let won = bridge.steps.iter().find(|step| step.cause == Cause::Bucket(Bucket::Won)).unwrap();
    assert_eq!(bridge.end.unwrap().value, 1.0);
    let part = won.odds.unwrap();
    assert!(part.value > 0.1 && part.error > 0.0, "{part:?}");
    let all: f64 = bridge.steps.iter().map(|step| step.odds.unwrap().value).sum();
    assert!((all - (1.0 - bridge.start.unwrap().value)).abs() < 1e-12);
}

/// Open, won and lost deals, some without id, in two currencies, around both days.
fn random_rows(seed: u64, count: u32) -> String {
    let mut s = Sampler::new(StreamKey::new(seed));
    let mut rows = String::new();
    for name in 0..count {
        // One in six is not in the file; a few without id look like another.
        if s.below(6) == 0 {
            continue;
        }
        let name = if name % 5 == 0 && s.below(8) == 0 { 5 } else { name };
        let id = if name % 5 == 0 { String::new() } else { format!("d{name}") };
        let (stage, status) = match s.below(10) {
            0 | 1 => ("Won", "Won"),
            2 => ("Lost", "Lost"),
            n => (["Talk", "Offer", "Signing"][n as usize % 3], "Open"),
        };
        let close = match status {
            "Open" => format!("2026-{:02}-{:02}", 1 + s.below(5), 1 + s.below(28)),
            _ => format!("2026-0{}-0{}", 1 + s.below(2), 1 + s.below(7)),
        };
        let currency = if name % 7 == 0 { "EUR" } else { "USD" };
        let amount = f64::from(s.below(100_000)) / 100.0;
        rows += &format!(
            "{id},A{},N{name},{stage},{status},{amount},{currency},{close},2025-12-{:02}\n",
            name % 3,
            1 + name % 28
        );
    }
    rows
}

#[test]
fn buckets_sum_to_the_change_for_any_two_exports_and_both_ways() {
    let options = format!(
        r#"{{ "asOf": "{BEFORE}", "rates": {{ "before": {{ "EUR": 1.0837 }}, "after": {{ "EUR": 1.1111 }} }} }}"#
    );
    let (mut seen, mut moved) = (BTreeMap::new(), 0);
    for seed in 0..4 {
        let (a, b) = (pipeline(&random_rows(2 * seed, 40)), pipeline(&random_rows(2 * seed + 1, 40)));
        for (from, to) in [(&a, &b), (&b, &a)] {
            let waterfall = compare_with(from, to, &options);
            assert_eq!(waterfall.start + waterfall.buckets.values().sum::<i64>(), waterfall.end, "seed {seed}");
            let evidence: i64 = waterfall.changes.iter().map(|change| change.amount).sum();
            let apart: i64 = waterfall.ambiguous.iter().map(|group| group.amount).sum();
            assert_eq!(waterfall.start + evidence + apart, waterfall.end, "seed {seed}");
            let mut sum = (0, 0);
            for line in &waterfall.categories {
                assert_eq!(line.start + line.moved + line.buckets.values().sum::<i64>(), line.end, "seed {seed}");
                moved += i32::from(line.moved != 0);
                if line.key.to_string() != "closed" {
                    sum = (sum.0 + line.start, sum.1 + line.end);
                }
            }
            assert_eq!(sum, (waterfall.start, waterfall.end), "seed {seed}");
            for line in &waterfall.stages {
                assert_eq!(line.start + line.moved + line.buckets.values().sum::<i64>(), line.end, "seed {seed}");
            }
            for (bucket, amount) in &waterfall.buckets {
                *seen.entry(*bucket).or_insert(0) += i32::from(*amount != 0);
            }
        }
        // The same file on the same day: nothing happened, whatever is in it.
        let same = r#"{ "asOf": "2026-02-15", "rates": { "before": { "EUR": 1.1111 }, "after": { "EUR": 1.1111 } } }"#;
        let none = compare_with(&a, &a, same);
        assert_eq!((none.start, none.buckets.values().all(|&amount| amount == 0)), (none.end, true));
        let bridge = none.odds.unwrap();
        assert!(bridge.steps.iter().all(|step| step.odds.unwrap().value == 0.0 && step.p50 == 0.0));
    }
    assert!(Bucket::ALL.iter().all(|bucket| seen[bucket] > 0) && moved > 0, "{seen:?}");
}

#[test]
fn rows_in_any_order_give_the_same_comparison() {
    let (before, after) = (random_rows(1, 50), random_rows(2, 50));
    let turned = |rows: &str| rows.lines().rev().map(|row| format!("{row}\n")).collect::<String>();
    let options = format!(r#"{{ "asOf": "{BEFORE}" }}"#);
    let one = compare_with(&pipeline(&before), &pipeline(&after), &options);
    let other = compare_with(&pipeline(&turned(&before)), &pipeline(&turned(&after)), &options);
    assert_eq!((one.odds, one.buckets, one.categories), (other.odds, other.buckets, other.categories));
    let told = |changes: &[leadcast::forecast::Change]| {
        changes.iter().map(|c| (c.bucket, c.amount, c.after.as_ref().map(|s| s.name.clone()))).collect::<Vec<_>>()
    };
    assert_eq!(told(&one.changes), told(&other.changes));
}

#[test]
fn an_option_that_cannot_be_read_is_named() {
    let message = |json: &str| CompareOptions::from_json(json).unwrap_err().to_string();
    assert!(message(r#"{ "asof": "2026-02-08" }"#).contains("asof"));
    assert_eq!(
        message(r#"{ "rates": { "before": { "EUR": 0 } } }"#),
        "run at rates.before.EUR: must be above 0 and at most 10⁹, found 0"
    );
    assert!(message(r#"{ "rates": { "after": { "euro": 1 } } }"#).starts_with("run at rates.after.euro: "));
    let pipeline = pipeline(OPEN);
    let model = OperatingModel::from_json(MODEL).unwrap();
    let forecast =
        pipeline.simulate(&model, &Run::from_json(r#"{ "asOf": "2026-02-15", "trials": 6400 }"#).unwrap()).unwrap();
    let error =
        pipeline.compare(&forecast, &pipeline, &CompareOptions { period: 9, ..Default::default() }).unwrap_err();
    assert_eq!((error.code(), error.message()), ("period-outside", "the forecast has 4 periods, counted from 0"));
}
