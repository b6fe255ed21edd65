//! The cells of one column, kept compact: text that repeats is stored once, the rest end to end.
//!
//! Words lie in pieces of a mebibyte, so that nothing is moved as a list grows, each word behind its length. Where words
//! are listed row by row an offset stands every eight words, which is about 1.5 bytes more than the text itself; words
//! that repeat have an offset each. Lengths are written in ASCII bytes of six bits so that a piece stays valid UTF-8.

use super::hash::{SPREAD, quick_hash};
use std::sync::OnceLock;

/// Words between two stored offsets where there is a word per row, as a power of two: 8.
const STRIDE: u32 = 3;

/// Distinct words a code of two bytes can name.
const MOST_CODES: usize = 65_535;

/// Bytes of a piece, as a power of two: 1 MiB. Words begin within it; one that is longer has a piece of its own.
const PIECE: u32 = 20;

/// A list of words, end to end in pieces.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pieces: Vec<String>,
    /// The piece, and where in it, that some of the words begin.
    starts: Vec<u32>,
    len: usize,
    /// Words between two offsets, as a power of two.
    stride: u32,
    /// Rows that hold each word, and the first of them, counted when first asked for.
    tally: OnceLock<Vec<(u64, usize)>>,
}

impl Words {
    pub(super) fn every(stride: u32) -> Self {
        Self { pieces: Vec::new(), starts: Vec::new(), len: 0, stride, tally: OnceLock::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds a word; `false` if the list would pass 4 GiB.
    #[must_use]
    #[inline]
    pub(crate) fn push(&mut self, word: &str) -> bool {
        let needed = word.len() + 6;
        let is_full = |piece: &String| piece.len() + needed > piece.capacity().min(1 << PIECE);
        if self.pieces.last().is_none_or(is_full) && !self.make_room(needed) {
            return false;
        }
        let at = self.pieces.len().wrapping_sub(1);
        let Some(piece) = self.pieces.get_mut(at) else { return false };
        if self.len & ((1 << self.stride) - 1) == 0 {
            self.starts.push((at as u32) << PIECE | piece.len() as u32);
        }
        let mut rest = word.len();
        while rest >= 64 {
            piece.push(char::from(64 | (rest & 63) as u8));
            rest >>= 6;
        }
        piece.push(char::from(rest as u8));
        piece.push_str(word);
        self.len += 1;
        true
    }

    /// Makes room for so many bytes in the last piece or a new one; `false` if there are too many pieces.
    #[cold]
    fn make_room(&mut self, needed: usize) -> bool {
        const MOST: usize = 1 << PIECE;
        let is_last = self.pieces.len() >= 1 << (32 - PIECE);
        match self.pieces.last_mut() {
            // The first piece of a short list grows as it has to.
            Some(piece) if piece.capacity() * 2 + needed <= MOST => piece.reserve(piece.capacity() + needed),
            Some(piece) if piece.capacity() < MOST && piece.len() + needed <= MOST => {
                piece.reserve_exact(MOST - piece.len());
            }
            Some(_) if is_last => return false,
            Some(piece) => {
                // What is not used of a piece is given back.
                piece.shrink_to_fit();
                self.pieces.push(String::with_capacity(needed.max(MOST)));
            }
            None => self.pieces.push(String::with_capacity(needed.max(256))),
        }
        true
    }

    /// The word at `index`, or an empty one past the end.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> &str {
        let Some(&start) = self.starts.get(index >> self.stride) else { return "" };
        if index >= self.len {
            return "";
        }
        let mut place = Place { piece: (start >> PIECE) as usize, at: (start & ((1 << PIECE) - 1)) as usize };
        for _ in 0..index & ((1 << self.stride) - 1) {
            self.next(&mut place);
        }
        self.next(&mut place)
    }

    /// Every word in order; cheaper than `get` in a loop.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut place = Place::default();
        (0..self.len).map(move |_| self.next(&mut place))
    }

    /// The word at a place, which moves on to the next.
    #[inline]
    fn next(&self, place: &mut Place) -> &str {
        let Some(mut piece) = self.pieces.get(place.piece) else { return "" };
        if place.at >= piece.len() {
            *place = Place { piece: place.piece + 1, at: 0 };
            let Some(next) = self.pieces.get(place.piece) else { return "" };
            piece = next;
        }
        let bytes = piece.as_bytes();
        let (mut length, mut shift) = (0, 0);
        while let Some(&byte) = bytes.get(place.at) {
            place.at += 1;
            length |= usize::from(byte & 63) << shift;
            if byte < 64 {
                break;
            }
            shift += 6;
        }
        let from = place.at;
        place.at += length;
        piece.get(from..place.at).unwrap_or("")
    }

    fn shrink(&mut self) {
        self.pieces.last_mut().into_iter().for_each(String::shrink_to_fit);
        self.pieces.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Bytes of all words with their lengths.
    fn bytes(&self) -> usize {
        self.pieces.iter().map(String::len).sum()
    }

    fn retained(&self) -> usize {
        self.pieces.iter().map(String::capacity).sum::<usize>() + self.starts.capacity() * 4
    }
}

/// Where a word's length stands.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    piece: usize,
    at: usize,
}

/// The finished cells of a column.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    /// At most 256 different words.
    Narrow(Vec<u8>, Words),
    /// At most 65,535 different words.
    Wide(Vec<u16>, Words),
    /// Mostly different words.
    Plain(Words),
}

impl Cells {
    #[inline]
    pub(crate) fn get(&self, row: usize) -> &str {
        match self {
            Self::Narrow(codes, words) => codes.get(row).map_or("", |c| words.get(usize::from(*c))),
            Self::Wide(codes, words) => codes.get(row).map_or("", |c| words.get(usize::from(*c))),
            Self::Plain(words) => words.get(row),
        }
    }

    /// The number of the row's word in `words`, where words repeat.
    pub(crate) fn code(&self, row: usize) -> Option<usize> {
        match self {
            Self::Narrow(codes, _) => codes.get(row).map(|c| usize::from(*c)),
            Self::Wide(codes, _) => codes.get(row).map(|c| usize::from(*c)),
            Self::Plain(_) => None,
        }
    }

    /// The numbers of all rows' words, where words repeat.
    pub(crate) fn codes(&self) -> Codes<'_> {
        match self {
            Self::Narrow(codes, _) => Codes::Narrow(codes),
            Self::Wide(codes, _) => Codes::Wide(codes),
            Self::Plain(_) => Codes::None,
        }
    }

    /// The different words, where words repeat; all of them otherwise.
    pub(crate) fn words(&self) -> &Words {
        match self {
            Self::Narrow(_, words) | Self::Wide(_, words) | Self::Plain(words) => words,
        }
    }

    /// Hands out each word with the number of rows that hold it and the first of them; without a list of them.
    pub(crate) fn each<'a>(&'a self, mut take: impl FnMut(&'a str, u64, usize)) {
        match self {
            Self::Plain(words) => words.iter().enumerate().for_each(|(row, word)| take(word, 1, row)),
            Self::Narrow(_, words) | Self::Wide(_, words) => {
                words.iter().zip(self.tally()).for_each(|(word, (count, first))| take(word, count, first));
            }
        }
    }

    /// Each word with the number of rows that hold it and the first of them.
    pub(crate) fn tally(&self) -> Vec<(u64, usize)> {
        fn of<C: Copy + Into<usize>>(codes: &[C], words: usize) -> Vec<(u64, usize)> {
            let mut tally = vec![(0, usize::MAX); words];
            for (row, code) in codes.iter().enumerate() {
                if let Some(entry) = tally.get_mut((*code).into()) {
                    entry.0 += 1;
                    entry.1 = entry.1.min(row);
                }
            }
            tally
        }
        match self {
            Self::Narrow(codes, words) => words.tally.get_or_init(|| of(codes, words.len())).clone(),
            Self::Wide(codes, words) => words.tally.get_or_init(|| of(codes, words.len())).clone(),
            Self::Plain(words) => (0..words.len()).map(|row| (1, row)).collect(),
        }
    }

    /// The first rows, so many at most, whose cell passes a test; where words repeat each is tested once.
    pub(crate) fn rows_where(&self, most: usize, test: impl Fn(&str) -> bool) -> Vec<usize> {
        fn of<C: Copy + Into<usize>>(codes: &[C], held: &[bool], most: usize) -> Vec<usize> {
            let holds = |code: &C| held.get((*code).into()).copied().unwrap_or(false);
            codes.iter().enumerate().filter(|(_, code)| holds(code)).map(|(row, _)| row).take(most).collect()
        }
        match self {
            Self::Narrow(codes, words) => of(codes, &words.iter().map(test).collect::<Vec<_>>(), most),
            Self::Wide(codes, words) => of(codes, &words.iter().map(test).collect::<Vec<_>>(), most),
            Self::Plain(words) => {
                words.iter().enumerate().filter(|(_, cell)| test(cell)).map(|(row, _)| row).take(most).collect()
            }
        }
    }

    /// A reader of cells in the order of the rows.
    pub(crate) fn cursor(&self) -> Cursor<'_> {
        Cursor { cells: self, row: 0, place: Place::default() }
    }

    /// Bytes of memory held.
    pub(crate) fn retained(&self) -> usize {
        match self {
            Self::Narrow(codes, words) => codes.capacity() + words.retained(),
            Self::Wide(codes, words) => codes.capacity() * 2 + words.retained(),
            Self::Plain(words) => words.retained(),
        }
    }
}

/// The numbers of a column's words, row by row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Codes<'a> {
    /// At most 256 different words.
    Narrow(&'a [u8]),
    /// More.
    Wide(&'a [u16]),
    /// Words do not repeat.
    None,
}

/// Reads cells in the order of the rows: each is found from where the one before ended, and rows may be passed over.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    cells: &'a Cells,
    /// The row of the word at the place.
    row: usize,
    place: Place,
}

impl<'a> Cursor<'a> {
    /// The cell of a row, empty past the last; rows before the one asked for last are looked up.
    #[inline]
    pub(crate) fn get(&mut self, row: usize) -> &'a str {
        let Cells::Plain(words) = self.cells else { return self.cells.get(row) };
        if row < self.row || row >= words.len {
            return words.get(row);
        }
        loop {
            let word = words.next(&mut self.place);
            self.row += 1;
            if self.row > row {
                return word;
            }
        }
    }
}

/// Collects the cells of a column, as words that repeat until they no longer do.
#[derive(Debug, Clone)]
pub(crate) struct CellsBuilder {
    codes: Vec<u16>,
    words: Words,
    /// What tells the words apart, as [`key`] gives it.
    keys: Vec<[u64; 2]>,
    /// Open addressing: codes plus one; 0 is free.
    slots: Vec<u32>,
    plain: bool,
    /// Bytes of all cells.
    total: usize,
}

impl Default for CellsBuilder {
    fn default() -> Self {
        let (codes, keys, slots) = Default::default();
        Self { codes, words: Words::every(0), keys, slots, plain: false, total: 0 }
    }
}

impl CellsBuilder {
    pub(crate) fn len(&self) -> usize {
        if self.plain { self.words.len() } else { self.codes.len() }
    }

    /// Adds a cell; `false` if the column would pass 4 GiB.
    #[must_use]
    #[inline]
    pub(crate) fn push(&mut self, cell: &str) -> bool {
        self.total += cell.len();
        if self.plain { self.words.push(cell) } else { self.push_code(cell) }
    }

    /// Fills up with blank cells.
    #[must_use]
    pub(crate) fn pad_to(&mut self, rows: usize) -> bool {
        while self.len() < rows {
            if !self.push("") {
                return false;
            }
        }
        true
    }

    fn push_code(&mut self, cell: &str) -> bool {
        let Some(code) = self.code_of(cell) else {
            return self.make_plain() && self.words.push(cell);
        };
        self.codes.push(code);
        true
    }

    /// Gives the word's code, a new one if need be; `None` if codes no longer pay.
    #[inline]
    fn code_of(&mut self, cell: &str) -> Option<u16> {
        let key = key(cell.as_bytes());
        // What stands in the row above often stands here too.
        if let Some(last) = self.codes.last().filter(|last| self.is(**last, key, cell)) {
            return Some(*last);
        }
        if self.words.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = spread(key) & mask;
        while let Some(code) = self.slots.get(slot)?.checked_sub(1) {
            if self.is(code as u16, key, cell) {
                return Some(code as u16);
            }
            slot = (slot + 1) & mask;
        }
        let count = self.words.len();
        // An id column shows early and need not be looked up any further; for others `finish` compares.
        let barely_repeats = count >= 4096 && count.is_power_of_two() && count * 10 > self.codes.len() * 9;
        if count >= MOST_CODES || barely_repeats || !self.words.push(cell) {
            return None;
        }
        self.keys.push(key);
        if let Some(entry) = self.slots.get_mut(slot) {
            *entry = count as u32 + 1;
        }
        Some(count as u16)
    }

    /// Whether a code stands for a cell. The keys of short words say all of them.
    #[inline]
    fn is(&self, code: u16, key: [u64; 2], cell: &str) -> bool {
        let code = usize::from(code);
        // Compared number by number: as arrays they would be handed to a function for texts.
        self.keys.get(code).is_some_and(|[first, last]| *first == key[0] && *last == key[1])
            && (cell.len() < SHORT || same(self.words.get(code), cell))
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots = vec![0; size];
        for (code, key) in self.keys.iter().enumerate() {
            let mut slot = spread(*key) & (size - 1);
            while self.slots.get(slot).is_some_and(|entry| *entry != 0) {
                slot = (slot + 1) & (size - 1);
            }
            if let Some(entry) = self.slots.get_mut(slot) {
                *entry = code as u32 + 1;
            }
        }
    }

    fn make_plain(&mut self) -> bool {
        let mut all = Words::every(STRIDE);
        let fits = self.codes.iter().all(|code| all.push(self.words.get(usize::from(*code))));
        *self = Self { words: all, plain: true, ..Self::default() };
        fits
    }

    pub(crate) fn finish(mut self) -> Cells {
        (self.keys, self.slots) = Default::default();
        let width = if self.words.len() <= 256 { 1 } else { 2 };
        let coded = self.codes.len() * width + self.words.bytes() + self.words.len() * 4;
        // Where codes cost more than what they save, the words in full are quicker too.
        if !self.plain && coded > self.total + self.codes.len() * 3 / 2 && self.words.len() > 256 {
            self.make_plain();
        }
        self.words.shrink();
        if self.plain {
            return Cells::Plain(self.words);
        }
        if self.words.len() <= 256 {
            return Cells::Narrow(self.codes.iter().map(|c| *c as u8).collect(), self.words);
        }
        self.codes.shrink_to_fit();
        Cells::Wide(self.codes, self.words)
    }
}

/// Words of fewer bytes are told apart by their key alone.
const SHORT: usize = 16;

/// What tells words apart: the bytes and their number of one with up to 15, else a hash and the number.
#[inline]
fn key(bytes: &[u8]) -> [u64; 2] {
    let length = (bytes.len().min(SHORT) as u64) << 56;
    if bytes.len() >= SHORT {
        return [quick_hash(bytes), length ^ bytes.len() as u64];
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        // The last eight without what the first eight have already; a shift by 64 would be none.
        let behind = (u64::from_le_bytes(*last) >> 1) >> (127 - 8 * bytes.len());
        return [u64::from_le_bytes(*first), length | behind];
    }
    let Some((first, last)) = bytes.first_chunk::<4>().zip(bytes.last_chunk::<4>()) else {
        let at = |at: usize| u64::from(bytes.get(at).copied().unwrap_or(0)) << (8 * at);
        return [at(0) | at(1) | at(2), length];
    };
    let (first, last) = (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)));
    [first | last << (8 * (bytes.len() - 4)), length]
}

/// Whether two texts are the same, eight bytes a step.
#[inline]
fn same(a: &str, b: &str) -> bool {
    let (a_eights, a_rest) = a.as_bytes().as_chunks::<8>();
    let (b_eights, b_rest) = b.as_bytes().as_chunks::<8>();
    let equal = |(a, b): (&[u8; 8], &[u8; 8])| u64::from_le_bytes(*a) == u64::from_le_bytes(*b);
    a.len() == b.len() && a_eights.iter().zip(b_eights).all(equal) && a_rest.iter().zip(b_rest).all(|(a, b)| a == b)
}

/// A place for a key in a table.
#[inline]
fn spread([first, last]: [u64; 2]) -> usize {
    let product = (first ^ last.rotate_left(23)).wrapping_mul(SPREAD);
    ((product ^ (product >> 32)).wrapping_mul(SPREAD) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(cells: impl Iterator<Item = String>) -> Cells {
        let mut builder = CellsBuilder::default();
        for cell in cells {
            assert!(builder.push(&cell));
        }
        builder.finish()
    }

    #[test]
    fn words_of_every_length_come_back() {
        let words: Vec<String> = (0..600).map(|n| "é".repeat(n * 7 % 300)).collect();
        let mut list = Words::every(STRIDE);
        for word in &words {
            assert!(list.push(word));
        }
        assert!(words.iter().enumerate().all(|(i, w)| list.get(i) == w));
        assert!(list.iter().eq(words.iter().map(String::as_str)));
        assert_eq!(list.get(600), "");
    }

    #[test]
    fn words_come_back_from_every_piece() {
        let word = |n: usize| "ü".repeat(if n == 40 { 3 << PIECE } else { n * 977 % 70_000 });
        let mut list = Words::every(STRIDE);
        assert!((0..300).all(|n| list.push(&word(n))));
        list.shrink();
        assert!(list.pieces.len() > 10 && list.retained() < list.bytes() + 2_000, "{}", list.retained());
        assert!((0..300).all(|n| list.get(n) == word(n)));
        assert!(list.iter().enumerate().all(|(n, found)| found == word(n)));
        let cells = Cells::Plain(list);
        let mut cursor = cells.cursor();
        assert!((0..300).step_by(7).chain([3]).all(|n| cursor.get(n) == word(n)));
    }

    #[test]
    fn keys_tell_words_apart() {
        let text = "abcdefghijklmnopqrstuvwxyz\0\0";
        let words: Vec<&str> = (0..28).flat_map(|from| (from..=28).map(move |to| &text[from..to])).collect();
        let keys: std::collections::BTreeMap<[u64; 2], &str> = words.iter().map(|w| (key(w.as_bytes()), *w)).collect();
        assert!(words.iter().all(|word| keys[&key(word.as_bytes())] == *word));
        assert_eq!(key(b"a\0"), [u64::from(b'a'), 2 << 56]);
        assert_eq!(key(b"123456789"), [u64::from_le_bytes(*b"12345678"), 9 << 56 | u64::from(b'9')]);
        assert_eq!(key(b"12345")[0], 0x35_34_33_32_31);
    }

    #[test]
    fn cells_come_back_in_every_layout() {
        let narrow = build((0..5000).map(|n| format!("v{}", n % 7)));
        assert!(matches!(narrow, Cells::Narrow(..)));
        let wide = build((0..5000).map(|n| format!("v{}", n % 700)));
        assert!(matches!(wide, Cells::Wide(..)));
        let plain = build((0..5000).map(|n| format!("v{n}")));
        assert!(matches!(plain, Cells::Plain(..)));
        for cells in [&narrow, &wide, &plain] {
            let mut cursor = cells.cursor();
            assert!((0..5000).step_by(3).chain([7, 4999, 5000]).all(|row| cursor.get(row) == cells.get(row)));
        }
        for row in 0..5000 {
            assert_eq!(narrow.get(row), format!("v{}", row % 7));
            assert_eq!(wide.get(row), format!("v{}", row % 700));
            assert_eq!(plain.get(row), format!("v{row}"));
        }
        assert_eq!(narrow.tally()[3], (714, 3));
        assert!(narrow.retained() < 5300);
    }

    #[test]
    fn more_words_than_codes_turn_plain() {
        let cells = build((0..140_000).map(|n| format!("{}", n % 70_000)));
        assert!(matches!(cells, Cells::Plain(..)));
        assert_eq!(cells.get(139_999), "69999");
    }
}
