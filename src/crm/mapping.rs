//! The user's word on what columns mean.

use super::Field;
use crate::{Error, ErrorKind, Place};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// Overrides of what columns mean, by header; `None` leaves a column unmapped. Columns not named here are recognised.
///
/// In JSON `{"Company Size": "employees", "Revenue": null}`.
///
/// ```
/// use leadcast::crm::{Field, Mapping};
/// let mapping = Mapping::from_json(r#"{"Company Size": "employees", "Revenue": null}"#)?;
/// assert_eq!(mapping.of("Company Size"), Some(Some(Field::Employees)));
/// assert_eq!(mapping.of("Name"), None);
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(Vec<(String, Option<Field>)>);

impl Mapping {
    /// Overrides in order; the last word on a header counts.
    #[must_use]
    pub fn new(overrides: Vec<(String, Option<Field>)>) -> Self {
        Self(overrides)
    }

    /// Reads `{"Header": "field" | null}`.
    ///
    /// # Errors
    /// `bad-mapping` with its path, naming the nearest field for an unknown one.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let mapping = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            Error::new(ErrorKind::Run, "bad-mapping", error.inner().to_string()).at(Place::path(path))
        })?;
        reader.end().map_err(|error| Error::new(ErrorKind::Run, "bad-mapping", error.to_string()))?;
        Ok(mapping)
    }

    /// What was said about a header: nothing, no field, or a field.
    #[must_use]
    pub fn of(&self, header: &str) -> Option<Option<Field>> {
        self.0.iter().rev().find(|(name, _)| name == header).map(|(_, field)| *field)
    }

    /// The overrides in order.
    #[must_use]
    pub fn overrides(&self) -> &[(String, Option<Field>)] {
        &self.0
    }
}

impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (header, field) in &self.0 {
            map.serialize_entry(header, field)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Overrides;
        impl<'de> Visitor<'de> for Overrides {
            type Value = Mapping;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of headers and fields")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mapping, A::Error> {
                let mut overrides = Vec::new();
                while let Some(entry) = map.next_entry::<String, Option<Field>>()? {
                    overrides.push(entry);
                }
                Ok(Mapping(overrides))
            }
        }
        deserializer.deserialize_map(Overrides)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_is_named_with_its_path() {
        let error = Mapping::from_json(r#"{"Size": "employes"}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "run at Size: unknown field `employes` (nearest: employees, phone, isClosed) at line 1 column 20"
        );
    }
}
