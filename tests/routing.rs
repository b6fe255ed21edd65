//! Owners, promises, queues and definitions as a user sees them; every figure is worked out by hand beside it.

#![allow(clippy::unwrap_used)]

use leadcast::crm::join::AttachOptions;
use leadcast::crm::{LeadList, Mapping};
use leadcast::model::{OperatingModel, Preset, Run, Truth};
use leadcast::table::write::WriteOptions;
use leadcast::table::{ReadOptions, Table};
use leadcast::targeting::{Definition, Filter, Queue, ScoredLeads, SlaState, SortKey, View};

const MODEL: &str = r#"{
  "format": 1,
  "meta": { "workingHours": { "start": "09:00", "end": "17:00" }, "holidays": ["2026-11-26"], "timeZone": "Europe/Berlin" },
  "definitions": {
    "mql": { "all": [ { "field": "fit", "atLeast": 50 }, { "field": "email", "exists": true } ] },
    "sql": { "field": "status", "contains": "qualified" },
    "opportunity": { "field": "column:Deal ID", "exists": true }
  },
  "icp": { "fit": { "groups": [ { "name": "Size", "rules": [
    { "name": "Large", "when": { "field": "employees", "atLeast": 100 }, "points": 50 } ] } ] } },
  "segments": [
    { "name": "Large", "when": { "field": "employees", "atLeast": 100 }, "acv": 50000, "winRate": 0.2, "cycleDays": 100 },
    { "name": "Small", "when": { "field": "employees", "atMost": 99 }, "acv": 3000, "winRate": 0.1, "cycleDays": 30 }
  ],
  "routing": {
    ACCOUNT
    "pools": [
      { "name": "Field", "members": [ { "name": "Ann" }, { "name": "Bob", "away": [ { "from": "2026-11-20", "to": "2026-11-27" } ] } ] },
      { "name": "Desk", "members": [ { "name": "Cid", "capacity": 3 } ] }
    ],
    "rules": [
      { "name": "Large", "segment": "Large", "pool": "Field", "sla": { "businessHours": 4 } },
      { "name": "Demo", "when": { "field": "source", "is": "Demo request" }, "pool": "Desk", "sla": { "minutes": 2 } }
    ],
    "fallback": "Desk"
  }
}"#;

/// Berlin is one hour ahead of UTC in November.
const RUN: &str = r#"{ "asOf": "2026-11-27", "utcOffsets": [ { "from": "2026-10-25T01:00Z", "minutes": 60 } ] }"#;

fn scored(account: &str, csv: &str) -> ScoredLeads {
    let model = OperatingModel::from_json(&MODEL.replace("ACCOUNT", account)).unwrap();
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
    leads.score(&model, &Run::from_json(RUN).unwrap())
}

const TIMES: &str = "Lead ID,Company,Email,Employees,Lead Source,Status,Created Date,Last Activity Date\n\
    1,A,a@a.com,200,,New,2026-11-25 14:30,\n\
    2,B,b@b.com,200,,New,2026-11-25 14:30,2026-11-27 10:00\n\
    3,C,c@c.com,200,,New,2026-11-25T14:30:00Z,2026-11-25T14:30:00Z\n\
    4,D,d@d.com,200,,New,2026-11-27 14:00,\n\
    5,E,e@e.com,20,Demo request,New,2026-11-27 23:58,\n\
    6,F,f@f.com,20,Demo request,New,2026-11-27 23:59,\n\
    7,G,g@g.com,20,,New,2026-11-20 09:30,2026-11-19 08:00\n\
    8,H,h@h.com,200,,Sales qualified,2026-11-02 09:30,\n";

#[test]
fn a_promise_in_business_hours_skips_nights_weekends_and_holidays() {
    let leads = scored("", TIMES);
    let due = |row| leads.due_text(row);
    // Wednesday 14:30: two and a half hours until 17:00; Thursday is a holiday; Friday from 9:00 one and a half more.
    assert_eq!(due(0).as_deref(), Some("2026-11-27 10:30"));
    // 14:30 UTC is 15:30 in Berlin: an hour and a half on Wednesday, two and a half on Friday.
    assert_eq!(due(2).as_deref(), Some("2026-11-27 11:30"));
    // Friday 14:00: three hours, and one on Monday. The as-of day ends before.
    assert_eq!(due(3).as_deref(), Some("2026-11-30 10:00"));
    // Two minutes on the wall clock: the as-of moment is the end of its day.
    assert_eq!((due(4).as_deref(), due(5).as_deref()), (Some("2026-11-28 00:00"), Some("2026-11-28 00:01")));
    // No rule took lead 7: there is no promise.
    assert_eq!(due(6), None);
    let states: Vec<_> = (0..8).map(|row| leads.sla_state(row)).collect();
    use SlaState::{Answered, Breached, Open};
    assert_eq!(
        states,
        [
            Some(Breached),
            Some(Answered),
            // The activity that created the lead is no answer.
            Some(Breached),
            Some(Open),
            Some(Breached),
            Some(Open),
            None,
            // Already an SQL: somebody was in touch whatever the columns say.
            Some(Answered),
        ]
    );
    // From Friday 10:30 to the end of work: six and a half hours late.
    assert_eq!((leads.hours_late(0), leads.hours_late(2), leads.hours_late(1)), (Some(6.5), Some(5.5), None));
    let report = leads.report();
    let large = &report.routing[0];
    assert_eq!((large.count, large.answered, large.open, large.breached, large.unanswered_unknown), (5, 2, 1, 2, 0));
    assert_eq!((report.breaches.count, report.stalled.count), (3, 4));
}

#[test]
fn where_only_days_are_known_a_breach_is_certain() {
    let csv = "Lead ID,Company,Employees,Created Date,Last Activity Date\n\
        1,A,200,2026-11-25,\n\
        2,B,200,2026-11-25,2026-11-25\n\
        3,C,200,2026-11-26,\n\
        4,D,200,2026-11-27,\n";
    let leads = scored("", csv);
    // Created some time on Wednesday, at the latest at its end: four hours of Friday.
    assert_eq!(leads.due_text(0).as_deref(), Some("2026-11-27 13:00"));
    assert_eq!(leads.due_text(3).as_deref(), Some("2026-11-30 13:00"));
    let states: Vec<_> = (0..4).filter_map(|row| leads.sla_state(row)).collect();
    assert_eq!(states, [SlaState::Breached, SlaState::Answered, SlaState::Breached, SlaState::Open]);
    // A file that says nothing of activities cannot tell.
    let silent = scored("", "Lead ID,Company,Employees,Created Date\n1,A,200,2026-11-25\n");
    assert_eq!(silent.sla_state(0), Some(SlaState::Unknown));
    assert_eq!(silent.report().routing[0].unanswered_unknown, 1);
}

const OWNED: &str = "Lead ID,Account ID,Company,Email,Employees,Owner,Created Date\n\
    1,7,Acme,x@acme.com,200,Cid,2026-11-02\n\
    2,,Acme Inc.,y@acme.com,200,,2026-11-03\n\
    3,8,Bolt,z@bolt.io,200,Bob,2026-11-03\n\
    4,,Core,c@core.de,200,Zoe Outside,2026-11-03\n\
    5,,Core GmbH,d@core.de,20,,2026-11-03\n\
    6,,Dune,e@dune.fr,20,Marketing Queue,2026-11-03\n";

#[test]
fn whoever_has_the_account_comes_first() {
    let leads = scored("", OWNED);
    let owners: Vec<_> = (0..6).map(|row| leads.owner(row)).collect();
    // Cid has Acme, by id and by domain. Bob is away: Ann, by the rule. Zoe is in no pool: the rules decide.
    assert_eq!(owners, [Some("Cid"), Some("Cid"), Some("Ann"), Some("Ann"), Some("Cid"), None]);
    assert_eq!(leads.route_reason(1), "Cid has the account already");
    assert_eq!(
        (leads.pool(1), leads.rule(1), leads.sla(1).as_deref()),
        (Some("Desk"), Some("Large"), Some("4 business hours"))
    );
    assert_eq!(
        leads.route_reason(2),
        "the account's owner takes no leads at present; Large leads go to Field, to be answered within 4 business hours"
    );
    // Cid takes three leads at most: two of Acme count.
    assert_eq!(leads.route_reason(5), "every active member of Desk is at capacity");
    let report = leads.report();
    assert_eq!(report.account_owner, 2);
    let reasons: Vec<_> = report.exceptions.reasons.iter().map(|r| (r.code.as_str(), r.count)).collect();
    assert_eq!(reasons, [("at-capacity", 1), ("missing-field", 1), ("owner-inactive", 1)]);
    assert_eq!(report.exceptions.count, 3);
}

#[test]
fn owners_outside_the_pools_count_if_the_model_says_so() {
    let leads = scored(r#""accountOwner": "anyone","#, OWNED);
    let owners: Vec<_> = (0..6).map(|row| leads.owner(row)).collect();
    assert_eq!(
        owners,
        [Some("Cid"), Some("Cid"), Some("Ann"), Some("Zoe Outside"), Some("Zoe Outside"), Some("Cid")],
        "a queue is nobody"
    );
    assert_eq!((leads.pool(3), leads.rule(3)), (None, Some("Large")));
    let off = scored(r#""accountOwner": "off","#, OWNED);
    assert_eq!((0..4).filter_map(|row| off.owner(row)).collect::<Vec<_>>(), ["Ann"; 4]);
}

/// Ann sits in two pools and can take three leads, whichever pool they come from, or whether she has the account.
#[test]
fn whoever_is_in_two_pools_has_one_capacity() {
    let model = r#"{ "format": 1,
      "routing": {
        "pools": [
          { "name": "Field", "members": [ { "name": "Ann", "capacity": 3 }, { "name": "Bob", "capacity": 2 } ] },
          { "name": "Desk", "members": [ { "name": "ann", "capacity": 3 }, { "name": "Cid", "weight": 2 } ] }
        ],
        "rules": [ { "name": "Large", "when": { "field": "employees", "atLeast": 100 }, "pool": "Field" } ],
        "fallback": "Desk"
      } }"#;
    let dealt = |sizes: &[(u32, &str)]| {
        let mut csv = "Lead ID,Company,Employees,Created Date,Owner\n".to_owned();
        for (id, (size, owner)) in sizes.iter().enumerate() {
            csv += &format!("{id},C{id},{size},2026-11-{:02},{owner}\n", 1 + id);
        }
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
        let leads = leads.score(&OperatingModel::from_json(model).unwrap(), &Run::from_json(RUN).unwrap());
        (0..sizes.len()).map(|row| leads.owner(row).unwrap_or("-").to_owned()).collect::<Vec<_>>().join(" ")
    };
    let small = |count| vec![(5, ""); count];
    // Field first: Ann, Bob, Ann, Bob, Ann; she is full, and the desk is Cid's alone.
    assert_eq!(dealt(&[vec![(500, ""); 5], small(3)].concat()), "Ann Bob Ann Bob Ann Cid Cid Cid");
    // The desk first: Cid, Ann, Cid in turn; two of her three are gone when the large ones come.
    assert_eq!(dealt(&[small(6), vec![(500, ""); 4]].concat()), "Cid ann Cid Cid ann Cid Ann Bob Bob Cid");
    // Those she has already count in both.
    assert_eq!(dealt(&[vec![(500, "Ann"); 3], small(3)].concat()), "Ann Ann Ann Cid Cid Cid");
}

#[test]
fn exceptions_say_why() {
    let csv = "Lead ID,Company,Employees,Lead Source,Created Date\n1,A,,,2026-11-02\n2,B,20,Web,2026-11-03\n";
    let leads = scored("", csv);
    assert_eq!(
        leads.exception(0).unwrap(),
        (
            "missing-field",
            "no rule applies, so the fallback pool Desk has it (source and employees unknown)".to_owned()
        )
    );
    assert_eq!(leads.exception(1).unwrap().0, "no-rule");
    let view = View { filter: Filter { queue: Some(Queue::Exceptions), ..Filter::default() }, ..View::default() };
    assert_eq!(leads.view(&view).unwrap(), [0, 1]);
}

#[test]
fn a_queue_as_csv_has_every_lead_in_plain_figures() {
    let large = |id: u32| format!("{id},A{id},300,Web,2026-11-02\n");
    let small = "S,Small,20,Web,2026-11-02\n".to_owned();
    let rows: String = [small].into_iter().chain((0..70).map(large)).collect();
    let leads = scored("", &format!("Lead ID,Company,Employees,Lead Source,Created Date,Last Activity\n{rows}"));
    let report = leads.report();
    assert_eq!((report.breaches.count, report.breaches.rows.len()), (70, 50));
    let csv = |queue| String::from_utf8(leads.queue_csv(queue, WriteOptions::default())).unwrap();
    let breached = csv(Queue::Breached);
    let lines: Vec<&str> = breached.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 71);
    assert_eq!(
        lines[0],
        "Line,Lead ID,Lead,Company,Grade,Segment,Owner,Code,Why,Due,Hours late,\"Age, days\",\"Expected value, USD\""
    );
    // In the order of the report, and each once.
    let ids: Vec<&str> = lines[1..].iter().filter_map(|line| line.split(',').nth(1)).collect();
    assert!(report.breaches.rows.iter().zip(&ids).all(|(row, id)| row.id == *id), "{ids:?}");
    assert!(lines[1..].iter().all(|line| line.ends_with(",25,10000") && line.contains(",past-due,")), "{}", lines[1]);
    assert!(csv(Queue::Exceptions).contains("no-rule"));
    // The scored list says the same of each lead.
    let all = String::from_utf8(leads.to_csv(WriteOptions::default())).unwrap();
    let hours = report.breaches.rows[0].hours_late.unwrap();
    assert!(all.lines().filter(|line| line.contains(&format!(",breached,{hours},,"))).count() == 70, "{all}");
    assert!(all.lines().any(|line| line.starts_with("S,") && line.contains(",,,no-rule,")), "{all}");
}

#[test]
fn stalled_leads_come_with_their_age_and_what_they_are_worth() {
    let leads = scored("", TIMES);
    let report = leads.report();
    // Large: 50,000 × 0.2 = 10,000; small: 3,000 × 0.1 = 300. Leads 1 and 3 are large, 5 and 7 small.
    assert_eq!(report.stalled.expected_value, 20_600.0);
    let rows: Vec<_> =
        report.stalled.rows.iter().map(|row| (row.id.as_str(), row.age_days, row.code.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("1", Some(2), "past-due"),
            ("3", Some(2), "past-due"),
            ("7", Some(7), "no-promise"),
            ("5", Some(0), "past-due")
        ]
    );
    assert_eq!((leads.expected_value(0), leads.value_per_day(0)), (Some(10_000.0), Some(100.0)));
    let view = |by: &str| {
        let sort = vec![SortKey { by: by.to_owned(), descending: true }];
        let filter = Filter { queue: Some(Queue::Stalled), ..Filter::default() };
        leads.view(&View { sort, filter }).unwrap()
    };
    assert_eq!(view("age"), [6, 0, 2, 4]);
    assert_eq!(view("valuePerDay"), [0, 2, 4, 6]);
}

#[test]
fn definitions_may_ask_for_scores_and_are_compared_with_the_status() {
    let csv = "Lead ID,Email,Employees,Status,Deal ID\n\
        1,a@a.com,200,MQL,\n\
        2,,200,MQL,\n\
        3,c@c.com,200,New,\n\
        4,d@d.com,20,Sales qualified,D1\n\
        5,e@e.com,,MQL,\n";
    let leads = scored("", csv);
    let mql: Vec<Truth> = (0..5).map(|row| leads.meets(row, Definition::Mql)).collect();
    assert_eq!(mql, [Truth::True, Truth::False, Truth::True, Truth::False, Truth::Unknown]);
    assert_eq!(leads.definitions(3), [Definition::Sql, Definition::Opportunity]);
    // Not defined is unknown, and not no.
    assert_eq!(leads.meets(0, Definition::Churned), Truth::Unknown);
    let report = leads.report();
    let mql = &report.definitions[0];
    assert_eq!((mql.holds, mql.fails, mql.unknown), (2, 2, 1));
    assert_eq!(mql.condition.as_deref(), Some("fit at least 50 and email is filled"));
    let table = mql.status.as_ref().unwrap();
    // Lead 4 claims more than an MQL, so it claims that too.
    assert_eq!((table.both, table.claimed_only, table.met_only, table.neither), (1, 2, 1, 0));
    assert_eq!((table.claimed_unknown, table.unclaimed_unknown), (1, 0));
    assert_eq!(
        (table.claimed_only_rows.as_slice(), table.met_only_rows.as_slice()),
        ([1, 3].as_slice(), [2].as_slice())
    );
    assert!(report.definitions[3].condition.is_none() && report.definitions[3].status.is_none());
    let status = report.status.unwrap();
    assert_eq!(
        (status.values[0].value.as_str(), status.values[0].claims, status.values[0].count),
        ("MQL", Some(Definition::Mql), 3)
    );
}

#[test]
fn use_past_the_threshold_makes_a_product_qualified_lead() {
    // 25 for the days, 20 for the seats, 15 each for the key event and the limit: 75, at most 60; and 40 fading by half in
    // 14 days. The threshold is 65.
    let csv = "Lead ID,Email,Employees,Seats,Active Days,Key Events,Limit Reached,Last Activity,Status\n\
        1,a@a.com,300,9,14,3,no,2026-03-31,PQL\n\
        2,b@b.com,300,9,14,3,no,2026-03-17,PQL\n\
        3,c@c.com,300,3,4,2,no,2026-03-31,Customer\n\
        4,d@d.com,300,9,14,0,no,2026-03-10,New\n";
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let list = LeadList::from_table(table, &Mapping::default()).unwrap();
    let run = Run::from_json(r#"{ "asOf": "2026-03-31" }"#).unwrap();
    let leads = list.score(&OperatingModel::preset(Preset::ProductLed).unwrap(), &run);
    let points: Vec<f64> = (0..4).map(|row| leads.engagement(row).unwrap().as_f64()).collect();
    assert_eq!(points[..3], [100.0, 80.0, 77.0]);
    assert!(points[3] < 65.0);
    let pql: Vec<Truth> = (0..4).map(|row| leads.meets(row, Definition::Pql)).collect();
    assert_eq!(pql, [Truth::True, Truth::True, Truth::True, Truth::False]);
    assert_eq!(leads.definitions(2), [Definition::Mql, Definition::Pql, Definition::ClosedWon]);
    assert_eq!(leads.pool(2), Some("Sales assist"), "past the threshold sales takes over");
    let report = leads.report();
    let pql = &report.definitions[1];
    assert_eq!((pql.label.as_str(), pql.condition.as_deref()), ("PQL", Some("engagement at least 65")));
    // A customer need never have been one.
    let table = pql.status.as_ref().unwrap();
    assert_eq!((table.both, table.claimed_only, table.met_only, table.neither), (2, 0, 1, 1));
    let sales = list.score(&OperatingModel::preset(Preset::SalesLed).unwrap(), &run).report();
    assert!(sales.definitions.iter().all(|one| one.definition != Definition::Pql), "only where the model has one");
}

#[test]
fn a_score_in_a_condition_is_refused_where_none_is_known_yet() {
    let error = |json: &str| OperatingModel::from_json(json).unwrap_err().to_string();
    let segment = r#"{ "format": 1, "segments": [ { "name": "A", "when": { "field": "fit", "atLeast": 5 } } ] }"#;
    assert!(error(segment).starts_with("model at segments[0].when.field: unknown field `fit`"));
    assert_eq!(
        error(r#"{ "format": 1, "definitions": { "mql": { "field": "grade", "in": ["E7"] } } }"#),
        "model at definitions.mql: a grade is tested with `is` or `in` (write patterns such as `A*` or `B1`)"
    );
    assert_eq!(
        error(r#"{ "format": 1, "definitions": { "mql": { "field": "fit", "contains": "x" } } }"#),
        "model at definitions.mql: points are tested with `atLeast`, `atMost`, `between` or `exists` (use numbers)"
    );
    assert_eq!(
        error(
            r#"{ "format": 1, "routing": { "fallback": "P", "pools": [ { "name": "P", "members": [
                { "name": "A", "away": [ { "from": "2026-02-02", "to": "2026-02-01" } ] } ] } ] } }"#
        ),
        "model at routing.pools[0].members[0].away[0].to: must not be before 2026-02-02, found 2026-02-01"
    );
}

#[test]
fn a_file_of_activities_tells_answers_from_visits_and_late_ones() {
    let model = OperatingModel::from_json(&MODEL.replace("ACCOUNT", "")).unwrap();
    let table = |csv: &str| Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let leads = LeadList::from_table(
        table(
            "Lead ID,Email,Company,Employees,Created Date\n\
             1,a@a.com,A,200,2026-11-16\n2,b@b.com,B,200,2026-11-16\n3,c@c.com,C,200,2026-11-16\n4,d@d.com,D,200,2026-11-27\n",
        ),
        &Mapping::default(),
    )
    .unwrap();
    // A is called on the next day, B only visits, C is called four days later, D is not due yet.
    let log = "Activity Type,Activity Date,Email,Direction\n\
        Call,2026-11-17,a@a.com,Outbound\nWebsite visit,2026-11-17,b@b.com,Inbound\n\
        Website visit,2026-11-17,c@c.com,Inbound\nCall,2026-11-20,c@c.com,Outbound\nCall,2026-12-01,b@b.com,Outbound\n";
    let (leads, _) = leads.attach(table(log), &AttachOptions::default()).unwrap();
    let leads = leads.score(&model, &Run::from_json(RUN).unwrap());
    let states: Vec<_> = (0..4).filter_map(|row| leads.sla_state(row)).collect();
    assert_eq!(states, [SlaState::Answered, SlaState::Breached, SlaState::Late, SlaState::Open]);
    let large = &leads.report().routing[0];
    assert_eq!((large.answered, large.late, large.breached, large.open), (1, 1, 1, 1));
}

/// A list scored with another file attached.
fn with(model: &str, csv: &str, more: &str, run: &str) -> ScoredLeads {
    let table = |csv: &str| Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let leads = LeadList::from_table(table(csv), &Mapping::default()).unwrap();
    let (leads, _) = leads.attach(table(more), &AttachOptions::default()).unwrap();
    leads.score(&OperatingModel::from_json(model).unwrap(), &Run::from_json(run).unwrap())
}

#[test]
fn a_file_of_accounts_says_who_has_them() {
    let model = |who: &str| {
        format!(
            r#"{{ "format": 1, "routing": {{ "accountOwner": "{who}", "pools": [ {{ "name": "P", "members": [ {{ "name": "Ada" }}, {{ "name": "Di" }} ] }} ],
                "rules": [ {{ "name": "All", "pool": "P" }} ], "fallback": "P" }} }}"#
        )
    };
    let leads = |owner: [&str; 2]| {
        format!(
            "Lead ID,Name,Email,Company,Title,Created{0}\nL1,Ian,ian@iris.io,Iris,VP,2026-07-01{1}\nL2,Jan,jan@jade.io,Jade,VP,2026-07-02{1}\nL3,Kim,kim@kite.io,Kite,VP,2026-07-03{2}\nL4,Lu,lu@iris.io,Iris,VP,2026-07-04{1}\n",
            owner[0],
            if owner[0].is_empty() { "" } else { "," },
            owner[1]
        )
    };
    let run = r#"{ "asOf": "2026-07-07" }"#;
    for header in ["Account Owner", "Owner", "Owner Name"] {
        let accounts = |owner: &str| {
            format!(
                "Account ID,Account Name,Website,{header}\nA1,Iris,iris.io,{owner}\nA2,Jade,jade.io,Di\nA3,Kite,kite.io,Di\n"
            )
        };
        for who in ["members", "anyone"] {
            let owners = |scored: &ScoredLeads| [0, 1, 2, 3].map(|row| scored.owner(row).unwrap_or("–").to_owned());
            let scored = with(&model(who), &leads(["", ""]), &accounts("Di"), run);
            assert_eq!(owners(&scored), ["Di", "Di", "Di", "Di"], "{header} {who}");
            // What the lead's own row names comes first.
            let scored = with(&model(who), &leads([",Owner", ",Ada"]), &accounts("Di"), run);
            assert_eq!(owners(&scored), ["Di", "Di", "Ada", "Di"], "{header} {who}");
        }
        let scored = with(&model("anyone"), &leads(["", ""]), &accounts("Zoe"), run);
        assert_eq!([0, 3].map(|row| scored.owner(row)), [Some("Zoe"), Some("Zoe")], "{header}");
        let scored = with(&model("off"), &leads(["", ""]), &accounts("Zoe"), run);
        assert_eq!([0, 3].map(|row| scored.owner(row)), [Some("Ada"), Some("Di")], "{header}");
    }
}

#[test]
fn whoever_has_been_dealt_with_by_the_files_own_words_is_not_waiting() {
    let words = [
        "Closed Won",
        "Customer",
        "Closed Lost",
        "New",
        "Opportunity",
        "SQL",
        "Unqualified",
        "Marketing Qualified Lead",
        "Not accepted",
        "Accepted",
        "Closed - Not Converted",
    ];
    let lines: String = words
        .iter()
        .enumerate()
        .map(|(at, word)| format!("{at},N{at},n{at}@a{at}.com,C{at},500,2026-03-02,,{word}\n"))
        .collect();
    let csv = format!("Lead ID,Name,Email,Company,Employees,Created,Last Activity,Status\n{lines}");
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
    for preset in [Preset::SalesLed, Preset::Hybrid] {
        let model = OperatingModel::from_json(preset.json()).unwrap();
        let scored = leads.score(&model, &Run::from_json(r#"{ "asOf": "2026-03-31" }"#).unwrap());
        let holds = |test: &dyn Fn(usize) -> bool| {
            words.iter().enumerate().filter(|(row, _)| test(*row)).map(|(_, word)| *word).collect::<Vec<_>>()
        };
        assert_eq!(
            holds(&|row| scored.is_in(row, Queue::Breached)),
            ["New", "Marketing Qualified Lead", "Not accepted"]
        );
        assert_eq!(
            holds(&|row| scored.is_in(row, Queue::Stalled)),
            ["New", "Marketing Qualified Lead", "Not accepted"]
        );
        assert_eq!(holds(&|row| scored.meets(row, Definition::Sql) == Truth::True), ["SQL", "Accepted"]);
        assert_eq!(holds(&|row| scored.meets(row, Definition::ClosedWon) == Truth::True), ["Closed Won", "Customer"]);
        assert_eq!(
            holds(&|row| scored.is_sql(row) == Some(true)),
            ["Closed Won", "Customer", "Opportunity", "SQL", "Accepted"]
        );
        assert_eq!(scored.mql_cuts(None).sqls, 5);
    }
}

#[test]
fn a_promise_holds_where_nobody_was_free_to_take_the_lead() {
    let model = r#"{ "format": 1, "routing": { "pools": [ { "name": "P", "members": [ { "name": "Ada", "capacity": 1 } ] } ],
        "rules": [ { "name": "All", "pool": "P", "sla": { "hours": 2 } } ], "fallback": "P" } }"#;
    let leads =
        "Lead ID,Email,Created,Last Activity\n1,a@a.com,2026-07-01,\n2,b@b.com,2026-07-02,\n3,c@c.com,2026-07-06,\n";
    let table = Table::from_csv(leads.as_bytes(), &ReadOptions::default()).unwrap();
    let leads = LeadList::from_table(table, &Mapping::default()).unwrap();
    let scored = leads
        .score(&OperatingModel::from_json(model).unwrap(), &Run::from_json(r#"{ "asOf": "2026-07-07" }"#).unwrap());
    assert_eq!([0, 1, 2].map(|row| scored.owner(row)), [Some("Ada"), None, None]);
    assert_eq!([0, 1, 2].map(|row| scored.due_text(row).is_some()), [true; 3]);
    assert_eq!([0, 1, 2].map(|row| scored.sla_state(row)), [Some(SlaState::Breached); 3]);
    assert_eq!(
        scored.hours_late(2),
        Some(22.0),
        "created some time on the 6th, so due by 2 o'clock on the 7th at the latest"
    );
    assert!((0..3).all(|row| scored.is_in(row, Queue::Stalled)));
}

#[test]
fn a_log_that_does_not_know_a_lead_takes_no_stated_touch_away() {
    let model = MODEL.replace("ACCOUNT", "");
    let csv = "Lead ID,Company,Email,Employees,Status,Created Date,Last Activity Date\n\
        1,A,a@a.com,200,New,2026-11-25 09:00,2026-11-25 10:00\n2,B,b@b.com,200,New,2026-11-25 09:00,2026-11-25 10:00\n3,C,c@c.com,200,New,2026-11-25 09:00,\n";
    // The log says of the second that what happened that day came from outside, and of the first nothing.
    let log = "Activity Type,Activity Date,Direction,Lead ID\nEmail,2026-11-25,Inbound,2\nCall,2026-11-26,Outbound,9\nEmail,2026-11-20,Outbound,3\n";
    let scored = with(&model, csv, log, RUN);
    assert_eq!(
        [0, 1, 2].map(|row| scored.sla_state(row)),
        [Some(SlaState::Answered), Some(SlaState::Breached), Some(SlaState::Breached)]
    );
}
