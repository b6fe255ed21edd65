//! Size bands of deals, and how much longer the bigger ones take.

use super::history::SeenDeal;
use crate::stats::Arrange;

/// Closed deals per point of the cycle curve, and its most points.
const PER_POINT: usize = 40;
const POINTS: usize = 12;
/// Closed deals per size band, and most bands.
const PER_BAND: usize = 50;
const BANDS: usize = 8;
/// What a point of the curve is shrunk by: closings at the rate of all.
const PRIOR_EVENTS: f64 = 5.0;
/// The curve is rounded to steps of 10 %, so that deals of like size share their hazards.
const STEP: f64 = 0.1;

/// Size bands, and the length of the sale by size.
#[derive(Debug, Clone)]
pub(crate) struct Sizes {
    /// Upper edges of the bands in minor units, all but the last.
    pub(crate) edges: Vec<i64>,
    /// (ln(1 + amount), ln of the cycle relative to all deals), by amount.
    curve: Vec<(f64, f64)>,
    /// The size of a deal that states none.
    middle: i64,
}

/// One deal as the curve needs it: size, days at risk, whether it closed.
pub(crate) struct Watch {
    pub(crate) size: i64,
    pub(crate) days: f64,
    pub(crate) closed: bool,
}

impl Sizes {
    /// Bands of equal weight, where a deal weighs half by number and half by amount, so that the few that bring most
    /// are not lost in one band; and the cycle relative to all deals, from the closings per day at risk in each.
    ///
    /// # Formula
    /// τ_j = ((T_j + κ/r)/(n_j + κ))·r: n_j closings in T_j days at risk, r the rate of all, κ = 5; ln τ linear in
    /// ln(1 + amount) between the points. Exponential censored-data estimate, Klein and Moeschberger (2003), 3.5.
    pub(crate) fn new(watched: &[Watch]) -> Self {
        let closed = watched.iter().filter(|watch| watch.closed).count();
        let mut order: Vec<&Watch> = watched.iter().collect();
        order.arrange_by_key(|watch| watch.size);
        let middle = order.get(order.len() / 2).map_or(0, |watch| watch.size);
        let total: f64 = order.iter().map(|watch| watch.size.max(0) as f64).sum();
        let mut sum = 0.0;
        let weights: Vec<f64> = order
            .iter()
            .map(|watch| {
                let share = if total > 0.0 { watch.size.max(0) as f64 / total } else { 1.0 / order.len() as f64 };
                sum += 0.5 / order.len() as f64 + 0.5 * share;
                sum
            })
            .collect();
        let bands = (closed / PER_BAND).clamp(1, BANDS);
        let mut edges: Vec<i64> = (1..bands)
            .filter_map(|band| {
                let at = weights.partition_point(|weight| *weight < band as f64 / bands as f64);
                order.get(at).map(|watch| watch.size)
            })
            .collect();
        edges.dedup();
        Self { edges, curve: curve(&order, &weights, closed), middle }
    }

    /// The band of a size.
    pub(crate) fn band(&self, size: Option<i64>) -> usize {
        let size = size.unwrap_or(self.middle);
        self.edges.partition_point(|edge| *edge < size)
    }

    /// Number of bands.
    pub(crate) fn bands(&self) -> usize {
        self.edges.len() + 1
    }

    /// Number of points of the cycle curve.
    pub(crate) fn points(&self) -> usize {
        self.curve.len()
    }

    /// The step of the cycle curve at a size: the cycle is exp(step/10) times that of all deals.
    pub(crate) fn step(&self, size: Option<i64>) -> i32 {
        let x = log_size(size.unwrap_or(self.middle));
        let at = self.curve.partition_point(|point| point.0 < x);
        let value = match (at.checked_sub(1).and_then(|before| self.curve.get(before)), self.curve.get(at)) {
            (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0),
            (Some(end), None) | (None, Some(end)) => end.1,
            (None, None) => 0.0,
        };
        (value / STEP).round() as i32
    }

    /// The cycle of a step, relative to all deals.
    pub(crate) fn cycle(step: i32) -> f64 {
        libm::exp(f64::from(step) * STEP)
    }
}

fn log_size(size: i64) -> f64 {
    libm::log(1.0 + size.max(0) as f64 / 100.0)
}

fn curve(order: &[&Watch], weights: &[f64], closed: usize) -> Vec<(f64, f64)> {
    let points = (closed / PER_POINT).clamp(1, POINTS);
    let days: f64 = order.iter().map(|watch| watch.days).sum();
    if closed == 0 || days <= 0.0 {
        return Vec::new();
    }
    let rate = closed as f64 / days;
    let mut sums = vec![(0.0, 0.0, 0.0, 0.0); points];
    for (watch, weight) in order.iter().zip(weights) {
        let (x, n, t, d) = &mut sums[((weight * points as f64) as usize).min(points - 1)];
        *x += log_size(watch.size);
        *n += 1.0;
        *t += watch.days;
        *d += f64::from(u8::from(watch.closed));
    }
    let mut curve: Vec<(f64, f64)> = sums
        .into_iter()
        .filter(|sum| sum.1 > 0.0)
        .map(|(x, n, t, d)| (x / n, libm::log((t + PRIOR_EVENTS / rate) / (d + PRIOR_EVENTS) * rate)))
        .collect();
    curve.dedup_by(|a, b| a.0 <= b.0);
    curve
}

impl SeenDeal {
    /// The deal's days at risk since records start, or `None` if it was never watched.
    pub(crate) fn watch(&self, start: i32, day: i32) -> Option<(i32, i32)> {
        let from = self.created?.max(start);
        let to = self.closing.map_or(day, |closing| closing.day);
        (from <= to).then_some((from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_deals_that_take_longer_have_a_longer_cycle() {
        let deal = |size: i64, days: f64| Watch { size, days, closed: true };
        let mut watched: Vec<Watch> = (0..400).map(|_| deal(10_000, 20.0)).collect();
        watched.extend((0..200).map(|_| deal(5_000_000, 200.0)));
        let sizes = Sizes::new(&watched);
        let cycle = |size| Sizes::cycle(sizes.step(Some(size)));
        // Ten times as long, less what the prior takes: (25·200 + 5·80)/30 days against (98·20 + 5·80)/103.
        let ratio = cycle(5_000_000) / cycle(10_000);
        assert!((7.0..10.0).contains(&ratio), "{ratio}");
        assert!(sizes.band(Some(10_000)) < sizes.band(Some(5_000_000)));
        assert!(cycle(200_000) > cycle(10_000) && cycle(200_000) < cycle(5_000_000));
    }

    #[test]
    fn without_closed_deals_there_is_one_band_and_one_cycle() {
        let sizes = Sizes::new(&[]);
        assert_eq!((sizes.bands(), sizes.step(Some(5)), sizes.band(None)), (1, 0, 0));
        let open = [Watch { size: 10, days: 5.0, closed: false }];
        assert_eq!(Sizes::new(&open).bands(), 1);
    }
}
