//! `cargo xtask notices` writes THIRD-PARTY-NOTICES: every crate in the WebAssembly module, every npm package bundled
//! into the page, and their licence texts. `tests/notices.rs` fails when the list is not the one of the lock files.

use crate::{Outcome, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Failure = Box<dyn Error>;

const HEAD: &str = "\
leadcast is distributed together with the software listed here, each under its own licence.
Written by `cargo xtask notices` from the lock files; do not edit.
";

/// The standard library is part of the module without being in a lock file.
const STANDARD_LIBRARY: &str = "Copyright (c) The Rust Project Contributors";

/// A package with the folder it was unpacked to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
    source: String,
    folder: PathBuf,
}

pub(crate) fn run() -> Outcome {
    let (crates, libraries) = (crates()?, libraries()?);
    let mut text = HEAD.to_owned();
    text.push_str("\n# In the WebAssembly module\n\nRust standard library · MIT OR Apache-2.0 · https://github.com/rust-lang/rust\n");
    crates.iter().for_each(|package| text.push_str(&line(package)));
    text.push_str("\n# In the page\n\n");
    libraries.iter().for_each(|package| text.push_str(&line(package)));
    text.push_str("\n# Licence texts\n");
    for (licence, users) in texts(crates.iter().chain(&libraries))? {
        text.push_str(&format!("\n{}\n{}\n\n{licence}\n", "-".repeat(80), users.join(", ")));
    }
    fs::write(root().join("THIRD-PARTY-NOTICES"), text)?;
    println!("THIRD-PARTY-NOTICES: {} crates, {} npm packages", crates.len(), libraries.len());
    Ok(())
}

fn line(package: &Package) -> String {
    format!("{} {} · {} · {}\n", package.name, package.version, package.licence, package.source)
}

/// Crates linked into the module; procedural macros and build scripts stay behind.
fn crates() -> Result<BTreeSet<Package>, Failure> {
    let features = ["--features", "wasm", "--locked"];
    let tree = cargo(
        &["tree", "--package", "leadcast", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"],
        &[&features[..], &["--target", "wasm32-unknown-unknown"]].concat(),
    )?;
    let linked: BTreeSet<(&str, &str)> =
        tree.lines().filter_map(|line| line.trim_end_matches(" (*)").split_once(" v")).collect();
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version", "1"], &features)?)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let linked_packages = packages.iter().filter(|p| linked.contains(&(&*text(p, "name"), &*text(p, "version"))));
    Ok(linked_packages
        .map(|package| Package {
            name: text(package, "name"),
            version: text(package, "version"),
            licence: text(package, "license"),
            source: text(package, "repository"),
            folder: Path::new(&text(package, "manifest_path")).parent().map(Path::to_path_buf).unwrap_or_default(),
        })
        .collect())
}

fn cargo(command: &[&str], options: &[&str]) -> Result<String, Failure> {
    let output = Command::new(env!("CARGO")).args(command).args(options).current_dir(root()).output()?;
    if !output.status.success() {
        return Err(format!("cargo {}: {}", command[0], String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The npm packages that xtask/bundle.js bundles: `from` with everything they depend on, `only` without.
fn libraries() -> Result<BTreeSet<Package>, Failure> {
    let lock: Value = serde_json::from_str(&fs::read_to_string(root().join("package-lock.json"))?)?;
    let bundle = fs::read_to_string(root().join("xtask/bundle.js"))?;
    let named = |word: &str| -> Vec<String> {
        let names = bundle.split(word).skip(1).filter_map(|rest| rest.split('\'').next());
        names.map(|name| format!("node_modules/{name}")).collect()
    };
    let alone = named("only: '");
    let mut waiting = [named("from: '"), alone.clone()].concat();
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let entry = &lock["packages"][&path];
        let folder = root().join(&path);
        let manifest = fs::read_to_string(folder.join("package.json"))
            .map_err(|error| format!("{path}/package.json: {error} (run `npm ci` first)"))?;
        let manifest: Value = serde_json::from_str(&manifest)?;
        let repository = manifest["repository"]["url"].as_str().or(manifest["repository"].as_str()).unwrap_or_default();
        found.insert(Package {
            name: manifest["name"].as_str().unwrap_or_default().to_owned(),
            version: entry["version"].as_str().unwrap_or_default().to_owned(),
            licence: entry["license"].as_str().unwrap_or_default().to_owned(),
            source: repository.trim_start_matches("git+").trim_end_matches(".git").to_owned(),
            folder,
        });
        if alone.contains(&path) {
            continue;
        }
        for name in entry["dependencies"].as_object().into_iter().flat_map(|d| d.keys()) {
            waiting.push(resolve(&lock, &path, name));
        }
    }
    Ok(found)
}

/// Where Node finds `name` from the package at `path`: in its own node_modules, else in the nearest folder upwards.
fn resolve(lock: &Value, path: &str, name: &str) -> String {
    let mut from = path;
    loop {
        let nested = format!("{from}/node_modules/{name}");
        if lock["packages"].get(&nested).is_some() {
            return nested;
        }
        let Some((parent, _)) = from.rsplit_once("/node_modules/") else { return format!("node_modules/{name}") };
        from = parent;
    }
}

/// Every distinct licence text with the packages it covers.
fn texts<'a>(packages: impl Iterator<Item = &'a Package>) -> Result<Vec<(String, Vec<String>)>, Failure> {
    let mut users: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    let mut add = |user: String, text: &str| {
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
        users.entry(folded).or_insert_with(|| (plain(text), Vec::new())).1.push(user);
    };
    let ours = fs::read_to_string(root().join("LICENSE-MIT"))?;
    let body =
        ours.split_once("\n\nPermission").map(|(_, body)| body).ok_or("LICENSE-MIT does not read as expected")?;
    add("Rust standard library".to_owned(), &format!("{STANDARD_LIBRARY}\n\nPermission{body}"));
    for package in packages {
        let user = format!("{} {}", package.name, package.version);
        for file in licence_files(package)? {
            add(user.clone(), &fs::read_to_string(file)?);
        }
    }
    let mut texts: Vec<_> = users.into_values().collect();
    texts.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(texts)
}

/// The text without trailing blanks and surrounding empty lines.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// The files to reproduce: all where every licence binds, else the shortest of the alternatives, MIT first.
fn licence_files(package: &Package) -> Result<Vec<PathBuf>, Failure> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(&package.folder)? {
        let path = entry?.path();
        if path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "UNLICENSE"].iter().any(|start| name(&path).starts_with(start))
        {
            files.push(path);
        }
    }
    files.sort();
    if package.licence.contains(" AND ") {
        return Ok(files);
    }
    let chosen =
        files.iter().find(|f| name(f).contains("MIT")).or_else(|| files.iter().find(|f| !name(f).contains("APACHE")));
    Ok(chosen.or(files.first()).cloned().into_iter().collect())
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default()
}
