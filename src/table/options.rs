//! How to read a file, where the default is to find out.

use super::bytes::Encoding;
use super::dates::DateOrder;
use super::number::DecimalMark;
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How to read a file. Every part that is absent is found out from the file itself.
///
/// ```
/// let options = leadcast::table::ReadOptions::from_json(r#"{"delimiter": ";", "dateOrder": "dmy"}"#)?;
/// assert_eq!(options.delimiter, Some(';'));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ReadOptions {
    /// The file's name, for messages and the receipt.
    pub name: Option<String>,
    /// The character between cells: any ASCII character but a quote or a line end.
    pub delimiter: Option<char>,
    /// The sheet of a workbook: asked for before it is read, named after. Rows of a workbook come as text.
    pub sheet: Option<String>,
    /// The workbook's other sheets, which are not read.
    pub other_sheets: Vec<String>,
    /// The bytes' encoding.
    pub encoding: Option<Encoding>,
    /// Whether the first row names the columns.
    pub header: Header,
    /// The decimal mark of every column that has no own setting.
    pub decimal: Option<DecimalMark>,
    /// The order of day and month of every column that has no own setting.
    pub date_order: Option<DateOrder>,
    /// Settings for single columns, by header.
    pub columns: BTreeMap<String, ColumnOptions>,
}

impl ReadOptions {
    /// Reads the options from JSON; absent keys keep their default.
    ///
    /// # Errors
    /// `bad-option` for an unknown key or a wrong value, with its path.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let options: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            Error::new(ErrorKind::Run, "bad-option", error.inner().to_string()).at(Place::path(path))
        })?;
        reader.end().map_err(|error| Error::new(ErrorKind::Run, "bad-option", error.to_string()))?;
        Ok(options)
    }

    /// The settings of one column: its own, else the file's.
    pub(crate) fn column(&self, name: &str) -> ColumnOptions {
        let own = self.columns.get(name).cloned().unwrap_or_default();
        ColumnOptions { decimal: own.decimal.or(self.decimal), date_order: own.date_order.or(self.date_order), ..own }
    }
}

/// Settings for one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ColumnOptions {
    /// The decimal mark.
    pub decimal: Option<DecimalMark>,
    /// The order of day and month.
    pub date_order: Option<DateOrder>,
    /// What the column is, whatever its cells look like.
    pub r#type: Option<ColumnType>,
}

/// What a column is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// Numbers.
    Number,
    /// Dates, spreadsheet day numbers included.
    Date,
    /// Text, exactly as written.
    Text,
}

/// Whether the first row names the columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Header {
    /// It does.
    #[default]
    FirstRow,
    /// It is data already; columns are called `Column 1`, `Column 2`, ….
    None,
}
