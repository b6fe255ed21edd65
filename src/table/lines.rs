//! Which line of the file a row stands on.

/// Line numbers of rows, stored only where a row does not follow the one before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    breaks: Vec<(usize, u64)>,
    rows: usize,
}

impl Lines {
    pub(crate) fn push(&mut self, line: u64) {
        let expected = self.breaks.last().map(|(first, line)| line + (self.rows - first) as u64);
        if expected != Some(line) {
            self.breaks.push((self.rows, line));
        }
        self.rows += 1;
    }

    /// The row's line; 0 before the first row is known.
    pub(crate) fn get(&self, row: usize) -> u64 {
        let after = self.breaks.partition_point(|(first, _)| *first <= row);
        match after.checked_sub(1).and_then(|at| self.breaks.get(at)) {
            Some((first, line)) => line + (row - first) as u64,
            None => 0,
        }
    }

    /// The row on a line.
    pub(crate) fn row_on(&self, line: u64) -> Option<usize> {
        let after = self.breaks.partition_point(|(_, first)| *first <= line);
        let (row, first) = self.breaks.get(after.checked_sub(1)?)?;
        let row = row + usize::try_from(line - first).ok()?;
        (row < self.rows && self.get(row) == line).then_some(row)
    }
}
