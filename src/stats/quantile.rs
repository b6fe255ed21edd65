//! Order statistics of integers, exact.

/// The 0-based rank of the `p` quantile among `count` sorted values: the smallest x with share(≤ x) ≥ p.
///
/// # Formula
/// ⌈p·n⌉ − 1, kept inside 0 … n − 1. This is the inverse of the empirical distribution function, type 1 in Hyndman and
/// Fan; it never invents a value between two observations.
///
/// # Source
/// R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996), type 1.
#[must_use]
pub fn rank(p: f64, count: usize) -> usize {
    let target = p * count as f64;
    // p·n may come out a rounding error above a whole number: 0.07 · 100 = 7.000000000000001.
    let nearest = target.round();
    let whole = if (target - nearest).abs() <= 1e-9 * nearest.max(1.0) { nearest } else { target.ceil() };
    (whole.max(1.0) as usize).min(count.max(1)) - 1
}

/// The `p` quantile of `values`, by selection; 0 of no values. Reorders `values`.
#[must_use]
pub fn quantile(values: &mut [i64], p: f64) -> i64 {
    if values.is_empty() {
        return 0;
    }
    let k = rank(p, values.len());
    *values.select_nth_unstable(k).1
}

/// The quantiles of `values` at each of `ps`, which must ascend; each selection looks only at the part above the one
/// before. Reorders `values`.
#[must_use]
pub fn quantiles(values: &mut [i64], ps: &[f64]) -> Vec<i64> {
    let mut found = Vec::with_capacity(ps.len());
    let (mut start, mut last) = (0, 0);
    for &p in ps {
        if values.is_empty() {
            found.push(0);
            continue;
        }
        let k = rank(p, values.len());
        if found.is_empty() || k >= start {
            last = *values[start..].select_nth_unstable(k - start).1;
            start = k + 1;
        }
        found.push(last);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_smallest_value_that_reaches_the_share() {
        let values = [10, 20, 30, 40];
        for (p, expected) in [(0.0, 10), (0.25, 10), (0.2501, 20), (0.5, 20), (0.75, 30), (0.76, 40), (1.0, 40)] {
            assert_eq!(quantile(&mut values.clone(), p), expected, "p = {p}");
        }
    }

    #[test]
    fn a_rounding_error_in_p_times_n_moves_no_rank() {
        for n in [10usize, 100, 1000, 102_400] {
            for percent in 1..100 {
                let exact = (percent * n).div_ceil(100).max(1) - 1;
                assert_eq!(rank(percent as f64 / 100.0, n), exact, "{percent} % of {n}");
            }
        }
    }

    #[test]
    fn several_at_once_equal_one_by_one() {
        let values: Vec<i64> = (0..997i64).map(|i| (i * 7919) % 311 - 100).collect();
        let ps = [0.0, 0.001, 0.1, 0.1, 0.5, 0.9, 0.99, 1.0];
        let one_by_one: Vec<i64> = ps.iter().map(|&p| quantile(&mut values.clone(), p)).collect();
        assert_eq!(quantiles(&mut values.clone(), &ps), one_by_one);
        assert_eq!(quantiles(&mut [], &[0.5]), [0]);
    }
}
