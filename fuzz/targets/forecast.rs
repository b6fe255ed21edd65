//! Any pipeline under any model and run: every deal is accounted for, and the figures are in order.
#![no_main]

use fuzz::{parts, text};
use leadcast::forecast_deals;
use leadcast::model::Run;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [csv, model, run] = parts(input);
    let model = fuzz::model(model);
    let mut run = Run::from_json(text(run)).unwrap_or_default();
    run.trials = 1;
    let Ok(forecast) = forecast_deals(csv, &model, &run) else { return };
    let report = forecast.report();
    assert_eq!(report.receipt.rows_read, report.receipt.rows_used + report.receipt.rows_excluded);
    assert_eq!(report.stages.iter().map(|stage| stage.count).sum::<usize>(), report.headline.open_deals);
    for figures in report.periods.iter().map(|period| &period.figures).chain([&report.total.figures]) {
        let [p10, p50, p90] = [figures.p10.value, figures.p50.value, figures.p90.value];
        assert!(p10 <= p50 && p50 <= p90, "{p10} {p50} {p90}");
        assert_eq!(figures.histogram.counts.iter().sum::<u64>(), report.trials as u64);
    }
});
