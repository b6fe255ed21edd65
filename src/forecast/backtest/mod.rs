//! Grades the forecast on the user's own past: quarter by quarter, with nothing but what was known on the day.
//!
//! For each quarter and cut the file is seen as it stood, everything is fitted anew, and the quarter's won revenue is
//! forecast twice: deal by deal (`bottom_up`) and from the run of the total (`top_down`). The two are blended by the skill
//! they showed in earlier quarters and corrected by the errors of earlier quarters (`combine`), then compared with what
//! came (`verify`). Runs in slices: [`Backtest::advance`] does one quarter and cut.

mod ahead;
mod bottom_up;
mod combine;
mod options;
mod quarters;
mod row;
mod top_down;
mod verify;

pub use options::{BacktestOptions, RecordedFrom};
pub use row::{AppliedCorrection, BacktestRow, CutSummary, Peers};
pub use verify::{crps, noise_floor, pinball};

use super::fit::{Fit, FitStatement, History, Season, Seen, statements};
use crate::Error;
use crate::calendar::{Date, Period};
use crate::crm::Pipeline;
use crate::random::StreamKey;
use ahead::Ahead;
use combine::{Correction, Lesson};
use std::sync::Arc;

/// What the streams of a backtest are named by, besides seed, cut and quarter.
const PURPOSE: u64 = 0x6261_636b_7465_7374;

/// A walk-forward backtest under way.
///
/// ```
/// use leadcast::crm::{Mapping, Pipeline};
/// use leadcast::forecast::{Backtest, BacktestOptions};
/// use leadcast::table::{ReadOptions, Table};
/// let mut csv = "Deal Id,Created Date,Close Date,Status,Amount\n".to_owned();
/// for day in 0..700_i32 {
///     let created = leadcast::calendar::Date::from_days(18_000 + day);
///     let closed = created.plus_days(20 + day * 7 % 40);
///     csv += &format!("{day},{created},{closed},{},{}\n", if day % 3 == 0 { "Won" } else { "Lost" }, 900 + day % 200);
/// }
/// let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default())?;
/// let pipeline = Pipeline::from_table(table, &Mapping::default())?;
/// let mut backtest = Backtest::new(&pipeline, &BacktestOptions::default())?;
/// while backtest.advance() {}
/// let first = &backtest.rows()[0];
/// assert!(first.p10 < first.p50 && first.p50 < first.p90);
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Backtest {
    history: Arc<History>,
    season: Season,
    options: BacktestOptions,
    rows_hash: [u8; 32],
    /// Quarters in order; those before the first tested one only teach.
    quarters: Vec<Period>,
    /// How many of them only teach.
    warm_up: usize,
    /// Steps done, cut by cut inside quarter by quarter.
    done: usize,
    /// What each cut has taught so far.
    lessons: Vec<Vec<Lesson>>,
    /// The day from which the quarter after the one under way is looked at too, and what that has taught so far.
    ahead: Option<Ahead>,
    rows: Vec<BacktestRow>,
    starts: (Date, bool),
}

impl Backtest {
    /// Prepares a backtest of the deals of a file. Where contracts are attached, what is forecast is what deals bring that
    /// are open on the day or new after it; deals created later that renew a contract are not (`docs/statistics.md`).
    ///
    /// # Errors
    /// `bad-period` for a quarter that cannot be read or lies after the last one; `no-history` if there is no quarter to test.
    pub fn new(pipeline: &Pipeline, options: &BacktestOptions) -> Result<Self, Error> {
        let history = Arc::new(History::of(pipeline, options.currency, !pipeline.contracts().is_empty()));
        Self::of(history, pipeline.fingerprint(), options, None)
    }

    /// Prepares a backtest of past deals, with a forecast to correct that reaches as far as a day.
    pub(super) fn of(
        history: Arc<History>,
        rows_hash: [u8; 32],
        options: &BacktestOptions,
        until: Option<i32>,
    ) -> Result<Self, Error> {
        let (quarters, warm_up) = quarters::choose(&history, options)?;
        let newest = history.newest.unwrap_or(0);
        let recorded = options.recorded_from.map(Date::days);
        let seen = history.at(newest, recorded);
        let last = quarters.last().map_or(newest, |quarter| quarter.last_day().days());
        let season =
            Season::new(options.fiscal_year, seen.start.min(newest), last.max(newest).max(until.unwrap_or(last)));
        Ok(Self {
            starts: (Date::from_days(seen.start), seen.starts_late),
            season,
            lessons: vec![Vec::new(); options.cuts.len()],
            ahead: None,
            options: options.clone(),
            rows_hash,
            quarters,
            warm_up,
            done: 0,
            rows: Vec::new(),
            history,
        })
    }

    /// Steps done and steps in all. Earlier quarters that only teach count too.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.quarters.len() * self.options.cuts.len())
    }

    /// Does one quarter at one cut; `false` when there is nothing left to do.
    pub fn advance(&mut self) -> bool {
        let cuts = self.options.cuts.len();
        if cuts == 0 || self.done >= self.quarters.len() * cuts {
            return false;
        }
        let (at, cut) = (self.done / cuts, self.done % cuts);
        let quarter = self.quarters[at];
        let tested = at >= self.warm_up;
        let look = self.look(quarter, i32::from(self.options.cuts[cut]));
        let (lesson, row) = self.step(&look, cut, tested);
        if let Some(ahead) = self.ahead.as_ref().map(|ahead| ahead.day) {
            // From a day that is no cut once per quarter, at its first.
            let own = (!self.options.cuts.contains(&ahead) && cut == 0).then(|| self.look(quarter, i32::from(ahead)));
            let from = if self.options.cuts[cut] == ahead { Some(&look) } else { own.as_ref() };
            let lesson = from.and_then(|look| self.step_ahead(look, at));
            self.ahead.as_mut().into_iter().for_each(|ahead| ahead.lessons.extend(lesson));
        }
        self.lessons[cut].push(lesson);
        self.rows.extend(row);
        self.done += 1;
        true
    }

    /// The rows so far: quarter by quarter, cut by cut.
    #[must_use]
    pub fn rows(&self) -> &[BacktestRow] {
        &self.rows
    }

    /// One line per cut over the rows so far.
    #[must_use]
    pub fn summary(&self) -> Vec<CutSummary> {
        self.options.cuts.iter().map(|cut| CutSummary::of(*cut, &self.rows)).collect()
    }

    /// How the next quarter would be joined and corrected at each cut, from all quarters so far.
    #[must_use]
    pub fn corrections(&self) -> Vec<AppliedCorrection> {
        let cuts = self.options.cuts.iter().enumerate();
        cuts.map(|(at, cut)| AppliedCorrection::new(*cut, self.lessons[at].len(), self.learned(at))).collect()
    }

    /// What the file as a whole says of its future: at most eight statements, each with number, interval and evidence.
    #[must_use]
    pub fn fit(&self) -> Vec<FitStatement> {
        let day = self.history.newest.unwrap_or(0);
        let seen = self.history.at(day, self.options.recorded_from.map(Date::days));
        statements(&Fit::new(&seen, &self.season), &seen)
    }

    /// The options it runs with.
    #[must_use]
    pub fn options(&self) -> &BacktestOptions {
        &self.options
    }

    /// From which day closings were recorded, and whether deals older than that exist.
    #[must_use]
    pub fn recorded_from(&self) -> (Date, bool) {
        self.starts
    }

    pub(crate) fn rows_hash(&self) -> [u8; 32] {
        self.rows_hash
    }

    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// What the quarters before the one under way teach for a cut.
    fn learned(&self, cut: usize) -> Correction {
        let lessons = &self.lessons[cut];
        // Of the other cuts no more quarters than of this one: the one under way has not come to its end.
        let known = |(at, others): (usize, &'_ Vec<Lesson>)| (at != cut).then_some(lessons.len().min(others.len()));
        let others: Vec<&[Lesson]> =
            self.lessons.iter().enumerate().filter_map(|pair| known(pair).map(|count| &pair.1[..count])).collect();
        Correction::learn(lessons, &others)
    }

    /// What a forecast of `quarter`, made at the end of `day`, becomes once it is joined with the run of the total and corrected by
    /// the quarters so far: the quantiles of what is still to come, ascending, in minor units. `None` if that day of a quarter
    /// is not among the cuts.
    pub(super) fn correct(&self, quarter: Period, day: i32, raw: &[f64]) -> Option<(Vec<f64>, AppliedCorrection)> {
        let (first, last) = (quarter.first_day().days(), quarter.last_day().days());
        let days = u16::try_from(day - first + 1).ok()?;
        let cut = self.options.cuts.iter().position(|cut| *cut == days)?;
        let seen = self.history.at(day, self.options.recorded_from.map(Date::days));
        let brought: Vec<i64> = seen.wins().map(|(_, brought)| brought).collect();
        let key = self.stream(first, i32::from(days));
        let top_down = ascending(&top_down::simulate(&seen, &self.season, (day + 1, last), raw.len(), key.with(2)));
        let mut correction = self.learned(cut);
        if seen.sold().next().is_none() {
            correction.weight = 1.0;
        }
        let blend = combine::blend(raw, &top_down, correction.weight);
        let corrected = correction.apply(&blend, typical(&brought, &seen));
        Some((corrected, AppliedCorrection::new(days, self.lessons[cut].len(), correction)))
    }

    fn stream(&self, first: i32, days: i32) -> StreamKey {
        StreamKey::new(u64::from(self.options.seed)).with(PURPOSE).with(first as u64).with(days as u64)
    }

    /// A quarter as it was seen at the end of one of its days.
    fn look(&self, quarter: Period, days: i32) -> Look {
        let (first, last) = (quarter.first_day().days(), quarter.last_day().days());
        let day = (first + days - 1).min(last);
        let seen = self.history.at(day, self.options.recorded_from.map(Date::days));
        let fit = Arc::new(Fit::new(&seen, &self.season));
        let unit = typical(&fit.brought, &seen);
        Look { quarter, day, seen, fit, unit, key: self.stream(first, days) }
    }

    /// Forecasts one quarter from the end of one of its days.
    fn step(&self, look: &Look, cut: usize, tested: bool) -> (Lesson, Option<BacktestRow>) {
        let Look { quarter, day, seen, fit, unit, key } = look;
        let last = quarter.last_day().days();
        let bottom_up = bottom_up::simulate(seen, fit, &self.season, &[last], key.with(1));
        let top_down = top_down::simulate(seen, &self.season, (day + 1, last), bottom_up.len(), key.with(2));
        let (bottom_up, top_down) = (ascending(&bottom_up), ascending(&top_down));
        let mut correction = self.learned(cut);
        if seen.sold().next().is_none() {
            // No total has run yet.
            correction.weight = 1.0;
        }
        let blend = combine::blend(&bottom_up, &top_down, correction.weight);
        let outcome = row::Outcome::new(&self.history, seen, *quarter);
        let lesson = Lesson::of(outcome.to_come(), *unit, [&bottom_up, &top_down, &blend]);
        let row = tested.then(|| {
            let corrected = correction.apply(&blend, *unit);
            BacktestRow::new(&outcome, &self.options, cut, &corrected, &blend, correction, self.lessons[cut].len())
        });
        (lesson, row)
    }
}

/// A quarter as it was seen on a day.
struct Look {
    quarter: Period,
    day: i32,
    seen: Seen,
    fit: Arc<Fit>,
    /// A typical win.
    unit: f64,
    key: StreamKey,
}

/// The mean win, else the mean estimate; at least one minor unit.
fn typical(brought: &[i64], seen: &Seen) -> f64 {
    let mean = |values: &mut dyn Iterator<Item = i64>| {
        let (n, sum) = values.fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value as f64));
        if n > 0.0 { sum / n } else { 0.0 }
    };
    let won = mean(&mut brought.iter().copied());
    if won > 0.0 { won } else { mean(&mut seen.deals.iter().filter_map(|deal| deal.estimate)).max(1.0) }
}

fn ascending(totals: &[i64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = totals.iter().map(|total| *total as f64).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}
