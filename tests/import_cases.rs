//! Bad inputs and the right answers: each case is named by what is wrong with the file, with the codes that the
//! receipt must carry, each with its count, first line and column.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::crm::{Mapping, Pipeline, understand};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::money::Currency;
use leadcast::report::ForecastReport;
use leadcast::table::{ReadOptions, Receipt, Table};

/// Code, count, first line (0: none), column (empty: none).
type Expected = (&'static str, u64, u64, &'static str);

struct Case {
    name: &'static str,
    input: Vec<u8>,
    expected: &'static [Expected],
}

fn case(name: &'static str, input: impl AsRef<[u8]>, expected: &'static [Expected]) -> Case {
    Case { name, input: input.as_ref().to_vec(), expected }
}

fn open(bytes: &[u8]) -> Table {
    Table::from_csv(bytes, &ReadOptions::default()).unwrap()
}

fn receipt(bytes: &[u8]) -> Receipt {
    understand(open(bytes), &Mapping::default()).unwrap()
}

/// Runs every case, checks that rows add up and that the codes are exactly the expected ones; lists all failures.
fn check(cases: &[Case]) {
    let mut wrong = Vec::new();
    for Case { name, input, expected } in cases {
        let receipt = receipt(input);
        assert_eq!(receipt.rows_read, receipt.rows_used + receipt.rows_excluded, "{name}");
        let got: Vec<(&str, u64, u64, &str)> = receipt
            .diagnostics
            .iter()
            .map(|d| (d.code, d.count, d.place.line.unwrap_or(0), d.place.column.as_deref().unwrap_or("")))
            .collect();
        if got != *expected {
            wrong.push(format!("{name}:\n  expected {expected:?}\n  got      {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The numbers of the amount column, in minor units.
fn minor(text: &str) -> Vec<Option<i64>> {
    let table = open(text.as_bytes());
    let at = table.column_named("Amount").unwrap();
    (0..table.rows()).map(|row| table.columns()[at].minor_units(row, 2)).collect()
}

/// The dates of the close date column.
fn dates(text: &str) -> Vec<String> {
    let pipeline = Pipeline::from_table(open(text.as_bytes()), &Mapping::default()).unwrap();
    let deals = pipeline.as_of(None, Currency::USD).deals;
    deals.iter().map(|deal| deal.close.map_or_else(String::new, |date| date.to_string())).collect()
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

const DEALS: &str = "Deal ID,Deal Name,Stage,Amount,Close Date\n";

/// A pipeline of three good rows with `row` as the fourth, on line 5.
fn deals(row: &str) -> String {
    format!(
        "{DEALS}1,a,Demo,100,2026-05-01\n2,b,Demo,200,2026-05-13\n3,c,Demo,300,2026-05-20\n{row}\n5,e,Demo,1,2026-05-02\n\
         6,f,Demo,1,2026-05-02\n7,g,Demo,1,2026-05-02\n8,h,Demo,1,2026-05-02\n9,i,Demo,1,2026-05-02\n10,j,Demo,1,2026-05-02\n"
    )
}

// ── bytes and encodings (rows 1–12) ──

#[test]
fn bytes_and_encodings() {
    let text = "Company,Industry,Employees\nMüller,Bau,5\n";
    for (bytes, encoding) in [
        (format!("\u{feff}{text}").into_bytes(), "utf-8"),
        (utf16(text, true, true), "utf-16le"),
        (utf16(text, true, false), "utf-16le"),
        (utf16(text, false, true), "utf-16be"),
        (utf16(text, false, false), "utf-16be"),
    ] {
        let receipt = receipt(&bytes);
        assert_eq!((receipt.encoding, receipt.columns[0].name.as_str()), (encoding, "Company"));
        assert_eq!((receipt.columns[0].examples[0].as_str(), receipt.diagnostics.len()), ("Müller", 0));
    }
    let mut odd = utf16("Company,Industry\nA,Bau\nB,x", true, true);
    odd.extend_from_slice(&[0x00, 0xD8, 0x79, 0x00, 0x21]);
    let nul = "Company,Industry\nA,b\0c\n";
    check(&[
        case("4 windows-1252", b"Company,Industry\nM\xFCller,5\x80\n", &[("encoding-assumed", 1, 0, "")]),
        case(
            "5 one bad byte",
            b"Company,Industry\n\xC3\xA9\xC3\xA9\xC3\xA9,\xC3\xBC\nA,B\xFFC\n",
            &[("bad-bytes", 1, 3, "Industry")],
        ),
        case("6 encoded twice", "Company,Industry\nA,b\nMÃ¼ller,Bau\n", &[("mojibake", 1, 3, "Company")]),
        case("7 lone surrogate and half a character", &odd, &[("bad-bytes", 1, 3, "Industry")]),
        case("9 NUL in a cell", nul, &[("control-character", 1, 2, "Industry")]),
        case("10 Ctrl-Z at the end", "Company,Industry\nA,b\n\u{1a}", &[]),
        case("10 NUL padding", "Company,Industry\nA,b\n\0\0\0", &[]),
        case("12 decomposed header", "Socie\u{301}te\u{301},Industry\nA,b\n", &[]),
    ]);
    assert_eq!(
        receipt("Socie\u{301}te\u{301},Industry\nA,b\n".as_bytes()).columns[0].field.as_deref(),
        Some("company")
    );
    assert_eq!(open(nul.as_bytes()).columns()[1].text(0), "b\0c");
}

#[test]
fn files_that_are_no_csv() {
    for (bytes, code) in [
        (&b"\x1F\x8B\x08\0"[..], "not-csv"),
        (b"PK\x03\x04", "not-csv"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "not-csv"),
        (b"%PDF-1.4", "not-csv"),
        (b"\x89PNG\r\n\x1A\n", "not-csv"),
        (b"<html><body>", "not-csv"),
        (b"{\"a\": 1}", "not-csv"),
        (b"", "empty"),
        (b"\xEF\xBB\xBF", "empty"),
        (b"\r\n\r\n", "empty"),
    ] {
        let error = Table::from_csv(bytes, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.code(), code, "{bytes:?}");
    }
}

// ── grammar (rows 13–30) ──

#[test]
fn grammar() {
    check(&[
        case(
            "13 semicolons and decimal commas",
            "Deal Name;Stage;Amount\nA;x;1.234,50\nB;x;2,5\n",
            &[("missing-field", 1, 0, "")],
        ),
        case(
            "14 tabs and decimal commas",
            "Deal Name\tStage\tAmount\nA\tx\t1.234,50\nB\tx\t2,5\n",
            &[("missing-field", 1, 0, "")],
        ),
        case("15 sep line", "sep=;\nCompany;Industry\nA;b;\nC;d;e\n", &[("long-row", 1, 4, "")]),
        case("16 pipes", "Company|Industry\nA|b\n", &[]),
        case("17 line ends of every sort", "Company,Industry\rA,b\r\nC,d\nE,f\n", &[]),
        case("18 a quote never closed", "Company,Industry\nA,b\nC,\"d\nE,f\n", &[("unclosed-quote", 1, 3, "")]),
        case("19 quotes inside a cell", "Company,Industry\nA,b\"c\nC,\"d \"\"e\"\"\"\n", &[]),
        case("21 fewer cells", "Company,Industry,City\nA,b\n", &[("short-row", 1, 2, "")]),
        case(
            "22 more cells",
            deals("4,d,Demo,1,200,2026-05-09"),
            &[("long-row", 1, 5, ""), ("unreadable-value", 1, 5, "Close Date"), ("shifted-row", 1, 5, "")],
        ),
        case(
            "23 the same header twice",
            "Deal Name,Stage,Amount,Close Date,Amount\nA,x,1,2026-05-13,2\n",
            &[("duplicate-header", 1, 1, "Amount")],
        ),
        case("24 headers that are names of programs", "Company,__proto__,constructor\nA,b,c\n", &[]),
        case("25 no header", "Acme,500,a@b.example\nBeta,600,c@d.example\n", &[("header-looks-like-data", 2, 1, "")]),
        case(
            "26 a title above the header and notes below",
            "Open deals\nas of today\n\nDeal Name,Stage,Amount,Close Date\nA,x,1,2026-05-13\n\n\"Confidential Information\"\n\"Copyright\"\n",
            &[("skipped-line", 2, 1, ""), ("short-row", 2, 7, ""), ("not-a-deal", 2, 7, "")],
        ),
        case("27 totals", deals("Total,,,600,"), &[("total-row", 1, 5, "")]),
        case("28 blank lines", format!("Company,Industry\n{}A,b\n", "\n".repeat(100_000)), &[]),
        case("29 only a header", "Company,Industry\n", &[]),
        case("30 comments are data", "Company,Industry\n# note,b\n", &[]),
    ]);
    let wide = vec!["x"; 2049].join(",");
    assert_eq!(Table::from_csv(wide.as_bytes(), &ReadOptions::default()).unwrap_err().code(), "limit");
    let long = format!("a,b\n1,\"{}", "x".repeat(3 << 20));
    assert_eq!(Table::from_csv(long.as_bytes(), &ReadOptions::default()).unwrap_err().code(), "limit");
}

// ── numbers, money, percentages (rows 31–47) ──

#[test]
fn numbers_in_every_dress_are_exact() {
    for (cell, value) in [
        ("\"$1,234.50\"", 123_450),
        ("\"1.234,50 €\"", 123_450),
        ("CHF 1'234.50", 123_450),
        ("\"1\u{a0}234,50\"", 123_450),
        ("\"1\u{202f}234,50\"", 123_450),
        ("\"₹1,23,456.00\"", 12_345_600),
        ("\"(1,250.00)\"", -125_000),
        ("\"1,250.00-\"", -125_000),
        ("−5", -500),
        ("1.5M", 150_000_000),
        ("250k", 25_000_000),
        ("\"2,5 Mio\"", 250_000_000),
        ("€1.2bn", 120_000_000_000),
        ("1e6", 100_000_000),
        ("1E+06", 100_000_000),
    ] {
        assert_eq!(minor(&format!("Deal,Amount\na,{cell}\n")), [Some(value)], "{cell}");
    }
}

#[test]
fn numbers() {
    check(&[
        case(
            "32 all ambiguous",
            "Deal Name,Stage,Amount,Close Date\nA,x,\"1,234\",2026-05-13\nB,x,\"2,345\",2026-05-13\n",
            &[("ambiguous-number", 2, 2, "Amount")],
        ),
        case(
            "35 hexadecimal",
            deals("4,d,Demo,0x1F,2026-05-09"),
            &[("unreadable-value", 1, 5, "Amount"), ("missing-amount", 1, 5, "Amount")],
        ),
        case(
            "35 underscores",
            deals("4,d,Demo,1_000,2026-05-09"),
            &[("unreadable-value", 1, 5, "Amount"), ("missing-amount", 1, 5, "Amount")],
        ),
        case(
            "36 not a number",
            deals("4,d,Demo,NaN,2026-05-09"),
            &[("not-finite", 1, 5, "Amount"), ("missing-amount", 1, 5, "Amount")],
        ),
        case(
            "36 infinite",
            deals("4,d,Demo,-inf,2026-05-09"),
            &[("not-finite", 1, 5, "Amount"), ("missing-amount", 1, 5, "Amount")],
        ),
        case(
            "36 too large",
            deals("4,d,Demo,1e999,2026-05-09"),
            &[("not-finite", 1, 5, "Amount"), ("missing-amount", 1, 5, "Amount")],
        ),
        case("37 spreadsheet errors", deals("4,d,Demo,#DIV/0!,2026-05-09"), &[("missing-amount", 1, 5, "Amount")]),
        case("37 to be done", deals("4,d,Demo,TBD,2026-05-09"), &[("missing-amount", 1, 5, "Amount")]),
        case("39 rounded ids", deals("1.23457E+17,d,Demo,1,2026-05-09"), &[("rounded-id", 1, 5, "Deal ID")]),
        case("40 leading zeros", deals("00123,d,Demo,1,2026-05-09"), &[]),
        case(
            "41 two currencies",
            "Deal Name,Stage,Amount,Close Date\nA,x,€100,2026-05-13\nB,x,$200,2026-05-13\nC,x,$1,2026-05-13\n",
            &[("mixed-currency", 2, 3, "Amount"), ("several-currencies", 1, 2, "")],
        ),
        case(
            "42 impossible probabilities",
            "Deal Name,Stage,Amount,Close Date,Probability\nA,x,1,2026-05-13,120%\nB,x,1,2026-05-13,-5%\nC,x,1,2026-05-13,50%\n",
            &[("probability-range", 2, 2, "Probability")],
        ),
        case(
            "43 two scales",
            "Deal Name,Stage,Amount,Close Date,Probability\nA,x,1,2026-05-13,0.6\nB,x,1,2026-05-13,60\nC,x,1,2026-05-13,70\n",
            &[("mixed-percent", 1, 2, "Probability")],
        ),
        case("45 negative", deals("4,d,Demo,-100,2026-05-09"), &[("negative-amount", 1, 5, "Amount")]),
        case("46 zero", deals("4,d,Demo,0,2026-05-09"), &[]),
    ]);
    let table = open(deals("00123,d,Demo,1,2026-05-09").as_bytes());
    assert_eq!((table.columns()[0].kind().name(), table.columns()[0].text(3)), ("text", "00123"));
    let table = open(deals("90071992547409931,d,Demo,1,2026-05-09").as_bytes());
    assert_eq!(table.columns()[0].text(3), "90071992547409931");
}

// ── dates (rows 48–56) ──

#[test]
fn days() {
    let column = |cells: &[&str]| {
        let rows = cells.iter().enumerate().map(|(n, cell)| format!("{n},a,Demo,1,{cell}\n"));
        format!("{DEALS}{}", rows.collect::<String>())
    };
    assert_eq!(dates(&column(&["03/08/2026", "26/06/2026"])), ["2026-08-03", "2026-06-26"]);
    assert_eq!(dates(&column(&["3/8/26", "26/6/69"])), ["2026-08-03", "2069-06-26"]);
    assert_eq!(dates(&column(&["2026-03-31T23:30:00-05:00"])), ["2026-03-31"]);
    assert_eq!(dates(&column(&["46348", "46349.5"])), ["2026-11-22", "2026-11-23"]);
    check(&[
        case("49 all ambiguous", column(&["03/08/2026", "04/05/2026"]), &[("ambiguous-date", 2, 2, "Close Date")]),
        case(
            "50 contradictory",
            column(&[&["26/06/2026"; 11][..], &["06/26/2026"]].concat()),
            &[("mixed-dates", 1, 13, "Close Date")],
        ),
        case("51 no such day", deals("4,d,Demo,1,2026-02-30"), &[("bad-date", 1, 5, "Close Date")]),
        case("51 no such month", deals("4,d,Demo,1,2026-13-01"), &[("bad-date", 1, 5, "Close Date")]),
        case("56 a far year", deals("4,d,Demo,1,2126-05-09"), &[("far-date", 1, 5, "Close Date")]),
    ]);
}

// ── pipeline, model and run, through the front doors (rows 55 and 57–75) ──

fn forecast(csv: &str, run: &str) -> ForecastReport {
    let model = OperatingModel::preset(Preset::SalesLed).unwrap();
    leadcast::forecast_deals(csv.as_bytes(), &model, &Run::from_json(run).unwrap()).unwrap().report()
}

fn has(report: &ForecastReport, code: &str) -> bool {
    report.receipt.diagnostics.iter().any(|d| d.code == code)
}

#[test]
fn pipelines() {
    let small = r#"{"asOf": "2026-05-10", "trials": 25600, "quota": 100}"#;
    let past = forecast(&deals("4,d,Demo,1,2026-05-09"), small);
    assert!(has(&past, "past-close-date"), "55");
    let none = forecast(DEALS, small);
    assert_eq!((none.headline.open_deals, none.headline.p50.value), (0, 0.0), "57");
    assert_eq!(none.headline.odds.map(|odds| odds.value), Some(0.0), "57");
    let one = forecast(
        "Deal Name,Stage,Amount,Close Date,Probability\na,Verbal-ish,100000,2026-05-20,30\n",
        r#"{"asOf": "2026-05-10", "trials": 102400, "quota": 100000}"#,
    );
    assert!(one.stages.iter().any(|stage| stage.name == "Verbal-ish" && stage.count == 1), "63");
    assert_eq!(one.headline.p10.value, 0.0, "58");
    let twice = forecast(&deals("3,c,Demo,300,2026-05-20"), small);
    assert!(has(&twice, "duplicate-row") && twice.receipt.rows_excluded == 1, "61");
    let other = forecast(&deals("3,c,Demo,400,2026-05-20"), small);
    assert!(has(&other, "duplicate-id") && other.receipt.rows_excluded == 0, "61");
    let zero = forecast(&deals("4,d,Demo,1,2026-05-19"), r#"{"asOf": "2026-05-10", "trials": 25600, "quota": 0}"#);
    assert_eq!(zero.headline.odds.map(|odds| odds.value), Some(1.0), "62");
}

#[test]
fn models_and_runs() {
    let model = |json: &str| OperatingModel::from_json(json).unwrap_err();
    assert_eq!(model(r#"{"format": 1, "stagse": []}"#).code(), "unknown-key", "68");
    assert_eq!(model(r#"{"format": 1, "format": 1}"#).code(), "duplicate-key", "69");
    assert_eq!(
        model(&format!("{{\"format\": 1, \"meta\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000))).code(),
        "too-deep",
        "69"
    );
    assert_eq!(
        model(
            r#"{"format": 1, // no
        "meta": {}}"#
        )
        .code(),
        "bad-json",
        "69"
    );
    assert_eq!(model(r#"{"format": "1"}"#).code(), "bad-format", "69");
    assert_eq!(model(r#"{"format": 2}"#).code(), "newer-format", "70");
    let run = |json: &str| Run::from_json(json).map(|_| "accepted").unwrap_or_else(|error| error.code());
    for (json, code) in [
        (r#"{"trials": 0}"#, "out-of-range"),
        (r#"{"trials": -1}"#, "out-of-range"),
        (r#"{"trials": 1e12}"#, "out-of-range"),
        (r#"{"trials": NaN}"#, "bad-json"),
        (r#"{"seed": "abc"}"#, "wrong-type"),
        (r#"{"seed": -1}"#, "out-of-range"),
        (r#"{"seed": 9007199254740993}"#, "out-of-range"),
        (r#"{"quota": -5}"#, "out-of-range"),
    ] {
        assert_eq!(run(json), code, "{json}");
    }
}
