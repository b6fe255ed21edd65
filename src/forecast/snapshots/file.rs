//! The file in which weekly snapshots are kept: one line each, only what changed since the one before, chained by hashes.
//!
//! ```text
//! leadcast-snapshots 1
//! 5f0c… {"asOf":"2026-04-03","currency":"USD",…}
//! 91ab… {"asOf":"2026-04-10",…}
//! end 2 91ab…
//! ```
//!
//! Each hash is SHA-256 over the one before and the line's text, so that any change, in whichever line, is found; the last
//! line tells a file that was cut off. Nobody is kept from writing another file: the hashes find damage, not forgery. Deals
//! are named by 64-bit hashes; names of people, companies and deals are not kept.

use super::CATEGORIES;
use crate::calendar::Date;
use crate::crm::hexadecimal;
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub(super) const TITLE: &str = "leadcast-snapshots ";
const FORMAT: u32 = 1;
/// Most snapshots in a file: twenty years of weeks.
pub(super) const MOST: usize = 1_040;
/// Most bytes of a file.
const MOST_BYTES: usize = 64 << 20;

/// What was open and what was forecast on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Snapshot {
    pub(super) as_of: String,
    pub(super) currency: String,
    /// Stages not seen before, in the order of their numbers.
    pub(super) stages: Vec<String>,
    /// Open deals that are new or differ from the snapshot before.
    pub(super) open: Vec<OpenDeal>,
    /// Deals open in the snapshot before that are not open any more.
    pub(super) closed: Vec<ClosedDeal>,
    pub(super) periods: Vec<Told>,
}

/// Key in hexadecimal, number of the stage, minor units, stated close date in days since 1970, category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenDeal(pub(super) String, pub(super) u32, pub(super) i64, pub(super) Option<i32>, pub(super) u8);

/// Key, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClosedDeal(pub(super) String, pub(super) End);

/// What became of a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum End {
    Won,
    Lost,
    Gone,
}

/// What was forecast of a period, in minor units: all of it, the odds too, of the deals alone, contracts left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Told {
    pub(super) start: String,
    pub(super) end: String,
    pub(super) label: String,
    pub(super) won: i64,
    /// At [`LEVELS`].
    pub(super) quantiles: Vec<i64>,
    pub(super) commit: i64,
    pub(super) quota: Option<i64>,
    /// The odds of the quota in millionths.
    pub(super) odds: Option<u32>,
}

/// The quantiles that are kept.
pub(super) const LEVELS: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/// An open deal as a snapshot knew it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) stage: u32,
    pub(super) amount: i64,
    pub(super) close: Option<i32>,
    pub(super) category: u8,
}

/// The snapshots of a file, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Kept {
    pub(super) snapshots: Vec<Snapshot>,
}

impl Snapshot {
    pub(super) fn day(&self) -> Option<Date> {
        Date::parse_iso(&self.as_of).ok()
    }
}

impl Kept {
    /// Reads a file; empty text holds no snapshots.
    ///
    /// # Errors
    /// `no-snapshots` for another file, `newer-snapshots` for a later format, `damaged-snapshots` with the line for one that
    /// was changed or cut off.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty());
        let format =
            lines.next().and_then(|(_, line)| line.strip_prefix(TITLE)).and_then(|n| n.trim().parse::<u32>().ok());
        match format {
            Some(FORMAT) => {}
            Some(newer) => {
                let message =
                    format!("the snapshots are of format {newer}, this version reads {FORMAT} (update the program)");
                return Err(Error::new(ErrorKind::Input, "newer-snapshots", message));
            }
            None => {
                let message = "this is no file of snapshots (choose the one that was saved with a forecast)";
                return Err(Error::new(ErrorKind::Input, "no-snapshots", message));
            }
        }
        if text.len() > MOST_BYTES {
            return Err(damaged(1, "it is larger than 64 MiB"));
        }
        let mut kept = Self::default();
        let mut hash = String::new();
        let mut ended = false;
        for (at, line) in lines {
            let line_number = at as u64 + 1;
            if ended {
                return Err(damaged(line_number, "there is more behind its end"));
            }
            if let Some(end) = line.strip_prefix("end ") {
                if end != format!("{} {hash}", kept.snapshots.len()) {
                    return Err(damaged(line_number, "snapshots are missing"));
                }
                ended = true;
                continue;
            }
            let (stated, json) = line.split_once(' ').ok_or_else(|| damaged(line_number, "a line is cut off"))?;
            if stated != chain(&hash, json) {
                return Err(damaged(line_number, "its text is not what was saved"));
            }
            stated.clone_into(&mut hash);
            let snapshot: Snapshot =
                serde_json::from_str(json).map_err(|_| damaged(line_number, "a snapshot cannot be read"))?;
            kept.push(snapshot).map_err(|why| damaged(line_number, why))?;
        }
        if !ended {
            return Err(damaged(text.lines().count() as u64, "it is cut off"));
        }
        kept.states(|_, _| {}).map_err(|(number, why)| damaged(number as u64 + 2, why))?;
        Ok(kept)
    }

    fn push(&mut self, snapshot: Snapshot) -> Result<(), &'static str> {
        let day = snapshot.day().ok_or("a day cannot be read")?;
        if self.snapshots.last().and_then(Snapshot::day).is_some_and(|before| before >= day) {
            return Err("its days are not in order");
        }
        let sound = |told: &Told| {
            told.quantiles.len() == LEVELS.len()
                && told.quantiles.windows(2).all(|pair| pair[0] <= pair[1])
                && told.odds.is_none_or(|odds| odds <= 1_000_000)
                && told.odds.is_some() == told.quota.is_some()
                && Date::parse_iso(&told.start)
                    .is_ok_and(|start| Date::parse_iso(&told.end).is_ok_and(|end| start <= end))
        };
        if !snapshot.periods.iter().all(sound) {
            return Err("what was forecast cannot be read");
        }
        self.snapshots.push(snapshot);
        Ok(())
    }

    /// The file: the same bytes for the same snapshots.
    pub(super) fn write(&self) -> String {
        let mut text = format!("{TITLE}{FORMAT}\n");
        let mut hash = String::new();
        for snapshot in &self.snapshots {
            let json = serde_json::to_string(snapshot).unwrap_or_default();
            hash = chain(&hash, &json);
            text.push_str(&hash);
            text.push(' ');
            text.push_str(&json);
            text.push('\n');
        }
        text + &format!("end {} {hash}\n", self.snapshots.len())
    }

    /// The open deals after each snapshot, in turn, with its number; the last ones are returned.
    ///
    /// # Errors
    /// The number of a snapshot that does not fit the ones before it, and why.
    pub(super) fn states(
        &self,
        mut see: impl FnMut(usize, &BTreeMap<u64, State>),
    ) -> Result<BTreeMap<u64, State>, (usize, &'static str)> {
        let mut open: BTreeMap<u64, State> = BTreeMap::new();
        let mut stages = 0;
        for (number, snapshot) in self.snapshots.iter().enumerate() {
            stages += snapshot.stages.len();
            for ClosedDeal(key, _) in &snapshot.closed {
                let known = parse_key(key).and_then(|key| open.remove(&key));
                known.ok_or((number, "a deal closes that was not open"))?;
            }
            for OpenDeal(key, stage, amount, close, category) in &snapshot.open {
                let known = (*stage as usize) < stages && usize::from(*category) < CATEGORIES.len();
                let key = parse_key(key).filter(|_| known).ok_or((number, "a deal cannot be read"))?;
                open.insert(key, State { stage: *stage, amount: *amount, close: *close, category: *category });
            }
            see(number, &open);
        }
        Ok(open)
    }

    /// The names of all stages in the order of their numbers.
    pub(super) fn stages(&self) -> Vec<&str> {
        self.snapshots.iter().flat_map(|snapshot| &snapshot.stages).map(String::as_str).collect()
    }
}

pub(super) fn key_text(key: u64) -> String {
    format!("{key:016x}")
}

pub(super) fn parse_key(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16)
}

fn chain(before: &str, json: &str) -> String {
    let mut sha = Sha256::new();
    sha.update(before.as_bytes());
    sha.update(json.as_bytes());
    hexadecimal(sha)
}

fn damaged(line: u64, why: &str) -> Error {
    let message =
        format!("the file of snapshots was changed or cut off since it was saved: {why} (take an earlier copy)");
    Error::new(ErrorKind::Input, "damaged-snapshots", message).at(Place::line(line))
}
