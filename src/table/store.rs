//! The cells of one column, kept compact: text that repeats is stored once, the rest end to end.
//!
//! Words lie in one string, each behind its length. Where words are listed row by row an offset stands every eight
//! words, which is about 1.5 bytes more than the text itself; words that repeat have an offset each. Lengths are written in ASCII bytes of six bits so that the string stays valid UTF-8.

/// Words between two stored offsets where there is a word per row, as a power of two: 8.
const STRIDE: u32 = 3;

/// Distinct words a code of two bytes can name.
const MOST_CODES: usize = 65_535;

/// A list of words in one string.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    text: String,
    starts: Vec<u32>,
    len: usize,
    /// Words between two offsets, as a power of two.
    stride: u32,
}

impl Words {
    pub(super) fn every(stride: u32) -> Self {
        Self { text: String::new(), starts: Vec::new(), len: 0, stride }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds a word; `false` if the list would pass 4 GiB.
    #[must_use]
    pub(crate) fn push(&mut self, word: &str) -> bool {
        let Ok(start) = u32::try_from(self.text.len()) else { return false };
        if self.text.len() + word.len() + 6 > u32::MAX as usize {
            return false;
        }
        if self.len & ((1 << self.stride) - 1) == 0 {
            self.starts.push(start);
        }
        let mut rest = word.len();
        while rest >= 64 {
            self.text.push(char::from(64 | (rest & 63) as u8));
            rest >>= 6;
        }
        self.text.push(char::from(rest as u8));
        self.text.push_str(word);
        self.len += 1;
        true
    }

    /// The word at `index`, or an empty one past the end.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> &str {
        let Some(&start) = self.starts.get(index >> self.stride) else { return "" };
        if index >= self.len {
            return "";
        }
        let mut position = start as usize;
        for _ in 0..index & ((1 << self.stride) - 1) {
            position = self.span(position).1;
        }
        let (from, to) = self.span(position);
        self.text.get(from..to).unwrap_or("")
    }

    /// Every word in order; cheaper than `get` in a loop.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut position = 0;
        (0..self.len).map(move |_| {
            let (from, to) = self.span(position);
            position = to;
            self.text.get(from..to).unwrap_or("")
        })
    }

    /// Start and end of the word whose length stands at `position`.
    #[inline]
    fn span(&self, mut position: usize) -> (usize, usize) {
        let bytes = self.text.as_bytes();
        let (mut length, mut shift) = (0, 0);
        while let Some(&byte) = bytes.get(position) {
            position += 1;
            length |= usize::from(byte & 63) << shift;
            if byte < 64 {
                break;
            }
            shift += 6;
        }
        (position, position + length)
    }

    fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    fn retained(&self) -> usize {
        self.text.capacity() + self.starts.capacity() * 4
    }
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
            Self::Narrow(codes, words) => of(codes, words.len()),
            Self::Wide(codes, words) => of(codes, words.len()),
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
        Cursor { cells: self, row: 0, position: 0 }
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
    /// The row of the word whose length stands at `position`.
    row: usize,
    position: usize,
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
            let (from, to) = words.span(self.position);
            self.position = to;
            self.row += 1;
            if self.row > row {
                return words.text.get(from..to).unwrap_or("");
            }
        }
    }
}

/// Collects the cells of a column, as words that repeat until they no longer do.
#[derive(Debug, Clone)]
pub(crate) struct CellsBuilder {
    codes: Vec<u16>,
    words: Words,
    /// Open addressing: 16 bits of the hash above the 16 bits of the code.
    slots: Vec<u32>,
    plain: bool,
    /// Bytes of all cells.
    total: usize,
}

const FREE: u32 = u32::MAX;

impl Default for CellsBuilder {
    fn default() -> Self {
        Self { codes: Vec::new(), words: Words::every(0), slots: Vec::new(), plain: false, total: 0 }
    }
}

impl CellsBuilder {
    pub(crate) fn len(&self) -> usize {
        if self.plain { self.words.len() } else { self.codes.len() }
    }

    /// Adds a cell; `false` if the column would pass 4 GiB.
    #[must_use]
    pub(crate) fn push(&mut self, cell: &str) -> bool {
        self.total += cell.len();
        if self.plain {
            return self.words.push(cell);
        }
        let Some(code) = self.code_of(cell) else {
            return self.make_plain() && self.words.push(cell);
        };
        self.codes.push(code);
        true
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

    /// Gives the word's code, a new one if need be; `None` if codes no longer pay.
    fn code_of(&mut self, cell: &str) -> Option<u16> {
        if self.words.len() * 2 >= self.slots.len() {
            self.grow();
        }
        // What stands in the row above often stands here too.
        if let Some(last) = self.codes.last().filter(|last| self.words.get(usize::from(**last)) == cell) {
            return Some(*last);
        }
        let hash = quick_hash(cell.as_bytes());
        let tag = (hash >> 48) as u32;
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let entry = *self.slots.get(slot)?;
            if entry == FREE {
                break;
            }
            let code = entry & 0xFFFF;
            if entry >> 16 == tag && self.words.get(code as usize) == cell {
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
        if let Some(entry) = self.slots.get_mut(slot) {
            *entry = tag << 16 | count as u32;
        }
        Some(count as u16)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots = vec![FREE; size];
        for (code, word) in self.words.iter().enumerate() {
            let hash = quick_hash(word.as_bytes());
            let mut slot = hash as usize & (size - 1);
            while self.slots.get(slot).is_some_and(|entry| *entry != FREE) {
                slot = (slot + 1) & (size - 1);
            }
            if let Some(entry) = self.slots.get_mut(slot) {
                *entry = ((hash >> 48) as u32) << 16 | code as u32;
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
        let width = if self.words.len() <= 256 { 1 } else { 2 };
        let coded = self.codes.len() * width + self.words.text.len() + self.words.len() * 4;
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

/// FNV-1a over the bytes, then the finaliser of `MurmurHash3`: the same 64 bits on every platform.
///
/// # Source
/// Fowler, Noll, Vo, <https://www.rfc-editor.org/rfc/rfc9923>; Appleby, `MurmurHash3` fmix64.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    finish(bytes.iter().fold(BASIS, |h, byte| step(h, *byte)))
}

/// A hash for look-ups that no result depends on: eight bytes a step.
#[inline]
pub(crate) fn quick_hash(bytes: &[u8]) -> u64 {
    /// 2⁶⁴ over the golden ratio: its multiples fall far apart.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |h: u64, part: u64| {
        let product = (h ^ part).wrapping_mul(SPREAD);
        product ^ (product >> 32)
    };
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut h = bytes.len() as u64;
    for eight in eights {
        h = mix(h, u64::from_le_bytes(*eight));
    }
    let tail = rest.iter().fold(0, |tail, byte| tail << 8 | u64::from(*byte));
    mix(mix(h, tail), SPREAD).wrapping_mul(SPREAD)
}

/// The hashes of four texts at once: each step of a hash waits for the one before, and meanwhile the others are taken.
pub(crate) fn hash_four(texts: [&[u8]; 4]) -> [u64; 4] {
    let [a, b, c, d] = texts;
    let shared = a.len().min(b.len()).min(c.len()).min(d.len());
    let mut h = [BASIS; 4];
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        h = [step(h[0], *a), step(h[1], *b), step(h[2], *c), step(h[3], *d)];
    }
    for (h, text) in h.iter_mut().zip(texts) {
        *h = finish(text.iter().skip(shared).fold(*h, |h, byte| step(h, *byte)));
    }
    h
}

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

#[inline]
fn step(h: u64, byte: u8) -> u64 {
    (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

#[inline]
fn finish(mut h: u64) -> u64 {
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
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

    #[test]
    fn the_hash_is_pinned() {
        assert_eq!(hash(b""), 0xefd0_1f60_ba99_2926);
        assert_ne!(hash(b"a"), hash(b"b"));
        let texts: [&[u8]; 4] = [b"a longer text", b"", b"ab", b"another text"];
        assert_eq!(hash_four(texts), texts.map(hash));
        let texts: [&[u8]; 4] = [b"one", b"two", b"three", b"seventeen"];
        assert_eq!(hash_four(texts), texts.map(hash));
    }
}
