//! The options of one run: as of when, with which seed, how many trials, over which periods.

use super::check::At;
use super::json::Node;
use super::targets::{Switch, TimingSource};
use crate::calendar::{Date, Moment, Offsets, PeriodKind};
use crate::{Error, ErrorKind};

/// The options of one run.
///
/// ```
/// use leadcast::model::Run;
/// let run = Run::from_json(r#"{ "asOf": "2026-03-31", "seed": 7 }"#)?;
/// assert_eq!((run.seed, run.trials), (7, 102_400));
/// let error = Run::from_json(r#"{ "trials": 0 }"#).unwrap_err();
/// assert_eq!(error.to_string(), "run at trials: must be between 1 and 4096000, found 0");
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The day "today" stands for. `None`: the file decides, and the report says so.
    pub as_of: Option<Date>,
    /// Seed of the random streams. Default: 1.
    pub seed: u32,
    /// Simulated futures, 1 to 4,096,000. Default: 102,400.
    pub trials: u32,
    /// Kind of period reported. Default: quarter.
    pub period: PeriodKind,
    /// Periods reported, the current one included, 1 to 24. Default: 4.
    pub periods: u8,
    /// Quota of the current period in major units, instead of the model's. Default: the model's.
    pub quota: Option<f64>,
    /// Which win probability counts for a deal that states its own. Default: its own.
    pub deal_probability: DealProbability,
    /// What decides when open deals close. Default: as the model says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<TimingSource>,
    /// Whether deals that are not in the pipeline yet are simulated. Default: as the model says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_business: Option<Switch>,
    /// Whether earlier quarters of the file correct the forecast. Default: as the model says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Switch>,
    /// Whether contracts of a file that was attached are renewed. Default: as the model says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewals: Option<Switch>,
    /// Offsets from UTC of the model's time zone, for working hours and times of day without a zone. Default: UTC.
    #[serde(skip_serializing_if = "is_utc")]
    pub utc_offsets: Offsets,
}

fn is_utc(offsets: &Offsets) -> bool {
    offsets.changes().is_empty()
}

/// Which win probability a deal counts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum DealProbability {
    /// The one the file states for the deal, where it does; else its stage's. The default.
    #[default]
    Own,
    /// That of the deal's stage, whatever the file states.
    Stage,
}

/// The options as written. Numbers are read wide, so that a wrong one is told its range.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct RunDocument {
    as_of: Option<String>,
    seed: f64,
    trials: f64,
    period: PeriodKind,
    periods: f64,
    quota: Option<f64>,
    deal_probability: DealProbability,
    timing: Option<TimingSource>,
    new_business: Option<Switch>,
    calibration: Option<Switch>,
    renewals: Option<Switch>,
    utc_offsets: Vec<OffsetDocument>,
}

/// Since when clocks of the zone are so many minutes ahead of UTC.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OffsetDocument {
    from: String,
    minutes: f64,
}

impl Default for RunDocument {
    fn default() -> Self {
        let Run { seed, trials, period, periods, .. } = Run::default();
        Self {
            as_of: None,
            seed: seed.into(),
            trials: trials.into(),
            period,
            periods: periods.into(),
            quota: None,
            deal_probability: DealProbability::default(),
            timing: None,
            new_business: None,
            calibration: None,
            renewals: None,
            utc_offsets: Vec::new(),
        }
    }
}

impl Run {
    /// Most trials of a run.
    pub const MAX_TRIALS: u32 = 4_096_000;
    /// Most periods of a run.
    pub const MAX_PERIODS: u8 = 24;
    /// Largest quota of a run, in major units.
    pub const MAX_QUOTA: f64 = 1e12;

    /// Reads the options from a JSON object; what is absent takes its default. Empty text means all defaults.
    ///
    /// # Errors
    /// Kind `run`, with the path of the option: `bad-json`, `unknown-key`, `wrong-type`, `out-of-range`, `bad-date`.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() {
            return Ok(Self::default());
        }
        let document: RunDocument = Node::parse(text, ErrorKind::Run)?.read(ErrorKind::Run)?;
        let root = At::root(ErrorKind::Run);
        let whole = |key: &str, value: f64, low: u32, high: u32| {
            let at = root.key(key);
            if value.trunc() == value {
                at.range(value, low.into(), high.into()).map(|value| value as u32)
            } else {
                Err(at.error("out-of-range", format!("must be a whole number between {low} and {high}, found {value}")))
            }
        };
        let run = Self {
            as_of: document.as_of.map(|day| root.key("asOf").date(&day)).transpose()?,
            seed: whole("seed", document.seed, 0, u32::MAX)?,
            trials: whole("trials", document.trials, 1, Self::MAX_TRIALS)?,
            period: document.period,
            periods: whole("periods", document.periods, 1, u32::from(Self::MAX_PERIODS))? as u8,
            quota: document.quota,
            deal_probability: document.deal_probability,
            timing: document.timing,
            new_business: document.new_business,
            calibration: document.calibration,
            renewals: document.renewals,
            utc_offsets: offsets(&root.key("utcOffsets"), &document.utc_offsets)?,
        };
        run.quota.map(|quota| root.key("quota").range(quota, 0.0, Self::MAX_QUOTA)).transpose()?;
        Ok(run)
    }
}

fn offsets(at: &At, list: &[OffsetDocument]) -> Result<Offsets, Error> {
    let changes = list.iter().enumerate().map(|(i, change)| {
        let at = at.index(i);
        let from = Moment::parse_iso(&change.from).map_err(|error| at.key("from").moved(&error))?;
        let minutes = at.key("minutes").range(change.minutes.trunc(), -840.0, 840.0)?;
        Ok((from, minutes as i32))
    });
    Offsets::new(changes.collect::<Result<_, Error>>()?).map_err(|error| at.moved(&error))
}

impl Default for Run {
    fn default() -> Self {
        Self {
            as_of: None,
            seed: 1,
            trials: 102_400,
            period: PeriodKind::Quarter,
            periods: 4,
            quota: None,
            deal_probability: DealProbability::Own,
            timing: None,
            new_business: None,
            calibration: None,
            renewals: None,
            utc_offsets: Offsets::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let error = Run::from_json(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Run);
        error.to_string()
    }

    #[test]
    fn nothing_given_is_the_default_run() {
        for text in ["{}", "", " \n", "\u{feff}{}", r#"{"asOf":null,"quota":null}"#] {
            assert_eq!(Run::from_json(text).unwrap(), Run::default());
        }
    }

    #[test]
    fn every_option_is_read() {
        let text = r#"{"asOf":"2025-02-15","seed":4294967295,"trials":4096000,"period":"month","periods":24,"quota":0,"dealProbability":"stage"}"#;
        let run = Run::from_json(text).unwrap();
        assert_eq!(serde_json::to_string(&run).unwrap().replace("0.0", "0"), text);
    }

    #[test]
    fn offsets_of_the_time_zone_come_as_data() {
        let text =
            r#"{"utcOffsets":[{"from":"2026-01-01T00:00Z","minutes":60},{"from":"2026-03-29T01:00Z","minutes":120}]}"#;
        let run = Run::from_json(text).unwrap();
        assert_eq!(run.utc_offsets.at(Moment::parse_iso("2026-06-01T00:00Z").unwrap()), 120);
        assert!(serde_json::to_string(&run).unwrap().ends_with(&text[1..]));
        assert_eq!(
            message(r#"{"utcOffsets":[{"from":"2026-01-01","minutes":60}]}"#),
            "run at utcOffsets[0].from: expected a moment such as 2026-03-29T01:00Z, found `2026-01-01`"
        );
        assert_eq!(
            message(r#"{"utcOffsets":[{"from":"2026-01-01T00:00Z","minutes":900}]}"#),
            "run at utcOffsets[0].minutes: must be between -840 and 840, found 900"
        );
    }

    #[test]
    fn a_wrong_option_is_named_with_its_range() {
        assert_eq!(message(r#"{"trials":4096001}"#), "run at trials: must be between 1 and 4096000, found 4096001");
        assert_eq!(message(r#"{"trials":-1}"#), "run at trials: must be between 1 and 4096000, found -1");
        assert_eq!(
            message(r#"{"seed":1.5}"#),
            "run at seed: must be a whole number between 0 and 4294967295, found 1.5"
        );
        assert_eq!(message(r#"{"periods":25}"#), "run at periods: must be between 1 and 24, found 25");
        assert_eq!(message(r#"{"quota":-1}"#), "run at quota: must be between 0 and 1000000000000, found -1");
        assert_eq!(message(r#"{"seed":"1"}"#), "run at seed: expected a number, found text `1`");
        assert_eq!(message(r#"{"seed":null}"#), "run at seed: expected a number, found null");
        assert_eq!(
            message(r#"{"asOf":"15.02.2025"}"#),
            "run at asOf: expected a date such as 2026-03-31, found `15.02.2025`"
        );
        assert_eq!(
            message(r#"{"period":"week"}"#),
            "run at period: unknown value `week` (known: `year`, `month`, `quarter`)"
        );
        assert_eq!(
            message(r#"{"trails":5}"#),
            "run at trails: unknown key `trails` (did you mean `trials`? known: `trials`, `timing`, `asOf`, \
             `period`, `periods`, `seed`, `quota`, `renewals` and 4 more)"
        );
        assert_eq!(message("[1]"), "run: expected an object, found a list");
    }
}
