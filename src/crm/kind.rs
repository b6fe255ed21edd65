//! What the rows of a file are: leads, deals, quotas, … told by the headers, and by ids that repeat.
//!
//! The headers that are typical of a kind are data, in the dialects. A file that is opened as what it is not is
//! refused with the kind it looks like, unless the user's mapping says what its columns mean.

use super::dialect::{Dialects, Tier, Vocabulary};
use super::fold::fold;
use super::{Field, Mapping};
use crate::table::{Action, Code, Column, ColumnKind, Diagnostics, Table};
use crate::{Error, ErrorKind, Place};
use serde::{Deserialize, Serialize};
use std::fmt;

const WRONG_KIND: Code =
    Code::new("wrong-kind", Action::Kept, "open the file as what it is, or map its columns to use it all the same");

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// People or companies that may buy, with a status or a source.
    Leads,
    /// People.
    Contacts,
    /// Companies.
    Accounts,
    /// Deals, one row each.
    Deals,
    /// Calls, meetings, tasks, e-mails.
    Activities,
    /// Contracts or subscriptions.
    Contracts,
    /// Quotas or goals by period, person or team.
    Quotas,
    /// Sales people.
    Reps,
    /// The stages that deals went through, several rows each.
    StageHistory,
    /// What is sold, with its price.
    Products,
    /// The stages of a sales process, one row each.
    Stages,
    /// What was offered in deals: several rows each, with quantity and price.
    LineItems,
}

impl Kind {
    /// The kebab-case name, as in the receipt.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Leads => "leads",
            Self::Contacts => "contacts",
            Self::Accounts => "accounts",
            Self::Deals => "deals",
            Self::Activities => "activities",
            Self::Contracts => "contracts",
            Self::Quotas => "quotas",
            Self::Reps => "reps",
            Self::StageHistory => "stage-history",
            Self::Products => "products",
            Self::Stages => "stages",
            Self::LineItems => "line-items",
        }
    }

    /// What the rows of a table look like; `None` if its headers say nothing.
    ///
    /// ```
    /// use leadcast::crm::{Dialects, Kind};
    /// use leadcast::table::{ReadOptions, Table};
    /// let table = Table::from_csv(b"Rep,Quarter,Quota\nKim,2026 Q1,500000\n", &ReadOptions::default())?;
    /// assert_eq!(Kind::of(&table, Dialects::built_in()?), Some(Kind::Quotas));
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    #[must_use]
    pub fn of(table: &Table, dialects: &Dialects) -> Option<Self> {
        Headers::new(table, dialects).kind().map(|(kind, _)| kind)
    }

    /// The plural of what a row is.
    fn rows(self) -> &'static str {
        match self {
            Self::Leads => "leads",
            Self::Contacts => "contacts",
            Self::Accounts => "accounts",
            Self::Deals => "deals",
            Self::Activities => "activities",
            Self::Contracts => "contracts",
            Self::Quotas => "quotas or goals",
            Self::Reps => "sales people",
            Self::StageHistory => "a history of stages",
            Self::Products => "products",
            Self::Stages => "stages of a sales process",
            Self::LineItems => "line items of deals",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Headers that are typical of a kind of file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Typical {
    /// Headers that hardly any other kind of file has.
    pub sure: Vec<String>,
    /// Headers that other kinds of files have too.
    pub also: Vec<String>,
}

/// The kind of a file that is opened as a list of leads. Says so, or refuses, if it is something else.
pub(crate) fn of_leads(
    table: &Table,
    mapping: &Mapping,
    dialects: &Dialects,
    notes: &mut Diagnostics,
) -> Result<Kind, Error> {
    let Some((kind, headers)) = Headers::new(table, dialects).kind() else { return Ok(Kind::Leads) };
    match kind {
        Kind::Leads | Kind::Contacts | Kind::Accounts => {}
        Kind::Deals | Kind::Contracts => note(kind, "leads", &headers, notes),
        _ if is_insisted(table, mapping) => note(kind, "leads", &headers, notes),
        _ => return Err(wrong(kind, "leads, contacts or accounts", &headers, table)),
    }
    Ok(kind)
}

/// Says so, or refuses, if a file that is opened as a pipeline is something else. `amount`: a column says what the
/// deals are worth, so that some use can be made of the file.
pub(crate) fn check_deals(
    table: &Table,
    mapping: &Mapping,
    dialects: &Dialects,
    amount: bool,
    notes: &mut Diagnostics,
) -> Result<(), Error> {
    let Some((kind, headers)) = Headers::new(table, dialects).kind() else { return Ok(()) };
    let person_or_company = matches!(kind, Kind::Leads | Kind::Contacts | Kind::Accounts);
    if kind == Kind::Deals {
        return Ok(());
    }
    if is_insisted(table, mapping) || person_or_company && amount {
        note(kind, "deals", &headers, notes);
        return Ok(());
    }
    Err(wrong(kind, "deals", &headers, table))
}

/// Whether the caller has said what the columns mean: by a mapping, or by handing over records of its own.
fn is_insisted(table: &Table, mapping: &Mapping) -> bool {
    !mapping.overrides().is_empty() || table.encoding() == "json"
}

fn note(kind: Kind, expected: &str, headers: &[String], notes: &mut Diagnostics) {
    notes.count(WRONG_KIND, Place::default(), "", || {
        format!("the columns {} look like {}, not {expected}", headers.join(", "), kind.rows())
    });
}

fn wrong(kind: Kind, expected: &str, headers: &[String], table: &Table) -> Error {
    let remedy = "choose another file, or map its columns to use it all the same";
    let message = format!("expected {expected}, found {}, as {} say ({remedy})", kind.rows(), headers.join(", "));
    let place = table.name().map_or_else(Place::default, |name| Place::default().in_file(name));
    Error::new(ErrorKind::Input, "wrong-kind", message).at(place)
}

/// Fields that make a row a deal.
const DEAL: [Field; 15] = [
    Field::DealId,
    Field::DealName,
    Field::Stage,
    Field::DealStatus,
    Field::IsClosed,
    Field::IsWon,
    Field::Amount,
    Field::ActualAmount,
    Field::Probability,
    Field::ForecastCategory,
    Field::CloseDate,
    Field::ActualCloseDate,
    Field::WonDate,
    Field::LostDate,
    Field::PushCount,
];

/// The headers of a file, each with what it may mean.
struct Headers<'a> {
    table: &'a Table,
    dialects: &'a Dialects,
    /// Fields of a lead that some header names.
    lead: Vec<(Field, Tier, usize)>,
    /// Fields of a deal that some header names, and whether that header names nothing of a lead.
    deal: Vec<(Field, usize, bool)>,
}

impl<'a> Headers<'a> {
    fn new(table: &'a Table, dialects: &'a Dialects) -> Self {
        let names: Vec<&str> = table.columns().iter().map(Column::name).collect();
        let system = dialects.recognise(&names);
        let (mut lead, mut deal) = (Vec::new(), Vec::new());
        for (at, name) in names.iter().enumerate() {
            let claims = dialects.fields_of(name, Vocabulary::Lead, system);
            // What a lead brought is in lists of leads too, and makes no header one of leads.
            let of_deals = [Field::Amount, Field::ActualAmount, Field::Currency];
            let own = claims.iter().all(|(field, rank)| rank.tier == Tier::Stripped || of_deals.contains(field));
            lead.extend(claims.iter().map(|(field, rank)| (*field, rank.tier, at)));
            for (field, rank) in dialects.fields_of(name, Vocabulary::Deal, system) {
                if rank.tier < Tier::Stripped || name.to_lowercase().contains("deal") {
                    deal.push((field, at, own));
                }
            }
        }
        Self { table, dialects, lead, deal }
    }

    /// The kind, and up to three headers that say so.
    fn kind(&self) -> Option<(Kind, Vec<String>)> {
        if let Some(found) = self.special() {
            return Some(found);
        }
        if let Some(at) = self.repeating_id() {
            return Some((Kind::StageHistory, vec![format!("repeated values of `{}`", self.name(at))]));
        }
        let person = self.person();
        if let Some(columns) = self.deals(person) {
            return Some((Kind::Deals, self.quoted(&columns)));
        }
        let lead = self.lead.iter().any(|(field, tier, at)| {
            let named = *tier < Tier::Stripped || self.name(*at).to_lowercase().starts_with("lead");
            LEAD.contains(field) && named
        });
        let lead = lead || self.has_id_of(&["lead", "prospect"]);
        let contact = person || self.has_any(&[Field::Title]) || self.has_id_of(&["contact", "person"]);
        let kind = match (contact, lead, self.has_any(&COMPANY)) {
            (_, true, _) => Kind::Leads,
            (true, false, _) => Kind::Contacts,
            (false, false, true) => Kind::Accounts,
            (false, false, false) => return None,
        };
        // One header may claim several fields.
        let mut known: Vec<usize> = self.lead.iter().map(|(_, _, at)| *at).collect();
        known.dedup();
        Some((kind, self.quoted(&known)))
    }

    /// The columns that make the rows deals. A header that names nothing of a lead counts 2, another 1, a day of
    /// winning 2 more; a person in the row asks for more, a deal's id in a file of nothing else for less.
    fn deals(&self, person: bool) -> Option<Vec<usize>> {
        let (sure, doubtful) = (self.deal_columns(true), self.deal_columns(false));
        let own = |fields: &[Field]| self.deal.iter().any(|(field, _, own)| *own && fields.contains(field));
        let points = sure.len() * 2 + doubtful.len() + if own(&[Field::WonDate]) { 2 } else { 0 };
        let needed = match person {
            true => 8,
            false if own(&[Field::DealId]) && sure.len() + doubtful.len() == self.table.columns().len() => 3,
            false => 4,
        };
        if points >= needed && own(&THE_DEAL) {
            return Some(sure);
        }
        (!person && doubtful.len() >= 3 && !self.has_any(&COMPANY)).then_some(doubtful)
    }

    /// The kind whose typical headers are there, if it is none of the usual ones.
    fn special(&self) -> Option<(Kind, Vec<String>)> {
        let mut best: Option<(usize, Kind, Vec<usize>)> = None;
        for kind in SPECIAL {
            let (mut sure, mut also) = (Vec::new(), Vec::new());
            for (at, column) in self.table.columns().iter().enumerate() {
                match self.dialects.is_typical(column.name(), kind) {
                    Some(true) => sure.push(at),
                    Some(false) => also.push(at),
                    None => {}
                }
            }
            let points = sure.len() * 2 + also.len();
            let beats = best.as_ref().is_none_or(|(most, ..)| points > *most);
            if !sure.is_empty() && points >= 3 && beats && !self.speaks_against(kind, &sure) {
                best = Some((points, kind, sure));
            }
        }
        best.map(|(_, kind, columns)| (kind, self.quoted(&columns)))
    }

    /// Whether the file has fields that files of the kind do not have.
    fn speaks_against(&self, kind: Kind, sure: &[usize]) -> bool {
        let deal = |fields: &[Field]| self.deal.iter().any(|(field, _, _)| fields.contains(field));
        let (stage, close) = (deal(&[Field::Stage, Field::Probability]), deal(&[Field::CloseDate]));
        match kind {
            Kind::StageHistory => {
                let of_deals = |(field, _, own): &(Field, usize, bool)| {
                    *own && [Field::DealId, Field::DealName, Field::Stage].contains(field)
                };
                let of_stages = |at: &usize| STAGE.iter().any(|word| fold(self.name(*at)).contains(word));
                let one_row_each = deal(&[Field::Amount]) && close && sure.len() < 2 && self.repeating_id().is_none();
                one_row_each || !self.deal.iter().any(of_deals) && !sure.iter().any(of_stages)
            }
            Kind::Quotas => close || deal(&[Field::Probability, Field::DealName]) && deal(&[Field::Amount]),
            Kind::Contracts | Kind::LineItems => stage && close,
            Kind::Products | Kind::Stages => {
                let of_one_deal = [Field::DealId, Field::Account, Field::AccountId, Field::CloseDate];
                self.deal.iter().any(|(field, _, own)| of_one_deal.contains(field) && (*own || *field != Field::DealId))
                    || self.person()
            }
            Kind::Activities => deal(&[Field::Amount]) || close || self.has_any(&[Field::Employees, Field::Industry]),
            _ => stage && close || self.has_any(&[Field::Company, Field::Industry, Field::Source]),
        }
    }

    /// A deal id that stands in several rows, with a stage beside it that is not always the same.
    fn repeating_id(&self) -> Option<usize> {
        let column = |field| self.deal.iter().find(|(f, ..)| *f == field).map(|(_, at, _)| *at);
        let at = column(Field::DealId)
            .filter(|at| self.deal.iter().any(|(f, a, own)| (f, a, own) == (&Field::DealId, at, &true)))?;
        let stage = self.table.columns().get(column(Field::Stage)?)?;
        let id = self.table.columns().get(at)?;
        let values = self.table.rows() as u64 - id.nulls();
        let several = values >= 4 && id.distinct().0 * 10 <= values * 7;
        (several && id.distinct().1 && stage.distinct().0 > 1 && *id.kind() != ColumnKind::Empty).then_some(at)
    }

    /// Columns that name a field of a deal, each field once; `sure`: and nothing of a lead.
    fn deal_columns(&self, sure: bool) -> Vec<usize> {
        let mut fields: Vec<(Field, usize)> = Vec::new();
        for (field, at, own) in &self.deal {
            let new = fields.iter().all(|(known, column)| known != field && column != at);
            if *own == sure && DEAL.contains(field) && new {
                fields.push((*field, *at));
            }
        }
        fields.into_iter().map(|(_, at)| at).collect()
    }

    fn person(&self) -> bool {
        let is = |field: &Field| PERSON.contains(field);
        self.lead.iter().any(|(field, tier, _)| is(field) && *tier < Tier::Stripped)
    }

    /// Whether the rows are numbered as such: `Lead ID`, `Prospect ID`, `Contact Id`.
    fn has_id_of(&self, whose: &[&str]) -> bool {
        let named = |at: usize| whose.iter().any(|word| fold(self.name(at)).starts_with(word));
        self.lead.iter().any(|(field, _, at)| *field == Field::PersonId && named(*at))
    }

    fn has_any(&self, fields: &[Field]) -> bool {
        self.lead.iter().any(|(field, ..)| fields.contains(field))
    }

    fn name(&self, at: usize) -> &str {
        self.table.columns().get(at).map_or("", Column::name)
    }

    fn quoted(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().take(3).map(|at| format!("`{}`", self.name(*at))).collect()
    }
}

/// Kinds that are told by headers typical of them and of few others, in this order among equals.
const SPECIAL: [Kind; 8] = [
    Kind::StageHistory,
    Kind::Quotas,
    Kind::Contracts,
    Kind::Activities,
    Kind::Reps,
    Kind::Stages,
    Kind::LineItems,
    Kind::Products,
];

/// Fields that say something of the deal itself, of which one is needed.
const THE_DEAL: [Field; 7] = [
    Field::DealId,
    Field::DealName,
    Field::Amount,
    Field::ActualAmount,
    Field::CloseDate,
    Field::ActualCloseDate,
    Field::WonDate,
];

/// Folded words for a stage.
const STAGE: [&str; 4] = ["stage", "phase", "etape", "etapa"];

/// Fields of a person.
const PERSON: [Field; 3] = [Field::Email, Field::FirstName, Field::LastName];

/// Fields that make a person or company a lead.
const LEAD: [Field; 3] = [Field::Status, Field::Converted, Field::Source];

/// Fields of a company.
const COMPANY: [Field; 4] = [Field::Company, Field::Industry, Field::Employees, Field::Domain];
