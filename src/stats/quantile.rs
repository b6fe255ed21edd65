//! Order statistics of integers, exact.

use std::ops::Range;

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

/// The quantiles at each of `ps` of all `values`, and of each group of them; 0 of no values.
///
/// Values are counted in buckets of equal width first, so that only those in the buckets that hold a quantile are
/// looked at again.
pub(super) fn of_groups(values: &[i64], groups: &[Range<usize>], ps: &[f64]) -> (Vec<i64>, Vec<Vec<i64>>) {
    let Some(buckets) = Buckets::over(values) else {
        let alike = |values: &[i64]| vec![values.first().copied().unwrap_or(0); ps.len()];
        return (alike(values), groups.iter().map(|group| alike(&values[group.clone()])).collect());
    };
    let places = buckets.places(values);
    let counts: Vec<Counts> = groups.iter().map(|group| tally(&places[group.clone()])).collect();
    let mut all = [0; BUCKETS];
    for counts in &counts {
        all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    let mut whole = Wanted::new(&all, ps);
    let found = groups.iter().zip(&counts).map(|(group, counts)| {
        let mut own = Wanted::new(counts, ps);
        // Few values are wanted: one look tells for both.
        let held: [bool; BUCKETS] = std::array::from_fn(|bucket| own.holds(bucket) || whole.holds(bucket));
        for (&value, &place) in values[group.clone()].iter().zip(&places[group.clone()]) {
            let bucket = usize::from(place) % BUCKETS;
            if held[bucket] {
                own.see(bucket, value);
                whole.see(bucket, value);
            }
        }
        own.quantiles()
    });
    let found = found.collect();
    (whole.quantiles(), found)
}

/// The quantiles at each of `ps` of `values`, in the order of `ps`; 0 of no values. See [`rank`] for the definition.
#[must_use]
pub fn quantiles(values: &[i64], ps: &[f64]) -> Vec<i64> {
    let Some(buckets) = Buckets::over(values) else { return vec![values.first().copied().unwrap_or(0); ps.len()] };
    let places = buckets.places(values);
    let mut wanted = Wanted::new(&tally(&places), ps);
    values.iter().zip(places).for_each(|(&value, place)| wanted.see(usize::from(place) % BUCKETS, value));
    wanted.quantiles()
}

const BUCKET_BITS: u32 = 10;
const BUCKETS: usize = 1 << BUCKET_BITS;

/// Buckets of equal width, a power of two, from the smallest value to the largest.
struct Buckets {
    low: i64,
    shift: u32,
}

impl Buckets {
    /// `None` if there are no two values that differ.
    fn over(values: &[i64]) -> Option<Self> {
        let low = values.iter().copied().min().unwrap_or(0);
        let high = values.iter().copied().max().unwrap_or(0);
        let span = high.wrapping_sub(low) as u64;
        let shift = (u64::BITS - span.leading_zeros()).saturating_sub(BUCKET_BITS);
        (span > 0).then_some(Self { low, shift })
    }

    /// The bucket of each value.
    fn places(&self, values: &[i64]) -> Vec<u16> {
        values.iter().map(|value| (value.wrapping_sub(self.low) as u64 >> self.shift) as u16).collect()
    }
}

/// How many values lie in each bucket.
type Counts = [u32; BUCKETS];

fn tally(places: &[u16]) -> Counts {
    let mut counts = [0; BUCKETS];
    places.iter().for_each(|&place| counts[usize::from(place) % BUCKETS] += 1);
    counts
}

/// The buckets that hold quantiles, and what lies in them.
struct Wanted {
    /// Per bucket: one more than the place of its list, or 0.
    lists_of: [u16; BUCKETS],
    lists: Vec<Vec<i64>>,
    /// Per quantile: its list and its rank there.
    ranks: Vec<Option<(usize, usize)>>,
}

impl Wanted {
    fn new(counts: &Counts, ps: &[f64]) -> Self {
        let mut below = 0;
        let up_to = counts.map(|count| {
            below += count as usize;
            below
        });
        let mut wanted = Self { lists_of: [0; BUCKETS], lists: Vec::new(), ranks: Vec::new() };
        for &p in ps {
            let rank = rank(p, below);
            let bucket = up_to.partition_point(|&up_to| up_to <= rank);
            let list = counts.get(bucket).map(|&count| {
                if wanted.lists_of[bucket] == 0 {
                    wanted.lists.push(Vec::with_capacity(count as usize));
                    wanted.lists_of[bucket] = wanted.lists.len() as u16;
                }
                (usize::from(wanted.lists_of[bucket]) - 1, rank + count as usize - up_to[bucket])
            });
            wanted.ranks.push(list);
        }
        wanted
    }

    #[inline]
    fn holds(&self, bucket: usize) -> bool {
        self.lists_of[bucket] != 0
    }

    #[inline]
    fn see(&mut self, bucket: usize, value: i64) {
        let list = self.lists_of[bucket];
        if list != 0 {
            self.lists[usize::from(list) - 1].push(value);
        }
    }

    fn quantiles(mut self) -> Vec<i64> {
        let ranks = std::mem::take(&mut self.ranks);
        let of = |place: Option<(usize, usize)>| {
            place.map_or(0, |(list, rank)| *self.lists[list].select_nth_unstable(rank).1)
        };
        ranks.into_iter().map(of).collect()
    }
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
    fn several_at_once_and_by_groups_equal_one_by_one() {
        let wide: Vec<i64> = (0..997i64).map(|i| (i * 7919) % 311 - 100).collect();
        let mut far = wide.clone();
        far.extend([i64::MIN, i64::MAX, 0]);
        let alike = vec![7; 50];
        let ps = [0.0, 0.001, 0.1, 0.1, 0.5, 0.9, 0.99, 1.0];
        for values in [wide, far, alike, vec![5], Vec::new()] {
            let (third, count) = (values.len() / 3, values.len());
            let groups = [0..third, third..third, third..count];
            let one_by_one = |values: &[i64]| ps.map(|p| quantile(&mut values.to_vec(), p)).to_vec();
            let (whole, found) = of_groups(&values, &groups, &ps);
            assert_eq!(whole, one_by_one(&values));
            assert_eq!(quantiles(&values, &ps), whole);
            assert_eq!(found, groups.map(|group| one_by_one(&values[group])));
        }
    }
}
