//! What holds for every list: explanations add up, and the order of rows changes nothing for a lead.

#![allow(clippy::unwrap_used)]

use leadcast::crm::{LeadList, Mapping};
use leadcast::model::{OperatingModel, Run};
use leadcast::table::{ReadOptions, Table};
use leadcast::targeting::{AxisBreakdown, ScoredLeads};
use std::collections::BTreeMap;

/// A small generator of our own (xorshift64*), so that a failing case can be named by its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % n
    }

    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len() as u64) as usize]
    }
}

const FIELDS: [&str; 5] = ["employees", "industry", "title", "country", "lastActivity"];

fn condition(dice: &mut Dice, depth: u64) -> String {
    match dice.below(if depth == 0 { 6 } else { 9 }) {
        0 => format!(r#"{{"field":"employees","atLeast":{}}}"#, dice.below(2000)),
        1 => format!(r#"{{"field":"employees","between":[{},{}]}}"#, dice.below(500), 500 + dice.below(2000)),
        2 => format!(r#"{{"field":"industry","in":["{}"]}}"#, dice.pick(&["Software", "Retail"])),
        3 => format!(r#"{{"field":"title","contains":["{}"]}}"#, dice.pick(&["vp", "student", "chief"])),
        4 => format!(r#"{{"field":"lastActivity","within":{{"days":{}}}}}"#, dice.below(400)),
        5 => format!(r#"{{"field":"{}","exists":{}}}"#, dice.pick(&FIELDS), dice.below(2) == 0),
        6 => format!(r#"{{"not":{}}}"#, condition(dice, depth - 1)),
        7 => format!(r#"{{"all":[{},{}]}}"#, condition(dice, depth - 1), condition(dice, depth - 1)),
        _ => format!(r#"{{"any":[{},{}]}}"#, condition(dice, depth - 1), condition(dice, depth - 1)),
    }
}

fn axis(dice: &mut Dice) -> String {
    let groups: Vec<String> = (0..1 + dice.below(3))
        .map(|group| {
            let rules: Vec<String> = (0..1 + dice.below(5))
                .map(|rule| {
                    let points = dice.below(60_000) as f64 / 1000.0 - 20.0;
                    let decay = match dice.below(4) {
                        0 => format!(r#","decay":{{"halfLifeDays":{}}}"#, 1 + dice.below(90)),
                        1 => format!(r#","decay":{{"lineDays":{}}}"#, 1 + dice.below(90)),
                        2 => format!(r#","decay":{{"windowDays":{}}}"#, 1 + dice.below(90)),
                        _ => String::new(),
                    };
                    let when = condition(dice, 2);
                    format!(r#"{{"name":"r{rule}","when":{when},"points":{points}{decay}}}"#)
                })
                .collect();
            let (cap, floor) = (5 + dice.below(60), dice.below(20));
            format!(r#"{{"name":"g{group}","cap":{cap},"floor":-{floor},"rules":[{}]}}"#, rules.join(","))
        })
        .collect();
    format!(r#"{{"cap":{},"groups":[{}]}}"#, 20 + dice.below(80), groups.join(","))
}

fn model(dice: &mut Dice) -> OperatingModel {
    let pools = r#"[{"name":"P","members":[{"name":"a","capacity":40,"weight":3},{"name":"b"},
        {"name":"c","capacity":9}]},{"name":"Q","members":[{"name":"d","capacity":25},{"name":"e","active":false}]}]"#;
    let json = format!(
        r#"{{"format":1,"icp":{{"missing":"{}","fit":{},"engagement":{},
            "disqualify":[{{"name":"x","when":{}}}]}},
            "segments":[{{"name":"s","when":{}}},{{"name":"t","when":{}}}],
            "routing":{{"pools":{pools},"rules":[{{"name":"1","when":{},"grades":["A*","B*","C1"],"pool":"Q"}},
            {{"name":"2","segment":"s","pool":"P"}}],"fallback":"Q"}}}}"#,
        dice.pick(&["neutral", "zero"]),
        axis(dice),
        axis(dice),
        condition(dice, 2),
        condition(dice, 1),
        condition(dice, 1),
        condition(dice, 1),
    );
    OperatingModel::from_json(&json).unwrap()
}

fn rows(dice: &mut Dice) -> Vec<String> {
    (0..120)
        .map(|id| {
            let employees = if dice.below(4) == 0 { String::new() } else { dice.below(3000).to_string() };
            let day = dice.below(28) + 1;
            let active =
                if dice.below(3) == 0 { String::new() } else { format!("2026-0{}-{day:02}", 1 + dice.below(4)) };
            format!(
                "{id},{employees},{},{},{},{active},2026-01-{:02}",
                dice.pick(&["", "Software", "software", "Retail"]),
                dice.pick(&["", "VP Sales", "Student", "Chief of Staff"]),
                dice.pick(&["", "US", "FR"]),
                1 + dice.below(9),
            )
        })
        .collect()
}

fn score(rows: &[String], model: &OperatingModel) -> ScoredLeads {
    let csv = format!("Id,employees,industry,title,country,lastActivity,created\n{}\n", rows.join("\n"));
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let mapping: Mapping = serde_json::from_str(
        r#"{ "Id": "personId", "employees": "employees", "industry": "industry", "title": "title",
             "country": "country", "lastActivity": "lastActivity", "created": "created" }"#,
    )
    .unwrap();
    let run = Run::from_json(r#"{ "asOf": "2026-03-31" }"#).unwrap();
    LeadList::from_table(table, &mapping).unwrap().score(model, &run)
}

/// Everything that is said of each lead, by id.
fn said(leads: &ScoredLeads) -> BTreeMap<String, String> {
    let rows: Vec<u32> = (0..leads.rows() as u32).collect();
    let said = leads.window(&rows).into_iter().map(|mut row| {
        (row.row, row.line) = (0, 0);
        (row.id.clone(), format!("{row:?}"))
    });
    said.collect()
}

fn check(lines: &AxisBreakdown, seed: u64) {
    for group in &lines.groups {
        let rules: i64 = group.rules.iter().map(|rule| rule.points.micro()).sum();
        assert_eq!(rules + group.limited.micro(), group.points.micro(), "seed {seed}");
        assert!(group.points >= group.floor && group.points <= group.cap, "seed {seed}");
    }
    if let Some(score) = lines.score {
        assert_eq!(lines.sum(), score, "seed {seed}");
        assert!(score.micro() >= 0 && score <= lines.cap, "seed {seed}");
    }
    assert!(lines.known <= lines.reach, "seed {seed}");
}

#[test]
fn explanations_add_up_exactly_for_any_model() {
    for seed in 1..=60 {
        let mut dice = Dice(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15));
        let model = model(&mut dice);
        let leads = score(&rows(&mut dice), &model);
        for row in 0..leads.rows() {
            let (fit, engagement) = leads.breakdown(row);
            check(&fit, seed);
            check(&engagement, seed);
            if leads.is_used(row) {
                assert_eq!((leads.fit(row), leads.engagement(row)), (fit.score, engagement.score), "seed {seed}");
            }
        }
        let counts = leads.report().counts;
        let total = |parts: Vec<u64>| parts.into_iter().sum::<u64>();
        assert_eq!(total(counts.by_grade.iter().map(|grade| grade.count).collect()), counts.leads);
        assert_eq!(total(counts.by_segment.iter().map(|segment| segment.count).collect()), counts.leads);
        let owned = total(counts.by_owner.iter().map(|owner| owner.count).collect());
        assert_eq!(owned + counts.unassigned + counts.disqualified, counts.leads);
    }
}

#[test]
fn the_order_of_rows_changes_nothing_for_a_lead() {
    for seed in 1..=30 {
        let mut dice = Dice(u64::wrapping_mul(seed, 0xd134_2543_de82_ef95));
        let model = model(&mut dice);
        let mut rows = rows(&mut dice);
        let before = score(&rows, &model);
        for last in (1..rows.len()).rev() {
            rows.swap(last, dice.below(last as u64 + 1) as usize);
        }
        let after = score(&rows, &model);
        assert_eq!(said(&before), said(&after), "seed {seed}");
        assert_eq!(before.report().fingerprint, after.report().fingerprint, "seed {seed}");
        assert_eq!(before.report().counts, after.report().counts, "seed {seed}");
    }
}
