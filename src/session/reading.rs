//! How a file is read, and a file that arrives in pieces.

use super::{Deals, Leads};
use crate::Error;
use crate::calendar::Date;
use crate::crm::join::AttachOptions;
use crate::crm::{Mapping, understand};
use crate::forecast::{are_snapshots, stage_log};
use crate::model::asked;
use crate::table::{ReadOptions, Receipt, Table, TableReader};
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
        asked(json, "bad-option")
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

/// Bytes by which it is known whether a file holds kept snapshots.
const ENOUGH: usize = 32;

/// What a reader has so far.
#[derive(Debug)]
enum Source {
    /// The first bytes of a file, too few to know what it is.
    Begun(Vec<u8>),
    /// Kept snapshots, so far.
    Kept(Vec<u8>),
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
        Ok(Self { source: Source::Begun(Vec::new()), reading })
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
            Source::Begun(head) if head.len() + bytes.len() < ENOUGH => {
                head.extend_from_slice(bytes);
                Ok(())
            }
            Source::Begun(_) => self.begin(bytes),
            Source::Kept(text) => {
                text.extend_from_slice(bytes);
                Ok(())
            }
            Source::Text(reader) => reader.push(bytes),
            Source::Records(_) => Ok(()),
        }
    }

    /// Settles by the first bytes what the file is, and takes these.
    fn begin(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Source::Begun(head) = &mut self.source else { return Ok(()) };
        let mut head = std::mem::take(head);
        let known = head.len();
        head.extend_from_slice(bytes.get(..ENOUGH).unwrap_or(bytes));
        if are_snapshots(&head) {
            head.truncate(known);
            head.extend_from_slice(bytes);
            self.source = Source::Kept(head);
            return Ok(());
        }
        let mut reader = Box::new(TableReader::new(&self.reading.options));
        // The first piece may be the whole file: it is not copied.
        reader.push(&head[..known])?;
        reader.push(bytes)?;
        self.source = Source::Text(reader);
        Ok(())
    }

    /// Ends the file: its table, and how it is to be read.
    pub(super) fn finish(self) -> Result<(Table, Reading), Error> {
        self.finish_with(|key| Some(format!("{key:016x}")))
    }

    /// The same; `id` gives the ids of the deals that kept snapshots name by their keys. Those of which it knows none are left out.
    pub(super) fn finish_with(mut self, id: impl Fn(u64) -> Option<String>) -> Result<(Table, Reading), Error> {
        self.begin(&[])?;
        let table = match self.source {
            Source::Text(reader) => reader.finish()?,
            Source::Kept(text) => {
                let log = stage_log(&String::from_utf8_lossy(&text), id)?;
                let options = ReadOptions { name: self.reading.options.name.clone(), ..ReadOptions::default() };
                Table::from_csv(log.as_bytes(), &options)?
            }
            Source::Records(table) => *table,
            Source::Begun(_) => TableReader::new(&self.reading.options).finish()?,
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
