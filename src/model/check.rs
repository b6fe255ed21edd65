//! Turns plain values of a document into valid ones; every refusal knows its path.

use super::{Probability, nearest, text::fold};
use crate::calendar::Date;
use crate::money::{Currency, Money};
use crate::{Error, ErrorKind, Place};
use std::collections::BTreeMap;

/// Longest name, in characters.
const MAX_NAME: usize = 200;
/// Largest amount of money in major units.
const MAX_AMOUNT: f64 = 1e12;

/// The path of the value being checked, such as `stages[2].winProbability`.
#[derive(Debug, Clone)]
pub(super) struct At {
    kind: ErrorKind,
    path: String,
}

impl At {
    /// The document itself; its errors are of this kind.
    pub(super) fn root(kind: ErrorKind) -> Self {
        Self { kind, path: String::new() }
    }

    pub(super) fn key(&self, key: &str) -> Self {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Self { kind: self.kind, path }
    }

    pub(super) fn index(&self, index: usize) -> Self {
        Self { kind: self.kind, path: format!("{}[{index}]", self.path) }
    }

    pub(super) fn error(&self, code: &'static str, message: impl Into<String>) -> Error {
        let error = Error::new(self.kind, code, message);
        if self.path.is_empty() { error } else { error.at(Place::path(self.path.clone())) }
    }

    /// The same error, as met at this path.
    pub(super) fn moved(&self, error: &Error) -> Error {
        self.error(error.code(), error.message())
    }

    pub(super) fn range(&self, value: f64, low: f64, high: f64) -> Result<f64, Error> {
        if value >= low && value <= high {
            Ok(value)
        } else {
            Err(self.error("out-of-range", format!("must be between {low} and {high}, found {value}")))
        }
    }

    pub(super) fn whole(&self, value: u32, low: u32, high: u32) -> Result<u32, Error> {
        self.range(f64::from(value), f64::from(low), f64::from(high)).map(|_| value)
    }

    pub(super) fn probability(&self, value: f64) -> Result<Probability, Error> {
        Probability::new(value).map_err(|error| self.moved(&error))
    }

    pub(super) fn money(&self, major: f64, currency: Currency) -> Result<Money, Error> {
        let major = self.range(major, 0.0, MAX_AMOUNT)?;
        Money::from_major(major, currency).map_err(|error| self.moved(&error))
    }

    pub(super) fn date(&self, text: &str) -> Result<Date, Error> {
        Date::parse_iso(text).map_err(|error| self.moved(&error))
    }

    /// A text that says something: trimmed, neither empty nor endless.
    pub(super) fn name(&self, text: &str) -> Result<String, Error> {
        let trimmed = text.trim();
        if fold(trimmed).is_empty() {
            return Err(self.error("empty", "must not be empty"));
        }
        let length = trimmed.chars().count();
        if length > MAX_NAME {
            return Err(self.error("out-of-range", format!("must have at most {MAX_NAME} characters, found {length}")));
        }
        Ok(trimmed.to_owned())
    }

    /// The index of the entry with this name; letter case, accents and spacing do not count.
    pub(super) fn find<'a>(
        &self,
        what: &str,
        name: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<usize, Error> {
        let names: Vec<&str> = names.collect();
        let wanted = fold(name);
        names.iter().position(|known| fold(known) == wanted).ok_or_else(|| {
            let shown = super::json::shortened(name);
            self.error("unknown-name", format!("unknown {what} `{shown}` ({})", nearest::known(name, &names)))
        })
    }
}

/// Refuses a name that was used before; letter case, accents and spacing do not count.
#[derive(Debug)]
pub(super) struct Names {
    what: &'static str,
    key: fn(&str) -> String,
    seen: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn of(what: &'static str) -> Self {
        Self { what, key: fold, seen: BTreeMap::new() }
    }

    /// Names that are the same when this key of them is.
    pub(super) fn by_key(what: &'static str, key: fn(&str) -> String) -> Self {
        Self { key, ..Self::of(what) }
    }

    /// Takes the name in, trimmed.
    pub(super) fn take(&mut self, at: &At, name: &str) -> Result<String, Error> {
        let name = at.name(name)?;
        match self.seen.insert((self.key)(&name), at.path.clone()) {
            None => Ok(name),
            Some(first) => {
                Err(at
                    .error("duplicate-name", format!("{} `{name}` already stands at {first} (rename one)", self.what)))
            }
        }
    }
}
