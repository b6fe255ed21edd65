//! The quarter after the one under way, forecast from a day of the one before it.
//!
//! It is joined with the run of the total only where earlier quarters would have been forecast better so: the further ahead, the less
//! the run says.

use super::combine::{self, Correction, Lesson};
use super::row::{AppliedCorrection, won_from};
use super::{Backtest, Look, ascending, bottom_up, top_down, typical};
use crate::calendar::{Date, Period};

/// Log-likelihood that joining must gain over what was simulated before it is used: as for the level of late.
const NEEDED_GAIN: f64 = 2.0;
/// Names the streams of what lies ahead, beside those of the quarter under way.
const DEALS: u64 = 3;
const TOTAL: u64 = 4;

/// What forecasts of the quarter after the one under way have taught.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    /// Days of the quarter under way that had passed.
    pub(super) day: u16,
    /// By quarter under way, oldest first.
    pub(super) lessons: Vec<Lesson>,
}

impl Backtest {
    /// Lets the quarter after each be looked at too, from the end of a day of that quarter.
    pub(in crate::forecast) fn look_ahead(&mut self, day: u16) {
        self.ahead = Some(Ahead { day, lessons: Vec::new() });
    }

    /// How the quarter after the `at`-th would be joined and corrected: by what was known at its time. Of earlier quarters only those
    /// count whose next one had ended; the forecasts of quarters under way say the rest.
    fn learned_ahead(&self, lessons: &[Lesson], at: usize) -> (Correction, f64) {
        let lessons = &lessons[..lessons.len().min(at.saturating_sub(1))];
        let others: Vec<&[Lesson]> = self.lessons.iter().map(|others| &others[..others.len().min(at)]).collect();
        (Correction::learn(lessons, &others), Correction::gain(lessons, &others))
    }

    /// Forecasts the quarter after the one looked at; nothing where its end is not in the record.
    pub(super) fn step_ahead(&self, look: &Look, at: usize) -> Option<Lesson> {
        let ahead = self.ahead.as_ref()?;
        let next = look.quarter.next();
        if self.quarters.last().is_none_or(|last| next.first_day() > last.first_day()) {
            return None;
        }
        let ends = [look.quarter.last_day().days(), next.last_day().days()];
        let deals = ascending(&bottom_up::simulate(&look.seen, &look.fit, &self.season, &ends, look.key.with(DEALS)));
        let days = (next.first_day().days(), ends[1]);
        let run = top_down::simulate(&look.seen, &self.season, days, deals.len(), look.key.with(TOTAL));
        let run = ascending(&run);
        let (mut correction, _) = self.learned_ahead(&ahead.lessons, at);
        if look.seen.sold().next().is_none() {
            correction.weight = 1.0;
        }
        let blend = combine::blend(&deals, &run, correction.weight);
        let came = won_from(&self.history, look.day, next);
        Some(Lesson::of(came.max(0) as f64, look.unit, [&deals, &run, &blend]))
    }

    /// As [`correct`](Self::correct), of the quarter after the one under way; `None` where earlier quarters do not show that what is
    /// simulated can be bettered.
    pub(in crate::forecast) fn correct_next(
        &self,
        quarter: Period,
        day: i32,
        raw: &[f64],
    ) -> Option<(Vec<f64>, AppliedCorrection)> {
        let ahead = self.ahead.as_ref()?;
        let (mut correction, gain) = self.learned_ahead(&ahead.lessons, self.quarters.len());
        if gain < NEEDED_GAIN {
            return None;
        }
        let seen = self.history.at(day, self.options.recorded_from.map(Date::days));
        if seen.sold().next().is_none() {
            correction.weight = 1.0;
        }
        let brought: Vec<i64> = seen.wins().map(|(_, brought)| brought).collect();
        let next = quarter.next();
        let key = self.stream(quarter.first_day().days(), i32::from(ahead.day)).with(TOTAL);
        let days = (next.first_day().days(), next.last_day().days());
        let run = ascending(&top_down::simulate(&seen, &self.season, days, raw.len(), key));
        let corrected = correction.apply(&combine::blend(raw, &run, correction.weight), typical(&brought, &seen));
        let quarters = ahead.lessons.len().min(self.quarters.len().saturating_sub(1));
        Some((corrected, AppliedCorrection::new(ahead.day, quarters, correction)))
    }
}
