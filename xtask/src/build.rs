//! Compiles the crate to WebAssembly and writes `pkg/wasm`.
//!
//! wasm-bindgen runs as a library at the version the lock file names, so nothing has to be on the PATH. The bytes
//! depend on the sources, the lock file and the compiler only: paths of this machine are mapped away. The compiler itself does
//! not always order equal instructions alike: of five builds in three folders and three cargo homes one differed in four bytes.

use crate::{Outcome, root};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io::Write};

const TARGET: &str = "wasm32-unknown-unknown";
/// Between the compiler's 50 for size and 225 for speed. At the level for size, 50 made scoring take 1.3 times as long.
const INLINING: [&str; 2] = ["-Cllvm-args=-inline-threshold=150", "-Cllvm-args=-inlinecold-threshold=45"];

/// Builds, binds, and prints the module's sizes and SHA-256.
pub(crate) fn run() -> Outcome {
    let root = root();
    let target = compile(&root)?;
    let input = target.join(TARGET).join("module/leadcast.wasm");
    let output = root.join("pkg/wasm");
    let module = output.join("leadcast_bg.wasm");
    let stamp = output.join(".input-sha256");
    let fresh = hex(&Sha256::digest(fs::read(&input)?));
    if !module.exists() || fs::read_to_string(&stamp).ok().as_deref() != Some(&fresh) {
        bind(&input, &output)?;
        fs::write(&stamp, &fresh)?;
    }
    let bytes = fs::read(&module)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes)?;
    println!("pkg/wasm/leadcast_bg.wasm: {} bytes, {} gzipped", bytes.len(), gzip.finish()?.len());
    println!("SHA-256 {}", hex(&Sha256::digest(&bytes)));
    Ok(())
}

/// Runs cargo and returns the target folder.
fn compile(root: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .unwrap_or_default();
    let flags = [
        // This variable replaces the flags of .cargo/config.toml, so the target feature stands here again.
        "-Ctarget-feature=+simd128".to_owned(),
        format!("--remap-path-prefix={}=/registry", home.join("registry/src").display()),
        format!("--remap-path-prefix={}=/leadcast", root.display()),
    ];
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root)
        .args(["rustc", "--quiet", "--locked", "--profile=module", "--lib", "--features=wasm", "--target", TARGET])
        .arg("--target-dir")
        .arg(&target)
        .arg("--")
        .args(INLINING)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .status()?;
    if status.success() { Ok(target) } else { Err("the crate did not compile for WebAssembly".into()) }
}

/// Writes the module, its glue and its type declarations.
fn bind(input: &Path, output: &Path) -> Outcome {
    fs::create_dir_all(output)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(input)
        .out_name("leadcast")
        .web(true)?
        .typescript(true)
        // The package finds the file itself; the glue must not mention `import.meta` (it also runs in a classic worker).
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(output)
        .map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
