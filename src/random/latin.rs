//! Stratified uniforms.

use super::{Sampler, StreamKey};

/// `count` uniform numbers on (0, 1), exactly one in each of `count` equal strata, in random order.
///
/// Drawing each of several parameters this way with its own stream is Latin hypercube sampling: every single draw is
/// uniform, and their mean varies far less than that of independent draws.
///
/// # Formula
/// (π(j) + v_j) / count with π a random permutation and v_j uniform on (0, 1).
///
/// # Source
/// M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979).
#[must_use]
pub fn latin_hypercube(key: StreamKey, count: usize) -> Vec<f64> {
    let mut sampler = Sampler::new(key);
    let mut strata: Vec<u32> = (0..count as u32).collect();
    sampler.shuffle(&mut strata);
    strata.into_iter().map(|stratum| (f64::from(stratum) + sampler.uniform()) / count as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stratum_is_met_once() {
        let numbers = latin_hypercube(StreamKey::new(5), 20);
        let mut strata: Vec<usize> = numbers.iter().map(|u| (u * 20.0) as usize).collect();
        assert_ne!(strata, (0..20).collect::<Vec<_>>());
        strata.sort_unstable();
        assert_eq!(strata, (0..20).collect::<Vec<_>>());
        assert_eq!(latin_hypercube(StreamKey::new(5), 20), numbers);
    }
}
