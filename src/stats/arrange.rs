//! Sorting that is compiled once for all types.
//!
//! The standard sorts are compiled anew, some kilobytes each, for every type and comparison. Here places are ordered
//! through a comparison behind a pointer and the items moved afterwards: the same order for a fraction of the code.
//! Sorts of plain numbers, which share their code, and those in inner loops are better off with the standard ones.

use std::cmp::Ordering;

/// Stable sorting of a list, for all but inner loops.
pub(crate) trait Arrange {
    /// What the list holds.
    type Item;

    /// As [`slice::sort_by`].
    fn arrange_by(&mut self, compare: impl FnMut(&Self::Item, &Self::Item) -> Ordering);

    /// As [`slice::sort_by_key`].
    fn arrange_by_key<K: Ord>(&mut self, mut key: impl FnMut(&Self::Item) -> K) {
        self.arrange_by(|a, b| key(a).cmp(&key(b)));
    }

    /// As [`slice::sort`].
    fn arrange(&mut self)
    where
        Self::Item: Ord,
    {
        self.arrange_by(Ord::cmp);
    }
}

impl<T> Arrange for [T] {
    type Item = T;

    fn arrange_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut places = places_by(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        follow(&mut places, &mut |a, b| self.swap(a, b));
    }
}

/// The places 0 to `count` − 1 in the order of a comparison of places, equal ones as they stand.
pub(crate) fn places_by(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// Swaps items, cycle by cycle, until every place holds the item that stood at `places[place]`.
fn follow(places: &mut [usize], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut at = start;
        loop {
            let next = std::mem::replace(&mut places[at], at);
            if next == start {
                break;
            }
            swap(at, next);
            at = next;
        }
    }
}

/// Ordered collections without the sort of everything that `collect` begins with, which is compiled for every type.
pub(crate) trait Ordered: Iterator + Sized {
    /// As [`Iterator::collect`], item by item: the last of equal keys counts.
    fn ordered<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Ordered for I {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_comes_out_as_the_standard_sort_leaves_it() {
        for count in (0..60).chain([1000]) {
            // Few keys, so that many are equal and the second part tells whether they kept their order.
            let list: Vec<(u32, u32)> =
                (0..count).map(|place| (place * 7_919 % 101 % (1 + count / 4), place)).collect();
            let (mut arranged, mut sorted) = (list.clone(), list);
            arranged.arrange_by_key(|(key, _)| std::cmp::Reverse(*key));
            sorted.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
            assert_eq!(arranged, sorted);
        }
    }
}
