//! Several files as one: which row of one file belongs to which row of another.
//!
//! Rows are paired by id, domain, e-mail address or name, in this order. Which columns hold the same things is found
//! from what they hold, and can be said instead. A row that several fit is listed and never paired by its place.

mod attach;
mod columns;
mod extras;
mod key;
mod log;
mod lookup;
mod report;

pub use attach::{AttachOptions, Attached};
pub use key::JoinKey;
pub use report::{JoinKeyCount, JoinReport, JoinSample, JoinShape, JoinSide};

pub(crate) use columns::Side;
pub(crate) use extras::Extras;
pub(crate) use key::{Normaliser, id as id_form};
pub(crate) use lookup::vocabulary;

use crate::stats::Arrange;
use crate::table::{Column, Table, shorten};
use crate::{Error, ErrorKind, Place};
use columns::{Comparison, Offers};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// Two columns by which files are to be joined.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JoinOn {
    /// Header in the file that is open.
    pub left: String,
    /// Header in the file that is attached.
    pub right: String,
    /// How their values are compared. Default: as names if they hold letters and blanks, else as ids.
    #[serde(default)]
    pub key: Option<JoinKey>,
}

/// Samples of each sort, at most.
const MOST_SAMPLES: usize = 10;
/// Partners listed for a row that several fit, at most.
const MOST_FITS: usize = 5;

/// What a row found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partner {
    /// Its partner.
    One(u32),
    /// None.
    None,
    /// None, as it has no value to look by.
    Blank,
    /// Several, by the comparison of this number.
    Several(usize),
    /// It does not look for one.
    Out,
}

/// Which row of one file belongs to which of another.
#[derive(Debug)]
pub(crate) struct Pairing {
    /// What each row of the seeking file found.
    pub(crate) partners: Vec<Partner>,
    comparisons: Vec<Comparison>,
    /// Rows matched by each comparison.
    matched: Vec<u64>,
    unmatched_samples: Vec<JoinSample>,
    ambiguous_samples: Vec<JoinSample>,
}

/// Pairs the rows of two files, by the columns given or else by those found. Only rows that `seeks` names look for a
/// partner.
///
/// # Errors
/// `nothing-in-common` if no two columns hold the same.
pub(crate) fn pair(
    seeking: Side<'_>,
    offering: Side<'_>,
    offers: Offers,
    on: Option<Vec<Comparison>>,
    normaliser: &Normaliser<'_>,
    seeks: impl Fn(usize) -> bool,
) -> Result<Pairing, Error> {
    let comparisons = on.unwrap_or_else(|| columns::find(seeking, offering, offers, normaliser));
    if comparisons.is_empty() {
        return Err(nothing_in_common(seeking.table, offering.table));
    }
    let rows = seeking.table.rows();
    let start = |row| if seeks(row) { Partner::Blank } else { Partner::Out };
    let mut partners: Vec<Partner> = (0..rows).map(start).collect();
    // Of a row that several fit: which ones, until a later key tells them apart.
    let mut several: HashMap<usize, (usize, Vec<u32>)> = HashMap::new();
    let mut matched = vec![0_u64; comparisons.len()];
    for (number, comparison) in comparisons.iter().enumerate() {
        let Some(index) = Index::new(offering.table, offers, comparison, normaliser) else { continue };
        let Some(column) = seeking.table.columns().get(comparison.seeking) else { continue };
        let mut forms = Forms::new(column, comparison, normaliser, &index);
        for (row, partner) in partners.iter_mut().enumerate() {
            if matches!(partner, Partner::One(_) | Partner::Out) {
                continue;
            }
            let found = match forms.of(row) {
                Form::Blank => continue,
                Form::Unknown => &[],
                Form::Known(form) => index.rows(form),
            };
            let before = several.get(&row);
            let fits: Vec<u32> = match before {
                Some((_, earlier)) => found.iter().copied().filter(|row| earlier.contains(row)).collect(),
                None => found.to_vec(),
            };
            match (fits.as_slice(), before) {
                ([one], _) => {
                    several.remove(&row);
                    *partner = Partner::One(*one);
                    if let Some(count) = matched.get_mut(number) {
                        *count += 1;
                    }
                }
                ([], None) => *partner = Partner::None,
                ([], Some(_)) => {}
                (_, Some((first, _))) => {
                    let first = *first;
                    several.insert(row, (first, fits));
                }
                (_, None) => {
                    *partner = Partner::Several(number);
                    several.insert(row, (number, fits));
                }
            }
        }
    }
    let mut pairing =
        Pairing { partners, comparisons, matched, unmatched_samples: Vec::new(), ambiguous_samples: Vec::new() };
    pairing.sample(seeking.table, offering.table, &several);
    Ok(pairing)
}

impl Pairing {
    /// Gathers values that found no partner, or several.
    fn sample(&mut self, seeking: &Table, offering: &Table, several: &HashMap<usize, (usize, Vec<u32>)>) {
        let (mut unmatched, mut ambiguous) = (Samples::default(), Samples::default());
        for (row, partner) in self.partners.iter().enumerate() {
            let text = |comparison: &Comparison| seeking.columns().get(comparison.seeking).map_or("", |c| c.text(row));
            match partner {
                Partner::None => {
                    let value = self.comparisons.iter().map(text).find(|text| !text.is_empty()).unwrap_or("");
                    unmatched.add(value, seeking.line(row), Vec::new);
                }
                Partner::Several(number) => {
                    let value = self.comparisons.get(*number).map_or("", text);
                    ambiguous.add(value, seeking.line(row), || {
                        let fits = several.get(&row).map_or(&[][..], |(_, rows)| rows.as_slice());
                        fits.iter().take(MOST_FITS).map(|row| offering.line(*row as usize)).collect()
                    });
                }
                Partner::One(_) | Partner::Blank | Partner::Out => {}
            }
        }
        self.unmatched_samples = unmatched.most_frequent();
        self.ambiguous_samples = ambiguous.most_frequent();
    }

    /// The partner of each row of the seeking file.
    pub(crate) fn partner(&self, row: usize) -> Option<usize> {
        match self.partners.get(row)? {
            Partner::One(other) => Some(*other as usize),
            _ => None,
        }
    }

    /// What came of it.
    pub(crate) fn report(&self, shape: JoinShape, left: Side<'_>, right: Side<'_>) -> JoinReport {
        let (seeking, offering) = match shape {
            JoinShape::Lookup => (left, right),
            JoinShape::Many => (right, left),
        };
        let count = |test: fn(&Partner) -> bool| self.partners.iter().filter(|partner| test(partner)).count() as u64;
        let blank = count(|partner| *partner == Partner::Blank);
        let mut used = vec![false; offering.table.rows()];
        for partner in &self.partners {
            if let Partner::One(row) = partner
                && let Some(used) = used.get_mut(*row as usize)
            {
                *used = true;
            }
        }
        let out = count(|partner| *partner == Partner::Out);
        let side = |side: Side<'_>, seeks: bool| JoinSide {
            file: side.table.name().map(str::to_owned),
            kind: side.kind.map_or("unknown", crate::crm::Kind::name),
            rows: side.table.rows() as u64 - if seeks { out } else { 0 },
        };
        let header = |side: Side<'_>, at: usize| side.table.columns().get(at).map_or("", Column::name).to_owned();
        let by_key = self.comparisons.iter().zip(&self.matched).enumerate().map(|(number, (comparison, matched))| {
            let (seeks, offers) = (header(seeking, comparison.seeking), header(offering, comparison.offering));
            let (left_column, right_column) = match shape {
                JoinShape::Lookup => (seeks, offers),
                JoinShape::Many => (offers, seeks),
            };
            let ambiguous = self.partners.iter().filter(|p| **p == Partner::Several(number)).count() as u64;
            JoinKeyCount { key: comparison.key, left_column, right_column, matched: *matched, ambiguous }
        });
        JoinReport {
            left: side(left, shape == JoinShape::Lookup),
            right: side(right, shape == JoinShape::Many),
            shape,
            matched: self.matched.iter().sum(),
            unmatched: blank + count(|partner| *partner == Partner::None),
            blank,
            ambiguous: count(|partner| matches!(partner, Partner::Several(_))),
            unused: used.iter().filter(|used| !**used).count() as u64,
            by_key: by_key.collect(),
            unmatched_samples: self.unmatched_samples.clone(),
            ambiguous_samples: self.ambiguous_samples.clone(),
            added_columns: Vec::new(),
        }
    }
}

/// The comparisons that were asked for.
///
/// # Errors
/// `no-such-column`.
pub(crate) fn given(
    on: &[JoinOn],
    shape: JoinShape,
    left: &Table,
    right: &Table,
) -> Result<Option<Vec<Comparison>>, Error> {
    let find = |table: &Table, header: &str, path: String| {
        table.column_named(header).ok_or_else(|| {
            let known: Vec<&str> = table.columns().iter().map(Column::name).take(8).collect();
            let more = if table.columns().len() > known.len() { ", …" } else { "" };
            let file = table.name().unwrap_or("the file");
            let message = format!("no column `{header}` ({file} has {}{more})", known.join(", "));
            Error::new(ErrorKind::Run, "no-such-column", message).at(Place::path(path))
        })
    };
    let comparison = |(number, on): (usize, &JoinOn)| {
        let a = find(left, &on.left, format!("on[{number}].left"))?;
        let b = find(right, &on.right, format!("on[{number}].right"))?;
        let key = on.key.unwrap_or_else(|| {
            let spoken = |text: &str| text.contains(' ') && text.chars().any(char::is_alphabetic);
            let names = |table: &Table, at: usize| {
                table.columns().get(at).is_some_and(|c| c.cells().words().iter().any(spoken))
            };
            if names(left, a) || names(right, b) { JoinKey::Name } else { JoinKey::Id }
        });
        let (seeking, offering) = if shape == JoinShape::Lookup { (a, b) } else { (b, a) };
        Ok(Comparison { key, seeking, offering })
    };
    let all: Vec<Comparison> = on.iter().enumerate().map(comparison).collect::<Result<_, Error>>()?;
    Ok((!all.is_empty()).then_some(all))
}

fn nothing_in_common(a: &Table, b: &Table) -> Error {
    let name = |table: &Table| table.name().map_or_else(|| "the file".to_owned(), |name| format!("`{name}`"));
    let message = format!(
        "no column of {} holds ids, domains, addresses or names of {} (say which columns belong together with `on`)",
        name(b),
        name(a)
    );
    Error::new(ErrorKind::Input, "nothing-in-common", message)
}

/// The rows of a file by the form of one column. Rows that say the same in every cell count once.
struct Index {
    numbers: HashMap<String, u32>,
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Index {
    fn new(table: &Table, offers: Offers, comparison: &Comparison, normaliser: &Normaliser<'_>) -> Option<Self> {
        let column = table.columns().get(comparison.offering)?;
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let words = if column.words().is_some() { column.cells().words().len() } else { 0 };
        let mut by_word: Vec<Option<Option<u32>>> = vec![None; words];
        let mut number_of = |row: usize| {
            let mut read = || {
                let form = normaliser.form(comparison.key, column.text(row))?;
                let next = numbers.len() as u32;
                Some(*numbers.entry(form).or_insert(next))
            };
            match column.word(row).and_then(|word| by_word.get_mut(word)) {
                Some(Some(known)) => *known,
                Some(unknown) => *unknown.insert(read()),
                None => read(),
            }
        };
        let forms: Vec<Option<u32>> = (0..table.rows()).map(&mut number_of).collect();
        let mut counts = vec![0_u32; numbers.len() + 1];
        for form in forms.iter().flatten() {
            if let Some(count) = counts.get_mut(*form as usize + 1) {
                *count += 1;
            }
        }
        let mut total = 0;
        for count in &mut counts {
            total += *count;
            *count = total;
        }
        let (starts, mut next) = (counts.clone(), counts);
        let mut rows = vec![0_u32; total as usize];
        for (row, form) in forms.iter().enumerate() {
            if let Some(place) = form.and_then(|form| next.get_mut(form as usize)) {
                if let Some(slot) = rows.get_mut(*place as usize) {
                    *slot = row as u32;
                }
                *place += 1;
            }
        }
        let mut index = Self { numbers, starts, rows };
        index.drop_copies(table, offers);
        Some(index)
    }

    fn rows(&self, form: u32) -> &[u32] {
        let start = self.starts.get(form as usize).copied().unwrap_or(0) as usize;
        let end = self.starts.get(form as usize + 1).copied().unwrap_or(0) as usize;
        self.rows.get(start..end).unwrap_or(&[])
    }

    /// Of rows that are equal in every cell, or of a whole group, the first counts.
    fn drop_copies(&mut self, table: &Table, offers: Offers) {
        let (mut starts, mut rows) = (vec![0_u32], Vec::with_capacity(self.rows.len()));
        let same = |a: u32, b: u32| {
            offers == Offers::Groups || table.columns().iter().all(|c| c.text(a as usize) == c.text(b as usize))
        };
        for form in 0..self.numbers.len() as u32 {
            let first = rows.len();
            for row in self.rows(form) {
                // Long lists are no keys of anything; comparing all of their rows would take for ever.
                let seen = rows.get(first..).unwrap_or(&[]);
                if seen.len() > 32 || !seen.iter().any(|other| same(*other, *row)) {
                    rows.push(*row);
                }
            }
            starts.push(rows.len() as u32);
        }
        (self.starts, self.rows) = (starts, rows);
    }
}

/// What a cell is in the index of the other file.
#[derive(Clone, Copy)]
enum Form {
    Blank,
    Unknown,
    Known(u32),
}

/// The forms of a column's cells, worked out once per word where words repeat.
struct Forms<'a> {
    column: &'a Column,
    comparison: &'a Comparison,
    normaliser: &'a Normaliser<'a>,
    index: &'a Index,
    by_word: Vec<Option<Form>>,
}

impl<'a> Forms<'a> {
    fn new(column: &'a Column, comparison: &'a Comparison, normaliser: &'a Normaliser<'a>, index: &'a Index) -> Self {
        let words = if column.words().is_some() { column.cells().words().len() } else { 0 };
        Self { column, comparison, normaliser, index, by_word: vec![None; words] }
    }

    fn of(&mut self, row: usize) -> Form {
        let word = self.column.word(row);
        if let Some(known) = word.and_then(|word| *self.by_word.get(word)?) {
            return known;
        }
        let form = match self.normaliser.form(self.comparison.key, self.column.text(row)) {
            None => Form::Blank,
            Some(form) => self.index.numbers.get(&form).map_or(Form::Unknown, |number| Form::Known(*number)),
        };
        if let Some(slot) = word.and_then(|word| self.by_word.get_mut(word)) {
            *slot = Some(form);
        }
        form
    }
}

/// Values counted, each with its first line and what fits it.
#[derive(Default)]
struct Samples(BTreeMap<String, JoinSample>);

impl Samples {
    fn add(&mut self, value: &str, line: u64, fits: impl FnOnce() -> Vec<u64>) {
        let new = || JoinSample { value: shorten(value), rows: 0, line, fits: fits() };
        match self.0.get_mut(value) {
            Some(sample) => sample.rows += 1,
            None => self.0.entry(value.to_owned()).or_insert_with(new).rows += 1,
        }
    }

    fn most_frequent(self) -> Vec<JoinSample> {
        let mut all: Vec<JoinSample> = self.0.into_values().collect();
        all.arrange_by_key(|sample| (std::cmp::Reverse(sample.rows), sample.line));
        all.truncate(MOST_SAMPLES);
        all
    }
}
