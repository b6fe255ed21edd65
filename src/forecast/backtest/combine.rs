//! Joins the two forecasts by their past skill and corrects what earlier quarters showed.

use crate::stats::Normal;
use std::cmp::Ordering;

/// What is assumed of each method's error before any quarter has been seen: 20 %, worth two quarters.
const ERROR: f64 = 0.20;
const QUARTERS: f64 = 2.0;
/// How large a lasting bias is thought to be: 7 %.
const BIAS: f64 = 0.07;
/// What a lesson of another cut counts for the weights, and as how many cuts the others count at most: where they stand close, they
/// saw the same quarters from nearly the same day.
const OTHER: f64 = 0.5;
const OTHERS: f64 = 3.0;
/// What a quarter counts of the one after it: the older, the less was known when it was forecast.
const FADE: f64 = 0.85;
/// Least share of its own variance that a forecast keeps.
const KEPT: f64 = 0.4;
/// Error beyond what the simulation knows of itself: 12 %, worth four quarters.
const EXTRA: f64 = 0.12;
const EXTRA_QUARTERS: f64 = 4.0;
/// An error counts as at most so many usual ones.
const BOUND: f64 = 3.0;
/// What the median of the sizes of normal errors has to be multiplied by to give their standard deviation.
const OF_MEDIAN: f64 = 1.4826;
/// The golden ratio less one.
const GOLDEN: f64 = 0.618_033_988_749_894_9;
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

impl Lesson {
    /// The lesson of what came: deals, the run of the total and their blend, each ascending.
    pub(super) fn of(came: f64, unit: f64, [bottom_up, top_down, blend]: [&[f64]; 3]) -> Self {
        let (median, spread) = centre(blend, unit);
        let came = libm::log(came + unit);
        Self {
            bottom_up: came - centre(bottom_up, unit).0,
            top_down: came - centre(top_down, unit).0,
            blend: came - median,
            spread,
        }
    }
}

/// A variance by side of the median.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extra {
    pub(super) below: f64,
    pub(super) above: f64,
}

impl Extra {
    /// The same on both sides.
    pub(super) fn both(extra: f64) -> Self {
        Self { below: extra, above: extra }
    }
}

/// How the two forecasts are joined and corrected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Correction {
    /// Weight of the deals in the blend, in [0, 1].
    pub(super) weight: f64,
    /// Added to the logarithm of what is still to come.
    pub(super) shift: f64,
    /// Variance of the logarithm that is added to the forecast's own, below its median and above; under 0 where it knew more than
    /// it thought. The same on both sides unless errors were held back.
    pub(super) extra: Extra,
    /// How many earlier quarters ended so far off that their error was held back.
    pub(super) held_back: usize,
}

impl Correction {
    /// What earlier quarters teach at this cut, and for the weights at the `others` too; with none, equal weights, no shift
    /// and the prior's extra error.
    ///
    /// # Formula
    /// v_m = (n₀·0.2² + Σe² + ωΣe_o²)/(n₀ + n + ω·n_o) per method, ω = ½, of more than three other cuts 3/2 in all; weight =
    /// v_td²/(v_td² + v_bu²). Shift = ē·n·b²/(n·b² + v), b = 0.07, v the blend's error variance about its mean. Extra = (4·0.12² + Σ((e − shift)² − s²))/(4 + n). In all sums
    /// and counts a quarter weighs 0.85 of the one after it. Each e is first held to three usual errors, a usual one being
    /// the larger of √(s² + 0.12²), s what the blend of that quarter thought, and 1.4826 times the median of |e|: a
    /// quarter that was hardly recorded says nothing about how far off the next one will be. What was held
    /// widens its own side alone: for extra below the median, an e that was held from above counts as one usual error, and above it
    /// one that was held from below.
    ///
    /// # Source
    /// J. M. Bates and C. W. J. Granger, "The combination of forecasts", Operational Research Quarterly 20 (1969), eq. iv
    /// with the squares of their variances, since the better forecast errs less where both do; shrinkage as of a normal
    /// mean with a normal prior (Gelman et al. 2013, 2.5); errors held back as in P. J. Huber, Robust Statistics (1981), 7.7, with the
    /// median of their sizes as scale (5.1); a variance by side as in the two-piece normal, K. F. Wallis, Statistical Science 29 (2014).
    pub(super) fn learn(lessons: &[Lesson], others: &[&[Lesson]]) -> Self {
        let variance = |error| variance(lessons, others, error).0;
        let (bottom_up, top_down) = (variance(|lesson| lesson.bottom_up), variance(|lesson| lesson.top_down));
        let weight = top_down * top_down / (top_down * top_down + bottom_up * bottom_up);
        let (lessons, sides) = &bounded(lessons);
        if lessons.is_empty() {
            return Self { weight, shift: 0.0, extra: Extra::both(EXTRA * EXTRA), held_back: 0 };
        }
        let (sum, n) = faded(lessons, |lesson| lesson.blend);
        let mean = sum / n;
        let (about, _) = faded(lessons, |lesson| (lesson.blend - mean) * (lesson.blend - mean));
        let v = (QUARTERS * ERROR * ERROR + about) / (QUARTERS + n - 1.0);
        let shift = mean * n * BIAS * BIAS / (n * BIAS * BIAS + v);
        // What was held on the other side counts there as one usual error, not as three.
        let extra = |other: Ordering| {
            let counted =
                |lesson: &Lesson, side: Ordering| if side == other { lesson.blend / BOUND } else { lesson.blend };
            let (excess, n) = lessons.iter().zip(sides).fold((0.0, 0.0), |(sum, n), (lesson, side)| {
                let left = counted(lesson, *side) - shift;
                (sum * FADE + (left * left - lesson.spread * lesson.spread), n * FADE + 1.0)
            });
            (EXTRA_QUARTERS * EXTRA * EXTRA + excess) / (EXTRA_QUARTERS + n)
        };
        Self {
            weight,
            shift,
            extra: Extra { below: extra(Ordering::Greater), above: extra(Ordering::Less) },
            held_back: sides.iter().filter(|side| side.is_ne()).count(),
        }
    }

    /// The log-likelihood that the blend gains on the deals alone, each with errors of unknown variance.
    ///
    /// # Formula
    /// (n₀ + n)/2·ln(v_bu/v_blend), n₀ = 2 and v as for the weights, n what the lessons count: the ratio of the marginal likelihoods of
    /// normal errors whose variance has a scaled inverse-χ² prior.
    ///
    /// # Source
    /// Gelman et al., Bayesian Data Analysis (2013), 3.2 and 7.4.
    pub(super) fn gain(lessons: &[Lesson], others: &[&[Lesson]]) -> f64 {
        let (deals, n) = variance(lessons, others, |lesson| lesson.bottom_up);
        let (blend, _) = variance(lessons, others, |lesson| lesson.blend);
        0.5 * (QUARTERS + n) * libm::log(deals / blend)
    }

    /// The corrected blend's trials in whole minor units, ascending. `unit`, a typical win, keeps logarithms of nothing finite.
    /// Nothing stays nothing: a quarter in which nothing more may come is not made one in which something must.
    ///
    /// # Formula
    /// x·exp(shift + √extra·Z), Z normal and independent of x, one of each per trial, extra of the side that Z is on, 0 where it is
    /// less; where the sides differ all times one number that leaves the median where their mean on both sides has it. Where it is less on both sides, the larger takes as much from the variance of ln(x + unit) about its median instead, at least
    /// [`KEPT`] of which stays.
    pub(super) fn apply(&self, blend: &[f64], unit: f64) -> Vec<f64> {
        let Extra { below, above } = self.extra;
        let mut corrected: Vec<f64> = if below.max(above) >= 0.0 {
            self.spread(blend)
        } else {
            let (median, spread) = centre(blend, unit);
            let shrink = if spread > 0.0 { (1.0 + below.max(above) / (spread * spread)).max(KEPT).sqrt() } else { 1.0 };
            let nearer = |x: f64| libm::exp(median + shrink * (libm::log(x + unit) - median)) - unit;
            let moved = |x: &f64| if *x > 0.0 { nearer(*x) * libm::exp(self.shift) } else { 0.0 };
            blend.iter().map(moved).collect()
        };
        corrected.iter_mut().for_each(|x| *x = libm::round(*x).max(0.0));
        corrected.sort_by(f64::total_cmp);
        corrected
    }

    /// The blend with an error of its own on each trial. Sides that differ spread it and move it not: its median is what it would be
    /// with their mean on both.
    fn spread(&self, blend: &[f64]) -> Vec<f64> {
        let with = |below: f64, above: f64| -> Vec<f64> {
            let (below, above) = (below.max(0.0).sqrt(), above.max(0.0).sqrt());
            let moved = |(at, x): (usize, &f64)| {
                let z = Normal::quantile(golden(at));
                let error = if z < 0.0 { below } else { above };
                x * libm::exp(self.shift + error * z)
            };
            blend.iter().enumerate().map(moved).collect()
        };
        let Extra { below, above } = self.extra;
        let mut spread = with(below, above);
        if below != above {
            let both = 0.5 * (below + above);
            let (wanted, found) = (middle(with(both, both)), middle(spread.clone()));
            if wanted > 0.0 && found > 0.0 {
                spread.iter_mut().for_each(|x| *x *= wanted / found);
            }
        }
        spread
    }
}

/// The median of trials in any order.
fn middle(mut trials: Vec<f64>) -> f64 {
    trials.sort_by(f64::total_cmp);
    trials.get(trials.len() / 2).copied().unwrap_or(0.0)
}

/// The numbers of a sequence that fills [0, 1] evenly wherever it is cut: multiples of the golden ratio (Weyl 1916). Ascending
/// trials, numbered in order, meet every one of them evenly.
fn golden(at: usize) -> f64 {
    let multiple = (at as f64 + 0.5) * GOLDEN;
    (multiple - libm::floor(multiple)).clamp(1e-9, 1.0 - 1e-9)
}

/// The lessons with no error larger than [`BOUND`] usual ones, and on which side the blend's was: `Less` where by far less came
/// than was forecast, `Equal` where it is taken at its word.
fn bounded(lessons: &[Lesson]) -> (Vec<Lesson>, Vec<Ordering>) {
    let usual = |error: fn(&Lesson) -> f64| {
        let mut sizes: Vec<f64> = lessons.iter().map(|lesson| error(lesson).abs()).collect();
        sizes.sort_by(f64::total_cmp);
        OF_MEDIAN * sizes.get(sizes.len() / 2).copied().unwrap_or(0.0)
    };
    let (bottom_up, top_down, blend) =
        (usual(|lesson| lesson.bottom_up), usual(|lesson| lesson.top_down), usual(|lesson| lesson.blend));
    let held = lessons.iter().map(|lesson| {
        let own = (lesson.spread * lesson.spread + EXTRA * EXTRA).sqrt();
        let hold = |error: f64, usual: f64| error.clamp(-BOUND * own.max(usual), BOUND * own.max(usual));
        Lesson {
            bottom_up: hold(lesson.bottom_up, bottom_up),
            top_down: hold(lesson.top_down, top_down),
            blend: hold(lesson.blend, blend),
            spread: lesson.spread,
        }
    });
    let held: Vec<Lesson> = held.collect();
    let sides = held.iter().zip(lessons).map(|(held, lesson)| lesson.blend.total_cmp(&held.blend)).collect();
    (held, sides)
}

/// The variance of a method's errors, held to usual ones, and how many lessons it rests on; see [`Correction::learn`].
fn variance(lessons: &[Lesson], others: &[&[Lesson]], error: fn(&Lesson) -> f64) -> (f64, f64) {
    let other = OTHER * (OTHERS / others.len() as f64).min(1.0);
    let squares = |lessons: &[Lesson]| faded(&bounded(lessons).0, |lesson| error(lesson) * error(lesson));
    let (sum, n) = others
        .iter()
        .map(|lessons| squares(lessons))
        .fold(squares(lessons), |(sum, n), lessons| (sum + other * lessons.0, n + other * lessons.1));
    ((QUARTERS * ERROR * ERROR + sum) / (QUARTERS + n), n)
}

/// The sum of a figure over lessons, oldest first, each counting less the older it is, and how many they count as.
fn faded(lessons: &[Lesson], figure: impl Fn(&Lesson) -> f64) -> (f64, f64) {
    let count = |(sum, n): (f64, f64), lesson: &Lesson| (sum * FADE + figure(lesson), n * FADE + 1.0);
    lessons.iter().fold((0.0, 0.0), count)
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
        let found = Correction::learn(&[], &[]);
        assert_eq!((found.weight, found.shift, found.extra), (0.5, 0.0, Extra::both(EXTRA * EXTRA)));
    }

    #[test]
    fn the_better_method_gains_weight_and_a_lasting_bias_is_partly_corrected() {
        let lesson = Lesson { bottom_up: 0.0, top_down: 0.4, blend: -0.2, spread: 0.2 };
        let found = Correction::learn(&[lesson; 3], &[]);
        let n = 1.0 + 0.85 + 0.7225;
        let odds = (0.08 + n * 0.16) / 0.08;
        assert!((found.weight - odds * odds / (1.0 + odds * odds)).abs() < 1e-12);
        let v = 0.08 / (1.0 + n);
        let shift = -0.2 * n * 0.0049 / (n * 0.0049 + v);
        assert!((found.shift - shift).abs() < 1e-12);
        let left = -0.2 - shift;
        assert_eq!(found.extra.above, found.extra.below);
        assert!((found.extra.below - (0.0576 + n * (left * left - 0.04)) / (4.0 + n)).abs() < 1e-12);
        // A lesson of another cut counts half.
        let odds: f64 = (0.08 + 0.5 * 0.16) / 0.08;
        let other = Correction::learn(&[], &[&[lesson]]);
        assert!((other.weight - odds * odds / (1.0 + odds * odds)).abs() < 1e-12);
    }

    #[test]
    fn a_quarter_that_was_hardly_recorded_does_not_decide() {
        let usual = |error: f64| Lesson { bottom_up: error, top_down: error, blend: error, spread: 0.2 };
        let mut lessons: Vec<Lesson> = (0..12).map(|i| usual(if i % 2 == 0 { 0.15 } else { -0.15 })).collect();
        let before = Correction::learn(&lessons, &[]);
        assert_eq!(before.held_back, 0);
        lessons.push(usual(-4.7));
        let found = Correction::learn(&lessons, &[]);
        assert_eq!(found.held_back, 1);
        // 3·√(0.2² + 0.12²) is more than three times 1.4826·0.15.
        lessons[12] = usual(-3.0 * (0.04_f64 + 0.0144).sqrt());
        let held = Correction::learn(&lessons, &[]);
        assert_eq!((found.weight, found.shift, found.extra.below), (held.weight, held.shift, held.extra.below));
        // It makes less more likely than before, and more no more likely.
        assert_eq!(held.extra.above, held.extra.below);
        assert!(found.extra.below > 0.03 && found.extra.above < before.extra.above + 0.005, "{:?}", found.extra);
        lessons[12] = usual(4.7);
        let above = Correction::learn(&lessons, &[]).extra;
        assert!(above.above > 0.03 && above.below < before.extra.below + 0.005, "{above:?}");
        // A method that is always that far off is held back nowhere.
        assert_eq!(Correction::learn(&[usual(-4.7); 5], &[]).held_back, 0);
    }

    #[test]
    fn a_correction_moves_the_median_and_keeps_the_order() {
        let trials: Vec<f64> = (1..=99).map(f64::from).collect();
        let correction = Correction { weight: 0.5, shift: libm::log(2.0), extra: Extra::both(0.0), held_back: 0 };
        let found = correction.apply(&trials, 1e-9);
        assert_eq!((found[0], found[49], found[98]), (2.0, 100.0, 198.0));
        let correction = Correction { extra: Extra::both(0.25), ..correction };
        let found = correction.apply(&trials, 1e-9);
        assert!((found[49] - 100.0).abs() <= 10.0, "{}", found[49]);
        assert!(found.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(found[98] / found[49] > trials[98] / trials[49]);
        // However sure the past makes it, it keeps two fifths of its variance.
        let (_, before) = centre(&trials, 1e-9);
        let sure = Correction { extra: Extra::both(-10.0), shift: 0.0, ..correction }.apply(&trials, 1e-9);
        assert!((centre(&sure, 1e-9).1 / before - KEPT.sqrt()).abs() < 0.02);
    }

    #[test]
    fn the_error_added_has_its_variance() {
        let same = vec![1e9; 10_000];
        let correction = Correction { weight: 0.5, shift: 0.1, extra: Extra::both(0.09), held_back: 0 };
        let found: Vec<f64> = correction.apply(&same, 1.0).iter().map(|x| libm::log(x / 1e9)).collect();
        let mean = found.iter().sum::<f64>() / 1e4;
        let variance = found.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 1e4;
        // Sums over such places are off by about ln(n)/n = 0.001, times 0.3: a tenth of the 0.003 of independent draws.
        assert!((mean - 0.1).abs() < 3e-4 && (variance - 0.09).abs() < 3e-4, "{mean}, {variance}");
    }

    #[test]
    fn an_error_of_one_side_leaves_the_median_and_the_other_side_alone() {
        let trials: Vec<f64> = (1..=999).map(|i| 1e6 + f64::from(i)).collect();
        let extra = Extra { below: 0.4, above: -0.02 };
        let found = Correction { weight: 0.5, shift: 0.0, extra, held_back: 1 }.apply(&trials, 1.0);
        // The trials are alike to a thousandth: half of them go down as half a normal of √0.4, and the middle stays.
        assert!((found[499] / trials[499] - 1.0).abs() < 0.01, "{}", found[499]);
        assert!(found[998] <= 1.01 * trials[998], "{}", found[998]);
        let p16 = libm::log(found[158] / 1e6);
        assert!((p16 + 0.4_f64.sqrt()).abs() < 0.03, "{p16}");
    }

    #[test]
    fn where_nothing_more_may_come_it_still_may_and_no_tail_grows_out_of_bounds() {
        // Few wins: seven of ten trials bring nothing more, the others one deal or several.
        let trials: Vec<f64> =
            (0..1000).map(|i| if i < 700 { 0.0 } else { 1000.0 * f64::from(1 + (i - 700) / 100) }).collect();
        for (shift, extra) in [(0.2, 0.4), (0.2, -0.1), (-0.2, 0.4)] {
            let found =
                Correction { weight: 0.5, shift, extra: Extra::both(extra), held_back: 0 }.apply(&trials, 1000.0);
            assert_eq!(found.iter().filter(|x| **x == 0.0).count(), 700, "{shift}, {extra}");
            // At most four standard deviations of what is added.
            assert!(found[999] <= 3000.0 * libm::exp(shift + 4.0 * f64::max(extra, 0.0).sqrt()), "{}", found[999]);
        }
    }
}
