//! Reads an array of records, as a web form or a program holds them.

use super::builder::TableBuilder;
use super::options::ReadOptions;
use super::{Source, Table};
use crate::{Error, ErrorKind, Place};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// One object: keys in order with their values as text.
struct Record(Vec<(String, String)>);

/// One value as text; missing is empty.
struct Cell(String);

pub(crate) fn read(json: &str, options: &ReadOptions) -> Result<Table, Error> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let records: Vec<Record> = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        bad(error.inner()).at(Place::path(path))
    })?;
    reader.end().map_err(|error| bad(&error))?;
    if records.is_empty() {
        let message = "the list holds no records (pass at least one object)";
        return Err(Error::new(ErrorKind::Input, "empty", message));
    }
    let mut table = TableBuilder::new(options);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut row: Vec<String> = Vec::new();
    for (number, Record(cells)) in records.into_iter().enumerate() {
        row.iter_mut().for_each(String::clear);
        for (key, value) in cells {
            let at = match places.get(&key) {
                Some(at) => *at,
                None => {
                    let at = table.add_column(&key)?;
                    places.insert(key, at);
                    row.push(String::new());
                    at
                }
            };
            if let Some(cell) = row.get_mut(at) {
                *cell = value;
            }
        }
        table.record(number as u64 + 1, &row)?;
    }
    Ok(table.into_table(Source::Records, options))
}

fn bad(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Input, "bad-records", format!("expected an array of flat objects: {error}"))
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Record;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
                let mut cells = Vec::new();
                while let Some((key, Cell(value))) = map.next_entry::<String, Cell>()? {
                    cells.push((key, value));
                }
                Ok(Record(cells))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Value)
    }
}

struct Value;

impl<'de> Visitor<'de> for Value {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false, null or a list of these")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Cell, E> {
        Ok(Cell(String::new()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Cell, E> {
        Ok(Cell(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Cell, E> {
        Ok(Cell(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Cell, E> {
        Ok(Cell(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Cell, E> {
        // Whole numbers print without a fraction, as in a file.
        Ok(Cell(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Cell, E> {
        Ok(Cell(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Cell, E> {
        Ok(Cell(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cell, A::Error> {
        let mut values = Vec::new();
        while let Some(Cell(value)) = list.next_element::<Cell>()? {
            values.push(value);
        }
        Ok(Cell(values.join(";")))
    }
}
