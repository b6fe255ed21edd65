//! The fit against answers computed elsewhere.

use super::bins::{Binning, Content};
use super::design::Design;
use super::examples::Examples;
use super::logistic::{EXACT, Fit, Penalty};
use super::options::LearnOptions;
use super::penalty::{base_rate, outcomes};
use crate::table::{ReadOptions, Table};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Data of others is read where it lies beside the project, and never needed.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let named = std::env::var_os("LEADCAST_DATA").map(PathBuf::from);
    [named, Some(beside)].into_iter().flatten().find(|path| path.join("tasks").is_dir())
}

fn table(path: &Path) -> Table {
    Table::from_csv(&std::fs::read(path).unwrap(), &ReadOptions::default()).unwrap()
}

#[test]
fn coefficients_are_those_of_the_reference_fit() {
    let Some(shared) = shared() else {
        println!("skipped: no ../shared/data");
        return;
    };
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles_learn/logistic_l2.json");
    let oracle: Value = serde_json::from_str(&std::fs::read_to_string(oracle).unwrap()).unwrap();
    let names: Vec<&str> = oracle["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let table = table(&shared.join("tasks/xedu_strict.csv"));
    let used = |header: &str| names.iter().any(|name| name.split('=').next() == Some(header));
    let exclude = table.columns().iter().map(|c| c.name().to_owned()).filter(|name| name != "y" && !used(name));
    let options = LearnOptions { outcome: Some("y".into()), exclude: exclude.collect(), ..LearnOptions::default() };
    let examples = Examples::from_table(&table, &options).unwrap();
    let folds = self::table(&shared.join("folds/xedu_strict.csv"));
    let fold = &folds.columns()[folds.column_named("fold").unwrap()];
    let kept = |at: &u32| fold.text(examples.rows()[*at as usize] as usize) != "0";
    let training: Vec<u32> = examples.all().into_iter().filter(kept).collect();
    // The reference cuts numbers into eighths, whatever the number of rows.
    let every: Vec<usize> = (0..examples.features.len()).collect();
    let binning = Binning::of(&examples, &training, &every);
    let design = Design::new(&binning, &examples, &training);
    let truth = outcomes(&examples, &training);
    assert_eq!(binning.slots.len(), names.len());
    for reference in oracle["fits"].as_array().unwrap() {
        let penalty = reference["lam"].as_f64().unwrap();
        let start = Fit::base(design.width, base_rate(&examples, &training));
        let fit = Fit::new(&design, &truth, Penalty::ridge(penalty), &start, EXACT);
        let mut most = (fit.intercept - reference["intercept"].as_f64().unwrap()).abs();
        let mut bin = 0;
        for (at, slot) in binning.slots.iter().enumerate() {
            let first = at == 0 || binning.slots[at - 1].feature != slot.feature;
            bin = if first || binning.slots[at - 1].content == Content::Missing { 0 } else { bin + 1 };
            let name = match &slot.content {
                Content::Missing => "__missing__".to_owned(),
                Content::Other => "__other__".to_owned(),
                Content::Level(name) => name.clone(),
                Content::Range { .. } => format!("b{bin}"),
            };
            let name = format!("{}={name}", examples.features[slot.feature].name);
            let expected = reference["coef"][&name].as_f64().unwrap_or_else(|| panic!("no {name}"));
            most = most.max((fit.weights[at] - expected).abs());
        }
        println!("lambda {penalty}: largest difference {most:e}");
        assert!(most < 1e-6, "lambda {penalty}: {most:e}");
    }
}

#[test]
fn a_small_fit_agrees_with_dense_elimination() {
    // Twelve rows with two and three levels, solved by Newton steps over a dense matrix with pivoting, outside of this crate.
    let rows: Vec<&[u32]> = vec![
        &[0, 2],
        &[0, 3],
        &[0, 4],
        &[0, 2],
        &[1, 2],
        &[1, 3],
        &[1, 4],
        &[1, 3],
        &[0, 4],
        &[1, 2],
        &[0, 3],
        &[1, 4],
    ];
    let outcomes: Vec<bool> = (0..12).map(|at| [0, 1, 3, 7, 8].contains(&at)).collect();
    let design = Design::from_rows(5, &rows);
    for (penalty, expected) in [
        (
            1.0,
            [
                0.6277320075002523,
                -0.6277320075002524,
                0.1783072482160033,
                0.17830724821600336,
                -0.35661449643200677,
                -0.3752233356123628,
            ],
        ),
        (
            10.0,
            [
                0.1309422445342911,
                -0.13094224453429107,
                0.03039830407442609,
                0.030398304074426084,
                -0.060796608148852196,
                -0.3380598958403404,
            ],
        ),
    ] {
        let fit = Fit::new(&design, &outcomes, Penalty::ridge(penalty), &Fit::base(5, 0.5), EXACT);
        for (found, expected) in fit.weights.iter().chain([&fit.intercept]).zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{penalty}: {fit:?}");
        }
    }
}
