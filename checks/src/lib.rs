//! What the property tests draw from: bytes, almost-CSV, almost-models, pipelines, simulations.
//!
//! The cases are the same in every run. `LEADCAST_CASES=10000 cargo test` looks further.

use proptest::prelude::*;
use proptest::test_runner::Config;

pub mod files;
pub mod simulations;

/// How many cases a property is tried with: `usual`, or as many as `LEADCAST_CASES` says.
#[must_use]
pub fn cases(usual: u32) -> Config {
    let wanted = std::env::var("LEADCAST_CASES").ok().and_then(|text| text.parse().ok());
    Config::with_cases(wanted.unwrap_or(usual))
}

/// Any text, with what JSON is made of more often than elsewhere.
pub fn any_text() -> impl Strategy<Value = String> {
    let character =
        prop_oneof![any::<char>(), prop::sample::select("{}[]\":,0129-.eE truefalsnu\\".chars().collect::<Vec<_>>())];
    prop::collection::vec(character, 0..200).prop_map(|characters| characters.into_iter().collect())
}

/// A text with one stretch of it replaced by some other text.
pub fn damaged(text: &'static str) -> impl Strategy<Value = String> {
    const BITS: &[&str] = &[
        "",
        "0",
        "-1",
        "1e999",
        "1.5",
        "null",
        "true",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        ",",
        "}",
        "\u{0}",
        "é",
        "\"field\":",
    ];
    (0..text.len(), 0_usize..24, prop::sample::select(BITS)).prop_map(move |(start, length, bit)| {
        let start = (0..=start).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
        let end = (start + length..text.len()).find(|&i| text.is_char_boundary(i)).unwrap_or(text.len());
        format!("{}{bit}{}", &text[..start], &text[end..])
    })
}
