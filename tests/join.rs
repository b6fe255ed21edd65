//! What a user sees when several files are dropped together.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::calendar::{Date, FiscalYear};
use leadcast::crm::join::{AttachOptions, Attached, JoinKey, JoinOn, JoinReport, JoinSample, JoinShape};
use leadcast::crm::{
    Activity, Contracts, DealStatus, Direction, Field, HistoryShape, Kind, LeadList, Mapping, Pipeline, Quotas, Reps,
    StageHistory,
};
use leadcast::money::Currency;
use leadcast::session;
use leadcast::table::{Action, ReadOptions, Receipt, Table};
use leadcast::targeting::learn::{LearnOptions, Verdict};
use std::fmt::Write;

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

/// The file's join report, checked.
fn join(attached: &Attached) -> &JoinReport {
    let report = attached.join.as_ref().unwrap();
    adds_up(report);
    report
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
    let report = join(&attached);
    assert_eq!((report.matched, report.unmatched, report.ambiguous, report.unused), (3, 1, 0, 2));
    assert_eq!(keys(report), [(JoinKey::Id, "Lead ID", "Lead ID", 2), (JoinKey::Email, "Email", "Email", 1)]);
    let unmatched = JoinSample { value: "L9".to_owned(), rows: 1, line: 4, fits: vec![] };
    assert_eq!(report.unmatched_samples, [unmatched]);
}

#[test]
fn leads_gain_their_last_activity_and_a_count() {
    let (leads, attached) = attach(&leads(LEADS), "log.csv", LOG);
    assert_eq!(join(&attached).added_columns, ["Last activity", "Activities"]);
    assert_eq!((leads.text(0, Field::LastActivity), leads.text(1, Field::LastActivity)), ("2026-03-05", ""));
    let count = leads.table().column_named("Activities").unwrap();
    let counts: Vec<Option<f64>> = (0..3).map(|row| leads.table().columns()[count].number(row)).collect();
    assert_eq!(counts, [Some(3.0), Some(0.0), Some(0.0)]);
    // A second log adds to the first.
    let more = "Email,Type,Timestamp,Call Outcome\nbo@acme.example,Call,2026-03-09,Reached\nada@acme.example,Call,2026-01-09,Reached\n";
    let (leads, attached) = attach(&leads, "calls.csv", more);
    assert_eq!(join(&attached).added_columns, ["Last activity", "Activities"]);
    assert_eq!((leads.text(0, Field::LastActivity), leads.text(1, Field::LastActivity)), ("2026-03-05", "2026-03-09"));
    assert_eq!(leads.table().columns().len(), leads.receipt().columns.len());
    assert_eq!((leads.table().columns()[count].number(1), leads.receipt().columns[count].nulls), (Some(1.0), 0));
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
    let report = join(&attached);
    assert_eq!((report.matched, report.unmatched, report.ambiguous, report.unused), (1, 0, 2, 2));
    let sample = JoinSample { value: "ada@acme.example".to_owned(), rows: 2, line: 2, fits: vec![2, 3] };
    assert_eq!(report.ambiguous_samples, [sample]);
    assert_eq!((leads.activities(0), leads.activities(1)), (&[][..], &[][..]));
    // An id beside the address tells them apart.
    let told = "Email,Lead ID,Activity Type,Activity Date\nada@acme.example,L2,Call,2026-03-01\n";
    let (leads, attached) = attach(&twice, "log.csv", told);
    assert_eq!((join(&attached).matched, leads.activities(1).len()), (1, 1));
}

#[test]
fn rows_that_are_equal_in_every_cell_are_one() {
    let twice = leads("Email,Company\nada@acme.example,Acme\nada@acme.example,Acme\nbo@bolt.example,Bolt\n");
    let (leads, attached) =
        attach(&twice, "log.csv", "Email,Activity Type,Activity Date\nada@acme.example,Call,2026-03-01\n");
    assert_eq!((join(&attached).matched, join(&attached).ambiguous, leads.activities(0).len()), (1, 0, 1));
}

#[test]
fn a_colleague_is_not_the_person() {
    let log = "Email,Company,Activity Type,Activity Date\nzoe@bolt.example,Bolt,Call,2026-03-01\ncy@bolt.example,Bolt,Call,2026-03-02\n";
    let (leads, attached) = attach(&leads(LEADS), "log.csv", log);
    assert_eq!((join(&attached).matched, join(&attached).unmatched, leads.activities(2).len()), (1, 1, 1));
}

#[test]
fn leads_gain_the_columns_of_their_account() {
    let list = leads(
        "Lead ID,Email,Company,Status\nL1,ada@acme.example,\"Acme, Inc.\",New\nL2,bo@gmail.com,bólt gmbh,New\nL3,cy@core.example,,New\nL4,di@x.example,Nobody,New\n",
    );
    let accounts = "Account Name,Website,Industry,Employees,Status\nACME,https://www.acme.example/,Software,250,Client\nBolt,bolt.example,Retail,12,Prospect\nCore,core.example,Banking,9000,Client\n";
    let (joined, attached) = attach(&list, "accounts.csv", accounts);
    let report = join(&attached);
    assert_eq!((report.matched, report.unmatched, report.blank, report.unused), (3, 1, 0, 0));
    assert_eq!(keys(report), [(JoinKey::Domain, "Email", "Website", 2), (JoinKey::Name, "Company", "Account Name", 1)]);
    assert_eq!(
        report.added_columns,
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
    assert_eq!(keys(join(&attached)), [(JoinKey::Id, "mql_id", "mql_id", 3)]);
    assert_eq!((attached.receipt.kind, join(&attached).unmatched), ("deals", 1));
    let outcome: Vec<&str> = (0..4).map(|row| joined.text(row, Field::Converted)).collect();
    assert_eq!(outcome, ["No", "Yes", "Yes", "Yes"]);
    let found = joined.outcome_columns().unwrap();
    let said: Vec<_> = found.iter().map(|one| (one.column.as_str(), one.successes, one.failures)).collect();
    assert_eq!(said, [("In closed", 3, 1)]);
}

#[test]
fn closed_deals_that_were_attached_teach_a_card() {
    // Of leads by referral three in four bought, of the others one in four.
    let bought = |i: u32| if i.is_multiple_of(2) { !i.is_multiple_of(8) } else { i % 8 == 1 };
    let origin = |i: u32| if i.is_multiple_of(2) { "referral" } else { "advert" };
    let mut mqls = String::from("mql_id,first_contact_date,origin\n");
    let (mut won, mut both) = (String::from("mql_id,won_date,price\n"), String::from("mql_id,Deal Stage,Amount\n"));
    for i in 0..400 {
        let _ = writeln!(mqls, "m{:04x},2018-01-{:02},{}", i * 97, 1 + i % 28, origin(i));
        if bought(i) {
            let _ = writeln!(won, "m{:04x},2018-03-{:02},{}", i * 97, 1 + i % 28, i * 3);
        }
        if i < 300 {
            let stage = if bought(i) { "Closed Won" } else { "Closed Lost" };
            let _ = writeln!(both, "m{:04x},{stage},{}", i * 97, i * 3);
        }
    }
    let (joined, _) = attach(&leads(&mqls), "closed.csv", &won);
    let learned = joined.learn(&LearnOptions::default()).unwrap();
    assert_eq!((learned.outcome.as_str(), learned.decided, learned.gate.verdict), ("In closed", 400, Verdict::Signal));
    // What is known of buyers alone gives them away.
    let leaks: Vec<&str> = learned.leaks.iter().map(|leak| leak.column.as_str()).collect();
    assert_eq!(leaks, ["won_date", "price"]);

    let (joined, _) = attach(&leads(&mqls), "deals.csv", &both);
    let found = joined.outcome_columns().unwrap();
    let said: Vec<_> = found.iter().map(|one| (one.column.as_str(), one.successes, one.failures)).collect();
    assert_eq!(said, [("Deal Stage", 150, 150), ("In deals", 300, 100)]);
}

#[test]
fn leads_whose_deals_are_open_have_not_ended() {
    let of = |i: u32| (i.is_multiple_of(3), i % 3 != 2);
    let (mut mqls, mut deals) =
        ("mql_id,origin\n".to_owned(), "mql_id,Is Closed Won,Is Deal Closed?,Amount\n".to_owned());
    for i in 0..30 {
        let (won, closed) = of(i);
        let _ = writeln!(mqls, "m{:04x},{}", i * 97, ["social", "email"][i as usize % 2]);
        let _ = writeln!(deals, "m{:04x},{won},{closed},{}", i * 97, i * 3);
    }
    let options = AttachOptions { kind: Some(Kind::Deals), ..AttachOptions::default() };
    let (joined, _) = leads(&mqls).attach(table("deals.csv", &deals), &options).unwrap();
    let found = joined.outcome_columns().unwrap();
    let won = found.iter().find(|one| one.column == "Is Closed Won").unwrap();
    assert_eq!((won.successes, won.failures, won.undecided), (10, 10, 10));
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
    assert_eq!((join(&attached).matched, joined.text(1, Field::Industry)), (2, "Retail"));
    let error = list.attach(codes(), &on("Partner", "Ref")).unwrap_err();
    assert_eq!(error.to_string(), "run at on[0].left: no column `Partner` (leads.csv has Lead, Partner Code, Status)");
}

#[test]
fn people_are_found_by_first_and_last_name() {
    let log = "Contact,Activity Type,Activity Date\nAda Alder,Call,2026-03-01\nBO BIRCH,Call,2026-03-02\nDi Dorn,Call,2026-03-03\n";
    let (leads, attached) = attach(&leads(LEADS), "log.csv", log);
    assert_eq!(keys(join(&attached)), [(JoinKey::Name, "Full name", "Contact", 2)]);
    assert_eq!((leads.activities(0).len(), leads.activities(1).len()), (1, 1));
}

const DEALS: &str = "\
Deal ID,Deal Name,Account,Owner,Product,Deal Stage ID,Amount,Created Date,Close Date
D1,One,Acme,Kim Lee,GTXPro,s1,100,2026-01-02,2026-03-30
D2,Two,Acme,Kim Lee,GTX Basic,s2,200,2026-01-03,2026-03-30
D3,Three,Bolt,Lou Moe,GTXPro,s3,300,2026-01-04,2026-02-01
D4,Four,,Lou Moe,Other,s1,400,2026-01-05,2026-03-30
";

fn deals(text: &str) -> Pipeline {
    Pipeline::from_table(table("deals.csv", text), &Mapping::default()).unwrap()
}

fn attach_to(deals: &Pipeline, name: &str, text: &str) -> (Pipeline, Attached) {
    deals.attach(table(name, text), &AttachOptions::default()).unwrap()
}

fn column<'a>(deals: &'a Pipeline, header: &str) -> Vec<&'a str> {
    let at = deals.table().column_named(header).unwrap_or_else(|| panic!("no {header}"));
    (0..deals.table().rows()).map(|row| deals.table().columns()[at].text(row)).collect()
}

#[test]
fn deals_gain_accounts_products_and_sales_people_and_keep_their_keys() {
    let alone = deals(DEALS);
    let (with, attached) = attach_to(
        &alone,
        "accounts.csv",
        "account,sector,revenue,employees\nAcme,tech,1100,50\nBolt,retail,90,9\nZed,x,1,1\n",
    );
    let report = join(&attached);
    assert_eq!((report.matched, report.unmatched, report.blank, report.unused), (3, 1, 1, 1));
    assert_eq!(report.added_columns, ["sector", "revenue", "employees", "In accounts"]);
    let binding = with.binding();
    let field = |field| binding.column_of(field).map(|at| with.table().columns()[at].name().to_owned());
    assert_eq!(
        (field(Field::Industry).as_deref(), field(Field::Employees).as_deref()),
        (Some("sector"), Some("employees"))
    );
    // A company's revenue is not the deal's amount.
    assert_eq!(field(Field::Amount).as_deref(), Some("Amount"));
    let (with, attached) =
        attach_to(&with, "products.csv", "product,series,sales_price\nGTX Pro,GTX,4821\nGTX Basic,GTX,550\n");
    assert_eq!(keys(join(&attached)), [(JoinKey::Name, "Product", "product", 3)]);
    assert_eq!(join(&attached).unmatched_samples[0].value, "Other");
    assert_eq!(column(&with, "sales_price"), ["4821", "550", "4821", ""]);
    let (with, attached) = attach_to(
        &with,
        "reps.csv",
        "First Name,Last Name,Email,Manager,Hire Date\nKim,Lee,kim@x.example,Ada,2020-01-01\nLou,Moe,lou@x.example,Bo,2021-01-01\n",
    );
    assert_eq!(keys(join(&attached)), [(JoinKey::Name, "Owner", "Full name", 4)]);
    assert_eq!((with.reps().len(), with.reps()[1].manager.as_str()), (2, "Bo"));
    let as_of = |pipeline: &Pipeline| pipeline.as_of(Date::from_ymd(2026, 2, 15), Currency::USD);
    let told =
        |pipeline: &Pipeline| as_of(pipeline).deals.iter().map(|d| (d.key, d.amount, d.status)).collect::<Vec<_>>();
    assert_eq!(told(&alone), told(&with));
    assert_ne!(alone.fingerprint(), with.fingerprint());
}

#[test]
fn stages_get_their_names_and_what_they_say_of_won_and_lost() {
    let stages = "stage_id,label,is_closed,closed_won,probability,display_order,pipeline_id\ns1,Proposal,FALSE,FALSE,0.4,0,p\ns2,Signed off,TRUE,TRUE,1.0,1,p\ns3,Gone,TRUE,FALSE,0.0,2,p\n";
    let (with, attached) = attach_to(&deals(DEALS), "stages.csv", stages);
    assert_eq!(keys(join(&attached)), [(JoinKey::Id, "Deal Stage ID", "stage_id", 4)]);
    let seen = with.as_of(None, Currency::USD);
    let told: Vec<(&str, DealStatus)> = seen.deals.iter().map(|d| (d.stage.as_str(), d.status)).collect();
    let (open, won, lost) = (DealStatus::Open, DealStatus::Won, DealStatus::Lost);
    assert_eq!(told, [("Proposal", open), ("Signed off", won), ("Gone", lost), ("Proposal", open)]);
    assert_eq!(seen.deals[0].probability, Some(0.4));
}

#[test]
fn a_history_belongs_to_its_deals_and_counts_what_it_leaves_out() {
    let log = "Opportunity ID,Field,Old Value,New Value,Edit Date\nD1,Stage,s0,s1,2026-01-10\nD1,Amount,90,100,2026-01-11\nD2,Stage,s1,s2,\n,Stage,s1,s2,2026-01-12\nD9,Stage,s1,s2,2026-01-12\n";
    let (with, attached) = attach_to(&deals(DEALS), "history.csv", log);
    whole(&attached.receipt);
    let codes: Vec<(&str, u64)> = attached.receipt.diagnostics.iter().map(|d| (d.code, d.count)).collect();
    assert_eq!(codes, [("other-field", 1), ("row-without-date", 1), ("row-without-reference", 1)]);
    assert_eq!((attached.receipt.rows_read, attached.receipt.rows_used), (5, 2));
    let report = join(&attached);
    assert_eq!((report.matched, report.unmatched, report.blank), (3, 2, 1));
    let history = with.history().unwrap();
    assert_eq!(
        (history.shape, history.of("D1").len(), history.of("D1")[0].stage.as_str()),
        (HistoryShape::EventLog, 1, "s1")
    );
    assert!(deals(DEALS).history().is_none());
}

#[test]
fn ids_of_a_history_become_those_of_the_deals() {
    let short = DEALS.replace("D1", "006A000000abcde");
    let log = "Opportunity ID,From Stage,To Stage,Edit Date\n006A000000abcdeIAA,s0,s1,2026-01-10\n";
    let (with, _) = attach_to(&deals(&short), "history.csv", log);
    assert_eq!(with.history().unwrap().of("006A000000abcde").len(), 1);
}

#[test]
fn an_earlier_export_tells_what_changed_since() {
    let newer = Pipeline::from_table(table("deals_2026_02_20.csv", DEALS), &Mapping::default()).unwrap();
    let before = DEALS.replace("s2,200", "s1,200");
    let (with, attached) = attach_to(&newer, "deals_2026-02-13.csv", &before);
    assert_eq!((join(&attached).matched, attached.receipt.kind), (4, "deals"));
    let events: Vec<String> =
        with.history().unwrap().of("D2").iter().map(|event| format!("{} {}", event.entered, event.stage)).collect();
    assert_eq!(events, ["2026-02-13 s1", "2026-02-20 s2"]);
    let error = newer.attach(table("deals_2026-02-20.csv", &before), &AttachOptions::default()).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("found 2026-02-20 for both")), ("same-day", true));
    let day = AttachOptions { day: Date::from_ymd(2026, 2, 1), ..AttachOptions::default() };
    let (with, _) = newer.attach(table("deals_2026-02-20.csv", &before), &day).unwrap();
    assert_eq!(with.history().unwrap().of("D1")[0].entered.to_string(), "2026-02-01");
}

#[test]
fn a_pipeline_tells_its_own_history_where_it_can() {
    let wide = "Record ID,Deal Name,Amount,Deal Stage,Close Date,\"Date entered \"\"Demo (Sales)\"\"\"\n1,A,5,Demo,2026-03-01,2026-01-05 10:00\n";
    let pipeline = deals(wide);
    let history = pipeline.history().unwrap();
    assert_eq!((history.shape, history.of("1")[0].stage.as_str()), (HistoryShape::WideColumns, "Demo"));
    let last = "Deal ID,Deal Name,Stage,Amount,Close Date,Last Stage Change Date\nD1,A,Demo,5,2026-03-01,2026-01-07\n";
    assert_eq!(deals(last).history().unwrap().shape, HistoryShape::LastChange);
}

#[test]
fn quotas_add_up_by_period_and_parts_are_not_counted_twice() {
    let goals = "Name,Goal Owner,Target,Fiscal Period,Fiscal Year,Goal Metric,Parent Goal,From,To\nTeam Q1,Ada,\"$700.50 \",Quarter 1,FY2026,Revenue,,1/1/2026,3/31/2026\nKim Q1,Kim Lee,\"$400.00 \",Quarter 1,FY2026,Revenue,Team Q1,1/1/2026,3/31/2026\nTeam Q2,Ada,\"$800.00 \",Quarter 2,FY2026,Revenue,,4/1/2026,6/30/2026\nCalls,Ada,40,Quarter 1,FY2026,No. of calls (count),,1/1/2026,3/31/2026\nNone,Ada,,Quarter 1,FY2026,Revenue,,1/1/2026,3/31/2026\n";
    let (with, attached) = attach_to(&deals(DEALS), "Goal.csv", goals);
    whole(&attached.receipt);
    assert_eq!((attached.receipt.kind, attached.receipt.rows_used), ("quotas", 3));
    let sums: Vec<(&str, f64, u64)> = attached.quotas.iter().map(|q| (q.label.as_str(), q.amount, q.quotas)).collect();
    assert_eq!(sums, [("2026 Q1", 700.5, 1), ("2026 Q2", 800.0, 1)]);
    let report = join(&attached);
    assert_eq!((report.matched, report.unmatched, report.by_key[0].left_column.as_str()), (1, 4, "Owner"));
    assert_eq!(with.quotas().unwrap().rows()[1].owner, "Kim Lee");
    assert!(with.quotas().unwrap().rows()[1].is_part);
    // Words alone are read by the fiscal year.
    let words = "Rep,Quarter,Quota\nKim,Q1 FY2027,500\nLou,Q1 FY2027,250\nLou,someday,1\n";
    let quotas = Quotas::from_table(table("q.csv", words), &Mapping::default(), Currency::USD).unwrap();
    whole(quotas.receipt());
    let sums = quotas.by_period(FiscalYear::starting(2).unwrap());
    assert_eq!((sums.len(), sums[0].first_day.to_string().as_str(), sums[0].amount), (1, "2026-02-01", 750.0));
    assert_eq!(sums[0].label, "FY2027 Q1");
    let months = "Month,Quota\n2026-01-01,10\n2026-02-01,20\n";
    let quotas = Quotas::from_table(table("q.csv", months), &Mapping::default(), Currency::USD).unwrap();
    let labels: Vec<String> = quotas.by_period(FiscalYear::default()).into_iter().map(|sum| sum.label).collect();
    assert_eq!(labels, ["2026-01", "2026-02"]);
}

#[test]
fn contracts_are_typed_and_counted() {
    let text = "Contract ID,Account,Start Date,End Date,Contract Value,MRR,Auto Renewal,Currency,Status,Plan\nC1,Acme,2025-01-01,2025-12-31,1200,100,yes,EUR,Active,Pro\nC2,Bolt GmbH,2025-01-01,2025-06-30,600,,no,EUR,Ended,Basic\nC3,Zed,2025-05-01,2025-01-01,1,1,no,EUR,Active,Pro\nC4,Zed,,,1,1,no,EUR,Active,Pro\n";
    let contracts = Contracts::from_table(table("c.csv", text), &Mapping::default(), Currency::USD).unwrap();
    whole(contracts.receipt());
    let codes: Vec<&str> = contracts.receipt().diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["end-before-start", "row-without-date"]);
    let [one, two] = contracts.rows() else { panic!() };
    assert_eq!(one.yearly.map(|m| (m.minor, m.currency.to_string())), Some((120_000, "EUR".to_owned())));
    assert_eq!((two.yearly, two.amount.map(|m| m.minor)), (None, Some(60_000)));
    let day = Date::from_ymd(2026, 3, 1).unwrap();
    assert_eq!((one.runs_on(day), two.runs_on(day)), (true, false));
    let (with, attached) = attach_to(&deals(DEALS), "c.csv", text);
    assert_eq!((with.contracts().len(), join(&attached).matched, join(&attached).unmatched), (2, 2, 2));
}

#[test]
fn sales_people_are_typed_and_counted() {
    let text = "Owner ID,First Name,Last Name,Email,Manager,Team,Capacity,Status,Hire Date\n1,Kim,Lee,kim@x.example,Ada,West,40,Active,2024-01-01\n2,Lou,Moe,,Ada,East,,Inactive,2020-01-01\n,,,,Ada,East,,,\n";
    let reps = Reps::from_table(table("r.csv", text), &Mapping::default()).unwrap();
    whole(reps.receipt());
    let [kim, lou] = reps.rows() else { panic!() };
    assert_eq!((kim.name.as_str(), kim.capacity, kim.active), ("Kim Lee", Some(40.0), Some(true)));
    let day = |year| Date::from_ymd(year, 1, 1).unwrap();
    assert_eq!((kim.works_on(day(2023)), kim.works_on(day(2025)), lou.works_on(day(2025))), (false, true, false));
    assert_eq!(reps.receipt().diagnostics.last().map(|d| d.code), Some("row-without-name"));
}

#[test]
fn a_file_without_the_column_it_needs_is_refused_with_the_remedy() {
    let mapping = Mapping::default();
    let text = |name: &str| table(name, "a,b\nx,y\n");
    let message = |error: leadcast::Error| {
        assert_eq!(error.code(), "missing-column");
        error.to_string()
    };
    assert_eq!(
        message(leadcast::crm::Activities::from_table(text("a.csv"), &mapping).unwrap_err()),
        "a.csv: no column was found for the day of the activity (name it `Activity Date`, or map one)"
    );
    message(Contracts::from_table(text("a.csv"), &mapping, Currency::USD).unwrap_err());
    message(Quotas::from_table(text("a.csv"), &mapping, Currency::USD).unwrap_err());
    message(Reps::from_table(text("a.csv"), &mapping).unwrap_err());
    assert_eq!(StageHistory::from_table(text("a.csv"), &mapping).unwrap_err().code(), "no-stage-history");
    let error = leads(LEADS)
        .attach(table("h.csv", "Deal ID,From Stage,To Stage,Edit Date\n1,a,b,2026-01-01\n"), &AttachOptions::default());
    assert_eq!(error.unwrap_err().code(), "cannot-attach");
}

#[test]
fn a_session_attaches_files_and_forgets_what_it_knew_before() {
    let mut leads = session::Leads::from_records(r#"[{"Company": "Acme Ltd"}, {"Company": "Bolt"}]"#, "{}").unwrap();
    leads.score(r#"{ "format": 1 }"#, "{}").unwrap();
    let mut accounts = session::Reader::new(r#"{"options": {"name": "accounts.csv"}}"#).unwrap();
    accounts.push(b"Account Name,Industry\nACME,Software\n").unwrap();
    let attached = leads.attach(accounts).unwrap();
    assert_eq!((join(&attached).matched, attached.receipt.file.as_deref()), (1, Some("accounts.csv")));
    assert_eq!(leads.csv().unwrap_err().code(), "not-scored");
    assert_eq!(leads.values("industry").unwrap().unwrap().filled, 1);
    assert_eq!(leads.receipt().columns.last().unwrap().name, "In accounts");
    let deal = r#"[{"dealId": "1", "Owner": "Kim", "stage": "Proposal", "amount": 500, "closeDate": "2026-03-20"}]"#;
    let mut deals = session::Deals::from_records(deal, "{}").unwrap();
    let quotas = r#"[{"Rep": "Kim", "Quarter": "Q1 FY2027", "Quota": 900}, {"Rep": "Lou", "Quarter": "Q1 FY2027", "Quota": 100}]"#;
    let reading = r#"{"attach": {"kind": "quotas", "currency": "EUR", "fiscalYear": 2}}"#;
    let attached = deals.attach(session::Reader::of_records(quotas, reading).unwrap()).unwrap();
    let sum = &attached.quotas[0];
    assert_eq!((sum.label.as_str(), sum.amount, sum.currency.to_string().as_str()), ("FY2027 Q1", 1000.0, "EUR"));
    assert_eq!((join(&attached).matched, join(&attached).unmatched), (1, 1));
    let error = session::Reader::new(r#"{"attach": {"kind": "cats"}}"#).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), ("bad-option", Some("attach.kind")));
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
    assert_eq!((join(&attached).matched, join(&attached).unmatched), (many - 1, 1));
    assert_eq!(joined.text(many as usize - 1, Field::Industry), "Industry 1");
}
