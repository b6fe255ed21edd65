//! How well stated close dates held, by stage and by how often the date had been put off, told from dates stated before.
//!
//! An export holds each deal's last date only. A log of changes with the close date in each row, exports of several days
//! and kept snapshots hold the dates of before: those whose day has come show how many held, and how late the others
//! closed.

use super::fit::{FitStatement, slippage};
use super::stages::slip_of;
use crate::calendar::Date;
use crate::crm::{Deal, Pipeline, StageEvent, StatedDate};
use crate::model::{OperatingModel, fold};
use crate::stats::Arrange;
use std::collections::BTreeMap;

/// What the assumed share on time, and the assumed delay, count beside a file's own dates: as many dates.
const WORTH: f64 = 10.0;
/// Times put off before, from which on they stand together.
pub(super) const OFTEN: usize = 2;
/// Most stages told apart; of more, those in which most dates came.
const MOST: usize = 24;
/// Shares are not taken as surer than this, in either direction.
const SUREST: f64 = 0.98;

/// The share of stated dates that hold, and the mean delay in days of the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slip {
    pub(super) on_time: f64,
    pub(super) mean_delay: f64,
}

/// What became of the dates stated in one stage, put off so often before.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Held {
    /// Dates that came, or deals that closed before theirs.
    pub(super) came: f64,
    /// Deals that closed by theirs.
    pub(super) on_time: f64,
    /// Deals that closed after theirs, and days after it, of those still open too.
    pub(super) late: f64,
    pub(super) days: f64,
}

/// How stated dates held.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Slips {
    /// By stage, folded, and times put off before.
    cells: BTreeMap<(String, usize), Held>,
    /// Assumed of each stage.
    assumed: BTreeMap<String, Slip>,
    /// Times each deal's date was put off, by its id.
    pushes: BTreeMap<String, usize>,
}

impl Slips {
    /// Gathers the dates stated up to a day. A date counts once per stage in which it stood.
    pub(super) fn new(pipeline: &Pipeline, deals: &[Deal], model: &OperatingModel, day: Date) -> Self {
        let mut slips = Self::default();
        let Some(history) = pipeline.history() else { return slips };
        for deal in deals.iter().filter(|deal| !deal.id.is_empty()) {
            slips.add(deal, history.of(&deal.id), history.dates_of(&deal.id), day);
        }
        slips.pool_rare();
        let stages = slips.cells.keys().map(|(stage, _)| stage);
        slips.assumed = stages.map(|stage| (stage.clone(), slip_of(stage, model))).collect();
        slips
    }

    /// Puts together the stages beyond those in which most dates came.
    fn pool_rare(&mut self) {
        let mut came: BTreeMap<&str, f64> = BTreeMap::new();
        for ((stage, _), held) in &self.cells {
            *came.entry(stage).or_default() += held.came;
        }
        let mut order: Vec<(&str, f64)> = came.into_iter().collect();
        order.arrange_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let rare: Vec<String> = order.into_iter().skip(MOST).map(|(stage, _)| stage.to_owned()).collect();
        for stage in rare {
            for count in 0..=OFTEN {
                if let Some(held) = self.cells.remove(&(stage.clone(), count)) {
                    let all = self.cells.entry((String::new(), count)).or_default();
                    *all = all.plus(held);
                }
            }
        }
    }

    fn add(&mut self, deal: &Deal, events: &[StageEvent], dates: &[StatedDate], day: Date) {
        let closed = deal.close.filter(|close| !deal.is_open() && *close <= day);
        let end = closed.unwrap_or(day.plus_days(1));
        let known = |on: Date| on <= day && on < end;
        let mut days: Vec<Date> =
            events.iter().map(|event| event.entered).chain(dates.iter().map(|date| date.on)).collect();
        days.retain(|on| known(*on));
        days.arrange();
        days.dedup();
        let (mut pushes, mut last, mut counted) = (0_usize, None, None);
        for on in days {
            let Some(close) = dates.iter().rfind(|date| date.on <= on).map(|date| date.close) else { continue };
            pushes += usize::from(last.is_some_and(|before| before < close));
            last = Some(close);
            let stage = events.iter().rfind(|event| event.entered <= on).map_or("", |event| &event.stage);
            let stated = (fold(stage), pushes.min(OFTEN), close);
            if close <= on || counted.as_ref() == Some(&stated) {
                continue;
            }
            let held = self.cells.entry((stated.0.clone(), stated.1)).or_default();
            counted = Some(stated);
            match closed {
                Some(closed) if closed <= close => (held.came, held.on_time) = (held.came + 1.0, held.on_time + 1.0),
                None if close >= day => {}
                _ => {
                    held.came += 1.0;
                    held.late += f64::from(u8::from(closed.is_some()));
                    held.days += f64::from(closed.unwrap_or(day).days_since(close));
                }
            }
        }
        if let (Some(last), true) = (last, deal.is_open()) {
            // The file's own date may be newer than what was kept of it.
            pushes += usize::from(deal.close.is_some_and(|close| close > last));
            self.pushes.insert(deal.id.clone(), pushes);
        }
    }

    /// Times the date of a deal was put off, as far as is known.
    pub(super) fn pushes(&self, deal: &Deal) -> usize {
        self.pushes.get(&deal.id).copied().unwrap_or(0)
    }

    /// How dates of a stage hold that were put off so often; `assumed` is what is assumed of the stage.
    ///
    /// # Formula
    /// In four steps, each against what the one before expects ([`Slip::moved`]): all dates, those of the stage, those put off so often,
    /// those of both.
    pub(super) fn of(&self, stage: &str, pushes: usize, assumed: Slip) -> Slip {
        if self.cells.is_empty() {
            return assumed;
        }
        let (stage, pushes) = (fold(stage), pushes.min(OFTEN));
        let before =
            |name: &str| if name == stage { assumed } else { self.assumed.get(name).copied().unwrap_or(assumed) };
        let all: Vec<(Held, Slip)> = self.cells.iter().map(|((name, _), held)| (*held, before(name))).collect();
        let of_stage = |name: &str| {
            let base = before(name).moved(&all);
            let own = self.cells.iter().filter(|((other, _), _)| other == name);
            base.moved(&own.map(|(_, held)| (*held, base)).collect::<Vec<_>>())
        };
        let alike = self.cells.iter().filter(|((_, count), _)| *count == pushes);
        let often: Vec<(Held, Slip)> = alike.map(|((name, _), held)| (*held, of_stage(name))).collect();
        let base = of_stage(&stage).moved(&often);
        let own = self.cells.get(&(stage, pushes)).map(|held| (*held, base));
        base.moved(own.as_slice())
    }

    /// What it changes, in one sentence; `None` where no date is known to have come.
    pub(super) fn said(&self) -> Option<String> {
        let came: f64 = self.cells.values().map(|held| held.came).sum();
        (came > 0.0).then(|| {
            format!(
                "{came:.0} close dates that were stated before and have come say how dates hold, by stage and by how often a date was \
                 put off; what the model says of a stage counts as much as {WORTH} of them"
            )
        })
    }

    /// What the dates say all together, by times put off before, in one statement; `None` where no date is known to have come.
    pub(super) fn told(&self) -> Option<FitStatement> {
        let sum = |of: &dyn Fn(usize) -> bool| {
            let cells = self.cells.iter().filter(|((_, count), _)| of(*count));
            cells.fold(Held::default(), |sum, (_, held)| sum.plus(*held))
        };
        let all = sum(&|_| true);
        let delay = (all.late > 0.0).then(|| all.days / all.late);
        let often: Vec<(f64, f64)> =
            (0..=OFTEN).map(|count| sum(&|other| other == count)).map(|held| (held.on_time, held.came)).collect();
        (all.came > 0.0).then(|| slippage(all.on_time, all.came, delay, &often, WORTH))
    }
}

impl Held {
    fn plus(self, other: Self) -> Self {
        Self {
            came: self.came + other.came,
            on_time: self.on_time + other.on_time,
            late: self.late + other.late,
            days: self.days + other.days,
        }
    }
}

impl Slip {
    /// What it becomes by dates of which it was expected that they hold so, each with what was expected of it.
    ///
    /// # Formula
    /// Of N dates that came n held, e the mean share expected: logit p + logit((n + 10e)/(N + 10)) − logit e. Of L deals that closed late, X
    /// days late in all, those still open too, d the mean delay expected: delay·(X + 10d)/((L + 10)·d), the mean of a geometric delay seen
    /// with censoring.
    fn moved(self, seen: &[(Held, Self)]) -> Self {
        let sum = |of: &dyn Fn(&(Held, Self)) -> f64| seen.iter().map(of).sum::<f64>();
        let came = sum(&|(held, _)| held.came);
        if came <= 0.0 {
            return self;
        }
        let expected = (sum(&|(held, slip)| held.came * slip.on_time) / came).clamp(1.0 - SUREST, SUREST);
        let found = (sum(&|(held, _)| held.on_time) + WORTH * expected) / (came + WORTH);
        let on_time = logistic(logit(self.on_time) + logit(found) - logit(expected));
        let delay = (sum(&|(held, slip)| held.came * slip.mean_delay) / came).max(1.0);
        let (days, late) = (sum(&|(held, _)| held.days), sum(&|(held, _)| held.late));
        Self { on_time, mean_delay: self.mean_delay.max(1.0) * (days + WORTH * delay) / ((late + WORTH) * delay) }
    }
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(1.0 - SUREST, SUREST);
    libm::log(p / (1.0 - p))
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slips(cells: &[(&str, usize, f64, f64)]) -> Slips {
        let held = |&(stage, pushes, came, on_time): &(&str, usize, f64, f64)| {
            let late = came - on_time;
            ((stage.to_owned(), pushes), Held { came, on_time, late, days: 20.0 * late })
        };
        Slips { cells: cells.iter().map(held).collect(), ..Slips::default() }
    }

    const ASSUMED: Slip = Slip { on_time: 0.6, mean_delay: 30.0 };

    #[test]
    fn without_dates_that_came_what_is_assumed_stays_to_the_bit() {
        assert_eq!(Slips::default().of("Proposal", 1, ASSUMED), ASSUMED);
        assert_eq!(slips(&[("demo", 0, 0.0, 0.0)]).of("Proposal", 1, ASSUMED), ASSUMED);
    }

    #[test]
    fn few_dates_move_it_a_little_and_many_decide() {
        let at = |n: f64| slips(&[("demo", 0, n, 0.2 * n)]).of("Demo", 0, ASSUMED);
        // Four steps of one and the same cell: each moves by n/(n + 10) of what is left.
        let few = at(5.0);
        assert!(few.on_time < 0.5 && few.on_time > 0.25, "{few:?}");
        let many = at(4_000.0);
        assert!((many.on_time - 0.2).abs() < 1e-3 && (many.mean_delay - 20.0).abs() < 0.1, "{many:?}");
    }

    #[test]
    fn of_too_many_stages_the_rare_ones_stand_together() {
        let names: Vec<String> = (0..40).map(|i| format!("s{i:02}")).collect();
        let cells: Vec<(&str, usize, f64, f64)> =
            names.iter().enumerate().map(|(i, name)| (name.as_str(), i % 3, f64::from(100 - i as i32), 10.0)).collect();
        let mut seen = slips(&cells);
        let before = seen.told().unwrap();
        seen.pool_rare();
        assert_eq!(seen.told().unwrap(), before);
        let stages: std::collections::BTreeSet<&str> = seen.cells.keys().map(|(stage, _)| stage.as_str()).collect();
        assert!(stages.len() == MOST + 1 && stages.contains("") && stages.contains("s00") && !stages.contains("s39"));
    }

    #[test]
    fn stages_and_times_put_off_differ_where_the_dates_do() {
        let seen = slips(&[("demo", 0, 200.0, 100.0), ("demo", 2, 200.0, 30.0), ("offer", 0, 200.0, 160.0)]);
        let p = |stage, pushes| seen.of(stage, pushes, ASSUMED).on_time;
        assert!(
            (p("Demo", 0) - 0.5).abs() < 0.03 && (p("Demo", 2) - 0.15).abs() < 0.03,
            "{} {}",
            p("Demo", 0),
            p("Demo", 2)
        );
        assert!((p("Offer", 0) - 0.8).abs() < 0.03);
        // Nothing was put off twice in this stage: what was elsewhere counts, on the level of the stage.
        assert!(p("Offer", 2) < 0.6 && p("Offer", 2) > p("Demo", 2), "{}", p("Offer", 2));
        assert_eq!(p("Offer", 2), p("Offer", 7));
    }
}
