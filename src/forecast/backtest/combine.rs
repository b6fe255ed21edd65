//! Joins the two forecasts by their past skill and corrects what earlier quarters showed.

/// What is assumed of each method's error before any quarter has been seen: 20 %, worth two quarters.
const ERROR: f64 = 0.20;
const QUARTERS: f64 = 2.0;
/// How large a lasting bias is thought to be: 10 %.
const BIAS: f64 = 0.10;
/// Error beyond what the simulation knows of itself: 12 %, worth four quarters.
const EXTRA: f64 = 0.12;
const EXTRA_QUARTERS: f64 = 4.0;
/// Half the distance of P16 and P84 in standard deviations.
const ONE: f64 = 0.8413;

/// What an earlier quarter showed at the same cut: errors in logarithms, actual above forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lesson {
    pub(super) bottom_up: f64,
    pub(super) top_down: f64,
    pub(super) blend: f64,
    /// The spread that the blend itself had, as a standard deviation of the logarithm.
    pub(super) spread: f64,
}

/// How the two forecasts are joined and corrected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Correction {
    /// Weight of the deals in the blend, in [0, 1].
    pub(super) weight: f64,
    /// Added to the logarithm of what is still to come.
    pub(super) shift: f64,
    /// Standard deviation of the logarithm that is added to the forecast's own.
    pub(super) extra: f64,
}

impl Correction {
    /// What earlier quarters teach; with none, equal weights, no shift and the prior's extra error.
    ///
    /// # Formula
    /// v_m = (n₀·0.2² + Σe²)/(n₀ + n) per method, weight = v_td/(v_td + v_bu). Shift = ē·n·0.1²/(n·0.1² + v), v the
    /// blend's error variance about its mean. Extra² = (4·0.12² + Σ((e − shift)² − s²))/(4 + n), at least 0.
    ///
    /// # Source
    /// J. M. Bates and C. W. J. Granger, "The combination of forecasts", Operational Research Quarterly 20 (1969);
    /// shrinkage as of a normal mean with a normal prior (Gelman et al. 2013, 2.5).
    pub(super) fn learn(lessons: &[Lesson]) -> Self {
        let n = lessons.len() as f64;
        let variance = |error: fn(&Lesson) -> f64| {
            let squares: f64 = lessons.iter().map(|lesson| error(lesson) * error(lesson)).sum();
            (QUARTERS * ERROR * ERROR + squares) / (QUARTERS + n)
        };
        let (bottom_up, top_down) = (variance(|lesson| lesson.bottom_up), variance(|lesson| lesson.top_down));
        let weight = top_down / (top_down + bottom_up);
        if lessons.is_empty() {
            return Self { weight, shift: 0.0, extra: EXTRA };
        }
        let mean = lessons.iter().map(|lesson| lesson.blend).sum::<f64>() / n;
        let about: f64 = lessons.iter().map(|lesson| (lesson.blend - mean) * (lesson.blend - mean)).sum();
        let v = (QUARTERS * ERROR * ERROR + about) / (QUARTERS + n - 1.0);
        let shift = mean * n * BIAS * BIAS / (n * BIAS * BIAS + v);
        let excess = |lesson: &Lesson| {
            let left = lesson.blend - shift;
            left * left - lesson.spread * lesson.spread
        };
        let squares: f64 = lessons.iter().map(excess).sum();
        let extra = ((EXTRA_QUARTERS * EXTRA * EXTRA + squares) / (EXTRA_QUARTERS + n)).max(0.0).sqrt();
        Self { weight, shift, extra }
    }

    /// The corrected blend's trials in whole minor units, ascending. `unit`, a typical win, keeps logarithms of nothing finite.
    pub(super) fn apply(&self, blend: &[f64], unit: f64) -> Vec<f64> {
        let (median, spread) = centre(blend, unit);
        let stretch = if spread > 0.0 { (1.0 + self.extra * self.extra / (spread * spread)).sqrt() } else { 1.0 };
        blend
            .iter()
            .map(|x| {
                let z = libm::log(x.max(0.0) + unit) - median;
                libm::round(libm::exp(median + self.shift + stretch * z) - unit).max(0.0)
            })
            .collect()
    }
}

/// Averages quantiles: the trials of each, ascending, place by place.
pub(super) fn blend(bottom_up: &[f64], top_down: &[f64], weight: f64) -> Vec<f64> {
    bottom_up.iter().zip(top_down).map(|(a, b)| weight * a + (1.0 - weight) * b).collect()
}

/// The median of ln(x + unit) and half the distance of its P16 and P84, of ascending trials.
pub(super) fn centre(trials: &[f64], unit: f64) -> (f64, f64) {
    let at =
        |p: f64| libm::log(trials.get(crate::stats::rank(p, trials.len())).copied().unwrap_or(0.0).max(0.0) + unit);
    (at(0.5), (at(ONE) - at(1.0 - ONE)) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_past_both_count_alike_and_nothing_is_shifted() {
        let found = Correction::learn(&[]);
        assert_eq!((found.weight, found.shift, found.extra), (0.5, 0.0, EXTRA));
    }

    #[test]
    fn the_better_method_gains_weight_and_a_lasting_bias_is_half_corrected() {
        let lesson = Lesson { bottom_up: 0.0, top_down: 0.4, blend: -0.2, spread: 0.2 };
        let found = Correction::learn(&[lesson; 3]);
        // v_bu = 0.08/5, v_td = (0.08 + 0.48)/5.
        assert!((found.weight - 0.56 / 0.64).abs() < 1e-12);
        // v = 0.08/4 = 0.02, shift = −0.2·0.03/(0.03 + 0.02).
        assert!((found.shift + 0.12).abs() < 1e-12);
        // 4·0.0144 + 3·(0.08² − 0.04) < 0.
        assert_eq!(found.extra, 0.0);
    }

    #[test]
    fn a_correction_moves_the_median_and_keeps_the_order() {
        let trials: Vec<f64> = (1..=99).map(f64::from).collect();
        let correction = Correction { weight: 0.5, shift: libm::log(2.0), extra: 0.5 };
        let found = correction.apply(&trials, 1e-9);
        assert_eq!(found[49], 100.0);
        assert!(found.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(found[98] / found[49] > trials[98] / trials[49]);
    }
}
