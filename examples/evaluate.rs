//! Checks this crate's figures against answers computed elsewhere, one JSON object per line.
//!
//! ```text
//! cargo run --release --example evaluate -- oracle tests/oracles/*.json
//! cargo run --release --example evaluate -- import export.csv
//! cargo run --release --example evaluate -- backtest deals.csv
//! ```
//!
//! `import [--join|--same] FILE…` prints what is understood of each file, whatever its kind, and what came of attaching the others to the first, or whether they hold the same:
//! `{"file","kind","system","confidence","encoding","delimiter","rowsRead","rowsUsed","rowsExcluded",
//! "columns":[{"name","field","type","format","nulls"}],"diagnostics":[{"code","count","line","column"}]}`, or
//! `{"file","error":{"code","message"}}` for a file that cannot be used.
//!
//! `csv DIR` reads published test files, `csvs/NAME.csv` beside `json/NAME.json`, and compares them cell by cell; `csv FILE.json` does so
//! with the cases that `node tests/papaparse.js` writes. Prints `{"case","same"}` with `why`, `expected` and `got` where they differ, and last
//! `{"summary":{"same","explained","cases"}}`.
//!
//! `oracle FILE…` runs each distribution case with at least 1,000,000 trials through the public simulation and prints
//! `{"case","quantity","expected","got","se","z","trials"}`. For a quantile `P10` the expected value is the exact
//! probability of a total at or below it, and the value got is the share of trials there. Options: `--seed N`
//! (default 1), `--trials N` (at least 1,000,000). With `--exact` it computes each case without trials and prints
//! `{"case","method","share","moment"}`: the largest difference of a listed probability and the largest relative one of a mean or sd.
//!
//! `learn TASK FOLDS` learns from a file with the columns `row`, `date`, `y` and features, predicts each fold by the
//! others and prints `{"task","n","auc","prAuc","logLoss","brier","ece","lambda","gate","leak","suspect","seconds"}`.
//! With `--train-size N --draws D` it learns D times from N rows outside fold 0, predicts fold 0 and prints
//! `{"task","trainSize","draws","worseShare","betterShare","refusedShare"}` against the base rate of those N rows.
//!
//! `backtest DEALS [--from 2022Q1] [--to 2025Q1] [--recorded-from DATE]` forecasts each quarter's won revenue from the end
//! of its days 14, 45 and 70 with what was known then, and prints per quarter and cut `{"quarter","cut","actual","p5","p10",
//! "p25","p50","p75","p90","p95","ape","crps","floor","peers":{"naive","runRate","linearity","weighted"}}`, errors as shares
//! of what came, and last `{"summary":[{"cut","medianApe","meanCrps","coverage80","medianFloor"}]}`.
//!
//! `simulate DEALS MODEL.json RUN.json [--rounds N]` runs the trials and prints
//! `{"deals","trials","periods","means","seconds"}`, the least seconds of the rounds, without those of reading and reporting.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use leadcast::forecast::{Exact, SimulationInput};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[path = "evaluate/backtest.rs"]
mod backtest;
#[path = "../tests/oracles/case.rs"]
mod case;
#[path = "evaluate/csv.rs"]
mod csv;
#[path = "evaluate/import.rs"]
mod import;
#[path = "evaluate/learn.rs"]
mod learn;
#[path = "evaluate/simulate.rs"]
mod simulate;

const USAGE: &str = "usage: evaluate oracle [--exact] [--seed N] [--trials N] FILE… | evaluate learn TASK FOLDS [--train-size N] | evaluate import [--join|--same] FILE… | evaluate backtest DEALS | evaluate csv DIR|FILE.json | evaluate simulate DEALS MODEL.json RUN.json";

fn main() -> ExitCode {
    match run(lexopt::Parser::from_env(), &mut |line| println!("{line}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("evaluate: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: lexopt::Parser, print: &mut dyn FnMut(&str)) -> Result<(), String> {
    match arguments.next().map_err(text)? {
        Some(lexopt::Arg::Value(command)) if command == "oracle" => oracle(arguments, print),
        Some(lexopt::Arg::Value(command)) if command == "learn" => learn::run(arguments, print),
        Some(lexopt::Arg::Value(command)) if command == "import" => import::run(arguments, print),
        Some(lexopt::Arg::Value(command)) if command == "csv" => csv::run(arguments, print),
        Some(lexopt::Arg::Value(command)) if command == "backtest" => backtest::run(arguments, print),
        Some(lexopt::Arg::Value(command)) if command == "simulate" => simulate::run(arguments, print),
        Some(lexopt::Arg::Value(command)) => Err(format!(
            "unknown command `{}`, known: oracle, learn, import, csv, backtest, simulate ({USAGE})",
            command.to_string_lossy()
        )),
        Some(other) => Err(format!("{} ({USAGE})", other.unexpected())),
        None => Err(format!("no command ({USAGE})")),
    }
}

/// How a distribution is found without trials.
type Question = fn(&SimulationInput, Option<usize>) -> Result<Exact, leadcast::Error>;

/// `evaluate oracle FILE…`
fn oracle(mut arguments: lexopt::Parser, print: &mut dyn FnMut(&str)) -> Result<(), String> {
    let (mut files, mut seed, mut trials, mut is_exact) = (Vec::new(), 1, case::TRIALS, false);
    while let Some(argument) = arguments.next().map_err(text)? {
        match argument {
            lexopt::Arg::Long("seed") => seed = number(&mut arguments, "--seed")?,
            lexopt::Arg::Long("trials") => trials = number(&mut arguments, "--trials")?.max(case::TRIALS),
            lexopt::Arg::Long("exact") => is_exact = true,
            lexopt::Arg::Value(file) => files.push(PathBuf::from(file)),
            other => return Err(format!("{} ({USAGE})", other.unexpected())),
        }
    }
    if files.is_empty() {
        return Err(format!("no file ({USAGE})"));
    }
    // All files are read before the first is run: a wrong name among many is told at once.
    let cases = files.iter().map(|file| Ok((file, read(file)?))).collect::<Result<Vec<_>, String>>()?;
    for (file, case) in cases {
        let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy();
        if is_exact {
            for (method, of) in [("exact", SimulationInput::exact as Question), ("grid", SimulationInput::on_grid)] {
                let line = match case.largest_difference(of) {
                    Ok((share, moment)) => {
                        serde_json::json!({ "case": name, "method": method, "share": share, "moment": moment })
                    }
                    Err(error) => serde_json::json!({ "case": name, "method": method, "error": error }),
                };
                print(&line.to_string());
            }
            continue;
        }
        let lines = case.compare(&name, seed, trials).map_err(|error| format!("{}: {error}", file.display()))?;
        for line in lines {
            print(&serde_json::to_string(&line).map_err(text)?);
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<case::Case, String> {
    let content = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    case::Case::from_json(&content).map_err(|error| format!("{}: {error}", file.display()))
}

fn number(arguments: &mut lexopt::Parser, option: &str) -> Result<u32, String> {
    let value = arguments.value().map_err(text)?;
    let shown = value.to_string_lossy().into_owned();
    shown.parse().map_err(|_| format!("{option}: expected a whole number, found `{shown}`"))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(arguments: &[&str]) -> String {
        let mut printed = 0;
        let result = run(lexopt::Parser::from_args(arguments), &mut |_| printed += 1);
        assert_eq!(printed, 0);
        result.unwrap_err()
    }

    #[test]
    fn a_wrong_call_says_what_is_wrong_and_runs_nothing() {
        assert_eq!(message(&[]), format!("no command ({USAGE})"));
        assert_eq!(
            message(&["guess"]),
            format!("unknown command `guess`, known: oracle, learn, import, csv, backtest, simulate ({USAGE})")
        );
        assert_eq!(message(&["learn"]), format!("expected a task and its folds ({})", learn::USAGE));
        assert!(message(&["learn", "missing.csv", "folds.csv"]).starts_with("missing.csv: "));
        assert_eq!(message(&["oracle"]), format!("no file ({USAGE})"));
        assert_eq!(message(&["oracle", "--seed", "x", "f"]), "--seed: expected a whole number, found `x`");
        let known = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/indep_n50.json");
        assert!(message(&["oracle", known, "missing.json"]).starts_with("missing.json: "));
        let other = concat!(env!("CARGO_MANIFEST_DIR"), "/package.json");
        assert!(message(&["oracle", other]).contains("not a distribution case: missing field"));
    }
}
