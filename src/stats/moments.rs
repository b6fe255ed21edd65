//! Mean and variance in one pass.

/// Count, mean and variance of a stream of numbers.
///
/// # Formula
/// Welford's update of the mean and of the sum of squared deviations, on values shifted by the first one.
///
/// # Source
/// B. P. Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4 (1962).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    count: u64,
    shift: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// No values yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The moments of `values`, taken in their order.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut moments = Self::new();
        for value in values {
            moments.push(value);
        }
        moments
    }

    /// Adds one value.
    pub fn push(&mut self, value: f64) {
        if self.count == 0 {
            // Shifted by the first value: Welford's update loses digits on large offsets.
            self.shift = value;
        }
        self.count += 1;
        let shifted = value - self.shift;
        let delta = shifted - self.mean;
        self.mean += delta / self.count as f64;
        self.squares += delta * (shifted - self.mean);
    }

    /// How many values were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean; 0 of no values.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.shift + self.mean
    }

    /// The sample variance, denominator n − 1; 0 of fewer than two values.
    #[must_use]
    pub fn variance(&self) -> f64 {
        if self.count < 2 { 0.0 } else { self.squares / (self.count - 1) as f64 }
    }

    /// The sample standard deviation, the root of [`variance`](Self::variance).
    #[must_use]
    pub fn sd(&self) -> f64 {
        self.variance().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_longhand_values() {
        let moments = Moments::of([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!((moments.count(), moments.mean()), (8, 5.0));
        assert!((moments.variance() - 32.0 / 7.0).abs() < 1e-15);
    }

    #[test]
    fn keeps_its_digits_on_a_large_offset() {
        // NIST StRD "NumAcc4": 10000000.2 followed by 1000 pairs of .1 and .3; exact sd 0.1.
        let mut moments = Moments::of([10_000_000.2]);
        for _ in 0..500 {
            moments.push(10_000_000.1);
            moments.push(10_000_000.3);
        }
        assert!((moments.mean() - 10_000_000.2).abs() < 1e-8);
        assert!((moments.sd() - 0.1).abs() < 1e-9, "{}", moments.sd());
    }

    #[test]
    fn few_values_have_no_variance() {
        assert_eq!((Moments::new().mean(), Moments::new().sd()), (0.0, 0.0));
        assert_eq!(Moments::of([3.0]).variance(), 0.0);
    }
}
