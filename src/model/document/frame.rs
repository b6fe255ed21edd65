//! `meta` and `definitions` as JSON.

use super::condition::{ConditionDocument, optional_scored};
use super::{Deserialize, Serialize};
use crate::Error;
use crate::calendar::{Date, FiscalYear};
use crate::model::check::At;
use crate::model::{Definitions, Meta, Review, WorkingHours};
use crate::money::Currency;
use crate::stats::Arrange;

/// Currency, fiscal year and working time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct MetaDocument {
    /// The model's name. Default: Operating model.
    name: String,
    /// What the model is for, in a sentence. Default: empty.
    description: String,
    /// Three-letter code of the currency of every amount in the model. Default: USD.
    currency: String,
    /// Month the fiscal year starts, 1 to 12. Default: 1.
    fiscal_year_start: u8,
    /// IANA name of the time zone of the working hours. Default: UTC.
    time_zone: String,
    /// When people work.
    working_hours: WorkingHoursDocument,
    /// Days on which nobody works, such as 2026-12-25.
    holidays: Vec<String>,
    /// Who looks after this section.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

impl Default for MetaDocument {
    fn default() -> Self {
        Self {
            name: "Operating model".into(),
            description: String::new(),
            currency: "USD".into(),
            fiscal_year_start: 1,
            time_zone: "UTC".into(),
            working_hours: WorkingHoursDocument::default(),
            holidays: Vec::new(),
            owner: None,
            last_reviewed: None,
        }
    }
}

/// The same hours on every working day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct WorkingHoursDocument {
    /// Start, such as 09:00. Default: 09:00.
    start: String,
    /// End, after the start, such as 17:00; 24:00 is midnight. Default: 17:00.
    end: String,
    /// Working days. Default: Monday to Friday.
    days: Vec<WeekdayDocument>,
}

impl Default for WorkingHoursDocument {
    fn default() -> Self {
        use WeekdayDocument::{Fri, Mon, Thu, Tue, Wed};
        Self { start: "09:00".into(), end: "17:00".into(), days: vec![Mon, Tue, Wed, Thu, Fri] }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum WeekdayDocument {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl MetaDocument {
    pub(super) fn resolve(&mut self, at: &At) -> Result<Meta, Error> {
        let currency_at = at.key("currency");
        let currency = Currency::new(&self.currency).map_err(|error| currency_at.moved(&error))?;
        currency.code().clone_into(&mut self.currency);
        let fiscal_at = at.key("fiscalYearStart");
        let fiscal_year = FiscalYear::starting(self.fiscal_year_start).map_err(|error| fiscal_at.moved(&error))?;
        let holidays_at = at.key("holidays");
        let holidays = self.holidays.iter().enumerate().map(|(i, day)| holidays_at.index(i).date(day));
        let mut holidays: Vec<Date> = holidays.collect::<Result<_, _>>()?;
        holidays.arrange();
        holidays.dedup();
        self.holidays = holidays.iter().map(Date::to_string).collect();
        Ok(Meta {
            name: at.key("name").name(&self.name)?,
            description: self.description.trim().to_owned(),
            currency,
            fiscal_year,
            time_zone: time_zone(&at.key("timeZone"), &self.time_zone)?,
            working_hours: self.working_hours.resolve(&at.key("workingHours"))?,
            holidays,
            review: review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?,
        })
    }
}

impl WorkingHoursDocument {
    fn resolve(&mut self, at: &At) -> Result<WorkingHours, Error> {
        let start_minute = minute(&at.key("start"), &self.start)?;
        let end_minute = minute(&at.key("end"), &self.end)?;
        if end_minute <= start_minute {
            let message = format!("must be after the start {}, found {}", self.start, self.end);
            return Err(at.key("end").error("bad-order", message));
        }
        self.days.arrange();
        self.days.dedup();
        if self.days.is_empty() {
            return Err(at.key("days").error("empty", "must hold at least one working day"));
        }
        let mut days = [false; 7];
        self.days.iter().for_each(|day| days[*day as usize] = true);
        Ok(WorkingHours { start_minute, end_minute, days })
    }
}

/// Minutes after midnight of `HH:MM`.
fn minute(at: &At, text: &str) -> Result<u16, Error> {
    let digits = |part: &str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok()).flatten()
    };
    text.split_once(':')
        .and_then(|(hours, minutes)| Some((digits(hours)?, digits(minutes)?)))
        .filter(|(hours, minutes)| (*hours < 24 && *minutes < 60) || (*hours == 24 && *minutes == 0))
        .map(|(hours, minutes)| hours * 60 + minutes)
        .ok_or_else(|| {
            let shown = crate::model::json::shortened(text);
            at.error("bad-time", format!("expected a time from 00:00 to 24:00, found `{shown}`"))
        })
}

/// The shape of a zone name; whether the zone exists is known only where its transitions are resolved.
fn time_zone(at: &At, text: &str) -> Result<String, Error> {
    let name = at.name(text)?;
    if name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b)) {
        Ok(name)
    } else {
        Err(at.error("bad-time-zone", format!("expected a time zone such as Europe/Paris, found `{name}`")))
    }
}

/// Owner and last review of a section or an entry.
pub(super) fn review(at: &At, owner: Option<&str>, last_reviewed: Option<&str>) -> Result<Review, Error> {
    Ok(Review {
        owner: owner.map(|owner| at.key("owner").name(owner)).transpose()?,
        last_reviewed: last_reviewed.map(|day| at.key("lastReviewed").date(day)).transpose()?,
    })
}

/// The six words everyone must agree on, each as a condition.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct DefinitionsDocument {
    /// A marketing-qualified lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    mql: Option<ConditionDocument>,
    /// A product-qualified lead: the threshold of use past which sales takes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pql: Option<ConditionDocument>,
    /// A sales-qualified lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    sql: Option<ConditionDocument>,
    /// An opportunity.
    #[serde(skip_serializing_if = "Option::is_none")]
    opportunity: Option<ConditionDocument>,
    /// A deal closed as won.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_won: Option<ConditionDocument>,
    /// A customer lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    churned: Option<ConditionDocument>,
    /// Who looks after this section.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Day of the last review, such as 2026-03-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reviewed: Option<String>,
}

impl DefinitionsDocument {
    pub(super) fn resolve(&self, at: &At) -> Result<Definitions, Error> {
        Ok(Definitions {
            mql: optional_scored(&at.key("mql"), self.mql.as_ref())?,
            pql: optional_scored(&at.key("pql"), self.pql.as_ref())?,
            sql: optional_scored(&at.key("sql"), self.sql.as_ref())?,
            opportunity: optional_scored(&at.key("opportunity"), self.opportunity.as_ref())?,
            closed_won: optional_scored(&at.key("closedWon"), self.closed_won.as_ref())?,
            churned: optional_scored(&at.key("churned"), self.churned.as_ref())?,
            review: review(at, self.owner.as_deref(), self.last_reviewed.as_deref())?,
        })
    }
}
