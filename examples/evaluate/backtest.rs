//! `evaluate backtest DEALS`: one line per quarter and cut, then the summary.

use leadcast::calendar::{Date, FiscalYear};
use leadcast::crm::{Mapping, Pipeline};
use leadcast::forecast::{Backtest, BacktestOptions, BacktestRow};
use leadcast::table::{ReadOptions, Table};
use serde_json::{Value, json};

pub(crate) const USAGE: &str = "usage: evaluate backtest DEALS [--from 2022Q1] [--to 2025Q1] [--recorded-from DATE] [--seed N] [--fiscal-year MONTH]";

pub(crate) fn run(mut arguments: lexopt::Parser, print: &mut dyn FnMut(&str)) -> Result<(), String> {
    let (mut file, mut options) = (None, BacktestOptions::default());
    while let Some(argument) = arguments.next().map_err(super::text)? {
        match argument {
            lexopt::Arg::Long("from") => options.from = Some(word(&mut arguments)?),
            lexopt::Arg::Long("to") => options.to = Some(word(&mut arguments)?),
            lexopt::Arg::Long("recorded-from") => {
                let day =
                    Date::parse_iso(&word(&mut arguments)?).map_err(|error| format!("--recorded-from: {error}"))?;
                options.recorded_from = Some(day);
            }
            lexopt::Arg::Long("seed") => options.seed = super::number(&mut arguments, "--seed")?,
            lexopt::Arg::Long("fiscal-year") => {
                let month = super::number(&mut arguments, "--fiscal-year")?;
                let year = FiscalYear::starting(u8::try_from(month).unwrap_or(0));
                options.fiscal_year = year.map_err(|error| format!("--fiscal-year: {error}"))?;
            }
            lexopt::Arg::Value(name) if file.is_none() => file = Some(name),
            other => return Err(format!("{} ({USAGE})", other.unexpected())),
        }
    }
    let file = file.ok_or_else(|| format!("no file ({USAGE})"))?;
    let name = file.to_string_lossy().into_owned();
    let bytes = std::fs::read(&file).map_err(|error| format!("{name}: {error}"))?;
    let table = Table::from_csv(&bytes, &ReadOptions { name: Some(name), ..ReadOptions::default() });
    let pipeline = Pipeline::from_table(table.map_err(super::text)?, &Mapping::default()).map_err(super::text)?;
    let mut backtest = Backtest::new(&pipeline, &options).map_err(super::text)?;
    let mut printed = 0;
    while backtest.advance() {
        for row in &backtest.rows()[printed..] {
            print(&line(row).to_string());
        }
        printed = backtest.rows().len();
    }
    let summary = |cut: &leadcast::forecast::CutSummary| {
        json!({ "cut": cut.cut, "medianApe": cut.median_ape, "meanCrps": cut.mean_crps, "coverage80": cut.coverage80,
            "medianFloor": cut.median_floor })
    };
    print(&json!({ "summary": backtest.summary().iter().map(summary).collect::<Vec<_>>() }).to_string());
    Ok(())
}

fn line(row: &BacktestRow) -> Value {
    let peers = &row.peers;
    json!({
        "quarter": row.quarter.replace(' ', ""), "cut": row.cut, "actual": row.actual,
        "p5": row.p5, "p10": row.p10, "p25": row.p25, "p50": row.p50, "p75": row.p75, "p90": row.p90, "p95": row.p95,
        "ape": row.ape, "crps": row.crps, "floor": row.floor,
        "peers": { "naive": peers.naive, "runRate": peers.run_rate, "linearity": peers.linearity,
            "weighted": peers.weighted },
    })
}

fn word(arguments: &mut lexopt::Parser) -> Result<String, String> {
    arguments.value().map(|value| value.to_string_lossy().into_owned()).map_err(super::text)
}
