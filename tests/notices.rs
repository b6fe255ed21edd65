//! THIRD-PARTY-NOTICES names exactly what the WebAssembly module and the page are built from, with its licence.

#![allow(clippy::panic, clippy::unwrap_used)]

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const REMEDY: &str = "(run `cargo xtask notices`)";

/// Licences that allow us to distribute.
const PERMISSIVE: &[&str] = &["MIT", "Apache-2.0", "ISC", "BSD-3-Clause", "Unlicense", "0BSD", "Zlib"];

#[test]
fn every_crate_of_the_module_is_listed_with_its_licence() {
    assert_eq!(section("# In the WebAssembly module", "Rust standard library"), crates(), "{REMEDY}");
}

#[test]
fn every_library_of_the_page_is_listed_with_its_licence() {
    assert_eq!(section("# In the page", ""), libraries(), "{REMEDY}");
}

#[test]
fn every_licence_allows_distribution() {
    for entry in crates().into_iter().chain(libraries()) {
        let licence = entry.split(" · ").nth(1).unwrap_or_default();
        let offered = licence.split([' ', '/', '(', ')']).any(|id| PERMISSIVE.contains(&id));
        assert!(offered, "{entry}: none of {PERMISSIVE:?}");
    }
}

#[test]
fn every_listed_package_has_its_licence_text() {
    let notices = read("THIRD-PARTY-NOTICES");
    let (lists, texts) = notices.split_once("# Licence texts").unwrap();
    for entry in lists.lines().filter(|line| line.contains(" · ")) {
        let package = entry.split(" · ").next().unwrap();
        let covered = texts.lines().any(|line| line.split(", ").any(|user| user == package));
        assert!(covered, "no licence text names {package}");
    }
}

/// `name version · licence` of the lines under a heading, but for one entry that is in no lock file.
fn section(heading: &str, besides: &str) -> BTreeSet<String> {
    let notices = read("THIRD-PARTY-NOTICES");
    let (_, rest) = notices.split_once(heading).unwrap_or_else(|| panic!("no heading `{heading}` {REMEDY}"));
    let lines = rest.lines().skip(1).take_while(|line| !line.starts_with('#'));
    let entries = lines.filter(|line| !line.is_empty() && (besides.is_empty() || !line.starts_with(besides)));
    entries.map(|line| line.split(" · ").take(2).collect::<Vec<_>>().join(" · ")).collect()
}

fn crates() -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "leadcast", "--locked", "--features", "wasm", "--target", "wasm32-unknown-unknown"])
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--no-dedupe", "--format", "{p}|{l}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|error| panic!("cargo tree did not start: {error}"));
    assert!(output.status.success(), "cargo tree failed:\n{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let listed = tree.lines().filter_map(|line| {
        let (package, licence) = line.split_once('|')?;
        let (name, version) = package.split_once(" v")?;
        // Our own crates come with a folder: `leadcast v0.1.0 (…)`.
        (!version.contains(' ')).then(|| format!("{name} {version} · {licence}"))
    });
    listed.collect()
}

/// What xtask/bundle.js bundles and everything that depends on, by the lock file.
fn libraries() -> BTreeSet<String> {
    let lock: Value = serde_json::from_str(&read("package-lock.json")).unwrap();
    let bundle = read("xtask/bundle.js");
    let named = |word: &str| -> BTreeSet<String> {
        let names = bundle.split(word).skip(1).filter_map(|rest| rest.split('\'').next());
        names.map(|name| format!("node_modules/{name}")).collect()
    };
    let alone = named("only: '");
    let mut waiting: Vec<String> = named("from: '").union(&alone).cloned().collect();
    assert!(!waiting.is_empty() && !alone.is_empty(), "xtask/bundle.js names no library");
    let mut seen = BTreeSet::new();
    let mut listed = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let entry = &lock["packages"][&path];
        let text = |key: &str| entry[key].as_str().unwrap_or_else(|| panic!("package-lock.json: {path} has no {key}"));
        let name = path.rsplit("node_modules/").next().unwrap();
        listed.insert(format!("{name} {} · {}", text("version"), text("license")));
        if alone.contains(&path) {
            continue;
        }
        for dependency in entry["dependencies"].as_object().into_iter().flat_map(|d| d.keys()) {
            let nested = format!("{path}/node_modules/{dependency}");
            let is_nested = lock["packages"].get(&nested).is_some();
            waiting.push(if is_nested { nested } else { format!("node_modules/{dependency}") });
        }
    }
    listed
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
