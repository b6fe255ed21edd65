//! The distribution of a total without trials: exact where the amounts allow it, else on a fine grid.
//!
//! Given the market and the shared rates the deals are independent, so the total's distribution is a convolution of one
//! two-point distribution per deal, over amounts counted in their greatest common unit. Market and rates are integrated
//! by the trapezoid rule over standard normal numbers, halving the step until the distribution stands still. Amounts
//! without a common unit worth the name are exact for few deals, and on a grid of [`GRID_POINTS`] for many.

mod listed;

use super::convolution::{Combine, Lattice, Nodes, Subsets, Tap, add, largest_move};
use super::input::{Amount, SimulationInput, Win};
use super::odds::{Market, Timing};
use super::pinned;
use crate::{Error, ErrorKind};
use serde::Serialize;
use std::collections::BTreeMap;

/// Points of the grid that amounts without a common unit are spread over.
pub const GRID_POINTS: usize = 16_384;
/// Most points of an exact lattice.
const MAX_CELLS: usize = 1 << 18;
/// Up to this many deals every subset is listed.
const MAX_LISTED: usize = 16;
/// Most multiplications of one quadrature: about a second in a browser.
const MAX_WORK: f64 = 1e9;
/// The quadrature stops when no probability moves by more than this.
const TOLERANCE: f64 = 1e-12;
/// First step of the quadrature, and the step on the grid: 35 nodes.
const FIRST_STEP: f64 = 0.5;
/// Where the work allowed ends first, this much movement is still an answer.
const ENOUGH: f64 = 1e-9;
/// How often the step may be halved.
const HALVINGS: usize = 5;

/// How a distribution was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum ExactMethod {
    /// Convolution over a common unit of the amounts; rates and market integrated.
    Lattice,
    /// Every subset of few deals; rates and market integrated.
    Subsets,
    /// Convolution over [`GRID_POINTS`] points, an amount between two shared among them so that the mean is kept; the
    /// rates fixed at their means, the market integrated.
    Grid,
}

/// The distribution of what is won in a span, won to date included.
#[derive(Debug, Clone, PartialEq)]
pub struct Exact {
    method: ExactMethod,
    /// Ascending, in minor units.
    totals: Vec<i64>,
    /// P(T ≤ total) of each.
    cumulative: Vec<f64>,
    error: f64,
    /// What lies between the points of a grid.
    between: Option<Between>,
}

/// How a grid is read between its points.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Between {
    /// Distance of the points in minor units.
    step: f64,
    /// Every total is this one plus a multiple of `unit`; a bound means the middle of the gap above the last it holds.
    base: i64,
    unit: i64,
}

impl Exact {
    /// How it was found.
    #[must_use]
    pub fn method(&self) -> ExactMethod {
        self.method
    }

    /// The most by which any probability moved when the quadrature's step was halved last; 0 if nothing was integrated.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.error
    }

    /// A grid of points a step apart, the first `below` steps under `base`.
    pub(super) fn of_grid(base: i64, step: f64, below: usize, masses: Vec<f64>) -> Self {
        let (mut totals, mut cumulative, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (at, mass) in masses.into_iter().enumerate().filter(|(_, mass)| *mass > 0.0) {
            sum += mass;
            totals.push(base + (step * (at as f64 - below as f64)).round_ties_even() as i64);
            cumulative.push(f64::min(sum, 1.0));
        }
        Self {
            method: ExactMethod::Grid,
            totals,
            cumulative,
            error: 0.0,
            between: Some(Between { step, base, unit: 1 }),
        }
    }

    /// P(T ≤ bound).
    #[must_use]
    pub fn share_at_most(&self, bound: i64) -> f64 {
        match self.between {
            Some(Between { step, base, unit }) => {
                let held = bound.saturating_sub(base).div_euclid(unit).saturating_mul(unit).saturating_add(base);
                self.read_between(held as f64 + 0.5 * unit as f64, step)
            }
            None => self.up_to(self.totals.partition_point(|&total| total <= bound)),
        }
    }

    /// P(T ≤ bound) on a grid: a point like its neighbours stands for the span around it, one that towers above them
    /// for a total of its own.
    fn read_between(&self, bound: f64, step: f64) -> f64 {
        let near = self.totals.partition_point(|&total| total as f64 + 0.5 * step <= bound);
        let mass = |i: usize| self.up_to(i + 1) - self.up_to(i);
        let Some(&total) = self.totals.get(near) else { return 1.0 };
        let own = mass(near);
        let is_smooth = near > 0
            && near + 1 < self.totals.len()
            && [near - 1, near + 1].iter().all(|&i| (0.5 * own..=2.0 * own).contains(&mass(i)));
        let share = if is_smooth {
            ((bound - total as f64) / step + 0.5).clamp(0.0, 1.0)
        } else {
            f64::from(u8::from(total as f64 <= bound))
        };
        self.up_to(near) + own * share
    }

    /// The probability of the first `count` points together.
    fn up_to(&self, count: usize) -> f64 {
        count.checked_sub(1).map_or(0.0, |last| self.cumulative[last])
    }

    /// P(T ≥ bound).
    #[must_use]
    pub fn share_at_least(&self, bound: i64) -> f64 {
        bound.checked_sub(1).map_or(1.0, |below| 1.0 - self.share_at_most(below))
    }

    /// The smallest total t with P(T ≤ t) ≥ p, in minor units.
    #[must_use]
    pub fn quantile(&self, p: f64) -> i64 {
        // Sums of a thousand roundings: without the slack a certain total would be missed by one.
        let index = self.cumulative.partition_point(|&sum| sum < p - 1e-12);
        self.totals.get(index).or(self.totals.last()).copied().unwrap_or(0)
    }

    /// The mean in minor units.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.masses().map(|(total, mass)| total * mass).sum()
    }

    /// The standard deviation in minor units.
    #[must_use]
    pub fn sd(&self) -> f64 {
        let mean = self.mean();
        self.masses().map(|(total, mass)| (total - mean) * (total - mean) * mass).sum::<f64>().sqrt()
    }

    fn masses(&self) -> impl Iterator<Item = (f64, f64)> {
        let before = std::iter::once(0.0).chain(self.cumulative.iter().copied());
        self.totals.iter().zip(&self.cumulative).zip(before).map(|((&t, &c), before)| (t as f64, c - before))
    }
}

impl SimulationInput {
    /// The exact distribution of what is won in a period, or over all of them (`None`), won to date included.
    ///
    /// # Errors
    /// Those of [`validate`](Self::validate); `drawn-amounts` if an amount is drawn; `no-common-unit` if the amounts of
    /// more than 16 deals have no common unit coarse enough; `exact-too-large` for too much to integrate. Each time
    /// [`on_grid`](Self::on_grid) or the trials have an answer.
    pub fn exact(&self, period: Option<usize>) -> Result<Exact, Error> {
        self.validate(0)?;
        let question = Question::new(self, period)?;
        let unit = question.unit();
        let cells: i64 = question.deals.iter().map(|deal| deal.size / unit).sum();
        if cells < MAX_CELLS as i64 {
            return question.convolve(
                ExactMethod::Lattice,
                |size| Tap::at((size / unit) as usize),
                |i| unit * i as i64,
            );
        }
        if question.deals.len() <= MAX_LISTED {
            return question.list();
        }
        Err(Error::new(
            ErrorKind::Limit,
            "no-common-unit",
            format!(
                "expected amounts in whole multiples of a unit, at most {MAX_CELLS} in all, or at most {MAX_LISTED} deals (take the grid)"
            ),
        ))
    }

    /// The distribution on a grid of [`GRID_POINTS`], every rate fixed at its mean: hazards and arrivals too.
    ///
    /// # Errors
    /// Those of [`validate`](Self::validate); `drawn-amounts` for log-normal amounts; `exact-too-large`, under a market of
    /// hazards for what lies beyond the next quarter as well.
    pub fn on_grid(&self, period: Option<usize>) -> Result<Exact, Error> {
        self.validate(0)?;
        if let Some(pace) = self.pace.as_ref().filter(|_| self.follows_hazards()) {
            let last = self.periods() - 1;
            return pinned::on_grid(
                self,
                pace,
                period.map_or((0, last), |period| (period.min(last), period.min(last))),
            );
        }
        let mut question = Question::new(self, period)?;
        question.groups = vec![(None, (0..question.deals.len()).collect())];
        // One point is kept free, so that the largest total's upper share has a place.
        let range: i64 = question.deals.iter().map(|deal| deal.size).sum();
        let unit = question.unit();
        let step = (range as f64 / (GRID_POINTS - 2) as f64).max(unit as f64);
        let tap = |size: i64| {
            let place = size as f64 / step;
            let floor = libm::floor(place);
            Tap { cell: floor as usize, upper: place - floor }
        };
        let exact = question.convolve(ExactMethod::Grid, tap, |i| (step * i as f64).round_ties_even() as i64)?;
        let between = (step > unit as f64).then_some(Between { step, base: question.base, unit });
        Ok(Exact { between, ..exact })
    }
}

impl SimulationInput {
    /// Whether hazards decide, of some deal or of those that are not there yet.
    fn follows_hazards(&self) -> bool {
        self.new_business || self.deals.iter().any(|deal| matches!(deal.win, Win::Hazard { .. }))
    }
}

/// A deal that can be won in the span.
#[derive(Debug)]
struct Playing {
    index: usize,
    /// |amount|: a negative one is paid from the start, and won back if the deal is not.
    size: i64,
    is_negative: bool,
}

/// What is asked: which deals, in which span, and what is integrated over.
#[derive(Debug)]
struct Question<'a> {
    input: &'a SimulationInput,
    timing: Timing,
    /// Periods counted: (first, last).
    span: (usize, usize),
    /// In an order that does not depend on that of the input.
    deals: Vec<Playing>,
    /// Positions in `deals` by the name of the number that their rate is drawn with; `None` for known probabilities.
    groups: Vec<(Option<u64>, Vec<usize>)>,
    /// The lowest total: won to date plus all negative amounts.
    base: i64,
}

impl<'a> Question<'a> {
    fn new(input: &'a SimulationInput, period: Option<usize>) -> Result<Self, Error> {
        if input.follows_hazards() {
            return Err(drawn_amounts());
        }
        let last = input.periods() - 1;
        let span = period.map_or((0, last), |period| (period.min(last), period.min(last)));
        let timing = Timing::new(input);
        let mut base: i64 = input.won_to_date[span.0..=span.1].iter().sum();
        let mut deals = Vec::new();
        for (index, deal) in input.deals.iter().enumerate() {
            let live = timing.live(index);
            let Amount::Fixed(minor) = deal.amount else { return Err(drawn_amounts()) };
            if minor == 0 || live.end <= span.0 || live.start > span.1 {
                continue;
            }
            base += minor.min(0);
            deals.push(Playing { index, size: minor.abs(), is_negative: minor < 0 });
        }
        let term = |index: usize| match input.deals[index].win {
            Win::InARow { times, .. } => times,
            _ => 0,
        };
        // The terms of a contract stand behind each other: they bring the same if renewed.
        deals.sort_by_key(|deal| (deal.size, input.deals[deal.index].key, term(deal.index)));
        let mut groups: BTreeMap<Option<u64>, Vec<usize>> = BTreeMap::new();
        for (position, deal) in deals.iter().enumerate() {
            let draw = match input.deals[deal.index].win {
                Win::Fixed(_) | Win::Hazard { .. } => None,
                Win::Shared(rate) | Win::InARow { rate, .. } => Some(input.rates[rate].draw),
                Win::Blend { low, high, .. } => {
                    if input.rates[low].draw != input.rates[high].draw {
                        return Err(too_large());
                    }
                    Some(input.rates[low].draw)
                }
            };
            groups.entry(draw).or_default().push(position);
        }
        Ok(Self { input, timing, span, deals, groups: groups.into_iter().collect(), base })
    }

    /// The greatest common unit of the amounts.
    fn unit(&self) -> i64 {
        self.deals.iter().fold(0, |unit, deal| gcd(unit, deal.size)).max(1)
    }

    /// Per deal: whether it is the next term of the contract before it, which is renewed only where that is.
    fn follows(&self) -> Vec<bool> {
        let of = |deal: &Playing| {
            let deal = &self.input.deals[deal.index];
            matches!(deal.win, Win::InARow { .. }).then_some(deal.key)
        };
        let before = std::iter::once(None).chain(self.deals.iter().map(of));
        before.zip(self.deals.iter().map(of)).map(|(before, own)| own.is_some() && before == own).collect()
    }

    /// Convolves over a lattice on which `tap` places a size and `total` reads a point back.
    fn convolve(
        &self,
        method: ExactMethod,
        tap: impl Fn(i64) -> Tap,
        total: impl Fn(usize) -> i64,
    ) -> Result<Exact, Error> {
        let lattice = Lattice { taps: self.deals.iter().map(|deal| tap(deal.size)).collect(), follows: self.follows() };
        let (masses, error) = self.integrate(method, &lattice)?;
        Ok(self.distribution(method, masses, total, error))
    }

    /// Lists every subset of the deals.
    fn list(&self) -> Result<Exact, Error> {
        let mut sums = vec![0_i64];
        for &position in self.groups.iter().flat_map(|(_, group)| group) {
            let with: Vec<i64> = sums.iter().map(|sum| sum + self.deals[position].size).collect();
            sums.extend(with);
        }
        let (masses, error) = self.integrate(ExactMethod::Subsets, &Subsets { follows: self.follows() })?;
        let mut order: Vec<usize> = (0..sums.len()).collect();
        order.sort_by_key(|&i| sums[i]);
        let masses = order.iter().map(|&i| masses[i]).collect();
        Ok(self.distribution(ExactMethod::Subsets, masses, |i| sums[order[i]], error))
    }

    /// The masses with rates and market integrated, and the most that a probability moved at the last halving.
    fn integrate(&self, method: ExactMethod, how: &dyn Combine) -> Result<(Vec<f64>, f64), Error> {
        let is_certain = self.blocks() == 0 && self.groups.iter().all(|(draw, _)| draw.is_none());
        let mut known: Option<(Vec<f64>, f64)> = None;
        for halving in 0..=HALVINGS {
            let nodes = Nodes::new(FIRST_STEP / f64::from(1 << halving));
            if self.work(how, nodes.count()) > MAX_WORK {
                break;
            }
            let masses = self.masses(how, &nodes);
            if is_certain || method == ExactMethod::Grid {
                return Ok((masses, 0.0));
            }
            let moved = known.map_or(1.0, |(before, _)| largest_move(&before, &masses));
            if moved <= TOLERANCE {
                return Ok((masses, moved));
            }
            known = Some((masses, moved));
        }
        known.filter(|(_, moved)| *moved <= ENOUGH).ok_or_else(too_large)
    }

    /// Multiplications needed with this many nodes in each direction.
    fn work(&self, how: &dyn Combine, nodes: usize) -> f64 {
        let (mut work, mut size) = (0.0, 1.0);
        for (draw, group) in &self.groups {
            let own = how.size(group) as f64;
            let times = if draw.is_some() { nodes as f64 } else { 1.0 };
            work += times * own * group.len() as f64 + if size > 1.0 { size * own } else { 0.0 };
            size = (size + own - 1.0).max(own);
        }
        work * libm::pow(nodes as f64, self.blocks() as f64)
    }

    /// The masses by the trapezoid rule over all directions.
    fn masses(&self, how: &dyn Combine, nodes: &Nodes) -> Vec<f64> {
        let (count, blocks) = (nodes.count(), self.blocks());
        let quantiles: Vec<Vec<f64>> = self.input.rates.iter().map(|rate| nodes.quantiles(rate.distribution)).collect();
        let mut sum: Vec<f64> = Vec::new();
        for point in 0..count.pow(blocks as u32) {
            let at = |block: usize| point / count.pow(block as u32) % count;
            let weight: f64 = (0..blocks).map(|block| nodes.weights[at(block)]).product();
            // What the market does after the span moves nothing within it.
            let z = (0..self.timing.blocks()).map(|block| if block < blocks { nodes.z[at(block)] } else { 0.0 });
            let market = (blocks > 0).then(|| Market::new(self.input.market, z, None));
            let given = self.groups.iter().map(|(draw, group)| {
                let play = |rate: &dyn Fn(usize) -> f64| how.play(group, &self.chances(group, rate, market.as_ref()));
                match draw {
                    None => play(&|rate| self.input.rates[rate].distribution.mean()),
                    Some(_) => {
                        let mut mixed = Vec::new();
                        for (node, &weight) in nodes.weights.iter().enumerate() {
                            add(&mut mixed, &play(&|rate| quantiles[rate][node]), weight);
                        }
                        mixed
                    }
                }
            });
            add(&mut sum, &given.reduce(|a, b| how.join(&a, &b)).unwrap_or_else(|| vec![1.0]), weight);
        }
        sum
    }

    /// The market blocks up to the span's end; none without a market.
    fn blocks(&self) -> usize {
        if self.input.market > 0.0 { self.timing.block_of(self.span.1) + 1 } else { 0 }
    }

    /// The probabilities with which a group's deals add their size, given rates and market.
    fn chances(&self, group: &[usize], rate: &dyn Fn(usize) -> f64, market: Option<&Market<'_>>) -> Vec<f64> {
        let mut won_by = vec![0.0; self.input.periods()];
        let chance = |&position: &usize| {
            let Playing { index, is_negative, .. } = self.deals[position];
            let p = match self.input.deals[index].win {
                Win::Fixed(p) => p,
                // Refused before.
                Win::Hazard { .. } => 0.0,
                Win::Shared(shared) | Win::InARow { rate: shared, .. } => rate(shared),
                Win::Blend { low, high, weight } => rate(low) + weight * (rate(high) - rate(low)),
            };
            match (market, self.input.deals[index].win) {
                (_, Win::InARow { times, .. }) => self.timing.renewed_by(index, p, times, market, &mut won_by),
                (None, _) => self.timing.won_by(index, p, &mut won_by),
                (Some(market), _) => self.timing.won_by_in(index, p, market, &mut won_by),
            }
            let before = if self.span.0 == 0 { 0.0 } else { won_by[self.span.0 - 1] };
            let won = (won_by[self.span.1] - before).clamp(0.0, 1.0);
            if is_negative { 1.0 - won } else { won }
        };
        group.iter().map(chance).collect()
    }

    fn distribution(&self, method: ExactMethod, masses: Vec<f64>, total: impl Fn(usize) -> i64, error: f64) -> Exact {
        let (mut totals, mut cumulative, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (i, mass) in masses.into_iter().enumerate().filter(|(_, mass)| *mass > 0.0) {
            sum += mass;
            totals.push(self.base + total(i));
            cumulative.push(f64::min(sum, 1.0));
        }
        Exact { method, totals, cumulative, error, between: None }
    }
}

fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

pub(super) fn drawn_amounts() -> Error {
    Error::new(
        ErrorKind::Run,
        "drawn-amounts",
        "amounts, hazards and new business that are drawn have no exact distribution (take the grid, or the trials)",
    )
}

pub(super) fn too_large() -> Error {
    let message = "too many deals, shared rates or quarters to integrate over (the grid and the trials have an answer)";
    Error::new(ErrorKind::Limit, "exact-too-large", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::input::{SharedRate, SimulatedDeal, Step};
    use crate::stats::Beta;

    /// Deals of (amount, win probability) that all close in the only period.
    fn input(deals: &[(i64, f64)]) -> SimulationInput {
        let deal = |(key, &(amount, p)): (usize, &(i64, f64))| SimulatedDeal {
            key: key as u64,
            category: 0,
            amount: Amount::Fixed(amount),
            win: Win::Fixed(p),
            closed_by: vec![1.0],
        };
        SimulationInput {
            deals: deals.iter().enumerate().map(deal).collect(),
            rates: Vec::new(),
            steps: vec![Step { period: 0, block: 0 }],
            won_to_date: vec![1_000],
            target: 0,
            categories: 1,
            market: 0.0,
            minor_per_major: 100.0,
            pace: None,
            changes: Vec::new(),
            new_business: false,
            seed: 1,
            trials: 1,
        }
    }

    /// P(T ≤ bound) over all subsets.
    fn counted(deals: &[(i64, f64)], bound: i64) -> f64 {
        let subset = |set: usize| {
            let is_won = |i: usize| set >> i & 1 == 1;
            let total: i64 =
                1_000 + deals.iter().enumerate().filter(|(i, _)| is_won(*i)).map(|(_, d)| d.0).sum::<i64>();
            let odds = deals.iter().enumerate().map(|(i, d)| if is_won(i) { d.1 } else { 1.0 - d.1 });
            if total <= bound { odds.product() } else { 0.0 }
        };
        (0..1 << deals.len()).map(subset).sum()
    }

    const DEALS: [(i64, f64); 6] =
        [(50_000, 0.3), (-20_000, 0.5), (70_000, 0.05), (50_000, 1.0), (10_000, 0.0), (0, 0.4)];
    /// The same without a common unit.
    const ODD: [(i64, f64); 6] =
        [(50_001_003, 0.3), (-20_000_017, 0.5), (70_000_999, 0.05), (50_000_007, 1.0), (9_999_991, 0.0), (0, 0.4)];

    #[test]
    fn a_lattice_and_a_list_agree_with_counting_every_subset() {
        for (deals, method) in [(DEALS, ExactMethod::Lattice), (ODD, ExactMethod::Subsets)] {
            let exact = input(&deals).exact(None).unwrap();
            assert_eq!((exact.method(), exact.error()), (method, 0.0));
            let sums = exact.totals.clone();
            assert!(sums.len() > 5);
            for bound in sums.iter().flat_map(|&t| [t - 1, t, t + 1]) {
                assert!((exact.share_at_most(bound) - counted(&deals, bound)).abs() < 1e-15, "{bound}");
            }
            let mean: f64 = 1_000.0 + deals.iter().map(|d| d.0 as f64 * d.1).sum::<f64>();
            let variance: f64 = deals.iter().map(|d| d.0 as f64 * d.0 as f64 * d.1 * (1.0 - d.1)).sum();
            assert!((exact.mean() / mean - 1.0).abs() < 1e-14 && (exact.sd() / variance.sqrt() - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn a_quantile_is_the_smallest_total_that_reaches_it() {
        let exact = input(&[(100, 0.5), (100, 0.5)]).exact(Some(0)).unwrap();
        assert_eq!(
            [0.0, 0.25, 0.26, 0.75, 0.76, 1.0].map(|p| exact.quantile(p)),
            [1_000, 1_000, 1_100, 1_100, 1_200, 1_200]
        );
        assert_eq!((exact.share_at_least(1_100), exact.share_at_least(i64::MIN)), (0.75, 1.0));
    }

    #[test]
    fn deals_of_one_rate_move_together() {
        // Two deals of one uniform rate: P(both) = E[p²] = 1/3, P(none) = 1/3.
        let mut shared = input(&[(100, 0.5), (100, 0.5)]);
        shared.rates = vec![SharedRate { distribution: Beta::new(1.0, 1.0).unwrap(), draw: 7 }];
        shared.deals.iter_mut().for_each(|deal| deal.win = Win::Shared(0));
        let exact = shared.exact(None).unwrap();
        for bound in [1_000, 1_100] {
            let want = if bound == 1_000 { 1.0 / 3.0 } else { 2.0 / 3.0 };
            assert!((exact.share_at_most(bound) - want).abs() < 1e-9, "{}", exact.share_at_most(bound) - want);
        }
        let fixed = shared.on_grid(None).unwrap();
        assert!((fixed.share_at_most(1_000) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn a_later_term_of_a_contract_is_renewed_only_where_the_one_before_it_is() {
        // Two terms at a uniform rate r: none E[1 − r] = 1/2, one E[r − r²] = 1/6, both E[r²] = 1/3. Beside a deal of one half.
        for (amount, method) in [(100, ExactMethod::Lattice), (50_000_003, ExactMethod::Subsets)] {
            let mut asked = input(&[(amount, 0.0), (amount, 0.0), (7 * amount + 1_000, 0.5)]);
            if method == ExactMethod::Lattice {
                asked.deals[2].amount = Amount::Fixed(7 * amount);
            }
            asked.rates = vec![SharedRate { distribution: Beta::new(1.0, 1.0).unwrap(), draw: 7 }];
            for (at, times) in [(0, 1), (1, 2)] {
                asked.deals[at].win = Win::InARow { rate: 0, times };
                asked.deals[at].key = 99;
            }
            let exact = asked.exact(None).unwrap();
            assert_eq!(exact.method(), method);
            for (count, want) in [(0, 1.0 / 4.0), (1, 1.0 / 3.0), (2, 1.0 / 2.0)] {
                let got = exact.share_at_most(1_000 + count * amount);
                assert!((got - want).abs() < 1e-9, "{method:?}, {count}: {got}");
            }
            assert!((exact.mean() - 1_000.0 - 5.0 / 6.0 * amount as f64 - 0.5 * asked_last(&asked)).abs() < 1e-3);
        }
    }

    fn asked_last(input: &SimulationInput) -> f64 {
        input.deals.last().map_or(0.0, |deal| if let Amount::Fixed(minor) = deal.amount { minor as f64 } else { 0.0 })
    }

    #[test]
    fn what_cannot_be_exact_says_so() {
        let code = |input: &SimulationInput| input.exact(None).unwrap_err().code();
        let mut drawn = input(&DEALS);
        drawn.deals[0].amount = Amount::LogNormal { mu: 1.0, sigma: 1.0 };
        assert_eq!(code(&drawn), "drawn-amounts");
        let many: Vec<(i64, f64)> = (0..17).map(|i| (100_000_007 + i, 0.5)).collect();
        assert_eq!(code(&input(&many)), "no-common-unit");
        let mut wide = input(&[(100, 0.5); 40]);
        wide.market = 0.2;
        wide.won_to_date = vec![0; 8];
        wide.steps = (0..8).map(|i| Step { period: i, block: i }).collect();
        let ascending: Vec<f64> = (1..=8).map(|i| f64::from(i) / 8.0).collect();
        wide.deals.iter_mut().for_each(|deal| deal.closed_by.clone_from(&ascending));
        assert_eq!(code(&wide), "exact-too-large");
        assert!(wide.exact(Some(0)).is_ok());
    }
}
