//! What a user sees of a forecast: identities, calls, exclusions, and figures that no row order moves.

#![allow(clippy::unwrap_used)]

use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::report::ForecastReport;
use leadcast::session::Deals;
use leadcast::{Forecast, forecast_deals};

/// Stages without slip, known exactly; no market.
const EXACT: &str = r#"{ "format": 1, "meta": { "currency": "USD" },
  "stages": [
    { "name": "Talk", "order": 1, "winProbability": { "mean": 0.2, "strength": null }, "category": "pipeline",
      "slip": { "onTime": 1, "meanDelayDays": 0 } },
    { "name": "Offer", "order": 2, "winProbability": { "mean": 0.5, "strength": null }, "category": "best-case",
      "slip": { "onTime": 1, "meanDelayDays": 0 } },
    { "name": "Signing", "order": 3, "winProbability": { "mean": 1, "strength": null }, "category": "commit",
      "slip": { "onTime": 1, "meanDelayDays": 0 } } ],
  "targets": { "defaultQuota": null },
  "forecast": { "marketCorrelation": 0 } }"#;

const HEADER: &str = "Deal ID,Deal Name,Stage,Status,Amount,Close Date,Created Date,Forecast Category\n";

fn model(json: &str) -> OperatingModel {
    OperatingModel::from_json(json).unwrap()
}

fn run(json: &str) -> Run {
    Run::from_json(json).unwrap()
}

fn forecast(rows: &str, model_json: &str, run_json: &str) -> Forecast {
    forecast_deals(format!("{HEADER}{rows}").as_bytes(), &model(model_json), &run(run_json)).unwrap()
}

fn report(rows: &str, run_json: &str) -> ForecastReport {
    forecast(rows, EXACT, run_json).report()
}

const AS_OF: &str = r#"{ "asOf": "2026-02-15", "trials": 25600 }"#;

#[test]
fn with_slip_and_uncertainty_off_the_mean_is_the_weighted_pipeline() {
    let mut rows = String::from("w1,Won,Signing,Won,50000,2026-01-20,2025-11-01,\n");
    for i in 0..80 {
        let stage = if i % 2 == 0 { "Talk" } else { "Offer" };
        rows.push_str(&format!("d{i},Deal {i},{stage},Open,{},2026-03-{:02},2025-12-01,\n", 1000 + 37 * i, 1 + i % 28));
    }
    let report = report(&rows, AS_OF);
    let current = &report.periods[0].figures;
    let expected = current.won_to_date + report.weighted_pipeline;
    assert_eq!((current.won_to_date, current.weighted), (50_000.0, report.weighted_pipeline));
    // 4 standard errors from 20 groups: false alarm 0.08 %, and the streams are fixed.
    let mean = current.mean;
    assert!((mean.value - expected).abs() < 4.0 * mean.error, "{mean:?}, expected {expected}");
    assert_eq!(report.total.figures.mean, mean);
}

#[test]
fn certain_deals_make_a_certain_forecast() {
    let rows = "a,A,Signing,Open,1000.25,2026-03-01,2026-01-01,\nb,B,Signing,Open,2000,2026-05-01,2026-01-01,\n\
                c,C,Signing,Won,400,2026-02-01,2026-01-01,\n";
    let report = report(rows, AS_OF);
    let figures = |period: usize| {
        let f = &report.periods[period].figures;
        [f.p10.value, f.p50.value, f.p90.value, f.mean.value, f.mean.error]
    };
    assert_eq!(figures(0), [1400.25, 1400.25, 1400.25, 1400.25, 0.0]);
    assert_eq!(figures(1), [2000.0, 2000.0, 2000.0, 2000.0, 0.0]);
    assert_eq!(report.total.figures.p50.value, 3400.25);
    assert_eq!(report.headline.sentence, "P50 $1.4K; P10 $1.4K, P90 $1.4K; 2 deals; 0 excluded");
}

#[test]
fn odds_of_quota_include_what_is_won_and_quota_zero_is_reached() {
    let rows = "a,A,Talk,Open,1000,2026-03-01,2026-01-01,\nc,C,Signing,Won,400,2026-02-01,2026-01-01,\n";
    let odds = |quota: u32| {
        let run_json = format!(r#"{{ "asOf": "2026-02-15", "quota": {quota}, "trials": 25600 }}"#);
        let report = report(rows, &run_json);
        (report.headline.odds.unwrap().value, report.headline.sentence)
    };
    assert_eq!(odds(400).0, 1.0);
    assert_eq!(odds(0).0, 1.0);
    assert_eq!(odds(1401), (0.0, "0 % to reach $1.4K; P50 $400; 1 deal; 0 excluded".to_owned()));
    assert!((odds(1400).0 - 0.2).abs() < 0.01);
}

#[test]
fn no_open_deal_leaves_what_is_won() {
    let report = report("c,C,Signing,Won,400,2026-02-01,2026-01-01,\n", AS_OF);
    let headline = &report.headline;
    assert_eq!([headline.p10.value, headline.p50.value, headline.p90.value, headline.mean.value], [400.0; 4]);
    assert_eq!((headline.quota, headline.odds, headline.excluded_share), (None, None, 0.0));
    assert!(report.stages.is_empty());
    let json = serde_json::to_string(&report).unwrap();
    assert!(!json.contains("NaN") && json.contains(r#""odds":null"#));
}

#[test]
fn categories_are_called_singly_and_cumulatively() {
    let rows = "w,W,Signing,Won,100,2026-01-05,2025-12-01,\na,A,Signing,Open,1000,2026-03-01,2026-01-01,\n\
                b,B,Offer,Open,2000,2026-03-01,2026-01-01,\nc,C,Talk,Open,4000,2026-03-01,2026-01-01,\n\
                d,D,Talk,Open,8000,2026-03-01,2026-01-01,Omitted\ne,E,Talk,Open,16000,2026-05-01,2026-01-01,\n\
                f,F,Talk,Open,32000,2025-12-31,2025-10-01,Commit\ng,G,Talk,Open,64000,,2026-01-01,\n";
    let report = report(rows, AS_OF);
    let called: Vec<_> =
        report.categories.iter().map(|c| (c.category.name(), c.deals, c.called, c.called_cumulative)).collect();
    assert_eq!(
        called,
        [
            ("closed", 1, 100.0, Some(100.0)),
            // The past-due deal is called in the current quarter, the undated one and next quarter's are not.
            ("commit", 2, 33_000.0, Some(33_100.0)),
            ("best-case", 1, 2000.0, Some(35_100.0)),
            ("pipeline", 1, 4000.0, Some(39_100.0)),
            ("omitted", 1, 8000.0, None),
        ]
    );
    // What is closed is known; what is simulated comes with its error.
    let errors: Vec<bool> = report
        .categories
        .iter()
        .map(|c| c.mean.error > 0.0 && c.cumulative.is_none_or(|c| c.mean.error > 0.0))
        .collect();
    assert_eq!(errors, [false, true, true, true, true]);
    let means: f64 = report.categories.iter().map(|c| c.mean.value).sum();
    assert!((means - report.periods[0].figures.mean.value).abs() < 1e-6);
    assert!(report.assumptions.iter().any(|a| a.starts_with("1 open deals are past their close date")));
    assert!(report.assumptions.iter().any(|a| a.starts_with("1 open deals state no close date")));
}

#[test]
fn the_order_of_the_rows_changes_nothing_but_places() {
    let rows: Vec<String> = (0..40)
        .map(|i| {
            let stage = ["Talk", "Offer", "Odd stage", "talk "][i % 4];
            let status = ["Open", "Open", "Won", "Lost"][i / 3 % 4];
            format!("d{i},Deal {i},{stage},{status},{}.5,2026-0{}-11,2025-12-01,\n", 900 * i, 1 + i % 9)
        })
        .collect();
    let straight = report(&rows.concat(), AS_OF);
    let turned: String = rows.iter().rev().cloned().collect();
    let mut turned = report(&turned, AS_OF);
    assert_eq!(turned.fingerprint, straight.fingerprint);
    turned.receipt = straight.receipt.clone();
    assert_eq!(turned, straight);
}

#[test]
fn stages_the_model_does_not_know_are_listed_with_their_source() {
    let mut rows = String::from(
        "a,A,Talk,Open,1000,2026-03-01,2026-01-01,,\nb,B,Mystery,Open,2000,2026-03-01,2026-01-01,,30\n\
         c,C,,Open,4000,2026-03-01,2026-01-01,,\n",
    );
    for i in 0..30 {
        let (stage, status) = if i < 12 { ("Signing", "Won") } else { ("Talk", "Lost") };
        rows.push_str(&format!("x{i},X{i},{stage},{status},10,2025-12-01,2025-06-01,,\n"));
    }
    let csv = format!("{}{rows}", HEADER.replace("Category\n", "Category,Probability (%)\n"));
    let report = forecast_deals(csv.as_bytes(), &model(EXACT), &run(AS_OF)).unwrap().report();
    let told: Vec<String> = report
        .stages
        .iter()
        .map(|s| {
            let source = serde_json::to_string(&s.source).unwrap();
            format!("{}: {} × {}, {:.4} {source} {:?}", s.name, s.count, s.amount, s.win_probability, s.model_stage)
        })
        .collect();
    // Without a stage: 12 won of 30, shrunk by ten deals at the mean of the model's stages, (0.2 + 0.5 + 1)/3.
    assert_eq!(
        told,
        [
            r#"Talk: 1 × 1000, 0.2000 "model" Some("Talk")"#,
            r#"Mystery: 1 × 2000, 0.3000 "probability-column" None"#,
            r#": 1 × 4000, 0.4417 "overall-rate" None"#,
        ]
    );
}

#[test]
fn lost_deals_tell_a_stages_rate_where_they_stay_in_it() {
    // 20 won, 30 lost at Middle, 10 lost at Late: at Middle 20 of 60 are won, shrunk by ten deals at 20 of 60.
    let mut rows =
        String::from("a,A,Middle,Open,1000,2026-03-01,2026-01-01,\nb,B,Late,Open,1000,2026-03-01,2026-01-01,\n");
    for i in 0..60 {
        let (stage, status) = match i {
            0..20 => ("Done", "Won"),
            20..50 => ("Middle", "Lost"),
            _ => ("Late", "Lost"),
        };
        rows.push_str(&format!("x{i},X{i},{stage},{status},10,2025-12-01,2025-06-01,\n"));
    }
    let with_synonyms = EXACT.replace(r#""name": "Talk","#, r#""name": "Talk", "synonyms": ["Middle"],"#);
    let with_synonyms = with_synonyms.replace(r#""name": "Offer","#, r#""name": "Offer", "synonyms": ["Late"],"#);
    let report = forecast(&rows, &with_synonyms, AS_OF).report();
    let rates: Vec<_> = report.stages.iter().map(|s| (s.name.as_str(), s.win_probability, s.strength)).collect();
    let overall = 10.0 * 20.0 / 60.0;
    assert_eq!(rates, [("Middle", (20.0 + overall) / 70.0, Some(70.0)), ("Late", (20.0 + overall) / 40.0, Some(40.0))]);
}

#[test]
fn deals_in_another_currency_are_excluded_counted_and_said() {
    let header = HEADER.replace("Amount,", "Amount,Currency,");
    let rows = "a,A,Offer,Open,1000,USD,2026-03-01,2026-01-01,\nb,B,Offer,Open,9000,EUR,2026-03-01,2026-01-01,\n\
                c,C,Offer,Won,500,EUR,2026-02-01,2026-01-01,\n";
    let report = forecast_deals(format!("{header}{rows}").as_bytes(), &model(EXACT), &run(AS_OF)).unwrap().report();
    assert_eq!((report.headline.open_deals, report.headline.excluded_deals), (1, 1));
    assert!(report.headline.sentence.ends_with("; 1 deal; 1 excluded, 50 % of the open pipeline"));
    let diagnostic = report.receipt.diagnostics.iter().find(|d| d.code == "foreign-currency").unwrap();
    assert_eq!(diagnostic.message, "deals are in EUR, not in USD, and there is no rate for it, 1 of them open");
    assert_eq!(report.receipt.rows_read, report.receipt.rows_used + report.receipt.rows_excluded);
    assert_eq!((report.receipt.rows_excluded, report.periods[0].figures.won_to_date), (2, 0.0));
}

#[test]
fn each_currency_that_is_left_out_is_said_by_itself() {
    let header = HEADER.replace("Amount,", "Amount,Currency,");
    let rows = "a,A,Offer,Open,1000,USD,2026-03-01,2026-01-01,\nb,B,Offer,Open,9000,GBP,2026-03-01,2026-01-01,\n\
                c,C,Offer,Won,500,EUR,2026-02-01,2026-01-01,\nd,D,Offer,Open,700,GBP,2026-03-02,2026-01-01,\n";
    let report = forecast_deals(format!("{header}{rows}").as_bytes(), &model(EXACT), &run(AS_OF)).unwrap().report();
    let said: Vec<_> = report.receipt.diagnostics.iter().filter(|d| d.code == "foreign-currency").collect();
    let told: Vec<_> = said.iter().map(|d| (d.sample.as_str(), d.count, d.place.line)).collect();
    assert_eq!(told, [("EUR", 1, Some(4)), ("GBP", 2, Some(3))]);
    assert_eq!(said[1].message, "deals are in GBP, not in USD, and there is no rate for it, 2 of them open");
    assert_eq!((report.headline.open_deals, report.headline.excluded_deals), (1, 2));
    assert_eq!((report.receipt.rows_used, report.receipt.rows_excluded), (1, 3));
}

#[test]
fn a_file_in_one_other_currency_is_reported_in_it() {
    let header = HEADER.replace("Amount,", "Amount,Currency,");
    let rows = "a,A,Signing,Open,1000,EUR,2026-03-01,2026-01-01,\n";
    let report = forecast_deals(format!("{header}{rows}").as_bytes(), &model(EXACT), &run(AS_OF)).unwrap().report();
    assert_eq!(report.currency.code(), "EUR");
    assert_eq!(report.headline.sentence, "P50 €1K; P10 €1K, P90 €1K; 1 deal; 0 excluded");
    assert!(report.assumptions.contains(&"no deal is in USD: amounts and quotas are taken as EUR".to_owned()));
}

#[test]
fn a_file_without_any_day_asks_for_one() {
    let error = forecast_deals(b"Deal Name,Stage,Amount\nA,Talk,5\n", &model(EXACT), &Run::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "run at asOf: the file names no day on which a deal was created or closed (give asOf)"
    );
}

#[test]
fn a_deals_own_probability_counts_unless_the_run_says_otherwise() {
    let csv =
        "Deal Name,Stage,Amount,Close Date,Probability (%)\nA,Offer,1000,2026-03-01,90\nB,Offer,1000,2026-03-01,\n";
    let mean = |run_json: &str| {
        let forecast = forecast_deals(csv.as_bytes(), &model(EXACT), &run(run_json)).unwrap();
        let sources: Vec<_> = forecast.deals().iter().map(|d| d.probability).collect();
        (sources, forecast.report().weighted_pipeline)
    };
    assert_eq!(mean(r#"{ "asOf": "2026-02-15" }"#), (vec![0.9, 0.5], 1400.0));
    assert_eq!(mean(r#"{ "asOf": "2026-02-15", "dealProbability": "stage" }"#), (vec![0.5, 0.5], 1000.0));
}

#[test]
fn uncertain_rates_widen_the_forecast_and_keep_its_mean() {
    let preset = OperatingModel::preset(Preset::SalesLed).unwrap();
    let mut csv = String::from("Deal ID,Stage,Amount,Close Date,Probability (%)\n");
    for i in 0..120 {
        csv.push_str(&format!("d{i},Proposal,10000,2026-03-01,{}\n", 20 + i % 41));
    }
    let wide = forecast_deals(csv.as_bytes(), &preset, &run(AS_OF)).unwrap();
    let narrow_json = preset.to_json().replace(r#""strength":25"#, r#""strength":9999"#);
    let narrow = forecast_deals(csv.as_bytes(), &model(&narrow_json), &run(AS_OF)).unwrap();
    let (wide, narrow) = (wide.report().total.figures, narrow.report().total.figures);
    assert!(wide.sd.value > 1.5 * narrow.sd.value, "{:?} {:?}", wide.sd, narrow.sd);
    let error = 4.0 * (wide.mean.error + narrow.mean.error);
    assert!((wide.mean.value - narrow.mean.value).abs() < error);
}

#[test]
fn parts_run_elsewhere_give_the_same_report() {
    let csv = format!("{HEADER}a,A,Talk,Open,1000,2026-03-01,2026-01-01,\nb,B,Offer,Open,700,2026-04-01,2026-01-01,\n");
    let table = |csv: &str| leadcast::table::Table::from_csv(csv.as_bytes(), &Default::default()).unwrap();
    let pipeline = leadcast::crm::Pipeline::from_table(table(&csv), &Default::default()).unwrap();
    let prepare = || pipeline.prepare(&model(EXACT), &run(AS_OF)).unwrap();
    let (mut first, mut second) = (prepare(), prepare());
    let batches = first.simulation().plan().batches;
    first.simulation().run_batches(0..batches / 3);
    second.simulation().run_batches(batches / 3..batches);
    let part = second.simulation().part();
    first.simulation().absorb(&part).unwrap();
    assert_eq!(first.finish().report(), prepare().finish().report());
}

/// A pipeline in a session, with its report under a run.
fn told(deals: &mut Deals, run: &str) -> ForecastReport {
    deals.start(Preset::SalesLed.json(), run, 0, 1).unwrap();
    while deals.advance(1_000).unwrap() < 1.0 {}
    while deals.advance_record().unwrap() < 1.0 {}
    deals.report().unwrap()
}

#[test]
fn another_quota_is_measured_on_the_trials_there_are_and_another_day_is_not() {
    let rows = r#"[{"dealId": "1", "stage": "Proposal", "amount": 500, "closeDate": "2026-03-20"},
        {"dealId": "2", "stage": "Discovery", "amount": 900, "closeDate": "2026-05-20"}]"#;
    let fresh = |run: &str| told(&mut Deals::from_records(rows, "{}").unwrap(), run);
    let mut deals = Deals::from_records(rows, "{}").unwrap();
    let (low, high) = (r#"{ "asOf": "2026-02-15", "quota": 400 }"#, r#"{ "asOf": "2026-02-15", "quota": 600 }"#);
    assert_eq!(told(&mut deals, low), fresh(low));
    deals.start(Preset::SalesLed.json(), high, 0, 1).unwrap();
    assert_eq!(deals.advance(1).unwrap(), 1.0, "one batch of many is asked for, and nothing is left to do");
    assert_eq!(deals.report().unwrap(), fresh(high));
    let later = r#"{ "asOf": "2026-04-15", "quota": 600 }"#;
    deals.start(Preset::SalesLed.json(), later, 0, 1).unwrap();
    assert!(deals.advance(1).unwrap() < 1.0);
    assert_eq!(told(&mut deals, later), fresh(later));
    // One of two workers never reports: it keeps its share.
    let mut helper = Deals::from_records(rows, "{}").unwrap();
    let part = |deals: &mut Deals, run: &str| {
        deals.start(Preset::SalesLed.json(), run, 1, 2).unwrap();
        while deals.advance(1_000).unwrap() < 1.0 {}
        deals.part().unwrap()
    };
    assert!(part(&mut helper, low) == part(&mut helper, high));
    assert!(part(&mut helper, high) != part(&mut helper, later));
}

#[test]
fn people_on_the_buyers_side_change_the_chance_by_what_closed_deals_show() {
    let mut csv = "Deal Id,Stage,Amount,Created Date,Close Date,Number of Contacts,Probability\n".to_owned();
    for i in 0..400 {
        let (people, stage) = (1 + 4 * (i % 2), if i % 20 < [2, 13][i % 2] { "Closed Won" } else { "Closed Lost" });
        csv += &format!("c{i},{stage},100,2025-10-01,2026-01-{:02},{people},\n", 1 + i % 28);
    }
    csv += "one,Proposal,1000,2026-01-05,2026-03-20,1,\nfive,Proposal,1000,2026-01-05,2026-03-20,5,\nblank,Proposal,1000,2026-01-05,2026-03-20,,\nown,Proposal,1000,2026-01-05,2026-03-20,5,30%\n";
    let table = leadcast::table::Table::from_csv(csv.as_bytes(), &leadcast::table::ReadOptions::default()).unwrap();
    let pipeline = leadcast::crm::Pipeline::from_table(table, &leadcast::crm::Mapping::default()).unwrap();
    let model = leadcast::model::OperatingModel::from_json(leadcast::model::Preset::SalesLed.json()).unwrap();
    let run = leadcast::model::Run::from_json(r#"{ "asOf": "2026-02-15", "timing": "dates" }"#).unwrap();
    let forecast = pipeline.simulate(&model, &run).unwrap();
    let chance = |id: &str| forecast.deals().iter().find(|deal| deal.id == id).unwrap().probability;
    let stage = forecast.report().stages[0].win_probability;
    assert_eq!((chance("blank"), chance("own")), (stage, 0.3));
    assert!(
        chance("one") < stage - 0.1 && chance("five") > stage + 0.1,
        "{} {stage} {}",
        chance("one"),
        chance("five")
    );
    let told = forecast.report().assumptions;
    let told = told.iter().find(|one| one.starts_with("people on the buyer's side change how often")).unwrap();
    // 120 of 200 and 20 of 200 where 70 were to expect, κ about 1.4: Gamma(120 + κ) and Gamma(20 + κ) over 70 + κ, times 70/200.
    for part in [
        "n = 400 closed deals",
        "the file decides",
        "4 people or more 60 % (49 to 71)",
        "at most one person 10 % (7 to 15)",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn owners_change_the_chances_of_their_open_deals_where_dates_decide() {
    let mut csv = "Deal Id,Stage,Amount,Created Date,Close Date,Owner\n".to_owned();
    for i in 0..400 {
        let (owner, stage) =
            (["Ann", "Ben"][i % 2], if i % 20 < [13, 4][i % 2] { "Closed Won" } else { "Closed Lost" });
        csv += &format!("c{i},{stage},100,2025-{:02}-01,2026-01-{:02},{owner}\n", 6 + i % 5, 1 + i % 28);
    }
    csv += "ann,Proposal,1000,2026-01-05,2026-03-20,Ann\nben,Proposal,1000,2026-01-05,2026-03-20,Ben\nnew,Proposal,1000,2026-01-05,2026-03-20,Cy\n";
    let table = leadcast::table::Table::from_csv(csv.as_bytes(), &leadcast::table::ReadOptions::default()).unwrap();
    let pipeline = leadcast::crm::Pipeline::from_table(table, &leadcast::crm::Mapping::default()).unwrap();
    let model = leadcast::model::OperatingModel::from_json(leadcast::model::Preset::SalesLed.json()).unwrap();
    let forecast = |timing: &str| {
        let run = format!(r#"{{ "asOf": "2026-02-15", "timing": "{timing}", "calibration": "off", "trials": 6400 }}"#);
        pipeline.simulate(&model, &leadcast::model::Run::from_json(&run).unwrap()).unwrap()
    };
    let dates = forecast("dates");
    let chance = |id: &str| dates.deals().iter().find(|deal| deal.id == id).unwrap().probability;
    let stage = dates.report().stages[0].win_probability;
    assert_eq!(chance("new"), stage);
    assert!(chance("ann") > stage + 0.1 && chance("ben") < stage - 0.1, "{} {stage} {}", chance("ann"), chance("ben"));
    let told = |forecast: &leadcast::forecast::Forecast| {
        let said = forecast.report().assumptions;
        said.into_iter().filter(|one| one.starts_with("owner changes how often deals are won")).count()
    };
    // Hazards have a factor of the owner instead.
    assert_eq!((told(&dates), told(&forecast("hazards"))), (1, 0));
}
