//! Fields and forecast categories as the model names them.

use std::fmt;
use std::str::FromStr;

/// A field of a record, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldRef(String);

impl fmt::Display for FieldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FieldRef {
    type Err = crate::Error;
    fn from_str(text: &str) -> Result<Self, crate::Error> {
        Ok(Self(text.to_owned()))
    }
}

/// What a deal is called in the forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForecastCategory {
    /// Won.
    Closed,
    /// Promised.
    Commit,
    /// Possible if things go well.
    BestCase,
    /// Everything else that is open.
    Pipeline,
    /// In no call.
    Omitted,
}
