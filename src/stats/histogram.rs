//! Histograms with edges a person would choose, and the shares that reach each edge.

/// Counts between fixed, evenly spaced edges. Bin i holds values from edge i up to but not including edge i + 1; the
/// edges reach beyond the smallest and the largest value, so that every value is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    edges: Vec<i64>,
    counts: Vec<u64>,
}

impl Histogram {
    /// About `bins` bins over `values`, edges at whole multiples of 1, 2 or 5 times a power of ten times `unit`, or of
    /// a whole divisor of it where the values lie closer together. Where nine tenths of the values, `middle` wide, lie
    /// on less than a third of the whole, `bins` lie on one and a half times the middle, 200 on the whole at most: a few
    /// far values do not hide how the others lie. No values: one empty bin at 0.
    #[must_use]
    pub fn nice(values: &[i64], bins: usize, unit: i64, middle: i64) -> Self {
        let low = values.iter().copied().min().unwrap_or(0);
        let high = values.iter().copied().max().unwrap_or(0);
        let edges = nice_edges(low, high, bins, unit, middle);
        // No value lies below the first edge, and differences of any two fit into 64 bits without a sign.
        let from_first = |value: i64| value.wrapping_sub(edges[0]) as u64;
        let step = from_first(edges[1]);
        let mut counts = vec![0; edges.len() - 1];
        if from_first(high) < EXACT && step < EXACT {
            let step = step as f64;
            values.iter().for_each(|&value| counts[(from_first(value) as f64 / step) as usize] += 1);
        } else {
            values.iter().for_each(|&value| counts[(from_first(value) / step) as usize] += 1);
        }
        Self { edges, counts }
    }

    /// The edges, one more than there are bins, ascending.
    #[must_use]
    pub fn edges(&self) -> &[i64] {
        &self.edges
    }

    /// How many values lie in each bin.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The share of values at or above each edge: 1 at the first, 0 at the last. All 0 without values.
    #[must_use]
    pub fn exceedance(&self) -> Vec<f64> {
        let total: u64 = self.counts.iter().sum();
        let mut above = total;
        let mut shares = Vec::with_capacity(self.edges.len());
        shares.push(if total == 0 { 0.0 } else { 1.0 });
        for count in &self.counts {
            above -= count;
            shares.push(if total == 0 { 0.0 } else { above as f64 / total as f64 });
        }
        shares
    }
}

/// Below this, whole numbers divide as floats to the same whole part: the quotient of a number that is one short of a
/// multiple, 201 times the step at most, is further than half a unit in its last place from the next whole number.
const EXACT: u64 = 1 << 45;

/// Bins at most, far values or not.
const MOST_BINS: i128 = 200;

/// Evenly spaced edges: the first at most `low`, the last above `high`, the step 1, 2 or 5 times a power of ten times
/// `unit` where that divides into whole steps, at least 1.
fn nice_edges(low: i64, high: i64, bins: usize, unit: i64, middle: i64) -> Vec<i64> {
    let (low, high) = (i128::from(low), i128::from(high));
    let span = (high - low).max(1);
    // Of a normal distribution the whole is less than three times the middle, up to a million values.
    let middle = i128::from(middle);
    let shown = if middle > 0 && span > 3 * middle { middle * 3 / 2 } else { span };
    let wanted = (shown / bins.max(1) as i128).max(span / MOST_BINS).max(1);
    let unit = i128::from(unit.max(1));
    // Start below any step that could fit: as far down as the unit divides by ten.
    let mut base = unit;
    while base % 10 == 0 && base > wanted {
        base /= 10;
    }
    if base > wanted {
        base = 1;
    }
    let step = loop {
        if let Some(step) = [base, base * 2, base * 5].into_iter().find(|&step| step >= wanted) {
            break step;
        }
        base *= 10;
    };
    let first = low.div_euclid(step) * step;
    let count = (high - first).div_euclid(step) + 1;
    (0..=count).map(|i| (first + i * step).clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_round_and_every_value_is_counted() {
        let values: Vec<i64> = (0..1000i64).map(|i| 123_400 + i * 7_919 % 870_000).collect();
        let histogram = Histogram::nice(&values, 40, 100, i64::MAX);
        let step = histogram.edges()[1] - histogram.edges()[0];
        assert_eq!(step, 50_000);
        assert_eq!(histogram.edges()[0], 100_000);
        assert!(histogram.edges().iter().all(|edge| edge % step == 0));
        assert_eq!(histogram.counts().iter().sum::<u64>(), 1000);
    }

    #[test]
    fn a_few_far_values_do_not_hide_the_others() {
        let mut values: Vec<i64> = (0..1000).map(|i| i * 10).collect();
        values.push(1_000_000);
        let histogram = Histogram::nice(&values, 40, 1, 9_000);
        let step = histogram.edges()[1] - histogram.edges()[0];
        // 200 bins at most ask for 4,999 and so for 5,000; the whole in 40 bins would ask for 50,000.
        assert_eq!((step, histogram.counts()[..10].to_vec()), (5_000, vec![500, 500, 0, 0, 0, 0, 0, 0, 0, 0]));
        assert!(histogram.counts().len() <= 201 && histogram.counts().iter().sum::<u64>() == 1001);
        // Where nearly all is one value, there is no middle to show.
        assert_eq!(Histogram::nice(&[0, 0, 0, 100], 10, 1, 0).counts().len(), 11);
    }

    #[test]
    fn a_value_on_an_edge_belongs_to_the_bin_above() {
        let histogram = Histogram::nice(&[0, 10, 20], 2, 1, i64::MAX);
        assert_eq!(histogram.edges(), [0, 10, 20, 30]);
        assert_eq!(histogram.counts(), [1, 1, 1]);
        assert_eq!(histogram.exceedance(), [1.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]);
    }

    #[test]
    fn one_value_or_none_still_has_a_bin() {
        let one = Histogram::nice(&[250, 250], 40, 100, i64::MAX);
        assert_eq!((one.edges(), one.counts()), (&[250, 251][..], &[2][..]));
        let none = Histogram::nice(&[], 40, 100, i64::MAX);
        assert_eq!((none.counts(), none.exceedance()), (&[0][..], vec![0.0, 0.0]));
    }

    #[test]
    fn negative_values_and_the_whole_range_hold() {
        let histogram = Histogram::nice(&[-150, -1, 0, 149], 3, 1, i64::MAX);
        assert_eq!(histogram.edges(), [-200, -100, 0, 100, 200]);
        assert_eq!(histogram.counts(), [1, 1, 1, 1]);
        let wide = Histogram::nice(&[i64::MIN / 2, i64::MAX / 2], 10, 100, i64::MAX);
        assert_eq!(wide.counts().iter().sum::<u64>(), 2);
    }
}
