//! What the forecast categories delivered in earlier periods, beside what is called now.

#![allow(clippy::unwrap_used)]

use leadcast::crm::join::AttachOptions;
use leadcast::crm::{ForecastCategory, Mapping, Pipeline};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::report::{CategoryDelivered, CategoryReport};
use leadcast::session::Reader;
use leadcast::table::{ReadOptions, Table};

const HEAD: &str = "Deal Id,Stage,Status,Amount,Created Date,Close Date,Forecast Category\n";

/// As of 2026-05-15, day 45 of its quarter: of the quarters before, 2025-11-14 and 2026-02-14 are looked from.
const DEALS: &str = "a,Closed Won,Won,1000,2025-10-01,2025-12-22,Closed\n\
    b,Closed Lost,Lost,3000,2025-10-01,2026-01-10,Omitted\n\
    c,Closed Won,Won,2000,2026-01-02,2026-03-30,Closed\n\
    d,Negotiation,Open,500,2026-01-02,2026-06-10,Commit\n\
    e,Closed Won,Won,7000,2026-01-02,2026-03-01,Closed\n\
    f,Closed Won,Won,4000,2025-10-01,2026-03-10,Closed\n\
    h,Closed Won,Won,900,2026-04-01,2026-04-10,Closed\n\
    i,Negotiation,Open,60,2026-01-02,2026-08-10,Commit\n";

/// The date of `d` lay in the next quarter then, `e` was not called yet, and `f` became a commit in January.
const LOG: &str = "deal_id,stage,entered,close date,forecast category\n\
    a,Negotiation,2025-11-01,2025-12-20,Commit\n\
    b,Negotiation,2025-11-05,2025-12-10,Commit\n\
    c,Negotiation,2026-02-01,2026-03-15,Commit\n\
    d,Negotiation,2026-02-10,2026-04-20,Commit\n\
    e,Negotiation,2026-02-20,2026-03-15,Commit\n\
    f,Proposal,2025-11-01,2025-12-01,Best Case\n\
    f,Negotiation,2026-01-05,2026-03-20,Commit\n";

fn table(text: &str) -> Table {
    Table::from_csv(text.as_bytes(), &ReadOptions::default()).unwrap()
}

fn categories(deals: &str, log: Option<&str>) -> Vec<CategoryReport> {
    let mut pipeline = Pipeline::from_table(table(&format!("{HEAD}{deals}")), &Mapping::default()).unwrap();
    if let Some(log) = log {
        (pipeline, _) = pipeline.attach(table(log), &AttachOptions::default()).unwrap();
    }
    let model = OperatingModel::preset(Preset::SalesLed).unwrap();
    let run = Run::from_json(r#"{ "asOf": "2026-05-15", "trials": 25600 }"#).unwrap();
    pipeline.simulate(&model, &run).unwrap().report().categories
}

fn of(categories: &[CategoryReport], category: ForecastCategory) -> Option<CategoryDelivered> {
    categories.iter().find(|line| line.category == category).unwrap().delivered
}

#[test]
fn a_category_stands_beside_what_it_delivered_as_seen_from_the_same_day_of_earlier_quarters() {
    let told = categories(DEALS, Some(LOG));
    let commit = of(&told, ForecastCategory::Commit).unwrap();
    // 1,000 of 4,000, then 6,000 of 6,000; off by 1,800 each.
    assert_eq!((commit.share, commit.periods, commit.deals, commit.by_date), (0.7, 2, 4, true));
    assert_eq!(commit.low, Some(0.0));
    assert!((commit.high.unwrap() - (0.7 + 12.706_205 * 0.36)).abs() < 1e-12);
    // Of the two commits of today one is called in the quarter; 900 are won.
    assert!((commit.amount - 350.0).abs() < 1e-9 && (commit.cumulative.unwrap() - 1_250.0).abs() < 1e-9, "{commit:?}");
    let best = of(&told, ForecastCategory::BestCase).unwrap();
    assert_eq!((best.share, best.periods, best.deals, best.low, best.amount), (0.0, 1, 1, None, 0.0));
    assert_eq!(best.cumulative, commit.cumulative);
    assert!([ForecastCategory::Closed, ForecastCategory::Pipeline].iter().all(|other| of(&told, *other).is_none()));
}

#[test]
fn what_came_after_a_period_or_is_told_later_changes_nothing() {
    let told = of(&categories(DEALS, Some(LOG)), ForecastCategory::Commit);
    // Of the one that was lost after its quarter, the outcome; of the one called late, the amount; and the order of all rows.
    let later = DEALS.replace("b,Closed Lost,Lost,3000", "b,Closed Won,Won,3000").replace("Won,7000", "Won,90000");
    let turned: String = later.lines().rev().map(|row| format!("{row}\n")).collect();
    let log = format!("{LOG}a,Closed Won,2025-12-22,2025-12-22,Closed\nd,Proposal,2026-05-01,2026-03-01,Pipeline\n");
    assert_eq!(of(&categories(&turned, Some(&log)), ForecastCategory::Commit), told);
}

#[test]
fn where_stages_alone_are_told_the_model_says_what_they_are_called() {
    let log: String =
        LOG.lines().map(|row| format!("{}\n", row.split(',').take(3).collect::<Vec<_>>().join(","))).collect();
    let told = of(&categories(DEALS, Some(&log)), ForecastCategory::Commit).unwrap();
    // Without dates `d` counts too: 1,000 of 4,000, then 6,000 of 6,500; and both open ones of today.
    assert_eq!((told.periods, told.deals, told.by_date), (2, 5, false));
    assert!((told.share - 7_000.0 / 10_500.0).abs() < 1e-12 && (told.amount - told.share * 560.0).abs() < 1e-9);
}

#[test]
fn an_export_alone_does_not_tell_what_was_called() {
    assert!(categories(DEALS, None).iter().all(|line| line.delivered.is_none()));
}

#[test]
fn kept_snapshots_tell_what_was_called() {
    let open =
        "1,Proposal,Open,5000,2026-01-05,2026-03-20,Best Case\n2,Discovery,Open,8000,2026-01-20,2026-04-01,Pipeline\n";
    let read = |rows: &str| {
        let mut reader = Reader::new("{}").unwrap();
        reader.push(format!("{HEAD}{rows}").as_bytes()).unwrap();
        reader.deals().unwrap()
    };
    let model = Preset::SalesLed.json();
    let mut deals = read(open);
    deals.start(model, r#"{ "asOf": "2026-03-13", "trials": 25600 }"#, 0, 1).unwrap();
    while deals.advance(100).unwrap() < 1.0 {}
    deals.report().unwrap();
    let kept = deals.snapshot("").unwrap().file;
    let mut deals = read(
        "1,Closed Won,Won,5500,2026-01-05,2026-03-19,Closed\n2,Discovery,Open,8000,2026-01-20,2026-06-20,Pipeline\n",
    );
    let mut file = Reader::new("{}").unwrap();
    file.push(kept.as_bytes()).unwrap();
    deals.attach(file).unwrap();
    deals.start(model, r#"{ "asOf": "2026-06-13", "trials": 25600 }"#, 0, 1).unwrap();
    while deals.advance(100).unwrap() < 1.0 {}
    let told = deals.report().unwrap().categories;
    let best = of(&told, ForecastCategory::BestCase).unwrap();
    // The other deal was not called in the quarter.
    assert_eq!((best.share, best.periods, best.deals, best.by_date), (1.0, 1, 1, true));
    assert!(of(&told, ForecastCategory::Pipeline).is_none());
}
