//! How to read a file, where the default is to find out.
//!
//! Options are sparse: what is absent is found out. So a part of them also serves as a change to offer (see
//! [`Fix`](super::Fix)), and [`ReadOptions::changed_by`] lays one over another.

use super::bytes::Encoding;
use super::dates::{DateOrder, DateSystem};
use super::decimal::Rate;
use super::number::DecimalMark;
use crate::calendar::Date;
use crate::money::Currency;
use crate::{Error, ErrorKind, Place};
use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// How to read a file. Every part that is absent is found out from the file itself.
///
/// ```
/// let options = leadcast::table::ReadOptions::from_json(r#"{"delimiter": ";", "dateOrder": "dmy"}"#)?;
/// assert_eq!(options.delimiter, Some(';'));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ReadOptions {
    /// The file's name, for messages and the receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The character between cells: any ASCII character but a quote or a line end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The sheet of a workbook: asked for before it is read, named after. Rows of a workbook come as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The workbook's other sheets, which are not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_sheets: Vec<String>,
    /// The bytes' encoding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Where the names of the columns stand: `first-row`, `none`, or the number of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "wasm", tsify(optional, type = "'first-row' | 'none' | number"))]
    pub header: Option<Header>,
    /// The decimal mark of every column that has no own setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalMark>,
    /// The order of day and month of every column that has no own setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Where spreadsheet day numbers start, for every column that has no own setting. Default `1900`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_system: Option<DateSystem>,
    /// Whether words such as `n/a` and `TBD` count as missing, for every column that has no own setting. Default `empty`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_words: Option<MissingWords>,
    /// Which rows that look like no data take part all the same.
    #[serde(skip_serializing_if = "RowOptions::is_default")]
    pub rows: RowOptions,
    /// Whether deals of negative amount take part. Default `exclude`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negative_amounts: Option<RowFate>,
    /// What becomes of open deals whose probability is not between 0 and 100 %. Default `exclude`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odd_probabilities: Option<OddProbability>,
    /// The currency of amounts beside which the file names none. Default: that of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "wasm", tsify(optional, type = "string"))]
    pub currency: Option<Currency>,
    /// What one unit of a currency is worth in the model's currency: amounts in it are converted.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "wasm", tsify(type = "Record<string, number>"))]
    pub rates: BTreeMap<Currency, Rate>,
    /// Where the rates are from, to be stated beside them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rates_source: Option<String>,
    /// The day of the rates, to be stated beside them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "wasm", tsify(optional, type = "string"))]
    pub rates_date: Option<Date>,
    /// Settings for single columns, by header.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "wasm", tsify(type = "Record<string, ColumnOptions>"))]
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

    /// These options with a change laid over them: what the change names counts, the rest stays.
    ///
    /// ```
    /// use leadcast::table::ReadOptions;
    /// let before = ReadOptions::from_json(r#"{"delimiter": ";", "columns": {"Close": {"type": "date"}}}"#)?;
    /// let change = ReadOptions::from_json(r#"{"columns": {"Close": {"dateOrder": "dmy"}}}"#)?;
    /// let after = before.changed_by(&change);
    /// assert_eq!(serde_json::to_string(&after).ok().as_deref(),
    ///     Some(r#"{"delimiter":";","columns":{"Close":{"dateOrder":"dmy","type":"date"}}}"#));
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    #[must_use]
    pub fn changed_by(&self, change: &Self) -> Self {
        let mut columns = self.columns.clone();
        for (name, own) in &change.columns {
            let before = columns.entry(name.clone()).or_default();
            *before = before.changed_by(own);
        }
        let mut rates = self.rates.clone();
        rates.extend(change.rates.iter().map(|(currency, rate)| (*currency, *rate)));
        Self {
            name: change.name.clone().or_else(|| self.name.clone()),
            sheet: change.sheet.clone().or_else(|| self.sheet.clone()),
            other_sheets: if change.other_sheets.is_empty() { &self.other_sheets } else { &change.other_sheets }
                .clone(),
            delimiter: change.delimiter.or(self.delimiter),
            encoding: change.encoding.or(self.encoding),
            header: change.header.or(self.header),
            decimal: change.decimal.or(self.decimal),
            date_order: change.date_order.or(self.date_order),
            date_system: change.date_system.or(self.date_system),
            missing_words: change.missing_words.or(self.missing_words),
            rows: RowOptions {
                totals: change.rows.totals.or(self.rows.totals),
                notes: change.rows.notes.or(self.rows.notes),
                duplicates: change.rows.duplicates.or(self.rows.duplicates),
                shifted: change.rows.shifted.or(self.rows.shifted),
                same_id: change.rows.same_id.or(self.rows.same_id),
            },
            negative_amounts: change.negative_amounts.or(self.negative_amounts),
            odd_probabilities: change.odd_probabilities.or(self.odd_probabilities),
            currency: change.currency.or(self.currency),
            rates,
            rates_source: change.rates_source.clone().or_else(|| self.rates_source.clone()),
            rates_date: change.rates_date.or(self.rates_date),
            columns,
        }
    }

    /// The settings of one column: its own, else the file's.
    #[must_use]
    pub fn column(&self, name: &str) -> ColumnOptions {
        let own = self.columns.get(name).cloned().unwrap_or_default();
        ColumnOptions {
            decimal: own.decimal.or(self.decimal),
            date_order: own.date_order.or(self.date_order),
            date_system: own.date_system.or(self.date_system),
            missing_words: own.missing_words.or(self.missing_words),
            currency: own.currency.or(self.currency),
            ..own
        }
    }

    /// Only what changes which rows take part and what they are worth, beyond what their cells mean: for fingerprints.
    pub(crate) fn effects(&self) -> Option<Self> {
        let effects = Self {
            rows: self.rows,
            negative_amounts: self.negative_amounts,
            odd_probabilities: self.odd_probabilities,
            currency: self.currency,
            rates: self.rates.clone(),
            columns: (self.columns.iter())
                .filter_map(|(name, own)| {
                    let part = ColumnOptions { scale: own.scale, currency: own.currency, ..ColumnOptions::default() };
                    (part != ColumnOptions::default()).then(|| (name.clone(), part))
                })
                .collect(),
            ..Self::default()
        };
        (effects != Self::default()).then_some(effects)
    }
}

/// Settings for one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ColumnOptions {
    /// The decimal mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalMark>,
    /// The order of day and month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Where spreadsheet day numbers start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_system: Option<DateSystem>,
    /// What the column is, whatever its cells look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<ColumnType>,
    /// What numbers are to be multiplied with: 1, 1000 or 1000000, whatever the header says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "wasm", tsify(optional, type = "1 | 1000 | 1000000"))]
    pub unit: Option<Unit>,
    /// Whether probabilities run to 1 or to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// The currency of amounts beside which none stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "wasm", tsify(optional, type = "string"))]
    pub currency: Option<Currency>,
    /// Whether words such as `n/a` and `TBD` count as missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_words: Option<MissingWords>,
}

impl ColumnOptions {
    fn changed_by(&self, change: &Self) -> Self {
        Self {
            decimal: change.decimal.or(self.decimal),
            date_order: change.date_order.or(self.date_order),
            date_system: change.date_system.or(self.date_system),
            r#type: change.r#type.or(self.r#type),
            unit: change.unit.or(self.unit),
            scale: change.scale.or(self.scale),
            currency: change.currency.or(self.currency),
            missing_words: change.missing_words.or(self.missing_words),
        }
    }
}

/// What a column is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// Numbers.
    Number,
    /// Dates, spreadsheet day numbers included.
    Date,
    /// Text, exactly as written.
    Text,
}

/// How probabilities are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
pub enum Scale {
    /// 0 to 1.
    #[serde(rename = "0-1")]
    Share,
    /// 0 to 100.
    #[serde(rename = "0-100")]
    Percent,
}

/// Whether words that usually mean "no value" do so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum MissingWords {
    /// They do: `n/a`, `TBD`, `NULL`, `Select`, … count as missing.
    Empty,
    /// They are values like any other; only blank cells are missing.
    Keep,
}

/// What becomes of a row that looks like no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum RowFate {
    /// It takes part.
    Keep,
    /// It is left out and counted.
    Exclude,
}

/// What becomes of an open deal whose probability is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum OddProbability {
    /// The deal is left out and counted.
    Exclude,
    /// The nearest possible value counts: 0 or 100 %.
    Clamp,
    /// The deal counts as one without a probability.
    Ignore,
}

/// Which rows of a pipeline that look like no deals take part all the same. Absent: they are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RowOptions {
    /// Totals and subtotals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals: Option<RowFate>,
    /// Notes of the report, such as its footer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<RowFate>,
    /// Rows that repeat an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<RowFate>,
    /// Rows with more cells than the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shifted: Option<RowFate>,
    /// Rows with the same id and other values. Absent: all are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_id: Option<SameId>,
}

/// Which of several rows with the same id and different values take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum SameId {
    /// All of them.
    Keep,
    /// The one with the latest day of activity, of a change of stage, or of its creation.
    Latest,
}

impl RowOptions {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where the names of the columns stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// In the first row, or below the title of a report.
    FirstRow,
    /// Nowhere: the first row is data already; columns are called `Column 1`, `Column 2`, ….
    None,
    /// On this line of the file, counted from 1; what stands above is read over.
    Line(u64),
}

impl Serialize for Header {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::FirstRow => serializer.serialize_str("first-row"),
            Self::None => serializer.serialize_str("none"),
            Self::Line(line) => serializer.serialize_u64(*line),
        }
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Place;
        impl Visitor<'_> for Place {
            type Value = Header;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`first-row`, `none` or the number of a line, from 1")
            }
            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Header, E> {
                match word {
                    "first-row" => Ok(Header::FirstRow),
                    "none" => Ok(Header::None),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(word), &self)),
                }
            }
            fn visit_u64<E: serde::de::Error>(self, line: u64) -> Result<Header, E> {
                if line == 0 {
                    return Err(E::invalid_value(serde::de::Unexpected::Unsigned(line), &self));
                }
                Ok(Header::Line(line))
            }
        }
        deserializer.deserialize_any(Place)
    }
}

/// What numbers are to be multiplied with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum Unit {
    /// As written.
    One,
    /// In thousands.
    Thousand,
    /// In millions.
    Million,
}

impl Unit {
    /// The power of ten.
    pub(crate) fn power(self) -> u8 {
        match self {
            Self::One => 0,
            Self::Thousand => 3,
            Self::Million => 6,
        }
    }
}

impl TryFrom<u32> for Unit {
    type Error = String;
    fn try_from(value: u32) -> Result<Self, String> {
        match value {
            1 => Ok(Self::One),
            1000 => Ok(Self::Thousand),
            1_000_000 => Ok(Self::Million),
            _ => Err(format!("expected 1, 1000 or 1000000, found {value}")),
        }
    }
}

impl From<Unit> for u32 {
    fn from(unit: Unit) -> Self {
        10_u32.pow(u32::from(unit.power()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_written() {
        let json =
            r#"{"header":3,"rows":{"totals":"keep"},"rates":{"EUR":1.08},"columns":{"P":{"scale":"0-1","unit":1000}}}"#;
        let options = ReadOptions::from_json(json).unwrap();
        assert_eq!(
            serde_json::to_string(&options).unwrap(),
            json.replace("\"scale\":\"0-1\",\"unit\":1000", "\"unit\":1000,\"scale\":\"0-1\"")
        );
        assert_eq!(serde_json::to_string(&ReadOptions::default()).unwrap(), "{}");
    }

    #[test]
    fn wrong_values_are_named_with_their_path() {
        let message = |json: &str| ReadOptions::from_json(json).unwrap_err().to_string();
        assert!(message(r#"{"header": 0}"#).starts_with("run at header: invalid value: integer `0`"));
        assert!(message(r#"{"columns": {"A": {"unit": 12}}}"#).contains("expected 1, 1000 or 1000000, found 12"));
        assert!(message(r#"{"rates": {"EUR": 0}}"#).contains("above 0"), "{}", message(r#"{"rates": {"EUR": 0}}"#));
        assert!(message(r#"{"rows": {"total": "keep"}}"#).contains("unknown field `total`"));
    }
}
