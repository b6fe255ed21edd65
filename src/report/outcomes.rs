//! How leads ended, by the grade they have now: whether the grades are worth anything.

use crate::crm::{Field, FieldRef};
use crate::model::{Grade, fold};
use crate::stats::{Interval, wilson};
use crate::targeting::{Definition, ScoredLeads, ends};
use serde::Serialize;
use std::collections::BTreeMap;

/// How leads ended, by grade. Intervals are 95 % Wilson intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct OutcomesReport {
    /// Header of the column that says how leads ended; `null` without one.
    pub outcome: Option<String>,
    /// Header of the status column that says which leads became an SQL; `null` without one that does.
    pub status: Option<String>,
    /// Lost leads of which nothing says whether they were an SQL before; they are in no SQL rate.
    pub sql_unknown: u64,
    /// Every lead together.
    pub all: GradeOutcome,
    /// By grade, best first; grades without a lead are left out.
    pub by_grade: Vec<GradeOutcome>,
    /// By letter of fit, best first.
    pub by_fit: Vec<GradeOutcome>,
    /// Whether the card was learned from this very outcome, so that these rates flatter it.
    pub learned_from: bool,
}

/// How the leads of one grade ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GradeOutcome {
    /// The grade, such as `B2`, or its letter; `all` of every lead.
    pub grade: String,
    /// Leads of it.
    pub leads: u64,
    /// How many of them were won; `null` without an outcome column.
    pub won: Option<Share>,
    /// How many of them became an SQL or went further; `null` without a status column that tells both. Lost leads whose
    /// status does not say whether they were one are left out.
    pub sql: Option<Share>,
}

/// A share with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// Leads of which it is known.
    pub of: u64,
    /// Those of them for which it is so.
    pub count: u64,
    /// The share, in [0, 1]; `null` of none.
    pub rate: Option<f64>,
    /// Its 95 % Wilson interval.
    pub interval: Interval,
}

/// Known and so, of one question.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    of: u64,
    count: u64,
}

impl Tally {
    fn add(&mut self, answer: Option<bool>) {
        self.of += u64::from(answer.is_some());
        self.count += u64::from(answer == Some(true));
    }

    fn share(self) -> Share {
        let (of, count) = (self.of as f64, self.count as f64);
        let rate = (self.of > 0).then(|| count / of);
        Share { of: self.of, count: self.count, rate, interval: wilson(count, of, 0.95) }
    }
}

/// The leads of one grade.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    leads: u64,
    won: Tally,
    sql: Tally,
}

pub(super) fn outcomes(leads: &ScoredLeads) -> Option<OutcomesReport> {
    let ends = ends(leads.leads());
    let status = status(leads);
    if ends.is_none() && status.is_none() {
        return None;
    }
    let (mut all, mut sql_unknown) = (Group::default(), 0);
    let (mut grades, mut letters): (BTreeMap<Grade, Group>, BTreeMap<char, Group>) = Default::default();
    for row in (0..leads.rows()).filter(|row| leads.is_used(*row)) {
        let won = ends.as_ref().and_then(|ends| ends.of(row));
        let claim = status.as_ref().and_then(|(_, claims)| claims.get(leads.text(Field::Status, row)).copied());
        let sql = match claim {
            Some(Claim::Lost) => leads.meets(row, Definition::Sql).holds().then_some(true),
            Some(claim) => Some(claim == Claim::Sql),
            None => None,
        };
        sql_unknown += u64::from(claim.is_some() && sql.is_none());
        let grade = leads.grade(row);
        let groups = [&mut all, grades.entry(grade).or_default(), letters.entry(grade.fit_letter()).or_default()];
        for group in groups {
            group.leads += 1;
            group.won.add(won);
            group.sql.add(sql);
        }
    }
    let (has_won, has_sql) = (ends.is_some(), status.is_some());
    let said = |grade: String, group: &Group| GradeOutcome {
        grade,
        leads: group.leads,
        won: has_won.then(|| group.won.share()),
        sql: has_sql.then(|| group.sql.share()),
    };
    let outcome = ends.map(|ends| ends.column);
    let evidence = leads.model().icp().evidence.as_ref();
    Some(OutcomesReport {
        learned_from: evidence.is_some_and(|known| outcome.as_ref().is_some_and(|own| own.trim() == known.outcome)),
        outcome,
        status: status.map(|(column, _)| column),
        sql_unknown,
        all: said("all".to_owned(), &all),
        by_grade: Grade::all().iter().filter_map(|grade| Some(said(grade.label(), grades.get(grade)?))).collect(),
        by_fit: "ABCD–".chars().filter_map(|letter| Some(said(letter.to_string(), letters.get(&letter)?))).collect(),
    })
}

/// What a status says of a lead having become an SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// It is or was one.
    Sql,
    /// It is none.
    Other,
    /// It was lost, from wherever.
    Lost,
}

impl Claim {
    fn of(status: &str) -> Self {
        if Definition::Sql.is_claimed_by(Definition::claimed(status)) {
            return Self::Sql;
        }
        let folded = fold(status);
        let has = |wanted: &[&str]| folded.split(|c: char| !c.is_alphanumeric()).any(|word| wanted.contains(&word));
        match (has(&["lost"]), has(&["opportunity", "opp", "deal", "sql", "sal"])) {
            (true, true) => Self::Sql,
            (true, false) => Self::Lost,
            _ => Self::Other,
        }
    }
}

/// The status column, and what each of its values claims; `None` where they do not tell SQLs from others.
fn status(leads: &ScoredLeads) -> Option<(String, BTreeMap<String, Claim>)> {
    let column = leads.leads().table().columns().get(leads.leads().column_of(&FieldRef::Known(Field::Status))?)?;
    let mut claims: BTreeMap<String, Claim> = BTreeMap::new();
    for row in 0..leads.rows() {
        let text = column.text(row);
        if !text.is_empty() && !claims.contains_key(text) {
            claims.insert(text.to_owned(), Claim::of(text));
        }
    }
    let has = |claim| claims.values().any(|known| *known == claim);
    (has(Claim::Sql) && has(Claim::Other)).then(|| (column.name().to_owned(), claims))
}
