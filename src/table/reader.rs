//! Reads delimited text that arrives in pieces: the rows are the same wherever the pieces are cut.

use super::builder::TableBuilder;
use super::bytes::{self, Decoder, Encoding, WINDOW};
use super::options::ReadOptions;
use super::{MOST_COLUMNS, MOST_FIELD_BYTES, Table, delimiter, quotes, scan};
use crate::{Error, ErrorKind, Place};
use csv_core::ReadRecordResult;

/// Bytes of one row at most.
const MOST_ROW_BYTES: usize = 16 << 20;

/// Unclosed quotes mended at the end of a file, at most.
const MOST_MENDED: usize = 8;

/// Reads a delimited file piece by piece.
///
/// ```
/// use leadcast::table::{ReadOptions, TableReader};
/// let mut reader = TableReader::new(&ReadOptions::default());
/// reader.push(b"Name,Amo")?;
/// reader.push(b"unt\nAcme,12\n")?;
/// let table = reader.finish()?;
/// assert_eq!(table.columns()[1].number(0), Some(12.0));
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug)]
pub struct TableReader {
    options: ReadOptions,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The first bytes, until there are enough to decide on encoding and delimiter.
    Looking(Vec<u8>),
    Reading(Box<Reading>),
}

impl TableReader {
    /// A reader at the start of a file.
    #[must_use]
    pub fn new(options: &ReadOptions) -> Self {
        Self { options: options.clone(), stage: Stage::Looking(Vec::new()) }
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// `not-csv` for other kinds of file, `limit` for a passed limit, `bad-option` for an impossible delimiter. After
    /// an error the reader is of no more use.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.push_bytes(bytes).map_err(|error| in_file(error, &self.options))
    }

    /// Takes the end of the file and decides what its columns are.
    ///
    /// # Errors
    /// `empty` for a file without a row, and as [`push`](Self::push).
    pub fn finish(mut self) -> Result<Table, Error> {
        let reading = match std::mem::replace(&mut self.stage, Stage::Looking(Vec::new())) {
            Stage::Reading(reading) => reading,
            Stage::Looking(start) => match Reading::start(&start, false, &self.options) {
                Ok(reading) => reading,
                Err(error) => return Err(in_file(error, &self.options)),
            },
        };
        reading.finish(&self.options).map_err(|error| in_file(error, &self.options))
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.stage {
            Stage::Reading(reading) => reading.take(bytes),
            Stage::Looking(start) => {
                let missing = WINDOW.saturating_sub(start.len());
                let (now, later) = bytes.split_at(missing.min(bytes.len()));
                start.extend_from_slice(now);
                if start.len() < WINDOW {
                    return Ok(());
                }
                let mut reading = Reading::start(start, true, &self.options)?;
                reading.take(later)?;
                self.stage = Stage::Reading(reading);
                Ok(())
            }
        }
    }
}

fn in_file(error: Error, options: &ReadOptions) -> Error {
    match &options.name {
        Some(name) => {
            let place = error.place().clone().in_file(name);
            error.at(place)
        }
        None => error,
    }
}

/// The state once encoding and delimiter are known.
#[derive(Debug)]
struct Reading {
    decoder: Decoder,
    decoded: Vec<u8>,
    rows: Rows,
}

impl Reading {
    fn start(start: &[u8], cut: bool, options: &ReadOptions) -> Result<Box<Self>, Error> {
        bytes::refuse_other_formats(start)?;
        let (found, mark) = bytes::detect(start);
        let mut decoder = Decoder::new(options.encoding.or(found));
        let mut decoded = Vec::new();
        decoder.decode(start.get(mark..).unwrap_or(&[]), &mut decoded);
        // What the decoder holds back is not ASCII, so no delimiter: the bytes as they are do for counting.
        let mut sample = decoded.clone();
        let undecided = decoder.encoding() == Encoding::Utf8;
        if undecided {
            sample = start.get(mark..).unwrap_or(&[]).to_vec();
        }
        let (sep, skip) = match delimiter::sep_line(&sample) {
            Some((sep, length)) => (Some(sep), length),
            None => (None, 0),
        };
        let delimiter = match options.delimiter {
            Some(c) => u8::try_from(c).ok().filter(|b| delimiter::is_allowed(*b)).ok_or_else(|| {
                let message = format!("`{c}` cannot stand between cells (use `,`, `;`, a tab or `|`)");
                Error::new(ErrorKind::Run, "bad-option", message).at(Place::path("delimiter"))
            })?,
            None => sep.unwrap_or_else(|| delimiter::detect(&sample, cut)),
        };
        let escape = quotes::are_escaped(&sample, delimiter, cut);
        let mut rows = Rows::new(delimiter, escape, options);
        if escape {
            rows.table.note_backslashes();
        }
        if skip > 0 {
            rows.line = 2;
        }
        rows.feed(decoded.get(skip..).unwrap_or(&[]))?;
        decoded.clear();
        Ok(Box::new(Self { decoder, decoded, rows }))
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.decoder.encoding() == Encoding::Utf8 && self.decoder.is_decided() {
            return self.rows.feed(bytes);
        }
        self.decoded.clear();
        self.decoder.decode(bytes, &mut self.decoded);
        self.rows.feed(&self.decoded)
    }

    fn finish(mut self: Box<Self>, options: &ReadOptions) -> Result<Table, Error> {
        self.decoded.clear();
        self.decoder.finish(&mut self.decoded);
        self.rows.feed(&self.decoded)?;
        self.rows.end()?;
        let assumed = self.decoder.encoding() == Encoding::Windows1252 && options.encoding.is_none();
        self.rows.table.finish(self.decoder.encoding(), self.rows.delimiter, assumed, options)
    }
}

/// Splits decoded bytes into rows.
#[derive(Debug)]
struct Rows {
    delimiter: u8,
    core: csv_core::Reader,
    record: Vec<u8>,
    ends: Vec<usize>,
    used: usize,
    cells: usize,
    /// Line of the next byte, from 1.
    line: u64,
    /// Whether the last byte was a carriage return.
    after_return: bool,
    in_record: bool,
    record_line: u64,
    /// Bytes of the row in progress from earlier pieces.
    partial: Vec<u8>,
    mended: usize,
    /// Whether quotes inside cells stand behind a backslash.
    escape: bool,
    /// Bytes of text before the row in progress.
    offset: u64,
    record_offset: u64,
    /// Whether rows that are written by the rules are read by [`scan`]: not if quotes are escaped or had to be mended.
    scans: bool,
    /// Whether a row was read: the first may begin with a byte order mark.
    begun: bool,
    /// The cells of a row: where each begins and ends.
    spans: Vec<(u32, u32)>,
    /// The cells of a row that holds doubled quotes, end to end.
    undoubled: Vec<u8>,
    table: TableBuilder,
}

impl Rows {
    fn new(delimiter: u8, escape: bool, options: &ReadOptions) -> Self {
        Self {
            delimiter,
            core: quotes::reader(delimiter, escape),
            record: vec![0; 4096],
            ends: vec![0; 64],
            used: 0,
            cells: 0,
            line: 1,
            after_return: false,
            in_record: false,
            record_line: 1,
            partial: Vec::new(),
            mended: 0,
            escape,
            offset: 0,
            record_offset: 0,
            scans: !escape,
            begun: false,
            spans: Vec::new(),
            undoubled: Vec::new(),
            table: TableBuilder::new(options),
        }
    }

    fn feed(&mut self, mut input: &[u8]) -> Result<(), Error> {
        while !input.is_empty() {
            if !self.in_record {
                let blank = input.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(input.len());
                let (ends, rest) = input.split_at(blank);
                self.count_lines(ends);
                self.offset += blank as u64;
                input = rest;
                if input.is_empty() {
                    return Ok(());
                }
                let read = if self.scans && self.begun { self.scan_row(input)? } else { 0 };
                if read > 0 {
                    input = input.get(read..).unwrap_or(&[]);
                    continue;
                }
                self.begin_record();
            }
            let (whole, read) = self.step(input)?;
            let (taken, rest) = input.split_at(read);
            self.count_lines(taken);
            self.offset += read as u64;
            input = rest;
            if whole {
                self.check_quotes(taken);
                self.end_record()?;
            } else {
                self.partial.extend_from_slice(taken);
            }
        }
        Ok(())
    }

    /// Takes the row at the start of the input if it is whole and written by the rules; gives the bytes read, 0 for any
    /// other row.
    fn scan_row(&mut self, input: &[u8]) -> Result<usize, Error> {
        let Some(scanned) = scan::row(input, self.delimiter, &mut self.spans) else { return Ok(0) };
        let (mut row, line) = (input.get(..scanned.length).unwrap_or(input), self.line);
        self.line += 1;
        self.after_return = row.last() == Some(&b'\r');
        self.offset += scanned.length as u64;
        if scanned.doubled {
            self.undoubled.clear();
            for (from, to) in &mut self.spans {
                let begun = self.undoubled.len() as u32;
                let mut cell = row.get(*from as usize..*to as usize).unwrap_or(&[]);
                while let Some(at) = cell.iter().position(|byte| *byte == b'"') {
                    self.undoubled.extend_from_slice(cell.get(..=at).unwrap_or(&[]));
                    cell = cell.get(at + 2..).unwrap_or(&[]);
                }
                self.undoubled.extend_from_slice(cell);
                (*from, *to) = (begun, self.undoubled.len() as u32);
            }
            row = &self.undoubled;
        }
        self.table.row(line, row, &self.spans, scanned.simple)?;
        Ok(scanned.length)
    }

    /// Ends the file: gives the last row, and mends a quote that was never closed.
    fn end(&mut self) -> Result<(), Error> {
        while self.in_record {
            if self.partial.iter().all(|b| matches!(b, 0 | 0x1A)) {
                // Ctrl-Z or padding after the last row.
                self.in_record = false;
                return Ok(());
            }
            let mut probe: &[u8] = b"\n";
            let closed = loop {
                let (whole, read) = self.step(probe)?;
                probe = probe.get(read..).unwrap_or(&[]);
                if whole || probe.is_empty() {
                    break whole;
                }
            };
            if closed {
                self.check_quotes(b"");
                return self.end_record();
            }
            self.mend()?;
        }
        Ok(())
    }

    /// The quote that opened in this row never closes: its first line is a row with a plain quote, the rest is read
    /// again.
    fn mend(&mut self) -> Result<(), Error> {
        let partial = std::mem::take(&mut self.partial);
        let length = partial.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(partial.len());
        let (first, rest) = partial.split_at(length);
        self.table.note_unclosed_quote(self.record_line, first);
        self.mended += 1;
        self.scans = false;
        let quoting = quotes::reader(self.delimiter, self.escape);
        self.core = csv_core::ReaderBuilder::new().delimiter(self.delimiter).quoting(false).build();
        (self.used, self.cells, self.line, self.after_return) = (0, 0, self.record_line, false);
        self.feed_plain(first)?;
        if self.mended < MOST_MENDED {
            self.core = quoting;
        }
        self.feed(rest)
    }

    fn feed_plain(&mut self, line: &[u8]) -> Result<(), Error> {
        for mut piece in [line, b"\n"] {
            while !piece.is_empty() {
                let (_, read) = self.step(piece)?;
                piece = piece.get(read..).unwrap_or(&[]);
            }
        }
        self.end_record()
    }

    /// Reads on in the current row: whether it is whole now, and how many bytes were read.
    fn step(&mut self, input: &[u8]) -> Result<(bool, usize), Error> {
        let mut total = 0;
        loop {
            let rest = input.get(total..).unwrap_or(&[]);
            if rest.is_empty() {
                return Ok((false, total));
            }
            let out = self.record.get_mut(self.used..).unwrap_or(&mut []);
            let ends = self.ends.get_mut(self.cells..).unwrap_or(&mut []);
            let (result, read, written, ended) = self.core.read_record(rest, out, ends);
            total += read;
            self.used += written;
            self.cells += ended;
            self.check_field()?;
            match result {
                ReadRecordResult::Record => return Ok((true, total)),
                ReadRecordResult::OutputFull => self.grow_record()?,
                ReadRecordResult::OutputEndsFull => self.grow_ends()?,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok((false, total)),
            }
        }
    }

    fn check_field(&self) -> Result<(), Error> {
        let longest = self.ends.get(..self.cells).unwrap_or(&[]);
        let begun = longest.last().copied().unwrap_or(0);
        if self.used.saturating_sub(begun) <= MOST_FIELD_BYTES && self.used <= MOST_FIELD_BYTES {
            return Ok(());
        }
        let mut from = 0;
        let mut most = self.used.saturating_sub(begun);
        for end in longest {
            most = most.max(end - from);
            from = *end;
        }
        if most <= MOST_FIELD_BYTES {
            return Ok(());
        }
        let message = format!(
            "a cell is longer than 1 MiB, the limit, in the row that starts at byte {} (a quote may never be closed: \
             look at this line)",
            self.record_offset
        );
        Err(Error::new(ErrorKind::Limit, "limit", message).at(Place::line(self.record_line)))
    }

    fn grow_record(&mut self) -> Result<(), Error> {
        if self.record.len() >= MOST_ROW_BYTES {
            let message = "a row is longer than 16 MiB, the limit (look for a missing line end)";
            return Err(Error::new(ErrorKind::Limit, "limit", message).at(Place::line(self.record_line)));
        }
        self.record.resize(self.record.len() * 2, 0);
        Ok(())
    }

    fn grow_ends(&mut self) -> Result<(), Error> {
        if self.ends.len() > MOST_COLUMNS {
            let message = "more than 2,048 columns, the limit (remove columns that are not needed)";
            return Err(Error::new(ErrorKind::Limit, "limit", message).at(Place::line(self.record_line)));
        }
        self.ends.resize(self.ends.len() * 2, 0);
        Ok(())
    }

    fn begin_record(&mut self) {
        self.in_record = true;
        self.record_line = self.line;
        self.record_offset = self.offset;
        self.partial.clear();
        (self.used, self.cells) = (0, 0);
    }

    /// Reads a row again to the letter if quotes stand in its cells where none may; `tail` ends the row.
    fn check_quotes(&mut self, tail: &[u8]) {
        let quoted = |bytes: &[u8]| bytes.contains(&b'"');
        if self.escape || !quoted(tail) && !quoted(&self.partial) {
            return;
        }
        let mut whole;
        let mut row = tail;
        if !self.partial.is_empty() {
            whole = std::mem::take(&mut self.partial);
            whole.extend_from_slice(tail);
            row = &whole;
        }
        let end = row.iter().rposition(|b| !matches!(b, b'\r' | b'\n')).map_or(0, |last| last + 1);
        let Some((cells, stray)) = quotes::split(row.get(..end).unwrap_or(row), self.delimiter) else { return };
        for at in stray {
            if let Some(cell) = cells.get(at) {
                self.table.note_stray_quote(self.record_line, at, cell);
            }
        }
        let total: usize = cells.iter().map(Vec::len).sum();
        if self.record.len() < total {
            self.record.resize(total, 0);
        }
        if self.ends.len() < cells.len() {
            self.ends.resize(cells.len(), 0);
        }
        (self.used, self.cells) = (0, cells.len());
        for (cell, end) in cells.iter().zip(&mut self.ends) {
            if let Some(room) = self.record.get_mut(self.used..self.used + cell.len()) {
                room.copy_from_slice(cell);
            }
            self.used += cell.len();
            *end = self.used;
        }
    }

    fn end_record(&mut self) -> Result<(), Error> {
        self.in_record = false;
        self.begun = true;
        let bytes = self.record.get(..self.used).unwrap_or(&[]);
        self.spans.clear();
        let mut from = 0;
        for end in self.ends.iter().take(self.cells) {
            // A row has 16 MiB at most.
            self.spans.push((from, *end as u32));
            from = *end as u32;
        }
        self.table.row(self.record_line, bytes, &self.spans, false)
    }

    fn count_lines(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.line += u64::from(*byte == b'\r' || (*byte == b'\n' && !self.after_return));
            self.after_return = *byte == b'\r';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of a text that is fed in pieces, or what is wrong with it.
    fn read(text: &[u8], cuts: &[usize], scans: bool) -> String {
        let options = ReadOptions::default();
        let mut rows = Rows::new(b',', false, &options);
        rows.scans = scans;
        let mut from = 0;
        for to in cuts.iter().copied().chain([text.len()]) {
            if let Err(error) = rows.feed(&text[from..to]) {
                return error.to_string();
            }
            from = to;
        }
        match rows.end() {
            Ok(()) => format!("{:?}", rows.table.finish(Encoding::Utf8, b',', false, &options)),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn rows_that_are_scanned_are_those_of_the_other_reader() {
        let long = "x y'".repeat(40);
        let parts: [&[u8]; 26] = [
            b"a",
            b"bc",
            b"12",
            b",",
            b",",
            b",",
            b"\n",
            b"\n",
            b"\r\n",
            b"\r",
            b"\"",
            b"\"\"",
            b"\"a,b\"",
            b"\"x\"\"y\"",
            b"\"\",",
            b"\"q\"\n",
            b"\"l\nm\"",
            b"\"z\" ,",
            " é,".as_bytes(),
            "株式".as_bytes(),
            b"'=1",
            b"\0",
            b"\xff",
            b"\xef\xbb\xbf",
            "\u{fffd}".as_bytes(),
            long.as_bytes(),
        ];
        let mut state = 1_u64;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut scanned = 0;
        for _ in 0..4_000 {
            let mut text = b"id,name,note\n1,A,x\n2,B,y\n".to_vec();
            for _ in 0..draw(40) {
                text.extend_from_slice(parts[draw(parts.len())]);
            }
            let mut cuts: Vec<usize> = (0..draw(4)).map(|_| draw(text.len())).collect();
            cuts.sort_unstable();
            let expected = read(&text, &[], false);
            for cuts in [&[], cuts.as_slice()] {
                assert_eq!(read(&text, cuts, true), expected, "{:?} cut at {cuts:?}", String::from_utf8_lossy(&text));
            }
            let by_the_rules = |line: &[u8]| scan::row(line, b',', &mut Vec::new()).is_some();
            scanned += text.split_inclusive(|byte| *byte == b'\n').filter(|line| by_the_rules(line)).count();
        }
        assert!(scanned > 10_000, "{scanned}");
    }
}
