//! How a file is read, and a file that arrives in pieces.

use super::{Deals, Leads};
use crate::calendar::Date;
use crate::crm::{Mapping, understand};
use crate::table::{ReadOptions, Receipt, Table, TableReader};
use crate::{Error, ErrorKind, Place};
use serde::Deserialize;

/// How a file is read; which column is what; for deals, the day of the first receipt.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Reading {
    /// How the bytes become rows.
    pub options: ReadOptions,
    /// What the columns mean, where the caller knows better.
    pub mapping: Mapping,
    /// The day on which the pipeline is looked at until a run names one.
    pub as_of: Option<Date>,
}

impl Reading {
    /// Reads the settings from JSON; absent keys keep their default.
    ///
    /// # Errors
    /// `bad-option` for an unknown key or a wrong value, with its path.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let mut reader = serde_json::Deserializer::from_str(json);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = Place::path(error.path().to_string());
            Error::new(ErrorKind::Run, "bad-option", error.inner().to_string()).at(path)
        })
    }

    /// A table from a JSON array of records, with the settings it was read by.
    ///
    /// # Errors
    /// `bad-option`, and those of [`Table::from_records`].
    pub(super) fn records(records: &str, reading: &str) -> Result<(Table, Self), Error> {
        let reading = Self::from_json(reading)?;
        Ok((Table::from_records(records, &reading.options)?, reading))
    }
}

/// A file that arrives in pieces.
///
/// ```
/// use leadcast::session::Reader;
/// let mut reader = Reader::new("{}")?;
/// for piece in [&b"Company,Empl"[..], b"oyees\nAcme,250\n"] {
///     reader.push(piece)?;
/// }
/// assert_eq!(reader.leads()?.receipt().rows_used, 1);
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    reader: TableReader,
    reading: Reading,
}

impl Reader {
    /// A reader at the start of a file; `reading` as for [`Reading::from_json`].
    ///
    /// # Errors
    /// `bad-option`.
    pub fn new(reading: &str) -> Result<Self, Error> {
        let reading = Reading::from_json(reading)?;
        Ok(Self { reader: TableReader::new(&reading.options), reading })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// Those of [`TableReader::push`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.reader.push(bytes)
    }

    /// Ends the file: a list of leads.
    ///
    /// # Errors
    /// Those of [`TableReader::finish`].
    pub fn leads(self) -> Result<Leads, Error> {
        Leads::new(self.reader.finish()?, &self.reading)
    }

    /// Ends the file: what is understood of it, whatever its kind.
    ///
    /// # Errors
    /// Those of [`TableReader::finish`].
    pub fn understand(self) -> Result<Receipt, Error> {
        understand(self.reader.finish()?, &self.reading.mapping)
    }

    /// Ends the file: a pipeline.
    ///
    /// # Errors
    /// Those of [`TableReader::finish`].
    pub fn deals(self) -> Result<Deals, Error> {
        Deals::new(self.reader.finish()?, &self.reading)
    }
}
