//! Random streams that any platform reproduces to the bit, and samplers over them.
//!
//! A stream is named by a 64-bit [`StreamKey`] mixed from the run's seed and from what the stream is for, so that no draw
//! depends on the order of work. Hot loops draw from four parallel xoshiro128++ generators ([`Lanes`]); the rest from
//! xoshiro256++. Knows nothing of sales.

mod key;
mod lanes;
mod latin;
mod sample;

pub use key::StreamKey;
pub use lanes::Lanes;
pub use latin::latin_hypercube;
pub use sample::{Poisson, Sampler};
