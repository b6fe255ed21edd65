//! Keys that name a deal's random stream, and fingerprints of rows, whatever their order in the file.

use crate::stats::{Arrange, places_by};
use crate::table::{Column, Cursor, ReadOptions, Table, hash, hash_four};
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

/// A column whose cells are brought into one spelling once per distinct word, where words repeat.
struct Spelled<'a> {
    column: &'a Column,
    cursor: Cursor<'a>,
    /// The words end to end, and where each ends.
    words: Option<(Vec<u8>, Vec<usize>)>,
}

impl<'a> Spelled<'a> {
    fn of(column: &'a Column) -> Self {
        let words = column.words().map(|words| {
            let (mut text, mut ends) = (Vec::new(), Vec::new());
            for word in words {
                column.write_canonical_text(column.present(word), &mut text);
                ends.push(text.len());
            }
            (text, ends)
        });
        Self { column, cursor: column.cells().cursor(), words }
    }

    /// Writes a row's cell; asked for one row after the other.
    #[inline]
    fn write(&mut self, row: usize, out: &mut Vec<u8>) {
        let Some((text, ends)) = &self.words else {
            return self.column.write_canonical_text(self.column.present(self.cursor.get(row)), out);
        };
        let Some(word) = self.column.word(row) else { return };
        let from = word.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        let to = ends.get(word).copied().unwrap_or(from);
        out.extend_from_slice(text.get(from..to).unwrap_or(&[]));
    }
}

/// SHA-256 over the sorted hashes of all rows: equal for equal rows in any order and any spelling of their values.
pub(crate) fn fingerprint(table: &Table, labels: &[String]) -> [u8; 32] {
    let columns = places_by(table.columns().len(), &mut |a, b| labels.get(a).cmp(&labels.get(b)));
    let mut columns: Vec<Spelled<'_>> =
        columns.iter().filter_map(|at| table.columns().get(*at)).map(Spelled::of).collect();
    let mut rows: Vec<u64> = Vec::with_capacity(table.rows());
    let mut buffers: [Vec<u8>; 4] = Default::default();
    for first in (0..table.rows()).step_by(4) {
        let last = (first + 4).min(table.rows());
        for (row, buffer) in (first..last).zip(&mut buffers) {
            buffer.clear();
            for column in &mut columns {
                column.write(row, buffer);
                buffer.push(BETWEEN);
            }
        }
        let hashes = hash_four([0, 1, 2, 3].map(|at| buffers[at].as_slice()));
        rows.extend(hashes.into_iter().take(last - first));
    }
    let rows = sorted(rows);
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

/// Hashes in rising order: dealt out by their first bits, then sorted in parts that are small.
fn sorted(hashes: Vec<u64>) -> Vec<u64> {
    let bits = (hashes.len() / 32).next_power_of_two().trailing_zeros().min(16);
    let part_of = |hash: u64| (hash >> 32 >> (32 - bits)) as usize;
    let mut places = vec![0_u32; 1 << bits];
    hashes.iter().for_each(|hash| places[part_of(*hash)] += 1);
    let mut before = 0;
    for place in &mut places {
        (*place, before) = (before, before + *place);
    }
    let mut dealt = vec![0; hashes.len()];
    for hash in hashes {
        let place = &mut places[part_of(hash)];
        dealt[*place as usize] = hash;
        *place += 1;
    }
    let mut from = 0;
    for to in places {
        if let Some(part) = dealt.get_mut(from..to as usize) {
            part.sort_unstable();
        }
        from = to as usize;
    }
    dealt
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
    fn hashes_are_sorted_however_many_there_are() {
        for count in [0, 1, 40, 5_000, 70_000] {
            let hashes: Vec<u64> = (0..count).map(|n: u64| hash(&(n % 50_000).to_le_bytes())).collect();
            let mut expected = hashes.clone();
            expected.sort_unstable();
            assert_eq!(sorted(hashes), expected);
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
