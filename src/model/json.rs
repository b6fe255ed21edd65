//! Reads JSON text into typed documents and says exactly where and why that failed.
//!
//! The text becomes a [`Node`] tree first: depth, duplicate keys and syntax are settled there, once, for every
//! document of the crate. The typed documents are then read from the tree with `serde`, and every failure carries
//! the path of the value at fault. Knows nothing of what the keys mean.

use super::nearest;
use crate::{Error, ErrorKind, Place};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use std::fmt;

/// Deepest nesting of objects and lists in a document.
pub(super) const MAX_DEPTH: usize = 64;
/// Longest document, in bytes.
pub(super) const MAX_BYTES: usize = 4 << 20;

/// A JSON value with the keys of its objects in the order written, duplicates included until they are refused.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads a document. A byte-order mark in front is ignored.
    ///
    /// # Errors
    /// `too-large`, `too-deep`, `bad-json`, `duplicate-key`, all of the given kind.
    pub(super) fn parse(text: &str, kind: ErrorKind) -> Result<Self, Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > MAX_BYTES {
            return Err(Error::new(
                kind,
                "too-large",
                format!("expected at most {MAX_BYTES} bytes of JSON, found {}", text.len()),
            ));
        }
        if let Some(line) = line_of_depth(text, MAX_DEPTH) {
            return Err(Error::new(kind, "too-deep", format!("nested deeper than {MAX_DEPTH} levels (flatten it)"))
                .at(Place::line(line)));
        }
        let node: Self = serde_json::from_str(text).map_err(|error| syntax_error(&error, kind))?;
        node.refuse_duplicates(kind, "")?;
        Ok(node)
    }

    /// Reads the typed document.
    ///
    /// # Errors
    /// `unknown-key`, `missing-key`, `wrong-type`, `unknown-value`, with the path of the value at fault.
    pub(super) fn read<T: DeserializeOwned>(&self, kind: ErrorKind) -> Result<T, Error> {
        self.read_or_fault(kind).map_err(|(_, error)| error)
    }

    /// As [`Node::read`], with the path in parts beside the error.
    pub(super) fn read_or_fault<T: DeserializeOwned>(&self, kind: ErrorKind) -> Result<T, (Vec<Step>, Error)> {
        T::deserialize(self).map_err(|fault| self.told(*fault.0, kind))
    }

    /// A fault in this document as an error, and its path in parts.
    fn told(&self, fault: Cause, kind: ErrorKind) -> (Vec<Step>, Error) {
        let Cause { code, mut message, key, inwards: mut steps } = fault;
        steps.reverse();
        // A reader of alternatives says what it wanted and not what it met.
        if code == "wrong-type"
            && !message.contains(", found ")
            && let Some(found) = self.at(&steps)
        {
            message = format!("{message}, found {}", found.describe());
        }
        // The key at fault belongs to the path, whether or not the reader had already stepped into it.
        if let Some(key) = key
            && steps.last() != Some(&Step::Key(key.clone()))
        {
            steps.push(Step::Key(key));
        }
        let error = Error::new(kind, code, message);
        let path = path_of(&steps);
        (steps, if path.is_empty() { error } else { error.at(Place::path(path)) })
    }

    /// The value of a key of this object.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value at a path.
    fn at(&self, steps: &[Step]) -> Option<&Self> {
        steps.iter().try_fold(self, |node, step| match (node, step) {
            (Self::Object(_), Step::Key(key)) => node.get(key),
            (Self::List(items), Step::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    /// Takes the value at a path out of the tree; false if there is none.
    pub(super) fn remove(&mut self, steps: &[Step]) -> bool {
        let Some((last, parents)) = steps.split_last() else { return false };
        let mut node = self;
        for step in parents {
            let child = match (node, step) {
                (Self::Object(entries), Step::Key(key)) => entries.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v),
                (Self::List(items), Step::Index(index)) => items.get_mut(*index),
                _ => None,
            };
            match child {
                Some(child) => node = child,
                None => return false,
            }
        }
        match (node, last) {
            (Self::Object(entries), Step::Key(key)) => {
                let before = entries.len();
                entries.retain(|(k, _)| k != key);
                entries.len() < before
            }
            _ => false,
        }
    }

    /// What stands there, for a message.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(text) => format!("text `{}`", shortened(text)),
            Self::List(_) => "a list".into(),
            Self::Object(_) => "an object".into(),
        }
    }

    // Depth is bounded by `MAX_DEPTH` before the tree is built.
    fn refuse_duplicates(&self, kind: ErrorKind, path: &str) -> Result<(), Error> {
        match self {
            Self::List(items) => {
                items.iter().enumerate().try_for_each(|(i, item)| item.refuse_duplicates(kind, &format!("{path}[{i}]")))
            }
            Self::Object(entries) => {
                let mut seen = std::collections::BTreeSet::new();
                entries.iter().try_for_each(|(key, value)| {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    if !seen.insert(key.as_str()) {
                        let message = format!("key `{}` is written twice (keep one)", shortened(key));
                        return Err(Error::new(kind, "duplicate-key", message).at(Place::path(path)));
                    }
                    value.refuse_duplicates(kind, &path)
                })
            }
            _ => Ok(()),
        }
    }
}

/// One step of a path into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// `stages[2].winProbability`.
pub(super) fn path_of(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Key(key) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(shortened(key));
            }
        }
    }
    path
}

/// At most the first 60 characters: a message is no place for a novel.
pub(super) fn shortened(text: &str) -> &str {
    text.char_indices().nth(60).map_or(text, |(end, _)| &text[..end])
}

/// The line on which nesting first passes `limit`, without recursion.
fn line_of_depth(text: &str, limit: usize) -> Option<u64> {
    let (mut depth, mut line, mut quoted, mut escaped) = (0usize, 1u64, false, false);
    for byte in text.bytes() {
        line += u64::from(byte == b'\n');
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                if depth > limit {
                    return Some(line);
                }
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Reads what a call is told beside its data, such as a view or a scenario; empty text means all defaults, and a key that is not
/// known is an error.
///
/// # Errors
/// Kind `run` with the given code, and the path of the value at fault.
pub(crate) fn asked<T: DeserializeOwned>(text: &str, code: &'static str) -> Result<T, Error> {
    let text = if text.trim().is_empty() { "{}" } else { text };
    let read = Node::parse(text, ErrorKind::Run).and_then(|node| node.read(ErrorKind::Run));
    read.map_err(|error| Error::new(ErrorKind::Run, code, error.message()).at(error.place().clone()))
}

fn syntax_error(error: &serde_json::Error, kind: ErrorKind) -> Error {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text);
    let message = format!("not valid JSON at column {}: {reason}", error.column());
    Error::new(kind, "bad-json", message).at(Place::line(error.line() as u64))
}

impl<'de> de::Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor;
        impl<'de> Visitor<'de> for NodeVisitor {
            type Value = Node;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Bool(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Number(value as f64))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Number(value as f64))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Number(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Text(value.to_owned()))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Node::List(list))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
                let mut object = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    object.push(entry);
                }
                Ok(Node::Object(object))
            }
        }
        deserializer.deserialize_any(NodeVisitor)
    }
}

/// Why a tree is not the document it should be. Behind a pointer, for every reader of every type hands it on.
#[derive(Debug)]
pub(super) struct Fault(Box<Cause>);

#[derive(Debug)]
struct Cause {
    code: &'static str,
    message: String,
    /// The key the message is about, if it is a key of the object being read.
    key: Option<String>,
    /// The way to the value at fault, its own step first.
    inwards: Vec<Step>,
}

impl Fault {
    fn new(code: &'static str, message: String, key: Option<&str>) -> Self {
        Self(Box::new(Cause { code, message, key: key.map(str::to_owned), inwards: Vec::new() }))
    }

    /// The same fault, seen from the list that holds the value.
    #[inline(never)]
    fn in_item(mut self, index: usize) -> Self {
        self.0.inwards.push(Step::Index(index));
        self
    }

    /// The same fault, seen from the object that holds the value.
    #[inline(never)]
    fn in_entry(mut self, key: &str) -> Self {
        self.0.inwards.push(Step::Key(key.to_owned()));
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault::new("wrong-type", message.to_string(), None)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let message = format!("expected {}, found {}", expectation(expected), found_text(found));
        Fault::new("wrong-type", message, None)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        let message = format!("unknown key `{}` ({})", shortened(field), nearest::known(field, known));
        Fault::new("unknown-key", message, Some(field))
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        let message = format!("unknown value `{}` ({})", shortened(variant), nearest::known(variant, known));
        Fault::new("unknown-value", message, None)
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::new("missing-key", format!("missing (add `{field}`)"), Some(field))
    }
}

/// What serde expected, in the words of a reader.
fn expectation(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "f64" => "a number".into(),
        "u8" => "a whole number from 0 to 255".into(),
        "u16" => "a whole number from 0 to 65535".into(),
        "u32" => "a whole number from 0 to 4294967295".into(),
        "a string" | "string" | "str" => "text".into(),
        "a boolean" => "true or false".into(),
        "a sequence" => "a list".into(),
        text if text.starts_with("struct ") || text == "a map" => "an object".into(),
        text if text.starts_with("enum ") || text.contains("variant") => "text".into(),
        _ => text,
    }
}

fn found_text(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(value) => value.to_string(),
        Unexpected::Signed(value) => value.to_string(),
        Unexpected::Float(value) => value.to_string(),
        Unexpected::Str(text) => format!("text `{}`", shortened(text)),
        Unexpected::Unit | Unexpected::Option => "null".into(),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "an object".into(),
        other => other.to_string(),
    }
}

impl<'de> IntoDeserializer<'de, Fault> for &'de Node {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        // Whole numbers beyond this are no longer exact in JSON as browsers read it.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Number(value) if value.trunc() == *value && value.abs() <= EXACT => {
                if *value < 0.0 {
                    visitor.visit_i64(*value as i64)
                } else {
                    visitor.visit_u64(*value as u64)
                }
            }
            Node::Number(value) => visitor.visit_f64(*value),
            Node::Text(text) => visitor.visit_borrowed_str(text),
            Node::List(items) => visitor.visit_seq(Items { all: items, next: 0 }),
            Node::Object(entries) => visitor.visit_map(Entries { all: entries, next: 0 }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if *self == Node::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        // serde would also take a list for a struct, by position; a document never means that.
        match self {
            Node::Object(_) => self.deserialize_any(visitor),
            other => Err(Fault::new("wrong-type", format!("expected an object, found {}", other.describe()), None)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if let Node::Object(entries) = self
            && let [(name, value)] = entries.as_slice()
        {
            return visitor.visit_enum(Variant { name, value: Some(value) });
        }
        match self {
            Node::Text(name) => visitor.visit_enum(Variant { name, value: None }),
            other => Err(Fault::new("wrong-type", format!("expected text, found {}", other.describe()), None)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// One of several: a name alone, or the only key of an object with what stands under it.
struct Variant<'de> {
    name: &'de str,
    value: Option<&'de Node>,
}

impl<'de> Variant<'de> {
    fn value(&self) -> Result<&'de Node, Fault> {
        let message = || format!("expected an object with the key `{0}`, found text `{0}`", self.name);
        self.value.ok_or_else(|| Fault::new("wrong-type", message(), None))
    }
}

impl<'de> de::EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        Ok((seed.deserialize(self.name.into_deserializer())?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        let refused = |_| Err(Fault::new("wrong-type", "expected text, found an object".to_owned(), None));
        self.value.map_or(Ok(()), refused)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.value()?).map_err(|fault| fault.in_entry(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.value()?.deserialize_any(visitor).map_err(|fault| fault.in_entry(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(self, keys: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.value()?.deserialize_struct("", keys, visitor).map_err(|fault| fault.in_entry(self.name))
    }
}

/// The items of a list being read.
struct Items<'de> {
    all: &'de [Node],
    next: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let at = self.next;
        let Some(item) = self.all.get(at) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(item).map(Some).map_err(|fault| fault.in_item(at))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.all.len() - self.next)
    }
}

/// The entries of an object being read.
struct Entries<'de> {
    all: &'de [(String, Node)],
    next: usize,
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, _)) = self.all.get(self.next) else { return Ok(None) };
        seed.deserialize(key.as_str().into_deserializer()).map(Some).map_err(|fault: Fault| fault.in_entry(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some((key, value)) = self.all.get(self.next) else { return Err(de::Error::custom("no value")) };
        self.next += 1;
        seed.deserialize(value).map_err(|fault| fault.in_entry(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.all.len() - self.next)
    }
}
