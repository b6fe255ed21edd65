//! Hashes of text: one that results depend on, the same on every platform, and a quick one for look-ups.

/// 2⁶⁴ over the golden ratio: its multiples fall far apart.
pub(super) const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// FNV-1a over the bytes, then the finaliser of `MurmurHash3`: the same 64 bits on every platform.
///
/// # Source
/// Fowler, Noll, Vo, <https://www.rfc-editor.org/rfc/rfc9923>; Appleby, `MurmurHash3` fmix64.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    finish(bytes.iter().fold(BASIS, |h, byte| step(h, *byte)))
}

/// A hash for look-ups that no result depends on: eight bytes a step.
#[inline]
pub(crate) fn quick_hash(bytes: &[u8]) -> u64 {
    let mix = |h: u64, part: u64| {
        let product = (h ^ part).wrapping_mul(SPREAD);
        product ^ (product >> 32)
    };
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut h = bytes.len() as u64;
    for eight in eights {
        h = mix(h, u64::from_le_bytes(*eight));
    }
    let tail = match bytes.last_chunk::<8>() {
        // The last eight bytes hold the rest.
        Some(last) => u64::from_le_bytes(*last),
        None => rest.iter().fold(0, |tail, byte| tail << 8 | u64::from(*byte)),
    };
    mix(mix(h, tail), SPREAD).wrapping_mul(SPREAD)
}

/// A [`hash`] in the making.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hash(u64);

impl Hash {
    /// Of nothing.
    pub(crate) const NEW: Self = Self(BASIS);

    /// With a byte more.
    #[inline]
    pub(crate) fn take(self, byte: u8) -> Self {
        Self(step(self.0, byte))
    }

    /// Adds a text to each of up to four hashes, all at once: each step of a hash waits for the one before, and meanwhile
    /// the others are taken.
    #[inline]
    pub(crate) fn take_four(hashes: &mut [Self], texts: [&[u8]; 4]) {
        let Some(four) = hashes.first_chunk_mut::<4>() else {
            for (hash, text) in hashes.iter_mut().zip(texts) {
                *hash = text.iter().fold(*hash, |hash, byte| hash.take(*byte));
            }
            return;
        };
        let [a, b, c, d] = texts;
        let shared = a.len().min(b.len()).min(c.len()).min(d.len());
        let mut h = four.map(|hash| hash.0);
        for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
            h = [step(h[0], *a), step(h[1], *b), step(h[2], *c), step(h[3], *d)];
        }
        for ((hash, h), text) in four.iter_mut().zip(h).zip(texts) {
            let rest = text.get(shared..).unwrap_or(&[]);
            *hash = Self(rest.iter().fold(h, |h, byte| step(h, *byte)));
        }
    }

    pub(crate) fn finish(self) -> u64 {
        finish(self.0)
    }
}

/// What a text does to a hash, worked out for each of its lowest bytes: these alone decide what is added, and all else
/// is multiplied.
#[derive(Debug, Clone)]
pub(crate) struct Effect {
    factor: u64,
    plus: Vec<u64>,
}

impl Effect {
    pub(crate) fn of(text: &[u8]) -> Self {
        let factor = text.iter().fold(1_u64, |factor, _| factor.wrapping_mul(PRIME));
        let plus = |low: u64| {
            let after = text.iter().fold(low, |h, byte| step(h, *byte));
            after.wrapping_sub(factor.wrapping_mul(low))
        };
        Self { factor, plus: (0..256).map(plus).collect() }
    }

    /// The hash with the text behind it.
    #[inline]
    pub(crate) fn on(&self, hash: Hash) -> Hash {
        let plus = self.plus.get((hash.0 & 0xFF) as usize).copied().unwrap_or(0);
        Hash(hash.0.wrapping_mul(self.factor).wrapping_add(plus))
    }
}

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

#[inline]
fn step(h: u64, byte: u8) -> u64 {
    (h ^ u64::from(byte)).wrapping_mul(PRIME)
}

#[inline]
fn finish(mut h: u64) -> u64 {
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_pinned() {
        assert_eq!(hash(b""), 0xefd0_1f60_ba99_2926);
        assert_ne!(hash(b"a"), hash(b"b"));
        for texts in [["a longer text", "", "ab", "another text"], ["one", "two", "three", "seventeen"]] {
            let texts = texts.map(str::as_bytes);
            for count in 0..5 {
                let mut hashes = vec![Hash::NEW; count];
                Hash::take_four(&mut hashes, texts);
                assert!(hashes.iter().zip(texts).all(|(found, text)| found.finish() == hash(text)));
            }
            let first = texts[3].iter().fold(Hash::NEW, |hash, byte| hash.take(*byte));
            let both = Effect::of(texts[0]).on(first).finish();
            assert_eq!(both, hash(&[texts[3], texts[0]].concat()));
        }
    }
}
