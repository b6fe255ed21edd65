//! Snapshots kept week by week: what they hold, what they grade, and that damage is found.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use leadcast::calendar::Date;
use leadcast::crm::join::AttachOptions;
use leadcast::crm::{Kind, Mapping, Pipeline};
use leadcast::forecast::{FitSubject, Snapshots};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::money::Currency;
use leadcast::report::SnapshotReport;
use leadcast::session::Reader;
use leadcast::table::{ReadOptions, Table};
use sha2::{Digest, Sha256};

const HEAD: &str = "Deal Id,Account,Stage,Amount,Created Date,Close Date,Forecast Category\n";

fn pipeline(rows: &str) -> Pipeline {
    let csv = format!("{HEAD}{rows}");
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    Pipeline::from_table(table, &Mapping::default()).unwrap()
}

fn keep(rows: &str, day: &str, kept: &str) -> Result<Snapshots, leadcast::Error> {
    let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
    let run = format!(r#"{{ "asOf": "{day}", "trials": 25600, "periods": 2, "quota": 9000 }}"#);
    let pipeline = pipeline(rows);
    let forecast = pipeline.simulate(&model, &Run::from_json(&run).unwrap()).unwrap();
    pipeline.snapshot(&forecast, kept)
}

fn report(kept: &Snapshots) -> SnapshotReport {
    kept.report(Currency::USD)
}

/// Three weeks: deal 2 is put off twice, deal 1 moves on and is won, deal 3 vanishes, deal 4 comes.
const WEEKS: [(&str, &str); 3] = [
    (
        "2026-03-06",
        "1,Acme,Proposal,5000,2026-01-05,2026-03-20,Commit\n2,Bolt,Discovery,8000,2026-01-20,2026-03-25,Pipeline\n3,Cero,Proposal,1000,2026-02-01,2026-03-30,Pipeline\n",
    ),
    (
        "2026-03-13",
        "1,Acme,Negotiation,5000,2026-01-05,2026-03-20,Commit\n2,Bolt,Discovery,8000,2026-01-20,2026-04-01,Pipeline\n4,Dune,Discovery,700,2026-03-10,2026-04-30,Pipeline\n",
    ),
    (
        "2026-03-20",
        "1,Acme,Closed Won,5500,2026-01-05,2026-03-19,Closed\n2,Bolt,Discovery,8000,2026-01-20,2026-04-11,Pipeline\n4,Dune,Discovery,700,2026-03-10,2026-04-30,Pipeline\n",
    ),
];

fn three_weeks() -> Snapshots {
    let mut kept = keep(WEEKS[0].1, WEEKS[0].0, "").unwrap();
    for (day, rows) in &WEEKS[1..] {
        kept = keep(rows, day, &kept.file).unwrap();
    }
    kept
}

#[test]
fn weeks_add_up_to_the_history_of_stages_and_dates() {
    let kept = three_weeks();
    assert_eq!(kept.days.iter().map(Date::to_string).collect::<Vec<_>>(), ["2026-03-06", "2026-03-13", "2026-03-20"]);
    let told: Vec<_> =
        kept.stages.iter().map(|s| (s.stage.as_str(), s.deals, s.weeks, s.moved, s.won, s.lost, s.gone)).collect();
    let mut sorted = told.clone();
    sorted.sort_by(|a, b| a.0.cmp(b.0));
    assert_eq!(
        sorted,
        [("Discovery", 2, 3.0, 0, 0, 0, 0), ("Negotiation", 1, 1.0, 0, 1, 0, 0), ("Proposal", 2, 2.0, 1, 0, 0, 1),]
    );
    let [never, once] = &kept.pushes[..] else { panic!("{:?}", kept.pushes) };
    assert_eq!((never.before, never.pushed, never.mean_days, never.weeks, never.won), (0, 1, Some(7.0), 5.0, 1));
    assert_eq!((once.before, once.pushed, once.mean_days, once.weeks), (1, 1, Some(10.0), 1.0));
    // 2 in 6 weeks for all; (n + 8r)/(w + 8).
    assert!((never.a_week.unwrap() - (1.0 + 8.0 / 3.0) / 13.0).abs() < 1e-12);
    assert!((once.a_week.unwrap() - (1.0 + 8.0 / 3.0) / 9.0).abs() < 1e-12);
}

#[test]
fn what_was_said_is_held_against_what_came() {
    let kept = three_weeks();
    assert!(kept.graded.is_empty());
    assert!(report(&kept).sentence.ends_with("no period that they forecast is over yet"));
    let later = "1,Acme,Closed Won,5500,2026-01-05,2026-03-19,Closed\n2,Bolt,Closed Won,8000,2026-01-20,2026-03-31,Closed\n4,Dune,Closed Lost,700,2026-03-10,2026-04-02,Closed\n";
    let graded = keep(later, "2026-04-03", &kept.file).unwrap();
    assert_eq!(graded.graded.len(), 3);
    for (one, (day, _)) in graded.graded.iter().zip(WEEKS) {
        assert_eq!((one.as_of.to_string().as_str(), one.period.as_str(), one.actual), (day, "2026 Q1", 1_350_000));
        assert!(one.quantiles.windows(2).all(|pair| pair[0] <= pair[1]));
    }
    assert_eq!(
        graded.graded.iter().map(|one| (one.won, one.commit)).collect::<Vec<_>>(),
        [(0, 500_000), (0, 500_000), (550_000, 550_000)]
    );
    let report = report(&graded);
    let found = &report.graded[0];
    assert_eq!(
        (found.days_left, found.actual, found.ape),
        (25, 13_500.0, Some((found.p50 - 13_500.0).abs() / 13_500.0))
    );
    assert!((report.call_median_ape.unwrap() - 8_500.0 / 13_500.0).abs() < 1e-12);
    // The quota of 9,000 was reached: Brier is the mean of (odds − 1)².
    let brier = report.graded.iter().map(|one| (one.odds.unwrap() - 1.0).powi(2)).sum::<f64>() / 3.0;
    assert!((report.brier.unwrap() - brier).abs() < 1e-12);
    assert!(report.sentence.contains("of 3 forecasts of periods that are over"), "{}", report.sentence);
}

#[test]
fn the_file_is_the_same_bytes_small_and_without_names() {
    let kept = three_weeks();
    assert_eq!(three_weeks().file, kept.file);
    for name in ["Acme", "Bolt", "Dune"] {
        assert!(!kept.file.contains(name));
    }
    // The same day again replaces its snapshot; rows in another order change nothing.
    let turned: String = WEEKS[2].1.lines().rev().map(|line| format!("{line}\n")).collect();
    assert_eq!(keep(&turned, WEEKS[2].0, &kept.file).unwrap().file, kept.file);
    // A thousand deals of which ten change cost little more than once.
    let rows = |week: usize| -> String {
        (0..1_000)
            .map(|i| {
                format!(
                    "{i},Co {i},Proposal,{},2026-01-05,2026-05-20,Pipeline\n",
                    900 + if i % 100 == 0 { week } else { 0 }
                )
            })
            .collect()
    };
    let one = keep(&rows(0), "2026-03-06", "").unwrap().file;
    let two = keep(&rows(1), "2026-03-13", &one).unwrap().file;
    assert!(one.len() < 60_000 && two.len() - one.len() < 2_000, "{} {}", one.len(), two.len());
}

#[test]
fn damage_is_found_wherever_it_is() {
    let file = three_weeks().file;
    let code = |text: &str| keep(WEEKS[2].1, "2026-03-27", text).err().map(|error| error.code());
    assert_eq!(code(&file), None);
    // Line ends of another system are no damage.
    assert_eq!(code(&file.replace('\n', "\r\n")), None);
    assert_eq!(code("Deal Id,Stage\n1,Won\n"), Some("no-snapshots"));
    assert_eq!(code(&file.replacen("leadcast-snapshots 1", "leadcast-snapshots 2", 1)), Some("newer-snapshots"));
    // Cut off anywhere, at line ends too.
    let title = file.find('\n').unwrap() + 1;
    for at in (title..file.len() - 1)
        .step_by(37)
        .chain(file.match_indices('\n').map(|(at, _)| at + 1).filter(|at| *at < file.len()))
    {
        assert_eq!(code(&file[..at]), Some("damaged-snapshots"), "{at}");
    }
    // A changed figure, a line taken out, lines exchanged, a line too many.
    assert_eq!(code(&file.replacen("500000", "500001", 1)), Some("damaged-snapshots"));
    let lines: Vec<&str> = file.lines().collect();
    for order in [vec![0, 1, 3, 4], vec![0, 2, 1, 3, 4], vec![0, 1, 2, 3, 4, 4], vec![0, 1, 2, 3, 3, 4]] {
        let text: String = order.iter().map(|&at| format!("{}\n", lines[at])).collect();
        assert_eq!(code(&text), Some("damaged-snapshots"), "{order:?}");
    }
    let error = keep(WEEKS[2].1, "2026-03-27", &file.replacen("500000", "500001", 1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: the file of snapshots was changed or cut off since it was saved: its text is not what was saved (take an earlier copy)"
    );
}

#[test]
fn snapshots_of_other_deals_or_later_days_are_refused() {
    let file = three_weeks().file;
    let error = keep(WEEKS[1].1, "2026-03-13", &file).unwrap_err();
    assert_eq!(error.code(), "later-snapshots");
    let many = |from: usize| -> String {
        (from..from + 12).map(|i| format!("{i},Co {i},Proposal,900,2026-01-05,2026-05-20,Pipeline\n")).collect()
    };
    let one = keep(&many(100), "2026-03-06", "").unwrap().file;
    assert_eq!(keep(&many(500), "2026-03-13", &one).unwrap_err().code(), "foreign-snapshots");
    assert_eq!(keep(&many(105), "2026-03-13", &one).unwrap().days.len(), 2);
    // No open deal at all is a snapshot too.
    let none = "1,Acme,Closed Won,5500,2026-01-05,2026-03-02,Closed\n";
    let empty = keep(none, "2026-03-06", "").unwrap();
    assert_eq!((empty.days.len(), empty.stages.len(), empty.pushes.len()), (1, 0, 0));
    assert_eq!(keep(none, "2026-03-13", &empty.file).unwrap().days.len(), 2);
}

/// A file of these lines, each with the hash that belongs to it.
fn saved(lines: &[&str]) -> String {
    let (mut file, mut hash) = ("leadcast-snapshots 1\n".to_owned(), String::new());
    for line in lines {
        let digest = Sha256::new().chain_update(&hash).chain_update(line).finalize();
        hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        file += &format!("{hash} {line}\n");
    }
    file + &format!("end {} {hash}\n", lines.len())
}

#[test]
fn figures_that_cannot_be_are_damage_and_extremes_are_survived() {
    let kept = |quantiles: &str, quota: &str, category: u8| {
        saved(&[&format!(
            r#"{{"asOf":"2025-12-05","currency":"USD","stages":["Proposal"],"open":[["00000000000000aa",0,5,20500,{category}]],"closed":[],"periods":[{{"start":"2025-10-01","end":"2025-12-31","label":"2025 Q4","won":0,"quantiles":{quantiles},"commit":{},{quota}}}]}}"#,
            i64::MIN
        )])
    };
    let (low, high) = (i64::MIN, i64::MAX);
    let sane = "[0,0,0,1,1,1,2]";
    let extreme = format!("[{low},{low},{low},{low},{high},{high},{high}]");
    let of = |file: &str| {
        keep(&format!("{}5,Elm,Closed Won,50,2025-10-05,2025-11-20,Closed\n", WEEKS[0].1), WEEKS[0].0, file)
    };
    let survived = report(&of(&kept(&extreme, r#""quota":-9223372036854775808,"odds":1000000"#, 4)).unwrap());
    assert!(survived.median_ape.unwrap() > 1e12 && survived.brier == Some(0.0));
    assert_eq!(survived.sentence.split(':').next(), Some("2 snapshots since 2025-12-05"));
    for file in [
        kept(sane, r#""quota":5,"odds":1000001"#, 0),
        kept(sane, r#""quota":5,"odds":null"#, 0),
        kept(sane, r#""quota":null,"odds":5"#, 0),
        kept("[3,2,1,1,1,1,2]", r#""quota":null,"odds":null"#, 0),
        kept(sane, r#""quota":null,"odds":null"#, 5),
    ] {
        assert_eq!(of(&file).unwrap_err().code(), "damaged-snapshots", "{file}");
    }
}

#[test]
fn beside_contracts_snapshots_say_that_they_are_of_the_deals_alone() {
    let contracts = "Contract ID,Account,Start Date,End Date,Contract Value\nC1,Acme,2025-03-16,2026-03-15,9000\n";
    let table = Table::from_csv(contracts.as_bytes(), &ReadOptions::default()).unwrap();
    let options = AttachOptions { kind: Some(Kind::Contracts), ..AttachOptions::default() };
    let pipeline = pipeline(WEEKS[0].1).attach(table, &options).unwrap().0;
    let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
    let run = Run::from_json(r#"{ "asOf": "2026-03-06", "trials": 25600, "periods": 2, "quota": 9000 }"#).unwrap();
    let with = pipeline.snapshot(&pipeline.simulate(&model, &run).unwrap(), "").unwrap();
    let without = keep(WEEKS[0].1, WEEKS[0].0, "").unwrap();
    assert_eq!(with.file, without.file, "what is kept is of the deals");
    assert!(report(&with).sentence.starts_with("of the deals alone, renewals left out: 1 snapshot"));
    assert!(report(&without).sentence.starts_with("1 snapshot"));
}

#[test]
fn a_kept_file_that_is_attached_tells_of_stages_and_dates() {
    let kept = three_weeks().file;
    let mut deals = Reader::new("{}").unwrap();
    deals.push(format!("{HEAD}{}", WEEKS[2].1).as_bytes()).unwrap();
    let mut deals = deals.deals().unwrap();
    // In pieces of five bytes, so that no piece by itself says what the file is.
    let mut file = Reader::new("{}").unwrap();
    kept.as_bytes().chunks(5).for_each(|piece| file.push(piece).unwrap());
    let attached = deals.attach(file).unwrap();
    assert_eq!(attached.receipt.kind, "stage-history");
    // Deals 1 (twice), 2 (three dates) and 4; deal 3 is not in the file any more and has no name.
    assert_eq!(attached.receipt.rows_read, 6);
    deals.start(Preset::SalesLed.json(), r#"{ "asOf": "2026-03-20", "trials": 25600 }"#, 0, 1).unwrap();
    while deals.advance(100).unwrap() < 1.0 {}
    let report = deals.report().unwrap();
    let told = report.timing.fit.iter().find(|told| told.about == FitSubject::Slippage).unwrap();
    // Deal 1 closed a day before its date, which stood in two stages; no date of deal 2 has come.
    assert!(told.sentence.starts_with("100 % of stated close dates held; never put off 100 % (n = 2 dates that came"));
    assert!(told.sentence.ends_with("; mostly assumed"), "{}", told.sentence);
    let mut damaged = Reader::new("{}").unwrap();
    damaged.push(kept.replace("Discovery", "Closing").as_bytes()).unwrap();
    assert_eq!(deals.attach(damaged).unwrap_err().code(), "damaged-snapshots");
}
