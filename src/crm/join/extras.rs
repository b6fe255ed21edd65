//! What a list of leads or a pipeline has from other files besides columns.

use super::log::LogColumns;
use crate::crm::activity::Activity;
use crate::crm::{Contract, Quotas, Rep, StageHistory};
use crate::stats::Arrange;

/// What is known from files that were attached, and their fingerprints.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    pub(crate) activities: ByRow,
    /// The columns that tell of them.
    pub(crate) log: Option<LogColumns>,
    /// The column that says who has the account, as a file of accounts tells.
    pub(crate) account_owner: Option<usize>,
    pub(crate) contracts: Vec<Contract>,
    pub(crate) reps: Vec<Rep>,
    pub(crate) quotas: Option<Quotas>,
    pub(crate) history: Option<StageHistory>,
    /// In order.
    pub(crate) fingerprints: Vec<[u8; 32]>,
}

/// Activities by the row they belong to, each row's by date.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByRow {
    starts: Vec<u32>,
    all: Vec<Activity>,
}

impl ByRow {
    /// Deals the activities out to their rows, beside those that are there already.
    pub(super) fn with(&self, rows: usize, new: impl Iterator<Item = (usize, Activity)>) -> Self {
        let old = (0..rows).flat_map(|row| self.of(row).iter().map(move |activity| (row, activity.clone())));
        let mut all: Vec<(usize, Activity)> = old.chain(new).collect();
        // In the order of what happened and not of the file, so that another order of its rows changes nothing.
        all.arrange_by(|(a, x), (b, y)| {
            (a, x.date, &x.kind, x.direction, x.row).cmp(&(b, y.date, &y.kind, y.direction, y.row))
        });
        let mut starts = Vec::with_capacity(rows + 1);
        let mut next = all.iter().map(|(row, _)| *row).peekable();
        let mut count = 0;
        for row in 0..rows {
            starts.push(count);
            while next.next_if_eq(&row).is_some() {
                count += 1;
            }
        }
        starts.push(count);
        Self { starts, all: all.into_iter().map(|(_, activity)| activity).collect() }
    }

    /// Whether any row has activities.
    pub(crate) fn any(&self) -> bool {
        !self.all.is_empty()
    }

    pub(crate) fn of(&self, row: usize) -> &[Activity] {
        let bounds = (self.starts.get(row), self.starts.get(row + 1));
        let (Some(start), Some(end)) = bounds else { return &[] };
        self.all.get(*start as usize..*end as usize).unwrap_or(&[])
    }
}
