//! What systems call things: header and value synonyms, read from data files and never written in code.
//!
//! A dialect is one JSON file. `common.json` holds the names everybody uses; each system adds its own names and the
//! signature by which its exports are recognised. A new system is one more file.

use super::activity::Direction;
use super::channel::Channel;
use super::fold::fold;
use super::history::HistoryNames;
use super::kind::{Kind, Typical};
use super::{DealStatus, Field, ForecastCategory};
use crate::money::Currency;
use crate::stats::Ordered;
use crate::{Error, ErrorKind, Place};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

const BUILT_IN: [&str; 9] = [
    include_str!("dialects/common.json"),
    include_str!("dialects/salesforce.json"),
    include_str!("dialects/hubspot.json"),
    include_str!("dialects/pipedrive.json"),
    include_str!("dialects/zoho.json"),
    include_str!("dialects/dynamics.json"),
    include_str!("dialects/odoo.json"),
    include_str!("dialects/apollo.json"),
    include_str!("dialects/zoominfo.json"),
];

/// What one system calls things.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Dialect {
    /// The system's name; none for names that everybody uses.
    pub system: Option<String>,
    /// Headers that give the system away.
    pub signature: Vec<String>,
    /// Words that may stand before a field's name.
    pub prefixes: Vec<String>,
    /// Words that may stand behind a field's name.
    pub suffixes: Vec<String>,
    /// Headers in files of leads, contacts and accounts, best first.
    pub lead: BTreeMap<Field, Vec<String>>,
    /// Headers in files of deals, best first.
    pub deal: BTreeMap<Field, Vec<String>>,
    /// Headers in files of activities, best first.
    pub activity: BTreeMap<Field, Vec<String>>,
    /// Headers in files of contracts and subscriptions, best first.
    pub contract: BTreeMap<Field, Vec<String>>,
    /// Headers in files of quotas and goals, best first.
    pub quota: BTreeMap<Field, Vec<String>>,
    /// Headers in files of sales people, best first.
    pub rep: BTreeMap<Field, Vec<String>>,
    /// Words for open, won and lost.
    pub status: BTreeMap<DealStatus, Vec<String>>,
    /// Words for forecast categories.
    pub category: BTreeMap<ForecastCategory, Vec<String>>,
    /// Names of currencies, by code.
    pub currency: BTreeMap<Currency, Vec<String>>,
    /// Values that mean that nothing was chosen.
    pub missing: Vec<String>,
    /// Words for where a lead came from.
    pub channel: BTreeMap<Channel, Vec<String>>,
    /// Words for who was active.
    pub direction: BTreeMap<Direction, Vec<String>>,
    /// What stands behind or before a company's name and is no part of it, such as `Ltd`.
    pub legal_forms: Vec<String>,
    /// Domains whose addresses belong to people and not to a company.
    pub private_mail: Vec<String>,
    /// Headers in files of stage history.
    pub history: HistoryNames,
    /// Words that a field's values usually are, to suggest the right spelling.
    pub known: BTreeMap<Field, Vec<String>>,
    /// Headers that are typical of a kind of file.
    pub kinds: BTreeMap<Kind, Typical>,
}

impl Dialect {
    /// Reads a dialect from JSON.
    ///
    /// # Errors
    /// `bad-dialect` with its path.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let mut reader = serde_json::Deserializer::from_str(json);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            Error::new(ErrorKind::Input, "bad-dialect", error.inner().to_string()).at(Place::path(path))
        })
    }

    fn fields(&self, vocabulary: Vocabulary) -> &BTreeMap<Field, Vec<String>> {
        match vocabulary {
            Vocabulary::Lead => &self.lead,
            Vocabulary::Deal => &self.deal,
            Vocabulary::Activity => &self.activity,
            Vocabulary::Contract => &self.contract,
            Vocabulary::Quota => &self.quota,
            Vocabulary::Rep => &self.rep,
        }
    }
}

/// The kinds of file that have names of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    Lead,
    Deal,
    Activity,
    Contract,
    Quota,
    Rep,
}

impl Vocabulary {
    const ALL: [Self; 6] = [Self::Lead, Self::Deal, Self::Activity, Self::Contract, Self::Quota, Self::Rep];
}

/// Fields by folded header, each with its place in the list of names.
type Names = BTreeMap<String, Vec<(Field, usize)>>;

/// How a header came to mean a field; a smaller value is better evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) tier: Tier,
    position: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// The recognised system's own name.
    System,
    /// A name that everybody uses.
    Common,
    /// Another system's name.
    Other,
    /// Either, behind an object's name or with a suffix.
    Stripped,
}

/// A system that a file's headers point to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recognised {
    index: usize,
    /// 20 for each header of the signature, at most 100.
    pub(crate) confidence: u8,
}

/// All dialects, folded for look-up.
#[derive(Debug, Clone)]
pub struct Dialects {
    all: Vec<Dialect>,
    signatures: Vec<Vec<String>>,
    /// The names of each dialect, by vocabulary.
    names: Vec<[Names; 6]>,
    status: BTreeMap<String, DealStatus>,
    category: BTreeMap<String, ForecastCategory>,
    currency: BTreeMap<String, Currency>,
    channel: BTreeMap<String, Channel>,
    /// Usual values of fields, by their folded form.
    known: BTreeMap<Field, BTreeMap<String, String>>,
    direction: BTreeMap<String, Direction>,
    legal_forms: Vec<String>,
    private_mail: BTreeSet<String>,
    /// Whether a folded header is sure to mean a kind of file, or only speaks for it.
    kinds: BTreeMap<(Kind, String), bool>,
}

impl Dialects {
    /// The dialects that come with the crate, read when first asked for: that takes as long as a small file.
    ///
    /// # Errors
    /// `bad-dialect` if one of the crate's own files is malformed, which its tests rule out.
    pub fn built_in() -> Result<&'static Self, Error> {
        static READ: OnceLock<Dialects> = OnceLock::new();
        if let Some(dialects) = READ.get() {
            return Ok(dialects);
        }
        let all: Result<Vec<Dialect>, Error> = BUILT_IN.iter().map(|json| Dialect::from_json(json)).collect();
        let all = all?;
        Ok(READ.get_or_init(|| Self::new(all)))
    }

    /// These and one more.
    #[must_use]
    pub fn with(mut self, dialect: Dialect) -> Self {
        self.all.push(dialect);
        Self::new(self.all)
    }

    fn new(mut all: Vec<Dialect>) -> Self {
        for dialect in &mut all {
            dialect.prefixes.iter_mut().chain(&mut dialect.suffixes).for_each(|word| *word = fold(word));
        }
        let folded = |dialect: &Dialect| Vocabulary::ALL.map(|kind| fold_fields(dialect.fields(kind)));
        let names = all.iter().map(folded).collect();
        let status = fold_words(all.iter().map(|d| &d.status));
        let category = fold_words(all.iter().map(|d| &d.category));
        let channel = fold_words(all.iter().map(|d| &d.channel));
        let mut currency = fold_words(all.iter().map(|d| &d.currency));
        // Symbols fold to nothing and are looked up as they stand.
        for (code, words) in all.iter().flat_map(|d| &d.currency) {
            currency.extend(words.iter().filter(|w| fold(w).is_empty()).map(|w| (w.clone(), *code)));
        }
        let mut known: BTreeMap<Field, BTreeMap<String, String>> = BTreeMap::new();
        for (field, words) in all.iter().flat_map(|d| &d.known) {
            known.entry(*field).or_default().extend(words.iter().map(|word| (fold(word), word.clone())));
        }
        let mut kinds = BTreeMap::new();
        for (kind, typical) in all.iter().flat_map(|d| &d.kinds) {
            kinds.extend(typical.also.iter().map(|header| ((*kind, fold(header)), false)));
            kinds.extend(typical.sure.iter().map(|header| ((*kind, fold(header)), true)));
        }
        let signatures = all.iter().map(|d| d.signature.iter().map(|header| fold(header)).collect()).collect();
        let direction = fold_words(all.iter().map(|d| &d.direction));
        let legal_forms = all.iter().flat_map(|d| &d.legal_forms).map(|form| form.to_lowercase()).collect();
        let private_mail = all.iter().flat_map(|d| &d.private_mail).map(|domain| domain.to_lowercase()).ordered();
        Self {
            signatures,
            names,
            status,
            category,
            currency,
            channel,
            known,
            direction,
            legal_forms,
            private_mail,
            kinds,
            all,
        }
    }

    /// The system whose signature at least two headers bear; the one with most, the first listed among equals.
    pub(crate) fn recognise(&self, headers: &[&str]) -> Option<Recognised> {
        let keys: Vec<String> = headers.iter().map(|header| fold(header)).collect();
        let mut best: Option<(usize, usize)> = None;
        for (index, signature) in self.signatures.iter().enumerate() {
            let hits = keys.iter().filter(|key| !key.is_empty() && signature.contains(key)).count();
            if hits >= 2 && best.is_none_or(|(most, _)| hits > most) {
                best = Some((hits, index));
            }
        }
        let (hits, index) = best?;
        Some(Recognised { index, confidence: (hits * 20).min(100) as u8 })
    }

    pub(crate) fn system(&self, recognised: Recognised) -> Option<&str> {
        self.all.get(recognised.index)?.system.as_deref()
    }

    /// The fields a header may mean, with the strength of each claim.
    pub(crate) fn fields_of(
        &self,
        header: &str,
        vocabulary: Vocabulary,
        system: Option<Recognised>,
    ) -> Vec<(Field, Rank)> {
        let key = fold(header);
        let mut found = Vec::new();
        self.claims(&key, vocabulary, system, None, &mut found);
        if found.is_empty() {
            // Without its object an id or a name says nothing: a contact's is not the deal's.
            for stripped in self.stripped(&key).into_iter().filter(|key| key != "id" && key != "name") {
                self.claims(&stripped, vocabulary, system, Some(Tier::Stripped), &mut found);
            }
        }
        found
    }

    fn claims(
        &self,
        key: &str,
        vocabulary: Vocabulary,
        system: Option<Recognised>,
        tier: Option<Tier>,
        found: &mut Vec<(Field, Rank)>,
    ) {
        for (index, (maps, dialect)) in self.names.iter().zip(&self.all).enumerate() {
            let Some(map) = maps.get(vocabulary as usize) else { continue };
            let own = system.is_some_and(|s| s.index == index);
            if tier.is_some() && !own && system.is_some() && dialect.system.is_some() {
                continue;
            }
            let tier = tier.unwrap_or(match (own, &dialect.system) {
                (true, _) => Tier::System,
                (false, None) => Tier::Common,
                (false, Some(_)) => Tier::Other,
            });
            for (field, position) in map.get(key).into_iter().flatten() {
                found.push((*field, Rank { tier, position: *position }));
            }
        }
    }

    fn stripped(&self, key: &str) -> Vec<String> {
        let mut keys = Vec::new();
        for dialect in &self.all {
            let without = |rest: Option<&str>| rest.filter(|r| r.len() >= 2).map(str::to_owned);
            keys.extend(dialect.prefixes.iter().filter_map(|p| without(key.strip_prefix(p.as_str()))));
            keys.extend(dialect.suffixes.iter().filter_map(|s| without(key.strip_suffix(s.as_str()))));
        }
        keys
    }

    /// Open, won or lost, if the word says so. A word that ends in `won` or `lost` says so too.
    pub(crate) fn status_of(&self, word: &str) -> Option<DealStatus> {
        let key = fold(word);
        if let Some(status) = self.status.get(&key) {
            return Some(*status);
        }
        let closed = key.starts_with("closed");
        match () {
            () if closed && key.contains("won") => Some(DealStatus::Won),
            () if closed && key.contains("lost") => Some(DealStatus::Lost),
            () => None,
        }
    }

    pub(crate) fn category_of(&self, word: &str) -> Option<ForecastCategory> {
        self.category.get(&fold(word)).copied()
    }

    /// The channel a lead's source stands for.
    ///
    /// ```
    /// use leadcast::crm::{Channel, Dialects};
    /// let dialects = Dialects::built_in()?;
    /// assert_eq!(dialects.channel_of("ORGANIC_SEARCH"), Channel::Inbound);
    /// assert_eq!(dialects.channel_of("Cold Call"), Channel::Outbound);
    /// assert_eq!(dialects.channel_of("Booth 7"), Channel::Unknown);
    /// # Ok::<(), leadcast::Error>(())
    /// ```
    #[must_use]
    pub fn channel_of(&self, source: &str) -> Channel {
        self.channel.get(&fold(source)).copied().unwrap_or_default()
    }

    /// Who was active, by the word for it.
    pub(crate) fn direction_of(&self, word: &str) -> Direction {
        self.direction.get(&fold(word)).copied().unwrap_or_default()
    }

    /// Legal forms of companies, in lower case.
    pub(crate) fn legal_forms(&self) -> &[String] {
        &self.legal_forms
    }

    /// Whether addresses of a domain belong to people and not to a company.
    pub(crate) fn is_private_mail(&self, domain: &str) -> bool {
        self.private_mail.contains(domain)
    }

    /// The currency a code, a symbol or a name stands for.
    pub(crate) fn currency_of(&self, word: &str) -> Option<Currency> {
        let word = word.trim();
        let known = crate::table::currency_mark(&word.to_ascii_uppercase());
        known.or_else(|| self.currency.get(word).copied()).or_else(|| self.currency.get(&fold(word)).copied())
    }

    /// The headers of histories, of all dialects.
    pub(crate) fn history(&self) -> HistoryNames {
        let mut names = HistoryNames::default();
        for own in self.all.iter().map(|dialect| &dialect.history) {
            names.deal.extend_from_slice(&own.deal);
            names.stage.extend_from_slice(&own.stage);
            names.entered.extend_from_slice(&own.entered);
            names.left.extend_from_slice(&own.left);
            names.value.extend_from_slice(&own.value);
            names.field.extend_from_slice(&own.field);
            names.wide.extend_from_slice(&own.wide);
        }
        names
    }

    /// Whether a header is sure to mean a kind of file (`true`), speaks for it (`false`) or says nothing.
    pub(crate) fn is_typical(&self, header: &str, kind: Kind) -> Option<bool> {
        self.kinds.get(&(kind, fold(header))).copied()
    }

    /// The words that a field's values usually are, by their folded form.
    pub(crate) fn known_words(&self, field: Field) -> Option<&BTreeMap<String, String>> {
        self.known.get(&field)
    }

    /// Words that mean that nothing was chosen.
    pub(crate) fn missing_words(&self) -> impl Iterator<Item = &str> {
        self.all.iter().flat_map(|dialect| &dialect.missing).map(String::as_str)
    }
}

fn fold_fields(fields: &BTreeMap<Field, Vec<String>>) -> Names {
    let mut map: Names = BTreeMap::new();
    for (field, headers) in fields {
        for (position, header) in headers.iter().enumerate() {
            map.entry(fold(header)).or_default().push((*field, position));
        }
    }
    map
}

fn fold_words<'a, T: Copy + Ord + 'a>(
    lists: impl Iterator<Item = &'a BTreeMap<T, Vec<String>>>,
) -> BTreeMap<String, T> {
    let mut map = BTreeMap::new();
    for (value, words) in lists.flatten() {
        for word in words {
            let key = fold(word);
            if !key.is_empty() {
                map.entry(key).or_insert(*value);
            }
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_file_is_well_formed_and_fields_stand_in_one_place() {
        let dialects = Dialects::built_in().unwrap();
        assert_eq!(dialects.all.len(), 9);
        assert!(dialects.all.iter().skip(1).all(|d| d.system.is_some() && d.signature.len() >= 10));
        for map in dialects.names.iter().flatten() {
            assert!(map.keys().all(|key| !key.is_empty()));
        }
    }

    #[test]
    fn headers_of_many_systems_are_known() {
        let dialects = Dialects::built_in().unwrap();
        let best =
            |header, kind| dialects.fields_of(header, kind, None).into_iter().min_by_key(|(_, r)| *r).map(|(f, _)| f);
        for (header, field) in [
            ("No. of Employees", Field::Employees),
            ("# Employees", Field::Employees),
            ("property_industry", Field::Industry),
            ("Lead - Source channel", Field::Source),
            ("(Do Not Modify) Lead", Field::PersonId),
            ("Company / Account", Field::Company),
            ("E-Mail-Adresse", Field::Email),
            ("Mitarbeiterzahl", Field::Employees),
            ("Société", Field::Company),
            ("Custom_Industry__c", Field::Industry),
        ] {
            let found = best(header, Vocabulary::Lead);
            if header == "Custom_Industry__c" {
                assert_eq!(found, None, "{header}");
            } else {
                assert_eq!(found, Some(field), "{header}");
            }
        }
        for (header, field) in [
            ("Deal - Value", Field::Amount),
            ("Est. revenue", Field::Amount),
            ("StageName", Field::Stage),
            ("hs_is_closed_won", Field::IsWon),
            ("engage_date", Field::CreatedDate),
            ("Opportunity Currency", Field::Currency),
            ("Betrag", Field::Amount),
            ("Fecha de cierre", Field::CloseDate),
        ] {
            assert_eq!(best(header, Vocabulary::Deal), Some(field), "{header}");
        }
    }

    #[test]
    fn words_say_open_won_and_lost() {
        let dialects = Dialects::built_in().unwrap();
        assert_eq!(dialects.status_of("Closed/Won"), Some(DealStatus::Won));
        assert_eq!(dialects.status_of("closedlost"), Some(DealStatus::Lost));
        assert_eq!(dialects.status_of("Closed - Lost (price)"), Some(DealStatus::Lost));
        assert_eq!(dialects.status_of("Gewonnen"), Some(DealStatus::Won));
        assert_eq!(dialects.status_of("Engaging"), Some(DealStatus::Open));
        assert_eq!(dialects.status_of("Proposal"), None);
        assert_eq!(dialects.category_of("BEST_CASE"), Some(ForecastCategory::BestCase));
        assert_eq!(dialects.category_of("Committed"), Some(ForecastCategory::Commit));
        assert_eq!(dialects.category_of("Forecast"), Some(ForecastCategory::Commit));
        assert_eq!(dialects.currency_of("US Dollar").map(|c| c.to_string()).as_deref(), Some("USD"));
        assert_eq!(dialects.currency_of("eur").map(|c| c.to_string()).as_deref(), Some("EUR"));
        assert_eq!(dialects.currency_of("€").map(|c| c.to_string()).as_deref(), Some("EUR"));
        assert_eq!(dialects.currency_of("nonsense"), None);
    }
}
