//! The accounts of a list as plain data: the summary, a window of accounts, one account with its people, and CSV.

use super::account_view::AccountView;
use super::fingerprint;
use crate::crm::Field;
use crate::crm::join::JoinKey;
use crate::model::Points;
use crate::stats::{Arrange, grouped};
use crate::table::write::{CsvWriter, WriteOptions};
use crate::targeting::{Account, AccountFlag, AccountList, Person, RoleSource, ScoredLeads};
use serde::Serialize;

/// Pairs of accounts that may be one, and stated roles that the model lacks, listed at most.
const MOST: usize = 50;

/// The accounts of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct AccountsReport {
    /// SHA-256 over engine, model, run and rows, whatever the order of the rows.
    pub fingerprint: String,
    /// The day that stood for today; `null` if there was none.
    pub as_of: Option<String>,
    /// What the list comes to, in one sentence.
    pub sentence: String,
    /// Accounts.
    pub accounts: u64,
    /// Distinct people in them.
    pub people: u64,
    /// Rows by what placed them in their account.
    pub placed: PlacedReport,
    /// Whether the file says anything of roles.
    pub says_roles: bool,
    /// Fields that would say something about roles and are not in the file.
    pub absent_role_fields: Vec<String>,
    /// The roles of the model's committee, in its order.
    pub roles: Vec<CommitteeRole>,
    /// Stated roles that the model does not have, the most frequent first, 50 at most.
    pub unknown_roles: Vec<UnknownRole>,
    /// Accounts with every required seat filled.
    pub covered: u64,
    /// Accounts by flag, in a fixed order, those without an account included.
    pub flags: Vec<FlagCount>,
    /// Accounts that share a domain or a name and may be one, 50 at most.
    pub duplicates: Vec<AccountDuplicate>,
    /// How many such groups there are.
    pub duplicate_count: u64,
    /// Accounts that pass the view.
    pub shown: u64,
    /// Those of the view's window.
    pub rows: Vec<AccountRow>,
}

/// Rows by what placed them in their account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PlacedReport {
    /// By the account's id, in accounts that have one.
    pub id: u64,
    /// In accounts known by their domain.
    pub domain: u64,
    /// In accounts known by their name alone.
    pub name: u64,
    /// In none: no id, no domain other than a private one, no company.
    pub none: u64,
}

/// A role of the committee across all accounts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CommitteeRole {
    /// The role.
    pub role: String,
    /// People of it that an account needs.
    pub required: u32,
    /// Weight in the account's engagement.
    pub weight: f64,
    /// People who surely enough have it.
    pub people: u64,
    /// Accounts with at least one of them.
    pub accounts: u64,
    /// Accounts that need more of them, those ruled out as a whole aside.
    pub lacking: u64,
}

/// A stated role that the model does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct UnknownRole {
    /// As written.
    pub value: String,
    /// Rows that state it.
    pub count: u64,
}

/// How many accounts have a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FlagCount {
    /// The flag.
    pub flag: AccountFlag,
    /// Accounts that have it.
    pub count: u64,
}

/// Accounts that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AccountDuplicate {
    /// What they share: `domain` or `name`.
    pub by: JoinKey,
    /// The domain, or the name in the form in which names are compared.
    pub text: String,
    /// The accounts by number.
    pub accounts: Vec<u32>,
    /// Their names.
    pub names: Vec<String>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct AccountRow {
    /// Number of the account, from 0; the same for any order of the rows.
    pub account: u32,
    /// As most of its rows write it.
    pub name: String,
    /// The domain that most of its rows have; empty if none has one.
    pub domain: String,
    /// Rows of the file.
    pub rows: u64,
    /// Distinct people.
    pub people: u64,
    /// People with any engagement.
    pub engaged: u64,
    /// Fit of its best row; `null` if it cannot be evaluated.
    pub fit: Option<f64>,
    /// Engagement of all its people together; `null` if it cannot be evaluated.
    pub engagement: Option<f64>,
    /// Both as a grade.
    pub grade: String,
    /// Segment of its best row, or `Unassigned`.
    pub segment: String,
    /// Who has its best row.
    pub owner: Option<String>,
    /// Share of the required seats that are filled, in [0, 1]; `null` if the file says nothing of roles.
    pub coverage: Option<f64>,
    /// Required seats with somebody on them.
    pub seats_filled: Option<u32>,
    /// Required seats.
    pub seats: Option<u32>,
    /// Required roles without enough people, by name.
    pub missing: Vec<String>,
    /// What stands out.
    pub flags: Vec<AccountFlag>,
    /// Days since anyone was active.
    pub last_touch_days: Option<u32>,
    /// Contract value of its segment times win rate, in major units.
    pub expected_value: Option<f64>,
    /// Why all its rows are ruled out.
    pub disqualified: Option<String>,
    /// The account in one plain sentence.
    pub sentence: String,
}

/// One account with its people.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct AccountCard {
    /// The account as in the list.
    pub account: AccountRow,
    /// What holds its rows together: `id`, `domain` or `name`.
    pub by: JoinKey,
    /// That id, domain or name in the form in which it is compared.
    pub key: String,
    /// The people, by role, then by engagement.
    pub people: Vec<AccountPerson>,
    /// Required roles without enough people.
    pub missing: Vec<MissingRoleReport>,
    /// Most engagement an account can have.
    pub cap: f64,
}

/// A required role without enough people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MissingRoleReport {
    /// The role.
    pub role: String,
    /// How many are missing.
    pub people: u32,
    /// People who may have it, but not surely enough to count.
    pub perhaps: u32,
}

/// A person of an account.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct AccountPerson {
    /// Row in the file, from 0, that speaks for the person.
    pub row: u32,
    /// Its line, from 1.
    pub line: u64,
    /// Lines of further rows of the same person.
    pub repeats: Vec<u64>,
    /// What one calls the person.
    pub name: String,
    /// The job title.
    pub title: String,
    /// The roles, in the model's order; empty if nothing says one.
    pub roles: Vec<PersonRole>,
    /// Engagement points; `null` if it cannot be evaluated or the person is ruled out.
    pub engagement: Option<f64>,
    /// Weight in the account's engagement.
    pub weight: f64,
    /// Days since the person was active.
    pub last_touch_days: Option<u32>,
    /// The knock-out that holds for the row.
    pub disqualified: Option<String>,
}

/// A role of a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PersonRole {
    /// The role.
    pub role: String,
    /// How sure it is, in (0, 1].
    pub confidence: f64,
    /// Whether that is enough to fill a seat: from one half on.
    pub counts: bool,
    /// What says so.
    pub sources: Vec<RoleSource>,
}

impl AccountList {
    /// The summary, and the accounts of a view. `leads` is the list that the accounts are of.
    #[must_use]
    pub fn report(&self, leads: &ScoredLeads, view: &AccountView) -> AccountsReport {
        let [id, domain, name] = self.placed();
        let shown = self.view(leads, view);
        let all = self.accounts();
        let is_covered = |account: &&Account| account.seats.is_some_and(|seats| seats.filled == seats.required);
        let count = |flag| all.iter().filter(|account| account.flags.contains(&flag)).count() as u64;
        let (duplicates, duplicate_count) = (self.duplicate_reports(), self.duplicates().count() as u64);
        let mut unknown: Vec<UnknownRole> = self
            .unknown_roles()
            .iter()
            .map(|(value, count)| UnknownRole { value: value.clone(), count: *count })
            .collect();
        unknown.arrange_by_key(|role| std::cmp::Reverse(role.count));
        unknown.truncate(MOST);
        let mut report = AccountsReport {
            fingerprint: fingerprint::of(leads.model(), leads.run(), &leads.leads().fingerprint()),
            as_of: leads.as_of().date().map(|date| date.to_string()),
            sentence: String::new(),
            accounts: all.len() as u64,
            people: all.iter().map(|account| account.people.len() as u64).sum(),
            placed: PlacedReport { id, domain, name, none: self.unplaced() },
            says_roles: !self.role_fields().is_empty(),
            absent_role_fields: self.absent_role_fields().into_iter().map(|field| field.name().to_owned()).collect(),
            roles: self.role_reports(leads),
            unknown_roles: unknown,
            covered: all.iter().filter(is_covered).count() as u64,
            flags: AccountFlag::ALL.map(|flag| FlagCount { flag, count: count(flag) }).to_vec(),
            duplicates,
            duplicate_count,
            shown: shown.len() as u64,
            rows: shown.iter().skip(view.from).take(view.count).filter_map(|at| self.row(leads, *at)).collect(),
        };
        report.sentence = sentence(&report);
        report
    }

    /// One account with its people; `None` if there is no such number.
    #[must_use]
    pub fn card(&self, leads: &ScoredLeads, account: u32) -> Option<AccountCard> {
        let found = self.accounts().get(account as usize)?;
        let roles = &leads.model().committee().roles;
        let missing = found.missing.iter().filter_map(|lack| {
            let role = roles.get(lack.role)?.name.clone();
            Some(MissingRoleReport { role, people: lack.people, perhaps: lack.perhaps })
        });
        Some(AccountCard {
            account: self.row(leads, account as usize)?,
            by: found.by,
            key: found.key.clone(),
            people: found.people.iter().map(|one| person(leads, one)).collect(),
            missing: missing.collect(),
            cap: leads.icp(found.best).engagement.cap.as_f64(),
        })
    }

    /// The accounts as CSV, best first, each with its people's names by role.
    #[must_use]
    pub fn to_csv(&self, leads: &ScoredLeads, options: WriteOptions) -> Vec<u8> {
        let roles = &leads.model().committee().roles;
        let mut csv = CsvWriter::new(options);
        let heads = [
            "Account",
            "Domain",
            "Grade",
            "Fit",
            "Engagement",
            "People",
            "Engaged",
            "Coverage",
            "Missing roles",
            "Flags",
            "Segment",
            "Owner",
            "Expected value",
            "Days since last activity",
            "Sentence",
        ];
        csv.row(heads.into_iter().chain(roles.iter().map(|role| role.name.as_str())));
        let text = |figure: Option<f64>| figure.map_or(String::new(), |figure| figure.to_string());
        for at in self.view(leads, &AccountView::default()) {
            let Some(row) = self.row(leads, at) else { continue };
            let flags: Vec<&str> = row.flags.iter().map(|flag| flag_words(*flag)).collect();
            for cell in [
                row.name.clone(),
                row.domain.clone(),
                row.grade.clone(),
                text(row.fit),
                text(row.engagement),
                row.people.to_string(),
                row.engaged.to_string(),
                text(row.coverage),
                row.missing.join("; "),
                flags.join("; "),
                row.segment.clone(),
                row.owner.clone().unwrap_or_default(),
                text(row.expected_value),
                row.last_touch_days.map_or(String::new(), |days| days.to_string()),
                row.sentence.clone(),
            ] {
                csv.field(&cell);
            }
            let people = self.accounts().get(at).map_or(&[][..], |account| account.people.as_slice());
            for role in 0..roles.len() {
                let names: Vec<String> =
                    people.iter().filter(|person| person.fills(role)).map(|person| leads.name(person.row)).collect();
                csv.field(&names.join("; "));
            }
            csv.end_row();
        }
        csv.finish()
    }

    fn row(&self, leads: &ScoredLeads, at: usize) -> Option<AccountRow> {
        let account = self.accounts().get(at)?;
        let roles = &leads.model().committee().roles;
        let missing = account.missing.iter().filter_map(|lack| Some(roles.get(lack.role)?.name.clone()));
        let mut row = AccountRow {
            account: u32::try_from(at).unwrap_or(u32::MAX),
            name: account.name.clone(),
            domain: account.domain.clone(),
            rows: account.rows.len() as u64,
            people: account.people.len() as u64,
            engaged: account.people.iter().filter(|person| person.is_engaged()).count() as u64,
            fit: account.fit.map(Points::as_f64),
            engagement: account.engagement.map(Points::as_f64),
            grade: account.grade.label(),
            segment: leads.segment_name(account.best).to_owned(),
            owner: leads.owner(account.best).map(str::to_owned),
            coverage: account.seats.map(|seats| f64::from(seats.filled) / f64::from(seats.required)),
            seats_filled: account.seats.map(|seats| seats.filled),
            seats: account.seats.map(|seats| seats.required),
            missing: missing.collect(),
            flags: account.flags.clone(),
            last_touch_days: account.last_touch_days,
            expected_value: leads.expected_value(account.best),
            disqualified: account.disqualified.clone(),
            sentence: String::new(),
        };
        row.sentence = said(leads, account, &row);
        Some(row)
    }

    fn role_reports(&self, leads: &ScoredLeads) -> Vec<CommitteeRole> {
        let roles = leads.model().committee().roles.iter().enumerate();
        let report = |(at, role): (usize, &crate::model::Role)| {
            let people: Vec<usize> =
                self.accounts().iter().map(|a| a.people.iter().filter(|person| person.fills(at)).count()).collect();
            // Nobody looks for people in an account that is ruled out as a whole.
            let lacks = |account: &&Account| {
                account.disqualified.is_none() && account.missing.iter().any(|lack| lack.role == at)
            };
            CommitteeRole {
                role: role.name.clone(),
                required: role.required,
                weight: role.weight,
                people: people.iter().map(|count| *count as u64).sum(),
                accounts: people.iter().filter(|count| **count > 0).count() as u64,
                lacking: self.accounts().iter().filter(lacks).count() as u64,
            }
        };
        roles.map(report).collect()
    }

    fn duplicate_reports(&self) -> Vec<AccountDuplicate> {
        let report = |(by, text, accounts): (JoinKey, &str, Vec<usize>)| AccountDuplicate {
            by,
            text: text.to_owned(),
            names: accounts.iter().filter_map(|at| Some(self.accounts().get(*at)?.name.clone())).collect(),
            accounts: accounts.iter().filter_map(|at| u32::try_from(*at).ok()).collect(),
        };
        self.duplicates().take(MOST).map(report).collect()
    }
}

fn person(leads: &ScoredLeads, person: &Person) -> AccountPerson {
    let roles = &leads.model().committee().roles;
    let line = |row: usize| leads.leads().table().line(row);
    let claims = person.roles.iter().filter_map(|claim| {
        Some(PersonRole {
            role: roles.get(claim.role)?.name.clone(),
            confidence: claim.confidence,
            counts: claim.counts(),
            sources: claim.sources.clone(),
        })
    });
    AccountPerson {
        row: u32::try_from(person.row).unwrap_or(u32::MAX),
        line: line(person.row),
        repeats: person.repeats.iter().map(|row| line(*row)).collect(),
        name: leads.name(person.row),
        title: leads.text(Field::Title, person.row).to_owned(),
        roles: claims.collect(),
        engagement: person.engagement.map(Points::as_f64),
        weight: person.weight,
        last_touch_days: person.last_touch_days,
        disqualified: leads.disqualified(person.row).map(str::to_owned),
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

fn sentence(report: &AccountsReport) -> String {
    if report.accounts == 0 {
        return "no row says which company it belongs to".to_owned();
    }
    let mut parts = vec![format!(
        "{} in {}",
        counted(report.people, "person", "people"),
        counted(report.accounts, "account", "accounts")
    )];
    if report.roles.iter().any(|role| role.required > 0) && report.says_roles && report.people > 0 {
        parts.push(format!("{} with every required role", report.covered));
    }
    let flagged = |flag| report.flags.iter().find(|known| known.flag == flag).map_or(0, |known| known.count);
    if report.people > 0 {
        parts.push(format!("{} hang on one person", flagged(AccountFlag::SingleThreaded)));
    }
    parts.join("; ")
}

/// What a flag says, in words.
fn flag_words(flag: AccountFlag) -> &'static str {
    match flag {
        AccountFlag::SingleThreaded => "hangs on one person",
        AccountFlag::Blocker => "somebody may block",
        AccountFlag::SeveralOwners => "several owners",
        AccountFlag::RepeatedPeople => "a person is there more than once",
        AccountFlag::PossibleDuplicate => "may be there twice",
        AccountFlag::Disqualified => "disqualified",
    }
}

fn said(leads: &ScoredLeads, account: &Account, row: &AccountRow) -> String {
    if let Some(reason) = &row.disqualified {
        return format!("disqualified: {reason}");
    }
    let mut parts = vec![match row.people {
        0 => "nobody is known".to_owned(),
        people => format!("{} known", counted(people, "person", "people")),
    }];
    if let (Some(filled), Some(seats)) = (row.seats_filled, row.seats) {
        parts.push(format!("{filled} of {seats} required seats filled"));
    }
    if !row.missing.is_empty() {
        parts.push(format!("no {}", row.missing.join(", no ")));
    }
    if row.people > 1 && row.engaged == 1 {
        let who = account.people.iter().find(|person| person.is_engaged()).map(|person| leads.name(person.row));
        parts.push(format!("only {} is engaged", who.unwrap_or_default()));
    }
    if row.people > 0 && row.engaged == 0 && row.engagement.is_some() {
        parts.push("nobody is engaged".to_owned());
    }
    parts.join("; ")
}
