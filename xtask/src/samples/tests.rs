//! What docs/testing.md promises of the samples, measured.

use super::deal_files::{CLOSED_FROM, is_open};
use super::deals::{Deal, deals};
use super::draws::Draws;
use super::leads::{Lead, leads};
use super::world::{Account, Segment, accounts};
use super::{ANCHOR, SEED, files};
use std::collections::BTreeSet;

struct World {
    accounts: Vec<Account>,
    leads: Vec<Lead>,
    deals: Vec<Deal>,
    deal_of_lead: Vec<Option<String>>,
}

fn world() -> World {
    let accounts = accounts(SEED);
    let leads = leads(SEED, &accounts);
    let (deals, deal_of_lead) = deals(SEED, &accounts, &leads);
    World { accounts, leads, deals, deal_of_lead }
}

impl World {
    /// Closed deals of the export.
    fn closed(&self) -> impl Iterator<Item = &Deal> {
        self.deals.iter().filter(|d| d.on(ANCHOR).is_some_and(|e| !is_open(e) && e.close >= CLOSED_FROM))
    }

    fn open(&self) -> impl Iterator<Item = &Deal> {
        self.deals.iter().filter(|d| !d.deleted && d.on(ANCHOR).is_some_and(is_open))
    }

    /// Share won of the closed deals that satisfy a condition.
    fn win_rate(&self, of: impl Fn(&Deal) -> bool) -> f64 {
        share(self.closed().filter(|d| of(d)).map(won))
    }

    /// Share converted of the leads old enough that satisfy a condition.
    fn conversion(&self, of: impl Fn(&Lead, &Account) -> bool) -> f64 {
        let known = self.leads.iter().filter(|l| l.created <= ANCHOR - 60);
        share(known.filter(|l| of(l, &self.accounts[l.account])).map(|l| l.converted.is_some()))
    }
}

fn won(deal: &Deal) -> bool {
    deal.on(ANCHOR).is_some_and(|e| e.stage == "Closed Won")
}

fn share(of: impl Iterator<Item = bool>) -> f64 {
    let (yes, all) = of.fold((0, 0), |(yes, all), x| (yes + i32::from(x), all + 1));
    assert!(all >= 25, "only {all} rows: too few to speak of a share");
    f64::from(yes) / f64::from(all)
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(files(SEED), files(SEED));
    let bytes: Vec<u8> = files(SEED).into_iter().flat_map(|(_, bytes)| bytes).collect();
    let fnv = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
    assert_eq!(fnv, 0x5a25_52a6_cbef_a9d4, "the samples changed; if on purpose, pin {fnv:#x}");
}

#[test]
fn another_seed_gives_another_world() {
    assert_ne!(files(SEED), files(SEED + 1));
}

#[test]
fn there_are_as_many_rows_as_promised() {
    let world = world();
    assert_eq!(world.leads.len(), 986, "and 14 duplicates");
    let (open, closed) = (world.open().count(), world.closed().count());
    assert!((180..=220).contains(&open), "{open} open");
    assert!((560..=680).contains(&closed), "{closed} closed");
}

#[test]
fn ids_agree_across_files() {
    let world = world();
    let deal_ids: BTreeSet<&str> = world.deals.iter().map(|d| d.id.as_str()).collect();
    assert_eq!(deal_ids.len(), world.deals.len());
    for (lead, deal) in world.leads.iter().zip(&world.deal_of_lead) {
        assert_eq!(lead.converted.is_some(), deal.is_some());
        assert!(deal.as_deref().is_none_or(|id| deal_ids.contains(id)));
    }
    let text = |name: &str| {
        let bytes = files(SEED).into_iter().find(|(n, _)| *n == name).map(|(_, b)| b).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let (pipeline, history, contacts) = (text("pipeline.csv"), text("stage-history.csv"), text("contacts.csv"));
    let exported: BTreeSet<&str> =
        pipeline.lines().filter_map(|l| l.strip_prefix('"')?.get(..15)).filter(|id| id.starts_with("006")).collect();
    let in_history: BTreeSet<&str> = history.lines().skip(1).filter_map(|l| l.get(..15)).collect();
    let with_contacts: BTreeSet<&str> = contacts.lines().skip(1).filter_map(|l| l.split('"').nth(3)).collect();
    assert_eq!(exported, in_history);
    assert_eq!(exported, with_contacts);
}

#[test]
fn nothing_happens_after_the_anchor() {
    let world = world();
    assert!(world.leads.iter().all(|l| l.created <= ANCHOR));
    assert!(world.deals.iter().flat_map(|d| &d.events).all(|e| e.day <= ANCHOR));
    assert!(world.closed().all(|d| d.on(ANCHOR).is_some_and(|e| e.close <= ANCHOR)));
    assert!(
        world.leads.iter().any(|l| l.created == ANCHOR),
        "the newest date proposes the anchor as the day of the export"
    );
    assert!(world.deals.iter().any(|d| d.events[0].day == ANCHOR));
}

#[test]
fn good_fit_converts_more() {
    let world = world();
    let good = world.conversion(|l, a| a.fit() > 0.8 && a.people[l.person].title.4 > 0.0);
    let bad = world.conversion(|_, a| a.fit() < -0.5);
    assert!(good > 3.0 * bad, "good fit {good:.2}, bad fit {bad:.2}");
    let referred = world.conversion(|l, _| matches!(l.source, "Referrals" | "Partner"));
    let bought = world.conversion(|l, _| l.source == "Offline List");
    assert!(referred > 3.0 * bought, "referred {referred:.2}, bought {bought:.2}");
}

#[test]
fn late_leads_drift_away_from_the_customers() {
    let world = world();
    let poor = |since: bool| {
        let leads = world.leads.iter().filter(|l| (l.created >= super::days::day(2026, 8, 3)) == since);
        share(leads.map(|l| world.accounts[l.account].segment() == Segment::Smb))
    };
    assert!(
        poor(true) > poor(false) + 0.1,
        "small companies: {:.2} of late leads, {:.2} before",
        poor(true),
        poor(false)
    );
}

#[test]
fn deals_are_won_where_it_was_planted() {
    let world = world();
    let existing = world.win_rate(|d| d.kind == "Existing Business");
    let new = world.win_rate(|d| d.kind == "New Business");
    assert!(existing > new + 0.15, "existing {existing:.2}, new {new:.2}");
    let cold = world.win_rate(|d| d.source == "Outbound");
    let referred = world.win_rate(|d| matches!(d.source, "Referrals" | "Partner"));
    assert!(referred > 1.4 * cold, "referred {referred:.2}, cold {cold:.2}");
    let committee = |d: &Deal| {
        let titles = || d.contacts.iter().map(|&p| world.accounts[d.account].people[p].title.2);
        d.contacts.len() >= 3 && titles().any(|role| role == "Economic Buyer")
    };
    let (with, without) = (world.win_rate(committee), world.win_rate(|d| !committee(d)));
    assert!(with > without + 0.1, "economic buyer and two more {with:.2}, less {without:.2}");
    let (rosy, sober) =
        (world.win_rate(|d| d.seller == "Marcus Bell"), world.win_rate(|d| d.seller == "Ingrid Solheim"));
    assert!(sober > rosy + 0.1, "sober seller {sober:.2}, rosy seller {rosy:.2}");
}

#[test]
fn mid_market_deals_die_over_the_proposal() {
    let world = world();
    let last_open_stage = |d: &Deal| d.events.iter().rev().find(|e| is_open(e)).map(|e| e.stage);
    let over_proposal = |segment: Segment| {
        share(
            world.closed().filter(|d| !won(d) && d.segment == segment).map(|d| last_open_stage(d) == Some("Proposal")),
        )
    };
    let (mid, large) = (over_proposal(Segment::MidMarket), over_proposal(Segment::Enterprise));
    assert!(mid > large + 0.1, "mid-market {mid:.2}, enterprise {large:.2}");
}

#[test]
fn discounts_are_given_and_quarters_end_busy() {
    let world = world();
    let kept: Vec<f64> = world
        .closed()
        .filter(|d| won(d))
        .filter_map(|d| Some((d.events.get(d.events.len().checked_sub(2)?)?.amount, d.events.last()?.amount)))
        .map(|(open, won)| won as f64 / open as f64)
        .collect();
    let mean = kept.iter().sum::<f64>() / kept.len() as f64;
    assert!((0.85..0.97).contains(&mean), "won amount over open amount {mean:.3}");
    let late = share(
        world
            .closed()
            .filter(|d| won(d))
            .filter_map(|d| d.events.last())
            .map(|e| super::days::quarter_end(e.close) - e.close < 10),
    );
    assert!(late > 0.2, "{late:.2} of wins in the last ten of 91 days");
}

#[test]
fn a_week_brings_wins_losses_new_deals_and_moved_dates() {
    let world = world();
    let week: Vec<_> = world.deals.iter().map(|d| (d.on(ANCHOR - 7), d.on(ANCHOR))).collect();
    let count = |changed: &dyn Fn(&super::deals::Event, &super::deals::Event) -> bool| {
        week.iter().filter(|(a, b)| a.zip(*b).is_some_and(|(a, b)| changed(a, b))).count()
    };
    assert!(count(&|a, b| is_open(a) && b.stage == "Closed Won") >= 2);
    assert!(count(&|a, b| is_open(a) && b.stage == "Closed Lost") >= 1);
    assert!(count(&|a, b| is_open(b) && b.pushes > a.pushes) >= 3);
    assert!(count(&|a, b| a.stage == "Closed Lost" && is_open(b)) == 1, "one deal reopened");
    assert!(week.iter().filter(|(a, b)| a.is_none() && b.is_some()).count() >= 3, "new deals");
    assert_eq!(world.deals.iter().filter(|d| d.deleted).count(), 2);
}

#[test]
fn draws_are_uniform_and_normal() {
    let mut draws = Draws::new(1, "x");
    let units: Vec<f64> = (0..20_000).map(|_| draws.unit()).collect();
    let mean = units.iter().sum::<f64>() / 20_000.0;
    // 5 standard errors of a uniform mean: false alarm below 1e-6, and the seed is fixed.
    assert!((mean - 0.5).abs() < 5.0 * libm::sqrt(1.0 / 12.0 / 20_000.0), "{mean}");
    let normals: Vec<f64> = (0..20_000).map(|_| draws.normal()).collect();
    let variance = normals.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
    assert!((variance - 1.0).abs() < 0.05, "{variance}");
}
