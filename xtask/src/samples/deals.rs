//! The life of every deal, event by event, from its first stage to its end or to the day the samples are taken.

use super::days::{ANCHOR, civil, day, quarter_end, weekday};
use super::draws::{Draws, logistic};
use super::leads::Lead;
use super::world::{Account, Segment};
use std::collections::BTreeMap;

/// Open stages in order, with the probability the CRM gives each.
pub(super) const STAGES: &[(&str, u32)] =
    &[("Qualification", 5), ("Discovery", 15), ("Proposal", 40), ("Negotiation", 65), ("Executive Alignment", 85)];
/// Where a lost deal stops, per stage.
const LOST_AT: [f64; 4] = [0.34, 0.26, 0.28, 0.12];
/// Mid-market deals die over the proposal: the planted bottleneck.
const LOST_AT_MID_MARKET: [f64; 4] = [0.22, 0.18, 0.50, 0.10];
/// The first day a deal may be created; old enough that eight quarters of closings are in full swing.
const FIRST_DAY: i64 = day(2023, 4, 3);
/// What a quarter's market adds to the log-odds of winning for deals that close in it.
const MARKET: &[((i64, i64), f64)] =
    &[((2025, 1), 0.15), ((2025, 3), -0.55), ((2025, 4), -0.2), ((2026, 1), 0.35), ((2026, 3), 0.1)];

/// Sellers: name, segment, what they add to the log-odds of winning, how much rosier than the truth their calls are,
/// and how likely they move an overdue close date on any day.
pub(super) const SELLERS: &[(&str, Segment, f64, f64, f64)] = &[
    ("Ingrid Solheim", Segment::Enterprise, 0.6, 0.0, 0.25),
    ("Marcus Bell", Segment::Enterprise, -0.8, 0.35, 0.30),
    ("Yuki Tanabe", Segment::Enterprise, 0.4, -0.30, 0.20),
    ("Renée Charpentier", Segment::MidMarket, 0.2, 0.0, 0.25),
    ("Dev Malhotra", Segment::MidMarket, 0.0, 0.10, 0.20),
    ("Carla Núñez", Segment::MidMarket, -0.1, 0.0, 0.03),
    ("Tom Eastwick", Segment::Smb, 0.1, 0.0, 0.20),
    ("Amara Obi", Segment::Smb, 0.0, 0.05, 0.15),
    ("Leif Brandt (inactive)", Segment::Smb, -0.2, 0.0, 0.0),
];

/// Products: name, planted effect on the log-odds of winning, share.
pub(super) const PRODUCTS: &[(&str, f64, f64)] =
    &[("Signal Platform", 0.1, 0.45), ("Signal Insights", 0.2, 0.33), ("Signal Connect", -0.4, 0.22)];

/// What is true of a deal from one moment on.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) day: i64,
    pub(super) minute: i64,
    pub(super) stage: &'static str,
    pub(super) probability: u32,
    pub(super) category: &'static str,
    /// Cents.
    pub(super) amount: i64,
    pub(super) close: i64,
    /// Close dates moved back so far.
    pub(super) pushes: u32,
    pub(super) stage_since: i64,
}

/// A deal with its whole history.
#[derive(Debug)]
pub(super) struct Deal {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) seller: &'static str,
    pub(super) segment: Segment,
    pub(super) product: &'static str,
    pub(super) source: &'static str,
    pub(super) kind: &'static str,
    /// Positions of people within the account; the first is the primary contact.
    pub(super) contacts: Vec<usize>,
    pub(super) events: Vec<Event>,
    pub(super) touched: Vec<i64>,
    pub(super) lost_reason: &'static str,
    /// Deleted between the two exports.
    pub(super) deleted: bool,
}

impl Deal {
    /// The event that holds at the end of a day; none before the deal existed.
    pub(super) fn on(&self, day: i64) -> Option<&Event> {
        self.events.iter().rev().find(|e| e.day <= day)
    }
}

/// How a segment sells: deals per quarter, log-odds of winning, median days to win, median amount in dollars.
fn pace(segment: Segment) -> (f64, f64, f64, f64) {
    match segment {
        Segment::Enterprise => (18.0, -1.2, 185.0, 95_000.0),
        Segment::MidMarket => (24.0, -1.05, 120.0, 30_000.0),
        Segment::Smb => (31.0, -0.6, 58.0, 6_500.0),
    }
}

/// All deals and, per lead, the id of the deal it became.
pub(super) fn deals(seed: u64, accounts: &[Account], leads: &[Lead]) -> (Vec<Deal>, Vec<Option<String>>) {
    let mut draws = Draws::new(seed, "deals");
    let mut deals: Vec<Deal> = Vec::new();
    let mut of_lead = vec![None; leads.len()];
    let mut from_leads: BTreeMap<usize, usize> = BTreeMap::new();
    let mut converted: Vec<(i64, usize)> =
        leads.iter().enumerate().filter_map(|(i, l)| Some((l.converted?, i))).collect();
    converted.sort_unstable();
    for (created, i) in converted {
        let lead = &leads[i];
        // A second lead of the same account joins the first one's deal.
        let position = *from_leads.entry(lead.account).or_insert_with(|| {
            deals.push(deal(
                &mut draws,
                accounts,
                lead.account,
                created,
                ("New Business", lead.source),
                Some(lead.person),
            ));
            deals.len() - 1
        });
        if !deals[position].contacts.contains(&lead.person) {
            deals[position].contacts.push(lead.person);
        }
        of_lead[i] = Some(deals[position].id.clone());
    }
    for segment in [Segment::Enterprise, Segment::MidMarket, Segment::Smb] {
        let ours: Vec<usize> = (0..accounts.len()).filter(|&a| accounts[a].segment() == segment).collect();
        let mut at = FIRST_DAY as f64;
        loop {
            // Leads bring part of the business of the last year, and the business grows by a third in three years.
            let from_leads_share = if at as i64 > ANCHOR - 320 { 0.5 } else { 0.0 };
            let growth = 0.75 + 0.35 * (at - FIRST_DAY as f64) / (ANCHOR - FIRST_DAY) as f64;
            let per_day = pace(segment).0 / 91.3 * growth * (1.0 - from_leads_share);
            at += -libm::log(1.0 - draws.unit()) / per_day;
            let created = weekday(at as i64);
            if created > ANCHOR {
                break;
            }
            let account = draws.pick(&ours);
            let won_before =
                deals.iter().any(|d| d.account == account && d.on(created).is_some_and(|e| e.stage == "Closed Won"));
            let what = if won_before {
                ("Existing Business", "Customer Success")
            } else {
                (
                    "New Business",
                    draws.pick(&["Outbound", "Outbound", "Referrals", "Partner", "Organic Search", "Event"]),
                )
            };
            deals.push(deal(&mut draws, accounts, account, created, what, None));
        }
    }
    if let Some(newest) = deals.iter_mut().max_by_key(|d| (d.events[0].day, d.id.clone())) {
        newest.events.truncate(1);
        newest.events[0].day = ANCHOR;
        newest.events[0].stage_since = ANCHOR;
    }
    last_week(&mut deals);
    deals.sort_by(|a, b| a.id.cmp(&b.id));
    (deals, of_lead)
}

fn deal(
    draws: &mut Draws,
    accounts: &[Account],
    account_at: usize,
    created: i64,
    (kind, source): (&'static str, &'static str),
    primary: Option<usize>,
) -> Deal {
    let account = &accounts[account_at];
    let segment = account.segment();
    let (_, base, cycle, size) = pace(segment);
    let sellers: Vec<_> = SELLERS.iter().filter(|s| s.1 == segment).collect();
    let seller = *draws.pick(&sellers);
    let product = &PRODUCTS[draws.weighted(&[0.45, 0.33, 0.22])];
    let existing = kind == "Existing Business";
    let amount = draws.log_normal(size * if existing { 0.4 } else { 1.0 }, 0.5).max(900.0);
    let contacts = contacts(draws, account, primary);
    let buyer = contacts.iter().any(|&p| account.people[p].title.2 == "Economic Buyer");

    let pace_factor = libm::pow(amount / size, 0.25);
    let days_to_win = draws.log_normal(cycle * pace_factor * if existing { 0.6 } else { 1.0 }, 0.4);
    let ends_if_won = bunched(draws, created + days_to_win.max(3.0) as i64);
    let (year, month, _) = civil(ends_if_won);
    let market = MARKET.iter().find(|(q, _)| *q == (year, (month + 2) / 3)).map_or(0.0, |(_, effect)| *effect);
    let odds = base
        + 0.5 * account.fit()
        + source_effect(source)
        + seller.2
        + product.1
        + market
        + if existing { 0.9 } else { 0.0 }
        + if contacts.len() >= 3 && buyer { 1.0 } else { -0.3 }
        - 0.3 * libm::log(amount / size);
    let wins = draws.chance(logistic(odds));
    let lost_at = if segment == Segment::MidMarket { LOST_AT_MID_MARKET } else { LOST_AT };
    let exit = if wins { 3 } else { draws.weighted(&lost_at) };
    // Lost deals linger, with a long tail; the later the stage, the longer nobody gives up.
    let lingers = draws.log_normal(cycle * [0.9, 1.8, 2.8, 3.0][exit], 0.7).max(4.0) as i64;
    let end = if wins { ends_if_won } else { weekday(created + lingers) };

    let life = Life { wins, exit, end, amount: amount * 100.0, seller, product: product.0, segment };
    let events = life.events(draws, created);
    let quiet_after = if wins { end } else { created + (end - created) * 6 / 10 };
    let mut touched = vec![created];
    while let Some(&last) = touched.last().filter(|d| **d < quiet_after.min(ANCHOR)) {
        touched.push(weekday(last + draws.whole(3, 13)));
    }
    touched.retain(|d| *d <= ANCHOR.min(end));
    let lost_reason = if wins { "" } else { lost_reason(draws, exit, product.0) };
    Deal {
        id: format!("0065g{}", draws.code(10)),
        account: account_at,
        seller: seller.0,
        segment,
        product: product.0,
        source,
        kind,
        contacts,
        events,
        touched,
        lost_reason,
        deleted: false,
    }
}

fn contacts(draws: &mut Draws, account: &Account, primary: Option<usize>) -> Vec<usize> {
    let people = account.people.len();
    let mut contacts: Vec<usize> = primary.into_iter().collect();
    let wanted = [1, 1, 2, 2, 3, 4][draws.whole(0, 5) as usize].max(contacts.len());
    while contacts.len() < wanted.min(people) {
        let person = draws.whole(0, people as i64 - 1) as usize;
        if !contacts.contains(&person) {
            contacts.push(person);
        }
    }
    contacts
}

fn source_effect(source: &str) -> f64 {
    match source {
        "Referrals" | "Partner" => 0.5,
        "Outbound" | "Offline List" => -0.5,
        "Paid Social" => -0.3,
        _ => 0.0,
    }
}

fn lost_reason(draws: &mut Draws, exit: usize, product: &str) -> &'static str {
    match exit {
        _ if product == "Signal Connect" && draws.chance(0.55) => "Lost to competitor",
        0 => draws.pick(&["No budget", "No decision", "Not a fit", ""]),
        1 => draws.pick(&["No decision", "Not a fit", "Timing", "No decision"]),
        2 => draws.pick(&["Price", "Price", "Lost to competitor", "No decision", ""]),
        _ => draws.pick(&["Price", "Lost to competitor", "Legal terms"]),
    }
}

/// Seven in ten deals that would be won within five weeks before a quarter's end wait for its last days.
fn bunched(draws: &mut Draws, end: i64) -> i64 {
    let last = quarter_end(end);
    let end = if last - end < 35 && draws.chance(0.7) { last - draws.whole(0, 6) } else { end };
    let working = weekday(end);
    if working > last { last } else { working }
}

/// What is known about a deal from the start, and how its history follows.
struct Life {
    wins: bool,
    /// The last stage of the path, won or lost from there.
    exit: usize,
    end: i64,
    /// Cents, before any change.
    amount: f64,
    seller: (&'static str, Segment, f64, f64, f64),
    product: &'static str,
    segment: Segment,
}

impl Life {
    /// Everything that happens up to the anchor.
    fn events(&self, draws: &mut Draws, created: i64) -> Vec<Event> {
        let mut path: Vec<usize> = (0..=self.exit).collect();
        if self.wins && self.segment != Segment::Smb && draws.chance(0.45) {
            path.push(4);
        }
        if path.len() > 2 && draws.chance(0.05) {
            path.remove(1);
        } else if path.len() > 3 && draws.chance(0.05) {
            path.insert(3, 1);
            path.insert(4, 2);
        }
        let entries = self.entries(draws, created, &path);
        let believes = if draws.chance(0.75) { self.wins } else { !self.wins };
        let (_, _, cycle, _) = pace(self.segment);
        // Insights is sold a little faster than the others, and promised so.
        let hurry = if self.product == "Signal Insights" { 1.2 } else { 1.35 };
        let promised = created + draws.log_normal(cycle * hurry, 0.35) as i64;
        let mut now = Event {
            day: created,
            minute: draws.minute(),
            stage: STAGES[path[0]].0,
            probability: STAGES[path[0]].1,
            category: "Pipeline",
            amount: round_amount(self.amount),
            close: if draws.chance(0.4) { quarter_end(promised) } else { weekday(promised) },
            pushes: 0,
            stage_since: created,
        };
        let resized_on =
            if draws.chance(0.3) { created + draws.whole(5, (self.end - created).max(6)) } else { i64::MAX };
        let ratio = draws.between(0.75, 1.4);
        let mut events = vec![now.clone()];
        for today in created + 1..=self.end.min(ANCHOR) {
            let before = now.clone();
            if today == self.end {
                self.close(draws, &mut now, today);
            } else {
                if let Some(stage) = entries.iter().find(|(entry, _)| *entry == today).map(|(_, s)| *s) {
                    self.enter(draws, &mut now, stage, today, believes);
                }
                if today == resized_on {
                    now.amount = round_amount(self.amount * ratio);
                }
                if now.close < today && weekday(today) == today && draws.chance(self.seller.4) {
                    let later = today + draws.whole(35, 150);
                    now.close = if draws.chance(0.4) { quarter_end(later) } else { weekday(later) };
                    now.pushes += 1;
                }
            }
            let same = (before.stage, before.amount, before.close) == (now.stage, now.amount, now.close);
            if !same {
                (now.day, now.minute) = (today, draws.minute());
                events.push(now.clone());
            }
        }
        events
    }

    /// When each stage after the first begins.
    fn entries(&self, draws: &mut Draws, created: i64, path: &[usize]) -> Vec<(i64, usize)> {
        // Proposals and negotiations take longer than first talks.
        let shares: Vec<f64> = path.iter().map(|s| draws.between(0.5, 1.5) * [0.7, 0.8, 1.3, 1.2, 1.0][*s]).collect();
        let whole: f64 = shares.iter().sum();
        let mut done = 0.0;
        let mut entries = Vec::new();
        for (share, stage) in shares.iter().zip(path.iter().skip(1)) {
            done += share;
            entries.push((weekday(created + 1 + (done / whole * (self.end - created) as f64) as i64), *stage));
        }
        entries
    }

    fn enter(&self, draws: &mut Draws, now: &mut Event, stage: usize, today: i64, believes: bool) {
        (now.stage, now.probability) = STAGES[stage];
        now.stage_since = today;
        let rosy = self.seller.3;
        let sure = if believes { 0.75 } else { 0.35 } + rosy;
        now.category = match stage {
            0 | 1 if draws.chance(0.04) => "Omitted",
            0 => "Pipeline",
            1 if draws.chance(sure - 0.4) => "Best Case",
            1 => "Pipeline",
            2 if draws.chance(sure) => "Best Case",
            2 => "Pipeline",
            _ if draws.chance(sure + 0.1) => "Commit",
            _ => "Best Case",
        };
        // Late stages know their date better.
        if stage >= 2 && self.wins && draws.chance(0.7) {
            let close = weekday(self.end + draws.whole(-6, 14));
            now.pushes += u32::from(close > now.close);
            now.close = close.max(today + 2);
        }
    }

    fn close(&self, draws: &mut Draws, now: &mut Event, today: i64) {
        let hurried = quarter_end(today) - today < 10;
        if self.wins {
            (now.stage, now.probability, now.category) = ("Closed Won", 100, "Closed");
            // Discounts: 5 % on average, 12 % in the last days of a quarter.
            let kept = if hurried { draws.between(0.78, 0.98) } else { draws.between(0.88, 1.02) };
            now.amount = round_amount(now.amount as f64 * kept);
        } else {
            (now.stage, now.probability, now.category) = ("Closed Lost", 0, "Omitted");
        }
        (now.close, now.stage_since) = (today, today);
    }
}

/// To $50 below $10,000, to $500 from there on; in cents.
fn round_amount(cents: f64) -> i64 {
    let step = if cents < 1_000_000.0 { 5_000.0 } else { 50_000.0 };
    ((cents / step) as i64).max(1) * step as i64
}

/// What happened since last week's export beyond the ordinary: two deals deleted, one reopened.
fn last_week(deals: &mut [Deal]) {
    let before = ANCHOR - 7;
    let early_open = |d: &Deal| d.on(before).is_some_and(|e| e.stage == "Discovery") && d.events.len() < 4;
    for deal in deals.iter_mut().filter(|d| early_open(d) && d.kind == "New Business").take(2) {
        deal.deleted = true;
    }
    let lately_lost = |d: &Deal| d.on(before).is_some_and(|e| e.stage == "Closed Lost" && e.day > ANCHOR - 40);
    let lost = deals.iter_mut().find(|d| lately_lost(d) && d.segment == Segment::Enterprise);
    if let Some((deal, mut event)) = lost.and_then(|d| d.events.last().cloned().map(|e| (d, e))) {
        (event.stage, event.probability) = STAGES[3];
        (event.category, event.day, event.stage_since) = ("Best Case", ANCHOR - 3, ANCHOR - 3);
        event.close = day(2026, 12, 18);
        event.pushes += 1;
        deal.events.push(event);
        deal.touched.push(ANCHOR - 3);
    }
}

/// The name of a deal as sellers write it.
pub(super) fn name(deal: &Deal, account: &Account) -> String {
    let short = account.name.split(' ').next().unwrap_or(&account.name);
    let what = deal.product.trim_start_matches("Signal ");
    format!("{short} - {what}{}", if deal.kind == "Existing Business" { " expansion" } else { "" })
}
