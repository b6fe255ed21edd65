//! What is to be learned, from which columns.

use crate::calendar::Date;
use crate::model::{asked, fold};
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// Options of learning. Everything has a default.
///
/// ```
/// use leadcast::targeting::learn::LearnOptions;
/// let options = LearnOptions::from_json(r#"{ "outcome": "Converted", "exclude": ["Tags"] }"#)?;
/// assert_eq!(options.outcome.as_deref(), Some("Converted"));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LearnOptions {
    /// Header of the column with the outcome. Default: the best candidate of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Values of that column that mean success, letter case not counting; every other value then means failure,
    /// unless `failure` names those.
    /// Default: yes, 1, won and their like against no, 0, lost and theirs; rows with other values are not decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<Vec<String>>,
    /// Values of that column that mean failure; rows with neither are then not decided. Only with `success`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Vec<String>>,
    /// Header of the date that splits earlier from later rows. Default: the created date, where the file has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Headers of columns not to learn from. Default: none.
    pub exclude: Vec<String>,
    /// Day of learning, kept with the card. Default: the newest splitting date of the rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// What happens to columns that give the outcome away. Default: exclude.
    pub leaks: LeakPolicy,
}

/// What happens to columns that give the outcome away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeakPolicy {
    /// They are reported and not learned from.
    #[default]
    Exclude,
    /// They are reported and learned from all the same.
    Keep,
}

impl LearnOptions {
    /// Reads options from JSON; an unknown key is an error.
    ///
    /// # Errors
    /// Kind `run`, code `bad-options`.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        asked(text, "bad-options")
    }

    /// Whether success and failure exclude each other.
    ///
    /// # Errors
    /// Kind `run`, code `bad-options`: values of failure without those of success, an empty list, or a value in both.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Some(success) = &self.success else {
            return match self.failure {
                Some(_) => {
                    Err(bad("`failure` needs `success` beside it (name the values that mean success)".to_owned()))
                }
                None => Ok(()),
            };
        };
        if success.is_empty() || self.failure.as_ref().is_some_and(Vec::is_empty) {
            return Err(
                bad("expected at least one value of the outcome, found none (leave the option out)".to_owned()),
            );
        }
        let both = |value: &&String| success.iter().any(|other| fold(other) == fold(value));
        match self.failure.iter().flatten().find(both) {
            Some(value) => Err(bad(format!("`{value}` means success and failure (name it in one of the two)"))),
            None => Ok(()),
        }
    }
}

fn bad(message: String) -> Error {
    Error::new(ErrorKind::Run, "bad-options", message)
}
