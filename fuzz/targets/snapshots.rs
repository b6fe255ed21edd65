//! Any deals with any contracts beside them, and any kept snapshots: what is refused says why, and what is kept is read again.
#![no_main]

use fuzz::{explained, parts, text};
use leadcast::crm::join::AttachOptions;
use leadcast::crm::{Kind, Mapping, Pipeline};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::table::{ReadOptions, Table};
use leadcast::{ErrorKind, Forecast};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

fuzz_target!(|input: &[u8]| {
    let [kept, deals, contracts] = parts(input);
    // Most inputs are kept snapshots alone: they need no simulation of their own.
    static KNOWN: OnceLock<(Pipeline, Forecast)> = OnceLock::new();
    let known = || forecast(DEALS, b"").expect("deals that can be forecast");
    if deals.is_empty() {
        let (pipeline, forecast) = KNOWN.get_or_init(known);
        return keep(pipeline, forecast, text(kept));
    }
    let Some((pipeline, forecast)) = forecast(deals, contracts) else { return };
    if let Some(renewals) = forecast.report().renewals {
        assert!(renewals.renewed <= renewals.ended && (0.0..=1.0).contains(&renewals.rate));
        for line in &renewals.periods {
            assert!(line.p10.value <= line.p50.value && line.p50.value <= line.p90.value, "{line:?}");
        }
    }
    keep(&pipeline, &forecast, text(kept));
});

const DEALS: &[u8] = b"Deal Id,Stage,Amount,Created Date,Close Date\n1,Proposal,5000,2026-01-05,2026-05-20\n2,Closed Won,4000,2026-01-02,2026-04-02\n";

/// Deals, with contracts beside them where they can be read, and their forecast.
fn forecast(deals: &[u8], contracts: &[u8]) -> Option<(Pipeline, Forecast)> {
    let read = |bytes: &[u8]| Table::from_csv(bytes, &ReadOptions::default());
    let pipeline = Pipeline::from_table(read(deals).ok()?, &Mapping::default()).ok()?;
    let options = AttachOptions { kind: Some(Kind::Contracts), ..AttachOptions::default() };
    let attached = read(contracts).and_then(|table| pipeline.attach(table, &options));
    let pipeline = attached.map_or(pipeline, |(with, _)| with);
    let model = OperatingModel::preset(Preset::SalesLed).expect("a preset");
    let run = Run { trials: 1, quota: Some(1_000.0), ..Run::default() };
    let forecast = pipeline.simulate(&model, &run).ok()?;
    Some((pipeline, forecast))
}

/// The text as it stands, and as what was saved: the fuzzer does not find hashes.
fn keep(pipeline: &Pipeline, forecast: &Forecast, kept: &str) {
    for file in [kept.to_owned(), saved(kept)] {
        match pipeline.snapshot(forecast, &file) {
            Ok(snapshots) => {
                let report = snapshots.report(forecast.outcome().currency);
                let again = pipeline.snapshot(forecast, &report.file).expect("what was kept is read");
                assert_eq!(again.file, report.file);
            }
            Err(error) => explained(&error, &[ErrorKind::Input, ErrorKind::Run, ErrorKind::Limit]),
        }
    }
}

/// Lines as a file of snapshots, each with the hash that belongs to it.
fn saved(lines: &str) -> String {
    let (mut file, mut hash, mut count) = ("leadcast-snapshots 1\n".to_owned(), String::new(), 0);
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let digest = Sha256::new().chain_update(&hash).chain_update(line).finalize();
        hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        file += &format!("{hash} {line}\n");
        count += 1;
    }
    file + &format!("end {count} {hash}\n")
}
