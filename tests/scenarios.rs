//! What-ifs: each change does what simulating the changed file would, to the bit, and nothing changes nothing.

#![allow(clippy::unwrap_used)]

use leadcast::forecast::{Forecast, Goal, Scenario};
use leadcast::model::{OperatingModel, Run, TimingSource};
use leadcast::report::{ScenarioPeriod, ScenarioTable};
use leadcast::{Error, forecast_deals};

const MODEL: &str = r#"{ "format": 1, "meta": { "currency": "USD" },
  "stages": [
    { "name": "Talk", "order": 1, "winProbability": 0.2, "category": "pipeline", "expectedDays": 20 },
    { "name": "Offer", "order": 2, "winProbability": 0.5, "category": "best-case", "expectedDays": 10 } ],
  "targets": { "defaultQuota": 12000 } }"#;
const HEADER: &str = "Deal ID,Deal Name,Stage,Status,Amount,Close Date,Created Date\n";

fn rows() -> Vec<String> {
    let stage = |i: usize| if i.is_multiple_of(3) { "Offer" } else { "Talk" };
    (0..40)
        .map(|i| {
            format!(
                "d{i},Deal {i},{},Open,{},2026-0{}-{:02},2025-12-01",
                stage(i),
                500 + 37 * i,
                2 + i % 4,
                16 + i % 10
            )
        })
        .collect()
}

fn forecast_of(rows: &[String], quota: f64) -> Forecast {
    let model = OperatingModel::from_json(MODEL).unwrap();
    let run = Run::from_json(&format!(r#"{{ "asOf": "2026-02-15", "trials": 25600, "quota": {quota} }}"#)).unwrap();
    forecast_deals(format!("{HEADER}{}\n", rows.join("\n")).as_bytes(), &model, &run).unwrap()
}

fn table(changes: &str) -> Result<ScenarioTable, Error> {
    let list = Scenario::list_from_json(&format!(r#"[{{ "name": "x", "changes": [{changes}] }}]"#))?;
    forecast_of(&rows(), 12_000.0).scenario_table(&list)
}

fn first(changes: &str) -> ScenarioPeriod {
    table(changes).unwrap().scenarios[0].periods[0].clone()
}

/// P10, P50, P90, mean and odds of every period, as the scenario has them and as a forecast of the changed file has.
fn same_as_file(changes: &str, change: impl Fn(&mut Vec<String>)) {
    let mut changed = rows();
    change(&mut changed);
    let report = forecast_of(&changed, 12_000.0).report();
    let table = table(changes).unwrap();
    for (scenario, period) in table.scenarios[0].periods.iter().zip(&report.periods) {
        let figures = &period.figures;
        assert_eq!(
            (
                scenario.p10.value,
                scenario.p50.value,
                scenario.p90.value,
                scenario.mean.value,
                scenario.odds.map(|o| o.value)
            ),
            (figures.p10, figures.p50, figures.p90, figures.mean, period.odds),
            "{changes} in {}",
            period.label
        );
    }
}

#[test]
fn changes_to_deals_give_the_bits_of_the_changed_file() {
    same_as_file(r#"{ "move": { "deal": "d3", "close": "2026-05-20" } }"#, |rows| {
        rows[3] = rows[3].replace("2026-05-19", "2026-05-20");
        assert!(rows[3].contains("2026-05-20"));
    });
    same_as_file(r#"{ "drop": { "deal": "Deal 8" } }"#, |rows| {
        rows.remove(8);
    });
    same_as_file(
        r#"{ "price": { "deal": "d12", "amount": 4321.5 } }, { "price": { "deal": 13, "amount": 1 } }"#,
        |rows| {
            rows[12] = rows[12].replace(",944,", ",4321.5,");
            rows[13] = rows[13].replace(",981,", ",1,");
        },
    );
}

#[test]
fn no_change_is_exactly_no_difference() {
    for changes in [
        "",
        r#"{ "winRate": { "by": 0 } }"#,
        r#"{ "cycle": { "days": 0 } }"#,
        r#"{ "cycle": { "days": 30 } }, { "cycle": { "days": -30 } }"#,
        r#"{ "move": { "deal": "d0", "close": "2026-02-16" } }"#,
        r#"{ "price": { "deal": "d0", "amount": 500 } }"#,
    ] {
        let table = table(changes).unwrap();
        assert_eq!(table.scenarios[0].touched, 0, "{changes}");
        for (period, base) in table.scenarios[0].periods.iter().zip(&table.base.periods) {
            assert_eq!(period, base);
            for figure in [period.p10, period.p50, period.p90, period.mean, period.odds.unwrap()] {
                assert_eq!((figure.delta.value, figure.delta.error, figure.low, figure.high), (0.0, 0.0, 0.0, 0.0));
            }
        }
    }
}

#[test]
fn a_won_deal_adds_its_amount_in_the_trials_that_had_lost_it() {
    let won = first(r#"{ "win": { "deal": "d39" } }"#);
    let lost = first(r#"{ "drop": { "deal": "d39" } }"#);
    // Won less lost is the whole amount, trial by trial.
    assert!((won.mean.value.value - lost.mean.value.value - 1943.0).abs() < 1e-6);
    assert!(won.odds.unwrap().low > 0.0 && lost.odds.unwrap().high <= 0.0);
    let later = table(r#"{ "win": { "deal": "d39", "close": "2026-04-01" } }"#).unwrap().scenarios[0].clone();
    assert!((later.periods[0].mean.value.value - lost.mean.value.value).abs() < 1e-6);
}

#[test]
fn rates_and_cycles_move_the_mean_as_far_as_they_must() {
    // Means in closed form: win rate × share closed × amount. 4 paired errors: false alarm 0.08 %, streams fixed.
    let base = forecast_of(&rows(), 12_000.0);
    let per_point: f64 = base.deals().iter().map(|deal| deal.won_in_period / deal.probability * deal.amount).sum();
    let raised = first(r#"{ "winRate": { "by": 0.1 } }"#);
    let delta = raised.mean.delta;
    assert!((delta.value - 0.1 * per_point).abs() < 4.0 * delta.error, "{delta:?} of {}", 0.1 * per_point);
    let offer = first(r#"{ "winRate": { "stage": "offer", "by": 0.1 } }"#);
    let of_offer: f64 =
        base.deals().iter().filter(|d| d.stage == "Offer").map(|d| d.won_in_period / d.probability * d.amount).sum();
    assert!((offer.mean.delta.value - 0.1 * of_offer).abs() < 4.0 * offer.mean.delta.error);
    assert!(raised.odds.unwrap().low > offer.odds.unwrap().high);
    let later = first(r#"{ "cycle": { "days": 20 } }"#);
    let sooner = first(r#"{ "cycle": { "days": -20 } }"#);
    assert!(later.mean.high < 0.0 && sooner.mean.low > 0.0, "{later:?} {sooner:?}");
}

#[test]
fn changes_of_the_cycle_add_up() {
    let twice = first(
        r#"{ "cycle": { "days": 10 } }, { "cycle": { "stage": "Talk", "days": 10 } }, { "cycle": { "stage": "Offer", "days": 10 } }"#,
    );
    let once = first(r#"{ "cycle": { "days": 20 } }"#);
    assert_eq!((twice.mean.value, twice.p50.value), (once.mean.value, once.p50.value));
}

/// The open deals of a file by its own past alone.
fn by_its_past(rows: &[String], as_of: &str) -> Forecast {
    by_its_past_towards(rows, as_of, None)
}

fn by_its_past_towards(rows: &[String], as_of: &str, quota: Option<f64>) -> Forecast {
    let run = format!(
        r#"{{ "asOf": "{as_of}", "trials": 25600, "timing": "hazards", "calibration": "off", "newBusiness": "off" }}"#
    );
    let (model, run) = (OperatingModel::from_json(MODEL).unwrap(), Run::from_json(&run).unwrap());
    let run = Run { quota: quota.or(run.quota), ..run };
    forecast_deals(format!("{HEADER}{}\n", rows.join("\n")).as_bytes(), &model, &run).unwrap()
}

/// A file whose past decides: 80 closed deals, half of them won, and three open ones, of which `open` says the amounts.
fn with_a_past(open: [&str; 3]) -> Forecast {
    with_a_past_towards(open, None)
}

fn with_a_past_towards(open: [&str; 3], quota: Option<f64>) -> Forecast {
    let closed = (0..80).map(|i| {
        let (month, day) = (1 + i % 9, 1 + i % 19);
        let status = if i % 2 == 0 { "Won" } else { "Lost" };
        format!(
            "c{i},Closed {i},{status},{status},{},2025-{:02}-{day:02},2025-{month:02}-{day:02}",
            4_000 + 50 * i,
            month + 2
        )
    });
    let open = open
        .iter()
        .enumerate()
        .map(|(i, amount)| format!("o{i},Open {i},Offer,Open,{amount},2025-12-20,2025-11-0{}", i + 1));
    let rows: Vec<String> = closed.chain(open).collect();
    by_its_past_towards(&rows, "2025-11-20", quota)
}

#[test]
fn a_deal_without_an_amount_that_is_won_brings_what_other_wins_brought() {
    let of = |forecast: &Forecast, changes: &str| {
        let list = Scenario::list_from_json(&format!(r#"[{{ "name": "x", "changes": [{changes}] }}]"#)).unwrap();
        forecast.scenario_table(&list).unwrap().scenarios[0].periods[0].clone()
    };
    let blank = with_a_past(["", "3000", "5000"]);
    let (won, dropped) = (of(&blank, r#"{ "win": { "deal": "o0" } }"#), of(&blank, r#"{ "drop": { "deal": "o0" } }"#));
    // Wins brought 4,000 to 7,900, the middle 5,950; each of them is as likely.
    let apart = won.mean.value.value - dropped.mean.value.value;
    assert!((apart - 5_950.0).abs() < 150.0, "{apart}");
    assert!(won.mean.delta.value > 0.0 && dropped.mean.delta.value < 0.0, "{won:?} {dropped:?}");
    for change in [
        r#"{ "move": { "deal": "o1", "close": "2025-12-20" } }"#,
        r#"{ "cycle": { "days": 9 } }, { "cycle": { "days": -9 } }"#,
    ] {
        assert_eq!(of(&blank, change).mean.delta.value.to_bits(), 0.0_f64.to_bits(), "{change}");
    }
}

/// Sales that take 20 to 100 days, and one in twelve that nobody closed.
fn with_stale_deals() -> Forecast {
    let day = |at: i32| {
        let date = leadcast::calendar::Date::from_ymd(2024, 1, 1).unwrap().plus_days(at);
        date.to_string()
    };
    let mut rows = Vec::new();
    for i in 0..600_i32 {
        let created = i * 5 / 4;
        let closed = created + 20 + (i * 37) % 81;
        let status = if i % 12 == 0 || closed >= 730 {
            "Open"
        } else if i % 3 == 0 {
            "Won"
        } else {
            "Lost"
        };
        let stage = if status == "Open" { "Offer" } else { status };
        let close = if status == "Open" { day(800) } else { day(closed) };
        rows.push(format!("d{i},Deal {i},{stage},{status},{},{close},{}", 3_000 + 10 * (i % 90), day(created)));
    }
    by_its_past(&rows, "2026-01-05")
}

#[test]
fn where_the_past_decides_slower_sales_bring_less_and_a_stated_day_counts() {
    let forecast = with_stale_deals();
    assert_eq!(forecast.report().timing.source, TimingSource::Hazards);
    let of = |changes: &str| {
        let list = Scenario::list_from_json(&format!(r#"[{{ "name": "x", "changes": [{changes}] }}]"#)).unwrap();
        forecast.scenario_table(&list).unwrap().scenarios[0].periods[0].clone()
    };
    let by = |days: i32| of(&format!(r#"{{ "cycle": {{ "days": {days} }} }}"#)).mean;
    // What is past has been: the slower the rest goes, the less comes in the period, however old the deals are.
    let deltas = [-20, -10, 10, 30, 60, 200].map(|days| by(days).delta.value);
    assert!(deltas.is_sorted_by(|a, b| a > b) && deltas[1] > 0.0 && deltas[2] < 0.0, "{deltas:?}");
    // Pulled in, a deal brings what it brings in the end; put off, nothing in the period.
    let deal = forecast.deals().iter().find(|deal| (0.05..0.6).contains(&deal.won_in_period)).unwrap().clone();
    let moved = |day: &str| of(&format!(r#"{{ "move": {{ "deal": "{}", "close": "{day}" }} }}"#, deal.id)).mean.delta;
    let (sooner, later) = (moved("2026-02-10"), moved("2026-06-01"));
    assert!(sooner.value > 0.0 && later.value < 0.0, "{sooner:?} {later:?}");
    assert!((sooner.value - deal.amount * (deal.probability - deal.won_in_period)).abs() < 4.0 * sooner.error);
    assert!((later.value + deal.amount * deal.won_in_period).abs() < 4.0 * later.error);
    let (id, own) = (&deal.id, deal.close.unwrap());
    for undone in [
        format!(r#"{{ "move": {{ "deal": "{id}", "close": "2026-06-01" }} }}, {{ "move": {{ "deal": "{id}", "close": "{own}" }} }}"#),
        r#"{ "winRate": { "by": 0.9 } }, { "winRate": { "by": -0.9 } }"#.to_owned(),
        r#"{ "winRate": { "by": -0.5 } }, { "cycle": { "days": 9 } }, { "winRate": { "by": 0.5 } }, { "cycle": { "days": -9 } }"#.to_owned(),
    ] {
        assert_eq!(of(&undone).mean.delta.value.to_bits(), 0.0_f64.to_bits(), "{undone}");
    }
    // The order of changes does not matter, and what is won is neither slower nor likelier.
    let rate = r#"{ "winRate": { "by": 0.1 } }"#;
    let cycle = r#"{ "cycle": { "days": 12 } }"#;
    let [one, other] = [format!("{rate}, {cycle}"), format!("{cycle}, {rate}")].map(|changes| of(&changes).mean.value);
    assert_eq!(one, other);
    let win = format!(r#"{{ "win": {{ "deal": "{id}" }} }}"#);
    let [one, other] = [format!("{win}, {cycle}"), format!("{cycle}, {win}")].map(|changes| of(&changes).mean.value);
    assert_eq!(one, other);
}

#[test]
fn chances_that_are_raised_and_lowered_again_are_as_they_were() {
    let base = forecast_of(&rows(), 12_000.0);
    let list = Scenario::list_from_json(
        r#"[{ "name": "x", "changes": [{ "winRate": { "by": 0.95 } }, { "winRate": { "by": -0.95 } }] }]"#,
    )
    .unwrap();
    let delta = base.scenario_table(&list).unwrap().scenarios[0].periods[0].mean.delta.value;
    assert_eq!(delta.to_bits(), 0.0_f64.to_bits());
}

/// The odds of the current period under a scenario.
fn odds_under(forecast: &Forecast, change: &str) -> leadcast::stats::Estimate {
    let list = Scenario::list_from_json(&format!(r#"[{{ "changes": [{change}] }}]"#)).unwrap();
    forecast.scenarios(&list).unwrap()[1].periods[0].odds.unwrap().value
}

#[test]
fn pipeline_sought_where_no_open_deal_has_an_amount_is_true_when_played() {
    let forecast = with_a_past_towards(["", "", ""], Some(600_000.0));
    let (odds, told) = (0.8, r#", "stage": "Offer""#);
    let goal = Goal::from_json(&format!(r#"{{ "odds": {odds}, "lever": "pipeline"{told} }}"#)).unwrap();
    let answer = forecast.goal_report(&goal).unwrap();
    assert!(answer.now.value < 0.5, "{answer:?}");
    let amount = answer.needed.unwrap_or_else(|| panic!("{}", answer.sentence));
    let split = odds_under(
        &forecast,
        &format!(r#"{{ "pipeline": {{ "amount": {amount}, "deals": {}{told} }} }}"#, answer.deals),
    );
    assert_eq!(split, answer.reached);
    // The scenario makes the same deals of it by itself.
    let whole = odds_under(&forecast, &format!(r#"{{ "pipeline": {{ "amount": {amount}{told} }} }}"#));
    assert!((whole.value - odds).abs() <= 3.0 * whole.error, "{whole:?} of {answer:?}");
}

#[test]
fn pipeline_comes_in_deals_as_large_as_others_are() {
    let touched = |open: [&str; 3]| {
        let list = Scenario::list_from_json(r#"[{ "changes": [{ "pipeline": { "amount": 90000 } }] }]"#).unwrap();
        with_a_past(open).scenarios(&list).unwrap()[1].touched
    };
    // The median of the open deals; where they have none, of what the 40 won ones brought: 4,000 to 7,900.
    assert_eq!((touched(["3000", "", "2000"]), touched(["", "", ""])), (30, 15));
}

#[test]
fn an_unknown_stage_is_refused_also_where_the_odds_are_met() {
    let forecast = forecast_of(&rows(), 9_000.0);
    for lever in ["win-rate", "pipeline", "coverage"] {
        let goal = format!(r#"{{ "odds": 0.0001, "lever": "{lever}", "stage": "Nope" }}"#);
        let error = forecast.seek(&Goal::from_json(&goal).unwrap()).unwrap_err();
        assert_eq!(error.code(), "unknown-stage", "{lever}");
    }
}

#[test]
fn pipeline_and_people_add_what_was_said() {
    let sooner =
        first(r#"{ "pipeline": { "amount": 10000.01, "deals": 7, "stage": "Offer", "close": "2026-02-20" } }"#);
    let on_time = sooner.mean.delta;
    // Half of it is won; on time or with the stage's delay nearly all of it closes in the period.
    assert!(on_time.value > 4000.0 && on_time.value < 5000.0 + 4.0 * on_time.error, "{on_time:?}");
    let reps =
        table(r#"{ "reps": { "count": 2, "start": "2026-04-01", "perQuarter": 3000, "rampMonths": 3 } }"#).unwrap();
    let added: Vec<f64> = reps.scenarios[0].periods.iter().map(|period| period.mean.delta.value).collect();
    let error = reps.scenarios[0].periods.iter().map(|period| period.mean.delta.error).collect::<Vec<_>>();
    assert_eq!(added[0], 0.0);
    // Half of a ramped quarter first, then all of it.
    for (at, expected) in [(1, 3000.0), (2, 6000.0), (3, 6000.0)] {
        assert!((added[at] - expected).abs() < 4.0 * error[at] + 60.0, "{added:?} ± {error:?}");
    }
}

#[test]
fn changes_are_made_in_their_order_on_what_is_left() {
    let error = table(r#"{ "drop": { "deal": "d1" } }, { "win": { "deal": "d1" } }"#).unwrap_err();
    assert_eq!(error.code(), "unknown-deal");
    assert!(error.to_string().contains("[0].changes[1].win.deal"), "{error}");
}

#[test]
fn what_cannot_be_read_or_found_is_named_with_its_path() {
    let told = |changes: &str| {
        let error = table(changes).unwrap_err();
        format!("{}: {error}", error.code())
    };
    assert_eq!(
        told(r#"{ "winRate": { "by": 2 } }"#),
        "bad-scenario: run at [0].changes[0].winRate.by: must be between -1 and 1, found 2"
    );
    assert_eq!(
        told(r#"{ "winRate": { "stage": "Demo", "by": 0.1 } }"#),
        "unknown-stage: run at [0].changes[0].winRate.stage: no open deal is in stage `Demo` (there are `Talk`, `Offer`)"
    );
    assert_eq!(
        told(r#"{ "move": { "deal": "d1", "close": "2026-02-15" } }"#),
        "bad-scenario: run at [0].changes[0].move.close: must be after 2026-02-15, the day of the forecast, found 2026-02-15"
    );
    assert!(
        told(r#"{ "price": { "deal": "d1", "amuont": 5 } }"#).starts_with(
            "bad-scenario: run at [0].changes[0].price.amuont: unknown key `amuont` (did you mean `amount`?"
        )
    );
    assert!(told(r#"{ "slip": {} }"#).contains("unknown value `slip`"));
    assert!(told(r#"{ "reps": { "count": 1 } }"#).contains("say what one brings in per quarter"));
    let mut twins = rows();
    twins[1] = twins[1].replace("Deal 1,", "Deal 2,");
    let list = Scenario::list_from_json(r#"[{ "changes": [ { "drop": { "deal": "deal 2" } } ] }]"#).unwrap();
    assert_eq!(forecast_of(&twins, 1.0).scenarios(&list).unwrap_err().code(), "ambiguous-deal");
    assert_eq!(Goal::from_json(r#"{ "odds": 1, "lever": "pipeline" }"#).unwrap_err().code(), "bad-scenario");
}

#[test]
fn the_answer_of_goal_seek_is_true_when_tried() {
    let forecast = forecast_of(&rows(), 14_000.0);
    let goal = |json: &str| forecast.seek(&Goal::from_json(json).unwrap()).unwrap();
    let rate = goal(r#"{ "odds": 0.8, "lever": "win-rate" }"#);
    assert!(rate.now.value < 0.8, "{rate:?}");
    let by = rate.needed.unwrap();
    let odds = |by: f64| {
        let list =
            Scenario::list_from_json(&format!(r#"[{{ "changes": [ {{ "winRate": {{ "by": {by} }} }} ] }}]"#)).unwrap();
        forecast.scenarios(&list).unwrap()[1].periods[0].odds.unwrap().value.value
    };
    assert_eq!(odds(by), rate.reached.value);
    assert!(odds(by) >= 0.8 && odds(by - 0.002) < 0.8);
    let more = goal(r#"{ "odds": 0.8, "lever": "pipeline", "stage": "Offer" }"#);
    assert!(more.needed.unwrap() > 0.0 && (0.8..0.805).contains(&more.reached.value), "{more:?}");
    let coverage = goal(r#"{ "odds": 0.8, "lever": "coverage", "stage": "Offer" }"#);
    assert!(coverage.needed.unwrap() > coverage.from && coverage.reached == more.reached);
    let easy = goal(r#"{ "odds": 0.0001, "lever": "win-rate" }"#);
    assert_eq!((easy.needed, easy.reached), (Some(0.0), easy.now));
    let never =
        forecast_of(&rows(), 1e9).seek(&Goal::from_json(r#"{ "odds": 0.8, "lever": "win-rate" }"#).unwrap()).unwrap();
    assert_eq!((never.needed, never.reached.value), (None, 0.0));
    let bare = OperatingModel::from_json(&MODEL.replace("12000", "null")).unwrap();
    let run = Run::from_json(r#"{ "asOf": "2026-02-15", "trials": 25600 }"#).unwrap();
    let unquoted = forecast_deals(format!("{HEADER}{}\n", rows().join("\n")).as_bytes(), &bare, &run).unwrap();
    let error = unquoted.seek(&Goal::from_json(r#"{ "odds": 0.8, "lever": "coverage" }"#).unwrap()).unwrap_err();
    assert_eq!(error.code(), "no-quota");
}

#[test]
fn scenarios_do_not_depend_on_the_order_of_the_rows() {
    let list = Scenario::list_from_json(
        r#"[{ "changes": [ { "winRate": { "stage": "Talk", "by": 0.07 } }, { "drop": { "deal": "d5" } }, { "pipeline": { "amount": 5000 } } ] }]"#,
    )
    .unwrap();
    let mut turned = rows();
    turned.reverse();
    assert_eq!(
        forecast_of(&rows(), 9_000.0).scenarios(&list).unwrap(),
        forecast_of(&turned, 9_000.0).scenarios(&list).unwrap()
    );
}
