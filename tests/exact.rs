//! The forecast without trials, from a file to its report.

#![allow(clippy::unwrap_used)]

use leadcast::Error;
use leadcast::forecast::ExactMethod;
use leadcast::model::{OperatingModel, Preset, Run};
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

#[test]
fn the_order_of_the_rows_changes_no_bit() {
    let text = file(24, 1_000);
    let (header, rows) = text.split_once('\n').unwrap();
    let turned: String = rows.lines().rev().map(|row| format!("{row}\n")).collect();
    assert_eq!(exact(&text, RUN).unwrap(), exact(&format!("{header}\n{turned}"), RUN).unwrap());
}
