//! Which role a person plays in buying, and how sure that is: as stated, else by title, department and seniority.

use super::keys::Keys;
use crate::crm::{Field, FieldRef, LeadList};
use crate::model::{Committee, Role, fold};
use std::collections::{BTreeMap, HashMap};

/// How sure a role must be to fill a seat or to count with its weight.
pub(super) const SURE: f64 = 0.5;

/// Evidence of a title that the phrase covers not at all, and what covering all of it adds.
const TITLE: (f64, f64) = (0.6, 0.3);
const DEPARTMENT: f64 = 0.5;
const SENIORITY: f64 = 0.4;

/// Words for the same part in buying, as systems offer them and models name roles. The first set blocks.
const SAME: [&[&str]; 5] = [
    &["blocker", "gatekeeper", "detractor", "legal & compliance", "legal and compliance", "opponent", "veto"],
    &[
        "economic buyer",
        "economic decision maker",
        "decision maker",
        "budget holder",
        "executive sponsor",
        "approver",
        "buyer",
    ],
    &["technical buyer", "technical decision maker", "technical evaluator", "evaluator", "technical influencer"],
    &["champion", "internal champion", "coach", "sponsor", "advocate"],
    &["end user", "user", "business user", "functional user"],
];

/// What says that a person has a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum RoleSource {
    /// The file's column of buying roles.
    Stated,
    /// The job title holds a phrase of the role.
    Title,
    /// The department is one of the role's.
    Department,
    /// The seniority is one of the role's.
    Seniority,
}

/// A role that a person probably has.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleClaim {
    /// Index of the role in the model's committee.
    pub role: usize,
    /// How sure it is, in (0, 1]: 1 where the file states it.
    pub confidence: f64,
    /// What says so.
    pub sources: Vec<RoleSource>,
}

impl RoleClaim {
    /// Whether the role is sure enough to fill a seat: from one half on.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.confidence >= SURE
    }
}

/// Reads the roles of rows; equal cells are read once.
pub(super) struct Roles<'a> {
    leads: &'a LeadList,
    committee: &'a Committee,
    cells: [Keys; 4],
    known: HashMap<[Option<usize>; 4], Told>,
    /// Stated roles that the model does not have, with the rows that state them.
    pub(super) unknown: BTreeMap<String, u64>,
}

/// What cells say of roles.
struct Told {
    claims: Vec<RoleClaim>,
    /// Stated roles that the model does not have.
    unknown: Vec<String>,
}

/// The fields that say which role somebody has.
pub(super) const ROLE_FIELDS: [Field; 4] = [Field::BuyingRole, Field::Title, Field::Department, Field::Seniority];

impl<'a> Roles<'a> {
    pub(super) fn new(leads: &'a LeadList, committee: &'a Committee) -> Self {
        let cells = ROLE_FIELDS.map(|field| Keys::of(leads, field));
        Self { leads, committee, cells, known: HashMap::new(), unknown: BTreeMap::new() }
    }

    /// The fields of the file that say something about roles.
    pub(super) fn fields(&self) -> Vec<Field> {
        ROLE_FIELDS.into_iter().filter(|field| self.leads.column_of(&FieldRef::Known(*field)).is_some()).collect()
    }

    /// The roles of the person of a row: all that the file states, else the likeliest one.
    pub(super) fn of(&mut self, row: usize) -> &[RoleClaim] {
        let Self { leads, committee, .. } = *self;
        let told = self.known.entry(self.cells.each_ref().map(|cells| cells.key(row))).or_insert_with(|| {
            let cells = ROLE_FIELDS.map(|field| leads.text(row, field));
            let is_known = |part: &&str| committee.roles.iter().any(|role| is_named(role, part));
            let unknown = parts(cells[0]).filter(|part| !is_known(part)).map(str::to_owned).collect();
            Told { claims: claims(&committee.roles, cells), unknown }
        });
        for part in &told.unknown {
            *self.unknown.entry(part.clone()).or_insert(0) += 1;
        }
        &told.claims
    }
}

fn claims(roles: &[Role], [stated, title, department, seniority]: [&str; 4]) -> Vec<RoleClaim> {
    let all = roles.iter().enumerate();
    let as_stated: Vec<RoleClaim> = all
        .clone()
        .filter(|(_, role)| parts(stated).any(|part| is_named(role, part)))
        .map(|(role, _)| RoleClaim { role, confidence: 1.0, sources: vec![RoleSource::Stated] })
        .collect();
    if !as_stated.is_empty() {
        return as_stated;
    }
    let holds = |values: &[String], cell: &str| values.iter().any(|value| plain(value) == plain(cell));
    let mut best: Option<RoleClaim> = None;
    for (at, role) in all {
        let covered = role.titles.iter().filter_map(|phrase| phrase.share_of(title)).max_by(f64::total_cmp);
        let evidence = [
            covered.map(|share| (RoleSource::Title, TITLE.0 + TITLE.1 * share)),
            holds(&role.departments, department).then_some((RoleSource::Department, DEPARTMENT)),
            holds(&role.seniorities, seniority).then_some((RoleSource::Seniority, SENIORITY)),
        ];
        // 1 − Π (1 − e), so written that a single piece of evidence stays what it is.
        let confidence = evidence.iter().flatten().fold(0.0, |sure, (_, more)| sure + more - sure * more);
        let sources: Vec<RoleSource> = evidence.iter().flatten().map(|(source, _)| *source).collect();
        // Equally likely roles: the first of the model.
        if !sources.is_empty() && best.as_ref().is_none_or(|known| confidence > known.confidence) {
            best = Some(RoleClaim { role: at, confidence, sources });
        }
    }
    best.into_iter().collect()
}

/// The roles that a cell states, such as `Decision Maker; Champion`.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',', '|']).map(str::trim).filter(|part| !part.is_empty())
}

fn is_named(role: &Role, word: &str) -> bool {
    let (name, word) = (plain(&role.name), plain(word));
    name == word || SAME.iter().any(|same| same.contains(&name.as_str()) && same.contains(&word.as_str()))
}

/// Whether people of this role stand in the way: as the model says, else told by its name.
pub(super) fn blocks(role: &Role) -> bool {
    role.blocks.unwrap_or_else(|| SAME[0].contains(&plain(&role.name).as_str()))
}

/// `C_suite` and `c-suite` are `c suite`.
fn plain(text: &str) -> String {
    fold(text).replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{OperatingModel, Preset};

    fn told(stated: &str, title: &str, department: &str, seniority: &str) -> Vec<(String, f64)> {
        let model = OperatingModel::preset(Preset::SalesLed).unwrap();
        let roles = &model.committee().roles;
        let found = claims(roles, [stated, title, department, seniority]);
        found.into_iter().map(|claim| (roles[claim.role].name.clone(), claim.confidence)).collect()
    }

    fn one(name: &str, confidence: f64) -> Vec<(String, f64)> {
        vec![(name.to_owned(), confidence)]
    }

    #[test]
    fn what_the_file_states_is_sure_and_may_be_several() {
        let both = vec![("Economic buyer".to_owned(), 1.0), ("Champion".to_owned(), 1.0)];
        assert_eq!(told("Champion; Decision Maker", "Intern", "", ""), both);
        assert_eq!(told("BUDGET_HOLDER", "", "", ""), one("Economic buyer", 1.0));
        assert_eq!(told("Legal & Compliance", "", "", ""), one("Blocker", 1.0));
    }

    #[test]
    fn a_title_counts_by_the_words_that_fit() {
        // 0.6 + 0.3 · 1/1, then 1/4.
        let [(_, whole), (_, part)] = [told("", "CFO", "", ""), told("", "Senior Marketing Manager, EMEA", "", "")]
            .map(|mut claims| claims.remove(0));
        assert!((whole - 0.9).abs() < 1e-12 && (part - 0.675).abs() < 1e-12, "{whole} {part}");
    }

    #[test]
    fn a_cto_is_a_technical_buyer_though_the_level_is_that_of_an_economic_one() {
        let claims = told("", "CTO", "", "C-Level");
        assert_eq!(claims[0].0, "Technical buyer");
        // Equally covered: the first role of the model.
        assert_eq!(told("", "Procurement Manager", "", "")[0].0, "Blocker");
    }

    #[test]
    fn evidence_of_several_kinds_adds_up_and_of_one_alone_may_not_do() {
        // 1 − (1 − 0.75)(1 − 0.5) = 0.875, with `engineer` one of two words.
        let claims = told("", "Principal Engineer", "Engineering", "");
        assert_eq!((claims[0].0.as_str(), (claims[0].1 * 1e9).round()), ("Technical buyer", 875_000_000.0));
        assert_eq!(told("", "", "", "c_level"), one("Economic buyer", SENIORITY));
        const { assert!(SENIORITY < SURE) };
        assert!(told("Influencer", "", "", "").is_empty(), "a role that the model does not have");
    }
}
