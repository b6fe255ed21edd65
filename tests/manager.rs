//! What a manager asks: drivers against exact odds, must-win sets against brute force, the number to commit, coverage.

#![allow(clippy::unwrap_used)]

use leadcast::crm::{Mapping, Pipeline};
use leadcast::forecast::{Forecast, ManagerOptions};
use leadcast::model::{OperatingModel, Run};
use leadcast::report::ManagerReport;
use leadcast::table::{ReadOptions, Table};

/// Deals are independent and close on their day: odds can be counted by hand.
const MODEL: &str = r#"{ "format": 1, "meta": { "currency": "USD" },
  "stages": [
    { "name": "Talk", "order": 1, "winProbability": { "mean": 0.25, "strength": null }, "category": "pipeline",
      "slip": { "onTime": 1, "meanDelayDays": 0 } },
    { "name": "Offer", "order": 2, "winProbability": { "mean": 0.5, "strength": null }, "category": "best-case",
      "slip": { "onTime": 1, "meanDelayDays": 0 } },
    { "name": "Signing", "order": 3, "winProbability": { "mean": 0.8, "strength": null }, "category": "commit",
      "slip": { "onTime": 1, "meanDelayDays": 0 } } ],
  "forecast": { "marketCorrelation": 0 } }"#;
const HEADER: &str = "Deal ID,Deal Name,Owner,Stage,Status,Amount,Close Date,Created Date\n";
const STAGES: [(&str, f64); 3] = [("Talk", 0.25), ("Offer", 0.5), ("Signing", 0.8)];

/// Amount and probability of twelve open deals.
fn twelve() -> Vec<(i64, f64, String)> {
    let amounts = [900, 750, 700, 640, 500, 410, 333, 250, 240, 120, 90, 60];
    let deal = |(i, amount): (usize, i64)| {
        let (stage, p) = STAGES[(i + 1) % 3];
        let owner = ["Ada", "Bo", ""][i % 3];
        (amount, p, format!("d{i},Deal {i},{owner},{stage},Open,{amount},2026-03-10,2026-01-05\n"))
    };
    amounts.into_iter().enumerate().map(deal).collect()
}

fn closed() -> String {
    let won = |i| format!("w{i},Won {i},Ada,Won,Won,200,2025-1{}-05,2025-06-01\n", i % 3);
    let lost = |i| format!("l{i},Lost {i},Bo,Lost,Lost,400,2025-1{}-05,2025-06-01\n", i % 3);
    (0..6).map(won).chain((0..18).map(lost)).collect::<String>() + "wq,Won now,Ada,Won,Won,100,2026-02-01,2025-06-01\n"
}

fn asked(rows: &str, quota: Option<f64>) -> (Pipeline, Forecast) {
    asked_with(rows, quota, 102_400)
}

fn asked_with(rows: &str, quota: Option<f64>, trials: u32) -> (Pipeline, Forecast) {
    let table = Table::from_csv(format!("{HEADER}{rows}").as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let quota = quota.map_or_else(String::new, |quota| format!(r#", "quota": {quota}"#));
    let run = Run::from_json(&format!(r#"{{ "asOf": "2026-02-15", "trials": {trials}{quota} }}"#)).unwrap();
    let forecast = pipeline.simulate(&OperatingModel::from_json(MODEL).unwrap(), &run).unwrap();
    (pipeline, forecast)
}

fn report(quota: Option<f64>, options: &str) -> ManagerReport {
    let rows: String = twelve().into_iter().map(|(_, _, row)| row).collect();
    let (pipeline, forecast) = asked(&(rows + &closed()), quota);
    pipeline.manager_report(&forecast, &ManagerOptions::from_json(options).unwrap()).unwrap()
}

/// The odds that the deals bring at least `need`, by counting all outcomes; `fixed` deals are won or lost for certain.
fn exact(need: i64, fixed: &[(usize, bool)]) -> f64 {
    let deals = twelve();
    let mut odds = 0.0;
    for outcome in 0..1_u32 << deals.len() {
        let (mut share, mut sum) = (1.0, 0);
        for (i, (amount, p, _)) in deals.iter().enumerate() {
            let won = outcome >> i & 1 == 1;
            let p = fixed.iter().find(|(deal, _)| *deal == i).map_or(*p, |(_, won)| f64::from(*won));
            share *= if won { p } else { 1.0 - p };
            sum += if won { *amount } else { 0 };
        }
        odds += if sum >= need { share } else { 0.0 };
    }
    odds
}

#[test]
fn a_deals_effect_is_the_difference_of_the_odds_with_and_without_it() {
    let report = report(Some(2100.0), "");
    assert!((report.odds.value - exact(2000, &[])).abs() < 4.0 * report.odds.error, "{:?}", report.odds);
    assert_eq!((report.target, report.is_quota, report.drivers.len()), (2100.0, true, 12));
    for driver in &report.drivers {
        let deal: usize = driver.deal.id[1..].parse().unwrap();
        let (won, lost) = (exact(2000, &[(deal, true)]), exact(2000, &[(deal, false)]));
        // 4 standard errors of 20 groups: false alarm 0.08 % each, and the streams are fixed.
        assert!((driver.won.value - won).abs() < 4.0 * driver.won.error, "{driver:?}: {won}");
        assert!((driver.lost.value - lost).abs() < 4.0 * driver.lost.error, "{driver:?}: {lost}");
        assert!((driver.effect.value - (won - lost)).abs() < 4.0 * driver.effect.error, "{driver:?}: {}", won - lost);
        assert!((driver.share_won.value - twelve()[deal].1).abs() < 0.01);
    }
    let effects: Vec<f64> = report.drivers.iter().map(|driver| driver.effect.value).collect();
    assert!(effects.windows(2).all(|pair| pair[0] >= pair[1]) && effects[0] > 0.3);
}

/// The twelve, and five small ones.
fn seventeen() -> Vec<String> {
    let small = (12..17).map(|i| format!("d{i},Deal {i},Ada,Offer,Open,{},2026-03-10,2026-01-05\n", 60 - i));
    twelve().into_iter().map(|(_, _, row)| row).chain(small).collect()
}

#[test]
fn must_win_sets_of_more_than_16_deals_are_those_of_brute_force_over_the_trials() {
    let rows = seventeen().concat();
    for (quota, level) in [(2100.0, 0.5), (2100.0, 0.2), (3500.0, 0.05)] {
        let (_, forecast) = asked_with(&(rows.clone() + &closed()), Some(quota), 25_600);
        let found = forecast.must_win(0, level).unwrap();
        // Brute force over the trials of changed files: every set of one to three, without any that holds another.
        let trials: Vec<Vec<i64>> = (0..17)
            .map(|deal| {
                let without: String =
                    seventeen().into_iter().enumerate().filter(|(i, _)| *i != deal).map(|(_, row)| row).collect();
                let (_, other) = asked_with(&(without + &closed()), Some(quota), 25_600);
                forecast.trials().period(0).iter().zip(other.trials().period(0)).map(|(all, rest)| all - rest).collect()
            })
            .collect();
        let totals = forecast.trials().period(0);
        let need = (quota * 100.0) as i64;
        let odds = |set: &[usize]| {
            let reached = totals
                .iter()
                .enumerate()
                .filter(|(t, total)| **total - set.iter().map(|&d| trials[d][*t]).sum::<i64>() >= need);
            reached.count() as f64 / totals.len() as f64
        };
        let mut sets: Vec<(Vec<usize>, f64)> = Vec::new();
        let mut try_set = |set: Vec<usize>| {
            let holds = sets.iter().any(|(smaller, _)| smaller.iter().all(|deal| set.contains(deal)));
            let left = odds(&set);
            if !holds && left < level {
                sets.push((set, left));
            }
        };
        if odds(&[]) >= level {
            (0..17).for_each(|a| try_set(vec![a]));
            (0..17).for_each(|a| (a + 1..17).for_each(|b| try_set(vec![a, b])));
            (0..17).for_each(|a| (a + 1..17).for_each(|b| (b + 1..17).for_each(|c| try_set(vec![a, b, c]))));
        }
        assert_eq!((found.count, found.considered, found.is_exact), (sets.len(), 17, false), "{quota} {level}");
        let told: Vec<(Vec<usize>, f64)> = found.sets.iter().map(|(set, odds)| (set.clone(), odds.value)).collect();
        assert!(found.sets.iter().all(|(_, odds)| odds.error > 0.0 && odds.error < 0.02));
        let sorted = |sets: &[(Vec<usize>, f64)]| {
            let mut all: Vec<(Vec<usize>, i64)> = sets
                .iter()
                .map(|(set, odds)| {
                    let mut set = set.clone();
                    set.sort_unstable();
                    (set, (odds * totals.len() as f64).round() as i64)
                })
                .collect();
            all.sort();
            all
        };
        if sets.len() <= 50 {
            assert_eq!(sorted(&told), sorted(&sets), "{quota} {level}");
        }
        assert!(found.sets.windows(2).all(|pair| pair[0].0.len() <= pair[1].0.len()));
    }
}

/// Every set of one to three of the twelve without which the exact odds are below a level, none of which holds another.
fn by_hand(need: i64, level: f64) -> Vec<(Vec<usize>, f64)> {
    let singles = (0..12).map(|a| vec![a]);
    let pairs = (0..12).flat_map(|a| (a + 1..12).map(move |b| vec![a, b]));
    let triples = (0..12).flat_map(|a| (a + 1..12).flat_map(move |b| (b + 1..12).map(move |c| vec![a, b, c])));
    let mut sets: Vec<(Vec<usize>, f64)> = Vec::new();
    for set in singles.chain(pairs).chain(triples) {
        if sets.iter().any(|(smaller, _)| smaller.iter().all(|deal| set.contains(deal))) {
            continue;
        }
        let lost: Vec<(usize, bool)> = set.iter().map(|&deal| (deal, false)).collect();
        let left = exact(need, &lost);
        // Odds of exactly the level, as 0.5 is here, are not below it, whichever way their sum is rounded.
        if left < level - 1e-12 {
            sets.push((set, left));
        }
    }
    sets
}

#[test]
fn must_win_sets_of_few_deals_are_exact_also_where_a_level_is_near_their_odds() {
    let rows: String = twelve().into_iter().map(|(_, _, row)| row).collect();
    let (_, forecast) = asked_with(&(rows + &closed()), Some(2100.0), 25_600);
    let edge = exact(2000, &[(0, false), (3, false)]);
    for level in [0.5, 0.2, edge - 1e-6, edge + 1e-6] {
        let found = forecast.must_win(0, level).unwrap();
        let mut expected = by_hand(2000, level);
        assert_eq!((found.count, found.is_exact, found.considered), (expected.len(), true, 12), "{level}");
        expected.sort_by(|a, b| a.0.len().cmp(&b.0.len()).then(a.1.total_cmp(&b.1)));
        for ((set, odds), (_, left)) in found.sets.iter().zip(&expected) {
            let mut set = set.clone();
            set.sort_unstable();
            let own = expected.iter().find(|(other, _)| *other == set).unwrap().1;
            // The same order but for sets of equal odds.
            assert!((odds.value - own).abs() < 1e-12 && (odds.value - left).abs() < 1e-12, "{level} {set:?}");
            assert_eq!(odds.error, 0.0);
        }
    }
    let edges = [-1e-6, 1e-6].map(|by| forecast.must_win(0, edge + by).unwrap());
    let holds = |found: &leadcast::forecast::MustWin| {
        found.sets.iter().any(|(set, _)| set.len() == 2 && set.contains(&0) && set.contains(&3))
    };
    assert_eq!((holds(&edges[0]), holds(&edges[1])), (false, true));
}

#[test]
fn the_number_to_commit_is_a_quantile_by_confidence_or_by_cost() {
    let report = report(Some(2100.0), r#"{ "confidence": 0.9, "overCost": 3, "underCost": 1 }"#);
    let calls = &report.calls;
    // The commit: 100 won and the four deals in signing.
    assert_eq!(calls.commit, 100.0 + 750.0 + 500.0 + 250.0 + 90.0);
    let need = |call: f64| call as i64 - 100;
    assert!((calls.commit_odds.value - exact(need(calls.commit), &[])).abs() < 4.0 * calls.commit_odds.error);
    assert!(exact(need(calls.confident.value), &[]) >= 0.895, "{calls:?}");
    assert_eq!(calls.quantile, 0.25);
    let exact_below = 1.0 - exact(need(calls.cheapest.value), &[]);
    assert!((exact_below - 0.25).abs() < 0.02, "{exact_below}");
    assert!(calls.sentence.starts_with("called commit $1.69K, simulated P50 $"), "{}", calls.sentence);
}

#[test]
fn required_coverage_is_told_from_the_files_own_win_rates_beside_the_rules() {
    let report = report(Some(2100.0), "");
    let coverage = &report.coverage;
    assert_eq!((coverage.won, coverage.remaining, coverage.open), (100.0, Some(2000.0), 4993.0));
    assert_eq!(coverage.actual, Some(4993.0 / 2000.0));
    let rule = |name: &str| coverage.required.iter().find(|rule| rule.rule == name).unwrap();
    // 7 of 25 closed deals were won; 1,300 of 8,500 by amount.
    assert_eq!(rule("won-by-number").rate, Some(0.28));
    assert!((rule("won-by-number").coverage - 25.0 / 7.0).abs() < 1e-12);
    assert!((rule("won-by-amount").coverage - 8500.0 / 1300.0).abs() < 1e-12);
    let interval = rule("won-by-number").interval.unwrap();
    assert!(interval.low < 25.0 / 7.0 && interval.high > 25.0 / 7.0);
    assert_eq!((rule("during-period").coverage, rule("at-start").coverage), (3.0, 4.0));
    assert_eq!((rule("at-start").amount, rule("at-start").missing), (Some(8000.0), Some(3007.0)));
    let mean: f64 = twelve().iter().map(|(amount, p, _)| *amount as f64 * p).sum();
    assert!((rule("simulated").rate.unwrap() - mean / 4993.0).abs() < 0.01);
    assert!(rule("simulated").source.ends_with("of the open amount in the period"));
}

#[test]
fn concentration_is_the_share_of_the_largest_deals() {
    let told = report(Some(2100.0), "");
    let called = told.concentration.called;
    assert_eq!((called.deals, called.top1, called.top3), (12, 900.0 / 4993.0, 2350.0 / 4993.0));
    let squares: f64 = twelve().iter().map(|(amount, ..)| (*amount * amount) as f64 / (4993.0 * 4993.0)).sum();
    assert!((called.effective - 1.0 / squares).abs() < 1e-9 && told.warnings.is_empty());
    let (pipeline, forecast) = asked(
        &format!(
            "x,X,Ada,Offer,Open,90000,2026-03-10,2026-01-05\n{}",
            twelve().iter().map(|d| d.2.as_str()).collect::<String>()
        ),
        None,
    );
    let few = pipeline.manager_report(&forecast, &ManagerOptions::default()).unwrap();
    assert_eq!(few.warnings[0].code, "concentration");
    assert_eq!((few.is_quota, few.coverage.remaining), (false, None));
}

#[test]
fn a_pipeline_without_amounts_is_warned_of_beside_its_coverage() {
    let blank = |row: String| {
        row.split(',').enumerate().map(|(i, cell)| if i == 5 { "" } else { cell }).collect::<Vec<_>>().join(",")
    };
    let rows: String = twelve().into_iter().map(|(_, _, row)| blank(row)).collect();
    let (pipeline, forecast) = asked(&(rows + &closed()), Some(2100.0));
    let told = pipeline.manager_report(&forecast, &ManagerOptions::default()).unwrap();
    let codes: Vec<&str> = told.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!((told.coverage.actual, codes), (None, vec!["no-amounts"]));
    assert!(told.coverage.required.iter().all(|rule| rule.amount.is_none() && rule.missing.is_none()));
    assert!(
        told.warnings[0]
            .message
            .starts_with("none of 12 open deals has an amount: coverage and concentration cannot tell")
    );
    assert!(report(Some(2100.0), "").warnings.iter().all(|warning| warning.code != "no-amounts"));
}

#[test]
fn owners_add_up_to_the_forecast() {
    let report = report(Some(2100.0), "");
    let names: Vec<Option<&str>> = report.owners.iter().map(|line| line.name.as_deref()).collect();
    assert_eq!(names, [Some("Ada"), Some("Bo"), Some("")]);
    let sum = |of: fn(&leadcast::report::GroupReport) -> f64| report.owners.iter().map(of).sum::<f64>();
    let mean: f64 = twelve().iter().map(|(amount, p, _)| *amount as f64 * p).sum::<f64>() + 100.0;
    assert_eq!((sum(|g| g.won), sum(|g| g.called)), (100.0, 4993.0));
    assert!((sum(|g| g.mean.value) - mean).abs() < 25.0 && (sum(|g| g.weighted) - (mean - 100.0)).abs() < 1e-9);
    // Each simulated figure comes with its error; the rule that the simulation tells of too.
    assert!(report.owners.iter().all(|line| line.mean.error > 0.0 && line.mean.error < 0.01 * line.mean.value));
    let simulated = report.coverage.required.iter().find(|rule| rule.rule == "simulated").unwrap();
    let rate = simulated.rate.unwrap();
    assert!(simulated.error.unwrap() > 0.0 && simulated.error.unwrap() * rate < 0.01 * simulated.coverage);
    assert!(report.coverage.required.iter().filter(|rule| rule.rule != "simulated").all(|rule| rule.error.is_none()));
    assert!(report.segments.is_empty() && report.products.is_empty());
}

#[test]
fn options_out_of_range_are_named() {
    let told = |json: &str| ManagerOptions::from_json(json).unwrap_err().to_string();
    assert_eq!(told(r#"{ "confidence": 1 }"#), "run at confidence: must be above 0 and at most 0.999, found 1");
    assert!(told(r#"{ "levle": 0.5 }"#).starts_with("run at levle: unknown key `levle` (did you mean `level`?"));
}

#[test]
fn deals_that_are_hardly_ever_won_are_named_last() {
    let deal = |id: &str, stage: &str, amount: u32| {
        format!("{id},Deal {id},Ada,{stage},Open,{amount},2026-03-10,2026-01-05\n")
    };
    let offers = [("a", 900), ("b", 800), ("c", 700), ("d", 300)].map(|(id, amount)| deal(id, "Offer", amount));
    let csv = [HEADER.to_owned(), deal("whale", "Talk", 9_000), offers.concat()];
    let pipeline = Pipeline::from_table(
        Table::from_csv(csv.concat().as_bytes(), &ReadOptions::default()).unwrap(),
        &Mapping::default(),
    );
    let model = OperatingModel::from_json(&MODEL.replace("0.25", "0.02")).unwrap();
    let run = Run::from_json(r#"{ "asOf": "2026-02-15", "quota": 1500 }"#).unwrap();
    let pipeline = pipeline.unwrap();
    let report =
        pipeline.manager_report(&pipeline.simulate(&model, &run).unwrap(), &ManagerOptions::default()).unwrap();
    // The whale alone reaches the quota and moves the odds most, in one trial of fifty.
    assert_eq!((report.drivers[0].deal.id.as_str(), report.drivers[0].rare), ("whale", true));
    // Any two of the three largest offers reach it too: which of them comes first is a matter of the trials.
    let mut named: Vec<&str> = report.foremost.iter().map(|place| report.drivers[*place].deal.id.as_str()).collect();
    named.sort_unstable();
    assert_eq!(named, ["a", "b", "c"]);
}
