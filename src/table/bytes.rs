//! Bytes to UTF-8: encodings told apart, files that are no text refused by name.

use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// Bytes looked at before anything is decided.
pub(crate) const WINDOW: usize = 65_536;

/// How text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, plain ASCII included.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1252, the superset of Latin-1.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl Encoding {
    /// The name in receipts, such as `utf-8`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// Files that are often dropped by mistake: how they start, what they are, what to do.
const MAGIC: [(&[u8], &str, &str); 17] = [
    (b"PK\x03\x04", "a zip archive or a workbook (.xlsx)", "unpack it, or save the sheet as CSV UTF-8"),
    (b"PK\x05\x06", "an empty zip archive", "export the file again"),
    (
        b"\xD0\xCF\x11\xE0",
        "an old or password-protected Excel workbook",
        "save it as .xlsx without a password, or as CSV UTF-8",
    ),
    (b"\x1F\x8B", "a gzip archive", "unpack it first"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xFD7zXZ", "an xz archive", "unpack it first"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", "unpack it first"),
    (b"Rar!\x1A\x07", "a RAR archive", "unpack it first"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard archive", "unpack it first"),
    (b"%PDF", "a PDF document", "export the report as CSV"),
    (b"\x89PNG", "a PNG picture", "export the report as CSV"),
    (b"\xFF\xD8\xFF", "a JPEG picture", "export the report as CSV"),
    (b"GIF8", "a GIF picture", "export the report as CSV"),
    (b"{\\rtf", "an RTF document", "export the report as CSV"),
    (b"PAR1", "a Parquet file", "export the report as CSV"),
    (b"SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    (b"Obj\x01", "an Avro file", "export the report as CSV"),
];

/// Refuses what is no delimited text.
///
/// # Errors
/// `not-csv`, naming what was found.
pub(crate) fn refuse_other_formats(start: &[u8]) -> Result<(), Error> {
    let refuse = |found: &str, remedy: &str| {
        Err(Error::new(ErrorKind::Input, "not-csv", format!("expected CSV text, found {found} ({remedy})")))
    };
    if let Some((_, found, remedy)) = MAGIC.iter().find(|(magic, ..)| start.starts_with(magic)) {
        return refuse(found, remedy);
    }
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    if begins(b"<!doctype") || begins(b"<html") {
        return refuse("a web page", "the download may have asked for a log-in: export the report again as CSV");
    }
    if begins(b"<?xml") {
        return refuse("an XML document", "export the report as CSV");
    }
    let brackets: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(2).collect();
    if brackets == b"[{" || brackets == b"{\"" || brackets == b"[[" {
        return refuse("JSON", "pass an array of records to the records reader, or export the report as CSV");
    }
    Ok(())
}

/// The encoding the first bytes show, and how many of them are a byte order mark; `None` while all is ASCII.
pub(crate) fn detect(start: &[u8]) -> (Option<Encoding>, usize) {
    if start.starts_with(b"\xEF\xBB\xBF") {
        return (Some(Encoding::Utf8), 3);
    }
    if start.starts_with(b"\xFF\xFE") {
        return (Some(Encoding::Utf16Le), 2);
    }
    if start.starts_with(b"\xFE\xFF") {
        return (Some(Encoding::Utf16Be), 2);
    }
    // Text in Latin script as UTF-16 without a mark: nearly every other byte is zero.
    let pairs = start.len().min(4096) / 2;
    let zeros = |odd: usize| (0..pairs).filter(|i| start.get(i * 2 + odd) == Some(&0)).count();
    if pairs >= 2 {
        let (even, odd) = (zeros(0), zeros(1));
        if odd * 10 >= pairs * 7 && even * 10 <= pairs {
            return (Some(Encoding::Utf16Le), 0);
        }
        if even * 10 >= pairs * 7 && odd * 10 <= pairs {
            return (Some(Encoding::Utf16Be), 0);
        }
    }
    (None, 0)
}

/// Decodes a stream piece by piece; where the pieces are cut makes no difference.
#[derive(Debug, Clone)]
pub(crate) struct Decoder {
    encoding: Option<Encoding>,
    /// Bytes held back: half a UTF-16 unit or pair, or the window in which UTF-8 and Windows-1252 are told apart.
    held: Vec<u8>,
}

impl Decoder {
    /// `None` means ASCII so far: decided at the first byte that is not.
    pub(crate) fn new(encoding: Option<Encoding>) -> Self {
        Self { encoding, held: Vec::new() }
    }

    /// The encoding as far as it is decided; ASCII counts as UTF-8.
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Utf8)
    }

    /// Whether the encoding is certain, so that ASCII needs no more watching.
    pub(crate) fn is_decided(&self) -> bool {
        self.encoding.is_some()
    }

    /// Appends the decoded bytes to `out`. UTF-8 passes as it is, malformed bytes included: the reader sees where
    /// they are. Malformed UTF-16 becomes the byte 0xFF, which is malformed UTF-8.
    pub(crate) fn decode(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.encoding {
            Some(Encoding::Utf8) => out.extend_from_slice(bytes),
            Some(Encoding::Windows1252) => decode_1252(bytes, out),
            Some(Encoding::Utf16Le | Encoding::Utf16Be) => self.decode_16(bytes, out),
            None => {
                let bytes = if self.held.is_empty() {
                    let ascii = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(bytes.len());
                    let (plain, rest) = bytes.split_at(ascii);
                    out.extend_from_slice(plain);
                    rest
                } else {
                    bytes
                };
                self.held.extend_from_slice(bytes);
                if self.held.len() >= WINDOW {
                    self.decide(out);
                }
            }
        }
    }

    /// Gives what was held back.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        match self.encoding {
            None if !self.held.is_empty() => self.decide(out),
            Some(Encoding::Utf16Le | Encoding::Utf16Be) if !self.held.is_empty() => {
                self.held.clear();
                out.push(0xFF);
            }
            _ => {}
        }
    }

    fn decide(&mut self, out: &mut Vec<u8>) {
        let window = self.held.get(..WINDOW).unwrap_or(&self.held);
        let encoding = if looks_like_utf8(window) { Encoding::Utf8 } else { Encoding::Windows1252 };
        self.encoding = Some(encoding);
        let held = std::mem::take(&mut self.held);
        self.decode(&held, out);
    }

    fn decode_16(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let little = self.encoding == Some(Encoding::Utf16Le);
        let unit = |at: usize| {
            let pair = [*held.get(at)?, *held.get(at + 1)?];
            Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
        };
        let mut at = 0;
        let mut buffer = [0; 4];
        while let Some(first) = unit(at) {
            let mut units = 1;
            let c = match first {
                0xD800..=0xDBFF => match unit(at + 2) {
                    None => break,
                    Some(second @ 0xDC00..=0xDFFF) => {
                        units = 2;
                        char::from_u32(0x10000 + ((u32::from(first) - 0xD800) << 10) + (u32::from(second) - 0xDC00))
                    }
                    Some(_) => None,
                },
                _ => char::from_u32(u32::from(first)),
            };
            match c {
                Some(c) => out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()),
                None => out.push(0xFF),
            }
            at += units * 2;
        }
        self.held = held.get(at..).unwrap_or(&[]).to_vec();
    }
}

/// Whether malformed sequences are fewer than the well-formed ones beyond ASCII.
fn looks_like_utf8(mut bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    loop {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                good += text.chars().filter(|c| !c.is_ascii()).count();
                break;
            }
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                good += std::str::from_utf8(valid).map_or(0, |t| t.chars().filter(|c| !c.is_ascii()).count());
                // A sequence cut by the window's end is no evidence.
                let Some(length) = error.error_len() else { break };
                bad += 1;
                bytes = rest.get(length..).unwrap_or(&[]);
            }
        }
    }
    bad == 0 || good > bad
}

fn decode_1252(bytes: &[u8], out: &mut Vec<u8>) {
    /// 0x80 to 0x9F; the five bytes without a character stay control characters.
    const UPPER: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let mut buffer = [0; 4];
    for byte in bytes {
        let c = match byte {
            0x80..=0x9F => UPPER[usize::from(byte - 0x80)],
            _ => char::from(*byte),
        };
        out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
    }
}
