//! The words everyone must agree on, asked of every lead, and compared with what the file's status says.

use super::learn::lead_word;
use super::predicate::{Binder, Predicate};
use super::score::Score;
use super::truths::{BLOCK, TRUE, Truths, UNKNOWN, all, any, byte, negate};
use crate::crm::{DealStatus, Dialects, Field, FieldRef, LeadList, ScoreField};
use crate::model::{Bound, Condition, Definitions, GradePattern, Points, Test, Truth, Value, fold};
use crate::table::{Column, boolean};

/// A word of the model's definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub enum Definition {
    /// A marketing-qualified lead.
    Mql,
    /// A product-qualified lead. Beside the way of the others: a customer need never have been one.
    Pql,
    /// A sales-qualified lead.
    Sql,
    /// An opportunity.
    Opportunity,
    /// A deal closed as won.
    ClosedWon,
    /// A customer lost.
    Churned,
}

impl Definition {
    /// All of them, in the order of a customer's life.
    pub const ALL: [Self; 6] = [Self::Mql, Self::Pql, Self::Sql, Self::Opportunity, Self::ClosedWon, Self::Churned];

    /// As people write it: `MQL`, `closed-won`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Mql => "MQL",
            Self::Pql => "PQL",
            Self::Sql => "SQL",
            Self::Opportunity => "opportunity",
            Self::ClosedWon => "closed-won",
            Self::Churned => "churned",
        }
    }

    /// The condition that the model gives the word.
    #[must_use]
    pub fn condition(self, definitions: &Definitions) -> Option<&Condition> {
        match self {
            Self::Mql => definitions.mql.as_ref(),
            Self::Pql => definitions.pql.as_ref(),
            Self::Sql => definitions.sql.as_ref(),
            Self::Opportunity => definitions.opportunity.as_ref(),
            Self::ClosedWon => definitions.closed_won.as_ref(),
            Self::Churned => definitions.churned.as_ref(),
        }
    }

    /// What a status claims: the furthest definition that its words name. A status further on claims those before it
    /// too, but for a PQL.
    #[must_use]
    pub fn claimed(status: &str) -> Option<Self> {
        let folded = fold(status);
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let has = |wanted: &[&str]| wanted.iter().any(|word| words.contains(word));
        let denied = has(&["not", "un", "non", "unqualified", "disqualified", "rejected", "lost", "bad", "former"]);
        if has(&["churned", "cancelled", "canceled", "churn"]) || (has(&["former", "lost", "ex"]) && has(&["customer"]))
        {
            return Some(Self::Churned);
        }
        if denied {
            return None;
        }
        if has(&["customer", "won", "evangelist", "client"]) {
            Some(Self::ClosedWon)
        } else if has(&["opportunity", "opp", "deal", "converted"]) {
            Some(Self::Opportunity)
        } else if has(&["mql", "marketingqualifiedlead"]) || (has(&["marketing"]) && has(&["qualified"])) {
            Some(Self::Mql)
        } else if has(&["pql", "pqa", "productqualifiedlead"]) || (has(&["product"]) && has(&["qualified"])) {
            Some(Self::Pql)
        } else if has(&["sql", "sal", "salesqualifiedlead"])
            || (has(&["sales"]) && has(&["qualified", "accepted"]))
            || words == ["qualified"]
        {
            Some(Self::Sql)
        } else {
            None
        }
    }

    /// Whether a status that claims `claimed` claims this.
    #[must_use]
    pub fn is_claimed_by(self, claimed: Option<Self>) -> bool {
        claimed.is_some_and(|claimed| match (self, claimed) {
            (Self::Pql, _) | (_, Self::Pql) => claimed == self,
            _ => claimed >= self,
        })
    }
}

/// What the file's own words say of how far leads have come: their status, whether they were converted, how their deal stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    columns: Vec<WordsOf>,
}

/// What a column's words say, settled once per distinct word where words repeat.
#[derive(Debug, Clone)]
struct WordsOf {
    column: usize,
    by_word: Option<Vec<Said>>,
    by_row: Vec<Said>,
}

/// What one cell says.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    /// An SQL or further.
    is_sql: bool,
    /// It is that, or over: won, lost, or turned down.
    is_worked: bool,
}

impl Words {
    pub(crate) fn of(leads: &LeadList) -> Self {
        let columns = [Field::Status, Field::Converted, Field::DealStatus].into_iter().filter_map(|field| {
            let at = leads.column_of(&FieldRef::Known(field))?;
            let column = leads.table().columns().get(at)?;
            let said = |row: usize| Said::of(field, column.text(row), leads.dialects());
            let by_word = column
                .words()
                .is_some()
                .then(|| column.cells().tally().into_iter().map(|(_, row)| said(row)).collect());
            let by_row = if by_word.is_some() { Vec::new() } else { (0..leads.rows()).map(said).collect() };
            Some(WordsOf { column: at, by_word, by_row })
        });
        Self { columns: columns.collect() }
    }

    /// Whether the list has such words at all.
    pub(crate) fn any(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Whether a lead is an SQL or further by the file's own words.
    pub(crate) fn is_sql(&self, columns: &[Column], row: usize) -> bool {
        self.columns.iter().any(|words| words.said(columns, row).is_sql)
    }

    /// Whether somebody has dealt with a lead by the file's own words.
    pub(crate) fn is_worked(&self, columns: &[Column], row: usize) -> bool {
        self.columns.iter().any(|words| words.said(columns, row).is_worked)
    }
}

impl WordsOf {
    fn said(&self, columns: &[Column], row: usize) -> Said {
        let said = match &self.by_word {
            Some(by_word) => columns.get(self.column).and_then(|column| by_word.get(column.word(row)?)),
            None => self.by_row.get(row),
        };
        said.copied().unwrap_or_default()
    }
}

impl Said {
    fn of(field: Field, text: &str, dialects: &Dialects) -> Self {
        let both = |is_sql: bool, is_over: bool| Self { is_sql, is_worked: is_sql || is_over };
        match field {
            Field::Converted => both(boolean(text) == Some(true), false),
            // A lead that has a deal has been talked to.
            Field::DealStatus => both(!text.is_empty(), false),
            _ => {
                const OVER: [&str; 6] = ["closed", "lost", "unqualified", "disqualified", "rejected", "dead"];
                let ended = matches!(dialects.status_of(text), Some(DealStatus::Won | DealStatus::Lost));
                let folded = fold(text);
                let is_over = folded.split(|c: char| !c.is_alphanumeric()).any(|word| OVER.contains(&word));
                let claims = Definition::Sql.is_claimed_by(Definition::claimed(text));
                both(claims, is_over || ended || lead_word(text).is_some())
            }
        }
    }
}

/// The model's definitions, bound to the columns of one list.
#[derive(Debug, Clone)]
pub(crate) struct Meanings {
    gates: Vec<Option<Gate>>,
}

/// Which definitions hold for a lead, and which are unknown, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Met {
    holds: u8,
    unknown: u8,
}

impl Met {
    /// Whether the lead is past being qualified by marketing, so that somebody has dealt with it.
    pub(crate) fn is_worked(self) -> bool {
        self.holds >> Definition::Sql as u8 != 0
    }

    pub(crate) fn truth(self, definition: Definition) -> Truth {
        let bit = 1 << definition as u8;
        if self.holds & bit != 0 {
            Truth::True
        } else if self.unknown & bit != 0 {
            Truth::Unknown
        } else {
            Truth::False
        }
    }
}

impl Meanings {
    pub(crate) fn bind(definitions: &Definitions, binder: &Binder<'_>) -> Self {
        let gate = |definition: Definition| definition.condition(definitions).map(|when| Gate::bind(when, binder));
        Self { gates: Definition::ALL.into_iter().map(gate).collect() }
    }

    /// Whether the model defines anything.
    pub(crate) fn any(&self) -> bool {
        self.gates.iter().any(Option::is_some)
    }

    /// Notes what holds for the rows from the first on, which have these scores.
    pub(super) fn meet(&self, columns: &[Column], first: usize, scores: &[Score], met: &mut [Met]) {
        let mut room = [UNKNOWN; BLOCK];
        let Some(truths) = room.get_mut(..scores.len()) else { return };
        for (at, gate) in self.gates.iter().enumerate() {
            let Some(gate) = gate else { continue };
            gate.truths(columns, first, scores, truths);
            for (met, truth) in met.iter_mut().zip(&*truths) {
                met.holds |= u8::from(*truth == TRUE) << at;
                met.unknown |= u8::from(*truth == UNKNOWN) << at;
            }
        }
    }
}

/// A condition that may ask for scores as well as for columns.
#[derive(Debug, Clone)]
enum Gate {
    All(Vec<Gate>),
    Any(Vec<Gate>),
    Not(Box<Gate>),
    /// Nothing in it asks for scores.
    Plain(Predicate),
    Points(ScoreField, Test),
    Grade(Vec<GradePattern>),
}

impl Gate {
    fn bind(condition: &Condition, binder: &Binder<'_>) -> Self {
        let scored = condition.fields().iter().any(|field| matches!(field, FieldRef::Score(_)));
        let bind_all = |parts: &[Condition]| parts.iter().map(|part| Self::bind(part, binder)).collect();
        match condition {
            _ if !scored => Self::Plain(Predicate::bind(condition, binder)),
            Condition::All(parts) => Self::All(bind_all(parts)),
            Condition::Any(parts) => Self::Any(bind_all(parts)),
            Condition::Not(part) => Self::Not(Box::new(Self::bind(part, binder))),
            Condition::Field { field: FieldRef::Score(ScoreField::Grade), test: Test::In(values) } => {
                let pattern = |value: &Value| match value {
                    Value::Text { written, .. } => GradePattern::parse(written),
                    _ => None,
                };
                Self::Grade(values.iter().filter_map(pattern).collect())
            }
            Condition::Field { field: FieldRef::Score(field), test } => Self::Points(*field, test.clone()),
            Condition::Field { .. } => Self::Plain(Predicate::bind(condition, binder)),
        }
    }

    fn truths(&self, columns: &[Column], first: usize, scores: &[Score], truths: &mut Truths) {
        let ask = |part: &Self, own: &mut Truths| part.truths(columns, first, scores, own);
        match self {
            Self::All(parts) => all(parts, truths, ask),
            Self::Any(parts) => any(parts, truths, ask),
            Self::Not(part) => {
                ask(part, truths);
                negate(truths);
            }
            Self::Plain(predicate) => predicate.truths(columns, first, truths),
            Self::Points(field, test) => {
                let points = |score: &Score| if *field == ScoreField::Fit { score.fit } else { score.engagement };
                put(truths, scores, |score| points_pass(test, points(score)));
            }
            Self::Grade(patterns) => {
                put(truths, scores, |score| patterns.iter().any(|pattern| pattern.matches(score.grade)).into());
            }
        }
    }
}

fn put(truths: &mut Truths, scores: &[Score], truth: impl Fn(&Score) -> Truth) {
    truths.iter_mut().zip(scores).for_each(|(slot, score)| *slot = byte(truth(score)));
}

fn points_pass(test: &Test, points: Option<Points>) -> Truth {
    if let Test::Exists(wanted) = test {
        return Truth::from(points.is_some() == *wanted);
    }
    let Some(points) = points else { return Truth::Unknown };
    // Bounds are held in millionths as scores are, so that a score on the bound passes.
    let bound = |bound: &Bound| match bound {
        Bound::Number(number) => Points::from_f64(*number),
        Bound::Date(_) => Points::ZERO,
    };
    match test {
        Test::AtLeast(low) => Truth::from(points >= bound(low)),
        Test::AtMost(high) => Truth::from(points <= bound(high)),
        Test::Between(low, high) => Truth::from(bound(low) <= points && points <= bound(high)),
        _ => Truth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_claims_the_furthest_word_it_names() {
        for (status, claimed) in [
            ("MQL", Some(Definition::Mql)),
            ("Marketing Qualified Lead", Some(Definition::Mql)),
            ("marketingqualifiedlead", Some(Definition::Mql)),
            ("PQL", Some(Definition::Pql)),
            ("Product Qualified", Some(Definition::Pql)),
            ("SQL", Some(Definition::Sql)),
            ("Sales Accepted Lead", Some(Definition::Sql)),
            ("Qualified", Some(Definition::Sql)),
            ("OPEN_DEAL", Some(Definition::Opportunity)),
            ("Closed - Converted", Some(Definition::Opportunity)),
            ("Closed - Not Converted", None),
            ("Customer", Some(Definition::ClosedWon)),
            ("Former Customer", Some(Definition::Churned)),
            ("Unqualified", None),
            ("Lead", None),
            ("New", None),
        ] {
            assert_eq!(Definition::claimed(status), claimed, "{status}");
        }
        assert!(Definition::Mql.is_claimed_by(Some(Definition::ClosedWon)));
        assert!(Definition::Pql.is_claimed_by(Some(Definition::Pql)));
        assert!(!Definition::Pql.is_claimed_by(Some(Definition::ClosedWon)), "a customer need not have been one");
        assert!(!Definition::Mql.is_claimed_by(Some(Definition::Pql)));
        assert!(!Definition::ClosedWon.is_claimed_by(Some(Definition::Sql)));
    }
}
