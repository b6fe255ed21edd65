//! Days written in one of the world's ways are read as they were meant, or the reader asks; any cell at all survives.
#![no_main]

use fuzz::{column, text};
use leadcast::calendar::Date;
use libfuzzer_sys::fuzz_target;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fuzz_target!(|input: &[u8]| {
    let Some((&way, rest)) = input.split_first() else { return };
    if way < 128 { written(way % 6, rest) } else { any(text(rest)) }
});

fn written(way: u8, bytes: &[u8]) {
    // From 1990 on; later days than 2069 would not have two digits for their year.
    let days: Vec<Date> = bytes
        .chunks_exact(2)
        .map(|two| Date::from_days(7_305 + i32::from(u16::from_le_bytes([two[0], two[1]])) % 28_000))
        .collect();
    let cells: Vec<String> = days
        .iter()
        .map(|date| {
            let (year, month, day) = date.ymd();
            match way {
                0 => format!("{year}-{month:02}-{day:02}"),
                1 => format!("{day:02}.{month:02}.{year}"),
                2 => format!("{month}/{day}/{year}"),
                3 => format!("{day}/{month}/{year} 14:05"),
                4 => format!("{day}-{}-{year}", MONTHS[usize::from(month) - 1]),
                _ => format!("{year}{month:02}{day:02}"),
            }
        })
        .collect();
    let order = match way {
        1 | 3 | 4 => "dmy",
        2 => "mdy",
        _ => "ymd",
    };
    for options in ["{}".to_owned(), format!(r#"{{"dateOrder":"{order}"}}"#)] {
        let table = column(&cells, &options);
        let value = &table.columns()[1];
        let asked = table.notes().iter().any(|note| matches!(note.code, "ambiguous-date" | "date-as-number"));
        let told = asked || (way == 5 && value.date(0).is_none());
        for (row, &date) in days.iter().enumerate() {
            assert!(told || value.date(row) == Some(date), "{:?} as {:?}", cells[row], value.kind());
        }
    }
}

fn any(text: &str) {
    let cells: Vec<String> = text.lines().map(|line| line.replace('"', "")).collect();
    for options in ["{}", r#"{"dateOrder":"dmy"}"#, r#"{"dateOrder":"mdy"}"#, r#"{"dateSystem":"1904"}"#] {
        let table = column(&cells, options);
        for value in table.columns() {
            for row in 0..table.rows() {
                if let Some(date) = value.date(row) {
                    assert_eq!(Date::parse_iso(&date.to_string()).ok(), Some(date), "{:?}", value.raw(row));
                }
                let _ = value.time(row);
            }
        }
    }
}
