//! Rows with problems, one-click changes and the corrected file: what a user does after the receipt.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::crm::{Deal, LeadList, Mapping, Pipeline, understand};
use leadcast::money::Currency;
use leadcast::table::write::WriteOptions;
use leadcast::table::{Action, Diagnostic, ProblemFilter, Problems, ReadOptions, Receipt, Table};

fn options(json: &str) -> ReadOptions {
    ReadOptions::from_json(json).unwrap()
}

fn pipeline(csv: &str, read: &ReadOptions) -> Pipeline {
    Pipeline::from_table(Table::from_csv(csv.as_bytes(), read).unwrap(), &Mapping::default()).unwrap()
}

fn receipt(csv: &str, read: &ReadOptions) -> Receipt {
    understand(Table::from_csv(csv.as_bytes(), read).unwrap(), &Mapping::default()).unwrap()
}

fn deals(csv: &str, read: &str) -> (Vec<Deal>, Receipt) {
    let found = pipeline(csv, &options(read)).as_of(None, Currency::USD);
    (found.deals, found.receipt)
}

fn note<'a>(receipt: &'a Receipt, code: &str) -> &'a Diagnostic {
    let codes: Vec<_> = receipt.diagnostics.iter().map(|d| d.code).collect();
    receipt.diagnostics.iter().find(|d| d.code == code).unwrap_or_else(|| panic!("no `{code}` among {codes:?}"))
}

/// Line, fate, and column, text and code of each cell.
type Told = (u64, Action, Vec<(String, String, &'static str)>);

/// All rows with problems.
fn told(problems: &Problems) -> Vec<Told> {
    let cell = |c: &leadcast::table::ProblemCell| (c.column.clone().unwrap_or_default(), c.text.clone(), c.code);
    problems.rows().iter().map(|row| (row.line, row.fate, row.cells.iter().map(cell).collect())).collect()
}

const MESSY: &str = "Open deals\n\
    Deal ID,Deal Name,Stage,Amount,Close Date,Probability\n\
    1,a,Demo,\"1,000.50\",31/03/2026,20%\n\
    2,b,Demo,ten,04/05/2026,20%\n\
    \n\
    3,c,Demo,300,05/13/2026,120%\n\
    3,c,Demo,300,05/13/2026,120%\n\
    4,d,Demo,n/a,30/02/2026,20%\n\
    ,,,,,\n\
    5,e,Demo,-5,21/04/2026,20%\n\
    6,f,Demo,7,22/04/2026,20%\n\
    7,g,Demo,7,02/04/2026,20%\n\
    8,h,Demo,7,02/04/2026,20%\n\
    9,i,Demo,7,02/04/2026,20%\n\
    10,j,Demo,7,02/04/2026,20%\n\
    11,k,Demo,7,02/04/2026,20%\n\
    Total,,,1328.50,,\n\
    \"Copyright, all rights reserved\",,,,,\n";

#[test]
fn every_row_with_a_problem_is_shown_with_its_fate_and_cells() {
    let problems = pipeline(MESSY, &ReadOptions::default()).problems(None, Currency::USD);
    let row = |line, fate, cells: &[(&str, &str, &'static str)]| {
        (line, fate, cells.iter().map(|(c, t, code)| ((*c).to_owned(), (*t).to_owned(), *code)).collect::<Vec<_>>())
    };
    let amount = "Amount";
    let close = "Close Date";
    assert_eq!(
        told(&problems),
        [
            row(1, Action::Repaired, &[("", "Open deals", "skipped-line")]),
            row(3, Action::Kept, &[("", "1 · a · Demo · 1,000.50 · 31/03/2026 · 20%", "concentration")]),
            row(4, Action::Repaired, &[(amount, "ten", "unreadable-value"), (amount, "ten", "missing-amount")]),
            row(
                6,
                Action::Excluded,
                &[(close, "05/13/2026", "mixed-dates"), ("Probability", "120%", "probability-range"),]
            ),
            row(
                7,
                Action::Excluded,
                &[
                    (close, "05/13/2026", "mixed-dates"),
                    ("", "3 · c · Demo · 300 · 05/13/2026 · 120%", "duplicate-row"),
                ]
            ),
            row(
                8,
                Action::Repaired,
                &[
                    (amount, "n/a", "missing-word"),
                    (close, "30/02/2026", "bad-date"),
                    (amount, "n/a", "missing-amount"),
                ]
            ),
            row(9, Action::Excluded, &[("", "", "blank-row")]),
            row(10, Action::Excluded, &[(amount, "-5", "negative-amount")]),
            row(17, Action::Excluded, &[("", "Total · 1328.50", "total-row")]),
            row(18, Action::Excluded, &[("", "Copyright, all rights reserved", "not-a-deal")]),
        ]
    );
    let only = |json: &str| {
        let filter: ProblemFilter = serde_json::from_str(json).unwrap();
        let found = problems.window(&filter, 0, 100);
        assert_eq!(found.count, found.rows.len() as u64);
        found.rows.iter().map(|row| row.line).collect::<Vec<_>>()
    };
    assert_eq!(only(r#"{"code": "mixed-dates"}"#), [6, 7]);
    assert_eq!(only(r#"{"column": "Amount"}"#), [4, 8, 10]);
    assert_eq!(only(r#"{"fate": "repaired"}"#), [1, 4, 8]);
    let second = problems.window(&ProblemFilter::default(), 1, 1);
    assert_eq!((second.count, second.rows[0].line, second.rows[0].row), (10, 3, Some(0)));
    let messages: Vec<&str> = problems.rows()[3].cells.iter().map(|cell| cell.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`05/13/2026` is no date as d/m/y, as which the column is read; counts as missing",
            "expected a probability from 0 to 1, found 1.2; the deal is left out"
        ]
    );
}

#[test]
fn places_are_kept_up_to_ten_thousand_and_counted_beyond() {
    let mut csv = "Deal Name,Stage,Amount,Close Date\n".to_owned();
    for n in 0..12_000 {
        csv.push_str(&format!("d{n},Demo,-{},2026-05-13\n", n + 1));
    }
    let problems = pipeline(&csv, &ReadOptions::default()).problems(None, Currency::USD);
    let found = problems.window(&ProblemFilter::default(), 9_990, 100);
    assert_eq!((found.count, found.beyond, found.rows.len(), found.rows[9].line), (10_000, 2_000, 10, 10_001));
}

#[test]
fn the_corrected_file_says_the_same_and_needs_no_repair() {
    let first = pipeline(MESSY, &ReadOptions::default());
    let plain = WriteOptions { byte_order_mark: false, guard_formulas: true };
    let csv = String::from_utf8(first.corrected_csv(plain)).unwrap();
    assert_eq!(
        csv,
        "Deal ID,Deal Name,Stage,Amount,Close Date,Probability,leadcast problems\r\n\
         1,a,Demo,1000.5,2026-03-31,20%,\r\n\
         2,b,Demo,,2026-05-04,20%,Amount: `ten`\r\n\
         3,c,Demo,300,,120%,Close Date: `05/13/2026`\r\n\
         4,d,Demo,,,20%,Close Date: `30/02/2026`\r\n\
         5,e,Demo,-5,2026-04-21,20%,\r\n\
         6,f,Demo,7,2026-04-22,20%,\r\n\
         7,g,Demo,7,2026-04-02,20%,\r\n\
         8,h,Demo,7,2026-04-02,20%,\r\n\
         9,i,Demo,7,2026-04-02,20%,\r\n\
         10,j,Demo,7,2026-04-02,20%,\r\n\
         11,k,Demo,7,2026-04-02,20%,\r\n"
    );
    let again = pipeline(&csv, &ReadOptions::default());
    let facts =
        |deals: &[Deal]| deals.iter().map(|d| (d.id.clone(), d.amount, d.close, d.probability)).collect::<Vec<_>>();
    let (before, after) = (first.as_of(None, Currency::USD), again.as_of(None, Currency::USD));
    assert_eq!(facts(&before.deals), facts(&after.deals));
    let repaired: Vec<_> = after.receipt.diagnostics.iter().filter(|d| d.action == Action::Repaired).collect();
    assert!(repaired.is_empty(), "{repaired:?}");
    assert_eq!(String::from_utf8(again.corrected_csv(plain)).unwrap(), csv);
}

#[test]
fn units_currencies_percents_and_times_survive_the_correction() {
    let csv = "Company;Revenue (in 000s);Price;Chance;Seen;Note\n\
        A;1.234,5;€ 2.000,50;0,5 %;31.12.2025 23:30;n/a\n\
        B;10;CHF 5;1 %;1.2.2026 9:05 PM;=1+1\n";
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let plain = WriteOptions { byte_order_mark: false, guard_formulas: true };
    let text = String::from_utf8(table.corrected_csv(plain)).unwrap();
    assert_eq!(
        text,
        "Company,Revenue (in 000s),Price,Chance,Seen,Note\r\n\
         A,1234.5,2000.5 EUR,0.5%,2025-12-31 23:30,\r\n\
         B,10,5 CHF,1%,2026-02-01 9:05 PM,'=1+1\r\n"
    );
    let again = Table::from_csv(text.as_bytes(), &ReadOptions::default()).unwrap();
    for row in 0..2 {
        for (a, b) in table.columns().iter().zip(again.columns()) {
            assert_eq!((a.number(row), a.date(row), a.currency(row)), (b.number(row), b.date(row), b.currency(row)));
        }
    }
    assert_eq!(again.columns()[1].number(0), Some(1_234_500.0));
}

/// Applies the fix with this label and reads again.
fn fixed(csv: &str, code: &str, label: &str) -> Receipt {
    let before = ReadOptions::default();
    let receipt = receipt(csv, &before);
    let note = note(&receipt, code);
    let labels: Vec<&str> = note.fixes.iter().map(|fix| fix.label.as_str()).collect();
    let fix =
        note.fixes.iter().find(|fix| fix.label == label).unwrap_or_else(|| panic!("no `{label}` among {labels:?}"));
    // What the page gets is the JSON: it has to mean the same.
    let patch = options(&serde_json::to_string(&fix.options).unwrap());
    assert_eq!(patch, fix.options);
    let mapping = Mapping::from_json(&serde_json::to_string(&fix.mapping).unwrap()).unwrap();
    understand(Table::from_csv(csv.as_bytes(), &before.changed_by(&patch)).unwrap(), &mapping).unwrap()
}

#[test]
fn one_click_decides_otherwise() {
    let head = "Deal Name,Stage,Amount,Close Date,Probability\n";
    let column = |receipt: &Receipt, at: usize| (receipt.columns[at].min.clone(), receipt.columns[at].format.clone());
    let dates = format!("{head}a,Demo,1,03/08/2026,20\nb,Demo,2,04/05/2026,20\n");
    let day_first = fixed(&dates, "ambiguous-date", "Read `Close Date` as day/month/year");
    assert_eq!(column(&day_first, 3), ("2026-05-04".into(), "d/m/y".into()));
    assert!(day_first.diagnostics.iter().all(|d| d.code != "ambiguous-date"));
    let numbers = format!("{head}a,Demo,\"1,234\",2026-05-13,20\nb,Demo,\"2,345\",2026-05-13,20\n");
    let comma = fixed(&numbers, "ambiguous-number", "Read `Amount` with a decimal comma");
    assert_eq!(column(&comma, 2).0, "1.234");
    let total = format!("{head}a,Demo,1,2026-05-13,20\nTotal,,1,,\n");
    assert_eq!(fixed(&total, "total-row", "Take these rows as deals").rows_used, 2);
    let note = format!("{head}a,Demo,1,2026-05-13,20\nConfidential,,,,\n");
    assert_eq!(fixed(&note, "not-a-deal", "Take these rows as deals").rows_used, 2);
    let odd = format!("{head}a,Demo,1,2026-05-13,120%\nb,Demo,1,2026-05-13,20%\n");
    assert_eq!(receipt(&odd, &ReadOptions::default()).rows_used, 1);
    let clamped = fixed(&odd, "probability-range", "Take the nearest possible probability");
    assert_eq!((clamped.rows_used, self::note(&clamped, "probability-range").action), (2, Action::Repaired));
    let negative = format!("{head}a,Demo,-1,2026-05-13,20\n");
    assert_eq!(fixed(&negative, "negative-amount", "Let deals of negative amount take part").rows_used, 1);
    let serial = "Deal Name,Stage,Amount,Close Date\na,Demo,1,44886\nb,Demo,1,44887\n";
    assert_eq!(column(&fixed(serial, "date-as-number", "Count the days of `Close Date` from 1904"), 3).0, "2026-11-22");
    let mixed = format!("{head}a,Demo,1,2026-05-13,0.6\nb,Demo,1,2026-05-13,60\nc,Demo,1,2026-05-13,70\n");
    let shares = fixed(&mixed, "mixed-percent", "Read `Probability` as running from 0 to 1");
    assert_eq!(shares.rows_used, 1);
    let headerless = "Acme,500,a@b.example\nBeta,600,c@d.example\n";
    let named = fixed(headerless, "header-looks-like-data", "The first row names the columns");
    assert_eq!((named.rows_read, named.columns[0].name.as_str()), (1, "Acme"));
    let titled = "Report\nA,B,C\nx,y,z\n";
    let first = fixed(titled, "skipped-line", "Line 1 names the columns");
    assert_eq!((first.rows_read, first.columns[0].name.as_str()), (2, "Report"));
    let copies = "Deal ID,Deal Name,Stage,Amount,Close Date\n1,a,Demo,1,2026-05-13\n1,a,Demo,1,2026-05-13\n";
    assert_eq!(fixed(copies, "duplicate-row", "Keep repeated rows").rows_used, 2);
    let shifted = "Deal ID,Deal Name,Stage,Amount,Close Date\n1,a,Demo,1,2026-05-13\n2,a,Demo,1,2026-05-13,9\n";
    assert_eq!(fixed(shifted, "shifted-row", "Take these rows all the same").rows_used, 2);
    let small: String = (1..8).map(|n| format!("c{n},{},{}\n", n * 10, n * 500)).collect();
    let small = format!("Company,Employees,Annual Revenue\n{small}");
    let thousands = fixed(&small, "revenue-unit", "Read `Annual Revenue` in thousands");
    assert_eq!(column(&thousands, 2).0, "500000");
    let chosen = "Company,Industry\nA,Select\nB,Food\n";
    assert_eq!(fixed(chosen, "placeholder", "Keep these words in `Industry` as values").columns[1].nulls, 0);
    let two = "Deal Name,Stage,Amount,Deal Value,Close Date\na,Demo,1,5,2026-05-13\nb,Demo,2,6,2026-05-13\n";
    let other = fixed(two, "competing-columns", "Take `Deal Value` as amount");
    assert_eq!((other.columns[2].field.as_deref(), other.columns[3].field.as_deref()), (None, Some("amount")));
    let latin = b"Company,City\nM\xFCller,K\xF6ln\n";
    let table = Table::from_csv(latin, &ReadOptions::default()).unwrap();
    let receipt = understand(table, &Mapping::default()).unwrap();
    let fix = &self::note(&receipt, "encoding-assumed").fixes[0];
    assert_eq!(
        (fix.label.as_str(), serde_json::to_string(&fix.options).unwrap().as_str()),
        ("Read as UTF-8", r#"{"encoding":"utf-8"}"#)
    );
}

#[test]
fn every_decision_names_its_option_and_the_other_values() {
    let csv = "Deal Name;Stage;Amount;Close Date;Probability\na;Demo;1,5;3.8.2026;0,2\n";
    let found = receipt(csv, &options(r#"{"delimiter": ";"}"#));
    let made: Vec<(&str, Option<&str>, &str, bool)> =
        found.decisions.iter().map(|d| (d.option, d.column.as_deref(), d.value.as_str(), d.given)).collect();
    assert_eq!(
        made,
        [
            ("encoding", None, "utf-8", false),
            ("delimiter", None, ";", true),
            ("header", None, "first-row", false),
            ("decimal", Some("Amount"), "comma", false),
            ("dateOrder", Some("Close Date"), "dmy", false),
            ("decimal", Some("Probability"), "comma", false),
            ("scale", Some("Probability"), "0-1", false),
        ]
    );
    for decision in &found.decisions {
        assert!(!decision.fixes.is_empty(), "{decision:?}");
        for fix in &decision.fixes {
            let key = format!("\"{}\"", decision.option);
            assert!(serde_json::to_string(&fix.options).unwrap().contains(&key), "{fix:?}");
        }
    }
}

#[test]
fn amounts_are_converted_at_the_rates_given_and_the_rates_are_stated() {
    let csv = "Deal Name,Stage,Amount,Currency,Close Date\na,Demo,100,EUR,2026-05-13\nb,Demo,50,USD,2026-05-13\n\
               c,Demo,10,GBP,2026-05-13\n";
    let (found, receipt) = deals(csv, r#"{"rates": {"EUR": 1.085}, "ratesSource": "ECB", "ratesDate": "2026-05-01"}"#);
    let amounts: Vec<String> = found.iter().map(|d| format!("{} {}", d.amount.minor, d.amount.currency)).collect();
    assert_eq!(amounts, ["10850 USD", "5000 USD", "1000 GBP"]);
    assert!(receipt.assumptions.contains(&"1 amounts in EUR are converted at 1.085 USD, ECB, 2026-05-01".to_owned()));
    assert_eq!(note(&receipt, "several-currencies").count, 1);
    let plain = "Deal Name,Stage,Amount,Close Date\na,Demo,100,2026-05-13\n";
    let (found, _) = deals(plain, r#"{"currency": "EUR"}"#);
    assert_eq!(found[0].amount.currency.code(), "EUR");
    let (found, _) = deals(plain, r#"{"columns": {"Amount": {"currency": "EUR"}}, "rates": {"EUR": 2}}"#);
    assert_eq!((found[0].amount.minor, found[0].amount.currency.code()), (20_000, "USD"));
}

#[test]
fn rates_change_the_fingerprint_and_reading_options_that_change_no_value_do_not() {
    let csv = "Deal Name,Stage,Amount,Currency,Close Date\na,Demo,100,EUR,2026-05-13\n";
    let print = |read: &str| pipeline(csv, &options(read)).fingerprint();
    assert_eq!(print("{}"), print(r#"{"delimiter": ","}"#));
    assert_ne!(print("{}"), print(r#"{"rates": {"EUR": 1.1}}"#));
    assert_ne!(print(r#"{"rates": {"EUR": 1.1}}"#), print(r#"{"rates": {"EUR": 1.2}}"#));
}

#[test]
fn a_word_among_numbers_that_means_missing_leaves_them_numbers() {
    let csv = "Company,Employees,Founded\nA,Select,Select\nB,10,2026-01-05\nC,20,2026-01-06\n";
    let list =
        LeadList::from_table(Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap(), &Mapping::default())
            .unwrap();
    let kinds: Vec<&str> = list.receipt().columns.iter().map(|c| c.r#type).collect();
    assert_eq!(kinds, ["text", "number", "date"]);
    assert_eq!(list.problems().count(), 1);
    let kept = receipt(csv, &options(r#"{"missingWords": "keep"}"#));
    assert_eq!(kept.columns[2].r#type, "text");
}

#[test]
fn a_first_row_of_values_is_a_row() {
    let csv = "Acme,500,2026-01-05\nBeta,600,2026-02-05\nCore,700,2026-03-05\n";
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!((table.rows(), table.columns()[1].name(), table.columns()[1].number(0)), (3, "Column 2", Some(500.0)));
    // Years and months as names of columns are names.
    for csv in
        ["Rep,2025,2026\nKim,100,200\nLee,300,400\n", "Rep,01/01/2026,02/01/2026\nKim,100,200\n", "Team,Q1,12\nA,x,y\n"]
    {
        assert_eq!(
            Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap().columns()[0].name(),
            csv.split(',').next().unwrap()
        );
    }
    let table = Table::from_csv(b"junk\nmore,junk\nA,B\n1,2\n", &options(r#"{"header": 3}"#)).unwrap();
    assert_eq!((table.rows(), table.columns()[1].name(), table.line(0)), (1, "B", 4));
}

#[test]
fn dates_in_both_orders_are_dates_even_where_neither_order_has_most() {
    let csv =
        "Deal Name,Stage,Amount,Close Date\na,x,1,26/06/2026\nb,x,1,27/06/2026\nc,x,1,06/28/2026\nd,x,1,1/2/2026\n";
    let found = receipt(csv, &ReadOptions::default());
    assert_eq!((found.columns[3].r#type, note(&found, "mixed-dates").place.line), ("date", Some(4)));
}

#[test]
fn the_grade_of_a_file_can_be_added_up_by_hand() {
    let csv = "Company,Email,Title,Industry,Employees,Country,Lead Source,Created Date\n\
        Acme Ltd,kim@acme.example,CEO,technolgy,10,Germny,Web,2026-01-05\n\
        Acme,KIM@acme.example,CEO,Software,10,Germany,Web,2026-01-05\n\
        Bolt,lee@bolt.example,,Software,ten,France,Web,2026-01-05\n\
        Core,,CTO,Retail,20,Spain,Web,2026-01-05\n";
    let found = receipt(csv, &ReadOptions::default());
    let quality = &found.quality;
    let parts: Vec<(&str, u8, u8)> = quality.parts.iter().map(|p| (p.part, p.weight, p.percent)).collect();
    // 30 of 32 cells are filled, one row of four was repaired, one repeats another, one row has two odd values.
    assert_eq!(
        parts,
        [("completeness", 40, 93), ("validity", 30, 75), ("uniqueness", 20, 75), ("consistency", 10, 50)]
    );
    assert_eq!((quality.score, quality.grade), (80, "B"));
    let odd: Vec<(&str, &str, u64)> =
        quality.odd_values.iter().map(|o| (o.value.as_str(), o.suggestion.as_str(), o.line)).collect();
    assert_eq!(odd, [("Germny", "Germany", 2), ("technolgy", "Technology", 2)]);
    let duplicates: Vec<(&str, bool, u64, &[u64])> =
        quality.duplicates.iter().map(|d| (d.by, d.certain, d.rows, d.examples[0].lines.as_slice())).collect();
    assert_eq!(duplicates, [("e-mail", true, 1, &[2, 3][..])]);
    assert_eq!(quality.value_touched, None);
}

#[test]
fn completeness_is_told_by_stage_and_value_touched_by_amount() {
    let csv = "Deal ID,Deal Name,Stage,Amount,Close Date,Owner\n\
        1,a,Demo,100,2026-05-13,Kim\n2,b,Demo,100,,Kim\n3,c,Demo,100,2026-05-13,Kim\n4,d,Proposal,300,2026-05-13,\n\
        5,e,Proposal,400,2026-05-13,Kim\n6,f,Proposal,100,2126-05-13,Kim\n";
    let found = receipt(csv, &ReadOptions::default());
    let owner = found.quality.completeness.iter().find(|c| c.field == "owner").unwrap();
    let stages: Vec<(&str, u64, u64)> = owner.by_stage.iter().map(|s| (s.stage.as_str(), s.filled, s.rows)).collect();
    assert_eq!((owner.filled, owner.rows, stages), (5, 6, vec![("Demo", 3, 3), ("Proposal", 2, 3)]));
    let created = found.quality.completeness.iter().find(|c| c.field == "createdDate").unwrap();
    assert_eq!((created.column.as_deref(), created.filled), (None, 0));
    // Only the far date is told of: 100 of 1,100.
    assert_eq!(found.quality.value_touched.map(|t| (t.rows, t.percent)), Some((1, 9)));
}

#[test]
fn spellings_are_odd_only_beside_a_far_more_frequent_one() {
    let rows = |product: &str, count: usize| format!("{product},Demo,1,2026-05-13\n").repeat(count);
    let csv = format!(
        "Product,Stage,Amount,Close Date\n{}{}{}{}",
        rows("GTX Pro", 10),
        rows("GTXPro", 2),
        rows("GTX Plus", 2),
        rows("Team 12", 9) + &rows("Team 13", 1)
    );
    let quality = receipt(&csv, &ReadOptions::default()).quality;
    let odd: Vec<(&str, &str)> = quality.odd_values.iter().map(|o| (o.value.as_str(), o.suggestion.as_str())).collect();
    assert_eq!(odd, [("GTXPro", "GTX Pro")]);
}

#[test]
fn what_the_user_says_of_a_column_counts_more_than_what_its_field_needs() {
    let csv = "Deal ID,Deal Name,Stage,Amount,Close Date\n1,a,Demo,100,2026-05-01\n2,b,Demo,200,2026-05-02\n";
    let (found, receipt) = deals(csv, r#"{"columns": {"Amount": {"type": "text"}}}"#);
    let amount = &receipt.columns[3];
    assert_eq!((amount.r#type, amount.field.as_deref()), ("text", None));
    assert_eq!(note(&receipt, "missing-field").message, "no column was found for the amount (every deal counts as 0)");
    assert!(found.iter().all(|deal| !deal.amount_known));
    assert!(receipt.diagnostics.iter().all(|note| note.code != "missing-amount"), "said once is enough");
    // Mapped to the amount as well: then it is said that the two do not go together.
    let table = Table::from_csv(csv.as_bytes(), &options(r#"{"columns": {"Amount": {"type": "text"}}}"#)).unwrap();
    let mapping = Mapping::from_json(r#"{"Amount": "amount"}"#).unwrap();
    let receipt = Pipeline::from_table(table, &mapping).unwrap().as_of(None, Currency::USD).receipt;
    assert_eq!(receipt.columns[3].r#type, "text");
    assert_eq!(note(&receipt, "type-mismatch").message, "`Amount` is mapped to `amount`, but holds text");
    let sizes = LeadList::from_table(
        Table::from_csv(b"Company,Employees\nA,5\nB,7\n", &options(r#"{"columns": {"Employees": {"type": "text"}}}"#))
            .unwrap(),
        &Mapping::default(),
    )
    .unwrap();
    assert_eq!((sizes.receipt().columns[1].r#type, sizes.receipt().columns[1].field.as_deref()), ("text", None));
}

#[test]
fn text_that_was_encoded_twice_is_not_put_right_by_another_encoding() {
    let twice = receipt("Company,Industry\nMÃ¼ller,Bau\n", &ReadOptions::default());
    assert!(note(&twice, "mojibake").fixes.is_empty());
    // Read in the wrong encoding by option, the right one is a click away.
    let wrong = receipt("Company,Industry\nMüller,Bau\n", &options(r#"{"encoding": "windows-1252"}"#));
    let [fix] = &note(&wrong, "mojibake").fixes[..] else { panic!("{:?}", note(&wrong, "mojibake").fixes) };
    assert_eq!(fix.label, "Read as UTF-8");
}

#[test]
fn problems_are_those_of_the_day_of_the_run() {
    let deal = |id: &str, close: &str| {
        format!(r#"{{"dealId": "{id}", "stage": "Demo", "amount": 5, "closeDate": "{close}"}}"#)
    };
    let records = format!("[{},{}]", deal("1", "2026-03-20"), deal("2", "2026-05-20"));
    let mut session = leadcast::session::Deals::from_records(&records, r#"{"asOf": "2026-01-01"}"#).unwrap();
    let past = |session: &leadcast::session::Deals| {
        session.problems(r#"{"code": "past-close-date"}"#, 0, 10).unwrap().rows.len()
    };
    assert_eq!(past(&session), 0);
    for (day, count) in [("2026-04-01", 1), ("2026-06-01", 2), ("2026-02-01", 0)] {
        session.start(leadcast::model::Preset::SalesLed.json(), &format!(r#"{{"asOf": "{day}"}}"#), 0, 1).unwrap();
        assert_eq!(past(&session), count, "{day}");
    }
}

#[test]
fn likely_duplicates_are_few_and_sure() {
    let count = |csv: &str| {
        let found = receipt(csv, &ReadOptions::default()).diagnostics;
        found.iter().filter(|note| note.code == "likely-duplicate").map(|note| note.count).sum::<u64>()
    };
    let accounts = |times: usize| {
        let rows: String = (0..6).map(|n| format!("Acme {n},Retail,{n}\n").repeat(times)).collect();
        format!("Account Name,Industry,Employees\n{rows}")
    };
    assert_eq!([1, 2, 4].map(|times| count(&accounts(times))), [0, 6, 18]);
    assert_eq!(count(&accounts(5)), 0, "a table of something else, with its account");
    let deals = |rows: &str| format!("Deal Name,Account,Amount,Stage,Close Date\n{rows}");
    assert_eq!(count(&deals("Licence,Acme,100,Demo,2026-05-01\nlicence,ACME Ltd,100.00,Demo,2026-05-01\n")), 1);
    assert_eq!(count(&deals("Licence,Acme,100,Won,2025-05-01\nLicence,Acme,100,Demo,2026-05-01\n")), 0, "bought again");
    assert_eq!(count(&deals(",Acme,100,Demo,2026-05-01\n,Acme,100,Demo,2026-05-01\n")), 0, "without a name");
    assert_eq!(count(&deals("Licence,,100,Demo,2026-05-01\nLicence,,100,Demo,2026-05-01\n")), 0, "without an account");
}

#[test]
fn the_receipt_of_a_history_says_which_columns_were_read() {
    let csv = "deal_id,date_entered,source,value\n1,2026-01-05,CRM,appointment\n1,2026-02-01,CRM,closedwon\n";
    let receipt = receipt(csv, &ReadOptions::default());
    let fields: Vec<_> = receipt.columns.iter().map(|column| column.field.as_deref().unwrap_or("-")).collect();
    assert_eq!((receipt.kind, receipt.rows_used), ("stage-history", 2));
    assert_eq!((fields[0], fields[1], fields[3]), ("dealId", "stageChanged", "stage"));
    assert!(receipt.diagnostics.is_empty(), "{:?}", receipt.diagnostics);
}
