//! Numbers for texts: equal texts have equal numbers.

use super::hash::quick_hash;
use super::store::Words;

const FREE: u32 = u32::MAX;

/// Gives texts numbers, from 0 in the order in which they are first asked for.
#[derive(Debug)]
pub(crate) struct Interner {
    words: Words,
    /// Numbers by hash, at most half full; a power of two long.
    slots: Vec<u32>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { words: Words::every(0), slots: vec![FREE; 64] }
    }
}

impl Interner {
    /// The text's number, a new one if need be; `None` where all texts together would pass 4 GiB.
    pub(crate) fn number(&mut self, text: &str) -> Option<u32> {
        let slot = self.slot(text);
        match *self.slots.get(slot)? {
            FREE => {
                let number = u32::try_from(self.words.len()).ok().filter(|number| *number != FREE)?;
                if !self.words.push(text) {
                    return None;
                }
                *self.slots.get_mut(slot)? = number;
                if self.words.len() * 2 > self.slots.len() {
                    self.grow();
                }
                Some(number)
            }
            number => Some(number),
        }
    }

    /// The text of a number; empty if there is no such number.
    pub(crate) fn text(&self, number: usize) -> &str {
        self.words.get(number)
    }

    /// How many texts have a number.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Where the text's number stands, or would stand.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = quick_hash(text.as_bytes()) as usize & mask;
        while self.slots.get(slot).is_some_and(|at| *at != FREE && self.words.get(*at as usize) != text) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        self.slots = vec![FREE; self.slots.len() * 2];
        let mask = self.slots.len() - 1;
        for (number, word) in self.words.iter().enumerate() {
            let mut slot = quick_hash(word.as_bytes()) as usize & mask;
            while self.slots.get(slot).is_some_and(|at| *at != FREE) {
                slot = (slot + 1) & mask;
            }
            if let Some(at) = self.slots.get_mut(slot) {
                *at = number as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_numbers_however_many_there_are() {
        let mut interner = Interner::default();
        let texts: Vec<String> = (0..5000).map(|n| format!("text {n}")).collect();
        for _ in 0..2 {
            for (at, text) in texts.iter().enumerate() {
                assert_eq!(interner.number(text), Some(at as u32));
            }
        }
        assert_eq!((interner.len(), interner.text(4999), interner.text(5000)), (5000, "text 4999", ""));
    }
}
