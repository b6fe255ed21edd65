//! The canonical fields: what a column can mean, whatever it is called in the system it came from.

use crate::stats::Arrange;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What the values of a field have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Anything.
    Any,
    /// Names and identifiers, exactly as written.
    Text,
    /// Numbers.
    Number,
    /// Dates.
    Date,
    /// Yes or no.
    Flag,
    /// Words for open, won and lost.
    Status,
}

macro_rules! fields {
    ($($variant:ident $name:literal $expect:ident $doc:literal;)*) => {
        /// A canonical field of a lead, contact, account, deal, activity, contract, quota or sales person.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[non_exhaustive]
        pub enum Field {
            $(#[doc = $doc] $variant,)*
        }

        impl Field {
            /// Every field, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in mappings and conditions, such as `employees`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What the field is, in one sentence.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }

            pub(crate) fn expects(self) -> Expect {
                match self { $(Self::$variant => Expect::$expect,)* }
            }
        }
    };
}

fields! {
    PersonId "personId" Text "Identifier of the lead or contact.";
    FirstName "firstName" Any "Given name.";
    LastName "lastName" Any "Family name.";
    FullName "fullName" Any "Whole name of the person.";
    Email "email" Any "E-mail address.";
    EmailStatus "emailStatus" Any "Whether the e-mail address is known to work.";
    Phone "phone" Text "Telephone number.";
    Title "title" Any "Job title.";
    Seniority "seniority" Any "Level of the job, such as VP.";
    Department "department" Any "Department or job function.";
    BuyingRole "buyingRole" Any "Role in the buying committee.";
    Company "company" Any "Name of the company.";
    AccountId "accountId" Text "Identifier of the company.";
    Domain "domain" Any "Web address or domain of the company.";
    Employees "employees" Number "Number of employees.";
    Revenue "revenue" Number "Yearly revenue of the company.";
    Industry "industry" Any "Industry of the company.";
    Technologies "technologies" Any "Products the company uses.";
    Country "country" Any "Country.";
    State "state" Any "State, province or region.";
    City "city" Any "City.";
    Source "source" Any "Where the lead or deal came from.";
    Status "status" Any "Status or lifecycle stage of the lead.";
    Owner "owner" Any "The sales person in charge.";
    Created "created" Date "Day the lead was created.";
    LastActivity "lastActivity" Date "Day of the last activity.";
    Converted "converted" Any "Whether, or the day on which, the lead was converted.";
    Unsubscribed "unsubscribed" Flag "Whether the person wants no e-mail.";
    DealId "dealId" Text "Identifier of the deal.";
    DealName "dealName" Any "Name of the deal.";
    Account "account" Any "Company the deal is with.";
    Contact "contact" Any "Person the deal is with.";
    Pipeline "pipeline" Any "Pipeline or sales process the deal runs in.";
    Stage "stage" Any "Sales stage.";
    DealStatus "dealStatus" Status "Open, won or lost.";
    IsClosed "isClosed" Flag "Whether the deal is closed.";
    IsWon "isWon" Flag "Whether the deal is won.";
    IsLost "isLost" Flag "Whether the deal is lost.";
    Amount "amount" Number "Value of the deal: the estimate while it is open.";
    ActualAmount "actualAmount" Number "Value of the deal once won.";
    Currency "currency" Any "Currency of the amounts.";
    Probability "probability" Number "Chance of winning the deal.";
    ForecastCategory "forecastCategory" Any "What the sales person calls the deal: commit, best case, pipeline, omitted.";
    CloseDate "closeDate" Date "Day the deal is expected to close, or closed if there is no other column.";
    ActualCloseDate "actualCloseDate" Date "Day the deal closed.";
    WonDate "wonDate" Date "Day the deal was won.";
    LostDate "lostDate" Date "Day the deal was lost.";
    CreatedDate "createdDate" Date "Day the deal was created.";
    Product "product" Any "Product the deal is about.";
    Segment "segment" Any "Market segment of the deal.";
    Type "type" Any "Type of the deal, such as new business.";
    NextStep "nextStep" Any "What is to be done next.";
    LostReason "lostReason" Any "Why the deal was lost.";
    StageChanged "stageChanged" Date "Day the stage last changed.";
    PushCount "pushCount" Number "How often the close date was pushed to a later month.";
    ContactsCount "contactsCount" Number "Number of people involved on the buyer's side.";
    ActivityId "activityId" Text "Identifier of the activity.";
    ActivityDate "activityDate" Date "Day of the activity.";
    ActivityType "activityType" Any "What the activity was, such as a call or a visit.";
    Direction "direction" Any "Who was active: they (inbound) or we (outbound).";
    Subject "subject" Any "What the activity was about.";
    ContractId "contractId" Text "Identifier of the contract or subscription.";
    StartDate "startDate" Date "First day of the contract, of the quota's period, or of the sales person's work.";
    EndDate "endDate" Date "Last day of the contract or of the quota's period.";
    RecurringAmount "recurringAmount" Number "What the contract brings per year; per month or quarter if the header or another column says so.";
    BillingPeriod "billingPeriod" Any "How often the contract is billed: monthly, quarterly, yearly.";
    AutoRenew "autoRenew" Flag "Whether the contract goes on unless it is ended.";
    Quota "quota" Number "Amount to be sold in the period.";
    Period "period" Any "Period of the quota, such as 2026 Q1.";
    FiscalYear "fiscalYear" Any "Fiscal year of the quota's period.";
    Metric "metric" Any "What the quota counts, such as revenue.";
    RepId "repId" Text "Identifier of the sales person.";
    Manager "manager" Any "Whom the sales person reports to.";
    Team "team" Any "Team, office or territory of the sales person.";
    Capacity "capacity" Number "How many leads or deals the sales person can work at a time.";
    Active "active" Any "Whether the sales person still works.";
    Parent "parent" Any "Quota or goal that this one is a part of.";
}

impl Field {
    /// The field with this name, exactly.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = Error;

    /// # Errors
    /// `unknown-field`, naming the nearest fields.
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::from_name(name).ok_or_else(|| {
            let mut names: Vec<&str> = Self::ALL.iter().map(|field| field.name()).collect();
            names.arrange_by_key(|known| distance(&known.to_ascii_lowercase(), &name.to_ascii_lowercase()));
            let nearest = names.get(..3).unwrap_or(&names).join(", ");
            let message = format!("unknown field `{name}` (nearest: {nearest})");
            Error::new(ErrorKind::Input, "unknown-field", message)
        })
    }
}

impl TryFrom<String> for Field {
    type Error = Error;
    fn try_from(name: String) -> Result<Self, Error> {
        name.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.name().to_owned()
    }
}

/// What a condition points at: a canonical field, or a column by its header.
///
/// Written `employees` or `column:Total Visits`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum FieldRef {
    /// A canonical field, whatever its column is called.
    Known(Field),
    /// A column by its header.
    Column(String),
    /// What scoring found out about the lead; only where that is known.
    Score(ScoreField),
}

/// What scoring finds out, as conditions name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScoreField {
    /// Fit points.
    Fit,
    /// Engagement points.
    Engagement,
    /// The grade, such as `B2`.
    Grade,
}

impl ScoreField {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Fit, Self::Engagement, Self::Grade];

    /// The name in conditions, such as `fit`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Engagement => "engagement",
            Self::Grade => "grade",
        }
    }
}

impl FieldRef {
    /// The field as people say it: `lastActivity` is `last activity`, `column:Total Visits` is `Total Visits`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Column(name) => name.clone(),
            Self::Score(field) => field.name().to_owned(),
            Self::Known(field) => {
                let mut label = String::new();
                for letter in field.name().chars() {
                    if letter.is_ascii_uppercase() {
                        label.push(' ');
                    }
                    label.push(letter.to_ascii_lowercase());
                }
                // `personId` is said with capitals.
                label.strip_suffix(" id").map(|stem| format!("{stem} ID")).unwrap_or(label)
            }
        }
    }
}

impl fmt::Display for FieldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(field) => f.write_str(field.name()),
            Self::Column(header) => write!(f, "column:{header}"),
            Self::Score(field) => f.write_str(field.name()),
        }
    }
}

impl FromStr for FieldRef {
    type Err = Error;

    /// # Errors
    /// `unknown-field`, naming the nearest fields.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.strip_prefix("column:") {
            Some(header) if !header.trim().is_empty() => Ok(Self::Column(header.to_owned())),
            _ => text.parse().map(Self::Known),
        }
    }
}

impl TryFrom<String> for FieldRef {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<FieldRef> for String {
    fn from(field: FieldRef) -> Self {
        field.to_string()
    }
}

impl From<Field> for FieldRef {
    fn from(field: Field) -> Self {
        Self::Known(field)
    }
}

/// Edits (insert, delete, replace, swap neighbours) from one text to the other, over at most 64 characters each.
///
/// # Source
/// Optimal string alignment distance, as in Navarro, "A guided tour to approximate string matching" (2001), section 2.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let head = |text: &str| text.chars().take(64).collect::<String>();
    strsim::osa_distance(&head(a), &head(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_said_as_people_say_them() {
        assert_eq!(FieldRef::Known(Field::LastActivity).label(), "last activity");
        assert_eq!(FieldRef::Known(Field::PersonId).label(), "person ID");
        assert_eq!(FieldRef::Column("Total Visits".to_owned()).label(), "Total Visits");
    }

    #[test]
    fn names_lead_back_to_their_fields() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(*field));
        }
        assert_eq!("column:Total Visits".parse::<FieldRef>().unwrap(), FieldRef::Column("Total Visits".into()));
        assert_eq!(FieldRef::Known(Field::Employees).to_string(), "employees");
        assert_eq!(
            "employes".parse::<FieldRef>().unwrap_err().to_string(),
            "unknown field `employes` (nearest: employees, phone, isClosed)"
        );
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("weigth", "weight"), 1, "a swap is one");
    }
}
