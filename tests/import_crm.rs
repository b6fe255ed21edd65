//! What a user sees when a CRM export is dropped: which column is which, and the deals as they stood on a day.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::calendar::Date;
use leadcast::crm::{
    Deal, DealStatus, Deals, Dialect, Dialects, Field, FieldRef, ForecastCategory, Kind, LeadList, Mapping, Pipeline,
};
use leadcast::money::Currency;
use leadcast::table::{Action, Diagnostic, MappingSource, ReadOptions, Receipt, Table};

fn table(text: &str) -> Table {
    Table::from_csv(text.as_bytes(), &ReadOptions::default()).unwrap()
}

fn pipeline(text: &str) -> Pipeline {
    Pipeline::from_table(table(text), &Mapping::default()).unwrap()
}

fn deals(text: &str, day: &str) -> Deals {
    let day = (!day.is_empty()).then(|| Date::parse_iso(day).unwrap());
    pipeline(text).as_of(day, Currency::USD)
}

fn leads(text: &str) -> LeadList {
    LeadList::from_table(table(text), &Mapping::default()).unwrap()
}

fn note<'a>(receipt: &'a Receipt, code: &str) -> &'a Diagnostic {
    let codes: Vec<&str> = receipt.diagnostics.iter().map(|note| note.code).collect();
    let found = receipt.diagnostics.iter().find(|note| note.code == code);
    found.unwrap_or_else(|| panic!("no `{code}` among {codes:?}"))
}

fn fields(receipt: &Receipt) -> Vec<(&str, &str)> {
    receipt.columns.iter().map(|c| (c.name.as_str(), c.field.as_deref().unwrap_or("-"))).collect()
}

fn named<'a>(deals: &'a Deals, name: &str) -> &'a Deal {
    deals.deals.iter().find(|deal| deal.name == name).unwrap()
}

fn adds_up(receipt: &Receipt) {
    assert_eq!(receipt.rows_read, receipt.rows_used + receipt.rows_excluded);
    let excluded =
        receipt.diagnostics.iter().filter(|note| note.action == Action::Excluded && note.code != "blank-column");
    assert_eq!(receipt.rows_excluded, excluded.map(|note| note.count).sum::<u64>());
}

/// An export in the manner of Dynamics: one column each for the estimate and the actual.
const ESTIMATES: &str = "\
Created On,Topic,Potential Customer,Owner,Status,Status Reason,Est. revenue,Est. close date,Actual Revenue,Actual Close Date,Probability,Sales Stage,Forecast category,Currency
5/20/2024 7:42,won before,Acme,Kim,Won,Won,13400,8/31/2024,12000,2/15/2025,15,Close,Won,US Dollar
1/7/2025,won without revenue,Acme,Kim,Won,Won,500,1/20/2025,0,1/20/2025,80,Close,Won,US Dollar
6/1/2024,lost before,Beta,Lee,Lost,Canceled,700,9/30/2024,0,9/30/2024,65,Close,Lost,US Dollar
6/2/2024,won later,Beta,Lee,Won,Won,900,3/10/2025,950,2/16/2025,95,Close,Won,US Dollar
6/3/2024,lost later,Beta,Lee,Lost,Out-Sold,1000,3/11/2025,0,4/1/2025,5,Close,Lost,US Dollar
2/15/2025,created on the day,Gamma,Kim,Open,In Progress,3350,4/2/2025,,,20,Develop,Committed,US Dollar
2/16/2025,created later,Gamma,Kim,Open,In Progress,999,4/2/2025,,,20,Qualify,,US Dollar
11/30/2024,overdue,Gamma,Lee,Open,In Progress,40,1/31/2025,,,60,Propose,Best Case,US Dollar
";

#[test]
fn deals_stand_as_they_stood_on_the_day() {
    let found = deals(ESTIMATES, "2025-02-15");
    adds_up(&found.receipt);
    let receipt = &found.receipt;
    assert_eq!((receipt.rows_read, receipt.rows_used, receipt.rows_excluded), (8, 7, 1));
    assert_eq!(
        (receipt.system.as_deref(), receipt.system_confidence, receipt.kind),
        (Some("Dynamics 365"), 100, "deals")
    );
    let statuses: Vec<_> = found.deals.iter().map(|deal| (deal.name.as_str(), deal.status)).collect();
    use DealStatus::{Lost, Open, Won};
    assert_eq!(
        statuses,
        [
            ("won before", Won),
            ("won without revenue", Won),
            ("lost before", Lost),
            ("won later", Open),
            ("lost later", Open),
            ("created on the day", Open),
            ("overdue", Open),
        ]
    );
    let later = note(receipt, "created-after-as-of");
    assert_eq!((later.count, later.place.line, later.sample.as_str()), (1, Some(8), "2/16/2025"));
    assert_eq!(later.message, "deals were created after 2025-02-15");
    let reopened = note(receipt, "closed-after-as-of");
    assert_eq!((reopened.count, reopened.place.line, reopened.action), (2, Some(5), Action::Repaired));
    assert_eq!(reopened.message, "deals closed after 2025-02-15: open on that day, their stage then is not known");
    let overdue = note(receipt, "past-close-date");
    assert_eq!((overdue.count, overdue.sample.as_str()), (1, "1/31/2025"));
}

#[test]
fn what_only_the_close_told_is_not_used_before() {
    let found = deals(ESTIMATES, "2025-02-15");
    let later = named(&found, "won later");
    assert_eq!((later.stage.as_str(), later.probability, later.category), ("", None, None));
    assert_eq!((later.amount.minor, later.close.unwrap().to_string().as_str()), (90_000, "2025-03-10"));
    let after = deals(ESTIMATES, "2025-02-16");
    let won = named(&after, "won later");
    assert_eq!(
        (won.status, won.amount.minor, won.close.unwrap().to_string().as_str()),
        (DealStatus::Won, 95_000, "2025-02-16")
    );
    assert_eq!((won.stage.as_str(), won.category, won.key), ("Close", Some(ForecastCategory::Closed), later.key));
    let open = named(&found, "created on the day");
    assert_eq!((open.probability, open.category), (Some(0.2), Some(ForecastCategory::Commit)));
}

#[test]
fn a_won_deal_counts_what_it_brought() {
    let found = deals(ESTIMATES, "2025-02-15");
    let amounts: Vec<i64> = found.deals.iter().map(|deal| deal.amount.minor).collect();
    assert_eq!(amounts, [1_200_000, 50_000, 70_000, 90_000, 100_000, 335_000, 4_000]);
    assert!(
        found.receipt.assumptions.contains(
            &"won deals count `Actual Revenue` where it is filled in and not 0, else `Est. revenue`".to_owned()
        )
    );
}

#[test]
fn the_day_can_change_without_reading_again() {
    let pipeline = pipeline(ESTIMATES);
    assert_eq!(pipeline.proposed_as_of().unwrap().to_string(), "2025-04-01");
    let count = |day: &str| pipeline.as_of(Some(Date::parse_iso(day).unwrap()), Currency::USD).deals.len();
    assert_eq!([count("2024-05-19"), count("2024-06-02"), count("2025-02-15"), count("2030-01-01")], [0, 3, 7, 8]);
    assert_eq!(pipeline.as_of(None, Currency::USD).deals.len(), 8);
}

/// One amount and one date column, filled in at the close only.
const FINAL_ONLY: &str = "\
opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Kim,Basic,Acme,Won,2016-10-20,2017-03-01,1054
A2,Kim,Pro,Beta,Won,2016-10-25,2017-11-30,4514
A3,Lee,Pro,,Engaging,2016-11-03,,
A4,Lee,Basic,,Prospecting,,,
A5,Lee,Basic,Acme,Lost,2016-11-04,2017-03-05,0
";

#[test]
fn an_amount_known_only_at_the_close_is_not_known_before() {
    let found = deals(FINAL_ONLY, "2017-10-01");
    adds_up(&found.receipt);
    let statuses: Vec<_> = found.deals.iter().map(|deal| deal.status.name()).collect();
    assert_eq!(statuses, ["won", "open", "open", "open", "lost"]);
    let later = &found.deals[1];
    assert_eq!((later.amount_known, later.amount.minor, later.close), (false, 0, None));
    assert_eq!((found.deals[2].stage.as_str(), found.deals[2].amount_known), ("Engaging", false));
    assert_eq!(note(&found.receipt, "missing-amount").count, 3);
    assert!(found.receipt.assumptions.contains(&"`close_value` is filled in only when a deal closes".to_owned()));
    assert!(found.receipt.assumptions.contains(&"amounts are in USD, as the file names no currency".to_owned()));
}

#[test]
fn the_spelling_of_dates_changes_nothing() {
    let us = FINAL_ONLY
        .replace("2016-10-20", "10/20/2016")
        .replace("2016-10-25", "10/25/2016")
        .replace("2016-11-03", "11/3/2016")
        .replace("2016-11-04", "11/4/2016")
        .replace("2017-03-01", "3/1/2017")
        .replace("2017-11-30", "11/30/2017")
        .replace("2017-03-05", "3/5/2017");
    assert_eq!(deals(&us, "2017-10-01").deals, deals(FINAL_ONLY, "2017-10-01").deals);
    assert_eq!(pipeline(&us).fingerprint(), pipeline(FINAL_ONLY).fingerprint());
}

/// A file of 400 deals that uses every typed field, its dates written by `write`.
fn generated(write: &dyn Fn(Date) -> String) -> String {
    let mut state = 20_260_331_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let start = Date::parse_iso("2024-01-01").unwrap();
    let mut text = "Deal ID,Deal Name,Account,Owner,Segment,Product,Stage,Status,Amount,Actual Amount,Currency,Probability,Forecast Category,Created Date,Close Date,Actual Close Date,Last Activity\n".to_owned();
    for n in 0..400 {
        let created = start.plus_days(draw(700) as i32);
        let close = created.plus_days(20 + draw(200) as i32);
        let status = ["Open", "Won", "Lost"][draw(3) as usize];
        let stage = ["Demo", "Proposal", "Negotiation"][draw(3) as usize];
        let category = ["Commit", "Best Case", "Pipeline", ""][draw(4) as usize];
        let (amount, cents, chance) = (draw(90_000), draw(100), draw(101));
        let closed = status != "Open";
        let actual = if closed { write(close.plus_days(draw(30) as i32)) } else { String::new() };
        let won = if status == "Won" { format!("{}.{cents:02}", amount + 7) } else { String::new() };
        let seen = if draw(5) == 0 { String::new() } else { write(created.plus_days(draw(20) as i32)) };
        let currency = ["USD", "EUR"][draw(2) as usize];
        text.push_str(&format!(
            "D{n},Deal {n},Account {},Rep {},Segment {},Product {},{stage},{status},{amount}.{cents:02},{won},{currency},{chance},{category},{},{},{actual},{seen}\n",
            draw(40), draw(9), draw(3), draw(5), write(created), write(close),
        ));
    }
    text
}

#[test]
fn files_that_differ_only_in_how_dates_are_written_give_the_same_deals() {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    type Write = fn(i32, u8, u8) -> String;
    let ways: [(&str, Write); 8] = [
        ("m/d/y", |y, m, d| format!("{m}/{d}/{y}")),
        ("m/d/y with time", |y, m, d| format!("{m:02}/{d:02}/{y} 7:42 PM")),
        ("d/m/y", |y, m, d| format!("{d:02}/{m:02}/{y}")),
        ("d.m.y", |y, m, d| format!("{d}.{m}.{y}")),
        ("m/d/yy", |y, m, d| format!("{m}/{d}/{:02}", y % 100)),
        ("d-mon-y", |y, m, d| format!("{d:02} {} {y}", MONTHS[usize::from(m) - 1])),
        ("ISO with zone", |y, m, d| format!("{y}-{m:02}-{d:02}T23:30:00-05:00")),
        ("digits", |y, m, d| format!("{y}{m:02}{d:02}")),
    ];
    let written = |write: Write| {
        pipeline(&generated(&|date: Date| {
            let (y, m, d) = date.ymd();
            write(y, m, d)
        }))
    };
    let iso = pipeline(&generated(&|date| date.to_string()));
    let serial = pipeline(&generated(&|date| date.days_since(Date::parse_iso("1899-12-30").unwrap()).to_string()));
    let others = ways.into_iter().map(|(name, write)| (name, written(write))).chain([("spreadsheet days", serial)]);
    for (name, other) in others {
        assert_eq!(other.fingerprint(), iso.fingerprint(), "{name}");
        for day in [None, Some("2024-06-30"), Some("2025-02-28"), Some("2026-12-31")] {
            let day = day.map(|day| Date::parse_iso(day).unwrap());
            let (expected, found) = (iso.as_of(day, Currency::USD).deals, other.as_of(day, Currency::USD).deals);
            assert!(!expected.is_empty() && expected.len() == found.len(), "{name}");
            for (expected, found) in expected.iter().zip(&found) {
                assert_eq!(expected, found, "{name}");
            }
        }
    }
}

#[test]
fn the_order_of_rows_changes_no_key() {
    let header = "Deal Name,Account,Amount,Stage,Created Date\n";
    let rows = [
        "Renewal,Acme,5,Demo,2026-01-01\n",
        "Renewal,Acme,7,Demo,2026-01-01\n",
        "Renewal,Acme,5,Demo,2026-01-01\n",
        "New,Beta,5,Demo,2026-01-02\n",
    ];
    let keys = |order: [usize; 4]| {
        let text: String = order.iter().map(|at| rows[*at]).collect();
        let mut keys: Vec<(i64, u64)> =
            deals(&format!("{header}{text}"), "").deals.iter().map(|deal| (deal.amount.minor, deal.key)).collect();
        keys.sort();
        keys
    };
    let one = keys([0, 1, 2, 3]);
    assert_eq!([keys([3, 2, 1, 0]), keys([1, 0, 3, 2]), keys([2, 3, 0, 1])], [one.clone(), one.clone(), one.clone()]);
    let mut unique: Vec<u64> = one.iter().map(|(_, key)| *key).collect();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 4);
    let fingerprint =
        |order: [usize; 4]| pipeline(&format!("{header}{}", order.map(|at| rows[at]).concat())).fingerprint();
    assert_eq!(fingerprint([0, 1, 2, 3]), fingerprint([3, 1, 0, 2]));
}

#[test]
fn an_id_names_the_deal_whatever_else_changes() {
    let before = deals("Opportunity ID,Amount,Stage\n006A,5,Demo\n", "");
    let after = deals("Opportunity ID,Amount,Stage\n006B,1,Demo\n006A,9,Closed Won\n", "");
    assert_eq!(before.deals[0].key, after.deals[1].key);
    let twice = deals("Opportunity ID,Amount,Stage\n006A,5,Demo\n006A,9,Closed Won\n", "");
    assert_eq!(
        note(&twice.receipt, "duplicate-id").message,
        "several rows have the same id and different values; all are kept"
    );
    assert_eq!(twice.deals.len(), 2);
}

#[test]
fn the_status_is_told_by_the_best_witness() {
    let statuses =
        |text: &str| deals(text, "").deals.iter().map(|deal| deal.status.name()).collect::<Vec<_>>().join(" ");
    assert_eq!(
        statuses(
            "Name,Amount,IsClosed,IsWon,StageName\na,1,true,true,Demo\nb,1,true,false,Demo\nc,1,false,false,Closed Won\n"
        ),
        "won lost open"
    );
    assert_eq!(
        statuses("Deal - Title,Deal - Value,Deal - Status,Deal - Stage\na,1,Won,Demo\nb,1,Lost,Demo\nc,1,Open,Demo\n"),
        "won lost open"
    );
    assert_eq!(
        statuses("Deal Name,Amount,Deal Stage\na,1,Closed Won\nb,1,closedlost\nc,1,Negotiation\n"),
        "won lost open"
    );
    assert_eq!(statuses("Deal,Wert,Phase\na,1,Gewonnen\nb,1,Verloren\nc,1,Angebot\n"), "won lost open");
    assert_eq!(statuses("Name,Amount,Won Time,Lost Time\na,1,2026-01-05,\nb,1,,2026-01-05\nc,1,,\n"), "won lost open");
    assert_eq!(
        statuses("Name,Amount,Probability,Actual Close Date\na,1,100,2026-01-05\nb,1,0,2026-01-06\nc,1,100,\n"),
        "won lost open"
    );
    let conflict = deals("Deal Name,Amount,Status,Stage\na,1,Open,Closed Won\nb,1,Won,Demo\n", "");
    assert_eq!(
        note(&conflict.receipt, "status-conflict").message,
        "the stage `Closed Won` says won, the status says open; the status counts"
    );
}

#[test]
fn probabilities_have_one_scale_per_column() {
    let chances = |values: [&str; 3]| {
        let text = format!("Deal Name,Amount,Probability\na,1,{}\nb,1,{}\nc,1,{}\n", values[0], values[1], values[2]);
        let found = deals(&text, "");
        (found.deals.iter().map(|deal| deal.probability).collect::<Vec<_>>(), found.receipt)
    };
    assert_eq!(chances(["0.2", "1", "0"]).0, [Some(0.2), Some(1.0), Some(0.0)]);
    assert_eq!(chances(["20", "100", "1"]).0, [Some(0.2), Some(1.0), Some(0.01)]);
    assert_eq!(chances(["20%", "100%", "1%"]).0, [Some(0.2), Some(1.0), Some(0.01)]);
    let (values, receipt) = chances(["120", "-5", "50"]);
    assert_eq!(values, [Some(0.5)]);
    assert_eq!(
        note(&receipt, "probability-range").message,
        "expected a probability from 0 to 1, found 1.2; the deal is left out"
    );
    assert_eq!(note(&chances(["0.6", "60", "70"]).1, "mixed-percent").count, 1);
}

#[test]
fn every_deal_keeps_its_currency() {
    let found = deals("Deal Name,Amount,Currency\na,\"1,000.50\",US Dollar\nb,7,EUR\nc,5,JPY\nd,9,Zorkmid\n", "");
    let amounts: Vec<String> =
        found.deals.iter().map(|d| format!("{} {}", d.amount.minor, d.amount.currency)).collect();
    assert_eq!(amounts, ["100050 USD", "700 EUR", "5 JPY", "900 USD"]);
    assert_eq!(
        note(&found.receipt, "several-currencies").message,
        "deals are in several currencies: 1 in EUR, 1 in JPY, 2 in USD"
    );
    assert_eq!(note(&found.receipt, "unknown-currency").message, "`Zorkmid` is no known currency; read as USD");
    let symbols = deals("Deal Name,Amount\na,€1.50\nb,€2\n", "");
    assert_eq!(symbols.deals[0].amount.currency.code(), "EUR");
    assert!(symbols.receipt.assumptions.contains(&"amounts are in EUR, as the amounts say".to_owned()));
}

#[test]
fn rows_that_are_no_deals_are_left_out_and_counted() {
    let text = "Deal Name,Amount,Stage,Close Date\na,5,Demo,2026-01-05\nb,1,200,Demo,2026-01-06\nTotal,6,,\n,,,\nConfidential Information - Do Not Distribute,,,\n";
    let found = deals(text, "");
    adds_up(&found.receipt);
    assert_eq!(found.deals.len(), 1);
    let places: Vec<_> = ["shifted-row", "total-row", "not-a-deal", "blank-row"]
        .map(|code| (note(&found.receipt, code).place.line.unwrap(), note(&found.receipt, code).count))
        .to_vec();
    assert_eq!(places, [(3, 1), (4, 1), (6, 1), (5, 1)]);
}

#[test]
fn forecast_categories_have_one_name() {
    let words =
        ["Commit", "Committed", "Forecast", "Best Case", "Upside", "BEST_CASE", "Pipeline", "Omitted", "OMIT", "Maybe"];
    let text: String = words.iter().map(|word| format!("{word},1,{word}\n")).collect();
    let found = deals(&format!("Deal Name,Amount,Forecast Category\n{text}"), "");
    use ForecastCategory::{BestCase, Commit, Omitted, Pipeline};
    let expected = [Some(Commit); 3].into_iter().chain([Some(BestCase); 3]).chain([
        Some(Pipeline),
        Some(Omitted),
        Some(Omitted),
        None,
    ]);
    assert!(found.deals.iter().map(|deal| deal.category).eq(expected));
    assert_eq!(note(&found.receipt, "unknown-forecast-category").sample, "Maybe");
}

#[test]
fn missing_columns_are_said_and_cost_nothing() {
    let found = deals("Deal Name,Colour\na,red\n", "");
    let missing = note(&found.receipt, "missing-field");
    assert_eq!(
        missing.message,
        "no column was found for the amount (every deal counts as 0), stage or status (every deal counts as open), the close date (deals fall in no period)"
    );
    assert_eq!((missing.count, found.deals.len()), (3, 1));
}

// ── leads ──

#[test]
fn lead_columns_are_known_by_many_names() {
    let list = leads(
        "Lead ID,First Name,Nachname,E-Mail,Job Title,Company / Account,# Employees,Branche,Lead Source,Created Date,Favourite Colour\n1,Kim,Park,k@a.example,VP Sales,Acme,250,Software,Web,2026-01-05,red\n",
    );
    assert_eq!(
        fields(list.receipt()),
        [
            ("Lead ID", "personId"),
            ("First Name", "firstName"),
            ("Nachname", "lastName"),
            ("E-Mail", "email"),
            ("Job Title", "title"),
            ("Company / Account", "company"),
            ("# Employees", "employees"),
            ("Branche", "industry"),
            ("Lead Source", "source"),
            ("Created Date", "created"),
            ("Favourite Colour", "-"),
        ]
    );
    assert_eq!(list.column_of(&FieldRef::Column("Favourite Colour".into())), Some(10));
    assert_eq!(list.column_of(&Field::Employees.into()), Some(6));
    assert_eq!((list.text(0, Field::Company), list.text(0, Field::Domain)), ("Acme", ""));
    assert_eq!((list.receipt().kind, list.rows()), ("leads", 1));
}

#[test]
fn the_user_has_the_last_word_on_columns() {
    let mapping = Mapping::from_json(r#"{"Size": null, "Heads": "employees", "Gone": "industry"}"#).unwrap();
    let list = LeadList::from_table(table("Company,Size,Heads\nAcme,10,250\n"), &mapping).unwrap();
    assert_eq!(fields(list.receipt()), [("Company", "company"), ("Size", "-"), ("Heads", "employees")]);
    assert_eq!(list.receipt().columns[2].mapping_source, MappingSource::Override);
    assert_eq!(
        note(list.receipt(), "mapping-without-column").message,
        "the mapping names a column `Gone` that is not there"
    );
    let shown = list.binding().mapping(list.table());
    assert_eq!(shown.of("Heads"), Some(Some(Field::Employees)));
    let twice = Mapping::from_json(r#"{"Size": "employees", "Heads": "employees"}"#).unwrap();
    let list = LeadList::from_table(table("Company,Size,Heads\nAcme,10,250\n"), &twice).unwrap();
    assert_eq!(
        note(list.receipt(), "mapped-twice").message,
        "two columns are mapped to `employees`; the first in the mapping is used"
    );
}

#[test]
fn the_fuller_of_two_columns_wins_and_the_other_is_said() {
    let list = leads("Company,Employees,No. of Employees\nA,,10\nB,,20\nC,3,30\n");
    assert_eq!(fields(list.receipt())[1..], [("Employees", "-"), ("No. of Employees", "employees")]);
    assert_eq!(
        note(list.receipt(), "competing-columns").message,
        "`Employees` could be `employees` too; `No. of Employees` is used"
    );
}

#[test]
fn a_column_that_does_not_fit_its_name_is_not_used() {
    let list = leads("Company,Last Activity\nA,Email Opened\nB,Page Visited\n");
    assert_eq!(fields(list.receipt())[1], ("Last Activity", "-"));
    assert_eq!(
        note(list.receipt(), "type-mismatch").message,
        "`Last Activity` is named as `lastActivity` is, but holds text; not used for it"
    );
}

#[test]
fn a_value_nobody_chose_is_missing() {
    let list = leads("Company,City\nA,Select\nB,Mumbai\nC,Select\n");
    let city = &list.table().columns()[1];
    assert_eq!([city.text(0), city.text(1), city.raw(0)], ["", "Mumbai", "Select"]);
    let note = note(list.receipt(), "placeholder");
    assert_eq!((note.count, note.message.as_str()), (2, "`Select` counts as a missing value"));
    assert_eq!(list.receipt().columns[1].nulls, 2);
}

#[test]
fn units_in_the_header_are_read_and_odd_ones_questioned() {
    let list = leads("Company,Employees,Revenue (in 000s USD)\nA,10,\"1,500\"\n");
    assert_eq!(list.table().columns()[2].number(0), Some(1_500_000.0));
    assert_eq!(list.receipt().columns[2].format, "1,234.5 in thousands");
    let odd = leads("Company,Employees,Revenue\nA,10,1.5\nB,20,3.5\nC,30,4\nD,40,5\nE,50,6\n");
    assert_eq!(
        note(odd.receipt(), "revenue-unit").message,
        "the median revenue per employee is 0.1: the amounts are probably in millions"
    );
}

#[test]
fn ranges_of_size_are_read_as_their_middle() {
    let list = leads("Company,Employees,Visits\nA,51-200,51-200\nB,\"10,001+\",5\nC,~110,6\nD,30,7\nE,many,8\n");
    let employees = &list.table().columns()[1];
    assert_eq!(
        [0, 1, 2, 3, 4].map(|row| employees.number(row)),
        [Some(125.5), Some(10_001.0), Some(110.0), Some(30.0), None]
    );
    let range = note(list.receipt(), "range-value");
    assert_eq!(range.message, "ranges and rough values are read as numbers: `51-200` as 125.5");
    let unreadable: Vec<&Diagnostic> =
        list.receipt().diagnostics.iter().filter(|n| n.code == "unreadable-value").collect();
    assert_eq!((unreadable.len(), unreadable[0].count, unreadable[0].place.line), (1, 1, Some(6)));
    assert_eq!(list.table().columns()[2].kind().name(), "text");
    let all = leads("Company,Company Size\nA,1-10\nB,11-50\n");
    assert_eq!(all.table().columns()[1].number(1), Some(30.5));
    assert_eq!((note(all.receipt(), "range-value").count, all.receipt().columns[1].r#type), (2, "number"));
}

#[test]
fn dates_written_as_numbers_are_dates_where_a_date_is_meant() {
    let list = leads("Company,Created Date,Employees\nA,46348,46348\nB,46349.5,100\n");
    assert_eq!(list.table().columns()[1].date(0).unwrap().to_string(), "2026-11-22");
    assert_eq!(list.table().columns()[2].number(0), Some(46348.0));
    assert_eq!(
        note(list.receipt(), "date-as-number").message,
        "the dates are written as numbers: spreadsheet day number"
    );
}

#[test]
fn a_deal_file_among_leads_is_noticed() {
    let list = leads("Deal Name,Amount,Stage,Close Date\na,5,Demo,2026-01-05\n");
    assert_eq!(
        note(list.receipt(), "wrong-kind").message,
        "the columns `Deal Name`, `Amount`, `Close Date` look like deals, not leads"
    );
    assert_eq!(leads("Account Name,Industry,Employees\nA,x,5\n").receipt().kind, "accounts");
    assert_eq!(leads("First Name,Email\nA,a@b.example\n").receipt().kind, "contacts");
}

#[test]
fn every_kind_of_file_is_told_by_its_headers() {
    let dialects = Dialects::built_in().unwrap();
    for (text, kind) in [
        ("Lead ID,First Name,Email,Company,Lead Status\n1,a,b@c.example,d,New\n", Some(Kind::Leads)),
        ("First Name,Last Name,Email,Job Title,Account Name\na,b,c@d.example,VP,e\n", Some(Kind::Contacts)),
        ("First Name,Last Name,Email,Title,Account Name,Reports To\na,b,c@d.example,VP,e,f\n", Some(Kind::Contacts)),
        ("Account Name,Industry,Employees,Account Source\nAcme,Retail,5,Web\n", Some(Kind::Accounts)),
        ("Deal - Title,Deal - Value,Deal - Stage,Deal - Status\na,5,Demo,Open\n", Some(Kind::Deals)),
        ("Firma,Betrag,Phase,Abschlussdatum\na,5,Angebot,31.12.2026\n", Some(Kind::Deals)),
        ("opportunity_id,account,deal_stage,close_value\na,b,Won,5\n", Some(Kind::Deals)),
        ("Deal ID,Stage\nD1,Proposal\nD2,Won\n", Some(Kind::Deals)),
        ("Lead ID,Deal ID,Industry,Status\n1,D1,Retail,New\n", Some(Kind::Leads)),
        ("mql_id,seller_id,won_date,business_segment\n1,2,2026-01-05,pet\n", Some(Kind::Deals)),
        ("Subject,Activity Type,Due Date,Contact Person,Deal\nCall,call,2026-01-05,Kim,Acme\n", Some(Kind::Activities)),
        ("Contract Number,Account,Start Date,End Date,MRR\n1,Acme,2026-01-01,2026-12-31,100\n", Some(Kind::Contracts)),
        ("Name,Goal Owner,Target,Fiscal Period,Fiscal Year\nQ1,Kim,5,Quarter 1,FY2026\n", Some(Kind::Quotas)),
        ("sales_agent,manager,regional_office\nKim,Lee,East\n", Some(Kind::Reps)),
        ("Deal ID,From Stage,To Stage,Edit Date\n1,Demo,Proposal,2026-01-05\n", Some(Kind::StageHistory)),
        ("deal_id,stage,entered\n1,Demo,2026-01-05\n", Some(Kind::StageHistory)),
        (
            "Opportunity ID,Stage Name,Amount,Close Date\nA,Demo,5,2026-02-01\nA,Won,5,2026-02-01\nB,Demo,1,2026-03-01\nB,Lost,1,2026-03-01\n",
            Some(Kind::StageHistory),
        ),
        ("product,series,sales_price\na,b,5\n", Some(Kind::Products)),
        ("stage_id,label,closed_won,display_order,pipeline_id\n1,Demo,FALSE,0,p\n", Some(Kind::Stages)),
        ("Opportunity ID,Product,Quantity,List Price\n1,a,2,5\n", Some(Kind::LineItems)),
        ("a,b\nc,d\n", None),
        ("Timestamp,Name,Email,Company\n2026-01-05,a,b@c.example,d\n", Some(Kind::Contacts)),
    ] {
        assert_eq!(Kind::of(&table(text), dialects), kind, "{text}");
    }
}

#[test]
fn a_file_of_another_kind_is_refused_with_what_it_looks_like() {
    let quotas = "Rep,Quarter,Quota\nKim,2026 Q1,500000\n";
    let options = ReadOptions { name: Some("goals.csv".into()), ..ReadOptions::default() };
    let named = Table::from_csv(quotas.as_bytes(), &options).unwrap();
    let error = Pipeline::from_table(named, &Mapping::default()).unwrap_err();
    assert_eq!(error.code(), "wrong-kind");
    assert_eq!(
        error.to_string(),
        "goals.csv: expected deals, found quotas or goals, as `Quota` say (choose another file, or map its columns to use it all the same)"
    );
    let leads = "First Name,Email,Company,Lead Status\na,b@c.example,d,New\n";
    let error = Pipeline::from_table(table(leads), &Mapping::default()).unwrap_err();
    assert!(error.to_string().starts_with("expected deals, found leads, as `First Name`"), "{error}");
    // A header that claims several fields is named once.
    let stages = "Deal ID,Stage,Field,Created Date\nD1,Proposal,x,2017-10-01\n";
    let error = Pipeline::from_table(table(stages), &Mapping::default()).unwrap_err();
    assert_eq!(error.to_string().matches("`Stage`").count(), 1, "{error}");
    let error = LeadList::from_table(table(quotas), &Mapping::default()).unwrap_err();
    assert!(error.to_string().starts_with("expected leads, contacts or accounts, found quotas"), "{error}");
    // The user's word on a column counts more.
    let mapping = Mapping::from_json(r#"{"Quota": "amount"}"#).unwrap();
    let pipeline = Pipeline::from_table(table(quotas), &mapping).unwrap().as_of(None, Currency::USD);
    assert_eq!(
        note(&pipeline.receipt, "wrong-kind").message,
        "the columns `Quota` look like quotas or goals, not deals"
    );
}

#[test]
fn a_dialect_that_is_wrong_says_where() {
    let error = Dialect::from_json(r#"{"deal": {"dealNam": []}}"#).unwrap_err();
    assert_eq!(error.code(), "bad-dialect");
    assert!(error.to_string().starts_with("deal.dealNam: unknown field `dealNam` (nearest: dealName"), "{error}");
}

#[test]
fn sources_of_many_systems_come_down_to_five_channels() {
    use leadcast::crm::Channel::{Inbound, Outbound, Partner, ProductLed, Unknown};
    let dialects = Dialects::built_in().unwrap();
    for (source, channel) in [
        ("organic_search", Inbound),
        ("PAID_SOCIAL", Inbound),
        ("Référencement", Inbound),
        ("Messe", Inbound),
        ("Seminar - Internal", Inbound),
        ("Purchased List", Outbound),
        ("Cold-Call", Outbound),
        ("Kaltakquise", Outbound),
        ("Partner Referral", Partner),
        ("Seminar - Partner", Partner),
        ("Sign-up", ProductLed),
        ("Prueba gratuita", ProductLed),
        ("other", Unknown),
        ("", Unknown),
    ] {
        assert_eq!(dialects.channel_of(source), channel, "{source}");
    }
}

#[test]
fn stage_history_is_read_from_four_shapes() {
    use leadcast::crm::{HistoryShape, StageHistory};
    let events = |history: &StageHistory| -> Vec<String> {
        history.events.iter().map(|e| format!("{} {} {}", e.deal, e.stage, e.entered)).collect()
    };
    let expected = ["1 Demo 2026-01-05", "1 Proposal 2026-02-01", "2 Demo 2026-01-20"];
    for (text, shape, excluded) in [
        (
            "Deal ID,Stage,Entered\n1,Proposal,2026-02-01\n2,Demo,2026-01-20\n1,Demo,2026-01-05\n3,Demo,\n",
            HistoryShape::EventLog,
            1,
        ),
        (
            "Opportunity ID,Field / Event,Old Value,New Value,Edit Date\n1,Stage,,Demo,1/5/2026\n1,Stage,Demo,Proposal,2/1/2026\n2,Stage,,Demo,1/20/2026\n2,Amount,1,2,1/21/2026\n",
            HistoryShape::EventLog,
            1,
        ),
        // A log of every property: only changes of the stage are stages.
        (
            "deal_id,timestamp,name,value\n1,2026-01-05 10:00,dealstage,Demo\n1,2026-01-06 10:00,amount,900\n1,2026-02-01 09:00,dealstage,Proposal\n2,2026-01-20 08:00,dealstage,Demo\n",
            HistoryShape::EventLog,
            1,
        ),
        (
            "Record ID,\"Date entered \"\"Demo (Sales Pipeline)\"\"\",\"Date entered \"\"Proposal (Sales Pipeline)\"\"\"\n1,2026-01-05 10:00,2026-02-01 09:00\n2,2026-01-20 08:00,\n",
            HistoryShape::WideColumns,
            0,
        ),
    ] {
        let history = StageHistory::from_table(table(text), &Mapping::default()).unwrap();
        assert_eq!((history.shape, history.receipt.rows_excluded), (shape, excluded), "{text}");
        assert_eq!(events(&history), expected, "{text}");
    }
    let last =
        "Deal ID,Deal Name,Stage,Amount,Close Date,Last Stage Change Date\n1,a,Proposal,5,2026-05-01,2026-02-01\n";
    let history = StageHistory::from_table(table(last), &Mapping::default()).unwrap();
    assert_eq!((history.shape, events(&history)), (HistoryShape::LastChange, vec!["1 Proposal 2026-02-01".to_owned()]));
    let day = |text: &str| Date::parse_iso(text).unwrap();
    let (one, two, three) = (
        pipeline("Deal ID,Stage,Amount\n1,Demo,5\n"),
        pipeline("Deal ID,Stage,Amount\n2,Demo,5\n1,Demo,5\n"),
        pipeline("Deal ID,Stage,Amount\n1,Proposal,5\n2,Demo,5\n"),
    );
    let history = StageHistory::from_snapshots(&[
        (day("2026-02-01"), &three),
        (day("2026-01-05"), &one),
        (day("2026-01-20"), &two),
    ])
    .unwrap();
    assert_eq!((history.shape, events(&history)), (HistoryShape::Snapshots, expected.map(str::to_owned).to_vec()));
    let error = StageHistory::from_table(table("Deal ID,Amount\n1,5\n"), &Mapping::default()).unwrap_err();
    assert_eq!(error.code(), "no-stage-history");
}

#[test]
fn an_amount_that_only_won_deals_have_stands_beside_the_fuller_estimate_in_either_order() {
    for head in ["Estimated Amount,Amount", "Amount,Estimated Amount"] {
        let row = |estimate: &str, amount: &str| {
            if head.starts_with("Est") { format!("{estimate},{amount}") } else { format!("{amount},{estimate}") }
        };
        let mut csv = format!("Deal Name,Stage,Created Date,Close Date,{head}\n");
        csv += &format!("won,Closed Won,2025-01-05,2025-02-01,{}\n", row("1000", "900"));
        for at in 0..4 {
            csv += &format!("lost {at},Closed Lost,2025-01-05,2025-02-01,{}\n", row("700", ""));
            csv += &format!("open {at},Proposal,2025-01-05,2025-04-01,{}\n", row("500", ""));
        }
        let found = deals(&csv, "2025-02-15");
        let bound = fields(&found.receipt);
        assert!(
            bound.contains(&("Amount", "actualAmount")) && bound.contains(&("Estimated Amount", "amount")),
            "{bound:?}"
        );
        assert!(found.receipt.diagnostics.iter().all(|note| note.code != "competing-columns"));
        assert_eq!(named(&found, "won").amount.minor, 90_000);
        assert_eq!(named(&found, "won").estimate.map(|worth| worth.minor), Some(100_000));
        assert_eq!(named(&found, "open 0").amount.minor, 50_000);
    }
}
