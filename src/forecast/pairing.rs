//! Which deal of one export is which of another: by id, else by account, name and created date; never by order.

use crate::crm::Deal;
use crate::crm::join::id_form;
use crate::model::fold;
use std::collections::BTreeMap;

/// Deals of two exports, by their index in each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pairs {
    /// The same deal in both.
    pub(super) both: Vec<(usize, usize)>,
    /// Deals of the first alone.
    pub(super) before: Vec<usize>,
    /// Deals of the second alone.
    pub(super) after: Vec<usize>,
    /// Deals that cannot be told apart, by what they have in common.
    pub(super) ambiguous: Vec<Ambiguous>,
}

/// Deals of which nobody can say which is which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ambiguous {
    /// What they have in common, for people.
    pub(super) shared: String,
    pub(super) before: Vec<usize>,
    pub(super) after: Vec<usize>,
}

#[derive(Debug, Default)]
struct Group {
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Pairs {
    /// Pairs the deals of two exports.
    ///
    /// A deal with an id in both is the same where the ids are, whatever of their known forms each is written in. What is left is paired by account, name and created
    /// date unless both have an id, which then differ. One id or one name for several deals of an export: ambiguous.
    pub(super) fn of(before: &[Deal], after: &[Deal]) -> Self {
        let mut pairs = Self::default();
        let mut ids: BTreeMap<String, Group> = BTreeMap::new();
        let mut left: (Vec<usize>, Vec<usize>) = Default::default();
        for (index, deal) in before.iter().enumerate() {
            match id_form(&deal.id) {
                id if id.is_empty() => left.0.push(index),
                id => ids.entry(id).or_default().before.push(index),
            }
        }
        for (index, deal) in after.iter().enumerate() {
            match id_form(&deal.id) {
                id if id.is_empty() => left.1.push(index),
                id => ids.entry(id).or_default().after.push(index),
            }
        }
        for (id, group) in ids {
            match (group.before.as_slice(), group.after.as_slice()) {
                (&[one], &[other]) => pairs.both.push((one, other)),
                (&[one], []) => left.0.push(one),
                ([], &[other]) => left.1.push(other),
                (many, []) => pairs.before.extend(many),
                ([], many) => pairs.after.extend(many),
                _ => pairs.ambiguous.push(Ambiguous {
                    shared: format!("id {id}"),
                    before: group.before,
                    after: group.after,
                }),
            }
        }
        pairs.by_name(before, after, left);
        pairs.in_order()
    }

    fn by_name(&mut self, before: &[Deal], after: &[Deal], left: (Vec<usize>, Vec<usize>)) {
        let name = |deal: &Deal| (fold(&deal.account), fold(&deal.name), deal.created);
        let mut groups: BTreeMap<_, Group> = BTreeMap::new();
        for index in left.0 {
            groups.entry(name(&before[index])).or_default().before.push(index);
        }
        for index in left.1 {
            groups.entry(name(&after[index])).or_default().after.push(index);
        }
        for ((account, title, _), group) in groups {
            let with_id = |deals: &[Deal], list: &[usize]| list.iter().all(|&at| !deals[at].id.trim().is_empty());
            let nameless = account.is_empty() && title.is_empty();
            let differ = with_id(before, &group.before) && with_id(after, &group.after);
            match (group.before.as_slice(), group.after.as_slice()) {
                (&[one], &[other]) if !nameless && !differ => self.both.push((one, other)),
                (one, other) if one.is_empty() || other.is_empty() || differ => {
                    self.before.extend(one);
                    self.after.extend(other);
                }
                (first, _) => {
                    let deal = &before[first[0]];
                    let parts: Vec<String> = [deal.account.clone(), deal.name.clone()]
                        .into_iter()
                        .chain(deal.created.map(|day| format!("created {day}")))
                        .filter(|part| !part.is_empty())
                        .collect();
                    let shared = if parts.is_empty() { "neither id nor name".to_owned() } else { parts.join(", ") };
                    self.ambiguous.push(Ambiguous { shared, before: group.before, after: group.after });
                }
            }
        }
    }

    fn in_order(mut self) -> Self {
        self.both.sort_unstable();
        self.before.sort_unstable();
        self.after.sort_unstable();
        self
    }
}
