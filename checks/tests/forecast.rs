//! What must hold for any pipeline, from the file to the report.

use checks::cases;
use checks::files::{DealRow, Rows, deals, pipeline};
use leadcast::forecast_deals;
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::report::{Figures, ForecastReport};
use proptest::prelude::*;

fn forecast(rows: &Rows, preset: Preset) -> Result<ForecastReport, TestCaseError> {
    let failed = |error: leadcast::Error| TestCaseError::fail(error.to_string());
    let run = Run::from_json(r#"{ "asOf": "2026-11-16", "trials": 25600, "quota": 1000000 }"#).map_err(failed)?;
    let model = OperatingModel::preset(preset).map_err(failed)?;
    Ok(forecast_deals(&rows.csv(), &model, &run).map_err(failed)?.report())
}

fn percentiles(figures: &Figures) -> [f64; 3] {
    [figures.p10.value, figures.p50.value, figures.p90.value]
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn raising_a_probability_lowers_no_percentile_of_the_total(
        deals in deals(), which in any::<prop::sample::Index>(), to in 2_u32..=100
    ) {
        let before = forecast(&pipeline(&deals), Preset::SalesLed)?;
        let mut raised = deals.clone();
        let deal = which.get(&raised).clone();
        let at = which.index(raised.len());
        raised[at].probability = deal.probability.max(to);
        let after = forecast(&pipeline(&raised), Preset::SalesLed)?;
        for (low, high) in percentiles(&before.total.figures).into_iter().zip(percentiles(&after.total.figures)) {
            prop_assert!(low <= high, "{low} fell to {high}");
        }
    }

    #[test]
    fn the_order_of_rows_changes_no_figure(deals in deals(), seed in any::<u64>(), preset in prop::sample::select(&Preset::ALL[..])) {
        let ordered = pipeline(&deals);
        let mut shuffled = ordered.clone();
        shuffled.rows.sort_by_key(|row| row.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)));
        let without_receipt = |report: ForecastReport| {
            let mut report = serde_json::to_value(report).unwrap_or_default();
            report["receipt"].take();
            report
        };
        let first = without_receipt(forecast(&ordered, preset)?);
        prop_assert_eq!(first, without_receipt(forecast(&shuffled, preset)?));
    }

    #[test]
    fn amounts_times_a_whole_number_give_percentiles_times_it(deals in deals(), factor in 2_u32..40) {
        let before = forecast(&pipeline(&deals), Preset::SalesLed)?;
        let larger: Vec<DealRow> = deals.into_iter().map(|deal| DealRow { amount: deal.amount * factor, ..deal }).collect();
        let after = forecast(&pipeline(&larger), Preset::SalesLed)?;
        for (small, large) in before.periods.iter().zip(&after.periods) {
            let expected = percentiles(&small.figures).map(|amount| amount * f64::from(factor));
            prop_assert_eq!(percentiles(&large.figures), expected, "{}", large.label);
        }
    }

    #[test]
    fn parts_add_up(deals in deals(), preset in prop::sample::select(&Preset::ALL[..])) {
        let report = forecast(&pipeline(&deals), preset)?;
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()));
        let means: f64 = report.periods.iter().map(|period| period.figures.mean.value).sum();
        prop_assert!(near(means, report.total.figures.mean.value), "{means} {}", report.total.figures.mean.value);
        let open: usize = report.stages.iter().map(|stage| stage.count).sum();
        prop_assert_eq!(open, report.headline.open_deals);
        for figures in report.periods.iter().map(|period| &period.figures).chain([&report.total.figures]) {
            let [p10, p50, p90] = percentiles(figures);
            prop_assert!(figures.won_to_date <= p10 && p10 <= p50 && p50 <= p90);
            prop_assert_eq!(figures.histogram.counts.iter().sum::<u64>(), report.trials as u64);
            prop_assert!(figures.exceedance.probabilities.windows(2).all(|pair| pair[0] >= pair[1]));
        }
        let period = &report.periods[0].figures;
        let categories: f64 = report.categories.iter().map(|category| category.mean.value).sum();
        prop_assert!(near(categories, period.mean.value), "{categories} {}", period.mean.value);
        let receipt = &report.receipt;
        prop_assert_eq!(receipt.rows_read, receipt.rows_used + receipt.rows_excluded);
    }
}
