//! Quantiles of the gamma distribution, as far as drawing uncertain rates needs them.

/// The quantile of the gamma distribution with this shape, at least 4, and scale 1, where `z` is the quantile of the standard
/// normal distribution at the same probability; never below 0. Off by less than 0.5 % from P5 to P95, and its mean over
/// all probabilities is the shape to 1/(729·shape³).
///
/// # Formula
/// a·(1 − 1/(9a) + z/(3√a))³.
///
/// # Source
/// E. B. Wilson and M. M. Hilferty, "The distribution of chi-square", PNAS 17 (1931).
#[must_use]
pub fn gamma_quantile(shape: f64, z: f64) -> f64 {
    let ninth = 1.0 / (9.0 * shape);
    let root = (1.0 - ninth + z * ninth.sqrt()).max(0.0);
    shape * root * root * root
}

#[cfg(test)]
mod tests {
    use super::gamma_quantile;

    /// Half of the published quantiles of chi-square with 2·shape degrees of freedom (R. A. Fisher's table).
    #[test]
    fn published_quantiles() {
        let (low, high) = (-1.644_853_627, 1.644_853_627);
        for (shape, p5, p50, p95) in
            [(4.0, 2.7326 / 2.0, 7.3441 / 2.0, 15.5073 / 2.0), (15.0, 18.4927 / 2.0, 29.3360 / 2.0, 43.7730 / 2.0)]
        {
            for (z, expected) in [(low, p5), (0.0, p50), (high, p95)] {
                let found = gamma_quantile(shape, z);
                assert!((found / expected - 1.0).abs() < 5e-3, "{shape} {z}: {found}, expected {expected}");
            }
        }
        assert_eq!(gamma_quantile(4.0, -20.0), 0.0);
    }
}
