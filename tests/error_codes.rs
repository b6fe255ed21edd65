//! Every code that an error or a diagnostic can carry is explained in `docs/errors.md`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How codes are given in the sources, and which argument of the call they are.
const SHAPES: &[(&str, &str, usize)] = &[
    ("rs", "Error::new(", 1),
    ("rs", "Code::new(", 0),
    ("rs", ".error(", 0),
    ("rs", "Fault::new(", 0),
    ("rs", "limit(", 2),
    ("rs", "code: ", 0),
    ("js", "code: ", 0),
    ("js", "gone(", 0),
    ("js", "fields(", 1),
];

/// The argument of a call, if it is a plain text in quotes.
fn argument(call: &str, index: usize) -> Option<&str> {
    let mut rest = call;
    for _ in 0..index {
        let (mut depth, mut end) = (0, None);
        for (i, c) in rest.char_indices().take(400) {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => return None,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    end = Some(i + 1);
                    break;
                }
                _ => {}
            }
        }
        rest = &rest[end?..];
    }
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let code = rest[1..].split(quote).next()?;
    code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-').then_some(code).filter(|code| !code.is_empty())
}

fn files(folder: &Path, kind: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "wasm" && name != "node_modules" {
            files(&path, kind, found);
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
}

fn codes() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut codes = BTreeMap::new();
    for (folder, kind) in [("src", "rs"), ("pkg", "js")] {
        let mut paths = Vec::new();
        files(&root.join(folder), kind, &mut paths);
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            for (_, shape, index) in SHAPES.iter().filter(|(of, _, _)| *of == kind) {
                for (at, _) in text.match_indices(shape) {
                    if let Some(code) = argument(&text[at + shape.len()..], *index) {
                        codes.entry(code.to_owned()).or_insert_with(|| path.display().to_string());
                    }
                }
            }
        }
    }
    codes
}

#[test]
fn every_code_is_explained_and_every_explained_code_exists() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md")).unwrap();
    let explained: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let codes = codes();
    assert!(codes.len() > 80, "only {} codes were found: has the way they are given changed?", codes.len());
    let missing: Vec<_> = codes.iter().filter(|(code, _)| !explained.contains(&code.as_str())).collect();
    assert!(missing.is_empty(), "docs/errors.md lacks {missing:?}");
    let gone: Vec<_> = explained.iter().filter(|code| !codes.contains_key(**code)).collect();
    assert!(gone.is_empty(), "docs/errors.md explains codes that no source gives: {gone:?}");
}

#[test]
fn an_argument_is_found_among_nested_ones() {
    assert_eq!(argument("ErrorKind::Limit, \"limit\", x)", 1), Some("limit"));
    assert_eq!(argument("f(a, b), MAX as usize, \"too-many\", y)", 2), Some("too-many"));
    assert_eq!(argument("kind, code, message)", 1), None);
    assert_eq!(argument("x)", 1), None);
}
