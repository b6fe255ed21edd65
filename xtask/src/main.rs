//! The project's own commands: `cargo xtask build`, `notices`, `samples`.

mod build;
mod notices;
mod samples;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a command returns: nothing, or a message for the terminal.
type Outcome = Result<(), Box<dyn std::error::Error>>;

const USAGE: &str = "usage: cargo xtask COMMAND

  build     compile the crate to WebAssembly and write pkg/wasm
  notices   write THIRD-PARTY-NOTICES: what the module and the page are built from
  samples   write the sample files of the page to www/samples";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("build") => build::run(),
        Some("notices") => notices::run(),
        Some("samples") => samples::run(),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's root folder.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}
