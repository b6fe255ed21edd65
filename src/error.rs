//! The one error type of the crate: a kind to match on, a stable code, a place, and a message with its remedy.
//!
//! Problems inside a file that leave something useful are no errors: they are counted as diagnostics in the
//! import receipt. An [`Error`] means that there is no answer at all.

use std::fmt;

/// What sort of thing went wrong; decides what a caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file or record cannot be used at all.
    Input,
    /// The operating model is not valid.
    Model,
    /// A run option (`asOf`, `seed`, `trials`, `quota`, …) is not valid.
    Run,
    /// A stated limit was passed.
    Limit,
    /// The caller asked to stop.
    Cancelled,
    /// The engine cannot run here (not loaded, blocked, worker gone).
    Unavailable,
    /// A defect of this crate.
    Internal,
}

impl ErrorKind {
    /// The name used in JavaScript and JSON, such as `input`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Model => "model",
            Self::Run => "run",
            Self::Limit => "limit",
            Self::Cancelled => "cancelled",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// Whether the same call may succeed when made again unchanged.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Cancelled | Self::Unavailable | Self::Internal)
    }
}

/// Where in the input an error or a diagnostic points. Every part is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The file's name, if it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line of the file, counted from 1, the header included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column's header as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Path inside a JSON document, such as `stages[2].winProbability`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl Place {
    /// A place inside a JSON document.
    #[must_use]
    pub fn path(path: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..Self::default() }
    }

    /// A line of a file, counted from 1.
    #[must_use]
    pub fn line(line: u64) -> Self {
        Self { line: Some(line), ..Self::default() }
    }

    /// The same place, in the named column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// The same place, in the named file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }
}

/// Why there is no answer.
///
/// The message is lower case without a full stop: what was found, what was expected, then the remedy in
/// parentheses. `Display` puts the place in front:
///
/// ```
/// use leadcast::{Error, ErrorKind, Place};
/// let error = Error::new(ErrorKind::Model, "out-of-range", "must be between 0 and 1, found 1.2")
///     .at(Place::path("stages[2].winProbability"));
/// assert_eq!(error.to_string(), "model at stages[2].winProbability: must be between 0 and 1, found 1.2");
/// assert_eq!(error.code(), "out-of-range");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    code: &'static str,
    place: Place,
    message: String,
}

impl Error {
    /// An error without a place; `code` is kebab-case and never changes once released.
    #[must_use]
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, code, place: Place::default(), message: message.into() }))
    }

    /// The same error at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.place = place;
        self
    }

    /// What sort of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable kebab-case code, listed in `docs/errors.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// Where the error points.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The message without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, place, message, .. } = &*self.0;
        let mut subject = match kind {
            ErrorKind::Model => "model".to_owned(),
            ErrorKind::Run => "run".to_owned(),
            _ => String::new(),
        };
        if let Some(file) = &place.file {
            subject = file.clone();
        }
        if let Some(path) = &place.path {
            if !subject.is_empty() {
                subject.push_str(" at ");
            }
            subject.push_str(path);
        }
        if let Some(line) = place.line {
            if !subject.is_empty() {
                subject.push(' ');
            }
            subject.push_str(&format!("line {line}"));
        }
        if let Some(column) = &place.column {
            if !subject.is_empty() {
                subject.push_str(", ");
            }
            subject.push_str(&format!("column `{column}`"));
        }
        if subject.is_empty() { f.write_str(message) } else { write!(f, "{subject}: {message}") }
    }
}

impl std::error::Error for Error {}

/// As JavaScript sees it: `{kind, code, message, place, retryable}`, the place in the message too.
impl serde::Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Error", 5)?;
        object.serialize_field("kind", self.kind().name())?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("message", &self.to_string())?;
        object.serialize_field("place", self.place())?;
        object.serialize_field("retryable", &self.kind().is_retryable())?;
        object.end()
    }
}
