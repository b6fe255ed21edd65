//! Totals corrected by what earlier quarters of the file showed.
//!
//! The map is of what is uncertain and still to come. What is won to date stands outside it, and so does what a scenario makes
//! certain; what a scenario changes of the rest moves a corrected total as the map says, yet never by more than the amounts themselves.

/// Points of the map: as many quantiles of what is still to come are corrected.
pub(super) const POINTS: usize = 10_240;

/// What a simulated total of a quarter becomes: a rising map of what is still to come, learned from all trials, so that a trial
/// keeps its place among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Corrected {
    won: i64,
    /// Still to come as simulated, strictly ascending, and as corrected, ascending.
    knots: Vec<(i64, i64)>,
    /// Per stretch of 2^`shift` from the first knot on: the first knot that does not lie before it.
    stretches: Vec<u32>,
    shift: u32,
}

/// Stretches between the first knot and the last, about, as a power of two.
const STRETCHES: u32 = 12;

impl Corrected {
    /// Quantiles of what is still to come, ascending: at (i + ½)/n, i from 0 to n − 1.
    pub(super) fn quantiles(mut totals: Vec<i64>, won: i64) -> Vec<f64> {
        totals.sort_unstable();
        let n = totals.len();
        let at = |i: usize| totals.get((2 * i + 1) * n / (2 * POINTS)).copied().unwrap_or(won);
        (0..POINTS).map(|i| at(i).saturating_sub(won) as f64).collect()
    }

    /// The map that takes quantiles to others, place by place.
    pub(super) fn new(won: i64, raw: &[f64], corrected: &[f64]) -> Self {
        let mut knots: Vec<(i64, i64)> = Vec::new();
        let mut same: Vec<f64> = Vec::new();
        let mut pairs = raw.iter().zip(corrected).peekable();
        while let Some((x, y)) = pairs.next() {
            same.push(*y);
            // Trials that are equal as simulated stay equal: they become the middle of what they stand for.
            if pairs.peek().is_none_or(|next| *next.0 > *x) {
                knots.push((*x as i64, same[same.len() / 2].round() as i64));
                same.clear();
            }
        }
        let (low, high) = (knots.first().map_or(0, |knot| knot.0), knots.last().map_or(0, |knot| knot.0));
        let span = high.wrapping_sub(low) as u64;
        let shift = (u64::BITS - span.leading_zeros()).saturating_sub(STRETCHES);
        let begin = |stretch: u64| low.wrapping_add((stretch << shift) as i64);
        let stretches =
            (0..=span >> shift).map(|stretch| knots.partition_point(|knot| knot.0 < begin(stretch)) as u32).collect();
        Self { won, knots, stretches, shift }
    }

    /// The first knot at or above what is still to come; the number of knots past the last.
    fn knot(&self, x: i64) -> usize {
        let (Some(first), Some(last)) = (self.knots.first(), self.knots.last()) else { return 0 };
        if x <= first.0 || x > last.0 {
            return if x > last.0 { self.knots.len() } else { 0 };
        }
        let stretch = (x.wrapping_sub(first.0) as u64 >> self.shift) as usize;
        let from = self.stretches.get(stretch).map_or(0, |from| *from as usize);
        let to = self.stretches.get(stretch + 1).map_or(self.knots.len(), |to| *to as usize);
        from + self.knots.get(from..to).unwrap_or(&[]).partition_point(|knot| knot.0 < x)
    }

    /// A total as corrected.
    pub(super) fn apply(&self, total: i64) -> i64 {
        let x = total - self.won;
        let after = self.knot(x);
        let y = match (after.checked_sub(1).and_then(|before| self.knots.get(before)), self.knots.get(after)) {
            (_, Some(&(at, y))) if at == x => y,
            (Some(&(x0, y0)), Some(&(x1, y1))) => {
                let share = (x - x0) as f64 / (x1 - x0) as f64;
                y0 + (share * (y1 - y0) as f64).round_ties_even() as i64
            }
            // Below what was simulated: in proportion, so that nothing stays nothing.
            (None, Some(&(at, y))) if at > 0 && y >= 0 => {
                if x > 0 {
                    (x as f64 / at as f64 * y as f64).round_ties_even() as i64
                } else {
                    x
                }
            }
            // Beyond it: as much more, or less.
            (None, Some(&(at, y))) | (Some(&(at, y)), None) => y + (x - at),
            (None, None) => x,
        };
        self.won + y
    }

    /// By how much a corrected total moves where what is still to come moves by so much: as the map says, never against it nor by more.
    pub(super) fn moved(&self, total: i64, by: i64) -> i64 {
        self.moved_from(self.apply(total), total, by)
    }

    /// The same of a total that is known as corrected.
    pub(super) fn moved_from(&self, corrected: i64, total: i64, by: i64) -> i64 {
        if by == 0 {
            return 0;
        }
        (self.apply(total + by) - corrected).clamp(by.min(0), by.max(0))
    }

    /// The smallest simulated total that reaches a target once corrected.
    pub(super) fn first_reaching(&self, target: i64) -> i64 {
        let (mut low, mut high) = (target.min(self.won) - 1, target.max(self.won) + 1);
        let mut step = (high - low).max(1);
        while self.apply(low) >= target {
            low = low.saturating_sub(step);
            step = step.saturating_mul(2);
        }
        step = (high - low).max(1);
        while self.apply(high) < target {
            high = high.saturating_add(step);
            step = step.saturating_mul(2);
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.apply(middle) >= target {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_rises_goes_through_its_points_and_is_undone() {
        let raw = [0.0, 0.0, 0.0, 100.0, 200.0];
        let map = Corrected::new(1_000, &raw, &[0.0, 10.0, 20.0, 150.0, 400.0]);
        let found: Vec<i64> = [1_000, 1_100, 1_150, 1_200, 1_300, 990].iter().map(|total| map.apply(*total)).collect();
        assert_eq!(found, [1_010, 1_150, 1_275, 1_400, 1_500, 1_000]);
        // Below what was simulated nothing stays nothing, and no sum of amounts above 0 turns negative.
        let high = Corrected::new(1_000, &[100.0, 200.0], &[60.0, 150.0]);
        let found: Vec<i64> = [990, 1_000, 1_050, 1_100, 1_300].iter().map(|total| high.apply(*total)).collect();
        assert_eq!(found, [990, 1_000, 1_030, 1_060, 1_250]);
        for (total, by, moved) in
            [(1_100, 0, 0), (1_100, 50, 50), (1_100, -50, -50), (1_050, -50, -50), (1_100, 200, 200)]
        {
            assert_eq!(map.moved(total, by), moved, "{total} {by}");
            assert_eq!(map.moved_from(map.apply(total), total, by), moved, "{total} {by}");
        }
        // 50 more are corrected to 30; a drop of 50 takes 30 off.
        assert_eq!((high.moved(1_000, 50), high.moved(1_050, -50), high.moved(1_000, 0)), (30, -30, 0));
        for target in [0, 999, 1_010, 1_011, 1_149, 1_150, 1_400, 5_000] {
            let first = map.first_reaching(target);
            assert!(map.apply(first) >= target && map.apply(first - 1) < target, "{target}");
        }
    }

    #[test]
    fn quantiles_stand_in_the_middle_of_their_places() {
        let totals: Vec<i64> = (0..2 * POINTS as i64).rev().map(|x| x + 7).collect();
        let found = Corrected::quantiles(totals, 7);
        assert_eq!((found[0], found[1], found[POINTS - 1]), (1.0, 3.0, 2.0 * POINTS as f64 - 1.0));
    }
}
