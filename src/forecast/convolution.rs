//! Distributions of sums: how those of deals, and of groups of deals, come together, and what they are integrated over.

use crate::stats::{Beta, Normal};

/// Standard normal numbers beyond this carry less than 1e-16.
const FARTHEST: f64 = 8.5;

/// Where an amount lies on a lattice: in a cell, or between it and the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tap {
    pub(super) cell: usize,
    /// The share of the next cell, in [0, 1).
    pub(super) upper: f64,
}

impl Tap {
    pub(super) fn at(cell: usize) -> Self {
        Self { cell, upper: 0.0 }
    }

    fn reach(self) -> usize {
        self.cell + usize::from(self.upper > 0.0)
    }
}

/// How the distributions of deals, and of groups of deals, come together.
pub(super) trait Combine {
    /// Points of a group's distribution.
    fn size(&self, group: &[usize]) -> usize;
    /// A group's distribution from the chances of its deals.
    fn play(&self, group: &[usize], chances: &[f64]) -> Vec<f64>;
    /// The distribution of the sum of two independent groups.
    fn join(&self, a: &[f64], b: &[f64]) -> Vec<f64>;
}

/// Points a step apart: sums are convolutions.
#[derive(Debug)]
pub(super) struct Lattice {
    /// Per deal.
    pub(super) taps: Vec<Tap>,
    /// Per deal: whether it is won only where the one before it is.
    pub(super) follows: Vec<bool>,
}

/// The rows of deals that are won only one after the other, each with its chances; most are of one deal.
fn rows<'a>(
    group: &'a [usize],
    chances: &'a [f64],
    follows: &'a [bool],
) -> impl Iterator<Item = (&'a [usize], &'a [f64])> {
    let row = |a: &usize, b: &usize| *b == a + 1 && follows.get(*b).copied().unwrap_or(false);
    let mut start = 0;
    group.chunk_by(row).map(move |row| {
        let own = &chances[start..start + row.len()];
        start += row.len();
        (row, own)
    })
}

impl Combine for Lattice {
    fn size(&self, group: &[usize]) -> usize {
        group.iter().map(|&position| self.taps[position].reach()).sum::<usize>() + 1
    }

    fn play(&self, group: &[usize], chances: &[f64]) -> Vec<f64> {
        rows(group, chances, &self.follows).fold(vec![1.0], |line, (row, chances)| {
            if let (&[position], &[p]) = (row, chances) {
                return with_deal(&line, self.taps[position], p);
            }
            // From the last: each is won by its chance over that of the one before it, and only then can the next be.
            let mut own = vec![1.0];
            for (at, &position) in row.iter().enumerate().rev() {
                let before = at.checked_sub(1).map_or(1.0, |before| chances[before]);
                let p = if before > 0.0 { (chances[at] / before).min(1.0) } else { 0.0 };
                own = with_deal(&own, self.taps[position], 1.0);
                own.iter_mut().for_each(|mass| *mass *= p);
                own[0] += 1.0 - p;
            }
            self.join(&own, &line)
        })
    }

    fn join(&self, a: &[f64], b: &[f64]) -> Vec<f64> {
        let mut joined = vec![0.0; a.len() + b.len() - 1];
        for (i, &mass) in a.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
            joined[i..].iter_mut().zip(b).for_each(|(sum, &other)| *sum += mass * other);
        }
        joined
    }
}

/// Every subset has a point of its own: the first half without a deal, the second with it.
#[derive(Debug)]
pub(super) struct Subsets {
    /// Per deal: whether it is won only where the one before it is.
    pub(super) follows: Vec<bool>,
}

impl Combine for Subsets {
    fn size(&self, group: &[usize]) -> usize {
        1 << group.len()
    }

    fn play(&self, group: &[usize], chances: &[f64]) -> Vec<f64> {
        rows(group, chances, &self.follows).fold(vec![1.0], |masses, (row, chances)| {
            // Only the first so many of a row can be won.
            let mut own = vec![0.0; 1 << row.len()];
            for first in 0..=row.len() {
                let reached = first.checked_sub(1).map_or(1.0, |last| chances[last]);
                own[(1 << first) - 1] = reached - chances.get(first).copied().unwrap_or(0.0);
            }
            self.join(&masses, &own)
        })
    }

    fn join(&self, a: &[f64], b: &[f64]) -> Vec<f64> {
        b.iter().flat_map(|&second| a.iter().map(move |&first| first * second)).collect()
    }
}

/// Nodes and weights of the trapezoid rule for a standard normal number.
#[derive(Debug)]
pub(super) struct Nodes {
    pub(super) z: Vec<f64>,
    /// Sum to 1.
    pub(super) weights: Vec<f64>,
}

impl Nodes {
    pub(super) fn new(step: f64) -> Self {
        let half = (FARTHEST / step) as i32;
        let z: Vec<f64> = (-half..=half).map(|i| f64::from(i) * step).collect();
        let densities: Vec<f64> = z.iter().map(|&z| Normal::density(z)).collect();
        let sum: f64 = densities.iter().sum();
        Self { z, weights: densities.into_iter().map(|density| density / sum).collect() }
    }

    pub(super) fn count(&self) -> usize {
        self.z.len()
    }

    /// The quantile of a rate at each node.
    pub(super) fn quantiles(&self, rate: Beta) -> Vec<f64> {
        self.z.iter().map(|&z| rate.quantile(Normal::cdf(z))).collect()
    }
}

/// The distribution with one more deal, which adds its tap with probability `p`.
fn with_deal(line: &[f64], tap: Tap, p: f64) -> Vec<f64> {
    let mut sum = vec![0.0; line.len() + tap.reach()];
    sum[..line.len()].iter_mut().zip(line).for_each(|(sum, mass)| *sum = mass * (1.0 - p));
    let (at, next) = (p * (1.0 - tap.upper), p * tap.upper);
    sum[tap.cell..].iter_mut().zip(line).for_each(|(sum, mass)| *sum += mass * at);
    if next > 0.0 {
        sum[tap.cell + 1..].iter_mut().zip(line).for_each(|(sum, mass)| *sum += mass * next);
    }
    sum
}

/// Adds `weight` times `masses`.
pub(super) fn add(sum: &mut Vec<f64>, masses: &[f64], weight: f64) {
    sum.resize(masses.len(), 0.0);
    sum.iter_mut().zip(masses).for_each(|(sum, mass)| *sum += weight * mass);
}

/// The largest difference of two cumulative distributions on the same points.
pub(super) fn largest_move(before: &[f64], after: &[f64]) -> f64 {
    let (mut gap, mut largest) = (0.0, 0.0_f64);
    for (before, after) in before.iter().zip(after) {
        gap += after - before;
        largest = largest.max(f64::abs(gap));
    }
    largest
}
