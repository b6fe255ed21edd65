//! How often contracts are renewed, and what they bring then: from the contracts that came to their end.

use super::book::{Class, Decided};
use crate::stats::{Beta, Interval};

/// The share of contracts renewed before any has been seen, and how many contracts that is worth.
const PRIOR: f64 = 0.85;
const WORTH: f64 = 8.0;
/// Renewals with a known change from which changes are drawn.
const FEWEST_RATIOS: usize = 10;
/// Changes beyond a tenth and ten times are other contracts.
const FACTOR: f64 = 10.0;

/// How often contracts are renewed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rates {
    decided: Vec<Decided>,
    /// What a renewed contract brings over what it brought, ascending; 1 alone where too few are known.
    pub(super) ratios: Vec<f64>,
}

impl Rates {
    pub(super) fn new(decided: &[Decided]) -> Self {
        let known = decided.iter().filter_map(|one| one.ratio).filter(|r| (1.0 / FACTOR..=FACTOR).contains(r));
        let mut ratios: Vec<f64> = known.collect();
        ratios.sort_by(f64::total_cmp);
        if ratios.len() < FEWEST_RATIOS {
            ratios = vec![1.0];
        }
        Self { decided: decided.to_vec(), ratios }
    }

    /// How many ended, and how many of them were renewed, of the contracts that `of` accepts.
    pub(super) fn counts(&self, of: impl Fn(Class) -> bool) -> (f64, f64) {
        let own = || self.decided.iter().filter(|one| of(one.class));
        (own().count() as f64, own().filter(|one| one.renewed).count() as f64)
    }

    /// The share of all contracts renewed.
    ///
    /// # Formula
    /// Beta(0.85·8 + R, 0.15·8 + N − R).
    pub(super) fn overall(&self) -> Option<Beta> {
        let (ended, renewed) = self.counts(|_| true);
        Beta::new(PRIOR * WORTH + renewed, (1.0 - PRIOR) * WORTH + ended - renewed).ok()
    }

    /// The share of a class renewed.
    ///
    /// # Formula
    /// Beta(8m + R, 8(1 − m) + N − R), m the posterior mean of all other classes, 0.85 without them: so no contract counts
    /// twice.
    pub(super) fn of(&self, class: Class) -> Option<Beta> {
        let (others, kept) = self.counts(|other| other != class);
        let m = (PRIOR * WORTH + kept) / (WORTH + others);
        let (ended, renewed) = self.counts(|own| own == class);
        Beta::new(m * WORTH + renewed, (1.0 - m) * WORTH + ended - renewed).ok()
    }

    /// The chance of so many renewals in a row.
    ///
    /// # Formula
    /// E[r^k] = Π (a + i)/(a + b + i), i = 0 … k − 1, of the class's rate r ~ Beta(a, b).
    pub(super) fn in_a_row(&self, class: Class, times: u32) -> f64 {
        let Some(one) = self.of(class) else { return 0.0 };
        (0..times).map(|i| (one.a() + f64::from(i)) / (one.a() + one.b() + f64::from(i))).product()
    }

    /// The mean of what a renewed contract brings over what it brought.
    pub(super) fn change(&self) -> f64 {
        self.ratios.iter().sum::<f64>() / self.ratios.len().max(1) as f64
    }

    /// The 95 % interval of the share renewed.
    pub(super) fn interval(&self) -> Interval {
        let ends = self.overall().map(|beta| [beta.quantile(0.025), beta.quantile(0.975)]);
        let [low, high] = ends.unwrap_or([0.0, 1.0]);
        Interval { low, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: Class = Class { auto: true, short: false };
    const NO: Class = Class { auto: false, short: false };

    fn rates(list: &[(Class, u32, u32)]) -> Rates {
        let decided = list.iter().flat_map(|&(class, ended, renewed)| {
            (0..ended).map(move |i| Decided { class, renewed: i < renewed, ratio: None })
        });
        Rates::new(&decided.collect::<Vec<_>>())
    }

    #[test]
    fn none_one_and_twenty_ended_contracts_all_give_a_rate() {
        let mean = |rates: &Rates| rates.overall().unwrap().mean();
        assert!((mean(&rates(&[])) - 0.85).abs() < 1e-15);
        assert!((mean(&rates(&[(NO, 1, 0)])) - 6.8 / 9.0).abs() < 1e-15);
        assert!((mean(&rates(&[(NO, 20, 5)])) - 11.8 / 28.0).abs() < 1e-15);
        let none = rates(&[]).of(NO).unwrap();
        assert!((none.a() - 6.8).abs() < 1e-12 && (none.b() - 1.2).abs() < 1e-12);
    }

    #[test]
    fn a_class_leans_on_the_others_and_no_contract_counts_twice() {
        let found = rates(&[(YES, 92, 92), (NO, 4, 1)]);
        let m = (6.8 + 92.0) / 100.0;
        let own = found.of(NO).unwrap();
        assert!((own.a() - (8.0 * m + 1.0)).abs() < 1e-12 && (own.a() + own.b() - 12.0).abs() < 1e-12);
        let alone = rates(&[(YES, 92, 92)]);
        assert_eq!(alone.of(YES).unwrap().a(), alone.overall().unwrap().a());
    }

    #[test]
    fn two_in_a_row_are_rarer_than_the_square_of_one_by_chance_of_the_rate() {
        let found = rates(&[(NO, 10, 5)]);
        let (one, two) = (found.of(NO).unwrap(), found.in_a_row(NO, 2));
        let (a, b) = (one.a(), one.b());
        assert!((two - a * (a + 1.0) / ((a + b) * (a + b + 1.0))).abs() < 1e-12);
        // E[r²] = E[r]² + the variance of r: the same unknown rate decides both.
        assert!(two > one.mean() * one.mean());
    }
}
