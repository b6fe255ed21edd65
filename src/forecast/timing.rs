//! When a deal closes, from what its owner stated and how dates slip in its stage.

use crate::calendar::Date;

/// What is known about the day a deal closes. Simulated days start on the day after the day of the forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Expectation {
    /// A stated close date, kept with probability `on_time`, else passed by a geometric number of days.
    Stated {
        /// The stated day.
        close: Date,
        /// Share of deals that close on the stated day, in [0, 1].
        on_time: f64,
        /// Mean delay of the others in days; a mean below 1 counts as 1, and 0 as no delay at all.
        mean_delay: f64,
    },
    /// No usable date: a geometric number of days from the day of the forecast.
    Open {
        /// Mean number of days; below 1 counts as 1.
        mean_days: f64,
    },
}

impl Expectation {
    /// The probability that the deal has closed by the end of `day`, given that it is still open at the end of
    /// `as_of`.
    ///
    /// # Formula
    /// Stated day D after `as_of`: 0 before D, then s + (1 − s)(1 − qⁿ) with n days since D, s the share on time and
    /// q = 1 − 1/mean delay. Stated day passed: on time is out of the question and a geometric delay has no memory, so
    /// 1 − qⁿ with n days since `as_of`; likewise without a date.
    #[must_use]
    pub fn closed_by(&self, as_of: Date, day: Date) -> f64 {
        match *self {
            Self::Open { mean_days } => geometric(day.days_since(as_of), mean_days),
            Self::Stated { close, mean_delay, .. } if close <= as_of => geometric(day.days_since(as_of), mean_delay),
            Self::Stated { close, on_time, mean_delay } => {
                let late = day.days_since(close);
                if late < 0 {
                    0.0
                } else if mean_delay <= 0.0 {
                    1.0
                } else {
                    on_time + (1.0 - on_time) * geometric(late, mean_delay)
                }
            }
        }
    }
}

/// P(G ≤ n) of a geometric number of days G ≥ 1 with this mean.
fn geometric(n: i32, mean: f64) -> f64 {
    if n <= 0 {
        0.0
    } else if mean <= 1.0 {
        1.0
    } else {
        1.0 - libm::pow(1.0 - 1.0 / mean, f64::from(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    fn stated(close: &str, on_time: f64, mean_delay: f64) -> Expectation {
        Expectation::Stated { close: day(close), on_time, mean_delay }
    }

    #[test]
    fn a_stated_date_holds_or_slips_geometrically() {
        let deal = stated("2025-03-10", 0.5, 30.0);
        let by = |text| deal.closed_by(day("2025-02-15"), day(text));
        assert_eq!(by("2025-03-09"), 0.0);
        assert_eq!(by("2025-03-10"), 0.5);
        assert!((by("2025-03-11") - (0.5 + 0.5 / 30.0)).abs() < 1e-15);
        // Longhand: the mean of the delay is 30 days.
        let mean: f64 = (1..5000)
            .map(|n| 1.0 - (deal.closed_by(day("2025-02-15"), day("2025-03-10").plus_days(n)) - 0.5) / 0.5)
            .sum();
        assert!((mean + 1.0 - 30.0).abs() < 1e-9, "{mean}");
    }

    #[test]
    fn a_date_in_the_past_restarts_the_delay_at_the_day_of_the_forecast() {
        let deal = stated("2025-01-10", 0.9, 10.0);
        let by = |n| deal.closed_by(day("2025-02-15"), day("2025-02-15").plus_days(n));
        assert_eq!((by(0), by(1)), (0.0, 1.0 - 0.9));
        // Conditioning the unconditional distribution on being open after the day gives the same.
        let unconditional = |d: Date| 0.9 + 0.1 * geometric(d.days_since(day("2025-01-10")), 10.0);
        let start = unconditional(day("2025-02-15"));
        let conditioned = (unconditional(day("2025-03-01")) - start) / (1.0 - start);
        assert!((by(14) - conditioned).abs() < 1e-12);
    }

    #[test]
    fn without_slip_the_stated_date_is_kept() {
        let deal = stated("2025-03-10", 0.0, 0.0);
        assert_eq!(deal.closed_by(day("2025-02-15"), day("2025-03-09")), 0.0);
        assert_eq!(deal.closed_by(day("2025-02-15"), day("2025-03-10")), 1.0);
        let late = stated("2025-02-15", 1.0, 0.0);
        assert_eq!(late.closed_by(day("2025-02-15"), day("2025-02-15")), 0.0);
        assert_eq!(late.closed_by(day("2025-02-15"), day("2025-02-16")), 1.0);
    }

    #[test]
    fn without_a_date_the_time_is_geometric_from_the_day_of_the_forecast() {
        let deal = Expectation::Open { mean_days: 4.0 };
        assert_eq!(deal.closed_by(day("2025-02-15"), day("2025-02-17")), 1.0 - 0.75 * 0.75);
        assert_eq!(deal.closed_by(day("2025-02-15"), day("2025-02-15")), 0.0);
    }
}
