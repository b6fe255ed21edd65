//! How good a forecast was: scores of a distribution against what came.

/// The continuous ranked probability score of equally likely `trials` (sorted), in their unit; lower is better.
///
/// # Formula
/// Σ|x_i − y|/n − Σ(2i − n − 1)·x_i/n², the x_i ascending.
///
/// # Source
/// T. Gneiting and A. E. Raftery, "Strictly proper scoring rules, prediction, and estimation", JASA 102 (2007), eq. 21.
#[must_use]
pub fn crps(trials: &[f64], actual: f64) -> f64 {
    let n = trials.len() as f64;
    if trials.is_empty() {
        return 0.0;
    }
    let (mut distance, mut spread) = (0.0, 0.0);
    for (at, x) in trials.iter().enumerate() {
        distance += (x - actual).abs();
        spread += (2.0 * (at as f64 + 1.0) - n - 1.0) * x;
    }
    distance / n - spread / (n * n)
}

/// The mean pinball loss over levels and quantiles, in their unit; lower is better.
///
/// # Formula
/// Mean of max(p·(y − q), (p − 1)·(y − q)).
///
/// # Source
/// R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46 (1978).
#[must_use]
pub fn pinball(quantiles: &[(f64, f64)], actual: f64) -> f64 {
    let loss = |(p, q): &(f64, f64)| (p * (actual - q)).max((p - 1.0) * (actual - q));
    quantiles.iter().map(loss).sum::<f64>() / quantiles.len().max(1) as f64
}

/// The typical relative error that chance alone leaves, whatever the method: 0.67·√((1 + cv²)/w) × share still to come, for
/// `late` wins after the cut and the quarter's `actual` total.
///
/// # Formula
/// The total of w wins of a Poisson number has a relative standard deviation of √((1 + cv²)/w); half of all normal
/// errors are below 0.6745 of it. 0 where nothing came later.
#[must_use]
pub fn noise_floor(late: &[i64], actual: f64) -> f64 {
    let w = late.len() as f64;
    let sum: f64 = late.iter().map(|amount| *amount as f64).sum();
    if late.is_empty() || sum <= 0.0 || actual <= 0.0 {
        return 0.0;
    }
    let mean = sum / w;
    let squares: f64 = late.iter().map(|amount| (*amount as f64 - mean) * (*amount as f64 - mean)).sum();
    0.67 * ((1.0 + squares / w / (mean * mean)) / w).sqrt() * sum / actual
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_by_hand() {
        // Two equally likely values 0 and 2, actual 1: E|X − y| = 1, E|X − X′|/2 = 0.5.
        assert!((crps(&[0.0, 2.0], 1.0) - 0.5).abs() < 1e-15);
        // A point forecast scores its distance.
        assert!((crps(&[5.0], 8.0) - 3.0).abs() < 1e-15);
        assert!((pinball(&[(0.5, 4.0)], 6.0) - 1.0).abs() < 1e-15);
        assert!((pinball(&[(0.9, 4.0), (0.1, 4.0)], 6.0) - (1.8 + 0.2) / 2.0).abs() < 1e-15);
    }

    #[test]
    fn the_floor_by_hand() {
        // Four wins of 100: cv 0, √(1/4) = ½, 400 of 800 still to come.
        assert!((noise_floor(&[100; 4], 800.0) - 0.67 * 0.5 * 0.5).abs() < 1e-15);
        assert_eq!(noise_floor(&[], 800.0), 0.0);
    }
}
