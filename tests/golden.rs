//! Golden cases: folders of input whose answer is kept to the byte. Node and the browsers run the same folders
//! (tests/golden.js) against the same expected.json. `UPDATE_GOLDEN=1` rewrites it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use leadcast::crm::{LeadList, Mapping, Pipeline};
use leadcast::model::{OperatingModel, Run};
use leadcast::report::{ForecastReport, LeadExplanation, LeadReport, LeadRow};
use leadcast::table::{ReadOptions, Table};
use leadcast::targeting::View;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::path::Path;
use std::{env, fs, io};

#[derive(Serialize)]
struct Scored {
    report: LeadReport,
    rows: Vec<LeadRow>,
    explanation: Option<LeadExplanation>,
}

#[derive(Serialize)]
struct Simulated {
    report: ForecastReport,
}

#[test]
fn every_golden_case_gives_the_same_bytes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in cases {
        let answer = answer(&case);
        let expected = case.join("expected.json");
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&expected, &answer).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != answer {
            wrong.push(case.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    assert!(wrong.is_empty(), "other bytes than expected.json (UPDATE_GOLDEN=1 rewrites it): {}", wrong.join(", "));
}

fn answer(case: &Path) -> String {
    let read = |name: &str| fs::read_to_string(case.join(name)).unwrap();
    let model = OperatingModel::from_json(&read("model.json")).unwrap();
    let run = Run::from_json(&read("run.json")).unwrap();
    let table = |name: &str| Table::from_csv(&fs::read(case.join(name)).unwrap(), &ReadOptions::default()).unwrap();
    if case.join("leads.csv").exists() {
        let leads = LeadList::from_table(table("leads.csv"), &Mapping::default()).unwrap();
        let scored = leads.score(&model, &run);
        let order = scored.view(&View::default()).unwrap();
        let explanation = order.first().and_then(|row| scored.explain(*row));
        canonical(&Scored { report: scored.report(), rows: scored.window(&order), explanation })
    } else {
        let pipeline = Pipeline::from_table(table("deals.csv"), &Mapping::default()).unwrap();
        canonical(&Simulated { report: pipeline.simulate(&model, &run).unwrap().report() })
    }
}

/// Pretty JSON exactly as `JSON.stringify(value, null, 1)` writes it.
fn canonical<T: Serialize>(value: &T) -> String {
    let mut bytes = Vec::new();
    let formatter = JavaScript(PrettyFormatter::with_indent(b" "));
    value.serialize(&mut Serializer::with_formatter(&mut bytes, formatter)).unwrap();
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap()
}

/// serde_json's own layout, with numbers in JavaScript's notation.
struct JavaScript(PrettyFormatter<'static>);

macro_rules! as_laid_out {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        }
    )*};
}

impl Formatter for JavaScript {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(number(value).as_bytes())
    }

    as_laid_out! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }
}

/// A finite number as JavaScript writes it: the shortest digits that read back to the same bits, in plain notation
/// from 1e-6 up to 1e21.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let shortest = format!("{:e}", value.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap();
    let digits = mantissa.replace('.', "");
    let point = exponent.parse::<i32>().unwrap() + 1;
    let count = digits.len() as i32;
    let sign = if value < 0.0 { "-" } else { "" };
    let text = match point {
        1..=21 if point >= count => digits + &"0".repeat((point - count) as usize),
        1..=21 => format!("{}.{}", &digits[..point as usize], &digits[point as usize..]),
        -5..=0 => format!("0.{}{digits}", "0".repeat(-point as usize)),
        _ => format!("{mantissa}e{}{}", if point > 0 { "+" } else { "-" }, (point - 1).abs()),
    };
    format!("{sign}{text}")
}

#[test]
fn numbers_are_written_as_javascript_writes_them() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (123_456_789.012, "123456789.012"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (0.000_001, "0.000001"),
        (0.000_000_15, "1.5e-7"),
        (0.1 + 0.2, "0.30000000000000004"),
    ] {
        assert_eq!(number(value), text);
    }
}
