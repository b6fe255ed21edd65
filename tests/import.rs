//! What a user sees when a file is dropped: rows, columns, the receipt, and the exact words of every problem.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::Error;
use leadcast::table::{ColumnKind, Diagnostic, ReadOptions, Table, TableReader};

fn read(text: &str) -> Table {
    read_bytes(text.as_bytes())
}

fn read_bytes(bytes: &[u8]) -> Table {
    Table::from_csv(bytes, &ReadOptions::default()).unwrap()
}

fn error(bytes: &[u8]) -> Error {
    let options = ReadOptions { name: Some("deals.csv".into()), ..ReadOptions::default() };
    Table::from_csv(bytes, &options).unwrap_err()
}

/// Headers, then the rows as written, then the line of each row.
fn dump(table: &Table) -> (Vec<String>, Vec<Vec<String>>, Vec<u64>) {
    let names = table.columns().iter().map(|c| c.name().to_owned()).collect();
    let row = |row| table.columns().iter().map(|c| c.raw(row).to_owned()).collect();
    let lines = (0..table.rows()).map(|row| table.line(row)).collect();
    (names, (0..table.rows()).map(row).collect(), lines)
}

fn grid(table: &Table) -> Vec<Vec<String>> {
    let (names, mut rows, _) = dump(table);
    rows.insert(0, names);
    rows
}

fn note<'a>(table: &'a Table, code: &str) -> &'a Diagnostic {
    let found = table.notes().iter().find(|note| note.code == code);
    found.unwrap_or_else(|| panic!("no `{code}` among {:?}", codes(table)))
}

fn codes(table: &Table) -> Vec<&'static str> {
    table.notes().iter().map(|note| note.code).collect()
}

/// A small generator for test bytes (xorshift64*); not the product's.
struct Bytes(u64);

impl Bytes {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

// ── the same rows wherever the pieces are cut ──

#[test]
fn every_cut_in_two_gives_the_same_table() {
    let text = "\u{feff}Näme;\"A \"\"x\"\"\r\nB\";C\r\n\r\n1;2;3\n\"a;\r\nb\";é😀;\r7;8;9;\r\n;;\n\"open;1\n2;3;4";
    let mut inputs = vec![text.as_bytes().to_vec(), utf16(text, true, true), utf16(text, false, false)];
    inputs.push(b"a,b\nM\xFCller,5\x80\n\xE9\xE8,\x93x\x94\n".to_vec());
    inputs.push(b"sep=|\r\na|b\r\n1|2\r\n".to_vec());
    inputs.push(b"a,b\n1,\xFF\n\xC3\xA9,\xC3\n\xC3\xA9\xC3\xA9\xC3\xA9,3\x1A".to_vec());
    for input in inputs {
        let whole = read_bytes(&input);
        for cut in 0..=input.len() {
            let mut reader = TableReader::new(&ReadOptions::default());
            reader.push(&input[..cut]).unwrap();
            reader.push(&input[cut..]).unwrap();
            let table = reader.finish().unwrap();
            assert_eq!(dump(&table), dump(&whole), "cut at {cut}");
            assert_eq!(table.notes(), whole.notes(), "cut at {cut}");
            assert_eq!((table.encoding(), table.delimiter()), (whole.encoding(), whole.delimiter()));
        }
    }
}

#[test]
fn a_large_file_in_random_pieces_gives_the_same_table() {
    let mut random = Bytes(7);
    let mut text = b"Id,Name,Amount,Note\r\n".to_vec();
    for row in 0..6000 {
        let note = if row % 5 == 0 { "\"two\nlines, \"\"quoted\"\"\"" } else { "plain" };
        text.extend_from_slice(
            format!("{row},Company {},{}.{:02},{note}\r\n", row % 97, row * 7, row % 100).as_bytes(),
        );
        if row == 5000 {
            text.extend_from_slice(b"9999,M\xFCller,1,first byte beyond ASCII after 64 KiB\n");
        }
    }
    let whole = read_bytes(&text);
    assert_eq!(whole.rows(), 6001);
    assert_eq!(whole.encoding(), "windows-1252");
    assert_eq!(whole.columns()[1].text(5001), "Müller");
    for _ in 0..12 {
        let mut reader = TableReader::new(&ReadOptions::default());
        let mut rest = &text[..];
        while !rest.is_empty() {
            let most = if random.below(3) == 0 { 90_000 } else { 700 };
            let (piece, after) = rest.split_at((1 + random.below(most)).min(rest.len()));
            reader.push(piece).unwrap();
            rest = after;
        }
        let table = reader.finish().unwrap();
        assert_eq!(dump(&table), dump(&whole));
        assert_eq!(table.notes(), whole.notes());
    }
}

#[test]
fn any_bytes_give_a_table_or_an_error_and_rows_add_up() {
    let pieces: [&[u8]; 24] = [
        b",",
        b";",
        b"\t",
        b"|",
        b"\"",
        b"\"\"",
        b"\n",
        b"\r\n",
        b"\r",
        b"a",
        b"1",
        b"1.234,50",
        b"3/8/2026",
        b"\xFF",
        b"\xC3\xA9",
        b"\xEF\xBB\xBF",
        b"\0",
        b"\x1A",
        b"sep=;",
        b"$",
        b"(5)",
        b"%",
        b"\xF0\x9F\x98\x80",
        b"2026-02-30",
    ];
    let dialects = leadcast::crm::Dialects::built_in().unwrap();
    let mut random = Bytes(42);
    for round in 0..1500 {
        let mut input = Vec::new();
        for _ in 0..random.below(60) {
            match random.below(4) {
                0 => input.push(random.next() as u8),
                _ => input.extend_from_slice(pieces[random.below(pieces.len())]),
            }
        }
        let Ok(table) = Table::from_csv(&input, &ReadOptions::default()) else { continue };
        for column in table.columns() {
            for row in 0..=table.rows() {
                let _ = (column.number(row), column.date(row), column.boolean(row), column.minor_units(row, 2));
                assert!(column.text(row).len() <= column.raw(row).len());
            }
        }
        let again = {
            let cut = random.below(input.len() + 1);
            let mut reader = TableReader::new(&ReadOptions::default());
            reader.push(&input[..cut]).unwrap();
            reader.push(&input[cut..]).unwrap();
            reader.finish().unwrap()
        };
        assert_eq!(dump(&again), dump(&table), "round {round}: {input:?}");
        let leads = leadcast::crm::LeadList::with_dialects(table.clone(), &Default::default(), dialects).unwrap();
        let receipt = leads.receipt();
        assert_eq!(receipt.rows_read, receipt.rows_used + receipt.rows_excluded);
        let deals = leadcast::crm::Pipeline::with_dialects(table, &Default::default(), dialects).unwrap();
        let receipt = deals.as_of(None, leadcast::money::Currency::USD).receipt;
        assert_eq!(receipt.rows_read, receipt.rows_used + receipt.rows_excluded);
    }
}

// ── grammar ──

#[test]
fn quotes_hold_delimiters_line_ends_and_quotes() {
    let table = read("a,b\n1,\"x, y\"\n2,\"ha \"\"ha\"\"\"\n3,\"two\r\nlines\"\n4,z\n");
    assert_eq!(grid(&table)[1..], [["1", "x, y"], ["2", "ha \"ha\""], ["3", "two\r\nlines"], ["4", "z"]]);
    assert_eq!((0..4).map(|row| table.line(row)).collect::<Vec<_>>(), [2, 3, 4, 6]);
}

#[test]
fn every_line_end_is_one() {
    for end in ["\n", "\r\n", "\r"] {
        let table = read(&["a,b", "1,2", "", "3,4"].join(end));
        assert_eq!(grid(&table), [["a", "b"], ["1", "2"], ["3", "4"]], "{end:?}");
        assert_eq!([table.line(0), table.line(1)], [2, 4], "{end:?}");
    }
}

#[test]
fn delimiters_are_found() {
    for (text, name) in
        [("a;b\n1,5;2\n", ";"), ("a\tb\n1,5\t2\n", "tab"), ("a|b\n1|2\n", "|"), ("sep=;\na;b,c\n1;2\n", ";")]
    {
        let table = read(text);
        assert_eq!((table.delimiter().as_str(), table.columns().len(), table.rows()), (name, 2, 1), "{text:?}");
    }
    assert_eq!(read("sep=;\na;b\n1;2\n").line(0), 3);
    let options = ReadOptions::from_json(r#"{"delimiter": ":"}"#).unwrap();
    assert_eq!(Table::from_csv(b"a:b\n1:2\n", &options).unwrap().columns().len(), 2);
}

#[test]
fn encodings_are_told_apart() {
    for (bytes, name) in [
        ("\u{feff}Stadt\nMünchen\n".as_bytes().to_vec(), "utf-8"),
        ("Stadt\nMünchen\n".as_bytes().to_vec(), "utf-8"),
        (b"Stadt\nM\xFCnchen\n".to_vec(), "windows-1252"),
        (utf16("Stadt\nMünchen\n", true, true), "utf-16le"),
        (utf16("Stadt\nMünchen\n", false, true), "utf-16be"),
        (utf16("Stadt\nMünchen\n", true, false), "utf-16le"),
        (utf16("Stadt\nMünchen\n", false, false), "utf-16be"),
    ] {
        let table = read_bytes(&bytes);
        assert_eq!(
            (table.encoding(), grid(&table)),
            (name, vec![vec!["Stadt".to_owned()], vec!["München".to_owned()]])
        );
    }
    let assumed = read_bytes(b"a\nM\xFCller\n");
    assert_eq!(note(&assumed, "encoding-assumed").message, "the bytes are not UTF-8; read as windows-1252");
}

#[test]
fn a_bad_byte_among_good_ones_costs_its_character_only() {
    let table = read_bytes("Name,Stadt\né,ü\nA\u{fffd}".as_bytes());
    assert_eq!(table.columns()[0].text(1), "A\u{fffd}");
    let table = read_bytes(b"Name,Stadt\n\xC3\xA9\xC3\xA9,\xC3\xBC\nA,B\xFFC\n");
    assert_eq!(table.columns()[1].text(1), "B\u{fffd}C");
    let note = note(&table, "bad-bytes");
    assert_eq!((note.place.line, note.place.column.as_deref(), note.count), (Some(3), Some("Stadt"), 1));
}

#[test]
fn a_quote_that_never_closes_costs_nothing() {
    let table = read("a,b\n1,2\n3,\"oops\n5,6\n7,8\n");
    assert_eq!(grid(&table), [["a", "b"], ["1", "2"], ["3", "\"oops"], ["5", "6"], ["7", "8"]]);
    assert_eq!((0..4).map(|row| table.line(row)).collect::<Vec<_>>(), [2, 3, 4, 5]);
    let note = note(&table, "unclosed-quote");
    assert_eq!((note.place.line, note.sample.as_str()), (Some(3), "3,\"oops"));
    assert_eq!(note.message, "a quote opens and never closes; read as an ordinary character");
    // Quotes below it still quote.
    let table = read("a,b\n1,2\n3,\"oops\n5,\"\"\n7,8\n");
    assert_eq!(grid(&table)[2..], [["3", "\"oops"], ["5", ""], ["7", "8"]]);
}

#[test]
fn ragged_rows_are_counted() {
    let table = read("a,b,c\n1,2,3,\n1,2\n1,2,3,4\n,,\n1,2,3,,\n");
    assert_eq!(grid(&table)[1..], [["1", "2", "3"], ["1", "2", ""], ["1", "2", "3"], ["1", "2", "3"]]);
    assert_eq!(codes(&table), ["short-row", "long-row", "blank-row"]);
    assert_eq!(note(&table, "short-row").message, "rows have fewer cells than the header; the first has 2 of 3");
    assert_eq!(note(&table, "long-row").message, "rows have more cells than the header; the first has 4 for 3 columns");
    assert_eq!(table.long_rows(), [2]);
    assert_eq!(table.blank_rows(), 1);
}

#[test]
fn an_extra_comma_on_every_line_is_no_column() {
    let table = read("a,b,\n1,2,\n3,4,\n");
    assert_eq!(grid(&table), [["a", "b"], ["1", "2"], ["3", "4"]]);
    assert_eq!(codes(&table), ["blank-column"]);
    let kept = read("a,,c\n1,2,3\n");
    assert_eq!(grid(&kept)[0], ["a", "Column 2", "c"]);
    assert_eq!(note(&kept, "blank-header").message, "a column without a name is called `Column 2`");
}

#[test]
fn headers_become_unique_and_stay_plain_names() {
    let table = read("Amount,Amount,__proto__,Amount (2),Amount\n1,2,3,4,5\n");
    assert_eq!(grid(&table)[0], ["Amount", "Amount (2)", "__proto__", "Amount (2) (2)", "Amount (3)"]);
    assert_eq!(
        note(&table, "duplicate-header").message,
        "several columns are called `Amount`; later ones are numbered"
    );
    let options = ReadOptions::from_json(r#"{"header": "none"}"#).unwrap();
    let table = Table::from_csv(b"1,2\n3,4\n", &options).unwrap();
    assert_eq!(grid(&table), [["Column 1", "Column 2"], ["1", "2"], ["3", "4"]]);
    assert_eq!(codes(&read("12,a@b.example\n1,2\n")), ["header-looks-like-data"]);
}

#[test]
fn a_header_alone_is_a_table_without_rows() {
    let table = read("a,b\n");
    assert_eq!((table.rows(), table.columns().len()), (0, 2));
    assert_eq!(*table.columns()[0].kind(), ColumnKind::Empty);
}

#[test]
fn padding_after_the_last_row_is_ignored() {
    assert_eq!(read("a,b\n1,2\n\u{1a}").rows(), 1);
    assert_eq!(read("a,b\n1,2\n\0\0\0").rows(), 1);
    let table = read("a,b\n1,x\0y\n");
    assert_eq!(table.columns()[1].text(0), "x\0y");
    assert_eq!(note(&table, "control-character").sample, "x␀y");
}

// ── errors: the exact words ──

#[test]
fn what_is_no_csv_is_named() {
    for (start, message) in [
        (
            &b"PK\x03\x04rest"[..],
            "deals.csv: expected CSV text, found a zip archive or a workbook (.xlsx) (unpack it, or save the sheet as CSV UTF-8)",
        ),
        (
            b"\xD0\xCF\x11\xE0\xA1",
            "deals.csv: expected CSV text, found an old or password-protected Excel workbook (save it as .xlsx without a password, or as CSV UTF-8)",
        ),
        (b"\x1F\x8B\x08", "deals.csv: expected CSV text, found a gzip archive (unpack it first)"),
        (b"%PDF-1.7", "deals.csv: expected CSV text, found a PDF document (export the report as CSV)"),
        (
            b"  <!DOCTYPE html>",
            "deals.csv: expected CSV text, found a web page (the download may have asked for a log-in: export the report again as CSV)",
        ),
        (
            b"[ {\"a\": 1}]",
            "deals.csv: expected CSV text, found JSON (pass an array of records to the records reader, or export the report as CSV)",
        ),
    ] {
        let error = error(start);
        assert_eq!((error.code(), error.to_string().as_str()), ("not-csv", message));
    }
}

#[test]
fn an_empty_file_is_an_error() {
    for bytes in [&b""[..], b"\xEF\xBB\xBF", b"\r\n\n\r\n", b"\xFF\xFE"] {
        let error = error(bytes);
        assert_eq!(error.to_string(), "deals.csv: the file holds no text (export it again, or choose another file)");
        assert_eq!(error.code(), "empty");
    }
}

#[test]
fn limits_state_themselves() {
    let wide = format!("{}\n", vec!["x"; 2049].join(","));
    assert_eq!(
        error(wide.as_bytes()).to_string(),
        "deals.csv line 1: expected at most 2,048 columns, found 2049 (remove columns that are not needed)"
    );
    let long = format!("a,b\n1,{}\n", "x".repeat((1 << 20) + 1));
    assert_eq!(
        error(long.as_bytes()).to_string(),
        "deals.csv line 2: a cell is longer than 1 MiB, the limit, in the row that starts at byte 4 (a quote may never be \
         closed: look at this line)"
    );
    let fits = format!("a,b\n1,{}\n", "x".repeat(1 << 20));
    assert_eq!(read(&fits).columns()[1].text(0).len(), 1 << 20);
    let mut deep = b"a\n".to_vec();
    deep.extend(std::iter::repeat_n(*b"1\n", 2_000_001).flatten());
    let error = error(&deep);
    assert_eq!(error.to_string(), "deals.csv line 2000002: more than 2,000,000 rows, the limit (split the file)");
    assert_eq!((error.kind(), error.code()), (leadcast::ErrorKind::Limit, "limit"));
}

#[test]
fn options_are_checked() {
    let message = |json: &str| ReadOptions::from_json(json).unwrap_err().to_string();
    assert!(
        message(r#"{"delimeter": ";"}"#).starts_with("run at delimeter: unknown field `delimeter`, expected one of")
    );
    let options = ReadOptions::from_json(r#"{"delimiter": "\""}"#).unwrap();
    let error = Table::from_csv(b"a\n", &options).unwrap_err();
    assert_eq!(error.to_string(), "run at delimiter: `\"` cannot stand between cells (use `,`, `;`, a tab or `|`)");
}

// ── records ──

#[test]
fn records_are_rows() {
    let json = r#"[{"name": "Acme", "size": 250, "tags": ["a", "b"], "vip": true}, {"size": null, "__proto__": "x", "share": 0.5}]"#;
    let table = Table::from_records(json, &ReadOptions::default()).unwrap();
    assert_eq!(
        grid(&table),
        [
            ["name", "size", "tags", "vip", "__proto__", "share"],
            ["Acme", "250", "a;b", "true", "", ""],
            ["", "", "", "", "x", "0.5"]
        ]
    );
    assert_eq!((table.encoding(), table.line(1)), ("json", 2));
    let error = |json| Table::from_records(json, &ReadOptions::default()).unwrap_err().to_string();
    assert_eq!(
        error(r#"[{"a": 1}, {"b": {"c": 2}}]"#),
        "[1].b: expected an array of flat objects: invalid type: map, expected a text, a number, true, false, null or a list of these at line 1 column 18"
    );
    assert_eq!(error("[]"), "the list holds no records (pass at least one object)");
}

// ── what a column is ──

#[test]
fn numbers_are_decided_by_the_whole_column() {
    let table = read("A;B;C;D\n1.234,50;1,234;(5,50);12%\n2,5;7;-3;13 %\n1.000;8;4;14%\n");
    let value = |column: usize, row| table.columns()[column].number(row);
    assert_eq!([value(0, 0), value(0, 1), value(0, 2)], [Some(1234.5), Some(2.5), Some(1000.0)]);
    assert_eq!(value(1, 0), Some(1.234));
    assert_eq!([value(2, 0), value(3, 0)], [Some(-5.5), Some(12.0)]);
    assert_eq!(table.columns()[3].kind().format(), "1.234,5 %");
    let note = note(&table, "ambiguous-number");
    assert_eq!(note.message, "`1,234` is 1.234 or 1234 and no value of the column decides; read as 1.234");
    assert_eq!((note.count, note.place.column.as_deref(), note.place.line), (1, Some("B"), Some(2)));
    let options = ReadOptions::from_json(r#"{"columns": {"B": {"decimal": "point"}}}"#).unwrap();
    let table = Table::from_csv(b"A;B\n1;1,234\n", &options).unwrap();
    assert_eq!((table.columns()[1].number(0), codes(&table).len()), (Some(1234.0), 0));
}

#[test]
fn suffixes_count_only_if_the_whole_column_reads() {
    let table = read("A,B\n12k,12k\n1.5M,about 5\n300,7\n1,8\n2,9\n3,10\n4,11\n5,12\n6,13\n7,14\n8,15\n9,16\n");
    assert_eq!(table.columns()[0].number(1), Some(1.5e6));
    assert_eq!(table.columns()[1].kind().name(), "text");
}

#[test]
fn ids_stay_text() {
    let table = read("Zip,Id\n00123,123456789012345678901234567890123\n12345,5\n");
    assert_eq!([table.columns()[0].kind().name(), table.columns()[0].text(0)], ["text", "00123"]);
    assert_eq!(table.columns()[1].text(0), "123456789012345678901234567890123");
}

#[test]
fn currencies_are_noted_and_never_mixed_up() {
    let table = read("A,B\n\"$1,234.50\",$5\n$7.00,€6\n");
    assert_eq!(table.columns()[0].minor_units(0, 2), Some(123_450));
    assert_eq!(table.columns()[0].kind().format(), "1,234.5 USD");
    assert_eq!(note(&table, "mixed-currency").message, "several currencies in one column: USD, EUR");
    assert_eq!(table.columns()[1].currency(1).map(|c| c.to_string()).as_deref(), Some("EUR"));
}

#[test]
fn one_date_decides_for_its_column() {
    let table = read("When\n03/08/2026\n26/06/2026\n");
    assert_eq!(table.columns()[0].date(0).unwrap().to_string(), "2026-08-03");
    let table = read("When\n03/08/2026 9:30\n06/26/2026\n");
    assert_eq!(table.columns()[0].date(0).unwrap().to_string(), "2026-03-08");
    assert_eq!(table.columns()[0].kind().format(), "m/d/y with time");
}

#[test]
fn an_open_date_order_is_said_with_both_readings() {
    let table = read("When,Until\n3/8/2026,4/9/2026\n");
    assert_eq!(table.columns()[0].date(0).unwrap().to_string(), "2026-03-08");
    assert_eq!(
        note(&table, "ambiguous-date").message,
        "`3/8/2026` is 2026-03-08 or 2026-08-03 and no date of the column decides; no value of the file decides: read as 2026-03-08"
    );
    let dotted = read("When\n3.8.2026\n");
    assert_eq!(dotted.columns()[0].date(0).unwrap().to_string(), "2026-08-03");
    let decided = read("When,Until\n3/8/2026,26/9/2026\n");
    assert_eq!(decided.columns()[0].date(0).unwrap().to_string(), "2026-08-03");
    assert!(note(&decided, "ambiguous-date").message.contains("the other date columns decide"));
    let options = ReadOptions::from_json(r#"{"dateOrder": "dmy"}"#).unwrap();
    let told = Table::from_csv(b"When\n3/8/2026\n", &options).unwrap();
    assert_eq!((told.columns()[0].date(0).unwrap().to_string().as_str(), codes(&told).len()), ("2026-08-03", 0));
}

#[test]
fn dates_that_contradict_or_do_not_exist_count_as_missing() {
    let table = read(
        "When\n26/06/2026\n27/06/2026\n06/26/2026\n1/1/2026\n2/2/2026\n3/3/2026\n4/4/2026\n5/5/2026\n6/6/2026\n7/7/2026\n8/8/2026\n",
    );
    assert_eq!(table.columns()[0].date(2), None);
    assert_eq!(
        note(&table, "mixed-dates").message,
        "2 dates can only be read day first and 1 only month first; read day first, the others count as missing"
    );
    let table = read("When\n2026-02-30\n2026-02-28\n");
    assert_eq!(table.columns()[0].date(0), None);
    let note = note(&table, "bad-date");
    assert_eq!(
        (note.message.as_str(), note.place.line),
        ("no calendar has the day `2026-02-30`; counts as missing", Some(2))
    );
}

#[test]
fn missing_values_have_many_names() {
    let table = read("A,B,C\n1,x,yes\n-,n/a,NO\n#N/A,NULL,\n2,-,Yes\n,,no\nNone,(blank),N/A\n");
    let kinds: Vec<_> = table.columns().iter().map(|c| (c.kind().name(), c.nulls())).collect();
    assert_eq!(kinds, [("number", 3), ("text", 5), ("boolean", 2)]);
    assert_eq!(table.columns()[0].number(5), None);
    assert_eq!([table.columns()[1].text(1), table.columns()[1].raw(1)], ["", "n/a"]);
    assert_eq!(table.columns()[2].boolean(1), Some(false));
}

#[test]
fn cells_take_less_memory_than_the_file() {
    let mut random = Bytes(3);
    let mut text = String::from("Id,Company,Country,Status,Created,Amount,Owner\n");
    let statuses = ["New", "Working", "Qualified", "Unqualified"];
    for row in 0..20_000 {
        let (company, country, owner) = (random.below(4000), random.below(30), random.below(12));
        text += &format!(
            "00Q{row:012},Company Number {company},Country {country},{},2026-{:02}-{:02},{},Owner Name {owner}\n",
            statuses[random.below(4)],
            1 + random.below(12),
            1 + random.below(28),
            random.below(90_000)
        );
    }
    let table = read(&text);
    let share = table.retained() as f64 / text.len() as f64;
    assert!(share <= 0.7, "{share}");
}
