//! Collects rows into columns, whatever they came from.

use super::bytes::Encoding;
use super::column::{Column, ColumnKind};
use super::header::{is_data, is_row_like_those};
use super::infer::{self, Defaults};
use super::lines::Lines;
use super::options::{ColumnType, Header, MissingWords, ReadOptions};
use super::receipt::{Action, Code, Diagnostics, shorten};
use super::store::CellsBuilder;
use super::unread::note_unreadable;
use super::write::unguarded;
use super::{MOST_COLUMNS, MOST_ROWS, Source, Table};
use crate::{Error, ErrorKind, Place};
use std::collections::HashSet;

const ENCODING_ASSUMED: Code =
    Code::new("encoding-assumed", Action::Kept, "save the file as UTF-8, or set `encoding` in the read options");
const OTHER_SHEETS: Code = Code::new("other-sheets", Action::Kept, "name another one as `sheet` in the read options");
const BAD_BYTES: Code = Code::new("bad-bytes", Action::Repaired, "save the file as UTF-8 and try again");
const CONTROL: Code = Code::new("control-character", Action::Kept, "remove the characters in the source system");
const GUARDED: Code = Code::new("guarded-cell", Action::Repaired, "nothing to do: it was put there on export");
const MOJIBAKE: Code =
    Code::new("mojibake", Action::Kept, "export again as UTF-8: the text was encoded twice before it came here");
const SKIPPED: Code = Code::new("skipped-line", Action::Repaired, "nothing to do if these lines are a report's title");
const UNCLOSED: Code = Code::new("unclosed-quote", Action::Repaired, "close the quote, or double it inside the cell");
const STRAY_QUOTE: Code = Code::new("stray-quote", Action::Kept, "double the quotes inside quoted cells");
const BACKSLASH: Code = Code::new("backslash-quote", Action::Noted, "nothing to do: such quotes are read as quotes");
const SHORT_ROW: Code = Code::new("short-row", Action::Kept, "missing cells count as missing values");
const LONG_ROW: Code =
    Code::new("long-row", Action::Repaired, "quote the cell that holds the delimiter; later cells may be shifted");
const BLANK_ROW: Code = Code::new("blank-row", Action::Excluded, "nothing is lost: every cell of the row is blank");
const BLANK_COLUMN: Code =
    Code::new("blank-column", Action::Excluded, "nothing is lost: the column has no name and no value");
const BLANK_HEADER: Code = Code::new("blank-header", Action::Repaired, "name the column in the file");
const DUPLICATE_HEADER: Code =
    Code::new("duplicate-header", Action::Repaired, "rename one of the columns, or map the one that counts");
const HEADER_LIKE_DATA: Code =
    Code::new("header-looks-like-data", Action::Kept, "set `header` to `none` if the first row is data already");
const TYPE_NOT_FOUND: Code = Code::new("type-not-found", Action::Kept, "remove the setting for this column");

/// Lines above the header, at most.
const MOST_TITLES: usize = 20;

/// Rows looked at to tell whether the first of them names the columns.
const MOST_FIRST_ROWS: usize = 50;

/// Whether three bytes of UTF-8 begin what `ü` becomes when its bytes are read as Windows-1252 and encoded again.
fn is_encoded_twice(bytes: &[u8]) -> bool {
    matches!(bytes, [0xC3, 0x83, 0xC2 | 0xC5 | 0xC6 | 0xCB | 0xE2])
}

/// A table in the making.
#[derive(Debug)]
pub(crate) struct TableBuilder {
    /// As the caller said.
    header: Option<Header>,
    names: Option<Vec<String>>,
    unnamed: Vec<bool>,
    columns: Vec<CellsBuilder>,
    rows: usize,
    blank_rows: u64,
    lines: Lines,
    long_rows: Vec<usize>,
    notes: Diagnostics,
    /// Lines above the header, until it is clear that they are a title and no header of a single column.
    titles: Vec<(u64, Vec<String>)>,
    /// The first rows, while it is open whether the first of them names the columns.
    first_rows: Vec<(u64, Vec<String>)>,
    /// Lines that are no rows, with their text.
    skipped: Vec<(u64, String)>,
}

impl TableBuilder {
    pub(crate) fn new(options: &ReadOptions) -> Self {
        Self {
            header: options.header,
            names: None,
            unnamed: Vec::new(),
            columns: Vec::new(),
            rows: 0,
            blank_rows: 0,
            lines: Lines::default(),
            long_rows: Vec::new(),
            notes: Diagnostics::default(),
            titles: Vec::new(),
            first_rows: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Takes a row: bytes, and where in them each cell begins and ends. `simple`: all of them are ASCII, and none is NUL
    /// or an apostrophe.
    pub(crate) fn row(&mut self, line: u64, bytes: &[u8], cells: &[(u32, u32)], simple: bool) -> Result<(), Error> {
        let span = |at: usize| cells.get(at).map(|(from, to)| *from as usize..*to as usize);
        if let Ok(text) = std::str::from_utf8(bytes) {
            let cell = |at: usize| text.get(span(at)?);
            if simple {
                if self.is_usual(cells.len(), cell(0)) {
                    let cells = cells.iter().map(|(from, to)| text.get(*from as usize..*to as usize).unwrap_or(""));
                    return self.push(line, cells);
                }
                return self.cells(line, cells.len(), &|at| cell(at).unwrap_or(""));
            }
            let is_boundary = |at: u32| text.is_char_boundary(at as usize);
            if cells.iter().all(|(from, to)| is_boundary(*from) && is_boundary(*to)) {
                if bytes.contains(&0) {
                    self.note_control(line, &cell);
                }
                let damaged = |w: &[u8]| matches!(w, [0xEF, 0xBF, 0xBD]) || is_encoded_twice(w);
                if !bytes.is_ascii() && bytes.windows(3).any(damaged) {
                    self.note_damage(line, &cell);
                }
                if bytes.contains(&b'\'') {
                    self.note_guarded(line, &cell);
                }
                return self.cells(line, cells.len(), &|at| unguarded(cell(at).unwrap_or("")));
            }
        }
        let mut repaired = Vec::with_capacity(cells.len());
        for at in 0..cells.len() {
            let cell = span(at).and_then(|span| bytes.get(span)).unwrap_or(&[]);
            let text = String::from_utf8_lossy(cell);
            if matches!(text, std::borrow::Cow::Owned(_)) {
                let place = self.place(line, at);
                self.notes.count(BAD_BYTES, place, &text, || {
                    "characters that cannot be read, here or by a program before, are `\u{fffd}`".to_owned()
                });
            }
            repaired.push(text.into_owned());
        }
        self.cells(line, cells.len(), &|at| repaired.get(at).map_or("", |text| unguarded(text)))
    }

    /// Whether a row below the header has a cell for each column, and is not blank as its first cell shows.
    fn is_usual(&self, count: usize, first: Option<&str>) -> bool {
        let filled = first.is_some_and(|cell| cell.bytes().any(|byte| byte.is_ascii_graphic()));
        self.names.is_some() && count == self.columns.len() && filled && self.rows < MOST_ROWS
    }

    /// Takes a row with a cell for each column.
    fn push<'a>(&mut self, line: u64, cells: impl Iterator<Item = &'a str>) -> Result<(), Error> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            if !column.push(cell) {
                let message = "a column holds more than 4 GiB, the limit (remove it from the export)";
                return Err(Error::new(ErrorKind::Limit, "limit", message).at(Place::line(line)));
            }
        }
        self.rows += 1;
        self.lines.push(line);
        Ok(())
    }

    /// Takes a row of `count` cells.
    pub(crate) fn cells<'a>(&mut self, line: u64, count: usize, cell: &dyn Fn(usize) -> &'a str) -> Result<(), Error> {
        if self.names.is_some() {
            return self.cells_below(line, count, cell);
        }
        let copy = || (0..count).map(|at| cell(at).to_owned()).collect::<Vec<_>>();
        if let Some(Header::Line(header)) = self.header
            && line < header
        {
            self.skip(line, cell(0));
            return Ok(());
        }
        if !self.first_rows.is_empty() {
            self.first_rows.push((line, copy()));
            return if self.first_rows.len() >= MOST_FIRST_ROWS { self.settle_first_rows() } else { Ok(()) };
        }
        if matches!(self.header, None | Some(Header::FirstRow)) {
            let filled = (0..count).filter(|at| !cell(*at).trim().is_empty()).count();
            let is_title = filled <= 1 && (count == 1 || count >= 3) && !cell(0).trim().is_empty();
            if is_title && self.titles.len() < MOST_TITLES {
                self.titles.push((line, copy()));
                return Ok(());
            }
            let holds_data = (0..count).any(|at| is_data(cell(at).trim()));
            if filled >= 3 && !holds_data {
                for (line, title) in std::mem::take(&mut self.titles) {
                    self.skip(line, title.first().map_or("", String::as_str));
                }
            } else if holds_data && self.titles.is_empty() && self.header.is_none() {
                self.first_rows.push((line, copy()));
                return Ok(());
            } else {
                self.settle_titles()?;
            }
        }
        self.cells_below(line, count, cell)
    }

    /// Reads over a line above the header.
    fn skip(&mut self, line: u64, text: &str) {
        if self.skipped.len() < MOST_TITLES {
            self.skipped.push((line, shorten(text)));
        }
        let message = || "lines above the header are read over".to_owned();
        self.notes.count(SKIPPED, Place::line(line), text, message);
    }

    /// Takes the lines that were held back as what they are after all: the header and rows.
    fn settle_titles(&mut self) -> Result<(), Error> {
        for (line, title) in std::mem::take(&mut self.titles) {
            self.cells_below(line, title.len(), &|at| title.get(at).map_or("", String::as_str))?;
        }
        Ok(())
    }

    /// Decides whether the first row names the columns, and takes the rows held back meanwhile.
    fn settle_first_rows(&mut self) -> Result<(), Error> {
        let rows = std::mem::take(&mut self.first_rows);
        if let Some(((line, first), below)) = rows.split_first()
            && is_row_like_those(first, below)
        {
            self.header = Some(Header::None);
            for cell in first.iter().filter(|cell| is_data(cell.trim())) {
                self.notes.count(HEADER_LIKE_DATA, Place::line(*line), cell, || {
                    "the first row holds values as the rows below do: it is read as data, columns are numbered"
                        .to_owned()
                });
            }
        }
        for (line, cells) in rows {
            self.cells_below(line, cells.len(), &|at| cells.get(at).map_or("", String::as_str))?;
        }
        Ok(())
    }

    fn cells_below<'a>(&mut self, line: u64, count: usize, cell: &dyn Fn(usize) -> &'a str) -> Result<(), Error> {
        if self.names.is_none() {
            let first_is_data = self.header == Some(Header::None);
            self.name_columns(line, count, &|at| if first_is_data { "" } else { cell(at) })?;
            if !first_is_data {
                return Ok(());
            }
        }
        if (0..count).all(|at| cell(at).trim().is_empty()) {
            self.blank_rows += 1;
            self.notes.count(BLANK_ROW, Place::line(line), "", || "rows without any value".to_owned());
            return Ok(());
        }
        if self.rows >= MOST_ROWS {
            let message = "more than 2,000,000 rows, the limit (split the file)";
            return Err(Error::new(ErrorKind::Limit, "limit", message).at(Place::line(line)));
        }
        let width = self.columns.len();
        self.check_length(line, count, width, cell);
        self.push(line, (0..width).map(|at| if at < count { cell(at) } else { "" }))
    }

    /// Adds a column in the middle of the rows; earlier rows have no value in it.
    pub(crate) fn add_column(&mut self, name: &str) -> Result<usize, Error> {
        if self.columns.len() >= MOST_COLUMNS {
            return Err(too_many_columns(self.columns.len() + 1));
        }
        let mut column = CellsBuilder::default();
        if !column.pad_to(self.rows) {
            return Err(Error::new(ErrorKind::Limit, "limit", "a column holds more than 4 GiB, the limit"));
        }
        self.columns.push(column);
        self.unnamed.push(false);
        self.names.get_or_insert_default().push(name.to_owned());
        Ok(self.columns.len() - 1)
    }

    /// Takes a record whose cells stand in the columns added so far.
    pub(crate) fn record(&mut self, number: u64, cells: &[String]) -> Result<(), Error> {
        self.names.get_or_insert_default();
        self.cells(number, cells.len(), &|at| cells.get(at).map_or("", String::as_str))
    }

    pub(crate) fn note_unclosed_quote(&mut self, line: u64, start: &[u8]) {
        let text = String::from_utf8_lossy(start);
        self.notes.count(UNCLOSED, Place::line(line), &text, || {
            "a quote opens and never closes; read as an ordinary character".to_owned()
        });
    }

    pub(crate) fn note_stray_quote(&mut self, line: u64, at: usize, cell: &[u8]) {
        let place = self.place(line, at);
        self.notes.count(STRAY_QUOTE, place, &String::from_utf8_lossy(cell), || {
            "quotes stand inside cells without being doubled; read as ordinary characters".to_owned()
        });
    }

    pub(crate) fn note_backslashes(&mut self) {
        self.notes.count(BACKSLASH, Place::default(), "\\\"", || {
            "quotes inside cells stand behind a backslash, all through the file".to_owned()
        });
    }

    /// Decides what every column is.
    pub(crate) fn finish(
        mut self,
        encoding: Encoding,
        delimiter: u8,
        assumed: bool,
        options: &ReadOptions,
    ) -> Result<Table, Error> {
        self.settle_titles()?;
        self.settle_first_rows()?;
        if self.names.is_none() {
            let message = "the file holds no text (export it again, or choose another file)";
            return Err(Error::new(ErrorKind::Input, "empty", message));
        }
        if assumed {
            self.notes.count(ENCODING_ASSUMED, Place::default(), "", || {
                "the bytes are not UTF-8; read as windows-1252".to_owned()
            });
        }
        if !options.other_sheets.is_empty() {
            let sheet = options.sheet.as_deref().unwrap_or_default();
            let others = options.other_sheets.join("`, `");
            let count = options.other_sheets.len() as u64;
            self.notes.count_many(OTHER_SHEETS, count, Place::default(), sheet, || {
                format!("the sheet `{sheet}` of the workbook was read, and not `{others}`")
            });
        }
        let source = Source::Text { encoding, delimiter };
        Ok(self.into_table(source, options))
    }

    pub(crate) fn into_table(mut self, source: Source, options: &ReadOptions) -> Table {
        let defaults = Defaults::of(source);
        let lines = std::mem::take(&mut self.lines);
        let line = |row: usize| lines.get(row);
        let mut notes = std::mem::take(&mut self.notes);
        let names = self.names.take().unwrap_or_default();
        let mut columns = Vec::with_capacity(names.len());
        for ((name, cells), unnamed) in names.into_iter().zip(self.columns).zip(self.unnamed) {
            let cells = cells.finish();
            let settings = options.column(&name);
            let (kind, evidence) = infer::infer(&name, &cells, &[], &settings, defaults, &line, &mut notes);
            let place = Place::default().in_column(&name);
            if unnamed && kind == ColumnKind::Empty {
                let message = || "a column without name and value is left out".to_owned();
                notes.count(BLANK_COLUMN, place, "", message);
                continue;
            }
            if unnamed {
                let message = || format!("a column without a name is called `{name}`");
                notes.count(BLANK_HEADER, place.clone(), "", message);
            }
            let mut column = Column::new(name, cells, kind, evidence);
            if settings.missing_words == Some(MissingWords::Keep) {
                column.keep_words();
            }
            let found = match settings.r#type {
                Some(ColumnType::Number) => column.read_as_numbers(),
                Some(ColumnType::Date) => column.read_as_dates(),
                Some(ColumnType::Text) => {
                    column.read_as_text();
                    true
                }
                None => true,
            };
            if !found {
                notes.count(TYPE_NOT_FOUND, place, "", || "no value of the column can be read that way".to_owned());
            }
            columns.push(column);
        }
        infer::settle_dates(&mut columns, None, &line, &mut notes);
        for column in &columns {
            note_unreadable(column, &line, &mut notes);
        }
        Table {
            name: options.name.clone(),
            options: options.clone(),
            source,
            header: self.header.unwrap_or(Header::FirstRow),
            columns,
            rows: self.rows,
            blank_rows: self.blank_rows,
            lines,
            long_rows: self.long_rows,
            skipped: self.skipped,
            notes,
        }
    }

    fn name_columns<'a>(&mut self, line: u64, count: usize, cell: &dyn Fn(usize) -> &'a str) -> Result<(), Error> {
        if count > MOST_COLUMNS {
            return Err(too_many_columns(count).at(Place::line(line)));
        }
        let mut taken: HashSet<String> = HashSet::new();
        let mut names = Vec::with_capacity(count);
        for at in 0..count {
            let written = cell(at).trim();
            let blank = written.is_empty();
            let base = if blank { format!("Column {}", at + 1) } else { written.to_owned() };
            let mut name = base.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{base} ({number})");
                number += 1;
            }
            if !blank && name != written {
                let place = Place::line(line).in_column(written);
                self.notes.count(DUPLICATE_HEADER, place, written, || {
                    format!("several columns are called `{}`; later ones are numbered", shorten(written))
                });
            }
            if is_data(written) {
                self.notes.count(HEADER_LIKE_DATA, Place::line(line), written, || {
                    "the first row names the columns, yet holds numbers, dates or e-mail addresses".to_owned()
                });
            }
            self.unnamed.push(blank && self.header != Some(Header::None));
            names.push(name);
        }
        self.columns = (0..count).map(|_| CellsBuilder::default()).collect();
        self.names = Some(names);
        Ok(())
    }

    fn check_length<'a>(&mut self, line: u64, count: usize, width: usize, cell: &dyn Fn(usize) -> &'a str) {
        if count < width {
            self.notes.count(SHORT_ROW, Place::line(line), cell(0), || {
                format!("rows have fewer cells than the header; the first has {count} of {width}")
            });
        }
        if let Some(extra) = (width..count).find(|at| !cell(*at).trim().is_empty()) {
            self.long_rows.push(self.rows);
            self.notes.count(LONG_ROW, Place::line(line), cell(extra), || {
                format!("rows have more cells than the header; the first has {count} for {width} columns")
            });
        }
    }

    fn note_control<'a>(&mut self, line: u64, cell: &dyn Fn(usize) -> Option<&'a str>) {
        let at = (0..).map_while(|at| cell(at).map(|text| (at, text))).find(|(_, text)| text.contains('\0'));
        if let Some((at, text)) = at {
            let place = self.place(line, at);
            self.notes.count(CONTROL, place, &text.replace('\0', "␀"), || "cells hold NUL characters".to_owned());
        }
    }

    fn note_damage<'a>(&mut self, line: u64, cell: &dyn Fn(usize) -> Option<&'a str>) {
        for (at, text) in (0..).map_while(|at| cell(at).map(|text| (at, text))) {
            let place = self.place(line, at);
            if text.contains('\u{fffd}') {
                self.notes.count(BAD_BYTES, place.clone(), text, || {
                    "characters that cannot be read, here or by a program before, are `\u{fffd}`".to_owned()
                });
            }
            if text.as_bytes().windows(3).any(is_encoded_twice) {
                self.notes
                    .count(MOJIBAKE, place, text, || "text looks as if it was encoded twice; kept as it is".to_owned());
            }
        }
    }

    fn note_guarded<'a>(&mut self, line: u64, cell: &dyn Fn(usize) -> Option<&'a str>) {
        for (at, text) in (0..).map_while(|at| cell(at).map(|text| (at, text))) {
            if unguarded(text) != text {
                let place = self.place(line, at);
                self.notes.count(GUARDED, place, text, || {
                    "an apostrophe before what looks like a formula was taken off".to_owned()
                });
            }
        }
    }

    fn place(&self, line: u64, at: usize) -> Place {
        let place = Place::line(line);
        match self.names.as_ref().and_then(|names| names.get(at)) {
            Some(name) => place.in_column(name),
            None => place,
        }
    }
}

pub(super) fn too_many_columns(found: usize) -> Error {
    let message = format!("expected at most 2,048 columns, found {found} (remove columns that are not needed)");
    Error::new(ErrorKind::Limit, "limit", message)
}
