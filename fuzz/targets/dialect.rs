//! What is found out about a file is what an option would have said: read again with it, it is the same table.
#![no_main]

use fuzz::content;
use leadcast::table::{ReadOptions, Table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = |options: String| {
        let options = ReadOptions::from_json(&options).expect("options of a known shape");
        Table::from_csv(bytes, &options)
    };
    let Ok(found) = read("{}".to_owned()) else { return };
    let delimiter = found.delimiter().replace("tab", "\\t");
    // A line such as `sep=;` counts only where no option does: it is data beside one.
    let says_itself = bytes.windows(4).take(8).any(|four| four.eq_ignore_ascii_case(b"sep="));
    // Files in UTF-16 and those with a byte order mark are what they are.
    if found.columns().len() > 1 && !says_itself && matches!(found.encoding(), "utf-8" | "windows-1252") {
        let again = read(format!(r#"{{"delimiter":"{delimiter}"}}"#)).expect("a file that was read");
        assert_eq!(content(&found), content(&again));
    }
    for other in [",", ";", "\\t", "|"] {
        let _ = read(format!(r#"{{"delimiter":"{other}"}}"#));
    }
    for encoding in ["utf-8", "windows-1252", "utf-16le", "utf-16be"] {
        let _ = read(format!(r#"{{"encoding":"{encoding}"}}"#));
    }
});
