//! Writes comma-separated text the way each system exports it.

/// Which cells are put in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Every cell, as CRM reports do.
    Always,
    /// Only cells that need them.
    WhenNeeded,
}

/// A file under construction.
#[derive(Debug)]
pub(super) struct Csv {
    text: String,
    quotes: Quotes,
    line_end: &'static str,
}

impl Csv {
    /// An empty file; `line_end` is `"\n"` or `"\r\n"`.
    pub(super) fn new(quotes: Quotes, line_end: &'static str) -> Self {
        Self { text: String::new(), quotes, line_end }
    }

    /// Puts a byte-order mark in front, as spreadsheet programs do.
    pub(super) fn with_mark(mut self) -> Self {
        self.text.insert(0, '\u{feff}');
        self
    }

    /// Appends a row.
    pub(super) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        for (i, cell) in cells.iter().map(AsRef::as_ref).enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            if self.quotes == Quotes::Always || cell.contains([',', '"', '\n', '\r']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(cell);
            }
        }
        self.text.push_str(self.line_end);
    }

    /// Appends a line as it is.
    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str(self.line_end);
    }

    /// The bytes of the file.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

/// `1234567.5` as `1,234,567.50`.
pub(super) fn grouped(cents: i64) -> String {
    let digits = (cents.abs() / 100).to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{}{text}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() % 100)
}
