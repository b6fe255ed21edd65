//! Amounts written in one of the world's ways are read to the cent, or the reader asks; any cell at all survives.
#![no_main]

use fuzz::{column, text};
use libfuzzer_sys::fuzz_target;

/// Separator of thousands, decimal mark.
const WAYS: [(&str, &str); 7] =
    [(",", "."), (".", ","), (" ", ","), ("'", "."), ("\u{202f}", ","), ("", "."), ("", ",")];

fuzz_target!(|input: &[u8]| {
    let Some((&way, rest)) = input.split_first() else { return };
    if way < 128 { written(WAYS[usize::from(way) % WAYS.len()], rest) } else { any(text(rest)) }
});

fn written((thousands, mark): (&str, &str), bytes: &[u8]) {
    let cents: Vec<i64> = bytes
        .chunks(5)
        .map(|five| {
            let mut eight = [0; 8];
            eight[..five.len()].copy_from_slice(five);
            // Whether large or small is drawn too.
            i64::from_le_bytes(eight) >> (five[0] % 32)
        })
        .collect();
    let cells: Vec<String> = cents
        .iter()
        .map(|&cents| {
            let whole = (cents / 100).to_string();
            let mut digits = String::new();
            for (i, digit) in whole.chars().enumerate() {
                if i > 0 && (whole.len() - i) % 3 == 0 {
                    digits += thousands;
                }
                digits.push(digit);
            }
            format!("{digits}{mark}{:02}", cents % 100)
        })
        .collect();
    let decimal = if mark == "." { "point" } else { "comma" };
    for options in ["{}".to_owned(), format!(r#"{{"decimal":"{decimal}"}}"#)] {
        let table = column(&cells, &options);
        let value = &table.columns()[1];
        let asked = table.notes().iter().any(|note| note.code == "ambiguous-number");
        for (row, &cents) in cents.iter().enumerate() {
            assert!(asked || value.minor_units(row, 2) == Some(cents), "{:?} as {:?}", cells[row], value.kind());
        }
    }
}

/// Forced to one decimal mark, plain numbers are what Rust reads; corrected and read again, all are the same.
fn any(text: &str) {
    let cells: Vec<String> = text.lines().map(|line| line.replace('"', "")).collect();
    let table = column(&cells, r#"{"decimal":"point"}"#);
    let Some(value) = table.columns().iter().find(|column| column.name() == "value") else { return };
    for row in 0..table.rows() {
        let cell = value.text(row);
        let plain = cell.len() < 16 && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if let (true, Some(read), Ok(expected)) = (plain, value.number(row), cell.parse::<f64>()) {
            assert_eq!(read.to_bits(), expected.to_bits(), "{cell:?}");
        }
        assert!(value.number(row).is_none_or(f64::is_finite), "{cell:?}");
        let _ = (value.currency(row), value.minor_units(row, 2), value.boolean(row));
    }
}
