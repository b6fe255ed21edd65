//! Stratified uniforms in several dimensions.

use super::{Sampler, StreamKey};

/// `count` uniform numbers on (0, 1), exactly one in each of `count` equal strata: one dimension of a Latin hypercube.
///
/// Dimensions 0 to 20 of equal `count` also fill every pair and every small set of them evenly: the order of the strata
/// is that of a scrambled Sobol' sequence. Further dimensions come in random order. Every single number is uniform, and
/// averages over them vary far less than averages of independent draws.
///
/// # Formula
/// (π(j) + v_j) / count, π(j) the rank of point j in its dimension and v_j uniform on (0, 1); the places v of neighbouring
/// strata 2i and 2i + 1 mirror each other, so that a linear trend across the two cancels.
///
/// # Source
/// M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979), for Latin hypercubes; A. B. Owen, "Randomly
/// permuted (t,m,s)-nets and (t,s)-sequences" (1995), for the scrambling; S. Haber, "A modified Monte-Carlo quadrature",
/// Mathematics of Computation 20 (1966), for the mirrored places; S. Joe and F. Y. Kuo, SIAM J. Sci. Comput. 30
/// (2008), for the direction numbers (file new-joe-kuo-6).
#[must_use]
pub fn latin_hypercube(key: StreamKey, dimension: usize, count: usize) -> Vec<f64> {
    let mut sampler = Sampler::new(key);
    let mut order: Vec<u32> = (0..count as u32).collect();
    match DIRECTIONS.get(dimension) {
        // Sixteen bits tell the points apart, so beyond 2¹⁶ of them ranks would be ambiguous.
        Some(directions) if count <= 1 << BITS => {
            let columns = columns(directions);
            order.sort_by_cached_key(|&point| scrambled(sobol(point, &columns), key));
        }
        _ => sampler.shuffle(&mut order),
    }
    let mut numbers = vec![0.0; count];
    let mut place = 0.5;
    for (rank, point) in order.into_iter().enumerate() {
        place = if rank % 2 == 0 { sampler.uniform() } else { 1.0 - place };
        numbers[point as usize] = (rank as f64 + place) / count as f64;
    }
    numbers
}

const BITS: u32 = 16;

/// Degree, inner coefficients and initial direction numbers of each dimension's primitive polynomial. Dimension 0 is
/// van der Corput's sequence.
const DIRECTIONS: [(u32, u32, &[u32]); 21] = [
    (0, 0, &[]),
    (1, 0, &[1]),
    (2, 1, &[1, 3]),
    (3, 1, &[1, 3, 1]),
    (3, 2, &[1, 1, 1]),
    (4, 1, &[1, 1, 3, 3]),
    (4, 4, &[1, 3, 5, 13]),
    (5, 2, &[1, 1, 5, 5, 17]),
    (5, 4, &[1, 1, 5, 5, 5]),
    (5, 7, &[1, 1, 7, 11, 19]),
    (5, 11, &[1, 1, 5, 1, 1]),
    (5, 13, &[1, 1, 1, 3, 11]),
    (5, 14, &[1, 3, 5, 5, 31]),
    (6, 1, &[1, 3, 3, 9, 7, 49]),
    (6, 13, &[1, 1, 1, 15, 21, 21]),
    (6, 16, &[1, 3, 1, 13, 27, 49]),
    (6, 19, &[1, 1, 1, 15, 7, 5]),
    (6, 22, &[1, 3, 1, 15, 13, 25]),
    (6, 25, &[1, 1, 5, 5, 19, 61]),
    (7, 1, &[1, 3, 7, 11, 23, 15, 103]),
    (7, 4, &[1, 3, 7, 13, 13, 15, 69]),
];

/// The direction numbers of one dimension as binary fractions of 16 bits, by the recurrence of its polynomial.
fn columns(&(degree, inner, initial): &(u32, u32, &[u32])) -> [u32; BITS as usize] {
    let mut columns = [0u32; BITS as usize];
    let s = degree as usize;
    for i in 0..BITS as usize {
        columns[i] = if s == 0 {
            1 << (BITS as usize - 1 - i)
        } else if i < s {
            initial[i] << (BITS as usize - 1 - i)
        } else {
            let mut column = columns[i - s] ^ (columns[i - s] >> s);
            for k in 1..s {
                if (inner >> (s - 1 - k)) & 1 == 1 {
                    column ^= columns[i - k];
                }
            }
            column
        };
    }
    columns
}

/// Point `index` of the sequence in one dimension, as 16 bits.
fn sobol(index: u32, columns: &[u32; BITS as usize]) -> u32 {
    (0..BITS).filter(|bit| (index >> bit) & 1 == 1).fold(0, |point, bit| point ^ columns[bit as usize])
}

/// Owen's nested uniform scrambling: each binary digit is flipped or not by a coin that depends on all digits above it.
fn scrambled(point: u32, key: StreamKey) -> u32 {
    (0..BITS).fold(0, |result, digit| {
        let above = u64::from(point >> (BITS - digit));
        let coin = (key.with(u64::from(digit)).with(above).bits() >> 63) as u32;
        let place = BITS - 1 - digit;
        result | ((((point >> place) & 1) ^ coin) << place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stratum_of_every_dimension_is_met_once() {
        for dimension in [0, 1, 7, 20, 21, 40] {
            let key = StreamKey::new(5).with(dimension as u64);
            let numbers = latin_hypercube(key, dimension, 20);
            let mut strata: Vec<usize> = numbers.iter().map(|u| (u * 20.0) as usize).collect();
            assert_ne!(strata, (0..20).collect::<Vec<_>>());
            strata.sort_unstable();
            assert_eq!(strata, (0..20).collect::<Vec<_>>());
            assert_eq!(latin_hypercube(key, dimension, 20), numbers);
        }
    }

    #[test]
    fn the_first_points_are_the_published_ones() {
        // Sobol' points 1 to 3 in natural order, dimensions 1 to 4, as in Joe and Kuo's notes.
        let point = |index, dimension: usize| f64::from(sobol(index, &columns(&DIRECTIONS[dimension]))) / 65_536.0;
        let points: Vec<Vec<f64>> = (1..4).map(|i| (0..4).map(|d| point(i, d)).collect()).collect();
        assert_eq!(points[0], [0.5, 0.5, 0.5, 0.5]);
        assert_eq!(points[1], [0.25, 0.75, 0.75, 0.75]);
        assert_eq!(points[2], [0.75, 0.25, 0.25, 0.25]);
    }

    #[test]
    fn every_dimension_meets_every_sixteen_bit_number_once() {
        for directions in &DIRECTIONS {
            let columns = columns(directions);
            let mut seen = vec![false; 1 << BITS];
            for index in 0..1 << BITS {
                seen[scrambled(sobol(index, &columns), StreamKey::new(3)) as usize] = true;
            }
            assert!(seen.into_iter().all(|met| met));
        }
    }

    #[test]
    fn pairs_of_dimensions_fill_the_square_evenly() {
        // 256 points leave each of 16 × 16 cells of dimensions 0 and 1 with exactly one.
        let of = |dimension| latin_hypercube(StreamKey::new(9).with(dimension as u64), dimension, 256);
        let (a, b) = (of(0), of(1));
        let mut cells = vec![0; 256];
        for (x, y) in a.iter().zip(&b) {
            cells[(x * 16.0) as usize * 16 + (y * 16.0) as usize] += 1;
        }
        assert!(cells.iter().all(|&count| count == 1), "{cells:?}");
    }

    #[test]
    fn an_average_over_many_dimensions_is_far_more_precise_than_of_independent_draws() {
        // Mean of Π(1 + u − ½) over 5 dimensions and 100 points, exact value 1; 200 repetitions. Independent draws
        // have a standard error of about √(((1 + 1/12)⁵ − 1)/100) = 0.070.
        let repetitions = 200;
        let square_error: f64 = (0..repetitions)
            .map(|r| {
                let draws: Vec<_> = (0..5).map(|d| latin_hypercube(StreamKey::new(r).with(d as u64), d, 100)).collect();
                let mean: f64 =
                    (0..100).map(|j| draws.iter().map(|u| 0.5 + u[j]).product::<f64>()).sum::<f64>() / 100.0;
                (mean - 1.0) * (mean - 1.0)
            })
            .sum();
        let error = (square_error / repetitions as f64).sqrt();
        // A fifth of it: independent draws would need 25 times the points.
        assert!(error < 0.014, "{error}");
    }
}
