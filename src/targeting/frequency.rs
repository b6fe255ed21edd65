//! How often something counts: numbers of the file, and activities within days.

use super::predicate::{Binder, Cells, More};
use crate::calendar::Date;
use crate::crm::FieldRef;
use crate::model::{self, DecayCurve, FrequencySource, Phrase, Points};
use crate::table::Column;
use std::collections::BTreeMap;

/// What a rule counts, looked up in a list.
#[derive(Debug, Clone)]
pub(crate) struct BoundFrequency {
    most: u32,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// The file has no such column, or no activities belong to the list.
    Absent,
    /// A number, settled once per distinct value where values repeat.
    Field { column: usize, each: f64, times: Option<Vec<Option<u32>>> },
    /// Activities, settled once per row.
    Activities { counts: Vec<Count>, log: Log },
}

/// How often a rule counts for one lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) times: u32,
    /// The points of all times together where each has faded on its own.
    pub(crate) points: Option<Points>,
}

impl BoundFrequency {
    /// Looks up what the rule counts.
    pub(crate) fn bind(rule: &model::Rule, binder: &Binder<'_>) -> Option<Self> {
        let per = rule.per.as_ref()?;
        let most = per.most.unwrap_or(u32::MAX);
        let source = match &per.source {
            FrequencySource::Field { field, each } => bind_field(field, *each, most, binder),
            FrequencySource::Activities { kinds, days } => {
                let curve = rule.decay.as_ref().map(|decay| decay.curve);
                let (kinds, as_of) = (kinds.clone(), binder.as_of());
                as_of.map_or(Source::Absent, |as_of| {
                    Log { kinds, days: *days, most, curve, points: rule.points, as_of }.bind(binder)
                })
            }
        };
        Some(Self { most, source })
    }

    /// Whether rows with equal cells may count differently.
    pub(crate) fn is_of_rows(&self) -> bool {
        matches!(self.source, Source::Activities { .. })
    }

    /// Whether the list has what is counted.
    pub(crate) fn in_list(&self) -> bool {
        !matches!(self.source, Source::Absent)
    }

    /// How often it counts; `None` if the cell is blank or the list does not have it.
    pub(crate) fn count(&self, cells: &Cells<'_>) -> Option<Count> {
        match &self.source {
            Source::Absent => None,
            Source::Activities { counts, .. } if cells.more.is_empty() => counts.get(cells.row).copied(),
            Source::Activities { log, .. } => Some(log.count_with(cells.more)),
            Source::Field { column, each, times } => {
                let read = |number: f64| times_of(number, *each, self.most);
                let cell = cells.columns.get(*column)?;
                let times = match (cells.changed(*column), times) {
                    (Some(value), _) => read(value.number?),
                    (None, Some(times)) => (*times.get(cell.word(cells.row)?)?)?,
                    (None, None) => read(cell.number(cells.row)?),
                };
                Some(Count { times, points: None })
            }
        }
    }
}

fn times_of(number: f64, each: f64, most: u32) -> u32 {
    // Saturates: a negative number counts nothing.
    ((number / each).floor() as u32).min(most)
}

fn bind_field(field: &FieldRef, each: f64, most: u32, binder: &Binder<'_>) -> Source {
    let Some((column, cells, rows)) = binder.column(field) else { return Source::Absent };
    let read = |row: usize, cells: &Column| cells.number(row).map(|number| times_of(number, each, most));
    Source::Field { column, each, times: rows.map(|rows| rows.iter().map(|row| read(*row, cells)).collect()) }
}

/// Which activities count, and how they fade.
#[derive(Debug, Clone)]
struct Log {
    /// Any, if there are none.
    kinds: Vec<Phrase>,
    days: Option<u32>,
    most: u32,
    curve: Option<DecayCurve>,
    points: Points,
    as_of: Date,
}

impl Log {
    fn bind(self, binder: &Binder<'_>) -> Source {
        let leads = binder.leads();
        if !leads.has_activities() {
            return Source::Absent;
        }
        let mut wanted: BTreeMap<&str, bool> = BTreeMap::new();
        let counts = (0..leads.rows())
            .map(|row| {
                let newest_first = leads.activities(row).iter().rev().map(|one| (&*one.kind, one.date));
                self.count(newest_first, |kind| *wanted.entry(kind).or_insert_with(|| self.fits(kind)))
            })
            .collect();
        Source::Activities { counts, log: self }
    }

    /// How often it would count with further activities of today.
    fn count_with(&self, more: &[More<'_>]) -> Count {
        let today = more.iter().flat_map(|more| (0..more.times).map(|_| (more.kind, self.as_of)));
        let known = more.first().map_or(&[][..], |more| more.known);
        self.count(today.chain(known.iter().rev().map(|one| (&*one.kind, one.date))), |kind| self.fits(kind))
    }

    fn fits(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted.is_in(kind))
    }

    /// Counts activities. They come newest first, so that a limit leaves out the oldest.
    fn count<'k>(
        &self,
        activities: impl Iterator<Item = (&'k str, Date)>,
        mut fits: impl FnMut(&'k str) -> bool,
    ) -> Count {
        let (mut times, mut left) = (0, 0.0);
        for (kind, date) in activities {
            let age = self.as_of.days_since(date);
            if age < 0 || self.days.is_some_and(|days| i64::from(age) > i64::from(days)) || !fits(kind) {
                continue;
            }
            if times == self.most {
                break;
            }
            times += 1;
            left += self.curve.map_or(0.0, |curve| curve.share_left(age));
        }
        // Rounded once, however many there are.
        Count { times, points: self.curve.map(|_| self.points.times(left)) }
    }
}
