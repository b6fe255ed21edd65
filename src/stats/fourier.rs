//! The discrete Fourier transform of a power of two of complex numbers.
//!
//! Written here because results must agree to the bit everywhere: `rustfft` takes the sines of its angles from the platform,
//! and brings `num-traits` with `std`, which this crate goes without.

/// A complex number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    /// The number 1.
    pub const ONE: Self = Self { re: 1.0, im: 0.0 };

    /// e^(iθ).
    #[must_use]
    pub fn turn(angle: f64) -> Self {
        Self { re: libm::cos(angle), im: libm::sin(angle) }
    }

    /// e^z.
    #[must_use]
    pub fn exp(self) -> Self {
        Self::turn(self.im) * libm::exp(self.re)
    }

    /// The number mirrored on the real axis.
    #[must_use]
    pub fn conjugate(self) -> Self {
        Self { im: -self.im, ..self }
    }
}

impl std::ops::Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl std::ops::Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl std::ops::Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

impl std::ops::Mul<f64> for Complex {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        Self { re: self.re * by, im: self.im * by }
    }
}

/// Which way to transform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// X_j = Σ x_t·e^(−2πi·jt/n).
    Forward,
    /// x_t = Σ X_j·e^(2πi·jt/n)/n.
    Back,
}

/// Transforms in place; `values` must be a power of two of them, others are left as they are.
///
/// # Source
/// J. W. Cooley and J. W. Tukey, "An algorithm for the machine calculation of complex Fourier series", Mathematics of
/// Computation 19 (1965).
pub fn transform(values: &mut [Complex], direction: Direction) {
    let n = values.len();
    if !n.is_power_of_two() || n < 2 {
        return;
    }
    let bits = n.trailing_zeros();
    for at in 0..n {
        let other = at.reverse_bits() >> (usize::BITS - bits);
        if at < other {
            values.swap(at, other);
        }
    }
    let sign = if direction == Direction::Forward { -1.0 } else { 1.0 };
    let turns: Vec<Complex> =
        (0..n / 2).map(|at| Complex::turn(sign * std::f64::consts::TAU * at as f64 / n as f64)).collect();
    let mut half = 1;
    while half < n {
        for pair in values.chunks_exact_mut(2 * half) {
            let (low, high) = pair.split_at_mut(half);
            for (at, (a, b)) in low.iter_mut().zip(high).enumerate() {
                let turned = *b * turns[at * (n / (2 * half))];
                (*a, *b) = (*a + turned, *a - turned);
            }
        }
        half *= 2;
    }
    if direction == Direction::Back {
        values.iter_mut().for_each(|value| *value = *value * (1.0 / n as f64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sum_it_stands_for_and_comes_back() {
        let values: Vec<Complex> =
            (0..16).map(|at| Complex { re: f64::from(at * at % 7), im: f64::from(at % 3) }).collect();
        let mut found = values.clone();
        transform(&mut found, Direction::Forward);
        for (j, found) in found.iter().enumerate() {
            let term = |(t, x): (usize, &Complex)| *x * Complex::turn(-std::f64::consts::TAU * (j * t) as f64 / 16.0);
            let expected = values.iter().enumerate().map(term).fold(Complex::default(), |sum, x| sum + x);
            let off = *found - expected;
            assert!(off.re.abs() < 1e-12 && off.im.abs() < 1e-12, "{j}: {found:?}, {expected:?}");
        }
        transform(&mut found, Direction::Back);
        assert!(found.iter().zip(&values).all(|(a, b)| (a.re - b.re).abs() < 1e-13 && (a.im - b.im).abs() < 1e-13));
    }

    #[test]
    fn an_exponential_turns_and_stretches() {
        let found = Complex { re: 1.0, im: std::f64::consts::FRAC_PI_2 }.exp();
        assert!(found.re.abs() < 1e-15 && (found.im - std::f64::consts::E).abs() < 1e-15);
        assert_eq!(Complex::turn(0.3).conjugate(), Complex::turn(-0.3));
    }
}
