//! Where to draw the line for a marketing-qualified lead, given how many leads people can work.

use super::scored::ScoredLeads;
use crate::model::{Grade, fold};
use crate::stats::{Arrange, Interval, Ordered, grouped};
use std::collections::{BTreeMap, BTreeSet};

/// Thresholds on both axes, and how many leads they let through.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct MqlReport {
    /// Leads that can be worked: as asked, else the capacities of all members who take leads; `null`: no limit known.
    pub capacity: Option<u64>,
    /// Where that number comes from, or what is missing.
    pub capacity_from: String,
    /// Leads that are neither disqualified nor created after the as-of day.
    pub leads: u64,
    /// Of them, those that are an SQL or further, by the model's definitions or the file's own words.
    pub sqls: u64,
    /// Whether SQLs can be expected at all: the definitions decide for some lead.
    pub rated: bool,
    /// Thresholds worth choosing from, the widest first: no other lets as few leads through and expects as many SQLs.
    pub cuts: Vec<MqlCut>,
    /// Position of the one that fits the capacity and expects the most SQLs; `null` if none fits or nothing is known.
    pub fits: Option<u32>,
    /// The choice as a sentence.
    pub sentence: String,
}

/// One pair of thresholds.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct MqlCut {
    /// Fewest fit points.
    pub fit: f64,
    /// Fewest engagement points.
    pub engagement: f64,
    /// Leads at or above both.
    pub leads: u64,
    /// SQLs to expect from as many leads like them; `null` if no rate is known.
    pub expected_sqls: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<Interval>,
}

/// Steps that each axis is tried in.
const STEPS: usize = 20;
/// Most thresholds listed.
const MOST: usize = 25;
/// How many leads of the overall rate a grade's own rate is blended with, so that few leads promise little.
const PRIOR: f64 = 20.0;

/// Leads of one grade, by the last step of each axis that they reach.
#[derive(Default)]
struct Cell {
    leads: u64,
    sqls: u64,
    at: BTreeMap<(usize, usize), u64>,
}

impl ScoredLeads {
    /// The thresholds on fit and engagement that fit a capacity, with the SQLs to expect from each.
    ///
    /// The SQL rate of a grade is that of the list's own leads, blended with twenty leads of the overall rate; leads that
    /// are too young to have become an SQL count as none, so the rates are low rather than high.
    #[must_use]
    pub fn mql_cuts(&self, capacity: Option<u64>) -> MqlReport {
        let (cells, leads, sqls, decided) = self.cells_by_grade();
        let (capacity, capacity_from) = match capacity {
            Some(asked) => (Some(asked), "as asked".to_owned()),
            None => self.pool_capacity(),
        };
        let rated = decided && sqls > 0;
        let overall = if leads > 0 { sqls as f64 / leads as f64 } else { 0.0 };
        let mut all: Vec<MqlCut> = Vec::new();
        for fit in 0..=self.last_step(super::AxisName::Fit) {
            for engagement in 0..=self.last_step(super::AxisName::Engagement) {
                let cut = self.cut(&cells, fit, engagement, rated.then_some(overall));
                if cut.leads > 0 {
                    all.push(cut);
                }
            }
        }
        let cuts = front(all, rated);
        let expected = |cut: &MqlCut| cut.expected_sqls.unwrap_or(cut.leads as f64);
        let fits = capacity.and_then(|capacity| {
            let fitting = cuts.iter().enumerate().filter(|(_, cut)| cut.leads <= capacity);
            fitting.max_by(|a, b| expected(a.1).total_cmp(&expected(b.1)).then(b.0.cmp(&a.0))).map(|(at, _)| at)
        });
        let sentence = sentence(capacity, fits.and_then(|at| cuts.get(at)), leads);
        let (cuts, fits) = thinned(cuts, fits);
        MqlReport { capacity, capacity_from, leads, sqls, rated, cuts, fits, sentence }
    }

    /// Leads by grade and step, how many there are, how many are SQLs, and whether that could be told of any.
    fn cells_by_grade(&self) -> (BTreeMap<Grade, Cell>, u64, u64, bool) {
        let mut cells: BTreeMap<Grade, Cell> = BTreeMap::new();
        let (mut leads, mut sqls, mut decided) = (0, 0, false);
        for row in (0..self.rows()).filter(|row| self.is_used(*row) && self.disqualified(*row).is_none()) {
            let sql = self.is_sql(row);
            decided |= sql.is_some();
            let is_sql = sql == Some(true);
            let icp = self.icp(row);
            let step = |points: Option<crate::model::Points>, cap: crate::model::Points| {
                points.map_or(0, |points| (points.micro() * STEPS as i64 / cap.micro().max(1)) as usize)
            };
            let at = (step(self.fit(row), icp.fit.cap), step(self.engagement(row), icp.engagement.cap));
            let cell = cells.entry(self.grade(row)).or_default();
            cell.leads += 1;
            cell.sqls += u64::from(is_sql);
            *cell.at.entry(at).or_insert(0) += 1;
            leads += 1;
            sqls += u64::from(is_sql);
        }
        (cells, leads, sqls, decided)
    }

    /// The steps of an axis; a single one if it cannot be evaluated.
    fn last_step(&self, axis: super::AxisName) -> usize {
        if self.axis_coverage(axis).0 { STEPS } else { 0 }
    }

    fn cut(&self, cells: &BTreeMap<Grade, Cell>, fit: usize, engagement: usize, overall: Option<f64>) -> MqlCut {
        let icp = self.model().icp();
        let points = |step: usize, cap: crate::model::Points| step as f64 * cap.as_f64() / STEPS as f64;
        let (mut leads, mut expected, mut variance) = (0, 0.0, 0.0);
        for cell in cells.values() {
            let here: u64 =
                cell.at.iter().filter(|((f, e), _)| *f >= fit && *e >= engagement).map(|(_, count)| count).sum();
            leads += here;
            if let Some(overall) = overall {
                let weight = cell.leads as f64 + PRIOR;
                let rate = (cell.sqls as f64 + PRIOR * overall) / weight;
                expected += here as f64 * rate;
                // The rate's own uncertainty moves all leads of the grade together; chance moves each by itself.
                variance += here as f64 * here as f64 * rate * (1.0 - rate) / (weight + 1.0);
                variance += here as f64 * rate * (1.0 - rate);
            }
        }
        let half = 1.96 * variance.sqrt();
        let interval = Interval { low: (expected - half).max(0.0), high: (expected + half).min(leads as f64) };
        MqlCut {
            fit: points(fit, icp.fit.cap),
            engagement: points(engagement, icp.engagement.cap),
            leads,
            expected_sqls: overall.map(|_| expected),
            interval: overall.map(|_| interval),
        }
    }

    /// What all members who take leads can take together.
    fn pool_capacity(&self) -> (Option<u64>, String) {
        let day = self.as_of().date();
        let members = self.model().routing().pools.iter().flat_map(|pool| &pool.members);
        let mut capacities: BTreeMap<String, Option<u32>> = BTreeMap::new();
        for member in members.filter(|member| member.available(day)) {
            capacities.entry(fold(&member.name)).or_insert(member.capacity);
        }
        match capacities.values().copied().sum::<Option<u32>>() {
            Some(total) if total > 0 => (Some(u64::from(total)), "capacities of the pools' members".to_owned()),
            _ => (None, "not every member of the pools has a capacity".to_owned()),
        }
    }
}

/// The cuts that no other beats: with rates by expected SQLs, else those with both thresholds at the same share.
fn front(mut all: Vec<MqlCut>, rated: bool) -> Vec<MqlCut> {
    let expected = |cut: &MqlCut| cut.expected_sqls.unwrap_or(0.0);
    // Fewest leads first; among equal ones the most SQLs, then the lowest thresholds.
    all.arrange_by(|a, b| {
        a.leads
            .cmp(&b.leads)
            .then_with(|| expected(b).total_cmp(&expected(a)))
            .then_with(|| (a.fit + a.engagement).total_cmp(&(b.fit + b.engagement)))
            .then_with(|| a.fit.total_cmp(&b.fit))
    });
    let mut kept: Vec<MqlCut> = Vec::new();
    for cut in all {
        let more = kept.last().is_none_or(|last| cut.leads > last.leads && (!rated || expected(&cut) > expected(last)));
        if more {
            kept.push(cut);
        }
    }
    kept.reverse();
    kept
}

/// Some of the cuts where there are too many, evenly, the widest, the narrowest and the one that fits among them; and
/// where that one is then.
fn thinned(cuts: Vec<MqlCut>, fits: Option<usize>) -> (Vec<MqlCut>, Option<u32>) {
    let last = cuts.len().saturating_sub(1);
    let mut wanted: BTreeSet<usize> = match cuts.len() {
        few if few <= MOST => (0..few).ordered(),
        _ => (0..MOST).map(|at| at * last / (MOST - 1)).ordered(),
    };
    if let Some(fits) = fits.filter(|fits| !wanted.contains(fits)) {
        // In the place of a neighbour that is neither the widest nor the narrowest.
        let near = wanted.iter().copied().filter(|at| *at != 0 && *at != last).min_by_key(|at| at.abs_diff(fits));
        near.map(|near| wanted.remove(&near));
        wanted.insert(fits);
    }
    let place = fits.and_then(|fits| u32::try_from(wanted.range(..fits).count()).ok());
    (cuts.into_iter().enumerate().filter(|(at, _)| wanted.contains(at)).map(|(_, cut)| cut).collect(), place)
}

fn sentence(capacity: Option<u64>, fitting: Option<&MqlCut>, leads: u64) -> String {
    let leads = grouped(leads);
    match (capacity, fitting) {
        (None, _) => "How many leads people can work is not known (give a capacity).".to_owned(),
        (Some(capacity), None) => {
            format!("No threshold lets {} leads or fewer of {leads} through.", grouped(capacity))
        }
        (Some(capacity), Some(cut)) => {
            let expected = cut.expected_sqls.map_or(String::new(), |sqls| {
                let sqls = sqls.round();
                format!(", {} SQL{} to expect", grouped(sqls), if sqls == 1.0 { "" } else { "s" })
            });
            format!(
                "Fit of {} and engagement of {} let {} of {leads} leads through{expected}: within {}.",
                cut.fit,
                cut.engagement,
                grouped(cut.leads),
                grouped(capacity)
            )
        }
    }
}
