//! What deals did from one snapshot to the next: stages they left, ends they came to, dates that were put off.

use super::file::{ClosedDeal, End, Kept, State, parse_key};
use crate::calendar::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// Weeks at the rate of all by which the rate of dates put off so often is held.
const WEEKS: f64 = 8.0;
/// Times put off before, from which on they stand together.
const OFTEN: usize = 3;

/// What deals did in a stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct StageMoves {
    /// The stage as written; empty for deals without a known one.
    pub stage: String,
    /// Deals seen in it.
    pub deals: usize,
    /// Weeks that they were watched in it, all together.
    pub weeks: f64,
    /// Left for another stage by the next snapshot.
    pub moved: usize,
    /// Won by the next snapshot.
    pub won: usize,
    /// Lost by it.
    pub lost: usize,
    /// Not in the file any more.
    pub gone: usize,
}

/// How often stated close dates were put off.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct PushLine {
    /// How often the date had been put off before: 0, 1, 2, or 3 and more.
    pub before: usize,
    /// Weeks that such deals were watched.
    pub weeks: f64,
    /// Times their date was put off.
    pub pushed: usize,
    /// Mean days by which it was put off.
    pub mean_days: Option<f64>,
    /// Chance to be put off in a week.
    ///
    /// # Formula
    /// (n + 8r)/(w + 8), n times in w weeks, r the rate of all: a gamma posterior mean.
    pub a_week: Option<f64>,
    /// Of those that closed: won.
    pub won: usize,
    /// Lost.
    pub lost: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Pushes {
    weeks: f64,
    pushed: usize,
    days: i64,
    won: usize,
    lost: usize,
}

/// The moves of all snapshots.
pub(super) fn told(kept: &Kept) -> (Vec<StageMoves>, Vec<PushLine>) {
    let names = kept.stages();
    let mut stages: Vec<StageMoves> = names
        .iter()
        .map(|name| {
            let stage = (*name).to_owned();
            StageMoves { stage, deals: 0, weeks: 0.0, moved: 0, won: 0, lost: 0, gone: 0 }
        })
        .collect();
    let mut pushes = [Pushes::default(); OFTEN + 1];
    let mut times: BTreeMap<u64, usize> = BTreeMap::new();
    let mut before: Option<(Date, BTreeMap<u64, State>)> = None;
    // A file that was read, or just made, has states throughout.
    let _ = kept.states(|number, open| {
        let Some(snapshot) = kept.snapshots.get(number) else { return };
        let Some(day) = snapshot.day() else { return };
        let was = before.as_ref().map(|(_, was)| was);
        for (key, state) in open {
            let seen = was.and_then(|was| was.get(key)).is_some_and(|was| was.stage == state.stage);
            if let Some(stage) = stages.get_mut(state.stage as usize) {
                stage.deals += usize::from(!seen);
            }
        }
        let ends: BTreeMap<u64, End> =
            snapshot.closed.iter().filter_map(|ClosedDeal(key, end)| Some((parse_key(key)?, *end))).collect();
        if let Some((then, was)) = &before {
            let weeks = f64::from(day.days_since(*then)) / 7.0;
            for (key, old) in was {
                let count = times.entry(*key).or_default();
                let line = &mut pushes[(*count).min(OFTEN)];
                line.weeks += if old.close.is_some() { weeks } else { 0.0 };
                let Some(stage) = stages.get_mut(old.stage as usize) else { continue };
                stage.weeks += weeks;
                match (open.get(key), ends.get(key)) {
                    (Some(new), _) => {
                        stage.moved += usize::from(new.stage != old.stage);
                        if let (Some(from), Some(to)) = (old.close, new.close)
                            && to > from
                        {
                            line.pushed += 1;
                            line.days += i64::from(to) - i64::from(from);
                            *count += 1;
                        }
                    }
                    (None, Some(End::Won)) => (stage.won, line.won) = (stage.won + 1, line.won + 1),
                    (None, Some(End::Lost)) => (stage.lost, line.lost) = (stage.lost + 1, line.lost + 1),
                    (None, _) => stage.gone += 1,
                }
            }
        }
        before = Some((day, open.clone()));
    });
    stages.retain(|stage| stage.deals > 0);
    (stages, lines(&pushes))
}

fn lines(pushes: &[Pushes]) -> Vec<PushLine> {
    let weeks: f64 = pushes.iter().map(|line| line.weeks).sum();
    let rate = pushes.iter().map(|line| line.pushed as f64).sum::<f64>() / weeks;
    let line = |(before, of): (usize, &Pushes)| PushLine {
        before,
        weeks: of.weeks,
        pushed: of.pushed,
        mean_days: (of.pushed > 0).then(|| of.days as f64 / of.pushed as f64),
        a_week: (weeks > 0.0).then(|| ((of.pushed as f64 + WEEKS * rate) / (of.weeks + WEEKS)).min(1.0)),
        won: of.won,
        lost: of.lost,
    };
    pushes.iter().enumerate().map(line).filter(|line| line.weeks > 0.0).collect()
}
