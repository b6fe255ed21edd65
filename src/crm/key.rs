//! Keys that name a deal's random stream, and fingerprints of rows, whatever their order in the file.

use crate::stats::{Arrange, places_by};
use crate::table::{Codes, Column, ColumnKind, Cursor, Effect, Hash, ReadOptions, Table, hash};
use sha2::{Digest, Sha256};

/// Separates cells in hashed text; no cell holds it, as it is no character of any text.
const BETWEEN: u8 = 0xFF;

/// A 64-bit hash of some columns of a row, in their order, of what the cells mean and not how they are written.
pub(crate) fn hash_cells(table: &Table, row: usize, columns: impl Iterator<Item = usize>, buffer: &mut Vec<u8>) -> u64 {
    buffer.clear();
    for at in columns {
        if let Some(column) = table.columns().get(at) {
            column.write_canonical(row, buffer);
        }
        buffer.push(BETWEEN);
    }
    hash(buffer)
}

/// Makes keys unique: equal ones are numbered in the order of the rows' content, so that neither the order of the
/// file nor other rows matter. Rows equal in key and content are the same deal twice and may swap. Copies, which are
/// left out, share the number of what they copy.
pub(crate) fn number_equal_keys(keys: &mut [u64], content: &[u64], copies: &[bool]) {
    let part = |at: usize| (keys.get(at), content.get(at));
    let order = places_by(keys.len(), &mut |a, b| part(a).cmp(&part(b)));
    let mut previous = None;
    let mut ordinal: u64 = 0;
    for at in order {
        let Some(key) = keys.get_mut(at) else { continue };
        let is_copy = copies.get(at).copied().unwrap_or(false);
        ordinal = if previous == Some(*key) { ordinal + u64::from(!is_copy) } else { 0 };
        previous = Some(*key);
        if ordinal > 0 {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&key.to_le_bytes());
            bytes[8..].copy_from_slice(&ordinal.to_le_bytes());
            *key = hash(&bytes);
        }
    }
}

/// A column whose cells are hashed as what they mean.
enum Spelled<'a> {
    /// Words that do not repeat.
    Plain(&'a Column, Cursor<'a>),
    /// The spellings of words end to end, and where each ends.
    Words(&'a Column, Vec<u8>, Vec<usize>),
    /// Few words: what each does to a hash.
    Few(&'a Column, Vec<Effect>),
}

/// Different words up to which it is worked out what each does to a hash: it takes two kilobytes.
const FEW: usize = 64;

impl<'a> Spelled<'a> {
    fn of(column: &'a Column) -> Self {
        let Some(words) = column.words() else { return Self::Plain(column, column.cells().cursor()) };
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        for word in words {
            column.write_canonical_text(column.present(word), &mut text);
            text.push(BETWEEN);
            ends.push(text.len());
        }
        if ends.len() > FEW {
            return Self::Words(column, text, ends);
        }
        let begins = [0].iter().chain(&ends);
        let spellings = begins.zip(&ends).map(|(from, to)| text.get(*from..*to).unwrap_or(&[]));
        Self::Few(column, spellings.map(Effect::of).collect())
    }

    /// Takes the cells of rows into their hashes; asked for one row after the other.
    fn hash(&mut self, first: usize, hashes: &mut [Hash]) {
        match self {
            // So few words have codes of a byte.
            Self::Few(column, effects) => {
                let Codes::Narrow(codes) = column.cells().codes() else { return };
                for (code, hash) in codes.get(first..).unwrap_or(&[]).iter().zip(hashes) {
                    if let Some(effect) = effects.get(usize::from(*code)) {
                        *hash = effect.on(*hash);
                    }
                }
            }
            Self::Words(column, text, ends) => {
                let spelling = |row: usize| {
                    let word = column.word(row).unwrap_or(usize::MAX);
                    let from = word.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
                    ends.get(word).and_then(|to| text.get(from..*to)).unwrap_or(&[])
                };
                let mut row = first;
                for four in hashes.chunks_mut(4) {
                    Hash::take_four(four, [row, row + 1, row + 2, row + 3].map(spelling));
                    row += 4;
                }
            }
            Self::Plain(column, cursor) => {
                let mut buffers: [Vec<u8>; 4] = Default::default();
                let is_text = matches!(column.kind(), ColumnKind::Text | ColumnKind::Boolean | ColumnKind::Empty);
                let mut row = first;
                for four in hashes.chunks_mut(4) {
                    let cells = [row, row + 1, row + 2, row + 3].map(|row| column.present(cursor.get(row)));
                    if is_text {
                        Hash::take_four(four, cells.map(str::as_bytes));
                    } else {
                        for (buffer, cell) in buffers.iter_mut().zip(cells) {
                            buffer.clear();
                            column.write_canonical_text(cell, buffer);
                        }
                        Hash::take_four(four, buffers.each_ref().map(Vec::as_slice));
                    }
                    four.iter_mut().for_each(|hash| *hash = hash.take(BETWEEN));
                    row += 4;
                }
            }
        }
    }
}

/// Rows hashed together.
const BLOCK: usize = 1024;

/// SHA-256 over the sorted hashes of all rows: equal for equal rows in any order and any spelling of their values.
pub(crate) fn fingerprint(table: &Table, labels: &[String]) -> [u8; 32] {
    let columns = places_by(table.columns().len(), &mut |a, b| labels.get(a).cmp(&labels.get(b)));
    let mut columns: Vec<Spelled<'_>> =
        columns.iter().filter_map(|at| table.columns().get(*at)).map(Spelled::of).collect();
    let mut rows: Vec<u64> = Vec::with_capacity(table.rows());
    for first in (0..table.rows()).step_by(BLOCK) {
        let mut hashes = [Hash::NEW; BLOCK];
        let hashes = hashes.get_mut(..BLOCK.min(table.rows() - first)).unwrap_or(&mut []);
        columns.iter_mut().for_each(|column| column.hash(first, hashes));
        rows.extend(hashes.iter().map(|hash| hash.finish()));
    }
    sort(&mut rows);
    let mut sha = Sha256::new();
    let mut sorted: Vec<&String> = labels.iter().collect();
    sorted.arrange();
    for label in sorted {
        sha.update(label.as_bytes());
        sha.update([BETWEEN]);
    }
    for row in rows {
        sha.update(row.to_le_bytes());
    }
    sha.finalize().into()
}

/// Sorts hashes where they stand: dealt out by their first bits, then sorted in parts that are small.
fn sort(hashes: &mut [u64]) {
    let bits = (hashes.len() / 32).next_power_of_two().trailing_zeros().min(16);
    let part_of = |hash: u64| (hash >> 32 >> (32 - bits)) as usize;
    let mut ends = vec![0; 1 << bits];
    hashes.iter().for_each(|hash| ends[part_of(*hash)] += 1);
    let mut all = 0;
    let mut places: Vec<usize> = Vec::with_capacity(ends.len());
    for end in &mut ends {
        places.push(all);
        all += *end;
        *end = all;
    }
    let mut begun = 0;
    for (part, end) in ends.iter().enumerate() {
        // Every hash that stands here and belongs elsewhere changes places with what stands where it belongs.
        while places[part] < *end {
            let at = places[part];
            let own = part_of(hashes[at]);
            hashes.swap(at, places[own]);
            places[own] += 1;
        }
        hashes[begun..*end].sort_unstable();
        begun = *end;
    }
}

/// A fingerprint of rows and of the files attached to them, whose fingerprints come in order; without any, the rows'.
pub(crate) fn with_attached(rows: [u8; 32], attached: &[[u8; 32]]) -> [u8; 32] {
    if attached.is_empty() {
        return rows;
    }
    let mut sha = Sha256::new();
    sha.update(rows);
    attached.iter().for_each(|one| sha.update(one));
    sha.finalize().into()
}

/// A fingerprint of rows, and of the options under which they count otherwise.
pub(crate) fn with_options(rows: [u8; 32], options: &ReadOptions) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(rows);
    sha.update(serde_json::to_string(options).unwrap_or_default().as_bytes());
    sha.finalize().into()
}

/// SHA-256 over these parts in hexadecimal, each behind its length, so that no two different lists run together to the same
/// bytes.
pub(crate) fn fingerprint_of(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part);
    }
    hexadecimal(sha)
}

/// What was hashed, in 64 hexadecimal digits.
pub(crate) fn hexadecimal(sha: Sha256) -> String {
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_hashes_rows_as_their_cells_are_written() {
        let row = |n: usize| {
            let blank = if n.is_multiple_of(5) { "" } else { "x" };
            format!(
                "id-{n} ü,{}.50,{},{blank},2026-01-{:02},{}",
                n,
                ["a", "bb", "long enough"][n % 3],
                1 + n % 28,
                n % 70
            )
        };
        let csv: String = ["I,N,F,B,D,W\n".to_owned()].into_iter().chain((0..3_001).map(|n| row(n) + "\n")).collect();
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let labels: Vec<String> = table.columns().iter().map(|column| column.name().to_owned()).collect();
        let columns = places_by(labels.len(), &mut |a, b| labels[a].cmp(&labels[b]));
        let mut hashes: Vec<u64> =
            (0..3_001).map(|row| hash_cells(&table, row, columns.iter().copied(), &mut Vec::new())).collect();
        hashes.sort_unstable();
        let mut sha = Sha256::new();
        for label in ["B", "D", "F", "I", "N", "W"] {
            sha.update(label.as_bytes());
            sha.update([BETWEEN]);
        }
        hashes.iter().for_each(|hash| sha.update(hash.to_le_bytes()));
        let expected: [u8; 32] = sha.finalize().into();
        assert_eq!(fingerprint(&table, &labels), expected);
    }

    #[test]
    fn hashes_are_sorted_however_many_there_are() {
        for count in [0, 1, 40, 5_000, 70_000] {
            let mut hashes: Vec<u64> = (0..count).map(|n: u64| hash(&(n % 50_000).to_le_bytes())).collect();
            let mut expected = hashes.clone();
            expected.sort_unstable();
            sort(&mut hashes);
            assert_eq!(hashes, expected);
        }
    }

    #[test]
    fn equal_keys_are_numbered_by_content_and_not_by_place() {
        let mut one = [7, 9, 7, 7];
        number_equal_keys(&mut one, &[30, 1, 10, 20], &[]);
        let mut two = [7, 7, 7, 9];
        number_equal_keys(&mut two, &[10, 20, 30, 1], &[]);
        assert_eq!([one[2], one[3], one[0], one[1]], two);
        assert_eq!(two[0], 7);
        assert!(two[1] != two[2] && two[1] != 7);
    }
}
