//! Writes a document back: once canonical for fingerprints, once for people.

use super::json::Node;
use crate::stats::Arrange;
use crate::{Error, ErrorKind};

/// The document a model was resolved from, every default filled in.
#[derive(Clone, PartialEq)]
pub(super) struct Source(Node);

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source")
    }
}

/// Widest line of the readable form that a list or object is kept on.
const WIDTH: usize = 110;

impl Source {
    pub(super) fn of(document: &impl serde::Serialize) -> Result<Self, Error> {
        let failed = |error: serde_json::Error| Error::new(ErrorKind::Internal, "serialize", error.to_string());
        let text = serde_json::to_string(document).map_err(failed)?;
        serde_json::from_str(&text).map(Self).map_err(failed)
    }

    /// One line, keys sorted, no spaces: equal models give equal bytes.
    pub(super) fn canonical(&self) -> String {
        let mut out = String::new();
        write_canonical(&self.0, &mut out);
        out
    }

    /// Keys in the order of the documentation, short values on one line.
    pub(super) fn pretty(&self) -> String {
        let mut out = String::new();
        write_pretty(&self.0, 0, 0, &mut out);
        out.push('\n');
        out
    }
}

fn write_canonical(node: &Node, out: &mut String) {
    match node {
        Node::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_canonical(item, out);
            }
            out.push(']');
        }
        Node::Object(entries) => {
            let mut sorted: Vec<&(String, Node)> = entries.iter().collect();
            sorted.arrange_by(|a, b| a.0.cmp(&b.0));
            out.push('{');
            for (i, (key, value)) in sorted.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_text(key, out);
                out.push(':');
                write_canonical(value, out);
            }
            out.push('}');
        }
        leaf => write_leaf(leaf, out),
    }
}

fn write_pretty(node: &Node, indent: usize, used: usize, out: &mut String) {
    let mut line = String::new();
    write_line(node, &mut line);
    // A document of its own is never one line, so that the sections stand below each other.
    if indent > 0 && used + line.len() <= WIDTH {
        out.push_str(&line);
        return;
    }
    let inner = "  ".repeat(indent + 1);
    if let Node::List(items) = node
        && !items.iter().any(|item| matches!(item, Node::List(_) | Node::Object(_)))
    {
        write_filled(items, indent, out);
        return;
    }
    let (open, close) = if matches!(node, Node::List(_)) { ('[', ']') } else { ('{', '}') };
    out.push(open);
    let mut first = true;
    let mut separate = |out: &mut String| {
        out.push_str(if std::mem::take(&mut first) { "\n" } else { ",\n" });
        out.push_str(&inner);
    };
    match node {
        Node::List(items) => {
            for item in items {
                separate(out);
                write_pretty(item, indent + 1, inner.len() + 1, out);
            }
        }
        Node::Object(entries) => {
            for (key, value) in entries {
                separate(out);
                write_text(key, out);
                out.push_str(": ");
                write_pretty(value, indent + 1, inner.len() + key.len() + 5, out);
            }
        }
        _ => {}
    }
    out.push('\n');
    out.push_str(&"  ".repeat(indent));
    out.push(close);
}

/// A list of texts and numbers, as many to a line as fit.
fn write_filled(items: &[Node], indent: usize, out: &mut String) {
    let inner = "  ".repeat(indent + 1);
    let mut line = String::new();
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        let mut text = String::new();
        write_leaf(item, &mut text);
        text.push_str(if i + 1 < items.len() { "," } else { "" });
        if line.is_empty() || inner.len() + line.len() + 1 + text.len() > WIDTH {
            out.push_str(&line);
            line = format!("\n{inner}{text}");
        } else {
            line.push(' ');
            line.push_str(&text);
        }
    }
    out.push_str(&line);
    out.push('\n');
    out.push_str(&"  ".repeat(indent));
    out.push(']');
}

fn write_line(node: &Node, out: &mut String) {
    match node {
        Node::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write_line(item, out);
            }
            out.push(']');
        }
        Node::Object(entries) if entries.is_empty() => out.push_str("{}"),
        Node::Object(entries) => {
            out.push_str("{ ");
            for (i, (key, value)) in entries.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write_text(key, out);
                out.push_str(": ");
                write_line(value, out);
            }
            out.push_str(" }");
        }
        leaf => write_leaf(leaf, out),
    }
}

fn write_leaf(node: &Node, out: &mut String) {
    match node {
        Node::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Rust prints the shortest digits that read back to the same number, without exponents.
        Node::Number(value) => out.push_str(&(value + 0.0).to_string()),
        Node::Text(text) => write_text(text, out),
        _ => out.push_str("null"),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
