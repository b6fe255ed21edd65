//! How a file is read, and a file that arrives in pieces.

use super::{Deals, Leads};
use crate::calendar::Date;
use crate::crm::join::AttachOptions;
use crate::crm::{Mapping, understand};
use crate::table::{ReadOptions, Receipt, Table, TableReader};
use crate::{Error, ErrorKind, Place};
use serde::Deserialize;

/// How a file is read; which column is what; for deals, the day of the first receipt; for another file, how it is
/// attached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Reading {
    /// How the bytes become rows.
    pub options: ReadOptions,
    /// What the columns mean, where the caller knows better.
    pub mapping: Mapping,
    /// The day on which the pipeline is looked at until a run names one.
    pub as_of: Option<Date>,
    /// How the file is attached to another.
    pub attach: AttachOptions,
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

    /// How the file is attached; its columns mean what the mapping says.
    pub(super) fn attaching(self) -> AttachOptions {
        AttachOptions { mapping: self.mapping, ..self.attach }
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
    source: Source,
    reading: Reading,
}

/// What a reader has so far.
#[derive(Debug)]
enum Source {
    /// Text, in pieces.
    Text(Box<TableReader>),
    /// Records, whole.
    Records(Box<Table>),
}

impl Reader {
    /// A reader at the start of a file; `reading` as for [`Reading::from_json`].
    ///
    /// # Errors
    /// `bad-option`.
    pub fn new(reading: &str) -> Result<Self, Error> {
        let reading = Reading::from_json(reading)?;
        Ok(Self { source: Source::Text(Box::new(TableReader::new(&reading.options))), reading })
    }

    /// A reader that has a JSON array of records already; no bytes follow.
    ///
    /// # Errors
    /// `bad-option`, and those of [`Table::from_records`].
    pub fn of_records(records: &str, reading: &str) -> Result<Self, Error> {
        let (table, reading) = Reading::records(records, reading)?;
        Ok(Self { source: Source::Records(Box::new(table)), reading })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// Those of [`TableReader::push`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.source {
            Source::Text(reader) => reader.push(bytes),
            Source::Records(_) => Ok(()),
        }
    }

    /// Ends the file: its table, and how it is to be read.
    pub(super) fn finish(self) -> Result<(Table, Reading), Error> {
        let table = match self.source {
            Source::Text(reader) => reader.finish()?,
            Source::Records(table) => *table,
        };
        Ok((table, self.reading))
    }

    /// Ends the file: a list of leads.
    ///
    /// # Errors
    /// Those of [`TableReader::finish`].
    pub fn leads(self) -> Result<Leads, Error> {
        let (table, reading) = self.finish()?;
        Leads::new(table, &reading)
    }

    /// Ends the file: what is understood of it, whatever its kind.
    ///
    /// # Errors
    /// Those of [`TableReader::finish`].
    pub fn understand(self) -> Result<Receipt, Error> {
        let (table, reading) = self.finish()?;
        understand(table, &reading.mapping)
    }

    /// Ends the file: a pipeline.
    ///
    /// # Errors
    /// Those of [`TableReader::finish`].
    pub fn deals(self) -> Result<Deals, Error> {
        let (table, reading) = self.finish()?;
        Deals::new(table, &reading)
    }
}
