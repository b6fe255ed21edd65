//! The companies and people that every sample file is about.

use super::draws::Draws;
use super::names::{self, CULTURES, Culture, INDUSTRIES, Industry, TITLES, Title};
use std::collections::BTreeSet;

/// How many companies there are.
const ACCOUNTS: usize = 640;

/// How a company is sold to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    /// Below 100 employees.
    Smb,
    /// 100 to 999 employees.
    MidMarket,
    /// 1,000 employees and more.
    Enterprise,
}

impl Segment {
    /// The segment of a head count.
    pub(super) fn of(employees: i64) -> Self {
        match employees {
            ..100 => Self::Smb,
            100..1000 => Self::MidMarket,
            _ => Self::Enterprise,
        }
    }

    /// The name as written in exports.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Smb => "SMB",
            Self::MidMarket => "Mid-market",
            Self::Enterprise => "Enterprise",
        }
    }
}

/// A company.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) culture: &'static Culture,
    pub(super) city: &'static str,
    pub(super) industry: &'static Industry,
    pub(super) employees: i64,
    /// Yearly revenue in US dollars.
    pub(super) revenue: i64,
    pub(super) people: Vec<Person>,
}

impl Account {
    pub(super) fn segment(&self) -> Segment {
        Segment::of(self.employees)
    }

    /// Planted effect of size and industry on the log-odds of conversion and of winning.
    pub(super) fn fit(&self) -> f64 {
        let size = match self.employees {
            ..20 => -1.0,
            20..200 => -0.2,
            200..1000 => 0.8,
            1000..5000 => 0.5,
            _ => 0.1,
        };
        size + self.industry.2
    }
}

/// Somebody who works at an account.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) email: String,
    pub(super) title: &'static Title,
    /// The title as this person writes it.
    pub(super) title_text: &'static str,
}

/// All companies, in the order they were drawn.
pub(super) fn accounts(seed: u64) -> Vec<Account> {
    let mut draws = Draws::new(seed, "accounts");
    let mut names = BTreeSet::new();
    let mut domains = BTreeSet::new();
    let culture_weights: Vec<f64> = CULTURES.iter().map(|c| c.weight).collect();
    let mut accounts = Vec::new();
    while accounts.len() < ACCOUNTS {
        let culture = &CULTURES[draws.weighted(&culture_weights)];
        let awkward = names::AWKWARD_COMPANIES.get(accounts.len() / 40).filter(|_| accounts.len() % 40 == 17);
        let (name, stem) = match awkward {
            Some(name) => ((*name).to_owned(), names::ascii(name)),
            None => company(&mut draws, culture),
        };
        let domain = format!("{stem}.example");
        if names.contains(&name) || domains.contains(&domain) {
            continue;
        }
        names.insert(name.clone());
        domains.insert(domain.clone());
        accounts.push(account(&mut draws, culture, name, domain));
    }
    accounts
}

fn company(draws: &mut Draws, culture: &Culture) -> (String, String) {
    let (root, latin) = names::spellings(draws.pick(culture.roots));
    let (trade, form) = (draws.pick(names::TRADES), draws.pick(culture.forms));
    let name = match (trade.is_empty(), form.is_ascii()) {
        (_, false) => format!("{root}{trade}{form}"),
        (true, true) => format!("{root} {form}"),
        (false, true) => format!("{root} {trade} {form}"),
    };
    (name, names::ascii(&format!("{latin}{trade}")))
}

fn account(draws: &mut Draws, culture: &'static Culture, name: String, domain: String) -> Account {
    let band = draws.weighted(&[0.16, 0.30, 0.32, 0.16, 0.06]);
    let (low, high) = [(3.0, 20.0), (20.0, 120.0), (120.0, 1000.0), (1000.0, 5000.0), (5000.0, 40_000.0)][band];
    // Log-uniform within the band.
    let employees = (low * libm::pow(high / low, draws.unit())) as i64;
    let industry_weights: Vec<f64> = INDUSTRIES.iter().map(|i| i.1).collect();
    let industry = &INDUSTRIES[draws.weighted(&industry_weights)];
    let revenue = (draws.log_normal(180_000.0, 0.4) * employees as f64 / 100_000.0) as i64 * 100_000;
    let people_count = draws.whole(2, 5);
    let mut taken = BTreeSet::new();
    let mut people = Vec::new();
    while (people.len() as i64) < people_count {
        let person = person(draws, culture, &domain);
        if taken.insert(person.email.clone()) {
            people.push(person);
        }
    }
    let city = draws.pick(culture.cities);
    Account {
        id: format!("0015g{}", draws.code(10)),
        name,
        domain,
        culture,
        city,
        industry,
        employees,
        revenue,
        people,
    }
}

fn person(draws: &mut Draws, culture: &Culture, domain: &str) -> Person {
    let (first, first_latin) = names::spellings(draws.pick(culture.first));
    let (last, last_latin) = names::spellings(draws.pick(culture.last));
    let weights: Vec<f64> = TITLES.iter().map(|t| t.3).collect();
    let title = &TITLES[draws.weighted(&weights)];
    let language = match culture.country[0] {
        "Germany" => "de",
        "France" => "fr",
        "Spain" => "es",
        "Japan" => "ja",
        _ => "en",
    };
    let spoken = |t: &&'static str| t.split_once(':').map_or(Some(*t), |(of, title)| (of == language).then_some(title));
    let fitting: Vec<&'static str> = title.0.iter().filter_map(spoken).collect();
    let title_text = draws.pick(&fitting);
    let email = format!("{}.{}@{domain}", names::ascii(first_latin), names::ascii(last_latin));
    Person { id: format!("0035g{}", draws.code(10)), first, last, email, title, title_text }
}
