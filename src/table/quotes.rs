//! Quotes that stand where none may: found, and the row read to the letter. Blanks behind a closing quote are read over.

use super::delimiter;

/// Cells of a row, and which of them hold stray quotes.
type Cells = (Vec<Vec<u8>>, Vec<usize>);

/// A reader of rows; `escape`: a quote behind a backslash is a character of the cell.
pub(crate) fn reader(delimiter: u8, escape: bool) -> csv_core::Reader {
    csv_core::ReaderBuilder::new().delimiter(delimiter).escape(escape.then_some(b'\\')).build()
}

/// Whether quotes inside cells stand behind a backslash: only if a quote stands where none may without that, and no fewer rows then
/// have as many cells as the first.
pub(crate) fn are_escaped(sample: &[u8], delimiter: u8, cut: bool) -> bool {
    if !sample.windows(2).any(|pair| pair == b"\\\"") || by_the_rules(sample, delimiter, cut) {
        return false;
    }
    let agreeing = |escape| {
        let counts = delimiter::cell_counts(sample, delimiter, escape, cut);
        let first = counts.first().map(|(cells, _)| *cells);
        let rows = counts.iter().filter(|(cells, _)| Some(*cells) == first).count();
        (rows * 1000).checked_div(counts.len()).unwrap_or(0)
    };
    // As many rows either way: quotes that are doubled elsewhere would be taken apart.
    let doubled = sample.windows(4).any(|w| w.starts_with(b"\"\"") && w[2].is_ascii_alphanumeric());
    let (plain, escaped) = (agreeing(false), agreeing(true));
    escaped > plain || escaped == plain && escaped == 1000 && !doubled && holds_escaped(sample, delimiter)
}

/// Whether every quote begins a cell, ends one, or is doubled inside one.
fn by_the_rules(sample: &[u8], delimiter: u8, cut: bool) -> bool {
    let ends = |byte: &u8| *byte == delimiter || matches!(byte, b'\r' | b'\n');
    let mut rest = sample;
    loop {
        let behind = if let Some(inside) = rest.strip_prefix(b"\"") {
            let Some(behind) = behind_quotes(inside) else { return cut };
            behind
        } else {
            let length = rest.iter().position(|byte| *byte == b'"' || ends(byte)).unwrap_or(rest.len());
            rest.get(length..).unwrap_or(&[])
        };
        match behind.split_first() {
            None => return true,
            Some((end, next)) if ends(end) => rest = next,
            Some(_) => return false,
        }
    }
}

/// What stands behind the quote that closes a cell, doubled ones read over.
fn behind_quotes(mut inside: &[u8]) -> Option<&[u8]> {
    loop {
        let at = inside.iter().position(|byte| *byte == b'"')?;
        let behind = inside.get(at + 1..)?;
        match behind.strip_prefix(b"\"") {
            Some(next) => inside = next,
            None => return Some(behind),
        }
    }
}

/// Whether some quote behind a backslash does not end its cell, nor every other cell that way.
fn holds_escaped(sample: &[u8], delimiter: u8) -> bool {
    let ends = |byte: Option<&u8>| byte.is_none_or(|b| *b == delimiter || matches!(b, b'\r' | b'\n'));
    let at = |i: usize| sample.get(i..i + 2) == Some(b"\\\"".as_slice());
    (0..sample.len()).any(|i| at(i) && !ends(sample.get(i + 2)))
}

/// Splits a row without its line end, if quotes stand in it where none may; a cell is then taken as it is written.
pub(crate) fn split(row: &[u8], delimiter: u8) -> Option<Cells> {
    let (mut cells, mut stray, mut blanks) = (Vec::new(), Vec::new(), false);
    let mut at = 0;
    loop {
        let rest = row.get(at..).unwrap_or(&[]);
        let next = |from: usize| rest.iter().skip(from).position(|b| *b == delimiter).map_or(rest.len(), |n| n + from);
        let (cell, length) = match closed(rest, delimiter) {
            Some((cell, length, blank)) => {
                blanks |= blank;
                (cell, length)
            }
            None => {
                let length = next(if rest.starts_with(b"\"") { text_end(rest) } else { 0 });
                let cell = rest.get(..length).unwrap_or(rest).to_vec();
                if cell.contains(&b'"') {
                    stray.push(cells.len());
                }
                (cell, length)
            }
        };
        cells.push(cell);
        at += length;
        if at >= row.len() {
            break;
        }
        at += 1;
        if at == row.len() {
            cells.push(Vec::new());
            break;
        }
    }
    (blanks || !stray.is_empty()).then_some((cells, stray))
}

/// A quoted cell that ends as it should: its text, the bytes it takes, and whether blanks stand behind the quote.
fn closed(rest: &[u8], delimiter: u8) -> Option<(Vec<u8>, usize, bool)> {
    let mut text = Vec::new();
    let mut bytes = rest.strip_prefix(b"\"")?.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if *byte != b'"' {
            text.push(*byte);
            continue;
        }
        match rest.get(at + 2) {
            Some(b'"') => {
                text.push(b'"');
                bytes.next();
            }
            None => return Some((text, at + 2, false)),
            Some(next) if *next == delimiter => return Some((text, at + 2, false)),
            Some(_) => {
                let behind = rest.get(at + 2..)?;
                let blanks = behind.iter().take_while(|b| matches!(b, b' ' | b'\t') && **b != delimiter).count();
                let ends = blanks > 0 && behind.get(blanks).is_none_or(|b| *b == delimiter);
                return ends.then_some((text, at + 2 + blanks, true));
            }
        }
    }
    None
}

/// Where the quote stands that a cell's first quote was closed by, against the rules.
fn text_end(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match (byte, rest.get(at + 1)) {
            (b'"', Some(b'"')) => at += 2,
            (b'"', _) => return at,
            _ => at += 1,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(row: &str) -> Option<Vec<String>> {
        let (cells, _) = split(row.as_bytes(), b',')?;
        Some(cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect())
    }

    #[test]
    fn stray_quotes_are_kept_to_the_letter() {
        assert_eq!(cells("a,\"b\"c,d").unwrap(), ["a", "\"b\"c", "d"]);
        assert_eq!(cells("a,b\"c,d").unwrap(), ["a", "b\"c", "d"]);
        assert_eq!(cells("\"x, y\"z,\"d,e\",").unwrap(), ["\"x, y\"z", "d,e", ""]);
        assert_eq!(cells("a,\"b \"\"c\"\" d\",e"), None);
        assert_eq!(cells("\"a\"\"\",\"\""), None);
        assert_eq!(cells("\"a,b\" ,c,\"d\"  ").unwrap(), ["a,b", "c", "d"]);
    }

    #[test]
    fn backslashes_escape_only_where_all_rows_agree() {
        assert!(are_escaped(b"a,b\n\"x \\\"y\\\", z\",1\n\"u\",2\n", b',', false));
        assert!(!are_escaped(b"a,b\n\"C:\\dir\\\",1\n\"D:\\\",2\n", b',', false));
        assert!(!are_escaped(b"a,b\n\"x\",1\n", b',', false));
        // Found by fuzzing `export`: as many cells either way, and every quote is doubled.
        let doubled = b"row,a1,b2\r\nr0,\",De\\\"\" e\"\",x\nDEal$NFme,Sta5g\",\r\n";
        assert!(!are_escaped(doubled, b',', false));
        assert!(!are_escaped(b"a,b\n1,\"x \\\"\"y\"\"\"\n2,\"cut \"\"off", b',', true));
    }
}
