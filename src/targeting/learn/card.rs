//! Turns a fit into a scorecard section of the operating model: whole points per bin, a group per column, caps.
//!
//! Points are the log-odds, counted from each column's worst bin and stretched to a round total. So points stay
//! proportional to evidence, none is negative, and a line takes a total back to a probability.

use super::bins::Content;
use super::examples::Examples;
use super::logistic::sigmoid;
use super::penalty::{Fitted, base_rate, outcomes};
use crate::model::{Calibration, fold};
use crate::stats::log_loss;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Totals tried, the roundest first.
const TOTALS: [f64; 4] = [100.0, 200.0, 500.0, 1000.0];
/// Share of what the card gains over the base rate that whole points may cost; a finer total is taken if they cost more.
const MOST_LOST: f64 = 0.01;
/// Shares of the rows learned from that lie below the cuts of A, B and C.
const CUTS: [f64; 3] = [0.8, 0.5, 0.2];

/// A learned scorecard.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// A group of rules per column that tells something, in the order of the file.
    pub groups: Vec<CardGroup>,
    /// Most points a row can have.
    pub cap: i64,
    /// Fewest points of A, B and C; `None` where the points do not spread enough.
    pub cuts: Option<[i64; 3]>,
    /// Log-odds of success without any points.
    pub intercept: f64,
    /// Log-odds per point.
    pub slope: f64,
    /// Rows learned from by their points: (points, rows), ascending.
    spread: Vec<(i64, u64)>,
}

/// The rules of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct CardGroup {
    /// The header.
    pub column: String,
    /// How conditions name it.
    pub field: String,
    /// Its most points.
    pub cap: i64,
    /// Its rules; bins with the same points share one, bins without points have none.
    pub rules: Vec<CardRule>,
}

/// Points for one or several bins.
#[derive(Debug, Clone, PartialEq)]
pub struct CardRule {
    /// The bins in words, unique in the group.
    pub name: String,
    /// Whole points.
    pub points: i64,
    /// Mean weight of the bins in log-odds, by rows.
    pub weight: f64,
    /// Rows learned from that it holds for.
    pub rows: u64,
    /// Successes among them.
    pub successes: u64,
    /// The rule's condition, as the model writes it.
    pub when: Value,
}

/// One bin with its evidence.
#[derive(Debug, Clone)]
struct Bin {
    content: Content,
    weight: f64,
    rows: u64,
    successes: u64,
}

/// Position of a column among the examples' features, and its bins.
type BinnedColumn = (usize, Vec<Bin>);
/// Where a slot is found: the column and its bin; none if no row has it.
type Place = Option<(usize, usize)>;

impl Card {
    /// The card of a fit on the rows it was learned from.
    pub(crate) fn new(examples: &Examples, fitted: &Fitted, training: &[u32]) -> Self {
        let (columns, bin_of) = columns(examples, fitted, training);
        let reach: f64 = columns.iter().map(|(_, bins)| range(bins).1).sum();
        let truth = outcomes(examples, training);
        let exact = log_loss(&fitted.predict(examples, training), &truth);
        let gained = log_loss(&vec![base_rate(examples, training); truth.len()], &truth) - exact;
        let mut card = Self::scaled(examples, &columns, 1.0, fitted);
        for total in TOTALS {
            let scale = if reach > 0.0 { total / reach } else { 1.0 };
            card = Self::scaled(examples, &columns, scale, fitted);
            let points = card.points(examples, fitted, &columns, &bin_of, training, scale);
            card.intercept = level(&points, card.slope, truth.iter().filter(|y| **y).count());
            let coarse: Vec<f64> = points.iter().map(|p| card.probability(*p as f64)).collect();
            card.learn_spread(points);
            if log_loss(&coarse, &truth) - exact <= MOST_LOST * gained {
                break;
            }
        }
        card
    }

    fn scaled(examples: &Examples, columns: &[BinnedColumn], scale: f64, fitted: &Fitted) -> Self {
        let groups = columns.iter().map(|(feature, bins)| group(examples, *feature, bins, scale));
        let groups: Vec<CardGroup> = groups.filter(|group| group.cap > 0).collect();
        let cap = groups.iter().map(|group| group.cap).sum();
        let slope = 1.0 / scale;
        Self { groups, cap, cuts: None, intercept: fitted.fit.intercept, slope, spread: Vec::new() }
    }

    /// The points of rows learned from, by their bins.
    fn points(
        &self,
        examples: &Examples,
        fitted: &Fitted,
        columns: &[BinnedColumn],
        bin_of: &[Place],
        rows: &[u32],
        scale: f64,
    ) -> Vec<i64> {
        let lows: Vec<f64> = columns.iter().map(|(_, bins)| range(bins).0).collect();
        let points =
            |place: &Place| place.map_or(0, |(column, bin)| whole(columns[column].1[bin].weight - lows[column], scale));
        let of_slot: Vec<i64> = bin_of.iter().map(points).collect();
        let used: Vec<usize> = columns.iter().map(|(feature, _)| *feature).collect();
        let total = |row: &u32| {
            let slots = used.iter().map(|feature| fitted.binning.slot(examples, *feature, *row) as usize);
            slots.filter_map(|slot| of_slot.get(slot)).sum()
        };
        rows.iter().map(total).collect()
    }

    fn learn_spread(&mut self, mut points: Vec<i64>) {
        points.sort_unstable();
        let place = |share: f64| points.get((share * points.len() as f64) as usize).copied().unwrap_or(0);
        let [a, b, c] = CUTS.map(place);
        let c = c.max(1);
        let b = b.max(c + 1);
        let a = a.max(b + 1);
        self.cuts = (a <= self.cap).then_some([a, b, c]);
        self.spread = points.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect();
    }

    /// How points become a probability.
    #[must_use]
    pub fn calibration(&self) -> Calibration {
        Calibration { intercept: self.intercept, slope: self.slope }
    }

    /// The probability of success of a row with these points.
    #[must_use]
    pub fn probability(&self, points: f64) -> f64 {
        self.calibration().probability(points)
    }

    /// The rank of a row with these points: the share of the rows learned from that have fewer, those with as many
    /// counting half. In [0, 1]; a place in a list and no probability.
    #[must_use]
    pub fn rank(&self, points: f64) -> f64 {
        let (mut below, mut all) = (0.0, 0.0);
        for (own, count) in &self.spread {
            let (own, count) = (*own as f64, *count as f64);
            all += count;
            below += if own < points { count } else { 0.0 } + if own == points { count / 2.0 } else { 0.0 };
        }
        if all > 0.0 { below / all } else { 0.5 }
    }

    /// The card as the `icp` section of an operating model: the fit axis and its grade cuts.
    #[must_use]
    pub fn section(&self) -> Value {
        // A reason is the name of a rule, so it says of which column it speaks.
        let rule = |column: &str, rule: &CardRule| {
            let evidence = json!({ "points": rule.points, "rows": rule.rows, "successes": rule.successes });
            let name = format!("{}: {}", shortened(column.trim()), rule.name);
            json!({ "name": name, "when": rule.when, "points": rule.points, "evidence": evidence })
        };
        let group = |group: &CardGroup| {
            let rules: Vec<Value> = group.rules.iter().map(|own| rule(&group.column, own)).collect();
            json!({ "name": group.column.trim(), "cap": group.cap, "floor": 0, "rules": rules })
        };
        let groups: Vec<Value> = self.groups.iter().map(group).collect();
        let mut section = json!({ "fit": { "cap": self.cap.max(1), "groups": groups } });
        if let Some([a, b, c]) = self.cuts {
            section["grades"] = json!({ "fit": { "A": a, "B": b, "C": c } });
        }
        section
    }
}

/// Whole points for a distance in log-odds.
fn whole(distance: f64, scale: f64) -> i64 {
    (distance * scale).round() as i64
}

/// The lowest weight, and how far above it the highest is.
fn range(bins: &[Bin]) -> (f64, f64) {
    let low = bins.iter().map(|bin| bin.weight).fold(f64::INFINITY, f64::min);
    let high = bins.iter().map(|bin| bin.weight).fold(f64::NEG_INFINITY, f64::max);
    (low, high - low)
}

/// The intercept at which the expected successes are those seen.
fn level(points: &[i64], slope: f64, successes: usize) -> f64 {
    let wanted = successes as f64;
    let (mut low, mut high) = (-60.0, 60.0);
    // The sum rises with the intercept; 80 halvings of 120 reach the last bit.
    for _ in 0..80 {
        let middle = low + (high - low) / 2.0;
        let sum = points.iter().fold(0.0, |sum, p| sum + sigmoid(middle + slope * *p as f64));
        if sum < wanted { low = middle } else { high = middle }
    }
    low + (high - low) / 2.0
}

/// The bins of every column in use, and for each slot its column and bin there. Levels that a condition cannot tell apart
/// become one; a column whose values were all seen gets a bin for new ones, which weighs nothing.
fn columns(examples: &Examples, fitted: &Fitted, training: &[u32]) -> (Vec<BinnedColumn>, Vec<Place>) {
    let tally = fitted.binning.tally(examples, training);
    let mut columns: Vec<BinnedColumn> = Vec::new();
    let mut bin_of = vec![None; tally.len()];
    // Letter case and accents of levels do not count.
    let mut levels: BTreeMap<String, usize> = BTreeMap::new();
    for (at, (slot, (successes, rows))) in fitted.binning.slots.iter().zip(tally).enumerate() {
        if rows == 0 {
            continue;
        }
        if columns.last().is_none_or(|(feature, _)| *feature != slot.feature) {
            columns.push((slot.feature, Vec::new()));
            levels.clear();
        }
        let column = columns.len() - 1;
        let bins = &mut columns[column].1;
        let new = Bin { content: slot.content.clone(), weight: fitted.fit.weights[at], rows, successes };
        let known = match level_of(&slot.content) {
            Some(name) => *levels.entry(fold(name)).or_insert(bins.len()),
            None => bins.len(),
        };
        match bins.get_mut(known) {
            Some(bin) => bin.join(new),
            None => bins.push(new),
        }
        bin_of[at] = Some((column, known));
    }
    for (_, bins) in &mut columns {
        let levels = bins.iter().any(|bin| matches!(bin.content, Content::Level(_)));
        if levels && !bins.iter().any(|bin| bin.content == Content::Other) {
            bins.push(Bin { content: Content::Other, weight: 0.0, rows: 0, successes: 0 });
        }
    }
    (columns, bin_of)
}

impl Bin {
    fn join(&mut self, other: Self) {
        let (m, n) = (self.rows as f64, other.rows as f64);
        self.weight = if m + n > 0.0 { (m * self.weight + n * other.weight) / (m + n) } else { self.weight };
        self.rows += other.rows;
        self.successes += other.successes;
    }
}

fn group(examples: &Examples, feature: usize, bins: &[Bin], scale: f64) -> CardGroup {
    let feature = &examples.features[feature];
    let (low, _) = range(bins);
    let levels: Vec<&String> = bins.iter().filter_map(|bin| level_of(&bin.content)).collect();
    // Bins with the same points share a rule: all such levels, ranges only next to each other.
    let mut shared: Vec<(i64, Vec<Bin>)> = Vec::new();
    for bin in bins {
        let points = whole(bin.weight - low, scale);
        let mate =
            shared.iter_mut().rev().find(|(own, bins)| *own == points && bins.last().is_some_and(|l| joins(l, bin)));
        match mate {
            Some((_, bins)) => bins.push(bin.clone()),
            None => shared.push((points, vec![bin.clone()])),
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut rules: Vec<CardRule> = Vec::new();
    for (points, bins) in shared.iter().filter(|(points, _)| *points != 0) {
        let mut all = bins[0].clone();
        bins[1..].iter().for_each(|bin| all.join(bin.clone()));
        let name = unique(words(bins), &mut names);
        let when = condition(&feature.field, bins, &levels);
        rules.push(CardRule {
            name,
            points: *points,
            weight: all.weight,
            rows: all.rows,
            successes: all.successes,
            when,
        });
    }
    let cap = rules.iter().map(|rule| rule.points).max().unwrap_or(0);
    CardGroup { column: feature.name.clone(), field: feature.field.clone(), cap, rules }
}

fn level_of(content: &Content) -> Option<&String> {
    match content {
        Content::Level(name) => Some(name),
        _ => None,
    }
}

/// Whether two bins of equal points can stand in one rule.
fn joins(last: &Bin, next: &Bin) -> bool {
    match (&last.content, &next.content) {
        (Content::Level(_), Content::Level(_)) => true,
        (Content::Range { up_to, .. }, Content::Range { above, .. }) => up_to == above,
        _ => false,
    }
}

/// The bins in words.
fn words(bins: &[Bin]) -> String {
    let ends = (bins.first().map(|bin| &bin.content), bins.last().map(|bin| &bin.content));
    match ends {
        (Some(Content::Missing), _) => "blank".to_owned(),
        (Some(Content::Other), _) => "any other value".to_owned(),
        (Some(Content::Range { above, .. }), Some(Content::Range { up_to, .. })) => match (above, up_to) {
            (None, None) => "any number".to_owned(),
            (None, Some(up_to)) => format!("up to {up_to}"),
            (Some(above), None) => format!("above {above}"),
            (Some(above), Some(up_to)) => format!("above {above} up to {up_to}"),
        },
        _ => {
            let names: Vec<&str> =
                bins.iter().filter_map(|bin| level_of(&bin.content)).map(|name| shortened(name)).collect();
            let text = match names.len() {
                0..=3 => names.join(", "),
                n => format!("{} and {} more", names[..2].join(", "), n - 2),
            };
            // With its column a rule's name has at most 200 characters.
            match names.first() {
                Some(first) if text.chars().count() > 100 => format!("{first} and {} more", names.len() - 1),
                _ => text,
            }
        }
    }
}

/// At most 60 characters.
fn shortened(name: &str) -> &str {
    name.char_indices().nth(60).map_or(name, |(end, _)| &name[..end])
}

fn unique(name: String, taken: &mut Vec<String>) -> String {
    let mut tried = name.clone();
    let mut next = 2;
    while taken.contains(&fold(&tried)) {
        tried = format!("{name} ({next})");
        next += 1;
    }
    taken.push(fold(&tried));
    tried
}

/// The condition under which one of the bins holds. A blank is never unknown in it, so that no score is rescaled.
fn condition(field: &str, bins: &[Bin], levels: &[&String]) -> Value {
    let filled = json!({ "field": field, "exists": true });
    let up_to = |bound: f64| json!({ "field": field, "atMost": bound });
    let ends = (bins.first().map(|bin| &bin.content), bins.last().map(|bin| &bin.content));
    match ends {
        (Some(Content::Missing), _) => json!({ "field": field, "exists": false }),
        (Some(Content::Other), _) if levels.is_empty() => filled,
        (Some(Content::Other), _) => json!({ "all": [filled, { "not": { "field": field, "in": levels } }] }),
        (Some(Content::Range { above, .. }), Some(Content::Range { up_to: bound, .. })) => {
            let mut parts = vec![filled];
            parts.extend(above.map(|above| json!({ "not": up_to(above) })));
            parts.extend(bound.map(up_to));
            json!({ "all": parts })
        }
        _ => {
            let names: Vec<&String> = bins.iter().filter_map(|bin| level_of(&bin.content)).collect();
            json!({ "all": [filled, { "field": field, "in": names }] })
        }
    }
}
