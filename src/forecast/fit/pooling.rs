//! Rates that borrow strength from each other: Gamma posteriors whose prior is as strong as the data say.

/// Strengths tried: 0.5, then factors of √2 up to about 2,000. At the upper end cells do not differ at all.
const STEPS: usize = 25;

/// How strongly cells are drawn to what was expected of them: the κ of θ ~ Gamma(κ, κ), events ~ Poisson(θ·expected),
/// under which the `(events, expected)` are most likely; the largest of equals. Small: the cells differ; 2,048: they do
/// not, as long as that costs no more than a log-likelihood of 1. `prior` adds a log-normal prior of that centre and a standard deviation of 1 in ln κ.
///
/// # Formula
/// Σ ln Γ(κ + n) − ln Γ(κ) + κ·ln(κ/(κ + e)) + n·ln(e/(κ + e)), up to terms without κ: negative binomial.
///
/// # Source
/// A. Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), 2.7; empirical Bayes by marginal likelihood.
pub(crate) fn strength(cells: &[(f64, f64)], prior: Option<f64>) -> f64 {
    let (mut best, mut found) = (f64::NEG_INFINITY, top());
    for step in (0..STEPS).rev() {
        let k = at(step);
        let centred = prior.map_or(0.0, |centre| {
            let z = libm::log(k / centre);
            -0.5 * z * z
        });
        let likelihood = likelihood(cells, k) + centred;
        // Differences below rounding go to the stronger pooling.
        if likelihood > best + 1e-9 {
            (best, found) = (likelihood, k);
        }
    }
    // One more parameter has to gain more than itself (Akaike 1974), else the cells do not differ.
    if prior.is_none() && gain(cells, found) <= 1.0 { top() } else { found }
}

/// The strengths, weakest and strongest, whose log-likelihood with the prior is within 1.92 of the best: 95 %.
pub(crate) fn range(cells: &[(f64, f64)], centre: f64) -> (f64, f64) {
    let posterior = |step: usize| {
        let z = libm::log(at(step) / centre);
        likelihood(cells, at(step)) - 0.5 * z * z
    };
    let best = (0..STEPS).map(posterior).fold(f64::NEG_INFINITY, f64::max);
    let likely = || (0..STEPS).filter(|step| posterior(*step) >= best - 1.92);
    (likely().next().map_or(at(0), at), likely().next_back().map_or(top(), at))
}

/// What the cells tell of ln κ beside its prior of this centre: the share of the prior's variance that they take away, 0 where they tell
/// nothing; less where they contradict it.
pub(crate) fn learned(cells: &[(f64, f64)], centre: f64) -> f64 {
    let variance = |cells: &[(f64, f64)]| {
        let posterior = |step: usize| {
            let z = libm::log(at(step) / centre);
            likelihood(cells, at(step)) - 0.5 * z * z
        };
        let best = (0..STEPS).map(posterior).fold(f64::NEG_INFINITY, f64::max);
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for step in 0..STEPS {
            let (weight, z) = (libm::exp(posterior(step) - best), libm::log(at(step) / centre));
            n += weight;
            sum += weight * z;
            squares += weight * z * z;
        }
        squares / n - (sum / n) * (sum / n)
    };
    1.0 - variance(cells) / variance(&[])
}

/// By how much the cells' log-likelihood is better at strength `k` than if they did not differ.
pub(crate) fn gain(cells: &[(f64, f64)], k: f64) -> f64 {
    likelihood(cells, k) - likelihood(cells, top())
}

/// The log-likelihood of the `(events, expected)` at strength k, up to terms without k.
pub(crate) fn likelihood(cells: &[(f64, f64)], k: f64) -> f64 {
    let base = libm::lgamma(k);
    let of = |&(n, e): &(f64, f64)| {
        let events = if n > 0.0 { libm::lgamma(k + n) - base + n * libm::log(e / (k + e)) } else { 0.0 };
        events + k * libm::log(k / (k + e))
    };
    cells.iter().filter(|cell| cell.1 > 0.0).map(of).sum()
}

fn at(step: usize) -> f64 {
    0.5 * libm::exp2(step as f64 / 2.0)
}

/// The strength at which cells do not differ.
pub(crate) fn top() -> f64 {
    at(STEPS - 1)
}

/// What is known of a rate: Gamma with `shape` events in `exposure`, prior and data together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    pub(crate) shape: f64,
    pub(crate) exposure: f64,
}

impl Rate {
    /// `events` in `exposure`, and a prior that is worth `strength` events at the rate `expected`.
    pub(crate) fn new(events: f64, exposure: f64, strength: f64, expected: f64) -> Self {
        Self { shape: events + strength, exposure: exposure + strength / expected.max(1e-12) }
    }

    /// The posterior mean.
    pub(crate) fn mean(self) -> f64 {
        if self.exposure > 0.0 { self.shape / self.exposure } else { 0.0 }
    }

    /// A draw from the posterior; `gamma` draws from the gamma distribution of a shape with scale 1.
    pub(crate) fn draw(self, mut gamma: impl FnMut(f64) -> f64) -> f64 {
        if self.exposure > 0.0 { gamma(self.shape) / self.exposure } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_agree_are_pooled_and_cells_that_differ_are_not() {
        let same: Vec<_> = [48.0, 52.0, 50.0, 49.0].iter().map(|&n| (n, 50.0)).collect();
        assert_eq!(strength(&same, None), top());
        let apart: Vec<_> = [5.0, 100.0, 20.0, 75.0].iter().map(|&n| (n, 50.0)).collect();
        assert!(strength(&apart, None) < 4.0);
        assert_eq!(strength(&[], None), top());
        assert!((strength(&[], Some(16.0)) - 16.0).abs() < 1e-9);
    }

    #[test]
    fn few_counts_leave_a_strength_to_its_prior_and_many_do_not() {
        assert_eq!(learned(&[], 25.0), 0.0);
        assert!(learned(&[(12.0, 10.0), (8.0, 10.0)], 25.0) < 0.2);
        let many: Vec<_> = (0..24).map(|i| (if i % 2 == 0 { 600.0 } else { 1400.0 }, 1000.0)).collect();
        assert!(learned(&many, 25.0) > 0.8);
    }

    #[test]
    fn a_posterior_weighs_prior_and_data_by_their_events() {
        // 6 events in 100 days with a prior of 4 events at 0.02 a day: (6 + 4)/(100 + 200).
        let rate = Rate::new(6.0, 100.0, 4.0, 0.02);
        assert!((rate.mean() - 10.0 / 300.0).abs() < 1e-15);
    }
}
