//! `evaluate learn`: learned scorecards on files whose folds are given.

use leadcast::random::StreamKey;
use leadcast::stats::log_loss;
use leadcast::table::{ReadOptions, Table};
use leadcast::targeting::learn::{
    Examples, Gate, Holdout, LeakGrade, LearnOptions, Validation, Verdict, leaks, penalty,
};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How `learn` is called.
pub(super) const USAGE: &str = "usage: evaluate learn TASK FOLDS [--train-size N [--draws D] [--seed S]]";

/// Reads the command line of `learn` and answers it.
pub(super) fn run(mut arguments: lexopt::Parser, print: &mut dyn FnMut(&str)) -> Result<(), String> {
    let (mut files, mut size, mut draws, mut seed) = (Vec::new(), None, 20, 1);
    while let Some(argument) = arguments.next().map_err(super::text)? {
        match argument {
            lexopt::Arg::Long("train-size") => size = Some(super::number(&mut arguments, "--train-size")?),
            lexopt::Arg::Long("draws") => draws = super::number(&mut arguments, "--draws")?,
            lexopt::Arg::Long("seed") => seed = super::number(&mut arguments, "--seed")?,
            lexopt::Arg::Value(file) => files.push(PathBuf::from(file)),
            other => return Err(format!("{} ({USAGE})", other.unexpected())),
        }
    }
    let [task, folds] = files.as_slice() else { return Err(format!("expected a task and its folds ({USAGE})")) };
    let start = Instant::now();
    let (examples, folds) = read(task, folds)?;
    let name = task.file_stem().unwrap_or(task.as_os_str()).to_string_lossy().into_owned();
    let line = match size {
        None => whole(&name, &examples, &folds, start),
        Some(size) => small(&name, &examples, &folds, size as usize, draws, seed),
    };
    print(&line);
    Ok(())
}

/// The examples, and the fold of each row of the table.
fn read(task: &Path, folds: &Path) -> Result<(Examples, Vec<u8>), String> {
    let table = |path: &Path| {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Table::from_csv(&bytes, &ReadOptions::default()).map_err(|error| format!("{}: {error}", path.display()))
    };
    let (table, folds) = (table(task)?, table(folds)?);
    let aside = ["row", "date"].into_iter().filter(|name| table.column_named(name).is_some());
    let options = LearnOptions {
        outcome: Some("y".to_owned()),
        exclude: aside.map(str::to_owned).collect(),
        ..LearnOptions::default()
    };
    let examples = Examples::from_table(&table, &options).map_err(super::text)?;
    let column = |table: &Table, name: &str| {
        table.column_named(name).ok_or_else(|| format!("no column `{name}` in the task or its folds"))
    };
    let (key, fold) = (column(&folds, "row")?, column(&folds, "fold")?);
    let of: HashMap<&str, u8> = (0..folds.rows())
        .filter_map(|at| Some((folds.columns()[key].text(at), folds.columns()[fold].text(at).parse().ok()?)))
        .collect();
    let own = column(&table, "row")?;
    let fold_of = |at: usize| {
        let row = table.columns()[own].text(at);
        of.get(row).copied().ok_or_else(|| format!("row {row} has no fold"))
    };
    let folds = (0..table.rows()).map(fold_of).collect::<Result<_, String>>()?;
    Ok((examples, folds))
}

/// Out-of-fold figures of the whole task. Columns that leak are named and kept.
fn whole(name: &str, examples: &Examples, folds: &[u8], start: Instant) -> String {
    let validation = Validation::with_folds(examples, |row| folds[row as usize]);
    let gate = Gate::new(examples, Some(&validation));
    let quality = validation.quality();
    let found = leaks(examples);
    let named = |grade: LeakGrade| -> Vec<&str> {
        found.iter().filter(|leak| leak.grade == grade).map(|leak| leak.column.as_str()).collect()
    };
    serde_json::json!({
        "task": name,
        "n": examples.len(),
        "auc": quality.auc.map(|auc| auc.value),
        "prAuc": quality.average_precision,
        "logLoss": quality.log_loss,
        "brier": quality.brier,
        "ece": quality.calibration_error,
        "lambda": penalty(examples),
        "gate": gate.verdict.name(),
        "leak": named(LeakGrade::Leak),
        "suspect": named(LeakGrade::Suspect),
        "seconds": start.elapsed().as_secs_f64(),
    })
    .to_string()
}

/// Draws of a few rows outside fold 0, each predicting fold 0.
fn small(name: &str, examples: &Examples, folds: &[u8], size: usize, draws: u32, seed: u32) -> String {
    let pool: Vec<u32> = examples.rows().iter().copied().filter(|row| folds[*row as usize] != 0).collect();
    let (mut worse, mut better, mut refused) = (0, 0, 0);
    for draw in 0..draws {
        let stream = StreamKey::new(u64::from(seed)).with(u64::from(draw));
        let mut drawn = pool.clone();
        drawn.sort_by_key(|row| stream.with(u64::from(*row)).bits());
        drawn.truncate(size);
        drawn.sort_unstable();
        let learned = |row: u32| drawn.binary_search(&row).is_ok();
        let holdout = Holdout::new(examples, learned, |row| folds[row as usize] == 0);
        let Validation { predicted, base, outcomes, .. } = &holdout.validation;
        let difference = log_loss(base, outcomes) - log_loss(predicted, outcomes);
        worse += u32::from(difference < 0.0);
        better += u32::from(difference > 0.0);
        refused += u32::from(holdout.gate.verdict != Verdict::Signal);
    }
    let share = |count: u32| f64::from(count) / f64::from(draws.max(1));
    serde_json::json!({
        "task": name,
        "trainSize": size,
        "draws": draws,
        "worseShare": share(worse),
        "betterShare": share(better),
        "refusedShare": share(refused),
    })
    .to_string()
}
