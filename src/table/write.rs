//! Writes rows back out as CSV that spreadsheets open as text, never as formulas.
//!
//! RFC 4180: comma, CRLF, quotes only where needed and doubled inside. A byte order mark is written by default, since
//! spreadsheets otherwise read UTF-8 as the local code page. A text cell that a spreadsheet would run as a formula
//! gets a leading apostrophe; reading such a cell back with [`unguarded`] gives the original, to the character.

/// How CSV is written. The defaults suit spreadsheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WriteOptions {
    /// Starts the file with a UTF-8 byte order mark. Default true.
    pub byte_order_mark: bool,
    /// Puts an apostrophe before text cells that a spreadsheet would run. Default true; false for other programs.
    pub guard_formulas: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { byte_order_mark: true, guard_formulas: true }
    }
}

/// Collects rows as CSV bytes.
///
/// ```
/// use leadcast::table::write::{CsvWriter, WriteOptions};
/// let mut csv = CsvWriter::new(WriteOptions { byte_order_mark: false, ..WriteOptions::default() });
/// csv.row(["name", "note"]);
/// csv.row(["Ada, Countess", "=1+1"]);
/// assert_eq!(csv.finish(), b"name,note\r\n\"Ada, Countess\",'=1+1\r\n");
/// ```
#[derive(Debug, Clone)]
pub struct CsvWriter {
    out: Vec<u8>,
    options: WriteOptions,
    fields: usize,
    row_start: usize,
}

impl CsvWriter {
    /// An empty file, its byte order mark already in place if asked for.
    #[must_use]
    pub fn new(options: WriteOptions) -> Self {
        let out = if options.byte_order_mark { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
        Self { row_start: out.len(), out, options, fields: 0 }
    }

    /// Adds one cell to the current row.
    pub fn field(&mut self, text: &str) {
        if self.fields > 0 {
            self.out.push(b',');
        }
        self.fields += 1;
        let guarded = self.options.guard_formulas && needs_guard(text);
        let quoted = text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n' | b'\t'));
        if quoted {
            self.out.push(b'"');
        }
        if guarded {
            self.out.push(b'\'');
        }
        let mut parts = text.split('"');
        self.out.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
        for part in parts {
            self.out.extend_from_slice(b"\"\"");
            self.out.extend_from_slice(part.as_bytes());
        }
        if quoted {
            self.out.push(b'"');
        }
    }

    /// Adds a number to the current row, the shortest digits that read back as the same; nothing for `None`.
    pub fn figure(&mut self, figure: Option<f64>) {
        match figure {
            Some(figure) => self.field(&figure.to_string()),
            None => self.field(""),
        }
    }

    /// Ends the current row.
    pub fn end_row(&mut self) {
        // A row of one empty cell would read back as a blank line, which readers skip.
        if self.fields == 1 && self.out.len() == self.row_start {
            self.out.extend_from_slice(b"\"\"");
        }
        self.out.extend_from_slice(b"\r\n");
        self.fields = 0;
        self.row_start = self.out.len();
    }

    /// Adds a whole row.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        for cell in cells {
            self.field(cell);
        }
        self.end_row();
    }

    /// The bytes of the file.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// Whether a cell gets a leading apostrophe on export.
///
/// That is text which, after leading blanks, starts with `=`, `+`, `-`, `@` (full-width forms too), TAB, CR or LF, or
/// holds a TAB or a lone CR followed by one of them; a plain number such as `-12.5` is left alone. A cell that already
/// reads like a guarded one is guarded once more, so that [`unguarded`] always gives back the original.
#[must_use]
pub fn needs_guard(text: &str) -> bool {
    runs_as_formula(text.trim_start_matches('\''))
}

/// The cell as it was before export: one leading apostrophe is dropped if it was put there by the guard.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if needs_guard(rest) => rest,
        _ => text,
    }
}

fn runs_as_formula(text: &str) -> bool {
    if opens_formula(text) {
        return !is_plain_number(text);
    }
    let mut rest = text;
    while let Some(at) = rest.find(['\t', '\r']) {
        let lone = !rest[at..].starts_with("\r\n");
        rest = &rest[at + 1..];
        if lone && opens_formula(rest) {
            return true;
        }
    }
    false
}

fn opens_formula(text: &str) -> bool {
    let blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}');
    text.trim_start_matches(blank)
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// Whether the whole cell is a number with a sign, digits, at most one point and at most one exponent.
fn is_plain_number(text: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let mantissa_ok = match mantissa.split_once('.') {
        Some((whole, part)) => {
            (digits(whole) && (part.is_empty() || digits(part))) || (whole.is_empty() && digits(part))
        }
        None => digits(mantissa),
    };
    mantissa_ok && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(options: WriteOptions, cells: &[&str]) -> String {
        let mut csv = CsvWriter::new(options);
        csv.row(cells.iter().copied());
        String::from_utf8(csv.finish()).unwrap()
    }

    const PLAIN: WriteOptions = WriteOptions { byte_order_mark: false, guard_formulas: true };

    #[test]
    fn quotes_stand_only_where_needed_and_are_doubled_inside() {
        assert_eq!(written(PLAIN, &["a", "b c", "d,e", "f\"g", "h\ni", ""]), "a,b c,\"d,e\",\"f\"\"g\",\"h\ni\",\r\n");
    }

    #[test]
    fn a_byte_order_mark_comes_first_unless_switched_off() {
        assert_eq!(written(WriteOptions::default(), &["a"]), "\u{feff}a\r\n");
        assert_eq!(written(PLAIN, &["a"]), "a\r\n");
    }

    #[test]
    fn a_row_of_one_empty_cell_is_not_a_blank_line() {
        assert_eq!(written(PLAIN, &[""]), "\"\"\r\n");
        assert_eq!(written(WriteOptions::default(), &[""]), "\u{feff}\"\"\r\n");
        assert_eq!(written(PLAIN, &["", ""]), ",\r\n");
    }

    #[test]
    fn text_that_would_run_is_guarded() {
        for text in [
            "=HYPERLINK(\"http://x\",\"y\")",
            "+cmd|' /C calc'!A0",
            "@SUM(1)",
            "-1+1",
            "\t=1",
            "\rx",
            "\nx",
            "＝1+1",
            "＋1",
            "－1",
            "＠x",
            "  =1",
            "\u{a0}=1",
            "\u{feff}=1",
            "\u{200b}-x",
            "a\t=1",
            "a\r=1",
            "+49 151 123",
            "-",
            "+",
            "-.",
            "-1e",
        ] {
            assert!(needs_guard(text), "{text:?}");
        }
    }

    #[test]
    fn numbers_and_ordinary_text_are_left_alone() {
        for text in ["", "-12.5", "+3", "-0.5e-7", "-.5", "1+1", "a=b", "a - b", "notes\r\n- item", "'quoted'", "don't"]
        {
            assert!(!needs_guard(text), "{text:?}");
        }
    }

    #[test]
    fn reading_a_guarded_cell_back_gives_the_original() {
        for text in ["=1", "'=1", "''=1", "-5", "'-5", "'plain", "", "'", "''", " =x", "' =x"] {
            let cell = if needs_guard(text) { format!("'{text}") } else { text.to_owned() };
            assert_eq!(unguarded(&cell), text, "{text:?} was written as {cell:?}");
        }
    }

    #[test]
    fn a_file_written_and_read_has_the_same_cells() {
        use crate::table::{ReadOptions, Table};
        let cells = ["=1+1", "'=1", "-5", "'-5", "a,b", "say \"hi\"", "two\r\nlines", "@x", "'plain", "ü", "+49 30 1"];
        let mut csv = CsvWriter::new(WriteOptions::default());
        csv.row(["id", "text"]);
        for (id, cell) in cells.iter().enumerate() {
            csv.row([id.to_string().as_str(), cell]);
        }
        let table = Table::from_csv(&csv.finish(), &ReadOptions::default()).unwrap();
        let read: Vec<&str> = (0..table.rows()).map(|row| table.columns()[1].raw(row)).collect();
        assert_eq!(read, cells);
        assert!(table.notes().iter().any(|note| note.code == "guarded-cell" && note.count == 4));
    }

    #[test]
    fn the_guard_can_be_switched_off() {
        assert_eq!(written(WriteOptions { guard_formulas: false, ..PLAIN }, &["=1"]), "=1\r\n");
    }
}
