//! `evaluate simulate`: how long the trials of a pipeline take, without what is said of them, and how long the percentiles of
//! all their outputs.

use leadcast::forecast::GROUPS;
use leadcast::session::Reader;
use leadcast::stats::GroupedSample;
use std::path::PathBuf;
use std::time::Instant;

/// What is asked of each output, with its simulation error.
const PERCENTILES: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/// How `simulate` is called.
pub(super) const USAGE: &str = "usage: evaluate simulate DEALS MODEL.json RUN.json [--rounds N]";

/// Reads the command line of `simulate` and answers it.
pub(super) fn run(mut arguments: lexopt::Parser, print: &mut dyn FnMut(&str)) -> Result<(), String> {
    let (mut files, mut rounds) = (Vec::new(), 3);
    while let Some(argument) = arguments.next().map_err(super::text)? {
        match argument {
            lexopt::Arg::Long("rounds") => rounds = super::number(&mut arguments, "--rounds")?,
            lexopt::Arg::Value(file) => files.push(PathBuf::from(file)),
            other => return Err(format!("{} ({USAGE})", other.unexpected())),
        }
    }
    let [deals, model, run] = files.as_slice() else {
        return Err(format!("expected deals, a model and a run ({USAGE})"));
    };
    let bytes = std::fs::read(deals).map_err(|error| format!("{}: {error}", deals.display()))?;
    let text = |path: &PathBuf| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let (model, run) = (text(model)?, text(run)?);
    let mut options: serde_json::Value = serde_json::from_str(&run).map_err(super::text)?;
    let reading = serde_json::json!({ "asOf": options.get("asOf") }).to_string();
    let mut reader = Reader::new(&reading).map_err(super::text)?;
    reader.push(&bytes).map_err(super::text)?;
    let mut deals = reader.deals().map_err(super::text)?;
    let mut seconds = f64::INFINITY;
    for round in 0..rounds.max(1) {
        // A seed for each: trials that were run are kept.
        options["seed"] = (round + 1).into();
        deals.start(&model, &options.to_string(), 0, 1).map_err(super::text)?;
        let start = Instant::now();
        while deals.advance(usize::MAX >> 1).map_err(super::text)? < 1.0 {}
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    let report = deals.report().map_err(super::text)?;
    let means: Vec<f64> = report.periods.iter().map(|period| period.figures.mean.value).collect();
    let mut outputs: Vec<Vec<i64>> = Vec::new();
    for period in (0..means.len()).map(Some).chain([None]) {
        let totals = deals.totals(period).map_err(super::text)?;
        outputs.push(totals.iter().map(|total| (total * 100.0).round() as i64).collect());
    }
    let mut percentiles = f64::INFINITY;
    for _ in 0..rounds.max(1) {
        let start = Instant::now();
        for totals in &outputs {
            std::hint::black_box(GroupedSample::new(totals, GROUPS).quantiles(&PERCENTILES));
        }
        percentiles = percentiles.min(start.elapsed().as_secs_f64());
    }
    let line = serde_json::json!({
        "deals": report.headline.open_deals, "trials": report.trials, "periods": means.len(), "means": means,
        "seconds": seconds, "percentiles": percentiles,
    });
    print(&line.to_string());
    Ok(())
}
