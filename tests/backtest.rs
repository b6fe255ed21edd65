//! The forecast graded on a file's own past: what it may know, and that order means nothing.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use leadcast::calendar::Date;
use leadcast::crm::{Mapping, Pipeline};
use leadcast::forecast::{
    Backtest, BacktestOptions, BacktestRow, FitSubject, RestsOn, Watched, WatchedEnd, aalen_johansen,
};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::random::{Sampler, StreamKey};
use leadcast::table::{ReadOptions, Table};

/// A deal of a made-up company; days count from 2021-01-01.
#[derive(Clone)]
struct Deal {
    id: usize,
    created: i32,
    closed: Option<i32>,
    won: bool,
    amount: i64,
}

const ORIGIN: i32 = 18_628;

fn day(text: &str) -> i32 {
    Date::parse_iso(text).unwrap().days() - ORIGIN
}

/// About `per_day` deals a day for `days` days, a third won after 20 to 80 days, seen at the end.
fn company(seed: u64, per_day: f64, days: i32) -> Vec<Deal> {
    let mut sampler = Sampler::new(StreamKey::new(seed));
    let mut deals = Vec::new();
    for created in 0..days {
        for _ in 0..sampler.poisson(per_day) {
            let age = 20 + sampler.below(60) as i32;
            let won = sampler.uniform() < 0.35;
            let amount = 100 + i64::from(sampler.below(900));
            let closed = Some(created + age).filter(|closed| *closed < days);
            deals.push(Deal { id: deals.len(), created, closed, won, amount });
        }
    }
    deals
}

fn csv(deals: &[Deal]) -> String {
    let mut csv = "deal_id,created_date,close_date,status,amount\n".to_owned();
    for Deal { id, created, closed, won, amount } in deals {
        let date = |day: i32| Date::from_days(ORIGIN + day).to_string();
        let status = if closed.is_none() { "Open" } else { ["Lost", "Won"][usize::from(*won)] };
        let closed = closed.map_or_else(String::new, date);
        csv += &format!("{id},{},{closed},{status},{amount}\n", date(*created));
    }
    csv
}

fn rows(deals: &[Deal], options: &BacktestOptions) -> Vec<BacktestRow> {
    let table = Table::from_csv(csv(deals).as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let mut backtest = Backtest::new(&pipeline, options).unwrap();
    while backtest.advance() {}
    backtest.rows().to_vec()
}

fn quarter(from: &str, to: &str) -> BacktestOptions {
    BacktestOptions { from: Some(from.to_owned()), to: Some(to.to_owned()), ..BacktestOptions::default() }
}

#[test]
fn cumulative_incidence_equals_the_independent_answer() {
    let input = include_str!("oracles_fit/aalen_johansen_input.csv");
    let deals: Vec<Watched> = input
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<u32> = line.split(',').map(|cell| cell.trim().parse().unwrap()).collect();
            let end = [WatchedEnd::Open, WatchedEnd::Won, WatchedEnd::Lost][cells[2] as usize];
            Watched { entry: cells[0], exit: cells[1], end }
        })
        .collect();
    let oracle: serde_json::Value = serde_json::from_str(include_str!("oracles_fit/aalen_johansen.json")).unwrap();
    let compare = |deals: &[Watched], answer: &str| {
        let found = aalen_johansen(deals);
        let lines = oracle[answer].as_object().unwrap();
        assert!(lines.len() >= 7);
        for (age, expected) in lines {
            let line = &found[age.parse::<usize>().unwrap()];
            assert_eq!(line.at_risk, expected["at_risk"].as_u64().unwrap());
            for (got, name) in [(line.open, "surv"), (line.won, "cif_won"), (line.lost, "cif_lost")] {
                assert!((got - expected[name].as_f64().unwrap()).abs() < 1e-12, "{answer} {age} {name}: {got}");
            }
        }
    };
    compare(&deals, "correct");
    let ignoring: Vec<Watched> = deals.iter().map(|deal| Watched { entry: 0, ..*deal }).collect();
    compare(&ignoring, "WRONG_ignoring_left_truncation");
}

#[test]
fn nothing_that_happens_after_a_cut_changes_its_forecast() {
    let deals = company(1, 0.8, 730);
    let options = quarter("2022Q3", "2022Q3");
    let before = rows(&deals, &options);
    for (at, cut) in ["2022-07-14", "2022-08-14", "2022-09-08"].into_iter().enumerate() {
        let cut = day(cut);
        let mut sampler = Sampler::new(StreamKey::new(7).with(at as u64));
        let mut changed: Vec<Deal> = deals.iter().filter(|deal| deal.created <= cut).cloned().collect();
        for deal in &mut changed {
            if deal.closed.is_none_or(|closed| closed > cut) {
                deal.closed = Some(cut + 1 + sampler.below(30) as i32);
                deal.won = !deal.won;
            }
        }
        let extra = (0..50).map(|at| Deal {
            id: 900_000 + at,
            created: cut + 1,
            closed: Some(cut + 9),
            won: true,
            amount: 7_777,
        });
        changed.extend(extra);
        let after = rows(&changed, &options);
        let figures =
            |row: &BacktestRow| [row.p5, row.p10, row.p25, row.p50, row.p75, row.p90, row.p95, row.won_to_date];
        assert_eq!(figures(&before[at]), figures(&after[at]), "cut {}", before[at].cut);
        assert_ne!(before[at].actual, after[at].actual);
    }
}

#[test]
fn the_order_of_the_rows_changes_no_bit() {
    let mut deals = company(2, 0.6, 600);
    let options = quarter("2022Q1", "2022Q2");
    let before = rows(&deals, &options);
    assert_eq!(before.len(), 6);
    Sampler::new(StreamKey::new(3)).shuffle(&mut deals);
    assert_eq!(rows(&deals, &options), before);
}

#[test]
fn files_with_no_a_few_and_many_closed_deals_all_have_an_answer() {
    // Nothing closed before the cut: the prior speaks, and the interval is wide.
    let open: Vec<Deal> = (0..40)
        .map(|id| Deal { id, created: 368 + id as i32 / 4, closed: (id < 12).then_some(440), won: true, amount: 1000 })
        .collect();
    let row = &rows(&open, &BacktestOptions { cuts: vec![14], ..quarter("2022Q1", "2022Q1") })[0];
    assert!(row.p10 < row.p50 && row.p50 < row.p90 && row.p90 > 2.0 * row.p10, "{row:?}");
    for (per_day, quarter_name) in [(0.1, "2022Q1"), (3.0, "2022Q1")] {
        let found = rows(&company(4, per_day, 500), &quarter(quarter_name, quarter_name));
        assert!(found.iter().all(|row| row.p5 <= row.p50 && row.p50 <= row.p95 && row.p50.is_finite()));
        if per_day > 1.0 {
            // About 95 wins a quarter: chance leaves some percent.
            assert!(found.iter().all(|row| row.ape.unwrap() < 0.25), "{found:?}");
        }
    }
}

#[test]
fn a_late_start_of_records_makes_no_difference_when_it_is_known() {
    // The same company, closings before July 2021 not in the file.
    let all = company(5, 2.0, 640);
    let late: Vec<Deal> = all.iter().filter(|deal| deal.closed.is_none_or(|closed| closed >= 181)).cloned().collect();
    let options = BacktestOptions { cuts: vec![45], ..quarter("2022Q2", "2022Q3") };
    let (full, cut_off) = (rows(&all, &options), rows(&late, &options));
    for (a, b) in full.iter().zip(&cut_off) {
        assert_eq!(a.actual, b.actual);
        assert!((a.p50 / b.p50 - 1.0).abs() < 0.10, "{} {}: {} and {}", a.quarter, a.cut, a.p50, b.p50);
    }
    // Told of a later start, what closed before is not used.
    let told = BacktestOptions { recorded_from: Some(Date::parse_iso("2021-07-01").unwrap()), ..options };
    assert_eq!(rows(&all, &told), rows(&late, &told));
}

#[test]
fn simpler_methods_are_computed_as_defined() {
    // Two quarters of 90 and 91 days; wins of 100 on days 10 and 80 of the first, 20 and 80 of the second.
    let won = |id, closed| Deal { id, created: closed - 5, closed: Some(closed), won: true, amount: 100 };
    let (q1, q2) = (day("2022-01-01"), day("2022-04-01"));
    let mut deals = vec![won(0, q1 + 9), won(1, q1 + 79), won(2, q2 + 19), won(3, q2 + 79)];
    deals.push(Deal { id: 4, created: q1, closed: Some(q1 + 1), won: false, amount: 500 });
    deals.push(Deal { id: 5, created: q1, closed: None, won: false, amount: 800 });
    let row = &rows(&deals, &BacktestOptions { cuts: vec![45], ..quarter("2022Q2", "2022Q2") })[0];
    assert_eq!((row.actual, row.won_to_date), (200.0, 100.0));
    assert_eq!(row.peers.naive, Some(0.0));
    let close = |got: Option<f64>, expected: f64| assert!((got.unwrap() - expected).abs() < 1e-12, "{got:?}");
    close(row.peers.run_rate, (100.0_f64 / (45.0 / 91.0) / 200.0 - 1.0).abs());
    // 100 × 200 / 100.
    close(row.peers.linearity, 0.0);
    // Known at the cut: 3 won, 1 lost; open 800 + nothing else (the later win was created after the cut).
    close(row.peers.weighted, (100.0_f64 + 800.0 * 0.75 - 200.0).abs() / 200.0);
}

#[test]
fn a_file_without_a_past_is_told_so() {
    let open = Deal { id: 0, created: 0, closed: None, won: false, amount: 5 };
    let table = Table::from_csv(csv(&[open]).as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let error = Backtest::new(&pipeline, &BacktestOptions::default()).unwrap_err();
    assert_eq!(error.code(), "no-history");
    let error = Backtest::new(&pipeline, &quarter("2022Q9", "2022Q1")).unwrap_err();
    assert_eq!(error.to_string(), "run at from: expected a quarter such as 2022Q1, found `2022Q9`");
    let error = BacktestOptions::from_json(r#"{ "cuts": [45, 14] }"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "run at cuts: must be 1 to 13 ascending days from 1 to 92, found [45, 14] (such as [14, 45, 70])"
    );
}

#[test]
fn a_report_can_be_cut_short_and_says_what_it_found() {
    let deals = company(6, 0.8, 560);
    let table = Table::from_csv(csv(&deals).as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let options = quarter("2022Q1", "2022Q2");
    let mut calls = 0;
    let short = pipeline.backtest(&options, |done, all| {
        calls += 1;
        assert!(done == calls && all >= 6);
        done < all - 3
    });
    let full = pipeline.backtest(&options, |_, _| true).unwrap();
    let short = short.unwrap();
    assert_eq!((short.rows.len(), full.rows.len()), (3, 6));
    assert_eq!(short.rows, full.rows[..3]);
    assert_eq!((full.summary.len(), full.corrections.len(), full.findings.len()), (3, 3, 3));
    assert_eq!(full.fit.len(), 8);
    for told in &full.fit {
        assert!(told.low <= told.value || told.about == FitSubject::Groupings, "{told:?}");
        assert!(told.sentence.contains("(n = ") && told.sentence.contains(&format!("{} ", told.n)), "{told:?}");
    }
    let closed: Vec<&Deal> = deals.iter().filter(|deal| deal.closed.is_some()).collect();
    let won = closed.iter().filter(|deal| deal.won).count() as f64;
    // One win and three losses are assumed beforehand; deals close after 20 to 79 days, so half after 50.
    let (share, cycle) = (&full.fit[0], &full.fit[1]);
    assert!((share.value - (won + 1.0) / (closed.len() as f64 + 4.0)).abs() < 1e-12, "{share:?}");
    assert_eq!(share.rests_on, RestsOn::Data);
    assert!(cycle.low <= 50.0 && 50.0 <= cycle.high && cycle.high - cycle.low < 15.0, "{cycle:?}");
    assert!(full.findings[0].starts_with("after 14 days, over 2 quarters: half of the forecasts were within "));
    // The usual marks: 5 % from the end of week two, 10 % from the middle; none from day 70.
    let marks: Vec<Option<f64>> = full.summary.iter().map(|line| line.mark).collect();
    assert_eq!(marks, [Some(0.05), Some(0.1), None]);
    for (line, finding) in full.summary.iter().zip(&full.findings) {
        let Some(mark) = line.mark else {
            assert!(line.within_mark.is_none() && !finding.contains("the mark that"));
            continue;
        };
        let own = full.rows.iter().filter(|row| row.cut == line.cut);
        let kept = own.filter(|row| row.ape.unwrap() <= mark).count();
        assert_eq!(line.within_mark, Some(kept as f64 / 2.0));
        let told = format!("; {kept} of 2 were within {:.0} %, the mark that ", 100.0 * mark);
        assert!(finding.contains(&told), "{finding}");
        let beyond_chance = finding.ends_with("closer than chance alone leaves half of them");
        assert_eq!(beyond_chance, line.median_floor.unwrap() > mark, "{finding}");
    }
    assert!(full.assumptions[0].starts_with("the file holds every closing since 2021-01-"), "{:?}", full.assumptions);
}

#[test]
fn a_sale_that_is_won_half_as_often_as_it_was_is_noticed_and_one_that_goes_on_is_not() {
    let report = |deals: &[Deal]| {
        let table = Table::from_csv(csv(deals).as_bytes(), &ReadOptions::default()).unwrap();
        let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
        pipeline.backtest(&BacktestOptions::default(), |_, _| true).unwrap()
    };
    let market = |deals: &[Deal]| report(deals).fit.into_iter().find(|told| told.about == FitSubject::Market).unwrap();
    let steady = company(11, 1.5, 1000);
    assert!(!market(&steady).sentence.contains("lately"), "{}", market(&steady).sentence);
    let mut sampler = Sampler::new(StreamKey::new(12));
    let mut fewer = steady.clone();
    for deal in fewer.iter_mut().filter(|deal| deal.created >= 600) {
        deal.won &= sampler.uniform() < 0.5;
    }
    let sentence = market(&fewer).sentence;
    // Over the whole file three in four of the wins of before: lately 0.5/0.8 of that, give or take.
    let said = sentence.split("lately open deals are won ").nth(1).unwrap_or_else(|| panic!("{sentence}"));
    let won: f64 = said.split(' ').next().unwrap().parse().unwrap();
    assert!((0.5..0.85).contains(&won), "{sentence}");
}

/// A made-up company of one kind.
struct World {
    /// New deals a day at the start, and by how much a year multiplies them.
    per_day: f64,
    growth: f64,
    /// Days to the close: uniform between the two, times the square root of the amount over its median where `longer`.
    cycle: (u32, u32),
    longer: bool,
    /// Standard deviation of the logarithm of amounts.
    spread: f64,
    /// Share of wins that wait for the last ten days of their quarter.
    quarter_end: f64,
    /// Share of deals that never close.
    forgotten: f64,
    /// Day from which closings are in the file.
    recorded: i32,
}

impl World {
    fn deals(&self, seed: u64, days: i32) -> Vec<Deal> {
        let mut sampler = Sampler::new(StreamKey::new(seed));
        let mut deals = Vec::new();
        for created in 0..days {
            for _ in 0..sampler.poisson(self.per_day * self.growth.powf(f64::from(created) / 365.25)) {
                let size = (self.spread * sampler.normal()).exp();
                let length = if self.longer { size.sqrt() } else { 1.0 };
                let (low, high) = self.cycle;
                let age = f64::from(low + sampler.below(high - low)) * length;
                let won = sampler.uniform() < 0.35;
                let mut closed = created + age as i32;
                if won && sampler.uniform() < self.quarter_end {
                    let end = (0..).map(|quarter| 89 + quarter * 365 / 4).find(|end| *end >= closed).unwrap();
                    closed = closed.max(end - sampler.below(10) as i32);
                }
                let forgotten = sampler.uniform() < self.forgotten;
                let closed = Some(closed).filter(|closed| *closed < days && !forgotten);
                deals.push(Deal { id: deals.len(), created, closed, won, amount: (1000.0 * size) as i64 + 1 });
            }
        }
        deals.retain(|deal| deal.closed.is_none_or(|closed| closed >= self.recorded));
        deals
    }
}

#[test]
fn made_up_companies_of_many_kinds_are_forecast_better_than_by_last_quarter_and_covered() {
    let steady = World {
        per_day: 1.0,
        growth: 1.0,
        cycle: (10, 110),
        longer: false,
        spread: 0.8,
        quarter_end: 0.0,
        forgotten: 0.0,
        recorded: 0,
    };
    let worlds = [
        World { growth: 1.5, forgotten: 0.2, ..steady },
        World { longer: true, spread: 1.2, cycle: (20, 150), ..steady },
        World { quarter_end: 0.6, cycle: (5, 60), ..steady },
        World { per_day: 1.5, recorded: 270, ..steady },
        steady,
    ];
    let mut all = Vec::new();
    for (seed, world) in worlds.iter().enumerate() {
        let options = BacktestOptions { cuts: vec![45], ..BacktestOptions::default() };
        let found = rows(&world.deals(seed as u64, 1000), &options);
        assert!(found.len() >= 5, "{}", found.len());
        all.extend(found);
    }
    let n = all.len() as f64;
    let mean = |figure: fn(&BacktestRow) -> f64| all.iter().map(figure).sum::<f64>() / n;
    let (crps, naive) = (mean(|row| row.crps.unwrap()), mean(|row| row.peers.naive.unwrap()));
    assert!(crps < 0.6 * naive, "{crps} of {naive}");
    // The 80 % interval: about 40 quarters, standard error 6 %.
    let covered = mean(|row| f64::from(u8::from(row.p10 <= row.actual && row.actual <= row.p90)));
    assert!((0.65..=0.95).contains(&covered), "{covered}");
    let mut to_floor: Vec<f64> = all.iter().map(|row| row.ape.unwrap() / row.floor.unwrap()).collect();
    to_floor.sort_by(f64::total_cmp);
    assert!(to_floor[to_floor.len() / 2] < 1.75, "{to_floor:?}");
}

/// A company whose people close one deal won and two lost each day, oldest first, however many come in: 1 or 5 a day, quarter by quarter.
fn bound_by_capacity() -> String {
    let day = |at: i32| Date::parse_iso("2023-01-01").unwrap().plus_days(at);
    let mut csv = "Deal Id,Created Date,Close Date,Status,Stage,Amount\n".to_owned();
    let (mut waiting, mut number) = (std::collections::VecDeque::new(), 0);
    (0..240).for_each(|at| waiting.push_back((at, -80 + at / 3)));
    number += 240;
    for at in 0..1_100 {
        for _ in 0..if at / 91 % 2 == 0 { 5 } else { 1 } {
            waiting.push_back((number, at));
            number += 1;
        }
        for status in ["Won", "Lost", "Lost"] {
            if let Some((id, created)) = waiting.pop_front() {
                csv += &format!("{id},{},{},{status},Offer,{}\n", day(created), day(at), 900 + id * 37 % 200);
            }
        }
    }
    for (id, created) in waiting {
        csv += &format!("{id},{},{},Open,Offer,1000\n", day(created), day(1_200));
    }
    csv
}

#[test]
fn the_next_quarter_is_corrected_where_earlier_quarters_say_so_and_its_eve_is_like_its_first_day() {
    let table = Table::from_csv(bound_by_capacity().as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
    let seen = |as_of: &str, calibration: &str| {
        let run = format!(r#"{{ "asOf": "{as_of}", "periods": 2, "trials": 25600, "calibration": "{calibration}" }}"#);
        pipeline.simulate(&model, &Run::from_json(&run).unwrap()).unwrap().report()
    };
    let (eve, first) = (seen("2025-09-30", "auto"), seen("2025-10-01", "auto"));
    let (next, simulated) = (eve.calibration.next.unwrap(), eve.calibration.next_simulated.unwrap());
    assert!(next.weight < 0.5 && next.quarters > 5, "{next:?}");
    let (eve_p50, first_p50) = (eve.periods[1].figures.p50.value, first.periods[0].figures.p50.value);
    assert!((eve_p50 / first_p50 - 1.0).abs() < 0.08, "{eve_p50} on the eve, {first_p50} on the first day");
    // As simulated the two days were further apart from what came: 91 or 92 wins of about 1,000.
    assert!((eve_p50 - 92_000.0).abs() < (simulated.p50.value - 92_000.0).abs(), "{eve_p50} {simulated:?}");
    assert!(
        eve.calibration.reason.contains("2025 Q4 is joined with the run of the total too"),
        "{}",
        eve.calibration.reason
    );
    assert_eq!(eve.calibration.applied, None);
    // Without a correction it is what was simulated, to the bit.
    let off = seen("2025-09-30", "off");
    assert_eq!(off.periods[1].figures.p50, simulated.p50);
}

#[test]
fn what_a_few_deals_leave_to_the_assumption_is_called_assumed() {
    let fit = |days: i32| {
        let mut deals = company(5, if days < 200 { 0.2 } else { 2.0 }, days);
        deals.retain(|deal| deal.amount > 0);
        let table = Table::from_csv(csv(&deals).as_bytes(), &ReadOptions::default()).unwrap();
        let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
        let closed = deals.iter().filter(|deal| deal.closed.is_some()).count();
        (Backtest::new(&pipeline, &quarter("2021Q2", "2021Q2")).unwrap().fit(), closed)
    };
    let of = |fit: &[leadcast::forecast::FitStatement], about: FitSubject| {
        fit.iter().find(|one| one.about == about).cloned().unwrap()
    };
    let (few, closed) = fit(150);
    assert!((10..40).contains(&closed), "{closed}");
    let (market, season, new) =
        (of(&few, FitSubject::Market), of(&few, FitSubject::Season), of(&few, FitSubject::NewBusiness));
    assert_eq!((market.rests_on, season.rests_on), (RestsOn::Prior, RestsOn::Prior), "{market:?} {season:?}");
    assert!(market.sentence.ends_with("mostly assumed"), "{}", market.sentence);
    // Rates are above 0, and their interval reaches further up than down: by the same factor each way.
    assert!(new.low > 0.0 && ((new.high / new.value) - (new.value / new.low)).abs() < 1e-9, "{new:?}");
    let (many, _) = fit(1_300);
    assert_eq!(of(&many, FitSubject::Season).rests_on, RestsOn::Data, "{:?}", of(&many, FitSubject::Season));
}

#[test]
fn the_simplest_method_is_held_against_the_same_quarters() {
    // Nothing is won in the second quarter of 2022: of the third, last quarter's total says nothing.
    let mut deals = company(3, 1.0, 900);
    let gap = day("2022-04-01")..=day("2022-06-30");
    deals.retain(|deal| !(deal.won && deal.closed.is_some_and(|closed| gap.contains(&closed))));
    let table = Table::from_csv(csv(&deals).as_bytes(), &ReadOptions::default()).unwrap();
    let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
    let mut backtest = Backtest::new(&pipeline, &BacktestOptions::default()).unwrap();
    while backtest.advance() {}
    let cut = backtest.summary()[1];
    let own: Vec<&BacktestRow> = backtest.rows().iter().filter(|row| row.cut == cut.cut && row.actual > 0.0).collect();
    let beside: Vec<f64> = own.iter().filter(|row| row.peers.naive.is_some()).map(|row| row.crps.unwrap()).collect();
    assert!(beside.len() < own.len());
    let mean = beside.iter().sum::<f64>() / beside.len() as f64;
    assert!((cut.crps_beside_naive.unwrap() - mean).abs() < 1e-12 && cut.mean_crps != cut.crps_beside_naive);
    let told = &backtest.report().findings[1];
    assert!(told.contains("on the quarters where that has an answer"), "{told}");
}
