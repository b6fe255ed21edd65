//! Accounts and buying committees, with figures worked out by hand beside each assertion.

#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::crm::join::AttachOptions;
use leadcast::crm::{LeadList, Mapping};
use leadcast::model::{OperatingModel, Run};
use leadcast::report::{AccountCard, AccountView, AccountsReport};
use leadcast::table::{ReadOptions, Table};
use leadcast::targeting::{AccountFlag, RoleSource, ScoredLeads};

/// Engagement is the column `Interest`, 1 point each, of 100; it halves in 30 days from the last activity.
const MODEL: &str = r#"{ "format": 1,
  "icp": {
    "fit": { "groups": [{ "name": "Size", "rules": [
      { "name": "Large", "when": { "field": "employees", "atLeast": 200 }, "points": 80 }] }] },
    "engagement": { "groups": [{ "name": "Interest", "rules": [
      { "name": "Interest", "when": { "field": "column:Interest", "atLeast": 1 }, "points": 1,
        "per": { "field": "column:Interest" }, "decay": { "halfLifeDays": 30 } }] }] },
    "disqualify": [{ "name": "Competitor", "when": { "field": "industry", "is": "Competition" } }] },
  "committee": { "roles": [
    { "name": "Economic buyer", "titles": ["cfo", "chief financial"], "seniorities": ["C-Level"], "required": 1, "weight": 3 },
    { "name": "Technical buyer", "titles": ["cto", "engineer"], "departments": ["IT"], "required": 1, "weight": 2 },
    { "name": "Blocker", "titles": ["procurement"] },
    { "name": "End user", "titles": ["manager"], "required": 1, "weight": 1 }] } }"#;

const CONTACTS: &str =
    "Email,Full Name,Title,Seniority,Company,Website,Employees,Interest,Last Activity,Owner,Buying Role,Industry
ada@acme.com,Ada Lovelace,CFO,,Acme Inc.,acme.com,450,50,2026-03-31,Kim,,Software
alan@acme.com,Alan Turing,Head of IT,,Acme,,450,40,2026-03-01,Kim,,Software
,Ada Lovelace,CFO,,ACME,https://www.acme.com/,450,10,2026-03-31,Kim,,Software
grace@acme.com,Grace Hopper,Procurement,,Acme,,450,,,Lee,,Software
lin@gmail.com,Lin Wei,Product Manager,,Bolt GmbH,,90,20,2026-03-31,Kim,,Finance
max@bolt.io,Max Bell,,C-Level,Bolt,bolt.io,90,,,Kim,Influencer,Finance
eve@core.ai,Eve Stone,,,Core,,300,30,2026-03-31,Kim,Champion; Decision Maker,Competition
joe@gmail.com,Joe Doe,CTO,,,,,60,2026-03-31,Kim,,
";

fn scored(csv: &str) -> ScoredLeads {
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
    let model = OperatingModel::from_json(MODEL).unwrap();
    leads.score(&model, &Run::from_json(r#"{ "asOf": "2026-03-31" }"#).unwrap())
}

fn report(leads: &ScoredLeads, view: &str) -> AccountsReport {
    leads.accounts().report(leads, &AccountView::from_json(view).unwrap())
}

fn card(leads: &ScoredLeads, name: &str) -> AccountCard {
    let all = report(leads, "{}");
    let account = all.rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no {name} in {all:#?}"));
    leads.accounts().card(leads, account.account).unwrap()
}

#[test]
fn contacts_roll_up_by_domain_and_name_and_one_person_counts_once() {
    let leads = scored(CONTACTS);
    let all = report(&leads, "{}");
    // Bolt GmbH has no domain of its own and joins the one account that is called Bolt; Joe has nothing to go by.
    assert_eq!((all.accounts, all.people), (3, 6));
    assert_eq!((all.placed.id, all.placed.domain, all.placed.name, all.placed.none), (0, 7, 0, 1));
    let acme = card(&leads, "Acme");
    assert_eq!((acme.account.rows, acme.account.people, acme.account.domain.as_str()), (4, 3, "acme.com"));
    let ada = &acme.people[0];
    assert_eq!((ada.name.as_str(), ada.line, ada.repeats.as_slice()), ("Ada Lovelace", 2, &[4][..]));
    assert!(acme.account.flags.contains(&AccountFlag::RepeatedPeople));
    assert_eq!(all.sentence, "6 people in 3 accounts; 0 with every required role; 2 hang on one person");
}

#[test]
fn engagement_of_an_account_has_role_weights_decay_and_less_and_less_of_each_further_person() {
    let leads = scored(CONTACTS);
    let acme = card(&leads, "Acme");
    // Ada, 50 of 100, weighs 3 of 3: what is left is 0.5. Alan, 40 of 100 thirty days ago, is 20 now. `Head of IT` is
    // no role, so he weighs 1: 0.8^(1/3). Grace shows nothing. 100 · (1 − 0.5 · 0.8^(1/3)).
    let by_hand = 100.0 * (1.0 - 0.5 * 0.928_317_766_722_556);
    let engagement = acme.account.engagement.unwrap();
    assert!((engagement - by_hand).abs() < 1e-6, "{engagement} is not {by_hand}");
    assert!((by_hand - 53.584_111_6).abs() < 1e-6);
    assert_eq!(acme.people.iter().map(|person| person.weight).collect::<Vec<_>>(), [3.0, 1.0, 1.0]);
    // More than the most engaged alone, less than the sum.
    assert!(engagement > 50.0 && engagement < 70.0);
    assert_eq!((acme.account.fit, acme.account.grade.as_str()), (Some(80.0), "A2"));
    assert_eq!(acme.account.last_touch_days, Some(0));
}

#[test]
fn seats_are_filled_by_roles_that_are_sure_enough() {
    let leads = scored(CONTACTS);
    let acme = card(&leads, "Acme");
    assert_eq!((acme.account.seats_filled, acme.account.seats), (Some(1), Some(3)));
    assert_eq!(acme.account.missing, ["Technical buyer", "End user"]);
    assert!(
        acme.account.flags.contains(&AccountFlag::Blocker) && acme.account.flags.contains(&AccountFlag::SeveralOwners)
    );
    let bolt = card(&leads, "Bolt");
    // The level alone is 0.4: it fills no seat, but is said.
    let economic = bolt.missing.iter().find(|lack| lack.role == "Economic buyer").unwrap();
    assert_eq!((economic.people, economic.perhaps), (1, 1));
    let max = bolt.people.iter().find(|person| person.name == "Max Bell").unwrap();
    assert_eq!((max.roles[0].sources.as_slice(), max.roles[0].counts), (&[RoleSource::Seniority][..], false));
    assert!(bolt.account.flags.contains(&AccountFlag::SingleThreaded));
    assert_eq!(
        bolt.account.sentence,
        "2 people known; 1 of 3 required seats filled; no Economic buyer, no Technical buyer; only Lin Wei is engaged"
    );
    // A decision maker is the economic buyer; a champion is no role of this model.
    let eve = &card(&leads, "Core").people[0];
    assert_eq!((eve.roles[0].role.as_str(), eve.roles[0].confidence), ("Economic buyer", 1.0));
    let unknown: Vec<_> = report(&leads, "{}").unknown_roles.into_iter().map(|role| (role.value, role.count)).collect();
    assert_eq!(unknown, [("Champion".to_owned(), 1), ("Influencer".to_owned(), 1)]);
}

#[test]
fn the_model_says_which_roles_may_block() {
    let flagged = |model: &str| {
        let table = Table::from_csv(CONTACTS.as_bytes(), &ReadOptions::default()).unwrap();
        let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
        let leads = leads.score(&OperatingModel::from_json(model).unwrap(), &Run::default());
        let rows = report(&leads, "{}").rows;
        rows.into_iter().filter(|row| row.flags.contains(&AccountFlag::Blocker)).map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(flagged(MODEL), ["Acme"], "by the role's name");
    let renamed = MODEL.replace(r#""name": "Blocker""#, r#""name": "Purchasing""#);
    assert_eq!(flagged(&renamed), [""; 0]);
    let told = renamed.replace(r#""titles": ["procurement"]"#, r#""titles": ["procurement"], "blocks": true"#);
    assert_eq!(flagged(&told), ["Acme"]);
    let denied = MODEL.replace(r#""titles": ["procurement"]"#, r#""titles": ["procurement"], "blocks": false"#);
    assert_eq!(flagged(&denied), [""; 0]);
}

#[test]
fn an_account_whose_rows_are_all_ruled_out_is_ruled_out() {
    let leads = scored(CONTACTS);
    let core = card(&leads, "Core");
    assert_eq!(core.account.disqualified.as_deref(), Some("Competitor"));
    assert_eq!(core.account.engagement, None, "nobody is left to be engaged");
    assert_eq!(report(&leads, "{}").rows.last().unwrap().name, "Core", "last by rank");
}

#[test]
fn who_is_ruled_out_sits_on_no_seat() {
    let csv = "Email,Title,Company,Industry\nada@acme.com,CFO,Acme,Software\nalan@acme.com,CTO,Acme,Competition\n\
        eve@core.ai,CTO,Core,Competition\njoe@core.ai,CFO,Core,Competition\n";
    let leads = scored(csv);
    let acme = card(&leads, "Acme");
    let seats = |card: &AccountCard| (card.account.people, card.account.seats_filled, card.account.missing.clone());
    assert_eq!(seats(&acme), (2, Some(1), vec!["Technical buyer".to_owned(), "End user".to_owned()]));
    assert!(acme.account.flags.contains(&AccountFlag::SingleThreaded));
    let technical = report(&leads, "{}").roles.into_iter().find(|role| role.role == "Technical buyer").unwrap();
    assert_eq!((technical.people, technical.accounts), (0, 0));
    // Core lacks an end user as Acme does, but is ruled out as a whole.
    let of_end_users = report(&leads, "{}").roles.into_iter().find(|role| role.role == "End user").unwrap();
    assert_eq!((of_end_users.people, of_end_users.accounts, of_end_users.lacking), (0, 0, 1));
    // An account that is ruled out as a whole is shown as it is.
    assert_eq!(seats(&card(&leads, "Core")), (2, Some(2), vec!["End user".to_owned()]));
}

#[test]
fn whose_ids_they_are_says_what_the_rows_are() {
    for header in ["Lead ID", "Lead Id", "Prospect ID", "Contact ID", "Lead Number"] {
        for rest in ["Name,Company,Created,Visits", "Company,Industry,Created,Visits"] {
            let cells = |company: &str| {
                if rest.starts_with('N') { format!("P,{company}") } else { format!("{company},Software") }
            };
            let line = |at: usize, company: &str| format!("L{at},{},2026-01-0{at},3\n", cells(company));
            let csv = format!("{header},{rest}\n{}{}{}", line(1, "Acme"), line(2, "Acme"), line(3, "Bolt"));
            let all = report(&scored(&csv), "{}");
            let rows: Vec<(&str, u64)> = all.rows.iter().map(|row| (row.name.as_str(), row.rows)).collect();
            assert!(rows.contains(&("Acme", 2)) && rows.contains(&("Bolt", 1)), "{header},{rest}: {rows:?}");
        }
    }
}

#[test]
fn no_order_of_the_rows_changes_a_bit() {
    let (head, body) = CONTACTS.split_once('\n').unwrap();
    let lines: Vec<&str> = body.lines().collect();
    let told = |lines: &[&str]| {
        let leads = scored(&format!("{head}\n{}\n", lines.join("\n")));
        let all = report(&leads, "{}");
        let cards = all.rows.iter().map(|row| leads.accounts().card(&leads, row.account).unwrap());
        // Places in the file are all that may differ.
        let people = |card: &AccountCard| {
            let of =
                card.people.iter().map(|one| (one.name.clone(), one.roles.clone(), one.engagement, one.repeats.len()));
            of.collect::<Vec<_>>()
        };
        (all.fingerprint.clone(), all.rows.clone(), cards.map(|card| people(&card)).collect::<Vec<_>>())
    };
    let first = told(&lines);
    let (reversed, turned): (Vec<&str>, Vec<&str>) =
        (lines.iter().rev().copied().collect(), lines.iter().cycle().skip(3).take(lines.len()).copied().collect());
    assert_eq!(told(&reversed), first);
    assert_eq!(told(&turned), first);
}

#[test]
fn views_filter_sort_and_window() {
    let leads = scored(CONTACTS);
    let names = |view: &str| report(&leads, view).rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
    assert_eq!(names("{}"), ["Acme", "Bolt", "Core"]);
    assert_eq!(names(r#"{ "sort": "people", "descending": true }"#), ["Acme", "Bolt", "Core"]);
    assert_eq!(names(r#"{ "sort": "name", "descending": true, "count": 2 }"#), ["Core", "Bolt"]);
    assert_eq!(names(r#"{ "flag": "blocker" }"#), ["Acme"]);
    assert_eq!(names(r#"{ "missing": "Economic buyer" }"#), ["Bolt"]);
    assert_eq!(names(r#"{ "text": "BOLT.io" }"#), ["Bolt"]);
    let last = report(&leads, r#"{ "from": 2, "count": 1 }"#);
    assert_eq!((last.shown, last.rows.len()), (3, 1));
    assert_eq!(AccountView::from_json(r#"{ "flag": "sleepy" }"#).unwrap_err().code(), "bad-view");
}

#[test]
fn accounts_that_may_be_one_are_told() {
    let leads = scored(
        "Account ID,Company,Website,Email,Interest\n1,Delta,delta.com,a@delta.com,5\n2,Delta Inc,delta.com,b@delta.com,5\n",
    );
    let all = report(&leads, "{}");
    assert_eq!(
        (all.duplicate_count, all.duplicates[0].names.as_slice()),
        (1, &["Delta".to_owned(), "Delta Inc".to_owned()][..])
    );
    assert!(all.rows.iter().all(|row| row.flags.contains(&AccountFlag::PossibleDuplicate)));
    assert_eq!(all.rows[0].coverage, None, "the file says nothing of roles");
    assert!(!all.says_roles && all.absent_role_fields.contains(&"title".to_owned()));
}

#[test]
fn activities_that_were_attached_count_and_those_of_tomorrow_do_not() {
    let csv = "Email,Company,Title\nada@acme.com,Acme,CFO\n";
    let table = |csv: &str| Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let leads = LeadList::from_table(table(csv), &Mapping::default()).unwrap();
    let activities = "Activity Type,Activity Date,Email\nCall,2026-03-21,ada@acme.com\nCall,2026-04-01,ada@acme.com\n";
    let (leads, _) = leads.attach(table(activities), &AttachOptions::default()).unwrap();
    let model = OperatingModel::from_json(MODEL).unwrap();
    let leads = leads.score(&model, &Run::from_json(r#"{ "asOf": "2026-03-31" }"#).unwrap());
    assert_eq!(report(&leads, "{}").rows[0].last_touch_days, Some(10));
}

#[test]
fn the_download_names_people_by_role() {
    let leads = scored(CONTACTS);
    let bytes = leads.accounts().to_csv(&leads, Default::default());
    let table = Table::from_csv(&bytes, &ReadOptions::default()).unwrap();
    let column = |name: &str| table.columns().iter().find(|column| column.name() == name).unwrap();
    assert_eq!((column("Account").text(0), column("Economic buyer").text(0)), ("Acme", "Ada Lovelace"));
    assert_eq!((column("Blocker").text(0), column("End user").text(1)), ("Grace Hopper", "Lin Wei"));
    assert_eq!(column("Missing roles").text(1), "Economic buyer; Technical buyer");
}
