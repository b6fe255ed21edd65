//! What a user sees when several files are dropped together.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::crm::join::{AttachOptions, Attached, JoinKey, JoinOn, JoinReport, JoinSample, JoinShape};
use leadcast::crm::{Activity, Direction, Field, Kind, LeadList, Mapping};
use leadcast::table::{Action, ReadOptions, Receipt, Table};

fn table(name: &str, text: &str) -> Table {
    let options = ReadOptions { name: Some(name.to_owned()), ..ReadOptions::default() };
    Table::from_csv(text.as_bytes(), &options).unwrap()
}

fn leads(text: &str) -> LeadList {
    LeadList::from_table(table("leads.csv", text), &Mapping::default()).unwrap()
}

fn attach(leads: &LeadList, name: &str, text: &str) -> (LeadList, Attached) {
    leads.attach(table(name, text), &AttachOptions::default()).unwrap()
}

fn adds_up(report: &JoinReport) {
    let seeking = if report.shape == JoinShape::Lookup { &report.left } else { &report.right };
    assert_eq!(report.matched + report.unmatched + report.ambiguous, seeking.rows);
    assert_eq!(report.matched, report.by_key.iter().map(|key| key.matched).sum::<u64>());
    assert_eq!(report.ambiguous, report.by_key.iter().map(|key| key.ambiguous).sum::<u64>());
    assert!(report.blank <= report.unmatched);
}

fn whole(receipt: &Receipt) {
    assert_eq!(receipt.rows_read, receipt.rows_used + receipt.rows_excluded);
    let excluded = receipt.diagnostics.iter().filter(|note| note.action == Action::Excluded);
    assert_eq!(receipt.rows_excluded, excluded.map(|note| note.count).sum::<u64>());
}

fn keys(report: &JoinReport) -> Vec<(JoinKey, &str, &str, u64)> {
    report.by_key.iter().map(|k| (k.key, k.left_column.as_str(), k.right_column.as_str(), k.matched)).collect()
}

const LEADS: &str = "\
Lead ID,First Name,Last Name,Email,Company
L1,Ada,Alder,ada@acme.example,Acme
L2,Bo,Birch,bo@acme.example,Acme
L3,Cy,Cedar,cy@bolt.example,Bolt
";

const LOG: &str = "\
Activity ID,Lead ID,Email,Activity Type,Direction,Activity Date
A1,L1,,Page visit,Inbound,2026-03-05
A2,,ADA@acme.example,Email sent,,2026-03-01
A3,L9,nobody@else.example,Call,Outbound,2026-03-02
A4,L3,,Call,Outbound,
A5,,,Call,Outbound,2026-03-02
A6,L1,,Demo request,Inbound,2026-03-05
";

#[test]
fn activities_are_dealt_out_to_their_leads_by_date() {
    let (leads, attached) = attach(&leads(LEADS), "log.csv", LOG);
    let of = |row: usize| -> Vec<String> {
        let text = |a: &Activity| format!("{} {} {:?}", a.date, a.kind, a.direction);
        leads.activities(row).iter().map(text).collect()
    };
    assert_eq!(
        of(0),
        ["2026-03-01 Email sent Outbound", "2026-03-05 Demo request Inbound", "2026-03-05 Page visit Inbound"]
    );
    assert_eq!((of(1), of(2), of(99)), (vec![], vec![], vec![]));
    assert_eq!(leads.activities(0)[0].direction, Direction::Outbound);
    whole(&attached.receipt);
    let codes: Vec<(&str, u64)> = attached.receipt.diagnostics.iter().map(|d| (d.code, d.count)).collect();
    assert_eq!(codes, [("row-without-date", 1), ("row-without-reference", 1)]);
    let join = &attached.join;
    adds_up(join);
    assert_eq!((join.matched, join.unmatched, join.ambiguous, join.unused), (3, 1, 0, 2));
    assert_eq!(keys(join), [(JoinKey::Id, "Lead ID", "Lead ID", 2), (JoinKey::Email, "Email", "Email", 1)]);
    let unmatched = JoinSample { value: "L9".to_owned(), rows: 1, line: 4, fits: vec![] };
    assert_eq!(join.unmatched_samples, [unmatched]);
}

#[test]
fn leads_gain_their_last_activity_and_a_count() {
    let (leads, attached) = attach(&leads(LEADS), "log.csv", LOG);
    assert_eq!(attached.join.added_columns, ["Last activity", "Activities"]);
    assert_eq!((leads.text(0, Field::LastActivity), leads.text(1, Field::LastActivity)), ("2026-03-05", ""));
    let count = leads.table().column_named("Activities").unwrap();
    let counts: Vec<Option<f64>> = (0..3).map(|row| leads.table().columns()[count].number(row)).collect();
    assert_eq!(counts, [Some(3.0), Some(0.0), Some(0.0)]);
    // A second log adds to the first; its columns get names of their own.
    let more = "Email,Type,Timestamp,Call Outcome\nbo@acme.example,Call,2026-03-09,Reached\nada@acme.example,Call,2026-01-09,Reached\n";
    let (leads, attached) = attach(&leads, "calls.csv", more);
    assert_eq!(attached.join.added_columns, ["Last activity (calls)", "Activities (calls)"]);
    assert_eq!((leads.activities(0).len(), leads.activities(1).len()), (4, 1));
    assert_eq!(leads.activities(0)[0].date.to_string(), "2026-01-09");
}

#[test]
fn an_attached_file_changes_the_fingerprint_and_the_order_of_its_rows_does_not() {
    let alone = leads(LEADS);
    let (once, _) = attach(&alone, "log.csv", LOG);
    let mut lines: Vec<&str> = LOG.lines().collect();
    lines[1..].reverse();
    let (turned, _) = attach(&alone, "log.csv", &(lines.join("\n") + "\n"));
    let (other, _) = attach(&alone, "log.csv", &LOG.replace("Page visit", "Web visit"));
    assert_ne!(alone.fingerprint(), once.fingerprint());
    assert_ne!(once.fingerprint(), other.fingerprint());
    assert_eq!(once.fingerprint(), turned.fingerprint());
    let events = |list: &LeadList| -> Vec<(String, String)> {
        list.activities(0).iter().map(|a| (a.date.to_string(), a.kind.to_string())).collect()
    };
    assert_eq!(events(&once), events(&turned));
    assert_eq!(alone.activities(0), []);
}

#[test]
fn an_activity_that_several_leads_fit_is_listed_and_never_paired() {
    let twice =
        leads("Lead ID,Email,Status\nL1,ada@acme.example,New\nL2,ada@acme.example,Old\nL3,bo@acme.example,New\n");
    let log = "Email,Activity Type,Activity Date\nada@acme.example,Call,2026-03-01\nada@acme.example,Visit,2026-03-02\nbo@acme.example,Call,2026-03-03\n";
    let (leads, attached) = attach(&twice, "log.csv", log);
    let join = &attached.join;
    adds_up(join);
    assert_eq!((join.matched, join.unmatched, join.ambiguous, join.unused), (1, 0, 2, 2));
    let sample = JoinSample { value: "ada@acme.example".to_owned(), rows: 2, line: 2, fits: vec![2, 3] };
    assert_eq!(join.ambiguous_samples, [sample]);
    assert_eq!((leads.activities(0), leads.activities(1)), (&[][..], &[][..]));
    // An id beside the address tells them apart.
    let told = "Email,Lead ID,Activity Type,Activity Date\nada@acme.example,L2,Call,2026-03-01\n";
    let (leads, attached) = attach(&twice, "log.csv", told);
    assert_eq!((attached.join.matched, leads.activities(1).len()), (1, 1));
}

#[test]
fn rows_that_are_equal_in_every_cell_are_one() {
    let twice = leads("Email,Company\nada@acme.example,Acme\nada@acme.example,Acme\nbo@bolt.example,Bolt\n");
    let (leads, attached) =
        attach(&twice, "log.csv", "Email,Activity Type,Activity Date\nada@acme.example,Call,2026-03-01\n");
    assert_eq!((attached.join.matched, attached.join.ambiguous, leads.activities(0).len()), (1, 0, 1));
}

#[test]
fn a_colleague_is_not_the_person() {
    let log = "Email,Company,Activity Type,Activity Date\nzoe@bolt.example,Bolt,Call,2026-03-01\ncy@bolt.example,Bolt,Call,2026-03-02\n";
    let (leads, attached) = attach(&leads(LEADS), "log.csv", log);
    assert_eq!((attached.join.matched, attached.join.unmatched, leads.activities(2).len()), (1, 1, 1));
}

#[test]
fn leads_gain_the_columns_of_their_account() {
    let list = leads(
        "Lead ID,Email,Company,Status\nL1,ada@acme.example,\"Acme, Inc.\",New\nL2,bo@gmail.com,bólt gmbh,New\nL3,cy@core.example,,New\nL4,di@x.example,Nobody,New\n",
    );
    let accounts = "Account Name,Website,Industry,Employees,Status\nACME,https://www.acme.example/,Software,250,Client\nBolt,bolt.example,Retail,12,Prospect\nCore,core.example,Banking,9000,Client\n";
    let (joined, attached) = attach(&list, "accounts.csv", accounts);
    let join = &attached.join;
    adds_up(join);
    assert_eq!((join.matched, join.unmatched, join.blank, join.unused), (3, 1, 0, 0));
    assert_eq!(keys(join), [(JoinKey::Domain, "Email", "Website", 2), (JoinKey::Name, "Company", "Account Name", 1)]);
    assert_eq!(
        join.added_columns,
        ["Account Name", "Website", "Industry", "Employees", "Status (accounts)", "In accounts"]
    );
    let industry: Vec<&str> = (0..4).map(|row| joined.text(row, Field::Industry)).collect();
    assert_eq!(industry, ["Software", "Retail", "Banking", ""]);
    assert_eq!(joined.text(2, Field::Employees), "9000");
    // What the list has a column for stays its own.
    assert_eq!((joined.text(0, Field::Company), joined.text(0, Field::Status)), ("Acme, Inc.", "New"));
    let there = joined.table().column_named("In accounts").unwrap();
    assert_eq!((0..4).map(|row| joined.table().columns()[there].text(row)).collect::<String>(), "YesYesYesNo");
    let summary = joined.receipt().columns.iter().find(|c| c.name == "Industry").unwrap();
    assert_eq!((summary.field.as_deref(), summary.nulls), (Some("industry"), 1));
    assert_ne!(joined.fingerprint(), list.fingerprint());
}

#[test]
fn a_file_of_closed_deals_makes_an_outcome() {
    let mqls = "mql_id,first_contact_date,origin\nd1f4aa,2018-01-02,social\n8c18d1,2018-01-03,email\nb4bc85,2018-01-04,social\nc76136,2018-01-05,direct\n";
    let closed = "mql_id,seller_id,won_date,business_segment\n8c18d1,s1,2018-02-26,pet\nc76136,s2,2018-03-01,toys\nb4bc85,s3,2018-04-01,pet\n";
    let (joined, attached) = attach(&leads(mqls), "closed.csv", closed);
    assert_eq!(keys(&attached.join), [(JoinKey::Id, "mql_id", "mql_id", 3)]);
    assert_eq!((attached.receipt.kind, attached.join.unmatched), ("deals", 1));
    let outcome: Vec<&str> = (0..4).map(|row| joined.text(row, Field::Converted)).collect();
    assert_eq!(outcome, ["No", "Yes", "Yes", "Yes"]);
}

#[test]
fn columns_can_be_named_and_wrong_ones_are_told() {
    let list = leads("Lead,Partner Code,Status\nAda,77,New\nBo,78,New\n");
    let codes = || table("codes.csv", "Ref,Industry\n77,Software\n78,Retail\n");
    let on = |left: &str, right: &str| AttachOptions {
        on: vec![JoinOn { left: left.to_owned(), right: right.to_owned(), key: None }],
        kind: Some(Kind::Accounts),
        ..AttachOptions::default()
    };
    let error = list.attach(codes(), &AttachOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no column of `codes.csv` holds ids, domains, addresses or names of `leads.csv` (say which columns belong \
         together with `on`)"
    );
    assert_eq!(error.code(), "nothing-in-common");
    let (joined, attached) = list.attach(codes(), &on("Partner Code", "Ref")).unwrap();
    assert_eq!((attached.join.matched, joined.text(1, Field::Industry)), (2, "Retail"));
    let error = list.attach(codes(), &on("Partner", "Ref")).unwrap_err();
    assert_eq!(error.to_string(), "run at on[0].left: no column `Partner` (leads.csv has Lead, Partner Code, Status)");
}

#[test]
fn many_rows_meet_many_without_comparing_all_with_all() {
    let many = 20_000;
    let (mut left, mut right) = ("Lead ID,Company,Email\n".to_owned(), "Account Name,Domain,Industry\n".to_owned());
    for n in 0..many {
        left += &format!("L{n},Firm {n} Ltd,p{n}@firm{n}.example\n");
        right += &format!("FIRM {},firm{}.example,Industry {}\n", many - n, many - n, n % 20);
    }
    let (joined, attached) = attach(&leads(&left), "accounts.csv", &right);
    assert_eq!((attached.join.matched, attached.join.unmatched), (many - 1, 1));
    assert_eq!(joined.text(many as usize - 1, Field::Industry), "Industry 1");
}
