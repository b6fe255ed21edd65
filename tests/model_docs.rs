//! The documentation of the model says what the code does.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::OperatingModel;
use leadcast::model::Run;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn blocks(text: &str) -> Vec<&str> {
    text.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_documented_examples_are_valid() {
    let text = std::fs::read_to_string(root().join("docs/operating-model.md")).unwrap();
    let blocks = blocks(&text);
    let model = OperatingModel::from_json(blocks[0]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(model.stages().len(), 4);
    let run = Run::from_json(blocks[1]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(Run { as_of: None, quota: None, ..run }, Run::default());
    assert_eq!(blocks.len(), 2);
}

/// The keys of the documents: the fields of their structs, in camel case or as renamed.
fn keys() -> Vec<String> {
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(root().join("src/model/document")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let (mut inside, mut renamed) = (false, None);
        for line in text.lines() {
            inside = (inside || line.contains("struct ")) && line != "}";
            if let Some(rest) = line.trim().strip_prefix("#[serde(rename = \"") {
                renamed = rest.split('"').next().map(str::to_owned);
            }
            let name = line.strip_prefix("    ").and_then(|field| field.split_once(": ")).map(|(name, _)| name);
            let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if let Some(name) = name.filter(is_name).filter(|_| inside) {
                keys.push(renamed.take().unwrap_or_else(|| camel(name)));
            }
        }
    }
    keys
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &part[..1].to_ascii_uppercase() + &part[1..])
}

#[test]
fn every_key_is_documented() {
    let text = std::fs::read_to_string(root().join("docs/operating-model.md")).unwrap();
    let keys = keys();
    assert!(keys.len() > 100 && keys.contains(&"winProbability".into()) && keys.contains(&"in".into()));
    // Two fields of one struct hold what is read from `winProbability`, not keys.
    let missing: Vec<&String> = keys
        .iter()
        .filter(|key| !["parts", "plain"].contains(&key.as_str()))
        .filter(|key| !text.contains(&format!("`{key}`")) && !text.contains(&format!("\"{key}\"")))
        .collect();
    assert!(missing.is_empty(), "docs/operating-model.md lacks {missing:?}");
}
