//! The house has floors and a module imports only from floors below its own.
//!
//! Reads every file of `src/`, resolves `crate::…` and `super::…` paths (unit tests included, comments and strings
//! not) to top-level modules, and compares them with the table. A module that the table does not name fails too: a
//! new room is a decision, written here and in `docs/architecture.md`.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Every top-level module with its floor.
const FLOORS: &[(&str, u8)] = &[
    ("error", 0),
    ("calendar", 0),
    ("money", 0),
    ("stats", 0),
    ("random", 1),
    ("table", 1),
    ("crm", 2),
    ("model", 3),
    ("targeting", 4),
    ("forecast", 4),
    ("insight", 5),
    ("report", 6),
    ("session", 7),
    ("lib", 8),
    ("wasm", 9),
];

/// Imports between modules of one floor, each with its reason.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("calendar", "error", "a date that cannot be parsed is an `Error`"),
    ("money", "error", "currencies that cannot be added are an `Error`"),
    ("stats", "error", "a statistic of nothing is an `Error`"),
];

/// What the crate root offers to every floor: constants, which depend on nothing.
const ROOT_CONSTANTS: &[&str] = &["ENGINE"];

#[test]
fn a_module_imports_only_from_floors_below_its_own() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let reexports = reexports(&read(&src.join("lib.rs")));
    let mut complaints = BTreeSet::new();
    let mut files = 0;
    for file in rust_files(&src) {
        let path = module_path(file.strip_prefix(&src).unwrap());
        complaints.extend(complaints_about(&file.display().to_string(), &path, &read(&file), &reexports));
        files += 1;
    }
    assert!(files > 5, "only {files} files found under {}", src.display());
    assert!(complaints.is_empty(), "\n{}", complaints.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn an_upward_import_is_found_wherever_it_hides() {
    let reexports = reexports("pub use report::{ForecastReport, LeadReport as Leads}; pub fn score_lead() {}");
    let found = |module: &str, source: &str| {
        let path: Vec<String> = [module].iter().filter(|m| **m != "lib").map(|m| (*m).to_owned()).collect();
        complaints_about("x.rs", &path, source, &reexports).concat()
    };
    assert!(found("table", "use crate::crm::Field;").contains("`table` (floor 1) imports `crm` (floor 2)"));
    assert!(found("table", "use crate::{error::Error, model};").contains("`model`"));
    assert!(found("table", "use crate::{Error, ForecastReport};").contains("`report`"));
    assert!(found("crm", "fn f() { let x = crate::model::OperatingModel::default(); }").contains("`model`"));
    assert!(found("money", "use super::table::Table;").contains("`table`"));
    assert!(found("money", "mod tests { use super::super::report::*; }").contains("`report`"));
    assert!(found("targeting", "use crate::forecast::simulate;").contains("same floor"));
    assert!(found("lib", "pub use wasm::version;").contains("`wasm`"));
    assert!(found("crm", "use crate::helpers::Thing;").contains("`helpers`"));
    assert!(found("gossip", "").contains("`gossip` is not in the floor table"));
    assert!(found("crm", "use crate::Leads;").contains("`report`"));
    assert!(found("crm", "use crate::Unheard;").contains("`Unheard`"));
    assert!(found("report", "use crate::score_lead;").contains("`lib`"));
    assert!(found("wasm", "use crate::score_lead;").is_empty());
}

#[test]
fn a_downward_import_is_no_complaint() {
    let reexports = reexports("pub use error::{Error, ErrorKind};\npub use money::Money;");
    let source = r##"
        //! crate::report is mentioned in a comment only.
        use crate::{Error, ErrorKind, ENGINE};
        use crate::table::{self, Table};
        use self::lines::Lines;
        use super::crm::Field; /* crate::report::LeadReport */
        const TEXT: &str = "crate::report"; const RAW: &str = r#"crate::wasm"#; const QUOTE: char = '"';
        fn life<'a>(x: &'a str) -> &'a str { x }
        mod tests { use super::*; use super::lines; use crate::model::Stage; }
        macro_rules! m { () => { $crate::Error } }
    "##;
    assert_eq!(complaints_about("x.rs", &["model".to_owned()], source, &reexports), Vec::<String>::new());
}

/// Everything in one file that the house does not allow.
fn complaints_about(file: &str, path: &[String], source: &str, reexports: &BTreeMap<String, String>) -> Vec<String> {
    let module = path.first().map_or("lib", String::as_str);
    let Some(own) = floor(module) else {
        return vec![format!("{file}: `{module}` is not in the floor table of tests/floors.rs")];
    };
    let mut complaints = Vec::new();
    for name in imports(path, &tokens(source)) {
        if ROOT_CONSTANTS.contains(&name.as_str()) {
            continue;
        }
        let target = reexports.get(&name).unwrap_or(&name);
        let Some(theirs) = floor(target) else {
            complaints.push(format!("{file}: `{module}` imports `{name}`, which is not in the floor table"));
            continue;
        };
        let listed = NEIGHBOURS.iter().any(|(from, to, _)| from == &module && to == target);
        if target == module || theirs < own || (theirs == own && listed) {
            continue;
        }
        let how = if theirs == own { "the same floor, not listed as neighbours" } else { "an upward import" };
        complaints.push(format!("{file}: `{module}` (floor {own}) imports `{target}` (floor {theirs}): {how}"));
    }
    complaints
}

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// Top-level names that the file's paths start from, whether written `crate::x`, `super::x` or, in the root, `use x`.
fn imports(path: &[String], tokens: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut depth = 0_usize;
    let mut inline_modules: Vec<usize> = Vec::new();
    let at = |i: usize| tokens.get(i).map_or("", String::as_str);
    for (i, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inline_modules.retain(|&opened_at| opened_at <= depth);
            }
            "mod" if at(i + 2) == "{" => inline_modules.push(depth + 1),
            "crate" if at(i + 1) == "::" => heads(tokens, i + 2, &mut found),
            "super" if at(i.wrapping_sub(1)) != "::" => {
                let mut ups = 1;
                let mut next = i + 2;
                while at(next) == "super" {
                    ups += 1;
                    next += 2;
                }
                if ups == path.len() + inline_modules.len() && at(next - 1) == "::" {
                    heads(tokens, next, &mut found);
                }
            }
            // In the root, `use error::Error` names a module without `crate::`.
            "use" if path.is_empty() && inline_modules.is_empty() && floor(at(i + 1)).is_some() => {
                found.insert(at(i + 1).to_owned());
            }
            _ => {}
        }
    }
    found.remove("*");
    found
}

/// The first names of a path or of a braced group of paths that starts at `start`.
fn heads(tokens: &[String], start: usize, found: &mut BTreeSet<String>) {
    if tokens.get(start).is_none_or(|t| t != "{") {
        found.extend(tokens.get(start).filter(|t| t.as_str() != "self").cloned());
        return;
    }
    let (mut depth, mut fresh) = (1, true);
    for token in &tokens[start + 1..] {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => fresh = true,
            name if depth == 1 && fresh => {
                fresh = false;
                if name != "self" {
                    found.insert(name.to_owned());
                }
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// Which module each name of the crate root comes from: `pub use error::{Error, Place as Where}`; its own functions, the
/// front doors, come from `lib`.
fn reexports(lib: &str) -> BTreeMap<String, String> {
    let tokens = tokens(lib);
    let mut names = BTreeMap::new();
    let doors = tokens.windows(3).filter(|window| window[0] == "pub" && window[1] == "fn");
    names.extend(doors.map(|window| (window[2].clone(), "lib".to_owned())));
    for (i, _) in tokens.iter().enumerate().filter(|(_, t)| *t == "use") {
        let statement: Vec<&str> = tokens[i + 1..].iter().map(String::as_str).take_while(|t| *t != ";").collect();
        let Some(module) = statement.iter().find(|t| **t != "crate" && **t != "::" && **t != "self") else { continue };
        if floor(module).is_none() {
            continue;
        }
        for (j, token) in statement.iter().enumerate().skip(1) {
            let last = matches!(statement.get(j + 1), None | Some(&"," | &"}"));
            if last && token.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                names.insert((*token).to_owned(), (*module).to_owned());
            }
        }
    }
    names
}

/// Identifiers, `::` and single punctuation marks; comments, strings, characters and lifetimes left out.
fn tokens(source: &str) -> Vec<String> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && chars[i] != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            while i < chars.len() {
                match (chars[i], at(i + 1)) {
                    ('/', '*') => (depth, i) = (depth + 1, i + 2),
                    ('*', '/') => (depth, i) = (depth - 1, i + 2),
                    _ => i += 1,
                }
                if depth == 0 {
                    break;
                }
            }
        } else if c == '"' {
            i = after_string(&chars, i);
        } else if c == '\'' {
            // A character literal, or a lifetime whose tick is dropped.
            i = match (at(i + 1), at(i + 2)) {
                ('\\', _) => (i + 3..chars.len()).find(|&j| chars[j] == '\'').map_or(chars.len(), |j| j + 1),
                (_, '\'') => i + 3,
                _ => i + 1,
            };
        } else if c.is_alphanumeric() || c == '_' {
            let start = i;
            while at(i).is_alphanumeric() || at(i) == '_' {
                i += 1;
            }
            let word: String = chars[start..i].iter().collect();
            let hashes = (i..chars.len()).take_while(|&j| chars[j] == '#').count();
            if matches!(word.as_str(), "r" | "br" | "cr") && at(i + hashes) == '"' {
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                let body = i + hashes + 1;
                i = (body..chars.len()).find(|&j| chars[j..].starts_with(&end)).map_or(chars.len(), |j| j + end.len());
            } else {
                tokens.push(word);
            }
        } else if c == ':' && at(i + 1) == ':' {
            tokens.push("::".to_owned());
            i += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            i += 1;
        }
    }
    tokens
}

fn after_string(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// `calendar/date.rs` is `calendar::date`; `lib.rs` is the empty path.
fn module_path(file: &Path) -> Vec<String> {
    let mut path: Vec<String> = file.with_extension("").iter().map(|p| p.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod" || last == "lib") {
        path.pop();
    }
    path
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
