//! Cuts columns into bins, from training rows only: quantiles of numbers, frequent levels of words, blanks apart.

use super::design::Step;
use super::examples::{Examples, MISSING, Values};
use crate::stats::Arrange;

/// Bins of a number at most, however few rows it is known in.
pub(crate) const FEWEST_BINS: usize = 8;
/// Bins of a number at most, however many rows there are.
const MOST_BINS: usize = 16;
/// Training rows of either outcome, in which the number is known, for every bin beyond the first ones.
const ROWS_PER_BIN: usize = 50;
/// Levels with fewer training rows are pooled.
pub(crate) const RARE: usize = 20;
/// Rows below which levels are pooled at most, where a card would have too many bins.
const RAREST: usize = 320;
/// Bins of a whole card at most; beyond that bins are coarser, rarer levels are pooled, and at last the columns that tell
/// least by themselves left out.
pub(crate) const MOST_SLOTS: usize = 2000;
/// The slot of a value that no training row had.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// What one bin holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// Blank cells.
    Missing,
    /// Numbers above one bound and up to the other.
    Range { above: Option<f64>, up_to: Option<f64> },
    /// One value.
    Level(String),
    /// Every value that is no level of its own.
    Other,
}

/// One bin of one column: a column of the design matrix.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    /// Position of the column among the examples' features.
    pub(crate) feature: usize,
    pub(crate) content: Content,
}

/// How the values of one column find their slot.
#[derive(Debug, Clone)]
enum Lookup {
    /// Left out: one bin only, or not to be learned from.
    Unused,
    /// Bin = number of edges strictly below the value.
    Edges { edges: Vec<f64>, first: u32, missing: u32 },
    /// By the level's code.
    Codes { slots: Vec<u32>, missing: u32 },
}

/// How finely columns are cut.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// Whether numbers have as many bins as their rows can fill, and a bin for each value where those are few.
    fine: bool,
    /// Levels with fewer rows are pooled.
    rare: usize,
}

/// The bins of all columns.
#[derive(Debug, Clone)]
pub(crate) struct Binning {
    lookups: Vec<Lookup>,
    pub(crate) slots: Vec<Slot>,
}

impl Binning {
    /// Cuts the columns by what the training rows hold; levels with fewer rows than `rare` are pooled.
    pub(crate) fn learn(examples: &Examples, training: &[u32], rare: usize) -> Self {
        let features = (0..examples.features.len()).filter(|at| examples.features[*at].learnable());
        let mut chosen: Vec<usize> = features.collect();
        // Finer bins say more where there are rows enough to fill them, and no column has to go for them.
        let mut cut = Cut { fine: true, rare };
        while cut.rare <= RAREST {
            let binning = Self::cut_into(cut, examples, training, &chosen);
            if binning.slots.len() <= MOST_SLOTS {
                return binning;
            }
            cut = Cut { fine: false, rare: if cut.fine { rare } else { 2 * cut.rare } };
        }
        loop {
            let binning = Self::of(examples, training, &chosen);
            if binning.slots.len() <= MOST_SLOTS {
                return binning;
            }
            chosen = binning.most_telling(examples, training, &chosen);
        }
    }

    /// The bins of the named features only, numbers in few.
    pub(crate) fn of(examples: &Examples, training: &[u32], chosen: &[usize]) -> Self {
        Self::cut_into(Cut { fine: false, rare: RARE }, examples, training, chosen)
    }

    /// The bins of the named features only.
    fn cut_into(cut: Cut, examples: &Examples, training: &[u32], chosen: &[usize]) -> Self {
        let mut binning = Self { lookups: vec![Lookup::Unused; examples.features.len()], slots: Vec::new() };
        for &at in chosen {
            let start = binning.slots.len();
            let lookup = match &examples.features[at].values {
                Values::Numbers(values) => {
                    let (mut known, most) = known(values, examples, training, cut.fine);
                    known.sort_by(f64::total_cmp);
                    binning.cut(at, &known, known.len() < training.len(), most)
                }
                Values::Levels { names, codes } => binning.pool(at, names, codes, training, cut.rare),
            };
            // A column with one bin says nothing.
            if binning.slots.len() - start < 2 {
                binning.slots.truncate(start);
            } else {
                binning.lookups[at] = lookup;
            }
        }
        binning
    }

    fn add(&mut self, feature: usize, content: Content) -> u32 {
        self.slots.push(Slot { feature, content });
        self.slots.len() as u32 - 1
    }

    fn cut(&mut self, at: usize, known: &[f64], blanks: bool, most: Most) -> Lookup {
        let missing = if blanks { self.add(at, Content::Missing) } else { NO_SLOT };
        let edges = match most {
            Most::Fine(bins) => values_apart(known, bins).unwrap_or_else(|| edges(known, bins)),
            Most::Few => edges(known, FEWEST_BINS),
        };
        let first = self.slots.len() as u32;
        if !known.is_empty() {
            for bin in 0..=edges.len() {
                let above = bin.checked_sub(1).map(|below| edges[below]);
                self.add(at, Content::Range { above, up_to: edges.get(bin).copied() });
            }
        }
        Lookup::Edges { edges, first, missing }
    }

    fn pool(&mut self, at: usize, names: &[String], codes: &[u32], training: &[u32], rare: usize) -> Lookup {
        let mut counts = vec![0usize; names.len()];
        let mut blanks = false;
        for row in training {
            match counts.get_mut(codes[*row as usize] as usize) {
                Some(count) => *count += 1,
                None => blanks = true,
            }
        }
        let mut slots = vec![NO_SLOT; names.len()];
        for (code, _) in counts.iter().enumerate().filter(|(_, count)| **count >= rare) {
            slots[code] = self.add(at, Content::Level(names[code].clone()));
        }
        if counts.iter().any(|count| (1..rare).contains(count)) {
            // A level that no training row has is like those that few have.
            let other = self.add(at, Content::Other);
            slots.iter_mut().filter(|slot| **slot == NO_SLOT).for_each(|slot| *slot = other);
        }
        let missing = if blanks { self.add(at, Content::Missing) } else { NO_SLOT };
        Lookup::Codes { slots, missing }
    }

    /// The slot of a feature's value in a row.
    pub(crate) fn slot(&self, examples: &Examples, feature: usize, row: u32) -> u32 {
        let row = row as usize;
        match (&self.lookups[feature], &examples.features[feature].values) {
            (Lookup::Edges { edges, first, missing }, Values::Numbers(values)) => {
                let value = values[row];
                if value.is_nan() { *missing } else { first + edges.partition_point(|edge| *edge < value) as u32 }
            }
            (Lookup::Codes { slots, missing }, Values::Levels { codes, .. }) => {
                if codes[row] == MISSING {
                    *missing
                } else {
                    slots[codes[row] as usize]
                }
            }
            _ => NO_SLOT,
        }
    }

    /// The steps from one range of a number to the next.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let joined = |pair: &[Slot]| match (&pair[0].content, &pair[1].content) {
            (Content::Range { up_to, .. }, Content::Range { above, .. }) => {
                pair[0].feature == pair[1].feature && up_to == above
            }
            _ => false,
        };
        let pairs = self.slots.windows(2).enumerate();
        let from: Vec<usize> = pairs.filter(|(_, pair)| joined(pair)).map(|(at, _)| at).collect();
        let of_one = from.chunk_by(|a, b| self.slots[*a].feature == self.slots[*b].feature);
        of_one.flat_map(|own| own.iter().map(|at| Step { from: *at as u32, weight: own.len() as f64 })).collect()
    }

    /// The features in use, ascending.
    pub(crate) fn used(&self) -> Vec<usize> {
        (0..self.lookups.len()).filter(|at| !matches!(self.lookups[*at], Lookup::Unused)).collect()
    }

    /// Wins and rows of each slot among these rows.
    pub(crate) fn tally(&self, examples: &Examples, rows: &[u32]) -> Vec<(u64, u64)> {
        let mut tally = vec![(0, 0); self.slots.len()];
        for feature in self.used() {
            for row in rows {
                if let Some((wins, count)) = tally.get_mut(self.slot(examples, feature, *row) as usize) {
                    *count += 1;
                    *wins += u64::from(examples.outcomes[*row as usize]);
                }
            }
        }
        tally
    }

    /// The features whose bins, each by itself, take most from the training rows' log-loss, one bin counting for one
    /// unit of deviance; as many as fit.
    fn most_telling(&self, examples: &Examples, training: &[u32], chosen: &[usize]) -> Vec<usize> {
        let tally = self.tally(examples, training);
        let total: f64 = training.iter().filter(|row| examples.outcomes[**row as usize]).count() as f64;
        let base = total / training.len().max(1) as f64;
        let mut ranked: Vec<(f64, usize, usize)> = Vec::new();
        for &feature in chosen {
            let own = self.slots.iter().zip(&tally).filter(|(slot, _)| slot.feature == feature);
            let (mut gain, mut size) = (0.0, 0);
            for (_, (wins, count)) in own {
                let (wins, losses) = (*wins as f64, (*count - *wins) as f64);
                gain += part(wins, base * *count as f64) + part(losses, (1.0 - base) * *count as f64) - 0.5;
                size += 1;
            }
            ranked.push((gain, feature, size));
        }
        ranked.arrange_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut room = MOST_SLOTS;
        let mut kept: Vec<usize> = Vec::new();
        for (_, feature, size) in ranked {
            if size > room {
                continue;
            }
            room -= size;
            kept.push(feature);
        }
        kept.sort_unstable();
        kept
    }
}

/// n·ln(n/expected), 0 for none.
fn part(n: f64, expected: f64) -> f64 {
    if n > 0.0 && expected > 0.0 { n * libm::log(n / expected) } else { 0.0 }
}

/// Bins of a number at most.
#[derive(Debug, Clone, Copy)]
enum Most {
    /// The fewest that a number may have.
    Few,
    /// As many as its rows can fill.
    Fine(usize),
}

/// The known values of a number in the training rows, and how many bins they can fill: fifty of the rarer outcome each.
fn known(values: &[f64], examples: &Examples, training: &[u32], fine: bool) -> (Vec<f64>, Most) {
    let mut known = Vec::with_capacity(training.len());
    let mut wins = 0;
    for row in training.iter().map(|row| *row as usize).filter(|row| !values[*row].is_nan()) {
        known.push(values[row]);
        wins += usize::from(examples.outcomes[row]);
    }
    let bins = (wins.min(known.len() - wins) / ROWS_PER_BIN).clamp(FEWEST_BINS, MOST_BINS);
    (known, if fine { Most::Fine(bins) } else { Most::Few })
}

/// Edges that give each value a bin of its own, of sorted values; `None` where there are more values than bins.
fn values_apart(sorted: &[f64], bins: usize) -> Option<Vec<f64>> {
    let mut values: Vec<f64> = Vec::new();
    for value in sorted {
        if values.last().is_none_or(|before| before < value) {
            values.push(*value);
        }
        if values.len() > bins {
            return None;
        }
    }
    values.pop();
    Some(values)
}

/// The distinct quantiles of sorted values that part them into `bins` of one size, each interpolated between its two
/// neighbours (type 7 of Hyndman and Fan).
fn edges(sorted: &[f64], bins: usize) -> Vec<f64> {
    let mut edges: Vec<f64> = Vec::new();
    let Some(last) = sorted.len().checked_sub(1) else { return edges };
    for k in 1..bins {
        // The place is k·last/bins, exactly: whole part and remainder.
        let (whole, rest) = (k * last / bins, k * last % bins);
        let low = sorted[whole];
        let high = sorted[(whole + 1).min(last)];
        let edge = low + (high - low) * (rest as f64 / bins as f64);
        if edges.last().is_none_or(|before| *before < edge) {
            edges.push(edge);
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{ReadOptions, Table};
    use crate::targeting::learn::LearnOptions;

    #[test]
    fn edges_are_distinct_eighths() {
        let values: Vec<f64> = (0..=8).map(f64::from).collect();
        let edges = |sorted: &[f64]| super::edges(sorted, 8);
        assert_eq!(edges(&values), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        // Places 0.875, 1.75, …: between 1 and 2 by their fraction.
        assert_eq!(edges(&[1.0, 2.0])[..2], [1.125, 1.25]);
        assert_eq!(edges(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0]), [0.0]);
        assert_eq!(edges(&[]), [] as [f64; 0]);
    }

    /// Rows of so many number columns, every second one a success.
    fn examples(rows: usize, columns: usize) -> Examples {
        let head: Vec<String> = (0..columns).map(|column| format!("n{column}")).collect();
        let mut csv = format!("y,{}\n", head.join(","));
        for row in 0..rows {
            let cells: Vec<String> = (0..columns).map(|column| (row * (7 + column) % 1009).to_string()).collect();
            csv += &format!("{},{}\n", row % 2, cells.join(","));
        }
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let options = LearnOptions { outcome: Some("y".to_owned()), ..LearnOptions::default() };
        Examples::from_table(&table, &options).unwrap()
    }

    #[test]
    fn bins_are_finer_where_rows_can_fill_them_and_no_column_has_to_go() {
        let bins = |rows, columns| {
            let examples = examples(rows, columns);
            let binning = Binning::learn(&examples, &examples.all(), RARE);
            (binning.used().len(), binning.slots.len() / columns)
        };
        // Fifty of the rarer outcome a bin: 300 rows would fill 3, 1,200 rows 12.
        assert_eq!([bins(300, 1), bins(1200, 1), bins(4000, 1)], [(1, 8), (1, 12), (1, 16)]);
        // 130 columns of 16 bins would be more than a card holds.
        assert_eq!(bins(4000, 130), (130, 8));
    }

    #[test]
    fn few_values_have_a_bin_each_and_steps_between_them() {
        // Fifths of the rows are 1, 2, 3, 5 and 8; eighths would part them as well, sixteenths of 4,000 rows too.
        let csv: String =
            (0..400).map(|row| format!("{},{}\n", row % 2, [1, 1, 1, 1, 2, 1, 3, 5, 1, 8][row % 10])).collect();
        let table = Table::from_csv(format!("y,tier\n{csv}").as_bytes(), &ReadOptions::default()).unwrap();
        let options = LearnOptions { outcome: Some("y".to_owned()), ..LearnOptions::default() };
        let examples = Examples::from_table(&table, &options).unwrap();
        let binning = Binning::learn(&examples, &examples.all(), RARE);
        let rows: Vec<u64> = binning.tally(&examples, &examples.all()).iter().map(|(_, rows)| *rows).collect();
        assert_eq!(rows, [240, 40, 40, 40, 40]);
        let steps: Vec<(u32, f64)> = binning.steps().iter().map(|step| (step.from, step.weight)).collect();
        assert_eq!(steps, [(0, 4.0), (1, 4.0), (2, 4.0), (3, 4.0)]);
    }

    /// Rows of a level column: so many levels of 25 rows each, then three of five rows.
    fn owners(levels: usize) -> Examples {
        let level = |row: usize| if row < 25 * levels { row / 25 } else { levels + (row - 25 * levels) / 5 };
        let csv: String = (0..25 * levels + 15).map(|row| format!("{},o{}\n", row % 2, level(row))).collect();
        let table = Table::from_csv(format!("y,owner\n{csv}").as_bytes(), &ReadOptions::default()).unwrap();
        let options = LearnOptions { outcome: Some("y".to_owned()), ..LearnOptions::default() };
        Examples::from_table(&table, &options).unwrap()
    }

    #[test]
    fn a_column_of_many_levels_is_kept_and_pooled_only_where_a_card_cannot_hold_them() {
        let bins = |levels| {
            let examples = owners(levels);
            Binning::learn(&examples, &examples.all(), RARE).slots.len()
        };
        // Each level and the pool; of 2,100 levels each has too few rows once forty are asked.
        assert_eq!([bins(700), bins(1999), bins(2100)], [701, 2000, 0]);
    }

    #[test]
    fn a_level_that_was_not_learned_from_counts_as_a_rare_one() {
        let examples = owners(3);
        let named = |row: u32, name: &str| match &examples.features[0].values {
            Values::Levels { names, codes } => names[codes[row as usize] as usize] == name,
            Values::Numbers(_) => false,
        };
        let (unseen, training): (Vec<u32>, Vec<u32>) = examples.all().into_iter().partition(|row| named(*row, "o0"));
        let binning = Binning::learn(&examples, &training, RARE);
        let slot = |row| &binning.slots[binning.slot(&examples, 0, row) as usize].content;
        assert!(unseen.len() == 25 && unseen.iter().all(|row| *slot(*row) == Content::Other));
    }
}
