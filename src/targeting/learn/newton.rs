//! The equations of a Newton step: solved by Cholesky's factors while they are few, else by conjugate gradients, whose
//! cost grows with the cells of the rows and not with the square of the bins.

use super::design::Design;
use super::logistic::{Fit, Odds, Penalty};

/// Unknowns up to which the matrix is kept and factored.
const MOST_DENSE: usize = 256;
/// How far conjugate gradients go: the rest of the gradient over the whole, both in the scaled norm. Newton's next step
/// mends what is left.
const SOLVED: f64 = 1e-2;
/// Conjugate gradients at most.
const MOST_GRADIENTS: usize = 200;
/// Curvature of the intercept where every prediction is certain.
const FLAT: f64 = 1e-12;

/// The equations of one Newton step; the intercept is the last unknown.
pub(super) struct System {
    size: usize,
    /// Lower triangle, row by row, each row `size` wide; empty where there are too many unknowns.
    matrix: Vec<f64>,
    /// p(1 − p) of each row.
    curvature: Vec<f64>,
    gradient: Vec<f64>,
    step: Vec<f64>,
}

impl System {
    pub(super) fn new(size: usize) -> Self {
        let matrix = if size <= MOST_DENSE { vec![0.0; size * size] } else { Vec::new() };
        Self { size, matrix, curvature: Vec::new(), gradient: vec![0.0; size], step: vec![0.0; size] }
    }

    /// The step found last.
    pub(super) fn step(&self) -> &[f64] {
        &self.step
    }

    pub(super) fn fill(&mut self, fit: &Fit, odds: &[Odds], design: &Design, outcomes: &[bool], penalty: Penalty) {
        self.gradient.fill(0.0);
        self.curvature.clear();
        let last = self.size - 1;
        for ((slots, y), odds) in design.rows().zip(outcomes).zip(odds) {
            let p = odds.probability();
            let residual = p - f64::from(u8::from(*y));
            self.curvature.push(p * (1.0 - p));
            for slot in slots {
                self.gradient[*slot as usize] += residual;
            }
            self.gradient[last] += residual;
        }
        add_penalty(&mut self.gradient, &fit.weights, design, penalty);
        if !self.matrix.is_empty() {
            self.fill_matrix(design, penalty);
        }
    }

    fn fill_matrix(&mut self, design: &Design, penalty: Penalty) {
        self.matrix.fill(0.0);
        let (n, last) = (self.size, self.size - 1);
        for (slots, v) in design.rows().zip(&self.curvature) {
            for (i, a) in slots.iter().enumerate() {
                let a = *a as usize;
                let row = &mut self.matrix[a * n..a * n + a + 1];
                for b in &slots[..=i] {
                    row[*b as usize] += v;
                }
            }
            let row = &mut self.matrix[last * n..];
            for slot in slots {
                row[*slot as usize] += v;
            }
            row[last] += v;
        }
        for i in 0..last {
            self.matrix[i * n + i] += penalty.size;
        }
        for step in &design.steps {
            let (low, high, size) = (step.from as usize, step.from as usize + 1, penalty.step * step.weight);
            self.matrix[low * n + low] += size;
            self.matrix[high * n + high] += size;
            self.matrix[high * n + low] -= size;
        }
    }

    /// Solves matrix·step = gradient; gives Newton's decrement gradient·step.
    pub(super) fn solve(&mut self, design: &Design, penalty: Penalty) -> f64 {
        if self.matrix.is_empty() {
            self.descend(design, penalty)
        } else {
            self.factor()
        }
        self.gradient.iter().zip(&self.step).fold(0.0, |sum, (g, s)| sum + g * s)
    }

    /// By Cholesky's factors.
    fn factor(&mut self) {
        let n = self.size;
        for i in 0..n {
            let (above, rest) = self.matrix.split_at_mut(i * n);
            let row = &mut rest[..=i];
            for j in 0..i {
                let other = &above[j * n..j * n + j + 1];
                let dot = row[..j].iter().zip(other).fold(0.0, |sum, (a, b)| sum + a * b);
                row[j] = (row[j] - dot) / other[j];
            }
            let square = row[..i].iter().fold(0.0, |sum, a| sum + a * a);
            // Only the intercept can come out flat, where every prediction is certain.
            row[i] = (row[i] - square).max(FLAT).sqrt();
        }
        for i in 0..n {
            let row = &self.matrix[i * n..i * n + i + 1];
            let dot = row[..i].iter().zip(&self.step).fold(0.0, |sum, (a, x)| sum + a * x);
            self.step[i] = (self.gradient[i] - dot) / row[i];
        }
        for i in (0..n).rev() {
            let x = self.step[i] / self.matrix[i * n + i];
            self.step[i] = x;
            for j in 0..i {
                self.step[j] -= self.matrix[i * n + j] * x;
            }
        }
    }

    /// By conjugate gradients, scaled by the diagonal.
    ///
    /// # Source
    /// J. Nocedal and S. J. Wright, "Numerical Optimization", second edition (2006), algorithm 5.3.
    fn descend(&mut self, design: &Design, penalty: Penalty) {
        let scale = self.diagonal(design, penalty);
        let mut rest = self.gradient.clone();
        self.step.fill(0.0);
        let mut scaled: Vec<f64> = rest.iter().zip(&scale).map(|(r, d)| r / d).collect();
        let mut way = scaled.clone();
        let mut left = dot(&rest, &scaled);
        let enough = SOLVED * SOLVED * left;
        let mut bent = vec![0.0; self.size];
        for _ in 0..MOST_GRADIENTS {
            if left <= enough {
                break;
            }
            self.bend(&way, &mut bent, design, penalty);
            let curve = dot(&way, &bent);
            if curve <= 0.0 {
                break;
            }
            let length = left / curve;
            self.step.iter_mut().zip(&way).for_each(|(x, w)| *x += length * w);
            rest.iter_mut().zip(&bent).for_each(|(r, b)| *r -= length * b);
            scaled.iter_mut().zip(&rest).zip(&scale).for_each(|((z, r), d)| *z = r / d);
            let before = std::mem::replace(&mut left, dot(&rest, &scaled));
            way.iter_mut().zip(&scaled).for_each(|(w, z)| *w = z + left / before * *w);
        }
    }

    /// The diagonal of the matrix.
    fn diagonal(&self, design: &Design, penalty: Penalty) -> Vec<f64> {
        let last = self.size - 1;
        let mut diagonal = vec![penalty.size; self.size];
        diagonal[last] = FLAT;
        for (slots, v) in design.rows().zip(&self.curvature) {
            slots.iter().for_each(|slot| diagonal[*slot as usize] += v);
            diagonal[last] += v;
        }
        for step in &design.steps {
            diagonal[step.from as usize] += penalty.step * step.weight;
            diagonal[step.from as usize + 1] += penalty.step * step.weight;
        }
        diagonal
    }

    /// The matrix times a vector.
    fn bend(&self, way: &[f64], bent: &mut [f64], design: &Design, penalty: Penalty) {
        let last = self.size - 1;
        bent.fill(0.0);
        for (slots, v) in design.rows().zip(&self.curvature) {
            let along = v * slots.iter().fold(way[last], |sum, slot| sum + way[*slot as usize]);
            slots.iter().for_each(|slot| bent[*slot as usize] += along);
            bent[last] += along;
        }
        bent[last] += FLAT * way[last];
        add_penalty(bent, &way[..last], design, penalty);
    }
}

/// Adds the gradient of the penalty at these weights.
fn add_penalty(gradient: &mut [f64], weights: &[f64], design: &Design, penalty: Penalty) {
    for (slope, w) in gradient.iter_mut().zip(weights) {
        *slope += penalty.size * w;
    }
    for step in &design.steps {
        let (low, high) = (step.from as usize, step.from as usize + 1);
        let pull = penalty.step * step.weight * (weights[high] - weights[low]);
        gradient[low] -= pull;
        gradient[high] += pull;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

#[cfg(test)]
mod tests {
    use super::super::design::Step;
    use super::super::logistic::EXACT;
    use super::*;

    /// So many rows with three of the columns' bins each, and outcomes that depend on them.
    fn rows(count: u32, columns: u32, bins: u32) -> (Vec<Vec<u32>>, Vec<bool>) {
        let bin = |row: u32, column: u32| (row * (7 + 2 * column) + row / 11 * column) % bins;
        let rows: Vec<Vec<u32>> =
            (0..count).map(|row| (0..columns).map(|column| column * bins + bin(row, column)).collect()).collect();
        let outcomes = (0..count).map(|row| (bin(row, 0) + bin(row, 1) + row % 5) % 7 > 3).collect();
        (rows, outcomes)
    }

    #[test]
    fn gradients_and_factors_end_at_the_same_place() {
        let (rows, outcomes) = rows(400, 3, 20);
        let slices: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
        for penalty in [Penalty { size: 1.0, step: 3.0 }, Penalty { size: 30.0, step: 0.0 }] {
            let fit = |unused: usize| {
                // Slots that no row has cost nothing and make the system a large one.
                let mut design = Design::from_rows(60 + unused, &slices);
                design.steps = (0..19).map(|from| Step { from, weight: 19.0 }).collect();
                Fit::new(&design, &outcomes, penalty, &Fit::base(60 + unused, 0.4), EXACT)
            };
            let (few, many) = (fit(0), fit(MOST_DENSE));
            assert!((few.intercept - many.intercept).abs() < 1e-7, "{few:?} {many:?}");
            for (a, b) in few.weights.iter().zip(&many.weights) {
                assert!((a - b).abs() < 1e-7, "{few:?} {many:?}");
            }
        }
    }
}
