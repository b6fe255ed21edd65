//! The forecast without trials, from a file to its report.

#![allow(clippy::unwrap_used)]

use leadcast::Error;
use leadcast::calendar::Date;
use leadcast::forecast::ExactMethod;
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::random::{Sampler, StreamKey};
use leadcast::report::ExactReport;

/// Open deals in two stages, their amounts multiples of `unit`.
fn file(deals: u32, unit: u32) -> String {
    let rows = (0..deals).map(|i| {
        let stage = if i % 3 == 0 { "Negotiation" } else { "Proposal" };
        format!("D{i},{stage},{},2026-0{}-15,2026-01-0{}\n", unit * (1 + i % 7), 4 + i % 4, 1 + i % 9)
    });
    format!("Deal,Stage,Amount,Close Date,Created Date\n{}", rows.collect::<String>())
}

fn exact(text: &str, run: &str) -> Result<ExactReport, Error> {
    let model = OperatingModel::preset(Preset::SalesLed)?;
    leadcast::forecast_deals(text.as_bytes(), &model, &Run::from_json(run)?)?.exact_report()
}

const RUN: &str = r#"{ "asOf": "2026-04-01", "quota": 25000, "trials": 204800, "periods": 1 }"#;

#[test]
fn whole_thousands_are_exact_and_agree_with_the_trials() {
    let report = exact(&file(24, 1_000), RUN).unwrap();
    let span = &report.spans[0];
    let (figures, simulated) = (span.figures.as_ref().unwrap(), span.simulated_odds.unwrap());
    assert_eq!((figures.method, span.why_not.as_str(), span.quota), (ExactMethod::Lattice, "", Some(25_000.0)));
    assert!(figures.error <= 1e-9);
    // Five standard errors of 20 groups: chance of a false alarm about 1 in 10,000, and the streams are fixed.
    assert!((figures.odds.unwrap() - simulated.value).abs() <= 5.0 * simulated.error, "{span:?}");
    assert!((figures.p50 - span.simulated_p50.value).abs() <= 1_000.0);
    assert!(simulated.error < 0.01 && figures.odds.unwrap() > 0.05 && figures.odds.unwrap() < 0.95);
}

#[test]
fn amounts_without_a_common_unit_go_on_a_grid_and_the_report_says_so() {
    let odd = file(24, 1_000).replace(",1000,", ",1234567.89,");
    let report = exact(&odd, RUN).unwrap();
    let span = &report.spans[0];
    assert_eq!(span.figures.as_ref().unwrap().method, ExactMethod::Grid);
    assert!(span.why_not.contains("whole multiples of a unit"), "{}", span.why_not);
    assert!(report.sentence.contains("on a fine grid, with rates fixed at their means"), "{}", report.sentence);
}

/// A deal a day for 500 days, a third won after 20 to 140 days; what is won brings 80 to 120 % of its estimate.
fn past() -> String {
    let mut sampler = Sampler::new(StreamKey::new(5));
    let mut rows = "Deal Id,Created Date,Close Date,Status,Stage,Actual Amount,Estimated Amount\n".to_owned();
    for created in 0..500 {
        let close = created + 20 + sampler.below(120) as i32;
        let date = |day: i32| Date::from_days(18_628 + day).to_string();
        let won = sampler.uniform() < 0.35;
        let estimate = 1_000 + sampler.below(9_000);
        let amount = estimate * (80 + sampler.below(41)) / 100;
        let (status, stage) = match (close < 500, won) {
            (true, true) => ("Won", "Closed Won"),
            (true, false) => ("Lost", "Closed Lost"),
            (false, _) => ("Open", ["Discovery", "Negotiation"][sampler.below(2) as usize]),
        };
        let amount = if status == "Won" { amount.to_string() } else { String::new() };
        rows += &format!("d{created},{},{},{status},{stage},{amount},{estimate}\n", date(created), date(close));
    }
    rows
}

#[test]
fn where_hazards_decide_the_grid_fixes_their_rates_and_says_so() {
    let run = r#"{ "asOf": "2022-05-15", "periods": 2, "trials": 25600, "quota": 200000 }"#;
    let report = exact(&past(), run).unwrap();
    let [current, next, all] = &report.spans[..] else { panic!("{report:?}") };
    let (figures, simulated) = (current.figures.as_ref().unwrap(), current.simulated_p50);
    assert_eq!(figures.method, ExactMethod::Grid);
    assert!(current.why_not.contains("fixed at their means"), "{}", current.why_not);
    assert!(report.sentence.contains("with rates fixed at their means"), "{}", report.sentence);
    assert!(report.sentence.ends_with("in the trials, before earlier quarters correct them"), "{}", report.sentence);
    // Rates that are drawn move the median a little and the odds towards one half.
    assert!((figures.p50 / simulated.value - 1.0).abs() < 0.03, "{figures:?} {simulated:?}");
    assert!(figures.p10 < figures.p50 && figures.p50 < figures.p90);
    // What comes in the next quarter hangs on the markets of both.
    for span in [next, all] {
        let figures = span.figures.as_ref().unwrap();
        assert_eq!(figures.method, ExactMethod::Grid);
        assert!(figures.p10 < figures.p50 && figures.p50 < figures.p90);
    }
    let model = Preset::SalesLed.json().replace("\"marketCorrelation\": 0.05", "\"marketCorrelation\": 0");
    let still = OperatingModel::from_json(&model).unwrap();
    let run = run.replace("25600", r#"25600, "calibration": "off""#);
    let still = leadcast::forecast_deals(past().as_bytes(), &still, &Run::from_json(&run).unwrap()).unwrap();
    let still = still.exact_report().unwrap();
    assert!(still.spans.iter().all(|span| span.figures.as_ref().is_some_and(|f| f.method == ExactMethod::Grid)));
    assert!(still.spans[0].figures.as_ref().unwrap().sd < figures.sd);
}

#[test]
fn the_order_of_the_rows_changes_no_bit() {
    let text = file(24, 1_000);
    let (header, rows) = text.split_once('\n').unwrap();
    let turned: String = rows.lines().rev().map(|row| format!("{row}\n")).collect();
    assert_eq!(exact(&text, RUN).unwrap(), exact(&format!("{header}\n{turned}"), RUN).unwrap());
    let text = past();
    let (header, rows) = text.split_once('\n').unwrap();
    let turned: String = rows.lines().rev().map(|row| format!("{row}\n")).collect();
    let run = r#"{ "asOf": "2022-05-15", "periods": 1, "trials": 25600, "calibration": "off" }"#;
    assert_eq!(exact(&text, run).unwrap(), exact(&format!("{header}\n{turned}"), run).unwrap());
}
