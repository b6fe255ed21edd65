//! The distribution of a total where hazards decide, without trials: every rate fixed at its mean, the market of the current
//! quarter integrated, for what comes in the next one that of both.
//!
//! Deals are independent given the market, and what is not there yet is a compound Poisson number; so the transform of the
//! distribution on a grid is a product. What deals bring when won is spread over the ratios of earlier wins. It leaves out
//! how well the past knows its rates, so it is narrower than the trials, and says so.

use super::exact::{Exact, GRID_POINTS, drawn_amounts, too_large};
use super::input::{Amount, SimulatedDeal, SimulationInput, Win};
use super::new_business::NewBusiness;
use super::odds::Timing;
use super::pace::{Draw, Odds, Pace};
use crate::stats::{Complex, Direction, transform};
use crate::{Error, ErrorKind};
use std::collections::BTreeMap;

/// Most values that what one deal brings is spread over: groups of equal weight, each at its mean.
const GROUPS: usize = 32;
/// The same where deals are many.
const FEWEST: f64 = 8.0;
/// Nodes over the market's factor where one quarter's counts, and of each where two quarters' do: four fifths of a standard deviation
/// apart, about. Mean and variance of the factor of two are within 1e-7 at κ = 25, within 5e-4 at κ = 4.
const NODES: usize = 27;
const NODES_OF_TWO: usize = 15;
/// How far the nodes reach, in standard deviations.
const SPAN: f64 = 9.0;
const SPAN_OF_TWO: f64 = 5.0;
/// Quarters whose markets are integrated together at most.
const MOST_QUARTERS: usize = 2;
/// Most complex multiplications: about two seconds in a browser.
const MAX_WORK: f64 = 1e9;
/// How far the grid reaches beyond the mean, in standard deviations, and by the largest single win beside.
const REACH: f64 = 8.0;
/// Half of the transform: the other half mirrors it.
const HALF: usize = GRID_POINTS / 2 + 1;

/// The grid distribution of what is won in the periods `first` to `last`, won to date included.
pub(super) fn on_grid(input: &SimulationInput, pace: &Pace, (first, last): (usize, usize)) -> Result<Exact, Error> {
    let steps: Vec<usize> =
        (0..input.steps.len()).filter(|at| (first..=last).contains(&input.steps[*at].period)).collect();
    let nodes = nodes(input, pace, &steps)?;
    let parts = parts(input, pace, (first, last), nodes.len())?;
    let values: usize = parts.iter().map(|part| part.values.len()).sum();
    if HALF as f64 * (3 * values + parts.len() * nodes.len()) as f64 > MAX_WORK {
        return Err(too_large());
    }
    let arrivals = input.new_business.then(|| Arrivals::new(pace));
    let draws: Vec<Draw> = nodes.iter().map(|node| pace.means_under(&node.factors)).collect();
    let odds: Vec<Classes> = draws.iter().map(|draw| Classes::new(pace, draw, &parts, &steps)).collect();
    let comes: Vec<Vec<f64>> =
        draws.iter().map(|draw| arrivals.as_ref().map_or_else(Vec::new, |new| new.wins(pace, draw, &steps))).collect();
    let grid = Grid::new(&parts, arrivals.as_ref(), &odds, &comes);
    let mut products: Vec<Vec<Complex>> = comes
        .iter()
        .map(|wins| arrivals.as_ref().map_or_else(|| vec![Complex::ONE; HALF], |new| new.transform(wins, &grid)))
        .collect();
    let mut own = vec![Complex::default(); HALF];
    for part in &parts {
        grid.transform(&part.values, &mut own);
        for (product, odds) in products.iter_mut().zip(&odds) {
            let p = odds.chance(part);
            if p > 0.0 {
                product
                    .iter_mut()
                    .zip(&own)
                    .for_each(|(sum, own)| *sum = *sum * (Complex::ONE + (*own - Complex::ONE) * p));
            }
        }
    }
    let mut sum = vec![Complex::default(); GRID_POINTS];
    for (product, node) in products.iter().zip(&nodes) {
        sum.iter_mut().zip(product).for_each(|(sum, value)| *sum = *sum + *value * node.weight);
    }
    for at in HALF..GRID_POINTS {
        sum[at] = sum[GRID_POINTS - at].conjugate();
    }
    transform(&mut sum, Direction::Back);
    let won: i64 = input.won_to_date[first..=last].iter().sum();
    // What lies below the lowest point is at the end of a transform.
    let masses = (0..GRID_POINTS).map(|at| sum[(at + GRID_POINTS - grid.below) % GRID_POINTS].re.max(0.0));
    Ok(Exact::of_grid(won, grid.step, grid.below, masses.collect()))
}

/// Factors of the market on wins, quarter by quarter, and their weight.
struct Node {
    factors: Vec<f64>,
    weight: f64,
}

/// The nodes of the quarters that the steps hang on, each quarter with each other; one node where there is no market.
fn nodes(input: &SimulationInput, pace: &Pace, steps: &[usize]) -> Result<Vec<Node>, Error> {
    let Some(k) = pace.market() else { return Ok(vec![Node { factors: Vec::new(), weight: 1.0 }]) };
    match steps.last().map_or(0, |at| input.steps[*at].block) + 1 {
        1 => Ok(market(k, NODES, SPAN).map(|(factor, weight)| Node { factors: vec![factor], weight }).collect()),
        MOST_QUARTERS => {
            let next = || market(k, NODES_OF_TWO, SPAN_OF_TWO);
            let both = |(a, w): (f64, f64)| next().map(move |(b, v)| Node { factors: vec![a, b], weight: w * v });
            Ok(next().flat_map(both).collect())
        }
        _ => Err(too_many_quarters()),
    }
}

/// The nodes of Gamma(κ, κ) by the trapezoid rule over its logarithm, so many standard deviations to each side, with weights that sum
/// to 1.
///
/// # Formula
/// Weights ∝ exp(κ·(t − e^t + 1)), t = ln x.
fn market(k: f64, nodes: usize, span: f64) -> impl Iterator<Item = (f64, f64)> {
    // A gamma of few is skewed: further down, and not as far up, on the scale of logarithms.
    let skew = 20.0 * span / SPAN / k;
    let (low, high) = (-(span / k.sqrt() + skew), libm::log(1.0 + span / k.sqrt() + 2.0 * skew));
    let at = move |i: usize| low + (high - low) * i as f64 / (nodes - 1) as f64;
    let density = move |t: f64| libm::exp(k * (t - libm::exp(t) + 1.0));
    let sum: f64 = (0..nodes).map(|i| density(at(i))).sum();
    (0..nodes).map(move |i| (libm::exp(at(i)), density(at(i)) / sum))
}

fn too_many_quarters() -> Error {
    let message = format!(
        "what comes after the next quarter hangs on the markets of more than {MOST_QUARTERS} quarters (the current quarter and the \
         next one have an answer, and so has each with marketCorrelation 0)"
    );
    Error::new(ErrorKind::Limit, "exact-too-large", message)
}

/// Something that pays if it is won: a deal, or the terms of a contract.
struct Part {
    chance: Chance,
    /// What it then pays in minor units, with weights that sum to 1.
    values: Vec<(f64, f64)>,
}

enum Chance {
    /// Whatever the market does.
    Known(f64),
    /// By a class, its odds multiplied.
    Class(usize, f64),
}

fn parts(
    input: &SimulationInput,
    pace: &Pace,
    (first, last): (usize, usize),
    nodes: usize,
) -> Result<Vec<Part>, Error> {
    let fit = pace.fit();
    let spread = input.deals.len().max(1);
    let groups = ((MAX_WORK / (HALF * spread) as f64 - nodes as f64) / 3.0).clamp(FEWEST, GROUPS as f64) as usize;
    let (ratios, changes) = (grouped(&fit.ratios.left, groups), grouped(&input.changes, groups));
    let brought = grouped(&fit.brought.iter().map(|minor| *minor as f64).collect::<Vec<_>>(), groups);
    let values = |amount: Amount| match amount {
        Amount::Fixed(minor) => Ok(vec![(1.0, minor as f64)]),
        Amount::Estimate(minor) => Ok(times(&ratios, minor as f64)),
        Amount::Changed(minor) => Ok(times(&changes, minor as f64)),
        Amount::Unknown => Ok(brought.clone()),
        Amount::LogNormal { .. } => Err(drawn_amounts()),
    };
    let timing = Timing::new(input);
    let mut won_by = vec![0.0; input.periods()];
    let mut parts = Vec::new();
    // The terms of a contract are renewed one after the other.
    let mut rows: BTreeMap<u64, Vec<(u32, f64, Amount)>> = BTreeMap::new();
    let mut deals: Vec<(usize, &SimulatedDeal)> = input.deals.iter().enumerate().collect();
    deals.sort_unstable_by_key(|(_, deal)| deal.key);
    for (index, deal) in deals {
        let mean = |rate: usize| input.rates[rate].distribution.mean();
        let p = match deal.win {
            Win::Hazard { class, factor } => {
                parts.push(Part { chance: Chance::Class(class, factor), values: values(deal.amount)? });
                continue;
            }
            Win::Fixed(p) => p,
            Win::Shared(rate) | Win::InARow { rate, .. } => mean(rate),
            Win::Blend { low, high, weight } => mean(low) + weight * (mean(high) - mean(low)),
        };
        if let Win::InARow { times, .. } = deal.win {
            timing.renewed_by(index, p, times, None, &mut won_by);
        } else {
            timing.won_by(index, p, &mut won_by);
        }
        let before = first.checked_sub(1).map_or(0.0, |before| won_by[before]);
        let chance = won_by[last] - before;
        match deal.win {
            _ if chance <= 0.0 => {}
            Win::InARow { times, .. } => rows.entry(deal.key).or_default().push((times, chance, deal.amount)),
            _ => parts.push(Part { chance: Chance::Known(chance), values: values(deal.amount)? }),
        }
    }
    for mut terms in rows.into_values() {
        terms.sort_unstable_by_key(|(times, ..)| *times);
        let (mut all, mut sum) = (Vec::new(), Vec::new());
        let reached = terms.first().map_or(1.0, |(_, chance, _)| *chance);
        for (at, (_, chance, amount)) in terms.iter().enumerate() {
            let more = values(*amount)?;
            // A new price is kept from term to term: the same place of each.
            sum = if at == 0 { more } else { both(&sum, &more) };
            let next = terms.get(at + 1).map_or(0.0, |(_, chance, _)| *chance);
            all.extend(sum.iter().map(|(weight, value)| (weight * (chance - next) / reached, *value)));
        }
        parts.push(Part { chance: Chance::Known(reached), values: all });
    }
    Ok(parts)
}

/// Values in ascending order in at most so many groups of equal number, each at its mean, with its weight.
fn grouped(values: &[f64], groups: usize) -> Vec<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let groups = groups.min(n);
    let mean = |group: &[f64]| (group.len() as f64 / n as f64, group.iter().sum::<f64>() / group.len() as f64);
    (0..groups).map(|at| mean(&sorted[at * n / groups..(at + 1) * n / groups])).collect()
}

/// Values that come together, place by place.
fn both(one: &[(f64, f64)], other: &[(f64, f64)]) -> Vec<(f64, f64)> {
    one.iter().zip(other).map(|(a, b)| (a.0, a.1 + b.1)).collect()
}

fn times(values: &[(f64, f64)], by: f64) -> Vec<(f64, f64)> {
    values.iter().map(|(weight, value)| (*weight, value * by)).collect()
}

/// The odds of the classes in the steps asked for, at one node.
struct Classes(BTreeMap<usize, Vec<Odds>>);

impl Classes {
    fn new(pace: &Pace, draw: &Draw, parts: &[Part], steps: &[usize]) -> Self {
        let mut found = BTreeMap::new();
        let mut odds = vec![[Odds::default()]; pace.steps()];
        for part in parts {
            if let Chance::Class(class, _) = part.chance {
                found.entry(class).or_insert_with(|| {
                    pace.odds([draw], class, &mut odds);
                    steps.iter().map(|step| odds[*step][0]).collect()
                });
            }
        }
        Self(found)
    }

    fn chance(&self, part: &Part) -> f64 {
        match part.chance {
            Chance::Known(p) => p.clamp(0.0, 1.0),
            Chance::Class(class, factor) => {
                let odds = self.0.get(&class).map_or(&[][..], Vec::as_slice);
                odds.iter().map(|odds| odds.tilted(factor)).sum::<f64>().clamp(0.0, 1.0)
            }
        }
    }
}

/// New business: per kind, what one win brings, with weights that sum to 1.
struct Arrivals {
    new: NewBusiness,
    values: Vec<Vec<(f64, f64)>>,
}

impl Arrivals {
    fn new(pace: &Pace) -> Self {
        let fit = pace.fit();
        let ratios = grouped(&fit.ratios.left, GROUPS);
        let brought = grouped(&fit.brought.iter().map(|minor| *minor as f64).collect::<Vec<_>>(), GROUPS);
        let kind = |estimates: &Vec<Option<i64>>| {
            let share = 1.0 / estimates.len().max(1) as f64;
            let one = |estimate: &Option<i64>| match estimate {
                Some(minor) => times(&ratios, *minor as f64),
                None => brought.clone(),
            };
            estimates.iter().flat_map(one).map(|(weight, value)| (weight * share, value)).collect()
        };
        Self { new: NewBusiness::new(pace), values: fit.arrivals.kinds.iter().map(|of| kind(&of.estimates)).collect() }
    }

    /// Wins expected in the steps, per kind.
    fn wins(&self, pace: &Pace, draw: &Draw, steps: &[usize]) -> Vec<f64> {
        let by_kind = self.new.at_means(pace, draw);
        by_kind.iter().map(|kind| steps.iter().map(|step| kind[*step]).sum()).collect()
    }

    /// The transform of what a Poisson number of wins brings: exp(Σ λ_kind·(ψ_kind − 1)).
    fn transform(&self, wins: &[f64], grid: &Grid) -> Vec<Complex> {
        let mut masses = vec![Complex::default(); GRID_POINTS];
        for (values, wins) in self.values.iter().zip(wins) {
            for (weight, value) in values {
                let (cell, upper) = grid.place(*value);
                let mass = wins * weight;
                masses[cell.rem_euclid(GRID_POINTS as i64) as usize].re += mass * (1.0 - upper);
                masses[(cell + 1).rem_euclid(GRID_POINTS as i64) as usize].re += mass * upper;
            }
        }
        transform(&mut masses, Direction::Forward);
        let all: f64 = wins.iter().sum();
        masses.iter().take(HALF).map(|mass| (*mass - Complex::ONE * all).exp()).collect()
    }
}

/// Points a step apart, `below` of them under what is won to date.
struct Grid {
    step: f64,
    below: usize,
}

impl Grid {
    /// From the means and variances at all nodes.
    fn new(parts: &[Part], arrivals: Option<&Arrivals>, odds: &[Classes], comes: &[Vec<f64>]) -> Self {
        let moments = |values: &[(f64, f64)]| {
            values
                .iter()
                .fold((0.0, 0.0), |sum, (weight, value)| (sum.0 + weight * value, sum.1 + weight * value * value))
        };
        let own: Vec<(f64, f64)> = parts.iter().map(|part| moments(&part.values)).collect();
        let new: Vec<(f64, f64)> =
            arrivals.map_or_else(Vec::new, |new| new.values.iter().map(|values| moments(values)).collect());
        let all = || {
            let new = arrivals.iter().flat_map(|new| new.values.iter());
            parts.iter().map(|part| &part.values).chain(new).flatten().map(|(_, value)| *value)
        };
        let (smallest, largest) = (all().fold(0.0, f64::min), all().fold(0.0, f64::max));
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        for (odds, wins) in odds.iter().zip(comes) {
            let (mut mean, mut variance) = (0.0, 0.0);
            for (part, (m1, m2)) in parts.iter().zip(&own) {
                let p = odds.chance(part);
                mean += p * m1;
                variance += p * m2 - p * p * m1 * m1;
            }
            for (wins, (m1, m2)) in wins.iter().zip(&new) {
                mean += wins * m1;
                variance += wins * m2;
            }
            let reach = REACH * variance.max(0.0).sqrt();
            low = low.min(mean - reach + smallest);
            high = high.max(mean + reach + largest);
        }
        // Nothing lies below 0 where nothing negative is there to be won.
        let low = if smallest < 0.0 { low } else { 0.0 };
        let step = (high - low) / (GRID_POINTS - 4) as f64;
        Self { step, below: libm::ceil(-low / step) as usize + 1 }
    }

    /// The point below a value, and the share of the next one, so that the mean is kept.
    fn place(&self, value: f64) -> (i64, f64) {
        let place = value / self.step;
        let cell = libm::floor(place);
        (cell as i64, place - cell)
    }

    /// The transform of what one deal brings once won.
    fn transform(&self, values: &[(f64, f64)], out: &mut [Complex]) {
        out.fill(Complex::default());
        for (weight, value) in values {
            let (cell, upper) = self.place(*value);
            let turn = |cells: i64| {
                let part = cells.rem_euclid(GRID_POINTS as i64) as f64 / GRID_POINTS as f64;
                Complex::turn(-std::f64::consts::TAU * part)
            };
            let (by, next) = (turn(cell), turn(1));
            let (mut own, mut one) = (Complex::ONE * *weight, Complex::ONE);
            for out in out.iter_mut() {
                *out = *out + own * (Complex::ONE * (1.0 - upper) + one * upper);
                own = own * by;
                one = one * next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::examples::even;
    use crate::forecast::outcome::Outcome;
    use crate::forecast::simulate::Simulation;
    use crate::model::{OperatingModel, Preset, Run};
    use std::sync::Arc;

    /// The question of a made-up company, its rates known exactly.
    fn input(market: bool) -> SimulationInput {
        let pipeline = even(|at| if at % 2 == 0 { "Discovery" } else { "Negotiation" });
        let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
        let run = r#"{ "asOf": "2022-02-04", "periods": 3, "timing": "hazards", "trials": 102400 }"#;
        let run = Run::from_json(run).unwrap();
        let mut outcome = Outcome::new(&pipeline, &model, &run).unwrap();
        let mut pace = outcome.pace.as_deref().cloned().unwrap();
        if !market {
            pace = pace.without_market();
        }
        pace.is_drawn = false;
        outcome.pace = Some(Arc::new(pace));
        outcome.input(&model, &run).unwrap()
    }

    /// Trials and grid of one input have the same mean, deviation and shares, for each of the periods or the total.
    fn agree(input: &SimulationInput, periods: &[Option<usize>]) {
        let trials = Simulation::new(input.clone()).unwrap().finish();
        for period in periods {
            let grid = input.on_grid(*period).unwrap();
            let totals = period.map_or_else(|| trials.total(), |period| trials.period(period));
            let sample = trials.sample(&totals);
            let (mean, sd) = sample.mean_and_sd();
            assert!((grid.mean() - mean.value).abs() < 4.0 * mean.error, "{period:?}: {} {mean:?}", grid.mean());
            assert!((grid.sd() - sd.value).abs() < 4.0 * sd.error, "{period:?}: {} {sd:?}", grid.sd());
            for p in [0.1, 0.25, 0.5, 0.75, 0.9] {
                let bound = grid.quantile(p);
                let (expected, found) = (grid.share_at_most(bound), sample.share_at_most(bound));
                // 4 standard errors from 20 groups: false alarm 0.08 %, and the streams are fixed.
                assert!((found.value - expected).abs() < 4.0 * found.error, "{period:?} {p}: {found:?} of {expected}");
            }
        }
    }

    #[test]
    fn with_rates_known_exactly_trials_and_grid_agree() {
        let input = input(false);
        assert!(input.new_business && input.deals.len() > 20);
        agree(&input, &[Some(0), Some(1), Some(2), None]);
    }

    #[test]
    fn the_markets_factor_is_integrated_and_widens_what_it_moves() {
        let (still, moved) = (input(false), input(true));
        let k = moved.pace.as_ref().and_then(|pace| pace.market()).unwrap();
        let pace = moved.pace.clone().unwrap();
        let sums = |steps: &[usize], quarter: usize| {
            let nodes = nodes(&moved, &pace, steps).unwrap();
            let sum =
                |of: &dyn Fn(f64) -> f64| nodes.iter().map(|node| node.weight * of(node.factors[quarter])).sum::<f64>();
            (sum(&|x| x), sum(&|x| (x - 1.0) * (x - 1.0)) * k)
        };
        let last = |period: usize| moved.steps.iter().rposition(|step| step.period == period).unwrap();
        // A gamma of mean 1 and variance 1/k.
        let (mean, spread) = sums(&[last(0)], 0);
        assert!((mean - 1.0).abs() < 1e-8 && (spread - 1.0).abs() < 1e-6);
        for quarter in [0, 1] {
            let (mean, spread) = sums(&[last(1)], quarter);
            assert!((mean - 1.0).abs() < 1e-6 && (spread - 1.0).abs() < 1e-6, "{mean} {spread}");
        }
        for period in [0, 1] {
            let [narrow, wide] = [&still, &moved].map(|input| input.on_grid(Some(period)).unwrap());
            assert!(wide.sd() > 1.01 * narrow.sd(), "{period}: {} {}", wide.sd(), narrow.sd());
        }
        for period in [Some(2), None] {
            let error = moved.on_grid(period).unwrap_err();
            assert_eq!(error.code(), "exact-too-large");
            assert!(error.to_string().contains("more than 2 quarters (the current"), "{error}");
        }
    }

    #[test]
    fn under_a_market_trials_and_grid_agree_for_this_quarter_and_the_next() {
        agree(&input(true), &[Some(0), Some(1)]);
    }

    #[test]
    fn groups_keep_the_mean_and_all_weight() {
        let values: Vec<f64> = (0..101).map(|i| f64::from(i * i % 37)).collect();
        for groups in [1, 7, 32, 500] {
            let found = grouped(&values, groups);
            let sum = |of: fn(&(f64, f64)) -> f64| found.iter().map(of).sum::<f64>();
            assert!((sum(|group| group.0) - 1.0).abs() < 1e-12);
            assert!((sum(|group| group.0 * group.1) - values.iter().sum::<f64>() / 101.0).abs() < 1e-9);
        }
        assert!(grouped(&[], 5).is_empty());
    }
}
