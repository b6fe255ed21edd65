//! Forecasts by a file's own past: when it decides, what it expects, and that order and workers mean nothing.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use leadcast::Forecast;
use leadcast::calendar::Date;
use leadcast::crm::{Mapping, Pipeline};
use leadcast::forecast::{Backtest, BacktestOptions, DealLine, FitSubject, ManagerOptions, Scenario, Trials};
use leadcast::model::{OperatingModel, Preset, Run, TimingSource};
use leadcast::random::{Sampler, StreamKey};
use leadcast::table::{ReadOptions, Table};

const ORIGIN: i32 = 18_628;
/// 2022-05-15.
const TODAY: i32 = 499;

/// A deal a day from 2021 on, a third won after 20 to 140 days, seen on 2022-05-15; open ones in one of two stages.
fn company() -> Vec<String> {
    company_until(TODAY)
}

fn company_until(last: i32) -> Vec<String> {
    let mut sampler = Sampler::new(StreamKey::new(5));
    let mut rows = Vec::new();
    for created in 0..last {
        for _ in 0..sampler.poisson(1.0) {
            let close = created + 20 + sampler.below(120) as i32;
            let won = sampler.uniform() < 0.35;
            let amount = 1_000 + i64::from(sampler.below(9_000));
            let date = |day: i32| Date::from_days(ORIGIN + day).to_string();
            let (status, stage) = match (close < last, won, rows.len() % 2) {
                (true, true, _) => ("Won", "Closed Won"),
                (true, false, _) => ("Lost", "Closed Lost"),
                (false, _, 0) => ("Open", "Discovery"),
                (false, _, _) => ("Open", "Negotiation"),
            };
            rows.push(format!("d{},{},{},{status},{stage},{amount}\n", rows.len(), date(created), date(close)));
        }
    }
    rows
}

fn pipeline(rows: &[String]) -> Pipeline {
    let csv = format!("Deal Id,Created Date,Close Date,Status,Stage,Amount\n{}", rows.concat());
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    Pipeline::from_table(table, &Mapping::default()).unwrap()
}

fn model() -> OperatingModel {
    OperatingModel::from_json(Preset::SalesLed.json()).unwrap()
}

fn run(more: &str) -> Run {
    Run::from_json(&format!(r#"{{ "asOf": "2022-05-15", "trials": 25600, "periods": 3, "calibration": "off"{more} }}"#))
        .unwrap()
}

fn forecast(rows: &[String], more: &str) -> Forecast {
    pipeline(rows).simulate(&model(), &run(more)).unwrap()
}

fn all(trials: &Trials) -> Vec<Vec<i64>> {
    (0..trials.periods()).map(|period| trials.period(period)).collect()
}

#[test]
fn the_past_decides_where_it_is_enough_and_the_report_says_why() {
    let rows = company();
    let report = forecast(&rows, "").report();
    assert_eq!(report.timing.source, TimingSource::Hazards);
    assert!(report.timing.reason.starts_with("the file's own past decides: "), "{}", report.timing.reason);
    assert!((1..=8).contains(&report.timing.fit.len()));
    assert!(report.assumptions.contains(&report.timing.reason));
    let dates = forecast(&rows, r#", "timing": "dates""#).report();
    assert_eq!((dates.timing.source, dates.new_business.len()), (TimingSource::Dates, 0));
    assert!(dates.timing.reason.starts_with("stated dates decide, as asked"));
    // One win fewer than is needed.
    let mut wins = 0;
    let few: Vec<String> = rows
        .into_iter()
        .filter(|row| {
            let won = row.contains(",Won,");
            wins += usize::from(won);
            !won || wins <= 24
        })
        .collect();
    let report = forecast(&few, "").report();
    assert_eq!((report.timing.source, report.timing.won), (TimingSource::Dates, 24));
    assert!(report.timing.reason.ends_with("where 25 of each and 91 days are needed"), "{}", report.timing.reason);
    assert_eq!(forecast(&few, r#", "timing": "hazards""#).report().timing.source, TimingSource::Hazards);
}

#[test]
fn neither_rows_nor_workers_change_a_bit() {
    let rows = company();
    let straight = forecast(&rows, "");
    let turned: Vec<String> = rows.iter().rev().cloned().collect();
    let turned = forecast(&turned, "");
    assert_eq!(all(turned.trials()), all(straight.trials()));
    let pipeline = pipeline(&rows);
    let mut whole = pipeline.prepare(&model(), &run("")).unwrap();
    for part in 0..3 {
        let mut worker = pipeline.prepare(&model(), &run("")).unwrap();
        let share = worker.simulation().plan().share(part, 3);
        worker.simulation().run_batches(share);
        whole.simulation().absorb(&worker.simulation().part()).unwrap();
    }
    assert!(whole.simulation().is_complete());
    assert_eq!(all(whole.finish().trials()), all(straight.trials()));
}

#[test]
fn new_business_has_its_own_line_and_can_be_switched_off() {
    let rows = company();
    let with = forecast(&rows, "");
    let without = forecast(&rows, r#", "newBusiness": "off""#);
    let report = with.report();
    assert_eq!(report.new_business.len(), 3);
    assert!(without.report().new_business.is_empty());
    for period in 0..3 {
        let new = with.trials().new_business(period).unwrap();
        let open: Vec<i64> = with.trials().period(period).iter().zip(new).map(|(all, new)| all - new).collect();
        assert_eq!(open, without.trials().period(period), "open deals keep their luck");
    }
    // A deal a day, a third of them won after 80 days on average: of the third quarter most is new.
    let shares: Vec<f64> = report.new_business.iter().map(|line| line.share.unwrap().value).collect();
    assert!(shares[0] < 0.3 && shares[1] > shares[0] && shares[2] > 0.8, "{shares:?}");
    // A quarter brings 91·1·0.35 wins of 5,500 each; from a hundred wins that is known to about 15 %.
    let mean = report.periods[1].figures.mean.value;
    assert!((mean / (91.0 * 0.35 * 5_500.0) - 1.0).abs() < 0.3, "{mean}");
}

#[test]
fn stages_say_which_deals_are_won_and_the_past_how_much() {
    let rows = company();
    let plain: Vec<String> = rows.iter().map(|row| row.replace("Negotiation", "Discovery")).collect();
    let (staged, plain) = (forecast(&rows, ""), forecast(&plain, ""));
    let p = |forecast: &Forecast, stage: &str| -> Vec<f64> {
        forecast.deals().iter().filter(|deal| deal.stage == stage).map(|deal| deal.won_in_period).collect()
    };
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    assert!(mean(p(&staged, "Negotiation")) > 1.5 * mean(p(&staged, "Discovery")));
    // Σ amount·P(won in the end) is the same to rounding.
    let weighted = |forecast: &Forecast| forecast.report().weighted_pipeline;
    assert!((weighted(&staged) / weighted(&plain) - 1.0).abs() < 1e-9);
}

#[test]
fn what_products_bring_of_their_estimates_counts_for_the_deals_of_each() {
    // Licences bring what was thought, services six tenths.
    let mut sampler = Sampler::new(StreamKey::new(8));
    let mut csv = "Deal Id,Created Date,Close Date,Status,Stage,Product,Estimated Amount,Actual Amount\n".to_owned();
    for created in 0..TODAY {
        let close = created + 20 + sampler.below(120) as i32;
        let date = |day: i32| Date::from_days(ORIGIN + day).to_string();
        let (product, share) = [("Licence", 1.0), ("Service", 0.6)][sampler.below(2) as usize];
        let estimate = f64::from(1_000 + sampler.below(9_000));
        let brought = (estimate * share * (0.1 * sampler.normal()).exp()).round();
        let (status, stage, brought) = match (close < TODAY, sampler.uniform() < 0.35) {
            (true, true) => ("Won", "Closed Won", brought.to_string()),
            (true, false) => ("Lost", "Closed Lost", String::new()),
            (false, _) => ("Open", "Discovery", String::new()),
        };
        csv +=
            &format!("d{created},{},{},{status},{stage},{product},{estimate},{brought}\n", date(created), date(close));
    }
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let forecast = pipeline.simulate(&model(), &run(r#", "newBusiness": "off""#)).unwrap();
    let fit = forecast.report().timing.fit;
    let told = fit.iter().find(|told| told.about == FitSubject::Amounts).unwrap();
    let (low, high) = told.sentence.split("; product by factors of ").nth(1).unwrap().split_once(" to ").unwrap();
    let factor = |text: &str| text.trim_end_matches("; the file decides").parse::<f64>().unwrap();
    // 70 wins of each: known to 1 %.
    assert!((factor(low) / factor(high) - 0.6).abs() < 0.03, "{}", told.sentence);
    // What the deals of a product bring in the quarter: their chances times their amounts times its share.
    let managed = pipeline.manage(&forecast, &ManagerOptions::default()).unwrap();
    for (product, share) in [("Licence", 1.0), ("Service", 0.6)] {
        let of = |deal: &&DealLine| csv.lines().nth(deal.row + 1).unwrap().contains(product);
        let open = forecast.outcome().deals.iter().filter(of);
        let expected: f64 = open.map(|deal| deal.probability * deal.closed_by[0] * deal.amount as f64 * share).sum();
        let line = managed.views["product"].iter().find(|line| line.name.as_deref() == Some(product)).unwrap();
        let found = line.mean.value - line.won as f64;
        // The factor is known to 1 %, the mean of the ratios too; drawn hazards move the mean by less than their spread.
        assert!((found / expected - 1.0).abs() < 0.06, "{product}: {found} of {expected}");
    }
}

#[test]
fn what_ifs_act_on_hazards_too() {
    let forecast = forecast(&company(), "");
    let deal = forecast.outcome().deals[0].id.clone();
    let list = format!(
        r#"[ {{ "changes": [] }},
             {{ "changes": [ {{ "winRate": {{ "by": 0.1 }} }} ] }},
             {{ "changes": [ {{ "cycle": {{ "days": 30 }} }} ] }},
             {{ "changes": [ {{ "move": {{ "deal": "{deal}", "close": "2023-06-01" }} }} ] }},
             {{ "changes": [ {{ "cycle": {{ "days": 0 }} }}, {{ "winRate": {{ "by": 0 }} }} ] }} ]"#
    );
    let told = forecast.scenarios(&Scenario::list_from_json(&list).unwrap()).unwrap();
    let delta = |at: usize| told[at].periods[0].mean.delta.value;
    assert_eq!((delta(1), told[1].touched), (0.0, 0));
    assert!(delta(2) > 0.0 && delta(3) < 0.0 && delta(4) < 0.0, "{} {} {}", delta(2), delta(3), delta(4));
    assert_eq!(told[4].touched, 1);
    assert_eq!(delta(5), 0.0);
}

#[test]
fn a_corrected_forecast_is_what_the_track_record_says_of_its_day() {
    // Seen from the 45th day of a quarter of which the file tells the end too.
    let rows = company_until(TODAY + 140);
    let pipeline = pipeline(&rows);
    let mut backtest = Backtest::new(&pipeline, &BacktestOptions::default()).unwrap();
    while backtest.advance() {}
    let row = backtest.rows().iter().find(|row| row.quarter == "2022 Q2" && row.cut == 45).unwrap();
    let of = |text: &str| pipeline.simulate(&model(), &Run::from_json(text).unwrap()).unwrap();
    let forecast = of(r#"{ "asOf": "2022-05-15", "trials": 102400, "periods": 1, "quota": 180000 }"#);
    let report = forecast.report();
    let applied = report.calibration.applied.unwrap();
    assert_eq!((applied, applied.quarters > 2), (row.correction, true));
    assert_eq!(report.headline.won_to_date, row.won_to_date);
    // The backtest has 1,536 trials under 64 draws of the rates: its quantiles are known to about sd/8, those of the tails to
    // twice that, and three of those are allowed.
    let found = &report.headline;
    let sd = (row.p90 - row.p10) / 2.56;
    for (found, expected, error) in
        [(found.p10, row.p10, sd / 4.0), (found.p50, row.p50, sd / 8.0), (found.p90, row.p90, sd / 4.0)]
    {
        assert!((found.value - expected).abs() < 3.0 * error, "{found:?}, expected {expected} ± {error}");
    }
    // Corrected and not, side by side; everything that is asked of the forecast is asked of the corrected one.
    let plain = of(r#"{ "asOf": "2022-05-15", "trials": 102400, "periods": 1, "calibration": "off" }"#).report();
    assert_eq!(report.calibration.simulated.unwrap().p50, plain.headline.p50);
    assert!(plain.calibration.applied.is_none() && plain.headline.p50 != found.p50);
    assert_eq!(forecast.drivers(0).unwrap().odds, report.headline.odds.unwrap());
    let told = forecast.scenarios(&Scenario::list_from_json(r#"[ { "changes": [] } ]"#).unwrap()).unwrap();
    assert_eq!(told[1].periods[0].p50.value.value, 100.0 * found.p50.value);
    assert_eq!(told[1].periods[0].p50.delta.value, 0.0);
}

#[test]
fn why_nothing_is_corrected_is_said() {
    let rows = company();
    let reason = |more: &str| {
        let run = Run::from_json(&format!(r#"{{ "asOf": "2022-05-15", "trials": 64{more} }}"#)).unwrap();
        pipeline(&rows).simulate(&model(), &run).unwrap().calibration().reason.clone()
    };
    assert_eq!(reason(r#", "calibration": "off""#), "earlier quarters correct nothing, as asked");
    assert!(reason(r#", "timing": "dates""#).contains("what dates were stated then is not known"));
    assert!(reason(r#", "newBusiness": "off""#).contains("here it is off"));
    let months = reason(r#", "period": "month""#);
    assert_eq!(months, "earlier quarters correct quarters alone: of months and years there is no record");
    // The next quarter is corrected where that was worth it before; the report says so.
    let one = reason(r#", "periods": 1"#);
    let two = reason(r#", "periods": 2"#);
    assert!(one.contains(" correct the current one: ") && !one.contains("as simulated"), "{one}");
    assert_eq!(
        two,
        format!(
            "{one}; 2022 Q3 and what follows is as simulated: earlier quarters do not show that it is forecast better otherwise"
        )
    );
}
