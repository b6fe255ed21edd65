//! One thousand leads and what they did, with the outcome known for those old enough.

use super::csv::{Csv, Quotes};
use super::days::{ANCHOR, iso, iso_minute, weekday};
use super::draws::{Draws, logistic};
use super::names::INDUSTRIES;
use super::world::{Account, Person, Segment};
use std::collections::BTreeSet;

/// Rows of the file, duplicates and test entries included.
const ROWS: usize = 1000;
const DUPLICATES: usize = 14;
/// From this day on another kind of company comes in: the planted drift.
const DRIFT_FROM: i64 = super::days::day(2026, 8, 3);
/// An unconverted lead younger than this has no outcome yet.
const OUTCOME_AFTER_DAYS: i64 = 60;

/// Where leads come from: name, share, planted effect on the log-odds of conversion.
const SOURCES: &[(&str, f64, f64)] = &[
    ("Referrals", 0.09, 0.9),
    ("Partner", 0.08, 0.6),
    ("Webinar", 0.13, 0.2),
    ("Organic Search", 0.24, 0.1),
    ("Direct Traffic", 0.07, 0.1),
    ("Demo Request", 0.05, 1.0),
    ("Paid Search", 0.13, -0.2),
    ("Paid Social", 0.11, -0.6),
    ("Offline List", 0.10, -1.4),
];

/// What a lead does: type, share, planted effect of one on the log-odds of conversion.
const ACTIVITIES: &[(&str, f64, f64)] = &[
    ("Email open", 0.34, 0.02),
    ("Email click", 0.14, 0.10),
    ("Page view", 0.30, 0.04),
    ("Pricing page view", 0.08, 0.30),
    ("Content download", 0.08, 0.12),
    ("Webinar attended", 0.04, 0.30),
    ("Demo request", 0.03, 1.4),
];

const CAMPAIGNS: &[&str] = &["2026 Benchmark Report", "RevOps Summit", "Spring Nurture", "Pricing Guide", "", ""];

/// Who works the leads; the last one has left the company and still owns some.
const OWNERS: &[&str] = &["Tessa Quinn", "Omar Haddad", "Sofia Lindqvist", "Ben Okafor", "Dana Whitfield (inactive)"];

/// A lead with its history.
#[derive(Debug)]
pub(super) struct Lead {
    pub(super) id: i64,
    /// Position of the account in the world.
    pub(super) account: usize,
    /// Position of the person within the account.
    pub(super) person: usize,
    pub(super) source: &'static str,
    pub(super) created: i64,
    minute: i64,
    owner: &'static str,
    activities: Vec<Activity>,
    first_response: Option<(i64, i64)>,
    /// The day it became an opportunity.
    pub(super) converted: Option<i64>,
}

#[derive(Debug, Clone)]
struct Activity {
    kind: &'static str,
    day: i64,
    minute: i64,
    campaign: &'static str,
}

/// Draws all leads, oldest first.
pub(super) fn leads(seed: u64, accounts: &[Account]) -> Vec<Lead> {
    let mut draws = Draws::new(seed, "leads");
    let mut taken = BTreeSet::new();
    let mut days: Vec<i64> = (0..ROWS - DUPLICATES).map(|_| created_day(&mut draws)).collect();
    days.sort_unstable();
    if let Some(last) = days.last_mut() {
        *last = ANCHOR;
    }
    let mut leads = Vec::new();
    for (i, created) in days.into_iter().enumerate() {
        let (account, person) = loop {
            let account = draws.whole(0, accounts.len() as i64 - 1) as usize;
            let person = draws.whole(0, accounts[account].people.len() as i64 - 1) as usize;
            let unlike_new =
                accounts[account].segment() != Segment::Smb && accounts[account].industry.0[0] != "Education";
            if created >= DRIFT_FROM && unlike_new && draws.chance(0.6) {
                continue;
            }
            if taken.insert((account, person)) {
                break (account, person);
            }
        };
        leads.push(lead(&mut draws, 40_100_000 + i as i64 * 37, created, (account, person), accounts));
    }
    leads
}

/// Twelve months before the anchor, more towards the end.
fn created_day(draws: &mut Draws) -> i64 {
    let age = draws.unit() * draws.between(0.6, 1.0) * 365.0;
    weekday(ANCHOR - 3 - age as i64).min(ANCHOR)
}

fn lead(draws: &mut Draws, id: i64, created: i64, at: (usize, usize), accounts: &[Account]) -> Lead {
    let account = &accounts[at.0];
    let person = &account.people[at.1];
    let mut weights: Vec<f64> = SOURCES.iter().map(|s| s.1).collect();
    if created >= DRIFT_FROM {
        weights[7] *= 4.0;
    }
    let source = &SOURCES[draws.weighted(&weights)];
    let minute = draws.minute();
    let interest = draws.normal();
    let count = draws.log_normal(2.8, 0.6) * libm::exp(0.35 * interest);
    let mut activities: Vec<Activity> =
        (0..count as usize).map(|_| activity(draws, created)).filter(|a| a.day <= ANCHOR).collect();
    activities.sort_by_key(|a| (a.day, a.minute));
    let asked = activities.iter().find(|a| a.kind == "Demo request").cloned();
    let first_response = response(draws, asked.as_ref().map_or((created, minute), |a| (a.day, a.minute)));
    let fast = asked.is_some() && first_response.is_some_and(|(day, _)| asked.as_ref().is_some_and(|a| a.day == day));

    let done: f64 = activities.iter().map(|a| effect_of(a.kind)).sum();
    let odds = -2.65
        + 1.3 * (account.fit() + person.title.4 + source.2)
        + done
        + 0.3 * interest
        + if fast { 0.6 } else { 0.0 };
    let converts = draws.chance(logistic(odds));
    let converted =
        Some(weekday(created + 4 + draws.log_normal(16.0, 0.6) as i64)).filter(|day| converts && *day <= ANCHOR);
    let owner = if draws.chance(0.06) { "" } else { OWNERS[draws.weighted(&[0.27, 0.25, 0.22, 0.2, 0.06])] };
    Lead {
        id,
        account: at.0,
        person: at.1,
        source: source.0,
        created,
        minute,
        owner,
        activities,
        first_response,
        converted,
    }
}

fn activity(draws: &mut Draws, created: i64) -> Activity {
    let weights: Vec<f64> = ACTIVITIES.iter().map(|a| a.1).collect();
    let kind = ACTIVITIES[draws.weighted(&weights)].0;
    // Most interest is in the first weeks, some comes back months later.
    let after = if draws.chance(0.8) { draws.log_normal(8.0, 0.9) } else { draws.between(20.0, 240.0) };
    Activity { kind, day: created + after as i64, minute: draws.minute(), campaign: draws.pick(CAMPAIGNS) }
}

/// When somebody of ours first got in touch: most the same day, 9 % after three days or more, 5 % never.
fn response(draws: &mut Draws, (day, minute): (i64, i64)) -> Option<(i64, i64)> {
    let (days, minutes) = match draws.weighted(&[0.55, 0.31, 0.09, 0.05]) {
        0 => (0, (minute + draws.whole(5, 240)).min(23 * 60)),
        1 => (draws.whole(1, 2), draws.minute()),
        2 => (draws.whole(3, 12), draws.minute()),
        _ => return None,
    };
    Some((weekday(day + days), minutes)).filter(|(day, _)| *day <= ANCHOR)
}

fn effect_of(kind: &str) -> f64 {
    ACTIVITIES.iter().find(|a| a.0 == kind).map_or(0.0, |a| a.2)
}

/// `leads.csv`: a byte-order mark, CRLF, quotes where needed, blanks, spellings, duplicates and test entries.
pub(super) fn file(seed: u64, accounts: &[Account], leads: &[Lead], deal_ids: &[Option<String>]) -> Vec<u8> {
    let mut draws = Draws::new(seed, "leads.csv");
    let mut csv = Csv::new(Quotes::WhenNeeded, "\r\n").with_mark();
    csv.row(&[
        "Record ID",
        "First Name",
        "Last Name",
        "Email",
        "Job Title",
        "Company Name",
        "Company Domain Name",
        "Associated Company ID",
        "Number of Employees",
        "Annual Revenue",
        "Industry",
        "Country/Region",
        "City",
        "Original Source",
        "Lead Status",
        "Contact owner",
        "Create Date",
        "Last Activity Date",
        "Last Contacted",
        "Number of Pageviews",
        "Marketing emails opened",
        "Demo Requested",
        "Unsubscribed from all email",
        "Associated Deal ID",
        "Converted",
    ]);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (lead, deal) in leads.iter().zip(deal_ids) {
        rows.push(row(&mut draws, lead, &accounts[lead.account], deal.as_deref()));
    }
    for i in 0..DUPLICATES {
        let mut twin = rows[20 + i * 61].clone();
        // Entered a second time by hand: new id, same person.
        twin[0] = (70_500_000 + i as i64).to_string();
        twin[3] = if i % 3 == 0 { twin[3].to_uppercase() } else { format!("{} ", twin[3]) };
        twin[14] = "NEW".to_owned();
        rows.insert(60 + i * 67, twin);
    }
    for (i, row) in rows.iter_mut().enumerate() {
        spoil(i, row);
        csv.row(row);
        if i == 499 {
            csv.line("");
        }
    }
    csv.into_bytes()
}

fn row(draws: &mut Draws, lead: &Lead, account: &Account, deal: Option<&str>) -> Vec<String> {
    let person = &account.people[lead.person];
    let unless_missing =
        |draws: &mut Draws, missing: f64, text: String| if draws.chance(missing) { String::new() } else { text };
    let count = |kinds: &[&str]| lead.activities.iter().filter(|a| kinds.contains(&a.kind)).count().to_string();
    let industry = if draws.chance(0.75) { account.industry.0[0] } else { draws.pick(account.industry.0) };
    let country = if draws.chance(0.7) { account.culture.country[0] } else { draws.pick(account.culture.country) };
    let employees = employees(draws, account.employees);
    let revenue =
        if draws.chance(0.08) { format!("${:.1}M", account.revenue as f64 / 1e6) } else { account.revenue.to_string() };
    let last = lead.activities.last().map(|a| (a.day, a.minute));
    vec![
        lead.id.to_string(),
        person.first.to_owned(),
        person.last.to_owned(),
        email(draws, person),
        unless_missing(draws, 0.04, person.title_text.to_owned()),
        account.name.clone(),
        unless_missing(draws, 0.06, account.domain.clone()),
        account.id.clone(),
        unless_missing(draws, 0.08, employees),
        unless_missing(draws, 0.22, revenue),
        unless_missing(draws, 0.05, industry.to_owned()),
        unless_missing(draws, 0.03, country.to_owned()),
        unless_missing(draws, 0.15, account.city.to_owned()),
        lead.source.to_owned(),
        status(draws, lead).to_owned(),
        lead.owner.to_owned(),
        iso_minute(lead.created, lead.minute),
        last.map_or(String::new(), |(day, minute)| iso_minute(day, minute)),
        lead.first_response.map_or(String::new(), |(day, minute)| iso_minute(day, minute)),
        count(&["Page view", "Pricing page view"]),
        count(&["Email open"]),
        if lead.activities.iter().any(|a| a.kind == "Demo request") { "Yes" } else { "No" }.to_owned(),
        if draws.chance(0.05) { "true" } else { "false" }.to_owned(),
        deal.unwrap_or("").to_owned(),
        match lead.converted {
            Some(_) => "Yes",
            None if lead.created <= ANCHOR - OUTCOME_AFTER_DAYS => "No",
            None => "",
        }
        .to_owned(),
    ]
}

/// `OPEN_DEAL` follows from conversion: the planted column that leaks the outcome.
fn status(draws: &mut Draws, lead: &Lead) -> &'static str {
    match lead.converted {
        Some(_) if draws.chance(0.93) => "OPEN_DEAL",
        Some(_) => "CONNECTED",
        None if lead.first_response.is_none() => "NEW",
        None if lead.created < ANCHOR - 120 && draws.chance(0.25) => "UNQUALIFIED",
        None => draws.pick(&["OPEN", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "CONNECTED", "BAD_TIMING"]),
    }
}

/// Head counts as numbers, grouped numbers and the ranges of data vendors.
fn employees(draws: &mut Draws, employees: i64) -> String {
    const RANGES: &[(i64, &str)] = &[
        (10, "1-10"),
        (50, "11-50"),
        (200, "51-200"),
        (500, "201-500"),
        (1000, "501-1,000"),
        (5000, "1K–5K"),
        (10_000, "5,001-10,000"),
    ];
    match draws.weighted(&[0.80, 0.13, 0.04, 0.03]) {
        0 => employees.to_string(),
        1 => RANGES.iter().find(|(top, _)| employees <= *top).map_or("10,001+", |(_, text)| text).to_owned(),
        2 if employees >= 1000 => format!("{},{:03}", employees / 1000, employees % 1000),
        2 => format!("~{}", (employees + 4) / 5 * 5),
        _ => format!("{employees} employees"),
    }
}

/// The work address, or now and then a private one.
fn email(draws: &mut Draws, person: &Person) -> String {
    match draws.weighted(&[0.90, 0.05, 0.05]) {
        0 => person.email.clone(),
        1 => format!("{}.sample@gmail.com", person.email.split('@').next().unwrap_or("someone")),
        _ => String::new(),
    }
}

/// Entries that no list is free of, at fixed rows.
fn spoil(i: usize, row: &mut [String]) {
    match i {
        77 => set(row, &[(1, "Test"), (2, "Test"), (3, "test@example.com"), (5, "Test"), (6, ""), (8, "1"), (4, "")]),
        311 => set(row, &[(1, "asdf"), (2, "asdf"), (3, "asdf@asdf"), (5, "asdf"), (6, ""), (4, ""), (8, "")]),
        205 | 618 | 871 => set(row, &[(5, "Rivalytics, Inc."), (6, "rivalytics.example"), (10, INDUSTRIES[0].0[0])]),
        140 => set(row, &[(4, "Head of Sales\nEMEA & APAC")]),
        402 => set(row, &[(16, "2026-02-30 10:15")]),
        530 => set(row, &[(17, "yesterday")]),
        703 => set(row, &[(8, "0")]),
        764 => set(row, &[(8, "N/A"), (10, "N/A"), (11, "Select")]),
        910 => set(row, &[(1, ""), (2, ""), (3, ""), (4, "")]),
        _ => {}
    }
}

fn set(row: &mut [String], cells: &[(usize, &str)]) {
    for (column, text) in cells {
        (*text).clone_into(&mut row[*column]);
    }
}

/// `activities.csv`: one line per touch, ours (`Outbound`) and theirs.
pub(super) fn activities_file(accounts: &[Account], leads: &[Lead]) -> Vec<u8> {
    let mut touches: Vec<(i64, i64, usize, &str, &str, &str)> = Vec::new();
    for (i, lead) in leads.iter().enumerate() {
        for a in &lead.activities {
            touches.push((a.day, a.minute, i, a.kind, "Inbound", a.campaign));
        }
        if let Some((day, minute)) = lead.first_response {
            let kind = if lead.id % 2 == 0 { "Call" } else { "Email sent" };
            touches.push((day, minute, i, kind, "Outbound", ""));
        }
    }
    touches.sort_unstable();
    let mut csv = Csv::new(Quotes::WhenNeeded, "\n");
    csv.row(&[
        "Activity ID",
        "Record ID",
        "Email",
        "Company Name",
        "Activity Type",
        "Direction",
        "Activity Date",
        "Campaign",
    ]);
    for (n, (day, minute, i, kind, direction, campaign)) in touches.into_iter().enumerate() {
        let (lead, account) = (&leads[i], &accounts[leads[i].account]);
        csv.row(&[
            &format!("{}", 900_001 + n),
            &lead.id.to_string(),
            &account.people[lead.person].email,
            &account.name,
            kind,
            direction,
            &format!("{}T{:02}:{:02}:00Z", iso(day), minute / 60, minute % 60),
            campaign,
        ]);
    }
    csv.into_bytes()
}
