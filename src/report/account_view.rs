//! Which accounts to show, and in what order.

use crate::Error;
use crate::model::{Grade, Points, asked, fold};
use crate::stats::Arrange;
use crate::targeting::{Account, AccountFlag, AccountList, ScoredLeads};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Which accounts to show and in what order. Every part that is not empty must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AccountView {
    /// What they are sorted by; blanks last, equals by name. Default: best first.
    pub sort: AccountSort,
    /// Turns the order round. Default: false.
    pub descending: bool,
    /// Only accounts with this flag. Default: all.
    pub flag: Option<AccountFlag>,
    /// Only accounts that lack this role, by its name. Default: all.
    pub missing: Option<String>,
    /// Text that the name or the domain holds; letter case and accents do not count.
    pub text: String,
    /// Accounts passed over. Default: 0.
    pub from: usize,
    /// Accounts listed at most. Default: 100.
    pub count: usize,
}

impl Default for AccountView {
    fn default() -> Self {
        let (sort, text) = Default::default();
        Self { sort, descending: false, flag: None, missing: None, text, from: 0, count: 100 }
    }
}

/// What accounts are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum AccountSort {
    /// Those that are not ruled out first, then by grade, engagement and fit.
    #[default]
    Rank,
    /// Name.
    Name,
    /// People known.
    People,
    /// Fit points.
    Fit,
    /// Engagement points.
    Engagement,
    /// Share of required seats that are filled.
    Coverage,
    /// Contract value times win rate.
    ExpectedValue,
    /// Days since anyone was active.
    LastTouch,
}

impl AccountView {
    /// Reads a view from JSON; absent keys keep their default.
    ///
    /// # Errors
    /// `bad-view` for an unknown key or a wrong value, with its path.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        asked(json, "bad-view")
    }
}

impl AccountList {
    /// The numbers of the accounts of a view, in its order, windows left aside.
    pub(super) fn view(&self, leads: &ScoredLeads, view: &AccountView) -> Vec<usize> {
        let all = self.accounts();
        let roles = &leads.model().committee().roles;
        let text = fold(&view.text);
        let mut shown: Vec<usize> = (0..all.len())
            .filter(|at| {
                let Some(account) = all.get(*at) else { return false };
                let lacks = |wanted: &String| {
                    account.missing.iter().any(|lack| roles.get(lack.role).is_some_and(|role| role.name == *wanted))
                };
                view.flag.is_none_or(|flag| account.flags.contains(&flag))
                    && view.missing.as_ref().is_none_or(lacks)
                    && (text.is_empty() || fold(&account.name).contains(&text) || fold(&account.domain).contains(&text))
            })
            .collect();
        let grades = Grade::all();
        // Folded once: comparisons are many.
        let names: Vec<String> = all.iter().map(|account| fold(&account.name)).collect();
        shown.arrange_by(|a, b| {
            let (Some(one), Some(other)) = (all.get(*a), all.get(*b)) else { return Ordering::Equal };
            let by_name = names.get(*a).cmp(&names.get(*b));
            let order = match view.sort {
                AccountSort::Name if view.descending => by_name.reverse(),
                AccountSort::Name => by_name,
                _ => compare(leads, view, &grades, one, other),
            };
            order.then(by_name).then_with(|| a.cmp(b))
        });
        shown
    }
}

fn compare(leads: &ScoredLeads, view: &AccountView, grades: &[Grade], one: &Account, other: &Account) -> Ordering {
    let turned = |order: Ordering| if view.descending { order.reverse() } else { order };
    let rank = |account: &Account| grades.iter().position(|known| *known == account.grade).unwrap_or(usize::MAX);
    let figures = |of: &dyn Fn(&Account) -> Option<f64>| match (of(one), of(other)) {
        (Some(a), Some(b)) => turned(a.total_cmp(&b)),
        // Blanks last, whichever way.
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    match view.sort {
        AccountSort::Rank => {
            let out = one.disqualified.is_some().cmp(&other.disqualified.is_some());
            let by_points = other.engagement.cmp(&one.engagement).then_with(|| other.fit.cmp(&one.fit));
            turned(out.then_with(|| rank(one).cmp(&rank(other))).then(by_points))
        }
        // Settled by the caller.
        AccountSort::Name => Ordering::Equal,
        AccountSort::People => figures(&|account| Some(account.people.len() as f64)),
        AccountSort::Fit => figures(&|account| account.fit.map(Points::as_f64)),
        AccountSort::Engagement => figures(&|account| account.engagement.map(Points::as_f64)),
        AccountSort::Coverage => {
            figures(&|account| account.seats.map(|seats| f64::from(seats.filled) / f64::from(seats.required)))
        }
        AccountSort::ExpectedValue => figures(&|account| leads.expected_value(account.best)),
        AccountSort::LastTouch => figures(&|account| account.last_touch_days.map(f64::from)),
    }
}
