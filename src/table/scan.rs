//! Finds the cells of a row that is written by the rules, sixty-four bytes at a time.
//!
//! A row that ends in the piece at hand and whose quotes stand where they may is read here; every other row is left to
//! the reader that knows what to make of it. So both must say the same of the rows that are read here.

use wide::u8x16;

/// Bytes looked at together.
const BLOCK: usize = 64;

/// Bytes of a row, and cells, from which on the other reader looks after the limits.
const MOST_BYTES: usize = 1 << 16;
const MOST_CELLS: usize = 512;

/// What a scan found out of a row besides its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scanned {
    /// Bytes of the row, the first byte of its line end included.
    pub(super) length: usize,
    /// Whether some cell holds doubled quotes.
    pub(super) doubled: bool,
    /// Whether every byte is ASCII, and none is NUL or an apostrophe.
    pub(super) simple: bool,
}

/// Finds the cells of the row at the start of `input`, quotes around them left out; `None` for a row that is not whole,
/// breaks the rules of quoting, holds a line end or is very long.
pub(super) fn row(input: &[u8], delimiter: u8, cells: &mut Vec<(u32, u32)>) -> Option<Scanned> {
    cells.clear();
    let marks = Marks::new(delimiter);
    let (mut from, mut place, mut doubled, mut odd) = (0, Place::Plain, false, 0);
    let mut base = 0;
    while base < input.len().min(MOST_BYTES) {
        let (mut structure, strange) = marks.of(input, base);
        while structure != 0 {
            let bit = structure.trailing_zeros();
            structure &= structure - 1;
            let at = base + bit as usize;
            let byte = *input.get(at)?;
            match place {
                Place::Plain | Place::Behind if byte == b'"' => {
                    // Only the first byte of a cell opens it.
                    if place == Place::Behind || at != from {
                        return None;
                    }
                    place = Place::Quoted;
                }
                Place::Plain | Place::Behind => {
                    if place == Place::Plain {
                        cells.push((from as u32, at as u32));
                    }
                    place = Place::Plain;
                    from = at + 1;
                    if byte != delimiter {
                        let within = (2_u64 << bit).wrapping_sub(1);
                        return Some(Scanned { length: at + 1, doubled, simple: odd | strange & within == 0 });
                    }
                    if cells.len() > MOST_CELLS {
                        return None;
                    }
                }
                Place::Quoted if byte == b'"' => match *input.get(at + 1)? {
                    b'"' => (doubled, place) = (true, Place::Doubled),
                    next if next == delimiter || matches!(next, b'\r' | b'\n') => {
                        cells.push((from as u32 + 1, at as u32));
                        place = Place::Behind;
                    }
                    _ => return None,
                },
                Place::Quoted if byte == delimiter => {}
                Place::Quoted => return None,
                // The second of two quotes.
                Place::Doubled => place = Place::Quoted,
            }
        }
        odd |= strange;
        base += BLOCK;
    }
    None
}

/// Where in a row a scan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a cell without quotes, or before one.
    Plain,
    /// Inside quotes.
    Quoted,
    /// Before the second of two quotes inside quotes.
    Doubled,
    /// Behind the quote that closes a cell.
    Behind,
}

/// The bytes that are looked for.
struct Marks {
    delimiter: u8x16,
    quote: u8x16,
    line_feed: u8x16,
    carriage_return: u8x16,
    apostrophe: u8x16,
    nul: u8x16,
}

impl Marks {
    #[inline]
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter: u8x16::splat(delimiter),
            quote: u8x16::splat(b'"'),
            line_feed: u8x16::splat(b'\n'),
            carriage_return: u8x16::splat(b'\r'),
            apostrophe: u8x16::splat(b'\''),
            nul: u8x16::splat(0),
        }
    }

    /// Where in a block quotes, delimiters and line ends stand, and where bytes that are not simple; a bit each.
    #[inline]
    fn of(&self, input: &[u8], base: usize) -> (u64, u64) {
        let rest = input.get(base..).unwrap_or(&[]);
        if let Some(block) = rest.first_chunk::<BLOCK>() {
            return self.of_block(block);
        }
        // Ones are neither; the bits behind the end stay clear.
        let mut block = [1; BLOCK];
        for (slot, byte) in block.iter_mut().zip(rest) {
            *slot = *byte;
        }
        self.of_block(&block)
    }

    #[inline]
    fn of_block(&self, block: &[u8; BLOCK]) -> (u64, u64) {
        let (mut structure, mut strange) = (0, 0);
        let (parts, _) = block.as_chunks::<16>();
        for (at, part) in parts.iter().enumerate() {
            let bytes = u8x16::from(*part);
            let ends = bytes.simd_eq(self.line_feed) | bytes.simd_eq(self.carriage_return);
            let between = bytes.simd_eq(self.delimiter) | bytes.simd_eq(self.quote);
            // The highest bit of a byte that is not ASCII is set as it is.
            let odd = bytes | bytes.simd_eq(self.apostrophe) | bytes.simd_eq(self.nul);
            structure |= u64::from((ends | between).to_bitmask()) << (16 * at);
            strange |= u64::from(odd.to_bitmask()) << (16 * at);
        }
        (structure, strange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Option<(Vec<&str>, Scanned)> {
        let mut found = Vec::new();
        let scanned = row(text.as_bytes(), b',', &mut found)?;
        Some((found.into_iter().map(|(from, to)| &text[from as usize..to as usize]).collect(), scanned))
    }

    #[test]
    fn rows_by_the_rules_are_found() {
        let (found, scanned) = cells("a,,\"b, c\",\"\"\"x\"\"\",\r\nd").unwrap();
        assert_eq!(found, ["a", "", "b, c", "\"\"x\"\"", ""]);
        assert_eq!(scanned, Scanned { length: 19, doubled: true, simple: true });
        let long = format!("{},\"{}\",z\n", "x".repeat(100), "y,".repeat(50));
        let (found, scanned) = cells(&long).unwrap();
        assert_eq!((found.len(), scanned.length, scanned.doubled), (3, long.len(), false));
        for odd in ["é,b\n", "a,it's\n", "a\0,b\n"] {
            assert!(!cells(odd).unwrap().1.simple, "{odd:?}");
        }
        assert!(cells("a,b\né").unwrap().1.simple, "what follows the row says nothing of it");
    }

    #[test]
    fn other_rows_are_left_alone() {
        for text in ["", "a,b", "a\"b,c\n", "\"a\"b,c\n", "\"a\" ,b\n", "\"a\nb\",c\n", "\"a\"", "\"a", "a,\"b,c\n"] {
            assert_eq!(cells(text), None, "{text:?}");
        }
    }
}
