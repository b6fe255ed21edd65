//! Finds the character between cells: the one under which the most rows have as many cells as the header.

/// Candidates; an earlier one wins a tie.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Lines above the header, at most.
const MOST_TITLES: usize = 20;

/// Rows looked at.
const MOST_ROWS: usize = 1000;

/// The delimiter of a sample; a comma if it holds one column only. `cut` says that the sample ends mid-row.
pub(crate) fn detect(sample: &[u8], cut: bool) -> u8 {
    let counts = CANDIDATES.map(|delimiter| (delimiter, cell_counts(sample, delimiter, false, cut)));
    let plain = best(counts.iter().map(|(delimiter, counts)| (*delimiter, counts.as_slice())));
    if plain.0 == 100 {
        return plain.2;
    }
    // Titles above the header have a single cell: perhaps the rows below them agree better.
    let titled = best(counts.iter().filter_map(|(delimiter, counts)| {
        let titles = counts.iter().take(MOST_TITLES).take_while(|(cells, _)| *cells == 1).count();
        let below =
            counts.get(titles..).filter(|rows| titles > 0 && rows.first().is_some_and(|(cells, _)| *cells >= 3));
        Some((*delimiter, below?))
    }));
    if titled.0 == 100 { titled.2 } else { plain.2 }
}

/// How well the rows agree (100: nine in ten), the cells of the header, and the delimiter.
fn best<'a>(candidates: impl Iterator<Item = (u8, &'a [(usize, bool)])>) -> (usize, usize, u8) {
    let mut best = (0_usize, 0_usize, b',');
    for (delimiter, counts) in candidates {
        let Some(&(header, header_trailing)) = counts.first() else { continue };
        if header < 2 {
            continue;
        }
        let fits = |&&(cells, trailing): &&(usize, bool)| {
            cells == header || (cells == header + 1 && trailing) || (cells + 1 == header && header_trailing)
        };
        let consistent = counts.iter().filter(fits).count();
        let percent = consistent * 100 / counts.len();
        // Nearly consistent is consistent: then the finer cut wins, as `;` over the `,` inside its numbers.
        let grade = if percent >= 90 { 100 } else { percent };
        if (grade, header) > (best.0, best.1) {
            best = (grade, header, delimiter);
        }
    }
    best
}

/// The line `sep=;` that spreadsheets understand: its delimiter and its length with the line end.
pub(crate) fn sep_line(text: &[u8]) -> Option<(u8, usize)> {
    let quoted = text.first() == Some(&b'"');
    let start = usize::from(quoted);
    let word = text.get(start..start + 4)?;
    let delimiter = *text.get(start + 4)?;
    let after = start + 5 + usize::from(quoted);
    let closes = !quoted || text.get(start + 5) == Some(&b'"');
    if !word.eq_ignore_ascii_case(b"sep=") || !closes || !is_allowed(delimiter) {
        return None;
    }
    match (text.get(after), text.get(after + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some((delimiter, after + 2)),
        (Some(b'\r' | b'\n'), _) => Some((delimiter, after + 1)),
        _ => None,
    }
}

/// Whether a byte can stand between cells.
pub(crate) fn is_allowed(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0)
}

/// Cells per row, and whether the last of them is empty.
pub(crate) fn cell_counts(sample: &[u8], delimiter: u8, escape: bool, cut: bool) -> Vec<(usize, bool)> {
    let mut reader = super::quotes::reader(delimiter, escape);
    let mut input = sample;
    let (mut counts, mut cells, mut length) = (Vec::new(), 0, 0);
    let mut out = [0; 1024];
    while counts.len() < MOST_ROWS {
        let (result, read, written) = reader.read_field(input, &mut out);
        let at_end = input.is_empty();
        input = input.get(read..).unwrap_or(&[]);
        length += written;
        match result {
            csv_core::ReadFieldResult::Field { record_end } => {
                // The last row of a cut sample is not whole.
                if cut && at_end {
                    break;
                }
                cells += 1;
                if record_end {
                    counts.push((cells, length == 0));
                    cells = 0;
                }
                length = 0;
            }
            csv_core::ReadFieldResult::End => break,
            csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_consistent_character_wins() {
        for (text, expected) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n3,5;4,5\n", b';'),
            ("id;amount\nA;1.234,50\n", b';'),
            ("a\tb\n1,5\t2,5\n", b'\t'),
            ("a|b|c\n1|2,3|4\n", b'|'),
            ("a\n1\n", b','),
            ("\"a;b\",\"c;d\"\n\"1;2\",\"3;4\"\n", b','),
            ("name;note\nx;\"a, b, c\"\ny;\"d, e, f\"\n", b';'),
            ("a,b,\n1,2,\n", b','),
            ("Report\nPipeline of the week\na;b;c\n1,5;2;3\n", b';'),
            ("", b','),
        ] {
            assert_eq!(detect(text.as_bytes(), false) as char, expected as char, "{text:?}");
        }
    }

    #[test]
    fn a_cut_row_does_not_count() {
        assert_eq!(detect(b"a;b,c;d\n1;2,3;4\n1;2", true), b';');
    }

    #[test]
    fn the_sep_line_is_understood() {
        assert_eq!(sep_line(b"sep=;\r\na"), Some((b';', 7)));
        assert_eq!(sep_line(b"SEP=\t\na"), Some((b'\t', 6)));
        assert_eq!(sep_line(b"\"sep=|\"\na"), Some((b'|', 8)));
        assert_eq!(sep_line(b"sep=;a\n"), None);
        assert_eq!(sep_line(b"separate,b\n"), None);
    }
}
