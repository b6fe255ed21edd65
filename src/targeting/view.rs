//! Which leads to show, and in what order.
//!
//! A view is a list of row numbers: sorted by any mix of results and file columns, ties in the order of the file,
//! blanks last either way, filtered by grade, segment, owner and text.

use super::queues::Queue;
use super::scored::ScoredLeads;
use super::segment::UNASSIGNED;
use crate::crm::{Channel, FieldRef};
use crate::model::{GradePattern, asked, fold};
use crate::stats::places_by;
use crate::table::{Column, ColumnKind};
use crate::{Error, ErrorKind, Place};

/// What to show and in what order.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct View {
    /// Sort keys, the first one deciding. Empty: the order of the file.
    pub sort: Vec<SortKey>,
    /// What to leave out. Empty: nothing.
    pub filter: Filter,
}

/// One sort key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SortKey {
    /// `fit`, `engagement`, `grade`, `segment`, `owner`, `pool`, `due`, `age`, `probability`, `rank`, `expectedValue`,
    /// `valuePerDay`, `channel`, `name`, `company`, `row`, any other field of the file, or `column:` with a header. Names of results come first: `owner` is the assigned one.
    pub by: String,
    /// Turns the order round: highest score first. Default false.
    #[serde(default)]
    pub descending: bool,
}

/// What to show. Every part that is not empty must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Filter {
    /// Grades, or patterns such as `A*`.
    pub grades: Vec<String>,
    /// Segment names; `Unassigned` for none.
    pub segments: Vec<String>,
    /// Owner names; `Unassigned` for none.
    pub owners: Vec<String>,
    /// Channels the leads came by.
    pub channels: Vec<Channel>,
    /// Text that some cell of the row must hold; letter case and accents do not count.
    pub text: String,
    /// Only the leads of a queue. Default: all.
    pub queue: Option<Queue>,
    /// Only the disqualified (true) or only the others (false).
    pub disqualified: Option<bool>,
}

impl View {
    /// Reads a view from JSON; absent keys keep their default.
    ///
    /// # Errors
    /// `bad-view` for an unknown key or a wrong value, with its path.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        asked(json, "bad-view")
    }
}

/// What stands for a blank: sorts last in either direction.
const BLANK: u64 = u64::MAX;

impl ScoredLeads {
    /// The rows of a view, in its order. Leads created after the as-of day are in no view.
    ///
    /// # Errors
    /// `unknown-field` if a sort key names nothing that the list has, `bad-grade` for a grade that cannot be read.
    pub fn view(&self, view: &View) -> Result<Vec<u32>, Error> {
        let rows = self.filtered(&view.filter)?;
        let keys: Vec<(Vec<u64>, bool)> = view
            .sort
            .iter()
            .enumerate()
            .map(|(at, key)| Ok((self.sort_values(&key.by, at)?, key.descending)))
            .collect::<Result<_, Error>>()?;
        if keys.is_empty() {
            return Ok(rows);
        }
        // Rows stand in the order of the file, and so do those of equal keys.
        let mut placed: Vec<(u64, u32)> = packed(&keys, &rows).into_iter().zip(rows).collect();
        placed.sort_by_key(|(key, _)| *key);
        Ok(placed.into_iter().map(|(_, row)| row).collect())
    }

    fn filtered(&self, filter: &Filter) -> Result<Vec<u32>, Error> {
        if *filter == Filter::default() && self.all_used() {
            return Ok((0..self.rows() as u32).collect());
        }
        let grades = filter
            .grades
            .iter()
            .enumerate()
            .map(|(at, text)| GradePattern::parse(text).ok_or_else(|| bad_grade(text, at)))
            .collect::<Result<Vec<_>, _>>()?;
        let search = Search::new(self, &filter.text);
        let rows = (0..self.rows()).filter(|row| {
            self.is_used(*row)
                && (grades.is_empty() || grades.iter().any(|pattern| pattern.matches(self.grade(*row))))
                && any_of(&filter.segments, || self.segment_name(*row))
                && (filter.channels.is_empty() || filter.channels.contains(&self.leads().channel(*row)))
                && any_of(&filter.owners, || self.owner(*row).unwrap_or(UNASSIGNED))
                && filter.disqualified.is_none_or(|wanted| wanted == self.disqualified(*row).is_some())
                && filter.queue.is_none_or(|queue| self.is_in(*row, queue))
                && search.finds(*row)
        });
        Ok(rows.filter_map(|row| u32::try_from(row).ok()).collect())
    }

    /// One number per row that sorts as the key asks.
    fn sort_values(&self, by: &str, at: usize) -> Result<Vec<u64>, Error> {
        let rows = 0..self.rows();
        let points = |points: Option<crate::model::Points>| points.map_or(BLANK, |points| ordered(points.micro()));
        Ok(match by {
            "row" => rows.map(|row| row as u64).collect(),
            "fit" => rows.map(|row| points(self.fit(row))).collect(),
            "engagement" => rows.map(|row| points(self.engagement(row))).collect(),
            "grade" => rows.map(|row| self.grade(row).place() as u64).collect(),
            // Segments, pools and people sort as the model lists them.
            "segment" => rows.map(|row| self.segment_index(row).map_or(BLANK, |at| at as u64)).collect(),
            "owner" | "pool" => rows
                .map(|row| {
                    let seat = self.assignment(row).seat();
                    seat.map_or(BLANK, |seat| u64::from(seat.pool) << 16 | u64::from(seat.member))
                })
                .collect(),
            "due" => rows.map(|row| self.due(row).map_or(BLANK, |due| ordered(due.minutes()))).collect(),
            "age" => rows.map(|row| self.age_days(row).map_or(BLANK, |age| ordered(i64::from(age)))).collect(),
            "probability" => rows.map(|row| self.probability(row).map_or(BLANK, ordered_float)).collect(),
            "rank" => rows.map(|row| self.rank(row).map_or(BLANK, ordered_float)).collect(),
            "expectedValue" => rows.map(|row| self.expected_value(row).map_or(BLANK, ordered_float)).collect(),
            "valuePerDay" => rows.map(|row| self.value_per_day(row).map_or(BLANK, ordered_float)).collect(),
            "channel" => rows
                .map(|row| match self.leads().channel(row) {
                    Channel::Unknown => BLANK,
                    known => known as u64,
                })
                .collect(),
            "name" => ranked(rows.map(|row| fold(&self.name(row))).collect()),
            _ => {
                let field: Option<FieldRef> = by.parse().ok();
                let column = field.and_then(|field| self.columns().get(self.leads().column_of(&field)?));
                column_values(column.ok_or_else(|| unknown_field(by, at))?, self.rows())
            }
        })
    }
}

/// One number per row that sorts as all keys together, the first one deciding. A key that is turned round turns its values,
/// but not its blanks.
fn packed(keys: &[(Vec<u64>, bool)], rows: &[u32]) -> Vec<u64> {
    let mut packed = vec![0_u64; rows.len()];
    let mut bits = 0;
    for (values, descending) in keys {
        let of = |row: &u32| values.get(*row as usize).copied().unwrap_or(BLANK);
        let known = || rows.iter().map(of).filter(|value| *value != BLANK);
        let (low, high) = known().fold((BLANK, 0), |(low, high), value| (low.min(value), high.max(value)));
        // Blanks come behind all others. A span that leaves no room for them is as wide as a number.
        let blank = if low > high { 0 } else { (high - low).saturating_add(1) };
        let place = |row: &u32| match of(row) {
            BLANK => blank,
            value if *descending => high - value,
            value => value - low,
        };
        let width = u64::BITS - blank.leading_zeros();
        if bits + width <= u64::BITS {
            let shift = |packed: u64| if width < u64::BITS { packed << width } else { 0 };
            packed.iter_mut().zip(rows).for_each(|(packed, row)| *packed = shift(*packed) | place(row));
            bits += width;
            continue;
        }
        // What does not fit as it is fits as ranks: a list has far fewer rows than a number has values.
        let own = ranks(&rows.iter().map(place).collect::<Vec<u64>>());
        packed = ranks(&packed).into_iter().zip(own).map(|(packed, own)| packed << 32 | own).collect();
        bits = u64::BITS;
    }
    packed
}

/// The place of each number among the different ones, below 2³².
fn ranks(numbers: &[u64]) -> Vec<u64> {
    let mut all = numbers.to_vec();
    all.sort_unstable();
    all.dedup();
    numbers.iter().map(|number| all.partition_point(|other| other < number) as u64).collect()
}

fn bad_grade(text: &str, at: usize) -> Error {
    let message = format!("expected a grade such as `B2`, `A*` or `A–`, found `{text}`");
    Error::new(ErrorKind::Run, "bad-grade", message).at(Place::path(format!("filter.grades[{at}]")))
}

fn unknown_field(by: &str, at: usize) -> Error {
    let message = format!(
        "nothing is called `{by}` in this list (use fit, engagement, grade, segment, owner, pool, due, age, \
         probability, rank, expectedValue, valuePerDay, name, row, a field of the file, or `column:` and a header)"
    );
    Error::new(ErrorKind::Run, "unknown-field", message).at(Place::path(format!("sort[{at}].by")))
}

fn any_of<'a>(wanted: &[String], name: impl FnOnce() -> &'a str) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let name = name();
    wanted.iter().any(|wanted| wanted == name)
}

/// A signed number as an unsigned one of the same order; the very largest is kept free for blanks.
fn ordered(number: i64) -> u64 {
    ((number as u64) ^ (1 << 63)).min(BLANK - 1)
}

fn column_values(column: &Column, rows: usize) -> Vec<u64> {
    let rows = 0..rows;
    match column.kind() {
        ColumnKind::Number(_) => rows.map(|row| column.number(row).map_or(BLANK, ordered_float)).collect(),
        ColumnKind::Date(_) => {
            rows.map(|row| column.date(row).map_or(BLANK, |date| ordered(i64::from(date.days())))).collect()
        }
        _ => match column.words() {
            Some(_) => {
                let firsts: Vec<usize> = column.cells().tally().into_iter().map(|(_, row)| row).collect();
                let ranks = ranked(firsts.iter().map(|row| fold(column.text(*row))).collect());
                rows.map(|row| column.word(row).and_then(|word| ranks.get(word).copied()).unwrap_or(BLANK)).collect()
            }
            None => ranked(rows.map(|row| fold(column.text(row))).collect()),
        },
    }
}

/// The bits of a number in the order of `total_cmp`.
fn ordered_float(number: f64) -> u64 {
    let bits = number.to_bits() as i64;
    // As `f64::total_cmp` does it: negative numbers count downwards.
    ordered(bits ^ (((bits >> 63) as u64) >> 1) as i64)
}

/// The rank of each text among all, equal texts sharing one; blanks last.
fn ranked(texts: Vec<String>) -> Vec<u64> {
    let order = places_by(texts.len(), &mut |a, b| texts.get(a).cmp(&texts.get(b)));
    let mut ranks = vec![BLANK; texts.len()];
    let mut last: Option<(&String, u64)> = None;
    for (position, at) in order.into_iter().enumerate() {
        let (Some(text), Some(rank)) = (texts.get(at), ranks.get_mut(at)) else { continue };
        let value = match last {
            Some((previous, rank)) if previous == text => rank,
            _ => position as u64,
        };
        last = Some((text, value));
        if !text.is_empty() {
            *rank = value;
        }
    }
    ranks
}

/// A text looked for in all text columns; settled once per distinct word where words repeat.
struct Search<'a> {
    wanted: String,
    columns: Vec<(&'a Column, Option<Vec<bool>>)>,
}

impl<'a> Search<'a> {
    fn new(leads: &'a ScoredLeads, text: &str) -> Self {
        let wanted = fold(text);
        if wanted.is_empty() {
            return Self { wanted, columns: Vec::new() };
        }
        let settle = |column: &Column| {
            let answers = |(_, row)| fold(column.text(row)).contains(&wanted);
            column.words().is_some().then(|| column.cells().tally().into_iter().map(answers).collect())
        };
        let columns = leads.columns().iter().map(|column| (column, settle(column))).collect();
        Self { wanted, columns }
    }

    fn finds(&self, row: usize) -> bool {
        self.wanted.is_empty()
            || self.columns.iter().any(|(column, settled)| match settled {
                Some(words) => column.word(row).and_then(|word| words.get(word).copied()).unwrap_or(false),
                None => fold(column.text(row)).contains(&self.wanted),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Sampler, StreamKey};

    /// Keys one after the other, as they are meant.
    fn one_by_one(keys: &[(Vec<u64>, bool)], a: u32, b: u32) -> std::cmp::Ordering {
        let of = |(values, descending): &(Vec<u64>, bool)| {
            let [a, b] = [a, b].map(|row| values[row as usize]);
            if *descending && a != BLANK && b != BLANK { b.cmp(&a) } else { a.cmp(&b) }
        };
        keys.iter().map(of).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    }

    #[test]
    fn packed_keys_sort_as_one_after_the_other() {
        let mut s = Sampler::new(StreamKey::new(7));
        // Few values, points, times, and numbers of every size, in every mix of up to five keys.
        let widths: [u64; 5] = [1, 9, 1 << 27, 1 << 50, BLANK - 1];
        for round in 0..300_u32 {
            let rows: Vec<u32> = (0..60).filter(|row| round % 3 > 0 || row % 4 > 0).collect();
            let keys: Vec<(Vec<u64>, bool)> = (0..=s.below(4))
                .map(|_| {
                    let width = widths[s.below(5) as usize];
                    let mut value = || match s.below(6) {
                        0 => BLANK,
                        1 => width,
                        2 => 0,
                        _ => (u64::from(s.below(u32::MAX)) << 32 | u64::from(s.below(u32::MAX))) % width.max(1),
                    };
                    ((0..60).map(|_| value()).collect(), s.below(2) == 1)
                })
                .collect();
            let mut placed: Vec<(u64, u32)> = packed(&keys, &rows).into_iter().zip(rows.iter().copied()).collect();
            placed.sort_by_key(|(key, _)| *key);
            let found: Vec<u32> = placed.into_iter().map(|(_, row)| row).collect();
            let mut expected = rows;
            expected.sort_by(|a, b| one_by_one(&keys, *a, *b));
            assert_eq!(found, expected, "round {round}: {keys:?}");
        }
    }
}
