//! `cargo xtask samples` writes www/samples: one invented company's leads and pipeline, messy as real exports are.
//!
//! The same seed gives the same bytes on every machine. All files describe one world, so ids agree across them: leads
//! become deals, deals have histories, contacts work at the accounts. What was planted for the engine to find is
//! listed in docs/testing.md and measured by the tests below.

mod csv;
mod days;
mod deal_files;
mod deals;
mod draws;
mod leads;
mod names;
mod world;

use crate::Outcome;
use days::ANCHOR;
use std::fs;

/// Changing it changes every file.
const SEED: u64 = 20_261_117;

/// Writes all files and says how large they are.
pub(crate) fn run() -> Outcome {
    let folder = crate::root().join("www/samples");
    fs::create_dir_all(&folder)?;
    for (name, bytes) in files(SEED) {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            continue;
        }
        fs::write(&path, &bytes)?;
        println!("www/samples/{name} {} KB", bytes.len().div_ceil(1000));
    }
    Ok(())
}

/// Every file by name.
fn files(seed: u64) -> Vec<(&'static str, Vec<u8>)> {
    let accounts = world::accounts(seed);
    let leads = leads::leads(seed, &accounts);
    let (deals, of_lead) = deals::deals(seed, &accounts, &leads);
    vec![
        ("leads.csv", leads::file(seed, &accounts, &leads, &of_lead)),
        ("activities.csv", leads::activities_file(&accounts, &leads)),
        ("pipeline.csv", deal_files::pipeline(seed, &accounts, &deals, ANCHOR)),
        ("pipeline-last-week.csv", deal_files::pipeline(seed, &accounts, &deals, ANCHOR - 7)),
        ("stage-history.csv", deal_files::history(&deals)),
        ("contacts.csv", deal_files::contacts(seed, &accounts, &deals)),
    ]
}

#[cfg(test)]
mod tests;
