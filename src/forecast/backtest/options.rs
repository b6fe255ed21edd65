//! What is to be tested.

use crate::calendar::{Date, FiscalYear};
use crate::model::asked;
use crate::money::Currency;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// Most cuts of a quarter, one a week, and the last day that can be one.
const MAX_CUTS: usize = 13;
const MAX_DAY: u16 = 92;

/// Options of a backtest. Everything has a default.
///
/// ```
/// use leadcast::forecast::BacktestOptions;
/// let options = BacktestOptions::from_json(r#"{ "from": "2022Q1", "cuts": [45] }"#)?;
/// assert_eq!((options.from.as_deref(), options.cuts.as_slice()), (Some("2022Q1"), [45].as_slice()));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BacktestOptions {
    /// First quarter tested, such as `2022Q1`. Default: the first with 10 won deals and 30 days of records before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last quarter tested. Default: the last one that the file holds to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Day from which closings were recorded; what closed earlier is not used. Default: found in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_from: Option<Date>,
    /// Days of the quarter at whose end it is forecast, 1 to 13 of them, ascending, from 1 to 92. Default: 14, 45 and 70.
    pub cuts: Vec<u16>,
    /// Seed of the random streams. Default: 1.
    pub seed: u32,
    /// Month in which the fiscal year starts. Default: January.
    pub fiscal_year: FiscalYear,
    /// Currency of amounts beside which the file names none. Default: USD.
    pub currency: Currency,
}

impl Default for BacktestOptions {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            recorded_from: None,
            cuts: vec![14, 45, 70],
            seed: 1,
            fiscal_year: FiscalYear::default(),
            currency: Currency::USD,
        }
    }
}

impl BacktestOptions {
    /// Reads options from JSON; an unknown key is an error.
    ///
    /// # Errors
    /// Kind `run`: `bad-options`; `out-of-range` for cuts that are not 1 to 13 ascending days from 1 to 92.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let options: Self = asked(text, "bad-options")?;
        options.check()?;
        Ok(options)
    }

    /// Whether the cuts are days of a quarter.
    ///
    /// # Errors
    /// `out-of-range` for cuts that are not 1 to 13 ascending days from 1 to 92.
    pub fn check(&self) -> Result<(), Error> {
        let ascending = self.cuts.windows(2).all(|pair| pair[0] < pair[1]);
        let inside = self.cuts.iter().all(|cut| (1..=MAX_DAY).contains(cut));
        if ascending && inside && (1..=MAX_CUTS).contains(&self.cuts.len()) {
            return Ok(());
        }
        let message = format!(
            "must be 1 to {MAX_CUTS} ascending days from 1 to {MAX_DAY}, found {:?} (such as [14, 45, 70])",
            self.cuts
        );
        Err(Error::new(ErrorKind::Run, "out-of-range", message).at(crate::Place::path("cuts")))
    }
}

/// From which day closings were recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum RecordedFrom {
    /// The options say so.
    Given,
    /// Deals older than the first closing ought to have closed before it: records start there.
    FirstClosing,
    /// Nothing is missing: from the first deal on.
    FirstDeal,
}
